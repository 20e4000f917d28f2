//! What the tests share: the program run in a folder of its own, and what it wrote there.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::privacy::canaries;
use crate::{parquet, workbook};

/// A claim CSV's header with the columns that most tests need.
pub const HEADER: &str =
    "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n";

/// The root of the repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// How one run of the program ended, and what it said.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// A folder that is removed after the test, and the program run in it.
pub struct Place {
    folder: TempDir,
}

impl Place {
    pub fn new() -> Place {
        let folder = tempfile::Builder::new().prefix("peerclaims-").tempdir();
        Place { folder: folder.expect("the temporary folder is writable") }
    }

    /// A place with `claims.csv`: the rows below [`HEADER`].
    pub fn with_claims(rows: &str) -> Place {
        let place = Place::new();
        place.write("claims.csv", format!("{HEADER}{rows}"));
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, and the folders that it stands in.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        let parent = path.parent().expect("a file stands in a folder");
        std::fs::create_dir_all(parent).expect("the folder is writable");
        std::fs::write(path, content).expect("the folder is writable");
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name))
            .unwrap_or_else(|error| panic!("{name} was not written: {error}"))
    }

    pub fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).expect("the file is JSON")
    }

    /// The names in a folder of the place, sorted; none if it is not there.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.path(folder)) else { return Vec::new() };
        let name = |entry: std::fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
        let mut names: Vec<String> = entries.flatten().map(name).collect();
        names.sort();
        names
    }

    /// Runs the program in the folder; the words of `line` are its arguments.
    pub fn run(&self, line: &str) -> Ran {
        self.run_with_input(line, b"")
    }

    /// The same in a folder of the place.
    pub fn run_in(&self, folder: &str, line: &str) -> Ran {
        self.run_there(&self.path(folder), line, b"")
    }

    pub fn run_with_input(&self, line: &str, input: &[u8]) -> Ran {
        self.run_there(self.folder.path(), line, input)
    }

    fn run_there(&self, folder: &Path, line: &str, input: &[u8]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_peerclaims"));
        command.current_dir(folder).args(line.split_whitespace());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("it has an input");
        // It may end before it has read all.
        let _ = stdin.write_all(input);
        drop(stdin);
        let output = child.wait_with_output().expect("the program ends");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        // Whatever a test is about: what is said beside the results is never of a member.
        assert_eq!(canaries::within(&stderr), [""; 0], "{line}: {stderr}");
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        Ran { code: output.status.code(), stdout, stderr }
    }

    /// Rule ids in `findings.csv` of the output folder, in its order.
    pub fn rules_found(&self, out: &str) -> Vec<String> {
        let found = columns(&self.read(&format!("{out}/findings.csv")), &["rule"]);
        found.into_iter().map(|mut row| row.remove(0)).collect()
    }
}

/// The text of an output: of a workbook and a Parquet file what stands in it.
pub fn text_of(path: &Path) -> String {
    match path.extension().and_then(|end| end.to_str()) {
        Some("parquet") => parquet::text(path),
        Some("xlsx") => workbook::text(&std::fs::read(path).expect("an output")),
        _ => std::fs::read_to_string(path).expect("an output of text"),
    }
}

/// The named columns of a CSV text.
pub fn columns(text: &str, names: &[&str]) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let place = |name: &&str| {
        header.iter().position(|column| column == *name).unwrap_or_else(|| panic!("no {name}"))
    };
    let places: Vec<usize> = names.iter().map(place).collect();
    let records = reader.records().map(|record| record.expect("a whole row"));
    records.map(|record| places.iter().map(|place| record[*place].to_string()).collect()).collect()
}

/// That `said` is what the file `name` of the repository holds; with `UPDATE_WORDS=1` it is written
/// there.
pub fn assert_words(name: &str, said: &str) {
    let path = repository().join(name);
    if std::env::var_os("UPDATE_WORDS").is_some() {
        std::fs::write(&path, said).expect("the repository is writable");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let pairs = said.lines().zip(kept.lines()).enumerate();
    for (number, (now, before)) in pairs {
        assert_eq!(now, before, "{name}, line {}", number + 1);
    }
    assert_eq!(said.lines().count(), kept.lines().count(), "{name}: lines");
}
