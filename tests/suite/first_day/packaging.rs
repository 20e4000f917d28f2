//! What a package ships: completions, manual pages, help with examples, files that are there.

use crate::support::{Place, repository};
use std::collections::BTreeSet;

/// Commands and their own commands, as their help lists them.
fn commands(place: &Place, above: &str) -> Vec<String> {
    let help = place.run(&format!("{above} -h")).stdout;
    let listed = help.split("\nCommands:\n").nth(1).map(|rest| rest.split("\n\n").next());
    let lines = listed.flatten().unwrap_or_default().lines();
    // The name stands behind two blanks; what goes on below it is indented further.
    let names = lines.filter_map(|line| line.strip_prefix("  "));
    let names = names.filter(|line| !line.starts_with(' '));
    let names = names.filter_map(|line| line.split_whitespace().next());
    names.map(|name| format!("{above} {name}").trim().to_owned()).collect()
}

fn all_commands(place: &Place) -> Vec<String> {
    let top = commands(place, "");
    let inner: Vec<String> = top.iter().flat_map(|name| commands(place, name)).collect();
    top.into_iter().chain(inner).collect()
}

#[test]
fn every_command_has_a_short_and_a_long_help_with_examples() {
    let place = Place::new();
    let all = all_commands(&place);
    assert!(all.len() > 20 && all.contains(&"ledger status".to_owned()), "{all:?}");
    for command in &all {
        for flag in ["-h", "--help"] {
            let help = place.run(&format!("{command} {flag}"));
            assert_eq!(help.code, Some(0), "{command}");
            let start = format!("peerclaims {}", command.split(' ').next().unwrap_or_default());
            let examples = help.stdout.split("Example").nth(1).unwrap_or_default();
            assert!(examples.contains(&start), "{command} {flag} shows no example");
        }
    }
    for flag in ["-h", "--help"] {
        assert!(place.run(flag).stdout.contains("Examples:"));
        for command in ["validate", "audit", "audit estimate", "simulate"] {
            let help = place.run(&format!("{command} {flag}")).stdout;
            assert!(help.contains("\nExit codes: 0 "), "{command} {flag}: {help}");
        }
        // Only `validate` has the options that `--deidentify` does not go with.
        for (command, has) in [("validate", true), ("audit", false), ("simulate", false)] {
            let help = place.run(&format!("{command} {flag}")).stdout;
            let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(help.contains("hash that takes this key"), "{command} {flag}");
            assert_eq!(help.contains("not with --split or --acks"), has, "{command} {flag}");
        }
    }
}

#[test]
fn completions_know_the_commands_for_every_shell() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = place.run(&format!("completions {shell}"));
        assert_eq!(ran.code, Some(0), "{shell}");
        for word in ["check-tables", "validate", "summary-line"] {
            assert!(ran.stdout.contains(word), "{shell}: {word}");
        }
    }
    assert_eq!(place.run("completions tcsh").code, Some(2));
    let script = place.run("completions bash").stdout;
    place.write("c.bash", script);
    let words = "source c.bash; COMP_WORDS=(peerclaims check); COMP_CWORD=1; \
        _peerclaims peerclaims check peerclaims; echo ${COMPREPLY[@]}";
    let shell = std::process::Command::new("bash")
        .args(["-c", words])
        .current_dir(place.path("."))
        .output();
    let answer = shell.expect("bash is there");
    assert_eq!(String::from_utf8_lossy(&answer.stdout), "check-tables\n", "{answer:?}");
}

#[test]
fn manual_pages_are_made_for_all_commands() {
    let place = Place::new();
    let main = place.run("man");
    assert!(main.code == Some(0) && main.stdout.contains(".TH peerclaims 1"), "{main:?}");
    assert_eq!(place.run("man pages").code, Some(0));
    let made: BTreeSet<String> = place.names("pages").into_iter().collect();
    for command in all_commands(&place) {
        let page = format!("peerclaims-{}.1", command.replace(' ', "-"));
        assert!(made.contains(&page), "{page} of {made:?}");
    }
    assert!(made.contains("peerclaims.1"));
    assert!(place.read("pages/peerclaims-validate.1").contains("\\-\\-summary\\-line"));
    for name in &made {
        // What is filled is joined and hyphenated: nobody could copy a command from it.
        let page = place.read(&format!("pages/{name}"));
        assert!(page.contains(".SH EXAMPLES\n.nf\n  peerclaims "), "{name}");
        assert!(page.contains("\n.fi\n") && !page.contains(".SH EXTRA"), "{name}");
    }
    assert!(main.stdout.contains("\n.SH \"EXIT STATUS\"\n0 nothing found"));
    assert!(main.stdout.contains("\n.SH VERSION\n"), "what stands behind it is kept");
    place.write("file", "");
    assert_eq!(place.run("man file").code, Some(2));
}

/// The package of Debian names files that are there, or that its script makes.
#[test]
fn the_package_names_files_that_there_are() {
    let root = repository();
    let text = std::fs::read_to_string(root.join("Cargo.toml")).expect("the manifest");
    let manifest: toml::Table = toml::from_str(&text).expect("TOML");
    let deb = &manifest["package"]["metadata"]["deb"];
    let script = std::fs::read_to_string(root.join("contrib/deb.sh")).expect("the script");
    let assets = deb["assets"].as_array().expect("a list");
    assert!(assets.len() >= 8);
    for asset in assets {
        let source = asset[0].as_str().expect("a path");
        let made = source.starts_with("target/");
        let name = source.rsplit('/').next().unwrap_or_default();
        let is_made = source == "target/release/peerclaims" || script.contains(name);
        let is_there = match source.strip_suffix("*.md") {
            Some(folder) => std::fs::read_dir(root.join(folder)).is_ok(),
            None => root.join(source).is_file(),
        };
        assert!(if made { is_made } else { is_there }, "{source}");
        assert!(!asset[1].as_str().unwrap_or("/").starts_with('/'), "{asset}");
    } // What the units start, and the pages that they name, are in it.
    let unit = std::fs::read_to_string(root.join("contrib/peerclaims-night.service"));
    let unit = unit.expect("the unit");
    assert!(unit.contains("\nExecStart=/usr/bin/env peerclaims-night /srv/peerclaims\n"));
    assert!(unit.contains("file:///usr/share/doc/peerclaims/docs/ledger.md\n"));
    for (source, target) in
        [("contrib/peerclaims-night", "usr/bin/"), ("docs/*.md", "usr/share/doc/peerclaims/docs/")]
    {
        let is_it = |asset: &&toml::Value| asset[0].as_str() == Some(source);
        let asset = assets.iter().find(is_it).unwrap_or_else(|| panic!("{source} is not there"));
        assert_eq!(asset[1].as_str(), Some(target));
    }
}
