//! 277CA (005010X214): one transaction set for each 837P set, written as its claims come by.
//!
//! ```text
//! HL 20 information source    TRN, received and processed
//!   HL 21 receiver            TRN (BHT03 of the 837), STC, totals
//!     HL 19 billing provider  TRN, STC, totals
//!       HL PT patient
//!         claim               TRN (CLM01), STC…, DTP, SVC/STC/REF/DTP of the lines meant
//! ```
//!
//! The totals stand before the claims that they count. So patients and claims go to one spool, each
//! provider with its totals and the length of its claims to another, and the set is put together at
//! its end.

use super::claim::{Answer, ClaimFacts};
use super::spool::Spool;
use super::verdict::Status;
use super::wire::{Out, Wire};
use super::{Context, Tally};
use crate::normalize::edi837p::Role;
use crate::x12::{Delimiters, Segment};
use std::io::{self, Write};

/// Bytes collected before they go to a spool.
const PIECE_BYTES: usize = 128 << 10;
/// Lengths in the spool of the providers: of its text, its segments, its claims' bytes.
const LENGTHS_BYTES: usize = 24;

/// Claims and dollars, accepted and not.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    accepted: u64,
    rejected: u64,
    accepted_cents: i128,
    rejected_cents: i128,
}

impl Totals {
    fn add(&mut self, is_accepted: bool, cents: i128) {
        let (count, sum) = match is_accepted {
            true => (&mut self.accepted, &mut self.accepted_cents),
            false => (&mut self.rejected, &mut self.rejected_cents),
        };
        *count += 1;
        *sum += cents;
    }

    /// QTY and AMT, with the qualifiers of the level.
    fn write(&self, wire: Wire, [accepted, rejected]: [&str; 2], out: &mut Out) {
        for (count, qualifier) in [(self.accepted, accepted), (self.rejected, rejected)] {
            if count > 0 {
                out.segment(wire, "QTY").word(qualifier).number(count).end();
            }
        }
        let sums = [
            (self.accepted, self.accepted_cents, "YU"),
            (self.rejected, self.rejected_cents, "YY"),
        ];
        for (count, cents, qualifier) in sums {
            if count > 0 {
                out.segment(wire, "AMT").word(qualifier).amount(cents).end();
            }
        }
    }

    fn cents(&self) -> i128 {
        self.accepted_cents + self.rejected_cents
    }
}

/// The provider at hand, once it has a claim.
struct Provider {
    level: u64,
    totals: Totals,
    /// Bytes of claims before it.
    begin: u64,
}

/// One set while its claims come by.
pub struct ClaimSet<'c> {
    context: &'c Context<'c>,
    /// The as-of date on the wire.
    day: String,
    wire: Wire,
    delimiters: Delimiters,
    /// ST02 of the 837.
    control: Vec<u8>,
    /// BHT03 of the 837.
    batch: Vec<u8>,
    submitter: Vec<u8>,
    receiver: Vec<u8>,
    provider_name: Vec<u8>,
    provider_npi: Vec<u8>,
    member_name: Vec<u8>,
    patient_name: Vec<u8>,
    levels: u64,
    totals: Totals,
    provider: Option<Provider>,
    has_patient: bool,
    claims: Out,
    spooled: Spool,
    providers: Spool,
    provider_count: u64,
    key: Vec<u8>,
    /// What was said so far.
    pub tally: Tally,
}

