//! What is wrong with the text of a policy: every problem of the file at once, with its line.

use std::fmt;
use std::ops::Range;

/// A policy file that cannot be used. Displayed as one line a problem, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct PolicyError {
    /// At least one, by line.
    pub problems: Vec<Problem>,
}

/// One thing that is wrong in a policy file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Line of the file, from 1.
    pub line: usize,
    /// The key with its table (`claims.filing_days`); empty where the file is no TOML.
    pub key: String,
    /// What is wrong, and what is expected.
    pub what: String,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            let line_break = if index == 0 { "" } else { "\n" };
            write!(f, "{line_break}{problem}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.key.as_str() {
            "" => write!(f, "line {}: {}", self.line, self.what),
            key => write!(f, "line {}: {key}: {}", self.line, self.what),
        }
    }
}

/// The problems found so far in one text.
pub(super) struct Problems<'t> {
    text: &'t str,
    found: Vec<Problem>,
}

impl<'t> Problems<'t> {
    /// None yet.
    pub(super) fn new(text: &'t str) -> Problems<'t> {
        Problems { text, found: Vec::new() }
    }

    /// Notes a problem of the bytes `at`.
    pub(super) fn add(&mut self, at: Range<usize>, key: &str, what: String) {
        let before = &self.text.as_bytes()[..at.start.min(self.text.len())];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        self.found.push(Problem { line, key: key.to_owned(), what });
    }

    /// The text of the bytes `at`, as a message can show it: the first line, cut short.
    pub(super) fn excerpt(&self, at: Range<usize>) -> String {
        const SHOWN_CHARS: usize = 40;
        let whole = self.text.get(at).unwrap_or_default();
        let first = whole.lines().next().unwrap_or_default();
        let shown: String = first.chars().take(SHOWN_CHARS).collect();
        if shown.len() < whole.len() { format!("{shown}…") } else { shown }
    }

    /// `value`, if nothing was wrong.
    pub(super) fn finish<T>(mut self, value: T) -> Result<T, PolicyError> {
        if self.found.is_empty() {
            return Ok(value);
        }
        self.found.sort_by_key(|problem| problem.line);
        Err(PolicyError { problems: self.found })
    }
}
