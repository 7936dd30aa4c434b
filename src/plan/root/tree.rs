//! What is where in the sandbox, as far as the sandbox itself puts it there.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::error::{Error, Label, Result};

/// What a place inside is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Node {
    /// A directory that the script makes.
    Dir,
    File,
    Symlink,
    /// A tmpfs of the sandbox's own: places below are made in it.
    Tmpfs,
    /// A bind: what is below is the host's.
    BoundDir {
        writable: bool,
    },
    BoundFile,
    /// The overlay.
    Overlay,
}

/// Which part of the sandbox a place is in: the nearest mount above it.
pub(super) enum Within {
    Root,
    Tmpfs,
    Overlay,
    Bound { mount: PathBuf, writable: bool },
}

#[derive(Default)]
pub(super) struct Tree {
    /// By the bytes of the place, which is normal: a path compares its components, at ten times the cost.
    nodes: BTreeMap<OsString, Node>,
    /// Directories of writable binds that have been pinned.
    pub(super) pinned: BTreeSet<PathBuf>,
}

impl Tree {
    pub(super) fn get(&self, place: &Path) -> Option<Node> {
        self.nodes.get(place.as_os_str()).copied()
    }

    pub(super) fn insert(&mut self, place: &Path, node: Node) {
        self.nodes.insert(place.into(), node);
    }

    pub(super) fn within(&self, place: &Path, label: &Label) -> Result<Within> {
        for above in place.ancestors().skip(1) {
            match self.get(above) {
                Some(Node::Tmpfs) => return Ok(Within::Tmpfs),
                Some(Node::Overlay) => return Ok(Within::Overlay),
                Some(Node::BoundDir { writable }) => {
                    return Ok(Within::Bound { mount: above.to_owned(), writable });
                }
                Some(Node::Symlink) => {
                    return Err(Error::invalid(label.clone(), format!("/{} is a symbolic link", above.display())));
                }
                Some(Node::File | Node::BoundFile) => {
                    return Err(Error::invalid(label.clone(), format!("/{} is not a directory", above.display())));
                }
                Some(Node::Dir) | None => {}
            }
        }
        Ok(Within::Root)
    }

    /// Notes what comes to `place`; two things on one place are an error, but for a directory that is there already.
    pub(super) fn put(&mut self, place: &Path, node: Node, label: &Label) -> Result<()> {
        match (self.get(place), node) {
            (None, _) | (Some(Node::Dir), Node::Dir | Node::Tmpfs | Node::BoundDir { .. }) => {}
            (Some(Node::Tmpfs | Node::Overlay | Node::BoundDir { .. }), Node::Dir) => return Ok(()),
            (Some(_), _) => {
                return Err(Error::invalid(label.clone(), format!("/{} is taken already", place.display())));
            }
        }
        if matches!(node, Node::Tmpfs | Node::BoundDir { .. }) {
            // What was below is covered: what is put there from now on is put on this.
            let covered = |known: &OsStr| {
                let below = known.as_encoded_bytes().strip_prefix(place.as_os_str().as_encoded_bytes());
                below.is_some_and(|below| below.starts_with(b"/"))
            };
            if let Some((at, _)) = self.nodes.iter().find(|(known, node)| **node == Node::Overlay && covered(known)) {
                let message = format!("/{} would cover the overlay at /{}", place.display(), Path::new(at).display());
                return Err(Error::invalid(label.clone(), message));
            }
            self.nodes.retain(|known, _| !covered(known));
            self.pinned.retain(|known| !covered(known.as_os_str()));
        }
        self.insert(place, node);
        Ok(())
    }
}
