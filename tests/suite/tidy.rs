//! The house rules that no compiler knows: who may import whom, and how long things may be.

use std::path::{Path, PathBuf};

use crate::support::repository;

/// Each room, and the rooms (or the one thing of a room) that it may name. A room names only rooms
/// that stand above it in the list, so that there is no circle.
const ROOMS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("source", &[]),
    ("spill", &[]),
    ("x12", &["model::text", "source"]),
    ("policy", &["model"]),
    ("tables", &["model", "source"]),
    ("evidence", &["model"]),
    ("normalize", &["model", "policy", "source", "x12"]),
    ("remittance", &["model", "source", "x12"]),
    ("inspect", &["model", "normalize", "policy", "source", "tables", "x12"]),
    ("join", &["evidence", "model", "policy", "tables"]),
    ("table_check", &["join", "model", "policy", "tables"]),
    ("upcoming", &["join", "model", "policy", "tables"]),
    ("rules", &["evidence", "join", "model", "policy", "tables"]),
    ("finding", &["evidence", "model", "rules::Rule"]),
    ("store", &["model", "normalize"]),
    (
        "outcome",
        &[
            "finding",
            "model",
            "normalize::Tally",
            "rules::Rule",
            "rules::RuleSet",
            "spill",
            "store",
        ],
    ),
    ("deidentify", &["evidence", "finding", "model", "outcome", "source::hash", "store", "tables"]),
    ("queue", &["finding", "model", "normalize::RecordKey", "outcome", "policy", "store"]),
    (
        "audit",
        &[
            "finding",
            "join",
            "model",
            "normalize::RecordKey",
            "outcome",
            "policy",
            "rules",
            "source::whole",
            "store",
            "tables",
        ],
    ),
    ("earlier", &["model", "source"]),
    ("verify", &["earlier", "source"]),
    ("changes", &["earlier", "finding", "model", "outcome", "store"]),
    (
        "report",
        &[
            "audit",
            "changes",
            "earlier",
            "evidence",
            "finding",
            "inspect",
            "model",
            "outcome",
            "policy::Policy",
            "queue",
            "rules",
            "source::hash",
            "spill",
            "store",
            "table_check",
            "upcoming",
            "verify",
        ],
    ),
    (
        "acks",
        &[
            "finding",
            "model",
            "normalize",
            "outcome",
            "policy",
            "rules::Check",
            "source",
            "store",
            "x12",
        ],
    ),
    ("split", &["model", "normalize", "outcome", "source", "store", "x12"]),
    (
        "pipeline",
        &[
            "finding",
            "join",
            "model",
            "normalize",
            "outcome",
            "policy",
            "rules",
            "source",
            "spill",
            "store",
            "tables",
            "x12",
        ],
    ),
    (
        "ledger",
        &["model", "normalize::RecordKey", "outcome", "remittance", "source::hash", "store"],
    ),
    ("synthetic", &["model"]),
    (
        "cli",
        &[
            "acks",
            "audit",
            "changes",
            "earlier",
            "deidentify",
            "inspect",
            "join::Context",
            "ledger",
            "model",
            "normalize",
            "outcome",
            "pipeline",
            "policy",
            "queue",
            "remittance",
            "report",
            "rules",
            "source",
            "spill",
            "split",
            "store",
            "synthetic",
            "table_check",
            "tables",
            "upcoming",
            "verify",
            "x12",
        ],
    ),
];

const MAX_WIDTH: usize = 100;
const MAX_FILE_LINES: usize = 500;
const MAX_FUNCTION_LINES: usize = 70;
/// What stands in no line outside of tests; only `cli` prints.
const FORBIDDEN: [&str; 4] = ["todo!", "dbg!", ".unwrap()", "unimplemented!"];
const PRINTING: [&str; 4] = ["print!(", "println!(", "eprint!(", "eprintln!("];

/// One source file: its path from the root of the repository, and its text.
struct File {
    path: String,
    text: String,
}

impl File {
    /// The top-level name under `src`; nothing for `main.rs`, `lib.rs` and files outside.
    fn room(&self) -> Option<&str> {
        let room = self.path.strip_prefix("src/")?.split('/').next()?;
        let room = room.strip_suffix(".rs").unwrap_or(room);
        (room != "lib" && room != "main").then_some(room)
    }

    /// Lines of code with their numbers, comments and unit tests left out.
    fn code(&self) -> Vec<(usize, &str)> {
        let is_test = ["tests.rs", "samples.rs"].iter().any(|end| self.path.ends_with(end))
            || !self.path.starts_with("src/");
        let lines = self.text.lines().enumerate().map(|(index, line)| (index + 1, line));
        // A module of tests is the last thing in its file.
        let own = lines.take_while(|(_, line)| !is_test && *line != "mod tests {");
        own.filter(|(_, line)| !line.trim_start().starts_with("//")).collect()
    }

