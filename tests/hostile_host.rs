//! What the host process may look like: section 2 of the catalogue of host tests (H2). Each time a spawn is an error, or
//! the sandbox is just the one that an ordinary host gets: its portrait is the same.

mod common;

use std::io::Write;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use belljar::{Namespaces, Stdio, Step, Verdict};
use common::portrait::{self, c_path, error_or_full, portrait};
use common::{amount, guest, guest_sandbox, run_on_host};

guests! {
    portrait, echo, cat, nap,
    few_descriptors, few_processes, small_files, little_memory, small_stack,
    closed_streams, interrupted, signals_blocked, sigchld_ignored_and_init_fails, exiting_thread,
    no_user_namespaces, chrooted, no_new_privs, without_pidfd_signals, other_effective_user, some_capabilities, in_user_namespace,
    without_proc, masked_proc, hidden_proc, false_null, linked_null, read_only_tmp, shared_root, secrets_in_etc, readable,
    cwd_deleted, first_process, subreaper, traced, panicking_logger,
}

fn echo(args: &[String]) -> i32 {
    println!("{}", args.join(" "));
    0
}

fn cat(_: &[String]) -> i32 {
    std::io::copy(&mut std::io::stdin(), &mut std::io::stdout()).map_or(1, |_| 0)
}

fn nap(_: &[String]) -> i32 {
    std::thread::sleep(Duration::from_secs(100));
    0
}

/// `Ok` of what libc says with 0 or more.
fn ok(result: i32) -> i32 {
    assert!(result >= 0, "{}", std::io::Error::last_os_error());
    result
}

// ---- threads

#[test]
fn many_threads_spawn_while_others_allocate_and_print() {
    let _host = common::host();
    let runs = amount(50, 2);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    let text: Vec<String> = (0..100).map(|number| format!("{number}")).collect();
                    writeln!(std::io::sink(), "{}", text.len()).expect("a sink");
                    let _locked = std::io::stdout().lock();
                    std::thread::sleep(Duration::from_micros(200));
                }
            });
        }
        let spawners: Vec<_> = (0..16)
            .map(|thread| {
                scope.spawn(move || {
                    for run in 0..runs {
                        let text = format!("{thread} {run}");
                        let output = guest_sandbox().output(guest("echo").arg(&text)).expect("runs");
                        assert_eq!(output.outcome.verdict, Verdict::Exited(0));
                        assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{text}\n"), "another's output");
                    }
                })
            })
            .collect();
        let results: Vec<_> = spawners.into_iter().map(|spawner| spawner.join()).collect();
        over.store(true, Ordering::Relaxed);
        assert!(results.iter().all(Result::is_ok));
    });
}

#[test]
fn the_thread_that_spawned_may_exit() {
    run_on_host("exiting_thread", &[]);
}

fn exiting_thread(_: &[String]) -> i32 {
    for namespaces in [Namespaces::all(), Namespaces::empty()] {
        let spawn = move || {
            let (sandbox, mut command) = if namespaces.is_empty() {
                (belljar::Sandbox::new().namespaces(namespaces), belljar::Command::new("/bin/cat"))
            } else {
                (guest_sandbox(), guest("cat"))
            };
            sandbox.spawn(command.stdin(Stdio::piped()).stdout(Stdio::piped())).expect("spawns")
        };
        let mut child = std::thread::spawn(spawn).join().expect("the thread");
        let threads = || std::fs::read_dir("/proc/self/task").expect("threads").count();
        common::eventually("the thread's end", || threads() == 1);
        let mut stdin = child.stdin.take().expect("piped");
        stdin.write_all(b"still here").expect("a reader");
        drop(stdin);
        let output = child.wait_with_output().expect("waits");
        assert_eq!((output.outcome.verdict, output.stdout.as_slice()), (Verdict::Exited(0), &b"still here"[..]));
    }
    0
}

// ---- signals

static INTERRUPTS: AtomicU32 = AtomicU32::new(0);

extern "C" fn count_interrupt(_: i32) {
    INTERRUPTS.fetch_add(1, Ordering::Relaxed);
}

#[test]
fn a_host_is_interrupted_a_thousand_times_a_second() {
    run_on_host("interrupted", &[]);
}

