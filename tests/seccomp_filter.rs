//! Filters as the kernel takes them, installed by this test itself; and that real programs go on
//! under the standard one. What a filter is worth in a sandbox is in other files; that a program is what its policy
//! says is checked by an interpreter, beside the compiler.

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use belljar::{Action, Arg, Filter, Sandbox, Step};
use common::{TempDir, filter, host, kernel, patience, run_on_host, skip};

guests! { int80_works, dangerous_calls, smuggled_arguments, other_architectures, still_allowed, computes, is_killed, is_trapped, make_setuid, set_ids_left, set_id_by_descriptor, limit_init }

const EPERM: i32 = 1;
const ENOTTY: i32 = 25;
const ENOSYS: i32 = 38;
const EPROTONOSUPPORT: i32 = 93;
const EAFNOSUPPORT: i32 = 97;

/// The errno of a call, 0 if it succeeds; `None` if only another architecture has it.
fn errno_of(call: &str, arguments: [u64; 6]) -> Option<i32> {
    let Some(number) = Filter::standard().explain(call).number() else {
        assert!(Filter::deny([call]).program().is_ok(), "{call} is no call anywhere");
        return None;
    };
    let result = kernel::call(number.into(), &arguments.map(|argument| argument as usize));
    Some(result.err().unwrap_or(0))
}

fn arguments<const N: usize>(given: [u64; N]) -> [u64; 6] {
    std::array::from_fn(|place| given.get(place).copied().unwrap_or(0))
}

#[track_caller]
fn expect<const N: usize>(call: &str, given: [u64; N], errno: i32) {
    let is = errno_of(call, arguments(given));
    assert!(is.is_none_or(|is| is == errno), "{call}{given:x?}: {is:?}, not {errno}");
}

const DANGEROUS: &str = "mount umount2 pivot_root chroot fsopen fsconfig fsmount fspick open_tree move_mount \
    mount_setattr open_tree_attr statmount listmount unshare setns clone3 ptrace process_vm_readv process_vm_writev kcmp \
    pidfd_getfd process_madvise add_key request_key keyctl bpf perf_event_open userfaultfd io_uring_setup io_uring_enter \
    io_uring_register kexec_load kexec_file_load init_module finit_module delete_module reboot swapon swapoff \
    clock_settime settimeofday adjtimex clock_adjtime quotactl quotactl_fd open_by_handle_at name_to_handle_at fanotify_init \
    fanotify_mark syslog acct iopl ioperm sethostname setdomainname vhangup lookup_dcookie mbind set_mempolicy \
    get_mempolicy move_pages migrate_pages uselib ustat sysfs _sysctl create_module get_kernel_syms query_module nfsservctl \
    getpmsg putpmsg afs_syscall tuxcall security vserver modify_ldt memfd_secret openat2";

/// The calls by which others got out, or at more of the kernel than they should.
#[test]
fn more_than_forty_dangerous_calls_are_denied() {
    assert!(DANGEROUS.split_ascii_whitespace().count() > 40);
    for call in DANGEROUS.split_ascii_whitespace() {
        for filter in [Filter::standard(), Filter::compute()] {
            let explanation = filter.explain(call);
            assert!(!explanation.action().permits() && explanation.cases().next().is_none(), "{explanation}");
        }
    }
    run_on_host("dangerous_calls", &[]);
}

fn dangerous_calls(_: &[String]) -> i32 {
    let standard = Filter::standard();
    filter::apply(&standard);
    for call in DANGEROUS.split_ascii_whitespace() {
        let Action::Errno(errno) = standard.explain(call).action() else { panic!("{call}") };
        expect(call, [u64::MAX; 6], errno);
        expect(call, [0; 6], errno);
    }
    0
}

/// What depends on arguments, with bits where the kernel does not look and a careless filter does.
#[test]
fn arguments_are_compared_as_the_kernel_reads_them() {
    run_on_host("smuggled_arguments", &[]);
}

