//! Removes what hosts that were killed have left: their leaves.
//!
//! The init of a dead host removes the leaf itself, if it has the host's user and was in charge already. The others are found here.
//!
//! A leaf belongs to who holds flock(2) LOCK_SH on its directory: the host, and a program while that is started. Whoever
//! gets LOCK_EX on it knows that both are gone, and that what may be in it yet is to end; ids of processes, which are used again
//! and differ between namespaces, are not asked. A host that is about to lock a leaf that it has just made may lose it here,
//! and makes another.
//!
//! The cost is bounded: after [`TIME`] the rest is left for the next time, each of which removes at least one. A leaf that is
//! in use costs an open and a lock.

use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::fs::{AtFlags, Dir, FileType, FlockOperation, flock, unlinkat};

use super::group::{Group, kill, open_dir, remove};
use super::is_leaf_name;

/// How long a run looks after the leaves of others.
const TIME: Duration = Duration::from_millis(100);

/// Kills and removes what is in the leaves of dead hosts, and removes them. Errors are for the next run to meet.
pub(super) fn sweep(parent: &Group) {
    let deadline = Instant::now() + TIME;
    let mut dying = Vec::new();
    let removed = |name: &str| log::debug!("removed {}, whose host is gone", parent.path.join(name).display());
    for name in leaves(parent) {
        if let Some(leaf) = claim(parent, &name) {
            match unlinkat(&parent.dir, &name, AtFlags::REMOVEDIR) {
                Ok(()) => removed(&name),
                // All of them die at once, and are waited for afterwards.
                Err(_) => {
                    kill(leaf.as_fd());
                    dying.push((name, leaf));
                }
            }
        }
        if Instant::now() > deadline {
            break;
        }
    }
    for (name, leaf) in dying {
        if remove(parent.dir.as_fd(), &name, leaf.as_fd(), deadline).is_ok() {
            removed(&name);
        }
    }
}

fn leaves(parent: &Group) -> Vec<String> {
    let Ok(dir) = Dir::read_from(&parent.dir) else { return Vec::new() };
    let entries = dir.filter_map(|entry| entry.ok());
    let leaves =
        entries.filter(|entry| entry.file_type() == FileType::Directory && is_leaf_name(entry.file_name().to_bytes()));
    leaves.filter_map(|entry| entry.file_name().to_str().ok().map(String::from)).collect()
}

/// A leaf whose owner is gone, claimed for as long as this is open.
fn claim(parent: &Group, name: &str) -> Option<OwnedFd> {
    let dir = open_dir(parent.dir.as_fd(), name).ok()?;
    flock(&dir, FlockOperation::NonBlockingLockExclusive).ok()?;
    Some(dir)
}
