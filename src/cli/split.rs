//! `validate --split`: what it asks for, and where its files go.

use super::args::{ReviewTo, ValidateArgs};
use super::configuration::Configuration;
use super::error::CliError;
use crate::outcome::{RunOutcome, Waits};
use crate::pipeline::Request;
use crate::report::{OptionFacts, OutputFile, StagedFolder};
use crate::source::input::InputPath;
use crate::source::snapshot::{self, Snapshots};
use crate::split::{self, ControlSuffix, Folder, Place, SplitRequest};
use std::io;
use std::sync::{Mutex, PoisonError};

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
        if unread.keys.contains(&outcome.store.key(claim.record).claim) {
            claim.waits.get_or_insert(Waits::PartUnread);
        }
    }
    outcome.split.unread_claims = unread;
    Ok(())
}

/// Splits the files of the run into `folder`, if that was asked for, and notes in the outcome what
/// it came to.
pub fn split(
    splitter: &Splitter,
    request: &Request<'_>,
    outcome: &mut RunOutcome,
    folder: StagedFolder,
) -> Result<StagedFolder, CliError> {
    if !splitter.splits {
        return Ok(folder);
    }
    let folder = Staged(Mutex::new(folder));
    let wanted = wanted(splitter, request);
    let unread = &outcome.split.unread_claims;
    let split = || split::split(&wanted, outcome, unread, &folder);
    let done = request.progress.stage("split", split)?;
    outcome.split.done = Some(done);
    Ok(folder.0.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// The output folder, as a split sees it.
struct Staged(Mutex<StagedFolder>);

impl Folder for Staged {
    type File = OutputFile;

    fn create(&self, name: &str) -> io::Result<OutputFile> {
        let mut folder = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        folder.create(name).map_err(io::Error::other)
    }

    fn finish(&self, file: OutputFile) -> io::Result<()> {
        let mut folder = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        folder.finish(file).map_err(io::Error::other)
    }
}
