//! What a program may reach by Landlock, and how much of that a kernel's version of Landlock can hold.

use std::fmt;
use std::path::{Path, PathBuf};

use ::landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, RulesetAttr, RulesetError, Scope,
    make_bitflags,
};

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
    pub(crate) paths: Vec<(PathBuf, BitFlags<AccessFs>)>,
    /// Port and rights.
    pub(crate) ports: Vec<(u16, AccessNet)>,
    tcp: bool,
    scopes: BitFlags<Scope>,
}

impl Landlock {
    /// Nothing restricted yet.
    pub fn new() -> Landlock {
        Landlock::default()
    }

    /// Files may be read and directories listed here and below.
    ///
    /// ```
    /// # use belljar::Landlock;
    /// let rules = Landlock::new().execute("/usr").read("/etc");
    /// ```
    ///
    /// # Errors
    /// Of `spawn`: a relative path, one with a NUL, one that is not there inside; a kernel before 6.2, unless
    /// [`optional`](crate::Sandbox::optional).
    pub fn read(self, path: impl Into<PathBuf>) -> Landlock {
        self.path(path, READ)
    }

    /// Files may be written, truncated (6.2), made, moved (5.19) and removed here and below, and devices may be configured
    /// (ioctl, 6.10).
    ///
    /// ```
    /// # use belljar::Landlock;
    /// let rules = Landlock::new().execute("/usr").read("/").write("/tmp");
    /// ```
    ///
    /// # Errors
    /// Of `spawn`: a relative path, one with a NUL, one that is not there inside; a kernel before 6.2, unless
    /// [`optional`](crate::Sandbox::optional).
    pub fn write(self, path: impl Into<PathBuf>) -> Landlock {
        self.path(path, AccessFs::from_write(NEWEST))
    }

    /// Programs may be executed here and below. The kernel opens a file to read when it executes it, so they can be read too.
    /// To list directories is another right.
    ///
    /// ```
    /// # use belljar::Landlock;
    /// let rules = Landlock::new().execute("/usr").read("/etc");
    /// ```
    ///
    /// # Errors
    /// Of `spawn`: a relative path, one with a NUL, one that is not there inside; a kernel before 6.2, unless
    /// [`optional`](crate::Sandbox::optional).
    pub fn execute(self, path: impl Into<PathBuf>) -> Landlock {
        self.path(path, EXECUTE)
    }

    /// The TCP port may be bound (6.7), and no other one that is not named; 0 is "any that the kernel chooses".
    ///
    /// ```
    /// # use belljar::Landlock;
    /// let rules = Landlock::new().bind_tcp(8080);
    /// ```
    ///
    /// # Errors
    /// Of `spawn`: a kernel before 6.7, unless [`optional`](crate::Sandbox::optional).
    pub fn bind_tcp(self, port: u16) -> Landlock {
        self.port(port, AccessNet::BindTcp)
    }

    /// Connections to the TCP port may be made (6.7), whatever the address, and to no other one that is not named.
    ///
    /// ```
    /// # use belljar::Landlock;
    /// let rules = Landlock::new().connect_tcp(443);
    /// ```
    ///
    /// # Errors
    /// Of `spawn`: a kernel before 6.7, unless [`optional`](crate::Sandbox::optional).
    pub fn connect_tcp(self, port: u16) -> Landlock {
        self.port(port, AccessNet::ConnectTcp)
    }

    /// No TCP port may be bound or connected to but those that are named (6.7). Other protocols are not restricted.
    ///
    /// ```
    /// # use belljar::Landlock;
    /// let rules = Landlock::new().no_tcp();
    /// ```
    ///
    /// # Errors
    /// Of `spawn`: a kernel before 6.7, unless [`optional`](crate::Sandbox::optional).
    pub fn no_tcp(mut self) -> Landlock {
        self.tcp = true;
        self
    }

    /// No connection to abstract unix sockets that others than the program have made (6.12).
    ///
    /// ```
    /// # use belljar::Landlock;
    /// let rules = Landlock::new().scope_abstract_sockets();
    /// ```
    ///
    /// # Errors
    /// Of `spawn`: a kernel before 6.12, unless [`optional`](crate::Sandbox::optional).
    pub fn scope_abstract_sockets(mut self) -> Landlock {
        self.scopes |= Scope::AbstractUnixSocket;
        self
    }

