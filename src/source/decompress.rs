//! Plain, gzip and zstd files read as one stream of plain bytes; told apart by their first bytes.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// Compressed bytes read at once.
const COMPRESSED_BUFFER_BYTES: usize = 256 * 1024;
/// The most memory that a zstd frame may ask for: windows up to 128 MiB, as `zstd -d` allows.
const ZSTD_WINDOW_LOG_MAX: u32 = 27;

/// Opens `path` for reading its decompressed bytes; `-` is standard input.
pub fn open(path: &Path) -> io::Result<Box<dyn Read + Send>> {
    if path.as_os_str() == "-" {
        return decompressed(Box::new(io::stdin()));
    }
    decompressed(Box::new(File::open(path)?))
}

/// The decompressed bytes of `stream`, whatever it is compressed with.
pub fn decompressed(mut stream: Box<dyn Read + Send>) -> io::Result<Box<dyn Read + Send>> {
    let mut magic = [0; 4];
    let mut have = 0;
    while have < magic.len() {
        match stream.read(&mut magic[have..]) {
            Ok(0) => break,
            Ok(count) => have += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let whole = io::Cursor::new(magic).take(have as u64).chain(stream);
    if magic[..have].starts_with(&GZIP_MAGIC) {
        let buffered = BufReader::with_capacity(COMPRESSED_BUFFER_BYTES, whole);
        return Ok(Box::new(flate2::bufread::MultiGzDecoder::new(buffered)));
    }
    if magic[..have] == ZSTD_MAGIC {
        let buffered = BufReader::with_capacity(COMPRESSED_BUFFER_BYTES, whole);
        let mut decoder = zstd::stream::read::Decoder::with_buffer(buffered)?;
        decoder.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
        return Ok(Box::new(decoder));
    }
    Ok(Box::new(whole))
}
