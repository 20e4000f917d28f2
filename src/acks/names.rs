//! Which files are answered, and what the answers are called.

use crate::model::FileKind;
use crate::outcome::{FileOutcome, RunOutcome};
use crate::source::input::InputPath;
use std::collections::HashSet;
use std::path::Path;

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
    let mut taken = HashSet::new();
    let mut planned = Vec::new();
    for (file, read) in outcome.files.iter().enumerate().filter(|(_, file)| !file.is_history) {
        // Files of a folder that are of another kind were skipped; the order is the same.
        let Some(input) = inputs.by_ref().find(|input| *input.name == *read.name) else { break };
        if read.kind == FileKind::X12 {
            let stem = free_stem(&input.path, &mut taken);
            planned.push(Planned { input, outcome: read, file: file as u32, stem });
        }
    }
    planned
}

/// The name of a file without its folder and its packing; a second one of a name gets a number.
fn free_stem(path: &Path, taken: &mut HashSet<String>) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_else(|| "claims".to_owned());
    let plain = [".gz", ".zst"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
    let mut stem = plain.to_owned();
    let mut number = 2;
    while !taken.insert(stem.clone()) {
        stem = format!("{plain}-{number}");
        number += 1;
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_without_packing() {
        let mut taken = HashSet::new();
        let mut stem = |path: &str| free_stem(Path::new(path), &mut taken);
        assert_eq!(stem("a/night.837"), "night.837");
        assert_eq!(stem("b/night.837.gz"), "night.837-2");
        assert_eq!(stem("c/night.837.zst"), "night.837-3");
        assert_eq!(stem(".gz"), "");
    }
}
