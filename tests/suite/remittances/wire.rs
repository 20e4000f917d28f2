//! Writes payments as 835 files, with separators, line ends and decoys from the seed.

use crate::random_sets::Rng;

/// One service of a payment. Amounts are cents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service {
    pub line_control: String,
    pub procedure: String,
    /// Joined by `:`.
    pub modifiers: String,
    /// The payer decided on this one instead.
    pub recoded: String,
    pub charge: i64,
    pub paid: i64,
    pub units: String,
    /// `YYYYMMDD`; blank: not stated.
    pub first_day: String,
    pub last_day: String,
    /// Group, reason, amount.
    pub adjustments: Vec<(String, String, i64)>,
}

/// One CLP.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payment {
    pub claim_id: String,
    pub status: String,
    pub charge: i64,
    pub paid: i64,
    pub number: String,
    pub frequency: String,
    /// REF*F8.
    pub original: String,
    pub adjustments: Vec<(String, String, i64)>,
    pub services: Vec<Service>,
}

/// One transaction set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Check {
    pub trace: String,
    pub payee_npi: String,
    /// TS301 of the loop 2000.
    pub provider: String,
    /// DTM*405; blank: some day.
    pub day: String,
    pub payments: Vec<Payment>,
    /// PLB: reason, amount.
    pub adjustments: Vec<(String, i64)>,
}

pub fn dollars(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    match cents % 100 {
        0 => format!("{sign}{}", cents / 100),
        rest => format!("{sign}{}.{rest:02}", cents / 100),
    }
}

struct Wire<'r> {
    rng: &'r mut Rng,
    separators: [char; 4],
    line_end: &'static str,
    text: String,
    segments: usize,
}

impl Wire<'_> {
    /// One segment from elements parted by `*` and components parted by `:`.
    fn segment(&mut self, written: &str) {
        let [element, component, _, terminator] = self.separators;
        for letter in written.trim_end_matches('*').chars() {
            self.text.push(match letter {
                '*' => element,
                ':' => component,
                other => other,
            });
        }
        self.text.push(terminator);
        self.text.push_str(self.line_end);
        self.segments += 1;
    }
}

/// The whole file: the checks, in order, over one or more interchanges and groups.
pub fn file(rng: &mut Rng, checks: &[Check]) -> Vec<u8> {
    let mut text = String::new();
    let mut rest = checks;
    let mut control = 700;
    while control == 700 || !rest.is_empty() {
        control += 1;
        let here = if rng.chance(60) { rest.len() } else { 1.min(rest.len()) };
        let (now, later) = rest.split_at(here);
        rest = later;
        let separators = [
            *rng.pick(&['*', '*', '|', '\x1d']),
            *rng.pick(&[':', '>']),
            *rng.pick(&['^', '!']),
            *rng.pick(&['~', '~', '\'', '\n']),
        ];
        let line_end =
            if separators[3] == '\n' { "" } else { rng.word(&["", "\n", "\r\n", " \n"]) };
        let mut wire = Wire { rng, separators, line_end, text, segments: 0 };
        interchange(&mut wire, now, control);
        text = wire.text;
        text.push_str(rng.word(&["", "\n", "\x1a", "\r\n\r\n"]));
    }
    text.into_bytes()
}

fn interchange(wire: &mut Wire<'_>, checks: &[Check], control: usize) {
    let [_, component, repetition, _] = wire.separators;
    let (sender, receiver) = (format!("{:<15}", "MSFA0001"), format!("{:<15}", "MBO4471"));
    let head = format!("ISA*00*{0:10}*00*{0:10}*ZZ*{sender}*ZZ*{receiver}*250922*0610*", "");
    wire.segment(&format!("{head}{repetition}*00501*{control:09}*0*T*{component}"));
    let groups = 1 + usize::from(wire.rng.chance(30));
    let size = checks.len().div_ceil(groups).max(1);
    let parts: Vec<&[Check]> = checks.chunks(size).collect();
    for (place, part) in parts.iter().enumerate() {
        let number = control * 10 + place;
        wire.segment(&format!("GS*HP*MSFA0001*MBO4471*20250922*0610*{number}*X*005010X221A1"));
        for (place, check) in part.iter().enumerate() {
            transaction_set(wire, check, place + 1);
        }
        wire.segment(&format!("GE*{}*{number}", part.len()));
    }
    wire.segment(&format!("IEA*{}*{control:09}", parts.len()));
}

/// What BPR02 must say.
pub fn total(check: &Check) -> i64 {
    let claims: i64 = check.payments.iter().map(|payment| payment.paid).sum();
    claims - check.adjustments.iter().map(|(_, amount)| amount).sum::<i64>()
}

