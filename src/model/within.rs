//! A member's id within another text, as some agencies make their claim ids of it.

use std::borrow::Cow;

/// What stands in the place of a member's id where it is said, and no pseudonym is asked for.
pub const MASK: &str = "(member)";

/// An id this long is looked for anywhere in a text.
pub const LONG: usize = 6;
/// One this long is looked for as a word: `2025` as an id would else be found in every number.
pub const SHORT: usize = 4;

/// `text` with `pseudonym` wherever the id `id` stands in it, without case. A shorter one than four
/// characters is not looked for: it would be found in units and codes.
pub fn without<'t>(text: &'t [u8], id: &[u8], pseudonym: &[u8]) -> Cow<'t, [u8]> {
    if id.len() < SHORT || text.len() < id.len() {
        return Cow::Borrowed(text);
    }
    let (lower, upper) = (id[0].to_ascii_lowercase(), id[0].to_ascii_uppercase());
    if text.eq_ignore_ascii_case(id) {
        return Cow::Owned(pseudonym.to_vec());
    }
    let mut changed = Vec::new();
    let (mut kept, mut at) = (0, 0);
    while let Some(next) = memchr::memchr2(lower, upper, &text[at..]) {
        at += next;
        let Some(found) = text.get(at..at + id.len()) else { break };
        let is_word = || is_edge(text, at) && is_edge(text, at + id.len());
        if found.eq_ignore_ascii_case(id) && (id.len() >= LONG || is_word()) {
            changed.extend_from_slice(&text[kept..at]);
            changed.extend_from_slice(pseudonym);
            at += id.len();
            kept = at;
        } else {
            at += 1;
        }
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    changed.extend_from_slice(&text[kept..]);
    Cow::Owned(changed)
}

/// `text` without the id of its member, to be said.
pub fn masked<'t>(text: &'t str, id: &str) -> Cow<'t, str> {
    match without(text.as_bytes(), id.as_bytes(), MASK.as_bytes()) {
        Cow::Borrowed(_) => Cow::Borrowed(text),
        Cow::Owned(changed) => Cow::Owned(String::from_utf8_lossy(&changed).into_owned()),
    }
}

/// Whether no word goes on over the place before byte `at`.
pub fn is_edge(text: &[u8], at: usize) -> bool {
    let is_part = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    !(at > 0 && is_part(text.get(at - 1)) && is_part(text.get(at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, id: &str) -> String {
        String::from_utf8(without(text.as_bytes(), id.as_bytes(), b"P?").into_owned())
            .expect("UTF-8")
    }

    #[test]
    fn an_id_in_a_text_is_taken_out() {
        assert_eq!(shown("M12345678", "M12345678"), "P?");
        assert_eq!(shown("A-m12345678-M12345678/7", "M12345678"), "A-P?-P?/7");
        assert_eq!(shown("xM12345678y", "M12345678"), "xP?y");
        assert_eq!(shown("M1234567", "M12345678"), "M1234567");
        assert_eq!(shown("claim C7 line 1", "M12345678"), "claim C7 line 1");
    }

    #[test]
    fn a_short_id_is_a_word_or_nothing() {
        assert_eq!(shown("A-2025-1", "2025"), "A-P?-1");
        assert_eq!(shown("120251", "2025"), "120251");
        assert_eq!(shown("A-M1", "M1"), "A-M1");
        assert_eq!(shown("4", "4"), "4");
        assert_eq!(shown("", ""), "");
    }
}
