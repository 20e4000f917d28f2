//! 835 remittances: written from a seed, read by the program and by a slow reader of the tests.

mod damage;
mod reading;
mod slow;
pub mod wire;
