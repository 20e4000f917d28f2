//! The reader against the slow one: equal payments and places on random files with random
//! separators, in blocks of any size, and with files wrapped at a random column.

use peerclaims::model::NaiveDate;
use peerclaims::remittance::reader;
use peerclaims::remittance::{ClaimPayment, Fault, Met, ServicePayment, Totals};

use super::slow;
use super::wire::{self, Check, Payment, Service};
use crate::random_sets::Rng;

const SEEDS: u64 = 120;

/// What reading came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// A check for each run of claims or adjustments with one header.
    pub checks: Vec<Check>,
    pub positions: Vec<String>,
    pub faults: Vec<Fault>,
    pub totals: Totals,
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn day(day: Option<NaiveDate>) -> String {
    day.map(|day| day.format("%Y%m%d").to_string()).unwrap_or_default()
}

fn adjustments(found: &[peerclaims::remittance::Adjustment]) -> Vec<(String, String, i64)> {
    let one = |found: &peerclaims::remittance::Adjustment| {
        (text(&found.group), text(found.reason()), found.amount.0)
    };
    found.iter().map(one).collect()
}

fn service(found: &ServicePayment) -> Service {
    Service {
        line_control: text(&found.line_control),
        procedure: text(&found.procedure),
        modifiers: text(&found.modifiers),
        recoded: String::new(),
        charge: found.charge.0,
        paid: found.paid.0,
        units: text(&found.units_paid),
        first_day: day(found.first_day),
        last_day: day(found.last_day),
        adjustments: adjustments(&found.adjustments),
    }
}

fn payment(found: &ClaimPayment) -> Payment {
    Payment {
        claim_id: text(&found.claim_id),
        status: text(&found.status_code),
        charge: found.charge.0,
        paid: found.paid.0,
        number: text(&found.payer_number),
        frequency: text(&found.frequency_code),
        original: text(&found.original_number),
        adjustments: adjustments(&found.adjustments),
        services: found.services.iter().map(service).collect(),
    }
}

/// Reads in blocks of about so many bytes.
pub fn read(bytes: &[u8], block_bytes: usize) -> Read {
    let mut read = Read::default();
    let totals = reader::read(bytes, block_bytes, &mut |met| {
        let (remittance, claim, adjustment) = match met {
            Met::Fault(fault) => return read.faults.push(fault),
            Met::Claim(remittance, claim) => (remittance, Some(claim), None),
            Met::Adjustment(remittance, found) => (remittance, None, Some(found)),
        };
        let trace = text(&remittance.trace);
        if read.checks.last().is_none_or(|check| check.trace != trace) {
            read.checks.push(Check {
                trace,
                payee_npi: text(&remittance.payee_npi),
                provider: text(&remittance.provider_id),
                ..Check::default()
            });
        }
        let check = read.checks.last_mut().expect("one was just begun");
        if let Some(claim) = claim {
            read.positions.push(claim.position.to_string());
            check.payments.push(payment(&claim));
        }
        if let Some(found) = adjustment {
            check.adjustments.push((text(&found.reason), found.amount.0));
        }
    });
    read.totals = totals.expect("from memory");
    let Totals { claims, handed_on, unreadable, .. } = read.totals;
    assert_eq!(claims, handed_on + unreadable, "each CLP is handed on or unreadable");
    assert_eq!(handed_on as usize, read.positions.len());
    read
}

fn random_service(rng: &mut Rng, number: usize) -> Service {
    let charge = i64::try_from(rng.below(12_000)).expect("small") + 1;
    let off = if rng.chance(40) { charge } else { charge / 10 };
    let mut adjustments = vec![("CO".to_owned(), "45".to_owned(), off)];
    if rng.chance(30) {
        let part = off / 3;
        adjustments[0].2 -= part;
        adjustments.push((rng.text(&["CO", "PR", "OA"]), rng.text(&["119", "23", "18"]), part));
    }
    let spans = rng.chance(15);
    Service {
        line_control: rng.text(&["", &number.to_string(), "N001-1", "CLP"]),
        procedure: rng.text(&["H0038", "H0038", "h0038", "H2017"]),
        modifiers: rng.text(&["", "HQ", "HE:HQ"]),
        recoded: rng.text(&["", "", "", "T1016"]),
        charge,
        paid: charge - off,
        units: rng.text(&["", "4", "0", "2.5"]),
        first_day: rng.text(&["20250908", "20250909", ""]),
        last_day: String::new(),
        adjustments,
    }
    .spanning(spans)
}

impl Service {
    fn spanning(mut self, spans: bool) -> Service {
        if spans && !self.first_day.is_empty() {
            self.last_day = "20250911".to_owned();
        }
        self
    }
}

