//! What stands in a workbook: its parts are deflated files in a zip archive.

use std::io::Read as _;

use flate2::read::DeflateDecoder;

const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";

/// The text of all parts, one behind the other, as XML.
pub fn text(bytes: &[u8]) -> String {
    let number = |at: usize, length: usize| {
        let digits = bytes[at..at + length].iter().rev();
        digits.fold(0_usize, |number, byte| number << 8 | usize::from(*byte))
    };
    let starts = bytes.windows(4).enumerate().filter(|(_, four)| *four == DIRECTORY_ENTRY);
    let mut all = String::new();
    for (entry, _) in starts {
        let (method, packed, local) = (number(entry + 10, 2), number(entry + 20, 4), entry + 42);
        let header = number(local, 4);
        let begin = header + 30 + number(header + 26, 2) + number(header + 28, 2);
        let content = &bytes[begin..begin + packed];
        match method {
            0 => all.push_str(&String::from_utf8_lossy(content)),
            _ => {
                DeflateDecoder::new(content).read_to_string(&mut all).expect("a part of text");
            }
        }
    }
    assert!(all.contains("<worksheet"), "no sheet in the workbook");
    all
}