fn smuggled_arguments(_: &[String]) -> i32 {
    const UPPER: u64 = 0xdead_beef_0000_0000;
    const HERE: u64 = -100i64 as u64;
    let dir = TempDir::new("smuggled");
    let path = std::ffi::CString::new(dir.path().join("file").into_os_string().into_encoded_bytes()).expect("no NUL");
    let file = path.as_ptr() as u64;
    std::fs::write(dir.path().join("file"), "").expect("a file");
    filter::apply(&Filter::standard());
    for flag in [0x2_0000, 0x200_0000, 0x400_0000, 0x800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000] {
        expect("clone", [flag | 17], EPERM);
        expect("clone", [flag | 17 | UPPER], EPERM);
    }
    for request in [0x5412, 0x541c, 0x541d, 0x5423] {
        expect("ioctl", [0, request], EPERM);
        expect("ioctl", [0, request | UPPER], EPERM);
    }
    for family in (0..50).filter(|family| ![1, 2, 10, 16].contains(family)) {
        expect("socket", [family, 1], EAFNOSUPPORT);
        expect("socket", [family | UPPER, 3], EAFNOSUPPORT);
        expect("socketpair", [family, 1], EAFNOSUPPORT);
    }
    for family in [2, 10] {
        for flags in [0, 0o2_000_000, 0o4000, UPPER] {
            expect("socket", [family, 3 | flags, 1], EPERM);
            expect("socket", [family, 10 | flags, 0x300], EPERM);
            expect("socket", [family | UPPER, 5 | flags, 132], EPERM);
        }
        expect("socket", [family, 1, 262], EPROTONOSUPPORT);
        expect("socket", [family, 2, 115 | UPPER], EPROTONOSUPPORT);
    }
    for protocol in 1..32 {
        expect("socket", [16, 3, protocol], EPROTONOSUPPORT);
        expect("socket", [16, 2, protocol | UPPER], EPROTONOSUPPORT);
    }
    for persona in [0x40_0000, 0x4_0000, 0x10_0000, 0x8000_0000, 0x100, 1, 0x40_0008] {
        expect("personality", [persona], EPERM);
        expect("personality", [persona | UPPER], EPERM);
    }
    for mode in [0o4755, 0o2755, 0o6000, 0o10_4755, UPPER | 0o4700] {
        expect("chmod", [file, mode], EPERM);
        expect("fchmod", [0, mode], EPERM);
        expect("fchmodat", [HERE, file, mode], EPERM);
        expect("fchmodat2", [HERE, file, mode, 0], EPERM);
        expect("creat", [file, mode], EPERM);
        expect("mknod", [file, mode, 0], EPERM);
        expect("mknodat", [HERE, file, mode, 0], EPERM);
        for flags in [0o102, 0o100, 0o20_200_002, 0o301 | UPPER] {
            expect("open", [file, flags, mode], EPERM);
            expect("openat", [HERE, file, flags, mode], EPERM);
        }
    }
    for kind in [0o2_0000, 0o6_0000] {
        expect("mknod", [file, kind | 0o600, 0x103], EPERM);
        expect("mknodat", [HERE, file, kind | 0o600, 0x103], EPERM);
    }
    let limit = [1u64, 1];
    expect("prlimit64", [1, 4, limit.as_ptr() as u64, 0], EPERM);
    expect("prlimit64", [u64::from(std::process::id()), 4, limit.as_ptr() as u64, 0], EPERM);
    0
}

/// `int 0x80` from a 64-bit program, the x32 bit, numbers that nobody knows: refused in deny-lists too.
#[test]
fn other_architectures_and_newer_numbers_are_refused() {
    // Where the kernel does not run i386 programs the instruction faults.
    let i386 = {
        let _host = host();
        common::on_host("int80_works").stdout(Stdio::null()).stderr(Stdio::null()).status().expect("runs")
    };
    let i386 = if i386.success() { "i386" } else { "none" };
    println!("int 0x80: {i386}");
    for policy in ["standard", "compute", "deny", "empty"] {
        run_on_host("other_architectures", &[policy, i386]);
    }
}

fn other_architectures(args: &[String]) -> i32 {
    let i386 = args[1] == "i386";
    // SAFETY: getpid.
    let pid = i64::from(unsafe { libc::getpid() });
    filter::apply(&match &*args[0] {
        "standard" => Filter::standard(),
        "compute" => Filter::compute(),
        "deny" => Filter::deny(["mount"]),
        _ => Filter::deny([""; 0]),
    });
    if i386 {
        // getpid, execve, mount, and a number beyond the table.
        for number in [20, 11, 21, 5000] {
            assert_eq!(kernel::int80(number), -ENOSYS, "int 0x80 with {number}");
        }
    }
    for number in [0x4000_0000 + 39, 0x4000_0000 + 520, 0x4000_0000, 472, 600, 400, 512, 547, 0x7fff_ffff] {
        // SAFETY: no such call, and x32's getpid and execve with null pointers.
        let result = unsafe { libc::syscall(number, 0, 0, 0) };
        let errno = std::io::Error::last_os_error().raw_os_error();
        assert_eq!((result, errno), (-1, Some(ENOSYS)), "{number:#x}");
    }
    // SAFETY: getpid.
    assert_eq!(i64::from(unsafe { libc::getpid() }), pid);
    0
}

fn int80_works(_: &[String]) -> i32 {
    i32::from(kernel::int80(20) != kernel::pid())
}

/// What stands beside what is denied.
#[test]
fn the_harmless_neighbours_are_allowed() {
    run_on_host("still_allowed", &[]);
}

