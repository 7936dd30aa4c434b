//! The handle of a running sandbox and its streams: promises 4 and 8.

mod common;

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::process::ChildStdin;
use std::sync::{Arc, Barrier, Mutex};
use std::time::{Duration, Instant};

use belljar::{Child, Command, Namespaces, Sandbox, Stdio, Step, Verdict};
use common::kernel::{self, nr};
use common::{amount, guest, guest_sandbox, patience};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

hostile_guests! {
    status, copy, count_stdin, first_byte, open_descriptors, read_descriptors, same_file, say, change_stdin, lock_stdin, reopen_stdin,
    wild_family, kill_parent, close_streams, alternate,
}

const MS: Duration = Duration::from_millis(1);

fn status(args: &[String]) -> i32 {
    args[0].parse().expect("a number")
}

fn say(args: &[String]) -> i32 {
    print!("{}", args.join(" "));
    0
}

fn bare(name: &str) -> (Sandbox, Command) {
    let mut command = Command::new(std::env::current_exe().expect("own path"));
    command.arg("--belljar-guest").arg(name);
    (Sandbox::new().namespaces(Namespaces::empty()), command)
}

fn is_over(child: &Child, within: Duration) -> bool {
    let timeout = Timespec::try_from(within).expect("a short time");
    poll(&mut [PollFd::new(child, PollFlags::IN)], Some(&timeout)).expect("polls") == 1
}

const LONG: Duration = Duration::from_secs(30);

// ---- wait, try_wait, kill ----

#[test]
fn wait_repeats_its_answer() {
    let _host = common::host();
    let mut child = guest_sandbox().spawn(guest("status").arg("9")).expect("spawns");
    let first = child.wait().expect("waits");
    let second = child.wait().expect("waits again");
    let third = child.try_wait().expect("looks").expect("is over");
    assert_eq!(first.verdict, Verdict::Exited(9));
    for other in [second, third] {
        assert_eq!(
            (other.verdict, other.status, other.evidence),
            (first.verdict, first.status, first.evidence.clone())
        );
        assert_eq!(other.usage.cpu_time, first.usage.cpu_time);
    }
    assert_eq!(child.usage().expect("is known").wall_time, first.usage.wall_time);
}

#[test]
fn kill_after_the_end_does_nothing() {
    let _host = common::host();
    let mut child = guest_sandbox().spawn(guest("status").arg("9")).expect("spawns");
    assert!(is_over(&child, LONG));
    // Over but not waited for; then waited for.
    for _ in 0..2 {
        child.kill().expect("is no error");
        assert_eq!(child.wait().expect("waits").verdict, Verdict::Exited(9));
    }
    child.kill().expect("is no error");
}

#[test]
fn wait_after_kill_and_kill_twice() {
    let _host = common::host();
    for (sandbox, command) in [(guest_sandbox(), guest("ignore_term")), bare("ignore_term")] {
        let mut child = sandbox.spawn(command).expect("spawns");
        child.kill().expect("kills");
        child.kill().expect("kills again");
        assert_eq!(child.wait().expect("waits").verdict, Verdict::Killed);
        assert_eq!(child.wait().expect("waits").verdict, Verdict::Killed);
    }
}

/// From other threads, with the end waited for meanwhile, more than once, and when all is over.
#[test]
fn a_killer_ends_what_another_thread_waits_for() {
    let _host = common::host();
    for (sandbox, mut command) in [(guest_sandbox(), guest("copy")), bare("copy")] {
        let mut child = sandbox.spawn(command.stdin(Stdio::piped()).stdout(Stdio::piped())).expect("spawns");
        let stdin = child.stdin.take();
        let killer = child.killer();
        let waiter = std::thread::spawn(move || child.wait_with_output().expect("waits"));
        std::thread::sleep(5 * MS);
        let killers: Vec<_> = (0..4).map(|_| killer.clone()).collect();
        std::thread::scope(|scope| {
            for killer in &killers {
                scope.spawn(|| killer.kill().expect("is asked to end"));
            }
        });
        assert_eq!(waiter.join().expect("ends").outcome.verdict, Verdict::Killed);
        killer.kill().expect("nothing to do");
        drop(stdin);
    }
}

/// A killer keeps nothing running, and ends nothing that comes after.
#[test]
fn a_killer_outlives_its_sandbox() {
    let _host = common::host();
    let mut child = guest_sandbox().spawn(guest("status").arg("3")).expect("spawns");
    let killer = child.killer();
    assert_eq!(child.wait().expect("ends").verdict, Verdict::Exited(3));
    killer.kill().expect("nothing to do");
    assert_eq!(child.wait().expect("repeats it").verdict, Verdict::Exited(3));
    drop(child);
    killer.kill().expect("nothing to do");
    let child = guest_sandbox().spawn(guest("copy").stdin(Stdio::piped())).expect("spawns");
    let killer = child.killer();
    drop(child);
    killer.kill().expect("nothing to do");
}

