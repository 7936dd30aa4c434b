//! A failed setup is an error, the program's fate is a verdict, and verdicts tell the truth: promises 3 and 11.

mod common;

use std::os::unix::process::ExitStatusExt;
use std::time::Duration;

use belljar::{Command, Evidence, Filter, Namespaces, Outcome, Sandbox, Step, Verdict};
use common::kernel::{self, nr};
use common::{amount, guest, guest_sandbox, patience};

hostile_guests! {
    status, raise, fault, leader_exit, sibling_exit, sibling_storm, killed_by_child, kill_all, exit_at, print_then_die,
    die_under_a_tracer, exit_by_thread, reaped_itself,
}

const SIGKILL: i32 = 9;
const MS: Duration = Duration::from_millis(1);

/// Some of the programs trace, which the standard filter forbids.
fn unfiltered() -> Sandbox {
    guest_sandbox().seccomp(Filter::unrestricted())
}

fn run(command: &mut Command) -> Outcome {
    unfiltered().wall_time_limit(20 * Duration::from_secs(1) * patience()).run(command).expect("runs")
}

fn status(args: &[String]) -> i32 {
    args[0].parse().expect("a number")
}

#[test]
fn every_exit_status_is_told_as_it_is() {
    let _host = common::host();
    let sandbox = guest_sandbox();
    for status in (0..=255).step_by(amount(1, 5)) {
        let outcome = sandbox.run(guest("status").arg(status.to_string())).expect("runs");
        assert_eq!(outcome.verdict, Verdict::Exited(status));
        assert_eq!(outcome.status.and_then(|status| status.code()), Some(status));
        assert_eq!(outcome.success(), status == 0);
    }
}

/// Sends itself a signal with the default action, and exits with 77 if it lives on.
fn raise(args: &[String]) -> i32 {
    let signal: i32 = args[0].parse().expect("a number");
    kernel::disposition(signal, kernel::DEFAULT);
    let _ = kernel::kill(kernel::pid(), signal);
    77
}

/// CHLD, CONT, URG, WINCH.
const IGNORED: [i32; 4] = [17, 18, 23, 28];
/// TSTP, TTIN, TTOU: in a session without a terminal nobody could continue it, so the kernel passes over them.
const STOPS_OF_A_TERMINAL: [i32; 3] = [20, 21, 22];
const SIGSTOP: i32 = 19;

#[test]
fn every_signal_is_told_as_it_is() {
    let _host = common::host();
    for signal in (1..=64).filter(|signal| *signal != SIGSTOP) {
        let outcome = run(guest("raise").arg(signal.to_string()));
        let expected = match signal {
            _ if IGNORED.contains(&signal) || STOPS_OF_A_TERMINAL.contains(&signal) => Verdict::Exited(77),
            _ => Verdict::Signaled(signal),
        };
        assert_eq!(outcome.verdict, expected, "signal {signal}: {}", outcome.evidence);
        if let Verdict::Signaled(_) = expected {
            let status = outcome.status.expect("a status");
            assert_eq!((status.signal(), status.code(), status.core_dumped()), (Some(signal), None, false));
            assert_eq!(outcome.evidence, Evidence::Reaped(status));
        }
    }
}

#[test]
fn every_signal_is_told_as_it_is_without_namespaces() {
    let _host = common::host();
    let program = std::env::current_exe().expect("own path");
    let sandbox = Sandbox::new().namespaces(Namespaces::empty());
    for signal in [1, 2, 6, 9, 11, 13, 14, 15, 24, 31, 34, 64] {
        let mut command = Command::new(&program);
        command.args(["--belljar-guest", "raise", &signal.to_string()]);
        assert_eq!(sandbox.run(command).expect("runs").verdict, Verdict::Signaled(signal));
    }
    for status in [0, 1, 125, 126, 127, 137, 255] {
        let mut command = Command::new(&program);
        command.args(["--belljar-guest", "status", &status.to_string()]);
        assert_eq!(sandbox.run(command).expect("runs").verdict, Verdict::Exited(status));
    }
}

#[test]
fn a_shell_status_of_128_plus_n_is_no_signal() {
    let _host = common::host();
    let exited = run(guest("status").arg("137"));
    let killed = run(guest("raise").arg("9"));
    assert_eq!((exited.verdict, killed.verdict), (Verdict::Exited(137), Verdict::Signaled(SIGKILL)));
}

