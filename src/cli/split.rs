//! `validate --split`: what it asks for, and where its files go.

use super::args::{ReviewTo, ValidateArgs};
use super::beside::Shared;
use super::configuration::Configuration;
use super::error::CliError;
use crate::outcome::{RunOutcome, SplitOutcome, Waits};
use crate::pipeline::Request;
use crate::report::{OptionFacts, ReportError};
use crate::source::input::InputPath;
use crate::source::snapshot::{self, Snapshots};
use crate::split::{self, ControlSuffix, Place, Places, SplitError, SplitRequest};

/// What reads the files again, for a split or acknowledgements.
pub struct Splitter {
    /// Else the files are only read again for the acknowledgements.
    splits: bool,
    snapshots: Snapshots,
    reviews_to: Place,
    control_suffix: Option<ControlSuffix>,
}

/// What clap cannot tell.
pub fn check_usage(args: &ValidateArgs) -> Result<(), CliError> {
    let has_folder = args.common.out.as_ref().is_some_and(|out| out.as_os_str() != "-");
    if args.split && !has_folder {
        let what = "--split writes files: pass --out DIR, and it makes DIR/release and DIR/hold";
        return Err(CliError::Usage(what.to_owned()));
    }
    Ok(())
}

/// The options of a split, for the manifest.
pub fn options(args: &ValidateArgs) -> Vec<OptionFacts> {
    let to = match args.review_to {
        ReviewTo::Release => "release",
        ReviewTo::Hold => "hold",
    };
    let facts = [("--split", None), ("--review-to", Some(to))].map(|(name, value)| OptionFacts {
        name: name.to_owned(),
        value: value.map(str::to_owned),
    });
    if args.split { facts.into() } else { Vec::new() }
}

/// Whether the run sends out the claims that a person must look at.
pub fn releases_review(args: &ValidateArgs) -> bool {
    args.split && args.review_to == ReviewTo::Release
}

impl Splitter {
    /// How the files were.
    pub fn snapshots(&self) -> &Snapshots {
        &self.snapshots
    }

    /// Best called before anything is read: it notes how the files are.
    pub fn of(
        args: &ValidateArgs,
        configuration: &Configuration,
        claims: &[InputPath],
    ) -> Result<Option<Splitter>, CliError> {
        if !args.split && !args.acks {
            return Ok(None);
        }
        let snapshots = snapshot::take_all(claims).map_err(|input| {
            let name = match input.name.as_str() {
                "-" => "standard input (-)",
                other => other,
            };
            CliError::Usage(format!(
                "{name} cannot be read twice, which {} must: save it as a file first",
                if args.split { "--split" } else { "--acks" }
            ))
        })?;
        Ok(Some(Splitter {
            splits: args.split,
            snapshots,
            reviews_to: match args.review_to {
                ReviewTo::Release => Place::Release,
                ReviewTo::Hold => Place::Hold,
            },
            control_suffix: configuration.control_suffix(),
        }))
    }
}

fn wanted<'r>(splitter: &'r Splitter, request: &'r Request<'_>) -> SplitRequest<'r> {
    SplitRequest {
        inputs: &request.claims,
        snapshots: &splitter.snapshots,
        delimiter: request.csv.delimiter,
        renamed: &request.csv.renamed,
        codes: &request.csv.codes,
        threads: request.threads,
        block_bytes: request.block_bytes,
        max_decompressed: request.max_decompressed,
        reviews_to: splitter.reviews_to,
        control_suffix: splitter.control_suffix.clone(),
    }
}

/// Notes in the outcome which claims wait because part of them could not be read.
pub fn note_unread(
    splitter: &Splitter,
    request: &Request<'_>,
    outcome: &mut RunOutcome,
) -> Result<(), CliError> {
    let unread = split::unread(&wanted(splitter, request), outcome)?;
    for claim in &mut outcome.claims {
        if unread.keys.contains(&{ outcome.store.key(claim.record).claim }) {
            claim.waits.get_or_insert(Waits::PartUnread);
        }
    }
    outcome.split.unread_claims = unread;
    Ok(())
}

/// Where the claims go, if the files are to be split.
pub fn places(splitter: &Splitter, request: &Request<'_>, outcome: &RunOutcome) -> Option<Places> {
    splitter.splits.then(|| split::places(&wanted(splitter, request), outcome))
}

/// Splits the files of the run into `folder`.
pub fn split(
    splitter: &Splitter,
    request: &Request<'_>,
    outcome: &RunOutcome,
    places: &Places,
    folder: &Shared,
) -> Result<SplitOutcome, CliError> {
    let wanted = wanted(splitter, request);
    let split = || split::split(&wanted, outcome, places, folder);
    request.progress.stage("split", split).map_err(|error| match error {
        // Where the output is at fault, and not the input, it says which file.
        SplitError::Io { name, error } => match error.downcast::<ReportError>() {
            Ok(error) => error.into(),
            Err(error) => SplitError::Io { name, error }.into(),
        },
        other => other.into(),
    })
}
