//! A program that crashes hands its memory to no handler of the host's: whatever it does to its RLIMIT_CORE, in every tier and
//! under every filter. Promises 1, 9 and 10.
//!
//! What is piped to a handler is seen in the virtual machines only, whose core_pattern names one that leaves a file with the
//! program's name: see .ci/vm-guest. Elsewhere that is the machine's own, and is not touched.

mod common;

use std::os::unix::process::ExitStatusExt;
use std::path::Path;

use belljar::{Command, Features, Filter, Namespaces, Sandbox, Verdict};
use common::kernel::{self, nr};
use common::{guest, guest_sandbox};

guests! { crash, crash_as_made, crash_without_files, i386_works, without_cores }

const EPERM: i32 = 1;
const ENOSYS: i32 = 38;
const SIGABRT: i32 = 6;
const RLIMIT_CORE: usize = 4;
const X32: i64 = 0x4000_0000;

/// Where the handler of the virtual machines leaves the names of what has crashed.
const CORES: &str = "/run/cores";

/// All that the guests need.
const CALLS: [&str; 7] = ["execve", "prlimit64", "setrlimit", "prctl", "kill", "clone", "wait4"];

fn own_limit() -> [u64; 2] {
    let mut limit = [7u64; 2];
    kernel::call(nr::PRLIMIT, &[0, RLIMIT_CORE, 0, limit.as_mut_ptr() as usize]).expect("one's own may be read");
    limit
}

fn dies_as(name: &str) -> i32 {
    const PR_SET_NAME: usize = 15;
    let name = std::ffi::CString::new(name).expect("no NUL");
    let _ = kernel::call(nr::PRCTL, &[PR_SET_NAME, name.as_ptr() as usize]);
    kernel::disposition(SIGABRT, kernel::DEFAULT);
    let _ = kernel::kill(kernel::pid(), SIGABRT);
    9
}

/// One way to set the core limit to 0; the errno that is the answer.
fn sets(way: &str) -> i32 {
    let zero = [0u64; 2];
    let (zero, mut old) = (zero.as_ptr() as usize, [0u64; 2]);
    let answered = match way {
        "setrlimit" => kernel::call(libc::SYS_setrlimit, &[RLIMIT_CORE, zero]),
        "setrlimit, with an upper half" => kernel::call(libc::SYS_setrlimit, &[RLIMIT_CORE | 1 << 32, zero]),
        "prlimit" => kernel::call(nr::PRLIMIT, &[0, RLIMIT_CORE, zero, 0]),
        "prlimit that asks" => kernel::call(nr::PRLIMIT, &[0, RLIMIT_CORE, zero, old.as_mut_ptr() as usize]),
        "prlimit of another" => {
            let parent = kernel::pid() as usize;
            let child = kernel::child(|| kernel::call(nr::PRLIMIT, &[parent, RLIMIT_CORE, zero, 0]).err().unwrap_or(0));
            child.and_then(kernel::wait).and_then(|status| if status == 0 { Ok(0) } else { Err(status >> 8) })
        }
        "setrlimit of x32" => kernel::call(X32 | libc::SYS_setrlimit, &[RLIMIT_CORE, zero]),
        "prlimit of x32" => kernel::call(X32 | nr::PRLIMIT, &[0, RLIMIT_CORE, zero, 0]),
        "setrlimit of i386" => return -kernel::int80_with(75, [RLIMIT_CORE as i32, low_zeros(), 0]),
        "prlimit of i386" => return -kernel::int80_with(340, [0, RLIMIT_CORE as i32, low_zeros()]),
        _ => return 98,
    };
    answered.err().unwrap_or(0)
}

/// A page below 4 GiB.
fn low_zeros() -> i32 {
    const MAP_32BIT_PRIVATE_ANONYMOUS: usize = 0x62;
    const READ_WRITE: usize = 3;
    let page = kernel::call(nr::MMAP, &[0, 4096, READ_WRITE, MAP_32BIT_PRIVATE_ANONYMOUS, usize::MAX, 0]);
    page.expect("a page") as i32
}

