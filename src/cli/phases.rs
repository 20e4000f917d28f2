//! For tests alone: says where a run with a ledger is, and can hold it up there.
//!
//! `PEERCLAIMS_TEST_PHASES=FILE[,PHASE=MILLISECONDS…]` appends the name of each phase to FILE as it
//! begins, and waits there as long as is said (`PHASE=panic`: it panics there). FILE is made, for
//! its owner alone, or was made so by an earlier run: nothing is added to any other file. A script
//! that kills runs at random moments needs it to know what it hit, and to hit what passes too
//! quickly. Nothing of a result depends on it.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

/// What a file of phases begins with.
const FIRST_LINE: &str = "phases-of-peerclaims\n";

struct Hook {
    file: String,
    /// `None`: a panic.
    pauses: Vec<(String, Option<Duration>)>,
}

/// A phase of a posting run begins.
pub fn begin(phase: &str) {
    static HOOK: OnceLock<Option<Hook>> = OnceLock::new();
    let Some(hook) = HOOK.get_or_init(hook) else { return };
    if let Ok(mut file) = open(&hook.file) {
        let _ = file.write_all(format!("{phase}\n").as_bytes());
    }
    for (_, pause) in hook.pauses.iter().filter(|(name, _)| name == phase) {
        match pause {
            Some(pause) => thread::sleep(*pause),
            None => panic!("as a test asked, with the member CANARY-JANE-DOE"),
        }
    }
}

/// The file of phases: a new one, or one of ours.
fn open(path: &str) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create_new(true).mode(0o600);
    match options.open(path) {
        Ok(mut file) => file.write_all(FIRST_LINE.as_bytes()).map(|()| file),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let mut first = vec![0; FIRST_LINE.len()];
            let mut file = OpenOptions::new().read(true).append(true).open(path)?;
            file.read_exact(&mut first)?;
            if first == FIRST_LINE.as_bytes() { Ok(file) } else { Err(error) }
        }
        Err(error) => Err(error),
    }
}

/// The same, if the run has a ledger.
pub fn begin_if(has_ledger: bool, phase: &str) {
    if has_ledger {
        begin(phase);
    }
}

fn hook() -> Option<Hook> {
    let text = std::env::var("PEERCLAIMS_TEST_PHASES").ok()?;
    let mut parts = text.split(',');
    let file = parts.next()?.to_owned();
    let pause = |part: &str| {
        let (phase, milliseconds) = part.split_once('=')?;
        let pause = match milliseconds {
            "panic" => None,
            time => Some(Duration::from_millis(time.parse().ok()?)),
        };
        Some((phase.to_owned(), pause))
    };
    Some(Hook { file, pauses: parts.filter_map(pause).collect() })
}
