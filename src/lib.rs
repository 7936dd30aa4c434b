//! Runs an untrusted program in a sandbox of Linux namespaces, private mounts and limits, behind a builder that reads like
//! [`std::process`].
//!
//! ```
//! use std::time::Duration;
//! use belljar::{Command, Sandbox, Stdio, Verdict};
//!
//! let sandbox = Sandbox::new()
//!     .host_system()                                  // the host's /usr, read-only
//!     .file("/main.sh", "read who; echo hello $who")
//!     .cpu_time_limit(Duration::from_secs(1))
//!     .wall_time_limit(Duration::from_secs(3));
//! let output = sandbox.output(Command::new("sh").arg("/main.sh").stdin(Stdio::bytes("world\n")))?;
//! assert_eq!(output.outcome.verdict, Verdict::Exited(0));
//! assert_eq!(output.stdout, b"hello world\n");
//! # Ok::<(), belljar::Error>(())
//! ```
//!
//! There is no daemon, no setuid helper and no thread. A [`Sandbox`] is a value; [`spawn`](Sandbox::spawn) gives a
//! [`Child`], whose [`wait`](Child::wait) gives an [`Outcome`]: a [`Verdict`], what it rests on, and what was used. Whole tasks
//! are in the [`cookbook`].
//!
//! # What is protected
//!
//! - Nothing of the host is visible unless given: no file, process, network, environment variable, descriptor or
//!   capability. The program has its own loopback, `/proc` with its own processes ([`Proc`] has more), a minimal `/dev`, an empty
//!   `/tmp` and an empty home; and three variables that are the sandbox's own, `PATH`, `HOME` and `LANG`, unless the [`Command`] sets or clears them.
//! - What cannot be set up is an [`Error`] of `spawn`, never a weaker sandbox, unless it was named
//!   [`optional`](Sandbox::optional); then [`Outcome::enforced`] tells.
//! - Every process of the sandbox dies when the program ends, a limit is hit, the handle is killed or dropped, or the host
//!   process ends by any means. Limits hold if nobody waits. Nothing is left of it when [`wait`](Child::wait) answers; and no
//!   process runs when a handle is dropped, of which a zombie and an empty cgroup stay at most until the crate's next call: see
//!   [`Child`].
//! - The program cannot make user namespaces within the sandbox's, where it would have every capability again: not
//!   unless the sandbox was given none of its own, or [`user_namespaces`](Sandbox::user_namespaces) allows it.
//! - The program runs with no capability in any set, `no_new_privs`, and a clean state whatever the host's is: signal mask
//!   and dispositions, umask 022, personality, normal scheduling (but as nice or idle as the host), timer slack,
//!   session and process group, session keyring, resource limits (1024 descriptors; 8 MiB of stack; 64 queued signals and
//!   timers; 64 KiB of locked memory; no message queues).
//! - A program that crashes leaves no core file, and its memory is piped to no handler that core_pattern names, whatever it
//!   does to its limits and whatever the filter, unless you set that limit yourself: see [`Sandbox::core_dumps`].
//!
//! # Overlays and images
//!
//! An [`Overlay`] is a stack of read-only directories, shared by any number of sandboxes, with what the program writes on
//! top, in memory or in a directory. [`Outcome::changes`] tells of it, file by file, when the run is over, and
//! [`Child::changes`] while it runs; a [`commit`](Changes::commit) makes it a layer of the next run. With the feature `oci` a local container image is such a
//! stack: `Image`, which unpacks each layer once into a `Store`.
//!
//! # What is not
//!
//! - **The kernel itself.** The default system call filter ([`Filter::standard()`]) keeps the program from what it has no
//!   business with: mounts, namespaces, others' memory, keyrings, bpf, io_uring, sockets of odd families and more. What it
//!   needs it may call, and a flaw of the kernel that those calls reach is a way out. [`Filter::compute()`] leaves fewer.
//! - **Memory and tasks, unless you limit them.** There is no limit by default, as not every host gives this user a cgroup
//!   v2 to hold one. Where [`Features::CGROUP`] is optional and there is none, [`memory_limit`](Sandbox::memory_limit) holds
//!   each process by itself, and [`cpus`](Sandbox::cpus) nothing: [`Outcome::enforced`] tells.
//! - **What you give.** A program can write anything into a [`bind_rw`](Sandbox::bind_rw), connect even in a
//!   [`bind_ro`](Sandbox::bind_ro) to sockets that it may write to, unless its filter has
//!   [`no_unix_sockets`](Filter::no_unix_sockets), and do with a descriptor what the descriptor can do; the file behind it it
//!   can open again, and change if it is an ordinary user's own: see [`Stdio`]. A [`Landlock`] domain keeps it from that.
//!   A [`device`](Sandbox::device) is its driver's to guard.
//!   An ordinary user's program reads of a `bind_ro`, [`host_system`](Sandbox::host_system) or
//!   [`everything_ro`](Sandbox::everything_ro) whatever that user may read, keys in its home too; a privileged caller's what
//!   others may read.
//! - **Setuid files in what is writable.** In a [`bind_rw`](Sandbox::bind_rw) the program acts as the owner of the source. The
//!   default filter lets it make no setuid file then, but one that is there it can change, by a store to a mapping, and the bit
//!   stays. If there are some, or under another filter, give a directory that nobody else can reach, or on a filesystem mounted
//!   nosuid. The files of an [`upper_dir`](Overlay::upper_dir) lose the bits at the end of the run. So it is with the
//!   capabilities of files, where the program is given [`SETFCAP`](Capabilities::SETFCAP).
//! - **Disks.** Bytes and files in memory are bounded; in a `bind_rw` or `upper_dir` of the host's disk they are not, unless the
//!   host has a project quota there.
//! - **The init's resource limits, under a filter of your own.** The init has the program's user, and prlimit(2) asks for no
//!   more: where the filter allows it for other processes, as the default one does not, a program in a pid namespace can make the
//!   kernel end its init, and so itself; the verdict then is [`Verdict::Killed`] with [`Evidence::InitDied`]. Where it does
//!   so before the init has told of the start, `spawn` is an error of [`Step::Init`].
//! - **Core handlers on a socket.** Where core_pattern names one (`@`, 6.16), the kernel hands it the memory of whatever crashes,
//!   at any limit. It runs as whoever listens there.
//! - **Supplementary groups of an ordinary user**: the kernel does not let it drop them (user_namespaces(7), setgroups), so
//!   they count for access to what is given. A privileged host's are dropped.
//! - **What the kernel counts by user, for an ordinary user's sandbox**: one program can take all epoll watches of the
//!   user, 448,823 on a machine of 2 GiB, and all pages of pipes, with 1,018 pipes, so that other programs of that user get no
//!   watch and pipes of 8 KiB: see [below](#what-the-kernel-counts-by-user).
//! - **Timing and load**: processors, caches and disks are shared.
//!
//! # How it works
//!
//! The sandbox and its program are compiled into flat lists of system calls, two scripts, every string and structure in
//! place. A clone that shares memory and descriptor table with the host, so that its cost depends on neither, executes at
//! once a small init out of a sealed memfd; the init, which for a privileged host first becomes the sandbox's user there,
//! runs the first script: namespaces' contents, mounts, pivot_root; a process beside it runs the second: the program's
//! clean state and its execve. The init then waits, reaps, watches the deadlines and the host, and tells the host how it
//! ended. So nothing ever runs in the host's memory but about eighty small system calls, most of which reset signals, and
//! the program finds nothing of the host in that of its init. [`Sandbox::explain`] reads the scripts, and runs nothing.
//!
//! # Cgroups
//!
//! [`memory_limit`](Sandbox::memory_limit), [`cpus`](Sandbox::cpus), [`pids_limit`](Sandbox::pids_limit) and
//! [`io_limit`](Sandbox::io_limit) are held by cgroup v2: cgroups(7). Each run that has one of them, and where it can be had each
//! with a [`cpu_time_limit`](Sandbox::cpu_time_limit), gets a group of its own, made before the clone below the parent that
//! [`Cgroup`] names, and removed at the end; the program's process is cloned into it (CLONE_INTO_CGROUP), so that no page and no
//! tick of the program is charged elsewhere. The init stays in the host's group: it holds the deadlines whatever the program's
//! group is short of, and lives to tell of its end. What the group has counted is in the [`Usage`], what it killed in the
//! [`Evidence`]. The group of a host that was killed is removed by the init, if that may: an ordinary user's may, a privileged
//! caller's has another user, and one that was not in charge yet, as the host was killed within `spawn`, is gone itself. Then the
//! directory of an empty group is left, at most one for each thread, until the next run below the same parent, of one sandbox
//! once a second: a lock on it tells whether anybody lives that it belongs to.
//!
//! The program sees its own group at `/sys/fs/cgroup`, so that the runtimes of Java, Go, .NET and Node, which size heaps and pools
//! by `memory.max` and `cpu.max`, size them by the sandbox's limits and not by the machine. It is mounted read-only, as the root
//! of the program's cgroup namespace, so that no other group is in sight; a privileged caller's program reads its files by name and
//! cannot list them. Not so without [`Namespaces::CGROUP`] or [`Namespaces::MOUNT`], or where something is given at `/sys`,
//! `/sys/fs` or from `/sys/fs/cgroup` down.
//!
//! # Users and ids
//!
//! The program sees itself as user 1000 ([`Sandbox::user`]). On the host it is, for a privileged caller (CAP_SETUID,
//! CAP_SETGID, CAP_SYS_ADMIN), an id that no user has, changing from run to run; a [`bind_rw`](Sandbox::bind_rw), a
//! [`bind_ro_as_owner`](Sandbox::bind_ro_as_owner) and the layers of an [`Overlay`] are mapped so that their owner is the
//! program's user, and everything else of the host's is `nobody`'s. For an ordinary user it is the caller's own id. It is
//! never root.
//!
//! Root of a container has the first two of these capabilities and rarely the third. Its sandboxes have the same ids, mapped
//! by a user namespace that root makes, so that root is charged for what is counted in it. What only a mapped mount gives is refused by
//! name: [`bind_rw`](Sandbox::bind_rw), [`bind_ro_as_owner`](Sandbox::bind_ro_as_owner), the layers of an overlay that can be
//! written to. The rest is opened by the program's id: what others may read, in directories that others may enter.
//!
//! A privileged caller's sandbox has an id of its own as long as it lives: one of 1879048192 to 1880096767, or, where the
//! caller is in a user namespace itself, of the sixteen before the last one that this maps; [`Sandbox::host_ids`] names others. The id is leased by a lock on a
//! byte of `/run/belljar.ids`, an empty file of mode 0600 that the first run makes and none removes; the init holds it. A run
//! without namespaces takes two, and is an error where it cannot have them.
//! Hosts with different `/run` do not know of each other's leases, and choose at random. Where the file cannot be made, or
//! is another user's, the id is one that is rarely another sandbox's, or in a user namespace the last one of all;
//! [`Enforced::own_user`] tells. The user namespace is made by a process that has that id already, and not by root, which
//! else would be charged for what is counted in it; not so by a caller without CAP_KILL, or without both id 0 and
//! CAP_DAC_OVERRIDE. The pid namespace then belongs to the host's user namespace: no capability that the program is given
//! counts there.
//!
//! # What the kernel counts by user
//!
//! Of some things the kernel lets each user have so many, whatever the namespace. Who takes all of them takes them from all
//! that are the same user: a privileged caller's sandbox from nobody, an ordinary user's from the user and from the user's
//! other sandboxes, unless the sandbox is held to less.
//!
//! | what | one sandbox has at most | an ordinary user's sandboxes |
//! | --- | --- | --- |
//! | inotify instances, watches | 16, 4096 (`user.max_inotify_*` of its user namespace) | count as the user's: of 128 instances eight sandboxes take all |
//! | fanotify groups, marks | none by the standard filter; under another 16, 4096 | as above |
//! | queued signals and POSIX timers | 64 ([`Resource::Sigpending`]) | count as the user's |
//! | POSIX message queues | none ([`Resource::Msgqueue`]) | – |
//! | System V objects, mounts of mqueue | what its own IPC namespace allows, in [`memory_limit`](Sandbox::memory_limit) | not counted by user |
//! | locked memory | 64 KiB ([`Resource::Memlock`]): each process by mlock(2), the sandbox by SHM_LOCK | SHM_LOCK counts as the user's |
//! | user namespaces | none; 16 with [`user_namespaces`](Sandbox::user_namespaces) | count as the user's |
//! | other namespaces | none; 16 of each kind with [`Capabilities::SYS_ADMIN`] or the same | count as the user's |
//! | processes and threads | [`pids_limit`](Sandbox::pids_limit) | count as the user's (RLIMIT_NPROC) |
//! | keys | none by the standard filter; under another the user's (200) | **are the user's** |
//! | epoll watches | the user's (`fs.epoll.max_user_watches`), in the memory limit | **are the user's** |
//! | pages of pipes | the user's (`fs.pipe-user-pages-soft`): after 1,018 pipes new ones have two pages and not sixteen | **are the user's** |
//! | descriptors on their way in AF_UNIX sockets | the user's | **are the user's**; a spawn waits for none |
//! | pseudo-terminals | 64, of its own devpts; of the machine's 4096 | not counted by user |
//! | file locks, sockets, open files | not counted by user: 4096 descriptors of each process, in the memory limit | – |
//!
//! Without a user namespace the limits of the first two rows are not there, and all that counts by user is shared with the
//! processes of that user; so it is, in part, for a caller whose ids are not leased.
//!
//! # Without namespaces
//!
//! Where user namespaces are forbidden, [`Namespaces::empty()`] still runs a program with a clean state, no capabilities, its
//! filter, limits, deadlines and a truthful verdict. It runs among the host's files, processes and network, as the caller's own
//! user; a privileged caller's, root of a container among them, has an [id of its own](#users-and-ids), which must be had, unless
//! [`Sandbox::user`] names another. Such programs can neither signal nor trace each other, nor read what is for its
//! owner alone: files, `/proc` entries, System V objects, sockets. Of what the program is given it can read what others may, and
//! write where others may: a directory of mode 0777. A Landlock rule that lets it read what it may not is an error. All that has the id ends with the run, however it hid from its init; what it leaves
//! in System V objects, and of files in `/tmp`, `/var/tmp` and `/dev/shm`, is removed before the id is used again. Files
//! that it leaves elsewhere keep the id. What keeps a program from the host is [`Landlock`] with the filter: the example
//! `no_namespaces` is such a sandbox. With both, and a kernel that can restrict all of it (6.12), the program
//!
//! - opens, makes, renames, removes and executes only files that a rule names, and binds and connects only TCP ports that
//!   one names;
//! - signals, traces and reads the memory of no process but its own, its init included. For signals this holds without
//!   being asked for, where the kernel has it ([`Landlock::scope_signals`]); before 6.12 a hostile program can stop or kill its
//!   init, and then outlive every limit but the resource limits: there this tier is for programs that are wrong, not for
//!   those that attack.
//!
//! Still it can, unless the filter says otherwise, as it does in the example:
//!
//! - see that files exist, their sizes, owners and times (stat, chdir, access), and, of those that belong to its user, change
//!   modes, owners, times and attributes (chmod, utime, setxattr), which Landlock does not restrict;
//! - talk to UDP ports, and to unix sockets in the filesystem;
//! - reprioritise its user's processes, its init among them. Their resource limits it cannot set, under no filter: by them the
//!   kernel could be made to end the init, and the program outlive it.
//!
//! Without an id of its own, its processes are ended as far as a child subreaper can: by killing the process group and then
//! orphans as they come; in a [`Cgroup`], all at once. What the user has in System V objects and keyrings is then shared.
//!
//! # Tiers
//!
//! What a host gives depends on where it runs. [`Host::tier`] tells which of these it is, and the row [`Feature::Tier`] the one
//! change that reaches the next; [`Sandbox::at_least`] takes the strongest and refuses less than it is told to take. Nothing
//! becomes less by itself.
//!
//! | what the program has | [`Strict`](Tier::Strict) | [`NoProc`](Tier::NoProc) | [`NoNamespaces`](Tier::NoNamespaces) |
//! | --- | --- | --- | --- |
//! | processes in sight | its own | its own, and no `/proc` to see them | the host's, by what `/proc` shows to any user |
//! | files | what is given | what is given | what [`Landlock`] rules name (6.2); others' existence shows |
//! | network | its own loopback | its own loopback | the host's; with `no_tcp` no TCP, from the rest a filter of yours keeps it |
//! | signals, tracing between runs | none | none | none: by its own id, else by Landlock (6.12) |
//! | shared memory, semaphores, queues | its own | its own | its own by its own id; else shared with its user |
//! | CPU time limit | of the tree | of the program and those that are reaped; of the tree with a cgroup | as `NoProc` |
//! | memory and task limits without a cgroup | of each process; of the sandbox | as `Strict` | of each process; of its own id, else none |
//! | mounts, overlays, host name | yes | yes | an error of `spawn` |
//!
//! Where `/proc/sys` is read-only, as in a container, the kernel's limit on user namespaces cannot be set. A filter that
//! denies them to clone, unshare and clone3 stands in, as the standard one does; without such a filter `spawn` refuses.
//! [`Enforced::nested_users`] tells.
//!
//! Without `/proc` these were tried: gcc, g++ and what they build, python3 with processes and threads, perl and `go run` work;
//! node runs, but does not know its own path and the processors; java, javac and rustc do not start, as the loader finds their
//! libraries beside `/proc/self/exe`; bash has no `<(command)`, which is a name in `/dev/fd`.
//!
//! # Requirements
//!
//! Linux 5.14 on x86_64 or, with pages of 4 KiB, on aarch64; `/proc` mounted on the host; user namespaces (or a privileged
//! caller). A host's root may be the initial ramfs; no program is given [`SYS_ADMIN`](Capabilities::SYS_ADMIN) there, by which it
//! could uncover it. [`Host::probe`] tells what this machine gives, and the cures; errors of `spawn` carry the same ones in
//! [`Error::hint`].

