//! The program's own cgroup at /sys/fs/cgroup, by which runtimes size their heaps and pools.

use std::path::Path;

use rustix::mount::{FsMountFlags, FsOpenFlags, MountAttrFlags};

use super::NOSUID_NODEV;
use super::make::move_to_path;
use crate::error::Step;
use crate::mounts::{Kind, Mount};
use crate::namespaces::Namespaces;
use crate::plan::argument::{Cell, Text};
use crate::plan::check::Settled;
use crate::plan::constant::FsConfig;
use crate::plan::script::Script;
use crate::plan::{Request, op};

/// What leads there, from the top down.
pub(super) const PLACES: [&str; 3] = ["sys", "sys/fs", "sys/fs/cgroup"];
const PLACE: &str = PLACES[2];

/// Whether there is one to show, and the caller has put nothing else in its place. Its root is the program's group in a cgroup
/// namespace alone.
pub(crate) fn is_shown(request: &Request, settled: &Settled) -> bool {
    let place = Path::new(PLACE);
    let is_apart = |other: &Path| !place.starts_with(other) && !other.starts_with(place);
    let leaves_it = |mount: &Mount| {
        let is_above = |other: &Path| matches!(mount.kind, Kind::Dir) && place.starts_with(other);
        mount.place().is_ok_and(|other| is_apart(&other) || is_above(&other))
    };
    let overlay_leaves_it = |other: &Path| other.as_os_str().is_empty() || is_apart(other);
    settled.cgroup
        && settled.namespaces.contains(Namespaces::CGROUP | Namespaces::MOUNT)
        && request.mounts.iter().all(leaves_it)
        && request.overlay.as_ref().is_none_or(|overlay| overlay.place().is_ok_and(|other| overlay_leaves_it(&other)))
}

/// By the program's process, in its cgroup namespace: what is the root of that when the filesystem is opened is what is shown.
pub(crate) fn open(script: &mut Script) -> Cell {
    let name = script.string(c"cgroup2");
    let context = script.call(Step::Cgroup, op::fsopen(name, FsOpenFlags::FSOPEN_CLOEXEC)).into_cell();
    script.call(Step::Cgroup, op::fsconfig(context, FsConfig::FSCONFIG_CMD_CREATE, Text::NULL, Text::NULL));
    // The files are an ordinary user's own.
    let attributes = NOSUID_NODEV | MountAttrFlags::MOUNT_ATTR_RDONLY | MountAttrFlags::MOUNT_ATTR_NOEXEC;
    script.call(Step::Cgroup, op::fsmount(context, FsMountFlags::FSMOUNT_CLOEXEC, attributes)).into_cell()
}

/// Once the root is there. The process has another working directory.
pub(crate) fn mount(script: &mut Script, group: Cell) {
    let place = Path::new("/").join(PLACE);
    move_to_path(script, Step::Cgroup, group.into(), &place).path(&place);
}
