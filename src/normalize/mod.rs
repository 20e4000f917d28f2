//! Wire shapes into the model: what the rows of a CSV and the loops of an 837P say of service
//! lines.

pub mod claims_csv;
pub mod edi837p;
pub mod sink;

pub use sink::{LocalFault, LocalReject, RecordKey, Sink, Tally, Wanted};
