//! What `validate` writes beside its reports: work list, parts of a split, acknowledgements.
//!
//! A split and acknowledgements read the claim files again, each for itself. With more than one
//! thread they do so at the same time: each of them waits for its own writer now and then, and what
//! one does not use of the cores, the other does.

use super::acks;
use super::args::ValidateArgs;
use super::destination::Destination;
use super::error::CliError;
use super::split::{self, Splitter};
use super::warnings;
use crate::acks::{Settings, Tally};
use crate::outcome::RunOutcome;
use crate::pipeline::Request;
use crate::report::{OutputFile, ReportError, StagedFolder, queue_csv};
use crate::source::snapshot::Snapshot;
use crate::split::Folder;
use std::io::{self, Write};
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

/// What was asked for.
pub struct Beside<'a> {
    /// The command line.
    pub args: &'a ValidateArgs,
    /// Of the acknowledgements.
    pub settings: &'a Settings,
    /// What reads the files again, if anything does.
    pub splitter: Option<Splitter>,
}

impl Beside<'_> {
    /// Writes it, where there is a folder, and notes in the outcome what it came to.
    pub fn write(
        &self,
        destination: Destination,
        request: &Request<'_>,
        outcome: &mut RunOutcome,
    ) -> Result<(Destination, Option<Tally>), CliError> {
        let Destination::Folder(folder) = destination else { return Ok((destination, None)) };
        if let Some(splitter) = &self.splitter {
            split::note_unread(splitter, request, outcome)?;
        }
        let places = self.splitter.as_ref().and_then(|it| split::places(it, request, outcome));
        outcome.split.held = places.as_ref().map(|places| places.held());
        let folder = Shared::of(*folder);
        self.work_list(request, outcome, &folder)?;

        let run = &*outcome;
        let split = || match (&self.splitter, &places) {
            (Some(splitter), Some(places)) => {
                split::split(splitter, request, run, places, &folder).map(Some)
            }
            _ => Ok(None),
        };
        let acknowledge = || match self.args.acks {
            true => acks::write(run, request, (self.settings, self.snapshots()), &folder).map(Some),
            false => Ok(None),
        };
        let (done, acknowledged) = if request.threads > 1 && places.is_some() && self.args.acks {
            thread::scope(|scope| {
                let split = scope.spawn(split);
                let acknowledged = acknowledge();
                (split.join().unwrap_or_else(|panic| resume_unwind(panic)), acknowledged)
            })
        } else {
            (Ok(split()?), acknowledge())
        };
        outcome.split.done = done?;
        warnings::go_out_again(outcome);
        let tally = acknowledged?.map(|(tally, last)| {
            outcome.ledger.last_control_number = last;
            tally
        });
        Ok((Destination::Folder(Box::new(folder.into_inner())), tally))
    }

    /// How the files were before the run, where they are to be read again.
    fn snapshots(&self) -> &[Option<Snapshot>] {
        self.splitter.as_ref().map_or(&[], |splitter| splitter.snapshots())
    }

    fn work_list(
        &self,
        request: &Request<'_>,
        outcome: &RunOutcome,
        folder: &Shared,
    ) -> Result<(), CliError> {
        let fill = |out: &mut dyn Write| queue_csv::write_all(out, outcome, request.policy);
        Ok(folder.lock().write(queue_csv::FILE_NAME, fill)?)
    }
}

/// The output folder, for several who write at the same time.
pub struct Shared(Mutex<StagedFolder>);

impl Shared {
    fn of(folder: StagedFolder) -> Shared {
        Shared(Mutex::new(folder))
    }

    fn into_inner(self) -> StagedFolder {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, StagedFolder> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the results are until the exchange.
    pub fn path(&self) -> PathBuf {
        self.lock().path().to_owned()
    }

    /// Opens a file; others may write their own meanwhile.
    pub fn open(&self, name: &str) -> Result<OutputFile, ReportError> {
        self.lock().create(name)
    }

    /// Adds a file that was opened.
    pub fn close(&self, file: OutputFile) -> Result<(), ReportError> {
        self.lock().finish(file)
    }

    /// Adds a small file.
    pub fn put(&self, name: &str, bytes: &[u8]) -> Result<(), ReportError> {
        self.lock().write(name, |out| out.write_all(bytes))
    }
}

impl Folder for Shared {
    type File = OutputFile;

    fn create(&self, name: &str) -> io::Result<OutputFile> {
        self.open(name).map_err(io::Error::other)
    }

    fn finish(&self, file: OutputFile) -> io::Result<()> {
        self.close(file).map_err(io::Error::other)
    }
}
