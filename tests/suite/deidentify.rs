//! `--deidentify`: no member id in any output, the same pseudonym in each of them, and the same
//! results otherwise.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::parquet;
use crate::support::{HEADER, Place, columns, repository, text_of};

const KEY: &str = "8f14e45fceea167a5a36dedd4bea2543c81e728d9d4c2f636f067f89cc14862c";

/// The pseudonym as docs/deidentify.md says that it is made.
fn pseudonym(id: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).expect("a key");
    mac.update(id.as_bytes());
    let hash = mac.finalize().into_bytes();
    hash[..16].iter().fold("P".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

fn write_key(place: &Place, text: &str, mode: u32) {
    place.write("key", text);
    let rights = PermissionsExt::from_mode(mode);
    std::fs::set_permissions(place.path("key"), rights).expect("the owner may");
}

/// The invented night, with its tables and history, and the key.
fn nightly() -> Place {
    let place = Place::new();
    copy(&repository().join("fixtures/nightly"), &place, "in");
    write_key(&place, &format!("{KEY}\n"), 0o600);
    place
}

fn copy(from: &Path, place: &Place, to: &str) {
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let name = format!("{to}/{}", entry.file_name().to_string_lossy());
        match entry.path().is_dir() {
            true => copy(&entry.path(), place, &name),
            false => place.write(&name, std::fs::read(entry.path()).expect("a file")),
        }
    }
}

/// Every output of a folder, as text.
fn outputs(place: &Place, folder: &str) -> BTreeMap<String, String> {
    let text = |name: String| (name.clone(), text_of(&place.path(folder).join(name)));
    place.names(folder).into_iter().map(text).collect()
}

/// The members of the night, of claims and tables alike.
fn members(place: &Place) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let csvs = ["in/claims.csv", "in/history/2025-07.csv", "in/tables/service_plans.csv"];
    for name in csvs {
        let text = place.read(name);
        found.extend(columns(&text, &["member_id"]).into_iter().map(|mut row| row.remove(0)));
    }
    assert!(found.len() > 10 && found.iter().all(|id| id.len() > 6), "{found:?}");
    found
}

const NIGHT: &str = "in/claims.837 --tables in/tables --history in/history --as-of 2025-09-15 \
                     --format csv,json,html,xlsx --quiet";

/// The night, in every format that this build writes.
fn night() -> String {
    NIGHT.replace("xlsx", &format!("xlsx{}", parquet::FORMAT))
}

#[test]
fn nothing_but_the_ids_changes() {
    let (place, night) = (nightly(), night());
    let plain = place.run(&format!("validate {night} --unmask --out plain"));
    let hidden = place.run(&format!("validate {night} --deidentify key --out hidden"));
    assert_eq!((plain.code, hidden.code), (Some(1), Some(1)), "{}", hidden.stderr);
    assert_eq!(hidden.stdout + &hidden.stderr, "");
    let members = members(&place);
    let (plain, hidden) = (outputs(&place, "plain"), outputs(&place, "hidden"));
    assert!(plain.keys().eq(hidden.keys()));
    let packed = if cfg!(feature = "parquet") { "findings.parquet" } else { "findings.xlsx" };
    let shown = ["findings.csv", "findings.jsonl", "claims.csv", "queue.csv", "findings.xlsx"];
    for name in shown.into_iter().chain([packed]) {
        let is_there = |id: &String| plain[name].contains(id.as_str());
        assert!(
            members.iter().any(is_there),
            "{name} shows ids, so that hiding them means something"
        );
    }
    for (name, text) in &hidden {
        for id in &members {
            assert!(!text.contains(id.as_str()), "{name} shows {id}");
        }
        let mut again = text.clone();
        for id in &members {
            again = again.replace(&pseudonym(id), id);
        }
        let sorted_otherwise = ["report.html", "findings.xlsx", "manifest.json"];
        if !sorted_otherwise.contains(&name.as_str()) {
            assert_eq!(again, plain[name], "{name}");
        }
    }
    for name in ["report.html", "findings.xlsx"] {
        assert!(members.iter().any(|id| hidden[name].contains(&pseudonym(id))), "{name}");
    }
    let manifest = place.json("hidden/manifest.json");
    let option = manifest["options"].to_string();
    assert!(option.contains("--deidentify") && !option.contains(KEY), "{option}");
}

