//! Where the tests' sandboxes get their groups.

use std::path::{Path, PathBuf};

use belljar::{Cgroup, Sandbox};

/// The group above the test's own, if it hands on all controllers to this user: in the virtual machines and wherever CI
/// prepares it so. `None` is told as a skip of `test`.
pub fn parent(test: &str) -> Option<PathBuf> {
    let found = delegated();
    if found.is_none() {
        super::skip(test, "cgroup", "no cgroup v2 parent with all controllers that is this user's");
    }
    found
}

/// A sandbox with its group there.
pub fn sandbox(test: &str) -> Option<Sandbox> {
    parent(test).map(|parent| super::guest_sandbox().cgroup(Cgroup::parent(parent)))
}

fn delegated() -> Option<PathBuf> {
    let parent = own()?.parent()?.to_owned();
    let handed_on = std::fs::read_to_string(parent.join("cgroup.subtree_control")).ok()?;
    let all = ["memory", "cpu", "pids", "io"].iter().all(|name| handed_on.split_whitespace().any(|on| on == *name));
    let may = rustix::fs::access(&parent, rustix::fs::Access::WRITE_OK).is_ok()
        && rustix::fs::access(parent.join("cgroup.procs"), rustix::fs::Access::WRITE_OK).is_ok();
    (all && may).then_some(parent)
}

/// Whether this user may make groups in its own one, whatever controllers that has. If not it is told as a skip of `test`.
pub fn counts(test: &str) -> bool {
    let may = own().is_some_and(|own| {
        let place = if own.ends_with("belljar.host") { own.parent().expect("a group above").to_owned() } else { own };
        [place.join("cgroup.procs"), place]
            .iter()
            .all(|file| rustix::fs::access(file, rustix::fs::Access::WRITE_OK).is_ok())
    });
    if !may {
        super::skip(test, "cgroup", "no group of cgroup v2 in which this user may make others");
    }
    may
}

fn own() -> Option<PathBuf> {
    let own = std::fs::read_to_string("/proc/self/cgroup").ok()?;
    let own = own.lines().find_map(|line| line.strip_prefix("0::/"))?.to_owned();
    let mounts = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].map(Path::new);
    mounts.into_iter().find(|mount| mount.join("cgroup.controllers").exists()).map(|mount| mount.join(own))
}

/// A place that is a group on no host: with it each is as one that has none.
pub fn none() -> Cgroup {
    Cgroup::parent("/proc")
}

/// The groups of runs below `parent`.
pub fn leaves(parent: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("belljar-"))).collect()
}
