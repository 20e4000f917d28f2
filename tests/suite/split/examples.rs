//! Splits worked out by hand.

use crate::support::{HEADER, Place};

const ISA: &str = "ISA*00*          *00*          *ZZ*AGENCY         *ZZ*MSMEDICAID     *250301\
                   *1200*^*00501*000000123*0*P*:~\n";
const NPI: &str = "1234567893";

/// A set of these loops in an envelope, with counts that are wrong on purpose.
fn file(loops: &str) -> String {
    format!(
        "{ISA}GS*HC*AGENCY*MSMEDICAID*20250301*1200*77*X*005010X222A1~\n\
         ST*837*0001*005010X222A1~\nBHT*0019*00*1*20250301*1200*CH~\n{loops}\
         SE*99*0001~\nGE*9*77~\nIEA*9*000000123~\n"
    )
}

fn billing(number: u32) -> String {
    format!("HL*{number}**20*1~\nNM1*85*2*AGENCY*****XX*{NPI}~\n")
}

fn subscriber(number: u32, parent: u32, child: u32) -> String {
    format!("HL*{number}*{parent}*22*{child}~\nNM1*IL*1*DOE*A****MI*M{number}~\n")
}

fn patient(number: u32, parent: u32) -> String {
    format!("HL*{number}*{parent}*23*0~\nPAT*19~\nNM1*QC*1*DOE*B~\n")
}

/// A claim of one line; without units it is held (C001).
fn claim(id: &str, units: &str) -> String {
    format!(
        "CLM*{id}*10***53:B:1*Y*A*Y*Y~\nSBR*S*18*******CI~\nNM1*IL*1*OTHER*X****MI*Z~\nLX*1~\n\
         SV1*HC:H0038*10*UN*{units}***1~\nDTP*472*D8*202502{:02}~\n",
        id.len() + usize::from(id.as_bytes()[0] - b'A')
    )
}

const ALL: &str = "--split --out out --as-of 2025-03-01 --select C001";

fn split(loops: &str) -> [String; 2] {
    let place = Place::new();
    place.write("claims.837", file(loops));
    let ran = place.run(&format!("validate claims.837 {ALL}"));
    assert!(matches!(ran.code, Some(0 | 1)), "{}", ran.stderr);
    parts(&place, "claims.837")
}

fn parts(place: &Place, name: &str) -> [String; 2] {
    ["release", "hold"].map(|part| {
        std::fs::read_to_string(place.path(&format!("out/{part}/{name}"))).unwrap_or_default()
    })
}

/// The segments of a set below BHT.
fn loops(part: &str) -> String {
    let from = part.find("HL*").expect("a level");
    part[from..part.find("SE*").expect("a trailer")].to_owned()
}

#[test]
fn levels_are_kept_where_a_claim_needs_them_and_numbered_again() {
    let [a, b, c, d] = ["A", "B", "C", "D"].map(|id| claim(id, if id == "B" { "" } else { "2" }));
    let whole = [
        &billing(4),
        &subscriber(5, 4, 0),
        &a,
        &subscriber(6, 4, 0),
        &b,
        &subscriber(7, 4, 1),
        &patient(8, 7),
        &c,
        &billing(9),
        &subscriber(10, 9, 0),
        &d,
    ];
    let [release, hold] = split(&whole.map(String::as_str).concat());
    let released = format!(
        "{}{}{a}{}{}{c}{}{}{d}",
        billing(1),
        subscriber(5, 4, 0).replace("HL*5*4", "HL*2*1"),
        subscriber(7, 4, 1).replace("HL*7*4", "HL*3*1"),
        patient(4, 3),
        billing(5),
        subscriber(10, 9, 0).replace("HL*10*9", "HL*6*5"),
    );
    assert_eq!(loops(&release), released);
    let held = format!("{}{}{b}", billing(1), subscriber(6, 4, 0).replace("HL*6*4", "HL*2*1"));
    assert_eq!(loops(&hold), held);
    assert!(release.starts_with(ISA) && hold.starts_with(ISA));
    // 2 in front, 4 levels of 2, one of 3, 3 claims of 6, and SE itself; one of each above.
    assert!(release.ends_with("SE*34*0001~\nGE*1*77~\nIEA*1*000000123~\n"), "{release}");
    assert!(hold.ends_with("SE*13*0001~\nGE*1*77~\nIEA*1*000000123~\n"), "{hold}");
}

#[test]
fn a_subscriber_whose_patients_go_elsewhere_has_no_child() {
    let (own, other) = (claim("A", "2"), claim("B", ""));
    let loops_of = |patients: &str| {
        [&billing(1), &subscriber(2, 1, 1), &own, &patient(3, 2), patients]
            .map(str::to_owned)
            .concat()
    };
    let [release, hold] = split(&loops_of(&other));
    assert_eq!(loops(&release), format!("{}{}{own}", billing(1), subscriber(2, 1, 0)));
    let held = format!("{}{}{}{other}", billing(1), subscriber(2, 1, 1), patient(3, 2));
    assert_eq!(loops(&hold), held);
    // Where nothing is taken away, nothing changes but the counts.
    let all = loops_of(&claim("C", "1"));
    let [release, hold] = split(&all);
    assert_eq!((loops(&release), hold), (all, String::new()));
}

