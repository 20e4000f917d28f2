//! Limits of units: a member's day and year, a practitioner's day.

mod evidence;
pub mod u001;
pub mod u002;
pub mod u003;
pub mod u004;
