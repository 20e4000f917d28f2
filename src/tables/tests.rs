//! Tests of the tables room: files in a folder of their own, loaded as a run loads them.

use super::*;
use crate::model::{NaiveDate, Position, Reject, date};
use std::io::Write;
use std::path::Path;

const CREDENTIALS: &str = "practitioner_npi,designation,effective_date";

fn day(text: &str) -> NaiveDate {
    date::parse(text.as_bytes()).expect("a date in a test")
}

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder for the test");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file for the test");
    }
    folder
}

fn try_load_as(files: &[(&str, &[u8])], csv: &CsvForm) -> Result<Loaded, TableError> {
    let folder = folder(files);
    load(&TablePaths::in_dir(folder.path())?, csv, 2)
}

fn loaded(name: &str, text: impl AsRef<[u8]>) -> Loaded {
    try_load_as(&[(name, text.as_ref())], &CsvForm::default())
        .unwrap_or_else(|error| panic!("{error}"))
}

fn error(name: &str, text: impl AsRef<[u8]>) -> String {
    match try_load_as(&[(name, text.as_ref())], &CsvForm::default()) {
        Ok(_) => panic!("no error"),
        Err(error) => error.to_string(),
    }
}

fn rejects(loaded: &Loaded) -> Vec<(u64, &str, bool)> {
    let short = |reject: &'_ Reject| match reject.position {
        Position::Row(row) => row,
        Position::Segment { .. } => 0,
    };
    let all = loaded.rejects.iter();
    all.map(|reject| (short(reject), reject.column.as_str(), reject.is_bad_row)).collect()
}

fn credentials(loaded: &Loaded, npi: &str) -> Vec<Credential> {
    let table = loaded.tables.credentials.as_ref().expect("credentials are given");
    table.get(npi.as_bytes()).unwrap_or_default().to_vec()
}

#[test]
fn every_table_reads_its_own_example() {
    for form in TABLES {
        let names: Vec<&str> = form.columns.iter().map(|column| column.name).collect();
        let values: Vec<&str> = form.columns.iter().map(|column| column.example).collect();
        let loaded = loaded(form.file, format!("{}\n{}\n", names.join(","), values.join(",")));
        assert_eq!(rejects(&loaded), [], "{}", form.name);
        let [file] = &loaded.files[..] else { panic!("one file") };
        assert_eq!((file.table, file.rows, file.bad_rows), (form.name, 1, 0));
        assert_eq!(format!("{}.csv", form.name), form.file);
        let required = form.columns.iter().take_while(|column| column.required).count();
        assert!(form.columns[required..].iter().all(|column| !column.required));
    }
}

#[test]
fn a_whole_row_of_each_table() {
    let credential = &credentials(
        &loaded(
            "credentials.csv",
            " Effective_Date ,DESIGNATION,other,practitioner_npi,expiration_date,status,\
             status_date,training_program,training_date,birth_date\r\n\
             20240101, cpssp-su ,x,N1,20251231,Suspended,2025-02-01,\
             \"DMH, CPSS\",2023-01-01,19900101\r\n",
        ),
        "N1",
    )[0];
    assert_eq!((credential.row, credential.designation), (2, "SU"));
    assert_eq!(credential.effective, day("2024-01-01"));
    assert_eq!(credential.expiration, Some(day("2025-12-31")));
    assert_eq!(credential.status, CredentialStatus::Suspended);
    assert_eq!(credential.status_date, Some(day("2025-02-01")));
    assert_eq!(credential.birth, Some(day("1990-01-01")));
    assert_eq!(&*credential.training_program, "DMH, CPSS");
    assert_eq!(credential.training_date, Some(day("2023-01-01")));

    let plans = loaded(
        "service_plans.csv",
        "plan_id,member_id,start_date,end_date,services,planned_units,planned_period,signer_role,\
         signed_date\nP1,M1,2025-01-01,,h0038: :H2015,4.0,WEEK,Physician,2025-01-02\n",
    );
    let plan = &plans.tables.plans.as_ref().and_then(|table| table.get(b"M1")).expect("given")[0];
    assert_eq!(*plan.services, [Id::from(&b"H0038"[..]), Id::from(&b"H2015"[..])]);
    assert_eq!((plan.planned_units, plan.planned_period), (Some(4), Some(PlanPeriod::Week)));
    assert_eq!((&*plan.signer_role, plan.end), ("physician", None));
    assert_eq!(plan.signed, Some(day("2025-01-02")));

    let stints =
        loaded("employment.csv", "practitioner_npi,billing_npi,start_date,fte\nN1,B1,20250101,.5");
    let stint =
        &stints.tables.employment.as_ref().and_then(|table| table.get(b"N1")).expect("given")[0];
    assert_eq!(
        (stint.fte, &stint.billing_npi[..], &stint.supervisor_id[..]),
        (5000, &b"B1"[..], &b""[..])
    );
}

