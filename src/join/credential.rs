//! A practitioner's credentials on a date: which are in force, or why none is.

use crate::model::{NaiveDate, ServiceLine, date};
use crate::policy::{DesignationScope, Policy};
use crate::tables::{Credential, CredentialStatus, covers};
use smallvec::SmallVec;

/// The credentials of one practitioner on one date.
pub enum CredentialStanding<'a> {
    /// The table has no row of the practitioner.
    NoRow,
    /// There are rows, but none is in force.
    NotInForce {
        /// All rows.
        rows: &'a [Credential],
        /// The row nearest to being in force, and what keeps it from it.
        nearest: (&'a Credential, NotInForce),
    },
    /// These are in force, in table order; at least one.
    InForce(SmallVec<[&'a Credential; 2]>),
}

/// What keeps a credential from being in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotInForce {
    /// It ended on this day, before the date asked for.
    Expired(NaiveDate),
    /// It begins on this day, after the date asked for.
    NotYet(NaiveDate),
    /// Its status may not practise; since when, if the table says.
    Status(CredentialStatus, Option<NaiveDate>),
}

/// Whether a designation fits the member served (rule K004).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScopeStanding {
    /// At least one in force fits.
    Fits,
    /// None fits, and no fact was missing.
    OutOfScope,
    /// None fits, but a fact was missing for one of them.
    MissingFact {
        /// No birth date.
        birth: bool,
        /// No diagnosis at all.
        diagnosis: bool,
    },
}

/// Whether the practitioner's own age fits, where one designation alone is in force (rule K005).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PractitionerAge<'a> {
    /// Several designations are in force, or the one asks for no age.
    NotAsked,
    /// Within the ages of the designation.
    Fits,
    /// Outside them.
    OutOfRange {
        /// Whole years on the date asked for.
        age: i32,
        /// The designation and its ages.
        scope: &'a DesignationScope,
    },
    /// No row in force has a birth date.
    BirthMissing(&'a DesignationScope),
}

