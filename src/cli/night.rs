//! One night with a ledger: opened, asked, posted to, and made to agree with the output folder.
//!
//! ```text
//! begin    open, lock, finish or take back what a killed run left
//! join     after reading: the lines that bear on tonight's, files seen before
//! prepare  after checking: what is to be posted
//! commit   results staged and safe on the disk: the run, with the intent to put them in place
//!          (exchange of the folder)
//! fulfil   the intent is done
//! ```

use super::error::CliError;
use super::ledger_args::LedgerOptions;
use super::phases;
use super::shell;
use super::talk::Talk;
use crate::ledger::{
    Holder, Intent, LAST_CONTROL_NUMBER, Ledger, Loaded, NewFile, Opening, Prepared, RunFacts,
    RunId, Seen,
};
use crate::outcome::{FileKind, Post, RunOutcome};
use crate::pipeline::past::standings;
use crate::pipeline::{LedgerRequest, Progress, ReadOutcome, Request};
use crate::report::{self, Exchanged, Resumed, SealedFolder, plain};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

/// A run with a ledger.
pub struct Night {
    /// `None`: a dry run without a ledger yet.
    ledger: Option<Ledger>,
    name: String,
    post: Post,
    is_dry: bool,
    files: Vec<NewFile>,
    loaded: Loaded,
    prepared: Prepared,
}

impl Night {
    /// Opens the ledger, if one is named.
    pub fn begin(
        options: &LedgerOptions,
        is_quiet: bool,
        progress: &Progress,
    ) -> Result<Option<Night>, CliError> {
        let Some(path) = &options.ledger else { return Ok(None) };
        progress.stage("open ledger", || Night::open(options, path, is_quiet)).map(Some)
    }

    fn open(options: &LedgerOptions, path: &Path, is_quiet: bool) -> Result<Night, CliError> {
        let ledger = if options.dry_run {
            let mut ledger = path.exists().then(|| Ledger::open_to_read(path)).transpose()?;
            ledger.as_mut().into_iter().for_each(Ledger::let_go);
            ledger
        } else {
            let wait = Duration::from_secs(options.wait);
            Some(open(path, Opening { creates: true, wait }, is_quiet)?)
        };
        phases::begin("open");
        Ok(Night {
            ledger,
            name: path.display().to_string(),
            post: options.post.into(),
            is_dry: options.dry_run,
            files: Vec::new(),
            loaded: Loaded::default(),
            prepared: Prepared::default(),
        })
    }

    /// What a run with a ledger must know before it reads. `releases_review`: whether claims that a
    /// person must look at go out with this run.
    pub fn request(
        night: Option<&Night>,
        releases_review: bool,
        acknowledges: bool,
    ) -> Result<Option<LedgerRequest>, CliError> {
        let Some(night) = night else { return Ok(None) };
        let decisions = night.ledger.as_ref().map(Ledger::decisions).transpose()?;
        let decisions = decisions.unwrap_or_default();
        let counter = night.ledger.as_ref().filter(|_| acknowledges);
        let last = counter.map(Ledger::last_control_number).transpose()?;
        Ok(Some(LedgerRequest {
            post: night.post,
            releases_review,
            decisions,
            last_control_number: last.flatten(),
        }))
    }

    /// Puts the lines that bear on what was read before it, and says which files came before.
    pub fn join(&mut self, request: &Request<'_>, read: &mut ReadOutcome) -> Result<(), CliError> {
        phases::begin("join");
        self.files = files(read, false);
        let Some(ledger) = &self.ledger else { return Ok(()) };
        say_seen(ledger, read)?;
        let mut loaded = ledger.load(&read.bearing(request.policy))?;
        read.take_past(std::mem::take(&mut loaded.lines), loaded.newest);
        self.loaded = loaded;
        Ok(())
    }

    /// The members of earlier nights.
    pub fn members(&self) -> Result<Vec<Vec<u8>>, CliError> {
        Ok(self.ledger.as_ref().map(Ledger::members).transpose()?.unwrap_or_default())
    }

    /// Works out what is to be posted, and says it in the notes of the outcome.
    pub fn prepare(&mut self, outcome: &mut RunOutcome) -> Result<(), CliError> {
        phases::begin("prepare");
        let history = outcome.history.service_lines;
        if let Some(ledger) = &self.ledger {
            if self.post == Post::Released {
                let (store, split) = (&outcome.store, &outcome.split);
                outcome.ledger.posting.retain(|id| !split.is_held(store.key(*id).claim));
            }
            let posting = &outcome.ledger.posting;
            self.prepared = ledger.prepare(&self.loaded, &outcome.store, posting, standings)?;
        }
        let (lines, changed) = (self.prepared.lines(), self.prepared.changed_lines());
        let posts = match (self.is_dry, &self.ledger) {
            (true, None) => "there is no such ledger yet, and a dry run makes none".to_owned(),
            (true, _) => {
                format!("a dry run: {lines} would be posted and {changed} change; nothing was")
            }
            _ => format!("{lines} new ones were posted, {changed} earlier ones changed"),
        };
        let known = format!("{history} lines of history and ledger bear on these claims");
        outcome.notes.push(format!("ledger {}: {known}; {posts}", plain(&self.name)));
        if self.begun().is_some() {
            let what = "there was none, so that a new ledger was begun: nothing of earlier nights \
                 is known";
            outcome.notes.push(format!("ledger {}: {what}", plain(&self.name)));
        }
        Ok(())
    }

