//! `init`: what it makes is read by the readers, and nothing is ever overwritten.

use crate::support::{HEADER, Place};
use std::os::unix::fs::PermissionsExt;

const FILES: [&str; 8] = [
    "README.md",
    "authorizations.csv",
    "credentials.csv",
    "employment.csv",
    "peerclaims.toml",
    "service_plans.csv",
    "supervision.csv",
    "supervisors.csv",
];

fn mode(place: &Place, name: &str) -> u32 {
    let meta = std::fs::metadata(place.path(name)).expect("it is there");
    meta.permissions().mode() & 0o777
}

#[test]
fn makes_files_for_the_owner_alone_that_the_readers_read() {
    let place = Place::new();
    let made = place.run("init new/first");
    assert_eq!(made.code, Some(0), "{made:?}");
    assert_eq!(place.names("new/first"), FILES);
    assert_eq!(mode(&place, "new/first"), 0o700);
    for file in FILES {
        assert_eq!(mode(&place, &format!("new/first/{file}")), 0o600, "{file}");
        assert!(made.stdout.contains(file), "{file} is said");
    }
    let checked = place.run("check-tables new/first");
    assert_eq!(checked.code, Some(0), "{checked:?}");
    assert!(checked.stdout.contains("example rows of the templates and nothing else"));
    // Every table is there, read without a bad row or blanked value, and so is the configuration.
    place.write("claims.csv", format!("{HEADER}A,1,M,1234567893,H0038,4,2025-03-05\n"));
    let run = "validate claims.csv --tables new/first --config new/first/peerclaims.toml --out out";
    let ran = place.run(run);
    assert_ne!(ran.code, Some(3), "{ran:?}");
    assert_ne!(ran.code, Some(2), "{ran:?}");
    let summary = place.json("out/summary.json");
    assert_eq!(summary["bad_rows"], 0);
    assert_eq!(summary["rules_not_run"].as_array().map(Vec::len), Some(0));
    assert_eq!(place.read("out/rejects.csv").lines().count(), 1);
}

#[test]
fn the_page_and_the_templates_have_the_columns_that_are_read() {
    let place = Place::new();
    place.run("init d");
    let page = place.read("d/README.md");
    for form in peerclaims::tables::TABLES {
        let text = place.read(&format!("d/{}", form.file));
        let names: Vec<&str> = form.columns.iter().map(|column| column.name).collect();
        assert_eq!(text.lines().next(), Some(&*names.join(",")));
        for column in form.columns {
            let required = if column.required { "yes" } else { "" };
            let row = format!("| `{}` | {required} | {}", column.name, column.meaning);
            assert!(page.contains(&row), "{row}");
        }
    }
    assert!(page.contains("`patient_paid_amount`"));
}

#[test]
fn nothing_is_overwritten_and_nothing_is_made_beside_it() {
    let place = Place::new();
    place.write("d/employment.csv", "mine");
    std::os::unix::fs::symlink("nowhere", place.path("d/README.md")).expect("a link");
    let ran = place.run("init d");
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("d/employment.csv, d/README.md: already there"), "{}", ran.stderr);
    assert_eq!(place.read("d/employment.csv"), "mine");
    assert_eq!(place.names("d"), ["README.md", "employment.csv"]);
    place.write("file", "");
    let ran = place.run("init file");
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert_eq!(place.run("init").code, Some(2));
}

#[test]
fn peerclaims_alone_says_what_to_do_next() {
    let ran = Place::new().run("");
    assert_eq!(ran.code, Some(2), "a script whose command went missing must not look well");
    for word in ["validate", "audit", "explain", "inspect", "init", "--help"] {
        assert!(ran.stderr.contains(word), "{word}");
    }
    assert!(ran.stderr.lines().count() < 12);
}

/// The next steps that `init` names, as it names them, with the configuration that it made.
#[test]
fn the_next_steps_read_what_was_made() {
    let place = Place::new();
    let made = place.run("init d");
    let steps = made.stdout.lines().filter_map(|line| line.strip_prefix("  peerclaims "));
    let steps: Vec<String> = steps.map(|step| step.replace("CLAIMS", "claims.csv")).collect();
    assert_eq!(steps.len(), 2, "{made:?}");
    place.write("claims.csv", format!("{HEADER}A,1,M,1234567893,H0038,4,2025-03-05\n"));
    // Every path of the template that is in force leads to what stands beside it.
    let template = place.read("d/peerclaims.toml");
    let mut text = template.clone();
    for key in ["tables = '.'", "fail_on = 'deny'"] {
        assert!(template.contains(&format!("\n#{key}")), "{key}");
        text = text.replace(&format!("\n#{key}"), &format!("\n{key}").replace("deny", "never"));
    }
    place.write("d/peerclaims.toml", &text);
    assert_eq!(place.run(&steps[0]).code, Some(0));
    assert_eq!(place.run(&steps[1]).code, Some(0), "findings, and --fail-on never");
    let there = place.run_in("d", "validate ../claims.csv");
    assert!(there.code == Some(0) && !there.stdout.contains("NOT RUN"), "{there:?}");
    for table in ["credentials", "employment", "service_plans", "supervision", "supervisors"] {
        assert!(template.contains(&format!("\n#{table} = '{table}.csv'")), "{table}");
    }
    // Without it, whoever wrote something into it hears that nobody read it.
    for line in ["validate claims.csv --tables d", "check-tables d", "upcoming --tables d"] {
        let said = "WARNING: d/peerclaims.toml was not read: ";
        assert!(place.run(line).stderr.contains(said), "{line}");
        place.write("d/peerclaims.toml", &template);
        assert!(!place.run(line).stderr.contains(said), "{line}: nothing of it is in force");
        place.write("d/peerclaims.toml", &text);
    }
    assert!(!place.run(&steps[0]).stderr.contains("not read"));
}

