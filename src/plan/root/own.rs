//! What every root has: its directories, /proc, devpts, scratch space, and the files that programs look for in /etc.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Mode};
use rustix::mount::{FsMountFlags, FsOpenFlags, MountAttrFlags, MountFlags, OpenTreeFlags};

use super::make::{Contents, inside, make_dir, make_file, move_to, put_on_overlay, within};
use super::tree::{Node, Tree};
use super::{Given, NOSUID_NODEV, Root, Stage, group, overlay};
use crate::error::{Label, Result, Step};
use crate::mounts::Proc;
use crate::plan::argument::{Cell, Fd, Text};
use crate::plan::check::Settled;
use crate::plan::constant::FsConfig;
use crate::plan::exec::HOME;
use crate::plan::script::Script;
use crate::plan::{HOSTNAME, Request, op};

pub(super) fn make_places(script: &mut Script, root: &mut Root<'_>, shows_group: bool) -> Result<()> {
    let label = Label::new(Step::Root);
    let makes = |script: &mut Script, place: &str, staged: &Path| {
        let mode = if matches!(place, "tmp" | "dev/shm") { 0o1777 } else { 0o755 };
        let path = script.path(staged);
        script.call(Step::Root, op::mkdirat(Fd::CWD, path, Mode::from(mode))).path(inside(place));
    };
    let at_root = root.overlay.as_ref().is_some_and(Stage::is_root);
    if let Some(overlay) = &mut root.overlay {
        overlay.begin(script);
        root.tree.put(&overlay.at, Node::Overlay, &Label::at(Step::Overlay, inside(&overlay.at)))?;
    }
    let of_group = group::PLACES.into_iter().filter(|_| shows_group);
    for place in ["dev", "dev/pts", "dev/shm", "proc", "tmp", "etc"].into_iter().chain(of_group.clone()) {
        root.tree.put(Path::new(place), Node::Dir, &label)?;
        if !at_root || place.starts_with("dev") || place == "tmp" {
            makes(script, place, &root.staged(place));
        }
    }
    match &mut root.overlay {
        Some(overlay) if at_root => {
            for place in ["dev", "proc", "tmp", "etc"].into_iter().chain(of_group) {
                overlay.dir_below(script, Path::new(place), Step::Root);
            }
        }
        Some(overlay) => {
            let at = overlay.at.clone();
            for dir in missing(&mut root.tree, &at) {
                make_dir(script, &root.staged(&dir), &dir, Step::Overlay);
            }
            if !matches!(at.to_str(), Some("tmp" | "dev/shm" | "etc")) {
                make_dir(script, &root.staged(&at), &at, Step::Overlay);
            }
        }
        None => {}
    }
    Ok(())
}

/// The home, unless something else is given there, above it, or as an overlay below: a directory of an overlay root, else
/// scratch space, of which this is the name.
pub(super) fn make_home(
    script: &mut Script,
    root: &mut Root<'_>,
    given: &[Given<'_>],
    settled: &Settled,
) -> Option<&'static str> {
    const PLACE: &str = HOME.split_at(1).1;
    let home = Path::new(PLACE);
    if given.iter().any(|given| home.starts_with(&given.place)) {
        return None;
    }
    let (at, scratch) = match &mut root.overlay {
        Some(overlay) if overlay.is_root() => {
            overlay.dir_below(script, home, Step::Root);
            (Path::new(overlay::BELOW).join(home), None)
        }
        Some(overlay) if home.starts_with(&overlay.at) || overlay.at.starts_with(home) => return None,
        _ => {
            for dir in missing(&mut root.tree, home).iter().map(PathBuf::as_path).chain([home]) {
                make_dir(script, &root.staged(dir), dir, Step::Root);
            }
            (root.staged(home), Some(PLACE))
        }
    };
    if settled.id_map.is_none() {
        let (uid, gid) = settled.user;
        let at = script.path(at);
        script.call(Step::Root, op::fchownat(Fd::CWD, at, uid, gid, AtFlags::empty())).path(HOME);
    }
    scratch
}

/// The parents of a place that nothing has made yet, from the top down; now they are noted.
pub(super) fn missing(tree: &mut Tree, place: &Path) -> Vec<PathBuf> {
    let mut missing: Vec<PathBuf> = Vec::new();
    for above in place.ancestors().skip(1) {
        if above.as_os_str().is_empty() || tree.get(above).is_some() {
            break;
        }
        missing.push(above.to_owned());
    }
    missing.reverse();
    for above in &missing {
        tree.insert(above, Node::Dir);
    }
    missing
}

