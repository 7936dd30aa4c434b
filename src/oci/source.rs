//! Where an image's files are: an OCI image layout directory, or an archive of one or of `docker save`.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::{FileType, Mode, OFlags, ResolveFlags};

use super::Fault;
use super::decode::{Decoder, is_compressed};
use super::store::Opened;
use super::tar::{Archive, Kind, Stream, lossy};
use super::unpack::{Budget, kind};

/// An index, a manifest, a configuration.
const MAX_JSON: u64 = 4 << 20;
/// Files in an archive: an image has at most a few hundred.
const MAX_MEMBERS: usize = 1 << 16;
/// Their names and what links lead to, in bytes: all of it is kept in memory, and compresses to next to nothing.
const MAX_NAMES: usize = 8 << 20;
/// Links of a `docker save` archive from one layer to an equal one.
const MAX_LINKS: usize = 8;
// A FIFO in the place of a file must not hold up the open.
const READ: OFlags = OFlags::RDONLY.union(OFlags::NONBLOCK).union(OFlags::CLOEXEC).union(OFlags::NOCTTY);

pub(super) enum Source {
    Layout(OwnedFd),
    Archive { file: Arc<File>, members: HashMap<String, Member> },
}

pub(super) enum Member {
    File { offset: u64, size: u64 },
    Link(String),
}

/// One file of an image.
pub(super) struct Blob {
    file: Arc<File>,
    offset: u64,
    pub left: u64,
}

impl Read for Blob {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = self.left.min(buffer.len() as u64) as usize;
        let read = self.file.read_at(&mut buffer[..wanted], self.offset)?;
        self.offset += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}

impl Source {
    pub(super) fn open(path: &Path, store: &Opened, budget: &Budget) -> Result<Source, Fault> {
        let fd = rustix::fs::open(path, READ, Mode::empty())?;
        match kind(&rustix::fs::fstat(&fd)?) {
            FileType::Directory => Ok(Source::Layout(fd)),
            FileType::RegularFile => Source::archive(File::from(fd), store, budget),
            _ => Err(Fault::Refused("neither a directory nor a file".into())),
        }
    }

    fn archive(file: File, store: &Opened, budget: &Budget) -> Result<Source, Fault> {
        let mut magic = [0; 4];
        let read = file.read_at(&mut magic, 0)?;
        let file = match is_compressed(&magic[..read]) {
            false => file,
            true => decompress(file, store, budget)?,
        };
        let mut archive = Archive::new(Seekable(BufReader::new(&file)));
        let mut members = HashMap::new();
        let mut names = 0;
        while let Some(entry) = archive.next()? {
            names += entry.name.len() + entry.link.len();
            if names > MAX_NAMES {
                return Err(Fault::Refused(format!(
                    "an archive with more than {MAX_NAMES} bytes of names is no image"
                )));
            }
            let name = lossy(&entry.name);
            let member = match entry.kind {
                Kind::File if entry.sparse.is_some() => {
                    return Err(Fault::Refused(format!("{name:?} is sparse in the archive")));
                }
                Kind::File => Member::File { offset: archive.position(), size: entry.size },
                Kind::Symlink | Kind::HardLink => Member::Link(lossy(&entry.link)),
                _ => continue,
            };
            members.insert(plain(&name), member);
            if members.len() > MAX_MEMBERS {
                return Err(Fault::Refused(format!("an archive of more than {MAX_MEMBERS} files is no image")));
            }
        }
        let file = Arc::new(file);
        Ok(Source::Archive { file, members })
    }

    /// Opens a file of the image. `None` if there is none of this name.
    pub(super) fn file(&self, name: &str) -> Result<Option<Blob>, Fault> {
        match self {
            Source::Layout(dir) => {
                let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
                let fd = loop {
                    match rustix::fs::openat2(dir, OsStr::new(name), READ, Mode::empty(), resolve) {
                        Err(rustix::io::Errno::NOENT) => return Ok(None),
                        Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => {}
                        result => break result.map_err(|errno| Fault::from(errno).at(OsStr::new(name)))?,
                    }
                };
                let stat = rustix::fs::fstat(&fd)?;
                if kind(&stat) != FileType::RegularFile {
                    return Err(Fault::Refused(format!("{name} is not a file")));
                }
                Ok(Some(Blob { file: Arc::new(fd.into()), offset: 0, left: stat.st_size as u64 }))
            }
            Source::Archive { file, members } => {
                let mut name = plain(name);
                for _ in 0..MAX_LINKS {
                    match members.get(&name) {
                        None => return Ok(None),
                        Some(Member::Link(target)) if target.starts_with("../") => {
                            let above = Path::new(&name).parent().unwrap_or(Path::new(""));
                            name = plain(&above.join(target).to_string_lossy());
                        }
                        Some(Member::Link(target)) => name = plain(target),
                        Some(Member::File { offset, size }) => {
                            return Ok(Some(Blob { file: file.clone(), offset: *offset, left: *size }));
                        }
                    }
                }
                Err(Fault::Refused(format!("{name:?} leads through too many links")))
            }
        }
    }

    /// A file of the image that is JSON.
    pub(super) fn json(&self, name: &str) -> Result<Vec<u8>, Fault> {
        let Some(mut blob) = self.file(name)? else {
            return Err(Fault::Refused(format!("{name} is missing")));
        };
        if blob.left > MAX_JSON {
            return Err(Fault::Refused(format!("{name} has {} bytes; at most {MAX_JSON} are read", blob.left)));
        }
        let mut bytes = vec![0; blob.left as usize];
        blob.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// `a/b` for `./a//x/../b`: names of members, compared as text and never opened.
fn plain(name: &str) -> String {
    let mut parts = Vec::new();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn decompress(file: File, store: &Opened, budget: &Budget) -> Result<File, Fault> {
    let mut decoder = Decoder::new(BufReader::new(file))?;
    let mut plain = store.scratch()?;
    let (mut buffer, mut size) = (vec![0; 128 << 10], 0u64);
    loop {
        let read = match decoder.read(&mut buffer) {
            Ok(0) => {
                plain.rewind()?;
                return Ok(plain);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            result => result?,
        };
        size += read as u64;
        if size > budget.max_file {
            return Err(rustix::io::Errno::FBIG.into());
        }
        budget.bytes(read as u64)?;
        plain.write_all(&buffer[..read])?;
    }
}

/// A file of which the layers need not be read to find the next member.
struct Seekable<'a>(BufReader<&'a File>);

impl Read for Seekable<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Stream for Seekable<'_> {
    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        let end = self.0.get_ref().metadata()?.len();
        match self.0.stream_position()?.checked_add(bytes) {
            Some(next) if next <= end => self.0.seek(SeekFrom::Start(next)).map(drop),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}