#[test]
fn wait_timeout_waits_for_so_long_and_no_longer() {
    let _host = common::host();
    let mut child = guest_sandbox().spawn(guest("copy").stdin(Stdio::piped())).expect("spawns");
    let mut stdin = child.stdin.take();
    for _ in 0..2 {
        let began = Instant::now();
        assert!(child.wait_timeout(30 * MS).expect("looks").is_none());
        let took = began.elapsed();
        assert!(took >= 30 * MS && took < Duration::from_secs(10) * patience(), "{took:?}");
    }
    drop(stdin.take());
    let outcome = child.wait_timeout(Duration::MAX).expect("waits").expect("is over");
    assert_eq!(outcome.verdict, Verdict::Exited(0));
    assert_eq!(child.wait_timeout(Duration::ZERO).expect("repeats it").expect("is over").status, outcome.status);
}

#[test]
fn wait_timeout_leaves_standard_input_open() {
    let _host = common::host();
    let mut child = guest_sandbox().spawn(guest("copy").stdin(Stdio::piped())).expect("spawns");
    assert!(child.wait_timeout(5 * MS).expect("looks").is_none());
    assert!(child.stdin.is_some());
    assert_eq!(child.wait().expect("closes it").verdict, Verdict::Exited(0));
}

#[test]
fn try_wait_does_not_wait() {
    let _host = common::host();
    let mut command = guest("copy");
    let mut child = guest_sandbox().spawn(command.stdin(Stdio::piped())).expect("spawns");
    for _ in 0..100 {
        assert!(child.try_wait().expect("looks").is_none());
    }
    assert!(child.stdin.is_some(), "standard input stays open");
    assert!(!is_over(&child, 20 * MS));
    drop(child.stdin.take());
    common::eventually("the end of its input is the program's", || child.try_wait().expect("looks").is_some());
}

#[test]
fn the_descriptor_is_readable_when_it_is_over() {
    let _host = common::host();
    for (sandbox, mut command) in [(guest_sandbox(), guest("sleep")), bare("sleep")] {
        let outcome = common::long_enough(|limit| {
            let mut child = sandbox.clone().wall_time_limit(limit).spawn(&mut command).expect("spawns");
            let began = !is_over(&child, 10 * MS);
            assert!(is_over(&child, 2 * LONG + limit));
            let outcome = child.try_wait().expect("looks").expect("readable means over");
            began.then_some(outcome)
        });
        assert_eq!(outcome.verdict, Verdict::WallTimeLimit);
    }
}

#[test]
fn one_thread_waits_and_another_kills() {
    let _host = common::host();
    let child = guest_sandbox().spawn(guest("tree")).expect("spawns");
    let pidfd: OwnedFd = child.as_fd().try_clone_to_owned().expect("a copy");
    let child = Arc::new(Mutex::new(child));
    let killer = std::thread::spawn({
        let child = child.clone();
        move || child.lock().expect("lock").kill().expect("kills")
    });
    poll(&mut [PollFd::new(&pidfd, PollFlags::IN)], None).expect("polls");
    killer.join().expect("kills");
    assert_eq!(child.lock().expect("lock").wait().expect("waits").verdict, Verdict::Killed);
}

#[test]
fn a_handle_outlives_the_thread_that_made_it() {
    let _host = common::host();
    let spawn = || guest_sandbox().spawn(guest("copy").stdin(Stdio::piped())).expect("spawns");
    let mut child = std::thread::spawn(spawn).join().expect("spawns");
    assert!(!is_over(&child, 50 * MS), "the end of the thread is not the sandbox's");
    drop(child.stdin.take());
    let outcome = std::thread::spawn(move || child.wait().expect("waits")).join().expect("waits");
    assert_eq!(outcome.verdict, Verdict::Exited(0));
}

fn close_streams(_: &[String]) -> i32 {
    kernel::write(1, b"last words");
    let _ = close_stdio_only();
    std::thread::sleep(100 * MS);
    6
}

fn close_stdio_only() -> Result<i64, i32> {
    kernel::call(libc::SYS_close_range, &[0, 2])
}

