//! The compact form of a service line: one run of bytes, the same in memory and in a temporary
//! file.
//!
//! A line that matters (peer support, or a correction) leaves the block of input that it stood in
//! as such a record, ~120 bytes for a usual line; everything later reads records. Fixed part first
//! (little endian), then the length of each text (one byte; 255: four more follow behind them),
//! then the texts. What some stages ask of every record can be read without the rest of it
//! ([`sums`], [`numbers`], [`day_line`]).

use super::{
    Cents, ClaimStatus, DateField, InputSeq, LocalPosition, NaiveDate, OutOfBalance, ServiceLine,
};
use chrono::Datelike;

const NO_DAY: i32 = i32::MIN;
/// Bits of the day of the year in a day's number.
const ORDINAL_BITS: u32 = 9;
const NO_AMOUNT: i64 = i64::MIN;
/// Length of the whole record, in front of it.
const LENGTH_BYTES: usize = 4;
/// Length, seq, position (2), four days, three amounts, line number, flags, units.
const FIXED_BYTES: usize = LENGTH_BYTES + 8 + 8 + 16 + 24 + 4 + 4 + 4;
/// In place of the length of a text that has more bytes than fit: four bytes more say how many.
const LONG: u8 = u8::MAX;
const TEXTS: usize = 18;

const FLAG_HISTORY: u32 = 1;
const FLAG_PEER_SUPPORT: u32 = 1 << 1;
const FLAG_FIRST_UNREADABLE: u32 = 1 << 2;
const FLAG_LAST_UNREADABLE: u32 = 1 << 3;
const FLAG_OUT_OF_BALANCE: u32 = 1 << 4;
const FLAG_PRICED: u32 = 1 << 5;
const STATUS_SHIFT: u32 = 8;

/// Appends `line` to `out`.
pub fn encode(line: &ServiceLine<'_>, out: &mut Vec<u8>) {
    let start = out.len();
    let mut fixed = [0_u8; FIXED_BYTES];
    fixed[4..12].copy_from_slice(&line.seq.0.to_le_bytes());
    fixed[12..16].copy_from_slice(&line.position.number.to_le_bytes());
    fixed[16..20].copy_from_slice(&line.position.byte.to_le_bytes());
    fixed[20..24].copy_from_slice(&day_number(line.received).to_le_bytes());
    fixed[24..28].copy_from_slice(&day_number(line.birth).to_le_bytes());
    fixed[28..32].copy_from_slice(&day_number(line.first_day.day()).to_le_bytes());
    fixed[32..36].copy_from_slice(&day_number(line.last_day.day()).to_le_bytes());
    fixed[36..44].copy_from_slice(&cents(line.charge).to_le_bytes());
    fixed[44..52].copy_from_slice(&cents(line.paid).to_le_bytes());
    fixed[52..60].copy_from_slice(&cents(line.patient_paid).to_le_bytes());
    fixed[60..64].copy_from_slice(&line.line_number.to_le_bytes());
    fixed[64..68].copy_from_slice(&flags(line).to_le_bytes());
    fixed[68..72].copy_from_slice(&line.units().unwrap_or_default().to_le_bytes());
    out.extend_from_slice(&fixed);
    let texts = texts(line);
    out.extend_from_slice(&texts.map(|text| text.len().min(usize::from(LONG)) as u8));
    for text in texts.iter().filter(|text| text.len() >= usize::from(LONG)) {
        out.extend_from_slice(&(text.len() as u32).to_le_bytes());
    }
    for text in texts.iter().filter(|text| !text.is_empty()) {
        out.extend_from_slice(text);
    }
    if let Some(balance) = line.out_of_balance {
        out.extend_from_slice(&cents(balance.claim_total).to_le_bytes());
        out.extend_from_slice(&balance.lines_total.0.to_le_bytes());
    }
    let length = (out.len() - start) as u32;
    out[start..start + LENGTH_BYTES].copy_from_slice(&length.to_le_bytes());
}

