//! What a night posts, and what later nights make of it.

use super::Nights;

const NPI: &str = "1234567893";

fn claim(id: &str, member: &str, units: u32, day: &str) -> String {
    format!("{id},1,{member},{NPI},H0038,{units},2025-09-{day}\n")
}

#[test]
fn the_same_file_again_changes_nothing() {
    let nights = Nights::new();
    let rows = claim("A", "M1", 4, "03") + &claim("B", "M2", 8, "03");
    assert_eq!(nights.run("night.csv", &rows, "").code, Some(1));
    assert_eq!(nights.dispositions(), ["A release", "B hold"]);
    assert_eq!((nights.status("lines"), nights.status("runs")), (1, 1));

    nights.again("night.csv", "");
    assert_eq!(nights.dispositions(), ["A already_posted", "B hold"]);
    assert_eq!(nights.place.rules_found("out"), ["F003", "U001"], "the held one is decided anew");
    assert_eq!((nights.status("lines"), nights.status("runs")), (1, 2));

    // What held it is gone: it goes out, once.
    nights.again("night.csv", "--ignore U001");
    assert_eq!(nights.dispositions(), ["A already_posted", "B release"]);
    nights.again("night.csv", "");
    assert_eq!(nights.dispositions(), ["A already_posted", "B already_posted"]);
    assert_eq!(nights.place.rules_found("out"), ["F003"]);
    assert_eq!(nights.status("net"), 2);
    assert_eq!(nights.ledger("check").code, Some(0));
}

#[test]
fn a_file_is_known_by_its_bytes_and_its_control_numbers() {
    let nights = Nights::new();
    let x12 =
        std::fs::read_to_string(crate::support::repository().join("fixtures/nightly/claims.837"))
            .expect("the fixture");
    nights.place.write("one.837", &x12);
    nights.again("one.837", "--select F");
    assert!(nights.place.rules_found("out").is_empty(), "nothing was seen before");
    nights.place.write("two.837", x12.replacen("*MSM0000", "*MSM0001", 1));
    nights.again("two.837", "--select F");
    let findings = nights.place.read("out/findings.csv");
    assert_eq!(nights.place.rules_found("out"), ["F003"]);
    assert!(findings.contains("another file with control number"), "{findings}");
    nights.again("one.837", "--select F");
    let findings = nights.place.read("out/findings.csv");
    assert_eq!(nights.place.rules_found("out"), ["F003"]);
    assert!(findings.contains("this file was processed in run 1 (as of 2025-09-30)"), "{findings}");
}

#[test]
fn only_what_is_posted_uses_up_the_year() {
    let nights = Nights::new();
    nights.run("one.csv", &claim("A", "M1", 5, "03"), "--post none");
    assert_eq!((nights.status("lines"), nights.status("files")), (0, 1));
    nights.run("two.csv", &claim("B", "M1", 5, "03"), "--dry-run");
    assert_eq!(nights.dispositions(), ["B release"]);
    assert_eq!(nights.status("runs"), 1, "a dry run leaves no trace");
    nights.run("three.csv", &claim("C", "M1", 5, "03"), "");
    assert_eq!(nights.dispositions(), ["C release"]);
    nights.run("four.csv", &claim("D", "M1", 5, "03"), "--post all");
    assert_eq!(nights.dispositions(), ["D hold"], "5 and 5 are more than 6");
    assert_eq!(nights.status("net"), 2, "--post all posts held claims too");
}

#[test]
fn a_dry_run_makes_no_ledger() {
    let nights = Nights::new();
    assert_eq!(nights.run("one.csv", &claim("A", "M1", 5, "03"), "--dry-run").code, Some(0));
    assert!(!nights.place.path("year.db").exists());
}