#[test]
fn a_program_that_closes_its_streams_is_still_waited_for() {
    let _host = common::host();
    let output = guest_sandbox().output(guest("close_streams")).expect("runs");
    assert_eq!((output.outcome.verdict, output.stdout), (Verdict::Exited(6), b"last words".to_vec()));
    assert!(output.outcome.usage.wall_time >= 100 * MS);
}

// ---- Drop and the tree ----

#[test]
fn dropping_the_handle_ends_the_tree() {
    let _host = common::host();
    for (sandbox, mut command) in [(guest_sandbox(), guest("tree")), bare("tree")] {
        let token = common::token();
        let child = sandbox.spawn(command.arg(&token)).expect("spawns");
        common::eventually("the tree has grown", || common::living(&token).len() == 1 + 3 + 9 + 27);
        let began = Instant::now();
        drop(child);
        // Within a second on an idle machine.
        assert!(began.elapsed() < Duration::from_secs(5) * patience(), "{:?}", began.elapsed());
        assert_eq!(common::running(&token), [""; 0]);
        common::no_child_is_left();
    }
}

#[test]
fn dropping_the_handle_ends_what_does_not_want_to() {
    let _host = common::host();
    for name in ["stop_self", "traceme_stop", "flood", "fork_then_exit", "zombie_storm", "burn", "thread_leader_gone"] {
        for (sandbox, mut command) in [(guest_sandbox(), guest(name)), bare(name)] {
            let token = common::token();
            command.arg(&token).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let child = sandbox.spawn(command).expect("spawns");
            std::thread::sleep(30 * MS);
            drop(child);
            assert_eq!(common::running(&token), [""; 0], "{name}");
        }
    }
}

/// Daemons by two forks, sessions and process groups of their own, some of them still forking when the end comes.
fn wild_family(_: &[String]) -> i32 {
    for number in 0..6 {
        let _ = common::hostile::daemon(move || {
            if number % 2 == 0 {
                kernel::ignore_all_signals();
            }
            let _ = kernel::call(nr::SETPGID, &[0, 0]);
            for _ in 0..200 {
                let _ = kernel::child(|| {
                    let _ = kernel::call(nr::SETSID, &[]);
                    std::thread::sleep(5 * MS);
                    0
                });
                std::thread::sleep(2 * MS);
            }
            kernel::forever()
        });
    }
    kernel::forever()
}

#[test]
fn daemons_end_without_namespaces_too() {
    let _host = common::host();
    for way in ["drop", "kill", "limit"] {
        let (sandbox, mut command) = bare("wild_family");
        let token = common::token();
        command.arg(&token);
        let mut child = common::long_enough(|limit| {
            let sandbox = if way == "limit" { sandbox.clone().wall_time_limit(limit) } else { sandbox.clone() };
            let mut child = sandbox.spawn(&mut command).expect("spawns");
            let there = || common::living(&token).len() > 6;
            common::eventually("the daemons are there", || there() || child.try_wait().expect("looks").is_some());
            there().then_some(child)
        });
        match way {
            "drop" => drop(child),
            "kill" => {
                child.kill().expect("kills");
                assert_eq!(child.wait().expect("waits").verdict, Verdict::Killed);
            }
            _ => assert_eq!(child.wait().expect("waits").verdict, Verdict::WallTimeLimit),
        }
        assert_eq!(common::living(&token), [""; 0], "{way}");
    }
}

fn kill_parent(_: &[String]) -> i32 {
    let parent = kernel::call(nr::GETPPID, &[]).expect("always succeeds") as i32;
    let _ = kernel::kill(parent, SIGKILL);
    kernel::forever()
}

// ---- signal ----

const SIGKILL: i32 = 9;
const SIGTERM: i32 = 15;
const SIGCONT: i32 = 18;
const SIGSTOP: i32 = 19;

/// A program that waits for its standard input, in each tier.
fn waiting() -> [Child; 2] {
    let (bare_sandbox, bare_command) = bare("count_stdin");
    [(guest_sandbox(), guest("count_stdin")), (bare_sandbox, bare_command)].map(|(sandbox, mut command)| {
        sandbox.spawn(command.stdin(Stdio::piped()).stdout(Stdio::piped())).expect("spawns")
    })
}

#[test]
fn a_signal_is_the_programs() {
    let _host = common::host();
    for signal in [SIGTERM, SIGKILL, 64] {
        for mut child in waiting() {
            child.signal(signal).expect("signals");
            assert!(is_over(&child, LONG)); // before its input is
            assert_eq!(child.wait().expect("waits").verdict, Verdict::Signaled(signal));
        }
    }
    for child in waiting() {
        child.signal(SIGSTOP).expect("signals");
        child.signal(SIGCONT).expect("signals");
        assert_eq!(child.wait_with_output().expect("waits").stdout, b"0");
    }
}

