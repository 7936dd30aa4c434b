//! What a run has come to, written: figures as numbers, times in seconds.

use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use serde::ser::{SerializeStruct, SerializeStructVariant};
use serde::{Serialize, Serializer};

use super::form::{Names, Raw};
use crate::changes::{Change, ChangeKind, Changes, FileKind};
use crate::landlock::Restriction;
use crate::namespaces::Namespaces;
use crate::outcome::{Enforced, Evidence, Landlocked, Means, Outcome, Support, Usage, Verdict};

/// What a value is written as.
trait Written {
    fn written(&self) -> impl Serialize;
}

macro_rules! as_they_are {
    ($($type:ty),*) => {$(
        impl Written for $type {
            fn written(&self) -> impl Serialize {
                self
            }
        }
    )*};
}

as_they_are!(
    bool,
    i32,
    u32,
    u64,
    [u64; 6],
    &'static str,
    ChangeKind,
    Enforced,
    Evidence,
    FileKind,
    Landlocked,
    Means,
    Restriction,
    Usage,
    Verdict
);

impl<T: Written> Written for Option<T> {
    fn written(&self) -> impl Serialize {
        self.as_ref().map(T::written)
    }
}

impl<T: Written> Written for Vec<T> {
    fn written(&self) -> impl Serialize {
        self.iter().map(T::written).collect::<Vec<_>>()
    }
}

impl Written for Duration {
    fn written(&self) -> impl Serialize {
        self.as_secs_f64()
    }
}

impl Written for PathBuf {
    fn written(&self) -> impl Serialize {
        Raw::of(self)
    }
}

impl Written for Namespaces {
    fn written(&self) -> impl Serialize {
        Names(*self)
    }
}

/// The wait status: wait(2).
impl Written for ExitStatus {
    fn written(&self) -> impl Serialize {
        std::os::unix::process::ExitStatusExt::into_raw(*self)
    }
}

/// Structures, all of whose fields are named here.
macro_rules! structures {
    ($($(#[$doc:meta])* $type:ident { $($field:ident),* $(; $left_out:ident)* })*) => {$(
        impl Serialize for $type {
            $(#[$doc])*
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let $type { $($field,)* $($left_out: _,)* } = self;
                let fields = [$(stringify!($field)),*].len();
                let mut structure = serializer.serialize_struct(stringify!($type), fields)?;
                $(structure.serialize_field(stringify!($field), &$field.written())?;)*
                structure.end()
            }
        }
    )*};
}

structures! {
    /// With the feature `serde`: `status` is the wait status of wait(2); [`changes`](Outcome::changes) are a value of their own.
    Outcome { verdict, status, usage, enforced, evidence, truncated; overlay }
    /// With the feature `serde`: times are in seconds.
    Usage {
        wall_time, cpu_time, user_time, system_time, memory_peak, pids_peak, forks_refused, oom_kills, read_bytes,
        write_bytes, throttled_periods, throttled_time, memory_pressure, cpu_pressure, io_pressure
    }
    /// With the feature `serde`.
    Enforced {
        namespaces, own_user, proc, nested_users, user_namespaces, cpuset, cpu_weight, memory_high, memory, pids, cpus, io, cpu_time, wall_time, output, file_size, seccomp, landlock, lsm_label,
        unmapped
    }
    /// With the feature `serde`.
    Landlocked { abi, missing }
    /// With the feature `serde`: a path that is no UTF-8 is an array of its bytes.
    Change { path, kind, before, now, mode, size, target, same_as }
}

/// Enumerations without values, each of whose variants is a word.
macro_rules! words {
    ($($type:ident { $($variant:ident = $word:literal),* $(,)? })*) => {$(
        impl Serialize for $type {
            /// With the feature `serde`, as a word.
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(match self { $($type::$variant => $word,)* })
            }
        }
    )*};
}

words! {
    Means {
        NotRequested = "not_requested",
        Cgroup = "cgroup",
        Rlimit = "rlimit",
        Init = "init",
        Host = "host",
        Kernel = "kernel",
        Filter = "filter",
        Nothing = "nothing",
    }
    Support { No = "no", Partial = "partial", Full = "full" }
    Restriction {
        Files = "files",
        Truncation = "truncation",
        DeviceIoctl = "device_ioctl",
        Tcp = "tcp",
        AbstractSockets = "abstract_sockets",
        Signals = "signals",
    }
    ChangeKind { Added = "added", Modified = "modified", Replaced = "replaced", Deleted = "deleted" }
    FileKind {
        File = "file",
        Dir = "dir",
        Symlink = "symlink",
        Fifo = "fifo",
        Socket = "socket",
        Device = "device",
    }
}

impl Serialize for Verdict {
    /// With the feature `serde`: a word, such as `"memory_limit"`; with a number, `{ "exited": 0 }` and `{ "signaled": 11 }`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Verdict::Exited(status) => serializer.serialize_newtype_variant("Verdict", 0, "exited", status),
            Verdict::Signaled(signal) => serializer.serialize_newtype_variant("Verdict", 1, "signaled", signal),
            Verdict::MemoryLimit => serializer.serialize_unit_variant("Verdict", 2, "memory_limit"),
            Verdict::CpuTimeLimit => serializer.serialize_unit_variant("Verdict", 3, "cpu_time_limit"),
            Verdict::WallTimeLimit => serializer.serialize_unit_variant("Verdict", 4, "wall_time_limit"),
            Verdict::OutputLimit => serializer.serialize_unit_variant("Verdict", 5, "output_limit"),
            Verdict::SyscallDenied => serializer.serialize_unit_variant("Verdict", 6, "syscall_denied"),
            Verdict::Killed => serializer.serialize_unit_variant("Verdict", 7, "killed"),
        }
    }
}

/// [`Evidence`], whose variants have fields.
macro_rules! evidence {
    ($($index:literal $variant:ident = $word:literal { $($field:ident),* })*) => {
        impl Serialize for Evidence {
            /// With the feature `serde`, such as `{ "wall_time": { "after": 1.5, "limit": 1.0 } }`; times are in seconds.
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    Evidence::Reaped(status) => {
                        serializer.serialize_newtype_variant("Evidence", 0, "reaped", &status.written())
                    }
                    Evidence::HostKilled => serializer.serialize_unit_variant("Evidence", 8, "host_killed"),
                    Evidence::InitDied => serializer.serialize_unit_variant("Evidence", 9, "init_died"),
                    $(Evidence::$variant { $($field),* } => {
                        let fields: &[&str] = &[$(stringify!($field)),*];
                        let mut variant = serializer.serialize_struct_variant("Evidence", $index, $word, fields.len())?;
                        $(variant.serialize_field(stringify!($field), &$field.written())?;)*
                        variant.end()
                    })*
                }
            }
        }
    };
}

evidence! {
    1 CpuTime = "cpu_time" { used, limit }
    2 Memory = "memory" { limit, oom_kills, limit_hits }
    3 HostMemory = "host_memory" { oom_kills }
    4 WallTime = "wall_time" { after, limit }
    5 Output = "output" { limit }
    6 FileSize = "file_size" { limit }
    7 Syscall = "syscall" { name, number, arch, arguments }
}

impl Serialize for Changes {
    /// With the feature `serde`, as the array of its changes.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}
