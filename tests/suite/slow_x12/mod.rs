//! A slow and plain 837P reader: split at the separators, walk over the segments. It gives the
//! reference's rows, and shares nothing with the program.

pub mod claims;
pub mod segments;

use crate::reference::model::{ClaimFile, ClaimRow, FileKind};
use segments::Segment;

/// What stands in a file, as far as it is 837P of a version that is read.
#[derive(Debug, Default)]
pub struct SlowFile {
    /// Every SV1 of the sets that are read, in order.
    pub rows: Vec<ClaimRow>,
    /// Of each row the place of its LX, as `findings.csv` writes it.
    pub positions: Vec<String>,
    /// Every CLM of those sets, with lines or without.
    pub claims: usize,
    /// Transaction sets of other kinds or versions (F002).
    pub sets_passed_over: usize,
    /// GS04 of all groups.
    pub group_dates: Vec<String>,
}

impl SlowFile {
    /// The file as the reference takes it.
    pub fn as_claim_file(&self) -> ClaimFile {
        ClaimFile {
            kind: FileKind::X12,
            rows: self.rows.clone(),
            group_date: self.group_dates.iter().max().cloned().unwrap_or_default(),
            ..ClaimFile::default()
        }
    }
}

/// Whether a set is an 837P that is read: ST03 decides, without it GS08.
fn is_read(st: &Segment, group_version: &str) -> bool {
    let version = if st.element(3).is_empty() { group_version } else { st.element(3) };
    let version = version.to_uppercase();
    let known = version.starts_with("005010X222") || version.starts_with("005010X298");
    st.element(1) == "837" && known
}

/// Reads a whole file.
pub fn read(bytes: &[u8]) -> SlowFile {
    let mut file = SlowFile::default();
    let mut group_version = String::new();
    // The segments of the set that is open, if it is one that is read.
    let mut set: Option<Vec<Segment>> = None;
    for segment in segments::split(bytes) {
        if ["ISA", "GS", "ST", "SE", "GE", "IEA"].contains(&segment.id()) {
            claims::read_set(&set.take().unwrap_or_default(), &mut file);
        }
        match segment.id() {
            "GS" => {
                group_version = segment.element(8).to_string();
                file.group_dates.push(segment.element(4).to_string());
            }
            "GE" => group_version.clear(),
            "ST" if is_read(&segment, &group_version) => set = Some(Vec::new()),
            "ST" => file.sets_passed_over += 1,
            _ => set.iter_mut().for_each(|segments| segments.push(segment.clone())),
        }
    }
    claims::read_set(&set.unwrap_or_default(), &mut file);
    file
}

#[test]
fn a_claim_is_read_as_the_contract_maps_it() {
    let text = "ISA*00*          *00*          *ZZ*AGENCY         *ZZ*MEDICAID       \
                *250915*2130*^*00501*000000001*0*T*:~\r\nGS*HC*A*B*20250915*2130*1*X*005010X222~\
                ST*837*1~HL*1**20*1~NM1*85*2*AGENCY*****XX*1234567893~HL*2*1*22*1~SBR*P~\
                NM1*IL*1*DOE*****MI*M1~DMG*D8*19500101~HL*3*2*23*0~DMG*D8*19900101~\
                CLM*C1*80***53:B:7~REF*F8*C0~REF*G1*AU1~HI*ABK:F1120*ABF:F33~HI*BP:X~\
                NM1*82*1*ROE*****XX*1111111112~SBR*S~NM1*82*1*NO*****XX*9~REF*F8*NO~\
                LX*1~SV1*HC:H0038:HQ::HF*60*UN*4*99~DTP*472*RD8*20250901-20250902~\
                NM1*82*1*POE*****XX*1222222229~SVD*P*9~REF*G1*NO~LX*2~SV1*HC:H0038*20*MJ*30~\
                DTP*472*D8*20250903~SE*1*1~ST*835*2~CLM*X*1~SE*3*2~GE*2*1~IEA*1*000000001~\x1a";
    let file = read(text.as_bytes());
    assert_eq!((file.claims, file.rows.len(), file.sets_passed_over), (1, 2, 1));
    let first = &file.rows[0];
    assert_eq!((first.member_birth_date.as_str(), first.member_id.as_str()), ("19900101", "M1"));
    assert_eq!((first.frequency_code.as_str(), first.original_claim_id.as_str()), ("7", "C0"));
    assert_eq!((first.place_of_service.as_str(), first.modifiers.as_str()), ("99", "HQ::HF"));
    assert_eq!(
        (first.rendering_npi.as_str(), first.authorization_number.as_str()),
        ("1222222229", "AU1")
    );
    assert_eq!(
        (first.service_date.as_str(), first.service_end_date.as_str()),
        ("20250901", "20250902")
    );
    assert_eq!(first.diagnosis_codes, "F1120:F33");
    let second = &file.rows[1];
    assert_eq!(
        (second.rendering_npi.as_str(), second.place_of_service.as_str()),
        ("1111111112", "53")
    );
    assert_eq!((second.unit_basis.as_str(), second.units.as_str()), ("MJ", "30"));
}
