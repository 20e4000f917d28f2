//! The rendering practitioner on the service date: credential, designation, employment, training.

mod evidence;
pub mod k001;
pub mod k002;
pub mod k003;
pub mod k004;
pub mod k005;
pub mod k006;
pub mod k007;
mod scope;
