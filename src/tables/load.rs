//! Loads the tables of a run: opens, reads, hashes, and keeps what was left out.

use super::error::TableError;
use super::file::TableBytes;
use super::form::{CsvForm, TableForm};
use super::header::{self, Header};
use super::paths::TablePaths;
use super::records::{Event, RecordReader};
use super::row::{BadRow, Period, Row};
use super::rows::Tables;
use super::{authorizations, credentials, employment};
use super::{service_plans, supervision, supervisors, template};
use crate::model::{NaiveDate, PassedOver, Position, Reject};
use crate::source::snapshot::Watched;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

/// The tables, and what is to be said about their files.
#[derive(Default)]
pub struct Loaded {
    /// The tables that were given.
    pub tables: Tables,
    /// Rows left out and values blanked: by table, then by row.
    pub rejects: Vec<Reject>,
    /// One a table that was given, in the order of [`super::TABLES`].
    pub files: Vec<TableFile>,
}

impl Loaded {
    /// Rows left out, of all tables.
    pub fn bad_rows(&self) -> u64 {
        self.files.iter().map(|file| file.bad_rows).sum()
    }

    /// Takes what is to be said of a table; gives the table.
    fn keep<T>(&mut self, read: Option<(T, TableFile, Vec<Reject>)>) -> Option<T> {
        let (table, file, rejects) = read?;
        self.files.push(file);
        self.rejects.extend(rejects);
        Some(table)
    }
}

/// The file of one table, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableFile {
    /// Its table's name.
    pub table: &'static str,
    /// The file, as the user named it.
    pub path: String,
    /// Its size as it stands on disk, compressed or not.
    pub bytes: u64,
    /// SHA-256 in hex of the file as it stands on disk.
    pub sha256: Option<String>,
    /// Rows behind the header, bad ones too, blank lines not.
    pub rows: u64,
    /// Rows left out.
    pub bad_rows: u64,
    /// Good rows whose period has no end.
    pub open_rows: u64,
    /// The first day that a good row names (the start of its period; the day of a session). `None`:
    /// there is none, or the table has no periods (`supervisors`).
    pub first_day: Option<NaiveDate>,
    /// The last day that a good row names: the end of its period, or its start where that is open.
    pub last_day: Option<NaiveDate>,
    /// Optional columns that it lacks, and columns of its own that are not read.
    pub passed_over: PassedOver,
}

