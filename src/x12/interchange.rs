//! The interchange header: `ISA` and sixteen elements of fixed width, 106 bytes with its
//! terminator.
//!
//! ```text
//! ISA*00*..........*00*..........*ZZ*SENDER.........*ZZ*RECEIVER.......*250915*0300*^*00501*…*P*:~
//!    ^ byte 3: element separator               byte 82: repetition separator ^                 ^^
//!                                        byte 104: component separator, byte 105: terminator _|
//! ```

use nom::bytes::complete::{tag, take};
use nom::number::complete::u8 as byte;
use nom::{IResult, Parser};

/// Bytes of an ISA segment with its terminator.
pub const ISA_BYTES: usize = 106;
/// Widths of ISA01–ISA16.
const WIDTHS: [usize; 16] = [2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1];

/// The delimiters that an interchange declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delimiters {
    /// Between elements (byte 3).
    pub element: u8,
    /// Between repetitions (byte 82); `U` in old files: none.
    pub repetition: u8,
    /// Between components (byte 104).
    pub component: u8,
    /// After a segment (byte 105).
    pub terminator: u8,
}

impl Delimiters {
    /// Those of nearly every sender.
    pub const USUAL: Delimiters =
        Delimiters { element: b'*', repetition: b'^', component: b':', terminator: b'~' };
}

/// Bytes from the start of an ISA that are looked at to tell its delimiters: the header, and enough
/// of what follows it to see that they hold there.
pub const WINDOW_BYTES: usize = 2048;

/// Why an ISA cannot be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IsaError {
    /// There was none yet.
    Missing,
    /// It is not `ISA` and sixteen elements of the fixed widths.
    Shape,
    /// Two delimiters are the same, or one of them is a letter, a digit, a blank, or no ASCII.
    Delimiters,
}

impl IsaError {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            IsaError::Missing => "there is no ISA segment before this",
            IsaError::Shape => "the ISA segment is not of 106 bytes with sixteen elements",
            IsaError::Delimiters => {
                "the ISA segment declares delimiters that cannot be told from text or each other \
                 (a character of several bytes is none)"
            }
        }
    }
}

/// Reads the delimiters of the ISA that `input` begins with, by their fixed places.
pub fn delimiters(input: &[u8]) -> Result<Delimiters, IsaError> {
    let (_, found) = isa(input).map_err(|_| IsaError::Shape)?;
    if found.are_usable() { Ok(found) } else { Err(IsaError::Delimiters) }
}

/// Reads the delimiters of the ISA that `window` begins with, whatever was done to it: by their
/// fixed places; else by the same places without the line breaks of a file wrapped at some column;
/// else, where the header is damaged, from the segments that follow it.
///
/// `before` are the delimiters of the interchange before, for the component separator.
pub fn read(window: &[u8], before: Option<Delimiters>) -> Result<Delimiters, IsaError> {
    let window = &window[..window.len().min(WINDOW_BYTES)];
    let stated = delimiters(window).or_else(|error| {
        let unwrapped = without_line_breaks(window);
        if unwrapped.len() < window.len() { delimiters(&unwrapped) } else { Err(error) }
    });
    let shown = recovered(window, before);
    match (stated, shown) {
        (Ok(stated), Some(shown)) if shown.is_better_than(&stated, window) => Ok(shown),
        // A header that nothing contradicts, and nothing confirms, is believed.
        (Ok(stated), _) => Ok(stated),
        (Err(error), shown) => shown.ok_or(error),
    }
}

fn isa(input: &[u8]) -> IResult<&[u8], Delimiters> {
    let (mut rest, (_, element)) = (tag("ISA"), byte).parse(input)?;
    let mut repetition = 0;
    let mut component = 0;
    for (index, width) in WIDTHS.into_iter().enumerate() {
        let (after, text) = take(width).parse(rest)?;
        rest = after;
        match index + 1 {
            11 => repetition = text[0],
            16 => {
                component = text[0];
                break;
            }
            _ => {}
        }
        (rest, _) = tag(&[element][..]).parse(rest)?;
    }
    let (rest, terminator) = byte(rest)?;
    Ok((rest, Delimiters { element, repetition, component, terminator }))
}

