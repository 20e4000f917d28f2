//! How like two names are: for "did you mean" wherever a name is unknown, and for columns that are
//! passed over though they were perhaps meant.

/// Two names less like than this are not taken for each other.
pub const LEAST: f64 = 0.5;
/// Longer names are compared cut short.
const MOST_CHARS: usize = 64;
/// Words that stand in many names, and say little when two share them.
const COMMON_WORDS: [&str; 6] = ["code", "date", "id", "name", "npi", "number"];
const COMMON_WEIGHT: f64 = 0.5;

/// The one of `known` that is most like `word`, if one is like it at all; of equals, the first.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let rated = known.into_iter().map(|name| (likeness(word, name), name));
    let rated = rated.filter(|(likeness, _)| *likeness >= LEAST);
    let better = |best: (f64, &'k str), next: (f64, &'k str)| {
        if next.0 > best.0 { next } else { best }
    };
    rated.reduce(better).map(|(_, name)| name)
}

/// From 0 to 1, without regard to case: by letters, by the words that they share (`exp_date` and
/// `expiration_date`), or as first letters (`pos` and `place_of_service`).
pub fn likeness(left: &str, right: &str) -> f64 {
    let (left, right) = (Name::of(left), Name::of(right));
    // Where both have the same words but one, their letters would say that the last one hardly
    // matters.
    let letters = if left.words.len() > 1 && left.words.len() == right.words.len() {
        0.0
    } else {
        by_letters(&left.letters, &right.letters)
    };
    let initials =
        if left.is_initials_of(&right) || right.is_initials_of(&left) { 0.8 } else { 0.0 };
    letters.max(initials).max(by_words(&left.words, &right.words))
}

/// A name in lower case.
struct Name {
    words: Vec<String>,
    /// All words as one.
    letters: String,
}

impl Name {
    fn of(name: &str) -> Name {
        let name: String = name.chars().take(MOST_CHARS).collect::<String>().to_lowercase();
        let parts = name.split(|letter: char| !letter.is_alphanumeric());
        let words: Vec<String> = parts.filter(|part| !part.is_empty()).map(str::to_owned).collect();
        let letters = words.concat();
        Name { words, letters }
    }

    fn is_initials_of(&self, other: &Name) -> bool {
        let initials = other.words.iter().filter_map(|word| word.chars().next());
        other.words.len() > 2 && self.letters.chars().eq(initials)
    }
}

/// How many edits lie between them. In short words an edit makes another word (`mode`, `code`), so
/// those must begin alike.
fn by_letters(left: &str, right: &str) -> f64 {
    let is_short = left.chars().count().min(right.chars().count()) < 5;
    if is_short && left.chars().next() != right.chars().next() {
        return 0.0;
    }
    strsim::normalized_damerau_levenshtein(left, right)
}

/// The share of the words that have a like one on the other side.
fn by_words(left: &[String], right: &[String]) -> f64 {
    let mut free: Vec<&String> = right.iter().collect();
    let (mut like, mut all, mut alone) = (0.0, 0.0, Vec::new());
    for word in left {
        let rated = free.iter().enumerate().map(|(at, other)| (word_likeness(word, other), at));
        match rated.max_by(|a, b| a.0.total_cmp(&b.0)) {
            Some((likeness, at)) if likeness >= LEAST => {
                free.remove(at);
                like += likeness * weight(word);
                all += weight(word);
            }
            _ => alone.push(word),
        }
    }
    // Two words that differ say more than one that is missing.
    let differing = alone.len().min(free.len());
    let missing = alone.iter().skip(differing).chain(free.iter().skip(differing));
    all += differing as f64 + missing.map(|word| weight(word)).sum::<f64>();
    if all > 0.0 { like / all } else { 0.0 }
}

fn weight(word: &str) -> f64 {
    if COMMON_WORDS.contains(&word) { COMMON_WEIGHT } else { 1.0 }
}

/// Of two words; one may be the other cut short (`exp`), or without some of its letters (`amt`).
fn word_likeness(left: &str, right: &str) -> f64 {
    let (short, long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    if short.len() >= 3 && short != long && long.starts_with(short) {
        return 0.9;
    }
    let mut letters = long.chars();
    let is_within = short.chars().all(|letter| letters.any(|other| other == letter));
    let begin_alike = short.chars().next() == long.chars().next();
    let is_abbreviation =
        begin_alike && is_within && short.len() > 1 && short.len() * 2 <= long.len() + 1;
    let abbreviated = if is_abbreviation { 0.75 } else { 0.0 };
    by_letters(left, right).max(abbreviated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_abbreviations_and_lost_words_are_like() {
        for (theirs, ours) in [
            ("exp_date", "expiration_date"),
            ("expiry_date", "expiration_date"),
            ("stauts", "status"),
            ("state", "status"),
            ("recieved_date", "received_date"),
            ("patient_paid_amt", "patient_paid_amount"),
            ("patient_paid", "patient_paid_amount"),
            ("frequency", "frequency_code"),
            ("pos", "place_of_service"),
            ("EndDate", "end_date"),
            ("end date", "service_end_date"),
        ] {
            assert!(likeness(theirs, ours) >= 0.59, "{theirs} {ours}: {}", likeness(theirs, ours));
        }
    }

    #[test]
    fn names_that_share_a_common_word_are_not() {
        for (theirs, ours) in [
            ("print_date", "end_date"),
            ("training_hours", "training_date"),
            ("supervisor_name", "supervisor_id"),
            ("status_code", "status_date"),
            ("member_first_name", "member_birth_date"),
            ("code", "mode"),
            ("age", "fte"),
            ("", "status"),
        ] {
            assert!(likeness(theirs, ours) < 0.59, "{theirs} {ours}: {}", likeness(theirs, ours));
        }
    }

    #[test]
    fn what_is_like_nothing_has_no_nearest() {
        assert_eq!(nearest("zzzzzz", ["delimiter", "paths", "split"]), None);
        assert_eq!(nearest("tabels", ["history", "tables"]), Some("tables"));
        assert_eq!(
            nearest("member", ["units", "member_id", "member_birth_date"]),
            Some("member_id")
        );
    }
}