#[test]
fn numbers_that_are_no_signals_are_refused() {
    let _host = common::host();
    let child = guest_sandbox().spawn(guest("sleep")).expect("spawns");
    for signal in [0, -1, 65, i32::MIN, i32::MAX] {
        let error = child.signal(signal).expect_err("is none");
        assert_eq!((error.step(), error.raw_os_error()), (Step::Signal, None));
        assert_eq!(error.to_string(), format!("signal: {signal} is no signal: 1 to 64 are"));
    }
}

/// However near the end it comes: before, at the same time, before it is waited for, and after.
#[test]
fn a_signal_after_the_end_does_nothing() {
    let _host = common::host();
    for _ in 0..amount(20, 3) {
        for mut child in waiting() {
            drop(child.stdin.take());
            for _ in 0..20 {
                child.signal(SIGCONT).expect("is no error");
            }
            assert!(is_over(&child, LONG));
            child.signal(SIGTERM).expect("is no error");
            assert_eq!(child.wait().expect("waits").verdict, Verdict::Exited(0));
            child.signal(SIGTERM).expect("is no error");
        }
    }
    for mut child in waiting() {
        // It would end by itself, as `wait` closes this.
        let _stdin = child.stdin.take();
        child.kill().expect("kills");
        child.signal(SIGTERM).expect("is no error");
        assert_eq!(child.wait().expect("waits").verdict, Verdict::Killed);
    }
}

/// More than the channel holds: they are sent or refused, and nobody waits.
#[test]
fn signals_that_an_init_does_not_hear_are_refused() {
    let _host = common::host();
    let [mut child, bare] = waiting();
    kernel::kill(child.id() as i32, SIGSTOP).expect("the init is the host's own child");
    let refused = (0..10_000).find_map(|_| child.signal(SIGCONT).err()).expect("it hears nothing");
    assert_eq!((refused.step(), refused.raw_os_error()), (Step::Signal, Some(libc::EAGAIN)));
    kernel::kill(child.id() as i32, SIGCONT).expect("as above");
    assert_eq!(child.wait().expect("waits").verdict, Verdict::Exited(0));
    // An init that its program may have stopped is made to go on.
    kernel::kill(bare.id() as i32, SIGSTOP).expect("as above");
    bare.signal(SIGTERM).expect("signals");
    assert!(is_over(&bare, LONG));
}

// ---- Streams ----

/// Standard input to standard output.
fn copy(_: &[String]) -> i32 {
    i32::from(std::io::copy(&mut std::io::stdin(), &mut std::io::stdout()).is_err())
}

fn count_stdin(_: &[String]) -> i32 {
    print!("{}", std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).expect("reads"));
    0
}

fn first_byte(_: &[String]) -> i32 {
    let mut byte = [0u8];
    i32::from(std::io::stdin().read_exact(&mut byte).is_err())
}

fn feed(mut stdin: ChildStdin, bytes: usize) -> std::io::Result<()> {
    let chunk = vec![b'z'; 1 << 20];
    (0..bytes >> 20).try_for_each(|_| stdin.write_all(&chunk))
}

#[test]
fn hundreds_of_megabytes_of_input_arrive() {
    let _host = common::host();
    let bytes = amount(256, 32) << 20;
    let mut command = guest("count_stdin");
    let mut child = guest_sandbox().spawn(command.stdin(Stdio::piped()).stdout(Stdio::piped())).expect("spawns");
    let stdin = child.stdin.take().expect("piped");
    let writer = std::thread::spawn(move || feed(stdin, bytes));
    let output = child.wait_with_output().expect("runs");
    writer.join().expect("joins").expect("writes everything");
    assert_eq!(output.stdout, bytes.to_string().into_bytes());
}

#[test]
fn input_to_a_program_that_ends_early_is_a_broken_pipe() {
    let _host = common::host();
    for name in ["first_byte", "status"] {
        let mut child = guest_sandbox().spawn(guest(name).arg("0").stdin(Stdio::piped())).expect("spawns");
        let stdin = child.stdin.take().expect("piped");
        let error = feed(stdin, 256 << 20).expect_err("nobody reads");
        assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe);
        assert_eq!(child.wait().expect("waits").verdict, Verdict::Exited(0));
    }
    let input = Stdio::bytes(vec![0u8; amount(64, 8) << 20]);
    assert_eq!(guest_sandbox().run(guest("first_byte").stdin(input)).expect("runs").verdict, Verdict::Exited(0));
}

