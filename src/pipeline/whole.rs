//! What is known of a run before its records are looked at, and what is counted while they are: all
//! at once, or part by part.

use super::check::{self, Checked};
use super::claims::{self, Claims};
use super::collector::{Collector, FileState, file_order};
use super::findings::{self, OfFiles, OfRecords};
use super::net::{self, Net};
use super::posting;
use super::read::ReadOutcome;
use super::request::Request;
use super::run::RunError;
use crate::finding::Finding;
use crate::join::{Context, Practitioners};
use crate::model::{FaultKind, FileFault, NaiveDate, Position, Reject};
use crate::outcome::{
    Bucket, Counts, EPSDT, FileOutcome, LedgerOutcome, NotRun, RunOutcome, SplitFacts, Standings,
};
use crate::rules::Rule;
use crate::store::Store;
use crate::tables::{TableKind, Tables};
use std::sync::Arc;

/// A run, but for its records.
pub(super) struct Whole<'r> {
    request: &'r Request<'r>,
    context: Context<'r>,
    practitioners: Practitioners<'r>,
    files: Vec<FileOutcome>,
    skipped: Vec<String>,
    notes: Vec<String>,
    /// Sorted by place.
    faults: Vec<FileFault>,
    rejects: Vec<Reject>,
    /// By file: its records are left aside.
    is_ignored: Vec<bool>,
    /// By file: the ledger has seen these bytes.
    is_seen: Vec<bool>,
    /// No date in the input says which day it is.
    is_today: bool,
    current: Counts,
    history: Counts,
    service_days: Option<(NaiveDate, NaiveDate)>,
}

/// What some records came to.
pub(super) struct Evaluated {
    /// In the order of `findings.csv`.
    pub findings: Vec<Finding>,
    /// Their claims.
    pub claims: Claims,
    /// Which of them count.
    pub net: Net,
    /// The bucket of each.
    pub buckets: Vec<Option<Bucket>>,
    /// For the ledger.
    pub ledger: LedgerOutcome,
}

impl Evaluated {
    /// What became of each record.
    pub fn standings(&mut self) -> Standings {
        Standings {
            buckets: std::mem::take(&mut self.buckets),
            claim_of: std::mem::take(&mut self.net.claim_of),
            corrections: std::mem::take(&mut self.net.links),
        }
    }
}

impl<'r> Whole<'r> {
    /// What was read, without its records, and the records.
    pub fn begin(
        request: &'r Request<'r>,
        tables: &'r Tables,
        read: ReadOutcome,
    ) -> (Whole<'r>, Store) {
        let ReadOutcome { collector, mut files, skipped, notes, past, .. } = read;
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
        faults.retain(|fault| !is_ignored[fault.file as usize]);
        faults.sort_by_key(file_order);
        let [current, mut history] = counts_of_files(&files, &states);
        history.add_tally(&past.unwrap_or_default());
        let (policy, wants_evidence) = (request.policy, request.wants_evidence);
        let context = Context { policy, tables, as_of, wants_evidence };
        let whole = Whole {
            request,
            context,
            practitioners: Practitioners::new(context),
            files,
            skipped,
            notes,
            faults,
            rejects,
            is_ignored,
            is_seen,
            is_today: request.as_of.or(newest).is_none(),
            current,
            history,
            service_days: None,
        };
        (whole, store)
    }

    /// What the rules look at beside lines.
    pub fn context(&self) -> Context<'r> {
        self.context
    }

    /// What a report of some records alone says of the rest of the run: its files and dates.
    pub fn shown(&self) -> RunOutcome {
        RunOutcome {
            as_of: self.context.as_of,
            files: self.files.clone(),
            reported: self.request.reported,
            ..RunOutcome::default()
        }
    }

    /// Which of some records count; all that bear on each other must be among them.
    pub fn net(&self, store: &Store) -> Net {
        net::net(store, &self.is_ignored, &self.is_seen)
    }

    /// Runs rules that look at lines over some records.
    pub fn members(&self, store: &Store, net: &Net, rules: &[&'static Rule]) -> Checked {
        check::check_members(self.context, &self.practitioners, store, net, rules)
    }

    /// Checks some records, decides their claims and counts both. `of_days`: what was found on days
    /// of practitioners, where other records were needed for it.
    pub fn records(&mut self, store: &Store, of_days: Option<Vec<Finding>>) -> Evaluated {
        let (request, progress) = (self.request, self.request.progress);
        let net = progress.stage("net", || self.net(store));
        let buckets = claims::count_buckets(store, &net, &mut self.current, &mut self.history);
        let members = || self.members(store, &net, &request.rules);
        let checked = progress.stage("check members", members);
        self.note_days(checked.service_days);
        self.current.units += checked.units;
        self.current.untested_filing += checked.untested_filing;
        self.history.untested_filing += checked.untested_filing_history;
        let found = OfRecords { request, context: self.context, store, net: &net };
        let mut findings = progress.stage("collect findings", || {
            let mut findings = found.all(checked, of_days);
            findings::sort(&mut findings);
            findings
        });
        let decide = || decide(request, store, &net, &mut findings);
        let (claims, ledger) = progress.stage("decide claims", decide);
        self.current.units_disallowed += claims.units_disallowed;
        self.current.amount_at_issue += claims.amount_disallowed;
        count_findings(&mut self.current, &findings);
        Evaluated { findings, claims, net, buckets, ledger }
    }

    /// The findings of files and tables, in the order of `findings.csv`; all records were checked.
    pub fn of_files(&mut self) -> Vec<Finding> {
        let found = OfFiles {
            request: self.request,
            context: self.context,
            files: &self.files,
            faults: &self.faults,
            service_days: self.service_days,
        };
        let mut findings = found.all(&mut self.history);
        findings::sort(&mut findings);
        count_findings(&mut self.current, &findings);
        findings
    }

    /// What the run came to, but for what became of its records. The counts must add up.
    pub fn end(self) -> Result<RunOutcome, RunError> {
        reconcile(&self.current, "current")?;
        reconcile(&self.history, "history")?;
        let Whole { request, context, files, faults, .. } = self;
        let notes = notes(context.tables, &files, self.is_today);
        let is_bad_row = |fault: &&FileFault| fault.kind == FaultKind::UnusableRow;
        Ok(RunOutcome {
            as_of: context.as_of,
            bad_rows: faults.iter().filter(is_bad_row).count() as u64,
            is_partial: faults.iter().any(is_unread),
            notes: [self.notes, notes].concat(),
            rejects: all_rejects(self.rejects, &faults, &files),
            split: SplitFacts { unread: unread(&faults, &files), ..SplitFacts::default() },
            files,
            counts: self.current,
            history: self.history,
            rules_not_run: rules_not_run(request, context.tables),
            skipped_files: self.skipped,
            service_days: self.service_days,
            reported: request.reported,
            ..RunOutcome::default()
        })
    }

    fn note_days(&mut self, days: Option<(NaiveDate, NaiveDate)>) {
        let Some((first, last)) = days else { return };
        let (from, through) = self.service_days.unwrap_or((first, last));
        self.service_days = Some((from.min(first), through.max(last)));
    }
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

fn count_findings(counts: &mut Counts, findings: &[Finding]) {
    for finding in findings {
        *counts.findings.entry(finding.rule.id.to_owned()).or_default() += 1;
        *counts.severities.entry(finding.severity.as_str().to_owned()).or_default() += 1;
        if let Some(excess) = finding.excess_units {
            let units = counts.excess_units.entry(finding.rule.id.to_owned()).or_default();
            *units += u64::from(excess);
        }
    }
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
