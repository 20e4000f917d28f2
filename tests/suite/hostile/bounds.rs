//! Numbers and dates at every bound: an error, a rejected row or a finding, and never a panic, a
//! sum that is wrong in silence, or a run that does not end.

use crate::support::{HEADER, Place};

const NUMBERS: [&str; 26] = [
    "0",
    "-0",
    "1",
    "-1",
    "127",
    "128",
    "255",
    "256",
    "32767",
    "32768",
    "65535",
    "65536",
    "2147483647",
    "2147483648",
    "-2147483648",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999999999999999999",
    "0.00000000000000000000001",
    "1e308",
    "NaN",
];

const DATES: [&str; 22] = [
    "0000-01-01",
    "0000-12-31",
    "0001-01-01",
    "1582-10-10",
    "1899-12-31",
    "1900-02-29",
    "1969-12-31",
    "2000-02-29",
    "2025-02-29",
    "2025-00-10",
    "2025-10-00",
    "2025-13-01",
    "2025-12-32",
    "2038-01-20",
    "2262-04-12",
    "9999-12-31",
    "10000-01-01",
    "-2025-01-01",
    "99991231",
    "00000000",
    "99999999",
    "2025-09-03T00:00:00Z",
];

/// Whether it ended as a run ends, and said nothing of a panic.
fn holds(place: &Place, line: &str) {
    let ran = place.run(line);
    assert!(matches!(ran.code, Some(0..=3)), "{line}: {:?} {}", ran.code, ran.stderr);
    assert!(!ran.stderr.contains("fault of the program"), "{line}: {}", ran.stderr);
    if matches!(ran.code, Some(0 | 1 | 3)) && line.contains("--out out") {
        let summary = place.json("out/summary.json");
        let of = |key: &str| summary[key].as_u64().unwrap_or_else(|| panic!("{key}"));
        let buckets = ["left_out", "passed_over", "denied_records", "repeated_records"];
        let more = ["conflicting_records", "corrected_away", "checked"];
        let sum: u64 = buckets.into_iter().chain(more).map(of).sum();
        assert_eq!(sum, of("service_lines"), "{line}");
    }
}

#[test]
fn numbers_at_every_bound_in_every_column() {
    const WIDE: &str = "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,\
                        units,service_date,charge_amount,paid_amount,patient_paid_amount\n";
    let place = Place::new();
    let cells = [
        "N1",
        "1",
        "M1",
        "1234567893",
        "1111111112",
        "H0038",
        "4",
        "2025-09-03",
        "50.00",
        "40.00",
        "1.00",
    ];
    let mut rows = WIDE.to_owned();
    for column in 0..cells.len() {
        for (number, value) in NUMBERS.iter().enumerate() {
            let mut row = cells.map(str::to_owned);
            row[0] = format!("N{column}-{number}");
            row[column] = (*value).to_owned();
            rows.push_str(&format!("{}\n", row.join(",")));
        }
    }
    place.write("claims.csv", &rows);
    let run = "claims.csv --as-of 2025-09-30 --quiet --out out --format csv,json,html,xlsx";
    holds(&place, &format!("validate {run}"));
    holds(&place, &format!("audit {run} --sample 5"));
    holds(&place, &format!("validate {run} --ledger year.db --post all"));
    holds(&place, "ledger members --ledger year.db --as-of 2025-09-30");
    holds(&place, "ledger check --ledger year.db");
    // Sums over many of the largest.
    let most = |claim: usize| {
        format!("B{claim},1,M2,1234567893,,H0038,4294967295,2025-09-03,92233720368547758.07,,\n")
    };
    place.write("claims.csv", WIDE.to_owned() + &(0..300).map(most).collect::<String>());
    holds(&place, &format!("validate {run}"));
    holds(&place, &format!("audit {run}"));
}

#[test]
fn dates_from_year_0_to_9999() {
    let place = Place::new();
    let claims = DATES.iter().enumerate().flat_map(|(number, date)| {
        let row = |day: &str, end: &str, birth: &str, received: &str| {
            format!("N{number},1,M{number},1234567893,H0038,4,{day},{end},{birth},{received}\n")
        };
        let good = "2025-09-03";
        [
            row(date, "", "", ""),
            row(good, date, "", ""),
            row(date, date, "", ""),
            row(good, "", date, ""),
            row(good, "", "", date),
            row("0001-01-01", "9999-12-31", "0001-01-01", "9999-12-31"),
        ]
    });
    let header =
        HEADER.trim_end().to_owned() + ",service_end_date,member_birth_date,received_date\n";
    place.write("claims.csv", header + &claims.collect::<String>());
    let table = |header: &str, row: &dyn Fn(&str, &str) -> String| {
        let pairs = DATES.iter().flat_map(|from| DATES.iter().map(move |to| (from, to)));
        header.to_owned() + &pairs.map(|(from, to)| row(from, to)).collect::<String>()
    };
    let credentials =
        "practitioner_npi,designation,effective_date,expiration_date,status,birth_date\n";
    place.write(
        "tables/credentials.csv",
        table(credentials, &|from, to| format!("1111111112,CPSSP-A,{from},{to},active,{from}\n")),
    );
    let plans = "member_id,plan_id,start_date,end_date,services\n";
    place.write(
        "tables/service_plans.csv",
        table(plans, &|from, to| format!("M1,P1,{from},{to},H0038\n")),
    );
    for as_of in ["0001-01-01", "1900-01-01", "2025-09-30", "9999-12-31"] {
        let run =
            format!("claims.csv --as-of {as_of} --quiet --out out --format csv,json,html,xlsx");
        holds(&place, &format!("validate {run}"));
        assert!(place.path("out").is_dir(), "{as_of}");
        std::fs::remove_dir_all(place.path("out")).expect("removed");
        holds(&place, &format!("validate {run} --tables tables"));
        assert!(place.path("out").is_dir(), "with tables: {as_of}");
        holds(&place, &format!("audit {run}"));
    }
    for date in DATES {
        holds(&place, &format!("validate claims.csv --quiet --as-of {date}"));
        holds(&place, &format!("audit claims.csv --quiet --from {date} --to 9999-12-31"));
    }
}

#[test]
fn counts_in_an_envelope_at_every_bound() {
    let whole =
        std::fs::read_to_string(crate::support::repository().join("fixtures/nightly/claims.837"));
    let whole = whole.expect("a fixture");
    let place = Place::new();
    for number in NUMBERS {
        let changed: String = whole
            .split_inclusive('~')
            .map(|segment| match segment.trim_start().split('*').next() {
                Some("SE") => format!("\nSE*{number}*0001~"),
                Some("GE") => format!("\nGE*{number}*915~"),
                Some("IEA") => format!("\nIEA*{number}*000000915~"),
                Some("LX") => format!("\nLX*{number}~"),
                Some("SV1") => format!("\nSV1*HC:H0038*{number}*UN*{number}***1~"),
                _ => segment.to_owned(),
            })
            .collect();
        place.write("claims.837", changed);
        holds(&place, "validate claims.837 --as-of 2025-09-15 --quiet --out out --split --acks");
        holds(&place, "inspect claims.837");
    }
}