/// Tries each of these ways, which must be answered so and change nothing; and crashes.
fn crash(args: &[String]) -> i32 {
    for way in &args[1..] {
        let (way, expected) = way.split_once('=').expect("a way and an answer");
        let answer = sets(way);
        if answer.to_string() != expected || own_limit() != [1, 1] {
            eprintln!("{way}: {answer}, not {expected}; the limit is {:?}", own_limit());
            return 3;
        }
    }
    dies_as(&args[0])
}

/// As it was started.
fn crash_as_made(args: &[String]) -> i32 {
    dies_as(&args[0])
}

fn no_core_files() {
    let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the kernel reads the structure.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_CORE, &none) }, 0);
}

fn crash_without_files(args: &[String]) -> i32 {
    no_core_files();
    dies_as(&args[0])
}

fn i386_works(_: &[String]) -> i32 {
    i32::from(kernel::int80(20) != kernel::pid())
}

type Guest = fn(&str) -> Command;

/// Namespaces and all that comes with them, and none.
fn tiers() -> [(Sandbox, Guest); 2] {
    let bare = |name: &str| {
        let mut command = Command::new(std::env::current_exe().expect("own path"));
        command.arg(common::MARK).arg(name);
        command
    };
    let none = Sandbox::new().namespaces(Namespaces::empty()).optional(Features::LANDLOCK);
    [(guest_sandbox(), guest), (none, bare)]
}

/// Of at most 15 bytes, as the kernel keeps.
fn name(number: usize) -> String {
    format!("blj{}-{number}", std::process::id() % 100_000)
}

fn policies() -> Vec<(&'static str, Filter)> {
    let policies = [
        ("standard", Filter::standard()),
        ("unrestricted", Filter::unrestricted()),
        ("allow_only", Filter::allow_only(CALLS).otherwise(belljar::Action::Log)),
        ("deny", Filter::deny(["chroot"])),
        ("killing", Filter::deny(["acct"]).kill(["chroot"])),
        #[cfg(feature = "seccompiler")]
        ("seccompiler", by_seccompiler()),
    ];
    policies.into()
}

#[cfg(feature = "seccompiler")]
fn by_seccompiler() -> Filter {
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};
    let arch = TargetArch::try_from(std::env::consts::ARCH).expect("known");
    let filter =
        SeccompFilter::new([(libc::SYS_chroot, vec![])].into(), SeccompAction::Log, SeccompAction::Errno(13), arch);
    Filter::from(BpfProgram::try_from(filter.expect("a filter")).expect("compiles"))
}

#[test]
fn no_program_that_crashes_is_handed_to_a_handler() {
    let _host = common::host();
    let i386 = common::on_host("i386_works").output().is_ok_and(|output| output.status.success());
    let mut crashes = 0;
    for (tier, (sandbox, command)) in tiers().into_iter().enumerate() {
        for (policy, filter) in policies() {
            // Without a pid namespace, in which one of them would be the init.
            let others = if policy == "standard" || tier == 1 { EPERM } else { 0 };
            let elsewhere = if policy == "unrestricted" { 0 } else { ENOSYS };
            let mut ways = vec![
                ("setrlimit", 0),
                ("setrlimit, with an upper half", 0),
                ("prlimit", 0),
                ("prlimit that asks", EPERM),
                ("prlimit of another", others),
            ];
            // seccompiler's programs kill for these.
            if cfg!(target_arch = "x86_64") && policy != "seccompiler" {
                ways.extend([("setrlimit of x32", elsewhere), ("prlimit of x32", elsewhere)]);
            }
            if i386 && policy != "seccompiler" {
                ways.extend([("setrlimit of i386", elsewhere), ("prlimit of i386", elsewhere)]);
            }
            let ways = ways.iter().map(|(way, answer)| format!("{way}={answer}"));
            crashes += 1;
            let output = sandbox.clone().seccomp(filter).output(command("crash").arg(name(crashes)).args(ways));
            let output = output.expect("runs");
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.outcome.verdict, Verdict::Signaled(SIGABRT), "{policy}, tier {tier}: {said}");
            assert!(!output.outcome.status.expect("a status").core_dumped(), "{policy}, tier {tier}: a core is dumped");
        }
    }
    if handler("no_program_that_crashes_is_handed_to_a_handler") {
        is_handled_on_the_host(crashes + 1);
        // The kernel starts a handler before it lets the program die: one that came would have come by now.
        let handled: Vec<String> =
            (1..=crashes).map(name).filter(|name| Path::new(CORES).join(name).exists()).collect();
        assert!(handled.is_empty(), "{handled:?}");
    }
}

