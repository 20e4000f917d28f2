//! Every text that a fuzz target found, and every seed of it, once more.

use std::path::PathBuf;

use crate::support::repository;

#[path = "../../fuzz/drivers.rs"]
mod drivers;

/// The texts of a target's corpus, sorted by name.
fn texts(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = repository().join("fuzz/corpus").join(target);
    let entries = std::fs::read_dir(&folder);
    let entries = entries.unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut found: Vec<(PathBuf, Vec<u8>)> = entries
        .flatten()
        .map(|entry| (entry.path(), std::fs::read(entry.path()).expect("a text of the corpus")))
        .collect();
    found.sort();
    found
}

#[test]
fn all_texts_are_survived() {
    for (target, run) in drivers::TARGETS {
        let texts = texts(target);
        assert!(!texts.is_empty(), "{target} has no corpus");
        for (path, text) in texts {
            let result = std::panic::catch_unwind(|| run(&text));
            assert!(result.is_ok(), "{}", path.display());
        }
    }
}
