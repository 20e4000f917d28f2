//! 999 and TA1: what is said of envelopes and segments.

use super::reread::{Said, claims, segments};
use super::{acks, with_fixtures};
use crate::support::{Place, repository};

const ISA: &str = "ISA*00*          *00*          *ZZ*AGENCY         *30*MEDICAID       \
                   *250915*2130*^*00501*000000007*1*P*:~\n";
const GS: &str = "GS*HC*AGENCY*MEDICAID*20250915*2130*70*X*005010X222A1~\n";
const HEAD: &str = "BHT*0019*00*BATCH7*20250915*2130*CH~\n\
    NM1*41*2*AGENCY OFFICE*****46*AGENCY~\nNM1*40*2*MEDICAID*****46*MEDICAID~\n\
    HL*1**20*1~\nNM1*85*2*AGENCY*****XX*1234567893~\nHL*2*1*22*0~\nSBR*P*18*******MC~\n\
    NM1*IL*1*DOE*JO****MI*M1~\n";

fn claim(id: &str) -> String {
    // Each on a day of its own, so that none repeats another.
    let day = 1 + id.as_bytes()[0] - b'A';
    format!(
        "CLM*{id}*20***53:B:1*Y*A*Y*Y~\nLX*1~\nSV1*HC:H0038*20*UN*2***1~\n\
         DTP*472*D8*2025090{day}~\n"
    )
}

fn set(control: &str, body: &str) -> String {
    let segments = body.matches('~').count() + 2;
    format!("ST*837*{control}*005010X222A1~\n{body}SE*{segments}*{control}~\n")
}

/// Runs over a file of that text, and gives the segments of 999, 277CA and TA1 in our words.
fn answers(text: &str) -> [Vec<String>; 3] {
    let place = Place::new();
    place.write("a.837", text);
    let ran = place.run("validate a.837 --out out --acks --quiet --as-of 2025-09-16");
    assert!(matches!(ran.code, Some(0 | 1 | 3)), "{}", ran.stderr);
    ["999", "277", "ta1"].map(|kind| {
        let name = format!("a.837.{kind}");
        if !place.names("out/acks").contains(&name) {
            return Vec::new();
        }
        let all = segments(&acks(&place, &name), &name);
        claims(&all, &name);
        all.iter().map(in_words).collect()
    })
}

fn in_words(said: &Said) -> String {
    format!("{}*{}", said.id, said.elements.join("*"))
}

fn of(all: &[String], ids: &[&str]) -> Vec<String> {
    let is_one = |said: &&String| ids.iter().any(|id| said.starts_with(&format!("{id}*")));
    all.iter().filter(is_one).cloned().collect()
}

const VERDICTS: [&str; 7] = ["AK1", "AK2", "IK3", "CTX", "IK4", "IK5", "AK9"];

fn file(sets: &[String], stated: usize) -> String {
    format!("{ISA}{GS}{}GE*{stated}*70~\nIEA*1*000000007~\n", sets.concat())
}

#[test]
fn what_is_right_is_accepted_and_the_interchange_where_it_asks() {
    let [syntax, claims, ta1] = answers(&file(&[set("0001", &(HEAD.to_owned() + &claim("A")))], 1));
    assert_eq!(
        of(&syntax, &VERDICTS),
        ["AK1*HC*70*005010X222A1", "AK2*837*0001*005010X222A1", "IK5*A", "AK9*A*1*1*1"]
    );
    assert_eq!(of(&ta1, &["TA1"]), ["TA1*000000007*250915*2130*A*000"]);
    assert!(ta1[0].contains("*30*MEDICAID*ZZ*AGENCY*250916*0000*"), "{}", ta1[0]);
    assert_eq!(of(&claims, &["TRN"]), ["TRN*1*BATCH7", "TRN*2*BATCH7", "TRN*1*0", "TRN*2*A"]);
    let [.., ta1] = answers(&file(&[], 0).replace("*1*P*:", "*0*P*:"));
    assert_eq!(ta1, Vec::<String>::new(), "not asked for");
}

