//! The reports that need the auditor's desk: `--format html,xlsx`, for `validate` and `audit`.

use super::args::{CommonArgs, FormatArg};
use super::error::CliError;
use super::panics;
use crate::report::html::{self, HtmlPage};
use crate::report::xlsx::{self, XlsxBook};
use crate::report::{Desk, DrawnSample, StagedFolder};
use std::io::Write;

/// What a build without the feature says.
pub(super) const NO_PARQUET: &str = "this build writes no Parquet: build it with `cargo install \
                                     --path . --features parquet`, or take --format csv";

/// Whether a format asks for the desk.
pub(super) fn is_wanted(common: &CommonArgs) -> bool {
    common.format.iter().any(|format| matches!(format, FormatArg::Html | FormatArg::Xlsx))
}

/// Whether a format shows what findings rest on.
pub(super) fn wants_evidence(common: &CommonArgs) -> bool {
    common.format.iter().any(|format| matches!(format, FormatArg::Json | FormatArg::Xlsx))
}

/// Writes those of the reports that `--format` names.
pub(super) fn write(
    desk: &Desk<'_>,
    sample: Option<DrawnSample<'_>>,
    folder: &mut StagedFolder,
    common: &CommonArgs,
) -> Result<(), CliError> {
    if common.format.contains(&FormatArg::Html) {
        // A pseudonym needs no mask, and is the same in every file.
        let is_masked = !common.unmask && common.deidentify.is_none();
        let masks = is_masked.then(|| html::masks(desk.subject, desk.audit));
        let page = HtmlPage { desk, sample, masks: masks.as_ref() };
        folder.write(html::FILE_NAME, |out| html::write(out, &page))?;
        if let Some(masks) = &masks {
            folder.write(html::MASKS_NAME, |out| html::write_masks(out, masks))?;
        }
    }
    if common.format.contains(&FormatArg::Xlsx) {
        let book = XlsxBook { desk, sample };
        let waiting = folder.path().to_owned();
        // The library that makes it panics on a full disk.
        let write = |out: &mut dyn Write| panics::as_error(|| xlsx::write(out, &book, &waiting));
        folder.write(xlsx::FILE_NAME, write)?;
    }
    Ok(())
}