impl<'c> ClaimSet<'c> {
    /// For the sets of one file.
    pub fn new(context: &'c Context<'c>, delimiters: Delimiters) -> ClaimSet<'c> {
        let text = Vec::new;
        ClaimSet {
            context,
            day: context.as_of.format("%Y%m%d").to_string(),
            wire: Wire::of(None),
            delimiters,
            control: text(),
            batch: text(),
            submitter: text(),
            receiver: text(),
            provider_name: text(),
            provider_npi: text(),
            member_name: text(),
            patient_name: text(),
            levels: 0,
            totals: Totals::default(),
            provider: None,
            has_patient: false,
            claims: Out::default(),
            spooled: Spool::new(context.folder, ".acks-claims"),
            providers: Spool::new(context.folder, ".acks-providers"),
            provider_count: 0,
            key: text(),
            tally: Tally::default(),
        }
    }

    /// A transaction set begins.
    pub fn begin(&mut self, control: &[u8], wire: Wire) {
        self.wire = wire;
        self.control = control.to_vec();
        for text in [&mut self.batch, &mut self.submitter, &mut self.receiver] {
            text.clear();
        }
        self.forget_parties();
        // Information source and receiver.
        self.levels = 2;
        self.totals = Totals::default();
        self.provider_count = 0;
        self.claims = Out::default();
    }

    /// How what comes is delimited.
    pub fn reads(&mut self, delimiters: Delimiters) {
        self.delimiters = delimiters;
    }

    fn forget_parties(&mut self) {
        for text in [
            &mut self.provider_name,
            &mut self.provider_npi,
            &mut self.member_name,
            &mut self.patient_name,
        ] {
            text.clear();
        }
        self.has_patient = false;
    }

    /// BHT, or the submitter's or receiver's NM1.
    pub fn header(&mut self, text: &[u8]) {
        let segment = Segment::of(text, self.delimiters.element);
        let (to, value) = match (segment.id(), segment.element(1)) {
            (b"BHT", _) => (&mut self.batch, segment.element(3)),
            (b"NM1", b"41") => (&mut self.submitter, text),
            (b"NM1", b"40") => (&mut self.receiver, text),
            _ => return,
        };
        *to = value.to_vec();
    }

    /// A level begins: whoever was named below the one above it is not in force any more.
    pub fn level(&mut self, role: Role) -> io::Result<()> {
        match role {
            Role::BillingLevel => {
                self.end_provider()?;
                self.forget_parties();
            }
            Role::PatientLevel => self.patient_name.clear(),
            _ => {
                self.member_name.clear();
                self.patient_name.clear();
            }
        }
        self.has_patient = false;
        Ok(())
    }

    /// NM1 of a billing provider, subscriber or patient.
    pub fn party(&mut self, text: &[u8]) -> io::Result<()> {
        let segment = Segment::of(text, self.delimiters.element);
        let name = match segment.element(1) {
            b"85" => {
                self.end_provider()?;
                self.provider_npi = segment.element(9).to_vec();
                &mut self.provider_name
            }
            b"IL" => &mut self.member_name,
            _ => &mut self.patient_name,
        };
        name.clear();
        name.extend_from_slice(text);
        self.has_patient = false;
        Ok(())
    }

    /// A claim, whose statuses besides its findings are in `statuses`.
    pub fn claim(
        &mut self,
        facts: &ClaimFacts<'_>,
        file: u32,
        statuses: &mut Vec<Status>,
    ) -> io::Result<()> {
        let verdicts = self.context.verdicts;
        if !verdicts.are_empty() {
            let key = facts.key(&self.provider_npi, self.delimiters, &mut self.key);
            verdicts.add(key, file, statuses);
            verdicts.add_unread((file, facts.byte), statuses);
        }
        let is_accepted = statuses.is_empty();
        let level = self.begin_provider(is_accepted, facts.charge());
        if !self.has_patient {
            self.has_patient = true;
            self.levels += 1;
            self.patient(level);
        }
        let mut answer = Answer {
            out: &mut self.claims,
            wire: self.wire,
            delimiters: self.delimiters,
            as_of: self.context.as_of,
            day: &self.day,
        };
        facts.write(&mut answer, statuses);
        *if is_accepted { &mut self.tally.accepted } else { &mut self.tally.rejected } += 1;
        if self.claims.bytes.len() >= PIECE_BYTES { self.spool() } else { Ok(()) }
    }

    fn spool(&mut self) -> io::Result<()> {
        self.spooled.push(&self.claims.bytes)?;
        self.claims.bytes.clear();
        Ok(())
    }

    /// Counts a claim for its provider, whose level it returns.
    fn begin_provider(&mut self, is_accepted: bool, cents: i128) -> u64 {
        self.totals.add(is_accepted, cents);
        let begin = self.spooled.len() + self.claims.bytes.len() as u64;
        let levels = &mut self.levels;
        let provider = self.provider.get_or_insert_with(|| {
            *levels += 1;
            Provider { level: *levels, totals: Totals::default(), begin }
        });
        provider.totals.add(is_accepted, cents);
        provider.level
    }

    fn patient(&mut self, provider: u64) {
        let (wire, element) = (self.wire, self.delimiters.element);
        let member = Segment::of(&self.member_name, element);
        let is_other = !self.patient_name.is_empty();
        let named = if is_other { Segment::of(&self.patient_name, element) } else { member };
        self.claims.segment(wire, "HL").number(self.levels).number(provider).word("PT").end();
        let qualifier = if member.element(8) == b"II" { "II" } else { "MI" };
        name(self.claims.segment(wire, "NM1").word("QC").word("1"), named)
            .word(qualifier)
            .text_or(member.element(9), 2, 80, "UNKNOWN")
            .end();
    }

    /// The provider has no more claims: its loop goes to the spool, with the length of its claims.
    fn end_provider(&mut self) -> io::Result<()> {
        let Some(provider) = self.provider.take() else { return Ok(()) };
        let wire = self.wire;
        let mut out = Out::default();
        out.segment(wire, "HL").number(provider.level).word("2").word("19").word("1").end();
        let named = Segment::of(&self.provider_name, self.delimiters.element);
        let kind = if named.element(2) == b"1" { "1" } else { "2" };
        let qualifier = match named.element(8) {
            b"FI" => "FI",
            b"SV" => "SV",
            _ => "XX",
        };
        name(out.segment(wire, "NM1").word("85").word(kind), named)
            .word(qualifier)
            .text_or(named.element(9), 2, 80, "UNKNOWN")
            .end();
        // No number of ours traces a provider.
        out.segment(wire, "TRN").word("1").word("0").end();
        let code = format!("A1:19:{}", self.context.settings.information_source.code());
        let segment = out.segment(wire, "STC").codes(&code).blank(1).word("WQ");
        segment.amount(provider.totals.cents()).end();
        provider.totals.write(wire, ["QA", "QC"], &mut out);
        let end = self.spooled.len() + self.claims.bytes.len() as u64;
        let text = out.bytes.len() as u64;
        for length in [text, out.segments, end - provider.begin] {
            self.providers.push(&length.to_le_bytes())?;
        }
        self.provider_count += 1;
        self.providers.push(&out.bytes)
    }

    /// The set is whole: its head goes to `out`, its levels below to `to`, which got all that stood
    /// in `out` before.
    pub fn end(&mut self, out: &mut Out, to: &mut dyn Write) -> io::Result<()> {
        self.end_provider()?;
        self.spool()?;
        self.head(out);
        to.write_all(&out.bytes)?;
        out.bytes.clear();
        out.segments += self.claims.segments;
        let mut claims = self.spooled.rewind()?;
        let mut providers = self.providers.rewind()?;
        for _ in 0..self.provider_count {
            let mut lengths = Vec::with_capacity(LENGTHS_BYTES);
            providers.copy(LENGTHS_BYTES as u64, &mut lengths)?;
            let length = |at: usize| {
                let bytes = lengths[at * 8..at * 8 + 8].iter().rev();
                bytes.fold(0, |sum, byte| sum << 8 | u64::from(*byte))
            };
            providers.copy(length(0), to)?;
            out.segments += length(1);
            claims.copy(length(2), to)?;
        }
        self.spooled.clear()?;
        self.providers.clear()?;
        self.tally.claim_sets += 1;
        self.forget_parties();
        Ok(())
    }

    /// BHT, information source, receiver.
    fn head(&self, out: &mut Out) {
        let (wire, day, element) = (self.wire, self.day.as_str(), self.delimiters.element);
        let settings = self.context.settings;
        let source = settings.information_source.code();
        let batch = if self.batch.is_empty() { &self.control } else { &self.batch };
        out.segment(wire, "BHT")
            .word("0085")
            .word("08")
            .text_or(batch, 1, 50, "0")
            .word(day)
            .word("0000")
            .word("TH")
            .end();
        out.segment(wire, "HL").number(1).blank(1).word("20").word("1").end();
        let receiver = Segment::of(&self.receiver, element);
        let set = |text: &Option<String>| text.clone().unwrap_or_default().into_bytes();
        let (own_name, own_id) = (set(&settings.source_name), set(&settings.source_id));
        let either =
            |own: Vec<u8>, theirs: &[u8]| if own.is_empty() { theirs.to_vec() } else { own };
        out.segment(wire, "NM1")
            .word(source)
            .word("2")
            .text_or(&either(own_name, receiver.element(3)), 1, 60, "UNKNOWN")
            .blank(4)
            .word("46")
            .text_or(&either(own_id, receiver.element(9)), 2, 80, "UNKNOWN")
            .end();
        out.segment(wire, "TRN").word("1").text_or(batch, 1, 50, "0").end();
        for qualifier in ["050", "009"] {
            out.segment(wire, "DTP").word(qualifier).word("D8").word(day).end();
        }
        let has_claims = if self.provider_count > 0 { "1" } else { "0" };
        out.segment(wire, "HL").number(2).number(1).word("21").word(has_claims).end();
        let submitter = Segment::of(&self.submitter, element);
        let kind = if submitter.element(2) == b"1" { "1" } else { "2" };
        let named = out.segment(wire, "NM1").word("41").word(kind);
        let named = named.text_or(submitter.element(3), 1, 60, "UNKNOWN");
        let named = named.text(submitter.element(4), 35).text(submitter.element(5), 25).blank(2);
        named.word("46").text_or(submitter.element(9), 2, 80, "UNKNOWN").end();
        out.segment(wire, "TRN").word("2").text_or(batch, 1, 50, "0").end();
        let segment = out.segment(wire, "STC").codes(&format!("A1:19:{source}")).word(day);
        segment.word("WQ").amount(self.totals.cents()).end();
        self.totals.write(wire, ["90", "AA"], out);
    }
}

/// NM103 to NM107 as received.
fn name<'o>(
    to: super::wire::SegmentWriter<'o>,
    named: Segment<'_>,
) -> super::wire::SegmentWriter<'o> {
    let mut elements = named.elements().skip(2);
    let mut next = || elements.next().unwrap_or_default();
    to.text_or(next(), 1, 60, "UNKNOWN")
        .text(next(), 35)
        .text(next(), 25)
        .text(next(), 10)
        .text(next(), 10)
}
