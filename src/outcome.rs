//! What a run came to: everything that the reports write.

use crate::finding::Finding;
pub use crate::model::FileKind;
use crate::model::{Cents, NaiveDate, PassedOver, Position, Reject};
use crate::normalize::Tally;
use crate::rules::RuleSet;
use crate::store::{RecordId, Store};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

mod elsewhere;
pub mod totals;

pub use elsewhere::Elsewhere;
pub use totals::Totals;

/// The result of one run, before it is written.
#[derive(Default)]
#[non_exhaustive]
pub struct RunOutcome {
    /// Nothing after this day is known.
    pub as_of: NaiveDate,
    /// The claim files, history first, in input order.
    pub files: Vec<FileOutcome>,
    /// The findings in the order of `findings.csv`.
    pub findings: Vec<Finding>,
    /// The current claims with peer-support lines, in input order.
    pub claims: Vec<ClaimOutcome>,
    /// The records that the claims and findings come from.
    pub store: Store,
    /// Of the current input.
    pub counts: Counts,
    /// Of history (and ledger) lines.
    pub history: Counts,
    /// Rows and values left out on reading.
    pub rejects: Vec<Reject>,
    /// Bad table rows and F005, of current and history files.
    pub bad_rows: u64,
    /// Rules that did not run, and why.
    pub rules_not_run: Vec<NotRun>,
    /// What a reader of the summary must know besides.
    pub notes: Vec<String>,
    /// Files of a folder that are of another kind, and were skipped.
    pub skipped_files: Vec<String>,
    /// For the ledger; empty where there is none.
    pub ledger: LedgerOutcome,
    /// Some input had to be left out (F004, F005, bad table rows): exit code 3.
    pub is_partial: bool,
    /// What became of each record, and what corrected what.
    pub standings: Standings,
    /// First and last good service day of the lines that were checked.
    pub service_days: Option<(NaiveDate, NaiveDate)>,
    /// Only findings on these service dates are reported (`audit --from --to`).
    pub reported: ReportedDays,
    /// What a split by claim rests on, and what it came to.
    pub split: SplitFacts,
    /// Findings and claims that went to temporary files (`--memory`); they are not among the above.
    pub elsewhere: Option<Box<Elsewhere>>,
}

/// What the net stage made of the records, for whoever works over all of them.
#[derive(Clone, Default)]
pub struct Standings {
    /// By record; `None`: it bills no peer support, or its file is the same as a current one.
    pub buckets: Vec<Option<Bucket>>,
    /// By record: the number of its claim among all claims of the run.
    pub claim_of: Vec<u32>,
    /// What the corrections name, by the number of the correction.
    pub corrections: Vec<CorrectionLink>,
}

/// A correction, and a claim that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CorrectionLink {
    /// The number of the 7 or 8.
    pub correction: u32,
    /// The number of the claim that it takes out.
    pub target: u32,
    /// It is an 8.
    pub is_void: bool,
}

/// The service dates that are reported; an absent end is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReportedDays {
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub through: Option<NaiveDate>,
}

impl ReportedDays {
    /// Whether all days are reported.
    pub fn is_all(self) -> bool {
        self == ReportedDays::default()
    }

    /// Whether a line of that service date is reported. One without a readable date always is: to
    /// leave it out would be to lose it in silence.
    pub fn holds(self, day: Option<NaiveDate>) -> bool {
        day.is_none_or(|day| {
            self.from.is_none_or(|from| from <= day)
                && self.through.is_none_or(|through| day <= through)
        })
    }
}

/// What a split by claim rests on besides the claims, and what it came to.
#[derive(Default)]
#[non_exhaustive]
pub struct SplitFacts {
    /// Where something of a current file could not be read (F004, F005): index of the file, and the
    /// place; ascending.
    pub unread: Vec<(u32, Position)>,
    /// The claims that this hit, where a split or acknowledgements asked for them.
    pub unread_claims: UnreadClaims,
    /// What ties corrections to the claims that they took out.
    pub ties: Vec<Tie>,
    /// The claims that the split puts into `hold/`, if there is one; known before it writes.
    pub held: Option<ClaimKeys>,
    /// What the split came to, if there was one.
    pub done: Option<SplitOutcome>,
}

impl SplitFacts {
    /// Whether the split puts the claim into `hold/`.
    pub fn is_held(&self, claim: u128) -> bool {
        self.held.as_ref().is_some_and(|held| held.contains(&claim))
    }
}

/// Something that ties a correction to the claims that it took out. Claims are hashes of their
/// keys, numbers hashes of the number and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tie {
    /// The claim bears a number that corrections name.
    Bears {
        /// The claim.
        claim: u128,
        /// The number.
        number: u128,
    },
    /// The correction names a number.
    Names {
        /// The correction.
        claim: u128,
        /// The number.
        number: u128,
        /// It stands in history alone.
        is_history: bool,
    },
    /// The replacement gives way to a later one of the same claims.
    GivesWay {
        /// The replacement.
        claim: u128,
        /// The later one.
        to: u128,
        /// That stands in history alone.
        is_history: bool,
    },
}