#[test]
fn a_level_that_says_it_has_no_child_is_written_again_for_one() {
    let (own, other) = (claim("A", "2"), claim("B", "2"));
    let whole =
        [billing(1), subscriber(2, 1, 0), own.clone(), patient(3, 2), other.clone()].concat();
    let [release, _] = split(&whole);
    let again = subscriber(2, 1, 1).replace("HL*2*", "HL*3*");
    let right = [billing(1), subscriber(2, 1, 0), own, again, patient(4, 3), other].concat();
    assert_eq!(loops(&release), right);
}

#[test]
fn other_sets_wait_and_sets_without_a_claim_are_left_out() {
    let place = Place::new();
    let good = file(&[billing(1), subscriber(2, 1, 0), claim("A", "2")].concat());
    let empty = "ST*837*0002*005010X222A1~\nBHT*0019*00*1*20250301*1200*CH~\nSE*3*0002~\n";
    let other =
        "ST*270*0003*005010X279A1~\nBHT*0022*13*1*20250301*1200~\nHL*1**20*1~\nSE*4*0003~\n";
    place.write("claims.837", good.replacen("GE*", &format!("{empty}{other}GE*"), 1));
    let ran = place.run(&format!("validate claims.837 {ALL}"));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let [release, hold] = parts(&place, "claims.837");
    assert!(!release.contains("0002") && !release.contains("ST*270") && release.contains("CLM*A*"));
    assert!(hold.contains(other) && !hold.contains("CLM") && hold.contains("GE*1*77~"), "{hold}");
}

#[test]
fn the_second_file_may_have_other_control_numbers() {
    let place = Place::new();
    let whole = [billing(1), subscriber(2, 1, 0), claim("A", "2"), claim("B", "")].concat();
    place.write("claims.837", file(&whole));
    place.write("peerclaims.toml", "[split]\ncontrol_suffix = \"5\"\n");
    assert_eq!(place.run(&format!("validate claims.837 {ALL}")).code, Some(1));
    let [release, hold] = parts(&place, "claims.837");
    assert!(release.contains("*000000123*0*P") && release.contains("ST*837*0001*"), "{release}");
    assert!(hold.contains("*000001235*0*P") && hold.contains("ST*837*0015*"), "{hold}");
    assert!(hold.ends_with("SE*13*0015~\nGE*1*775~\nIEA*1*000001235~\n"), "{hold}");
    place.write("claims.837", file(&whole).replace("000000123", "123456789"));
    let ran = place.run(&format!("validate claims.837 {ALL}"));
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("no room"), "{}", ran.stderr);
    assert!(place.read("out/hold/claims.837").contains("000001235"), "the earlier results stand");
}

#[test]
fn corrections_and_what_they_correct_go_together() {
    // claim, line, member, NPI, procedure, units, date, frequency, original
    let row = |id: &str, units: &str, frequency: &str, original: &str| {
        format!("{id},1,M1,{NPI},H0038,{units},2025-02-0{},{frequency},{original}\n", 1 + id.len())
    };
    let rows = [
        row("A", "1", "1", ""), // replaced by B, which is replaced by C, which is held
        row("B", "1", "7", "A"),
        row("C", "", "7", "B"),
        row("DD", "1", "1", ""), // voided
        row("EE", "1", "8", "DD"),
        row("FFF", "", "1", ""), // replaced by one that is released; it is not checked any more
        row("GGG", "1", "7", "FFF"),
        row("HHHH", "1", "1", ""), // taken out by a void and by a replacement that is held
        row("IIII", "1", "8", "HHHH"),
        row("JJJJ", "", "7", "HHHH"),
        row("KKKKK", "1", "1", ""),  // replaced in history
        row("LLLLLL", "1", "1", ""), // stands in history already
    ];
    let place = Place::new();
    let header = HEADER.trim_end();
    let header = format!("{header},frequency_code,original_claim_id\n");
    place.write("claims.csv", format!("{header}{}", rows.concat()));
    let known = [row("MMMMM", "1", "7", "KKKKK"), row("LLLLLL", "1", "1", "")].concat();
    place.write("history.csv", format!("{header}{known}"));
    place.run(&format!("validate claims.csv --history history.csv {ALL}"));
    let [release, hold] = parts(&place, "claims.csv");
    let ids = |part: &str| -> String {
        let firsts = part.lines().skip(1).map(|row| row.split(',').next().unwrap_or_default());
        firsts.map(|id| &id[..1]).collect()
    };
    assert_eq!(ids(&release), "DEFGHI", "{}", place.read("out/claims.csv"));
    assert_eq!(ids(&hold), "ABCJKL");
}

