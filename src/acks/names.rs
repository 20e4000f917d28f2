//! Which files are answered, and what the answers are called.

use crate::model::FileKind;
use crate::outcome::{FileOutcome, RunOutcome};
use crate::source::input::InputPath;
use crate::source::part_names::Names;
use crate::source::snapshot::Snapshot;

/// A file to be answered.
pub struct Planned<'p> {
    /// The file.
    pub input: &'p InputPath,
    /// How it was before the run.
    pub snapshot: Option<Snapshot>,
    /// What the run made of it.
    pub outcome: &'p FileOutcome,
    /// Its index among the files of the run.
    pub file: u32,
    /// The answers are `acks/STEM.ta1`, `acks/STEM.999` and `acks/STEM.277`.
    pub stem: String,
}

/// The current X12 files of a run, in input order. `inputs` are the current files as they were
/// asked for, those of other kinds among them.
pub fn plan<'p>(
    outcome: &'p RunOutcome,
    inputs: &'p [InputPath],
    snapshots: &[Option<Snapshot>],
) -> Vec<Planned<'p>> {
    let mut inputs = inputs.iter().zip(snapshots);
    let mut names = Names::default();
    let mut planned = Vec::new();
    for (file, read) in outcome.files.iter().enumerate().filter(|(_, file)| !file.is_history) {
        // Files of a folder that are of another kind were skipped; the order is the same.
        let found = inputs.by_ref().find(|(input, _)| *input.name == *read.name);
        let Some((input, snapshot)) = found else { break };
        // As the parts of a split are named, CSVs counted.
        let stem = names.next(&read.name);
        if read.kind == FileKind::X12 {
            planned.push(Planned {
                input,
                snapshot: *snapshot,
                outcome: read,
                file: file as u32,
                stem,
            });
        }
    }
    planned
}
