//! Looks at layers as overlayfs would, from the outside and without following a link.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Component, Path, PathBuf};

use rustix::fs::{FileType, Mode, OFlags, ResolveFlags, Stat, fstat, openat2};
use rustix::io::Errno;

use super::marks::{is_opaque, is_whiteout};

/// Layers, top first, each open as a directory.
pub(crate) struct Stack(Vec<OwnedFd>);

/// What is at a place.
pub(crate) struct Found {
    pub fd: OwnedFd,
    pub stat: Stat,
    /// Of a directory: the layers that have a part of it.
    pub layers: Vec<usize>,
}

impl Found {
    pub(crate) fn kind(&self) -> FileType {
        FileType::from_raw_mode(self.stat.st_mode)
    }
}

impl Stack {
    /// `layers` from the bottom up.
    pub(crate) fn open<'a>(layers: impl DoubleEndedIterator<Item = &'a Path>) -> Result<Stack, (PathBuf, Errno)> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let open = |layer: &Path| rustix::fs::open(layer, flags, Mode::empty()).map_err(|errno| (layer.into(), errno));
        layers.rev().map(open).collect::<Result<_, _>>().map(Stack)
    }

    /// What the root is made of.
    pub(crate) fn all(&self) -> Vec<usize> {
        (0..self.0.len()).collect()
    }

    /// What is at `place`, the parent of which is in these layers.
    pub(crate) fn look(&self, place: &Path, layers: &[usize]) -> io::Result<Option<Found>> {
        let mut found: Option<Found> = None;
        for layer in layers {
            let Some((fd, stat)) = at(self.0[*layer].as_fd(), place)? else { continue };
            if is_whiteout(&stat) {
                break;
            }
            let is_dir = FileType::from_raw_mode(stat.st_mode) == FileType::Directory;
            if !is_dir && found.is_some() {
                break;
            }
            let last = !is_dir || is_opaque(fd.as_fd())?;
            let found = found.get_or_insert(Found { fd, stat, layers: Vec::new() });
            found.layers.push(*layer);
            if last {
                break;
            }
        }
        Ok(found)
    }

    /// What the top layer itself has at a place, whiteouts included.
    pub(crate) fn raw(&self, place: &Path) -> io::Result<Option<(OwnedFd, Stat)>> {
        self.0.first().map_or(Ok(None), |layer| at(layer.as_fd(), place))
    }

    /// What is at each part of the way to `place`, as far as there is anything. A part that is no directory is the last.
    pub(crate) fn walk(&self, place: &Path) -> io::Result<Vec<Found>> {
        let mut way: Vec<Found> = Vec::new();
        let mut part = PathBuf::new();
        for component in place.components() {
            part.push(component);
            let all = self.all();
            let layers = way.last().map_or(&all[..], |parent| &parent.layers[..]);
            match self.look(&part, layers)? {
                Some(found) => way.push(found),
                None => break,
            }
            if way.last().is_some_and(|found| found.kind() != FileType::Directory) {
                break;
            }
        }
        Ok(way)
    }
}

fn at(layer: BorrowedFd<'_>, place: &Path) -> io::Result<Option<(OwnedFd, Stat)>> {
    match beneath(layer, place, OFlags::PATH | OFlags::NOFOLLOW) {
        Ok(fd) => {
            let stat = fstat(&fd)?;
            Ok(Some((fd, stat)))
        }
        // ELOOP, ENOTDIR: what is a directory further up in the stack is something else here. EXDEV: a mount of the host's,
        // which the overlay does not see.
        Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::XDEV) => Ok(None),
        Err(errno) => Err(errno.into()),
    }
}

/// Opens a place below a directory: not through a link, not out of the directory, not into another mount.
pub(crate) fn beneath(dir: BorrowedFd<'_>, place: &Path, flags: OFlags) -> Result<OwnedFd, Errno> {
    let resolve =
        ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS | ResolveFlags::NO_XDEV;
    let place = match place.components().next() {
        None => Path::new("."),
        Some(Component::RootDir) => return Err(Errno::XDEV),
        _ => place,
    };
    loop {
        match openat2(dir, place, flags | OFlags::CLOEXEC, Mode::empty(), resolve) {
            // A rename somewhere on the machine may be in the way of RESOLVE_BENEATH: openat2(2).
            Err(Errno::AGAIN | Errno::INTR) => {}
            result => return result,
        }
    }
}