fn fault(args: &[String]) -> i32 {
    #[expect(unconditional_recursion, reason = "it is to use up the stack")]
    fn without_end(depth: usize) -> usize {
        let frame = [depth; 4096];
        std::hint::black_box(&frame)[0] + without_end(depth + 1)
    }
    match args[0].as_str() {
        "abort" => std::process::abort(),
        // SAFETY: that it is not is the point.
        "read" => unsafe { std::ptr::without_provenance::<u8>(1).read_volatile() }.into(),
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        "instruction" => unsafe { std::arch::asm!("ud2", options(noreturn)) },
        // SAFETY: as above.
        #[cfg(target_arch = "aarch64")]
        "instruction" => unsafe { std::arch::asm!("udf 0", options(noreturn)) },
        "stack" => without_end(0) as i32,
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        "divide" => unsafe {
            std::arch::asm!("xor edx, edx", "mov eax, 1", "xor ecx, ecx", "div ecx", out("eax") _, out("ecx") _, out("edx") _);
            0
        },
        other => panic!("fault {other}?"),
    }
}

#[test]
fn faults_are_told_by_their_signal() {
    let _host = common::host();
    let faults = [
        ("abort", 6),
        ("read", 11),
        ("instruction", 4),
        ("stack", 11),
        // Elsewhere the quotient is 0.
        #[cfg(target_arch = "x86_64")]
        ("divide", 8),
    ];
    for (kind, signal) in faults {
        let outcome = run(guest("fault").arg(kind));
        assert_eq!(outcome.verdict, Verdict::Signaled(signal), "{kind}");
        assert!(!outcome.status.expect("a status").core_dumped(), "no core file is written");
    }
}

/// The first thread ends with 3, the process by another thread with 5.
fn leader_exit(_: &[String]) -> i32 {
    std::thread::spawn(|| {
        std::thread::sleep(50 * MS);
        kernel::exit(5)
    });
    let _ = kernel::call(nr::EXIT, &[3]);
    0
}

fn exit_by_thread(_: &[String]) -> i32 {
    std::thread::spawn(|| kernel::exit(5));
    kernel::forever()
}

#[test]
fn the_end_of_the_first_thread_is_not_the_end() {
    let _host = common::host();
    assert_eq!(run(&mut guest("leader_exit")).verdict, Verdict::Exited(5));
    assert_eq!(run(&mut guest("exit_by_thread")).verdict, Verdict::Exited(5));
}

const CLONE_PARENT_SIGCHLD: usize = 0x8000 | 17;
const CLONE_PARENT: usize = 0x8000;

/// A child of the init's, by clone(2) with CLONE_PARENT, exits with 3; the program with 7.
fn sibling_exit(_: &[String]) -> i32 {
    for flags in [CLONE_PARENT_SIGCHLD, CLONE_PARENT] {
        match kernel::call(nr::CLONE, &[flags]) {
            Ok(0) => kernel::exit(3),
            Ok(_) => {}
            Err(errno) => return errno,
        }
    }
    std::thread::sleep(50 * MS);
    7
}

/// The init gets more dead children than it can reap at once.
fn sibling_storm(args: &[String]) -> i32 {
    for _ in 0..args[0].parse().expect("a number") {
        if let Ok(0) = kernel::call(nr::CLONE, &[CLONE_PARENT_SIGCHLD]) {
            kernel::exit(3);
        }
    }
    7
}

#[test]
fn another_child_of_the_init_is_not_the_program() {
    let _host = common::host();
    assert_eq!(run(&mut guest("sibling_exit")).verdict, Verdict::Exited(7));
    assert_eq!(run(guest("sibling_storm").arg(amount(2000, 500).to_string())).verdict, Verdict::Exited(7));
}

/// What it waits for itself is not told to the init.
fn reaped_itself(_: &[String]) -> i32 {
    let child = kernel::child(|| 9).expect("a child");
    assert_eq!(kernel::wait(child), Ok(9 << 8));
    8
}

#[test]
fn a_child_that_the_program_reaps_is_not_the_program() {
    let _host = common::host();
    assert_eq!(run(&mut guest("reaped_itself")).verdict, Verdict::Exited(8));
}

#[test]
fn a_stop_is_not_an_end() {
    let _host = common::host();
    for name in ["traceme_stop", "stop_self"] {
        let outcome = unfiltered().wall_time_limit(500 * MS).run(guest(name)).expect("runs");
        assert_eq!(outcome.verdict, Verdict::WallTimeLimit, "{name}");
        assert_eq!(outcome.status.and_then(|status| status.signal()), Some(SIGKILL), "{name}");
    }
}

