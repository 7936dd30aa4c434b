//! System calls for the programs inside, which do what no safe interface offers.

use std::ffi::{c_int, c_long};

unsafe extern "C" {
    fn syscall(number: c_long, ...) -> c_long;
    #[link_name = "fork"]
    fn libc_fork() -> c_int;
}

/// x86_64 numbers of the calls that the programs inside make.
pub mod nr {
    pub const READ: i64 = 0;
    pub const WRITE: i64 = 1;
    pub const OPEN: i64 = 2;
    pub const MMAP: i64 = 9;
    pub const SIGACTION: i64 = 13;
    pub const IOCTL: i64 = 16;
    pub const PAUSE: i64 = 34;
    pub const GETPID: i64 = 39;
    pub const CLONE: i64 = 56;
    pub const EXIT: i64 = 60;
    pub const WAIT4: i64 = 61;
    pub const KILL: i64 = 62;
    pub const RENAME: i64 = 82;
    pub const PTRACE: i64 = 101;
    pub const GETUID: i64 = 102;
    pub const SETPGID: i64 = 109;
    pub const GETPPID: i64 = 110;
    pub const SETSID: i64 = 112;
    pub const SETPRIORITY: i64 = 141;
    pub const SCHED_SETPARAM: i64 = 142;
    pub const SCHED_SETSCHEDULER: i64 = 144;
    pub const PRCTL: i64 = 157;
    pub const MOUNT: i64 = 165;
    pub const UMOUNT: i64 = 166;
    pub const CHROOT: i64 = 161;
    pub const PIVOT_ROOT: i64 = 155;
    pub const SCHED_SETAFFINITY: i64 = 203;
    pub const EXIT_GROUP: i64 = 231;
    pub const IOPRIO_SET: i64 = 251;
    pub const UNSHARE: i64 = 272;
    pub const MOVE_PAGES: i64 = 279;
    pub const PRLIMIT: i64 = 302;
    pub const SETNS: i64 = 308;
    pub const VM_READV: i64 = 310;
    pub const VM_WRITEV: i64 = 311;
    pub const KCMP: i64 = 312;
    pub const SCHED_SETATTR: i64 = 314;
    pub const PIDFD_SEND_SIGNAL: i64 = 424;
    pub const OPEN_TREE: i64 = 428;
    pub const PIDFD_OPEN: i64 = 434;
    pub const PIDFD_GETFD: i64 = 438;
    pub const PROCESS_MADVISE: i64 = 440;
    pub const MOUNT_SETATTR: i64 = 442;
}

/// The call's result, or its errno.
pub fn call(number: i64, arguments: &[usize]) -> Result<i64, i32> {
    let mut all = [0usize; 6];
    all[..arguments.len()].copy_from_slice(arguments);
    let [a, b, c, d, e, f] = all;
    // SAFETY: the callers pass numbers, or pointers to what lives across the call.
    let result = unsafe { syscall(number, a, b, c, d, e, f) };
    if result < 0 { Err(std::io::Error::last_os_error().raw_os_error().unwrap_or(0)) } else { Ok(result) }
}

/// fork(2): 0 in the child.
pub fn fork() -> Result<i32, i32> {
    // SAFETY: the guests have one thread when they fork.
    match unsafe { libc_fork() } {
        -1 => Err(std::io::Error::last_os_error().raw_os_error().unwrap_or(0)),
        pid => Ok(pid),
    }
}

/// A child that runs `program`, and exits with what it returns; its id, or the errno.
pub fn child(program: impl FnOnce() -> i32) -> Result<i32, i32> {
    match fork()? {
        0 => exit(program()),
        pid => Ok(pid),
    }
}

/// exit_group(2): nothing runs at exit.
pub fn exit(status: i32) -> ! {
    loop {
        let _ = call(nr::EXIT_GROUP, &[status as usize]);
    }
}

/// The wait status of a child once it has ended.
pub fn wait(pid: i32) -> Result<i32, i32> {
    let mut status = 0i32;
    call(nr::WAIT4, &[pid as usize, &raw mut status as usize])?;
    Ok(status)
}

pub fn pid() -> i32 {
    call(nr::GETPID, &[]).expect("always succeeds") as i32
}

pub fn kill(pid: i32, signal: i32) -> Result<i64, i32> {
    call(nr::KILL, &[pid as usize, signal as usize])
}

pub const DEFAULT: usize = 0;
pub const IGNORE: usize = 1;

/// Default or ignored.
pub fn disposition(signal: i32, action: usize) {
    let action = [action, 0, 0, 0];
    let _ = call(nr::SIGACTION, &[signal as usize, action.as_ptr() as usize, 0, 8]);
}

pub fn ignore_all_signals() {
    (1..=64).for_each(|signal| disposition(signal, IGNORE));
}

pub fn forever() -> ! {
    loop {
        let _ = call(nr::PAUSE, &[]);
    }
}

/// Writes everything; whether that succeeded.
pub fn write(fd: i32, mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        match call(nr::WRITE, &[fd as usize, bytes.as_ptr() as usize, bytes.len()]) {
            Ok(written) => bytes = &bytes[written as usize..],
            Err(_) => return false,
        }
    }
    true
}

/// Uses this much CPU time of the calling thread.
pub fn burn(time: std::time::Duration) {
    let used = || {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        std::time::Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
    };
    let end = used() + time;
    while used() < end {}
}

/// The version of Landlock; 0 if there is none.
pub fn landlock() -> u32 {
    const CREATE_RULESET: i64 = 444;
    const VERSION: usize = 1;
    call(CREATE_RULESET, &[0, 0, VERSION]).unwrap_or(0) as u32
}