fn interrupted(_: &[String]) -> i32 {
    let full = portrait::of(&guest_sandbox());
    // SAFETY: a handler that adds to an atomic, without SA_RESTART.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = count_interrupt as extern "C" fn(i32) as usize;
        ok(libc::sigaction(libc::SIGALRM, &action, std::ptr::null_mut()));
        let every = libc::timeval { tv_sec: 0, tv_usec: 1000 };
        let timer = libc::itimerval { it_interval: every, it_value: every };
        ok(libc::setitimer(libc::ITIMER_REAL, &timer, std::ptr::null_mut()));
    }
    for run in 0..amount(30, 6) {
        assert!(error_or_full(&format!("run {run}"), guest_sandbox().spawn(portrait::command()), &full));
        let outcome = guest_sandbox().run(guest("echo")).expect("runs");
        assert_eq!(outcome.verdict, Verdict::Exited(0));
    }
    assert!(INTERRUPTS.load(Ordering::Relaxed) > 10, "nothing was interrupted");
    0
}

#[test]
fn a_host_has_all_signals_blocked() {
    run_on_host("signals_blocked", &[]);
}

fn signals_blocked(_: &[String]) -> i32 {
    let full = portrait::of(&guest_sandbox());
    assert!(full.contains("SigBlk:\t0000000000000000"));
    let mut mask = std::mem::MaybeUninit::uninit();
    // SAFETY: both sets are of the right type.
    let after = unsafe {
        libc::sigfillset(mask.as_mut_ptr());
        ok(libc::sigprocmask(libc::SIG_SETMASK, mask.as_ptr(), std::ptr::null_mut()));
        assert!(error_or_full("blocked", guest_sandbox().spawn(portrait::command()), &full));
        ok(libc::sigprocmask(libc::SIG_SETMASK, std::ptr::null(), mask.as_mut_ptr()));
        mask.assume_init()
    };
    // SAFETY: as above.
    assert_eq!(unsafe { libc::sigismember(&after, libc::SIGTERM) }, 1, "the host's own mask");
    0
}

#[test]
fn a_host_ignores_sigchld_and_the_init_fails() {
    run_on_host("sigchld_ignored_and_init_fails", &[]);
}

/// The kernel reaps the init before its id maps can be written. What is told is still why it failed.
fn sigchld_ignored_and_init_fails(_: &[String]) -> i32 {
    // SAFETY: no handler.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) };
    let sandbox = guest_sandbox().rlimit(belljar::Resource::Nofile, 1 << 30, 1 << 30);
    for _ in 0..20 {
        let error = sandbox.spawn(guest("echo")).expect_err("over fs.nr_open");
        assert_eq!(error.step(), Step::Rlimit, "{error}");
    }
    assert_eq!(guest_sandbox().run(guest("echo")).expect("runs").verdict, Verdict::Exited(0));
    0
}

// ---- resource limits

fn limit(resource: libc::__rlimit_resource_t, soft: Option<u64>, hard: Option<u64>) {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the kernel reads and writes the structure.
    unsafe {
        ok(libc::getrlimit(resource, &mut limit));
        limit.rlim_max = hard.unwrap_or(limit.rlim_max);
        limit.rlim_cur = soft.unwrap_or(limit.rlim_max).min(limit.rlim_max);
        ok(libc::setrlimit(resource, &limit));
    }
}

/// Spawns under each soft limit, and waits with the limit taken away again.
fn under_each(resource: libc::__rlimit_resource_t, limits: impl Iterator<Item = u64>) -> Vec<bool> {
    let full = portrait::of(&guest_sandbox());
    let before = common::descriptors();
    limits
        .map(|soft| {
            let command = portrait::command();
            limit(resource, Some(soft), None);
            let spawned = guest_sandbox().spawn(command);
            limit(resource, None, None);
            let worked = error_or_full(&format!("limit {soft}"), spawned, &full);
            assert_eq!(common::descriptors(), before, "limit {soft}");
            assert!(common::children(std::process::id()).is_empty(), "limit {soft}");
            worked
        })
        .collect()
}

#[test]
fn a_host_may_have_few_descriptors() {
    run_on_host("few_descriptors", &[]);
}

fn few_descriptors(_: &[String]) -> i32 {
    let free = std::fs::File::open("/dev/null").expect("/dev/null").as_raw_fd() as u64;
    let worked = under_each(libc::RLIMIT_NOFILE, free..=free + 40);
    assert!(!worked[0] && worked[40], "{worked:?}");
    0
}

