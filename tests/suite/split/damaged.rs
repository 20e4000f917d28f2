//! Splits of damaged files: nothing is lost, nothing damaged is released, and the claims add up.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use peerclaims::outcome::{Disposition, RunOutcome, SplitOutcome};
use peerclaims::pipeline::{self, Progress, Request};
use peerclaims::rules::registry::RULES;
use peerclaims::source::input;
use peerclaims::source::snapshot;
use peerclaims::split::{self, Folder, Place, SplitError, SplitRequest};
use peerclaims::tables::Tables;
use peerclaims::{model, policy};

use crate::reading::fixtures;
use model::FileKind;

/// What a byte is changed to.
const HOSTILE: &[u8] = b"~*\nX0\xff";
/// Every so many bytes are changed.
const STRIDE: usize = 41;

/// Files in memory, by name.
#[derive(Default)]
struct Memory(Mutex<BTreeMap<String, Vec<u8>>>);

/// One of them, while it is written.
struct MemoryFile(String, Arc<Mutex<Vec<u8>>>);

impl Write for MemoryFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Folder for Memory {
    type File = MemoryFile;

    fn create(&self, name: &str) -> io::Result<MemoryFile> {
        Ok(MemoryFile(name.to_owned(), Arc::default()))
    }

    fn finish(&self, file: MemoryFile) -> io::Result<()> {
        let bytes = file.1.lock().expect("no panic").clone();
        self.0.lock().expect("no panic").insert(file.0, bytes);
        Ok(())
    }
}

/// A file is checked, changed, and then split; `again` takes the snapshot after the change.
fn split_changed(change: impl Fn(&Path), again: bool) -> Result<SplitOutcome, SplitError> {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let path = folder.path().join("claims.837");
    let nightly = crate::support::repository().join("fixtures/nightly/claims.837");
    std::fs::copy(nightly, &path).expect("the folder is writable");
    let inputs = input::expand(std::slice::from_ref(&path)).expect("it is there");
    let before = snapshot::take_all(&inputs).expect("a file");
    let (policy, progress) = (policy::builtin(), Progress::default());
    let request = Request {
        claims: inputs.clone(),
        rules: RULES.to_vec(),
        ..Request::new(&policy, &progress)
    };
    let mut outcome = pipeline::run(&request, &Tables::default()).expect("it is read");
    change(&path);
    let after = snapshot::take_all(&inputs).expect("a file");
    let wanted = SplitRequest {
        inputs: &inputs,
        snapshots: if again { &after } else { &before },
        delimiter: b',',
        renamed: &request.csv.renamed,
        codes: &request.csv.codes,
        threads: 2,
        block_bytes: request.block_bytes,
        max_decompressed: u64::MAX,
        reviews_to: Place::Release,
        control_suffix: None,
    };
    outcome.split.unread_claims = split::unread(&wanted, &outcome)?;
    let places = split::places(&wanted, &outcome);
    split::split(&wanted, &outcome, &places, &Memory::default())
}

#[test]
fn a_file_that_changed_between_the_readings_is_not_split() {
    let rewrite = |path: &Path| {
        let text = std::fs::read_to_string(path).expect("it is there");
        std::fs::write(path, text.replace("CLM*N010*", "CLM*N01X*")).expect("it is writable");
    };
    let shorten = |path: &Path| {
        let text = std::fs::read_to_string(path).expect("it is there");
        let (first, rest) = text.split_once("CLM*").expect("a claim");
        let (_, rest) = rest.split_once("CLM*").expect("another claim");
        std::fs::write(path, format!("{first}CLM*{rest}")).expect("it is writable");
    };
    assert!(split_changed(|_| (), false).is_ok());
    assert!(matches!(split_changed(rewrite, false), Err(SplitError::Changed { .. })));
    assert!(matches!(split_changed(shorten, false), Err(SplitError::Changed { .. })));
    // Where nothing else tells, the counts do.
    assert!(matches!(split_changed(shorten, true), Err(SplitError::DoesNotAddUp { .. })));
}

/// A file checked and split: its release and hold, and what the run came to.
struct Parted {
    release: Vec<u8>,
    hold: Vec<u8>,
    outcome: RunOutcome,
}

