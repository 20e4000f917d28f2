//! Files wrapped at 80 (or any) columns: line breaks in the middle of segments, taken out before
//! reading, with the way back to the byte as it stands in the file.

use super::Delimiters;
use std::borrow::Cow;

/// Bytes compared before it is asked whether one was found.
const PIECE_BYTES: usize = 4096;

/// A block without the line breaks that stand within segments.
pub struct Unwrapped<'a> {
    /// What is to be read.
    pub bytes: Cow<'a, [u8]>,
    /// Places in the original at which a byte was taken out, ascending.
    removed: Vec<u32>,
}

impl<'a> Unwrapped<'a> {
    /// Looks for wraps in `block`, and takes them out if there are any.
    pub fn of(block: &'a [u8], delimiters: Delimiters) -> Unwrapped<'a> {
        let plain = Unwrapped { bytes: Cow::Borrowed(block), removed: Vec::new() };
        let terminator = delimiters.terminator;
        if matches!(terminator, b'\n' | b'\r') || !has_wraps(block, terminator) {
            return plain;
        }
        let mut bytes = Vec::with_capacity(block.len());
        let mut removed = Vec::new();
        for (place, byte) in block.iter().enumerate() {
            if matches!(byte, b'\n' | b'\r') {
                removed.push(place as u32);
            } else {
                bytes.push(*byte);
            }
        }
        Unwrapped { bytes: Cow::Owned(bytes), removed }
    }

    /// The byte of the original that byte `at` of [`Self::bytes`] was.
    pub fn original(&self, at: u32) -> u32 {
        // Each byte taken out before `at` shifts it by one; the list is short per block.
        let mut low = 0;
        let mut high = self.removed.len();
        while low < high {
            let middle = (low + high) / 2;
            if self.removed[middle] - middle as u32 <= at {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        at + low as u32
    }
}

/// Whether a line break stands within a segment: behind a byte that neither ends one nor is filler,
/// with nothing but filler between.
fn has_wraps(block: &[u8], terminator: u8) -> bool {
    if !may_have_wraps(block, terminator) {
        return false;
    }
    // One walk, with what stood last: to look back from each break would walk a run of them as
    // often as it is long.
    let mut last = terminator;
    block.iter().any(|byte| match byte {
        b'\n' | b'\r' => last != terminator,
        _ => {
            if *byte > b' ' || *byte == terminator {
                last = *byte;
            }
            false
        }
    })
}

/// `false`: every line break stands right behind a terminator, or another line break. Of files
/// with a segment a line this is all that needs to be asked, and many bytes are compared at once.
fn may_have_wraps(block: &[u8], terminator: u8) -> bool {
    let is_break = |byte: u8| (byte == b'\n') | (byte == b'\r');
    let is_wrap =
        |before: u8, byte: u8| is_break(byte) & (before != terminator) & !is_break(before);
    let pieces =
        block.chunks(PIECE_BYTES).zip(block.get(1..).unwrap_or_default().chunks(PIECE_BYTES));
    let has_any = |(before, bytes): (&[u8], &[u8])| {
        before.iter().zip(bytes).fold(false, |any, (before, byte)| any | is_wrap(*before, *byte))
    };
    block.first().is_some_and(|first| is_break(*first)) || pieces.into_iter().any(has_any)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DELIMITERS: Delimiters = Delimiters::USUAL;

    #[test]
    fn line_breaks_between_segments_stay() {
        let block = b"ST*837~\r\nSE*1~\n\n";
        assert!(matches!(Unwrapped::of(block, DELIMITERS).bytes, Cow::Borrowed(_)));
    }

    #[test]
    fn a_wrap_behind_a_blank_is_one_too() {
        let unwrapped = Unwrapped::of(b"NM1*IL*1*VAN \r\nDYKE~", DELIMITERS);
        assert_eq!(&*unwrapped.bytes, b"NM1*IL*1*VAN DYKE~");
    }

    #[test]
    fn wraps_are_taken_out_and_places_found_again() {
        let unwrapped = Unwrapped::of(b"CLM*A\r\n1*5~\r\nLX*1~", DELIMITERS);
        assert_eq!(&*unwrapped.bytes, b"CLM*A1*5~LX*1~");
        assert_eq!(unwrapped.original(0), 0);
        assert_eq!(unwrapped.original(5), 7, "the 1 after the wrap");
        assert_eq!(unwrapped.original(9), 13, "LX");
    }
}