#[test]
fn a_host_may_have_few_processes() {
    run_on_host("few_processes", &[]);
}

/// Root is not held by it; how many processes an ordinary user has already is not ours to know.
fn few_processes(_: &[String]) -> i32 {
    let worked = under_each(libc::RLIMIT_NPROC, [1, 2, 3, 4, 5, 6, 8, 10, 10_000].into_iter());
    assert!(worked[8], "{worked:?}");
    assert!(common::is_root() || !worked[0], "one process was enough for three");
    0
}

#[test]
fn a_host_may_write_small_files_only() {
    run_on_host("small_files", &[]);
}

fn small_files(_: &[String]) -> i32 {
    let worked = under_each(libc::RLIMIT_FSIZE, [0, 1, 4096, 8192, 20_000, 1 << 20].into_iter());
    assert!(!worked[0] && worked[5], "{worked:?}");
    0
}

#[test]
fn a_host_may_have_little_memory() {
    run_on_host("little_memory", &[]);
}

/// A program that is itself out of memory is the program's fate; what it is in is a whole sandbox.
fn little_memory(_: &[String]) -> i32 {
    let full = portrait::of(&guest_sandbox());
    let statm = std::fs::read_to_string("/proc/self/statm").expect("statm");
    let size = statm.split(' ').next().expect("a size").parse::<u64>().expect("pages") * 4096;
    let mut worked = 0;
    for megabytes in [1, 2, 4, 8, 16, 32, 64, 256] {
        let command = portrait::command();
        limit(libc::RLIMIT_AS, Some(size + (megabytes << 20)), None);
        let spawned = guest_sandbox().spawn(command);
        limit(libc::RLIMIT_AS, None, None);
        match spawned.map(portrait::read) {
            Ok(Ok(portrait)) => {
                portrait::same("little memory", &portrait, &full);
                worked += 1;
            }
            Ok(Err(fate)) => println!("{megabytes} MiB: {fate}"),
            Err(error) => println!("{megabytes} MiB: {error}"),
        }
    }
    assert!(worked > 0);
    0
}

#[test]
fn a_host_may_have_a_small_stack() {
    run_on_host("small_stack", &["soft"]);
    run_on_host("small_stack", &["hard"]);
}

fn small_stack(args: &[String]) -> i32 {
    let full = portrait::of(&guest_sandbox());
    let kind = args[0].as_str();
    limit(libc::RLIMIT_STACK, Some(64 << 10), (kind == "hard").then_some(64 << 10));
    // A thread's stack is not under the limit, so that it is the library that is tested and not the main thread.
    let spawned = std::thread::spawn(|| guest_sandbox().spawn(portrait::command())).join().expect("the thread");
    match spawned.map(portrait::read) {
        Ok(Ok(portrait)) => portrait::same(kind, &portrait, &full),
        other => assert!(kind == "hard", "{other:?}"),
    }
    0
}

// ---- standard streams closed in the host

#[test]
fn a_host_has_its_standard_streams_closed() {
    let _host = common::host();
    for closed in 1..8 {
        let status = common::on_host("closed_streams").arg(closed.to_string()).status().expect("runs");
        assert!(status.success(), "closed {closed:03b}: {status}");
    }
}

/// Panics here may go unheard: the status tells.
fn closed_streams(args: &[String]) -> i32 {
    let closed: i32 = args[0].parse().expect("a number");
    let full = portrait::of(&guest_sandbox());
    for fd in (0..3).filter(|fd| closed >> fd & 1 != 0) {
        // SAFETY: nothing of this process uses the stream from here on.
        unsafe { libc::close(fd) };
    }
    let spawned = guest_sandbox().spawn(portrait::command());
    if spawned.map(portrait::read).ok() != Some(Ok(full)) {
        return 10;
    }
    // What is closed cannot be inherited, and is not some descriptor of the spawn's own.
    for fd in 0..3 {
        let mut command = guest("echo");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        match fd {
            0 => command.stdin(Stdio::inherit()),
            1 => command.stdout(Stdio::inherit()),
            _ => command.stderr(Stdio::inherit()),
        };
        let result = guest_sandbox().run(&mut command);
        let is_closed = closed >> fd & 1 != 0;
        match result {
            Err(error) if is_closed && error.step() == Step::Stdio && error.raw_os_error() == Some(9) => {}
            Ok(outcome) if !is_closed && outcome.success() => {}
            _ => return 20 + fd,
        }
    }
    let output = guest_sandbox().output(guest("cat").stdin(Stdio::bytes("text"))).expect("runs");
    if output.stdout == b"text" { 0 } else { 30 }
}