fn still_allowed(_: &[String]) -> i32 {
    const HERE: u64 = -100i64 as u64;
    let dir = TempDir::new("allowed");
    let c = |name: &str| {
        std::ffi::CString::new(dir.path().join(name).into_os_string().into_encoded_bytes()).expect("no NUL")
    };
    filter::apply(&Filter::standard());
    let thread = std::thread::spawn(|| 7);
    assert_eq!(thread.join().expect("threads, by clone where clone3 is not there"), 7);
    assert!(Command::new("/bin/true").status().expect("processes").success());
    for persona in [0xffff_ffff, u64::MAX, 0] {
        expect("personality", [persona], 0);
    }
    for (family, kind, protocol) in [(1, 1, 0), (1, 5, 0), (1, 2, 0), (2, 1, 0), (2, 2, 17), (2, 1, 6), (16, 3, 0)] {
        expect("socket", [family, kind | 0o2_000_000, protocol], 0);
    }
    let mut pair = [0i32; 2];
    expect("socketpair", [1, 1, 0, pair.as_mut_ptr() as u64], 0);
    expect("ioctl", [pair[0] as u64, 0x5401], ENOTTY);
    for (name, mode) in [("file", 0o10_0644u64), ("fifo", 0o1_0600), ("socket", 0o14_0600)] {
        expect("mknodat", [HERE, c(name).as_ptr() as u64, mode, 0], 0);
        expect("mknod", [c(&format!("{name} by mknod")).as_ptr() as u64, mode, 0], 0);
    }
    let file = c("file");
    expect("chmod", [file.as_ptr() as u64, 0o1755], 0);
    expect("fchmodat", [HERE, file.as_ptr() as u64, 0o600], 0);
    // The mode is what happens to be in the register where no file is made.
    expect("open", [file.as_ptr() as u64, 2, 0o6777], 0);
    expect("openat", [HERE, c("new").as_ptr() as u64, 0o102, 0o755], 0);
    let mut limit = [0u64; 2];
    expect("prlimit64", [0, 7, 0, limit.as_mut_ptr() as u64], 0);
    expect("prlimit64", [0, 7, limit.as_ptr() as u64, 0], 0);
    0
}

/// Threads and memory, but no processes and no sockets.
#[test]
fn a_program_that_computes() {
    run_on_host("computes", &[]);
}

fn computes(_: &[String]) -> i32 {
    filter::apply(&Filter::compute());
    let numbers: Vec<u64> = (0..200_000).collect();
    let sums = std::thread::scope(|scope| {
        let threads: Vec<_> = numbers.chunks(50_000).map(|part| scope.spawn(|| part.iter().sum::<u64>())).collect();
        threads.into_iter().map(|thread| thread.join().expect("a thread")).sum::<u64>()
    });
    assert_eq!(sums, 19_999_900_000);
    std::fs::read_to_string("/proc/self/maps").expect("a file");
    println!("output");
    for call in ["fork", "vfork", "socket", "kill", "chmod", "mknod", "rename", "link", "symlink", "chdir", "execveat"]
    {
        expect(call, [0; 6], EPERM);
    }
    expect("clone", [17], EPERM);
    expect("ioctl", [0, 0x5402], ENOTTY);
    0
}

/// Errno, log, kill and trap as actions, with conditions.
#[test]
fn actions_are_what_they_say() {
    for (guest, signal) in [("is_killed", libc::SIGSYS), ("is_trapped", libc::SIGUSR1)] {
        let _host = host();
        use std::os::unix::process::ExitStatusExt;
        let status = common::on_host(guest).stdout(Stdio::null()).stderr(Stdio::null()).status().expect("runs");
        assert_eq!(status.signal(), Some(signal), "{guest}: {status}");
    }
}

fn is_killed(_: &[String]) -> i32 {
    filter::apply(&Filter::deny(["chroot"]).log(["umask"]).when("dup", [Arg::new(0).low32().eq(77)], Action::Kill));
    expect("chroot", [0; 6], EPERM);
    expect("umask", [0o22], 0);
    expect("dup", [78], 9);
    expect("dup", [77 | 1 << 40], 0);
    0
}

fn is_trapped(_: &[String]) -> i32 {
    extern "C" fn handler(_: i32) {
        // SAFETY: raise is safe in a handler.
        unsafe { libc::raise(libc::SIGUSR1) };
    }
    // SAFETY: the handler is a function of that type.
    unsafe { libc::signal(libc::SIGSYS, handler as *const () as usize) };
    filter::apply(&Filter::unrestricted().trap(["chroot"]));
    expect("chroot", [0; 6], ENOSYS);
    0
}

