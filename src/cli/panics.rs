//! What is said where the program itself is at fault (a panic): the place, and never the message,
//! which may hold a piece of a claim.

use super::exit::Exit;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::atomic::{AtomicBool, Ordering};

/// A panic says nothing now, because an error will.
static IS_EXPECTED: AtomicBool = AtomicBool::new(false);

/// Does `work`; a panic in it, on whatever thread, ends as a run that could not be done.
pub(super) fn guard(work: impl FnOnce() -> Exit) -> Exit {
    panic::set_hook(Box::new(say));
    // Nothing is used after a panic, and staged results are removed as the stack unwinds.
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or(Exit::NotDone)
}

/// Does `work` of a library that panics where it cannot write; that is an error then.
pub(super) fn as_error<T>(work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    IS_EXPECTED.store(true, Ordering::SeqCst);
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    IS_EXPECTED.store(false, Ordering::SeqCst);
    done.unwrap_or_else(|_| {
        let what = "it could not be written out: is the disk full? Free some space, or leave out \
                    this format";
        Err(io::Error::other(what))
    })
}

fn say(panic: &PanicHookInfo<'_>) {
    if IS_EXPECTED.load(Ordering::SeqCst) {
        return;
    }
    let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let version = env!("CARGO_PKG_VERSION");
    let _ = writeln!(
        io::stderr(),
        "peerclaims: a fault of the program itself, at {place} of version {version}: the run was \
         given up. What the fault says is not shown, because it could hold data of a member. \
         Please report the place and the command (SECURITY.md says where)."
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANARY: &str = "CANARY-JANE-DOE";

    #[test]
    fn a_panic_shows_its_place_and_nothing_of_the_claims() {
        // The hook is of the whole process, so the test runs itself again.
        let this = std::env::current_exe().expect("a test binary");
        let done = std::process::Command::new(this)
            .args(["--include-ignored", "--nocapture", "panics_with_data"])
            .env("PEERCLAIMS_TEST_PANIC", "1")
            .output()
            .expect("it runs");
        let said = [done.stdout, done.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(done.status.success(), "{said}");
        let faults = said.matches("peerclaims: a fault of the program itself, at src").count();
        assert_eq!(faults, 2, "{said}");
        assert!(said.contains("panics.rs:"), "{said}");
        assert!(!said.contains(CANARY), "{said}");
    }

    #[test]
    #[ignore = "run by a_panic_shows_its_place_and_nothing_of_the_claims"]
    fn panics_with_data() {
        if std::env::var_os("PEERCLAIMS_TEST_PANIC").is_none() {
            return;
        }
        let here = guard(|| panic!("not a date: {CANARY}"));
        let on_a_thread = guard(|| {
            let thread = std::thread::spawn(|| -> Exit { panic!("not a date: {CANARY}") });
            thread.join().unwrap_or_else(|panic| panic::resume_unwind(panic))
        });
        assert_eq!([here, on_a_thread], [Exit::NotDone; 2]);
        let expected = guard(|| {
            let said = as_error::<()>(|| panic!("no room: {CANARY}")).expect_err("an error");
            assert!(said.to_string().contains("is the disk full?"), "{said}");
            Exit::Clean
        });
        assert_eq!(expected, Exit::Clean, "and what comes after goes on");
    }
}
