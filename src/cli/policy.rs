//! `peerclaims policy`, and the policy of a run.

use super::args::{PolicyArgs, PolicyCommand};
use super::error::CliError;
use super::exit::Exit;
use crate::policy::{self, Policy};
use crate::rules::registry::RULES;
use std::io::{self, Write};
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
    let text = std::fs::read_to_string(file)
        .map_err(|error| CliError::Usage(format!("{name}: the policy cannot be read: {error}")))?;
    let policy = policy::read(&text, &rule_ids())
        .map_err(|error| CliError::Policy { name: name.clone(), error })?;
    Ok(LoadedPolicy { policy, text, origin: name })
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
    match load(Some(file)) {
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
