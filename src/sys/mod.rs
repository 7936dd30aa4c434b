//! System calls that rustix lacks, and the clone that starts a sandbox.
//!
//! With the architecture file beside it this is the only place with `unsafe` code but for `launch::stub`.

#[cfg_attr(target_arch = "x86_64", path = "arch/x86_64.rs")]
#[cfg_attr(target_arch = "aarch64", path = "arch/aarch64.rs")]
mod arch;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
compile_error!("belljar runs on x86_64 and aarch64");
pub(crate) mod lock;
pub(crate) mod nr;
mod send;

use arch::clone_with;
pub(crate) use arch::syscall;
pub(crate) use send::send;

use std::io;
use std::mem::size_of;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::sync::atomic::{AtomicU32, Ordering};

use linux_raw_sys::general::{CLONE_CHILD_CLEARTID, CLONE_FILES, CLONE_PIDFD, CLONE_VM, SIGCHLD};
use rustix::fs::CWD;
use rustix::mount::OpenTreeFlags;
use rustix::process::{Signal, WaitId, WaitIdOptions};
use rustix::thread::{CapabilitySet, futex};

/// The kernel's `struct mount_attr` of mount_setattr(2), first version.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub(crate) struct MountAttr {
    pub set: u64,
    pub clear: u64,
    pub propagation: u64,
    pub userns_fd: u64,
}

/// A structure that crosses between processes as bytes.
///
/// # Safety
/// It is `repr(C)`, made of integers alone, and has no padding.
pub(crate) unsafe trait Plain: Sized {
    fn bytes(values: &[Self]) -> &[u8] {
        // SAFETY: without padding every byte is initialised.
        unsafe { std::slice::from_raw_parts(values.as_ptr().cast(), size_of_val(values)) }
    }

    fn from_bytes(bytes: &[u8]) -> Self {
        assert_eq!(bytes.len(), size_of::<Self>());
        // SAFETY: the length is right, and any pattern of bits is a valid integer.
        unsafe { bytes.as_ptr().cast::<Self>().read_unaligned() }
    }
}

// SAFETY: an integer.
unsafe impl Plain for u64 {}
// SAFETY: nothing is between the values.
unsafe impl<T: Plain, const N: usize> Plain for [T; N] {}

/// Makes `Err` of the kernel's negative numbers.
pub(crate) fn check(result: isize) -> io::Result<usize> {
    if result < 0 { Err(io::Error::from_raw_os_error(-result as i32)) } else { Ok(result as usize) }
}

/// The memory of a child that runs beside this thread, and a word that says how far it is. Dropped, it waits until the child
/// has executed another image or ended.
///
/// Not CLONE_VFORK: while the child is on its way to the init this thread writes its id maps.
pub(crate) struct Beside<T> {
    stack: [std::mem::MaybeUninit<u64>; 4096],
    pub state: AtomicU32,
    pub argument: T,
}

/// States of [`Beside`]: the kernel sets `GONE` when the child has executed another image or ended.
pub(crate) const GONE: u32 = 0;
pub(crate) const STARTING: u32 = 1;
pub(crate) const READY: u32 = 2;

impl<T> Beside<T> {
    pub(crate) fn new(argument: T) -> Box<Beside<T>> {
        let stack = [std::mem::MaybeUninit::<u64>::uninit(); 4096];
        Box::new(Beside { stack, state: AtomicU32::new(GONE), argument })
    }

    /// clone(2) of a child that shares memory and descriptors with this thread. It runs `child(argument)`.
    ///
    /// # Safety
    /// `child` must touch nothing but `argument` and its own stack: no allocation, no lock, no thread-local state. All
    /// signals must be blocked. `argument` must be left alone until the state is [`GONE`], and this must not be forgotten.
    pub(crate) unsafe fn clone(
        &mut self,
        flags: u64,
        child: extern "C" fn(*mut u8) -> !,
    ) -> io::Result<(u32, OwnedFd)> {
        let flags = flags | u64::from(CLONE_FILES | CLONE_CHILD_CLEARTID);
        self.state.store(STARTING, Ordering::Relaxed);
        // SAFETY: all of it stays where it is until the child is gone, as drop() waits for that.
        let cloned = unsafe { clone(flags, &mut self.stack, child, &mut self.argument, self.state.as_ptr()) };
        if cloned.is_err() {
            self.state.store(GONE, Ordering::Relaxed);
        }
        cloned
    }