#[test]
fn working_papers_show_pseudonyms_and_the_same_sums() {
    let place = nightly();
    let run = |more: &str| {
        let ran = place.run(&format!("audit {} --sample 5 {more}", night()));
        assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    };
    run("--unmask --out plain");
    run("--deidentify key --out hidden");
    let members = members(&place);
    let (plain, hidden) = (outputs(&place, "plain"), outputs(&place, "hidden"));
    assert!(plain.keys().eq(hidden.keys()) && plain.len() > 12, "{:?}", plain.keys());
    let shows = |text: &str| members.iter().any(|id| text.contains(id.as_str()));
    assert!(plain.values().filter(|text| shows(text)).count() > 8);
    assert!(plain.get("findings.parquet").is_none_or(|text| shows(text)));
    assert_eq!(plain.contains_key("findings.parquet"), cfg!(feature = "parquet"));
    for (name, text) in &hidden {
        assert!(!shows(text), "{name}");
        // The same rows, but for their order where that is by member.
        if name.ends_with(".csv") && !name.starts_with("sample") && !name.starts_with("frame") {
            let mut again = text.clone();
            members.iter().for_each(|id| again = again.replace(&pseudonym(id), id));
            let rows = |text: &str| -> Vec<String> {
                let mut rows: Vec<_> = text.lines().map(str::to_owned).collect();
                rows.sort();
                rows
            };
            assert_eq!(rows(&again), rows(&plain[name]), "{name}");
        }
    }
}

#[test]
fn ids_within_other_texts_are_hidden_too() {
    let place = Place::with_claims(
        "A-MSM000777-1,1,MSM000777,1234567893,H0038,4,2025-09-03\n\
         A-MSM000777-2,1,MSM000777,1234567893,H0038,4,2025-09-03\n\
         A-MSM000777-2,2,MSM000778,1234567893,H0038,MSM000778,2025-09-04\n\
         B7,1,MSM000777,1234567893,H0038,9,2025-09-05\n",
    );
    write_key(&place, KEY, 0o600);
    let run = "validate claims.csv --as-of 2025-09-30 --quiet --format csv,json,html,xlsx";
    let run = &format!("{run}{}", parquet::FORMAT);
    assert_eq!(place.run(&format!("{run} --out plain")).code, Some(1));
    let plain = place.read("plain/findings.csv");
    let messages = columns(&plain, &["message"]).concat().join(" ");
    let named = messages.contains("claim A-(member)-1");
    assert!(named, "a message names another claim, without the id: {messages}");
    assert_eq!(place.run(&format!("{run} --deidentify key --out hidden")).code, Some(1));
    for (name, text) in outputs(&place, "hidden") {
        assert!(!text.contains("MSM00077"), "{name}: {text}");
    }
    let claims = columns(&place.read("hidden/claims.csv"), &["claim_id"]).concat();
    let own = pseudonym("MSM000777");
    assert_eq!(claims[0], format!("A-{own}-1"));
    assert!(place.read("hidden/findings.jsonl").contains(&format!("claim A-{own}-1 line 1")));
}