#[test]
fn templates_are_not_data() {
    let place = Place::new();
    place.run("init d");
    place.write("claims.csv", format!("{HEADER}A,1,M,1234567893,H0038,4,2025-03-05\n"));
    let run = "validate claims.csv --tables d --as-of 2025-03-30";
    let ran = place.run(run);
    assert_eq!(ran.stderr.matches("the example row of the template and nothing else").count(), 6);
    // A header alone is no data either; that nobody has an authorization is usual.
    for form in peerclaims::tables::TABLES {
        let text = place.read(&format!("d/{}", form.file));
        place.write(&format!("d/{}", form.file), text.lines().next().unwrap_or_default());
    }
    let ran = place.run(run);
    assert_eq!(ran.stderr.matches("holds no row that can be used").count(), 5, "{ran:?}");
    assert!(!ran.stderr.contains("authorizations"), "{ran:?}");
}

#[test]
fn a_folder_that_could_not_be_filled_is_taken_away() {
    let place = Place::new();
    place.write("file", "x");
    let ran = place.run("init file");
    assert!(ran.code == Some(2) && ran.stderr.contains("it is a file"), "{ran:?}");
    // No file may grow past one block: as on a full disk.
    let script = "ulimit -f 1; trap '' XFSZ; exec \"$0\" init new/inner";
    let mut command = std::process::Command::new("bash");
    command.args(["-c", script, env!("CARGO_BIN_EXE_peerclaims")]).current_dir(place.path("."));
    let output = command.output().expect("bash starts");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(!place.path("new").exists(), "nothing is left of it");
    let ran = place.run("init -- -d1");
    assert!(ran.stdout.contains("check-tables ./-d1 --config ./-d1/peerclaims.toml"), "{ran:?}");
}

/// A shell runs the next steps as they are said, whatever the name of the folder.
#[test]
fn the_next_steps_can_be_pasted() {
    let place = Place::new();
    let paste = |line: &str| {
        let script = format!("peerclaims() {{ \"$PROGRAM\" \"$@\"; }}; {line}");
        let mut shell = std::process::Command::new("bash");
        shell.args(["-c", &script]).current_dir(place.path("."));
        let output = shell.env("PROGRAM", env!("CARGO_BIN_EXE_peerclaims")).output();
        let output = output.expect("bash starts");
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(text).expect("UTF-8"))
    };
    let made = paste(r#"peerclaims init "it's a; b""#);
    assert!(made.0 == Some(0) && made.1.starts_with("it's a; b: 8 files"), "{made:?}");
    let step = made.1.lines().find(|line| line.contains("check-tables")).expect("a step");
    assert_eq!(paste(step).0, Some(0), "{step}");
    let made = paste("peerclaims generate --lines 500 --out 'g g'");
    let step = made.1.lines().find_map(|line| line.split_once("next: ")).expect("a step").1;
    let checked = paste(&format!("{step} --summary-line --quiet"));
    assert!(checked.0 != Some(2) && checked.1.contains("lines checked"), "{step}: {checked:?}");
    // A configuration that was not read is named as it is to be typed.
    place.write("a b/peerclaims.toml", "[defaults]\nfail_on = 'never'\n");
    place.write("a b/supervisors.csv", super::WELL[4].1);
    place.write("claims.csv", HEADER);
    let said = paste("peerclaims validate claims.csv --tables 'a b' --summary-line");
    assert!(said.1.contains("name it with --config 'a b/peerclaims.toml',"), "{said:?}");
}

#[test]
fn nothing_asked_is_answered_however_it_is_to_be_coloured_and_help_is_a_word() {
    let place = Place::new();
    for line in ["", "--color never", "--color=always"] {
        let ran = place.run(line);
        assert!(ran.code == Some(2) && ran.stderr.contains("The first day"), "{line}: {ran:?}");
    }
    for line in ["--color sometimes", "--color", "explain"] {
        let ran = place.run(line);
        assert!(ran.code == Some(2) && !ran.stderr.contains("The first day"), "{line}: {ran:?}");
    }
    for (word, option) in [
        ("help", "--help"),
        ("help audit", "audit --help"),
        ("help ledger runs", "ledger runs --help"),
    ] {
        let (word, option) = (place.run(word), place.run(option));
        assert_eq!((word.code, word.stdout), (Some(0), option.stdout));
    }
}

#[test]
fn errors_speak_no_rust() {
    let place = Place::with_claims("");
    for (line, says) in [
        ("upcoming --days x", "a whole number is wanted"),
        ("upcoming --days 99999999999999999999999", "the number is too large"),
        ("audit claims.csv --sample 0 --out o", "0: must be 2 or above"),
        ("check-tables --credentials .", "cannot be read: it is a folder; name a file"),
        ("validate claims.csv --out claims.csv/x", "a part of the path is a file"),
        ("validate nowhere.csv", "No such file or directory. Check that"),
        ("validat claims.csv", "'validate'"),
    ] {
        let ran = place.run(line);
        assert!(ran.code == Some(2) && ran.stderr.contains(says), "{line}: {ran:?}");
        for word in ["digit found", "target type", "os error", "'audit'", "row 0"] {
            assert!(!ran.stderr.contains(word), "{line}: {ran:?}");
        }
    }
}
