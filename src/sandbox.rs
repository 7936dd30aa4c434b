//! The builder.

use std::borrow::BorrowMut;
use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::capabilities::Capabilities;
use crate::cgroup::Cgroup;
use crate::cgroup::io::IoLimit;
use crate::cgroup::parent::Found;
use crate::child::Child;
use crate::command::Command;
use crate::error::Result;
use crate::explain::{self, Explanation};
use crate::host::tier::Tier;
use crate::landlock::Landlock;
use crate::launch::{self, Captures};
use crate::limits::{Features, OnLimit, Resource};
use crate::mounts::{Kind, Mount, Proc, Rights};
use crate::namespaces::{Namespaces, Network};
use crate::outcome::{Outcome, Output};
use crate::overlay::Overlay;
use crate::plan::{AtLeast, Request};
use crate::seccomp::Filter;

/// A sandbox to run programs in, as it is described; nothing is made before [`spawn`](Sandbox::spawn).
///
/// [`Sandbox::new()`] is strict: no host file, no host process, no network but its own loopback, no environment variable of
/// the host's ([`Command`] tells of the three that are the sandbox's own), no inherited descriptor, no capability. What the program is to have, setters add. They only store; what cannot be is
/// an error of `spawn`. One value serves any number of runs from any number of threads.
///
/// ```
/// use std::time::Duration;
/// use belljar::{Command, Sandbox, Verdict};
///
/// let sandbox = Sandbox::new().host_system().wall_time_limit(Duration::from_millis(100));
/// let outcome = sandbox.run(Command::new("sleep").arg("60"))?;
/// assert_eq!(outcome.verdict, Verdict::WallTimeLimit);
/// # Ok::<(), belljar::Error>(())
/// ```
///
/// # Profiles
///
/// With the feature `serde` a sandbox is read from and written to TOML, JSON and whatever else serde has. Fields have the names of
/// the setters; what is not there is as in [`Sandbox::new()`]. A field that is not known, and a version of the schema that is not
/// this crate's, are errors that name them.
///
/// Sizes are written as `"512 MiB"`, `"1.5 GB"` or a number of bytes, times as `"1.5s"`, `"500ms"` or `"2min"`, flags as arrays of
/// their names. A path, and the contents of a file, is text, or where it is no UTF-8 an array of its bytes. A filter begins as a
/// preset, `standard`, `compute`, `unrestricted`, `allow_only` or `deny`, whose rules are those of the version that reads it. What
/// only this process has, as a descriptor or the layers of an `Image`, is an error of serialization that names it.
///
/// ```
/// # #[cfg(feature = "serde")] {
/// use belljar::Sandbox;
///
/// let sandbox: Sandbox = toml::from_str(r#"
///     version = 1
///     host_system = true
///     memory_limit = "512 MiB"
///     wall_time_limit = "2.5s"
///     optional = ["CGROUP"]
///     rlimits = [{ resource = "RLIMIT_NOFILE", soft = 64, hard = "unlimited" }]
///
///     [[mounts]]
///     bind_ro = { host = "/srv/tests", inside = "/tests" }
///     [[mounts]]
///     tmpfs = { inside = "/scratch", bytes = "64 MiB" }
///
///     [seccomp]
///     base = "standard"
///     rules = [{ calls = ["socket"], when = ["arg0 & 0xffffffff == 2"], action = "EACCES" }]
///
///     [landlock]
///     read = ["/usr", "/tests"]
///     execute = ["/usr"]
/// "#).unwrap();
/// let written = toml::to_string(&sandbox).unwrap();
/// assert!(written.contains("wall_time_limit = \"2500ms\""));
/// let error = toml::from_str::<Sandbox>("version = 1\nmemory_limt = 1").unwrap_err();
/// assert!(error.message().contains("unknown field `memory_limt`"));
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Sandbox {
    pub(crate) request: Request,
}

/// What it is.
impl Sandbox {
    /// The strict sandbox.
    pub fn new() -> Sandbox {
        Sandbox::default()
    }

    /// Which namespaces are made: namespaces(7). Default [`Namespaces::all()`].
    ///
    /// With [`Namespaces::empty()`] the program runs among the host's own files and processes, as the host's user, and
    /// limits, a clean state and the end of the tree are what is left: see the crate's documentation.
    ///
    /// ```
    /// use belljar::{Command, Namespaces, Sandbox};
    ///
    /// let sandbox = Sandbox::new().host_system().namespaces(Namespaces::all() - Namespaces::IPC);
    /// assert!(!sandbox.run(Command::new("true"))?.enforced.namespaces.contains(Namespaces::IPC));
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// `spawn` refuses [`PID`](Namespaces::PID) without [`MOUNT`](Namespaces::MOUNT), and, for an ordinary user, anything
    /// without [`USER`](Namespaces::USER).
    pub fn namespaces(mut self, namespaces: Namespaces) -> Sandbox {
        self.request.namespaces = namespaces;
        self
    }

    /// The user and group id that the program sees as its own. Default 1000 and 1000; 0 and 0 for a root look.
    ///
    /// On the host it is neither: for a privileged caller an id from 1879048192 on that no user has, for an ordinary user
    /// its own id. No capability comes with 0. Without [`Namespaces::USER`] it is this very id, which may be somebody's; and
    /// without [`PID`](Namespaces::PID), too, a privileged caller's default is an [id of the run's own](crate#users-and-ids).
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let output = Sandbox::new().host_system().user(0, 0).output(Command::new("id").arg("-u"))?;
    /// assert_eq!(output.stdout, b"0\n");
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// `spawn` refuses 4294967295, and 0 without [`Namespaces::USER`].
    pub fn user(mut self, uid: u32, gid: u32) -> Sandbox {
        self.request.user = Some((uid, gid));
        self
    }

    /// The ids of which a privileged caller's sandbox has one on the host, as user and as group, while no other sandbox has it.
    /// Default 1879048192 to 1880096767; where the caller is in a user namespace itself, the sixteen before the last one that
    /// this maps, which is few for a container that runs many sandboxes at a time. Give ids that nobody and no file has.
    ///
    /// ```
    /// # use belljar::Sandbox;
    /// let sandbox = Sandbox::new().host_ids(60_000..61_000);
    /// ```
    ///
    /// # Errors
    /// `spawn` refuses an empty range and one with 0, an ordinary user, who has but its own id, and a sandbox without
    /// [`Namespaces::USER`]; and it fails where no id of the range can be leased: all are taken, or `/run/belljar.ids` is not
    /// the caller's to write (see the [crate's documentation](crate#users-and-ids)).
    pub fn host_ids(mut self, ids: std::ops::Range<u32>) -> Sandbox {
        self.request.host_ids = Some(ids);
        self
    }

