//! Ids within the numbers of claims, of members that are known from elsewhere than the claim: from
//! tables, earlier nights, another run, remittances.

use std::os::unix::fs::PermissionsExt;

use crate::support::{HEADER, Place, columns, text_of};

const KEY: &str = "8f14e45fceea167a5a36dedd4bea2543c81e728d9d4c2f636f067f89cc14862c";
/// What all ids of members here begin with.
const ANY: &str = "MSM000";

fn with_key(rows: &str) -> Place {
    let place = Place::with_claims(rows);
    place.write("key", KEY);
    let rights = PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(place.path("key"), rights).expect("the owner may");
    place
}

/// All results of a folder show pseudonyms within the numbers, and no id.
fn is_hidden(place: &Place, out: &str) {
    let names = place.names(out);
    assert!(names.len() > 3, "{names:?}");
    for name in names {
        let text = text_of(&place.path(out).join(&name));
        assert!(!text.contains(ANY), "{out}/{name}: {text}");
    }
    let claims = columns(&place.read(&format!("{out}/claims.csv")), &["claim_id"]).concat();
    assert!(claims.iter().any(|id| id.starts_with("A-P")), "{claims:?}");
}

#[test]
fn members_of_tables_and_of_earlier_nights_are_hidden_in_claim_ids() {
    let place = with_key(
        "A-MSM000888-1,1,MSM000778,1234567893,H0038,99,2025-09-04\n\
         A-MSM000999-2,1,MSM000778,1234567893,H0038,99,2025-09-05\n\
         A-MSM000666-3,1,MSM000778,1234567893,H0038,99,2025-09-06\n",
    );
    let plans = "member_id,plan_id,start_date,end_date,services\n\
                 MSM000888,P1,2025-01-01,2025-12-31,H0038\n";
    let authorizations = "member_id,authorization_number,procedure_code,start_date,end_date,units\n\
                          MSM000999,AU1,H0038,2025-01-01,2025-12-31,100\n";
    place.write("tables/service_plans.csv", plans);
    place.write("tables/authorizations.csv", authorizations);
    place.write("first.csv", format!("{HEADER}L1,1,MSM000666,1234567893,H0038,2,2025-07-04\n"));
    let policy = include_str!("../../../src/policy/builtin.toml");
    place.write("policy.toml", policy.replace("daily_units = ", "daily_units = 1 # "));
    place.run("validate first.csv --as-of 2025-07-30 --ledger year.db --out first");
    let run = "claims.csv --tables tables --as-of 2025-09-30 --deidentify key --ledger year.db \
               --format csv,json,html";
    for (command, out) in [("validate --dry-run", "dry"), ("validate", "hidden")] {
        let ran = place.run(&format!("{command} {run} --out {out}"));
        assert_eq!(ran.code, Some(1), "{}", ran.stderr);
        let said = ran.stdout + &ran.stderr;
        assert!(!said.contains(ANY), "{said}");
        is_hidden(&place, out);
    }
    let run = run.replace(" --format csv,json,html", "");
    let ran = place.run(&format!("simulate {run} --policy policy.toml --out two"));
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    for name in place.names("two") {
        assert!(!place.read(&format!("two/{name}")).contains(ANY), "{name}");
    }
    assert!(!(ran.stdout + &ran.stderr).contains(ANY));
}

