//! `validate --split`: every claim in one part, byte for byte; what is released is clean, and
//! splits into itself.

mod damaged;
mod examples;
mod slow_parts;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::agreement::{command, for_each_seed, in_folder};
use crate::random_sets::generate;
use crate::random_sets::wire::as_carried_by_the_wire;
use crate::random_sets::write_csv::{Written, write};
use crate::reference::model::{ClaimSet, FileKind};
use crate::support::columns;
use slow_parts::RawClaim;

/// The two parts of one input; empty where there is none.
struct Parts {
    release: Vec<u8>,
    hold: Vec<u8>,
}

fn parts(out: &Path, input: &Path) -> Parts {
    let name = input.file_name().expect("a file");
    let read = |part: &str| std::fs::read(out.join(part).join(name)).unwrap_or_default();
    Parts { release: read("release"), hold: read("hold") }
}

/// Runs it; gives back the exit code and what was said.
fn run(command: &mut Command) -> (Option<i32>, String) {
    let output = command.output().expect("the program starts");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Disposition by claim id, frequency code, original claim id, billing NPI.
fn dispositions(out: &Path) -> BTreeMap<[String; 4], String> {
    let text = std::fs::read_to_string(out.join("claims.csv")).expect("claims.csv");
    let names = ["claim_id", "frequency_code", "original_claim_id", "billing_npi", "disposition"];
    let rows = columns(&text, &names).into_iter().map(|row| {
        let [id, frequency, original, npi, disposition] = <[String; 5]>::try_from(row).expect("5");
        // A cell that a spreadsheet would run has an apostrophe before it.
        let own = |text: String| text.strip_prefix('\'').map_or(text.clone(), str::to_owned);
        let frequency = if frequency.is_empty() { "1".to_owned() } else { frequency };
        ([own(id), frequency.to_uppercase(), own(original), own(npi)], disposition)
    });
    rows.collect()
}

/// Where a claim of a disposition must be, if that alone tells.
fn right_part(disposition: Option<&str>, reviews_held: bool) -> Option<&'static str> {
    match disposition {
        None | Some("release" | "void") => Some("release"),
        Some("review") if !reviews_held => Some("release"),
        Some("review" | "hold" | "repeated") => Some("hold"),
        _ => None,
    }
}

/// Whether `part` is `whole` with some left out, in the same order.
fn is_in_order<T: PartialEq>(part: &[T], whole: &[T]) -> bool {
    let mut rest = whole.iter();
    part.iter().all(|own| rest.any(|other| other == own))
}

/// All of two parts together is all of the whole.
fn is_all<T: Ord + Clone>(one: &[T], other: &[T], whole: &[T]) -> bool {
    let mut both: Vec<T> = one.iter().chain(other).cloned().collect();
    let mut whole = whole.to_vec();
    both.sort();
    whole.sort();
    both == whole
}

fn check_x12(bytes: &[u8], parts: &Parts, out: &Path, reviews_held: bool) -> Result<(), String> {
    let (whole, _) = slow_parts::x12(bytes);
    let (released, wrong) = slow_parts::x12(&parts.release);
    let (held, wrong_held) = slow_parts::x12(&parts.hold);
    let wrong: Vec<String> = wrong.into_iter().chain(wrong_held).collect();
    if !wrong.is_empty() {
        return Err(format!("envelopes are wrong: {wrong:?}"));
    }
    let shown = format!("{} of {}, {} held", released.len(), whole.len(), held.len());
    if !is_all(&released, &held, &whole) {
        return Err(format!("not every claim is there once, as it came ({shown})"));
    }
    if !is_in_order(&released, &whole) || !is_in_order(&held, &whole) {
        return Err(format!("claims changed their order ({shown})"));
    }
    let dispositions = dispositions(out);
    for (part, claims) in [("release", &released), ("hold", &held)] {
        for claim in claims {
            let own = dispositions.get(&claim.key).map(String::as_str);
            if right_part(own, reviews_held).is_some_and(|right| right != part) {
                return Err(format!("{:?} ({own:?}) is in {part}/", claim.key));
            }
        }
    }
    both_have_a_place(&released, &held)
}

