//! What the program is built from: the table of dependencies, their licences, where they come from,
//! and the bill of materials.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use toml::Table;

use crate::support::repository;

fn read(name: &str) -> String {
    std::fs::read_to_string(repository().join(name)).expect("it is in the repository")
}

fn table(name: &str) -> Table {
    read(name).parse().expect("TOML")
}

/// What cargo answers: nothing is fetched.
fn cargo(words: &str) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(words.split(' ')).args(["--locked", "--offline", "--all-features"]);
    let told = command.current_dir(repository()).output().expect("cargo starts");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    String::from_utf8(told.stdout).expect("UTF-8")
}

/// All crates that are built for a platform, those of tests and benches too. `cargo metadata` lists
/// more: what features of other platforms ask for.
pub fn crates(target: &str) -> Vec<Value> {
    let words = format!("tree --target {target} -e normal,build,dev --prefix none --format {{p}}");
    let built = cargo(&words);
    let key = |line: &str| {
        let mut words = line.split(' ');
        let version = |word: &str| word.trim_start_matches('v').to_owned();
        Some((words.next()?.to_owned(), version(words.next()?)))
    };
    let built: BTreeSet<(String, String)> = built.lines().filter_map(key).collect();
    let words = format!("metadata --format-version 1 --filter-platform {target}");
    let mut metadata: Value = serde_json::from_str(&cargo(&words)).expect("JSON");
    let Value::Array(mut packages) = metadata["packages"].take() else { panic!("no packages") };
    packages.retain(|package| {
        let text = |key: &str| package[key].as_str().expect("a text").to_owned();
        built.contains(&(text("name"), text("version")))
    });
    assert_eq!(packages.len(), built.len());
    packages
}

/// The features of a crate that are asked for, by whomever.
pub fn features(name: &str) -> BTreeSet<String> {
    let words = format!(
        "tree --target all -e normal,build,dev --prefix none -i {name} --depth 0 --format {{f}}"
    );
    cargo(&words).trim().split(',').map(str::to_owned).collect()
}

/// The platforms that deny.toml looks at.
pub fn targets() -> Vec<String> {
    let targets = table("deny.toml")["graph"]["targets"].as_array().expect("a list").clone();
    targets.iter().map(|target| target.as_str().expect("a platform").to_owned()).collect()
}

