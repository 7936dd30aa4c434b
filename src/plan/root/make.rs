//! What the phases have in common: files, directories and links are made, mounts opened and moved.

use std::path::{Path, PathBuf};

use linux_raw_sys::general::{AT_RECURSIVE, S_IFREG, mount_attr, open_how};
use rustix::fs::{AtFlags, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;
use rustix::mount::{MountAttrFlags, MountFlags, MountPropagationFlags, MoveMountFlags};

use super::Source;
use crate::error::{Label, Step};
use crate::plan::argument::{At, Cell, Fd, Text};
use crate::plan::op;
use crate::plan::script::{Call, Script};

pub(super) fn inside(place: impl AsRef<Path>) -> PathBuf {
    Path::new("/").join(place)
}

/// What mount_setattr(2) sets.
pub(super) fn attributes(script: &mut Script, set: MountAttrFlags, to: MountPropagationFlags) -> At<mount_attr> {
    let (attr_set, propagation) = (set.bits().into(), to.bits().into());
    script.put(mount_attr { attr_set, attr_clr: 0, propagation, userns_fd: 0 })
}

/// Of the mount at `fd` and all below it.
pub(super) fn set_attributes(script: &mut Script, step: Step, fd: Cell, attributes: At<mount_attr>) -> Call<'_> {
    let empty = script.string(c"");
    let flags = AtFlags::EMPTY_PATH | AtFlags::from_bits_retain(AT_RECURSIVE);
    script.call(step, op::mount_setattr(fd, empty, flags, attributes, size_of::<mount_attr>()))
}

/// `place` is relative to the working directory.
pub(super) fn move_to(script: &mut Script, step: Step, fd: Cell, place: &Path) {
    move_to_path(script, step, fd.into(), place).path(inside(place));
}

pub(super) fn move_to_path<'a>(script: &'a mut Script, step: Step, fd: Fd, place: &Path) -> Call<'a> {
    let (empty, path) = (script.string(c""), script.path(place));
    script.call(step, op::move_mount(fd, empty, Fd::CWD, path, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH))
}

pub(super) fn move_onto(script: &mut Script, label: &Label, from: Fd, to: Cell) {
    let empty = script.string(c"");
    let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH | MoveMountFlags::MOVE_MOUNT_T_EMPTY_PATH;
    script.call(label.step, op::move_mount(from, empty, to, empty, flags)).labelled(label.clone());
}

/// Opens a place within a bind without following links, and lets nothing there lead elsewhere.
pub(super) fn open_place(script: &mut Script, label: &Label, place: &Path) -> Cell {
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    let how = script.put(open_how { flags: flags.bits().into(), mode: 0, resolve: resolve.bits() });
    let path = script.path(place);
    let open = op::openat2(Fd::CWD, path, how, size_of::<open_how>());
    script.call(label.step, open).labelled(label.clone()).into_cell()
}

/// Does what needs a path with a place as the working directory, which has the address of a "." too.
pub(super) fn within(script: &mut Script, label: &Label, place: &Path, act: impl FnOnce(&mut Script, Text)) {
    let to = open_place(script, label, place);
    let (root, here) = (script.string(c"/"), script.string(c"."));
    script.call(label.step, op::fchdir(to)).labelled(label.clone());
    act(script, here);
    script.call(label.step, op::chdir(root)).labelled(label.clone());
}

/// Puts one of the sandbox's own mounts on an overlay root, where a layer may have put a link in its way.
pub(super) fn put_on_overlay(script: &mut Script, step: Step, fd: Cell, place: &str) {
    let label = Label::at(step, inside(place));
    let to = open_place(script, &label, Path::new(place));
    move_onto(script, &label, fd.into(), to);
}

/// `at` is relative to the working directory, `place` to the root.
pub(super) fn mount_tmpfs(script: &mut Script, at: &Path, place: &Path, bytes: u64) {
    // Each file costs the kernel about a KiB besides its contents, which the size does not count.
    let inodes = (bytes / 4096).max(1024);
    let data = format!("size={bytes},nr_inodes={inodes},mode=1777");
    let (name, data, path) = (script.string(c"tmpfs"), script.path(data), script.path(at));
    let mount = op::mount(name, path, name, MountFlags::NOSUID | MountFlags::NODEV, data);
    script.call(Step::Tmpfs, mount).path(inside(place));
}

pub(super) fn make_dir(script: &mut Script, at: &Path, place: &Path, step: Step) {
    let path = script.path(at);
    script.call(step, op::mkdirat(Fd::CWD, path, Mode::from(0o755))).path(inside(place));
}

pub(super) fn make_file_to_mount_on(script: &mut Script, at: &Path, place: &Path, step: Step) {
    let path = script.path(at);
    script.call(step, op::mknodat(Fd::CWD, path, Mode::from_bits_retain(S_IFREG | 0o644))).path(inside(place));
}

pub(super) fn make_symlink(script: &mut Script, target: &Path, at: &Path, place: &Path) {
    let (target, path) = (script.path(target), script.path(at));
    script.call(Step::Symlink, op::symlinkat(target, Fd::CWD, path)).path(inside(place));
}

/// What a file has.
#[derive(Clone, Copy)]
pub(super) enum Contents<'a> {
    Bytes(&'a [u8]),
    Copied(Source),
}

/// As those before: made at `at`, which is known to the program as `place`.
pub(super) fn make_file(script: &mut Script, at: &Path, place: &Path, contents: Contents<'_>, mode: u32) {
    let path = script.path(at);
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
    let label = inside(place);
    let open = op::create(Fd::CWD, path, flags, Mode::from(mode));
    let fd = script.call(Step::File, open).path(&label).into_cell();
    match contents {
        Contents::Bytes([]) => {}
        Contents::Bytes(bytes) => {
            let (written, data, size) = (script.cell(0), script.bytes(bytes), bytes.len());
            script.call(Step::File, op::fill(fd, data, size)).path(&label).save(written);
            script.call(Step::File, op::expect(written, u64::MAX, size as u64, Errno::FBIG)).path(&label);
        }
        Contents::Copied(Source { from, bytes }) => {
            // Its position is not the caller's, and one call does no more than this (MAX_RW_COUNT).
            const MOST: u64 = 0x7fff_f000;
            let (at, written) = (script.cell(0), script.cell(0));
            for done in (0..bytes).step_by(MOST as usize) {
                let count = MOST.min(bytes - done);
                let copy = op::sendfile(fd, from, at, count as usize);
                script.call(Step::File, copy).path(&label).save(written);
                // Shorter than it was, as somebody cuts it.
                script.call(Step::File, op::expect(written, u64::MAX, count, Errno::IO)).path(&label);
            }
            script.call(Step::File, op::close(from)).path(&label);
        }
    }
    // A file that is open for writing cannot be executed.
    script.call(Step::File, op::close(fd)).path(&label);
}
