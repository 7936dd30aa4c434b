//! The layer store: one directory for each layer, named by the digest of its uncompressed archive.
//!
//! ```text
//! DIR/layers/HEX        a whole layer
//! DIR/partial/HEX/      one that is being unpacked; whoever does it holds a flock(2) on this directory
//!     root/             what is there so far, renamed to layers/HEX when it is whole and on the disk
//!     trash/            what later entries of the archive replaced
//! ```
//!
//! The kernel drops the lock with the process that held it, so an entry of `partial` whose lock is free was interrupted.

use std::fs;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Dir, FlockOperation, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use super::Fault;
use crate::error::{Cure, Error, Label, Result, Step};
use crate::overlay::clear;

const SEARCH: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
const PRIVATE: Mode = Mode::RWXU;

/// A directory on the host where unpacked layers are kept, shared by all images that have them.
///
/// A layer is there once, whatever archive or layout it came from: its name is the SHA-256 of its uncompressed tar, which is
/// verified as it is unpacked. It becomes visible by a rename, after syncfs(2), so that a crash of the machine leaves no
/// half of it. Any number of processes and threads may unpack into one store at a time: of the same layer one does it,
/// under flock(2), and the others wait for it. What an interrupted one leaves is an entry of the subdirectory `partial`, which
/// the next [`Image::open_in`](crate::Image::open_in) removes.
///
/// All files of a store belong to whoever unpacked them. Nothing removes layers but you: `rm -r` of the store, or of one
/// directory below `layers`, when no sandbox uses it. A layer that is in the store is not read again to be verified: who can
/// write into the store is trusted, and so it may belong to nobody else and be writable for nobody else.
///
/// The limits hold for what one opening of an image unpacks; they are what stops archives that unpack to more than the disk has.
///
/// ```no_run
/// use belljar::{Image, Store};
///
/// let store = Store::new("/var/lib/judge/layers").max_bytes(2 << 30).max_entries(200_000);
/// let python = Image::open_in("images/python.tar", &store)?;
/// # Ok::<(), belljar::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Store {
    pub(super) dir: PathBuf,
    pub(super) max_bytes: u64,
    pub(super) max_entries: u64,
}

impl Store {
    /// The store in this directory, which is made with mode 0700 when the first image is opened.
    pub fn new(dir: impl Into<PathBuf>) -> Store {
        Store { dir: dir.into(), max_bytes: 16 << 30, max_entries: 4 << 20 }
    }

    /// The user's own store, which [`Image::open`](crate::Image::open) uses: `belljar` in `XDG_CACHE_HOME`, or else in
    /// `.cache` of `HOME`.
    ///
    /// # Errors
    /// The environment has neither as an absolute path.
    pub fn user_cache() -> Result<Store> {
        let variable = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let cache = variable("XDG_CACHE_HOME").or_else(|| variable("HOME").map(|home| home.join(".cache")));
        let cache = cache.ok_or_else(|| {
            let label = Label::new(Step::OciImage);
            Error::invalid(label, "no place for layers: neither XDG_CACHE_HOME nor HOME is set to an absolute path")
                .with_hint(Some(Cure::Request("name a place: Image::open_in(path, &Store::new(dir))")))
        })?;
        Ok(Store::new(cache.join("belljar")))
    }

    /// Bytes that one image's layers may have uncompressed, holes of sparse files included. Default 16 GiB.
    pub fn max_bytes(mut self, bytes: u64) -> Store {
        self.max_bytes = bytes;
        self
    }

    /// Files, directories and links that one image's layers may have together. Default 4,194,304.
    pub fn max_entries(mut self, entries: u64) -> Store {
        self.max_entries = entries;
        self
    }

