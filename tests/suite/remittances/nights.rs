//! A night after `remit` gives the findings of the same history given as rows with those statuses,
//! numbers and amounts; whatever the order of the files, and however often each is read.

use super::stories::{COLUMNS, Claim, weeks};
use super::wire;
use crate::random_sets::Rng;
use crate::support::Place;

const SEEDS: u64 = 60;
const AS_OF: &str = "--as-of 2025-10-15 --quiet";

/// Claims of the first night; some correct others of it.
fn first_night(rng: &mut Rng) -> Vec<Claim> {
    let mut claims: Vec<Claim> = Vec::new();
    for number in 0..5 + rng.below(6) {
        let mut claim = Claim::random(rng, format!("C{number}"));
        if number > 0 && rng.chance(30) {
            let target = &claims[rng.below(number)];
            claim.agency = target.agency;
            claim.original.clone_from(&target.id);
            claim.frequency = rng.word(&["7", "7", "8"]);
            if rng.chance(30) && target.frequency == "1" {
                claim.id.clone_from(&target.id); // a biller that keeps its number
            }
        }
        let same = |other: &Claim| {
            (&other.id, other.frequency, &other.original, other.agency)
                == (&claim.id, claim.frequency, &claim.original, claim.agency)
        };
        if !claims.iter().any(same) {
            claims.push(claim);
        }
    }
    let numbered = claims.iter_mut().enumerate();
    numbered.for_each(|(number, claim)| claim.adjudicate(rng, number));
    claims
}

/// Claims of the second night: some correct claims of the first, by any of their numbers.
fn second_night(rng: &mut Rng, first: &[Claim]) -> Vec<Claim> {
    let mut claims = Vec::new();
    for number in 0..4 + rng.below(4) {
        let mut claim = Claim::random(rng, format!("D{number}"));
        if rng.chance(50) {
            let target = rng.pick(first);
            let mut names = target.numbers.clone();
            names.push(target.id.clone());
            names.extend(rng.chance(10).then(|| "NOBODY".to_owned()));
            claim.agency = target.agency;
            claim.original = rng.pick(&names).clone();
            claim.frequency = rng.word(&["7", "7", "8"]);
        }
        claims.push(claim);
    }
    claims
}

fn rows(claims: &[Claim], known: bool) -> String {
    let rows = claims.iter().map(|claim| claim.rows(known));
    std::iter::once(COLUMNS.to_owned()).chain(rows).collect()
}

/// Reads the remittances in random order, some twice, in one run or several.
fn remit(rng: &mut Rng, place: &Place, first: &[Claim], seed: u64) {
    let mut names = Vec::new();
    for (week, checks) in weeks(first).iter().enumerate() {
        let name = format!("week{week}.835");
        place.write(&name, wire::file(rng, checks));
        names.insert(rng.below(names.len() + 1), name);
    }
    if let Some(twice) = names.first().cloned() {
        names.push(twice);
    }
    let runs = if rng.chance(50) { vec![names.join(" ")] } else { names };
    for files in runs.iter().filter(|files| !files.is_empty()) {
        let ran = place.run(&format!("remit {files} --ledger l.db --format json"));
        assert_eq!(ran.code, Some(0), "seed {seed}: {}", ran.stderr);
        let said: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
        for none in ["unmatched", "unmatched_services", "faults"] {
            assert_eq!(said[none], serde_json::json!([]), "seed {seed}: {none}");
        }
    }
}

#[test]
fn a_night_after_remittances_is_one_after_rows_that_say_the_same() {
    let (mut denied, mut findings) = (0, 0);
    for seed in 1..=SEEDS {
        let rng = &mut Rng::new(seed);
        let first = first_night(rng);
        let second = second_night(rng, &first);
        let place = Place::new();
        place.write("first.csv", rows(&first, false));
        place.write("known.csv", rows(&first, true));
        place.write("second.csv", rows(&second, false));
        let ran = place.run(&format!("validate first.csv --ledger l.db --post all {AS_OF}"));
        assert!(matches!(ran.code, Some(0 | 1)), "seed {seed}: {}", ran.stderr);
        remit(rng, &place, &first, seed);
        let by_ledger =
            place.run(&format!("validate second.csv --ledger l.db --dry-run --out - {AS_OF}"));
        let by_rows =
            place.run(&format!("validate second.csv --history known.csv --out - {AS_OF}"));
        assert_eq!(by_ledger.stdout, by_rows.stdout, "seed {seed}: {}", place.read("known.csv"));
        assert_eq!(by_ledger.code, by_rows.code, "seed {seed}");
        let checked = place.run("ledger check --ledger l.db");
        assert_eq!(checked.code, Some(0), "seed {seed}: {}{}", checked.stdout, checked.stderr);
        denied += first.iter().flat_map(|claim| &claim.lines).filter(|line| line.is_denied).count();
        findings += by_rows.stdout.lines().count() - 1;
    }
    assert!(denied > 100 && findings > 100, "{denied} denied lines, {findings} findings");
}
