//! A service line as a row of the table `line`, and back.

use crate::model::{Cents, ClaimStatus, DateField, NaiveDate, OutOfBalance, ServiceLine};
use chrono::Datelike;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, Value, ValueRef};
use rusqlite::{Row, ToSql};
use std::io::Write;

/// A text as read: nothing stated is NULL, bytes that are no UTF-8 a BLOB.
pub(super) struct Text<'t>(pub &'t [u8]);

impl ToSql for Text<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(text_to_sql(self.0))
    }
}

fn text_to_sql(bytes: &[u8]) -> ToSqlOutput<'_> {
    ToSqlOutput::Borrowed(match std::str::from_utf8(bytes) {
        Ok("") => ValueRef::Null,
        Ok(_) => ValueRef::Text(bytes),
        Err(_) => ValueRef::Blob(bytes),
    })
}

/// A number as read: where its text is that of a whole number, it is kept as one.
struct NumberText<'t>(&'t [u8]);

impl ToSql for NumberText<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let whole = std::str::from_utf8(self.0).ok().and_then(|text| text.parse::<u32>().ok());
        match whole.filter(|whole| whole.to_string().as_bytes() == self.0) {
            Some(whole) => Ok(ToSqlOutput::Owned(Value::Integer(i64::from(whole)))),
            None => Ok(text_to_sql(self.0)),
        }
    }
}

/// A day as 20250903.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Day(pub NaiveDate);

impl ToSql for Day {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let day = i64::from(self.0.year()) * 10_000
            + i64::from(self.0.month()) * 100
            + i64::from(self.0.day());
        Ok(ToSqlOutput::Owned(Value::Integer(day)))
    }
}

impl FromSql for Day {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Day> {
        let number = value.as_i64()?;
        let (year, rest) = (number.div_euclid(10_000), number.rem_euclid(10_000));
        let year = i32::try_from(year).map_err(|_| FromSqlError::OutOfRange(number))?;
        let day = NaiveDate::from_ymd_opt(year, (rest / 100) as u32, (rest % 100) as u32);
        day.map(Day).ok_or(FromSqlError::OutOfRange(number))
    }
}

impl ToSql for DateField<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            DateField::Missing => Ok(ToSqlOutput::Borrowed(ValueRef::Null)),
            DateField::Unreadable(text) => Ok(text_to_sql(text)),
            DateField::Day(day) => Ok(ToSqlOutput::Owned(match Day(*day).to_sql()? {
                ToSqlOutput::Owned(value) => value,
                _ => Value::Null,
            })),
        }
    }
}

/// The columns of a line as read, in the order of [`bind`] and [`with_line`].
pub(super) const LINE_COLUMNS: &str = "billing_npi, claim_id, line_number, line_text, \
    frequency_code, original_claim_id, payer_claim_number, status, is_peer_support, member_id, \
    birth_day, rendering_npi, supervising_npi, procedure_code, modifiers, units, unit_basis, \
    service_day, service_end_day, received_day, place_of_service, diagnoses, authorization, \
    charge_cents, paid_cents, patient_paid_cents, claim_total_cents, claim_lines_cents";

/// How many they are.
pub(super) const LINE_COLUMN_COUNT: usize = 28;

