//! Limits as they are asked for, before anything is made of them.

use bitflags::bitflags;

use crate::cgroup::io::IoLimit;

bitflags! {
    /// What may be missing on the host without failing the spawn: see [`Sandbox::optional`](crate::Sandbox::optional). Default
    /// empty.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
    pub struct Features: u32 {
        /// cgroup v2: memory and process limits fall back to resource limits, [`cpus`](crate::Sandbox::cpus),
        /// [`cpu_weight`](crate::Sandbox::cpu_weight), [`memory_high`](crate::Sandbox::memory_high) and
        /// [`io_limit`](crate::Sandbox::io_limit) to nothing.
        const CGROUP = 1;
        /// Landlock: what the kernel's version of it cannot restrict is left unrestricted.
        const LANDLOCK = 1 << 1;
        /// The label of AppArmor or SELinux: the program runs without.
        const LSM = 1 << 2;
        /// The sandbox's own `/proc`, which cannot be mounted where the host's is masked, as in a container: the program has an
        /// empty one, and no links from `/dev` into it ([`Enforced::proc`](crate::Enforced::proc)).
        const PROC = 1 << 3;
    }
}

macro_rules! resources {
    ($($(#[$doc:meta])* $name:ident = $number:literal,)*) => {
        /// A resource of setrlimit(2), for [`Sandbox::rlimit`](crate::Sandbox::rlimit).
        #[non_exhaustive]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u32)]
        pub enum Resource {
            $($(#[$doc])* $name = $number,)*
        }

        impl Resource {
            pub(crate) const ALL: &[Resource] = &[$(Resource::$name),*];

            /// The kernel's name, such as `RLIMIT_NOFILE`.
            pub(crate) fn name(self) -> String {
                let name = match self {
                    $(Resource::$name => stringify!($name),)*
                };
                format!("RLIMIT_{}", name.to_ascii_uppercase())
            }
        }
    };
}

resources! {
    /// Seconds of CPU time of one process.
    Cpu = 0,
    /// Bytes of a file that is written. Default [`file_size_limit`](crate::Sandbox::file_size_limit), else all that the host has.
    Fsize = 1,
    /// Bytes of private writable memory of one process.
    Data = 2,
    /// Bytes of the main thread's stack. Default 8 MiB, at most what the host has.
    Stack = 3,
    /// Bytes of a core file. Default 1, which alone, as 0 does not, also keeps the kernel from a run of the host's core handler: see
    /// [`core_dumps`](crate::Sandbox::core_dumps).
    Core = 4,
    /// Processes and threads of the program's user; within a user namespace, of the sandbox.
    Nproc = 6,
    /// One more than the highest descriptor. Default 1024, at most 4096.
    Nofile = 7,
    /// Bytes that one process may lock in memory, and the user in shared memory. Default 64 KiB.
    Memlock = 8,
    /// Bytes of address space of one process. Too few to map the program make the kernel kill it by SIGSEGV in the middle of its
    /// execve (bprm_execve() in fs/exec.c), which nothing tells from a fault of its own; an error of `spawn` are those that no
    /// program could start with, fewer than 128 KiB.
    As = 9,
    /// Queued signals and POSIX timers of the program's user; within a user namespace, of the sandbox. Default 64.
    Sigpending = 11,
    /// Bytes in POSIX message queues of the program's user; within a user namespace, of the sandbox. Default 0: there are none.
    Msgqueue = 12,
    /// How far nice may be lowered. Default 0.
    Nice = 13,
    /// The highest real-time priority. Default 0.
    Rtprio = 14,
    /// Microseconds of uninterrupted real-time CPU time.
    Rttime = 15,
}

/// A limit in numbers as [`Sandbox::rlimit`](crate::Sandbox::rlimit) takes them.
pub(crate) const UNLIMITED: u64 = u64::MAX;

/// What becomes of a program that is over a limit: [`Sandbox::on_output_limit`](crate::Sandbox::on_output_limit).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum OnLimit {
    /// The sandbox is killed.
    #[default]
    Kill,
    /// The program goes on, and what is over the limit is thrown away.
    Truncate,
}

/// Which limits were asked for. `None` is no limit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Limits {
    pub memory: Option<u64>,
    pub pids: Option<u32>,
    pub cpus: Option<f64>,
    /// Processors by their numbers.
    pub cpuset: Option<std::collections::BTreeSet<u32>>,
    pub cpu_weight: Option<u32>,
    pub memory_high: Option<u64>,
    pub io: Option<IoLimit>,
    pub cpu_time: Option<std::time::Duration>,
    pub wall_time: Option<std::time::Duration>,
    pub output: Option<u64>,
    pub on_output: OnLimit,
    pub file_size: Option<u64>,
    pub core_dumps: bool,
    /// In order of call; the last one for a resource wins.
    pub rlimits: Vec<(Resource, u64, u64)>,
    pub optional: Features,
}

impl Limits {
    /// How much captured output is kept: 64 MiB unless said otherwise.
    pub(crate) fn output(&self) -> u64 {
        self.output.unwrap_or(64 << 20)
    }

    /// Whether a limit is one that only a cgroup holds as it is meant.
    pub(crate) fn need_a_cgroup(&self) -> bool {
        self.memory.is_some()
            || self.pids.is_some()
            || self.cpus.is_some()
            || self.io.is_some()
            || self.cpu_weight.is_some()
            || self.memory_high.is_some()
    }

    /// Whether the caller gave a number of its own for this resource, in place of what another limit would put there.
    pub(crate) fn sets(&self, resource: Resource) -> bool {
        self.rlimits.iter().any(|(set, ..)| *set == resource)
    }
}
