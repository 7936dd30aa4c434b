//! Between the clone and the init's execve nothing allocates: that process shares the host's memory, in which another thread
//! may hold the allocator's lock. An allocator that ends whoever is not the process that the tests are in shows it.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use belljar::{Command, Namespaces, Sandbox, Stdio};

/// The process that may allocate; 0 is any.
static OWNER: AtomicU32 = AtomicU32::new(0);
/// Seen by the host too, where the memory is shared.
static CAUGHT: AtomicBool = AtomicBool::new(false);
static ALLOCATIONS: AtomicU32 = AtomicU32::new(0);
const STATUS: i32 = 99;

struct Watched;

fn watch() {
    ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
    let owner = OWNER.load(Ordering::Relaxed);
    // SAFETY: system calls without memory.
    unsafe {
        if owner != 0 && libc::syscall(libc::SYS_getpid) != i64::from(owner) {
            CAUGHT.store(true, Ordering::Relaxed);
            libc::_exit(STATUS);
        }
    }
}

// SAFETY: the system's allocator does it all.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        watch();
        // SAFETY: as the caller's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        watch();
        // SAFETY: as the caller's.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watched = Watched;

#[test]
fn nothing_allocates_between_clone_and_execve() {
    OWNER.store(std::process::id(), Ordering::Relaxed);

    // The watch works: a forked child that allocates is caught.
    // SAFETY: the child allocates, which is caught, and ends.
    let mut status = 0;
    unsafe {
        let child = libc::fork();
        if child == 0 {
            std::hint::black_box(Box::new(1));
            libc::_exit(0);
        }
        assert_eq!(libc::waitpid(child, &mut status, 0), child);
    }
    assert_eq!(libc::WEXITSTATUS(status), STATUS);

    let dir = std::env::temp_dir();
    for sandbox in [
        Sandbox::new().host_system(),
        // With a user namespace of its own for the bind, and more descriptors to be received.
        Sandbox::new().host_system().bind_ro(&dir, "/data").tmpfs("/scratch", 1 << 20),
        Sandbox::new().namespaces(Namespaces::empty()),
    ] {
        let before = ALLOCATIONS.load(Ordering::Relaxed);
        let mut command = Command::new("/bin/cat");
        command.stdin(Stdio::bytes("text"));
        for number in 10..20 {
            command.fd(number, std::fs::File::open("/dev/null").expect("/dev/null").into());
        }
        let output = sandbox.output(&mut command).expect("runs");
        assert_eq!(output.stdout, b"text");
        let error = sandbox.spawn(&mut Command::new("/none")).expect_err("not there");
        assert_eq!(error.raw_os_error(), Some(2));
        assert!(ALLOCATIONS.load(Ordering::Relaxed) > before, "the host allocates, and is seen to");
    }
    assert!(!CAUGHT.load(Ordering::Relaxed), "the cloned process allocated");
}
