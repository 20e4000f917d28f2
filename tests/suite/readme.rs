//! The console blocks of the README (and of docs/) are run, and must print what is pasted there.
//!
//! `UPDATE_README=1 cargo test --test suite readme` writes the real output into the pages instead.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Pages whose blocks are run, in this order; each block in a shell in a fresh copy of `fixtures`.
const PAGES: [&str; 8] = [
    "README.md",
    "docs/changes.md",
    "docs/configuration.md",
    "docs/first-day.md",
    "docs/ledger.md",
    "docs/remittances.md",
    "docs/split.md",
    "docs/verify.md",
];

struct Block {
    /// First line behind the opening fence.
    start: usize,
    /// Line of the closing fence.
    end: usize,
}

#[test]
fn pages_show_what_the_program_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_update = std::env::var_os("UPDATE_README").is_some();
    for page in PAGES {
        let text = std::fs::read_to_string(root.join(page)).expect("the page is there");
        let shown = run_blocks(root, &text);
        if is_update {
            std::fs::write(root.join(page), &shown).expect("the page can be written");
        } else if let Some((left, right)) = first_difference(&text, &shown) {
            panic!(
                "{page} shows other output than the program prints:\n shown: {left}\n \
                 real:  {right}\nrun UPDATE_README=1 cargo test --test suite readme, and read the \
                 change"
            );
        }
    }
}

fn first_difference(shown: &str, real: &str) -> Option<(String, String)> {
    let mut shown_lines = shown.lines();
    let mut real_lines = real.lines();
    loop {
        match (shown_lines.next(), real_lines.next()) {
            (None, None) => return None,
            (left, right) if left == right => {}
            (left, right) => {
                let text = |line: Option<&str>| line.unwrap_or("(nothing)").to_owned();
                return Some((text(left), text(right)));
            }
        }
    }
}

/// The page with the real output of its `console` blocks.
fn run_blocks(root: &Path, page: &str) -> String {
    let lines: Vec<&str> = page.lines().collect();
    let folder = tempfile::tempdir().expect("a folder");
    copy_fixtures(&root.join("fixtures"), &folder.path().join("fixtures"));
    let mut out = Vec::new();
    let mut next = 0;
    for block in blocks(&lines) {
        out.extend(lines[next..block.start].iter().map(|line| (*line).to_owned()));
        for line in &lines[block.start..block.end] {
            if let Some(command) = line.strip_prefix("$ ") {
                out.push((*line).to_owned());
                out.extend(run(command, folder.path()));
            }
        }
        next = block.end;
    }
    out.extend(lines[next..].iter().map(|line| (*line).to_owned()));
    out.join("\n") + "\n"
}

fn blocks(lines: &[&str]) -> Vec<Block> {
    let mut found = Vec::new();
    let mut start = None;
    for (number, line) in lines.iter().enumerate() {
        match start {
            None if *line == "```console" => start = Some(number + 1),
            Some(first) if *line == "```" => {
                found.push(Block { start: first, end: number });
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// What a command prints on both streams, line by line.
fn run(command: &str, folder: &Path) -> Vec<String> {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_peerclaims"));
    let bin = program.parent().expect("the program is in a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("sh")
        .args(["-c", &format!("{{ {command}\n}} 2>&1")])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", bin.display()))
        .env_remove("COLUMNS")
        .output()
        .expect("a shell");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().map(str::to_owned).collect()
}

fn copy_fixtures(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("fixtures") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy_fixtures(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("copied");
        }
    }
}

/// What `.ci/run` says is what the README shows of it.
#[test]
fn the_readme_shows_the_steps_of_the_test_command() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let script = std::fs::read_to_string(root.join(".ci/run")).expect("the script");
    let readme = std::fs::read_to_string(root.join("README.md")).expect("the README");
    let steps = script.lines().filter_map(|line| line.split("step \"").nth(1)?.split('"').next());
    let said: Vec<String> = steps.map(|step| format!("== {step}")).collect();
    let shown: Vec<&str> = readme.lines().filter(|line| line.starts_with("== ")).collect();
    assert_eq!(shown.last(), Some(&"== All well"));
    assert_eq!(shown[..shown.len() - 1], said);
}