/// What a split came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SplitOutcome {
    /// Claims that went to `release/`.
    pub released: u64,
    /// Claims that went to `hold/`.
    pub held: u64,
    /// Claims that went to neither: the ledger has them already.
    pub already_posted: u64,
    /// The current files, in input order.
    pub files: Vec<SplitFile>,
}

/// Claims of which part could not be read, or something around them (a header, a trailer).
#[derive(Clone, Debug, Default)]
pub struct UnreadClaims {
    /// Those with lines that were kept, by the hash of their key.
    pub keys: ClaimKeys,
    /// All of an X12 file: bytes from its CLM on, ascending, by the index of the file.
    pub ranges: HashMap<u32, Vec<std::ops::Range<u64>>>,
}

impl UnreadClaims {
    /// Whether the claim of an X12 file that begins at `byte` is one of them.
    pub fn holds(&self, file: u32, byte: u64) -> bool {
        let Some(ranges) = self.ranges.get(&file) else { return false };
        let next = ranges.partition_point(|range| range.end <= byte);
        ranges.get(next).is_some_and(|range| range.contains(&byte))
    }
}

/// Hashes of claim keys, which are as good as random.
pub type ClaimKeys = std::collections::HashSet<u128, foldhash::fast::RandomState>;

/// What became of one current file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitFile {
    /// As the user named it.
    pub name: Arc<str>,
    /// Its part of `release/`, if there is anything in it.
    pub release: Option<String>,
    /// Its part of `hold/`, if there is anything in it.
    pub hold: Option<String>,
    /// Claims that went to each, and to neither.
    pub claims: [u64; 3],
}

/// `--post`: which claims of a run use up the year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Post {
    /// Those that the run released.
    #[default]
    Released,
    /// All.
    All,
    /// None.
    None,
}

impl Post {
    /// The word of the option.
    pub fn as_str(self) -> &'static str {
        match self {
            Post::Released => "released",
            Post::All => "all",
            Post::None => "none",
        }
    }
}

/// What a person decided on a claim, whatever is found on it. Its words may name somebody: no
/// `Debug`, on purpose.
#[derive(Clone, PartialEq, Eq)]
pub struct Decision {
    /// The run of the ledger that holds it.
    pub run: i64,
    /// To be released, else held.
    pub releases: bool,
    /// As read.
    pub claim_id: Vec<u8>,
    /// As read; `None`: of any agency.
    pub billing_npi: Option<Vec<u8>>,
    /// In the person's words.
    pub reason: String,
    /// Who.
    pub decided_by: String,
    /// When (UTC).
    pub decided_at: String,
}

/// What a run leaves to a ledger.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct LedgerOutcome {
    /// The records to be posted, in input order.
    pub posting: Vec<RecordId>,
    /// The decisions that changed what became of a claim.
    pub decided: Vec<Decision>,
    /// The last control number of an acknowledgement: of this run, else of those before it.
    pub last_control_number: Option<u32>,
}

/// One claim file as it was read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FileOutcome {
    /// As the user named it.
    pub name: Arc<str>,
    /// From `--history`.
    pub is_history: bool,
    /// Its content is that of a current file, so it was not used as history.
    pub is_same_as_current: bool,
    /// The ledger has seen a file of these bytes before (F003).
    pub is_seen: bool,
    /// What it is.
    pub kind: FileKind,
    /// Bytes on disk; of standard input, bytes read.
    pub bytes: u64,
    /// SHA-256 of those bytes, in hex; `None` with `--input-hash none`.
    pub sha256: Option<String>,
    /// Rows (CSV, header not counted) or segments (X12).
    pub records: u64,
    /// Claims read.
    pub claims: u64,
    /// Service lines seen.
    pub service_lines: u64,
    /// Peer-support lines among them.
    pub peer_support_lines: u64,
    /// Columns of a CSV that it lacks, or that are not read; shared by files with one header.
    pub passed_over: Option<Arc<PassedOver>>,
}

/// A rule that did not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotRun {
    /// Its id, or [`EPSDT`].
    pub rule: &'static str,
    /// In plain words.
    pub why: String,
}

/// The exemption from U001-U003, where it stands in the place of a rule.
pub const EPSDT: &str = "EPSDT";

impl NotRun {
    /// It is no rule, but an exemption that could not be applied.
    pub fn is_exemption(&self) -> bool {
        self.rule == EPSDT
    }
}

/// The one bucket that a service line is counted in (outputs.md, "Reconciliation").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    /// Cannot be used (F005).
    LeftOut,
    /// Its procedure is not in the policy.
    PassedOver,
    /// Denied by the payer.
    Denied,
    /// The same record as one before.
    Repeated,
    /// The same key as one before, with other content (D005).
    Conflicting,
    /// Voided, replaced, or a void itself.
    CorrectedAway,
    /// Net: checked (of history: counted).
    Checked,
}

