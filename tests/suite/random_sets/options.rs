//! Policy, as-of date and choice of rules of a set.

use crate::reference::date::Date;
use crate::reference::model::{ClaimSet, Limit, Policy, texts};

use super::{Rng, World};

pub fn policy(rng: &mut Rng, world: &World) -> Policy {
    let mut policy = Policy::default();
    if rng.chance(40) {
        return policy;
    }
    if rng.chance(50) {
        policy.limits[0].annual_units = *rng.pick(&[18, 20, 24, 30]);
        policy.limits[0].daily_units = *rng.pick(&[4, 6, 6, 6, 8]);
    }
    if rng.chance(25) {
        // A limit that changes in the midst of the year, or begins there.
        let changed = Limit {
            from: rng.near(world.anchor, &[-1, 0, 1, 2]).iso(),
            daily_units: *rng.pick(&[3, 5, 8]),
            annual_units: *rng.pick(&[12, 20, 40, 220]),
        };
        if rng.chance(25) {
            policy.limits.clear();
        }
        policy.limits.push(changed);
    }
    if rng.chance(25) {
        policy.limit_year_starts = *rng.pick(&[(1, 1), (1, 1), (10, 1), (7, 2)]);
    }
    policy.annual_counts_billed = rng.chance(25);
    if rng.chance(30) {
        policy.practitioner_daily_units = *rng.pick(&[8, 12, 16]);
    }
    if rng.chance(20) {
        policy.near_annual_percent = *rng.pick(&[50, 75, 83]);
    }
    if rng.chance(35) {
        policy.benefit_began = rng.near(world.anchor, &[-1, 0, 0, 1]).iso();
    }
    if rng.chance(12) {
        policy.procedures = texts(&["H0038", "h0025"]);
    }
    if rng.chance(15) {
        policy.face_to_face_modes = texts(&["in_person", "video"]);
    }
    if rng.chance(15) {
        policy.supervisor_fte_ratio = *rng.pick(&[1, 2, 18]);
    }
    if rng.chance(10) {
        policy.filing_days = *rng.pick(&[180, 364]);
    }
    if rng.chance(10) {
        policy.first_stage_days = 15;
        policy.last_stage_days = 366;
    }
    if rng.chance(10) {
        policy.signer_roles = texts(&["physician"]);
        policy.inpatient_places = texts(&["21", "22"]);
        policy.epsdt_under_age = 19;
    }
    if rng.chance(25) {
        for (rule, severity) in [("P005", "deny"), ("C009", "deny"), ("S002", "info")] {
            if rng.chance(50) {
                policy.severity.insert(rule.to_string(), severity.to_string());
            }
        }
        let more = [("D002", "deny"), ("K004", "deny"), ("C003", "review"), ("D005", "deny")];
        for (rule, severity) in more {
            if rng.chance(30) {
                policy.severity.insert(rule.to_string(), severity.to_string());
            }
        }
    }
    policy
}

pub fn choose(rng: &mut Rng, world: &World, set: &mut ClaimSet) {
    let newest = *world.service_days.iter().max().expect("a world has service days");
    set.as_of = match rng.below(100) {
        0..55 => Some(rng.near(newest, &[0, 0, 1, 5, 10, 31, 40]).iso()),
        55..62 => Some(world.anchor.iso()),
        62..80 => Some(newest.plus_days(400).iso()),
        _ => None,
    };
    if rng.chance(3) {
        set.as_of = None;
        for file in &mut set.files {
            file.rows.iter_mut().for_each(|row| row.received_date.clear());
        }
    }
    if rng.chance(8) {
        set.ignore = texts(&[*rng.pick(&["C007", "K", "U001", "D", "S00", "P004"])]);
    }
    if rng.chance(6) {
        let choices = [["U", "D"], ["K", "S"], ["P", "C003"], ["U002", "F005"]];
        set.select = texts(&choices[rng.below(choices.len())]);
    }
}

/// A group date for X12: near the as-of date, and now and then one that is still to come.
pub fn group_date(rng: &mut Rng, set: &ClaimSet) -> String {
    let rows = set.files.iter().flat_map(|file| &file.rows);
    let days = rows.filter_map(|row| Date::parse(&row.service_date));
    let newest = days.filter(|date| date.year < 2090).max().unwrap_or(Date::new(2024, 3, 1));
    match rng.below(10) {
        0 => "20991231".to_string(),
        _ => rng.near(newest, &[0, 1, 14, 31, 370]).compact(),
    }
}
