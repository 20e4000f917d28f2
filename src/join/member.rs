//! All net lines of one member, in order, and what was counted on each.

use super::units::{PlanPeriodTotals, UnitTotals};
use super::{Context, PeriodFault, PlanTotals, ServicePeriod, UnitUsage};
use crate::model::{Frequency, ServiceLine, date, text};
use crate::tables::{Authorization, ById, ServicePlan, covers};
use std::cmp::Ordering;
use std::collections::HashMap;
use xxhash_rust::xxh3::xxh3_128;

/// The net lines of one member in the order of rules.md: history before current, then service date,
/// then received date (blank last), then input order.
pub struct MemberLines<'a> {
    /// The lines.
    pub lines: &'a [ServiceLine<'a>],
    /// What was counted on each.
    pub states: Vec<LineState>,
    /// The member's service plans; `None`: no plans table.
    pub plans: Option<&'a [ServicePlan]>,
}

/// What was counted on one line.
#[derive(Clone)]
pub struct LineState {
    /// Its units; `None`: bad units.
    pub units: Option<u32>,
    /// Its days, or why they cannot be right.
    pub period: Result<ServicePeriod, PeriodFault>,
    /// The earlier equal line of another claim (D001).
    pub duplicate_of: Option<usize>,
    /// The earlier line of another agency on the same date (D002).
    pub other_agency: Option<usize>,
    /// Exempt from U001–U003 (EPSDT).
    pub is_exempt: bool,
    /// Against the limits of day and year; `None`: not counted (bad, duplicate or exempt).
    pub usage: Option<UnitUsage>,
    /// In the plan periods; `None`: not counted, or no plans table.
    pub plan_totals: Option<PlanTotals>,
}

impl LineState {
    /// Good units, good dates and no duplicate: the line is tested by U, K, S, P rules and D002.
    pub fn counts(&self) -> bool {
        self.is_good() && self.duplicate_of.is_none()
    }

    fn is_good(&self) -> bool {
        self.units.is_some() && self.period.is_ok()
    }
}

/// The order in which lines of one member use up limits.
pub fn limit_order(left: &ServiceLine<'_>, right: &ServiceLine<'_>) -> Ordering {
    let received_blank_last = |line: &ServiceLine<'_>| (line.received.is_none(), line.received);
    (!left.is_history)
        .cmp(&!right.is_history)
        .then_with(|| left.first_day.day().cmp(&right.first_day.day()))
        .then_with(|| received_blank_last(left).cmp(&received_blank_last(right)))
        .then_with(|| left.seq.cmp(&right.seq))
}

/// Memory that is used again from member to member.
#[derive(Default)]
pub struct Scratch {
    units: UnitTotals,
    plans: PlanPeriodTotals,
    by_day: Vec<(chrono::NaiveDate, usize)>,
}

impl<'a> MemberLines<'a> {
    /// Counts the lines of one member, which stand in [`limit_order`].
    pub fn count(
        context: &Context<'a>,
        lines: &'a [ServiceLine<'a>],
        scratch: &mut Scratch,
    ) -> MemberLines<'a> {
        let member_id = lines.first().map_or(&b""[..], |line| line.member_id);
        let authorizations = of_member(context.tables.authorizations.as_ref(), member_id);
        let plans = of_member(context.tables.plans.as_ref(), member_id);
        let mut states: Vec<LineState> = lines
            .iter()
            .map(|line| LineState {
                units: line.units(),
                period: ServicePeriod::of(line, context.as_of),
                duplicate_of: None,
                other_agency: None,
                is_exempt: false,
                usage: None,
                plan_totals: None,
            })
            .collect();
        find_earlier(lines, &mut states, &mut scratch.by_day);
        scratch.units.clear();
        scratch.plans.clear();
        for (line, state) in lines.iter().zip(&mut states) {
            if !state.counts() {
                continue;
            }
            let (Some(units), Ok(period)) = (state.units, state.period) else { continue };
            state.is_exempt = is_exempt(context, authorizations, line, period);
            if !state.is_exempt {
                let (first, days) = (period.first, period.days());
                state.usage = Some(scratch.units.count(context.policy, first, days, units));
            }
            if plans.is_some() {
                state.plan_totals = Some(scratch.plans.count(context.policy, period.first, units));
            }
        }
        MemberLines { lines, states, plans }
    }
}

