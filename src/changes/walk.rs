//! Goes through an upper directory and compares it with what is below.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, RawDir, Stat, fstat};
use rustix::io::Errno;

use super::access::{self, Upper};
use super::record::Record;
use super::{Change, ChangeKind, Changes, FileKind, failed};
use crate::error::{Error, Label, Result, Step};
use crate::overlay::{Found, Own, Stack, is_opaque, is_whiteout, proc_path};

/// When a file was changed last, and its number: who has both, and the same size, has what it had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub changed: (i64, i64),
    inode: u64,
}

/// All that is in the upper directory, in the order of the paths.
pub(super) fn all(record: &Record) -> Result<Vec<(Change, Stamp)>> {
    let Some(upper) = record.upper()? else { return Ok(Vec::new()) };
    let stack = Stack::open(record.lowers.iter().map(PathBuf::as_path))
        .map_err(|(layer, errno)| Error::os(Label::at(Step::Changes, layer), errno))?;
    let (own, live) = (&record.own, record.live);
    Walk { upper, stack, own, live, found: Vec::new(), links: HashMap::new(), seen: 0, bytes: 0 }.run()
}

/// Goes through an upper directory, without recursion: a program may nest directories deeper than a stack is.
struct Walk<'a> {
    upper: Upper<'a>,
    stack: Stack,
    own: &'a BTreeMap<PathBuf, Own>,
    live: bool,
    found: Vec<(Change, Stamp)>,
    /// Files with several names, by inode.
    links: HashMap<u64, PathBuf>,
    seen: usize,
    bytes: usize,
}

/// A directory that is gone through.
struct Open {
    path: PathBuf,
    /// Sorted from the last to the first.
    names: Vec<OsString>,
    /// The layers that had it before.
    layers: Vec<usize>,
    /// Nothing of what was there before is in it.
    fresh: bool,
}

/// What was at a place before.
struct Before {
    kind: FileType,
    mode: u32,
    found: Option<Found>,
}

