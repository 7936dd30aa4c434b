//! The filter is on the program, what it kills for is told with its arguments, and a filter that
//! denies the execve itself is an error.

#[macro_use]
mod common;

use std::time::Duration;

use belljar::{Action, Arg, Command, Evidence, Filter, Means, Namespaces, Outcome, Sandbox, Step, Verdict};
use common::kernel::{self, nr};
use common::{guest, guest_sandbox, host};

guests! {
    fine, denied_chroot, denied_in_a_child, denied_in_a_thread, denied_after_the_parent, raise_sigsys, seccomp_status,
    denied_i386, many_children, checks_itself, errno_of, denied_behind_a_signal, host_in_a_container
}

const EPERM: i32 = 1;
const ENOSYS: i32 = 38;
const SIGSYS: i32 = 31;

fn fine(_: &[String]) -> i32 {
    7
}

/// The call that the filters of these tests deny.
fn deny_me() {
    let _ = kernel::call(nr::CHROOT, &[0x1234, 0x5678, 1, 2, 3, 4]);
}

fn killing() -> Filter {
    Filter::standard().kill(["chroot"])
}

fn tiers() -> Vec<Sandbox> {
    vec![guest_sandbox(), guest_sandbox().user(0, 0), guest_sandbox().network(belljar::Network::Host)]
}

/// Without namespaces the guest is this very file.
fn bare(name: &str) -> (Sandbox, Command) {
    let sandbox = Sandbox::new().namespaces(Namespaces::empty());
    let mut command = Command::new(std::env::current_exe().expect("own path"));
    command.args(["--belljar-guest", name]);
    (sandbox, command)
}

fn expect_denied(outcome: &Outcome) {
    assert_eq!(outcome.verdict, Verdict::SyscallDenied, "{}", outcome.evidence);
    let expected = Evidence::Syscall {
        name: Some("chroot"),
        number: nr::CHROOT as u32,
        arch: if cfg!(target_arch = "x86_64") { 0xc000_003e } else { 0xc000_00b7 },
        arguments: [0x1234, 0x5678, 1, 2, 3, 4],
    };
    assert_eq!(outcome.evidence, expected);
    assert_eq!(outcome.evidence.to_string(), "system call chroot(0x1234, 0x5678, 0x1, 0x2, 0x3, 0x4)");
    assert_eq!(outcome.enforced.seccomp, Means::Kernel);
}

fn denied_chroot(_: &[String]) -> i32 {
    deny_me();
    3
}

#[test]
fn the_call_that_is_killed_for_is_told_with_its_arguments() {
    let _host = host();
    for sandbox in tiers() {
        expect_denied(&sandbox.seccomp(killing()).run(guest("denied_chroot")).expect("runs"));
    }
}

#[test]
#[cfg(feature = "seccompiler")]
fn a_program_of_seccompilers_is_installed_as_any_other_filter() {
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};
    let _host = host();
    let filter = |action: SeccompAction| {
        let arch = TargetArch::try_from(std::env::consts::ARCH).expect("known");
        let filter = SeccompFilter::new([(libc::SYS_chroot, vec![])].into(), SeccompAction::Allow, action, arch);
        Filter::from(BpfProgram::try_from(filter.expect("a filter")).expect("compiles"))
    };
    for sandbox in tiers() {
        for kills in [SeccompAction::KillProcess, SeccompAction::KillThread] {
            expect_denied(&sandbox.clone().seccomp(filter(kills)).run(guest("denied_chroot")).expect("runs"));
        }
        let refuses = sandbox.clone().seccomp(filter(SeccompAction::Errno(13)));
        let outcome = refuses.run(guest("errno_of").arg(nr::CHROOT.to_string())).expect("runs");
        assert_eq!(outcome.verdict, Verdict::Exited(13), "{}", outcome.evidence);
        let outcome = sandbox.seccomp(filter(SeccompAction::KillProcess)).run(guest("fine")).expect("runs");
        assert_eq!((outcome.verdict, outcome.enforced.seccomp), (Verdict::Exited(7), Means::Kernel));
    }
}

