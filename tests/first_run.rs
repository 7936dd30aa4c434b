//! The vertical slice: a program in a strict sandbox, from its start to its verdict.

mod common;

use belljar::{Command, Sandbox, Verdict};

guests! { greet, status }

fn greet(args: &[String]) -> i32 {
    println!("hello {}", args.join("+"));
    eprintln!("to stderr");
    0
}

fn status(args: &[String]) -> i32 {
    args[0].parse().expect("a number")
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
