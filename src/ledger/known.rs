//! What the ledger says now, or said on an earlier day: the runs, and the lines with their
//! standing.

use super::error::LedgerError;
use super::load::{REMIT_COLUMNS, with_remitted};
use super::open::Ledger;
use super::post::{RunId, standing_number};
use super::row::{self, Day, LINE_COLUMNS};
use super::schema::VERSION;
use crate::model::{NaiveDate, ServiceLine};
use crate::store::past::{PastLines, Standing, TooMany};
use serde::Serialize;

/// A run, for a list.
#[derive(Clone, Debug, Serialize)]
pub struct RunRow {
    /// Its number.
    pub run: RunId,
    /// `validate`, `seed`, `remit`, `release`, `hold`, `withdraw`, `prune`
    pub kind: String,
    /// When it began (UTC).
    pub started: String,
    /// Its as-of date.
    pub as_of: Option<NaiveDate>,
    /// `--post`
    pub post: Option<String>,
    /// Files that it read.
    pub files: i64,
    /// Lines that it posted.
    pub lines: i64,
    /// Earlier lines that it changed.
    pub changed: i64,
    /// Where its results went.
    pub out: Option<String>,
    /// Of its manifest.
    pub manifest_sha256: String,
}

/// The ledger at a glance. Sums over its lines; nothing of it is stored.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// The schema version of its file.
    pub schema: i32,
    /// Bytes of its file.
    pub bytes: u64,
    /// Runs.
    pub runs: i64,
    /// When the newest run began (UTC).
    pub last_run_started: Option<String>,
    /// Files that runs read.
    pub files: i64,
    /// Claims with posted lines.
    pub claims: i64,
    /// Posted lines.
    pub lines: i64,
    /// Those that use up the year.
    pub net: i64,
    /// Those that the payer denied.
    pub denied: i64,
    /// Those kept for another number of the payer.
    pub repeated: i64,
    /// Voids, and those that a void or replacement took out.
    pub corrected_away: i64,
    /// The first day of a net line.
    pub first_service_date: Option<NaiveDate>,
    /// The last one.
    pub last_service_date: Option<NaiveDate>,
    /// A run was cut off between ledger and results.
    pub is_cut_off: bool,
}

/// A posted line, with what the ledger knows of it.
pub struct KnownLine<'r> {
    /// As it counts.
    pub line: &'r ServiceLine<'r>,
    /// The run that posted it.
    pub run: RunId,
    /// Its standing, in a word.
    pub standing: &'static str,
    /// The run that gave it.
    pub standing_run: RunId,
    /// The file that it came in.
    pub file: &'r str,
    /// Row or segment there.
    pub place: i64,
    /// CLP02 of the last remittance.
    pub remit_status: Option<String>,
}

fn standing_word(number: i64) -> &'static str {
    match number {
        0 => "net",
        1 => "denied",
        2 => "repeated",
        3 => "corrected_away",
        _ => "conflicting",
    }
}

impl Ledger {
    /// Makes the other functions here tell what was known at the end of `day`; `None`: now.
    pub fn known_on(&self, day: Option<NaiveDate>) -> Result<(), LedgerError> {
        let sql = self.sql();
        let last: RunId = match day {
            None => RunId::MAX,
            Some(day) => self
                .connection
                .query_row(
                    "SELECT coalesce(max(id), 0) FROM run WHERE substr(started, 1, 10) <= ?",
                    [day.to_string()],
                    |row| row.get(0),
                )
                .map_err(&sql)?,
        };
        let changing = [
            "standing",
            "standing_run",
            "remit_run",
            "remit_status",
            "remit_paid",
            "remit_number",
            "remit_denied",
        ];
        let changing = changing.map(|column| {
            format!("CASE WHEN b.run IS NULL THEN line.{column} ELSE b.{column} END AS {column}")
        });
        let batch = format!(
            "DROP VIEW IF EXISTS temp.known; DROP VIEW IF EXISTS temp.known_run; \
             CREATE TEMP VIEW known AS SELECT line.id AS id, line.run AS run, line.file AS file, \
             line.place AS place, {}, {LINE_COLUMNS} FROM line LEFT JOIN line_before AS b \
             ON b.line = line.id AND b.run = (SELECT min(earlier.run) FROM line_before \
             AS earlier WHERE earlier.line = line.id AND earlier.run > {last}) \
             WHERE line.run <= {last}; \
             CREATE TEMP VIEW known_run AS SELECT * FROM run WHERE id <= {last}",
            changing.join(", "),
        );
        self.connection.execute_batch(&batch).map_err(sql)
    }

    /// The runs, oldest first.
    pub fn runs(&self) -> Result<Vec<RunRow>, LedgerError> {
        let sql = self.sql();
        let mut statement = self
            .connection
            .prepare(
                "WITH posted AS (SELECT run, count(*) AS lines FROM line GROUP BY run), \
                 changed AS (SELECT run, count(*) AS lines FROM line_before GROUP BY run) \
                 SELECT id, kind, started, as_of, post, \
                 (SELECT count(*) FROM file WHERE file.run = known_run.id), \
                 coalesce(posted.lines, 0), coalesce(changed.lines, 0), out_folder, \
                 manifest_sha256 FROM known_run LEFT JOIN posted ON posted.run = id \
                 LEFT JOIN changed ON changed.run = id ORDER BY id",
            )
            .map_err(&sql)?;
        let rows = statement.query_map([], |row| {
            Ok(RunRow {
                run: row.get(0)?,
                kind: row.get(1)?,
                started: row.get(2)?,
                as_of: row.get::<_, Option<Day>>(3)?.map(|day| day.0),
                post: row.get(4)?,
                files: row.get(5)?,
                lines: row.get(6)?,
                changed: row.get(7)?,
                out: row.get(8)?,
                manifest_sha256: row.get(9)?,
            })
        });
        rows.map_err(&sql)?.collect::<rusqlite::Result<_>>().map_err(&sql)
    }

