//! The part of the script that the program's own process runs, from the clone to its execve.

use std::mem::offset_of;
use std::path::Path;

use linux_raw_sys::general::{
    __user_cap_data_struct, __user_cap_header_struct, _LINUX_CAPABILITY_VERSION_3, SCHED_IDLE, SCHED_NORMAL, rlimit64,
};
use linux_raw_sys::net::{ifreq, net_device_flags::IFF_UP};
use rustix::fs::Mode;
use rustix::io::Errno;
use rustix::thread::UnshareFlags;

use super::argument::{Cell, Null, Word};
use super::check::{self, Settled};
use super::constant::{Clock, Family, IoPriority, Ioctl, Keyctl, Prctl, SetMask, Socket};
use super::exec::execute;
use super::init::{listener, program_data, setup_time};
use super::landlock::Domain;
use super::lsm::Labelled;
use super::script::Script;
use super::seccomp::Installed;
use super::user::become_user;
use super::{Given, Request, Slot, Table, needs_shelter, op, root};
use crate::command::Command;
use crate::cure;
use crate::error::{Error, Label, Result, Step};
use crate::host::Facts;
use crate::init::wire;
use crate::limits::{Limits, Resource, UNLIMITED};
use crate::namespaces::Namespaces;
use crate::outcome::{Enforced, Means};
use crate::sys::{self, Plain};

/// A program, as it is started in a sandbox.
pub(crate) struct Program {
    pub script: Script,
    given: Given,
    /// The cells that hold its descriptors, and the numbers that those that its process is given get.
    descriptors: Cell,
    targets: Cell,
    /// The cell of its cgroup's directory.
    cgroup: Option<Cell>,
    /// Init fetches the listener of its filter.
    pub fetches: bool,
    sheltered: bool,
    naps: bool,
}

impl Program {
    /// Its memory in the init. Limits in nanoseconds, as the init takes them.
    pub(crate) fn memory(&self, number: usize, wall_limit: u64, cpu_limit: u64) -> Vec<u8> {
        let head = wire::Program {
            descriptors: self.descriptors.0,
            descriptor_count: self.given.order().count() as u64,
            given: 3 + self.given.extra as u64,
            targets: self.targets.0,
            cgroup: self.cgroup.map_or(0, |cell| cell.0),
            fetches: self.fetches.into(),
            sheltered: self.sheltered.into(),
            naps: self.naps.into(),
            wall_limit,
            cpu_limit,
            ..wire::Program::new()
        };
        crate::init::memory(head, wire::program_at(number), self.script.parts())
    }
}

/// What stands between a program and the kernel.
pub(super) struct Walls<'a> {
    pub filter: Option<Installed>,
    pub domain: Domain<'a>,
    pub label: Option<Labelled>,
    pub label_means: Means,
}

impl Walls<'_> {
    pub(super) fn choose<'a>(
        request: &'a Request,
        settled: &Settled,
        facts: &Facts,
        command: Option<&Command>,
    ) -> Result<Walls<'a>> {
        let namespaces = settled.namespaces;
        let filter = super::seccomp::choose(request, settled, facts, command)?;
        let domain = super::landlock::choose(request, namespaces, facts)?;
        let (label, label_means) = super::lsm::choose(request, facts)?;
        Ok(Walls { filter, domain, label, label_means })
    }

    /// What keeps the program from user namespaces within the sandbox's, in which it would have every capability.
    pub(super) fn nested(&self, has_users: bool, facts: &Facts) -> Result<Means> {
        match &self.filter {
            _ if !has_users => Ok(Means::NotRequested),
            _ if facts.sets_user_limits => Ok(Means::Kernel),
            Some(filter) if filter.denies_user_namespaces() => Ok(Means::Filter),
            _ => {
                let label = Label::at(Step::User, super::user::MAX_USER_NAMESPACES);
                Err(Error::os(label, Errno::ROFS).with_hint(Some(cure::READ_ONLY_SYSCTLS)))
            }
        }
    }
}

/// What all programs of a sandbox have in common.
pub(super) struct Context<'a> {
    pub request: &'a Request,
    pub facts: &'a Facts,
    pub settled: &'a Settled,
    pub walls: &'a Walls<'a>,
    /// The init's cell of the host's /proc, if a label is to be written.
    pub proc: Option<Cell>,
}

