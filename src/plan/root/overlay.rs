//! An overlay: the root itself, or a mount in it.
//!
//! The layers are mounted in the staging tmpfs under numbers and named by those: so mount(2) takes 500 of them with any
//! name, on every kernel, where `lowerdir+` (Linux 6.5) takes strings of 256 bytes. Idmapped mounts can be layers only by
//! such a name too, before 6.15. Two layers are the sandbox's own. The lowest one, `b`, has the places that mounts are put
//! on: a directory that the layers have, too, keeps their mode, and the upper one never learns of it. The highest one, `t`,
//! has the files and links that are given.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use linux_raw_sys::net::{SCM_RIGHTS, SOL_SOCKET, cmsghdr};
use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;
use rustix::mount::{MountFlags, MoveMountFlags, OpenTreeFlags};
use rustix::net::SendFlags;

use super::make::{Contents, inside, make_file, make_symlink};
use crate::error::{Error, Label, Result, Step};
use crate::host::Facts;
use crate::init::wire;
use crate::overlay::{Layers, MOST_LAYERS, Own, Stack, UpperLayer};
use crate::plan::argument::{Cell, Fd};
use crate::plan::check::Settled;
use crate::plan::script::Script;
use crate::plan::{Bind, Owner, Slot, Table, op};

pub(super) const BELOW: &str = "b";
const ABOVE: &str = "t";
pub(super) const MERGED: &str = "m";
/// The upper layer's filesystem, and links to what an upper directory and its work directory are named in it.
const UPPER: &str = "u";
const UPPER_LINK: &str = "v";
const WORK_LINK: &str = "w";
/// Layers that are too many for the kernel, merged.
const GROUP: &str = "g";
const EMPTY: &str = "e";
/// The sandbox's own root, where the overlay is not.
pub(super) const ROOT: &str = "root";

const NOSUID_NODEV: MountFlags = MountFlags::NOSUID.union(MountFlags::NODEV);

pub(super) struct Stage<'a> {
    layers: &'a Layers,
    /// Relative to the root.
    pub at: PathBuf,
    /// The layers as mounts, opened before the root changes, if the host has not done it.
    first_bind: Option<usize>,
    /// A directory of the host that is covered by then, open, if there are layers in it.
    covered: Option<(&'static Path, Cell)>,
    stack: Option<Stack>,
    /// What the two layers of the sandbox's own have.
    own: BTreeMap<PathBuf, Own>,
    below: BTreeSet<PathBuf>,
    above: BTreeSet<PathBuf>,
}

