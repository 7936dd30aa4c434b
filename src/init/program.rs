//! A program from the clone of its process to its end.

use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use super::arch::nr;
use super::kernel::{
    EIO, ESRCH, Failure, O_CLOEXEC, SECOND, SIGCHLD, SIGKILL, SIGSEGV, address, call, close, copy, failed, futex_wait,
    futex_wake, kill, load, now, place, signal,
};
use super::wire::{ENDED, FAILED, FETCH, MOST_MEMORY, Program, REASON_FAILED, ROOM, STACK, STARTED};
use super::{Init, clone};

impl Init<'_> {
    /// Clones the process of a program whose memory is there, into its cgroup if there is one, and lets go of what it has.
    pub(crate) fn start(&mut self, number: usize) -> i64 {
        let program = self.program(number);
        let mut pipe = [0i32; 2];
        let result = call(nr::PIPE2, [place(&mut pipe), O_CLOEXEC]);
        if failed(result) {
            return result;
        }
        let (end, telltale) = (i64::from(pipe[0]), i64::from(pipe[1]));
        program.telltale.store(telltale, Relaxed);
        program.telltale_end.set(end);
        program.parent.store(call(nr::GETPID, []), Relaxed);
        let result = clone_process(program);
        close(telltale);
        for at in 0..program.descriptor_count {
            close(load(program.descriptors + 8 * at) as i64);
        }
        if failed(result) {
            close(end);
            return result;
        }
        program.pid.set(result);
        self.used |= 1 << number;
        0
    }

    /// Lets the process of a program go on.
    pub(crate) fn open(&mut self, number: usize) -> i64 {
        const PTRACE_SEIZE: u64 = 0x4206;
        let program = self.program(number);
        if self.children < 0 {
            self.hear_of_children();
        }
        program.began.set(now()); // here and not when it is executed: by then it may be over
        if program.fetches != 0 {
            // Under hidepid no other program sees it, but one that may trace it: with those it does not fetch.
            set_dumpable(program, 1);
            let result = ptrace(PTRACE_SEIZE, program);
            set_dumpable(program, 0);
            // One that has failed is a zombie, which cannot be traced.
            if failed(result) && program.failed_errno.load(Acquire) == 0 {
                return result;
            }
        }
        program.gate.store(1, Release);
        futex_wake(&program.gate);
        0
    }

    /// A traced process has stopped. The listener is closed at the execve and reaches us by no system call of the process,
    /// which stops behind its filter until we have fetched it.
    pub(crate) fn stopped(&mut self, number: usize, status: u32) {
        const PTRACE_CONT: u64 = 7;
        let program = self.program(number);
        if program.failed_errno.load(Acquire) != 0 {
            return;
        }
        if program.listener.load(Acquire) < 0 || status >> 8 != SIGSEGV {
            ptrace(PTRACE_CONT, program); // a stop or signal from outside, which is passed over
            return;
        }
        let result = fetch(program);
        if failed(result) {
            program.failed_index.store(FETCH, Relaxed);
            program.failed_errno.store(-result as u32, Release);
        }
    }

    /// Whether the process of a program is on its way to the execve still.
    pub(crate) fn is_starting(&self, program: &Program) -> bool {
        program.telltale_end.get() >= 0
    }

    /// The process has executed its program, or has failed, or is over.
    pub(crate) fn started(&mut self, number: usize) {
        let program = self.program(number);
        close(program.telltale_end.replace(-1));
        let mut errno = program.failed_errno.load(Acquire);
        if errno == 0 && program.listener.load(Relaxed) >= 0 && program.fetches > program.fetched.load(Acquire) {
            // It did not stop for its listener, which is lost. That is never to be: without it a denied call would fail only.
            program.failed_index.store(FETCH, Relaxed);
            program.failed_errno.store(EIO, Relaxed);
            errno = EIO;
        }
        if errno == 0 {
            self.setup += setup(program);
            self.set_setup(setup(program));
            self.report.cloned_into = program.cloned_into.load(Relaxed);
            return self.tell(STARTED, number as u32);
        }
        if self.config.alone != 0 {
            self.fail(number as u32, Failure { index: program.failed_index.load(Relaxed), errno });
        }
        self.stop(program, REASON_FAILED); // that is told when its number can be another's
    }

    /// Ends a program; why is told when it is over.
    pub(crate) fn stop(&mut self, program: &Program, reason: u32) {
        if program.reason.get() != 0 {
            return;
        }
        program.reason.set(reason);
        if program.over.get() == 0 {
            kill(program.pid.get()); // else the id may be another's
        }
    }

    /// A program is over, and its number may be another's.
    pub(crate) fn ended(&mut self, number: usize, otherwise: u32) {
        let program = self.program(number);
        close(program.listener_fd.get());
        close(program.telltale_end.get());
        self.used &= !(1 << number);
        self.tell_end(number, otherwise);
        call(nr::MUNMAP, [address(program), ROOM]);
    }

    pub(crate) fn tell_end(&mut self, number: usize, otherwise: u32) {
        let program = self.program(number);
        let reason = match program.reason.get() {
            0 => otherwise,
            reason => reason,
        };
        if reason == REASON_FAILED {
            let (index, errno) = (program.failed_index.load(Relaxed), program.failed_errno.load(Relaxed));
            return self.tell_failure(number as u32, Failure { index, errno });
        }
        self.report.reason = reason;
        self.report.status = program.status.get();
        self.report.began = program.began.get();
        self.report.ended = program.ended.get();
        self.set_setup(setup(program));
        copy(&program.notification, &mut self.report.notification);
        copy(&program.usage, self.report.usage.words());
        self.tell(ENDED, number as u32);
    }

    /// A signal of the host's.
    pub(crate) fn signal(&self, number: usize, which: u64) {
        let program = self.program(number);
        if program.over.get() == 0 {
            signal(program.pid.get(), which);
        }
    }

    /// The sandbox cannot be, or its only program: all of it ends.
    pub(crate) fn fail(&mut self, number: u32, failure: Failure) -> ! {
        // Without a pid namespace it would wait at the gate for ever.
        for (_, program) in self.programs() {
            if program.over.get() == 0 {
                kill(program.pid.get());
            }
        }
        self.tell_failure(number, failure);
        self.leave()
    }

    pub(crate) fn set_setup(&mut self, time: u64) {
        self.report.setup = [time / SECOND, time % SECOND];
    }

    pub(crate) fn tell_failure(&mut self, number: u32, failure: Failure) {
        self.report.index = failure.index;
        self.report.errno = failure.errno;
        self.tell(FAILED, number);
    }
}

