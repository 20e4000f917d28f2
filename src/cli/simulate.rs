//! `peerclaims simulate CLAIMS… --policy FILE`: one input under two policies.

use super::args::{CommonArgs, FailOn, FormatArg, InputHash};
use super::changes_args::{DiffFormat, SimulateArgs};
use super::claim_run;
use super::destination::{self, Destination};
use super::error::CliError;
use super::exit::{self, Exit};
use super::ledger_args::{LedgerOptions, PostArg};
use super::leftovers::say_exchanged;
use super::night::Night;
use super::policy::{self, LoadedPolicy};
use super::{configuration, deidentify, diff, memory, progress, select, tell, warnings};
use crate::changes::{self, Changes, Circumstance, ClaimsOf, FindingsOf, RuleChange};
use crate::deidentify::Key;
use crate::outcome::RunOutcome;
use crate::pipeline::{self, ClaimCsvForm, Progress, ReadOutcome, Request};
use crate::policy::Policy;
use crate::report::{self, ManifestFacts, OptionFacts, RunClock};
use crate::rules::{Rule, policy_differences};
use crate::source::blocks::BLOCK_BYTES;
use crate::source::input::{self, InputError, InputPath};
use crate::source::snapshot::Watched;
use crate::tables::{CsvForm, Loaded, TablePaths};
use std::io::{self, Write};

/// Checks the same claims under two policies.
pub fn run(args: &SimulateArgs) -> Result<Exit, CliError> {
    let common = &args.common;
    check_usage(args)?;
    let clock = RunClock::start();
    let key = deidentify::key(common.deidentify.as_deref())?;
    let configuration = configuration::load(common.config.as_deref())?;
    let before = policy::load(args.against.as_deref())?;
    let after = policy::load(common.policy.as_deref())?;
    let rules = select::rules(&common.select, &common.ignore)?;
    let claims = claim_run::inputs(&args.claims)?;
    let history = input::expand(&common.history)?;
    let paths = claim_run::table_paths(common)?;
    let named: Vec<_> = args.claims.iter().chain(&args.against).cloned().collect();
    let kept = args.ledger.as_ref();
    let destination = destination::of(&named, common, kept, &claims, &history, &paths)?;
    let progress = Progress::default();
    let total_bytes = claim_run::total_bytes(history.iter().chain(&claims));
    let csv = configuration.claim_form(common.delimiter)?;
    let inputs = Inputs { common, claims, history, csv, rules };
    let mut night = Night::begin(&ledger_options(args), common.quiet, &progress)?;
    let one = inputs.request(&before.policy, &progress, night.as_ref())?;
    let other = inputs.request(&after.policy, &progress, night.as_ref())?;
    let form = claim_run::table_form(&one, &configuration);
    let is_alike = reads_alike(&before.policy, &after.policy);
    let read = inputs.claims.iter().chain(&inputs.history);
    let watched: Vec<_> = read.map(|input| (&input.name, Watched::begin(&input.path))).collect();
    let work = || check_twice([&one, &other], is_alike, night.as_mut(), (&paths, &form));
    let twice = progress::during(&progress, total_bytes, progress::Show::of(common), work);
    // Where they are read twice, it must be the same.
    if let Some((name, _)) = watched.iter().find(|(_, watched)| watched.check().is_err()) {
        return Err(InputError::Changed { name: (*name).clone() }.into());
    }
    let Twice { mut first, mut second, mut loaded } = twice?;
    claim_run::take_stock(&mut second, &loaded, &configuration, (&args.claims, common))?;
    let others = deidentify::of_ledger(key.as_ref(), night.as_ref())?;
    hide((key.as_ref(), others), [&mut first, &mut second], &mut loaded)?;
    let changes = changes(&first, &second, [&before, &after], &inputs.rules)?;
    let facts = ManifestFacts {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        policy: claim_run::policy_facts(&after),
        options: options(args, &before, key.as_ref()),
        tables: claim_run::table_facts(&loaded),
        threads: other.threads,
        clock,
        ledger: None,
        config: configuration.facts(&common.from_config),
    };
    let form = format(common, &destination);
    let is_in_place = matches!(destination, Destination::Folder(_));
    if let Destination::Folder(mut folder) = destination {
        diff::write_files(&changes, &mut folder)?;
        say_exchanged(&report::seal(&second, &facts, *folder)?.exchange()?);
    }
    progress::done(&progress, progress::Show::of(common));
    memory::say_if_over(common);
    let exit = if second.is_partial { Exit::Partial } else { diff::exit(&changes) };
    let told = match common.quiet {
        true => Ok(()),
        false if common.summary_line => {
            summary_line(&changes, exit).and_then(|()| Ok(warnings::say(&second)?))
        }
        false => say((&changes, &second), form, common.verbose.then_some((&progress, &clock))),
    };
    std::mem::forget((first, second, loaded)); // as in validate
    exit::after(if is_in_place { exit::done(told) } else { told }, exit)
}