impl Walk<'_> {
    fn run(mut self) -> Result<Vec<(Change, Stamp)>> {
        let mut open = vec![self.enter(PathBuf::new(), self.stack.all(), false)?];
        while let Some(dir) = open.last_mut() {
            let Some(name) = dir.names.pop() else {
                open.pop();
                continue;
            };
            let path = dir.path.join(name);
            let (layers, fresh) = (std::mem::take(&mut dir.layers), dir.fresh);
            let below = self.entry(&path, &layers, fresh);
            dir.layers = layers;
            if let Some((layers, fresh)) = below? {
                open.push(self.enter(path, layers, fresh)?);
            }
        }
        self.upper.restore();
        Ok(self.found)
    }

    fn enter(&mut self, path: PathBuf, layers: Vec<usize>, fresh: bool) -> Result<Open> {
        const PATH_MAX: usize = 4096;
        let mut names = Vec::new();
        let dir = match self.upper.open_dir(&path) {
            Err(error) if self.is_gone(&error) => return Ok(Open { path, names, layers, fresh }),
            dir => dir.map_err(|error| failed(&path, error))?,
        };
        let mut buffer = Vec::with_capacity(32 << 10);
        let mut entries = RawDir::new(dir, buffer.spare_capacity_mut());
        while let Some(entry) = entries.next() {
            let name = match entry {
                Err(errno) if self.is_gone(&errno.into()) => break,
                entry => entry.map_err(|errno| failed(&path, errno.into()))?.file_name().to_bytes().to_vec(),
            };
            if matches!(&name[..], b"." | b"..") {
                continue;
            }
            let length = path.as_os_str().len() + 1 + name.len();
            self.seen += 1;
            let too_much = match () {
                () if length >= PATH_MAX => Some(format!("holds a path of more than {} bytes", PATH_MAX - 1)),
                () if self.seen > Changes::MOST => Some(format!("with it there are more than {} files", Changes::MOST)),
                () => None,
            };
            if let Some(message) = too_much {
                return Err(Error::invalid(Label::at(Step::Changes, path), message));
            }
            self.count(&path, length)?;
            names.push(OsString::from_vec(name));
        }
        names.sort_unstable_by(|one, other| other.cmp(one));
        names.dedup(); // what is made again while the directory is read may come again
        Ok(Open { path, names, layers, fresh })
    }

    /// Whether a program that runs has put something else there, or nothing, since it was found.
    fn is_gone(&self, error: &io::Error) -> bool {
        self.live && matches!(Errno::from_io_error(error), Some(Errno::NOENT | Errno::NOTDIR | Errno::LOOP))
    }

    /// A path that is kept has so many bytes: those of symbolic links and of earlier names of a file too.
    fn count(&mut self, at: &Path, length: usize) -> Result<()> {
        self.bytes += length;
        if self.bytes <= Changes::MOST_BYTES {
            return Ok(());
        }
        let message = format!("with it paths have more than {} bytes", Changes::MOST_BYTES);
        Err(Error::invalid(Label::at(Step::Changes, at), message))
    }

    /// Notes what became of one file; of a directory to go into, the layers that had it, and whether it is a fresh one.
    fn entry(&mut self, path: &Path, layers: &[usize], fresh: bool) -> Result<Option<(Vec<usize>, bool)>> {
        let io_failed = |error: io::Error| failed(path, error);
        let fd = match self.upper.look(path) {
            Err(error) if self.is_gone(&error) => return Ok(None),
            fd => fd.map_err(io_failed)?,
        };
        let stat = fstat(&fd).map_err(|errno| io_failed(errno.into()))?;
        let before = if fresh { None } else { self.before(path, layers).map_err(io_failed)? };
        let now = FileType::from_raw_mode(stat.st_mode);
        if is_whiteout(&stat) {
            if let Some(before) = before {
                self.note(path, ChangeKind::Deleted, Some(before.kind), None, &stat, None);
            }
            return Ok(None);
        }
        let was = before.as_ref().map(|before| before.kind);
        if now != FileType::Directory {
            let kind = match was {
                None => ChangeKind::Added,
                Some(was) if was == now => ChangeKind::Modified,
                Some(_) => ChangeKind::Replaced,
            };
            let target = match now {
                FileType::Symlink => {
                    let text = rustix::fs::readlinkat(&fd, "", Vec::new()).map_err(|errno| io_failed(errno.into()))?;
                    self.count(path, text.as_bytes().len())?;
                    Some(PathBuf::from(OsString::from_vec(text.into_bytes())))
                }
                _ => None,
            };
            if stat.st_nlink > 1 {
                let first = self.links.get(&stat.st_ino).map_or(path, PathBuf::as_path);
                self.count(path, first.as_os_str().len())?;
            }
            self.note(path, kind, was, Some(now), &stat, target);
            return Ok(None);
        }
        let (kind, below) = match before {
            None => (Some(ChangeKind::Added), (Vec::new(), true)),
            Some(before)
                if before.kind != FileType::Directory
                    || is_opaque(fd.as_fd()).map_err(io::Error::from).map_err(io_failed)? =>
            {
                (Some(ChangeKind::Replaced), (Vec::new(), true))
            }
            Some(before) => {
                let same = before.mode & 0o7777 == stat.st_mode & 0o7777
                    && self.same_xattrs(path, before.found.as_ref()).map_err(io_failed)?;
                let layers = before.found.map_or_else(Vec::new, |found| found.layers);
                ((!same).then_some(ChangeKind::Modified), (layers, false))
            }
        };
        if let Some(kind) = kind {
            self.note(path, kind, was, Some(now), &stat, None);
        }
        Ok(Some(below))
    }

    fn before(&self, path: &Path, layers: &[usize]) -> io::Result<Option<Before>> {
        let own = self.own.get(path);
        let of_own = |own: &Own| Before { kind: own.kind, mode: own.mode, found: None };
        if let Some(own) = own.filter(|own| own.above) {
            return Ok(Some(of_own(own)));
        }
        let found = self.stack.look(path, layers)?;
        Ok(match found {
            Some(found) => Some(Before { kind: found.kind(), mode: found.stat.st_mode, found: Some(found) }),
            None => own.map(of_own),
        })
    }

    fn same_xattrs(&self, path: &Path, before: Option<&Found>) -> io::Result<bool> {
        let same = || -> io::Result<bool> {
            let before = match before {
                Some(before) => access::xattrs(&proc_path(before.fd.as_fd()))?,
                None => BTreeMap::new(),
            };
            Ok(self.upper.xattrs(path)? == before)
        };
        match same() {
            // More names than listxattr(2) tells of: only a program has reason to set them.
            Err(error) if Errno::from_io_error(&error) == Some(Errno::TOOBIG) => Ok(false),
            Err(error) if self.is_gone(&error) => Ok(true),
            same => same,
        }
    }

    fn note(
        &mut self,
        path: &Path,
        kind: ChangeKind,
        before: Option<FileType>,
        now: Option<FileType>,
        stat: &Stat,
        target: Option<PathBuf>,
    ) {
        let mut same_as = None;
        if stat.st_nlink > 1 && now.is_some_and(|now| now != FileType::Directory) {
            match self.links.get(&stat.st_ino) {
                Some(first) => same_as = Some(first.clone()),
                None => drop(self.links.insert(stat.st_ino, path.to_owned())),
            }
        }
        let stamp = Stamp { changed: (stat.st_ctime, stat.st_ctime_nsec as i64), inode: stat.st_ino };
        let change = Change {
            path: path.to_owned(),
            kind,
            before: before.map(FileKind::of),
            now: now.map(FileKind::of),
            mode: if now.is_some() { stat.st_mode & 0o7777 } else { 0 },
            size: if now == Some(FileType::RegularFile) { stat.st_size as u64 } else { 0 },
            target,
            same_as,
        };
        self.found.push((change, stamp));
    }
}
