//! What is looked for: one entry a check. The documents list them from here.

/// One thing that is looked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Check {
    /// Its name in JSON.
    pub id: &'static str,
    /// What looks wrong, of each place.
    pub says: &'static str,
    /// What to do.
    pub next: &'static str,
}

macro_rules! checks {
    ($($name:ident $id:literal $says:literal $next:literal;)*) => {
        $(pub(super) static $name: Check = Check { id: $id, says: $says, next: $next };)*
        /// All of them, in the order in which they are listed.
        pub static CHECKS: &[&Check] = &[$(&$name),*];
    };
}

checks! {
    COLUMN_NOT_READ "column-not-read"
        "a column is not read, and is like an optional one that is not there"
        "Rename it, or map its name under [columns] of the configuration: what it says counts as \
         blank, and an end or a status that is blank finds nothing at fault.";
    ROW_LEFT_OUT "row-left-out"
        "a row cannot be used and is left out"
        "Correct it: the lines that rest on it do not hold without it.";
    VALUE_BLANKED "value-blanked"
        "an optional value cannot be read and counts as blank"
        "Correct it, or leave it blank.";
    NO_ROWS "no-rows"
        "the table has no row that can be used"
        "Export it again. A table that you do not have: take its file away, so that its rules do \
         not run, instead of finding fault with every line.";
    EXAMPLE_ROW "example-row"
        "the example row of the template is still there"
        "Take it out.";
    DUPLICATE "duplicate-row"
        "the same row again, cell by cell"
        "Take the repeated rows out; they often come from joining exports that overlap.";
    NOTHING_IN_FORCE "nothing-in-force"
        "no row is in force on the as-of date"
        "Everything in the table has ended or not begun: is it an old export?";
    ENDS_EARLY "ends-early"
        "the newest row is long before the as-of date"
        "Is it an old export? Lines after its end will be found at fault.";
    NPI_INVALID "npi-invalid"
        "an NPI is not ten digits with a right check digit"
        "Correct it: it can match no claim.";
    OVERLAP "overlap"
        "two rows of the same practitioner for the same thing are in force on the same days"
        "End the earlier one, or take the wrong one out.";
    NO_CREDENTIAL "no-credential"
        "the practitioner has no row in credentials.csv"
        "Add the credential, or check the NPI: every line would fail K002.";
    NO_EMPLOYMENT "no-employment"
        "the practitioner has no row in employment.csv"
        "Add the stint, or check the NPI: every line would fail K006.";
    CREDENTIAL_ENDED "credential-ended"
        "the practitioner is employed on the as-of date, and has no credential in force"
        "Renew the credential, or end the stint: new lines would fail K003.";
    UNKNOWN_SUPERVISOR "unknown-supervisor"
        "the supervisor has no row in supervisors.csv"
        "Add the supervisor, or check the id.";
    SUPERVISOR_NOT_QUALIFIED "supervisor-not-qualified"
        "a supervisor who holds sessions is no mental health professional, or not trained by then"
        "Correct or complete the row, if that is so: the sessions do not count (S003).";
    OWN_SUPERVISOR "own-supervisor"
        "practitioner and supervisor are the same"
        "Correct the supervisor: the session does not count.";
    SESSION_WITHOUT_EMPLOYMENT "session-without-employment"
        "the practitioner was not employed on the day of the session"
        "Check the date and the NPI, or complete employment.csv.";
    SESSION_IN_FUTURE "session-in-future"
        "the session is after the as-of date"
        "Check the date: such a session is not counted yet.";
    UNKNOWN_MODE "unknown-mode"
        "the mode is none of in_person, video, phone"
        "Write one of them: another word does not count as face to face.";
    PLAN_WITHOUT_PROCEDURE "plan-without-procedure"
        "the plan lists no procedure of the policy"
        "Complete services, if peer support is planned: its lines would fail P002.";
    PLAN_NOT_APPROVED "plan-not-approved"
        "nobody who may approve the plan has signed it with a date"
        "Complete signer_role and signed_date: its lines would get P005.";
}
