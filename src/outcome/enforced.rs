//! What really was applied, by what means, and how much of what was asked for that is.

use std::fmt;
use std::path::PathBuf;

use crate::cgroup::Controllers;
use crate::landlock::Restriction;
use crate::limits::Limits;
use crate::namespaces::Namespaces;

/// How much of a thing there is, on a host or of what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Support {
    /// Nothing.
    No,
    /// A part.
    Partial,
    /// All of it.
    Full,
}

impl fmt::Display for Support {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Support::No => "no",
            Support::Partial => "part",
            Support::Full => "yes",
        })
    }
}

/// By what means a limit was held.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Means {
    /// The limit was not asked for.
    #[default]
    NotRequested,
    /// A cgroup, over the whole tree.
    Cgroup,
    /// A resource limit of setrlimit(2): per process, or for processes per user.
    Rlimit,
    /// The sandbox's init, which watches the tree and its deadlines.
    Init,
    /// The host, which reads the captured output.
    Host,
    /// The kernel, which was told once and keeps to it.
    Kernel,
    /// The system call filter: where /proc/sys is read-only.
    Filter,
    /// Nothing: the limit was optional and this host cannot hold it.
    Nothing,
}

impl Means {
    /// How much of what was asked for these hold: a resource limit a part, as it holds each process by itself or counts by
    /// user. `None` if nothing was asked for.
    pub fn support(self) -> Option<Support> {
        match self {
            Means::NotRequested => None,
            Means::Cgroup | Means::Init | Means::Host | Means::Kernel | Means::Filter => Some(Support::Full),
            Means::Rlimit => Some(Support::Partial),
            Means::Nothing => Some(Support::No),
        }
    }
}

impl fmt::Display for Means {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Means::NotRequested => "not requested",
            Means::Cgroup => "cgroup",
            Means::Rlimit => "rlimit",
            Means::Init => "init",
            Means::Host => "host",
            Means::Kernel => "kernel",
            Means::Filter => "filter",
            Means::Nothing => "not enforced",
        })
    }
}

/// What really was applied.
#[non_exhaustive]
#[derive(Clone, Debug, Default)]
pub struct Enforced {
    /// The namespaces that the program was in.
    pub namespaces: Namespaces,
    /// Whether the program's user on the host is nobody else's as long as the sandbox lives, so that nothing that the kernel
    /// counts by user is shared with others: [of a privileged host](crate#users-and-ids), which has leased an id
    /// from all that have the same `/run`.
    pub own_user: bool,
    /// Whether the program could make user namespaces, and have every capability in them: what
    /// [`Sandbox::user_namespaces`](crate::Sandbox::user_namespaces) costs.
    pub user_namespaces: bool,
    /// The sandbox's own `/proc`: the kernel's, or nothing where that was [optional](crate::Features::PROC) and cannot be mounted.
    /// Not requested without [`Namespaces::PID`].
    pub proc: Means,
    /// What keeps the program from making user namespaces: the kernel's limit, or the filter where `/proc/sys` is read-only, as
    /// in a container. There the limits of inotify and of other namespaces that go with the first are not set. Not
    /// requested where the sandbox has no user namespace of its own, or was given more by
    /// [`Sandbox::user_namespaces`](crate::Sandbox::user_namespaces).
    pub nested_users: Means,
    /// [`Sandbox::memory_limit`](crate::Sandbox::memory_limit).
    pub memory: Means,
    /// [`Sandbox::pids_limit`](crate::Sandbox::pids_limit).
    pub pids: Means,
    /// [`Sandbox::cpus`](crate::Sandbox::cpus).
    pub cpus: Means,
    /// [`Sandbox::cpuset`](crate::Sandbox::cpuset): a cgroup's, or the kernel's, by an affinity that the program cannot change.
    pub cpuset: Means,
    /// [`Sandbox::cpu_weight`](crate::Sandbox::cpu_weight).
    pub cpu_weight: Means,
    /// [`Sandbox::memory_high`](crate::Sandbox::memory_high).
    pub memory_high: Means,
    /// [`Sandbox::io_limit`](crate::Sandbox::io_limit).
    pub io: Means,
    /// [`Sandbox::cpu_time_limit`](crate::Sandbox::cpu_time_limit).
    pub cpu_time: Means,
    /// [`Sandbox::wall_time_limit`](crate::Sandbox::wall_time_limit).
    pub wall_time: Means,
    /// [`Sandbox::output_limit`](crate::Sandbox::output_limit).
    pub output: Means,
    /// [`Sandbox::file_size_limit`](crate::Sandbox::file_size_limit).
    pub file_size: Means,
    /// [`Sandbox::seccomp`](crate::Sandbox::seccomp).
    pub seccomp: Means,
    /// [`Sandbox::landlock`](crate::Sandbox::landlock); `None` if it was not asked for.
    pub landlock: Option<Landlocked>,
    /// [`Sandbox::lsm_label`](crate::Sandbox::lsm_label).
    pub lsm_label: Means,
    /// Layers of a privileged caller's [read-only](crate::Overlay::read_only) overlay on filesystems without idmapped
    /// mounts: what belongs to their owner is `nobody`'s to the program, which read there what others may read.
    pub unmapped: Vec<PathBuf>,
}

