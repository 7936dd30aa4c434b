//! Overlay roots: shared read-only layers with a thin writable one on top.

use std::path::{Path, PathBuf};

/// A stack of directories that the program sees as one: overlayfs, `Documentation/filesystems/overlayfs.rst`.
///
/// The lower directories are only read, and shared by any number of sandboxes. What the program writes goes to the upper
/// one: in memory, unless [`upper_dir`](Overlay::upper_dir) names a directory that keeps it.
#[derive(Clone, Debug)]
pub struct Overlay {
    pub(crate) lowers: Vec<PathBuf>,
    pub(crate) upper: Upper,
    pub(crate) at: PathBuf,
}

/// Where the program's writes go.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Upper {
    Memory { bytes: u64 },
    Dir(PathBuf),
    None,
}

/// What a memory upper holds unless it is said otherwise.
const UPPER_BYTES: u64 = 64 << 20;

impl Default for Overlay {
    fn default() -> Overlay {
        Overlay::new()
    }
}

impl Overlay {
    /// No layer yet, an upper of 64 MiB in memory, at `/`.
    pub fn new() -> Overlay {
        Overlay { lowers: Vec::new(), upper: Upper::Memory { bytes: UPPER_BYTES }, at: "/".into() }
    }

    /// Adds a read-only layer on top of those that were added before: the base comes first, as images list them.
    pub fn lower(mut self, dir: impl Into<PathBuf>) -> Overlay {
        self.lowers.push(dir.into());
        self
    }

    /// What the program writes is kept in memory, at most so many bytes, and is gone with the last
    /// [`Child`](crate::Child) and [`Outcome`](crate::Outcome) of the run. Default 64 MiB.
    pub fn upper_tmpfs(mut self, bytes: u64) -> Overlay {
        self.upper = Upper::Memory { bytes };
        self
    }

    /// What the program writes is kept in this directory.
    pub fn upper_dir(mut self, dir: impl Into<PathBuf>) -> Overlay {
        self.upper = Upper::Dir(dir.into());
        self
    }

    /// Nothing can be written.
    pub fn read_only(mut self) -> Overlay {
        self.upper = Upper::None;
        self
    }

    /// The place inside. Default `/`.
    pub fn at(mut self, inside: impl Into<PathBuf>) -> Overlay {
        self.at = inside.into();
        self
    }

    /// The layers, bottom first.
    pub fn lowers(&self) -> impl ExactSizeIterator<Item = &Path> {
        self.lowers.iter().map(PathBuf::as_path)
    }
}