fn texts<'a>(line: &ServiceLine<'a>) -> [&'a [u8]; TEXTS] {
    let unreadable = |field: DateField<'a>| match field {
        DateField::Unreadable(text) => text,
        _ => b"",
    };
    [
        line.claim_id,
        line.payer_claim_number,
        line.billing_npi,
        line.frequency_code,
        line.original_claim_id,
        line.member_id,
        line.rendering_npi,
        line.supervising_npi,
        line.procedure,
        line.modifiers,
        line.units_text,
        line.basis_text,
        line.place_of_service,
        line.diagnoses,
        line.authorization,
        unreadable(line.first_day),
        unreadable(line.last_day),
        line.line_text,
    ]
}

fn flags(line: &ServiceLine<'_>) -> u32 {
    let mut flags = (line.status as u32) << STATUS_SHIFT;
    let mut set = |condition: bool, flag: u32| flags |= if condition { flag } else { 0 };
    set(line.is_history, FLAG_HISTORY);
    set(line.is_peer_support, FLAG_PEER_SUPPORT);
    set(matches!(line.first_day, DateField::Unreadable(_)), FLAG_FIRST_UNREADABLE);
    set(matches!(line.last_day, DateField::Unreadable(_)), FLAG_LAST_UNREADABLE);
    set(line.out_of_balance.is_some(), FLAG_OUT_OF_BALANCE);
    set(line.is_priced, FLAG_PRICED);
    flags
}

/// Year and day of the year in one number that is ordered as the days are. Counting days would
/// take divisions, there and back.
fn day_number(day: Option<NaiveDate>) -> i32 {
    day.map_or(NO_DAY, |day| day.year() << ORDINAL_BITS | day.ordinal() as i32)
}

fn cents(amount: Option<Cents>) -> i64 {
    amount.map_or(NO_AMOUNT, |amount| amount.0)
}

/// Reads the records of a buffer one after the other.
#[derive(Clone)]
pub struct Records<'a> {
    rest: &'a [u8],
}

impl<'a> Records<'a> {
    /// The records in `buffer`, which [`encode`] wrote.
    pub fn new(buffer: &'a [u8]) -> Records<'a> {
        Records { rest: buffer }
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = &'a [u8];

    /// The bytes of the next record, for [`decode`] or to be copied as they are.
    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.len() < LENGTH_BYTES {
            return None;
        }
        let length = read_u32(self.rest, 0) as usize;
        let (record, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(record)
    }
}

/// The service line that `record` holds.
///
/// # Panics
/// On bytes that [`encode`] did not write.
pub fn decode(record: &[u8]) -> ServiceLine<'_> {
    let flags = read_u32(record, 64);
    let (texts, rest) = read_texts::<TEXTS>(record);
    let out_of_balance = (flags & FLAG_OUT_OF_BALANCE != 0).then(|| OutOfBalance {
        claim_total: amount(read_i64(rest, 0)),
        lines_total: Cents(read_i64(rest, 8)),
    });
    ServiceLine {
        seq: InputSeq(read_i64(record, 4) as u64),
        position: LocalPosition { number: read_u32(record, 12), byte: read_u32(record, 16) },
        is_history: flags & FLAG_HISTORY != 0,
        is_peer_support: flags & FLAG_PEER_SUPPORT != 0,
        status: status(flags),
        claim_id: texts[0],
        line_number: read_u32(record, 60),
        line_text: texts[17],
        frequency_code: texts[3],
        original_claim_id: texts[4],
        payer_claim_number: texts[1],
        member_id: texts[5],
        billing_npi: texts[2],
        rendering_npi: texts[6],
        supervising_npi: texts[7],
        procedure: texts[8],
        modifiers: texts[9],
        units_text: texts[10],
        basis_text: texts[11],
        place_of_service: texts[12],
        diagnoses: texts[13],
        authorization: texts[14],
        first_day: date_field(read_u32(record, 28), flags & FLAG_FIRST_UNREADABLE, texts[15]),
        last_day: date_field(read_u32(record, 32), flags & FLAG_LAST_UNREADABLE, texts[16]),
        received: day(read_u32(record, 20)),
        birth: day(read_u32(record, 24)),
        charge: amount(read_i64(record, 36)),
        paid: amount(read_i64(record, 44)),
        patient_paid: amount(read_i64(record, 52)),
        is_priced: flags & FLAG_PRICED != 0,
        out_of_balance,
    }
}

/// Puts a price in the place of the paid amount that the line of `record` lacks.
pub fn price(record: &mut [u8], price: Cents) {
    let flags = read_u32(record, 64) | FLAG_PRICED;
    record[44..52].copy_from_slice(&price.0.to_le_bytes());
    record[64..68].copy_from_slice(&flags.to_le_bytes());
}

/// Units (0 where the line states none that are good) and charge of the line that `record` holds,
/// without decoding the rest.
pub fn sums(record: &[u8]) -> (u32, Option<Cents>) {
    (read_u32(record, 68), amount(read_i64(record, 36)))
}

/// The numbers that a correction may name the claim of `record` by, without decoding the rest.
pub struct Numbers<'a> {
    /// Our claim id.
    pub claim_id: &'a [u8],
    /// The payer's number; may be empty.
    pub payer_claim_number: &'a [u8],
    /// Whose numbers they are.
    pub billing_npi: &'a [u8],
}

