//! The columns of a claim CSV, found by name in its header.

use super::fields::Fields;
use super::lookalike::{self, DELIMITERS};
use super::mapping::{CodeMaps, Sources};
use crate::model::text::trim;
use crate::model::{PassedOver, likeness};
use std::collections::{HashMap, HashSet};
use thiserror::Error;

/// The columns of the contract, in its order. The discriminant is the index into [`NAMES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the columns of inputs.md, which explains them")]
pub enum Column {
    ClaimId,
    LineNumber,
    FrequencyCode,
    OriginalClaimId,
    PayerClaimNumber,
    ClaimStatus,
    ReceivedDate,
    MemberId,
    MemberBirthDate,
    BillingNpi,
    RenderingNpi,
    SupervisingNpi,
    ProcedureCode,
    Modifiers,
    Units,
    UnitBasis,
    ServiceDate,
    ServiceEndDate,
    PlaceOfService,
    DiagnosisCodes,
    AuthorizationNumber,
    ChargeAmount,
    PaidAmount,
    PatientPaidAmount,
}

/// Number of columns.
pub const COLUMNS: usize = 24;

/// Names of the columns, and whether they are required.
pub const NAMES: [(&str, bool); COLUMNS] = [
    ("claim_id", true),
    ("line_number", true),
    ("frequency_code", false),
    ("original_claim_id", false),
    ("payer_claim_number", false),
    ("claim_status", false),
    ("received_date", false),
    ("member_id", true),
    ("member_birth_date", false),
    ("billing_npi", true),
    ("rendering_npi", false),
    ("supervising_npi", false),
    ("procedure_code", true),
    ("modifiers", false),
    ("units", true),
    ("unit_basis", false),
    ("service_date", true),
    ("service_end_date", false),
    ("place_of_service", false),
    ("diagnosis_codes", false),
    ("authorization_number", false),
    ("charge_amount", false),
    ("paid_amount", false),
    ("patient_paid_amount", false),
];

/// Columns of a header at most; more means that the file is something else.
pub const MAX_COLUMNS: usize = 4096;

/// Required columns with which a file is taken for a claim CSV, whichever they are. No table has so
/// many of them.
const LIKELY_COLUMNS: usize = 4;

/// Where the columns of the contract stand in one file.
#[derive(Clone, Debug)]
pub struct ClaimColumns {
    /// Index in the row of each column; `None`: not there.
    pub at: [Option<usize>; COLUMNS],
    /// Fields of a row.
    pub width: usize,
    /// `,` unless told.
    pub delimiter: u8,
    /// Columns of the file that stand in, in this order, where the one in `at` is blank (or, for a
    /// list, are joined to it).
    pub others: Vec<(Column, usize)>,
    /// Its codes to ours.
    pub codes: CodeMaps,
    /// The names of the file are ours, though the configuration maps others.
    pub is_unmapped: bool,
    /// Optional columns that it lacks, and columns of its own that are not read.
    pub passed_over: PassedOver,
}

/// What is wrong with a header: everything at once.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{}", problems.join("; "))]
pub struct ColumnError {
    /// One sentence each.
    pub problems: Vec<String>,
    /// None of the columns is there: the file is no claim CSV.
    pub is_other_kind: bool,
}

impl ClaimColumns {
    /// Finds the columns in the fields of a header. `renamed` maps our name to the file's; a header
    /// that it does not fit, but which has the names of the contract, is read by those.
    pub fn find(
        header: &[String],
        delimiter: u8,
        renamed: &HashMap<String, Sources>,
    ) -> Result<ClaimColumns, ColumnError> {
        let mapped = ClaimColumns::by_names(header, delimiter, renamed);
        let Err(error) = mapped else { return mapped };
        if renamed.is_empty() {
            return Err(error);
        }
        match ClaimColumns::by_names(header, delimiter, &HashMap::new()) {
            Ok(columns) => Ok(ClaimColumns { is_unmapped: true, ..columns }),
            // With names of ours in it, it was meant as claims.
            Err(own) => {
                let is_other_kind = error.is_other_kind && own.is_other_kind;
                Err(ColumnError { is_other_kind, ..error })
            }
        }
    }

    /// The same, with the codes of the file. A header that has our names has our codes too.
    #[must_use]
    pub fn with_codes(self, codes: &CodeMaps) -> ClaimColumns {
        if self.is_unmapped { self } else { ClaimColumns { codes: codes.clone(), ..self } }
    }

