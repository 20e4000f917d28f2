//! CSV: claims, one of the tables, or something else.

use super::x12::delimiter_text;
use super::{Delimiting, Inspection, NOT_OURS, Wishes, find_columns};
use crate::model::Position;
use crate::normalize::Wanted;
use crate::normalize::claims_csv::columns::NAMES;
use crate::normalize::claims_csv::lookalike::{self, DELIMITERS};
use crate::normalize::claims_csv::{
    ClaimColumns, ColumnError, CsvCutter, CsvHead, Header, read_block,
};
use crate::source::blocks::Blocks;
use crate::source::kinds;
use crate::tables::table_of;
use std::io::{self, Read};

/// Looks at the text of `stream`, which begins with `head`.
pub fn look(
    mut stream: impl Read,
    head: &[u8],
    wishes: &Wishes<'_>,
    seen: &mut Inspection,
) -> io::Result<()> {
    if let Some(name) = kinds::name_of(head) {
        return not_read(stream, name.to_owned(), NOT_OURS.to_owned(), seen);
    }
    let delimiter = wishes.delimiter.unwrap_or_else(|| likely_delimiter(head, wishes));
    let header = Header::read(&mut stream, delimiter)?;
    seen.delimiters =
        vec![Delimiting { element: delimiter_text(delimiter), ..Delimiting::default() }];
    if header.has_lone_return {
        let why = lookalike::of(head, delimiter, &wishes.renamed);
        let why = why.unwrap_or_else(|| Header::LONE_RETURN.to_owned());
        return not_read(stream, "text".to_owned(), why, seen);
    }
    let found = find_columns(&header, delimiter, wishes);
    match found {
        Ok(columns) => {
            name_delimiter(delimiter, wishes, seen);
            claims(io::Cursor::new(header.rest).chain(stream), &columns, wishes, seen)
        }
        Err(error) => match table_of(&header.fields) {
            Some(table) => {
                name_delimiter(delimiter, wishes, seen);
                seen.kind = "csv";
                seen.looks_like = format!("the table {}", table.file);
                let why = "a table holds no claims. Its rows were counted, and not checked";
                seen.not_read = Some(why.to_owned());
                let option = table.option;
                seen.hints.push(format!(
                    "give it to a run with {option} FILE; `peerclaims check-tables {option} FILE` \
                     says what looks wrong in it"
                ));
                let width = header.fields.len();
                rows(io::Cursor::new(header.rest).chain(stream), delimiter, width, wishes, seen)
            }
            None => other(stream, header, head, &error, wishes, seen),
        },
    }
}

/// The delimiter with which the header is one of claims, else the one that gives most fields.
fn likely_delimiter(head: &[u8], wishes: &Wishes<'_>) -> u8 {
    let fields = |delimiter: u8| {
        // From memory: a header is always read.
        let header = Header::read(&mut &head[..], delimiter).ok();
        header.map_or((false, 0), |header| {
            let is_known = find_columns(&header, delimiter, wishes).is_ok()
                || table_of(&header.fields).is_some();
            (is_known, header.fields.len())
        })
    };
    let best = DELIMITERS.into_iter().rev().max_by_key(|delimiter| fields(*delimiter));
    best.unwrap_or(b',')
}

/// A delimiter that was found must be told to a run, which does not look for it.
fn name_delimiter(delimiter: u8, wishes: &Wishes<'_>, seen: &mut Inspection) {
    if wishes.delimiter.is_none() && delimiter != b',' {
        let shown = lookalike::shown(delimiter);
        seen.hints.push(format!("pass --delimiter '{shown}' to a run on this file"));
    }
}

