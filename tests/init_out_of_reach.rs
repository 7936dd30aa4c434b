//! The init is out of reach of the program, root inside or not, and so are the walls (design section 3, promises 1, 4, 11).
//!
//! Each list of attacks is first run on the host against a process or a mount of its own, where it must succeed: an attack
//! that fails everywhere shows nothing. No filter stands before the walls that are tried here.

mod common;

use std::ffi::CString;
use std::fs;
use std::os::fd::{FromRawFd, OwnedFd};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::time::{Duration, Instant};

use belljar::{Capabilities, Command, Evidence, Filter, Namespaces, Overlay, Sandbox, Stdio, Step, Verdict};
use common::kernel::{self, nr};
use common::{amount, guest, guest_sandbox, patience, run_on_host};

guests! {
    nest, signal_init, kill_everybody, on_own_child, on_init, on_init_from_nested, reprioritise_init, reprioritise_from_nested,
    files_of_init, limit_init, starve_init, flood_init, break_walls, mount_proc, ids, make_devices, push_input, connect, own_image, go_beyond_init, trace_child, block_init, limit_parent, limit_child_of_host,
}

type Answer = Result<i64, i32>;
type Attacks = Vec<(&'static str, Answer)>;

const SECOND: Duration = Duration::from_secs(1);
const SIGKILL: i32 = 9;
const SIGCHLD: usize = 17;

/// The program's user, and root.
fn both() -> [Sandbox; 2] {
    let sandbox = guest_sandbox().seccomp(Filter::unrestricted()).wall_time_limit(20 * SECOND * patience());
    [sandbox.clone(), sandbox.user(0, 0)]
}

/// And without a user namespace, where only the host's own limit stands against nested ones. Needs a privileged host.
fn all() -> Vec<Sandbox> {
    let plain = both()[0].clone().namespaces(Namespaces::all() - Namespaces::USER);
    both().into_iter().chain(common::is_root().then_some(plain)).collect()
}

/// Those that may make user namespaces, by the kernel's own walls: no filter stands before them.
fn nests() -> [Sandbox; 2] {
    both().map(|sandbox| sandbox.user_namespaces(true))
}

/// The guest's status is the number of attacks that went through; it says which.
fn withstands(sandbox: &Sandbox, command: &Command) {
    let output = sandbox.output(command.clone()).expect("runs");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    print!("{said}");
    assert_eq!(output.outcome.verdict, Verdict::Exited(0), "{}\n{said}", output.outcome.evidence);
}

fn successes(attacks: Attacks) -> i32 {
    let through = attacks.iter().filter(|(_, answer)| answer.is_ok());
    through.map(|(name, answer)| println!("{name} went through: {answer:?}")).count() as i32
}

fn failures(attacks: Attacks) -> i32 {
    let failed = attacks.iter().filter(|(_, answer)| answer.is_err());
    failed.map(|(name, answer)| println!("{name} does not even work on the host: {answer:?}")).count() as i32
}

fn path(path: &str) -> CString {
    CString::new(path).expect("no NUL")
}

fn close(fd: i64) {
    // SAFETY: a descriptor that the caller has just got, and does not use again.
    drop(unsafe { OwnedFd::from_raw_fd(fd as i32) });
}

/// A user namespace of the program's own, where it has every capability.
fn nested(namespaces: i32) -> Answer {
    kernel::call(nr::UNSHARE, &[(libc::CLONE_NEWUSER | namespaces) as usize])?;
    let status = fs::read_to_string("/proc/self/status").expect("status");
    let full = status.lines().any(|line| line.starts_with("CapEff:") && !line.ends_with("\t0000000000000000"));
    assert!(full, "{status}");
    Ok(0)
}

/// Machines may forbid it; then there is one way fewer. Not where it is asked for, which an argument tells.
fn is_nested(namespaces: i32) -> bool {
    let answer = nested(namespaces);
    assert!(answer.is_ok() || std::env::var_os("NESTS").is_none(), "{answer:?}");
    answer.inspect_err(|errno| println!("no nested user namespace: errno {errno}")).is_ok()
}

/// What the sandbox's own user namespace allows: unshare(2) and clone(2) give ENOSPC.
fn nest(_: &[String]) -> i32 {
    let flags = libc::CLONE_NEWUSER as usize;
    let mut attacks = vec![("unshare", nested(0))];
    let cloned = kernel::call(nr::CLONE, &[flags | SIGCHLD]);
    if cloned == Ok(0) {
        kernel::exit(0);
    }
    attacks.push(("clone", cloned));
    attacks.iter().for_each(|(name, answer)| println!("{name}: {answer:?}"));
    successes(attacks)
}

#[test]
fn there_is_no_user_namespace_within_the_sandboxs() {
    let _host = common::host();
    for sandbox in both() {
        withstands(&sandbox, &guest("nest"));
    }
}

// ---- signals

/// All signals, by all calls, then goes on.
fn signal_init(_: &[String]) -> i32 {
    let pidfd = kernel::call(nr::PIDFD_OPEN, &[1, 0]).expect("the init has an id");
    for signal in 1..=64usize {
        let _ = kernel::kill(1, signal as i32);
        let _ = kernel::call(libc::SYS_tgkill, &[1, 1, signal]);
        let _ = kernel::call(nr::PIDFD_SEND_SIGNAL, &[pidfd as usize, signal, 0, 0]);
        // SI_QUEUE, as sigqueue(3) has it.
        let mut information = [0u32; 32];
        (information[0], information[2]) = (signal as u32, u32::MAX);
        let _ = kernel::call(libc::SYS_rt_sigqueueinfo, &[1, signal, information.as_ptr() as usize]);
        let _ = kernel::call(libc::SYS_rt_tgsigqueueinfo, &[1, 1, signal, information.as_ptr() as usize]);
    }
    // The init still reaps: an orphan of this process goes away.
    let orphan = common::hostile::daemon(|| 0);
    std::thread::sleep(Duration::from_millis(50));
    if orphan.is_ok() { 43 } else { 1 }
}

/// From nested namespaces too: `kill` goes by the user, and by the capability in the target's user namespace.
fn kill_everybody(_: &[String]) -> i32 {
    let children: Vec<i32> = (0..5).filter_map(|_| kernel::child(|| kernel::forever()).ok()).collect();
    let _ = kernel::kill(-1, SIGKILL);
    let _ = kernel::kill(0, 0);
    let killed = children.iter().filter(|child| kernel::wait(**child) == Ok(SIGKILL)).count();
    if is_nested(0) {
        let _ = kernel::kill(1, SIGKILL);
        let _ = kernel::kill(-1, SIGKILL);
    }
    if killed == 5 { 44 } else { 1 }
}

#[test]
fn signals_from_inside_end_neither_the_init_nor_the_verdict() {
    let _host = common::host();
    for sandbox in both() {
        assert_eq!(sandbox.run(guest("signal_init")).expect("runs").verdict, Verdict::Exited(43));
        assert_eq!(sandbox.run(guest("kill_everybody")).expect("runs").verdict, Verdict::Exited(44));
    }
}

/// The deadline is the init's to keep while it gets as many signals as three processes can send.
fn flood_init(_: &[String]) -> i32 {
    for _ in 0..2 {
        let _ = kernel::child(|| flood_with_sigchld());
    }
    flood_with_sigchld()
}

fn flood_with_sigchld() -> ! {
    loop {
        let _ = kernel::kill(1, SIGCHLD as i32);
    }
}

#[test]
fn a_flood_of_sigchld_does_not_put_off_the_deadline() {
    let _host = common::host();
    for sandbox in both() {
        let began = Instant::now();
        let outcome = sandbox.wall_time_limit(SECOND / 2).run(guest("flood_init")).expect("runs");
        assert_eq!(outcome.verdict, Verdict::WallTimeLimit, "{}", outcome.evidence);
        assert!(began.elapsed() < 10 * SECOND * patience(), "{:?}", began.elapsed());
    }
}

// ---- tracing and reading

/// What whoever may trace a process can do to it.
fn tracing(target: usize) -> Attacks {
    const PTRACE_ATTACH: usize = 16;
    const PTRACE_DETACH: usize = 17;
    const PTRACE_SEIZE: usize = 0x4206;
    const PTRACE_INTERRUPT: usize = 0x4207;
    let mut attacks = Attacks::new();
    let vector = |base: usize| [base, 8];
    let (word, mut copy) = (Box::new(0x5eedu64), 0u64);
    let (remote, local) = (vector(&raw const *word as usize), vector(&raw mut copy as usize));
    let vectors = [local.as_ptr() as usize, 1, remote.as_ptr() as usize, 1, 0];
    let readv = [&[target], &vectors[..]].concat();
    attacks.push(("process_vm_readv", kernel::call(nr::VM_READV, &readv)));
    attacks.push(("process_vm_writev", kernel::call(nr::VM_WRITEV, &readv)));
    let own = kernel::pid() as usize;
    attacks.push(("kcmp of memory", kernel::call(nr::KCMP, &[own, target, 1])));
    let (page, mut node) = (remote[0] & !4095, 0i32);
    let pages = [target, 1, &raw const page as usize, 0, &raw mut node as usize, 0];
    attacks.push(("move_pages", kernel::call(nr::MOVE_PAGES, &pages)));
    if let Ok(pidfd) = kernel::call(nr::PIDFD_OPEN, &[target, 0]) {
        let pidfd_ = pidfd as usize;
        attacks.push(("pidfd_getfd", kernel::call(nr::PIDFD_GETFD, &[pidfd_, 3, 0]).inspect(|fd| close(*fd))));
        const MADV_COLD: usize = 20;
        let advise = [pidfd_, remote.as_ptr() as usize, 0, MADV_COLD, 0];
        attacks.push(("process_madvise", kernel::call(nr::PROCESS_MADVISE, &advise)));
        attacks.push(("setns to its UTS namespace", kernel::call(nr::SETNS, &[pidfd_, libc::CLONE_NEWUTS as usize])));
        close(pidfd);
    }
    let mut robust = [0usize; 2];
    let lists = [target, &raw mut robust[0] as usize, &raw mut robust[1] as usize];
    attacks.push(("get_robust_list", kernel::call(libc::SYS_get_robust_list, &lists)));
    attacks.push(("ptrace attach", kernel::call(nr::PTRACE, &[PTRACE_ATTACH, target, 0, 0])));
    if attacks.last().is_some_and(|(_, answer)| answer.is_ok()) {
        let _ = kernel::call(nr::WAIT4, &[target, 0, 0x4000_0000]);
        let _ = kernel::call(nr::PTRACE, &[PTRACE_DETACH, target, 0, 0]);
    }
    attacks.push(("ptrace seize", kernel::call(nr::PTRACE, &[PTRACE_SEIZE, target, 0, 0])));
    attacks.push(("ptrace interrupt", kernel::call(nr::PTRACE, &[PTRACE_INTERRUPT, target, 0, 0])));
    attacks
}

/// What the owner of a process can do to its place in the queues. The values are no better than the present ones.
fn scheduling(target: usize) -> Attacks {
    const WHO_PROCESS: usize = 1;
    const IDLE_CLASS: usize = 3 << 13;
    let parameter = 0u32;
    let parameter = &raw const parameter as usize;
    // struct sched_attr: size and policy; flags; nice.
    let attributes = [48u64 | (libc::SCHED_BATCH as u64) << 32, 0, 19, 0, 0, 0];
    let mut cpus = [0u64; 16];
    let _ = kernel::call(libc::SYS_sched_getaffinity, &[0, 128, cpus.as_mut_ptr() as usize]);
    let first = cpus.iter_mut().find(|word| **word != 0).expect("a processor");
    *first &= first.wrapping_neg();
    vec![
        ("sched_setaffinity", kernel::call(nr::SCHED_SETAFFINITY, &[target, 128, cpus.as_ptr() as usize])),
        ("setpriority", kernel::call(nr::SETPRIORITY, &[libc::PRIO_PROCESS as usize, target, 19])),
        ("sched_setattr", kernel::call(nr::SCHED_SETATTR, &[target, attributes.as_ptr() as usize, 0])),
        ("ioprio_set", kernel::call(nr::IOPRIO_SET, &[WHO_PROCESS, target, IDLE_CLASS])),
        ("sched_setparam", kernel::call(nr::SCHED_SETPARAM, &[target, parameter])),
        ("sched_setscheduler", kernel::call(nr::SCHED_SETSCHEDULER, &[target, libc::SCHED_IDLE as usize, parameter])),
    ]
}

/// The attacks on a child of this process, by which they are shown to be attacks.
fn on_own_child(_: &[String]) -> i32 {
    let child = kernel::child(|| kernel::forever()).expect("a child");
    let mut attacks = tracing(child as usize);
    attacks.extend(scheduling(child as usize));
    let _ = kernel::kill(child, SIGKILL);
    let _ = kernel::wait(child);
    // Only with CAP_SYS_ADMIN over the namespace; and a child has no descriptor 3 of its own to give, or has.
    attacks.retain(|(name, _)| !name.starts_with("setns") && *name != "pidfd_getfd" && *name != "process_madvise");
    failures(attacks)
}

/// Refused, and not merely failed: a read at a wrong address would be EFAULT.
fn not_refused(attacks: Attacks) -> i32 {
    let refused = |answer: &Answer| matches!(answer, Err(libc::EPERM | libc::EACCES));
    // Without a tracee there is nothing to interrupt.
    let refused = |name: &str, answer: &Answer| refused(answer) || name == "ptrace interrupt" && answer.is_err();
    let through = attacks.iter().filter(|(name, answer)| !refused(name, answer));
    through.map(|(name, answer)| println!("{name} is not refused: {answer:?}")).count() as i32
}

fn on_init(_: &[String]) -> i32 {
    not_refused(tracing(1))
}

fn on_init_from_nested(_: &[String]) -> i32 {
    if is_nested(libc::CLONE_NEWNS) { not_refused(tracing(1)) } else { 0 }
}

fn reprioritise_init(_: &[String]) -> i32 {
    successes(scheduling(1))
}

/// To lower a process the kernel (cap_safe_nice()) compares capabilities, and forgets in which user namespace they are.
fn reprioritise_from_nested(_: &[String]) -> i32 {
    if !is_nested(0) {
        return 0;
    }
    let mut attacks = scheduling(1);
    // Else the init is another user.
    let users = std::env::var_os("NESTS").is_some();
    for whom in [0, kernel::call(nr::GETUID, &[]).expect("a user") as usize].into_iter().filter(|_| users) {
        let user = libc::PRIO_USER as usize;
        attacks.push(("setpriority of all of a user's", kernel::call(nr::SETPRIORITY, &[user, whom, 19])));
        attacks.push(("with an upper half", kernel::call(nr::SETPRIORITY, &[user | 1 << 32, whom, 19])));
    }
    attacks.push(("of the init's group", kernel::call(nr::SETPRIORITY, &[libc::PRIO_PGRP as usize, 1, 19])));
    attacks.push(("ioprio_set of all of a user's", kernel::call(nr::IOPRIO_SET, &[3, 0, 3 << 13])));
    successes(attacks)
}

#[test]
fn the_attacks_work_on_an_own_child() {
    run_on_host("on_own_child", &[]);
}

#[test]
fn the_init_cannot_be_traced_or_read() {
    let _host = common::host();
    for sandbox in all() {
        withstands(&sandbox, &guest("on_init"));
        withstands(&sandbox, &guest("on_init_from_nested"));
    }
    for sandbox in nests() {
        withstands(&sandbox, &guest("on_init"));
        withstands(&sandbox, guest("on_init_from_nested").env("NESTS", ""));
    }
}

/// While a program is started its init traces it, to hear of what its filter kills for.
#[test]
fn the_init_of_a_program_that_may_trace_is_out_of_reach_from_its_first_moment() {
    let _host = common::host();
    let calls = ["process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd"];
    let filter = Filter::standard().allow(calls).kill(["getppid"]);
    let sandbox = guest_sandbox().seccomp(filter).wall_time_limit(20 * SECOND * patience());
    common::at_once([sandbox.clone(), sandbox.user(0, 0)], |sandbox| {
        for _ in 0..amount(500, 15) {
            withstands(&sandbox, &guest("on_init"));
        }
    });
}

#[test]
fn the_init_cannot_be_reprioritised() {
    let _host = common::host();
    for sandbox in all() {
        withstands(&sandbox, &guest("reprioritise_init"));
    }
}

#[test]
fn the_init_cannot_be_reprioritised_from_a_nested_user_namespace() {
    let _host = common::host();
    for sandbox in all() {
        withstands(&sandbox, &guest("reprioritise_from_nested"));
    }
    for sandbox in nests() {
        let sandbox = sandbox.seccomp(Filter::standard());
        withstands(&sandbox, guest("reprioritise_from_nested").env("NESTS", ""));
    }
}

/// Whatever came of the attacks on its place in the queues: with every processor busy the deadline holds.
fn starve_init(_: &[String]) -> i32 {
    let _ = kernel::child(|| {
        let _ = is_nested(0);
        let _ = scheduling(1);
        0
    });
    for _ in 0..7 {
        let _ = kernel::child(|| common::hostile::burn(&[]));
    }
    common::hostile::burn(&[])
}

#[test]
fn a_starved_init_keeps_its_deadline() {
    let _host = common::host();
    for sandbox in both() {
        let began = Instant::now();
        let outcome = sandbox.wall_time_limit(SECOND).run(guest("starve_init")).expect("runs");
        assert_eq!(outcome.verdict, Verdict::WallTimeLimit, "{}", outcome.evidence);
        assert!(began.elapsed() < 10 * SECOND * patience(), "{:?}", began.elapsed());
    }
}

/// With the names that /proc has for a process, all of which must be hidden.
fn files_of_init(_: &[String]) -> i32 {
    let mut attacks = Attacks::new();
    for name in [
        "mem",
        "environ",
        "maps",
        "fd",
        "root",
        "cwd",
        "exe",
        "oom_score_adj",
        "ns/user",
        "task/1/mem",
        "stat",
        "syscall",
    ] {
        for flags in [libc::O_RDONLY, libc::O_WRONLY, libc::O_PATH] {
            for root in ["/proc/1", "/proc/self/task/1", "/proc/thread-self/../../../1"] {
                let place = path(&format!("{root}/{name}"));
                let answer = kernel::open(place.as_ptr() as usize, flags as usize, 0);
                attacks.push((name, answer.inspect(|fd| close(*fd))));
            }
        }
    }
    successes(attacks)
}

#[test]
fn the_init_has_no_files_in_proc() {
    let _host = common::host();
    assert!(fs::File::open("/proc/self/environ").is_ok(), "a process has them");
    for sandbox in all().into_iter().chain(nests()) {
        withstands(&sandbox, &guest("files_of_init"));
    }
}

/// The kernel lets every process of the same user do it.
fn limit_init(args: &[String]) -> i32 {
    let resource: usize = args[0].parse().expect("a number");
    let none = [0u64; 2];
    let _ = kernel::call(nr::PRLIMIT, &[1, resource, none.as_ptr() as usize, 0]);
    // Give the init something to do.
    for _ in 0..args[1].parse().expect("a number") {
        let _ = common::hostile::daemon(|| 0);
    }
    45
}

#[test]
fn limits_put_on_the_init_make_no_false_verdict() {
    let _host = common::host();
    for sandbox in both() {
        let sandbox = sandbox.cpu_time_limit(10 * SECOND * patience());
        for resource in 0..16 {
            let outcome = match sandbox
                .run(guest("limit_init").args([resource, amount(50, 10)].map(|number| number.to_string())))
            {
                Ok(outcome) => outcome,
                // The kernel may end the init before it has told of the start: no verdict is no false one.
                Err(error) if error.step() == Step::Init && error.raw_os_error().is_none() => continue,
                Err(error) => panic!("{resource}: {error}"),
            };
            let died = (outcome.verdict, outcome.evidence.clone()) == (Verdict::Killed, Evidence::InitDied);
            assert!(
                outcome.verdict == Verdict::Exited(45) || died,
                "{resource}: {} {}",
                outcome.verdict,
                outcome.evidence
            );
        }
    }
}

/// The parent is the init, and a process of the same user.
fn limit_parent(_: &[String]) -> i32 {
    const NOFILE: usize = 7;
    let parent = kernel::call(nr::GETPPID, &[]).expect("a parent") as usize;
    let (mut old, least) = ([0u64; 2], [0u64; 2]);
    let mut attacks = Attacks::new();
    for (name, whom) in [("the parent's limits", parent), ("with an upper half", parent | 1 << 32)] {
        attacks.push((name, kernel::call(nr::PRLIMIT, &[whom, NOFILE, least.as_ptr() as usize, 0])));
    }
    kernel::call(nr::PRLIMIT, &[0, NOFILE, 0, old.as_mut_ptr() as usize]).expect("its own may be read");
    kernel::call(nr::PRLIMIT, &[0, NOFILE, old.as_ptr() as usize, 0]).expect("and be set");
    successes(attacks)
}

/// There the program would outlive it, and every limit that it holds.
#[test]
fn without_a_pid_namespace_the_init_keeps_its_limits() {
    run_on_host("limit_child_of_host", &[]);
    let _host = common::host();
    let mut bare = Command::new(std::env::current_exe().expect("own path"));
    bare.arg(common::MARK).arg("limit_parent");
    for filter in [Filter::unrestricted(), Filter::standard(), Filter::deny(["chroot"])] {
        for core_dumps in [false, true] {
            let sandbox = Sandbox::new().namespaces(Namespaces::empty()).core_dumps(core_dumps);
            withstands(&sandbox.seccomp(filter.clone()), &bare);
        }
    }
}

/// On the host a process of the same user is in nobody's way.
fn limit_child_of_host(args: &[String]) -> i32 {
    let child = kernel::child(|| limit_parent(args));
    i32::from(child.and_then(kernel::wait) != Ok(2 << 8))
}

// ---- with CAP_SYS_PTRACE, and what the init has of the host: its network, and the directories that it locks

/// The host's file of this name, by way of whatever directory the init has open.
fn go_beyond_init(args: &[String]) -> i32 {
    let climb = |dir: &str| format!("{dir}/{}{}", "../".repeat(40), &args[0]);
    let mut attacks = Attacks::new();
    let mut read = |name, place: &str| {
        let there = path(place);
        let answer = kernel::open(there.as_ptr() as usize, libc::O_RDONLY as usize, 0);
        attacks.push((name, answer.inspect(|fd| close(*fd))));
    };
    let pidfd = kernel::call(nr::PIDFD_OPEN, &[1, 0]).expect("the init has an id");
    for number in 0..64usize {
        read("a directory of /proc/1/fd", &climb(&format!("/proc/1/fd/{number}")));
        if let Ok(taken) = kernel::call(nr::PIDFD_GETFD, &[pidfd as usize, number, 0]) {
            read("a directory that was taken", &climb(&format!("/proc/self/fd/{taken}")));
            close(taken);
        }
    }
    for place in ["/proc/1/ns/net", "/proc/1/mem", "/proc/1/environ"] {
        read("a file of the init", place);
    }
    attacks.extend(tracing(1));
    attacks.retain(|(_, answer)| !matches!(answer, Err(libc::ENOENT | libc::ENOTDIR)));
    successes(attacks)
}

/// What the capability is given for: the sandbox's processes, whatever they have made of themselves.
fn trace_child(_: &[String]) -> i32 {
    const PR_SET_DUMPABLE: usize = 4;
    const PTRACE_SEIZE: usize = 0x4206;
    let mut pair = [0i32; 2];
    kernel::call(libc::SYS_pipe2, &[pair.as_mut_ptr() as usize, 0]).expect("a pipe");
    let child = kernel::child(|| {
        kernel::call(nr::PRCTL, &[PR_SET_DUMPABLE, 0]).expect("undumpable");
        kernel::write(pair[1], b"u");
        kernel::forever()
    });
    let mut byte = 0u8;
    let _ = kernel::call(nr::READ, &[pair[0] as usize, &raw mut byte as usize, 1]);
    let child = child.expect("a child") as usize;
    let traced = kernel::call(nr::PTRACE, &[PTRACE_SEIZE, child, 0, 0]);
    i32::from(traced != Ok(0))
}

#[test]
fn nothing_of_the_host_is_reached_through_the_init() {
    let Some(_host) = common::host_with_overlays() else { return };
    let dir = common::TempDir::new("beyond");
    common::write(dir.path(), &[("lower/l", ""), ("upper/u", ""), ("canary", "")]);
    let overlay = Overlay::new().lower(dir.path().join("lower")).upper_dir(dir.path().join("upper")).at("/work");
    let canary = dir.path().join("canary");
    let killing = Filter::unrestricted().kill(["swapon"]);
    for sandbox in both().into_iter().flat_map(|sandbox| [sandbox.clone(), sandbox.seccomp(killing.clone())]) {
        for capabilities in [Capabilities::SYS_PTRACE, Capabilities::all()] {
            let sandbox = sandbox.clone().capabilities(capabilities);
            withstands(&sandbox.clone().overlay(overlay.clone()), guest("go_beyond_init").arg(&canary));
            withstands(&sandbox, &guest("trace_child"));
        }
    }
    let filtered = guest_sandbox().capabilities(Capabilities::SYS_PTRACE).overlay(overlay);
    withstands(&filtered, guest("go_beyond_init").arg(&canary));
}

// ---- with CAP_SYS_ADMIN, and a filter that allows it

/// Puts a FIFO where the init, without a cgroup, reads the CPU time of a process, and makes it look there.
fn block_init(_: &[String]) -> i32 {
    let fifo = path("/tmp/fifo");
    kernel::mknod(fifo.as_ptr() as usize, 0o010_600, 0).expect("a FIFO");
    mount("/tmp/fifo", "/proc/self/stat", "none", libc::MS_BIND).expect("mounts");
    let _ = common::hostile::daemon(|| 0);
    kernel::forever()
}

#[test]
fn mounts_on_proc_do_not_put_off_the_deadline() {
    let _host = common::host();
    for sandbox in both() {
        let sandbox = sandbox.capabilities(Capabilities::SYS_ADMIN).cpu_time_limit(60 * SECOND * patience());
        let mut child = sandbox.wall_time_limit(SECOND).spawn(guest("block_init")).expect("spawns");
        common::eventually("the deadline passes", || child.try_wait().expect("waits").is_some());
        let outcome = child.wait().expect("is over");
        assert_eq!(outcome.verdict, Verdict::WallTimeLimit, "{}", outcome.evidence);
    }
}

// ---- the walls

fn mount(source: &str, place: &str, kind: &str, flags: u64) -> Answer {
    let (source, place, kind) = (path(source), path(place), path(kind));
    let pointers = [source.as_ptr() as usize, place.as_ptr() as usize, kind.as_ptr() as usize];
    kernel::call(nr::MOUNT, &[pointers[0], pointers[1], pointers[2], flags as usize, 0])
}

fn remount_writable(place: &str) -> Answer {
    mount("none", place, "none", libc::MS_REMOUNT | libc::MS_BIND | libc::MS_NOSUID | libc::MS_NODEV)
}

fn clear_read_only(place: &str) -> Answer {
    const SIZE: usize = 32;
    let (place, attributes) = (path(place), [0u64, 1, 0, 0]);
    let pointers = [place.as_ptr() as usize, attributes.as_ptr() as usize];
    kernel::call(nr::MOUNT_SETATTR, &[libc::AT_FDCWD as usize, pointers[0], 0, pointers[1], SIZE])
}

fn unmount(place: &str) -> Answer {
    let place = path(place);
    kernel::call(nr::UMOUNT, &[place.as_ptr() as usize, libc::MNT_DETACH as usize])
}

/// A mount without those on top of it: what they hide would be seen.
fn look_beneath(place: &str) -> Answer {
    let place = path(place);
    let answer = kernel::call(nr::OPEN_TREE, &[libc::AT_FDCWD as usize, place.as_ptr() as usize, 1]);
    answer.inspect(|fd| close(*fd))
}

/// Runs in a user and mount namespace of its own, with every capability there.
fn break_walls(_: &[String]) -> i32 {
    if !is_nested(libc::CLONE_NEWNS) {
        return 0;
    }
    // They are attacks: on a mount of its own each of them succeeds.
    mount("none", "/tmp", "tmpfs", 0).expect("mounts");
    mount("none", "/tmp", "none", libc::MS_REMOUNT | libc::MS_BIND | libc::MS_RDONLY).expect("remounts");
    remount_writable("/tmp").expect("remounts");
    mount("none", "/tmp", "none", libc::MS_REMOUNT | libc::MS_BIND | libc::MS_RDONLY).expect("remounts");
    clear_read_only("/tmp").expect("sets");
    look_beneath("/tmp").expect("clones");
    unmount("/tmp").expect("unmounts");

    let mut attacks = Attacks::new();
    // Who may nest has a writable /proc.
    let proc = std::env::var_os("NESTS").is_none().then_some("/proc");
    for place in ["/", "/ro", "/ro/below", "/usr", "/dev/null", "/guest"].into_iter().chain(proc) {
        attacks.push(("remount", remount_writable(place)));
        attacks.push(("mount_setattr", clear_read_only(place)));
        attacks.push(("umount", unmount(place)));
    }
    for place in ["/", "/ro"] {
        attacks.push(("open_tree of one mount", look_beneath(place)));
        attacks.push(("bind of one mount", mount(place, "/tmp", "none", libc::MS_BIND)));
    }
    mount("/ro", "/tmp", "none", libc::MS_BIND | libc::MS_REC).expect("the whole of it may be bound");
    attacks.push(("remount of a bind of a bind", remount_writable("/tmp")));
    for place in [
        "/tmp/new",
        "/ro/new",
        "/ro/below/new",
        "/ro/kept",
        "/new",
        "/proc/sys/kernel/hostname",
        "/proc/sys/vm/drop_caches",
    ] {
        let place = path(place);
        let answer = kernel::open(place.as_ptr() as usize, (libc::O_WRONLY | libc::O_CREAT) as usize, 0o600);
        attacks.push(("write", answer));
    }
    // A root of its own shows nothing either.
    let beneath = fs::read_dir("/").expect("a root").flatten().count();
    attacks.push(("sysfs", mount("none", "/tmp", "sysfs", libc::MS_RDONLY)));
    attacks.push(("proc of the sandbox", mount("none", "/tmp", "proc", libc::MS_RDONLY)));
    attacks.push(("chroot above", if beneath > 0 { Err(0) } else { Ok(0) }));
    successes(attacks)
}

#[test]
fn a_nested_user_namespace_does_not_open_the_walls() {
    let _host = common::host();
    let dir = common::TempDir::new("walls");
    let below = common::TempDir::new("below");
    fs::create_dir(dir.path().join("below")).expect("made");
    fs::write(dir.path().join("kept"), "kept").expect("written");
    let nesting = nests().map(|sandbox| (sandbox, true));
    for (sandbox, nests) in all().into_iter().map(|sandbox| (sandbox, false)).chain(nesting) {
        let sandbox = sandbox.bind_ro(dir.path(), "/ro").bind_ro(below.path(), "/ro/below");
        let mut command = guest("break_walls");
        if nests {
            command.env("NESTS", "");
        }
        withstands(&sandbox, &command);
        assert_eq!(fs::read_to_string(dir.path().join("kept")).expect("kept"), "kept");
        assert_eq!(fs::read_dir(dir.path()).expect("listed").count(), 2);
        assert_eq!(fs::read_dir(below.path()).expect("listed").count(), 0);
    }
}

/// A pid namespace of its own has a right to its own /proc, as long as that is no more than what is in sight.
fn mount_proc(args: &[String]) -> i32 {
    if !is_nested(libc::CLONE_NEWNS | libc::CLONE_NEWPID) {
        return 0;
    }
    let child = kernel::child(|| {
        let mut attacks = vec![("writable proc", mount("none", "/tmp", "proc", 0))];
        let restricted = libc::MS_RDONLY | libc::MS_NOSUID | libc::MS_NODEV | libc::MS_NOEXEC;
        if mount("none", "/tmp", "proc", restricted).is_ok() {
            let told = ["/tmp/meminfo", "/tmp/cmdline", "/tmp/sys", "/tmp/kallsyms", "/tmp/modules"];
            let told = told.iter().filter(|place| args[0] == "bare" && Path::new(place).exists()).count();
            attacks.push(("what tells of the machine", if told == 0 { Err(0) } else { Ok(told as i64) }));
            let ids = fs::read_dir("/tmp").expect("listed").flatten();
            let ids =
                ids.filter(|entry| entry.file_name().to_str().is_some_and(|name| name.parse::<u32>().is_ok())).count();
            attacks.push(("other processes", if ids == 1 { Err(0) } else { Ok(ids as i64) }));
            attacks.push(("a writable proc", remount_writable("/tmp")));
        }
        successes(attacks)
    });
    kernel::wait(child.expect("a child")).expect("waits") >> 8
}

#[test]
fn a_proc_of_a_nested_pid_namespace_shows_and_changes_nothing() {
    let _host = common::host();
    for sandbox in all() {
        withstands(&sandbox, guest("mount_proc").arg("system"));
    }
}

#[test]
fn a_proc_of_a_nested_pid_namespace_tells_nothing_of_the_machine() {
    let _host = common::host();
    for ids in [1000, 0] {
        let sandbox = common::bare_guest_sandbox().user(ids, ids).seccomp(Filter::unrestricted());
        withstands(&sandbox, guest("mount_proc").arg("bare"));
    }
}

/// The real and the effective user, and whether it has capabilities.
fn ids(_: &[String]) -> i32 {
    let status = fs::read_to_string("/proc/self/status").expect("status");
    let wanted = |line: &&str| ["Uid:", "Gid:", "CapEff:"].iter().any(|name| line.starts_with(name));
    status.lines().filter(wanted).for_each(|line| println!("{line}"));
    0
}

#[test]
fn a_setuid_program_is_an_ordinary_one() {
    let _host = common::host();
    let dir = common::TempDir::new("setuid");
    let copy = dir.path().join("guest");
    fs::copy(std::env::current_exe().expect("own path"), &copy).expect("copied");
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o6755)).expect("set");
    if common::is_root() {
        let output = std::process::Command::new(&copy).args(["--belljar-guest", "ids"]).uid(1000).gid(1000).output();
        let said = String::from_utf8(output.expect("runs").stdout).expect("text");
        assert!(said.contains("Uid:\t1000\t0\t"), "it has an effect on the host: {said}");
    }
    for (sandbox, id) in both().into_iter().zip([1000, 0]) {
        let sandbox = sandbox.bind_rw(dir.path(), "/rw").bind_ro(dir.path(), "/ro");
        for place in ["/rw/guest", "/ro/guest"] {
            let output = sandbox.output(Command::new(place).args(["--belljar-guest", "ids"])).expect("runs");
            let said = String::from_utf8(output.stdout).expect("text");
            let line = |name: &str| format!("{name}:\t{id}\t{id}\t{id}\t{id}\n");
            assert_eq!(said, format!("{}{}CapEff:\t0000000000000000\n", line("Uid"), line("Gid")), "{place}");
        }
    }
}