/// See [`Numbers`].
pub fn numbers(record: &[u8]) -> Numbers<'_> {
    let ([claim_id, payer_claim_number, billing_npi], _) = read_texts(record);
    Numbers { claim_id, payer_claim_number, billing_npi }
}

/// The member of the line that `record` holds, without decoding the rest.
pub fn member_id(record: &[u8]) -> &[u8] {
    let ([.., member_id], _) = read_texts::<6>(record);
    member_id
}

/// What a line can add to the day of a practitioner.
pub struct DayLine<'a> {
    /// The practitioner; never blank.
    pub rendering_npi: &'a [u8],
    /// The first service day.
    pub day: NaiveDate,
    /// Its modifiers, joined by `:`.
    pub modifiers: &'a [u8],
    /// Units, as read.
    pub units: u32,
}

/// See [`DayLine`]; `None`: the line that `record` holds names no practitioner or no day, or states
/// no good units. Nothing else is decoded.
pub fn day_line(record: &[u8]) -> Option<DayLine<'_>> {
    let (units, day) = (read_u32(record, 68), day(read_u32(record, 28))?);
    let ([.., rendering_npi, _, _, modifiers], _) = read_texts::<10>(record);
    let is_one = units > 0 && !rendering_npi.is_empty();
    is_one.then_some(DayLine { rendering_npi, day, modifiers, units })
}

/// The place in input order of the line that `record` holds, without decoding the rest.
pub fn seq(record: &[u8]) -> InputSeq {
    InputSeq(read_i64(record, 4) as u64)
}

/// The order in which lines of one member use up limits, as a number that compares as it does:
/// history before current, then service date, then received date (blank last), then input order.
///
/// Bits from the top: 1 current, 32 service date, 33 received date, 62 place in input order (the
/// upper two bits of a block's number are never set: that would be 10¹⁸ bytes of input).
pub fn limit_order(record: &[u8]) -> u128 {
    let current = u128::from(read_u32(record, 64) & FLAG_HISTORY == 0);
    let day = |at| u128::from(read_u32(record, at) ^ 0x8000_0000);
    let received = match read_u32(record, 20) as i32 {
        NO_DAY => 1 << 32,
        _ => day(20),
    };
    let seq = u128::from(seq(record).0 & (u64::MAX >> 2));
    current << 127 | day(28) << 95 | received << 62 | seq
}

fn status(flags: u32) -> ClaimStatus {
    match flags >> STATUS_SHIFT {
        0 => ClaimStatus::Paid,
        1 => ClaimStatus::Pending,
        2 => ClaimStatus::Denied,
        _ => ClaimStatus::Unknown,
    }
}

fn date_field(number: u32, unreadable: u32, text: &[u8]) -> DateField<'_> {
    if unreadable != 0 {
        return DateField::Unreadable(text);
    }
    day(number).map_or(DateField::Missing, DateField::Day)
}

