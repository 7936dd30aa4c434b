//! Promise 10: nothing is inherited by accident. A copy of the test sets all that a process can hand on, and looks
//! at it from inside: what the program finds is what an ordinary host's program finds.

mod common;

use std::fs::File;
use std::os::fd::AsRawFd;

use belljar::{Command, Namespaces, Sandbox};
use common::portrait::{self, portrait};
use common::{guest_sandbox, run_on_host};

guests! { portrait, limits_of, everything, on_a_terminal, real_time, nice_real_time, batch, idle, raised_nice, without_namespaces }

fn ok(result: i64) -> i64 {
    assert!(result >= 0, "{}", std::io::Error::last_os_error());
    result
}

/// The guest: its resource limits, soft and hard.
fn limits_of(_: &[String]) -> i32 {
    print!("{}", std::fs::read_to_string("/proc/self/limits").expect("limits"));
    0
}

fn signals() {
    // SAFETY: no handlers; a set of the right type.
    unsafe {
        for signal in (1..=64).filter(|signal| ![libc::SIGKILL, libc::SIGSTOP].contains(signal)) {
            libc::signal(signal, libc::SIG_IGN);
        }
        let mut mask = std::mem::MaybeUninit::uninit();
        libc::sigfillset(mask.as_mut_ptr());
        ok(libc::sigprocmask(libc::SIG_SETMASK, mask.as_ptr(), std::ptr::null_mut()).into());
        // Pending, as they are blocked and one is not ignored.
        libc::signal(libc::SIGUSR1, libc::SIG_DFL);
        libc::raise(libc::SIGUSR1);
    }
}

/// A core limit of the host's own, below the page that the kernel wants for writing one: a test that fails leaves none.
fn core_files() {
    let limit = libc::rlimit { rlim_cur: 4000, rlim_max: 4000 };
    // SAFETY: the kernel reads the structure. Over a lower hard limit only a privileged host gets.
    unsafe { libc::setrlimit(libc::RLIMIT_CORE, &limit) };
}

/// A session keyring with a name, and a key in it.
fn keyring() {
    const KEYCTL_JOIN_SESSION_KEYRING: i32 = 1;
    const KEY_SPEC_SESSION_KEYRING: i32 = -3;
    // SAFETY: C strings.
    unsafe {
        if libc::syscall(libc::SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, c"hosts-own".as_ptr()) < 0 {
            println!("no keyrings here");
            return;
        }
        let (kind, name, key) = (c"user".as_ptr(), c"secret".as_ptr(), c"sesame".as_ptr());
        ok(libc::syscall(libc::SYS_add_key, kind, name, key, 6usize, KEY_SPEC_SESSION_KEYRING));
    }
}

/// Capabilities that an execve would keep.
fn ambient_capabilities() {
    let header = [0x2008_0522u32, 0];
    let mut data = [0u32; 6];
    // SAFETY: version 3 reads and writes two times three words; then numbers only.
    unsafe {
        ok(libc::syscall(libc::SYS_capget, header.as_ptr(), data.as_mut_ptr()));
        (data[2], data[5]) = (data[1], data[4]);
        ok(libc::syscall(libc::SYS_capset, header.as_ptr(), data.as_ptr()));
        for capability in (0..64).filter(|bit| u64::from(data[1]) | u64::from(data[4]) << 32 & 1 << bit != 0) {
            libc::prctl(libc::PR_CAP_AMBIENT, libc::PR_CAP_AMBIENT_RAISE, capability, 0, 0);
        }
    }
}

/// Everything at once but what takes the processor: see the tests below.
#[test]
fn nothing_inheritable_reaches_the_program() {
    run_on_host("everything", &[]);
}

