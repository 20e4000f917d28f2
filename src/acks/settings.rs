//! `[acks]` of the configuration file.

use super::numbers::MOST_NUMBER;
use serde::Deserialize;

/// What the user may set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// ISA13 of the first interchange written; the others count on from it, with a ledger those of
    /// later runs too. Default: from the as-of date.
    pub first_control_number: Option<u32>,
    /// Who answers.
    pub information_source: InformationSource,
    /// Its name; default: the receiver that the 837 names (1000B).
    pub source_name: Option<String>,
    /// Its identifier; default: that of the receiver.
    pub source_id: Option<String>,
}

/// Who answers (277CA 2100A).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InformationSource {
    /// A clearing house, or whoever else stands before the payer.
    #[default]
    ClearingHouse,
    /// The payer.
    Payer,
}

impl InformationSource {
    /// NM101, and the entity in the statuses of a whole set.
    pub fn code(self) -> &'static str {
        match self {
            InformationSource::ClearingHouse => "AY",
            InformationSource::Payer => "PR",
        }
    }
}

impl Settings {
    /// What is wrong with them.
    pub fn check(&self) -> Result<(), String> {
        let number = self.first_control_number;
        if number.is_some_and(|number| number == 0 || number > MOST_NUMBER) {
            return Err(format!("[acks] first_control_number is not 1 to {MOST_NUMBER}"));
        }
        let texts = [(&self.source_name, "source_name", 60), (&self.source_id, "source_id", 80)];
        for (text, key, most) in texts {
            let is_right = |text: &String| (2..=most).contains(&text.len()) && text.is_ascii();
            if !text.as_ref().is_none_or(is_right) {
                return Err(format!("[acks] {key} is not of 2 to {most} ASCII characters"));
            }
        }
        Ok(())
    }
}
