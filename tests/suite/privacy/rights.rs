//! Files are their owner's alone, whatever the umask.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::parquet;
use crate::support::{Place, repository};

const NIGHT: &str = "validate night.837 --as-of 2025-09-15 --ledger made/year.db --quiet --acks \
                     --split --out made/deep/out --format csv,json,html,xlsx";

const COMMANDS: [&str; 7] = [
    NIGHT,
    NIGHT,
    "audit night.837 --as-of 2025-09-15 --out made/papers --sample 5 --quiet --format \
     csv,json,html,xlsx",
    "remit first.835 --ledger made/year.db",
    "ledger seed --history night.837 --ledger made/seeded.db",
    "ledger backup made/copy.db --ledger made/year.db",
    "generate --lines 500 --format csv,x12 --out made/set --quiet",
];

#[test]
fn the_owner_alone_reads_what_is_written() {
    for umask in ["000", "022", "077"] {
        let place = Place::new();
        for (from, to) in [("nightly/claims.837", "night.837"), ("remit/first.835", "first.835")] {
            let text = std::fs::read(repository().join("fixtures").join(from)).expect("a fixture");
            place.write(to, text);
        }
        std::fs::create_dir(place.path("made")).expect("a folder");
        for command in COMMANDS {
            let command = command.replace("xlsx", &format!("xlsx{}", parquet::FORMAT));
            let program = env!("CARGO_BIN_EXE_peerclaims");
            let done = Command::new("sh")
                .args(["-c", &format!("umask {umask}; exec {program} {command}")])
                .current_dir(place.path(""))
                .output()
                .expect("a shell");
            let said = String::from_utf8_lossy(&done.stderr);
            assert!(matches!(done.status.code(), Some(0 | 1)), "{command}: {said}");
        }
        let mut all = Vec::new();
        gather(&place.path("made"), &mut all);
        assert!(all.len() > 40, "{all:?}");
        let packed = all.iter().filter(|path| path.ends_with("findings.parquet")).count();
        assert_eq!(packed, if cfg!(feature = "parquet") { 2 } else { 0 }, "{all:?}");
        for path in &all {
            let rights = path.metadata().expect("it is there").permissions().mode() & 0o777;
            let expected = if path.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(rights, expected, "umask {umask}: {} has {rights:o}", path.display());
        }
    }
}

fn gather(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        all.push(entry.path());
        if entry.path().is_dir() {
            gather(&entry.path(), all);
        }
    }
}
