//! What the program is built from: the table of dependencies, their licences, where they come from,
//! and the bill of materials.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use toml::Table;

use crate::support::repository;

fn read(name: &str) -> String {
    std::fs::read_to_string(repository().join(name)).expect("it is in the repository")
}

fn table(name: &str) -> Table {
    read(name).parse().expect("TOML")
}

fn metadata() -> Value {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let told = Command::new(cargo)
        .args(["metadata", "--locked", "--offline", "--format-version", "1"])
        .current_dir(repository())
        .output()
        .expect("cargo starts");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    serde_json::from_slice(&told.stdout).expect("JSON")
}

/// The direct dependencies that Cargo.toml names.
fn direct() -> BTreeSet<String> {
    let manifest = table("Cargo.toml");
    let names = ["dependencies", "dev-dependencies"].map(|section| {
        let section = manifest[section].as_table().expect("a table");
        section.keys().cloned().collect::<Vec<_>>()
    });
    names.concat().into_iter().collect()
}

/// The rows of docs/dependencies.md: reason, licence, unsafe, maintainer by name.
fn listed() -> BTreeMap<String, [String; 4]> {
    let text = read("docs/dependencies.md");
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    let row = |line: &str| {
        let cells: Vec<String> = line.split('|').map(|cell| cell.trim().to_owned()).collect();
        let [_, name, reason, licence, has_unsafe, by, _] = cells.as_slice() else {
            panic!("not five cells: {line}")
        };
        let values = [reason, licence, has_unsafe, by].map(String::clone);
        (name.trim_matches('`').to_owned(), values)
    };
    rows.map(row).collect()
}

#[test]
fn each_dependency_is_listed_with_what_is_true_of_it() {
    let listed = listed();
    assert_eq!(listed.keys().cloned().collect::<BTreeSet<_>>(), direct());
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("a list");
    for (name, [reason, licence, has_unsafe, by]) in &listed {
        assert!(!reason.is_empty() && !by.is_empty(), "{name}");
        let locked = packages.iter().filter(|package| package["name"] == name.as_str());
        let package = locked.max_by_key(|package| package["version"].to_string());
        let package = package.expect("it is in Cargo.lock");
        assert_eq!(package["license"], licence.as_str(), "{name}");
        let manifest = Path::new(package["manifest_path"].as_str().expect("a path"));
        let source = manifest.parent().expect("a folder").join("src");
        let expected = if holds_unsafe(&source) { "yes" } else { "no" };
        assert_eq!(has_unsafe, expected, "{name}");
    }
}

/// Whether any source file of a crate has an unsafe block, function, implementation or trait.
fn holds_unsafe(folder: &Path) -> bool {
    const FORMS: [&str; 5] =
        ["unsafe {", "unsafe fn ", "unsafe impl", "unsafe trait ", "unsafe extern "];
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    std::fs::read_dir(folder).expect("the source is here").flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return holds_unsafe(&path);
        }
        if path.extension().is_none_or(|end| end != "rs") {
            return false;
        }
        let bytes = std::fs::read(&path).expect("a source file");
        let text = String::from_utf8_lossy(&bytes);
        text.lines().filter(is_code).any(|line| FORMS.iter().any(|form| line.contains(form)))
    })
}

#[test]
fn each_dependency_says_in_cargo_toml_why_it_is_here() {
    let text = read("Cargo.toml");
    let own = text.split("[dependencies]").nth(1).and_then(|rest| rest.split("\n[").next());
    for line in own.expect("dependencies").lines().filter(|line| line.contains(" = ")) {
        assert!(line.split_once("# ").is_some_and(|(_, why)| why.len() > 8), "{line}");
    }
}

#[test]
fn licences_and_sources_are_those_that_are_allowed() {
    let deny = table("deny.toml");
    let allowed = deny["licenses"]["allow"].as_array().expect("a list");
    let is_allowed = |one: &str| {
        let one = one.trim_matches(['(', ')', ' ']);
        allowed.iter().any(|allowed| allowed.as_str() == Some(one))
    };
    let metadata = metadata();
    let mut crates = 0;
    for package in metadata["packages"].as_array().expect("a list") {
        let (name, licence) = (&package["name"], package["license"].as_str().expect("a licence"));
        let needed = licence.replace('/', " OR ");
        let mut needed = needed.split(" AND ");
        let one_of = |any: &str| any.split(" OR ").any(is_allowed);
        assert!(needed.all(one_of), "{name}: {licence}");
        let registry = deny["sources"]["allow-registry"][0].as_str().expect("an address");
        let source = package["source"].as_str();
        let is_ours = package["name"] == "peerclaims" && source.is_none();
        let is_known = source == Some(&format!("registry+{registry}"));
        assert!(is_ours || is_known, "{name}: {source:?}");
        crates += 1;
    }
    assert!(crates > 50);
}

#[test]
fn the_lock_file_holds_a_hash_of_every_crate() {
    let lock = table("Cargo.lock");
    for package in lock["package"].as_array().expect("a list") {
        let name = package["name"].as_str().expect("a name");
        assert!(name == "peerclaims" || package["checksum"].as_str().is_some(), "{name}");
    }
    let lints = table("Cargo.toml")["lints"]["rust"]["unsafe_code"].clone();
    assert_eq!(lints.as_str(), Some("forbid"));
    let is_ignored = read(".gitignore").lines().any(|line| line.contains("Cargo.lock"));
    assert!(!is_ignored, "Cargo.lock is committed");
}

#[test]
fn the_bill_of_materials_names_every_crate_that_is_built_in() {
    let script = repository().join("contrib/sbom.py");
    let write = || {
        let done = Command::new("python3").arg(&script).output();
        done.ok().filter(|done| done.status.code() != Some(127))
    };
    let Some(done) = write() else {
        eprintln!("not run: no python3");
        return;
    };
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
    let bill: Value = serde_json::from_slice(&done.stdout).expect("JSON");
    assert_eq!((&bill["bomFormat"], &bill["specVersion"]), (&"CycloneDX".into(), &"1.5".into()));
    assert_eq!(bill["metadata"]["component"]["name"], "peerclaims");
    let components = bill["components"].as_array().expect("a list");
    let names: BTreeSet<&str> =
        components.iter().filter_map(|component| component["name"].as_str()).collect();
    for name in table("Cargo.toml")["dependencies"].as_table().expect("a table").keys() {
        assert!(names.contains(name.as_str()), "{name}");
    }
    assert!(names.contains("libsqlite3-sys") && !names.contains("criterion"));
    for component in components {
        let name = &component["name"];
        let hash = component["hashes"][0]["content"].as_str().expect("a hash");
        assert!(hash.len() == 64 && component["purl"].is_string(), "{name}");
        assert!(component["licenses"][0]["expression"].is_string(), "{name}");
    }
    let edges = bill["dependencies"].as_array().expect("a list");
    assert_eq!(edges.len(), components.len() + 1);
    let again = write().expect("python3 is there");
    assert_eq!(again.stdout, done.stdout, "the same sources give the same bytes");
}