#[test]
fn sessions_are_sorted_by_date_and_default_to_in_person() {
    let loaded = loaded(
        "supervision.csv",
        "practitioner_npi,supervisor_id,session_date,session_id,mode,minutes\n\
         N1,S,2025-03-01,a,,60\nN1,S,2025-01-01,b,VIDEO,\nN1,S,2025-03-01,c,zoom,x\n",
    );
    let sessions = loaded.tables.supervision.as_ref().expect("given").of(b"N1");
    let seen: Vec<(&[u8], &str, Option<u32>)> =
        sessions.iter().map(|s| (s.session_id(), s.mode(), s.minutes())).collect();
    let expected: [(&[u8], &str, Option<u32>); 3] =
        [(b"b", "video", None), (b"a", "in_person", Some(60)), (b"c", "zoom", None)];
    assert_eq!(seen, expected);
    assert_eq!(rejects(&loaded), [(4, "minutes", false)]);
    assert_eq!(loaded.files[0].first_day, Some(day("2025-01-01")));
    assert_eq!(loaded.files[0].last_day, Some(day("2025-03-01")));
}

#[test]
fn sessions_name_their_supervisors_rows() {
    let log = "practitioner_npi,supervisor_id,session_date,format,minutes\n\
        N1,S1,2025-01-01,Group,30\nN2,S2,2025-01-02,,\nN1,S2,2025-01-01,dyad,30\n\
        N2,S1,2024-12-31,group,30\nN1,S1,2025-01-02,group,30\n";
    let supervisors = "supervisor_id,mental_health_professional\nS1,yes\n";
    let seen = |files: &[(&str, &[u8])]| {
        let loaded = try_load_as(files, &CsvForm::default()).unwrap_or_else(|e| panic!("{e}"));
        let log = loaded.tables.supervision.expect("given");
        let lines = ["N1", "N2"].map(|npi| {
            let lines = log.of(npi.as_bytes()).iter().map(|session| {
                let id = String::from_utf8_lossy(session.supervisor_id());
                let known = session.supervisor().map(|row| row.mental_health_professional);
                format!(
                    "{} {id} {known:?} {} {:?}",
                    session.row(),
                    session.format(),
                    session.minutes()
                )
            });
            lines.collect::<Vec<_>>()
        });
        assert!(log.of(b"N3").is_empty());
        assert_eq!(log.all().iter().len(), 5);
        lines
    };
    let log = ("supervision.csv", log.as_bytes());
    let both = seen(&[log, ("supervisors.csv", supervisors.as_bytes())]);
    assert_eq!(
        both,
        [
            vec![
                "2 S1 Some(true) group Some(30)",
                "4 S2 None dyad Some(30)",
                "6 S1 Some(true) group Some(30)"
            ],
            vec!["5 S1 Some(true) group Some(30)", "3 S2 None  None"],
        ]
    );
    let alone = seen(&[log]);
    assert!(alone.iter().flatten().all(|line| line.contains(" None ")), "{alone:?}");
}

#[test]
fn rows_that_cannot_be_used_are_left_out_with_row_and_column() {
    let loaded = loaded(
        "credentials.csv",
        format!(
            "{CREDENTIALS},expiration_date,status,status_date,birth_date\n\
             N1,A,2024-01-01,,,,\n\
             \n\
             N2,A\n\
             ,A,2024-01-01,,,,\n\
             N4,X,2024-01-01,,,,\n\
             N5,A,,,,,\n\
             N6,A,01/02/2024,,,,bad too\n\
             N7,A,2024-01-02,2024-01-01,,,\n\
             N8,A,2024-01-01,soon,,,\n\
             N9,A,2024-01-01,,fired,,\n\
             N10,A,2024-01-01,,,x,\n\
             N11,A,2024-01-01,2024-01-01,LIMITED,,1990-02-30\n"
        ),
    );
    let expected = [
        (4, "", true),
        (5, "practitioner_npi", true),
        (6, "designation", true),
        (7, "effective_date", true),
        (8, "effective_date", true),
        (9, "expiration_date", true),
        (10, "expiration_date", true),
        (11, "status", true),
        (12, "status_date", true),
        (13, "birth_date", false),
    ];
    assert_eq!(rejects(&loaded), expected);
    assert_eq!((loaded.files[0].rows, loaded.files[0].bad_rows), (11, 9));
    assert_eq!(loaded.bad_rows(), 9);
    assert_eq!(credentials(&loaded, "N1").len(), 1);
    let last = &credentials(&loaded, "N11")[0];
    assert_eq!((last.row, last.birth, last.status), (13, None, CredentialStatus::Limited));
    for reject in &loaded.rejects {
        for value in ["N1", "N6", "fired", "soon", "01/02", "1990"] {
            assert!(!reject.reason.contains(value), "{}", reject.reason);
        }
    }
}

