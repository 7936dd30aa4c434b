//! Runs the operations of the script.

use core::sync::atomic::AtomicU64;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use super::Init;
use super::arch::nr;
use super::kernel::{EACCES, ETXTBSY, call, failed, futex_wait, nap};
#[cfg(not(test))]
use super::wire::TRAPDOOR;
use super::wire::{Config, Op, Program, nr_pseudo};

/// The operation that failed, and how.
#[derive(Clone, Copy)]
pub(crate) struct Failure {
    pub(crate) index: u32,
    pub(crate) errno: u32,
}

/// Runs operations from `at` on until one fails. Of the program's process if it is not `init`.
#[inline(never)]
pub(crate) fn run(config: &Config, mut init: Option<&mut Init>, mut at: *const Op) -> Failure {
    // What was passed over last. EACCES is the better answer of a search through PATH.
    let mut passed_over = 0;
    let mut busy_tries = 200;
    loop {
        // SAFETY: the host has put a last operation that does not return behind each part of the script.
        let op = unsafe { &*at };
        let a = arguments(op);
        let result = match op.nr {
            nr_pseudo::EXPECT => {
                if load(a[0]) & a[1] == a[2] {
                    0
                } else {
                    -(a[3] as i64)
                }
            }
            nr_pseudo::FAIL => -(a[0] as i64),
            nr_pseudo::END => -i64::from(passed_over),
            nr_pseudo::PASS => wait_at(&config.program),
            nr_pseudo::ENTER if config.program.cloned_into.load(Relaxed) != 0 => 0,
            nr_pseudo::ENTER => call(nr::WRITE, [a[0], a[1], a[2]]),
            nr_pseudo::TRAP => trap(),
            number => match (&mut init, number) {
                (Some(init), nr_pseudo::START) => {
                    let result = init.start(at.wrapping_add(1));
                    if !failed(result) {
                        at = config.after as *const Op;
                        continue;
                    }
                    result
                }
                (Some(init), nr_pseudo::OPEN) => init.open(a[0] != 0, a[1] != 0),
                (Some(init), nr_pseudo::SUPERVISE) => init.supervise(),
                _ => call(number, a),
            },
        };
        if failed(result) || op.nr == nr_pseudo::END {
            let errno = result.wrapping_neg() as u32;
            if errno == ETXTBSY && busy_tries > 0 {
                // A sibling of the host still holds the program open for writing.
                busy_tries -= 1;
                nap();
                continue;
            }
            if errno >= 64 || op.ignore >> errno & 1 == 0 {
                return Failure { index: index(config, at), errno };
            }
            if passed_over != -EACCES as u32 {
                passed_over = errno;
            }
        } else if op.probe != 0 {
            return Failure { index: index(config, at), errno: passed_over };
        } else if op.save != 0 {
            cell(op.save).store(result as u64, Release);
        }
        at = at.wrapping_add(1);
    }
}

pub(crate) fn index(config: &Config, at: *const Op) -> u32 {
    ((at as u64 - config.ops) / size_of::<Op>() as u64) as u32
}

#[inline(always)]
pub(crate) fn arguments(op: &Op) -> [u64; 6] {
    let mut all = op.args;
    let mut at = 0;
    while at < 6 {
        if op.cells >> at & 1 != 0 {
            all[at] = load(all[at]);
        }
        at += 1;
    }
    all
}

pub(crate) fn cell<'a>(address: u64) -> &'a AtomicU64 {
    // SAFETY: the script's cells are aligned words of the image's data.
    unsafe { AtomicU64::from_ptr(address as *mut u64) }
}

pub(crate) fn load(address: u64) -> u64 {
    cell(address).load(Acquire)
}

/// Until init has made the root.
fn wait_at(program: &Program) -> i64 {
    while program.gate.load(Acquire) == 0 {
        futex_wait(&program.gate, 0, 0);
    }
    0
}

/// Stops the program's process, which init traces: nothing is mapped there. When there is, this goes on.
pub(crate) fn trap() -> i64 {
    #[cfg(not(test))]
    // SAFETY: a page of zeros, once init lets this process go on.
    unsafe {
        (TRAPDOOR as *const u8).read_volatile();
    }
    0
}
