//! Opening a ledger: what is not ours, newer, cut short or damaged is told before SQLite touches
//! it; a new one appears whole or not at all.

use super::error::{LedgerError, io, sql};
use super::lock::{self, Holder, Lock, beside};
use super::schema::{self, APPLICATION_ID, STEPS, VERSION};
use rusqlite::{Connection, OpenFlags, Transaction};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::os::unix::ffi::OsStrExt;
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
    /// This process made it.
    is_new: bool,
    /// It can only be looked at: its folder cannot be written, or has no room.
    is_read_only: bool,
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
        let place = lock::resolve(path);
        let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !is_there && !folder.is_dir()) {
            let folder = folder.to_owned();
            return Err(LedgerError::NoFolder { path: path.to_owned(), folder });
        }
        let lock = Lock::take(path, opening.wait, waiting)?;
        // Whoever had the lock may have made it meanwhile.
        let is_new = !looks_like_ours(path)?;
        if is_new && let Err(error) = create(path, &place) {
            lock.remove(path);
            return Err(error);
        }
        let connection = connect(path, opening.wait.max(BUSY))?;
        let path = path.to_owned();
        Ok(Ledger { connection, path, lock: Some(lock), is_new, is_read_only: false })
    }

    /// Opens a ledger to look at it, whoever else has it, also where nothing can be written.
    pub fn open_to_read(path: &Path) -> Result<Ledger, LedgerError> {
        if !looks_like_ours(path)? {
            return Err(LedgerError::NotFound { path: path.to_owned() });
        }
        let (path_owned, has_wal) = (path.to_owned(), has_wal(path));
        let lock = Lock::try_take(path);
        let is_free = matches!(lock, Ok(Some(_)));
        let (connection, is_read_only) = match &lock {
            Ok(_) => match connect(path, BUSY) {
                // Looking needs a file beside it, for which there may be no room.
                Err(LedgerError::Full { .. }) if is_free && !has_wal => {
                    (connect_to_look(path)?, true)
                }
                connected => (connected?, false),
            },
            // Where the folder cannot be written, nobody can be in the way either.
            Err(_) => (connect_to_look(path)?, true),
        };
        let lock = lock.ok().flatten();
        Ok(Ledger { connection, path: path_owned, lock, is_new: false, is_read_only })
    }

    /// Whether this process may change it.
    pub fn is_held(&self) -> bool {
        self.lock.is_some() && !self.is_read_only
    }

    /// Lets others change it: this process only looks from here on.
    pub fn let_go(&mut self) {
        // What is read without SQLite's own locks must not change meanwhile.
        if !self.is_read_only {
            self.lock = None;
        }
    }

    /// Whether this process made it.
    pub fn is_new(&self) -> bool {
        self.is_new
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

/// A ledger that was begun, and then nothing was posted to, is not left behind: the next run would
/// take it for one.
impl Drop for Ledger {
    fn drop(&mut self) {
        if !self.is_new || self.lock.is_none() {
            return;
        }
        let runs = "SELECT EXISTS (SELECT 1 FROM run)";
        let is_used = self.connection.query_row(runs, [], |row| row.get::<_, bool>(0));
        let (Ok(false), Ok(nowhere)) = (is_used, Connection::open_in_memory()) else { return };
        drop(std::mem::replace(&mut self.connection, nowhere));
        let place = lock::resolve(&self.path);
        for file in [place.clone(), beside(&place, "-wal"), beside(&place, "-shm")] {
            let _ = fs::remove_file(file);
        }
        if let Some(lock) = self.lock.take() {
            lock.remove(&self.path);
        }
    }
}

/// Bytes that are not yet in the file itself.
fn has_wal(path: &Path) -> bool {
    fs::metadata(beside(&lock::resolve(path), "-wal")).is_ok_and(|wal| wal.len() > 0)
}

/// Looks at the file without changing anything. `false`: there is none.
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
    if found < 1 || has_tables(path) == Some(false) {
        return not_ours("marked as a ledger of peerclaims, but without its tables");
    }
    if !has_wal(path) && meta.len() < page_bytes * u64::from(number(28)) {
        return damaged("it is cut short");
    }
    Ok(true)
}

/// Whether the file has the tables of the first ledgers already; `None`: it cannot be told yet.
fn has_tables(path: &Path) -> Option<bool> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(uri(path, "?immutable=1"), flags).ok()?;
    let tables = "SELECT count(*) = 3 FROM sqlite_schema WHERE type = 'table' \
         AND name IN ('run', 'file', 'line')";
    connection.query_row(tables, [], |row| row.get(0)).ok()
}