fn everything(_: &[String]) -> i32 {
    if common::is_root() {
        // Whatever the tests were started with: below it is raised.
        // SAFETY: numbers only.
        ok(unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, 0) }.into());
    }
    let full = portrait::of(&guest_sandbox());
    for line in ["Umask:\t0022", "SigIgn:\t0000000000000000", "SigBlk:\t0000000000000000", "personality 00000000"] {
        assert!(full.contains(line), "{line} in {full}");
    }
    let group = format!("nice {} leads its session true and group true", own_nice());
    assert!(full.contains(&group) && full.contains("descriptors [\"0\", \"1\", \"2\"]"), "{full}");
    let command = portrait::command();
    let file = File::open("/etc/passwd").expect("a file");
    let descriptors: Vec<i32> = (0..20)
        // SAFETY: duplicates of an open file, without close-on-exec.
        .map(|index| ok(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_DUPFD, 50 + index * 40) }.into()) as i32)
        .collect();
    core_files();
    keyring();
    // SAFETY: numbers only; this process has one thread.
    unsafe {
        std::env::set_var("LD_PRELOAD", "/tmp/evil.so");
        libc::umask(0o777);
        const ADDR_NO_RANDOMIZE: libc::c_ulong = 0x004_0000;
        const READ_IMPLIES_EXEC: libc::c_ulong = 0x040_0000;
        ok(libc::personality(ADDR_NO_RANDOMIZE | READ_IMPLIES_EXEC).into());
        libc::prctl(libc::PR_SET_KEEPCAPS, 1);
        ok(libc::prctl(libc::PR_SET_TIMERSLACK, 1_000_000).into());
    }
    if common::is_root() {
        // SAFETY: a list of that length; then numbers only.
        unsafe {
            ok(libc::setgroups(3, [4, 20, 27].as_ptr()).into());
            // Without CAP_SYS_RESOURCE there is no way below 0.
            let _ = std::fs::write("/proc/self/oom_score_adj", "-1000");
            ok(libc::setpriority(libc::PRIO_PROCESS, 0, -10).into());
            const WHO_PROCESS: i32 = 1;
            const REAL_TIME: i32 = 1 << 13;
            ok(libc::syscall(libc::SYS_ioprio_set, WHO_PROCESS, 0, REAL_TIME));
        }
        ambient_capabilities();
    } else {
        std::fs::write("/proc/self/oom_score_adj", "500").expect("upwards everyone may");
    }
    signals();
    std::env::set_current_dir("/proc").expect("a directory");

    let portrait = portrait::read(guest_sandbox().spawn(command).expect("spawns")).expect("is drawn");
    portrait::same("everything set", &portrait, &full);
    for fd in descriptors {
        // SAFETY: the host's own are as they were.
        ok(unsafe { libc::fcntl(fd, libc::F_GETFD) }.into());
    }
    0
}

#[test]
fn resource_limits_are_those_documented() {
    let _host = common::host();
    core_files();
    let output = guest_sandbox().output(common::guest("limits_of")).expect("runs");
    let limits = String::from_utf8(output.stdout).expect("UTF-8");
    let line = |name: &str| {
        let line = limits.lines().find(|line| line.starts_with(name)).expect("the limit");
        line[name.len()..].split_ascii_whitespace().take(2).map(str::to_owned).collect::<Vec<_>>()
    };
    // Less than the page that a file needs, and with 1 nothing is piped to a handler either.
    assert_eq!(line("Max core file size"), ["1", "1"]);
    assert_eq!(line("Max nice priority"), ["0", "0"]);
    assert_eq!(line("Max realtime priority"), ["0", "0"]);
    assert_eq!(line("Max open files")[0], "1024");
    // Not the host's own soft limit, if it has one.
    let hard = rustix::process::getrlimit(rustix::process::Resource::Fsize).maximum;
    let hard = hard.map_or("unlimited".into(), |bytes| bytes.to_string());
    assert_eq!(line("Max file size"), [hard.as_str(), &hard]);
}

/// The nice value that the tests themselves are run with; a program gets no better one than 0.
fn own_nice() -> i32 {
    // SAFETY: numbers only.
    unsafe { libc::getpriority(libc::PRIO_PROCESS, 0) }.max(0)
}

