//! `peerclaims policy`, and the policy of a run.

use super::args::{PolicyArgs, PolicyCommand};
use super::error::CliError;
use super::exit::Exit;
use crate::policy::{self, Policy};
use crate::rules::registry::RULES;
use crate::source::whole;
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
    let Some(PolicyCommand::Check { file }) = &args.command else {
        out.write_all(policy::BUILTIN_TEXT.as_bytes())?;
        return Ok(Exit::Clean);
    };
    let loaded = if file == Path::new("-") { piped() } else { load(Some(file)) };
    match loaded {
        Ok(loaded) => {
            writeln!(out, "{}: this policy can be used", loaded.origin)?;
            for remark in policy::remarks(&loaded.policy) {
                writeln!(out, "  {remark}")?;
            }
            Ok(Exit::Clean)
        }
        Err(CliError::Policy { name, error }) => {
            writeln!(out, "{name}: this policy cannot be used:\n{error}")?;
            Ok(Exit::Findings)
        }
        Err(other) => Err(other),
    }
}