#[test]
fn the_call_is_told_without_namespaces_too() {
    let _host = host();
    let (sandbox, command) = bare("denied_chroot");
    let outcome = sandbox.seccomp(killing()).run(command).expect("runs");
    let scope = std::fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope").unwrap_or_default();
    match scope.trim() {
        "2" if !common::is_root() => assert_eq!(outcome.verdict, Verdict::Signaled(SIGSYS)),
        "3" => assert_eq!(outcome.verdict, Verdict::Signaled(SIGSYS)),
        _ => expect_denied(&outcome),
    }
}

fn denied_in_a_child(_: &[String]) -> i32 {
    let child = kernel::child(|| {
        deny_me();
        0
    });
    let _ = kernel::wait(child.expect("forks"));
    3
}

fn denied_in_a_thread(_: &[String]) -> i32 {
    let _ = std::thread::spawn(deny_me).join();
    3
}

/// The parent is gone at once, the orphan is denied while nothing else is left to be told.
fn denied_after_the_parent(_: &[String]) -> i32 {
    let _ = common::hostile::daemon(|| {
        deny_me();
        0
    });
    kernel::forever()
}

/// Signals arrive while the call is suspended: it is begun anew, and not made.
fn denied_behind_a_signal(_: &[String]) -> i32 {
    let parent = kernel::pid();
    let _ = kernel::child(|| {
        for _ in 0..10_000 {
            let _ = kernel::kill(parent, 17);
        }
        0
    });
    deny_me();
    3
}

#[test]
fn children_and_threads_and_orphans_are_told() {
    let _host = host();
    for name in ["denied_in_a_child", "denied_in_a_thread", "denied_after_the_parent", "denied_behind_a_signal"] {
        let limit = Duration::from_secs(20) * common::patience();
        let sandbox = guest_sandbox().seccomp(killing()).wall_time_limit(limit);
        expect_denied(&sandbox.run(guest(name)).expect("runs"));
    }
}

fn raise_sigsys(_: &[String]) -> i32 {
    let _ = kernel::kill(kernel::pid(), SIGSYS);
    3
}

#[test]
fn sigsys_sent_by_the_program_itself_is_a_signal() {
    let _host = host();
    for filter in [killing(), Filter::standard(), Filter::unrestricted()] {
        let outcome = guest_sandbox().seccomp(filter).run(guest("raise_sigsys")).expect("runs");
        assert_eq!(outcome.verdict, Verdict::Signaled(SIGSYS), "{}", outcome.evidence);
    }
}

#[test]
fn a_filter_that_could_kill_changes_no_other_verdict() {
    let _host = host();
    let outcome = guest_sandbox().seccomp(killing()).run(guest("fine")).expect("runs");
    assert_eq!(outcome.verdict, Verdict::Exited(7), "{}", outcome.evidence);
    let outcome = guest_sandbox().seccomp(killing()).run(guest("many_children")).expect("runs");
    assert_eq!(outcome.verdict, Verdict::Exited(0), "{}", outcome.evidence);
    let (sandbox, command) = bare("many_children");
    let outcome = sandbox.seccomp(killing()).run(command).expect("runs");
    assert_eq!(outcome.verdict, Verdict::Exited(0), "{}", outcome.evidence);
}

/// Ends of processes and filters' listener wake the init at the same time.
fn many_children(_: &[String]) -> i32 {
    for _ in 0..50 {
        let child = kernel::child(|| 0).expect("forks");
        kernel::wait(child).expect("ends");
    }
    0
}

/// The calls of i386: number 20 is getpid.
fn denied_i386(_: &[String]) -> i32 {
    i32::from(kernel::int80(20) == kernel::pid())
}

/// A program of 32-bit ARM, which a kernel of aarch64 may run: getpid(2), and an exit with 1 if that came to something. Where
/// no call is made it ends by SIGILL.
fn arm_getpid() -> Vec<u8> {
    const BASE: u64 = 0x1_0000;
    const HEADERS: u64 = 52 + 32;
    // mov r7, 20; svc 0; cmp r0, 0; movgt r0, 1; movle r0, 0; mov r7, 1 (exit); svc 0; udf 0
    let code =
        [0xe3a0_7014u32, 0xef00_0000, 0xe350_0000, 0xc3a0_0001, 0xd3a0_0000, 0xe3a0_7001, 0xef00_0000, 0xe7f0_00f0];
    let size = HEADERS + size_of_val(&code) as u64;
    let mut file = b"\x7fELF\x01\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    let mut words = |words: &[(u64, usize)]| {
        words.iter().for_each(|(value, size)| file.extend_from_slice(&value.to_le_bytes()[..*size]));
    };
    // ET_EXEC, EM_ARM, version, entry, program headers, sections, flags (EABI 5), sizes.
    words(&[(2, 2), (40, 2), (1, 4), (BASE + HEADERS, 4), (52, 4), (0, 4), (0x0500_0000, 4)]);
    words(&[(52, 2), (32, 2), (1, 2), (40, 2), (0, 2), (0, 2)]);
    // PT_LOAD, offset, address twice, size twice, readable and executable, alignment.
    words(&[(1, 4), (0, 4), (BASE, 4), (BASE, 4), (size, 4), (size, 4), (5, 4), (4096, 4)]);
    code.iter().for_each(|instruction| file.extend_from_slice(&instruction.to_le_bytes()));
    file
}

