//! Which transaction sets are read: the 835 of 005010X221. Its guide has no ST03, so ST01 names the
//! set and GS08 the version; one damaged byte of either must not lose a set.

/// The guide of the 835 that is read; its errata (`A1`) follow.
const OURS: &[u8] = b"005010X221";

/// Whether a version is ours.
pub fn is_ours(version: &[u8]) -> bool {
    differences(version) == 0
}

/// Whether a version names another guide, of whatever transaction set.
pub fn is_other(version: &[u8]) -> bool {
    has_form(version) && !is_ours(version)
}

/// Whether the set that ST01 (`kind`) and ST03 name, in a group of that version (GS08), is read.
pub fn is_read(kind: &[u8], version: &[u8], group: &[u8]) -> bool {
    let stated = if version.is_empty() { group } else { version };
    match kind {
        b"835" => !is_other_release(stated),
        _ => is_ours(version) || (is_ours(group) && !is_other(version)),
    }
}

/// Whether a version is of another release, and not ours with one byte damaged.
fn is_other_release(version: &[u8]) -> bool {
    has_form(version) && !version.starts_with(&OURS[..6]) && differences(version) > 1
}

fn differences(version: &[u8]) -> usize {
    if version.len() < OURS.len() {
        return OURS.len();
    }
    let pairs = version.iter().zip(OURS);
    pairs.filter(|(found, ours)| !found.eq_ignore_ascii_case(ours)).count()
}

/// Six digits, an `X`, three digits.
fn has_form(version: &[u8]) -> bool {
    let form = version.iter().take(OURS.len()).zip(OURS);
    version.len() >= OURS.len()
        && form.into_iter().all(|(found, ours)| {
            if ours.is_ascii_digit() { found.is_ascii_digit() } else { found == ours }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn st01_names_the_set_and_gs08_the_version() {
        assert!(is_read(b"835", b"", b"005010X221A1"));
        assert!(is_read(b"835", b"005010X221", b""));
        assert!(is_read(b"835", b"", b""), "no group: said by the envelope");
        assert!(!is_read(b"835", b"", b"004010X091A1"));
        assert!(!is_read(b"837", b"005010X222A1", b"005010X222A1"));
        assert!(!is_read(b"837", b"005010X222A1", b"005010X221A1"));
    }

    #[test]
    fn one_damaged_byte_does_not_lose_a_set() {
        for damaged in ["705010X221A1", "005010X227A1", "005010-221A1", "X", "00501X221A1"] {
            assert!(is_read(b"835", b"", damaged.as_bytes()), "{damaged}");
        }
        assert!(is_read(b"8X5", b"", b"005010X221A1"));
        assert!(is_read(b"837", b"", b"005010X221A1"));
        assert!(is_other(b"005010X222A1") && !is_other(b"X") && !is_other(b""));
    }
}
