//! What was typed, filled up with what the configuration gives for options that were not.
//!
//! The configuration's options are put behind the typed ones and parsed with them, so that they are
//! checked by the same definitions. Where there is no configuration, nothing of this happens.

use super::args::{Cli, ColorArg, Command};
use super::configuration::{self, Configuration};
use super::configuration_keys::{Given, Kind, Needs};
use super::error::CliError;
use super::usage_error;
use crate::report::OptionFacts;
use clap::error::{ContextKind, ContextValue};
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches, ValueEnum};
use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// Why nothing is done.
pub(super) enum Refused {
    /// The command line is wrong, or asks for help.
    Usage(clap::Error),
    /// The configuration is wrong.
    Configuration(CliError),
}

/// `--color` as typed, where the command line cannot be read.
pub(super) fn color(words: &[OsString]) -> ColorArg {
    let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
    let behind = words.windows(2).find(|pair| pair[0] == "--color").map(|pair| &pair[1]);
    let word = words.iter().find_map(|word| word.strip_prefix("--color="));
    let word = word.or(behind.map(|word| &**word)).unwrap_or_default();
    ColorArg::from_str(word, false).unwrap_or(ColorArg::Auto)
}

/// Whether nothing was asked: no word but how to colour.
pub(super) fn asks_nothing(words: &[OsString]) -> bool {
    let mut words = words.iter().skip(1).map(|word| word.to_string_lossy());
    while let Some(word) = words.next() {
        let value = match word.strip_prefix("--color") {
            Some("") => words.next().map(Cow::into_owned),
            Some(rest) => rest.strip_prefix('=').map(str::to_owned),
            None => return false,
        };
        if value.is_none_or(|value| ColorArg::from_str(&value, false).is_err()) {
            return false;
        }
    }
    true
}

/// `help COMMAND` is `COMMAND --help`.
pub(super) fn without_help_command(mut words: Vec<OsString>) -> Vec<OsString> {
    if words.get(1).is_some_and(|word| word == "help") {
        words.remove(1);
        words.push("--help".into());
    }
    words
}

fn read(words: Vec<OsString>) -> Result<Cli, clap::Error> {
    let matches = Cli::command().try_get_matches_from(words)?;
    Cli::from_arg_matches(&matches)
}

/// Reads the command line `words`, the program's name first.
pub(super) fn parse(words: Vec<OsString>) -> Result<(Cli, FromConfiguration), Refused> {
    let nothing = |cli| (cli, FromConfiguration::default());
    let names_config =
        |word: &OsString| word.as_encoded_bytes().starts_with(configuration::OPTION.as_bytes());
    if !words.iter().any(names_config) && configuration::found().is_none() {
        return read(words).map(nothing).map_err(Refused::Usage);
    }
    let typed = Typed::read(&words);
    let Some(typed) = typed.filter(Typed::takes_config) else {
        return read(words).map(nothing).map_err(Refused::Usage);
    };
    // A usage error is said first where it is the user's own.
    let configuration = configuration::load(typed.path("config").as_deref());
    let configuration = match configuration {
        Ok(configuration) => configuration,
        Err(error) => {
            read(words).map_err(Refused::Usage)?;
            return Err(Refused::Configuration(error));
        }
    };
    let filled = typed.fill(&configuration);
    let mut all = words.clone();
    let end = all.iter().position(|word| word == "--").unwrap_or(all.len());
    all.splice(end..end, filled.iter().flat_map(as_typed));
    let mut cli = read(all).map_err(|error| match read(words) {
        // What is wrong as it was typed: its usage names no option that nobody typed.
        Err(own) if own.kind() == error.kind() => Refused::Usage(own),
        _ => refused(error, &filled, &configuration),
    })?;
    let facts = filled.iter().map(facts).collect();
    match &mut cli.command {
        Command::Validate(args) => args.common.from_config = facts,
        Command::Audit(args) => args.common.from_config = facts,
        Command::Simulate(args) => args.common.from_config = facts,
        _ => {}
    }
    let file = configuration.origin.as_ref().map_or_else(String::new, |origin| origin.name.clone());
    let values = filled.iter().flat_map(|given| {
        given.values.iter().map(|value| (given.key.name, value.clone())).collect::<Vec<_>>()
    });
    Ok((cli, FromConfiguration { file, values: values.collect() }))
}

