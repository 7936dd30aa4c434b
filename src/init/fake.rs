//! A kernel for the tests of the init: whatever function the test puts in its place.

use std::cell::RefCell;

type Kernel = Box<dyn FnMut(u32, [u64; 6]) -> i64>;

thread_local! {
    static KERNEL: RefCell<Option<Kernel>> = const { RefCell::new(None) };
}

/// What the end of the process unwinds with.
pub(super) struct Ended;

/// Runs `init` on that kernel until it ends.
pub(super) fn run(kernel: impl FnMut(u32, [u64; 6]) -> i64 + 'static, init: impl FnOnce() + std::panic::UnwindSafe) {
    KERNEL.set(Some(Box::new(kernel)));
    let end = std::panic::catch_unwind(init).expect_err("an init ends by exit_group");
    KERNEL.set(None);
    if !end.is::<Ended>() {
        std::panic::resume_unwind(end);
    }
}

/// # Safety
/// Whatever the test's kernel does with the arguments.
pub(super) unsafe fn syscall(number: u32, arguments: [u64; 6]) -> i64 {
    KERNEL.with_borrow_mut(|kernel| kernel.as_mut().expect("a kernel")(number, arguments))
}

/// # Safety
/// As [`syscall`]. The child does not run.
pub(super) unsafe fn clone(number: u32, [a, b, c, d, e]: [u64; 5], _argument: u64) -> i64 {
    // SAFETY: the caller's.
    unsafe { syscall(number, [a, b, c, d, e, 0]) }
}

pub(super) fn die() -> ! {
    std::panic::resume_unwind(Box::new(Ended))
}
