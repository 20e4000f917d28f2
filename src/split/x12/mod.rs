//! An X12 file split by claim.
//!
//! `outline.rs` says where envelopes, levels and claims begin in a block; `walk.rs` goes over them
//! in order and knows what is open; `part.rs` writes one of the two files.

mod outline;
mod part;
mod rewrite;
mod twin;
mod walk;

use super::control::ControlSuffix;
use super::output::{Folder, Output};
use super::place::{Place, Places};
use super::tally::Tally;
use crate::source::in_order::InOrder;
use crate::x12::cutter::X12Cutter;
use outline::outline;
use part::Part;
use std::collections::HashSet;
use std::io::{self, Read};
use std::ops::Range;
pub use twin::id_hash;
use walk::{Claim, End, Headers, Visit, Walk};

/// What is known of a file before it is read again.
pub struct Known<'k> {
    /// Bytes at which something could not be read, ascending.
    pub faults: &'k [u64],
    /// Bytes at which lines of claims begin that are not released, ascending, and where those go.
    pub elsewhere: &'k [(u64, Place)],
    /// Where claims go by their keys.
    pub places: &'k Places,
    /// Hashes of the numbers of claims that are not released.
    pub ids: &'k Ids,
}

/// Hashes of claim ids ([`id_hash`]).
pub type Ids = HashSet<u64, foldhash::fast::RandomState>;

/// What reading came to: claims by where they went, and segments.
pub struct Done {
    /// The claims.
    pub tally: Tally,
    /// Segments read.
    pub records: u64,
    /// Every claim went somewhere, and every line that goes elsewhere was met in one.
    pub is_sound: bool,
}

/// Writes the two parts of `stream`; gives back their names where there is something in them.
pub fn split<F: Folder>(
    reading: InOrder,
    stream: impl Read + Send,
    known: &Known<'_>,
    [release, hold]: [Output<'_, F>; 2],
    suffix: Option<&ControlSuffix>,
) -> io::Result<(Done, [Option<String>; 2])> {
    let writer = Writer {
        release: Part::new(release, None),
        hold: Part::new(hold, suffix),
        elsewhere: known.elsewhere,
        known,
        is_begun: false,
        tally: Tally::default(),
    };
    let (writer, claims, records) = walk(reading, stream, known.faults, writer)?;
    let Writer { release, hold, elsewhere, tally, .. } = writer;
    let is_sound = elsewhere.is_empty() && tally.claims() == claims;
    let parts = [release.finish()?, hold.finish()?];
    Ok((Done { tally, records, is_sound }, parts))
}

/// Where the claims stand that damage may have hit.
pub fn broken(
    reading: InOrder,
    stream: impl Read + Send,
    faults: &[u64],
) -> io::Result<Vec<Range<u64>>> {
    Ok(walk(reading, stream, faults, Broken(Vec::new()))?.0.0)
}

fn walk<V: Visit + Send>(
    reading: InOrder,
    stream: impl Read + Send,
    faults: &[u64],
    visit: V,
) -> io::Result<(V, u64, u64)> {
    let mut walk = Walk::new(visit, faults);
    reading.each_block(
        stream,
        X12Cutter::default(),
        |block, begin| outline(block, begin, faults),
        |bytes, outline| walk.block(bytes, &outline),
    )?;
    walk.finish()
}

/// Notes broken claims.
struct Broken(Vec<Range<u64>>);

impl Visit for Broken {
    fn claim(&mut self, _: &Headers, claim: &Claim<'_>) -> io::Result<()> {
        if claim.is_broken {
            self.0.push(claim.at.clone());
        }
        Ok(())
    }

    fn unread(&mut self, _: &Headers, _: &[u8], _: u64) -> io::Result<()> {
        Ok(())
    }

    fn between(&mut self, _: &Headers, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn end(&mut self, _: &Headers, _: End, _: Option<&[u8]>) -> io::Result<()> {
        Ok(())
    }
}

/// Writes both parts.
struct Writer<'f, F: Folder> {
    release: Part<'f, F>,
    hold: Part<'f, F>,
    elsewhere: &'f [(u64, Place)],
    known: &'f Known<'f>,
    /// Past what stands before the first interchange.
    is_begun: bool,
    tally: Tally,
}

impl<F: Folder> Writer<'_, F> {
    /// Where a claim goes by its lines, or, without any, by its key. Claims come in the order of
    /// the file.
    fn place(&mut self, open: &Headers, claim: &Claim<'_>) -> Place {
        let mut lines = self.elsewhere.iter().take_while(|(byte, _)| *byte < claim.at.end);
        let place = lines.next().map(|(_, place)| *place);
        let passed = usize::from(place.is_some()) + lines.count();
        self.elsewhere = &self.elsewhere[passed..];
        if let (None, Some(header)) = (place, &open.interchange)
            && !self.known.ids.is_empty()
            && self.known.ids.contains(&twin::id_of(claim, header.delimiters))
        {
            return self.known.places.get(twin::key(open, claim, header.delimiters));
        }
        place.unwrap_or(Place::Release)
    }
}

impl<F: Folder> Visit for Writer<'_, F> {
    fn claim(&mut self, open: &Headers, claim: &Claim<'_>) -> io::Result<()> {
        self.is_begun = true;
        let own = self.place(open, claim);
        let place = if claim.is_broken { Place::Hold } else { own };
        self.tally.add(place);
        match place {
            Place::Release => self.release.put(open, claim.bytes, claim.segments),
            Place::Hold => self.hold.put(open, claim.bytes, claim.segments),
            Place::Neither => Ok(()),
        }
    }

    fn unread(&mut self, open: &Headers, bytes: &[u8], segments: u64) -> io::Result<()> {
        self.is_begun = true;
        self.hold.put(open, bytes, segments)
    }

    fn between(&mut self, open: &Headers, bytes: &[u8]) -> io::Result<()> {
        if !self.is_begun {
            self.release.prefix(bytes);
            self.hold.prefix(bytes);
            return Ok(());
        }
        self.release.between(open, bytes)?;
        self.hold.between(open, bytes)
    }

    fn end(&mut self, open: &Headers, end: End, trailer: Option<&[u8]>) -> io::Result<()> {
        self.is_begun = true;
        let is_stray = open.set.as_ref().is_some_and(|set| set.header.is_none());
        if let (End::Set, true, Some(trailer)) = (end, is_stray, trailer) {
            return self.hold.put(open, trailer, 1);
        }
        self.release.end(open, end, trailer)?;
        self.hold.end(open, end, trailer)
    }
}