#[test]
fn an_export_hides_all_members_of_the_ledger_in_all_numbers() {
    let place = with_key("");
    let header = HEADER.trim_end().to_owned()
        + ",frequency_code,original_claim_id,payer_claim_number,authorization_number\n";
    let rows = "A1,1,MSM000777,1234567893,H0038,4,2025-09-03,1,,PAY-MSM000778,AU-MSM000778\n\
                A-MSM000777-2,1,MSM000778,1234567893,H0038,4,2025-09-04,1,,,\n\
                A3,1,MSM000779,1234567893,H0038,4,2025-09-04,7,A-MSM000777-2,,\n";
    place.write("claims.csv", header + rows);
    place.run("validate claims.csv --as-of 2025-09-30 --ledger year.db --post all --out out");
    for format in ["csv", "json"] {
        let line = format!("ledger export --ledger year.db --format {format}");
        let (plain, hidden) = (place.run(&line), place.run(&format!("{line} --deidentify key")));
        assert_eq!(plain.stdout.matches(ANY).count(), 7, "{}", plain.stdout);
        assert!(!hidden.stdout.contains(ANY), "{}", hidden.stdout);
        for begin in ["A-P", "PAY-P", "AU-P"] {
            assert!(hidden.stdout.contains(begin), "{begin}: {}", hidden.stdout);
        }
    }
}

/// The member of a finding that differs is not that of whose id the claim is made.
#[test]
fn a_difference_names_no_member_of_either_run() {
    let row = |units: u32| {
        format!(
            "A-MSM000777-2,1,MSM000778,1234567893,H0038,{units},2025-09-04\n\
             X,1,MSM000777,1234567893,H0038,2,2025-09-04\n"
        )
    };
    let place = Place::with_claims(&row(12));
    place.write("after.csv", format!("{HEADER}{}", row(13)));
    for (claims, out) in [("claims.csv", "a"), ("after.csv", "b")] {
        place.run(&format!("validate {claims} --as-of 2025-09-30 --out {out}"));
    }
    let said = place.run("diff a b").stdout;
    assert!(said.contains("claim A-(member)-2 line 1") && !said.contains(ANY), "{said}");
}

/// What is printed of a remittance, and of what people decide, has no id of anybody: neither the
/// claim's own member nor another of the remittance or the ledger.
#[test]
fn remittances_and_decisions_are_told_without_ids() {
    let place = Place::with_claims("A1,1,MSM000778,1234567893,H0038,4,2025-09-03\n");
    place.run("validate claims.csv --as-of 2025-09-30 --ledger year.db --post all --out out");
    let claim = |id: &str, member: &str| {
        format!(
            "CLP*{id}*1*10*10**MC*PN-{member}*53*1~\nNM1*QC*1*BARNES*CARL****MI*{member}~\n\
             SVC*HC:H0038*10*10**5~\nDTM*472*20250905~\n"
        )
    };
    let claims = claim("MSM000777-2", "MSM000777")
        + &claim("B-MSM000777-3", "MSM000776")
        + &claim("C-MSM000778-4", "MSM000775");
    let text = include_str!("../../../fixtures/remit/first.835");
    let (begin, rest) = text.split_at(text.find("CLP*").expect("a claim"));
    let (_, end) = rest.split_at(rest.find("SE*").expect("an end"));
    let begin = begin.replace("1888000019", "1234567893");
    place.write("own.835", format!("{begin}{claims}{end}"));
    for format in ["table", "json"] {
        let ran = place.run(&format!("remit own.835 --ledger year.db --dry-run --format {format}"));
        let said = ran.stdout + &ran.stderr;
        for shown in ["(member)-2", "B-(member)-3", "C-(member)-4", "PN-(member)"] {
            assert!(said.contains(shown), "{shown}: {said}");
        }
        assert!(!said.contains(ANY), "{said}");
    }
    for (line, shown) in [
        ("hold MSM000778-9 --reason look", "claim (member)-9 is held"),
        ("status", "hold (member)-9"),
        ("status --format json", "\"(member)-9\""),
        ("withdraw MSM000778-9 --reason looked", "claim (member)-9"),
        ("withdraw MSM000778-9 --reason looked", "claim (member)-9: no decision"),
    ] {
        let ran = place.run(&format!("ledger {line} --ledger year.db"));
        let said = ran.stdout + &ran.stderr;
        assert!(said.contains(shown) && !said.contains(ANY), "{line}: {said}");
    }
}