    /// What the child left behind, once it is gone.
    pub(crate) fn left(&self) -> Option<&T> {
        (self.state.load(Ordering::Acquire) == GONE).then_some(&self.argument)
    }

    /// Sleeps as long as the state is this.
    pub(crate) fn wait_while(&self, state: u32) {
        while self.state.load(Ordering::Acquire) == state {
            let _ = futex::wait(&self.state, futex::Flags::empty(), state, None);
        }
    }
}

impl<T> Beside<T> {
    /// Until the child has executed another image or ended.
    pub(crate) fn wait(&self) {
        self.wait_while(STARTING);
        self.wait_while(READY);
    }
}

impl<T> Drop for Beside<T> {
    fn drop(&mut self) {
        self.wait();
    }
}

pub(crate) const FUTEX_WAKE: usize = 1;

/// A child that does nothing, in new namespaces, which another thread can open as long as it lives.
pub(crate) struct Holder {
    pub pid: u32,
    pidfd: OwnedFd,
    memory: Box<HolderMemory>,
}

/// What the child runs on.
struct HolderMemory {
    stack: [std::mem::MaybeUninit<u64>; 1024],
    held: Held,
}

struct Held {
    /// The process that the child must not outlive.
    parent: u32,
    /// Set when it is no longer needed; a futex.
    over: AtomicU32,
}

impl Holder {
    /// All signals must be blocked.
    pub(crate) fn new(flags: u64) -> io::Result<Holder> {
        let stack = [std::mem::MaybeUninit::<u64>::uninit(); 1024];
        let held = Held { parent: std::process::id(), over: AtomicU32::new(0) };
        let mut memory = Box::new(HolderMemory { stack, held });
        let HolderMemory { stack, held } = &mut *memory;
        // SAFETY: `hold` touches nothing but these two words, and the memory lives until the child is reaped.
        let (pid, pidfd) = unsafe { clone(flags | u64::from(CLONE_FILES), stack, hold, held, std::ptr::null_mut())? };
        Ok(Holder { pid, pidfd, memory })
    }
}

extern "C" fn hold(held: *mut u8) -> ! {
    const PR_SET_PDEATHSIG: usize = 1;
    const SIGKILL: usize = 9;
    const CLOSE_RANGE_UNSHARE: usize = 2;
    // SAFETY: the parent keeps it until this process is reaped; but for the word the calls pass no memory. The signal follows
    // the thread that cloned, which is the one that waits for this process; if it is gone already, so is the reason to be here.
    unsafe {
        let held = &*held.cast::<Held>();
        syscall(nr::PRCTL, [PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0, 0]);
        syscall(nr::CLOSE_RANGE, [0, u32::MAX as usize, CLOSE_RANGE_UNSHARE, 0, 0, 0]);
        while syscall(nr::GETPPID, [0; 6]) == held.parent as isize && held.over.load(Ordering::Acquire) == 0 {
            let _ = futex::wait(&held.over, futex::Flags::empty(), 0, None);
        }
        loop {
            syscall(nr::EXIT_GROUP, [0; 6]);
        }
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        use std::os::fd::AsFd;
        // By a word too: an outer container's filter may not know pidfd_send_signal(2).
        let over = &self.memory.held.over;
        over.store(1, Ordering::Release);
        let _ = futex::wake(over, futex::Flags::empty(), 1);
        kill(self.pidfd.as_fd());
        let _ = reap(self.pidfd.as_fd());
    }
}

