//! The directories of an overlay on the host: found, compared, locked, and the work directory beside the upper one.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{Access, AtFlags, FlockOperation, Mode, OFlags, StatxFlags, XattrFlags, fstat, mkdirat, statx};
use rustix::io::Errno;

use super::marks::{OPAQUE, is_opaque, is_whiteout, proc_path};
use super::set_ids::take_off;
use super::stack::Stack;
use super::unlink::remove_tree;
use super::{Overlay, Upper};
use crate::cure;
use crate::error::{Cure, Error, Label, Result, Step};

/// The directories of an overlay as `spawn` has found them.
#[derive(Debug)]
pub(crate) struct Layers {
    /// By their real paths, bottom first.
    pub lowers: Vec<PathBuf>,
    pub upper: UpperLayer,
    pub lease: Option<Arc<OwnedFd>>,
}

#[derive(Debug)]
pub(crate) enum UpperLayer {
    Memory { bytes: u64 },
    Dir(UpperDir),
    None,
}

/// An upper directory with its lock and its work directory, which goes with it.
#[derive(Debug)]
pub(crate) struct UpperDir {
    /// The real path of the directory that it is in.
    pub parent: PathBuf,
    pub name: OsString,
    /// The name of the work directory, in the same one.
    pub work: OsString,
    pub owner: (u32, u32),
    /// The directory; once it is claimed, locked as long as this or a copy of it is open.
    pub lock: OwnedFd,
    parent_fd: OwnedFd,
    is_claimed: bool,
}

impl Overlay {
    /// Finds the directories, and claims the upper one. `privileged` callers can write to those of others.
    pub(crate) fn open(&self, privileged: bool) -> Result<Layers> {
        let mut layers = self.look(privileged)?;
        if let UpperLayer::Dir(upper) = &mut layers.upper {
            upper.claim()?;
        }
        Ok(layers)
    }

    /// Finds the directories, and changes nothing.
    pub(crate) fn look(&self, privileged: bool) -> Result<Layers> {
        self.check()?;
        let lower = |dir: &PathBuf| {
            let (path, fd) = real(dir)?;
            if !privileged {
                may_enter(&fd).map_err(|errno| Error::os(Label::at(Step::Overlay, dir), errno))?;
            }
            Ok(path)
        };
        let lowers = self.lowers.iter().map(lower).collect::<Result<Vec<_>>>()?;
        let mut sorted: Vec<&PathBuf> = lowers.iter().collect();
        sorted.sort();
        // Whatever lies inside a path comes next to it.
        if let Some(pair) = sorted.windows(2).find(|pair| pair[1].starts_with(pair[0])) {
            let message = match pair[0] == pair[1] {
                true => "is listed twice".to_owned(),
                false => format!("lies inside the layer {}", pair[0].display()),
            };
            return Err(Error::invalid(Label::at(Step::Overlay, pair[1]), message));
        }
        let upper = match &self.upper {
            Upper::Memory { bytes } => UpperLayer::Memory { bytes: *bytes },
            Upper::None => UpperLayer::None,
            Upper::Dir(dir) => UpperLayer::Dir(UpperDir::look(dir, &lowers, privileged)?),
        };
        Ok(Layers { lowers, upper, lease: self.lease.clone() })
    }
}

/// The path that leads to a directory without links, and the directory.
fn real(dir: &Path) -> Result<(PathBuf, OwnedFd)> {
    let failed = |errno: Errno| Error::os(Label::at(Step::Overlay, dir), errno);
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let fd = rustix::fs::open(dir, flags, Mode::empty()).map_err(failed)?;
    let path = rustix::fs::readlink(proc_path(fd.as_fd()), Vec::new()).map_err(failed)?;
    let path = PathBuf::from(OsString::from_vec(path.into_bytes()));
    // A directory that is removed, or outside of the caller's root, has no path.
    if !path.is_absolute() || fstat(&fd).map_err(failed)?.st_nlink == 0 {
        return Err(failed(Errno::NOENT));
    }
    Ok((path, fd))
}

