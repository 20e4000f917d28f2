//! Files that are no claim files as they stand, but were meant as such: another encoding, delimiter
//! or line end, zeros in the header, no header at all. Passed over with the other files of a
//! folder, their claims would be lost in silence.

use super::{ClaimColumns, Header, Sources};
use crate::model::{date, npi};
use crate::source::input::UTF8_BOM;
use crate::x12::interchange::{self, ISA_BYTES};
use std::collections::HashMap;

/// The delimiters of the contract, the default first.
pub const DELIMITERS: [u8; 4] = [b',', b'\t', b'|', b';'];

/// What a file that begins with `head` was meant as, what is wrong with it, and what to do; `None`:
/// it is a file of another kind. Shows nothing of what stands in the file.
pub fn of(head: &[u8], delimiter: u8, renamed: &HashMap<String, Sources>) -> Option<String> {
    let text = as_text(head);
    let is_x12 = begins_interchange(&text.bytes);
    let found = DELIMITERS.into_iter().filter(|other| is_header(&text.bytes, *other, renamed));
    // With its own delimiter the header is found whole, with another one by chance.
    let found = found.max_by_key(|other| text.bytes.iter().filter(|byte| *byte == other).count());
    let meant = match (is_x12, found) {
        (true, _) => "X12",
        (_, Some(_)) => "a claim CSV",
        _ => return is_headerless(&text.bytes).then(|| HEADERLESS.to_owned()),
    };
    let mut wrong = Vec::new();
    if text.is_wide {
        wrong.push("it is UTF-16: save it as UTF-8 (in a spreadsheet: \"CSV UTF-8\")".to_owned());
    } else if text.has_zeros {
        wrong.push(
            "bytes of zero stand in its first line: get the file again, or take them out"
                .to_owned(),
        );
    }
    if text.has_lone_returns && !is_x12 {
        wrong.push(Header::LONE_RETURN.to_owned());
    }
    if let Some(other) = found.filter(|other| *other != delimiter && !is_x12) {
        let shown = shown(other);
        wrong.push(format!("its header is separated by '{shown}': pass --delimiter '{shown}'"));
    }
    (!wrong.is_empty()).then(|| format!("looks like {meant}, but {}", wrong.join("; and ")))
}

const HEADERLESS: &str = "looks like a claim CSV without a header: its first row has the values of \
    a service line; put a row with the column names (claim_id,line_number,member_id,…) before it";

/// A delimiter as one types it.
pub fn shown(delimiter: u8) -> String {
    if delimiter == b'\t' { "\\t".to_owned() } else { char::from(delimiter).to_string() }
}

/// Why a file that begins with `head` is no X12 file, though segments stand in it: the first ISA is
/// lost, or something stands before it.
pub fn damaged_x12(head: &[u8]) -> Option<&'static str> {
    if begins_without_isa(head) {
        return Some("X12 segments, but their ISA is missing: get the file again, whole");
    }
    let is_interchange = |at: usize| {
        let next = head.get(at + ISA_BYTES..).unwrap_or_default().trim_ascii_start();
        interchange::delimiters(&head[at..]).is_ok()
            && [&b"GS"[..], b"TA1", b"ISB", b"IEA"].iter().any(|id| next.starts_with(id))
    };
    if memchr::memmem::find_iter(head, b"ISA").any(is_interchange) {
        return Some(
            "an X12 interchange (ISA) stands in it, but not at its beginning: take out what \
             stands before it",
        );
    }
    begins_with_damaged_isa(head)
        .then_some("X12 whose first segment (ISA) is damaged: get the file again, whole")
}

/// Whether a GS stands where one stands behind an ISA: sixteen separators before it (one may be
/// damaged), and an ST behind it.
fn begins_with_damaged_isa(head: &[u8]) -> bool {
    let first = &head[..head.len().min(2 * ISA_BYTES)];
    memchr::memmem::find_iter(first, b"GS").any(|at| {
        let separator = match &head[at + 2..] {
            [one, first, second, two, ..]
                if one == two
                    && one.is_ascii_punctuation()
                    && [first, second].iter().all(|byte| byte.is_ascii_uppercase()) =>
            {
                *one
            }
            _ => return false,
        };
        let before = head[..at].iter().filter(|byte| **byte == separator).count();
        let set = |st: usize| {
            let number = head[at + st + 2..].split(|byte| *byte == separator).nth(1);
            number.is_some_and(|kind| kind.len() == 3 && kind.iter().all(u8::is_ascii_digit))
        };
        let start = [b'S', b'T', separator];
        matches!(before, 15..=17) && memchr::memmem::find_iter(&head[at..], &start).any(set)
    })
}

fn begins_without_isa(head: &[u8]) -> bool {
    let text = head.strip_prefix(UTF8_BOM).unwrap_or(head);
    let start = &text[text.iter().take_while(|byte| **byte <= b' ').count()..];
    let [first, second, separator, rest @ ..] = start else { return false };
    if !separator.is_ascii_punctuation() {
        return false;
    }
    let has = |id: &[u8]| memchr::memmem::find(rest, &[id, &[*separator]].concat()).is_some();
    match [*first, *second] {
        [b'G', b'S'] => has(b"ST"),
        [b'S', b'T'] => has(b"BHT") || has(b"SE"),
        _ => false,
    }
}

/// The beginning of a file without what makes it unreadable.
struct AsText {
    bytes: Vec<u8>,
    is_wide: bool,
    has_zeros: bool,
    has_lone_returns: bool,
}