/// Hands the values of a line to `take`, in the order of [`LINE_COLUMNS`].
pub(super) fn bind(
    line: &ServiceLine<'_>,
    mut take: impl FnMut(usize, &dyn ToSql) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let own_text = line.line_number.to_string();
    let line_text = if line.line_text == own_text.as_bytes() { b"" } else { line.line_text };
    let cents = |amount: Option<Cents>| amount.map(|amount| amount.0);
    let balance = line.out_of_balance;
    let values: [&dyn ToSql; LINE_COLUMN_COUNT] = [
        &Text(line.billing_npi),
        &Text(line.claim_id),
        &line.line_number,
        &Text(line_text),
        &Text(line.frequency_code),
        &Text(line.original_claim_id),
        &Text(line.payer_claim_number),
        &status_number(line.status),
        &line.is_peer_support,
        &Text(line.member_id),
        &line.birth.map(Day),
        &Text(line.rendering_npi),
        &Text(line.supervising_npi),
        &Text(line.procedure),
        &Text(line.modifiers),
        &NumberText(line.units_text),
        &Text(line.basis_text),
        &line.first_day,
        &line.last_day,
        &line.received.map(Day),
        &Text(line.place_of_service),
        &Text(line.diagnoses),
        &Text(line.authorization),
        &cents(line.charge),
        &cents(line.paid),
        &cents(line.patient_paid),
        &balance.and_then(|balance| cents(balance.claim_total)),
        &balance.map(|balance| balance.lines_total.0),
    ];
    values.into_iter().enumerate().try_for_each(|(index, value)| take(index, value))
}

/// Memory for texts that are kept as numbers.
#[derive(Default)]
pub(super) struct Scratch {
    units: Vec<u8>,
    line_text: Vec<u8>,
}