impl<'a> CredentialStanding<'a> {
    /// The standing on `on` of a practitioner who has these rows.
    pub fn of(policy: &Policy, rows: &'a [Credential], on: NaiveDate) -> CredentialStanding<'a> {
        let in_force: SmallVec<[&Credential; 2]> =
            rows.iter().filter(|row| obstacle(policy, row, on).is_none()).collect();
        if !in_force.is_empty() {
            return CredentialStanding::InForce(in_force);
        }
        let nearest = rows
            .iter()
            .filter_map(|row| obstacle(policy, row, on).map(|obstacle| (row, obstacle)))
            .min_by_key(|(row, obstacle)| distance(row, *obstacle, on));
        match nearest {
            Some(nearest) => CredentialStanding::NotInForce { rows, nearest },
            None => CredentialStanding::NoRow,
        }
    }

    /// The rows in force; none where none is.
    pub fn in_force(&self) -> &[&'a Credential] {
        match self {
            CredentialStanding::InForce(rows) => rows,
            _ => &[],
        }
    }
}

/// The status of a credential on a date: another than current holds from its status date on.
pub fn status_on(row: &Credential, on: NaiveDate) -> CredentialStatus {
    match row.status_date {
        Some(since) if on < since => CredentialStatus::Current,
        _ => row.status,
    }
}

fn obstacle(policy: &Policy, row: &Credential, on: NaiveDate) -> Option<NotInForce> {
    if on < row.effective {
        return Some(NotInForce::NotYet(row.effective));
    }
    if let Some(expiration) = row.expiration.filter(|_| !covers(row.effective, row.expiration, on))
    {
        return Some(NotInForce::Expired(expiration));
    }
    let status = status_on(row, on);
    let may_practise = &policy.credentials.practising_statuses;
    if may_practise.iter().any(|word| word == status.as_str()) {
        return None;
    }
    Some(NotInForce::Status(status, row.status_date))
}

/// Days between the date asked for and the day that keeps the row out; a status counts as 0.
fn distance(row: &Credential, obstacle: NotInForce, on: NaiveDate) -> (i64, u64) {
    let days = match obstacle {
        NotInForce::Expired(day) | NotInForce::NotYet(day) => (on - day).num_days().abs(),
        NotInForce::Status(..) => 0,
    };
    (days, row.row)
}

impl ScopeStanding {
    /// Whether one of the designations `in_force` fits the member of `line` on `on`.
    pub fn of(
        policy: &Policy,
        in_force: &[&Credential],
        line: &ServiceLine<'_>,
        on: NaiveDate,
    ) -> ScopeStanding {
        let mut missing_birth = false;
        let mut missing_diagnosis = false;
        for credential in in_force {
            let Some(scope) = policy.designation(credential.designation) else { continue };
            let age = age_fits(scope, line, on);
            let diagnosis = diagnosis_fits(scope, line);
            match (age, diagnosis) {
                (Some(true), Some(true)) => return ScopeStanding::Fits,
                (Some(false), _) | (_, Some(false)) => {}
                (age, diagnosis) => {
                    missing_birth |= age.is_none();
                    missing_diagnosis |= diagnosis.is_none();
                }
            }
        }
        if missing_birth || missing_diagnosis {
            return ScopeStanding::MissingFact {
                birth: missing_birth,
                diagnosis: missing_diagnosis,
            };
        }
        ScopeStanding::OutOfScope
    }
}

impl<'a> PractitionerAge<'a> {
    /// The practitioner's age on `on`, by the first birth date in the rows `in_force`.
    pub fn of(policy: &'a Policy, in_force: &[&Credential], on: NaiveDate) -> PractitionerAge<'a> {
        let Some(first) = in_force.first() else { return PractitionerAge::NotAsked };
        let is_only = in_force.iter().all(|row| row.designation == first.designation);
        let scope = policy.designation(first.designation).filter(|scope| {
            is_only
                && (scope.practitioner_age_min.is_some() || scope.practitioner_age_max.is_some())
        });
        let Some(scope) = scope else { return PractitionerAge::NotAsked };
        let Some(birth) = in_force.iter().find_map(|row| row.birth) else {
            return PractitionerAge::BirthMissing(scope);
        };
        let age = date::age_on(birth, on);
        let years = i64::from(age);
        let is_old_enough = scope.practitioner_age_min.is_none_or(|min| years >= i64::from(min));
        let is_young_enough = scope.practitioner_age_max.is_none_or(|max| years <= i64::from(max));
        if is_old_enough && is_young_enough {
            PractitionerAge::Fits
        } else {
            PractitionerAge::OutOfRange { age, scope }
        }
    }
}

/// Whether one of the rows `in_force` documents a training on or before `on` (rule K007).
pub fn is_trained(in_force: &[&Credential], on: NaiveDate) -> bool {
    in_force.iter().any(|row| row.training_date.is_some_and(|training| training <= on))
}

/// Whether the member's age fits; `None` if it is asked for and the birth date is missing.
fn age_fits(scope: &DesignationScope, line: &ServiceLine<'_>, on: NaiveDate) -> Option<bool> {
    if scope.member_age_min.is_none() && scope.member_age_max.is_none() {
        return Some(true);
    }
    let age = i64::from(date::age_on(line.birth?, on));
    Some(
        scope.member_age_min.is_none_or(|least| age >= i64::from(least))
            && scope.member_age_max.is_none_or(|most| age <= i64::from(most)),
    )
}

/// Whether a diagnosis or a modifier fits; `None` if one is asked for and there is no diagnosis.
fn diagnosis_fits(scope: &DesignationScope, line: &ServiceLine<'_>) -> Option<bool> {
    if scope.diagnosis_prefixes.is_empty() && scope.or_modifiers.is_empty() {
        return Some(true);
    }
    if scope.or_modifiers.iter().any(|code| line.has_modifier(code)) {
        return Some(true);
    }
    let mut any = false;
    for diagnosis in crate::model::text::list(line.diagnoses) {
        any = true;
        let fits = |prefix: &String| begins_with(diagnosis, prefix.as_bytes());
        if scope.diagnosis_prefixes.iter().any(fits) {
            return Some(true);
        }
    }
    any.then_some(false)
}

/// Whether a diagnosis code, with or without its dot, begins with `prefix`, without case.
fn begins_with(diagnosis: &[u8], prefix: &[u8]) -> bool {
    let mut letters = diagnosis.iter().filter(|byte| **byte != b'.');
    prefix.iter().all(|want| letters.next().is_some_and(|have| have.eq_ignore_ascii_case(want)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        date::parse(text.as_bytes()).expect("a date in a test")
    }

    fn row(designation: &'static str, birth: Option<&str>) -> Credential {
        Credential {
            row: 2,
            designation,
            effective: day("2020-01-01"),
            expiration: None,
            status: CredentialStatus::Current,
            status_date: None,
            birth: birth.map(day),
            training_program: "".into(),
            training_date: birth.map(day),
        }
    }

    #[test]
    fn the_age_is_asked_of_youth_alone_by_the_first_birth_date() {
        let policy = crate::policy::builtin();
        let on = day("2025-09-03");
        let of = |rows: &[&Credential]| match PractitionerAge::of(&policy, rows, on) {
            PractitionerAge::NotAsked => "not asked".to_owned(),
            PractitionerAge::Fits => "fits".to_owned(),
            PractitionerAge::OutOfRange { age, .. } => age.to_string(),
            PractitionerAge::BirthMissing(scope) => format!("no birth date for {}", scope.code),
        };
        let (unknown, adult) = (row("Y", None), row("A", Some("1970-01-01")));
        let born = |birth| row("Y", Some(birth));
        assert_eq!(of(&[]), "not asked");
        assert_eq!(of(&[&adult]), "not asked");
        assert_eq!(of(&[&born("1970-01-01"), &adult]), "not asked");
        assert_eq!(of(&[&unknown]), "no birth date for Y");
        assert_eq!(of(&[&born("1998-09-03")]), "27");
        assert_eq!(of(&[&born("1998-09-04")]), "fits");
        assert_eq!(of(&[&born("2007-09-03")]), "fits");
        assert_eq!(of(&[&born("2007-09-04")]), "17");
        assert_eq!(of(&[&unknown, &born("1998-09-03"), &born("2000-01-01")]), "27");
    }

    #[test]
    fn a_training_counts_from_its_day() {
        let (trained, untrained) = (row("A", Some("2025-09-03")), row("A", None));
        assert!(is_trained(&[&untrained, &trained], day("2025-09-03")));
        assert!(!is_trained(&[&untrained, &trained], day("2025-09-02")));
        assert!(!is_trained(&[&untrained], day("2025-09-03")));
    }

    #[test]
    fn the_nearest_row_is_the_one_that_misses_by_fewest_days() {
        let policy = crate::policy::builtin();
        let on = day("2025-09-03");
        let at = |row_number, credential: Credential| Credential { row: row_number, ..credential };
        let expired = at(2, Credential { expiration: Some(day("2025-08-24")), ..row("A", None) });
        let not_yet = at(3, Credential { effective: day("2025-09-08"), ..row("A", None) });
        let status = CredentialStatus::Suspended;
        let suspended = at(4, Credential { status, ..row("A", None) });
        let of = |rows: &[Credential]| match CredentialStanding::of(&policy, rows, on) {
            CredentialStanding::NotInForce { rows: all, nearest: (nearest, why) } => {
                assert_eq!(all.len(), rows.len());
                Some((nearest.row, why))
            }
            _ => None,
        };
        let all = [expired.clone(), not_yet.clone(), suspended];
        let why = NotInForce::Status(CredentialStatus::Suspended, None);
        assert_eq!(of(&all), Some((4, why)), "its days are right");
        assert_eq!(of(&all[..2]), Some((3, NotInForce::NotYet(day("2025-09-08")))), "5 days of 10");
        let later = at(5, Credential { effective: day("2025-09-13"), ..row("A", None) });
        let why = NotInForce::Expired(day("2025-08-24"));
        assert_eq!(
            of(&[later, expired]),
            Some((2, why)),
            "10 days each: the first row of the table"
        );
        assert!(CredentialStanding::of(&policy, &[row("A", None)], on).in_force().len() == 1);
        assert!(CredentialStanding::of(&policy, &[not_yet], on).in_force().is_empty());
    }

    /// A policy in which the designation has this scope.
    fn with_scope(change: impl FnOnce(&mut DesignationScope)) -> Policy {
        let mut policy = crate::policy::builtin();
        let scope = policy.designations.iter_mut().find(|scope| scope.code == "A");
        change(scope.expect("an adult designation"));
        policy
    }

    #[test]
    fn one_bound_of_age_is_enough_to_ask_for_it() {
        let on = day("2025-09-03");
        let youngest = with_scope(|scope| scope.practitioner_age_min = Some(21));
        let oldest = with_scope(|scope| scope.practitioner_age_max = Some(30));
        let is_fit = |policy: &Policy, birth| {
            PractitionerAge::of(policy, &[&row("A", Some(birth))], on) == PractitionerAge::Fits
        };
        assert!(is_fit(&youngest, "2004-09-03") && !is_fit(&youngest, "2004-09-04"));
        assert!(is_fit(&oldest, "1994-09-04") && !is_fit(&oldest, "1994-09-03"));
    }

    #[test]
    fn a_scope_may_ask_for_diagnoses_or_modifiers_alone() {
        let on = day("2025-09-03");
        let line =
            |diagnoses, modifiers| ServiceLine { diagnoses, modifiers, ..ServiceLine::empty() };
        let standing = |policy: &Policy, line: &ServiceLine<'_>| {
            ScopeStanding::of(policy, &[&row("A", None)], line, on)
        };
        let missing = ScopeStanding::MissingFact { birth: false, diagnosis: true };
        let only = |prefixes: &[&str], modifiers: &[&str]| {
            let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
            with_scope(|scope| {
                (scope.member_age_min, scope.member_age_max) = (None, None);
                (scope.diagnosis_prefixes, scope.or_modifiers) =
                    (owned(prefixes), owned(modifiers));
            })
        };
        let diagnoses = only(&["F1"], &[]);
        assert_eq!(standing(&diagnoses, &line(b"F10.20", b"")), ScopeStanding::Fits);
        assert_eq!(standing(&diagnoses, &line(b"F33", b"HF")), ScopeStanding::OutOfScope);
        assert_eq!(standing(&diagnoses, &line(b"", b"HF")), missing);
        let modifiers = only(&[], &["HF"]);
        assert_eq!(standing(&modifiers, &line(b"F33", b"HF")), ScopeStanding::Fits);
        assert_eq!(standing(&modifiers, &line(b"F33", b"")), ScopeStanding::OutOfScope);
        assert_eq!(standing(&modifiers, &line(b"", b"")), missing);
        assert_eq!(standing(&only(&[], &[]), &line(b"", b"")), ScopeStanding::Fits);
    }
}
