//! A host id that is one run's own as long as that lives, so that it shares nothing that the kernel counts by user.
//!
//! Ids are leased by a lock on a byte each of one file: fcntl(2), "Open file description locks". The init holds the descriptor,
//! so a lease ends with its run whatever ends the host. What leases one file belongs to one user: whoever may open it could
//! keep all ids from others.

use std::hash::{BuildHasher, RandomState};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::fs::{Access, AtFlags, CWD, FileType, Mode, OFlags, Stat, accessat, lstat};
use rustix::io::Errno;

use super::Facts;
use crate::sys::lock::claim_byte;

pub(crate) const FILE: &str = "/run/belljar.ids";

/// Locks so many ids for as long as the descriptor is open. `None` where there is no such file, or not as many left to be leased.
/// Who only `looks` learns whether there is a file, or can be one; which ids are free nobody knows before.
pub(crate) fn take<const N: usize>(facts: &Facts, looks: bool) -> Option<([u32; N], Option<OwnedFd>)> {
    match looks {
        true => may_take_of(FILE, facts).then_some(([facts.leasable.start; N], None)),
        false => take_of(FILE, facts).map(|(ids, file)| (ids, Some(file))),
    }
}

fn take_of<const N: usize>(file: &str, facts: &Facts) -> Option<([u32; N], OwnedFd)> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let ids = facts.leasable.clone();
    let count = u64::from(ids.end.saturating_sub(ids.start));
    if count == 0 {
        return None;
    }
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = rustix::fs::open(file, flags, Mode::RUSR | Mode::WUSR).ok()?;
    is_ours(&rustix::fs::fstat(&file).ok()?, facts).then_some(())?;
    // Others begin elsewhere: there may be another such file, of another mount namespace, for the same ids.
    let start = RandomState::new().hash_one(NEXT.fetch_add(1, Ordering::Relaxed));
    let mut free = (0..count)
        .map(|offset| ids.start + ((start % count + offset) % count) as u32)
        .filter(|id| *id != facts.uid && *id != NOBODY)
        // The byte is the id's own, whatever range it is taken from.
        .filter_map(|id| claim_byte(file.as_fd(), id.into()).map(|free| free.then_some(id)).transpose());
    let mut ids = [0; N];
    for id in &mut ids {
        *id = free.next()?.ok()?;
    }
    drop(free);
    Some((ids, file))
}

fn is_ours(stat: &Stat, facts: &Facts) -> bool {
    let others = Mode::from_raw_mode(stat.st_mode) & (Mode::RWXG | Mode::RWXO);
    let is_file = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
    is_file && stat.st_uid == facts.uid && others == Mode::empty()
}

fn may_take_of(file: &str, facts: &Facts) -> bool {
    let may_make = |file: &Path| {
        let dir = file.parent().expect("a file in a directory");
        accessat(CWD, dir, Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS).is_ok()
    };
    !facts.leasable.is_empty()
        && match lstat(file) {
            Ok(stat) => is_ours(&stat, facts),
            Err(Errno::NOENT) => may_make(Path::new(file)),
            Err(_) => false,
        }
}

/// The kernel's overflow id, which is in sight for all that has none.
const NOBODY: u32 = 65534;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::host::HostIds;
    use crate::launch::tests::common::TempDir;

    fn facts(leasable: std::ops::Range<u32>) -> Facts {
        Facts { leasable, ids: HostIds::Chosen(7), ..Facts::now() }
    }

    #[test]
    fn all_that_live_have_different_ids_and_the_last_one_none() {
        let dir = TempDir::new("lease");
        let file = dir.path().join("ids").to_str().expect("text").to_owned();
        // More than a few that are taken stand in a row.
        let facts = facts(70_000..70_200);
        let leases: Vec<([u32; 1], OwnedFd)> = (0..200).map(|_| take_of(&file, &facts).expect("one is left")).collect();
        assert_eq!(leases.iter().map(|([id], _)| *id).collect::<BTreeSet<u32>>(), (70_000..70_200).collect());
        assert!(take_of::<1>(&file, &facts).is_none());
        drop(leases);
        assert!(take_of::<1>(&file, &facts).is_some(), "a lease ends with its descriptor");
        let mode = std::fs::metadata(&file).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn who_needs_two_gets_two_or_none() {
        let dir = TempDir::new("lease");
        let file = dir.path().join("ids").to_str().expect("text").to_owned();
        let facts = facts(70_000..70_003);
        let (pair, lease) = take_of::<2>(&file, &facts).expect("two of three");
        assert_ne!(pair[0], pair[1]);
        assert!(take_of::<2>(&file, &facts).is_none(), "one is left");
        assert!(take_of::<1>(&file, &facts).is_some(), "which nobody keeps");
        drop(lease);
        assert!(take_of::<2>(&file, &facts).is_some());
    }

    #[test]
    fn a_file_that_others_may_have_made_is_none() {
        let dir = TempDir::new("lease");
        let path = |name: &str| dir.path().join(name).to_str().expect("text").to_owned();
        let facts = facts(70_000..70_016);
        std::os::unix::fs::symlink("elsewhere", path("link")).expect("a link");
        std::fs::write(path("open"), "").expect("a file");
        std::fs::set_permissions(path("open"), PermissionsExt::from_mode(0o666)).expect("its mode");
        std::fs::create_dir(path("dir")).expect("a directory");
        for name in ["link", "open", "dir", "missing/ids"] {
            assert!(take_of::<1>(&path(name), &facts).is_none(), "{name}");
            assert!(!may_take_of(&path(name), &facts), "{name}");
        }
        assert!(may_take_of(&path("new"), &facts) && !std::fs::exists(path("new")).expect("is looked for"));
        let other = Facts { uid: facts.uid + 1, ..facts.clone() };
        assert!(take_of::<1>(&path("new"), &other).is_none(), "another's file");
        assert!(take_of::<1>(&path("new"), &Facts { leasable: 0..0, ..facts }).is_none());
    }
}
