//! `peerclaims audit CLAIMS…`: the run of `validate` over history, and working papers from it.

use super::args::{AuditArgs, CommonArgs, FormatArg, InputHash};
use super::error::CliError;
use super::exit::Exit;
use super::validate::{self, Destination};
use super::{configuration, policy, progress, select};
use crate::audit::rates::Rates;
use crate::audit::{self, Audit, Subject};
use crate::outcome::{ReportedDays, RunOutcome};
use crate::pipeline::{ClaimCsvForm, Progress, ReadOutcome, Request};
use crate::policy::Policy;
use crate::report::{self, ManifestFacts, OptionFacts, RunClock, StagedFolder};
use crate::source::blocks::BLOCK_BYTES;
use crate::source::input;
use crate::tables::{CsvForm, Loaded};
use std::io::{self, Write};

/// Audits claims.
pub fn run(args: &AuditArgs) -> Result<Exit, CliError> {
    let common = &args.common;
    validate::check_usage(&args.claims, common)?;
    let reported = reported_days(args)?;
    let clock = RunClock::start();
    let rates = args.rates.as_deref().map(Rates::read).transpose()?;
    let configuration = configuration::load(common.config.as_deref())?;
    let loaded_policy = policy::load(common.policy.as_deref())?;
    let delimiter = validate::delimiter(common, &configuration)?;
    let claims = validate::inputs(&args.claims)?;
    let history = input::expand(&common.history)?;
    let paths = validate::table_paths(common)?;
    let mut destination = validate::destination(&args.claims, common, &claims, &history, &paths)?;
    let progress = Progress::default();
    let total_bytes = validate::total_bytes(history.iter().chain(&claims));
    let request = Request {
        claims,
        history,
        rules: select::rules(&common.select, &common.ignore)?,
        as_of: common.as_of,
        csv: ClaimCsvForm {
            delimiter,
            renamed: configuration.claim_columns(),
            codes: configuration.claim_codes(),
        },
        threads: validate::threads(common),
        block_bytes: common.block_bytes.unwrap_or(BLOCK_BYTES),
        max_decompressed: common.max_decompressed,
        wants_hash: common.input_hash == InputHash::Sha256,
        wants_evidence: common.format.contains(&FormatArg::Json),
        reported,
        ..Request::new(&loaded_policy.policy, &progress)
    };
    let table_form = CsvForm {
        delimiter,
        columns: configuration.table_columns(),
        max_decompressed: common.max_decompressed,
    };
    let amend = |read: &mut ReadOutcome| price(read, rates.as_ref());
    let (mut outcome, loaded) = progress::during(&progress, total_bytes, common.quiet, || {
        validate::check(&request, &paths, &table_form, amend)
    })?;
    if outcome.counts.files == 0 {
        return Err(validate::no_claim_file(&args.claims));
    }
    validate::add_tables(&mut outcome, &loaded);
    validate::too_many_bad_rows(&outcome, common.max_bad_rows)?;
    let desk = Desk { args, outcome: &outcome, loaded: &loaded, policy: &loaded_policy.policy };
    let audit = progress.stage("audit", || desk.examine())?;
    let threads = request.threads;
    drop(request);
    if let Destination::Folder(folder) = destination {
        let facts = ManifestFacts {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            options: options(args),
            tables: validate::table_facts(&loaded),
            threads,
            clock,
            policy: validate::policy_facts(&loaded_policy),
        };
        let write = || desk.write(&audit, &facts, *folder);
        progress.stage("write results", write)?;
        destination = Destination::Terminal;
    }
    validate::tell("audit", &outcome, common, &destination, &progress, clock.elapsed())?;
    if !common.quiet && !matches!(destination, Destination::Stdout) {
        tell(&audit, common)?;
    }
    let exit = validate::exit(&outcome, common.fail_on);
    std::mem::forget((outcome, loaded, audit)); // as in validate
    Ok(exit)
}

/// What the working papers are made from.
struct Desk<'a> {
    args: &'a AuditArgs,
    outcome: &'a RunOutcome,
    loaded: &'a Loaded,
    policy: &'a Policy,
}

impl Desk<'_> {
    fn subject(&self) -> Subject<'_> {
        Subject::new(self.outcome, self.policy, &self.loaded.tables)
    }

    fn examine(&self) -> Result<Audit, CliError> {
        Ok(audit::examine(&self.subject())?)
    }

    fn write(
        &self,
        audit: &Audit,
        facts: &ManifestFacts,
        mut folder: StagedFolder,
    ) -> Result<(), CliError> {
        let formats = validate::formats(&self.args.common);
        report::write_results(self.outcome, &formats, &mut folder)?;
        report::working_papers::write(&mut folder, &self.subject(), audit)?;
        validate::say_leftover(report::seal(self.outcome, facts, folder)?.exchange()?)
    }
}

fn reported_days(args: &AuditArgs) -> Result<ReportedDays, CliError> {
    if let (Some(from), Some(to)) = (args.from, args.to)
        && to < from
    {
        let what = format!("--to {to} lies before --from {from}: swap them");
        return Err(CliError::Usage(what));
    }
    Ok(ReportedDays { from: args.from, through: args.to })
}

fn price(read: &mut ReadOutcome, rates: Option<&Rates>) {
    if let Some(rates) = rates {
        read.collector.store.price(|line| rates.price(line));
    }
}

fn options(args: &AuditArgs) -> Vec<OptionFacts> {
    let mut options = validate::options(&args.common);
    let own = [
        ("--from", args.from.map(|day| day.to_string())),
        ("--to", args.to.map(|day| day.to_string())),
        ("--rates", args.rates.as_ref().map(|path| path.display().to_string())),
    ];
    for (name, value) in own {
        if value.is_some() {
            options.push(OptionFacts { name: name.to_owned(), value });
        }
    }
    options
}

/// What the audit came to, below the summary.
fn tell(audit: &Audit, common: &CommonArgs) -> Result<(), CliError> {
    let mut text = Vec::new();
    report::audit_summary::write(&mut text, audit)?;
    let told = match &common.out {
        None => io::stdout().lock().write_all(&text),
        Some(_) => io::stderr().lock().write_all(&text),
    };
    match told {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        told => Ok(told?),
    }
}