    /// Whether the program may make user namespaces of its own, and so sandboxes: bubblewrap, Chromium, bazel, this crate. Default
    /// false: there are none within the sandbox's.
    ///
    /// What it costs: in one of its own a program has every capability again. None counts outside of it, and what the sandbox has
    /// mounted stays nosuid, nodev and read-only; but the program reaches parts of the kernel that are otherwise root's (mounts of
    /// overlayfs, tmpfs and FUSE, interfaces and queues of a network of its own), where most ways out of containers were found. It
    /// can mount a tmpfs of any size, which only a [`memory_limit`](Sandbox::memory_limit) bounds. An ordinary user's cgroup is the
    /// program's to mount and to write to, its limits too, unless the host has cgroup2 with `nsdelegate`, as systemd mounts it. All of
    /// `/proc` is there, which
    /// tells of the machine, and it is writable, as id maps are written there: what belongs to others or to the host stays theirs.
    /// A program can set its own oom_score_adj to as little as the host's. Give it no [`bind_rw`](Sandbox::bind_rw) that others can
    /// reach: an overlayfs of the program's own copies a file that is its user's there with its setuid bit.
    ///
    /// [`Filter::standard()`] then allows namespaces and the calls that mount, but clone3, and keeps the priority of the init,
    /// which is process 1, as it is: setpriority(2), ioprio_set(2) and sched_setaffinity(2) and its kin fail with EPERM for
    /// process 1 and for all of a user's. A filter of your own must allow the one, and should deny the other. There are at most
    /// 16 user namespaces and 16 of each other kind, those of the sandbox included.
    /// [`Enforced::user_namespaces`](crate::Enforced::user_namespaces) tells.
    ///
    /// A program that sees itself as [`user`](Sandbox::user) 0 can write no map of that id (verify_root_map() in the kernel, 5.12)
    /// unless it is given [`Capabilities::SETFCAP`]. This crate itself needs openat2(2), which the standard filter denies beside a
    /// [`bind_rw`](Sandbox::bind_rw) and the like: see [`seccomp`](Sandbox::seccomp).
    ///
    /// # Errors
    /// Without [`Namespaces::USER`] or [`PID`](Namespaces::PID).
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let nested = Command::shell("unshare --user --map-root-user --mount mount -t tmpfs none /tmp");
    /// assert!(Sandbox::new().host_system().user_namespaces(true).run(nested)?.success());
    /// # Ok::<(), belljar::Error>(())
    /// ```
    pub fn user_namespaces(mut self, allowed: bool) -> Sandbox {
        self.request.user_namespaces = allowed;
        self
    }

    /// The host name inside: sethostname(2). Default `localhost`, a name that every `/etc/hosts` has, also one that is given
    /// by [`bind_ro`](Sandbox::bind_ro) or a layer. Another one is in the hosts file that the sandbox makes where none is given.
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let output = Sandbox::new().host_system().hostname("judge").output(Command::new("uname").arg("-n"))?;
    /// assert_eq!(output.stdout, b"judge\n");
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// `spawn` refuses an empty one, more than 64 bytes, `/`, blanks and control characters.
    pub fn hostname(mut self, name: impl Into<OsString>) -> Sandbox {
        self.request.hostname = Some(name.into());
        self
    }

    /// The network inside: network_namespaces(7). Default [`Network::Loopback`]; without [`Namespaces::NET`] the host's.
    ///
    /// ```
    /// use belljar::{Command, Network, Sandbox};
    ///
    /// let sandbox = Sandbox::new().host_system().network(Network::Loopback);
    /// let output = sandbox.output(Command::new("cat").arg("/proc/net/dev"))?;
    /// assert!(output.stdout_lossy().contains("lo:") && !output.stdout_lossy().contains("eth0:"));
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// `spawn` refuses [`Network::Loopback`] without [`Namespaces::NET`].
    pub fn network(mut self, network: Network) -> Sandbox {
        self.request.network = Some(network);
        self
    }
}