/// What the file of a table does: takes its rows one by one, and gives the whole.
pub(super) trait TableReader {
    /// Its columns.
    const FORM: &'static TableForm;
    /// The table as the join reads it.
    type Table;
    /// Finds its columns.
    fn new(header: &Header) -> Self;
    /// Takes a row; gives the period that it covers.
    fn take<R: Read>(&mut self, row: &mut Row<'_, R>) -> Result<Period, BadRow>;
    /// The table.
    fn finish(self) -> Self::Table;
}

/// Reads the tables that are given.
///
/// # Errors The first table that cannot be read at all, or a configuration that names what there is
/// not. A bad row is no error: it is left out, and stands in [`Loaded::rejects`].
///
/// With more than one thread, the supervision log, which is by far the longest, is read beside the
/// others.
pub fn load(paths: &TablePaths, csv: &CsvForm, threads: usize) -> Result<Loaded, TableError> {
    header::check(csv)?;
    let log = || one::<supervision::Reader>(paths.supervision.as_deref(), csv);
    let ((credentials, employment, plans, supervisors, authorizations), log) = if threads > 1 {
        std::thread::scope(|scope| {
            let log = scope.spawn(log);
            let others = others(paths, csv);
            (others, log.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })
    } else {
        (others(paths, csv), log())
    };
    let mut loaded = Loaded::default();
    // In the order of the tables, whichever was read first: the first error is the one that is
    // said.
    loaded.tables.credentials = loaded.keep(credentials?);
    loaded.tables.employment = loaded.keep(employment?);
    loaded.tables.plans = loaded.keep(plans?);
    loaded.tables.supervision = loaded.keep(log?);
    loaded.tables.supervisors = loaded.keep(supervisors?);
    loaded.tables.authorizations = loaded.keep(authorizations?);
    let tables = &mut loaded.tables;
    if let (Some(log), Some(supervisors)) = (&mut tables.supervision, &tables.supervisors) {
        log.find_supervisors(supervisors);
    }
    Ok(loaded)
}

/// What one table came to.
type One<T> = Result<Option<(T, TableFile, Vec<Reject>)>, TableError>;

#[allow(clippy::type_complexity, reason = "five results side by side, used once")]
fn others(
    paths: &TablePaths,
    csv: &CsvForm,
) -> (
    One<<credentials::Reader as TableReader>::Table>,
    One<<employment::Reader as TableReader>::Table>,
    One<<service_plans::Reader as TableReader>::Table>,
    One<<supervisors::Reader as TableReader>::Table>,
    One<<authorizations::Reader as TableReader>::Table>,
) {
    (
        one::<credentials::Reader>(paths.credentials.as_deref(), csv),
        one::<employment::Reader>(paths.employment.as_deref(), csv),
        one::<service_plans::Reader>(paths.plans.as_deref(), csv),
        one::<supervisors::Reader>(paths.supervisors.as_deref(), csv),
        one::<authorizations::Reader>(paths.authorizations.as_deref(), csv),
    )
}

/// The example rows of the templates, read as any rows are.
pub fn examples() -> Tables {
    fn of<T: TableReader>() -> Option<T::Table> {
        let text = template::csv(T::FORM);
        let mut records = RecordReader::new(text.as_bytes(), b',').ok()?;
        let failed = |row, source| TableError::Read {
            path: String::new(),
            table: T::FORM.name,
            row,
            source,
        };
        let csv = CsvForm::default();
        let header = read_header("", T::FORM, &csv, &mut records, &failed).ok()?;
        let mut table = T::new(&header);
        let (source, mut notes) = ("".into(), Vec::new());
        records.read().ok()?;
        table.take(&mut Row::new(&records, &header, &source, &mut notes).ok()?).ok()?;
        Some(table.finish())
    }
    Tables {
        credentials: of::<credentials::Reader>(),
        employment: of::<employment::Reader>(),
        plans: of::<service_plans::Reader>(),
        supervision: of::<supervision::Reader>(),
        supervisors: of::<supervisors::Reader>(),
        authorizations: of::<authorizations::Reader>(),
    }
}

/// Reads one table, if it is given.
fn one<T: TableReader>(path: Option<&Path>, csv: &CsvForm) -> One<T::Table> {
    let Some(path) = path else { return Ok(None) };
    let name = path.display().to_string();
    let failed = |row: u64, source: io::Error| -> TableError {
        let (path, table) = (name.clone(), T::FORM.name);
        match source.kind() {
            io::ErrorKind::NotFound => TableError::NotFound { path, table, option: T::FORM.option },
            _ => TableError::Read { path, table, row, source },
        }
    };
    let watched = Watched::begin(path);
    let bytes = TableBytes::open(path, csv).map_err(|error| failed(0, error))?;
    let mut records = RecordReader::new(bytes, csv.delimiter).map_err(|error| failed(0, error))?;
    let header = read_header(&name, T::FORM, csv, &mut records, &failed)?;
    records.expect_fields(header.width);
    let mut table = T::new(&header);
    let mut file = TableFile {
        table: T::FORM.name,
        path: name.clone(),
        bytes: 0,
        sha256: None,
        rows: 0,
        bad_rows: 0,
        open_rows: 0,
        first_day: None,
        last_day: None,
        passed_over: header.passed_over.clone(),
    };
    let source: Arc<str> = name.as_str().into();
    let mut rejects = Vec::new();
    loop {
        let event = match records.read() {
            Ok(Event::End) => break,
            Ok(event) => event,
            Err(error) => return Err(failed(records.row(), error)),
        };
        file.rows += 1;
        take_row(&mut table, &records, event, &header, &source, &mut file, &mut rejects);
    }
    let rows = records.row();
    (file.bytes, file.sha256) =
        records.into_source().finish().map_err(|error| failed(rows, error))?;
    watched.check().map_err(|error| failed(rows, error))?;
    Ok(Some((table.finish(), file, rejects)))
}

/// Reads the header, or says what the file is instead of a table.
fn read_header<R: Read>(
    path: &str,
    form: &'static TableForm,
    csv: &CsvForm,
    records: &mut RecordReader<R>,
    failed: &impl Fn(u64, io::Error) -> TableError,
) -> Result<Header, TableError> {
    let (path, table) = (path.to_owned(), form.name);
    let first = records.first_bytes();
    if first.starts_with(b"\xff\xfe") || first.starts_with(b"\xfe\xff") {
        return Err(TableError::Utf16 { path, table });
    }
    for (magic, kind) in [
        (&b"PK\x03\x04"[..], "an Excel workbook or a zip archive"),
        (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
        (b"PAR1", "a Parquet file"),
        (b"SQLite f", "a SQLite database"),
        (b"%PDF", "a PDF"),
    ] {
        if first.starts_with(magic) {
            return Err(TableError::NotCsv { path, table, kind });
        }
    }
    match records.read().map_err(|error| failed(0, error))? {
        Event::End => return Err(TableError::Empty { path, table }),
        Event::Fault(fault) => {
            return Err(TableError::BadHeader {
                path,
                table,
                fault: format!("is {}", fault.reason()),
            });
        }
        Event::Record => {}
    }
    let names = || (0..records.field_count()).map(|index| records.field(index));
    if names().any(|name| name.contains(&0)) {
        return Err(TableError::Utf16 { path, table });
    }
    Header::find(&path, form, csv, names())
}

/// Takes one record into the table, or notes why it is left out.
fn take_row<T: TableReader, R: Read>(
    table: &mut T,
    records: &RecordReader<R>,
    event: Event,
    header: &Header,
    source: &Arc<str>,
    file: &mut TableFile,
    rejects: &mut Vec<Reject>,
) {
    let noted = rejects.len();
    let taken = match event {
        Event::Fault(fault) => Err(BadRow { column: String::new(), reason: fault.reason() }),
        _ => Row::new(records, header, source, rejects).and_then(|mut row| table.take(&mut row)),
    };
    match taken {
        Ok((first, last)) => {
            file.first_day = [file.first_day, first].into_iter().flatten().min();
            file.last_day = file.last_day.max(last).max(first);
            file.open_rows += u64::from(first.is_some() && last.is_none());
        }
        Err(BadRow { column, reason }) => {
            file.bad_rows += 1;
            // The row is out, and what was blanked in it with it: one reject a bad row.
            rejects.truncate(noted);
            let position = Position::Row(records.row());
            let source = Arc::clone(source);
            rejects.push(Reject { source, position, column, reason, is_bad_row: true });
        }
    }
}
