//! `verify`: every byte of every output is held, and what it cannot hold is said.

use crate::support::{Place, Ran, repository};
use serde_json::Value;

/// A night with everything in `out`.
fn night(options: &str) -> Place {
    let place = Place::new();
    let claims = repository().join("fixtures/nightly/claims.837");
    std::fs::copy(claims, place.path("night.837")).expect("a copy");
    let ran = place.run(&format!(
        "validate night.837 --out out --as-of 2025-09-15 --split --acks --format csv,json --quiet \
         {options}"
    ));
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    place
}

fn outputs(place: &Place) -> Vec<String> {
    let manifest = place.json("out/manifest.json");
    let outputs = manifest["outputs"].as_array().expect("a list");
    outputs.iter().map(|output| output["name"].as_str().expect("a name").to_owned()).collect()
}

fn states(ran: &Ran, list: &str) -> Vec<(String, String)> {
    let value: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let list = value[list].as_array().expect("a list");
    list.iter().map(|one| (text(&one["name"]), text(&one["state"]))).collect()
}

#[test]
fn a_run_is_well_as_it_was_written_and_by_its_relatives() {
    let place = night("");
    let ran = place.run("verify out");
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.starts_with("out: as the run wrote it\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("Not proved: whoever can write"), "{}", ran.stdout);
    let audit = "audit night.837 --as-of 2025-09-15 --quiet --format html,xlsx --out out";
    assert_eq!(place.run(audit).code, Some(1));
    assert_eq!(place.run("verify out").code, Some(0));
}

#[test]
fn every_output_that_is_changed_or_lost_shows() {
    let place = night("");
    let names = outputs(&place);
    for folder in ["release/", "hold/", "acks/"] {
        assert!(names.iter().any(|name| name.starts_with(folder)), "{folder} in {names:?}");
    }
    for name in names {
        let path = place.path("out").join(&name);
        let whole = std::fs::read(&path).expect("the output");
        let mut changed = whole.clone();
        let middle = changed.len() / 2;
        // The same size: only the hash can tell.
        match changed.get_mut(middle) {
            Some(byte) => *byte ^= 1,
            None => changed.push(b'x'),
        }
        std::fs::write(&path, &changed).expect("written");
        let ran = place.run("verify out --format json");
        assert_eq!(ran.code, Some(1), "{name}");
        let states = states(&ran, "outputs");
        let wrong: Vec<_> = states.iter().filter(|(_, state)| state != "same").collect();
        assert_eq!(wrong, [&(name.clone(), "changed".to_owned())]);

        std::fs::remove_file(&path).expect("removed");
        let ran = place.run("verify out");
        assert_eq!(ran.code, Some(1));
        assert!(ran.stdout.contains(&format!("    {name} is missing\n")), "{}", ran.stdout);

        // A link to the very bytes is not the file either.
        std::fs::write(place.path("aside"), &whole).expect("written");
        std::os::unix::fs::symlink(place.path("aside"), &path).expect("a link");
        let ran = place.run("verify out");
        assert_eq!(ran.code, Some(1));
        assert!(ran.stdout.contains("is no file: something was put in its place"), "{name}");
        std::fs::remove_file(&path).expect("removed");
        std::fs::write(&path, &whole).expect("written");
    }
    assert_eq!(place.run("verify out").code, Some(0));
}

#[test]
fn what_was_added_shows_in_every_folder() {
    let place = night("");
    place.write("out/notes.txt", "x");
    place.write("out/release/more.837", "x");
    place.write("out/new/inner.txt", "x");
    let ran = place.run("verify out --format json");
    assert_eq!(ran.code, Some(1));
    let value: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(value["extra"], serde_json::json!(["new/", "notes.txt", "release/more.837"]));
    assert_eq!(value["is_well"], false);
}

#[test]
fn names_out_of_the_folder_are_not_followed() {
    let place = night("");
    place.write("secret", "x");
    let manifest = place.read("out/manifest.json");
    for name in ["../secret", "/etc/passwd", "a/../../secret"] {
        let changed = manifest.replace("\"summary.json\"", &format!("\"{name}\""));
        place.write("out/manifest.json", changed);
        let ran = place.run("verify out");
        assert_eq!(ran.code, Some(1));
        assert!(ran.stdout.contains("is no name of an output"), "{}", ran.stdout);
        assert!(ran.stdout.contains("    summary.json was added"), "{}", ran.stdout);
    }
}

#[test]
fn where_there_is_nothing_to_look_at_it_says_so() {
    let place = night("");
    std::fs::create_dir(place.path("empty")).expect("a folder");
    place.write("other/manifest.json", r#"{"program":"another","outputs":[]}"#);
    place.write("cut/manifest.json", &place.read("out/manifest.json")[..200]);
    std::fs::create_dir_all(place.path("link")).expect("a folder");
    std::os::unix::fs::symlink(place.path("out/manifest.json"), place.path("link/manifest.json"))
        .expect("a link");
    for (folder, why) in [
        ("empty", "there is no manifest.json in it"),
        ("other", "of another program"),
        ("cut", "its manifest.json cannot be read"),
        ("link", "its manifest.json is no file"),
        ("night.837", "it is no folder"),
        ("nowhere", "cannot be read"),
    ] {
        let ran = place.run(&format!("verify {folder}"));
        assert_eq!(ran.code, Some(2), "{folder}");
        assert!(ran.stderr.contains(why) && ran.stdout.is_empty(), "{folder}: {}", ran.stderr);
    }
}

#[test]
fn inputs_are_looked_at_where_they_can_be_found() {
    let place = Place::with_claims("A1,1,M1,1234567893,H0038,4,2025-09-03\n");
    place.write("h.csv", place.read("claims.csv").replace("A1,", "H1,").replace("09-03", "09-02"));
    place.write("p.toml", "name = \"test\"\n");
    place.write("tables/supervisors.csv", "supervisor_id,training_completed\nSV1,2020-01-01\n");
    let run = "validate claims.csv --history h.csv --policy p.toml --tables tables --out out \
               --fail-on never --quiet";
    let ran = place.run(run);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let ran = place.run("verify out --inputs --format json");
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    let states_of = |ran: &Ran| {
        let all = states(ran, "inputs");
        all.iter().map(|(name, state)| format!("{name} {state}")).collect::<Vec<_>>()
    };
    let all = ["h.csv same", "claims.csv same", "tables/supervisors.csv same", "p.toml same"];
    assert_eq!(states_of(&ran), all);

    for name in ["h.csv", "claims.csv", "tables/supervisors.csv", "p.toml"] {
        let whole = place.read(name);
        place.write(name, whole.replacen('2', "3", 1).replacen("test", "tset", 1));
        let ran = place.run("verify out --inputs");
        assert_eq!(ran.code, Some(1), "{name}: {}", ran.stdout);
        assert!(ran.stdout.contains(name) && ran.stdout.contains("was changed since"));
        assert_eq!(place.run("verify out").code, Some(0), "inputs were not asked for");
        place.write(name, whole);
    }
    std::fs::remove_file(place.path("h.csv")).expect("removed");
    let ran = place.run("verify out --inputs");
    assert_eq!(ran.code, Some(0), "what cannot be found is said, and no fault");
    assert!(ran.stdout.contains("h.csv (history) was not found, and not looked at"));

    for name in ["claims.csv", "tables/supervisors.csv", "p.toml"] {
        std::fs::remove_file(place.path(name)).expect("removed");
    }
    let ran = place.run("verify out --inputs");
    assert_eq!(ran.code, Some(2), "nothing was looked at");
    assert!(ran.stderr.contains("none of the inputs"), "{}", ran.stderr);
}

#[test]
fn a_manifest_that_was_written_anew_shows_by_its_hash_and_in_the_ledger() {
    let place = night("--ledger year.db");
    let ran = place.run("verify out --ledger year.db --format json");
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    let value: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(value["ledger"]["run"], 1);
    let noted = value["manifest_sha256"].as_str().expect("a hash").to_owned();
    let with_hash = format!("verify out --manifest-sha256 {noted}");
    let ran = place.run(&with_hash);
    assert_eq!(ran.code, Some(0));
    assert!(!ran.stdout.contains("Not proved"), "{}", ran.stdout);

    // A forger changes an output and the manifest alike.
    let forged = place.read("out/findings.csv").replace("deny", "info");
    place.write("out/findings.csv", &forged);
    let mut manifest = place.json("out/manifest.json");
    for output in manifest["outputs"].as_array_mut().expect("a list") {
        if output["name"] == "findings.csv" {
            output["sha256"] = peerclaims::source::hash::sha256(forged.as_bytes()).into();
            output["bytes"] = forged.len().into();
        }
    }
    place.write("out/manifest.json", manifest.to_string());
    assert_eq!(place.run("verify out").code, Some(0), "as the page says: not proved");
    let ran = place.run(&with_hash);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.contains("is not the one noted"), "{}", ran.stdout);
    let ran = place.run("verify out --ledger year.db");
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.contains("no run of this ledger has it"), "{}", ran.stdout);
}

