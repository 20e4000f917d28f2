//! One of the two files that an X12 file becomes: its envelopes and levels, written as soon as
//! something needs them, with counts and numbers of their own.

use super::rewrite::{First, element, is_number, with_elements};
use super::walk::{End, Header, Headers, OpenLevel};
use crate::split::control::ControlSuffix;
use crate::split::output::{Folder, Output};
use crate::x12::Delimiters;
use std::borrow::Cow;
use std::io;

/// Claims of a level that wait until it is known whether a level follows below it, in bytes. More
/// are written, and the level is written a second time if one follows after all.
const MAX_WAITING_BYTES: usize = 4 << 20;

/// A header that was written.
struct Open {
    /// Groups of an interchange, sets of a group, segments of a set.
    inner: u64,
    /// As it stands in this file.
    control: Vec<u8>,
}

/// A level that was written.
struct Written {
    id: u64,
    number: u64,
    /// Its HL04 says that a level follows below it.
    has_child: bool,
}

/// A level that waits, last of those written, with the claims directly below it.
struct Waiting {
    header: Vec<u8>,
    claims: Vec<u8>,
    delimiters: Delimiters,
    parent: Option<u64>,
    number: u64,
}

/// One file that is written.
pub struct Part<'f, F: Folder> {
    output: Output<'f, F>,
    suffix: Option<&'f ControlSuffix>,
    interchange: Option<Open>,
    group: Option<Open>,
    set: Option<Open>,
    levels: Vec<Written>,
    waiting: Option<Waiting>,
    last_number: u64,
}

