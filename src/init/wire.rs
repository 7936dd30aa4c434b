//! What the host and the init agree on: the script's operations, the init's state, and its reports.
//!
//! Both sides compile this file: the crate, and the init by itself (see `main.rs`).

use core::cell::UnsafeCell;
use core::mem::{offset_of, size_of};
use core::sync::atomic::{AtomicI64, AtomicU32, AtomicU64};

/// What the init does besides system calls.
pub mod nr_pseudo {
    /// `*arg0 & arg1 == arg2`, else the error `arg3`.
    pub const EXPECT: u32 = 0x1000;
    /// Clone the program's process; it goes on with the next operation, init with those after [`END`].
    pub const START: u32 = 0x1001;
    /// The program's process waits for init's [`OPEN`].
    pub const PASS: u32 = 0x1005;
    /// Init lets the program's process go on, and waits until it has executed the program or failed. If `arg0` is not 0 it
    /// fetches the listener of its filter meanwhile, and if `arg1` is not 0 makes itself dumpable for that.
    pub const OPEN: u32 = 0x1006;
    /// The program's process enters the cgroup by writing `arg1` into `arg0`, unless it was cloned into it.
    pub const ENTER: u32 = 0x1008;
    /// Watch over the program until it ends.
    pub const SUPERVISE: u32 = 0x1002;
    /// Fail with the error `arg0`.
    pub const FAIL: u32 = 0x1003;
    /// The program could not be executed: fail with the error that was passed over last.
    pub const END: u32 = 0x1004;
    /// The program's process stops until init, which waits for it in an [`OPEN`] of argument 1, has fetched its listener.
    /// Not by a system call: those are filtered already.
    pub const TRAP: u32 = 0x1007;
}

/// One operation, as the init reads it.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Op {
    pub nr: u32,
    /// A bit for each argument that is the address of a cell.
    pub cells: u8,
    /// Success ends the script with the error passed over before.
    pub probe: u8,
    pub pad: u16,
    /// Address of the cell that takes the result, or 0.
    pub save: u64,
    /// A bit for each errno below 64 that is passed over.
    pub ignore: u64,
    pub args: [u64; 6],
}

/// Where the code and the data are mapped. Nothing else is in that address space but the stack and the vDSO.
pub const CODE: u64 = 0x0040_0000;
/// The data begins with the [`Config`]; the script's own data follows.
pub const DATA: u64 = 0x1000_0000;
/// Nothing is here until the init has fetched a listener: see [`nr_pseudo::TRAP`].
pub const TRAPDOOR: u64 = 0x0800_0000;
/// Where the script's data begins.
pub const SCRIPT_DATA: u64 = DATA + size_of::<Config>() as u64;

/// What the init tells the host: once `STARTED`, then `OVER`; or once `FAILED`.
#[repr(C)]
#[derive(Clone, Copy, Default, Debug)]
pub struct Report {
    pub kind: u32,
    /// `FAILED`: the operation's index; `OVER`: one of the `REASON`s.
    pub index: u32,
    /// `FAILED`: the errno; `OVER`: the program's wait status.
    pub errno: u32,
    /// 1 if the program's process was cloned into its cgroup.
    pub cloned_into: u32,
    /// CLOCK_MONOTONIC in nanoseconds, when the program was started and when it was over.
    pub began: u64,
    pub ended: u64,
    /// CPU time that the program's process had used before it executed the program: seconds and nanoseconds.
    pub setup: [u64; 2],
    /// `REASON_SYSCALL`: the kernel's `struct seccomp_notif`, see [`Report::denied`].
    pub notification: [u64; NOTIFICATION],
    pub usage: Rusage,
}

/// Words of `struct seccomp_notif`: id; pid and flags; call and architecture; instruction pointer; six arguments.
pub const NOTIFICATION: usize = 10;

/// What getrusage(2) writes: user and system time first, then 14 words.
#[repr(C)]
#[derive(Clone, Copy, Default, Debug)]
pub struct Rusage {
    pub user: [i64; 2],
    pub system: [i64; 2],
    pub max_rss_kib: i64,
    pub rest: [i64; 13],
}