fn without_line_breaks(window: &[u8]) -> Vec<u8> {
    window.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect()
}

/// The delimiters as the segments behind a damaged header show them: the separator behind `GS` or
/// `ST`, and what stands before `ST`. `None` where they do not.
fn recovered(window: &[u8], before: Option<Delimiters>) -> Option<Delimiters> {
    let (set, behind_set) = first_segment(window, b"ST", u8::is_ascii_digit)?;
    let behind_group = first_segment(window, b"GS", u8::is_ascii_uppercase);
    let text_end = window[..set].iter().rposition(|byte| *byte > b' ')?;
    let terminator = match window[text_end] {
        punctuation if is_separator(punctuation) => punctuation,
        // The end of a character of several bytes: no terminator that can be read.
        byte if !byte.is_ascii() => return None,
        // Nothing but a line break between the two: that is the terminator.
        _ => *window[text_end + 1..set].iter().rfind(|byte| matches!(byte, b'\r' | b'\n'))?,
    };
    let stated = [window.get(ISA_BYTES - 2).copied(), before.map(|found| found.component)];
    let stated = stated.into_iter().flatten().chain([b':', b'>']);
    let elements = [Some(behind_set), behind_group.map(|(_, element)| element)];
    let found = elements.into_iter().flatten().filter_map(|element| {
        let is_free = |byte: &u8| is_separator(*byte) && *byte != element && *byte != terminator;
        let component = stated.clone().find(is_free)?;
        Some(Delimiters { element, repetition: 0, component, terminator })
    });
    let found = found.filter(Delimiters::are_usable);
    found.reduce(|first, other| if other.is_better_than(&first, window) { other } else { first })
}

/// Where a segment of that id begins whose first element has two such bytes at its start, and its
/// element separator.
fn first_segment(window: &[u8], id: &[u8], is_kind: fn(&u8) -> bool) -> Option<(usize, u8)> {
    memchr::memmem::find_iter(window, id).find_map(|at| {
        let separator = *window.get(at + 2)?;
        let kind = window.get(at + 3..at + 5)?;
        (is_separator(separator) && kind.iter().all(is_kind)).then_some((at, separator))
    })
}

/// Whether a byte may be a delimiter of elements or components.
pub fn is_separator(byte: u8) -> bool {
    byte.is_ascii_punctuation() || (byte.is_ascii_control() && !matches!(byte, 0 | b'\r' | b'\n'))
}

impl Delimiters {
    fn are_usable(&self) -> bool {
        let separators = [self.element, self.component, self.terminator];
        let is_separator =
            |byte: u8| byte.is_ascii() && byte != b' ' && !byte.is_ascii_alphanumeric();
        separators.into_iter().all(is_separator)
            && self.element != self.component
            && self.element != self.terminator
            && self.component != self.terminator
            && self.element != b'\r'
            && self.element != b'\n'
    }

    /// Whether these delimiters part more segments of the window than others.
    fn is_better_than(&self, other: &Delimiters, window: &[u8]) -> bool {
        let (own, others) = (self.segments_in(window), other.segments_in(window));
        let is_line_break = |byte| matches!(byte, b'\r' | b'\n');
        // A line break behind each terminator parts as many as the terminator does, and two more
        // where one of those was lost.
        match (is_line_break(self.terminator), is_line_break(other.terminator)) {
            (false, true) => own + 2 >= others,
            (true, false) => own > others + 2,
            _ => own > others,
        }
    }

    /// Terminators of the window behind which a segment id and an element separator stand.
    fn segments_in(&self, window: &[u8]) -> usize {
        let begins_segment = |end: &usize| {
            let rest = &window[end + 1..];
            let next = rest.trim_ascii_start();
            // Of several before one segment (blank lines), the last ends the segment before.
            if rest[..rest.len() - next.len()].contains(&self.terminator) {
                return false;
            }
            let id = next.iter().take(4).take_while(|byte| byte.is_ascii_alphanumeric()).count();
            matches!(id, 2 | 3) && next.get(id) == Some(&self.element)
        };
        memchr::memchr_iter(self.terminator, window).filter(begins_segment).count()
    }
}

