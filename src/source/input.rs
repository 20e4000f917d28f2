//! Which files to read: arguments expanded to a list in input order, each with its kind.

use std::collections::HashSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// What the first bytes of a file say that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sniffed {
    /// `ISA` after an optional BOM and white space.
    X12,
    /// Text whose first line may be the header of a CSV.
    Text,
    /// Nothing in it.
    Empty,
    /// UTF-16 text.
    Utf16,
    /// Neither.
    Binary,
}

/// One claim file to be read.
#[derive(Clone, Debug)]
pub struct InputPath {
    /// Where it is; `-` is standard input.
    pub path: PathBuf,
    /// As the user named it (for a file of a folder: the folder as named, and the path in it).
    pub name: String,
    /// Found in a folder: a file of another kind is skipped, and listed.
    pub is_from_folder: bool,
    /// Found in a folder, and neither file nor folder (a pipe, a device): never opened.
    pub is_special: bool,
}

/// Why the list of files cannot be made, or a file cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum InputError {
    /// The system said no.
    #[error("{name}: cannot be read: {error}{}", advice(error.kind()))]
    Io {
        /// As the user named it.
        name: String,
        /// What the system said.
        error: io::Error,
    },
    /// A pattern that is none.
    #[error("{pattern}: not a pattern: {error}")]
    Pattern {
        /// As the user wrote it.
        pattern: String,
        /// What is wrong with it.
        error: glob::PatternError,
    },
    /// A pattern that names nothing.
    #[error("{pattern}: no file has such a name")]
    NoMatch {
        /// As the user wrote it.
        pattern: String,
    },
    /// It grew, shrank, or another took its place: what was read may be a part of it.
    #[error(
        "{name}: the file changed while it was read; nothing was written. Run again when nobody \
         writes to it."
    )]
    Changed {
        /// As the user named it.
        name: String,
    },
    /// A file that is not a claim file.
    #[error("{name}: {why}")]
    NotClaims {
        /// As the user named it.
        name: String,
        /// What it is, and what is expected.
        why: String,
    },
}

/// What to do about an error that does not say it itself.
fn advice(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::FileTooLarge => ".",
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
            ". Get the file again, whole."
        }
        _ => ". Check that the file is there and may be read.",
    }
}

impl InputError {
    pub(crate) fn io(name: &str, error: io::Error) -> InputError {
        InputError::Io { name: name.to_owned(), error }
    }
}

/// The files that `arguments` stand for, in input order: arguments as given, the files of a folder
/// or pattern in byte order of path.
pub fn expand(arguments: &[PathBuf]) -> Result<Vec<InputPath>, InputError> {
    let mut inputs = Vec::new();
    for argument in arguments {
        let name = argument.to_string_lossy().into_owned();
        if argument.as_os_str() == "-" {
            inputs.push(InputPath {
                path: argument.clone(),
                name,
                is_from_folder: false,
                is_special: false,
            });
        } else if argument.is_dir() {
            folder(argument, &mut inputs)?;
        } else if argument.symlink_metadata().is_ok() || !name.contains(['*', '?', '[']) {
            inputs.push(InputPath {
                path: argument.clone(),
                name,
                is_from_folder: false,
                is_special: false,
            });
        } else {
            pattern(&name, &mut inputs)?;
        }
    }
    Ok(inputs)
}

fn pattern(pattern: &str, inputs: &mut Vec<InputPath>) -> Result<(), InputError> {
    let paths = glob::glob(pattern)
        .map_err(|error| InputError::Pattern { pattern: pattern.to_owned(), error })?;
    let mut found = Vec::new();
    for path in paths {
        found.push(path.map_err(|error| {
            InputError::io(&error.path().to_string_lossy(), io::Error::other(error.to_string()))
        })?);
    }
    if found.is_empty() {
        return Err(InputError::NoMatch { pattern: pattern.to_owned() });
    }
    sort_by_bytes(&mut found);
    for path in found {
        if path.is_dir() {
            folder(&path, inputs)?;
        } else {
            let name = path.to_string_lossy().into_owned();
            inputs.push(InputPath { path, name, is_from_folder: false, is_special: false });
        }
    }
    Ok(())
}

fn folder(root: &Path, inputs: &mut Vec<InputPath>) -> Result<(), InputError> {
    let mut found = Vec::new();
    let mut special = HashSet::new();
    let mut waiting = vec![root.to_owned()];
    // By its real path each folder is read once, so that links that lead back do no harm.
    let mut seen = HashSet::new();
    while let Some(dir) = waiting.pop() {
        let error = |error| InputError::io(&dir.to_string_lossy(), error);
        if !seen.insert(dir.canonicalize().map_err(error)?) {
            continue;
        }
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(&dir).map_err(error)? {
            paths.push(entry.map_err(error)?.path());
        }
        // A folder with two names is always read under the same one.
        sort_by_bytes(&mut paths);
        for path in paths.into_iter().rev() {
            let failed = |error| InputError::io(&path.to_string_lossy(), error);
            let meta = std::fs::metadata(&path).map_err(failed)?;
            if meta.is_dir() {
                waiting.push(path);
                continue;
            }
            if !meta.is_file() {
                special.insert(path.clone());
            }
            found.push(path);
        }
    }
    sort_by_bytes(&mut found);
    inputs.extend(found.into_iter().map(|path| {
        let name = path.to_string_lossy().into_owned();
        let is_special = special.contains(&path);
        InputPath { path, name, is_from_folder: true, is_special }
    }));
    Ok(())
}

