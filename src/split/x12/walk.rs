//! Walks over the pieces of an X12 file in order: which envelope, loops and claim each belongs to,
//! and which of them damage may have hit.
//!
//! A claim is *broken* where part of it, of a loop above it, or of a header of its envelope could
//! not be read, or where its set ends without a trailer behind it. What is said here of sets that
//! are read is what `normalize::edi837p::follower` says.

use super::outline::{Kind, Level, Outline};
use super::rewrite;
use crate::normalize::edi837p::versions::{Reads, is_supported, reads};
use crate::x12::Delimiters;
use std::io;
use std::ops::Range;

/// A header: `ISA`, `GS`, `ST` or `HL`, with everything up to what follows it.
pub struct Header {
    /// No other header of the file has it.
    pub id: u64,
    /// As they came.
    pub bytes: Vec<u8>,
    /// Segments in it.
    pub segments: u64,
    /// Part of it could not be read.
    pub is_tainted: bool,
    /// Those of its interchange.
    pub delimiters: Delimiters,
}

/// The transaction set that is open.
pub struct Set {
    /// `None`: loops without an ST before them.
    pub header: Option<Header>,
    /// It is an 837P that is read.
    pub is_read: bool,
}

/// A level that is open, and those above it.
pub struct OpenLevel {
    /// Which.
    pub level: Level,
    /// Its segments.
    pub header: Header,
}

/// Everything that is open.
#[derive(Default)]
pub struct Headers {
    /// `ISA`
    pub interchange: Option<Header>,
    /// `GS`
    pub group: Option<Header>,
    /// `ST`
    pub set: Option<Set>,
    /// `HL`, the highest first.
    pub levels: Vec<OpenLevel>,
}

/// One claim.
pub struct Claim<'b> {
    /// Its segments, as they came.
    pub bytes: &'b [u8],
    /// How many.
    pub segments: u64,
    /// Where it stands in the file.
    pub at: Range<u64>,
    /// Part of it, or of what it stands in, could not be read.
    pub is_broken: bool,
}

/// What ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// A set.
    Set,
    /// A group.
    Group,
    /// An interchange.
    Interchange,
}

/// What is done with the pieces of a file.
pub trait Visit {
    /// A claim of a set that is read.
    fn claim(&mut self, open: &Headers, claim: &Claim<'_>) -> io::Result<()>;
    /// Something that was not read, with as many segments; nothing, for headers that are to be
    /// kept though no claim needs them.
    fn unread(&mut self, open: &Headers, bytes: &[u8], segments: u64) -> io::Result<()>;
    /// Bytes that belong to no set: what stands before the first header, or behind a trailer.
    fn between(&mut self, open: &Headers, bytes: &[u8]) -> io::Result<()>;
    /// Something that is open ends, with its trailer (and what filler stands behind it), or
    /// without.
    fn end(&mut self, open: &Headers, end: End, trailer: Option<&[u8]>) -> io::Result<()>;
}

/// What came last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    /// Nothing, or something that ended.
    Nothing,
    /// A header, or what is part of it.
    Header,
    /// A claim whose end is not known yet.
    Claim,
    /// Something else of a set.
    Other,
}

/// A claim at the end of a block: what comes next says whether it is whole.
struct Pending {
    bytes: Vec<u8>,
    segments: u64,
    at: Range<u64>,
}

/// Walks over one file.
pub struct Walk<'f, V> {
    visit: V,
    /// Bytes at which something could not be read, ascending.
    faults: &'f [u64],
    next_fault: usize,
    open: Headers,
    last: Last,
    pending: Option<Pending>,
    next_id: u64,
    byte: u64,
    /// Claims of sets that are read.
    pub claims: u64,
    /// Segments.
    pub segments: u64,
}

/// A piece with its bytes.
struct Part<'b> {
    kind: Kind,
    bytes: &'b [u8],
    segments: u64,
    at: Range<u64>,
    is_tainted: bool,
    delimiters: Option<Delimiters>,
}

