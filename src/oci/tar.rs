//! Reads a tar stream: ustar, GNU and pax headers, sparse files of all four kinds.
//!
//! The crate tar gives the fields of a header. Its own iterator takes names and sparse maps of any size into memory, and
//! splits pax records at line feeds; here each has a bound, and a name may hold any byte but NUL.

use std::io::{self, Read};

use tar::Header;

use super::Fault;

const BLOCK: u64 = 512;
/// One pax header or GNU long name. An extended attribute may have 64 KiB.
const MAX_EXTENSION: u64 = 1 << 20;
/// The pieces of one sparse file.
const MAX_PIECES: usize = 1 << 20;
/// PATH_MAX without its NUL.
pub(super) const MAX_NAME: usize = 4095;

/// A stream that may have a quicker way than reading to get past bytes.
pub(super) trait Stream: Read + Sized {
    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        match io::copy(&mut Read::by_ref(self).take(bytes), &mut io::sink())? {
            skipped if skipped == bytes => Ok(()),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

impl<S: Stream> Stream for &mut S {
    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        (**self).skip(bytes)
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    File,
    HardLink,
    Symlink,
    Dir,
    Fifo,
    Device,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub name: Vec<u8>,
    pub link: Vec<u8>,
    pub kind: Kind,
    pub mode: u32,
    /// Seconds and nanoseconds.
    pub mtime: (i64, u32),
    /// Bytes of a file once it is unpacked, holes included.
    pub size: u64,
    pub xattrs: Vec<(Vec<u8>, Vec<u8>)>,
    /// Where the bytes that follow belong, if not from the file's beginning to its end.
    pub sparse: Option<Vec<Piece>>,
}

/// Offset and length.
pub(super) type Piece = (u64, u64);

struct Sparse {
    size: u64,
    pieces: Vec<Piece>,
}

pub(super) struct Archive<S> {
    stream: S,
    /// Bytes of the present entry that are not read yet, and the filling up to the next header.
    left: u64,
    padding: u64,
    position: u64,
}

/// The records of a pax header that matter here.
#[derive(Default)]
struct Pax {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
    mtime: Option<(i64, u32)>,
    xattrs: Vec<(Vec<u8>, Vec<u8>)>,
    sparse_name: Option<Vec<u8>>,
    sparse_size: Option<u64>,
    sparse_in_data: bool,
    sparse_numbers: Option<Vec<u64>>,
}

fn refused<T>(message: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Refused(message.into()))
}

impl<S: Stream> Archive<S> {
    pub(super) fn new(stream: S) -> Archive<S> {
        Archive { stream, left: 0, padding: 0, position: 0 }
    }

    /// Where in the stream the bytes of the present entry begin, before any is read.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// The next entry; its bytes are then there to be read.
    pub(super) fn next(&mut self) -> Result<Option<Entry>, Fault> {
        let (mut pax, mut name, mut link) = (Pax::default(), None, None);
        loop {
            self.skip_rest()?;
            let Some(header) = self.header()? else {
                return Ok(None);
            };
            let size = header.entry_size()?;
            match header.as_bytes()[156] {
                b'x' => pax = Pax::parse(&self.extension(size)?)?,
                b'g' => Pax::parse(&self.extension(size)?)?.refuse_global()?,
                b'L' => name = Some(until_nul(self.extension(size)?)),
                b'K' => link = Some(until_nul(self.extension(size)?)),
                flag => return self.entry(&header, flag, pax, name, link).map(Some),
            }
        }
    }