#[test]
fn a_chain_that_was_broken_shows() {
    let place = night("--ledger year.db");
    place.write("next.837", std::fs::read(place.path("night.837")).expect("the night"));
    let second = "validate next.837 --ledger year.db --out two --as-of 2025-09-16 --quiet";
    assert_eq!(place.run(second).code, Some(1));
    assert_eq!(place.run("verify two --ledger year.db").code, Some(0));
    let first = place.read("out/manifest.json");
    let hash = peerclaims::source::hash::sha256(first.as_bytes());
    let named = place.json("two/manifest.json")["ledger"]["previous_manifest_sha256"].clone();
    assert_eq!(named, hash.as_str(), "the manifest names the one before it");

    let ledger = rusqlite::Connection::open(place.path("year.db")).expect("the ledger opens");
    ledger.execute("UPDATE run SET manifest = manifest || ' ' WHERE id = 1", []).expect("SQL");
    drop(ledger);
    let ran = place.run("verify two --ledger year.db");
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.contains("the manifest of run 1 is not the one it had"), "{}", ran.stdout);

    assert_eq!(place.run("verify two --ledger nowhere.db").code, Some(2));
    let dry = "validate next.837 --ledger year.db --dry-run --out dry --as-of 2025-09-16 --quiet";
    assert_eq!(place.run(dry).code, Some(1));
    let ran = place.run("verify dry --ledger year.db");
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.contains("the run was a dry run"), "{}", ran.stdout);
}