/// What cannot be is an error that says why.
#[test]
fn mistakes_are_errors() {
    let fails = |filter: Filter, message: &str| {
        let error = filter.program().expect_err(message);
        assert_eq!(error.step(), Step::Seccomp);
        assert_eq!(error.to_string(), message);
    };
    let unknown = format!("no such system call on {}", std::env::consts::ARCH);
    fails(Filter::standard().allow(["opnat"]), &format!("seccomp opnat: {unknown}; did you mean openat?"));
    fails(Filter::deny(["unmount2"]), &format!("seccomp unmount2: {unknown}; did you mean umount2?"));
    // The C library's names.
    let of_libc = [("umount", "umount2"), ("sigaction", "rt_sigaction"), ("fstatat", "newfstatat")];
    for (name, call) in of_libc {
        fails(Filter::deny([name]), &format!("seccomp {name}: {unknown}; did you mean {call}?"));
    }
    fails(Filter::deny(["Mount"]), &format!("seccomp Mount: {unknown}; did you mean mount?"));
    fails(Filter::deny(["frobnicate_everything"]), &format!("seccomp frobnicate_everything: {unknown}"));
    fails(Filter::deny([""]), &format!("seccomp : {unknown}"));
    fails(Filter::deny(["mount\0"]), &format!("seccomp mount\\0: {unknown}; did you mean mount?"));
    let execve = "seccomp execve: the filter must allow it: the program itself is started by it";
    fails(Filter::deny(["execve"]), execve);
    fails(Filter::allow_only(["read"]), execve);
    fails(Filter::allow_only([""; 0]), execve);
    fails(Filter::standard().kill(["execve"]), execve);
    fails(
        Filter::standard().when("read", [Arg::new(6).eq(0)], Action::Kill),
        "seccomp read: argument 6: there are 0 to 5",
    );
    fails(Filter::standard().errno(["read"], 4096), "seccomp: errno 4096: it is between 0 and 4095");
    fails(Filter::standard().otherwise(Action::Errno(-1)), "seccomp: errno -1: it is between 0 and 4095");
    let huge = (0..2000u64).fold(Filter::standard(), |filter, value| {
        filter.when("read", [Arg::new(0).eq(value << 32 | value)], Action::Errno(value as i32))
    });
    let error = huge.program().expect_err("too large").to_string();
    assert!(error.starts_with("seccomp: ") && error.ends_with(" instructions, of at most 4096"), "{error}");
}

/// Explanations and the printed policy.
#[test]
fn a_filter_explains_itself() {
    let standard = Filter::standard();
    assert_eq!(standard.explain("mount").to_string(), "mount: EPERM (mounts)");
    assert_eq!(standard.explain("read").to_string(), "read: allow (descriptors)");
    let clone = "clone if arg0 & 0x7e020000 != 0x0: EPERM (namespaces)\nclone: allow (processes)";
    assert_eq!(standard.explain("clone").to_string(), clone);
    let unknown = standard.explain("opnat");
    assert_eq!((unknown.number(), unknown.action()), (None, Action::Errno(ENOSYS)));
    let expected = format!("opnat: ENOSYS (no such system call on {}; did you mean openat?)", std::env::consts::ARCH);
    assert_eq!(unknown.to_string(), expected);
    assert_eq!(standard.kill(["mount"]).explain("mount").to_string(), "mount: kill (as asked)");
    let only = Filter::allow_only(["execve", "write"]).otherwise(Action::Kill);
    assert_eq!(only.explain("read").to_string(), "read: kill (not named by the filter `allow only`)");
    assert_eq!(Filter::unrestricted().explain("mount").to_string(), "mount: allow (no filter)");
    let printed = "allow only: what is not named: kill\nunknown numbers, x32, other architectures: kill\n\
                   of what follows the last that fits counts\nallow (as asked): execve write";
    assert_eq!(only.to_string(), printed);
    let printed = Filter::standard().to_string();
    let named = ["namespaces", "TIOCSTI", "openat2", "clone3", "AF_VSOCK", "keyctl", "0x541c"];
    assert!(named.iter().all(|word| printed.contains(word)), "{printed}");
}

/// Compiled once, for all clones; a changed filter is another one.
#[test]
fn a_filter_is_a_value() {
    let standard = Filter::standard();
    let changed = standard.clone().kill(["read"]);
    assert_ne!(changed.program().expect("compiles"), standard.program().expect("compiles"));
    assert_eq!(standard.explain("read").action(), Action::Allow);
    assert!(Filter::unrestricted().program().expect("nothing to do").is_empty());
    fn shared<T: Send + Sync + Clone + std::fmt::Debug + std::fmt::Display>(_: &T) {}
    shared(&standard);
}

