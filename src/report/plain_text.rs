//! Text of any origin made safe for a terminal, and fitted to its width.

use std::borrow::Cow;
use std::io::{self, Write};

/// `text` without characters that a terminal would act on: controls (escape sequences begin with
/// one) and those that turn the direction of writing. Each becomes `?`.
pub fn plain(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_unsafe) {
        Cow::Owned(text.chars().map(|c| if is_unsafe(c) { '?' } else { c }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
        || c == '\u{feff}'
}

/// `path`, and what stands behind it, in at most `width` characters: its folders give way to `…`,
/// because the end of a path is what tells it from others.
pub(super) fn shorten_path(path: &str, width: usize) -> Cow<'_, str> {
    let length = path.chars().count();
    if length <= width {
        return Cow::Borrowed(path);
    }
    let cut = length + 1 - width.max(1);
    Cow::Owned(['…'].into_iter().chain(path.chars().skip(cut)).collect())
}

/// `text` in at most `width` characters; the middle gives way to `…`.
pub(super) fn shorten(text: &str, width: usize) -> Cow<'_, str> {
    let length = text.chars().count();
    if length <= width {
        return Cow::Borrowed(text);
    }
    let kept = width.saturating_sub(1);
    let head = kept / 2;
    let short = text.chars().take(head).chain(['…']);
    Cow::Owned(short.chain(text.chars().skip(length - (kept - head))).collect())
}

/// `text` in lines of at most `width` characters, broken at blanks; a longer word is cut.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let mut word = word;
        let mut word_length = word.chars().count();
        if length > 0 && length + 1 + word_length > width {
            lines.push(std::mem::take(&mut line));
            length = 0;
        }
        while word_length > width {
            let cut = word.char_indices().nth(width).map_or(word.len(), |(index, _)| index);
            lines.push(word[..cut].to_owned());
            word = &word[cut..];
            word_length -= width;
        }
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        line.push_str(word);
        length += word_length;
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// A paragraph: `first` before its first line, as many blanks before the others.
pub fn paragraph(out: &mut dyn Write, first: &str, text: &str, width: usize) -> io::Result<()> {
    let indent = first.chars().count();
    for (index, line) in wrap(&plain(text), width.saturating_sub(indent)).iter().enumerate() {
        match index {
            0 => writeln!(out, "{first}{line}")?,
            _ => writeln!(out, "{:indent$}{line}", "")?,
        }
    }
    Ok(())
}

/// A line that may need several: `indent` blanks before the first, four more before the others.
pub fn hanging(out: &mut dyn Write, indent: usize, text: &str, width: usize) -> io::Result<()> {
    let hang = indent + 4;
    for (index, line) in wrap(&plain(text), width.saturating_sub(hang)).iter().enumerate() {
        let blanks = if index == 0 { indent } else { hang };
        writeln!(out, "{:blanks$}{line}", "")?;
    }
    Ok(())
}

/// `1,234,567`
pub(super) fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with what is counted, which is named in the plural: `1 row`, `2 rows`.
pub(super) fn counted(count: u64, names: &str) -> String {
    let name = match (count, names.strip_suffix("ies")) {
        (1, Some(stem)) => format!("{stem}y"),
        (1, None) => names.strip_suffix('s').unwrap_or(names).to_owned(),
        _ => names.to_owned(),
    };
    format!("{} {name}", grouped(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_acts_on_stays() {
        assert_eq!(plain("night\u{1b}[31m.837\r\n"), "night?[31m.837??");
        assert_eq!(plain("\u{9b}2J\u{202e}x"), "?2J?x");
        assert_eq!(plain("Señora ok"), "Señora ok");
    }

    #[test]
    fn texts_fit() {
        assert_eq!(shorten("folder/of/files/night.837", 11), "folde…t.837");
        assert_eq!(shorten("short", 5), "short");
        assert_eq!(shorten("long", 1), "…");
        assert_eq!(shorten_path("folder/of/files/night.837", 11), "…/night.837");
        assert_eq!(shorten_path("short", 5), "short");
        assert_eq!(shorten_path("long", 1), "…");
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert!(wrap("  ", 3).is_empty());
    }

    #[test]
    fn one_is_no_plural() {
        let texts = [0, 1, 1000].map(|count| counted(count, "service lines"));
        assert_eq!(texts, ["0 service lines", "1 service line", "1,000 service lines"]);
    }

    #[test]
    fn thousands_are_grouped() {
        let texts = [0, 999, 1000, 1_234_567].map(grouped);
        assert_eq!(texts, ["0", "999", "1,000", "1,234,567"]);
    }
}