/// The calls of i386 from a 64-bit program; on aarch64, where there is no such door, of a program of 32 bits.
#[test]
fn a_call_of_another_architecture_is_told_as_such() {
    const SIGILL: i32 = 4;
    let _host = host();
    let (mut command, name, audit, refused) = match cfg!(target_arch = "x86_64") {
        true => (guest("denied_i386"), "i386", 0x4000_0003, Verdict::Exited(0)),
        false => (Command::new("/arm"), "arm", 0x4000_0028, Verdict::Signaled(SIGILL)),
    };
    let sandbox = guest_sandbox().file("/arm", arm_getpid());
    let outcome = sandbox.clone().seccomp(Filter::unrestricted()).run(&mut command);
    if !outcome.is_ok_and(|outcome| outcome.verdict == Verdict::Exited(1)) {
        return common::skip("a_call_of_another_architecture", name, "this kernel runs no such programs");
    }
    let outcome = sandbox.run(&mut command).expect("runs");
    assert_eq!(outcome.verdict, refused, "the standard filter refuses it: {}", outcome.evidence);
    let killing = Filter::allow_only(ALL_THAT_A_GUEST_CALLS).otherwise(Action::Kill);
    let outcome = sandbox.seccomp(killing).run(&mut command).expect("runs");
    let (Verdict::SyscallDenied, Evidence::Syscall { name: None, number: 20, arch, .. }) =
        (outcome.verdict, &outcome.evidence)
    else {
        panic!("{}: {}", outcome.verdict, outcome.evidence);
    };
    assert_eq!(*arch, audit);
    let told = format!("{name} system call 20(");
    assert!(outcome.evidence.to_string().starts_with(&told), "{}", outcome.evidence);
}

/// Enough to load and end a guest: not futex, by which the launch could not wait, nor exit_group.
const ALL_THAT_A_GUEST_CALLS: [&str; 40] = [
    "access",
    "arch_prctl",
    "brk",
    "close",
    "execve",
    "exit",
    "fcntl",
    "fstat",
    "getrandom",
    "gettid",
    "getpid",
    "ioctl",
    "lseek",
    "lstat",
    "madvise",
    "mmap",
    "mprotect",
    "mremap",
    "munmap",
    "newfstatat",
    "open",
    "openat",
    "poll",
    "pread64",
    "prlimit64",
    "read",
    "readlink",
    "readlinkat",
    "rseq",
    "rt_sigaction",
    "rt_sigprocmask",
    "sched_getaffinity",
    "set_robust_list",
    "set_tid_address",
    "sigaltstack",
    "stat",
    "statx",
    "tgkill",
    "uname",
    "write",
];

/// Nothing of the launch behind the filter depends on a call: neither the program's start, nor its failure.
#[test]
fn a_filter_that_kills_for_all_else_starts_and_fails_all_the_same() {
    let _host = host();
    let narrow = || Filter::allow_only(ALL_THAT_A_GUEST_CALLS).otherwise(Action::Kill);
    let outcome = guest_sandbox().seccomp(narrow()).run(guest("fine")).expect("runs");
    let Evidence::Syscall { name, .. } = outcome.evidence else { panic!("{}", outcome.evidence) };
    assert_eq!((outcome.verdict, name), (Verdict::SyscallDenied, Some("exit_group")));
    for name in ["/missing", "missing", "/proc"] {
        for filter in
            [narrow(), Filter::allow_only(["execve"]), Filter::deny(["faccessat", "faccessat2", "exit_group"])]
        {
            let error = guest_sandbox().seccomp(filter).spawn(Command::new(name)).expect_err("not there");
            let expected = if name == "/proc" { 13 } else { 2 };
            assert_eq!((error.step(), error.raw_os_error()), (Step::Exec, Some(expected)), "{error}");
        }
    }
}

