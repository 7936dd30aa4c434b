//! Binds, tmpfs, files, directories and links, in the order of the calls.

use rustix::fs::{AtFlags, CWD as HERE, FileType, StatxFlags, statx};

use super::*;

/// Makes what a mount stands on, and the mount itself when its turn comes.
pub(super) fn place_mount(
    script: &mut Script,
    root: &mut Root<'_>,
    (mount, from_system): &(&Mount, bool),
    given: &Given,
) -> Result<()> {
    let (place, label) = (&given.place, mount.label());
    let node = match &mount.kind {
        Kind::Bind { source, writable } => bound(source, *writable, &label)?,
        Kind::Tmpfs { bytes } => {
            if *bytes == 0 || *bytes > i64::MAX as u64 {
                return Err(Error::invalid(label, format!("a size of {bytes} bytes")));
            }
            Node::Tmpfs
        }
        Kind::File { .. } => Node::File,
        Kind::Dir => Node::Dir,
        Kind::Symlink { target } => {
            if has_nul(target) || target.as_os_str().is_empty() {
                return Err(Error::invalid(label, "the target is empty or holds a NUL"));
            }
            Node::Symlink
        }
    };
    let within = root.tree.within(place, &label)?;
    if let Within::Bound { mount: above, writable } = within {
        if matches!(node, Node::File | Node::Dir | Node::Symlink) {
            let message = format!("would be made in the host's files: /{} is a bind", above.display());
            return Err(Error::invalid(label, message));
        }
        root.tree.put(place, node, &label)?;
        if writable {
            pin(root, &above, place, &label);
        }
        let (kind, place, fd) = (mount.kind.clone(), place.clone(), given.fd);
        root.later.push(Box::new(move |script| put_on_host_file(script, &label, &kind, &place, fd)));
        return Ok(());
    }

    // In the root at once, in a tmpfs once that is there.
    let missing = missing(&mut root.tree, place);
    let is_new = root.tree.get(place).is_none();
    root.tree.put(place, node, &label)?;
    if let (Within::Overlay, Some(overlay)) = (&within, &mut root.overlay) {
        return match &mount.kind {
            // The layout of the host's system gives way to that of the layers.
            Kind::Symlink { target } if *from_system => {
                overlay.link_below(script, place, target);
                Ok(())
            }
            _ => place_on_overlay(script, overlay, &mut root.later, mount, given, node),
        };
    }
    let site = if matches!(within, Within::Root) { root.staged(Path::new("")) } else { PathBuf::new() };
    let (kind, to, fd) = (mount.kind.clone(), place.clone(), given.fd);
    let step = label.step;
    let stand = move |script: &mut Script| {
        for above in &missing {
            make_dir(script, &site.join(above), above, step);
        }
        let at = site.join(&to);
        match &kind {
            Kind::File { contents } => make_file(script, &at, &to, contents, 0o755),
            Kind::Symlink { target } => make_symlink(script, target, &at, &to),
            Kind::Bind { .. } if node == Node::BoundFile => make_file_to_mount_on(script, &at, &to, step),
            _ if is_new => make_dir(script, &at, &to, step),
            _ => {}
        }
    };
    if matches!(within, Within::Root) {
        stand(script);
    } else {
        root.later.push(Box::new(stand));
    }
    let place = place.clone();
    match mount.kind {
        Kind::Tmpfs { bytes } => root.later.push(Box::new(move |script| mount_tmpfs(script, &place, bytes))),
        Kind::Bind { .. } => root.later.push(Box::new(move |script| {
            let fd = fd.expect("every bind was opened");
            let (empty, path) = (script.string(c""), script.path(&place));
            let arguments = [fd, empty.into(), CWD.into(), path.into(), MOVE_MOUNT_F_EMPTY_PATH.into()];
            script.call(nr::MOVE_MOUNT, Step::Bind, arguments).labelled(label);
        })),
        _ => {}
    }
    Ok(())
}

/// What is to be made is made in the layers of the sandbox's own. What is mounted is put on what is there then, which a
/// layer may have made anything.
fn place_on_overlay(
    script: &mut Script,
    overlay: &mut Stage<'_>,
    later: &mut Later,
    mount: &Mount,
    given: &Given,
    node: Node,
) -> Result<()> {
    let (place, label) = (&given.place, mount.label());
    match &mount.kind {
        Kind::File { contents } => return overlay.give_file(script, place, &label, contents),
        Kind::Symlink { target } => return overlay.give_link(script, place, &label, target),
        Kind::Dir => return overlay.give_dir(script, place, &label),
        Kind::Bind { .. } if node == Node::BoundFile => overlay.file_below(script, place, label.step, b"", 0o644),
        Kind::Bind { .. } | Kind::Tmpfs { .. } => overlay.dir_below(script, place, label.step),
    }
    let (kind, place, fd) = (mount.kind.clone(), place.clone(), given.fd);
    later.push(Box::new(move |script| put_on_host_file(script, &label, &kind, &place, fd)));
    Ok(())
}

