//! The auditor's desk: what a run over years of claims comes to, worked out for working papers.
//!
//! Everything here starts from the outcome of a run and the records it kept; no rule is decided
//! again. Dollars come from the findings, each unit once, and must add up to the run's summary.
//!
//! | file | word |
//! |---|---|
//! | [`subject`] | what is looked at: outcome, policy, tables, and the days reported |
//! | [`ledger`] | each member's net lines with running totals |
//! | [`overpayment`] | each unit disallowed once, with its primary and further reasons |
//! | [`totals`] | the same added up by claim, member, practitioner, agency, rule, month, year |
//! | [`universe`] | every peer-support record in one category; reconciles with the summary |
//! | [`chains`] | corrections, and what they correct |
//! | [`practitioners`] (with their [`timeline`]), [`supervisors`], [`agencies`] | profiles |
//! | [`figures`] | the series behind the charts |
//! | [`frame`], [`sampling`] | a sample to review |
//! | [`review`], [`estimate`] | a sample that was reviewed, and what it says of the whole |
//! | [`rates`] | prices of lines whose paid amount is missing |

pub mod agencies;
pub mod chains;
pub mod estimate;
pub mod figures;
pub mod frame;
pub mod ledger;
pub mod overpayment;
pub mod practitioners;
pub mod rates;
pub mod review;
pub mod sampling;
pub mod subject;
pub mod supervisors;
pub mod timeline;
pub mod totals;
pub mod universe;

pub use subject::Subject;

use thiserror::Error;

/// Why an audit could not be done.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AuditError {
    /// The sums do not add up: a fault of this program.
    #[error(
        "the sums of this audit do not add up ({detail}); no result was written. This is a fault \
         of peerclaims: please report it with the sums above."
    )]
    DoesNotReconcile {
        /// The sums.
        detail: String,
    },
    /// A sample that cannot be drawn.
    #[error("{what}")]
    Sample {
        /// Why, and what to do.
        what: String,
    },
    /// A reviewed sample that cannot be used.
    #[error("{name}: no estimate can be made: {what}")]
    Review {
        /// The file as the user named it.
        name: String,
        /// What is wrong, and what to do.
        what: String,
    },
    /// A file of rates that cannot be used.
    #[error("{name}: these rates cannot be used: {what}")]
    Rates {
        /// The file as the user named it.
        name: String,
        /// What is wrong, and what to do.
        what: String,
    },
}

/// Everything that the reports of an audit write.
pub struct Audit {
    /// Members' net lines with running totals.
    pub ledger: ledger::Ledger,
    /// What is disallowed.
    pub overpayment: Vec<overpayment::Disallowance>,
    /// The same added up.
    pub totals: totals::Totals,
    /// Every record in one category.
    pub universe: universe::Universe,
    /// Corrections and what they correct.
    pub chains: Vec<chains::ChainStep>,
    /// Rendering practitioners, by NPI.
    pub practitioners: Vec<practitioners::Practitioner>,
    /// Supervisors, by id.
    pub supervisors: Vec<supervisors::Supervisor>,
    /// Agencies, by NPI, with what all of them come to.
    pub agencies: agencies::Agencies,
    /// Series behind the charts.
    pub figures: figures::Figures,
    /// What a sample is drawn from.
    pub frame: frame::Frame,
}

/// Works out the whole desk, and makes sure that it adds up.
pub fn examine(subject: &Subject<'_>) -> Result<Audit, AuditError> {
    let ledger = ledger::Ledger::of(subject);
    let overpayment = overpayment::disallowances(subject);
    let (universe, totals) = add_up(subject, &ledger, &overpayment)?;
    let (practitioners, coverage) = practitioners::practitioners(subject, &ledger);
    let agencies = agencies::Agencies::of(subject, &ledger, &totals);
    let figures = figures::Figures::of(subject, &ledger, coverage);
    Ok(Audit {
        chains: chains::chains(subject),
        frame: frame::Frame::of(subject, &ledger),
        supervisors: supervisors::supervisors(subject, &ledger),
        ledger,
        overpayment,
        totals,
        universe,
        practitioners,
        agencies,
        figures,
    })
}

/// The sums of lines and of what is disallowed, held to the run's summary and to each other.
pub fn add_up(
    subject: &Subject<'_>,
    ledger: &ledger::Ledger,
    overpayment: &[overpayment::Disallowance],
) -> Result<(universe::Universe, totals::Totals), AuditError> {
    let universe = universe::Universe::of(subject, overpayment);
    universe.reconcile(subject)?;
    let totals = totals::Totals::of(subject, ledger, overpayment);
    totals.reconcile(&universe)?;
    Ok((universe, totals))
}