/// One claim key stands in one part alone.
fn both_have_a_place(released: &[RawClaim], held: &[RawClaim]) -> Result<(), String> {
    let keys = |claims: &[RawClaim]| -> BTreeSet<[String; 4]> {
        claims.iter().map(|claim| claim.key.clone()).collect()
    };
    match keys(released).intersection(&keys(held)).next() {
        Some(key) => Err(format!("{key:?} is in both parts")),
        None => Ok(()),
    }
}

fn check_csv(bytes: &[u8], parts: &Parts) -> Result<(), String> {
    let (header, whole) = slow_parts::csv(bytes);
    let (released_header, released) = slow_parts::csv(&parts.release);
    let (held_header, held) = slow_parts::csv(&parts.hold);
    for (own, part) in [(released_header, &parts.release), (held_header, &parts.hold)] {
        if !part.is_empty() && own != header {
            return Err("the header is another".to_owned());
        }
    }
    let shown = format!("{} of {}, {} held", released.len(), whole.len(), held.len());
    if !is_all(&released, &held, &whole) {
        return Err(format!("not every row is there once, as it came ({shown})"));
    }
    if !is_in_order(&released, &whole) || !is_in_order(&held, &whole) {
        return Err(format!("rows changed their order ({shown})"));
    }
    Ok(())
}

/// The command for the same options on other claim files.
fn again(
    set: &ClaimSet,
    written: &Written,
    claims: &[PathBuf],
    as_of: &str,
    out: &Path,
) -> Command {
    let mut only_history = set.clone();
    only_history.as_of = Some(as_of.to_owned());
    only_history.files.retain(|file| file.history);
    let histories = set.files.iter().zip(&written.claim_files).filter(|(file, _)| file.history);
    let written = Written {
        claim_files: histories.map(|(_, path)| path.clone()).collect(),
        tables: written.tables.clone(),
        policy: written.policy.clone(),
    };
    // Claims come before what `command` adds of history.
    let mut command = command(&only_history, &written, out, false);
    command.arg("--split").arg("--");
    command.args(claims);
    command
}

/// A second run over what was released, alone.
fn check_again(set: &ClaimSet, written: &Written, folder: &Path, out: &Path) -> Result<(), String> {
    let currents = set.files.iter().zip(&written.claim_files).filter(|(file, _)| !file.history);
    let released: Vec<PathBuf> = currents
        .map(|(_, path)| out.join("release").join(path.file_name().expect("a file")))
        .filter(|path| path.is_file())
        .collect();
    if released.is_empty() {
        return Ok(());
    }
    let summary = std::fs::read_to_string(out.join("summary.json")).expect("summary.json");
    let summary: serde_json::Value = serde_json::from_str(&summary).expect("JSON");
    let as_of = summary["as_of"].as_str().expect("a date");
    let second = folder.join("second");
    let mut command = again(set, written, &released, as_of, &second);
    let (code, said) = run(&mut command);
    if !matches!(code, Some(0 | 1 | 3)) {
        return Err(format!("{command:?}\nended with {code:?}: {said}"));
    }
    let findings = std::fs::read_to_string(second.join("findings.csv")).expect("findings.csv");
    let names = ["severity", "rule", "claim_id", "message"];
    let denied = columns(&findings, &names).into_iter().find(|row| row[0] == "deny");
    if let Some(row) = denied {
        return Err(format!("{command:?}\nwhat was released has findings: {row:?}"));
    }
    for path in &released {
        let first = std::fs::read(path).expect("a released file");
        let Parts { release, hold } = parts(&second, path);
        if release != first || !hold.is_empty() {
            return Err(format!("{command:?}\n{} splits into another", path.display()));
        }
    }
    Ok(())
}

