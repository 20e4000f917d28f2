//! Arguments to the library, its outcome to an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    peerclaims::cli::main().into()
}
