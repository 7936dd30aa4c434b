//! What of the host's files one call gives: the whole tree, and what programs need to use the host's network.

use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::Facts;
use crate::mounts::{Kind, Mount, Rights};

/// The sandbox has its own of these, or what runs on the host listens there.
const KEPT: [&str; 5] = ["/dev", "/proc", "/run", "/sys", "/tmp"];

/// Filesystems that tell of the machine and its processes, wherever they are mounted: a chroot's /proc is one of the host's.
const OF_THE_KERNEL: &str = "binder bpf binfmt_misc cgroup cgroup2 configfs debugfs devpts devtmpfs efivarfs fusectl \
     hugetlbfs mqueue nfsd proc pstore resctrl rpc_pipefs securityfs selinuxfs smackfs sysfs tracefs";

/// All that is in the root, read-only, with the kernel's filesystems covered.
pub(crate) fn everything() -> Vec<Mount> {
    let entries = fs::read_dir("/").into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    let covered = covered(&fs::read("/proc/thread-self/mountinfo").unwrap_or_default());
    paths.retain(|path| !KEPT.iter().any(|kept| path == Path::new(kept)) && !covered.contains(path));
    paths.sort();
    let privileged = Facts::now().is_privileged();
    let is_reached = |place: &PathBuf| place.is_dir() && (!privileged || others_enter(place));
    let below =
        covered.into_iter().filter(|place| paths.iter().any(|path| place.starts_with(path)) && is_reached(place));
    let covers: Vec<Mount> = below.map(|inside| Mount { inside, kind: Kind::Tmpfs { bytes: 4096 } }).collect();
    paths.into_iter().filter_map(as_it_is).chain(covers).collect()
}

/// A link stays a link.
fn as_it_is(path: PathBuf) -> Option<Mount> {
    let kind = match path.symlink_metadata().ok()?.file_type() {
        found if found.is_symlink() => Kind::Symlink { target: path.read_link().ok()? },
        found if found.is_dir() || found.is_file() => Kind::Bind { source: path.clone(), rights: Rights::Read },
        _ => return None,
    };
    Some(Mount { inside: path, kind })
}

/// Where the kernel's filesystems are mounted below what is given, no one below another: proc_pid_mountinfo(5).
fn covered(table: &[u8]) -> Vec<PathBuf> {
    let place = |line: &[u8]| {
        let fields: Vec<&[u8]> = line.split(|byte| *byte == b' ').collect();
        let kind = fields.iter().skip_while(|field| **field != b"-").nth(1)?;
        let is_one = OF_THE_KERNEL.split_whitespace().any(|name| name.as_bytes() == *kind);
        is_one.then(|| unescape(fields.get(4).copied().unwrap_or_default()))
    };
    let mut places: Vec<PathBuf> = table.split(|byte| *byte == b'\n').filter_map(place).collect();
    places.retain(|place| !KEPT.iter().any(|kept| place.starts_with(kept)) && place != Path::new("/"));
    places.sort();
    places.dedup_by(|below, above| below.starts_with(above));
    places
}

/// `\040` and the like are bytes in octal.
fn unescape(field: &[u8]) -> PathBuf {
    let mut bytes = Vec::new();
    let mut rest = field;
    while let Some((first, more)) = rest.split_first() {
        let octal = more.get(..3).filter(|_| *first == b'\\').and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = octal.and_then(|digits| u8::from_str_radix(digits, 8).ok());
        rest = if byte.is_some() { &more[3..] } else { more };
        bytes.push(byte.unwrap_or(*first));
    }
    PathBuf::from(std::ffi::OsString::from_vec(bytes))
}

/// Whether users that are neither owner nor of the group come to this directory. Where they do not there is nothing to cover,
/// and no way to it.
fn others_enter(place: &Path) -> bool {
    place.ancestors().all(|above| above.metadata().is_ok_and(|found| found.permissions().mode() & 0o001 != 0))
}

/// What the C library and TLS libraries look for. Where the resolver's file is a link, as systemd's into /run, what it leads to
/// is also where the link leads: an /etc that is given as a whole has the link.
pub(crate) fn network() -> Vec<Mount> {
    const RESOLVER: &str = "/etc/resolv.conf";
    const FILES: [&str; 14] = [
        "/etc/ca-certificates",
        "/etc/gai.conf",
        "/etc/host.conf",
        "/etc/hosts",
        "/etc/networks",
        "/etc/nsswitch.conf",
        "/etc/pki/ca-trust",
        "/etc/pki/tls/certs",
        "/etc/protocols",
        "/etc/services",
        "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
        "/etc/ssl/certs",
        RESOLVER,
    ];
    let bind = |inside: &Path, source: &Path| Mount {
        inside: inside.to_owned(),
        kind: Kind::Bind { source: source.to_owned(), rights: Rights::Read },
    };
    let found = FILES.iter().filter_map(|path| Some((Path::new(path), fs::canonicalize(path).ok()?)));
    let mut mounts: Vec<Mount> = found.map(|(path, source)| bind(path, &source)).collect();
    if let Ok(source) = fs::canonicalize(RESOLVER) {
        mounts.extend((source != Path::new(RESOLVER)).then(|| bind(&source, &source)));
    }
    mounts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernel_filesystems_are_found_wherever_they_are_mounted() {
        let table = b"22 27 0:21 / /proc rw,relatime - proc proc rw\n\
            27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n\
            30 27 0:21 / /srv/a\\040root/proc rw shared:1 master:2 - proc proc rw\n\
            31 30 0:9 / /srv/a\\040root/proc/sys/fs/binfmt_misc rw - binfmt_misc none rw\n\
            32 27 0:22 / /srv/sys\\134x rw - sysfs proc rw\n\
            33 27 0:23 / /srv/data rw - tmpfs sysfs rw\n\
            34 27 0:23 / /processes rw - proc - rw\n\
            damaged - \n\n";
        assert_eq!(covered(table), ["/processes", "/srv/a root/proc", r"/srv/sys\x"].map(PathBuf::from));
    }
}
