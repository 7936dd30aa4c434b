//! What a run has changed in its overlay: read from the upper directory, which a hostile program has written.
//!
//! All of it is reached by descriptors, beneath the directory and not through links; nothing but a regular file or a
//! directory is ever opened; and how much is read has a bound.

mod access;
mod copy;

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::fs::{FileType, Mode, OFlags, RawDir, Stat, fstat};
use rustix::io::Errno;

use crate::error::{Error, Label, Result, Step};
use crate::overlay::{Found, Layers, Own, Stack, UpperLayer, is_opaque, is_whiteout, proc_path};
use access::Upper;
pub use copy::Copied;

/// All that there is to be told of: the upper directory, and what it lies on.
#[derive(Debug)]
pub(crate) struct Record {
    /// By their real paths, bottom first. They are opened when they are needed: five hundred layers of each outcome that is
    /// kept would be too many open files.
    lowers: Vec<PathBuf>,
    _lease: Option<Arc<OwnedFd>>,
    own: BTreeMap<PathBuf, Own>,
    upper: std::result::Result<Option<OwnedFd>, Errno>,
    /// Whoever reads may change modes for as long as that takes, which another thread is not to see.
    reading: Mutex<()>,
}

impl Record {
    /// `memory` is the filesystem of an upper layer in memory.
    pub(crate) fn new(layers: Layers, own: BTreeMap<PathBuf, Own>, memory: Option<OwnedFd>) -> Record {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let upper = match &layers.upper {
            UpperLayer::None => Ok(None),
            UpperLayer::Memory { .. } => match memory {
                Some(memory) => rustix::fs::openat(memory, "upper", flags, Mode::empty()),
                None => Err(Errno::NOENT),
            }
            .map(Some),
            // Another descriptor of it, without the lock, even if the program has made it one that lets nobody in.
            UpperLayer::Dir(upper) => {
                rustix::fs::open(proc_path(upper.lock.as_fd()), flags - OFlags::NOFOLLOW, Mode::empty()).map(Some)
            }
        };
        Record { lowers: layers.lowers, _lease: layers.lease, own, upper, reading: Mutex::default() }
    }

    fn upper(&self) -> Result<Option<Upper<'_>>> {
        match &self.upper {
            Ok(upper) => {
                let alone = || self.reading.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(upper.as_ref().map(|fd| Upper::new(fd.as_fd(), alone())))
            }
            Err(errno) => Err(Error::os(Label::new(Step::Changes), *errno)),
        }
    }
}

/// What a file is.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Dir,
    /// A symbolic link.
    Symlink,
    /// A named pipe.
    Fifo,
    /// A unix socket.
    Socket,
    /// A character or block device. A program cannot make one; an upper directory may have had it before.
    Device,
}

impl FileKind {
    fn of(kind: FileType) -> FileKind {
        match kind {
            FileType::RegularFile => FileKind::File,
            FileType::Directory => FileKind::Dir,
            FileType::Symlink => FileKind::Symlink,
            FileType::Fifo => FileKind::Fifo,
            FileType::Socket => FileKind::Socket,
            _ => FileKind::Device,
        }
    }
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// Nothing was there before.
    Added,
    /// It is of the same kind as before. A file that was opened for writing, or whose mode, times or extended attributes
    /// were set, counts as modified; a directory only if its mode or its extended attributes differ.
    Modified,
    /// It is of another kind than before; or it is a directory that was deleted and made anew, so that nothing in it is
    /// what was there before: what it holds is [`Added`](ChangeKind::Added).
    Replaced,
    /// It is not there any more. A directory that is gone is told of once, without what was in it.
    Deleted,
}

/// One file that is not what it was. `Display` is one line, such as `M etc/passwd`.
///
/// A file that was renamed is stored by the kernel as one that is deleted and one that is added.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Relative to the overlay's place inside. Any byte but NUL and `/` may be in a name.
    pub path: PathBuf,
    /// What became of it.
    pub kind: ChangeKind,
    /// What was there before.
    pub before: Option<FileKind>,
    /// What is there now.
    pub now: Option<FileKind>,
    /// Its permission bits, with set-user-id and the like.
    pub mode: u32,
    /// Its size in bytes; 0 for anything but a regular file.
    pub size: u64,
    /// The text of a symbolic link.
    pub target: Option<PathBuf>,
    /// An earlier change that is the same file: a hard link.
    pub same_as: Option<PathBuf>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = match self.kind {
            ChangeKind::Added => 'A',
            ChangeKind::Modified => 'M',
            ChangeKind::Replaced => 'R',
            ChangeKind::Deleted => 'D',
        };
        write!(f, "{letter} {}", self.path.to_string_lossy().escape_debug())?;
        if self.now == Some(FileKind::Dir) || self.before == Some(FileKind::Dir) && self.now.is_none() {
            f.write_str("/")?;
        }
        Ok(())
    }
}

