//! 835 remittances: written from a seed, read by the program and by a slow reader of the tests.

mod command;
mod damage;
mod nights;
mod parts;
mod reading;
mod slow;
mod stories;
pub mod wire;
