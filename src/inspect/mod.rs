//! What a file is, without judging its claims: envelope, counts, delimiters, first faults.
//!
//! Works on anything, in bounded memory, and shows nothing of a member. The reading is that of a
//! run, block by block; this room only counts and keeps the first of what there may be much of.

mod stream;
mod table;
mod x12;

use crate::model::{FaultKind, NaiveDate, PassedOver, Position, record};
use crate::normalize::claims_csv::{ClaimColumns, CodeMaps, Header, Sources, lookalike};
use crate::normalize::{Sink, Tally};
use crate::policy::Policy;
use crate::source::decompress::{self, Compression};
use crate::source::input::{InputError, InputPath, Sniffed, sniff};
use crate::source::kinds;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Read};
use stream::Counted;

/// What to look with.
pub struct Wishes<'a> {
    /// Whose procedures are peer support.
    pub policy: &'a Policy,
    /// The day of the run.
    pub today: NaiveDate,
    /// Between the fields of a CSV; `None`: told from its header.
    pub delimiter: Option<u8>,
    /// Our column names to the file's.
    pub renamed: HashMap<String, Sources>,
    /// The file's codes to ours.
    pub codes: CodeMaps,
    /// Bytes that a compressed file may unpack to at most.
    pub max_decompressed: u64,
    /// Faults that are kept, and shown.
    pub faults: usize,
    /// Bytes of a block.
    pub block_bytes: usize,
}

/// What was seen. Serialised, it is `inspect --format json`.
#[derive(Default, Serialize)]
pub struct Inspection {
    /// As the user named it.
    pub file: String,
    /// `x12`, `csv`, `text`, `binary`, `utf-16` or `empty`.
    pub kind: &'static str,
    /// What the file looks like, in words.
    pub looks_like: String,
    /// Why nothing of it was read as claims; `None`: what there is was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_read: Option<String>,
    /// What to tell a run about the file, so that it can be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
    /// `ASCII`, `UTF-8`, or neither; empty: no text, or UTF-16.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub encoding: &'static str,
    /// `none`, `gzip` or `zstd`.
    pub compression: &'static str,
    /// Interchanges (ISA).
    pub interchanges: u64,
    /// Functional groups (GS).
    pub groups: u64,
    /// Transaction sets (ST), of any kind.
    pub transaction_sets: u64,
    /// Of them, those that are 837P and read.
    pub transaction_sets_read: u64,
    /// Claims: CLM segments, or runs of rows with one claim key.
    pub claims: u64,
    /// Service lines: SV1 segments, or rows.
    pub service_lines: u64,
    /// Of them, those of peer-support procedures that can be used.
    pub peer_support_lines: u64,
    /// Of them, those that cannot be used (F005).
    pub left_out: u64,
    /// Segments of the whole file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segments: Option<u64>,
    /// Rows behind the header, blank ones too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// Decompressed bytes.
    pub bytes: u64,
    /// The faults first met.
    pub faults: Vec<Fault>,
    /// How many there are in all.
    pub fault_count: u64,
    /// How many of each rule.
    pub faults_by_rule: BTreeMap<&'static str, u64>,
    /// First and last day of the peer-support lines.
    pub service_dates: Option<[NaiveDate; 2]>,
    /// The newest date of a group (GS04), or received date, that is not after today.
    pub newest_date: Option<NaiveDate>,
    /// The delimiters met, in order.
    pub delimiters: Vec<Delimiting>,
    /// Kind and version of transaction sets, and how many there are.
    pub versions: BTreeMap<String, u64>,
    /// The first interchanges, with what is in them.
    pub envelope: Vec<Interchange>,
    /// Interchanges, groups and sets that are not in `envelope`, which would be too long.
    pub envelope_left_off: u64,
    /// The columns of a claim CSV that are read.
    pub columns: Vec<&'static str>,
    /// Columns that are passed over.
    pub columns_passed_over: u64,
    /// Their names, and the optional columns that are not there.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub passed_over: Option<PassedOver>,
}

/// One fault.
#[derive(Clone, Debug, Serialize)]
pub struct Fault {
    /// The rule that reports it in a run; `None`: a run would not begin.
    pub rule: Option<&'static str>,
    /// `row N`, or `segment N, byte B`.
    pub position: String,
    /// What is wrong. Shows no value.
    pub message: String,
}

/// What parts the pieces of an interchange, or the fields of a CSV.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Delimiting {
    /// Between elements, or fields.
    pub element: String,
    /// Between repetitions.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub repetition: String,
    /// Between components.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub component: String,
    /// After segments.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub terminator: String,
}

/// An interchange.
#[derive(Debug, Default, Serialize)]
pub struct Interchange {
    /// ISA13.
    pub control: String,
    /// Where its ISA stands.
    pub position: String,
    /// Its groups.
    pub groups: Vec<Group>,
}

/// A functional group.
#[derive(Debug, Default, Serialize)]
pub struct Group {
    /// GS06.
    pub control: String,
    /// GS08.
    pub version: String,
    /// Its transaction sets.
    pub sets: Vec<Set>,
}

/// A transaction set.
#[derive(Debug, Default, Serialize)]
pub struct Set {
    /// ST01.
    pub kind: String,
    /// ST02.
    pub control: String,
    /// ST03.
    pub version: String,
    /// Whether it is an 837P that is read.
    pub is_read: bool,
    /// From ST to SE; 0: it has no SE.
    pub segments: u64,
    /// Its claims.
    pub claims: u64,
    /// Their service lines.
    pub service_lines: u64,
    /// Of them, peer support.
    pub peer_support_lines: u64,
}

