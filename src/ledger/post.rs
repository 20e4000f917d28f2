//! Into the ledger: a run with its files and lines, in one transaction.
//!
//! What is posted changes what earlier lines are: a replacement takes its target out. So the whole
//! families of the posted claims are worked out again, from the lines of the ledger and the new
//! ones alone: what was held tonight moves nothing.

use super::error::LedgerError;
use super::load::{LineId, Loaded};
use super::open::Ledger;
use super::row::{self, Day, LINE_COLUMN_COUNT, LINE_COLUMNS};
use crate::model::{NaiveDate, Position, ServiceLine};
use crate::normalize::RecordKey;
use crate::outcome::Post;
use crate::source::hash::{hex, sha256};
use crate::store::past::{Interchange, PastLines, Standing};
use crate::store::{RecordId, Store};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Transaction, TransactionBehavior, params};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

/// Number of a run in the ledger.
pub type RunId = i64;

/// What a run was.
#[derive(Clone, Debug)]
pub struct RunFacts {
    /// `validate`, `seed`, …
    pub kind: &'static str,
    /// When it began (UTC, RFC 3339).
    pub started: String,
    /// Its as-of date, if it had one.
    pub as_of: Option<NaiveDate>,
    /// `--post`, if it had one.
    pub post: Option<Post>,
    /// Where the results go.
    pub out_folder: Option<String>,
}

/// A file that a run read.
pub struct NewFile {
    /// Its index among the files of the run, by which lines name it.
    pub index: u32,
    /// As the user named it.
    pub name: String,
    /// `csv`, `x12`, `835`
    pub kind: &'static str,
    /// Bytes on disk.
    pub bytes: u64,
    /// Of those bytes, in hex.
    pub sha256: String,
    /// Its newest received or group date.
    pub newest: Option<NaiveDate>,
    /// Its interchanges.
    pub interchanges: Vec<Interchange>,
}

/// Results on their way into place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// The folder that they are in.
    pub staged: PathBuf,
    /// The folder that they are to become.
    pub target: PathBuf,
}

/// What a run will post, worked out before anything is written.
#[derive(Default)]
pub struct Prepared {
    /// The number that the run will have.
    pub run: RunId,
    /// The hash of the manifest of the run before it.
    pub previous_sha256: Option<String>,
    /// Of the new lines as posted.
    pub lines_sha256: String,
    /// New lines, with their standing.
    new: Vec<(RecordId, Standing)>,
    /// Lines whose standing changes.
    changed: Vec<(LineId, Standing)>,
    /// Lines that are not posted: they conflict with a record before them.
    conflicting: usize,
    /// Lines that are not posted: a record before them says all that they say.
    said_before: usize,
}

impl Prepared {
    /// How many lines are new.
    pub fn lines(&self) -> usize {
        self.new.len()
    }

    /// How many of them use up the year.
    pub fn net_lines(&self) -> usize {
        self.new.iter().filter(|(_, standing)| *standing == Standing::Net).count()
    }

    /// Of the lines to be posted, those that are not: they conflict with a record of the same line
    /// before them (D005).
    pub fn conflicting_lines(&self) -> usize {
        self.conflicting
    }

    /// Of the lines to be posted, those that are not: a record before them, or in the ledger, says
    /// what they say.
    pub fn lines_said_before(&self) -> usize {
        self.said_before
    }

    /// How many earlier lines change their standing.
    pub fn changed_lines(&self) -> usize {
        self.changed.len()
    }
}

/// The number of a standing in the table `line`.
pub(super) fn standing_number(standing: Standing) -> i64 {
    match standing {
        Standing::Net => 0,
        Standing::Denied => 1,
        Standing::Repeated => 2,
        Standing::CorrectedAway => 3,
        Standing::Conflicting => 4,
    }
}

