//! The member's Individual Service Plan on the service date: in force, frequency, approval.

mod evidence;
pub mod p001;
pub mod p002;
pub mod p003;
pub mod p004;
pub mod p005;
