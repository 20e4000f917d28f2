//! Claim rows read into service lines: each column as the value that the rules compare.

use std::collections::BTreeSet;

use super::date::Date;
use super::model::{ClaimFile, ClaimRow, ClaimSet, FileKind, Policy, RowShape};
use super::value::{canonical_decimal, cents, counted_units};

/// The one bucket of a service line; the order is that of the reconciliation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bucket {
    LeftOut,
    PassedOver,
    Denied,
    Repeated,
    Conflicting,
    CorrectedAway,
    Checked,
}

#[derive(Clone, Debug)]
pub struct ServiceLine {
    pub row: ClaimRow,
    pub history: bool,
    pub x12: bool,
    pub file: usize,
    /// CSV: record number, the header is 1 and blank lines count.
    pub row_number: usize,
    pub claim: [String; 4],
    pub denied: bool,
    pub bucket: Bucket,
    pub modifiers: BTreeSet<String>,
    pub diagnoses: Vec<String>,
    /// Counted units; nothing where C001 speaks.
    pub units: Option<i64>,
    /// First and last day; nothing where C003 speaks.
    pub days: Option<(Date, Date)>,
    pub birth: Option<Date>,
    pub received: Option<Date>,
    /// Set by D001: a duplicate uses no units.
    pub duplicate: bool,
}

impl ServiceLine {
    pub fn is_peer_support(&self, policy: &Policy) -> bool {
        let code = self.row.procedure_code.to_uppercase();
        policy.procedures.iter().any(|procedure| procedure.to_uppercase() == code)
    }

    pub fn is_correction(&self) -> bool {
        self.claim[2] == "7" || self.claim[2] == "8"
    }

    pub fn is_net(&self) -> bool {
        self.bucket == Bucket::Checked
    }

    /// Net, with units and dates that can be used, and no duplicate.
    pub fn is_tested(&self) -> bool {
        self.is_net() && self.units.is_some() && self.days.is_some() && !self.duplicate
    }

    /// The service date of a line whose dates are good.
    pub fn date(&self) -> Date {
        self.days.expect("asked only of lines with good dates").0
    }

    pub fn good_units(&self) -> i64 {
        self.units.expect("asked only of lines with good units")
    }

    pub fn days_covered(&self) -> i64 {
        let (first, last) = self.days.expect("asked only of lines with good dates");
        last.days() - first.days() + 1
    }

    /// What the payer paid, else what was charged, in cents.
    pub fn amount(&self) -> Option<i64> {
        cents(&self.row.paid_amount).or(cents(&self.row.charge_amount))
    }

    /// The last day as text: blank is the service date.
    pub fn end_text(&self) -> &str {
        let end = &self.row.service_end_date;
        if end.is_empty() { &self.row.service_date } else { end }
    }

    /// The content of a record, as values; what cannot be read is compared as text.
    pub fn content(&self) -> Vec<String> {
        let row = &self.row;
        let basis = row.unit_basis.to_uppercase();
        let date = |text: &str| Date::parse(text).map_or(text.to_string(), Date::iso);
        vec![
            row.member_id.clone(),
            row.procedure_code.to_uppercase(),
            self.modifiers.iter().cloned().collect::<Vec<_>>().join(":"),
            canonical_decimal(&row.units).unwrap_or(row.units.clone()),
            if basis.is_empty() { "UN".to_string() } else { basis },
            date(&row.service_date),
            date(self.end_text()),
            row.rendering_npi.clone(),
        ]
    }
}

/// Codes joined by `:`, blanks left out, in capitals.
fn codes(joined: &str) -> Vec<String> {
    let parts = joined.split(':').map(|part| part.trim().to_uppercase());
    parts.filter(|part| !part.is_empty()).collect()
}