#[test]
fn counts_control_numbers_and_trailers_reject_at_their_level() {
    let whole = set("0001", &(HEAD.to_owned() + &claim("A")));
    let wrong = set("0002", &(HEAD.to_owned() + &claim("B"))).replace("SE*14*", "SE*15*");
    let [syntax, claims, _] = answers(&file(&[whole.clone(), wrong.clone()], 2));
    assert_eq!(of(&syntax, &["IK5", "AK9"]), ["IK5*A", "IK5*R*4", "AK9*P*2*2*1"]);
    assert_eq!(of(&claims, &["ST"]).len(), 2, "claims are judged all the same");
    let [syntax, ..] = answers(&file(&[wrong.replace("SE*15*0002", "SE*9*0003")], 1));
    assert_eq!(of(&syntax, &["IK5", "AK9"]), ["IK5*R*3*4", "AK9*R*1*1*0"]);
    let cut = whole.replace("SE*14*0001~\n", "");
    let [syntax, ..] = answers(&file(&[cut], 1));
    assert_eq!(of(&syntax, &["IK5", "AK9"]), ["IK5*R*2", "AK9*R*1*1*0"]);
    let [syntax, ..] =
        answers(&file(std::slice::from_ref(&whole), 2).replace("GE*2*70", "GE*2*71"));
    assert_eq!(of(&syntax, &["IK5", "AK9"]), ["IK5*A", "AK9*R*2*1*0*4*5"]);
    let [syntax, _, ta1] =
        answers(&file(std::slice::from_ref(&whole), 1).replace("GE*1*70~\n", ""));
    assert_eq!(of(&syntax, &["AK9"]), ["AK9*R*1*1*0*3"]);
    assert_eq!(of(&ta1, &["TA1"]), ["TA1*000000007*250915*2130*A*000"]);
    for (from, to, note) in
        [("IEA*1", "IEA*2", "021"), ("IEA*1*000000007", "IEA*1*8", "001"), ("IEA", "", "023")]
    {
        let text = file(std::slice::from_ref(&whole), 1).replace("*1*P*:", "*0*P*:");
        let at = text.find("IEA").expect("a trailer");
        let text = match to {
            "" => text[..at].to_owned(),
            _ => text.replace(from, to),
        };
        let [syntax, _, ta1] = answers(&text);
        assert_eq!(of(&syntax, &["AK9"]), ["AK9*A*1*1*1"]);
        assert_eq!(of(&ta1, &["TA1"]), [format!("TA1*000000007*250915*2130*R*{note}")]);
    }
}

#[test]
fn damage_within_a_set_is_named_and_its_claim_is_not_accepted() {
    let body = HEAD.to_owned()
        + &claim("A")
        + &claim("B").replace("LX*1", "LX*X")
        + &claim("C").replace("SV1*HC:H0038*", "SV1*HC*")
        + &claim("D").replace("DTP*472", "D?P*472")
        + &claim("E");
    let [syntax, claims, _] = answers(&file(&[set("0001", &body)], 1));
    let expected = [
        "AK1*HC*70*005010X222A1",
        "AK2*837*0001*005010X222A1",
        "IK3*LX*15*2400*8",
        "CTX*CLM01:B",
        "IK4*1*554*6",
        "IK3*SV1*20*2400*8",
        "CTX*CLM01:C",
        "IK4*1:2*234*1",
        "IK3*ZZZ*25**1",
        "CTX*CLM01:D",
        "IK5*E*5",
        "AK9*E*1*1*1",
    ];
    assert_eq!(of(&syntax, &VERDICTS), expected);
    let claims = of(&claims, &["TRN*2", "STC*A2:20", "STC*A7:21", "STC*A7:187"]);
    let status = |id: &str| {
        let at = claims.iter().position(|said| said == &format!("TRN*2*{id}")).expect("a claim");
        claims[at + 1].split('*').nth(1).expect("a code").to_owned()
    };
    assert_eq!(
        ["A", "B", "C", "D", "E"].map(status),
        ["A2:20", "A7:21", "A7:21", "A7:21", "A2:20"]
    );
}