fn random_checks(rng: &mut Rng) -> Vec<Check> {
    let mut checks = Vec::new();
    for number in 0..1 + rng.below(4) {
        let mut check = Check {
            trace: format!("EFT{number:05}"),
            payee_npi: "1888000019".to_owned(),
            provider: rng.text(&["", "1888000027"]),
            ..Check::default()
        };
        for _ in 0..1 + rng.below(6) {
            let services: Vec<Service> =
                (0..rng.below(4)).map(|place| random_service(rng, place + 1)).collect();
            let charge: i64 = services.iter().map(|service| service.charge).sum();
            let paid: i64 = services.iter().map(|service| service.paid).sum();
            check.payments.push(Payment {
                claim_id: format!("N{:03}", rng.below(60)),
                status: rng.text(&["1", "2", "4", "22", "19", "25"]),
                charge: if services.is_empty() { 5_000 } else { charge },
                paid: if services.is_empty() { 4_000 } else { paid },
                number: format!("20252600{:03}", rng.below(999)),
                frequency: rng.text(&["", "1", "7", "8"]),
                original: rng.text(&["", "", "20252500001"]),
                adjustments: if services.is_empty() {
                    vec![("CO".to_owned(), "45".to_owned(), 1_000)]
                } else {
                    Vec::new()
                },
                services,
            });
        }
        if rng.chance(30) {
            check.adjustments.push((rng.text(&["WO", "FB"]), 1_250));
        }
        checks.push(check);
    }
    checks
}

#[test]
fn random_files_are_read_as_the_slow_reader_reads_them() {
    for seed in 1..=SEEDS {
        let rng = &mut Rng::new(seed);
        let written = random_checks(rng);
        let bytes = wire::file(rng, &written);
        let slow = slow::read(&bytes);
        let fast = read(&bytes, 1 << 20);
        assert_eq!(fast.checks, slow.checks, "seed {seed}");
        assert_eq!(fast.positions, slow.positions, "seed {seed}");
        assert_eq!(fast.faults, Vec::new(), "seed {seed}");
        assert_eq!(fast.totals.sets, written.len() as u64, "seed {seed}");
        assert_eq!(written_as_read(&written), slow.checks, "seed {seed}: the slow reader itself");
        for block_bytes in [1, 64, 700] {
            assert_eq!(read(&bytes, block_bytes), fast, "seed {seed}, blocks of {block_bytes}");
        }
    }
}

/// What was written, without what no reader keeps.
fn written_as_read(checks: &[Check]) -> Vec<Check> {
    let mut checks = checks.to_vec();
    for service in checks
        .iter_mut()
        .flat_map(|check| &mut check.payments)
        .flat_map(|payment| payment.services.iter_mut())
    {
        service.recoded.clear();
    }
    checks
}

#[test]
fn wraps_and_a_byte_order_mark_change_nothing() {
    let mut tested = 0;
    for seed in 1..=SEEDS {
        let rng = &mut Rng::new(seed);
        let checks = random_checks(rng);
        let bytes = wire::file(rng, &checks);
        let is_break = |byte: &u8| matches!(byte, b'\r' | b'\n');
        // An ISA with other delimiters is known by its three letters: a wrap must not part them.
        if bytes.windows(3).filter(|text| *text == b"ISA").count() > 1 {
            continue;
        }
        let close: Vec<u8> = bytes.iter().copied().filter(|byte| !is_break(byte)).collect();
        let plain = read(&close, 1 << 20);
        // Where a line break ends the segments of an interchange, it cannot be wrapped.
        if plain.checks != read(&bytes, 1 << 20).checks {
            continue;
        }
        tested += 1;
        for column in [11, 57, 80, 106, 512] {
            let wrapped = close.chunks(column).collect::<Vec<_>>().join(&b"\r\n"[..]);
            let marked = [b"\xef\xbb\xbf", &wrapped[..]].concat();
            let again = read(&marked, 64);
            assert_eq!(again.checks, plain.checks, "seed {seed}, column {column}");
            assert_eq!(again.faults, Vec::new(), "seed {seed}, column {column}");
        }
    }
    assert!(tested > 20, "{tested}");
}

#[test]
fn amounts_that_do_not_add_up_are_said_and_read() {
    let rng = &mut Rng::new(5);
    let mut checks = random_checks(rng);
    checks.truncate(1);
    let first = &mut checks[0].payments[0];
    first.services.clear();
    first.adjustments.clear();
    (first.charge, first.paid) = (6_124, 5_504);
    let read = read(&wire::file(rng, &checks), 1 << 20);
    assert_eq!(read.checks[0].payments[0].paid, 5_504);
    let said: Vec<&str> = read.faults.iter().map(|fault| fault.message.as_str()).collect();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("CLP04 says 55.04 where charge less"), "{said:?}");
    assert!(said[0].contains("61.24"));
}
