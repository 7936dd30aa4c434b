//! Control groups of the second version: where a sandbox gets one, what it limits, and what it tells.

pub(crate) mod group;
pub(crate) mod hierarchy;
pub(crate) mod leaf;
pub(crate) mod parent;
mod sweep;

use std::path::PathBuf;

use bitflags::bitflags;

/// Where the sandbox's control group is made: cgroups(7), version 2. Default [`Cgroup::auto()`].
///
/// Each run gets a group of its own, a leaf below the parent that is named or found here. It is made before the program
/// starts and removed after its end.
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
    /// Below the caller's own group, where that is delegated to it.
    pub fn auto() -> Cgroup {
        Cgroup::default()
    }

    /// Below this directory of a cgroup2 filesystem, in which the caller may make directories.
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
    }
}

/// How the name of a leaf begins. Its owner holds flock(2) LOCK_SH on its directory; whoever gets LOCK_EX on it may
/// kill what is in it and remove it.
pub(crate) const LEAF_PREFIX: &str = "belljar-";
