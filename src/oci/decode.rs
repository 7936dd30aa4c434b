//! A layer's bytes on their way from the image to the disk: hashed as they are stored, decompressed, hashed and counted
//! as they are unpacked.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::tar::Stream;
use super::unpack::Budget;

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

pub(super) fn is_compressed(magic: &[u8]) -> bool {
    magic.starts_with(&GZIP) || magic.starts_with(&ZSTD)
}

/// Told by the first bytes, as media types are often wrong about it; what comes out is verified.
pub(super) enum Decoder<R: Read> {
    Plain(BufReader<R>),
    Gzip(Box<MultiGzDecoder<BufReader<R>>>),
    Zstd(zstd::Decoder<'static, BufReader<R>>),
}

impl<R: Read> Decoder<R> {
    pub(super) fn new(mut reader: BufReader<R>) -> io::Result<Decoder<R>> {
        let magic = reader.fill_buf()?;
        if magic.starts_with(&GZIP) {
            Ok(Decoder::Gzip(Box::new(MultiGzDecoder::new(reader))))
        } else if magic.starts_with(&ZSTD) {
            // Frames with a window of more than 128 MiB are refused, which is zstd's default.
            Ok(Decoder::Zstd(zstd::Decoder::with_buffer(reader)?))
        } else {
            Ok(Decoder::Plain(reader))
        }
    }

    /// What is read from, with whatever the decoder has left of it.
    pub(super) fn into_inner(self) -> BufReader<R> {
        match self {
            Decoder::Plain(reader) => reader,
            Decoder::Gzip(decoder) => decoder.into_inner(),
            Decoder::Zstd(decoder) => decoder.finish(),
        }
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Decoder::Plain(reader) => reader.read(buffer),
            Decoder::Gzip(decoder) => decoder.read(buffer),
            Decoder::Zstd(decoder) => decoder.read(buffer),
        }
    }
}

/// Counts what is read against the image's budget.
pub(super) struct Limited<'a, R> {
    pub inner: R,
    pub budget: &'a Budget,
}

impl<R: Read> Read for Limited<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.budget.bytes(read as u64).map_err(io::Error::other)?;
        Ok(read)
    }
}

/// Hashes what is read.
pub(super) struct Hashed<R> {
    inner: R,
    hash: Sha256,
}

impl<R: Read> Hashed<R> {
    pub(super) fn new(inner: R) -> Hashed<R> {
        Hashed { inner, hash: Sha256::new() }
    }

    /// Reads the rest, and gives the digest of all of it in hexadecimal.
    pub(super) fn finish(mut self) -> io::Result<(R, String)> {
        io::copy(&mut self, &mut io::sink())?;
        Ok((self.inner, hex(&self.hash.finalize())))
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hash.update(&buffer[..read]);
        Ok(read)
    }
}

impl<R: Read> Stream for Hashed<R> {}

pub(super) fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Whether these are the digits of one.
pub(super) fn is_hex(digits: &str) -> bool {
    digits.len() == 64 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
