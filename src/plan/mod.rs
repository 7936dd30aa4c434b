//! Compiles a sandbox and a command into a [`Plan`]: pure data, no privileges, nothing opened, nothing changed.

mod argument;
mod check;
mod constant;
pub(crate) mod decode;
pub(crate) mod exec;
pub(crate) mod init;
mod landlock;
mod lsm;
mod op;
mod program;
mod reach;
pub(crate) mod root;
pub(crate) mod script;
mod seccomp;
mod table;
#[cfg(test)]
mod tests;
mod user;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use linux_raw_sys::general::SIGKILL;
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::mount::OpenTreeFlags;

use argument::{Cell, Fd, Null, Word};
pub(crate) use check::limits as check_limits;
use constant::Prctl;
use init::SANDBOX_DATA;
pub(crate) use program::Program;
use script::Script;
pub(crate) use seccomp::may_be_the_fetch;
pub(crate) use table::{Given, Slot, Table, Taken};

use crate::capabilities::Capabilities;
use crate::cgroup::parent::Found;
use crate::cgroup::{Cgroup, Controllers};
use crate::command::Command;
use crate::error::{Error, Label, Result, Step};
use crate::host::Facts;
use crate::host::tier::{self, Tier};
use crate::landlock::Landlock;
use crate::limits::{Features, Limits};
use crate::mounts::{Copied, Mount, Proc};
use crate::namespaces::{Namespaces, Network};
use crate::outcome::{Enforced, Means};
use crate::overlay::{Layers, Overlay, Own};
use crate::seccomp::Filter;

/// Everything that the setters of a sandbox have said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub namespaces: Namespaces,
    pub at_least: Option<AtLeast>,
    pub user: Option<(u32, u32)>,
    pub host_ids: Option<std::ops::Range<u32>>,
    /// Whether the program may make some.
    pub user_namespaces: bool,
    pub hostname: Option<std::ffi::OsString>,
    pub network: Option<Network>,
    /// What [`host_system`](crate::mounts::host_system) found, once it was looked for.
    pub host_system: Option<Arc<OnceLock<Vec<Mount>>>>,
    /// The host's system is all of its files.
    pub everything: bool,
    /// What [`network`](crate::host::view::network) found, once it was looked for.
    pub host_network: Option<Arc<OnceLock<Vec<Mount>>>>,
    pub mounts: Vec<Mount>,
    /// Bytes and files of /tmp, /dev/shm and the home.
    pub tmp: Option<(u64, u64)>,
    pub overlay: Option<Overlay>,
    /// Of the host's /dev.
    pub devices: Vec<PathBuf>,
    pub proc: Option<Proc>,
    pub limits: Limits,
    /// `None` is the standard filter.
    pub seccomp: Option<Filter>,
    pub landlock: Option<Landlock>,
    pub capabilities: Capabilities,
    pub lsm_label: Option<String>,
    pub cgroup: Option<Cgroup>,
    /// The group's parent, once it was looked for, and that of a group that only counts.
    pub parent: Found,
    pub counting_parent: Found,
}

/// The least that the host must give, and what it gives, once it was looked for.
#[derive(Clone, Debug)]
pub(crate) struct AtLeast {
    pub tier: Tier,
    pub found: Arc<OnceLock<tier::Given>>,
}

impl Request {
    /// Whether a policy was asked for, beside which the sandbox's own rules are.
    fn filters(&self) -> bool {
        self.seccomp.as_ref().is_none_or(|filter| !filter.is_unrestricted())
    }

    /// Programs of the host's or of an image's are used to a whole one.
    fn proc(&self) -> Proc {
        let has_root = || self.overlay.as_ref().is_some_and(Overlay::is_root);
        let otherwise = if self.host_system.is_some() || has_root() { Proc::Machine } else { Proc::Processes };
        self.proc.unwrap_or(otherwise)
    }
}

/// The host name where none is asked for: every /etc/hosts has it, the host's own and that of an image too.
const HOSTNAME: &str = "localhost";

/// A bind that a privileged host prepares before the clone.
#[derive(Debug, PartialEq)]
pub(crate) struct Bind {
    pub source: PathBuf,
    pub writable: bool,
    pub label: Label,
    pub owner: Owner,
    /// It is a layer of an overlay: what is mounted below the source does not come along.
    pub is_layer: bool,
}

