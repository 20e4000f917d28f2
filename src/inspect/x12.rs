//! X12: the envelope as a tree, and the counts of the 837P sets.

use super::{Delimiting, Group, Inspection, Interchange, Set, Wishes};
use crate::model::Position;
use crate::normalize::edi837p::{BlockPlace, Follower, follower::Met, read_block};
use crate::normalize::{Sink, Wanted};
use crate::source::blocks::Blocks;
use crate::x12::Delimiters;
use crate::x12::cutter::X12Cutter;
use crate::x12::envelope::{At, ControlSegment, shown};
use std::io::{self, Read};

/// Interchanges, groups and sets that are kept.
const MOST_NODES: u64 = 200;
/// Different delimiters that are kept.
const MOST_DELIMITERS: usize = 8;
/// Different versions that are kept.
const MOST_VERSIONS: usize = 50;

/// Looks at the X12 of `stream`.
pub fn look(stream: impl Read, wishes: &Wishes<'_>, seen: &mut Inspection) -> io::Result<()> {
    seen.kind = "x12";
    let mut blocks = Blocks::new(stream, X12Cutter::default(), wishes.block_bytes);
    let mut follower = Follower::default();
    let mut tree = Tree::default();
    let mut buffer = Vec::new();
    let wanted = Wanted { policy: wishes.policy, today: wishes.today, is_history: false, block: 0 };
    while let Some(block) = blocks.next(buffer)? {
        if let Ok(delimiters) = block.head.delimiters {
            note_delimiters(delimiters, &mut seen.delimiters);
        }
        let output = read_block(&block.bytes, &block.head, &wanted);
        seen.newest_date = seen.newest_date.max(output.newest_group_date);
        let (sink, place) = follower.next_seen(output, &mut |met| match met {
            Met::Control { segment, at, is_read } => tree.control(segment, at, is_read, seen),
            Met::Section(section) => tree.section(section, seen),
        });
        seen.add(&sink.tally);
        seen.dates_of(&sink);
        faults(sink, place, &mut follower, wishes, seen);
        buffer = block.bytes;
    }
    seen.segments = Some(follower.end().number);
    faults(Sink::default(), BlockPlace::default(), &mut follower, wishes, seen);
    (seen.interchanges, seen.groups, seen.transaction_sets) = follower.totals();
    seen.looks_like = in_words(seen);
    seen.not_read = match (seen.transaction_sets_read, seen.transaction_sets) {
        (0, 0) => Some("there is no transaction set in it that can be read".to_owned()),
        (0, all) if all == remittances(seen) => {
            Some("a remittance holds no claims: a run over claims skips it whole".to_owned())
        }
        (0, _) => Some(
            "its transaction sets are no 837P (005010X222, X298): a run skips them whole"
                .to_owned(),
        ),
        _ => None,
    };
    if remittances(seen) > 0 {
        let hint = "`peerclaims remit FILE --ledger LEDGER` takes what the payer says of claims \
             (835) into the ledger";
        seen.hints.push(hint.to_owned());
    }
    Ok(())
}

fn faults(
    sink: Sink,
    place: BlockPlace,
    follower: &mut Follower,
    wishes: &Wishes<'_>,
    seen: &mut Inspection,
) {
    let own = sink.faults.into_iter();
    let own = own.map(|fault| (fault.kind, place.segment(fault.at), fault.part, fault.message));
    let followed = std::mem::take(&mut follower.faults).into_iter();
    let followed = followed.map(|fault| (fault.kind, fault.position, fault.part, fault.message));
    seen.faults_of(own.chain(followed).collect(), wishes.faults);
}

fn in_words(seen: &Inspection) -> String {
    match (seen.transaction_sets_read, seen.transaction_sets) {
        (0, 0) => "X12 without a transaction set".to_owned(),
        (0, all) if all == remittances(seen) => "X12 835 remittances".to_owned(),
        (0, _) => "X12, but no 837P claims".to_owned(),
        (read, all) if read == all => "X12 837P claims".to_owned(),
        _ => "X12 837P claims, and other transaction sets".to_owned(),
    }
}

/// Transaction sets that say what a payer did.
fn remittances(seen: &Inspection) -> u64 {
    let kinds = seen.versions.iter().filter(|(version, _)| version.starts_with("835 "));
    kinds.map(|(_, count)| count).sum()
}

