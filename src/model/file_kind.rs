//! What a claim file is.

/// Kind of a claim file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// X12 837P.
    X12,
    /// Claim CSV.
    Csv,
}
