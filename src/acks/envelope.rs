//! Received headers, and the interchange that answers them: sender and receiver turned round.

use super::numbers::Numbers;
use super::wire::{Out, Wire};
use crate::model::NaiveDate;
use crate::x12::{Delimiters, Segment};

/// What a received ISA says that an answer needs.
#[derive(Clone, Debug)]
pub struct InterchangeHeader {
    /// How to write to its sender.
    pub wire: Wire,
    /// ISA05 and ISA06.
    sender: (Vec<u8>, Vec<u8>),
    /// ISA07 and ISA08.
    receiver: (Vec<u8>, Vec<u8>),
    /// ISA09 and ISA10.
    written: (Vec<u8>, Vec<u8>),
    /// ISA13.
    pub control: Vec<u8>,
    /// ISA14 is 1.
    pub asks: bool,
    /// ISA15.
    usage: u8,
}

impl InterchangeHeader {
    /// Reads an ISA.
    pub fn of(text: &[u8], delimiters: Delimiters) -> InterchangeHeader {
        let segment = Segment::of(text, delimiters.element);
        InterchangeHeader::of_elements(|number| segment.element(number), Some(delimiters))
    }

    /// Reads an ISA whose delimiters cannot be used, by the fixed places of its elements. `None`
    /// where it has not the right shape.
    pub fn by_places(text: &[u8]) -> Option<InterchangeHeader> {
        const ENDS: [usize; 16] =
            [6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103, 105];
        let separator = *text.get(3)?;
        let has_shape = text.starts_with(b"ISA")
            && ENDS[..15].iter().all(|end| text.get(*end) == Some(&separator));
        let element = |number: usize| {
            let start = if number == 1 { 4 } else { ENDS[number - 2] + 1 };
            text.get(start..ENDS[number - 1]).unwrap_or_default().trim_ascii()
        };
        has_shape.then(|| InterchangeHeader::of_elements(element, None))
    }

    fn of_elements<'t>(
        element: impl Fn(usize) -> &'t [u8],
        delimiters: Option<Delimiters>,
    ) -> InterchangeHeader {
        let owned = |number| element(number).to_vec();
        let usage = match element(15) {
            b"P" => b'P',
            b"I" => b'I',
            // Damaged, or a test: an answer that is taken for a test does no harm.
            _ => b'T',
        };
        InterchangeHeader {
            wire: Wire::of(delimiters),
            sender: (owned(5), owned(6)),
            receiver: (owned(7), owned(8)),
            written: (owned(9), owned(10)),
            control: owned(13),
            asks: element(14) == b"1",
            usage,
        }
    }

    /// Of claims that stand in no interchange: from the codes of their group.
    pub fn of_group(group: &GroupHeader, delimiters: Option<Delimiters>) -> InterchangeHeader {
        let party = |code: &[u8]| (b"ZZ".to_vec(), code.to_vec());
        InterchangeHeader {
            wire: Wire::of(delimiters),
            sender: party(&group.sender),
            receiver: party(&group.receiver),
            written: (Vec::new(), Vec::new()),
            control: Vec::new(),
            asks: false,
            usage: b'T',
        }
    }

    /// `TA1`: what is said of the interchange.
    pub fn acknowledge(&self, code: &str, note: &str, out: &mut Out) {
        let number = |text: &[u8], width: usize| {
            let is_number = text.len() == width && text.iter().all(u8::is_ascii_digit);
            if is_number { text.to_vec() } else { vec![b'0'; width] }
        };
        out.segment(self.wire, "TA1")
            .text(&number(&self.control, 9), 9)
            .text(&number(&self.written.0, 6), 6)
            .text(&number(&self.written.1, 4), 4)
            .word(code)
            .word(note)
            .end();
    }
}

/// What a received GS says that an answer needs.
#[derive(Clone, Debug, Default)]
pub struct GroupHeader {
    /// GS01
    pub kind: Vec<u8>,
    /// GS02
    sender: Vec<u8>,
    /// GS03
    receiver: Vec<u8>,
    /// GS06
    pub control: Vec<u8>,
    /// GS08
    pub version: Vec<u8>,
}

impl GroupHeader {
    /// Reads a GS.
    pub fn of(text: &[u8], delimiters: Delimiters) -> GroupHeader {
        let segment = Segment::of(text, delimiters.element);
        let owned = |number| segment.element(number).to_vec();
        GroupHeader {
            kind: owned(1),
            sender: owned(2),
            receiver: owned(3),
            control: owned(6),
            version: owned(8),
        }
    }
}

/// Which guide a group of ours follows.
#[derive(Clone, Copy, Debug)]
pub struct Guide {
    /// GS01
    pub kind: &'static str,
    /// ST01
    pub set: &'static str,
    /// GS08 and ST03
    pub version: &'static str,
}

/// 999
pub const SYNTAX: Guide = Guide { kind: "FA", set: "999", version: "005010X231A1" };
/// 277CA
pub const CLAIMS: Guide = Guide { kind: "HN", set: "277", version: "005010X214" };

/// The interchange of ours that is open, with its group and transaction set.
#[derive(Default)]
pub struct Reply {
    interchange: Option<(Wire, u32, u64)>,
    group: Option<(u32, u64)>,
    set: Option<(u64, u64)>,
}

impl Reply {
    /// Whether a transaction set is open.
    pub fn has_set(&self) -> bool {
        self.set.is_some()
    }