/// In every place that can be written to, plainly and with every capability of a nested namespace.
fn make_devices(_: &[String]) -> i32 {
    let mut attacks = Attacks::new();
    for round in ["plain", "nested"] {
        if round == "nested" && !is_nested(libc::CLONE_NEWNS) {
            break;
        }
        for dir in ["/tmp", "/rw", "/t", "/dev/shm"] {
            for (kind, device) in [
                (libc::S_IFCHR, libc::makedev(1, 1)),
                (libc::S_IFCHR, libc::makedev(1, 3)),
                (libc::S_IFBLK, libc::makedev(8, 0)),
            ] {
                let place = path(&format!("{dir}/{round}-{kind}-{device}"));
                attacks
                    .push(("mknod", kernel::mknod(place.as_ptr() as usize, (kind | 0o666) as usize, device as usize)));
            }
        }
    }
    // One that the host has made, where it could.
    for flags in [libc::O_RDONLY, libc::O_WRONLY, libc::O_RDWR] {
        attacks.push(("open of a device", kernel::open(c"/rw/null".as_ptr() as usize, flags as usize, 0)));
    }
    successes(attacks)
}

#[test]
fn devices_are_neither_made_nor_opened() {
    let _host = common::host();
    let dir = common::TempDir::new("devices");
    if common::is_root() {
        use rustix::fs::{CWD, FileType, Mode, makedev, mknodat};
        let (node, device) = (dir.path().join("null"), makedev(1, 3));
        mknodat(CWD, &node, FileType::CharacterDevice, Mode::from(0o666), device).expect("a device");
        fs::set_permissions(&node, fs::Permissions::from_mode(0o666)).expect("set");
        if let Err(error) = fs::read(&node) {
            println!("the host's own directory has no devices: {error}");
        }
    }
    for sandbox in all() {
        let sandbox = sandbox.bind_rw(dir.path(), "/rw").tmpfs("/t", 1 << 20);
        withstands(&sandbox, &guest("make_devices"));
    }
}

