//! The key: read from a file that nobody else can read, and never shown.

use crate::source::hash::hex;
use hmac::{Hmac, Mac};
use rustix::fs::{Mode, OFlags};
use sha2::Sha256;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// As many as the hash has: fewer can be tried out.
const MIN_KEY_BYTES: usize = 32;
/// More is some other file.
const MAX_KEY_BYTES: u64 = 4096;
/// A key with fewer different bytes was not drawn by chance.
const MIN_DIFFERENT_BYTES: usize = 8;
/// Of the hash's 32: enough that no two of all people ever meet.
const PSEUDONYM_BYTES: usize = 16;
/// What the name of a key is the hash of.
const NAME_OF_KEY: &[u8] = b"peerclaims: the name of this key";
/// Rights of group and others.
const OTHERS: u32 = 0o077;

/// Why a key cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// It cannot be opened or read.
    #[error("--deidentify {}: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// It would not keep a secret.
    #[error("--deidentify {}: {what}", path.display())]
    Unfit {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what to do.
        what: String,
    },
}

/// The key of a run. It has no `Debug`, and nothing prints it.
pub struct Key {
    mac: Hmac<Sha256>,
}

impl Key {
    /// Reads the key file: all its bytes but a line end behind them.
    pub fn read(path: &Path) -> Result<Key, KeyError> {
        let failed = |error| KeyError::Io { path: path.to_owned(), error };
        let unfit = |what: String| KeyError::Unfit { path: path.to_owned(), what };
        // NONBLOCK: a named pipe that nobody writes to would hold the run up.
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let opened = rustix::fs::open(path, flags, Mode::empty());
        let file: File = opened.map_err(|error| failed(error.into()))?.into();
        // Asked of what was opened, so that nobody puts another file there in between.
        let about = file.metadata().map_err(failed)?;
        if !about.is_file() {
            return Err(unfit("a key is a file: see docs/deidentify.md".to_owned()));
        }
        if about.mode() & OTHERS != 0 {
            return Err(unfit(format!(
                "others than its owner can use this key (mode {:04o}): make a new one, for this \
                 one may be known, and give it `chmod 600`",
                about.mode() & 0o7777
            )));
        }
        let mut bytes = Vec::new();
        file.take(MAX_KEY_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.ends_with(b"\n") {
            bytes.pop();
        }
        if bytes.ends_with(b"\r") {
            bytes.pop();
        }
        Key::of(&bytes).map_err(unfit)
    }

    /// The key of these bytes.
    fn of(bytes: &[u8]) -> Result<Key, String> {
        if bytes.len() as u64 > MAX_KEY_BYTES {
            return Err(format!("more than {MAX_KEY_BYTES} bytes: this is no key"));
        }
        let mut is_there = [false; 256];
        bytes.iter().for_each(|byte| is_there[usize::from(*byte)] = true);
        let different = is_there.iter().filter(|there| **there).count();
        // The same short piece again and again is as good as the piece.
        let repeats = |piece: usize| bytes[piece..] == bytes[..bytes.len() - piece];
        let is_repeated = (1..=bytes.len() / 2).take(MIN_KEY_BYTES - 1).any(repeats);
        if bytes.len() < MIN_KEY_BYTES || different < MIN_DIFFERENT_BYTES || is_repeated {
            return Err(format!(
                "a key has at least {MIN_KEY_BYTES} bytes drawn by chance; make one with \
                 `(umask 077; openssl rand -hex 32 > KEYFILE)`"
            ));
        }
        let mac = Hmac::new_from_slice(bytes).map_err(|error| error.to_string())?;
        Ok(Key { mac })
    }

    /// What stands in the place of `id`: `P`, so that no spreadsheet takes it for a number, and the
    /// first 16 bytes of HMAC-SHA-256(key, id) in hex.
    pub fn pseudonym(&self, id: &[u8]) -> String {
        format!("P{}", hex(&self.hash(id)[..PSEUDONYM_BYTES]))
    }

    /// Tells two keys apart, for the manifest; says nothing else of the key.
    pub fn name(&self) -> String {
        hex(&self.hash(NAME_OF_KEY)[..4])
    }

    fn hash(&self, bytes: &[u8]) -> [u8; 32] {
        let mut mac = self.mac.clone();
        mac.update(bytes);
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    const DRAWN: &[u8] = b"c0ffee6789abcdef0123456789abcd42";

    #[test]
    fn the_hash_is_that_of_rfc_4231() {
        // Its sixth and seventh keys are 131 bytes of 0xaa, too plain for `of`.
        let mac = Hmac::new_from_slice(&[0xaa; 131]).expect("a key");
        let key = Key { mac };
        let text = b"Test Using Larger Than Block-Size Key - Hash Key First";
        let expected = "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54";
        assert_eq!(hex(&key.hash(text)), expected);
        assert_eq!(key.pseudonym(text), format!("P{}", &expected[..32]));
    }

    #[test]
    fn what_is_no_secret_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        let read = |bytes: &[u8], mode: u32| {
            std::fs::write(&path, bytes).expect("a file");
            std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).expect("its mode");
            Key::read(&path).err().map(|error| error.to_string())
        };
        assert_eq!(read(DRAWN, 0o600), None);
        assert_eq!(read(DRAWN, 0o400), None);
        for mode in [0o640, 0o604, 0o620, 0o602, 0o601, 0o644] {
            let said = read(DRAWN, mode).expect("refused");
            assert!(said.contains("others than its owner") && said.contains("chmod 600"), "{said}");
        }
        for bytes in [
            &b""[..],
            b"short",
            &DRAWN[..31],
            &[7; 64],
            b"abcabcabcabcabcabcabcabcabcabcabc",
            b"0123456789abcdef0123456789abcdef",
            &b"correct horse ".repeat(5),
        ] {
            let said = read(bytes, 0o600).expect("refused");
            assert!(said.contains("at least 32 bytes"), "{said}");
            assert!(!said.contains("abcabc") && !said.contains("short"), "{said}");
        }
        let said = read(&DRAWN.repeat(200), 0o600).expect("refused");
        assert!(said.contains("more than 4096 bytes"), "{said}");
        let said = Key::read(folder.path()).err().expect("refused").to_string();
        assert!(said.contains("a key is a file"), "{said}");
        let said = Key::read(Path::new("/dev/zero")).err().expect("refused").to_string();
        assert!(said.contains("a key is a file"), "{said}");
    }

    #[test]
    fn a_line_end_is_no_part_of_the_key() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        let mut names = Vec::new();
        for end in ["", "\n", "\r\n"] {
            std::fs::write(&path, [DRAWN, end.as_bytes()].concat()).expect("a file");
            std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).expect("its mode");
            let key = Key::read(&path).expect("a key");
            names.push((key.name(), key.pseudonym(b"M1")));
        }
        assert!(names.iter().all(|name| *name == names[0]));
        let other = Key::of(b"fedcba98765432100123456789abcd42").expect("a key");
        assert!(other.name() != names[0].0 && other.pseudonym(b"M1") != names[0].1);
    }
}
