//! Runs the operations of a script.

use core::sync::atomic::Ordering::{Relaxed, Release};

use super::Init;
use super::arch::nr;
use super::kernel::{EACCES, ETXTBSY, Failure, call, cell, failed, load, nap, spin};
use super::program::{arrange, die_with_init, trap, wait_at};
use super::wire::{Op, Program, nr_pseudo};

/// Whose script it is.
pub(crate) enum Runner<'a, 'b> {
    Init(&'a mut Init<'b>),
    Program(&'a Program),
}

/// Runs operations from `first` on until one fails.
#[inline(never)]
pub(crate) fn run(runner: &mut Runner, first: u64) -> Failure {
    // What was passed over last. EACCES is the better answer of a search through PATH.
    let mut passed_over = 0;
    let mut busy_tries = 200;
    let mut index = 0;
    loop {
        // SAFETY: the host has put a last operation that does not return behind each script.
        let op = unsafe { &*(first as *const Op).wrapping_add(index as usize) };
        let a = arguments(op);
        let result = match (op.nr, &mut *runner) {
            (nr_pseudo::EXPECT, _) if load(a[0]) & a[1] == a[2] => 0,
            (nr_pseudo::EXPECT, _) => -(a[3] as i64),
            (nr_pseudo::FAIL, _) => -(a[0] as i64),
            (nr_pseudo::END, _) => return Failure { index, errno: passed_over },
            (nr_pseudo::START, Runner::Init(init)) => init.start(0),
            (nr_pseudo::OPEN, Runner::Init(init)) => init.open(0),
            (nr_pseudo::CLEAR_USER, Runner::Init(init)) => init.clear_user(),
            (nr_pseudo::SUPERVISE, Runner::Init(init)) => init.supervise(),
            (nr_pseudo::PASS, Runner::Program(program)) => wait_at(program),
            (nr_pseudo::DIE_WITH_INIT, Runner::Program(program)) => die_with_init(program),
            (nr_pseudo::ARRANGE, Runner::Program(program)) => arrange(program),
            (nr_pseudo::TRAP, Runner::Program(program)) => trap(program),
            (nr_pseudo::ENTER, Runner::Program(program)) if program.cloned_into.load(Relaxed) != 0 => 0,
            (nr_pseudo::ENTER, _) => call(nr::WRITE, [a[0], a[1], a[2]]),
            (number, _) => call(number, a),
        };
        if failed(result) {
            let errno = result.wrapping_neg() as u32;
            if errno == ETXTBSY && busy_tries > 0 {
                // A sibling of the host still holds the program open for writing.
                busy_tries -= 1;
                match runner {
                    Runner::Program(program) if program.naps == 0 => spin(),
                    _ => nap(),
                }
                continue;
            }
            if errno >= 64 || op.ignore >> errno & 1 == 0 {
                return Failure { index, errno };
            }
            if passed_over != -EACCES as u32 {
                passed_over = errno;
            }
        } else if op.probe != 0 {
            return Failure { index, errno: passed_over };
        } else if op.save != 0 {
            cell(op.save).store(result as u64, Release);
        }
        index += 1;
    }
}

#[inline(always)]
fn arguments(op: &Op) -> [u64; 6] {
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