#[test]
fn ids_of_others_within_numbers_of_claims_are_hidden_too() {
    let place = Place::with_claims(
        "A1,1,MSM000777,1234567893,H0038,4,2025-09-03\n\
         A-MSM000777-2,1,MSM000778,1234567893,H0038,99,2025-09-04\n\
         A-MSM000777-2,1,MSM000779,1234567893,H0038,99,2025-09-04\n",
    );
    write_key(&place, KEY, 0o600);
    let run = "validate claims.csv --as-of 2025-09-30 --quiet --format csv,json,html,xlsx";
    let run = &format!("{run}{}", parquet::FORMAT);
    assert_eq!(place.run(&format!("{run} --deidentify key --out hidden")).code, Some(1));
    for (name, text) in outputs(&place, "hidden") {
        assert!(!text.contains("MSM00077"), "{name}: {text}");
    }
    let claims = columns(&place.read("hidden/claims.csv"), &["claim_id"]).concat();
    assert!(claims.contains(&format!("A-{}-2", pseudonym("MSM000777"))), "{claims:?}");
    // Without a key the columns show ids, and nothing that is said does.
    assert_eq!(place.run(&format!("{run} --out plain")).code, Some(1));
    let plain = place.read("plain/findings.csv");
    assert!(columns(&plain, &["claim_id"]).concat().contains(&"A-MSM000777-2".to_owned()));
    let messages = columns(&plain, &["message"]).concat().join(" ");
    assert!(messages.contains("A-(member)-2") && !messages.contains("MSM00077"), "{messages}");
    assert!(!place.read("plain/report.html").contains("MSM00077"));
    let said = place.run("validate claims.csv --as-of 2025-09-30").stdout;
    assert!(said.contains("claim A-(member)-2 line 1") && !said.contains("MSM00077"), "{said}");
}

#[test]
fn the_ledger_keeps_the_ids_and_exports_pseudonyms() {
    let place = Place::new();
    let header = "claim_id,line_number,member_id,member_birth_date,billing_npi,procedure_code,\
                  units,service_date\n";
    let row =
        |day: u32| format!("N{day},1,MSM000777,1991-05-17,1234567893,H0038,4,2025-09-0{day}\n");
    place.write("one.csv", format!("{header}{}", row(3)));
    place.write("two.csv", format!("{header}{}{}", row(3), row(4)));
    write_key(&place, KEY, 0o600);
    for night in ["one", "two"] {
        let ran = place.run(&format!(
            "validate {night}.csv --as-of 2025-09-30 --quiet --ledger year.db --deidentify key \
             --fail-on never --out {night}"
        ));
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    }
    let told = columns(&place.read("two/claims.csv"), &["member_id", "disposition"]);
    let own = pseudonym("MSM000777");
    assert_eq!(told, [[own.as_str(), "already_posted"], [own.as_str(), "release"]]);
    let export = place.run("ledger export --ledger year.db").stdout;
    let of_export = |text: &str| columns(text, &["member_id", "member_birth_date"]);
    assert_eq!(of_export(&export), [["MSM000777", "1991-05-17"]; 2]);
    #[cfg(feature = "parquet")]
    let formats = ["csv", "json", "parquet"];
    #[cfg(not(feature = "parquet"))]
    let formats = ["csv", "json"];
    for format in formats {
        // Where the id cannot be found without a key, not to find it with one says nothing.
        let shown = place.run(&format!("ledger export --ledger year.db --format {format}"));
        assert!(shown.stdout.contains("MSM000777"), "{format}");
        assert!(shown.stdout.contains("05-17"), "{format}");
        let hidden = format!("ledger export --ledger year.db --deidentify key --format {format}");
        let hidden = place.run(&hidden);
        assert_eq!(hidden.code, Some(0), "{}", hidden.stderr);
        assert!(!hidden.stdout.contains("MSM000777") && !hidden.stdout.contains("05-17"));
        if format == "csv" {
            assert_eq!(of_export(&hidden.stdout), [[own.as_str(), "1991"]; 2]);
        }
    }
    for format in ["table", "json"] {
        let line = format!("ledger members --ledger year.db --as-of 2025-09-30 --format {format}");
        let plain = place.run(&line);
        assert!(plain.stdout.contains("MSM000777"), "{}", plain.stdout);
        let hidden = place.run(&format!("{line} --deidentify key"));
        assert!(hidden.stdout.contains(&own) && !hidden.stdout.contains("MSM000777"));
    }
    assert_eq!(place.run("ledger check --ledger year.db").code, Some(0));
    // What a person wrote may name the member too.
    let held = Command::new(env!("CARGO_BIN_EXE_peerclaims"))
        .args(["ledger", "hold", "N5", "--ledger", "year.db", "--reason", "ask MSM000777 first"])
        .current_dir(place.path(""))
        .status();
    assert!(held.expect("the program starts").success());
    place.write("three.csv", format!("{header}{}", row(5)));
    let third = "validate three.csv --as-of 2025-09-30 --quiet --ledger year.db --out three";
    assert_eq!(place.run(&format!("{third} --deidentify key --fail-on never")).code, Some(0));
    for (name, text) in outputs(&place, "three") {
        assert!(!text.contains("MSM000777"), "{name}: {text}");
    }
    assert!(place.read("three/claims.csv").contains(",hold,"));
    assert!(place.read("three/queue.csv").contains(&format!("ask {own} first")));
}