#[test]
fn an_end_before_its_start_is_a_bad_row_of_every_table_that_has_both() {
    for (file, header) in [
        ("credentials.csv", "practitioner_npi,designation,effective_date,expiration_date"),
        ("employment.csv", "practitioner_npi,billing_npi,start_date,end_date"),
        ("service_plans.csv", "plan_id,member_id,start_date,end_date"),
        ("authorizations.csv", "authorization_number,member_id,start_date,end_date"),
    ] {
        let text = format!("{header}\nA,A,2025-01-02,2025-01-01\nA,A,2025-01-02,20250102\n");
        let loaded = loaded(file, text);
        let column = header.rsplit(',').next().expect("a column");
        assert_eq!(rejects(&loaded), [(2, column, true)]);
        assert_eq!(loaded.files[0].last_day, Some(day("2025-01-02")));
    }
}

#[test]
fn bad_optional_values_are_blanked_and_their_rows_stay() {
    let supervisors = loaded(
        "supervisors.csv",
        "supervisor_id,mental_health_professional,training_date,fte\n\
         S1,Yes,2020-01-01,0.25\nS2,maybe,soon,-1\nS3,,,\nS1,no,,\n",
    );
    let table = supervisors.tables.supervisors.as_ref().expect("given");
    let first = &table[&b"S1"[..]];
    assert_eq!((first.row, first.mental_health_professional, first.fte), (2, true, 2_500));
    let second = &table[&b"S2"[..]];
    assert_eq!((second.mental_health_professional, second.training), (false, None));
    assert_eq!((second.fte, table[&b"S3"[..]].fte), (FULL_TIME, FULL_TIME));
    let expected = [
        (3, "mental_health_professional", false),
        (3, "training_date", false),
        (3, "fte", false),
        (5, "supervisor_id", true),
    ];
    assert_eq!(rejects(&supervisors), expected);
    assert_eq!((supervisors.files[0].first_day, supervisors.files[0].last_day), (None, None));

    let plans = loaded(
        "service_plans.csv",
        "plan_id,member_id,start_date,planned_units,planned_period,signed_date\n\
         P1,M,2025-01-01,-1,week,x\nP2,M,2025-01-01,1.5,,\nP3,M,2025-01-01,0,year,\n\
         P4,M,2025-01-01,99999999999,,\nP5,M,2025-01-01,0,day,\n",
    );
    let expected = [
        (2, "planned_units", false),
        (2, "signed_date", false),
        (3, "planned_units", false),
        (4, "planned_period", true),
        (5, "planned_units", false),
    ];
    assert_eq!(rejects(&plans), expected);
    let plans = plans.tables.plans.as_ref().and_then(|table| table.get(b"M")).expect("given");
    let units: Vec<Option<u32>> = plans.iter().map(|plan| plan.planned_units).collect();
    assert_eq!(units, [None, None, None, Some(0)]);
}

#[test]
fn bytes_marks_and_quotes_are_read_as_files_bring_them() {
    let text = b"\xef\xbb\xbf\"practitioner_npi\",designation,effective_date,training_program\r\n\
                 \"N1\",A,20240101,\"Jos\xe9 \"\"Pepe\"\"\nII\"\r\n\r\n n1 ,A,20240101,\r\n";
    let loaded = loaded("credentials.csv", text);
    assert_eq!(&*credentials(&loaded, "N1")[0].training_program, "José \"Pepe\"\nII");
    // Ids are compared with case; the quoted line break counts no row, the blank line does.
    assert_eq!(credentials(&loaded, "n1")[0].row, 4);
    assert!(loaded.rejects.is_empty());
}