    fn by_names(
        header: &[String],
        delimiter: u8,
        renamed: &HashMap<String, Sources>,
    ) -> Result<ClaimColumns, ColumnError> {
        if header.len() > MAX_COLUMNS {
            let problem = format!("{} columns, at most {MAX_COLUMNS} are read", header.len());
            // Its claims must not be passed over with the files of another kind.
            let is_other_kind = ClaimColumns::by_names(&header[..MAX_COLUMNS], delimiter, renamed)
                .is_err_and(|error| error.is_other_kind);
            return Err(ColumnError { problems: vec![problem], is_other_kind });
        }
        let Places { at, others, missing, mut problems } = Places::of(header, renamed);
        let unread = unread(header, &at, &others);
        let is_header = at.iter().any(Option::is_some);
        let like = if is_header { &unread[..] } else { &[] };
        problems.extend(missing.iter().map(|(name, ours)| is_missing(name, *ours, like)));
        if is_working_paper(header) {
            // It has every column of a claim CSV: its lines would be read as claims.
            problems.push("a working paper of `peerclaims audit` is no claim file".to_owned());
        }
        let has = |column: Column| at[column as usize].is_some();
        let required =
            NAMES.iter().zip(&at).filter(|((_, required), at)| *required && at.is_some());
        let is_claim_like = !is_own_output(header)
            && (has(Column::ClaimId)
                || (has(Column::MemberId) && has(Column::ProcedureCode))
                || required.count() >= LIKELY_COLUMNS);
        if !problems.is_empty() {
            match other_delimiter(header, delimiter) {
                Some(delimiter) => problems.push(delimiter),
                None if !missing.is_empty() => problems.push(TO_DO.to_owned()),
                None => {}
            }
            return Err(ColumnError { problems, is_other_kind: !is_claim_like });
        }
        let absent = NAMES.iter().zip(&at).filter(|(_, at)| at.is_none());
        let passed_over = PassedOver {
            absent: absent.map(|((name, _), _)| *name).collect(),
            unread: unread.into_iter().map(str::to_owned).collect(),
            unmapped: Vec::new(),
        };
        let (codes, width) = (CodeMaps::default(), header.len());
        let is_unmapped = false;
        Ok(ClaimColumns { at, width, delimiter, others, codes, is_unmapped, passed_over })
    }

    /// Whether every value is found in one column, in our codes.
    #[inline]
    pub fn is_plain(&self) -> bool {
        self.others.is_empty() && self.codes.is_empty()
    }

    /// Where a column stands.
    #[inline]
    pub fn of(&self, column: Column) -> Option<usize> {
        self.at[column as usize]
    }

    /// What a row says in a column, trimmed, with our code for the file's.
    #[inline]
    pub fn value<'f>(&'f self, fields: impl Fields<'f>, column: Column) -> &'f [u8] {
        let field = self.of(column).and_then(|index| fields.get(index));
        let value = field.map_or(&b""[..], trim);
        if self.is_plain() { value } else { self.mapped(fields, column, value) }
    }

    /// The value of a column that stands elsewhere too, or in other codes.
    #[cold]
    fn mapped<'f>(&'f self, fields: impl Fields<'f>, column: Column, value: &'f [u8]) -> &'f [u8] {
        let mut sources = std::iter::once(value).chain(self.others(fields, column));
        let value = sources.find(|value| !value.is_empty()).unwrap_or_default();
        self.codes.apply(column, value)
    }

    /// The values that stand in for a column.
    pub fn others<'f>(
        &self,
        fields: impl Fields<'f>,
        column: Column,
    ) -> impl Iterator<Item = &'f [u8]> {
        let others = self.others.iter().filter(move |(other, _)| *other == column);
        others.map(move |(_, place)| fields.get(*place).map_or(&b""[..], trim))
    }
}

/// What helps where columns are missing.
const TO_DO: &str =
    "is the first row the header? Rename the columns, or map their names in the configuration file";