    /// The directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Makes the directories, and removes what interrupted runs have left.
    pub(super) fn open(&self) -> Result<Opened, Fault> {
        let failed = |error: io::Error| Fault::os(&self.dir, error);
        if let Some(parent) = self.dir.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        make_private(rustix::fs::CWD, &self.dir).map_err(failed)?;
        // From here on the path does not change with the working directory.
        let path = self.dir.canonicalize().map_err(failed)?;
        let dir = rustix::fs::open(&path, SEARCH, Mode::empty()).map_err(|errno| failed(errno.into()))?;
        check_owner(&dir).map_err(failed)?;
        for name in ["layers", "partial"] {
            make_private(dir.as_fd(), Path::new(name)).map_err(failed)?;
        }
        let below = |name| rustix::fs::openat(&dir, name, SEARCH, Mode::empty()).map_err(|errno| failed(errno.into()));
        let opened = Opened { layers: below("layers")?, partial: below("partial")?, path };
        for dir in [&opened.layers, &opened.partial] {
            check_owner(dir).map_err(failed)?;
        }
        opened.sweep().map_err(|error| Fault::os(&self.dir, error))?;
        Ok(opened)
    }
}

/// Makes a directory, whatever the umask is; one that is there is left as it is.
fn make_private(parent: BorrowedFd<'_>, path: &Path) -> io::Result<()> {
    match rustix::fs::mkdirat(parent, path, PRIVATE) {
        Ok(()) => Ok(rustix::fs::chmodat(parent, path, PRIVATE, AtFlags::empty())?),
        Err(Errno::EXIST) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// What somebody else can write into would be taken for a verified layer.
fn check_owner(dir: &OwnedFd) -> io::Result<()> {
    let stat = rustix::fs::fstat(dir)?;
    let others = Mode::WGRP | Mode::WOTH;
    match stat.st_uid == rustix::process::geteuid().as_raw() && !Mode::from_raw_mode(stat.st_mode).intersects(others) {
        true => Ok(()),
        false => Err(Errno::PERM.into()),
    }
}

/// A store whose directories are open.
pub(super) struct Opened {
    layers: OwnedFd,
    partial: OwnedFd,
    pub path: PathBuf,
}

impl Opened {
    /// The directory of a layer, for which `fill` unpacks it unless it is there. `hex` must be 64 hexadecimal digits.
    pub(super) fn layer(
        &self,
        hex: &str,
        fill: impl FnOnce(OwnedFd, OwnedFd) -> Result<(), Fault>,
    ) -> Result<PathBuf, Fault> {
        let place = self.path.join("layers").join(hex);
        let failed = |errno: Errno| Fault::os(&place, errno.into());
        loop {
            if self.has(hex).map_err(failed)? {
                return Ok(place);
            }
            // Its end is the end of the lock, by whatever way this function is left.
            let Some(partial) = Partial::lock(&self.partial, hex, FlockOperation::LockExclusive).map_err(failed)?
            else {
                continue;
            };
            // Another process may have been quicker.
            if self.has(hex).map_err(failed)? {
                return Ok(place);
            }
            clear(partial.dir.as_fd()).map_err(failed)?;
            let (root, trash) = partial.make().map_err(failed)?;
            fill(root.try_clone()?, trash)?;
            // What a layer's name promises must be on the disk before the name is.
            rustix::fs::syncfs(&root).map_err(failed)?;
            rustix::fs::renameat_with(&partial.dir, "root", &self.layers, hex, RenameFlags::NOREPLACE)
                .map_err(failed)?;
            rustix::fs::fsync(&self.layers).map_err(failed)?;
            return Ok(place);
        }
    }

    fn has(&self, hex: &str) -> Result<bool, Errno> {
        match rustix::fs::statat(&self.layers, hex, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(_) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(errno) => Err(errno),
        }
    }

    /// A file without a name, for what has to be read in another order than it comes.
    pub(super) fn scratch(&self) -> io::Result<fs::File> {
        let flags = OFlags::RDWR | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        match rustix::fs::openat(&self.partial, ".", flags | OFlags::TMPFILE, mode) {
            Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL) => {
                let name = format!("scratch-{}-{:?}", std::process::id(), std::thread::current().id());
                let file = rustix::fs::openat(&self.partial, &name, flags | OFlags::CREATE | OFlags::EXCL, mode)?;
                // Another process's sweep may have been quicker.
                rustix::fs::unlinkat(&self.partial, &name, AtFlags::empty()).or_else(gone)?;
                Ok(file.into())
            }
            result => Ok(result?.into()),
        }
    }

    fn sweep(&self) -> io::Result<()> {
        for entry in Dir::read_from(&self.partial)? {
            let entry = entry?;
            let name = entry.file_name();
            if name == c"." || name == c".." {
                continue;
            }
            match Partial::lock(
                &self.partial,
                name.to_string_lossy().as_ref(),
                FlockOperation::NonBlockingLockExclusive,
            ) {
                Ok(Some(interrupted)) => drop(interrupted),
                // Somebody is at it, or has just ended.
                Ok(None) | Err(Errno::WOULDBLOCK) => {}
                Err(Errno::NOTDIR) => match rustix::fs::unlinkat(&self.partial, name, AtFlags::empty()) {
                    Ok(()) | Err(Errno::NOENT) => {}
                    Err(errno) => return Err(errno.into()),
                },
                Err(errno) => return Err(errno.into()),
            }
        }
        Ok(())
    }
}

/// A locked entry of `partial`; its drop removes it with all that is in it.
struct Partial<'a> {
    parent: &'a OwnedFd,
    name: &'a str,
    dir: OwnedFd,
}

