//! What each fuzz target does with a text, and what must hold. `tests/suite/corpus.rs` does the same
//! with every text that was kept.

use peerclaims::cli::configuration::Configuration;
use peerclaims::model::{NaiveDate, Position, record};
use peerclaims::normalize::claims_csv::{self, ClaimColumns, CsvCutter, Header};
use peerclaims::normalize::edi837p::{Follower, read_block};
use peerclaims::normalize::{Sink, Tally, Wanted};
use peerclaims::policy;
use peerclaims::remittance::{Met, reader};
use peerclaims::source::blocks::{Block, Blocks, Cutter};
use peerclaims::tables::{self, CsvForm, TablePaths};
use peerclaims::x12::cutter::X12Cutter;
use peerclaims::x12::{Segments, interchange};

/// Stands in the seeds where ids, names, birth dates and streets of members stand: no message holds
/// it, wherever a mutation has put it. (Claim ids and service dates are said, so none stands there;
/// of mutations that put it there the message says less.)
pub const CANARY: &str = "QZCANARY";

/// What is said of a text says nothing of a member.
fn assert_quiet(message: &str) {
    assert!(!message.to_ascii_uppercase().contains(CANARY), "a member is said: {message}");
}

/// Blocks that end almost anywhere, and one that holds everything.
const BLOCK_BYTES: [usize; 3] = [1, 64, 1 << 20];

/// Takes any bytes, and must survive them.
pub type Target = fn(&[u8]);

/// The targets, by the name of their corpus.
pub const TARGETS: [(&str, Target); 7] = [
    ("x12_segments", x12_segments),
    ("claims_837p", claims_837p),
    ("claims_csv", claims_csv),
    ("remittance_835", remittance_835),
    ("tables", tables),
    ("policy", policy),
    ("config", config),
];

fn blocks<C: Cutter>(bytes: &[u8], cutter: C, block_bytes: usize) -> Vec<Block<C::Head>> {
    let mut blocks = Blocks::new(bytes, cutter, block_bytes);
    let mut found = Vec::new();
    while let Some(block) = blocks.next(Vec::new()).expect("from memory") {
        assert!(!block.bytes.is_empty());
        found.push(block);
    }
    let length: usize = found.iter().map(|block| block.bytes.len()).sum();
    assert_eq!(length, bytes.len(), "every byte is in one block");
    found
}

/// Segments lie in order within the text, each with its elements.
pub fn x12_segments(bytes: &[u8]) {
    let Ok(delimiters) = interchange::read(bytes, None) else { return };
    let mut last = 0;
    for placed in Segments::new(bytes, delimiters) {
        assert!(placed.byte >= last && placed.byte < bytes.len());
        last = placed.byte;
        let count = placed.segment.elements().count();
        assert_eq!(placed.segment.element(count + 1), b"");
    }
}

/// What reading a file came to, in a form that can be compared.
#[derive(Debug, Default, PartialEq)]
struct Read {
    tally: Tally,
    lines: Vec<Vec<u8>>,
    faults: Vec<(Position, String)>,
    records: u64,
}

impl Read {
    fn keep(&mut self, sink: &Sink) {
        self.tally.add(&sink.tally);
        for key in &sink.keys {
            let line = record::decode(&sink.records[key.offset as usize..]);
            let texts = [line.claim_id, line.member_id, line.billing_npi, line.procedure];
            self.lines.push(texts.join(&b'\n'));
        }
    }

    fn check(&mut self) {
        self.faults.sort();
        self.faults.iter().for_each(|(_, message)| assert_quiet(message));
        let sum = self.tally.left_out + self.tally.passed_over + self.tally.peer_support_lines;
        assert_eq!(self.tally.service_lines, sum, "{:?}", self.tally);
    }
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day")
}

/// The counts add up, and the size of blocks changes nothing.
pub fn claims_837p(bytes: &[u8]) {
    let policy = policy::builtin();
    let wanted = Wanted { policy: &policy, today: today(), is_history: false, block: 0 };
    let read = |block_bytes| {
        let mut follower = Follower::default();
        let mut read = Read::default();
        for block in blocks(bytes, X12Cutter::default(), block_bytes) {
            let (sink, place) = follower.next(read_block(&block.bytes, &block.head, &wanted));
            read.keep(&sink);
            let faults = sink.faults.into_iter();
            read.faults.extend(faults.map(|fault| (place.segment(fault.at), fault.message)));
        }
        read.records = follower.end().number;
        let faults = follower.faults.into_iter();
        read.faults.extend(faults.map(|fault| (fault.position, fault.message)));
        read.check();
        read
    };
    let [first, second, third] = BLOCK_BYTES.map(read);
    assert_eq!(first, second);
    assert_eq!(second, third);
}

