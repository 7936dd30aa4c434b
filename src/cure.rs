//! The cures for what a host cannot do: one table for the errors of `spawn` and for [`Host::probe`](crate::Host::probe).

use std::io;

use rustix::io::Errno;

use crate::error::Step;
use crate::namespaces::Namespaces;

pub(crate) const NAMESPACES_USED_UP: &str = "user.max_*_namespaces is 0 or used up: raise it with sysctl";
pub(crate) const USERNS_FORBIDDEN: &str = "user namespaces are forbidden here: by an outer container's filter, a chroot, \
     kernel.unprivileged_userns_clone=0 or kernel.apparmor_restrict_unprivileged_userns=1; \
     Namespaces::empty() works without them";
pub(crate) const USERNS_SYSCTL: &str = "sysctl kernel.unprivileged_userns_clone=1";
pub(crate) const USERNS_APPARMOR: &str =
    "sysctl kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile with `userns,` for this program";
pub(crate) const PROC_MISSING: &str = "/proc must be mounted on the host, and be the kernel's";
pub(crate) const SHED_ROOT: &str = "run as an ordinary user, or give CAP_SETUID, CAP_SETGID and CAP_SYS_ADMIN";
pub(crate) const IDMAPPED: &str = "this filesystem, or one mounted below it, has no idmapped mounts on this kernel \
     (tmpfs: 6.3); use another, bind it read-only, or run as an ordinary user";
pub(crate) const IDMAPPED_LAYER: &str = "for a privileged caller a layer that can be written over must be on a filesystem with \
     idmapped mounts (an overlay has none, tmpfs from 6.3 on): copy it, make the overlay read_only, or run as an ordinary user";
pub(crate) const MEMFD_NOEXEC: &str = "vm.memfd_noexec is 2, which forbids executable memfds: sysctl vm.memfd_noexec=1";
pub(crate) const OLD_KERNEL: &str = "a newer kernel: belljar needs 5.14";
pub(crate) const CGROUP_ABSENT: &str = "mount -t cgroup2 none /sys/fs/cgroup";
pub(crate) const CGROUP_V1: &str =
    "cgroup v1 holds the controllers: boot with systemd.unified_cgroup_hierarchy=1, or cgroup_no_v1=all";
pub(crate) const CGROUP_CONTROLLERS: &str = "enable them above: echo '+cpu +memory +pids +io' >cgroup.subtree_control in the parent cgroup, or \
     Delegate=yes in the unit; for the user's systemd: Delegate=cpu memory pids io in a drop-in of user@.service";
pub(crate) const CGROUP_DELEGATED: &str = "systemd-run --user --scope -p Delegate=yes PROGRAM (root: without --user), or Delegate=yes in the service's unit; \
     in a container: an own cgroup namespace with /sys/fs/cgroup writable";
pub(crate) const CGROUP_READ_ONLY: &str = "mount cgroup2 writable: in a container docker run --privileged --cgroupns=private, or \
     podman with -v /sys/fs/cgroup:/sys/fs/cgroup:rw";
pub(crate) const CGROUP_PROCESSES: &str = "a group with processes hands on no controllers, and belljar moves none but its own: start \
     this program alone there (systemd-run --user --scope -p Delegate=yes PROGRAM; for tests: as cargo's `runner`), or move \
     the others into a group below, or name an empty group with Cgroup::parent";
pub(crate) const CGROUP_THREADED: &str =
    "another group: memory and I/O of a threaded one cannot be limited (cgroups(7), thread mode)";
pub(crate) const CGROUP_OUTSIDE: &str =
    "mount cgroup2 again within this cgroup namespace, or name a group with Cgroup::parent";
pub(crate) const CGROUP_PATH: &str =
    "a directory of the cgroup2 filesystem, such as /sys/fs/cgroup/NAME: mkdir makes one";
pub(crate) const CGROUP_MAX: &str = "cgroup.max.descendants or cgroup.max.depth, here or above, is reached: raise it";
pub(crate) const CGROUP_OPTIONAL: &str =
    "with .optional(Features::CGROUP) a resource limit stands in where there is one, and Outcome::enforced says so";
pub(crate) const CGROUP_SWAP: &str =
    "the kernel does not count swap by cgroup: boot with swapaccount=1, or do without swap (swapoff -a)";
pub(crate) const LANDLOCK: &str = "a kernel with CONFIG_SECURITY_LANDLOCK, and landlock among lsm= on its command line";
pub(crate) const LANDLOCK_OLD: &str =
    "a newer kernel; or .optional(Features::LANDLOCK), and Outcome::enforced tells what is missing";
