//! Unpacks one layer into a directory of its own, as overlayfs wants a lower one.
//!
//! Whatever the archive says, nothing outside that directory is opened, made or linked: parents are found with
//! RESOLVE_IN_ROOT (openat2(2), 5.6), where absolute links and `..` end at the directory, as they do for the tools that
//! unpack in a chroot; and the last component of a name is never followed. Nobody else can write there meanwhile.

use std::cell::Cell;
use std::ffi::OsStr;
use std::io::Write;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, ResolveFlags, Stat, Timespec, Timestamps, XattrFlags};
use rustix::io::Errno;

use super::Fault;
use super::tar::{Archive, Entry, Kind, Stream, lossy};
use crate::cure;
use crate::overlay::{self, is_whiteout, make_whiteout, move_aside};

const WHITEOUT: &[u8] = b".wh.";
/// What aufs kept for itself has this at the front; overlayfs has use for one of them.
const META: &[u8] = b".wh..wh.";
const OPAQUE: &[u8] = b".wh..wh..opq";
const DIR: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
/// As many links as the kernel follows in one path.
const MAX_LINKS: u32 = 40;

/// What one image may still take, of all its layers together.
pub(super) struct Budget {
    bytes: Cell<u64>,
    entries: Cell<u64>,
    max_bytes: u64,
    max_entries: u64,
    /// RLIMIT_FSIZE: a write beyond it would raise SIGXFSZ in the host.
    pub max_file: u64,
}

impl Budget {
    pub(super) fn new(max_bytes: u64, max_entries: u64) -> Budget {
        let max_file = crate::sys::soft_limit(crate::limits::Resource::Fsize as u32).unwrap_or(u64::MAX);
        let (bytes, entries) = (Cell::new(max_bytes), Cell::new(max_entries));
        Budget { bytes, entries, max_bytes, max_entries, max_file }
    }

    pub(super) fn bytes(&self, count: u64) -> Result<(), Fault> {
        let left = self.bytes.get().checked_sub(count);
        self.bytes.set(left.ok_or_else(|| Fault::Refused(format!("more than {} bytes are unpacked", self.max_bytes)))?);
        Ok(())
    }

    pub(super) fn entry(&self) -> Result<(), Fault> {
        let left = self.entries.get().checked_sub(1);
        self.entries.set(left.ok_or_else(|| Fault::Refused(format!("more than {} entries", self.max_entries)))?);
        Ok(())
    }
}

/// The directory that is filled.
pub(super) struct Tree<'a> {
    pub(super) root: OwnedFd,
    trash: OwnedFd,
    moved: u64,
    /// The layers below, bottom first, and whether something of theirs is in this one.
    pub(super) below: &'a [PathBuf],
    pub(super) borrows: bool,
    pub(super) budget: &'a Budget,
    /// Directories that are being filled, each within the one before, with the times that they get at the end.
    open: Vec<(Vec<u8>, (i64, u32))>,
    buffer: Vec<u8>,
}

/// Unpacks the archive into `root`; what is replaced goes to `trash`. Whether it took anything from the layers `below`.
pub(super) fn unpack<S: Stream>(
    archive: &mut Archive<S>,
    below: &[PathBuf],
    root: OwnedFd,
    trash: OwnedFd,
    budget: &Budget,
) -> Result<bool, Fault> {
    let mut tree =
        Tree { root, trash, moved: 0, below, borrows: false, budget, open: Vec::new(), buffer: vec![0; 128 << 10] };
    while let Some(entry) = archive.next()? {
        tree.entry(&entry, archive).map_err(|fault| fault.at(OsStr::from_bytes(&entry.name)))?;
    }
    tree.leave(None)?;
    Ok(tree.borrows)
}