/// Every text trimmed: text is compared after trimming.
fn trimmed(row: &ClaimRow) -> ClaimRow {
    let trim = |text: &String| text.trim().to_string();
    ClaimRow {
        claim_id: trim(&row.claim_id),
        line_number: trim(&row.line_number),
        frequency_code: trim(&row.frequency_code),
        original_claim_id: trim(&row.original_claim_id),
        payer_claim_number: trim(&row.payer_claim_number),
        claim_status: trim(&row.claim_status),
        received_date: trim(&row.received_date),
        member_id: trim(&row.member_id),
        member_birth_date: trim(&row.member_birth_date),
        billing_npi: trim(&row.billing_npi),
        rendering_npi: trim(&row.rendering_npi),
        supervising_npi: trim(&row.supervising_npi),
        procedure_code: trim(&row.procedure_code),
        modifiers: trim(&row.modifiers),
        units: trim(&row.units),
        unit_basis: trim(&row.unit_basis),
        service_date: trim(&row.service_date),
        service_end_date: trim(&row.service_end_date),
        place_of_service: trim(&row.place_of_service),
        diagnosis_codes: trim(&row.diagnosis_codes),
        authorization_number: trim(&row.authorization_number),
        charge_amount: trim(&row.charge_amount),
        paid_amount: trim(&row.paid_amount),
        patient_paid_amount: trim(&row.patient_paid_amount),
        ..row.clone()
    }
}

/// F005: too short to hold its procedure, or a peer-support row that cannot be used.
fn first_bucket(line: &ServiceLine, policy: &Policy) -> Bucket {
    let row = &line.row;
    if row.shape == RowShape::TooShortForProcedure || row.procedure_code.is_empty() {
        return Bucket::LeftOut;
    }
    if !line.is_peer_support(policy) {
        return Bucket::PassedOver;
    }
    let number = &row.line_number;
    let whole_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let blank = [&row.member_id, &row.claim_id, &row.billing_npi].iter().any(|id| id.is_empty());
    if row.shape != RowShape::Whole || blank || !whole_number {
        Bucket::LeftOut
    } else if line.denied {
        Bucket::Denied
    } else {
        Bucket::Checked
    }
}

fn read_row(row: &ClaimRow, policy: &Policy) -> ServiceLine {
    let row = trimmed(row);
    let diagnoses = codes(&row.diagnosis_codes).iter().map(|code| code.replace('.', "")).collect();
    let mut line = ServiceLine {
        history: false,
        x12: false,
        file: 0,
        row_number: 0,
        claim: row.claim_key(),
        denied: row.claim_status.eq_ignore_ascii_case("denied"),
        bucket: Bucket::Checked,
        modifiers: codes(&row.modifiers).into_iter().collect(),
        diagnoses,
        units: counted_units(&row.units, &row.unit_basis),
        days: None,
        birth: Date::parse(&row.member_birth_date),
        received: Date::parse(&row.received_date),
        duplicate: false,
        row,
    };
    line.bucket = first_bucket(&line, policy);
    line
}

/// All rows in input order, history first. A twin of a current file is not read as history.
pub fn read_lines(set: &ClaimSet) -> Vec<ServiceLine> {
    let mut lines = Vec::new();
    for history in [true, false] {
        for (number, file) in set.files.iter().enumerate() {
            if file.history != history || file.twin_of_current {
                continue;
            }
            let mut row_number = 1;
            for row in &file.rows {
                row_number += 1 + row.blank_lines_before;
                let mut line = read_row(row, &set.policy);
                line.history = history;
                line.x12 = file.kind == FileKind::X12;
                line.file = number;
                line.row_number = row_number;
                lines.push(line);
            }
        }
    }
    lines
}

/// `--as-of`, else the newest received or group date not after today, else today.
pub fn as_of_date(set: &ClaimSet) -> Date {
    if let Some(given) = &set.as_of {
        return Date::parse(given).expect("the generator gives a real as-of date");
    }
    let today = Date::today();
    let read = |file: &ClaimFile| {
        let received = file.rows.iter().map(|row| row.received_date.clone());
        received.chain([file.group_date.clone()]).collect::<Vec<String>>()
    };
    let texts = set.files.iter().flat_map(read);
    let dates = texts.filter_map(|text| Date::parse(&text)).filter(|date| *date <= today);
    dates.max().unwrap_or(today)
}

/// C003's tests: both dates real, in order, not after the as-of date, not before the birth.
pub fn good_days(line: &ServiceLine, as_of: Date) -> Option<(Date, Date)> {
    let first = Date::parse(&line.row.service_date)?;
    let last = Date::parse(line.end_text())?;
    let born_later = line.birth.is_some_and(|birth| first < birth);
    (first <= last && last <= as_of && !born_later).then_some((first, last))
}