fn sort_by_bytes(paths: &mut [PathBuf]) {
    paths.sort_by(|left, right| {
        left.as_os_str().as_encoded_bytes().cmp(right.as_os_str().as_encoded_bytes())
    });
}

/// The UTF-8 byte order mark.
pub const UTF8_BOM: &[u8] = b"\xef\xbb\xbf";

/// Bytes looked at to tell what a file is.
const SNIFF_BYTES: usize = 4096;

/// Tells what a stream holds from its first bytes, which are given back with it.
pub fn sniff(stream: &mut dyn Read) -> io::Result<(Sniffed, Vec<u8>)> {
    let mut head = vec![0; SNIFF_BYTES];
    let mut have = 0;
    while have < head.len() {
        match stream.read(&mut head[have..]) {
            Ok(0) => break,
            Ok(count) => have += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    head.truncate(have);
    Ok((kind_of(&head), head))
}

fn kind_of(head: &[u8]) -> Sniffed {
    if head.is_empty() {
        return Sniffed::Empty;
    }
    let text = head.strip_prefix(UTF8_BOM).unwrap_or(head);
    // The reader of X12 passes over zeros and Ctrl-Z as over blanks.
    let filler = text.iter().take_while(|byte| **byte <= b' ').count();
    let start = &text[filler..];
    if start.starts_with(b"ISA") && start.get(3).is_some_and(|byte| !byte.is_ascii_alphanumeric()) {
        return Sniffed::X12;
    }
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return Sniffed::Utf16;
    }
    if start.is_empty() {
        return if head.len() < SNIFF_BYTES { Sniffed::Empty } else { Sniffed::Binary };
    }
    let mut nuls = [0; 2];
    for (at, byte) in head.iter().enumerate() {
        nuls[at % 2] += usize::from(*byte == 0);
    }
    let [most, least] = [nuls[0].max(nuls[1]), nuls[0].min(nuls[1])];
    if most == 0 {
        return Sniffed::Text;
    }
    // Of a letter of ours, one byte of the two is zero, and always the same one.
    if most > head.len() / 4 && least <= most / 10 {
        return Sniffed::Utf16;
    }
    if has_text_line(text) { Sniffed::Text } else { Sniffed::Binary }
}

/// Whether the first line is one of text alone: then zeros further down are damage in a row, which
/// the reader of the rows says, wherever they stand.
fn has_text_line(text: &[u8]) -> bool {
    let blank = text.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let mut line = text[blank..].split_inclusive(|byte| *byte == b'\n');
    let line = line.next().filter(|line| line.ends_with(b"\n")).unwrap_or_default();
    let is_text = |byte: &u8| matches!(byte, b'\t' | b'\r' | b'\n' | b' '..=b'~' | 0xa0..);
    !line.is_empty() && line.iter().all(is_text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_tells_the_kind() {
        assert_eq!(kind_of(b"ISA*00*"), Sniffed::X12);
        assert_eq!(kind_of(b"\xef\xbb\xbf\r\n ISA|"), Sniffed::X12);
        assert_eq!(kind_of(b"ISAAC,claim_id\n"), Sniffed::Text);
        assert_eq!(kind_of(b"claim_id,line_number\n"), Sniffed::Text);
        assert_eq!(kind_of(b""), Sniffed::Empty);
        assert_eq!(kind_of(b"\n\n"), Sniffed::Empty);
        assert_eq!(kind_of(b"\xff\xfec\0l\0"), Sniffed::Utf16);
        assert_eq!(kind_of(b"c\0l\0a\0i\0m\0"), Sniffed::Utf16);
        assert_eq!(kind_of(b"\0c\0l\0a\0i\0m"), Sniffed::Utf16);
        assert_eq!(kind_of(b"PK\x03\x04abc\0abcdefghijkl"), Sniffed::Binary);
        assert_eq!(kind_of(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Sniffed::Binary);
    }

    #[test]
    fn zeros_are_the_same_wherever_they_stand() {
        assert_eq!(kind_of(b"\0\0ISA*00*"), Sniffed::X12);
        assert_eq!(kind_of(b"\x1a\r\nISA*00*"), Sniffed::X12);
        let rows = b"A1,1,M\0,2\n".repeat(1000);
        for from in [0, 3000] {
            let mut text = [b"claim_id,line_number\n".to_vec(), b"A1,1\n".repeat(from)].concat();
            text.extend(&rows);
            assert_eq!(kind_of(&text[..SNIFF_BYTES]), Sniffed::Text);
        }
        assert_eq!(kind_of(b"claim_id\0,line_number\nA1,1\n"), Sniffed::Binary);
        assert_eq!(kind_of(b"claim_id,units\n\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), Sniffed::Text);
    }

    #[test]
    fn folders_come_in_byte_order() {
        let dir = tempfile::tempdir().expect("a folder");
        for name in ["b.csv", "B.csv", "a/z.csv"] {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            std::fs::write(path, "x").expect("written");
        }
        let found = expand(&[dir.path().to_owned()]).expect("expanded");
        let names: Vec<_> = found
            .iter()
            .map(|input| input.path.strip_prefix(dir.path()).expect("inside").to_owned())
            .collect();
        assert_eq!(names, [Path::new("B.csv"), Path::new("a/z.csv"), Path::new("b.csv")]);
    }
}