/// # Safety
/// As [`Beside::clone`]; and the stack must live as long as the child uses it.
unsafe fn clone<T>(
    flags: u64,
    stack: &mut [std::mem::MaybeUninit<u64>],
    child: extern "C" fn(*mut u8) -> !,
    argument: &mut T,
    child_tid: *mut u32,
) -> io::Result<(u32, OwnedFd)> {
    let mut pidfd: i32 = -1;
    let flags = flags as usize | (CLONE_VM | CLONE_PIDFD | SIGCHLD) as usize;
    let top = stack.as_mut_ptr_range().end as usize & !15;
    // clone(2) and not clone3(2), which the filters of outer containers often refuse; it takes the pidfd's place as its
    // parent_tid argument.
    // SAFETY: the stack and the pidfd's place live across the call; the caller vouches for `child`.
    let result = unsafe { clone_with(flags, top, &mut pidfd, child_tid, child, (&raw mut *argument).cast()) };
    let pid = check(result)?;
    // SAFETY: clone succeeded, so the kernel put a descriptor of ours there.
    Ok((pid as u32, unsafe { OwnedFd::from_raw_fd(pidfd) }))
}

/// open_tree(2) of `path` as a detached copy, with what is mounted below it if it is recursive.
pub(crate) fn open_tree(path: &std::ffi::CStr, recursive: bool) -> io::Result<OwnedFd> {
    let mut flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC;
    flags.set(OpenTreeFlags::AT_RECURSIVE, recursive);
    Ok(rustix::mount::open_tree(CWD, path, flags)?)
}

/// mount_setattr(2) on the mount at `fd` and all below it.
pub(crate) fn mount_setattr(fd: BorrowedFd<'_>, attributes: &MountAttr) -> io::Result<()> {
    const AT_EMPTY_PATH: usize = 0x1000;
    const AT_RECURSIVE: usize = 0x8000;
    let arguments = [
        fd.as_raw_fd() as usize,
        c"".as_ptr() as usize,
        AT_EMPTY_PATH | AT_RECURSIVE,
        attributes as *const MountAttr as usize,
        size_of::<MountAttr>(),
        0,
    ];
    // SAFETY: the attributes are read by the kernel only, with their true size.
    check(unsafe { syscall(nr::MOUNT_SETATTR, arguments) }).map(drop)
}

/// Reaps the process of `pidfd`, if it is still there to be reaped, and waits for its end before.
/// `Err(ECHILD)` when somebody else has reaped it or the kernel did.
pub(crate) fn reap(pidfd: BorrowedFd<'_>) -> io::Result<()> {
    let end = || rustix::process::waitid(WaitId::PidFd(pidfd), WaitIdOptions::EXITED);
    Ok(rustix::io::retry_on_intr(end).map(drop)?)
}

/// SIGKILL through a pidfd. A process that has ended is no error.
pub(crate) fn kill(pidfd: BorrowedFd<'_>) {
    let _ = rustix::process::pidfd_send_signal(pidfd, Signal::KILL);
}

/// SIGCONT through a pidfd, for a process that may have been stopped.
pub(crate) fn go_on(pidfd: BorrowedFd<'_>) {
    let _ = rustix::process::pidfd_send_signal(pidfd, Signal::CONT);
}

/// All signals are blocked in this thread until it is dropped.
pub(crate) struct SignalsBlocked(u64);

impl SignalsBlocked {
    pub(crate) fn new() -> SignalsBlocked {
        SignalsBlocked(set_mask(u64::MAX))
    }

    /// Takes away a pending SIGXFSZ or SIGPIPE that a failed write of this thread left behind.
    pub(crate) fn forget(&self, signal: u32) {
        let set = 1u64 << (signal - 1);
        let zero = [0i64; 2];
        let arguments = [&raw const set as usize, 0, &raw const zero as usize, 8, 0, 0];
        // SAFETY: set and timeout are read only.
        unsafe { syscall(nr::RT_SIGTIMEDWAIT, arguments) };
    }
}

impl Drop for SignalsBlocked {
    fn drop(&mut self) {
        set_mask(self.0);
    }
}

fn set_mask(mask: u64) -> u64 {
    const SIG_SETMASK: usize = 2;
    let mut old = 0u64;
    let arguments = [SIG_SETMASK, &raw const mask as usize, &raw mut old as usize, 8, 0, 0];
    // SAFETY: both masks are of the size that is given.
    unsafe { syscall(nr::RT_SIGPROCMASK, arguments) };
    old
}

