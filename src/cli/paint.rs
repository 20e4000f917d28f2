//! Colours: whole lines and a few words of what is written for people. What is written is plain,
//! and aligned; colour comes last, so that nothing depends on it.

use super::args::ColorArg;
use super::talk::Talk;
use std::ffi::OsString;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::sync::OnceLock;

const BOLD: &str = "\u{1b}[1m";
const ALARM: &str = "\u{1b}[1;31m";
const RED: &str = "\u{1b}[31m";
const YELLOW: &str = "\u{1b}[33m";
const CYAN: &str = "\u{1b}[36m";
const PLAIN: &str = "\u{1b}[0m";

/// `--color`, decided once when the program starts.
static CHOICE: OnceLock<ColorArg> = OnceLock::new();

/// Decides for the rest of the process.
pub(super) fn choose(choice: ColorArg) {
    let _ = CHOICE.set(choice);
}

/// Whether text on a stream gets colours: results, help and errors alike. What is typed goes before
/// the environment, and there what takes colours away before what gives them.
pub(super) fn is_on(is_terminal: bool) -> bool {
    let choice = CHOICE.get().copied().unwrap_or(ColorArg::Auto);
    decide(choice, is_terminal, |name| std::env::var_os(name))
}

fn decide(
    choice: ColorArg,
    is_terminal: bool,
    variable: impl Fn(&str) -> Option<OsString>,
) -> bool {
    let value = |name| variable(name).filter(|value| !value.is_empty());
    let is = |name, word: &str| value(name).is_some_and(|value| value == word);
    match choice {
        ColorArg::Always => true,
        ColorArg::Never => false,
        ColorArg::Auto if value("NO_COLOR").is_some() => false,
        ColorArg::Auto if value("CLICOLOR_FORCE").is_some() && !is("CLICOLOR_FORCE", "0") => true,
        ColorArg::Auto => is_terminal && !is("CLICOLOR", "0") && !is("TERM", "dumb"),
    }
}

/// Standard output for text that people read.
pub(super) fn stdout() -> Painter<BufWriter<StdoutLock<'static>>> {
    let is_on = is_on(io::stdout().is_terminal());
    Painter { out: BufWriter::new(io::stdout().lock()), is_on, line: Vec::new() }
}

/// Standard error for the same.
pub(super) fn stderr() -> Painter<BufWriter<Talk>> {
    let is_on = is_on(io::stderr().is_terminal());
    Painter { out: BufWriter::new(Talk), is_on, line: Vec::new() }
}

/// Paints lines as they are whole.
pub(super) struct Painter<W: Write> {
    out: W,
    is_on: bool,
    line: Vec<u8>,
}

impl<W: Write> Write for Painter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_on {
            return self.out.write(bytes);
        }
        for byte in bytes {
            self.line.push(*byte);
            if *byte == b'\n' {
                let line = std::mem::take(&mut self.line);
                self.out.write_all(painted(&String::from_utf8_lossy(&line)).as_bytes())?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let rest = std::mem::take(&mut self.line);
        self.out.write_all(&rest)?;
        self.out.flush()
    }
}

/// A line with its colours.
fn painted(line: &str) -> String {
    let text = line.trim_end_matches('\n');
    if text.is_empty() {
        return line.to_owned();
    }
    if !text.starts_with(' ') {
        let loud = text.split(' ').next().is_some_and(|word| {
            word.len() > 3 && word.bytes().all(|byte| byte.is_ascii_uppercase())
        });
        let style = if loud { ALARM } else { BOLD };
        return format!("{style}{text}{PLAIN}\n");
    }
    let mut painted = line.to_owned();
    for word in ["NOT LOOKED FOR", "OVERDUE", " ENDED"] {
        painted = painted.replacen(word, &format!("{ALARM}{word}{PLAIN}"), 1);
    }
    if begins_with_rule(text) {
        for (word, style) in [(" deny", RED), (" review", YELLOW), (" info", CYAN)] {
            let end = |at: usize| text[at + word.len()..].starts_with([' ', '\n']);
            if let Some(at) = text.find(word).filter(|at| end(*at)) {
                let (head, tail) = (&text[..at], &text[at + word.len()..]);
                return format!("{head}{style}{word}{PLAIN}{tail}\n");
            }
        }
    }
    painted
}

/// `  U001 …`
fn begins_with_rule(text: &str) -> bool {
    let id = text.trim_start().split(' ').next().unwrap_or_default().as_bytes();
    matches!(id, [letter, rest @ ..] if letter.is_ascii_uppercase() && rest.len() == 3
        && rest.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_goes_before_the_environment_and_that_before_the_stream() {
        let with = |given: &'static [(&str, &str)]| {
            move |name: &str| {
                let found = given.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| OsString::from(value))
            }
        };
        let auto = |is_terminal, given| decide(ColorArg::Auto, is_terminal, with(given));
        assert!(auto(true, &[]) && !auto(false, &[]));
        assert!(!auto(true, &[("NO_COLOR", "1")]) && auto(true, &[("NO_COLOR", "")]));
        assert!(
            auto(false, &[("CLICOLOR_FORCE", "1")]) && !auto(false, &[("CLICOLOR_FORCE", "0")])
        );
        assert!(!auto(false, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
        assert!(!auto(true, &[("CLICOLOR", "0")]) && auto(true, &[("CLICOLOR", "1")]));
        assert!(auto(true, &[("CLICOLOR", "0"), ("CLICOLOR_FORCE", "1")]));
        assert!(!auto(true, &[("TERM", "dumb")]));
        assert!(decide(ColorArg::Always, false, with(&[("NO_COLOR", "1")])));
        assert!(!decide(ColorArg::Never, true, with(&[("CLICOLOR_FORCE", "1")])));
    }

    #[test]
    fn colour_adds_to_a_line_and_takes_nothing() {
        let bare = |text: &str| {
            [BOLD, ALARM, RED, YELLOW, CYAN, PLAIN]
                .iter()
                .fold(text.to_owned(), |text, style| text.replace(style, ""))
        };
        for line in [
            "Findings\n",
            "RULES NOT RUN: nobody looked\n",
            "  U001  daily-units-exceeded  deny  12\n",
            "  S002 review · claim A line 1\n",
            "  2025-09-09  OVERDUE  1777000062\n",
            "\n",
            "  nothing of this\n",
        ] {
            assert_eq!(bare(&painted(line)), line);
        }
        assert!(painted("RULES NOT RUN\n").starts_with(ALARM));
        assert!(painted("Findings\n").starts_with(BOLD));
        assert!(painted("  U001  name  deny  12\n").contains(&format!("{RED} deny{PLAIN}")));
        assert_eq!(painted("  nothing to deny here\n"), "  nothing to deny here\n");
    }
}