/// The same of a CSV whose first line is its header.
pub fn claims_csv(bytes: &[u8]) {
    let mut rest = bytes;
    let header = Header::read(&mut rest, b',').expect("from memory");
    let mut fields = header.fields;
    let names = ["claim_id", "line_number", "member_id", "billing_npi", "procedure_code"];
    fields.extend(names.iter().chain(&["units", "service_date"]).map(|name| (*name).to_owned()));
    let Ok(columns) = ClaimColumns::find(&fields, b',', &Default::default()) else { return };
    let rows = [&header.rest[..], rest].concat();
    let policy = policy::builtin();
    let wanted = Wanted { policy: &policy, today: today(), is_history: false, block: 0 };
    let read = |block_bytes| {
        let mut read = Read::default();
        let mut last_claim = None;
        for block in blocks(&rows, CsvCutter::new(b',', columns.width), block_bytes) {
            let output = claims_csv::read_block(&block.bytes, &block.head, &columns, &wanted);
            read.keep(&output.sink);
            if let Some(first) = output.edges.first {
                read.tally.claims -= u64::from(last_claim == Some(first));
                last_claim = output.edges.last;
            }
            let place = |number: u32| Position::Row(read.records + u64::from(number) + 2);
            let faults = output.sink.faults.into_iter();
            let faults: Vec<_> =
                faults.map(|fault| (place(fault.at.number), fault.message)).collect();
            read.faults.extend(faults);
            read.records += output.rows;
        }
        read.check();
        read
    };
    let [first, second, third] = BLOCK_BYTES.map(read);
    assert_eq!(first, second);
    assert_eq!(second, third);
}

/// Each CLP is handed on or unreadable, and the size of blocks changes nothing.
pub fn remittance_835(bytes: &[u8]) {
    let read = |block_bytes| {
        let mut claims = Vec::new();
        let mut faults = Vec::new();
        let totals = reader::read(bytes, block_bytes, &mut |met| match met {
            Met::Claim(set, claim) => {
                let services = claim.services.len();
                claims.push((set.trace.clone(), claim.claim_id, claim.position, services));
            }
            Met::Adjustment(_, found) => claims.push((found.reason, Vec::new(), found.position, 0)),
            Met::Fault(fault) => faults.push((fault.position, fault.message)),
        });
        let totals = totals.expect("from memory");
        assert_eq!(totals.claims, totals.handed_on + totals.unreadable);
        faults.iter().for_each(|(_, message): &(Position, String)| assert_quiet(message));
        (claims, faults, totals)
    };
    let [first, second, third] = BLOCK_BYTES.map(read);
    assert_eq!(first, second);
    assert_eq!(second, third);
}

/// Each table: the first byte says which. Rows and bad rows add up.
pub fn tables(bytes: &[u8]) {
    let [table, text @ ..] = bytes else { return };
    let path = std::env::temp_dir().join(format!("peerclaims-fuzz-{}.csv", std::process::id()));
    std::fs::write(&path, text).expect("the temporary folder is writable");
    let mut paths = TablePaths::default();
    let own = Some(path.clone());
    match table % 6 {
        0 => paths.credentials = own,
        1 => paths.employment = own,
        2 => paths.plans = own,
        3 => paths.supervision = own,
        4 => paths.supervisors = own,
        _ => paths.authorizations = own,
    }
    let loaded = tables::load(&paths, &CsvForm::default(), 1);
    let _ = std::fs::remove_file(&path);
    match loaded {
        Ok(loaded) => {
            let bad = loaded.rejects.iter().filter(|reject| reject.is_bad_row).count() as u64;
            assert_eq!(bad, loaded.bad_rows());
            loaded.rejects.iter().for_each(|reject| assert_quiet(&reject.reason));
            assert!(loaded.files.iter().all(|file| file.bad_rows <= file.rows));
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert_quiet(&error.to_string());
        }
    }
}

/// A policy is read, or said what is wrong with it.
pub fn policy(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match policy::read(text, &["U001", "P005"]) {
        Ok(policy) => _ = policy::remarks(&policy),
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert_quiet(&error.to_string());
        }
    }
}

/// The same of a configuration.
pub fn config(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Configuration::read(text) {
        Ok(configuration) => {
            let _ = (configuration.claim_columns(), configuration.claim_codes());
            let _ = configuration.table_columns();
        }
        Err(error) => {
            assert!(!error.is_empty());
            assert_quiet(&error);
        }
    }
}