/// Looks at a file.
pub fn look(input: &InputPath, wishes: &Wishes<'_>) -> Result<Inspection, InputError> {
    let failed = |error| InputError::io(&input.name, error);
    let raw = decompress::raw(&input.path).map_err(failed)?;
    let (compression, mut stream) =
        decompress::told(raw, wishes.max_decompressed).map_err(failed)?;
    let (sniffed, head) = sniff(&mut stream).map_err(failed)?;
    let mut seen = Inspection {
        file: input.name.clone(),
        compression: match compression {
            Compression::Plain => "none",
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
        },
        ..Inspection::default()
    };
    let mut stream = Counted::new(io::Cursor::new(head.clone()).chain(stream));
    match sniffed {
        Sniffed::X12 => x12::look(&mut stream, wishes, &mut seen),
        Sniffed::Text => table::look(&mut stream, &head, wishes, &mut seen),
        other => other_kind(other, &head, &mut stream, wishes, &mut seen),
    }
    .map_err(failed)?;
    seen.bytes = stream.bytes;
    if matches!(seen.kind, "x12" | "csv" | "text") {
        seen.encoding = stream.encoding();
    }
    Ok(seen)
}

impl Inspection {
    /// Whether nothing of it had to be left out, as far as it is of a kind that is read. An
    /// envelope that does not add up (F001) and sets of another kind (F002) leave out no claim.
    pub fn is_whole(&self) -> bool {
        let leaves_out_nothing =
            self.faults_by_rule.keys().all(|rule| matches!(*rule, "F001" | "F002"));
        matches!(self.kind, "x12" | "csv") && leaves_out_nothing
    }

    fn fault(
        &mut self,
        rule: Option<&'static str>,
        position: String,
        message: String,
        most: usize,
    ) {
        self.fault_count += 1;
        *self.faults_by_rule.entry(rule.unwrap_or("not read")).or_default() += 1;
        if self.faults.len() < most {
            self.faults.push(Fault { rule, position, message });
        }
    }

    /// The faults of a block, in the order of their places.
    fn faults_of(&mut self, mut faults: Vec<(FaultKind, Position, String, String)>, most: usize) {
        faults.sort_by_key(|(_, position, ..)| *position);
        for (kind, position, part, message) in faults {
            let message = if part.is_empty() || message.contains(&part) {
                message
            } else {
                part + ": " + &message
            };
            self.fault(Some(rule_of(kind)), position.to_string(), message, most);
        }
    }

    fn add(&mut self, tally: &Tally) {
        self.claims += tally.claims;
        self.service_lines += tally.service_lines;
        self.peer_support_lines += tally.peer_support_lines;
        self.left_out += tally.left_out;
    }

    /// Takes the service dates of the peer-support lines in `sink`.
    fn dates_of(&mut self, sink: &Sink) {
        for key in &sink.keys {
            let line = record::decode(&sink.records[key.offset as usize..]);
            let days = [line.first_day.day(), line.last_day.day()];
            for day in days.into_iter().flatten().filter(|_| line.is_peer_support) {
                let [first, last] = self.service_dates.unwrap_or([day, day]);
                self.service_dates = Some([first.min(day), last.max(day)]);
            }
        }
    }
}

fn rule_of(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Envelope => "F001",
        FaultKind::Unsupported => "F002",
        FaultKind::SeenBefore => "F003",
        FaultKind::Damage => "F004",
        FaultKind::UnusableRow => "F005",
    }
}

/// Neither X12 nor text.
fn other_kind(
    sniffed: Sniffed,
    head: &[u8],
    mut stream: impl Read,
    wishes: &Wishes<'_>,
    seen: &mut Inspection,
) -> io::Result<()> {
    let (kind, looks_like) = match sniffed {
        Sniffed::Empty => ("empty", "nothing: there is no text in it"),
        Sniffed::Utf16 => ("utf-16", "UTF-16 text"),
        _ => ("binary", kinds::name_of(head).unwrap_or("no text, and of no kind known here")),
    };
    (seen.kind, seen.looks_like) = (kind, looks_like.to_owned());
    let delimiter = wishes.delimiter.unwrap_or(b',');
    let why = lookalike::of(head, delimiter, &wishes.renamed).unwrap_or_else(|| match sniffed {
        Sniffed::Empty => "the file is empty".to_owned(),
        Sniffed::Utf16 => "save it as UTF-8 if it holds claims".to_owned(),
        _ => kinds::advice(head).map_or_else(|| NOT_OURS.to_owned(), str::to_owned),
    });
    seen.not_read = Some(why);
    io::copy(&mut stream, &mut io::sink())?;
    Ok(())
}

/// Why nothing was read of a file of another kind.
const NOT_OURS: &str = "neither X12 (ISA…), nor a claim CSV, nor one of the six tables";

/// The columns of a claim CSV, and the delimiter, as far as the header tells.
fn find_columns(
    header: &Header,
    delimiter: u8,
    wishes: &Wishes<'_>,
) -> Result<ClaimColumns, crate::normalize::claims_csv::ColumnError> {
    let columns = ClaimColumns::find(&header.fields, delimiter, &wishes.renamed)?;
    Ok(columns.with_codes(&wishes.codes))
}
