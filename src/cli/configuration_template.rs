//! `peerclaims.toml` as `peerclaims init` writes it: every key there is, out of force behind `#`.
//!
//! Keys, meanings and defaults come from where they are read, so that the template cannot name what
//! there is not. A line that begins with `#` and no blank is a key.

use super::args::Cli;
use super::configuration_keys::{DEFAULTS, Key, PATHS};
use crate::normalize::claims_csv::columns::NAMES;
use crate::normalize::claims_csv::mapping::CODED;
use crate::tables::TABLES;
use clap::CommandFactory;
use std::fmt::Write;

const HEAD: &str = "\
# peerclaims.toml: what need not be typed, and how your exports are written.
#
# peerclaims finds this file in the working folder alone: from elsewhere, name it (--config FILE),
# or move it to where you work. What is typed goes before what stands here. Nothing is in force
# yet: take the # away before a key.

# What parts the fields of the CSV files: one of , ; | or a tab (\"\\t\")
#delimiter = ','
";

const PATHS_HEAD: &str = "
# Files and folders. A path that is not absolute is one beside this file ('.' is its folder). None
# has a default.
[paths]
";

const DEFAULTS_HEAD: &str = "
# Options that are in force where they are not typed.
[defaults]
";

const COLUMNS_HEAD: &str = "
# The names of your columns, if they are others than ours. A list of names: the first that is not
# blank counts (of the claims alone).
";

const CODES_HEAD: &str = "
# Your codes, if they are others than ours: yours on the left.
";

/// A code of ours for each column whose codes may be mapped.
const CODES: [(&str, &str, &str); 5] = [
    ("frequency_code", "0", "1"),
    ("claim_status", "P", "paid"),
    ("procedure_code", "PEER15", "H0038"),
    ("unit_basis", "15MIN", "UN"),
    ("place_of_service", "OFFICE", "11"),
];

const TAIL: &str = "
# Acknowledgements (validate --acks).
[acks]
# Who answers: clearing_house or payer
#information_source = 'clearing_house'
# Name and identifier of who answers; without them, those of the receiver that the claims name
#source_name = 'EXAMPLE CLEARING'
#source_id = '12345'
# Control number of the first interchange written; without it, one from the as-of date
#first_control_number = 1

# Parts of a claim file (validate --split).
[split]
# One to three digits behind the control numbers of hold/; without them, those of the input
#control_suffix = '02'
";

/// The text of the template.
pub fn text() -> String {
    let mut text = HEAD.to_owned();
    text.push_str(PATHS_HEAD);
    PATHS.iter().for_each(|key| option(&mut text, key, true));
    text.push_str(DEFAULTS_HEAD);
    DEFAULTS.iter().for_each(|key| option(&mut text, key, false));
    text.push_str(COLUMNS_HEAD);
    columns(&mut text, "claims", &mut NAMES.iter().map(|(name, _)| *name));
    for table in TABLES {
        columns(&mut text, table.name, &mut table.columns.iter().map(|column| column.name));
    }
    text.push_str(CODES_HEAD);
    for (column, theirs, ours) in CODES {
        debug_assert!(CODED.iter().any(|(_, name)| *name == column));
        let _ = write!(text, "[codes.claims.{column}]\n#'{theirs}' = '{ours}'\n");
    }
    text.push_str(TAIL);
    text
}

/// A key with the help of its option; of paths, which have no default, its first sentence.
fn option(text: &mut String, key: &Key, is_path: bool) {
    let cli = Cli::command();
    let commands = key.commands.iter().filter_map(|name| cli.find_subcommand(name));
    let option = commands
        .flat_map(clap::Command::get_arguments)
        .find(|option| option.get_long() == Some(key.option));
    let help = option.and_then(clap::Arg::get_help).map(ToString::to_string).unwrap_or_default();
    let mut sentence = help;
    if is_path && let Some(end) = sentence.find(". ") {
        sentence.truncate(end);
    }
    let words = option.map(clap::Arg::get_possible_values).unwrap_or_default();
    if !words.is_empty() && key.kind != super::configuration_keys::Kind::Switch {
        let words: Vec<&str> = words.iter().map(clap::builder::PossibleValue::get_name).collect();
        let _ = write!(sentence, ": {}", words.join(", "));
    }
    let has_default = option.is_some_and(|option| !option.get_default_values().is_empty());
    if !has_default && !is_path && !sentence.contains("[default:") && key.example != "false" {
        sentence.push_str(" [default: none; an example]");
    }
    for line in wrapped(&sentence) {
        let _ = writeln!(text, "# {line}");
    }
    let _ = writeln!(text, "#{} = {}", key.name, key.example);
}

