//! Plans: do they list peer support, and has somebody approved them.

use super::{Doubts, Seen, checks};
use crate::tables::{ById, TableKind};

pub(super) fn look(seen: &Seen<'_>, doubts: &mut Doubts<'_>) {
    let roles = &seen.policy.plans.signer_roles;
    for plan in seen.tables.plans.iter().flat_map(ById::rows) {
        if !plan.services.iter().any(|code| seen.policy.is_peer_support(code)) {
            let detail = if plan.services.is_empty() { "services is blank" } else { "" };
            let check = &checks::PLAN_WITHOUT_PROCEDURE;
            doubts.add(TableKind::ServicePlans, check, "services", [plan.row], detail);
        }
        let may_sign = roles.iter().any(|role| **role == *plan.signer_role);
        if !may_sign || plan.signed.is_none() {
            let column = if may_sign { "signed_date" } else { "signer_role" };
            let check = &checks::PLAN_NOT_APPROVED;
            doubts.add(TableKind::ServicePlans, check, column, [plan.row], "");
        }
    }
}