/// `--summary-line`
fn summary_line(changes: &Changes, exit: Exit) -> Result<(), CliError> {
    let RuleChange { came, went, changed, same, .. } = changes.findings.all;
    let claims = changes.claims.as_ref();
    let at_issue = claims.map_or(String::new(), |claims| {
        let [before, after] = claims.amount_at_issue;
        format!("; ${before} at issue before, ${after} after")
    });
    let (number, why) = match exit {
        Exit::Clean => (0, "the same"),
        Exit::Partial => (3, "done, but some input had to be left out"),
        _ => (1, "not the same"),
    };
    writeln!(
        io::stdout(),
        "peerclaims simulate: findings: {came} came, {went} went, {changed} changed, {same} are \
         the same{at_issue}; exit {number}: {why}",
    )?;
    Ok(())
}

fn say(
    (changes, outcome): (&Changes, &RunOutcome),
    form: DiffFormat,
    stages: Option<(&Progress, &RunClock)>,
) -> Result<(), CliError> {
    diff::show("simulate", changes, form)?;
    warnings::say(outcome)?;
    if let Some((progress, clock)) = stages {
        tell::show_stages(progress, clock.elapsed())?;
    }
    Ok(())
}

/// One reading, checked under two policies.
struct Twice {
    first: RunOutcome,
    second: RunOutcome,
    loaded: Loaded,
}

/// Takes the members' ids out of both. Where both checks are of one reading, its records are with
/// the second; the ids are told from them.
fn hide(
    (key, mut others): (Option<&Key>, Vec<Vec<u8>>),
    [first, second]: [&mut RunOutcome; 2],
    loaded: &mut Loaded,
) -> Result<(), CliError> {
    let is_shared = first.store.is_empty();
    if is_shared {
        std::mem::swap(&mut first.store, &mut second.store);
    }
    // Both name the members of the tables alike.
    others.extend(crate::deidentify::members_of(&loaded.tables).map(<[u8]>::to_vec));
    deidentify::apply(key, first, &mut Loaded::default(), &others)?;
    if is_shared {
        std::mem::swap(&mut first.store, &mut second.store);
    }
    deidentify::apply(key, second, loaded, &others)
}

/// Reads once, if that will do, and checks under both policies.
fn check_twice(
    [one, other]: [&Request<'_>; 2],
    is_alike: bool,
    mut night: Option<&mut Night>,
    (paths, form): (&TablePaths, &CsvForm),
) -> Result<Twice, CliError> {
    let mut spare = None;
    let (mut first, loaded) = claim_run::check(one, paths, form, |read| {
        join(one, night.as_deref_mut(), read)?;
        spare = Some(read.without_records());
        Ok(())
    })?;
    let again = match spare.filter(|_| is_alike) {
        Some(spare) => spare.with_records(std::mem::take(&mut first.store)),
        None => {
            let mut read = pipeline::read(other)?;
            join(other, night, &mut read)?;
            read
        }
    };
    let second = pipeline::check(other, again, &loaded.tables)?;
    Ok(Twice { first, second, loaded })
}

/// What both checks share.
struct Inputs<'a> {
    common: &'a CommonArgs,
    claims: Vec<InputPath>,
    history: Vec<InputPath>,
    csv: ClaimCsvForm,
    rules: Vec<&'static Rule>,
}

impl Inputs<'_> {
    fn request<'r>(
        &self,
        policy: &'r Policy,
        progress: &'r Progress,
        night: Option<&Night>,
    ) -> Result<Request<'r>, CliError> {
        let common = self.common;
        Ok(Request {
            claims: self.claims.clone(),
            history: self.history.clone(),
            rules: self.rules.clone(),
            as_of: common.as_of,
            csv: self.csv.clone(),
            threads: claim_run::threads(common),
            block_bytes: common.block_bytes.unwrap_or(BLOCK_BYTES),
            max_decompressed: common.max_decompressed,
            wants_hash: common.input_hash == InputHash::Sha256,
            ledger: Night::request(night, false, false)?,
            ..Request::new(policy, progress)
        })
    }
}