/// Traced by the init, it dies by a signal: that never comes, as nobody continues it; SIGKILL does.
fn die_under_a_tracer(_: &[String]) -> i32 {
    let program = kernel::pid();
    let _ = kernel::child(|| {
        std::thread::sleep(50 * MS);
        let _ = kernel::kill(program, SIGKILL);
        0
    });
    traceme_stop(&[])
}

fn killed_by_child(_: &[String]) -> i32 {
    let program = kernel::pid();
    let _ = kernel::child(|| {
        let _ = kernel::kill(program, SIGKILL);
        0
    });
    kernel::forever()
}

/// kill(-1) spares the caller, and the init.
fn kill_all(_: &[String]) -> i32 {
    let _ = kernel::child(|| kernel::forever());
    for signal in 1..=64 {
        kernel::disposition(signal, kernel::IGNORE);
        let _ = kernel::kill(-1, signal);
    }
    21
}

#[test]
fn a_kill_from_inside_is_not_the_hosts() {
    let _host = common::host();
    for name in ["killed_by_child", "die_under_a_tracer"] {
        let outcome = run(&mut guest(name));
        assert_eq!(outcome.verdict, Verdict::Signaled(SIGKILL), "{name}: {}", outcome.evidence);
    }
    for sandbox in [guest_sandbox(), guest_sandbox().user(0, 0)] {
        assert_eq!(sandbox.run(guest("kill_all")).expect("runs").verdict, Verdict::Exited(21));
    }
}

#[test]
fn a_kill_by_the_host_is_not_the_programs_end() {
    let _host = common::host();
    let mut child = guest_sandbox().wall_time_limit(60 * Duration::from_secs(1)).spawn(guest("sleep")).expect("spawns");
    child.kill().expect("kills");
    let outcome = child.wait().expect("waits");
    assert_eq!((outcome.verdict, outcome.evidence), (Verdict::Killed, Evidence::HostKilled));
    assert_eq!(outcome.status.and_then(|status| status.signal()), Some(SIGKILL));
}

#[test]
fn an_init_killed_from_outside_is_told_as_such() {
    let _host = common::host();
    let token = common::token();
    let mut child = guest_sandbox().spawn(guest("tree").arg(&token)).expect("spawns");
    kernel::kill(child.id() as i32, SIGKILL).expect("the init is the host's own child");
    let outcome = child.wait().expect("waits");
    assert_eq!((outcome.verdict, outcome.evidence, outcome.status), (Verdict::Killed, Evidence::InitDied, None));
    assert_eq!(common::living(&token), [""; 0]);
}

#[test]
fn other_signals_to_the_init_change_nothing() {
    let _host = common::host();
    let mut child = guest_sandbox().spawn(guest("exit_at").arg("300")).expect("spawns");
    let stops = [SIGSTOP, 20, 21, 22];
    for signal in (1..=64).filter(|signal| *signal != SIGKILL && !stops.contains(signal)) {
        kernel::kill(child.id() as i32, signal).expect("the init is the host's own child");
    }
    assert_eq!(child.wait().expect("waits").verdict, Verdict::Exited(0));
}

#[test]
fn a_stopped_init_goes_on_when_it_is_continued() {
    let _host = common::host();
    const SIGCONT: i32 = 18;
    let mut child = common::long_enough(|limit| {
        let mut child = guest_sandbox().wall_time_limit(limit).spawn(guest("sleep")).expect("spawns");
        kernel::kill(child.id() as i32, SIGSTOP).expect("the init is the host's own child");
        std::thread::sleep(limit + 100 * MS);
        child.try_wait().expect("looks").is_none().then_some(child)
    });
    kernel::kill(child.id() as i32, SIGCONT).expect("the init is the host's own child");
    assert_eq!(child.wait().expect("waits").verdict, Verdict::WallTimeLimit);
}

/// Sleeps so many milliseconds and exits with 0.
fn exit_at(args: &[String]) -> i32 {
    std::thread::sleep(args[0].parse::<u32>().expect("milliseconds") * MS);
    0
}

/// The limit is the program's; a setup that takes longer, here or on a busy machine, is no failure.
#[test]
fn a_deadline_shorter_than_the_setup_is_the_programs() {
    let _host = common::host();
    for limit in [Duration::from_nanos(1), MS] {
        let outcome = guest_sandbox().wall_time_limit(limit).run(guest("exit_at").arg("60000")).expect("runs");
        assert_eq!(outcome.verdict, Verdict::WallTimeLimit);
        assert!(outcome.usage.wall_time >= limit, "{:?}", outcome.usage);
    }
}