    /// What the manifest says of the ledger.
    pub fn manifest(&self, outcome: &RunOutcome) -> Value {
        let decided = outcome.ledger.decided.iter().map(|decision| {
            json!({
                "claim_id": String::from_utf8_lossy(&decision.claim_id),
                "decision": if decision.releases { "release" } else { "hold" },
                "by": decision.decided_by,
                "at": decision.decided_at,
                "reason": decision.reason,
                "run": decision.run,
            })
        });
        let last_number = outcome.ledger.last_control_number;
        let mut facts = json!({
            "name": self.name,
            "run": self.prepared.run,
            "is_dry_run": self.is_dry,
            "post": self.post.as_str(),
            "lines_posted": self.prepared.lines(),
            "net_lines_posted": self.prepared.net_lines(),
            "lines_changed": self.prepared.changed_lines(),
            "lines_sha256": self.prepared.lines_sha256,
            "previous_manifest_sha256": self.prepared.previous_sha256,
            "decisions": decided.collect::<Vec<_>>(),
        });
        if let Some(number) = last_number {
            facts[LAST_CONTROL_NUMBER] = json!(number); // the counter of the next --acks
        }
        facts
    }

    /// Writes the run. With `results`, they are safe on the disk and follow at once.
    pub fn commit(
        &mut self,
        outcome: &RunOutcome,
        started: String,
        manifest: &str,
        results: Option<(&SealedFolder, &Path)>,
    ) -> Result<(), CliError> {
        let Some(ledger) = self.ledger.as_mut().filter(|_| !self.is_dry) else { return Ok(()) };
        let facts = RunFacts {
            kind: "validate",
            started,
            as_of: Some(outcome.as_of),
            post: Some(self.post),
            // Whole, for whoever looks at the ledger from another folder.
            out_folder: results.map(|(_, named)| {
                let whole = std::path::absolute(named);
                whole.as_deref().unwrap_or(named).display().to_string()
            }),
        };
        let intent = results.map(|(sealed, _)| Intent {
            staged: sealed.path().to_owned(),
            target: sealed.target().to_owned(),
        });
        phases::begin("commit");
        let store = &outcome.store;
        ledger.commit(&facts, &self.prepared, store, &self.files, manifest, intent.as_ref())?;
        phases::begin("committed");
        Ok(())
    }

    /// The results are in place, or could not be put there: then the run is taken back.
    pub fn settle(
        &mut self,
        exchanged: Result<Exchanged, CliError>,
    ) -> Result<Exchanged, CliError> {
        let Some(ledger) = self.ledger.as_mut().filter(|_| !self.is_dry) else { return exchanged };
        match exchanged {
            // After a power cut the earlier results may stand there: the intent stays, and the next
            // start puts the new ones in place once more, if need be.
            Ok(exchanged) if exchanged.unsure.is_some() => Ok(exchanged),
            Ok(exchanged) => {
                phases::begin("exchanged");
                if let Err(error) = ledger.fulfil() {
                    let (path, typed) = (plain(&self.name), shell::word(Path::new(&self.name)));
                    let _ = writeln!(
                        Talk,
                        "peerclaims: {path}: run {} is posted and its results are in place, but \
                         its last note could not be written ({error}). Mend that and start once \
                         more (`peerclaims ledger check --ledger {typed}` will do) before the \
                         results are moved away",
                        self.prepared.run
                    );
                }
                Ok(exchanged)
            }
            Err(error) => match ledger.undo(self.prepared.run) {
                Ok(_) => Err(error),
                Err(undo) => Err(CliError::Usage(format!(
                    "{error}\nand the run could not be taken out of the ledger ({undo}): the next \
                     start takes it back"
                ))),
            },
        }
    }

    /// The ledger, where this run made it.
    pub fn begun(&self) -> Option<&str> {
        let is_new = self.ledger.as_ref().is_some_and(Ledger::is_new);
        is_new.then_some(self.name.as_str())
    }

    /// Moves what was posted into the ledger's file.
    pub fn end(&mut self) {
        if let Some(ledger) = self.ledger.as_ref().filter(|_| !self.is_dry) {
            phases::begin("checkpoint");
            ledger.checkpoint();
            phases::begin("end");
        }
    }
}

/// The files of a run, as the ledger keeps them.
pub fn files(read: &ReadOutcome, with_history: bool) -> Vec<NewFile> {
    let files = read.ledger_files(with_history).into_iter().map(|file| NewFile {
        index: file.index,
        name: file.name.to_owned(),
        kind: match file.kind {
            FileKind::Csv => "csv",
            FileKind::X12 => "x12",
        },
        bytes: file.bytes,
        sha256: file.sha256.to_owned(),
        newest: file.newest,
        interchanges: file.interchanges.iter().map(|(own, _)| own.clone()).collect(),
    });
    files.collect()
}

