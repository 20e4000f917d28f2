//! A reviewed `sample.csv`, held to what was drawn: no line twice, none missing, one frame.

use super::AuditError;
use super::estimate::ReviewedStratum;
use crate::model::Cents;
use crate::source::whole;
use std::collections::BTreeSet;
use std::path::Path;

/// The name of the column that the reviewer fills in.
pub const REVIEWED: &str = "overpaid_amount";

const SAVE_AS: &str = "save it as CSV UTF-8, its columns separated by commas";

/// Reads a reviewed `sample.csv`. A row counts where `overpaid_amount` is filled in; each stratum
/// must have as many of those as its sample is large, and spares count in their order only.
pub fn read(path: &Path) -> Result<Vec<ReviewedStratum>, AuditError> {
    let failed = |what: String| AuditError::Review { name: path.display().to_string(), what };
    let text = whole::read(path).map_err(|error| failed(error.to_string()))?;
    parse(&text).map_err(failed)
}

/// What every row says of the frame: hash, lines, strata.
type OfFrame = (String, u64, u64);

/// One stratum while its rows are read.
struct Reading {
    stratum: ReviewedStratum,
    /// Lines to be reviewed.
    sample: u64,
    /// The places of the rows read, from 1.
    orders: BTreeSet<u64>,
    /// A spare that is not filled in.
    open_spare: bool,
}

/// The rows so far.
#[derive(Default)]
struct Readings {
    frame: Option<OfFrame>,
    numbers: BTreeSet<u64>,
    strata: Vec<Reading>,
}

/// Where the columns stand.
struct Columns([usize; 10]);

const COLUMNS: [&str; 10] = [
    "frame_sha256",
    "frame_lines",
    "strata",
    "stratum",
    "stratum_lines",
    "stratum_sample",
    "kind",
    "order",
    "number",
    "amount",
];

fn parse(text: &[u8]) -> Result<Vec<ReviewedStratum>, String> {
    let text = as_csv(text)?;
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text);
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let place = |name: &str| {
        let found = header.iter().position(|column| column.eq_ignore_ascii_case(name));
        found.ok_or_else(|| match header.len() {
            1 => format!("its header is one column: {SAVE_AS}"),
            _ => format!("the column {name} is missing: pass the sample.csv that audit wrote"),
        })
    };
    let mut columns = Columns([0; 10]);
    for (own, name) in columns.0.iter_mut().zip(COLUMNS) {
        *own = place(name)?;
    }
    let overpaid = place(REVIEWED)?;
    let mut readings = Readings::default();
    for (index, record) in reader.records().enumerate() {
        let at = |what: String| format!("row {}: {what}", index + 2);
        let record = record.map_err(|error| at(error.to_string()))?;
        if record.iter().all(str::is_empty) {
            continue; // what a spreadsheet leaves below a table
        }
        let cell = |place: usize| record.get(place).unwrap_or("");
        let of_row = columns.0.map(cell);
        readings.take(of_row, cell(overpaid)).map_err(at)?;
    }
    readings.finish()
}

/// The text of a CSV, or what it is instead.
fn as_csv(text: &[u8]) -> Result<&[u8], String> {
    if text.starts_with(b"PK\x03\x04") || text.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(format!("it is a workbook: {SAVE_AS}"));
    }
    let is_utf_16 = text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff");
    if is_utf_16 || text.iter().take(200).any(|byte| *byte == 0) {
        return Err(format!("it is UTF-16 text: {SAVE_AS}"));
    }
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    if std::str::from_utf8(text).is_err() {
        return Err(format!("it is not UTF-8 text: {SAVE_AS}"));
    }
    Ok(text)
}

