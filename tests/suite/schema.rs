//! Every JSON output against its schema in docs/schema: by a small reader of schemas here, and by
//! jsonschema where `PEERCLAIMS_PYTHON` has it.

use crate::support::{Place, Ran, repository};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// What `value` has that `schema` does not allow. Knows the words that our schemas use, no more.
fn faults(schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let is_kind = |word: &Value| word == kind || (word == "number" && kind == "integer");
    let is_allowed = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(is_kind),
        one => is_kind(one),
    };
    if !is_allowed {
        found.push(format!("{at}: {kind} where {} is described", schema["type"]));
    }
    if let Some(words) = schema["enum"].as_array()
        && !words.contains(value)
    {
        found.push(format!("{at}: {value} is none of {words:?}"));
    }
    if let Value::Array(items) = value {
        for (index, item) in items.iter().enumerate() {
            faults(&schema["items"], item, &format!("{at}[{index}]"), found);
        }
    }
    let Value::Object(object) = value else { return };
    for key in schema["required"].as_array().into_iter().flatten() {
        let key = key.as_str().expect("a name");
        if !object.contains_key(key) {
            found.push(format!("{at}: {key} is missing"));
        }
    }
    for (key, value) in object {
        let of_key = &schema["properties"][key];
        let at = format!("{at}.{key}");
        match &schema["additionalProperties"] {
            _ if of_key.is_object() => faults(of_key, value, &at, found),
            others if others.is_object() => faults(others, value, &at, found),
            Value::Bool(false) => found.push(format!("{at} is not described")),
            _ => {}
        }
    }
}

/// The properties that a schema describes, by their path.
fn described(schema: &Value, at: &str, paths: &mut BTreeSet<String>) {
    for (key, of_key) in schema["properties"].as_object().into_iter().flatten() {
        paths.insert(format!("{at}.{key}"));
        described(of_key, &format!("{at}.{key}"), paths);
    }
    if schema["items"].is_object() {
        described(&schema["items"], at, paths);
    }
}

/// The properties that a document has, by the same paths.
fn met(value: &Value, at: &str, paths: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| met(item, at, paths)),
        Value::Object(object) => {
            for (key, value) in object {
                paths.insert(format!("{at}.{key}"));
                met(value, &format!("{at}.{key}"), paths);
            }
        }
        _ => {}
    }
}

