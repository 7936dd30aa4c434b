//! x86_64: the system call instruction, and the one function that returns twice.

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
            "syscall",
            inlateout("rax") number as usize => result,
            in("rdi") arguments[0],
            in("rsi") arguments[1],
            in("rdx") arguments[2],
            in("r10") arguments[3],
            in("r8") arguments[4],
            in("r9") arguments[5],
            lateout("rcx") _,
            lateout("r11") _,
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
        "mov r10, rcx",
        "mov eax, {clone}",
        // r8 is in the place of `tls`, which only CLONE_SETTLS asks for.
        "syscall",
        "test rax, rax",
        "jz 2f",
        "ret",
        "2:",
        "xor ebp, ebp",
        "mov rdi, r9",
        "call r8",
        "ud2",
        clone = const super::nr::CLONE,
    )
}
