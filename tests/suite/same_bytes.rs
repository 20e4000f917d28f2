//! The same input gives the same bytes, whatever the threads, the blocks and the compression; and
//! the order of the input changes only what order decides.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::agreement::{command, compare, for_each_seed, in_folder, run};
use crate::random_sets::generate;
use crate::random_sets::wire::as_carried_by_the_wire;
use crate::random_sets::write_csv::{Written, write};
use crate::reference::evaluate;
use crate::reference::model::ClaimSet;

/// All that a run writes but the manifest, which holds times and hashes.
const RESULTS: [&str; 6] =
    ["findings.csv", "findings.jsonl", "claims.csv", "summary.json", "rejects.csv", "queue.csv"];

/// Every number of threads meets every size of block, over the seeds.
const THREADS: [&str; 3] = ["1", "2", "8"];
const BLOCK_BYTES: [&str; 4] = ["64", "100", "1000", ""];

/// Sets of even seeds are CSV, of odd ones X12.
fn set_of(seed: u64) -> ClaimSet {
    match seed % 2 {
        0 => generate(seed),
        _ => as_carried_by_the_wire(&generate(seed), seed),
    }
}

/// Runs the program and gives the bytes of its results.
fn results(
    set: &ClaimSet,
    written: &Written,
    folder: &Path,
    options: &[&str],
) -> Result<Vec<Vec<u8>>, String> {
    let out = folder.join("out");
    let mut command = command(set, written, &out, false);
    run(command.args(["--format", "csv,json"]).args(options), &out)?;
    let read = |name: &&str| {
        std::fs::read(out.join(name)).map_err(|error| format!("{options:?}, {name}: {error}"))
    };
    RESULTS.iter().map(read).collect()
}

fn same(first: &[Vec<u8>], other: &[Vec<u8>], what: &str) -> Result<(), String> {
    let names = RESULTS.iter().zip(first.iter().zip(other));
    let mut differing = names.filter(|(_, (one, other))| one != other).map(|(name, _)| *name);
    differing.next().map_or(Ok(()), |name| Err(format!("{what}: other bytes of {name}")))
}

#[test]
fn threads_and_blocks_change_no_byte() {
    for_each_seed(4, |seed| {
        let set = set_of(seed);
        in_folder("blocks", seed, |folder| {
            let written = write(&set, seed, folder);
            let first = results(&set, &written, folder, &["--threads", "1"])?;
            for (place, threads) in THREADS.iter().enumerate() {
                for (other, bytes) in BLOCK_BYTES.iter().enumerate() {
                    // Each seed tries half of the pairs.
                    if (place + other + seed as usize / 2).is_multiple_of(2) {
                        continue;
                    }
                    let mut options = vec!["--threads", threads];
                    if !bytes.is_empty() {
                        options.extend(["--block-bytes", bytes]);
                    }
                    let again = results(&set, &written, folder, &options)?;
                    same(&first, &again, &options.join(" "))?;
                }
            }
            Ok(())
        })
    });
}

/// Small blocks make small parts: with the least that a run keeps, most members are alone in one.
#[test]
fn a_limit_of_memory_changes_no_byte() {
    for_each_seed(1, |seed| {
        let set = set_of(seed);
        in_folder("memory", seed, |folder| {
            let written = write(&set, seed, folder);
            let first = results(&set, &written, folder, &[])?;
            let (threads, bytes) = match seed % 4 {
                0 => ("1", "64"),
                1 => ("2", "100"),
                2 => ("8", "400"),
                _ => ("2", "1000"),
            };
            let options = ["--memory", "1K", "--threads", threads, "--block-bytes", bytes];
            same(&first, &results(&set, &written, folder, &options)?, &options.join(" "))
        })
    });
}

/// The above could pass without a temporary file.
#[test]
fn records_beyond_the_limit_go_to_temporary_files_and_none_is_left() {
    in_folder("spilled", 2, |folder| {
        let set = set_of(2);
        let written = write(&set, 2, folder);
        let temporary = folder.join("temporary");
        std::fs::create_dir(&temporary).expect("the folder is writable");
        let out = folder.join("out");
        let said = |memory: &str| {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_peerclaims"));
            let files = set.files.iter().zip(&written.claim_files);
            let current = files.filter(|(file, _)| !file.history).map(|(_, path)| path);
            command.arg("validate").args(current).arg("--tables").arg(&written.tables);
            command.args(["-v", "--block-bytes", "64", "--memory", memory]).arg("--out").arg(&out);
            let output = command.env("TMPDIR", &temporary).output().expect("it starts");
            String::from_utf8_lossy(&output.stderr).into_owned()
        };
        let (little, much) = (said("1K"), said("1G"));
        assert!(little.contains("MB went to temporary files"), "{little}");
        assert!(little.contains("--memory allows 1 MiB"), "{little}");
        assert!(!much.contains("temporary files"), "{much}");
        assert!(!much.contains("--memory allows"), "{much}");
        let left = std::fs::read_dir(&temporary).expect("the folder is there").count();
        assert_eq!(left, 0);
        Ok(())
    })
    .expect("no difference is looked for");
}

