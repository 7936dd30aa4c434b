//! Which capabilities a program is given.

use bitflags::bitflags;

macro_rules! capabilities {
    ($(#[doc = $doc:literal] $name:ident = $number:literal,)*) => {
        bitflags! {
            /// Capabilities, by their names in capabilities(7) without `CAP_`, for
            /// [`Sandbox::capabilities`](crate::Sandbox::capabilities). Default empty.
            ///
            /// They count in the sandbox's own user namespace only: for what belongs to it, such as its network, not for the
            /// host's. Most give a program nothing there that it could use under [`Filter::standard()`](crate::Filter::standard)
            /// and in a read-only root. **Some give it a hold on the sandbox itself**, and are for programs that are trusted
            /// not to use it: with `SYS_ADMIN` it may, under a filter that allows it, undo the mounts that are its walls, and
            /// so write to what it was given to read as the mode there lets it; with `SYS_NICE` or `SYS_RESOURCE`, or all that
            /// the init has, it may starve or limit the init, so that no deadline is sure; with `NET_ADMIN` it may reconfigure
            /// its network; with `SETFCAP` it may give any capability of the host's to a file of its own in a
            /// [`bind_rw`](crate::Sandbox::bind_rw) of a directory of root's: give it none that another user of the host can
            /// reach. Nothing here reaches what it was not given of the host.
            ///
            /// ```
            /// use belljar::{Capabilities, Command, Sandbox};
            ///
            /// let sandbox = Sandbox::new().host_system().capabilities(Capabilities::NET_BIND_SERVICE);
            /// let output = sandbox.output(Command::new("grep").args(["CapEff", "/proc/self/status"]))?;
            /// assert_eq!(output.stdout, b"CapEff:\t0000000000000400\n");
            /// # Ok::<(), belljar::Error>(())
            /// ```
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
            pub struct Capabilities: u64 {
                $(#[doc = $doc] const $name = 1 << $number;)*
            }
        }
    };
}

capabilities! {
    /// Change owners of files.
    CHOWN = 0,
    /// Pass by permissions of files.
    DAC_OVERRIDE = 1,
    /// Pass by permissions to read and search.
    DAC_READ_SEARCH = 2,
    /// Act as the owner of files.
    FOWNER = 3,
    /// Keep set-user-id bits.
    FSETID = 4,
    /// Signal any process of the sandbox.
    KILL = 5,
    /// Change group ids, of which the sandbox has one.
    SETGID = 6,
    /// Change user ids, of which the sandbox has one.
    SETUID = 7,
    /// Change bounding set and securebits, as far as these are not locked.
    SETPCAP = 8,
    /// Set the immutable and append-only attributes.
    LINUX_IMMUTABLE = 9,
    /// Bind ports below 1024.
    NET_BIND_SERVICE = 10,
    /// Not used by the kernel.
    NET_BROADCAST = 11,
    /// Configure the sandbox's network.
    NET_ADMIN = 12,
    /// Raw and packet sockets.
    NET_RAW = 13,
    /// Lock memory.
    IPC_LOCK = 14,
    /// Pass by permissions of System V objects.
    IPC_OWNER = 15,
    /// Load modules: never in a user namespace.
    SYS_MODULE = 16,
    /// Raw input and output: never in a user namespace.
    SYS_RAWIO = 17,
    /// chroot(2), and setns(2) to mount namespaces.
    SYS_CHROOT = 18,
    /// Trace any process of the sandbox, but not its init.
    SYS_PTRACE = 19,
    /// Process accounting: never in a user namespace.
    SYS_PACCT = 20,
    /// Mounts, host name and much else of the sandbox.
    SYS_ADMIN = 21,
    /// Reboot the sandbox's pid namespace, that is: end it.
    SYS_BOOT = 22,
    /// Scheduling of any process of the sandbox, its init included.
    SYS_NICE = 23,
    /// Limits of any process of the sandbox, its init included.
    SYS_RESOURCE = 24,
    /// Set the clock: never in a user namespace.
    SYS_TIME = 25,
    /// Configure terminals.
    SYS_TTY_CONFIG = 26,
    /// Make device nodes: never in a user namespace.
    MKNOD = 27,
    /// Leases on any file.
    LEASE = 28,
    /// Write to the audit log: never in a user namespace.
    AUDIT_WRITE = 29,
    /// Configure auditing: never in a user namespace.
    AUDIT_CONTROL = 30,
    /// Set capabilities of files.
    SETFCAP = 31,
    /// Override mandatory access control.
    MAC_OVERRIDE = 32,
    /// Configure mandatory access control.
    MAC_ADMIN = 33,
    /// The kernel's log: never in a user namespace.
    SYSLOG = 34,
    /// Wake the machine: never in a user namespace.
    WAKE_ALARM = 35,
    /// Keep the machine awake: never in a user namespace.
    BLOCK_SUSPEND = 36,
    /// Read the audit log: never in a user namespace.
    AUDIT_READ = 37,
    /// Performance counters: never in a user namespace.
    PERFMON = 38,
    /// Programs in the kernel.
    BPF = 39,
    /// Checkpoint and restore.
    CHECKPOINT_RESTORE = 40,
}
