//! Who has the ledger: one run at a time, and the next one can say who.
//!
//! SQLite's own locks hold for one transaction; a run reads the ledger, decides, and posts, and in
//! between nobody else may post. So a run holds a lock on a file of its own beside the ledger
//! (`LEDGER-lock`), which the system takes back when the process ends, however it ends. The file
//! says who holds it, for people; what it says of an earlier holder means nothing.

use super::error::{LedgerError, io};
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Between two tries for the lock.
const PAUSE: Duration = Duration::from_millis(20);

/// Who holds the ledger.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Holder {
    /// Its process.
    pub pid: u32,
    /// On which machine.
    pub host: String,
    /// Since when (UTC).
    pub since: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.pid == 0 {
            return f.write_str("another run of peerclaims");
        }
        write!(f, "process {} on {} since {}", self.pid, self.host, self.since)
    }
}

/// Held while it lives.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// The file with a suffix to its name.
pub(super) fn beside(ledger: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(ledger.as_os_str());
    name.push(suffix);
    PathBuf::from(name)
}

/// Links followed to a ledger that is not there yet; as many as the system follows.
const MOST_LINKS: usize = 40;

/// The place of the file itself, by whatever links it is named, also where it is not there yet.
pub(super) fn resolve(ledger: &Path) -> PathBuf {
    if let Ok(path) = fs::canonicalize(ledger) {
        return path;
    }
    let mut path = ledger.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(target) = fs::read_link(&path) else { break };
        path = path.parent().map(|folder| folder.join(&target)).unwrap_or(target);
    }
    path
}

/// One lock, by whatever links the ledger is named.
fn lock_file(ledger: &Path) -> PathBuf {
    beside(&resolve(ledger), "-lock")
}

impl Lock {
    /// Waits for the lock, `wait` at most. `waiting` is told once who has it.
    pub(super) fn take(
        ledger: &Path,
        wait: Duration,
        mut waiting: impl FnMut(&Holder),
    ) -> Result<Lock, LedgerError> {
        let begin = Instant::now();
        let mut is_told = false;
        loop {
            if let Some(lock) = Lock::try_take(ledger)? {
                return Ok(lock);
            }
            let holder = holder(ledger);
            if begin.elapsed() >= wait {
                return Err(LedgerError::Held { path: ledger.to_owned(), holder });
            }
            if !std::mem::replace(&mut is_told, true) {
                waiting(&holder);
            }
            std::thread::sleep(PAUSE.min(wait.saturating_sub(begin.elapsed())));
        }
    }

    /// Gives the lock back and leaves no file of it behind.
    pub(super) fn remove(self, ledger: &Path) {
        let _ = fs::remove_file(lock_file(ledger));
    }

    /// The lock, if nobody has it.
    pub(super) fn try_take(ledger: &Path) -> Result<Option<Lock>, LedgerError> {
        let path = lock_file(ledger);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let mut file = options.open(&path).map_err(io(&path, "open the lock of the ledger"))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => return Ok(None),
            Err(error) => return Err(io(&path, "lock the ledger")(error.into())),
        }
        // Whoever had it may have removed it, and with it the ledger that it had begun.
        let is_same = file.metadata().ok().zip(fs::metadata(&path).ok());
        if is_same.is_none_or(|(own, there)| own.ino() != there.ino()) {
            return Ok(None);
        }
        // For people only: a full disk is no reason to stop.
        let _ = say_who(&mut file);
        Ok(Some(Lock { _file: file }))
    }
}

fn say_who(file: &mut File) -> std::io::Result<()> {
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let since = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let text = serde_json::to_string(&Holder { pid: std::process::id(), host, since })?;
    file.rewind()?;
    file.set_len(0)?;
    file.write_all(text.as_bytes())
}

/// What the lock file says; pid 0 where it says nothing.
fn holder(ledger: &Path) -> Holder {
    let mut text = String::new();
    let read =
        File::open(lock_file(ledger)).and_then(|file| file.take(1000).read_to_string(&mut text));
    let nobody = || Holder { pid: 0, host: String::new(), since: String::new() };
    read.ok().and_then(|_| serde_json::from_str(&text).ok()).unwrap_or_else(nobody)
}
