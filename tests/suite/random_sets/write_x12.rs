//! Writes claim rows as an 005010X222A1 837P file, with delimiters and decoys from the seed.

use crate::reference::date::Date;
use crate::reference::model::{ClaimFile, ClaimRow};

use super::Rng;

/// The segments of one file so far, and the counts that its trailers need.
struct Wire<'a> {
    rng: &'a mut Rng,
    element: char,
    component: char,
    repetition: char,
    terminator: char,
    line_end: &'static str,
    text: String,
    segments_in_set: usize,
    hierarchy: usize,
    group_date: String,
}

impl Wire<'_> {
    /// One segment from elements parted by `*` and components parted by `:`, trailing blanks cut.
    fn segment(&mut self, written: &str) {
        let written = written.trim_end_matches('*');
        for letter in written.chars() {
            self.text.push(match letter {
                '*' => self.element,
                ':' => self.component,
                other => other,
            });
        }
        self.text.push(self.terminator);
        self.text.push_str(self.line_end);
        self.segments_in_set += 1;
    }

    fn next_hierarchy(&mut self) -> usize {
        self.hierarchy += 1;
        self.hierarchy
    }
}

/// The whole file: one or two interchanges, each of one or two groups of one to three sets.
pub fn file(rng: &mut Rng, file: &ClaimFile, number: usize) -> Vec<u8> {
    let mut clms: Vec<&[ClaimRow]> = file.rows.chunk_by(|one, next| one.clm == next.clm).collect();
    let mut wire = Wire {
        element: *rng.pick(&['*', '*', '|']),
        component: *rng.pick(&[':', ':', '>']),
        repetition: *rng.pick(&['^', '^', '!', 'U']),
        terminator: '~',
        line_end: "",
        text: String::new(),
        segments_in_set: 0,
        hierarchy: 0,
        group_date: file.group_date.clone(),
        rng,
    };
    match wire.rng.below(5) {
        0 => wire.terminator = '\n',
        1 => wire.line_end = "\r\n",
        2 => wire.line_end = "\n",
        3 => wire.terminator = '\'',
        _ => {}
    }
    let interchanges = 1 + usize::from(wire.rng.chance(25));
    for round in 1..=interchanges {
        let here = if round == interchanges { clms.len() } else { clms.len() / 2 };
        let rest = clms.split_off(here);
        interchange(&mut wire, &clms, number * 10 + round);
        clms = rest;
    }
    if wire.rng.chance(10) {
        wire.text.push('\u{1a}');
    }
    wire.text.into_bytes()
}

fn interchange(wire: &mut Wire, clms: &[&[ClaimRow]], control: usize) {
    let (repetition, component) = (wire.repetition, wire.component);
    let sender = format!("{:<15}", "AGENCY");
    let receiver = format!("{:<15}", "MSMEDICAID");
    let head = format!("ISA*00*{0:10}*00*{0:10}*ZZ*{sender}*ZZ*{receiver}*240301*1200*", "");
    let head = head.replace('*', &wire.element.to_string());
    let tail = format!("{repetition}*00501*{control:09}*0*P*");
    wire.text.push_str(&head);
    wire.text.push_str(&tail.replace('*', &wire.element.to_string()));
    wire.text.push(component);
    wire.text.push(wire.terminator);
    wire.text.push_str(wire.line_end);
    let groups = 1 + usize::from(wire.rng.chance(20));
    let size = clms.len().div_ceil(groups).max(1);
    let parts: Vec<&[&[ClaimRow]]> = clms.chunks(size).collect();
    for (place, part) in parts.iter().enumerate() {
        group(wire, part, control * 10 + place);
    }
    if parts.is_empty() {
        group(wire, &[], control * 10);
    }
    wire.segment(&format!("IEA*{}*{control:09}", parts.len().max(1)));
}

fn group(wire: &mut Wire, clms: &[&[ClaimRow]], control: usize) {
    let date = wire.group_date.clone();
    wire.segment(&format!("GS*HC*AGENCY*MSMEDICAID*{date}*1200*{control}*X*005010X222A1"));
    let sets = 1 + wire.rng.below(3);
    let size = clms.len().div_ceil(sets).max(1);
    let parts: Vec<&[&[ClaimRow]]> = clms.chunks(size).collect();
    for (place, part) in parts.iter().enumerate() {
        transaction_set(wire, part, &format!("{:04}", place + 1));
    }
    if parts.is_empty() {
        transaction_set(wire, &[], "0001");
    }
    wire.segment(&format!("GE*{}*{control}", parts.len().max(1)));
}

