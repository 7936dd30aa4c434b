//! What the host and the init agree on: operations, the memory of the init and of its programs, and the messages.
//!
//! Both sides compile this file: the crate, and the init by itself (see `main.rs`).

use core::cell::{Cell, UnsafeCell};
use core::mem::{offset_of, size_of};
use core::sync::atomic::{AtomicI64, AtomicU32, AtomicU64};

/// What the init does besides system calls.
pub mod nr_pseudo {
    /// `*arg0 & arg1 == arg2`, else the error `arg3`.
    pub const EXPECT: u32 = 0x1000;
    /// Clone the process of the first program, which runs its own script.
    pub const START: u32 = 0x1001;
    /// The program's process waits for init's [`OPEN`].
    pub const PASS: u32 = 0x1005;
    /// Init lets the first program's process go on.
    pub const OPEN: u32 = 0x1006;
    /// The program's process is killed when init ends, which without a pid namespace nothing else sees to.
    pub const DIE_WITH_INIT: u32 = 0x100a;
    /// The program's process gets the descriptors that it is given under their numbers, and closes all others.
    pub const ARRANGE: u32 = 0x1009;
    /// The program's process enters the cgroup by writing `arg1` into `arg0`, unless it was cloned into it.
    pub const ENTER: u32 = 0x1008;
    /// Watch over the programs until the sandbox ends.
    pub const SUPERVISE: u32 = 0x1002;
    /// Fail with the error `arg0`.
    pub const FAIL: u32 = 0x1003;
    /// The program could not be executed: fail with the error that was passed over last.
    pub const END: u32 = 0x1004;
    /// The program's process stops until init has fetched its listener. Not by a system call: those are filtered already.
    pub const TRAP: u32 = 0x1007;
    /// End all that has the program's user id, and remove its System V objects.
    pub const CLEAR_USER: u32 = 0x100b;
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

// ---- addresses ------------------------------------------------------------------------------------------------------

/// Where the code is mapped. Nothing is in that address space but what is named here, the stack and the vDSO.
pub const CODE: u64 = 0x0040_0000;
/// So many programs may be in the sandbox at the same time: a bit of a word for each.
pub const PROGRAMS: usize = 64;
/// Where the memory of the first program begins. It holds its [`Program`], the data of its script, and the operations.
pub const PROGRAM: u64 = 0x1000_0000;
/// The next program's is so much higher. The kernel takes 6 MiB of arguments and environment.
pub const ROOM: u64 = 0x0100_0000;
pub const PAGE: u64 = 4096;
/// The most of it that a program's memory takes: the last page is its trapdoor, see [`nr_pseudo::TRAP`].
pub const MOST_MEMORY: u64 = ROOM - PAGE;
/// Where the init's own data begins, with the [`Config`].
pub const DATA: u64 = PROGRAM + PROGRAMS as u64 * ROOM;

/// Where the memory of a program begins.
pub const fn program_at(number: usize) -> u64 {
    PROGRAM + number as u64 * ROOM
}

// ---- memory ---------------------------------------------------------------------------------------------------------

/// What the host sets, and what the sandbox's script finds out.
#[repr(C)]
pub struct Config {
    /// The first operation of the sandbox's script.
    pub ops: u64,
    /// Where the programs' memory begins: [`PROGRAM`].
    pub programs: u64,
    /// Nanoseconds from the setup's end; `u64::MAX` is no limit.
    pub wall_limit: u64,
    /// Nanoseconds; 0 is no limit.
    pub cpu_limit: u64,
    /// How many processors the tree could use at once.
    pub cpus: u64,
    /// `struct pollfd` of the host's socket and of the host's pidfd.
    pub lifeline: [u64; 2],
    pub socket: u32,
    pub pid_namespace: u32,
    /// 1 if the sandbox ends with its first program.
    pub alone: u32,
    /// The id that nobody has but the program, without a user namespace; or 0.
    pub user: u32,
    /// The id that nobody has but the process that ends all of the program's; or 0.
    pub ender: u32,
    pub pad: u32,
    /// `cpu.stat` of the tree's cgroup, or -1: then its CPU time is looked for in `proc_fd`.
    pub cpu_stat_fd: i64,
    /// A directory descriptor of the sandbox's own /proc, or -1. A cell of the script may set it.
    pub proc_fd: AtomicI64,
    /// /proc/thread-self/children, or -1; only used without a pid namespace. A cell of the script.
    pub children_fd: AtomicI64,
    /// The directory that holds the tree's cgroup, for an init that may remove that when the host is gone; or -1.
    pub groups_fd: i64,
    /// The name of the cgroup there, with a zero behind it.
    pub group: [u8; GROUP_NAME],
    /// What is told last, or will be. The init's own.
    pub report: UnsafeCell<Report>,
}

/// Room for the name of a cgroup.
pub const GROUP_NAME: usize = 64;

/// A program: the head of its memory, which is the init's and, until its execve, its own process's.
#[repr(C)]
pub struct Program {
    /// What its process runs on.
    pub stack: [u64; STACK],

