//! Options that other files test each alone, together: ledger, acknowledgements, split, page and
//! workbook of one night.

use crate::support::{Place, repository};

/// A night with everything, `night` of it.
fn run(place: &Place, claims: &str) -> Option<i32> {
    let ran = place.run(&format!(
        "validate {claims} --out out --as-of 2025-09-15 --ledger year.db --split --acks \
         --format csv,json,html,xlsx --quiet"
    ));
    assert!(ran.stderr.is_empty(), "{}", ran.stderr);
    ran.code
}

#[test]
fn a_night_with_everything_twice() {
    let place = Place::new();
    let claims = repository().join("fixtures/nightly/claims.837");
    std::fs::copy(claims, place.path("night.837")).expect("a copy");
    assert_eq!(run(&place, "night.837"), Some(1));
    let written = [
        "findings.csv",
        "findings.jsonl",
        "findings.xlsx",
        "report.html",
        "queue.csv",
        "claims.csv",
        "summary.json",
        "manifest.json",
        "release/night.837",
        "hold/night.837",
    ];
    for name in written {
        assert!(place.path("out").join(name).is_file(), "{name}");
    }
    assert!(place.path("out/acks").is_dir());
    let manifest = place.read("out/manifest.json");
    for name in ["report.html", "findings.xlsx", "queue.csv", "release/night.837"] {
        assert!(manifest.contains(&format!("\"{name}\"")), "{name} in the manifest");
    }
    assert!(place.read("out/claims.csv").contains(",release,"));

    assert_page_agrees(&place);

    // What was released is known the second night, and the sums of the page still agree.
    assert_eq!(run(&place, "night.837"), Some(1));
    let dispositions = place.read("out/claims.csv");
    assert!(dispositions.contains(",already_posted,") && !dispositions.contains(",release,"));
    assert!(place.read("out/findings.csv").contains("F003"));
    assert_page_agrees(&place);
}

/// The page counts the findings that the summary counts.
fn assert_page_agrees(place: &Place) {
    let summary: serde_json::Value =
        serde_json::from_str(&place.read("out/summary.json")).expect("JSON");
    let page = place.read("out/report.html");
    for severity in ["deny", "review", "info"] {
        let count = summary["severities"][severity].as_u64().unwrap_or(0);
        let told = format!("<b>{count}</b><span>{severity} findings</span>");
        assert!(page.contains(&told), "{told}");
    }
}

#[test]
fn an_audit_reads_no_paper_of_its_own_and_no_work_list() {
    let place = Place::new();
    let claims = repository().join("fixtures/nightly/claims.837");
    std::fs::create_dir(place.path("in")).expect("a folder");
    std::fs::copy(claims, place.path("in/night.837")).expect("a copy");
    let audit = "audit in --as-of 2025-09-15 --quiet --out";
    assert_eq!(place.run(&format!("{audit} alone")).code, Some(1));
    assert_eq!(place.run("validate in --as-of 2025-09-15 --quiet --out old").code, Some(1));
    for folder in ["alone", "old"] {
        for entry in std::fs::read_dir(place.path(folder)).expect("results") {
            let entry = entry.expect("an entry");
            let name = entry.file_name().into_string().expect("a plain name");
            if name.ends_with(".csv") {
                std::fs::copy(entry.path(), place.path("in").join(format!("{folder}-{name}")))
                    .expect("a copy");
            }
        }
    }
    let again = place.run(&format!("{audit} again"));
    assert_eq!(again.code, Some(1), "{}", again.stderr);
    assert_eq!(place.read("alone/findings.csv"), place.read("again/findings.csv"));
}
