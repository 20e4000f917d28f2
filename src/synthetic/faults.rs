//! Damaged interchanges for F001, F002, F004 and F005, in a file of their own: the claims on the
//! wire stay valid, and whoever wants to see damage reads both files.

use super::calendar::Day;
use super::expected::push_bare;
use super::text::{agency_npi, push_padded, push_wire_date};
use super::world::World;

/// The rules that can be broken only by damage on the wire, or there too.
const RULES: [&str; 4] = ["F001", "F002", "F004", "F005"];
/// Service lines of a set for which one interchange is damaged, at a rate of 1.
const LINES: f64 = 100.0;
/// Damaged interchanges of one rule at most.
const MOST: f64 = 1_000.0;

/// The bytes of the damaged file, the rows that a run must find in it, and how many a rule; empty
/// where nothing of it is planted.
pub(super) fn write(world: &World, lines: u64) -> (Vec<u8>, Vec<u8>, Vec<(&'static str, u64)>) {
    let (mut wire, mut expected, mut counts) = (Vec::new(), Vec::new(), Vec::new());
    let mut number = 1;
    for rule in RULES {
        let rate = world.violations.rate(rule);
        if rate <= 0.0 {
            continue;
        }
        let count = (lines as f64 / LINES * rate).round().clamp(1.0, MOST) as u64;
        for _ in 0..count {
            number += 1;
            interchange(&mut wire, rule, number, world.as_of);
            push_bare(&mut expected, rule);
        }
        counts.push((rule, count));
    }
    (wire, expected, counts)
}

fn interchange(out: &mut Vec<u8>, rule: &str, number: u64, on: Day) {
    let mut date = Vec::new();
    push_wire_date(&mut date, on);
    let date = String::from_utf8_lossy(&date).into_owned();
    let mut control = Vec::new();
    push_padded(&mut control, number, 9);
    let control = String::from_utf8_lossy(&control).into_owned();
    let npi = agency_npi(0);
    let short = &date[2..];
    let head = format!(
        "ISA*00*          *00*          *ZZ*EXAMPLESENDER  *ZZ*EXAMPLEPAYER   *{short}*0600*^*\
         00501*{control}*0*T*:~\n"
    );
    let (group, kind, version, body, segments) = match rule {
        "F002" => ("HP", "835", "005010X221A1", remittance(&date), 4),
        "F005" => ("HC", "837", "005010X222A1", claim(npi, number, "H0038", "A"), 21),
        _ => ("HC", "837", "005010X222A1", claim(npi, number, "99213", "1"), 21),
    };
    let counted = if rule == "F001" { segments + 1 } else { segments };
    out.extend_from_slice(head.as_bytes());
    let group = format!(
        "GS*{group}*EXAMPLESENDER*EXAMPLEPAYER*{date}*0600*{number}*X*{version}~\n\
         ST*{kind}*0001*{version}~\n{body}SE*{counted}*0001~\nGE*1*{number}~\n"
    );
    // Only an 837 names its guide in ST03.
    let group = group.replace("ST*835*0001*005010X221A1~", "ST*835*0001~");
    out.extend_from_slice(group.as_bytes());
    if rule != "F004" {
        out.extend_from_slice(format!("IEA*1*{control}~\n").as_bytes());
    }
}

/// A remittance: a transaction set that holds no claims to check.
fn remittance(date: &str) -> String {
    format!("BPR*I*0*C*NON************{date}~\nTRN*1*EXAMPLE*1999999999~\n")
}

/// One claim of one line: 19 segments between ST and SE.
fn claim(npi: u64, number: u64, procedure: &str, line_number: &str) -> String {
    format!(
        "BHT*0019*00*{number}*20200101*0600*CH~\n\
         NM1*41*2*EXAMPLE CLEARING HOUSE*****46*EXAMPLESENDER~\n\
         PER*IC*EXAMPLE DESK*TE*5555550100~\nNM1*40*2*EXAMPLE MEDICAID*****46*EXAMPLEPAYER~\n\
         HL*1**20*1~\nNM1*85*2*EXAMPLE CENTER*****XX*{npi}~\nN3*100 EXAMPLE AVENUE~\n\
         N4*SAMPLETON*MS*399980001~\nREF*EI*990000001~\nHL*2*1*22*0~\nSBR*P*18*******MC~\n\
         NM1*IL*1*NOBODY*ALPHA****MI*MSX0000000~\nNM1*PR*2*EXAMPLE MEDICAID*****PI*MSXMEDICAID~\n\
         CLM*F{number}*50***53:B:1*Y*A*Y*Y~\nHI*ABK:F331~\nLX*{line_number}~\n\
         SV1*HC:{procedure}*50*UN*4***1~\nDTP*472*D8*20200102~\nREF*6R*{number}~\n"
    )
}
