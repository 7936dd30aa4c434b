//! Where the kernel says that this process's control group is. Nothing here looks at the host itself.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// What /proc/PID/mountinfo and /proc/PID/cgroup tell of the hierarchies: proc_pid_mountinfo(5), cgroups(7).
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Hierarchy {
    /// The directories of the process's own group of version 2, one for each mount that shows it.
    pub own: Vec<PathBuf>,
    /// Whether version 2 is mounted at all.
    pub mounted: bool,
    /// Whether a controller is bound to version 1, and so is missing in version 2.
    pub v1: bool,
}

impl Hierarchy {
    /// Bytes, since a mount point anywhere on the host may have a name that is no UTF-8.
    pub(crate) fn read(mountinfo: &[u8], cgroup: &[u8]) -> Hierarchy {
        let group = cgroup.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"0::")).unwrap_or(b"/");
        let group = Path::new("").join(OsString::from_vec(group.to_vec()));
        let mut found = Hierarchy::default();
        for mount in mountinfo.split(|byte| *byte == b'\n').filter_map(Mount::parse) {
            match mount.filesystem {
                b"cgroup2" => {
                    found.mounted = true;
                    found.own.extend(mount.dir_of(&group));
                }
                b"cgroup" => found.v1 |= mount.has_controller(),
                _ => {}
            }
        }
        // Of mounts on the same point the last one is on top.
        found.own.reverse();
        found
    }
}

/// A line of mountinfo.
struct Mount<'a> {
    /// Which directory of the filesystem is shown, as seen from the reader's cgroup namespace: `/..` is above its root.
    root: PathBuf,
    at: PathBuf,
    filesystem: &'a [u8],
    options: &'a [u8],
}

impl Mount<'_> {
    fn parse(line: &[u8]) -> Option<Mount<'_>> {
        let mut fields = line.split(|byte| *byte == b' ');
        let (root, at) = (fields.nth(3)?, fields.next()?);
        // Optional fields, as many as there are, end at a lone dash.
        fields.find(|field| field == b"-")?;
        let (filesystem, options) = (fields.next()?, fields.nth(1)?);
        Some(Mount { root: unescape(root), at: unescape(at), filesystem, options })
    }

    /// Where a group is, if this mount shows it.
    fn dir_of(&self, group: &Path) -> Option<PathBuf> {
        let below = group.strip_prefix(&self.root).ok()?;
        // A group beyond the root that is shown has no name there; and joining nothing would add a slash.
        match below.as_os_str() {
            _ if below.starts_with("..") => None,
            empty if empty.is_empty() => Some(self.at.clone()),
            _ => Some(self.at.join(below)),
        }
    }

    fn has_controller(&self) -> bool {
        const CONTROLLERS: [&[u8]; 5] = [b"memory", b"cpu", b"pids", b"blkio", b"io"];
        self.options.split(|byte| *byte == b',').any(|option| CONTROLLERS.contains(&option))
    }
}

