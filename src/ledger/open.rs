//! Opening a ledger: what is not ours, newer, cut short or damaged is told before SQLite touches
//! it; a new one appears whole or not at all.

use super::error::{LedgerError, io, sql};
use super::lock::{Holder, Lock, beside};
use super::schema::{self, APPLICATION_ID, STEPS, VERSION};
use rusqlite::{Connection, OpenFlags, Transaction};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Bytes of SQLite's header, of which the first 16 are always the same.
const HEADER_BYTES: usize = 100;
const MAGIC: &[u8] = b"SQLite format 3\0";
/// How long SQLite waits for another program's transaction where nobody says otherwise.
const BUSY: Duration = Duration::from_secs(5);

/// An open ledger.
pub struct Ledger {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    /// Held by whoever may write.
    lock: Option<Lock>,
}

/// How a ledger is opened.
#[derive(Clone, Copy, Debug)]
pub struct Opening {
    /// It is made where it is not there.
    pub creates: bool,
    /// How long to wait for another run.
    pub wait: Duration,
}

impl Ledger {
    /// Opens a ledger to change it: nobody else can until it is dropped. `waiting` is told who has
    /// it, if somebody does.
    pub fn open(
        path: &Path,
        opening: Opening,
        waiting: impl FnMut(&Holder),
    ) -> Result<Ledger, LedgerError> {
        let is_there = looks_like_ours(path)?;
        if !is_there && !opening.creates {
            return Err(LedgerError::NotFound { path: path.to_owned() });
        }
        let lock = Lock::take(path, opening.wait, waiting)?;
        // Whoever had the lock may have made it meanwhile.
        if !looks_like_ours(path)? {
            create(path)?;
        }
        let connection = connect(path, opening.wait.max(BUSY))?;
        Ok(Ledger { connection, path: path.to_owned(), lock: Some(lock) })
    }

    /// Opens a ledger to look at it, whoever else has it.
    pub fn open_to_read(path: &Path) -> Result<Ledger, LedgerError> {
        if !looks_like_ours(path)? {
            return Err(LedgerError::NotFound { path: path.to_owned() });
        }
        // Where the folder cannot be written, nobody can be in the way either.
        let lock = Lock::try_take(path).ok().flatten();
        let connection = connect(path, BUSY)?;
        Ok(Ledger { connection, path: path.to_owned(), lock })
    }

    /// Whether this process may change it.
    pub fn is_held(&self) -> bool {
        self.lock.is_some()
    }

    /// Lets others change it: this process only looks from here on.
    pub fn let_go(&mut self) {
        self.lock = None;
    }

    /// The file as the user named it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Moves what the last transactions wrote into the file itself. A failure loses nothing: the
    /// next start does it.
    pub fn checkpoint(&self) {
        let _ = self.connection.pragma_update(None, "wal_checkpoint", "TRUNCATE");
    }

    /// Everything that is read while it lives is of one moment; and SQLite locks the file once, and
    /// not for each of a night's hundred thousand questions.
    pub(super) fn snapshot(&self) -> Result<Transaction<'_>, LedgerError> {
        self.connection.unchecked_transaction().map_err(self.sql())
    }

    pub(super) fn sql(&self) -> impl Fn(rusqlite::Error) -> LedgerError + use<> {
        sql(&self.path)
    }
}

