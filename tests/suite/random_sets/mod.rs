//! Random claim sets from a seed: small worlds in which dates, ids and limits collide on purpose.

mod corrections;
mod options;
mod practitioner_tables;
mod rows;
mod tables;
pub mod wire;
pub mod write_csv;
pub mod write_x12;

use crate::reference::date::Date;
use crate::reference::model::{ClaimFile, ClaimRow, ClaimSet};
use crate::reference::value::npi_luhn;

/// splitmix64: small, and the same everywhere.
pub struct Rng {
    state: u64,
}

impl Rng {
    pub fn new(seed: u64) -> Rng {
        Rng { state: seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x5bd1_e995 }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, and without, `count`.
    pub fn below(&mut self, count: usize) -> usize {
        let count = u64::try_from(count.max(1)).expect("a small count fits");
        usize::try_from(self.next() % count).expect("it is below a small count")
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    pub fn text(&mut self, choices: &[&str]) -> String {
        (*self.pick(choices)).to_string()
    }

    pub fn word(&mut self, choices: &[&'static str]) -> &'static str {
        choices[self.below(choices.len())]
    }

    /// The day moved by one of the offsets.
    pub fn near(&mut self, date: Date, offsets: &[i64]) -> Date {
        date.plus_days(*self.pick(offsets))
    }
}

pub struct Member {
    pub id: String,
    pub birth: String,
}

/// The few people, places and days that everything in a set is about.
pub struct World {
    pub anchor: Date,
    /// Days on which services are rendered, few enough to meet again and again.
    pub service_days: Vec<Date>,
    pub members: Vec<Member>,
    pub agencies: Vec<String>,
    pub practitioners: Vec<String>,
}

const ANCHORS: [(i64, i64, i64); 12] = [
    (2023, 6, 30),
    (2023, 7, 1),
    (2024, 2, 29),
    (2023, 2, 28),
    (2023, 8, 31),
    (2024, 1, 31),
    (2023, 12, 31),
    (2024, 6, 30),
    (2024, 7, 1),
    (2023, 11, 15),
    (2024, 3, 1),
    (2024, 9, 30),
];

/// Ten digits with the right check digit.
fn npi(stem: usize) -> String {
    let nine = format!("1{:08}", stem * 7_919 % 100_000_000);
    let with_zero = format!("{nine}0");
    format!("{nine}{}", (10 - npi_luhn(&with_zero)) % 10)
}

fn world(rng: &mut Rng) -> World {
    let (year, month, day) = *rng.pick(&ANCHORS);
    let anchor = Date::new(year, month, day);
    let mut service_days = vec![anchor, anchor];
    for _ in 0..2 + rng.below(3) {
        service_days.push(rng.near(anchor, &[-31, -15, -14, -2, -1, 1, 2, 3, 7, 14, 15, 16, 30]));
    }
    let mut members = Vec::new();
    for number in 1..=3 + rng.below(3) {
        let years = *rng.pick(&[18, 18, 20, 21, 21, 26, 27, 27, 40, 9]);
        let birthday = rng.near(anchor, &[-1, 0, 0, 1, 40]);
        let mut birth = birthday.plus_months(-12 * years).iso();
        if rng.chance(8) {
            birth = rng.text(&["", "1990-02-30", "20000229"]);
        }
        members.push(Member { id: format!("M{number}"), birth });
    }
    let mut agencies: Vec<String> = (0..3).map(|_| npi(rng.below(1_000_000))).collect();
    if rng.chance(12) {
        agencies[2] = rng.text(&["1234567890", "123456789", "12345678931"]);
    }
    let practitioners = (0..4 + rng.below(2)).map(|_| npi(rng.below(1_000_000))).collect();
    World { anchor, service_days, members, agencies, practitioners }
}

/// The claim set of a seed.
pub fn generate(seed: u64) -> ClaimSet {
    let rng = &mut Rng::new(seed);
    let world = world(rng);
    let policy = options::policy(rng, &world);
    let mut claims = rows::claims(rng, &world, &policy);
    corrections::add(rng, &world, &mut claims);
    let files = deal(rng, claims);
    let mut set = ClaimSet { files, policy, ..ClaimSet::default() };
    set.tables = tables::tables(rng, &world);
    options::choose(rng, &world, &mut set);
    set
}

/// Claims in random order over one to three current files and none to two of history.
fn deal(rng: &mut Rng, mut claims: Vec<Vec<ClaimRow>>) -> Vec<ClaimFile> {
    let history = rng.below(3);
    let current = 1 + rng.below(3);
    let mut files: Vec<ClaimFile> = (0..history + current)
        .map(|number| ClaimFile { history: number < history, ..ClaimFile::default() })
        .collect();
    while !claims.is_empty() {
        let claim = claims.swap_remove(rng.below(claims.len()));
        let own = history + rng.below(current);
        let mut file = if rng.chance(25) { rng.below(files.len()) } else { own };
        // History that fills up the year is of use as history only.
        if claim[0].claim_id.starts_with("FILL") && rng.chance(80) {
            file = 0;
        }
        for mut row in claim {
            let apart = rng.chance(5);
            let target = if apart { rng.below(files.len()) } else { file };
            row.blank_lines_before = usize::from(rng.chance(2));
            files[target].rows.push(row);
        }
    }
    if rng.chance(5) {
        let twin = ClaimFile { history: true, twin_of_current: true, ..files[history].clone() };
        files.insert(0, twin);
    }
    files
}
