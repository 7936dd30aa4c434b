//! The layer store: one directory for each layer, named by the digest of its uncompressed archive.
//!
//! ```text
//! DIR/layers/HEX        a whole layer
//! DIR/partial/HEX/      one that is being unpacked or removed; whoever does it holds a flock(2) on this directory
//!     root/             what is there so far, renamed to layers/HEX when it is whole and on the disk; or what is there still
//!     trash/            what later entries of the archive replaced
//! DIR/leases            empty: whoever uses layers/HEX has a lock on byte HEX of it, shared; whoever removes it has it alone
//! ```
//!
//! The kernel drops locks with the process that held them, so an entry of `partial` whose lock is free was interrupted, and no
//! byte of `leases` is kept by the dead.

use std::fs;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{AtFlags, Dir, FlockOperation, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use super::Fault;
use super::decode::is_hex;
use crate::error::{Cure, Error, Label, Result, Step};
use crate::overlay::clear;
use crate::sys::lock::{claim_byte, free_byte, share_byte};

const SEARCH: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
const PRIVATE: Mode = Mode::RWXU;

/// A directory on the host where unpacked layers are kept, shared by all images that have them.
///
/// A layer is there once, whatever archive or layout it came from: its name is the SHA-256 of its uncompressed tar, which is
/// verified as it is unpacked. One that holds copies of files of those below it, for
/// [hard links](crate::Image#what-unpacking-does-and-does-not), is named by the digest of the chain of all of them, OCI's
/// ChainID. It becomes visible by a rename, after syncfs(2), so that a crash of the machine leaves no half of it. Any number of
/// processes and threads may unpack into one store at a time: of the same layer one does it, under flock(2), and the others wait
/// for it. What an interrupted one leaves is an entry of the subdirectory `partial`, which the next
/// [`Image::open_in`](crate::Image::open_in) removes.
///
/// [`sweep`](Store::sweep) removes the layers that nobody uses. Used is what an [`Image`](crate::Image) has, and an
/// [`Overlay`](crate::Overlay), sandbox, child, outcome or list of changes that came of it: a lock of the kernel's on the file
/// `leases` (fcntl(2), open file description locks) says so to all processes, and ends with them. A store is bounded by
/// sweeping it while those images are open that are to stay.
///
/// All files of a store belong to whoever unpacked them. A layer that is in the store is not read again to be verified: who can
/// write into the store is trusted, and so it may belong to nobody else and be writable for nobody else.
///
/// The limits hold for what one opening of an image unpacks; they are what stops archives that unpack to more than the disk has.
///
/// ```no_run
/// use belljar::{Image, Store};
///
/// let store = Store::new("/var/lib/judge/layers").max_bytes(2 << 30).max_entries(200_000);
/// let python = Image::open_in("images/python.tar", &store)?;
/// # Ok::<(), belljar::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Store {
    pub(super) dir: PathBuf,
    pub(super) max_bytes: u64,
    pub(super) max_entries: u64,
}

impl Store {
    /// The store in this directory, which is made with mode 0700 when the first image is opened.
    pub fn new(dir: impl Into<PathBuf>) -> Store {
        Store { dir: dir.into(), max_bytes: 16 << 30, max_entries: 4 << 20 }
    }

    /// The user's own store, which [`Image::open`](crate::Image::open) uses: `belljar` in `XDG_CACHE_HOME`, or else in
    /// `.cache` of `HOME`.
    ///
    /// # Errors
    /// The environment has neither as an absolute path.
    pub fn user_cache() -> Result<Store> {
        let variable = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let cache = variable("XDG_CACHE_HOME").or_else(|| variable("HOME").map(|home| home.join(".cache")));
        let cache = cache.ok_or_else(|| {
            let label = Label::new(Step::OciImage);
            Error::invalid(label, "no place for layers: neither XDG_CACHE_HOME nor HOME is set to an absolute path")
                .with_hint(Some(Cure::Request("name a place: Image::open_in(path, &Store::new(dir))")))
        })?;
        Ok(Store::new(cache.join("belljar")))
    }

    /// Bytes that one image's layers may have uncompressed, holes of sparse files included. Default 16 GiB.
    pub fn max_bytes(mut self, bytes: u64) -> Store {
        self.max_bytes = bytes;
        self
    }

    /// Files, directories and links that one image's layers may have together. Default 4,194,304.
    pub fn max_entries(mut self, entries: u64) -> Store {
        self.max_entries = entries;
        self
    }

