//! Text as it came: bytes, decoded only when they are written.

use std::borrow::Cow;

/// The text for output: UTF-8 where it is, else each byte as the Latin-1 character it stands for.
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect()),
    }
}

/// `text` without ASCII white space at its ends.
#[inline]
pub fn trim(text: &[u8]) -> &[u8] {
    match text {
        // The common case costs two comparisons.
        [first, .., last] if *first > b' ' && *last > b' ' => text,
        _ => text.trim_ascii(),
    }
}

/// The parts of a `:`-joined list, trimmed, empty ones left out.
pub fn list(joined: &[u8]) -> impl Iterator<Item = &[u8]> {
    joined.split(|byte| *byte == b':').map(trim).filter(|part| !part.is_empty())
}

/// Whether a `:`-joined list holds `code`, without case.
pub fn holds(joined: &[u8], code: &str) -> bool {
    list(joined).any(|other| other.eq_ignore_ascii_case(code.as_bytes()))
}

/// Whether two `:`-joined lists hold the same set of codes, without case.
pub fn same_set(left: &[u8], right: &[u8]) -> bool {
    if left == right {
        return true;
    }
    let covers = |outer: &[u8], inner: &[u8]| {
        list(inner).all(|code| list(outer).any(|other| other.eq_ignore_ascii_case(code)))
    };
    covers(left, right) && covers(right, left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_compare_as_sets() {
        assert!(same_set(b"HE:HQ", b"hq:he"));
        assert!(same_set(b"", b":"));
        assert!(same_set(b"HE:HE", b"HE"));
        assert!(!same_set(b"HE", b"HE:HQ"));
    }

    #[test]
    fn bytes_that_are_not_utf8_are_latin1() {
        assert_eq!(decode(b"Jos\xe9"), "José");
        assert_eq!(decode("José".as_bytes()), "José");
    }
}