/// The documents of each schema.
#[derive(Default)]
struct Documents(BTreeMap<&'static str, Vec<Value>>);

impl Documents {
    fn add(&mut self, schema: &'static str, text: &str) {
        let value = serde_json::from_str(text);
        let value = value.unwrap_or_else(|error| panic!("{schema}: {error} in {text}"));
        self.0.entry(schema).or_default().push(value);
    }

    fn add_lines(&mut self, schema: &'static str, text: &str) {
        text.lines().for_each(|line| self.add(schema, line));
    }

    fn add_run(&mut self, place: &Place, out: &str) {
        self.add("summary", &place.read(&format!("{out}/summary.json")));
        self.add("manifest", &place.read(&format!("{out}/manifest.json")));
        if place.path(&format!("{out}/findings.jsonl")).exists() {
            self.add_lines("finding", &place.read(&format!("{out}/findings.jsonl")));
        }
    }
}

fn done(ran: Ran) -> String {
    assert!(matches!(ran.code, Some(0 | 1 | 3)), "{:?} {}", ran.code, ran.stderr);
    ran.stdout
}

/// Runs of every kind, and what they write.
fn runs(place: &Place, documents: &mut Documents) {
    let fixtures = repository().join("fixtures").display().to_string();
    let night = format!("{fixtures}/nightly");
    let input = format!("{night}/claims.837 --tables {night}/tables --history {night}/history");
    place.write("p.toml", "[[limits]]\nfrom = 2012-01-01\ndaily_units = 8\nannual_units = 200\n");
    place.write("peerclaims.toml", "[columns.claims]\nclaim_id = \"claim_id\"\n");
    let all = "--format csv,json --quiet";
    done(place.run(&format!("validate {input} --split --acks --ledger y.db --out a {all}")));
    std::fs::remove_file(place.path("peerclaims.toml")).expect("removed");
    done(place.run(&format!("validate {input} --policy p.toml --input-hash none --out b {all}")));
    done(place.run(&format!("audit {night}/history --sample 5 --out c {all}")));
    done(place.run("generate --lines 20000 --seed 3 --violations 0.01 --format csv,x12 --out set"));
    done(place.run(&format!("validate set/claims.csv --tables set/tables --out d {all}")));
    let x12 = "validate set/claims.x12 set/faults.x12 --tables set/tables";
    done(place.run(&format!("{x12} --out e {all}")));
    done(place.run("ledger release N004 --reason seen --by somebody --ledger y.db"));
    done(place.run(&format!("validate {night}/claims.csv --ledger y.db --out f {all}")));
    done(place.run("ledger hold N999 --reason look --by somebody --ledger y.db"));
    ["a", "b", "c", "d", "e", "f"].iter().for_each(|out| documents.add_run(place, out));
    for command in ["validate", "audit"] {
        let ran = place.run(&format!("{command} {night}/claims.csv --format json"));
        documents.add("summary", &done(ran));
    }
    let ran = place.run(&format!("validate {night}/claims.csv --out - --format json --quiet"));
    documents.add_lines("finding", &done(ran));

    let simulate = format!("simulate {input} --policy p.toml");
    documents.add("diff", &done(place.run(&format!("{simulate} --format json"))));
    done(place.run(&format!("{simulate} --out s --quiet")));
    documents.add("manifest", &place.read("s/manifest.json"));
    documents.add("diff-summary", &place.read("s/diff.json"));
    for pair in ["a b", "a a", "a/findings.csv b/findings.jsonl", "d e"] {
        documents.add("diff", &done(place.run(&format!("diff {pair} --format json"))));
    }
    done(place.run("diff d e --out x --quiet"));
    documents.add("diff-summary", &place.read("x/diff.json"));
    documents.add("manifest-diff", &place.read("x/manifest.json"));
}

/// Commands that look at something.
fn looks(place: &Place, documents: &mut Documents) {
    let fixtures = repository().join("fixtures").display().to_string();
    let verify = "verify a --inputs --ledger y.db --format json";
    documents.add("verify", &done(place.run(verify)));
    std::fs::remove_file(place.path("b/claims.csv")).expect("removed");
    place.write("b/findings.csv", "x");
    place.write("b/new", "x");
    documents.add("verify", &done(place.run("verify b --format json")));
    place.write("picture", [0_u8, 1, 2, 255]);
    let damaged = format!("{fixtures}/damaged");
    let files = [
        "picture",
        "set/claims.csv",
        "set/claims.x12",
        "set/faults.x12",
        "set/tables/credentials.csv",
        &format!("{damaged}/institutional-set.837"),
        &format!("{damaged}/bad-row.csv"),
        &format!("{fixtures}/taf/ot-lines.csv"),
    ];
    for file in files {
        documents.add("inspect", &done(place.run(&format!("inspect {file} --format json"))));
    }
    documents.add("rules", &done(place.run("rules --format json")));
    for rule in ["U001", "F004"] {
        documents.add("explain", &done(place.run(&format!("explain {rule} --format json"))));
    }
    place.write("bad.toml", "[claims]\nfiling_dys = 3\n");
    for file in ["p.toml", "bad.toml"] {
        let ran = place.run(&format!("policy check {file} --format json"));
        documents.add("policy-check", &done(ran));
    }
    done(place.run("validate set/claims.csv --ledger z.db --post all --quiet --fail-on never"));
    for dry in ["--dry-run", ""] {
        for ledger in ["y.db", "z.db"] {
            let remit = format!("remit {fixtures}/remit --ledger {ledger} --format json {dry}");
            documents.add("remit", &done(place.run(&remit)));
        }
    }
    for ledger in ["y.db", "z.db"] {
        let look = |what: &str| done(place.run(&format!("ledger {what} {ledger} --format json")));
        documents.add("ledger-status", &look("status"));
        documents.add("ledger-runs", &look("runs"));
        documents.add("ledger-check", &look("check"));
        documents.add("ledger-members", &look("members --as-of 2025-09-15"));
        documents.add_lines("ledger-export", &look("export"));
    }
}

/// What the desk asks, and the sample of an audit.
fn first_day(place: &Place, documents: &mut Documents) {
    let night = format!("{}/fixtures/nightly", repository().display());
    let tables = std::fs::read_dir(format!("{night}/tables")).expect("tables");
    for table in tables.map(|entry| entry.expect("an entry")) {
        let name = table.file_name().into_string().expect("a plain name");
        let text = std::fs::read_to_string(table.path()).expect("a table");
        if name != "authorizations.csv" {
            place.write(&format!("own/{name}"), text.replacen("expiration_date", "exp_date", 1));
        }
    }
    let day = "--as-of 2025-09-15 --format json";
    for folder in [&format!("{night}/tables"), "own"] {
        documents.add("check-tables", &done(place.run(&format!("check-tables {folder} {day}"))));
    }
    for options in [
        &format!("--tables {night}/tables"),
        "--credentials own/credentials.csv",
        &format!("--tables {night}/tables --ledger y.db --near 200 --days 400"),
    ] {
        documents.add("upcoming", &done(place.run(&format!("upcoming {options} {day}"))));
    }
    documents.add("policy", &done(place.run("policy --format json")));
    let sample = place.read("c/sample.csv");
    let amount = sample.lines().next().expect("a header").split(',');
    let amount = amount.clone().position(|name| name == "overpaid_amount").expect("the column");
    let reviewed = sample.lines().map(|line| {
        let mut cells: Vec<&str> = line.split(',').collect();
        if line.contains(",sample,") {
            cells[amount] = "1.00";
        }
        cells.join(",") + "\n"
    });
    place.write("reviewed.csv", reviewed.collect::<String>());
    let estimate = "audit estimate reviewed.csv --format json";
    documents.add("audit-estimate", &done(place.run(estimate)));
}

/// Described, but only where something is wrong that these runs do not meet.
const SELDOM: [&str; 8] = [
    "inspect.encoding",
    "remit.unmatched_services.claim_id",
    "remit.unmatched_services.procedure_code",
    "remit.unmatched_services.service_date",
    "remit.unmatched_services.charge_amount",
    "remit.unmatched_services.paid_amount",
    "remit.unmatched_services.source",
    "remit.unmatched_services.position",
];

#[test]
fn outputs_are_as_their_schemas_say() {
    let place = Place::new();
    let mut documents = Documents::default();
    runs(&place, &mut documents);
    looks(&place, &mut documents);
    first_day(&place, &mut documents);
    let folder = repository().join("docs/schema");
    let mut wrong = Vec::new();
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(&folder).expect("docs/schema") {
        let file = entry.expect("an entry").file_name().into_string().expect("a plain name");
        let Some(name) = file.strip_suffix(".schema.json") else { continue };
        names.insert(name.to_owned());
        let text = std::fs::read_to_string(folder.join(&file)).expect("a schema");
        let schema: Value = serde_json::from_str(&text).expect("JSON");
        let documents = documents.0.get(name).map(Vec::as_slice).unwrap_or_default();
        let (mut known, mut seen) = (BTreeSet::new(), BTreeSet::new());
        described(&schema, name, &mut known);
        for value in documents {
            faults(&schema, value, name, &mut wrong);
            met(value, name, &mut seen);
        }
        let unmet = known
            .difference(&seen)
            .filter(|path| !SELDOM.contains(&path.as_str()) && !path.starts_with("remit.faults."));
        wrong.extend(unmet.map(|path| format!("{path} is described, and no output has it")));
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong[..wrong.len().min(30)].join("\n"));
    let own: BTreeSet<String> = documents.0.keys().map(|name| (*name).to_owned()).collect();
    assert_eq!(names, own, "a schema for each output, an output for each schema");
    check_with_jsonschema(&documents);
}

fn check_with_jsonschema(documents: &Documents) {
    let Some(python) = std::env::var_os("PEERCLAIMS_PYTHON") else {
        eprintln!("not run: PEERCLAIMS_PYTHON does not name a Python with jsonschema");
        return;
    };
    let place = Place::new();
    for (name, values) in &documents.0 {
        // Of a thousand findings a few are enough.
        for (number, value) in values.iter().enumerate().take(50) {
            place.write(&format!("{name}.{number}.json"), value.to_string());
        }
    }
    let script = repository().join("tests/peers/check_schemas.py");
    let schemas = repository().join("docs/schema");
    let output = Command::new(python).arg(script).arg(schemas).arg(place.path(".")).output();
    let output = output.expect("the Python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_small_reader_of_schemas_finds_what_is_wrong() {
    let text = std::fs::read_to_string(repository().join("docs/schema/policy-check.schema.json"));
    let schema: Value = serde_json::from_str(&text.expect("a schema")).expect("JSON");
    let good = r#"{"name":"a","is_well":true,"problems":[],"remarks":["x"]}"#;
    for (text, says) in [
        (good.to_owned(), ""),
        (good.replace("true", "1"), "p.is_well: integer where"),
        (good.replace("\"x\"", "2"), "p.remarks[0]: integer where"),
        (good.replace("\"name\":\"a\",", ""), "p: name is missing"),
        (good.replace("{\"name\"", "{\"more\":1,\"name\""), "p.more is not described"),
        (good.replace("\"problems\":[", "\"problems\":[{}"), "p.problems[0]: line is missing"),
    ] {
        let mut found = Vec::new();
        faults(&schema, &serde_json::from_str(&text).expect("JSON"), "p", &mut found);
        assert!(
            found.join("\n").contains(says) && found.is_empty() == says.is_empty(),
            "{found:?}"
        );
    }
}

#[test]
fn the_policy_as_json_has_the_keys_of_its_file() {
    let place = Place::new();
    let policy: Value =
        serde_json::from_str(&done(place.run("policy --format json"))).expect("JSON");
    let text = done(place.run("policy"));
    let table: toml::Table = toml::from_str(&text).expect("TOML");
    let keys: BTreeSet<&String> = policy.as_object().expect("an object").keys().collect();
    assert_eq!(keys, table.keys().collect());
    assert_eq!(policy["limits"][0]["from"], "2012-01-01");
    assert_eq!(policy["limits"][0]["daily_units"], 6);
}
