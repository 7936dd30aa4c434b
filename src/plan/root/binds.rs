//! Binds, tmpfs, files, directories and links, in the order of the calls.

use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, FileType, Statx, StatxFlags, fstat, statx};
use rustix::io::Errno;
use rustix::mount::{MountAttrFlags, MountPropagationFlags, OpenTreeFlags};

use super::later::{Later, Made, Make};
use super::make::{Contents, attributes, set_attributes};
use super::own::missing;
use super::tree::{Node, Within};
use super::{Given, Mounted, NOSUID_NODEV, Root, Source, Stage};
use crate::error::{Error, Label, Result, Step};
use crate::host::Facts;
use crate::mounts::{Copied, Kind, Mount, Rights, has_nul};
use crate::plan::argument::Fd;
use crate::plan::script::Script;
use crate::plan::{Bind, Owner, Slot, Table, op};

/// Opens everything that is bound. What a privileged host opens is added to `binds`.
pub(super) fn open<'a>(
    script: &mut Script,
    mounts: impl Iterator<Item = (&'a Mount, bool)>,
    facts: &Facts,
    table: Table,
    binds: &mut Vec<Bind>,
) -> Result<Vec<Given<'a>>> {
    let mut files = 0..;
    let read_only =
        attributes(script, NOSUID_NODEV | MountAttrFlags::MOUNT_ATTR_RDONLY, MountPropagationFlags::PRIVATE);
    let read_write = attributes(script, NOSUID_NODEV, MountPropagationFlags::PRIVATE);
    mounts
        .map(|(mount, of_system)| {
            let place = mount.place()?;
            if is_missing(mount) {
                return Ok(None);
            }
            let mounted = match &mount.kind {
                Kind::Tmpfs { bytes } => Some(Mounted::Tmpfs(*bytes)),
                Kind::Bind { source, .. } if has_nul(source) => {
                    return Err(Error::invalid(mount.label(), "the path on the host holds a NUL"));
                }
                // By the host, which reaches what lies in a directory that the program's user may not enter.
                Kind::Bind { source, rights } if facts.may_mount() && !of_system => {
                    let number = table.number(Slot::Bind(binds.len()));
                    let (source, label) = (source.clone(), mount.label());
                    let owner = if matches!(rights, Rights::Read | Rights::ReadIfThere) {
                        Owner::Nobody
                    } else {
                        Owner::Source
                    };
                    binds.push(Bind { source, writable: rights.is_writable(), label, owner, is_layer: false });
                    Some(Mounted::Bind(number.into()))
                }
                Kind::Bind { source, rights } => {
                    if *rights == Rights::ReadAsOwner {
                        is_own(source, facts, &mount.label())?;
                    }
                    let path = script.path(source);
                    let flags =
                        OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::AT_RECURSIVE;
                    let open = op::open_tree(Fd::CWD, path, flags);
                    let fd = script.call(Step::Bind, open).path(source).on(&mount.inside).into_cell();
                    let set = if rights.is_writable() { read_write } else { read_only };
                    set_attributes(script, Step::Bind, fd, set).path(source).on(&mount.inside);
                    Some(Mounted::Bind(fd.into()))
                }
                _ => None,
            };
            let copied = match mount.kind.copied() {
                None => None,
                Some(copied) => {
                    let number = table.number(Slot::File(files.next().expect("no end of numbers")));
                    Some(Source { from: number, bytes: size(&copied, &mount.label())? })
                }
            };
            Ok(Some(Given { mount, of_system, place, mounted, copied }))
        })
        .filter_map(Result::transpose)
        .collect()
}

/// Makes what a mount stands on, and notes the mount itself for when its turn comes.
pub(super) fn place<'a>(script: &mut Script, root: &mut Root<'a>, given: &'a Given<'_>) -> Result<()> {
    let Given { mount, place, mounted, copied, .. } = given;
    let label = mount.label();
    let node = node(mount, &label)?;
    let within = root.tree.within(place, &label)?;
    if let Within::Bound { mount: above, writable } = within {
        let Some(mounted) = *mounted else {
            let message = format!("would be made in the host's files: /{} is a bind", above.display());
            return Err(Error::invalid(label, message));
        };
        root.tree.put(place, node, &label)?;
        if writable {
            pin(root, &above, place, &label);
        }
        root.later.push(Later::MountOnFound { mounted, place, label });
        return Ok(());
    }

    // In the root at once, in a tmpfs once that is there.
    let missing = missing(&mut root.tree, place);
    let is_new = root.tree.get(place).is_none();
    root.tree.put(place, node, &label)?;
    if let (Within::Overlay, Some(overlay)) = (&within, &mut root.overlay) {
        if let Some(later) = place_on_overlay(script, overlay, given, label, node)? {
            root.later.push(later);
        }
        return Ok(());
    }
    let made = match &mount.kind {
        Kind::File { .. } | Kind::FileFrom { .. } => Made::File(contents(&mount.kind, *copied)),
        Kind::Symlink { target } => Made::Symlink(target),
        Kind::Bind { .. } if node == Node::BoundFile => Made::FileToMountOn,
        _ if is_new => Made::Dir,
        _ => Made::Nothing,
    };
    let make = |site: PathBuf| Make { site, missing, place, made, step: label.step };
    match within {
        Within::Root => make(root.staged("")).call(script),
        _ => root.later.push(Later::Make(make(PathBuf::new()))),
    }
    if let Some(mounted) = *mounted {
        root.later.push(Later::Mount { mounted, place, label });
    }
    Ok(())
}