impl Context<'_> {
    /// The program of this number. That of the first one's descriptors which numbers they have is known: from the table.
    pub(super) fn compile(&self, command: &Command, number: usize, table: Option<Table>) -> Result<Program> {
        let Context { request, facts, settled, walls, .. } = *self;
        check::command(command)?;
        let namespaces = settled.namespaces;
        let script = &mut Script::new(program_data(number));
        let given = Given { extra: command.fds.len(), cgroup: settled.cgroup };
        let numbers = given.order().map(|slot| table.map_or(u64::MAX, |table| table.number(slot) as u64));
        let numbers: Vec<u64> = numbers.collect();
        let descriptors = Cell(script.bytes(Plain::bytes(&numbers)).0);
        let targets: Vec<u64> = (0..3).chain(command.fds.keys().copied()).map(|target| target as u64).collect();
        let targets = Cell(script.bytes(Plain::bytes(&targets)).0);
        let cell_of = |slot: Slot| {
            let at = given.order().position(|other| other == slot);
            at.map(|at| Cell(descriptors.0 + 8 * at as u64))
        };

        if let (Some(label), Some(proc)) = (&walls.label, self.proc) {
            label.write(script, proc);
        }
        if let Some(procs) = cell_of(Slot::CgroupProcs) {
            enter_cgroup(script, namespaces, procs);
        }
        // Side by side with init, which makes the root meanwhile.
        die_with_init(script, namespaces);
        script.call(Step::State, op::setsid());
        if table.is_some() && namespaces.contains(Namespaces::NET) {
            network(script);
        }
        if given.extra > 0 {
            // The numbers on the way may be above the host's soft limit. The program's own comes after.
            open_files(script, facts)?;
        }
        script.call(Step::Stdio, op::arrange());
        // A further program finds that of the first one.
        let group = (table.is_some() && root::group::is_shown(request, settled)).then(|| root::group::open(script));
        scheduling(script, facts);
        if let Some(cpus) = request.limits.cpuset.as_ref().filter(|_| settled.enforced.cpuset == Means::Kernel) {
            let mut mask = [0u64; 16];
            cpus.iter().for_each(|cpu| mask[*cpu as usize / 64] |= 1 << (cpu % 64));
            let mask = script.put(mask);
            script.call(Step::Limit, op::sched_setaffinity(0, size_of::<[u64; 16]>(), mask)).path("cpuset");
        }
        resource_limits(script, &request.limits, &settled.enforced, facts)?;
        let privileged = namespaces.contains(Namespaces::USER) || facts.is_privileged();
        if privileged {
            bound_capabilities(script, request.capabilities.bits(), facts.last_capability);
        }

        // Within the root.
        script.call(Step::State, op::pass_gate());
        if let Some(group) = group {
            root::group::mount(script, group);
        }
        script.call(Step::State, op::umask(Mode::WGRP | Mode::WOTH));
        if privileged {
            become_user(script, settled.user, settled.id_map.is_none_or(|map| !map.deny_setgroups));
        }
        if !privileged {
            // A real id that differs from the effective one, as of a setuid host, is not the program's either.
            let (uid, gid) = settled.user;
            script.call(Step::User, op::setresgid(gid, gid, gid));
            script.call(Step::User, op::setresuid(uid, uid, uid));
        }
        session_keyring(script);
        drop_capabilities(script, request.capabilities.bits());
        // Another user id has taken it away.
        die_with_init(script, namespaces);
        let dir = command.current_dir.as_deref().unwrap_or(Path::new("/"));
        let address = script.path(dir);
        script.call(Step::CurrentDir, op::chdir(address)).path(dir);
        walls.domain.enter(script, settled.own_user.is_some());
        // What was used up to here is not the program's.
        script.call(Step::State, op::clock_gettime(Clock::CLOCK_PROCESS_CPUTIME_ID, Word(setup_time(number))));
        // A sheltered init would have to be dumpable for a moment, when other programs run.
        let sheltered = needs_shelter(request.capabilities);
        let filter = walls.filter.as_ref().map(|filter| filter.fetched(table.is_some() || !sheltered));
        let fetches = filter.as_ref().is_some_and(|filter| filter.listens);
        if let Some(filter) = &filter {
            filter.install(script, listener(number));
        }
        let naps = filter.as_ref().is_none_or(|filter| filter.permits(sys::nr::NANOSLEEP, [0; 6]));
        execute(script, request, command, namespaces, filter.as_ref())?;
        if script.parts().size() > wire::MOST_MEMORY as usize - size_of::<wire::Program>() {
            let label = Label::at(Step::Exec, &command.program);
            return Err(Error::os(label, Errno::TOOBIG));
        }
        Ok(Program {
            script: std::mem::replace(script, Script::new(0)),
            given,
            descriptors,
            targets,
            cgroup: cell_of(Slot::CgroupDir),
            fetches,
            sheltered: sheltered || settled.sheds,
            naps,
        })
    }
}