// ---- user namespaces and privileges of the host

/// Puts this process into new namespaces. Without privileges it takes a user namespace that maps its own ids.
fn unshare(flags: i32) {
    // SAFETY: numbers only.
    let (uid, gid) = unsafe { (libc::geteuid(), libc::getegid()) };
    if uid == 0 && flags & libc::CLONE_NEWUSER == 0 {
        // SAFETY: as above; this process has one thread.
        ok(unsafe { libc::unshare(flags) });
        return;
    }
    // SAFETY: as above.
    ok(unsafe { libc::unshare(flags | libc::CLONE_NEWUSER) });
    std::fs::write("/proc/self/setgroups", "deny").expect("setgroups");
    std::fs::write("/proc/self/uid_map", format!("{uid} {uid} 1")).expect("uid_map");
    std::fs::write("/proc/self/gid_map", format!("{gid} {gid} 1")).expect("gid_map");
}

fn mount(source: &str, target: &Path, kind: &str, flags: libc::c_ulong, data: &str) {
    let text = |text: &str| c_path(Path::new(text));
    let (source, target, kind, data) = (text(source), c_path(target), text(kind), text(data));
    // SAFETY: C strings that outlive the call.
    ok(unsafe { libc::mount(source.as_ptr(), target.as_ptr(), kind.as_ptr(), flags, data.as_ptr().cast()) });
}

/// A mount namespace of this process's own, from which nothing spreads.
fn private_mounts() {
    // The namespace that is left stays, or its number would soon be another's.
    std::mem::forget(std::fs::File::open("/proc/self/ns/mnt").expect("a namespace"));
    unshare(libc::CLONE_NEWNS);
    mount("none", Path::new("/"), "none", libc::MS_REC | libc::MS_PRIVATE, "");
}

#[test]
fn a_host_keeps_secrets_in_etc() {
    run_on_host("secrets_in_etc", &[]);
}

/// The host's system is what is listed of /etc, and of that what others may read; an ordinary user's program reads what the
/// user does.
fn secrets_in_etc(_: &[String]) -> i32 {
    use std::os::unix::fs::PermissionsExt;
    const LISTED: [(&str, u32); 6] = [
        ("services", 0o644),
        ("protocols", 0o640),
        ("mime.types", 0o600),
        ("php/8.4/cli/php.ini", 0o644),
        ("php/8.4/cli/token", 0o640),
        ("java-21-openjdk/management/jmxremote.password", 0o600),
    ];
    const NOT_LISTED: [&str; 7] = [
        "shadow",
        "npmrc",
        "environment",
        "ssl/private/key.pem",
        "ssl/key.pem",
        "pki/tls/private/key.pem",
        "maven/settings.xml",
    ];
    private_mounts();
    mount("none", Path::new("/etc"), "tmpfs", 0, "mode=755");
    for (name, mode) in LISTED.into_iter().chain(NOT_LISTED.map(|name| (name, 0o644))) {
        let path = Path::new("/etc").join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
        std::fs::write(&path, name).expect("a file");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).expect("its mode");
    }
    let places = |name: &str| format!("/etc/{name}");
    let mut command = guest("readable");
    command.args(LISTED.iter().map(|(name, _)| places(name))).args(NOT_LISTED.map(places));
    let output = guest_sandbox().output(command).expect("runs");
    let expected = LISTED.iter().filter(|(_, mode)| mode & 4 != 0 || !common::is_root());
    let expected: Vec<String> = expected.map(|(name, _)| places(name)).collect();
    let found = String::from_utf8(output.stdout).expect("text");
    assert_eq!(found.lines().collect::<Vec<_>>(), expected);
    0
}

fn readable(args: &[String]) -> i32 {
    args.iter().filter(|path| std::fs::read(path).is_ok()).for_each(|path| println!("{path}"));
    0
}

#[test]
fn a_host_may_make_no_user_namespaces() {
    run_on_host("no_user_namespaces", &[]);
}