    /// Begins an interchange, if none is open.
    pub fn begin_interchange(
        &mut self,
        header: &InterchangeHeader,
        as_of: NaiveDate,
        numbers: &mut Numbers,
        out: &mut Out,
    ) {
        if self.interchange.is_some() {
            return;
        }
        let (wire, number) = (header.wire, numbers.take());
        let element = char::from(wire.delimiters.element);
        let fixed = |text: &[u8], width: usize| {
            let mut cleaned = Out::default();
            cleaned.segment(wire, "").text(text, width).end();
            // The separator before it, and the terminator behind it.
            let text = cleaned.bytes.get(1..).unwrap_or_default();
            let end = text.iter().position(|byte| *byte == wire.delimiters.terminator);
            let mut text = text[..end.unwrap_or_default()].to_vec();
            text.resize(width, b' ');
            text
        };
        let qualifier = |text: &[u8]| if text.len() == 2 { text.to_vec() } else { b"ZZ".to_vec() };
        let mut isa = Vec::new();
        let mut add = |text: &[u8]| {
            isa.push(wire.delimiters.element);
            isa.extend_from_slice(text);
        };
        let blank = [b' '; 10];
        for text in [&b"00"[..], &blank, b"00", &blank] {
            add(text);
        }
        for (kind, id) in [&header.receiver, &header.sender] {
            add(&fixed(&qualifier(kind), 2));
            add(&fixed(id, 15));
        }
        add(as_of.format("%y%m%d").to_string().as_bytes());
        add(b"0000");
        add(&[wire.delimiters.repetition]);
        add(format!("00501{element}{number:09}{element}0").as_bytes());
        add(&[header.usage]);
        add(&[wire.delimiters.component]);
        out.whole(wire, &[b"ISA", isa.as_slice()].concat());
        self.interchange = Some((wire, number, 0));
    }

    /// Begins a group in it.
    pub fn begin_group(
        &mut self,
        guide: Guide,
        answered: &GroupHeader,
        as_of: NaiveDate,
        numbers: &mut Numbers,
        out: &mut Out,
    ) {
        let Some((wire, _, groups)) = &mut self.interchange else { return };
        let number = numbers.take();
        out.segment(*wire, "GS")
            .word(guide.kind)
            .text_or(&answered.receiver, 2, 15, "UNKNOWN")
            .text_or(&answered.sender, 2, 15, "UNKNOWN")
            .word(&as_of.format("%Y%m%d").to_string())
            .word("0000")
            .number(u64::from(number))
            .word("X")
            .word(guide.version)
            .end();
        *groups += 1;
        self.group = Some((number, 0));
    }

    /// Begins a transaction set in it.
    pub fn begin_set(&mut self, guide: Guide, out: &mut Out) {
        let (Some((wire, _, _)), Some((_, sets))) = (&self.interchange, &mut self.group) else {
            return;
        };
        *sets += 1;
        self.set = Some((*sets, out.segments));
        let number = format!("{sets:04}");
        out.segment(*wire, "ST").word(guide.set).word(&number).word(guide.version).end();
    }

    /// Ends the transaction set.
    pub fn end_set(&mut self, out: &mut Out) {
        let (Some((wire, _, _)), Some((number, before))) = (&self.interchange, self.set.take())
        else {
            return;
        };
        let segments = out.segments - before + 1;
        out.segment(*wire, "SE").number(segments).word(&format!("{number:04}")).end();
    }

    /// Ends the group.
    pub fn end_group(&mut self, out: &mut Out) {
        let (Some((wire, _, _)), Some((number, sets))) = (&self.interchange, self.group.take())
        else {
            return;
        };
        out.segment(*wire, "GE").number(sets).number(u64::from(number)).end();
    }

    /// Ends the interchange.
    pub fn end_interchange(&mut self, out: &mut Out) {
        let Some((wire, number, groups)) = self.interchange.take() else { return };
        out.segment(wire, "IEA").number(groups).word(&format!("{number:09}")).end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acks::Settings;
    use crate::model::date;

    const ISA: &[u8] = b"ISA*00*          *00*          *30*SENDER         *ZZ*RECEIVER       \
*250915*2130*^*00501*000000077*1*P*:~";

    #[test]
    fn sender_and_receiver_are_turned_round() {
        let delimiters = Delimiters::USUAL;
        let header = InterchangeHeader::of(&ISA[..105], delimiters);
        assert!(header.asks);
        let as_of = date::parse(b"2025-09-16").expect("a date");
        let settings = Settings { first_control_number: Some(5), ..Settings::default() };
        let mut numbers = Numbers::new(&settings, as_of, None);
        let (mut reply, mut out) = (Reply::default(), Out::default());
        reply.begin_interchange(&header, as_of, &mut numbers, &mut out);
        header.acknowledge("A", "000", &mut out);
        reply.end_interchange(&mut out);
        let text = String::from_utf8(out.bytes).expect("text");
        let lines: Vec<&str> = text.lines().collect();
        let isa = "ISA*00*          *00*          *ZZ*RECEIVER       *30*SENDER         *250916\
                   *0000*^*00501*000000005*0*P*:~";
        assert_eq!(lines, [isa, "TA1*000000077*250915*2130*A*000~", "IEA*0*000000005~"]);
        assert_eq!(lines[0].len(), 106);
    }

    #[test]
    fn a_header_is_read_by_its_places_where_its_delimiters_are_of_no_use() {
        let mut isa = ISA.to_vec();
        isa[104] = b'*';
        let header = InterchangeHeader::by_places(&isa).expect("of the right shape");
        assert_eq!(header.control, b"000000077");
        assert_eq!(header.sender, (b"30".to_vec(), b"SENDER".to_vec()));
        isa.remove(10);
        assert!(InterchangeHeader::by_places(&isa).is_none());
    }
}
