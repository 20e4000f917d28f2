//! Charts as inline SVG. Every chart says its numbers in words too, so that none is needed to see.

use super::markup::{Html, count};
use std::fmt::Write;

/// Width of every chart in its own units.
const WIDTH: f64 = 560.0;

/// One bar, of one or several parts.
pub(super) struct Bar {
    /// What it is.
    pub(super) label: String,
    /// Parts from the start, each with its class.
    pub(super) parts: Vec<(f64, &'static str)>,
    /// The value as text, at its end.
    pub(super) value: String,
    /// What a reader is told who points at it.
    pub(super) title: String,
}

impl Bar {
    fn sum(&self) -> f64 {
        self.parts.iter().map(|(value, _)| value).sum()
    }
}

/// Bars from left to right, one below the other.
pub(super) fn bars(html: &mut Html, caption: &str, bars: &[Bar]) {
    let longest =
        |text: fn(&Bar) -> &str| bars.iter().map(|bar| wide(text(bar))).fold(0.0, f64::max);
    let left = longest(|bar| &bar.label).max(60.0) + 10.0;
    let (row, right) = (22.0, longest(|bar| &bar.value) + 8.0);
    let most = bars.iter().map(Bar::sum).fold(0.0, f64::max).max(1e-9);
    let height = bars.len() as f64 * row + 6.0;
    open(html, caption, height);
    let mut svg = String::new();
    for (index, bar) in bars.iter().enumerate() {
        let y = index as f64 * row;
        text(&mut svg, left - 8.0, y + 15.0, "end", "", &bar.label);
        let mut x = left;
        for (value, class) in &bar.parts {
            let width = value / most * (WIDTH - left - right);
            rect(&mut svg, (x, y + 3.0, width, row - 7.0), class, &bar.title);
            x += width;
        }
        text(&mut svg, x + 5.0, y + 15.0, "start", "s", &bar.value);
    }
    close(html, &svg, bars);
}

/// About the width of a text: the widest of digits and small letters, times their number.
fn wide(text: &str) -> f64 {
    text.chars().count() as f64 * 7.4
}

/// A line across the columns, with its label: between columns `at` − 1 and `at`.
pub(super) struct Mark {
    /// Columns before it.
    pub(super) at: usize,
    /// What it is.
    pub(super) label: String,
}

/// Bars from the ground up, side by side.
pub(super) fn columns(html: &mut Html, caption: &str, bars: &[Bar], mark: Option<Mark>) {
    let (top, ground) = (24.0, 170.0);
    let most = bars.iter().map(Bar::sum).fold(0.0, f64::max).max(1e-9);
    let axis = [0.0, 0.5, 1.0].map(|share| {
        let value = most * share;
        (share, if most <= 1.0 { format!("{:.0} %", value * 100.0) } else { short(value) })
    });
    let left = axis.iter().map(|(_, text)| wide(text)).fold(34.0, f64::max) + 10.0;
    open(html, caption, ground + 26.0);
    let mut svg = String::new();
    let step = (WIDTH - left - 6.0) / bars.len().max(1) as f64;
    for (share, value) in &axis {
        let y = ground - share * (ground - top);
        line(&mut svg, (left, y, WIDTH, y), "x");
        text(&mut svg, left - 6.0, y + 4.0, "end", "s", value);
    }
    // Labels stand where they have room.
    let longest = bars.iter().map(|bar| bar.label.len()).max().unwrap_or(1) as f64;
    let every = ((longest * 7.0 + 10.0) / step).ceil().max(1.0) as usize;
    for (index, bar) in bars.iter().enumerate() {
        let x = left + index as f64 * step;
        let mut y = ground;
        for (value, class) in &bar.parts {
            let height = value / most * (ground - top);
            y -= height;
            rect(&mut svg, (x + step * 0.1, y, step * 0.8, height), class, &bar.title);
        }
        if index % every == 0 {
            text(&mut svg, x + step / 2.0, ground + 16.0, "middle", "s", &bar.label);
        }
    }
    if let Some(mark) = mark.filter(|mark| mark.at <= bars.len()) {
        let x = left + mark.at as f64 * step;
        line(&mut svg, (x, 8.0, x, ground), "m");
        let (anchor, x) = if x > WIDTH * 0.7 { ("end", x - 5.0) } else { ("start", x + 5.0) };
        text(&mut svg, x, 16.0, anchor, "", &mark.label);
    }
    close(html, &svg, bars);
}

fn open(html: &mut Html, caption: &str, height: f64) {
    html.raw("<figure><figcaption>").text(caption).raw("</figcaption>");
    html.raw(&format!("<svg viewBox=\"0 0 {WIDTH:.0} {height:.0}\" role=\"img\" aria-label=\""));
    html.text(caption).raw("\">");
}

/// The picture, and below it the same in numbers.
fn close(html: &mut Html, svg: &str, bars: &[Bar]) {
    html.raw(svg).raw("</svg><details><summary class=\"soft\">In numbers</summary>");
    for bar in bars {
        html.text(&bar.title).raw("<br>");
    }
    html.raw("</details></figure>\n");
}

fn rect(svg: &mut String, (x, y, width, height): (f64, f64, f64, f64), class: &str, title: &str) {
    if width <= 0.0 || height <= 0.0 {
        return;
    }
    // Writing to a String cannot fail.
    let _ = write!(
        svg,
        "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" \
         height=\"{height:.1}\"><title>{}</title></rect>",
        escaped(title)
    );
}

pub(super) fn line(svg: &mut String, (x1, y1, x2, y2): (f64, f64, f64, f64), class: &str) {
    let _ = write!(
        svg,
        "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>"
    );
}

pub(super) fn text(svg: &mut String, x: f64, y: f64, anchor: &str, class: &str, text: &str) {
    let text = escaped(text);
    let _ = write!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" class=\"{class}\">{text}</text>"
    );
}

fn escaped(text: &str) -> String {
    let mut html = Html::default();
    html.text(text);
    html.into_text()
}

/// `1,234`, or `12k`
fn short(value: f64) -> String {
    if value >= 100_000.0 {
        format!("{}k", count((value / 1000.0).round() as u64))
    } else if value >= 10.0 || value.fract() == 0.0 {
        count(value.round() as u64)
    } else {
        format!("{value:.1}")
    }
}