/// What it sees. The order of the calls is the order of the mounts; paths inside are absolute and without `..`; parents are
/// made as needed, in the sandbox's own root and never on the host.
impl Sandbox {
    /// A read-only view of the host's toolchain; and [`Proc::Machine`], unless [`proc`](Sandbox::proc) says otherwise. It
    /// holds what the host has of these, links as links:
    ///
    /// - `/usr`, `/bin`, `/sbin`, `/lib`, `/lib32`, `/lib64` and `/libx32`; `/var/lib/ca-certificates`, `/var/lib/ghc` and
    ///   `/var/lib/texmf`; on NixOS and Guix `/nix/store`, `/gnu/store` and `/run/current-system`, whose programs a `PATH` of
    ///   the command's must name;
    /// - of `/etc` what programs need: `alternatives`, `localtime`, `os-release`, `mime.types`, `protocols` and `services`;
    ///   `ld.so.cache`, `ld.so.conf`, `ld.so.conf.d` and `ld-musl-*`; certificates, in `ssl/certs`, `ssl/cert.pem`,
    ///   `ssl/openssl.cnf`, `pki/tls/certs`, `pki/tls/cert.pem`, `pki/tls/openssl.cnf`, `pki/ca-trust/extracted`, `pki/java`,
    ///   `ca-certificates/extracted` and `crypto-policies`; of compilers and interpreters `R`, `fonts`, `fpc*`, `java*`,
    ///   `ldc2*`, `maven/logging`, `maven/m2.conf`, `mono`, `nim`, `ocamlfind.conf`, `php*` and `texmf`; and the link `static`
    ///   of NixOS.
    ///
    /// Nothing else of `/etc` is given: no account, no key, and no configuration that may hold a password. What you put on one
    /// of these places in `/etc`, or above it, goes before the host's. Of a privileged caller's host all this shows what others
    /// than the owners may read, as [`bind_ro`](Sandbox::bind_ro).
    ///
    /// Which of these there are is looked up once for this value and its clones.
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let output = Sandbox::new().host_system().output(Command::new("ls").arg("/usr"))?;
    /// assert!(output.stdout_lossy().contains("bin"));
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`bind_ro`](Sandbox::bind_ro); and without [`Namespaces::MOUNT`].
    pub fn host_system(mut self) -> Sandbox {
        self.request.host_system = Some(Arc::default());
        self
    }

    /// The host's whole tree, read-only, in place of [`host_system`](Sandbox::host_system): for a program that works on the
    /// host's behalf, such as an agent's. `HOME` is `/tmp` then, unless the command sets it.
    ///
    /// Not of the host's are `/proc`, `/dev` and `/tmp`, which are the sandbox's own, and `/sys` and `/run`, which are not
    /// there; a filesystem of the kernel's that is mounted elsewhere, such as the `/proc` of a chroot, is covered by an empty
    /// directory. Which there are is looked up once for this value and its clones. What another call gives at such a place, or
    /// above it, goes before the host's.
    ///
    /// Of a privileged caller's host it shows what others than the owners may read. **An ordinary user's program reads whatever
    /// that user may read**, keys and tokens in the home too: what it is not to see a [`tmpfs`](Sandbox::tmpfs) covers.
    /// It can connect to sockets outside of `/run` and `/tmp` that it may write to: see [`bind_ro`](Sandbox::bind_ro).
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let sandbox = Sandbox::new().everything_ro().tmpfs("/root", 4096);
    /// let output = sandbox.output(Command::shell("ls -A /root && ls / && cat /etc/passwd"))?;
    /// assert!(output.success() && !output.stdout.is_empty());
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`bind_ro`](Sandbox::bind_ro); without [`Namespaces::MOUNT`].
    pub fn everything_ro(mut self) -> Sandbox {
        self.request.everything = true;
        self.host_system()
    }

    /// The host's network, as [`Network::Host`], and the files by which programs use it: `resolv.conf` as the host's resolver has
    /// it, though it be a link into `/run`, `hosts`, `nsswitch.conf`, `services` and `protocols` of `/etc`, and
    /// the certificates of authorities. What [`host_system`](Sandbox::host_system) or another call gives at these
    /// places goes before them. Which there are is looked up once for this value and its clones.
    ///
    /// The program can then reach whatever the host can, its loopback and abstract unix sockets included.
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let sandbox = Sandbox::new().host_system().host_network();
    /// let output = sandbox.output(Command::new("cat").arg("/etc/resolv.conf"))?;
    /// assert_eq!(output.stdout, std::fs::read("/etc/resolv.conf").unwrap_or_default());
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`bind_ro`](Sandbox::bind_ro); without [`Namespaces::MOUNT`].
    pub fn host_network(mut self) -> Sandbox {
        self.request.host_network = Some(Arc::default());
        self.network(Network::Host)
    }

    /// Gives a file or directory of the host, with everything mounted below it, read-only: recursively, nosuid, nodev.
    ///
    /// For a privileged caller the program reads what *others* than owner and group may read there, and all of it belongs
    /// to `nobody` inside, which git calls dubious ownership (`git -c safe.directory='*'`):
    /// [`bind_ro_as_owner`](Sandbox::bind_ro_as_owner) gives more. An ordinary user's program is that user to the kernel,
    /// and reads what the user may read; there the two are the same.
    ///
    /// Read-only does not stop the program from connecting to a unix socket, or opening a FIFO, that it finds there and
    /// may write to: [`Filter::no_unix_sockets`] stops the first. Links in `host` itself are followed as the host's own: a
    /// path into what an untrusted program has written can lead it to any of the host's files.
    ///
    /// # Errors
    /// A missing source, a place inside that is taken or not there in a bind above it, or that leads through a link.
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let sandbox = Sandbox::new().host_system().bind_ro("/etc/hostname", "/data/name");
    /// let output = sandbox.output(Command::new("sh").args(["-c", "cat /data/name; echo >/data/name"]))?;
    /// assert!(String::from_utf8_lossy(&output.stderr).contains("Read-only file system"));
    /// # Ok::<(), belljar::Error>(())
    /// ```
    pub fn bind_ro(self, host: impl Into<PathBuf>, inside: impl Into<PathBuf>) -> Sandbox {
        self.mount(inside, Kind::Bind { source: host.into(), rights: Rights::Read })
    }

    /// As [`bind_ro`](Sandbox::bind_ro), at the same place inside as on the host.
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let sandbox = Sandbox::new().host_system().view("/etc/hostname");
    /// assert!(sandbox.run(Command::new("cat").arg("/etc/hostname"))?.success());
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`bind_ro`](Sandbox::bind_ro); a relative path.
    pub fn view(self, path: impl Into<PathBuf>) -> Sandbox {
        let path = path.into();
        self.bind_ro(path.clone(), path)
    }

    /// As [`bind_ro`](Sandbox::bind_ro), if `host` is there when a program is started; else nothing is given, and nothing is at
    /// `inside`.
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let sandbox = Sandbox::new().host_system().bind_ro_if_exists("/opt/no-such-compiler", "/opt/compiler");
    /// assert!(!sandbox.run(Command::new("test").args(["-e", "/opt/compiler"]))?.success());
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`bind_ro`](Sandbox::bind_ro), but for a missing source: one that the caller may not look for is an error.
    pub fn bind_ro_if_exists(self, host: impl Into<PathBuf>, inside: impl Into<PathBuf>) -> Sandbox {
        self.mount(inside, Kind::Bind { source: host.into(), rights: Rights::ReadIfThere })
    }

    /// As [`bind_ro`](Sandbox::bind_ro), and the program reads what the owner of `host` may read: what belongs to that user
    /// belongs to the program's inside. For a privileged caller it is an idmapped mount (5.12). If the owner is root, the
    /// program reads every file of root's below, whatever its mode, and connects to every socket of root's.
    ///
    /// # Errors
    /// As [`bind_ro`](Sandbox::bind_ro). For a privileged caller: a filesystem without idmapped mounts, of `host` or mounted
    /// below it; no [`Namespaces::USER`]. For an ordinary user: what belongs to another.
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let sandbox = Sandbox::new().host_system().bind_ro_as_owner(std::env::current_exe()?, "/mine");
    /// # if sandbox.run(Command::new("true")).is_err_and(|error| error.step() == belljar::Step::Bind) { return Ok(()) }
    /// assert!(sandbox.run(Command::new("sh").args(["-c", "test -O /mine"]))?.success());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn bind_ro_as_owner(self, host: impl Into<PathBuf>, inside: impl Into<PathBuf>) -> Sandbox {
        self.mount(inside, Kind::Bind { source: host.into(), rights: Rights::ReadAsOwner })
    }

    /// Gives a file or directory of the host, writable: nosuid, nodev. The program is the owner of what belongs to the owner
    /// of `host`, and what it makes belongs to that one; without [`Namespaces::USER`] it is who it is on the host.
    ///
    /// nosuid holds inside. The default [`Filter`] keeps the program from making a setuid file anywhere then; under one that
    /// does not, give no directory of root's that others can reach; nor, under any, one in which the owner has setuid files:
    /// the program can change what they hold, and a store to a mapping leaves the bit. The same holds for files with
    /// capabilities, which a program with [`Capabilities::SETFCAP`] can make there.
    ///
    /// What the program makes there is bounded by nothing but the filesystem, in bytes or files. What the host can set up is
    /// a project quota (ext4, xfs, f2fs: `xfs_quota`, `setquota -P`) on the directory: files made in it inherit the project,
    /// and a program in a user namespace may not change that. Or give a filesystem of its own.
    /// What it has made undeletable by modes [`remove_dir_all`](crate::remove_dir_all) removes.
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    /// # let dir = std::env::temp_dir().join(format!("belljar-bind-rw-doc-{}", std::process::id()));
    /// # std::fs::create_dir(&dir)?;
    ///
    /// let sandbox = Sandbox::new().host_system().bind_rw(&dir, "/out");
    /// # if sandbox.run(Command::new("true")).is_err_and(|error| error.step() == belljar::Step::Bind) { return Ok(()) }
    /// sandbox.run(Command::shell("echo made >/out/result"))?;
    /// assert_eq!(std::fs::read(dir.join("result"))?, b"made\n");
    /// # std::fs::remove_dir_all(dir)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`bind_ro`](Sandbox::bind_ro); and for a privileged caller a filesystem without idmapped mounts.
    pub fn bind_rw(self, host: impl Into<PathBuf>, inside: impl Into<PathBuf>) -> Sandbox {
        self.mount(inside, Kind::Bind { source: host.into(), rights: Rights::Write })
    }

    /// An empty directory in memory that holds at most so many bytes, and one file for each 4 KiB of them (at least 1024
    /// files). A file costs the kernel about 1 KiB besides, which a [`memory_limit`](Sandbox::memory_limit) counts. Unless
    /// given here, `/tmp`, `/dev/shm` and `/home/user` are there and hold 128 MiB and 16384 files, all together.
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let sandbox = Sandbox::new().host_system().tmpfs("/scratch", 1 << 20);
    /// let output = sandbox.output(Command::shell("head -c 2000000 /dev/zero >/scratch/file"))?;
    /// assert!(output.stderr_lossy().contains("No space left on device"));
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// 0 bytes, or more than `i64::MAX`.
    pub fn tmpfs(self, inside: impl Into<PathBuf>, bytes: u64) -> Sandbox {
        self.mount(inside, Kind::Tmpfs { bytes })
    }

    /// What `/tmp`, `/dev/shm` and `/home/user` hold, all together, where they are the sandbox's own: bytes, and files. Default
    /// 128 MiB and 16384 files. What the sandbox itself puts into its root is besides.
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let sandbox = Sandbox::new().host_system().tmp_limit(1 << 20, 100);
    /// let output = sandbox.output(Command::shell("head -c 2M /dev/zero >/tmp/file"))?;
    /// assert!(String::from_utf8_lossy(&output.stderr).contains("No space left on device"));
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// 0 bytes or files, or more bytes than `i64::MAX`; without [`Namespaces::MOUNT`].
    pub fn tmp_limit(mut self, bytes: u64, files: u64) -> Sandbox {
        self.request.tmp = Some((bytes, files));
        self
    }

    /// A file with these contents, of mode 0755 so that a script or a program can be run. In the root it is read-only, in a
    /// [`tmpfs`](Sandbox::tmpfs) or an [`overlay`](Sandbox::overlay) it belongs to the program.
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let sandbox = Sandbox::new().host_system().file("/hello", "#!/bin/sh\necho hello\n");
    /// assert_eq!(sandbox.output(Command::new("/hello"))?.stdout, b"hello\n");
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// A place in a bind: it would be made on the host. In an overlay a directory in its place, a link or a file on the way,
    /// or an upper directory that hides it.
    pub fn file(self, inside: impl Into<PathBuf>, contents: impl Into<Vec<u8>>) -> Sandbox {
        let contents: Vec<u8> = contents.into();
        self.mount(inside, Kind::File { contents: contents.into() })
    }

    /// As [`file`](Sandbox::file), and the kernel copies the contents out of an open file, from its beginning and whatever its
    /// position: so they pass through no memory of the host's process. Each run gets a copy of its own, of what the file has
    /// when that is started.
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let sandbox = Sandbox::new().host_system().file_from("/data/users", std::fs::File::open("/etc/passwd")?);
    /// let output = sandbox.output(Command::new("cat").arg("/data/users"))?;
    /// assert_eq!(output.stdout, std::fs::read("/etc/passwd")?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`file`](Sandbox::file); a descriptor of something else than a regular file, or one that cannot be read; a file that is
    /// cut while it is copied.
    pub fn file_from(self, inside: impl Into<PathBuf>, file: impl Into<OwnedFd>) -> Sandbox {
        let file = Arc::new(file.into());
        self.mount(inside, Kind::FileFrom { file })
    }

    /// An empty directory; in the root a read-only one.
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let sandbox = Sandbox::new().host_system().dir("/data/empty");
    /// assert_eq!(sandbox.output(Command::new("ls").arg("/data"))?.stdout, b"empty\n");
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`file`](Sandbox::file).
    pub fn dir(self, inside: impl Into<PathBuf>) -> Sandbox {
        self.mount(inside, Kind::Dir)
    }

    /// A symbolic link at `inside` with the text `target`, as symlink(2) orders them.
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let sandbox = Sandbox::new().host_system().symlink("/usr/bin/env", "/opt/tool");
    /// assert_eq!(sandbox.output(Command::new("readlink").arg("/opt/tool"))?.stdout, b"/usr/bin/env\n");
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`file`](Sandbox::file); and nothing can be mounted through it.
    pub fn symlink(self, target: impl Into<PathBuf>, inside: impl Into<PathBuf>) -> Sandbox {
        self.mount(inside, Kind::Symlink { target: target.into() })
    }

    /// A device node of the host's, at the same place below `/dev`: `/dev/dri/renderD128`, `/dev/kvm`, `/dev/fuse`. Default
    /// none but null, zero, full, random, urandom, tty and terminals of the sandbox's own.
    ///
    /// **A driver is a part of the kernel that was seldom written with an untrusted program in mind**, and a device belongs to no
    /// namespace: what one program does with it others see, and of some (a disk, `/dev/mem`) it is the machine. Give one that the
    /// machine's other users may open, too. The program opens it if its user on the host may: an ordinary user's is that user; a
    /// privileged caller's is nobody in particular, and opens what others may; or open it yourself, and give the
    /// [descriptor](crate::Command::fd). Owner, mode and times of the node cannot be changed; everything else stays nodev.
    ///
    /// # Errors
    /// A path that is not below `/dev`, or what is the sandbox's own there; what is missing, a link, or no device; no
    /// [`Namespaces::MOUNT`].
    ///
    /// ```
    /// # use belljar::Sandbox;
    /// let sandbox = Sandbox::new().host_system().device("/dev/dri/renderD128");
    /// ```
    pub fn device(mut self, path: impl Into<PathBuf>) -> Sandbox {
        self.request.devices.push(path.into());
        self
    }

    /// How much of `/proc` is shown. Default [`Proc::Machine`] with [`host_system`](Sandbox::host_system) or an overlay at `/`, such
    /// as an image is, and [`Proc::Processes`] without.
    ///
    /// ```
    /// use belljar::{Command, Proc, Sandbox};
    ///
    /// let sandbox = Sandbox::new().host_system().proc(Proc::Processes);
    /// assert!(!sandbox.run(Command::new("cat").arg("/proc/cpuinfo"))?.success());
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// Without [`Namespaces::PID`] there is no `/proc` to show; of a host that is a container with a masked one `spawn` may not
    /// mount any.
    pub fn proc(mut self, shown: Proc) -> Sandbox {
        self.request.proc = Some(shown);
        self
    }

    /// A stack of directories that the program sees as one, at `/` or elsewhere: see [`Overlay`]. Default none; a later call
    /// replaces it. Everything else that is given is on top of it, whatever the order of the calls.
    ///
    /// ```
    /// use belljar::{Command, Overlay, Sandbox};
    /// # if !belljar::Host::probe().has(belljar::Feature::Overlayfs) { return Ok(()) }
    /// # let dir = std::env::temp_dir().join(format!("belljar-overlay-doc-{}", std::process::id()));
    /// # std::fs::create_dir(&dir)?;
    ///
    /// let sandbox = Sandbox::new().host_system().overlay(Overlay::new().lower(&dir).at("/work"));
    /// let outcome = sandbox.run(Command::shell("echo made >/work/file"))?;
    /// assert_eq!(outcome.changes()?.read("file", 100)?, b"made\n");
    /// # std::fs::remove_dir(dir)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// What [`Overlay`]'s setters name; a bind or tmpfs that would cover it; a layer's link or file where the way to another
    /// place leads through.
    pub fn overlay(mut self, overlay: Overlay) -> Sandbox {
        self.request.overlay = Some(overlay);
        self
    }

    fn mount(mut self, inside: impl Into<PathBuf>, kind: Kind) -> Sandbox {
        self.request.mounts.push(Mount { inside: inside.into(), kind });
        self
    }
}

