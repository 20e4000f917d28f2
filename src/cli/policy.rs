//! `peerclaims policy`, and the policy of a run.

use super::args::{ListFormat, PolicyArgs, PolicyCommand};
use super::error::CliError;
use super::exit::{self, Exit};
use super::width;
use crate::policy::{self, Policy};
use crate::report::hanging;
use crate::rules::registry::RULES;
use crate::source::whole;
use serde_json::{Value, json};
use std::io::{self, Read, Write};
use std::path::Path;

/// A policy with its text.
pub struct LoadedPolicy {
    /// The values.
    pub policy: Policy,
    /// As read.
    pub text: String,
    /// `built-in`, or the file as the user named it.
    pub origin: String,
}

/// The policy in `file`, or the built-in one.
pub fn load(file: Option<&Path>) -> Result<LoadedPolicy, CliError> {
    let Some(file) = file else {
        return Ok(LoadedPolicy {
            policy: policy::builtin(),
            text: policy::BUILTIN_TEXT.to_owned(),
            origin: "built-in".to_owned(),
        });
    };
    let name = file.display().to_string();
    let bytes = whole::read(file);
    used(name, bytes)
}

/// The policy of these bytes, which are the content of `name`.
fn used(name: String, bytes: io::Result<Vec<u8>>) -> Result<LoadedPolicy, CliError> {
    let unusable =
        |why: String| CliError::Usage(format!("{name}: the policy cannot be read: {why}"));
    let bytes = bytes.map_err(|error| unusable(error.to_string()))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| unusable("it is no UTF-8 text; save it as UTF-8".to_owned()))?;
    let policy = policy::read(&text, &rule_ids())
        .map_err(|error| CliError::Policy { name: name.clone(), error })?;
    Ok(LoadedPolicy { policy, text, origin: name })
}

/// The policy on standard input.
fn piped() -> Result<LoadedPolicy, CliError> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes);
    used("standard input".to_owned(), read)
}

fn rule_ids() -> Vec<&'static str> {
    RULES.iter().map(|rule| rule.id).collect()
}

/// Prints the built-in policy, or checks one.
pub fn run(args: &PolicyArgs) -> Result<Exit, CliError> {
    let mut out = io::stdout().lock();
    let Some(PolicyCommand::Check { file, format }) = &args.command else {
        match args.format {
            ListFormat::Table => out.write_all(policy::BUILTIN_TEXT.as_bytes())?,
            ListFormat::Json => write_json(&mut out, &values(policy::BUILTIN_TEXT)?)?,
        }
        return Ok(Exit::Clean);
    };
    let loaded = if file == Path::new("-") { piped() } else { load(Some(file)) };
    if *format == ListFormat::Json {
        return check_json(&mut out, loaded);
    }
    match loaded {
        Ok(loaded) => {
            let remarks = policy::remarks(&loaded.policy).into_iter();
            let said = say(&mut out, &loaded.origin, "this policy can be used", 2, remarks);
            exit::after(said.map_err(CliError::from), Exit::Clean)
        }
        Err(CliError::Policy { name, error }) => {
            let problems = error.to_string();
            let problems = problems.lines().map(|line| line.trim().to_owned());
            let said = say(&mut out, &name, "this policy cannot be used:", 0, problems);
            exit::after(said.map_err(CliError::from), Exit::Findings)
        }
        Err(other) => Err(other),
    }
}

/// Says it, and each line below it.
fn say(
    out: &mut dyn Write,
    name: &str,
    verdict: &str,
    indent: usize,
    mut lines: impl Iterator<Item = String>,
) -> io::Result<()> {
    // In a pipe each stays on its line.
    let width = width::of_terminal(true).unwrap_or(usize::MAX);
    hanging(out, 0, &format!("{name}: {verdict}"), width)?;
    lines.try_for_each(|line| hanging(out, indent, &line, width))
}

fn check_json(
    out: &mut impl Write,
    loaded: Result<LoadedPolicy, CliError>,
) -> Result<Exit, CliError> {
    let (name, problems, remarks, exit) = match loaded {
        Ok(loaded) => {
            let remarks = policy::remarks(&loaded.policy);
            (loaded.origin, Vec::new(), remarks, Exit::Clean)
        }
        Err(CliError::Policy { name, error }) => {
            let problems = error.problems.iter().map(
                |problem| json!({ "line": problem.line, "key": problem.key, "what": problem.what }),
            );
            (name, problems.collect(), Vec::new(), Exit::Findings)
        }
        Err(other) => return Err(other),
    };
    let is_well = exit == Exit::Clean;
    let answer =
        json!({ "name": name, "is_well": is_well, "problems": problems, "remarks": remarks });
    exit::after(write_json(out, &answer), exit)
}

fn write_json(out: &mut impl Write, value: &Value) -> Result<(), CliError> {
    serde_json::to_writer_pretty(&mut *out, value).map_err(io::Error::from)?;
    Ok(writeln!(out)?)
}

/// The values of a policy's text.
fn values(text: &str) -> Result<Value, CliError> {
    let table: toml::Table =
        toml::from_str(text).map_err(|error| CliError::Usage(error.to_string()))?;
    Ok(json_of(toml::Value::Table(table)))
}

/// JSON has no dates: they become texts.
fn json_of(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(flag) => flag.into(),
        toml::Value::Datetime(date) => date.to_string().into(),
        toml::Value::Array(list) => list.into_iter().map(json_of).collect(),
        toml::Value::Table(table) => {
            Value::Object(table.into_iter().map(|(key, value)| (key, json_of(value))).collect())
        }
    }
}
