//! Numbers as text: decimals, counted units, money in cents, NPI check digits.

/// A decimal as its shortest text (`04.50` is `4.5`), or nothing where the text is no number.
pub fn canonical_decimal(text: &str) -> Option<String> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = fraction.trim_end_matches('0');
    let dot = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{whole}{dot}{fraction}"))
}

/// A whole number of any size that fits, from any way of writing it.
pub fn whole_number(text: &str) -> Option<i64> {
    canonical_decimal(text)?.parse().ok()
}

/// Units that a service line stands for, or nothing where rule C001 speaks.
pub fn counted_units(text: &str, basis: &str) -> Option<i64> {
    let number = whole_number(text)?;
    let units = match basis.trim().to_uppercase().as_str() {
        "" | "UN" => number,
        "MJ" if number >= 0 => number / 15,
        _ => return None,
    };
    (1..=99_999).contains(&units).then_some(units)
}

/// A decimal with at most `places` places, as an integer of its smallest part.
fn scaled(text: &str, places: usize) -> Option<i64> {
    let number = canonical_decimal(text)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
    if fraction.len() > places {
        return None;
    }
    format!("{whole}{fraction:0<places$}").parse().ok()
}

pub fn cents(text: &str) -> Option<i64> {
    scaled(text, 2)
}

/// Full-time equivalents, in ten-thousandths.
pub fn fte(text: &str) -> Option<i64> {
    scaled(text, 4).filter(|fte| *fte >= 0)
}

pub fn dollars(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// `amount * part / whole` in cents, half up.
pub fn share(amount: i64, part: i64, whole: i64) -> i64 {
    (2 * amount * part + whole).div_euclid(2 * whole)
}

/// The Luhn sum over `80840` and the digits; zero for a right check digit.
pub fn npi_luhn(digits: &str) -> u32 {
    let full = format!("80840{digits}");
    let mut sum = 0;
    for (place, byte) in full.bytes().rev().enumerate() {
        let digit = u32::from(byte - b'0');
        let doubled = if place % 2 == 1 { digit * 2 } else { digit };
        sum += doubled / 10 + doubled % 10;
    }
    sum % 10
}

pub fn is_npi(text: &str) -> bool {
    let ten_digits = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit());
    ten_digits && npi_luhn(text) == 0
}

/// What a CSV cell shows: a text that a spreadsheet would run gets a quote before it.
pub fn csv_cell(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{text}"),
        _ => text.to_string(),
    }
}

#[test]
fn numbers_are_read_as_the_contract_writes_them() {
    for (text, units) in
        [("4", Some(4)), ("4.0", Some(4)), ("04", Some(4)), ("99999", Some(99_999))]
    {
        assert_eq!(counted_units(text, ""), units);
    }
    for text in ["+4", "-1", "", "abc", "1.5", ".5", "0", "100000"] {
        assert_eq!(counted_units(text, "UN"), None, "{text}");
    }
    assert_eq!(counted_units("14", "MJ"), None);
    assert_eq!(counted_units("15", "mj"), Some(1));
    assert_eq!(counted_units("59", "MJ"), Some(3));
    assert_eq!(counted_units("4", "DA"), None);
    assert_eq!(cents("12.5"), Some(1250));
    assert_eq!(cents("12.345"), None);
    assert_eq!(share(100, 1, 3), 33);
    assert_eq!(share(101, 1, 2), 51);
    assert!(is_npi("1234567893"));
    assert!(!is_npi("1234567890"));
    assert_eq!(csv_cell("-1"), "'-1");
}