    /// Removes all layers that nobody uses, in this process or another one, and gives the directories that they had.
    ///
    /// Any number of processes may sweep, open images and run them at the same time. A layer goes by one rename first, so that never
    /// is a part of it taken for a layer; and what is left when the sweep is killed the next one removes, or the next
    /// [`Image::open_in`](crate::Image::open_in). The layers of a host that was killed are free with its end: a program of its that
    /// is being killed meanwhile may miss files.
    ///
    /// A directory of [`Image::layers`](crate::Image::layers) that is given to [`Overlay::lower`](crate::Overlay::lower) by itself
    /// is in use as long as the image is there, and no longer.
    ///
    /// # Errors
    /// As for the store in [`Image::open_in`](crate::Image::open_in); and what the filesystem refuses.
    ///
    /// ```no_run
    /// use belljar::{Image, Store};
    ///
    /// let store = Store::new("/var/lib/judge/layers");
    /// let kept = ["images/python.tar", "images/gcc.tar"].map(|path| Image::open_in(path, &store));
    /// for layer in store.sweep()? {
    ///     println!("removed {}", layer.display());
    /// }
    /// # drop(kept);
    /// # Ok::<(), belljar::Error>(())
    /// ```
    pub fn sweep(&self) -> Result<Vec<PathBuf>> {
        let swept = self.open().and_then(|opened| opened.remove_unused());
        swept.map_err(|fault| fault.of(&self.dir))
    }

    /// The directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Makes the directories, and removes what interrupted runs have left.
    pub(super) fn open(&self) -> Result<Opened, Fault> {
        let failed = |error: io::Error| Fault::os(&self.dir, error);
        if let Some(parent) = self.dir.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        make_private(rustix::fs::CWD, &self.dir).map_err(failed)?;
        // From here on the path does not change with the working directory.
        let path = self.dir.canonicalize().map_err(failed)?;
        let dir = rustix::fs::open(&path, SEARCH, Mode::empty()).map_err(|errno| failed(errno.into()))?;
        check_owner(&dir).map_err(failed)?;
        for name in ["layers", "partial"] {
            make_private(dir.as_fd(), Path::new(name)).map_err(failed)?;
        }
        let below = |name| rustix::fs::openat(&dir, name, SEARCH, Mode::empty()).map_err(|errno| failed(errno.into()));
        // To be read alone: then the filesystem may be read-only.
        let leases = leases(&dir, OFlags::RDONLY).map_err(|errno| failed(errno.into()))?;
        let (layers, partial) = (below("layers")?, below("partial")?);
        let opened = Opened { dir, layers, partial, leases: Arc::new(leases), path };
        for dir in [&opened.layers, &opened.partial] {
            check_owner(dir).map_err(failed)?;
        }
        opened.sweep().map_err(|error| Fault::os(&self.dir, error))?;
        Ok(opened)
    }
}