/// A path as SQLite takes it whatever its bytes are.
pub(super) fn uri(path: &Path, options: &str) -> String {
    // An absolute path follows an empty host, so that none is read out of the path.
    let mut uri = String::from(if path.is_absolute() { "file://" } else { "file:" });
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' => uri.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => uri.push(char::from(*byte)),
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri + options
}

/// Makes an empty ledger beside its place, and gives it its name when it is whole. `path` is how
/// the user named the place.
fn create(named: &Path, path: &Path) -> Result<(), LedgerError> {
    // Whoever made one before and was killed had the lock: what is left of it is nobody's.
    let new = beside(path, "-new");
    let remove = || {
        for left in [new.clone(), beside(&new, "-wal"), beside(&new, "-shm")] {
            let _ = fs::remove_file(left);
        }
    };
    remove();
    let made = fill(named, &new).and_then(|()| {
        let file = File::open(&new).map_err(io(named, "open the new ledger"))?;
        file.sync_all().map_err(io(named, "write the new ledger"))?;
        // Not `rename`: what somebody put there meanwhile stays.
        match fs::hard_link(&new, path) {
            // A file system without links.
            Err(_) if !path.exists() => fs::rename(&new, path),
            linked => linked,
        }
        .map_err(io(named, "make the ledger"))?;
        let absolute = std::path::absolute(path).map_err(io(named, "find the ledger"))?;
        let folder = absolute.parent().unwrap_or(&absolute);
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(io(named, "make the ledger"))
    });
    remove();
    made
}

fn fill(named: &Path, new: &Path) -> Result<(), LedgerError> {
    // The owner alone; SQLite gives the files beside it the same rights.
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    options.open(new).map_err(io(named, "make the ledger"))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let sql = sql(named);
    let mut connection = Connection::open_with_flags(new, flags).map_err(&sql)?;
    schema::migrate(&mut connection, &STEPS).map_err(&sql)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(&sql)?;
    connection.close().map_err(|(_, error)| sql(error))
}

fn connect(path: &Path, busy: Duration) -> Result<Connection, LedgerError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let sql = sql(path);
    let mut connection = Connection::open_with_flags(uri(path, ""), flags).map_err(&sql)?;
    connection.busy_timeout(busy).map_err(&sql)?;
    set(
        &connection,
        &[
            ("journal_mode", "WAL"),
            // What is committed is on the disk.
            ("synchronous", "FULL"),
            // A run moves its pages into the file when its results are in place.
            ("wal_autocheckpoint", "0"),
            ("foreign_keys", "ON"),
        ],
    )
    .map_err(&sql)?;
    if version(path, &connection)? < VERSION {
        schema::migrate(&mut connection, &STEPS).map_err(&sql)?;
    }
    Ok(connection)
}

/// Opens a ledger of which nothing can be written, not even the files that SQLite keeps beside it.
fn connect_to_look(path: &Path) -> Result<Connection, LedgerError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let options = if has_wal(path) { "?mode=ro" } else { "?immutable=1" };
    let sql = sql(path);
    let connection = Connection::open_with_flags(uri(path, options), flags).map_err(&sql)?;
    set(&connection, &[]).map_err(&sql)?;
    let looked = version(path, &connection);
    match looked {
        Err(LedgerError::Sql { path, .. }) if has_wal(&path) => Err(LedgerError::Unmoved { path }),
        Ok(found) if found < VERSION => Err(LedgerError::Refused {
            path: path.to_owned(),
            what: format!(
                "written by an older peerclaims (schema {found}), and cannot be brought to today's \
                 where it is: copy it into a folder of yours, and look there"
            ),
        }),
        looked => looked.map(|_| connection),
    }
}

fn set(connection: &Connection, own: &[(&str, &str)]) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(64);
    let usual = [
        ("temp_store", "MEMORY"),
        // KiB. A night of 20,000 lines in a ledger of a million touches about 60 MiB of pages.
        ("cache_size", "-131072"),
    ];
    for (name, value) in own.iter().chain(&usual) {
        connection.pragma_update(None, name, *value)?;
    }
    Ok(())
}

/// The version of the tables, if this program knows it.
fn version(path: &Path, connection: &Connection) -> Result<i32, LedgerError> {
    let found = connection.pragma_query_value(None, "user_version", |row| row.get(0));
    let found: i32 = found.map_err(sql(path))?;
    if found > VERSION {
        return Err(LedgerError::Newer { path: path.to_owned(), found, known: VERSION });
    }
    Ok(found)
}