fn transaction_set(wire: &mut Wire, clms: &[&[ClaimRow]], control: &str) {
    wire.segments_in_set = 0;
    wire.hierarchy = 0;
    wire.segment(&format!("ST*837*{control}*005010X222A1"));
    wire.segment("BHT*0019*00*REF47517*20240301*1200*CH");
    wire.segment("NM1*41*2*RIVERBEND PEER SERVICES*****46*RB1");
    wire.segment("PER*IC*BILLING OFFICE*TE*6015550100");
    wire.segment("NM1*40*2*MISSISSIPPI MEDICAID*****46*MSMED");
    let mut billing: Option<(&str, usize)> = None;
    let mut subscriber: Option<(&str, &str)> = None;
    for clm in clms {
        let row = &clm[0];
        if billing.is_none_or(|(npi, _)| npi != row.billing_npi) || wire.rng.chance(10) {
            billing = Some((&row.billing_npi, billing_provider(wire, &row.billing_npi)));
            subscriber = None;
        }
        let (_, parent) = billing.expect("a billing provider was just written");
        let member = (row.member_id.as_str(), row.member_birth_date.as_str());
        if subscriber != Some(member) || wire.rng.chance(20) {
            subscriber_and_patient(wire, parent, member);
            subscriber = Some(member);
        }
        claim(wire, clm);
    }
    let count = wire.segments_in_set + 1;
    wire.segment(&format!("SE*{count}*{control}"));
}

fn billing_provider(wire: &mut Wire, npi: &str) -> usize {
    let number = wire.next_hierarchy();
    wire.segment(&format!("HL*{number}**20*1"));
    wire.segment("PRV*BI*PXC*251S00000X");
    wire.segment(&format!("NM1*85*2*RIVERBEND PEER SERVICES*****XX*{npi}"));
    wire.segment("N3*100 MAIN ST");
    wire.segment("N4*JACKSON*MS*392010001");
    wire.segment("REF*EI*640000001");
    number
}

/// HL 22, and at times the patient's own HL 23, whose birth date then counts.
fn subscriber_and_patient(wire: &mut Wire, parent: usize, (member, birth): (&str, &str)) {
    let patient = !birth.is_empty() && wire.rng.chance(20);
    let number = wire.next_hierarchy();
    wire.segment(&format!("HL*{number}*{parent}*22*{}", u8::from(patient)));
    wire.segment(if patient { "SBR*P********MC" } else { "SBR*P*18*******MC" });
    wire.segment(&format!("NM1*IL*1*DOE*ALEX****MI*{member}"));
    if patient {
        wire.segment("DMG*D8*19500101*U");
    } else if !birth.is_empty() {
        wire.segment(&format!("DMG*D8*{birth}*U"));
    }
    wire.segment("NM1*PR*2*MISSISSIPPI MEDICAID*****PI*77032");
    if patient {
        let child = wire.next_hierarchy();
        wire.segment(&format!("HL*{child}*{number}*23*0"));
        wire.segment("PAT*19");
        wire.segment("NM1*QC*1*DOE*SAM");
        wire.segment("N3*1 OAK ST");
        wire.segment("N4*JACKSON*MS*39201");
        wire.segment(&format!("DMG*D8*{birth}*U"));
    }
}