/// The parts of random sets are small: these hold thousands of rows, of which some are made on each
/// thread, and days that are over the limit.
#[test]
fn large_parts_change_no_byte_wherever_findings_go() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let folder = folder.path();
    let peerclaims = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_peerclaims"));
        let output = command.current_dir(folder).env("TMPDIR", folder).args(arguments).output();
        output.expect("it starts")
    };
    let set = ["--lines", "20000", "--peer-share", "1", "--seed", "3", "--out", "set"];
    assert!(peerclaims(&[&["generate"], &set[..]].concat()).status.success());
    let validate = |options: &[&str]| {
        let usual = ["validate", "set/claims.csv", "--tables", "set/tables", "--threads", "2"];
        peerclaims(&[&usual, options].concat())
    };
    let limit = ["--memory", "1K"];
    for format in ["csv", "json"] {
        let printed = ["--out", "-", "--quiet", "--format", format];
        let whole = validate(&printed).stdout;
        let has_days = String::from_utf8_lossy(&whole).matches("U004").count() > 0;
        assert!(has_days && whole == validate(&[&printed, &limit[..]].concat()).stdout, "{format}");
    }
    let written = |out: &str, options: &[&str]| {
        let output = validate(&[&["--out", out, "--format", "csv,json", "-v"], options].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let read = |name: &&str| std::fs::read(folder.join(out).join(name)).expect("it is there");
        (RESULTS.iter().map(read).collect::<Vec<_>>(), said.contains("went to temporary files"))
    };
    let (whole, parted) = (written("whole", &[]), written("parted", &limit));
    assert_eq!((whole.1, parted.1), (false, true));
    same(&whole.0, &parted.0, "--memory 1K").expect("no byte differs");
}

/// A correction names a claim whose id is made of that of a member who has nothing to do with it.
#[test]
fn ids_of_members_of_other_parts_are_masked_too() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let claims = folder.path().join("claims.csv");
    let mut rows = String::from(
        "claim_id,line_number,frequency_code,original_claim_id,member_id,billing_npi,\
         rendering_npi,procedure_code,units,service_date,charge_amount\n",
    );
    for number in 0..200 {
        let other = (number + 77) % 200;
        rows += &format!(
            "C{number},1,7,X-MSM000{other:03}-9,MSM000{number:03},1234567893,1234567893,H0038,4,\
             2025-09-01,60.00\n"
        );
    }
    std::fs::write(&claims, rows).expect("the folder is writable");
    let findings = |name: &str, options: &[&str]| {
        let out = folder.path().join(name);
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_peerclaims"));
        command.arg("validate").arg(&claims).args(["--quiet", "--select", "D004"]).args(options);
        command.arg("--out").arg(&out).status().expect("it starts");
        std::fs::read_to_string(out.join("findings.csv")).expect("it was written")
    };
    let whole = findings("whole", &[]);
    assert_eq!(whole.lines().count(), 201);
    let rows = || whole.lines().skip(1);
    assert!(rows().all(|row| row.contains("claim X-(member)-9")), "{whole}");
    assert_eq!(findings("parts", &["--memory", "1K", "--block-bytes", "64"]), whole);
}

/// One member cannot be parted: its records are put aside once more at most, not again and again.
#[test]
fn a_family_that_is_too_large_is_left_as_it_is() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let claims = folder.path().join("claims.csv");
    let mut rows = String::from(
        "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,units,\
         service_date,charge_amount\n",
    );
    for number in 0..3_000 {
        rows += &format!("C{number},1,M1,1234567893,1234567893,H0038,1,2025-09-01,15.00\n");
    }
    let bytes = rows.len() as f64;
    std::fs::write(&claims, rows).expect("the folder is writable");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_peerclaims"));
    command.arg("validate").arg(&claims).args(["-v", "--select", "F", "--block-bytes", "64"]);
    command.args(["--memory", "1K", "--out"]).arg(folder.path().join("out"));
    let output = command.output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr);
    let spilled = said.lines().find_map(|line| line.strip_prefix("spilled"));
    let megabytes = spilled.and_then(|rest| rest.split_whitespace().next());
    let megabytes: f64 = megabytes.and_then(|text| text.parse().ok()).expect("a number");
    assert!(megabytes * 1e6 < 9.0 * bytes, "{megabytes} MB of {bytes} bytes: {said}");
}

/// A byte order mark within a file, as `cat` of exports leaves it, is part of its row, wherever a
/// block begins, with quotes about and without.
#[test]
fn marks_within_a_file_are_the_same_in_blocks_of_any_size() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let claims = folder.path().join("claims.csv");
    let mut rows = String::from(
        "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,units,\
         service_date,charge_amount\n",
    );
    for number in 0..60 {
        let mark = if number % 3 == 0 { "\u{feff}" } else { "" };
        let quote = if number % 7 == 0 { "\"" } else { "" };
        let claim = format!("{mark}C{}", number / 2);
        rows += &format!(
            "{claim},1,{quote}M{number}{quote},1234567893,1234567893,H0038,4,2025-09-01,60.00\n"
        );
    }
    std::fs::write(&claims, rows).expect("the folder is writable");
    let run = |name: &str, options: &[&str]| {
        let out = folder.path().join(name);
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_peerclaims"));
        command.arg("validate").arg(&claims).arg("--quiet").args(options).arg("--out").arg(&out);
        command.status().expect("it starts");
        ["claims.csv", "findings.csv", "rejects.csv"]
            .map(|name| std::fs::read_to_string(out.join(name)).expect("it was written"))
    };
    let whole = run("whole", &[]);
    assert_eq!(whole[0].matches('\u{feff}').count(), 20);
    for bytes in ["64", "90", "200", "1000"] {
        assert!(run(bytes, &["--block-bytes", bytes]) == whole, "{bytes}");
    }
}