/// By clone3(2), or else as the host would: its right to write is that of who opened the file. The view of the hierarchy
/// that the cgroup namespace gives begins where its maker is, and from within another one the kernel would not let the
/// process into the host's (nsdelegate): so it is made afterwards.
fn enter_cgroup(script: &mut Script, namespaces: Namespaces, procs: Cell) {
    let itself = script.bytes(b"0");
    script.call(Step::Cgroup, op::enter(procs, itself, 1));
    if namespaces.contains(Namespaces::CGROUP) {
        script.call(Step::Cgroup, op::unshare(UnshareFlags::NEWCGROUP));
    }
}

fn die_with_init(script: &mut Script, namespaces: Namespaces) {
    if !namespaces.contains(Namespaces::PID) {
        script.call(Step::State, op::die_with_init());
    }
}

/// The network namespace is the costly one (a third of a millisecond), so it is made while init makes the root. Init
/// itself stays in the host's, and does nothing with it.
fn network(script: &mut Script) {
    script.call(Step::Network, op::unshare(UnshareFlags::NEWNET));
    loopback(script);
}

pub(super) fn loopback(script: &mut Script) {
    let socket = script.call(Step::Network, op::socket(Family::AF_INET, Socket::SOCK_DGRAM_CLOEXEC)).into_cell();
    let mut request = [0u8; size_of::<ifreq>()];
    request[..2].copy_from_slice(b"lo");
    request[offset_of!(ifreq, ifr_ifru)] = IFF_UP as u8;
    let request = script.bytes(&request).word(0);
    script.call(Step::Network, op::ioctl(socket, Ioctl::SIOCSIFFLAGS, request));
}

/// As many open files as the hard limit allows.
pub(super) fn open_files(script: &mut Script, facts: &Facts) -> Result<()> {
    let (resource, soft, hard) = clamped(facts, Resource::Nofile, UNLIMITED, UNLIMITED)?;
    set_limit(script, resource, soft, hard);
    Ok(())
}

/// Nothing of the host's priority, personality or signal mask.
fn scheduling(script: &mut Script, facts: &Facts) {
    script.call(Step::State, op::personality(0));
    // What the host has given up stays so: there is no way back from SCHED_IDLE, or to a lower nice value, without
    // RLIMIT_NICE or a privilege.
    let policy = if facts.policy == SCHED_IDLE { SCHED_IDLE } else { SCHED_NORMAL };
    if facts.policy != policy || facts.nice < 0 {
        const SIZE: u64 = 48;
        // struct sched_attr: size and policy; flags; nice.
        let attributes = script.put([SIZE | u64::from(policy) << 32, 0, facts.nice.max(0) as u64, 0, 0, 0]);
        script.call(Step::State, op::sched_setattr(0, attributes));
        // A real-time init has none to hand on.
        timer_slack(script);
    }
    if facts.real_time_io {
        const IOPRIO_CLASS_NONE: u64 = 0;
        script.call(Step::State, op::ioprio_set(IoPriority::IOPRIO_WHO_PROCESS, 0, IOPRIO_CLASS_NONE));
    }
    let empty = script.put([0]);
    script.call(Step::State, op::rt_sigprocmask(SetMask::SIG_SETMASK, empty, Null, 8));
}

/// The kernel's default. A host that is in no hurry hands its own on to the init, by which a deadline could be as late, and
/// that to the program.
pub(super) fn timer_slack(script: &mut Script) {
    const NANOSECONDS: u64 = 50_000;
    script.call(Step::State, op::prctl(Prctl::PR_SET_TIMERSLACK, NANOSECONDS));
}

fn session_keyring(script: &mut Script) {
    // Refused or unknown to this process, it is so to the program: the filter that does it is inherited.
    let join = op::keyctl(Keyctl::KEYCTL_JOIN_SESSION_KEYRING, Null);
    script.call(Step::Keyring, join).ignore(&[Errno::NOSYS, Errno::PERM]);
}

