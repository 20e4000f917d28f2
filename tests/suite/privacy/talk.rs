//! What is said: standard error, the summary, errors of all sorts, names of files, and the messages
//! within the results.

use std::process::Stdio;

use super::canaries::{self, HEADER, ID, OTHERS, place, within};
use crate::parquet;
use crate::support::{Place, columns, text_of};

/// Runs a command and looks through what it said. Its standard output counts as talk too.
pub fn listen(place: &Place, line: &str) -> String {
    listen_with(place, line, b"")
}

pub fn listen_with(place: &Place, line: &str, input: &[u8]) -> String {
    let ran = place.run_with_input(line, input);
    let said = ran.stdout + &ran.stderr;
    assert_eq!(within(&said), [""; 0], "{line}:\n{said}");
    said
}

#[test]
fn runs_say_nothing_of_members_and_findings_do() {
    let place = place();
    let night = "claims.csv claims.837 --tables tables --history history --as-of 2025-09-30";
    for more in ["", "-v", "--quiet", "--tables bad", "--max-bad-rows 0", "--fail-on never"] {
        let line = match more {
            "--tables bad" => format!("validate {}", night.replace("tables tables", "tables bad")),
            more => format!("validate {night} {more}"),
        };
        listen(&place, &line);
    }
    let all = &format!("--format csv,json,html,xlsx{}", parquet::FORMAT);
    listen(&place, &format!("validate {night} {all} --out shifted"));
    look_at_results(&place, "shifted", false);
    listen(&place, &format!("audit {night} --history claims.csv"));
    let night = night.replace("claims.csv", "good.csv");
    for out in ["out", "out"] {
        let more = "-v --acks --split --ledger year.db --post all";
        let said = listen(&place, &format!("validate {night} {all} --out {out} {more}"));
        assert!(said.contains("findings"), "{said}");
    }
    listen(&place, &format!("validate {night} --out other --ledger other.db --dry-run -v"));
    listen(&place, &format!("audit {night} {all} --sample 5 --out papers -v"));
    listen(&place, "audit claims.csv --as-of 2025-09-30");
    look_at_results(&place, "out", true);
    look_at_results(&place, "papers", true);
    for line in [
        "status --ledger year.db",
        "runs --ledger year.db",
        "check --ledger year.db",
        "seed --history history/2025-08.csv --ledger seeded.db",
        "release C5 --reason looked --ledger year.db",
        "hold C5 --reason looked --ledger year.db",
        &format!("hold {ID}-C98 --reason looked --ledger year.db"),
        &format!("release {ID}-C99 --reason looked --ledger year.db"),
        &format!("hold {ID}-C3 --reason posted --ledger year.db"),
        "status --ledger year.db",
        "status --format json --ledger year.db",
        &format!("withdraw {ID}-C98 --reason looked --ledger year.db"),
        &format!("withdraw {ID}-C98 --reason looked --ledger year.db"),
        "backup copy.db --ledger year.db",
        "prune --before 2025-08-15 --ledger year.db",
        "undo 1 --ledger year.db",
        "undo 99 --ledger year.db",
    ] {
        listen(&place, &format!("ledger {line}"));
    }
    for more in ["--dry-run", "--dry-run --format json", "", "--format json"] {
        let said = listen(&place, &format!("remit first.835 --ledger year.db {more}"));
        let is_new = said.contains("claim (member)-") || said.contains("\"(member)-");
        assert!(is_new || !more.contains("--dry-run"), "{more}: {said}");
    }
    assert!(place.run("ledger export --ledger year.db").stdout.contains(ID), "an export shows ids");
}

/// The findings show the member's id, as they must; where values stand where they belong, no result
/// shows more, and no message or summary shows any in any case.
fn look_at_results(place: &Place, out: &str, is_good: bool) {
    let findings = place.read(&format!("{out}/findings.csv"));
    let found = within(&findings);
    assert!(found.contains(&ID) && (found == [ID] || !is_good), "the search finds what is there");
    for name in place.names(out).iter().filter(|name| place.path(out).join(name).is_file()) {
        assert_eq!(within(name), [""; 0]);
        let found = within(&text_of(&place.path(out).join(name)));
        assert!(name != "findings.parquet" || found.contains(&ID), "{out}/{name} can be searched");
        assert!(name != "report.html" || !is_good || found.is_empty(), "{out}/{name}: {found:?}");
        let is_talk = ["summary.json", "manifest.json", "rejects.csv"];
        match is_talk.contains(&name.as_str()) {
            true => assert_eq!(found, [""; 0], "{out}/{name}"),
            false => {
                let is_clean = OTHERS.iter().all(|canary| !found.contains(canary));
                assert!(is_clean || !is_good, "{out}/{name}: {found:?}");
            }
        }
    }
    for message in columns(&findings, &["message", "source", "position"]).concat() {
        assert_eq!(within(&message), [""; 0], "{message}");
    }
    for line in place.read(&format!("{out}/findings.jsonl")).lines() {
        let finding: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(within(&finding["message"].to_string()), [""; 0]);
    }
}

