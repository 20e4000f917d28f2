//! What agencies bill besides peer support: behavioural health and general medicine. No rule looks
//! at it; it is there to be passed over.

use super::calendar::{Day, born};
use super::cell::{Cell, ServiceLine, Status, Units, When};
use super::ordinary::received;
use super::text::clinician_npi;

/// Procedure, cents a unit, units at most.
const PROCEDURES: [(&str, u32, u64); 16] = [
    ("90834", 11_250, 1),
    ("90837", 16_600, 1),
    ("90832", 7_600, 1),
    ("H2015", 1_850, 8),
    ("H2017", 1_420, 16),
    ("H0004", 2_600, 4),
    ("H0031", 12_000, 1),
    ("T1017", 2_150, 6),
    ("H2011", 3_400, 6),
    ("99213", 9_200, 1),
    ("99214", 13_000, 1),
    ("99203", 11_300, 1),
    ("90853", 4_400, 1),
    ("96372", 2_500, 1),
    ("36415", 850, 1),
    ("80053", 1_450, 1),
];
const MODIFIERS: [&str; 8] = ["", "", "", "", "", "HE", "GT", "25"];
const PLACES: [&str; 6] = ["11", "11", "11", "53", "02", "22"];
const DIAGNOSES: [&str; 8] =
    ["F33.1", "F41.1", "F20.9", "F90.2:F91.3", "E11.9:I10", "J06.9", "M54.50", "F43.10"];
/// Clinicians of an agency.
const CLINICIANS: u64 = 12;

/// Fills what is left of the cell's other lines: each member without a line first, then any.
pub(super) fn fill(cell: &mut Cell, without_line: std::ops::Range<usize>) {
    let mut waiting = without_line;
    while lines_left(cell) {
        let member = match waiting.next() {
            Some(member) => member,
            None => cell.random.below(cell.members.len() as u64) as usize,
        };
        claim(cell, member);
    }
}

/// Peer-support lines that the members could not use are filled too: the number of lines stands.
fn lines_left(cell: &Cell) -> bool {
    cell.lines.len() < (cell.spec.peer_lines + cell.spec.other_lines) as usize
}

/// A member of any age who uses no peer support.
pub(super) fn member(cell: &mut Cell) {
    let birth = born(cell.world.first, 2) - cell.random.between(0, 28_000);
    cell.member(Some(birth));
}

fn claim(cell: &mut Cell, member: usize) {
    let (first, as_of) = (cell.world.first, cell.world.as_of);
    let day: Day = cell.random.between(first, as_of - 1);
    let received = received(cell, day);
    let claim = cell.claim(member, received);
    let dice = cell.random.below(1000);
    cell.claims[claim].diagnoses = cell.random.pick(&DIAGNOSES);
    cell.claims[claim].status = match dice {
        0..=59 => Status::Denied,
        60..=79 => Status::Pending,
        _ => Status::Paid,
    };
    let clinician = cell.spec.agency * CLINICIANS + cell.random.below(CLINICIANS);
    let rendering = clinician_npi(clinician);
    let place = cell.random.pick(&PLACES);
    let lines = cell.random.pick(&[1, 1, 1, 1, 2, 3]);
    for _ in 0..lines {
        if !lines_left(cell) {
            return;
        }
        let (procedure, cents, most) = cell.random.pick(&PROCEDURES);
        let units = cell.random.below(most) as u32 + 1;
        let modifiers = cell.random.pick(&MODIFIERS);
        cell.line(ServiceLine {
            procedure,
            modifiers,
            units: Units::Whole(units),
            basis: "UN",
            first: When::On(day),
            last: None,
            rendering,
            place,
            charge_cents: cents * units,
            paid_cents: cents * units * 6 / 10,
        });
    }
}
