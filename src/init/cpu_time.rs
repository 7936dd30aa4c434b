//! The CPU time of the tree, and how the kernel's texts are read.

use core::mem::MaybeUninit;
use core::sync::atomic::Ordering::Relaxed;

use super::Init;
use super::arch::nr;
use super::kernel::{EMFILE, SECOND, address, call, clock, exit, place};
use super::wire::{Program, Rusage};

impl Init<'_> {
    /// Of the whole tree, in nanoseconds: what its cgroup counts; without one the reaped by getrusage, the living by their
    /// clocks and what they reaped themselves.
    pub(crate) fn cpu_time(&mut self) -> u64 {
        if let Some(time) = self.cpu_time_of_cgroup() {
            return time;
        }
        self.measure_reaped();
        let Rusage { user, system, .. } = &self.report.usage;
        let reaped = (user[0] + system[0]) as u64 * SECOND + (user[1] + system[1]) as u64 * 1000;
        match self.config.proc_fd.load(Relaxed) {
            // No /proc: the programs themselves are what can be seen.
            ..0 => {
                let mut total = reaped;
                for (_, program) in self.programs() {
                    total += process_clock(program.pid.get() as u64);
                }
                total
            }
            proc => reaped + cpu_time_of_living(proc),
        }
    }

    /// Of a program and of those that it has reaped.
    pub(crate) fn cpu_time_of(&self, program: &Program) -> u64 {
        let pid = program.pid.get() as u64;
        match self.config.proc_fd.load(Relaxed) {
            ..0 => process_clock(pid),
            proc => process_clock(pid) + reaped_by(proc, pid),
        }
    }

    pub(crate) fn measure_reaped(&mut self) {
        const RUSAGE_CHILDREN: u64 = -1i64 as u64;
        call(nr::GETRUSAGE, [RUSAGE_CHILDREN, place(&mut self.report.usage)]);
    }

    fn cpu_time_of_cgroup(&self) -> Option<u64> {
        const USAGE: usize = "usage_usec ".len();
        if self.config.cpu_stat_fd < 0 {
            return None;
        }
        let mut buffer = Buffer::new();
        buffer.pread(self.config.cpu_stat_fd, USAGE as u64);
        buffer.number().map(|micros| micros * 1000)
    }
}

/// clock_getcpuclockid(3): of a process, all its threads.
fn process_clock(pid: u64) -> u64 {
    clock(u64::from(!(pid as u32) << 3 | 2))
}

fn cpu_time_of_living(proc: i64) -> u64 {
    const LENGTH: usize = 16; // struct linux_dirent64: inode, offset, length, type
    const NAME: usize = 19;
    let mut total = 0;
    call(nr::LSEEK, [proc as u64, 0, 0]);
    loop {
        let mut entries = Buffer::new();
        entries.length = call(nr::GETDENTS64, [proc as u64, entries.address(), BUFFER as u64]).max(0) as usize;
        if entries.length == 0 {
            return total;
        }
        let mut entry = 0;
        while entry < entries.length {
            entries.at = entry + NAME;
            // A process, but the init.
            if let Some(pid @ 2..) = entries.number() {
                total += process_clock(pid) + reaped_by(proc, pid);
            }
            entry += usize::from(entries.byte(entry + LENGTH)) | usize::from(entries.byte(entry + LENGTH + 1)) << 8;
        }
    }
}

/// cutime and cstime of a process's stat: proc_pid_stat(5).
fn reaped_by(proc: i64, pid: u64) -> u64 {
    // With CAP_SYS_ADMIN a FIFO may be mounted there.
    const O_RDONLY_NONBLOCK_CLOEXEC: u64 = 0x8_0800;
    const NANOSECONDS_OF_A_TICK: u64 = 10_000_000; // USER_HZ is 100
    const FROM_NAME_TO_CUTIME: u32 = 14;
    let name = stat_of(pid);
    let fd = call(nr::OPENAT, [proc as u64, address(&name), O_RDONLY_NONBLOCK_CLOEXEC, 0]);
    if fd == EMFILE {
        // The program has taken our descriptors (prlimit), to use more than it may. What it used can no longer be told: init
        // ends without a report, and with it all.
        exit();
    }
    if fd < 0 {
        return 0;
    }
    let mut stat = Buffer::new();
    stat.pread(fd, 0);
    call(nr::CLOSE, [fd as u64]);
    // The name in parentheses may hold anything: go by the last one.
    stat.at = stat.length;
    while stat.at > 0 && stat.byte(stat.at) != b')' {
        stat.at -= 1;
    }
    let mut blanks = 0;
    while stat.at < stat.length && blanks < FROM_NAME_TO_CUTIME {
        blanks += u32::from(stat.byte(stat.at) == b' ');
        stat.at += 1;
    }
    let user = stat.number().unwrap_or(0);
    stat.at += 1;
    (user + stat.number().unwrap_or(0)) * NANOSECONDS_OF_A_TICK
}

/// "PID/stat", as the words that hold it.
fn stat_of(pid: u64) -> [u64; 2] {
    let mut text = u128::from_le_bytes(*b"/stat\0\0\0\0\0\0\0\0\0\0\0");
    let mut rest = pid as u32;
    while rest > 0 {
        text = text << 8 | u128::from(b'0' as u32 + rest % 10);
        rest /= 10;
    }
    [text as u64, (text >> 64) as u64]
}

/// Two of them are on the stack at once, of which a host may have 16 KiB (RLIMIT_STACK), 8 of them lost to randomisation.
const BUFFER: usize = 1024;

/// What the kernel has written, and how far it is read.
pub(crate) struct Buffer {
    bytes: MaybeUninit<[u8; BUFFER]>,
    length: usize,
    at: usize,
}

impl Buffer {
    #[inline(always)]
    pub(crate) fn new() -> Buffer {
        Buffer { bytes: MaybeUninit::uninit(), length: 0, at: 0 }
    }

    fn address(&mut self) -> u64 {
        self.bytes.as_mut_ptr() as u64
    }

    pub(crate) fn pread(&mut self, fd: i64, offset: u64) {
        self.length = call(nr::PREAD64, [fd as u64, self.address(), BUFFER as u64, offset]).max(0) as usize;
        self.at = 0;
    }

    /// 0 behind the end.
    fn byte(&self, at: usize) -> u8 {
        if at >= self.length || at >= BUFFER {
            return 0;
        }
        // SAFETY: the kernel has written that many, and it may have been behind the compiler's back.
        unsafe { self.bytes.as_ptr().cast::<u8>().add(at).read_volatile() }
    }

    /// The byte there, and past it.
    pub(crate) fn next(&mut self) -> u8 {
        let byte = self.byte(self.at);
        self.at += 1;
        byte
    }

    /// The digits there.
    pub(crate) fn number(&mut self) -> Option<u64> {
        let mut value = None;
        loop {
            let digit = self.byte(self.at).wrapping_sub(b'0');
            if digit > 9 {
                return value;
            }
            value = Some(value.unwrap_or(0u64).wrapping_mul(10).wrapping_add(u64::from(digit)));
            self.at += 1;
        }
    }
}