impl Readings {
    fn take(&mut self, of_row: [&str; 10], overpaid: &str) -> Result<(), String> {
        let [sha256, _, _, name, _, _, kind, _, _, amount] = of_row;
        let count = |place: usize| {
            let text: &str = of_row[place];
            text.parse::<u64>().map_err(|_| format!("{} is no whole number", COLUMNS[place]))
        };
        let frame = (sha256.to_owned(), count(1)?, count(2)?);
        if *self.frame.get_or_insert_with(|| frame.clone()) != frame {
            return Err("frame_sha256, frame_lines or strata differs from the first row: rows of \
                        two samples stand in one file"
                .to_owned());
        }
        let (lines, sample, order) = (count(4)?, count(5)?, count(7)?);
        let own = self.stratum(name, lines, sample)?;
        if !own.orders.insert(order) {
            return Err(format!(
                "order {order} of stratum {name} stands in a row before: each line \
                                is reviewed once"
            ));
        }
        let is_spare = match kind {
            "sample" if order <= sample => false,
            "spare" if order > sample => true,
            "sample" | "spare" => return Err(format!("kind is {kind}, order {order} of {sample}")),
            _ => return Err("kind is neither sample nor spare".to_owned()),
        };
        if overpaid.is_empty() {
            own.open_spare |= is_spare;
        } else if is_spare && own.open_spare {
            return Err("a spare before it is not filled in: take spares in their order".to_owned());
        } else {
            let found = dollars(overpaid).ok_or_else(|| {
                "overpaid_amount is no amount of dollars: write 7.50, or 1,250.00".to_owned()
            })?;
            if dollars(amount).is_some_and(|amount| found > amount) {
                return Err("overpaid_amount is more than the amount of the line".to_owned());
            }
            own.stratum.overpaid.push(found.0 as f64);
        }
        let number = count(8)?;
        if !self.numbers.insert(number) {
            return Err(format!("line {number} of the frame stands in a row before"));
        }
        Ok(())
    }

    fn stratum(&mut self, name: &str, lines: u64, sample: u64) -> Result<&mut Reading, String> {
        let known = self.strata.iter().position(|known| known.stratum.name == name);
        let place = known.unwrap_or_else(|| {
            let stratum = ReviewedStratum { name: name.to_owned(), lines, overpaid: Vec::new() };
            let orders = BTreeSet::new();
            self.strata.push(Reading { stratum, sample, orders, open_spare: false });
            self.strata.len() - 1
        });
        let own = &mut self.strata[place];
        if (own.stratum.lines, own.sample) != (lines, sample) {
            let what = "stratum_lines or stratum_sample differs from the stratum's first row";
            return Err(what.to_owned());
        }
        Ok(own)
    }

    fn finish(self) -> Result<Vec<ReviewedStratum>, String> {
        let Some((_, lines, strata)) = self.frame else {
            return Err("there is no row in it".to_owned());
        };
        if self.strata.len() as u64 != strata {
            return Err(format!(
                "strata in it: {}, strata drawn: {strata}: put the rows of the others back",
                self.strata.len()
            ));
        }
        let all: u64 = self.strata.iter().map(|own| own.stratum.lines).sum();
        if all != lines {
            return Err(format!(
                "stratum_lines add up to {all} and not to the {lines} lines of the frame"
            ));
        }
        self.strata.into_iter().map(Reading::finish).collect()
    }
}

impl Reading {
    fn finish(self) -> Result<ReviewedStratum, String> {
        let (name, filled) = (&self.stratum.name, self.stratum.overpaid.len());
        let last = self.orders.last().copied().unwrap_or_default().max(self.sample);
        if let Some(lost) = (1..=last).find(|order| !self.orders.contains(order)) {
            return Err(format!(
                "stratum {name}: the row with order {lost} is missing: put it back; a line that \
                 cannot be reviewed stays blank"
            ));
        }
        if filled as u64 != self.sample {
            return Err(format!(
                "stratum {name}: rows with an overpaid_amount: {filled}, lines of its sample: {}. \
                 Fill in every row of the sample (0 where all is well), or the next spare for one \
                 that cannot be reviewed",
                self.sample
            ));
        }
        Ok(self.stratum)
    }
}

/// Dollars as people write them: `$1,250.00`. A comma stands between thousands alone: `0,50` could
/// be fifty cents or fifty dollars.
fn dollars(text: &str) -> Option<Cents> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => ("-", text),
        None => ("", text),
    };
    let text = text.strip_prefix('$').unwrap_or(text);
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let has_groups = whole.len() > first.len();
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if has_groups && (!(1..=3).contains(&first.len()) || !is_digits(first)) {
        return None;
    }
    if !groups.all(|group| group.len() == 3 && is_digits(group))
        || text[whole.len()..].contains(',')
    {
        return None;
    }
    let plain = format!("{sign}{}", text.replace(',', ""));
    Cents::parse(plain.as_bytes())
}

#[cfg(test)]
#[path = "review_tests.rs"]
mod tests;