/// EPSDT: the member is under age on the first day and has an authorization that covers it (with
/// the line's number, if it names one).
fn is_exempt(
    context: &Context<'_>,
    authorizations: Option<&[Authorization]>,
    line: &ServiceLine<'_>,
    period: ServicePeriod,
) -> bool {
    let (Some(authorizations), Some(birth)) = (authorizations, line.birth) else { return false };
    let under_age = i64::from(context.policy.units.epsdt_under_age);
    if i64::from(date::age_on(birth, period.first)) >= under_age {
        return false;
    }
    authorizations.iter().any(|authorization| {
        let names_it =
            line.authorization.is_empty() || *authorization.number == *line.authorization;
        names_it && covers(authorization.start, authorization.end, period.first)
    })
}

/// The rows of a table that are the member's; `None`: the table is not given.
fn of_member<'a, T>(table: Option<&'a ById<T>>, member_id: &[u8]) -> Option<&'a [T]> {
    table.map(|table| table.get(member_id).unwrap_or_default())
}

/// Finds, day by day, the earlier equal line of another claim and the earlier line of another
/// agency.
fn find_earlier(
    lines: &[ServiceLine<'_>],
    states: &mut [LineState],
    by_day: &mut Vec<(chrono::NaiveDate, usize)>,
) {
    by_day.clear();
    for (index, state) in states.iter().enumerate() {
        if let (true, Ok(period)) = (state.is_good(), state.period) {
            by_day.push((period.first, index));
        }
    }
    by_day.sort_unstable();
    for day in by_day.chunk_by(|left, right| left.0 == right.0) {
        if day.len() > 1 {
            find_equal_lines(lines, states, day);
            find_other_agencies(lines, states, day);
        }
    }
}

/// The first line, and the first one after it that differs in claim (or agency): whatever comes
/// later differs from one of the two, so that a day costs one pass however many lines it has.
struct FirstTwo {
    first: usize,
    other: Option<usize>,
}

impl FirstTwo {
    /// The earliest line for which `differs` from the line at hand holds.
    fn earliest(&self, differs: impl Fn(usize) -> bool) -> Option<usize> {
        if differs(self.first) { Some(self.first) } else { self.other }
    }
}

fn find_equal_lines(
    lines: &[ServiceLine<'_>],
    states: &mut [LineState],
    day: &[(chrono::NaiveDate, usize)],
) {
    let mut seen: HashMap<u128, FirstTwo, foldhash::fast::RandomState> = HashMap::default();
    let mut buffer = Vec::new();
    for (_, index) in day {
        let line = &lines[*index];
        if line.frequency() == Frequency::Replacement {
            continue;
        }
        service_signature(line, &states[*index], &mut buffer);
        let key = xxh3_128(&buffer);
        match seen.get_mut(&key) {
            None => {
                seen.insert(key, FirstTwo { first: *index, other: None });
            }
            Some(earlier) => {
                let differs = |other: usize| !same_claim(&lines[other], line);
                states[*index].duplicate_of = earlier.earliest(differs);
                if earlier.other.is_none() && differs(earlier.first) {
                    earlier.other = Some(*index);
                }
            }
        }
    }
}

fn find_other_agencies(
    lines: &[ServiceLine<'_>],
    states: &mut [LineState],
    day: &[(chrono::NaiveDate, usize)],
) {
    let mut seen: Option<FirstTwo> = None;
    for (_, index) in day {
        if !states[*index].counts() {
            continue;
        }
        let differs = |other: usize| lines[other].billing_npi != lines[*index].billing_npi;
        match &mut seen {
            None => seen = Some(FirstTwo { first: *index, other: None }),
            Some(earlier) => {
                states[*index].other_agency = earlier.earliest(differs);
                if earlier.other.is_none() && differs(earlier.first) {
                    earlier.other = Some(*index);
                }
            }
        }
    }
}

/// Everything of a line that D001 compares, in one run of bytes; the member and first day are the
/// same already.
fn service_signature(line: &ServiceLine<'_>, state: &LineState, out: &mut Vec<u8>) {
    out.clear();
    let mut modifiers: Vec<Vec<u8>> =
        text::list(line.modifiers).map(<[u8]>::to_ascii_uppercase).collect();
    modifiers.sort_unstable();
    modifiers.dedup();
    push_field(out, &line.procedure.to_ascii_uppercase());
    push_field(out, &line.place_of_service.to_ascii_uppercase());
    push_field(out, &modifiers.join(&b':'));
    push_field(out, &state.units.unwrap_or_default().to_le_bytes());
    push_field(out, &state.period.map_or(0, ServicePeriod::days).to_le_bytes());
    push_field(out, line.billing_npi); // ids are compared with case
    push_field(out, line.rendering_npi);
}

/// A field with its length in front, so that no two lists of fields give the same bytes.
fn push_field(out: &mut Vec<u8>, field: &[u8]) {
    out.extend_from_slice(&(field.len() as u32).to_le_bytes());
    out.extend_from_slice(field);
}

/// Whether two lines belong to one claim: billing NPI, claim id, frequency and original claim id.
pub fn same_claim(left: &ServiceLine<'_>, right: &ServiceLine<'_>) -> bool {
    left.claim_id == right.claim_id
        && left.billing_npi == right.billing_npi
        && left.frequency_or_default().eq_ignore_ascii_case(right.frequency_or_default())
        && left.original_claim_id == right.original_claim_id
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DateField, InputSeq, date, record};

    /// The order is written twice: for lines, and for records that are not decoded.
    #[test]
    fn lines_and_records_are_in_one_order() {
        let days = [&b""[..], b"20240229", b"20250630", b"20250701", b"bad"];
        let mut lines = Vec::new();
        for (index, day) in days.iter().enumerate() {
            for received in days {
                for is_history in [false, true] {
                    lines.push(ServiceLine {
                        is_history,
                        first_day: DateField::parse(day),
                        received: date::parse(received),
                        seq: InputSeq::new(7 - index as u32, lines.len() as u32),
                        ..ServiceLine::empty()
                    });
                }
            }
        }
        let key = |line: &ServiceLine<'_>| {
            let mut bytes = Vec::new();
            record::encode(line, &mut bytes);
            record::limit_order(&bytes)
        };
        for left in &lines {
            for right in &lines {
                assert_eq!(limit_order(left, right), key(left).cmp(&key(right)));
            }
        }
    }

    #[test]
    fn the_earliest_equal_line_of_another_claim_is_named() {
        let (policy, tables) = (crate::policy::builtin(), crate::tables::Tables::default());
        let as_of = date::parse(b"20250930").expect("a date");
        let context = Context { policy: &policy, tables: &tables, as_of, wants_evidence: false };
        let claims = ["A", "A", "A", "B", "B", "C", "A"];
        let lines: Vec<ServiceLine<'_>> = claims
            .iter()
            .zip(1_u32..)
            .map(|(claim, number)| ServiceLine {
                claim_id: claim.as_bytes(),
                line_number: number,
                is_peer_support: true,
                member_id: b"M1",
                billing_npi: b"1234567893",
                procedure: b"H0038",
                units_text: b"1",
                first_day: DateField::parse(b"20250903"),
                seq: InputSeq::new(0, number),
                ..ServiceLine::empty()
            })
            .collect();
        let counted = MemberLines::count(&context, &lines, &mut Scratch::default());
        let named: Vec<_> = counted.states.iter().map(|state| state.duplicate_of).collect();
        // Lines of one claim are no duplicates of each other, however many they are.
        assert_eq!(named, [None, None, None, Some(0), Some(0), Some(0), Some(3)]);
    }
}
