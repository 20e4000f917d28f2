//! Control numbers of the second file: as before, or with digits behind them.

use std::io;

/// Digits of an ISA13, and the most that a GS06 or ST02 may have.
const MAX_DIGITS: usize = 9;
/// The most digits that a suffix may have.
const MAX_SUFFIX: usize = 3;

/// Digits that are put behind the control numbers of the files in `hold/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlSuffix {
    digits: String,
}

impl ControlSuffix {
    /// One to three digits.
    pub fn parse(text: &str) -> Result<ControlSuffix, String> {
        let is_good = matches!(text.len(), 1..=MAX_SUFFIX);
        if is_good && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(ControlSuffix { digits: text.to_owned() });
        }
        Err(format!("{text:?} is not one to three digits"))
    }

    /// A control number with the digits behind it: as long as it was, as far as zeros at its start
    /// (or blanks around it) make room, and never longer than nine.
    pub fn apply(&self, number: &[u8]) -> io::Result<Vec<u8>> {
        let digits = number.trim_ascii();
        let mut changed = [digits, self.digits.as_bytes()].concat();
        while changed.len() > number.len().min(MAX_DIGITS) && changed.first() == Some(&b'0') {
            changed.remove(0);
        }
        if changed.len() <= MAX_DIGITS {
            // An ISA13 that blanks fill up keeps its nine places.
            let blanks = if digits.len() < number.len() { number.len() } else { 0 };
            let zeros = blanks.saturating_sub(changed.len());
            return Ok([vec![b'0'; zeros], changed].concat());
        }
        let what = "control_suffix: a control number has no room for the digits, it would be \
            longer than nine; take control_suffix out of the configuration";
        Err(io::Error::new(io::ErrorKind::InvalidData, what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(suffix: &str, number: &str) -> Option<String> {
        let suffix = ControlSuffix::parse(suffix).expect("digits");
        let changed = suffix.apply(number.as_bytes()).ok()?;
        Some(String::from_utf8(changed).expect("text"))
    }

    #[test]
    fn zeros_make_room() {
        assert_eq!(applied("2", "000000123").as_deref(), Some("000001232"));
        assert_eq!(applied("02", "0001").as_deref(), Some("0102"));
        assert_eq!(applied("9", "123").as_deref(), Some("1239"));
        assert_eq!(applied("9", "12345678").as_deref(), Some("123456789"));
        assert_eq!(applied("9", "123456789"), None);
        assert_eq!(applied("1", "      915").as_deref(), Some("000009151"));
        assert_eq!(applied("1", "915      ").as_deref(), Some("000009151"));
        assert_eq!(applied("123", "000").as_deref(), Some("123"));
    }

    #[test]
    fn a_suffix_is_of_digits() {
        for wrong in ["", "H", "1234", "1a"] {
            assert!(ControlSuffix::parse(wrong).is_err(), "{wrong}");
        }
    }
}
