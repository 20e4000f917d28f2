//! Tests of whole sets: their shape, and that what must be found is what was planted.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use super::stories::CATALOGUE;
use super::{Compress, RULES, Request, Summary, UNIT_RULES, Violations, generate};

/// Rules whose damage stands in a file of its own, so that no story tells it.
const DAMAGE: [&str; 3] = ["F001", "F002", "F004"];

fn made(request: &Request, folder: &Path) -> Summary {
    generate(request, folder, &|_| ()).expect("the request is right and the folder is writable")
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("the temporary folder is writable")
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).expect("the set has this file")
}

/// Name and bytes of every file of a set.
fn bytes(summary: &Summary, folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = summary.files.iter().map(|path| {
        let name = path.strip_prefix(folder).expect("files lie in the folder");
        (name.display().to_string(), std::fs::read(path).expect("the file is readable"))
    });
    files.collect()
}

fn both() -> Request {
    Request { x12: true, ..Request::default() }
}

#[test]
fn the_same_bytes_on_one_thread_and_on_three() {
    let request = Request { lines: 30_000, nights: Some(3), ..both() };
    let sets: Vec<_> = [1, 3]
        .into_iter()
        .map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let folder = folder();
            let pool = pool.expect("threads can be started");
            let summary = pool.install(|| generate(&request, folder.path(), &|_| ()));
            bytes(&summary.expect("the request is right"), folder.path())
        })
        .collect();
    assert!(sets[0].len() > 15, "claims, tables and findings of all nights");
    assert!(sets[0] == sets[1], "one thread and three made different bytes");
    let folder = folder();
    let summary = made(&Request { seed: 2, ..request }, folder.path());
    assert!(bytes(&summary, folder.path()) != sets[0], "another seed made the same set");
}

#[test]
fn a_set_has_the_lines_members_and_share_that_were_asked_for() {
    for (lines, members, peer_share) in
        [(20_000, 3_000, 0.1), (9_999, 900, 0.5), (5_001, 2_000, 1.0), (3_000, 400, 0.0)]
    {
        let folder = folder();
        let members = Some(members);
        let violations = Violations::every(0.001);
        let request = Request { lines, members, peer_share, violations, ..both() };
        let summary = made(&request, folder.path());
        let text = read(folder.path(), "claims.csv");
        let rows: Vec<Vec<&str>> =
            text.lines().skip(1).map(|row| row.split(',').collect()).collect();
        assert_eq!(rows.len() as u64, lines);
        assert!(rows.iter().all(|row| row.len() == 24));
        let peer = rows.iter().filter(|row| row[12] == "H0038").count() as u64;
        assert_eq!(peer, (lines as f64 * peer_share).round() as u64);
        assert_eq!((summary.lines, summary.peer_lines), (lines, peer));
        let named: std::collections::BTreeSet<&str> =
            rows.iter().map(|row| row[7]).filter(|member| !member.is_empty()).collect();
        // Members without a line are rare: each gets one before anybody gets a second.
        assert_eq!(Some(summary.members), members);
        assert!(summary.members - named.len() as u64 <= summary.members / 50, "{}", named.len());
    }
}

#[test]
fn a_set_without_violations_has_no_findings() {
    for nights in [None, Some(2)] {
        let folder = folder();
        let violations = Violations::every(0.0);
        let request = Request { peer_share: 0.8, violations, nights, ..both() };
        let summary = made(&request, folder.path());
        assert_eq!(summary.expected_csv, BTreeMap::new());
        assert_eq!(summary.expected_x12, BTreeMap::new());
        let name = if nights.is_none() { "" } else { "_night_02" };
        let header_alone = read(folder.path(), &format!("expected_findings{name}.csv"));
        assert_eq!(header_alone.lines().count(), 1);
    }
}

