//! `peerclaims validate CLAIMS…`

use super::acks;
use super::args::{InputHash, ValidateArgs};
use super::beside::Beside;
use super::error::CliError;
use super::exit::Exit;
use super::memory::{self, Within};
use super::night::Night;
use super::progress::Show;
use super::results::{Checked, keep};
use super::split::{self, Splitter};
use super::{claim_run, configuration, deidentify, desk, destination, policy, progress, select};
use crate::deidentify::Key;
use crate::pipeline::{Progress, ReadOutcome, Request};
use crate::report::{ManifestFacts, OptionFacts, RunClock};
use crate::source::blocks::BLOCK_BYTES;
use crate::source::input;

/// Checks claims.
pub fn run(args: &ValidateArgs) -> Result<Exit, CliError> {
    let common = &args.common;
    check_own_usage(args)?;
    let (clock, key) = (RunClock::start(), deidentify::key(common.deidentify.as_deref())?);
    let configuration = configuration::load(common.config.as_deref())?;
    let loaded_policy = policy::load(common.policy.as_deref())?;
    let rules = select::rules(&common.select, &common.ignore)?;
    let csv = configuration.claim_form(common.delimiter)?;
    let claims = claim_run::inputs(&args.claims)?;
    let history = input::expand(&common.history)?;
    let splitter = Splitter::of(args, &configuration, &claims)?;
    let paths = claim_run::table_paths(common)?;
    let progress = Progress::default();
    let mut night = Night::begin(&args.ledger, common.quiet, &progress)?;
    let kept = args.ledger.ledger.as_ref();
    let destination = destination::of(&args.claims, common, kept, &claims, &history, &paths)?;
    let total_bytes = claim_run::total_bytes(history.iter().chain(&claims));
    let threads = claim_run::threads(common);
    let base = Request::new(&loaded_policy.policy, &progress);
    let base = Request { claims, history, rules, csv, threads, ..base };
    let mut request = as_asked(args, night.as_ref(), base)?;
    let table_form = claim_run::table_form(&request, &configuration);
    let within = Within::of(args, &destination);
    let work = || match &within {
        Some(within) => memory::check(&mut request, within, &paths, &table_form),
        None => {
            let ask = |read: &mut ReadOutcome| ask_ledger(&request, night.as_mut(), read);
            claim_run::check(&request, &paths, &table_form, ask)
        }
    };
    let during = progress::during(&progress, total_bytes, Show::of(common), work);
    let (mut outcome, mut loaded) = during?;
    claim_run::take_stock(&mut outcome, &loaded, &configuration, (&args.claims, common))?;
    let others = deidentify::of_ledger(key.as_ref(), night.as_ref())?;
    deidentify::apply(key.as_ref(), &mut outcome, &mut loaded, &others)?;
    let beside = Beside { args, settings: &configuration.acks, splitter };
    let write = || beside.write(destination, &request, &mut outcome);
    let (destination, acknowledged) = progress::later(&progress, Show::of(common), write)?;
    if let Some(night) = &mut night {
        // What the split holds is not posted, so it comes first.
        night.prepare(&mut outcome)?;
    }
    let facts = ManifestFacts {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        policy: claim_run::policy_facts(&loaded_policy),
        options: own_options(args, key.as_ref()),
        tables: claim_run::table_facts(&loaded),
        threads,
        clock,
        ledger: night.as_ref().map(|night| night.manifest(&outcome)),
        config: configuration.facts(&common.from_config),
    };
    let (policy, tables, rules) = (&loaded_policy.policy, &loaded.tables, &request.rules);
    let checked = Checked { outcome: &outcome, policy, tables, rules };
    keep(&checked, &facts, common, destination, &progress, night.as_mut())?;
    acks::tell(acknowledged.as_ref(), common);
    memory::say_if_over(common);
    let exit = claim_run::exit(&outcome, common.fail_on);
    // The process ends here: giving back every record and table row first would only take time.
    std::mem::forget((outcome, loaded));
    Ok(exit)
}

/// `base` with what the options say.
fn as_asked<'r>(
    args: &ValidateArgs,
    night: Option<&Night>,
    base: Request<'r>,
) -> Result<Request<'r>, CliError> {
    let common = &args.common;
    Ok(Request {
        as_of: common.as_of,
        block_bytes: common.block_bytes.unwrap_or(BLOCK_BYTES),
        max_decompressed: common.max_decompressed,
        wants_hash: common.input_hash == InputHash::Sha256,
        wants_evidence: desk::wants_evidence(common),
        ledger: Night::request(night, split::releases_review(args), args.acks)?,
        ..base
    })
}

/// Joins what the ledger knows to what was read.
fn ask_ledger(
    request: &Request<'_>,
    night: Option<&mut Night>,
    read: &mut ReadOutcome,
) -> Result<(), CliError> {
    let Some(night) = night else { return Ok(()) };
    request.progress.stage("ask ledger", || night.join(request, read))
}

/// What clap cannot tell.
fn check_own_usage(args: &ValidateArgs) -> Result<(), CliError> {
    if args.acks {
        acks::check_usage(&args.claims, args.common.out.as_deref())?;
    }
    split::check_usage(args)?;
    deidentify::check_usage(args)?;
    claim_run::check_usage(&args.claims, &args.common)
}

/// The options that decide what the results say.
fn own_options(args: &ValidateArgs, key: Option<&Key>) -> Vec<OptionFacts> {
    let mut list = claim_run::options(&args.common, key);
    if args.acks {
        list.push(OptionFacts { name: "--acks".to_owned(), value: None });
    }
    list.extend(split::options(args));
    list
}
