//! What one row of a claim CSV means, whichever way its fields were split.

use super::columns::{ClaimColumns, Column};
use super::fields::Fields;
use super::{CsvOutput, Sink, Wanted};
use crate::model::text::trim;
use crate::model::{
    Cents, ClaimStatus, DateField, Frequency, LocalPosition, NaiveDate, ServiceLine, date,
};
use crate::normalize::sink::{LocalReject, claim_key};
use std::borrow::Cow;

/// The claim keys of the first and last row of a block: a claim that goes on over the edge is
/// counted once. `None`: no row with a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CsvEdges {
    /// Of the first row.
    pub first: Option<u128>,
    /// Of the last row.
    pub last: Option<u128>,
}

/// Takes the rows of one block.
pub struct RowReader<'a, 'w> {
    columns: &'w ClaimColumns,
    wanted: &'w Wanted<'w>,
    sink: Sink,
    /// The key columns of the row before, as written.
    previous: Option<[&'a [u8]; 4]>,
    edges: CsvEdges,
    /// The last key, where the row's bytes do not outlive it.
    previous_key: Option<u128>,
    newest_received: Option<NaiveDate>,
    last_received: &'a [u8],
    blank_rows: u64,
    lines: u32,
    key_buffer: Vec<u8>,
}

/// The columns that make a claim's key.
pub(super) const KEY_COLUMNS: [Column; 4] =
    [Column::ClaimId, Column::BillingNpi, Column::FrequencyCode, Column::OriginalClaimId];

impl<'a, 'w: 'a> RowReader<'a, 'w> {
    /// For the rows of one block of `block_bytes`.
    pub fn new(
        columns: &'w ClaimColumns,
        wanted: &'w Wanted<'w>,
        block_bytes: usize,
    ) -> RowReader<'a, 'w> {
        RowReader {
            columns,
            wanted,
            sink: Sink::for_block(block_bytes),
            previous: None,
            edges: CsvEdges::default(),
            previous_key: None,
            newest_received: None,
            last_received: b"",
            blank_rows: 0,
            lines: 0,
            key_buffer: Vec::new(),
        }
    }

