//! The same service twice, and claims that correct other claims.

pub mod d001;
pub mod d002;
pub mod d003;
pub mod d004;
pub mod d005;
mod earlier;