/// Scheduling: policy and nice value as the program finds them.
fn scheduled_as(policy: i32, priority: i32, found: i32) -> i32 {
    let nice = own_nice();
    let found = format!("policy {found} nice {nice} ");
    let full = portrait::of(&guest_sandbox()).replace(&format!("policy 0 nice {nice} "), &found);
    let command = portrait::command();
    let parameter = libc::sched_param { sched_priority: priority };
    // SAFETY: the kernel reads the parameter.
    if unsafe { libc::sched_setscheduler(0, policy, &parameter) } < 0 {
        println!("SKIP policy {policy}: {}", std::io::Error::last_os_error());
        return 0;
    }
    let portrait = portrait::read(guest_sandbox().spawn(command).expect("spawns")).expect("is drawn");
    portrait::same("scheduling", &portrait, &full);
    0
}

fn real_time(_: &[String]) -> i32 {
    scheduled_as(libc::SCHED_FIFO, 10, 0)
}

/// sched_getattr(2) tells no nice value of a real-time thread, but it has one, and gets it back.
fn nice_real_time(_: &[String]) -> i32 {
    // SAFETY: numbers only.
    ok(unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, 7) }.into());
    real_time(&[])
}

fn batch(_: &[String]) -> i32 {
    scheduled_as(libc::SCHED_BATCH, 0, 0)
}

/// As with a raised nice value: see below.
fn idle(_: &[String]) -> i32 {
    scheduled_as(libc::SCHED_IDLE, 0, 5)
}

#[test]
fn the_scheduling_class_is_not_inherited() {
    for name in ["real_time", "nice_real_time", "batch", "idle"] {
        run_on_host(name, &[]);
    }
}

#[test]
fn the_nice_value_is_not_inherited() {
    run_on_host("raised_nice", &[]);
}

/// What the host has given up it has given up for its sandboxes: an ordinary user could not take it back.
fn raised_nice(_: &[String]) -> i32 {
    // SAFETY: numbers only.
    ok(unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, 7) }.into());
    let portrait = portrait::of(&guest_sandbox());
    assert!(portrait.contains("policy 0 nice 7 "), "{portrait}");
    0
}

#[test]
fn the_controlling_terminal_is_not_inherited() {
    run_on_host("on_a_terminal", &[]);
}

/// A session with a terminal: the program, whose standard input it is, does not get it as its own (TIOCSTI, CVE-2017-5226).
fn on_a_terminal(_: &[String]) -> i32 {
    let mut command = portrait::command();
    let full = portrait::of(&guest_sandbox());
    let (mut main, mut terminal) = (-1, -1);
    // SAFETY: two places for descriptors; the rest is not wanted. Then numbers only; this process leads no group.
    unsafe {
        let (name, mode, size) = (std::ptr::null_mut(), std::ptr::null(), std::ptr::null());
        ok(libc::openpty(&mut main, &mut terminal, name, mode, size).into());
        if libc::fork() != 0 {
            let mut status = 0;
            libc::wait(&mut status);
            assert_eq!(status, 0);
            return 0;
        }
        ok(libc::setsid().into());
        ok(libc::ioctl(terminal, libc::TIOCSCTTY, 0).into());
        assert!(File::open("/dev/tty").is_ok(), "the host has a terminal");
        libc::dup2(terminal, 0);
    }
    command.stdin(belljar::Stdio::inherit());
    let portrait = portrait::read(guest_sandbox().spawn(command).expect("spawns")).expect("is drawn");
    portrait::same("on a terminal", &portrait, &full);
    std::process::exit(0)
}

#[test]
fn without_namespaces_the_state_is_clean_too() {
    run_on_host("without_namespaces", &[]);
}

fn without_namespaces(_: &[String]) -> i32 {
    // SAFETY: numbers only.
    unsafe {
        libc::umask(0o777);
        ok(libc::personality(0x004_0000).into());
    }
    core_files();
    keyring();
    signals();
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "umask; cat /proc/self/status /proc/self/personality; ls /proc/self/fd"]);
    let output = Sandbox::new().namespaces(Namespaces::empty()).output(&mut shell).expect("runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(text.starts_with("0022\n"), "{text}");
    for line in
        ["SigIgn:\t0000000000000000", "SigBlk:\t0000000000000000", "NoNewPrivs:\t1", "CapEff:\t0000000000000000"]
    {
        assert!(text.contains(line), "{line} in {text}");
    }
    // The fourth is the listing's own.
    assert!(text.ends_with("00000000\n0\n1\n2\n3\n"), "{text}");
    0
}
