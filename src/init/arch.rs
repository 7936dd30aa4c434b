//! What differs between the architectures: the system call, the clone that returns on another stack, and the numbers.

#[cfg(target_arch = "x86_64")]
pub(crate) mod nr {
    pub const READ: u32 = 0;
    pub const CLOSE: u32 = 3;
    pub const LSEEK: u32 = 8;
    pub const MMAP: u32 = 9;
    pub const MUNMAP: u32 = 11;
    pub const WRITE: u32 = 1;
    pub const IOCTL: u32 = 16;
    pub const PREAD64: u32 = 17;
    pub const NANOSLEEP: u32 = 35;
    pub const SENDTO: u32 = 44;
    pub const RECVMSG: u32 = 47;
    pub const GETPID: u32 = 39;
    pub const SHMCTL: u32 = 31;
    pub const CLONE: u32 = 56;
    pub const WAIT4: u32 = 61;
    pub const KILL: u32 = 62;
    pub const SEMCTL: u32 = 66;
    pub const MSGCTL: u32 = 71;
    pub const GETRUSAGE: u32 = 98;
    pub const PTRACE: u32 = 101;
    pub const GETPPID: u32 = 110;
    pub const SETRESUID: u32 = 117;
    pub const CAPSET: u32 = 126;
    pub const PRCTL: u32 = 157;
    pub const FUTEX: u32 = 202;
    pub const GETDENTS64: u32 = 217;
    pub const CLOCK_GETTIME: u32 = 228;
    pub const EXIT_GROUP: u32 = 231;
    pub const OPENAT: u32 = 257;
    pub const UNLINKAT: u32 = 263;
    pub const PPOLL: u32 = 271;
    pub const SIGNALFD4: u32 = 289;
    pub const DUP3: u32 = 292;
    pub const PIPE2: u32 = 293;
    pub const PIDFD_OPEN: u32 = 434;
    pub const CLONE3: u32 = 435;
    pub const CLOSE_RANGE: u32 = 436;
    pub const PIDFD_GETFD: u32 = 438;
}

/// The system call, and the clone that returns on another stack.
#[cfg(all(belljar_init, target_arch = "x86_64"))]
mod stub {
    use core::arch::asm;

    #[inline(always)]
    pub unsafe fn syscall(number: u32, a: [u64; 6]) -> i64 {
        let result: i64;
        // SAFETY: the kernel's calling convention; the caller vouches for the arguments.
        unsafe {
            asm!("syscall", inlateout("rax") u64::from(number) => result, in("rdi") a[0], in("rsi") a[1], in("rdx") a[2],
                in("r10") a[3], in("r8") a[4], in("r9") a[5], lateout("rcx") _, lateout("r11") _, options(nostack));
        }
        result
    }

    /// As [`syscall`]; the child calls `program(argument)` on the stack that the arguments name.
    #[inline(always)]
    pub unsafe fn clone(number: u32, a: [u64; 5], argument: u64) -> i64 {
        let result: i64;
        // SAFETY: as above. The child never comes back from its call.
        unsafe {
            asm!("syscall", "test rax, rax", "jnz 2f", "xor ebp, ebp", "mov rdi, r9", "call {program}", "2:",
                program = sym crate::program_begins,
                inlateout("rax") u64::from(number) => result, in("rdi") a[0], in("rsi") a[1], in("rdx") a[2],
                in("r10") a[3], in("r8") a[4], in("r9") argument, lateout("rcx") _, lateout("r11") _);
        }
        result
    }

    /// For a process whose filter denies its end.
    pub fn die() -> ! {
        // SAFETY: an instruction that is none, by which the kernel kills the process.
        unsafe { asm!("ud2", options(noreturn)) }
    }
}

#[cfg(target_arch = "aarch64")]
pub(crate) mod nr {
    pub const DUP3: u32 = 24;
    pub const IOCTL: u32 = 29;
    pub const UNLINKAT: u32 = 35;
    pub const OPENAT: u32 = 56;
    pub const CLOSE: u32 = 57;
    pub const PIPE2: u32 = 59;
    pub const GETDENTS64: u32 = 61;
    pub const LSEEK: u32 = 62;
    pub const READ: u32 = 63;
    pub const WRITE: u32 = 64;
    pub const PREAD64: u32 = 67;
    pub const PPOLL: u32 = 73;
    pub const SIGNALFD4: u32 = 74;
    pub const CAPSET: u32 = 91;
    pub const EXIT_GROUP: u32 = 94;
    pub const FUTEX: u32 = 98;
    pub const NANOSLEEP: u32 = 101;
    pub const CLOCK_GETTIME: u32 = 113;
    pub const PTRACE: u32 = 117;
    pub const KILL: u32 = 129;
    pub const SETRESUID: u32 = 147;
    pub const GETRUSAGE: u32 = 165;
    pub const PRCTL: u32 = 167;
    pub const GETPID: u32 = 172;
    pub const GETPPID: u32 = 173;
    pub const MSGCTL: u32 = 187;
    pub const SEMCTL: u32 = 191;
    pub const SHMCTL: u32 = 195;
    pub const SENDTO: u32 = 206;
    pub const RECVMSG: u32 = 212;
    pub const MUNMAP: u32 = 215;
    pub const CLONE: u32 = 220;
    pub const MMAP: u32 = 222;
    pub const WAIT4: u32 = 260;
    pub const PIDFD_OPEN: u32 = 434;
    pub const CLONE3: u32 = 435;
    pub const CLOSE_RANGE: u32 = 436;
    pub const PIDFD_GETFD: u32 = 438;
}

#[cfg(all(belljar_init, target_arch = "aarch64"))]
mod stub {
    use core::arch::asm;

    #[inline(always)]
    pub unsafe fn syscall(number: u32, a: [u64; 6]) -> i64 {
        let result: i64;
        // SAFETY: the kernel's calling convention; the caller vouches for the arguments.
        unsafe {
            asm!("svc 0", in("x8") u64::from(number), inlateout("x0") a[0] => result, in("x1") a[1], in("x2") a[2],
                in("x3") a[3], in("x4") a[4], in("x5") a[5], options(nostack));
        }
        result
    }

    /// As [`syscall`]; the child calls `program(argument)` on the stack that the arguments name.
    #[inline(always)]
    pub unsafe fn clone(number: u32, a: [u64; 5], argument: u64) -> i64 {
        let result: i64;
        // SAFETY: as above. The child never comes back from its call.
        unsafe {
            asm!("svc 0", "cbnz x0, 2f", "mov x29, xzr", "mov x0, x9", "bl {program}", "2:",
                program = sym crate::program_begins,
                in("x8") u64::from(number), inlateout("x0") a[0] => result, in("x1") a[1], in("x2") a[2],
                in("x3") a[3], in("x4") a[4], in("x9") argument, lateout("x30") _);
        }
        result
    }

    /// For a process whose filter denies its end.
    pub fn die() -> ! {
        // SAFETY: an instruction that is none, by which the kernel kills the process.
        unsafe { asm!("udf #0", options(noreturn)) }
    }
}

#[cfg(belljar_init)]
pub(crate) use stub::{clone, die, syscall};
