//! Removes trees that a program, or an archive, has made: of any depth and with any modes.

use std::ffi::{CStr, CString, OsStr};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::{
    AtFlags, Dir, FileType, Mode, OFlags, RenameFlags, ResolveFlags, openat, openat2, renameat_with, statat, unlinkat,
};
use rustix::io::Errno;
use rustix::path::Arg;

use super::marks::proc_path;

/// Removes a directory with all in it, whatever names, modes and depth a program has given it: [`std::fs::remove_dir_all`], which
/// fails at a directory that not even its owner may read (`mkdir d; chmod 0 d` in a [`bind_rw`](crate::Sandbox::bind_rw)). To be
/// called when the run is over; a directory that is not there is no error.
///
/// No link is followed but those in the way to `path`, and nothing is removed of what is mounted below. Directories are given their
/// owner's rights as it goes.
///
/// # Errors
/// A path without a name (`/`, `..`); a file or a link; a mount point in it, at which it stops; a directory of another user's; no
/// `/proc`.
///
/// ```
/// use belljar::{Command, Sandbox};
///
/// let dir = std::env::temp_dir().join(format!("belljar-remove-doc-{}", std::process::id()));
/// std::fs::create_dir(&dir)?;
/// let sandbox = Sandbox::new().host_system().bind_rw(&dir, "/work");
/// # if sandbox.run(Command::new("true")).is_err_and(|error| error.step() == belljar::Step::Bind) { return Ok(()) }
/// sandbox.run(Command::shell("mkdir -p /work/a/b && chmod 0 /work/a/b /work/a"))?;
/// belljar::remove_dir_all(&dir)?;
/// assert!(!dir.exists());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn remove_dir_all(path: impl AsRef<Path>) -> std::io::Result<()> {
    let path = path.as_ref();
    let name = path.file_name().ok_or(Errno::INVAL)?;
    let above = path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let above = rustix::fs::open(above, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    Ok(remove_tree(above, name)?)
}

/// Removes a directory with all in it. What is not there is gone.
pub(crate) fn remove_tree(parent: impl AsFd, name: &OsStr) -> Result<(), Errno> {
    let dir = match enter(parent.as_fd(), name) {
        Err(Errno::NOENT) => return Ok(()),
        result => result?,
    };
    clear(dir.as_fd())?;
    unlinkat(parent, name, AtFlags::REMOVEDIR)
}

/// Removes everything in a directory with two descriptors: what is a directory in one of its directories moves up to here first.
pub(crate) fn clear(top: BorrowedFd<'_>) -> Result<(), Errno> {
    let mut next = 0;
    each(top, |name| match is_dir(top, name)? {
        true => {
            let dir = enter(top, name)?;
            each(dir.as_fd(), |name| match unlinkat(&dir, name, AtFlags::empty()) {
                Err(Errno::ISDIR | Errno::PERM) if is_dir(dir.as_fd(), name)? => {
                    // A directory that moves is written to: its `..` changes.
                    own(dir.as_fd(), name)?;
                    move_aside(&dir, name, top, &mut next)
                }
                result => result,
            })?;
            unlinkat(top, name, AtFlags::REMOVEDIR)
        }
        false => unlinkat(top, name, AtFlags::empty()),
    })
}

/// Renames what is at `name` to a number in `aside` that is free, the next from `next` on.
pub(crate) fn move_aside(
    parent: impl AsFd,
    name: impl Arg + Copy,
    aside: BorrowedFd<'_>,
    next: &mut u64,
) -> Result<(), Errno> {
    loop {
        *next += 1;
        match renameat_with(&parent, name, aside, next.to_string(), RenameFlags::NOREPLACE) {
            Err(Errno::EXIST) => {}
            result => return result,
        }
    }
}

/// Until there is nothing left, and not too many names at a time.
fn each(dir: BorrowedFd<'_>, mut act: impl FnMut(&CStr) -> Result<(), Errno>) -> Result<(), Errno> {
    loop {
        let names = names(dir)?;
        if names.is_empty() {
            return Ok(());
        }
        names.iter().try_for_each(|name| act(name))?;
    }
}

fn names(dir: BorrowedFd<'_>) -> Result<Vec<CString>, Errno> {
    const AT_A_TIME: usize = 4096;
    let names = Dir::read_from(dir)?
        .filter(|entry| entry.as_ref().map_or(true, |entry| entry.file_name() != c"." && entry.file_name() != c".."));
    names.take(AT_A_TIME).map(|entry| entry.map(|entry| entry.file_name().to_owned())).collect()
}

/// Opens a directory, not through a link and not into another mount, and gives its owner all rights: the kernel makes those in
/// a work directory of an overlay with the mode 000.
fn own(parent: BorrowedFd<'_>, name: impl Arg) -> Result<OwnedFd, Errno> {
    const FLAGS: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
    let named = openat2(parent, name, FLAGS, Mode::empty(), ResolveFlags::NO_XDEV)?;
    rustix::fs::chmod(proc_path(named.as_fd()), Mode::RWXU)?;
    Ok(named)
}

fn enter(parent: BorrowedFd<'_>, name: impl Arg) -> Result<OwnedFd, Errno> {
    openat(own(parent, name)?, ".", OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
}

fn is_dir(parent: BorrowedFd<'_>, name: &CStr) -> Result<bool, Errno> {
    let stat = statat(parent, name, AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(FileType::from_raw_mode(stat.st_mode) == FileType::Directory)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::PathBuf;

    use rustix::fs::{CWD, mkdirat};

    use super::*;

    #[test]
    fn a_tree_goes_whatever_its_depth_and_modes_and_nothing_behind_its_links() {
        let place: PathBuf = std::env::temp_dir().join(format!("belljar-unlink-{}", std::process::id()));
        fs::create_dir_all(place.join("kept")).expect("a directory");
        fs::write(place.join("kept/file"), "").expect("a file");
        let tree = place.join("tree");
        fs::create_dir_all(tree.join("a/b")).expect("directories");
        fs::write(tree.join("a/b/1"), "").expect("a file");
        symlink("../kept", tree.join("link")).expect("a link");
        symlink("../../kept", tree.join("a/link")).expect("a link");
        // Deeper than a path may be long, and than a process has descriptors.
        let mut dir = enter(CWD, &tree).expect("opens");
        for _ in 0..2100 {
            mkdirat(&dir, "dd", Mode::RWXU).expect("a directory");
            dir = enter(dir.as_fd(), "dd").expect("opens");
        }
        for closed in ["a/b", "a"] {
            fs::set_permissions(tree.join(closed), Permissions::from_mode(0o000)).expect("chmod");
        }
        remove_tree(CWD, tree.as_os_str()).expect("goes");
        remove_tree(CWD, tree.as_os_str()).expect("is gone");
        assert!(!tree.exists() && place.join("kept/file").exists());
        let link = place.join("link");
        symlink("kept", &link).expect("a link");
        assert_eq!(remove_tree(CWD, link.as_os_str()), Err(Errno::NOTDIR));
        assert!(place.join("kept/file").exists());
        fs::remove_dir_all(&place).expect("goes");
    }
}