/// The capabilities of this thread's effective set, as a bit mask.
pub(crate) fn effective_capabilities() -> u64 {
    rustix::thread::capabilities(None).map_or(0, |sets| sets.effective.bits())
}

/// The highest capability that this kernel knows.
pub(crate) fn last_capability() -> u32 {
    use std::sync::OnceLock;
    static LAST: OnceLock<u32> = OnceLock::new();
    let known =
        |cap: &u32| rustix::thread::capability_is_in_bounding_set(CapabilitySet::from_bits_retain(1 << cap)).is_ok();
    *LAST.get_or_init(|| (0..64).take_while(known).last().unwrap_or(40))
}

/// The version of Landlock that this kernel speaks: landlock_create_ruleset(2).
pub(crate) fn landlock_version() -> io::Result<usize> {
    const LANDLOCK_CREATE_RULESET_VERSION: usize = 1;
    // SAFETY: no memory is passed.
    check(unsafe { syscall(nr::LANDLOCK_CREATE_RULESET, [0, 0, LANDLOCK_CREATE_RULESET_VERSION, 0, 0, 0]) })
}

/// Whether a seccomp filter could kill a process: seccomp(2).
pub(crate) fn seccomp_filters() -> io::Result<()> {
    const SECCOMP_GET_ACTION_AVAIL: usize = 2;
    let action = 0x8000_0000u32; // SECCOMP_RET_KILL_PROCESS
    let arguments = [SECCOMP_GET_ACTION_AVAIL, 0, &raw const action as usize, 0, 0, 0];
    // SAFETY: the action is read only.
    check(unsafe { syscall(nr::SECCOMP, arguments) }).map(drop)
}

/// Whether close_range(2) is there. No descriptor has the number that it closes.
pub(crate) fn close_range_works() -> io::Result<()> {
    // SAFETY: no memory is passed.
    check(unsafe { syscall(nr::CLOSE_RANGE, [u32::MAX as usize, u32::MAX as usize, 0, 0, 0, 0]) }).map(drop)
}

/// Whether there are ambient capabilities: prctl(2).
pub(crate) fn ambient_capabilities() -> io::Result<()> {
    Ok(rustix::thread::capability_is_in_ambient_set(CapabilitySet::CHOWN).map(drop)?)
}

/// The hard limit of this process.
pub(crate) fn hard_limit(resource: u32) -> io::Result<u64> {
    limits(resource).map(|[_, hard]| hard)
}

/// The soft limit of this process.
pub(crate) fn soft_limit(resource: u32) -> io::Result<u64> {
    limits(resource).map(|[soft, _]| soft)
}

/// prlimit(2). rustix's getrlimit panics where a filter refuses the call.
fn limits(resource: u32) -> io::Result<[u64; 2]> {
    let mut limits = [0u64; 2];
    let arguments = [0, resource as usize, 0, limits.as_mut_ptr() as usize, 0, 0];
    // SAFETY: the kernel writes two words.
    check(unsafe { syscall(nr::PRLIMIT64, arguments) })?;
    Ok(limits)
}

/// Policy and nice value of this thread: sched_getattr(2), which tells no nice value of a real-time thread; getpriority(2)
/// does.
pub(crate) fn scheduling() -> (u32, i32) {
    let mut attributes = [0u32; 14];
    let arguments = [0, attributes.as_mut_ptr() as usize, size_of_val(&attributes), 0, 0, 0];
    // SAFETY: the kernel writes no more than the size that is given.
    unsafe { syscall(nr::SCHED_GETATTR, arguments) };
    (attributes[1], rustix::process::getpriority_process(None).unwrap_or(0))
}

/// Whether the I/O scheduling class of this thread is the real-time one: ioprio_get(2).
pub(crate) fn has_real_time_io() -> bool {
    const IOPRIO_WHO_PROCESS: usize = 1;
    const IOPRIO_CLASS_RT: isize = 1;
    // SAFETY: no memory is passed.
    let priority = unsafe { syscall(nr::IOPRIO_GET, [IOPRIO_WHO_PROCESS, 0, 0, 0, 0, 0]) };
    priority >> 13 == IOPRIO_CLASS_RT
}
