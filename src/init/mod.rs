//! The init: what runs inside, and what the host has to do with it.
//!
//! `main.rs` is a program of its own. Users of the crate have no second compiler run and no binary in their tree: the crate
//! contains the assembly text that rustc emits from it, one file for each architecture, and [`elf`] makes the image that is
//! executed of the assembled bytes. `.ci/init` writes the text anew; CI compares.

mod elf;
#[cfg(any(test, fuzzing))]
mod fake;
#[cfg(any(test, fuzzing))]
pub(crate) mod machine;
#[cfg(any(test, fuzzing))]
#[allow(unused_attributes, reason = "those of the root that it is when it is compiled alone")]
mod main;
#[cfg(test)]
mod tests;
#[allow(dead_code, reason = "each side uses its own part of it")]
pub(crate) mod wire;

pub(crate) use elf::{Parts, build, memory};

use std::cell::{Cell, UnsafeCell};
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64};

use crate::sys::Plain;
use wire::{Config, GROUP_NAME, NOTIFICATION, Op, PROGRAM, Program, RUSAGE, Report, Request, STACK};

impl Config {
    /// For an init that has the host's socket and the host's pidfd under these numbers.
    pub(crate) fn new(socket: i32, host: i32) -> Config {
        const POLLIN: u64 = 0x1;
        const POLLRDHUP: u64 = 0x2000;
        let pollfd = |fd: i32, events: u64| u64::from(fd as u32) | events << 32;
        Config {
            ops: 0,
            programs: PROGRAM,
            wall_limit: u64::MAX,
            cpu_limit: 0,
            cpus: 1,
            lifeline: [pollfd(socket, POLLIN | POLLRDHUP), pollfd(host, POLLIN)],
            socket: socket as u32,
            pid_namespace: 1,
            alone: 0,
            user: 0,
            ender: 0,
            pad: 0,
            cpu_stat_fd: -1,
            proc_fd: AtomicI64::new(-1),
            children_fd: AtomicI64::new(-1),
            groups_fd: -1,
            group: [0; GROUP_NAME],
            report: UnsafeCell::new(Report::default()),
        }
    }
}

impl Program {
    /// Nothing is said of it yet.
    pub(crate) fn new() -> Program {
        Program {
            stack: [0; STACK],
            ops: 0,
            descriptors: 0,
            descriptor_count: 0,
            given: 0,
            targets: 0,
            wall_limit: u64::MAX,
            cpu_limit: 0,
            cgroup: 0,
            fetches: 0,
            sheltered: 0,
            parent: AtomicI64::new(0),
            gate: AtomicU32::new(0),
            failed_errno: AtomicU32::new(0),
            failed_index: AtomicU32::new(0),
            cloned_into: AtomicU32::new(0),
            fetched: AtomicU32::new(0),
            naps: 1,
            listener: AtomicI64::new(-1),
            setup: [AtomicU64::new(0), AtomicU64::new(0)],
            telltale: AtomicI64::new(-1),
            pid: Cell::new(0),
            began: Cell::new(0),
            telltale_end: Cell::new(-1),
            listener_fd: Cell::new(-1),
            status: Cell::new(0),
            over: Cell::new(0),
            reason: Cell::new(0),
            pad_own: 0,
            ended: Cell::new(0),
            notification: [const { Cell::new(0) }; NOTIFICATION],
            usage: [const { Cell::new(0) }; RUSAGE],
        }
    }
}

// SAFETY: integers only; without padding, as `wire` checks.
unsafe impl Plain for Op {}
// SAFETY: as above.
unsafe impl Plain for Report {}
// SAFETY: as above.
unsafe impl Plain for Request {}
// SAFETY: as above; atomics and cells are laid out as their integers.
unsafe impl Plain for Config {}
// SAFETY: as above.
unsafe impl Plain for Program {}