/// Values of options that nobody typed, for errors about them.
#[derive(Default)]
pub(super) struct FromConfiguration {
    file: String,
    values: Vec<(&'static str, String)>,
}

impl FromConfiguration {
    /// Where a value stands that an error is about: whoever reads it never typed it.
    pub(super) fn source_of(&self, error: &str) -> Option<String> {
        let named = self.values.iter().filter(|(_, value)| error.contains(value.as_str()));
        let (key, value) = named.max_by_key(|(_, value)| value.len())?;
        Some(format!("{value} stands in {} as {key}", self.file))
    }
}

/// What was typed, read leniently: the command, and which of its options are there.
struct Typed {
    /// The first word of the command: `ledger` of `ledger status`.
    first: String,
    command: clap::Command,
    matches: ArgMatches,
}

impl Typed {
    fn read(words: &[OsString]) -> Option<Typed> {
        let lenient = Cli::command().ignore_errors(true);
        let mut matches = lenient.clone().try_get_matches_from(words).ok()?;
        let mut command = lenient;
        command.build();
        let mut first = None;
        while let Some((name, inner)) = matches.remove_subcommand() {
            command = command.find_subcommand(&name)?.clone();
            first.get_or_insert(name);
            matches = inner;
        }
        Some(Typed { first: first?, command, matches })
    }

    fn takes_config(&self) -> bool {
        self.has("config")
    }

    fn has(&self, id: &str) -> bool {
        self.command.get_arguments().any(|arg| arg.get_id() == id)
    }

    fn is_typed(&self, id: &str) -> bool {
        self.has(id) && self.matches.value_source(id) == Some(ValueSource::CommandLine)
    }

    fn path(&self, id: &str) -> Option<PathBuf> {
        self.is_typed(id).then(|| self.matches.get_one::<PathBuf>(id).cloned()).flatten()
    }

    /// The options of the configuration that the command takes and nobody typed.
    fn fill<'c>(&self, configuration: &'c Configuration) -> Vec<&'c Given> {
        let mut filled: Vec<&Given> = Vec::new();
        for given in configuration.given() {
            let key = given.key;
            let id = key.option.replace('-', "_");
            let is_taken = key.commands.contains(&self.first.as_str()) && self.has(&id);
            let gives_way =
                self.is_typed(&id) || key.gives_way_to.iter().any(|id| self.is_typed(id));
            let in_force =
                |id: &str| self.is_typed(id) || filled.iter().any(|given| given.key.option == id);
            let is_meant = match key.needs {
                Needs::Nothing => true,
                Needs::Ledger => in_force("ledger"),
                Needs::Split => in_force("split"),
                Needs::OutFolder => {
                    let to_stdout = self.path("out").is_some_and(|out| out == OsStr::new("-"));
                    in_force("out") && !to_stdout
                }
            };
            if is_taken && !gives_way && is_meant {
                filled.push(given);
            }
        }
        filled
    }
}

/// An option as it would be typed.
fn as_typed(given: &&Given) -> Vec<OsString> {
    let option = given.key.option;
    if given.key.kind == Kind::Switch {
        return vec![format!("--{option}").into()];
    }
    given.values.iter().map(|value| format!("--{option}={value}").into()).collect()
}

fn facts(given: &&Given) -> OptionFacts {
    let value = (given.key.kind != Kind::Switch).then(|| given.values.join(" "));
    OptionFacts { name: format!("--{}", given.key.option), value }
}

/// Whose fault an error is: the configuration's, if it names an option that came from there.
fn refused(error: clap::Error, filled: &[&Given], configuration: &Configuration) -> Refused {
    let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else {
        return Refused::Usage(error);
    };
    let option = argument.split([' ', '=']).next().unwrap_or_default().trim_start_matches('-');
    let Some(given) = filled.iter().find(|given| given.key.option == option) else {
        return Refused::Usage(error);
    };
    let text = usage_error::in_words(&error.to_string());
    let what = text.split("\n\n").next().unwrap_or_default();
    let what: Vec<&str> = what.trim_start_matches("error: ").lines().map(str::trim).collect();
    let file = configuration.origin.as_ref().map_or("", |origin| &origin.name);
    let (name, what) = (given.key.name, what.join(" "));
    Refused::Configuration(CliError::Usage(format!("{file}: {name}: {what}")))
}
