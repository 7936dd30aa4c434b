//! The part of the script that builds the sandbox's root.
//!
//! First, with the host's mounts still in sight, everything that is to be given is opened as a detached mount. Then the
//! root is changed to an empty tmpfs and the host's mounts are let go, so that nothing after can lead out. The tree of
//! the new root is made, sealed read-only, and the mounts are put on it in the order of the calls.

mod binds;
mod devices;
mod tree;

use std::path::{Path, PathBuf};

use binds::place_mount;
use devices::{make_devices, open_devices};
use tree::{Node, Tree, Within};

use super::check::Settled;
use super::init::nr_pseudo;
use super::script::{Arg, CWD, Cell, Script};
use super::{Bind, Caller, Numbers, Request, c_string};
use crate::error::{Error, Label, Result, Step};
use crate::mounts::{Kind, Mount, has_nul, host_system};
use crate::namespaces::Namespaces;
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

pub(super) fn build(
    script: &mut Script,
    request: &Request,
    settled: &Settled,
    caller: &Caller,
    numbers: Numbers,
) -> Result<Vec<Bind>> {
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

    // Open everything.
    let attributes = |script: &mut Script, set: u64| script.words(&[set, 0, MS_PRIVATE, 0]);
    let read_only = attributes(script, ATTR_RDONLY | ATTR_NOSUID_NODEV);
    let writable = attributes(script, ATTR_NOSUID_NODEV);
    let mut given: Vec<Given> = Vec::with_capacity(mounts.len());
    for (mount, from_system) in &mounts {
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
            binds.push(Bind { source: source.clone(), writable: *may_write, label });
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
    let devices = open_devices(script);

    // Change the root.
    new_root(script, &mounts);
    let mut tree = Tree::default();
    let own = Label::new(Step::Root);
    let mut made = Vec::new();
    for place in ["dev", "dev/pts", "dev/shm", "proc", "tmp", "etc"] {
        tree.put(Path::new(place), Node::Dir, &own)?;
        made.push(place);
    }
    for place in made {
        let mode = if matches!(place, "tmp" | "dev/shm") { 0o1777u64 } else { 0o755 };
        let path = script.path(Path::new(place));
        script.call(nr::MKDIRAT, Step::Root, [CWD.into(), path.into(), mode.into()]).path(inside(Path::new(place)));
    }
    if settled.namespaces.contains(Namespaces::PID) {
        let everything = request.host_system.is_some();
        mount_proc(script, everything);
    }

    // Make the tree, then put the mounts on it: what is made in the root comes before the root is sealed, what is made in
    // a tmpfs after that is mounted.
    let mut later = Later::new();
    for place in ["tmp", "dev/shm"] {
        if !given.iter().any(|given| given.place == Path::new(place)) {
            tree.put(Path::new(place), Node::Tmpfs, &own)?;
            let fd = open_scratch(script, place);
            later.push(Box::new(move |script| move_to(script, Step::Tmpfs, fd.into(), Path::new(place))));
        }
    }
    later.push(Box::new(mount_pts));
    for ((mount, _), given) in mounts.iter().zip(&given) {
        place_mount(script, &mut tree, &mut later, mount, given)?;
    }
    synthesise_etc(script, &mut tree, request, settled);
    make_devices(script, &devices);
    seal_root(script);
    for mount in later {
        mount(script);
    }
    let_go_of_host(script);
    Ok(binds)
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

/// An empty tmpfs becomes the root; the host's mounts are still there, on top of it.
fn new_root(script: &mut Script, mounts: &[(&Mount, bool)]) {
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
    move_to(script, step, root.into(), Path::new("/"));
    script.call(nr::FCHDIR, step, [root.into()]);
    let here = script.string(c".");
    script.call(nr::PIVOT_ROOT, step, [here.into(), here.into()]);
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
fn mount_proc(script: &mut Script, everything: bool) {
    // 4, "ptraceable" (Linux 5.8), and not 2, "invisible", which spares the members of group 0.
    let data = if everything { c"hidepid=4" } else { c"hidepid=4,subset=pid" };
    let (name, data) = (script.string(c"proc"), script.string(data));
    let flags = MS_RDONLY | MS_NOSUID_NODEV | MS_NOEXEC;
    script.call(nr::MOUNT, Step::Proc, [name.into(), name.into(), name.into(), flags.into(), data.into()]);
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

fn make_dir(script: &mut Script, place: &Path, step: Step) {
    let path = script.path(place);
    script.call(nr::MKDIRAT, step, [CWD.into(), path.into(), 0o755u64.into()]).path(inside(place));
}

fn make_file_to_mount_on(script: &mut Script, place: &Path, step: Step) {
    const S_IFREG_644: u64 = 0o100_644;
    let path = script.path(place);
    script.call(nr::MKNODAT, step, [CWD.into(), path.into(), S_IFREG_644.into(), 0u64.into()]).path(inside(place));
}

fn make_symlink(script: &mut Script, target: &Path, place: &Path) {
    let (target, path) = (script.path(target), script.path(place));
    script.call(nr::SYMLINKAT, Step::Symlink, [target.into(), CWD.into(), path.into()]).path(inside(place));
}

fn make_file(script: &mut Script, place: &Path, contents: &[u8], mode: u64) {
    const O_WRONLY_CREAT_EXCL: u64 = 0o1 | 0o100 | 0o200;
    const EFBIG: u64 = 27;
    let (path, data) = (script.path(place), script.bytes(contents));
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
fn synthesise_etc(script: &mut Script, tree: &mut Tree, request: &Request, settled: &Settled) {
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
        let elsewhere = tree.get(Path::new("etc")) != Some(Node::Dir);
        if !elsewhere && tree.get(place).is_none() {
            tree.insert(place, Node::File);
            make_file(script, place, contents.as_bytes(), 0o644);
        }
    }
}
