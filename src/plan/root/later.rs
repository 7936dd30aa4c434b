//! What is done once the root has changed, in the order of the calls.

use std::path::{Path, PathBuf};

use rustix::mount::OpenTreeFlags;

use super::Mounted;
use super::make::{
    Contents, make_dir, make_file, make_file_to_mount_on, make_symlink, mount_tmpfs, move_onto, move_to_path,
    open_place, within,
};
use crate::error::{Label, Step};
use crate::plan::op;
use crate::plan::script::Script;

pub(super) enum Later<'a> {
    Make(Make<'a>),
    /// On what the sandbox itself has made.
    Mount {
        mounted: Mounted,
        place: &'a Path,
        label: Label,
    },
    /// On what is there, which may be the host's or a layer's, without a way over a link.
    MountOnFound {
        mounted: Mounted,
        place: &'a Path,
        label: Label,
    },
    /// See [`pin`](super::binds::pin).
    Pin {
        dir: PathBuf,
        label: Label,
    },
}

/// What a place in the sandbox's own files has, or what is to be mounted stands on.
pub(super) struct Make<'a> {
    /// Where the root is, or will be.
    pub site: PathBuf,
    /// Directories on the way that nothing else makes.
    pub missing: Vec<PathBuf>,
    pub place: &'a Path,
    pub made: Made<'a>,
    pub step: Step,
}

#[derive(Clone, Copy)]
pub(super) enum Made<'a> {
    /// It is there already.
    Nothing,
    Dir,
    File(Contents<'a>),
    FileToMountOn,
    Symlink(&'a Path),
}

impl Later<'_> {
    pub(super) fn call(self, script: &mut Script) {
        match self {
            Later::Make(make) => make.call(script),
            Later::Mount { mounted: Mounted::Tmpfs(bytes), place, .. } => mount_tmpfs(script, place, place, bytes),
            Later::Mount { mounted: Mounted::Bind(fd), place, label } => {
                move_to_path(script, Step::Bind, fd, place).labelled(label);
            }
            Later::MountOnFound { mounted: Mounted::Tmpfs(bytes), place, label } => {
                within(script, &label, place, |script, _| mount_tmpfs(script, Path::new("."), place, bytes));
            }
            Later::MountOnFound { mounted: Mounted::Bind(fd), place, label } => {
                let to = open_place(script, &label, place);
                move_onto(script, &label, fd, to);
            }
            Later::Pin { dir, label } => {
                let at = open_place(script, &label, &dir);
                let empty = script.string(c"");
                let flags = OpenTreeFlags::OPEN_TREE_CLONE
                    | OpenTreeFlags::OPEN_TREE_CLOEXEC
                    | OpenTreeFlags::AT_EMPTY_PATH
                    | OpenTreeFlags::AT_RECURSIVE;
                let copy = script.call(Step::Bind, op::open_tree(at, empty, flags)).labelled(label.clone()).into_cell();
                move_onto(script, &label, copy.into(), at);
            }
        }
    }
}

impl Make<'_> {
    pub(super) fn call(&self, script: &mut Script) {
        for above in &self.missing {
            make_dir(script, &self.site.join(above), above, self.step);
        }
        let at = self.site.join(self.place);
        match self.made {
            Made::Nothing => {}
            Made::Dir => make_dir(script, &at, self.place, self.step),
            Made::File(contents) => make_file(script, &at, self.place, contents, 0o755),
            Made::FileToMountOn => make_file_to_mount_on(script, &at, self.place, self.step),
            Made::Symlink(target) => make_symlink(script, target, &at, self.place),
        }
    }
}
