//! Names of the files that are written for an input (`release/`, `hold/`, `acks/`): its own, made
//! safe and unique.

use std::collections::HashSet;

/// Endings of compressed files: what is written is plain.
const PACKED: [&str; 3] = [".gz", ".zst", ".zstd"];
/// Longer names lose their middle, in bytes.
const MAX_BYTES: usize = 100;

/// A name for each input, in their order.
#[derive(Default)]
pub struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// The name for what is written of the next input, given as the user named it.
    pub fn next(&mut self, input: &str) -> String {
        let safe = safe(input);
        let (stem, ending) = match safe.rfind('.') {
            Some(dot) if dot > 0 => safe.split_at(dot),
            _ => (safe.as_str(), ""),
        };
        // `_` sorts behind `.`: where the parts are read from their folder, input order is kept.
        let numbered = (2..).map(|number| format!("{stem}_{number}{ending}"));
        let mut names = std::iter::once(safe.clone()).chain(numbered);
        // Some file systems do not tell capitals apart.
        let name = names.find(|name| self.taken.insert(name.to_ascii_lowercase()));
        name.unwrap_or(safe)
    }
}

/// The last part of a path, without the ending of a packed file, of letters, digits, `.`, `-`, `_`.
fn safe(input: &str) -> String {
    let base = input.rsplit('/').find(|part| !part.is_empty()).unwrap_or_default();
    let is_packed = |ending: &&&str| base.to_ascii_lowercase().ends_with(**ending);
    let base = match PACKED.iter().find(is_packed) {
        Some(ending) => &base[..base.len() - ending.len()],
        None => base,
    };
    let is_safe = |letter: char| letter.is_ascii_alphanumeric() || ".-_".contains(letter);
    let mut name: String =
        base.chars().map(|letter| if is_safe(letter) { letter } else { '_' }).collect();
    if name.len() > MAX_BYTES {
        let end = name.split_off(name.len() - MAX_BYTES / 2);
        name.truncate(MAX_BYTES / 2 - 1);
        name = format!("{name}_{end}");
    }
    match name.strip_prefix('.') {
        Some(hidden) => format!("_{hidden}"),
        None if name.is_empty() => "claims".to_owned(),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_and_unique() {
        let mut names = Names::default();
        let inputs = [
            ("night/claims.837", "claims.837"),
            ("day/claims.837", "claims_2.837"),
            ("claims.837.gz", "claims_3.837"),
            ("Claims.837", "Claims_4.837"),
            ("claims_2.837", "claims_2_2.837"),
            ("a b\u{e9}\n.csv", "a_b__.csv"),
            ("..", "_."),
            (".hidden", "_hidden"),
            ("x/.gz", "claims"),
            ("night/", "night"),
            ("claims", "claims_2"),
        ];
        for (input, name) in inputs {
            assert_eq!(names.next(input), name, "{input:?}");
        }
    }

    #[test]
    fn long_names_keep_their_ends() {
        let name = safe(&format!("{}.837", "x".repeat(300)));
        assert_eq!(name.len(), MAX_BYTES);
        assert!(name.ends_with("x.837"));
    }
}
