//! The cures for what a host cannot do: one table for the errors of `spawn` and for [`Host::probe`](crate::Host::probe).

use std::io;

use rustix::io::Errno;

use crate::error::{Cure, Step};
use crate::namespaces::Namespaces;

pub(crate) const NAMESPACES_USED_UP: Cure = Cure::Host("user.max_*_namespaces is 0 or used up: raise it with sysctl");
pub(crate) const USERNS_FORBIDDEN: Cure = Cure::Host(
    "user namespaces are forbidden here: by an outer container's filter, a chroot, \
     kernel.unprivileged_userns_clone=0 or kernel.apparmor_restrict_unprivileged_userns=1; \
     Namespaces::empty() works without them",
);
pub(crate) const USERNS_SYSCTL: Cure = Cure::Host("sysctl kernel.unprivileged_userns_clone=1");
pub(crate) const USERNS_APPARMOR: Cure = Cure::Host(
    "sysctl kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile with `userns,` for this program",
);
pub(crate) const PROC_MISSING: Cure = Cure::Host("/proc must be mounted on the host, and be the kernel's");
pub(crate) const PROC_MASKED: Cure = Cure::Host(
    "the host's /proc is masked or hidden, as in a container, or the container's filter forbids mounts: give it an \
     unmasked /proc (docker: --security-opt systempaths=unconfined), or do without one: .optional(Features::PROC)",
);
pub(crate) const SHED_ROOT: Cure = Cure::Host("run as an ordinary user, or give CAP_SETUID and CAP_SETGID");
pub(crate) const IDMAPPED: Cure = Cure::Host(
    "this filesystem, or one mounted below it, has no idmapped mounts on this kernel \
     (tmpfs: 6.3); use another, bind_ro, or run as an ordinary user",
);
pub(crate) const MAPPED_MOUNT: Cure = Cure::Host(
    "give CAP_SYS_ADMIN (docker: --cap-add SYS_ADMIN), run as an ordinary user, who owns what is given (docker: --user 1000), \
     or let others read it and give it with bind_ro, or as layers of a read_only overlay",
);
pub(crate) const READ_ONLY_SYSCTLS: Cure = Cure::Host(
    "/proc/sys is read-only, and the filter does not keep the program from user namespaces, in which it would have every \
     capability: Filter::standard(), or one that denies them to clone, unshare and clone3; or a writable /proc/sys \
     (docker: --security-opt systempaths=unconfined)",
);
pub(crate) const NO_OWN_ID: Cure = Cure::Host(
    "let root write /run/belljar.ids, or name with Sandbox::user an id that nothing else has while the sandbox lives",
);
pub(crate) const FOR_OTHERS: Cure = Cure::Request(
    "the program's user may not read, execute or enter it, or it is on a noexec mount; of what a privileged caller gives with \
     bind_ro, or without namespaces, the program has the rights of others: a mode of 0755, or bind_ro_as_owner",
);
pub(crate) const DANGLING: Cure =
    Cure::Request("it is a symbolic link, and what it leads to is not in the sandbox: give that too");
pub(crate) const NO_PLACE: Cure = Cure::Request(
    "what is missing is the place inside, in something that is given: nothing can be made there, so it must be there before",
);
pub(crate) const IDMAPPED_LAYER: Cure = Cure::Host(
    "for a privileged caller a layer that can be written over must be on a filesystem with \
     idmapped mounts (an overlay has none, tmpfs from 6.3 on): copy it, make the overlay read_only, or run as an ordinary user",
);
pub(crate) const MEMFD_NOEXEC: Cure =
    Cure::Host("vm.memfd_noexec is 2, which forbids executable memfds: sysctl vm.memfd_noexec=1");
pub(crate) const MEMFD_EXECUTED: Cure = Cure::Host(
    "a security module forbids this program to execute the init, which is a memfd: in its AppArmor profile \
     `/memfd:belljar-init ix,`, in an SELinux policy execute_no_trans on its tmpfs files",
);
pub(crate) const OLD_KERNEL: Cure = Cure::Host("a newer kernel: belljar needs 5.14");
pub(crate) const CGROUP_ABSENT: Cure = Cure::Host("mount -t cgroup2 none /sys/fs/cgroup");
pub(crate) const CGROUP_V1: Cure =
    Cure::Host("cgroup v1 holds the controllers: boot with systemd.unified_cgroup_hierarchy=1, or cgroup_no_v1=all");
