//! aarch64: the system call instruction, and the one function that returns twice.

use std::arch::{asm, naked_asm};

/// A raw system call: touches no errno.
///
/// # Safety
/// As the call itself: pointers must be valid for what the kernel does with them.
#[inline]
pub(crate) unsafe fn syscall(number: u32, arguments: [usize; 6]) -> isize {
    let result: isize;
    // SAFETY: the kernel's calling convention; the caller vouches for the arguments.
    unsafe {
        asm!(
            "svc 0",
            in("x8") number as usize,
            inlateout("x0") arguments[0] => result,
            in("x1") arguments[1],
            in("x2") arguments[2],
            in("x3") arguments[3],
            in("x4") arguments[4],
            in("x5") arguments[5],
            options(nostack),
        );
    }
    result
}

/// clone(2). In the parent it returns the result, in the child it calls `child(argument)` on the child's own stack.
///
/// # Safety
/// The arguments must name a stack of the child's own, aligned to 16 bytes, and `child` must be fit to run on it.
#[unsafe(naked)]
pub(crate) unsafe extern "C" fn clone_with(
    flags: usize,
    stack: usize,
    pidfd: *mut i32,
    child_tid: *mut u32,
    child: extern "C" fn(*mut u8) -> !,
    argument: *mut u8,
) -> isize {
    naked_asm!(
        "mov x6, x4",
        // child_tid is the last argument here; what is left in x3 is in the place of `tls`, which only CLONE_SETTLS asks for.
        "mov x4, x3",
        "mov x8, {clone}",
        "svc 0",
        "cbz x0, 2f",
        "ret",
        "2:",
        "mov x29, xzr",
        "mov x0, x5",
        "blr x6",
        "brk 1",
        clone = const super::nr::CLONE,
    )
}
