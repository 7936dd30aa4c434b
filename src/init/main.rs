//! The sandbox's init: runs the script, starts the program, watches it, ends it.
//!
//! A program of its own, which the crate contains as the assembly text that rustc emits from this file (`.ci/init`). It is
//! executed from a sealed memfd at a fixed address, so it holds nothing of the host's memory. It has no library, allocates
//! nothing, and cannot panic. From its start on the program's process runs its part of the script in the same memory, at
//! the same time: what the two share is in [`Program`].
#![no_std]
#![no_builtins]

#[path = "arch.rs"]
pub(crate) mod arch;
#[path = "cpu_time.rs"]
mod cpu_time;
#[path = "kernel.rs"]
mod kernel;
#[path = "script.rs"]
mod script;
#[path = "start.rs"]
mod start;
#[path = "supervise.rs"]
mod supervise;
#[cfg(not(test))]
mod wire;

use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

#[cfg(test)]
use super::{
    fake::{clone, clone_arguments, die, syscall},
    wire,
};
#[cfg(not(test))]
use arch::{clone, clone_arguments, die, syscall};
use kernel::exit;
use script::{run, trap};
use wire::{Config, Op, Report};

/// # Safety
/// `config` is that of the image, with its script behind it, and nobody else uses it.
#[cfg(not(test))]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn belljar_init(config: *const Config) -> ! {
    // SAFETY: as above; what changes in it is atomic.
    begin(unsafe { &*config })
}

pub(crate) fn begin(config: &Config) -> ! {
    // SAFETY: the only reference to it.
    let report = unsafe { &mut *config.report.get() };
    let mut init = Init { config, main: 0, over: false, listener: -1, children: -1, report };
    let failure = run(config, Some(&mut init), config.ops as *const Op);
    init.fail(failure)
}

/// # Safety
/// `config` is the init's, which outlives this process's stay in its memory.
#[cfg(not(test))]
unsafe extern "C" fn program(config: *const Config) -> ! {
    // SAFETY: as above.
    begin_program(unsafe { &*config })
}

/// The program's process, from its clone on.
pub(crate) fn begin_program(config: &Config) -> ! {
    let program = &config.program;
    let failure = run(config, None, program.ops.load(Relaxed) as *const Op);
    program.failed_index.store(failure.index, Relaxed);
    program.failed_errno.store(failure.errno, Release); // last, as init may be looking
    if program.listener.load(Relaxed) >= 0 {
        if program.fetched.load(Acquire) == 0 {
            trap(); // init waits for it
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
    /// The program's process; 0 as long as there is none.
    main: i64,
    /// It has ended, with the status in the report.
    over: bool,
    /// Of the program's filter; -1 if there is none, or nobody under it is left.
    listener: i64,
    /// A signalfd for SIGCHLD.
    children: i64,
    report: &'a mut Report,
}
