//! When nothing is acknowledged.

use peerclaims::acks::{self, AckError, Context, Numbers, Pass, Settings, Verdicts};
use peerclaims::pipeline::{self, Progress, Request};
use peerclaims::source::blocks::BLOCK_BYTES;
use peerclaims::source::in_order::InOrder;
use peerclaims::source::{input, snapshot};
use peerclaims::tables::Tables;

use super::{NIGHTLY, with_fixtures};
use crate::support::repository;

#[test]
fn acknowledgements_need_a_folder_and_files() {
    let place = with_fixtures();
    for line in [
        "validate nightly/claims.837 --acks",
        "validate nightly/claims.837 --acks --out -",
        "validate - --acks --out out",
    ] {
        let ran = place.run(line);
        assert_eq!(ran.code, Some(2), "{line}");
        assert!(ran.stderr.contains("--acks"), "{line}: {}", ran.stderr);
        assert!(place.names("out").is_empty(), "{line}");
    }
}

#[test]
fn a_file_that_changed_in_between_is_not_acknowledged() {
    let place = with_fixtures();
    let original = std::fs::read(repository().join("fixtures/nightly/claims.837")).expect("read");
    place.write("claims.837", &original);
    let (policy, progress) = (peerclaims::policy::builtin(), Progress::default());
    let request = Request {
        claims: input::expand(&[place.path("claims.837")]).expect("it is there"),
        ..Request::new(&policy, &progress)
    };
    let snapshots = snapshot::take_all(&request.claims).expect("a file");
    let outcome = pipeline::run(&request, &Tables::default()).expect("a run");
    let (settings, verdicts) = (Settings::default(), Verdicts::of(&outcome));
    let folder = place.path(".");
    let context =
        Context { as_of: outcome.as_of, settings: &settings, verdicts: &verdicts, folder: &folder };
    let pass = Pass {
        policy: &policy,
        today: request.today,
        reading: InOrder { threads: 2, block_bytes: BLOCK_BYTES },
        max_decompressed: u64::MAX,
    };
    let answer = || {
        let planned = acks::plan(&outcome, &request.claims, &snapshots);
        let mut numbers = Numbers::new(&settings, outcome.as_of, None);
        let mut out = Vec::new();
        acks::answer(&planned[0], &pass, &context, &mut numbers, &mut out)
    };
    let tally = answer().expect("nothing changed").tally;
    assert_eq!((tally.accepted + tally.rejected, tally.groups), (76, 1));
    // One digit of one charge.
    let changed = String::from_utf8(original).expect("text").replacen("183.72", "183.73", 1);
    place.write("claims.837", changed);
    assert!(matches!(answer(), Err(AckError::Changed { .. })));
    std::fs::remove_file(place.path("claims.837")).expect("removed");
    assert!(matches!(answer(), Err(AckError::Input(_))));
}

#[test]
fn what_is_damaged_anywhere_is_acknowledged_all_the_same() {
    let place = with_fixtures();
    let whole = std::fs::read(repository().join("fixtures/damaged/wrong-se01.837")).expect("read");
    for (index, hostile) in b"*~X\0:7".iter().cycle().enumerate() {
        let at = index * 13 + 3;
        if at >= whole.len() {
            break;
        }
        let mut damaged = whole.clone();
        damaged[at] = *hostile;
        place.write("claims.837", &damaged);
        let line = NIGHTLY.replace("--quiet", "--quiet --threads 1");
        let ran = place.run(&format!("validate claims.837 {line}"));
        // 2 would be a fault of ours: each claim that is read must be acknowledged once.
        assert!(matches!(ran.code, Some(0 | 1 | 3)), "{hostile} at {at}: {}", ran.stderr);
        for name in place.names("out/acks") {
            let bytes = super::acks(&place, &name);
            let all = super::segments(&bytes, &name);
            super::claims(&all, &format!("{name}, {hostile} at {at}"));
        }
    }
}
