//! The program opens no network connection and starts no other program: nothing that is built in
//! can speak with a network, and no run calls the system for it. (`tidy.rs` looks at our source.)

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use crate::parquet;
use crate::privacy::canaries;
use crate::supply_chain;

/// Crates that other crates speak with a network through.
const SPEAK: [&str; 24] = [
    "async-io",
    "async-std",
    "attohttpc",
    "curl",
    "curl-sys",
    "h2",
    "hickory-resolver",
    "hyper",
    "isahc",
    "minreq",
    "mio",
    "native-tls",
    "net2",
    "openssl",
    "openssl-sys",
    "quinn",
    "reqwest",
    "rustls",
    "smol",
    "socket2",
    "surf",
    "tokio",
    "ureq",
    "websocket",
];

#[test]
fn nothing_that_is_built_in_speaks_with_a_network() {
    for target in supply_chain::targets() {
        let crates = supply_chain::crates(&target);
        let names: BTreeSet<&str> =
            crates.iter().filter_map(|package| package["name"].as_str()).collect();
        assert!(names.contains("rustix") && names.len() > 50);
        let speak: Vec<_> = SPEAK.iter().filter(|name| names.contains(*name)).collect();
        assert!(speak.is_empty(), "{target}: {speak:?}");
    }
    // rustix can, where it is asked to.
    let features = supply_chain::features("rustix");
    assert!(features.contains("fs") && !features.contains("net"), "{features:?}");
}

#[test]
fn no_run_opens_a_connection_or_starts_a_program() {
    let place = canaries::place();
    let program = env!("CARGO_BIN_EXE_peerclaims");
    let traced = |line: &str| -> Option<String> {
        let mut strace = Command::new("strace");
        strace.args(["-f", "-qq", "-e", "trace=%network,%process", "-o", "calls", program]);
        strace.args(line.split_whitespace()).current_dir(place.path(""));
        strace.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let status = strace.status().ok()?;
        let calls = std::fs::read_to_string(place.path("calls")).ok()?;
        // Where a system forbids to trace, strace says so and the program does not start.
        calls.contains("execve(").then_some(())?;
        assert!(matches!(status.code(), Some(0 | 1 | 3)), "{line}: {status}");
        Some(calls)
    };
    let night = "claims.837 good.csv --tables tables --history history --as-of 2025-09-30";
    let formats = format!("--format csv,json,html,xlsx{}", parquet::FORMAT);
    for line in [
        &*format!("validate {night} --ledger year.db --split --acks --out out {formats}"),
        &format!("audit {night} --sample 5 --out papers {formats}"),
        "remit first.835 --ledger year.db",
        "ledger status --ledger year.db",
        "ledger check --ledger year.db",
        "ledger backup copy.db --ledger year.db",
        "verify out --inputs --ledger year.db",
        "upcoming --tables tables --ledger year.db --as-of 2025-09-30",
        "check-tables tables",
        "inspect claims.837",
        "diff out papers",
        "generate --lines 100 --out set --quiet",
        "init made",
        "explain U001",
    ] {
        let Some(calls) = traced(line) else {
            eprintln!("not run: no strace, or it may not trace here");
            return;
        };
        let starts = calls.matches("execve(").count() + calls.matches("execveat(").count();
        assert_eq!(starts, 1, "{line}: its own start alone:\n{calls}");
        for call in ["socket(", "socketpair(", "connect(", "bind(", "sendto(", "fork("] {
            assert!(!calls.contains(call), "{line}: {call}\n{calls}");
        }
    }
}
