//! The envelope: interchanges hold groups, groups hold transaction sets; trailers repeat the
//! control number of their header and count what lies between. Checked over a whole file, block
//! after block.

use std::fmt;

/// What a control segment says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ControlSegment {
    /// `ISA`: control number (ISA13), and between whom it counts.
    Isa {
        /// ISA13.
        control: String,
        /// ISA05 and ISA06.
        sender: String,
        /// ISA07 and ISA08.
        receiver: String,
    },
    /// `IEA`: count of groups, control number.
    Iea {
        /// IEA01.
        count: String,
        /// IEA02.
        control: String,
    },
    /// `GS`: control number, date and version of the group.
    Gs {
        /// GS06.
        control: String,
        /// GS08.
        version: String,
    },
    /// `GE`: count of sets, control number.
    Ge {
        /// GE01.
        count: String,
        /// GE02.
        control: String,
    },
    /// `ST`: kind, control number and version of the transaction set.
    St {
        /// ST01.
        kind: String,
        /// ST02.
        control: String,
        /// ST03; may be blank.
        version: String,
    },
    /// `SE`: count of segments, control number.
    Se {
        /// SE01.
        count: String,
        /// SE02.
        control: String,
    },
}

/// Where a segment stands in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    /// Segment number, from 1.
    pub number: u64,
    /// Byte, from 0.
    pub byte: u64,
}

/// What is wrong with an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvelopeFault {
    /// A control number or count disagrees: which element, what it says, what is so.
    Mismatch {
        /// `SE01`, `GE02`, …
        element: &'static str,
        /// What the trailer says.
        stated: String,
        /// What was counted, or what the header says.
        actual: String,
    },
    /// A trailer without its header, or a set outside of a group.
    Stray {
        /// `SE`, `ST`, …
        segment: &'static str,
        /// What should stand before it.
        missing: &'static str,
    },
    /// A header without its trailer.
    NoTrailer {
        /// `SE`, `GE`, `IEA`
        trailer: &'static str,
        /// `ST`, `GS`, `ISA`
        header: &'static str,
        /// Control number of the header.
        control: String,
    },
}

impl fmt::Display for EnvelopeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EnvelopeFault::Mismatch { element, stated, actual } => {
                let (stated, actual) = (shown(stated), shown(actual));
                write!(f, "{element} says {stated} where {actual} is right")
            }
            EnvelopeFault::Stray { segment, missing } => {
                write!(f, "{segment} without {missing} before it")
            }
            EnvelopeFault::NoTrailer { trailer, header, control } => {
                write!(
                    f,
                    "{trailer} is missing after {header} {}: the file may be cut short, and what \
                     followed is left out",
                    shown(control)
                )
            }
        }
    }
}

/// A control number, count or version as a message shows it: digits, or a version's
/// (`005010X222A1`). Damage may have put anything else there, a member's name or id too.
pub fn shown(text: &str) -> String {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let is_version = |rest: &str| {
        let of_version = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'X' | b'A' | b'E');
        digits == 6 && rest.starts_with('X') && rest.bytes().all(of_version)
    };
    let rest = &text[digits..];
    if text.len() <= 12 && (rest.is_empty() || is_version(rest)) {
        format!("{text:?}")
    } else {
        format!("a text of {} bytes", text.len())
    }
}

impl EnvelopeFault {
    /// The segment or element at fault.
    pub fn part(&self) -> &'static str {
        match self {
            EnvelopeFault::Mismatch { element, .. } => element,
            EnvelopeFault::Stray { segment, .. } => segment,
            EnvelopeFault::NoTrailer { trailer, .. } => trailer,
        }
    }
}

/// Follows the control segments of one file.
#[derive(Default)]
pub struct EnvelopeCheck {
    interchange: Option<Open>,
    group: Option<Open>,
    set: Option<Open>,
    group_version: String,
    /// Interchanges, groups and sets so far.
    pub totals: (u64, u64, u64),
}

struct Open {
    control: String,
    /// Segment number of the header.
    number: u64,
    /// Groups or sets in it so far.
    inner: u64,
}

impl EnvelopeCheck {
    /// The version (GS08) of the group that is open.
    pub fn group_version(&self) -> &str {
        &self.group_version
    }

    /// Takes the next control segment; faults go to `report`.
    pub fn next(
        &mut self,
        segment: &ControlSegment,
        at: At,
        report: &mut dyn FnMut(EnvelopeFault, At),
    ) {
        match segment {
            ControlSegment::Isa { control, .. } => {
                self.close_interchange(at, report);
                self.totals.0 += 1;
                self.interchange = Some(Open::new(control, at));
            }
            ControlSegment::Gs { control, version } => {
                self.close_group(at, report);
                self.totals.1 += 1;
                match &mut self.interchange {
                    Some(interchange) => interchange.inner += 1,
                    None => report(EnvelopeFault::Stray { segment: "GS", missing: "ISA" }, at),
                }
                self.group = Some(Open::new(control, at));
                self.group_version.clone_from(version);
            }
            ControlSegment::St { control, .. } => {
                self.close_set(at, report);
                self.totals.2 += 1;
                match &mut self.group {
                    Some(group) => group.inner += 1,
                    None => report(EnvelopeFault::Stray { segment: "ST", missing: "GS" }, at),
                }
                self.set = Some(Open::new(control, at));
            }
            ControlSegment::Se { count, control } => match self.set.take() {
                Some(set) => {
                    let segments = at.number - set.number + 1;
                    compare(["SE01", "SE02"], (count, segments), (control, &set), at, report);
                }
                None => report(EnvelopeFault::Stray { segment: "SE", missing: "ST" }, at),
            },
            ControlSegment::Ge { count, control } => {
                self.close_set(at, report);
                match self.group.take() {
                    Some(group) => {
                        let sets = group.inner;
                        compare(["GE01", "GE02"], (count, sets), (control, &group), at, report);
                    }
                    None => report(EnvelopeFault::Stray { segment: "GE", missing: "GS" }, at),
                }
                self.group_version.clear();
            }
            ControlSegment::Iea { count, control } => {
                self.close_group(at, report);
                match self.interchange.take() {
                    Some(open) => {
                        let groups = open.inner;
                        compare(["IEA01", "IEA02"], (count, groups), (control, &open), at, report);
                    }
                    None => report(EnvelopeFault::Stray { segment: "IEA", missing: "ISA" }, at),
                }
            }
        }
    }