/// Where the names of our columns stand in a header.
struct Places {
    at: [Option<usize>; COLUMNS],
    others: Vec<(Column, usize)>,
    /// Names that must be there and are not, with our name where they are the configuration's.
    missing: Vec<(String, Option<&'static str>)>,
    problems: Vec<String>,
}

impl Places {
    fn of(header: &[String], renamed: &HashMap<String, Sources>) -> Places {
        let (mut at, mut others) = ([None; COLUMNS], Vec::new());
        let (mut missing, mut problems) = (Vec::new(), Vec::new());
        for (index, (ours, required)) in NAMES.iter().enumerate() {
            let sources = renamed.get(*ours).map(Vec::as_slice).unwrap_or_default();
            let own = [(*ours).to_owned()];
            let names = if sources.is_empty() { &own } else { sources };
            for (rank, name) in names.iter().enumerate() {
                let mut found = header
                    .iter()
                    .enumerate()
                    .filter(|(_, field)| field.trim().eq_ignore_ascii_case(name))
                    .map(|(place, _)| place);
                let place = found.next();
                if found.next().is_some() {
                    problems.push(format!("column {name} stands twice: remove or rename one"));
                }
                match place {
                    Some(place) if rank > 0 => others.push((ALL[index], place)),
                    Some(_) => at[index] = place,
                    None if *required || !sources.is_empty() => {
                        missing.push((name.clone(), (!sources.is_empty()).then_some(*ours)));
                    }
                    None => {}
                }
            }
        }
        Places { at, others, missing, problems }
    }
}

const ALL: [Column; COLUMNS] = [
    Column::ClaimId,
    Column::LineNumber,
    Column::FrequencyCode,
    Column::OriginalClaimId,
    Column::PayerClaimNumber,
    Column::ClaimStatus,
    Column::ReceivedDate,
    Column::MemberId,
    Column::MemberBirthDate,
    Column::BillingNpi,
    Column::RenderingNpi,
    Column::SupervisingNpi,
    Column::ProcedureCode,
    Column::Modifiers,
    Column::Units,
    Column::UnitBasis,
    Column::ServiceDate,
    Column::ServiceEndDate,
    Column::PlaceOfService,
    Column::DiagnosisCodes,
    Column::AuthorizationNumber,
    Column::ChargeAmount,
    Column::PaidAmount,
    Column::PatientPaidAmount,
];

/// Whether the header is that of results of this program (findings, claims, queue, expected ones),
/// which name claims too: in a folder of claims they are files of another kind.
fn is_own_output(header: &[String]) -> bool {
    let has = |name: &str| header.iter().any(|field| field.trim().eq_ignore_ascii_case(name));
    (has("rule") && has("outcome"))
        || (has("rules") && (has("disposition") || has("what_to_do")))
        || is_working_paper(header)
}

/// Whether the header is that of a working paper of `audit` that names claims.
fn is_working_paper(header: &[String]) -> bool {
    let has = |name: &str| header.iter().any(|field| field.trim().eq_ignore_ascii_case(name));
    has("priced_by") || has("units_disallowed") || (has("standing") && has("is_history"))
}

/// Whether a field of a header may be shown: a file without a header must not show the values of
/// its first row.
fn is_a_name(field: &str) -> bool {
    !field.contains(|letter: char| letter.is_numeric() || letter.is_whitespace())
}

/// The fields of a header that are no column of ours, as they are written there.
fn unread<'h>(
    header: &'h [String],
    at: &[Option<usize>; COLUMNS],
    others: &[(Column, usize)],
) -> Vec<&'h str> {
    let read = at.iter().flatten().chain(others.iter().map(|(_, place)| place));
    let read: HashSet<usize> = read.copied().collect();
    let unread = header.iter().enumerate().filter(|(place, _)| !read.contains(place));
    unread.map(|(_, field)| field.trim()).filter(|field| !field.is_empty()).collect()
}

fn is_missing(name: &str, ours: Option<&str>, unread: &[&str]) -> String {
    let mapped =
        ours.map_or(String::new(), |ours| format!(", which the configuration maps to {ours},"));
    // A file without a header must not show the values of its first row.
    let near = likeness::nearest(name, unread.iter().copied().filter(|field| is_a_name(field)));
    match near {
        Some(field) => format!("column {name}{mapped} is missing (there is {field:?})"),
        None => format!("column {name}{mapped} is missing"),
    }
}