    fn entry(
        &mut self,
        header: &Header,
        flag: u8,
        mut pax: Pax,
        long_name: Option<Vec<u8>>,
        long_link: Option<Vec<u8>>,
    ) -> Result<Entry, Fault> {
        let name = pax.sparse_name.take().or(pax.path.take()).or(long_name);
        let name = name.unwrap_or_else(|| header.path_bytes().into_owned());
        let kind = match flag {
            b'0' | 0 | b'7' if name.ends_with(b"/") => Kind::Dir,
            b'0' | 0 | b'7' | b'S' => Kind::File,
            b'1' => Kind::HardLink,
            b'2' => Kind::Symlink,
            b'3' | b'4' => Kind::Device,
            b'5' => Kind::Dir,
            b'6' => Kind::Fifo,
            other => return refused(format!("entry {:?} is of the unknown type {:?}", lossy(&name), other as char)),
        };
        let link = pax.link.take().or(long_link);
        let link = link.unwrap_or_else(|| header.link_name_bytes().unwrap_or_default().into_owned());
        for text in [&name, &link] {
            if text.len() > MAX_NAME || text.contains(&0) {
                return refused(format!("the name {:.200?}… has {} bytes or holds a NUL", lossy(text), text.len()));
            }
        }
        let size = match kind {
            Kind::File => pax.size.map_or_else(|| header.entry_size(), Ok)?,
            // As Go's reader, by which the images of docker, podman and umoci are read: nothing follows these.
            _ => 0,
        };
        self.begin(size)?;
        let sparse = match kind {
            Kind::File => self.sparse(header, flag, &mut pax)?,
            _ => None,
        };
        let mtime = pax.mtime.unwrap_or((header.mtime().unwrap_or(0).min(i64::MAX as u64) as i64, 0));
        let mode = header.mode().unwrap_or(0);
        let (size, sparse) = match sparse {
            Some(sparse) => (sparse.size, Some(sparse.pieces)),
            None => (size, None),
        };
        Ok(Entry { name, link, kind, mode, mtime, size, xattrs: pax.xattrs, sparse })
    }

    /// Size and pieces of a sparse file; the pieces are checked against the bytes that follow.
    fn sparse(&mut self, header: &Header, flag: u8, pax: &mut Pax) -> Result<Option<Sparse>, Fault> {
        let (size, numbers) = if flag == b'S' {
            self.old_sparse(header)?
        } else if pax.sparse_in_data {
            let size = pax.sparse_size.ok_or_else(|| Fault::Refused("a sparse file has no size".into()))?;
            (size, self.sparse_map()?)
        } else if let Some(numbers) = pax.sparse_numbers.take() {
            (pax.sparse_size.ok_or_else(|| Fault::Refused("a sparse file has no size".into()))?, numbers)
        } else {
            return Ok(None);
        };
        let pieces: Vec<Piece> = numbers.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
        let (mut end, mut bytes) = (0, 0u64);
        for (offset, length) in &pieces {
            match offset.checked_add(*length) {
                Some(next) if *offset >= end && next <= size => end = next,
                _ => return refused("the pieces of a sparse file overlap or reach beyond its end"),
            }
            bytes += length;
        }
        if bytes != self.left || numbers.len() % 2 != 0 {
            return refused("the pieces of a sparse file are not those that follow");
        }
        Ok(Some(Sparse { size, pieces }))
    }

    /// The type 'S' of GNU tar: four pieces in the header, 21 in each block after it.
    fn old_sparse(&mut self, header: &Header) -> Result<(u64, Vec<u64>), Fault> {
        let Some(gnu) = header.as_gnu() else {
            return refused("a sparse file has no GNU header");
        };
        let mut numbers = Vec::new();
        let mut add = |piece: &tar::GnuSparseHeader| -> Result<(), Fault> {
            // A field that begins with NUL ends the list.
            if !piece.is_empty() {
                numbers.extend([piece.offset()?, piece.length()?]);
            }
            match numbers.len() > 2 * MAX_PIECES {
                true => refused("a sparse file has too many pieces"),
                false => Ok(()),
            }
        };
        gnu.sparse.iter().try_for_each(&mut add)?;
        let mut extended = gnu.is_extended();
        while extended {
            let mut block = tar::GnuExtSparseHeader::new();
            self.stream.read_exact(block.as_mut_bytes())?;
            self.position += BLOCK;
            block.sparse.iter().try_for_each(&mut add)?;
            extended = block.is_extended();
        }
        Ok((gnu.real_size()?, numbers))
    }