impl<'f, F: Folder> Part<'f, F> {
    /// Nothing is written yet.
    pub fn new(output: Output<'f, F>, suffix: Option<&'f ControlSuffix>) -> Part<'f, F> {
        Part {
            output,
            suffix,
            interchange: None,
            group: None,
            set: None,
            levels: Vec::new(),
            waiting: None,
            last_number: 0,
        }
    }

    /// Writes what is open, as far as it is not written yet, and `bytes` behind it.
    pub fn put(&mut self, open: &Headers, bytes: &[u8], segments: u64) -> io::Result<()> {
        self.open(open)?;
        self.write(bytes)?;
        if let Some(set) = &mut self.set {
            set.inner += segments;
        }
        Ok(())
    }

    /// Bytes that belong to no set: they go along with the envelope around them.
    pub fn between(&mut self, open: &Headers, bytes: &[u8]) -> io::Result<()> {
        let is_around = self.interchange.is_some() || open.interchange.is_none();
        if self.output.is_begun() && is_around { self.write(bytes) } else { Ok(()) }
    }

    /// Bytes before the first interchange.
    pub fn prefix(&mut self, bytes: &[u8]) {
        self.output.prefix(bytes);
    }

    /// Something ends: where it was begun here, its trailer is written with the counts of here.
    pub fn end(&mut self, open: &Headers, end: End, trailer: Option<&[u8]>) -> io::Result<()> {
        let (header, own, id) = match end {
            End::Set => {
                self.flush_waiting(false)?;
                self.levels.clear();
                let header = open.set.as_ref().and_then(|set| set.header.as_ref());
                (header, self.set.take(), &b"SE"[..])
            }
            End::Group => (open.group.as_ref(), self.group.take(), &b"GE"[..]),
            End::Interchange => (open.interchange.as_ref(), self.interchange.take(), &b"IEA"[..]),
        };
        let (Some(header), Some(own)) = (header, own) else { return Ok(()) };
        let delimiters = header.delimiters;
        // The trailer itself is a segment of the set.
        let count = own.inner + u64::from(end == End::Set);
        match trailer {
            Some(trailer) => {
                let stated = element(trailer, 1, delimiters);
                let count = match is_number(&stated, count) {
                    true => stated,
                    false => count.to_string().into_bytes(),
                };
                let changes = [(1, &count[..]), (2, &own.control[..])];
                self.write(&with_elements(trailer, &changes, delimiters))
            }
            None => {
                let parts = [id, count.to_string().as_bytes(), &own.control].map(<[u8]>::to_vec);
                let mut written = parts.join(&delimiters.element);
                written.push(delimiters.terminator);
                written.extend_from_slice(line_end(&header.bytes, delimiters));
                self.write(&written)
            }
        }
    }

    /// The file is over.
    pub fn finish(self) -> io::Result<Option<String>> {
        self.output.finish()
    }

    fn open(&mut self, open: &Headers) -> io::Result<()> {
        if let (Some(header), None) = (&open.interchange, &self.interchange) {
            self.interchange = Some(self.envelope(header, 13)?);
        }
        if let (Some(header), None) = (&open.group, &self.group) {
            self.group = Some(self.envelope(header, 6)?);
            count(&mut self.interchange);
        }
        let set = open.set.as_ref().and_then(|set| set.header.as_ref());
        if let (Some(header), None) = (set, &self.set) {
            let set = self.envelope(header, 2)?;
            self.set = Some(Open { inner: header.segments, ..set });
            self.last_number = 0;
            count(&mut self.group);
        }
        self.descend(&open.levels)
    }

    /// Writes a header with its control number (element `at`) as it is to be here.
    fn envelope(&mut self, header: &Header, at: usize) -> io::Result<Open> {
        let delimiters = header.delimiters;
        let mut control = element(&header.bytes, at, delimiters);
        if let Some(suffix) = self.suffix {
            control = suffix.apply(&control)?;
        }
        self.write(&with_elements(&header.bytes, &[(at, &control)], delimiters))?;
        Ok(Open { inner: 0, control })
    }

    /// Writes the levels that are open and not written yet.
    fn descend(&mut self, path: &[OpenLevel]) -> io::Result<()> {
        let same = |(own, open): &(&Written, &OpenLevel)| own.id == open.header.id;
        let mut common = self.levels.iter().zip(path).take_while(same).count();
        let goes_below = path.len() > common;
        if goes_below || common < self.levels.len() {
            let is_above = common == self.levels.len();
            self.flush_waiting(is_above && goes_below)?;
        }
        self.levels.truncate(common);
        if goes_below && self.levels.last().is_some_and(|last| !last.has_child) {
            // Claims stand directly below it already: it is written again for what follows.
            self.levels.pop();
            common -= 1;
        }
        for (index, open) in path.iter().enumerate().skip(common) {
            self.level(&open.header, index + 1 < path.len())?;
        }
        Ok(())
    }

    fn level(&mut self, header: &Header, has_child: bool) -> io::Result<()> {
        self.last_number += 1;
        let (number, parent) = (self.last_number, self.levels.last().map(|above| above.number));
        if let Some(set) = &mut self.set {
            set.inner += header.segments;
        }
        let delimiters = header.delimiters;
        // Only where the input says that a level follows is there something to wait for.
        if !has_child && element(&header.bytes, 4, delimiters) == b"1" {
            let (header, claims) = (header.bytes.clone(), Vec::new());
            self.waiting = Some(Waiting { header, claims, delimiters, parent, number });
        } else {
            let written = numbered_level(&header.bytes, delimiters, number, parent, has_child);
            self.output.write(&written)?;
        }
        self.levels.push(Written { id: header.id, number, has_child });
        Ok(())
    }

    /// It is known whether a level follows below the one that waits.
    fn flush_waiting(&mut self, has_child: bool) -> io::Result<()> {
        let Some(Waiting { header, claims, delimiters, parent, number }) = self.waiting.take()
        else {
            return Ok(());
        };
        if let Some(last) = self.levels.last_mut() {
            last.has_child = has_child;
        }
        self.output.write(&numbered_level(&header, delimiters, number, parent, has_child))?;
        self.output.write(&claims)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.waiting {
            Some(waiting) => {
                waiting.claims.extend_from_slice(bytes);
                let is_much = waiting.claims.len() > MAX_WAITING_BYTES;
                if is_much { self.flush_waiting(false) } else { Ok(()) }
            }
            None => self.output.write(bytes),
        }
    }
}

fn count(open: &mut Option<Open>) {
    if let Some(open) = open {
        open.inner += 1;
    }
}

/// An HL with its number, that of the level above it, and whether one follows below it.
fn numbered_level(
    bytes: &[u8],
    delimiters: Delimiters,
    number: u64,
    parent: Option<u64>,
    has_child: bool,
) -> Cow<'_, [u8]> {
    let level = First::of(bytes, delimiters);
    if level.element(0) != b"HL" {
        return Cow::Borrowed(bytes); // its id is damaged: it is left as it came
    }
    let text = |at: usize, value: Option<u64>| match (level.element(at), value) {
        (stated, Some(value)) if !is_number(stated, value) => value.to_string().into_bytes().into(),
        (stated, _) => Cow::Borrowed(stated),
    };
    let (number, parent) = (text(1, Some(number)), text(2, parent));
    let child: &[u8] = if has_child { b"1" } else { b"0" };
    level.with(&[(1, &number), (2, &parent), (4, child)])
}

/// What stands between the first segment and the next.
fn line_end(bytes: &[u8], delimiters: Delimiters) -> &[u8] {
    let (_, rest) = super::rewrite::first_segment(bytes, delimiters);
    let rest = rest.strip_prefix(&[delimiters.terminator]).unwrap_or(rest);
    let filler = rest.iter().take_while(|byte| **byte <= b' ').count();
    &rest[..filler]
}