#[test]
fn corrections_of_earlier_nights_give_units_back() {
    let header = "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date,\
        frequency_code,original_claim_id,payer_claim_number\n";
    let row = |id: &str, units: u32, day: &str, frequency: &str, original: &str, number: &str| {
        format!("{id},1,M1,{NPI},H0038,{units},2025-09-{day},{frequency},{original},{number}\n")
    };
    let nights = Nights::new();
    let run = |name: &str, rows: &str| {
        nights.place.write(name, format!("{header}{rows}"));
        nights.again(name, "");
        nights.dispositions()
    };
    assert_eq!(run("1.csv", &row("A", 6, "03", "1", "", "ICN1")), ["A release"]);
    assert_eq!(run("2.csv", &row("B", 6, "03", "1", "", "")), ["B hold"]);
    // By the payer's number: the replacement has 2 units, so 4 are free.
    assert_eq!(run("3.csv", &row("A7", 2, "03", "7", "ICN1", "")), ["A7 release"]);
    assert_eq!(run("4.csv", &row("C", 4, "03", "1", "", "")), ["C release"]);
    // By our number: a void of the replacement.
    assert_eq!(run("5.csv", &row("V", 2, "03", "8", "A7", "")), ["V void"]);
    assert_eq!(run("6.csv", &row("D", 2, "03", "1", "", "")), ["D release"]);
    assert_eq!((nights.status("net"), nights.status("corrected_away")), (2, 3));
    // A void that went out does not go out again.
    nights.again("5.csv", "");
    assert_eq!(nights.dispositions(), ["V already_posted"]);
    assert_eq!(nights.ledger("check").code, Some(0));
}

#[test]
fn a_superseded_claim_is_posted_with_the_one_that_superseded_it() {
    let header = "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date,\
        frequency_code,original_claim_id\n";
    let night = |units: u32| {
        format!(
            "{header}A,1,M1,{NPI},H0038,4,2025-09-03,1,\n\
             A7,1,M1,{NPI},H0038,{units},2025-09-03,7,A\n"
        )
    };
    for (units, posted) in [(2, 2), (8, 0)] {
        let nights = Nights::new();
        nights.place.write("night.csv", night(units));
        nights.again("night.csv", "");
        assert_eq!(nights.status("lines"), posted, "{units} units: {:?}", nights.dispositions());
    }
}

#[test]
fn people_decide_and_the_manifest_says_so() {
    let nights = Nights::new();
    let rows = claim("A", "M1", 8, "03") + &claim("B", "M2", 2, "03");
    nights.run("night.csv", &rows, "--post none");
    let said = nights.ledger("release A --reason agreed-by-phone --by Ada");
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert_eq!(nights.ledger("hold B --reason record-missing --by Ada").code, Some(0));
    nights.again("night.csv", "");
    assert_eq!(nights.dispositions(), ["A release", "B hold"]);
    assert!(nights.place.rules_found("out").contains(&"U001".to_string()), "it is still found");
    let manifest = nights.place.json("out/manifest.json");
    let decisions = manifest["ledger"]["decisions"].as_array().expect("a list");
    assert_eq!(decisions.len(), 2);
    assert_eq!(decisions[0]["claim_id"], "A");
    assert_eq!(decisions[0]["by"], "Ada");
    assert_eq!(decisions[0]["reason"], "agreed-by-phone");
    assert_eq!(nights.status("lines"), 1, "A is posted, B is not");
    let refused = nights.ledger("hold A --reason late");
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("run 4 posted it"), "{}", refused.stderr);
    // The last word counts.
    nights.ledger("release B --reason found --by Bo");
    nights.again("night.csv", "");
    assert_eq!(nights.dispositions(), ["A already_posted", "B release"]);
    assert_eq!(nights.ledger("check").code, Some(0));
}

#[test]
fn history_and_ledger_may_overlap() {
    let nights = Nights::new();
    nights.run("one.csv", &claim("A", "M1", 4, "03"), "");
    nights.run("two.csv", &claim("B", "M1", 2, "03"), "--history one.csv");
    assert_eq!(nights.dispositions(), ["B release"], "A counts once: 4 and 2 are 6");
    nights.run("three.csv", &claim("C", "M1", 1, "03"), "");
    assert_eq!(nights.dispositions(), ["C hold"]);
}
