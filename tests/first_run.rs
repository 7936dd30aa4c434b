//! The vertical slice: a program in a strict sandbox, from its start to its verdict.

mod common;

use std::time::{Duration, Instant};

use belljar::{Command, Sandbox, Verdict};

guests! { greet, status, time_itself }

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

/// H3.7: the clock starts before the program does, not once the init is scheduled again after it. On one processor the
/// program often goes first.
#[test]
fn wall_time_covers_all_of_the_programs_life() {
    let _host = common::host();
    let mut one = rustix::thread::CpuSet::new();
    one.set(rustix::thread::sched_getcpu());
    rustix::thread::sched_setaffinity(None, &one).expect("this thread and what it starts");
    let sandbox = common::guest_sandbox();
    for _ in 0..100 {
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
