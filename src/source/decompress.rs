//! Plain, gzip and zstd files read as one stream of plain bytes; told apart by their first bytes.
//!
//! Memory does not grow with what a file unpacks to; time does, so that there is a limit
//! ([`DEFAULT_MOST_BYTES`], `--max-decompressed`). An archive that is cut short, or that something
//! other than an archive follows, is an error: a part of a file must never pass for the whole.

use super::opening;
use flate2::bufread::GzDecoder;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// Of a frame that holds nothing for us, which some programs put before the first one; of its first
/// byte any of sixteen values.
const ZSTD_SKIPPABLE: [u8; 3] = [0x2a, 0x4d, 0x18];
/// Compressed bytes read at once.
const COMPRESSED_BUFFER_BYTES: usize = 256 * 1024;
/// The most memory that a zstd frame may ask for: windows up to 128 MiB, as `zstd -d` allows.
const ZSTD_WINDOW_LOG_MAX: u32 = 27;

/// The most bytes that one compressed file may unpack to unless told otherwise: 256 GiB, many times
/// all of a state's claims of ten years. Files that are not compressed have no limit.
pub const DEFAULT_MOST_BYTES: u64 = 256 << 30;

type Stream = Box<dyn Read + Send>;

/// What a stream is compressed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Nothing.
    Plain,
    /// gzip
    Gzip,
    /// zstd
    Zstd,
}

/// Opens `path` for reading its bytes as they stand there; `-` is standard input. Devices are
/// refused, for they never end.
pub fn raw(path: &Path) -> io::Result<Stream> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(opening::standard_input()?));
    }
    Ok(Box::new(opening::open(path)?))
}

/// The decompressed bytes of `stream`, whatever it is compressed with: of a compressed one at most
/// `most_bytes`.
pub fn decompressed(stream: Stream, most_bytes: u64) -> io::Result<Stream> {
    Ok(told(stream, most_bytes)?.1)
}

/// The same, and what it is compressed with.
pub fn told(mut stream: Stream, most_bytes: u64) -> io::Result<(Compression, Stream)> {
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
    let limited = |kind, inner| Unpacked { inner, kind, left: most_bytes, most_bytes };
    let buffered = |whole| BufReader::with_capacity(COMPRESSED_BUFFER_BYTES, whole);
    if magic[..have].starts_with(&GZIP_MAGIC) {
        let members = GzipMembers { decoder: Some(GzDecoder::new(buffered(whole))) };
        return Ok((Compression::Gzip, Box::new(limited("gzip", members))));
    }
    if is_zstd(&magic[..have]) {
        let mut decoder = zstd::stream::read::Decoder::with_buffer(buffered(whole))?;
        decoder.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
        let unpacked = Unpacked { inner: decoder, kind: "zstd", left: most_bytes, most_bytes };
        return Ok((Compression::Zstd, Box::new(unpacked)));
    }
    Ok((Compression::Plain, Box::new(whole)))
}

fn is_zstd(magic: &[u8]) -> bool {
    let is_skippable = |first: &u8| first & 0xf0 == 0x50 && magic[1..] == ZSTD_SKIPPABLE;
    magic == ZSTD_MAGIC || magic.first().is_some_and(is_skippable)
}

/// The members of a gzip file, one after the other. Zeros behind the last one are padding, as tapes
/// leave it; anything else there is an error.
struct GzipMembers<R> {
    /// `None`: all members were read.
    decoder: Option<GzDecoder<BufReader<R>>>,
}

impl<R: Read> Read for GzipMembers<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(decoder) = &mut self.decoder {
            let count = decoder.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            let Some(decoder) = self.decoder.take() else { break };
            let mut rest = decoder.into_inner();
            let is_padded = skip_zeros(&mut rest)?;
            let next = rest.fill_buf()?;
            if next.is_empty() {
                break;
            }
            if is_padded || next[0] != GZIP_MAGIC[0] {
                return Err(io::Error::new(io::ErrorKind::InvalidData, TRAILING));
            }
            self.decoder = Some(GzDecoder::new(rest));
        }
        Ok(0)
    }
}

const TRAILING: &str = "something that is no archive follows the end of the archive";

fn skip_zeros(stream: &mut impl BufRead) -> io::Result<bool> {
    let mut skipped = false;
    loop {
        let buffer = stream.fill_buf()?;
        let zeros = buffer.iter().take_while(|byte| **byte == 0).count();
        let is_all = zeros == buffer.len();
        skipped |= zeros > 0;
        stream.consume(zeros);
        if zeros == 0 || !is_all {
            return Ok(skipped);
        }
    }
}