/// A header of one field that holds another delimiter: says which to name.
fn other_delimiter(header: &[String], delimiter: u8) -> Option<String> {
    let [only] = header else { return None };
    let likely = DELIMITERS
        .into_iter()
        .filter(|other| *other != delimiter)
        .max_by_key(|other| only.bytes().filter(|byte| byte == other).count())?;
    let shown = lookalike::shown(likely);
    only.contains(char::from(likely)).then(|| {
        format!("the header seems to be separated by '{shown}': pass --delimiter '{shown}'")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> Vec<String> {
        text.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn names_are_found_in_any_order_and_case() {
        let fields = header(
            "Units, PROCEDURE_CODE,x,service_date,billing_npi,member_id,line_number,claim_id",
        );
        let columns = ClaimColumns::find(&fields, b',', &HashMap::new()).expect("all there");
        assert_eq!(columns.of(Column::Units), Some(0));
        assert_eq!(columns.of(Column::Modifiers), None);
        assert_eq!(columns.width, 8);
    }

    #[test]
    fn everything_missing_is_said_at_once() {
        let fields = header("claim_id,line_no,units,units");
        let error = ClaimColumns::find(&fields, b',', &HashMap::new()).expect_err("columns miss");
        let text = error.to_string();
        assert!(text.contains("line_number is missing (there is \"line_no\")"), "{text}");
        assert!(text.ends_with(TO_DO), "{text}");
        let twice = header(&format!("claim_id,{}", NAMES.map(|(name, _)| name).join(",")));
        let twice =
            ClaimColumns::find(&twice, b',', &HashMap::new()).expect_err("one stands twice");
        assert!(!twice.to_string().contains(TO_DO), "nothing is missing: {twice}");
        assert!(text.contains("member_id") && text.contains("units stands twice"), "{text}");
        let other = ClaimColumns::find(&header("claim_id,srvice_date"), b',', &HashMap::new());
        let text = other.expect_err("columns miss").to_string();
        assert!(text.contains("service_date is missing (there is \"srvice_date\")"), "{text}");
        assert!(!error.is_other_kind);
    }

    #[test]
    fn a_column_may_have_several_sources() {
        let fields = header("ICN,ADJ_ICN,LN,MSIS_ID,NPI,PRCDR_CD,M1,M2,QTY,BGN_DT");
        let renamed = [
            ("claim_id", &["ADJ_ICN", "icn"][..]),
            ("line_number", &["LN"]),
            ("member_id", &["MSIS_ID"]),
            ("billing_npi", &["NPI"]),
            ("procedure_code", &["PRCDR_CD"]),
            ("modifiers", &["M1", "M2"]),
            ("units", &["QTY"]),
            ("service_date", &["BGN_DT"]),
        ];
        let renamed = renamed.map(|(ours, theirs)| {
            (ours.to_owned(), theirs.iter().map(|name| (*name).to_owned()).collect())
        });
        let columns = ClaimColumns::find(&fields, b',', &HashMap::from(renamed)).expect("found");
        assert_eq!(columns.of(Column::ClaimId), Some(1));
        assert_eq!(columns.others, [(Column::ClaimId, 0), (Column::Modifiers, 7)]);
    }

    #[test]
    fn our_own_names_are_read_where_the_mapping_does_not_fit() {
        let renamed = [("claim_id", "ICN"), ("member_id", "MSIS_ID"), ("units", "QTY")];
        let renamed = renamed.map(|(ours, theirs)| (ours.to_owned(), vec![theirs.to_owned()]));
        let renamed = HashMap::from(renamed);
        let own = header(
            "claim_id,line_number,member_id,billing_npi,procedure_code,units,\
            service_date",
        );
        let columns = ClaimColumns::find(&own, b',', &renamed).expect("our names");
        assert!(columns.is_unmapped);
        let error = ClaimColumns::find(&own[..6], b',', &renamed).expect_err("one is missing");
        assert!(!error.is_other_kind, "it was meant as claims");
        let theirs = header("ICN,line_number,Msis_Idn,billing_npi,procedure_code,QTY,service_date");
        let text = ClaimColumns::find(&theirs, b',', &renamed).expect_err("MSIS_ID").to_string();
        let said = "MSIS_ID, which the configuration maps to member_id, is missing (there is \
            \"Msis_Idn\")";
        assert!(text.contains(said), "{text}");
    }

    #[test]
    fn another_delimiter_is_named() {
        let fields = vec!["claim_id;line_number;units".to_owned()];
        let error = ClaimColumns::find(&fields, b',', &HashMap::new()).expect_err("one field");
        assert!(error.to_string().contains("--delimiter ';'"));
    }
}