/// By each way that there is, a setuid or setgid file in a writable bind, which would be one on the host.
#[test]
fn no_setuid_file_is_left_on_the_host() {
    use std::os::unix::fs::MetadataExt;
    let _host = host();
    let left = |filter: Filter| {
        let dir = TempDir::new("setuid");
        let sandbox = common::guest_sandbox().bind_rw(dir.path(), "/work").seccomp(filter);
        let outcome = sandbox.run(common::guest("make_setuid").current_dir("/work")).expect("runs");
        assert_eq!(outcome.verdict, belljar::Verdict::Exited(0), "{}", outcome.evidence);
        let files = std::fs::read_dir(dir.path()).expect("a directory").map(|entry| entry.expect("an entry"));
        let special = files.filter(|file| file.metadata().expect("there").mode() & 0o6000 != 0);
        special.map(|file| file.file_name().to_string_lossy().into_owned()).collect::<Vec<_>>()
    };
    let unfiltered = left(Filter::unrestricted());
    let ways = if cfg!(target_arch = "x86_64") { 9 } else { 6 };
    assert!(unfiltered.len() >= ways, "by these without a filter: {unfiltered:?}");
    assert_eq!(left(Filter::standard()), [""; 0]);
    assert_eq!(left(Filter::compute()), [""; 0]);
}

fn make_setuid(_: &[String]) -> i32 {
    const HERE: u64 = -100i64 as u64;
    const MODE: u64 = 0o4755;
    const FILE: u64 = 0o10_0000;
    // SAFETY: no pointer.
    unsafe { libc::umask(0) };
    let at = |name: &'static std::ffi::CStr| name.as_ptr() as u64;
    let existing = |name: &'static std::ffi::CStr| {
        std::fs::write(name.to_str().expect("UTF-8"), "").expect("a file");
        at(name)
    };
    errno_of("chmod", arguments([existing(c"chmod"), MODE]));
    errno_of("chmod", arguments([existing(c"chmod setgid"), 0o2755]));
    errno_of("fchmodat", arguments([HERE, existing(c"fchmodat"), MODE]));
    errno_of("fchmodat2", arguments([HERE, existing(c"fchmodat2"), MODE, 0]));
    errno_of("creat", arguments([at(c"creat"), MODE]));
    errno_of("open", arguments([at(c"open"), 0o101, MODE]));
    errno_of("openat", arguments([HERE, at(c"openat"), 0o101, MODE]));
    errno_of("mknod", arguments([at(c"mknod"), FILE | MODE, 0]));
    errno_of("mknodat", arguments([HERE, at(c"mknodat"), FILE | MODE, 0]));
    let open_how: [u64; 3] = [0o101, MODE, 0];
    errno_of("openat2", arguments([HERE, at(c"openat2"), open_how.as_ptr() as u64, 24]));
    let file = std::fs::File::create("fchmod").expect("a file");
    use std::os::fd::AsRawFd;
    errno_of("fchmod", arguments([file.as_raw_fd() as u64, MODE]));
    // SAFETY: the path is a string.
    let unnamed = unsafe { libc::openat(libc::AT_FDCWD, c".".as_ptr(), libc::O_TMPFILE | libc::O_WRONLY, 0o4755) };
    if unnamed >= 0 {
        let link = std::ffi::CString::new(format!("/proc/self/fd/{unnamed}")).expect("no NUL");
        errno_of("linkat", arguments([HERE, link.as_ptr() as u64, HERE, at(c"tmpfile"), 0x400]));
    }
    0
}

/// Where nothing of the host's can be reached for it the modes are set; and by none of the ways in which something can.
#[test]
fn set_id_modes_are_set_where_no_file_of_the_hosts_is_in_reach() {
    let _host = host();
    let dir = TempDir::new("set-id");
    let file = || std::fs::File::create(dir.path().join("file")).expect("a file");
    let count = |sandbox: &Sandbox, command: &mut belljar::Command| {
        let outcome = sandbox.run(command.current_dir("/tmp")).expect("runs");
        let belljar::Verdict::Exited(count) = outcome.verdict else { panic!("{outcome:?}") };
        count
    };
    let ways = if cfg!(target_arch = "x86_64") { 10 } else { 7 };
    for filter in [Filter::standard(), Filter::compute()] {
        let sandbox = common::guest_sandbox().seccomp(filter.clone());
        let guest = || common::guest("set_ids_left");
        // It has no calls that change modes.
        let most = if filter.explain("chmod").action().permits() { ways } else { 1 };
        assert!(count(&sandbox, &mut guest()) >= most, "{filter}");
        let (reader, _writer) = std::io::pipe().expect("a pipe");
        let null = std::fs::File::open("/dev/null").expect("opens");
        assert!(count(&sandbox, guest().stdin(reader).fd(5, null.into())) >= most, "{filter}");

        let (socket, _other) = std::os::unix::net::UnixStream::pair().expect("a pair");
        let directory = std::fs::File::open(dir.path()).expect("opens");
        assert_eq!(count(&sandbox, guest().stdin(socket)), 0);
        assert_eq!(count(&sandbox, guest().stderr(file())), 0);
        assert_eq!(count(&sandbox, guest().fd(9, file().into())), 0);
        assert_eq!(count(&sandbox, guest().fd(9, directory.into())), 0);
        assert_eq!(count(&sandbox.clone().bind_rw(dir.path(), "/work"), &mut guest()), 0);
    }
    // What it inherits is as what it is given.
    let standard = common::guest_sandbox();
    let name = "/proc/self/fd/0";
    let mut inherits = common::guest("set_ids_left");
    inherits.stdin(belljar::Stdio::inherit());
    let own = std::fs::metadata(name).expect("standard input");
    let is_file = !std::os::unix::fs::FileTypeExt::is_char_device(&own.file_type())
        && !std::os::unix::fs::FileTypeExt::is_fifo(&own.file_type());
    assert_eq!(count(&standard, &mut inherits) == 0, is_file);
}

