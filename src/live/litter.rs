//! What a user that is no more has left in the directories where everybody may write.

use std::ffi::OsStr;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, openat, statat, unlinkat};
use rustix::io::Errno;

use crate::overlay::remove_tree;

/// Where a program without a root of its own leaves files by habit. Elsewhere it can only where it was let.
const SHARED: [&str; 3] = ["/tmp", "/var/tmp", "/dev/shm"];

/// Removes what belongs to this user, with all that is in it. Nothing may have its id any more.
pub(crate) fn remove(user: u32) -> Result<(), (PathBuf, Errno)> {
    SHARED.iter().try_for_each(|dir| remove_in(dir, user).map_err(|errno| (PathBuf::from(dir), errno)))
}

fn remove_in(path: &str, user: u32) -> Result<(), Errno> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let dir = match openat(CWD, path, flags, Mode::empty()) {
        Err(Errno::NOENT | Errno::NOTDIR) => return Ok(()),
        result => result?,
    };
    // Names first, as what is removed meanwhile may make the kernel pass over others.
    let names: Vec<_> = Dir::read_from(&dir)?
        .map(|entry| entry.map(|entry| entry.file_name().to_owned()))
        .collect::<Result<_, Errno>>()?;
    for name in names.iter().filter(|name| !matches!(name.to_bytes(), b"." | b"..")) {
        match remove_owned(dir.as_fd(), OsStr::from_bytes(name.to_bytes()), user) {
            Ok(()) | Err(Errno::NOENT) => {}
            // So it was when the program ran.
            Err(Errno::ROFS) => return Ok(()),
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

fn remove_owned(dir: BorrowedFd<'_>, name: &OsStr, user: u32) -> Result<(), Errno> {
    let stat = statat(dir, name, AtFlags::SYMLINK_NOFOLLOW)?;
    match FileType::from_raw_mode(stat.st_mode) {
        _ if stat.st_uid != user => Ok(()),
        FileType::Directory => remove_tree(dir, name),
        _ => unlinkat(dir, name, AtFlags::empty()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{chown, lchown, symlink};

    use super::*;
    use crate::launch::tests::common::TempDir;

    #[test]
    fn what_belongs_to_the_user_goes_and_nothing_else() {
        const USER: u32 = 0x7000_1234;
        let dir = TempDir::new("litter");
        let path = |name: &str| dir.path().join(name);
        for name in ["theirs/deep/deeper", "ours", "link's"] {
            fs::create_dir_all(path(name)).expect("a directory");
            fs::write(path(name).join("file"), "text").expect("a file");
        }
        symlink(path("link's"), path("link")).expect("a link");
        symlink(path("ours"), path("theirs/way out")).expect("a link");
        if chown(path("theirs"), Some(USER), None).is_err() {
            return println!("SKIP what_belongs_to_the_user_goes_and_nothing_else: may not give files away");
        }
        lchown(path("link"), Some(USER), None).expect("gives the link away");
        remove_in(dir.path().to_str().expect("text"), USER).expect("removes");
        let mut left: Vec<_> =
            fs::read_dir(dir.path()).expect("reads").map(|entry| entry.expect("reads").file_name()).collect();
        left.sort();
        assert_eq!(left, ["link's", "ours"]);
        assert!(path("ours/file").exists() && path("link's/file").exists());
    }
}