    /// Where the columns stand.
    pub fn columns(&self) -> &'w ClaimColumns {
        self.columns
    }

    /// Notes a blank row.
    pub fn blank(&mut self) {
        self.blank_rows += 1;
    }

    /// Notes how many rows there are, blank ones too, counted apart from the reading of them.
    pub fn count_lines(&mut self, rows: u64) {
        self.sink.tally.service_lines = rows - self.blank_rows;
    }

    /// The one line of a quote that is not closed where its field ends.
    pub fn unclosed_quote(&mut self) -> u64 {
        let at = LocalPosition::default();
        let message = "a quote opens in this row and is not closed where its field should end";
        self.sink.leave_out(at, "", message);
        self.count_lines(1);
        1
    }

    /// A row that no limit of memory allows.
    pub fn too_long(&mut self, at: LocalPosition) {
        self.sink.leave_out(at, "", "the row is longer than 16 MiB, or no line end was found");
    }

    /// Takes a row of the block; one that does not matter is counted only.
    pub fn row(&mut self, fields: impl Fields<'a>, at: LocalPosition) {
        let received = self.field(fields, Column::ReceivedDate);
        // Extracts are sorted by it more often than not: most rows repeat the one before.
        if received != self.last_received {
            self.last_received = received;
            if let Some(day) = date::parse(received) {
                self.note_day(day);
            }
        }
        let key = KEY_COLUMNS.map(|column| self.field(fields, column));
        match &self.previous {
            Some(previous) if is_same_claim(previous, &key) => {}
            Some(_) => self.sink.tally.claims += 1,
            None => {
                self.sink.tally.claims += 1;
                self.edges.first = Some(self.hash(&key));
            }
        }
        self.previous = Some(key);
        if self.is_wanted(fields, at) {
            self.take(fields, at);
        }
    }

    /// A row whose fields do not outlive it, split whole.
    pub fn detached<'f>(&mut self, fields: impl Fields<'f>, at: LocalPosition)
    where
        'w: 'f,
    {
        if let Some(received) = date::parse(self.field(fields, Column::ReceivedDate)) {
            self.note_day(received);
        }
        let key = KEY_COLUMNS.map(|column| self.field(fields, column));
        let hash = self.hash(&key);
        if self.previous_key != Some(hash) {
            self.sink.tally.claims += 1;
        }
        if self.previous_key.is_none() {
            self.edges.first = Some(hash);
        }
        self.previous_key = Some(hash);
        if self.is_wanted(fields, at) {
            self.take(fields, at);
        }
    }

    /// Reads a row that matters.
    fn take<'f>(&mut self, fields: impl Fields<'f>, at: LocalPosition)
    where
        'w: 'f,
    {
        let lists = [Column::Modifiers, Column::DiagnosisCodes].map(|list| self.list(fields, list));
        let mut line = self.service_line(fields, &lists, at);
        if let Err((part, message)) = self.check(fields, &line) {
            if line.is_peer_support {
                self.sink.leave_out(at, part, message);
                return;
            }
            // A correction of another procedure: only its claim matters, as far as it can be read.
            if line.claim_id.is_empty() || line.billing_npi.is_empty() {
                return;
            }
        }
        if line.is_peer_support {
            self.read_optional(fields, &mut line);
        }
        self.sink.push(&mut line, self.wanted, self.lines);
        self.lines += 1;
    }

    /// What the block came to.
    pub fn finish(mut self, rows: u64) -> CsvOutput {
        self.edges.last = match (self.previous, self.previous_key) {
            (Some(key), _) => Some(self.hash(&key)),
            (None, hash) => hash,
        };
        CsvOutput {
            sink: self.sink,
            rows,
            edges: self.edges,
            newest_received: self.newest_received,
        }
    }

    #[inline]
    fn field<'f>(&self, fields: impl Fields<'f>, column: Column) -> &'f [u8]
    where
        'w: 'f,
    {
        self.columns.value(fields, column)
    }

    /// A list, joined from all its columns where it has several.
    fn list<'f>(&self, fields: impl Fields<'f>, column: Column) -> Cow<'f, [u8]>
    where
        'w: 'f,
    {
        let first = self.field(fields, column);
        if !self.columns.others.iter().any(|(other, _)| *other == column) {
            return Cow::Borrowed(first);
        }
        let own = self.columns.of(column).and_then(|place| fields.get(place));
        let all = own.map(trim).into_iter().chain(self.columns.others(fields, column));
        let all: Vec<&[u8]> = all.filter(|value| !value.is_empty()).collect();
        Cow::Owned(all.join(&b':'))
    }

    fn note_day(&mut self, received: NaiveDate) {
        if received <= self.wanted.today {
            self.newest_received = self.newest_received.max(Some(received));
        }
    }

    fn hash(&mut self, key: &[&[u8]; 4]) -> u128 {
        hash_of_key(key, &mut self.key_buffer)
    }

    fn is_wanted<'f>(&mut self, fields: impl Fields<'f>, at: LocalPosition) -> bool
    where
        'w: 'f,
    {
        let last_needed = self.columns.of(Column::ProcedureCode).unwrap_or_default();
        if fields.count() <= last_needed {
            self.sink.leave_out(at, "procedure_code", "the row ends before its procedure code");
            return false;
        }
        let procedure = self.field(fields, Column::ProcedureCode);
        if procedure.is_empty() {
            self.sink.leave_out(at, "procedure_code", "no procedure code");
            return false;
        }
        if self.wanted.policy.is_peer_support(procedure) {
            return true;
        }
        self.sink.tally.passed_over += 1;
        Frequency::parse(self.field(fields, Column::FrequencyCode)) != Frequency::Original
    }

    fn service_line<'f: 'l, 'l>(
        &self,
        fields: impl Fields<'f>,
        [modifiers, diagnoses]: &'l [Cow<'_, [u8]>; 2],
        at: LocalPosition,
    ) -> ServiceLine<'l>
    where
        'w: 'f,
    {
        let text = |column| -> &'l [u8] { self.field(fields, column) };
        let procedure = text(Column::ProcedureCode);
        ServiceLine {
            position: at,
            is_peer_support: self.wanted.policy.is_peer_support(procedure),
            status: ClaimStatus::parse(text(Column::ClaimStatus)),
            claim_id: text(Column::ClaimId),
            line_number: line_number(text(Column::LineNumber)).unwrap_or_default(),
            line_text: text(Column::LineNumber),
            frequency_code: text(Column::FrequencyCode),
            original_claim_id: text(Column::OriginalClaimId),
            payer_claim_number: text(Column::PayerClaimNumber),
            member_id: text(Column::MemberId),
            billing_npi: text(Column::BillingNpi),
            rendering_npi: text(Column::RenderingNpi),
            supervising_npi: text(Column::SupervisingNpi),
            procedure,
            modifiers,
            units_text: text(Column::Units),
            basis_text: text(Column::UnitBasis),
            place_of_service: text(Column::PlaceOfService),
            diagnoses,
            authorization: text(Column::AuthorizationNumber),
            first_day: DateField::parse(text(Column::ServiceDate)),
            last_day: DateField::parse(text(Column::ServiceEndDate)),
            ..ServiceLine::empty()
        }
    }

    /// What a row must have to be used at all.
    fn check<'f>(
        &self,
        fields: impl Fields<'f>,
        line: &ServiceLine<'_>,
    ) -> Result<(), (&'static str, &'static str)>
    where
        'w: 'f,
    {
        if fields.count() != self.columns.width {
            return Err(("", "the row has another number of fields than the header"));
        }
        for (text, column, message) in [
            (line.claim_id, "claim_id", "no claim id"),
            (line.member_id, "member_id", "no member id"),
            (line.billing_npi, "billing_npi", "no billing provider"),
        ] {
            if text.is_empty() {
                return Err((column, message));
            }
        }
        match line_number(self.field(fields, Column::LineNumber)) {
            Some(_) => Ok(()),
            None => Err(("line_number", bad_line_number(self.field(fields, Column::LineNumber)))),
        }
    }

    fn read_optional<'f>(&mut self, fields: impl Fields<'f>, line: &mut ServiceLine<'_>)
    where
        'w: 'f,
    {
        let at = line.position;
        let mut day = |column: Column, name: &'static str| {
            let text = self.field(fields, column);
            let day = date::parse(text);
            if day.is_none() && !text.is_empty() {
                let reason = "not a date (YYYY-MM-DD or YYYYMMDD): taken as blank";
                self.sink.rejects.push(LocalReject { at, column: name, reason });
            }
            day
        };
        line.received = day(Column::ReceivedDate, "received_date");
        line.birth = day(Column::MemberBirthDate, "member_birth_date");
        let mut amount = |column: Column, name: &'static str| {
            let text = self.field(fields, column);
            let amount = Cents::parse(text);
            if amount.is_none() && !text.is_empty() {
                let reason = "not an amount with at most two places: taken as blank";
                self.sink.rejects.push(LocalReject { at, column: name, reason });
            }
            amount
        };
        line.charge = amount(Column::ChargeAmount, "charge_amount");
        line.paid = amount(Column::PaidAmount, "paid_amount");
        line.patient_paid = amount(Column::PatientPaidAmount, "patient_paid_amount");
    }
}

