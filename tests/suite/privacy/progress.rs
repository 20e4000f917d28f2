//! Progress, where it is shown: a bar on a terminal, lines of JSON.

use std::process::{Command, Stdio};

use super::canaries::{place, within};
use crate::support::Place;

const NIGHT: &str = "validate - claims.837 --tables tables --history history --as-of 2025-09-30 \
                     --ledger year.db --out out --format csv,json,html,xlsx -v";
/// Claims that come in two parts, so that reading takes long enough to be shown, and a run that
/// waits where results are written.
const SLOWLY: &str = "(cat good.csv; sleep 1.2; tail -n 3 good.csv) |";

fn command(place: &Place, shell: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", shell]).current_dir(place.path("")).stdin(Stdio::null());
    command.env("PEERCLAIMS_TEST_PHASES", "phases,write=900");
    command
}

#[test]
fn progress_as_json_says_nothing_of_members() {
    let place = place();
    let program = env!("CARGO_BIN_EXE_peerclaims");
    let ran = command(&place, &format!("{SLOWLY} {program} {NIGHT} --progress json")).output();
    let ran = ran.expect("a shell");
    let said = String::from_utf8_lossy(&ran.stderr);
    let lines: Vec<&str> = said.lines().filter(|line| line.starts_with("{\"stage\"")).collect();
    for stage in ["\"read claims\",\"bytes\"", "\"write results\"", "\"done\""] {
        assert!(lines.iter().any(|line| line.contains(stage)), "{stage}: {said}");
    }
    assert_eq!(within(&said), [""; 0], "{said}");
}

#[test]
fn progress_on_a_terminal_says_nothing_of_members() {
    // The terminal is Python's: what the program writes to it, it hands on.
    let has_python = Command::new("python3").args(["-c", "import pty"]).status();
    if !has_python.is_ok_and(|status| status.success()) {
        eprintln!("not run: no python3 that gives a terminal");
        return;
    }
    let place = place();
    let program = env!("CARGO_BIN_EXE_peerclaims");
    let script = "import os, pty, sys\n\
                  status = pty.spawn(['sh', '-c', sys.argv[1]])\n\
                  sys.exit(os.waitstatus_to_exitcode(status))";
    place.write("terminal.py", script);
    let within_it = format!("{SLOWLY} {program} {NIGHT} --progress bar");
    let ran = command(&place, &format!("python3 terminal.py '{within_it}'")).output();
    let ran = ran.expect("a shell");
    let shown = String::from_utf8_lossy(&ran.stdout);
    assert_eq!(ran.status.code(), Some(1), "{shown} {}", String::from_utf8_lossy(&ran.stderr));
    for word in ["reading", "write results", "findings"] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
    assert_eq!(within(&shown), [""; 0], "{shown}");
}