impl<'f, V: Visit> Walk<'f, V> {
    /// Nothing was seen yet.
    pub fn new(visit: V, faults: &'f [u64]) -> Walk<'f, V> {
        Walk {
            visit,
            faults,
            next_fault: 0,
            open: Headers::default(),
            last: Last::Nothing,
            pending: None,
            next_id: 0,
            byte: 0,
            claims: 0,
            segments: 0,
        }
    }

    /// Takes the next block.
    pub fn block(&mut self, block: &[u8], outline: &Outline) -> io::Result<()> {
        for (index, piece) in outline.pieces.iter().enumerate() {
            let next = outline.pieces.get(index + 1);
            let end = next.map_or(block.len(), |next| next.start as usize);
            let bytes = &block[piece.start as usize..end];
            let at = self.byte..self.byte + bytes.len() as u64;
            let is_tainted = self.is_tainted(&at);
            self.byte = at.end;
            self.segments += u64::from(piece.segments);
            let segments = u64::from(piece.segments);
            let delimiters = outline.delimiters;
            let part = Part { kind: piece.kind, bytes, segments, at, is_tainted, delimiters };
            self.part(&part, next.map(|next| next.kind))?;
        }
        Ok(())
    }

    /// The file ends.
    pub fn finish(mut self) -> io::Result<(V, u64, u64)> {
        self.end_interchange(None)?;
        Ok((self.visit, self.claims, self.segments))
    }

    fn is_tainted(&mut self, at: &Range<u64>) -> bool {
        let rest = &self.faults[self.next_fault..];
        let before = rest.iter().take_while(|fault| **fault < at.start).count();
        let within = rest[before..].iter().take_while(|fault| **fault < at.end).count();
        self.next_fault += before + within;
        within > 0
    }

    fn part(&mut self, part: &Part<'_>, next: Option<Kind>) -> io::Result<()> {
        match part.kind {
            Kind::GoesOn => self.goes_on(part),
            Kind::Interchange => {
                self.end_interchange(None)?;
                self.open.interchange = self.header(part);
                self.opened(part)
            }
            Kind::Group => {
                self.end_group(None)?;
                self.open.group = self.header(part);
                self.opened(part)
            }
            Kind::Set => {
                self.end_set(None)?;
                self.begin_set(part);
                match self.open.set.as_ref().is_some_and(|set| set.is_read) {
                    true => self.opened(part),
                    false => self.visit.unread(&self.open, b"", 0),
                }
            }
            Kind::Level(level) => self.level(level, part),
            Kind::Claim => self.claim(part, next),
            Kind::LostClaim => {
                self.settle(false)?;
                self.begin_stray();
                self.last = Last::Other;
                self.visit.unread(&self.open, part.bytes, part.segments)
            }
            Kind::Service if self.open.set.is_some() => self.goes_on(part),
            Kind::Service => {
                self.begin_stray();
                self.visit.unread(&self.open, part.bytes, part.segments)
            }
            Kind::SetEnd => self.end_set(Some(part)),
            Kind::GroupEnd => self.end_group(Some(part)),
            Kind::InterchangeEnd => self.end_interchange(Some(part)),
            Kind::Loose => self.loose(part),
            Kind::Unreadable => {
                self.end_interchange(None)?;
                match part.bytes.iter().all(|byte| *byte <= b' ') {
                    true => Ok(()),
                    false => self.visit.unread(&self.open, part.bytes, 0),
                }
            }
        }
    }

    fn header(&mut self, part: &Part<'_>) -> Option<Header> {
        self.next_id += 1;
        Some(Header {
            id: self.next_id,
            bytes: part.bytes.to_vec(),
            segments: part.segments,
            is_tainted: part.is_tainted,
            delimiters: part.delimiters?,
        })
    }

    /// A header was put on top: one that could not be read whole is kept, needed or not.
    fn opened(&mut self, part: &Part<'_>) -> io::Result<()> {
        self.last = Last::Header;
        if part.is_tainted { self.visit.unread(&self.open, b"", 0) } else { Ok(()) }
    }

    fn begin_set(&mut self, part: &Part<'_>) {
        let Some(delimiters) = part.delimiters else { return };
        let text = |number| rewrite::element(part.bytes, number, delimiters);
        let is_read = match reads(&text(1), &text(3)) {
            Reads::Yes => true,
            Reads::No => false,
            Reads::ByGroup => is_supported(&self.group_version()),
        };
        self.open.set = Some(Set { header: self.header(part), is_read });
        // Of a set that is not read, all is written as it comes.
        self.last = if is_read { Last::Header } else { Last::Other };
    }

    /// GS08 of the group that is open.
    fn group_version(&self) -> Vec<u8> {
        let group = self.open.group.as_ref();
        group.map_or(Vec::new(), |group| rewrite::element(&group.bytes, 8, group.delimiters))
    }

    /// Loops where no set is open: read, unless the group is of another kind.
    fn begin_stray(&mut self) {
        if self.open.set.is_none() {
            let version = self.group_version();
            let is_read = version.is_empty() || is_supported(&version);
            self.open.set = Some(Set { header: None, is_read });
            self.last = Last::Other;
        }
    }

    fn level(&mut self, level: Level, part: &Part<'_>) -> io::Result<()> {
        self.settle(false)?;
        self.begin_stray();
        let Some(Set { header: Some(_), is_read: true }) = self.open.set else {
            return self.visit.unread(&self.open, part.bytes, part.segments);
        };
        self.open.levels.retain(|open| open.level < level);
        let Some(header) = self.header(part) else { return Ok(()) };
        self.open.levels.push(OpenLevel { level, header });
        self.opened(part)
    }

    fn claim(&mut self, part: &Part<'_>, next: Option<Kind>) -> io::Result<()> {
        self.settle(false)?;
        self.begin_stray();
        if !self.open.set.as_ref().is_some_and(|set| set.is_read) {
            return self.visit.unread(&self.open, part.bytes, part.segments);
        }
        self.claims += 1;
        let is_whole = match next {
            Some(Kind::SetEnd | Kind::Claim | Kind::Level(_) | Kind::LostClaim) => true,
            Some(_) => false,
            None => {
                let bytes = part.bytes.to_vec();
                let pending = Pending { bytes, segments: part.segments, at: part.at.clone() };
                self.pending = Some(pending);
                self.last = Last::Claim;
                return Ok(());
            }
        };
        self.last = Last::Other;
        let is_broken = part.is_tainted || !is_whole || self.stands_in_damage();
        let (segments, at) = (part.segments, part.at.clone());
        self.visit.claim(&self.open, &Claim { bytes: part.bytes, segments, at, is_broken })
    }

    fn stands_in_damage(&self) -> bool {
        let set = self.open.set.as_ref().and_then(|set| set.header.as_ref());
        let envelope = [self.open.interchange.as_ref(), self.open.group.as_ref(), set];
        envelope.into_iter().any(|header| header.is_none_or(|header| header.is_tainted))
            || self.open.levels.iter().any(|open| open.header.is_tainted)
    }

    /// The claim at the end of the block before is over.
    fn settle(&mut self, is_cut: bool) -> io::Result<()> {
        let Some(Pending { bytes, segments, at }) = self.pending.take() else { return Ok(()) };
        let first = self.faults.partition_point(|fault| *fault < at.start);
        let is_tainted = self.faults.get(first).is_some_and(|fault| *fault < at.end);
        let is_broken = is_tainted || is_cut || self.stands_in_damage();
        self.last = Last::Other;
        self.visit.claim(&self.open, &Claim { bytes: &bytes, segments, at, is_broken })
    }

    fn goes_on(&mut self, part: &Part<'_>) -> io::Result<()> {
        if let Some(pending) = &mut self.pending {
            pending.bytes.extend_from_slice(part.bytes);
            pending.segments += part.segments;
            pending.at.end = part.at.end;
            return Ok(());
        }
        if self.last != Last::Header {
            let is_between = self.open.set.is_none() && !part.is_tainted;
            return match is_between {
                true => self.visit.between(&self.open, part.bytes),
                false => self.visit.unread(&self.open, part.bytes, part.segments),
            };
        }
        let Headers { interchange, group, set, levels } = &mut self.open;
        let set = set.as_mut().and_then(|set| set.header.as_mut());
        let level = levels.last_mut().map(|level| &mut level.header);
        if let Some(header) = level.or(set).or(group.as_mut()).or(interchange.as_mut()) {
            if header.is_tainted {
                return self.visit.unread(&self.open, part.bytes, part.segments);
            }
            header.bytes.extend_from_slice(part.bytes);
            header.segments += part.segments;
            header.is_tainted = part.is_tainted;
        }
        self.opened(part)
    }

    fn loose(&mut self, part: &Part<'_>) -> io::Result<()> {
        match part.is_tainted {
            true => self.visit.unread(&self.open, part.bytes, part.segments),
            false => self.visit.between(&self.open, part.bytes),
        }
    }

    /// The set ends: without a trailer, what came last may be cut short.
    fn end_set(&mut self, trailer: Option<&Part<'_>>) -> io::Result<()> {
        self.settle(trailer.is_none())?;
        if self.open.set.is_none() {
            return self.without_header(trailer);
        }
        if trailer.is_none() && self.last == Last::Header {
            self.visit.unread(&self.open, b"", 0)?;
        }
        self.visit.end(&self.open, End::Set, trailer.map(|part| part.bytes))?;
        self.open.set = None;
        self.open.levels.clear();
        self.last = Last::Nothing;
        Ok(())
    }

    fn end_group(&mut self, trailer: Option<&Part<'_>>) -> io::Result<()> {
        self.end_set(None)?;
        if self.open.group.is_none() {
            return self.without_header(trailer);
        }
        self.visit.end(&self.open, End::Group, trailer.map(|part| part.bytes))?;
        self.open.group = None;
        self.last = Last::Nothing;
        Ok(())
    }

    fn end_interchange(&mut self, trailer: Option<&Part<'_>>) -> io::Result<()> {
        self.end_group(None)?;
        if self.open.interchange.is_none() {
            return self.without_header(trailer);
        }
        self.visit.end(&self.open, End::Interchange, trailer.map(|part| part.bytes))?;
        self.open.interchange = None;
        self.last = Last::Nothing;
        Ok(())
    }

    /// A trailer of nothing.
    fn without_header(&mut self, trailer: Option<&Part<'_>>) -> io::Result<()> {
        match trailer {
            Some(part) => self.visit.unread(&self.open, part.bytes, part.segments),
            None => Ok(()),
        }
    }
}