fn resource_limits(script: &mut Script, limits: &Limits, enforced: &Enforced, facts: &Facts) -> Result<()> {
    let file_size = limits.file_size.unwrap_or(UNLIMITED);
    // A default gives way to a lower hard limit of the host's.
    let mut wanted: Vec<(Resource, u64, u64)> = vec![
        core_limit(limits, facts)?,
        (Resource::Nice, 0, 0),
        (Resource::Rtprio, 0, 0),
        clamped(facts, Resource::Nofile, 1024, 4096)?,
        clamped(facts, Resource::Stack, 8 << 20, UNLIMITED)?,
        clamped(facts, Resource::Fsize, file_size, file_size)?,
        // What the kernel counts by user, and so for all of an ordinary user's sandboxes with the host.
        clamped(facts, Resource::Sigpending, 64, 64)?,
        clamped(facts, Resource::Msgqueue, 0, 0)?,
        clamped(facts, Resource::Memlock, 64 << 10, 64 << 10)?,
    ];
    if let Some(bytes) = limits.memory.filter(|_| enforced.memory == Means::Rlimit) {
        wanted.push(clamped(facts, Resource::As, bytes, bytes)?);
    }
    if let Some(pids) = limits.pids.filter(|_| enforced.pids == Means::Rlimit) {
        // Within a user namespace the init is one.
        let tasks = u64::from(pids) + u64::from(enforced.namespaces.contains(Namespaces::USER));
        wanted.push(clamped(facts, Resource::Nproc, tasks, tasks)?);
    }
    if let Some(time) = limits.cpu_time {
        // The backstop: the init acts earlier, and knows the tree.
        let seconds = time.as_secs().saturating_add(2);
        wanted.push(clamped(facts, Resource::Cpu, seconds, seconds.saturating_add(1))?);
    }
    for asked in &limits.rlimits {
        wanted.retain(|(resource, ..)| *resource != asked.0);
        wanted.push(*asked);
    }
    room_to_start(limits, &wanted)?;
    for (resource, soft, hard) in wanted {
        set_limit(script, resource, soft, hard);
    }
    Ok(())
}

/// Not 0: core(5) files would not be written, but a handler that core_pattern pipes them into would be run, as the host's root.
/// To that 1 is the kernel's mark for "do not" (do_coredump()). Its change the filter prevents: seccomp/guard.rs.
fn core_limit(limits: &Limits, facts: &Facts) -> Result<(Resource, u64, u64)> {
    let (_, soft, hard) = clamped(facts, Resource::Core, UNLIMITED, UNLIMITED)?;
    match limits.core_dumps {
        true => Ok((Resource::Core, soft, hard)),
        false if hard == 0 && !limits.sets(Resource::Core) => {
            let label = Label::at(Step::Rlimit, Resource::Core.name());
            Err(Error::os(label, Errno::PERM).with_hint(Some(cure::CORE_LIMIT)))
        }
        false => Ok((Resource::Core, 1, 1)),
    }
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

/// At most what the host has.
fn clamped(facts: &Facts, resource: Resource, soft: u64, hard: u64) -> Result<(Resource, u64, u64)> {
    let limit =
        facts.hard_limit(resource).map_err(|errno| Error::os(Label::at(Step::Rlimit, resource.name()), errno))?;
    Ok((resource, soft.min(limit), hard.min(limit)))
}

fn set_limit(script: &mut Script, resource: Resource, soft: u64, hard: u64) {
    let limit = script.put(rlimit64 { rlim_cur: soft, rlim_max: hard });
    script.call(Step::Rlimit, op::prlimit64(0, resource, limit, Null)).path(resource.name());
}

/// No way to get a capability back but those given: capabilities(7).
fn bound_capabilities(script: &mut Script, given: u64, last: u32) {
    /// NOROOT, NO_SETUID_FIXUP, NO_CAP_AMBIENT_RAISE, each locked, and KEEP_CAPS locked off: linux/securebits.h.
    const SECURE: u64 = 0xef;
    script.call(Step::Capabilities, op::prctl(Prctl::PR_SET_SECUREBITS, SECURE));
    for capability in (0..=last).filter(|capability| given >> capability & 1 == 0) {
        script.call(Step::Capabilities, op::prctl(Prctl::PR_CAPBSET_DROP, u64::from(capability)));
    }
}

/// No capability in any set but those given. They are ambient ones of init's, and so of this process, already; the kernel
/// takes out of the ambient set what is taken out of another one.
fn drop_capabilities(script: &mut Script, given: u64) {
    let header = script.put(__user_cap_header_struct { version: _LINUX_CAPABILITY_VERSION_3, pid: 0 });
    // The lower half, then the upper one.
    let sets = [given as u32, (given >> 32) as u32].map(|half| __user_cap_data_struct {
        effective: half,
        permitted: half,
        inheritable: half,
    });
    let sets = script.put(sets);
    script.call(Step::Capabilities, op::capset(header, sets));
    script.call(Step::Capabilities, op::prctl(Prctl::PR_SET_NO_NEW_PRIVS, 1));
}
