//! `--rates FILE`: what a unit costs, for lines whose paid amount is missing.
//!
//! A CSV with the columns `code`, `from`, `rate` and, if need be, `modifier` and `through`. A row
//! with a modifier goes before one without; of several that fit, the latest `from` counts.

use super::AuditError;
use crate::model::{Cents, ClaimStatus, NaiveDate, ServiceLine, date};
use crate::source::whole;
use crate::tables::covers;
use sha2::{Digest, Sha256};
use std::path::Path;

/// One row of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rate {
    code: String,
    modifier: String,
    from: NaiveDate,
    through: Option<NaiveDate>,
    rate: Cents,
}

/// The rates of a file.
#[derive(Clone, Debug, Default)]
pub struct Rates {
    rates: Vec<Rate>,
    /// The file as the user named it.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// The hash of its content, in hex.
    pub sha256: String,
}

impl Rates {
    /// Reads the file. Any row that cannot be used is an error: a price left out in silence would
    /// make the sums wrong.
    pub fn read(path: &Path) -> Result<Rates, AuditError> {
        let failed = |what: String| AuditError::Rates { name: path.display().to_string(), what };
        let text = whole::read(path).map_err(|error| failed(error.to_string()))?;
        let rates = Rates::parse(&text).map_err(failed)?;
        let hash = Sha256::digest(&text);
        let sha256 = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Rates { name: path.display().to_string(), bytes: text.len() as u64, sha256, ..rates })
    }

    /// How many rates there are.
    pub fn count(&self) -> usize {
        self.rates.len()
    }

    fn parse(text: &[u8]) -> Result<Rates, String> {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text);
        let header = reader.headers().map_err(|error| error.to_string())?.clone();
        let place = |name: &str| header.iter().position(|column| column.eq_ignore_ascii_case(name));
        let needed =
            |name: &str| place(name).ok_or_else(|| format!("the column {name} is missing: add it"));
        let (code, from, rate) = (needed("code")?, needed("from")?, needed("rate")?);
        let (modifier, through) = (place("modifier"), place("through"));
        let mut rates = Vec::new();
        for (index, record) in reader.records().enumerate() {
            let at = |what: &str| format!("row {}: {what}", index + 2);
            let record = record.map_err(|error| at(&error.to_string()))?;
            let cell =
                |place: Option<usize>| place.and_then(|place| record.get(place)).unwrap_or("");
            let day = |text: &str| date::parse(text.as_bytes());
            let through = match cell(through) {
                "" => None,
                text => Some(day(text).ok_or_else(|| at("through is no date (YYYY-MM-DD)"))?),
            };
            let found = Rate {
                code: cell(Some(code)).to_owned(),
                modifier: cell(modifier).to_owned(),
                from: day(cell(Some(from))).ok_or_else(|| at("from is no date (YYYY-MM-DD)"))?,
                through,
                rate: Cents::parse(cell(Some(rate)).as_bytes())
                    .filter(|rate| rate.0 >= 0)
                    .ok_or_else(|| at("rate is no amount of dollars (15.31)"))?,
            };
            if found.code.is_empty() {
                return Err(at("code is empty"));
            }
            if found.through.is_some_and(|through| through < found.from) {
                return Err(at("through lies before from"));
            }
            rates.push(found);
        }
        if rates.is_empty() {
            return Err("there is no rate in it".to_owned());
        }
        Ok(Rates { rates, ..Rates::default() })
    }

    /// The price of a line; `None` where the payer denied it (nothing was to be paid), its units or
    /// date cannot be right, or no rate fits.
    pub fn price(&self, line: &ServiceLine<'_>) -> Option<Cents> {
        if line.status == ClaimStatus::Denied {
            return None;
        }
        let (units, day) = (line.units()?, line.first_day.day()?);
        let fits = |rate: &&Rate| {
            rate.code.as_bytes().eq_ignore_ascii_case(line.procedure)
                && (rate.modifier.is_empty() || line.has_modifier(&rate.modifier))
                && covers(rate.from, rate.through, day)
        };
        let best = self.rates.iter().filter(fits);
        // The last of equals, so that a later row of the file corrects an earlier one.
        let best = best.max_by_key(|rate| (!rate.modifier.is_empty(), rate.from))?;
        Some(Cents(best.rate.0 * i64::from(units)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DateField;

    fn line(modifiers: &'static str, day: &'static str) -> ServiceLine<'static> {
        ServiceLine {
            procedure: b"h0038",
            modifiers: modifiers.as_bytes(),
            units_text: b"4",
            first_day: DateField::parse(day.as_bytes()),
            ..ServiceLine::empty()
        }
    }

    #[test]
    fn the_modifier_then_the_latest_start_decides() {
        let text = "code,modifier,from,through,rate\n\
                    H0038,,2020-01-01,,10.00\n\
                    H0038,,2025-07-01,,11.50\n\
                    H0038,HQ,2020-01-01,2025-12-31,2.50\n";
        let rates = Rates::parse(text.as_bytes()).expect("rates");
        let price = |modifiers, day| rates.price(&line(modifiers, day)).map(|price| price.0);
        assert_eq!(price("", "2025-06-30"), Some(4000));
        assert_eq!(price("", "2025-07-01"), Some(4600));
        assert_eq!(price("HE:hq", "2025-12-31"), Some(1000));
        assert_eq!(price("HQ", "2026-01-01"), Some(4600));
        assert_eq!(price("", "2019-12-31"), None);
        assert_eq!(price("", "no date"), None);
        let denied = ServiceLine { status: ClaimStatus::Denied, ..line("", "2025-06-30") };
        assert_eq!(rates.price(&denied), None);
    }

    #[test]
    fn a_row_that_cannot_be_used_is_named() {
        let error = |text: &str| Rates::parse(text.as_bytes()).expect_err("no rates");
        assert!(error("code,rate\n").contains("column from"));
        assert!(error("code,from,rate\nH0038,2020-01-01,ten\n").starts_with("row 2: rate"));
        assert!(error("code,from,rate\n").contains("no rate"));
        let late = "code,from,through,rate\nH0038,2020-01-01,2019-01-01,1\n";
        assert!(error(late).contains("before from"));
    }
}