    /// The version 1.0 in pax: numbers, each with a line feed, filled up to a block, before the bytes.
    fn sparse_map(&mut self) -> Result<Vec<u64>, Fault> {
        let (mut numbers, mut number, mut count) = (Vec::new(), None::<u64>, None::<usize>);
        while count.is_none_or(|count| numbers.len() < 2 * count) {
            let mut block = [0; BLOCK as usize];
            if self.left < BLOCK {
                return refused("the map of a sparse file is cut short");
            }
            self.stream.read_exact(&mut block)?;
            self.left -= BLOCK;
            self.position += BLOCK;
            for byte in block {
                match (byte, number) {
                    (b'0'..=b'9', _) => {
                        let next =
                            number.unwrap_or(0).checked_mul(10).and_then(|n| n.checked_add((byte - b'0').into()));
                        number =
                            Some(next.ok_or_else(|| Fault::Refused("a number in a sparse map is too large".into()))?);
                    }
                    (b'\n', Some(value)) => {
                        number = None;
                        match count {
                            None if value > MAX_PIECES as u64 => return refused("a sparse file has too many pieces"),
                            None => count = Some(value as usize),
                            Some(_) => numbers.push(value),
                        }
                        if count.is_some_and(|count| numbers.len() == 2 * count) {
                            break;
                        }
                    }
                    _ => return refused("the map of a sparse file is not made of numbers"),
                }
            }
        }
        Ok(numbers)
    }

    fn header(&mut self) -> Result<Option<Header>, Fault> {
        let Some(header) = self.block()? else {
            return Ok(None);
        };
        if header.as_bytes().iter().all(|byte| *byte == 0) {
            return match self.block()? {
                // Readers disagree on what is behind a single block of zeros, so it may not be there.
                Some(second) if second.as_bytes().iter().any(|byte| *byte != 0) => {
                    refused("the archive goes on behind its end")
                }
                _ => Ok(None),
            };
        }
        let bytes = header.as_bytes();
        let sum: u32 = bytes[..148].iter().chain(&bytes[156..]).map(|byte| u32::from(*byte)).sum::<u32>() + 8 * 32;
        match header.cksum() {
            Ok(told) if told == sum => Ok(Some(header)),
            _ => refused("not a tar archive, or a damaged one: the checksum of a header is wrong"),
        }
    }