/// The hash of a claim key, as records bear it.
pub(super) fn hash_of_key(key: &[&[u8]; 4], buffer: &mut Vec<u8>) -> u128 {
    let line = ServiceLine {
        claim_id: key[0],
        billing_npi: key[1],
        frequency_code: key[2],
        original_claim_id: key[3],
        ..ServiceLine::empty()
    };
    claim_key(&line, buffer)
}

/// Whether two rows have one claim key though their bytes may differ: a blank frequency code is
/// `1`.
pub(super) fn is_same_claim(left: &[&[u8]; 4], right: &[&[u8]; 4]) -> bool {
    let frequency = |code: &'_ [u8]| if code.is_empty() { b'1' } else { code[0] };
    let is_same_frequency = left[2].eq_ignore_ascii_case(right[2])
        || (left[2].len().max(right[2].len()) == 1 && frequency(left[2]) == frequency(right[2]));
    left[0] == right[0] && left[1] == right[1] && left[3] == right[3] && is_same_frequency
}

/// What is wrong with a line number that cannot be read.
pub fn bad_line_number(text: &[u8]) -> &'static str {
    if !text.is_empty() && text.iter().all(u8::is_ascii_digit) {
        "the line number is too large (4294967295 is the largest)"
    } else {
        "the line number is not a whole number"
    }
}

/// LX01: a whole number.
pub fn line_number(text: &[u8]) -> Option<u32> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0_u32, |value, byte| {
        let digit = byte.is_ascii_digit().then(|| u32::from(byte - b'0'))?;
        value.checked_mul(10)?.checked_add(digit)
    })
}