impl Tree<'_> {
    fn entry<S: Stream>(&mut self, entry: &Entry, archive: &mut Archive<S>) -> Result<(), Fault> {
        self.budget.entry()?;
        refuse_overlay_xattrs(entry)?;
        let parts = parts(&entry.name)?;
        self.leave(Some(&parts.join(&b'/')))?;
        let Some((name, above)) = parts.split_last() else {
            return self.root(entry);
        };
        if parts.iter().any(|part| part.starts_with(META)) {
            return match *name == OPAQUE && !above.iter().any(|part| part.starts_with(WHITEOUT)) {
                true => make_opaque(&self.parent(above)?),
                false => Ok(()),
            };
        }
        if above.iter().any(|part| part.starts_with(WHITEOUT)) {
            return Err(Fault::Refused("something is within a whiteout".into()));
        }
        if let Some(hidden) = name.strip_prefix(WHITEOUT) {
            return match hidden {
                b"" | b"." | b".." => Err(Fault::Refused("a whiteout hides no name".into())),
                hidden => self.whiteout(above, hidden),
            };
        }
        match entry.kind {
            Kind::File => self.file(above, name, entry, archive),
            Kind::Dir => self.dir(above, name, entry),
            Kind::Symlink => self.symlink(above, name, entry),
            Kind::HardLink => self.hard_link(above, name, entry),
            Kind::Fifo => self.fifo(above, name, entry),
            // Nothing could be done with one: every mount of a sandbox is nodev, and its /dev is its own.
            Kind::Device => Ok(()),
        }
    }

    fn root(&mut self, entry: &Entry) -> Result<(), Fault> {
        if entry.kind != Kind::Dir {
            return Err(Fault::Refused("the root of the layer is not a directory".into()));
        }
        attributes(&self.root, entry)?;
        // It may come any number of times, and the last one counts.
        self.open.clear();
        self.open.push((Vec::new(), entry.mtime));
        Ok(())
    }

    fn file<S: Stream>(
        &mut self,
        above: &[&[u8]],
        name: &[u8],
        entry: &Entry,
        archive: &mut Archive<S>,
    ) -> Result<(), Fault> {
        if entry.size > self.budget.max_file {
            return Err(Errno::FBIG.into());
        }
        let parent = self.parent(above)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let make = || rustix::fs::openat(&parent, OsStr::from_bytes(name), flags, Mode::RUSR | Mode::WUSR);
        let mut file: std::fs::File = self.replace(&parent, name, make)?.into();
        match &entry.sparse {
            None => loop {
                match archive.data(&mut self.buffer)? {
                    0 => break,
                    read => file.write_all(&self.buffer[..read])?,
                }
            },
            Some(pieces) => {
                let data: u64 = pieces.iter().map(|(_, length)| length).sum();
                self.budget.bytes(entry.size - data)?;
                file.set_len(entry.size)?;
                for (mut offset, mut left) in pieces.iter().copied() {
                    while left > 0 {
                        let part = left.min(self.buffer.len() as u64) as usize;
                        let read = archive.data(&mut self.buffer[..part])?;
                        file.write_all_at(&self.buffer[..read], offset)?;
                        (offset, left) = (offset + read as u64, left - read as u64);
                    }
                }
            }
        }
        set_xattrs(&file, entry)?;
        // Others' setuid and setgid do nothing inside (nosuid), and on the host they would be the store's owner's.
        rustix::fs::fchmod(&file, Mode::from_raw_mode(entry.mode & 0o1777 | 0o400))?;
        Ok(rustix::fs::futimens(&file, &times(entry.mtime))?)
    }

    fn dir(&mut self, above: &[&[u8]], name: &[u8], entry: &Entry) -> Result<(), Fault> {
        let parent = self.parent(above)?;
        let dir = match status(&parent, name)? {
            Some(found) if kind(&found) == FileType::Directory => open_beneath(&parent, name)?,
            found => self.make_dir(&parent, name, found)?,
        };
        attributes(&dir, entry)?;
        self.open.push(([above, &[name]].concat().join(&b'/'), entry.mtime));
        Ok(())
    }

    /// Makes a directory where there is none, in the place of what is there.
    fn make_dir(&mut self, parent: &OwnedFd, name: &[u8], found: Option<Stat>) -> Result<OwnedFd, Fault> {
        let path = OsStr::from_bytes(name);
        self.replace(parent, name, || rustix::fs::mkdirat(parent, path, Mode::RWXU))?;
        // The umask may have taken away what opening it needs.
        rustix::fs::chmodat(parent, path, Mode::from_raw_mode(0o755), AtFlags::empty())?;
        let dir = open_beneath(parent, name)?;
        // The layer hides what lower ones have there, and begins anew.
        if found.is_some_and(|found| is_whiteout(&found)) {
            make_opaque(&dir)?;
        }
        Ok(dir)
    }

    fn symlink(&mut self, above: &[&[u8]], name: &[u8], entry: &Entry) -> Result<(), Fault> {
        let parent = self.parent(above)?;
        let path = OsStr::from_bytes(name);
        self.replace(&parent, name, || rustix::fs::symlinkat(OsStr::from_bytes(&entry.link), &parent, path))?;
        Ok(rustix::fs::utimensat(&parent, path, &times(entry.mtime), AtFlags::SYMLINK_NOFOLLOW)?)
    }

    fn fifo(&mut self, above: &[&[u8]], name: &[u8], entry: &Entry) -> Result<(), Fault> {
        let parent = self.parent(above)?;
        let path = OsStr::from_bytes(name);
        self.replace(&parent, name, || rustix::fs::mknodat(&parent, path, FileType::Fifo, Mode::RUSR, 0))?;
        rustix::fs::chmodat(&parent, path, Mode::from_raw_mode(entry.mode & 0o777), AtFlags::empty())?;
        Ok(rustix::fs::utimensat(&parent, path, &times(entry.mtime), AtFlags::SYMLINK_NOFOLLOW)?)
    }

    fn hard_link(&mut self, above: &[&[u8]], name: &[u8], entry: &Entry) -> Result<(), Fault> {
        let target = parts(&entry.link)?;
        let Some((target_name, target_above)) = target.split_last() else {
            return Err(Fault::Refused("a hard link to the root".into()));
        };
        let target_parent = match self.open_dir(&target_above.join(&b'/')) {
            Err(Errno::NOENT | Errno::NOTDIR) => return self.borrow(above, name, &target),
            result => result?,
        };
        let Some(found) = status(&target_parent, target_name)? else {
            return self.borrow(above, name, &target);
        };
        if !matches!(kind(&found), FileType::RegularFile | FileType::Symlink | FileType::Fifo) {
            return Err(Fault::Refused(format!("a hard link to {:?}, which is no file", lossy(&entry.link))));
        }
        let parent = self.parent(above)?;
        // Without AT_SYMLINK_FOLLOW the link itself is linked to.
        let (from, to) = (OsStr::from_bytes(target_name), OsStr::from_bytes(name));
        let link = || rustix::fs::linkat(&target_parent, from, &parent, to, AtFlags::empty());
        match status(&parent, name)? {
            Some(there) if (there.st_dev, there.st_ino) == (found.st_dev, found.st_ino) => Ok(()),
            _ => Ok(self.replace(&parent, name, link)?),
        }
    }

    /// Hides what lower layers have under this name; what this layer has itself stays, whichever came first.
    fn whiteout(&mut self, above: &[&[u8]], name: &[u8]) -> Result<(), Fault> {
        let parent = self.parent(above)?;
        match status(&parent, name)? {
            Some(found) if kind(&found) == FileType::Directory => make_opaque(&open_beneath(&parent, name)?),
            Some(_) => Ok(()),
            None => make_whiteout(&parent, OsStr::from_bytes(name))
                .map_err(|errno| Fault::from(errno).cure(cure::LAYER_STORE)),
        }
    }

    /// Makes what may be there already: what is there goes.
    pub(super) fn replace<T>(
        &mut self,
        parent: &OwnedFd,
        name: &[u8],
        make: impl Fn() -> Result<T, Errno>,
    ) -> Result<T, Errno> {
        match make() {
            Err(Errno::EXIST) => {}
            result => return result,
        }
        match rustix::fs::unlinkat(parent, OsStr::from_bytes(name), AtFlags::empty()) {
            Err(Errno::ISDIR | Errno::PERM) => {
                move_aside(parent, OsStr::from_bytes(name), self.trash.as_fd(), &mut self.moved)?;
            }
            result => result?,
        }
        make()
    }

    /// The directory that something is to be made in. What is missing of it is made, as archives may leave it out.
    pub(super) fn parent(&mut self, above: &[&[u8]]) -> Result<OwnedFd, Fault> {
        let path = above.join(&b'/');
        match self.open_dir(&path) {
            Err(Errno::NOENT | Errno::NOTDIR) => self.make_dirs(&path, &mut 0),
            result => Ok(result?),
        }
    }

    /// Makes a directory and those above it; where a link leads to nothing, what it leads to.
    fn make_dirs(&mut self, path: &[u8], links: &mut u32) -> Result<OwnedFd, Fault> {
        let mut dir = self.open_dir(b"")?;
        let mut so_far = Vec::new();
        for name in path.split(|byte| *byte == b'/').filter(|name| !name.is_empty()) {
            let above = so_far.len();
            so_far.extend([b"/", name].concat());
            match self.open_dir(&so_far) {
                Ok(found) => dir = found,
                Err(Errno::NOENT | Errno::NOTDIR) => {
                    self.budget.entry()?;
                    dir = match status(&dir, name)? {
                        Some(found) if kind(&found) == FileType::Symlink => {
                            *links += 1;
                            if *links > MAX_LINKS {
                                return Err(Errno::LOOP.into());
                            }
                            let target =
                                rustix::fs::readlinkat(&dir, OsStr::from_bytes(name), Vec::new())?.into_bytes();
                            let from = if target.starts_with(b"/") { &[][..] } else { &so_far[..above] };
                            self.make_dirs(&[from, b"/", &target].concat(), links)?
                        }
                        Some(found) if !is_whiteout(&found) => return Err(Errno::NOTDIR.into()),
                        found => self.make_dir(&dir, name, found)?,
                    };
                }
                Err(errno) => return Err(errno.into()),
            }
        }
        Ok(dir)
    }

    /// A directory of the layer; its links lead nowhere else.
    fn open_dir(&self, path: &[u8]) -> Result<OwnedFd, Errno> {
        let path = if path.is_empty() { b"." } else { path };
        let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS | ResolveFlags::NO_XDEV;
        loop {
            match rustix::fs::openat2(&self.root, OsStr::from_bytes(path), DIR, Mode::empty(), resolve) {
                // Of `..` in a link while anything is renamed or mounted anywhere on the machine: openat2(2).
                Err(Errno::AGAIN | Errno::INTR) => {}
                result => return result,
            }
        }
    }

    /// Gives the directories that `name` is not within their times.
    fn leave(&mut self, name: Option<&[u8]>) -> Result<(), Fault> {
        let within = |dir: &[u8]| {
            name.is_some_and(|name| dir.is_empty() || name.strip_prefix(dir).is_some_and(|rest| rest.starts_with(b"/")))
        };
        while let Some((path, mtime)) = self.open.pop_if(|(path, _)| !within(path)) {
            match self.open_dir(&path) {
                Ok(dir) => rustix::fs::futimens(&dir, &times(mtime))?,
                // Replaced by something else since.
                Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
        Ok(())
    }
}

/// The components of a name without `.`; the first slash is only a slash.
fn parts(name: &[u8]) -> Result<Vec<&[u8]>, Fault> {
    let parts = name.split(|byte| *byte == b'/').filter(|part| !matches!(*part, b"" | b"."));
    let parts: Vec<&[u8]> = parts.collect();
    match parts.contains(&&b".."[..]) {
        true => Err(Fault::Refused(format!("{:?} leads upwards", lossy(name)))),
        false => Ok(parts),
    }
}

fn open_beneath(parent: &OwnedFd, name: &[u8]) -> Result<OwnedFd, Errno> {
    rustix::fs::openat(parent, OsStr::from_bytes(name), DIR | OFlags::NOFOLLOW, Mode::empty())
}

fn status(parent: &OwnedFd, name: &[u8]) -> Result<Option<Stat>, Errno> {
    match rustix::fs::statat(parent, OsStr::from_bytes(name), AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => Ok(Some(stat)),
        Err(Errno::NOENT) => Ok(None),
        Err(errno) => Err(errno),
    }
}

pub(super) fn kind(stat: &Stat) -> FileType {
    FileType::from_raw_mode(stat.st_mode)
}

fn make_opaque(dir: &OwnedFd) -> Result<(), Fault> {
    overlay::make_opaque(dir).map_err(|errno| Fault::from(errno).cure(cure::LAYER_STORE))
}

/// Mode and extended attributes of a directory. Its owner can always fill and empty it.
fn attributes(dir: &OwnedFd, entry: &Entry) -> Result<(), Fault> {
    set_xattrs(dir, entry)?;
    Ok(rustix::fs::fchmod(dir, Mode::from_raw_mode(entry.mode & 0o1777 | 0o700))?)
}

/// What overlayfs reads as an order to itself, an archive may not give.
fn refuse_overlay_xattrs(entry: &Entry) -> Result<(), Fault> {
    let order = |name: &[u8]| name.starts_with(b"user.overlay.") || name.starts_with(b"trusted.overlay.");
    match entry.xattrs.iter().find(|(name, _)| order(name)) {
        Some((name, _)) => Err(Fault::Refused(format!("the extended attribute {} is overlayfs's own", lossy(name)))),
        None => Ok(()),
    }
}

/// Those of users; others are of ids and labels (security.capability, posix_acl_*) that mean something else inside.
fn set_xattrs(fd: impl AsFd, entry: &Entry) -> Result<(), Fault> {
    for (name, value) in entry.xattrs.iter().filter(|(name, _)| name.starts_with(b"user.")) {
        rustix::fs::fsetxattr(&fd, Path::new(OsStr::from_bytes(name)), value, XattrFlags::empty())
            .map_err(|errno| Fault::from(errno).cure(cure::LAYER_STORE))?;
    }
    Ok(())
}

fn times((seconds, nanoseconds): (i64, u32)) -> Timestamps {
    let time = Timespec { tv_sec: seconds, tv_nsec: nanoseconds.into() };
    Timestamps { last_access: time, last_modification: time }
}
