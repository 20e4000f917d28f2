//! 835 remittances (005010X221, X221A1): what a payer says it did with claims.
//!
//! ```text
//! set      = ST BPR TRN … N1*PR … N1*PE … *loop2000 *PLB SE
//! loop2000 = LX [TS3] *claim
//! claim    = CLP *CAS *NM1 *REF *DTM … *service
//! service  = SVC *DTM *CAS *REF …
//! ```
//!
//! Remittances are few beside claims, so one thread reads a file from its start to its end: blocks
//! end at any segment, and what is held is one block and the claim that is open ([`reader`]). What
//! cannot be trusted is said with its place (`trust.rs`); every `CLP` is either handed on whole or
//! counted as unreadable. What the amounts of a claim, a service or a set say of each other is
//! looked at (`balance.rs`) and said, and changes nothing else.

pub mod balance;
pub mod claim;
pub mod fault;
pub mod file;
pub mod payment;
pub mod reader;
mod set;
mod step;
mod trust;
mod version;

pub use fault::{Fault, FaultKind};
pub use payment::{
    Adjustment, ClaimPayment, Processing, ProviderAdjustment, Remittance, ServicePayment,
};
pub use reader::{Met, Reader, Totals};
