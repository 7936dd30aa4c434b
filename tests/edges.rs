//! The ends of what the kernel and the host give: the last descriptor numbers, the longest arguments, the smallest stack. What
//! cannot be started is an error, and never a program that has ended.

mod common;

use std::fs::File;
use std::time::Duration;

use belljar::{Command, Filter, Sandbox, Step, Verdict};

guests! { small_stack, few_files, holds }

fn limits(resource: libc::__rlimit_resource_t) -> libc::rlimit {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: room for the limits.
    assert_eq!(unsafe { libc::getrlimit(resource, &mut limit) }, 0);
    limit
}

fn set_soft_limit(resource: libc::__rlimit_resource_t, soft: u64) {
    let limit = libc::rlimit { rlim_cur: soft, ..limits(resource) };
    // SAFETY: read only.
    assert_eq!(unsafe { libc::setrlimit(resource, &limit) }, 0);
}

/// At a number that is below the hard limit a descriptor is given, or the spawn fails: the way there may need another number.
#[test]
fn descriptors_at_the_hard_limit() {
    let _host = common::host();
    let hard = limits(libc::RLIMIT_NOFILE).rlim_max.min(1 << 20) as i32;
    for round in 0..common::amount(60, 12) {
        let below = 1 + round % 6;
        let mut command = Command::new("/bin/false");
        command.fd(hard - below, File::open("/dev/null").expect("opens").into());
        match Sandbox::new().host_system().run(&mut command) {
            Ok(outcome) => assert_eq!(outcome.verdict, Verdict::Exited(1), "limit - {below}"),
            Err(error) => {
                assert_eq!((error.step(), error.raw_os_error()), (Step::Stdio, Some(libc::EBADF)), "{error}");
                assert!(below < 2, "limit - {below}: {error}");
            }
        }
    }
}

/// Whether each of these is open on /etc/passwd, and nothing else but the standard streams is open.
fn holds(args: &[String]) -> i32 {
    let places = std::fs::read_dir("/proc/self/fd").expect("lists").map(|entry| entry.expect("an entry").path());
    let open = places.filter_map(|place| Some((place.clone(), std::fs::read_link(place).ok()?)));
    let given: Vec<String> = open
        .filter(|(_, target)| target.ends_with("passwd"))
        .map(|(place, _)| place.file_name().expect("a number").to_string_lossy().into_owned())
        .collect();
    let others = std::fs::read_dir("/proc/self/fd").expect("lists").count() - given.len();
    let all = args.iter().all(|number| given.contains(number));
    // The fourth of the others is the directory that is listed.
    i32::from(!all || given.len() != args.len() || others != 4)
}

/// Descriptors that go where others are now, and the other way round.
#[test]
fn descriptors_change_places() {
    let _host = common::host();
    for numbers in [&[][..], &[3], &[4], &[3, 4, 5], &[3, 4, 5, 6, 7, 8, 9, 10, 11, 12], &[3, 20, 400], &[5, 6, 7]] {
        let mut command = common::guest("holds");
        command.args(numbers.iter().map(i32::to_string));
        for number in numbers {
            command.fd(*number, File::open("/etc/passwd").expect("opens").into());
        }
        let outcome = common::guest_sandbox().run(&mut command).expect("runs");
        assert_eq!(outcome.verdict, Verdict::Exited(0), "{numbers:?}");
    }
}

#[test]
fn arguments_beyond_all_bounds_are_an_error() {
    let _host = common::host();
    let killing = Filter::standard().kill(["chroot"]);
    for (count, filter) in
        [(120, Filter::standard()), (120, killing.clone()), (170, Filter::standard()), (170, killing)]
    {
        let mut command = Command::new("/bin/true");
        command.args(std::iter::repeat_n("x".repeat(100_000), count));
        let error = Sandbox::new().host_system().seccomp(filter).spawn(&mut command).expect_err("too long");
        assert_eq!((error.step(), error.raw_os_error()), (Step::Exec, Some(libc::E2BIG)), "{error}");
    }
}

/// The init and its reading of CPU times stay within a few pages of stack.
fn small_stack(_: &[String]) -> i32 {
    let sandbox = Sandbox::new().host_system().cpu_time_limit(Duration::from_secs(20));
    for kib in [16, 24, 32, 64] {
        set_soft_limit(libc::RLIMIT_STACK, kib << 10);
        let outcome = sandbox.run(Command::new("sleep").arg("0.2")).expect("runs");
        assert_eq!(outcome.verdict, Verdict::Exited(0), "{kib} KiB");
    }
    0
}

#[test]
fn a_host_with_a_small_stack() {
    common::run_on_host("small_stack", &[]);
}

/// Too few descriptors for a setup are an error; enough are enough.
fn few_files(_: &[String]) -> i32 {
    let mut ran = 0;
    // Each directory of the host's system is one.
    for files in (8..100).step_by(3) {
        set_soft_limit(libc::RLIMIT_NOFILE, files);
        match Sandbox::new().host_system().run(Command::new("/bin/false")) {
            Ok(outcome) => {
                assert_eq!(outcome.verdict, Verdict::Exited(1), "{files} files");
                ran += 1;
            }
            Err(error) => assert_eq!(error.raw_os_error(), Some(libc::EMFILE), "{files} files: {error}"),
        }
    }
    assert!(ran > 5, "ran {ran} times");
    0
}

#[test]
fn a_host_with_few_descriptors() {
    common::run_on_host("few_files", &[]);
}