fn day(number: u32) -> Option<NaiveDate> {
    match number as i32 {
        NO_DAY => None,
        number => {
            let ordinal = number & ((1 << ORDINAL_BITS) - 1);
            NaiveDate::from_yo_opt(number >> ORDINAL_BITS, ordinal as u32)
        }
    }
}

fn amount(cents: i64) -> Option<Cents> {
    (cents != NO_AMOUNT).then_some(Cents(cents))
}

/// The first `N` texts of a record, and what follows the last of them.
fn read_texts<const N: usize>(record: &[u8]) -> ([&[u8]; N], &[u8]) {
    let (lengths, mut rest) = record[FIXED_BYTES..].split_at(TEXTS);
    let mut long = rest;
    if lengths.contains(&LONG) {
        let count = lengths.iter().filter(|length| **length == LONG).count();
        (long, rest) = rest.split_at(4 * count);
    }
    let mut texts = [&record[..0]; N];
    for (text, length) in texts.iter_mut().zip(lengths) {
        let mut length = usize::from(*length);
        if length == usize::from(LONG) {
            length = read_u32(long, 0) as usize;
            long = &long[4..];
        }
        (*text, rest) = rest.split_at(length);
    }
    (texts, rest)
}

fn read_u32(record: &[u8], at: usize) -> u32 {
    let mut bytes = [0; 4];
    bytes.copy_from_slice(&record[at..at + 4]);
    u32::from_le_bytes(bytes)
}

fn read_i64(record: &[u8], at: usize) -> i64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&record[at..at + 8]);
    i64::from_le_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        let long = vec![b'x'; 300];
        let lines = [
            ServiceLine {
                seq: InputSeq::new(7, 9),
                position: LocalPosition { number: 3, byte: 1000 },
                is_history: true,
                is_peer_support: true,
                status: ClaimStatus::Unknown,
                claim_id: &long,
                line_number: 12,
                units_text: b"4.0",
                first_day: DateField::Unreadable(b"2025-99-99"),
                last_day: DateField::parse(b"20240229"),
                birth: DateField::parse(b"20040229").day(),
                charge: Some(Cents(-5)),
                out_of_balance: Some(OutOfBalance { claim_total: None, lines_total: Cents(7) }),
                ..ServiceLine::empty()
            },
            ServiceLine::empty(),
        ];
        let mut buffer = Vec::new();
        lines.iter().for_each(|line| encode(line, &mut buffer));
        let records: Vec<_> = Records::new(&buffer).collect();
        assert_eq!(records.len(), 2);
        let back = decode(records[0]);
        assert!(back.seq == lines[0].seq && back.position == lines[0].position);
        assert!(back.is_history && back.is_peer_support && back.status == ClaimStatus::Unknown);
        assert_eq!((back.claim_id, back.line_number), (long.as_slice(), 12));
        assert!(back.first_day == lines[0].first_day && back.last_day == lines[0].last_day);
        assert_eq!((back.birth, back.received), (lines[0].birth, None));
        assert_eq!((back.charge, back.paid), (Some(Cents(-5)), None));
        assert_eq!(back.out_of_balance, lines[0].out_of_balance);
        assert!(decode(records[1]).first_day == DateField::Missing);
        assert!(day_line(records[0]).is_none() && day_line(records[1]).is_none());
        let first_day = DateField::parse(b"20240229");
        let line = ServiceLine {
            rendering_npi: b"1",
            units_text: b"4.0",
            modifiers: b"HE:HQ",
            first_day,
            ..lines[1].clone()
        };
        let mut of_a_day = Vec::new();
        encode(&line, &mut of_a_day);
        let found =
            day_line(&of_a_day).map(|of_day| (of_day.rendering_npi, of_day.day, of_day.units));
        assert_eq!(found, first_day.day().map(|day| (&b"1"[..], day, 4)));
        let mut priced = records[0].to_vec();
        price(&mut priced, Cents(1234));
        let back = decode(&priced);
        assert_eq!(
            (back.paid, back.is_priced, back.charge),
            (Some(Cents(1234)), true, lines[0].charge)
        );
        assert!(back.claim_id == long && back.status == ClaimStatus::Unknown && back.is_history);
    }
}