/// What it may use.
impl Sandbox {
    /// Bytes of memory for the whole tree, page cache and tmpfs included, and no swap: `memory.max`, `memory.swap.max` and
    /// `memory.oom.group` of a cgroup. Default none. A tree that needs more is killed as a whole, and the verdict is
    /// [`MemoryLimit`](crate::Verdict::MemoryLimit).
    ///
    /// The kernel counts in pages, rounded down. Its own memory for the tree counts too: a strict sandbox needs about one
    /// MiB to start. What [`file`](Sandbox::file) puts into the root is the host's. More than `i64::MAX` is no limit.
    ///
    /// ```
    /// use belljar::{Command, Features, Sandbox};
    ///
    /// // Held by a cgroup, and where this user can have none by what stands in.
    /// let sandbox = Sandbox::new().host_system().memory_limit(64 << 20).optional(Features::CGROUP);
    /// println!("held by {}", sandbox.run(Command::new("true"))?.enforced.memory);
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// 0; too few bytes to start the program; a host without cgroup v2 for this user, or without the memory controller, or with
    /// swap that the kernel does not count, unless that is [`optional`](Sandbox::optional): then RLIMIT_AS holds each process
    /// by itself.
    pub fn memory_limit(mut self, bytes: u64) -> Sandbox {
        self.request.limits.memory = Some(bytes);
        self
    }

