//! From the clone of the program's process to its execve.

use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use super::arch::nr;
use super::clone;
use super::kernel::{
    MILLISECOND, POLLIN, SIGCHLD, SIGSEGV, WALL, WNOHANG, address, call, exit, failed, futex_wait, has_events, kill,
    now, place, pollfd,
};
use super::script::Failure;
use super::wire::{FAILED, Op, Report, STACK, TRAPDOOR};
use super::{Init, clone_arguments};

impl Init<'_> {
    /// Clones the program's process, into its cgroup if there is one.
    pub(crate) fn start(&mut self, ops: *const Op) -> i64 {
        const CLONE_VM: u64 = 0x100;
        const CLONE_CHILD_CLEARTID: u64 = 0x20_0000;
        const CLONE_INTO_CGROUP: u64 = 0x2_0000_0000;
        let program = &self.config.program;
        program.ops.store(ops as u64, Relaxed);
        program.before_exec.store(1, Relaxed);
        let flags = CLONE_VM | CLONE_CHILD_CLEARTID;
        let (stack, size) = (address(&program.stack), 8 * STACK as u64);
        let child_tid = address(&program.before_exec);
        let config = address(self.config);
        let mut result = -1;
        if self.config.cgroup >= 0 {
            // flags, pidfd, child_tid, parent_tid, exit_signal, stack, its size, tls, set_tid, its size, cgroup
            let cgroup = self.config.cgroup as u64;
            let arguments = [flags | CLONE_INTO_CGROUP, 0, child_tid, 0, SIGCHLD, stack, size, 0, 0, 0, cgroup];
            program.cloned_into.store(1, Relaxed); // before there is a reader
            // SAFETY: a stack of the process's own, and the arguments live across the call.
            result = unsafe { clone(nr::CLONE3, [address(&arguments), 88, 0, 0, 0], config) };
            if result < 0 {
                program.cloned_into.store(0, Relaxed); // refused, by an outer filter perhaps: it enters by itself
            }
        }
        if result < 0 {
            let arguments = clone_arguments(flags | SIGCHLD, stack + size, child_tid);
            // SAFETY: as above.
            result = unsafe { clone(nr::CLONE, arguments, config) };
        }
        if result > 0 {
            self.main = result;
        }
        result
    }

    /// Lets the program's process go on, until it has executed the program or failed.
    pub(crate) fn open(&mut self, fetch: bool, sheltered: bool) -> i64 {
        const PTRACE_SEIZE: u64 = 0x4206;
        const FUTEX_WAKE: u64 = 1;
        const SFD_NONBLOCK_CLOEXEC: u64 = 0x8_0800;
        let program = &self.config.program;
        let set = 1u64 << (SIGCHLD - 1);
        self.children = call(nr::SIGNALFD4, [u64::MAX, address(&set), 8, SFD_NONBLOCK_CLOEXEC]);
        if failed(self.children) {
            return self.children;
        }
        self.report.began = now(); // here and not when it is watched: by then the program runs, or is over
        if fetch {
            let result = self.ptrace(PTRACE_SEIZE);
            if failed(result) {
                self.tell_failure(); // it is a zombie, which cannot be traced
                return result;
            }
        }
        program.gate.store(1, Release);
        call(nr::FUTEX, [address(&program.gate), FUTEX_WAKE, 1]);
        let result = if fetch { self.fetch(sheltered) } else { 0 };
        if failed(result) {
            return result;
        }
        self.wait_for_exec();
        0
    }

    /// Until it is executed or over: the kernel clears the word, and wakes us, at execve and at exit.
    fn wait_for_exec(&mut self) {
        let program = &self.config.program;
        while program.before_exec.load(Acquire) != 0 {
            // Under its filter a process that has failed cannot wake us.
            let quietly = program.listener.load(Relaxed) >= 0;
            if quietly && program.failed_errno.load(Acquire) != 0 {
                break;
            }
            let timeout = [0, if quietly { MILLISECOND } else { 100 * MILLISECOND }];
            futex_wait(&program.before_exec, 1, address(&timeout));
            if program.before_exec.load(Acquire) != 0 {
                self.look_at_lifeline();
            }
        }
        self.tell_failure();
    }

    /// The listener is closed at the program's execve and reaches us by no system call of the program's process, which stops
    /// behind its filter, as our tracee, until we have fetched it.
    fn fetch(&mut self, sheltered: bool) -> i64 {
        const PTRACE_CONT: u64 = 7;
        const PTRACE_DETACH: u64 = 17;
        let config = self.config;
        let program = &config.program;
        loop {
            let (pid, status) = self.wait(WALL | WNOHANG);
            if pid == 0 {
                let [socket, host] = config.lifeline;
                let mut poll = [pollfd(self.children, POLLIN), socket, host];
                if call(nr::PPOLL, [place(&mut poll), 3, 0, 0, 8]) > 0 {
                    let [children, socket, host] = poll;
                    if has_events(children) {
                        self.drain();
                    }
                    if has_events(socket) || has_events(host) {
                        self.leave();
                    }
                }
                continue;
            }
            if pid != self.main {
                continue;
            }
            if self.over {
                return 0; // it has failed before, and told how; or was killed
            }
            self.tell_failure();
            if program.listener.load(Acquire) >= 0 && status >> 8 == SIGSEGV {
                break;
            }
            self.ptrace(PTRACE_CONT); // a stop or signal from outside, which is passed over
        }
        // Its change of ids has made the memory that we share undumpable.
        self.set_dumpable(sheltered, 1);
        let pidfd = call(nr::PIDFD_OPEN, [self.main as u64, 0]);
        if failed(pidfd) {
            return pidfd;
        }
        let listener = call(nr::PIDFD_GETFD, [pidfd as u64, program.listener.load(Relaxed) as u64, 0]);
        if failed(listener) {
            return listener;
        }
        self.listener = listener;
        call(nr::CLOSE, [pidfd as u64]);
        self.set_dumpable(sheltered, 0);
        const PROT_READ: u64 = 1;
        const PRIVATE_FIXED_ANONYMOUS: u64 = 0x32;
        let mapped = call(nr::MMAP, [TRAPDOOR, 1, PROT_READ, PRIVATE_FIXED_ANONYMOUS, u64::MAX, 0]);
        if failed(mapped) {
            return mapped;
        }
        program.fetched.store(1, Release);
        self.ptrace(PTRACE_DETACH);
        0
    }

    fn set_dumpable(&self, sheltered: bool, dumpable: u64) {
        const PR_SET_DUMPABLE: u64 = 4;
        if sheltered {
            call(nr::PRCTL, [PR_SET_DUMPABLE, dumpable]);
        }
    }

    fn ptrace(&self, request: u64) -> i64 {
        call(nr::PTRACE, [request, self.main as u64, 0, 0])
    }

    /// The host is gone, or wants no more of this: so does the init, before there is anybody to be told.
    fn look_at_lifeline(&self) {
        let now = [0u64; 2];
        let mut poll = self.config.lifeline;
        if call(nr::PPOLL, [place(&mut poll), 2, address(&now), 0, 8]) > 0 {
            self.leave();
        }
    }

    pub(crate) fn leave(&self) -> ! {
        if self.main != 0 && !self.over {
            kill(self.main);
        }
        exit()
    }

    /// If the program's process has failed.
    fn tell_failure(&mut self) {
        let program = &self.config.program;
        let errno = program.failed_errno.load(Acquire);
        if errno != 0 {
            self.fail(Failure { index: program.failed_index.load(Relaxed), errno })
        }
    }

    pub(crate) fn fail(&mut self, failure: Failure) -> ! {
        self.report.index = failure.index;
        self.report.errno = failure.errno;
        // Without a pid namespace it would wait at the gate for ever.
        if self.main != 0 && !self.over {
            kill(self.main);
        }
        self.send(FAILED);
        exit()
    }

    pub(crate) fn send(&mut self, kind: u32) {
        const MSG_NOSIGNAL: u64 = 0x4000;
        self.report.kind = kind;
        let socket = u64::from(self.config.socket);
        call(nr::SENDTO, [socket, address(self.report), Report::SIZE as u64, MSG_NOSIGNAL, 0, 0]);
    }
}
