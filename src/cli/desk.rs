//! The reports that need the auditor's desk: `--format html,xlsx`, for `validate` and `audit`.

use super::args::{CommonArgs, FormatArg};
use super::error::CliError;
use super::{panics, select};
use crate::audit::sampling::Sample;
use crate::audit::{Audit, Subject};
use crate::report::html::{self, HtmlPage};
use crate::report::xlsx::{self, XlsxBook};
use crate::report::{ManifestFacts, StagedFolder};
use std::io::Write;

/// Whether a format asks for the desk.
pub(super) fn is_wanted(common: &CommonArgs) -> bool {
    common.format.iter().any(|format| matches!(format, FormatArg::Html | FormatArg::Xlsx))
}

/// Whether a format shows what findings rest on.
pub(super) fn wants_evidence(common: &CommonArgs) -> bool {
    common.format.iter().any(|format| matches!(format, FormatArg::Json | FormatArg::Xlsx))
}

/// What those reports are made from.
pub(super) struct Desk<'a> {
    /// `validate` or `audit`.
    pub(super) command: &'a str,
    pub(super) subject: &'a Subject<'a>,
    pub(super) audit: &'a Audit,
    pub(super) facts: &'a ManifestFacts,
    pub(super) sample: Option<&'a Sample>,
}

impl Desk<'_> {
    /// Writes those of the reports that `--format` names.
    pub(super) fn write(
        &self,
        folder: &mut StagedFolder,
        common: &CommonArgs,
    ) -> Result<(), CliError> {
        let Desk { command, subject, audit, facts, sample } = *self;
        let rules = &select::rules(&common.select, &common.ignore)?;
        if common.format.contains(&FormatArg::Html) {
            // A pseudonym needs no mask, and is the same in every file.
            let is_masked = !common.unmask && common.deidentify.is_none();
            let masks = is_masked.then(|| html::masks(subject, audit));
            let page = HtmlPage { command, subject, audit, facts, rules, masks: masks.as_ref() };
            folder.write(html::FILE_NAME, |out| html::write(out, &page))?;
        }
        if common.format.contains(&FormatArg::Xlsx) {
            let book = XlsxBook { command, subject, audit, facts, rules, sample };
            let waiting = folder.path().to_owned();
            // The library that makes it panics on a full disk.
            let write =
                |out: &mut dyn Write| panics::as_error(|| xlsx::write(out, &book, &waiting));
            folder.write(xlsx::FILE_NAME, write)?;
        }
        Ok(())
    }
}
