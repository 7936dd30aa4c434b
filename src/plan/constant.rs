//! The kernel's constants as arguments of operations: flags, and names of what a call is to do.

use std::fmt::{self, Formatter};

use bitflags::Flags;
use linux_raw_sys::{general, ioctl, landlock, net, prctl, ptrace};
use rustix::fs::{Access, AtFlags, Mode, OFlags, StatxFlags};
use rustix::io::Errno;
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MountFlags, MountPropagationFlags, MoveMountFlags, OpenTreeFlags,
    UnmountFlags,
};
use rustix::net::{RecvFlags, SendFlags};
use rustix::thread::UnshareFlags;

use super::argument::{Arg, Argument, Seen};
use crate::limits::Resource;

macro_rules! flags {
    ($($type:ident: $prefix:literal,)*) => {$(
        impl Argument for $type {
            fn arg(self) -> Arg {
                Arg::Value(bits(self))
            }

            fn print(seen: &Seen<'_>, f: &mut Formatter<'_>) -> fmt::Result {
                let (mut rest, mut first) = (seen.value(), true);
                print_flags::<$type>(&mut rest, &mut first, $prefix, f)?;
                print_rest(rest, first, f)
            }
        }
    )*};
}

flags! {
    Access: "ACCESS_",
    AtFlags: "AT_",
    FsMountFlags: "",
    FsOpenFlags: "",
    MountAttrFlags: "",
    MoveMountFlags: "",
    OFlags: "O_",
    OpenTreeFlags: "",
    RecvFlags: "MSG_",
    SendFlags: "MSG_",
    StatxFlags: "STATX_",
    UnmountFlags: "MNT_",
    UnshareFlags: "CLONE_",
}

/// Which integer it is, signed or not, differs with rustix's backend: that is the choice of whoever shares it with us.
fn bits<F: Flags<Bits: TryInto<u64>>>(flags: F) -> u64 {
    flags.bits().try_into().unwrap_or_else(|_| unreachable!("flags of the kernel's are positive"))
}

fn print_flags<F: Flags<Bits: TryInto<u64>> + Copy>(
    rest: &mut u64,
    first: &mut bool,
    prefix: &str,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    for flag in F::FLAGS.iter().filter(|flag| flag.is_named()) {
        let bits = bits(*flag.value());
        if bits != 0 && *rest & bits == bits {
            *rest &= !bits;
            write!(f, "{}{prefix}{}", if *first { "" } else { "|" }, flag.name())?;
            *first = false;
        }
    }
    Ok(())
}

fn print_rest(rest: u64, first: bool, f: &mut Formatter<'_>) -> fmt::Result {
    match (rest, first) {
        (0, false) => Ok(()),
        (0, true) => f.write_str("0"),
        _ => write!(f, "{}{rest:#x}", if first { "" } else { "|" }),
    }
}

/// What mount(2) takes: the flags of a mount, or of a change of its propagation.
#[derive(Clone, Copy)]
pub(crate) struct Ms(u64);

impl From<MountFlags> for Ms {
    fn from(flags: MountFlags) -> Ms {
        Ms(bits(flags))
    }
}

impl From<MountPropagationFlags> for Ms {
    fn from(flags: MountPropagationFlags) -> Ms {
        Ms(bits(flags))
    }
}

impl Argument for Ms {
    fn arg(self) -> Arg {
        Arg::Value(self.0)
    }

    fn print(seen: &Seen<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        let (mut rest, mut first) = (seen.value(), true);
        print_flags::<MountFlags>(&mut rest, &mut first, "MS_", f)?;
        print_flags::<MountPropagationFlags>(&mut rest, &mut first, "MS_", f)?;
        print_rest(rest, first, f)
    }
}

impl Argument for Mode {
    fn arg(self) -> Arg {
        Arg::Value(self.bits().into())
    }

    fn print(seen: &Seen<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "0{:03o}", seen.value())
    }
}

impl Argument for Resource {
    fn arg(self) -> Arg {
        Arg::Value(self as u64)
    }

    fn print(seen: &Seen<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        match Resource::ALL.iter().find(|resource| **resource as u64 == seen.value()) {
            Some(resource) => f.write_str(&resource.name()),
            None => write!(f, "{}", seen.value()),
        }
    }
}

