//! What the host and the init agree on: the script's operations, the init's state, and its reports.

use std::mem::{offset_of, size_of};
use std::time::Duration;

use crate::sys::{Plain, Rusage};

/// What the init does besides system calls.
pub(crate) mod nr_pseudo {
    /// `*arg0 & arg1 == arg2`, else the error `arg3`.
    pub(crate) const EXPECT: u32 = 0x1000;
    /// Clone the program's process; it goes on with the next operation, init with those after [`END`].
    pub(crate) const START: u32 = 0x1001;
    /// The program's process waits for init's [`OPEN`].
    pub(crate) const PASS: u32 = 0x1005;
    /// Init lets the program's process go on, and waits until it has executed the program or failed. If `arg0` is not 0 it
    /// fetches the listener of its filter meanwhile, and if `arg1` is not 0 makes itself dumpable for that.
    pub(crate) const OPEN: u32 = 0x1006;
    /// The program's process enters the cgroup by writing `arg1` into `arg0`, unless it was cloned into it.
    pub(crate) const ENTER: u32 = 0x1008;
    /// Watch over the program until it ends.
    pub(crate) const SUPERVISE: u32 = 0x1002;
    /// Fail with the error `arg0`.
    pub(crate) const FAIL: u32 = 0x1003;
    /// The program could not be executed: fail with the error that was passed over last.
    pub(crate) const END: u32 = 0x1004;
    /// The program's process stops until init, which waits for it in an [`OPEN`] of argument 1, has fetched its listener. A
    /// breakpoint, as its system calls are filtered already.
    pub(crate) const TRAP: u32 = 0x1007;
}

/// One operation, as the init reads it.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Op {
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
pub(crate) const CODE: u64 = 0x0040_0000;
/// The data begins with the [`Config`]; the script's own data follows.
pub(crate) const DATA: u64 = 0x1000_0000;
/// Where the script's data begins.
pub(crate) const SCRIPT_DATA: u64 = DATA + size_of::<Config>() as u64;

pub(crate) const TEXT: usize = 1024;
pub(crate) const BUFFER: usize = 8192;

/// What the init tells the host: once `STARTED`, then `OVER`; or once `FAILED`.
#[repr(C)]
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Report {
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
const NOTIFICATION: usize = 10;

/// The call that a filter kills for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Denied {
    pub number: u32,
    /// An AUDIT_ARCH of linux/audit.h.
    pub arch: u32,
    pub arguments: [u64; 6],
}

impl Report {
    pub(crate) const SIZE: usize = size_of::<Report>();

    /// Of `REASON_SYSCALL`.
    pub(crate) fn denied(&self) -> Denied {
        let [.., call, _, a, b, c, d, e, f] = self.notification;
        Denied { number: call as u32, arch: (call >> 32) as u32, arguments: [a, b, c, d, e, f] }
    }

    /// CPU time of the program's process before its execve.
    pub(crate) fn setup_time(&self) -> Duration {
        Duration::from_secs(self.setup[0]) + Duration::from_nanos(self.setup[1])
    }
}

pub(crate) const STARTED: u32 = 1;
pub(crate) const FAILED: u32 = 2;
pub(crate) const OVER: u32 = 3;

pub(crate) const REASON_EXIT: u32 = 1;
pub(crate) const REASON_WALL: u32 = 2;
pub(crate) const REASON_CPU: u32 = 3;
pub(crate) const REASON_HOST: u32 = 4;
pub(crate) const REASON_SYSCALL: u32 = 5;

/// What a process that runs a part of the script needs for itself.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub(crate) struct Worker {
    pub args: [u64; 6],
    pub timespec: [u64; 2],
    pub busy_tries: u32,
    pub ignored: u32,
    pub failed_errno: u32,
    pub failed_index: u32,
}

/// All state of the init. The first part is set by the host, the rest is its own.
#[repr(C)]
pub(crate) struct Config {
    pub ops: u64,
    /// The operations that init runs itself once the program's process is cloned.
    pub after: u64,
    /// Nanoseconds; `u64::MAX` is no limit.
    pub wall_limit: u64,
    /// Nanoseconds; 0 is no limit.
    pub cpu_limit: u64,
    pub cpus: u64,
    pub socket: u32,
    pub pid_namespace: u32,
    /// A directory descriptor of the sandbox's own /proc, or -1. A cell of the script may set it.
    pub proc_fd: i64,
    /// /proc/thread-self/children, or -1; only used without a pid namespace.
    pub children_fd: i64,
    /// The listener of the program's filter, by its number in the program's process. A cell of the script sets it.
    pub listener: i64,
    /// `cpu.stat` of the program's cgroup, or -1: then its CPU time is looked for in `proc_fd`.
    pub cpu_stat_fd: i64,
    /// `struct clone_args` of clone3(2) into the program's cgroup, if there is one.
    pub clone_args: [u64; 11],
    pub has_cgroup: u64,
    /// `struct pollfd` of the host's socket, of the host's pidfd, and of the listener once init has it.
    pub poll: [u64; 3],
    /// The signals that are blocked while init sleeps: all but SIGCHLD.
    pub mask: u64,
    /// Set as long as the program's process has not executed the program; a futex.
    pub before_exec: u32,
    /// Set once the program may be executed; a futex.
    pub gate: u32,
    pub main: u32,
    pub main_over: u32,
    pub status: u32,
    pub pad: u32,
    pub init: Worker,
    pub program: Worker,
    pub stack: [u64; 32],
    pub action: [u64; 4],
    pub report: Report,
    pub text: [u8; TEXT],
    pub buffer: [u8; BUFFER],
}

