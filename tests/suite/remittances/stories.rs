//! Claims of a night, and what a payer does with each: told as remittances, and as the rows that an
//! extract of history would hold after all of it.

use super::wire::{Check, Payment, Service};
use crate::random_sets::Rng;

pub const COLUMNS: &str = "claim_id,line_number,frequency_code,original_claim_id,\
    payer_claim_number,claim_status,member_id,billing_npi,rendering_npi,procedure_code,modifiers,\
    units,service_date,place_of_service,charge_amount,paid_amount\n";
const AGENCIES: [&str; 2] = ["1888000019", "1888000027"];
const DAYS: [&str; 4] = ["20250901", "20250902", "20250903", "20250904"];

#[derive(Clone, Debug)]
pub struct Line {
    pub number: usize,
    pub procedure: &'static str,
    pub modifiers: &'static str,
    pub units: i64,
    pub day: &'static str,
    /// What the payer made of it in the end.
    pub is_denied: bool,
    pub paid: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct Claim {
    pub id: String,
    pub frequency: &'static str,
    pub original: String,
    pub agency: &'static str,
    pub member: String,
    pub lines: Vec<Line>,
    /// The payer's numbers, the one that stands last.
    pub numbers: Vec<String>,
    /// Payments, each with the number of the week in which it comes.
    pub payments: Vec<(usize, Payment)>,
}

impl Line {
    fn charge(&self) -> i64 {
        self.units * 1_531
    }
}

impl Claim {
    pub fn random(rng: &mut Rng, id: String) -> Claim {
        let same_day = rng.chance(40);
        let mut lines: Vec<Line> = Vec::new();
        for number in 1..=1 + rng.below(3) {
            let day = if same_day { DAYS[0] } else { DAYS[rng.below(DAYS.len())] };
            lines.push(Line {
                number,
                procedure: if number > 1 && rng.chance(15) { "90834" } else { "H0038" },
                modifiers: rng.word(&["", "", "HQ"]),
                units: 1 + i64::try_from(rng.below(7)).expect("small"),
                day,
                is_denied: false,
                paid: None,
            });
        }
        Claim {
            id,
            frequency: "1",
            original: String::new(),
            agency: AGENCIES[rng.below(2)],
            member: format!("M{}", 1 + rng.below(2)),
            lines,
            numbers: Vec::new(),
            payments: Vec::new(),
        }
    }

    /// As claim rows; `known` adds what the payer said of them. An older number of the payer comes
    /// on rows of its own, as in an extract that overlaps.
    pub fn rows(&self, known: bool) -> String {
        let mut text = String::new();
        let standing = self.numbers.last().cloned().unwrap_or_default();
        let older = self.numbers.iter().rev().skip(1).cloned();
        let numbers: Vec<String> = if known {
            std::iter::once(standing).chain(older).collect()
        } else {
            vec![String::new()]
        };
        for number in numbers {
            for line in &self.lines {
                let status = if known && line.is_denied { "denied" } else { "" };
                let paid = line.paid.filter(|_| known);
                let paid = paid.map(super::wire::dollars).unwrap_or_default();
                let charge = super::wire::dollars(line.charge());
                let Line { number: line_number, procedure, modifiers, units, day, .. } = line;
                let Claim { id, frequency, original, member, agency, .. } = self;
                text.push_str(&format!(
                    "{id},{line_number},{frequency},{original},{number},{status},{member},{agency},\
                     1777000013,{procedure},{modifiers},{units},{day},53,{charge},{paid}\n"
                ));
            }
        }
        text
    }

    fn sum(&self, status: &str, number: &str, services: Vec<Service>) -> Payment {
        Payment {
            claim_id: self.id.clone(),
            status: status.to_owned(),
            charge: services.iter().map(|service| service.charge).sum(),
            paid: services.iter().map(|service| service.paid).sum(),
            number: number.to_owned(),
            frequency: self.frequency.to_owned(),
            original: self.original.clone(),
            adjustments: Vec::new(),
            services,
        }
    }

    /// A payment of all lines, of which some are refused.
    fn pay(&self, rng: &mut Rng, status: &str, number: &str, refused: &[bool]) -> Payment {
        let mut services = Vec::new();
        for (line, refused) in self.lines.iter().zip(refused) {
            let charge = line.charge();
            let off = match (*refused, status) {
                (true, _) => charge,
                (false, "2") => charge,
                _ => charge / 10,
            };
            let (group, reason) = match (*refused, status) {
                (true, _) => (rng.word(&["CO", "PI"]), rng.word(&["119", "16", "29"])),
                (false, "2") => ("OA", "23"),
                _ => (rng.word(&["CO", "PR"]), "45"),
            };
            // Without its number a service is known by day, procedure, modifiers and charge.
            let twin = |other: &Line| {
                (other.day, other.procedure, other.modifiers, other.units)
                    == (line.day, line.procedure, line.modifiers, line.units)
            };
            let needs_number = self.lines.iter().filter(|other| twin(other)).count() > 1;
            let line_control = match needs_number || rng.chance(50) {
                true => line.number.to_string(),
                false => rng.text(&["", &format!("{}-{}", self.id, line.number)]),
            };
            services.push(Service {
                line_control,
                procedure: line.procedure.to_owned(),
                modifiers: line.modifiers.to_owned(),
                charge,
                paid: charge - off,
                units: line.units.to_string(),
                first_day: line.day.to_owned(),
                adjustments: vec![(group.to_owned(), reason.to_owned(), off)],
                ..Service::default()
            });
        }
        self.sum(status, number, services)
    }

