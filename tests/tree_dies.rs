//! Promise 4: the whole tree dies when the handle is killed or dropped and when the host ends by any means.

mod common;

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::Stdio as StdStdio;
use std::time::{Duration, Instant};

use belljar::{Child, Command, Namespaces, Sandbox, Stdio, Verdict};
use common::{guest, guest_sandbox, on_host, run_on_host};

guests! {
    family, host_of, sibling_of_dead_host,
    killed_at_random, ends_by_itself, stopped_host, held_by_siblings, killed_before_the_id_map,
    killed_at_the_fetch, dies_at_the_fetch, killed_while_it_hangs, host_that_hangs,
}

fn ok(result: i32) -> i32 {
    assert!(result >= 0, "{}", std::io::Error::last_os_error());
    result
}

fn fork() -> i32 {
    // SAFETY: the processes here that fork have one thread, or the child makes but system calls.
    ok(unsafe { libc::fork() })
}

fn sleep_long() -> ! {
    std::thread::sleep(Duration::from_secs(100));
    std::process::exit(0)
}

/// A program that would outlive a careless sandbox: a daemon, a child that ignores what can be ignored, one that is
/// stopped, an orphan, and one that waits for a vfork child. It says so when all are there.
fn family(_: &[String]) -> i32 {
    let member = |body: fn()| {
        let child = fork();
        if child == 0 {
            body();
            sleep_long();
        }
        child
    };
    // SAFETY: numbers only.
    let daemons_parent = member(|| unsafe {
        libc::setsid();
        if libc::fork() != 0 {
            libc::_exit(0);
        }
        for fd in 0..3 {
            libc::close(fd);
        }
    });
    // SAFETY: no handlers.
    member(|| unsafe {
        for signal in 1..64 {
            libc::signal(signal, libc::SIG_IGN);
        }
    });
    // SAFETY: numbers only.
    member(|| unsafe {
        libc::raise(libc::SIGSTOP);
    });
    // SAFETY: no status is asked for.
    ok(unsafe { libc::waitpid(daemons_parent, std::ptr::null_mut(), 0) });
    println!("ready");
    sleep_long()
}

/// What the empty tier runs: the same in words of the shell, as it sees no /guest.
const SHELL_FAMILY: &str = "trap '' TERM HUP INT QUIT; (setsid sleep 100 & ) ; sleep 100 & echo ready; wait";

/// The sandboxes that are tried, by number.
const KINDS: usize = 3;

fn start(kind: usize) -> Child {
    let (sandbox, mut command) = match kind {
        0 => (guest_sandbox(), guest("family")),
        1 => (
            guest_sandbox().namespaces(Namespaces::all() - Namespaces::NET).tmpfs("/scratch", 1 << 20),
            guest("family"),
        ),
        _ => {
            let mut command = Command::new("/bin/sh");
            command.args(["-c", SHELL_FAMILY]);
            (Sandbox::new().namespaces(Namespaces::empty()), command)
        }
    };
    sandbox.spawn(command.stdout(Stdio::piped())).expect("spawns")
}

/// Waits until the whole family is there.
fn settled(mut child: Child) -> Child {
    let stdout = child.stdout.take().expect("piped");
    let mut line = String::new();
    let mut reader = BufReader::new(stdout);
    reader.read_line(&mut line).expect("a line");
    assert_eq!(line, "ready\n");
    child.stdout = Some(reader.into_inner());
    child
}

