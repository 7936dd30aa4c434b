//! Which namespaces a sandbox gets, and who the program is in them.

use bitflags::bitflags;

bitflags! {
    /// The namespaces that are made for the sandbox: namespaces(7). Default: [`Namespaces::all()`].
    ///
    /// A namespace that is left out is shared with the host. An ordinary user needs [`USER`](Namespaces::USER) for
    /// every other one.
    ///
    /// ```
    /// use belljar::Namespaces;
    ///
    /// let shares_the_network = Namespaces::all() - Namespaces::NET;
    /// assert!(!shares_the_network.contains(Namespaces::NET));
    /// ```
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct Namespaces: u32 {
        /// Own user and group ids, and capabilities that count only inside: user_namespaces(7).
        const USER = 0x1000_0000;
        /// Own processes; when its init ends the kernel kills all of them: pid_namespaces(7). Without it a sandbox with an
        /// own root has an empty /proc, as a mounted one would show the host's processes.
        const PID = 0x2000_0000;
        /// Own mounts, and so an own root: mount_namespaces(7). Without it the program sees the host's files.
        const MOUNT = 0x0002_0000;
        /// Own network stack with nothing but a loopback interface: network_namespaces(7).
        const NET = 0x4000_0000;
        /// Own System V objects and POSIX message queues: ipc_namespaces(7).
        const IPC = 0x0800_0000;
        /// Own host name: uts_namespaces(7).
        const UTS = 0x0400_0000;
        /// Own view of the cgroup tree: cgroup_namespaces(7).
        const CGROUP = 0x0200_0000;
    }
}

impl Default for Namespaces {
    fn default() -> Namespaces {
        Namespaces::all()
    }
}

/// The network that a sandbox sees.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Network {
    /// An own network stack with a loopback interface that is up, and nothing else. The default.
    #[default]
    Loopback,
    /// The host's own network stack, abstract unix sockets included: the program can talk to whatever the host can.
    Host,
}
