//! N nights through the ledger with `--post all` find, line for line, what one run of the last file
//! finds with the others as `--history`: random claim sets over random nights, with corrections,
//! repeated and conflicting records and claims parted over nights.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::agreement::{Outcome, command, difference, for_each_seed, in_folder, run};
use crate::random_sets::wire::as_carried_by_the_wire;
use crate::random_sets::write_csv::{Written, write};
use crate::random_sets::{Rng, generate};
use crate::reference::model::{ClaimFile, ClaimRow, ClaimSet};

/// The rows of a set over two to six nights, the last one current.
fn dealt_over_nights(mut set: ClaimSet, seed: u64) -> ClaimSet {
    let rng = &mut Rng::new(seed ^ 0x1ed6);
    set.files.retain(|file| !file.twin_of_current);
    let nights = 2 + rng.below(5);
    let mut files = vec![ClaimFile { history: true, ..ClaimFile::default() }; nights];
    let mut night_of: BTreeMap<[String; 4], usize> = BTreeMap::new();
    let rows: Vec<ClaimRow> = set.files.iter().flat_map(|file| file.rows.clone()).collect();
    for row in rows {
        // Most of a set is context; the last night must have enough of its own.
        let any = if rng.chance(35) { nights - 1 } else { rng.below(nights) };
        let mut night = *night_of.entry(row.claim_key()).or_insert(any);
        if rng.chance(6) {
            night = rng.below(nights);
        }
        if rng.chance(12) {
            // The same record again, at times with another content.
            let mut again = row.clone();
            if rng.chance(20) {
                again.units = rng.text(&["1", "2", "3"]);
            }
            if rng.chance(20) {
                again.payer_claim_number = format!("AGAIN{}", row.claim_id);
            }
            files[rng.below(nights)].rows.push(again);
        }
        files[night].rows.push(row);
    }
    files.retain(|file| !file.rows.is_empty());
    if let Some(last) = files.last_mut() {
        last.history = false;
    }
    set.files = files;
    set
}

fn nights_agree(set: &ClaimSet, seed: u64, folder: &Path) -> Result<(), String> {
    let written = write(set, seed, folder);
    let out = folder.join("out");
    let expected = run(&mut command(set, &written, &out, false), &out)?;
    let ledger = folder.join("ledger.db");
    let mut found = None;
    for (file, path) in set.files.iter().zip(&written.claim_files) {
        let night =
            ClaimSet { files: vec![ClaimFile { history: false, ..file.clone() }], ..set.clone() };
        let own = Written {
            claim_files: vec![path.clone()],
            tables: written.tables.clone(),
            policy: written.policy.clone(),
        };
        let mut command = command(&night, &own, &out, false);
        command.arg("--ledger").arg(&ledger).args(["--post", "all"]);
        found = Some(run(&mut command, &out)?);
    }
    let found = found.ok_or("no night")?;
    differ(&expected, &found).map_or(Ok(()), Err)?;
    let check = Command::new(env!("CARGO_BIN_EXE_peerclaims"))
        .args(["ledger", "check", "--ledger"])
        .arg(&ledger)
        .output()
        .map_err(|error| error.to_string())?;
    match check.status.code() {
        Some(0) => Ok(()),
        code => Err(format!("ledger check: {code:?}\n{}", String::from_utf8_lossy(&check.stderr))),
    }
}

/// F003 aside, which only a ledger has: findings with their places, and claims, of which one that
/// is posted says so instead of `repeated`, `void` or `superseded`.
fn differ(expected: &Outcome, found: &Outcome) -> Option<String> {
    let both = |outcome: &Outcome| -> Vec<Vec<String>> {
        let rows = outcome.findings.iter().zip(&outcome.places);
        rows.map(|(row, (source, position))| {
            let mut row = row.clone();
            row.extend([source.clone(), position.clone()]);
            row
        })
        .filter(|row| row[0] != "F003")
        .collect()
    };
    let mut claims = found.claims.clone();
    for (claim, other) in claims.iter_mut().zip(&expected.claims) {
        let was_known = ["repeated", "void", "superseded"].contains(&other[5].as_str());
        if claim[5] == "already_posted" && was_known {
            claim[5].clone_from(&other[5]);
        }
    }
    difference("findings.csv", &both(expected), &both(found))
        .or_else(|| difference("claims.csv", &expected.claims, &claims))
}

#[test]
fn nights_through_the_ledger_equal_one_run_with_history() {
    for_each_seed(1, |seed| {
        let set = dealt_over_nights(generate(seed), seed);
        in_folder("nights", seed, |folder| nights_agree(&set, seed, folder))
    });
}

#[test]
fn nights_of_x12_through_the_ledger_equal_one_run_with_history() {
    for_each_seed(2, |seed| {
        let set = as_carried_by_the_wire(&dealt_over_nights(generate(seed), seed), seed);
        in_folder("nights-x12", seed, |folder| nights_agree(&set, seed, folder))
    });
}
