//! A directory of a cgroup2 filesystem, and its files.

use std::ffi::CString;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{
    Access, AtFlags, CWD, Dir, FileType, Mode, OFlags, accessat, chmodat, fstatfs, mkdirat, openat, unlinkat,
};
use rustix::io::Errno;
use rustix::path::Arg;

use super::{Controllers, stat};
use crate::cure;
use crate::error::{Cure, Error, Label, Result, Step};
use crate::mounts::has_nul;

/// CGROUP2_SUPER_MAGIC and CGROUP_SUPER_MAGIC of statfs(2).
const CGROUP2: u64 = 0x6367_7270;
const CGROUP_V1: u64 = 0x0027_e0eb;

/// An open group: whatever becomes of the path, the files are its own.
#[derive(Debug)]
pub(crate) struct Group {
    pub dir: OwnedFd,
    pub path: PathBuf,
}

impl Group {
    /// Opens a directory, which must be a group of version 2.
    pub(crate) fn open(path: &Path) -> Result<Group> {
        Group::check(path)?;
        Group::open_at(CWD, path, path.to_owned())
    }

    /// What the host cannot help, whatever it has.
    pub(crate) fn check(path: &Path) -> Result<()> {
        let refuse = |message: &str| Err(Error::invalid(Label::at(Step::Cgroup, path), message));
        if has_nul(path) {
            return refuse("holds a NUL byte");
        }
        if !path.is_absolute() {
            return refuse("is not absolute");
        }
        Ok(())
    }

    /// Opens a group below this one.
    pub(crate) fn child(&self, name: &str) -> Result<Group> {
        Group::open_at(self.dir.as_fd(), Path::new(name), self.path.join(name))
    }

    fn open_at(at: BorrowedFd<'_>, name: &Path, path: PathBuf) -> Result<Group> {
        let label = Label::at(Step::Cgroup, &path);
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let dir = match openat(at, name, flags, Mode::empty()) {
            Ok(dir) => dir,
            Err(errno) => {
                let missing = matches!(errno, Errno::NOENT | Errno::NOTDIR);
                return Err(Error::os(label, errno).with_hint(missing.then_some(cure::CGROUP_PATH)));
            }
        };
        match fstatfs(&dir) {
            Ok(stat) if stat.f_type as u64 == CGROUP2 => Ok(Group { dir, path }),
            Ok(stat) if stat.f_type as u64 == CGROUP_V1 => {
                Err(Error::invalid(label, "is a group of cgroup v1").with_hint(Some(cure::CGROUP_V1)))
            }
            // Another host has cgroup2 there.
            Ok(_) => {
                let cure = Cure::Host(cure::CGROUP_PATH.text());
                Err(Error::invalid(label, "is not on a cgroup2 filesystem").with_hint(Some(cure)))
            }
            Err(errno) => Err(Error::os(label, errno)),
        }
    }

    /// Makes the directory of a group below this one, with a mode that does not hang on the host's umask.
    pub(crate) fn make(&self, name: &str) -> rustix::io::Result<()> {
        let mode = Mode::from_raw_mode(0o755);
        mkdirat(&self.dir, name, mode)?;
        chmodat(&self.dir, name, mode, AtFlags::empty())
    }