    /// How many processors' worth of time the whole tree gets: 0.5 is half of one. Default no limit. `cpu.max` of a cgroup, in
    /// periods of 100 ms.
    ///
    /// It is rounded to 1/100,000 of a processor, and less than 0.01, the least that the kernel takes, counts as 0.01. More than
    /// the machine has is no limit.
    ///
    /// ```
    /// use belljar::{Command, Features, Sandbox};
    ///
    /// let sandbox = Sandbox::new().host_system().cpus(0.5).optional(Features::CGROUP);
    /// println!("held by {}", sandbox.run(Command::new("true"))?.enforced.cpus);
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// Zero, a negative number, one that is not finite; and as [`memory_limit`](Sandbox::memory_limit), but nothing stands in.
    pub fn cpus(mut self, cpus: f64) -> Sandbox {
        self.request.limits.cpus = Some(cpus);
        self
    }

    /// On which processors the tree may run, by the kernel's numbers. Default all that the host may. `cpuset.cpus` of a cgroup,
    /// where one with that controller can be had; else an affinity (sched_setaffinity(2)) that no process of the sandbox can
    /// change: the call fails with EPERM then, under any [`Filter`]. [`Enforced::cpuset`](crate::Enforced::cpuset) tells which.
    ///
    /// # Errors
    /// None; a number above 1023; a processor that this process itself may not run on.
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let first = rustix::thread::sched_getcpu() as u32;
    /// let output = Sandbox::new().host_system().cpuset([first]).output(Command::new("nproc"))?;
    /// assert_eq!(output.stdout, b"1\n");
    /// # Ok::<(), belljar::Error>(())
    /// ```
    pub fn cpuset(mut self, cpus: impl IntoIterator<Item = u32>) -> Sandbox {
        self.request.limits.cpuset = Some(cpus.into_iter().collect());
        self
    }

    /// The tree's share of the processors where they are short: 1 to 10000, of which a group has 100 unless it is told otherwise.
    /// Default the kernel's 100. `cpu.weight` of a cgroup, against its neighbours' below the same [`Cgroup`].
    ///
    /// # Errors
    /// Another number; and as [`memory_limit`](Sandbox::memory_limit), but nothing stands in.
    ///
    /// ```
    /// # use belljar::Sandbox;
    /// let background = Sandbox::new().host_system().cpu_weight(10);
    /// ```
    pub fn cpu_weight(mut self, weight: u32) -> Sandbox {
        self.request.limits.cpu_weight = Some(weight);
        self
    }

    /// Bytes of memory above which the tree is slowed down and its memory reclaimed, but not ended. Default none. `memory.high`
    /// of a cgroup: a tree that cannot give up what it has comes nearly to a stand; so set a
    /// [`memory_limit`](Sandbox::memory_limit) or a deadline as well. [`Usage::memory_pressure`](crate::Usage::memory_pressure)
    /// tells how long it waited.
    ///
    /// # Errors
    /// 0; and as [`memory_limit`](Sandbox::memory_limit), but nothing stands in.
    ///
    /// ```
    /// # use belljar::Sandbox;
    /// let sandbox = Sandbox::new().host_system().memory_high(192 << 20).memory_limit(256 << 20);
    /// ```
    pub fn memory_high(mut self, bytes: u64) -> Sandbox {
        self.request.limits.memory_high = Some(bytes);
        self
    }

    /// Bytes and operations per second on block devices: see [`IoLimit`]. Default no limit.
    ///
    /// ```
    /// # use belljar::{IoLimit, Sandbox};
    /// let sandbox = Sandbox::new().host_system().io_limit(IoLimit::new().write_bytes(10 << 20));
    /// ```
    ///
    /// # Errors
    /// A limit of nothing or to 0, a device that is none; and as [`memory_limit`](Sandbox::memory_limit), but nothing stands in.
    pub fn io_limit(mut self, limit: IoLimit) -> Sandbox {
        self.request.limits.io = Some(limit);
        self
    }

