//! What the tables say of a practitioner: rows gathered once, decisions made for a date.
//!
//! Lines are checked member by member, so the same practitioner and date come up far from each
//! other: finding the rows is what costs, and is done once a practitioner; the decision from them
//! takes some 50 ns, less than remembering it would.

use super::{Context, CredentialStanding, SupervisionStanding};
use crate::model::NaiveDate;
use crate::tables::{ById, Credential, EmploymentStint, Sessions, SupervisionLog, covers};
use std::collections::HashMap;

/// Credentials and supervision of one practitioner on one date.
pub struct PractitionerStanding<'a> {
    /// `None`: no credentials table.
    pub credentials: Option<CredentialStanding<'a>>,
    /// `None`: a table that supervision needs is not given.
    pub supervision: Option<SupervisionStanding<'a>>,
}

/// The rows of one practitioner.
#[derive(Clone, Copy, Default)]
struct Rows<'a> {
    credentials: &'a [Credential],
    first_start: Option<NaiveDate>,
    sessions: Sessions<'a>,
}

/// The rows of all practitioners, by NPI.
pub struct Practitioners<'a> {
    context: Context<'a>,
    rows: HashMap<&'a [u8], Rows<'a>, foldhash::fast::RandomState>,
    has_credentials: bool,
    has_supervision: bool,
}

impl<'a> Practitioners<'a> {
    /// Gathers the rows of the tables.
    pub fn new(context: Context<'a>) -> Practitioners<'a> {
        let tables = context.tables;
        let mut rows: HashMap<&[u8], Rows<'_>, foldhash::fast::RandomState> = HashMap::default();
        for (npi, credentials) in tables.credentials.iter().flat_map(ById::iter) {
            rows.entry(npi).or_default().credentials = credentials;
        }
        for (npi, stints) in tables.employment.iter().flat_map(ById::iter) {
            rows.entry(npi).or_default().first_start = stints.iter().map(|row| row.start).min();
        }
        for (npi, sessions) in tables.supervision.iter().flat_map(SupervisionLog::iter) {
            rows.entry(npi).or_default().sessions = sessions;
        }
        Practitioners {
            context,
            rows,
            has_credentials: tables.credentials.is_some(),
            has_supervision: tables.supervision.is_some() && tables.employment.is_some(),
        }
    }

    /// The standing of practitioner `npi` on `on`.
    pub fn standing(&self, npi: &[u8], on: NaiveDate) -> PractitionerStanding<'a> {
        let rows = self.rows.get(npi).copied().unwrap_or_default();
        let (context, policy) = (&self.context, self.context.policy);
        PractitionerStanding {
            credentials: self
                .has_credentials
                .then(|| CredentialStanding::of(policy, rows.credentials, on)),
            supervision: self.has_supervision.then(|| {
                SupervisionStanding::of(context, npi, rows.first_start, rows.sessions, on)
            }),
        }
    }
}

/// The employment stints of practitioner `npi`, in table order; none also if there is no table.
pub fn stints_of<'a>(context: &Context<'a>, npi: &[u8]) -> &'a [EmploymentStint] {
    let stints = context.tables.employment.as_ref().and_then(|table| table.get(npi));
    stints.unwrap_or_default()
}

/// Whether an employment stint of practitioner `npi` at `billing_npi` covers `on`; `None` if there
/// is no employment table.
pub fn is_employed(
    context: &Context<'_>,
    npi: &[u8],
    billing_npi: &[u8],
    on: NaiveDate,
) -> Option<bool> {
    context.tables.employment.as_ref()?;
    let is_here = |stint: &EmploymentStint| *stint.billing_npi == *billing_npi;
    let mut stints = stints_of(context, npi).iter();
    Some(stints.any(|stint| is_here(stint) && covers(stint.start, stint.end, on)))
}