#[test]
fn standard_output_shows_pseudonyms() {
    let place = Place::with_claims("N1,1,MSM000777,1234567893,H0038,9,2025-09-05\n");
    write_key(&place, KEY, 0o600);
    let run = "validate claims.csv --as-of 2025-09-30 --quiet --out -";
    assert!(place.run(run).stdout.contains("MSM000777"));
    let hidden = place.run(&format!("{run} --deidentify key")).stdout;
    assert!(hidden.contains(&pseudonym("MSM000777")) && !hidden.contains("MSM000777"), "{hidden}");
}

#[test]
fn what_would_show_ids_all_the_same_is_refused() {
    let place = Place::with_claims("N1,1,MSM000777,1234567893,H0038,4,2025-09-05\n");
    write_key(&place, KEY, 0o600);
    let refused = |more: &str, word: &str| {
        let line = format!("validate claims.csv --as-of 2025-09-30 --quiet --out out {more}");
        let ran = place.run(&line);
        assert_eq!(ran.code, Some(2), "{more}");
        assert!(ran.stderr.contains(word), "{}", ran.stderr);
        assert!(!place.path("out").exists());
    };
    refused("--deidentify key --split", "--split and --acks write claims with the member's id");
    refused("--deidentify key --acks", "--split and --acks write claims with the member's id");
    refused("--deidentify key --format html --unmask", "leave one of them out");
    refused("--deidentify nowhere", "--deidentify nowhere: No such file");
    refused("--deidentify .", "a key is a file");
    for mode in [0o640, 0o604, 0o660] {
        write_key(&place, KEY, mode);
        refused("--deidentify key", "others than its owner can use this key");
    }
    write_key(&place, "a short one", 0o600);
    refused("--deidentify key", "a key has at least 32 bytes drawn by chance");
    let export = place.run("ledger export --ledger year.db --deidentify key");
    assert_eq!(export.code, Some(2));
}

#[test]
fn simulate_and_what_is_upcoming_show_pseudonyms() {
    let place = nightly();
    let policy = std::fs::read_to_string(repository().join("src/policy/builtin.toml"));
    let policy = policy.expect("a policy").replace("daily_units = ", "daily_units = 1 # ");
    place.write("policy.toml", policy);
    let members = members(&place);
    let shows = |text: &str| members.iter().any(|id| text.contains(id.as_str()));
    let night = NIGHT.replace(" --format csv,json,html,xlsx", "");
    for (more, is_plain) in [("", true), ("--deidentify key", false)] {
        let ran = place.run(&format!("simulate {night} --policy policy.toml --out out {more}"));
        assert_eq!(ran.code, Some(1), "{}", ran.stderr);
        let found = outputs(&place, "out");
        assert_eq!(found.values().any(|text| shows(text)), is_plain, "{more}");
    }
    let night = "validate in/claims.837 --tables in/tables --as-of 2025-09-15 --quiet";
    place.run(&format!("{night} --ledger year.db --post all --out results"));
    for format in ["table", "csv", "json"] {
        let line = format!(
            "upcoming --tables in/tables --ledger year.db --as-of 2025-09-15 --days 400 \
             --near 9999 --format {format}"
        );
        let (plain, hidden) = (place.run(&line), place.run(&format!("{line} --deidentify key")));
        assert_eq!(hidden.code, Some(0), "{}", hidden.stderr);
        assert!(shows(&plain.stdout) && !shows(&hidden.stdout), "{format}: {}", hidden.stdout);
        let is_there = |id: &String| hidden.stdout.contains(&pseudonym(id)[..12]);
        assert!(members.iter().any(is_there), "{format}: {}", hidden.stdout);
    }
}

