//! Compiles a sandbox and a command into a [`Plan`]: pure data, no privileges, nothing opened, nothing changed.

pub(crate) mod caller;
mod check;
pub(crate) mod init;
mod landlock;
mod lsm;
mod program;
pub(crate) mod root;
pub(crate) mod script;
mod seccomp;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

pub(crate) use caller::{Caller, HostIds};
pub(crate) use check::limits as check_limits;
use init::{Config, nr_pseudo};
use script::Script;
pub(crate) use seccomp::may_be_the_fetch;

use crate::capabilities::Capabilities;
use crate::cgroup::parent::Found;
use crate::cgroup::{Cgroup, Controllers};
use crate::command::Command;
use crate::error::{Error, Label, Result, Step};
use crate::landlock::Landlock;
use crate::limits::Limits;
use crate::mounts::Mount;
use crate::namespaces::{Namespaces, Network};
use crate::outcome::{Enforced, Means};
use crate::overlay::{Layers, Overlay, Own};
use crate::seccomp::Filter;
use crate::sys::nr;

/// Everything that the setters of a sandbox have said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub namespaces: Namespaces,
    pub user: Option<(u32, u32)>,
    pub hostname: Option<std::ffi::OsString>,
    pub network: Option<Network>,
    /// What [`host_system`](crate::mounts::host_system) found, once it was looked for.
    pub host_system: Option<Arc<OnceLock<Vec<Mount>>>>,
    pub mounts: Vec<Mount>,
    pub overlay: Option<Overlay>,
    pub limits: Limits,
    /// `None` is the standard filter.
    pub seccomp: Option<Filter>,
    pub landlock: Option<Landlock>,
    pub capabilities: Capabilities,
    pub lsm_label: Option<String>,
    pub cgroup: Option<Cgroup>,
    /// The group's parent, once it was looked for.
    pub parent: Found,
}

/// A bind that a privileged host prepares before the clone, with the ids of its source's owner mapped.
#[derive(Debug, PartialEq)]
pub(crate) struct Bind {
    pub source: PathBuf,
    pub writable: bool,
    pub label: Label,
    /// It is a layer of an overlay.
    pub layer: Option<Layer>,
}

/// What differs where a bind is a layer of an overlay: what is mounted below the source does not come along.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Layer {
    /// Whose files become the program's, if not the source's own owner's.
    pub owner: Option<(u32, u32)>,
    /// Files that are nobody's could not be copied up.
    pub must_map: bool,
}

/// One line of an id map: these ids inside are those ids on the host.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct IdMap {
    pub inside: (u32, u32),
    pub host: (u32, u32),
    /// An unprivileged writer of the map must give up setgroups(2) first.
    pub deny_setgroups: bool,
}

/// What is to be done to start a sandbox.
pub(crate) struct Plan {
    pub script: Script,
    pub namespaces: Namespaces,
    /// Capabilities that init takes with it.
    pub ambient: u64,
    /// Init is to be executed out of an image that it may not read, before its id maps are written: see [`needs_shelter`].
    pub sheltered: bool,
    pub id_map: Option<IdMap>,
    /// To be opened and sent, in this order, behind the other descriptors.
    pub binds: Vec<Bind>,
    /// What the sandbox itself puts into its overlay.
    pub own: BTreeMap<PathBuf, Own>,
    /// Nanoseconds, as the init takes them.
    pub wall_limit: u64,
    pub cpu_limit: u64,
    /// The program's process is to be in a cgroup.
    pub cgroup: bool,
    pub enforced: Enforced,
}

/// What is in the init's table before the descriptors come: its end of the socket pair, and, if the pair was made there,
/// the host's behind it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    pub socket: i32,
    pub count: i32,
}

/// The numbers that descriptors will have in the init. They are received into a table that holds only the socket, so
/// they take the lowest free numbers in the order in which they are sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numbers {
    pub taken: Taken,
    /// Descriptors besides the standard streams that the program is given.
    pub extra: usize,
    /// Those of the program's cgroup are sent.
    pub cgroup: bool,
}

impl Numbers {
    fn nth(self, index: usize) -> i32 {
        let number = index as i32;
        if number < self.taken.socket { number } else { number + self.taken.count }
    }

    pub(crate) fn extra(self, index: usize) -> i32 {
        self.nth(3 + index)
    }

    /// The host's pidfd.
    pub(crate) fn host(self) -> i32 {
        self.nth(3 + self.extra)
    }

    /// The init image.
    pub(crate) fn image(self) -> i32 {
        self.nth(4 + self.extra)
    }

    /// Of the program's cgroup: the directory, `cgroup.procs`, and `cpu.stat`.
    pub(crate) fn cgroup(self) -> [i32; 3] {
        [5, 6, 7].map(|index| self.nth(index + self.extra))
    }

