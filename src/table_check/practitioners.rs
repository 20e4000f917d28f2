//! Credentials and employment: NPIs, rows that overlap, and each table against the other.

use super::{Doubts, Seen, checks};
use crate::join::CredentialStanding;
use crate::model::{NaiveDate, npi};
use crate::tables::{ById, Credential, EmploymentStint, TableKind, covers};
use std::collections::HashMap;

const PRACTITIONER: &str = "practitioner_npi";

pub(super) fn look(seen: &Seen<'_>, doubts: &mut Doubts<'_>) {
    let tables = seen.tables;
    if let Some(credentials) = &tables.credentials {
        let rows = credentials.iter().map(|(npi, rows)| (npi, rows.iter().map(|row| row.row)));
        npis(TableKind::Credentials, rows, doubts);
        credentials.iter().for_each(|(_, rows)| overlapping_credentials(seen, rows, doubts));
    }
    if let Some(employment) = &tables.employment {
        let rows = employment.iter().map(|(npi, rows)| (npi, rows.iter().map(|row| row.row)));
        npis(TableKind::Employment, rows, doubts);
        agencies(employment, doubts);
        employment.iter().for_each(|(_, rows)| overlapping_stints(seen, rows, doubts));
    }
    if let Some(log) = &tables.supervision {
        let rows = log.iter().map(|(npi, rows)| (npi, rows.iter().map(|row| row.row())));
        npis(TableKind::Supervision, rows, doubts);
    }
    if let (Some(credentials), Some(employment)) = (&tables.credentials, &tables.employment) {
        for (id, rows) in employment.iter().filter(|(id, _)| !credentials.contains(id)) {
            debug_assert!(!id.is_empty());
            let rows: Vec<u64> = rows.iter().map(|row| row.row).collect();
            doubts.add(TableKind::Employment, &checks::NO_CREDENTIAL, PRACTITIONER, rows, "");
        }
        for (id, rows) in credentials.iter() {
            let stints = employment.get(id);
            if stints.is_none() {
                let rows: Vec<u64> = rows.iter().map(|row| row.row).collect();
                doubts.add(TableKind::Credentials, &checks::NO_EMPLOYMENT, PRACTITIONER, rows, "");
            }
            ended(seen, rows, stints.unwrap_or_default(), doubts);
        }
    }
}

/// NPIs that can match no claim; `rows` are the rows of each NPI.
fn npis<'a, R: Iterator<Item = u64>>(
    kind: TableKind,
    rows: impl Iterator<Item = (&'a [u8], R)>,
    doubts: &mut Doubts<'_>,
) {
    for (_, rows) in rows.filter(|(npi, _)| !npi::is_valid(npi)) {
        doubts.add(kind, &checks::NPI_INVALID, PRACTITIONER, rows.collect::<Vec<u64>>(), "");
    }
}

fn agencies(employment: &ById<EmploymentStint>, doubts: &mut Doubts<'_>) {
    let mut wrong: HashMap<&[u8], Vec<u64>> = HashMap::new();
    for stint in employment.rows().iter().filter(|row| !npi::is_valid(&row.billing_npi)) {
        wrong.entry(&stint.billing_npi).or_default().push(stint.row);
    }
    for rows in wrong.into_values() {
        doubts.add(TableKind::Employment, &checks::NPI_INVALID, "billing_npi", rows, "");
    }
}

/// A period of a row.
struct Span {
    row: u64,
    start: NaiveDate,
    end: Option<NaiveDate>,
}

/// Pairs of rows that share a day, each row with the one of those before it that ends last. Rows
/// with equal periods too: whether they are the same cell by cell is another check's.
fn overlaps(mut spans: Vec<Span>) -> Vec<[u64; 2]> {
    spans.sort_by_key(|span| (span.start, span.row));
    let mut pairs = Vec::new();
    let mut longest: Option<&Span> = None;
    for span in &spans {
        let before = longest.filter(|long| covers(long.start, long.end, span.start));
        if let Some(before) = before {
            pairs.push([before.row, span.row]);
        }
        let ends_later = |long: &Span| match (long.end, span.end) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(long), Some(this)) => this > long,
        };
        if longest.is_none_or(ends_later) {
            longest = Some(span);
        }
    }
    pairs
}