macro_rules! names {
    ($($(#[$doc:meta])* $type:ident { $($name:ident = $value:expr,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub(crate) struct $type(u64);

        impl $type {
            $(pub(crate) const $name: $type = $type($value as u64);)*
        }

        impl Argument for $type {
            fn arg(self) -> Arg {
                Arg::Value(self.0)
            }

            fn print(seen: &Seen<'_>, f: &mut Formatter<'_>) -> fmt::Result {
                match seen.value() {
                    $(value if value == $type::$name.0 => f.write_str(stringify!($name)),)*
                    value => write!(f, "{value:#x}"),
                }
            }
        }
    )*};
}

names! {
    /// An operation of prctl(2).
    Prctl {
        PR_CAP_AMBIENT = prctl::PR_CAP_AMBIENT,
        PR_CAPBSET_DROP = prctl::PR_CAPBSET_DROP,
        PR_SET_CHILD_SUBREAPER = prctl::PR_SET_CHILD_SUBREAPER,
        PR_SET_DUMPABLE = prctl::PR_SET_DUMPABLE,
        PR_SET_NO_NEW_PRIVS = prctl::PR_SET_NO_NEW_PRIVS,
        PR_SET_PDEATHSIG = prctl::PR_SET_PDEATHSIG,
        PR_SET_SECUREBITS = prctl::PR_SET_SECUREBITS,
        PR_SET_TIMERSLACK = prctl::PR_SET_TIMERSLACK,
    }
    /// What PR_CAP_AMBIENT is to do.
    Ambient {
        PR_CAP_AMBIENT_RAISE = prctl::PR_CAP_AMBIENT_RAISE,
    }
    /// An operation of ioctl(2).
    Ioctl {
        SIOCSIFFLAGS = ioctl::SIOCSIFFLAGS,
    }
    /// An address family of socket(2).
    Family {
        AF_INET = net::AF_INET,
    }
    /// A type of socket(2); SOCK_CLOEXEC is O_CLOEXEC.
    Socket {
        SOCK_DGRAM_CLOEXEC = net::SOCK_DGRAM | general::O_CLOEXEC,
    }
    /// A clock of clock_gettime(2).
    Clock {
        CLOCK_PROCESS_CPUTIME_ID = general::CLOCK_PROCESS_CPUTIME_ID,
    }
    /// What sigprocmask(2) does with the set.
    SetMask {
        SIG_SETMASK = general::SIG_SETMASK,
    }
    /// A command of fsconfig(2).
    FsConfig {
        FSCONFIG_SET_FLAG = general::fsconfig_command::FSCONFIG_SET_FLAG,
        FSCONFIG_SET_STRING = general::fsconfig_command::FSCONFIG_SET_STRING,
        FSCONFIG_CMD_CREATE = general::fsconfig_command::FSCONFIG_CMD_CREATE,
    }
    /// An operation of keyctl(2): linux/keyctl.h.
    Keyctl {
        KEYCTL_JOIN_SESSION_KEYRING = 1,
    }
    /// Whose priority ioprio_set(2) sets: linux/ioprio.h.
    IoPriority {
        IOPRIO_WHO_PROCESS = 1,
    }
    /// An operation of seccomp(2).
    Seccomp {
        SECCOMP_SET_MODE_FILTER = ptrace::SECCOMP_SET_MODE_FILTER,
    }
    /// A flag of seccomp(2).
    SeccompFlag {
        NONE = 0,
        SECCOMP_FILTER_FLAG_NEW_LISTENER = ptrace::SECCOMP_FILTER_FLAG_NEW_LISTENER,
    }
    /// A kind of rule of landlock_add_rule(2).
    Rule {
        LANDLOCK_RULE_PATH_BENEATH = landlock::landlock_rule_type::LANDLOCK_RULE_PATH_BENEATH,
        LANDLOCK_RULE_NET_PORT = landlock::landlock_rule_type::LANDLOCK_RULE_NET_PORT,
    }
}

impl Argument for Errno {
    fn arg(self) -> Arg {
        Arg::Value(self.raw_os_error() as u64)
    }

    fn print(seen: &Seen<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        print_errno(seen.value() as u32, f)
    }
}

pub(crate) fn print_errno(errno: u32, f: &mut Formatter<'_>) -> fmt::Result {
    macro_rules! known {
        ($($name:ident)*) => {
            match errno {
                $(linux_raw_sys::errno::$name => f.write_str(stringify!($name)),)*
                _ => write!(f, "errno {errno}"),
            }
        };
    }
    known!(EPERM ENOENT EACCES ENODEV ENOTDIR EINVAL EFBIG EPIPE ENOSYS)
}