    /// Processes and threads at one time, in the whole tree: `pids.max` of a cgroup. Default none. The program is one, the
    /// sandbox's init is not. What is over it fails to fork, with EAGAIN.
    ///
    /// ```
    /// use belljar::{Command, Features, Sandbox};
    ///
    /// let sandbox = Sandbox::new().host_system().pids_limit(4).optional(Features::CGROUP);
    /// let outcome = sandbox.run(Command::shell("for i in 1 2 3 4 5 6 7 8; do sleep 60 & done"))?;
    /// assert!(!outcome.success());
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// 0; and as [`memory_limit`](Sandbox::memory_limit); with [`optional`](Sandbox::optional) it is RLIMIT_NPROC, which counts
    /// within the sandbox's user namespace, or, where the program's [id is its own](crate#without-namespaces), by that.
    pub fn pids_limit(mut self, tasks: u32) -> Sandbox {
        self.request.limits.pids = Some(tasks);
        self
    }

    /// User and system time of the whole tree. Default none.
    ///
    /// The init looks at the tree as often as could matter. It goes by `cpu.stat` of a cgroup, which counts every process and
    /// needs no controller: the run gets one for this wherever the caller may make a group below its own or at the place of
    /// [`cgroup`](Sandbox::cgroup), on hybrid hosts too; nobody is moved for it. Where none can be had, which is no error, the
    /// init goes by what it reaped, the clocks of the living, and what they reaped (/proc/PID/stat): then a process whose parent
    /// ignores SIGCHLD is lost to it once it ends; RLIMIT_CPU, two seconds above the limit, is the backstop for each process.
    ///
    /// ```
    /// use std::time::Duration;
    /// use belljar::{Command, Sandbox, Verdict};
    ///
    /// let sandbox = Sandbox::new().host_system().cpu_time_limit(Duration::from_millis(50));
    /// assert_eq!(sandbox.run(Command::shell("while :; do :; done"))?.verdict, Verdict::CpuTimeLimit);
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// Zero.
    pub fn cpu_time_limit(mut self, time: Duration) -> Sandbox {
        self.request.limits.cpu_time = Some(time);
        self
    }

    /// Time on CLOCK_MONOTONIC from the program's start. Default none. It holds if nobody waits. Under a limit the setup may
    /// not take longer either, or than ten seconds if that is more.
    ///
    /// ```
    /// use std::time::Duration;
    /// use belljar::{Command, Sandbox, Verdict};
    ///
    /// let sandbox = Sandbox::new().host_system().wall_time_limit(Duration::from_millis(50));
    /// assert_eq!(sandbox.run(Command::new("sleep").arg("60"))?.verdict, Verdict::WallTimeLimit);
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// Zero.
    pub fn wall_time_limit(mut self, time: Duration) -> Sandbox {
        self.request.limits.wall_time = Some(time);
        self
    }

    /// Bytes of captured standard output and error together, and of nothing else. Default 64 MiB. A program that writes more is
    /// killed, unless [`on_output_limit`](Sandbox::on_output_limit) says otherwise, and the verdict is
    /// [`OutputLimit`](crate::Verdict::OutputLimit).
    ///
    /// Captured is what [`output`](Sandbox::output), [`Child::wait_with_output`] and [`Child::output_with`] read. **A program
    /// whose pipe you read yourself, [`Child::stdout`], meets no limit**: you have the pipe, which holds some 64 KiB, and the
    /// program waits until you have read. What goes into a file, also into one that is given as [`Stdio`](crate::Stdio), is
    /// bounded by [`file_size_limit`](Sandbox::file_size_limit), by the size of the [`tmpfs`](Sandbox::tmpfs), or by the
    /// host's disk.
    ///
    /// ```
    /// use belljar::{Command, Sandbox, Verdict};
    ///
    /// let output = Sandbox::new().host_system().output_limit(1000).output(Command::new("yes"))?;
    /// assert_eq!((output.outcome.verdict, output.stdout.len()), (Verdict::OutputLimit, 1000));
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// None: any number will do, 0 too.
    pub fn output_limit(mut self, bytes: u64) -> Sandbox {
        self.request.limits.output = Some(bytes);
        self
    }

    /// What becomes of a program that writes more than [`output_limit`](Sandbox::output_limit). Default [`OnLimit::Kill`]. With
    /// [`OnLimit::Truncate`] the rest is read and thrown away, the verdict is that of the run, and
    /// [`Outcome::truncated`](crate::Outcome::truncated) tells: give it a [`wall_time_limit`](Sandbox::wall_time_limit).
    ///
    /// ```
    /// use belljar::{Command, OnLimit, Sandbox, Verdict};
    ///
    /// let sandbox = Sandbox::new().host_system().output_limit(4).on_output_limit(OnLimit::Truncate);
    /// let output = sandbox.output(Command::new("echo").arg("too much"))?;
    /// assert_eq!((output.outcome.verdict, &*output.stdout), (Verdict::Exited(0), b"too ".as_slice()));
    /// assert!(output.outcome.truncated);
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// None.
    pub fn on_output_limit(mut self, what: OnLimit) -> Sandbox {
        self.request.limits.on_output = what;
        self
    }

    /// Bytes of any one file that is written: RLIMIT_FSIZE. Default no limit but the host's own hard one, which also goes before
    /// a larger number here.
    ///
    /// A larger file is cut there, and the program gets SIGXFSZ: if that ends it the verdict is
    /// [`OutputLimit`](crate::Verdict::OutputLimit) with [`Evidence::FileSize`](crate::Evidence::FileSize). One that ignores
    /// the signal gets EFBIG, which is its own affair. Files that only look large count as well, by ftruncate(2) or a write
    /// behind the end: runtimes reserve memory so (.NET a memfd of 2 TiB). It holds each file by itself and not their number.
    ///
    /// ```
    /// use belljar::{Command, Sandbox, Verdict};
    ///
    /// let sandbox = Sandbox::new().host_system().file_size_limit(4096);
    /// let outcome = sandbox.run(Command::new("head").args(["-c", "5000", "/dev/zero"]))?;
    /// assert_eq!(outcome.verdict, Verdict::Exited(0));
    /// let outcome = sandbox.run(Command::new("dd").args(["if=/dev/zero", "of=/tmp/file", "bs=5000", "count=2"]))?;
    /// assert_eq!(outcome.verdict, Verdict::OutputLimit);
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// None: any number will do.
    pub fn file_size_limit(mut self, bytes: u64) -> Sandbox {
        self.request.limits.file_size = Some(bytes);
        self
    }

