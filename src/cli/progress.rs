//! The progress bar: on a terminal only, drawn from the counters of the run.

use crate::pipeline::Progress;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// Runs shorter than this show no bar.
const QUIET_START: Duration = Duration::from_millis(300);
const TICK: Duration = Duration::from_millis(100);

/// Does `work`, with a bar of bytes read out of `total_bytes` (0: unknown) on a terminal.
pub fn during<T>(
    progress: &Progress,
    total_bytes: u64,
    is_quiet: bool,
    work: impl FnOnce() -> T,
) -> T {
    let template = if total_bytes > 0 {
        "reading {bar:30} {bytes}/{total_bytes} {binary_bytes_per_sec} {eta}"
    } else {
        "reading {spinner} {bytes} {binary_bytes_per_sec}"
    };
    with_bar(&progress.bytes_read, total_bytes, template, is_quiet, work)
}

/// Does `work`, with a bar of service lines written out of `total`.
pub fn lines<T>(written: &AtomicU64, total: u64, is_quiet: bool, work: impl FnOnce() -> T) -> T {
    let template = "writing {bar:30} {human_pos}/{human_len} service lines {eta}";
    with_bar(written, total, template, is_quiet, work)
}

fn with_bar<T>(
    counter: &AtomicU64,
    total: u64,
    template: &str,
    is_quiet: bool,
    work: impl FnOnce() -> T,
) -> T {
    if is_quiet || !std::io::stderr().is_terminal() {
        return work();
    }
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        let drawer = scope.spawn(|| draw(counter, total, template, &is_done));
        let result = work();
        is_done.store(true, Ordering::Relaxed);
        drawer.thread().unpark();
        result
    })
}

fn draw(counter: &AtomicU64, total: u64, template: &str, is_done: &AtomicBool) {
    thread::park_timeout(QUIET_START);
    if is_done.load(Ordering::Relaxed) {
        return;
    }
    let bar = if total > 0 { ProgressBar::new(total) } else { ProgressBar::no_length() };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    while !is_done.load(Ordering::Relaxed) {
        bar.set_position(counter.load(Ordering::Relaxed));
        thread::park_timeout(TICK);
    }
    bar.finish_and_clear();
}
