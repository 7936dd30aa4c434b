//! What the sandbox sees of files, as it is asked for.

mod system;

use std::os::fd::OwnedFd;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, Label, Result, Step};
pub(crate) use system::host_system;

/// One call of a setter, in order.
#[derive(Clone, Debug)]
pub(crate) struct Mount {
    /// As the caller gave it.
    pub inside: PathBuf,
    pub kind: Kind,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Bind { source: PathBuf, rights: Rights },
    Tmpfs { bytes: u64 },
    File { contents: Arc<[u8]> },
    FileFrom { file: Arc<OwnedFd> },
    Dir,
    Symlink { target: PathBuf },
}

/// Where the contents of a file come from that the kernel copies.
#[derive(Clone, Debug)]
pub(crate) enum Copied {
    Descriptor(Arc<OwnedFd>),
    Contents(Arc<[u8]>),
}

/// What the program may do with a bind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Rights {
    /// Read what others than the owner may read.
    Read,
    /// As that, or nothing, where there is no such file.
    ReadIfThere,
    /// Read what the owner may read.
    ReadAsOwner,
    /// Read and write as the owner.
    Write,
}

/// How much of /proc the program sees: proc(5). It is read-only, and of processes it shows those of the sandbox alone.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Proc {
    /// Processes, and nothing of the machine: `subset=pid` (5.8).
    Processes,
    /// What it tells of the machine as well, by which `free`, `uptime`, `ps aux` and `os.cpus()` of Node work: `cpuinfo`, `meminfo`,
    /// `stat`, `sys` and the rest, as far as the program's user may read it, which is root of no host.
    Machine,
}

impl Rights {
    pub(crate) fn is_writable(self) -> bool {
        self == Rights::Write
    }
}

impl Kind {
    /// What the kernel copies into the sandbox's files, out of a descriptor. To be part of the init's image costs less up to
    /// here, and several times as much beyond.
    pub(crate) fn copied(&self) -> Option<Copied> {
        const LARGE: usize = 256 << 10;
        match self {
            Kind::FileFrom { file } => Some(Copied::Descriptor(file.clone())),
            Kind::File { contents } if contents.len() > LARGE => Some(Copied::Contents(contents.clone())),
            _ => None,
        }
    }

    pub(crate) fn step(&self) -> Step {
        match self {
            Kind::Bind { .. } => Step::Bind,
            Kind::Tmpfs { .. } => Step::Tmpfs,
            Kind::File { .. } | Kind::FileFrom { .. } => Step::File,
            Kind::Dir => Step::Dir,
            Kind::Symlink { .. } => Step::Symlink,
        }
    }
}

impl Mount {
    pub(crate) fn label(&self) -> Label {
        match &self.kind {
            Kind::Bind { source, .. } => Label { inside: Some(self.inside.clone()), ..Label::at(Step::Bind, source) },
            kind => Label::at(kind.step(), &self.inside),
        }
    }

    /// See [`place`]; the root itself is none.
    pub(crate) fn place(&self) -> Result<PathBuf> {
        place(&self.inside, false, || self.label())
    }
}

/// A place inside, relative to the sandbox's root and without `.`, `..` or empty parts.
///
/// # Errors
/// A path that is empty, relative, leads upwards, holds a NUL, is the sandbox's own, or is the root if that may not be.
pub(crate) fn place(inside: &Path, may_be_root: bool, label: impl Fn() -> Label) -> Result<PathBuf> {
    let refuse = |message: &str| Err(Error::invalid(label(), message));
    if has_nul(inside) {
        return refuse("the path inside holds a NUL");
    }
    if !inside.is_absolute() {
        return refuse("the path inside must be absolute");
    }
    let mut place = PathBuf::new();
    for component in inside.components() {
        match component {
            Component::Normal(name) => place.push(name),
            Component::ParentDir => return refuse("the path inside must not hold '..'"),
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
    if place.as_os_str().is_empty() && !may_be_root {
        return refuse("the root is the sandbox's own; name a place below it");
    }
    if place.starts_with("proc") || place.starts_with("dev") && place != Path::new("dev/shm") {
        let own = place.components().next().expect("not empty").as_os_str().display().to_string();
        return refuse(&format!("/{own} is the sandbox's own"));
    }
    Ok(place)
}

pub(crate) fn has_nul(path: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().contains(&0)
}
