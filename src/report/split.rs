//! What a split by claim came to, for the summary and the terminal.

use super::plain_text::{grouped, plain};
use super::text_table::{Column, TextTable};
use crate::outcome::{RunOutcome, SplitFile};
use serde_json::{Value, json};

/// Files shown one by one.
const MAX_FILES: usize = 12;

/// The key of `summary.json`, where there was a split.
pub(super) fn summary(outcome: &RunOutcome) -> Option<(String, Value)> {
    let done = outcome.split.done.as_ref()?;
    let files = done.files.iter().map(|file| {
        let SplitFile { name, release, hold, claims: [released, held, posted] } = file;
        json!({
            "name": **name,
            "release": release,
            "hold": hold,
            "claims_released": released,
            "claims_held": held,
            "claims_already_posted": posted,
        })
    });
    let value = json!({
        "claims_released": done.released,
        "claims_held": done.held,
        "claims_already_posted": done.already_posted,
        "files": files.collect::<Vec<Value>>(),
    });
    Some(("split".to_owned(), value))
}

/// How many claims went where, file by file.
pub(super) fn table(outcome: &RunOutcome) -> Option<TextTable> {
    use Column::{Path, Right};
    let done = outcome.split.done.as_ref()?;
    let mut table = TextTable::new(&[Path, Right, Right, Right]);
    table.heading(["", "to release/", "to hold/", "posted before"]);
    for file in done.files.iter().take(MAX_FILES) {
        let [released, held, posted] = file.claims.map(grouped);
        let file_name = [&file.release, &file.hold].into_iter().flatten().next();
        let written = file_name.and_then(|name| name.split_once('/')).map(|(_, name)| name);
        let name = written.map_or(file.name.to_string(), str::to_owned);
        table.row([plain(&name).into_owned(), released, held, posted]);
    }
    let more = done.files.len().saturating_sub(MAX_FILES);
    if more > 0 {
        table.row([format!("… and {} more files", grouped(more as u64))]);
    }
    table.rule_from(1);
    let all = [done.released, done.held, done.already_posted].map(grouped);
    let [released, held, posted] = all;
    table.row(["all claims".to_owned(), released, held, posted]);
    Some(table)
}