/// What the source is: it decides what the bind is put on.
fn bound(source: &Path, writable: bool, label: &Label) -> Result<Node> {
    // A network filesystem or FUSE is not asked: it may never answer.
    let stat = statx(HERE, source, AtFlags::STATX_DONT_SYNC, StatxFlags::TYPE)
        .map_err(|errno| Error::os(label.clone(), errno))?;
    Ok(match FileType::from_raw_mode(stat.stx_mode.into()) {
        FileType::Directory => Node::BoundDir { writable },
        _ => Node::BoundFile,
    })
}

/// Opens a place within a bind without following links, and lets nothing there lead elsewhere.
pub(super) fn open_place(script: &mut Script, label: &Label, place: &Path) -> Cell {
    const RESOLVE_NO_MAGICLINKS: u64 = 2;
    const RESOLVE_NO_SYMLINKS: u64 = 4;
    const RESOLVE_BENEATH: u64 = 8;
    const SIZE: u64 = 24;
    let how = script.words(&[O_PATH | O_CLOEXEC, 0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS]);
    let path = script.path(place);
    script
        .call(nr::OPENAT2, label.step, [CWD.into(), path.into(), how.into(), SIZE.into()])
        .labelled(label.clone())
        .into_cell()
}

pub(super) fn move_onto(script: &mut Script, label: &Label, from: Arg, to: Cell) {
    let empty = script.string(c"");
    let flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
    let arguments = [from, empty.into(), to.into(), empty.into(), flags.into()];
    script.call(nr::MOVE_MOUNT, label.step, arguments).labelled(label.clone());
}

pub(super) fn put_on_host_file(script: &mut Script, label: &Label, kind: &Kind, place: &Path, fd: Option<Arg>) {
    if let Kind::Tmpfs { bytes } = kind {
        within(script, label, place, |script, _| mount_tmpfs(script, Path::new("."), *bytes));
    } else {
        let to = open_place(script, label, place);
        move_onto(script, label, fd.expect("every bind was opened"), to);
    }
}

/// Does what needs a path with a place as the working directory, which has the address of a "." too.
pub(super) fn within(script: &mut Script, label: &Label, place: &Path, act: impl FnOnce(&mut Script, u64)) {
    let to = open_place(script, label, place);
    let (root, here) = (script.string(c"/"), script.string(c"."));
    script.call(nr::FCHDIR, label.step, [to.into()]).labelled(label.clone());
    act(script, here);
    script.call(nr::CHDIR, label.step, [root.into()]).labelled(label.clone());
}

/// Puts one of the sandbox's own mounts on an overlay root, where a layer may have put a link in its way.
pub(super) fn put_on_overlay(script: &mut Script, step: Step, fd: Cell, place: &str) {
    let label = Label::at(step, inside(Path::new(place)));
    let to = open_place(script, &label, Path::new(place));
    move_onto(script, &label, fd.into(), to);
}

/// A program may rename the directories of a writable bind, and with them take a mount below out of its place; but never
/// a directory that is itself a mount point (EBUSY). So each one between the bind and the mount becomes one.
fn pin(root: &mut Root<'_>, bind: &Path, place: &Path, label: &Label) {
    let mut between: Vec<PathBuf> =
        place.ancestors().skip(1).take_while(|above| *above != bind).map(Path::to_owned).collect();
    between.reverse();
    for dir in between {
        if root.tree.pinned.insert(dir.clone()) {
            let label = label.clone();
            root.later.push(Box::new(move |script| {
                let at = open_place(script, &label, &dir);
                let empty = script.string(c"");
                let flags = OPEN_TREE_CLONE | AT_EMPTY_PATH | AT_RECURSIVE | O_CLOEXEC;
                let copy = script
                    .call(nr::OPEN_TREE, Step::Bind, [at.into(), empty.into(), flags.into()])
                    .labelled(label.clone())
                    .into_cell();
                move_onto(script, &label, copy.into(), at);
            }));
        }
    }
}