/// The living processes below `ancestor`: their ids, and when they began, as an id may be another's later.
fn descendants(ancestor: u32) -> Vec<(u32, String)> {
    let processes = processes();
    let mut family = vec![ancestor];
    let mut found = Vec::new();
    loop {
        let before = found.len();
        for (pid, parent, began, _) in &processes {
            if family.contains(parent) && !family.contains(pid) {
                family.push(*pid);
                found.push((*pid, began.clone()));
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// The program and its children, once they are where they will stay.
fn family_below(ancestor: u32) -> Vec<(u32, String)> {
    let mut family = Vec::new();
    common::eventually("the family", || {
        let before = std::mem::replace(&mut family, descendants(ancestor));
        family.len() >= 4 && family == before
    });
    family
}

/// Id, parent, beginning and name of all that live.
fn processes() -> Vec<(u32, u32, String, String)> {
    let dir = std::fs::read_dir("/proc").expect("/proc");
    dir.filter_map(|entry| {
        let pid = entry.ok()?.file_name().to_str()?.parse().ok()?;
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (name, rest) = stat.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
        let name = name.split_once('(')?.1.to_owned();
        (fields[0] != "Z" && fields[0] != "X")
            .then(|| (pid, fields[1].parse().expect("a parent"), fields[19].into(), name))
    })
    .collect()
}

fn living(family: &[(u32, String)]) -> Vec<u32> {
    let processes = processes();
    let lives = |(pid, began): &&(u32, String)| processes.iter().any(|found| found.0 == *pid && found.2 == *began);
    family.iter().filter(lives).map(|(pid, _)| *pid).collect()
}

/// Those that are not killed; the init waits for the last to be gone.
fn running(family: &[(u32, String)], init: u32) -> Vec<u32> {
    living(family).into_iter().filter(|pid| *pid != init && !common::is_killed(&pid.to_string())).collect()
}

#[test]
fn killed_and_waited_for() {
    let _host = common::host();
    for kind in 0..KINDS {
        let mut child = settled(start(kind));
        let family = family_below(std::process::id());
        child.kill().expect("kills");
        assert_eq!(child.wait().expect("waits").verdict, Verdict::Killed);
        assert!(living(&family).is_empty(), "{kind}: lives on after wait");
    }
}

#[test]
fn a_dropped_handle_ends_the_tree() {
    let _host = common::host();
    for kind in 0..KINDS {
        let child = settled(start(kind));
        let family = family_below(std::process::id());
        let init = child.id();
        drop(child);
        assert_eq!(running(&family, init), [0; 0], "{kind}: run on after drop");
        common::no_child_is_left();
    }
}

#[test]
fn the_program_ends_before_its_children() {
    let _host = common::host();
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "(setsid sleep 100 & ); sleep 100 & exit 7"]);
    for sandbox in [Sandbox::new().host_system(), Sandbox::new().namespaces(Namespaces::empty())] {
        assert_eq!(sandbox.run(&mut shell).expect("runs").verdict, Verdict::Exited(7));
        assert!(descendants(std::process::id()).is_empty());
    }
}

// ---- the host ends. A process above it is the reaper of what it leaves: whatever lives on comes there.

/// A host: starts a family of that kind, then does as told. It says a line before and a line after the start.
fn host_of(args: &[String]) -> i32 {
    let (kind, then) = (args[0].parse().expect("a number"), args[1].as_str());
    println!("starting");
    let child = if then == "random" { start(kind) } else { settled(start(kind)) };
    println!("started");
    match then {
        "random" | "wait" => sleep_long(),
        "forget" => std::mem::forget(child),
        "exit" => std::process::exit(0),
        "abort" => std::process::abort(),
        "segv" => raise(libc::SIGSEGV),
        "panic" => {
            let init = child.id();
            let panicked = std::thread::spawn(move || {
                let _child = child;
                panic!("as told");
            })
            .join();
            assert!(panicked.is_err());
            assert_eq!(running(&descendants(std::process::id()), init), [0; 0]);
            common::no_child_is_left();
        }
        "exec" => {
            let error = std::process::Command::new("/bin/sleep").arg("100").exec();
            panic!("{error}");
        }
        "siblings" => {
            std::mem::forget(child);
            if fork() == 0 {
                wait_as_sibling();
            }
        }
        "deadline" => {
            let mut child = child;
            println!("{:?}", child.wait().expect("waits").verdict);
        }
        other => panic!("{other}"),
    }
    0
}

fn raise(signal: i32) {
    // SAFETY: ends this process.
    unsafe { libc::raise(signal) };
}

const SIBLING: &std::ffi::CStr = c"sibling";

/// Holds every descriptor open until standard input ends.
fn wait_as_sibling() -> ! {
    // SAFETY: a C string; and a buffer of one byte.
    unsafe {
        libc::prctl(libc::PR_SET_NAME, SIBLING.as_ptr());
        let mut byte = 0u8;
        libc::read(0, (&raw mut byte).cast(), 1);
        libc::_exit(0);
    }
}

fn become_reaper() {
    // SAFETY: numbers only.
    ok(unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1) });
}

