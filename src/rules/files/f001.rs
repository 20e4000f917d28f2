//! F001: the control numbers and counts of an envelope agree.

use super::message;
use crate::model::{FaultKind, FileFault, Severity};
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "F001",
    name: "envelope-mismatch",
    severity: Severity::Review,
    statement: "A control number or count of ISA/IEA, GS/GE or ST/SE disagrees with what was read: \
        one finding for each. The claims inside are read and checked all the same.",
    why: "A wrong count says that segments were lost or added after the file was written; a payer \
        rejects the whole set, group or interchange.",
    source: "[I] X12 control segments: ISA13 = IEA02, GS06 = GE02, ST02 = SE02; the counts IEA01, \
        GE01, SE01",
    correct: "Have the file written again by the program it comes from; do not mend the number by \
        hand before it is known what is missing.",
    policy_keys: &[],
    needs: &[],
    carc: "",
    rarc: "",
    stc: "",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "SE01 says 18 segments; the set has 15.",
        claims: "ISA*00*          *00*          *ZZ*SENDER         \
            *ZZ*RECEIVER       *250915*2130*^*00501*000000001*0*T*:~\n\
            GS*HC*SENDER*RECEIVER*20250915*2130*1*X*005010X222A1~\n\
            ST*837*0001*005010X222A1~\n\
            BHT*0019*00*1*20250915*2130*CH~\n\
            HL*1**20*1~\n\
            NM1*85*2*AGENCY*****XX*1234567893~\n\
            HL*2*1*22*0~\n\
            SBR*P*18*******MC~\n\
            NM1*IL*1*MEMBER*****MI*M1~\n\
            CLM*A1*122.48***53:B:1*Y*A*Y*Y~\n\
            LX*1~\n\
            SV1*HC:H0038*61.24*UN*4***1~\n\
            DTP*472*D8*20250903~\n\
            LX*2~\n\
            SV1*HC:H0038*61.24*UN*4***1~\n\
            DTP*472*D8*20250904~\n\
            SE*18*0001~\n\
            GE*1*1~\n\
            IEA*1*000000001~\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &["F001"],
    },
    silent: Example {
        story: "The same with the right count.",
        claims: "ISA*00*          *00*          *ZZ*SENDER         \
            *ZZ*RECEIVER       *250915*2130*^*00501*000000001*0*T*:~\n\
            GS*HC*SENDER*RECEIVER*20250915*2130*1*X*005010X222A1~\n\
            ST*837*0001*005010X222A1~\n\
            BHT*0019*00*1*20250915*2130*CH~\n\
            HL*1**20*1~\n\
            NM1*85*2*AGENCY*****XX*1234567893~\n\
            HL*2*1*22*0~\n\
            SBR*P*18*******MC~\n\
            NM1*IL*1*MEMBER*****MI*M1~\n\
            CLM*A1*122.48***53:B:1*Y*A*Y*Y~\n\
            LX*1~\n\
            SV1*HC:H0038*61.24*UN*4***1~\n\
            DTP*472*D8*20250903~\n\
            LX*2~\n\
            SV1*HC:H0038*61.24*UN*4***1~\n\
            DTP*472*D8*20250904~\n\
            SE*15*0001~\n\
            GE*1*1~\n\
            IEA*1*000000001~\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::File(check),
};

fn check(fault: &FileFault) -> Option<Draft> {
    (fault.kind == FaultKind::Envelope).then(|| {
        Draft::fail(message::with_advice(
            fault,
            "Look whether segments are missing, and have the file written again.",
        ))
    })
}