fn overlapping_credentials(seen: &Seen<'_>, rows: &[Credential], doubts: &mut Doubts<'_>) {
    let practising = &seen.policy.credentials.practising_statuses;
    let mut by_designation: HashMap<&str, Vec<Span>> = HashMap::new();
    for row in rows.iter().filter(|row| !seen.is_repeat(TableKind::Credentials, row.row)) {
        let may_practise = practising.iter().any(|word| word == row.status.as_str());
        // A row that was revoked is in force up to that day.
        let end = match (may_practise, row.status_date) {
            (true, _) => row.expiration,
            (false, None) => continue,
            (false, Some(since)) => {
                let last = crate::model::date::add_days(since, -1);
                Some(row.expiration.map_or(last, |end| end.min(last)))
            }
        };
        let span = Span { row: row.row, start: row.effective, end };
        if end.is_none_or(|end| end >= row.effective) {
            by_designation.entry(row.designation).or_default().push(span);
        }
    }
    for (designation, spans) in by_designation {
        for pair in overlaps(spans) {
            let detail = format!("CPSSP-{designation}");
            doubts.add(TableKind::Credentials, &checks::OVERLAP, "effective_date", pair, detail);
        }
    }
}

fn overlapping_stints(seen: &Seen<'_>, rows: &[EmploymentStint], doubts: &mut Doubts<'_>) {
    let mut by_agency: HashMap<&[u8], Vec<Span>> = HashMap::new();
    for row in rows.iter().filter(|row| !seen.is_repeat(TableKind::Employment, row.row)) {
        let span = Span { row: row.row, start: row.start, end: row.end };
        by_agency.entry(&row.billing_npi).or_default().push(span);
    }
    for pair in by_agency.into_values().flat_map(overlaps) {
        let detail = "at the same agency; its share of a position counts twice (S005)";
        doubts.add(TableKind::Employment, &checks::OVERLAP, "start_date", pair, detail);
    }
}

/// Employed on the as-of date without a credential in force.
fn ended(
    seen: &Seen<'_>,
    credentials: &[Credential],
    stints: &[EmploymentStint],
    doubts: &mut Doubts<'_>,
) {
    let is_employed = stints.iter().any(|stint| covers(stint.start, stint.end, seen.as_of));
    let standing = CredentialStanding::of(seen.policy, credentials, seen.as_of);
    if is_employed && standing.in_force().is_empty() {
        let rows: Vec<u64> = credentials.iter().map(|row| row.row).collect();
        let column = "expiration_date";
        doubts.add(TableKind::Credentials, &checks::CREDENTIAL_ENDED, column, rows, "");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::date;

    #[test]
    fn rows_overlap_where_they_share_a_day() {
        let span = |row, start: &str, end: &str| Span {
            row,
            start: date::parse(start.as_bytes()).expect("a date"),
            end: date::parse(end.as_bytes()),
        };
        let pairs = |spans| overlaps(spans);
        let (first, next) = (span(2, "20250101", "20250131"), span(3, "20250201", ""));
        assert!(pairs(vec![next, first]).is_empty(), "the next day is no overlap");
        let (first, next) = (span(2, "20250101", "20250131"), span(3, "20250131", "20250202"));
        assert_eq!(pairs(vec![first, next]), [[2, 3]]);
        let long = [span(2, "20250101", ""), span(3, "20250201", "20250202")];
        let later = span(4, "20250301", "20250302");
        assert_eq!(pairs(long.into_iter().chain([later]).collect()), [[2, 3], [2, 4]]);
    }
}
