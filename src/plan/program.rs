//! The part of the script that the program's own process runs, from the clone to its execve.

use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::check::Settled;
use super::init::{Config, nr_pseudo};
use super::landlock::Domain;
use super::script::{CWD, Script};
use super::seccomp::Installed;
use super::{Caller, Numbers, Request, become_user, c_string};
use crate::cgroup::Controllers;
use crate::command::Command;
use crate::error::{Error, Label, Result, Step};
use crate::limits::{Limits, Resource, UNLIMITED};
use crate::namespaces::Namespaces;
use crate::sys::{self, nr};

const ENOENT: i32 = 2;
const EACCES: i32 = 13;
const ENOTDIR: i32 = 20;
const ENOSYS: i32 = 38;
const EPERM: i32 = 1;

/// Where a bare name is looked up when the command sets no PATH.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

pub(super) fn run(
    script: &mut Script,
    request: &Request,
    command: &Command,
    caller: &Caller,
    settled: &Settled,
    numbers: Numbers,
    (filter, domain): (Option<&Installed>, &Domain<'_>),
) -> Result<()> {
    if settled.cgroup.is_some() {
        enter_cgroup(script, settled.namespaces, numbers);
    }
    // Side by side with init, which makes the root meanwhile.
    die_with_init(script, settled.namespaces);
    script.call(nr::SETSID, Step::State, []);
    if settled.namespaces.contains(Namespaces::NET) {
        network(script);
    }
    descriptors(script, command, numbers)?;
    scheduling(script, caller);
    resource_limits(script, &request.limits, settled.namespaces, settled.cgroup.unwrap_or_default())?;
    let privileged = settled.namespaces.contains(Namespaces::USER) || caller.is_privileged();
    if privileged {
        bound_capabilities(script, request.capabilities.bits());
    }

    // Within the root.
    script.call(nr_pseudo::PASS, Step::State, []);
    script.call(nr::UMASK, Step::State, [0o022u64.into()]);
    if privileged {
        become_user(script, settled.user, settled.id_map.is_none_or(|map| !map.deny_setgroups));
    }
    if !privileged {
        // A real id that differs from the effective one, as of a setuid host, is not the program's either.
        let (uid, gid) = settled.user;
        script.call(nr::SETRESGID, Step::User, [gid.into(), gid.into(), gid.into()]);
        script.call(nr::SETRESUID, Step::User, [uid.into(), uid.into(), uid.into()]);
    }
    session_keyring(script);
    drop_capabilities(script, request.capabilities.bits());
    // Another user id has taken it away.
    die_with_init(script, settled.namespaces);
    let dir = command.current_dir.as_deref().unwrap_or(Path::new("/"));
    let address = script.path(dir);
    script.call(nr::CHDIR, Step::CurrentDir, [address.into()]).path(dir);
    domain.enter(script);
    // What was used up to here is not the program's.
    const CLOCK_PROCESS_CPUTIME_ID: u64 = 2;
    script.call(nr::CLOCK_GETTIME, Step::State, [CLOCK_PROCESS_CPUTIME_ID.into(), Config::SETUP_TIME.into()]);
    if let Some(filter) = filter {
        filter.install(script);
    }
    execute(script, command, filter)
}

/// By clone3(2), or else as the host would: its right to write is that of who opened the file. The view of the hierarchy
/// that the cgroup namespace gives begins where its maker is, and from within another one the kernel would not let the
/// process into the host's (nsdelegate): so it is made afterwards.
fn enter_cgroup(script: &mut Script, namespaces: Namespaces, numbers: Numbers) {
    let [_, procs, _] = numbers.cgroup();
    let itself = script.bytes(b"0");
    script.call(nr_pseudo::ENTER, Step::Cgroup, [procs.into(), itself.into(), 1u64.into()]);
    if namespaces.contains(Namespaces::CGROUP) {
        script.call(nr::UNSHARE, Step::Cgroup, [Namespaces::CGROUP.bits().into()]);
    }
}

fn die_with_init(script: &mut Script, namespaces: Namespaces) {
    const PR_SET_PDEATHSIG: u64 = 1;
    const SIGKILL: u64 = 9;
    if !namespaces.contains(Namespaces::PID) {
        script.call(nr::PRCTL, Step::State, [PR_SET_PDEATHSIG.into(), SIGKILL.into()]);
    }
}

/// The network namespace is the costly one (a third of a millisecond), so it is made while init makes the root. Init
/// itself stays in the host's, and does nothing with it.
fn network(script: &mut Script) {
    const AF_INET: u64 = 2;
    const SOCK_DGRAM_CLOEXEC: u64 = 0x8_0002;
    const SIOCSIFFLAGS: u64 = 0x8914;
    const IFF_UP: u8 = 1;
    let flags = Namespaces::NET.bits();
    script.call(nr::UNSHARE, Step::Network, [flags.into()]);
    let socket =
        script.call(nr::SOCKET, Step::Network, [AF_INET.into(), SOCK_DGRAM_CLOEXEC.into(), 0u64.into()]).into_cell();
    let mut request = [0u8; 40];
    request[..2].copy_from_slice(b"lo");
    request[16] = IFF_UP;
    let request = script.bytes(&request);
    script.call(nr::IOCTL, Step::Network, [socket.into(), SIOCSIFFLAGS.into(), request.into()]);
}

/// Moves the extra descriptors to their numbers and closes everything else, the init's own included.
fn descriptors(script: &mut Script, command: &Command, numbers: Numbers) -> Result<()> {
    const O_CLOEXEC: u64 = 0x8_0000;
    let close = |script: &mut Script, first: u64, last: u64| {
        script.call(nr::CLOSE_RANGE, Step::Stdio, [first.into(), last.into(), 0u64.into()]);
    };
    let count = command.fds.len();
    let Some(highest) = command.fds.keys().max() else {
        close(script, 3, u64::from(u32::MAX));
        return Ok(());
    };
    // The numbers on the way may be above the host's soft limit. The program's own comes after.
    let (resource, soft, hard) = clamped(Resource::Nofile, UNLIMITED, UNLIMITED)?;
    let values = script.words(&[soft, hard]);
    script
        .call(nr::PRLIMIT64, Step::Rlimit, [0u64.into(), (resource as u32).into(), values.into(), 0u64.into()])
        .path(resource.name());
    // By way of numbers above all others, as a target may be where another one is now.
    let above = u64::from((*highest).max(numbers.extra(count)).max(numbers.taken.socket) as u32) + 1;
    for index in 0..count {
        let (from, to) = (numbers.extra(index), above + index as u64);
        script.call(nr::DUP3, Step::Stdio, [from.into(), to.into(), O_CLOEXEC.into()]);
    }
    close(script, 3, above - 1);
    for (index, number) in command.fds.keys().enumerate() {
        script.call(nr::DUP3, Step::Stdio, [(above + index as u64).into(), (*number).into(), 0u64.into()]);
    }
    close(script, above, u64::from(u32::MAX));
    Ok(())
}

/// Nothing of the host's priority, personality or signal mask.
fn scheduling(script: &mut Script, caller: &Caller) {
    const SIG_SETMASK: u64 = 2;
    const SCHED_OTHER: u32 = 0;
    const SCHED_IDLE: u32 = 5;
    script.call(nr::PERSONALITY, Step::State, [0u64.into()]);
    // What the host has given up stays so: there is no way back from SCHED_IDLE, or to a lower nice value, without
    // RLIMIT_NICE or a privilege.
    let policy = if caller.policy == SCHED_IDLE { SCHED_IDLE } else { SCHED_OTHER };
    if caller.policy != policy || caller.nice < 0 {
        const SIZE: u64 = 48;
        // struct sched_attr: size and policy; flags; nice.
        let attributes = script.words(&[SIZE | u64::from(policy) << 32, 0, caller.nice.max(0) as u64, 0, 0, 0]);
        script.call(nr::SCHED_SETATTR, Step::State, [0u64.into(), attributes.into(), 0u64.into()]);
        // A real-time init has none to hand on.
        timer_slack(script);
    }
    if caller.real_time_io {
        const IOPRIO_WHO_PROCESS: u64 = 1;
        const IOPRIO_CLASS_NONE: u64 = 0;
        script.call(nr::IOPRIO_SET, Step::State, [IOPRIO_WHO_PROCESS.into(), 0u64.into(), IOPRIO_CLASS_NONE.into()]);
    }
    let empty = script.words(&[0]);
    script.call(nr::RT_SIGPROCMASK, Step::State, [SIG_SETMASK.into(), empty.into(), 0u64.into(), 8u64.into()]);
}

/// The kernel's default. A host that is in no hurry hands its own on to the init, by which a deadline could be as late, and
/// that to the program.
pub(super) fn timer_slack(script: &mut Script) {
    const PR_SET_TIMERSLACK: u64 = 29;
    const NANOSECONDS: u64 = 50_000;
    script.call(nr::PRCTL, Step::State, [PR_SET_TIMERSLACK.into(), NANOSECONDS.into()]);
}

fn session_keyring(script: &mut Script) {
    const KEYCTL_JOIN_SESSION_KEYRING: u64 = 1;
    // Refused or unknown to this process, it is so to the program: the filter that does it is inherited.
    script.call(nr::KEYCTL, Step::Keyring, [KEYCTL_JOIN_SESSION_KEYRING.into(), 0u64.into()]).ignore(&[ENOSYS, EPERM]);
}

fn resource_limits(script: &mut Script, limits: &Limits, namespaces: Namespaces, held: Controllers) -> Result<()> {
    let output = limits.output();
    // A default gives way to a lower hard limit of the host's.
    let mut wanted: Vec<(Resource, u64, u64)> = vec![
        // Not 0: core(5) files would not be written, but a handler that core_pattern pipes them into would be run, as the
        // host's root. To that 1 is the kernel's mark for "do not" (do_coredump()).
        (Resource::Core, 1, 1),
        (Resource::Nice, 0, 0),
        (Resource::Rtprio, 0, 0),
        clamped(Resource::Nofile, 1024, 4096)?,
        clamped(Resource::Stack, 8 << 20, UNLIMITED)?,
        clamped(Resource::Fsize, output, output)?,
    ];
    if let Some(bytes) = limits.memory.filter(|_| !held.contains(Controllers::MEMORY)) {
        wanted.push(clamped(Resource::As, bytes, bytes)?);
    }
    let counts = namespaces.contains(Namespaces::USER) && !held.contains(Controllers::PIDS);
    if let Some(pids) = limits.pids.filter(|_| counts) {
        let tasks = u64::from(pids) + 1; // the init is one
        wanted.push(clamped(Resource::Nproc, tasks, tasks)?);
    }
    if let Some(time) = limits.cpu_time {
        // The backstop: the init acts earlier, and knows the tree.
        let seconds = time.as_secs().saturating_add(2);
        wanted.push(clamped(Resource::Cpu, seconds, seconds.saturating_add(1))?);
    }
    for asked in &limits.rlimits {
        wanted.retain(|(resource, ..)| *resource != asked.0);
        wanted.push(*asked);
    }
    room_to_start(limits, &wanted)?;
    for (resource, soft, hard) in wanted {
        let values = script.words(&[soft, hard]);
        script
            .call(nr::PRLIMIT64, Step::Rlimit, [0u64.into(), (resource as u32).into(), values.into(), 0u64.into()])
            .path(resource.name());
    }
    Ok(())
}

/// Below this much address space the kernel kills every program in the middle of its execve(2), when nothing can be told
/// from a crash any more: it makes room for 128 KiB of stack, or for all that the limit of the stack allows
/// (setup_arg_pages()).
fn room_to_start(limits: &Limits, wanted: &[(Resource, u64, u64)]) -> Result<()> {
    const STACK_AT_START: u64 = 128 << 10;
    const PAGE: u64 = 4096;
    let soft = |which: Resource| wanted.iter().find(|(resource, ..)| *resource == which).map(|(_, soft, _)| *soft);
    let least = soft(Resource::Stack).map_or(STACK_AT_START, |stack| STACK_AT_START.min(stack / PAGE * PAGE));
    let (step, what) = match (soft(Resource::As).filter(|bytes| *bytes < least), limits.memory) {
        (None, _) => return Ok(()),
        (Some(_), Some(memory)) if !limits.sets(Resource::As) => {
            (Step::Limit, format!("memory_limit of {memory} bytes"))
        }
        (Some(bytes), _) => (Step::Rlimit, format!("{} of {bytes} bytes", Resource::As.name())),
    };
    Err(Error::invalid(Label::new(step), format!("{what} is too small to start the program")))
}

fn clamped(resource: Resource, soft: u64, hard: u64) -> Result<(Resource, u64, u64)> {
    let limit =
        sys::hard_limit(resource as u32).map_err(|error| Error::os(Label::at(Step::Rlimit, resource.name()), error))?;
    Ok((resource, soft.min(limit), hard.min(limit)))
}

/// No way to get a capability back but those given: capabilities(7).
fn bound_capabilities(script: &mut Script, given: u64) {
    const PR_CAPBSET_DROP: u64 = 24;
    const PR_SET_SECUREBITS: u64 = 28;
    /// NOROOT, NO_SETUID_FIXUP, NO_CAP_AMBIENT_RAISE, each locked, and KEEP_CAPS locked off.
    const SECURE: u64 = 0xef;
    script.call(nr::PRCTL, Step::Capabilities, [PR_SET_SECUREBITS.into(), SECURE.into()]);
    for capability in (0..=sys::last_capability()).filter(|capability| given >> capability & 1 == 0) {
        script.call(nr::PRCTL, Step::Capabilities, [PR_CAPBSET_DROP.into(), capability.into()]);
    }
}

/// No capability in any set but those given. They are ambient ones of init's, and so of this process, already; the kernel
/// takes out of the ambient set what is taken out of another one.
fn drop_capabilities(script: &mut Script, given: u64) {
    const PR_SET_NO_NEW_PRIVS: u64 = 38;
    const VERSION_3: u64 = 0x2008_0522;
    let header = script.words(&[VERSION_3]);
    let (low, high) = (given & 0xffff_ffff, given >> 32);
    // Effective, permitted, inheritable: the lower halves, then the upper ones.
    let sets = script.words(&[low | low << 32, low | high << 32, high | high << 32]);
    script.call(nr::CAPSET, Step::Capabilities, [header.into(), sets.into()]);
    let arguments = [PR_SET_NO_NEW_PRIVS.into(), 1u64.into(), 0u64.into(), 0u64.into(), 0u64.into()];
    script.call(nr::PRCTL, Step::Capabilities, arguments);
}

/// Tries each place where the program may be. What is found but cannot be executed is told from what is not found.
fn execute(script: &mut Script, command: &Command, filter: Option<&Installed>) -> Result<()> {
    let text = |step: Step, bytes: &[u8]| c_string(bytes, || Label::new(step));
    let name = command.arg0.as_ref().unwrap_or(&command.program);
    let arguments = std::iter::once(name).chain(&command.args);
    let argv = arguments.map(|arg| text(Step::Argument, arg.as_bytes())).collect::<Result<Vec<CString>>>()?;
    let mut envp = Vec::with_capacity(command.env.len());
    for (key, value) in &command.env {
        envp.push(text(Step::Environment, &[key.as_bytes(), b"=", value.as_bytes()].concat())?);
    }
    let (argv, envp) = (script.strings(&argv), script.strings(&envp));
    let places = places(command)?;
    let addresses: Vec<u64> = places.iter().map(|place| script.path(place)).collect();
    let searched = !command.program.as_bytes().contains(&b'/');
    let passed_over: &[i32] = if searched { &[ENOENT, ENOTDIR, EACCES] } else { &[ENOENT] };
    for (place, address) in places.iter().zip(&addresses) {
        if let Some(filter) = filter {
            filter.check_execve(command, [*address, argv, envp, 0, 0, 0])?;
        }
        script
            .call(nr::EXECVE, Step::Exec, [(*address).into(), argv.into(), envp.into()])
            .ignore(passed_over)
            .path(place);
    }
    for (place, address) in places.iter().zip(&addresses) {
        if filter.is_some_and(|filter| !filter.permits(nr::FACCESSAT, [CWD, *address, 0, 0, 0, 0])) {
            break;
        }
        script
            .call(nr::FACCESSAT, Step::Interpreter, [CWD.into(), (*address).into(), 0u64.into()])
            .ignore(&[ENOENT, ENOTDIR, EACCES])
            .probe()
            .path(place);
    }
    script.call(nr_pseudo::END, Step::Exec, []).path(Path::new(&command.program));
    Ok(())
}

fn places(command: &Command) -> Result<Vec<PathBuf>> {
    let program = Path::new(&command.program);
    if command.program.as_bytes().contains(&b'/') {
        return Ok(vec![program.to_owned()]);
    }
    let path = command.env.get(std::ffi::OsStr::new("PATH")).map_or(PATH.as_ref(), |path| path.as_os_str());
    let places: Vec<PathBuf> =
        std::env::split_paths(path).filter(|dir| dir.is_absolute()).map(|dir| dir.join(program)).collect();
    if places.is_empty() {
        return Err(Error::invalid(
            Label::at(Step::Program, program),
            "PATH names no absolute directory to look it up in",
        ));
    }
    Ok(places)
}
