//! Findings of all kinds of rules, over some records and over the files that they come from.

use super::check::{self, Checked};
use super::draft::Finisher;
use super::net::{Net, SpecialClaim};
use super::request::Request;
use crate::finding::{Finding, Place};
use crate::join::{ClaimFacts, Context, RecordConflict, supervisor_load};
use crate::model::{FileFault, NaiveDate, ServiceLine, text};
use crate::normalize::RecordKey;
use crate::outcome::{Counts, FileOutcome};
use crate::rules::{Check, Draft, Rule};
use crate::store::Store;
use rayon::prelude::*;

/// In the order of `findings.csv`.
pub(super) fn sort(findings: &mut [Finding]) {
    findings.sort_by(|left, right| {
        left.place.cmp(&right.place).then_with(|| left.rule.id.cmp(right.rule.id))
    });
}

/// What records give findings from, besides the lines of members.
pub(super) struct OfRecords<'r> {
    pub(super) request: &'r Request<'r>,
    pub(super) context: Context<'r>,
    pub(super) store: &'r Store,
    pub(super) net: &'r Net,
}

impl OfRecords<'_> {
    /// With those of members, in no order. `of_days`: findings on days of practitioners that were
    /// worked out over other records too.
    pub(super) fn all(&self, checked: Checked, of_days: Option<Vec<Finding>>) -> Vec<Finding> {
        let rules = &self.request.rules;
        let finisher = Finisher::new(self.store, self.context.policy, rules);
        let Checked { mut findings, days, .. } = checked;
        let here = || check::check_days(self.context, self.store, &days, rules);
        findings.extend(of_days.unwrap_or_else(here));
        findings.extend(self.claims(&finisher));
        for rule in rules {
            if let Check::Record(check) = rule.check {
                self.records(rule, check, &finisher, &mut findings);
            }
        }
        findings
    }

    fn claims(&self, finisher: &Finisher<'_>) -> Vec<Finding> {
        let checks = self.request.rules.iter().filter_map(|rule| match rule.check {
            Check::Claim(check) => Some((*rule, check)),
            _ => None,
        });
        let checks: Vec<_> = checks.collect();
        if checks.is_empty() {
            return Vec::new();
        }
        let of_claim = |special: &SpecialClaim| -> Vec<Finding> {
            let lines = special.lines(self.store);
            let Some(facts) = self.claim_facts(special, &lines) else { return Vec::new() };
            let drafts = checks.iter().filter_map(|(rule, check)| Some((*rule, check(&facts)?)));
            let finding =
                |(rule, draft)| finisher.on_line(rule, draft, facts.first_line, &mut None);
            drafts.map(finding).collect()
        };
        self.net.special_claims.par_iter().flat_map_iter(of_claim).collect()
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
}

/// What files and tables give findings from.
pub(super) struct OfFiles<'r> {
    pub(super) request: &'r Request<'r>,
    pub(super) context: Context<'r>,
    pub(super) files: &'r [FileOutcome],
    pub(super) faults: &'r [FileFault],
    /// First and last good day of the lines that were checked.
    pub(super) service_days: Option<(NaiveDate, NaiveDate)>,
}

impl OfFiles<'_> {
    /// In no order; those of history are counted alone.
    pub(super) fn all(&self, history: &mut Counts) -> Vec<Finding> {
        let (rules, nothing) = (&self.request.rules, Store::default());
        let finisher = Finisher::new(&nothing, self.context.policy, rules);
        let mut findings = Vec::new();
        for rule in rules {
            match rule.check {
                Check::File(check) => {
                    self.faults(rule, check, &finisher, &mut findings, history);
                }
                Check::Supervisor(check) => {
                    let Some((first, last)) = self.service_days else { continue };
                    for load in supervisor_load::over_capacity(self.context, first, last) {
                        let place =
                            Place::Supervisor(text::decode(load.supervisor_id).into_owned());
                        if let Some(draft) = check(&load) {
                            findings.push(finisher.elsewhere(rule, draft, place));
                        }
                    }
                }
                _ => {}
            }
        }
        findings
    }

    fn faults(
        &self,
        rule: &'static Rule,
        check: fn(&FileFault) -> Option<Draft>,
        finisher: &Finisher<'_>,
        findings: &mut Vec<Finding>,
        history: &mut Counts,
    ) {
        for fault in self.faults {
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