impl Ledger {
    /// Works out what posting `posting` means: which of the lines are new, and what they and the
    /// lines of their families are then. `standings` says it of lines taken by themselves.
    pub fn prepare(
        &self,
        loaded: &Loaded,
        store: &Store,
        posting: &[RecordId],
        standings: impl FnOnce(&Store) -> Vec<Standing>,
    ) -> Result<Prepared, LedgerError> {
        let _snapshot = self.snapshot()?;
        let mut prepared = self.next_run()?;
        let mut lines = PastLines::default();
        let mut own: Vec<Option<LineId>> = Vec::new();
        let mut known = KnownRecords::default();
        if !posting.is_empty() {
            self.each_line(&loaded.family, |id, line| {
                own.push(Some(id));
                known.insert(line);
                lines.push(line)
            })?;
        }
        for id in posting {
            let pushed = lines.push(&store.line_as_read(*id));
            pushed.map_err(|error| self.refused(error.to_string()))?;
        }
        let standings = standings(&Store::of_past(lines));
        let (old, new) = standings.split_at(own.len());
        let mut is_second = HashSet::new();
        for (id, standing) in own.iter().flatten().zip(old) {
            // The second record of a line, with another number, says nothing of the line.
            if is_second.insert(*id) {
                prepared.changed.push((*id, *standing));
            }
        }
        self.keep_changed(&mut prepared.changed)?;
        let mut hash = Sha256::new();
        for (id, standing) in posting.iter().zip(new) {
            let line = store.line_as_read(*id);
            if *standing == Standing::Conflicting {
                prepared.conflicting += 1;
            } else if known.is_new(&line, *standing) {
                digest_line(&mut hash, &line).map_err(self.sql())?;
                prepared.new.push((*id, *standing));
            } else {
                prepared.said_before += 1;
            }
        }
        prepared.lines_sha256 = hex(&hash.finalize());
        Ok(prepared)
    }

    /// The number of the next run, and the hash that it names.
    pub fn next_run(&self) -> Result<Prepared, LedgerError> {
        let last = "SELECT id, manifest_sha256 FROM run ORDER BY id DESC LIMIT 1";
        let last = self
            .connection
            .query_row(last, [], |row| Ok((row.get::<_, RunId>(0)?, row.get::<_, String>(1)?)));
        let (last, previous_sha256) = match last {
            Ok((run, hash)) => (run, Some(hash)),
            Err(rusqlite::Error::QueryReturnedNoRows) => (0, None),
            Err(error) => return Err(self.sql()(error)),
        };
        let lines_sha256 = sha256(b"");
        Ok(Prepared { run: last + 1, previous_sha256, lines_sha256, ..Prepared::default() })
    }

    /// Leaves only the lines whose standing is another one now.
    fn keep_changed(&self, changed: &mut Vec<(LineId, Standing)>) -> Result<(), LedgerError> {
        let sql = self.sql();
        let select = "SELECT standing FROM line WHERE id = ?";
        let mut statement = self.connection.prepare_cached(select).map_err(&sql)?;
        let mut result = Ok(());
        changed.retain(|(id, standing)| {
            let now = statement.query_row([id], |row| row.get::<_, i64>(0));
            now.map_err(&sql).map_or_else(
                |error| {
                    result = Err(error);
                    false
                },
                |now| now != standing_number(*standing),
            )
        });
        result
    }

    /// Writes the run, all of it or nothing. `manifest` is its manifest as written.
    pub fn commit(
        &mut self,
        facts: &RunFacts,
        prepared: &Prepared,
        store: &Store,
        files: &[NewFile],
        manifest: &str,
        intent: Option<&Intent>,
    ) -> Result<(), LedgerError> {
        let sql = self.sql();
        let behavior = TransactionBehavior::Immediate;
        let transaction = Transaction::new(&mut self.connection, behavior).map_err(&sql)?;
        let write = || -> rusqlite::Result<()> {
            insert_run(&transaction, facts, prepared, manifest)?;
            let file_ids = insert_files(&transaction, prepared.run, files)?;
            change_standings(&transaction, prepared.run, &prepared.changed)?;
            insert_lines(&transaction, prepared, store, &file_ids)?;
            if let Some(intent) = intent {
                let path = |path: &PathBuf| path.as_os_str().as_bytes().to_vec();
                transaction.execute(
                    "INSERT INTO intent (only_one, run, staged, target) VALUES (1, ?, ?, ?)",
                    params![prepared.run, path(&intent.staged), path(&intent.target)],
                )?;
            }
            Ok(())
        };
        write().map_err(&sql)?;
        transaction.commit().map_err(sql)
    }