fn set_ids_left(_: &[String]) -> i32 {
    use std::os::unix::fs::MetadataExt;
    make_setuid(&[]);
    let modes =
        std::fs::read_dir(".").expect("a directory").map(|entry| entry.expect("one").metadata().expect("there").mode());
    modes.filter(|mode| mode & 0o6000 != 0).count() as i32
}

/// fchmod(2) takes a descriptor that was opened to be read, of a file that the program has no other way to.
#[test]
fn a_descriptor_of_a_file_makes_no_setuid_file() {
    use std::os::unix::fs::PermissionsExt;
    let _host = host();
    let dir = TempDir::new("set-id");
    let path = dir.path().join("file");
    let after = |filter: Filter| {
        let _ = std::fs::remove_file(&path);
        std::fs::write(&path, "").expect("a file");
        let command = || common::guest("set_id_by_descriptor");
        let file = || std::fs::File::open(&path).expect("opens");
        let sandbox = common::guest_sandbox().seccomp(filter);
        for command in [command().stdin(file()), command().fd(4, file().into())] {
            assert!(sandbox.run(command).expect("runs").success());
        }
        path.metadata().expect("there").permissions().mode() & 0o6000
    };
    let unfiltered = after(Filter::unrestricted());
    // A privileged host's program is another user.
    assert!(common::is_root() || unfiltered == 0o6000, "{unfiltered:o}");
    assert_eq!(after(Filter::standard()), 0);
}

fn set_id_by_descriptor(_: &[String]) -> i32 {
    for fd in [0, 4] {
        errno_of("fchmod", arguments([fd, 0o6755]));
        let name = std::ffi::CString::new(format!("/proc/self/fd/{fd}")).expect("no NUL");
        errno_of("chmod", arguments([name.as_ptr() as u64, 0o6755]));
    }
    0
}

/// What fails without: each asks for such a mode, or keeps one.
#[test]
fn archives_and_copies_keep_set_id_modes_in_memory() {
    let _host = host();
    let text =
        "cd /tmp && mkdir -m 2775 d && touch d/f && chmod 4755 d/f && cp -a d e && test -g e && test -u e/f || exit 1
        tar --version 2>/dev/null | grep -q GNU || exit 77
        tar cf t e && mkdir x && tar xpf t -C x && test -g x/e && test -u x/e/f || exit 2
        if [ -x /usr/bin/git ]; then HOME=/tmp git init -q --shared g; fi";
    let output = Sandbox::new().host_system().output(belljar::Command::shell(text)).expect("runs");
    match output.outcome.verdict {
        // That takes the bits off by itself.
        belljar::Verdict::Exited(77) => {
            skip("archives_and_copies_keep_set_id_modes_in_memory", "tar", "it is busybox's")
        }
        _ => assert!(output.success(), "{output:?}"),
    }
}

/// A limit put on the init, which the kernel lets every process of the same user do, and by which the sandbox ends.
#[test]
fn the_inits_limits_are_out_of_reach() {
    let _host = host();
    let verdict = |filter: Filter| {
        common::guest_sandbox().seccomp(filter).run(common::guest("limit_init")).expect("runs").verdict
    };
    assert_eq!(verdict(Filter::unrestricted()), belljar::Verdict::Exited(0), "the kernel lets it");
    assert_eq!(verdict(Filter::standard()), belljar::Verdict::Exited(EPERM));
    assert_eq!(verdict(Filter::compute()), belljar::Verdict::Exited(EPERM));
}

