//! Watches the program, ends the tree, and tells the host.

use core::mem::MaybeUninit;
use core::sync::atomic::Ordering::Relaxed;

use super::Init;
use super::arch::nr;
use super::cpu_time::Buffer;
use super::kernel::{
    EACCES, ECHILD, MILLISECOND, POLLIN, SECOND, WALL, WNOHANG, address, call, exit, failed, has_events, kill, nap,
    now, place, pollfd,
};
use super::wire::{OVER, REASON_CPU, REASON_EXIT, REASON_HOST, REASON_SYSCALL, REASON_WALL, STARTED};

/// What wait4(2) said last, and whether more is likely to be there.
struct Reaped {
    last: i64,
    more: bool,
}

impl Init<'_> {
    pub(crate) fn supervise(&mut self) -> ! {
        let program = &self.config.program;
        let setup = [program.setup[0].load(Relaxed), program.setup[1].load(Relaxed)];
        self.report.setup = setup;
        self.report.cloned_into = program.cloned_into.load(Relaxed);
        // What the program's process used up before is not the program's.
        let cpu_limit = match self.config.cpu_limit {
            0 => u64::MAX,
            limit => limit.saturating_add(setup[0] * SECOND + setup[1]),
        };
        self.send(STARTED);
        let (reason, last) = self.watch(cpu_limit);
        self.report.index = reason;
        self.report.ended = now();
        if last != ECHILD {
            // Else orphans would be ours. kill(2) would look at every process of the host.
            self.end_tree();
        }
        self.measure_reaped();
        self.send(OVER);
        exit()
    }

    /// Until there is a reason to end the tree; and what wait4(2) said last, if it was asked just before.
    fn watch(&mut self, cpu_limit: u64) -> (u32, i64) {
        let [socket, host] = self.config.lifeline;
        loop {
            let reaped = self.reap();
            if self.over {
                return (REASON_EXIT, reaped.last);
            }
            let used = now().wrapping_sub(self.report.began);
            if used >= self.config.wall_limit {
                return (REASON_WALL, 0);
            }
            let mut sleep = self.config.wall_limit - used;
            if cpu_limit != u64::MAX {
                // A child reaped while it was looked at counts twice: look again.
                let mut cpu = self.cpu_time();
                if cpu >= cpu_limit {
                    cpu = self.cpu_time();
                }
                if cpu >= cpu_limit {
                    return (REASON_CPU, 0);
                }
                // The tree cannot use up the rest sooner than this.
                let soonest = (cpu_limit - cpu).checked_div(self.config.cpus).unwrap_or(0);
                sleep = sleep.min(soonest.max(2 * MILLISECOND));
            }
            if reaped.more {
                sleep = 0;
            }
            let timeout = [sleep / SECOND, sleep % SECOND];
            let mut poll = [socket, host, pollfd(self.listener, POLLIN), pollfd(self.children, POLLIN)];
            if call(nr::PPOLL, [place(&mut poll), 4, address(&timeout), 0, 8]) <= 0 {
                continue;
            }
            let [socket, host, listener, children] = poll;
            if has_events(children) {
                self.drain();
            }
            let reaped = self.reap(); // the program's own end goes before the host's
            if has_events(listener) {
                if listener >> 48 & POLLIN == 0 {
                    self.listener = -1; // no process is left under the filter
                } else if self.receive_notification() {
                    return (REASON_SYSCALL, 0);
                }
            } else if self.over {
                return (REASON_EXIT, reaped.last);
            } else if has_events(socket) || has_events(host) {
                return (REASON_HOST, reaped.last);
            }
        }
    }

    /// Whether there is one: who made the call may have been killed meanwhile.
    fn receive_notification(&mut self) -> bool {
        const SECCOMP_IOCTL_NOTIF_RECV: u64 = 0xc050_2100;
        let notification = place(&mut self.report.notification);
        !failed(call(nr::IOCTL, [self.listener as u64, SECCOMP_IOCTL_NOTIF_RECV, notification]))
    }

    /// What made the signalfd readable.
    pub(crate) fn drain(&self) {
        let mut signal = MaybeUninit::<[u8; 128]>::uninit();
        call(nr::READ, [self.children as u64, signal.as_mut_ptr() as u64, 128]);
    }

    /// So many at most that a storm of zombies cannot put off a deadline.
    fn reap(&mut self) -> Reaped {
        let mut left = 64;
        loop {
            let (last, _) = self.wait(WNOHANG | WALL);
            left -= 1;
            if last <= 0 || left == 0 {
                return Reaped { last, more: last > 0 };
            }
        }
    }

    /// wait4(2) for any child, and its status; notes the program's end, passes over stops.
    pub(crate) fn wait(&mut self, options: u64) -> (i64, u32) {
        let mut status = 0u32;
        let pid = call(nr::WAIT4, [u64::MAX, place(&mut status), options, 0]);
        const STOPPED: u32 = 0x7f; // a tracee of ours has not ended
        if pid == self.main && status & 0xff != STOPPED {
            self.report.errno = status;
            self.over = true;
        }
        (pid, status)
    }

    fn end_tree(&mut self) {
        if self.config.pid_namespace == 0 {
            return self.end_family();
        }
        if kill(-1) == EACCES {
            return; // a security module spares them. Not from the kernel, when init ends
        }
        while self.wait(WALL).0 > 0 {}
    }

    /// Without a pid namespace: kill the children, orphans come to us as their subreaper, until there are none.
    fn end_family(&mut self) {
        if !self.over {
            kill(-self.main); // its process group, as long as its id cannot be another's
            kill(self.main);
        }
        loop {
            self.kill_children();
            loop {
                match self.wait(WNOHANG | WALL).0 {
                    ECHILD => return,
                    1.. => {}
                    _ => break,
                }
            }
            nap();
        }
    }

    fn kill_children(&self) {
        let mut buffer = Buffer::new();
        buffer.pread(self.config.children_fd.load(Relaxed), 0);
        // The end of the buffer may have cut the last one short.
        while let Some(pid) = buffer.number().filter(|_| buffer.next() == b' ') {
            kill(pid as i64);
        }
    }
}