    pub(crate) fn bind(self, index: usize) -> i32 {
        let before = if self.cgroup { 8 } else { 5 };
        self.nth(before + self.extra + index)
    }
}

/// Compiles. The only thing read of the host is what binds lead to, to know whether a file or a directory is due, and what
/// the layers have where files are given. `cgroup` are the limits that the run's cgroup holds, if there is one.
pub(crate) fn compile(
    request: &Request,
    layers: Option<&Layers>,
    command: &Command,
    caller: &Caller,
    taken: Taken,
    cgroup: Option<Controllers>,
) -> Result<Plan> {
    let settled = check::settle(request, command, caller, cgroup)?;
    let numbers = Numbers { taken, extra: command.fds.len(), cgroup: cgroup.is_some() };
    let namespaces = settled.namespaces;
    let filter = seccomp::choose(request, namespaces, caller)?;
    let listens = filter.as_ref().is_some_and(|filter| filter.listens);
    let domain = landlock::choose(request, namespaces)?;
    let (label, label_means) = lsm::choose(request)?;
    let mut script = Script::default();

    let sheltered = needs_shelter(request.capabilities);
    begin(&mut script, namespaces, caller, sheltered);
    let proc = label.as_ref().map(|_| lsm::open_proc(&mut script));
    script.call(nr_pseudo::START, Step::Start, []);
    if let (Some(label), Some(proc)) = (&label, proc) {
        label.write(&mut script, proc);
    }
    program::run(&mut script, request, command, caller, &settled, numbers, (filter.as_ref(), &domain))?;
    script.begin_after();
    hide_image(&mut script, numbers);
    if let Some(proc) = proc {
        script.call(nr::CLOSE, Step::LsmLabel, [proc.into()]);
    }
    if namespaces.contains(Namespaces::UTS) {
        hostname(&mut script, request);
    }
    if let Some(map) = settled.id_map {
        wait_for_id_map(&mut script, taken.socket);
        become_user(&mut script, map.inside, !map.deny_setgroups);
    }
    let user_limit = settled.id_map.map(|_| open_user_limit(&mut script));
    let built = match namespaces.contains(Namespaces::MOUNT) {
        true => root::build(&mut script, request, layers, &settled, caller, numbers)?,
        false => root::Built::default(),
    };
    let cpu_limit = request.limits.cpu_time.map_or(0, nanoseconds);
    if namespaces.contains(Namespaces::PID | Namespaces::MOUNT) && cpu_limit > 0 && cgroup.is_none() {
        const O_DIRECTORY_CLOEXEC: u64 = 0x1_0000 | 0x8_0000;
        let path = script.string(c"proc");
        script
            .call(nr::OPENAT, Step::Proc, [script::CWD.into(), path.into(), O_DIRECTORY_CLOEXEC.into()])
            .save(script::Cell(Config::PROC_FD));
    }
    if let Some(limit) = user_limit {
        forbid_nested_users(&mut script, limit);
    }
    // A sheltered init that fetches a listener is sealed when it has it.
    set_dumpable(&mut script, &settled, sheltered && listens);
    leave_program_its_descriptors(&mut script, numbers);
    let step = if listens { Step::Seccomp } else { Step::Init };
    script.call(nr_pseudo::OPEN, step, [u64::from(listens).into(), u64::from(sheltered).into()]);
    script.call(nr_pseudo::SUPERVISE, Step::Init, []);

    Ok(Plan {
        script,
        namespaces,
        ambient: match namespaces.contains(Namespaces::USER) {
            true if layers.is_some() => INIT_CAPABILITIES | OVERLAY_CAPABILITIES | request.capabilities.bits(),
            true => INIT_CAPABILITIES | request.capabilities.bits(),
            false => 0,
        },
        sheltered,
        id_map: settled.id_map,
        binds: built.binds,
        own: built.own,
        wall_limit: request.limits.wall_time.map_or(u64::MAX, nanoseconds),
        cpu_limit,
        cgroup: cgroup.is_some(),
        enforced: Enforced {
            landlock: domain.enforced,
            lsm_label: label_means,
            seccomp: if filter.is_some() { Means::Kernel } else { Means::NotRequested },
            ..enforced(&request.limits, namespaces, cgroup.unwrap_or_default())
        },
    })
}

/// KILL SETGID SETUID SETPCAP NET_ADMIN SYS_PTRACE SYS_ADMIN SYS_RESOURCE: what the setup needs, and what sets the init above
/// the program, which holds none: whoever has fewer capabilities may neither trace nor reprioritise. SYS_PTRACE lets it see, under
/// hidepid, the CPU time of a program that has made itself undumpable; KILL lets it end the program's process while that has
/// another user id yet.
const INIT_CAPABILITIES: u64 = 1 << 5 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 12 | 1 << 19 | 1 << 21 | 1 << 24;