/// Temporary files of a run that is killed: it is fed until it has one, and killed then.
#[test]
#[cfg(target_os = "linux")]
fn a_killed_run_leaves_no_temporary_file() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_peerclaims"))
        .args(["validate", "-", "--quiet", "--block-bytes", "64", "--memory", "1K"])
        .env("TMPDIR", folder.path())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("it starts");
    let mut stdin = child.stdin.take().expect("it is a pipe");
    let header = "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,\
                  units,service_date,charge_amount\n";
    stdin.write_all(header.as_bytes()).expect("it reads");
    let open = PathBuf::from(format!("/proc/{}/fd", child.id()));
    let has_one = || {
        let files = std::fs::read_dir(&open).expect("it runs").flatten();
        let mut targets = files.flat_map(|file| std::fs::read_link(file.path()));
        targets.any(|target| target.starts_with(folder.path()))
    };
    for row in 0..100_000 {
        let row = format!("C{row},1,M{row},1234567893,1234567893,H0038,4,2025-09-01,60.00\n");
        stdin.write_all(row.as_bytes()).expect("it reads");
        if row.len() % 7 == 0 && has_one() {
            break;
        }
    }
    assert!(has_one(), "it never put anything aside");
    child.kill().expect("it runs");
    child.wait().expect("it was started here");
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder is there").count(), 0);
}

/// gzip in two members, as `cat a.gz b.gz` makes it.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let (first, second) = bytes.split_at(bytes.len() / 2);
    let mut zipped = Vec::new();
    for part in [first, second] {
        let mut encoder = flate2::write::GzEncoder::new(&mut zipped, flate2::Compression::fast());
        encoder.write_all(part).expect("memory takes it");
        encoder.finish().expect("memory takes it");
    }
    zipped
}

/// zstd in two frames.
fn zstd(bytes: &[u8]) -> Vec<u8> {
    let (first, second) = bytes.split_at(bytes.len() / 2);
    let frame = |part| zstd::encode_all(part, 1).expect("memory takes it");
    [frame(first), frame(second)].concat()
}

#[test]
fn compressed_input_changes_no_byte() {
    for_each_seed(8, |seed| {
        let set = set_of(seed);
        in_folder("zipped", seed, |folder| {
            let written = write(&set, seed, folder);
            let first = results(&set, &written, folder, &[])?;
            let plain: Vec<Vec<u8>> = written
                .claim_files
                .iter()
                .map(|path| std::fs::read(path).expect("it was written"))
                .collect();
            for (name, zip) in [("gzip", gzip as fn(&[u8]) -> Vec<u8>), ("zstd", zstd)] {
                // Under the same name: what a file is, is told from its content.
                for (path, bytes) in written.claim_files.iter().zip(&plain) {
                    std::fs::write(path, zip(bytes)).expect("the folder is writable");
                }
                for options in [&[][..], &["--block-bytes", "100", "--threads", "8"]] {
                    same(&first, &results(&set, &written, folder, options)?, name)?;
                }
            }
            Ok(())
        })
    });
}

/// Counts that no order of the input can change.
fn free_of_order(summary: &serde_json::Value) -> Vec<i64> {
    let count = |key: &str| summary[key].as_i64().unwrap_or(-1);
    let keys = ["service_lines", "peer_support_lines", "passed_over", "left_out", "denied_records"];
    let mut counts: Vec<i64> = keys.iter().map(|key| count(key)).collect();
    // Of records with one key the first stands: how many do not is the same, which is not.
    counts.push(count("repeated_records") + count("conflicting_records"));
    counts.push(count("bad_rows"));
    counts
}

#[test]
fn the_order_of_files_changes_only_what_order_decides() {
    for_each_seed(4, |seed| {
        let mut set = set_of(seed);
        // Twins copy the first current file, whichever that is.
        set.files.retain(|file| !file.twin_of_current);
        in_folder("order", seed, |folder| {
            let mut written = write(&set, seed, folder);
            let out = folder.join("out");
            let first = run(&mut command(&set, &written, &out, false), &out)?;
            set.files.reverse();
            written.claim_files.reverse();
            let other = run(&mut command(&set, &written, &out, false), &out)?;
            // What order does decide, the reference knows.
            compare(&set, &evaluate(&set), &written.claim_files, &other)?;
            match free_of_order(&first.summary) == free_of_order(&other.summary) {
                true => Ok(()),
                false => Err("the order of the files changes the counts".to_string()),
            }
        })
    });
}