#[test]
fn csv_rows_come_as_they_were() {
    let place = Place::new();
    let good = format!("A,1,M1,\"{NPI}\",H0038,2,\"2025-\n02-01\"\r\n");
    let apart = format!("B,2,M2,{NPI},99213,1,2025-02-02\r\n");
    let bad = format!("B,1,M2,{NPI},H0038,,2025-02-02\r\n");
    let broken = format!("C,x,M3,{NPI},H0038,2,2025-02-03\r\n");
    let of_broken = format!("C,2,M3,{NPI},99213,2,2025-02-03\r\n");
    let last = format!("D,1,M4,{NPI},99213,2,2025-02-04");
    let header = format!("\u{feff}\r\n{}\r\n", HEADER.trim_end());
    let rows =
        [&apart, "\r\n", &good, &bad, &of_broken, &broken, &last].map(str::to_owned).concat();
    place.write("in/claims.csv", format!("{header}{rows}"));
    let ran =
        place.run("validate in/claims.csv --split --out out --as-of 2025-03-01 --ignore C003");
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    let [release, hold] = parts(&place, "claims.csv");
    assert_eq!(hold, format!("{header}{apart}\r\n{bad}{of_broken}{broken}"));
    assert_eq!(release, format!("{header}{good}{last}"));
    let summary = place.json("out/summary.json");
    assert_eq!(summary["split"]["claims_released"], 2);
    assert_eq!(summary["split"]["files"][0]["hold"], "hold/claims.csv");
}

#[test]
fn wraps_and_byte_order_marks_stay() {
    let whole = [billing(1), subscriber(2, 1, 0), claim("A", "2"), claim("B", ""), claim("C", "3")];
    let plain = file(&whole.concat()).replace('\n', "");
    let wrapped: Vec<String> = plain
        .as_bytes()
        .chunks(80)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    let wrapped = format!("\u{feff}{}", wrapped.join("\r\n"));
    let [plain, wrapped] = [plain, wrapped].map(|text| {
        let place = Place::new();
        place.write("claims.837", text);
        place.run(&format!("validate claims.837 {ALL}"));
        parts(&place, "claims.837")
    });
    for (plain, wrapped) in plain.iter().zip(wrapped) {
        let unwrapped = wrapped.strip_prefix('\u{feff}').expect("a BOM").replace("\r\n", "");
        assert!(wrapped.contains("\r\n"));
        assert_eq!(unwrapped, *plain);
    }
}

#[test]
fn files_are_named_after_their_inputs_and_unpacked() {
    let place = Place::new();
    let whole = file(&[billing(1), subscriber(2, 1, 0), claim("A", "2")].concat());
    place.write("a/claims.837", &whole);
    place.write("b/claims.837", whole.replace("CLM*A*", "CLM*BB*").replace("20250201", "20250212"));
    let packed = zstd::encode_all(whole.replace("CLM*A*", "CLM*CCC*").as_bytes(), 1);
    place.write("c/claims.837.zst", packed.expect("to memory"));
    let ran = place.run(&format!("validate a b c {ALL}"));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(place.names("out/release"), ["claims.837", "claims_2.837", "claims_3.837"]);
    assert_eq!(place.names("out/hold"), Vec::<String>::new());
    assert!(place.read("out/release/claims_3.837").contains("CLM*CCC*"));
    let manifest = place.json("out/manifest.json");
    let outputs = manifest["outputs"].as_array().expect("a list");
    let listed = outputs.iter().filter(|output| {
        output["name"].as_str().is_some_and(|name| {
            name.starts_with("release/")
                && output["sha256"].as_str().is_some_and(|hash| hash.len() == 64)
        })
    });
    assert_eq!(listed.count(), 3);
}

#[test]
fn what_cannot_be_split_is_said() {
    let place = Place::with_claims("");
    for (line, word) in [
        ("validate claims.csv --split", "--out DIR"),
        ("validate claims.csv --split --out -", "--out DIR"),
        ("validate - --split --out out", "cannot be read twice"),
        ("validate claims.csv --review-to hold", "--split"),
    ] {
        let ran = place.run(line);
        assert_eq!(ran.code, Some(2), "{line}");
        assert!(ran.stderr.contains(word), "{line}: {}", ran.stderr);
    }
    assert!(!place.path("out").exists());
}

/// Small files of `generate`, split, with the parts read by pyx12 (`.ci/run` installs it and names
/// its program); `tests/peers/split_pyx12.py` does it with as many as one likes.
#[test]
fn another_reader_accepts_the_parts() {
    let Some(x12valid) = std::env::var_os("PEERCLAIMS_PYX12") else {
        eprintln!("not run: PEERCLAIMS_PYX12 does not name x12valid");
        return;
    };
    let place = Place::new();
    let script = crate::support::repository().join("tests/peers/split_pyx12.py");
    let ran = std::process::Command::new("python3")
        .arg(script)
        .arg(env!("CARGO_BIN_EXE_peerclaims"))
        .args([&x12valid, &"8".into(), place.path("parts").as_os_str()].map(|text| text.to_owned()))
        .output()
        .expect("python3 is there");
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    let failed = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(ran.status.success(), "{said}{failed}");
}