    /// The results are in place: nothing is left to do for the newest run.
    pub fn fulfil(&mut self) -> Result<(), LedgerError> {
        self.connection.execute("DELETE FROM intent", []).map_err(self.sql())?;
        Ok(())
    }

    /// Results that a run that was killed did not, or did, put in place, and the run.
    pub fn intent(&self) -> Result<Option<(RunId, String, Intent)>, LedgerError> {
        let select = "SELECT run, manifest_sha256, staged, target FROM intent \
             JOIN run ON run.id = intent.run";
        let path = |bytes: Vec<u8>| PathBuf::from(OsStr::from_bytes(&bytes));
        let found = self.connection.query_row(select, [], |row| {
            let intent = Intent { staged: path(row.get(2)?), target: path(row.get(3)?) };
            Ok((row.get(0)?, row.get(1)?, intent))
        });
        match found {
            Ok(found) => Ok(Some(found)),
            Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
            Err(error) => Err(self.sql()(error)),
        }
    }
}

/// Records of a family, to know whether one more of them says anything new.
#[derive(Default)]
struct KnownRecords {
    /// Hash of the claim's key, line number, kind, the payer's number.
    keys: HashSet<(u128, u32, u8, Vec<u8>)>,
    buffer: Vec<u8>,
}

impl KnownRecords {
    fn insert(&mut self, line: &ServiceLine<'_>) -> bool {
        let key = RecordKey::of(line, 0, &mut self.buffer);
        let kind = key.flags & (RecordKey::PEER_SUPPORT | RecordKey::DENIED);
        let number = line.payer_claim_number.to_vec();
        self.keys.insert((key.claim, line.line_number, kind, number))
    }

    /// A net record of peer support is new. Any other is, if none like it bears its number: a
    /// repeated one needs a number at all.
    fn is_new(&mut self, line: &ServiceLine<'_>, standing: Standing) -> bool {
        let is_unheard = self.insert(line);
        match standing {
            Standing::Repeated => is_unheard && !line.payer_claim_number.is_empty(),
            Standing::Denied => is_unheard,
            _ => is_unheard || line.is_peer_support,
        }
    }
}

/// Adds a line to a hash as its row will hold it, so that the rows give the same hash.
fn digest_line(hash: &mut Sha256, line: &ServiceLine<'_>) -> rusqlite::Result<()> {
    row::bind(line, |_, value| {
        match value.to_sql()? {
            ToSqlOutput::Borrowed(value) => digest_value(hash, value),
            ToSqlOutput::Owned(value) => digest_value(hash, ValueRef::from(&value)),
            _ => {}
        }
        Ok(())
    })
}

/// Adds one value: its kind and length, so that no two rows give the same bytes.
pub(super) fn digest_value(hash: &mut Sha256, value: ValueRef<'_>) {
    match value {
        ValueRef::Null => hash.update([0]),
        ValueRef::Integer(number) => {
            hash.update([1]);
            hash.update(number.to_le_bytes());
        }
        ValueRef::Real(number) => hash.update(number.to_le_bytes()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            hash.update([2]);
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        }
    }
}