fn limit_init(_: &[String]) -> i32 {
    const NOFILE: u64 = 7;
    let limit = [1000u64, 1000];
    errno_of("prlimit64", arguments([1, NOFILE, limit.as_ptr() as u64, 0])).expect("a call")
}

/// Real programs go on under the standard filter, and say what they say without it.
#[test]
fn real_programs_go_on() {
    let _host = host();
    compare("real_programs_go_on", |files, script, filtered| {
        let dir = directory(files);
        let output = under("/bin/sh", &["-ec", script], dir.path(), filtered.then(Filter::standard));
        (output.status.success(), output.stdout, output.stderr)
    });
}

/// And so they do in a sandbox as it is by default.
#[test]
fn real_programs_go_on_in_a_sandbox() {
    let _host = host();
    compare("real_programs_go_on_in_a_sandbox", |files, script, filtered| {
        let dir = directory(files);
        let sandbox = toolchains().bind_rw(dir.path(), "/work").wall_time_limit(Duration::from_secs(600) * patience());
        let sandbox = if filtered { sandbox } else { sandbox.seccomp(Filter::unrestricted()) };
        let mut shell = belljar::Command::new("/bin/sh");
        shell.args(["-ec", script]).current_dir("/work").env("HOME", "/work");
        shell.env("PATH", "/usr/local/bin:/usr/bin:/bin:/tools/cargo/bin").env("RUSTUP_HOME", "/tools/rustup");
        let output = sandbox.output(shell).expect("runs");
        (output.outcome.success(), output.stdout, output.stderr)
    });
}

/// What the tools need that are not in /usr, as far as this machine has it.
fn toolchains() -> Sandbox {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let places = [(home.join(".cargo/bin"), "/tools/cargo/bin".into()), (home.join(".rustup"), "/tools/rustup".into())];
    let settings = std::fs::read_dir("/etc").into_iter().flatten().flatten().map(|entry| entry.path());
    let java = settings.filter(|path| path.to_string_lossy().starts_with("/etc/java")).map(|path| (path.clone(), path));
    let places = places.into_iter().chain(java).filter(|(path, _)| path.is_dir());
    places.fold(Sandbox::new().host_system(), |sandbox, (path, inside)| sandbox.bind_ro(path, inside))
}

/// Each tool's script with and without the filter; what does not work without it is skipped.
fn compare(test: &str, run: impl Fn(&BTreeMap<&str, &str>, &str, bool) -> (bool, Vec<u8>, Vec<u8>)) {
    let program = "fn main() { println!(\"{}\", std::thread::spawn(|| 40 + 2).join().unwrap()); }";
    let c = "#include <stdio.h>\nint main(void) { return puts(\"hello from C\") < 0; }\n";
    let java = "public class Hello { public static void main(String[] a) throws Exception {\n\
                Thread t = new Thread(() -> System.out.println(\"hello from Java\")); t.start(); t.join(); } }\n";
    let go = "package main\nimport \"fmt\"\nfunc main() { c := make(chan int); go func() { c <- 1 }(); <-c; fmt.Println(\"go\") }\n";
    let manifest = "[package]\nname = \"small\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";
    let python = "import os, socket, subprocess, tempfile, threading, multiprocessing\n\
                  subprocess.run(['true'], check=True)\n\
                  t = threading.Thread(target=print, args=('thread',)); t.start(); t.join()\n\
                  a, b = socket.socketpair(); a.send(b'x'); b.recv(1)\n\
                  s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()\n\
                  c = socket.create_connection(s.getsockname()); s.accept()\n\
                  socket.getaddrinfo('127.0.0.1', 80); socket.if_nameindex()\n\
                  q = multiprocessing.Queue(); p = multiprocessing.Process(target=q.put, args=(1,))\n\
                  p.start(); print(q.get()); p.join()\n\
                  with tempfile.TemporaryDirectory() as d: os.chmod(d, 0o700)\n\
                  os.sched_setaffinity(0, os.sched_getaffinity(0)); print('done')\n";
    let node = "const t = require('worker_threads'), net = require('net'), c = require('child_process');\n\
                require('fs').readFileSync(__filename); c.execSync('true');\n\
                const s = net.createServer().listen(0, '127.0.0.1', () => { s.close();\n\
                new t.Worker('process.exit(0)', { eval: true }).on('exit', () => console.log('node', require('os').cpus().length > 0)); });\n";
    let files = BTreeMap::from([
        ("main.c", c),
        ("Hello.java", java),
        ("main.go", go),
        ("small/Cargo.toml", manifest),
        ("small/src/main.rs", program),
        ("main.py", python),
        ("main.js", node),
    ]);
    let scripts = [
        ("gcc", "gcc -O2 -pipe main.c -o hello && ./hello && gcc -static main.c -o static 2>&1 && ./static"),
        ("python3", "python3 main.py"),
        (
            "git",
            "git init -q r && cd r && cp ../main.c . && git add . && git -c user.name=a -c user.email=b commit -qm one \
             && git gc -q && cd .. && git clone -q r s && cat s/main.c && cd s && git status --short && git log --format=%s",
        ),
        (
            "tar",
            "mkdir t && cp main.c t && chmod 1755 t && ln -s main.c t/l && tar -czf t.tgz t && rm -r t && tar -xzpf t.tgz && ls t",
        ),
        ("cargo", "cd small && cargo build -q --offline && ./target/debug/small"),
        ("node", "node main.js"),
        ("java", "javac Hello.java && java -Xmx128m Hello"),
        ("go", "GOCACHE=$PWD/c GOFLAGS=-mod=mod GO111MODULE=off go run main.go"),
        (
            "sh",
            "seq 100 | sort -r | head -3; cp -a main.c copy && mv copy other && find . -name other && date >&2 && df . >&2",
        ),
    ];
    for (tool, script) in scripts {
        let (works, free, said) = run(&files, script, false);
        if !works {
            skip(test, tool, &format!("{tool} does not work here: {}", String::from_utf8_lossy(&said)));
            continue;
        }
        let (works, filtered, said) = run(&files, script, true);
        assert!(works, "{tool}: {}", String::from_utf8_lossy(&said));
        assert_eq!(String::from_utf8_lossy(&filtered), String::from_utf8_lossy(&free), "{tool}");
    }
}

