//! The part of the script that builds the sandbox's root.
//!
//! First, with the host's mounts still in sight, everything that is to be given is opened as a detached mount. Then the
//! tree of the new root is made in an empty tmpfs, and that, or an overlay with it as a layer, becomes the root: the host's
//! mounts are out of reach, so that nothing after can lead out. The root is sealed read-only, but an overlay that has an
//! upper directory, and the mounts are put on it in the order of the calls.

mod binds;
mod devices;
mod overlay;
mod tree;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use binds::{place_mount, put_on_overlay};
use devices::{make_devices, open_devices};
use overlay::Stage;
use tree::{Node, Tree, Within};

use super::check::Settled;
use super::init::nr_pseudo;
use super::script::{Arg, CWD, Cell, Script};
use super::{Bind, Caller, Layer, Numbers, Request, c_string};
use crate::error::{Error, Label, Result, Step};
use crate::mounts::{Kind, Mount, has_nul, host_system};
use crate::namespaces::Namespaces;
use crate::overlay::{Layers, Own};
use crate::sys::nr;

const AT_EMPTY_PATH: u64 = 0x1000;
const AT_RECURSIVE: u64 = 0x8000;
const OPEN_TREE_CLONE: u64 = 1;
const O_CLOEXEC: u64 = 0x8_0000;
const O_PATH: u64 = 0x20_0000;
const MOVE_MOUNT_F_EMPTY_PATH: u64 = 0x04;
const MOVE_MOUNT_T_EMPTY_PATH: u64 = 0x40;
const MS_NOSUID_NODEV: u64 = 2 | 4;
const MS_RDONLY: u64 = 1;
const MS_NOEXEC: u64 = 8;
const MS_REC: u64 = 0x4000;
const MS_PRIVATE: u64 = 1 << 18;
/// The attributes of mount_setattr(2) and fsmount(2) have the values of the first MS_ flags.
pub(crate) const ATTR_RDONLY: u64 = MS_RDONLY;
pub(crate) const ATTR_NOSUID_NODEV: u64 = MS_NOSUID_NODEV;
pub(crate) const PRIVATE: u64 = MS_PRIVATE;

/// What the root's tmpfs holds, with /tmp and /dev/shm and besides the contents of files.
const ROOT_BYTES: u64 = 64 << 20;
const ROOT_FILES: usize = 16384;

/// A mount to be given, opened before the root changes.
struct Given {
    place: PathBuf,
    fd: Option<Arg>,
}

/// What comes of the tree: binds that a privileged host prepares, and what the sandbox itself has put into an overlay.
#[derive(Default)]
pub(super) struct Built {
    pub binds: Vec<Bind>,
    pub own: BTreeMap<PathBuf, Own>,
}

/// The root while it is put together.
struct Root<'a> {
    tree: Tree,
    /// To be done when the root has changed.
    later: Later,
    overlay: Option<Stage<'a>>,
}

impl Root<'_> {
    /// Where what is made in the sandbox's own root is, as long as the root has not changed.
    fn staged(&self, place: &Path) -> PathBuf {
        match &self.overlay {
            Some(overlay) if !overlay.is_root() => Path::new(overlay::ROOT).join(place),
            _ => place.to_owned(),
        }
    }

    /// Whether a place is the sandbox's own scratch space, or the caller's to fill.
    fn is_scratch(&self, given: &[Given], place: &Path) -> bool {
        let taken = self.overlay.as_ref().is_some_and(|overlay| overlay.at == place);
        !taken && !given.iter().any(|given| given.place == place)
    }
}

