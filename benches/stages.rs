//! Throughput of each stage, in bytes and service lines; `cargo bench`.
//!
//! The claim sets are made here, small and regular: criterion compares a stage with itself over
//! time. How the whole program compares with others is `benches/compare/`.
#![allow(missing_docs, reason = "criterion's macro makes a public function")]

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use peerclaims::join::{Context, Practitioners, SupervisionStanding};
use peerclaims::model::{ServiceLine, date, record};
use peerclaims::normalize::claims_csv::{self, ClaimColumns, CsvHead};
use peerclaims::normalize::{Sink, Wanted, edi837p};
use peerclaims::pipeline::{self, Progress, Request};
use peerclaims::policy;
use peerclaims::rules::registry::RULES;
use peerclaims::source::input::InputPath;
use peerclaims::tables::{self, CsvForm, Loaded, TablePaths, Tables};
use peerclaims::x12::Segments;
use peerclaims::x12::cutter::X12Head;
use peerclaims::x12::interchange;
use std::collections::HashMap;
use std::hint::black_box;
use std::path::Path;

/// Service lines of a set.
const LINES: usize = 20_000;
const HEADER: &str = "claim_id,line_number,frequency_code,original_claim_id,payer_claim_number,\
    claim_status,received_date,member_id,member_birth_date,billing_npi,rendering_npi,\
    supervising_npi,procedure_code,modifiers,units,unit_basis,service_date,service_end_date,\
    place_of_service,diagnosis_codes,authorization_number,charge_amount,paid_amount,\
    patient_paid_amount";
const ISA: &str = "ISA*00*          *00*          *ZZ*SUBMITTER      *ZZ*RECEIVER       \
    *250915*0300*^*00501*000000001*0*P*:~";

/// Rows of a claim CSV without its header; one of `every` is peer support.
fn csv_rows(every: usize) -> String {
    (0..LINES).fold(String::new(), |mut rows, number| {
        let procedure = if number % every == 0 { "H0038" } else { "90834" };
        rows += &format!(
            "C{number:09},1,1,,P{number:09},paid,2025-09-{:02},MSM{:06},1985-04-12,1234567893,\
             1999900016,,{procedure},HE,4,UN,2025-08-{:02},,53,F33.1,,61.24,55.04,\n",
            number % 28 + 1,
            number % 3_000,
            number % 28 + 1,
        );
        rows
    })
}

/// One transaction set with as many claims.
fn x12_set(every: usize) -> String {
    let mut set = format!(
        "{ISA}GS*HC*S*R*20250915*0300*1*X*005010X222A1~ST*837*0001*005010X222A1~\
         BHT*0019*00*1*20250915*0300*CH~HL*1**20*1~NM1*85*2*AGENCY*****XX*1234567893~"
    );
    for number in 0..LINES {
        let procedure = if number % every == 0 { "H0038" } else { "90834" };
        set += &format!(
            "HL*{}*1*22*0~SBR*P*18*******MC~NM1*IL*1*DOE*JO****MI*MSM{:06}~N3*1 MAIN ST~\
             N4*JACKSON*MS*39201~DMG*D8*19850412*F~CLM*C{number:09}*61.24***53:B:1*Y*A*Y*Y~\
             HI*ABK:F331~NM1*82*1*ROE*ANN****XX*1999900016~LX*1~\
             SV1*HC:{procedure}:HE*61.24*UN*4***1~DTP*472*D8*202508{:02}~",
            number + 2,
            number % 3_000,
            number % 28 + 1,
        );
    }
    set
}

fn wanted(policy: &policy::Policy) -> Wanted<'_> {
    let today = date::parse(b"2025-12-31").expect("a date");
    Wanted { policy, today, is_history: false, block: 0 }
}

fn segments(c: &mut Criterion) {
    let set = x12_set(10);
    let delimiters = interchange::delimiters(set.as_bytes()).expect("an ISA");
    let mut group = c.benchmark_group("x12");
    group.throughput(Throughput::Bytes(set.len() as u64));
    group.bench_function("segments", |b| {
        b.iter(|| {
            let set = black_box(set.as_bytes());
            Segments::new(set, delimiters).map(|placed| placed.segment.count()).sum::<usize>()
        });
    });
    let (policy, head) =
        (policy::builtin(), X12Head { delimiters: Ok(delimiters), is_last: false });
    group.bench_function("claims of an 837P", |b| {
        b.iter(|| edi837p::read_block(black_box(set.as_bytes()), &head, &wanted(&policy)));
    });
    group.finish();
}

fn rows(c: &mut Criterion) {
    let fields: Vec<String> = HEADER.split(',').map(str::to_owned).collect();
    let columns = ClaimColumns::find(&fields, b',', &HashMap::new()).expect("a header");
    let policy = policy::builtin();
    let mut group = c.benchmark_group("csv");
    for every in [1, 10] {
        let rows = csv_rows(every);
        group.throughput(Throughput::Bytes(rows.len() as u64));
        for head in [CsvHead::Plain, CsvHead::Quoted] {
            let name = format!("{head:?}, one in {every} peer support");
            group.bench_function(BenchmarkId::from_parameter(name), |b| {
                b.iter(|| {
                    let bytes = black_box(rows.as_bytes());
                    claims_csv::read_block(bytes, &head, &columns, &wanted(&policy)).rows
                });
            });
        }
    }
    group.finish();
}

