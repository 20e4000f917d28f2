//! Files of another kind, by their first bytes: what to call them.

/// First bytes, and what a file that begins with them is.
const KINDS: [(&[u8], &str); 28] = [
    (b"PK\x03\x04", "an Excel workbook, or a zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\0", "a SQLite database"),
    (b"%PDF", "a PDF"),
    (b"BZh91AY", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a", "a RAR archive"),
    (b"\x1f\x9d", "an archive of compress (.Z)"),
    (b"\x1f\x8b", "a gzip archive within another"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive within another"),
    (b"\x89PNG\r\n", "an image (PNG)"),
    (b"\xff\xd8\xff", "an image (JPEG)"),
    (b"GIF8", "an image (GIF)"),
    (b"II*\0", "an image (TIFF)"),
    (b"MM\0*", "an image (TIFF)"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\0", "a program"),
    (b"{\\rtf", "a document (RTF)"),
    (b"-----BEGIN PGP", "a file encrypted or signed by PGP"),
    (b"<?xml", "XML"),
    (b"<!DOCTYPE", "a web page (HTML)"),
    (b"<html", "a web page (HTML)"),
    (b"{\"", "JSON"),
    (b"UNA:+", "EDIFACT"),
    (b"UNB+", "EDIFACT"),
    (b"MSH|", "HL7 messages"),
];

/// What the file that begins with `head` is, where its first bytes tell.
pub fn name_of(head: &[u8]) -> Option<&'static str> {
    let text = head.strip_prefix(crate::source::input::UTF8_BOM).unwrap_or(head);
    KINDS.iter().find(|(first, _)| text.starts_with(first)).map(|(_, name)| *name)
}

/// What to do with a file of another kind that may well hold claims.
pub fn advice(head: &[u8]) -> Option<&'static str> {
    let name = name_of(head)?;
    if name.contains("Excel") {
        return Some("save the sheet with the claims as CSV (UTF-8), or unpack the archive");
    }
    name.contains("archive").then_some("unpack it, and name what comes out")
}
