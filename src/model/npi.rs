//! National Provider Identifiers: ten digits, the last of them a check digit.

/// Whether `npi` is ten digits with a right check digit (Luhn over `80840` + NPI).
pub fn is_valid(npi: &[u8]) -> bool {
    if npi.len() != 10 || !npi.iter().all(u8::is_ascii_digit) {
        return false;
    }
    // The constant prefix 80840 contributes 24 to the Luhn sum of every NPI.
    let mut sum = 24;
    for (index, byte) in npi.iter().enumerate() {
        let digit = u32::from(byte - b'0');
        // Counted from the right, every second digit is doubled; of ten, those are the even
        // indexes.
        sum += match (index % 2, digit * 2) {
            (0, doubled) if doubled > 9 => doubled - 9,
            (0, doubled) => doubled,
            _ => digit,
        };
    }
    sum % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn knows_the_published_example() {
        assert!(is_valid(b"1234567893")); // the example of the NPI standard
        assert!(!is_valid(b"1234567890"));
        assert!(!is_valid(b"123456789"));
        assert!(!is_valid(b"12345678930"));
        assert!(!is_valid(b"12345678X3"));
    }
}