fn no_user_namespaces(_: &[String]) -> i32 {
    if common::is_root() {
        // Root alone in a user namespace would be refused for that.
        // SAFETY: numbers only.
        unsafe {
            ok(libc::setresgid(1234, 1234, 1234));
            ok(libc::setresuid(1234, 1234, 1234));
            ok(libc::prctl(libc::PR_SET_DUMPABLE, 1));
        }
    }
    unshare(libc::CLONE_NEWUSER);
    std::fs::write("/proc/sys/user/max_user_namespaces", "0").expect("the limit of this user namespace");
    let _host = common::host();
    let error = belljar::Sandbox::new().spawn(guest("echo")).expect_err("no user namespace may be made");
    assert_eq!((error.step(), error.raw_os_error()), (Step::Clone, Some(28)), "{error}");
    assert!(error.is_unsupported() && error.hint().is_some());
    // The tier that the hint names.
    let sandbox = belljar::Sandbox::new().namespaces(Namespaces::empty());
    assert!(sandbox.run(belljar::Command::new("/bin/true")).expect("runs").success());
    0
}

#[test]
fn the_host_is_chrooted() {
    if !common::is_root() {
        return println!("SKIP the_host_is_chrooted: only root may chroot");
    }
    let dir = common::TempDir::new("chroot");
    run_on_host("chrooted", &[dir.path().to_str().expect("UTF-8")]);
}

fn chrooted(args: &[String]) -> i32 {
    let dir = std::path::Path::new(&args[0]);
    private_mounts();
    mount("/", dir, "none", libc::MS_BIND | libc::MS_REC, "");
    let path = c_path(dir);
    // SAFETY: a C string.
    ok(unsafe { libc::chroot(path.as_ptr()) });
    std::env::set_current_dir("/").expect("the root");
    let error = guest_sandbox().spawn(guest("echo")).expect_err("user namespaces are forbidden in a chroot");
    assert_eq!((error.step(), error.raw_os_error()), (Step::Clone, Some(1)), "{error}");
    assert!(error.is_unsupported() && error.hint().is_some());
    // SAFETY: two C strings; only root gets here, which may unmount.
    ok(unsafe { libc::umount2(c"/".as_ptr(), libc::MNT_DETACH) });
    0
}

#[test]
fn a_host_has_no_new_privs() {
    run_on_host("no_new_privs", &[]);
}

fn no_new_privs(_: &[String]) -> i32 {
    let full = portrait::of(&guest_sandbox());
    // SAFETY: numbers only.
    ok(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) });
    assert!(error_or_full("no_new_privs", guest_sandbox().spawn(portrait::command()), &full));
    0
}

#[test]
fn a_host_may_send_no_signals_through_pidfds() {
    run_on_host("without_pidfd_signals", &[]);
}

/// As under the filter of an old container (pidfd_send_signal(2) is of Linux 5.1): nothing waits for what was not killed.
fn without_pidfd_signals(_: &[String]) -> i32 {
    let writable = common::TempDir::new("written");
    let sandbox = guest_sandbox().bind_ro(writable.path(), "/bound");
    for errno in [libc::EPERM, libc::ENOSYS] {
        let full = portrait::of(&sandbox);
        let refused = common::filter::errno(errno);
        common::filter::install(&[(libc::SYS_pidfd_send_signal, refused)]);
        assert!(error_or_full("no pidfd_send_signal", sandbox.spawn(portrait::command()), &full));
        drop(guest_sandbox().spawn(guest("nap")).expect("spawns"));
        let mut killed = guest_sandbox().spawn(guest("nap")).expect("spawns");
        killed.kill().expect("asks");
        assert_eq!(killed.wait().expect("ends").verdict, belljar::Verdict::Killed);
        println!("{}", belljar::Host::probe());
    }
    0
}

#[test]
fn a_host_has_another_effective_user() {
    if !common::is_root() {
        return println!("SKIP a_host_has_another_effective_user: only root may change it");
    }
    run_on_host("other_effective_user", &[]);
}

/// uid != euid: neither of the two is what the program is, and nothing is half done.
fn other_effective_user(_: &[String]) -> i32 {
    let full = portrait::of(&guest_sandbox());
    // SAFETY: numbers only.
    ok(unsafe { libc::setresuid(0, 1234, 0) });
    let worked = error_or_full("euid 1234", guest_sandbox().spawn(portrait::command()), &full);
    // SAFETY: as above.
    ok(unsafe { libc::setresuid(1234, 1234, 0) });
    let again = error_or_full("saved uid 0", guest_sandbox().spawn(portrait::command()), &full);
    println!("worked: {worked} {again}");
    0
}