/// Programs as contestants write them, under the narrow filter, linked one way and the other.
#[test]
fn contest_programs_compute() {
    let _host = host();
    let c = "#include <stdio.h>\n#include <stdlib.h>\nint main(void) { long n = 0, x; while (scanf(\"%ld\", &x) == 1) n += x;\n\
             char *p = calloc(1, 64 << 20); p[1] = 1; FILE *f = fopen(\"out\", \"w\"); fprintf(f, \"%ld\", n); fclose(f);\n\
             printf(\"%ld %d\\n\", n, isatty(0) + p[1]); return 0; }\n";
    let cpp = "#include <bits/stdc++.h>\n#include <thread>\nint main() { long n = 0, x; while (std::cin >> x) n += x;\n\
               std::vector<std::thread> t; std::atomic<long> sum{0};\n\
               for (int i = 0; i < 4; i++) t.emplace_back([&] { sum += n; }); for (auto &one : t) one.join();\n\
               try { throw std::runtime_error(\"thrown\"); } catch (std::exception &e) { std::cout << e.what() << ' '; }\n\
               std::cout << sum << std::endl; }\n";
    let files = BTreeMap::from([("main.c", c), ("main.cc", cpp), ("in", "1 2 3\n")]);
    for (compiler, expected) in [
        ("gcc -O2 -include unistd.h main.c -o program", "6 1\n"),
        ("gcc -O2 -static -include unistd.h main.c -o program", "6 1\n"),
        ("g++ -O1 -pthread main.cc -o program", "thrown 24\n"),
        ("g++ -O1 -pthread -static main.cc -o program", "thrown 24\n"),
    ] {
        let dir = directory(&files);
        let built = under("/bin/sh", &["-ec", compiler], dir.path(), None);
        if !built.status.success() {
            skip("contest_programs_compute", "gcc", &format!("{compiler}: {}", String::from_utf8_lossy(&built.stderr)));
            continue;
        }
        let program = dir.path().join("program");
        let output = under(program.to_str().expect("UTF-8"), &[], dir.path(), Some(Filter::compute()));
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{compiler}: {output:?}");
        assert!(output.status.success(), "{compiler}: {output:?}");
    }
}

fn directory(files: &BTreeMap<&str, &str>) -> TempDir {
    let dir = TempDir::new("real");
    for (name, contents) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("directories");
        std::fs::write(path, contents).expect("a file");
    }
    dir
}

fn under(program: &str, args: &[&str], dir: &Path, filter: Option<Filter>) -> std::process::Output {
    use std::os::unix::process::CommandExt;
    let mut command = Command::new(program);
    let stdin = std::fs::File::open(dir.join("in")).map_or(Stdio::null(), Stdio::from);
    command.args(args).current_dir(dir).stdin(stdin);
    for variable in ["RUSTFLAGS", "CARGO_TARGET_DIR", "CARGO_BUILD_TARGET", "GIT_DIR", "RUSTC_WRAPPER"] {
        command.env_remove(variable);
    }
    if let Some(filter) = filter {
        // SAFETY: this process has one thread that matters; the filter is compiled before.
        unsafe {
            command.pre_exec(move || {
                filter::apply(&filter);
                Ok(())
            });
        }
    }
    command.output().expect("runs")
}