    /// A limit of setrlimit(2) for each process, in the unit that [`Resource`] names; `u64::MAX` is none. It goes before what
    /// another setter would put there, and the last one for a resource counts. Default: what [`Resource`] says, else the
    /// host's own.
    ///
    /// # Errors
    /// `soft` over `hard`; `hard` over the host's own.
    ///
    /// ```
    /// use belljar::{Command, Resource, Sandbox};
    ///
    /// let sandbox = Sandbox::new().host_system().rlimit(Resource::Nofile, 64, 64);
    /// let output = sandbox.output(Command::new("sh").args(["-c", "ulimit -n"]))?;
    /// assert_eq!(output.stdout, b"64\n");
    /// # Ok::<(), belljar::Error>(())
    /// ```
    pub fn rlimit(mut self, resource: Resource, soft: u64, hard: u64) -> Sandbox {
        self.request.limits.rlimits.push((resource, soft, hard));
        self
    }

    /// Whether programs that crash dump core: core(5). Default false.
    ///
    /// core_pattern may name a handler, which the kernel runs as the host's root with the program's memory as input: Debian's and
    /// Fedora's systemd-coredump, Ubuntu's apport. Only RLIMIT_CORE of exactly 1 stops that, which the program has, and which it
    /// cannot change: beside any [`Filter`], also [`Filter::unrestricted()`], setrlimit(2) and prlimit64(2) that change it, of
    /// whichever process, are answered with 0 and not made; with EPERM where the old limit is asked for in the same call. With
    /// `true` there is no such rule, and as much is allowed as the host's hard limit has.
    ///
    /// An [`rlimit`](Sandbox::rlimit) of [`Resource::Core`] goes before that: with any other number than 1, with 0 too, the
    /// handler runs.
    ///
    /// A handler that listens on a socket (a core_pattern of `@`, 6.16) is handed the dump at any limit, and nothing here
    /// keeps the kernel from it.
    ///
    /// # Errors
    /// With `false` a host whose hard limit is 0, under which nobody may set 1.
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let sandbox = Sandbox::new().host_system().core_dumps(false);
    /// let output = sandbox.output(Command::new("sh").args(["-c", "ulimit -c 0 && grep core /proc/self/limits"]))?;
    /// assert!(String::from_utf8_lossy(&output.stdout).starts_with("Max core file size        1 "));
    /// # Ok::<(), belljar::Error>(())
    /// ```
    pub fn core_dumps(mut self, allowed: bool) -> Sandbox {
        self.request.limits.core_dumps = allowed;
        self
    }

    /// Where the sandbox's control group is made. Default [`Cgroup::auto()`], and only if a limit needs one or
    /// [`cpu_time_limit`](Sandbox::cpu_time_limit) is better held with one; named here one is made in any case, to measure with.
    ///
    /// ```
    /// # use belljar::{Cgroup, Sandbox};
    /// let sandbox = Sandbox::new().host_system().cgroup(Cgroup::parent("/sys/fs/cgroup/judge")).pids_limit(16);
    /// ```
    ///
    /// # Errors
    /// A parent that is not there, is of another filesystem than cgroup2, or lacks a controller that a limit needs.
    pub fn cgroup(mut self, cgroup: Cgroup) -> Sandbox {
        self.request.cgroup = Some(cgroup);
        self.request.parent = Found::default();
        self.request.counting_parent = Found::default();
        self
    }

    /// What this host may lack: then a lesser means takes its place, and
    /// [`Outcome::enforced`](crate::Outcome::enforced) tells which. Default nothing; a later call replaces what an earlier one
    /// named.
    ///
    /// ```
    /// use belljar::{Command, Features, Means, Sandbox};
    ///
    /// let sandbox = Sandbox::new().host_system().pids_limit(16).optional(Features::CGROUP | Features::LANDLOCK);
    /// let outcome = sandbox.run(Command::new("true"))?;
    /// assert!(matches!(outcome.enforced.pids, Means::Cgroup | Means::Rlimit));
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// None: what the host has is used, whatever is named here.
    pub fn optional(mut self, features: Features) -> Sandbox {
        self.request.limits.optional = features;
        self
    }

    /// The strongest [tier](crate#tiers) that this host gives, which is found once for this sandbox and its clones: below
    /// [`Strict`](Tier::Strict) the program has no `/proc`, or no namespaces at all. Default what the other setters say, and
    /// nothing less. [`Host::tier`](crate::Host::tier) tells before, and [`Outcome::enforced`](crate::Outcome::enforced) after.
    ///
    /// # Errors
    /// This host gives less than `tier`; the hint names the one change that would reach the next one. Without namespaces, there
    /// are no rules of [`landlock`](Sandbox::landlock), and each setter that needs a namespace: mounts, host name, network.
    ///
    /// ```
    /// use belljar::{Command, Sandbox, Tier};
    ///
    /// let sandbox = Sandbox::new().host_system().at_least(Tier::NoProc);
    /// assert!(sandbox.run(Command::new("true"))?.success());
    /// # Ok::<(), belljar::Error>(())
    /// ```
    pub fn at_least(mut self, tier: Tier) -> Sandbox {
        self.request.at_least = Some(AtLeast { tier, found: Arc::default() });
        self
    }
}

/// What it may ask of the kernel.
impl Sandbox {
    /// Which system calls the program, and all that it starts, may make: seccomp(2). Default [`Filter::standard()`].
    ///
    /// It is installed last before the execve. A call that it answers with an errno is the program's business. One that it
    /// kills for is not made, the whole sandbox is ended, and the verdict is
    /// [`SyscallDenied`](crate::Verdict::SyscallDenied) with the call and its arguments as [evidence](crate::Evidence): the
    /// kernel suspends the call and asks the init (SECCOMP_RET_USER_NOTIF, 5.0). So a program that sends itself SIGSYS is
    /// told from one that was denied. Where Yama lets nobody trace (`kernel.yama.ptrace_scope`, 3, or 2 without
    /// [`Namespaces::USER`]), or the filter of an outer container forbids it (Docker's, pidfd_getfd(2)), the init cannot be
    /// asked: then the kernel kills the process that made the call, and the verdict is that of a program killed by SIGSYS. Such
    /// a filter costs the start of the program a few context switches more.
    ///
    /// Calls that it allows meet rules of the sandbox's own, under every filter: see [`cpuset`](Sandbox::cpuset) and
    /// [`core_dumps`](Sandbox::core_dumps); without [`Namespaces::PID`] prlimit64(2) that sets a limit of a process that it
    /// names, which could be the init, fails with EPERM; and so does ptrace(2) that sets PTRACE_O_TRACEEXIT, which strace does
    /// and gdb and leak checkers do not: two processes that trace each other with it wait at their exits for each other for
    /// ever, past SIGKILL.
    ///
    /// [`Filter::standard()`] and [`Filter::compute()`] keep the program from making a setuid or setgid file or directory where it
    /// may reach a file of the host's to change its mode: in a [`bind_rw`](Sandbox::bind_rw), in an
    /// [`upper_dir`](crate::Overlay::upper_dir), by a descriptor that is given or inherited, of anything but a pipe or a character
    /// device, and without [`Namespaces::MOUNT`]. In all other sandboxes it may: there such a file is in memory, behind nosuid, and
    /// gives nobody any right; [`commit`](crate::Changes::commit) takes the bits off. A descriptor that it is sent through a socket,
    /// found in a [`bind_ro`](Sandbox::bind_ro) or by [`Network::Host`], is not foreseen: an ordinary user's programs that work
    /// together, one with a `bind_rw` and one without, can make a setuid file there. Keep such programs from each other by
    /// [`Filter::no_unix_sockets`].
    ///
    /// # Errors
    /// A name that is no system call, a filter of more than 4096 instructions, one that denies execve(2).
    ///
    /// ```
    /// use belljar::{Command, Filter, Sandbox, Verdict};
    ///
    /// let sandbox = Sandbox::new().host_system().seccomp(Filter::standard().kill(["uname"]));
    /// let outcome = sandbox.run(Command::new("uname"))?;
    /// assert_eq!(outcome.verdict, Verdict::SyscallDenied);
    /// assert!(outcome.evidence.to_string().starts_with("system call uname(0x"));
    /// # Ok::<(), belljar::Error>(())
    /// ```
    pub fn seccomp(mut self, filter: Filter) -> Sandbox {
        self.request.seccomp = Some(filter);
        self
    }