/// Whether core_pattern is the handler of the virtual machines.
fn handler(test: &str) -> bool {
    let pattern = std::fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap_or_default();
    let ours = std::env::var_os("BELLJAR_VM").is_some() && pattern.starts_with("|/run/core-handler");
    if !ours {
        common::skip(test, "core_pattern", "core_pattern is not the virtual machines'");
    }
    ours
}

fn is_handled(number: usize) {
    common::eventually("the handler has seen it", || Path::new(CORES).join(name(number)).exists());
}

/// What the sandbox is for: on the host a limit of 0 does not keep it from the handler.
fn is_handled_on_the_host(number: usize) {
    let status = common::on_host("crash_without_files").arg(name(number)).status().expect("runs");
    assert_eq!(status.signal(), Some(SIGABRT), "{status}");
    is_handled(number);
}

fn limit_of(sandbox: &Sandbox) -> Vec<String> {
    let output = sandbox.output(Command::new("/bin/cat").arg("/proc/self/limits")).expect("runs");
    let text = String::from_utf8(output.stdout).expect("text");
    let line = text.lines().find(|line| line.starts_with("Max core file size")).expect("the limit");
    line[26..].split_ascii_whitespace().take(2).map(str::to_owned).collect()
}

#[test]
fn who_wants_dumps_has_them() {
    let _host = common::host();
    let hard = rustix::process::getrlimit(rustix::process::Resource::Core).maximum;
    let hard = hard.map_or("unlimited".into(), |bytes| bytes.to_string());
    let sandbox = guest_sandbox().core_dumps(true);
    assert_eq!(limit_of(&sandbox), [hard.as_str(), &hard]);
    assert_eq!(limit_of(&sandbox.clone().core_dumps(false)), ["1", "1"]);
    if handler("who_wants_dumps_has_them") {
        for (number, (sandbox, command)) in tiers().into_iter().enumerate() {
            for (at, filter) in [Filter::standard(), Filter::unrestricted()].into_iter().enumerate() {
                let number = 900 + 2 * number + at;
                let sandbox = sandbox.clone().core_dumps(true).seccomp(filter);
                let outcome = sandbox.run(command("crash_as_made").arg(name(number))).expect("runs");
                assert_eq!(outcome.verdict, Verdict::Signaled(SIGABRT));
                is_handled(number);
            }
        }
    }
}

/// Nobody may set 1 there, and at 0 a handler is run.
#[test]
fn under_a_hard_limit_of_0_it_is_an_error_with_a_cure() {
    common::run_on_host("without_cores", &[]);
}

fn without_cores(_: &[String]) -> i32 {
    no_core_files();
    for (sandbox, command) in tiers() {
        let error = sandbox.spawn(command("i386_works")).expect_err("no limit of 1");
        assert_eq!(error.to_string(), "rlimit RLIMIT_CORE: Operation not permitted (os error 1)");
        assert!(error.is_unsupported() && error.hint().is_some_and(|hint| hint.contains("core_dumps(true)")));
        sandbox.clone().core_dumps(true).run(command("i386_works")).expect("runs");
        sandbox.rlimit(belljar::Resource::Core, 0, 0).run(command("i386_works")).expect("runs");
    }
    0
}