    fn at(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {what}", self.path)
    }
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

fn files() -> Vec<File> {
    let mut paths = Vec::new();
    for folder in ["src", "tests", "benches"] {
        rust_files(&repository().join(folder), &mut paths);
    }
    paths.sort();
    let read = |path: PathBuf| {
        let inside = path.strip_prefix(repository()).expect("it was found in there");
        let text = std::fs::read_to_string(&path).expect("a source file is UTF-8");
        File { path: inside.display().to_string(), text }
    };
    paths.into_iter().map(read).collect()
}

/// Runs the check over all files, and fails with all that it says.
fn assert_all(check: impl Fn(&File) -> Vec<String>) {
    let texts: Vec<String> = files().iter().flat_map(check).collect();
    assert!(texts.is_empty(), "{} places:\n{}", texts.len(), texts.join("\n"));
}

/// The paths that a line of code names, the room first.
fn paths_named(line: &str) -> impl Iterator<Item = &str> {
    line.split("crate::").skip(1).map(|rest| {
        let end =
            rest.find(|letter: char| !letter.is_ascii_alphanumeric() && !"_:".contains(letter));
        &rest[..end.unwrap_or(rest.len())]
    })
}

/// Whether `path` is `allowed`, or something in it.
fn is_within(path: &str, allowed: &str) -> bool {
    path.strip_prefix(allowed).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn wrong_imports(file: &File) -> Vec<String> {
    let Some(room) = file.room() else { return Vec::new() };
    let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        return vec![file.at(1, &format!("the room {room} is not in the table of tidy.rs"))];
    };
    let mut texts = Vec::new();
    for (number, line) in file.code() {
        let own = |path: &str| is_within(path, room);
        for path in paths_named(line).filter(|path| !own(path)) {
            if !allowed.iter().any(|allowed| is_within(path, allowed)) {
                texts.push(file.at(number, &format!("{room} may not name {path:?}")));
            }
        }
        let opens_registry = line.contains("registry::") && room != "cli" && room != "rules";
        if opens_registry {
            texts.push(file.at(number, "only cli opens the registry"));
        }
    }
    texts
}

#[test]
fn a_room_names_only_rooms_below_it() {
    for (place, (room, allowed)) in ROOMS.iter().enumerate() {
        for name in *allowed {
            let known = ROOMS[..place].iter().any(|(above, _)| is_within(name, above));
            assert!(known, "{room} may name {name}, which does not stand above it");
        }
    }
    assert_all(wrong_imports);
}

#[test]
fn a_rule_names_no_other_rule_and_the_pipeline_none() {
    let is_id = |word: &str| {
        let id = word.len() == 4 && word.is_char_boundary(1);
        let is_number_type = matches!(word, "u128" | "i128");
        id && !is_number_type && word[1..].bytes().all(|byte| byte.is_ascii_digit())
    };
    assert_all(|file| {
        let in_group = file.path.starts_with("src/rules/") && file.path.matches('/').count() == 3;
        let looks = file.room() == Some("pipeline") || (in_group && !file.path.ends_with("mod.rs"));
        let code = file.code().into_iter().filter(|_| looks);
        let paths = code.filter(|(_, line)| {
            line.split("::")
                .any(|part| is_id(part.rsplit([' ', '(', '&', '{']).next().unwrap_or("")))
        });
        paths.map(|(number, _)| file.at(number, "names a rule")).collect()
    });
}

#[test]
fn only_cli_prints_and_nothing_is_left_half_done() {
    assert_all(|file| {
        let mut words = FORBIDDEN.to_vec();
        if file.room() != Some("cli") {
            words.extend(PRINTING);
        }
        let lines = file.code().into_iter();
        let bad = lines.filter(|(_, line)| words.iter().any(|word| line.contains(word)));
        bad.map(|(number, line)| file.at(number, line.trim())).collect()
    });
}

/// What opens a connection, or starts another program: SECURITY.md says that nothing does.
/// `alone.rs` looks at the crates that are built in, and at the program as it runs.
#[test]
fn nothing_opens_a_connection_or_starts_a_program() {
    const REACHES_OUT: [&str; 9] = [
        "std::net",
        "unix::net",
        "TcpStream",
        "TcpListener",
        "UdpSocket",
        "UnixStream",
        "process::Command",
        "Command::new(",
        "::exec(",
    ];
    // `clap::Command` is a command line.
    let is_clap = |line: &str| line.contains("clap::");
    assert_all(|file| {
        let own = file.code().into_iter().filter(|(_, line)| !is_clap(line));
        let bad = own.filter(|(_, line)| REACHES_OUT.iter().any(|word| line.contains(word)));
        bad.map(|(number, line)| file.at(number, line.trim())).collect()
    });
}

#[test]
fn files_begin_with_a_sentence_and_are_not_too_long_or_wide() {
    assert_all(|file| {
        let mut texts = Vec::new();
        if !file.text.starts_with("//! ") {
            texts.push(file.at(1, "does not begin with a sentence (`//! …`)"));
        }
        let lines = file.text.lines().count();
        if lines > MAX_FILE_LINES {
            texts.push(file.at(lines, &format!("{lines} lines, at most {MAX_FILE_LINES}")));
        }
        for (index, line) in file.text.lines().enumerate() {
            let width = line.chars().count();
            if width > MAX_WIDTH {
                texts.push(file.at(index + 1, &format!("{width} columns, at most {MAX_WIDTH}")));
            }
        }
        texts
    });
}

#[test]
fn functions_fit_on_a_page() {
    assert_all(|file| {
        let mut texts = Vec::new();
        let lines: Vec<&str> = file.text.lines().collect();
        for (start, line) in lines.iter().enumerate() {
            let indent = &line[..line.len() - line.trim_start().len()];
            let is_function = line.trim_start().split(' ').take(4).any(|word| word == "fn");
            if !is_function || line.ends_with(['}', ';']) || line.trim_start().starts_with("//") {
                continue;
            }
            let closing = format!("{indent}}}");
            let length = lines[start..].iter().position(|line| *line == closing).unwrap_or(0) + 1;
            if length > MAX_FUNCTION_LINES {
                texts.push(file.at(start + 1, &format!("a function of {length} lines")));
            }
        }
        texts
    });
}
