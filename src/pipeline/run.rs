//! One run, from the request to the outcome.

use super::check::{self, Checked};
use super::claims::{self, Claims};
use super::collector::{Collector, FileState, file_order};
use super::draft::Finisher;
use super::net::{self, Net, SpecialClaim};
use super::posting;
use super::read::{self, ReadOutcome};
use super::request::{Progress, Request};
use crate::finding::{Finding, Place};
use crate::join::{ClaimFacts, Context, RecordConflict, supervisor_load};
use crate::model::{FaultKind, FileFault, Position, Reject, ServiceLine, text};
use crate::normalize::RecordKey;
use crate::outcome::{
    Counts, EPSDT, FileOutcome, LedgerOutcome, NotRun, RunOutcome, SplitFacts, Standings,
};
use crate::rules::{Check, Draft, Rule};
use crate::source::input::InputError;
use crate::store::Store;
use crate::tables::{TableKind, Tables};
use std::sync::Arc;
use thiserror::Error;

/// Why a run could not be done.
#[derive(Debug, Error)]
pub enum RunError {
    /// An input cannot be read, or is no claim file.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The threads cannot be had.
    #[error("cannot start {threads} threads: {error}. Pass a smaller --threads.")]
    Threads {
        /// How many were asked for.
        threads: usize,
        /// What the system said.
        error: rayon::ThreadPoolBuildError,
    },
    /// The counts do not add up: a fault of this program.
    #[error(
        "the counts of this run do not add up ({detail}); no result was written. This is a fault \
         of peerclaims: please report it with the counts above."
    )]
    DoesNotReconcile {
        /// The counts.
        detail: String,
    },
}

/// Reads, nets, checks and collects.
pub fn run(request: &Request<'_>, tables: &Tables) -> Result<RunOutcome, RunError> {
    check(request, read(request)?, tables)
}

/// Stage 1 alone: it needs no table, so that the tables can be loaded meanwhile.
pub fn read(request: &Request<'_>) -> Result<ReadOutcome, RunError> {
    let pool = if request.threads > 1 { Some(pool(request.threads)?) } else { None };
    Ok(request.progress.stage(Progress::READ, || read::read_all(request, pool.as_ref()))?)
}

/// All other stages.
pub fn check(
    request: &Request<'_>,
    read: ReadOutcome,
    tables: &Tables,
) -> Result<RunOutcome, RunError> {
    pool(request.threads.max(1))?.install(|| evaluate(request, tables, read))
}

fn pool(threads: usize) -> Result<rayon::ThreadPool, RunError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|error| RunError::Threads { threads, error })
}

fn evaluate(
    request: &Request<'_>,
    tables: &Tables,
    read: ReadOutcome,
) -> Result<RunOutcome, RunError> {
    let ReadOutcome { collector, mut files, skipped, notes: of_files, past } = read;
    let Collector { store, files: states, mut faults, rejects, newest, .. } = collector;
    let as_of = request.as_of.or(newest).unwrap_or(request.today);
    mark_same_files(&mut files);
    if !request.wants_hash {
        files.iter_mut().for_each(|file| file.sha256 = None);
    }
    let mut is_ignored: Vec<bool> = files.iter().map(|file| file.is_same_as_current).collect();
    let mut is_seen: Vec<bool> = files.iter().map(|file| file.is_seen).collect();
    is_ignored.push(false); // the lines of a ledger
    is_seen.push(false);
    let context =
        Context { policy: request.policy, tables, as_of, wants_evidence: request.wants_evidence };
    let progress = request.progress;
    let net = progress.stage("net", || net::net(&store, &is_ignored, &is_seen));
    faults.retain(|fault| !is_ignored[fault.file as usize]);
    faults.sort_by_key(file_order);

    let [mut current, mut history] = counts_of_files(&files, &states);
    history.add_tally(&past.unwrap_or_default());
    let buckets = claims::count_buckets(&store, &net, &mut current, &mut history);
    reconcile(&current, "current")?;
    reconcile(&history, "history")?;

    let members = || check::check_members(context, &store, &net, &request.rules);
    let checked = progress.stage("check members", members);
    let service_days = checked.service_days;
    (current.units, current.untested_filing) = (checked.units, checked.untested_filing);
    history.untested_filing = checked.untested_filing_history;
    let found = Findings { request, context, store: &store, net: &net, files: &files };
    let mut findings =
        progress.stage("collect findings", || found.all(checked, &faults, &mut history));
    let decide = || decide(request, &store, &net, &mut findings);
    let (claims, ledger) = progress.stage("decide claims", decide);
    sum_up(&mut current, &claims, &findings);
    let rejects = all_rejects(rejects, &faults, &files);
    let unread = unread(&faults, &files);
    Ok(RunOutcome {
        as_of,
        bad_rows: faults.iter().filter(|fault| fault.kind == FaultKind::UnusableRow).count() as u64,
        is_partial: faults.iter().any(is_unread),
        notes: [of_files, notes(tables, &files, request.as_of.or(newest).is_none())].concat(),
        files,
        findings,
        claims: claims.outcomes,
        store,
        counts: current,
        history,
        rejects,
        rules_not_run: rules_not_run(request, tables),
        skipped_files: skipped,
        standings: Standings { buckets, claim_of: net.claim_of, corrections: net.links },
        service_days,
        reported: request.reported,
        ledger,
        split: SplitFacts { unread, ties: net.ties, ..SplitFacts::default() },
    })
}

