//! Types that hold data of a person have no `Debug`: what cannot be formatted gets into no message.

use crate::support::repository;

/// Fields that hold such data, whatever type they stand in.
const FIELDS: [&str; 7] = [
    "member_id:",
    "birth:",
    "claim_id:",
    "record: &",
    "records: Vec<u8>",
    "chunk: Vec<u8>",
    "mac:",
];
/// Types that must be among those found, so that the search is known to find them.
const KNOWN: [&str; 9] = [
    "ServiceLine",
    "FindingLine",
    "Parties",
    "YearUse",
    "ClaimPayment",
    "Evidence",
    "StoredBlock",
    "OutputFile",
    "Key",
];
/// Types that hold such data in fields whose names do not tell.
const ALSO: [(&str, &str); 11] = [
    ("src/earlier/rows.rs", "Row"),
    ("src/store/past.rs", "Bearing"),
    ("src/store/past.rs", "Number"),
    ("src/ledger/remit/matching.rs", "CandidateClaim"),
    ("src/ledger/remit/replay.rs", "Payment"),
    ("src/ledger/remit/replay.rs", "LineState"),
    ("src/split/x12/walk.rs", "Claim"),
    ("src/normalize/edi837p/kept.rs", "KeptSegment"),
    ("src/normalize/edi837p/kept.rs", "Kept"),
    ("src/table_check/flat.rs", "Flat"),
    ("src/model/member_ids.rs", "MemberIds"),
];
/// The claims that `generate` invents are of nobody; what these two hold of a birth date and an id
/// is whether there is one.
const FREE: [&str; 4] = ["src/synthetic/", "src/inspect/", "ScopeStanding", "Lacks"];

#[test]
fn types_with_data_of_a_person_have_no_debug() {
    let mut found = Vec::new();
    let mut files = Vec::new();
    gather(&repository().join("src"), &mut files);
    for path in files {
        let text = std::fs::read_to_string(&path).expect("a source file");
        let path = path.strip_prefix(repository()).expect("inside").display().to_string();
        for (name, derived, body) in types(&text) {
            let holds = FIELDS.iter().any(|field| body.contains(field));
            let is_free = FREE.iter().any(|free| path.starts_with(free) || *free == name);
            if holds && !is_free {
                assert!(!derived.contains("Debug"), "{path}: {name} has a Debug");
                let by_hand = format!("Debug for {name}");
                assert!(!text.contains(&by_hand), "{path}: {name} has a Debug");
                found.push(name.to_owned());
            }
        }
    }
    for (path, name) in ALSO {
        let text = std::fs::read_to_string(repository().join(path)).expect("a source file");
        let own = types(&text).into_iter().find(|own| own.0 == name);
        let (_, derived, _) = own.unwrap_or_else(|| panic!("{path}: no {name}"));
        assert!(!derived.contains("Debug"), "{path}: {name} has a Debug");
        assert!(!text.contains(&format!("Debug for {name}")), "{path}: {name} has a Debug");
    }
    for name in KNOWN {
        assert!(found.iter().any(|other| other == name), "{name} not among {found:?}");
    }
}

/// Name, derives and body of each struct and enum.
fn types(text: &str) -> Vec<(&str, String, String)> {
    let mut all = Vec::new();
    let mut derived = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let code = line.trim_start();
        if code.starts_with("#[") || code.starts_with("///") {
            derived.push_str(if code.starts_with("#[derive") { code } else { "" });
            continue;
        }
        let words: Vec<&str> = code.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        let place = words.iter().position(|word| matches!(*word, "struct" | "enum"));
        if let Some(name) = place.and_then(|place| words.get(place + 1))
            && line.trim_end().ends_with('{')
        {
            let indent = line.len() - code.len();
            let end = format!("{}}}", " ".repeat(indent));
            let body = lines.by_ref().take_while(|line| *line != end);
            let body = body.filter(|line| !line.trim_start().starts_with("//"));
            all.push((*name, std::mem::take(&mut derived), body.collect::<Vec<_>>().join("\n")));
        }
        derived.clear();
    }
    all
}

fn gather(folder: &std::path::Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        match entry.path().is_dir() {
            true => gather(&entry.path(), files),
            false if entry.path().extension().is_some_and(|end| end == "rs") => {
                files.push(entry.path());
            }
            false => {}
        }
    }
}