impl Config {
    pub(crate) const PROC_FD: u64 = DATA + offset_of!(Config, proc_fd) as u64;
    pub(crate) const POLL: u64 = DATA + offset_of!(Config, poll) as u64;
    pub(crate) const SETUP_TIME: u64 = DATA + offset_of!(Config, report.setup) as u64;
    pub(crate) const NOTIFICATION: usize = offset_of!(Config, report.notification);
    pub(crate) const LISTENER: u64 = DATA + offset_of!(Config, listener) as u64;
    pub(crate) const CHILDREN_FD: u64 = DATA + offset_of!(Config, children_fd) as u64;

    /// The program's process is to be cloned into the cgroup of the directory `leaf`.
    pub(crate) fn enter_cgroup(&mut self, leaf: i32, cpu_stat: i32) {
        const CLONE_VM: u64 = 0x100;
        const CLONE_CHILD_CLEARTID: u64 = 0x20_0000;
        const CLONE_INTO_CGROUP: u64 = 0x2_0000_0000;
        const SIGCHLD: u64 = 17;
        let before_exec = DATA + offset_of!(Config, before_exec) as u64;
        let stack = DATA + offset_of!(Config, stack) as u64;
        let flags = CLONE_VM | CLONE_CHILD_CLEARTID | CLONE_INTO_CGROUP;
        // flags, pidfd, child_tid, parent_tid, exit_signal, stack, its size, tls, set_tid, its size, cgroup
        let size = size_of_val(&self.stack) as u64;
        self.clone_args = [flags, 0, before_exec, 0, SIGCHLD, stack, size, 0, 0, 0, leaf as u64];
        self.cpu_stat_fd = cpu_stat.into();
        self.has_cgroup = 1;
    }

    pub(crate) fn new(socket: i32, host: Option<i32>) -> Config {
        const POLLIN: u64 = 0x1;
        const POLLRDHUP: u64 = 0x2000;
        let poll = |fd: i32, events: u64| u64::from(fd as u32) | events << 32;
        let worker = Worker { busy_tries: 200, ..Worker::default() };
        Config {
            ops: 0,
            after: 0,
            wall_limit: u64::MAX,
            cpu_limit: 0,
            cpus: 1,
            socket: socket as u32,
            pid_namespace: 1,
            proc_fd: -1,
            children_fd: -1,
            listener: -1,
            cpu_stat_fd: -1,
            clone_args: [0; 11],
            has_cgroup: 0,
            poll: [poll(socket, POLLIN | POLLRDHUP), poll(host.unwrap_or(-1), POLLIN), poll(-1, POLLIN)],
            mask: !(1 << (17 - 1)),
            before_exec: 0,
            gate: 0,
            main: 0,
            main_over: 0,
            status: 0,
            pad: 0,
            init: worker,
            program: worker,
            stack: [0; 32],
            action: [0; 4],
            report: Report::default(),
            text: [0; TEXT],
            buffer: [0; BUFFER],
        }
    }
}

// SAFETY: integers only; without padding, as is checked below.
unsafe impl Plain for Op {}
// SAFETY: as above.
unsafe impl Plain for Report {}
// SAFETY: as above.
unsafe impl Plain for Config {}

const _: () = assert!(size_of::<Op>() == 4 + 1 + 1 + 2 + 8 + 8 + 6 * 8, "Op has padding");
const _: () = assert!(size_of::<Worker>() == 6 * 8 + 2 * 8 + 4 * 4, "Worker has padding");
const _: () =
    assert!(size_of::<Report>() == 4 * 4 + (4 + NOTIFICATION) * 8 + size_of::<Rusage>(), "Report has padding");
const _: () = assert!(
    size_of::<Config>()
        == 5 * 8
            + 2 * 4
            + 2 * 8
            + 8
            + 8
            + 11 * 8
            + 8
            + 24
            + 8
            + 6 * 4
            + 2 * size_of::<Worker>()
            + 256
            + 32
            + Report::SIZE
            + TEXT
            + BUFFER,
    "Config has padding"
);