#[test]
fn wait_closes_standard_input_first() {
    let _host = common::host();
    let mut child = guest_sandbox().spawn(guest("copy").stdin(Stdio::piped())).expect("spawns");
    assert_eq!(child.wait().expect("waits").verdict, Verdict::Exited(0));
    let mut command = guest("copy");
    let child = guest_sandbox().spawn(command.stdin(Stdio::piped()).stdout(Stdio::piped())).expect("spawns");
    assert_eq!(child.wait_with_output().expect("waits").outcome.verdict, Verdict::Exited(0));
}

#[test]
fn piped_streams_carry_a_conversation() {
    let _host = common::host();
    let mut command = guest("copy");
    let mut child = guest_sandbox().spawn(command.stdin(Stdio::piped()).stdout(Stdio::piped())).expect("spawns");
    let (mut stdin, mut stdout) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
    for line in [b"one\n", b"two\n"] {
        stdin.write_all(line).expect("writes");
        let mut answer = [0u8; 4];
        stdout.read_exact(&mut answer).expect("reads");
        assert_eq!(&answer, line);
    }
    drop(stdin);
    assert_eq!(stdout.read(&mut [0u8; 1]).expect("reads"), 0, "the end");
    assert_eq!(child.wait().expect("waits").verdict, Verdict::Exited(0));
}

#[test]
fn the_bytes_of_standard_input_are_each_runs_own() {
    let _host = common::host();
    let contents: Vec<u8> = (0..1_000_003u32).map(|number| (number % 251) as u8).collect();
    let mut command = guest("copy");
    command.stdin(Stdio::bytes(contents.clone()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..3 {
                    let output = guest_sandbox().output(command.clone()).expect("runs");
                    assert!(output.stdout == contents, "{} bytes", output.stdout.len());
                }
            });
        }
    });
    let output = guest_sandbox().output(guest("copy").stdin(Stdio::bytes(""))).expect("runs");
    assert_eq!((output.outcome.verdict, output.stdout), (Verdict::Exited(0), Vec::new()));
}

/// Tries to change its standard input by every way there is; how many succeeded.
fn change_stdin(_: &[String]) -> i32 {
    const PROT_READ_WRITE: usize = 3;
    const MAP_SHARED: usize = 1;
    let text = b"changed";
    let write = kernel::call(nr::WRITE, &[0, text.as_ptr() as usize, text.len()]).is_ok();
    let truncate = kernel::call(libc::SYS_ftruncate, &[0, 0]).is_ok();
    let punch = kernel::call(libc::SYS_fallocate, &[0, 3, 0, 4]).is_ok();
    let map = kernel::call(nr::MMAP, &[0, 4096, PROT_READ_WRITE, MAP_SHARED, 0, 0]).is_ok();
    let reopened = std::fs::OpenOptions::new().write(true).open("/proc/self/fd/0");
    let rewritten = reopened.is_ok_and(|mut file| file.write(text).is_ok());
    let emptied = std::fs::OpenOptions::new().write(true).truncate(true).open("/proc/self/fd/0").is_ok();
    [write, truncate, punch, map, rewritten, emptied].map(i32::from).iter().sum()
}

/// Its mode, for as long as it lives: an ordinary user's program owns the file.
fn lock_stdin(_: &[String]) -> i32 {
    loop {
        let _ = kernel::call(libc::SYS_fchmod, &[0, 0]);
    }
}

#[test]
fn the_bytes_of_standard_input_are_not_kept_from_other_runs() {
    let _host = common::host();
    let bytes = Stdio::bytes("hello");
    let locks = || guest_sandbox().spawn(guest("lock_stdin").stdin(bytes.clone())).expect("spawns");
    let _lockers = [locks(), locks()];
    for _ in 0..amount(50, 10) {
        let output = guest_sandbox().output(guest("copy").stdin(bytes.clone())).expect("runs");
        assert_eq!(output.stdout, b"hello");
    }
}

/// Opens its standard input again and again, for as long as another run takes to start.
fn reopen_stdin(_: &[String]) -> i32 {
    for _ in 0..100 {
        assert_eq!(std::fs::read("/dev/stdin").expect("opens"), b"hello");
        std::thread::sleep(2 * MS);
    }
    0
}

#[test]
fn the_bytes_of_standard_input_can_be_opened_again_whatever_other_runs_do() {
    let _host = common::host();
    let bytes = Stdio::bytes("hello");
    let mut opener = guest_sandbox().spawn(guest("reopen_stdin").stdin(bytes.clone())).expect("spawns");
    let _locker = guest_sandbox().spawn(guest("lock_stdin").stdin(bytes)).expect("spawns");
    assert_eq!(opener.wait().expect("waits").verdict, Verdict::Exited(0));
}

