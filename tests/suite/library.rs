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
