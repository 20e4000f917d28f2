//! Practitioners: what they billed, and a timeline of credential, employment, supervision and gaps.

use super::Subject;
use super::figures::{Coverage, month};
use super::ledger::Ledger;
use super::timeline::{self, Event};
use crate::join::practitioner::is_employed;
use crate::join::{
    CredentialStanding, PractitionerStanding, Practitioners, ShortfallKind, SupervisionStanding,
};
use crate::model::{Cents, NaiveDate, text};
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
    /// Days with a line that is tested.
    pub days: u64,
    /// Most units of one day over all members, as U004 counts them: groups and lines of several
    /// days left out.
    pub most_units_a_day: u64,
    /// First good service date.
    pub first_day: Option<NaiveDate>,
    /// Last good service date.
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
    /// First day, where the dates can be right.
    pub(super) day: Option<NaiveDate>,
    record: RecordId,
    member: usize,
    pub(super) units: u32,
    /// Of those, the units that count to the practitioner's day.
    day_units: u32,
    pub(super) agency: &'a [u8],
    /// The K and S rules look at it.
    is_tested: bool,
    amount: Cents,
}

/// What held on a day with services that are tested: the K and S rules look at no others.
pub(super) struct ServiceDay {
    pub(super) day: NaiveDate,
    pub(super) lines: u64,
    pub(super) units: u64,
    day_units: u64,
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
            let is_of_day = own.is_tested()
                && own.single_day().is_some()
                && !subject.policy.units.is_group(line.modifiers);
            services.push(Service {
                npi: line.rendering_npi,
                day: own.good_day(),
                record: own.record,
                member,
                units: own.units,
                day_units: if is_of_day { own.units } else { 0 },
                agency: line.billing_npi,
                is_tested: own.is_tested(),
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
        most_units_a_day: days.iter().map(|day| day.day_units).max().unwrap_or_default(),
        first_day: dated().next(),
        last_day: dated().next_back(),
        events: timeline::events(subject, npi, services, days),
        ..Practitioner::default()
    };
    for service in services {
        found.units += u64::from(service.units);
        found.amount += service.amount;
        let (deny, review) = subject.deny_and_review(service.record);
        found.deny_findings += deny;
        found.review_findings += review;
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
        let is_tested = of_day.iter().any(|service| service.is_tested);
        let standing = (!npi.is_empty() && is_tested).then(|| tables.standing(npi, on));
        let (has_credential, is_supervised) = standing.as_ref().map_or((None, None), tested);
        let month = coverage.entry(month(on)).or_default();
        for service in of_day {
            match is_supervised.filter(|_| service.is_tested) {
                Some(true) => month.met += 1,
                Some(false) => month.short += 1,
                None => month.untested += 1,
            }
        }
        if !is_tested {
            continue;
        }
        let tested = || of_day.iter().filter(|service| service.is_tested);
        let mut agencies: Vec<&[u8]> = tested().map(|service| service.agency).collect();
        agencies.sort_unstable();
        agencies.dedup();
        let context = subject.context();
        let employed = |agency: &&[u8]| is_employed(&context, npi, agency, on);
        // Without any credential no other rule looks at the line.
        let has_row = standing.as_ref().is_some_and(|standing| {
            matches!(
                standing.credentials,
                Some(CredentialStanding::InForce(_) | CredentialStanding::NotInForce { .. })
            )
        });
        let is_employed = agencies.iter().filter(|_| has_row).filter_map(employed);
        days.push(ServiceDay {
            day: on,
            lines: tested().count() as u64,
            units: tested().map(|service| u64::from(service.units)).sum(),
            day_units: of_day.iter().map(|service| u64::from(service.day_units)).sum(),
            has_credential,
            is_supervised,
            is_employed: is_employed.reduce(|all, one| all && one),
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
        // Without a start nothing can be told, and a month that is still open can be neither.
        None | Some(SupervisionStanding::NoStart) => None,
        Some(SupervisionStanding::Short(short)) if short.kind == ShortfallKind::MonthOpen => None,
        Some(SupervisionStanding::Met) => Some(true),
        Some(SupervisionStanding::Short(_)) => Some(false),
    };
    (credential, supervised)
}