    // Set by the host.
    /// The first operation of its script.
    pub ops: u64,
    /// The address of the cells that hold its descriptors: those that its process is given, and those that are used to start
    /// it. Init fills them, and closes them when its process has them; those of the first program the host has filled.
    pub descriptors: u64,
    pub descriptor_count: u64,
    /// How many its process is given, and the address of their numbers there.
    pub given: u64,
    pub targets: u64,
    /// Nanoseconds from its start; `u64::MAX` is no limit.
    pub wall_limit: u64,
    /// Nanoseconds of what it and those that it has reaped use; 0 is no limit.
    pub cpu_limit: u64,
    /// The address of the cell that holds the directory of its cgroup, or 0.
    pub cgroup: u64,
    /// Its process stops behind its filter for init to fetch the listener.
    pub fetches: u32,
    /// Then init makes itself dumpable for that: its memory is the host's user namespace's.
    pub sheltered: u32,

    // Between init and its process.
    /// Init's process id, as the process sees it.
    pub parent: AtomicI64,
    /// Set once it may be executed; a futex.
    pub gate: AtomicU32,
    /// Why it failed, and where. The errno is written last.
    pub failed_errno: AtomicU32,
    pub failed_index: AtomicU32,
    /// 1 if it was cloned into its cgroup.
    pub cloned_into: AtomicU32,
    /// Set once init has its listener.
    pub fetched: AtomicU32,
    /// 1 if its filter lets it sleep, for when the executable is busy. Set by the host.
    pub naps: u32,
    /// The listener of its filter, by its number in its process. A cell of the script sets it.
    pub listener: AtomicI64,
    /// See [`Report::setup`]. The script sets it.
    pub setup: [AtomicU64; 2],
    /// A pipe's end that its process holds until it has executed the program or ended. A cell of the script.
    pub telltale: AtomicI64,

