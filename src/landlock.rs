//! What a program may reach by Landlock, and how much of that a kernel's version of Landlock can hold.

use std::fmt;
use std::path::PathBuf;

/// What the program may reach of files, TCP ports, sockets and processes, whatever permissions and mounts allow:
/// landlock(7).
///
/// What is named is restricted, what is not named is left alone: with a path rule all files that no rule is for are out of reach,
/// with a port rule all TCP ports that no rule is for; a `Landlock` that names nothing is refused. Rules only allow; they
/// hold for what is below a path too, and for the program and all that it starts. Descriptors that it is given, its
/// standard streams among them, are not restricted. It works in any sandbox, and with
/// [`Namespaces::empty()`](crate::Namespaces::empty) it is what keeps the program from the host's files.
///
/// The program itself must be among what may be executed, with its loader and interpreter, and its libraries among what may be
/// read.
///
/// ```
/// use belljar::{Command, Landlock, Sandbox, Verdict};
///
/// let system = ["/usr", "/etc"];
/// let rules = system.iter().fold(Landlock::new().execute("/usr"), |rules, path| rules.read(path));
/// # if belljar::Host::probe().has(belljar::Feature::Landlock) {
/// let sandbox = Sandbox::new().host_system().landlock(rules);
/// assert_eq!(sandbox.run(Command::new("ls").arg("/usr"))?.verdict, Verdict::Exited(0));
/// assert_ne!(sandbox.run(Command::new("ls").arg("/tmp"))?.verdict, Verdict::Exited(0));
/// # }
/// # Ok::<(), belljar::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Landlock {
    pub(crate) paths: Vec<(PathBuf, Access)>,
    /// Port and rights.
    pub(crate) ports: Vec<(u16, u64)>,
    tcp: bool,
    scopes: u64,
}

impl Landlock {
    /// Nothing restricted yet.
    pub fn new() -> Landlock {
        Landlock::default()
    }

    /// Files may be read and directories listed here and below.
    pub fn read(self, path: impl Into<PathBuf>) -> Landlock {
        self.path(path, Access::READ)
    }

    /// Files may be written, truncated (6.2), made, moved (5.19) and removed here and below, and devices may be configured
    /// (ioctl, 6.10).
    pub fn write(self, path: impl Into<PathBuf>) -> Landlock {
        self.path(path, Access::WRITE)
    }

    /// Programs may be executed here and below. The kernel opens a file to read when it executes it, so they can be read too.
    /// To list directories is another right.
    pub fn execute(self, path: impl Into<PathBuf>) -> Landlock {
        self.path(path, Access::EXECUTE)
    }

    /// The TCP port may be bound (6.7), and no other one that is not named; 0 is "any that the kernel chooses".
    pub fn bind_tcp(self, port: u16) -> Landlock {
        self.port(port, BIND_TCP)
    }

    /// Connections to the TCP port may be made (6.7), whatever the address, and to no other one that is not named.
    pub fn connect_tcp(self, port: u16) -> Landlock {
        self.port(port, CONNECT_TCP)
    }

    /// No TCP port may be bound or connected to but those that are named (6.7). Other protocols are not restricted.
    pub fn no_tcp(mut self) -> Landlock {
        self.tcp = true;
        self
    }

    /// No connection to abstract unix sockets that others than the program have made (6.12).
    pub fn scope_abstract_sockets(mut self) -> Landlock {
        self.scopes |= SCOPE_ABSTRACT_SOCKETS;
        self
    }

    /// No signal to processes that the program has not started (6.12). Without
    /// [`Namespaces::PID`](crate::Namespaces::PID) this is on where the kernel has it.
    pub fn scope_signals(mut self) -> Landlock {
        self.scopes |= SCOPE_SIGNALS;
        self
    }

    fn path(mut self, path: impl Into<PathBuf>, access: Access) -> Landlock {
        self.paths.push((path.into(), access));
        self
    }

    fn port(mut self, port: u16, access: u64) -> Landlock {
        self.ports.push((port, access));
        self.no_tcp()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.paths.is_empty() && !self.tcp && self.scopes == 0
    }

    /// `struct landlock_ruleset_attr` for this version, as far as it can hold what is asked for.
    pub(crate) fn handled(&self, abi: u32) -> Ruleset {
        Ruleset {
            files: if self.paths.is_empty() { 0 } else { Access::known(abi) },
            tcp: if self.tcp && abi >= TCP { BIND_TCP | CONNECT_TCP } else { 0 },
            scopes: if abi >= SCOPES { self.scopes } else { 0 },
        }
    }

    /// What this version cannot hold, and whether it was asked for by name.
    pub(crate) fn missing(&self, abi: u32) -> Vec<(Restriction, bool)> {
        let files = !self.paths.is_empty();
        [
            (files && abi < 1, Restriction::Files, true),
            (files && (1..TRUNCATE).contains(&abi), Restriction::Truncation, true),
            (files && (1..IOCTL).contains(&abi), Restriction::DeviceIoctl, false),
            (self.tcp && abi < TCP, Restriction::Tcp, true),
            (self.scopes & SCOPE_ABSTRACT_SOCKETS != 0 && abi < SCOPES, Restriction::AbstractSockets, true),
            (self.scopes & SCOPE_SIGNALS != 0 && abi < SCOPES, Restriction::Signals, true),
        ]
        .into_iter()
        .filter_map(|(missing, what, named)| missing.then_some((what, named)))
        .collect()
    }
}

