//! An overlay: the root itself, or a mount in it.
//!
//! The layers are mounted in the staging tmpfs under numbers and named by those: so mount(2) takes 500 of them with any
//! name, on every kernel, where `lowerdir+` (Linux 6.5) takes strings of 256 bytes. Idmapped mounts can be layers only by
//! such a name too, before 6.15. Two layers are the sandbox's own. The lowest one, `b`, has the places that mounts are put
//! on: a directory that the layers have, too, keeps their mode, and the upper one never learns of it. The highest one, `t`,
//! has the files and links that are given.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use rustix::fs::FileType;
use rustix::io::Errno;

use super::*;
use crate::overlay::{MOST_LAYERS, Stack, UpperLayer};

const BELOW: &str = "b";
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
    pub(super) fn new(at: PathBuf, layers: &'a Layers, caller: &Caller, binds: &mut Vec<Bind>) -> Stage<'a> {
        let first_bind = caller.is_privileged().then_some(binds.len());
        if first_bind.is_some() {
            let writable = !matches!(layers.upper, UpperLayer::None);
            binds.extend(layers.lowers.iter().map(|source| Bind {
                source: source.clone(),
                writable: false,
                label: Label::at(Step::Overlay, source),
                layer: Some(Layer { owner: None, must_map: writable }),
            }));
            if let UpperLayer::Dir(upper) = &layers.upper {
                binds.push(Bind {
                    source: upper.parent.clone(),
                    writable: true,
                    label: Label::at(Step::Overlay, upper.parent.join(&upper.name)),
                    layer: Some(Layer { owner: Some(upper.owner), must_map: true }),
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
            let arguments = [CWD.into(), path.into(), (O_PATH | O_CLOEXEC).into()];
            self.covered = Some((dir, script.call(nr::OPENAT, Step::Overlay, arguments).path(dir).into_cell()));
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
            make(script, Path::new(name), 0o755);
        }
        if !self.is_root() {
            make(script, Path::new(ROOT), 0o755);
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
                let path = script.path(&Path::new(BELOW).join(&dir));
                script
                    .call(nr::MKDIRAT, step, [CWD.into(), path.into(), 0o755u64.into()])
                    .path(inside(&self.at.join(&dir)));
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
        make_file(script, &Path::new(BELOW).join(&relative), place, contents, mode.into());
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
        contents: &[u8],
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
                let path = script.path(&Path::new(ABOVE).join(&dir));
                script
                    .call(nr::MKDIRAT, label.step, [CWD.into(), path.into(), u64::from(mode).into()])
                    .path(inside(&self.at.join(&dir)));
                // mkdir(2) does not heed set-group-ID.
                if mode & 0o6000 != 0 {
                    script
                        .call(nr::FCHMODAT, label.step, [CWD.into(), path.into(), u64::from(mode).into()])
                        .path(inside(&self.at.join(&dir)));
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
    pub(super) fn mount(&self, script: &mut Script, settled: &Settled, numbers: Numbers) {
        let mut stack = vec![BELOW.to_owned()];
        let moved = script.cell(-1);
        for (index, layer) in self.layers.lowers.iter().enumerate() {
            let name = index.to_string();
            make(script, Path::new(&name), 0o700);
            let label = Label::at(Step::Overlay, layer);
            self.attach(script, numbers, index, layer, &label, moved, Path::new(&name));
            stack.push(name);
        }
        if !self.above.is_empty() {
            stack.push(ABOVE.to_owned());
        }
        if stack.len() > MOST_LAYERS {
            // Whiteouts of the lowest layers concern these alone, so they can be merged first.
            let rest = stack.split_off(stack.len() + 1 - MOST_LAYERS);
            make(script, Path::new(GROUP), 0o700);
            self.overlay(script, &stack, "userxattr", MS_RDONLY, GROUP);
            stack = std::iter::once(GROUP.to_owned()).chain(rest).collect();
        }
        let common = "userxattr,index=off,metacopy=off,redirect_dir=nofollow";
        match &self.layers.upper {
            UpperLayer::None => {
                if stack.len() == 1 {
                    make(script, Path::new(EMPTY), 0o755);
                    stack.insert(0, EMPTY.to_owned());
                }
                self.overlay(script, &stack, common, MS_RDONLY, MERGED);
            }
            UpperLayer::Memory { bytes } => {
                self.memory(script, settled, numbers, *bytes);
                let options = format!("upperdir={UPPER}/upper,workdir={UPPER}/work,volatile,{common}");
                self.overlay(script, &stack, &options, 0, MERGED);
            }
            UpperLayer::Dir(upper) => {
                make(script, Path::new(UPPER), 0o700);
                let label = Label::at(Step::Overlay, upper.parent.join(&upper.name));
                let index = self.layers.lowers.len();
                self.attach(script, numbers, index, &upper.parent, &label, moved, Path::new(UPPER));
                // Their names may hold what has a meaning to mount(2).
                for (link, name) in [(UPPER_LINK, &upper.name), (WORK_LINK, &upper.work)] {
                    let (target, link) = (script.path(&Path::new(UPPER).join(name)), script.path(Path::new(link)));
                    script
                        .call(nr::SYMLINKAT, Step::Overlay, [target.into(), CWD.into(), link.into()])
                        .labelled(label.clone());
                }
                let options = format!("upperdir={UPPER_LINK},workdir={WORK_LINK},volatile,{common}");
                self.overlay(script, &stack, &options, 0, MERGED);
            }
        }
        if let Some((_, fd)) = self.covered {
            script.call(nr::CLOSE, Step::Overlay, [fd.into()]);
        }
    }

    /// `index` counts the layers, the upper one last.
    #[allow(clippy::too_many_arguments)]
    fn attach(
        &self,
        script: &mut Script,
        numbers: Numbers,
        index: usize,
        source: &Path,
        label: &Label,
        moved: Cell,
        place: &Path,
    ) {
        let (empty, place) = (script.string(c""), script.path(place));
        let fd: Arg = match self.first_bind {
            Some(first) => numbers.bind(first + index).into(),
            None => {
                let (from, path): (Arg, &Path) = match self.covered {
                    Some((dir, fd)) if source == dir => (fd.into(), Path::new(".")),
                    Some((dir, fd)) => match source.strip_prefix(dir) {
                        Ok(path) => (fd.into(), path),
                        Err(_) => (CWD.into(), source),
                    },
                    None => (CWD.into(), source),
                };
                let path = script.path(path);
                let flags = OPEN_TREE_CLONE | O_CLOEXEC;
                script
                    .call(nr::OPEN_TREE, Step::Overlay, [from, path.into(), flags.into()])
                    .labelled(label.clone())
                    .save(moved);
                moved.into()
            }
        };
        let arguments = [fd, empty.into(), CWD.into(), place.into(), MOVE_MOUNT_F_EMPTY_PATH.into()];
        script.call(nr::MOVE_MOUNT, Step::Overlay, arguments).labelled(label.clone());
        // Five hundred of them are half of what may be open.
        script.call(nr::CLOSE, Step::Overlay, [fd]).labelled(label.clone());
    }

    /// The upper layer's own tmpfs; the host gets a descriptor of it, by which to read it when all of this is gone.
    fn memory(&self, script: &mut Script, settled: &Settled, numbers: Numbers, bytes: u64) {
        const O_PATH_DIRECTORY: u64 = O_PATH | 0x1_0000 | O_CLOEXEC;
        const SOL_SOCKET_SCM_RIGHTS: u64 = 1 | 1 << 32;
        const MSG_NOSIGNAL: u64 = 0x4000;
        let inodes = (bytes / 4096).max(1024);
        let data = format!("size={bytes},nr_inodes={inodes},mode=0755");
        let data = script.path(Path::new(&data));
        let (name, place) = (script.string(c"tmpfs"), script.path(Path::new(UPPER)));
        let label = Label::at(Step::Overlay, inside(&self.at));
        make(script, Path::new(UPPER), 0o755);
        let arguments = [name.into(), place.into(), name.into(), MS_NOSUID_NODEV.into(), data.into()];
        script.call(nr::MOUNT, Step::Overlay, arguments).labelled(label.clone());
        for name in ["upper", "work"] {
            make(script, &Path::new(UPPER).join(name), 0o755);
        }
        if settled.id_map.is_none() {
            let (uid, gid) = settled.user;
            let upper = script.path(&Path::new(UPPER).join("upper"));
            let arguments = [CWD.into(), upper.into(), uid.into(), gid.into(), 0u64.into()];
            script.call(nr::FCHOWNAT, Step::Overlay, arguments).labelled(label.clone());
        }
        // struct msghdr: no name; one byte; a control message with the descriptor.
        let control = script.words(&[20, SOL_SOCKET_SCM_RIGHTS, 0]);
        script
            .call(nr::OPENAT, Step::Overlay, [CWD.into(), place.into(), O_PATH_DIRECTORY.into()])
            .labelled(label.clone())
            .save(Cell(control + 16));
        let byte = script.bytes(b"u");
        let vector = script.words(&[byte, 1]);
        let message = script.words(&[0, 0, vector, 1, control, 24, 0]);
        let socket = numbers.taken.socket;
        script.call(nr::SENDMSG, Step::Overlay, [socket.into(), message.into(), MSG_NOSIGNAL.into()]).labelled(label);
    }

    /// `stack` is bottom first, and the kernel wants it top first.
    fn overlay(&self, script: &mut Script, stack: &[String], options: &str, flags: u64, on: &str) {
        let mut data = String::from("lowerdir=");
        for (index, name) in stack.iter().rev().enumerate() {
            let _ = write!(data, "{}{name}", if index == 0 { "" } else { ":" });
        }
        let _ = write!(data, ",{options}");
        let (name, data, on) = (script.string(c"overlay"), script.path(Path::new(&data)), script.path(Path::new(on)));
        let flags = MS_NOSUID_NODEV | flags;
        script
            .call(nr::MOUNT, Step::Overlay, [name.into(), on.into(), name.into(), flags.into(), data.into()])
            .labelled(Label { inside: Some(inside(&self.at)), ..Label::new(Step::Overlay) });
    }
}

fn make(script: &mut Script, place: &Path, mode: u64) {
    let path = script.path(place);
    script.call(nr::MKDIRAT, Step::Overlay, [CWD.into(), path.into(), mode.into()]);
}
