//! `diff` and `simulate`: what came, went and changed, and what is no difference.

use crate::support::{Place, columns, repository};
use serde_json::Value;
use std::collections::BTreeMap;

const COLUMNS: &str = "rule,severity,outcome,claim_id,line_number,member_id,billing_npi,\
    rendering_npi,service_date,units,excess_units,amount_at_issue,carc,rarc,message,source,\
    position";

fn finding(rule: &str, claim: &str, line: u32, excess: &str, dollars: &str, place: &str) -> String {
    format!(
        "{rule},deny,fail,{claim},{line},M-{claim},1234567893,,2025-09-03,8,{excess},{dollars},\
         119,N362,why,{place}\n"
    )
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// change, rule, claim, line and changed fields of each difference.
fn rows(text: &str) -> Vec<String> {
    let names = ["change", "rule", "claim_id", "line_number", "changed_fields"];
    columns(text, &names).into_iter().map(|row| row.join(" ").trim_end().to_owned()).collect()
}

#[test]
fn what_came_went_and_changed_counted_by_hand() {
    let place = Place::new();
    let before = [
        finding("U001", "A1", 1, "2", "27.50", "a.csv,row 2"), // stays
        finding("U001", "A2", 1, "2", "27.50", "a.csv,row 3"), // changes
        finding("C001", "A3", 2, "", "10.00", "a.csv,row 4"),  // goes
        finding("D001", "A4", 1, "", "5.00", "a.csv,row 5"),   // twice, then once
        finding("D001", "A4", 1, "", "5.00", "a.csv,row 6"),
    ];
    let after = [
        finding("D001", "A4", 1, "", "5.00", "b.csv,row 9"),
        finding("U001", "A2", 1, "3", "41.25", "b.csv,row 3"),
        finding("K001", "A5", 1, "", "7.00", "b.csv,row 8"), // comes
        finding("U001", "A1", 1, "2", "27.50", "b.csv,row 99"),
    ];
    place.write("a.csv", format!("{COLUMNS}\n{}", before.concat()));
    place.write("b.csv", format!("{COLUMNS}\n{}", after.concat()));
    let ran = place.run("diff a.csv b.csv --format csv");
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let expected = [
        "went C001 A3 2",
        "went D001 A4 1",
        "came K001 A5 1",
        "changed U001 A2 1 excess_units:amount_at_issue",
    ];
    assert_eq!(rows(&ran.stdout), expected);

    let ran = place.run("diff a.csv b.csv --format json");
    let value = json(&ran.stdout);
    let all = &value["all_rules"];
    let counts = ["same", "came", "went", "changed"].map(|key| all[key].as_u64().expect(key));
    assert_eq!(counts, [2, 1, 2, 1]);
    assert_eq!(all["before"]["amount_at_issue"], "75.00");
    assert_eq!(all["after"]["amount_at_issue"], "80.75");
    assert_eq!(all["before"]["excess_units"], 4);
    assert_eq!(all["after"]["excess_units"], 5);
    assert_eq!((&value["claims_touched"], &value["members_touched"]), (&4.into(), &4.into()));
    assert_eq!(value["findings"][3]["before"]["excess_units"], "2");
    assert_eq!(value["claims_summary"], Value::Null, "two files say nothing of claims");

    // The other way round, what came went.
    let back = rows(&place.run("diff b.csv a.csv --out -").stdout);
    let expected = [
        "came C001 A3 2",
        "came D001 A4 1",
        "went K001 A5 1",
        "changed U001 A2 1 excess_units:amount_at_issue",
    ];
    assert_eq!(back, expected);
    let text = place.run("diff a.csv b.csv").stdout;
    assert!(text.contains("amount at issue 27.50 → 41.25"), "{text}");
    assert!(!text.contains("M-A"), "no member is needed to say it: {text}");
    assert!(place.run("diff a.csv b.csv --quiet").stdout.is_empty());
}

#[test]
fn two_forms_of_one_run_and_another_order_are_the_same() {
    let place = Place::new();
    let night = repository().join("fixtures/nightly");
    let run = |claims: &str, out: &str| {
        let night = night.display();
        let line = format!(
            "validate {claims} --tables {night}/tables --history {night}/history --format csv,json \
             --out {out} --quiet"
        );
        assert_eq!(place.run(&line).code, Some(1));
    };
    std::fs::copy(night.join("claims.837"), place.path("one.837")).expect("a copy");
    std::fs::copy(night.join("claims.837"), place.path("two.837")).expect("a copy");
    run("one.837", "one");
    run("two.837", "two");
    for pair in ["one two", "one one/findings.jsonl", "two/findings.jsonl one/findings.csv"] {
        let ran = place.run(&format!("diff {pair}"));
        assert_eq!(ran.code, Some(0), "{pair}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains("The same: 69 findings"), "{}", ran.stdout);
    }
    let ran = place.run("diff one two --format json");
    assert_eq!(json(&ran.stdout)["runs_differ"], Value::Array(Vec::new()), "the same bytes");
}

#[test]
fn cells_with_a_guard_and_odd_texts_are_the_same_in_both_forms() {
    let claims = "=1+1,01,@M1,1234567893,H0038,-8,2025-09-03\n\
                  \"a,\"\"b\",1,M2,1234567893,H0038,x,2025-09-03\n";
    let place = Place::with_claims(claims);
    place.run("validate claims.csv --format csv,json --out out --quiet");
    assert!(place.read("out/findings.csv").contains("'=1+1"));
    let ran = place.run("diff out/findings.csv out/findings.jsonl");
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    let empty = place.run("diff out/findings.csv none.jsonl");
    assert_eq!(empty.code, Some(2));
    place.write("none.jsonl", "");
    assert_eq!(place.run("diff out/findings.csv none.jsonl").code, Some(1));
    assert_eq!(place.run("diff none.jsonl none.jsonl").code, Some(0));
}

#[test]
fn claims_that_moved_and_what_differs_between_the_runs_are_said() {
    let claims = "A1,1,M1,1234567893,H0038,8,2025-09-03\nA2,1,M2,1234567893,H0038,4,2025-09-03\n";
    let place = Place::with_claims(claims);
    place.write("p.toml", "[[limits]]\nfrom = 2012-01-01\ndaily_units = 8\nannual_units = 200\n");
    let run = "validate claims.csv --as-of 2025-09-30 --select U --quiet --out";
    assert_eq!(place.run(&format!("{run} a")).code, Some(1));
    assert_eq!(place.run(&format!("{run} b --policy p.toml")).code, Some(0));
    let ran = place.run("diff a b --out d --format json");
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let value = json(&ran.stdout);
    let moves = &value["claims_summary"]["moves"];
    assert_eq!(moves.as_array().map(Vec::len), Some(1));
    assert_eq!(moves[0]["disposition_before"], "hold");
    assert_eq!(moves[0]["disposition_after"], "release");
    assert_eq!(moves[0]["units_payable"], 2);
    let differs: Vec<&str> = value["runs_differ"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["what"].as_str())
        .collect();
    assert_eq!(differs, ["policy"]);
    assert_eq!(place.names("d"), ["diff.csv", "diff.json", "diff_claims.csv", "manifest.json"]);
    assert_eq!(rows(&place.read("d/diff.csv")), ["went U001 A1 1"]);
    assert_eq!(columns(&place.read("d/diff_claims.csv"), &["claim_id"]), [["A1"]]);
    assert_eq!(json(&place.read("d/diff.json"))["is_same"], false);
    assert_eq!(place.run("verify d").code, Some(0), "a diff can be verified too");
    assert_eq!(place.run("diff a b --out d").code, Some(1), "and replaced");
    let ran = place.run("diff a b --out a/d");
    assert_eq!(ran.code, Some(2), "never into what is compared");

    // A claim of one run alone is a difference, though nothing is found on it.
    place.write("claims.csv", place.read("claims.csv") + "A3,1,M3,1234567893,H0038,1,2025-09-03\n");
    assert_eq!(place.run(&format!("{run} c")).code, Some(1));
    let ran = place.run("diff a c");
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.contains("not there → release"), "{}", ran.stdout);
}

#[test]
fn what_cannot_be_compared_is_an_error() {
    let place = Place::with_claims("A1,1,M1,1234567893,H0038,8,2025-09-03\n");
    let good = format!("{COLUMNS}\n{}", finding("U001", "A1", 1, "2", "27.50", "a.csv,row 2"));
    place.write("good.csv", &good);
    place.write("cut.csv", &good[..good.len() - 20]);
    place.write("cut.jsonl", "{\"rule\":\"U001\",\"sev");
    place.write("other.jsonl", "{\"a\":1}\n");
    std::fs::create_dir(place.path("empty")).expect("a folder");
    for (name, why) in [
        ("claims.csv", "its header lacks rule, severity, outcome"),
        ("cut.csv", "row 2: "),
        ("cut.jsonl", "line 1 is cut off"),
        ("other.jsonl", "line 1 is no finding"),
        ("empty", "neither findings.csv nor findings.jsonl"),
        ("nowhere", "cannot be read"),
        ("/dev/null", "is no file"),
    ] {
        for line in [format!("diff {name} good.csv"), format!("diff good.csv {name}")] {
            let ran = place.run(&line);
            assert_eq!(ran.code, Some(2), "{line}: {}", ran.stdout);
            assert!(ran.stderr.contains(why) && ran.stdout.is_empty(), "{line}: {}", ran.stderr);
            assert!(!ran.stderr.contains("M-A1"), "{}", ran.stderr);
        }
    }
}

const EIGHT: &str = "name = \"eight\"\n\
    [[limits]]\nfrom = 2012-01-01\ndaily_units = 8\nannual_units = 150\n\
    [severity]\nC006 = \"deny\"\n";

fn night() -> (Place, String) {
    let place = Place::new();
    place.write("p.toml", EIGHT);
    let folder = repository().join("fixtures/nightly").display().to_string();
    (place, format!("{folder}/claims.837 --tables {folder}/tables --history {folder}/history"))
}

#[test]
fn simulate_says_what_two_runs_and_a_diff_say() {
    let (place, input) = night();
    assert_eq!(place.run(&format!("validate {input} --quiet --out a")).code, Some(1));
    let with = format!("validate {input} --policy p.toml --quiet --out b");
    assert_eq!(place.run(&with).code, Some(1));
    let expected = place.run("diff a b --format csv");
    assert_eq!(expected.code, Some(1));
    for threads in [1, 2] {
        let line = format!("simulate {input} --policy p.toml --threads {threads}");
        let ran = place.run(&format!("{line} --out -"));
        assert_eq!(ran.code, Some(1), "{}", ran.stderr);
        assert_eq!(ran.stdout, expected.stdout, "{threads} threads");
    }
    let line = format!("simulate {input} --policy p.toml");
    let (two, one) =
        (place.run("diff a b --format json"), place.run(&format!("{line} --format json")));
    let (mut two, mut one) = (json(&two.stdout), json(&one.stdout));
    let keys: Vec<&str> = one["runs_differ"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["what"].as_str())
        .collect();
    assert_eq!(keys, ["limits.annual_units", "limits.daily_units", "severity.C006"]);
    for key in ["before", "after", "runs_differ", "notes"] {
        (two[key], one[key]) = (Value::Null, Value::Null);
    }
    assert_eq!(one, two);
    assert_eq!(place.names("."), ["a", "b", "p.toml"], "nothing is written without --out");

    let ran = place.run(&format!("{line} --out d --quiet"));
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
    assert_eq!(place.read("d/diff.csv"), expected.stdout);
    assert_eq!(place.run("verify d --inputs").code, Some(0));
    assert!(place.read("d/manifest.json").contains("--against"));

    let back = place.run(&format!("simulate {input} --policy p.toml --against p.toml"));
    assert_eq!(back.code, Some(0), "{}", back.stdout);
    assert!(back.stdout.contains("none came, went or changed"), "{}", back.stdout);
}

#[test]
fn simulate_reads_again_where_other_lines_are_peer_support() {
    let claims = "A1,1,M1,1234567893,H0038,8,2025-09-03\nA2,1,M2,1234567893,H0025,9,2025-09-03\n";
    let place = Place::with_claims(claims);
    place.write("p.toml", "procedures = [\"H0025\"]\n");
    place.write("q.toml", "[units]\nlimit_year_starts = \"01-01\"\n");
    let line = "simulate claims.csv --as-of 2025-09-30 --select U --policy";
    let ran = place.run(&format!("{line} p.toml --out -"));
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert_eq!(rows(&ran.stdout), ["went U001 A1 1", "came U001 A2 1"]);
    let ran = place.run(&format!("{line} p.toml --summary-line"));
    let said = "peerclaims simulate: findings: 1 came, 1 went, 0 changed, 0 are the same; ";
    assert!(ran.stdout.starts_with(said) && ran.stdout.lines().count() == 1, "{}", ran.stdout);
    assert!(ran.stdout.ends_with("; exit 1: not the same\n"), "{}", ran.stdout);
    let ran = place.run(&format!("{line} q.toml"));
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
}

#[test]
fn simulate_says_what_was_left_out_and_refuses_what_it_would_ignore() {
    let place = Place::with_claims("A1,1,M1,1234567893,H0038,8,2025-09-03\n,,,,H0038,,\n");
    place.write("p.toml", EIGHT);
    let line = "simulate claims.csv --policy p.toml";
    assert_eq!(place.run(line).code, Some(3));
    for (options, why) in [
        ("--fail-on never", "--fail-on is not of simulate"),
        ("--unmask", "--unmask is of report.html"),
        ("--format html --out d", "[possible values: csv, json]"),
        ("--ledger no.db", "there is no such ledger"),
        ("--against no.toml", "cannot be read"),
        ("--max-bad-rows 0", "1 bad rows"),
    ] {
        let ran = place.run(&format!("{line} {options}"));
        assert_eq!(ran.code, Some(2), "{options}");
        assert!(ran.stderr.contains(why), "{options}: {}", ran.stderr);
    }
    assert_eq!(place.run("simulate claims.csv").code, Some(2), "a policy is needed");
    assert_eq!(place.run("simulate - --policy p.toml").code, Some(2), "nor a stream");
    let help = place.run("simulate --help").stdout;
    assert!(help.contains("--against") && !help.contains("--fail-on"), "{help}");
}

#[test]
fn simulate_asks_the_ledger_and_leaves_it_as_it_is() {
    let place = Place::with_claims("A1,1,M1,1234567893,H0038,4,2025-09-03\n");
    place.write("p.toml", EIGHT);
    let as_of = "--as-of 2025-09-30 --quiet";
    let post =
        format!("validate claims.csv --ledger year.db --post all --fail-on never --out o {as_of}");
    assert_eq!(place.run(&post).code, Some(0));
    let kept = std::fs::read(place.path("year.db")).expect("the ledger");
    place.write("more.csv", place.read("claims.csv").replace("A1,", "A2,").replace(",4,", ",3,"));
    let line = "simulate more.csv --as-of 2025-09-30 --select U --policy p.toml --out -";
    let alone = place.run(line);
    assert_eq!(alone.code, Some(0), "3 units are within both limits: {}", alone.stdout);
    let ran = place.run(&format!("{line} --ledger year.db"));
    assert_eq!(rows(&ran.stdout), ["went U001 A2 1"], "4 and 3 are over six, and not over eight");
    assert!(kept == std::fs::read(place.path("year.db")).expect("the ledger"), "it was changed");
}

/// A slow diff of two bags, against the program on sets from a seed.
#[test]
fn a_slow_count_agrees() {
    let place = Place::new();
    let mut state = 7_u64;
    let mut random = |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for _ in 0..20 {
        let mut bags: [BTreeMap<(String, String), Vec<String>>; 2] = Default::default();
        for (bag, name) in bags.iter_mut().zip(["a.csv", "b.csv"]) {
            let mut text = format!("{COLUMNS}\n");
            for row in 0..random(60) {
                let (rule, claim) =
                    (["U001", "U002"][random(2) as usize], format!("C{}", random(6)));
                let excess = random(3).to_string();
                text += &finding(rule, &claim, 1, &excess, "1.00", &format!("{name},row {row}"));
                bag.entry((rule.to_owned(), claim)).or_default().push(excess);
            }
            place.write(name, text);
        }
        let (mut same, mut came, mut went, mut changed) = (0, 0, 0, 0);
        let keys: Vec<_> = bags.iter().flat_map(|bag| bag.keys().cloned()).collect();
        let keys: std::collections::BTreeSet<_> = keys.into_iter().collect();
        for key in keys {
            let [mut before, mut after] =
                [0, 1].map(|side: usize| bags[side].get(&key).cloned().unwrap_or_default());
            before.retain(|one| match after.iter().position(|other| other == one) {
                Some(place) => {
                    after.remove(place);
                    same += 1;
                    false
                }
                None => true,
            });
            let both = before.len().min(after.len());
            changed += both;
            went += before.len() - both;
            came += after.len() - both;
        }
        let ran = place.run("diff a.csv b.csv --format json");
        let value = json(&ran.stdout);
        let counts = ["same", "came", "went", "changed"].map(|key| value["all_rules"][key].clone());
        let expected = [same, came, went, changed].map(Value::from);
        assert_eq!(counts, expected);
        assert_eq!(ran.code, Some(i32::from(came + went + changed > 0)));
    }
}

#[test]
fn a_run_without_its_claims_is_not_the_same() {
    let place = Place::with_claims("A,1,M,1245319599,H0038,1,2025-09-12\n");
    for out in ["a", "b"] {
        place.run(&format!("validate claims.csv --as-of 2025-09-30 --out {out}"));
    }
    assert_eq!(place.run("diff a b").code, Some(0));
    std::fs::remove_file(place.path("b/claims.csv")).expect("removed");
    for pair in ["a b", "b a"] {
        let ran = place.run(&format!("diff {pair}"));
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.stderr.contains("b/claims.csv: it is not there"), "{}", ran.stderr);
    }
    // What was asked for is compared, and what was not is said.
    let ran = place.run("diff a b/findings.csv");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("claims were not compared"), "{}", ran.stdout);
    let ran = place.run("diff a/findings.csv b/findings.csv");
    assert!(!ran.stdout.contains("not compared"), "{}", ran.stdout);
}