/// A version in parts that compare as numbers do: 0.10 is newer than 0.9.
fn version(package: &Value) -> Vec<u64> {
    let text = package["version"].as_str().expect("a version");
    let plain = text.split(['+', '-']).next().unwrap_or_default();
    plain.split('.').map(|part| part.parse().expect("a number")).collect()
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
    assert!(version(&json!({"version": "0.10.1"})) > version(&json!({"version": "0.9.12+x.1"})));
    let packages = crates(&targets()[0]);
    for (name, [reason, licence, has_unsafe, by]) in &listed {
        assert!(!reason.is_empty() && !by.is_empty(), "{name}");
        let locked = packages.iter().filter(|package| package["name"] == name.as_str());
        let package = locked.max_by_key(|package| version(package));
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

/// The choices of a licence expression: one of each list must be allowed.
fn needed(licence: &str) -> Vec<Vec<String>> {
    let licence = licence.replace('/', " OR ");
    let one_of = |any: &str| {
        any.split(" OR ").map(|one| one.trim_matches(['(', ')', ' ']).to_owned()).collect()
    };
    licence.split(" AND ").map(one_of).collect()
}

/// What `cargo deny check licenses sources` says, which need not be there.
#[test]
fn licences_and_sources_are_those_that_are_allowed() {
    let deny = table("deny.toml");
    let allowed = deny["licenses"]["allow"].as_array().expect("a list");
    let allowed: Vec<&str> = allowed.iter().filter_map(|one| one.as_str()).collect();
    let mut met = BTreeSet::new();
    for target in targets() {
        let packages = crates(&target);
        assert!(packages.len() > 50, "{target}");
        for package in &packages {
            let (name, licence) = (&package["name"], package["license"].as_str());
            for any in needed(licence.expect("a licence")) {
                let good: Vec<_> = any.iter().filter(|one| allowed.contains(&&***one)).collect();
                assert!(!good.is_empty(), "{name}: {licence:?}");
                met.extend(good.into_iter().cloned());
            }
            let registry = deny["sources"]["allow-registry"][0].as_str().expect("an address");
            let source = package["source"].as_str();
            let is_ours = package["name"] == "peerclaims" && source.is_none();
            let is_known = source == Some(&format!("registry+{registry}"));
            assert!(is_ours || is_known, "{name}: {source:?}");
        }
    }
    for licence in allowed {
        assert!(met.contains(licence), "deny.toml allows {licence}, which no crate has");
    }
}

/// What `cargo deny check bans` says.
#[test]
fn no_crate_is_banned_or_there_twice_without_a_reason() {
    let bans = table("deny.toml")["bans"].as_table().expect("a table").clone();
    assert_eq!(bans["multiple-versions"].as_str(), Some("deny"));
    assert_eq!(bans["wildcards"].as_str(), Some("deny"));
    let list = |name: &str| -> Vec<String> {
        let entries = bans[name].as_array().expect("a list").iter();
        let entry = |entry: &toml::Value| {
            assert!(entry["reason"].as_str().is_some_and(|why| why.len() > 5), "{entry}");
            entry["crate"].as_str().expect("a crate").to_owned()
        };
        entries.map(entry).collect()
    };
    let (denied, skipped) = (list("deny"), list("skip"));
    let mut used = BTreeSet::new();
    for target in targets() {
        let mut versions: BTreeMap<String, BTreeSet<Vec<u64>>> = BTreeMap::new();
        for package in &crates(&target) {
            let name = package["name"].as_str().expect("a name").to_owned();
            assert!(!denied.contains(&name), "{name} is banned");
            let skip = skipped.iter().find(|skip| {
                let (of, at) = skip.split_once('@').expect("a version is skipped, not a crate");
                let at: Vec<u64> = at.split('.').map(|part| part.parse().expect("one")).collect();
                of == name && version(package).starts_with(&at)
            });
            match skip {
                Some(skip) => _ = used.insert(skip.clone()),
                None => _ = versions.entry(name).or_default().insert(version(package)),
            }
            let named = package["dependencies"].as_array().expect("a list");
            let any = named.iter().find(|named| named["req"] == "*" && named["source"].is_null());
            assert!(any.is_none(), "{}: any version: {any:?}", package["name"]);
        }
        let twice: Vec<_> = versions.iter().filter(|(_, versions)| versions.len() > 1).collect();
        assert!(twice.is_empty(), "{target}: {twice:?}");
    }
    let unused: Vec<_> = skipped.iter().filter(|skip| !used.contains(*skip)).collect();
    assert!(unused.is_empty(), "no such crate any more: {unused:?}");
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
    assert!(!names.contains("tiny-keccak"), "what other platforms need is not built in");
    // What is in C has a version of its own, by which its faults are published.
    let in_c = |component: &&Value| component["purl"].to_string().contains("pkg:generic/");
    let libraries: Vec<_> = components.iter().filter(in_c).collect();
    for (name, by, start) in [("sqlite", "libsqlite3-sys", "3."), ("zstd", "zstd-sys", "1.")] {
        let library = libraries.iter().find(|library| library["name"] == name).expect(name);
        let version = library["version"].as_str().expect("a version");
        assert!(version.starts_with(start) && version.split('.').count() == 3, "{version}");
        assert!(library["cpe"].to_string().contains(&format!(":{version}:")), "{library}");
        assert!(library["licenses"][0]["license"].is_object(), "{library}");
        let needs = |edge: &&Value| edge["dependsOn"].to_string().contains("pkg:generic/");
        let edges = bill["dependencies"].as_array().expect("a list").iter().filter(needs);
        let of_it = |edge: &Value| {
            let (from, on) = (edge["ref"].to_string(), edge["dependsOn"].to_string());
            from.contains(by) && on.contains(&format!("{name}@{version}"))
        };
        assert_eq!(edges.filter(|edge| of_it(edge)).count(), 1, "{name}");
    }
    for component in components.iter().filter(|component| !in_c(component)) {
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
