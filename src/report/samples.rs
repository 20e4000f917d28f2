//! A small outcome for the tests of this room.

use super::manifest::{ManifestFacts, OptionFacts, PolicyFacts, RunClock, TableFacts};
use crate::evidence::Evidence;
use crate::finding::{Finding, FindingLine, Place};
use crate::model::{
    Cents, InputSeq, NaiveDate, Outcome, Position, Reject, ServiceLine, Severity, date,
};
use crate::normalize::edi837p::BlockPlace;
use crate::normalize::{Sink, Wanted};
use crate::outcome::{
    ClaimOutcome, Counts, Disposition, FileKind, FileOutcome, NotRun, ReportedDays, RunOutcome,
    SplitFacts, Standings,
};
use crate::rules::{RuleSet, supervision, units};
use crate::store::{RecordId, Store, StoredBlock};
use std::collections::BTreeMap;
use std::sync::Arc;

fn day(text: &str) -> NaiveDate {
    date::parse(text.as_bytes()).expect("a date in a test")
}

/// Three findings: of a CSV row, of a segment with hostile texts, and of a supervisor.
pub fn outcome() -> RunOutcome {
    RunOutcome {
        as_of: day("2025-09-15"),
        files: vec![file("night.csv", FileKind::Csv, 30), file("night.837", FileKind::X12, 130)],
        findings: findings(),
        claims: vec![claim(0, Disposition::Hold), claim(1, Disposition::Release)],
        store: store(&["A1", "@B,2"]),
        counts: counts(),
        history: Counts {
            service_lines: 5,
            peer_support_lines: 5,
            checked: 5,
            ..Counts::default()
        },
        rejects: vec![
            reject("credentials.csv", Position::Row(7), "effective_date", true),
            reject("-night.837", Position::Segment { number: 9, byte: 312 }, "", false),
        ],
        bad_rows: 1,
        rules_not_run: ["P001", "P002"]
            .map(|rule| NotRun { rule, why: "no service_plans.csv was given".to_owned() })
            .to_vec(),
        notes: vec!["Every supervisor was taken as qualified.".to_owned()],
        skipped_files: vec!["readme.txt".to_owned()],
        ledger: crate::outcome::LedgerOutcome::default(),
        is_partial: true,
        standings: Standings::default(),
        service_days: None,
        reported: ReportedDays::default(),
        split: SplitFacts::default(),
        elsewhere: None,
    }
}

/// A manifest for it. The policy's text is `abc`, whose hash everybody knows.
pub fn manifest_facts() -> ManifestFacts {
    let option = |name: &str, value: Option<&str>| OptionFacts {
        name: name.to_owned(),
        value: value.map(str::to_owned),
    };
    ManifestFacts {
        config: None,
        version: "0.1.0".to_owned(),
        policy: PolicyFacts {
            name: "Mississippi".to_owned(),
            text: "abc".to_owned(),
            origin: "built-in".to_owned(),
        },
        options: vec![option("--fail-on", Some("deny")), option("--quiet", None)],
        tables: vec![TableFacts {
            table: "credentials".to_owned(),
            name: "tables/credentials.csv".to_owned(),
            bytes: 900,
            sha256: None,
            rows: 12,
        }],
        threads: 2,
        clock: RunClock::start(),
        ledger: None,
    }
}

fn findings() -> Vec<Finding> {
    let first = Finding {
        rule: &units::u001::RULE,
        severity: Severity::Deny,
        outcome: Outcome::Fail,
        place: Place::Input { file: 0, position: Position::Row(3) },
        line: Some(Arc::new(line("A1", "4.0"))),
        excess_units: Some(2),
        amount_at_issue: Some(Cents(2750)),
        carc: "119",
        rarc: "N362",
        message: "8 units for the member on 2025-09-03 with this line, limit 6 a day; 2 of this \
                  line's units are over. Bill at most 2 units here."
            .to_owned(),
        evidence: Some(Box::new(Evidence::Limit {
            period: "day 2025-09-03".to_owned(),
            limit: 6,
            running_total: 8,
            lines: Vec::new(),
        })),
    };
    let second = Finding {
        rule: &supervision::s002::RULE,
        place: Place::Input { file: 1, position: Position::Segment { number: 120, byte: 4533 } },
        line: Some(Arc::new(line("=HYPERLINK(\"http://x\",\"y\")", "-1"))),
        excess_units: None,
        amount_at_issue: Some(Cents(-500)),
        message: "A message with an escape \u{1b}[31m in it.".to_owned(),
        evidence: None,
        ..first.clone()
    };
    let third = Finding {
        severity: Severity::Info,
        place: Place::Supervisor("S9".to_owned()),
        line: None,
        amount_at_issue: None,
        carc: "",
        rarc: "",
        message: "Supervisor S9 has too many.".to_owned(),
        ..second.clone()
    };
    vec![first, second, third]
}

