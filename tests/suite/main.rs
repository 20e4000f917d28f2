//! One test binary: everything that is tested from outside of a module.

mod agreement;
mod contract_inputs;
mod contract_outputs;
mod fixtures;
mod random_sets;
mod readme;
mod reference;
mod rule_examples;
mod same_bytes;
mod samples;
mod slow_x12;
mod support;
mod tidy;
