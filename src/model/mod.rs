//! The nouns of the trade: owned or borrowed values, small, without input or output.

pub mod date;
pub mod fault;
pub mod file_kind;
pub mod likeness;
pub mod member_ids;
pub mod money;
pub mod npi;
pub mod passed_over;
pub mod position;
pub mod quantity;
pub mod record;
pub mod reject;
pub mod service_line;
pub mod severity;
pub mod text;
pub mod within;

pub use date::NaiveDate;
pub use fault::{FaultKind, FileFault};
pub use file_kind::FileKind;
pub use money::Cents;
pub use passed_over::PassedOver;
pub use position::Position;
pub use quantity::{Quantity, UnitBasis};
pub use reject::Reject;
pub use service_line::{
    ClaimStatus, DateField, Frequency, InputSeq, LocalPosition, OutOfBalance, ServiceLine,
};
pub use severity::{Outcome, Severity};