impl<'a> Stage<'a> {
    /// Notes what a privileged host has to prepare.
    pub(super) fn new(at: PathBuf, layers: &'a Layers, facts: &Facts, binds: &mut Vec<Bind>) -> Stage<'a> {
        let first_bind = facts.may_mount().then_some(binds.len());
        if first_bind.is_some() {
            // Files that are nobody's could not be copied up.
            let owner = match layers.upper {
                UpperLayer::None => Owner::SourceOrNobody,
                _ => Owner::Source,
            };
            binds.extend(layers.lowers.iter().map(|source| Bind {
                source: source.clone(),
                writable: false,
                label: Label::at(Step::Overlay, source),
                owner,
                is_layer: true,
            }));
            if let UpperLayer::Dir(upper) = &layers.upper {
                binds.push(Bind {
                    source: upper.parent.clone(),
                    writable: true,
                    label: Label::at(Step::Overlay, upper.parent.join(&upper.name)),
                    owner: Owner::Ids(upper.owner.0, upper.owner.1),
                    is_layer: true,
                });
            }
        }
        let (own, below, above) = Default::default();
        Stage { layers, at, first_bind, covered: None, stack: None, own, below, above }
    }

    /// Opens a directory of the host that is about to be covered, if layers in it are to be opened after that.
    pub(super) fn keep_sight_of(&mut self, script: &mut Script, dir: &'static Path) {
        let upper = match &self.layers.upper {
            UpperLayer::Dir(upper) => Some(&upper.parent),
            _ => None,
        };
        if self.first_bind.is_none() && self.layers.lowers.iter().chain(upper).any(|layer| layer.starts_with(dir)) {
            let path = script.path(dir);
            let open = op::openat(Fd::CWD, path, OFlags::PATH | OFlags::CLOEXEC);
            self.covered = Some((dir, script.call(Step::Overlay, open).path(dir).into_cell()));
        }
    }

    pub(super) fn is_root(&self) -> bool {
        self.at.as_os_str().is_empty()
    }

    pub(super) fn into_own(self) -> BTreeMap<PathBuf, Own> {
        self.own
    }

    /// Makes the directories that everything else goes into.
    pub(super) fn begin(&mut self, script: &mut Script) {
        for name in [BELOW, MERGED] {
            make(script, name, 0o755);
        }
        if !self.is_root() {
            make(script, ROOT, 0o755);
        }
    }

    fn relative(&self, place: &Path) -> PathBuf {
        place.strip_prefix(&self.at).expect("a place within the overlay").to_owned()
    }

    /// A directory that is there if no layer has one, with its parents.
    pub(super) fn dir_below(&mut self, script: &mut Script, place: &Path, step: Step) {
        let place = self.relative(place);
        let mut missing: Vec<PathBuf> = place.ancestors().map(Path::to_owned).collect();
        missing.pop();
        while let Some(dir) = missing.pop() {
            if self.below.insert(dir.clone()) {
                let path = script.path(Path::new(BELOW).join(&dir));
                script.call(step, op::mkdirat(Fd::CWD, path, Mode::from(0o755))).path(inside(self.at.join(&dir)));
                self.own.entry(dir).or_insert(Own { kind: FileType::Directory, mode: 0o755, above: false });
            }
        }
    }

    /// A file that is there if no layer has one.
    pub(super) fn file_below(&mut self, script: &mut Script, place: &Path, step: Step, contents: &[u8], mode: u32) {
        if let Some(parent) = place.parent().filter(|parent| *parent != self.at) {
            self.dir_below(script, parent, step);
        }
        let relative = self.relative(place);
        make_file(script, &Path::new(BELOW).join(&relative), place, Contents::Bytes(contents), mode);
        self.own.entry(relative).or_insert(Own { kind: FileType::RegularFile, mode, above: false });
    }

    /// A link that is there if no layer has one.
    pub(super) fn link_below(&mut self, script: &mut Script, place: &Path, target: &Path) {
        if let Some(parent) = place.parent().filter(|parent| *parent != self.at) {
            self.dir_below(script, parent, Step::Symlink);
        }
        let relative = self.relative(place);
        make_symlink(script, target, &Path::new(BELOW).join(&relative), place);
        self.own.entry(relative).or_insert(Own { kind: FileType::Symlink, mode: 0o777, above: false });
    }

    /// A directory that the caller has asked for.
    pub(super) fn give_dir(&mut self, script: &mut Script, place: &Path, label: &Label) -> Result<()> {
        let way = self.way(place, label)?;
        self.is_free(place, label, way.last(), |kind| kind == FileType::Directory)?;
        self.dir_below(script, place, label.step);
        Ok(())
    }

    pub(super) fn give_file(
        &mut self,
        script: &mut Script,
        place: &Path,
        label: &Label,
        contents: Contents<'_>,
    ) -> Result<()> {
        self.parents_above(script, place, label)?;
        let relative = self.relative(place);
        make_file(script, &Path::new(ABOVE).join(&relative), place, contents, 0o755);
        self.own.insert(relative, Own { kind: FileType::RegularFile, mode: 0o755, above: true });
        Ok(())
    }

    pub(super) fn give_link(&mut self, script: &mut Script, place: &Path, label: &Label, target: &Path) -> Result<()> {
        self.parents_above(script, place, label)?;
        let relative = self.relative(place);
        make_symlink(script, target, &Path::new(ABOVE).join(&relative), place);
        self.own.insert(relative, Own { kind: FileType::Symlink, mode: 0o777, above: true });
        Ok(())
    }

    /// The parents of a file above all layers have the modes that they have in the layers.
    fn parents_above(&mut self, script: &mut Script, place: &Path, label: &Label) -> Result<()> {
        let way = self.way(place, label)?;
        let relative = self.relative(place);
        self.is_free(place, label, way.get(relative.components().count() - 1), |kind| kind != FileType::Directory)?;
        let mut dirs: Vec<PathBuf> = relative.ancestors().skip(1).map(Path::to_owned).collect();
        dirs.reverse();
        for (depth, dir) in dirs.into_iter().enumerate() {
            if self.above.insert(dir.clone()) {
                let mode = depth.checked_sub(1).and_then(|at| way.get(at)).map_or(0o755, |(_, mode)| mode & 0o7777);
                let path = script.path(Path::new(ABOVE).join(&dir));
                let known = inside(self.at.join(&dir));
                script.call(label.step, op::mkdirat(Fd::CWD, path, Mode::from(mode))).path(&known);
                // mkdir(2) does not heed set-group-ID.
                if mode & 0o6000 != 0 {
                    script.call(label.step, op::fchmodat(Fd::CWD, path, Mode::from(mode))).path(&known);
                }
                if depth > 0 {
                    let own = Own { kind: FileType::Directory, mode, above: false };
                    self.own.entry(dir).or_insert(own);
                }
            }
        }
        Ok(())
    }

    /// Type and mode of each part of the way to a place, as far as the layers have it.
    fn way(&mut self, place: &Path, label: &Label) -> Result<Vec<(FileType, u32)>> {
        let failed = |error: std::io::Error| Error::os(label.clone(), error);
        let relative = self.relative(place);
        if self.layers.hides(&relative).map_err(failed)? {
            return Err(Error::invalid(label.clone(), "is hidden by what the upper directory has there"));
        }
        if self.stack.is_none() {
            let opened = Stack::open(self.layers.lowers.iter().map(PathBuf::as_path));
            self.stack = Some(opened.map_err(|(layer, errno)| Error::os(Label::at(Step::Overlay, layer), errno))?);
        }
        let stack = self.stack.as_ref().expect("just opened");
        let way = stack.walk(&relative).map_err(failed)?;
        let way: Vec<(FileType, u32)> = way.iter().map(|found| (found.kind(), found.stat.st_mode)).collect();
        let parents = relative.components().count() - 1;
        match way.iter().take(parents).find(|(kind, _)| *kind != FileType::Directory) {
            None => Ok(way),
            Some((FileType::Symlink, _)) => Err(Error::os(label.clone(), Errno::LOOP)),
            Some(_) => Err(Error::os(label.clone(), Errno::NOTDIR)),
        }
    }

    fn is_free(
        &self,
        place: &Path,
        label: &Label,
        found: Option<&(FileType, u32)>,
        fits: impl Fn(FileType) -> bool,
    ) -> Result<()> {
        let depth = self.relative(place).components().count();
        match found {
            Some((kind, _)) if !fits(*kind) && depth > 0 => {
                Err(Error::os(label.clone(), if *kind == FileType::Directory { Errno::ISDIR } else { Errno::NOTDIR }))
            }
            _ => Ok(()),
        }
    }

    /// Puts the layers on their numbers, makes the upper one, and mounts all of it on `m`.
    pub(super) fn mount(&self, script: &mut Script, settled: &Settled, table: Table) {
        let mut stack = vec![BELOW.to_owned()];
        let moved = script.cell(-1);
        for (index, layer) in self.layers.lowers.iter().enumerate() {
            let name = index.to_string();
            make(script, &name, 0o700);
            let label = Label::at(Step::Overlay, layer);
            self.attach(script, table, index, layer, &label, moved, Path::new(&name));
            stack.push(name);
        }
        if !self.above.is_empty() {
            stack.push(ABOVE.to_owned());
        }
        if stack.len() > MOST_LAYERS {
            // Whiteouts of the lowest layers concern these alone, so they can be merged first.
            let rest = stack.split_off(stack.len() + 1 - MOST_LAYERS);
            make(script, GROUP, 0o700);
            self.overlay(script, &stack, "userxattr", MountFlags::RDONLY, GROUP);
            stack = std::iter::once(GROUP.to_owned()).chain(rest).collect();
        }
        let common = "userxattr,index=off,metacopy=off,redirect_dir=nofollow";
        match &self.layers.upper {
            UpperLayer::None => {
                if stack.len() == 1 {
                    make(script, EMPTY, 0o755);
                    stack.insert(0, EMPTY.to_owned());
                }
                self.overlay(script, &stack, common, MountFlags::RDONLY, MERGED);
            }
            UpperLayer::Memory { bytes } => {
                self.memory(script, settled, table, *bytes);
                let options = format!("upperdir={UPPER}/upper,workdir={UPPER}/work,volatile,{common}");
                self.overlay(script, &stack, &options, MountFlags::empty(), MERGED);
            }
            UpperLayer::Dir(upper) => {
                make(script, UPPER, 0o700);
                let label = Label::at(Step::Overlay, upper.parent.join(&upper.name));
                let index = self.layers.lowers.len();
                self.attach(script, table, index, &upper.parent, &label, moved, Path::new(UPPER));
                // Their names may hold what has a meaning to mount(2).
                for (link, name) in [(UPPER_LINK, &upper.name), (WORK_LINK, &upper.work)] {
                    let (target, link) = (script.path(Path::new(UPPER).join(name)), script.path(link));
                    script.call(Step::Overlay, op::symlinkat(target, Fd::CWD, link)).labelled(label.clone());
                }
                let options = format!("upperdir={UPPER_LINK},workdir={WORK_LINK},volatile,{common}");
                self.overlay(script, &stack, &options, MountFlags::empty(), MERGED);
            }
        }
        if let Some((_, fd)) = self.covered {
            script.call(Step::Overlay, op::close(fd));
        }
    }

    /// `index` counts the layers, the upper one last.
    #[allow(clippy::too_many_arguments)]
    fn attach(
        &self,
        script: &mut Script,
        table: Table,
        index: usize,
        source: &Path,
        label: &Label,
        moved: Cell,
        place: &Path,
    ) {
        let (empty, place) = (script.string(c""), script.path(place));
        let fd: Fd = match self.first_bind {
            Some(first) => table.number(Slot::Bind(first + index)).into(),
            None => {
                let (from, path): (Fd, &Path) = match self.covered {
                    Some((dir, fd)) if source == dir => (fd.into(), Path::new(".")),
                    Some((dir, fd)) => match source.strip_prefix(dir) {
                        Ok(path) => (fd.into(), path),
                        Err(_) => (Fd::CWD, source),
                    },
                    None => (Fd::CWD, source),
                };
                let path = script.path(path);
                let flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC;
                script.call(Step::Overlay, op::open_tree(from, path, flags)).labelled(label.clone()).save(moved);
                moved.into()
            }
        };
        let to = op::move_mount(fd, empty, Fd::CWD, place, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH);
        script.call(Step::Overlay, to).labelled(label.clone());
        // Five hundred of them are half of what may be open.
        script.call(Step::Overlay, op::close(fd)).labelled(label.clone());
    }

    /// The upper layer's own tmpfs; the host gets a descriptor of it, by which to read it when all of this is gone.
    fn memory(&self, script: &mut Script, settled: &Settled, table: Table, bytes: u64) {
        let inodes = (bytes / 4096).max(1024);
        let data = format!("size={bytes},nr_inodes={inodes},mode=0755");
        let (data, name, place) = (script.path(data), script.string(c"tmpfs"), script.path(UPPER));
        let label = Label::at(Step::Overlay, inside(&self.at));
        make(script, UPPER, 0o755);
        let mount = op::mount(name, place, name, NOSUID_NODEV, data);
        script.call(Step::Overlay, mount).labelled(label.clone());
        for name in ["upper", "work"] {
            make(script, Path::new(UPPER).join(name), 0o755);
        }
        if settled.id_map.is_none() {
            let (uid, gid) = settled.user;
            let upper = script.path(Path::new(UPPER).join("upper"));
            let own = op::fchownat(Fd::CWD, upper, uid, gid, AtFlags::empty());
            script.call(Step::Overlay, own).labelled(label.clone());
        }
        // struct cmsghdr: its length, with four bytes of a descriptor; level and type; the descriptor.
        let kind = u64::from(SOL_SOCKET) | u64::from(SCM_RIGHTS) << 32;
        let control = script.put([size_of::<cmsghdr>() as u64 + 4, kind, 0]);
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        script
            .call(Step::Overlay, op::openat(Fd::CWD, place, flags))
            .labelled(label.clone())
            .save(control.cell(size_of::<cmsghdr>()));
        let byte = script.bytes(&wire::UPPER.to_ne_bytes());
        // struct msghdr: no name; the kind of message; the control message.
        let vector = script.put([byte.0, 4]);
        let message = script.put([0, 0, vector.0, 1, control.0, size_of_val(&[0u64; 3]) as u64, 0]);
        let send = op::sendmsg(table.taken.socket, message, SendFlags::NOSIGNAL);
        script.call(Step::Overlay, send).labelled(label);
    }

    /// `stack` is bottom first, and the kernel wants it top first.
    fn overlay(&self, script: &mut Script, stack: &[String], options: &str, flags: MountFlags, on: &str) {
        let mut data = String::from("lowerdir=");
        for (index, name) in stack.iter().rev().enumerate() {
            let _ = write!(data, "{}{name}", if index == 0 { "" } else { ":" });
        }
        let _ = write!(data, ",{options}");
        let (name, data, on) = (script.string(c"overlay"), script.path(data), script.path(on));
        script
            .call(Step::Overlay, op::mount(name, on, name, NOSUID_NODEV | flags, data))
            .labelled(Label { inside: Some(inside(&self.at)), ..Label::new(Step::Overlay) });
    }
}

fn make(script: &mut Script, place: impl AsRef<Path>, mode: u32) {
    let path = script.path(place);
    script.call(Step::Overlay, op::mkdirat(Fd::CWD, path, Mode::from(mode)));
}
