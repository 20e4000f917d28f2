//! `queue.csv`: the morning's work list.

use crate::support::{Place, columns, repository};

#[test]
fn each_held_claim_stands_once_what_is_lost_first_in_front() {
    let place = Place::new();
    let nightly = repository().join("fixtures/nightly");
    std::os::unix::fs::symlink(nightly, place.path("nightly")).expect("writable");
    let line = "validate nightly/claims.837 --tables nightly/tables --history nightly/history \
                --as-of 2025-09-15 --out out --quiet";
    let ran = place.run(line);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let names = ["claim_id", "disposition", "amount_at_issue"];
    let claims = columns(&place.read("out/claims.csv"), &names);
    let mut held: Vec<_> =
        claims.iter().filter(|row| row[1] == "hold").map(|row| [&row[0], &row[2]]).collect();
    let names = ["claim_id", "amount_at_issue", "deadline", "rules", "reasons", "what_to_do"];
    let queue = columns(&place.read("out/queue.csv"), &names);
    let mut listed: Vec<_> = queue.iter().map(|row| [&row[0], &row[1]]).collect();
    held.sort();
    listed.sort();
    assert_eq!(listed, held);
    let order: Vec<_> = queue
        .iter()
        .map(|row| (row[2].clone(), -row[1].parse::<f64>().expect("dollars")))
        .collect();
    assert!(order.windows(2).all(|pair| pair[0] <= pair[1]), "{order:?}");
    let row = queue.iter().find(|row| row[0] == "N004").expect("it is held");
    assert_eq!((row[2].as_str(), row[3].as_str()), ("2026-09-09", "U001"));
    assert!(row[4].starts_with("line 1, daily-units-exceeded: 8 units"), "{}", row[4]);
    assert!(!row[5].is_empty());
}

#[test]
fn the_deadline_is_that_of_the_earliest_line_and_the_policy() {
    let rows = "B,1,M1,1234567893,H0038,7,2025-09-05\n\
                B,2,M1,1234567893,H0038,1,2025-09-01\n\
                A,1,M2,1234567893,H0038,7,2024-09-01\n\
                C,1,M3,1234567893,H0038,9,2025-09-01\n\
                =D,1,M4,1234567893,H0038,0,never\n\
                E,1,M5,1234567893,H0038,4,2025-09-01\n";
    let place = Place::with_claims(rows);
    place.write("policy.toml", "[claims]\nfiling_days = 100\n");
    for (options, deadlines) in [
        ("", ["2025-09-01", "2026-09-01", "2026-09-01", ""]),
        ("--policy policy.toml", ["2024-12-10", "2025-12-10", "2025-12-10", ""]),
    ] {
        let line = format!("validate claims.csv --as-of 2025-09-11 --out out --quiet {options}");
        let ran = place.run(&line);
        assert_eq!(ran.code, Some(1), "{}", ran.stderr);
        let names = ["claim_id", "deadline", "days_left", "units_payable", "position"];
        let queue = columns(&place.read("out/queue.csv"), &names);
        let ids: Vec<&str> = queue.iter().map(|row| row[0].as_str()).collect();
        // B and C are lost on the same day: the dollars are equal, so input order decides.
        assert_eq!(ids, ["A", "B", "C", "'=D"]);
        let found: Vec<&str> = queue.iter().map(|row| row[1].as_str()).collect();
        assert_eq!(found, deadlines);
        if options.is_empty() {
            let left: Vec<&str> = queue.iter().map(|row| row[2].as_str()).collect();
            assert_eq!(left, ["-10", "355", "355", ""]);
            assert_eq!((queue[1][3].as_str(), queue[1][4].as_str()), ("7", "row 2"));
        }
    }
}
