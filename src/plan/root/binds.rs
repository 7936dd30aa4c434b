//! Binds, tmpfs, files, directories and links, in the order of the calls.

use rustix::fs::{AtFlags, CWD as HERE, FileType, StatxFlags, statx};

use super::*;

/// Makes what a mount stands on, and the mount itself when its turn comes.
pub(super) fn place_mount(
    script: &mut Script,
    tree: &mut Tree,
    later: &mut Later,
    mount: &Mount,
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
    let within = tree.within(place, &label)?;
    if let Within::Bound { mount: above, writable } = within {
        if matches!(node, Node::File | Node::Dir | Node::Symlink) {
            let message = format!("would be made in the host's files: /{} is a bind", above.display());
            return Err(Error::invalid(label, message));
        }
        tree.put(place, node, &label)?;
        if writable {
            pin(later, tree, &above, place, &label);
        }
        let (kind, place, fd) = (mount.kind.clone(), place.clone(), given.fd);
        later.push(Box::new(move |script| put_on_host_file(script, &label, &kind, &place, fd)));
        return Ok(());
    }

    // In the root at once, in a tmpfs once that is there.
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
    let is_new = tree.get(place).is_none();
    tree.put(place, node, &label)?;
    let (kind, to, fd) = (mount.kind.clone(), place.clone(), given.fd);
    let step = label.step;
    let stand = move |script: &mut Script| {
        for above in &missing {
            make_dir(script, above, step);
        }
        match &kind {
            Kind::File { contents } => make_file(script, &to, contents, 0o755),
            Kind::Symlink { target } => make_symlink(script, target, &to),
            Kind::Bind { .. } if node == Node::BoundFile => make_file_to_mount_on(script, &to, step),
            _ if is_new => make_dir(script, &to, step),
            _ => {}
        }
    };
    if matches!(within, Within::Root) {
        stand(script);
    } else {
        later.push(Box::new(stand));
    }
    let place = place.clone();
    match mount.kind {
        Kind::Tmpfs { bytes } => later.push(Box::new(move |script| mount_tmpfs(script, &place, bytes))),
        Kind::Bind { .. } => later.push(Box::new(move |script| {
            let fd = fd.expect("every bind was opened");
            let (empty, path) = (script.string(c""), script.path(&place));
            let arguments = [fd, empty.into(), CWD.into(), path.into(), MOVE_MOUNT_F_EMPTY_PATH.into()];
            script.call(nr::MOVE_MOUNT, Step::Bind, arguments).labelled(label);
        })),
        _ => {}
    }
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
    let to = open_place(script, label, place);
    match (kind, fd) {
        (_, Some(fd)) => move_onto(script, label, fd, to),
        (Kind::Tmpfs { bytes }, None) => {
            let root = script.string(c"/");
            script.call(nr::FCHDIR, Step::Tmpfs, [to.into()]).labelled(label.clone());
            mount_tmpfs(script, Path::new("."), *bytes);
            script.call(nr::CHDIR, Step::Tmpfs, [root.into()]).labelled(label.clone());
        }
        _ => unreachable!("only binds and tmpfs are put on the host's files"),
    }
}

/// A program may rename the directories of a writable bind, and with them take a mount below out of its place; but never
/// a directory that is itself a mount point (EBUSY). So each one between the bind and the mount becomes one.
fn pin(later: &mut Later, tree: &mut Tree, bind: &Path, place: &Path, label: &Label) {
    let mut between: Vec<PathBuf> =
        place.ancestors().skip(1).take_while(|above| *above != bind).map(Path::to_owned).collect();
    between.reverse();
    for dir in between {
        if tree.pinned.insert(dir.clone()) {
            let label = label.clone();
            later.push(Box::new(move |script| {
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