fn check_set(set: &ClaimSet, seed: u64, folder: &Path) -> Result<(), String> {
    let written = write(set, seed, folder);
    let out = folder.join("out");
    let reviews_held = seed.is_multiple_of(3);
    let mut first = command(set, &written, &out, false);
    first.arg("--split");
    if reviews_held {
        first.args(["--review-to", "hold"]);
    }
    match seed % 4 {
        0 => drop(first.args(["--threads", "1"])),
        1 => drop(first.args(["--block-bytes", "64"])),
        2 => drop(first.args(["--block-bytes", "1000", "--threads", "3"])),
        _ => {}
    }
    let (code, said) = run(&mut first);
    if !matches!(code, Some(0 | 1 | 3)) {
        return Err(format!("{first:?}\nended with {code:?}: {said}"));
    }
    for (file, path) in set.files.iter().zip(&written.claim_files) {
        if file.history {
            continue;
        }
        let bytes = std::fs::read(path).expect("a claim file");
        let parts = parts(&out, path);
        let checked = match file.kind {
            FileKind::X12 => check_x12(&bytes, &parts, &out, reviews_held),
            FileKind::Csv => check_csv(&bytes, &parts),
        };
        checked.map_err(|why| format!("{first:?}\n{}: {why}", path.display()))?;
    }
    // Claims that a person must look at may need others to be what they are (docs/split.md).
    let may_differ = reviews_held
        || silences_duplicates(set)
        || holds_correction_of_history(set, &out)
        || holds_part_of_a_correction(&out);
    if may_differ {
        return Ok(());
    }
    CHECKED_AGAIN.fetch_add(1, Ordering::Relaxed);
    check_again(set, &written, folder, &out)
}

/// Sets of which what was released was checked alone.
static CHECKED_AGAIN: AtomicUsize = AtomicUsize::new(0);

/// Whether D001 is not reported: then a later copy of a held line is released, and stands alone
/// when what was released is checked by itself (docs/split.md).
fn silences_duplicates(set: &ClaimSet) -> bool {
    let names = |list: &[String]| list.iter().any(|rule| "D001".starts_with(rule.as_str()));
    names(&set.ignore) || (!set.select.is_empty() && !names(&set.select))
}

/// Whether part of a claim could not be read where there are corrections: it is held, whatever it
/// is tied to.
fn holds_part_of_a_correction(out: &Path) -> bool {
    let findings = std::fs::read_to_string(out.join("findings.csv")).expect("findings.csv");
    let rules = columns(&findings, &["rule"]);
    let is_tied = |disposition: &String| ["void", "superseded"].contains(&disposition.as_str());
    rules.iter().any(|row| row[0] == "F005") && dispositions(out).values().any(is_tied)
}

/// Whether a correction is held that may have taken out a claim of history, which then stands again
/// when what was released is checked alone (docs/split.md).
fn holds_correction_of_history(set: &ClaimSet, out: &Path) -> bool {
    let has_history = set.files.iter().any(|file| file.history);
    let is_held = |(key, disposition): (&[String; 4], &String)| {
        ["7", "8"].contains(&key[1].as_str()) && !key[2].is_empty() && disposition == "hold"
    };
    has_history && dispositions(out).iter().any(is_held)
}

#[test]
fn each_claim_of_random_x12_sets_goes_to_one_part_as_it_came() {
    for_each_seed(2, |seed| {
        let set = as_carried_by_the_wire(&generate(seed), seed);
        in_folder("split-x12", seed, |folder| check_set(&set, seed, folder))
    });
    let one = std::env::var_os("PEERCLAIMS_SEED").is_some();
    let checked = CHECKED_AGAIN.load(Ordering::Relaxed);
    assert!(one || checked >= 20, "only {checked} sets were split a second time");
}

#[test]
fn each_row_of_random_csv_sets_goes_to_one_part_as_it_came() {
    for_each_seed(2, |seed| {
        let set = generate(seed);
        in_folder("split-csv", seed, |folder| check_set(&set, seed, folder))
    });
}