    /// No signal to processes that the program has not started (6.12). Without
    /// [`Namespaces::PID`](crate::Namespaces::PID) this is on where the kernel has it.
    ///
    /// ```
    /// # use belljar::Landlock;
    /// let rules = Landlock::new().scope_signals();
    /// ```
    ///
    /// # Errors
    /// Of `spawn`: a kernel before 6.12, unless [`optional`](crate::Sandbox::optional).
    pub fn scope_signals(mut self) -> Landlock {
        self.scopes |= Scope::Signal;
        self
    }

    fn path(mut self, path: impl Into<PathBuf>, access: BitFlags<AccessFs>) -> Landlock {
        self.paths.push((path.into(), access));
        self
    }

    fn port(mut self, port: u16, access: AccessNet) -> Landlock {
        self.ports.push((port, access));
        self.no_tcp()
    }

    /// What was said.
    pub(crate) fn rules(&self) -> impl Iterator<Item = Rule<'_>> {
        let Landlock { paths, ports, tcp, scopes } = self;
        let plain = [
            (*tcp && ports.is_empty(), Rule::NoTcp),
            (scopes.contains(Scope::AbstractUnixSocket), Rule::ScopeAbstractSockets),
            (scopes.contains(Scope::Signal), Rule::ScopeSignals),
        ];
        let plain = plain.into_iter().filter_map(|(said, rule)| said.then_some(rule));
        paths.iter().map(of_path).chain(ports.iter().map(of_port)).chain(plain)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.paths.is_empty() && !self.tcp && self.scopes.is_empty()
    }

    /// `struct landlock_ruleset_attr` for this version, as far as it can hold what is asked for.
    pub(crate) fn handled(&self, abi: ABI) -> Ruleset {
        let abi = abi.min(NEWEST);
        Ruleset {
            files: if self.paths.is_empty() { BitFlags::EMPTY } else { AccessFs::from_all(abi) },
            tcp: if self.tcp { AccessNet::from_all(abi) } else { BitFlags::EMPTY },
            scopes: self.scopes & Scope::from_all(abi),
        }
    }

    /// What this version cannot hold, and whether it was asked for by name.
    pub(crate) fn missing(&self, abi: ABI) -> Vec<(Restriction, bool)> {
        let known = AccessFs::from_all(abi);
        let files = |right: AccessFs| !self.paths.is_empty() && !known.is_empty() && !known.contains(right);
        let scope = |scope: Scope| self.scopes.contains(scope) && !Scope::from_all(abi).contains(scope);
        [
            (!self.paths.is_empty() && known.is_empty(), Restriction::Files, true),
            (files(AccessFs::Truncate), Restriction::Truncation, true),
            (files(AccessFs::IoctlDev), Restriction::DeviceIoctl, false),
            (self.tcp && AccessNet::from_all(abi).is_empty(), Restriction::Tcp, true),
            (scope(Scope::AbstractUnixSocket), Restriction::AbstractSockets, true),
            (scope(Scope::Signal), Restriction::Signals, true),
        ]
        .into_iter()
        .filter_map(|(missing, what, named)| missing.then_some((what, named)))
        .collect()
    }
}

