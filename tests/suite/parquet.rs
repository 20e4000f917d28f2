//! What stands in a Parquet file: its columns are packed, so that no search of its bytes says what
//! it shows.

#[cfg(feature = "parquet")]
use parquet::file::reader::{FileReader as _, SerializedFileReader};

/// What to add to a list of formats: nothing in a build without it.
pub const FORMAT: &str = if cfg!(feature = "parquet") { ",parquet" } else { "" };

/// All rows, a line each.
#[cfg(feature = "parquet")]
pub fn text(path: &std::path::Path) -> String {
    let file = std::fs::File::open(path).expect("a file");
    let reader = SerializedFileReader::new(file).expect("Parquet");
    let rows = reader.get_row_iter(None).expect("rows");
    let text: String = rows.map(|row| format!("{}\n", row.expect("a row"))).collect();
    assert!(!text.is_empty(), "{}: no row", path.display());
    text
}

/// Without Parquet there is no such file.
#[cfg(not(feature = "parquet"))]
pub fn text(path: &std::path::Path) -> String {
    panic!("{}: this build writes no Parquet", path.display())
}
