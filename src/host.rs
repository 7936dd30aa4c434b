//! What this host can do for a sandbox, as this process, and the cures for what it cannot.

mod read;
mod trial;

use std::fmt;
use std::io;
use std::path::Path;

use crate::cgroup::parent::{self as cgroup, Place};
use crate::cgroup::{Cgroup, Controllers};
use crate::cure;
use crate::plan::{Caller, HostIds};
use crate::sys;

/// Which features this machine gives this process, which not, why, and the cure.
///
/// `Display` is a table. What can be tried is tried, in processes that end at once: it changes nothing and leaves nothing.
/// An answer holds for the calling thread, its limits and its capabilities.
///
/// ```
/// let host = belljar::Host::probe();
/// println!("{host}");
/// if !host.has("strict sandbox") {
///     let row = host.features().find(|row| row.name == "strict sandbox").unwrap();
///     eprintln!("no sandbox here: {:?}; {:?}", row.reason, row.cure);
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Host {
    features: Vec<HostFeature>,
}

/// A row of [`Host`].
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostFeature {
    /// What it is, such as `user namespace`.
    pub name: &'static str,
    /// Whether this process has it.
    pub available: bool,
    /// Why not; or, where there is more to it than yes, what was found.
    pub reason: Option<String>,
    /// What the host's owner can do about it.
    pub cure: Option<&'static str>,
}

impl HostFeature {
    fn yes(name: &'static str) -> HostFeature {
        HostFeature { name, available: true, reason: None, cure: None }
    }

    fn found(name: &'static str, what: impl Into<String>) -> HostFeature {
        HostFeature { reason: Some(what.into()), ..HostFeature::yes(name) }
    }

    fn no(name: &'static str, reason: impl Into<String>, cure: Option<&'static str>) -> HostFeature {
        HostFeature { name, available: false, reason: Some(reason.into()), cure }
    }

    /// Of a call that was tried.
    fn tried(name: &'static str, result: io::Result<()>, cure: &'static str) -> HostFeature {
        match result {
            Ok(()) => HostFeature::yes(name),
            Err(error) => HostFeature::no(name, error.to_string(), Some(cure)),
        }
    }
}

impl Host {
    /// Looks, and tries.
    pub fn probe() -> Host {
        let caller = Caller::now();
        let mut features = vec![kernel()];
        features.extend(trial::namespaces());
        features.extend(user_namespace_switches(&caller));
        features.push(ids(&caller));
        features.extend(trial::sandbox(&caller));
        features.extend(processes());
        features.extend(kernel_surface());
        features.push(overlay());
        features.extend(cgroups());
        Host { features }
    }

    /// The rows of the table.
    pub fn features(&self) -> impl Iterator<Item = &HostFeature> {
        self.features.iter()
    }

    /// Whether the feature of this name is there; `false` for an unknown name.
    pub fn has(&self, name: &str) -> bool {
        self.features.iter().any(|feature| feature.name == name && feature.available)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.features.iter().map(|feature| feature.name.len()).max().unwrap_or(0);
        for feature in &self.features {
            let answer = if feature.available { "yes" } else { "no" };
            let line = match &feature.reason {
                Some(reason) => format!("{:width$}  {answer:3}  {reason}", feature.name),
                None => format!("{:width$}  {answer}", feature.name),
            };
            writeln!(f, "{line}")?;
            if let Some(cure) = feature.cure {
                writeln!(f, "{:width$}       cure: {cure}", "")?;
            }
        }
        Ok(())
    }
}

fn kernel() -> HostFeature {
    const NAME: &str = "kernel 5.14";
    let release = rustix::system::uname().release().to_string_lossy().into_owned();
    match read::release(&release) {
        Some(version) if version < (5, 14) => HostFeature::no(NAME, release, Some(cure::OLD_KERNEL)),
        _ => HostFeature::found(NAME, release),
    }
}

fn read_file(path: &str) -> Option<String> {
    std::fs::read_to_string(path).ok()
}

