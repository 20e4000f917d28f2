//! The header of a claim CSV, split off the stream of its bytes.

use super::cutter::header_end;
use crate::model::text;
use crate::source::input::UTF8_BOM;
use std::io::{self, Read};

/// A header longer than this is none.
const MAX_HEADER_BYTES: usize = 1 << 20;
/// Bytes read at once.
const READ_BYTES: u64 = 64 * 1024;

/// The first row of a file.
pub struct Header {
    /// Its fields, as they stand there.
    pub fields: Vec<String>,
    /// The bytes that were read past it.
    pub rest: Vec<u8>,
    /// A carriage return without a line feed stands in it: the line ends of an old Mac, at which no
    /// row would end.
    pub has_lone_return: bool,
}

impl Header {
    /// What to tell whoever brings a file with such line ends.
    pub const LONE_RETURN: &str = "its lines end with a carriage return alone, as on an old Mac; \
        save it with line feeds (LF or CRLF)";

    /// Reads the first row of `stream`; blank lines before it are passed over.
    pub fn read(stream: &mut impl Read, delimiter: u8) -> io::Result<Header> {
        let mut bytes = Vec::new();
        loop {
            let before = bytes.len();
            stream.by_ref().take(READ_BYTES).read_to_end(&mut bytes)?;
            let at_end = bytes.len() == before;
            let text = bytes.strip_prefix(UTF8_BOM).unwrap_or(&bytes);
            let blank = text.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let start = bytes.len() - text.len() + blank;
            let end = match header_end(&bytes[start..], delimiter) {
                Some(end) => Some(start + end),
                None if at_end || bytes.len() > MAX_HEADER_BYTES => Some(bytes.len()),
                None => None,
            };
            if let Some(end) = end {
                let row = &bytes[start..end];
                let (fields, has_lone_return) = (split(row, delimiter), has_lone_return(row));
                bytes.drain(..end);
                return Ok(Header { fields, rest: bytes, has_lone_return });
            }
        }
    }
}

fn split(row: &[u8], delimiter: u8) -> Vec<String> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(row);
    let mut record = csv::ByteRecord::new();
    // From memory, a first record can always be read.
    let _ = reader.read_byte_record(&mut record);
    record.iter().map(|field| text::decode(field).into_owned()).collect()
}

fn has_lone_return(row: &[u8]) -> bool {
    let row = row.strip_suffix(b"\n").unwrap_or(row);
    let row = row.strip_suffix(b"\r").unwrap_or(row);
    !row.contains(&b'"') && row.contains(&b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Header {
        Header::read(&mut text.as_bytes(), b',').expect("from memory")
    }

    #[test]
    fn the_header_is_split_off() {
        let header = read("\u{feff}\r\nclaim_id,\"a\nb\"\r\nx,y\r\n");
        assert_eq!(header.fields, ["claim_id", "a\nb"]);
        assert_eq!(header.rest, b"x,y\r\n");
        assert!(!header.has_lone_return);
        assert_eq!(read("claim_id,units").fields, ["claim_id", "units"]);
    }

    #[test]
    fn lines_of_an_old_mac_are_seen() {
        assert!(read("claim_id,units\rA,1\rB,2\r").has_lone_return);
    }
}
