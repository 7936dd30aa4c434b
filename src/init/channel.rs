//! What the host says, and what it is told.

use core::mem::MaybeUninit;
use core::sync::atomic::Ordering::Relaxed;

use super::Init;
use super::arch::nr;
use super::kernel::{E2BIG, EAGAIN, EINTR, Failure, address, call, cell, close, exit, failed, place};
use super::wire::{
    BATCH, DYING, END, ITSELF, MORE, MOST_MEMORY, PROGRAMS, Program, REASON_FAILED, REASON_HOST, REASON_PROTOCOL, ROOM,
    RUN, Report, Request, SIGNAL,
};

/// `struct cmsghdr`, and what comes with it.
#[repr(C)]
struct Control {
    length: u64,
    level_and_kind: u64,
    descriptors: [i32; BATCH + 1],
}

impl Control {
    const HEADER: u64 = 16;
}

impl Init<'_> {
    pub(crate) fn tell(&mut self, kind: u32, program: u32) {
        const NOSIGNAL_DONTWAIT: u64 = 0x4040;
        self.report.kind = kind;
        self.report.program = program;
        let socket = u64::from(self.config.socket);
        let sent = call(nr::SENDTO, [socket, address(self.report), Report::SIZE as u64, NOSIGNAL_DONTWAIT, 0, 0]);
        if sent == EAGAIN {
            // A host that reads nothing of some two hundred words. To wait for it would put off every limit.
            exit();
        }
    }

    /// A host that does not wait for the end waits for this.
    pub(crate) fn tell_dying(&self) {
        const NOSIGNAL_DONTWAIT: u64 = 0x4040;
        let kind = DYING;
        call(nr::SENDTO, [self.config.socket.into(), address(&kind), size_of::<u32>() as u64, NOSIGNAL_DONTWAIT, 0, 0]);
    }

    /// Does what the host has said; a reason to end the sandbox if there is one, or 0.
    pub(crate) fn listen(&mut self) -> u32 {
        const MSG_DONTWAIT: u64 = 0x40;
        const MSG_CTRUNC: u32 = 8;
        let mut request = Request::default();
        let mut control = MaybeUninit::<Control>::uninit();
        let part = [place(&mut request), size_of::<Request>() as u64];
        // struct msghdr: name and its length, parts and their count, control and its length, flags.
        let mut message = [0, 0, address(&part), 1, control.as_mut_ptr() as u64, size_of::<Control>() as u64, 0];
        let socket = u64::from(self.config.socket);
        let size = call(nr::RECVMSG, [socket, place(&mut message), MSG_DONTWAIT]);
        if size == EAGAIN || size == EINTR {
            return 0;
        }
        if size <= 0 {
            return REASON_HOST;
        }
        let mut descriptors: &[i32] = &[];
        if message[5] > Control::HEADER {
            // SAFETY: the kernel has written that many, one after another.
            descriptors = unsafe {
                let control = &*control.as_ptr();
                let count = (control.length - Control::HEADER) as usize / size_of::<i32>();
                core::slice::from_raw_parts(control.descriptors.as_ptr(), count)
            };
        }
        if size != size_of::<Request>() as i64 || message[6] as u32 & MSG_CTRUNC != 0 {
            return REASON_PROTOCOL;
        }
        let number = request.program as usize;
        let is_used = number < PROGRAMS && self.used >> number & 1 != 0;
        let is_expected = matches!(self.expected, Some((expected, _)) if expected == number);
        match (request.kind, descriptors) {
            (RUN, [memory, rest @ ..]) if number < PROGRAMS && !is_used && self.expected.is_none() => {
                self.run_program(number, i64::from(*memory), request.value, rest)
            }
            (MORE, [_, ..]) if is_expected => self.take(number, descriptors),
            (SIGNAL, []) if is_used => self.signal(number, request.value),
            (SIGNAL, []) if number < PROGRAMS => {} // it is over
            (END, []) => return REASON_HOST,
            _ => return REASON_PROTOCOL,
        }
        0
    }

    /// Maps a program's memory, and starts it when its descriptors are there.
    fn run_program(&mut self, number: usize, memory: i64, size: u64, descriptors: &[i32]) {
        const READ_WRITE: u64 = 3;
        const PRIVATE_FIXED: u64 = 0x12;
        let at = self.config.programs + number as u64 * ROOM;
        let mapped = if size <= MOST_MEMORY {
            call(nr::MMAP, [at, size, READ_WRITE, PRIVATE_FIXED, memory as u64, 0])
        } else {
            -i64::from(E2BIG)
        };
        close(memory);
        if failed(mapped) {
            for fd in descriptors {
                close(i64::from(*fd));
            }
            return self.tell_failure(number as u32, Failure { index: ITSELF, errno: -mapped as u32 });
        }
        self.expected = Some((number, 0));
        self.take(number, descriptors);
    }

    /// Notes descriptors of the program that is expected.
    fn take(&mut self, number: usize, descriptors: &[i32]) {
        let program = self.program(number);
        let Some((_, mut count)) = self.expected else { return };
        for fd in descriptors {
            if count < program.descriptor_count {
                cell(program.descriptors + 8 * count).store(*fd as u64, Relaxed);
            }
            count += 1;
        }
        self.expected = Some((number, count));
        if count >= program.descriptor_count {
            self.expected = None;
            self.begin(number, program);
        }
    }

    fn begin(&mut self, number: usize, program: &Program) {
        let result = self.start(number);
        if failed(result) {
            call(nr::MUNMAP, [address(program), ROOM]);
            return self.tell_failure(number as u32, Failure { index: ITSELF, errno: -result as u32 });
        }
        let result = self.open(number);
        if failed(result) {
            program.failed_index.store(ITSELF, Relaxed);
            program.failed_errno.store(-result as u32, Relaxed);
            self.stop(program, REASON_FAILED);
        }
    }
}
