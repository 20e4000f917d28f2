//! Practitioners: what they billed, and a timeline of credential, employment, supervision and gaps.

use super::Subject;
use super::figures::{Coverage, month};
use super::ledger::{Ledger, Standing};
use super::timeline::{self, Event};
use crate::join::practitioner::is_employed;
use crate::join::{
    CredentialStanding, PractitionerStanding, Practitioners, ShortfallKind, SupervisionStanding,
};
use crate::model::{Cents, NaiveDate, Severity, text};
use crate::store::RecordId;
use std::collections::{BTreeMap, HashSet};

/// One rendering practitioner of the lines reported.
#[derive(Clone, Debug, Default)]
pub struct Practitioner {
    /// NPI as it stands in the claims.
    pub rendering_npi: String,
    /// Net lines.
    pub lines: u64,
    /// Their units.
    pub units: u64,
    /// Their dollars.
    pub amount: Cents,
    /// Members served.
    pub members: u64,
    /// Agencies billed for.
    pub agencies: u64,
    /// Days with a line.
    pub days: u64,
    /// Most units of one day, all members and modifiers.
    pub most_units_a_day: u64,
    /// First service date.
    pub first_day: Option<NaiveDate>,
    /// Last service date.
    pub last_day: Option<NaiveDate>,
    /// Findings of severity deny on the lines.
    pub deny_findings: u64,
    /// Findings of severity review.
    pub review_findings: u64,
    /// What happened when.
    pub events: Vec<Event>,
}

/// A reported line of a practitioner.
pub(super) struct Service<'a> {
    npi: &'a [u8],
    pub(super) day: Option<NaiveDate>,
    record: RecordId,
    member: usize,
    pub(super) units: u32,
    pub(super) agency: &'a [u8],
    counts: bool,
    amount: Cents,
}

/// What held on a day with services.
pub(super) struct ServiceDay {
    pub(super) day: NaiveDate,
    pub(super) lines: u64,
    pub(super) units: u64,
    /// `Some(false)`: no credential was in force.
    pub(super) has_credential: Option<bool>,
    /// `Some(false)`: supervision was not as required.
    pub(super) is_supervised: Option<bool>,
    /// `Some(false)`: not employed by an agency billed for.
    pub(super) is_employed: Option<bool>,
}

/// The practitioners by NPI, and how many lines of each month were supervised as required.
pub fn practitioners(
    subject: &Subject<'_>,
    ledger: &Ledger,
) -> (Vec<Practitioner>, BTreeMap<String, Coverage>) {
    let mut services = services(subject, ledger);
    services.sort_by(|left, right| {
        (left.npi, left.day, left.record).cmp(&(right.npi, right.day, right.record))
    });
    let tables = Practitioners::new(subject.context());
    let mut coverage: BTreeMap<String, Coverage> = BTreeMap::new();
    let mut found = Vec::new();
    for own in services.chunk_by(|left, right| left.npi == right.npi) {
        let days = days(subject, &tables, own, &mut coverage);
        if !own[0].npi.is_empty() {
            found.push(practitioner(subject, own, &days));
        }
    }
    (found, coverage)
}

fn services<'a>(subject: &Subject<'a>, ledger: &Ledger) -> Vec<Service<'a>> {
    let mut services = Vec::new();
    for (member, span) in ledger.members.iter().enumerate() {
        for own in ledger.lines[span.clone()].iter().filter(|line| line.is_reported) {
            let line = subject.store().line(own.record);
            services.push(Service {
                npi: line.rendering_npi,
                day: own.day,
                record: own.record,
                member,
                units: own.units,
                agency: line.billing_npi,
                counts: matches!(own.standing, Standing::Counted | Standing::Exempt),
                amount: line.amount().unwrap_or_default(),
            });
        }
    }
    services
}

fn practitioner(
    subject: &Subject<'_>,
    services: &[Service<'_>],
    days: &[ServiceDay],
) -> Practitioner {
    let npi = services[0].npi;
    let dated = || services.iter().filter_map(|service| service.day);
    let mut found = Practitioner {
        rendering_npi: text::decode(npi).into_owned(),
        lines: services.len() as u64,
        members: services.iter().map(|service| service.member).collect::<HashSet<_>>().len() as u64,
        agencies: services.iter().map(|service| service.agency).collect::<HashSet<_>>().len()
            as u64,
        days: days.len() as u64,
        most_units_a_day: days.iter().map(|day| day.units).max().unwrap_or_default(),
        first_day: dated().next(),
        last_day: dated().next_back(),
        events: timeline::events(subject, npi, services, days),
        ..Practitioner::default()
    };
    for service in services {
        found.units += u64::from(service.units);
        found.amount += service.amount;
        for finding in subject.findings_of(service.record) {
            match finding.severity {
                Severity::Deny => found.deny_findings += 1,
                Severity::Review => found.review_findings += 1,
                Severity::Info => {}
            }
        }
    }
    found
}

/// The service days of one practitioner, whose services stand by day; counts the coverage.
fn days(
    subject: &Subject<'_>,
    tables: &Practitioners<'_>,
    services: &[Service<'_>],
    coverage: &mut BTreeMap<String, Coverage>,
) -> Vec<ServiceDay> {
    let mut days = Vec::new();
    for of_day in services.chunk_by(|left, right| left.day == right.day) {
        let Some(on) = of_day[0].day else { continue };
        let npi = of_day[0].npi;
        let standing = (!npi.is_empty()).then(|| tables.standing(npi, on));
        let (has_credential, is_supervised) = standing.as_ref().map_or((None, None), tested);
        let month = coverage.entry(month(on)).or_default();
        for service in of_day {
            match is_supervised.filter(|_| service.counts) {
                Some(true) => month.met += 1,
                Some(false) => month.short += 1,
                None => month.untested += 1,
            }
        }
        let mut agencies: Vec<&[u8]> = of_day.iter().map(|service| service.agency).collect();
        agencies.sort_unstable();
        agencies.dedup();
        let context = subject.context();
        let employed = |agency: &&[u8]| is_employed(&context, npi, agency, on);
        let is_employed = agencies.iter().filter_map(employed).reduce(|all, one| all && one);
        days.push(ServiceDay {
            day: on,
            lines: of_day.len() as u64,
            units: of_day.iter().map(|service| u64::from(service.units)).sum(),
            has_credential,
            is_supervised,
            is_employed,
        });
    }
    days
}

/// Whether a credential was in force, and whether supervision was as required, where tables tell.
fn tested(standing: &PractitionerStanding<'_>) -> (Option<bool>, Option<bool>) {
    let credential = match &standing.credentials {
        None => return (None, None),
        Some(CredentialStanding::NoRow) => return (Some(false), None),
        Some(CredentialStanding::NotInForce { .. }) => Some(false),
        Some(CredentialStanding::InForce(_)) => Some(true),
    };
    let supervised = match &standing.supervision {
        None => None,
        Some(SupervisionStanding::Met) => Some(true),
        Some(SupervisionStanding::NoStart) => Some(false),
        // A month that is still open can be neither.
        Some(SupervisionStanding::Short(short)) if short.kind == ShortfallKind::MonthOpen => None,
        Some(SupervisionStanding::Short(_)) => Some(false),
    };
    (credential, supervised)
}
