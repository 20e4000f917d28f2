//! C010: the total of a claim is the sum of its lines.

use crate::evidence::Evidence;
use crate::join::ClaimFacts;
use crate::model::Severity;
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "C010",
    name: "claim-out-of-balance",
    severity: Severity::Review,
    statement: "X12 only: the claim's total (CLM02) differs from the sum of the charges (SV102) of \
        all its service lines as read, or is no amount. Once a claim, on its first net \
        peer-support line.",
    why: "A claim that does not balance is rejected by most payers; often a line was lost or added \
        on the way.",
    source: "[I] the form of the claim: 005010X222A1 loop 2300, CLM02 is the total of the SV102",
    correct: "Look whether a line is missing or stands twice, then correct the total or the \
        charge.",
    policy_keys: &[],
    needs: &[],
    carc: "16",
    rarc: "M54",
    stc: "A7:400",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "The total says 100.00; the two lines come to 122.48.",
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
            CLM*A1*100.00***53:B:1*Y*A*Y*Y~\n\
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
        finds: &["C010 A1/1"],
    },
    silent: Example {
        story: "The total is that of the two lines.",
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
    check: Check::Claim(check),
};

fn check(facts: &ClaimFacts<'_>) -> Option<Draft> {
    let balance = facts.out_of_balance?;
    let lines = balance.lines_total;
    let total = match balance.claim_total {
        Some(total) => format!("The claim's total (CLM02) is {total}"),
        None => "The claim's total (CLM02) is no amount".to_owned(),
    };
    let draft = Draft::fail(format!(
        "{total}; its service lines come to {lines}. Look for a line that is missing or doubled, \
         and correct the total.",
    ));
    Some(draft.with_evidence(facts.context.wants_evidence, || Evidence::Values {
        stated: balance.claim_total.map_or("no amount".to_owned(), |total| total.to_string()),
        expected: lines.to_string(),
    }))
}
