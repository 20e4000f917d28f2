//! Small files that are read whole: policy, configuration, rates, a reviewed sample.

use super::opening;
use std::io::{self, Read};
use std::path::Path;

/// The most bytes of such a file: many times the largest that anybody writes.
pub const MOST_BYTES: u64 = 64 << 20;

/// All bytes of `path`. What does not end, or is far too large, is an error and not read.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    opening::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        let what = format!("it has more than {} MiB: is this the right file?", MOST_BYTES >> 20);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, what));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;

    #[test]
    fn files_are_read_and_devices_and_giants_are_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        std::fs::write(&path, b"text").expect("written");
        assert_eq!(read(&path).expect("read"), b"text");
        // A hole: it weighs nothing.
        let file = File::create(&path).expect("made");
        file.set_len(MOST_BYTES + 1).expect("a hole");
        assert!(read(&path).expect_err("too large").to_string().contains("64 MiB"));
        let said = read(Path::new("/dev/zero")).expect_err("a device").to_string();
        assert!(said.contains("is a device"), "{said}");
        assert_eq!(read(Path::new("/dev/null")).expect("nothing"), b"");
        assert!(read(&folder.path().join("nowhere")).is_err());
        assert!(read(folder.path()).is_err());
    }
}