#[test]
fn the_bytes_of_standard_input_cannot_be_changed() {
    let _host = common::host();
    for sandbox in [guest_sandbox(), guest_sandbox().user(0, 0)] {
        let input = Stdio::bytes("the contents");
        let outcome = sandbox.run(guest("change_stdin").stdin(input.clone())).expect("runs");
        assert_eq!(outcome.verdict, Verdict::Exited(0));
        assert_eq!(sandbox.output(guest("copy").stdin(input)).expect("runs").stdout, b"the contents");
    }
}

/// Whether each descriptor that is named is the file of that device and number: `FD=DEV:INO`.
fn same_file(args: &[String]) -> i32 {
    for arg in args {
        let (fd, file) = arg.split_once('=').expect("FD=DEV:INO");
        let fd: i32 = fd.parse().expect("a number");
        // SAFETY: only looked at, and never closed.
        let file_inside = std::mem::ManuallyDrop::new(unsafe { <File as std::os::fd::FromRawFd>::from_raw_fd(fd) });
        let Ok(metadata) = file_inside.metadata() else { return 2 };
        if format!("{}:{}", metadata.dev(), metadata.ino()) != file {
            return 1;
        }
    }
    0
}

fn identity(fd: impl AsFd) -> String {
    let stat = rustix::fs::fstat(fd).expect("an open descriptor");
    format!("{}:{}", stat.st_dev, stat.st_ino)
}

#[test]
fn inherited_streams_are_the_hosts_own() {
    let _host = common::host();
    let mut command = guest("same_file");
    command.arg(format!("0={}", identity(std::io::stdin())));
    command.arg(format!("1={}", identity(std::io::stdout())));
    command.arg(format!("2={}", identity(std::io::stderr())));
    command.stdin(Stdio::inherit()).stdout(Stdio::inherit()).stderr(Stdio::inherit());
    assert_eq!(guest_sandbox().run(command).expect("runs").verdict, Verdict::Exited(0));
}

/// `count` lines, to one stream and the other by turns.
fn alternate(args: &[String]) -> i32 {
    for number in 0..args[0].parse().expect("a number") {
        let text = format!("{number}\n");
        kernel::write(1 + number % 2, text.as_bytes());
    }
    0
}

#[test]
fn standard_error_goes_where_standard_output_does() {
    let _host = common::host();
    let expected: String = (0..1000).map(|number| format!("{number}\n")).collect();
    let mut command = guest("alternate");
    command.arg("1000").stderr(Stdio::stdout());
    let output = guest_sandbox().output(&mut command).expect("runs");
    assert_eq!((output.stdout_lossy(), output.stderr_lossy()), (expected.as_str().into(), "".into()));
    let output = guest_sandbox().spawn(command.stdout(Stdio::piped())).expect("spawns");
    assert!(output.stderr.is_none());
    assert_eq!(output.wait_with_output().expect("waits").stdout_lossy(), expected);
    // Into a file, and to where nothing comes from.
    let dir = common::TempDir::new("stderr");
    let path = dir.path().join("both");
    guest_sandbox().run(command.stdout(File::create(&path).expect("a file"))).expect("runs");
    assert_eq!(std::fs::read_to_string(&path).expect("what was written"), expected);
    let output = guest_sandbox().output(command.stdout(Stdio::null())).expect("runs");
    assert_eq!((output.outcome.verdict, output.stdout, output.stderr), (Verdict::Exited(0), vec![], vec![]));
    for (command, name) in
        [(guest("status").stdin(Stdio::stdout()), "stdin"), (guest("status").stdout(Stdio::stdout()), "stdout")]
    {
        let error = guest_sandbox().spawn(command).expect_err("is of standard error alone");
        assert_eq!((error.step(), error.path()), (Step::Stdio, Some(name.as_ref())));
    }
}

#[test]
fn a_file_and_another_sandboxs_output_can_be_streams() {
    let _host = common::host();
    let dir = common::TempDir::new("streams");
    let path = dir.path().join("out");
    let mut first = guest_sandbox().spawn(guest("say").args(["a", "b"]).stdout(Stdio::piped())).expect("spawns");
    let mut second = guest("copy");
    second.stdin(first.stdout.take().expect("piped")).stdout(File::create(&path).expect("a file"));
    assert_eq!(guest_sandbox().run(&mut second).expect("runs").verdict, Verdict::Exited(0));
    assert_eq!(first.wait().expect("waits").verdict, Verdict::Exited(0));
    assert_eq!(std::fs::read_to_string(path).expect("reads"), "a b");
}