fn line(claim_id: &str, units: &str) -> FindingLine {
    FindingLine {
        seq: InputSeq::default(),
        claim_id: claim_id.to_owned(),
        line_number: 2,
        line_text: "2".to_owned(),
        frequency_code: "1".to_owned(),
        original_claim_id: String::new(),
        member_id: "M1".to_owned(),
        billing_npi: "1234567893".to_owned(),
        rendering_npi: String::new(),
        service_date: date::parse(b"2025-09-03"),
        units_text: units.to_owned(),
        units: Some(4),
        amount: Some(Cents(5500)),
    }
}

fn file(name: &str, kind: FileKind, records: u64) -> FileOutcome {
    FileOutcome {
        name: name.into(),
        is_history: false,
        is_same_as_current: false,
        is_seen: false,
        kind,
        bytes: 9_000,
        sha256: None,
        records,
        claims: 10,
        service_lines: 15,
        peer_support_lines: 12,
        passed_over: None,
    }
}

/// A record a claim.
fn store(claim_ids: &[&str]) -> Store {
    let policy = crate::policy::builtin();
    let wanted = Wanted { policy: &policy, today: day("2025-09-30"), is_history: false, block: 0 };
    let mut sink = Sink::default();
    for (index, claim_id) in claim_ids.iter().enumerate() {
        let mut line = ServiceLine {
            claim_id: claim_id.as_bytes(),
            member_id: b"M1",
            billing_npi: b"1234567893",
            is_peer_support: true,
            ..ServiceLine::empty()
        };
        sink.push(&mut line, &wanted, index as u32);
    }
    let mut store = Store::default();
    store.push(StoredBlock {
        file: 0,
        kind: FileKind::Csv,
        place: BlockPlace::default(),
        records: sink.records,
        keys: sink.keys,
    });
    store
}

fn claim(record: RecordId, disposition: Disposition) -> ClaimOutcome {
    let is_held = disposition == Disposition::Hold;
    ClaimOutcome {
        record,
        disposition,
        pays_nothing: false,
        rules: if is_held {
            [&supervision::s002::RULE, &units::u001::RULE].into_iter().collect()
        } else {
            RuleSet::default()
        },
        service_lines: 2,
        units_billed: 8,
        units_payable: if is_held { 6 } else { 8 },
        amount_billed: Cents(11_000),
        waits: None,
        amount_at_issue: Cents(if is_held { 2750 } else { 0 }),
    }
}

fn counts() -> Counts {
    let map = |pairs: &[(&str, u64)]| -> BTreeMap<String, u64> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), *value)).collect()
    };
    Counts {
        files: 2,
        claims: 20,
        service_lines: 30,
        peer_support_lines: 24,
        passed_over: 5,
        denied_records: 1,
        repeated_records: 2,
        conflicting_records: 1,
        corrected_away: 3,
        left_out: 1,
        checked: 17,
        findings: map(&[("U001", 1), ("S002", 2)]),
        severities: map(&[("deny", 2), ("info", 1)]),
        excess_units: map(&[("U001", 2)]),
        amount_at_issue: Cents(2750),
        untested_filing: 4,
        unknown_status: 1,
        units: 60,
        units_disallowed: 2,
    }
}

fn reject(source: &str, position: Position, column: &str, is_bad_row: bool) -> Reject {
    Reject {
        source: source.into(),
        position,
        column: column.to_owned(),
        reason: "is no date".to_owned(),
        is_bad_row,
    }
}
