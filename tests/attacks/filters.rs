//! Attacks on the filter itself: a program that installs its own, rewrites calls in flight, or makes them by other doors.

use std::fs;
use std::io::Write;
use std::os::fd::{AsRawFd, FromRawFd};

use belljar::{Evidence, Filter, Sandbox, Verdict};

use crate::attack::{Answer, at, call, to};
use crate::common::{self, guest, guest_sandbox, kernel, patience};

/// An errno that no kernel answers getppid(2) with.
const MARK: i32 = 77;

/// getppid(2) as a call that is denied: it does no harm, and never fails by itself.
fn denying() -> Filter {
    Filter::standard().errno(["getppid"], MARK)
}

fn both(filter: Filter) -> [Sandbox; 2] {
    let limit = std::time::Duration::from_secs(20) * patience();
    let sandbox = guest_sandbox().seccomp(filter).wall_time_limit(limit);
    [sandbox.clone(), sandbox.user(0, 0)]
}

/// What the guest got, as its exit status: 0, or an errno.
#[track_caller]
fn comes_to(sandbox: &Sandbox, name: &str, status: i32) {
    let output = sandbox.output(guest(name)).expect("runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.outcome.verdict, Verdict::Exited(status), "{name}: {} {said}", output.outcome.evidence);
}

#[track_caller]
fn comes_to_on_host(name: &str, status: i32) {
    let output = common::on_host(name).output().expect("runs");
    assert_eq!(output.status.code(), Some(status), "{name}: {}", String::from_utf8_lossy(&output.stderr));
}

fn status(answer: Answer) -> i32 {
    answer.err().unwrap_or(0)
}

const LOAD: u16 = 0x20;
const EQUAL: u16 = 0x15;
const RETURN: u16 = 0x06;
const ALLOW: u32 = 0x7fff_0000;
const ASK: u32 = 0x7fc0_0000;
const NEW_LISTENER: usize = 8;

/// A filter of the program's own, for getppid(2) alone: the listener's descriptor, if it is to have one.
fn install_own(action: u32, flags: usize) -> Answer {
    let instruction = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
    let mut program = [
        instruction(LOAD, 0, 0, 0),
        instruction(EQUAL, 0, 1, libc::SYS_getppid as u32),
        instruction(RETURN, 0, 0, action),
        instruction(RETURN, 0, 0, ALLOW),
    ];
    let program = libc::sock_fprog { len: 4, filter: program.as_mut_ptr() };
    call(libc::SYS_prctl, [libc::PR_SET_NO_NEW_PRIVS as usize, 1, 0, 0, 0])?;
    call(libc::SYS_seccomp, [libc::SECCOMP_SET_MODE_FILTER as usize, flags, at(&program)])
}

/// Answers its own filter's question with "go on".
pub fn continue_own(_: &[String]) -> i32 {
    const RECEIVE: usize = 0xc050_2100;
    const SEND: usize = 0xc018_2101;
    const CONTINUE: u64 = 1;
    let (sender, receiver) = std::sync::mpsc::channel::<i64>();
    // Started before, so that the filter is not its own.
    std::thread::spawn(move || {
        let listener = receiver.recv().expect("a listener") as usize;
        loop {
            let mut question = [0u64; 10];
            if call(libc::SYS_ioctl, [listener, RECEIVE, to(&mut question)]).is_ok() {
                let mut answer = [question[0], 0, CONTINUE << 32];
                let _ = call(libc::SYS_ioctl, [listener, SEND, to(&mut answer)]);
            }
        }
    });
    match install_own(ASK, NEW_LISTENER) {
        Ok(listener) => sender.send(listener).expect("heard"),
        Err(errno) => {
            eprintln!("no listener: {errno}");
            if errno != libc::EBUSY {
                return errno;
            }
        }
    }
    status(call(libc::SYS_getppid, []))
}

/// The kernel heeds the strictest of all filters, and an errno is stricter than a question.
#[test]
fn a_programs_own_listener_allows_nothing() {
    let _host = common::host();
    comes_to_on_host("continue_own", 0);
    for sandbox in both(denying()) {
        comes_to(&sandbox, "continue_own", MARK);
    }
}

/// A kill is a question too, to the init: then there can be no other listener.
#[test]
fn a_programs_own_listener_does_not_replace_the_inits() {
    let _host = common::host();
    for sandbox in both(Filter::standard().kill(["getppid"])) {
        let outcome = sandbox.run(guest("continue_own")).expect("runs");
        assert_eq!(outcome.verdict, Verdict::SyscallDenied, "{}", outcome.evidence);
        let Evidence::Syscall { name, .. } = outcome.evidence else { panic!("{}", outcome.evidence) };
        assert_eq!(name, Some("getppid"));
    }
}

/// Of several filters that ask, the newest counts: one without a listener, which makes the call fail with ENOSYS.
pub fn ask_nobody(_: &[String]) -> i32 {
    status(install_own(ASK, 0).and_then(|_| call(libc::SYS_getppid, [])))
}

/// One of the program's own that is stricter.
pub fn answer_errno(_: &[String]) -> i32 {
    status(install_own(0x0005_0000 | 99, 0).and_then(|_| call(libc::SYS_getppid, [])))
}

/// One that says that a call is allowed.
pub fn allow_own(_: &[String]) -> i32 {
    status(install_own(ALLOW, 0).and_then(|_| call(libc::SYS_getppid, [])))
}

#[test]
fn a_programs_own_filter_makes_no_denied_call() {
    let _host = common::host();
    comes_to_on_host("ask_nobody", libc::ENOSYS);
    comes_to_on_host("allow_own", 0);
    for sandbox in both(denying()) {
        comes_to(&sandbox, "ask_nobody", MARK);
        comes_to(&sandbox, "allow_own", MARK);
    }
    for sandbox in both(Filter::standard().kill(["getppid"])) {
        // Not killed for, but not made either.
        comes_to(&sandbox, "ask_nobody", libc::ENOSYS);
        comes_to(&sandbox, "answer_errno", 99);
        assert_eq!(sandbox.run(guest("allow_own")).expect("runs").verdict, Verdict::SyscallDenied);
    }
}

/// A child that a debugger lets make another call than the one that it meant.
pub fn rewrite(_: &[String]) -> i32 {
    const TRACEME: usize = 0;
    const SYSCALL: usize = 24;
    let child = kernel::child(|| {
        let _ = call(libc::SYS_ptrace, [TRACEME, 0, 0, 0]);
        let _ = kernel::kill(kernel::pid(), libc::SIGSTOP);
        status(call(libc::SYS_getuid, []))
    });
    let child = child.expect("a child") as usize;
    // Stops at the entry and the exit of each call.
    let mut changed = false;
    loop {
        let stopped = kernel::wait(child as i32).expect("waits");
        if stopped & 0x7f == 0 {
            assert!(changed, "the child called");
            return stopped >> 8;
        }
        if number_of_call(child) == libc::SYS_getuid as usize {
            rewrite_number(child, libc::SYS_getppid as usize);
            changed = true;
        }
        call(libc::SYS_ptrace, [SYSCALL, child, 0, 0]).expect("goes on");
    }
}

#[cfg(target_arch = "x86_64")]
const ORIGINAL_NUMBER: usize = 15 * 8;

#[cfg(target_arch = "x86_64")]
fn number_of_call(child: usize) -> usize {
    let mut number = 0;
    let arguments = [libc::PTRACE_PEEKUSER as usize, child, ORIGINAL_NUMBER, to(&mut number)];
    call(libc::SYS_ptrace, arguments).expect("a register");
    number
}

#[cfg(target_arch = "x86_64")]
fn rewrite_number(child: usize, number: usize) {
    call(libc::SYS_ptrace, [libc::PTRACE_POKEUSER as usize, child, ORIGINAL_NUMBER, number]).expect("changes");
}

/// NT_ARM_SYSTEM_CALL, a set of one register.
#[cfg(target_arch = "aarch64")]
fn number_register(request: libc::c_uint, child: usize, number: &mut i32) {
    let mut vector = [to(number), 4];
    call(libc::SYS_ptrace, [request as usize, child, 0x404, to(&mut vector)]).expect("a register");
}

#[cfg(target_arch = "aarch64")]
fn number_of_call(child: usize) -> usize {
    let mut number = 0;
    number_register(libc::PTRACE_GETREGSET, child, &mut number);
    number as usize
}

#[cfg(target_arch = "aarch64")]
fn rewrite_number(child: usize, number: usize) {
    number_register(libc::PTRACE_SETREGSET, child, &mut (number as i32));
}

/// The kernel asks the filter after the debugger (since 4.8).
#[test]
fn a_call_that_a_debugger_rewrites_is_filtered() {
    let _host = common::host();
    comes_to_on_host("rewrite", 0);
    for sandbox in both(denying().allow(["ptrace"])) {
        comes_to(&sandbox, "rewrite", MARK);
    }
    for sandbox in both(Filter::standard().allow(["ptrace"]).kill(["getppid"])) {
        let outcome = sandbox.run(guest("rewrite")).expect("runs");
        assert_eq!(outcome.verdict, Verdict::SyscallDenied, "{}", outcome.evidence);
    }
}

/// time(2) through the page of old, which the kernel of x86_64 emulates, if it has it.
pub fn vsyscall(_: &[String]) -> i32 {
    const TIME: usize = 0xffff_ffff_ff60_0400;
    let child = kernel::child(|| {
        // SAFETY: a function of the kernel's that takes a null pointer; without it the process ends by SIGSEGV.
        let result = unsafe { std::mem::transmute::<usize, extern "C" fn(usize) -> isize>(TIME)(0) };
        if result < 0 { -result as i32 } else { 0 }
    });
    let status = kernel::wait(child.expect("a child")).expect("waits");
    if status & 0x7f == 0 { status >> 8 } else { 100 + (status & 0x7f) }
}

#[test]
fn the_vsyscall_page_is_filtered() {
    let _host = common::host();
    let shown = common::on_host("vsyscall").status().expect("runs").code();
    println!("on the host: {shown:?}");
    for sandbox in both(Filter::standard().errno(["time"], MARK)) {
        let output = sandbox.output(guest("vsyscall")).expect("runs");
        let wanted = if shown == Some(0) { MARK } else { 100 + libc::SIGSEGV };
        assert_eq!(output.outcome.verdict, Verdict::Exited(wanted), "{}", output.outcome.evidence);
    }
}

/// A program that was written to no filesystem: this one again, which makes a denied call.
pub fn from_memory(_: &[String]) -> i32 {
    let memory = call(libc::SYS_memfd_create, [at(c"program"), 0]).expect("memory");
    // SAFETY: a new descriptor that nobody else has.
    let mut file = unsafe { fs::File::from_raw_fd(memory as i32) };
    let copied = std::env::current_exe().and_then(fs::read).and_then(|image| file.write_all(&image));
    copied.expect("copied");
    let program = format!("/proc/self/fd/{}", file.as_raw_fd());
    let run = std::process::Command::new(program).args([common::MARK, "call_parent"]).status();
    run.expect("runs").code().unwrap_or(-1)
}

pub fn call_parent(_: &[String]) -> i32 {
    status(call(libc::SYS_getppid, []))
}

#[test]
fn a_program_in_memory_is_confined_as_its_parent_is() {
    let _host = common::host();
    comes_to_on_host("from_memory", 0);
    for sandbox in both(denying()) {
        comes_to(&sandbox, "from_memory", MARK);
    }
}

/// Calls as an i386 program makes them (int 0x80), and with the x32 bit: getpid, and getppid which is denied.
pub fn other_doors(_: &[String]) -> i32 {
    let mut through = 0;
    for number in [20, 64] {
        let child = kernel::child(|| i32::from(kernel::int80(number) > 0));
        let status = kernel::wait(child.expect("a child")).expect("waits");
        println!("int 0x80 with {number}: {status:#x}");
        through += i32::from(status == 0x100);
    }
    for number in [libc::SYS_getpid, libc::SYS_getppid] {
        const X32: i64 = 0x4000_0000;
        let answer = call(X32 | number, []);
        println!("x32 with {number}: {answer:?}");
        through += i32::from(answer.is_ok());
    }
    through
}

#[test]
fn foreign_architectures_are_no_way_around() {
    let _host = common::host();
    let shown = common::on_host("other_doors").output().expect("runs");
    println!("on the host: {}", String::from_utf8_lossy(&shown.stdout));
    // Deny-lists too, and those that allow nearly everything.
    for filter in [Filter::standard(), Filter::compute().allow(["clone", "wait4"]), Filter::deny(["getppid"])] {
        for sandbox in both(filter) {
            comes_to(&sandbox, "other_doors", 0);
        }
    }
}

/// Signals at every moment, so that the question to the init is taken back while it is asked. Bounded.
pub fn storm(args: &[String]) -> i32 {
    extern "C" fn heard(_: i32) {}
    // SAFETY: all zero is an action without flags.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = heard as *const () as usize;
    // SAFETY: the handler does nothing.
    assert_eq!(unsafe { libc::sigaction(libc::SIGALRM, &action, std::ptr::null_mut()) }, 0);
    let patience: u64 = args[0].parse().expect("a number");
    let often = [0, 50 * patience, 0, 50 * patience];
    call(libc::SYS_setitimer, [0, at(&often), 0]).expect("a timer");
    let mut answers = std::collections::BTreeSet::new();
    for _ in 0..20_000 {
        answers.insert(call(libc::SYS_getppid, []));
    }
    println!("{answers:?}");
    i32::from(answers.iter().any(Result::is_ok))
}

/// A question that is taken back is not answered. An init that is slower than the signals does not hear of it, then, and
/// does not end the sandbox; but the call is not made.
#[test]
fn a_kill_that_signals_outrun_makes_no_call() {
    let _host = common::host();
    for sandbox in both(Filter::standard().kill(["getppid"])) {
        let outcome = sandbox.run(guest("storm").arg(patience().to_string())).expect("runs");
        println!("{}: {}", outcome.verdict, outcome.evidence);
        let verdict = outcome.verdict;
        assert!([Verdict::SyscallDenied, Verdict::Exited(0)].contains(&verdict), "{verdict}: {}", outcome.evidence);
    }
}

/// A program finds nothing of the way by which the init came to its listener.
pub fn look_for_listener(_: &[String]) -> i32 {
    let status = fs::read_to_string("/proc/self/status").expect("status");
    let traced = !status.lines().any(|line| line == "TracerPid:\t0");
    common::descriptors().len() as i32 + if traced { 100 } else { 0 }
}

#[test]
fn the_inits_listener_is_not_the_programs() {
    let _host = common::host();
    for sandbox in both(Filter::standard().kill(["getppid"])) {
        comes_to(&sandbox, "look_for_listener", 3);
    }
}
