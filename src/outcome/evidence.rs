//! What a verdict rests on.

use std::fmt;
use std::process::ExitStatus;
use std::time::Duration;

use crate::seccomp;

/// What a verdict rests on. `Display` is one line.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq)]
pub enum Evidence {
    /// The init reaped the program with this wait status.
    Reaped(ExitStatus),
    /// The tree had used this much CPU time, more than the limit.
    CpuTime {
        /// What was used when the tree was ended.
        used: Duration,
        /// [`Sandbox::cpu_time_limit`](crate::Sandbox::cpu_time_limit).
        limit: Duration,
    },
    /// The kernel killed processes of the tree for want of memory: `memory.events` of its own cgroup.
    Memory {
        /// [`Sandbox::memory_limit`](crate::Sandbox::memory_limit).
        limit: u64,
        /// `oom_kill`: how often it killed. The process that it chose first counts again as one of the group's.
        oom_kills: u64,
        /// `max`: how often the limit was met.
        limit_hits: u64,
    },
    /// The kernel killed processes of the tree for want of memory, though not by a limit of its own: the machine, or a
    /// cgroup further up, had run out of it.
    HostMemory {
        /// `oom_kill` of the `memory.events` of its cgroup.
        oom_kills: u64,
    },
    /// The deadline passed and the init ended the tree after this time.
    WallTime {
        /// When the tree was ended.
        after: Duration,
        /// [`Sandbox::wall_time_limit`](crate::Sandbox::wall_time_limit).
        limit: Duration,
    },
    /// The program wrote more than the limit into the captured streams.
    Output {
        /// [`Sandbox::output_limit`](crate::Sandbox::output_limit).
        limit: u64,
    },
    /// The program was ended by SIGXFSZ under a limit of the size of files. Nothing tells the signal that the kernel sends for a
    /// file larger than the limit from one that the program sent itself.
    FileSize {
        /// [`Sandbox::file_size_limit`](crate::Sandbox::file_size_limit).
        limit: u64,
    },
    /// The program made this call, for which its filter kills. It was not made; the init, which the kernel told of it
    /// (SECCOMP_RET_USER_NOTIF), ended the tree.
    Syscall {
        /// The call's name; `None` if this version knows none, or for another architecture.
        name: Option<&'static str>,
        /// Its number; with bit 30 set one of the x32 ABI.
        number: u32,
        /// Its architecture, such as 0xc000003e for x86_64, 0xc00000b7 for aarch64 and 0x40000003 for i386: linux/audit.h.
        arch: u32,
        /// Its arguments. What is behind a pointer cannot be told.
        arguments: [u64; 6],
    },
    /// The host asked the init to end the tree.
    HostKilled,
    /// The init ended without a report: it was killed from outside, or by a resource limit that the program had put on it
    /// (prlimit(2) asks for the same user only).
    InitDied,
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Evidence::Reaped(status) => write!(f, "{status}"),
            Evidence::CpuTime { used, limit } => write!(f, "used {used:.3?} of CPU time, limit {limit:?}"),
            Evidence::Memory { limit, oom_kills, limit_hits } => {
                write!(f, "{oom_kills} kills for want of memory, limit {limit} bytes, met {limit_hits} times")
            }
            Evidence::HostMemory { oom_kills } => {
                write!(f, "{oom_kills} kills for want of memory, by the host and not by a limit of the sandbox's")
            }
            Evidence::WallTime { after, limit } => write!(f, "ended after {after:.3?}, limit {limit:?}"),
            Evidence::Output { limit } => write!(f, "captured output exceeded {limit} bytes"),
            Evidence::FileSize { limit } => write!(f, "SIGXFSZ, under a limit of {limit} bytes for each file"),
            Evidence::Syscall { name, number, arch, arguments } => {
                match name {
                    Some(name) => write!(f, "system call {name}")?,
                    None => f.write_str(&seccomp::unnamed(*arch, *number))?,
                }
                let arguments = arguments.map(|argument| format!("{argument:#x}"));
                write!(f, "({})", arguments.join(", "))
            }
            Evidence::HostKilled => f.write_str("the host ended it"),
            Evidence::InitDied => {
                f.write_str("the init was killed, from outside or by a limit that the program put on it")
            }
        }
    }
}
