//! `--acks`: what is written is read back and held against the input, the findings and itself.

mod errors;
mod pyx12;
mod reread;
mod syntax;

use std::collections::BTreeMap;

use peerclaims::rules::registry;

use crate::support::{Place, columns, repository};
use reread::{AckedClaim, claims, segments};

/// A place with the fixtures in it.
fn with_fixtures() -> Place {
    let place = Place::new();
    for folder in ["nightly", "damaged"] {
        let from = repository().join("fixtures").join(folder);
        std::os::unix::fs::symlink(from, place.path(folder)).expect("the folder is writable");
    }
    place
}

const NIGHTLY: &str = "--tables nightly/tables --history nightly/history --out out --acks --quiet";

/// The file `name` of `out/acks`, as bytes.
fn acks(place: &Place, name: &str) -> Vec<u8> {
    std::fs::read(place.path(&format!("out/acks/{name}")))
        .unwrap_or_else(|error| panic!("{name} was not written: {error}"))
}

/// The claims of a 277CA in `out/acks`.
fn acked(place: &Place, name: &str) -> Vec<AckedClaim> {
    claims(&segments(&acks(place, name), name), name)
}

/// CLM01, CLM02, NPI and member of all claims of an undamaged file with the usual delimiters.
fn received(text: &str) -> Vec<[String; 4]> {
    let (mut provider, mut member) = (String::new(), String::new());
    let mut found = Vec::new();
    for segment in text.split('~') {
        let elements: Vec<&str> = segment.trim().split('*').collect();
        match elements[..] {
            ["NM1", "85", .., npi] => provider = npi.to_owned(),
            ["NM1", "IL", .., id] => member = id.to_owned(),
            ["CLM", id, charge, ..] => {
                found.push([id, charge, &provider, &member].map(str::to_owned));
            }
            _ => {}
        }
    }
    found
}

/// What the 277CA must say of each claim id: the codes of its findings of severity deny, in their
/// order; no codes: accepted.
fn expected(place: &Place) -> BTreeMap<String, Vec<String>> {
    let names = ["claim_id", "disposition"];
    let dispositions = columns(&place.read("out/claims.csv"), &names);
    let mut expected = BTreeMap::new();
    for row in dispositions {
        let codes: Vec<String> = match row[1].as_str() {
            "repeated" => vec!["A3:54".to_owned()],
            _ => Vec::new(),
        };
        let is_held = row[1] == "hold" || row[1] == "repeated";
        expected.insert(row[0].clone(), (is_held, codes));
    }
    let names = ["claim_id", "rule", "severity"];
    for row in columns(&place.read("out/findings.csv"), &names) {
        if row[2] != "deny" {
            continue;
        }
        let Some((is_held, codes)) = expected.get_mut(&row[0]) else { continue };
        assert!(*is_held, "{} has a deny finding and is not held", row[0]);
        let stc = registry::find(&row[1]).expect("a rule").stc;
        codes.push(if stc.is_empty() { "A7:21" } else { stc }.to_owned());
    }
    for (claim, (is_held, codes)) in &expected {
        assert_eq!(*is_held, !codes.is_empty(), "{claim}");
    }
    expected.into_iter().map(|(claim, (_, codes))| (claim, codes)).collect()
}

/// Every claim of `input` is acknowledged once, in order, with what the run says of it.
fn assert_acknowledged(place: &Place, input: &str, name: &str) -> (usize, usize) {
    let expected = expected(place);
    let acked = acked(place, name);
    let received = received(&place.read(input));
    assert_eq!(acked.len(), received.len(), "{name}");
    let mut rejected = 0;
    for (claim, [id, charge, npi, member]) in acked.iter().zip(&received) {
        assert_eq!([&claim.claim_id, &claim.provider_npi, &claim.member_id], [id, npi, member]);
        assert_eq!(claim.charge.parse::<f64>(), charge.parse::<f64>(), "{id}");
        let codes = expected.get(id).map(Vec::as_slice).unwrap_or_default();
        if codes.is_empty() {
            assert!(claim.is_accepted(), "{id}: {:?}", claim.codes);
            assert!(claim.lines.is_empty(), "{id}");
        } else {
            rejected += 1;
            assert_eq!(claim.codes, codes, "{id}");
            let of_lines = claim.lines.iter().flat_map(|(_, codes)| codes);
            assert!(of_lines.clone().count() <= codes.len(), "{id}");
            assert!(of_lines.into_iter().all(|code| codes.contains(code)), "{id}");
        }
    }
    (acked.len(), rejected)
}

