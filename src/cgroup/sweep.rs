//! Removes what hosts that were killed have left: their leaves.
//!
//! A leaf belongs to who holds flock(2) LOCK_SH on its directory: the host, and its init for as long as that lives. Whoever
//! gets LOCK_EX on it knows that both are gone; ids of processes, which are used again and differ between namespaces, are not
//! asked. A host that is about to lock a leaf that it has just made may lose it here, and makes another.
//!
//! The cost is bounded: after [`TIME`] the rest is left for the next time, each of which removes at least one. A leaf that is
//! in use costs an open and a lock.

use std::ffi::CString;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{AtFlags, Dir, FileType, FlockOperation, Mode, OFlags, flock, openat, unlinkat};
use rustix::io::Errno;

use super::group::{Group, open_dir, remove_below};
use super::is_leaf_name;

/// How long a run looks after the leaves of others.
const TIME: Duration = Duration::from_millis(100);

/// Kills and removes what is in the leaves of dead hosts, and removes them. Errors are for the next run to meet.
pub(super) fn sweep(parent: &Group) {
    let deadline = Instant::now() + TIME;
    let mut dying = Vec::new();
    for name in leaves(parent) {
        if let Some(leaf) = Dead::claim(parent, name)
            && !leaf.remove(parent, deadline)
        {
            leaf.kill();
            dying.push(leaf);
        }
        if Instant::now() > deadline {
            break;
        }
    }
    for leaf in dying {
        leaf.wait(deadline);
        leaf.remove(parent, deadline);
    }
}

fn leaves(parent: &Group) -> Vec<CString> {
    let Ok(dir) = Dir::read_from(&parent.dir) else { return Vec::new() };
    let entries = dir.filter_map(|entry| entry.ok());
    let leaves =
        entries.filter(|entry| entry.file_type() == FileType::Directory && is_leaf_name(entry.file_name().to_bytes()));
    leaves.map(|entry| entry.file_name().to_owned()).collect()
}

/// A leaf whose owner is gone, claimed for as long as this lives.
struct Dead {
    group: Group,
    name: CString,
}

impl Dead {
    fn claim(parent: &Group, name: CString) -> Option<Dead> {
        let dir = open_dir(parent.dir.as_fd(), &name).ok()?;
        flock(&dir, FlockOperation::NonBlockingLockExclusive).ok()?;
        let path = parent.path.join(name.to_string_lossy().as_ref());
        Some(Dead { group: Group { dir, path }, name })
    }

    /// Whether it is gone: rmdir(2) takes an empty group alone, so that nobody who lives can lose it.
    fn remove(&self, parent: &Group, deadline: Instant) -> bool {
        match unlinkat(&parent.dir, &self.name, AtFlags::REMOVEDIR) {
            Ok(()) => {
                log::debug!("removed {}, whose host is gone", self.group.path.display());
                true
            }
            Err(Errno::BUSY) => {
                remove_below(self.group.dir.as_fd(), deadline);
                unlinkat(&parent.dir, &self.name, AtFlags::REMOVEDIR) != Err(Errno::BUSY)
            }
            Err(_) => true,
        }
    }

    fn kill(&self) {
        let _ = self.group.write("cgroup.kill", "1");
    }

    /// Waits for `populated 0`: the kernel reports a change of cgroup.events as POLLPRI.
    fn wait(&self, deadline: Instant) {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        let Ok(events) = openat(&self.group.dir, c"cgroup.events", flags, Mode::empty()) else { return };
        loop {
            // Read through the same descriptor, as the poll tells of changes since its last read.
            let mut text = [0; 64];
            let length = rustix::io::pread(&events, &mut text, 0).unwrap_or(0);
            let populated = text[..length].starts_with(b"populated 1");
            let left = deadline.saturating_duration_since(Instant::now());
            if !populated || left.is_zero() {
                return;
            }
            let timeout = Timespec { tv_sec: 0, tv_nsec: left.subsec_nanos().into() };
            let _ = poll(&mut [PollFd::new(&events, PollFlags::PRI)], Some(&timeout));
        }
    }
}
