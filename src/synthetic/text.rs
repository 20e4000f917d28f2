//! Numbers, dates, money and invented identifiers, written straight into a buffer of bytes.
//!
//! A set is mostly digits; `format!` would take more time than all the rest together.

use super::calendar::{Day, date};

/// Writes a whole number without padding.
pub(super) fn push_number(out: &mut Vec<u8>, number: u64) {
    push_padded(out, number, 1);
}

/// Writes a whole number with leading zeros up to `width` digits (more where it needs more).
pub(super) fn push_padded(out: &mut Vec<u8>, number: u64, width: usize) {
    let mut digits = [b'0'; 20];
    let mut at = digits.len();
    let mut rest = number;
    while rest > 0 {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    let from = at.min(digits.len().saturating_sub(width));
    out.extend_from_slice(&digits[from..]);
}

/// Writes `2024-05-06`.
pub(super) fn push_date(out: &mut Vec<u8>, day: Day) {
    let (year, month, day_of_month) = date(day);
    let [a, b, c, d] = four_digits(year);
    let [e, f] = two_digits(month);
    let [g, h] = two_digits(day_of_month);
    out.extend_from_slice(&[a, b, c, d, b'-', e, f, b'-', g, h]);
}

/// Writes `20240506`, the date of the wire.
pub(super) fn push_wire_date(out: &mut Vec<u8>, day: Day) {
    let (year, month, day_of_month) = date(day);
    let [a, b, c, d] = four_digits(year);
    let [e, f] = two_digits(month);
    let [g, h] = two_digits(day_of_month);
    out.extend_from_slice(&[a, b, c, d, e, f, g, h]);
}

fn two_digits(number: i32) -> [u8; 2] {
    let number = number.unsigned_abs() % 100;
    [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8]
}

fn four_digits(number: i32) -> [u8; 4] {
    let [a, b] = two_digits(number / 100);
    let [c, d] = two_digits(number % 100);
    [a, b, c, d]
}

/// Writes cents as `12.50`.
pub(super) fn push_money(out: &mut Vec<u8>, cents: u64) {
    push_number(out, cents / 100);
    out.push(b'.');
    out.extend_from_slice(&two_digits((cents % 100) as i32));
}

/// Writes cents as the wire likes them: `12.5`, `12`; no zeros at the end.
pub(super) fn push_wire_money(out: &mut Vec<u8>, cents: u64) {
    push_number(out, cents / 100);
    let [tens, ones] = two_digits((cents % 100) as i32);
    if !cents.is_multiple_of(100) {
        out.extend_from_slice(&[b'.', tens]);
        if ones != b'0' {
            out.push(ones);
        }
    }
}

/// The check digit of an NPI: Luhn over `80840` and the nine digits.
fn check_digit(nine_digits: u64) -> u64 {
    // `80840` adds 24, whatever follows it.
    let mut sum = 24;
    let mut rest = nine_digits;
    let mut doubled = true;
    while rest > 0 {
        let digit = rest % 10;
        sum += match (doubled, digit) {
            (true, 5..) => digit * 2 - 9,
            (true, _) => digit * 2,
            (false, _) => digit,
        };
        doubled = !doubled;
        rest /= 10;
    }
    (10 - sum % 10) % 10
}

fn npi(nine_digits: u64) -> u64 {
    nine_digits * 10 + check_digit(nine_digits)
}

/// NPIs that begin with 2 have a right check digit, and none has ever been given to anyone.
const NPI_RANGE: u64 = 200_000_000;
/// Where the clinicians' part of that range begins: they render what is not peer support.
const CLINICIANS: u64 = 280_000_000;
/// Where the agencies' part of that range begins.
const AGENCIES: u64 = 290_000_000;
/// Where the partner agencies begin within the agencies' part.
const PARTNERS: u64 = AGENCIES + 5_000_000;

/// The NPI of the peer-support practitioner with this number (below 80 million).
pub(super) fn practitioner_npi(number: u64) -> u64 {
    npi(NPI_RANGE + number % 80_000_000)
}

/// The NPI of the clinician with this number.
pub(super) fn clinician_npi(number: u64) -> u64 {
    npi(CLINICIANS + number % 10_000_000)
}

/// The NPI of the agency with this number (below 5 million).
pub(super) fn agency_npi(number: u64) -> u64 {
    npi(AGENCIES + number % 5_000_000)
}

/// The NPI of the small agency that shares members with the agency of cell `number`.
pub(super) fn partner_npi(number: u64) -> u64 {
    npi(PARTNERS + number % 5_000_000)
}

/// The same NPI with a wrong check digit.
pub(super) fn spoiled(npi: u64) -> u64 {
    npi / 10 * 10 + (npi % 10 + 3) % 10
}

/// True for ten digits with a right check digit.
#[cfg(test)]
pub(super) fn is_npi(number: u64) -> bool {
    (1_000_000_000..10_000_000_000).contains(&number) && check_digit(number / 10) == number % 10
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::calendar::day;

    fn written(push: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        push(&mut out);
        String::from_utf8(out).expect("digits are text")
    }

    #[test]
    fn numbers_dates_and_money() {
        assert_eq!(written(|out| push_number(out, 0)), "0");
        assert_eq!(written(|out| push_padded(out, 42, 7)), "0000042");
        assert_eq!(written(|out| push_padded(out, 12_345_678, 7)), "12345678");
        assert_eq!(written(|out| push_date(out, day(2024, 5, 6))), "2024-05-06");
        assert_eq!(written(|out| push_wire_date(out, day(1980, 12, 31))), "19801231");
        assert_eq!(written(|out| push_money(out, 1205)), "12.05");
        assert_eq!(written(|out| push_wire_money(out, 1250)), "12.5");
        assert_eq!(written(|out| push_wire_money(out, 1205)), "12.05");
        assert_eq!(written(|out| push_wire_money(out, 1200)), "12");
    }

    #[test]
    fn check_digits_are_right() {
        // The worked example of the NPI standard.
        assert_eq!(npi(123_456_789), 1_234_567_893);
        for number in 0..2000 {
            assert!(is_npi(practitioner_npi(number)));
            assert!(is_npi(agency_npi(number)) && is_npi(partner_npi(number)));
            assert!(is_npi(clinician_npi(number)));
            assert!(!is_npi(spoiled(practitioner_npi(number))));
        }
    }
}
