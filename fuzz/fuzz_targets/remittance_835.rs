//! Fuzz target: see `drivers.rs`.

#![no_main]

#[allow(dead_code, reason = "each target uses one of them")]
#[path = "../drivers.rs"]
mod drivers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| drivers::remittance_835(bytes));