impl Enforced {
    /// Who holds each limit: the one place where that is decided. `controllers` are what there is of a cgroup for the run.
    pub(crate) fn decide(limits: &Limits, namespaces: Namespaces, controllers: Controllers) -> Enforced {
        let asked = |asked: bool, means: Means| if asked { means } else { Means::NotRequested };
        let by_cgroup = |limit: bool, controller: Controllers, otherwise: Means| {
            asked(limit, if controllers.contains(controller) { Means::Cgroup } else { otherwise })
        };
        // RLIMIT_NPROC counts the user's processes in its user namespace: of the sandbox if it has one, else of the host.
        let pids = if namespaces.contains(Namespaces::USER) { Means::Rlimit } else { Means::Nothing };
        Enforced {
            namespaces,
            memory: by_cgroup(limits.memory.is_some(), Controllers::MEMORY, Means::Rlimit),
            pids: by_cgroup(limits.pids.is_some(), Controllers::PIDS, pids),
            cpus: by_cgroup(limits.cpus.is_some(), Controllers::CPU, Means::Nothing),
            cpuset: by_cgroup(limits.cpuset.is_some(), Controllers::CPUSET, Means::Kernel),
            cpu_weight: by_cgroup(limits.cpu_weight.is_some(), Controllers::CPU, Means::Nothing),
            memory_high: by_cgroup(limits.memory_high.is_some(), Controllers::MEMORY, Means::Nothing),
            io: by_cgroup(limits.io.is_some(), Controllers::IO, Means::Nothing),
            cpu_time: asked(limits.cpu_time.is_some(), Means::Init),
            wall_time: asked(limits.wall_time.is_some(), Means::Init),
            output: Means::Host,
            // A resource limit, and all of what was asked for: it is of each file.
            file_size: asked(limits.file_size.is_some(), Means::Kernel),
            ..Enforced::default()
        }
    }

    /// The least support of all that was asked for; `Full` unless something was [optional](crate::Sandbox::optional).
    ///
    /// ```
    /// use belljar::{Command, Features, Sandbox, Support};
    ///
    /// let sandbox = Sandbox::new().host_system().memory_limit(64 << 20).optional(Features::CGROUP);
    /// let enforced = sandbox.run(Command::new("true"))?.enforced;
    /// if enforced.support() < Support::Full {
    ///     eprintln!("the memory limit is one of each process, by {}", enforced.memory);
    /// }
    /// # Ok::<(), belljar::Error>(())
    /// ```
    pub fn support(&self) -> Support {
        let means = [
            self.memory,
            self.pids,
            self.cpus,
            self.cpuset,
            self.cpu_weight,
            self.memory_high,
            self.io,
            self.cpu_time,
            self.wall_time,
            self.output,
            self.file_size,
            self.seccomp,
            self.lsm_label,
            self.proc,
            self.nested_users,
        ];
        let landlock = self.landlock.as_ref().map(Landlocked::support);
        means.into_iter().filter_map(Means::support).chain(landlock).min().unwrap_or(Support::Full)
    }
}

/// What Landlock restricts.
#[non_exhaustive]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Landlocked {
    /// The kernel's version of Landlock; 0 is none.
    pub abi: u32,
    /// What was asked for, or belongs to it, and cannot be restricted by this version.
    pub missing: Vec<Restriction>,
}

impl Landlocked {
    /// How much of what was asked for, or belongs to it, is restricted.
    pub fn support(&self) -> Support {
        match (self.abi, self.missing.is_empty()) {
            (0, _) => Support::No,
            (_, false) => Support::Partial,
            (_, true) => Support::Full,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_held_by_the_best_that_there_is() {
        let limits = Limits { memory: Some(1), pids: Some(1), cpus: Some(1.0), ..Limits::default() };
        let held = |namespaces, controllers| {
            let held = Enforced::decide(&limits, namespaces, controllers);
            [held.memory, held.pids, held.cpus, held.io]
        };
        let (all, none) = (Namespaces::all(), Controllers::empty());
        assert_eq!(held(all, Controllers::all()), [Means::Cgroup, Means::Cgroup, Means::Cgroup, Means::NotRequested]);
        assert_eq!(held(all, Controllers::PIDS), [Means::Rlimit, Means::Cgroup, Means::Nothing, Means::NotRequested]);
        assert_eq!(held(all, none), [Means::Rlimit, Means::Rlimit, Means::Nothing, Means::NotRequested]);
        let shared = held(all - Namespaces::USER, none);
        assert_eq!(shared, [Means::Rlimit, Means::Nothing, Means::Nothing, Means::NotRequested]);
    }

    #[test]
    fn the_least_of_what_was_asked_for_counts() {
        assert_eq!(Enforced::default().support(), Support::Full);
        let limits = Enforced { memory: Means::Cgroup, pids: Means::Rlimit, ..Enforced::default() };
        assert_eq!(limits.support(), Support::Partial);
        assert_eq!(Enforced { cpus: Means::Nothing, ..limits }.support(), Support::No);
        let landlock = |abi: u32, missing: &[Restriction]| {
            let landlock = Some(Landlocked { abi, missing: missing.to_vec() });
            Enforced { memory: Means::Cgroup, landlock, ..Enforced::default() }.support()
        };
        assert_eq!(landlock(6, &[]), Support::Full);
        assert_eq!(landlock(4, &[Restriction::Signals]), Support::Partial);
        assert_eq!(landlock(0, &[Restriction::Files]), Support::No);
    }
}