pub(super) fn build(
    script: &mut Script,
    request: &Request,
    layers: Option<&Layers>,
    settled: &Settled,
    caller: &Caller,
    numbers: Numbers,
) -> Result<Built> {
    let mut binds = Vec::new();
    let system = request.host_system.as_ref().map_or(&[][..], |found| found.get_or_init(host_system));
    let mounts: Vec<(&Mount, bool)> =
        system.iter().map(|mount| (mount, true)).chain(request.mounts.iter().map(|mount| (mount, false))).collect();

    if !settled.namespaces.contains(Namespaces::USER) {
        // A mount namespace with the host's user namespace has peers that would see what is mounted.
        let root = script.string(c"/");
        script.call(
            nr::MOUNT,
            Step::Root,
            [0u64.into(), root.into(), 0u64.into(), (MS_REC | MS_PRIVATE).into(), 0u64.into()],
        );
    }

    let given = open_binds(script, &mounts, caller, numbers, &mut binds)?;
    let devices = open_devices(script);
    let overlay = match (&request.overlay, layers) {
        (Some(overlay), Some(layers)) => Some(Stage::new(overlay.place()?, layers, caller, &mut binds)),
        _ => None,
    };
    let mut root = Root { tree: Tree::default(), later: Later::new(), overlay };

    // Make the tree, then put the mounts on it: what is made in the root comes before the root is sealed, what is made in
    // a tmpfs after that is mounted.
    // What is mounted on it becomes the root later: so it goes with the host's mounts, and must not cover their root.
    let on = match &mut root.overlay {
        Some(overlay) => {
            overlay.keep_sight_of(script, Path::new("/dev"));
            "/dev"
        }
        None => "/",
    };
    new_root(script, &mounts, on);
    own_places(script, &mut root)?;
    let own = Label::new(Step::Root);
    let scratches: Vec<&'static str> =
        ["tmp", "dev/shm"].into_iter().filter(|place| root.is_scratch(&given, Path::new(place))).collect();
    for place in &scratches {
        root.tree.put(Path::new(place), Node::Tmpfs, &own)?;
    }
    for (mount, given) in mounts.iter().zip(&given) {
        place_mount(script, &mut root, mount, given)?;
    }
    synthesise_etc(script, &mut root, request, settled);

    // Change the root.
    let dev = match &root.overlay {
        Some(overlay) if overlay.is_root() => {
            let dev = open_scratch(script, "dev");
            let tmp = scratches.contains(&"tmp").then(|| open_scratch(script, "tmp"));
            overlay.mount(script, settled, numbers);
            enter(script, overlay::MERGED);
            put_on_overlay(script, Step::Dev, dev, "dev");
            Some((dev, tmp))
        }
        Some(overlay) => {
            overlay.mount(script, settled, numbers);
            let merged = open_scratch(script, overlay::MERGED);
            let own = open_scratch(script, overlay::ROOT);
            move_to(script, Step::Root, own.into(), Path::new(overlay::ROOT));
            enter(script, overlay::ROOT);
            let at = overlay.at.clone();
            root.later.insert(0, Box::new(move |script| move_to(script, Step::Overlay, merged.into(), &at)));
            None
        }
        None => {
            pivot(script);
            None
        }
    };

    if settled.namespaces.contains(Namespaces::PID) {
        mount_proc(script, request.host_system.is_some(), dev.is_some());
    }
    let mut first: Later = Vec::new();
    for place in scratches {
        match dev {
            Some((_, Some(tmp))) if place == "tmp" => {
                first.push(Box::new(move |script| put_on_overlay(script, Step::Tmpfs, tmp, place)));
            }
            _ => {
                let fd = open_scratch(script, place);
                first.push(Box::new(move |script| move_to(script, Step::Tmpfs, fd.into(), Path::new(place))));
            }
        }
    }
    first.push(Box::new(mount_pts));
    make_devices(script, &devices);
    match dev {
        Some((dev, _)) => {
            let read_only = script.words(&[ATTR_RDONLY, 0, 0, 0]);
            set_attributes(script, Step::Root, dev, read_only);
        }
        None => seal_root(script),
    }
    for mount in first.into_iter().chain(root.later) {
        mount(script);
    }
    let_go_of_host(script);
    Ok(Built { binds, own: root.overlay.map_or_else(BTreeMap::new, Stage::into_own) })
}

