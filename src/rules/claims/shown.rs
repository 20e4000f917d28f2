//! Values as read, where a message may show them: only in the shape of what they should be, because
//! a shifted column can bring any value, a member's id too.

use crate::model::text;
use std::borrow::Cow;

/// A code of one or two letters or digits; `None` for anything else.
pub fn code(text: &[u8]) -> Option<Cow<'_, str>> {
    let is_code = matches!(text.len(), 1 | 2) && text.iter().all(u8::is_ascii_alphanumeric);
    is_code.then(|| text::decode(text))
}

/// Eight digits or `dddd-dd-dd` of this or the last century; `None` for anything else.
pub fn date(text: &[u8]) -> Option<Cow<'_, str>> {
    let shape: Vec<u8> =
        text.iter().map(|byte| if byte.is_ascii_digit() { b'0' } else { *byte }).collect();
    let has_century = text.starts_with(b"19") || text.starts_with(b"20");
    let is_date = has_century && matches!(shape.as_slice(), b"00000000" | b"0000-00-00");
    is_date.then(|| text::decode(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_the_shape_is_shown() {
        assert_eq!(code(b"F2").as_deref(), Some("F2"));
        assert_eq!(code(b""), None);
        assert_eq!(code(b"MSM000001"), None);
        assert_eq!(date(b"20250931").as_deref(), Some("20250931"));
        assert_eq!(date(b"2025-09-31").as_deref(), Some("2025-09-31"));
        for other in ["123456789", "12345678", "M0000001", "9/31/2025", "2025-09-311"] {
            assert_eq!(date(other.as_bytes()), None, "{other}");
        }
    }
}
