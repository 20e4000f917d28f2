//! Claim files read inside of the test: thousands of damaged ones, without a process for each.

use peerclaims::model::{FaultKind, FileKind, NaiveDate, Position, ServiceLine, record};
use peerclaims::normalize::claims_csv::{self, ClaimColumns, CsvCutter};
use peerclaims::normalize::edi837p::{Follower, read_block};
use peerclaims::normalize::{Sink, Tally, Wanted};
use peerclaims::policy;
use peerclaims::source::blocks::{BLOCK_BYTES, Blocks};
use peerclaims::x12::cutter::X12Cutter;

/// One peer-support line, as texts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    pub claim_id: String,
    pub member_id: String,
    pub billing_npi: String,
    /// Everything else that was read of it.
    pub rest: Vec<String>,
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    pub position: Position,
    pub kind: FaultKind,
    pub part: String,
    pub message: String,
}

/// What reading a file came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    pub lines: Vec<Line>,
    /// Where each of them stands.
    pub places: Vec<Position>,
    pub faults: Vec<Fault>,
    pub tally: Tally,
    /// Segments, or rows.
    pub records: u64,
}

impl Read {
    fn keep(
        &mut self,
        sink: Sink,
        position: impl Fn(peerclaims::model::LocalPosition) -> Position,
    ) {
        self.tally.add(&sink.tally);
        for key in &sink.keys {
            let line = record::decode(&sink.records[key.offset as usize..]);
            if line.is_peer_support {
                self.places.push(position(line.position));
                self.lines.push(as_texts(&line));
            }
        }
        self.faults.extend(sink.faults.into_iter().map(|fault| Fault {
            position: position(fault.at),
            kind: fault.kind,
            part: fault.part,
            message: fault.message,
        }));
    }

    /// That the counts add up.
    pub fn assert_reconciles(&self, what: &str) {
        let sum = self.tally.left_out + self.tally.passed_over + self.tally.peer_support_lines;
        assert_eq!(self.tally.service_lines, sum, "{what}: {:?}", self.tally);
        assert_eq!(self.tally.peer_support_lines, self.lines.len() as u64, "{what}");
    }
}

fn as_texts(line: &ServiceLine<'_>) -> Line {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let rest = [
        line.frequency_code,
        line.original_claim_id,
        line.rendering_npi,
        line.supervising_npi,
        line.procedure,
        line.modifiers,
        line.units_text,
        line.basis_text,
        line.place_of_service,
        line.diagnoses,
        line.authorization,
    ];
    let mut rest: Vec<String> = rest.map(text).into();
    rest.push(line.line_number.to_string());
    rest.push(format!("{:?} {:?}", line.first_day.day(), line.last_day.day()));
    rest.push(format!("{:?} {:?} {:?}", line.birth, line.charge, line.patient_paid));
    Line {
        claim_id: text(line.claim_id),
        member_id: text(line.member_id),
        billing_npi: text(line.billing_npi),
        rest,
    }
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day")
}

/// Reads X12 in blocks of about `block_bytes`.
pub fn x12_in_blocks(bytes: &[u8], block_bytes: usize) -> Read {
    let policy = policy::builtin();
    let wanted = Wanted { policy: &policy, today: today(), is_history: false, block: 0 };
    let mut blocks = Blocks::new(bytes, X12Cutter::default(), block_bytes);
    let mut follower = Follower::default();
    let mut read = Read::default();
    let mut buffer = Vec::new();
    while let Some(block) = blocks.next(buffer).expect("from memory") {
        let output = read_block(&block.bytes, &block.head, &wanted);
        let (sink, place) = follower.next(output);
        read.keep(sink, |local| place.segment(local));
        buffer = block.bytes;
    }
    read.records = follower.end().number;
    read.faults.extend(follower.faults.into_iter().map(|fault| Fault {
        position: fault.position,
        kind: fault.kind,
        part: fault.part,
        message: fault.message,
    }));
    read.faults.sort();
    read
}

/// Reads X12 as a run does.
pub fn x12(bytes: &[u8]) -> Read {
    x12_in_blocks(bytes, BLOCK_BYTES)
}

/// Reads the rows of a claim CSV, the header left out, in blocks of about `block_bytes`.
pub fn csv_in_blocks(rows: &[u8], columns: &ClaimColumns, block_bytes: usize) -> Read {
    let policy = policy::builtin();
    let wanted = Wanted { policy: &policy, today: today(), is_history: false, block: 0 };
    let cutter = CsvCutter::new(columns.delimiter, columns.width);
    let mut blocks = Blocks::new(rows, cutter, block_bytes);
    let mut read = Read::default();
    let mut last_claim = None;
    let mut buffer = Vec::new();
    while let Some(block) = blocks.next(buffer).expect("from memory") {
        let output = claims_csv::read_block(&block.bytes, &block.head, columns, &wanted);
        let before = read.records;
        read.keep(output.sink, |local| Position::Row(before + u64::from(local.number) + 2));
        if let Some(first) = output.edges.first {
            read.tally.claims -= u64::from(last_claim == Some(first));
            last_claim = output.edges.last;
        }
        read.records += output.rows;
        buffer = block.bytes;
    }
    read.faults.sort();
    read
}

/// The fixtures of a kind: name and bytes.
pub fn fixtures(kind: FileKind) -> Vec<(String, Vec<u8>)> {
    let ending = if kind == FileKind::X12 { "837" } else { "csv" };
    let mut found = Vec::new();
    for folder in ["nightly", "damaged"] {
        let folder = crate::support::repository().join("fixtures").join(folder);
        for entry in std::fs::read_dir(folder).expect("the fixtures").flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|found| found == ending) {
                let name = path.file_name().expect("a name").to_string_lossy().into_owned();
                found.push((name, std::fs::read(&path).expect("a fixture")));
            }
        }
    }
    found.sort();
    found
}
