//! What a desk asks each morning: what ends or falls due in the days to come.
//!
//! Tables are asked here, by the standings that the rules read, so that the two cannot disagree;
//! what a ledger knows of members and claims comes from outside as it is.

mod credentials;
mod service_plans;
mod supervision;

use crate::join::Context;
use crate::model::{NaiveDate, date};
use serde::{Serialize, Serializer};

/// What ends or falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A credential ends, and no other of its designation goes on.
    CredentialEnds,
    /// A supervision session is due, or overdue.
    SupervisionDue,
    /// A plan with peer support ends, and no other goes on.
    PlanEnds,
    /// A member has few units left this year.
    UnitsLeft,
    /// A claim that is held, or that the payer denied, can soon be filed no more.
    FilingLimit,
}

impl Kind {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Kind; 5] = [
        Kind::CredentialEnds,
        Kind::SupervisionDue,
        Kind::PlanEnds,
        Kind::UnitsLeft,
        Kind::FilingLimit,
    ];

    /// The word in CSV and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::CredentialEnds => "credential_ends",
            Kind::SupervisionDue => "supervision_due",
            Kind::PlanEnds => "plan_ends",
            Kind::UnitsLeft => "units_left",
            Kind::FilingLimit => "filing_limit",
        }
    }

    /// For people.
    pub fn heading(self) -> &'static str {
        match self {
            Kind::CredentialEnds => "Credentials that end",
            Kind::SupervisionDue => "Supervision that falls due",
            Kind::PlanEnds => "Service plans that end",
            Kind::UnitsLeft => "Members with few units left",
            Kind::FilingLimit => "Claims near the filing limit",
        }
    }

    /// What to do.
    pub fn next(self) -> &'static str {
        match self {
            Kind::CredentialEnds => {
                "Renew it, or bill nothing after that day (K003). Ended: no supervision session \
                 mends that; end the stint in employment.csv of whoever has left."
            }
            Kind::SupervisionDue => {
                "Hold a session face to face with a qualified supervisor by that day, and enter it \
                 in the log. Overdue: services from that day on fall short until one is held \
                 (S001-S004)."
            }
            Kind::PlanEnds => "Have the next plan signed, and enter it (P001, P002).",
            Kind::UnitsLeft => {
                "Plan the units that are left; those past the limit are not paid (U002)."
            }
            Kind::FilingLimit => "Correct and file it by that day (C007).",
        }
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One thing that ends or falls due.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Due {
    /// What it is.
    pub kind: Kind,
    /// The last day on which all is well, or on which something can still be done.
    pub due_date: Option<NaiveDate>,
    /// From the as-of date; negative: overdue.
    pub days_left: Option<i64>,
    /// Whom it is about; blank where it is nobody.
    pub practitioner_npi: String,
    /// The agency, where there is one.
    pub billing_npi: String,
    /// The member, where that is the point.
    pub member_id: String,
    /// The claim, where that is the point.
    pub claim_id: String,
    /// Units left this year.
    pub units_left: Option<u64>,
    /// Table that says it; blank where it is the ledger.
    pub table: &'static str,
    /// Row there.
    pub row: Option<u64>,
    /// In words; names no member.
    pub detail: String,
}

impl Due {
    /// With everything blank but what and when.
    pub fn new(kind: Kind, due_date: Option<NaiveDate>, as_of: NaiveDate) -> Due {
        Due {
            kind,
            due_date,
            days_left: due_date.map(|day| (day - as_of).num_days()),
            practitioner_npi: String::new(),
            billing_npi: String::new(),
            member_id: String::new(),
            claim_id: String::new(),
            units_left: None,
            table: "",
            row: None,
            detail: String::new(),
        }
    }
}

/// What ended at most so many days ago is said too: it was not looked at in time, or the table
/// lacks what followed it. Longer ago: where somebody is employed without a credential in force.
const PAST_DAYS: i64 = 30;

/// The days that are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Horizon {
    /// The first one: nothing later is known.
    pub as_of: NaiveDate,
    /// The last one.
    pub through: NaiveDate,
}

impl Horizon {
    /// `days` from `as_of`.
    pub fn new(as_of: NaiveDate, days: u32) -> Horizon {
        Horizon { as_of, through: date::add_days(as_of, i64::from(days)).min(date::LAST) }
    }

    /// Whether `day` is one of them.
    pub fn holds(&self, day: NaiveDate) -> bool {
        self.as_of <= day && day <= self.through
    }

    fn days(self) -> impl Iterator<Item = NaiveDate> {
        self.days_from(0)
    }

    /// From the first day on which something may have ended to the last.
    fn days_of_ends(self) -> impl Iterator<Item = NaiveDate> {
        self.days_from(-PAST_DAYS)
    }

    fn days_from(self, first: i64) -> impl Iterator<Item = NaiveDate> {
        let count = (self.through - self.as_of).num_days();
        (first..=count).map(move |days| date::add_days(self.as_of, days))
    }

    /// Whether something that ended on `day` is to be said.
    fn holds_end(&self, day: NaiveDate) -> bool {
        date::add_days(self.as_of, -PAST_DAYS) <= day && day <= self.through
    }
}

/// What the tables say of the days of `horizon`, whose first is the context's as-of date.
pub fn of_tables(context: &Context<'_>, horizon: Horizon) -> Vec<Due> {
    let mut found = credentials::ending(context, horizon);
    found.extend(supervision::due(context, horizon));
    found.extend(service_plans::ending(context, horizon));
    found
}

/// By kind, then day (none last), then units, then whom it is about.
pub fn sort(found: &mut [Due]) {
    found.sort_by(|left, right| {
        fn key(due: &Due) -> impl Ord {
            (due.kind, due.due_date.is_none(), due.due_date, due.units_left)
        }
        let whom = |due: &Due| {
            let Due { practitioner_npi, member_id, claim_id, row, .. } = due;
            (practitioner_npi.clone(), member_id.clone(), claim_id.clone(), *row)
        };
        key(left).cmp(&key(right)).then_with(|| whom(left).cmp(&whom(right)))
    });
}
