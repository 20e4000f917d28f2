//! Standard error as what is said beside results: that nobody can be told changes nothing of what
//! was done, so writing to it never fails.

use std::io::{self, Write};

/// Standard error, or nowhere where it cannot be written to.
pub(super) struct Talk;

impl Write for Talk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = io::stderr().write_all(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let _ = io::stderr().flush();
        Ok(())
    }
}