// ---- what its process does besides system calls ---------------------------------------------------------------------

/// Until init has made the root.
pub(crate) fn wait_at(program: &Program) -> i64 {
    while program.gate.load(Acquire) == 0 {
        futex_wait(&program.gate, 0);
    }
    0
}

/// Without a pid namespace the end of init ends nobody else.
pub(crate) fn die_with_init(program: &Program) -> i64 {
    const PR_SET_PDEATHSIG: u64 = 1;
    let result = call(nr::PRCTL, [PR_SET_PDEATHSIG, SIGKILL]);
    // Of an init that has ended already there is no signal to come.
    if !failed(result) && call(nr::GETPPID, []) != program.parent.load(Relaxed) { ESRCH } else { result }
}

/// Stops the program's process, which init traces: nothing is mapped in the last page of its room. When there is, this goes
/// on.
#[cfg_attr(not(belljar_init), allow(unused_variables))]
pub(crate) fn trap(program: &Program) -> i64 {
    #[cfg(belljar_init)]
    // SAFETY: a page of zeros, once init lets this process go on.
    unsafe {
        (trapdoor(program) as *const u8).read_volatile();
    }
    0
}

pub(crate) fn trapdoor(program: &Program) -> u64 {
    address(program) + MOST_MEMORY
}

/// Gives the process its descriptors under their numbers, and nothing else but the telltale, at the lowest other number. That is
/// closed last of all: init takes its end for the execve. The numbers are in their order.
pub(crate) fn arrange(program: &Program) -> i64 {
    match arranged(program) {
        Ok(()) => 0,
        Err(error) => error,
    }
}