/// Whose files on a bind are the program's own, which an idmapped mount makes them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Owner {
    /// Nobody's: the program has the rights of others.
    Nobody,
    /// The owner's of the source.
    Source,
    /// The same, or nobody's where the filesystem has no idmapped mounts.
    SourceOrNobody,
    Ids(u32, u32),
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
    /// What init does.
    pub script: Script,
    /// The first program, with which the sandbox ends; without one it waits for programs.
    pub program: Option<Program>,
    /// The init's cell of the host's /proc, if programs are to be labelled.
    proc: Option<Cell>,
    /// The limits that the cgroup holds, if there is one.
    held: Option<Controllers>,
    pub namespaces: Namespaces,
    /// Those of them that the clone makes. The init of a privileged host makes its own, see [`user::shed`], but for that of pids,
    /// where a process cannot come to be the first one.
    pub cloned: Namespaces,
    /// Whether the host hears when there are id maps to be written.
    pub asks_for_id_map: bool,
    /// Capabilities that init takes with it.
    pub ambient: u64,
    /// Init is to be executed out of an image that it may not read, before its id maps are written: see [`needs_shelter`].
    pub sheltered: bool,
    pub id_map: Option<IdMap>,
    /// What is copied into files, and the files: to be sent, behind the other descriptors.
    pub files: Vec<(Copied, Label)>,
    /// To be opened and sent, in this order, behind those.
    pub binds: Vec<Bind>,
    /// What the sandbox itself puts into its overlay.
    pub own: BTreeMap<PathBuf, Own>,
    /// Nanoseconds, as the init takes them.
    pub wall_limit: u64,
    pub cpu_limit: u64,
    /// How many processors the tree could use at once.
    pub cpus: u64,
    /// Without a user namespace: the leased id, and that of who ends all that has it.
    pub own_user: Option<(u32, u32)>,
    /// What is sent to the init.
    pub table: Table,
    pub enforced: Enforced,
}

impl std::fmt::Debug for Plan {
    /// The scripts, one line an operation.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.script.fmt(f)?;
        self.program.iter().try_for_each(|program| write!(f, "the program\n{:?}", program.script))
    }
}

impl Plan {
    /// Compiles a further program for a sandbox that was begun without one. It gets this number, of which no other one is.
    #[cfg_attr(not(test), expect(dead_code, reason = "for sandboxes that stay"))]
    pub(crate) fn further(
        &self,
        request: &Request,
        command: &Command,
        facts: &Facts,
        number: usize,
    ) -> Result<Program> {
        let settled = check::settle(request, facts, self.held)?;
        let walls = program::Walls::choose(request, &settled, facts, None)?;
        let context = program::Context { request, facts, settled: &settled, walls: &walls, proc: self.proc };
        context.compile(command, number, None)
    }
}

