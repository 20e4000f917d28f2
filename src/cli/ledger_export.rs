//! `peerclaims ledger export`: every posted line in the columns of a claim CSV, and what the ledger
//! knows of it behind them. It can be read again as history.

use super::deidentify::Hidden;
use super::error::CliError;
use super::exit::Exit;
use super::ledger_args::ExportFormat;
use crate::deidentify::Key;
use crate::ledger::{KnownLine, Ledger};
use crate::model::{Cents, ClaimStatus, DateField, NaiveDate, text};
use serde_json::{Map, Value, json};
use std::io::{self, BufWriter, Write};

/// Columns of the contract, before those of the ledger.
pub(super) const OF_THE_LEDGER: usize = 24;

/// The columns: 24 of the contract, six of the ledger.
pub(super) const COLUMNS: [&str; 30] = [
    "claim_id",
    "line_number",
    "frequency_code",
    "original_claim_id",
    "payer_claim_number",
    "claim_status",
    "received_date",
    "member_id",
    "member_birth_date",
    "billing_npi",
    "rendering_npi",
    "supervising_npi",
    "procedure_code",
    "modifiers",
    "units",
    "unit_basis",
    "service_date",
    "service_end_date",
    "place_of_service",
    "diagnosis_codes",
    "authorization_number",
    "charge_amount",
    "paid_amount",
    "patient_paid_amount",
    "ledger_standing",
    "ledger_standing_run",
    "ledger_run",
    "ledger_source",
    "ledger_place",
    "ledger_remit_status",
];

/// Writes all lines to standard output.
pub fn export(ledger: &Ledger, format: ExportFormat, key: Option<&Key>) -> Result<Exit, CliError> {
    // The one source of cells for all formats: none can show what the key is to hide.
    let hidden = key.map(|key| Hidden::of(ledger, key)).transpose()?;
    let cells = |known: &KnownLine<'_>| match &hidden {
        Some(hidden) => hidden.cells(as_known(known), known.line.member_id),
        None => as_known(known),
    };
    let mut out = BufWriter::new(io::stdout().lock());
    match format {
        ExportFormat::Csv => {
            let mut rows = csv::Writer::from_writer(&mut out);
            rows.write_record(COLUMNS).map_err(io::Error::from)?;
            ledger.each_known(|known| -> Result<(), CliError> {
                let cells = cells(known);
                rows.write_record(cells.iter().map(|cell| guarded(cell)))
                    .map_err(io::Error::from)?;
                Ok(())
            })?;
            rows.flush()?;
        }
        ExportFormat::Json => ledger.each_known(|known| -> Result<(), CliError> {
            let keys = COLUMNS.iter().zip(cells(known));
            let object: Map<String, Value> =
                keys.map(|(key, cell)| ((*key).to_owned(), json!(cell))).collect();
            serde_json::to_writer(&mut out, &object).map_err(io::Error::from)?;
            Ok(writeln!(out)?)
        })?,
        ExportFormat::Parquet => out.write_all(&parquet(ledger, &cells)?)?,
    }
    out.flush()?;
    Ok(Exit::Clean)
}

/// All lines as Parquet, in the columns of the CSV: text as it is there, dollars and runs as
/// numbers; dates as text, because a posted line may bear one that is none.
#[cfg(feature = "parquet")]
fn parquet(
    ledger: &Ledger,
    cells: &dyn Fn(&KnownLine<'_>) -> Vec<String>,
) -> Result<Vec<u8>, CliError> {
    use crate::report::parquet_rows::{Kind, ParquetRows};
    let kind = |column: &str| match column {
        "charge_amount" | "paid_amount" | "patient_paid_amount" => Kind::Amount,
        "ledger_standing_run" | "ledger_run" => Kind::Count,
        _ => Kind::Text,
    };
    let columns = COLUMNS.map(|column| (column, kind(column)));
    let mut rows = ParquetRows::begin(Vec::new(), &columns)?;
    ledger.each_known(|known| -> Result<(), CliError> {
        for ((_, kind), cell) in columns.iter().zip(cells(known)) {
            match kind {
                Kind::Amount => rows.amount(Cents::parse(cell.as_bytes())),
                Kind::Count => rows.count(cell.parse().ok()),
                Kind::Text | Kind::Day => rows.text(&cell),
            }
        }
        Ok(rows.end_row()?)
    })?;
    Ok(rows.finish()?)
}

#[cfg(not(feature = "parquet"))]
fn parquet(_: &Ledger, _: &dyn Fn(&KnownLine<'_>) -> Vec<String>) -> Result<Vec<u8>, CliError> {
    Err(CliError::Usage(super::desk::NO_PARQUET.to_owned()))
}

fn as_known(known: &KnownLine<'_>) -> Vec<String> {
    let line = known.line;
    let text = |bytes: &[u8]| text::decode(bytes).into_owned();
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let date = |field: DateField<'_>| match field {
        DateField::Unreadable(bytes) => text(bytes),
        other => day(other.day()),
    };
    let money = |amount: Option<Cents>| amount.map(|cents| cents.to_string()).unwrap_or_default();
    let status = match line.status {
        ClaimStatus::Paid => "",
        ClaimStatus::Pending => "pending",
        ClaimStatus::Denied => "denied",
        ClaimStatus::Unknown => "unknown",
    };
    vec![
        text(line.claim_id),
        text(line.line_text),
        text(line.frequency_code),
        text(line.original_claim_id),
        text(line.payer_claim_number),
        status.to_owned(),
        day(line.received),
        text(line.member_id),
        day(line.birth),
        text(line.billing_npi),
        text(line.rendering_npi),
        text(line.supervising_npi),
        text(line.procedure),
        text(line.modifiers),
        text(line.units_text),
        text(line.basis_text),
        date(line.first_day),
        date(line.last_day),
        text(line.place_of_service),
        text(line.diagnoses),
        text(line.authorization),
        money(line.charge),
        money(line.paid),
        money(line.patient_paid),
        known.standing.to_owned(),
        known.standing_run.to_string(),
        known.run.to_string(),
        known.file.to_owned(),
        known.place.to_string(),
        known.remit_status.clone().unwrap_or_default(),
    ]
}

/// A cell that a spreadsheet would run gets a `'` before it; an amount below zero is none.
fn guarded(cell: &str) -> String {
    let is_amount = || cell.starts_with('-') && cell[1..].parse::<f64>().is_ok();
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_amount() {
        return format!("'{cell}");
    }
    cell.to_owned()
}