pub(crate) const LSM: &str =
    "apparmor=1 security=apparmor, or selinux=1 security=selinux, on the kernel's command line";
pub(crate) const SECCOMP: &str = "a kernel with CONFIG_SECCOMP_FILTER";
pub(crate) const OUTER_FILTER: &str =
    "if it refuses what belljar needs: a container without it (docker: --security-opt seccomp=unconfined)";
pub(crate) const OVERLAY: &str = "modprobe overlay";
#[cfg(feature = "oci")]
pub(crate) const LAYER_STORE: &str = "the store is on an overlay, on a tmpfs before Linux 6.6 or on another filesystem without whiteouts \
     and user attributes: name one elsewhere, Store::new(dir)";
pub(crate) const UPPER_FILESYSTEM: &str =
    "an upper directory needs a filesystem with user xattrs, such as ext4, xfs, btrfs, or tmpfs from Linux 6.6 on";
pub(crate) const UPPER_PARENT: &str = "a work directory is made beside the upper directory: let the caller write there";
pub(crate) const UPPER_MOUNT: &str = "give a directory in it";
pub(crate) const LAYERS_OVERLAP: &str = "a layer is, or lies inside, another one";
pub(crate) const NESTED: &str = "a layer is on an overlay, and the kernel nests them no more than two deep: copy it";
pub(crate) const MOUNTS_IN_LAYER: &str = "something is mounted below a layer, which only a privileged caller can leave out: unmount it, or give another directory";
pub(crate) const OVERLAY_REFUSED: &str = "the kernel's log tells the reason: dmesg | grep overlayfs";
pub(crate) const SYSCALL_MISSING: &str = "a newer kernel, or an outer container's filter that lets the call pass";

/// The cure for a clone that failed.
pub(crate) fn clone_hint(error: &io::Error, namespaces: Namespaces) -> Option<&'static str> {
    let errno = Errno::from_io_error(error)?;
    match errno {
        Errno::NOSPC | Errno::USERS => Some(NAMESPACES_USED_UP),
        Errno::PERM | Errno::ACCESS if namespaces.contains(Namespaces::USER) => Some(USERNS_FORBIDDEN),
        Errno::AGAIN => Some("the user has as many processes as RLIMIT_NPROC or the cgroup allow"),
        Errno::INVAL => Some("this kernel lacks one of the namespaces (CONFIG_*_NS)"),
        _ => None,
    }
}

/// The cure for id maps that could not be written.
pub(crate) fn id_map_hint(error: &io::Error) -> Option<&'static str> {
    match Errno::from_io_error(error)? {
        Errno::NOENT => Some(PROC_MISSING),
        Errno::PERM | Errno::ACCESS => {
            Some("this user may not map its own id: no_new_privs with uid != euid, or an LSM")
        }
        _ => None,
    }
}

/// The cure for an init image that could not be made.
pub(crate) fn image_hint(error: &io::Error) -> Option<&'static str> {
    (Errno::from_io_error(error)? == Errno::ACCESS).then_some(MEMFD_NOEXEC)
}

/// The cure for a step of the init that failed.
pub(crate) fn hint(step: Step, errno: Errno) -> Option<&'static str> {
    match (step, errno) {
        (Step::Proc, Errno::PERM) => Some(
            "the host's /proc is masked or hidden, as in a container, or the container's filter forbids mounts: give it an \
             unmasked /proc (docker: --security-opt systempaths=unconfined)",
        ),
        (Step::Network, Errno::NOSPC | Errno::USERS) => Some(NAMESPACES_USED_UP),
        (Step::LsmLabel, Errno::NOENT) => Some("no profile of that name is loaded: apparmor_parser -r"),
        (Step::Seccomp, Errno::PERM) => Some(
            "an outer filter forbids ptrace, by which the init comes to hear of kills: answer with an errno instead",
        ),
        (Step::Seccomp, Errno::INVAL) => Some(SECCOMP),
        (Step::Seccomp, Errno::BUSY) => Some(
            "an outer filter has a listener, and the kernel allows one: let the filter answer with an errno, not kill",
        ),
        (_, Errno::NOSYS) => Some(SYSCALL_MISSING),
        (Step::Root | Step::Bind | Step::Tmpfs | Step::Dev, Errno::PERM | Errno::ACCESS) => {
            Some("mounts are forbidden here: by an outer container's filter or an LSM")
        }
        (Step::Keyring, Errno::DQUOT) => Some("the user has as many keys as kernel.keys.maxkeys allows"),
        (Step::Exec, Errno::TOOBIG) => {
            Some("arguments and environment: 128 KiB for one, a quarter of RLIMIT_STACK for all")
        }
        _ => None,
    }
}
