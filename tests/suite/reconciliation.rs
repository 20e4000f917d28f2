//! A counter that is wrong ends the run: each of them broken, one after the other.

use peerclaims::audit::ledger::Ledger;
use peerclaims::audit::overpayment::disallowances;
use peerclaims::audit::{self, AuditError, Subject};
use peerclaims::normalize::Tally;
use peerclaims::outcome::{Counts, RunOutcome};
use peerclaims::pipeline::{self, Memory, Progress, ReadOutcome, Request, RunError};
use peerclaims::rules::registry::RULES;
use peerclaims::{policy, tables::Tables};

use crate::support::HEADER;

/// Reads a current and a history file, lets `change` break the reading, and checks.
fn run(change: impl FnOnce(&mut ReadOutcome)) -> Result<RunOutcome, RunError> {
    let rows = |claim: &str| {
        format!(
            "{HEADER}{claim},1,M1,1234567893,H0038,9,2025-09-03\n\
             {claim},2,M1,1234567893,99213,1,2025-09-03\n{claim},3,M1,1234567893,,1,2025-09-03\n"
        )
    };
    let claims = Memory::of("today.csv", rows("A1")).and("past.csv", rows("B1"));
    let mut inputs = claims.inputs();
    let history = inputs.split_off(1);
    let (policy, progress) = (policy::builtin(), Progress::default());
    let request = Request {
        claims: inputs,
        history,
        memory: Some(&claims),
        rules: RULES.to_vec(),
        ..Request::new(&policy, &progress)
    };
    let mut read = pipeline::read(&request)?;
    change(&mut read);
    pipeline::check(&request, read, &Tables::default())
}

#[test]
fn a_counter_of_what_was_read_that_is_wrong_ends_the_run() {
    assert!(run(|_| {}).is_ok());
    type Break = fn(&mut Tally);
    let breaks: [Break; 3] = [
        |tally| tally.service_lines += 1,
        |tally| tally.left_out += 1,
        |tally| tally.peer_support_lines += 1,
    ];
    for file in 0..2 {
        for (number, change) in breaks.iter().enumerate() {
            let broken = run(|read| change(&mut read.collector.files[file].tally));
            let side = if file == 0 { "history input" } else { "current input" };
            match broken {
                Err(RunError::DoesNotReconcile { detail }) => {
                    assert!(detail.contains(side), "{number}: {detail}");
                }
                _ => panic!("{side}, counter {number}: it was not noticed"),
            }
        }
    }
}

#[test]
fn each_bucket_that_is_wrong_is_noticed() {
    let whole = run(|_| {}).expect("a run").counts;
    assert!(whole.reconciles());
    type Break = fn(&mut Counts);
    let breaks: [Break; 9] = [
        |counts| counts.service_lines += 1,
        |counts| counts.left_out += 1,
        |counts| counts.passed_over += 1,
        |counts| counts.peer_support_lines += 1,
        |counts| counts.denied_records += 1,
        |counts| counts.repeated_records += 1,
        |counts| counts.conflicting_records += 1,
        |counts| counts.corrected_away += 1,
        |counts| counts.checked += 1,
    ];
    for (number, change) in breaks.iter().enumerate() {
        let mut counts = whole.clone();
        change(&mut counts);
        assert!(!counts.reconciles(), "counter {number}");
    }
}

#[test]
fn an_audit_that_does_not_agree_with_the_summary_ends() {
    let policy = policy::builtin();
    type Break = fn(&mut Counts);
    let breaks: [Break; 6] = [
        |counts| counts.denied_records += 1,
        |counts| counts.repeated_records += 1,
        |counts| counts.corrected_away += 1,
        |counts| counts.checked += 1,
        |counts| counts.units_disallowed += 1,
        |counts| counts.units += 1,
    ];
    let mut outcome = run(|_| {}).expect("a run");
    let tables = Tables::default();
    assert!(audit::examine(&Subject::new(&outcome, &policy, &tables)).is_ok());
    let whole = outcome.counts.clone();
    for (number, change) in breaks.iter().enumerate() {
        outcome.counts = whole.clone();
        change(&mut outcome.counts);
        let examined = audit::examine(&Subject::new(&outcome, &policy, &tables));
        let is_noticed = matches!(examined, Err(AuditError::DoesNotReconcile { .. }));
        assert!(is_noticed, "counter {number}");
    }
}

/// Totals come from the members' ledgers, the universe from the records: a line that the ledgers
/// lack, or hold twice, is noticed between the two.
#[test]
fn an_audit_whose_lists_do_not_add_up_to_its_universe_ends() {
    let (policy, tables) = (policy::builtin(), Tables::default());
    let outcome = run(|_| {}).expect("a run");
    let subject = Subject::new(&outcome, &policy, &tables);
    let overpayment = disallowances(&subject);
    assert!(audit::add_up(&subject, &Ledger::of(&subject), &overpayment).is_ok());
    let is_noticed = |ledger: &Ledger, word: &str| {
        let said = audit::add_up(&subject, ledger, &overpayment).err();
        assert!(said.is_some_and(|error| error.to_string().contains(word)));
    };
    let mut lacks = Ledger::of(&subject);
    lacks.lines.iter_mut().for_each(|line| line.is_reported = false);
    is_noticed(&lacks, "net lines by practitioner: 0 here, 1 there");
    let mut twice = Ledger::of(&subject);
    let again = twice.members.clone();
    twice.members.extend(again);
    is_noticed(&twice, "net lines by practitioner: 2 here, 1 there");
}