/// The kernel writes space, tab, line feed and backslash as three octal digits.
fn unescape(field: &[u8]) -> PathBuf {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let [first, tail @ ..] = rest {
        match (first, tail) {
            (b'\\', [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', tail @ ..]) => {
                bytes.push((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'));
                rest = tail;
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    OsString::from_vec(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(mountinfo: &str, cgroup: &str) -> Hierarchy {
        Hierarchy::read(mountinfo.as_bytes(), cgroup.as_bytes())
    }

    fn own(mountinfo: &str, cgroup: &str) -> Vec<PathBuf> {
        read(mountinfo, cgroup).own
    }

    const HYBRID: &str = "\
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
";
    const UNIFIED: &str =
        "24 1 0:22 / /sys/fs/cgroup rw,nosuid,nodev shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n";
    // docker run --cgroupns=host: the mount shows the container's part of the hierarchy.
    const CONTAINER: &str = "24 1 0:22 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n";

    #[test]
    fn hybrid_and_unified_and_v1_only() {
        let found = read(HYBRID, "4:memory:/a\n1:name=systemd:/b\n0::/user\n");
        assert_eq!(found, Hierarchy { own: vec!["/sys/fs/cgroup/unified/user".into()], mounted: true, v1: true });
        let found = read(UNIFIED, "0::/\n");
        assert_eq!(found, Hierarchy { own: vec!["/sys/fs/cgroup".into()], mounted: true, v1: false });
        assert_eq!(found.own[0].as_os_str(), "/sys/fs/cgroup");
        let v1 = HYBRID.lines().take(2).collect::<Vec<_>>().join("\n");
        assert_eq!(read(&v1, "4:memory:/a\n"), Hierarchy { own: vec![], mounted: false, v1: true });
        assert_eq!(read("", ""), Hierarchy::default());
    }

    #[test]
    fn a_systemd_scope() {
        let scope = "/user.slice/user-1000.slice/user@1000.service/app.slice/run-r1.scope";
        assert_eq!(own(UNIFIED, &format!("0::{scope}\n")), [PathBuf::from(format!("/sys/fs/cgroup{scope}"))]);
    }

    #[test]
    fn a_hierarchy_of_systemd_alone_holds_no_controller() {
        let systemd: String = HYBRID.lines().filter(|line| !line.contains("memory")).collect::<Vec<_>>().join("\n");
        assert!(!read(&systemd, "1:name=systemd:/b\n0::/\n").v1);
    }

    #[test]
    fn a_container_sees_its_part_of_the_hierarchy() {
        assert_eq!(own(CONTAINER, "0::/docker/abc/x\n"), [PathBuf::from("/sys/fs/cgroup/x")]);
        assert_eq!(own(CONTAINER, "0::/docker/abc\n"), [PathBuf::from("/sys/fs/cgroup")]);
        // The group is outside of what is mounted: there, but without a name.
        assert_eq!(read(CONTAINER, "0::/other\n"), Hierarchy { own: vec![], mounted: true, v1: false });
        assert_eq!(own(CONTAINER, "0::/docker/abcd\n"), Vec::<PathBuf>::new());
    }

    #[test]
    fn a_cgroup_namespace() {
        // A mount made inside, as in docker run --cgroupns=private.
        assert_eq!(own(UNIFIED, "0::/x\n"), [PathBuf::from("/sys/fs/cgroup/x")]);
        // A mount from before: it shows the groups above, and what this one is called there is not told.
        let above = "24 1 0:22 /.. /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
        assert_eq!(read(above, "0::/\n"), Hierarchy { own: vec![], mounted: true, v1: false });
        // A process that was moved to a neighbour of the namespace's root.
        assert_eq!(own(above, "0::/../neighbour\n"), [PathBuf::from("/sys/fs/cgroup/neighbour")]);
        // A process outside of the namespace that mounted it.
        assert_eq!(own(UNIFIED, "0::/../neighbour\n"), Vec::<PathBuf>::new());
        let higher = above.replace("/..", "/../..");
        assert_eq!(own(&higher, "0::/../neighbour\n"), Vec::<PathBuf>::new());
        assert_eq!(own(&higher, "0::/../../a\n"), [PathBuf::from("/sys/fs/cgroup/a")]);
    }

    #[test]
    fn odd_names_and_odd_lines() {
        let odd = "24 1 0:22 /a\\040b /mnt/x\\011y\\134z rw master:1 shared:2 - cgroup2 none rw\n";
        assert_eq!(own(odd, "0::/a b/c\n"), [PathBuf::from("/mnt/x\ty\\z/c")]);
        let not_utf8 = [b"23 1 0:9 / /mnt/\xff rw - tmpfs tmpfs rw\n", UNIFIED.as_bytes()].concat();
        assert_eq!(Hierarchy::read(&not_utf8, b"0::/a\n").own, [PathBuf::from("/sys/fs/cgroup/a")]);
        for line in ["", "24", "24 1 0:22 / /x rw", "24 1 0:22 / /x rw -", "24 1 0:22 / /x rw - cgroup2"] {
            assert_eq!(read(line, "0::/\n"), Hierarchy::default(), "{line}");
        }
        assert_eq!(unescape(b"\\04"), PathBuf::from("\\04"));
        assert_eq!(unescape(b"\\999"), PathBuf::from("\\999"));
    }

    #[test]
    fn of_two_mounts_the_later_is_tried_first() {
        let two = format!("{UNIFIED}30 24 0:22 / /mnt rw - cgroup2 cgroup2 rw\n");
        assert_eq!(own(&two, "0::/a\n"), [PathBuf::from("/mnt/a"), PathBuf::from("/sys/fs/cgroup/a")]);
    }
}
