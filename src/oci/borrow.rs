//! A hard link to a file that is in a layer below.
//!
//! Layers are unpacked each by itself, so there is nothing to link to. overlayfs copies such a file up as soon as somebody
//! links to it or writes to it, and the links of a layer are torn apart by the first write in any case: a copy is what the
//! program would get. The layer then hangs on those below it, and has the name of their chain in the store.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::{FileType, Mode, OFlags, Timespec, Timestamps, XattrFlags};
use rustix::io::Errno;

use super::Fault;
use super::tar::lossy;
use super::unpack::Tree;
use crate::overlay::{Found, Stack, is_opaque, proc_path};

impl Tree<'_> {
    /// Makes `name` a copy of the file that the layers below have at `target`.
    pub(super) fn borrow(&mut self, above: &[&[u8]], name: &[u8], target: &[&[u8]]) -> Result<(), Fault> {
        let path = target.join(&b'/');
        let refused = |what: &str| Fault::Refused(format!("a hard link to {:?}, which {what}", lossy(&path)));
        let found = self.look_below(&path, target.len())?;
        let found = found.ok_or_else(|| refused("neither the layer nor those below it have"))?;
        if found.kind() != FileType::RegularFile {
            return Err(refused("is no file"));
        }
        let size = found.stat.st_size as u64;
        if size > self.budget.max_file {
            return Err(Errno::FBIG.into());
        }
        self.budget.bytes(size)?;
        let from = rustix::fs::open(proc_path(found.fd.as_fd()), OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
        let parent = self.parent(above)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let make = || rustix::fs::openat(&parent, OsStr::from_bytes(name), flags, Mode::RUSR | Mode::WUSR);
        let to = self.replace(&parent, name, make)?;
        self.borrows = true;
        copy(from, to, &found)
    }

    /// What the program would see at a place: this layer, as far as it is there, on top of those below it.
    fn look_below(&self, path: &[u8], depth: usize) -> Result<Option<Found>, Fault> {
        if is_opaque(self.root.as_fd())? {
            return Ok(None);
        }
        let own = proc_path(self.root.as_fd());
        let mut layers: Vec<&Path> = self.below.iter().map(|layer| &**layer).collect();
        layers.push(Path::new(&own));
        let stack = Stack::open(layers.into_iter()).map_err(|(layer, errno)| Fault::os(&layer, errno.into()))?;
        let way = stack.walk(Path::new(OsStr::from_bytes(path)))?;
        Ok(way.into_iter().nth(depth - 1))
    }
}

/// All that unpacking has given it: contents, attributes, mode and time.
fn copy(from: OwnedFd, to: OwnedFd, found: &Found) -> Result<(), Fault> {
    let (mut from, mut to) = (File::from(from), File::from(to));
    io::copy(&mut from, &mut to)?;
    let mut names = vec![0; 64 << 10];
    let length = match rustix::fs::flistxattr(&from, &mut names) {
        Err(Errno::OPNOTSUPP) => 0,
        result => result?,
    };
    let mut value = vec![0; 64 << 10];
    for name in names[..length].split(|byte| *byte == 0).filter(|name| name.starts_with(b"user.")) {
        let name = Path::new(OsStr::from_bytes(name));
        let length = rustix::fs::fgetxattr(&from, name, &mut value)?;
        rustix::fs::fsetxattr(&to, name, &value[..length], XattrFlags::empty())?;
    }
    rustix::fs::fchmod(&to, Mode::from_raw_mode(found.stat.st_mode & 0o1777))?;
    let time = Timespec { tv_sec: found.stat.st_mtime, tv_nsec: found.stat.st_mtime_nsec as _ };
    Ok(rustix::fs::futimens(&to, &Timestamps { last_access: time, last_modification: time })?)
}