/// The counts of `summary.json`, of the current input or of history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Claim files.
    pub files: u64,
    /// Claims read.
    pub claims: u64,
    /// Service lines seen, counted apart from the buckets.
    pub service_lines: u64,
    /// Peer-support lines.
    pub peer_support_lines: u64,
    /// Lines of other procedures.
    pub passed_over: u64,
    /// Denied peer-support lines.
    pub denied_records: u64,
    /// Repeated peer-support records.
    pub repeated_records: u64,
    /// Records of a known key with other content.
    pub conflicting_records: u64,
    /// Lines taken out by a void or replacement, and voids.
    pub corrected_away: u64,
    /// Lines that could not be used.
    pub left_out: u64,
    /// Net lines.
    pub checked: u64,
    /// Findings by rule id.
    pub findings: BTreeMap<String, u64>,
    /// Findings by severity.
    pub severities: BTreeMap<String, u64>,
    /// Excess units by rule id.
    pub excess_units: BTreeMap<String, u64>,
    /// Dollars disallowed, each unit once.
    pub amount_at_issue: Cents,
    /// Net lines of originals without a received date (C007 not tested).
    pub untested_filing: u64,
    /// Peer-support rows with a status that is not known.
    pub unknown_status: u64,
    /// Units of net lines with good units.
    pub units: u64,
    /// Units disallowed, each once.
    pub units_disallowed: u64,
}

impl Counts {
    /// Counts one service line in its bucket.
    pub fn add(&mut self, bucket: Bucket) {
        *self.bucket_mut(bucket) += 1;
    }

    /// The counter of a bucket.
    pub fn bucket_mut(&mut self, bucket: Bucket) -> &mut u64 {
        match bucket {
            Bucket::LeftOut => &mut self.left_out,
            Bucket::PassedOver => &mut self.passed_over,
            Bucket::Denied => &mut self.denied_records,
            Bucket::Repeated => &mut self.repeated_records,
            Bucket::Conflicting => &mut self.conflicting_records,
            Bucket::CorrectedAway => &mut self.corrected_away,
            Bucket::Checked => &mut self.checked,
        }
    }

    /// Adds what was counted on reading.
    pub fn add_tally(&mut self, tally: &Tally) {
        self.claims += tally.claims;
        self.service_lines += tally.service_lines;
        self.passed_over += tally.passed_over;
        self.left_out += tally.left_out;
        self.peer_support_lines += tally.peer_support_lines;
        self.unknown_status += tally.unknown_status;
    }

    /// Whether every service line seen stands in one bucket, and every peer-support line too.
    pub fn reconciles(&self) -> bool {
        let peer_support = self.denied_records
            + self.repeated_records
            + self.conflicting_records
            + self.corrected_away
            + self.checked;
        peer_support == self.peer_support_lines
            && self.left_out + self.passed_over + peer_support == self.service_lines
    }
}

/// What becomes of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Disposition {
    /// A deny finding stands against it.
    Hold,
    /// A void.
    Void,
    /// A correction took it out.
    Superseded,
    /// The ledger has it already.
    AlreadyPosted,
    /// It repeats lines that came before.
    Repeated,
    /// A person must look.
    Review,
    /// Clean.
    Release,
}

impl Disposition {
    /// The word in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Disposition::Hold => "hold",
            Disposition::Void => "void",
            Disposition::Superseded => "superseded",
            Disposition::AlreadyPosted => "already_posted",
            Disposition::Repeated => "repeated",
            Disposition::Review => "review",
            Disposition::Release => "release",
        }
    }
}

/// One current claim with peer-support lines: a row of `claims.csv`.
#[derive(Clone)]
#[non_exhaustive]
pub struct ClaimOutcome {
    /// The record of its first current peer-support line that counts; its ids are the claim's.
    pub record: RecordId,
    /// What becomes of it.
    pub disposition: Disposition,
    /// A void, superseded, repeated or posted already: nothing of it is paid, whatever is found.
    pub pays_nothing: bool,
    /// The rules with findings on it.
    pub rules: RuleSet,
    /// Peer-support lines.
    pub service_lines: u64,
    /// Their units.
    pub units_billed: u64,
    /// Units billed less units disallowed.
    pub units_payable: u64,
    /// Their charges.
    pub amount_billed: Cents,
    /// Dollars disallowed.
    pub amount_at_issue: Cents,
    /// Why it waits, besides its findings.
    pub waits: Option<Waits>,
}

/// Why a claim does not go out, whatever the findings on it are.
#[derive(Clone, PartialEq, Eq)]
pub enum Waits {
    /// A person holds it. Boxed: there are millions of claims, and few are held so.
    Decided(Box<Decision>),
    /// Some of its lines went out before (the ledger has them), and others did not: as a whole it
    /// would go out twice. `--split` holds it; by its disposition alone it is as history would
    /// have it.
    PartlyPosted,
    /// Part of it, or of what stands around it, could not be read (`--split` tells).
    PartUnread,
}
