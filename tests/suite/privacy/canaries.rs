//! Inputs in which everything that says who a member is can be told from all other text.

use crate::support::{Place, repository};

pub const ID: &str = "QZID77441";
/// Everything else: name, birth date in its forms, street.
pub const OTHERS: [&str; 6] =
    ["QZLASTNAME", "QZFIRSTNAME", "19530717", "1953-07-17", "07/17/1953", "QZSTREET"];

/// What of the canaries stands in a text.
pub fn within(text: &str) -> Vec<&'static str> {
    let text = text.to_ascii_uppercase();
    let all = OTHERS.into_iter().chain([ID]);
    all.filter(|canary| text.contains(canary)).collect()
}

/// The columns of a claim CSV, and two that are nobody's.
pub const HEADER: &str = "claim_id,line_number,member_id,member_birth_date,billing_npi,\
                          rendering_npi,procedure_code,units,service_date,charge_amount,\
                          member_name,street\n";

/// Each third claim has its id from the member's, as some agencies make them.
fn row(claim: u32, day: u32) -> String {
    let made_of = if claim.is_multiple_of(3) { format!("{ID}-") } else { String::new() };
    format!(
        "{made_of}C{claim},1,{ID},1953-07-17,1888000019,1777000013,H0038,9,2025-09-{day:02},137.79,\
         QZFIRSTNAME QZLASTNAME,7 QZSTREET\n"
    )
}

/// Good rows, over every limit.
pub fn good_csv() -> String {
    HEADER.to_owned() + &(1..=28).map(|day| row(day, day)).collect::<String>()
}

/// The same, rows whose values stand so many columns too far, and rows with a canary in each column
/// but the claim id, by which claims are named (without the member's id in it), and the service
/// date, which is shown as such.
pub fn csv() -> String {
    let mut text = good_csv();
    let cells = row(90, 9);
    let cells: Vec<&str> = cells.trim_end().split(',').collect();
    let is_date = |cells: &[&str]| cells[8].starts_with("1953");
    for place in 1..cells.len() {
        let mut shifted = cells.clone();
        shifted[1..].rotate_left(place);
        let wrong = [ID, "QZFIRSTNAME QZLASTNAME", "1953-07-17", "7 QZSTREET"].map(|canary| {
            let mut wrong = cells.clone();
            wrong[place] = canary;
            wrong
        });
        for cells in wrong.into_iter().chain([shifted]).filter(|cells| !is_date(cells)) {
            text.push_str(&format!("{}\n", cells.join(",")));
        }
    }
    text
}

/// The invented night with canaries in the place of every subscriber.
pub fn x12() -> String {
    disguised(&std::fs::read_to_string(repository().join("fixtures/nightly/claims.837")))
}

/// The invented remittance with canaries in the place of every patient.
pub fn remittance() -> String {
    disguised(&std::fs::read_to_string(repository().join("fixtures/remit/first.835")))
}

fn disguised(text: &std::io::Result<String>) -> String {
    let text = text.as_ref().expect("a fixture");
    let mut is_member = false;
    let segment = |line: &str| {
        let id = line.split('*').next().unwrap_or_default();
        if line.starts_with("NM1*") || id == "HL" {
            is_member = line.starts_with("NM1*IL") || line.starts_with("NM1*QC");
        }
        match id {
            "NM1" if is_member => {
                let kind = &line[..6];
                format!("{kind}*1*QZLASTNAME*QZFIRSTNAME****MI*{ID}~")
            }
            "CLM" => line.replacen("CLM*", &format!("CLM*{ID}-"), 1),
            "CLP" => line.replacen("CLP*", &format!("CLP*{ID}-"), 1),
            "N3" if is_member => "N3*7 QZSTREET~".to_owned(),
            "DMG" => "DMG*D8*19530717*F~".to_owned(),
            _ => line.to_owned(),
        }
    };
    text.lines().map(segment).collect::<Vec<_>>().join("\n") + "\n"
}

/// A place with claims, tables, history and a remittance, all with canaries.
pub fn place() -> Place {
    let place = Place::new();
    place.write("claims.csv", csv());
    place.write("good.csv", good_csv());
    place.write("claims.837", x12());
    place.write("first.835", remittance());
    place.write("history/2025-08.csv", good_csv().replace("2025-09", "2025-08"));
    let tables = repository().join("fixtures/nightly/tables");
    for entry in std::fs::read_dir(tables).expect("tables") {
        let entry = entry.expect("a table");
        let name = entry.file_name().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(entry.path()).expect("a table");
        place.write(&format!("tables/{name}"), &text);
        place.write(&format!("bad/{name}"), with_bad_rows(&text));
    }
    place
}

/// The table, and rows whose cells are canaries, one after the other.
fn with_bad_rows(text: &str) -> String {
    let mut all = text.to_owned();
    let Some(row) = text.lines().nth(1) else { return all };
    let cells: Vec<&str> = row.split(',').collect();
    for place in 0..cells.len() {
        for canary in [ID, "QZFIRSTNAME QZLASTNAME", "1953-07-17", "7 QZSTREET"] {
            let mut wrong = cells.clone();
            wrong[place] = canary;
            all.push_str(&format!("{}\n", wrong.join(",")));
        }
    }
    all
}
