//! The init: what runs inside, and what the host has to do with it.
//!
//! `main.rs` is a program of its own. Users of the crate have no second compiler run and no binary in their tree: the crate
//! contains the assembly text that rustc emits from it, one file for each architecture, and [`elf`] makes the image that is
//! executed of the assembled bytes. `.ci/init` writes the text anew; CI compares.

mod elf;
#[cfg(test)]
mod fake;
#[cfg(test)]
#[allow(unused_attributes, reason = "those of the root that it is when it is compiled alone")]
mod main;
#[cfg(test)]
mod tests;
#[allow(dead_code, reason = "each side uses its own part of it")]
pub(crate) mod wire;

pub(crate) use elf::build;

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64};
use std::time::Duration;

use crate::sys::Plain;
use wire::{Config, Op, Program, Report, STACK};

impl Config {
    /// For an init that has the host's socket and the host's pidfd under these numbers.
    pub(crate) fn new(socket: i32, host: i32) -> Config {
        const POLLIN: u64 = 0x1;
        const POLLRDHUP: u64 = 0x2000;
        let pollfd = |fd: i32, events: u64| u64::from(fd as u32) | events << 32;
        Config {
            ops: 0,
            after: 0,
            wall_limit: u64::MAX,
            cpu_limit: 0,
            cpus: 1,
            lifeline: [pollfd(socket, POLLIN | POLLRDHUP), pollfd(host, POLLIN)],
            socket: socket as u32,
            pid_namespace: 1,
            cgroup: -1,
            cpu_stat_fd: -1,
            proc_fd: AtomicI64::new(-1),
            children_fd: AtomicI64::new(-1),
            program: Program {
                stack: [0; STACK],
                ops: AtomicU64::new(0),
                before_exec: AtomicU32::new(0),
                gate: AtomicU32::new(0),
                failed_errno: AtomicU32::new(0),
                failed_index: AtomicU32::new(0),
                cloned_into: AtomicU32::new(0),
                fetched: AtomicU32::new(0),
                listener: AtomicI64::new(-1),
                setup: [AtomicU64::new(0), AtomicU64::new(0)],
            },
            report: UnsafeCell::new(Report::default()),
        }
    }
}

impl Report {
    /// CPU time of the program's process before its execve.
    pub(crate) fn setup_time(&self) -> Duration {
        Duration::from_secs(self.setup[0]) + Duration::from_nanos(self.setup[1])
    }
}

// SAFETY: integers only; without padding, as `wire` checks.
unsafe impl Plain for Op {}
// SAFETY: as above.
unsafe impl Plain for Report {}
// SAFETY: as above; atomics are laid out as their integers.
unsafe impl Plain for Config {}