fn part(path: &Path, bytes: &[u8], block_bytes: usize) -> Result<Parted, String> {
    std::fs::write(path, bytes).expect("the folder is writable");
    let (policy, progress) = (policy::builtin(), Progress::default());
    let inputs = input::expand(&[path.to_owned()]).map_err(|error| error.to_string())?;
    let snapshots = snapshot::take_all(&inputs).expect("a file");
    let request = Request {
        claims: inputs.clone(),
        rules: RULES.to_vec(),
        threads: 1,
        block_bytes,
        as_of: model::NaiveDate::from_ymd_opt(2025, 9, 15),
        ..Request::new(&policy, &progress)
    };
    let run = pipeline::run(&request, &Tables::default());
    let mut outcome = run.map_err(|error| error.to_string())?;
    let memory = Memory::default();
    let wanted = SplitRequest {
        inputs: &inputs,
        snapshots: &snapshots,
        delimiter: b',',
        renamed: &request.csv.renamed,
        codes: &request.csv.codes,
        threads: 1,
        block_bytes,
        max_decompressed: u64::MAX,
        reviews_to: Place::Release,
        control_suffix: None,
    };
    let unread = split::unread(&wanted, &outcome);
    outcome.split.unread_claims = unread.map_err(|error| format!("SPLIT {error}"))?;
    let places = split::places(&wanted, &outcome);
    let done = split::split(&wanted, &outcome, &places, &memory);
    let done = done.map_err(|error| format!("SPLIT {error}"))?;
    let files = memory.0.into_inner().expect("no panic");
    let of = |name: &Option<String>| {
        name.as_ref().map_or(Vec::new(), |name| files.get(name).cloned().unwrap_or_default())
    };
    let file = &done.files[0];
    Ok(Parted { release: of(&file.release), hold: of(&file.hold), outcome })
}

/// Splits in blocks of both sizes, and what is released once more. Says whether anything was.
fn check(path: &Path, bytes: &[u8], what: &str) -> bool {
    let parted = match part(path, bytes, 1 << 20) {
        Ok(parted) => parted,
        // No longer a claim file at all.
        Err(why) if !why.starts_with("SPLIT") => return false,
        Err(why) => panic!("{what}: {why}"),
    };
    let small = part(path, bytes, 64).unwrap_or_else(|why| panic!("{what}: {why}"));
    let same = small.release == parted.release && small.hold == parted.hold;
    assert!(same, "{what}: the size of the blocks changes something");
    if parted.release.is_empty() {
        return false;
    }
    // What is released is whole, and splits into itself.
    let again = part(path, &parted.release, 1 << 20).unwrap_or_else(|why| panic!("{what}: {why}"));
    let unread = &again.outcome.split.unread;
    assert_eq!(unread.len(), 0, "{what}: {unread:?} of what was released could not be read");
    let held = |outcome: &RunOutcome| {
        outcome.claims.iter().filter(|claim| claim.disposition == Disposition::Hold).count()
    };
    assert_eq!(held(&again.outcome), 0, "{what}: a claim that is held was released");
    assert!(again.hold.is_empty() && again.release == parted.release, "{what}: not into itself");
    true
}

fn each_change(kind: FileKind) {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let mut released = 0;
    for (name, whole) in fixtures(kind) {
        let path = folder.path().join(name.replace('/', "_"));
        check(&path, &whole, &name);
        let mut bytes = whole.clone();
        for place in (3..whole.len()).step_by(STRIDE) {
            let hostile = HOSTILE[place / STRIDE % HOSTILE.len()];
            let own = std::mem::replace(&mut bytes[place], hostile);
            let shown = (char::from(own), char::from(hostile));
            released +=
                usize::from(check(&path, &bytes, &format!("{name}: byte {place}, {shown:?}")));
            bytes[place] = own;
        }
        for cut in (120..whole.len()).step_by(STRIDE * 7) {
            check(&path, &whole[..cut], &format!("{name} cut at {cut}"));
        }
    }
    assert!(released > 50, "{released} files of which something is released are too few");
}

#[test]
fn damage_to_an_837p_is_never_released_and_loses_nothing() {
    each_change(FileKind::X12);
}

#[test]
fn damage_to_a_csv_is_never_released_and_loses_nothing() {
    each_change(FileKind::Csv);
}

/// Every byte of the input that is no filler stands in one of the parts, claims once.
#[test]
fn what_cannot_be_read_is_held_byte_for_byte() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let path = folder.path().join("claims.837");
    let whole = std::fs::read(crate::support::repository().join("fixtures/nightly/claims.837"));
    let whole = whole.expect("the fixture is there");
    let text = String::from_utf8(whole).expect("text");
    let damaged =
        text.replacen("~\nCLM*N004", "CLM*N004", 1).replacen("~\r\nCLM*N004", "CLM*N004", 1);
    assert!(damaged.len() < text.len());
    let parted = part(&path, damaged.as_bytes(), 1 << 20).expect("read");
    let hold = String::from_utf8(parted.hold).expect("text");
    let release = String::from_utf8(parted.release).expect("text");
    // The segment before the lost terminator is left out, so its claim and the next are held.
    assert!(hold.contains("CLM*N004") && !release.contains("CLM*N004"));
    assert!(hold.contains("CLM*N003") && !release.contains("CLM*N003"));
}
