//! Text that does something where results are read: formulas in a spreadsheet, script in a page,
//! escapes on a terminal.

use crate::support::{HEADER, Place, columns, repository};
use crate::workbook;

const RUN: &str = "--as-of 2025-09-30 --fail-on never --format csv,json,html,xlsx --out out";
const FORMULAS: [&str; 6] =
    ["=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)", "=cmd|'/C calc'!A0", "-WORD"];

/// Every text column holds `text` in some row.
fn claims(text: &str) -> String {
    let quoted = format!("\"{}\"", text.replace('"', "\"\""));
    let cells = [
        "N1",
        "1",
        "M1",
        "1234567893",
        "H0038",
        "9",
        "2025-09-03",
        "1111111112",
        "HQ",
        "11",
        "50.00",
    ];
    let header =
        HEADER.trim_end().to_owned() + ",rendering_npi,modifiers,place_of_service,paid_amount\n";
    let mut rows = header;
    for column in 0..cells.len() {
        let mut row = cells.map(str::to_owned);
        if column != 0 {
            row[0] = format!("N{column}");
        }
        row[column].clone_from(&quoted);
        rows.push_str(&format!("{}\n", row.join(",")));
    }
    rows
}

fn tables(place: &Place, text: &str) {
    let quoted = format!("\"{}\"", text.replace('"', "\"\""));
    let credentials = format!(
        "practitioner_npi,designation,effective_date,status\n\
         1111111112,{quoted},2025-01-01,{quoted}\n\
         {quoted},CPSSP-A,2025-01-01,active\n1111111112,CPSSP-A,{quoted},active\n"
    );
    place.write("tables/credentials.csv", credentials);
    let plans = format!(
        "member_id,plan_id,start_date,end_date,services\nM1,{quoted},2025-01-01,2025-02-01,H0038\n\
         M1,P2,2025-09-01,2025-09-30,{quoted}\n"
    );
    place.write("tables/service_plans.csv", plans);
    let sessions = format!(
        "practitioner_npi,supervisor_id,session_date,mode,format,minutes,session_id\n\
         1111111112,{quoted},2025-09-01,{quoted},individual,60,{quoted}\n"
    );
    place.write("tables/supervision.csv", sessions);
    let stints = format!(
        "practitioner_npi,billing_npi,start_date\n1111111112,1234567893,2025-01-01\n\
         1111111112,{quoted},2025-01-01\n"
    );
    place.write("tables/employment.csv", stints);
}

#[test]
fn no_cell_of_a_csv_is_a_formula() {
    for formula in FORMULAS {
        let place = Place::new();
        place.write("claims.csv", claims(formula));
        for (command, more) in [("validate", ""), ("audit", "--sample 5")] {
            let ran = place.run(&format!("{command} claims.csv {RUN} --quiet {more}"));
            assert!(matches!(ran.code, Some(0 | 3)), "{}", ran.stderr);
            let mut guarded = 0;
            for name in place.names("out").iter().filter(|name| name.ends_with(".csv")) {
                let text = place.read(&format!("out/{name}"));
                let mut rows =
                    csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
                for row in rows.records().map(|row| row.expect("a row")) {
                    for cell in &row {
                        let is_number = cell.parse::<f64>().is_ok();
                        let is_run = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
                        assert!(is_number || !is_run, "{command}, {name}: {cell:?}");
                        guarded += usize::from(cell == format!("'{formula}"));
                    }
                }
            }
            assert!(guarded > 3, "{command}: {formula:?} is shown {guarded} times, guarded");
            let book = std::fs::read(place.path("out/findings.xlsx")).expect("a workbook");
            let book = workbook::text(&book);
            assert!(!book.contains("<f>") && !book.contains("<f "), "a formula in the workbook");
            assert!(!book.contains("<hyperlink "), "a link in the workbook");
        }
    }
}

#[test]
fn nothing_of_the_input_runs_in_the_page() {
    let hostile = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "</title></style></script><svg onload=alert(1)>",
        "&lt;script&gt;",
        "javascript:alert(1)",
        "<!--",
        "]]>",
    ];
    let place = Place::new();
    for text in hostile {
        place.write("claims.csv", claims(text));
        tables(&place, text);
        let names = ["<b>name.csv", "a'\"&.csv"];
        names.iter().for_each(|name| place.write(&format!("in/{name}"), claims(text)));
        for command in ["validate", "audit"] {
            let line = format!("{command} claims.csv in --tables tables {RUN} --quiet --unmask");
            let ran = place.run(&line);
            assert!(matches!(ran.code, Some(0 | 3)), "{}", ran.stderr);
            let page = place.read("out/report.html");
            // The page's own script and style are one of each; no other element of theirs is there.
            let count = |what: &str| page.to_ascii_lowercase().matches(what).count();
            assert_eq!((count("<script"), count("</script")), (1, 1), "{text}");
            assert_eq!((count("<style"), count("</style")), (1, 1), "{text}");
            assert_eq!(count("<title"), count("</title"), "{text}");
            for what in
                ["<img", "<svg onload", "<b>name", "<!--", " onerror=alert(1)>", "'alert(1)"]
            {
                assert_eq!(count(what), 0, "{command}, {text}: {what}");
            }
            if text.starts_with('<') && text.contains("script>alert") {
                assert!(page.contains("&lt;script&gt;alert(1)"), "it is shown, as text");
            }
        }
    }
}

