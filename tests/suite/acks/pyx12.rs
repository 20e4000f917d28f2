//! pyx12 reads what we write (`PEERCLAIMS_PYX12`: its x12valid; without it, nothing is tested
//! here). `tests/peers/acknowledgements.py` does the same over hundreds of sets.

use std::process::Command;

use crate::support::{Place, repository};

#[test]
fn pyx12_accepts_a_sample() {
    let Some(program) = std::env::var_os("PEERCLAIMS_PYX12") else { return };
    let place = Place::new();
    let ran = Command::new("python3")
        .arg(repository().join("tests/peers/acknowledgements.py"))
        .args(["--sets", "6", "--peerclaims", env!("CARGO_BIN_EXE_peerclaims"), "--x12valid"])
        .arg(program)
        .arg("--work")
        .arg(place.path("work"))
        .output()
        .expect("python3 starts");
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(ran.status.success(), "{said}{}", String::from_utf8_lossy(&ran.stderr));
    assert!(said.contains("accepted"), "{said}");
}