/// Hands on the line that stands in the columns from `from` on, in the order of [`LINE_COLUMNS`].
pub(super) fn with_line<T>(
    row: &Row<'_>,
    from: usize,
    scratch: &mut Scratch,
    take: impl FnOnce(ServiceLine<'_>) -> T,
) -> rusqlite::Result<T> {
    let column = |index: usize| row.get_ref(from + index);
    let text = |index: usize| column(index).map(text_of);
    let cents = |index: usize| -> rusqlite::Result<Option<Cents>> {
        Ok(row.get::<_, Option<i64>>(from + index)?.map(Cents))
    };
    let day = |index: usize| -> rusqlite::Result<Option<NaiveDate>> {
        Ok(row.get::<_, Option<Day>>(from + index)?.map(|day| day.0))
    };
    let line_number: u32 = row.get(from + 2)?;
    let Scratch { units, line_text } = scratch;
    let whole = |into: &mut Vec<u8>, number: i64| {
        into.clear();
        // A vector takes what is written.
        let _ = write!(into, "{number}");
    };
    let line_text = match column(3)? {
        ValueRef::Null => {
            whole(line_text, i64::from(line_number));
            line_text.as_slice()
        }
        stated => text_of(stated),
    };
    let units_text = match column(15)? {
        ValueRef::Integer(number) => {
            whole(units, number);
            units.as_slice()
        }
        other => text_of(other),
    };
    let out_of_balance = match cents(27)? {
        Some(lines_total) => Some(OutOfBalance { claim_total: cents(26)?, lines_total }),
        None => None,
    };
    Ok(take(ServiceLine {
        billing_npi: text(0)?,
        claim_id: text(1)?,
        line_number,
        line_text,
        frequency_code: text(4)?,
        original_claim_id: text(5)?,
        payer_claim_number: text(6)?,
        status: status_of(row.get(from + 7)?),
        is_peer_support: row.get(from + 8)?,
        member_id: text(9)?,
        birth: day(10)?,
        rendering_npi: text(11)?,
        supervising_npi: text(12)?,
        procedure: text(13)?,
        modifiers: text(14)?,
        units_text,
        basis_text: text(16)?,
        first_day: date_field(column(17)?)?,
        last_day: date_field(column(18)?)?,
        received: day(19)?,
        place_of_service: text(20)?,
        diagnoses: text(21)?,
        authorization: text(22)?,
        charge: cents(23)?,
        paid: cents(24)?,
        patient_paid: cents(25)?,
        out_of_balance,
        ..ServiceLine::empty()
    }))
}

/// The bytes of a text or BLOB; nothing of anything else.
pub(super) fn text_of(value: ValueRef<'_>) -> &[u8] {
    match value {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes,
        _ => b"",
    }
}

fn date_field(value: ValueRef<'_>) -> FromSqlResult<DateField<'_>> {
    match value {
        ValueRef::Null => Ok(DateField::Missing),
        ValueRef::Integer(_) => Ok(DateField::Day(Day::column_result(value)?.0)),
        other => Ok(DateField::Unreadable(text_of(other))),
    }
}

fn status_number(status: ClaimStatus) -> i64 {
    match status {
        ClaimStatus::Paid => 0,
        ClaimStatus::Pending => 1,
        ClaimStatus::Denied => 2,
        ClaimStatus::Unknown => 3,
    }
}

fn status_of(number: i64) -> ClaimStatus {
    match number {
        0 => ClaimStatus::Paid,
        1 => ClaimStatus::Pending,
        2 => ClaimStatus::Denied,
        _ => ClaimStatus::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record;
    use rusqlite::Connection;

    fn lines() -> Vec<ServiceLine<'static>> {
        let usual = ServiceLine {
            is_peer_support: true,
            claim_id: b"A1",
            line_number: 2,
            line_text: b"2",
            member_id: b"M1",
            billing_npi: b"1234567893",
            procedure: b"H0038",
            units_text: b"4",
            first_day: DateField::parse(b"20250903"),
            birth: DateField::parse(b"20000229").day(),
            charge: Some(Cents(6124)),
            ..ServiceLine::empty()
        };
        let odd = ServiceLine {
            line_text: b"02",
            units_text: b"04",
            member_id: b"M\xfc",
            first_day: DateField::Unreadable(b"2025-99-99"),
            last_day: DateField::Unreadable(b"\xff"),
            status: ClaimStatus::Unknown,
            frequency_code: b"7",
            original_claim_id: b"0012",
            payer_claim_number: b"12",
            patient_paid: Some(Cents(-1)),
            out_of_balance: Some(OutOfBalance { claim_total: None, lines_total: Cents(0) }),
            ..usual.clone()
        };
        let balance = OutOfBalance { claim_total: Some(Cents(5)), lines_total: Cents(7) };
        let more = ServiceLine {
            units_text: b"99999999999",
            status: ClaimStatus::Denied,
            received: DateField::parse(b"20251231").day(),
            last_day: DateField::parse(b"20250904"),
            modifiers: b"HE:HQ",
            diagnoses: b"F1020",
            paid: Some(Cents(0)),
            out_of_balance: Some(balance),
            ..usual.clone()
        };
        vec![usual, odd, more, ServiceLine { line_text: b"0", ..ServiceLine::empty() }]
    }

    #[test]
    fn what_goes_in_comes_out() {
        let mut connection = Connection::open_in_memory().expect("memory");
        super::super::schema::migrate(&mut connection, &super::super::schema::STEPS)
            .expect("the tables");
        // The lines here are of no run.
        connection.pragma_update(None, "foreign_keys", "OFF").expect("a setting");
        let places = vec!["?"; LINE_COLUMN_COUNT].join(", ");
        let insert = format!(
            "INSERT INTO line (run, file, place, standing, standing_run, {LINE_COLUMNS}) \
             VALUES (1, 1, 1, 0, 1, {places})"
        );
        for line in &lines() {
            let mut statement = connection.prepare_cached(&insert).expect("SQL");
            bind(line, |index, value| statement.raw_bind_parameter(index + 1, value))
                .expect("it binds");
            statement.raw_execute().expect("it is taken");
        }
        let encoded = |line: &ServiceLine<'_>| {
            let mut bytes = Vec::new();
            record::encode(line, &mut bytes);
            bytes
        };
        let select = format!("SELECT id, {LINE_COLUMNS} FROM line ORDER BY id");
        let mut statement = connection.prepare(&select).expect("SQL");
        let mut rows = statement.query([]).expect("rows");
        let mut scratch = Scratch::default();
        for line in &lines() {
            let row = rows.next().expect("a row").expect("as many as went in");
            let back = with_line(row, 1, &mut scratch, |line| encoded(&line)).expect("a line");
            assert!(back == encoded(line), "claim {:?}", line.claim_id);
        }
    }
}
