//! Which transaction sets are read: 837P by its implementation guide, which ST03 names, else GS08.

/// Versions of the 837P that are read, by the beginning of ST03 or GS08.
const VERSIONS: [&[u8]; 2] = [b"005010X222", b"005010X298"];

/// The other guides of the 837: institutional, professional and dental of 4010, institutional and
/// dental of 5010, and their post-adjudicated kin.
const OTHERS: [&[u8]; 7] = [
    b"004010X096",
    b"004010X097",
    b"004010X098",
    b"005010X223",
    b"005010X224",
    b"005010X299",
    b"005010X300",
];

/// Whether a transaction set is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// It is an 837P of a version that is read.
    Yes,
    /// It is something else.
    No,
    /// Its ST names no guide that there is: GS08 decides.
    ByGroup,
}

/// Whether `version` is one of an 837P that is read.
pub fn is_supported(version: &[u8]) -> bool {
    VERSIONS.iter().any(|known| starts_with(version, known))
}

/// What ST01 and ST03 say of a set.
pub fn reads(kind: &[u8], version: &[u8]) -> Reads {
    if is_supported(version) {
        return Reads::Yes;
    }
    let is_other_kind = kind.iter().all(u8::is_ascii_digit) && kind != b"837";
    let names_guide = OTHERS.iter().any(|guide| starts_with(version, guide));
    if is_other_kind || names_guide { Reads::No } else { Reads::ByGroup }
}

fn starts_with(text: &[u8], known: &[u8]) -> bool {
    text.len() >= known.len() && text[..known.len()].eq_ignore_ascii_case(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn st03_decides_and_without_it_the_group() {
        assert_eq!(reads(b"837", b"005010x222a1"), Reads::Yes);
        assert_eq!(reads(b"837", b"005010X298"), Reads::Yes);
        assert_eq!(reads(b"837", b"005010X223A2"), Reads::No);
        assert_eq!(reads(b"837", b"004010X098A1"), Reads::No);
        assert_eq!(reads(b"835", b"005010X221A1"), Reads::No);
        assert_eq!(reads(b"835", b""), Reads::No);
        assert_eq!(reads(b"837", b""), Reads::ByGroup);
    }

    #[test]
    fn one_damaged_byte_does_not_lose_a_set() {
        assert_eq!(reads(b"X37", b"005010X222A1"), Reads::Yes);
        assert_eq!(reads(b"837", b"005010Y222A1"), Reads::ByGroup);
        assert_eq!(reads(b"837", b"005010X922A1"), Reads::ByGroup);
        assert_eq!(reads(b"837", b"705010X222A1"), Reads::ByGroup);
    }
}
