//! The vertical slice: a program in a strict sandbox, from its start to its verdict.

mod common;

use std::io::Write;
use std::time::{Duration, Instant};

use belljar::{Command, Sandbox, Stdio, Verdict};

guests! { greet, status, time_itself, by_name }

fn greet(args: &[String]) -> i32 {
    println!("hello {}", args.join("+"));
    eprintln!("to stderr");
    0
}

fn status(args: &[String]) -> i32 {
    args[0].parse().expect("a number")
}

fn time_itself(_: &[String]) -> i32 {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_millis(1) {}
    println!("{}", begin.elapsed().as_nanos());
    0
}

#[test]
fn output_captures_both_streams() {
    let _host = common::host();
    let output = common::guest_sandbox().output(common::guest("greet").args(["a b", ""])).expect("runs");
    assert_eq!(output.outcome.verdict, Verdict::Exited(0));
    assert_eq!(output.stdout, b"hello a b+\n");
    assert_eq!(output.stderr, b"to stderr\n");
    assert!(output.success());
    assert_eq!((output.stdout_lossy(), output.stderr_lossy()), ("hello a b+\n".into(), "to stderr\n".into()));
    let shown = format!("{output:?}");
    assert!(shown.ends_with(r#"stdout: "hello a b+\n", stderr: "to stderr\n" }"#), "{shown}");
    let bytes = belljar::Output { stdout: b"\xff".to_vec(), ..output };
    assert!(format!("{bytes:?}").contains("stdout: [255]"));
    assert_eq!(bytes.stdout_lossy(), "\u{fffd}");
}

/// Opens its streams again, as scripts do.
fn by_name(_: &[String]) -> i32 {
    let text = std::fs::read_to_string("/dev/stdin").expect("/dev/stdin");
    std::fs::write("/dev/stdout", &text).expect("/dev/stdout");
    std::fs::write("/dev/stderr", &text).expect("/dev/stderr");
    0
}

/// Promise 9: for root, whose pipes and memory are not the program's, as for an ordinary user.
#[test]
fn the_streams_can_be_opened_by_name() {
    let _host = common::host();
    for user in [1000, 0] {
        let sandbox = common::guest_sandbox().user(user, user);
        let output = sandbox.output(common::guest("by_name").stdin(Stdio::bytes("text"))).expect("runs");
        let said = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
        assert_eq!(said, ["text", "text"], "{}", output.outcome.verdict);
        let mut child =
            sandbox.spawn(common::guest("by_name").stdin(Stdio::piped()).stdout(Stdio::piped())).expect("runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(b"piped").expect("written");
        drop(stdin);
        assert_eq!(child.wait_with_output().expect("ends").stdout, b"piped");
    }
}

#[test]
fn every_exit_status_is_the_programs_own() {
    let _host = common::host();
    let sandbox = common::guest_sandbox();
    for status in [0, 1, 2, 125, 126, 127, 128, 137, 139, 255] {
        let outcome = sandbox.run(common::guest("status").arg(status.to_string())).expect("runs");
        assert_eq!(outcome.verdict, Verdict::Exited(status));
    }
}

#[test]
fn the_strict_sandbox_has_no_program_to_run() {
    let _host = common::host();
    let error = Sandbox::new().spawn(Command::new("true")).expect_err("nothing is there");
    assert_eq!(error.to_string(), "exec true: No such file or directory (os error 2)");
}

/// The clock starts before the program does, not once the init is scheduled again after it. On one processor the
/// program often goes first.
#[test]
fn wall_time_covers_all_of_the_programs_life() {
    let _host = common::host();
    let mut one = rustix::thread::CpuSet::new();
    one.set(rustix::thread::sched_getcpu());
    rustix::thread::sched_setaffinity(None, &one).expect("this thread and what it starts");
    let sandbox = common::guest_sandbox();
    for _ in 0..common::amount(100, 20) {
        let output = sandbox.output(common::guest("time_itself")).expect("runs");
        let lived = String::from_utf8_lossy(&output.stdout).trim().parse().map(Duration::from_nanos).expect("a number");
        assert!(output.outcome.usage.wall_time >= lived, "{lived:?} of {:?}", output.outcome.usage);
    }
}

/// Promise 7: where the lowest free descriptor is far up, the child makes the socket pair; and where the host may not fetch
/// its end of that (an ordinary user's undumpable process), the host does.
#[test]
fn a_host_with_many_descriptors_is_served_alike() {
    let _host = common::host();
    let open: Vec<std::fs::File> = (0..600).map(|_| std::fs::File::open("/dev/null").expect("a descriptor")).collect();
    let dumpable = rustix::process::dumpable_behavior().expect("a flag");
    for behavior in [dumpable, rustix::process::DumpableBehavior::NotDumpable] {
        rustix::process::set_dumpable_behavior(behavior).expect("a flag of one's own");
        let (reader, writer) = std::io::pipe().expect("a pipe");
        let mut command = common::guest("greet");
        command.arg("far").fd(7, writer.into());
        let output = common::guest_sandbox().output(&mut command);
        rustix::process::set_dumpable_behavior(dumpable).expect("a flag of one's own");
        match output {
            Ok(output) => assert_eq!(output.stdout, b"hello far\n"),
            // The id maps in /proc of an undumpable process belong to root.
            Err(error) => assert!(!common::is_root() && error.raw_os_error() == Some(13), "{error}"),
        }
        drop((reader, command));
    }
    drop(open);
}