#[test]
fn an_end_near_the_deadline_is_one_or_the_other() {
    let _host = common::host();
    let limit = 30 * MS;
    let sandbox = guest_sandbox().wall_time_limit(limit);
    for milliseconds in (20..40).cycle().take(amount(60, 20)) {
        let outcome = sandbox.run(guest("exit_at").arg(milliseconds.to_string())).expect("runs");
        match outcome.verdict {
            Verdict::Exited(0) => assert!(matches!(outcome.evidence, Evidence::Reaped(_))),
            Verdict::WallTimeLimit => assert!(outcome.usage.wall_time >= limit, "{:?}", outcome.usage),
            other => panic!("{other} after {milliseconds} ms"),
        }
    }
}

#[test]
fn a_kill_near_the_end_is_one_or_the_other() {
    let _host = common::host();
    let sandbox = guest_sandbox();
    let mut seen = [0, 0];
    for microseconds in (0..6000).step_by(amount(60, 300)) {
        let mut child = sandbox.spawn(guest("status").arg("42")).expect("spawns");
        std::thread::sleep(Duration::from_micros(microseconds));
        child.kill().expect("kills");
        let outcome = child.wait().expect("waits");
        match outcome.verdict {
            Verdict::Exited(42) => seen[0] += 1,
            Verdict::Killed => seen[1] += 1,
            other => panic!("{other}"),
        }
        assert_eq!(outcome.evidence == Evidence::HostKilled, outcome.verdict == Verdict::Killed);
    }
    println!("{} exited, {} were killed", seen[0], seen[1]);
}

fn print_then_die(_: &[String]) -> i32 {
    kernel::write(1, &[b'o'; 60_000]);
    kernel::write(2, &[b'e'; 60_000]);
    let _ = kernel::kill(kernel::pid(), SIGKILL);
    0
}

#[test]
fn what_was_written_before_the_end_is_captured() {
    let _host = common::host();
    for _ in 0..20 {
        let output = guest_sandbox().output(guest("print_then_die")).expect("runs");
        assert_eq!(output.outcome.verdict, Verdict::Signaled(SIGKILL));
        assert_eq!((output.stdout, output.stderr), (vec![b'o'; 60_000], vec![b'e'; 60_000]));
    }
}

#[test]
fn a_program_that_cannot_start_is_an_error_and_writes_nothing() {
    let _host = common::host();
    let dir = common::TempDir::new("verdicts");
    std::fs::write(dir.path().join("text"), "no program\n").expect("written");
    let sandbox = guest_sandbox().bind_ro(dir.path(), "/data").file("/script", "#!/no/such/interpreter\n");
    for (program, message) in [
        ("/no/such", "exec /no/such: No such file or directory (os error 2)"),
        ("nonesuch", "exec nonesuch: No such file or directory (os error 2)"),
        ("/data", "exec /data: Permission denied (os error 13)"),
        ("/data/text", "exec /data/text: Permission denied (os error 13)"),
        ("/script", "interpreter or loader of /script: No such file or directory (os error 2)"),
    ] {
        let (mut reader, writer) = std::io::pipe().expect("a pipe");
        let mut command = Command::new(program);
        command.stdout(writer.try_clone().expect("a copy")).stderr(writer);
        let error = sandbox.spawn(&mut command).expect_err(program);
        drop(command);
        assert_eq!(error.to_string(), message);
        assert!(matches!(error.step(), Step::Exec | Step::Interpreter));
        let mut text = Vec::new();
        std::io::Read::read_to_end(&mut reader, &mut text).expect("read");
        assert_eq!(text, b"", "nothing is written into the program's streams");
    }
    assert_eq!(run(guest("status").arg("127")).verdict, Verdict::Exited(127));
}

#[test]
fn a_status_and_its_verdict_agree_in_words() {
    let _host = common::host();
    let outcome = run(guest("status").arg("3"));
    assert_eq!(
        (outcome.verdict.to_string(), outcome.evidence.to_string()),
        ("exited with 3".into(), "exit status: 3".into())
    );
    assert!(outcome.to_string().starts_with("exited with 3 (wall time "), "{outcome}");
    let outcome = run(guest("raise").arg("15"));
    assert_eq!(outcome.verdict.to_string(), "ended by signal 15");
    assert!(outcome.evidence.to_string().starts_with("signal: 15"), "{}", outcome.evidence);
    let mut child = guest_sandbox().spawn(guest("sleep")).expect("spawns");
    child.kill().expect("is asked to end");
    let outcome = child.wait().expect("ends");
    assert!(outcome.to_string().starts_with("killed: the host ended it (wall time "), "{outcome}");
}