/// Compiles a sandbox, and its first program if there is one, from what is asked for and a snapshot of the host. The only
/// things looked at beside that are what binds lead to, to know whether a file or a directory is due, what the layers have where
/// files are given, and of what kind given descriptors are. `cgroup` are the limits that the run's cgroup holds, if there is one.
pub(crate) fn compile(
    request: &Request,
    layers: Option<&Layers>,
    command: Option<&Command>,
    facts: &Facts,
    taken: Taken,
    cgroup: Option<Controllers>,
) -> Result<Plan> {
    let settled = check::settle(request, facts, cgroup)?;
    let given = command.map(|command| Given { extra: command.fds.len(), cgroup: cgroup.is_some() });
    // An init that has another user than the host may remove nothing there.
    let keeps_user = settled.id_map.is_none_or(|map| map.deny_setgroups);
    let groups = cgroup.is_some() && keeps_user;
    let files: Vec<(Copied, Label)> =
        request.mounts.iter().filter_map(|mount| Some((mount.kind.copied()?, mount.label()))).collect();
    let table =
        Table { taken, program: given, cpu_stat: cgroup.is_some(), groups, files: files.len(), binds: 0, held: 0 };
    let namespaces = settled.namespaces;
    let walls = program::Walls::choose(request, &settled, facts, command)?;
    let mut script = Script::new(SANDBOX_DATA);

    // In the host's user namespace when it is executed, the init has a better shelter.
    let sheltered = needs_shelter(request.capabilities) && !settled.sheds;
    begin(&mut script, namespaces, facts, sheltered);
    // The program's process makes these for itself.
    let mut later = Namespaces::empty();
    later.set(Namespaces::NET, command.is_some());
    later.set(Namespaces::CGROUP, table.cpu_stat);
    let mut cloned = namespaces - later;
    let covers = facts.root_is_initial && namespaces.contains(Namespaces::MOUNT);
    let kept = if covers { SYS_CHROOT } else { 0 }
        | INIT_CAPABILITIES
        | request.capabilities.bits()
        | if layers.is_some() { OVERLAY_CAPABILITIES } else { 0 };
    let mut own_proc = None;
    if let Some(map) = settled.id_map.filter(|_| settled.sheds) {
        own_proc = (settled.enforced.proc == Means::Kernel).then(|| root::open_proc(&mut script, request));
        user::shed(&mut script, facts, map.host.0, cloned - Namespaces::PID);
        user::keep_capabilities(&mut script, kept, request.capabilities);
        user::ask_for_id_map(&mut script, taken.socket);
        cloned &= Namespaces::PID;
    }
    if covers {
        root::cover_initial(&mut script);
    }
    if layers.is_some() || command.is_none() {
        // It may be sent many descriptors. With layers it sends one, and a program of the same user may have filled the
        // count of those in flight: see `sys::send`.
        program::open_files(&mut script, facts)?;
    }
    if settled.own_user.is_some() {
        // A host that was killed may have left some that had the id.
        script.call(Step::User, op::clear_user());
    }
    let proc = walls.label.as_ref().map(|_| lsm::open_proc(&mut script));
    let context = program::Context { request, facts, settled: &settled, walls: &walls, proc };
    let program = command.map(|command| context.compile(command, 0, Some(table))).transpose()?;
    if program.is_some() {
        script.call(Step::Start, op::start());
    }
    hide_image(&mut script, table);
    if let Some(proc) = proc.filter(|_| program.is_some()) {
        script.call(Step::LsmLabel, op::close(proc));
    }
    if program.is_none() && namespaces.contains(Namespaces::NET) {
        program::loopback(&mut script);
    }
    if namespaces.contains(Namespaces::UTS) {
        hostname(&mut script, request);
    }
    let nested = walls.nested(settled.id_map.is_some(), facts)?;
    let user_limit = (nested == Means::Kernel).then(|| user::limit_user(&mut script, request));
    if let Some(map) = settled.id_map {
        user::wait_for_id_map(&mut script, taken.socket);
        user::become_user(&mut script, map.inside, !map.deny_setgroups);
    }
    die_with_host(&mut script);
    let built = match namespaces.contains(Namespaces::MOUNT) {
        true => root::build(&mut script, request, layers, &settled, facts, table, own_proc)?,
        false => root::Built::default(),
    };
    let cpu_limit = request.limits.cpu_time.map_or(0, nanoseconds);
    if settled.enforced.proc == Means::Kernel && cpu_limit > 0 && cgroup.is_none() {
        open_proc(&mut script);
    }
    if let Some(limit) = user_limit.filter(|_| !request.user_namespaces) {
        user::expect_no_nested_users(&mut script, limit);
    }
    if namespaces.contains(Namespaces::USER) {
        // Untraceable before there is a program.
        script.call(Step::Init, op::prctl(Prctl::PR_SET_DUMPABLE, 0));
    }
    let fetches = program.as_ref().is_some_and(|program| program.fetches);
    // From here on nothing waits before init watches, and a host's thread may end that the signal would follow.
    script.call(Step::Init, op::prctl(Prctl::PR_SET_PDEATHSIG, 0));
    if program.is_some() {
        let step = if fetches { Step::Seccomp } else { Step::Init };
        script.call(step, op::open_gate());
    }
    script.call(Step::Init, op::supervise());

    Ok(Plan {
        script,
        program,
        proc,
        held: cgroup,
        namespaces,
        cloned,
        asks_for_id_map: settled.sheds,
        ambient: match namespaces.contains(Namespaces::USER) {
            true if settled.sheds => user::TO_SHED,
            true => kept,
            false => 0,
        },
        sheltered,
        id_map: settled.id_map,
        table: Table {
            binds: built.binds.len(),
            held: usize::from(layers.is_some_and(|layers| layers.lock().is_some())) + usize::from(facts.leased),
            ..table
        },
        files,
        binds: built.binds,
        own: built.own,
        wall_limit: request.limits.wall_time.map_or(u64::MAX, nanoseconds),
        cpu_limit,
        cpus: facts.possible_cpus,
        own_user: settled.own_user,
        enforced: Enforced {
            user_namespaces: request.user_namespaces,
            own_user: settled.own_user.is_some() || facts.leased && settled.sheds,
            landlock: walls.domain.enforced,
            lsm_label: walls.label_means,
            nested_users: if request.user_namespaces { Means::NotRequested } else { nested },
            seccomp: if request.filters() { Means::Kernel } else { Means::NotRequested },
            ..settled.enforced
        },
    })
}

/// Whether a spawn has failed because no /proc can be mounted, where it is optional. The kernel lets nobody who is confined have
/// one that shows more than those in sight (mount_too_revealing()).
pub(crate) fn may_do_without_proc(error: &Error, request: &Request) -> bool {
    const EPERM: i32 = 1;
    request.limits.optional.contains(Features::PROC)
        && error.step() == Step::Proc
        && error.raw_os_error() == Some(EPERM)
}

