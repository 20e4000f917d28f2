//! The first day and each morning: init, check-tables, upcoming, the configuration, what every run
//! says loudly, and what a package needs.

mod check_tables;
mod columns;
mod configuration;
mod init;
mod packaging;
mod runs;
mod streams;
mod terminal;
mod upcoming;

use crate::support::Place;

/// Tables in `tables/` in which nothing looks wrong on 2025-09-30.
pub const WELL: [(&str, &str); 6] = [
    (
        "credentials.csv",
        "practitioner_npi,designation,effective_date,expiration_date,training_date\n\
         1234567893,A,2024-01-15,2026-01-14,2023-11-10\n\
         1245319599,CPSSP-A,2024-01-15,,2023-11-10\n",
    ),
    (
        "employment.csv",
        "practitioner_npi,billing_npi,start_date,end_date,fte,supervisor_id\n\
         1234567893,1245319599,2024-02-01,,1,SUP-9\n\
         1245319599,1245319599,2024-02-01,,1,SUP-9\n",
    ),
    (
        "service_plans.csv",
        "plan_id,member_id,start_date,end_date,services,planned_units,planned_period,signer_role,\
         signed_date\n\
         P1,MEMBER7,2025-07-01,2026-06-30,H0038,8,week,physician,2025-07-01\n",
    ),
    (
        "supervision.csv",
        "practitioner_npi,supervisor_id,session_date,session_id,mode,format,minutes\n\
         1234567893,SUP-9,2025-09-10,S1,in_person,individual,60\n\
         1245319599,SUP-9,2025-09-11,S2,video,individual,60\n",
    ),
    (
        "supervisors.csv",
        "supervisor_id,mental_health_professional,training_date,fte\nSUP-9,true,2023-06-01,1\n",
    ),
    (
        "authorizations.csv",
        "authorization_number,member_id,start_date,end_date\nA9,MEMBER7,2025-07-01,2026-06-30\n",
    ),
];

/// A place with those tables.
pub fn well() -> Place {
    let place = Place::new();
    for (name, text) in WELL {
        place.write(&format!("tables/{name}"), text);
    }
    place
}