/// Makes a directory, whatever the umask is; one that is there is left as it is.
fn make_private(parent: BorrowedFd<'_>, path: &Path) -> io::Result<()> {
    match rustix::fs::mkdirat(parent, path, PRIVATE) {
        Ok(()) => Ok(rustix::fs::chmodat(parent, path, PRIVATE, AtFlags::empty())?),
        Err(Errno::EXIST) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// Another open file description each time: the locks of one are no obstacle to itself.
fn leases(store: &OwnedFd, access: OFlags) -> Result<OwnedFd, Errno> {
    const NAME: &str = "leases";
    let mode = Mode::RUSR | Mode::WUSR;
    let open = || rustix::fs::openat(store, NAME, access | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC, mode);
    match open() {
        // Made under a umask that takes the owner's own bits away.
        Err(Errno::ACCESS) => {
            rustix::fs::chmodat(store, NAME, mode, AtFlags::empty())?;
            open()
        }
        result => result,
    }
}

/// The byte of `leases` that stands for a layer: of two layers with the same one both are in use if one is.
fn byte_of(hex: &str) -> u64 {
    u64::from_str_radix(&hex[..15], 16).unwrap_or(0)
}

/// What somebody else can write into would be taken for a verified layer.
fn check_owner(dir: &OwnedFd) -> io::Result<()> {
    let stat = rustix::fs::fstat(dir)?;
    let others = Mode::WGRP | Mode::WOTH;
    match stat.st_uid == rustix::process::geteuid().as_raw() && !Mode::from_raw_mode(stat.st_mode).intersects(others) {
        true => Ok(()),
        false => Err(Errno::PERM.into()),
    }
}

/// A store whose directories are open.
pub(super) struct Opened {
    dir: OwnedFd,
    layers: OwnedFd,
    partial: OwnedFd,
    /// Keeps the layers that were asked for, as long as a copy of it is open.
    pub leases: Arc<OwnedFd>,
    pub path: PathBuf,
}

impl Opened {
    /// The directory of a layer, for which `fill` unpacks it unless it is there, and tells whether it took anything from the
    /// layers below: then the layer is the one of this chain alone. Both names must be 64 hexadecimal digits.
    pub(super) fn layer(
        &self,
        hex: &str,
        chain: &str,
        fill: impl FnOnce(OwnedFd, OwnedFd) -> Result<bool, Fault>,
    ) -> Result<PathBuf, Fault> {
        let place = |name: &str| self.path.join("layers").join(name);
        let failed = |errno: Errno| Fault::os(&place(hex), errno.into());
        let there = || -> Result<Option<PathBuf>, Errno> {
            for name in [hex, chain] {
                if self.has(name)? {
                    return Ok(Some(place(name)));
                }
            }
            Ok(None)
        };
        for name in [hex, chain] {
            share_byte(self.leases.as_fd(), byte_of(name)).map_err(failed)?;
        }
        loop {
            if let Some(place) = there().map_err(failed)? {
                return Ok(place);
            }
            // Its end is the end of the lock, by whatever way this function is left.
            let Some(partial) = Partial::lock(&self.partial, hex, FlockOperation::LockExclusive).map_err(failed)?
            else {
                continue;
            };
            // Another process may have been quicker.
            if let Some(place) = there().map_err(failed)? {
                return Ok(place);
            }
            clear(partial.dir.as_fd()).map_err(failed)?;
            let (root, trash) = partial.make().map_err(failed)?;
            let name = if fill(root.try_clone()?, trash)? { chain } else { hex };
            // What a layer's name promises must be on the disk before the name is.
            rustix::fs::syncfs(&root).map_err(failed)?;
            rustix::fs::renameat_with(&partial.dir, "root", &self.layers, name, RenameFlags::NOREPLACE)
                .map_err(failed)?;
            rustix::fs::fsync(&self.layers).map_err(failed)?;
            return Ok(place(name));
        }
    }

    fn has(&self, hex: &str) -> Result<bool, Errno> {
        match rustix::fs::statat(&self.layers, hex, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(_) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(errno) => Err(errno),
        }
    }

    fn remove_unused(&self) -> Result<Vec<PathBuf>, Fault> {
        let claims = leases(&self.dir, OFlags::RDWR)?;
        let mut removed = Vec::new();
        for entry in Dir::read_from(&self.layers)? {
            let entry = entry?;
            // What somebody has put there himself is his.
            let Some(hex) = entry.file_name().to_str().ok().filter(|name| is_hex(name)) else { continue };
            let place = self.path.join("layers").join(hex);
            if self.remove(hex, &claims).map_err(|errno| Fault::os(&place, errno.into()))? {
                removed.push(place);
            }
        }
        Ok(removed)
    }

    /// Removes a layer, if nobody uses it; whether it did.
    fn remove(&self, hex: &str, claims: &OwnedFd) -> Result<bool, Errno> {
        if !claim_byte(claims.as_fd(), byte_of(hex))? {
            return Ok(false);
        }
        let taken = self.take_out(hex);
        // Who wants it may unpack it anew, and will wait for what is removed here.
        free_byte(claims.as_fd(), byte_of(hex))?;
        match taken? {
            None => Ok(false),
            Some(partial) => clear(partial.dir.as_fd()).map(|()| true),
        }
    }

    /// Makes a layer that nobody uses one that is not whole.
    fn take_out<'a>(&'a self, hex: &'a str) -> Result<Option<Partial<'a>>, Errno> {
        let partial = loop {
            match Partial::lock(&self.partial, hex, FlockOperation::LockExclusive)? {
                Some(partial) => break partial,
                None => continue,
            }
        };
        clear(partial.dir.as_fd())?;
        match rustix::fs::renameat_with(&self.layers, hex, &partial.dir, "root", RenameFlags::NOREPLACE) {
            // By rm(1).
            Err(Errno::NOENT) => return Ok(None),
            result => result?,
        }
        // Or a crash of the machine might leave the name to a layer that is half removed.
        rustix::fs::fsync(&self.layers)?;
        Ok(Some(partial))
    }

    /// A file without a name, for what has to be read in another order than it comes.
    pub(super) fn scratch(&self) -> io::Result<fs::File> {
        let flags = OFlags::RDWR | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        match rustix::fs::openat(&self.partial, ".", flags | OFlags::TMPFILE, mode) {
            Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL) => {
                let name = format!("scratch-{}-{:?}", std::process::id(), std::thread::current().id());
                let file = rustix::fs::openat(&self.partial, &name, flags | OFlags::CREATE | OFlags::EXCL, mode)?;
                // Another process's sweep may have been quicker.
                rustix::fs::unlinkat(&self.partial, &name, AtFlags::empty()).or_else(gone)?;
                Ok(file.into())
            }
            result => Ok(result?.into()),
        }
    }

    fn sweep(&self) -> io::Result<()> {
        for entry in Dir::read_from(&self.partial)? {
            let entry = entry?;
            let name = entry.file_name();
            if name == c"." || name == c".." {
                continue;
            }
            match Partial::lock(
                &self.partial,
                name.to_string_lossy().as_ref(),
                FlockOperation::NonBlockingLockExclusive,
            ) {
                Ok(Some(interrupted)) => drop(interrupted),
                // Somebody is at it, or has just ended.
                Ok(None) | Err(Errno::WOULDBLOCK) => {}
                Err(Errno::NOTDIR) => match rustix::fs::unlinkat(&self.partial, name, AtFlags::empty()) {
                    Ok(()) | Err(Errno::NOENT) => {}
                    Err(errno) => return Err(errno.into()),
                },
                Err(errno) => return Err(errno.into()),
            }
        }
        Ok(())
    }
}

/// A locked entry of `partial`; its drop removes it with all that is in it.
struct Partial<'a> {
    parent: &'a OwnedFd,
    name: &'a str,
    dir: OwnedFd,
}

