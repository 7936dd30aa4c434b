//! Promise 8: no process-global state of the host is touched, and it works whatever that state is.

mod common;

use std::collections::BTreeMap;
use std::process::Stdio as StdStdio;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use belljar::{Command, Namespaces, Sandbox, Stdio, Verdict};
use common::{guest, guest_sandbox, run_on_host};

guests! { status, nap, untouched, sigchld_ignored, handler_reaps_all, foreign_children, threads_own_state, undumpable }

fn ok(result: i64) -> i64 {
    assert!(result >= 0, "{}", std::io::Error::last_os_error());
    result
}

fn status(args: &[String]) -> i32 {
    args[0].parse().expect("a number")
}

fn nap(_: &[String]) -> i32 {
    std::thread::sleep(Duration::from_secs(100));
    0
}

/// Sandboxes on each way through the library: started, refused, failed within the init, killed, timed out.
fn spawn_in_every_way() {
    let dir = std::env::temp_dir();
    let mut sets = vec![Namespaces::all(), Namespaces::all() - Namespaces::NET];
    if common::is_root() {
        sets.push(Namespaces::all() - Namespaces::USER);
    }
    for namespaces in sets {
        let sandbox = guest_sandbox().namespaces(namespaces).bind_ro(&dir, "/data");
        let outcome = sandbox.run(guest("status").arg("3")).expect("runs");
        assert_eq!(outcome.verdict, Verdict::Exited(3));
        sandbox.output(guest("status").arg("0").stdin(Stdio::bytes("text"))).expect("runs");
        sandbox.spawn(&mut Command::new("/none")).expect_err("not there");
        sandbox.clone().bind_ro("/none", "/x").spawn(guest("nap")).expect_err("not there");
        let mut child = sandbox.spawn(guest("nap")).expect("spawns");
        assert!(child.try_wait().expect("looks").is_none());
        child.kill().expect("kills");
        assert_eq!(child.wait().expect("waits").verdict, Verdict::Killed);
        drop(sandbox.spawn(guest("nap")).expect("spawns"));
        let timed = sandbox.wall_time_limit(Duration::from_millis(100));
        assert_eq!(timed.run(guest("nap")).expect("runs").verdict, Verdict::WallTimeLimit);
    }
    let outcome = Sandbox::new().namespaces(Namespaces::empty()).run(&mut Command::new("/bin/true")).expect("runs");
    assert!(outcome.success());
}

extern "C" fn handler(_: i32) {}