/// The settings that forbid user namespaces. The second and third are a distribution's own and bind only the unprivileged.
fn user_namespace_switches(caller: &Caller) -> Vec<HostFeature> {
    let free = caller.is_privileged();
    vec![
        switch("user.max_user_namespaces", "/proc/sys/user/", false, |value| value > 0, cure::NAMESPACES_USED_UP),
        switch("kernel.unprivileged_userns_clone", "/proc/sys/kernel/", free, |value| value != 0, cure::USERNS_SYSCTL),
        switch(
            "kernel.apparmor_restrict_unprivileged_userns",
            "/proc/sys/kernel/",
            free,
            |value| value == 0,
            cure::USERNS_APPARMOR,
        ),
    ]
}

/// A sysctl, in the file of `dir` that its name without the first part gives.
fn switch(name: &'static str, dir: &str, free: bool, good: fn(u64) -> bool, cure: &'static str) -> HostFeature {
    let file = name.split_once('.').map_or(name, |(_, file)| file);
    let value = read_file(&format!("{dir}{file}")).and_then(|text| text.trim().parse().ok());
    judge(name, value, free, good, cure)
}

fn judge(name: &'static str, value: Option<u64>, free: bool, good: fn(u64) -> bool, cure: &'static str) -> HostFeature {
    match value {
        None => HostFeature::found(name, "not set on this kernel"),
        Some(value) if good(value) => HostFeature::found(name, value.to_string()),
        Some(value) if free => HostFeature::found(name, format!("{value}, which does not bind a privileged process")),
        Some(value) => HostFeature::no(name, value.to_string(), Some(cure)),
    }
}

/// Which ids a sandbox's user has on the host.
fn ids(caller: &Caller) -> HostFeature {
    const NAME: &str = "unprivileged ids";
    match caller.ids {
        HostIds::Chosen(id) => HostFeature::found(NAME, format!("privileged: a host id for the sandbox, such as {id}")),
        HostIds::Own if caller.uid == 0 => HostFeature::found(NAME, "root of a user namespace: its own id"),
        HostIds::Own => HostFeature::found(NAME, format!("ordinary user: its own id {}", caller.uid)),
        HostIds::None if !Path::new("/proc/self/uid_map").exists() => {
            HostFeature::no(NAME, "/proc/self/uid_map cannot be read", Some(cure::PROC_MISSING))
        }
        HostIds::None => HostFeature::no(
            NAME,
            "root, here or outside of this user namespace, without the capabilities to shed it",
            Some(cure::SHED_ROOT),
        ),
    }
}

/// What starting and watching a process takes.
fn processes() -> Vec<HostFeature> {
    use rustix::process::{PidfdFlags, getpid, pidfd_open};
    let pidfd = pidfd_open(getpid(), PidfdFlags::empty()).map(drop).map_err(io::Error::from);
    vec![
        HostFeature::tried("pidfd", pidfd, cure::SYSCALL_MISSING),
        HostFeature::tried("close_range", sys::close_range_works(), cure::SYSCALL_MISSING),
        HostFeature::tried("ambient capabilities", sys::ambient_capabilities(), cure::SYSCALL_MISSING),
        HostFeature::tried("executable memfd", trial::memfd(), cure::MEMFD_NOEXEC),
    ]
}