#[cfg(test)]
pub(crate) const ISA: &[u8; ISA_BYTES] = b"ISA*00*          *00*          *ZZ*SUBMITTER      \
*ZZ*RECEIVER       *250915*0300*^*00501*000000001*0*P*:~";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_places_give_the_delimiters() {
        let found = delimiters(ISA).expect("an ISA");
        assert_eq!(
            found,
            Delimiters { element: b'*', repetition: b'^', component: b':', terminator: b'~' }
        );
    }

    #[test]
    fn blank_lines_behind_a_terminator_that_nobody_sees_are_none() {
        for terminator in [0x1c, 0x01, 0x0b, 0x1e, b'~'] {
            for filler in ["\n\n", "\r\n\r\n", "\r\r", "\n"] {
                let text = with_body(ISA).to_vec();
                let mut ended = Vec::new();
                for byte in text {
                    ended.push(if byte == b'~' { terminator } else { byte });
                    if byte == b'~' {
                        ended.extend(filler.bytes());
                    }
                }
                let found = read(&ended, None).expect("its places say it");
                assert_eq!(found.terminator, terminator, "{filler:?}");
            }
        }
    }

    #[test]
    fn other_shapes_are_not_trusted() {
        assert_eq!(delimiters(&ISA[..105]), Err(IsaError::Shape));
        let mut shifted = ISA.to_vec();
        shifted.insert(10, b' ');
        assert_eq!(delimiters(&shifted), Err(IsaError::Shape));
        let mut same = *ISA;
        same[104] = b'*';
        assert_eq!(delimiters(&same), Err(IsaError::Delimiters));
        let mut multi_byte = *ISA; // the first byte of U+2026
        multi_byte[105] = 0xe2;
        assert_eq!(delimiters(&multi_byte), Err(IsaError::Delimiters));
    }

    const BODY: &str = "GS*HC*A*B*20250915*2130*1*X*005010X222A1~ST*837*0001~BHT*0019~";

    #[test]
    fn a_damaged_group_does_not_change_the_delimiters() {
        let damaged = String::from_utf8(with_body(ISA)).expect("text").replace("GS*", "GS:");
        assert_eq!(read(damaged.as_bytes(), None), delimiters(ISA));
    }

    fn with_body(isa: &[u8]) -> Vec<u8> {
        [isa, BODY.as_bytes()].concat()
    }

    #[test]
    fn a_wrapped_header_is_read_without_its_line_breaks() {
        let mut wrapped = with_body(ISA);
        for place in [160, 80] {
            wrapped.splice(place..place, *b"\r\n");
        }
        assert_eq!(read(&wrapped, None), delimiters(ISA));
    }

    #[test]
    fn one_damaged_byte_costs_the_header_and_not_the_interchange() {
        let right = delimiters(ISA).expect("an ISA");
        for place in 3..ISA_BYTES {
            for hostile in *b"\0*:~\nX7\xff^" {
                let mut damaged = with_body(ISA);
                damaged[place] = hostile;
                let found = read(&damaged, None).expect("read");
                let told = (found.element, found.terminator);
                assert_eq!(told, (b'*', b'~'), "{hostile:?} at {place}");
                let is_component = place == ISA_BYTES - 2;
                assert!(is_component || found.component == right.component);
            }
        }
    }

    #[test]
    fn a_header_of_another_width_is_told_by_what_follows() {
        let short = b"ISA*00**00**ZZ*A*ZZ*B*250915*2130*^*00501*1*0*T*:~\r\n";
        let found = read(&with_body(short), None).expect("read");
        assert_eq!((found.element, found.component, found.terminator), (b'*', b':', b'~'));
        let nothing = b"ISA*00**00**ZZ*A*ZZ*B*250915*2130";
        assert_eq!(read(nothing, None), Err(IsaError::Shape));
    }

    #[test]
    fn a_terminator_of_several_bytes_is_not_misread() {
        let text = String::from_utf8(with_body(ISA)).expect("text");
        for terminator in ["\u{2026}", "\u{2026}\n"] {
            let text = text.replace('~', terminator);
            assert_eq!(read(text.as_bytes(), None), Err(IsaError::Delimiters));
        }
    }
}
