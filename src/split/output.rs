//! A file that comes into being with its first byte: a part with nothing in it has none.

use std::io::{self, Write};

/// Where files are written.
pub trait Folder: Sync {
    /// A file that is open.
    type File: Write + Send;

    /// A new file of that name (`release/night.837`).
    fn create(&self, name: &str) -> io::Result<Self::File>;

    /// The file is whole.
    fn finish(&self, file: Self::File) -> io::Result<()>;
}

/// One file of a folder, perhaps.
pub struct Output<'f, F: Folder> {
    folder: &'f F,
    name: String,
    prefix: Vec<u8>,
    file: Option<F::File>,
}

impl<'f, F: Folder> Output<'f, F> {
    /// Nothing was written yet.
    pub fn new(folder: &'f F, name: String) -> Output<'f, F> {
        Output { folder, name, prefix: Vec::new(), file: None }
    }

    /// Bytes that stand before the first that are written.
    pub fn prefix(&mut self, bytes: &[u8]) {
        self.prefix.extend_from_slice(bytes);
    }

    /// Whether anything was written.
    pub fn is_begun(&self) -> bool {
        self.file.is_some()
    }

    /// Writes behind what was written.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                let mut file = self.folder.create(&self.name)?;
                file.write_all(&self.prefix)?;
                none.insert(file)
            }
        };
        file.write_all(bytes)
    }

    /// Closes the file; gives back its name if there is one.
    pub fn finish(self) -> io::Result<Option<String>> {
        let Some(file) = self.file else { return Ok(None) };
        self.folder.finish(file)?;
        Ok(Some(self.name))
    }
}
