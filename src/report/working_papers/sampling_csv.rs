//! `frame.csv`, `sample.csv` and `sample.json`: what was drawn from, what was drawn, and how.

use super::{bytes, place, priced_by};
use crate::audit::Subject;
use crate::audit::frame::Frame;
use crate::audit::sampling::{self, Size, Stratify};
use crate::report::DrawnSample;
use crate::report::csv_rows::CsvRows;
use crate::store::RecordId;
use serde_json::json;
use std::io::{self, Write};

/// The columns of a line in both files.
const LINE_COLUMNS: [&str; 13] = [
    "number",
    "billing_npi",
    "member_id",
    "service_date",
    "claim_id",
    "line_number",
    "rendering_npi",
    "procedure_code",
    "modifiers",
    "units",
    "amount",
    "priced_by",
    "source",
];

/// Writes the frame.
pub(super) fn write_frame(
    out: &mut dyn Write,
    subject: &Subject<'_>,
    frame: &Frame,
) -> io::Result<()> {
    let columns: Vec<&str> = LINE_COLUMNS.into_iter().chain(["position"]).collect();
    let mut rows = CsvRows::begin(out, &columns)?;
    for (index, line) in frame.lines.iter().enumerate() {
        write_line(&mut rows, subject, index as u64 + 1, line.record);
        rows.end_row()?;
    }
    rows.finish()
}

fn write_line(rows: &mut CsvRows<'_>, subject: &Subject<'_>, number: u64, record: RecordId) {
    let line = subject.store().line(record);
    rows.number(number);
    bytes(rows, line.billing_npi);
    bytes(rows, line.member_id);
    rows.day(line.first_day.day());
    bytes(rows, line.claim_id);
    bytes(rows, line.line_text);
    bytes(rows, line.rendering_npi);
    bytes(rows, line.procedure);
    bytes(rows, line.modifiers);
    bytes(rows, line.units_text);
    rows.amount(line.amount().unwrap_or_default());
    rows.word(priced_by(&line));
    place(rows, subject, &line);
}

/// Columns in front of those of the line.
pub(in crate::report) const DRAW_COLUMNS: [&str; 9] = [
    "frame_sha256",
    "frame_lines",
    "strata",
    "stratum",
    "stratum_lines",
    "stratum_amount",
    "stratum_sample",
    "kind",
    "order",
];
/// Columns that the reviewer fills in.
pub(in crate::report) const REVIEW_COLUMNS: [&str; 5] =
    ["reviewed_by", "reviewed_on", crate::audit::review::REVIEWED, "reason", "notes"];

/// Writes the lines drawn, with blank columns for the review.
pub(super) fn write_sample(
    out: &mut dyn Write,
    subject: &Subject<'_>,
    frame: &Frame,
    DrawnSample { sample, frame_sha256, .. }: DrawnSample<'_>,
) -> io::Result<()> {
    let mut columns = DRAW_COLUMNS.to_vec();
    columns.extend(LINE_COLUMNS);
    columns.push("position");
    columns.extend(REVIEW_COLUMNS);
    let mut rows = CsvRows::begin(out, &columns)?;
    for drawn in &sample.drawn {
        let stratum = &sample.strata[drawn.stratum];
        rows.word(frame_sha256);
        rows.number(frame.lines.len() as u64);
        rows.number(sample.strata.len() as u64);
        rows.text(&stratum.name);
        rows.number(stratum.lines);
        rows.amount(stratum.amount);
        rows.number(stratum.sample);
        rows.word(if drawn.is_spare { "spare" } else { "sample" });
        rows.number(drawn.order);
        write_line(&mut rows, subject, drawn.number, frame.lines[drawn.number as usize - 1].record);
        REVIEW_COLUMNS.iter().for_each(|_| rows.empty());
        rows.end_row()?;
    }
    rows.finish()
}

/// Writes how the sample was drawn, so that it can be drawn again.
pub(super) fn write_design(
    out: &mut dyn Write,
    frame: &Frame,
    DrawnSample { design, sample, frame_sha256 }: DrawnSample<'_>,
) -> io::Result<()> {
    let (stratify, strata_asked) = match design.stratify {
        Stratify::None => ("none", None),
        Stratify::Dollars(count) => ("dollars", Some(count)),
        Stratify::Agency => ("agency", None),
    };
    let precision = match design.size {
        Size::Lines(_) => None,
        Size::Precision(share) => Some(share),
    };
    let strata = sample.strata.iter().map(|stratum| {
        json!({
            "stratum": stratum.name,
            "lines": stratum.lines,
            "amount": stratum.amount.to_string(),
            "least_amount": stratum.bounds.0.to_string(),
            "most_amount": stratum.bounds.1.to_string(),
            "sample": stratum.sample,
        })
    });
    let strata = strata.collect::<Vec<_>>();
    let drawn: u64 = sample.strata.iter().map(|stratum| stratum.sample).sum();
    let value = json!({
        "algorithm": sampling::ALGORITHM,
        "seed": design.seed,
        "frame": {
            "lines": frame.lines.len(),
            "amount": frame.amount.to_string(),
            "sha256": frame_sha256,
            "left_out_without_amount": frame.without_amount,
            "left_out_pending": frame.pending,
        },
        "stratify": stratify,
        "strata_asked": strata_asked,
        "precision_asked": precision,
        "precision_planned": sample.planned,
        "sample": drawn,
        "spares_a_stratum": design.spares,
        "strata": strata,
    });
    serde_json::to_writer_pretty(&mut *out, &value)?;
    out.write_all(b"\n")
}
