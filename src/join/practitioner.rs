//! What the tables say of a practitioner on a date: decided once a pair, not once a line.

use super::{Context, CredentialStanding, SupervisionStanding};
use crate::model::NaiveDate;
use crate::tables::{EmploymentStint, covers};
use std::collections::HashMap;
use std::rc::Rc;

/// Credentials and supervision of one practitioner on one date.
pub struct PractitionerStanding<'a> {
    /// `None`: no credentials table.
    pub credentials: Option<CredentialStanding<'a>>,
    /// `None`: a table that supervision needs is not given.
    pub supervision: Option<SupervisionStanding<'a>>,
}

/// Remembers the standings of the pairs that were asked for; one a thread and partition.
pub struct PractitionerCache<'a> {
    context: Context<'a>,
    dates_of: HashMap<Box<[u8]>, HashMap<NaiveDate, Rc<PractitionerStanding<'a>>>>,
    pairs: usize,
}

/// Pairs after which the memory is emptied, so that it stays bounded (~150 bytes a pair).
const MAX_PAIRS: usize = 1 << 16;

impl<'a> PractitionerCache<'a> {
    /// An empty memory.
    pub fn new(context: Context<'a>) -> PractitionerCache<'a> {
        PractitionerCache { context, dates_of: HashMap::new(), pairs: 0 }
    }

    /// The standing of practitioner `npi` on `on`.
    pub fn standing(&mut self, npi: &[u8], on: NaiveDate) -> Rc<PractitionerStanding<'a>> {
        if let Some(known) = self.dates_of.get(npi).and_then(|dates| dates.get(&on)) {
            return Rc::clone(known);
        }
        if self.pairs >= MAX_PAIRS {
            self.dates_of.clear();
            self.pairs = 0;
        }
        let standing = Rc::new(PractitionerStanding {
            credentials: CredentialStanding::of(&self.context, npi, on),
            supervision: SupervisionStanding::of(&self.context, npi, on),
        });
        self.dates_of.entry(npi.into()).or_default().insert(on, Rc::clone(&standing));
        self.pairs += 1;
        standing
    }
}

/// The employment stints of practitioner `npi`, in table order; none also if there is no table.
pub fn stints_of<'a>(context: &Context<'a>, npi: &[u8]) -> &'a [EmploymentStint] {
    let stints = context.tables.employment.as_ref().and_then(|table| table.get(npi));
    stints.map_or(&[][..], Vec::as_slice)
}

/// Whether an employment stint of practitioner `npi` at `billing_npi` covers `on`; `None` if there
/// is no employment table.
pub fn is_employed(
    context: &Context<'_>,
    npi: &[u8],
    billing_npi: &[u8],
    on: NaiveDate,
) -> Option<bool> {
    let stints = context.tables.employment.as_ref()?.get(npi);
    Some(
        stints
            .into_iter()
            .flatten()
            .any(|stint| *stint.billing_npi == *billing_npi && covers(stint.start, stint.end, on)),
    )
}
