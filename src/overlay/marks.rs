//! What overlayfs reads in a layer as an order to itself: kernel documentation, filesystems/overlayfs.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use rustix::fs::{FileType, Mode, Stat, XattrFlags, mknodat};
use rustix::io::Errno;
use rustix::path::Arg;

/// With the mount option `userxattr`, which an ordinary user's overlays have.
pub(crate) const OPAQUE: &str = "user.overlay.opaque";

/// Whether this says that a name is deleted: a character device 0:0.
pub(crate) fn is_whiteout(stat: &Stat) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::CharacterDevice && stat.st_rdev == 0
}

/// The one device node that vfs_mknod() allows to everybody (5.8).
pub(crate) fn make_whiteout(parent: impl AsFd, name: impl Arg) -> Result<(), Errno> {
    mknodat(parent, name, FileType::CharacterDevice, Mode::empty(), 0)
}

/// Whether nothing of the layers below is seen in a directory, which may be open by O_PATH.
pub(crate) fn is_opaque(dir: BorrowedFd<'_>) -> Result<bool, Errno> {
    let mut value = [0u8; 2];
    match rustix::fs::getxattr(proc_path(dir), OPAQUE, &mut value) {
        Ok(length) => Ok(&value[..length] == b"y"),
        // The longest is "y" or "x", so what does not fit is nothing of the kernel's.
        Err(Errno::NODATA | Errno::NOTSUP | Errno::RANGE) => Ok(false),
        // A directory of mode 000, of an ordinary user's: overlayfs asks without regard to it.
        Err(Errno::ACCESS) => Ok(false),
        Err(errno) => Err(errno),
    }
}

pub(crate) fn make_opaque(dir: impl AsFd) -> Result<(), Errno> {
    rustix::fs::fsetxattr(dir, OPAQUE, b"y", XattrFlags::empty())
}

/// A name for what a descriptor is open on, even if only by O_PATH, which leads nowhere else.
pub(crate) fn proc_path(fd: BorrowedFd<'_>) -> String {
    format!("/proc/self/fd/{}", fd.as_raw_fd())
}
