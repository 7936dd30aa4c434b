//! System calls for the programs inside, which do what no safe interface offers.

use std::ffi::{c_int, c_long};

unsafe extern "C" {
    fn syscall(number: c_long, ...) -> c_long;
    #[link_name = "fork"]
    fn libc_fork() -> c_int;
}

/// Numbers of the calls that the programs inside make.
pub mod nr {
    #[allow(unused_imports, reason = "each test file uses its own part of them")]
    pub use libc::{
        SYS_chroot as CHROOT, SYS_clone as CLONE, SYS_exit as EXIT, SYS_exit_group as EXIT_GROUP, SYS_getpid as GETPID,
        SYS_getppid as GETPPID, SYS_getuid as GETUID, SYS_ioctl as IOCTL, SYS_ioprio_set as IOPRIO_SET,
        SYS_kcmp as KCMP, SYS_kill as KILL, SYS_mmap as MMAP, SYS_mount as MOUNT, SYS_mount_setattr as MOUNT_SETATTR,
        SYS_move_pages as MOVE_PAGES, SYS_open_tree as OPEN_TREE, SYS_pidfd_getfd as PIDFD_GETFD,
        SYS_pidfd_open as PIDFD_OPEN, SYS_pidfd_send_signal as PIDFD_SEND_SIGNAL, SYS_pivot_root as PIVOT_ROOT,
        SYS_prctl as PRCTL, SYS_prlimit64 as PRLIMIT, SYS_process_madvise as PROCESS_MADVISE,
        SYS_process_vm_readv as VM_READV, SYS_process_vm_writev as VM_WRITEV, SYS_ptrace as PTRACE, SYS_read as READ,
        SYS_rt_sigaction as SIGACTION, SYS_sched_setaffinity as SCHED_SETAFFINITY, SYS_sched_setattr as SCHED_SETATTR,
        SYS_sched_setparam as SCHED_SETPARAM, SYS_sched_setscheduler as SCHED_SETSCHEDULER, SYS_setns as SETNS,
        SYS_setpgid as SETPGID, SYS_setpriority as SETPRIORITY, SYS_setsid as SETSID, SYS_umount2 as UMOUNT,
        SYS_unshare as UNSHARE, SYS_wait4 as WAIT4, SYS_write as WRITE,
    };
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

/// Calls that name files without a directory's descriptor, which x86_64 still has: `name(arguments) = number, or later call`.
macro_rules! files {
    ($($name:ident($($argument:ident),*) = $number:ident, $later:ident($($all:expr),*);)*) => { $(
        pub fn $name($($argument: usize),*) -> Result<i64, i32> {
            #[cfg(target_arch = "x86_64")]
            return call(libc::$number, &[$($argument),*]);
            #[cfg(not(target_arch = "x86_64"))]
            call(libc::$later, &[$($all),*])
        }
    )* };
}

#[cfg(not(target_arch = "x86_64"))]
const HERE: usize = libc::AT_FDCWD as usize;

files! {
    open(path, flags, mode) = SYS_open, SYS_openat(HERE, path, flags, mode);
    chmod(path, mode) = SYS_chmod, SYS_fchmodat(HERE, path, mode);
    chown(path, user, group) = SYS_chown, SYS_fchownat(HERE, path, user, group, 0);
    mkdir(path, mode) = SYS_mkdir, SYS_mkdirat(HERE, path, mode);
    mknod(path, mode, device) = SYS_mknod, SYS_mknodat(HERE, path, mode, device);
    symlink(target, path) = SYS_symlink, SYS_symlinkat(target, HERE, path);
    link(from, to) = SYS_link, SYS_linkat(HERE, from, HERE, to, 0);
    rename(from, to) = SYS_rename, SYS_renameat(HERE, from, HERE, to);
    unlink(path) = SYS_unlink, SYS_unlinkat(HERE, path, 0);
}

/// A system call as i386 programs make it, with null arguments; where there are none the process ends by SIGSEGV.
pub fn int80(number: i32) -> i32 {
    int80_with(number, [0; 3])
}

/// As [`int80`], with these arguments.
#[cfg(target_arch = "x86_64")]
pub fn int80_with(number: i32, [first, second, third]: [i32; 3]) -> i32 {
    let result: i32;
    // SAFETY: the calls that this is used for take pointers that are null or to what lives; rbx is kept.
    unsafe {
        std::arch::asm!(
            "mov {kept:r}, rbx", "mov ebx, {first:e}", "int 0x80", "mov rbx, {kept:r}",
            kept = out(reg) _, first = in(reg) first, inlateout("eax") number => result, in("ecx") second,
            in("edx") third, in("esi") 0, in("edi") 0, out("r8") _, out("r9") _, out("r10") _, out("r11") _,
        );
    }
    result
}

/// aarch64 has no such door: a 64-bit program makes calls of 64 bits only.
#[cfg(not(target_arch = "x86_64"))]
pub fn int80_with(_: i32, _: [i32; 3]) -> i32 {
    -libc::ENOSYS
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
        let _ = call(libc::SYS_ppoll, &[0; 5]);
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