    /// Takes an earlier payment back.
    fn reverse(payment: &Payment) -> Payment {
        let mut reversal = payment.clone();
        reversal.status = "22".to_owned();
        reversal.charge = -reversal.charge;
        reversal.paid = -reversal.paid;
        for service in &mut reversal.services {
            service.charge = -service.charge;
            service.paid = -service.paid;
            service.adjustments.iter_mut().for_each(|adjustment| adjustment.2 *= -1);
        }
        reversal
    }

    fn settle(&mut self, payment: &Payment, refused: &[bool]) {
        for ((line, service), refused) in self.lines.iter_mut().zip(&payment.services).zip(refused)
        {
            (line.is_denied, line.paid) = (*refused, Some(service.paid));
        }
    }

    fn settle_all(&mut self, is_denied: bool) {
        for line in &mut self.lines {
            (line.is_denied, line.paid) = (is_denied, Some(0));
        }
    }

    /// One of the things that payers do. `number` makes the payer's numbers unlike all others.
    pub fn adjudicate(&mut self, rng: &mut Rng, number: usize) {
        let numbers = [format!("20252600{number:03}1"), format!("20252600{number:03}2")];
        let [first, second] = [&numbers[0][..], &numbers[1][..]];
        let none = vec![false; self.lines.len()];
        let some: Vec<bool> = self.lines.iter().map(|_| rng.chance(40)).collect();
        let all = vec![true; self.lines.len()];
        let story = if self.frequency == "8" { 0 } else { rng.below(10) };
        let paid = self.pay(rng, "1", first, &none);
        let mut told: Vec<(usize, Payment)> = Vec::new();
        match story {
            1 => {
                self.settle(&paid, &none);
                told.push((0, paid));
            }
            2 | 3 => {
                let mut denial = self.pay(rng, "4", first, &all);
                if story == 3 {
                    denial.services.clear();
                    denial.adjustments = vec![("CO".into(), "31".into(), denial.charge)];
                }
                self.settle_all(true);
                told.push((0, denial));
            }
            4 => {
                let part = self.pay(rng, "1", first, &some);
                self.settle(&part, &some);
                told.push((0, part));
            }
            5 => {
                self.settle_all(true);
                told.extend([(0, paid.clone()), (1, Claim::reverse(&paid))]);
            }
            6 => {
                let again = self.pay(rng, "1", second, &some);
                self.settle(&again, &some);
                told.extend([(0, paid.clone()), (1, Claim::reverse(&paid)), (1, again)]);
                if rng.chance(30) {
                    told.swap(1, 2);
                }
            }
            7 => {
                let again = self.pay(rng, "1", second, &none);
                self.settle(&again, &none);
                told.extend([(0, self.pay(rng, "4", first, &all)), (2, again)]);
            }
            8 => {
                let mut sent_on = paid;
                sent_on.status = rng.text(&["23", "25"]);
                told.push((0, sent_on));
            }
            9 => {
                let other = self.pay(rng, "2", first, &none);
                self.settle(&other, &none);
                told.push((1, other));
            }
            _ => {}
        }
        self.numbers = match story {
            6 | 7 => vec![first.to_owned(), second.to_owned()],
            1..=5 | 9 => vec![first.to_owned()],
            _ => Vec::new(),
        };
        let start = rng.below(2);
        self.payments = told.into_iter().map(|(week, payment)| (start + week, payment)).collect();
    }
}

/// The remittances of each week, one check an agency.
pub fn weeks(claims: &[Claim]) -> Vec<Vec<Check>> {
    let weeks = claims.iter().flat_map(|claim| claim.payments.iter().map(|(week, _)| *week + 1));
    let weeks = weeks.max().unwrap_or_default();
    let check = |week: usize, agency: &&'static str| Check {
        trace: format!("EFT{week}{agency}"),
        payee_npi: (*agency).to_owned(),
        day: format!("202509{:02}", 8 + week * 7),
        payments: claims
            .iter()
            .filter(|claim| claim.agency == *agency)
            .flat_map(|claim| claim.payments.iter().filter(|(own, _)| *own == week))
            .map(|(_, payment)| payment.clone())
            .collect(),
        ..Check::default()
    };
    (0..weeks).map(|week| AGENCIES.iter().map(|agency| check(week, agency)).collect()).collect()
}
