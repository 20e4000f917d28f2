//! What a CSV's header and our columns do not share: optional columns that it lacks, and columns
//! of its own that are passed over. A misspelt optional column is both, and nothing fails of it.

use super::likeness::likeness;
use serde::Serialize;

/// Names shown of each.
const SHOWN: usize = 12;
/// Letters shown of one.
const MOST_CHARS: usize = 40;
/// How like a column of the file must be to one that it lacks to be taken for a slip of it. More
/// than for an answer to a question: this is said unasked, every night.
const LEAST_LIKENESS: f64 = 0.59;

/// Both, of one header.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PassedOver {
    /// Optional columns of ours that are not there.
    #[serde(rename = "columns_absent")]
    pub absent: Vec<&'static str>,
    /// Columns of the file that nothing of ours is read from, as they are written there.
    #[serde(rename = "columns_unread")]
    pub unread: Vec<String>,
    /// Names that the configuration maps to columns of ours and that are not there, with our
    /// columns, which were read instead.
    #[serde(skip)]
    pub unmapped: Vec<(String, &'static str)>,
}

impl PassedOver {
    /// Columns passed over, each with the one of ours that is not there and that it may be.
    pub fn likely(&self) -> Vec<(&str, &'static str)> {
        let mut rated: Vec<(f64, &str, &'static str)> = Vec::new();
        for unread in &self.unread {
            let of = |absent: &&'static str| (likeness(unread, absent), &**unread, *absent);
            rated.extend(
                self.absent.iter().map(of).filter(|(is_like, ..)| *is_like >= LEAST_LIKENESS),
            );
        }
        // The most like first: each name is taken once.
        rated.sort_by(|left, right| right.0.total_cmp(&left.0));
        let mut likely: Vec<(&str, &'static str)> = Vec::new();
        for (_, unread, absent) in rated {
            if !likely.iter().any(|(theirs, ours)| *theirs == unread || *ours == absent) {
                likely.push((unread, absent));
            }
        }
        likely
    }

    /// `it has no column a, b, which are read as blank; it passes over c`. `None`: it lacks none.
    pub fn in_words(&self) -> Option<String> {
        if self.absent.is_empty() {
            return None;
        }
        let absent = listed(self.absent.iter().copied());
        let blank = "every row is read as if it were blank";
        Some(match self.unread.is_empty() {
            true => format!("no column {absent}: {blank}"),
            false => {
                format!("no column {absent}: {blank}; passed over: {}", self.unread_in_words())
            }
        })
    }

    /// The columns passed over.
    pub fn unread_in_words(&self) -> String {
        listed(self.unread.iter().map(String::as_str))
    }

    /// What the configuration maps and the file does not have.
    pub fn unmapped_in_words(&self) -> Option<String> {
        let said: Vec<String> = self
            .unmapped
            .iter()
            .map(|(theirs, ours)| format!("{} to {ours}", shown(theirs)))
            .collect();
        (!said.is_empty()).then(|| {
            format!(
                "the configuration maps {}, but the file has no such column: what stands under our \
                 own name was read. Mend the name in the configuration",
                said.join(", ")
            )
        })
    }

    /// `exp_date is not read: is it expiration_date?`; `table` is the table of the configuration in
    /// which it could be mapped. `None`: nothing is likely.
    pub fn slips(&self, table: &str) -> Option<String> {
        let likely = self.likely();
        let said: Vec<String> = likely
            .iter()
            .map(|(theirs, ours)| format!("{} (is it {ours}?)", shown(theirs)))
            .collect();
        let (column, it) = if said.len() == 1 { ("column", "it") } else { ("columns", "them") };
        (!said.is_empty()).then(|| {
            format!(
                "the {column} {} {} not read. Rename {it}, or map {it} under [columns.{table}] of \
                 the configuration",
                said.join(", "),
                if said.len() == 1 { "is" } else { "are" }
            )
        })
    }
}

/// A name of the file: not longer than names are, and without controls.
fn shown(name: &str) -> String {
    let plain = name.trim().chars().map(|letter| if letter.is_control() { '?' } else { letter });
    plain.take(MOST_CHARS).collect()
}

fn listed<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    let more = names.len().saturating_sub(SHOWN);
    let mut text = names.take(SHOWN).map(shown).collect::<Vec<_>>().join(", ");
    if more > 0 {
        text += &format!(" and {more} more");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(absent: &[&'static str], unread: &[&str]) -> PassedOver {
        let unread = unread.iter().map(|name| (*name).to_owned()).collect();
        PassedOver { absent: absent.to_vec(), unread, unmapped: Vec::new() }
    }

    #[test]
    fn a_slip_is_named_once_with_what_it_is_most_like() {
        let columns = of(&["status", "status_date"], &["stauts", "remark"]);
        assert_eq!(columns.likely(), [("stauts", "status")]);
        let said = columns.slips("credentials").expect("a slip");
        assert!(said.starts_with("the column stauts (is it status?) is not read. "), "{said}");
        assert!(of(&["status"], &["remark"]).slips("credentials").is_none());
    }

    #[test]
    fn what_is_absent_and_passed_over_is_named() {
        let said = of(&["services"], &["procedures"]).in_words().expect("one is absent");
        assert!(said.contains("no column services: ") && said.ends_with("passed over: procedures"));
        assert_eq!(of(&[], &["procedures"]).in_words(), None);
        let many: Vec<String> = (0..20).map(|number| format!("c{number}")).collect();
        let many = PassedOver { absent: vec!["fte"], unread: many, unmapped: Vec::new() };
        assert!(many.in_words().is_some_and(|said| said.ends_with("c11 and 8 more")));
    }
}