/// The call that a filter kills for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Denied {
    pub number: u32,
    /// An AUDIT_ARCH of linux/audit.h.
    pub arch: u32,
    pub arguments: [u64; 6],
}

impl Report {
    pub const SIZE: usize = size_of::<Report>();

    /// Of `REASON_SYSCALL`.
    pub fn denied(&self) -> Denied {
        let [.., call, _, a, b, c, d, e, f] = self.notification;
        Denied { number: call as u32, arch: (call >> 32) as u32, arguments: [a, b, c, d, e, f] }
    }
}

pub const STARTED: u32 = 1;
pub const FAILED: u32 = 2;
pub const OVER: u32 = 3;

pub const REASON_EXIT: u32 = 1;
pub const REASON_WALL: u32 = 2;
pub const REASON_CPU: u32 = 3;
pub const REASON_HOST: u32 = 4;
pub const REASON_SYSCALL: u32 = 5;

/// What the host sets, and what the init's own part of the script finds out.
#[repr(C)]
pub struct Config {
    /// The first of the operations.
    pub ops: u64,
    /// The operations that init runs itself once the program's process is cloned.
    pub after: u64,
    /// Nanoseconds; `u64::MAX` is no limit.
    pub wall_limit: u64,
    /// Nanoseconds; 0 is no limit.
    pub cpu_limit: u64,
    /// How many processors the tree could use at once.
    pub cpus: u64,
    /// `struct pollfd` of the host's socket and of the host's pidfd.
    pub lifeline: [u64; 2],
    pub socket: u32,
    pub pid_namespace: u32,
    /// The directory of the program's cgroup, or -1.
    pub cgroup: i64,
    /// `cpu.stat` of the program's cgroup, or -1: then its CPU time is looked for in `proc_fd`.
    pub cpu_stat_fd: i64,
    /// A directory descriptor of the sandbox's own /proc, or -1. A cell of the script may set it.
    pub proc_fd: AtomicI64,
    /// /proc/thread-self/children, or -1; only used without a pid namespace. A cell of the script.
    pub children_fd: AtomicI64,
    pub program: Program,
    /// What is told last, or will be. The init's own.
    pub report: UnsafeCell<Report>,
}

/// What the init shares with the program's process, which is beside it in the same memory until its execve.
#[repr(C)]
pub struct Program {
    /// What it runs on.
    pub stack: [u64; STACK],
    /// The operation that its process begins with.
    pub ops: AtomicU64,
    /// Set as long as it has not executed the program; a futex.
    pub before_exec: AtomicU32,
    /// Set once the program may be executed; a futex.
    pub gate: AtomicU32,
    /// Why it failed, and where. The errno is written last.
    pub failed_errno: AtomicU32,
    pub failed_index: AtomicU32,
    /// 1 if it was cloned into its cgroup.
    pub cloned_into: AtomicU32,
    /// Set once init has its listener.
    pub fetched: AtomicU32,
    /// The listener of the program's filter, by its number in the program's process. A cell of the script sets it.
    pub listener: AtomicI64,
    /// See [`Report::setup`]. The script sets it.
    pub setup: [AtomicU64; 2],
}

/// Words of the stack of the program's process.
pub const STACK: usize = 512;

const _: () = assert!(size_of::<Op>() == 4 + 1 + 1 + 2 + 8 + 8 + 6 * 8, "Op has padding");
const _: () =
    assert!(size_of::<Report>() == 4 * 4 + (4 + NOTIFICATION) * 8 + size_of::<Rusage>(), "Report has padding");
const _: () = assert!(size_of::<Program>() == 8 + 6 * 4 + 8 + 16 + STACK * 8, "Program has padding");
const _: () = assert!(
    size_of::<Config>() == 5 * 8 + 16 + 2 * 4 + 4 * 8 + size_of::<Program>() + Report::SIZE,
    "Config has padding"
);
const _: () =
    assert!((offset_of!(Config, program) + offset_of!(Program, stack)).is_multiple_of(16), "the ABI aligns stacks");