/// The capabilities that an ordinary user has in the sandbox's user namespace do not count for what others own: without this
/// it would be the first lookup in the overlay that fails, whatever that is for.
fn may_enter(dir: &OwnedFd) -> Result<(), Errno> {
    match fstat(dir)?.st_uid == rustix::process::geteuid().as_raw() {
        true => Ok(()),
        false => rustix::fs::accessat(dir, ".", Access::EXEC_OK, AtFlags::EACCESS),
    }
}

/// Mount and device: what is mounted on a directory is another one, and so is a subvolume of btrfs. Linux 5.8.
fn mount_of(fd: &OwnedFd) -> Result<(u64, u32, u32), Errno> {
    let stat = statx(fd, "", AtFlags::EMPTY_PATH | AtFlags::STATX_DONT_SYNC, StatxFlags::MNT_ID)?;
    Ok((stat.stx_mnt_id, stat.stx_dev_major, stat.stx_dev_minor))
}

impl UpperDir {
    fn look(dir: &Path, lowers: &[PathBuf], privileged: bool) -> Result<UpperDir> {
        const OVERLAYFS_SUPER_MAGIC: i64 = 0x794c_7630;
        let label = || Label::at(Step::Overlay, dir);
        let failed = |errno: Errno| Error::os(label(), errno);
        let refuse = |message: String| Error::invalid(label(), message);
        let (path, fd) = real(dir)?;
        if let Some(lower) = lowers.iter().find(|lower| path.starts_with(lower)) {
            return Err(refuse(format!("the upper directory lies inside the layer {}", lower.display())));
        }
        if let Some(lower) = lowers.iter().find(|lower| lower.starts_with(&path)) {
            return Err(refuse(format!("the layer {} lies inside the upper directory", lower.display())));
        }
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(refuse("the root of the host has no place beside it for a work directory".into()));
        };
        if rustix::fs::fstatfs(&fd).map_err(failed)?.f_type as i64 == OVERLAYFS_SUPER_MAGIC {
            return Err(refuse("is on an overlay, which cannot hold another one's upper directory".into())
                .with_hint(Some(cure::UPPER_FILESYSTEM)));
        }
        let stat = fstat(&fd).map_err(failed)?;
        if !privileged && stat.st_uid != rustix::process::geteuid().as_raw() {
            return Err(refuse(format!(
                "belongs to user {}: an upper directory must be the caller's own",
                stat.st_uid
            )));
        }

        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let parent_fd = rustix::fs::open(parent, OFlags::PATH | flags, Mode::empty()).map_err(failed)?;
        if mount_of(&fd).map_err(failed)? != mount_of(&parent_fd).map_err(failed)? {
            return Err(refuse("is a mount point: no place beside it is on the same mount".into())
                .with_hint(Some(cure::UPPER_MOUNT)));
        }
        let lock = rustix::fs::openat(&fd, ".", flags, Mode::empty()).map_err(failed)?;
        Ok(UpperDir {
            parent: parent.to_owned(),
            name: name.to_owned(),
            // Always the same: so the next run finds what a killed host has left, and the lock says that nobody uses it.
            work: format!(".belljar-work-{:x}", stat.st_ino).into(),
            owner: (stat.st_uid, stat.st_gid),
            lock,
            parent_fd,
            is_claimed: false,
        })
    }

    /// Locks it, and makes its work directory.
    fn claim(&mut self) -> Result<()> {
        let label = || Label::at(Step::Overlay, self.parent.join(&self.name));
        match rustix::fs::flock(&self.lock, FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::WOULDBLOCK) => {
                return Err(Error::invalid(label(), "is the upper directory of a live sandbox"));
            }
            result => result.map_err(|errno| Error::os(label(), errno))?,
        }
        self.is_claimed = true;
        self.make_work().map_err(|error| {
            let error = Error::os(Label::at(Step::Overlay, self.parent.join(&self.work)), error);
            let cure = match error.raw_os_error().map(Errno::from_raw_os_error) {
                Some(Errno::NOTSUP) => Some(cure::UPPER_FILESYSTEM),
                Some(Errno::ACCESS | Errno::PERM) => Some(cure::UPPER_PARENT),
                _ => None,
            };
            error.with_hint(cure)
        })
    }

    fn make_work(&self) -> io::Result<()> {
        let make = || mkdirat(&self.parent_fd, &self.work, Mode::RWXU);
        match make() {
            Err(Errno::EXIST) => {
                self.clean_up()?;
                make()?;
            }
            result => result?,
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let work = rustix::fs::openat(&self.parent_fd, &self.work, flags, Mode::empty())?;
        // Without user xattrs an overlay could not tell that a directory was replaced.
        rustix::fs::fsetxattr(&work, OPAQUE, b"n", XattrFlags::empty())?;
        rustix::fs::fremovexattr(&work, OPAQUE)?;
        let stat = fstat(&work)?;
        if (stat.st_uid, stat.st_gid) != self.owner {
            let (uid, gid) = self.owner;
            // An ordinary user's own group may not be the directory's: that one is of no account here.
            let changed =
                rustix::fs::fchown(&work, Some(rustix::fs::Uid::from_raw(uid)), Some(rustix::fs::Gid::from_raw(gid)));
            if stat.st_uid != uid {
                changed?;
            }
        }
        Ok(())
    }

    /// After a run. The work directory goes last: as long as it is there, the next run has this to do.
    fn clean_up(&self) -> io::Result<()> {
        take_off(self.lock.as_fd())?;
        Ok(remove_tree(&self.parent_fd, &self.work)?)
    }

    /// Whether the program would see what is here in place of what a layer has there.
    fn hides(&self, place: &Path) -> io::Result<bool> {
        let path = self.parent.join(&self.name);
        let upper = Stack::open(std::iter::once(&*path)).map_err(|(_, errno)| errno)?;
        let mut part = PathBuf::new();
        for component in place.components() {
            part.push(component);
            let Some((fd, stat)) = upper.raw(&part)? else { return Ok(false) };
            let is_dir = stat.st_mode & 0o170_000 == 0o040_000;
            if is_whiteout(&stat) || !is_dir || is_opaque(fd.as_fd())? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Drop for UpperDir {
    fn drop(&mut self) {
        if !self.is_claimed {
            return;
        }
        if let Err(error) = self.clean_up() {
            log::warn!("the work directory {} is left: {error}", self.parent.join(&self.work).display());
        }
        // The init is gone. What is closed is locked yet if a process that was forked meanwhile has a copy: flock(2).
        let _ = rustix::fs::flock(&self.lock, FlockOperation::Unlock);
    }
}

impl Layers {
    /// What is held as long as the upper directory is used.
    pub(crate) fn lock(&self) -> Option<BorrowedFd<'_>> {
        match &self.upper {
            UpperLayer::Dir(upper) => Some(upper.lock.as_fd()),
            _ => None,
        }
    }

    /// Whether the upper directory is in the way of what is given at a place.
    pub(crate) fn hides(&self, place: &Path) -> io::Result<bool> {
        match &self.upper {
            UpperLayer::Dir(upper) => upper.hides(place),
            _ => Ok(false),
        }
    }

    /// What may be the reason that the kernel refused this stack.
    pub(crate) fn hint(&self, errno: i32) -> Option<Cure> {
        const OVERLAYFS_SUPER_MAGIC: i64 = 0x794c_7630;
        let nested = |dir: &PathBuf| rustix::fs::statfs(&**dir).is_ok_and(|stat| stat.f_type == OVERLAYFS_SUPER_MAGIC);
        match Errno::from_raw_os_error(errno) {
            Errno::NODEV => Some(cure::OVERLAY),
            Errno::LOOP => Some(cure::LAYERS_OVERLAP),
            Errno::INVAL if self.lowers.iter().any(nested) => Some(cure::NESTED),
            Errno::INVAL if self.lowers.iter().any(|dir| has_mounts(dir)) => Some(cure::MOUNTS_IN_LAYER),
            Errno::INVAL => Some(cure::OVERLAY_REFUSED),
            _ => None,
        }
    }
}

fn has_mounts(dir: &Path) -> bool {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    mounts.lines().filter_map(|line| line.split(' ').nth(4)).any(|place| {
        let place = Path::new(place);
        place != dir && place.starts_with(dir)
    })
}
