//! `[paths]` and `[defaults]`: in force where nothing was typed, and said in the manifest.

use crate::support::{HEADER, Place};
use serde_json::{Value, json};

/// Two claims, the second of which has 2 units too many (U001), in a folder with tables.
fn place(configuration: &str) -> Place {
    let place = super::well();
    let rows =
        "A,1,MEMBER7,1245319599,H0038,4,2025-09-12\nB,1,MEMBER7,1245319599,H0038,5,2025-09-12\n";
    place.write("claims.csv", format!("{HEADER}{rows}"));
    place.write("peerclaims.toml", configuration);
    place
}

fn names(manifest: &Value) -> Vec<String> {
    let options = manifest["config"]["options"].as_array().cloned().unwrap_or_default();
    options.iter().map(|option| option["name"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn options_of_the_configuration_are_in_force_and_stand_in_the_manifest() {
    let place = place(
        "[paths]\ntables = 'tables'\nledger = 'year.db'\nout = 'results'\n\
         [defaults]\nfail_on = 'never'\nformat = ['csv', 'json']\nselect = 'U'\nthreads = 1\n\
         post = 'all'\ninput_hash = 'none'\nquiet = true\n",
    );
    let ran = place.run("validate claims.csv --as-of 2025-09-30");
    assert_eq!((ran.code, &*ran.stdout, &*ran.stderr), (Some(0), "", ""));
    assert_eq!(place.rules_found("results"), ["U001"]);
    assert!(place.path("results/findings.jsonl").is_file() && place.path("year.db").is_file());
    let manifest = place.json("results/manifest.json");
    let expected = [
        "--tables",
        "--ledger",
        "--out",
        "--format",
        "--fail-on",
        "--select",
        "--threads",
        "--input-hash",
        "--post",
        "--quiet",
    ];
    assert_eq!(names(&manifest), expected);
    assert_eq!(manifest["config"]["options"][0], json!({ "name": "--tables", "value": "tables" }));
    assert_eq!(manifest["threads"], 1);
    assert_eq!(manifest["inputs"][0]["sha256"], Value::Null);
    assert!(place.run("ledger status").stdout.contains("year.db"));
    assert_eq!(place.run("check-tables --as-of 2025-09-30").code, Some(0));
    let upcoming = place.run("upcoming --as-of 2025-09-30 --format json");
    assert!(!upcoming.stdout.contains("needs the year's units"), "{upcoming:?}");
}

#[test]
fn what_is_typed_goes_before_it() {
    let place = place(
        "[paths]\ntables = 'nowhere'\ncredentials = 'nowhere.csv'\nout = 'results'\n\
         [defaults]\nfail_on = 'never'\nignore = ['U001']\nquiet = true\nformat = 'html'\n",
    );
    let run = "validate claims.csv --as-of 2025-09-30 --tables tables --fail-on deny --select U";
    let ran = place.run(&format!("{run} --out -"));
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.starts_with("rule,") && ran.stdout.contains("\nU001,"), "{ran:?}");
    assert!(!place.path("results").exists());
    let ran = place.run(&format!("{run} --verbose"));
    assert_eq!(ran.code, Some(1), "--verbose takes the place of quiet: {ran:?}");
    assert_eq!(names(&place.json("results/manifest.json")), ["--out", "--format"]);
    assert!(place.path("results/report.html").is_file());
    // Another configuration is another; an empty one takes all of it away.
    let ran = place.run(&format!("{run} --config /dev/null"));
    assert!(ran.stdout.contains("peerclaims validate"), "{ran:?}");
}

#[test]
fn what_an_option_rests_on_must_be_in_force() {
    let place = place(
        "[defaults]\npost = 'all'\nreview_to = 'hold'\nacks = true\nsplit = true\n\
         format = 'xlsx'\nwait = 5\n",
    );
    let ran = place.run("validate claims.csv --tables tables --as-of 2025-09-30");
    assert_eq!(ran.code, Some(1), "no folder, no ledger: nothing to do them in; {ran:?}");
    let ran = place.run("validate claims.csv --tables tables --as-of 2025-09-30 --out results");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(place.path("results/hold").is_dir());
    let manifest = place.json("results/manifest.json");
    assert_eq!(names(&manifest), ["--format", "--acks", "--split", "--review-to"]);
}

#[test]
fn paths_are_relative_to_the_configuration() {
    let place = super::well();
    place.write("claims/c.csv", format!("{HEADER}A,1,M,1245319599,H0038,4,2025-09-12\n"));
    place.write("claims/h.csv", format!("{HEADER}H,1,M,1245319599,H0038,5,2025-09-12\n"));
    let paths = "[paths]\ntables = '../tables'\nhistory = ['h.csv']\n";
    place.write("claims/own.toml", paths);
    let run =
        "validate claims/c.csv --config claims/own.toml --as-of 2025-09-30 --select U --out -";
    let ran = place.run(run);
    assert!(ran.stdout.contains("\nU001,"), "the history was read: {ran:?}");
    assert_eq!(ran.code, Some(1));
    // Behind `--` only claims stand.
    let ran =
        place.run(&run.replace("claims/c.csv", "").replace("--out -", "--out - -- claims/c.csv"));
    assert_eq!(ran.code, Some(1), "{ran:?}");
}

#[test]
fn the_policy_is_that_of_the_agency_everywhere() {
    let place = Place::new();
    place.write(
        "policy.toml",
        "[[limits]]\nfrom = 2012-01-01\ndaily_units = 9\nannual_units = 77\n",
    );
    place.write("peerclaims.toml", "[paths]\npolicy = 'policy.toml'\n");
    assert!(place.run("explain U001").stdout.contains("limits.daily_units = 9"));
    assert!(place.run("explain U001 --config /dev/null").stdout.contains("daily_units = 6"));
    assert_eq!(place.run("rules").code, Some(0));
}

#[test]
fn slips_are_said_with_the_file_and_the_nearest_name() {
    for (text, said) in [
        ("[paths]\ntabels = 'x'\n", "[paths] has no key \"tabels\"; did you mean \"tables\"?"),
        (
            "[defaults]\nfale_on = 'x'\n",
            "[defaults] has no key \"fale_on\"; did you mean \"fail_on\"?",
        ),
        ("[paths]\nplans = 'x'\nservice_plans = 'y'\n", "[paths] has service_plans twice"),
        ("[paths]\ntables = 7\n", "[paths] tables: expected a path"),
        ("[defaults]\nquiet = 'yes'\n", "[defaults] quiet: expected true or false"),
        ("[defaults]\nselect = []\n", "[defaults] select: expected a word, or a list of words"),
        ("[defaults]\nfail_on = 'nevr'\n", "fail_on: invalid value 'nevr'"),
        ("[defaults]\nthreads = 0\n", "threads: invalid value '0'"),
    ] {
        let place = place(text);
        let ran = place.run("validate claims.csv --tables tables --as-of 2025-09-30");
        let said_it = ran.stderr.contains("peerclaims.toml: ") && ran.stderr.contains(said);
        // Tables were typed, so those of the configuration are not looked at; keys always are.
        assert!(ran.code == Some(2) && said_it, "{text}: {ran:?}");
    }
    // The user's own slip is said first.
    let place = place("[defaults]\nfail_on = 'nevr'\n");
    let ran = place.run("validate claims.csv --fail-on nix");
    assert!(ran.code == Some(2) && ran.stderr.contains("'nix'"), "{ran:?}");
}

/// A configuration that was found decides what is found: every form of the result says so.
#[test]
fn limits_and_rules_that_it_gives_are_said() {
    let place = place(
        "[paths]\ntables = 'tables'\npolicy = 'own.toml'\n\
         [defaults]\nfail_on = 'never'\nignore = 'U001'\nthreads = 1\n",
    );
    place.write("own.toml", "[[limits]]\nfrom = 2012-01-01\ndaily_units = 9\nannual_units = 99\n");
    let said = "peerclaims.toml gives --tables tables, --policy own.toml, --fail-on never, \
                --ignore U001";
    for command in ["validate", "audit"] {
        let ran = place.run(&format!("{command} claims.csv --as-of 2025-09-30 --out {command}"));
        let words = ran.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(said), "{words}");
        let notes = place.json(&format!("{command}/summary.json"))["notes"].to_string();
        assert!(notes.contains(said) && !notes.contains("threads"), "{notes}");
    }
    let line = place.run("validate claims.csv --as-of 2025-09-30 --summary-line").stdout;
    let said = "; the configuration gives --tables, --policy, --fail-on, --ignore; ";
    assert!(line.contains(said), "{line}");
    let line =
        place.run("validate claims.csv --as-of 2025-09-30 --summary-line --config /dev/null");
    assert!(!line.stdout.contains("configuration"), "{line:?}");
}

#[test]
fn usage_names_what_was_typed_alone() {
    let plain = Place::new();
    let place = place("[paths]\ntables = 'tables'\n[defaults]\nignore = ['C010']\n");
    for line in ["validate", "validate --quiet", "audit", "validate claims.csv --threads x"] {
        let ran = place.run(line);
        assert_eq!((ran.code, &*ran.stderr), (Some(2), &*plain.run(line).stderr), "{line}");
        assert!(!ran.stderr.contains("--ignore"), "{ran:?}");
    }
}

#[test]
fn an_error_about_a_value_that_nobody_typed_says_where_it_stands() {
    for (text, value) in [("tables = 'nowhere'", "nowhere"), ("policy = 'own.toml'", "own.toml")] {
        let place = place(&format!("[paths]\n{text}\n"));
        let ran = place.run("validate claims.csv");
        let key = text.split(' ').next().unwrap_or_default();
        let said = format!("({value} stands in peerclaims.toml as {key})");
        assert!(ran.code == Some(2) && ran.stderr.contains(&said), "{ran:?}");
    }
}