/// A call of a setter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Rule<'a> {
    Read(&'a Path),
    Write(&'a Path),
    Execute(&'a Path),
    BindTcp(u16),
    ConnectTcp(u16),
    NoTcp,
    ScopeAbstractSockets,
    ScopeSignals,
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

fn of_path((path, access): &(PathBuf, BitFlags<AccessFs>)) -> Rule<'_> {
    match *access {
        access if access == READ => Rule::Read(path),
        access if access == EXECUTE => Rule::Execute(path),
        _ => Rule::Write(path),
    }
}

fn of_port<'a>((port, access): &(u16, AccessNet)) -> Rule<'a> {
    match access {
        AccessNet::BindTcp => Rule::BindTcp(*port),
        _ => Rule::ConnectTcp(*port),
    }
}

/// What a domain restricts: `struct landlock_ruleset_attr`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Ruleset {
    pub files: BitFlags<AccessFs>,
    pub tcp: BitFlags<AccessNet>,
    pub scopes: BitFlags<Scope>,
}

/// The last version that has something that a [`Landlock`] can name. What later ones know beside that is not restricted.
pub(crate) const NEWEST: ABI = ABI::V6;

/// EXECUTE, and READ_FILE, without which execve(2) fails with EACCES: it opens the file to read.
const EXECUTE: BitFlags<AccessFs> = make_bitflags!(AccessFs::{Execute | ReadFile});
const READ: BitFlags<AccessFs> = make_bitflags!(AccessFs::{ReadFile | ReadDir});

/// What a rule may hold for a directory, and for a file.
pub(crate) fn masks(access: BitFlags<AccessFs>, abi: ABI) -> (BitFlags<AccessFs>, BitFlags<AccessFs>) {
    let abi = abi.min(NEWEST);
    (access & AccessFs::from_all(abi), access & AccessFs::from_file(abi))
}

/// Makes a ruleset of all that a [`Landlock`] can name, and drops it.
pub(crate) fn try_all() -> Result<(), RulesetError> {
    let ruleset = ::landlock::Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
    let ruleset = ruleset.handle_access(AccessFs::from_all(NEWEST))?.handle_access(AccessNet::from_all(NEWEST))?;
    ruleset.scope(Scope::from_all(NEWEST))?.create().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_are_those_of_the_kernel_and_grow_with_the_version() {
        let known = |abi: i32| masks(BitFlags::ALL, ABI::from(abi)).0.bits();
        assert_eq!([0, 1, 2, 3, 4, 5, 6, 99].map(known), [0, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff, 0xffff, 0xffff]);
        let write = AccessFs::from_write(NEWEST);
        assert_eq!([EXECUTE, READ, write].map(BitFlags::bits), [0b101, 0b1100, 0b1111_1111_1111_0010]);
        let bits = |access, abi| {
            let (directory, file) = masks(access, abi);
            (directory.bits(), file.bits())
        };
        assert_eq!(bits(write, ABI::V2), (0x3ff2, 2));
        assert_eq!(bits(write, ABI::V7), (0xfff2, 0xc002));
        assert_eq!(bits(READ, ABI::V7), (0b1100, 0b100));
    }

    #[test]
    fn only_what_is_named_is_restricted() {
        let bits = |rules: &Landlock, abi: ABI| {
            let Ruleset { files, tcp, scopes } = rules.handled(abi);
            (files.bits(), tcp.bits(), scopes.bits())
        };
        assert_eq!(bits(&Landlock::new().read("/usr"), ABI::V7), (0xffff, 0, 0));
        let ports = Landlock::new().connect_tcp(443);
        assert_eq!(bits(&ports, ABI::V7), (0, 3, 0));
        assert_eq!(Landlock::new().no_tcp().handled(ABI::V7), ports.handled(ABI::V7));
        assert_eq!(bits(&Landlock::new().scope_signals(), ABI::V6), (0, 0, 2));
        assert_eq!(bits(&Landlock::new().scope_signals(), ABI::V5), (0, 0, 0));
        assert!(Landlock::new().is_empty() && !ports.is_empty());
        // What a later kernel knows beside that stays as it is: no rule of ours could allow it.
        let all = Landlock::new().write("/").no_tcp().scope_signals().scope_abstract_sockets();
        assert_eq!(bits(&all, ABI::from(99)), (0xffff, 3, 3));
    }

    #[test]
    fn what_a_version_lacks_is_told() {
        let all = Landlock::new().write("/").no_tcp().scope_signals().scope_abstract_sockets();
        assert_eq!((all.missing(ABI::V7), all.missing(NEWEST)), (vec![], vec![]));
        assert_eq!(all.missing(ABI::Unsupported).len(), 4);
        assert_eq!(Landlock::new().read("/").missing(ABI::V4), [(Restriction::DeviceIoctl, false)]);
        assert_eq!(Landlock::new().read("/").missing(ABI::V2)[0], (Restriction::Truncation, true));
        assert_eq!(Landlock::new().no_tcp().missing(ABI::V3), [(Restriction::Tcp, true)]);
    }
}
