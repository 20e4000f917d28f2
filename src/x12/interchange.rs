//! The interchange header: `ISA` and sixteen elements of fixed width, 106 bytes with its terminator.
//!
//! ```text
//! ISA*00*..........*00*..........*ZZ*SUBMITTER......*ZZ*RECEIVER.......*250915*0300*^*00501*000000001*0*P*:~
//!    ^ byte 3: element separator                        byte 82: repetition ^       byte 104: component ^ ^ 105
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

/// Why an ISA cannot be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IsaError {
    /// It is not `ISA` and sixteen elements of the fixed widths.
    Shape,
    /// Two delimiters are the same, or one of them is a letter, a digit, a blank, or no ASCII.
    Delimiters,
}

impl IsaError {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            IsaError::Shape => "the ISA segment is not of 106 bytes with sixteen elements",
            IsaError::Delimiters => {
                "the ISA segment declares delimiters that cannot be told from text or each other"
            }
        }
    }
}

/// Reads the delimiters of the ISA that `input` begins with.
pub fn delimiters(input: &[u8]) -> Result<Delimiters, IsaError> {
    let (_, found) = isa(input).map_err(|_| IsaError::Shape)?;
    if found.are_usable() { Ok(found) } else { Err(IsaError::Delimiters) }
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
    fn other_shapes_are_not_trusted() {
        assert_eq!(delimiters(&ISA[..105]), Err(IsaError::Shape));
        let mut shifted = ISA.to_vec();
        shifted.insert(10, b' ');
        assert_eq!(delimiters(&shifted), Err(IsaError::Shape));
        let mut same = *ISA;
        same[104] = b'*';
        assert_eq!(delimiters(&same), Err(IsaError::Delimiters));
        let mut multi_byte = *ISA;
        multi_byte[105] = 0xe2;
        assert_eq!(delimiters(&multi_byte), Err(IsaError::Delimiters));
    }
}
