//! A command line that cannot be read, or that asks for help: clap's text, in the words and colours
//! of everything else.

use super::error::CliError;
use super::exit::{self, Exit};
use super::paint;
use super::talk::Talk;
use crate::model::likeness;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};

/// Says it. Help and version are no errors; a usage error is exit 2, as clap has it.
pub(super) fn say(mut error: clap::Error) -> Result<Exit, CliError> {
    name_one(&mut error);
    let error = &error;
    let is_error = error.use_stderr();
    let is_terminal =
        if is_error { io::stderr().is_terminal() } else { io::stdout().is_terminal() };
    let text = error.render();
    let text = if paint::is_on(is_terminal) { text.ansi().to_string() } else { text.to_string() };
    let text = in_words(&text);
    if !is_error {
        let mut out = io::stdout().lock();
        let told = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        return exit::after(told.map_err(CliError::from), Exit::Clean);
    }
    let _ = Talk.write_all(text.as_bytes());
    if let Some(hint) = hint(error) {
        let _ = writeln!(Talk, "\n{hint}");
    }
    Ok(Exit::NotDone)
}

/// Of several commands that are like what was typed, leaves the nearest by the measure that all
/// other names are held to.
fn name_one(error: &mut clap::Error) {
    let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidSubcommand) else {
        return;
    };
    let Some(ContextValue::Strings(like)) = error.get(ContextKind::SuggestedSubcommand) else {
        return;
    };
    if let Some(nearest) = likeness::nearest(typed, like.iter().map(String::as_str)) {
        let nearest = ContextValue::Strings(vec![nearest.to_owned()]);
        error.insert(ContextKind::SuggestedSubcommand, nearest);
    }
}

/// What clap does not know to say: an option that takes several values took the claims too.
fn hint(error: &clap::Error) -> Option<&'static str> {
    let is_history = |argument: OsString| argument.to_string_lossy().starts_with("--history");
    let took_all =
        error.kind() == ErrorKind::MissingRequiredArgument && std::env::args_os().any(is_history);
    took_all.then_some(
        "  note: --history takes all paths behind it, so none is left for CLAIMS. Name the claim \
         files first:\n        peerclaims validate CLAIMS... --history PATH...",
    )
}

/// What the reading of numbers says of them, and what a user can do with.
const WORDS: [(&str, &str); 6] = [
    ("invalid digit found in string", "a whole number is wanted"),
    ("cannot parse integer from empty string", "a whole number is wanted"),
    ("number too large to fit in target type", "the number is too large"),
    ("number too small to fit in target type", "the number is too small"),
    ("invalid float literal", "a number is wanted"),
    ("..18446744073709551615", " or above"),
];

/// The text of an error in words for people who know no Rust.
pub(super) fn in_words(text: &str) -> String {
    let said = WORDS.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    let said = match said.contains(" or above") {
        true => said.replace(" is not in ", ": must be "),
        false => said,
    };
    let mut lines: Vec<&str> = said.split_inclusive('\n').collect();
    // A number below zero is no name of a file: it is wrong where it stands.
    if let Some(at) = lines.iter().position(|line| is_tip_of_number(line)) {
        let is_blank = |line: Option<&&str>| line.is_some_and(|line| line.trim().is_empty());
        let end = if is_blank(lines.get(at + 1)) { at + 2 } else { at + 1 };
        lines.drain(at..end);
    }
    lines.concat()
}

/// What the system says of a file, for people: its words, without its numbers.
pub(super) fn without_numbers(text: &str) -> String {
    const SYSTEM: [(&str, &str); 3] = [
        ("Is a directory (os error 21)", "it is a folder; name a file"),
        ("Not a directory (os error 20)", "a part of the path is a file, and no folder"),
        ("File exists (os error 17)", "something of that name is there already"),
    ];
    let text = SYSTEM.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    let mut parts = text.split(" (os error ");
    let mut said = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(')') {
            Some((number, rest)) if number.bytes().all(|byte| byte.is_ascii_digit()) => {
                said += rest;
            }
            _ => said = said + " (os error " + part,
        }
    }
    said
}

/// `  tip: to pass '-1' as a value, use '-- -1'`, coloured or not
fn is_tip_of_number(line: &str) -> bool {
    let Some((_, number)) = line.split_once("to pass '") else { return false };
    let number = number.trim_start_matches(|c: char| !matches!(c, '-' | '\'')); // past a colour
    let digits = number.trim_start_matches('-');
    digits.len() < number.len() && digits.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_none_is_said_in_words() {
        let text = "error: invalid value 'x' for '--days <N>': invalid digit found in string\n";
        let said = "error: invalid value 'x' for '--days <N>': a whole number is wanted\n";
        assert_eq!(in_words(text), said);
        assert_eq!(in_words("0 is not in 2..18446744073709551615"), "0: must be 2 or above");
        assert_eq!(in_words("1 is not in 2..=100"), "1 is not in 2..=100");
    }

    #[test]
    fn the_system_speaks_without_numbers() {
        let said = without_numbers("a: No such file or directory (os error 2). Look");
        assert_eq!(said, "a: No such file or directory. Look");
        assert_eq!(
            without_numbers("b: Is a directory (os error 21)"),
            "b: it is a folder; name a file"
        );
        assert_eq!(without_numbers("x (os error y) z"), "x (os error y) z");
    }

    #[test]
    fn a_number_below_zero_gets_no_tip_that_it_could_be_a_file() {
        let tip = |what: &str| format!("error: x\n\n  tip: to pass '{what}' as a value\n\nUsage\n");
        assert_eq!(in_words(&tip("-1")), "error: x\n\nUsage\n");
        assert_eq!(in_words(&tip("\u{1b}[33m-1\u{1b}[0m")), "error: x\n\nUsage\n");
        assert_eq!(in_words(&tip("-x")), tip("-x"));
    }
}