    /// The ledger at a glance.
    pub fn status(&self) -> Result<Status, LedgerError> {
        let sql = self.sql();
        let bytes = std::fs::metadata(&self.path).map(|meta| meta.len()).unwrap_or_default();
        let is_cut_off = self.intent()?.is_some();
        let sums = "SELECT (SELECT count(*) FROM known_run), \
             (SELECT started FROM known_run ORDER BY id DESC LIMIT 1), \
             (SELECT count(*) FROM file WHERE run IN (SELECT id FROM known_run)), \
             count(*), coalesce(sum(standing = 0), 0), coalesce(sum(standing = 1), 0), \
             coalesce(sum(standing = 2), 0), coalesce(sum(standing = 3), 0), \
             min(CASE WHEN standing = 0 AND typeof(service_day) = 'integer' THEN service_day END), \
             max(CASE WHEN standing = 0 AND typeof(service_day) = 'integer' THEN service_day END) \
             FROM known";
        let claims = "SELECT count(*) FROM (SELECT DISTINCT claim_id, billing_npi, \
             coalesce(frequency_code, '1'), original_claim_id FROM known)";
        let claims = self.connection.query_row(claims, [], |row| row.get(0)).map_err(&sql)?;
        let day = |day: Option<Day>| day.map(|day| day.0);
        let status = self.connection.query_row(sums, [], |row| {
            Ok(Status {
                schema: VERSION,
                bytes,
                runs: row.get(0)?,
                last_run_started: row.get(1)?,
                files: row.get(2)?,
                claims,
                lines: row.get(3)?,
                net: row.get(4)?,
                denied: row.get(5)?,
                repeated: row.get(6)?,
                corrected_away: row.get(7)?,
                first_service_date: day(row.get(8)?),
                last_service_date: day(row.get(9)?),
                is_cut_off,
            })
        });
        status.map_err(sql)
    }

    /// Hands on every line, in the order of posting. A line with two numbers of the payer comes
    /// twice, the second time as repeated, so that sums over standings are right.
    pub fn each_known<E: From<LedgerError>>(
        &self,
        mut take: impl FnMut(&KnownLine<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = self.sql();
        let select = format!(
            "SELECT known.run, standing, standing_run, file.name, place, remit_status, \
             {REMIT_COLUMNS}, {LINE_COLUMNS} FROM known JOIN file ON file.id = known.file \
             ORDER BY known.id"
        );
        let mut statement = self.connection.prepare(&select).map_err(&sql)?;
        let mut rows = statement.query([]).map_err(&sql)?;
        let mut scratch = row::Scratch::default();
        while let Some(row) = rows.next().map_err(&sql)? {
            let (run, standing, standing_run, file, place, remit_status) = (|| {
                rusqlite::Result::Ok((
                    row.get(0)?,
                    row.get(1)?,
                    row.get(2)?,
                    row.get::<_, String>(3)?,
                    row.get(4)?,
                    row.get::<_, Option<String>>(5)?,
                ))
            })()
            .map_err(&sql)?;
            let mut standing = standing_word(standing);
            let taken = with_remitted(row, 6, &mut scratch, |line| {
                let (file, remit_status) = (file.as_str(), remit_status.clone());
                let known =
                    KnownLine { line, run, standing, standing_run, file, place, remit_status };
                standing = standing_word(standing_number(Standing::Repeated));
                take(&known)
            });
            taken.map_err(&sql)??;
        }
        Ok(())
    }

    /// The members of all lines, each once, whenever they were posted.
    pub fn members(&self) -> Result<Vec<Vec<u8>>, LedgerError> {
        let sql = self.sql();
        let select = "SELECT DISTINCT member_id FROM line WHERE member_id IS NOT NULL";
        let mut statement = self.connection.prepare(select).map_err(&sql)?;
        let rows = statement.query_map([], |row| Ok(row::text_of(row.get_ref(0)?).to_vec()));
        let rows: rusqlite::Result<Vec<_>> = rows.map_err(&sql)?.collect();
        rows.map_err(&sql)
    }

    /// The net lines with a service date from `from` through `through`.
    pub fn net_lines(&self, from: NaiveDate, through: NaiveDate) -> Result<PastLines, LedgerError> {
        let sql = self.sql();
        let select = format!(
            "SELECT {REMIT_COLUMNS}, {LINE_COLUMNS} FROM known WHERE standing = 0 \
             AND typeof(service_day) = 'integer' AND service_day BETWEEN ? AND ? ORDER BY id"
        );
        let mut statement = self.connection.prepare(&select).map_err(&sql)?;
        let mut rows = statement.query([Day(from), Day(through)]).map_err(&sql)?;
        let mut lines = PastLines::default();
        let mut scratch = row::Scratch::default();
        while let Some(row) = rows.next().map_err(&sql)? {
            // One record a line: a second number of the payer is of no use here.
            let mut is_first = true;
            let taken = with_remitted(row, 0, &mut scratch, |line| -> Result<(), TooMany> {
                if std::mem::replace(&mut is_first, false) { lines.push(line) } else { Ok(()) }
            });
            taken.map_err(&sql)?.map_err(|error| self.refused(error.to_string()))?;
        }
        Ok(lines)
    }
}