    // The init's own.
    pub pid: Cell<i64>,
    /// CLOCK_MONOTONIC.
    pub began: Cell<u64>,
    /// The other end of the telltale; -1 once the program is executed.
    pub telltale_end: Cell<i64>,
    /// The listener, once it is fetched; -1 once nobody under the filter is left.
    pub listener_fd: Cell<i64>,
    /// Its wait status, and what it used with those that it reaped.
    pub status: Cell<u32>,
    pub over: Cell<u32>,
    /// Why it is ended, if init does that.
    pub reason: Cell<u32>,
    pub pad_own: u32,
    pub ended: Cell<u64>,
    pub notification: [Cell<u64>; NOTIFICATION],
    /// [`Rusage`], as words.
    pub usage: [Cell<u64>; RUSAGE],
}

/// Words of the stack of a program's process.
pub const STACK: usize = 512;

// ---- messages -------------------------------------------------------------------------------------------------------

/// What the host tells the init.
#[repr(C)]
#[derive(Clone, Copy, Default, Debug, PartialEq)]
pub struct Request {
    pub kind: u32,
    /// Its number.
    pub program: u32,
    pub value: u64,
}

/// Run a program. The first of its descriptors is the file that is mapped as its memory, of `value` bytes.
pub const RUN: u32 = 1;
/// More of its descriptors: the kernel takes 253 with a message.
pub const MORE: u32 = 2;
/// Send its process the signal `value`.
pub const SIGNAL: u32 = 3;
/// End the sandbox.
pub const END: u32 = 4;

/// The most descriptors in one message (SCM_MAX_FD).
pub const BATCH: usize = 253;

/// What the init tells the host. Of the sandbox: once `READY`, if there is no first program; then once `OVER`, or once
/// `FAILED`. Of each program: once `STARTED` and then once `ENDED`; or once `FAILED`.
#[repr(C)]
#[derive(Clone, Copy, Default, Debug)]
pub struct Report {
    pub kind: u32,
    /// Its number, or `SANDBOX`.
    pub program: u32,
    /// `FAILED`: the index of the operation in the script, or `ITSELF` or `FETCH`.
    pub index: u32,
    /// `FAILED`: the errno.
    pub errno: u32,
    /// `ENDED` and `OVER`: one of the `REASON`s.
    pub reason: u32,
    /// `ENDED`: its wait status.
    pub status: u32,
    /// 1 if the program's process was cloned into its cgroup.
    pub cloned_into: u32,
    pub pad: u32,
    /// CLOCK_MONOTONIC in nanoseconds, when it was started and when it was over.
    pub began: u64,
    pub ended: u64,
    /// CPU time that the program's process had used before it executed the program: seconds and nanoseconds.
    pub setup: [u64; 2],
    /// `REASON_SYSCALL`: the kernel's `struct seccomp_notif`, see [`Report::denied`].
    pub notification: [u64; NOTIFICATION],
    /// Of the program and those that it has reaped, or of the whole tree.
    pub usage: Rusage,
}

pub const STARTED: u32 = 1;
pub const FAILED: u32 = 2;
pub const ENDED: u32 = 3;
pub const READY: u32 = 4;
pub const OVER: u32 = 5;
/// A message of this kind alone, with a descriptor: the filesystem of an overlay's upper layer.
pub const UPPER: u32 = 6;
/// A message of this kind alone: the init has made its user namespace, whose id maps the host is to write.
pub const UNMAPPED: u32 = 7;
/// A message of this kind alone: every process of the tree has been sent SIGKILL, though it may take its time to end.
pub const DYING: u32 = 8;

pub const SANDBOX: u32 = u32::MAX;
/// What failed is no operation of the script, but the start of a program, or the watch over it.
pub const ITSELF: u32 = u32::MAX;
/// What failed was to take the listener of its filter.
pub const FETCH: u32 = u32::MAX - 1;

pub const REASON_EXIT: u32 = 1;
pub const REASON_WALL: u32 = 2;
pub const REASON_CPU: u32 = 3;
/// The host has ended it, or is gone.
pub const REASON_HOST: u32 = 4;
pub const REASON_SYSCALL: u32 = 5;
/// The host has said what makes no sense.
pub const REASON_PROTOCOL: u32 = 6;
/// It has failed before it was executed. Never told.
pub const REASON_FAILED: u32 = 7;

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

/// Its words.
pub const RUSAGE: usize = size_of::<Rusage>() / size_of::<u64>();

impl Rusage {
    pub fn words(&mut self) -> &mut [u64; RUSAGE] {
        // SAFETY: words are all that it has.
        unsafe { &mut *core::ptr::from_mut(self).cast() }
    }
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

const _: () = assert!(size_of::<Op>() == 4 + 1 + 1 + 2 + 8 + 8 + 6 * 8, "Op has padding");
const _: () = assert!(size_of::<Request>() == 16, "Request has padding");
const _: () = assert!(Report::SIZE == 8 * 4 + (4 + NOTIFICATION) * 8 + size_of::<Rusage>(), "Report has padding");
const _: () = assert!(
    size_of::<Program>()
        == (STACK + 8) * 8 + 8 + 8 * 4 + 8 + 16 + 8 + 4 * 8 + 4 * 4 + 8 + NOTIFICATION * 8 + size_of::<Rusage>(),
    "Program has padding"
);
const _: () =
    assert!(size_of::<Config>() == 5 * 8 + 16 + 6 * 4 + 4 * 8 + GROUP_NAME + Report::SIZE, "Config has padding");
const _: () = assert!(offset_of!(Program, stack) == 0, "the ABI aligns stacks");
