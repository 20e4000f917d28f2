//! `peerclaims audit CLAIMS…`: the run of `validate` over history, and working papers from it.

use super::args::{AuditArgs, CommonArgs, FormatArg, InputHash, ListFormat};
use super::audit_args::{AuditCommand, EstimateArgs, StratifyArg};
use super::claim_run;
use super::destination::{self, Destination};
use super::error::CliError;
use super::exit::Exit;
use super::leftovers::say_exchanged;
use super::progress::Show;
use super::talk::Talk;
use super::{
    configuration, deidentify, desk, memory, policy, progress, select, tell as summary, values,
    width,
};
use crate::audit::rates::Rates;
use crate::audit::sampling::{self, Design, Sample, Size, Stratify};
use crate::audit::{self, Audit, AuditError, Subject};
use crate::deidentify::Key;
use crate::outcome::ReportedDays;
use crate::pipeline::{Progress, ReadOutcome, Request};
use crate::report::{
    self, DrawnSample, ManifestFacts, OptionFacts, RunClock, StagedFolder, TableFacts,
};
use crate::rules::Rule;
use crate::source::blocks::BLOCK_BYTES;
use crate::source::input;
use crate::tables::Loaded;
use std::io::{self, Write};

/// Strata by dollars where nobody says how many.
const STRATA: u32 = 4;

/// Audits claims.
pub fn run(args: &AuditArgs) -> Result<Exit, CliError> {
    match &args.command {
        Some(AuditCommand::Estimate(args)) => estimate(args),
        None => audit(args),
    }
}

fn audit(args: &AuditArgs) -> Result<Exit, CliError> {
    let (common, show) = (&args.common, Show::of(&args.common));
    let design = design(args)?;
    claim_run::check_usage(&args.claims, common)?;
    let clock = RunClock::start();
    let key = deidentify::key(common.deidentify.as_deref())?;
    let rates = args.rates.as_deref().map(Rates::read).transpose()?;
    let configuration = configuration::load(common.config.as_deref())?;
    let loaded_policy = policy::load(common.policy.as_deref())?;
    let csv = configuration.claim_form(common.delimiter)?;
    let claims = claim_run::inputs(&args.claims)?;
    let history = input::expand(&common.history)?;
    let paths = claim_run::table_paths(common)?;
    let mut destination = destination::of(&args.claims, common, None, &claims, &history, &paths)?;
    let progress = Progress::default();
    let total_bytes = claim_run::total_bytes(history.iter().chain(&claims));
    let request = Request {
        claims,
        history,
        rules: select::rules(&common.select, &common.ignore)?,
        as_of: common.as_of,
        csv,
        threads: claim_run::threads(common),
        block_bytes: common.block_bytes.unwrap_or(BLOCK_BYTES),
        max_decompressed: common.max_decompressed,
        wants_hash: common.input_hash == InputHash::Sha256,
        wants_evidence: desk::wants_evidence(common),
        reported: reported_days(args)?,
        ..Request::new(&loaded_policy.policy, &progress)
    };
    let table_form = claim_run::table_form(&request, &configuration);
    let amend = |read: &mut ReadOutcome| price(read, rates.as_ref());
    let work = || claim_run::check(&request, &paths, &table_form, amend);
    let read = progress::during(&progress, total_bytes, show, work);
    let (mut outcome, mut loaded) = read?;
    claim_run::take_stock(&mut outcome, &loaded, &configuration, (&args.claims, common))?;
    deidentify::apply(key.as_ref(), &mut outcome, &mut loaded, &[])?;
    let Request { threads, rules, .. } = request;
    let subject = Subject::new(&outcome, &loaded_policy.policy, &loaded.tables);
    let papers = Papers { args, subject, rules, design };
    let (audit, sample) = progress::later(&progress, show, || papers.examine(&progress))?;
    if let Destination::Folder(folder) = destination {
        let facts = ManifestFacts {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            policy: claim_run::policy_facts(&loaded_policy),
            options: options(args, key.as_ref()),
            tables: tables(&loaded, rates),
            threads,
            clock,
            ledger: None,
            config: configuration.facts(&common.from_config),
        };
        let write = || papers.write(&audit, sample.as_ref(), &facts, *folder);
        progress::later(&progress, show, || progress.stage("write results", write))?;
        destination = Destination::Terminal;
    }
    progress::done(&progress, show);
    summary::tell("audit", &outcome, common, &destination, &progress, clock.elapsed())?;
    if !common.quiet && !common.summary_line && !matches!(destination, Destination::Stdout) {
        tell(&audit, common)?;
    }
    memory::say_if_over(common);
    let exit = claim_run::exit(&outcome, common.fail_on);
    std::mem::forget((outcome, loaded, audit)); // as in validate
    Ok(exit)
}

/// What the working papers are made from.
struct Papers<'a> {
    args: &'a AuditArgs,
    subject: Subject<'a>,
    rules: Vec<&'static Rule>,
    design: Option<Design>,
}

