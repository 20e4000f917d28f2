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
//! | [`spill`] | temporary files, for what a run holds beyond its memory |
//! | [`source`] | files, compression, hashes, blocks of bytes |
//! | [`x12`] | the wire: delimiters, segments, envelope; nothing of Medicaid |
//! | [`normalize`] | how an 837P and a claim CSV say what a service line is |
//! | [`remittance`] | how an 835 says what a payer did with claims |
//! | [`store`] | the records of a run, in input order |
//! | [`policy`] | the numbers of the rules, by service date |
//! | [`tables`] | the six tables, loaded once |
//! | [`join`] | a line beside the rows and lines that bear on its date |
//! | [`table_check`] | what looks wrong in the tables, before any claim is there |
//! | [`upcoming`] | what ends or falls due in the days to come |
//! | [`rules`] | what is checked: one file a rule, and the registry |
//! | [`finding`], [`evidence`] | what a rule reports, and what it rests on |
//! | [`pipeline`] | threads, memory and order |
//! | [`ledger`] | SQLite: posted lines, files and runs of past nights |
//! | [`outcome`] | what a run came to |
//! | [`deidentify`] | pseudonyms in the place of member ids, in what a run came to |
//! | [`audit`] | what a run over years comes to: overpayment, profiles, sample |
//! | [`earlier`] | the results of an earlier run, read back |
//! | [`verify`] | whether they are as that run wrote them |
//! | [`changes`] | what differs between two runs, or under another policy |
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
//! A run is a [`pipeline::Request`] and [`tables::Tables`] that go in, and an
//! [`outcome::RunOutcome`] that comes out: findings as typed values ([`finding::Finding`]: rule,
//! severity, service line, excess units, dollars, evidence), what becomes of each claim, and
//! counts that reconcile. Nothing is printed and nothing is written; an error is a value.
//! `examples/validate_837p.rs` checks an 837P in some thirty lines.
//!
//! Claims may be files, or bytes that the program has already ([`pipeline::Memory`]):
//!
//! ```
//! use peerclaims::pipeline::{self, Memory, Progress, Request};
//! use peerclaims::{model::NaiveDate, policy, rules::registry::RULES, tables::Tables};
//!
//! let claims = Memory::of("today.csv", "\
//! claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date
//! A1,1,M1,1234567893,H0038,8,2025-09-03
//! ");
//! let (policy, progress) = (policy::builtin(), Progress::default());
//! let request = Request {
//!     claims: claims.inputs(),
//!     memory: Some(&claims),
//!     rules: RULES.iter().copied().filter(|rule| rule.id == "U001").collect(),
//!     as_of: NaiveDate::from_ymd_opt(2025, 9, 30),
//!     ..Request::new(&policy, &progress)
//! };
//! let outcome = pipeline::run(&request, &Tables::default())?;
//! let finding = &outcome.findings[0];
//! assert_eq!((finding.rule.id, finding.excess_units), ("U001", Some(2)));
//! assert_eq!(outcome.claims[0].units_payable, 6);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! To read alone, without a rule: the peer-support lines of files, and the lines of corrections, in
//! input order, block after block, in memory that does not grow with the files. (A run looks at all
//! lines together; [`pipeline::read()`] keeps them, and reads on all threads.)
//!
//! ```no_run
//! use peerclaims::pipeline::{self, Progress, Request};
//! use peerclaims::{policy, source::input};
//!
//! let (policy, progress) = (policy::builtin(), Progress::default());
//! let claims = input::expand(&["claims.837".into()])?;
//! let request = Request { claims, ..Request::new(&policy, &progress) };
//! let mut units = 0;
//! for block in pipeline::line_blocks(&request) {
//!     units += block?.lines().filter_map(|line| line.units()).sum::<u32>();
//! }
//! println!("{units} units of peer support");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Tables are loaded from a folder with [`tables::load`]; another policy is read with
//! [`policy::read`]; [`report`] writes an outcome in any of the formats, to any `Write`; two sets
//! of findings are compared with [`changes`].
//!
//! What follows semver is what stands above: [`pipeline`]'s functions, `Request`, `Memory` and
//! `Progress`, [`source::input::expand`], [`tables::load`] with [`tables::TablePaths`],
//! [`tables::CsvForm`] and [`tables::Tables`], [`policy::read`] and [`policy::builtin`],
//! [`rules::registry::RULES`], [`finding::Finding`], the outcome's fields, the nouns of [`model`],
//! and the writers of [`report`]. All other modules are open for the program's
//! own tests and benches, and change without notice. Errors, outcomes and findings may get more
//! variants and fields (`#[non_exhaustive]`); a `Request` is built upon `Request::new`.

pub mod acks;
pub mod audit;
pub mod changes;
pub mod cli;
pub mod deidentify;
pub mod earlier;
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
pub mod spill;
pub mod split;
pub mod store;
pub mod synthetic;
pub mod table_check;
pub mod tables;
pub mod upcoming;
pub mod verify;
pub mod x12;
