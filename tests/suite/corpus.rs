//! Every text that a fuzz target found, and every seed of it, once more; and with canaries in the
//! place of members, damaged in some hundred ways: no message holds one.

use std::path::PathBuf;

use drivers::CANARY;

use crate::support::repository;

#[path = "../../fuzz/drivers.rs"]
mod drivers;

/// The texts of a target's corpus, sorted by name.
fn texts(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = repository().join("fuzz/corpus").join(target);
    let entries = std::fs::read_dir(&folder);
    let entries = entries.unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut found: Vec<(PathBuf, Vec<u8>)> = entries
        .flatten()
        .map(|entry| (entry.path(), std::fs::read(entry.path()).expect("a text of the corpus")))
        .collect();
    found.sort();
    found
}

#[test]
fn all_texts_are_survived() {
    for (target, run) in drivers::TARGETS {
        let texts = texts(target);
        assert!(!texts.is_empty(), "{target} has no corpus");
        for (path, text) in texts {
            let result = std::panic::catch_unwind(|| run(&text));
            assert!(result.is_ok(), "{}", path.display());
        }
    }
}

/// The parts of a text, each with what ends it.
fn parts(text: &[u8], end: u8) -> Vec<Vec<u8>> {
    text.split_inclusive(|byte| *byte == end).map(<[u8]>::to_vec).collect()
}

/// An 837 or 835 with canaries as ids, names, birth dates and streets of members.
fn planted_x12(text: &[u8]) -> Vec<u8> {
    let is_isa = text.starts_with(b"ISA") && text.len() > 105;
    let (star, tilde) = if is_isa { (text[3], text[105]) } else { (b'*', b'~') };
    let canary = [CANARY.as_bytes(), &[star]].concat();
    let mut is_member = false;
    let segment = |segment: Vec<u8>| {
        let mut elements = parts(&segment, star);
        let id = String::from_utf8_lossy(&elements[0]).trim_matches(['\r', '\n', '*']).to_owned();
        if id == "NM1" || id == "HL" || id == "CLP" {
            let kind = elements.get(1).map(|kind| kind[..kind.len().min(2)].to_vec());
            let kind = kind.as_deref();
            is_member = [Some(&b"IL"[..]), Some(b"QC")].contains(&kind);
        }
        let planted: &[usize] = match id.as_str() {
            "NM1" if is_member => &[3, 4, 9],
            "N3" if is_member => &[1],
            "DMG" => &[2],
            _ => &[],
        };
        let count = elements.len();
        for place in planted.iter().filter(|place| **place < count) {
            elements[*place] = match *place + 1 == count {
                true => [CANARY.as_bytes(), &[tilde]].concat(),
                false => canary.clone(),
            };
        }
        elements.concat()
    };
    parts(text, tilde).into_iter().map(segment).collect::<Vec<_>>().concat()
}

/// A CSV with canaries in one column, by its name; `None`: it has no such column.
fn planted_csv(text: &[u8], column: &str) -> Option<Vec<u8>> {
    let mut rows = parts(text, b'\n');
    let header = String::from_utf8_lossy(rows.first()?).into_owned();
    let place = header.trim_end().split(',').position(|name| name.ends_with(column))?;
    for row in &mut rows[1..] {
        let text = String::from_utf8_lossy(row).into_owned();
        let mut cells: Vec<&str> = text.trim_end().split(',').collect();
        if let Some(cell) = cells.get_mut(place) {
            *cell = CANARY;
            *row = format!("{}\n", cells.join(",")).into_bytes();
        }
    }
    Some(rows.concat())
}

/// The text with canaries, in each of the ways that fit its target.
fn planted(target: &str, text: &[u8]) -> Vec<Vec<u8>> {
    let columns = match target {
        "claims_837p" | "remittance_835" => return vec![planted_x12(text)],
        "claims_csv" => &["member_id", "member_birth_date", "units", "place_of_service"][..],
        "tables" => &["member_id", "signed_date", "npi", "_date", "status", "supervisor_id"],
        _ => return Vec::new(),
    };
    columns.iter().filter_map(|column| planted_csv(text, column)).collect()
}

/// Cut off, put together, doubled, with signs in the wrong place: the same every time.
fn damaged(text: &[u8], number: usize) -> Vec<u8> {
    const SIGNS: [&[u8]; 9] = [b"~", b"*", b",", b"\"", b"\n", b"\0", b":", b"HL*", b"NM1*IL*1*"];
    let at = |salt: usize| (number * 7919 + salt * 104_729) % (text.len() + 1);
    let (first, second) = (at(1).min(at(2)), at(1).max(at(2)));
    let sign = SIGNS[number % SIGNS.len()];
    match number % 4 {
        0 => [&text[..first], sign, &text[first..]].concat(),
        1 => [&text[..first], sign, &text[second..]].concat(),
        2 => [&text[..second], &text[first..]].concat(),
        _ => text[..second].to_vec(),
    }
}

#[test]
fn no_message_holds_a_canary() {
    let mut texts_with_canaries = 0;
    for (target, run) in drivers::TARGETS {
        for (path, text) in texts(target) {
            for planted in planted(target, &text) {
                let is_there = |text: &[u8]| {
                    text.windows(CANARY.len()).any(|window| window == CANARY.as_bytes())
                };
                texts_with_canaries += usize::from(is_there(&planted));
                run(&planted);
                for number in 0..40 {
                    let damaged = damaged(&planted, number);
                    let result = std::panic::catch_unwind(|| run(&damaged));
                    assert!(result.is_ok(), "{target}, {}, damage {number}", path.display());
                }
            }
        }
    }
    assert!(texts_with_canaries > 20, "{texts_with_canaries}");
}
