//! The findings and claims of a run that was just done, as rows like those of an earlier one.

use super::compare::Rows;
use crate::earlier::EarlierError;
use crate::earlier::claims::{ClaimRow, column as claim};
use crate::earlier::findings::{FindingRow, column as c, straighten};
use crate::finding::{Finding, Place};
use crate::model::text;
use crate::outcome::{ClaimOutcome, FileOutcome};
use crate::store::Store;
use std::path::Path;

/// The findings of a run.
pub struct FindingsOf<'a> {
    /// As the run gives them.
    pub findings: &'a [Finding],
    /// The files that their places name.
    pub files: &'a [FileOutcome],
}

impl Rows<17> for FindingsOf<'_> {
    fn each(&self, take: &mut dyn FnMut(&FindingRow)) -> Result<(), EarlierError> {
        let mut row = FindingRow::default();
        for finding in self.findings {
            self.fill(&mut row, finding);
            take(&row);
        }
        Ok(())
    }

    fn name(&self) -> &Path {
        Path::new("this run")
    }
}

impl FindingsOf<'_> {
    fn fill(&self, row: &mut FindingRow, finding: &Finding) {
        row.clear();
        let line = finding.line.as_deref();
        row.put(c::RULE, finding.rule.id);
        row.put(c::SEVERITY, finding.severity.as_str());
        row.put(c::OUTCOME, finding.outcome.as_str());
        row.put(c::CLAIM_ID, line.map_or("", |line| &line.claim_id));
        row.put(c::LINE_NUMBER, line.map_or("", |line| &line.line_text));
        row.put(c::MEMBER_ID, line.map_or("", |line| &line.member_id));
        row.put(c::BILLING_NPI, line.map_or("", |line| &line.billing_npi));
        row.put(c::RENDERING_NPI, line.map_or("", |line| &line.rendering_npi));
        let day = line.and_then(|line| line.service_date);
        row.put(c::SERVICE_DATE, &day.map_or_else(String::new, |day| day.to_string()));
        row.put(c::UNITS, line.map_or("", |line| &line.units_text));
        let excess = finding.excess_units.map(|units| units.to_string());
        row.put(c::EXCESS_UNITS, &excess.unwrap_or_default());
        let amount = finding.amount_at_issue.map(|amount| amount.to_string());
        row.put(c::AMOUNT_AT_ISSUE, &amount.unwrap_or_default());
        row.put(c::CARC, finding.carc);
        row.put(c::RARC, finding.rarc);
        row.put(c::MESSAGE, &finding.message);
        let (source, position) = match &finding.place {
            Place::Input { file, position } => {
                let file = self.files.get(*file as usize);
                (file.map_or("", |file| &*file.name), position.to_string())
            }
            Place::Supervisor(_) => ("", String::new()),
        };
        row.put(c::SOURCE, source);
        row.put(c::POSITION, &position);
        straighten(row);
    }
}

/// The claims of a run, with the records that they are of.
pub struct ClaimsOf<'a> {
    /// As the run gives them.
    pub claims: &'a [ClaimOutcome],
    /// Its records.
    pub store: &'a Store,
}

impl Rows<12> for ClaimsOf<'_> {
    fn each(&self, take: &mut dyn FnMut(&ClaimRow)) -> Result<(), EarlierError> {
        let mut row = ClaimRow::default();
        for outcome in self.claims {
            row.clear();
            let line = self.store.line(outcome.record);
            row.put(claim::CLAIM_ID, &text::decode(line.claim_id));
            row.put(claim::FREQUENCY_CODE, &text::decode(line.frequency_or_default()));
            row.put(claim::ORIGINAL_CLAIM_ID, &text::decode(line.original_claim_id));
            row.put(claim::MEMBER_ID, &text::decode(line.member_id));
            row.put(claim::BILLING_NPI, &text::decode(line.billing_npi));
            row.put(claim::DISPOSITION, outcome.disposition.as_str());
            row.put(claim::RULES, &outcome.rules.ids().collect::<Vec<_>>().join(":"));
            row.put(claim::SERVICE_LINES, &outcome.service_lines.to_string());
            row.put(claim::UNITS_BILLED, &outcome.units_billed.to_string());
            row.put(claim::UNITS_PAYABLE, &outcome.units_payable.to_string());
            row.put(claim::AMOUNT_BILLED, &outcome.amount_billed.to_string());
            row.put(claim::AMOUNT_AT_ISSUE, &outcome.amount_at_issue.to_string());
            take(&row);
        }
        Ok(())
    }

    fn name(&self) -> &Path {
        Path::new("this run")
    }
}