/// What the files hold: current, history.
fn counts_of_files(files: &[FileOutcome], states: &[FileState]) -> [Counts; 2] {
    let mut counts = [Counts::default(), Counts::default()];
    for (file, state) in files.iter().zip(states) {
        let side = &mut counts[usize::from(file.is_history)];
        side.files += 1;
        if !file.is_same_as_current {
            side.add_tally(&state.tally);
        }
    }
    counts
}

/// Where something of a current file could not be read; the faults are sorted by place.
fn unread(faults: &[FileFault], files: &[FileOutcome]) -> Vec<(u32, Position)> {
    let current = |fault: &&FileFault| !files[fault.file as usize].is_history;
    let unread = faults.iter().filter(|fault| is_unread(fault)).filter(current);
    unread.map(|fault| (fault.file, fault.position)).collect()
}

/// Something had to be left out.
fn is_unread(fault: &FileFault) -> bool {
    matches!(fault.kind, FaultKind::Damage | FaultKind::UnusableRow)
}

fn reconcile(counts: &Counts, which: &str) -> Result<(), RunError> {
    if counts.reconciles() {
        return Ok(());
    }
    let Counts { service_lines, left_out, passed_over, peer_support_lines, .. } = counts;
    let detail = format!(
        "{which} input: {service_lines} service lines seen; {left_out} left out, {passed_over} \
         passed over, {peer_support_lines} peer support ({} denied, {} repeated, {} conflicting, \
         {} corrected away, {} checked)",
        counts.denied_records,
        counts.repeated_records,
        counts.conflicting_records,
        counts.corrected_away,
        counts.checked,
    );
    Err(RunError::DoesNotReconcile { detail })
}

/// A current file whose content is that of a history file is read as current only.
fn mark_same_files(files: &mut [FileOutcome]) {
    let currents: Vec<(u64, Option<String>)> = files
        .iter()
        .filter(|file| !file.is_history)
        .map(|file| (file.bytes, file.sha256.clone()))
        .collect();
    for file in files.iter_mut().filter(|file| file.is_history) {
        let is_same = |current: &(u64, Option<String>)| {
            current.0 == file.bytes && current.1.is_some() && current.1 == file.sha256
        };
        file.is_same_as_current = currents.iter().any(is_same);
    }
}

/// Everything that gives findings besides the lines of members.
struct Findings<'r> {
    request: &'r Request<'r>,
    context: Context<'r>,
    store: &'r Store,
    net: &'r Net,
    files: &'r [FileOutcome],
}

