//! The program runs under the label that it was given, and one that cannot be given is an error.

mod common;

use std::fs::{self, File};
use std::time::Duration;

use belljar::{Features, Means, Namespaces, Network, Sandbox, Step, Verdict};
use common::{guest, guest_sandbox, host};

guests! { label, write_allowed, write_other, sleep_on }

const PROFILE: &str = "belljar-test";
const EACCES: i32 = 13;

/// Whether AppArmor is on and the profile loaded: tests/lsm_label/profile, by apparmor_parser.
fn has_profile(test: &str) -> bool {
    // The list is for root alone; what a wrong name says is for everybody.
    let result = guest_sandbox().lsm_label(PROFILE).run(guest("label"));
    match result {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error.step(), Step::LsmLabel, "{error}");
            common::skip(test, "apparmor", &error.to_string());
            false
        }
    }
}

fn label(_: &[String]) -> i32 {
    print!("{}", fs::read_to_string("/proc/self/attr/current").unwrap_or_default());
    0
}

fn write_allowed(_: &[String]) -> i32 {
    errno(File::create("/tmp/allowed"))
}

fn write_other(_: &[String]) -> i32 {
    errno(File::create("/tmp/other"))
}

fn errno<T>(result: std::io::Result<T>) -> i32 {
    result.err().map_or(0, |error| error.raw_os_error().unwrap_or(-1))
}

fn sleep_on(_: &[String]) -> i32 {
    common::kernel::forever()
}

fn sandboxes() -> [Sandbox; 3] {
    [guest_sandbox(), guest_sandbox().user(0, 0), guest_sandbox().network(Network::Host)]
}

#[test]
fn the_program_has_the_label() {
    let _host = host();
    if !has_profile("the_program_has_the_label") {
        return;
    }
    for sandbox in sandboxes() {
        let output = sandbox.lsm_label(PROFILE).output(guest("label")).expect("runs");
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "belljar-test (enforce)");
        assert_eq!(output.outcome.enforced.lsm_label, Means::Kernel);
    }
    let output = guest_sandbox().output(guest("label")).expect("runs");
    assert!(!String::from_utf8_lossy(&output.stdout).contains(PROFILE), "it is not by itself");
}

#[test]
fn the_profile_counts() {
    let _host = host();
    if !has_profile("the_profile_counts") {
        return;
    }
    for sandbox in sandboxes() {
        let status = |sandbox: &Sandbox, name: &str| sandbox.run(guest(name)).expect("runs").verdict;
        assert_eq!(status(&sandbox, "write_other"), Verdict::Exited(0), "without a label");
        let labelled = sandbox.lsm_label(PROFILE);
        assert_eq!(status(&labelled, "write_other"), Verdict::Exited(EACCES));
        assert_eq!(status(&labelled, "write_allowed"), Verdict::Exited(0));
    }
}

#[test]
fn the_profile_counts_without_namespaces() {
    let _host = host();
    if !has_profile("the_profile_counts_without_namespaces") {
        return;
    }
    let own = std::env::current_exe().expect("own path");
    let mut command = belljar::Command::new(own);
    command.args(["--belljar-guest", "label"]);
    let output = Sandbox::new().namespaces(Namespaces::empty()).lsm_label(PROFILE).output(command).expect("runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "belljar-test (enforce)");
}

/// The init may not signal the program, but the kernel may, as the init ends.
#[test]
fn a_profile_that_spares_the_program_its_signals_does_not_put_off_the_deadline() {
    let _host = host();
    if !has_profile("a_profile_that_spares_the_program_its_signals") {
        return;
    }
    let sandbox = guest_sandbox().lsm_label("belljar-unreachable").wall_time_limit(Duration::from_secs(1));
    let outcome = sandbox.run(guest("sleep_on")).expect("runs");
    assert_eq!(outcome.verdict, Verdict::WallTimeLimit, "{}", outcome.evidence);
}

#[test]
fn a_label_that_cannot_be_given_is_an_error() {
    let _host = host();
    for label in ["", "a\nb", "a\0b"] {
        let error = guest_sandbox().lsm_label(label).optional(Features::LSM).spawn(guest("label")).expect_err("bad");
        assert_eq!((error.step(), error.raw_os_error()), (Step::LsmLabel, None), "{error}");
    }
    // Enabled or not: there is no such label.
    let error = guest_sandbox().lsm_label("belljar-no-such").spawn(guest("label")).expect_err("no such label");
    assert_eq!(error.step(), Step::LsmLabel, "{error}");
    assert!(error.to_string().starts_with("lsm label belljar-no-such: "), "{error}");
    assert!(error.hint().is_some(), "{error}");
    match error.raw_os_error() {
        None => {
            assert!(error.is_unsupported());
            let sandbox = guest_sandbox().lsm_label("belljar-no-such").optional(Features::LSM);
            let outcome = sandbox.run(guest("label")).expect("optional");
            assert_eq!((outcome.verdict, outcome.enforced.lsm_label), (Verdict::Exited(0), Means::Nothing));
        }
        Some(_) => {
            let sandbox = guest_sandbox().lsm_label("belljar-no-such").optional(Features::LSM);
            assert!(sandbox.run(guest("label")).is_err(), "optional is for a host without, not for a wrong name");
        }
    }
}
