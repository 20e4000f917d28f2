//! The results of `validate`: written, posted to the ledger, put in place, and told.

use super::args::CommonArgs;
use super::claim_run::formats;
use super::destination::Destination;
use super::error::CliError;
use super::leftovers::say_exchanged;
use super::night::Night;
use super::tell::tell;
use super::{desk, ledger_change, phases, progress};
use crate::audit::{self, Subject};
use crate::outcome::RunOutcome;
use crate::pipeline::Progress;
use crate::policy::Policy;
use crate::report::{self, ManifestFacts, StagedFolder};
use crate::rules::Rule;
use crate::tables::Tables;

/// What the results are written from.
pub(super) struct Checked<'a> {
    pub(super) outcome: &'a RunOutcome,
    pub(super) policy: &'a Policy,
    pub(super) tables: &'a Tables,
    pub(super) rules: &'a [&'static Rule],
}

/// Writes the results, posts to the ledger, and says what the run came to.
pub(super) fn keep(
    checked: &Checked<'_>,
    facts: &ManifestFacts,
    common: &CommonArgs,
    destination: Destination,
    progress: &Progress,
    mut night: Option<&mut Night>,
) -> Result<(), CliError> {
    let outcome = checked.outcome;
    let tell = |destination: &Destination| {
        tell("validate", outcome, common, destination, progress, facts.clock.elapsed())
    };
    let is_folder = match destination {
        Destination::Folder(folder) => {
            write(checked, facts, common, *folder, progress, night.as_deref_mut())?;
            true
        }
        other => {
            // The results are what is said: nothing is posted of a run whose results nobody got.
            tell(&other)?;
            if let Some(night) = night.as_deref_mut() {
                let mut manifest = Vec::new();
                report::manifest::write(&mut manifest, outcome, facts, &[])?;
                let manifest = String::from_utf8_lossy(&manifest);
                night.commit(outcome, facts.clock.started(), &manifest, None)?;
            }
            false
        }
    };
    // From here on the results are in place and posted, and the exit code says so: whatever cannot
    // be said is not said.
    if let Some(night) = night {
        progress.stage("close ledger", || night.end());
        if let Some(begun) = night.begun().filter(|_| !common.quiet) {
            ledger_change::say_new(begun);
        }
    }
    progress::done(progress, progress::Show::of(common));
    if is_folder { tell(&Destination::Terminal) } else { Ok(()) }
}

/// Writes the results and puts them in place.
fn write(
    checked: &Checked<'_>,
    facts: &ManifestFacts,
    common: &CommonArgs,
    folder: StagedFolder,
    progress: &Progress,
    night: Option<&mut Night>,
) -> Result<(), CliError> {
    let write = || -> Result<_, CliError> {
        phases::begin_if(night.is_some(), "write");
        let (outcome, mut folder) = (checked.outcome, folder);
        report::write_results(outcome, &formats(common), &mut folder)?;
        if desk::is_wanted(common) {
            let subject = &Subject::new(outcome, checked.policy, checked.tables);
            let audit = audit::examine(subject)?;
            let (command, rules) = ("validate", checked.rules);
            let desk = report::Desk { command, subject, audit: &audit, facts, rules };
            desk::write(&desk, None, &mut folder, common)?;
        }
        let sealed = report::seal(outcome, facts, folder)?;
        let Some(night) = night else { return Ok(sealed.exchange()?) };
        let manifest = std::fs::read_to_string(sealed.path().join(report::manifest::FILE_NAME))?;
        let named = common.out.as_deref().unwrap_or(sealed.path());
        night.commit(outcome, facts.clock.started(), &manifest, Some((&sealed, named)))?;
        night.settle(sealed.exchange().map_err(CliError::from))
    };
    let show = progress::Show::of(common);
    let exchanged = progress::later(progress, show, || progress.stage("write results", write))?;
    say_exchanged(&exchanged);
    Ok(())
}
