//! Names of people and agencies, from words that nobody could take for real ones.

/// Family names.
const FAMILIES: [&str; 24] = [
    "TESTWOOD",
    "SAMPLEBY",
    "MOCKRIDGE",
    "FAUXLEY",
    "DEMOWICK",
    "NOTREAL",
    "PRETENDER",
    "MADEUP",
    "SPECIMEN",
    "DUMMYTON",
    "EXAMPLESON",
    "FICTIVE",
    "TRIALBERG",
    "PLACEHOLD",
    "INVENTON",
    "SHAMBLY",
    "MODELMAN",
    "STANDIN",
    "FABLEY",
    "MYTHORPE",
    "IMAGINARD",
    "BLANKFORD",
    "PROTOTYPE",
    "NOBODY",
];

/// Given names.
const GIVEN: [&str; 24] = [
    "ALPHA", "BRAVO", "CHARLIE", "DELTA", "ECHO", "FOXTROT", "GOLF", "HOTEL", "INDIA", "JULIETT",
    "KILO", "LIMA", "MIKE", "NOVEMBER", "OSCAR", "PAPA", "QUEBEC", "ROMEO", "SIERRA", "TANGO",
    "UNIFORM", "VICTOR", "WHISKEY", "ZULU",
];

/// What an agency is called after its number.
const CENTERS: [&str; 6] = [
    "PEER CENTER",
    "RECOVERY HOUSE",
    "WELLNESS PLACE",
    "COMMUNITY SUPPORT",
    "REGION CLINIC",
    "DROP-IN CENTER",
];

/// Writes `FAMILY*GIVEN` of the person with this number.
pub(super) fn push_person(out: &mut Vec<u8>, number: u64) {
    let given = (number % 24) as usize;
    let family = (number / 24 % 24) as usize;
    out.extend_from_slice(FAMILIES[family].as_bytes());
    out.push(b'*');
    out.extend_from_slice(GIVEN[given].as_bytes());
}

/// Writes the name of the agency with this NPI.
pub(super) fn push_agency(out: &mut Vec<u8>, npi: u64) {
    let number = npi / 10;
    out.extend_from_slice(FAMILIES[(number % 24) as usize].as_bytes());
    out.push(b' ');
    out.extend_from_slice(CENTERS[(number / 24 % 6) as usize].as_bytes());
}