/// All that a process has of its own and a library could change.
fn state() -> BTreeMap<String, String> {
    let mut state = BTreeMap::new();
    // SAFETY: structures of the right types; numbers.
    unsafe {
        for signal in 1..=64 {
            let mut action: libc::sigaction = std::mem::zeroed();
            // The two that libc keeps for itself are refused.
            libc::sigaction(signal, std::ptr::null(), &mut action);
            let text = format!("{:#x} {:#x}", action.sa_sigaction, action.sa_flags);
            state.insert(format!("disposition {signal}"), text);
        }
        let mut mask: libc::sigset_t = std::mem::zeroed();
        libc::pthread_sigmask(libc::SIG_SETMASK, std::ptr::null(), &mut mask);
        let members: Vec<i32> = (1..=64).filter(|signal| libc::sigismember(&mask, *signal) == 1).collect();
        state.insert("mask".into(), format!("{members:?}"));
        for (name, option) in [
            ("dumpable", libc::PR_GET_DUMPABLE),
            ("subreaper", libc::PR_GET_CHILD_SUBREAPER),
            ("death signal", libc::PR_GET_PDEATHSIG),
        ] {
            let mut value = 0i32;
            let result = libc::prctl(option, &mut value);
            state.insert(name.into(), format!("{result} {value}"));
        }
        let (sid, pgid, personality) = (libc::getsid(0), libc::getpgid(0), libc::personality(0xffff_ffff));
        state.insert("session".into(), format!("{sid} {pgid} {personality}"));
        let nice = libc::getpriority(libc::PRIO_PROCESS, 0);
        state.insert("scheduling".into(), format!("{} {nice}", libc::sched_getscheduler(0)));
        let mut timer: libc::itimerval = std::mem::zeroed();
        libc::getitimer(libc::ITIMER_REAL, &mut timer);
        state.insert("timer".into(), format!("{}", timer.it_interval.tv_sec));
        const KEYCTL_GET_KEYRING_ID: i32 = 0;
        state.insert("keyring".into(), libc::syscall(libc::SYS_keyctl, KEYCTL_GET_KEYRING_ID, -3, 0).to_string());
    }
    let kept = [
        "Umask",
        "Uid",
        "Gid",
        "Groups",
        "Cap",
        "NoNewPrivs",
        "Seccomp",
        "SigPnd",
        "ShdPnd",
        "SigIgn",
        "SigCgt",
        "Threads",
    ];
    let status = std::fs::read_to_string("/proc/self/status").expect("status");
    for (name, value) in status.lines().filter_map(|line| line.split_once(':')) {
        if kept.iter().any(|kept| name.starts_with(kept)) {
            state.insert(name.into(), value.into());
        }
    }
    for file in ["oom_score_adj", "limits", "coredump_filter", "timerslack_ns", "mountinfo", "loginuid"] {
        let text = std::fs::read_to_string(format!("/proc/self/{file}")).unwrap_or_default();
        state.insert(file.into(), text);
    }
    for name in ["user", "pid", "mnt", "net", "ipc", "uts", "cgroup"] {
        let text = std::fs::read_link(format!("/proc/self/ns/{name}")).expect("a namespace");
        state.insert(name.into(), text.display().to_string());
    }
    state.insert("cwd".into(), format!("{:?}", std::env::current_dir()));
    state.insert("environment".into(), format!("{:?}", std::env::vars_os().collect::<Vec<_>>()));
    state.insert("descriptors".into(), format!("{:?}", common::descriptors()));
    state
}

fn assert_unchanged(before: &BTreeMap<String, String>) {
    let after = state();
    for (name, value) in before {
        assert_eq!(after.get(name), Some(value), "{name}");
    }
}

#[test]
fn the_hosts_own_state_is_as_it_was() {
    run_on_host("untouched", &[]);
}

fn untouched(_: &[String]) -> i32 {
    // Nothing of it is what it is by default.
    // SAFETY: a handler that does nothing; numbers only; this process has one thread.
    unsafe {
        libc::umask(0o027);
        for signal in [libc::SIGUSR1, libc::SIGPIPE, libc::SIGALRM] {
            libc::signal(signal, handler as extern "C" fn(i32) as usize);
        }
        libc::signal(libc::SIGUSR2, libc::SIG_IGN);
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
        let mut mask: libc::sigset_t = std::mem::zeroed();
        libc::sigaddset(&mut mask, libc::SIGHUP);
        libc::sigaddset(&mut mask, 40);
        ok(libc::sigprocmask(libc::SIG_SETMASK, &mask, std::ptr::null_mut()).into());
        libc::raise(libc::SIGHUP);
        libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1);
        std::env::set_var("PATH", "/none");
    }
    std::fs::write("/proc/self/oom_score_adj", "321").expect("upwards everyone may");
    std::env::set_current_dir("/proc/self").expect("a directory");
    let before = state();
    spawn_in_every_way();
    common::no_child_is_left();
    assert_unchanged(&before);
    0
}

#[test]
fn sigchld_is_ignored() {
    run_on_host("sigchld_ignored", &[]);
}

fn sigchld_ignored(_: &[String]) -> i32 {
    // SAFETY: no handler.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) };
    for _ in 0..2 {
        spawn_in_every_way();
    }
    common::no_child_is_left();
    0
}