#[test]
fn no_escape_reaches_the_terminal() {
    let escapes = "\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m\u{202e}x\u{8}\r";
    let place = Place::new();
    place.write("claims.csv", claims(escapes));
    tables(&place, escapes);
    let name = "e\u{1b}[31m\u{202e}.csv";
    place.write(&format!("in/{name}"), claims(escapes));
    place.write("in/other\u{1b}]0;x\u{7}.txt", "no claims");
    let look = |line: &str| {
        let ran = place.run(line);
        let said = ran.stdout + &ran.stderr;
        let wild = |c: &char| c.is_control() && *c != '\n' || matches!(*c, '\u{202a}'..='\u{202e}');
        let found: Vec<char> = said.chars().filter(wild).collect();
        assert!(found.is_empty(), "{line}: {found:?} in {said:?}");
    };
    for line in [
        "validate in claims.csv --tables tables --as-of 2025-09-30",
        "validate in --tables tables --as-of 2025-09-30 -v --out out",
        "validate in --tables tables --as-of 2025-09-30 --max-bad-rows 0",
        "audit in claims.csv --tables tables --as-of 2025-09-30",
        "validate in --ledger year.db --as-of 2025-09-30 --out led\u{1b}[31m",
        "ledger runs --ledger year.db",
        "ledger members --ledger year.db --as-of 2025-09-30",
        "validate nowhere\u{1b}[31m.csv",
        "validate claims.csv --credentials nowhere\u{1b}[31m.csv",
        "validate claims.csv --policy nowhere\u{1b}[31m.toml",
        "validate claims.csv --config nowhere\u{1b}[31m.toml",
        "validate claims.csv --deidentify nowhere\u{1b}[31m.key",
        "ledger status --ledger nowhere\u{1b}[31m.db",
        "remit nowhere\u{1b}[31m.835 --ledger year.db",
    ] {
        look(line);
    }
    look(&format!("inspect in/{name}"));
}

/// A file's name may hold a line break and what a terminal acts on; a CSV of ours is read with
/// `cat` and line by line too.
#[test]
fn names_of_files_are_one_line_of_a_csv() {
    let place = Place::new();
    let text = format!("{HEADER}N1,1,M1,1234567893,H0038,9,2025-09-03\nx\n");
    place.write("in/a\r\nb\u{1b}[31m.csv", text);
    for (command, names) in [
        ("validate in --out out", &["findings.csv", "queue.csv", "rejects.csv"][..]),
        ("audit in --out out", &["findings.csv", "overpayment.csv", "member_ledger.csv"]),
        ("simulate in --policy policy.toml --out out", &["diff.csv"]),
    ] {
        let policy = std::fs::read_to_string(repository().join("src/policy/builtin.toml"));
        let policy = policy.expect("a policy").replace("daily_units = ", "daily_units = 1 # ");
        place.write("policy.toml", policy);
        let ran = place.run(&format!("{command} --as-of 2025-09-30 --quiet"));
        assert!(matches!(ran.code, Some(1 | 3)), "{}", ran.stderr);
        for name in names {
            let text = place.read(&format!("out/{name}"));
            assert!(text.contains("in/a\\r\\nb\\u{1b}[31m.csv,"), "{name}: {text:?}");
            let is_wild = |c: char| c.is_control() && c != '\n';
            assert!(!text.contains(is_wild), "{name}: {text:?}");
            let records = csv::Reader::from_reader(text.as_bytes()).records().count();
            assert_eq!(text.lines().count(), records + 1, "{name}: {text:?}");
        }
    }
}

#[test]
fn a_guard_is_put_once_and_numbers_have_none() {
    let place = Place::with_claims("N1,1,M1,1234567893,H0038,9,2025-09-03\n");
    place.run(&format!("validate claims.csv {RUN} --quiet"));
    let cells = columns(&place.read("out/findings.csv"), &["claim_id", "member_id", "units"]);
    assert!(cells.iter().all(|row| row[..] == ["N1", "M1", "9"]), "{cells:?}");
}