fn columns(text: &mut String, table: &str, names: &mut dyn Iterator<Item = &str>) {
    let _ = writeln!(text, "[columns.{table}]");
    for name in names {
        let _ = writeln!(text, "#{name} = '{name}'");
    }
}

/// Lines of at most 98 letters.
fn wrapped(sentence: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in sentence.split_whitespace() {
        let last = lines.len() - 1;
        if !lines[last].is_empty() && lines[last].len() + 1 + word.len() > 96 {
            lines.push(word.to_owned());
        } else {
            let blank = if lines[last].is_empty() { "" } else { " " };
            lines[last] = format!("{}{blank}{word}", lines[last]);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::configuration::Configuration;
    use super::super::configuration_keys::read;
    use super::*;
    use std::path::Path;

    /// The template with every key in force.
    fn in_force() -> String {
        let is_key = |line: &str| line.starts_with('#') && !line.starts_with("# ") && line != "#";
        let lines = text().lines().map(str::to_owned).collect::<Vec<_>>();
        let lines = lines.iter().map(|line| if is_key(line) { &line[1..] } else { line });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn every_key_of_the_template_is_one_that_is_read() {
        let text = in_force();
        assert!(Configuration::read(&text).is_ok(), "{:?}", Configuration::read(&text).err());
        let table: toml::Table = toml::from_str(&text).expect("TOML");
        for (name, keys) in [("paths", &PATHS[..]), ("defaults", &DEFAULTS[..])] {
            let part = table[name].clone().try_into().expect("a table");
            let given = match name {
                "paths" => read(&part, &PATHS, name, Path::new("")),
                _ => read(&part, &DEFAULTS, name, Path::new("")),
            };
            let given = given.unwrap_or_else(|error| panic!("{error}"));
            let switches = keys.iter().filter(|key| key.example == "false").count();
            assert_eq!(given.len() + switches, keys.len(), "all but the switches that are off");
        }
    }

    #[test]
    fn nothing_of_the_template_is_in_force() {
        let configuration = Configuration::read(&text()).unwrap_or_else(|error| panic!("{error}"));
        assert!(configuration.claim_columns().is_empty());
        assert!(configuration.claim_codes().is_empty());
        assert!(configuration.note(&[]).is_none());
    }

    /// A default that the template shows is the one of the option, in every command that takes it;
    /// and each of those commands reads a configuration.
    #[test]
    fn defaults_are_those_of_the_options() {
        let cli = Cli::command();
        for key in PATHS.iter().chain(&DEFAULTS) {
            let mut taken = 0;
            for name in key.commands {
                let Some(command) = cli.find_subcommand(name) else { continue };
                let long = |long: &'static str| {
                    command.get_arguments().find(move |arg| arg.get_long() == Some(long))
                };
                let inner = command.get_subcommands().flat_map(clap::Command::get_arguments);
                let inner = inner.filter(|arg| arg.get_long() == Some(key.option)).count();
                let Some(option) = long(key.option) else {
                    assert!(inner > 0, "{name} takes no --{}", key.option);
                    continue;
                };
                taken += 1;
                assert!(long("config").is_some(), "{name} reads no configuration");
                assert_eq!(option.get_id().as_str(), key.option.replace('-', "_"));
                let default: Vec<_> =
                    option.get_default_values().iter().map(|word| word.to_string_lossy()).collect();
                let shown = key.example.replace(['[', ']', '\''], "");
                if !default.is_empty() && key.example != "false" {
                    assert_eq!(shown, default.join(","), "{}", key.name);
                }
            }
            assert!(taken > 0, "no command takes {}", key.name);
        }
    }
}