fn as_text(head: &[u8]) -> AsText {
    let has_mark = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    let bytes = if has_mark { &head[2..] } else { head };
    let bytes = bytes.strip_prefix(UTF8_BOM).unwrap_or(bytes);
    let zeros = bytes.iter().filter(|byte| **byte == 0).count();
    let mut bytes: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
    let first_line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let first_line = first_line.strip_suffix(b"\r").unwrap_or(first_line);
    let has_lone_returns = first_line.contains(&b'\r');
    if has_lone_returns {
        bytes.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
    }
    let is_wide = has_mark || zeros > head.len() / 4;
    AsText { bytes, is_wide, has_zeros: zeros > 0, has_lone_returns }
}

fn begins_interchange(text: &[u8]) -> bool {
    let start = text.trim_ascii_start();
    start.starts_with(b"ISA") && start.get(3).is_some_and(u8::is_ascii_punctuation)
}

/// Whether the first line is a header of claims, right or not.
fn is_header(text: &[u8], delimiter: u8, renamed: &HashMap<String, Sources>) -> bool {
    // From memory: it is always read.
    let Ok(header) = Header::read(&mut &text[..], delimiter) else { return false };
    match ClaimColumns::find(&header.fields, delimiter, renamed) {
        Ok(_) => true,
        Err(error) => !error.is_other_kind,
    }
}

/// Whether the first row holds an NPI, a date and the code of a procedure, each alone in its field.
fn is_headerless(text: &[u8]) -> bool {
    DELIMITERS.into_iter().any(|delimiter| {
        let Ok(header) = Header::read(&mut &text[..], delimiter) else { return false };
        let has =
            |is: fn(&[u8]) -> bool| header.fields.iter().any(|field| is(field.trim().as_bytes()));
        header.fields.len() >= 7
            && has(npi::is_valid)
            && has(|field| date::parse(field).is_some())
            && has(is_procedure)
    })
}

/// `H0038`: a letter and four digits.
fn is_procedure(field: &[u8]) -> bool {
    let [letter, digits @ ..] = field else { return false };
    letter.is_ascii_alphabetic() && digits.len() == 4 && digits.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str =
        "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n";
    const ROW: &str = "A1,1,M1,1234567893,H0038,4,2025-09-01\n";

    fn said(head: &[u8]) -> String {
        of(head, b',', &HashMap::new()).unwrap_or_default()
    }

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn what_was_meant_as_claims_is_told() {
        let text = format!("{HEADER}{ROW}");
        assert!(said(&wide(&text)).contains("UTF-16"));
        assert!(said(&wide(&text.replace(',', "\t"))).contains("'\\t'"));
        assert!(said(&[b"\xff\xfe".to_vec(), wide(&text)].concat()).contains("UTF-16"));
        assert!(said(&wide("ISA*00*")).starts_with("looks like X12, but it is UTF-16"));
        assert!(said(text.replace('\n', "\r").as_bytes()).contains("old Mac"));
        assert!(said(text.replace(',', ";").as_bytes()).contains("--delimiter ';'"));
        assert!(said(text.replace("units", "units\0").as_bytes()).contains("zero"));
        assert!(said(ROW.as_bytes()).contains("without a header"));
        assert!(said(ROW.replace(',', "|").as_bytes()).contains("without a header"));
        assert!(!said(ROW.as_bytes()).contains("M1"));
    }

    #[test]
    fn files_of_another_kind_are_none() {
        for text in [
            "",
            "The quick brown fox\n",
            "{\"claim_id\": 1, \"units\": 2}\n",
            "practitioner_npi;billing_npi;start_date\n1234567893;1234567893;2020-01-01\n",
            "plan_id;member_id;start_date;end_date;services\n",
            "rule;severity;outcome;claim_id;line_number;member_id;billing_npi\n",
            "procedure,modifier,from,through,rate,note,x\nH0038,,2025-01-01,,15.31,,\n",
            "GS*HC*A*B~ST*837*1~",
        ] {
            assert_eq!(said(text.as_bytes()), "", "{text}");
            assert_eq!(said(&wide(text)), "", "{text}");
        }
    }

    #[test]
    fn x12_whose_beginning_is_damaged_is_known() {
        let is = |text: &str| damaged_x12(text.as_bytes()).is_some();
        assert!(is("\u{feff}\nGS*HC*A*B~ST*837*1~"));
        assert!(is("ST|837|1|005010X222A1~BHT|0019"));
        assert!(!is("GS, ST and SE are segments\n"));
        assert!(!is("STATE,NAME\n") && !is("ST"));
        let isa = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *250915*\
            0300*^*00501*000000001*0*P*:~";
        assert!(is(&format!("250 ready\n{isa}\r\nGS*HC*A")));
        assert!(!is(&format!("An ISA looks like this: {isa} (106 bytes)")));
        assert!(!is("ISA*00*GS*"));
        let rest = "GS*HC*S*R*20250915*0300*1*X*005010X222A1~ST*837*0001*005010X222A1~";
        for id in ["IXA", "ISB", "isa", "\u{1}SA", "?SA", "ISA "] {
            let damaged = isa.replacen("ISA", id, 1);
            assert!(is(&format!("{damaged}\n{rest}")), "{id}");
            assert!(!is(&format!("{damaged}\nThe GS*HC* segment\n")), "{id}");
        }
    }
}
