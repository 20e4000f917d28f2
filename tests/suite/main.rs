//! One test binary: everything that is tested from outside of a module.

mod acks;
mod agreement;
mod contract_inputs;
mod contract_outputs;
mod corpus;
mod damage;
mod fast_and_slow_x12;
mod fixtures;
mod generated;
mod hostile_csv;
mod inspect;
mod ledger;
mod messages;
mod queue;
mod random_sets;
mod reading;
mod readme;
mod reference;
mod rule_examples;
mod same_bytes;
mod samples;
mod slow_x12;
mod split;
mod strange_files;
mod support;
mod tidy;