/// Own processes only: those that the program may not trace, the init among them, are hidden. Read-only, as what is
/// writable there is either the host's or of no use without privileges; but for who makes user namespaces, whose id maps are
/// written there, and who may mount another where all of one is in sight (mnt_already_visible()).
pub(super) fn mount_proc(script: &mut Script, request: &Request, opened: Option<Cell>, on_overlay: bool) {
    if let Some(proc) = opened {
        return match on_overlay {
            true => put_on_overlay(script, Step::Proc, proc, "proc"),
            false => move_to(script, Step::Proc, proc, Path::new("proc")),
        };
    }
    let data: Vec<String> = proc_options(request).map(|(key, value)| format!("{key}={value}")).collect();
    let (name, data) = (script.string(c"proc"), script.path(data.join(",")));
    let mut flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    flags.set(MountFlags::RDONLY, !request.user_namespaces);
    let mount = |script: &mut Script, place: Text| {
        script.call(Step::Proc, op::mount(name, place, name, flags, data));
    };
    match on_overlay {
        true => within(script, &Label::at(Step::Proc, "/proc"), Path::new("proc"), mount),
        false => mount(script, name),
    }
}

fn proc_options(request: &Request) -> impl Iterator<Item = (&'static str, &'static str)> {
    // 4, "ptraceable" (Linux 5.8), and not 2, "invisible", which spares the members of group 0.
    let everything = request.proc() == Proc::Machine || request.user_namespaces;
    [("hidepid", "4")].into_iter().chain((!everything).then_some(("subset", "pid")))
}

/// That of a pid namespace belongs to the user namespace in which that was made: where it is the host's, it is mounted before
/// the init makes its own.
pub(crate) fn open_proc(script: &mut Script, request: &Request) -> Cell {
    let step = Step::Proc;
    let name = script.string(c"proc");
    let context = script.call(step, op::fsopen(name, FsOpenFlags::FSOPEN_CLOEXEC)).into_cell();
    let mut attributes = NOSUID_NODEV | MountAttrFlags::MOUNT_ATTR_NOEXEC;
    if !request.user_namespaces {
        attributes |= MountAttrFlags::MOUNT_ATTR_RDONLY;
        let read_only = script.string(c"ro");
        script.call(step, op::fsconfig(context, FsConfig::FSCONFIG_SET_FLAG, read_only, Text::NULL));
    }
    for (key, value) in [("source", "proc")].into_iter().chain(proc_options(request)) {
        let (key, value) = (script.path(key), script.path(value));
        script.call(step, op::fsconfig(context, FsConfig::FSCONFIG_SET_STRING, key, value));
    }
    script.call(step, op::fsconfig(context, FsConfig::FSCONFIG_CMD_CREATE, Text::NULL, Text::NULL));
    let proc = script.call(step, op::fsmount(context, FsMountFlags::FSMOUNT_CLOEXEC, attributes)).into_cell();
    script.call(step, op::close(context));
    proc
}

/// The host has so many pseudo-terminals in all (kernel.pty.max): a sandbox gets 64.
pub(super) fn mount_pts(script: &mut Script) {
    let (name, place) = (script.string(c"devpts"), script.string(c"dev/pts"));
    let data = script.string(c"newinstance,ptmxmode=0666,mode=0620,max=64");
    let flags = MountFlags::NOSUID | MountFlags::NOEXEC;
    script.call(Step::Dev, op::mount(name, place, name, flags, data)).path("/dev/pts");
}

/// A directory of the root's own tmpfs that stays writable when the root is sealed: a mount of it, taken before. That is
/// cheaper than a tmpfs for each.
pub(super) fn open_scratch(script: &mut Script, place: &str) -> Cell {
    let path = script.path(place);
    let flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC;
    script.call(Step::Tmpfs, op::open_tree(Fd::CWD, path, flags)).path(inside(place)).into_cell()
}

/// The files without which programs do not know their user or `localhost`, where the caller gives none.
pub(super) fn synthesise_etc(script: &mut Script, root: &mut Root<'_>, request: &Request, settled: &Settled) {
    let (uid, gid) = settled.user;
    let name = request.hostname.as_deref().map_or(HOSTNAME.into(), OsStr::to_string_lossy);
    let home = |id: u32| if id == uid { HOME } else { "/" };
    let mut passwd = format!("root:x:0:0:root:{}:/bin/sh\n", home(0));
    let mut group = String::from("root:x:0:\n");
    if uid != 0 && uid != 65534 {
        passwd += &format!("user:x:{uid}:{gid}:user:{HOME}:/bin/sh\n");
    }
    if gid != 0 && gid != 65534 {
        group += &format!("user:x:{gid}:\n");
    }
    passwd += &format!("nobody:x:65534:65534:nobody:{}:/bin/false\n", home(65534));
    group += "nogroup:x:65534:\n";
    let hosts = format!("127.0.0.1\tlocalhost {name}\n::1\tlocalhost\n");
    for (place, contents) in [("etc/passwd", passwd), ("etc/group", group), ("etc/hosts", hosts)] {
        let place = Path::new(place);
        let elsewhere = root.tree.get(Path::new("etc")) != Some(Node::Dir);
        if elsewhere || root.tree.get(place).is_some() {
            continue;
        }
        root.tree.insert(place, Node::File);
        let staged = root.staged(place);
        match &mut root.overlay {
            // One that a layer has goes before it.
            Some(overlay) if overlay.is_root() => {
                overlay.file_below(script, place, Step::File, contents.as_bytes(), 0o644);
            }
            _ => make_file(script, &staged, place, Contents::Bytes(contents.as_bytes()), 0o644),
        }
    }
}
