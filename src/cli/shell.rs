//! Paths in commands that are shown to be typed or pasted: as a shell reads them.

use crate::report::plain;
use std::path::Path;

/// `path` as one word of a shell, in quotes only where it needs them, and never like an option.
pub(super) fn word(path: &Path) -> String {
    let text = path.display().to_string();
    let text = plain(&text);
    let dashed = if text.starts_with('-') { "./" } else { "" };
    let is_bare = |c: char| c.is_alphanumeric() || "_@%+=:,./-".contains(c);
    if !text.is_empty() && text.chars().all(is_bare) {
        return format!("{dashed}{text}");
    }
    format!("'{dashed}{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::word;
    use std::path::Path;

    #[test]
    fn a_path_is_quoted_where_a_shell_would_take_it_apart() {
        for (path, shown) in [
            ("work/of-2025,a", "work/of-2025,a"),
            ("Señora", "Señora"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("$HOME;x", "'$HOME;x'"),
            ("~x", "'~x'"),
            ("-x", "./-x"),
            ("-x y", "'./-x y'"),
            ("", "''"),
            ("a\u{1b}b", "'a?b'"),
        ] {
            assert_eq!(word(Path::new(path)), shown);
        }
    }
}