fn reap_all() {
    // SAFETY: a status is not asked for.
    while unsafe { libc::waitpid(-1, std::ptr::null_mut(), libc::WNOHANG) } > 0 {}
}

/// Nothing but siblings of the host lives two seconds later.
fn all_die(what: &str) {
    common::eventually(what, || {
        reap_all();
        let own = std::process::id();
        let siblings: Vec<u32> =
            processes().into_iter().filter(|found| found.3 == "sibling").map(|found| found.0).collect();
        descendants(own).iter().all(|(pid, _)| siblings.contains(pid))
    });
}

fn host_process(kind: usize, then: &str) -> (std::process::Child, BufReader<std::process::ChildStdout>) {
    let mut command = on_host("host_of");
    command.arg(kind.to_string()).arg(then).stdin(StdStdio::piped()).stdout(StdStdio::piped());
    let mut host = command.spawn().expect("a host");
    let mut reader = BufReader::new(host.stdout.take().expect("piped"));
    let mut line = String::new();
    reader.read_line(&mut line).expect("a line");
    assert_eq!(line, "starting\n");
    (host, reader)
}

fn started(reader: &mut BufReader<std::process::ChildStdout>) {
    let mut line = String::new();
    reader.read_line(&mut line).expect("a line");
    assert_eq!(line, "started\n");
}

#[test]
fn the_host_is_killed_at_random_moments() {
    run_on_host("killed_at_random", &[]);
}

fn killed_at_random(_: &[String]) -> i32 {
    become_reaper();
    let rounds = common::amount(200, 30);
    let mut random = 88172645463325252u64 ^ u64::from(std::process::id());
    let mut early = 0;
    for round in 0..rounds {
        let (mut host, mut reader) = host_process(round % KINDS, "random");
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        // Every other one within the setup itself.
        let most = if round % 2 == 0 { 30_000 } else { 4_000 } * u64::from(common::patience());
        std::thread::sleep(Duration::from_micros(random % most));
        host.kill().expect("kills");
        let mut rest = String::new();
        host.wait().expect("waits");
        // Ends when the last process that holds the host's standard output is gone; the sandbox never had it.
        reader.read_to_string(&mut rest).expect("reads");
        early += i32::from(rest.is_empty());
        if round % 10 == 9 {
            all_die("after SIGKILL of the host");
        }
    }
    println!("{early} of {rounds} died within the spawn");
    assert!(early > 0);
    all_die("after SIGKILL of the host");
    0
}

#[test]
fn the_host_ends_by_itself() {
    run_on_host("ends_by_itself", &[]);
}

fn ends_by_itself(_: &[String]) -> i32 {
    become_reaper();
    for kind in 0..KINDS {
        for then in ["forget", "exit", "abort", "segv", "panic"] {
            let (mut host, mut reader) = host_process(kind, then);
            started(&mut reader);
            let status = host.wait().expect("waits");
            match then {
                "abort" => assert_eq!(status.signal(), Some(libc::SIGABRT)),
                "segv" => assert_eq!(status.signal(), Some(libc::SIGSEGV)),
                _ => assert!(status.success(), "{then}: {status}"),
            }
            all_die(then);
        }
        let (mut host, mut reader) = host_process(kind, "exec");
        started(&mut reader);
        let pid = host.id();
        common::eventually("after exec of the host", || descendants(pid).is_empty());
        assert!(host.try_wait().expect("waits").is_none(), "the new image runs on");
        host.kill().expect("kills");
        host.wait().expect("waits");
        all_die("exec");
    }
    0
}

#[test]
fn siblings_of_the_host_hold_its_descriptors() {
    run_on_host("held_by_siblings", &[]);
}