/// What comes to be at the place: it decides what a mount is put on.
fn node(mount: &Mount, label: &Label) -> Result<Node> {
    Ok(match &mount.kind {
        Kind::Bind { source, rights } => return bound(source, rights.is_writable(), label),
        Kind::Tmpfs { bytes } if *bytes == 0 || *bytes > i64::MAX as u64 => {
            return Err(Error::invalid(label.clone(), format!("a size of {bytes} bytes")));
        }
        Kind::Tmpfs { .. } => Node::Tmpfs,
        Kind::File { .. } | Kind::FileFrom { .. } => Node::File,
        Kind::Dir => Node::Dir,
        Kind::Symlink { target } if has_nul(target) || target.as_os_str().is_empty() => {
            return Err(Error::invalid(label.clone(), "the target is empty or holds a NUL"));
        }
        Kind::Symlink { .. } => Node::Symlink,
    })
}

fn contents(kind: &Kind, copied: Option<Source>) -> Contents<'_> {
    match (kind, copied) {
        (_, Some(source)) => Contents::Copied(source),
        (Kind::File { contents }, None) => Contents::Bytes(contents),
        _ => Contents::Bytes(b""),
    }
}

fn size(copied: &Copied, label: &Label) -> Result<u64> {
    let fd = match copied {
        Copied::Contents(contents) => return Ok(contents.len() as u64),
        Copied::Descriptor(fd) => fd,
    };
    let stat = fstat(fd).map_err(|errno| Error::os(label.clone(), errno))?;
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => Ok(stat.st_size as u64),
        _ => Err(Error::invalid(label.clone(), "the descriptor is not one of a regular file")),
    }
}

/// It need not be there, and is not.
fn is_missing(mount: &Mount) -> bool {
    let Kind::Bind { source, rights: Rights::ReadIfThere } = &mount.kind else { return false };
    let found = statx(CWD, source, AtFlags::STATX_DONT_SYNC, StatxFlags::TYPE);
    matches!(found, Err(Errno::NOENT | Errno::NOTDIR))
}

/// Of an ordinary user the kernel maps no other id than its own.
fn is_own(source: &Path, facts: &Facts, label: &Label) -> Result<()> {
    match look(source, StatxFlags::UID, label)?.stx_uid {
        owner if owner == facts.uid => Ok(()),
        owner => {
            let message =
                format!("belongs to user {owner}: an ordinary user can give only its own files as their owner");
            Err(Error::invalid(label.clone(), message))
        }
    }
}

/// A network filesystem or FUSE is not asked: it may never answer.
fn look(source: &Path, what: StatxFlags, label: &Label) -> Result<Statx> {
    statx(CWD, source, AtFlags::STATX_DONT_SYNC, what).map_err(|errno| Error::os(label.clone(), errno))
}

fn bound(source: &Path, writable: bool, label: &Label) -> Result<Node> {
    let stat = look(source, StatxFlags::TYPE, label)?;
    Ok(match FileType::from_raw_mode(stat.stx_mode.into()) {
        FileType::Directory => Node::BoundDir { writable },
        _ => Node::BoundFile,
    })
}

/// What is to be made is made in the layers of the sandbox's own. What is mounted is put on what is there then, which a
/// layer may have made anything.
fn place_on_overlay<'a>(
    script: &mut Script,
    overlay: &mut Stage<'_>,
    given: &'a Given<'_>,
    label: Label,
    node: Node,
) -> Result<Option<Later<'a>>> {
    let place = &given.place;
    match &given.mount.kind {
        kind @ (Kind::File { .. } | Kind::FileFrom { .. }) => {
            overlay.give_file(script, place, &label, contents(kind, given.copied))?;
        }
        // The layout of the host's system gives way to that of the layers.
        Kind::Symlink { target } if given.of_system => overlay.link_below(script, place, target),
        Kind::Symlink { target } => overlay.give_link(script, place, &label, target)?,
        Kind::Dir => overlay.give_dir(script, place, &label)?,
        Kind::Bind { .. } if node == Node::BoundFile => overlay.file_below(script, place, label.step, b"", 0o644),
        Kind::Bind { .. } | Kind::Tmpfs { .. } => overlay.dir_below(script, place, label.step),
    }
    Ok(given.mounted.map(|mounted| Later::MountOnFound { mounted, place, label }))
}

/// A program may rename the directories of a writable bind, and with them take a mount below out of its place; but never
/// a directory that is itself a mount point (EBUSY). So each one between the bind and the mount becomes one.
fn pin(root: &mut Root<'_>, bind: &Path, place: &Path, label: &Label) {
    let mut between: Vec<PathBuf> =
        place.ancestors().skip(1).take_while(|above| *above != bind).map(Path::to_owned).collect();
    between.reverse();
    for dir in between {
        if root.tree.pinned.insert(dir.clone()) {
            root.later.push(Later::Pin { dir, label: label.clone() });
        }
    }
}