#[test]
fn a_filter_that_denies_the_execve_is_an_error() {
    let _host = host();
    let at_all = [Filter::deny(["execve"]), Filter::allow_only(["read"]), Filter::standard().kill(["execve"])];
    let by_argument = Filter::unrestricted().when("execve", [Arg::new(3).eq(0)], Action::Kill);
    for filter in at_all.into_iter().chain([by_argument]) {
        let error = guest_sandbox().seccomp(filter).spawn(guest("fine")).expect_err("cannot start");
        assert!(matches!(error.step(), Step::Seccomp | Step::Exec), "{error}");
        assert!(error.to_string().contains("execve"), "{error}");
        assert!(!error.is_unsupported(), "{error}");
    }
}

/// Its listener needs a number in the program's process. Without one the filter would not hold as it is meant.
#[test]
fn a_filter_that_kills_needs_a_descriptor() {
    let _host = host();
    for few in 0..=4 {
        let sandbox = guest_sandbox().rlimit(belljar::Resource::Nofile, few, few);
        let error = sandbox.seccomp(killing()).spawn(guest("fine")).expect_err("no number is left");
        assert_eq!((error.step(), error.raw_os_error()), (Step::Seccomp, Some(libc::EMFILE)), "{few}: {error}");
        assert!(error.hint().is_some_and(|hint| hint.contains("Nofile")) && !error.is_unsupported(), "{few}");
    }
    let enough = guest_sandbox().rlimit(belljar::Resource::Nofile, 5, 5).seccomp(killing());
    assert_eq!(enough.run(guest("fine")).expect("starts").verdict, Verdict::Exited(7));
}

/// What the kernel says of the program's own filters.
fn seccomp_status(_: &[String]) -> i32 {
    print!("{}", status_of_filters());
    0
}

fn status_of_filters() -> String {
    let status = std::fs::read_to_string("/proc/self/status").expect("own status");
    let line = |name: &str| status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    format!("{} {}", line("Seccomp:"), line("Seccomp_filters:"))
}

#[test]
fn the_filter_is_on_the_program_by_default() {
    let _host = host();
    let said = |sandbox: Sandbox| {
        let output = sandbox.output(guest("seccomp_status")).expect("runs");
        (String::from_utf8_lossy(&output.stdout).into_owned(), output.outcome.enforced.seccomp)
    };
    let without = status_of_filters();
    for dumps in [false, true] {
        let (guarded, means) = said(guest_sandbox().seccomp(Filter::unrestricted()).core_dumps(dumps));
        assert!(guarded.starts_with("Seccomp:\t2") && guarded != without, "{guarded}, without {without}");
        assert_eq!(means, Means::NotRequested, "of the policy");
    }
    for sandbox in tiers() {
        let (with, means) = said(sandbox);
        assert!(with.starts_with("Seccomp:\t2") && with != without, "{with}, without {without}");
        assert_eq!(means, Means::Kernel);
    }
}

/// As LeakSanitizer does at a program's end: a task with the same memory stops the program by ptrace(2) and reads its registers.
fn checks_itself(_: &[String]) -> i32 {
    const PR_SET_PTRACER: usize = 0x5961_6d61;
    const ATTACH: usize = 16;
    const DETACH: usize = 17;
    const GETREGSET: usize = 0x4204;
    const NT_PRSTATUS: usize = 1;
    const ANYBODY: usize = usize::MAX;
    let parent = kernel::pid() as usize;
    let _ = kernel::call(nr::PRCTL, &[PR_SET_PTRACER, ANYBODY]); // where there is Yama
    let checker = kernel::child(|| {
        let mut registers = [0u64; 64];
        let vector = [registers.as_mut_ptr() as usize, 512];
        let ptrace =
            |request: usize, address: usize, data: usize| kernel::call(nr::PTRACE, &[request, parent, address, data]);
        let attached = ptrace(ATTACH, 0, 0);
        let _ = kernel::wait(parent as i32);
        let read = ptrace(GETREGSET, NT_PRSTATUS, vector.as_ptr() as usize);
        let _ = ptrace(DETACH, 0, 0);
        match (attached, read) {
            (Ok(_), Ok(_)) => 0,
            (attached, read) => attached.err().or(read.err()).unwrap_or(0),
        }
    });
    kernel::wait(checker.expect("a child")).map_or(200, |status| status >> 8)
}

