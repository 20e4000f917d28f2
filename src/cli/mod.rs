//! The only room that knows a terminal: arguments, one file a command, progress, exit codes.

mod acks;
mod args;
mod audit;
mod audit_args;
mod beside;
mod changes_args;
mod check_tables;
mod claim_run;
mod command_line;
/// Public for the fuzz target that reads configurations (`fuzz/drivers.rs`).
pub mod configuration;
mod configuration_keys;
mod configuration_template;
mod deidentify;
mod desk;
mod destination;
mod diff;
mod error;
mod exit;
mod explain;
mod first_day_args;
mod generate;
mod init;
mod inspect;
mod ledger;
mod ledger_args;
mod ledger_change;
mod ledger_decide;
mod ledger_export;
mod leftovers;
mod memory;
mod next_steps;
mod night;
mod packaging;
mod paint;
mod panics;
mod phases;
mod policy;
mod progress;
mod remit;
mod results;
mod rules;
mod select;
mod shell;
mod simulate;
mod split;
mod standard_input;
mod summary_line;
mod table_args;
mod talk;
mod tell;
mod upcoming;
mod upcoming_claims;
mod upcoming_hidden;
mod usage_error;
mod validate;
mod values;
mod verify;
mod warnings;
mod width;

pub use exit::Exit;

use args::Command;
use command_line::Refused;
use error::CliError;
use std::io::{self, Write};

/// Runs the command that the arguments name; errors and talk go to standard error.
pub fn main() -> Exit {
    panics::guard(run)
}

fn run() -> Exit {
    let words = command_line::without_help_command(std::env::args_os().collect());
    if command_line::asks_nothing(&words) {
        next_steps::say();
        return Exit::NotDone;
    }
    let color = command_line::color(&words);
    let (cli, from_configuration) = match command_line::parse(words) {
        Ok(parsed) => parsed,
        Err(Refused::Configuration(error)) => {
            return refuse(&error, None);
        }
        Err(Refused::Usage(error)) => {
            paint::choose(color);
            return usage_error::say(error).unwrap_or_else(|error| refuse(&error, None));
        }
    };
    paint::choose(cli.color);
    let result = match cli.command {
        Command::Validate(args) => validate::run(&args),
        Command::Audit(args) => audit::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Ledger(args) => ledger::run(&args),
        Command::Policy(args) => policy::run(&args),
        Command::Remit(args) => remit::run(&args),
        Command::Generate(args) => generate::run(&args),
        Command::Init(args) => init::run(&args),
        Command::CheckTables(args) => check_tables::run(&args),
        Command::Upcoming(args) => upcoming::run(&args),
        Command::Completions(args) => packaging::completions(&args),
        Command::Man(args) => packaging::man(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Simulate(args) => simulate::run(&args),
    };
    match result {
        Ok(exit) => exit,
        // Whoever reads our output has seen enough (`| head`).
        Err(error) if error.is_closed_pipe() => Exit::Clean,
        Err(error) => {
            let source = from_configuration.source_of(&error.to_string());
            refuse(&error, source)
        }
    }
}

/// Says why nothing was done, and where a value stands that nobody typed.
fn refuse(error: &CliError, source: Option<String>) -> Exit {
    // A name or a value in it may hold what a terminal would act on.
    let source = source.map_or_else(String::new, |source| format!("\n  ({source})"));
    let error = usage_error::without_numbers(&error.to_string()) + &source;
    let lines: Vec<_> = error.split('\n').map(crate::report::plain).collect();
    let _ = writeln!(io::stderr(), "peerclaims: {}", lines.join("\n"));
    Exit::NotDone
}