// ---- what is given

/// Pushes a letter into the terminal that is its standard input, having tried to make that its own.
fn push_terminal(letter: u8) -> Attacks {
    let _ = kernel::call(nr::SETSID, &[]);
    let own = kernel::call(nr::IOCTL, &[0, libc::TIOCSCTTY as usize, 0]);
    let _ = fs::File::open("/proc/self/fd/0");
    let letter = &raw const letter as usize;
    let text = [2u8, 0].as_ptr() as usize;
    vec![
        ("TIOCSCTTY", own),
        ("TIOCSTI", kernel::call(nr::IOCTL, &[0, libc::TIOCSTI as usize, letter])),
        ("TIOCLINUX", kernel::call(nr::IOCTL, &[0, libc::TIOCLINUX as usize, text])),
    ]
}

/// With `host` as its argument it prepares a session on a terminal and a sandbox on that, else it is the program.
fn push_input(args: &[String]) -> i32 {
    if args[0] != "host" {
        return successes(push_terminal(b'x'));
    }
    let (mut main, mut terminal) = (-1, -1);
    // SAFETY: two places for descriptors; the rest is not wanted.
    let opened = unsafe {
        let (name, mode, size) = (std::ptr::null_mut(), std::ptr::null(), std::ptr::null());
        libc::openpty(&mut main, &mut terminal, name, mode, size)
    };
    assert_eq!(opened, 0);
    // The leader of a session that has the terminal.
    let leader = kernel::child(|| {
        let _ = kernel::call(nr::SETSID, &[]);
        kernel::call(nr::IOCTL, &[terminal as usize, libc::TIOCSCTTY as usize, 0]).expect("its terminal");
        let letter = b'y';
        let pushed = kernel::call(nr::IOCTL, &[terminal as usize, libc::TIOCSTI as usize, &raw const letter as usize]);
        println!("on the host: {pushed:?}");
        for sandbox in both() {
            // SAFETY: open, and owned by nobody.
            let copy = unsafe { std::os::fd::BorrowedFd::borrow_raw(terminal) }.try_clone_to_owned().expect("a copy");
            withstands(&sandbox, guest("push_input").arg("inside").stdin(Stdio::from(copy)));
        }
        0
    });
    let status = kernel::wait(leader.expect("a child")).expect("waits");
    i32::from(status != 0)
}