impl Findings<'_> {
    fn all(&self, checked: Checked, faults: &[FileFault], history: &mut Counts) -> Vec<Finding> {
        let rules = &self.request.rules;
        let finisher = Finisher::new(self.store, self.context.policy, rules);
        let Checked { mut findings, days, service_days, .. } = checked;
        findings.extend(check::check_days(self.context, self.store, days, rules));
        for rule in rules {
            match rule.check {
                Check::Claim(check) => self.claims(rule, check, &finisher, &mut findings),
                Check::Record(check) => self.records(rule, check, &finisher, &mut findings),
                Check::File(check) => {
                    self.faults(rule, check, &finisher, faults, &mut findings, history);
                }
                Check::Supervisor(check) => {
                    let Some((first, last)) = service_days else { continue };
                    for load in supervisor_load::over_capacity(self.context, first, last) {
                        let place =
                            Place::Supervisor(text::decode(load.supervisor_id).into_owned());
                        if let Some(draft) = check(&load) {
                            findings.push(finisher.elsewhere(rule, draft, place));
                        }
                    }
                }
                Check::Line(_) | Check::PractitionerDay(_) => {}
            }
        }
        findings.sort_by(|left, right| {
            left.place.cmp(&right.place).then_with(|| left.rule.id.cmp(right.rule.id))
        });
        findings
    }

    fn claims(
        &self,
        rule: &'static Rule,
        check: fn(&ClaimFacts<'_>) -> Option<Draft>,
        finisher: &Finisher<'_>,
        findings: &mut Vec<Finding>,
    ) {
        for special in &self.net.special_claims {
            let lines = special.lines(self.store);
            let Some(facts) = self.claim_facts(special, &lines) else { continue };
            if let Some(draft) = check(&facts) {
                findings.push(finisher.on_line(rule, draft, facts.first_line, &mut None));
            }
        }
    }

    fn claim_facts<'l>(
        &'l self,
        special: &SpecialClaim,
        lines: &'l [ServiceLine<'l>],
    ) -> Option<ClaimFacts<'l>> {
        let is_net = self.net.claim_states[special.claim as usize].is_net();
        let paid = lines.iter().filter_map(|line| line.patient_paid.filter(|paid| paid.0 > 0));
        let unbalanced =
            lines.iter().filter(|line| !line.is_history).find_map(|line| line.out_of_balance);
        Some(ClaimFacts {
            context: self.context,
            first_line: lines.iter().find(|line| !line.is_history)?,
            correction: special.correction,
            patient_paid: paid.take(1).next().filter(|_| is_net),
            out_of_balance: unbalanced.filter(|_| is_net),
        })
    }

    fn records(
        &self,
        rule: &'static Rule,
        check: fn(&RecordConflict<'_>) -> Option<Draft>,
        finisher: &Finisher<'_>,
        findings: &mut Vec<Finding>,
    ) {
        for (later, first) in &self.net.conflicts {
            if self.store.key(*later).is(RecordKey::HISTORY) {
                continue;
            }
            let (first, later) = (self.store.line(*first), self.store.line(*later));
            let conflict = RecordConflict { context: self.context, first: &first, later: &later };
            if let Some(draft) = check(&conflict) {
                findings.push(finisher.on_line(rule, draft, &later, &mut None));
            }
        }
    }

    fn faults(
        &self,
        rule: &'static Rule,
        check: fn(&FileFault) -> Option<Draft>,
        finisher: &Finisher<'_>,
        faults: &[FileFault],
        findings: &mut Vec<Finding>,
        history: &mut Counts,
    ) {
        for fault in faults {
            let Some(draft) = check(fault) else { continue };
            if self.files[fault.file as usize].is_history {
                *history.findings.entry(rule.id.to_owned()).or_default() += 1;
                continue;
            }
            let place = Place::Input { file: fault.file, position: fault.position };
            findings.push(finisher.elsewhere(rule, draft, place));
        }
    }
}

/// The claims of the days reported, what becomes of each, and what is left to the ledger. A claim
/// is decided whole, whatever days are reported (half a claim cannot be released); then the
/// findings of other days go.
fn decide(
    request: &Request<'_>,
    store: &Store,
    net: &Net,
    findings: &mut Vec<Finding>,
) -> (Claims, LedgerOutcome) {
    let mut claims = claims::gather(store, net);
    claims.decide(store, net, request.policy, findings, request.reported);
    let ledger = request.ledger.as_ref();
    let ledger = ledger.map(|ledger| posting::decide(ledger, store, net, &mut claims));
    // Last: the claims are found by their places until then.
    claims.keep_reported(store, net, request.reported);
    findings.retain(|finding| {
        finding.line.as_ref().is_none_or(|line| request.reported.holds(line.service_date))
    });
    (claims, ledger.unwrap_or_default())
}

fn sum_up(counts: &mut Counts, claims: &Claims, findings: &[Finding]) {
    counts.units_disallowed = claims.units_disallowed;
    for finding in findings {
        *counts.findings.entry(finding.rule.id.to_owned()).or_default() += 1;
        *counts.severities.entry(finding.severity.as_str().to_owned()).or_default() += 1;
        if let Some(excess) = finding.excess_units {
            let units = counts.excess_units.entry(finding.rule.id.to_owned()).or_default();
            *units += u64::from(excess);
        }
    }
    counts.amount_at_issue = claims.amount_disallowed;
}