/// Looks at the file without SQLite. `false`: there is none.
fn looks_like_ours(path: &Path) -> Result<bool, LedgerError> {
    let meta = match fs::metadata(path) {
        Ok(meta) => meta,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(io(path, "look at the ledger")(error)),
    };
    let not_ours = |what| Err(LedgerError::NotALedger { path: path.to_owned(), what });
    if !meta.is_file() {
        return not_ours("not a file");
    }
    if meta.len() == 0 {
        return not_ours("an empty file, not a ledger");
    }
    let mut header = Vec::with_capacity(HEADER_BYTES);
    let file = File::open(path).map_err(io(path, "open the ledger"))?;
    let read = file.take(HEADER_BYTES as u64).read_to_end(&mut header);
    read.map_err(io(path, "read the ledger"))?;
    if !header.starts_with(&MAGIC[..MAGIC.len().min(header.len())]) {
        return not_ours("not a ledger of peerclaims");
    }
    let damaged =
        |what: &str| Err(LedgerError::Damaged { path: path.to_owned(), what: what.to_owned() });
    if header.len() < HEADER_BYTES {
        return damaged("it is cut short");
    }
    let number = |at: usize| {
        u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
    };
    if number(68) != APPLICATION_ID as u32 {
        return not_ours("an SQLite file of another program, not a ledger of peerclaims");
    }
    let found = number(60) as i32;
    if found > VERSION {
        return Err(LedgerError::Newer { path: path.to_owned(), found, known: VERSION });
    }
    let page_bytes = match u64::from(u16::from_be_bytes([header[16], header[17]])) {
        1 => 65_536,
        bytes => bytes,
    };
    let has_wal = fs::metadata(beside(path, "-wal")).is_ok_and(|wal| wal.len() > 0);
    if !has_wal && meta.len() < page_bytes * u64::from(number(28)) {
        return damaged("it is cut short");
    }
    Ok(true)
}

/// Makes an empty ledger beside its place, and gives it its name when it is whole.
fn create(path: &Path) -> Result<(), LedgerError> {
    // Whoever made one before and was killed had the lock: what is left of it is nobody's.
    let new = beside(path, "-new");
    let remove = || {
        for left in [new.clone(), beside(&new, "-wal"), beside(&new, "-shm")] {
            let _ = fs::remove_file(left);
        }
    };
    remove();
    let made = fill(&new).and_then(|()| {
        let file = File::open(&new).map_err(io(path, "open the new ledger"))?;
        file.sync_all().map_err(io(path, "write the new ledger"))?;
        // Not `rename`: what somebody put there meanwhile stays.
        match fs::hard_link(&new, path) {
            // A file system without links.
            Err(_) if !path.exists() => fs::rename(&new, path),
            linked => linked,
        }
        .map_err(io(path, "make the ledger"))?;
        let absolute = std::path::absolute(path).map_err(io(path, "find the ledger"))?;
        let folder = absolute.parent().unwrap_or(&absolute);
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(io(path, "make the ledger"))
    });
    remove();
    made
}

fn fill(new: &Path) -> Result<(), LedgerError> {
    // The owner alone; SQLite gives the files beside it the same rights.
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    options.open(new).map_err(io(new, "make the ledger"))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let sql = sql(new);
    let mut connection = Connection::open_with_flags(new, flags).map_err(&sql)?;
    schema::migrate(&mut connection, &STEPS).map_err(&sql)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(&sql)?;
    connection.close().map_err(|(_, error)| sql(error))
}

fn connect(path: &Path, busy: Duration) -> Result<Connection, LedgerError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let sql = sql(path);
    let mut connection = Connection::open_with_flags(path, flags).map_err(&sql)?;
    connection.busy_timeout(busy).map_err(&sql)?;
    connection.set_prepared_statement_cache_capacity(64);
    for (name, value) in [
        ("journal_mode", "WAL"),
        // What is committed is on the disk.
        ("synchronous", "FULL"),
        // A run moves its pages into the file when its results are in place.
        ("wal_autocheckpoint", "0"),
        ("foreign_keys", "ON"),
        ("temp_store", "MEMORY"),
        // KiB. A night of 20,000 lines in a ledger of a million touches about 60 MiB of pages.
        ("cache_size", "-131072"),
    ] {
        connection.pragma_update(None, name, value).map_err(&sql)?;
    }
    let found: i32 =
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(&sql)?;
    if found > VERSION {
        return Err(LedgerError::Newer { path: path.to_owned(), found, known: VERSION });
    }
    if found < VERSION {
        schema::migrate(&mut connection, &STEPS).map_err(&sql)?;
    }
    Ok(connection)
}