#[test]
fn bad_input_of_all_sorts_is_said_without_its_content() {
    let place = place();
    let rows = canaries::csv();
    place.write("no-header.csv", rows.replacen(HEADER, "", 1));
    place.write("semicolons.csv", rows.replace(',', ";"));
    place.write("lacks.csv", rows.replacen("service_date", "street_2", 1));
    place.write("twice.csv", rows.replacen("member_name", "units", 1));
    place.write("quote.csv", rows.replacen("C3,", "\"C3,", 1));
    place.write("utf16.csv", rows.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>());
    place.write("zeros.csv", rows.replacen("QZSTREET", "QZSTREET\0", 3));
    place.write("cr.csv", rows.replace('\n', "\r"));
    place.write("text.837", format!("QZFIRSTNAME QZLASTNAME {ID}\n"));
    place.write("gz.csv.gz", rows.as_bytes());
    let names = [
        "no-header.csv",
        "semicolons.csv",
        "lacks.csv",
        "twice.csv",
        "quote.csv",
        "utf16.csv",
        "zeros.csv",
        "cr.csv",
        "text.837",
        "gz.csv.gz",
        "claims.csv",
        "claims.837",
        "first.835",
    ];
    for name in names {
        listen(&place, &format!("inspect {name}"));
        listen(&place, &format!("inspect {name} --format json"));
        listen(&place, &format!("validate {name} --max-bad-rows 0 --as-of 2025-09-30"));
        listen(&place, &format!("validate claims.csv --as-of 2025-09-30 --credentials {name}"));
        listen(&place, &format!("validate claims.csv --as-of 2025-09-30 --plans {name}"));
        listen(&place, &format!("validate claims.csv --as-of 2025-09-30 --policy {name}"));
        listen(&place, &format!("validate claims.csv --as-of 2025-09-30 --config {name}"));
        listen(&place, &format!("validate claims.csv --as-of 2025-09-30 --ledger {name}"));
        listen(&place, &format!("validate claims.csv --as-of 2025-09-30 --deidentify {name}"));
        listen(&place, &format!("audit claims.csv --as-of 2025-09-30 --rates {name}"));
        listen(&place, &format!("audit estimate {name}"));
        listen(&place, &format!("policy check {name}"));
        listen(&place, &format!("remit {name} --ledger none.db"));
        listen(&place, &format!("ledger status --ledger {name}"));
    }
    listen_with(&place, "validate - --as-of 2025-09-30", rows.as_bytes());
    listen_with(&place, "policy check -", rows.as_bytes());
}

#[test]
fn damage_is_said_without_what_was_damaged() {
    let place = Place::new();
    let whole = canaries::x12();
    let wild = ["~", "*", ":", "\n", "\0", "é", "~NM1*IL*1*", "HL*", "~CLM*", "\u{1b}[31m"];
    let step = whole.len() / 60;
    for (number, at) in (0..whole.len()).step_by(step).enumerate() {
        let cut = whole.floor_char_boundary(at + number);
        place.write("cut.837", &whole[..cut]);
        let junk = wild[number % wild.len()];
        place.write("wild.837", format!("{}{junk}{}", &whole[..cut], &whole[cut..]));
        listen(&place, "validate cut.837 wild.837 --as-of 2025-09-30 -v");
        listen(&place, "inspect wild.837");
    }
    let payment = canaries::remittance();
    for at in (0..payment.len()).step_by(payment.len() / 20) {
        let cut = payment.floor_char_boundary(at);
        place.write("wild.835", format!("{}~NM1*QC*{}", &payment[..cut], &payment[cut..]));
        listen(&place, "remit wild.835 --ledger year.db");
        listen(&place, "inspect wild.835");
    }
}

#[test]
fn temporary_names_say_nothing_of_members() {
    let place = place();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_peerclaims"));
    let line = "validate claims.csv claims.837 --as-of 2025-09-30 --acks --split --format \
                csv,json,html,xlsx --ledger year.db --out out --quiet";
    command.current_dir(place.path("")).args(line.split_whitespace());
    let waits = "phases,write=300,commit=100,committed=100,exchanged=100";
    command.env("PEERCLAIMS_TEST_PHASES", waits).env("TMPDIR", place.path("tmp"));
    std::fs::create_dir(place.path("tmp")).expect("a folder");
    let mut child = command.stderr(Stdio::null()).spawn().expect("the program starts");
    let (mut looks, mut temporary) = (0, 0);
    while child.try_wait().expect("a child").is_none() {
        let names = all_names(&place.path(""));
        assert_eq!(within(&names), [""; 0], "{names}");
        temporary += usize::from(names.contains(".out.peerclaims-tmp-"));
        looks += 1;
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    assert!(looks > 20 && temporary > 20, "{looks} looks, {temporary} with a staging folder");
    assert!(!all_names(&place.path("")).contains("peerclaims-tmp"), "and none stays");
}

fn all_names(folder: &std::path::Path) -> String {
    let mut names = String::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        names.push_str(&format!("{}\n", entry.file_name().to_string_lossy()));
        if entry.path().is_dir() {
            names.push_str(&all_names(&entry.path()));
        }
    }
    names
}