/// The numbers that are open, but for the listing's own.
fn open_descriptors(_: &[String]) -> i32 {
    let open = (0..2000).filter(|fd| {
        const F_GETFD: usize = 1;
        kernel::call(libc::SYS_fcntl, &[*fd, F_GETFD]).is_ok()
    });
    print!("{}", open.map(|fd| fd.to_string()).collect::<Vec<_>>().join(" "));
    0
}

/// The contents of the descriptors that are named.
fn read_descriptors(args: &[String]) -> i32 {
    for arg in args {
        let fd: usize = arg.parse().expect("a number");
        let mut buffer = [0u8; 64];
        let count = kernel::call(nr::READ, &[fd, buffer.as_mut_ptr() as usize, buffer.len()]).expect("is readable");
        print!("{} ", String::from_utf8_lossy(&buffer[..count as usize]));
    }
    0
}

fn pipe_with(text: &str) -> OwnedFd {
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    writer.write_all(text.as_bytes()).expect("writes");
    reader.into()
}

#[test]
fn the_program_has_the_descriptors_it_was_given_and_no_other() {
    let _host = common::host();
    let _more: Vec<File> = (0..20).map(|_| File::open("/dev/null").expect("opens")).collect();
    for (sandbox, make) in [(guest_sandbox(), guest as fn(&str) -> Command), (bare("say").0, |name| bare(name).1)] {
        let output = sandbox.output(make("open_descriptors")).expect("runs");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "0 1 2");
        let mut command = make("open_descriptors");
        for number in [3, 4, 5, 9, 100, 1023] {
            command.fd(number, pipe_with("x"));
        }
        let output = sandbox.output(command).expect("runs");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "0 1 2 3 4 5 9 100 1023");
    }
}

#[test]
fn each_descriptor_has_the_number_it_was_given() {
    let _host = common::host();
    // Wherever the sandbox's own descriptors are meanwhile, and in whatever order these come.
    for numbers in [vec![3], vec![4, 3], (3..60).rev().collect::<Vec<i32>>(), vec![900, 3, 7, 5, 30]] {
        let mut command = guest("read_descriptors");
        for number in &numbers {
            command.fd(*number, pipe_with(&format!("number {number}")));
            command.arg(number.to_string());
        }
        let output = guest_sandbox().output(command).expect("runs");
        let expected: String = numbers.iter().map(|number| format!("number {number} ")).collect();
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    }
}

#[test]
fn a_number_that_is_given_twice_is_the_later_ones() {
    let _host = common::host();
    let mut command = guest("read_descriptors");
    command.fd(5, pipe_with("first")).fd(5, pipe_with("second")).arg("5");
    assert_eq!(guest_sandbox().output(command).expect("runs").stdout, b"second ");
}

#[test]
fn more_descriptors_than_one_message_takes_arrive() {
    let _host = common::host();
    const COUNT: i32 = 600;
    let file = File::open("/proc/self/exe").expect("opens");
    let mut command = guest("same_file");
    for number in 3..3 + COUNT {
        command.fd(number, file.try_clone().expect("a copy").into());
        command.arg(format!("{number}={}", identity(&file)));
    }
    assert_eq!(guest_sandbox().run(command).expect("runs").verdict, Verdict::Exited(0));
}

// ---- Many at once ----

#[test]
fn a_hundred_sandboxes_run_at_once() {
    let _host = common::host();
    let sandbox = guest_sandbox();
    let token = common::token();
    let spawn = |_| sandbox.spawn(guest("sleep").arg(&token)).expect("spawns");
    let mut children: Vec<Child> = (0..100).map(spawn).collect();
    // At execve the kernel lets go of the old memory, by which the init knows, a moment before it notes the new arguments.
    common::eventually("all hundred to be seen", || common::living(&token).len() == 100);
    for child in children.iter_mut().take(50) {
        child.kill().expect("kills");
    }
    for child in children.iter_mut().take(50) {
        assert_eq!(child.wait().expect("waits").verdict, Verdict::Killed);
    }
    assert_eq!(common::living(&token).len(), 50, "the others live");
    drop(children);
    assert_eq!(common::living(&token), [""; 0]);
}