/// What Landlock can restrict. `Display` names it, with the kernel from which on it does.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Restriction {
    /// Which files are opened, made, moved, removed and executed.
    Files,
    /// Which files are truncated.
    Truncation,
    /// Which devices are configured by ioctl(2).
    DeviceIoctl,
    /// Which TCP ports are bound and connected to.
    Tcp,
    /// Connections to abstract unix sockets of others.
    AbstractSockets,
    /// Signals to others.
    Signals,
}

impl fmt::Display for Restriction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Restriction::Files => "files",
            Restriction::Truncation => "truncation of files (6.2)",
            Restriction::DeviceIoctl => "ioctl on devices (6.10)",
            Restriction::Tcp => "TCP ports (6.7)",
            Restriction::AbstractSockets => "abstract sockets (6.12)",
            Restriction::Signals => "signals (6.12)",
        })
    }
}

/// What a domain restricts: `struct landlock_ruleset_attr`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Ruleset {
    pub files: u64,
    pub tcp: u64,
    pub scopes: u64,
}

/// The versions from which on Landlock knows these.
const REFER: u32 = 2;
const TRUNCATE: u32 = 3;
pub(crate) const TCP: u32 = 4;
const IOCTL: u32 = 5;
pub(crate) const SCOPES: u32 = 6;

const BIND_TCP: u64 = 1;
const CONNECT_TCP: u64 = 1 << 1;
const SCOPE_ABSTRACT_SOCKETS: u64 = 1;
pub(crate) const SCOPE_SIGNALS: u64 = 1 << 1;

/// Rights on files: LANDLOCK_ACCESS_FS_* of linux/landlock.h.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Access(u64);

impl Access {
    /// EXECUTE, and READ_FILE, without which execve(2) fails with EACCES: it opens the file to read.
    const EXECUTE: Access = Access(0b101);
    /// READ_FILE, READ_DIR.
    const READ: Access = Access(0b1100);
    /// WRITE_FILE; REMOVE_DIR to MAKE_SYM; REFER, TRUNCATE, IOCTL_DEV.
    const WRITE: Access = Access(0b1111_1111_1111_0010);
    /// EXECUTE, WRITE_FILE, READ_FILE, TRUNCATE, IOCTL_DEV: what a rule for a file may hold.
    const OF_FILE: u64 = 0b1100_0000_0000_0111;

    fn known(abi: u32) -> u64 {
        let rights = match abi {
            ..REFER => 13,
            REFER..TRUNCATE => 14,
            TRUNCATE..IOCTL => 15,
            IOCTL.. => 16,
        };
        (1 << rights) - 1
    }

    /// For a directory, and for a file.
    pub(crate) fn masks(self, abi: u32) -> (u64, u64) {
        let known = self.0 & Access::known(abi);
        (known, known & Access::OF_FILE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_grow_with_the_version() {
        assert_eq!(Access::known(1), 0x1fff);
        assert_eq!(Access::known(2), 0x3fff);
        assert_eq!(Access::known(3), 0x7fff);
        assert_eq!(Access::known(4), 0x7fff);
        assert_eq!(Access::known(7), 0xffff);
        assert_eq!(Access::READ.0 | Access::WRITE.0 | Access::EXECUTE.0, 0xffff);
        assert_eq!(Access::WRITE.masks(2), (0x3ff2, 2));
        assert_eq!(Access::READ.masks(7), (0b1100, 0b100));
    }

    #[test]
    fn only_what_is_named_is_restricted() {
        let files = Landlock::new().read("/usr");
        assert_eq!(files.handled(7), Ruleset { files: 0xffff, tcp: 0, scopes: 0 });
        let ports = Landlock::new().connect_tcp(443);
        assert_eq!(ports.handled(7), Ruleset { files: 0, tcp: 3, scopes: 0 });
        assert_eq!(Landlock::new().no_tcp().handled(7), ports.handled(7));
        assert_eq!(Landlock::new().scope_signals().handled(6), Ruleset { files: 0, tcp: 0, scopes: 2 });
        assert!(Landlock::new().is_empty() && !ports.is_empty());
    }

    #[test]
    fn what_a_version_lacks_is_told() {
        let all = Landlock::new().write("/").no_tcp().scope_signals().scope_abstract_sockets();
        assert_eq!(all.missing(7), []);
        assert_eq!(all.missing(0).len(), 4);
        assert_eq!(Landlock::new().read("/").missing(4), [(Restriction::DeviceIoctl, false)]);
        assert_eq!(Landlock::new().read("/").missing(2)[0], (Restriction::Truncation, true));
        assert_eq!(Landlock::new().no_tcp().missing(3), [(Restriction::Tcp, true)]);
    }
}
