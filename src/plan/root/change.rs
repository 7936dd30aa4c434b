//! The root's own tmpfs, and the change to it or to the overlay that is made in it.

use std::path::Path;

use linux_raw_sys::general::mount_attr;
use rustix::fs::{AtFlags, OFlags};
use rustix::io::Errno;
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MountPropagationFlags, MoveMountFlags, OpenTreeFlags, UnmountFlags,
};

use super::make::{attributes, move_to, put_on_overlay, set_attributes};
use super::own::open_scratch;
use super::{Given, NOSUID_NODEV, Stage, overlay};
use crate::error::{Error, Label, Result, Step};
use crate::mounts::Kind;
use crate::plan::argument::{Cell, Fd, Text};
use crate::plan::check::Settled;
use crate::plan::constant::FsConfig;
use crate::plan::script::Script;
use crate::plan::{Request, Table, op};

/// What the root's tmpfs holds, with /tmp, /dev/shm and the home and besides the contents of files.
const ROOT_BYTES: u64 = 128 << 20;
const ROOT_FILES: u64 = 16384;
/// What of that the sandbox itself takes, at most.
const OWN_BYTES: u64 = 64 << 10;
const OWN_FILES: u64 = 64;

/// Mounts of the staging tmpfs that were taken before the root changed.
#[derive(Default)]
pub(super) struct Changed {
    /// On an overlay root: the sandbox's /dev, and its /tmp if that is scratch space.
    pub dev: Option<Cell>,
    pub tmp: Option<Cell>,
    /// An overlay that is not the root.
    pub merged: Option<Cell>,
}

/// pivot_root(2) does not leave the initial ramfs: a mount of it on itself, which it leaves, becomes the root of all that come.
/// What is below stays where it is, covered by the root that comes instead: only CAP_SYS_ADMIN could take that off, which no
/// program is given there. The working directory is the host's, for paths that begin there.
pub(crate) fn cover_initial(script: &mut Script) {
    let step = Step::Root;
    let (root, here, empty) = (script.string(c"/"), script.string(c"."), script.string(c""));
    let private = MountPropagationFlags::REC | MountPropagationFlags::PRIVATE;
    script.call(step, op::mount(Text::NULL, root, Text::NULL, private, Text::NULL));
    let dir = script.call(step, op::openat(Fd::CWD, here, OFlags::PATH | OFlags::CLOEXEC)).ignore(&[Errno::ACCESS]);
    let dir = dir.into_cell();
    let flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::AT_RECURSIVE;
    let copy = script.call(step, op::open_tree(Fd::CWD, root, flags)).into_cell();
    let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH;
    script.call(step, op::move_mount(copy, empty, Fd::CWD, root, flags));
    script.call(step, op::fchdir(copy));
    script.call(step, op::chroot(here));
    script.call(step, op::fchdir(dir)).ignore(&[Errno::BADF]);
    for fd in [copy, dir] {
        script.call(step, op::close(fd)).ignore(&[Errno::BADF]);
    }
}

/// An empty tmpfs that is to become the root, or to hold it; it is the working directory from here on.
pub(super) fn new_root(script: &mut Script, request: &Request, given: &[Given<'_>], on: &str) -> Result<()> {
    let step = Step::Root;
    let contents = given.iter().map(|given| match (&given.mount.kind, given.copied) {
        (_, Some(copied)) => copied.bytes.next_multiple_of(4096),
        (Kind::File { contents }, None) => (contents.len() as u64).next_multiple_of(4096),
        _ => 0,
    });
    let (bytes, files) = match request.tmp {
        None => (ROOT_BYTES, ROOT_FILES),
        Some((bytes, files)) if bytes == 0 || files == 0 || bytes > i64::MAX as u64 => {
            let message = format!("a tmp_limit of {bytes} bytes and {files} files");
            return Err(Error::invalid(Label::new(Step::Tmpfs), message));
        }
        Some((bytes, files)) => (bytes + OWN_BYTES, files.min(1 << 40) + OWN_FILES),
    };
    let size = bytes.saturating_add(contents.sum());
    let layers = request.overlay.as_ref().map_or(0, |overlay| overlay.lowers().len());
    let files = files + (8 * given.len() + layers) as u64;
    let name = script.string(c"tmpfs");
    let context = script.call(step, op::fsopen(name, FsOpenFlags::FSOPEN_CLOEXEC)).into_cell();
    for (key, value) in [("mode", "0755".into()), ("size", size.to_string()), ("nr_inodes", files.to_string())] {
        let (key, value) = (script.path(key), script.path(value));
        script.call(step, op::fsconfig(context, FsConfig::FSCONFIG_SET_STRING, key, value));
    }
    script.call(step, op::fsconfig(context, FsConfig::FSCONFIG_CMD_CREATE, Text::NULL, Text::NULL));
    let root = script.call(step, op::fsmount(context, FsMountFlags::FSMOUNT_CLOEXEC, NOSUID_NODEV)).into_cell();
    move_to(script, step, root, Path::new(on));
    script.call(step, op::fchdir(root));
    Ok(())
}

pub(super) fn change(
    script: &mut Script,
    overlay: Option<&Stage<'_>>,
    settled: &Settled,
    table: Table,
    scratches: &[&str],
) -> Changed {
    let Some(overlay) = overlay else {
        pivot(script);
        return Changed::default();
    };
    if overlay.is_root() {
        let dev = open_scratch(script, "dev");
        let tmp = scratches.contains(&"tmp").then(|| open_scratch(script, "tmp"));
        overlay.mount(script, settled, table);
        enter(script, overlay::MERGED);
        put_on_overlay(script, Step::Dev, dev, "dev");
        return Changed { dev: Some(dev), tmp, merged: None };
    }
    overlay.mount(script, settled, table);
    let merged = open_scratch(script, overlay::MERGED);
    let own = open_scratch(script, overlay::ROOT);
    move_to(script, Step::Root, own, Path::new(overlay::ROOT));
    enter(script, overlay::ROOT);
    Changed { merged: Some(merged), ..Changed::default() }
}

/// The working directory becomes the root.
fn pivot(script: &mut Script) {
    let here = script.string(c".");
    script.call(Step::Root, op::pivot_root(here, here));
}

/// What is mounted on `place` becomes the root.
fn enter(script: &mut Script, place: &str) {
    let path = script.path(place);
    script.call(Step::Root, op::chdir(path));
    pivot(script);
}

/// The sandbox's own root, or its /dev on an overlay root, is complete.
pub(super) fn seal(script: &mut Script, dev: Option<Cell>) {
    let read_only = attributes(script, MountAttrFlags::MOUNT_ATTR_RDONLY, MountPropagationFlags::empty());
    match dev {
        Some(dev) => {
            set_attributes(script, Step::Root, dev, read_only);
        }
        None => {
            // Not recursive: the host's mounts are still on top.
            let root = script.string(c"/");
            let size = size_of::<mount_attr>();
            script.call(Step::Root, op::mount_setattr(Fd::CWD, root, AtFlags::empty(), read_only, size));
        }
    }
}

/// Last, as it waits for a grace period of RCU: until the process that makes the network namespace is out of the kernel.
/// A mount of /proc is allowed only while another one is in sight, anyway.
pub(super) fn let_go_of_host(script: &mut Script) {
    let here = script.string(c".");
    script.call(Step::Root, op::umount2(here, UnmountFlags::DETACH));
}
