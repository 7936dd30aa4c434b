//! System calls, and what is common to them.

use core::cell::Cell;
use core::sync::atomic::Ordering::Acquire;
use core::sync::atomic::{AtomicU32, AtomicU64};

use super::arch::nr;
use super::{die, syscall};

pub(crate) const LOWEST_ERROR: i64 = -4095;
pub(crate) const ESRCH: i64 = -3;
pub(crate) const EINTR: i64 = -4;
pub(crate) const EAGAIN: i64 = -11;
pub(crate) const ECHILD: i64 = -10;
pub(crate) const EACCES: i64 = -13;
pub(crate) const EMFILE: i64 = -24;
pub(crate) const EIO: u32 = 5;
pub(crate) const ETXTBSY: u32 = 26;
pub(crate) const E2BIG: u32 = 7;
pub(crate) const SIGKILL: u64 = 9;
pub(crate) const SIGSEGV: u32 = 11;
pub(crate) const SIGCHLD: u64 = 17;
pub(crate) const WNOHANG: u64 = 1;
pub(crate) const WALL: u64 = 0x4000_0000;
pub(crate) const O_CLOEXEC: u64 = 0x8_0000;
pub(crate) const POLLIN: u64 = 1;
pub(crate) const MILLISECOND: u64 = 1_000_000;
pub(crate) const SECOND: u64 = 1_000_000_000;

#[inline(always)]
pub(crate) fn call<const N: usize>(number: u32, arguments: [u64; N]) -> i64 {
    // Written out, as a loop over the six would not be unrolled.
    let at = |index: usize| if index < N { arguments[index] } else { 0 };
    let all = [at(0), at(1), at(2), at(3), at(4), at(5)];
    // SAFETY: every pointer that is passed is to a live local, to the Config, or from the script, which the host vouches for.
    unsafe { syscall(number, all) }
}

pub(crate) fn address<T>(of: &T) -> u64 {
    core::ptr::from_ref(of) as u64
}

/// Of what the kernel writes.
pub(crate) fn place<T>(of: &mut T) -> u64 {
    core::ptr::from_mut(of) as u64
}

pub(crate) fn failed(result: i64) -> bool {
    (LOWEST_ERROR..0).contains(&result)
}

pub(crate) fn futex_wait(word: &AtomicU32, value: u32) {
    const FUTEX_WAIT: u64 = 0;
    call(nr::FUTEX, [address(word), FUTEX_WAIT, u64::from(value), 0]);
}

pub(crate) fn futex_wake(word: &AtomicU32) {
    const FUTEX_WAKE: u64 = 1;
    call(nr::FUTEX, [address(word), FUTEX_WAKE, 1]);
}

#[inline(never)]
pub(crate) fn close(fd: i64) {
    if fd >= 0 {
        call(nr::CLOSE, [fd as u64]);
    }
}

pub(crate) fn nap() {
    let time = [0, MILLISECOND];
    call(nr::NANOSLEEP, [address(&time), 0]);
}

/// About as long, by no system call.
pub(crate) fn spin() {
    for _ in 0..20_000 {
        core::hint::spin_loop();
    }
}

/// Never as a success: it is no program's status, and must not be taken for one.
pub(crate) fn exit() -> ! {
    call(nr::EXIT_GROUP, [1]);
    die()
}

pub(crate) fn kill(whom: i64) -> i64 {
    signal(whom, SIGKILL)
}

#[inline(never)]
pub(crate) fn signal(whom: i64, which: u64) -> i64 {
    call(nr::KILL, [whom as u64, which])
}

/// Nanoseconds; 0 if there is no such clock.
#[inline(never)]
pub(crate) fn clock(which: u64) -> u64 {
    let mut time = [0u64; 2];
    call(nr::CLOCK_GETTIME, [which, place(&mut time)]);
    time[0] * SECOND + time[1]
}

pub(crate) fn now() -> u64 {
    const CLOCK_MONOTONIC: u64 = 1;
    clock(CLOCK_MONOTONIC)
}

/// `struct pollfd`.
pub(crate) fn pollfd(fd: i64, events: u64) -> u64 {
    u64::from(fd as u32) | events << 32
}

pub(crate) fn has_events(pollfd: u64) -> bool {
    pollfd >> 48 != 0
}

/// Word by word: there is no memcpy.
#[allow(clippy::needless_range_loop)]
pub(crate) fn keep<const N: usize>(from: &[u64; N], to: &[Cell<u64>; N]) {
    for at in 0..N {
        to[at].set(from[at]);
    }
}

/// As [`keep`], the other way.
#[allow(clippy::needless_range_loop)]
pub(crate) fn copy<const N: usize>(from: &[Cell<u64>; N], to: &mut [u64; N]) {
    for at in 0..N {
        to[at] = from[at].get();
    }
}

/// Where a script failed, and how.
#[derive(Clone, Copy)]
pub(crate) struct Failure {
    pub(crate) index: u32,
    pub(crate) errno: u32,
}

pub(crate) fn cell<'a>(address: u64) -> &'a AtomicU64 {
    // SAFETY: the cells of scripts are aligned words of their data.
    unsafe { AtomicU64::from_ptr(address as *mut u64) }
}

pub(crate) fn load(address: u64) -> u64 {
    cell(address).load(Acquire)
}
