//! Takes set-user-ID, set-group-ID and capabilities off the files of an upper directory, which on the host is under no nosuid
//! mount.
//!
//! overlayfs copies a file up with its mode. write(2) takes the bits off (file_remove_privs()), a store to a shared mapping
//! does not: so what was a layer's set-id file can hold what a program has put there. Capabilities a program with CAP_SETFCAP
//! gives to its files: on an idmapped mount they are those of the root that is the directory's owner (cap_convert_nscap()).

use std::ffi::{CStr, CString, OsStr};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::{
    AtFlags, FileType, Mode, OFlags, RawDir, SeekFrom, Stat, chmod, fstat, lgetxattr, openat, removexattr, seek, statat,
};
use rustix::io::{Errno, fcntl_dupfd_cloexec};

use super::marks::proc_path;
use super::stack::beneath;

const SET_IDS: Mode = Mode::SUID.union(Mode::SGID);
const CAPABILITIES: &str = "security.capability";
const READ: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// Goes through all of a directory in which no program writes any more. Those in it keep set-group-ID, which of a directory
/// means something else.
pub(super) fn take_off(top: BorrowedFd<'_>) -> Result<(), Errno> {
    let mut way: Vec<Level> = Vec::new();
    // As it is open: nothing is found in a directory that lets nobody in, not even itself.
    let Some(mut dir) = Level::open(fcntl_dupfd_cloexec(top, 0))? else { return Ok(()) };
    loop {
        match dir.1.next_dir(dir.0.as_fd())? {
            Some(name) => {
                if let Some(below) = Level::open(at(dir.0.as_fd(), &name))? {
                    way.push(std::mem::replace(&mut dir, below).1);
                }
            }
            None => {
                let above = way.last().map(|above| above.reopen(dir.0.as_fd())).transpose()?;
                dir.1.restore(dir.0.as_fd())?;
                match above.zip(way.pop()) {
                    Some(above) => dir = above,
                    None => return Ok(()),
                }
            }
        }
    }
}

/// A directory on the way: no descriptor and no names are kept of it, so that a tree may be deep and broad.
struct Level {
    stat: Stat,
    /// Where its listing goes on, and behind how many entries of that place: ext4's is the hash of the name.
    next: (u64, u32),
}

impl Level {
    /// Not through a link, nor into a mount of the host's, which the program did not see. `None`: where the caller has no
    /// rights, and can give itself none, an ordinary user's program had none either.
    fn open(named: Result<OwnedFd, Errno>) -> Result<Option<(OwnedFd, Level)>, Errno> {
        let open = || {
            let named = named?;
            let level = Level { stat: fstat(&named)?, next: (0, 0) };
            if !level.mode().contains(Mode::RWXU) {
                chmod(proc_path(named.as_fd()), level.mode() | Mode::RWXU)?;
            }
            Ok((openat(&named, ".", READ, Mode::empty())?, level))
        };
        match open() {
            Err(Errno::ACCESS | Errno::PERM | Errno::XDEV) => Ok(None),
            result => result.map(Some),
        }
    }

    fn mode(&self) -> Mode {
        Mode::from_raw_mode(self.stat.st_mode)
    }

    /// The next directory in it; files on the way there lose what they are not to have.
    fn next_dir(&mut self, dir: BorrowedFd<'_>) -> Result<Option<CString>, Errno> {
        let next = self.next;
        let mut here = (next.0, 0);
        seek(dir, SeekFrom::Start(here.0))?;
        let mut buffer = [const { MaybeUninit::uninit() }; 2048];
        let mut entries = RawDir::new(dir, &mut buffer);
        while let Some(entry) = entries.next() {
            let entry = entry?;
            let (name, cookie) = (entry.file_name(), entry.next_entry_cookie());
            let (place, before) = here;
            here = (cookie, if cookie == place { before + 1 } else { 0 });
            if place == next.0 && before < next.1 {
                continue;
            }
            let kind = match entry.file_type() {
                FileType::Unknown | FileType::RegularFile => {
                    let stat = statat(dir, name, AtFlags::SYMLINK_NOFOLLOW)?;
                    if Mode::from_raw_mode(stat.st_mode).intersects(SET_IDS) || is_capable(dir, name) {
                        take_off_one(dir, name)?;
                    }
                    FileType::from_raw_mode(stat.st_mode)
                }
                kind => kind,
            };
            if kind == FileType::Directory && name != c"." && name != c".." {
                self.next = here;
                return Ok(Some(name.to_owned()));
            }
        }
        Ok(None)
    }

    /// From a directory in it, if nobody has moved that.
    fn reopen(&self, below: BorrowedFd<'_>) -> Result<OwnedFd, Errno> {
        let dir = openat(below, "..", READ, Mode::empty())?;
        let stat = fstat(&dir)?;
        match (stat.st_dev, stat.st_ino) == (self.stat.st_dev, self.stat.st_ino) {
            true => Ok(dir),
            false => Err(Errno::STALE),
        }
    }

    /// The mode that it had.
    fn restore(&self, dir: BorrowedFd<'_>) -> Result<(), Errno> {
        match self.mode().contains(Mode::RWXU) {
            true => Ok(()),
            false => rustix::fs::fchmod(dir, self.mode()),
        }
    }
}

fn at(parent: BorrowedFd<'_>, name: &CStr) -> Result<OwnedFd, Errno> {
    beneath(parent, Path::new(OsStr::from_bytes(name.to_bytes())), OFlags::PATH | OFlags::NOFOLLOW)
}

/// By its name, as this is asked of every file. What cannot be told may be.
fn is_capable(dir: BorrowedFd<'_>, name: &CStr) -> bool {
    let file = Path::new(&proc_path(dir)).join(OsStr::from_bytes(name.to_bytes()));
    !matches!(lgetxattr(file, CAPABILITIES, &mut [0u8; 0]), Err(Errno::NODATA | Errno::NOTSUP))
}

fn take_off_one(dir: BorrowedFd<'_>, name: &CStr) -> Result<(), Errno> {
    let file = at(dir, name)?;
    let stat = fstat(&file)?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Ok(());
    }
    let path = proc_path(file.as_fd());
    // Another's, of an ordinary user's, or an immutable one: the program has not written to it. Of an ordinary user's the
    // capabilities are those of that user, and nobody else's.
    let done = |result| match result {
        Err(Errno::PERM | Errno::NODATA | Errno::NOTSUP) => Ok(()),
        result => result,
    };
    done(removexattr(&path, CAPABILITIES))?;
    done(chmod(&path, Mode::from_raw_mode(stat.st_mode) - SET_IDS))
}
