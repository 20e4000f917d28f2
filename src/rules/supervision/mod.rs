//! Supervision of the practitioner, by stage of employment; load of the supervisor.

mod evidence;
pub mod s001;
pub mod s002;
pub mod s003;
pub mod s004;
pub mod s005;
