//! The library as a program of somebody else uses it: the example, and claims in memory.

use crate::support::{Place, columns, repository};
use peerclaims::pipeline::{self, Memory, Progress, Request};
use peerclaims::rules::registry::RULES;
use peerclaims::{policy, tables::Tables};

#[path = "../../examples/validate_837p.rs"]
#[allow(dead_code)] // its `main` reads the arguments
mod example;

#[test]
fn the_example_finds_what_the_program_finds() {
    let night = repository().join("fixtures/nightly");
    let (claims, tables) = (night.join("claims.837"), night.join("tables"));
    let mut said = Vec::new();
    example::validate(claims.clone(), tables.clone(), &mut said).expect("the example runs");
    let said = String::from_utf8(said).expect("UTF-8");
    let place = Place::new();
    let line = format!("validate {} --tables {} --out out", claims.display(), tables.display());
    assert_eq!(place.run(&line).code, Some(1));
    let names = ["rule", "severity", "claim_id", "message"];
    let rows = columns(&place.read("out/findings.csv"), &names);
    let mut expected: Vec<String> = rows
        .into_iter()
        .map(|row| {
            let claim = if row[2].is_empty() { "-" } else { row[2].as_str() };
            format!("{} {} claim {claim}: {}", row[0], row[1], row[3])
        })
        .collect();
    let held = columns(&place.read("out/claims.csv"), &["disposition"]);
    let count = held.iter().filter(|row| row[0] == "hold").count();
    expected.push(format!("{} claims, {count} to hold", held.len()));
    assert_eq!(said.lines().collect::<Vec<_>>(), expected);
    let text = std::fs::read_to_string(repository().join("examples/validate_837p.rs"));
    let lines = text.expect("the example").lines().count();
    assert!(lines <= 42, "{lines} lines: it is to be read at a glance");
}

#[test]
fn claims_in_memory_are_read_as_those_on_a_disk() {
    let night = repository().join("fixtures/nightly");
    let (policy, progress) = (policy::builtin(), Progress::default());
    for name in ["claims.837", "claims.csv"] {
        let path = night.join(name);
        let bytes = std::fs::read(&path).expect("the night");
        let memory = Memory::of("night", bytes);
        let run = |request: &Request<'_>| {
            let outcome = pipeline::run(request, &Tables::default()).expect("a run");
            let told =
                |finding: &peerclaims::finding::Finding| (finding.rule.id, finding.message.clone());
            outcome.findings.iter().map(told).collect::<Vec<_>>()
        };
        let base = || Request { rules: RULES.to_vec(), ..Request::new(&policy, &progress) };
        let claims = memory.inputs();
        let from_memory = run(&Request { claims, memory: Some(&memory), ..base() });
        let claims = peerclaims::source::input::expand(&[path]).expect("the night");
        let from_disk = run(&Request { claims, ..base() });
        assert!(from_memory.len() > 20 && from_memory == from_disk, "{name}");

        let claims = memory.inputs();
        let request = Request { claims, memory: Some(&memory), ..base() };
        let read = pipeline::read(&request).expect("it is read");
        assert_eq!(read.service_lines().filter(|line| line.is_peer_support).count(), 163, "{name}");
    }
    let other = Memory::of("other", "x").inputs();
    let memory = Memory::of("night", "y");
    let request =
        Request { claims: other, memory: Some(&memory), ..Request::new(&policy, &progress) };
    let error = pipeline::run(&request, &Tables::default()).err().expect("it is not there");
    assert!(error.to_string().starts_with("other: cannot be read"), "{error}");
}

#[test]
fn blocks_of_lines_are_those_of_a_reading() {
    let fixtures = repository().join("fixtures");
    let (policy, progress) = (policy::builtin(), Progress::default());
    let paths = ["nightly/claims.837", "nightly/claims.csv", "nightly/history", "damaged"];
    let mut faults = 0;
    for path in paths {
        let path = fixtures.join(path);
        for block_bytes in [64, 1 << 20] {
            let claims = || {
                peerclaims::source::input::expand(std::slice::from_ref(&path)).expect("the files")
            };
            let base =
                || Request { claims: claims(), block_bytes, ..Request::new(&policy, &progress) };
            let request = base();
            let read = pipeline::read(&request).expect("it is read");
            let shown =
                |line: &peerclaims::model::ServiceLine<'_>, file: &str, position: String| {
                    let id = String::from_utf8_lossy(line.claim_id).into_owned();
                    format!("{file} {position} {id} {} {:?}", line.line_number, line.units())
                };
            let store = &read.collector.store;
            let all: Vec<String> = read
                .service_lines()
                .map(|line| {
                    let (file, position) = store.position(&line);
                    shown(&line, &read.files[file as usize].name, position.to_string())
                })
                .collect();
            let fault = |fault: &peerclaims::model::FileFault| {
                format!("{} {} {}", fault.file, fault.position, fault.message)
            };
            let mut all_faults: Vec<String> = read.collector.faults.iter().map(fault).collect();
            let (mut lines, mut own_faults, mut most) = (Vec::new(), Vec::new(), 0);
            for block in pipeline::line_blocks(&request) {
                let block = block.expect("it is read");
                let of_block = lines.len();
                lines.extend(
                    block
                        .lines()
                        .map(|line| shown(&line, &block.file, block.position(&line).to_string())),
                );
                own_faults.extend(block.faults.iter().map(fault));
                most = most.max(lines.len() - of_block);
            }
            assert_eq!(lines, all, "{path:?} {block_bytes}");
            assert!(block_bytes > 64 || most < 9, "a block holds its own lines alone");
            // A reading has the ends of files that are missing last.
            all_faults.sort();
            own_faults.sort();
            assert_eq!(own_faults, all_faults, "{path:?} {block_bytes}");
            faults += own_faults.len();
        }
    }
    assert!(faults > 4, "{faults}");
    let claims = peerclaims::source::input::expand(&[repository().join("LICENSE")]);
    let claims = claims.expect("it is there");
    let request = Request { claims, ..Request::new(&policy, &progress) };
    let mut blocks = pipeline::line_blocks(&request);
    let error = blocks.next().expect("an answer").err().expect("it holds no claims");
    assert!(error.to_string().contains("LICENSE"), "{error}");
    assert!(blocks.next().is_none(), "the first error is the last item");
}
