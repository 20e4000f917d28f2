//! Money as integer cents.

use std::fmt;

/// An amount of dollars, held in cents. Negative amounts occur in payers' extracts (reversals).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cents(pub i64);

/// More than any claim: ten digits of dollars. A longer amount is not read (X12 allows 18 digits in
/// all, but sums over 10⁹ lines must still fit 64 bits).
const MAX_DOLLARS: i64 = 9_999_999_999;

impl Cents {
    /// Reads a decimal with at most two places and an optional `-`: `55`, `55.0`, `55.04`, `.5`.
    pub fn parse(text: &[u8]) -> Option<Cents> {
        let (negative, text) = match text {
            [b'-', rest @ ..] => (true, rest),
            _ => (false, text),
        };
        let (whole, places) = match text.iter().position(|byte| *byte == b'.') {
            Some(dot) => (&text[..dot], &text[dot + 1..]),
            None => (text, &text[text.len()..]),
        };
        if whole.is_empty() && places.is_empty() {
            return None;
        }
        // Zeros past the cents change no value: `131.860` is 131.86.
        let (places, beyond) = places.split_at(places.len().min(2));
        if beyond.iter().any(|digit| *digit != b'0') {
            return None;
        }
        let mut dollars = 0_i64;
        for byte in whole {
            dollars = dollars * 10 + digit(*byte)?;
            if dollars > MAX_DOLLARS {
                return None;
            }
        }
        let cents = match places {
            [] => 0,
            [tenths] => digit(*tenths)? * 10,
            [tenths, hundredths, ..] => digit(*tenths)? * 10 + digit(*hundredths)?,
        };
        let value = dollars * 100 + cents;
        Some(Cents(if negative { -value } else { value }))
    }

    /// This amount times `part / whole`, to the cent, half up (away from zero below it).
    pub fn share(self, part: u64, whole: u64) -> Cents {
        if whole == 0 {
            return Cents(0);
        }
        let product = i128::from(self.0) * i128::from(part);
        let whole = i128::from(whole);
        let rounded = (product.abs() * 2 + whole) / (whole * 2);
        Cents((rounded * product.signum()) as i64)
    }
}

fn digit(byte: u8) -> Option<i64> {
    byte.is_ascii_digit().then(|| i64::from(byte - b'0'))
}

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let cents = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", cents / 100, cents % 100)
    }
}

impl std::ops::Add for Cents {
    type Output = Cents;
    fn add(self, other: Cents) -> Cents {
        Cents(self.0.saturating_add(other.0))
    }
}

impl std::ops::AddAssign for Cents {
    fn add_assign(&mut self, other: Cents) {
        *self = *self + other;
    }
}

impl std::iter::Sum for Cents {
    fn sum<I: Iterator<Item = Cents>>(amounts: I) -> Cents {
        amounts.fold(Cents(0), |sum, amount| sum + amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_payers_write() {
        for (text, cents) in [
            ("55", 5500),
            ("55.0", 5500),
            ("55.04", 5504),
            (".5", 50),
            ("7.", 700),
            ("-1.5", -150),
            ("131.860", 13186),
        ] {
            assert_eq!(Cents::parse(text.as_bytes()), Some(Cents(cents)), "{text}");
        }
        for bad in ["", ".", "-", "1.234", "+1", "1,000", "$5", "1e3", "99999999999"] {
            assert_eq!(Cents::parse(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn shares_round_half_up() {
        assert_eq!(Cents(1001).share(1, 2), Cents(501));
        assert_eq!(Cents(1000).share(2, 3), Cents(667));
        assert_eq!(Cents(-1001).share(1, 2), Cents(-501));
        assert_eq!(Cents(5).share(1, 0), Cents(0));
    }
}
