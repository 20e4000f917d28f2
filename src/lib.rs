//! Checks Mississippi Medicaid peer-support claims (HCPCS H0038): which service lines do not hold,
//! why, by which rule and source, how many units and dollars, and what to do next.
//!
//! # Flow
//!
//! ```text
//! source → x12 / CSV → normalize → store
//! store → pipeline: net → members → practitioner days → collect → outcome → report
//!                         └─ join (tables, policy) → rules → findings
//! ```
//!
//! Files are cut into blocks, blocks are parsed apart from each other on all threads, and what
//! matters of them (peer-support lines, and lines of corrections) is kept as compact records in
//! input order; everything else is counted and forgotten. What counts is decided claim by claim
//! (repeated records, voids, replacements); the lines that are left are checked member by member.
//!
//! # Rooms
//!
//! | room | knows |
//! |---|---|
//! | [`model`] | the nouns: dates, money, units, the service line; no input or output |
//! | [`source`] | files, compression, hashes, blocks of bytes |
//! | [`x12`] | the wire: delimiters, segments, envelope; nothing of Medicaid |
//! | [`normalize`] | how an 837P and a claim CSV say what a service line is |
//! | [`remittance`] | how an 835 says what a payer did with claims |
//! | [`store`] | the records of a run, in input order |
//! | [`policy`] | the numbers of the rules, by service date |
//! | [`tables`] | the six tables, loaded once |
//! | [`join`] | a line beside the rows and lines that bear on its date |
//! | [`rules`] | what is checked: one file a rule, and the registry |
//! | [`finding`], [`evidence`] | what a rule reports, and what it rests on |
//! | [`pipeline`] | threads, memory and order |
//! | [`ledger`] | SQLite: posted lines, files and runs of past nights |
//! | [`outcome`] | what a run came to |
//! | [`deidentify`] | pseudonyms in the place of member ids, in what a run came to |
//! | [`audit`] | what a run over years comes to: overpayment, profiles, sample |
//! | [`report`] | outcomes written out, one file a format; computes nothing |
//! | [`queue`] | the morning's work list: the held claims, what is lost first in front |
//! | [`acks`] | TA1, 999 and 277CA for what was received; reads the files a second time |
//! | [`inspect`] | what a file is, for people |
//! | [`split`] | each current file parted by claim: what leaves, what waits |
//! | [`synthetic`] | claim sets whose findings are known; never calls rules or join |
//! | [`cli`] | the terminal |
//!
//! Who may import whom, without a circle, is written in `tests/suite/tidy.rs`, which holds it.
//!
//! # As a library
//!
//! ```no_run
//! use peerclaims::pipeline::{self, ClaimCsvForm, Progress, Request};
//! use peerclaims::{policy, rules::registry::RULES, source::input, tables::Tables};
//!
//! let (policy, progress) = (policy::builtin(), Progress::default());
//! let request = Request {
//!     claims: input::expand(&["claims.837".into()])?,
//!     rules: RULES.to_vec(),
//!     ..Request::new(&policy, &progress)
//! };
//! let outcome = pipeline::run(&request, &Tables::default())?;
//! for finding in &outcome.findings {
//!     println!("{} {}", finding.rule.id, finding.message);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod acks;
pub mod audit;
pub mod cli;
pub mod deidentify;
pub mod evidence;
pub mod finding;
pub mod inspect;
pub mod join;
pub mod ledger;
pub mod model;
pub mod normalize;
pub mod outcome;
pub mod pipeline;
pub mod policy;
pub mod queue;
pub mod remittance;
pub mod report;
pub mod rules;
pub mod source;
pub mod split;
pub mod store;
pub mod synthetic;
pub mod tables;
pub mod x12;
