//! What this host can do for a sandbox, and the cures for what it cannot.

use std::io;

use rustix::io::Errno;

use crate::error::Step;
use crate::namespaces::Namespaces;

/// The cure for a clone that failed.
pub(crate) fn clone_hint(error: &io::Error, namespaces: Namespaces) -> Option<&'static str> {
    let errno = Errno::from_io_error(error)?;
    match errno {
        Errno::NOSPC | Errno::USERS => Some("user.max_*_namespaces is 0 or used up: raise it with sysctl"),
        Errno::PERM | Errno::ACCESS if namespaces.contains(Namespaces::USER) => Some(
            "user namespaces are forbidden here: by an outer container's filter, a chroot, \
             kernel.unprivileged_userns_clone=0 or kernel.apparmor_restrict_unprivileged_userns=1; \
             Namespaces::empty() works without them",
        ),
        Errno::AGAIN => Some("the user has as many processes as RLIMIT_NPROC or the cgroup allow"),
        Errno::INVAL => Some("this kernel lacks one of the namespaces (CONFIG_*_NS)"),
        _ => None,
    }
}

/// The cure for id maps that could not be written.
pub(crate) fn id_map_hint(error: &io::Error) -> Option<&'static str> {
    match Errno::from_io_error(error)? {
        Errno::NOENT => Some("/proc must be mounted on the host, and be the kernel's"),
        Errno::PERM | Errno::ACCESS => {
            Some("this user may not map its own id: no_new_privs with uid != euid, or an LSM")
        }
        _ => None,
    }
}

/// The cure for a step of the init that failed.
pub(crate) fn hint(step: Step, errno: Errno) -> Option<&'static str> {
    match (step, errno) {
        (Step::Proc, Errno::PERM) => Some(
            "the host's /proc is masked or hidden, as in a container: give it an unmasked /proc (docker: --security-opt systempaths=unconfined)",
        ),
        (Step::Root | Step::Bind | Step::Tmpfs, Errno::PERM | Errno::ACCESS) => {
            Some("mounts are forbidden here: by an outer container's filter or an LSM")
        }
        (Step::Keyring, Errno::DQUOT) => Some("the user has as many keys as kernel.keys.maxkeys allows"),
        (Step::Exec, Errno::TOOBIG) => {
            Some("arguments and environment: 128 KiB for one, a quarter of RLIMIT_STACK for all")
        }
        _ => None,
    }
}