#[test]
fn each_claim_of_the_fixture_is_acknowledged_once_with_its_findings() {
    let place = with_fixtures();
    let ran = place.run(&format!("validate nightly/claims.837 {NIGHTLY}"));
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert_eq!(place.names("out/acks"), ["claims.837.277", "claims.837.999"]);
    let (all, rejected) = assert_acknowledged(&place, "nightly/claims.837", "claims.837.277");
    assert_eq!((all, rejected), (76, 30), "29 held, one repeated");
    // Lines that are meant bear the number of the 837.
    let claims = acked(&place, "claims.837.277");
    let of = |id: &str| claims.iter().find(|claim| claim.claim_id == id).expect("it is there");
    assert_eq!(of("N004").lines, [("N004-1".to_owned(), vec!["A3:258".to_owned()])]);
    // All of it is in the manifest, and a second run replaces it.
    let manifest = place.json("out/manifest.json");
    let listed = manifest["outputs"].as_array().expect("a list");
    for name in ["acks/claims.837.277", "acks/claims.837.999", "queue.csv"] {
        assert!(listed.iter().any(|file| file["name"] == name), "{name}");
    }
    let before = acks(&place, "claims.837.277");
    let ran = place.run(&format!("validate nightly/claims.837 {NIGHTLY} --input-hash none"));
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(acks(&place, "claims.837.277") == before, "the same bytes");
    assert!(place.json("out/manifest.json")["inputs"][3]["sha256"].is_null());
}

#[test]
fn each_claim_of_generated_sets_is_acknowledged_once_with_its_findings() {
    for (seed, violations) in [(1, "0.05"), (2, "0.3"), (3, "0")] {
        let place = Place::new();
        let made = format!(
            "generate --lines 1500 --seed {seed} --peer-share 0.6 --violations {violations} \
             --format x12 --out set --quiet"
        );
        assert_eq!(place.run(&made).code, Some(0));
        let ran = place.run("validate set/claims.x12 --tables set/tables --out out --acks --quiet");
        assert!(matches!(ran.code, Some(0 | 1)), "{}", ran.stderr);
        let (all, rejected) = assert_acknowledged(&place, "set/claims.x12", "claims.x12.277");
        assert!(all > 500 && (rejected > 20 || seed == 3), "{rejected} of {all}");
    }
}

#[test]
fn threads_blocks_and_packing_change_no_byte() {
    let place = with_fixtures();
    let run = |inputs: &str, options: &str| {
        let ran = place.run(&format!("validate {inputs} {NIGHTLY} {options}"));
        assert_eq!(ran.code, Some(3), "{}", ran.stderr);
        let names = place.names("out/acks");
        names.iter().map(|name| (name.clone(), acks(&place, name))).collect::<Vec<_>>()
    };
    let inputs = "nightly/claims.837 damaged/wrong-se01.837 damaged/missing-iea.837";
    let first = run(inputs, "--threads 1");
    for options in ["--threads 3", "--threads 1 --block-bytes 64", "--threads 4 --block-bytes 100"]
    {
        assert!(run(inputs, options) == first, "{options}");
    }
}

#[test]
fn control_numbers_and_the_source_are_those_of_the_configuration() {
    let place = with_fixtures();
    place.write(
        "peerclaims.toml",
        "[acks]\nfirst_control_number = 999999999\ninformation_source = 'payer'\n\
         source_name = 'EXAMPLE PAYER'\nsource_id = 'EXPAYER'\n",
    );
    let ran = place.run(&format!("validate nightly/claims.837 {NIGHTLY} --as-of 2025-09-20"));
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let syntax = segments(&acks(&place, "claims.837.999"), "999");
    assert_eq!((syntax[0].element(13), syntax[1].element(6)), ("999999999", "1"));
    assert_eq!((syntax[0].element(6), syntax[0].element(8)), ("MSFA0001", "MBO4471"));
    assert_eq!((syntax[0].element(9), syntax[0].element(15)), ("250920", "T"));
    assert_eq!((syntax[1].element(2), syntax[1].element(3)), ("MSFA0001", "MBO4471"));
    let claims = segments(&acks(&place, "claims.837.277"), "277");
    let source = claims.iter().find(|said| said.id == "NM1").expect("a source");
    assert_eq!(source.elements, ["PR", "2", "EXAMPLE PAYER", "", "", "", "", "46", "EXPAYER"]);
    for wrong in ["first_control_number = 0", "source_id = 'X'", "source = 'X'"] {
        place.write("peerclaims.toml", format!("[acks]\n{wrong}\n"));
        let ran = place.run(&format!("validate nightly/claims.837 {NIGHTLY}"));
        assert_eq!(ran.code, Some(2), "{wrong}: {}", ran.stderr);
    }
}

#[test]
fn inputs_that_have_no_interchange_get_no_answer() {
    let place = with_fixtures();
    let line = NIGHTLY.replace("--quiet", "");
    let ran = place.run(&format!("validate nightly/claims.csv {line}"));
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(place.names("out/acks").is_empty());
    assert!(ran.stderr.contains("Acknowledgements: none"), "{}", ran.stderr);
    let ran = place.run(&format!("validate nightly/claims.837 {line}"));
    let said = "277CA for 1 transaction sets, 46 claims accepted, 30 not";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
}