/// Opens everything that is bound.
fn open_binds(
    script: &mut Script,
    mounts: &[(&Mount, bool)],
    caller: &Caller,
    numbers: Numbers,
    binds: &mut Vec<Bind>,
) -> Result<Vec<Given>> {
    let attributes = |script: &mut Script, set: u64| script.words(&[set, 0, MS_PRIVATE, 0]);
    let read_only = attributes(script, ATTR_RDONLY | ATTR_NOSUID_NODEV);
    let writable = attributes(script, ATTR_NOSUID_NODEV);
    let mut given: Vec<Given> = Vec::with_capacity(mounts.len());
    for (mount, from_system) in mounts {
        let place = mount.place()?;
        let Kind::Bind { source, writable: may_write } = &mount.kind else {
            given.push(Given { place, fd: None });
            continue;
        };
        let label = mount.label();
        if has_nul(source) {
            return Err(Error::invalid(label, "the path on the host holds a NUL"));
        }
        let fd = if caller.is_privileged() && !from_system {
            let number = numbers.bind(binds.len());
            binds.push(Bind { source: source.clone(), writable: *may_write, label, layer: None });
            Arg::from(number)
        } else {
            let path = script.path(source);
            let flags = OPEN_TREE_CLONE | AT_RECURSIVE | O_CLOEXEC;
            let fd = script
                .call(nr::OPEN_TREE, Step::Bind, [CWD.into(), path.into(), flags.into()])
                .path(source)
                .on(&mount.inside)
                .into_cell();
            let set = if *may_write { writable } else { read_only };
            set_attributes(script, Step::Bind, fd, set).path(source).on(&mount.inside);
            Arg::Cell(fd)
        };
        given.push(Given { place, fd: Some(fd) });
    }
    Ok(given)
}