    fn block(&mut self) -> Result<Option<Header>, Fault> {
        let mut header = Header::new_old();
        let block = header.as_mut_bytes();
        let mut filled = 0;
        while filled < block.len() {
            match self.stream.read(&mut block[filled..]) {
                Ok(0) if filled == 0 => return Ok(None),
                Ok(0) => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.position += BLOCK;
        Ok(Some(header))
    }

    fn begin(&mut self, size: u64) -> Result<(), Fault> {
        if size > i64::MAX as u64 {
            return refused(format!("an entry is said to have {size} bytes"));
        }
        self.left = size;
        self.padding = size.wrapping_neg() % BLOCK;
        Ok(())
    }

    fn extension(&mut self, size: u64) -> Result<Vec<u8>, Fault> {
        if size > MAX_EXTENSION {
            return refused(format!("a header is continued with {size} bytes; at most {MAX_EXTENSION} are read"));
        }
        self.begin(size)?;
        let mut bytes = vec![0; size as usize];
        self.stream.read_exact(&mut bytes)?;
        self.position += size;
        self.left = 0;
        Ok(bytes)
    }

    fn skip_rest(&mut self) -> io::Result<()> {
        let rest = self.left + self.padding;
        self.stream.skip(rest)?;
        self.position += rest;
        (self.left, self.padding) = (0, 0);
        Ok(())
    }

    /// Reads of the present entry's bytes: all of the buffer, but at the entry's end. An archive that ends before is an
    /// error.
    pub(super) fn data(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = self.left.min(buffer.len() as u64) as usize;
        self.stream.read_exact(&mut buffer[..wanted])?;
        self.left -= wanted as u64;
        self.position += wanted as u64;
        Ok(wanted)
    }
}

impl Pax {
    /// Records are `LENGTH KEY=VALUE\n`, with the length of all of it.
    fn parse(mut bytes: &[u8]) -> Result<Pax, Fault> {
        let mut pax = Pax::default();
        while !bytes.is_empty() && bytes[0] != 0 {
            let (record, rest) = Pax::record(bytes).ok_or_else(|| Fault::Refused("a pax record is damaged".into()))?;
            bytes = rest;
            let Some(equals) = record.iter().position(|byte| *byte == b'=') else {
                return refused("a pax record has no value");
            };
            pax.keep(&record[..equals], &record[equals + 1..])?;
        }
        Ok(pax)
    }

    fn record(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
        let space = bytes.iter().take(8).position(|byte| *byte == b' ')?;
        let length: usize = std::str::from_utf8(&bytes[..space]).ok()?.parse().ok()?;
        let record = bytes.get(space + 1..length)?.strip_suffix(b"\n")?;
        Some((record, &bytes[length..]))
    }

    fn keep(&mut self, key: &[u8], value: &[u8]) -> Result<(), Fault> {
        let number = || -> Result<u64, Fault> {
            let number = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
            number.ok_or_else(|| Fault::Refused(format!("the pax record {} is no number", lossy(key))))
        };
        // An empty value takes the record back.
        let text = || Some(value.to_vec()).filter(|value| !value.is_empty());
        let numbers = self.sparse_numbers.take();
        self.sparse_numbers = match key {
            b"GNU.sparse.map" => Some(sparse_numbers(value)?),
            b"GNU.sparse.offset" | b"GNU.sparse.numbytes" => {
                let mut numbers = numbers.unwrap_or_default();
                numbers.push(number()?);
                Some(numbers)
            }
            _ => numbers,
        };
        match key {
            b"path" => self.path = text(),
            b"linkpath" => self.link = text(),
            b"size" => self.size = Some(number()?),
            b"mtime" => self.mtime = time(value),
            b"GNU.sparse.name" => self.sparse_name = text(),
            b"GNU.sparse.size" | b"GNU.sparse.realsize" => self.sparse_size = Some(number()?),
            b"GNU.sparse.major" => match value {
                b"0" => {}
                b"1" => self.sparse_in_data = true,
                _ => return refused("a sparse file is of an unknown version"),
            },
            _ => {
                if let Some(name) = key.strip_prefix(b"SCHILY.xattr.") {
                    self.xattrs.push((name.to_vec(), value.to_vec()));
                }
            }
        }
        Ok(())
    }

    /// A header for all that follow is left alone, as it carries comments and times; readers disagree on more.
    fn refuse_global(&self) -> Result<(), Fault> {
        let plain = self.path.is_none() && self.link.is_none() && self.size.is_none() && self.xattrs.is_empty();
        match plain && self.sparse_name.is_none() && self.sparse_size.is_none() && !self.sparse_in_data {
            true => Ok(()),
            false => refused("a global pax header names or measures entries"),
        }
    }
}

fn sparse_numbers(value: &[u8]) -> Result<Vec<u64>, Fault> {
    let text = std::str::from_utf8(value).unwrap_or("?");
    let numbers = text.split(',').filter(|number| !number.is_empty()).map(str::parse);
    numbers
        .collect::<Result<_, _>>()
        .map_err(|_| Fault::Refused("the map of a sparse file is not made of numbers".into()))
}

/// Seconds as a decimal fraction. What cannot be read is no time.
fn time(value: &[u8]) -> Option<(i64, u32)> {
    let text = std::str::from_utf8(value).ok()?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds: i64 = whole.parse().ok()?;
    let digits: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    let nanoseconds: u32 = digits.parse().ok()?;
    match whole.starts_with('-') && nanoseconds > 0 {
        true => Some((seconds.checked_sub(1)?, 1_000_000_000 - nanoseconds)),
        false => Some((seconds, nanoseconds)),
    }
}

fn until_nul(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    bytes.truncate(end);
    bytes
}

pub(super) fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