/// Both sides of a simulation are of one reading: the ids are hidden in what went as in what came,
/// and a claim whose id is made of its member's stays one claim.
#[test]
fn both_sides_of_a_simulation_hide_ids_within_claim_ids() {
    let place = Place::with_claims(
        "A-MSM000777-1,1,MSM000777,1234567893,H0038,9,2025-09-03\n\
         A-MSM000777-2,1,MSM000778,1234567893,H0038,12,2025-09-04\n\
         A-MSM000777-2,1,MSM000779,1234567893,H0038,12,2025-09-04\n\
         A-MSM000777-3,1,MSM000777,1234567893,99213,1,2025-09-05\n",
    );
    write_key(&place, KEY, 0o600);
    let policy = std::fs::read_to_string(repository().join("src/policy/builtin.toml"));
    let policy = policy.expect("a policy").replace("daily_units = ", "daily_units = 10 # ");
    place.write("policy.toml", policy);
    let line = "simulate claims.csv --as-of 2025-09-30 --policy policy.toml";
    let count = |out: &str| {
        let rows = columns(&place.read(&format!("{out}/diff.csv")), &["change", "rule"]);
        let mut rows: Vec<String> = rows.into_iter().map(|row| row.join(" ")).collect();
        rows.sort();
        rows
    };
    let plain = place.run(&format!("{line} --out plain"));
    assert!(plain.stdout.contains("claim A-(member)-1 line 1"), "{}", plain.stdout);
    let hidden = place.run(&format!("{line} --out hidden --deidentify key"));
    for said in [&plain.stdout, &plain.stderr, &hidden.stdout, &hidden.stderr] {
        assert!(!said.contains("MSM0007"), "{said}");
    }
    assert!(outputs(&place, "plain").values().any(|text| text.contains("MSM0007")));
    for (name, text) in outputs(&place, "hidden") {
        assert!(!text.contains("MSM0007"), "{name}: {text}");
    }
    assert_eq!(count("hidden"), count("plain"));
    assert!(count("plain").contains(&"went U001".to_owned()), "{:?}", count("plain"));
}

/// A claim that an earlier night holds, and no ledger knows: its member is told by that night's
/// work list alone.
#[test]
fn held_claims_of_earlier_nights_show_no_member() {
    let place = Place::with_claims("C-MSM000777-1,1,MSM000777,1234567893,H0038,9,2025-09-03\n");
    place.write("later.csv", format!("{HEADER}D1,1,M9,1234567893,H0038,1,2025-09-04\n"));
    place.write("tables/supervisors.csv", "supervisor_id\nSV1\n");
    write_key(&place, &format!("{KEY}\n"), 0o600);
    let night = "--as-of 2025-09-15 --quiet --ledger year.db";
    place.run(&format!("validate claims.csv {night} --out first"));
    place.run(&format!("validate later.csv {night} --out second"));
    let line = "upcoming --tables tables --ledger year.db --as-of 2025-09-15 --days 400";
    let (plain, hidden) = (place.run(line), place.run(&format!("{line} --deidentify key")));
    assert!(plain.stdout.contains("C-MSM000777-1"), "{plain:?}");
    assert_eq!(hidden.code, Some(0), "{}", hidden.stderr);
    assert!(hidden.stdout.contains("C-") && !hidden.stdout.contains("MSM000777"), "{hidden:?}");
}
