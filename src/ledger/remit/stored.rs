//! What the ledger holds of claims that remittances are about: lines, their records, payments.

use super::matching::{Candidate, CandidateClaim};
use super::replay::{Effect, Payment};
use crate::ledger::load::LineId;
use crate::ledger::post::{RunId, digest_value};
use crate::ledger::row::{Day, Text, text_of};
use crate::model::NaiveDate;
use crate::source::hash::hex;
use rusqlite::{Connection, Row, params};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashSet};

/// The place of a payment among those of a claim: its day; of one day, remittances that take
/// nothing back come first, then the trace number decides, then the place in the remittance. None
/// of it depends on the order in which files are read.
type Place = (i64, bool, Vec<u8>, i64, Vec<u8>);

/// All payments of a claim's lines, in the order in which they count.
pub(in crate::ledger) fn payments(
    connection: &Connection,
    lines: &[LineId],
) -> rusqlite::Result<Vec<Payment>> {
    let mut found: BTreeMap<Place, Payment> = BTreeMap::new();
    let mut select = connection.prepare_cached(
        "SELECT coalesce(payment.day, 0), payment.trace, payment.place, payment.identity, \
         payment.status, payment.charge_cents, payment.paid_cents, payment.number, \
         payment_line.effect, payment_line.paid_cents, payment.run \
         FROM payment_line JOIN payment ON payment.id = payment_line.payment \
         WHERE payment_line.line = ?",
    )?;
    for line in lines {
        let mut rows = select.query([line])?;
        while let Some(row) = rows.next()? {
            let trace = text_of(row.get_ref(1)?).to_vec();
            let place = (row.get(0)?, false, trace, row.get(2)?, row.get(3)?);
            let status: String = row.get(4)?;
            let payment = Payment {
                is_reversal: status == "22",
                status,
                charge: row.get(5)?,
                paid: row.get(6)?,
                number: text_of(row.get_ref(7)?).to_vec(),
                run: row.get(10)?,
                lines: Vec::new(),
            };
            let effect = effect_of(row.get(8)?);
            let own = found.entry(place).or_insert(payment);
            own.lines.push((*line, effect, row.get(9)?));
        }
    }
    let reversing: HashSet<(i64, Vec<u8>)> = found
        .iter()
        .filter(|(_, payment)| payment.is_reversal)
        .map(|((day, _, trace, ..), _)| (*day, trace.clone()))
        .collect();
    let placed = found.into_iter().map(|((day, _, trace, place, identity), payment)| {
        let takes_back = reversing.contains(&(day, trace.clone()));
        ((day, takes_back, trace, place, identity), payment)
    });
    Ok(placed.collect::<BTreeMap<Place, Payment>>().into_values().collect())
}

/// The hash of the payments that a run recorded, each with its lines.
pub(in crate::ledger) fn digest_payments(
    connection: &Connection,
    run: RunId,
) -> rusqlite::Result<String> {
    let mut hash = Sha256::new();
    let mut payments = connection.prepare_cached(
        "SELECT id, file, place, identity, trace, day, status, charge_cents, paid_cents, number \
         FROM payment WHERE run = ? ORDER BY id",
    )?;
    let mut lines = connection.prepare_cached(
        "SELECT line, effect, paid_cents FROM payment_line WHERE payment = ? ORDER BY line",
    )?;
    let mut rows = payments.query([run])?;
    while let Some(row) = rows.next()? {
        for column in 0..10 {
            digest_value(&mut hash, row.get_ref(column)?);
        }
        let mut of_payment = lines.query([row.get::<_, i64>(0)?])?;
        while let Some(line) = of_payment.next()? {
            for column in 0..3 {
                digest_value(&mut hash, line.get_ref(column)?);
            }
        }
    }
    Ok(hex(&hash.finalize()))
}

/// The records that are the same line: of one claim and number.
pub(in crate::ledger) fn same_records(
    transaction: &Connection,
    line: LineId,
) -> rusqlite::Result<Vec<LineId>> {
    let mut select = transaction.prepare_cached(
        "SELECT other.id FROM line AS own JOIN line AS other \
         ON other.claim_id IS own.claim_id AND other.billing_npi IS own.billing_npi \
         WHERE own.id = ? AND other.line_number = own.line_number \
         AND other.is_peer_support = own.is_peer_support \
         AND coalesce(other.frequency_code, '1') = coalesce(own.frequency_code, '1') \
         AND other.original_claim_id IS own.original_claim_id ORDER BY other.id",
    )?;
    select.query_map([line], |row| row.get(0))?.collect()
}

/// The claims of a provider that bear an id, in the order in which they were posted.
pub(super) fn candidates(
    transaction: &Connection,
    claim_id: &[u8],
    npi: &[u8],
) -> rusqlite::Result<Vec<CandidateClaim>> {
    let mut select = transaction.prepare_cached(
        "SELECT id, line_number, frequency_code, original_claim_id, procedure_code, modifiers, \
         service_day, charge_cents, payer_claim_number FROM line \
         WHERE claim_id = ? AND billing_npi IS ? ORDER BY id",
    )?;
    let mut claims: Vec<CandidateClaim> = Vec::new();
    let mut rows = select.query(params![Text(claim_id), Text(npi)])?;
    while let Some(row) = rows.next()? {
        let text = |index: usize| row.get_ref(index).map(|value| text_of(value).to_vec());
        let (mut frequency, original) = (text(2)?, text(3)?);
        if frequency.is_empty() {
            frequency = b"1".to_vec();
        }
        let is_own =
            |claim: &CandidateClaim| claim.frequency == frequency && claim.original == original;
        let place = claims.iter().position(is_own).unwrap_or(claims.len());
        if place == claims.len() {
            claims.push(CandidateClaim { frequency, original, ..CandidateClaim::default() });
        }
        let claim = &mut claims[place];
        claim.numbers.push(text(8)?);
        let line = candidate(row)?;
        if claim.lines.iter().all(|known| known.line_number != line.line_number) {
            claim.lines.push(line);
        }
    }
    let mut numbers = transaction.prepare_cached(
        "SELECT number FROM payment_line JOIN payment ON payment.id = payment_line.payment \
         WHERE line = ?",
    )?;
    for claim in &mut claims {
        for line in &claim.lines {
            let mut rows = numbers.query([line.id])?;
            while let Some(row) = rows.next()? {
                claim.is_paid = true;
                claim.numbers.push(text_of(row.get_ref(0)?).to_vec());
            }
        }
    }
    Ok(claims)
}

fn candidate(row: &Row<'_>) -> rusqlite::Result<Candidate> {
    let day = row.get::<_, Option<Day>>(6).ok().flatten();
    let day: Option<NaiveDate> = day.map(|day| day.0);
    Ok(Candidate {
        id: row.get(0)?,
        line_number: row.get(1)?,
        procedure: text_of(row.get_ref(4)?).to_vec(),
        modifiers: text_of(row.get_ref(5)?).to_vec(),
        // A text is what could not be read as a date.
        day,
        charge: row.get(7)?,
    })
}

pub(super) fn effect_number(effect: Effect) -> i64 {
    match effect {
        Effect::Accepted => 0,
        Effect::Refused => 1,
        Effect::NumberOnly => 2,
    }
}

fn effect_of(number: i64) -> Effect {
    match number {
        0 => Effect::Accepted,
        1 => Effect::Refused,
        _ => Effect::NumberOnly,
    }
}
