//! The group of one run.

use std::ffi::CString;
use std::os::fd::OwnedFd;

use super::parent::Parent;
use crate::error::{Error, Label, Result, Step};

/// What is written into a leaf before anything runs in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub memory: Option<u64>,
    pub pids: Option<u32>,
}

/// The group of one run. Dropping it kills what is in it and removes it.
#[derive(Debug)]
pub(crate) struct Leaf {
    pub dir: OwnedFd,
    parent: OwnedFd,
    name: CString,
}

impl Leaf {
    pub(crate) fn create(parent: &Parent, _settings: &Settings) -> Result<Leaf> {
        Err(Error::invalid(Label::at(Step::Cgroup, &parent.path), "no leaf is made yet"))
    }
}