#[test]
fn a_host_has_only_some_capabilities() {
    if !common::is_root() {
        return println!("SKIP a_host_has_only_some_capabilities: an ordinary user has none");
    }
    // SETGID, SETUID, SETPCAP, NET_ADMIN, SYS_CHROOT, SYS_PTRACE, SYS_ADMIN, SYS_RESOURCE, MKNOD, SETFCAP.
    const OF_USE: [u32; 10] = [6, 7, 8, 12, 18, 19, 21, 24, 27, 31];
    for capability in amount((0..=40).collect(), OF_USE.to_vec()) {
        run_on_host("some_capabilities", &[&capability.to_string()]);
    }
}

/// Root that lacks one: an error, or a whole sandbox that is not root outside.
fn some_capabilities(args: &[String]) -> i32 {
    let lacking: u32 = args[0].parse().expect("a number");
    let full = portrait::of(&guest_sandbox());
    let header = [0x2008_0522u32, 0];
    let mut data = [0u32; 6];
    // SAFETY: version 3 reads and writes two times three words.
    unsafe {
        ok(libc::syscall(libc::SYS_capget, header.as_ptr(), data.as_mut_ptr()) as i32);
        let word = if lacking < 32 { 0 } else { 3 };
        data[word] &= !(1 << (lacking % 32));
        data[word + 1] &= !(1 << (lacking % 32));
        ok(libc::syscall(libc::SYS_capset, header.as_ptr(), data.as_ptr()) as i32);
    }
    match guest_sandbox().spawn(portrait::command()) {
        Err(error) => println!("without capability {lacking}: {error}"),
        Ok(child) => {
            let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).expect("its status");
            let uids = status.lines().find(|line| line.starts_with("Uid:")).expect("ids").to_owned();
            assert!(!uids.split_whitespace().any(|id| id == "0"), "without capability {lacking} root runs it: {uids}");
            error_or_full(&format!("without capability {lacking}"), Ok(child), &full);
        }
    }
    0
}

#[test]
fn a_host_is_in_a_user_namespace_already() {
    run_on_host("in_user_namespace", &[]);
}

fn in_user_namespace(_: &[String]) -> i32 {
    let full = portrait::of(&guest_sandbox());
    unshare(libc::CLONE_NEWUSER);
    // Its one id is all that the sandbox can have; if that is root outside there is none.
    let worked = error_or_full("a user namespace with one id", guest_sandbox().spawn(portrait::command()), &full);
    assert_eq!(worked, !common::is_root());
    0
}

// ---- the host's files

#[test]
fn a_host_has_an_odd_proc_or_dev() {
    for name in
        ["without_proc", "masked_proc", "hidden_proc", "false_null", "linked_null", "read_only_tmp", "shared_root"]
    {
        run_on_host(name, &[]);
    }
}

/// The path of this binary is known by /proc.
fn sandbox_and_command() -> (belljar::Sandbox, belljar::Command, String) {
    let sandbox = guest_sandbox();
    let full = portrait::of(&sandbox);
    (sandbox, portrait::command(), full)
}

fn without_proc(_: &[String]) -> i32 {
    let (sandbox, command, full) = sandbox_and_command();
    if !common::is_root() {
        println!("SKIP without_proc: an ordinary user may not unmount what it did not mount");
        return 0;
    }
    private_mounts();
    // SAFETY: a C string.
    ok(unsafe { libc::umount2(c"/proc".as_ptr(), libc::MNT_DETACH) });
    assert!(!error_or_full("no /proc", sandbox.spawn(command), &full));
    0
}

/// CVE-2025-52881: what is written to a tmpfs in place of /proc has no effect.
fn masked_proc(_: &[String]) -> i32 {
    let (sandbox, command, full) = sandbox_and_command();
    private_mounts();
    mount("tmpfs", Path::new("/proc"), "tmpfs", 0, "");
    std::fs::create_dir("/proc/self").expect("a directory");
    for file in ["uid_map", "gid_map", "setgroups", "oom_score_adj"] {
        std::fs::write(format!("/proc/self/{file}"), "").expect("a file");
    }
    assert!(!error_or_full("a tmpfs as /proc", sandbox.spawn(command), &full));
    0
}