/// What every root has.
fn own_places(script: &mut Script, root: &mut Root<'_>) -> Result<()> {
    let label = Label::new(Step::Root);
    let makes = |script: &mut Script, place: &str, staged: &Path| {
        let mode = if matches!(place, "tmp" | "dev/shm") { 0o1777u64 } else { 0o755 };
        let path = script.path(staged);
        script.call(nr::MKDIRAT, Step::Root, [CWD.into(), path.into(), mode.into()]).path(inside(Path::new(place)));
    };
    let at_root = root.overlay.as_ref().is_some_and(Stage::is_root);
    if let Some(overlay) = &mut root.overlay {
        overlay.begin(script);
        root.tree.put(&overlay.at, Node::Overlay, &Label::at(Step::Overlay, inside(&overlay.at)))?;
    }
    for place in ["dev", "dev/pts", "dev/shm", "proc", "tmp", "etc"] {
        root.tree.put(Path::new(place), Node::Dir, &label)?;
        if !(at_root && matches!(place, "proc" | "etc")) {
            makes(script, place, &root.staged(Path::new(place)));
        }
    }
    match &mut root.overlay {
        Some(overlay) if at_root => {
            for place in ["dev", "proc", "tmp", "etc"] {
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

/// The parents of a place that nothing has made yet, from the top down; now they are noted.
fn missing(tree: &mut Tree, place: &Path) -> Vec<PathBuf> {
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

/// Not recursive: the host's mounts are still on top.
fn seal_root(script: &mut Script) {
    const SIZE: u64 = 32;
    let root = script.string(c"/");
    let attributes = script.words(&[ATTR_RDONLY, 0, 0, 0]);
    let arguments = [CWD.into(), root.into(), 0u64.into(), attributes.into(), SIZE.into()];
    script.call(nr::MOUNT_SETATTR, Step::Root, arguments);
}

fn set_attributes(script: &mut Script, step: Step, fd: Cell, attributes: u64) -> super::script::Call<'_> {
    const SIZE: u64 = 32;
    let empty = script.string(c"");
    let flags = AT_EMPTY_PATH | AT_RECURSIVE;
    script.call(nr::MOUNT_SETATTR, step, [fd.into(), empty.into(), flags.into(), attributes.into(), SIZE.into()])
}

/// An empty tmpfs that is to become the root, or to hold it; it is the working directory from here on.
fn new_root(script: &mut Script, mounts: &[(&Mount, bool)], on: &str) {
    const FSCONFIG_SET_STRING: u64 = 1;
    const FSCONFIG_CMD_CREATE: u64 = 6;
    const CLOEXEC: u64 = 1;
    let step = Step::Root;
    let contents = mounts.iter().map(|(mount, _)| match &mount.kind {
        Kind::File { contents } => (contents.len() as u64).next_multiple_of(4096),
        _ => 0,
    });
    let size = ROOT_BYTES.saturating_add(contents.sum());
    let files = ROOT_FILES + 8 * mounts.len();
    let name = script.string(c"tmpfs");
    let context = script.call(nr::FSOPEN, step, [name.into(), CLOEXEC.into()]).into_cell();
    for (key, value) in [("mode", "0755".into()), ("size", size.to_string()), ("nr_inodes", files.to_string())] {
        let (key, value) = (script.path(Path::new(key)), script.path(Path::new(&value)));
        let arguments = [context.into(), FSCONFIG_SET_STRING.into(), key.into(), value.into(), 0u64.into()];
        script.call(nr::FSCONFIG, step, arguments);
    }
    let create = [context.into(), FSCONFIG_CMD_CREATE.into(), 0u64.into(), 0u64.into(), 0u64.into()];
    script.call(nr::FSCONFIG, step, create);
    let root = script.call(nr::FSMOUNT, step, [context.into(), CLOEXEC.into(), ATTR_NOSUID_NODEV.into()]).into_cell();
    move_to(script, step, root.into(), Path::new(on));
    script.call(nr::FCHDIR, step, [root.into()]);
}

/// The working directory becomes the root.
fn pivot(script: &mut Script) {
    let here = script.string(c".");
    script.call(nr::PIVOT_ROOT, Step::Root, [here.into(), here.into()]);
}

/// What is mounted on `place` becomes the root.
fn enter(script: &mut Script, place: &str) {
    let path = script.path(Path::new(place));
    script.call(nr::CHDIR, Step::Root, [path.into()]);
    pivot(script);
}

/// Last, as it waits for a grace period of RCU: until the process that makes the network namespace is out of the kernel.
/// A mount of /proc is allowed only while another one is in sight, anyway.
fn let_go_of_host(script: &mut Script) {
    const MNT_DETACH: u64 = 2;
    let here = script.string(c".");
    script.call(nr::UMOUNT2, Step::Root, [here.into(), MNT_DETACH.into()]);
}

/// Own processes only: those that the program may not trace, the init among them, are hidden. Read-only, as what is
/// writable there is either the host's or of no use without privileges.
fn mount_proc(script: &mut Script, everything: bool, on_overlay: bool) {
    // 4, "ptraceable" (Linux 5.8), and not 2, "invisible", which spares the members of group 0.
    let data = if everything { c"hidepid=4" } else { c"hidepid=4,subset=pid" };
    let (name, data) = (script.string(c"proc"), script.string(data));
    let flags = MS_RDONLY | MS_NOSUID_NODEV | MS_NOEXEC;
    let mount = |script: &mut Script, place: u64| {
        script.call(nr::MOUNT, Step::Proc, [name.into(), place.into(), name.into(), flags.into(), data.into()]);
    };
    match on_overlay {
        true => binds::within(script, &Label::at(Step::Proc, "/proc"), Path::new("proc"), mount),
        false => mount(script, name),
    }
}

/// The host has so many pseudo-terminals in all (kernel.pty.max): a sandbox gets 64.
fn mount_pts(script: &mut Script) {
    let (name, place) = (script.string(c"devpts"), script.string(c"dev/pts"));
    let data = script.string(c"newinstance,ptmxmode=0666,mode=0620,max=64");
    const NOSUID_NOEXEC: u64 = 2 | MS_NOEXEC;
    script
        .call(nr::MOUNT, Step::Dev, [name.into(), place.into(), name.into(), NOSUID_NOEXEC.into(), data.into()])
        .path("/dev/pts");
}

/// A directory of the root's own tmpfs that stays writable when the root is sealed: a mount of it, taken before. That is
/// cheaper than a tmpfs for each.
fn open_scratch(script: &mut Script, place: &str) -> Cell {
    let path = script.path(Path::new(place));
    let flags = OPEN_TREE_CLONE | O_CLOEXEC;
    script
        .call(nr::OPEN_TREE, Step::Tmpfs, [CWD.into(), path.into(), flags.into()])
        .path(inside(Path::new(place)))
        .into_cell()
}

/// `place` is relative to the working directory.
fn mount_tmpfs(script: &mut Script, place: &Path, bytes: u64) {
    // Each file costs the kernel about a KiB besides its contents, which the size does not count.
    let inodes = (bytes / 4096).max(1024);
    let data = format!("size={bytes},nr_inodes={inodes},mode=1777");
    let data = c_string(data.as_bytes(), || Label::new(Step::Tmpfs)).expect("no NUL in it");
    let (name, data, path) = (script.string(c"tmpfs"), script.string(&data), script.path(place));
    script
        .call(nr::MOUNT, Step::Tmpfs, [name.into(), path.into(), name.into(), MS_NOSUID_NODEV.into(), data.into()])
        .path(inside(place));
}

fn inside(place: &Path) -> PathBuf {
    Path::new("/").join(place)
}

fn move_to(script: &mut Script, step: Step, fd: Arg, place: &Path) {
    let (empty, path) = (script.string(c""), script.path(place));
    let arguments = [fd, empty.into(), CWD.into(), path.into(), MOVE_MOUNT_F_EMPTY_PATH.into()];
    script.call(nr::MOVE_MOUNT, step, arguments).path(inside(place));
}

fn make_dir(script: &mut Script, at: &Path, place: &Path, step: Step) {
    let path = script.path(at);
    script.call(nr::MKDIRAT, step, [CWD.into(), path.into(), 0o755u64.into()]).path(inside(place));
}

fn make_file_to_mount_on(script: &mut Script, at: &Path, place: &Path, step: Step) {
    const S_IFREG_644: u64 = 0o100_644;
    let path = script.path(at);
    script.call(nr::MKNODAT, step, [CWD.into(), path.into(), S_IFREG_644.into(), 0u64.into()]).path(inside(place));
}

fn make_symlink(script: &mut Script, target: &Path, at: &Path, place: &Path) {
    let (target, path) = (script.path(target), script.path(at));
    script.call(nr::SYMLINKAT, Step::Symlink, [target.into(), CWD.into(), path.into()]).path(inside(place));
}

/// As those before: made at `at`, which is known to the program as `place`.
fn make_file(script: &mut Script, at: &Path, place: &Path, contents: &[u8], mode: u64) {
    const O_WRONLY_CREAT_EXCL: u64 = 0o1 | 0o100 | 0o200;
    const EFBIG: u64 = 27;
    let (path, data) = (script.path(at), script.bytes(contents));
    let flags = O_WRONLY_CREAT_EXCL | O_CLOEXEC;
    let label = inside(place);
    let fd = script
        .call(nr::OPENAT, Step::File, [CWD.into(), path.into(), flags.into(), mode.into()])
        .path(&label)
        .into_cell();
    if !contents.is_empty() {
        let written = script.cell(0);
        let size = contents.len() as u64;
        script.call(nr::WRITE, Step::File, [fd.into(), data.into(), size.into()]).path(&label).save(written);
        script
            .call(nr_pseudo::EXPECT, Step::File, [written.0.into(), u64::MAX.into(), size.into(), EFBIG.into()])
            .path(&label);
    }
    // A file that is open for writing cannot be executed.
    script.call(nr::CLOSE, Step::File, [fd.into()]).path(&label);
}

type Later = Vec<Box<dyn FnOnce(&mut Script)>>;

/// The files without which programs do not know their user or `localhost`, where the caller gives none.
fn synthesise_etc(script: &mut Script, root: &mut Root<'_>, request: &Request, settled: &Settled) {
    let (uid, gid) = settled.user;
    let name = request.hostname.as_deref().map_or("belljar".into(), std::ffi::OsStr::to_string_lossy);
    let mut passwd = String::from("root:x:0:0:root:/:/bin/sh\n");
    let mut group = String::from("root:x:0:\n");
    if uid != 0 && uid != 65534 {
        passwd += &format!("user:x:{uid}:{gid}:user:/:/bin/sh\n");
    }
    if gid != 0 && gid != 65534 {
        group += &format!("user:x:{gid}:\n");
    }
    passwd += "nobody:x:65534:65534:nobody:/:/bin/false\n";
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
            _ => make_file(script, &staged, place, contents.as_bytes(), 0o644),
        }
    }
}