#![warn(missing_docs, missing_debug_implementations)]

#[cfg(not(target_os = "linux"))]
compile_error!("belljar is made of Linux namespaces");

/// For fuzz/ alone.
#[cfg(fuzzing)]
#[doc(hidden)]
pub use init::machine::converse;

// The helpers of the integration tests name the crate so.
#[cfg(test)]
extern crate self as belljar;

mod capabilities;
mod cgroup;
mod changes;
mod child;
mod command;
#[cfg(any(doc, doctest))]
#[doc = include_str!("cookbook.md")]
pub mod cookbook {}
mod cure;
mod error;
mod explain;
mod host;
mod init;
mod landlock;
mod launch;
mod limits;
mod live;
mod mounts;
mod namespaces;
#[cfg(feature = "oci")]
mod oci;
mod outcome;
mod overlay;
mod plan;
mod probe;
#[cfg(feature = "serde")]
mod profile;
mod sandbox;
mod seccomp;
mod stdio;
mod sys;

pub use capabilities::Capabilities;
pub use cgroup::Cgroup;
pub use cgroup::io::IoLimit;
pub use changes::{Change, ChangeKind, Changes, Copied, FileKind};
pub use child::Child;
pub use command::Command;
pub use error::{Error, Result, Step};
pub use explain::{ExplainedLimit, ExplainedMount, Explanation};
pub use host::tier::Tier;
pub use landlock::{Landlock, Restriction};
pub use limits::{Features, OnLimit, Resource};
pub use live::{Killer, Stream};
pub use mounts::Proc;
pub use namespaces::{Namespaces, Network};
#[cfg(feature = "oci")]
pub use oci::{Image, Store};
pub use outcome::{Enforced, Evidence, Landlocked, Means, Outcome, Output, Support, Usage, Verdict};
pub use overlay::{Overlay, remove_dir_all};
pub use probe::{Feature, Host, HostFeature};
pub use sandbox::Sandbox;
pub use seccomp::{Action, Arg, CallExplanation, Condition, Filter, Instruction};
pub use stdio::Stdio;
