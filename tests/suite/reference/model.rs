//! A claim set as plain text: what the reference, the generator and the writers share.

use std::collections::BTreeMap;

/// How a CSV row stands in its file; only a whole one has the right number of fields.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum RowShape {
    #[default]
    Whole,
    /// One field more than the header.
    TooLong,
    /// Ends after its procedure.
    Short,
    /// Ends before its procedure.
    TooShortForProcedure,
}

/// One service line, each column as it stands in the claim CSV.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClaimRow {
    pub claim_id: String,
    pub line_number: String,
    pub frequency_code: String,
    pub original_claim_id: String,
    pub payer_claim_number: String,
    pub claim_status: String,
    pub received_date: String,
    pub member_id: String,
    pub member_birth_date: String,
    pub billing_npi: String,
    pub rendering_npi: String,
    pub supervising_npi: String,
    pub procedure_code: String,
    pub modifiers: String,
    pub units: String,
    pub unit_basis: String,
    pub service_date: String,
    pub service_end_date: String,
    pub place_of_service: String,
    pub diagnosis_codes: String,
    pub authorization_number: String,
    pub charge_amount: String,
    pub paid_amount: String,
    pub patient_paid_amount: String,
    pub shape: RowShape,
    /// Empty lines that stand before the row in its CSV file.
    pub blank_lines_before: usize,
    /// X12 only: which CLM of its file carries the line, and that CLM's CLM02.
    pub clm: usize,
    pub clm_total: String,
}

impl ClaimRow {
    /// Column names and texts, in the order of the contract's table.
    pub fn columns(&self) -> [(&'static str, &str); 24] {
        [
            ("claim_id", &self.claim_id),
            ("line_number", &self.line_number),
            ("frequency_code", &self.frequency_code),
            ("original_claim_id", &self.original_claim_id),
            ("payer_claim_number", &self.payer_claim_number),
            ("claim_status", &self.claim_status),
            ("received_date", &self.received_date),
            ("member_id", &self.member_id),
            ("member_birth_date", &self.member_birth_date),
            ("billing_npi", &self.billing_npi),
            ("rendering_npi", &self.rendering_npi),
            ("supervising_npi", &self.supervising_npi),
            ("procedure_code", &self.procedure_code),
            ("modifiers", &self.modifiers),
            ("units", &self.units),
            ("unit_basis", &self.unit_basis),
            ("service_date", &self.service_date),
            ("service_end_date", &self.service_end_date),
            ("place_of_service", &self.place_of_service),
            ("diagnosis_codes", &self.diagnosis_codes),
            ("authorization_number", &self.authorization_number),
            ("charge_amount", &self.charge_amount),
            ("paid_amount", &self.paid_amount),
            ("patient_paid_amount", &self.patient_paid_amount),
        ]
    }

    /// What makes a claim: billing NPI, claim id, frequency code (blank is `1`), original id.
    pub fn claim_key(&self) -> [String; 4] {
        let frequency = self.frequency_code.trim().to_uppercase();
        [
            self.billing_npi.trim().to_string(),
            self.claim_id.trim().to_string(),
            if frequency.is_empty() { "1".to_string() } else { frequency },
            self.original_claim_id.trim().to_string(),
        ]
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum FileKind {
    #[default]
    Csv,
    X12,
}

/// One claim file; files stand in input order, and history is given apart from current ones.
#[derive(Clone, Debug, Default)]
pub struct ClaimFile {
    pub kind: FileKind,
    pub history: bool,
    pub rows: Vec<ClaimRow>,
    /// GS04 of every group of the file; blank for CSV.
    pub group_date: String,
    /// A history file of the same bytes as a current one is read as current only.
    pub twin_of_current: bool,
}

/// One row of one of the six tables: the cells that are not blank, by column name.
#[derive(Clone, Debug, Default)]
pub struct TableRow {
    pub cells: BTreeMap<&'static str, String>,
    pub wrong_field_count: bool,
}

impl TableRow {
    pub fn of(cells: &[(&'static str, &str)]) -> TableRow {
        let cells = cells.iter().map(|(name, text)| (*name, (*text).to_string())).collect();
        TableRow { cells, wrong_field_count: false }
    }

    pub fn get(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", |text| text.trim())
    }
}

/// File name (without `.csv`) and columns of each table.
pub const TABLES: [(&str, &[&str]); 6] = [
    (
        "credentials",
        &[
            "practitioner_npi",
            "designation",
            "effective_date",
            "expiration_date",
            "status",
            "status_date",
            "birth_date",
            "training_program",
            "training_date",
        ],
    ),
    (
        "employment",
        &["practitioner_npi", "billing_npi", "start_date", "end_date", "fte", "supervisor_id"],
    ),
    (
        "service_plans",
        &[
            "plan_id",
            "member_id",
            "start_date",
            "end_date",
            "services",
            "planned_units",
            "planned_period",
            "signer_role",
            "signed_date",
        ],
    ),
    (
        "supervision",
        &[
            "practitioner_npi",
            "supervisor_id",
            "session_date",
            "session_id",
            "mode",
            "format",
            "minutes",
        ],
    ),
    ("supervisors", &["supervisor_id", "mental_health_professional", "training_date", "fte"]),
    ("authorizations", &["authorization_number", "member_id", "start_date", "end_date"]),
];

/// The tables by name; a name that is missing is a table not given.
pub type Tables = BTreeMap<&'static str, Vec<TableRow>>;

#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    pub from: String,
    pub daily_units: i64,
    pub annual_units: i64,
}

/// The policy values that the generator varies or the rules name.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    pub procedures: Vec<String>,
    pub benefit_began: String,
    pub limits: Vec<Limit>,
    pub limit_year_starts: (i64, i64),
    pub annual_counts_billed: bool,
    pub near_annual_percent: i64,
    pub practitioner_daily_units: i64,
    pub group_modifiers: Vec<String>,
    pub epsdt_under_age: i64,
    pub filing_days: i64,
    pub inpatient_places: Vec<String>,
    pub first_stage_months: i64,
    pub first_stage_days: i64,
    pub second_stage_months: i64,
    pub last_stage_days: i64,
    pub face_to_face_modes: Vec<String>,
    pub supervisor_fte_ratio: i64,
    pub signer_roles: Vec<String>,
    pub severity: BTreeMap<String, String>,
}

pub fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_string()).collect()
}

impl Default for Policy {
    fn default() -> Policy {
        let limit = Limit { from: "2012-01-01".to_string(), daily_units: 6, annual_units: 200 };
        Policy {
            procedures: texts(&["H0038"]),
            benefit_began: "2012-01-01".to_string(),
            limits: vec![limit],
            limit_year_starts: (7, 1),
            annual_counts_billed: false,
            near_annual_percent: 90,
            practitioner_daily_units: 48,
            group_modifiers: texts(&["HQ"]),
            epsdt_under_age: 21,
            filing_days: 365,
            inpatient_places: texts(&["21", "51"]),
            first_stage_months: 6,
            first_stage_days: 14,
            second_stage_months: 12,
            last_stage_days: 365,
            face_to_face_modes: texts(&["in_person"]),
            supervisor_fte_ratio: 9,
            signer_roles: texts(&["physician", "mental_health_professional"]),
            severity: BTreeMap::new(),
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct ClaimSet {
    pub files: Vec<ClaimFile>,
    pub tables: Tables,
    pub as_of: Option<String>,
    pub policy: Policy,
    /// Rule ids or prefixes; an empty list is the option not given.
    pub select: Vec<String>,
    pub ignore: Vec<String>,
}
