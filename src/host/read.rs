//! Reads what the kernel tells in text. Nothing here looks at the host itself.

use std::path::{Path, PathBuf};

/// Major and minor number of a kernel release, such as `6.1.0-18-amd64`.
pub(super) fn release(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split(|c: char| !c.is_ascii_digit());
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// A number of /proc/PID/status.
pub(super) fn status(text: &str, field: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    line.trim().parse().ok()
}

/// Whether /proc/filesystems names it.
pub(super) fn has_filesystem(text: &str, name: &str) -> bool {
    text.lines().any(|line| line.split('\t').next_back() == Some(name))
}

/// The list of /sys/kernel/security/lsm, or what else shows where securityfs is not mounted.
pub(super) fn security_modules(lsm: Option<&str>, apparmor: bool, selinux: bool) -> String {
    if let Some(list) = lsm {
        return list.trim().to_owned();
    }
    match (apparmor, selinux) {
        (true, true) => "apparmor,selinux",
        (true, false) => "apparmor",
        (false, true) => "selinux",
        (false, false) => "none to be seen",
    }
    .to_owned()
}

/// The controllers of cgroup v2 that limits need.
pub(super) struct Controllers;

impl Controllers {
    const NEEDED: [&str; 4] = ["cpu", "memory", "pids", "io"];

    /// Those that cgroup.controllers does not name.
    pub(super) fn missing(present: &str) -> Vec<&'static str> {
        let has = |name: &&str| present.split_ascii_whitespace().any(|word| word == *name);
        Controllers::NEEDED.into_iter().filter(|name| !has(name)).collect()
    }
}

/// Which hierarchies are mounted.
#[derive(Debug, PartialEq)]
pub(super) struct Cgroups {
    /// The directory of this process's own cgroup of version 2.
    pub own: Option<PathBuf>,
    /// Whether a controller of version 1 is mounted.
    pub v1: bool,
}

impl Cgroups {
    /// Of /proc/self/mountinfo and /proc/self/cgroup.
    pub(super) fn read(mountinfo: &str, cgroup: &str) -> Cgroups {
        let path = cgroup.lines().find_map(|line| line.strip_prefix("0::")).unwrap_or("/");
        let mut found = Cgroups { own: None, v1: false };
        for line in mountinfo.lines() {
            let Some((mount, filesystem)) = line.split_once(" - ") else { continue };
            let mut fields = mount.split(' ').skip(3);
            let (Some(root), Some(at)) = (fields.next(), fields.next()) else { continue };
            match filesystem.split(' ').next() {
                Some("cgroup2") => found.own = found.own.or_else(|| own(root, at, path)),
                Some("cgroup") => found.v1 = true,
                _ => {}
            }
        }
        found
    }
}

/// Where `path` of the hierarchy is, if the mount shows the hierarchy from `root` on.
fn own(root: &str, at: &str, path: &str) -> Option<PathBuf> {
    let below = Path::new(path).strip_prefix(root).ok()?;
    // Joining nothing would add a slash.
    Some(if below.as_os_str().is_empty() { at.into() } else { Path::new(at).join(below) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HYBRID: &str = "\
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
";
    const UNIFIED: &str = "24 1 0:22 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
    const CONTAINER: &str = "24 1 0:22 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n";

    #[test]
    fn releases() {
        assert_eq!(release("6.18.44-fc-v657"), Some((6, 18)));
        assert_eq!(release("5.14.0-427.el9.x86_64"), Some((5, 14)));
        assert_eq!(release("6.1"), Some((6, 1)));
        assert_eq!(release("6"), None);
        assert_eq!(release("linux"), None);
        assert!(release("5.4.0") < Some((5, 14)) && release("6.1.0") > Some((5, 14)));
    }

    #[test]
    fn status_fields_are_told_apart() {
        let text = "Name:\tSeccomp:\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t3\n";
        assert_eq!(status(text, "Seccomp"), Some(2));
        assert_eq!(status(text, "Seccomp_filters"), Some(3));
        assert_eq!(status(text, "NoNewPrivs"), Some(1));
        assert_eq!(status("", "Seccomp"), None);
        assert_eq!(status("Seccomp:\tmany\n", "Seccomp"), None);
    }

    #[test]
    fn filesystems_by_whole_name() {
        let list = "nodev\ttmpfs\nnodev\toverlay\n\text4\n";
        assert!(has_filesystem(list, "overlay") && has_filesystem(list, "ext4"));
        assert!(!has_filesystem(list, "over") && !has_filesystem(list, "nodev"));
    }

    #[test]
    fn hybrid_and_unified_and_v1_only() {
        let found = Cgroups::read(HYBRID, "4:memory:/a\n0::/user\n");
        assert_eq!(found, Cgroups { own: Some("/sys/fs/cgroup/unified/user".into()), v1: true });
        let found = Cgroups::read(UNIFIED, "0::/\n");
        assert_eq!(found, Cgroups { own: Some("/sys/fs/cgroup".into()), v1: false });
        assert_eq!(found.own.expect("there").as_os_str(), "/sys/fs/cgroup");
        let v1 = HYBRID.lines().take(2).collect::<Vec<_>>().join("\n");
        assert_eq!(Cgroups::read(&v1, "4:memory:/a\n"), Cgroups { own: None, v1: true });
        assert_eq!(Cgroups::read("", ""), Cgroups { own: None, v1: false });
    }

    #[test]
    fn a_container_sees_its_part_of_the_hierarchy() {
        let found = Cgroups::read(CONTAINER, "0::/docker/abc/x\n");
        assert_eq!(found.own, Some("/sys/fs/cgroup/x".into()));
        // The cgroup is outside of what is mounted: as good as none.
        assert_eq!(Cgroups::read(CONTAINER, "0::/other\n").own, None);
    }

    #[test]
    fn controllers_that_limits_need() {
        assert_eq!(Controllers::missing("cpuset cpu io memory hugetlb pids rdma\n"), Vec::<&str>::new());
        assert_eq!(Controllers::missing("cpuset\n"), ["cpu", "memory", "pids", "io"]);
        assert_eq!(Controllers::missing("memory pids"), ["cpu", "io"]);
    }

    #[test]
    fn security_modules_with_and_without_securityfs() {
        assert_eq!(security_modules(Some("capability,landlock\n"), true, false), "capability,landlock");
        assert_eq!(security_modules(None, true, false), "apparmor");
        assert_eq!(security_modules(None, false, false), "none to be seen");
    }
}