/// A delimiter as people read it.
pub fn delimiter_text(byte: u8) -> String {
    match byte {
        0 => String::new(),
        b'\n' => "\\n".to_owned(),
        b'\r' => "\\r".to_owned(),
        b'\t' => "\\t".to_owned(),
        b'!'..=b'~' => char::from(byte).to_string(),
        other => format!("\\x{other:02x}"),
    }
}

fn note_delimiters(found: Delimiters, list: &mut Vec<Delimiting>) {
    let found = Delimiting {
        element: delimiter_text(found.element),
        repetition: delimiter_text(found.repetition),
        component: delimiter_text(found.component),
        terminator: delimiter_text(found.terminator),
    };
    if list.len() < MOST_DELIMITERS && !list.contains(&found) {
        list.push(found);
    }
}

/// Builds the tree as the control segments come by.
#[derive(Default)]
struct Tree {
    nodes: u64,
    /// The set that is open is in the tree.
    set: Option<u64>,
    /// The group that is open is in the tree.
    has_group: bool,
}

impl Tree {
    fn control(&mut self, segment: &ControlSegment, at: At, is_read: bool, seen: &mut Inspection) {
        match segment {
            ControlSegment::Isa { control, .. } => {
                (self.has_group, self.set) = (false, None);
                if self.has_room(seen) {
                    let place = Position::Segment { number: at.number, byte: at.byte };
                    let position = place.to_string();
                    let control = plain(control);
                    seen.envelope.push(Interchange { control, position, groups: Vec::new() });
                }
            }
            ControlSegment::Gs { control, version } => {
                (self.has_group, self.set) = (false, None);
                if self.has_room(seen) {
                    let (control, version) = (plain(control), plain(version));
                    let group = Group { control, version, sets: Vec::new() };
                    last_interchange(seen).groups.push(group);
                    self.has_group = true;
                }
            }
            ControlSegment::St { kind, control, version } => {
                self.set = None;
                seen.transaction_sets_read += u64::from(is_read);
                let set = [kind, control, version].map(|text| plain(text));
                self.begin_set(set, at, is_read, seen);
            }
            ControlSegment::Se { .. } => {
                if let (Some(start), Some(set)) = (self.set.take(), last_set(seen)) {
                    set.segments = at.number - start + 1;
                }
            }
            ControlSegment::Ge { .. } | ControlSegment::Iea { .. } => self.set = None,
        }
    }

    fn begin_set(
        &mut self,
        [kind, control, version]: [String; 3],
        at: At,
        is_read: bool,
        seen: &mut Inspection,
    ) {
        let group = last_group(seen).filter(|_| self.has_group);
        let group = group.map(|group| group.version.clone()).unwrap_or_default();
        let stated = if version.is_empty() { &group } else { &version };
        let label = format!("{kind} {stated}");
        if seen.versions.len() < MOST_VERSIONS || seen.versions.contains_key(&label) {
            *seen.versions.entry(label).or_default() += 1;
        }
        if !self.has_room(seen) {
            return;
        }
        if !self.has_group {
            last_interchange(seen).groups.push(Group::default()); // sets outside of a group
            self.has_group = true;
        }
        if let Some(group) = last_group(seen) {
            group.sets.push(Set { kind, control, version, is_read, ..Set::default() });
            self.set = Some(at.number);
        }
    }

    /// What was read of the set that is open.
    fn section(&mut self, section: &Sink, seen: &mut Inspection) {
        if let Some(set) = last_set(seen).filter(|_| self.set.is_some()) {
            set.claims += section.tally.claims;
            set.service_lines += section.tally.service_lines;
            set.peer_support_lines += section.tally.peer_support_lines;
        }
    }

    fn has_room(&mut self, seen: &mut Inspection) -> bool {
        if self.nodes >= MOST_NODES {
            seen.envelope_left_off += 1;
            return false;
        }
        self.nodes += 1;
        true
    }
}

/// A control number, kind or version; damage may have put a name there.
fn plain(text: &str) -> String {
    shown(text).replace('"', "")
}

fn last_interchange(seen: &mut Inspection) -> &mut Interchange {
    if seen.envelope.is_empty() {
        seen.envelope.push(Interchange::default()); // groups outside of an interchange
    }
    let last = seen.envelope.len() - 1;
    &mut seen.envelope[last]
}

fn last_group(seen: &mut Inspection) -> Option<&mut Group> {
    seen.envelope.last_mut()?.groups.last_mut()
}

fn last_set(seen: &mut Inspection) -> Option<&mut Set> {
    last_group(seen)?.sets.last_mut()
}