impl<'a> Partial<'a> {
    /// `None` if the entry has gone before the lock was had. Waiting makes it, looking does not.
    fn lock(parent: &'a OwnedFd, name: &'a str, operation: FlockOperation) -> Result<Option<Partial<'a>>, Errno> {
        if matches!(operation, FlockOperation::LockExclusive) {
            match rustix::fs::mkdirat(parent, name, PRIVATE) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(errno) => return Err(errno),
            }
            // Under a umask that takes the owner's own bits away.
            rustix::fs::chmodat(parent, name, PRIVATE, AtFlags::empty()).or_else(gone)?;
        }
        let dir = match rustix::fs::openat(parent, name, SEARCH, Mode::empty()) {
            Err(Errno::NOENT) => return Ok(None),
            result => result?,
        };
        loop {
            match rustix::fs::flock(&dir, operation) {
                Err(Errno::INTR) => {}
                result => break result?,
            }
        }
        // Whoever had the lock may have removed it, and another one may be there by now.
        let (locked, named) = (rustix::fs::fstat(&dir)?, rustix::fs::statat(parent, name, AtFlags::SYMLINK_NOFOLLOW));
        match named {
            Ok(named) if (named.st_dev, named.st_ino) == (locked.st_dev, locked.st_ino) => {
                Ok(Some(Partial { parent, name, dir }))
            }
            Ok(_) | Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(errno),
        }
    }

    fn make(&self) -> Result<(OwnedFd, OwnedFd), Errno> {
        let make = |name: &str| {
            rustix::fs::mkdirat(&self.dir, name, PRIVATE)?;
            rustix::fs::chmodat(&self.dir, name, PRIVATE, AtFlags::empty())?;
            rustix::fs::openat(&self.dir, name, SEARCH, Mode::empty())
        };
        let root = make("root")?;
        rustix::fs::fchmod(&root, Mode::from_raw_mode(0o755))?;
        Ok((root, make("trash")?))
    }
}

impl Drop for Partial<'_> {
    fn drop(&mut self) {
        // What cannot be removed now is there for the next sweep.
        if clear(self.dir.as_fd()).is_ok() {
            let _ = rustix::fs::unlinkat(self.parent, self.name, AtFlags::REMOVEDIR);
        }
    }
}

fn gone(errno: Errno) -> Result<(), Errno> {
    if errno == Errno::NOENT { Ok(()) } else { Err(errno) }
}