#[test]
fn one_sandbox_serves_eight_threads() {
    let _host = common::host();
    let sandbox = guest_sandbox();
    let begin = Barrier::new(8);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (own, begin, shared) = (sandbox.clone(), &begin, &sandbox);
            scope.spawn(move || {
                begin.wait();
                for run in 0..amount(10, 2) {
                    let words = format!("{thread}.{run}");
                    let sandbox = if run % 2 == 0 { &own } else { shared };
                    let output = sandbox.output(guest("say").arg(&words)).expect("runs");
                    assert_eq!(String::from_utf8_lossy(&output.stdout), words);
                    let outcome = sandbox.run(guest("status").arg(words.replace('.', ""))).expect("runs");
                    assert_eq!(outcome.verdict, Verdict::Exited(thread * 10 + run));
                }
            });
        }
    });
}

#[test]
fn a_program_just_written_can_be_run_while_others_fork() {
    let _host = common::host();
    let dir = common::TempDir::new("busy");
    let program = std::fs::read(std::env::current_exe().expect("own path")).expect("reads");
    let over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !over.load(std::sync::atomic::Ordering::Relaxed) {
                    // std's own fork holds every descriptor of this process until its exec.
                    let _ = std::process::Command::new("/bin/true").status();
                    let _ = guest_sandbox().run(guest("status").arg("0"));
                }
            });
        }
        let programs = amount(25, 5);
        for number in 0..programs {
            let path = dir.path().join(format!("program{number}"));
            write_executable(&path, &program);
            let mut command = Command::new("/new");
            command.args(["--belljar-guest", "status", "4"]);
            let outcome = Sandbox::new().host_system().bind_ro(&path, "/new").run(command);
            std::fs::remove_file(&path).expect("removes");
            over.store(number == programs - 1 || outcome.is_err(), std::sync::atomic::Ordering::Relaxed);
            assert_eq!(outcome.expect("runs").verdict, Verdict::Exited(4));
        }
    });
}

fn write_executable(path: &std::path::Path, contents: &[u8]) {
    use std::os::unix::fs::OpenOptionsExt;
    let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o755).open(path);
    file.expect("a new file").write_all(contents).expect("writes");
}

#[test]
fn usage_grows_while_it_runs() {
    let _host = common::host();
    let mut child = guest_sandbox().spawn(guest("sleep")).expect("spawns");
    let first = child.usage().expect("is known").wall_time;
    std::thread::sleep(5 * MS);
    let second = child.usage().expect("is known").wall_time;
    assert!(second >= first + 5 * MS);
    child.kill().expect("kills");
    let outcome = child.wait().expect("waits");
    assert!(outcome.usage.wall_time >= 5 * MS);
    assert_eq!(child.as_fd().as_raw_fd(), child.as_fd().as_raw_fd());
}

/// What the program can do to the init without a pid namespace depends on whose ids it has: a privileged host's program
/// has other ids than the init, an ordinary user's has the same, and then it is Landlock that keeps it, from its sixth
/// version on (6.12).
#[test]
fn without_namespaces_a_program_of_the_same_user_can_end_its_init_and_that_is_told() {
    let _host = common::host();
    let (sandbox, mut command) = bare("kill_parent");
    let token = common::token();
    command.arg(&token);
    match sandbox.wall_time_limit(1000 * MS).run(command) {
        Ok(outcome) => {
            let kept = common::is_root() || kernel::landlock() >= 6;
            let expected = if kept { Verdict::WallTimeLimit } else { Verdict::Killed };
            assert_eq!(outcome.verdict, expected, "{}", outcome.evidence);
        }
        // The program was quicker than its init's word that it had started.
        Err(error) => {
            assert!(!common::is_root(), "{error}");
            assert_eq!(error.to_string(), "init: was killed before it told that the program had started");
        }
    }
    common::eventually("the program follows its init", || common::living(&token).is_empty());
}

/// Where signals are not scoped (before 6.12) an ordinary user's program can stop its init: then no end by the host may wait
/// for that for ever. Here the test stops it.
#[test]
fn without_a_pid_namespace_a_stopped_init_does_not_keep_the_host() {
    let _host = common::host();
    let token = common::token();
    let stopped = || {
        let mut command = Command::new("yes");
        let sandbox = Sandbox::new().namespaces(Namespaces::empty()).output_limit(65536);
        let child = sandbox.spawn(command.arg(&token).stdout(Stdio::piped())).expect("spawns");
        kernel::kill(child.id() as i32, SIGSTOP).expect("the init is the host's own child");
        child
    };
    let output = stopped().wait_with_output().expect("waits");
    assert_eq!((output.outcome.verdict, output.stdout.len()), (Verdict::OutputLimit, 65536));
    let mut child = stopped();
    child.kill().expect("kills");
    assert_eq!(child.wait().expect("waits").verdict, Verdict::Killed);
    drop(stopped());
    common::eventually("the programs end", || common::living(&token).is_empty());
}