impl<'a> Partial<'a> {
    /// `None` if the entry has gone before the lock was had. Waiting makes it, looking does not.
    fn lock(parent: &'a OwnedFd, name: &'a str, operation: FlockOperation) -> Result<Option<Partial<'a>>, Errno> {
        if matches!(operation, FlockOperation::LockExclusive) {
            match rustix::fs::mkdirat(parent, name, PRIVATE) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(errno) => return Err(errno),
            }
            // Under a umask that takes the owner's own bits away.
            rustix::fs::chmodat(parent, name, PRIVATE, AtFlags::empty()).or_else(gone)?;
        }
        let dir = match rustix::fs::openat(parent, name, SEARCH, Mode::empty()) {
            Err(Errno::NOENT) => return Ok(None),
            result => result?,
        };
        loop {
            match rustix::fs::flock(&dir, operation) {
                Err(Errno::INTR) => {}
                result => break result?,
            }
        }
        // Whoever had the lock may have removed it, and another one may be there by now.
        let (locked, named) = (rustix::fs::fstat(&dir)?, rustix::fs::statat(parent, name, AtFlags::SYMLINK_NOFOLLOW));
        match named {
            Ok(named) if (named.st_dev, named.st_ino) == (locked.st_dev, locked.st_ino) => {
                Ok(Some(Partial { parent, name, dir }))
            }
            Ok(_) | Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(errno),
        }
    }

    fn make(&self) -> Result<(OwnedFd, OwnedFd), Errno> {
        let make = |name: &str| {
            rustix::fs::mkdirat(&self.dir, name, PRIVATE)?;
            rustix::fs::chmodat(&self.dir, name, PRIVATE, AtFlags::empty())?;
            rustix::fs::openat(&self.dir, name, SEARCH, Mode::empty())
        };
        let root = make("root")?;
        rustix::fs::fchmod(&root, Mode::from_raw_mode(0o755))?;
        Ok((root, make("trash")?))
    }
}

impl Drop for Partial<'_> {
    fn drop(&mut self) {
        // What cannot be removed now is there for the next sweep.
        if clear(self.dir.as_fd()).is_ok() {
            let _ = rustix::fs::unlinkat(self.parent, self.name, AtFlags::REMOVEDIR);
        }
    }
}

fn gone(errno: Errno) -> Result<(), Errno> {
    if errno == Errno::NOENT { Ok(()) } else { Err(errno) }
}