/// What a run has changed in its overlay, in the order of the paths: see [`Outcome::changes`](crate::Outcome::changes).
///
/// It keeps an upper directory in memory alive. Of an [`upper_dir`](crate::Overlay::upper_dir) it tells what is there now:
/// with what earlier runs left.
///
/// What a program has written is not to be trusted. Files are opened by [`open`](Changes::open) and the like only: links are
/// not followed, neither at the end of a path nor on the way, and nothing but a regular file is opened. No name is used as
/// such but below the directory that [`copy_to`](Changes::copy_to) or [`commit`](Changes::commit) is given.
///
/// ```
/// use belljar::{ChangeKind, Command, Overlay, Sandbox};
/// # let dir = std::env::temp_dir().join(format!("belljar-changes-doc-{}", std::process::id()));
/// # let base = dir.join("base");
/// # std::fs::create_dir_all(&base)?;
/// # std::fs::write(base.join("old"), "")?;
/// # if !belljar::Host::probe().has(belljar::Feature::Overlayfs) { return Ok(()) }
///
/// let sandbox = Sandbox::new().host_system().overlay(Overlay::new().lower(&base).at("/work"));
/// let outcome = sandbox.run(Command::new("sh").args(["-c", "rm /work/old; mkdir /work/new; echo hi >/work/new/file"]))?;
/// let changes = outcome.changes()?;
/// let lines: Vec<String> = changes.iter().map(|change| change.to_string()).collect();
/// assert_eq!(lines, ["A new/", "A new/file", "D old"]);
/// assert_eq!(changes.read("new/file", 1000)?, b"hi\n");
/// changes.copy_to(dir.join("result"))?;
/// assert_eq!(std::fs::read(dir.join("result/new/file"))?, b"hi\n");
/// # std::fs::remove_dir_all(dir)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Changes {
    record: Arc<Record>,
    changes: Arc<[Change]>,
}

impl Changes {
    /// How many files an upper directory may hold, with all that is in it: more is an error of
    /// [`Outcome::changes`](crate::Outcome::changes).
    pub const MOST: usize = 1_000_000;

    /// How many bytes the paths of all of them may have.
    const MOST_BYTES: usize = 256 << 20;

    pub(crate) fn collect(record: &Arc<Record>) -> Result<Changes> {
        let changes = match record.upper()? {
            None => Vec::new(),
            Some(upper) => {
                let stack = Stack::open(record.lowers.iter().map(PathBuf::as_path))
                    .map_err(|(layer, errno)| Error::os(Label::at(Step::Changes, layer), errno))?;
                Walk { upper, stack, own: &record.own, found: Vec::new(), links: HashMap::new(), seen: 0, bytes: 0 }
                    .run()?
            }
        };
        Ok(Changes { record: record.clone(), changes: changes.into() })
    }

    /// The changes, in the order of their paths: a directory comes before what is in it.
    pub fn iter(&self) -> std::slice::Iter<'_, Change> {
        self.changes.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Whether nothing was changed.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The change of one file, if there is one. A leading `/` is of no account.
    pub fn get(&self, path: impl AsRef<Path>) -> Option<&Change> {
        let path = relative(path.as_ref());
        let at = self.changes.binary_search_by(|change| change.path.as_path().cmp(path)).ok()?;
        self.changes.get(at)
    }

    /// Opens a changed file for reading. `path` is that of a [`Change`]; a leading `/` is of no account.
    ///
    /// # Errors
    /// What is not there, or is no regular file: EINVAL; ELOOP for a link on the way.
    pub fn open(&self, path: impl AsRef<Path>) -> Result<File> {
        let path = relative(path.as_ref());
        let upper = self.record.upper()?;
        let opened = upper.ok_or(Errno::NOENT.into()).and_then(|upper| upper.open_file(path));
        opened.map(|(file, _)| file).map_err(|error| failed(path, error))
    }

    /// Reads a changed file that has no more than `most` bytes.
    ///
    /// # Errors
    /// As [`open`](Changes::open); EFBIG if there are more.
    pub fn read(&self, path: impl AsRef<Path>, most: u64) -> Result<Vec<u8>> {
        let path = relative(path.as_ref());
        let mut bytes = Vec::new();
        let read = self.open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes);
        match read {
            Err(error) => Err(failed(path, error)),
            Ok(read) if read as u64 > most => Err(failed(path, Errno::FBIG.into())),
            Ok(_) => Ok(bytes),
        }
    }

    /// The extended attributes of the namespace `user` that a changed file or directory has, but for overlayfs' own.
    ///
    /// # Errors
    /// As [`open`](Changes::open).
    pub fn xattrs(&self, path: impl AsRef<Path>) -> Result<BTreeMap<OsString, Vec<u8>>> {
        let path = relative(path.as_ref());
        let upper = self.record.upper()?;
        upper.ok_or(Errno::NOENT.into()).and_then(|upper| upper.xattrs(path)).map_err(|error| failed(path, error))
    }
}

impl<'a> IntoIterator for &'a Changes {
    type Item = &'a Change;
    type IntoIter = std::slice::Iter<'a, Change>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

fn relative(path: &Path) -> &Path {
    path.strip_prefix("/").unwrap_or(path)
}

fn failed(path: &Path, error: io::Error) -> Error {
    Error::os(Label::at(Step::Changes, path), error)
}

/// Goes through an upper directory, without recursion: a program may nest directories deeper than a stack is.
struct Walk<'a> {
    upper: Upper<'a>,
    stack: Stack,
    own: &'a BTreeMap<PathBuf, Own>,
    found: Vec<Change>,
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
    fn run(mut self) -> Result<Vec<Change>> {
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
        let dir = self.upper.open_dir(&path).map_err(|error| failed(&path, error))?;
        let mut buffer = Vec::with_capacity(32 << 10);
        let mut entries = RawDir::new(dir, buffer.spare_capacity_mut());
        while let Some(entry) = entries.next() {
            let name = entry.map_err(|errno| failed(&path, errno.into()))?.file_name().to_bytes().to_vec();
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
        Ok(Open { path, names, layers, fresh })
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
        let fd = self.upper.look(path).map_err(io_failed)?;
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
        self.found.push(Change {
            path: path.to_owned(),
            kind,
            before: before.map(FileKind::of),
            now: now.map(FileKind::of),
            mode: if now.is_some() { stat.st_mode & 0o7777 } else { 0 },
            size: if now == Some(FileType::RegularFile) { stat.st_size as u64 } else { 0 },
            target,
            same_as,
        });
    }
}