/// Puts the lines of the ledger before those that were read.
fn join(
    request: &Request<'_>,
    night: Option<&mut Night>,
    read: &mut ReadOutcome,
) -> Result<(), CliError> {
    night.map_or(Ok(()), |night| night.join(request, read))
}

/// Whether a reading under one policy is one under the other: which lines are kept is told by the
/// procedures, and which lines of a ledger bear on them by the limit year.
fn reads_alike(before: &Policy, after: &Policy) -> bool {
    let upper = |policy: &Policy| {
        let mut codes: Vec<_> =
            policy.procedures.iter().map(|code| code.to_ascii_uppercase()).collect();
        codes.sort();
        codes
    };
    upper(before) == upper(after) && before.units.limit_year_starts == after.units.limit_year_starts
}

fn changes(
    first: &RunOutcome,
    second: &RunOutcome,
    policies: [&LoadedPolicy; 2],
    rules: &[&Rule],
) -> Result<Changes, CliError> {
    let findings =
        [first, second].map(|run| FindingsOf { findings: &run.findings, files: &run.files });
    // Where both checks are of one reading, its records are with the second.
    let store = if first.store.is_empty() { &second.store } else { &first.store };
    let claims = [
        ClaimsOf { claims: &first.claims, store },
        ClaimsOf { claims: &second.claims, store: &second.store },
    ];
    let [before, after] = policies;
    let values = policy_differences::differences(&before.policy, &after.policy, rules);
    let circumstances = values.into_iter().map(|value| Circumstance {
        what: value.key,
        before: value.before,
        after: value.after,
    });
    let name = |policy: &LoadedPolicy| format!("policy {}", policy.origin);
    let not_run = second.rules_not_run.iter();
    let not_run = not_run.map(|one| format!("{} did not run in either: {}", one.rule, one.why));
    Ok(Changes {
        before: name(before),
        after: name(after),
        findings: changes::compare_findings(&findings[0], &findings[1])?,
        claims: Some(changes::compare_claims(&claims[0], &claims[1])?),
        circumstances: circumstances.collect(),
        notes: not_run.chain(second.notes.iter().cloned()).collect(),
    })
}

/// A ledger is asked, never written.
fn ledger_options(args: &SimulateArgs) -> LedgerOptions {
    LedgerOptions { ledger: args.ledger.clone(), post: PostArg::None, dry_run: true, wait: 0 }
}

fn check_usage(args: &SimulateArgs) -> Result<(), CliError> {
    let common = &args.common;
    let usage = |what: &str| Err(CliError::Usage(what.to_owned()));
    if common.fail_on != FailOn::Deny {
        return usage("--fail-on is not of simulate: it ends with 0 (the same) or 1 (different)");
    }
    claim_run::check_usage(&args.claims, common)?;
    // Where one is read twice, a stream is at its end the second time.
    let is_stream = args.claims.iter().chain(&common.history).any(|path| path.as_os_str() == "-");
    if is_stream {
        return usage("simulate may have to read twice: name files instead of standard input (-)");
    }
    match args.ledger.as_ref().filter(|path| !path.exists()) {
        Some(path) => usage(&format!("{}: there is no such ledger", path.display())),
        None => Ok(()),
    }
}

fn format(common: &CommonArgs, destination: &Destination) -> DiffFormat {
    let is_json = common.format.contains(&FormatArg::Json);
    match destination {
        Destination::Stdout if is_json => DiffFormat::Json,
        Destination::Stdout => DiffFormat::Csv,
        Destination::Terminal if is_json => DiffFormat::Json,
        _ => DiffFormat::Table,
    }
}

fn options(args: &SimulateArgs, against: &LoadedPolicy, key: Option<&Key>) -> Vec<OptionFacts> {
    let mut options = claim_run::options(&args.common, key);
    options.retain(|option| option.name != "--fail-on");
    let hash = crate::source::hash::sha256(against.text.as_bytes());
    let against = format!("{} (SHA-256 {hash})", against.origin);
    options.push(OptionFacts { name: "--against".to_owned(), value: Some(against) });
    options
}
