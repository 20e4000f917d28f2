//! Claim files that are in memory: for programs that have them from elsewhere than a disk.

use crate::source::input::InputPath;
use std::io::{self, Cursor, Read};
use std::path::PathBuf;

/// Claim files (X12 837P or CSV, packed or not) by their names.
///
/// [`Memory::inputs`] are the claims of a [`super::Request`] whose `memory` this is.
#[derive(Clone, Default)]
pub struct Memory {
    files: Vec<(String, Vec<u8>)>,
}

impl Memory {
    /// One file; `name` is what findings call it.
    pub fn of(name: &str, bytes: impl Into<Vec<u8>>) -> Memory {
        Memory::default().and(name, bytes)
    }

    /// And another one.
    #[must_use]
    pub fn and(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Memory {
        self.files.push((name.to_owned(), bytes.into()));
        self
    }

    /// The files as inputs of a run, in their order.
    pub fn inputs(&self) -> Vec<InputPath> {
        let input = |(name, _): &(String, Vec<u8>)| InputPath {
            path: PathBuf::from(name),
            name: name.clone(),
            is_from_folder: false,
            is_special: false,
        };
        self.files.iter().map(input).collect()
    }

    pub(super) fn open(&self, input: &InputPath) -> io::Result<Box<dyn Read + Send>> {
        let file = self.files.iter().find(|(name, _)| *name == input.name);
        let (_, bytes) = file.ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(Cursor::new(bytes.clone())))
    }
}
