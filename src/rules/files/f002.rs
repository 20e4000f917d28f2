//! F002: a transaction set that is not checked.

use super::message;
use crate::model::{FaultKind, FileFault, Severity};
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "F002",
    name: "transaction-not-supported",
    severity: Severity::Info,
    statement: "A transaction set that is not an 837 professional claim of version 5010 (837I, \
        837D, 835, 4010, any other): it is skipped whole. One finding a set.",
    why: "Nobody should take a set that was not read for one that was checked.",
    source: "[I] 005010X222, X222A1, X222A2 and X298 are read; ST03 decides, without it GS08",
    correct: "Nothing, if peer support is billed on professional claims only. If the set should \
        have been checked, have it written as 005010X222A1.",
    policy_keys: &[],
    needs: &[],
    carc: "",
    rarc: "",
    stc: "",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "An 837 institutional set.",
        claims: "ISA*00*          *00*          *ZZ*SENDER         \
            *ZZ*RECEIVER       *250915*2130*^*00501*000000001*0*T*:~\n\
            GS*HC*SENDER*RECEIVER*20250915*2130*1*X*005010X223A2~\n\
            ST*837*0001*005010X223A2~\n\
            BHT*0019*00*1*20250915*2130*CH~\n\
            HL*1**20*1~\n\
            NM1*85*2*AGENCY*****XX*1234567893~\n\
            HL*2*1*22*0~\n\
            SBR*P*18*******MC~\n\
            NM1*IL*1*MEMBER*****MI*M1~\n\
            CLM*A1*61.24***13:A:1**A*Y*Y~\n\
            LX*1~\n\
            SV2*0900*HC:H0038*61.24*UN*4~\n\
            DTP*472*D8*20250903~\n\
            SE*12*0001~\n\
            GE*1*1~\n\
            IEA*1*000000001~\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &["F002"],
    },
    silent: Example {
        story: "An 837 professional set.",
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
    (fault.kind == FaultKind::Unsupported).then(|| {
        Draft::fail(message::with_advice(
            fault,
            "Its claims were not checked; bill peer support on 837 professional claims.",
        ))
    })
}