fn transaction_set(wire: &mut Wire<'_>, check: &Check, number: usize) {
    wire.segments = 0;
    let version = if wire.rng.chance(50) { "*005010X221A1" } else { "" };
    wire.segment(&format!("ST*835*{number:04}{version}"));
    let total = dollars(total(check));
    wire.segment(&format!("BPR*I*{total}*C*ACH*CCP*01*065300279*DA*11*1**01*065*DA*7*20250922"));
    wire.segment(&format!("TRN*1*{}*1646000831", check.trace));
    let day = if check.day.is_empty() { "20250921" } else { &check.day };
    wire.segment(&format!("DTM*405*{day}"));
    wire.segment("N1*PR*MISSISSIPPI DIVISION OF MEDICAID*XV*77032");
    wire.segment("N3*550 HIGH STREET");
    wire.segment("N4*JACKSON*MS*39201");
    wire.segment("PER*BL*CLPSVC DESK*TE*8005551212");
    let payee = &check.payee_npi;
    let qualifier = if payee.len() == 10 { "XX" } else { "FI" };
    wire.segment(&format!("N1*PE*MAGNOLIA BEND RECOVERY CENTER*{qualifier}*{payee}"));
    wire.segment("REF*TJ*640000001");
    wire.segment("LX*1");
    if !check.provider.is_empty() {
        wire.segment(&format!("TS3*{}*53*20251231*1*0", check.provider));
    }
    for payment in &check.payments {
        claim(wire, payment);
    }
    for (reason, amount) in &check.adjustments {
        wire.segment(&format!("PLB*{payee}*20251231*{reason}:R1*{}", dollars(*amount)));
    }
    let count = wire.segments + 1;
    wire.segment(&format!("SE*{count}*{number:04}"));
}

fn adjustments(wire: &mut Wire<'_>, adjustments: &[(String, String, i64)]) {
    for group in adjustments.chunk_by(|one, next| one.0 == next.0) {
        let mut written = format!("CAS*{}", group[0].0);
        for (_, reason, amount) in group {
            written.push_str(&format!("*{reason}*{}*", dollars(*amount)));
        }
        wire.segment(&written);
    }
}

fn claim(wire: &mut Wire<'_>, payment: &Payment) {
    let Payment { claim_id, status, charge, paid, number, frequency, original, .. } = payment;
    let (charge, paid) = (dollars(*charge), dollars(*paid));
    let place = if frequency.is_empty() { "" } else { "53" };
    wire.segment(&format!(
        "CLP*{claim_id}*{status}*{charge}*{paid}**MC*{number}*{place}*{frequency}"
    ));
    adjustments(wire, &payment.adjustments);
    wire.segment("NM1*QC*1*LUCAS*CO*REF**MI*MSM000001");
    if wire.rng.chance(20) {
        wire.segment("NM1*74*1*LUCAS*COE*F***C*MSM000001");
    }
    if wire.rng.chance(40) {
        wire.segment("NM1*82*1*HARLOW*ADA****XX*1777000013");
    }
    if wire.rng.chance(30) {
        wire.segment("MOA***MA01*N362");
    }
    if !original.is_empty() {
        wire.segment(&format!("REF*F8*{original}"));
    }
    wire.segment("REF*EA*F8-6R");
    wire.segment("DTM*232*20250901");
    wire.segment("DTM*233*20250930");
    wire.segment("DTM*050*20250915");
    if wire.rng.chance(20) {
        wire.segment("AMT*AU*10");
    }
    for service in &payment.services {
        self::service(wire, service);
    }
}

fn service(wire: &mut Wire<'_>, service: &Service) {
    let joined = |procedure: &str| {
        let composite = format!("HC:{procedure}:{}", service.modifiers);
        composite.trim_end_matches(':').to_owned()
    };
    let (charge, paid, units) = (dollars(service.charge), dollars(service.paid), &service.units);
    let billed = joined(&service.procedure);
    if service.recoded.is_empty() {
        wire.segment(&format!("SVC*{billed}*{charge}*{paid}**{units}"));
    } else {
        let decided = format!("HC:{}", service.recoded);
        wire.segment(&format!("SVC*{decided}*{charge}*{paid}**{units}*{billed}"));
    }
    let (first, last) = (&service.first_day, &service.last_day);
    if !last.is_empty() {
        wire.segment(&format!("DTM*150*{first}"));
        wire.segment(&format!("DTM*151*{last}"));
    } else if !first.is_empty() {
        wire.segment(&format!("DTM*472*{first}"));
    }
    adjustments(wire, &service.adjustments);
    if !service.line_control.is_empty() {
        wire.segment(&format!("REF*6R*{}", service.line_control));
    }
    if wire.rng.chance(30) {
        wire.segment(&format!("AMT*B6*{paid}"));
        wire.segment("LQ*HE*N362");
    }
}
