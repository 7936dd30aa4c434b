//! The upper directory of a run, and what it lies on.

use std::collections::BTreeMap;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use super::access::Upper;
use crate::error::{Error, Label, Result, Step};
use crate::overlay::{Layers, Own, UpperLayer, proc_path};

/// All that there is to be told of: the upper directory, and what it lies on.
#[derive(Debug)]
pub(crate) struct Record {
    /// By their real paths, bottom first. They are opened when they are needed: five hundred layers of each outcome that is
    /// kept would be too many open files.
    pub(super) lowers: Vec<PathBuf>,
    _lease: Option<Arc<OwnedFd>>,
    pub(super) own: BTreeMap<PathBuf, Own>,
    upper: std::result::Result<Option<OwnedFd>, Errno>,
    /// The program may be writing still: then no mode is changed, which it would see, and what it takes away is passed over.
    pub(super) live: bool,
    /// Whoever reads may change modes for as long as that takes, which another thread is not to see.
    reading: Mutex<()>,
}

impl Record {
    /// `memory` is the filesystem of an upper layer in memory.
    pub(crate) fn new(layers: &Layers, own: BTreeMap<PathBuf, Own>, memory: Option<&OwnedFd>, live: bool) -> Record {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let upper = match &layers.upper {
            UpperLayer::None => Ok(None),
            UpperLayer::Memory { .. } => match memory {
                Some(memory) => rustix::fs::openat(memory, "upper", flags, Mode::empty()),
                None => Err(Errno::NOENT),
            }
            .map(Some),
            // Another descriptor of it, without the lock, even if the program has made it one that lets nobody in.
            UpperLayer::Dir(upper) => {
                rustix::fs::open(proc_path(upper.lock.as_fd()), flags - OFlags::NOFOLLOW, Mode::empty()).map(Some)
            }
        };
        let (lowers, lease) = (layers.lowers.clone(), layers.lease.clone());
        Record { lowers, _lease: lease, own, upper, live, reading: Mutex::default() }
    }

    pub(super) fn upper(&self) -> Result<Option<Upper<'_>>> {
        match &self.upper {
            Ok(upper) => {
                let alone = || self.reading.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(upper.as_ref().map(|fd| Upper::new(fd.as_fd(), self.live, alone())))
            }
            Err(errno) => Err(Error::os(Label::new(Step::Changes), *errno)),
        }
    }
}