fn claim(wire: &mut Wire, clm: &[ClaimRow]) {
    let row = &clm[0];
    let (place, frequency) = (&row.place_of_service, &row.frequency_code);
    wire.segment(&format!(
        "CLM*{}*{}***{place}:B:{frequency}*Y*A*Y*Y",
        row.claim_id, row.clm_total
    ));
    if !row.patient_paid_amount.is_empty() {
        wire.segment(&format!("AMT*F5*{}", row.patient_paid_amount));
    }
    if !row.original_claim_id.is_empty() {
        wire.segment(&format!("REF*F8*{}", row.original_claim_id));
    }
    let authorization = &row.authorization_number;
    let one_number = clm.iter().all(|line| line.authorization_number == *authorization);
    let on_claim = one_number && !authorization.is_empty() && wire.rng.chance(50);
    if on_claim {
        wire.segment(&format!("REF*G1*{authorization}"));
    }
    if !row.diagnosis_codes.is_empty() {
        diagnoses(wire, &row.diagnosis_codes);
    }
    if wire.rng.chance(10) {
        wire.segment("HI*BP:F1120");
    }
    // A line without a practitioner of its own would take over the claim's.
    let rendering = &row.rendering_npi;
    let every_line = clm.iter().all(|line| !line.rendering_npi.is_empty());
    let rendering_on_claim = every_line && wire.rng.chance(60);
    if rendering_on_claim {
        wire.segment(&format!("NM1*82*1*ROE*KIM****XX*{rendering}"));
        wire.segment("PRV*PE*PXC*175T00000X");
    }
    if wire.rng.chance(15) {
        wire.segment("NM1*DQ*1*POE*LEE****XX*1234567893");
    }
    if wire.rng.chance(20) {
        other_payer(wire);
    }
    for line in clm {
        let on_line = !rendering_on_claim || line.rendering_npi != *rendering;
        service_line(wire, line, place, !on_claim, on_line);
    }
}

fn diagnoses(wire: &mut Wire, joined: &str) {
    let mut written = String::from("HI");
    for (place, code) in joined.split(':').enumerate() {
        let qualifier = match (place, wire.rng.chance(20)) {
            (0, false) => "ABK",
            (0, true) => "BK",
            (_, false) => "ABF",
            (_, true) => "BF",
        };
        written.push_str(&format!("*{qualifier}:{code}"));
    }
    wire.segment(&written);
}

/// Loop 2320: everything in it belongs to the other payer and changes nothing.
fn other_payer(wire: &mut Wire) {
    wire.segment("SBR*S*18*******CI");
    wire.segment("AMT*D*12.5");
    wire.segment("OI***Y***Y");
    wire.segment("NM1*IL*1*OTHER*PAT****MI*M1");
    wire.segment("NM1*PR*2*OTHER PAYER*****PI*OP1");
    wire.segment("REF*F8*C1");
    wire.segment("REF*G1*AU1");
    wire.segment("NM1*82*1*DECOY*ONE****XX*1098765430");
    wire.segment("NM1*85*2*DECOY TWO*****XX*1098765430");
}

fn service_line(
    wire: &mut Wire,
    line: &ClaimRow,
    claim_place: &str,
    own_authorization: bool,
    own_rendering: bool,
) {
    wire.segment(&format!("LX*{}", line.line_number));
    let mut procedure = format!("HC:{}", line.procedure_code);
    if !line.modifiers.is_empty() {
        procedure.push(':');
        procedure.push_str(&line.modifiers);
    }
    let own_place = line.place_of_service != claim_place || wire.rng.chance(30);
    let place = if own_place { &line.place_of_service } else { "" };
    wire.segment(&format!(
        "SV1*{procedure}*{}*{}*{}*{place}**1",
        line.charge_amount, line.unit_basis, line.units
    ));
    let (first, last) = (&line.service_date, &line.service_end_date);
    if !last.is_empty() {
        wire.segment(&format!("DTP*472*RD8*{first}-{last}"));
    } else if !first.is_empty() {
        wire.segment(&format!("DTP*472*D8*{first}"));
    }
    if own_authorization && !line.authorization_number.is_empty() {
        wire.segment(&format!("REF*G1*{}", line.authorization_number));
    }
    if wire.rng.chance(8) {
        wire.segment("REF*G1*AU9**2U:OP1");
    }
    if own_rendering && !line.rendering_npi.is_empty() {
        wire.segment(&format!("NM1*82*1*ROE*KIM****XX*{}", line.rendering_npi));
        wire.segment("PRV*PE*PXC*175T00000X");
    }
    if wire.rng.chance(8) {
        wire.segment(&format!("SVD*OP1*20*HC:{}**1", line.procedure_code));
        let paid_on = Date::new(2024, 2, 1).compact();
        wire.segment(&format!("DTP*573*D8*{paid_on}"));
    }
}
