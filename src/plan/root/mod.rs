//! The part of the script that builds the sandbox's root.
//!
//! First, with the host's mounts still in sight, everything that is to be given is opened as a detached mount. Then the
//! tree of the new root is made in an empty tmpfs, and that, or an overlay with it as a layer, becomes the root: the host's
//! mounts are out of reach, so that nothing after can lead out. The root is sealed read-only, but an overlay that has an
//! upper directory, and the mounts are put on it in the order of the calls.

mod binds;
mod change;
mod devices;
pub(super) mod group;
mod later;
mod make;
mod overlay;
mod own;
mod tree;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rustix::mount::{MountAttrFlags, MountPropagationFlags};

use super::argument::{Cell, Fd, Text};
use super::check::Settled;
use super::script::Script;
use super::{Bind, Request, Table, op};
use crate::error::{Label, Result, Step};
use crate::host::{Facts, view};
use crate::mounts::{Kind, Mount, host_system};
use crate::namespaces::Namespaces;
use crate::outcome::Means;
use crate::overlay::{Layers, Own};
pub(super) use change::cover_initial;
use later::Later;
use overlay::Stage;
pub(super) use own::open_proc;
use tree::{Node, Tree};

/// What every mount of the host's files has.
const NOSUID_NODEV: MountAttrFlags = MountAttrFlags::MOUNT_ATTR_NOSUID.union(MountAttrFlags::MOUNT_ATTR_NODEV);
pub(crate) const ATTR_NOSUID_NODEV: u64 = NOSUID_NODEV.bits() as u64;
pub(crate) const ATTR_RDONLY: u64 = MountAttrFlags::MOUNT_ATTR_RDONLY.bits() as u64;
pub(crate) const PRIVATE: u64 = MountPropagationFlags::PRIVATE.bits() as u64;

/// A call of a setter, with what was opened for it before the root changes.
struct Given<'a> {
    mount: &'a Mount,
    /// It is part of the host's system, not of what the caller asked for by itself.
    of_system: bool,
    place: PathBuf,
    mounted: Option<Mounted>,
    /// What its contents are copied from.
    copied: Option<Source>,
}

/// A descriptor and how many bytes of it.
#[derive(Clone, Copy)]
struct Source {
    from: i32,
    bytes: u64,
}

/// What is mounted on a place.
#[derive(Clone, Copy)]
enum Mounted {
    Tmpfs(u64),
    /// A detached mount.
    Bind(Fd),
}

/// A directory of the root's own tmpfs that stays writable, as a mount of its own.
struct Scratch {
    place: &'static str,
    fd: Cell,
    /// A layer may have put a link in its way.
    on_layers: bool,
}

impl Scratch {
    fn mount(self, script: &mut Script) {
        match self.on_layers {
            true => make::put_on_overlay(script, Step::Tmpfs, self.fd, self.place),
            false => make::move_to(script, Step::Tmpfs, self.fd, Path::new(self.place)),
        }
    }
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
    later: Vec<Later<'a>>,
    overlay: Option<Stage<'a>>,
}

impl Root<'_> {
    /// Where what is made in the sandbox's own root is, as long as the root has not changed.
    fn staged(&self, place: impl AsRef<Path>) -> PathBuf {
        match &self.overlay {
            Some(overlay) if !overlay.is_root() => Path::new(overlay::ROOT).join(place),
            _ => place.as_ref().to_owned(),
        }
    }

    /// Whether a place is the sandbox's own scratch space, or the caller's to fill.
    fn is_scratch(&self, given: &[Given<'_>], place: &Path) -> bool {
        let taken = self.overlay.as_ref().is_some_and(|overlay| overlay.at == place);
        !taken && !given.iter().any(|given| given.place == place)
    }
}

/// Whether the other one has its place, or hides it.
fn is_below(mount: &Mount, other: &Mount) -> bool {
    mount.inside == other.inside || !matches!(other.kind, Kind::Dir) && mount.inside.starts_with(&other.inside)
}