fn held_by_siblings(_: &[String]) -> i32 {
    become_reaper();
    for kind in 0..KINDS {
        let (mut host, mut reader) = host_process(kind, "siblings");
        started(&mut reader);
        // Not wait(), which would close standard input first and so end the sibling.
        let leash = host.stdin.take();
        assert!(host.wait().expect("waits").success());
        all_die("while a sibling holds the host's descriptors");
        assert_eq!(descendants(std::process::id()).len(), 1, "the sibling is there");
        drop(leash);
        common::eventually("the sibling's end", || {
            reap_all();
            descendants(std::process::id()).is_empty()
        });
    }
    0
}

#[test]
fn the_host_is_killed_before_the_id_map_while_a_sibling_holds_the_socket() {
    run_on_host("killed_before_the_id_map", &[]);
}

fn killed_before_the_id_map(_: &[String]) -> i32 {
    become_reaper();
    let mut host = on_host("sibling_of_dead_host").stdin(StdStdio::piped()).spawn().expect("a host");
    let leash = host.stdin.take();
    assert_eq!(host.wait().expect("waits").signal(), Some(libc::SIGKILL));
    all_die("an init that waits for its id map");
    assert_eq!(descendants(std::process::id()).len(), 1, "the sibling is there");
    drop(leash);
    common::eventually("the sibling's end", || {
        reap_all();
        descendants(std::process::id()).is_empty()
    });
    0
}

/// The id map is written through openat2(2). Here that call ends in a handler, which forks and ends the host.
fn sibling_of_dead_host(_: &[String]) -> i32 {
    extern "C" fn fork_and_die(_: i32) {
        // SAFETY: system calls only.
        unsafe {
            if libc::fork() == 0 {
                wait_as_sibling();
            }
            libc::kill(libc::getpid(), libc::SIGKILL);
        }
    }
    // SAFETY: the handler makes system calls only.
    unsafe { libc::signal(libc::SIGSYS, fork_and_die as extern "C" fn(i32) as usize) };
    common::filter::install(&[(libc::SYS_openat2, common::filter::TRAP)]);
    let result = Sandbox::new().host_system().spawn(&mut Command::new("true"));
    panic!("the host lives: {result:?}");
}

#[test]
fn a_host_with_many_descriptors_is_killed_before_it_sends_them() {
    run_on_host("killed_at_the_fetch", &[]);
}

/// What is cloned has the host's memory until it executes the init, so it is not to wait for long.
fn killed_at_the_fetch(_: &[String]) -> i32 {
    become_reaper();
    let mut host = on_host("dies_at_the_fetch").spawn().expect("a host");
    assert_eq!(host.wait().expect("waits").signal(), Some(libc::SIGKILL));
    let dead = std::time::Instant::now();
    all_die("a process that waits for its descriptors");
    assert!(dead.elapsed() < Duration::from_secs(5) * common::patience(), "{:?}", dead.elapsed());
    0
}

/// As above; the call is pidfd_getfd(2), which fetches the socket.
fn dies_at_the_fetch(_: &[String]) -> i32 {
    extern "C" fn die(_: i32) {
        // SAFETY: system calls only.
        unsafe { libc::kill(libc::getpid(), libc::SIGKILL) };
    }
    let many: Vec<_> = (0..300).map(|_| std::fs::File::open("/dev/null").expect("opens")).collect();
    // SAFETY: the handler makes system calls only.
    unsafe { libc::signal(libc::SIGSYS, die as extern "C" fn(i32) as usize) };
    common::filter::install(&[(libc::SYS_pidfd_getfd, common::filter::TRAP)]);
    let result = Sandbox::new().host_system().spawn(&mut Command::new("true"));
    panic!("the host lives: {result:?} {}", many.len());
}

#[test]
fn the_host_is_killed_while_a_start_hangs() {
    run_on_host("killed_while_it_hangs", &[]);
}