#[test]
fn all_missing_columns_are_said_at_once_with_the_nearest_found() {
    let message = error("credentials.csv", "practitoner_npi,EffectiveDate,note\nSECRET1,x,y\n");
    for part in ["credentials.csv", "`practitioner_npi` (did you mean `practitoner_npi`?)"] {
        assert!(message.contains(part), "{message}");
    }
    assert!(message.contains("`designation`, "), "{message}");
    assert!(message.contains("`effective_date` (did you mean `effectivedate`?)"), "{message}");
    assert!(!message.contains("SECRET1"), "{message}");
}

#[test]
fn a_file_without_a_header_shows_none_of_its_values() {
    let message = error("service_plans.csv", "ISP,member_id9,Jane Roe,2025-01-01\n");
    for value in ["member_id9", "jane", "Jane", "2025"] {
        assert!(!message.contains(value), "{message}");
    }
    assert!(message.contains("Is the first row the header?"), "{message}");
}

#[test]
fn a_header_of_one_field_says_which_delimiter_to_give() {
    for (delimiter, said) in [(";", "`;`"), ("\t", "a tab"), ("|", "`|`")] {
        let header = CREDENTIALS.replace(',', delimiter);
        let message = error("credentials.csv", &header);
        assert!(message.contains(said) && message.contains("delimiter"), "{message}");
        let csv = CsvForm { delimiter: delimiter.as_bytes()[0], ..CsvForm::default() };
        let text = format!("{header}\nN1{delimiter}A{delimiter}20240101\n");
        let loaded = try_load_as(&[("credentials.csv", text.as_bytes())], &csv).expect("loads");
        assert_eq!(credentials(&loaded, "N1").len(), 1);
    }
    for delimiter in [b'"', b'\n', 0xe9] {
        let csv = CsvForm { delimiter, ..CsvForm::default() };
        assert!(matches!(try_load_as(&[], &csv), Err(TableError::Delimiter)));
    }
}

#[test]
fn columns_that_stand_twice_are_an_error_if_they_are_ours() {
    let message = error("credentials.csv", format!("{CREDENTIALS},Designation\n"));
    assert!(message.contains("`designation` twice"), "{message}");
    // With what is missing, at once.
    let message = error("credentials.csv", "practitoner_npi,designation,designation,state\n");
    assert!(message.contains("`practitioner_npi` (did you mean `practitoner_npi`?)"), "{message}");
    assert!(message.contains("`effective_date`"), "{message}");
    assert!(message.ends_with("It has `designation` twice: rename or remove one"), "{message}");
    let loaded =
        loaded("credentials.csv", format!("{CREDENTIALS},,note,note,\nN,A,20240101,,,,\n"));
    assert_eq!(loaded.bad_rows(), 0);
}

#[test]
fn files_that_are_no_csv_say_what_they_are() {
    let utf16 = |text: &str, big: bool| -> Vec<u8> {
        let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        text.encode_utf16().flat_map(bytes).collect()
    };
    let with_mark = format!("\u{feff}{CREDENTIALS}");
    for text in [utf16(&with_mark, true), utf16(&with_mark, false), utf16(CREDENTIALS, false)] {
        assert!(error("credentials.csv", text).contains("UTF-16"));
    }
    assert!(error("credentials.csv", b"PK\x03\x04...").contains("Excel workbook"));
    for empty in ["", "\n\r\n", "\u{feff}"] {
        assert!(error("credentials.csv", empty).contains("is empty"));
    }
    assert!(error("credentials.csv", ",".repeat(100_000)).contains("more than 16384 fields"));
    assert!(error("credentials.csv", "x".repeat(17 << 20)).contains("longer than 16 MiB"));
    assert!(error("credentials.csv", [0x1f, 0x8b, 8, 0, 1]).contains("cannot be read"));
    assert_eq!(loaded("credentials.csv", CREDENTIALS).files[0].rows, 0);
}

#[test]
fn a_huge_record_is_a_bad_row() {
    let huge = "x".repeat(17 << 20);
    let text = format!("{CREDENTIALS}\nN1,A,{huge}\nN2,A,20240101\n\"N3,A,20240101\nN4,A,20240101");
    let loaded = loaded("credentials.csv", text);
    assert_eq!(rejects(&loaded), [(2, "", true), (4, "", true)]);
    assert_eq!(credentials(&loaded, "N2")[0].row, 3);
}