    /// What the program may reach by Landlock: landlock(7), 5.13. Default: not restricted, as the root has only what is
    /// given; without [`Namespaces::PID`] signals to others are, where the kernel can (6.12).
    ///
    /// ```
    /// use belljar::{Command, Landlock, Sandbox};
    /// # if !belljar::Host::probe().has(belljar::Feature::Landlock) { return Ok(()) }
    ///
    /// let sandbox = Sandbox::new().host_system().landlock(Landlock::new().execute("/usr").read("/etc"));
    /// assert!(!sandbox.run(Command::new("ls").arg("/tmp"))?.success());
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// What this kernel's version cannot restrict, unless [`optional(Features::LANDLOCK)`](Sandbox::optional): for files
    /// 6.2, for TCP 6.7, for scopes 6.12. A missing path, a relative one, and a `Landlock` that restricts nothing.
    pub fn landlock(mut self, rules: Landlock) -> Sandbox {
        self.request.landlock = Some(rules);
        self
    }

    /// Capabilities that the program has, in all five sets, root inside or not. Default none: the bounding set is empty,
    /// `no_new_privs` is set, and securebits are locked so that no execve gives user id 0 any.
    ///
    /// They come by the ambient set and count in the sandbox's user namespace only; which of them give the program a hold on
    /// the sandbox itself see [`Capabilities`]. The filter is not widened by them.
    ///
    /// ```
    /// use belljar::{Capabilities, Command, Sandbox};
    ///
    /// let sandbox = Sandbox::new().host_system().capabilities(Capabilities::NET_BIND_SERVICE);
    /// let output = sandbox.output(Command::new("grep").args(["CapEff", "/proc/self/status"]))?;
    /// assert_eq!(output.stdout, b"CapEff:\t0000000000000400\n");
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// Without [`Namespaces::USER`], as they would be the host's; a capability that the kernel does not have; SYS_ADMIN where the
    /// host's root is the initial ramfs, which it could uncover.
    pub fn capabilities(mut self, capabilities: Capabilities) -> Sandbox {
        self.request.capabilities = capabilities;
        self
    }

    /// The label that the host's security module gives the program at its execve: the name of a loaded AppArmor profile, or
    /// an SELinux context such as `system_u:system_r:container_t:s0`. Default: as the module decides.
    ///
    /// It is written to `/proc/thread-self/attr/apparmor/exec`, or `attr/exec`, of the program's process. AppArmor compares
    /// paths as the program sees them. A profile must let the program execute and read itself and receive signals of the
    /// init, which is not confined: `signal (receive) peer=unconfined,`. As `no_new_privs` is set, the caller must be
    /// unconfined itself, or for SELinux have `nnp_transition`.
    ///
    /// ```
    /// # use belljar::{Features, Sandbox};
    /// let sandbox = Sandbox::new().host_system().lsm_label("judged").optional(Features::LSM);
    /// ```
    ///
    /// # Errors
    /// Neither module is enabled, unless [`optional(Features::LSM)`](Sandbox::optional); the module knows no such label, or
    /// does not allow it.
    pub fn lsm_label(mut self, label: impl Into<String>) -> Sandbox {
        self.request.lsm_label = Some(label.into());
        self
    }
}

/// Run it.
impl Sandbox {
    /// Starts the program and returns once it is executed: [`std::process::Command::spawn`]. What the command says of its
    /// streams holds; [`Stdio::piped`](crate::Stdio::piped) ones are fields of the [`Child`].
    ///
    /// # Errors
    /// Everything that keeps the program from starting exactly as described: see [`Error`](crate::Error).
    pub fn spawn(&self, command: impl BorrowMut<Command>) -> Result<Child> {
        self.start(command.borrow(), Captures::Nothing)
    }

    /// Runs the program to its end and captures its standard output and error, unless the command leads them elsewhere:
    /// [`std::process::Command::output`]. Standard input is what the command says, by default
    /// [`Stdio::null`](crate::Stdio::null).
    ///
    /// # Errors
    /// As [`spawn`](Sandbox::spawn).
    pub fn output(&self, command: impl BorrowMut<Command>) -> Result<Output> {
        self.start(command.borrow(), Captures::Output)?.wait_with_output()
    }

    /// Runs the program to its end, captures nothing, and tells how it ended: [`std::process::Command::status`].
    ///
    /// # Errors
    /// As [`spawn`](Sandbox::spawn).
    pub fn run(&self, command: impl BorrowMut<Command>) -> Result<Outcome> {
        self.start(command.borrow(), Captures::Nothing)?.wait()
    }

    /// Tells what [`spawn`](Sandbox::spawn) would do, and does nothing: no process, no cgroup, no lease and no directory is made.
    ///
    /// It holds for this host and this thread as they are now. What only shows when it is done may fail all the same: a program
    /// or a place in a bind that is missing, a filesystem that cannot be mounted, an upper directory that another sandbox has.
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let explanation = Sandbox::new().tmpfs("/scratch", 1 << 20).explain(&Command::new("cc"))?;
    /// let scratch = explanation.mounts.iter().find(|mount| mount.place.ends_with("scratch"));
    /// assert_eq!(scratch.unwrap().to_string(), "tmpfs on /scratch, writable");
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`spawn`](Sandbox::spawn), as far as it can be known before.
    pub fn explain(&self, command: &Command) -> Result<Explanation> {
        explain::explain(&self.request, command)
    }

    fn start(&self, command: &Command, captures: Captures) -> Result<Child> {
        let (running, ends, enforced) = launch::spawn(&self.request, command, captures)
            .map_err(|error| launch::advise(error, &self.request, command))?;
        Ok(Child::new(running, ends, self.request.limits.clone(), enforced))
    }
}