/// As on a filesystem that nobody serves: in the init, or in the program's process.
fn killed_while_it_hangs(_: &[String]) -> i32 {
    become_reaper();
    let all = [libc::SYS_pivot_root, libc::SYS_chdir, libc::SYS_execve];
    for (namespaces, calls) in [("all", &all[..]), ("no pid", &all[..1]), ("empty", &all[1..])] {
        for call in calls {
            let mut command = on_host("host_that_hangs");
            command.arg(namespaces).arg(call.to_string()).stdin(StdStdio::piped()).stdout(StdStdio::piped());
            let mut host = command.spawn().expect("a host");
            let leash = host.stdin.take();
            let mut line = String::new();
            BufReader::new(host.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
            assert_eq!(line, "hangs\n");
            host.kill().expect("kills");
            host.wait().expect("waits");
            all_die(&format!("a start that hangs in call {call} of {namespaces}"));
            drop(leash);
            common::eventually("the sibling's end", || {
                reap_all();
                descendants(std::process::id()).is_empty()
            });
        }
    }
    0
}

/// What makes this call waits for ever, and a sibling says so. Should the host die, the sibling has the listener yet.
fn host_that_hangs(args: &[String]) -> i32 {
    let namespaces = match args[0].as_str() {
        "all" => Namespaces::all(),
        "no pid" => Namespaces::all() - Namespaces::PID,
        _ => Namespaces::empty(),
    };
    let sandbox = Sandbox::new().namespaces(namespaces).seccomp(belljar::Filter::unrestricted());
    let sandbox = if namespaces.is_empty() { sandbox } else { sandbox.host_system() };
    let listener = common::filter::install_unanswered(args[1].parse().expect("a number"));
    if fork() == 0 {
        let mut polled = [rustix::event::PollFd::new(&listener, rustix::event::PollFlags::IN)];
        rustix::event::poll(&mut polled, None).expect("a call");
        println!("hangs");
        wait_as_sibling();
    }
    let result = sandbox.spawn(&mut Command::new("/bin/true"));
    panic!("it does not hang: {result:?}");
}

#[test]
fn the_host_is_stopped_and_continued() {
    run_on_host("stopped_host", &[]);
}

/// A host that is stopped keeps its sandbox, and the wall-clock limit holds meanwhile.
fn stopped_host(_: &[String]) -> i32 {
    become_reaper();
    let (mut host, mut reader) = host_process(0, "wait");
    started(&mut reader);
    let pid = host.id() as i32;
    let family = family_below(host.id());
    signal(pid, libc::SIGSTOP);
    common::eventually("the stop", || state(pid) == Some('T'));
    std::thread::sleep(Duration::from_millis(100));
    let living_while_stopped = living(&family).len();
    signal(pid, libc::SIGCONT);
    std::thread::sleep(Duration::from_millis(100));
    let living_afterwards = living(&family).len();
    signal(pid, libc::SIGSTOP);
    signal(pid, libc::SIGKILL);
    host.wait().expect("waits");
    assert_eq!(living_while_stopped, family.len(), "the sandbox lives while its host is stopped");
    assert_eq!(living_afterwards, family.len(), "and when it goes on");
    all_die("SIGKILL of a stopped host");

    // Promise 5 with a stopped host: we are it, and a child of ours stops us and looks on.
    // Time enough for the family to be there before it, on a busy machine too.
    let limit = Duration::from_secs(4);
    let mut child =
        settled(guest_sandbox().wall_time_limit(limit).spawn(guest("family").stdout(Stdio::piped())).expect("spawns"));
    let (own, family) = (std::process::id() as i32, family_below(child.id()));
    let watcher = fork();
    if watcher == 0 {
        let began = Instant::now();
        signal(own, libc::SIGSTOP);
        while !living(&family).is_empty() && began.elapsed() < limit + Duration::from_secs(2) * common::patience() {
            std::thread::sleep(Duration::from_millis(5));
        }
        let left = living(&family).len();
        signal(own, libc::SIGCONT);
        std::process::exit(left as i32);
    }
    let mut status = 0;
    // SAFETY: the kernel writes the status.
    while unsafe { libc::waitpid(watcher, &mut status, 0) } != watcher {}
    assert_eq!(status, 0, "lived on although the limit had passed");
    assert_eq!(child.wait().expect("waits").verdict, Verdict::WallTimeLimit);
    0
}

fn signal(pid: i32, signal: i32) {
    // SAFETY: numbers only; the process is a child of ours that has not been waited for, or our parent.
    ok(unsafe { libc::kill(pid, signal) });
}

fn state(pid: i32) -> Option<char> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}
