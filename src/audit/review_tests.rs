//! What a reviewed sample may be, and what is said of one that may not.

use super::*;

const HEADER: &str = "frame_sha256,frame_lines,strata,stratum,stratum_lines,stratum_sample,kind,\
                      order,number,amount,overpaid_amount\n";

/// Rows `stratum,lines,sample,kind,order,amount,overpaid` of a frame of 40 lines in one stratum;
/// the order is the number in the frame too.
fn read_rows(rows: &str) -> Result<Vec<ReviewedStratum>, String> {
    read_frame(40, 1, rows)
}

fn read_frame(lines: u64, strata: u64, rows: &str) -> Result<Vec<ReviewedStratum>, String> {
    let row = |row: &str| {
        if row.starts_with(',') {
            return format!("{row}\n");
        }
        let cells: Vec<&str> = row.splitn(7, ',').collect();
        let [stratum, all, sample, kind, order, amount, overpaid] = cells[..] else {
            return format!("{row}\n");
        };
        let start = format!("f00d,{lines},{strata},{stratum},{all},{sample},{kind},{order}");
        format!("{start},{order},{amount},{overpaid}\n")
    };
    let rows: String = rows.lines().map(row).collect();
    parse(format!("{HEADER}{rows}").as_bytes())
}

#[test]
fn spares_stand_in_for_lines_that_cannot_be_reviewed() {
    let rows = "a,40,2,sample,1,31.32,0\na,40,2,sample,2,31.32,\na,40,2,spare,3,15.66,\"$7.50\"\n";
    let strata = read_rows(rows).expect("a review");
    assert_eq!(strata[0].overpaid, [0.0, 750.0]);
    assert_eq!(strata[0].lines, 40);
    // What a spreadsheet leaves below the table is no row.
    let trailing = format!("{rows},,,,,,,,,,\n,\n");
    assert_eq!(read_rows(&trailing), Ok(strata));
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    let error = |rows: &str| read_rows(rows).expect_err("no review");
    assert!(error("").contains("no row"));
    let open = "a,40,2,sample,1,31.32,0\na,40,2,sample,2,31.32,\n";
    assert!(error(open).contains("an overpaid_amount: 1, lines of its sample: 2"));
    assert!(error("a,40,1,sample,1,31.32,31.33\n").starts_with("row 2: overpaid_amount is more"));
    assert!(error("a,40,1,sample,1,31.32,none\n").starts_with("row 2: overpaid_amount is no"));
    let skipped = "a,40,1,sample,1,1.00,\na,40,1,spare,2,1.00,\na,40,1,spare,3,1.00,0\n";
    assert!(error(skipped).contains("take spares in their order"));
    assert!(error("a,40,1,sample,1,1.00,0\na,41,1,sample,2,1.00,0\n").contains("differs"));
    assert!(error("a,40,1,spare,1,1.00,0\n").contains("kind is spare, order 1 of 1"));
    assert!(parse(b"stratum,amount\n").expect_err("no review").contains("frame_sha256"));
}

#[test]
fn no_line_counts_twice_and_none_is_lost() {
    let error = |rows: &str| read_rows(rows).expect_err("no review");
    let twice = "a,40,2,sample,1,9.00,9\na,40,2,sample,1,9.00,9\n";
    assert!(error(twice).starts_with("row 3: order 1 of stratum a stands in a row before"));
    // The same line of the frame under another order.
    let text =
        format!("{HEADER}f,40,1,a,40,2,sample,1,7,9.00,9\nf,40,1,a,40,2,sample,2,7,9.00,9\n");
    assert!(parse(text.as_bytes()).expect_err("no review").contains("line 7 of the frame"));
    let lost = "a,40,2,sample,1,9.00,9\na,40,2,spare,3,9.00,0\n";
    assert!(error(lost).contains("stratum a: the row with order 2 is missing"));
    let half = read_frame(40, 2, "a,20,1,sample,1,9.00,9\n").expect_err("no review");
    assert!(half.contains("strata in it: 1, strata drawn: 2"), "{half}");
    let short = read_frame(50, 1, "a,40,1,sample,1,9.00,9\n").expect_err("no review");
    assert!(short.contains("add up to 40 and not to the 50 lines"), "{short}");
    let text = format!("{HEADER}f,40,1,a,40,2,sample,1,7,9.00,9\ng,40,1,a,40,2,sample,2,8,9,9\n");
    assert!(parse(text.as_bytes()).expect_err("no review").contains("rows of two samples"));
}

#[test]
fn a_comma_stands_between_thousands_alone() {
    let cents = |text| dollars(text).map(|cents| cents.0);
    assert_eq!(cents("$1,250.00"), Some(125_000));
    assert_eq!(cents("-$1,250"), Some(-125_000));
    assert_eq!(cents("12,345,678.90"), Some(1_234_567_890));
    assert_eq!(cents("7.5"), Some(750));
    assert_eq!(cents("-3"), Some(-300));
    for wrong in ["0,50", "12,50", "1,2500", ",500", "1.000,50", "1,25.00", "$", "", "--1", "1e2"] {
        assert_eq!(cents(wrong), None, "{wrong}");
    }
}

#[test]
fn files_of_other_forms_are_told_how_to_become_one() {
    let error = |text: &[u8]| parse(text).expect_err("no review");
    assert!(error(b"PK\x03\x04rest").contains("a workbook: save it as CSV UTF-8"));
    assert!(error(b"\xff\xfes\0t\0").contains("UTF-16 text: save it as CSV UTF-8"));
    assert!(error(b"s\0t\0r\0").contains("UTF-16"));
    assert!(error(b"stratum,caf\xe9\n").contains("not UTF-8"));
    let semicolons = HEADER.replace(',', ";");
    assert!(error(semicolons.as_bytes()).contains("separated by commas"));
}