fn claims(
    stream: impl Read,
    columns: &ClaimColumns,
    wishes: &Wishes<'_>,
    seen: &mut Inspection,
) -> io::Result<()> {
    (seen.kind, seen.looks_like) = ("csv", "a claim CSV".to_owned());
    let places = NAMES.iter().zip(&columns.at);
    seen.columns = places.filter_map(|((name, _), at)| at.map(|_| *name)).collect();
    let used = seen.columns.len() + columns.others.len();
    seen.hints.extend(columns.passed_over.slips("claims"));
    seen.passed_over = Some(columns.passed_over.clone());
    seen.columns_passed_over = columns.width.saturating_sub(used) as u64;
    let cutter = CsvCutter::new(columns.delimiter, columns.width);
    let mut blocks = Blocks::new(stream, cutter, wishes.block_bytes);
    let wanted = Wanted { policy: wishes.policy, today: wishes.today, is_history: false, block: 0 };
    let (mut rows, mut last_claim) = (0, None);
    let mut buffer = Vec::new();
    while let Some(block) = blocks.next(buffer)? {
        let output = read_block(&block.bytes, &block.head, columns, &wanted);
        seen.newest_date = seen.newest_date.max(output.newest_received);
        seen.add(&output.sink.tally);
        if let Some(first) = output.edges.first {
            // A claim that goes on over the edge of two blocks was counted in both.
            seen.claims -= u64::from(last_claim == Some(first));
            last_claim = output.edges.last;
        }
        seen.dates_of(&output.sink);
        let faults = output.sink.faults.into_iter().map(|fault| {
            // Row 1 is the header.
            let position = Position::Row(rows + u64::from(fault.at.number) + 2);
            (fault.kind, position, fault.part, fault.message)
        });
        seen.faults_of(faults.collect(), wishes.faults);
        rows += output.rows;
        buffer = block.bytes;
    }
    seen.rows = Some(rows);
    Ok(())
}

/// Counts the rows of a CSV that is none of claims.
fn rows(
    stream: impl Read,
    delimiter: u8,
    width: usize,
    wishes: &Wishes<'_>,
    seen: &mut Inspection,
) -> io::Result<()> {
    let mut blocks = Blocks::new(stream, CsvCutter::new(delimiter, width), wishes.block_bytes);
    let mut buffer = Vec::new();
    let mut rows = 0;
    while let Some(block) = blocks.next(buffer)? {
        rows += match block.head {
            CsvHead::Plain => {
                let ends = memchr::memchr_iter(b'\n', &block.bytes).count() as u64;
                ends + u64::from(!block.bytes.ends_with(b"\n"))
            }
            CsvHead::Quoted => quoted_rows(&block.bytes, delimiter),
            CsvHead::UnclosedQuote | CsvHead::TooLong => 1,
            CsvHead::TooLongGoesOn => 0,
        };
        buffer = block.bytes;
    }
    seen.rows = Some(rows);
    Ok(())
}

fn quoted_rows(bytes: &[u8], delimiter: u8) -> u64 {
    let mut reader = csv::ReaderBuilder::new();
    let mut reader =
        reader.has_headers(false).flexible(true).delimiter(delimiter).from_reader(bytes);
    let mut record = csv::ByteRecord::new();
    let mut count = 0;
    // Reading from memory fails on nothing that a flexible byte reader does not accept.
    while reader.read_byte_record(&mut record).unwrap_or(false) {
        count += 1;
    }
    count
}

/// Neither claims nor a table: says why not.
fn other(
    stream: impl Read,
    header: Header,
    head: &[u8],
    error: &ColumnError,
    wishes: &Wishes<'_>,
    seen: &mut Inspection,
) -> io::Result<()> {
    let width = header.fields.len();
    let (looks_like, why) = if let Some(why) = lookalike::damaged_x12(head) {
        ("text with X12 segments".to_owned(), why.to_owned())
    } else if !error.is_other_kind {
        seen.fault(None, "row 1".to_owned(), error.to_string(), wishes.faults);
        ("a claim CSV".to_owned(), "its header is not right".to_owned())
    } else {
        let delimiter = wishes.delimiter.unwrap_or(b',');
        let why = lookalike::of(head, delimiter, &wishes.renamed);
        if width < 2 {
            seen.delimiters.clear(); // it is looked for, and not there
        }
        let text =
            if width > 1 { format!("text, perhaps of {width} columns") } else { "text".into() };
        (text, why.unwrap_or_else(|| NOT_OURS.to_owned()))
    };
    not_read(stream, looks_like, why, seen)
}

fn not_read(
    mut stream: impl Read,
    looks_like: String,
    why: String,
    seen: &mut Inspection,
) -> io::Result<()> {
    (seen.kind, seen.looks_like, seen.not_read) = ("text", looks_like, Some(why));
    io::copy(&mut stream, &mut io::sink())?;
    Ok(())
}
