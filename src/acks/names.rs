//! Which files are answered, and what the answers are called.

use crate::model::FileKind;
use crate::outcome::{FileOutcome, RunOutcome};
use crate::source::input::InputPath;
use crate::source::part_names::Names;

/// A file to be answered.
pub struct Planned<'p> {
    /// The file.
    pub input: &'p InputPath,
    /// What the run made of it.
    pub outcome: &'p FileOutcome,
    /// Its index among the files of the run.
    pub file: u32,
    /// The answers are `acks/STEM.ta1`, `acks/STEM.999` and `acks/STEM.277`.
    pub stem: String,
}

/// The current X12 files of a run, in input order. `inputs` are the current files as they were
/// asked for, those of other kinds among them.
pub fn plan<'p>(outcome: &'p RunOutcome, inputs: &'p [InputPath]) -> Vec<Planned<'p>> {
    let mut inputs = inputs.iter();
    let mut names = Names::default();
    let mut planned = Vec::new();
    for (file, read) in outcome.files.iter().enumerate().filter(|(_, file)| !file.is_history) {
        // Files of a folder that are of another kind were skipped; the order is the same.
        let Some(input) = inputs.by_ref().find(|input| *input.name == *read.name) else { break };
        // As the parts of a split are named, CSVs counted.
        let stem = names.next(&read.name);
        if read.kind == FileKind::X12 {
            planned.push(Planned { input, outcome: read, file: file as u32, stem });
        }
    }
    planned
}