/// CHOWN DAC_OVERRIDE FOWNER FSETID: overlayfs works on its layers with the credentials of whoever mounted it, and its own
/// work directory has the mode 000. What the program may do it asks by the program's.
const OVERLAY_CAPABILITIES: u64 = 1 | 1 << 1 | 1 << 3 | 1 << 4;

fn nanoseconds(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// With CAP_SYS_PTRACE the program could trace its init: undumpable as that is, the capability in the user namespace of
/// its memory is enough, which is the sandbox's. There it would find the host's network, and directories of the host to go up
/// from. Of an image that it may not read the memory is that of the user namespace to which the image's owner belongs
/// (would_dump()): the host's.
fn needs_shelter(given: Capabilities) -> bool {
    given.contains(Capabilities::SYS_PTRACE)
}

/// What init does for itself and for the program's process, before that is cloned.
fn begin(script: &mut Script, namespaces: Namespaces, caller: &Caller, sheltered: bool) {
    if sheltered {
        // Its files in /proc are root's otherwise, and an ordinary user has its id maps to write.
        script.call(nr::PRCTL, Step::State, [PR_SET_DUMPABLE.into(), 1u64.into()]);
    }
    program::timer_slack(script);
    // Out of the way of keyboard signals, which go to a process group. A session of its own would cost a scheduling group.
    script.call(nr::SETPGID, Step::State, [0u64.into(), 0u64.into()]);
    script.call(nr::UMASK, Step::State, [0u64.into()]);
    if !caller.oom_neutral {
        neutral_oom(script);
    }
    if !namespaces.contains(Namespaces::PID) {
        const PR_SET_CHILD_SUBREAPER: u64 = 36;
        const O_CLOEXEC: u64 = 0x8_0000;
        script.call(nr::PRCTL, Step::State, [PR_SET_CHILD_SUBREAPER.into(), 1u64.into()]);
        let path = script.string(c"/proc/thread-self/children");
        // Missing without CONFIG_PROC_CHILDREN: then orphans could not be found.
        script
            .call(nr::OPENAT, Step::State, [script::CWD.into(), path.into(), O_CLOEXEC.into()])
            .path("/proc/thread-self/children")
            .save(script::Cell(Config::CHILDREN_FD));
    }
}

/// Before the program's process is there: the kernel looks through all processes for those that share the memory.
fn neutral_oom(script: &mut Script) {
    const O_WRONLY_CLOEXEC: u64 = 0x8_0001;
    let path = script.string(c"/proc/self/oom_score_adj");
    let oom = script
        .call(nr::OPENAT, Step::State, [script::CWD.into(), path.into(), O_WRONLY_CLOEXEC.into()])
        .path("/proc/self/oom_score_adj")
        .into_cell();
    let zero = script.bytes(b"0");
    // EACCES: an adjustment above 0 that the host may not lower. The program is no better off than the host.
    script.call(nr::WRITE, Step::State, [oom.into(), zero.into(), 1u64.into()]).ignore(&[13]);
}

/// Until its execve the program's process has the image as /proc/self/exe: a program of that name, or a script with such an
/// interpreter, is not to run it.
fn hide_image(script: &mut Script, numbers: Numbers) {
    script.call(nr::FCHMOD, Step::Image, [numbers.image().into(), 0u64.into()]);
}

fn hostname(script: &mut Script, request: &Request) {
    use std::os::unix::ffi::OsStrExt;
    let name = request.hostname.as_deref().map_or(&b"belljar"[..], OsStrExt::as_bytes);
    let address = script.bytes(name);
    script.call(nr::SETHOSTNAME, Step::Hostname, [address.into(), (name.len() as u64).into()]);
}

/// One byte from the host says that the maps are written.
fn wait_for_id_map(script: &mut Script, socket: i32) {
    const EPIPE: u64 = 32;
    const MSG_DONTWAIT: u64 = 0x40;
    let received = script.cell(0);
    let byte = script.cell(0);
    // Until the host has written or is gone: a sibling of the dead host may hold the other end of the socket open.
    script.call(nr::PPOLL, Step::IdMap, [Config::POLL.into(), 2u64.into(), 0u64.into(), 0u64.into()]);
    let arguments = [socket.into(), byte.0.into(), 1u64.into(), MSG_DONTWAIT.into()];
    script.call(nr::RECVFROM, Step::IdMap, arguments).save(received);
    let arguments = [received.0.into(), u64::MAX.into(), 1u64.into(), EPIPE.into()];
    script.call(nr_pseudo::EXPECT, Step::IdMap, arguments);
}

/// All three kinds of ids, groups first.
fn become_user(script: &mut Script, (uid, gid): (u32, u32), drop_groups: bool) {
    if drop_groups {
        script.call(nr::SETGROUPS, Step::User, [0u64.into(), 0u64.into()]);
    }
    script.call(nr::SETRESGID, Step::User, [gid.into(), gid.into(), gid.into()]);
    script.call(nr::SETRESUID, Step::User, [uid.into(), uid.into(), uid.into()]);
}

const MAX_USER_NAMESPACES: &str = "/proc/sys/user/max_user_namespaces";
const ENOENT: i32 = 2;

/// To be opened in the host's /proc; the sandbox's own may not have it. Where it is masked the mount of /proc fails too, and
/// tells better why: so its absence counts later.
fn open_user_limit(script: &mut Script) -> script::Cell {
    const O_WRONLY_CLOEXEC: u64 = 0x8_0001;
    let path = script.path(MAX_USER_NAMESPACES.as_ref());
    let arguments = [script::CWD.into(), path.into(), O_WRONLY_CLOEXEC.into()];
    script.call(nr::OPENAT, Step::User, arguments).path(MAX_USER_NAMESPACES).ignore(&[ENOENT]).into_cell()
}

/// No user namespace within the sandbox's: user_namespaces(7). In one of its own the program would have every capability.
/// The kernel (cap_safe_nice()) takes those for enough to reprioritise the init, by which it could be starved, and lets it
/// mount a /proc that tells of the machine.
fn forbid_nested_users(script: &mut Script, limit: script::Cell) {
    const SIGN: u64 = 1 << 63;
    let zero = script.bytes(b"0");
    let arguments = [limit.0.into(), SIGN.into(), 0u64.into(), ENOENT.into()];
    script.call(nr_pseudo::EXPECT, Step::User, arguments).path(MAX_USER_NAMESPACES);
    script.call(nr::WRITE, Step::User, [limit.into(), zero.into(), 1u64.into()]).path(MAX_USER_NAMESPACES);
    script.call(nr::CLOSE, Step::User, [limit.into()]).path(MAX_USER_NAMESPACES);
}

const PR_SET_DUMPABLE: u64 = 4;

/// Makes the init untraceable before there is a program, or lets it trace that, with which it shares its memory.
fn set_dumpable(script: &mut Script, settled: &check::Settled, dumpable: bool) {
    if settled.namespaces.contains(Namespaces::USER) {
        script.call(nr::PRCTL, Step::Init, [PR_SET_DUMPABLE.into(), u64::from(dumpable).into()]);
    }
}

/// The init lets go of the program's ends of pipes, so that their readers see when the program closes them.
fn leave_program_its_descriptors(script: &mut Script, numbers: Numbers) {
    let last = if numbers.extra == 0 { 2 } else { numbers.extra(numbers.extra - 1) };
    for (first, last) in [(0, last.min(numbers.taken.socket - 1)), (numbers.taken.socket + 1, last)] {
        if first <= last {
            script.call(nr::CLOSE_RANGE, Step::Init, [first.into(), last.into(), 0u64.into()]);
        }
    }
}

fn enforced(limits: &Limits, namespaces: Namespaces, held: Controllers) -> Enforced {
    let means = |asked: bool, means: Means| if asked { means } else { Means::NotRequested };
    let by_cgroup = |asked: bool, controller: Controllers, otherwise: Means| {
        means(asked, if held.contains(controller) { Means::Cgroup } else { otherwise })
    };
    // RLIMIT_NPROC counts the user's processes in its user namespace: of the sandbox if it has one, else of the host.
    let pids = if namespaces.contains(Namespaces::USER) { Means::Rlimit } else { Means::Nothing };
    Enforced {
        namespaces,
        memory: by_cgroup(limits.memory.is_some(), Controllers::MEMORY, Means::Rlimit),
        pids: by_cgroup(limits.pids.is_some(), Controllers::PIDS, pids),
        cpus: by_cgroup(limits.cpus.is_some(), Controllers::CPU, Means::Nothing),
        io: by_cgroup(limits.io.is_some(), Controllers::IO, Means::Nothing),
        cpu_time: means(limits.cpu_time.is_some(), Means::Init),
        wall_time: means(limits.wall_time.is_some(), Means::Init),
        output: Means::Host,
        ..Enforced::default()
    }
}

/// A text that goes to the kernel as a C string.
pub(crate) fn c_string(bytes: &[u8], label: impl FnOnce() -> Label) -> Result<std::ffi::CString> {
    std::ffi::CString::new(bytes).map_err(|_| Error::invalid(label(), "holds a NUL"))
}
