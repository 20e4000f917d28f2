//! Claims of other procedures, passed over at a glance.
//!
//! Most claims of a payer have no peer support in them, and all that is wanted of them is how many
//! there are. One that is whole, in which every segment is what its id says, and that corrects no
//! other claim, is counted and left. Any other is read segment by segment, as if nobody had glanced
//! at it: so a claim that is passed over is one of which `BlockReader::segment` would have said
//! nothing.

use super::super::claim;
use super::super::hierarchy::Loop;
use super::super::trust;
use super::BlockReader;
use crate::x12::segments::Placed;
use crate::x12::{Segment, Segments, id};
use std::mem;

/// A claim, as far as it was glanced at.
struct Glance {
    /// Its segments so far.
    segments: u32,
    /// Its service lines so far.
    lines: u32,
    /// As far as it bears on what parties may be named.
    place: Loop,
    /// An LX still waits for its SV1.
    is_open: bool,
}

impl<'a, 'o> BlockReader<'a, 'o>
where
    'o: 'a,
{
    /// Passes over the claim that begins with `clm`, if its count is all that matters of it.
    /// `segments` stand right behind `clm`, and then behind the segment that ended the claim, which
    /// is returned. `None`: the claim must be read, and `segments` stand where they stood.
    pub(super) fn pass_over(
        &mut self,
        clm: &Placed<'a>,
        segments: &mut Segments<'a>,
    ) -> Option<Placed<'a>> {
        // A correction matters whatever its procedures are: it may replace one with peer support.
        let is_correction = claim::is_correction(&clm.segment, self.delimiters);
        if !clm.is_whole() || !self.is_read() || is_correction || self.keeps {
            return None;
        }
        let mut behind = segments.clone();
        let (claim, end) = self.glance(&mut behind)?;
        *segments = behind;
        self.finish_claim();
        self.mark_loops(self.position(clm));
        self.output.segments += claim.segments;
        if let Some(section) = &mut self.section {
            let tally = &mut section.sink.tally;
            tally.claims += 1;
            tally.service_lines += u64::from(claim.lines);
            tally.passed_over += u64::from(claim.lines);
        }
        // Where the reader stands now, `end` says: whatever ends a claim begins something.
        Some(end)
    }

    /// Looks at what follows a CLM, up to what ends the claim; `None`: it must be read.
    #[inline]
    fn glance(&self, segments: &mut Segments<'a>) -> Option<(Glance, Placed<'a>)> {
        let mut claim = Glance { segments: 1, lines: 0, place: Loop::Claim, is_open: false };
        loop {
            let placed = segments.next().filter(Placed::is_whole)?;
            let segment = &placed.segment;
            let is_plain = match segment.code {
                id::CLM => return claim.ended_by(placed),
                id::HL if !trust::is_text(*segment) => return claim.ended_by(placed),
                id::SE if segment.is_control() => return claim.ended_by(placed),
                id::LX => {
                    claim.place = Loop::ServiceLine;
                    !mem::replace(&mut claim.is_open, true)
                }
                id::SV1 => {
                    claim.place = Loop::ServiceLine;
                    claim.lines += 1;
                    claim.is_open = false;
                    self.is_other_service(segment)
                }
                id::NM1 => claim.place.may_name(segment),
                id::REF | id::DTP => !trust::runs_on(segment),
                id::HI => !trust::is_other(segment, self.delimiters) && !trust::runs_on(segment),
                id::SBR => {
                    claim.place = claim.place.behind_sbr();
                    true
                }
                id::HL | id::CL1 => false,
                _ => trust::is_known(segment.id()),
            };
            if !is_plain {
                return None;
            }
            claim.segments += 1;
        }
    }

    /// Whether an SV1 is whole, and of another procedure than those of the policy.
    fn is_other_service(&self, sv1: &Segment<'_>) -> bool {
        let procedure = claim::procedure(sv1, self.delimiters);
        !procedure.is_empty()
            && !self.wanted.policy.is_peer_support(procedure)
            && !trust::runs_on(sv1)
    }
}

impl Glance {
    fn ended_by<'a>(self, end: Placed<'a>) -> Option<(Glance, Placed<'a>)> {
        (!self.is_open).then_some((self, end))
    }
}