/// Says what the ledger has seen before of the current files (F003).
pub fn say_seen(ledger: &Ledger, read: &mut ReadOutcome) -> Result<(), CliError> {
    let mut said = Vec::new();
    for file in read.ledger_files(false) {
        if let Some(seen) = ledger.file_seen(file.sha256)? {
            said.push((file.index, None, message("this file was processed", &seen)));
            continue;
        }
        for (interchange, position) in file.interchanges {
            if let Some(seen) = ledger.interchange_seen(interchange)? {
                let what = format!(
                    "another file with control number {:?} in its ISA13 was processed",
                    plain(&interchange.control)
                );
                said.push((file.index, Some(*position), message(&what, &seen)));
            }
        }
    }
    for (file, position, message) in said {
        read.seen_before(file, position, message);
    }
    Ok(())
}

fn message(what: &str, seen: &Seen) -> String {
    let as_of = seen.as_of.map_or_else(String::new, |day| format!(" (as of {day})"));
    format!("{what} in run {}{as_of} of the ledger, as {}", seen.run, plain(&seen.name))
}

/// Opens a ledger to change it, and makes it agree with the results of a run that was killed.
pub fn open(path: &Path, opening: Opening, is_quiet: bool) -> Result<Ledger, CliError> {
    let waiting = |holder: &Holder| {
        if !is_quiet {
            let _ = writeln!(
                Talk,
                "peerclaims: {}: in use by {holder}; waiting up to {} s",
                path.display(),
                opening.wait.as_secs()
            );
        }
    };
    let mut ledger = Ledger::open(path, opening, waiting)?;
    match recover(&mut ledger)? {
        Recovered::Nothing => {}
        Recovered::Agrees(said) => say(path, &said),
        Recovered::Lost { run, target } => return Err(ask_of_lost(&mut ledger, run, &target)?),
    }
    Ok(ledger)
}

/// Opens a ledger to look at it. Where nobody has it, what a killed run left is mended first.
pub fn open_to_look(path: &Path) -> Result<Ledger, CliError> {
    let mut ledger = Ledger::open_to_read(path)?;
    if ledger.is_held() {
        match recover(&mut ledger)? {
            Recovered::Nothing | Recovered::Lost { .. } => {}
            Recovered::Agrees(said) => say(path, &said),
        }
        ledger.let_go(); // whoever reads an export slowly holds up no night
    }
    Ok(ledger)
}

fn say(path: &Path, what: &str) {
    let path = path.display().to_string();
    // What was done is done: that nobody can be told holds no night up.
    let _ = writeln!(Talk, "peerclaims: {}: {what}", plain(&path));
}

/// What became of a run that a killed process left between ledger and results.
enum Recovered {
    /// There is none.
    Nothing,
    /// Ledger and results agree, and how.
    Agrees(String),
    /// Its results are nowhere: for a person to judge. The run stays, and so does its intent.
    Lost { run: RunId, target: String },
}

/// Puts the results of a killed run in place; takes the run back where that cannot be done.
fn recover(ledger: &mut Ledger) -> Result<Recovered, CliError> {
    let Some((run, manifest_sha256, intent)) = ledger.intent()? else {
        return Ok(Recovered::Nothing);
    };
    let target = plain(&intent.target.display().to_string()).into_owned();
    let end = match report::resume(&intent.staged, &intent.target, &manifest_sha256) {
        Ok(Resumed::WasInPlace) => "at its end: it is posted, and its results are in",
        Ok(Resumed::NowInPlace) => {
            "between ledger and results: it is posted, and its results are now in"
        }
        Ok(Resumed::Lost) => return Ok(Recovered::Lost { run, target }),
        Err(error) => {
            ledger.undo(run)?;
            return Ok(Recovered::Agrees(format!(
                "run {run} was cut off, and its results cannot be put in place ({error}): it was \
                 taken back, nothing of it is posted. Run it again"
            )));
        }
    };
    ledger.fulfil()?;
    Ok(Recovered::Agrees(format!("run {run} was cut off {end} {target}")))
}

/// The error that asks a person whether the results of a run were taken away or lost. It is asked
/// once: whoever starts again has answered.
fn ask_of_lost(ledger: &mut Ledger, run: RunId, target: &str) -> Result<CliError, CliError> {
    ledger.fulfil()?;
    let (path, typed) = (ledger.path().display().to_string(), shell::word(ledger.path()));
    let path = plain(&path);
    Ok(CliError::Usage(format!(
        "{path}: run {run} was cut off at its end, and its results are not in {target} any more; \
         nothing else was done now. If somebody moved them (to send them), all is well: start \
         again. If nobody has them, take the run back, and run its files again: peerclaims ledger \
         undo {run} --ledger {typed}"
    )))
}