#[test]
fn a_leak_checker_stops_its_own_program() {
    let _host = host();
    for sandbox in tiers() {
        let outcome = sandbox.run(guest("checks_itself")).expect("runs");
        assert_eq!(outcome.verdict, Verdict::Exited(0), "{}", outcome.evidence);
    }
    // There would be others to trace.
    let (sandbox, command) = bare("checks_itself");
    assert_eq!(sandbox.run(command).expect("runs").verdict, Verdict::Exited(EPERM));
}

#[test]
fn a_program_under_the_address_sanitizer_ends_well_with_its_output() {
    let _host = host();
    let dir = common::TempDir::new("asan");
    let source = r#"
        #include <stdio.h>
        #include <stdlib.h>
        static char *volatile kept;
        int main(int count, char **arguments) {
            kept = malloc(10);
            if (count == 1) free(kept);
            kept = NULL;
            puts("done");
            return 0;
        }
    "#;
    common::write(dir.path(), &[("main.c", source)]);
    let program = dir.path().join("main");
    let mut gcc = std::process::Command::new("gcc");
    gcc.args(["-fsanitize=address", "-o"]).arg(&program).arg(dir.path().join("main.c"));
    if !gcc.output().is_ok_and(|output| output.status.success()) {
        return common::skip("a_program_under_the_address_sanitizer", "asan", "no gcc with AddressSanitizer");
    }
    let sandbox = guest_sandbox().bind_ro(&program, "/main").wall_time_limit(60 * Duration::from_secs(1));
    let output = sandbox.output(Command::new("/main")).expect("runs");
    assert_eq!((output.outcome.verdict, &*output.stdout_lossy()), (Verdict::Exited(0), "done\n"), "{output:?}");
    let leak = sandbox.output(Command::new("/main").arg("leak")).expect("runs");
    assert_eq!(leak.outcome.verdict, Verdict::Exited(1), "{leak:?}");
    assert!(leak.stderr_lossy().contains("LeakSanitizer: detected memory leaks"), "{leak:?}");
}

fn errno_of(args: &[String]) -> i32 {
    let number = args[0].parse().expect("a number");
    kernel::call(number, &[usize::MAX; 6]).err().unwrap_or(0)
}

#[test]
fn an_errno_is_the_programs_business() {
    let _host = host();
    for (filter, expected) in [
        (Filter::deny(["chroot"]), EPERM),
        (Filter::deny(["acct"]).errno(["chroot"], ENOSYS), ENOSYS),
        (Filter::standard().errno(["chroot"], 111), 111),
    ] {
        let outcome = guest_sandbox().seccomp(filter).run(guest("errno_of").arg(nr::CHROOT.to_string())).expect("runs");
        assert_eq!(outcome.verdict, Verdict::Exited(expected), "{}", outcome.evidence);
    }
}

/// One value, any number of runs and threads: what is compiled is shared.
#[test]
fn one_filter_serves_many_runs() {
    let _host = host();
    let sandbox = guest_sandbox().seccomp(killing());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..4).for_each(|_| expect_denied(&sandbox.run(guest("denied_chroot")).expect("runs"))));
        }
    });
}

/// A host under the filter of an outer container, which refuses this call.
fn host_in_a_container(args: &[String]) -> i32 {
    let number = args[0].parse().expect("a number");
    common::filter::install(&[(number, common::filter::errno(EPERM))]);
    let (sandbox, command) = bare("denied_chroot");
    let outcome = sandbox.seccomp(killing()).run(command).expect("runs");
    assert_eq!(outcome.verdict, Verdict::Signaled(SIGSYS), "{}", outcome.evidence);
    assert_eq!(outcome.enforced.seccomp, Means::Kernel);
    0
}

/// As in Docker: its profile allows pidfd_getfd(2) to none without CAP_SYS_PTRACE, and older ones no ptrace(2).
#[test]
fn a_filter_that_kills_holds_where_its_listener_cannot_be_fetched() {
    for number in [libc::SYS_pidfd_getfd, libc::SYS_ptrace] {
        common::run_on_host("host_in_a_container", &[&number.to_string()]);
    }
}