impl Papers<'_> {
    fn examine(&self, progress: &Progress) -> Result<(Audit, Option<Sample>), CliError> {
        progress.stage("audit", || {
            let audit = audit::examine(&self.subject)?;
            let (frame, overpayment) = (&audit.frame, &audit.overpayment);
            let draw = |design| sampling::draw(&self.subject, frame, overpayment, design);
            let sample = self.design.as_ref().map(draw).transpose()?;
            Ok((audit, sample))
        })
    }

    fn write(
        &self,
        audit: &Audit,
        sample: Option<&Sample>,
        facts: &ManifestFacts,
        mut folder: StagedFolder,
    ) -> Result<(), CliError> {
        let formats = claim_run::formats(&self.args.common);
        let (common, subject) = (&self.args.common, &self.subject);
        report::write_results(subject.outcome, &formats, &mut folder)?;
        let drawn = self.design.as_ref().zip(sample);
        // Before the page and the workbook, which name the frame by its hash.
        let frame_sha256 = report::working_papers::write(&mut folder, subject, audit, drawn)?;
        if desk::is_wanted(common) {
            let rules = &self.rules;
            let desk = report::Desk { command: "audit", subject, audit, facts, rules };
            let frame_sha256 = frame_sha256.as_str();
            let drawn = drawn.map(|(design, sample)| DrawnSample { design, sample, frame_sha256 });
            desk::write(&desk, drawn, &mut folder, common)?;
        }
        say_exchanged(&report::seal(subject.outcome, facts, folder)?.exchange()?);
        Ok(())
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

/// The sample asked for.
fn design(args: &AuditArgs) -> Result<Option<Design>, CliError> {
    let size = match (args.sample, args.precision) {
        (Some(lines), _) => Size::Lines(lines),
        (None, Some(share)) => Size::Precision(share),
        (None, None) => return Ok(None),
    };
    if args.strata.is_some() && args.stratify != StratifyArg::Dollars {
        let what = "--strata is of --stratify dollars: pass both";
        return Err(CliError::Usage(what.to_owned()));
    }
    let is_folder = args.common.out.as_ref().is_some_and(|out| out.as_os_str() != "-");
    if !is_folder {
        let what = "--sample and --precision write sample.csv: pass --out DIR";
        return Err(CliError::Usage(what.to_owned()));
    }
    let stratify = match args.stratify {
        StratifyArg::None => Stratify::None,
        StratifyArg::Dollars => Stratify::Dollars(args.strata.unwrap_or(STRATA)),
        StratifyArg::Agency => Stratify::Agency,
    };
    Ok(Some(Design { size, stratify, seed: args.seed.clone(), spares: args.spares }))
}

/// `peerclaims audit estimate SAMPLE`
fn estimate(args: &EstimateArgs) -> Result<Exit, CliError> {
    let strata = audit::review::read(&args.sample)?;
    let estimate = audit::estimate::estimate(&strata, args.confidence)
        .map_err(|what| AuditError::Review { name: args.sample.display().to_string(), what })?;
    let mut out = io::stdout().lock();
    match args.format {
        ListFormat::Table => {
            report::estimate_text::write(&mut out, &estimate, width::of_results())?
        }
        ListFormat::Json => report::estimate_text::write_json(&mut out, &estimate)?,
    }
    Ok(Exit::Clean)
}

/// The tables, and the rates beside them.
fn tables(loaded: &Loaded, rates: Option<Rates>) -> Vec<TableFacts> {
    let mut facts = claim_run::table_facts(loaded);
    facts.extend(rates.map(|rates| TableFacts {
        table: "rates".to_owned(),
        rows: rates.count() as u64,
        bytes: rates.bytes,
        sha256: Some(rates.sha256),
        name: rates.name,
    }));
    facts
}

/// Gives lines their rate; never fails, as what is done between reading and checking may.
fn price(read: &mut ReadOutcome, rates: Option<&Rates>) -> Result<(), CliError> {
    if let Some(rates) = rates {
        read.collector.store.price(|line| rates.price(line));
    }
    Ok(())
}

fn options(args: &AuditArgs, key: Option<&Key>) -> Vec<OptionFacts> {
    let mut options = claim_run::options(&args.common, key);
    let draws = args.sample.is_some() || args.precision.is_some();
    let by_dollars = draws && args.stratify == StratifyArg::Dollars;
    let own = [
        ("--from", args.from.map(|day| day.to_string())),
        ("--to", args.to.map(|day| day.to_string())),
        ("--rates", args.rates.as_ref().map(|path| path.display().to_string())),
        ("--sample", args.sample.map(|lines| lines.to_string())),
        ("--precision", args.precision.map(|share| share.to_string())),
        ("--stratify", draws.then(|| values::word(args.stratify))),
        ("--strata", by_dollars.then(|| args.strata.unwrap_or(STRATA).to_string())),
        ("--seed", draws.then(|| args.seed.clone())),
        ("--spares", draws.then(|| args.spares.to_string())),
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
    let is_result = common.out.is_none() && !common.format.contains(&FormatArg::Json);
    let width = width::of_terminal(is_result).unwrap_or(width::PLAIN);
    report::audit_summary::write(&mut text, audit, width)?;
    let told = match &common.out {
        // The summary stands there as JSON; what the audit came to beside it, as talk.
        None if common.format.contains(&FormatArg::Json) => Talk.write_all(&text),
        None => io::stdout().lock().write_all(&text),
        Some(_) => Talk.write_all(&text),
    };
    match told {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        // The papers are in their folder: that nobody can be told takes nothing of them back.
        Err(_) if common.out.is_some() => Ok(()),
        told => Ok(told?),
    }
}