pub(super) fn build(
    script: &mut Script,
    request: &Request,
    layers: Option<&Layers>,
    settled: &Settled,
    facts: &Facts,
    table: Table,
    own_proc: Option<Cell>,
) -> Result<Built> {
    let mut binds = Vec::new();
    let look = if request.everything { view::everything } else { host_system };
    let system = request.host_system.as_ref().map_or(&[][..], |found| found.get_or_init(look));
    let network = request.host_network.as_ref().map_or(&[][..], |found| found.get_or_init(view::network));
    // What the caller gives goes before that, but a toolchain is whole or an error, its part of /etc apart.
    let is_asked = |mount: &&Mount| request.mounts.iter().any(|other| is_below(mount, other));
    let is_in_system = |mount: &&Mount| system.iter().any(|other| is_below(mount, other));
    let network = network.iter().filter(|mount| !is_in_system(mount) && !is_asked(mount));
    let gives_way = |mount: &&Mount| (request.everything || mount.inside.starts_with("/etc")) && is_asked(mount);
    let of_host = system.iter().filter(|mount| !gives_way(mount)).chain(network);
    let of_host = of_host.map(|mount| (mount, true));
    let mounts = of_host.chain(request.mounts.iter().map(|mount| (mount, false)));

    // The host's mounts are in sight.
    if !settled.namespaces.contains(Namespaces::USER) {
        // A mount namespace with the host's user namespace has peers that would see what is mounted.
        let root = script.string(c"/");
        let private = MountPropagationFlags::REC | MountPropagationFlags::PRIVATE;
        script.call(Step::Root, op::mount(Text::NULL, root, Text::NULL, private, Text::NULL));
    }
    let given = binds::open(script, mounts, facts, table, &mut binds)?;
    let devices = devices::open(script, &request.devices)?;
    let overlay = match (&request.overlay, layers) {
        (Some(overlay), Some(layers)) => Some(Stage::new(overlay.place()?, layers, facts, &mut binds)),
        _ => None,
    };
    let mut root = Root { tree: Tree::default(), later: Vec::new(), overlay };

    // Make the tree: what is in the root before it is sealed, what is in a tmpfs after that is mounted. What is mounted on
    // it becomes the root later: so it goes with the host's mounts, and must not cover their root.
    let on = match &mut root.overlay {
        Some(overlay) => {
            overlay.keep_sight_of(script, Path::new("/dev"));
            "/dev"
        }
        None => "/",
    };
    change::new_root(script, request, &given, on)?;
    own::make_places(script, &mut root, table.program.is_some() && group::is_shown(request, settled))?;
    let home = own::make_home(script, &mut root, &given, settled);
    let scratches = ["tmp", "dev/shm"].into_iter().filter(|place| root.is_scratch(&given, Path::new(place)));
    let scratches: Vec<&'static str> = scratches.chain(home).collect();
    for place in &scratches {
        root.tree.put(Path::new(place), Node::Tmpfs, &Label::new(Step::Root))?;
    }
    for given in &given {
        binds::place(script, &mut root, given)?;
    }
    own::synthesise_etc(script, &mut root, request, settled);

    // Change the root, and complete it.
    let mut changed = change::change(script, root.overlay.as_ref(), settled, table, &scratches);
    if settled.enforced.proc == Means::Kernel {
        own::mount_proc(script, request, own_proc, changed.dev.is_some());
    }
    let scratches: Vec<Scratch> = scratches
        .into_iter()
        .map(|place| match changed.tmp.take_if(|_| place == "tmp") {
            Some(fd) => Scratch { place, fd, on_layers: true },
            None => Scratch { place, fd: own::open_scratch(script, place), on_layers: false },
        })
        .collect();
    devices::make(script, &devices, settled.enforced.proc != Means::Nothing);
    change::seal(script, changed.dev);

    // Put the mounts on it, the sandbox's own first.
    for scratch in scratches {
        scratch.mount(script);
    }
    own::mount_pts(script);
    if let (Some(merged), Some(overlay)) = (changed.merged, &root.overlay) {
        make::move_to(script, Step::Overlay, merged, &overlay.at);
    }
    for later in root.later {
        later.call(script);
    }
    change::let_go_of_host(script);
    Ok(Built { binds, own: root.overlay.map_or_else(BTreeMap::new, Stage::into_own) })
}
