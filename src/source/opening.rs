//! Opens what a command reads: files, and pipes that somebody writes to; never devices.

use std::fs::{File, Metadata};
use std::io::{self, IsTerminal};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::Duration;

/// How long a pipe waits for whoever is to write to it.
const PATIENCE: Duration = Duration::from_secs(60);

/// Opens `path`. A pipe to which nobody writes is an error after a minute, and holds nobody up for
/// ever; a device is one at once.
pub fn open(path: &Path) -> io::Result<File> {
    open_within(path, PATIENCE)
}

fn open_within(path: &Path, patience: Duration) -> io::Result<File> {
    let there = std::fs::metadata(path)?;
    refuse(&there)?;
    if !there.file_type().is_fifo() {
        return File::open(path);
    }
    // To open a pipe takes until somebody opens its other end, and nothing can cut that short:
    // where nobody comes, this thread is left behind, and goes with the process.
    let (sender, receiver) = channel();
    let owned = PathBuf::from(path);
    std::thread::spawn(move || {
        // Nobody may be waiting any more.
        let _ = sender.send(File::open(owned));
    });
    receiver.recv_timeout(patience).unwrap_or_else(|_| {
        let what = format!(
            "it is a pipe, and for {} s nobody has opened it to write: start the writer first",
            patience.as_secs()
        );
        Err(io::Error::new(io::ErrorKind::TimedOut, what))
    })
}

/// Standard input, if it is not a device that never ends.
pub fn standard_input() -> io::Result<io::Stdin> {
    let input = io::stdin();
    if !input.is_terminal() {
        // Looked at by its number: where there is no such name, there is nothing to say either.
        std::fs::metadata("/dev/fd/0").map_or(Ok(()), |there| refuse(&there))?;
    }
    Ok(input)
}

/// An error where `path`, which nobody named but which lies where a file is looked for, is none: a
/// pipe there would hold everything up.
pub fn refuse_all_but_files(path: &Path) -> io::Result<()> {
    let kind = std::fs::metadata(path)?.file_type();
    if kind.is_file() || kind.is_dir() {
        return Ok(());
    }
    let what = "it is no file but a pipe or a device, which is read only where it is named";
    Err(io::Error::new(io::ErrorKind::InvalidInput, what))
}

/// An error for a device: `/dev/zero` never ends. `/dev/null` is an empty file.
fn refuse(there: &Metadata) -> io::Result<()> {
    let kind = there.file_type();
    let is_null = || {
        std::fs::metadata("/dev/null").is_ok_and(|null| null.rdev() == there.rdev())
            && kind.is_char_device()
    };
    if (kind.is_char_device() || kind.is_block_device()) && !is_null() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a device, and no file"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    fn pipe(folder: &Path) -> PathBuf {
        let path = folder.join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&path).status().expect("mkfifo");
        assert!(made.success());
        path
    }

    #[test]
    fn a_pipe_waits_for_its_writer_and_not_for_ever() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = pipe(folder.path());
        let said = open_within(&path, Duration::from_millis(20)).expect_err("nobody writes");
        assert!(said.to_string().contains("nobody has opened it to write"), "{said}");
        // Another one: the thread that is left behind would take the writer of this.
        std::fs::remove_file(&path).expect("removed");
        let path = pipe(folder.path());
        let writer = std::thread::spawn({
            let path = path.clone();
            move || {
                std::thread::sleep(Duration::from_millis(30));
                let mut pipe = File::options().write(true).open(path).expect("a pipe");
                pipe.write_all(b"text").expect("a reader");
            }
        });
        let mut text = String::new();
        open(&path).expect("opened").read_to_string(&mut text).expect("read");
        assert_eq!(text, "text");
        writer.join().expect("written");
        assert!(refuse_all_but_files(&path).is_err());
    }

    #[test]
    fn devices_are_refused_but_for_the_empty_one() {
        for device in ["/dev/zero", "/dev/urandom"] {
            let said = open(Path::new(device)).expect_err("a device").to_string();
            assert!(said.contains("is a device"), "{said}");
            assert!(refuse_all_but_files(Path::new(device)).is_err());
        }
        assert!(open(Path::new("/dev/null")).is_ok());
        assert!(open(Path::new("/nowhere")).is_err());
    }
}
