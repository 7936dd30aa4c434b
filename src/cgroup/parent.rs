//! The group below which leaves are made.

use std::os::fd::OwnedFd;
use std::path::PathBuf;

use rustix::fs::{Mode, OFlags, openat};

use super::{Cgroup, Controllers};
use crate::error::{Error, Label, Result, Step};

/// A group that may have leaves.
#[derive(Debug)]
pub(crate) struct Parent {
    pub dir: OwnedFd,
    pub path: PathBuf,
    /// Those that its leaves have: its `cgroup.subtree_control`.
    pub controllers: Controllers,
}

impl Parent {
    /// Finds or opens the parent, and sees to it that its leaves have the controllers that are needed.
    pub(crate) fn find(cgroup: &Cgroup, needed: Controllers) -> Result<Parent> {
        let Some(path) = &cgroup.parent else {
            return Err(Error::invalid(Label::new(Step::Cgroup), "no parent is looked for yet: name one"));
        };
        let failed = |errno| Error::os(Label::at(Step::Cgroup, path), errno);
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let dir = openat(rustix::fs::CWD, path, flags, Mode::empty()).map_err(failed)?;
        let enabled = std::fs::read_to_string(path.join("cgroup.subtree_control"))
            .map_err(|error| Error::os(Label::at(Step::Cgroup, path), error))?;
        let controllers = Controllers::named_in(&enabled);
        if !controllers.contains(needed) {
            let message = format!("lacks {:?}", needed - controllers);
            return Err(Error::invalid(Label::at(Step::Cgroup, path), message));
        }
        Ok(Parent { dir, path: path.clone(), controllers })
    }
}

impl Controllers {
    /// Those of a list of the kernel's, such as `cpuset cpu io memory pids`.
    pub(crate) fn named_in(list: &str) -> Controllers {
        let flag = |name: &str| match name {
            "memory" => Controllers::MEMORY,
            "cpu" => Controllers::CPU,
            "pids" => Controllers::PIDS,
            "io" => Controllers::IO,
            _ => Controllers::empty(),
        };
        list.split_ascii_whitespace().map(flag).collect()
    }
}
