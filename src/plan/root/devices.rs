//! The device nodes of /dev.

use std::collections::BTreeSet;
use std::mem::offset_of;
use std::path::{Component, Path, PathBuf};

use linux_raw_sys::general::{S_IFBLK, S_IFCHR, S_IFMT, statx};
use rustix::fs::{AtFlags, StatxFlags};
use rustix::io::Errno;
use rustix::mount::{MountAttrFlags, MountPropagationFlags, OpenTreeFlags};

use super::make::{attributes, inside, make_dir, make_file_to_mount_on, make_symlink, move_to, set_attributes};
use crate::error::{Error, Label, Result, Step};
use crate::mounts::has_nul;
use crate::plan::argument::{Cell, Fd};
use crate::plan::op;
use crate::plan::script::Script;

const DEVICES: [(&str, u64, u64); 6] =
    [("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0)];

/// In `struct statx`: the word with the group and the mode, and that with the numbers of the device.
const MODE_AT: usize = offset_of!(statx, stx_gid);
const RDEV_AT: usize = offset_of!(statx, stx_rdev_major);
const _: () = assert!(MODE_AT.is_multiple_of(8) && offset_of!(statx, stx_mode) == MODE_AT + 4);
const _: () = assert!(RDEV_AT.is_multiple_of(8) && offset_of!(statx, stx_rdev_minor) == RDEV_AT + 4);

/// What else there is in the sandbox's own /dev.
const OTHERS: [&str; 7] = ["fd", "stdin", "stdout", "stderr", "ptmx", "pts", "shm"];

/// The host's device nodes, each shown to be what its name says: CVE-2025-31133. Those that are `asked` for, by their paths, are
/// any.
pub(super) fn open(script: &mut Script, asked: &[PathBuf]) -> Result<Vec<(PathBuf, Cell)>> {
    let asked = places(asked)?;
    let empty = script.string(c"");
    let found = script.bytes(&[0; size_of::<statx>()]);
    // A device is written to all the same; its owner, mode and times are not.
    let set = MountAttrFlags::MOUNT_ATTR_RDONLY | MountAttrFlags::MOUNT_ATTR_NOSUID | MountAttrFlags::MOUNT_ATTR_NOEXEC;
    let attributes = attributes(script, set, MountPropagationFlags::PRIVATE);
    let flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::AT_SYMLINK_NOFOLLOW;
    let own = DEVICES.iter().map(|(name, major, minor)| (Path::new("dev").join(name), Some(major | minor << 32)));
    let devices = own.chain(asked.into_iter().map(|place| (place, None)));
    Ok(devices
        .map(|(place, numbers)| {
            let host = inside(&place);
            let path = script.path(&host);
            let fd = script.call(Step::Dev, op::open_tree(Fd::CWD, path, flags)).path(&host).into_cell();
            let stat = op::statx(fd, empty, AtFlags::EMPTY_PATH, StatxFlags::TYPE, found.word(0));
            script.call(Step::Dev, stat).path(&host);
            // The bit by which S_IFBLK differs is left out where either will do.
            let format = if numbers.is_some() { S_IFMT } else { S_IFMT & !(S_IFBLK ^ S_IFCHR) };
            let (format, character) = (u64::from(format) << 32, u64::from(S_IFCHR) << 32);
            let is_device = op::expect(found.word(MODE_AT), format, character, Errno::NODEV);
            script.call(Step::Dev, is_device).path(&host);
            if let Some(numbers) = numbers {
                let is_the_one = op::expect(found.word(RDEV_AT), u64::MAX, numbers, Errno::NODEV);
                script.call(Step::Dev, is_the_one).path(&host);
            }
            set_attributes(script, Step::Dev, fd, attributes).path(&host);
            (place, fd)
        })
        .collect())
}

/// Relative to the root. What is mounted on, or a link, is the sandbox's own.
fn places(asked: &[PathBuf]) -> Result<BTreeSet<PathBuf>> {
    let mut places = BTreeSet::new();
    for path in asked {
        let refuse = |message: &str| Err(Error::invalid(Label::at(Step::Dev, path), message));
        let Ok(name) = path.strip_prefix("/dev") else { return refuse("a device is below /dev") };
        let mut names = name.components();
        let Some(Component::Normal(first)) = names.next() else { return refuse("names no device") };
        if has_nul(path) || !names.all(|name| matches!(name, Component::Normal(_))) {
            return refuse("must hold neither '..' nor a NUL");
        }
        if DEVICES.iter().map(|(name, ..)| name).chain(&OTHERS).any(|own| first == *own) {
            return refuse("is the sandbox's own");
        }
        let place = Path::new("dev").join(name);
        if places
            .iter()
            .any(|other: &PathBuf| other != &place && (other.starts_with(&place) || place.starts_with(other)))
        {
            return refuse("is in another device's place");
        }
        places.insert(place);
    }
    Ok(places)
}

/// `proc` is whether the links into it lead somewhere.
pub(super) fn make(script: &mut Script, devices: &[(PathBuf, Cell)], proc: bool) {
    // A mount stands on a name: one file under six is made and let go sooner than six.
    let (first, _) = &devices[0];
    make_file_to_mount_on(script, first, first, Step::Dev);
    let mut made = BTreeSet::from([Path::new("dev")]);
    for (place, _) in &devices[1..] {
        let above: Vec<&Path> = place.ancestors().skip(1).take_while(|above| !made.contains(above)).collect();
        for dir in above.into_iter().rev() {
            make_dir(script, dir, dir, Step::Dev);
            made.insert(dir);
        }
        let (file, path) = (script.path(first), script.path(place));
        let link = op::linkat(Fd::CWD, file, Fd::CWD, path, AtFlags::empty());
        script.call(Step::Dev, link).path(inside(place));
    }
    for (place, fd) in devices {
        move_to(script, Step::Dev, *fd, place);
    }
    const INTO_PROC: [(&str, &str); 4] = [
        ("/proc/self/fd", "dev/fd"),
        ("/proc/self/fd/0", "dev/stdin"),
        ("/proc/self/fd/1", "dev/stdout"),
        ("/proc/self/fd/2", "dev/stderr"),
    ];
    for (target, link) in INTO_PROC.into_iter().filter(|_| proc).chain([("pts/ptmx", "dev/ptmx")]) {
        make_symlink(script, Path::new(target), Path::new(link), Path::new(link));
    }
}
