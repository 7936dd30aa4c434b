//! What the script says to the init.

use std::mem::offset_of;

pub(crate) use crate::init::wire::{Config, DATA, FAILED, Op, Report, SCRIPT_DATA, STARTED, nr_pseudo};

impl Config {
    pub(crate) const PROC_FD: u64 = DATA + offset_of!(Config, proc_fd) as u64;
    pub(crate) const POLL: u64 = DATA + offset_of!(Config, lifeline) as u64;
    pub(crate) const SETUP_TIME: u64 = DATA + offset_of!(Config, program.setup) as u64;
    pub(crate) const LISTENER: u64 = DATA + offset_of!(Config, program.listener) as u64;
    pub(crate) const CHILDREN_FD: u64 = DATA + offset_of!(Config, children_fd) as u64;
}