/// What narrows the kernel that a program sees.
fn kernel_surface() -> Vec<HostFeature> {
    let status = read_file("/proc/thread-self/status").unwrap_or_default();
    let no_new_privs = match read::status(&status, "NoNewPrivs") {
        Some(1) => HostFeature::found("no_new_privs", "set on this process already"),
        _ => HostFeature::yes("no_new_privs"),
    };
    let landlock = match sys::landlock_version() {
        Ok(version) => HostFeature::found("Landlock", format!("ABI {version}")),
        Err(error) => HostFeature::no("Landlock", error.to_string(), Some(cure::LANDLOCK)),
    };
    let outer = match read::status(&status, "Seccomp") {
        Some(0) => HostFeature::yes("no outer seccomp filter"),
        Some(_) => {
            let count = read::status(&status, "Seccomp_filters").unwrap_or(1);
            let reason = format!("{count} installed on this process");
            HostFeature::no("no outer seccomp filter", reason, Some(cure::OUTER_FILTER))
        }
        None => HostFeature::no("no outer seccomp filter", "not known without /proc", Some(cure::PROC_MISSING)),
    };
    let apparmor = read_file("/sys/module/apparmor/parameters/enabled").is_some_and(|enabled| enabled.trim() == "Y");
    let selinux = Path::new("/sys/fs/selinux/enforce").exists();
    let modules = read::security_modules(read_file("/sys/kernel/security/lsm").as_deref(), apparmor, selinux);
    let labels = match (apparmor, selinux) {
        (true, _) => HostFeature::found("exec labels", "AppArmor"),
        (_, true) => HostFeature::found("exec labels", "SELinux"),
        _ => HostFeature::no("exec labels", "neither AppArmor nor SELinux is enabled", Some(cure::LSM)),
    };
    vec![
        no_new_privs,
        HostFeature::tried("seccomp filters", sys::seccomp_filters(), cure::SECCOMP),
        outer,
        landlock,
        HostFeature::found("security modules", modules),
        labels,
    ]
}

fn overlay() -> HostFeature {
    let known = read_file("/proc/filesystems").is_some_and(|list| read::has_filesystem(&list, "overlay"));
    if known { HostFeature::yes("overlayfs") } else { HostFeature::no("overlayfs", "not loaded", Some(cure::OVERLAY)) }
}

/// What limits on the whole tree rest on: what `Cgroup::auto()` would find, without doing it.
fn cgroups() -> Vec<HostFeature> {
    let own = match cgroup::own_group() {
        Ok(own) => own,
        Err(error) => return vec![HostFeature::no("cgroup v2", error.to_string(), error.static_hint())],
    };
    let v2 = HostFeature::found("cgroup v2", own.path.display().to_string());
    let place = Place::look(&Cgroup::auto(), Controllers::empty());
    let available = match &place {
        Ok(place) => place.available,
        Err(_) => own.controllers("cgroup.controllers").unwrap_or_default(),
    };
    let controllers = match Controllers::all() - available {
        missing if missing.is_empty() => HostFeature::found("cgroup controllers", available.names()),
        missing => {
            HostFeature::no("cgroup controllers", format!("lacks {}", missing.names()), Some(cgroup::missing_cure()))
        }
    };
    let parent = match place {
        Ok(Place { group, occupied: false, .. }) => {
            HostFeature::found("cgroup parent", group.path.display().to_string())
        }
        Ok(Place { group, .. }) => {
            let what = format!("{}: this process would move to {} below it", group.path.display(), cgroup::HOST);
            HostFeature::found("cgroup parent", what)
        }
        Err(error) => HostFeature::no("cgroup parent", error.to_string(), error.static_hint()),
    };
    vec![v2, controllers, parent]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_is_judged_by_its_value_and_the_caller() {
        let judge = |value, free| super::judge("x.y", value, free, |value| value > 0, "cure");
        assert!(judge(None, false).available && judge(Some(1), false).available && judge(Some(0), true).available);
        let refused = judge(Some(0), false);
        assert_eq!((refused.available, refused.reason.as_deref(), refused.cure), (false, Some("0"), Some("cure")));
    }

    #[test]
    fn the_table_is_aligned_and_shows_reason_and_cure() {
        let features = vec![
            HostFeature::yes("a"),
            HostFeature::found("longer name", "5"),
            HostFeature::no("b", "refused", Some("allow it")),
        ];
        let table = Host { features }.to_string();
        let expected =
            "a            yes\nlonger name  yes  5\nb            no   refused\n                  cure: allow it\n";
        assert_eq!(table, expected);
    }
}
