//! Numbers of claims that hold the id of another member than the claim's own: no message names one.

use peerclaims::rules::registry::RULES;
use peerclaims::rules::{Example, Rule};

use super::canaries::{ID, within};
use super::talk::listen;
use crate::support::{HEADER, Place, columns, text_of};

/// Columns with numbers of claims.
const NUMBERS: [&str; 3] = ["claim_id", "original_claim_id", "payer_claim_number"];

/// The claims of an example, each number of a claim with the id of somebody else at its end.
fn with_ids(claims: &str) -> String {
    if claims.starts_with("ISA") {
        return claims.replace("CLM*", &format!("CLM*{ID}-"));
    }
    let mut rows = csv::ReaderBuilder::new().flexible(true).from_reader(claims.as_bytes());
    let header = rows.headers().expect("a header").clone();
    let mut text = header.iter().collect::<Vec<_>>().join(",") + "\n";
    for row in rows.records() {
        let row = row.expect("a row");
        let cells = row.iter().enumerate().map(|(place, cell)| {
            let is_number = header.get(place).is_some_and(|name| NUMBERS.contains(&name));
            let end = if is_number && !cell.is_empty() { format!("-{ID}") } else { String::new() };
            format!("{cell}{end}")
        });
        text += &(cells.collect::<Vec<_>>().join(",") + "\n");
    }
    text
}

/// The messages of the rule in its own example.
fn messages(rule: &Rule, example: &Example) -> Vec<String> {
    let place = Place::new();
    let claims = if example.claims.starts_with("ISA") { "claims.837" } else { "claims.csv" };
    place.write(claims, with_ids(example.claims));
    place.write("other.csv", format!("{HEADER}QZ1,1,{ID},1888000019,H0038,1,2025-09-03\n"));
    let mut line = format!("validate {claims} other.csv --out out --as-of {}", example.as_of);
    if !example.history.is_empty() {
        place.write("history.csv", with_ids(example.history));
        line += " --history history.csv";
    }
    if !example.tables.is_empty() {
        line += " --tables tables";
    }
    for (table, text) in example.tables {
        place.write(&format!("tables/{}", table.file_name()), text);
    }
    listen(&place, &line);
    let found = columns(&place.read("out/findings.csv"), &["rule", "message"]);
    for row in &found {
        assert_eq!(within(&row[1]), [""; 0], "{}: `Rule::names` must say so", row[0]);
    }
    let own = found.into_iter().filter(|row| row[0] == rule.id);
    own.map(|mut row| row.remove(1)).collect()
}

/// A rule that names a claim in its message and does not say so in `Rule::names` fails here.
#[test]
fn no_rule_names_a_member_within_the_number_of_a_claim() {
    for rule in RULES {
        let messages = messages(rule, &rule.fires);
        // Files are damaged on purpose, and one rule needs a ledger.
        assert!(!messages.is_empty() || rule.id.starts_with('F'), "{} does not fire", rule.id);
        let is_said = messages.iter().any(|message| message.contains("-(member)"));
        assert!(is_said || rule.names.is_none(), "{}: {messages:?}", rule.id);
    }
}

/// Two claims of one member that repeat each other, one with the id of another member.
#[test]
fn a_repeated_claim_is_named_without_the_id_of_another_member() {
    let place = Place::with_claims(
        "A-MSM000777-2,1,MSM000778,1234567893,H0038,4,2025-09-03\n\
         B7,1,MSM000778,1234567893,H0038,4,2025-09-03\n\
         B8,1,MSM000778,1888000019,H0038,4,2025-09-03\n\
         X1,1,MSM000777,1234567893,H0038,4,2025-09-03\n",
    );
    let line = "claims.csv --as-of 2025-09-30";
    let said = place.run(&format!("validate {line} -v")).stdout;
    assert!(said.contains("A-(member)-2 line 1") && !said.contains("MSM00077"), "{said}");
    place.run(&format!("validate {line} --format csv,json,html --out whole"));
    place.run(&format!("audit {line} --format csv,json,html --out papers"));
    place.run(&format!("validate {line} --format csv,json --out parts --memory 1K"));
    place.run(&format!("validate {line} --format csv,json --out few --memory 1K --block-bytes 60"));
    for out in ["whole", "papers", "parts", "few"] {
        let messages = columns(&place.read(&format!("{out}/findings.csv")), &["message"]).concat();
        let messages = messages.join("\n");
        for word in ["already on claim A-(member)-2", "too, on claim A-(member)-2"] {
            assert!(messages.contains(word), "{out}: {messages}");
        }
        assert!(!messages.contains("MSM00077"), "{out}: {messages}");
    }
    for page in ["whole/report.html", "papers/report.html"] {
        assert!(!text_of(&place.path(page)).contains("MSM00077"), "{page}");
    }
    let queue = columns(&place.read("whole/queue.csv"), &["reasons"]).concat().join("\n");
    assert!(queue.contains("A-(member)-2") && !queue.contains("MSM00077"), "{queue}");
    for name in ["findings.csv", "findings.jsonl", "queue.csv", "claims.csv"] {
        for out in ["parts", "few"] {
            let (part, whole) = (format!("{out}/{name}"), format!("whole/{name}"));
            assert!(place.read(&part) == place.read(&whole), "{part}");
        }
    }
}