impl Loop {
    /// Whether a party is whole, and may stand here within a claim.
    fn may_name(self, nm1: &Segment<'_>) -> bool {
        let party = nm1.element(1);
        !self.lacks_sbr(party) && self.lost_level(party).is_none() && !trust::runs_on(nm1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::output::{Event, X12Output};
    use super::super::{read_block, read_block_keeping};
    use crate::model::{NaiveDate, date};
    use crate::normalize::{RecordKey, Wanted};
    use crate::policy;
    use crate::x12::Delimiters;
    use crate::x12::cutter::X12Head;
    use std::fmt::Write;

    /// Claims, and pieces that do harm where they stand wrong, or that end in the middle.
    const PIECES: [&str; 50] = [
        "HL*1**20*1~NM1*85*2*AGENCY*****XX*1234567893~",
        "HL*2*1*22*0~SBR*P*18*******MC~NM1*IL*1*KOHL*CARL****MI*M1~DMG*D8*19840312*F~",
        "CLM*A1*10***11:B:1*Y~HI*ABK:F331~NM1*82*1*KOHL*MARY****XX*1245319599~PRV*PE*PXC*1~",
        "CLM*A2*10***11:B:1*Y~",
        "CLM*A3*10***11:B:7*Y~REF*F8*A1~",
        "CLM*A4*10***11:B:8*Y~",
        "LX*1~SV1*HC:H2017*10*UN*4***1~DTP*472*D8*20250901~",
        "LX*2~SV1*HC:T1017:HE*10*UN*4***1~DTP*472*RD8*20250901-20250902~REF*6R*7~",
        "LX*3~SV1*HC:H0038*10*UN*4***1~DTP*472*D8*20250901~",
        "LX*4~SV1*HC:h0038*10*UN*4***1~",
        "LX*5~",
        "LX*6~NM1*QC*1*KOHL*CARLA~SV1*HC:H2017*10*UN*4***1~",
        "LX*7~NM1*85*2*OTHER*****XX*1999999984~SV1*HC:H2017*10*UN*4***1~",
        "LX*8~SBR*S*18*******CI~SV1*HC:H2017*10*UN*4***1~NM1*IL*1*KOHL*CARL****MI*M2~",
        "SV1*HC:H2017*10*UN*4***1~",
        "SV1*HC:H0038*10*UN*4***1~",
        "SV1*HC*10*UN*4***1~",
        "SV1*HC:H2017*10*UN*4?DTP*472*D8*20250901~",
        "NM1*IL*1*KOHL*CARL****MI*M2~",
        "NM1*85*2*OTHER*****XX*1999999984~",
        "NM1*QC*1*KOHL*CARLA~",
        "NM1*DQ*1*KOHL*MARY****XX*1245319599~",
        "NM1*82*1*KOHL*MARY****XX*1245319599*N3*1 MAIN~",
        "NM1*PR*2*PAYER*****PI*P1~",
        "REF*G1*AUTH~",
        "REF*G1*AUTH?NTE*ADD*text~",
        "DTP*472*D8*20250901*REF*6R~",
        "DTP*431*D8*20250901~",
        "HI*ABK:F331?NM1*82*1*KOHL*MARY~",
        "HI*3*1*22*0~",
        "HI*ABK:F331*ABF:F332*ABF:F333*ABF:F334*ABF:F335*ABF:F336*ABF:F337*ABF:F338~",
        "SBR*S*18*******CI~",
        "SVD*P1*10*HC:H2017**1~CAS*CO*45*1~",
        "OI***Y***Y~",
        "AMT*F5*3~",
        "MOA***MA01~",
        "CL1*A2*10***11:B:1*Y~",
        "CL1*1*7*30~",
        "XX*no segment~",
        "XLM*A5*10***11:B:1*Y~",
        "HL*CARL*X*MARY~",
        "HL*7*1*2*0~",
        "SE*CARL****MI*M1~",
        "SE*20*0001~ST*837*0002*005010X222A1~",
        "ST*835*0003~",
        "ST*837*0004*005010X222A1~",
        "GE*1*1~IEA*1*000000001~filler~",
        "~ ~\r\n",
        "N3*1 MAIN~N4*TOWN*MS*39201~",
        "K3*text~",
    ];

    /// All that was read; not the segments kept, which only one of the two has.
    fn said(output: &X12Output) -> String {
        let mut text = format!("{} {:?}\n", output.segments, output.newest_group_date);
        let ends = [&output.end_billing_npi, &output.end_member_id, &output.end_birth];
        writeln!(text, "{ends:?} {:?}", output.faults.faults).expect("memory");
        for event in &output.events {
            match event {
                Event::Control(control, at) => writeln!(text, "{control:?} {at:?}"),
                Event::Section(section) => {
                    let sink = &section.sink;
                    let keys = sink.keys.iter();
                    let keys = keys.map(|key| {
                        let RecordKey { claim, member, offset, line_number, flags } = *key;
                        (claim, member, offset, line_number, flags)
                    });
                    let keys: Vec<_> = keys.collect();
                    let head = (section.kind, section.at, section.has_loops, &section.lacks);
                    let read = (sink.tally, &sink.faults, &sink.rejects, &sink.records);
                    writeln!(text, "{head:?} {read:?} {keys:?}")
                }
            }
            .expect("memory");
        }
        text
    }

    #[test]
    fn a_claim_that_is_passed_over_would_have_said_nothing() {
        let delimiters = Delimiters::USUAL;
        let policy = policy::builtin();
        let today: NaiveDate = date::parse(b"2025-12-31").expect("a date");
        let wanted = Wanted { policy: &policy, today, is_history: false, block: 0 };
        let mut state = 11_u64;
        let mut next = |most: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as usize % most
        };
        let (mut passed_over, mut faults) = (0, 0);
        for round in 0..30_000 {
            let mut text = String::from("ST*837*0001*005010X222A1~BHT*0019*00*1*20250901~");
            for _ in 0..next(12) {
                // Mostly whole claims, so that what is wrong stands behind some that are not.
                let usual = [1, 2, 3, 6, 7, 6, 2];
                let piece = if next(3) > 0 { usual[next(usual.len())] } else { next(PIECES.len()) };
                text.push_str(PIECES[piece]);
                // The end of a segment is lost.
                if next(25) == 0 {
                    text.pop();
                }
            }
            let head = X12Head { delimiters: Ok(delimiters), is_last: round % 2 == 0 };
            let glanced = read_block(text.as_bytes(), &head, &wanted);
            // Who keeps segments needs those of every claim, and reads them all.
            let plain = read_block_keeping(text.as_bytes(), &head, &wanted);
            assert_eq!(said(&glanced), said(&plain), "{text}");
            for event in &glanced.events {
                if let Event::Section(section) = event {
                    passed_over += section.sink.tally.passed_over;
                    faults += section.sink.faults.len();
                }
            }
        }
        assert!(passed_over > 20_000 && faults > 20_000, "{passed_over} {faults}");
    }
}