#[test]
fn sets_and_groups_of_another_kind_are_rejected_and_acknowledgements_not_acknowledged() {
    let other = set("0002", "BHT*0019*00*X*20250915*2130*CH~\n").replace("X222A1", "X223A2");
    let whole = set("0001", &(HEAD.to_owned() + &claim("A")));
    let [syntax, claims, _] = answers(&file(&[whole, other.clone()], 2));
    assert_eq!(of(&syntax, &["IK5", "AK9"]), ["IK5*A", "IK5*R*I6", "AK9*P*2*2*1"]);
    assert_eq!(of(&claims, &["ST"]), ["ST*277*0001*005010X214"]);
    let remittance = file(&[other.replace("837", "835").replace("X223A2", "X221A1")], 1);
    let remittance = remittance.replace("GS*HC", "GS*HP").replace("X222A1", "X221A1");
    let [syntax, claims, _] = answers(&remittance);
    assert_eq!(of(&syntax, &["AK1"]), ["AK1*HP*70*005010X221A1"]);
    assert_eq!(of(&syntax, &["IK5", "AK9"]), ["IK5*R*1", "AK9*R*1*1*0*1"]);
    assert!(claims.is_empty());
    let ack = remittance.replace("GS*HP", "GS*FA").replace("005010X221A1", "005010X231A1");
    let [syntax, _, ta1] = answers(&ack.replace("ST*835", "ST*999"));
    assert!(syntax.is_empty(), "{syntax:?}");
    assert_eq!(of(&ta1, &["TA1"]), ["TA1*000000007*250915*2130*A*000"]);
}

#[test]
fn an_interchange_that_cannot_be_read_gets_a_ta1_and_the_next_all_three() {
    let whole = file(&[set("0001", &(HEAD.to_owned() + &claim("A")))], 1);
    // The component separator is the element separator, and no delimiters can be told.
    let unreadable = whole.replace("*1*P*:~", "*0*P**\u{2026}").replace('~', "\u{2026}");
    let unreadable = unreadable.replace("000000007", "000000006");
    let [syntax, claims, ta1] = answers(&(unreadable + &whole));
    let expected =
        ["TA1*000000006*250915*2130*R*027", "TA1*000000007*250915*2130*A*000"].map(str::to_owned);
    assert_eq!(of(&ta1, &["TA1"]), expected);
    assert_eq!(of(&syntax, &["AK9"]), ["AK9*A*1*1*1"]);
    assert_eq!(of(&claims, &["ST"]).len(), 1);
}

#[test]
fn delimiters_are_as_received() {
    let whole = file(&[set("0001", &(HEAD.to_owned() + &claim("A")))], 1);
    for [element, component, terminator, repetition] in
        [["|", ">", "\n", "^"], ["*", ":", "~\r\n", "U"], ["\x1d", "\x1f", "\x1e", "!"]]
    {
        let text = whole.replace("~\n", "~").replace('^', repetition);
        let text = text.replace(':', component).replace('*', element).replace('~', terminator);
        let [syntax, claims, _] = answers(&text);
        assert_eq!(of(&syntax, &["AK9"]), ["AK9*A*1*1*1"]);
        assert_eq!(of(&claims, &["STC*A2:20"]), ["STC*A2:20*20250916*WQ*20"]);
    }
}

#[test]
fn verdicts_on_the_damaged_fixtures() {
    let place = with_fixtures();
    for (name, verdicts) in [
        ("wrong-se01.837", &["IK5*R*4", "AK9*R*1*1*0"][..]),
        ("missing-iea.837", &["IK5*A", "AK9*A*1*1*1"]),
        ("institutional-set.837", &["IK5*A", "AK9*A*1*1*1", "IK5*R*I6", "AK9*R*1*1*0*2"]),
    ] {
        assert!(repository().join("fixtures/damaged").join(name).is_file());
        let ran = place.run(&format!("validate damaged/{name} --out out --acks --quiet"));
        assert!(matches!(ran.code, Some(0 | 1 | 3)), "{}", ran.stderr);
        let all = segments(&acks(&place, &format!("{name}.999")), name);
        let all: Vec<String> = all.iter().map(in_words).collect();
        assert_eq!(of(&all, &["IK5", "AK9"]), verdicts, "{name}");
    }
}
