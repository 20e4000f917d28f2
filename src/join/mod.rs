//! A service line beside the table rows, and the other service lines, that bear on its date.
//!
//! A *standing* is what the facts come to (in force, none, expired on…); a rule reads standings and
//! decides whether and how to report. Nothing here knows a rule.

pub mod claim;
pub mod context;
pub mod credential;
pub mod facts;
pub mod member;
pub mod plan;
pub mod practitioner;
pub mod practitioner_day;
pub mod service_period;
pub mod supervision;
pub mod supervisor_load;
pub mod units;

pub use claim::{ClaimFacts, CorrectionStanding, RecordConflict};
pub use context::Context;
pub use credential::{CredentialStanding, NotInForce, PractitionerAge, ScopeStanding};
pub use facts::{LineFacts, PractitionerDayFacts};
pub use member::{LineState, MemberLines};
pub use plan::PlanStanding;
pub use practitioner::{PractitionerStanding, Practitioners};
pub use service_period::{PeriodFault, ServicePeriod};
pub use supervision::{Shortfall, ShortfallKind, Stage, SupervisionStanding};
pub use supervisor_load::SupervisorLoad;
pub use units::{PlanTotals, UnitUsage};
