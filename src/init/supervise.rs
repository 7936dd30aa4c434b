//! Watches the programs, ends the tree, and tells the host.

use core::mem::MaybeUninit;
use core::sync::atomic::Ordering::{Acquire, Relaxed};

use super::Init;
use super::arch::nr;
use super::cpu_time::Buffer;
use super::kernel::{
    EACCES, EAGAIN, ECHILD, Failure, MILLISECOND, POLLIN, SECOND, SIGCHLD, WALL, WNOHANG, address, call, exit, failed,
    has_events, keep, kill, nap, now, place, pollfd,
};
use super::program::setup;
use super::wire::{
    OVER, PROGRAMS, Program, READY, REASON_CPU, REASON_EXIT, REASON_HOST, REASON_SYSCALL, REASON_WALL, SANDBOX,
};

/// What wait4(2) said last, and whether more is likely to be there.
struct Reaped {
    last: i64,
    more: bool,
}

/// What is polled: the host's socket and pidfd, the signalfd; of each program its telltale and its listener.
const POLLED: usize = 3 + 2 * PROGRAMS;

impl Init<'_> {
    pub(crate) fn supervise(&mut self) -> ! {
        if self.config.alone != 0 {
            self.began = self.program(0).began.get();
        } else {
            self.hear_of_children();
            self.began = now();
            self.tell(READY, SANDBOX);
        }
        let (reason, last) = self.watch();
        let ended = now();
        if last != ECHILD || self.config.user != 0 {
            // Else orphans would be ours. kill(2) would look at every process of the host.
            self.end_tree();
        }
        for (number, program) in self.programs() {
            if program.over.get() == 0 {
                program.ended.set(ended);
            }
            self.tell_end(number, reason);
        }
        self.report.reason = reason;
        self.report.began = self.began;
        self.report.ended = ended;
        self.set_setup(self.setup);
        self.measure_reaped();
        self.tell(OVER, SANDBOX);
        self.leave()
    }

    /// The end. A host that is gone will not remove the tree's cgroup.
    pub(crate) fn leave(&mut self) -> ! {
        const AT_REMOVEDIR: u64 = 0x200;
        if self.config.groups_fd >= 0 && self.is_orphan() {
            self.end_tree();
            call(nr::UNLINKAT, [self.config.groups_fd as u64, address(&self.config.group), AT_REMOVEDIR]);
        }
        exit()
    }

    /// Whether the host has died or executed something else. One that has but cut the lifeline can hear yet.
    fn is_orphan(&self) -> bool {
        const POLLHUP: u64 = 0x10;
        let mut polled = self.config.lifeline;
        let no_time = [0u64; 2];
        call(nr::PPOLL, [place(&mut polled), 2, address(&no_time), 0, 8]);
        let [socket, host] = polled;
        socket >> 48 & POLLHUP != 0 || has_events(host)
    }

    /// Before any program goes on, which may put limits on its init if its filter lets it.
    pub(crate) fn hear_of_children(&mut self) {
        const SFD_NONBLOCK_CLOEXEC: u64 = 0x8_0800;
        let set = 1u64 << (SIGCHLD - 1); // blocked since before the init
        self.children = call(nr::SIGNALFD4, [u64::MAX, address(&set), 8, SFD_NONBLOCK_CLOEXEC]);
        if failed(self.children) {
            self.fail(SANDBOX, Failure { index: super::wire::ITSELF, errno: -self.children as u32 });
        }
    }

    /// Until there is a reason to end the sandbox; and what wait4(2) said last, if it was asked just before.
    fn watch(&mut self) -> (u32, i64) {
        let [socket, host] = self.config.lifeline;
        loop {
            let reaped = self.reap();
            if let Some(reason) = self.look_after() {
                return (reason, reaped.last);
            }
            let mut sleep = match self.until_limit() {
                Ok(sleep) => sleep,
                Err(reason) => return (reason, 0),
            };
            if reaped.more {
                sleep = 0;
            }
            let timeout = [sleep / SECOND, sleep % SECOND];
            let mut polled = MaybeUninit::<[u64; POLLED]>::uninit();
            let mut count = 0;
            let mut add = |word: u64| {
                // SAFETY: three, and two of each program.
                unsafe { polled.as_mut_ptr().cast::<u64>().add(count).write(word) };
                count += 1;
            };
            add(socket);
            add(host);
            add(pollfd(self.children, POLLIN));
            let programs = self.programs();
            for (_, program) in self.programs() {
                add(pollfd(program.telltale_end.get(), 0));
                // Of one that is ended already nobody wants to know more.
                add(pollfd(if program.reason.get() == 0 { program.listener_fd.get() } else { -1 }, POLLIN));
            }
            if call(nr::PPOLL, [polled.as_mut_ptr() as u64, count as u64, address(&timeout), 0, 8]) <= 0 {
                continue;
            }
            // SAFETY: as many were written.
            let ready = |at: usize| unsafe { polled.as_ptr().cast::<u64>().add(at).read_volatile() };
            if has_events(ready(2)) {
                self.drain();
            }
            let reaped = self.reap(); // a program's own end goes before the host's
            let mut at = 3;
            for (number, program) in programs {
                let (telltale, listener) = (ready(at), ready(at + 1));
                at += 2;
                let denied = has_events(listener) && self.is_denied(program, listener);
                // A call that is denied is the program's: it may have been executed after its telltale was looked at.
                if self.is_starting(program) && (has_events(telltale) || denied) {
                    self.started(number);
                }
                if denied && self.config.alone != 0 {
                    program.reason.set(REASON_SYSCALL);
                    return (REASON_SYSCALL, 0);
                }
                if denied {
                    self.stop(program, REASON_SYSCALL);
                }
            }
            if let Some(reason) = self.look_after() {
                return (reason, reaped.last);
            }
            if has_events(ready(1)) {
                return (REASON_HOST, reaped.last);
            }
            if has_events(ready(0)) {
                let reason = self.listen();
                if reason != 0 {
                    return (reason, reaped.last);
                }
            }
        }
    }

    /// Sees to the programs that have failed or are over; a reason to end the sandbox, if that is one.
    fn look_after(&mut self) -> Option<u32> {
        for (number, program) in self.programs() {
            let over = program.over.get() != 0;
            // Not by its end alone: under its filter, or stopped from outside, a process that has failed may have none.
            let failed = program.failed_errno.load(Acquire) != 0;
            if self.is_starting(program) && (over || failed) {
                self.started(number);
            }
            if over && self.config.alone != 0 {
                return Some(REASON_EXIT);
            }
            if over {
                self.ended(number, REASON_EXIT);
            }
        }
        None
    }

    /// Ends programs that are at their limits. How long there is to sleep, or why the sandbox ends.
    fn until_limit(&mut self) -> Result<u64, u32> {
        let now = now();
        let mut sleep = u64::MAX;
        let mut starting = false;
        for (_, program) in self.programs() {
            if program.reason.get() != 0 {
                continue;
            }
            let is_starting = self.is_starting(program);
            if is_starting && program.listener.load(Relaxed) >= 0 {
                sleep = sleep.min(MILLISECOND); // what fails under a filter is to be looked for
            }
            starting |= is_starting;
            if is_starting && self.config.alone != 0 {
                continue;
            }
            let left = left_of(program.wall_limit, now, program.began.get());
            if left == 0 {
                self.stop(program, REASON_WALL);
            }
            sleep = sleep.min(left.max(1));
            if program.cpu_limit != 0 && !is_starting {
                let used = self.cpu_time_of(program).saturating_sub(setup(program));
                match self.until_cpu_limit(program.cpu_limit, used) {
                    Some(left) => sleep = sleep.min(left),
                    None => self.stop(program, REASON_CPU),
                }
            }
        }
        if self.config.alone != 0 && starting {
            return Ok(sleep); // the limits are the program's
        }
        let left = left_of(self.config.wall_limit, now, self.began);
        if left == 0 {
            return Err(REASON_WALL);
        }
        sleep = sleep.min(left);
        if self.config.cpu_limit != 0 {
            // What their processes used up before is not the programs'.
            let limit = self.config.cpu_limit.saturating_add(self.setup);
            let mut used = self.cpu_time();
            if used >= limit {
                used = self.cpu_time(); // a child reaped while it was looked at counts twice: look again
            }
            sleep = sleep.min(self.until_cpu_limit(limit, used).ok_or(REASON_CPU)?);
        }
        Ok(sleep)
    }

    /// The tree cannot use up the rest sooner than this.
    fn until_cpu_limit(&self, limit: u64, used: u64) -> Option<u64> {
        let left = limit.checked_sub(used).filter(|left| *left > 0)?;
        Some(left.checked_div(self.config.cpus).unwrap_or(0).max(2 * MILLISECOND))
    }

    /// Whether a process under the program's filter waits for what it is killed for: who made the call may be dead meanwhile.
    fn is_denied(&self, program: &Program, listener: u64) -> bool {
        const SECCOMP_IOCTL_NOTIF_RECV: u64 = 0xc050_2100;
        if listener >> 48 & POLLIN == 0 {
            super::kernel::close(program.listener_fd.replace(-1)); // no process is left under the filter
            return false;
        }
        for word in &program.notification {
            word.set(0); // the kernel insists
        }
        let notification = address(&program.notification);
        !failed(call(nr::IOCTL, [program.listener_fd.get() as u64, SECCOMP_IOCTL_NOTIF_RECV, notification]))
    }

    /// What made the signalfd readable.
    fn drain(&self) {
        let mut signal = MaybeUninit::<[u8; 128]>::uninit();
        call(nr::READ, [self.children as u64, signal.as_mut_ptr() as u64, 128]);
    }

    /// So many at most that a storm of zombies cannot put off a deadline.
    fn reap(&mut self) -> Reaped {
        let mut left = 64;
        loop {
            let last = self.wait(WNOHANG | WALL);
            left -= 1;
            if last <= 0 || left == 0 {
                return Reaped { last, more: last > 0 };
            }
        }
    }

    /// wait4(2) for any child; notes a program's end, and sees to the stop of one that is traced.
    fn wait(&mut self, options: u64) -> i64 {
        const STOPPED: u32 = 0x7f;
        let mut status = 0u32;
        let usage = place(&mut self.report.usage);
        let pid = call(nr::WAIT4, [u64::MAX, place(&mut status), options, usage]);
        for (number, program) in self.programs() {
            // The id of one that is over may be another's.
            if pid <= 0 || program.pid.get() != pid || program.over.get() != 0 {
                continue;
            }
            if status & 0xff == STOPPED {
                self.stopped(number, status);
                continue;
            }
            program.over.set(1);
            program.status.set(status);
            program.ended.set(now());
            keep(self.report.usage.words(), &program.usage);
        }
        pid
    }

    fn end_tree(&mut self) {
        if self.config.pid_namespace == 0 {
            return self.end_family();
        }
        match kill(-1) {
            EACCES => return, // a security module spares them. Not from the kernel, when init ends
            0 => self.tell_dying(),
            _ => {}
        }
        while self.wait(WALL) > 0 {}
    }

    /// Without a pid namespace: kill the children, orphans come to us as their subreaper, until there are none.
    fn end_family(&mut self) {
        for (_, program) in self.programs() {
            if program.over.get() == 0 {
                kill(-program.pid.get()); // its process group, as long as its id cannot be another's
                kill(program.pid.get());
            }
        }
        loop {
            let cleared = self.clear_user();
            self.kill_children();
            let mut last = 1;
            while last > 0 {
                last = self.wait(WNOHANG | WALL);
            }
            // The tree may have taken all processes that there may be.
            if last == ECHILD && cleared != EAGAIN {
                return;
            }
            nap();
        }
    }

    fn kill_children(&self) {
        let mut buffer = Buffer::new();
        buffer.pread(self.config.children_fd.load(Relaxed), 0);
        // The end of the buffer may have cut the last one short.
        while let Some(pid) = buffer.number() {
            if buffer.next() != b' ' {
                return;
            }
            kill(pid as i64);
        }
    }
}

fn left_of(limit: u64, now: u64, began: u64) -> u64 {
    limit.saturating_sub(now.wrapping_sub(began))
}
