//! Quantities: how many units of 15 minutes a service line bills.

/// What the quantity of a service line counts (SV103).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnitBasis {
    /// `UN`, or nothing stated: units of 15 minutes.
    Units,
    /// `MJ`: minutes.
    Minutes,
    /// Any other word.
    Other,
}

impl UnitBasis {
    /// Reads SV103 or the `unit_basis` column, without case.
    pub fn parse(text: &[u8]) -> UnitBasis {
        if text.is_empty() || text.eq_ignore_ascii_case(b"UN") {
            UnitBasis::Units
        } else if text.eq_ignore_ascii_case(b"MJ") {
            UnitBasis::Minutes
        } else {
            UnitBasis::Other
        }
    }
}

/// The most units that a line may state.
pub const MAX_UNITS: u32 = 99_999;

/// Minutes of one unit.
pub const UNIT_MINUTES: u64 = 15;

/// A quantity as it was read: its whole number, where it is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// A whole number (`4`, `4.0`, `04`); numbers too large for the type stand at its end.
    Whole(u64),
    /// A number with a fraction (`1.5`, `.5`).
    Fraction,
    /// Negative (`-1`).
    Negative,
    /// Not a number (`abc`, `+4`).
    NotANumber,
    /// Nothing there.
    Missing,
}

impl Quantity {
    /// Reads a quantity: digits with an optional fraction; a sign other than `-` is no number.
    pub fn parse(text: &[u8]) -> Quantity {
        if let [digit @ b'0'..=b'9'] = text {
            return Quantity::Whole(u64::from(digit - b'0')); // nearly every line
        }
        let (negative, digits) = match text {
            [] => return Quantity::Missing,
            [b'-', rest @ ..] => (true, rest),
            _ => (false, text),
        };
        let (whole, places) = match digits.iter().position(|byte| *byte == b'.') {
            Some(dot) => (&digits[..dot], &digits[dot + 1..]),
            None => (digits, &digits[digits.len()..]),
        };
        let numeric = whole.iter().chain(places).all(u8::is_ascii_digit);
        if !numeric || (whole.is_empty() && places.is_empty()) {
            return Quantity::NotANumber;
        }
        if negative {
            return Quantity::Negative;
        }
        if places.iter().any(|digit| *digit != b'0') {
            return Quantity::Fraction;
        }
        Quantity::Whole(whole.iter().fold(0_u64, |value, digit| {
            value.saturating_mul(10).saturating_add(u64::from(digit - b'0'))
        }))
    }

    /// The units that this quantity bills on that basis: `1..=99_999`, else `None` (rule C001).
    pub fn units(self, basis: UnitBasis) -> Option<u32> {
        let Quantity::Whole(count) = self else { return None };
        let units = match basis {
            UnitBasis::Units => count,
            UnitBasis::Minutes => count / UNIT_MINUTES,
            UnitBasis::Other => return None,
        };
        u32::try_from(units).ok().filter(|units| (1..=MAX_UNITS).contains(units))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_in_many_coats() {
        for text in ["4", "4.0", "04", "4.", "0004.000"] {
            assert_eq!(Quantity::parse(text.as_bytes()), Quantity::Whole(4), "{text}");
        }
        assert_eq!(Quantity::parse(b".5"), Quantity::Fraction);
        assert_eq!(Quantity::parse(b".0"), Quantity::Whole(0));
        assert_eq!(Quantity::parse(b"-1"), Quantity::Negative);
        assert_eq!(Quantity::parse(b""), Quantity::Missing);
        for bad in ["+4", ".", "4x", "1e2", "4,0"] {
            assert_eq!(Quantity::parse(bad.as_bytes()), Quantity::NotANumber, "{bad}");
        }
    }

    #[test]
    fn minutes_become_whole_units() {
        assert_eq!(Quantity::Whole(14).units(UnitBasis::Minutes), None);
        assert_eq!(Quantity::Whole(29).units(UnitBasis::Minutes), Some(1));
        assert_eq!(Quantity::Whole(0).units(UnitBasis::Units), None);
        assert_eq!(Quantity::Whole(99_999).units(UnitBasis::Units), Some(99_999));
        assert_eq!(Quantity::Whole(100_000).units(UnitBasis::Units), None);
        assert_eq!(Quantity::Whole(4).units(UnitBasis::Other), None);
    }
}
