//! x86_64: the system call instruction, its numbers, and the one function that returns twice.

use std::arch::{asm, naked_asm};

pub(crate) mod nr {
    macro_rules! numbers {
        ($($name:ident = $value:literal,)*) => { $(pub(crate) const $name: u32 = $value;)* };
    }
    numbers! {
        WRITE = 1, CLOSE = 3, RT_SIGACTION = 13, RT_SIGPROCMASK = 14, IOCTL = 16, SOCKET = 41, SOCKETPAIR = 53, RECVFROM = 45, SENDMSG = 46,
        RECVMSG = 47, EXECVE = 59, FCNTL = 72, CHDIR = 80, FCHDIR = 81, FCHMOD = 91, UMASK = 95, SETPGID = 109, GETPPID = 110,
        SETSID = 112, SETGROUPS = 116, SETRESUID = 117, SETRESGID = 119, CAPGET = 125, CAPSET = 126,
        RT_SIGTIMEDWAIT = 128, PERSONALITY = 135, PIVOT_ROOT = 155, PRCTL = 157, MOUNT = 165, UMOUNT2 = 166,
        SETHOSTNAME = 170, CLOCK_GETTIME = 228, FUTEX = 202, EXIT_GROUP = 231, WAITID = 247, KEYCTL = 250, IOPRIO_SET = 251, IOPRIO_GET = 252, OPENAT = 257, MKDIRAT = 258, MKNODAT = 259, FCHOWNAT = 260,
        LINKAT = 265, SYMLINKAT = 266, FCHMODAT = 268, FACCESSAT = 269, PPOLL = 271, UNSHARE = 272, DUP3 = 292, PRLIMIT64 = 302, SCHED_SETATTR = 314,
        SCHED_GETATTR = 315, SECCOMP = 317, EXECVEAT = 322, STATX = 332, PIDFD_SEND_SIGNAL = 424, OPEN_TREE = 428,
        MOVE_MOUNT = 429, FSOPEN = 430, FSCONFIG = 431, FSMOUNT = 432, CLOSE_RANGE = 436, OPENAT2 = 437,
        MOUNT_SETATTR = 442, LANDLOCK_CREATE_RULESET = 444, LANDLOCK_ADD_RULE = 445, LANDLOCK_RESTRICT_SELF = 446,
    }
}

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

/// clone(2) with its first four arguments. In the parent it returns the result, in the child it calls
/// `child(argument)` on the child's own stack.
///
/// # Safety
/// The arguments must name a stack of the child's own, and `child` must be fit to run on it.
pub(crate) unsafe fn clone_with(arguments: [usize; 4], child: extern "C" fn(*mut u8) -> !, argument: *mut u8) -> isize {
    let [flags, stack, pidfd, child_tid] = arguments;
    // SAFETY: the caller vouches for stack and child.
    unsafe { clone_raw(flags, stack, pidfd, child_tid, child, argument) }
}

#[unsafe(naked)]
unsafe extern "C" fn clone_raw(
    flags: usize,
    stack: usize,
    pidfd: usize,
    child_tid: usize,
    child: extern "C" fn(*mut u8) -> !,
    argument: *mut u8,
) -> isize {
    naked_asm!(
        "mov r10, rcx",
        "mov eax, 56",
        // r8 is in the place of `tls`, which only CLONE_SETTLS asks for.
        "syscall",
        "test rax, rax",
        "jz 2f",
        "ret",
        "2:",
        "xor ebp, ebp",
        "and rsp, -16",
        "mov rdi, r9",
        "call r8",
        "ud2",
    )
}