fn hidden_proc(_: &[String]) -> i32 {
    for data in ["hidepid=2", "hidepid=2,subset=pid"] {
        let (sandbox, command, full) = sandbox_and_command();
        private_mounts();
        // A process may mount only the /proc of a pid namespace that is its user namespace's.
        if !common::is_root() {
            println!("SKIP hidden_proc: an ordinary user may not mount the host's /proc");
            return 0;
        }
        mount("proc", Path::new("/proc"), "proc", 0, data);
        error_or_full(data, sandbox.spawn(command), &full);
    }
    0
}

/// CVE-2025-31133: neither as /dev/null inside nor as the program's standard streams.
fn false_null(_: &[String]) -> i32 {
    let (sandbox, command, full) = sandbox_and_command();
    let dir = common::TempDir::new("null");
    let file = dir.path().join("null");
    std::fs::write(&file, "canary").expect("a file");
    private_mounts();
    mount(file.to_str().expect("UTF-8"), Path::new("/dev/null"), "none", libc::MS_BIND, "");
    assert!(!error_or_full("a file as /dev/null", sandbox.spawn(command), &full));
    let mut command = portrait::command();
    command.stdin(Stdio::piped());
    assert!(!error_or_full("a file as /dev/null", sandbox.spawn(command), &full));
    assert_eq!(std::fs::read(&file).expect("the file"), b"canary");
    0
}

fn linked_null(_: &[String]) -> i32 {
    let (sandbox, command, full) = sandbox_and_command();
    let dir = common::TempDir::new("dev");
    let canary = dir.path().join("canary");
    std::fs::write(&canary, "canary").expect("a file");
    private_mounts();
    mount("tmpfs", Path::new("/dev"), "tmpfs", 0, "");
    std::os::unix::fs::symlink(&canary, "/dev/null").expect("a link");
    assert!(!error_or_full("a link as /dev/null", sandbox.spawn(command), &full));
    assert_eq!(std::fs::read(&canary).expect("the file"), b"canary");
    0
}

fn read_only_tmp(_: &[String]) -> i32 {
    let (sandbox, command, full) = sandbox_and_command();
    private_mounts();
    // Full, too: it has room for no inode but its root.
    for dir in ["/tmp", "/dev/shm", "/run"] {
        let holds_this_program = std::env::current_exe().expect("own path").starts_with(dir);
        if Path::new(dir).is_dir() && !holds_this_program {
            mount("tmpfs", Path::new(dir), "tmpfs", libc::MS_RDONLY, "nr_inodes=1");
        }
    }
    assert!(error_or_full("a read-only /tmp", sandbox.spawn(command), &full));
    0
}

/// What is mounted for a sandbox must not spread to the peers of the host's mounts.
fn shared_root(_: &[String]) -> i32 {
    private_mounts();
    mount("none", Path::new("/"), "none", libc::MS_REC | libc::MS_SHARED, "");
    let before = std::fs::read_to_string("/proc/self/mountinfo").expect("mountinfo");
    let mut sets = vec![Namespaces::all()];
    if common::is_root() {
        sets.push(Namespaces::all() - Namespaces::USER);
    }
    for namespaces in sets {
        let sandbox = guest_sandbox().namespaces(namespaces).tmpfs("/scratch", 1 << 20);
        let mut child = sandbox.spawn(guest("nap")).expect("spawns");
        assert_eq!(std::fs::read_to_string("/proc/self/mountinfo").expect("mountinfo"), before);
        let own = std::fs::read_to_string(format!("/proc/{}/mountinfo", child.id())).expect("mountinfo");
        assert!(!own.contains("shared:") && !own.contains("master:"), "{own}");
        child.kill().expect("kills");
        child.wait().expect("waits");
    }
    assert_eq!(std::fs::read_to_string("/proc/self/mountinfo").expect("mountinfo"), before);
    0
}

// ---- what the host is

#[test]
fn a_host_is_odd_in_other_ways() {
    for name in ["cwd_deleted", "subreaper", "traced", "first_process"] {
        run_on_host(name, &[]);
    }
}

