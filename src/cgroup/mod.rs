//! Control groups of the second version: where a sandbox gets one, what it limits, and what it tells.

pub(crate) mod group;
pub(crate) mod hierarchy;
pub(crate) mod io;
pub(crate) mod leaf;
pub(crate) mod parent;
pub(crate) mod stat;
mod sweep;

use std::path::PathBuf;

use bitflags::bitflags;

/// Where the sandbox's control group is made: cgroups(7), version 2. Default [`Cgroup::auto()`].
///
/// Each run gets a group of its own, a leaf below the parent that is named or found here. It is made before the program
/// starts and removed after its end: by the host, or by the sandbox's init if the host is killed and the init has its user, or
/// else by the next run below the same parent.
///
/// ```
/// use belljar::{Cgroup, Sandbox};
///
/// let sandbox = Sandbox::new().cgroup(Cgroup::parent("/sys/fs/cgroup/judge")).memory_limit(512 << 20);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Cgroup {
    /// `None` is the place that is found.
    pub(crate) parent: Option<PathBuf>,
}

impl Cgroup {
    /// Below the caller's own group, where that is delegated to it: the one that `/proc/self/cgroup` names.
    ///
    /// A group that hands controllers on to others may hold no process of its own: the kernel's "no internal processes" rule.
    /// So a host's first sandbox makes a group `belljar.host` in the host's own one and **moves the host into it, for good**:
    /// the whole process, and those of its descendants that are in the group. What the host starts later begins there. The
    /// groups of the sandboxes lie beside it, and limits that were set on the host go on to bind all of them together. Nobody
    /// else is moved, and no group above the own one is used. The root of the hierarchy knows no such rule, and a group
    /// without controllers (cgroup v1 has them) no use for it: there nobody moves.
    ///
    /// A host gets a group of its own by `systemd-run --user --scope -p Delegate=yes PROGRAM` (root: without `--user`), by
    /// `Delegate=yes` in the unit of a service, or in a container that has a cgroup namespace and a writable `/sys/fs/cgroup`.
    /// For tests cargo itself would be in the way;
    /// `CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER='systemd-run --user --scope -p Delegate=yes'` gives each test program a
    /// group. [`Host::probe`](crate::Host::probe) tells what would be found, and changes nothing.
    ///
    /// Without `Delegate=yes` systemd ends a unit, and with it the host, as soon as the kernel kills in it for want of memory
    /// (`OOMPolicy=stop`): also if that is a sandbox's [`MemoryLimit`](crate::Verdict::MemoryLimit). In the units of the system
    /// this is an error. A user's own systemd sets no mark by which a process could tell, so that every unit of it is used as if
    /// it were delegated: see to it in the unit.
    ///
    /// # Errors
    /// Of `spawn`, at [`Step::Cgroup`](crate::Step::Cgroup), each with its cure: cgroup v2 is not mounted, or read-only; the
    /// group is not this user's, or is systemd's and not delegated, is threaded, lacks a controller that a limit needs, or has
    /// other processes in it.
    ///
    /// ```
    /// use belljar::{Cgroup, Command, Sandbox};
    ///
    /// let sandbox = Sandbox::new().host_system().cgroup(Cgroup::auto()).pids_limit(16);
    /// match sandbox.run(Command::new("true")) {
    ///     Ok(outcome) => println!("{}", outcome.verdict),
    ///     Err(error) => println!("{error}; cure: {:?}", error.hint()),
    /// }
    /// ```
    pub fn auto() -> Cgroup {
        Cgroup::default()
    }

    /// Below this directory of a cgroup2 filesystem, an absolute path, in which the caller may make directories.
    ///
    /// The controllers for memory, processors, tasks and I/O, as far as the group has them, are switched on for the groups below
    /// it (its `cgroup.subtree_control`), and stay so. Nobody is moved: there must be no process in it, unless they are on
    /// already. The kernel moves a program there only if the caller may write to the `cgroup.procs` of the group above both.
    ///
    /// ```
    /// # use belljar::{Cgroup, Sandbox};
    /// let sandbox = Sandbox::new().host_system().cgroup(Cgroup::parent("/sys/fs/cgroup/judge"));
    /// ```
    ///
    /// # Errors
    /// As [`auto`](Cgroup::auto); the directory is not there, or of another filesystem.
    pub fn parent(path: impl Into<PathBuf>) -> Cgroup {
        Cgroup { parent: Some(path.into()) }
    }
}

bitflags! {
    /// The controllers that limits need.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
    pub(crate) struct Controllers: u8 {
        const MEMORY = 1;
        const CPU = 1 << 1;
        const PIDS = 1 << 2;
        const IO = 1 << 3;
        /// Switched on where a limit needs it, and not to measure with.
        const CPUSET = 1 << 4;
    }
}

impl Controllers {
    /// What a group has that can have it.
    pub(crate) const USUAL: Controllers = Controllers::all().difference(Controllers::CPUSET);
}

/// How the name of a leaf begins. Its owner holds flock(2) LOCK_SH on its directory; whoever gets LOCK_EX on it may
/// kill what is in it and remove it.
const LEAF_PREFIX: &str = "belljar-";

/// The name of a leaf: process, time and number of who makes it, in hexadecimal.
pub(crate) fn leaf_name(process: u32, seconds: i64, nanoseconds: i64, number: u32) -> String {
    format!("{LEAF_PREFIX}{process:x}-{seconds:x}{nanoseconds:08x}-{number:x}")
}

/// Whether a group has such a name. Nothing else may be taken for a leaf: somebody may have named the parent of other runs
/// after this crate, and it would be removed with all of them.
pub(crate) fn is_leaf_name(name: &[u8]) -> bool {
    let hexadecimal = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
    let Some(rest) = name.strip_prefix(LEAF_PREFIX.as_bytes()) else { return false };
    let parts: Vec<&[u8]> = rest.split(|byte| *byte == b'-').collect();
    match parts[..] {
        [process, time, number] => {
            [process, number].iter().all(|part| !part.is_empty())
                && time.len() > 8
                && [process, time, number].concat().iter().all(hexadecimal)
        }
        _ => false,
    }
}

/// Quota and period of `cpu.max`, in microseconds. The kernel takes no quota below one millisecond, and none above 2^44.
pub(crate) fn cpu_quota(cpus: f64) -> (u64, u64) {
    const PERIOD: u64 = 100_000;
    const LEAST: u64 = 1_000;
    const MOST: u64 = (1 << 44) - 1;
    // A float that is too large becomes the largest integer.
    let quota = (cpus * PERIOD as f64).round() as u64;
    (quota.clamp(LEAST, MOST), PERIOD)
}

#[cfg(test)]
mod tests {
    use super::cpu_quota;

    #[test]
    fn cpus_become_a_quota_that_the_kernel_takes() {
        let quotas = [(0.5, 50_000), (1.0, 100_000), (2.25, 225_000), (0.333_333, 33_333), (0.000_01, 1_000)];
        for (cpus, quota) in quotas {
            assert_eq!(cpu_quota(cpus), (quota, 100_000), "{cpus}");
        }
        assert_eq!(cpu_quota(f64::MAX).0, (1 << 44) - 1);
    }
}
