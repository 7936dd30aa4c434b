//! The sandbox's init: runs the sandbox's script, starts programs, watches them, ends them, and tells the host.
//!
//! A program of its own, which the crate contains as the assembly text that rustc emits from this file (`.ci/init`). It is
//! executed from a sealed memfd at a fixed address, so it holds nothing of the host's memory. It has no library, allocates
//! nothing, and cannot panic. The process of a program runs the program's script in the same memory, beside the init, until
//! its execve: what the two share is in [`Program`].
#![no_std]
#![no_builtins]

#[path = "arch.rs"]
pub(crate) mod arch;
#[path = "channel.rs"]
mod channel;
#[path = "cpu_time.rs"]
mod cpu_time;
#[path = "kernel.rs"]
mod kernel;
#[path = "program.rs"]
mod program;
#[path = "script.rs"]
mod script;
#[path = "supervise.rs"]
mod supervise;
#[path = "user.rs"]
mod user;
#[cfg(belljar_init)]
mod wire;

use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

#[cfg(not(belljar_init))]
use super::{
    fake::{clone, die, syscall},
    wire,
};
#[cfg(belljar_init)]
use arch::{clone, die, syscall};
use kernel::exit;
use program::trap;
use script::{Runner, run};
use wire::{Config, Program, ROOM, Report, SANDBOX};

/// # Safety
/// `config` is that of the image, with its script behind it, and nobody else uses it.
#[cfg(belljar_init)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn belljar_init(config: *const Config) -> ! {
    // SAFETY: as above; what changes in it is atomic.
    begin(unsafe { &*config })
}

pub(crate) fn begin(config: &Config) -> ! {
    // SAFETY: the only reference to it.
    let report = unsafe { &mut *config.report.get() };
    let mut init = Init { config, report, used: 0, children: -1, began: 0, setup: 0, expected: None };
    let failure = run(&mut Runner::Init(&mut init), config.ops);
    init.fail(SANDBOX, failure)
}

/// # Safety
/// `program` is in the init's memory, which outlives this process's stay in it.
#[cfg(belljar_init)]
unsafe extern "C" fn program_begins(program: *const Program) -> ! {
    // SAFETY: as above.
    begin_program(unsafe { &*program })
}

/// The process of a program, from its clone on.
pub(crate) fn begin_program(program: &Program) -> ! {
    let failure = run(&mut Runner::Program(program), program.ops);
    program.failed_index.store(failure.index, Relaxed);
    program.failed_errno.store(failure.errno, Release); // last, as init may be looking
    if program.listener.load(Relaxed) >= 0 {
        if program.fetched.load(Acquire) == 0 {
            trap(program); // init waits for it
        }
        loop {
            // The filter may kill for exit_group, and init does not listen yet, but looks.
            core::hint::spin_loop();
        }
    }
    exit()
}

/// Of the init alone.
struct Init<'a> {
    config: &'a Config,
    report: &'a mut Report,
    /// A bit for each number that has a program.
    used: u64,
    /// A signalfd for SIGCHLD.
    children: i64,
    /// When the first program was let go on, or, without one, the setup was done.
    began: u64,
    /// CPU time that was not the programs' but of their processes, in nanoseconds.
    setup: u64,
    /// The program that has not all of its descriptors yet, and how many it has.
    expected: Option<(usize, u64)>,
}

/// The programs whose bits are set. Used in plain loops only: the adapters of iterators are not inlined where code is small.
struct Programs<'a> {
    config: &'a Config,
    bits: u64,
}

impl<'a> Iterator for Programs<'a> {
    type Item = (usize, &'a Program);

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        if self.bits == 0 {
            return None;
        }
        let number = self.bits.trailing_zeros() as usize;
        self.bits &= self.bits - 1;
        Some((number, program(self.config, number)))
    }
}

fn program(config: &Config, number: usize) -> &Program {
    let address = config.programs + number as u64 * ROOM;
    // SAFETY: only of numbers whose memory is there: those that are used, and one that was just mapped.
    unsafe { &*(address as *const Program) }
}

impl<'a> Init<'a> {
    fn program(&self, number: usize) -> &'a Program {
        program(self.config, number)
    }

    #[inline(always)]
    fn programs(&self) -> Programs<'a> {
        Programs { config: self.config, bits: self.used }
    }
}