fn cwd_deleted(_: &[String]) -> i32 {
    let (sandbox, command, full) = sandbox_and_command();
    let dir = common::TempDir::new("cwd");
    std::env::set_current_dir(dir.path()).expect("the directory");
    std::fs::remove_dir(dir.path()).expect("empty");
    assert!(error_or_full("no working directory", sandbox.spawn(command), &full));
    0
}

/// Orphans of a host that is a subreaper would come to it. A sandbox has none.
fn subreaper(_: &[String]) -> i32 {
    let (sandbox, command, full) = sandbox_and_command();
    // SAFETY: numbers only.
    ok(unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1) });
    assert!(error_or_full("subreaper", sandbox.spawn(command), &full));
    drop(sandbox.spawn(guest("nap")).expect("spawns"));
    common::no_child_is_left();
    0
}

/// The first process of a pid namespace, without libc's help to reap.
fn first_process(_: &[String]) -> i32 {
    let (sandbox, command, full) = sandbox_and_command();
    unshare(libc::CLONE_NEWPID);
    // SAFETY: this process has one thread.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        assert_eq!(std::process::id(), 1);
        // /proc is still that of the outer namespace, in which the ids of children are others.
        let worked = error_or_full("pid 1", sandbox.spawn(command), &full);
        println!("as pid 1 with another's /proc: {worked}");
        std::process::exit(0);
    }
    reap(pid, 0)
}

/// Waits for a child of ours; 0 if its status is `expected`.
fn reap(pid: i32, expected: i32) -> i32 {
    let mut status = 0;
    // SAFETY: the kernel writes the status.
    ok(unsafe { libc::waitpid(pid, &mut status, 0) });
    if status == expected { 0 } else { panic!("status {status:#x}") }
}

/// A host under a tracer that follows no children: each signal and stop of the host goes by way of the tracer.
fn traced(_: &[String]) -> i32 {
    let (sandbox, command, full) = sandbox_and_command();
    // SAFETY: this process has one thread.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        // SAFETY: numbers only.
        unsafe {
            ok(libc::ptrace(libc::PTRACE_TRACEME, 0, 0, 0) as i32);
            libc::raise(libc::SIGSTOP);
        }
        assert!(error_or_full("traced", sandbox.spawn(command), &full));
        std::process::exit(0);
    }
    loop {
        let mut status = 0;
        // SAFETY: the kernel writes the status.
        ok(unsafe { libc::waitpid(pid, &mut status, 0) });
        if !libc::WIFSTOPPED(status) {
            assert_eq!(status, 0);
            return 0;
        }
        let signal = libc::WSTOPSIG(status);
        let passed_on = if signal == libc::SIGSTOP { 0 } else { signal };
        // SAFETY: numbers only.
        ok(unsafe { libc::ptrace(libc::PTRACE_CONT, pid, 0, passed_on) as i32 });
    }
}

/// Panics at the record behind so many others.
struct Panics(AtomicU32);

impl log::Log for Panics {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        assert!(self.0.fetch_sub(1, Ordering::Relaxed) != 0, "{}", record.args());
    }

    fn flush(&self) {}
}

#[test]
fn a_logger_that_panics_leaves_nothing_behind() {
    run_on_host("panicking_logger", &[]);
}

fn panicking_logger(_: &[String]) -> i32 {
    static LOGGER: Panics = Panics(AtomicU32::new(0));
    log::set_logger(&LOGGER).expect("the first one");
    log::set_max_level(log::LevelFilter::Trace);
    let mut bare = belljar::Command::new(std::env::current_exe().expect("own path"));
    bare.args([common::MARK, "echo"]);
    let without = belljar::Sandbox::new().namespaces(Namespaces::empty());
    let before = common::descriptors();
    for (sandbox, mut command) in [(guest_sandbox(), guest("echo")), (without, bare)] {
        let mut panics = 0;
        let outcome = loop {
            LOGGER.0.store(panics, Ordering::Relaxed);
            let run = std::panic::AssertUnwindSafe(|| sandbox.run(&mut command));
            match std::panic::catch_unwind(run) {
                Err(_) => panics += 1,
                Ok(outcome) => break outcome.expect("runs"),
            }
            LOGGER.0.store(u32::MAX, Ordering::Relaxed);
            common::no_child_is_left();
            assert_eq!(common::descriptors(), before, "record {panics}");
        };
        assert_eq!(outcome.verdict, Verdict::Exited(0));
        assert!(panics >= 3, "{panics} records");
    }
    0
}