fn arranged(program: &Program) -> Result<(), i64> {
    let telltale = program.telltale.load(Relaxed) as u64;
    let count = program.given;
    let descriptor = |at: u64| load(program.descriptors + 8 * at);
    let target = |at: u64| load(program.targets + 8 * at);
    // So many are where they are to be, and number `free` is nobody's.
    let mut settled = 0;
    while settled < count && descriptor(settled) == settled && target(settled) == settled {
        settled += 1;
    }
    let (mut free, mut highest) = (0, telltale);
    for at in 0..count {
        free += u64::from(target(at) == free);
        highest = highest.max(target(at)).max(if at < settled { 0 } else { descriptor(at) });
    }
    // By way of numbers above all others, as a target may be where another one is now.
    let above = highest.max(free) + 1;
    for at in settled..count {
        dup3(descriptor(at), above + at - settled, O_CLOEXEC)?;
    }
    if telltale != free {
        dup3(telltale, free, O_CLOEXEC)?;
    }
    close_range(settled, free.wrapping_sub(1))?;
    close_range(free + 1, if settled < count { above - 1 } else { u32::MAX.into() })?;
    for at in settled..count {
        dup3(above + at - settled, target(at), 0)?;
    }
    if settled < count { close_range(above, u32::MAX.into()) } else { Ok(()) }
}

fn dup3(from: u64, to: u64, flags: u64) -> Result<(), i64> {
    checked(call(nr::DUP3, [from, to, flags]))
}

/// Of none if the last is before the first.
fn close_range(first: u64, last: u64) -> Result<(), i64> {
    if last.wrapping_add(1) <= first { Ok(()) } else { checked(call(nr::CLOSE_RANGE, [first, last, 0])) }
}

fn checked(result: i64) -> Result<(), i64> {
    if failed(result) { Err(result) } else { Ok(()) }
}

/// CPU time that is not the program's but its process's.
pub(crate) fn setup(program: &Program) -> u64 {
    program.setup[0].load(Relaxed) * SECOND + program.setup[1].load(Relaxed)
}

fn clone_process(program: &Program) -> i64 {
    const CLONE_VM: u64 = 0x100;
    const CLONE_INTO_CGROUP: u64 = 0x2_0000_0000;
    let (stack, size) = (address(&program.stack), 8 * STACK as u64);
    if program.cgroup != 0 {
        // flags, pidfd, child_tid, parent_tid, exit_signal, stack, its size, tls, set_tid, its size, cgroup
        let arguments = [CLONE_VM | CLONE_INTO_CGROUP, 0, 0, 0, SIGCHLD, stack, size, 0, 0, 0, load(program.cgroup)];
        program.cloned_into.store(1, Relaxed); // before there is a reader
        // SAFETY: a stack of the process's own, and the arguments live across the call.
        let result = unsafe { clone(nr::CLONE3, [address(&arguments), 88, 0, 0, 0], address(program)) };
        if result > 0 {
            return result;
        }
        program.cloned_into.store(0, Relaxed); // refused, by an outer filter perhaps: it enters by itself
    }
    // SAFETY: as above.
    unsafe { clone(nr::CLONE, [CLONE_VM | SIGCHLD, stack + size, 0, 0, 0], address(program)) }
}

fn ptrace(request: u64, program: &Program) -> i64 {
    call(nr::PTRACE, [request, program.pid.get() as u64, 0, 0])
}

/// Takes the listener out of the process, and lets that go on.
fn fetch(program: &Program) -> i64 {
    const PTRACE_DETACH: u64 = 17;
    const PROT_READ: u64 = 1;
    const PRIVATE_FIXED_ANONYMOUS: u64 = 0x32;
    // Its change of ids has made the memory that we share undumpable.
    set_dumpable(program, 1);
    let listener = take_listener(program);
    set_dumpable(program, 0);
    if failed(listener) {
        return listener;
    }
    program.listener_fd.set(listener);
    let mapped = call(nr::MMAP, [trapdoor(program), 1, PROT_READ, PRIVATE_FIXED_ANONYMOUS, u64::MAX, 0]);
    if failed(mapped) {
        return mapped;
    }
    program.fetched.store(1, Release);
    ptrace(PTRACE_DETACH, program);
    0
}

fn take_listener(program: &Program) -> i64 {
    let pidfd = call(nr::PIDFD_OPEN, [program.pid.get() as u64, 0]);
    if failed(pidfd) {
        return pidfd;
    }
    let listener = call(nr::PIDFD_GETFD, [pidfd as u64, program.listener.load(Relaxed) as u64, 0]);
    close(pidfd);
    listener
}

fn set_dumpable(program: &Program, dumpable: u64) {
    const PR_SET_DUMPABLE: u64 = 4;
    if program.sheltered != 0 {
        call(nr::PRCTL, [PR_SET_DUMPABLE, dumpable]);
    }
}