pub(super) fn insert_run(
    transaction: &Transaction<'_>,
    facts: &RunFacts,
    prepared: &Prepared,
    manifest: &str,
) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO run (id, kind, started, program, as_of, post, out_folder, manifest, \
         manifest_sha256, previous_sha256, lines_sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            prepared.run,
            facts.kind,
            facts.started,
            env!("CARGO_PKG_VERSION"),
            facts.as_of.map(Day),
            facts.post.map(Post::as_str),
            facts.out_folder,
            manifest,
            sha256(manifest.as_bytes()),
            prepared.previous_sha256,
            prepared.lines_sha256,
        ],
    )?;
    Ok(())
}

/// Returns the ids of the files by their index in the run.
pub(super) fn insert_files(
    transaction: &Transaction<'_>,
    run: RunId,
    files: &[NewFile],
) -> rusqlite::Result<HashMap<u32, i64>> {
    let mut ids = HashMap::new();
    for file in files {
        transaction.execute(
            "INSERT INTO file (run, name, kind, bytes, sha256, newest_day) \
             VALUES (?, ?, ?, ?, ?, ?)",
            params![
                run,
                file.name,
                file.kind,
                file.bytes as i64,
                file.sha256,
                file.newest.map(Day)
            ],
        )?;
        let id = transaction.last_insert_rowid();
        ids.insert(file.index, id);
        let mut statement = transaction.prepare_cached(
            "INSERT INTO interchange (file, sender, receiver, control_number) VALUES (?, ?, ?, ?)",
        )?;
        for interchange in &file.interchanges {
            let Interchange { control, sender, receiver } = interchange;
            statement.execute(params![id, sender, receiver, control])?;
        }
    }
    Ok(ids)
}

/// Gives lines another standing, and keeps what they were.
pub(super) fn change_standings(
    transaction: &Transaction<'_>,
    run: RunId,
    changed: &[(LineId, Standing)],
) -> rusqlite::Result<()> {
    let mut update = transaction
        .prepare_cached("UPDATE line SET standing = ?, standing_run = ? WHERE id = ?")?;
    for (line, standing) in changed {
        keep_before(transaction, run, *line)?;
        update.execute(params![standing_number(*standing), run, line])?;
    }
    Ok(())
}

/// Keeps what a line says before the run changes it; the first time counts.
pub(super) fn keep_before(
    transaction: &Transaction<'_>,
    run: RunId,
    line: LineId,
) -> rusqlite::Result<()> {
    let mut keep = transaction.prepare_cached(
        "INSERT OR IGNORE INTO line_before (run, line, standing, standing_run, remit_run, \
         remit_status, remit_paid, remit_number, remit_denied) \
         SELECT ?, id, standing, standing_run, remit_run, remit_status, remit_paid, remit_number, \
         remit_denied FROM line WHERE id = ?",
    )?;
    keep.execute(params![run, line])?;
    Ok(())
}

fn insert_lines(
    transaction: &Transaction<'_>,
    prepared: &Prepared,
    store: &Store,
    file_ids: &HashMap<u32, i64>,
) -> rusqlite::Result<()> {
    let places = vec!["?"; LINE_COLUMN_COUNT].join(", ");
    let mut insert = transaction.prepare_cached(&format!(
        "INSERT INTO line (run, file, place, standing, standing_run, {LINE_COLUMNS}) \
         VALUES (?, ?, ?, ?, ?, {places})"
    ))?;
    for (id, standing) in &prepared.new {
        let line = store.line_as_read(*id);
        let (file, position) = store.position(&line);
        let place = match position {
            Position::Row(row) => row,
            Position::Segment { number, .. } => number,
        };
        insert.raw_bind_parameter(1, prepared.run)?;
        insert.raw_bind_parameter(2, file_ids.get(&file))?;
        insert.raw_bind_parameter(3, place as i64)?;
        insert.raw_bind_parameter(4, standing_number(*standing))?;
        insert.raw_bind_parameter(5, prepared.run)?;
        row::bind(&line, |index, value| insert.raw_bind_parameter(index + 6, value))?;
        insert.raw_execute()?;
    }
    Ok(())
}
