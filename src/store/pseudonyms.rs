//! What stands in the place of member ids once no reader of the store is to see one.
//!
//! The records stay as they were read, because the ledger needs them so; what is shown of them is
//! changed on the way out ([`super::Store::line`]), so that no report can forget to.

use crate::model::ServiceLine;
use std::collections::HashMap;

/// Texts by what stands in their place.
pub type Replacements = HashMap<Box<[u8]>, Box<[u8]>, foldhash::fast::RandomState>;

/// In the place of an id that has no pseudonym; there is none, and if there were, it is not shown.
const NOBODY: &[u8] = b"unknown";

/// The pseudonyms of all members of a store.
#[derive(Default)]
pub struct Pseudonyms {
    /// By member id.
    pub members: Replacements,
    /// Other texts that hold their own member's id, as some claim ids do; mostly there are none.
    pub texts: Replacements,
}

impl Pseudonyms {
    /// `line` without the member's id.
    pub fn over<'a>(&'a self, mut line: ServiceLine<'a>) -> ServiceLine<'a> {
        if !line.member_id.is_empty() {
            line.member_id = self.members.get(line.member_id).map_or(NOBODY, |found| found);
        }
        if !self.texts.is_empty() {
            for text in shown_texts(&mut line) {
                if let Some(found) = self.texts.get(*text) {
                    *text = found;
                }
            }
        }
        line
    }
}

/// The texts of a line that some output shows as they were read, but for the member's id.
pub fn shown_texts<'l, 'a>(line: &'l mut ServiceLine<'a>) -> [&'l mut &'a [u8]; 15] {
    [
        &mut line.claim_id,
        &mut line.line_text,
        &mut line.frequency_code,
        &mut line.original_claim_id,
        &mut line.payer_claim_number,
        &mut line.billing_npi,
        &mut line.rendering_npi,
        &mut line.supervising_npi,
        &mut line.procedure,
        &mut line.modifiers,
        &mut line.units_text,
        &mut line.basis_text,
        &mut line.place_of_service,
        &mut line.diagnoses,
        &mut line.authorization,
    ]
}