fn records(c: &mut Criterion) {
    let policy = policy::builtin();
    let wanted = wanted(&policy);
    let mut sink = Sink::default();
    for number in 0..LINES as u32 {
        let mut line = ServiceLine {
            claim_id: b"C000000001",
            member_id: b"MSM000001",
            billing_npi: b"1234567893",
            is_peer_support: true,
            ..ServiceLine::empty()
        };
        sink.push(&mut line, &wanted, number);
    }
    let mut group = c.benchmark_group("records");
    group.throughput(Throughput::Elements(LINES as u64));
    group.bench_function("decode", |b| {
        b.iter(|| {
            let records = record::Records::new(black_box(&sink.records));
            records.map(|record| record::decode(record).line_number).max()
        });
    });
    group.finish();
}

fn whole(c: &mut Criterion) {
    let dir = std::env::temp_dir().join(format!("peerclaims-bench-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a folder");
    let path = dir.join("claims.csv");
    std::fs::write(&path, format!("{HEADER}\n{}", csv_rows(1))).expect("written");
    let (policy, tables, progress) = (policy::builtin(), Tables::default(), Progress::default());
    let input = input(&path);
    let mut group = c.benchmark_group("pipeline");
    group.throughput(Throughput::Elements(LINES as u64));
    for threads in [1, 2] {
        group.bench_function(BenchmarkId::new("claims without tables", threads), |b| {
            b.iter(|| {
                let request = Request {
                    claims: vec![input.clone()],
                    rules: RULES.to_vec(),
                    threads,
                    ..Request::new(&policy, &progress)
                };
                pipeline::run(&request, &tables).map(|outcome| outcome.findings.len()).ok()
            });
        });
    }
    group.finish();
    let _ = std::fs::remove_dir_all(dir);
}

/// A practitioner with a credential, a stint and a session a month, and a plan a member.
fn tables(dir: &Path) -> Loaded {
    let write = |name: &str, text: String| std::fs::write(dir.join(name), text).expect("written");
    let npi = "1999900016";
    write(
        "credentials.csv",
        format!(
            "practitioner_npi,designation,effective_date,expiration_date\n\
             {npi},CPSSP-A,2020-01-01,2029-12-31\n"
        ),
    );
    write(
        "employment.csv",
        format!("practitioner_npi,billing_npi,start_date\n{npi},1234567893,2020-02-01\n"),
    );
    let sessions = (1..=60).map(|month| {
        let (year, month) = (2020 + (month - 1) / 12, (month - 1) % 12 + 1);
        format!("{npi},S1,{year}-{month:02}-15\n")
    });
    let head = "practitioner_npi,supervisor_id,session_date\n";
    write("supervision.csv", std::iter::once(head.to_owned()).chain(sessions).collect());
    write(
        "supervisors.csv",
        "supervisor_id,mental_health_professional,training_date\nS1,true,2015-01-01\n".to_owned(),
    );
    let plans = (0..3_000).map(|member| format!("I{member},MSM{member:06},2025-01-01,H0038\n"));
    let head = "plan_id,member_id,start_date,services\n";
    write("service_plans.csv", std::iter::once(head.to_owned()).chain(plans).collect());
    let file = |name: &str| Some(dir.join(name));
    let paths = TablePaths {
        credentials: file("credentials.csv"),
        employment: file("employment.csv"),
        plans: file("service_plans.csv"),
        supervision: file("supervision.csv"),
        supervisors: file("supervisors.csv"),
        authorizations: None,
    };
    tables::load(&paths, &CsvForm::default(), 1).expect("tables")
}

/// What the tables say of a practitioner on a day; and a claim set through everything behind
/// reading, without a rule and with all of them.
fn joined(c: &mut Criterion) {
    let dir = std::env::temp_dir().join(format!("peerclaims-join-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a folder");
    let loaded = tables(&dir);
    let (policy, progress) = (policy::builtin(), Progress::default());
    let as_of = date::parse(b"2025-12-31").expect("a date");
    let context = Context { policy: &policy, tables: &loaded.tables, as_of, wants_evidence: false };
    let practitioners = Practitioners::new(context);
    let days: Vec<_> = (0..365).map(|back| date::add_days(as_of, -back)).collect();
    let mut group = c.benchmark_group("join");
    group.throughput(Throughput::Elements(days.len() as u64));
    group.bench_function("a practitioner on a day", |b| {
        let is_met = |day: &_| {
            let standing = practitioners.standing(black_box(b"1999900016"), *day);
            matches!(standing.supervision, Some(SupervisionStanding::Met))
        };
        b.iter(|| days.iter().filter(|day| is_met(day)).count());
    });
    group.finish();
    let path = dir.join("claims.csv");
    std::fs::write(&path, format!("{HEADER}\n{}", csv_rows(1))).expect("written");
    let mut group = c.benchmark_group("rules");
    group.throughput(Throughput::Elements(LINES as u64));
    for (name, rules) in [("none", Vec::new()), ("all", RULES.to_vec())] {
        let request = Request {
            claims: vec![input(&path)],
            rules,
            threads: 1,
            ..Request::new(&policy, &progress)
        };
        group.bench_function(BenchmarkId::from_parameter(name), |b| {
            b.iter_batched(
                || pipeline::read(&request).expect("read"),
                |read| pipeline::check(&request, read, &loaded.tables).expect("checked"),
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
    let _ = std::fs::remove_dir_all(dir);
}

fn input(path: &Path) -> InputPath {
    InputPath {
        name: path.display().to_string(),
        path: path.to_owned(),
        is_from_folder: false,
        is_special: false,
    }
}

criterion_group!(benches, segments, rows, records, joined, whole);
criterion_main!(benches);
