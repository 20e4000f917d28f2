//! The reports that need the auditor's desk: `--format html`, for `validate` and `audit`.

use super::args::{CommonArgs, FormatArg};
use super::error::CliError;
use super::select;
use crate::audit::{Audit, Subject};
use crate::report::html::{self, HtmlPage};
use crate::report::{ManifestFacts, StagedFolder};

/// Whether a format asks for the desk.
pub(super) fn is_wanted(common: &CommonArgs) -> bool {
    common.format.contains(&FormatArg::Html)
}

/// Writes those of the reports that `--format` names.
pub(super) fn write(
    folder: &mut StagedFolder,
    command: &str,
    subject: &Subject<'_>,
    audit: &Audit,
    facts: &ManifestFacts,
    common: &CommonArgs,
) -> Result<(), CliError> {
    let rules = select::rules(&common.select, &common.ignore)?;
    let masks = (!common.unmask).then(|| html::masks(subject, audit));
    if common.format.contains(&FormatArg::Html) {
        let masks = masks.as_ref();
        let page = HtmlPage { command, subject, audit, facts, rules: &rules, masks };
        folder.write(html::FILE_NAME, |out| html::write(out, &page))?;
    }
    Ok(())
}