#[test]
fn one_rule_alone_brings_no_finding_of_another() {
    for rule in RULES.iter().chain(&UNIT_RULES).filter(|rule| !DAMAGE.contains(rule)) {
        let folder = folder();
        let mut violations = Violations::default();
        violations.set(rule, 0.01);
        let request = Request { lines: 6_000, peer_share: 0.9, violations, ..both() };
        let summary = made(&request, folder.path());
        assert_eq!(summary.unplaced, []);
        let mut found: Vec<&str> = summary.expected_csv.keys().copied().collect();
        found.extend(summary.expected_x12.keys());
        found.retain(|other| other != rule);
        // Two hundred units cannot be reached without passing 180.
        found.retain(|other| !(*rule == "U002" && *other == "U003"));
        assert_eq!(found, Vec::<&str>::new(), "{rule}");
        assert!(summary.expected_x12.contains_key(rule) || *rule == "C007", "{rule}");
        assert!(summary.expected_csv.contains_key(rule) || *rule == "C010", "{rule}");
    }
}

#[test]
fn every_rule_fires_and_is_nearly_broken_in_a_small_set() {
    for seed in 1..=20 {
        let folder = folder();
        let summary = made(&Request { seed, ..both() }, folder.path());
        assert_eq!(summary.unplaced, []);
        for rule in RULES.iter().chain(&UNIT_RULES) {
            assert!(summary.expected_x12.contains_key(rule) || *rule == "C007", "{rule}");
        }
    }
    for rule in RULES.iter().chain(&UNIT_RULES).filter(|rule| !DAMAGE.contains(rule)) {
        let stories = || (0..CATALOGUE.len()).map(|place| CATALOGUE.story(place));
        assert!(stories().any(|story| story.rule == *rule && story.fires), "{rule}");
        // A row is usable or not: F005 has no edge beside the ordinary rows.
        let silent = stories().any(|story| story.rule == *rule && !story.fires);
        assert!(silent || *rule == "F005", "{rule}");
    }
}

#[test]
fn the_summary_counts_the_expected_findings() {
    let folder = folder();
    let summary = made(&Request { lines: 12_000, peer_share: 0.6, ..both() }, folder.path());
    for (name, counts) in [
        ("expected_findings.csv", &summary.expected_csv),
        ("expected_findings_x12.csv", &summary.expected_x12),
    ] {
        let text = read(folder.path(), name);
        let mut counted: BTreeMap<&str, u64> = BTreeMap::new();
        for row in text.lines().skip(1) {
            *counted.entry(&row[..4]).or_default() += 1;
        }
        let expected: BTreeMap<&str, u64> = counts.iter().map(|(k, v)| (*k, *v)).collect();
        assert_eq!(counted, expected, "{name}");
    }
}

#[test]
fn packed_files_hold_the_same_bytes() {
    let plain = folder();
    made(&Request { lines: 9_000, ..both() }, plain.path());
    for compress in [Compress::Gzip, Compress::Zstd] {
        let packed = folder();
        made(&Request { lines: 9_000, compress, ..both() }, packed.path());
        for name in ["claims.csv", "claims.x12"] {
            let ending = if compress == Compress::Gzip { "gz" } else { "zst" };
            let path = packed.path().join(format!("{name}.{ending}"));
            let file = std::fs::File::open(path).expect("the packed file is there");
            let mut text = String::new();
            let read = match compress {
                Compress::Gzip => flate2::read::MultiGzDecoder::new(file).read_to_string(&mut text),
                _ => zstd::Decoder::new(file).and_then(|mut from| from.read_to_string(&mut text)),
            };
            read.expect("the file unpacks");
            assert!(text == self::read(plain.path(), name), "{name}");
        }
    }
}

#[test]
fn a_request_that_contradicts_itself_writes_nothing() {
    let wrong = [
        Request { csv: false, ..Request::default() },
        Request { lines: 0, ..Request::default() },
        Request { years: 20, ..Request::default() },
        Request { members: Some(3), ..Request::default() },
        Request { peer_share: 1.5, ..Request::default() },
        Request { nights: Some(61), ..Request::default() },
    ];
    for request in wrong {
        let folder = folder();
        let error = generate(&request, folder.path(), &|_| ()).expect_err("the request is wrong");
        assert!(error.to_string().contains("--"), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).expect("the folder is there").count(), 0);
    }
}

#[test]
fn tiny_sets_are_made_too() {
    for lines in [8, 9, 50, 300, 1000] {
        for peer_share in [0.0, 0.1, 1.0] {
            let folder = folder();
            let summary = made(&Request { lines, peer_share, ..both() }, folder.path());
            assert_eq!(summary.lines, lines);
        }
    }
}
