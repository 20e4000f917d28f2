//! Input that somebody made to do harm, or that harms by chance: the answer is an error or a
//! rejected row, memory stays bounded, and nothing of it runs where results are read.

mod archives;
mod bounds;
mod cells;
mod files;

use std::process::{Command, Output, Stdio};

use crate::support::Place;

/// The program with at most so many KiB of memory, and a minute.
fn within_memory(place: &Place, kib: u64, line: &str) -> Output {
    let program = env!("CARGO_BIN_EXE_peerclaims");
    let script = format!("ulimit -v {kib}; exec timeout 60 {program} {line} --threads 2");
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]).current_dir(place.path("")).stdin(Stdio::null());
    // One arena a thread would reserve more than is used.
    shell.env("MALLOC_ARENA_MAX", "2").output().expect("a shell")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