    /// What one of its files says.
    pub(crate) fn read(&self, file: &str) -> io::Result<String> {
        let fd = openat(&self.dir, file, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
        let mut text = String::new();
        File::from(fd).read_to_string(&mut text)?;
        Ok(text)
    }

    /// Writes to one of its files, in one call as the kernel wants it.
    pub(crate) fn write(&self, file: &str, text: &str) -> io::Result<()> {
        let fd = openat(&self.dir, file, OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty())?;
        File::from(fd).write_all(text.as_bytes())
    }

    /// Whether the caller may write to a file of it; `.` stands for making groups below it.
    pub(crate) fn writable(&self, file: &str) -> Result<()> {
        accessat(&self.dir, file, Access::WRITE_OK, AtFlags::EACCESS).map_err(|errno| self.refused(errno.into()))
    }

    /// Controllers named by a file of it.
    pub(crate) fn controllers(&self, file: &str) -> Result<Controllers> {
        self.read(file).map(|list| Controllers::named_in(&list)).map_err(|error| self.refused(error))
    }

    /// The processes in it, not those below; 0 is one that the caller's pid namespace does not show.
    pub(crate) fn processes(&self) -> Result<Vec<u32>> {
        let list = self.read("cgroup.procs").map_err(|error| self.refused(error))?;
        Ok(list.lines().filter_map(|line| line.parse().ok()).collect())
    }

    pub(crate) fn invalid(&self, message: impl Into<String>, cure: Cure) -> Error {
        Error::invalid(Label::at(Step::Cgroup, &self.path), message).with_hint(Some(cure))
    }

    /// The kernel's refusal to have the group used as a parent.
    pub(crate) fn refused(&self, error: io::Error) -> Error {
        let cure = match Errno::from_io_error(&error) {
            Some(Errno::ROFS) => Some(cure::CGROUP_READ_ONLY),
            Some(Errno::PERM | Errno::ACCESS) => Some(cure::CGROUP_DELEGATED),
            Some(Errno::BUSY) => Some(cure::CGROUP_PROCESSES),
            Some(Errno::OPNOTSUPP) => Some(cure::CGROUP_THREADED),
            // cgroup.max.descendants or cgroup.max.depth.
            Some(Errno::AGAIN) => Some(cure::CGROUP_MAX),
            _ => None,
        };
        Error::os(Label::at(Step::Cgroup, &self.path), error).with_hint(cure)
    }

    /// That these processes are where none may be.
    pub(crate) fn occupied(&self, processes: &[u32]) -> Error {
        let own = std::process::id();
        let mut message = match processes.len() {
            1 => String::from("a process is in it"),
            count => format!("{count} processes are in it"),
        };
        let named = processes.iter().find(|pid| **pid != own && **pid != 0);
        let _ = match named {
            Some(pid) => write!(message, ", such as {pid}{}", command_name(*pid)),
            None if processes.contains(&own) => write!(message, ", this one"),
            None => write!(message, " that this pid namespace does not show"),
        };
        self.invalid(message, cure::CGROUP_PROCESSES)
    }
}

/// What a process calls itself, which may be anything.
fn command_name(pid: u32) -> String {
    let comm = std::fs::read(format!("/proc/{pid}/comm")).unwrap_or_default();
    match String::from_utf8_lossy(&comm).trim_end_matches('\n') {
        "" => String::new(),
        name => format!(" ({})", name.escape_debug()),
    }
}

pub(super) fn open_dir(at: BorrowedFd<'_>, name: impl Arg) -> rustix::io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(at, name, flags, Mode::empty())
}

/// Empties and removes the group `name` in `parent`, which `dir` is open on. It is tried once though the deadline has passed.
pub(super) fn remove(
    parent: BorrowedFd<'_>,
    name: &str,
    dir: BorrowedFd<'_>,
    deadline: Instant,
) -> rustix::io::Result<()> {
    let mut late = false;
    loop {
        // rmdir(2) takes an empty group alone, so that nobody who lives can lose it.
        match unlinkat(parent, name, AtFlags::REMOVEDIR) {
            Ok(()) | Err(Errno::NOENT | Errno::NODEV) => return Ok(()),
            Err(Errno::BUSY | Errno::NOTEMPTY | Errno::INTR) if !late => {}
            Err(errno) => return Err(errno),
        }
        late = Instant::now() >= deadline;
        kill(dir);
        wait_until_empty(dir, deadline);
        remove_below(dir, deadline);
    }
}

/// SIGKILL to every process in it, those being forked included: `cgroup.kill` (5.14).
pub(crate) fn kill(dir: BorrowedFd<'_>) {
    if let Ok(kill) = openat(dir, "cgroup.kill", OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty()) {
        let _ = rustix::io::write(&kill, b"1");
    }
}

/// The kernel tells of a change of `cgroup.events` by POLLPRI: cgroups(7).
fn wait_until_empty(dir: BorrowedFd<'_>, deadline: Instant) {
    const TICK: Duration = Duration::from_millis(50);
    let Ok(events) = openat(dir, "cgroup.events", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()) else { return };
    loop {
        // Read through the same descriptor, as the poll tells of changes since its last read.
        let populated = stat::read(events.as_fd()).and_then(|events| stat::value(&events, "populated"));
        let left = deadline.saturating_duration_since(Instant::now());
        if populated.unwrap_or(0) == 0 || left.is_zero() {
            return;
        }
        let timeout = Timespec::try_from(left.min(TICK)).ok();
        let _ = poll(&mut [PollFd::new(&events, PollFlags::PRI)], timeout.as_ref());
    }
}

/// Removes the empty groups below one. A program that reaches the hierarchy, as one of the host's own user does without a mount
/// namespace, may have made them within its own, and as deep as it likes: so neither the stack nor the descriptors are used up
/// by that.
pub(super) fn remove_below(dir: BorrowedFd<'_>, deadline: Instant) {
    let Ok(mut here) = open_dir(dir, c".") else { return };
    let (mut depth, mut entered) = (0, false);
    while Instant::now() < deadline {
        let (removed, left) = remove_in(&here);
        let down = left.is_some();
        let next = match left {
            Some(name) => open_dir(here.as_fd(), &name),
            None if depth == 0 => return,
            // It was not kept by groups, so by processes.
            None if entered && !removed => return,
            None => open_dir(here.as_fd(), c".."),
        };
        if down {
            depth += 1
        } else {
            depth -= 1
        }
        entered = down;
        match next {
            Ok(dir) => here = dir,
            Err(_) => return,
        }
    }
}

/// Removes those directly below: whether there was one, and one that is not empty.
fn remove_in(dir: &OwnedFd) -> (bool, Option<CString>) {
    let mut removed = false;
    for entry in Dir::read_from(dir).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if entry.file_type() != FileType::Directory || name.to_bytes().starts_with(b".") {
            continue;
        }
        if unlinkat(dir, name, AtFlags::REMOVEDIR).is_err() {
            return (removed, Some(name.to_owned()));
        }
        removed = true;
    }
    (removed, None)
}
