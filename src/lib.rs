//! peerclaims (crate doc comes)
pub mod cli;
pub mod evidence;
pub mod finding;
pub mod join;
pub mod model;
pub mod normalize;
pub mod outcome;
pub mod pipeline;
pub mod policy;
pub mod report;
pub mod rules;
pub mod source;
pub mod store;
pub mod synthetic;
pub mod tables;
pub mod x12;
