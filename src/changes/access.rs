//! An upper directory, opened without trust in what is there.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::MutexGuard;

use rustix::fs::{FileType, Mode, OFlags, Stat, fstat};
use rustix::io::{Errno, fcntl_dupfd_cloexec};

use crate::overlay::{beneath, proc_path};

/// A program may take away its own rights, and so the caller's, if that is an ordinary user: then they are given back for
/// as long as this is used.
pub(super) struct Upper<'a> {
    root: BorrowedFd<'a>,
    live: bool,
    /// Directories with the modes that they had.
    opened: RefCell<Vec<(PathBuf, Mode)>>,
    _alone: MutexGuard<'a, ()>,
}

impl<'a> Upper<'a> {
    pub(super) fn new(root: BorrowedFd<'a>, live: bool, alone: MutexGuard<'a, ()>) -> Upper<'a> {
        Upper { root, live, opened: RefCell::default(), _alone: alone }
    }

    /// A descriptor that only names what is at a place, whatever that is.
    pub(super) fn look(&self, path: &Path) -> io::Result<OwnedFd> {
        match beneath(self.root, path, OFlags::PATH | OFlags::NOFOLLOW) {
            Err(Errno::ACCESS) => {
                self.open_up(path.parent().unwrap_or(Path::new("")))?;
                Ok(beneath(self.root, path, OFlags::PATH | OFlags::NOFOLLOW)?)
            }
            result => Ok(result?),
        }
    }

    pub(super) fn open_dir(&self, path: &Path) -> io::Result<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW;
        match beneath(self.root, path, flags) {
            Err(Errno::ACCESS) => {
                self.open_up(path)?;
                Ok(beneath(self.root, path, flags)?)
            }
            result => Ok(result?),
        }
    }

    /// A regular file, open for reading. It is looked at first: to open a device may do something, and a FIFO may block.
    pub(super) fn open_file(&self, path: &Path) -> io::Result<(File, Stat)> {
        let named = self.look(path)?;
        let stat = fstat(&named)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(Errno::INVAL.into());
        }
        let open = || {
            let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
            rustix::fs::open(proc_path(named.as_fd()), flags, Mode::empty())
        };
        let file = match open() {
            Err(Errno::ACCESS) if !self.live => {
                let path = proc_path(named.as_fd());
                rustix::fs::chmod(&path, Mode::RUSR)?;
                let file = open();
                rustix::fs::chmod(&path, Mode::from_raw_mode(stat.st_mode & 0o7777))?;
                file?
            }
            result => result?,
        };
        Ok((file.into(), stat))
    }

    pub(super) fn xattrs(&self, path: &Path) -> io::Result<BTreeMap<OsString, Vec<u8>>> {
        let named = self.look(path)?;
        let stat = fstat(&named)?;
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::Directory => match xattrs(&proc_path(named.as_fd())) {
                Err(error) if error.raw_os_error() == Some(Errno::ACCESS.raw_os_error()) => {
                    self.open_up(path)?;
                    xattrs(&proc_path(named.as_fd()))
                }
                result => result,
            },
            FileType::RegularFile => xattrs(&proc_path(self.open_file(path)?.0.as_fd())),
            // Only those two have any of the namespace "user": xattr(7).
            _ => Ok(BTreeMap::new()),
        }
    }

    /// Gives the owner of a directory, and of those on the way to it, all rights.
    fn open_up(&self, path: &Path) -> io::Result<()> {
        if self.live {
            return Err(Errno::ACCESS.into());
        }
        let mut way: Vec<&Path> = path.ancestors().collect();
        way.reverse();
        for dir in way {
            let named = self.dir(dir)?;
            let mode = Mode::from_raw_mode(fstat(&named)?.st_mode & 0o7777);
            if !mode.contains(Mode::RWXU) {
                rustix::fs::chmod(proc_path(named.as_fd()), mode | Mode::RWXU)?;
                self.opened.borrow_mut().push((dir.to_owned(), mode));
            }
        }
        Ok(())
    }

    /// In a directory that lets nobody in nothing is found, not even itself: the root is what is open.
    fn dir(&self, path: &Path) -> Result<OwnedFd, Errno> {
        match path.as_os_str().is_empty() {
            true => fcntl_dupfd_cloexec(self.root, 0),
            false => beneath(self.root, path, OFlags::PATH | OFlags::NOFOLLOW | OFlags::DIRECTORY),
        }
    }

    /// Takes the rights away again.
    pub(super) fn restore(&self) {
        for (dir, mode) in self.opened.take().into_iter().rev() {
            if let Ok(named) = self.dir(&dir) {
                let _ = rustix::fs::chmod(proc_path(named.as_fd()), mode);
            }
        }
    }
}

impl Drop for Upper<'_> {
    fn drop(&mut self) {
        self.restore();
    }
}

/// Those of the namespace "user", but for overlayfs' own.
pub(super) fn xattrs(path: &str) -> io::Result<BTreeMap<OsString, Vec<u8>>> {
    // XATTR_LIST_MAX and XATTR_SIZE_MAX.
    const MOST: usize = 64 << 10;
    let mut names = vec![0u8; MOST];
    let length = match rustix::fs::listxattr(path, &mut names) {
        Err(Errno::NOTSUP) => 0,
        result => result?,
    };
    let mut all = BTreeMap::new();
    for name in names[..length].split(|byte| *byte == 0) {
        if !name.starts_with(b"user.") || name.starts_with(b"user.overlay.") {
            continue;
        }
        let name = OsStr::from_bytes(name);
        let mut value = vec![0u8; MOST];
        let length = rustix::fs::getxattr(path, name, &mut value)?;
        value.truncate(length);
        value.shrink_to_fit();
        all.insert(name.to_owned(), value);
    }
    Ok(all)
}