pub(crate) const CGROUP_CONTROLLERS: Cure = Cure::Host(
    "enable them above: echo '+cpu +memory +pids +io' >cgroup.subtree_control in the parent cgroup, or \
     Delegate=yes in the unit; for the user's systemd: Delegate=cpu memory pids io in a drop-in of user@.service",
);
pub(crate) const CGROUP_DELEGATED: Cure = Cure::Host(
    "systemd-run --user --scope -p Delegate=yes PROGRAM (root: without --user), or Delegate=yes in the service's unit; \
     in a container: an own cgroup namespace with /sys/fs/cgroup writable",
);
pub(crate) const CGROUP_READ_ONLY: Cure = Cure::Host(
    "mount cgroup2 writable: in a container docker run --privileged --cgroupns=private, or \
     podman with -v /sys/fs/cgroup:/sys/fs/cgroup:rw",
);
pub(crate) const CGROUP_PROCESSES: Cure = Cure::Host(
    "a group with processes hands on no controllers, and belljar moves none but its own: start \
     this program alone there (systemd-run --user --scope -p Delegate=yes PROGRAM; for tests: as cargo's `runner`), or move \
     the others into a group below, or name an empty group with Cgroup::parent",
);
pub(crate) const CGROUP_THREADED: Cure =
    Cure::Host("another group: memory and I/O of a threaded one cannot be limited (cgroups(7), thread mode)");
pub(crate) const CGROUP_OUTSIDE: Cure =
    Cure::Host("mount cgroup2 again within this cgroup namespace, or name a group with Cgroup::parent");
pub(crate) const CGROUP_PATH: Cure =
    Cure::Request("a directory of the cgroup2 filesystem, such as /sys/fs/cgroup/NAME: mkdir makes one");
pub(crate) const CGROUP_MAX: Cure =
    Cure::Host("cgroup.max.descendants or cgroup.max.depth, here or above, is reached: raise it");
pub(crate) const CGROUP_OPTIONAL: Cure = Cure::Host(
    "with .optional(Features::CGROUP) a resource limit stands in where there is one, and Outcome::enforced says so",
);
pub(crate) const CGROUP_SWAP: Cure =
    Cure::Host("the kernel does not count swap by cgroup: boot with swapaccount=1, or do without swap (swapoff -a)");
pub(crate) const LANDLOCK: Cure =
    Cure::Host("a kernel with CONFIG_SECURITY_LANDLOCK, and landlock among lsm= on its command line");
pub(crate) const LANDLOCK_OLD: Cure =
    Cure::Host("a newer kernel; or .optional(Features::LANDLOCK), and Outcome::enforced tells what is missing");
pub(crate) const LSM: Cure =
    Cure::Host("apparmor=1 security=apparmor, or selinux=1 security=selinux, on the kernel's command line");
pub(crate) const CORE_LIMIT: Cure = Cure::Host(
    "the hard limit is 0, at which a handler of core_pattern is run: raise it to 1 or more (limits.conf, \
     LimitCORE), or allow that with core_dumps(true)",
);
pub(crate) const SECCOMP: Cure = Cure::Host("a kernel with CONFIG_SECCOMP_FILTER");
pub(crate) const OUTER_FILTER: Cure =
    Cure::Host("if it refuses what belljar needs: a container without it (docker: --security-opt seccomp=unconfined)");
pub(crate) const OVERLAY: Cure = Cure::Host("modprobe overlay");
#[cfg(feature = "oci")]
pub(crate) const LAYER_STORE: Cure = Cure::Host(
    "the store is on an overlay, on a tmpfs before Linux 6.6 or on another filesystem without whiteouts \
     and user attributes: name one elsewhere, Store::new(dir)",
);
pub(crate) const UPPER_FILESYSTEM: Cure = Cure::Host(
    "an upper directory needs a filesystem with user xattrs, such as ext4, xfs, btrfs, or tmpfs from Linux 6.6 on",
);
pub(crate) const UPPER_IN_MEMORY: Cure =
    Cure::Host("Linux 6.6, where a tmpfs has user xattrs; before, Overlay::upper_dir on a filesystem that has them");
pub(crate) const UPPER_PARENT: Cure =
    Cure::Request("a work directory is made beside the upper directory: let the caller write there");