#[test]
fn compressed_tables_are_read_and_hashed_as_they_stand_on_disk() {
    let text = format!("{CREDENTIALS}\nN1,A,20240101\n");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).expect("memory writes");
    let gzip = gzip.finish().expect("memory writes");
    let zstd = zstd::encode_all(text.as_bytes(), 1).expect("memory writes");
    for (name, bytes) in [
        ("credentials.csv", text.as_bytes()),
        ("credentials.csv.gz", &gzip),
        ("credentials.csv.zst", &zstd),
    ] {
        use sha2::{Digest, Sha256};
        let loaded = loaded(name, bytes);
        assert_eq!(credentials(&loaded, "N1").len(), 1);
        let file = &loaded.files[0];
        let hash: String = Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!((file.bytes, &file.sha256), (bytes.len() as u64, &Some(hash)));
        assert!(file.path.ends_with(name));
    }
    let cut = &gzip[..gzip.len() - 4];
    assert!(error("credentials.csv.gz", cut).contains("cannot be read after row 2"));
    let both = [("credentials.csv", text.as_bytes()), ("credentials.csv.gz", &gzip)];
    let result = try_load_as(&both, &CsvForm::default());
    assert!(matches!(result, Err(TableError::TwoFiles { .. })));
}

#[test]
fn a_table_that_is_named_must_be_there_and_one_in_a_folder_need_not() {
    let folder = folder(&[("employment.csv", b"practitioner_npi,billing_npi,start_date")]);
    let found = TablePaths::in_dir(folder.path()).expect("a folder");
    assert!(!found.is_empty() && found.credentials.is_none());
    let named =
        TablePaths { credentials: Some(folder.path().join("none.csv")), ..TablePaths::default() };
    let both = named.or(found);
    assert!(both.employment.is_some());
    let message = load(&both, &CsvForm::default(), 1).err().expect("no such file").to_string();
    assert!(message.contains("none.csv") && message.contains("--credentials"), "{message}");
    assert!(TablePaths::in_dir(Path::new("/nowhere/at/all")).is_err());
    assert!(TablePaths::in_dir(&folder.path().join("employment.csv")).is_err());
    let nothing =
        load(&TablePaths::default(), &CsvForm::default(), 1).expect("no table is allowed");
    assert!(nothing.files.is_empty() && nothing.tables.credentials.is_none());
    let a_folder = TablePaths { plans: Some(folder.path().to_owned()), ..TablePaths::default() };
    assert!(load(&a_folder, &CsvForm::default(), 1).is_err());
}

#[test]
fn columns_of_an_export_are_mapped_by_the_configuration() {
    let map = |table: &str, pairs: &[(&str, &str)]| {
        let pairs = pairs.iter().map(|(ours, theirs)| (ours.to_string(), theirs.to_string()));
        let columns = [(table.to_owned(), pairs.collect())].into();
        CsvForm { columns, ..CsvForm::default() }
    };
    let text = b"Staff NPI,Cert Type,From,Thru\nN1,A,20240101,x\nN2,A,20240101,\n";
    let full = map(
        "credentials",
        &[
            ("practitioner_npi", "staff npi"),
            ("designation", "Cert Type"),
            ("effective_date", "From"),
            ("expiration_date", "Thru"),
        ],
    );
    let loaded = try_load_as(&[("credentials.csv", text)], &full).expect("loads");
    assert_eq!(credentials(&loaded, "N2").len(), 1);
    assert_eq!(rejects(&loaded), [(2, "Thru", true)]);

    // A mapped column must be there, even an optional one, under its name or ours.
    let optional = map("credentials", &[("status", "Standing")]);
    let plain = format!("{CREDENTIALS}\n");
    let result = try_load_as(&[("credentials.csv", plain.as_bytes())], &optional);
    let message = result.err().expect("missing").to_string();
    assert!(message.contains("`Standing` (the configuration's name of `status`)"), "{message}");
    let ours = format!("{CREDENTIALS},status\n");
    assert!(try_load_as(&[("credentials.csv", ours.as_bytes())], &optional).is_ok());

    for (csv, nearest) in [
        (map("credential", &[]), "`credentials`"),
        (map("credentials", &[("expiry_date", "x")]), "`expiration_date`"),
    ] {
        let message = try_load_as(&[], &csv).err().expect("no such name").to_string();
        assert!(message.contains(nearest), "{message}");
    }
}
