//! What this host can do for a sandbox, as this process, and the cures for what it cannot.

mod trial;

use std::fmt;
use std::io;
use std::path::Path;

use ::landlock::ABI;

use crate::cgroup::parent::{self as cgroup, Place};
use crate::cgroup::{Cgroup, Controllers};
use crate::cure;
use crate::error::{Cure, Error};
use crate::host::tier::{self, Given, Tier};
use crate::host::{Facts, HostIds, LabelModule, read};
use crate::live::reap_the_dead;
use crate::outcome::Support;
use crate::sys;
use crate::{landlock, launch};

macro_rules! features {
    ($($(#[$doc:meta])* $feature:ident = $name:literal,)*) => {
        /// What a host can have for a sandbox: a row of [`Host`]. `Display` is its name in the table.
        #[non_exhaustive]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Feature {
            $($(#[$doc])* $feature,)*
        }

        impl fmt::Display for Feature {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(match self { $(Feature::$feature => $name,)* })
            }
        }
    };
}

features! {
    /// The kernel is 5.14 or newer.
    Kernel = "kernel 5.14",
    /// User namespaces: user_namespaces(7).
    UserNamespace = "user namespace",
    /// Pid namespaces.
    PidNamespace = "pid namespace",
    /// Mount namespaces.
    MountNamespace = "mount namespace",
    /// Network namespaces.
    NetworkNamespace = "network namespace",
    /// Namespaces of System V objects and message queues.
    IpcNamespace = "ipc namespace",
    /// Namespaces of the host name.
    UtsNamespace = "uts namespace",
    /// Namespaces of the view of cgroups.
    CgroupNamespace = "cgroup namespace",
    /// The sysctl that says how many user namespaces there may be.
    MaxUserNamespaces = "user.max_user_namespaces",
    /// Debian's sysctl that forbids user namespaces to the unprivileged.
    UnprivilegedUserNamespaces = "kernel.unprivileged_userns_clone",
    /// Ubuntu's sysctl that forbids them to programs without an AppArmor profile.
    AppArmorUserNamespaces = "kernel.apparmor_restrict_unprivileged_userns",
    /// An id for the sandbox's user that is not root's.
    UnprivilegedIds = "unprivileged ids",
    /// The id maps of a sandbox can be written.
    IdMaps = "id maps",
    /// A sandbox gets a root of its own.
    PrivateRoot = "private root",
    /// A sandbox gets a /proc of its own.
    OwnProc = "own /proc",
    /// A privileged caller's binds with the rights of the owner, on the filesystem of this program. No row for others, who need none.
    IdmappedMounts = "idmapped mounts",
    /// All that `Sandbox::new()` is made of.
    StrictSandbox = "strict sandbox",
    /// pidfd_open(2).
    Pidfd = "pidfd",
    /// close_range(2).
    CloseRange = "close_range",
    /// Ambient capabilities: capabilities(7).
    AmbientCapabilities = "ambient capabilities",
    /// A memfd that can be executed, as the init is.
    ExecutableMemfd = "executable memfd",
    /// no_new_privs: prctl(2).
    NoNewPrivs = "no_new_privs",
    /// Filters of system calls: seccomp(2).
    SeccompFilters = "seccomp filters",
    /// No filter of system calls is on this process already.
    NoOuterFilter = "no outer seccomp filter",
    /// Landlock; in part if its version cannot restrict all that [`Landlock`](crate::Landlock) can name.
    Landlock = "Landlock",
    /// The security modules that are seen.
    SecurityModules = "security modules",
    /// AppArmor or SELinux, which give a program a label at its execve.
    ExecLabels = "exec labels",
    /// overlayfs is in the kernel or its module loaded.
    Overlayfs = "overlayfs",
    /// Upper layers in memory; in part if a directory of a layer cannot be replaced there: see
    /// [`Overlay::upper_tmpfs`](crate::Overlay::upper_tmpfs).
    MemoryUppers = "uppers in memory",
    /// This process is in a group of cgroup v2.
    CgroupV2 = "cgroup v2",
    /// The controllers of all limits can be had; in part if only some.
    CgroupControllers = "cgroup controllers",
    /// A group below which [`Cgroup::auto()`] makes those of sandboxes.
    CgroupParent = "cgroup parent",
    /// How much of a sandbox there is: [`Host::tier`]; in part if it is not [`Strict`](Tier::Strict). The cure is the one change
    /// that would reach the next tier, in the words of the place.
    Tier = "tier",
}

/// Which features this machine gives this process, which not, why, and the cure.
///
/// `Display` is a table. What can be tried is tried, in processes that end at once: it changes nothing and leaves nothing.
/// An answer holds for the calling thread, its limits and its capabilities.
///
/// ```
/// use belljar::{Feature, Host};
///
/// let host = Host::probe();
/// println!("{host}");
/// if !host.has(Feature::StrictSandbox) {
///     let row = host.feature(Feature::StrictSandbox).unwrap();
///     eprintln!("no sandbox here: {:?}; {:?}", row.reason, row.cure);
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Host {
    features: Vec<HostFeature>,
    tier: Option<Tier>,
}

/// A row of [`Host`].
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostFeature {
    /// What it is about.
    pub feature: Feature,
    /// Whether this process has it.
    pub support: Support,
    /// Why not; or, where there is more to it than yes, what was found.
    pub reason: Option<String>,
    /// What the host's owner can do about it.
    pub cure: Option<&'static str>,
}

impl HostFeature {
    fn yes(feature: Feature) -> HostFeature {
        HostFeature { feature, support: Support::Full, reason: None, cure: None }
    }

    fn found(feature: Feature, what: impl Into<String>) -> HostFeature {
        HostFeature { reason: Some(what.into()), ..HostFeature::yes(feature) }
    }

    fn part(feature: Feature, what: impl Into<String>, cure: Option<Cure>) -> HostFeature {
        HostFeature { support: Support::Partial, ..HostFeature::no(feature, what, cure) }
    }

    fn no(feature: Feature, reason: impl Into<String>, cure: Option<Cure>) -> HostFeature {
        HostFeature { feature, support: Support::No, reason: Some(reason.into()), cure: cure.map(Cure::text) }
    }

    /// Of a call that was tried.
    fn tried(feature: Feature, result: io::Result<()>, cure: Cure) -> HostFeature {
        match result {
            Ok(()) => HostFeature::yes(feature),
            Err(error) => HostFeature::no(feature, error.to_string(), Some(cure)),
        }
    }

    fn refused(feature: Feature, error: &Error) -> HostFeature {
        HostFeature { cure: error.static_hint(), ..HostFeature::no(feature, error.to_string(), None) }
    }
}

impl Host {
    /// Looks, and tries.
    pub fn probe() -> Host {
        reap_the_dead();
        let facts = Facts::now();
        let mut features = vec![kernel()];
        features.extend(trial::namespaces());
        features.extend(user_namespace_switches(&facts));
        features.push(ids(&facts));
        features.extend(trial::sandbox(&facts));
        features.extend(processes());
        features.extend(kernel_surface(&facts));
        features.push(overlay());
        features.push(memory_uppers());
        features.extend(cgroups());
        let given = launch::tier::given();
        features.push(tier_row(&given));
        Host { features, tier: given.tier }
    }

    /// How much of a sandbox this host gives, which [`Sandbox::at_least`](crate::Sandbox::at_least) then takes; `None` if no
    /// program can be kept from the host at all.
    ///
    /// ```
    /// use belljar::{Host, Tier};
    ///
    /// match Host::probe().tier() {
    ///     Some(Tier::Strict) => println!("all of it"),
    ///     Some(tier) => println!("{tier}: see the documentation for what it promises"),
    ///     None => println!("nothing"),
    /// }
    /// ```
    pub fn tier(&self) -> Option<Tier> {
        self.tier
    }

    /// The rows of the table.
    pub fn features(&self) -> impl Iterator<Item = &HostFeature> {
        self.features.iter()
    }

    /// The row of a feature; `None` where it is of no use: [`IdmappedMounts`](Feature::IdmappedMounts) to an ordinary user,
    /// what is about cgroups without [`CgroupV2`](Feature::CgroupV2).
    pub fn feature(&self, feature: Feature) -> Option<&HostFeature> {
        self.features.iter().find(|row| row.feature == feature)
    }

    /// Whether the feature is there in full.
    pub fn has(&self, feature: Feature) -> bool {
        self.feature(feature).is_some_and(|row| row.support == Support::Full)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.features.iter().map(|row| row.feature.to_string().len()).max().unwrap_or(0);
        for HostFeature { feature, support, reason, cure } in &self.features {
            let line = match reason {
                Some(reason) => format!("{feature:width$}  {support:4}  {reason}"),
                None => format!("{feature:width$}  {support}"),
            };
            writeln!(f, "{line}")?;
            if let Some(cure) = cure {
                writeln!(f, "{:width$}        cure: {cure}", "")?;
            }
        }
        Ok(())
    }
}

fn tier_row(Given { tier, short }: &Given) -> HostFeature {
    let cure = short.as_ref().and_then(tier::cure);
    let why = short.as_ref().map_or("", |short| &short.why);
    match tier {
        Some(Tier::Strict) => HostFeature::found(Feature::Tier, Tier::Strict.to_string()),
        Some(tier) => HostFeature { cure, ..HostFeature::part(Feature::Tier, format!("{tier}: {why}"), None) },
        None => HostFeature { cure, ..HostFeature::no(Feature::Tier, why, None) },
    }
}

fn kernel() -> HostFeature {
    const ROW: Feature = Feature::Kernel;
    let release = rustix::system::uname().release().to_string_lossy().into_owned();
    match read::release(&release) {
        Some(version) if version < (5, 14) => HostFeature::no(ROW, release, Some(cure::OLD_KERNEL)),
        _ => HostFeature::found(ROW, release),
    }
}

/// The settings that forbid user namespaces. The second and third are a distribution's own and bind only the unprivileged.
fn user_namespace_switches(facts: &Facts) -> Vec<HostFeature> {
    let free = facts.may_mount();
    vec![
        switch(Feature::MaxUserNamespaces, false, |value| value > 0, cure::NAMESPACES_USED_UP),
        switch(Feature::UnprivilegedUserNamespaces, free, |value| value != 0, cure::USERNS_SYSCTL),
        switch(Feature::AppArmorUserNamespaces, free, |value| value == 0, cure::USERNS_APPARMOR),
    ]
}

/// A sysctl, by the name of its row.
fn switch(feature: Feature, free: bool, good: fn(u64) -> bool, cure: Cure) -> HostFeature {
    let file = format!("/proc/sys/{}", feature.to_string().replace('.', "/"));
    judge(feature, read::number(&file), free, good, cure)
}

fn judge(feature: Feature, value: Option<u64>, free: bool, good: fn(u64) -> bool, cure: Cure) -> HostFeature {
    match value {
        None => HostFeature::found(feature, "not set on this kernel"),
        Some(value) if good(value) => HostFeature::found(feature, value.to_string()),
        Some(value) if free => {
            HostFeature::found(feature, format!("{value}, which does not bind a privileged process"))
        }
        Some(value) => HostFeature::no(feature, value.to_string(), Some(cure)),
    }
}

/// Which ids a sandbox's user has on the host.
fn ids(facts: &Facts) -> HostFeature {
    const ROW: Feature = Feature::UnprivilegedIds;
    match facts.ids {
        HostIds::Chosen(id) => HostFeature::found(ROW, format!("privileged: a host id for the sandbox, such as {id}")),
        HostIds::Own if facts.uid == 0 => HostFeature::found(ROW, "root of a user namespace: its own id"),
        HostIds::Own => HostFeature::found(ROW, format!("ordinary user: its own id {}", facts.uid)),
        HostIds::None if !Path::new("/proc/self/uid_map").exists() => {
            HostFeature::no(ROW, "/proc/self/uid_map cannot be read", Some(cure::PROC_MISSING))
        }
        HostIds::None => HostFeature::no(
            ROW,
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
        HostFeature::tried(Feature::Pidfd, pidfd, cure::SYSCALL_MISSING),
        HostFeature::tried(Feature::CloseRange, sys::close_range_works(), cure::SYSCALL_MISSING),
        HostFeature::tried(Feature::AmbientCapabilities, sys::ambient_capabilities(), cure::SYSCALL_MISSING),
        HostFeature::tried(Feature::ExecutableMemfd, trial::memfd(), cure::MEMFD_NOEXEC),
    ]
}

/// What narrows the kernel that a program sees.
fn kernel_surface(facts: &Facts) -> Vec<HostFeature> {
    let status = read::file("/proc/thread-self/status").unwrap_or_default();
    let no_new_privs = match read::status(&status, "NoNewPrivs") {
        Some(1) => HostFeature::found(Feature::NoNewPrivs, "set on this process already"),
        _ => HostFeature::yes(Feature::NoNewPrivs),
    };
    let landlock = match facts.landlock {
        Ok(version) if ABI::from(version as i32) >= landlock::NEWEST => match landlock::try_all() {
            Ok(()) => HostFeature::found(Feature::Landlock, format!("ABI {version}")),
            Err(error) => HostFeature::no(Feature::Landlock, error.to_string(), Some(cure::SYSCALL_MISSING)),
        },
        Ok(version) => HostFeature::part(Feature::Landlock, format!("ABI {version}"), Some(cure::LANDLOCK_OLD)),
        Err(error) => HostFeature::no(Feature::Landlock, error.to_string(), Some(cure::LANDLOCK)),
    };
    let outer = match read::status(&status, "Seccomp") {
        Some(0) => HostFeature::yes(Feature::NoOuterFilter),
        Some(_) => {
            let count = read::status(&status, "Seccomp_filters").unwrap_or(1);
            let reason = format!("{count} installed on this process");
            HostFeature::no(Feature::NoOuterFilter, reason, Some(cure::OUTER_FILTER))
        }
        None => HostFeature::no(Feature::NoOuterFilter, "not known without /proc", Some(cure::PROC_MISSING)),
    };
    let named = read::file("/sys/kernel/security/lsm").map(|list| list.trim().to_owned());
    let (labels, seen) = match facts.labels {
        Some(LabelModule::AppArmor) => (HostFeature::found(Feature::ExecLabels, "AppArmor"), "apparmor"),
        Some(LabelModule::SeLinux) => (HostFeature::found(Feature::ExecLabels, "SELinux"), "selinux"),
        None => {
            let reason = "neither AppArmor nor SELinux is enabled";
            (HostFeature::no(Feature::ExecLabels, reason, Some(cure::LSM)), "none to be seen")
        }
    };
    // Where securityfs is not mounted, what else shows.
    let modules = named.unwrap_or_else(|| seen.to_owned());
    vec![
        no_new_privs,
        HostFeature::tried(Feature::SeccompFilters, sys::seccomp_filters(), cure::SECCOMP),
        outer,
        landlock,
        HostFeature::found(Feature::SecurityModules, modules),
        labels,
    ]
}

fn overlay() -> HostFeature {
    let known = read::file("/proc/filesystems").is_some_and(|list| read::has_filesystem(&list, "overlay"));
    if known {
        HostFeature::yes(Feature::Overlayfs)
    } else {
        HostFeature::no(Feature::Overlayfs, "not loaded", Some(cure::OVERLAY))
    }
}

/// overlayfs marks a directory that hides another one by an attribute of the `user.` kind.
fn memory_uppers() -> HostFeature {
    match trial::marks_in_memory() {
        Ok(()) => HostFeature::yes(Feature::MemoryUppers),
        Err(_) => HostFeature::part(Feature::MemoryUppers, "no directory can be replaced", Some(cure::UPPER_IN_MEMORY)),
    }
}

/// What limits on the whole tree rest on: what `Cgroup::auto()` would find, without doing it.
fn cgroups() -> Vec<HostFeature> {
    let own = match cgroup::own_group() {
        Ok(own) => own,
        Err(error) => return vec![HostFeature::refused(Feature::CgroupV2, &error)],
    };
    let v2 = HostFeature::found(Feature::CgroupV2, own.path.display().to_string());
    let place = Place::look(&Cgroup::auto(), Controllers::empty());
    let available = match &place {
        Ok(place) => place.available,
        Err(_) => own.controllers("cgroup.controllers").unwrap_or_default(),
    };
    let controllers = match Controllers::USUAL - available {
        missing if missing.is_empty() => HostFeature::found(Feature::CgroupControllers, available.names()),
        missing => {
            let row = if available.is_empty() { HostFeature::no } else { HostFeature::part };
            row(Feature::CgroupControllers, format!("lacks {}", missing.names()), Some(cgroup::missing_cure()))
        }
    };
    let parent = match place {
        Ok(Place { group, occupied: false, .. }) => {
            HostFeature::found(Feature::CgroupParent, group.path.display().to_string())
        }
        Ok(Place { group, .. }) => {
            let what = format!("{}: this process would move to {} below it", group.path.display(), cgroup::HOST);
            HostFeature::found(Feature::CgroupParent, what)
        }
        Err(error) => HostFeature::refused(Feature::CgroupParent, &error),
    };
    vec![v2, controllers, parent]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_is_judged_by_its_value_and_the_caller() {
        let judge =
            |value, free| super::judge(Feature::MaxUserNamespaces, value, free, |value| value > 0, Cure::Host("cure"));
        let there = [judge(None, false), judge(Some(1), false), judge(Some(0), true)];
        assert!(there.iter().all(|row| row.support == Support::Full), "{there:?}");
        let refused = judge(Some(0), false);
        let expected = (Support::No, Some("0"), Some("cure"));
        assert_eq!((refused.support, refused.reason.as_deref(), refused.cure), expected);
    }

    #[test]
    fn the_table_is_aligned_and_shows_reason_and_cure() {
        let features = vec![
            HostFeature::yes(Feature::Pidfd),
            HostFeature::found(Feature::NoNewPrivs, "5"),
            HostFeature::part(Feature::Landlock, "ABI 2", Some(Cure::Host("a newer kernel"))),
            HostFeature::no(Feature::IdMaps, "refused", Some(Cure::Host("allow it"))),
        ];
        let host = Host { features, tier: None };
        let expected = "pidfd         yes\nno_new_privs  yes   5\n\
                        Landlock      part  ABI 2\n                    cure: a newer kernel\n\
                        id maps       no    refused\n                    cure: allow it\n";
        assert_eq!(host.to_string(), expected);
        assert!(host.has(Feature::Pidfd) && !host.has(Feature::Landlock) && !host.has(Feature::IdMaps));
        assert!(!host.has(Feature::Kernel), "no row is no");
    }
}
