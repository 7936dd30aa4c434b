//! The device nodes of /dev.

use super::*;

const DEVICES: [(&str, u64, u64); 6] =
    [("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0)];

/// The host's device nodes, each shown to be what its name says: CVE-2025-31133.
pub(super) fn open_devices(script: &mut Script) -> Vec<(PathBuf, Cell)> {
    const STATX_TYPE: u64 = 1;
    const AT_SYMLINK_NOFOLLOW: u64 = 0x100;
    const ENODEV: u64 = 19;
    /// Offsets in `struct statx`: the words with the mode, and with the device's numbers.
    const MODE_AT: u64 = 24;
    const RDEV_AT: u64 = 128;
    const S_IFMT: u64 = 0xf000;
    const S_IFCHR: u64 = 0x2000;
    const NOSUID: u64 = 2;
    let empty = script.string(c"");
    let found = script.bytes(&[0; 256]);
    // A device is written to all the same; its owner, mode and times are not.
    let attributes = script.words(&[ATTR_RDONLY | NOSUID | MS_NOEXEC, 0, MS_PRIVATE, 0]);
    DEVICES
        .iter()
        .map(|(name, major, minor)| {
            let host = Path::new("/dev").join(name);
            let path = script.path(&host);
            let flags = OPEN_TREE_CLONE | O_CLOEXEC | AT_SYMLINK_NOFOLLOW;
            let fd =
                script.call(nr::OPEN_TREE, Step::Dev, [CWD.into(), path.into(), flags.into()]).path(&host).into_cell();
            let arguments = [fd.into(), empty.into(), AT_EMPTY_PATH.into(), STATX_TYPE.into(), found.into()];
            script.call(nr::STATX, Step::Dev, arguments).path(&host);
            for (at, mask, value) in
                [(MODE_AT, S_IFMT << 32, S_IFCHR << 32), (RDEV_AT, u64::MAX, *major | *minor << 32)]
            {
                let arguments = [(found + at).into(), mask.into(), value.into(), ENODEV.into()];
                script.call(nr_pseudo::EXPECT, Step::Dev, arguments).path(&host);
            }
            set_attributes(script, Step::Dev, fd, attributes).path(&host);
            (Path::new("dev").join(name), fd)
        })
        .collect()
}

pub(super) fn make_devices(script: &mut Script, devices: &[(PathBuf, Cell)]) {
    // A mount stands on a name: one file under six is made and let go sooner than six.
    let (first, _) = &devices[0];
    make_file_to_mount_on(script, first, first, Step::Dev);
    for (place, _) in &devices[1..] {
        let (file, path) = (script.path(first), script.path(place));
        let arguments = [CWD.into(), file.into(), CWD.into(), path.into(), 0u64.into()];
        script.call(nr::LINKAT, Step::Dev, arguments).path(inside(place));
    }
    for (place, fd) in devices {
        move_to(script, Step::Dev, (*fd).into(), place);
    }
    for (target, link) in [
        ("/proc/self/fd", "dev/fd"),
        ("/proc/self/fd/0", "dev/stdin"),
        ("/proc/self/fd/1", "dev/stdout"),
        ("/proc/self/fd/2", "dev/stderr"),
        ("pts/ptmx", "dev/ptmx"),
    ] {
        make_symlink(script, Path::new(target), Path::new(link), Path::new(link));
    }
}
