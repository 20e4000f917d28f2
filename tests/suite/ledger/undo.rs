//! Any runs, taken back one by one, leave every table as it was before each of them.

use super::Nights;
use crate::random_sets::Rng;
use crate::remittances::wire::{self, Check, Payment};

const NPI: &str = "1234567893";
const HEADER: &str = "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date,\
    frequency_code,original_claim_id,payer_claim_number\n";

/// Claims that often correct, repeat or contradict earlier ones.
fn rows(rng: &mut Rng) -> String {
    let mut text = HEADER.to_owned();
    for _ in 0..1 + rng.below(5) {
        let (claim, target) = (rng.below(6), rng.below(6));
        let frequency = rng.word(&["1", "1", "1", "7", "8"]);
        let original = if frequency == "1" { String::new() } else { format!("C{target}") };
        let number = rng.text(&["", "", &format!("P{claim}"), &format!("P{target}")]);
        let (units, day) = (1 + rng.below(8), 1 + rng.below(4));
        text.push_str(&format!(
            "C{claim},1,M{},{NPI},H0038,{units},2025-09-0{day},{frequency},{original},{number}\n",
            rng.below(2)
        ));
    }
    text
}

fn remittance(rng: &mut Rng, number: usize) -> Vec<u8> {
    let payments = (0..1 + rng.below(3)).map(|_| {
        let status = rng.word(&["1", "4", "22"]);
        let paid = match status {
            "1" => 6000,
            "4" => 0,
            _ => -6000,
        };
        Payment {
            claim_id: format!("C{}", rng.below(6)),
            status: status.to_owned(),
            charge: if paid < 0 { -6000 } else { 6000 },
            paid,
            number: format!("I{}", rng.below(4)),
            frequency: rng.text(&["1", "7", "8"]),
            ..Payment::default()
        }
    });
    let payments = payments.collect();
    let check = Check {
        trace: format!("T{number}"),
        payee_npi: NPI.to_owned(),
        day: format!("202510{:02}", 1 + rng.below(20)),
        payments,
        ..Check::default()
    };
    wire::file(rng, &[check])
}

/// One run of some kind.
fn run(nights: &Nights, rng: &mut Rng, number: usize) -> String {
    let name = format!("{number}.csv");
    let line = match rng.below(10) {
        0..4 => {
            nights.place.write(&name, rows(rng));
            let post = rng.word(&["released", "all", "all", "none"]);
            format!("validate {name} --as-of 2025-09-30 --out out --quiet --post {post}")
        }
        4 => {
            nights.place.write(&name, rows(rng));
            format!("ledger seed --history {name} --quiet")
        }
        5..9 => {
            let name = format!("{number}.835");
            nights.place.write(&name, remittance(rng, number));
            format!("remit {name} --quiet")
        }
        _ => {
            let verdict = rng.word(&["release", "hold"]);
            format!("ledger {verdict} C{} --reason looked --by me", rng.below(8))
        }
    };
    let ran = nights.place.run(&format!("{line} --ledger year.db"));
    // 2: a decision on a claim that is posted.
    assert!(matches!(ran.code, Some(0..=2)), "{line}: {}", ran.stderr);
    line
}

#[test]
fn undo_restores_every_table_run_by_run() {
    let mut undone = [0; 4];
    for seed in 1..=15 {
        let rng = &mut Rng::new(seed);
        let nights = Nights::new();
        nights.place.write("0.csv", rows(rng));
        let first = nights.place.run("ledger seed --history 0.csv --ledger year.db --quiet");
        assert_eq!(first.code, Some(0), "seed {seed}: {}", first.stderr);
        let mut states = vec![(String::new(), nights.content())];
        for number in 1..=8 {
            let line = run(&nights, rng, number);
            let content = nights.content();
            if states.last().is_some_and(|(_, last)| *last != content) {
                states.push((line, content));
            }
        }
        let checked = nights.ledger("check");
        assert_eq!(checked.code, Some(0), "seed {seed}: {}", checked.stdout);
        while let Some((line, _)) = states.pop() {
            let Some((_, before)) = states.last() else { break };
            let ran = nights.ledger(&format!("undo {}", states.len() + 1));
            assert_eq!(ran.code, Some(0), "seed {seed}, {line}: {}", ran.stderr);
            assert_eq!(&nights.content(), before, "seed {seed}, {line}");
            let is_of_night = line.starts_with("validate");
            assert_eq!(ran.stdout.contains("results are still in out"), is_of_night, "{line}");
            let kinds = ["validate", "ledger seed", "remit", "ledger"];
            let kind = kinds.iter().position(|kind| line.starts_with(kind));
            undone[kind.expect("one of them")] += 1;
        }
    }
    assert!(undone.iter().all(|count| *count >= 5), "{undone:?}");
}