/// `rejects.csv`: blanked values, and rows and parts that were left out.
fn all_rejects(
    mut rejects: Vec<Reject>,
    faults: &[FileFault],
    files: &[FileOutcome],
) -> Vec<Reject> {
    let index_of = |name: &Arc<str>| files.iter().position(|file| file.name == *name);
    rejects.retain(|reject| {
        index_of(&reject.source).is_none_or(|index| !files[index].is_same_as_current)
    });
    for fault in faults {
        let file = &files[fault.file as usize];
        let is_row = fault.kind == FaultKind::UnusableRow;
        if is_row || (file.is_history && fault.kind == FaultKind::Damage) {
            rejects.push(Reject {
                source: Arc::clone(&file.name),
                position: fault.position,
                column: fault.part.clone(),
                reason: fault.message.clone(),
                is_bad_row: is_row,
            });
        }
    }
    rejects.sort_by_key(|reject| (index_of(&reject.source), reject.position));
    rejects
}

/// The rules that lack a table, and the EPSDT exemption, in plain words.
fn rules_not_run(request: &Request<'_>, tables: &Tables) -> Vec<NotRun> {
    let missing = |needs: &[TableKind]| -> Vec<&str> {
        let absent = needs.iter().filter(|kind| !tables.has(**kind));
        absent.map(|kind| kind.file_name()).collect()
    };
    let mut list: Vec<NotRun> = request
        .rules
        .iter()
        .filter_map(|rule| {
            let absent = missing(rule.needs);
            let why = format!("{} not given", absent.join(", "));
            (!absent.is_empty()).then_some(NotRun { rule: rule.id, why })
        })
        .collect();
    if !tables.has(TableKind::Authorizations) {
        let why = "authorizations.csv not given: no member is taken as exempt from U001-U003";
        list.push(NotRun { rule: EPSDT, why: why.to_owned() });
    }
    list
}

fn notes(tables: &Tables, files: &[FileOutcome], is_today: bool) -> Vec<String> {
    let same = files.iter().filter(|file| file.is_same_as_current);
    let mut notes: Vec<String> = same
        .map(|file| {
            format!("{}: the same file is checked now, so it was not used as history", file.name)
        })
        .collect();
    if is_today {
        notes.push(
            "no received or group date in the input: the as-of date is the day of the run (UTC); \
             pass --as-of for a result that does not change with the day"
                .to_owned(),
        );
    }
    let has = |kind| tables.has(kind);
    if has(TableKind::Supervision) && !has(TableKind::Supervisors) {
        notes.push(
            "supervisors.csv not given: every supervisor is taken as qualified (S001-S004)"
                .to_owned(),
        );
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_that_is_off_by_one_ends_the_run() {
        let right = Counts {
            service_lines: 28,
            left_out: 1,
            passed_over: 2,
            denied_records: 3,
            repeated_records: 4,
            conflicting_records: 5,
            corrected_away: 6,
            checked: 7,
            peer_support_lines: 25,
            ..Counts::default()
        };
        assert!(reconcile(&right, "current").is_ok());
        type Counter = fn(&mut Counts) -> &mut u64;
        let counters: [Counter; 9] = [
            |counts| &mut counts.service_lines,
            |counts| &mut counts.left_out,
            |counts| &mut counts.passed_over,
            |counts| &mut counts.denied_records,
            |counts| &mut counts.repeated_records,
            |counts| &mut counts.conflicting_records,
            |counts| &mut counts.corrected_away,
            |counts| &mut counts.checked,
            |counts| &mut counts.peer_support_lines,
        ];
        for (number, counter) in counters.iter().enumerate() {
            for step in [1, u64::MAX] {
                let mut wrong = right.clone();
                *counter(&mut wrong) = counter(&mut wrong).wrapping_add(step);
                let said = reconcile(&wrong, "history").err().map(|error| error.to_string());
                assert!(said.is_some_and(|said| said.contains("history input: ")), "{number}");
            }
        }
        // A line in two buckets, or moved from one kind of bucket to another, shows too.
        let moved = Counts { passed_over: 1, checked: 8, ..right.clone() };
        assert!(reconcile(&moved, "current").is_err());
        let twice = Counts { denied_records: 4, peer_support_lines: 26, ..right };
        assert!(reconcile(&twice, "current").is_err());
    }
}
