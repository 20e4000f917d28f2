//! The message of a fault, with what to do about it.

use crate::model::FileFault;

/// What the reader says of `fault`, the part at fault in front where it does not name it itself,
/// then `advice` (a sentence).
pub fn with_advice(fault: &FileFault, advice: &str) -> String {
    let said = fault.message.trim_end().trim_end_matches('.');
    if fault.part.is_empty() || said.contains(&fault.part) {
        return format!("{said}. {advice}");
    }
    format!("{}: {said}. {advice}", fault.part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FaultKind, Position};

    #[test]
    fn the_part_is_named_once() {
        let says = |part: &str, message: &str| {
            let fault = FileFault {
                kind: FaultKind::UnusableRow,
                file: 0,
                position: Position::Row(2),
                part: part.to_owned(),
                message: message.to_owned(),
            };
            with_advice(&fault, "Correct it.")
        };
        assert_eq!(says("SE01", "34, counted 31"), "SE01: 34, counted 31. Correct it.");
        assert_eq!(says("SE01", "SE01 is 34."), "SE01 is 34. Correct it.");
        assert_eq!(says("", "no IEA"), "no IEA. Correct it.");
    }
}
