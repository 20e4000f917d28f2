//! How far a run is: a bar on a terminal, or lines of JSON, from the counters of the run.

use super::args::{CommonArgs, ProgressArg};
use super::talk::Talk;
use super::width;
use crate::pipeline::Progress;
use indicatif::{BinaryBytes, HumanDuration, ProgressBar, ProgressStyle};
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

/// Does `work`, the first of a run; shows bytes read of `total_bytes` (0: unknown), then stages.
pub fn during<T>(progress: &Progress, total_bytes: u64, show: Show, work: impl FnOnce() -> T) -> T {
    progress.total_bytes.store(total_bytes, Ordering::Relaxed);
    shown(progress, show, 0, work)
}

/// Does `work` that comes later in the same run, and shows its stages.
pub fn later<T>(progress: &Progress, show: Show, work: impl FnOnce() -> T) -> T {
    let said = stages(progress).len();
    shown(progress, show, said, work)
}

/// Says that the run is done.
pub fn done(progress: &Progress, show: Show) {
    if show == Show::Json {
        say(&state(progress, "done"));
    }
}

/// `said` stages are told already.
fn shown<T>(progress: &Progress, show: Show, said: usize, work: impl FnOnce() -> T) -> T {
    match show {
        Show::Json => beside(|is_done| report(progress, said, is_done), work),
        Show::Bar => with_bar(|bar| frame(progress, bar), work),
        Show::Nothing => work(),
    }
}

/// Does `work`, with a bar of service lines written out of `total`.
pub fn lines<T>(written: &AtomicU64, total: u64, show: Show, work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let frame = |bar: &ProgressBar| {
        let position = written.load(Ordering::Relaxed);
        measured(bar, "writing", "{human_pos}/{human_len} service lines {msg}", total);
        bar.set_position(position);
        bar.set_message(rest(position, total, begun.elapsed()));
    };
    if show == Show::Bar { with_bar(frame, work) } else { work() }
}

/// How the bar looks now: bytes while claims are read, then the stage.
fn frame(progress: &Progress, bar: &ProgressBar) {
    let (bytes, total) = bytes(progress);
    let elapsed = progress.begun.elapsed();
    let rate = |bytes: u64| BinaryBytes((bytes as f64 / elapsed.as_secs_f64().max(0.1)) as u64);
    match progress.running().unwrap_or("begin") {
        Progress::READ if bytes < total => {
            measured(bar, "reading", "{bytes}/{total_bytes} {msg}", total);
            bar.set_position(bytes);
            bar.set_message(format!("{}/s {}", rate(bytes), rest(bytes, total, elapsed)));
        }
        Progress::READ if total == 0 => {
            unmeasured(bar);
            bar.set_message(format!("reading {}, {}/s", BinaryBytes(bytes), rate(bytes)));
        }
        stage => {
            unmeasured(bar);
            bar.set_message(format!("{stage}, {} s since the begin", elapsed.as_secs()));
        }
    }
}

/// Lines narrower than this have no room for a bar beside its numbers: it would not stay on one.
const MIN_BAR_WIDTH: usize = 78;

fn measured(bar: &ProgressBar, what: &str, numbers: &str, total: u64) {
    if bar.length() != Some(total) {
        bar.set_length(total);
        let is_wide = width::of_terminal(false).is_none_or(|width| width >= MIN_BAR_WIDTH);
        match is_wide {
            true => style(bar, &format!("{what} {{wide_bar}} {numbers}")),
            false => style(bar, &format!("{what} {{percent}} % {{wide_msg}}")),
        }
    }
}

fn unmeasured(bar: &ProgressBar) {
    if bar.length().is_some() || bar.position() == 0 {
        bar.unset_length();
        style(bar, "{spinner} {wide_msg}");
    }
    bar.set_position(1);
    bar.tick();
}

fn style(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
}

/// The time that is left at this pace; nothing while there is no pace.
fn rest(position: u64, total: u64, elapsed: Duration) -> String {
    if position == 0 || position >= total {
        return String::new();
    }
    let left = elapsed.as_secs_f64() * (total - position) as f64 / position as f64;
    format!("{} left", HumanDuration(Duration::from_secs_f64(left.max(1.0))))
}

fn with_bar<T>(frame: impl Fn(&ProgressBar) + Send, work: impl FnOnce() -> T) -> T {
    if !io::stderr().is_terminal() {
        return work();
    }
    beside(|is_done| draw(frame, is_done), work)
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

fn draw(frame: impl Fn(&ProgressBar), is_done: &AtomicBool) {
    thread::park_timeout(QUIET_START);
    if is_done.load(Ordering::Relaxed) {
        return;
    }
    let bar = ProgressBar::no_length();
    while !is_done.load(Ordering::Relaxed) {
        frame(&bar);
        thread::park_timeout(TICK);
    }
    bar.finish_and_clear();
}

/// A line now and then, and one for each stage that is over.
fn report(progress: &Progress, mut said: usize, is_done: &AtomicBool) {
    loop {
        thread::park_timeout(JSON_TICK);
        let is_over = is_done.load(Ordering::Relaxed);
        let stages = stages(progress);
        for (stage, time) in &stages[said..] {
            say(&json!({ "stage": stage, "is_over": true, "stage_seconds": seconds(*time) }));
        }
        said = stages.len();
        if is_over {
            return;
        }
        say(&state(progress, progress.running().unwrap_or("begin")));
    }
}

/// How far the run is, in this stage.
fn state(progress: &Progress, stage: &str) -> serde_json::Value {
    let (bytes, total) = bytes(progress);
    json!({
        "stage": stage,
        "bytes": bytes,
        "total_bytes": (total > 0).then_some(total),
        "seconds": seconds(progress.begun.elapsed()),
    })
}

/// Bytes read, and of how many. The header of a CSV is read before the blocks that are counted, so
/// at the end of reading the files were read whole.
fn bytes(progress: &Progress) -> (u64, u64) {
    let total = progress.total_bytes.load(Ordering::Relaxed);
    let is_read = stages(progress).iter().any(|(stage, _)| *stage == Progress::READ);
    let bytes = progress.bytes_read.load(Ordering::Relaxed);
    (if is_read { bytes.max(total) } else { bytes }, total)
}

fn stages(progress: &Progress) -> Vec<(&'static str, Duration)> {
    progress.stages.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn seconds(time: Duration) -> f64 {
    time.as_millis() as f64 / 1000.0
}

/// Whoever listens may have gone; the run goes on.
fn say(line: &serde_json::Value) {
    let _ = writeln!(Talk, "{line}");
}