static REAPED: AtomicU32 = AtomicU32::new(0);

extern "C" fn reap_all(_: i32) {
    // SAFETY: a system call that is allowed in a handler, without memory.
    while unsafe { libc::waitpid(-1, std::ptr::null_mut(), libc::WNOHANG) } > 0 {
        REAPED.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_handler_reaps_every_child() {
    run_on_host("handler_reaps_all", &[]);
}

/// A handler, and a thread that does the same all the time: whoever comes first, the verdict is the truth.
fn handler_reaps_all(_: &[String]) -> i32 {
    // SAFETY: the handler makes system calls only.
    unsafe { libc::signal(libc::SIGCHLD, reap_all as extern "C" fn(i32) as usize) };
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                reap_all(0);
                std::thread::sleep(Duration::from_micros(100));
            }
        });
        for _ in 0..2 {
            spawn_in_every_way();
        }
        for code in 0..common::amount(50, 10) {
            let outcome = guest_sandbox().run(guest("status").arg(code.to_string())).expect("runs");
            assert_eq!(outcome.verdict, Verdict::Exited(code));
        }
        over.store(true, Ordering::Relaxed);
    });
    assert!(REAPED.load(Ordering::Relaxed) > 0, "it never came first");
    common::no_child_is_left();
    0
}

#[test]
fn the_hosts_own_children_are_left_to_it() {
    run_on_host("foreign_children", &[]);
}

fn foreign_children(_: &[String]) -> i32 {
    // Ended before, while and after; each with a status of its own, none waited for yet.
    let shell = |script: &str| {
        let mut command = std::process::Command::new("/bin/sh");
        command.args(["-c", script]).stdin(StdStdio::piped()).spawn().expect("a shell")
    };
    let mut early: Vec<_> = (0..5).map(|code| shell(&format!("exit {code}"))).collect();
    let mut late: Vec<_> = (10..15).map(|code| shell(&format!("read line; exit {code}"))).collect();
    spawn_in_every_way();
    late.iter_mut().for_each(|child| drop(child.stdin.take()));
    spawn_in_every_way();
    for (children, first) in [(&mut early, 0), (&mut late, 10)] {
        for (index, child) in children.iter_mut().enumerate() {
            let status = child.wait().expect("its status is still there");
            assert_eq!(status.code(), Some(first + index as i32));
        }
    }
    0
}

#[test]
fn a_thread_keeps_its_mask() {
    run_on_host("threads_own_state", &[]);
}

/// A thread with another mask spawns; neither it nor the others change.
fn threads_own_state(_: &[String]) -> i32 {
    // glibc takes a signal for itself with the first thread.
    std::thread::spawn(|| ()).join().expect("a thread");
    common::eventually("its end", || state()["Threads"].trim() == "1");
    let before = state();
    std::thread::spawn(|| {
        // SAFETY: a set of the right type.
        unsafe {
            let mut mask: libc::sigset_t = std::mem::zeroed();
            libc::sigaddset(&mut mask, libc::SIGINT);
            libc::pthread_sigmask(libc::SIG_SETMASK, &mask, std::ptr::null_mut());
        }
        let mine = state();
        spawn_in_every_way();
        assert_unchanged(&mine);
    })
    .join()
    .expect("the thread");
    common::eventually("the thread's end", || state()["Threads"] == before["Threads"]);
    assert_unchanged(&before);
    0
}

#[test]
fn a_host_that_is_not_dumpable_stays_so() {
    run_on_host("undumpable", &[]);
}

/// As a host with secrets makes itself. Its files in /proc belong to root then, and so do those of a process that shares its
/// memory.
fn undumpable(_: &[String]) -> i32 {
    // SAFETY: numbers only.
    ok(unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 0) }.into());
    let dumpable = || ok(unsafe { libc::prctl(libc::PR_GET_DUMPABLE) }.into());
    spawn_in_every_way();
    assert_eq!(dumpable(), 0);
    0
}