    /// The file ends at `at`.
    pub fn end(&mut self, at: At, report: &mut dyn FnMut(EnvelopeFault, At)) {
        self.close_interchange(at, report);
    }

    /// Whether an interchange, group or set is open.
    pub fn is_inside(&self) -> bool {
        self.interchange.is_some() || self.group.is_some() || self.set.is_some()
    }

    fn close_interchange(&mut self, at: At, report: &mut dyn FnMut(EnvelopeFault, At)) {
        self.close_group(at, report);
        no_trailer(self.interchange.take(), ("ISA", "IEA"), at, report);
    }

    fn close_group(&mut self, at: At, report: &mut dyn FnMut(EnvelopeFault, At)) {
        self.close_set(at, report);
        no_trailer(self.group.take(), ("GS", "GE"), at, report);
        self.group_version.clear();
    }

    fn close_set(&mut self, at: At, report: &mut dyn FnMut(EnvelopeFault, At)) {
        no_trailer(self.set.take(), ("ST", "SE"), at, report);
    }
}

impl Open {
    fn new(control: &str, at: At) -> Open {
        Open { control: control.to_owned(), number: at.number, inner: 0 }
    }
}

fn no_trailer(
    open: Option<Open>,
    (header, trailer): (&'static str, &'static str),
    at: At,
    report: &mut dyn FnMut(EnvelopeFault, At),
) {
    if let Some(open) = open {
        report(EnvelopeFault::NoTrailer { trailer, header, control: open.control }, at);
    }
}

fn compare(
    [count_element, control_element]: [&'static str; 2],
    (stated_count, counted): (&str, u64),
    (stated_control, open): (&str, &Open),
    at: At,
    report: &mut dyn FnMut(EnvelopeFault, At),
) {
    if stated_count.parse::<u64>() != Ok(counted) {
        let (stated, actual) = (stated_count.to_owned(), counted.to_string());
        report(EnvelopeFault::Mismatch { element: count_element, stated, actual }, at);
    }
    if stated_control != open.control {
        let (stated, actual) = (stated_control.to_owned(), open.control.clone());
        report(EnvelopeFault::Mismatch { element: control_element, stated, actual }, at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(segments: &[(ControlSegment, u64)]) -> Vec<String> {
        let mut check = EnvelopeCheck::default();
        let mut faults = Vec::new();
        let mut report =
            |fault: EnvelopeFault, at: At| faults.push(format!("{} {fault}", at.number));
        for (segment, number) in segments {
            check.next(segment, At { number: *number, byte: 0 }, &mut report);
        }
        check.end(At { number: 99, byte: 0 }, &mut report);
        faults
    }

    fn text(value: &str) -> String {
        value.to_owned()
    }

    #[test]
    fn a_right_envelope_has_no_fault() {
        use ControlSegment::{Ge, Gs, Iea, Isa, Se, St};
        let faults = run(&[
            (Isa { control: text("1"), sender: text("S"), receiver: text("R") }, 1),
            (Gs { control: text("2"), version: text("005010X222A1") }, 2),
            (St { kind: text("837"), control: text("3"), version: text("") }, 3),
            (Se { count: text("3"), control: text("3") }, 5),
            (Ge { count: text("1"), control: text("2") }, 6),
            (Iea { count: text("1"), control: text("1") }, 7),
        ]);
        assert_eq!(faults, Vec::<String>::new());
    }

    #[test]
    fn nothing_but_numbers_and_versions_is_shown() {
        for text in ["", "0", "000000001", "005010X222A1", "004010X098", "123456789012"] {
            assert_eq!(shown(text), format!("{text:?}"));
        }
        for text in ["SMITH", "MSM000777", "M1", "1M", "1234567890123", "005010X222DOE", "00501X2"]
        {
            assert_eq!(shown(text), format!("a text of {} bytes", text.len()));
        }
    }

    #[test]
    fn what_disagrees_or_misses_is_said() {
        use ControlSegment::{Iea, Isa, Se, St};
        let faults = run(&[
            (Isa { control: text("1"), sender: text("S"), receiver: text("R") }, 1),
            (St { kind: text("837"), control: text("3"), version: text("") }, 2),
            (Se { count: text("9"), control: text("4") }, 4),
            (St { kind: text("837"), control: text("5"), version: text("") }, 5),
            (Iea { count: text("1"), control: text("1") }, 7),
        ]);
        assert_eq!(faults.len(), 6, "{faults:#?}");
        assert!(faults.iter().any(|fault| fault.contains("SE01 says \"9\" where \"3\"")));
        assert!(faults.iter().any(|fault| fault.starts_with("7 SE is missing after ST \"5\"")));
    }
}
