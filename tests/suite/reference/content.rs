//! C001 to C010: what can be seen on the service line and its claim alone.

use super::Run;
use super::date::Date;
use super::line::ServiceLine;
use super::report::Report;
use super::value::{cents, is_npi, npi_luhn, whole_number};

pub fn check(run: &Run, report: &mut Report) {
    for (index, line) in run.current_net_lines() {
        units(index, line, report);
        dates(run, index, line, report);
        identifiers(index, line, report);
        filing(run, index, line, report);
        let place = line.row.place_of_service.to_uppercase();
        if run.policy.inpatient_places.iter().any(|code| code.to_uppercase() == place) {
            report.fail("C009", index);
        }
        report.edge("C009", ["22", "52"].contains(&place.as_str()));
    }
    copayments(run, report);
    balances(run, report);
}

fn units(index: usize, line: &ServiceLine, report: &mut Report) {
    let row = &line.row;
    let number = whole_number(&row.units);
    if line.units.is_none() {
        report.fail("C001", index);
    } else {
        let outermost = [Some(1), Some(99_999)].contains(&line.units);
        report
            .edge("C001", outermost || number.is_some_and(|units| row.units != units.to_string()));
    }
    if row.unit_basis.eq_ignore_ascii_case("MJ") {
        report.fail("C002", index);
    } else {
        let minutes_like = number.is_some_and(|units| units > 0 && units % 15 == 0);
        report.edge("C002", row.unit_basis == "un" || minutes_like);
    }
}

fn dates(run: &Run, index: usize, line: &ServiceLine, report: &mut Report) {
    let Some((first, last)) = line.days else {
        report.fail("C003", index);
        return;
    };
    let leap_day = first.month == 2 && first.day == 29;
    report.edge("C003", last == run.as_of || line.birth == Some(first) || leap_day);
    if first == last {
        report.edge("C004", !line.row.service_end_date.is_empty());
    } else {
        report.fail("C004", index);
    }
    let began = Date::parse(&run.policy.benefit_began).expect("the policy has a real date");
    if first < began {
        report.fail("C008", index);
    }
    report.edge("C008", first == began);
}

fn identifiers(index: usize, line: &ServiceLine, report: &mut Report) {
    let (billing, rendering) = (&line.row.billing_npi, &line.row.rendering_npi);
    if !is_npi(billing) {
        report.fail_with_rarc("C005", index, "N257");
    } else if !rendering.is_empty() && !is_npi(rendering) {
        report.fail_with_rarc("C005", index, "N290");
    } else {
        let zero_check_digit = npi_luhn(billing) == 0 && billing.ends_with('0');
        report.edge("C005", zero_check_digit || rendering.is_empty());
    }
}

/// C007: originals with a received date; the summary counts those without.
fn filing(run: &Run, index: usize, line: &ServiceLine, report: &mut Report) {
    let (Some((_, last)), Some(received)) = (line.days, line.received) else { return };
    let late = received.days() - last.days();
    if line.is_correction() {
        report.edge("C007", late > run.policy.filing_days);
    } else if late > run.policy.filing_days {
        report.fail("C007", index);
    }
    report.edge("C007", late == run.policy.filing_days);
}

/// C006: any net line of the claim shows an amount; its first current net line is reported.
fn copayments(run: &Run, report: &mut Report) {
    for (index, line) in run.first_current_net_lines() {
        let paid = |other: &&ServiceLine| {
            let amount = cents(&other.row.patient_paid_amount);
            other.claim == line.claim && amount.is_some_and(|amount| amount > 0)
        };
        if run.lines.iter().filter(|other| other.is_net()).any(|other| paid(&other)) {
            report.fail("C006", index);
        } else {
            report.edge("C006", cents(&line.row.patient_paid_amount) == Some(0));
        }
    }
}

/// C010: CLM02 against the sum of all SV102 of that CLM, whatever they bill.
fn balances(run: &Run, report: &mut Report) {
    for (index, line) in run.first_current_net_lines() {
        let of_claim = run.lines.iter().filter(|other| other.claim == line.claim);
        let net = of_claim.filter(|other| other.is_net() && !other.history && other.x12);
        let mut unbalanced = false;
        let mut balanced_edge = false;
        for member in net {
            let same_clm =
                |other: &&ServiceLine| other.file == member.file && other.row.clm == member.row.clm;
            let charges = run.lines.iter().filter(same_clm);
            let sum: i64 = charges.filter_map(|other| cents(&other.row.charge_amount)).sum();
            unbalanced |= cents(&member.row.clm_total) != Some(sum);
            balanced_edge |= !member.row.clm_total.contains('.');
        }
        if unbalanced {
            report.fail("C010", index);
        }
        report.edge("C010", !unbalanced && balanced_edge);
    }
}
