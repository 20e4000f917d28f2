//! What stands on a terminal: lines as wide as it is, colours as they were asked for.

use super::well;
use crate::support::{Place, repository};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Stdio};

/// What the program writes on a terminal of `columns`, standard error too.
fn on_terminal(place: &Place, line: &str, columns: u16, variables: &[(&str, &str)]) -> String {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let master = openpt(flags).expect("a terminal");
    grantpt(&master).and_then(|()| unlockpt(&master)).expect("it is ours");
    let size = Winsize { ws_row: 50, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&master, size).expect("it has a width");
    let name = ptsname(&master, Vec::new()).expect("it has a name");
    let name = std::ffi::OsStr::from_bytes(name.to_bytes()).to_owned();
    let terminal = || File::options().read(true).write(true).open(&name).expect("it opens");
    let mut command = Command::new(env!("CARGO_BIN_EXE_peerclaims"));
    command.args(line.split_whitespace()).current_dir(place.path("."));
    ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"].iter().for_each(|name| {
        command.env_remove(name);
    });
    command.env("TERM", "xterm").envs(variables.iter().copied()).stdin(Stdio::null());
    let mut child = command
        .stdout(Stdio::from(terminal()))
        .stderr(Stdio::from(terminal()))
        .spawn()
        .expect("it starts");
    // Ours must go, or the reading would not end.
    drop(command);
    let mut said = Vec::new();
    // The last of the other end that goes is said as an error.
    let _ = File::from(master).read_to_end(&mut said);
    child.wait().expect("it ends");
    String::from_utf8(said).expect("UTF-8").replace("\r\n", "\n")
}

/// Lines as they are seen: without colours.
fn seen(text: &str) -> Vec<String> {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    let bare = parts.map(|part| part.split_once('m').map_or("", |(_, rest)| rest));
    let bare = first + &bare.collect::<String>();
    bare.lines().map(str::to_owned).collect()
}

/// Runs in `place` of every kind of page, with what they need.
fn pages(place: &Place) -> Vec<String> {
    let night = format!("{}/fixtures/nightly", repository().display());
    for entry in ["claims.837", "claims.csv"] {
        std::fs::copy(format!("{night}/{entry}"), place.path(entry)).expect("a copy");
    }
    for entry in std::fs::read_dir(format!("{night}/tables")).expect("tables") {
        let entry = entry.expect("an entry");
        let text = std::fs::read(entry.path()).expect("a table");
        place.write(&format!("night/{}", entry.file_name().to_string_lossy()), text);
    }
    for number in ["first", "second"] {
        let from = repository().join(format!("fixtures/remit/{number}.835"));
        std::fs::copy(from, place.path(&format!("{number}.835"))).expect("a copy");
    }
    place.write("p.toml", "[[limits]]\nfrom = 2012-01-01\ndaily_units = 8\nannual_units = 200\n");
    place.write("bad.toml", "[claims]\nfiling_dys = 3\n");
    let run = "validate claims.837 --tables night -q --as-of 2025-09-15 --out";
    place.run(&format!("{run} a --ledger l.db"));
    place.run(&format!("{run} b --policy p.toml"));
    place.run(&format!("{run} c"));
    std::fs::remove_file(place.path("c/claims.csv")).expect("removed");
    let audit = "audit claims.csv --tables night";
    place.run(&format!("{audit} -q --sample 20 --seed A --out papers"));
    [
        "validate claims.837 --tables night --as-of 2025-09-15",
        audit,
        "inspect claims.837",
        "inspect claims.csv",
        "check-tables night --as-of 2025-09-15",
        "upcoming --tables night --as-of 2025-09-15 --ledger l.db --near 200 --days 90",
        "diff a b",
        "simulate claims.837 --tables night --policy p.toml",
        "verify a",
        "verify c",
        "policy check bad.toml",
        "remit first.835 second.835 --ledger l.db --dry-run",
        "ledger status l.db",
        "ledger runs l.db",
        "rules",
        "explain U001",
        "validate --help",
        "init t",
    ]
    .map(str::to_owned)
    .to_vec()
}

#[test]
fn lines_are_no_wider_than_the_terminal() {
    let place = Place::new();
    for line in pages(&place) {
        for columns in [80, 120] {
            let text = on_terminal(&place, &line, columns, &[]);
            assert!(!text.is_empty(), "{line}");
            let is_wide = |line: &&String| line.chars().count() > usize::from(columns);
            let lines = seen(&text);
            assert_eq!(lines.iter().find(is_wide), None, "{line} at {columns}");
            let _ = std::fs::remove_dir_all(place.path("t"));
        }
    }
}

#[test]
fn prose_and_tables_keep_to_a_narrow_terminal_too() {
    let place = Place::new();
    pages(&place);
    for (line, says) in [
        ("diff a b", "U001: before 6"),
        ("check-tables night --as-of 2025-09-15", "credentials: rows 25"),
        ("validate claims.837 --tables night --as-of 2025-09-15", "hold: claims "),
    ] {
        let text = seen(&on_terminal(&place, line, 44, &[]));
        let joined = text.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(joined.contains(says), "{line}: {joined}");
        let wide: Vec<_> = text.iter().filter(|line| line.chars().count() > 44).collect();
        // A few sentences stand as they are; no table does.
        assert!(wide.len() <= 3, "{line}: {wide:?}");
    }
}

#[test]
fn results_help_and_errors_are_coloured_alike() {
    let place = well();
    let lines = ["check-tables tables", "nonsense", "validate", "help"];
    let is_coloured = |text: String| text.contains("\u{1b}[");
    let variables: [(&[(&str, &str)], bool); 5] = [
        (&[], true),
        (&[("NO_COLOR", "1")], false),
        (&[("CLICOLOR", "0")], false),
        (&[("TERM", "dumb")], false),
        (&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], false),
    ];
    for line in lines {
        for (variables, expected) in variables {
            let text = on_terminal(&place, line, 80, variables);
            // The help of the program has headings, those of a command styles of their own.
            assert_eq!(is_coloured(text), expected, "{line} {variables:?}");
        }
        assert!(!is_coloured(on_terminal(&place, &format!("{line} --color never"), 80, &[])));
        let said = |line: &str, variables: &[(&str, &str)]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_peerclaims"));
            command.args(line.split_whitespace()).current_dir(place.path("."));
            command.env_remove("NO_COLOR").envs(variables.iter().copied());
            let output = command.output().expect("it starts");
            is_coloured(String::from_utf8([output.stdout, output.stderr].concat()).expect("UTF-8"))
        };
        assert!(!said(line, &[]) && said(line, &[("CLICOLOR_FORCE", "1")]), "{line} in a pipe");
        assert!(said(&format!("{line} --color always"), &[("NO_COLOR", "1")]), "{line}");
    }
}
