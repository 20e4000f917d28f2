//! How far a run is: a bar on a terminal, or lines of JSON, from the counters of the run.

use super::args::{CommonArgs, ProgressArg};
use crate::pipeline::Progress;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::io::{self, IsTerminal, Write};
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Runs shorter than this show no bar.
const QUIET_START: Duration = Duration::from_millis(300);
const TICK: Duration = Duration::from_millis(100);
/// Between two lines of JSON.
const JSON_TICK: Duration = Duration::from_millis(500);

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// A bar, where standard error is a terminal.
    Bar,
    /// A JSON object a line on standard error.
    Json,
    /// Not at all.
    Nothing,
}

impl Show {
    /// A bar, unless nothing is to be said.
    pub fn unless(is_quiet: bool) -> Show {
        if is_quiet { Show::Nothing } else { Show::Bar }
    }

    /// What was asked for: `--quiet` leaves out what nobody named.
    pub fn of(common: &CommonArgs) -> Show {
        match common.progress {
            ProgressArg::Auto => Show::unless(common.quiet),
            ProgressArg::Bar => Show::Bar,
            ProgressArg::Json => Show::Json,
            ProgressArg::None => Show::Nothing,
        }
    }
}

/// Does `work`, and shows bytes read out of `total_bytes` (0: unknown) meanwhile.
pub fn during<T>(progress: &Progress, total_bytes: u64, show: Show, work: impl FnOnce() -> T) -> T {
    if show == Show::Json {
        return beside(|is_done| report(progress, total_bytes, is_done), work);
    }
    let template = if total_bytes > 0 {
        "reading {bar:30} {bytes}/{total_bytes} {binary_bytes_per_sec} {eta}"
    } else {
        "reading {spinner} {bytes} {binary_bytes_per_sec}"
    };
    with_bar(&progress.bytes_read, total_bytes, template, show, work)
}

/// Does `work`, with a bar of service lines written out of `total`.
pub fn lines<T>(written: &AtomicU64, total: u64, show: Show, work: impl FnOnce() -> T) -> T {
    let template = "writing {bar:30} {human_pos}/{human_len} service lines {eta}";
    with_bar(written, total, template, show, work)
}

fn with_bar<T>(
    counter: &AtomicU64,
    total: u64,
    template: &str,
    show: Show,
    work: impl FnOnce() -> T,
) -> T {
    if show != Show::Bar || !io::stderr().is_terminal() {
        return work();
    }
    beside(|is_done| draw(counter, total, template, is_done), work)
}

/// Does `work` while another thread tells of it, until it is done.
fn beside<T>(tell: impl FnOnce(&AtomicBool) + Send, work: impl FnOnce() -> T) -> T {
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        let teller = scope.spawn(|| tell(&is_done));
        let result = work();
        is_done.store(true, Ordering::Relaxed);
        teller.thread().unpark();
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

/// A line now and then while claims are read, one for each stage that is over, one at the end.
fn report(progress: &Progress, total: u64, is_done: &AtomicBool) {
    let begin = Instant::now();
    let mut said = 0;
    loop {
        thread::park_timeout(JSON_TICK);
        let is_over = is_done.load(Ordering::Relaxed);
        let stages = progress.stages.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (stage, time) in &stages[said..] {
            say(&json!({ "stage": stage, "is_over": true, "stage_seconds": seconds(*time) }));
        }
        said = stages.len();
        say(&json!({
            "stage": if is_over { "done" } else { "running" },
            "bytes": progress.bytes_read.load(Ordering::Relaxed),
            "total_bytes": (total > 0).then_some(total),
            "seconds": seconds(begin.elapsed()),
        }));
        if is_over {
            return;
        }
    }
}

fn seconds(time: Duration) -> f64 {
    time.as_millis() as f64 / 1000.0
}

/// Whoever listens may have gone; the run goes on.
fn say(line: &serde_json::Value) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
