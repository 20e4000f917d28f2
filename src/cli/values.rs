//! Values of options: dates, sizes, delimiters, in the words of the command line.

use crate::model::{NaiveDate, date};
use clap::ValueEnum;

/// The word with which a value is typed.
pub(super) fn word(value: impl ValueEnum) -> String {
    value.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}

/// A day.
pub fn parse_date(text: &str) -> Result<NaiveDate, String> {
    date::parse(text.as_bytes()).ok_or_else(|| "not a date: YYYY-MM-DD or YYYYMMDD".to_owned())
}

/// A number of bytes, or of KiB, MiB, GiB, TiB.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let wrong = || "not a size: a number, with K, M, G or T behind it if you like".to_owned();
    let digits = text.trim_end_matches(|letter: char| !letter.is_ascii_digit());
    let shift = match text[digits.len()..].to_ascii_uppercase().as_str() {
        "" | "B" => 0,
        "K" | "KB" | "KIB" => 10,
        "M" | "MB" | "MIB" => 20,
        "G" | "GB" | "GIB" => 30,
        "T" | "TB" | "TIB" => 40,
        _ => return Err(wrong()),
    };
    let count: u64 = digits.parse().map_err(|_| wrong())?;
    count.checked_mul(1 << shift).ok_or_else(wrong)
}

/// Between the fields of a CSV.
pub fn parse_delimiter(text: &str) -> Result<u8, String> {
    match text {
        "," | ";" | "|" => Ok(text.as_bytes()[0]),
        "\\t" | "\t" | "tab" => Ok(b'\t'),
        _ => Err("one of , ; | \\t".to_owned()),
    }
}
