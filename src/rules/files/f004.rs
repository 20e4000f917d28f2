//! F004: a part of a file that could not be read.

use super::message;
use crate::model::{FaultKind, FileFault, Severity};
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "F004",
    name: "file-damaged",
    severity: Severity::Deny,
    statement: "A trailer is missing, or a part could not be read; the message says what was left \
        out (segment, claim or set). Everything else is read and checked, and the run ends with \
        exit code 3.",
    why: "What was left out was not checked: a part result must never look like a clean one.",
    source: "[I] X12 control segments: ISA/IEA, GS/GE, ST/SE",
    correct: "Fetch the file again from where it came, or have it written again, and run again. Do \
        not send the part that was left out.",
    policy_keys: &[],
    needs: &[],
    carc: "",
    rarc: "",
    stc: "",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "The file ends after GE: there is no IEA. Its claim is read.",
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
            GE*1*1~\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &["F004"],
    },
    silent: Example {
        story: "The same with its last trailer.",
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
    (fault.kind == FaultKind::Damage).then(|| {
        Draft::fail(message::with_advice(fault, "Get the file again, whole, and run again."))
    })
}