pub(crate) const UPPER_MOUNT: Cure = Cure::Request("give a directory in it");
pub(crate) const LAYERS_OVERLAP: Cure = Cure::Request("a layer is, or lies inside, another one");
pub(crate) const NESTED: Cure =
    Cure::Request("a layer is on an overlay, and the kernel nests them no more than two deep: copy it");
pub(crate) const MOUNTS_IN_LAYER: Cure = Cure::Request(
    "something is mounted below a layer, which only a privileged caller can leave out: unmount it, or give another directory",
);
pub(crate) const OVERLAY_REFUSED: Cure = Cure::Request("the kernel's log tells the reason: dmesg | grep overlayfs");
pub(crate) const SYSCALL_MISSING: Cure =
    Cure::Host("a newer kernel, or an outer container's filter that lets the call pass");

/// The cure for a clone that failed.
pub(crate) fn clone_hint(error: &io::Error, namespaces: Namespaces) -> Option<Cure> {
    let errno = Errno::from_io_error(error)?;
    match errno {
        Errno::NOSPC | Errno::USERS => Some(NAMESPACES_USED_UP),
        Errno::PERM | Errno::ACCESS if namespaces.contains(Namespaces::USER) => Some(USERNS_FORBIDDEN),
        Errno::AGAIN => Some(Cure::Request("the user has as many processes as RLIMIT_NPROC or the cgroup allow")),
        Errno::INVAL => Some(Cure::Host("this kernel lacks one of the namespaces (CONFIG_*_NS)")),
        _ => None,
    }
}

/// The cure for id maps that could not be written.
pub(crate) fn id_map_hint(error: &io::Error) -> Option<Cure> {
    match Errno::from_io_error(error)? {
        Errno::NOENT => Some(PROC_MISSING),
        Errno::PERM | Errno::ACCESS => {
            Some(Cure::Host("this user may not map its own id: no_new_privs with uid != euid, or an LSM"))
        }
        _ => None,
    }
}

/// The cure for an init image that could not be made.
pub(crate) fn image_hint(error: &io::Error) -> Option<Cure> {
    (Errno::from_io_error(error)? == Errno::ACCESS).then_some(MEMFD_NOEXEC)
}

/// The cure for an init that could not be executed.
pub(crate) fn init_hint(error: &io::Error) -> Option<Cure> {
    matches!(Errno::from_io_error(error)?, Errno::ACCESS | Errno::PERM).then_some(MEMFD_EXECUTED)
}

/// The cure for a step of the init that failed.
pub(crate) fn hint(step: Step, errno: Errno) -> Option<Cure> {
    match (step, errno) {
        (Step::Proc, Errno::PERM) => Some(PROC_MASKED),
        (Step::Clone, errno) => clone_hint(&errno.into(), Namespaces::USER),
        (Step::Network, Errno::NOSPC | Errno::USERS) => Some(NAMESPACES_USED_UP),
        (Step::LsmLabel, Errno::NOENT) => Some(Cure::Request("no profile of that name is loaded: apparmor_parser -r")),
        (Step::Seccomp, Errno::PERM) => Some(Cure::Host(
            "an outer filter forbids ptrace, by which the init comes to hear of kills: answer with an errno instead",
        )),
        (Step::Seccomp, Errno::INVAL) => Some(SECCOMP),
        (Step::Seccomp | Step::Landlock, Errno::MFILE) => Some(Cure::Request(
            "rlimit(Resource::Nofile) leaves no number for the descriptors of the setup: a filter that kills needs one \
             beside the program's own and one more, Landlock too",
        )),
        (Step::Seccomp, Errno::BUSY) => Some(Cure::Host(
            "an outer filter has a listener, and the kernel allows one: let the filter answer with an errno, not kill",
        )),
        (_, Errno::NOSYS) => Some(SYSCALL_MISSING),
        (Step::Root | Step::Bind | Step::Tmpfs | Step::Dev, Errno::PERM | Errno::ACCESS) => {
            Some(Cure::Host("mounts are forbidden here: by an outer container's filter or an LSM"))
        }
        (Step::Keyring, Errno::DQUOT) => Some(Cure::Request("the user has as many keys as kernel.keys.maxkeys allows")),
        (Step::Exec | Step::Interpreter | Step::CurrentDir | Step::Landlock, Errno::ACCESS) => Some(FOR_OTHERS),
        (Step::Exec, Errno::TOOBIG) => {
            Some(Cure::Request("arguments and environment: 128 KiB for one, a quarter of RLIMIT_STACK for all"))
        }
        _ => None,
    }
}
