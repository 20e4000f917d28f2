//! One test binary: everything that is tested from outside of a module.

mod agreement;
mod random_sets;
mod reference;