/// Holds the limit, and says in plain words what is wrong with an archive.
struct Unpacked<R> {
    inner: R,
    kind: &'static str,
    left: u64,
    most_bytes: u64,
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer).map_err(|error| explained(self.kind, error))?;
        match self.left.checked_sub(count as u64) {
            Some(left) => {
                self.left = left;
                Ok(count)
            }
            None => Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                format!(
                    "it unpacks to more than {} bytes; pass a larger --max-decompressed if that is \
                     right",
                    self.most_bytes
                ),
            )),
        }
    }
}

fn explained(kind: &str, error: io::Error) -> io::Error {
    let what = match error.kind() {
        io::ErrorKind::Interrupted => return error,
        io::ErrorKind::UnexpectedEof => "the archive is cut short".to_owned(),
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::Other => {
            format!("the archive is damaged ({error})")
        }
        _ => return error,
    };
    io::Error::new(error.kind(), format!("{kind}: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression as Level;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Level::fast());
        encoder.write_all(text).expect("to memory");
        encoder.finish().expect("to memory")
    }

    fn zstd(text: &[u8]) -> Vec<u8> {
        zstd::encode_all(text, 1).expect("to memory")
    }

    fn unpack(bytes: Vec<u8>, most: u64) -> Result<Vec<u8>, String> {
        let mut all = Vec::new();
        let stream = decompressed(Box::new(io::Cursor::new(bytes)), most);
        let read = stream.and_then(|mut stream| stream.read_to_end(&mut all));
        read.map(|_| all).map_err(|error| error.to_string())
    }

    #[test]
    fn members_and_frames_are_joined() {
        for pack in [gzip, zstd] {
            let two = [pack(b"claim"), pack(b""), pack(b"_id")].concat();
            assert_eq!(unpack(two, 100).as_deref(), Ok(&b"claim_id"[..]));
        }
        assert_eq!(unpack(b"claim_id".to_vec(), 3).as_deref(), Ok(&b"claim_id"[..]));
        let padded = [gzip(b"a"), vec![0; 1000]].concat();
        assert_eq!(unpack(padded, 100).as_deref(), Ok(&b"a"[..]));
    }

    #[test]
    fn zstd_may_begin_with_a_frame_that_is_skipped() {
        for first in 0x50..=0x5f {
            let skipped = [&[first, 0x2a, 0x4d, 0x18, 4, 0, 0, 0][..], b"note"].concat();
            let bytes = [skipped.clone(), zstd(b"claim"), skipped.clone(), zstd(b"_id")].concat();
            assert_eq!(unpack(bytes, 100).as_deref(), Ok(&b"claim_id"[..]), "{first:x}");
            let cut = [&skipped[..], &zstd(b"claim")[..8]].concat();
            assert!(unpack(cut, 100).is_err(), "{first:x}");
        }
        assert!(!is_zstd(b"P*M\x19") && !is_zstd(b"P*M") && !is_zstd(b""));
    }

    #[test]
    fn every_cut_is_an_error_but_between_members() {
        for pack in [gzip, zstd] {
            let one = pack(&b"claim_id,line_number,".repeat(20));
            let two = [one.clone(), one.clone()].concat();
            for cut in 5..two.len() {
                let read = unpack(two[..cut].to_vec(), 10_000);
                assert_eq!(read.is_ok(), cut == one.len(), "{cut} of {}: {read:?}", two.len());
            }
        }
    }

    #[test]
    fn what_follows_an_archive_is_not_passed_over() {
        for pack in [gzip, zstd] {
            for garbage in [&b"claim_id"[..], b"\x1f\x8bxyz", b"\x28\xb5\x2f\xfdxyzzyxyzzy"] {
                let read = unpack([&pack(b"a")[..], garbage].concat(), 100);
                assert!(read.is_err(), "{garbage:?}");
            }
        }
    }

    #[test]
    fn a_bomb_is_stopped() {
        for pack in [gzip, zstd] {
            let bomb = pack(&vec![b'x'; 1 << 20]);
            assert!(bomb.len() < 20_000);
            let said = unpack(bomb.clone(), (1 << 20) - 1).expect_err("too much");
            assert!(said.contains("--max-decompressed"), "{said}");
            assert!(unpack(bomb, 1 << 20).is_ok());
        }
    }
}