/// KILL SETGID SETUID SETPCAP NET_ADMIN SYS_PTRACE SYS_ADMIN SYS_RESOURCE: what the setup needs, and what sets the init above
/// the program, which holds none: whoever has fewer capabilities may neither trace nor reprioritise. SYS_PTRACE lets it see, under
/// hidepid, the CPU time of a program that has made itself undumpable; KILL lets it end the program's process while that has
/// another user id yet.
const INIT_CAPABILITIES: u64 = 1 << 5 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 12 | 1 << 19 | 1 << 21 | 1 << 24;

/// For [`root::cover_initial`].
const SYS_CHROOT: u64 = 1 << 18;

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
fn begin(script: &mut Script, namespaces: Namespaces, facts: &Facts, sheltered: bool) {
    if sheltered {
        // Its files in /proc are root's otherwise, and an ordinary user has its id maps to write.
        script.call(Step::State, op::prctl(Prctl::PR_SET_DUMPABLE, 1));
    }
    program::timer_slack(script);
    // Out of the way of keyboard signals, which go to a process group. A session of its own would cost a scheduling group.
    script.call(Step::State, op::setpgid(0, 0));
    script.call(Step::State, op::umask(Mode::empty()));
    if !facts.oom_neutral {
        neutral_oom(script);
    }
    if !namespaces.contains(Namespaces::PID) {
        const CHILDREN: &str = "/proc/thread-self/children";
        script.call(Step::State, op::prctl(Prctl::PR_SET_CHILD_SUBREAPER, 1));
        let path = script.path(CHILDREN);
        // Missing without CONFIG_PROC_CHILDREN: then orphans could not be found.
        let open = op::openat(Fd::CWD, path, OFlags::CLOEXEC);
        script.call(Step::State, open).path(CHILDREN).save(init::CHILDREN_FD);
    }
}

/// Before the program's process is there: the kernel looks through all processes for those that share the memory.
fn neutral_oom(script: &mut Script) {
    const ADJUSTMENT: &str = "/proc/self/oom_score_adj";
    let path = script.path(ADJUSTMENT);
    let open = op::openat(Fd::CWD, path, OFlags::WRONLY | OFlags::CLOEXEC);
    let oom = script.call(Step::State, open).path(ADJUSTMENT).into_cell();
    let zero = script.bytes(b"0");
    // EACCES: an adjustment above 0 that the host may not lower. The program is no better off than the host.
    script.call(Step::State, op::write(oom, zero, 1)).ignore(&[Errno::ACCESS]);
}

/// Until its execve the program's process has the image as /proc/self/exe: a program of that name, or a script with such an
/// interpreter, is not to run it.
fn hide_image(script: &mut Script, table: Table) {
    script.call(Step::Image, op::fchmod(table.number(Slot::Image), Mode::empty()));
}

fn hostname(script: &mut Script, request: &Request) {
    use std::os::unix::ffi::OsStrExt;
    let name = request.hostname.as_deref().map_or(HOSTNAME.as_bytes(), OsStrExt::as_bytes);
    let address = script.bytes(name);
    script.call(Step::Hostname, op::sethostname(address, name.len()));
}

/// What follows may wait for whoever serves a filesystem. The thread that cloned waits for us meanwhile, and a change of ids
/// would take the signal back.
fn die_with_host(script: &mut Script) {
    script.call(Step::State, op::prctl(Prctl::PR_SET_PDEATHSIG, u64::from(SIGKILL)));
    let (host, no_time) = (script.cell(0), script.put([0, 0]));
    script.call(Step::State, op::look(Word(init::HOST), 1, no_time, Null)).save(host);
    script.call(Step::State, op::expect(host, u64::MAX, 0, Errno::PIPE));
}

/// The sandbox's /proc for the init, which counts CPU time by it: a mount of its own, over whose files nobody can mount others.
fn open_proc(script: &mut Script) {
    let (path, itself) = (script.string(c"proc"), script.string(c"."));
    let flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC;
    let copy = script.call(Step::Proc, op::open_tree(Fd::CWD, path, flags)).into_cell();
    // The copy lives as long as a file of it is open.
    let open = op::openat(copy, itself, OFlags::DIRECTORY | OFlags::CLOEXEC);
    script.call(Step::Proc, open).save(init::PROC_FD);
    script.call(Step::Proc, op::close(copy));
}

/// A text that goes to the kernel as a C string.
pub(crate) fn c_string(bytes: &[u8], label: impl FnOnce() -> Label) -> Result<std::ffi::CString> {
    std::ffi::CString::new(bytes).map_err(|_| Error::invalid(label(), "holds a NUL"))
}
