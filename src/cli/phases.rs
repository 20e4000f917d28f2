//! For tests alone: says where a run with a ledger is, and can hold it up there.
//!
//! `PEERCLAIMS_TEST_PHASES=FILE[,PHASE=MILLISECONDS…]` appends the name of each phase to FILE as it
//! begins, and waits there as long as is said. A script that kills runs at random moments needs it
//! to know what it hit, and to hit what passes too quickly. Nothing of a result depends on it.

use std::fs::OpenOptions;
use std::io::Write;
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

struct Hook {
    file: String,
    pauses: Vec<(String, Duration)>,
}

/// A phase of a posting run begins.
pub fn begin(phase: &str) {
    static HOOK: OnceLock<Option<Hook>> = OnceLock::new();
    let Some(hook) = HOOK.get_or_init(hook) else { return };
    if let Ok(mut file) = OpenOptions::new().append(true).create(true).open(&hook.file) {
        let _ = file.write_all(format!("{phase}\n").as_bytes());
    }
    for (_, pause) in hook.pauses.iter().filter(|(name, _)| name == phase) {
        thread::sleep(*pause);
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
        Some((phase.to_owned(), Duration::from_millis(milliseconds.parse().ok()?)))
    };
    Some(Hook { file, pauses: parts.filter_map(pause).collect() })
}