#[test]
fn nothing_is_pushed_into_the_terminal_of_the_host() {
    run_on_host("push_input", &["host"]);
}

fn connect(args: &[String]) -> i32 {
    let mut attacks = Attacks::new();
    let mut attempt = |name: &'static str| {
        let address = SocketAddr::from_abstract_name(&args[0]).expect("a name");
        let answer = UnixStream::connect_addr(&address).map(|_| 0);
        attacks.push((name, answer.map_err(|error| error.raw_os_error().unwrap_or(0))));
    };
    attempt("abstract socket");
    if is_nested(libc::CLONE_NEWNET | libc::CLONE_NEWNS) {
        attempt("abstract socket from a nested namespace");
    }
    successes(attacks)
}

#[test]
fn an_abstract_socket_of_the_host_is_out_of_reach() {
    let _host = common::host();
    let name = format!("belljar-reach-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).expect("a name");
    let _listener = UnixListener::bind_addr(&address).expect("listens");
    UnixStream::connect_addr(&address).expect("the host can reach it");
    for sandbox in all() {
        withstands(&sandbox, guest("connect").arg(&name));
    }
}

/// Its own links of /proc, and what can be reached by going up from them.
fn own_image(args: &[String]) -> i32 {
    let link = |place: &str| fs::read_link(place).map(|target| target.display().to_string()).unwrap_or_default();
    let mut attacks = Attacks::new();
    let mut say = |name: &'static str, hole: bool| attacks.push((name, if hole { Ok(0) } else { Err(0) }));
    say("path of the program", link("/proc/self/exe") != "/guest");
    say("root", link("/proc/self/root") != "/" || link("/proc/self/cwd") != "/");
    say("descriptors", common::descriptors().len() != 3);
    let maps = fs::read_to_string("/proc/self/maps").expect("maps");
    let mounts = fs::read_to_string("/proc/self/mountinfo").expect("mounts");
    say("a host path in maps", maps.contains(&args[0]));
    say("the init's image in maps", maps.contains("memfd"));
    say("the host's mounts", mounts.lines().any(|line| line.contains(" /oldroot") || line.contains("memfd")));
    let up = ["/proc/self/cwd/../../../..", "/proc/self/root/..", "/proc/self/fd/../../../../.."];
    let root = fs::read_dir("/").expect("listed").flatten().count();
    say("above the root", up.iter().any(|up| fs::read_dir(up).map_or(0, |dir| dir.flatten().count()) > root));
    let write = fs::OpenOptions::new().write(true).open("/proc/self/exe");
    say("a writable program", write.is_ok());
    successes(attacks)
}

#[test]
fn its_own_links_show_nothing_of_the_host() {
    let _host = common::host();
    let exe = std::env::current_exe().expect("own path");
    for sandbox in both() {
        withstands(&sandbox, guest("own_image").arg(exe.display().to_string()));
    }
}
