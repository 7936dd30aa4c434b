//! Overlay roots: shared read-only layers with a thin writable one on top.

mod layers;
mod marks;
mod set_ids;
mod stack;
mod unlink;

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) use layers::{Layers, UpperLayer};
pub(crate) use marks::{is_opaque, is_whiteout, make_opaque, make_whiteout, proc_path};
pub(crate) use stack::{Found, Stack, beneath};
pub use unlink::remove_dir_all;
pub(crate) use unlink::remove_tree;
#[cfg(feature = "oci")]
pub(crate) use unlink::{clear, move_aside};

use crate::error::{Error, Label, Result, Step};
use crate::mounts::has_nul;

/// A stack of directories that the program sees as one: overlayfs, `Documentation/filesystems/overlayfs.rst`.
///
/// The lower directories are only read, and shared by any number of sandboxes at once; nothing of them is copied but what a
/// program writes to. What it writes goes to the upper one: in memory, unless [`upper_dir`](Overlay::upper_dir) names a
/// directory that keeps it. [`Outcome::changes`](crate::Outcome::changes) tells afterwards what that was.
///
/// At `/` the overlay is the program's root. The sandbox's own `/proc`, then [all of it](crate::Proc::Machine), `/dev` and `/tmp`, and what
/// [`bind_ro`](crate::Sandbox::bind_ro), [`bind_rw`](crate::Sandbox::bind_rw) and [`tmpfs`](crate::Sandbox::tmpfs) give, are
/// mounted on top of it; a [`file`](crate::Sandbox::file) or [`symlink`](crate::Sandbox::symlink) is as in a layer above the
/// others: the program may change it, and that is a change like any other. None of it is written into a layer or the upper
/// directory. Where a layer has a link or a file in the way of such a place, `spawn` fails rather than follow it.
///
/// The program is the owner of what belongs to the owner of each layer's directory, and may write there; files of others
/// are `nobody`'s to it. Permissions are those of the layers: so of a layer that is root's the program reads root's private
/// files too, and none may hold what it is not to read. For a privileged caller that is done by idmapped mounts (5.12,
/// on overlays 5.19); the overlay is mounted in the sandbox's own user namespace with `userxattr` (5.11), so that layers and
/// uppers are the same for root and for an ordinary user.
///
/// What is mounted below a layer on the host is not part of the layer; as an ordinary user's it is an error.
///
/// ```
/// use belljar::{Command, Overlay, Sandbox};
/// # let dir = std::env::temp_dir().join(format!("belljar-overlay-doc-{}", std::process::id()));
/// # std::fs::create_dir_all(dir.join("base"))?;
/// # std::fs::write(dir.join("base/words"), "hello\n")?;
/// # let base = dir.join("base");
///
/// let sandbox = Sandbox::new().host_system().overlay(Overlay::new().lower(&base).at("/work"));
/// let mut command = Command::new("sh");
/// command.args(["-c", "cat words; echo bye >words"]).current_dir("/work");
/// # if !belljar::Host::probe().has(belljar::Feature::Overlayfs) { return Ok(()) }
/// let output = sandbox.output(command)?;
/// assert_eq!(output.stdout, b"hello\n");
/// assert_eq!(std::fs::read(base.join("words"))?, b"hello\n");
/// assert_eq!(output.outcome.changes()?.read("words", 100)?, b"bye\n");
/// # std::fs::remove_dir_all(dir)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Overlay {
    pub(crate) lowers: Vec<PathBuf>,
    pub(crate) upper: Upper,
    pub(crate) at: PathBuf,
    /// Open as long as somebody uses the layers.
    pub(crate) lease: Option<Arc<OwnedFd>>,
}

/// Where the program's writes go.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Upper {
    Memory { bytes: u64 },
    Dir(PathBuf),
    None,
}

/// What the sandbox itself puts into an overlay at a place, below all layers or above them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Own {
    pub kind: rustix::fs::FileType,
    pub mode: u32,
    pub above: bool,
}

/// What a memory upper holds unless it is said otherwise.
const UPPER_BYTES: u64 = 64 << 20;

/// The kernel's OVL_MAX_STACK.
pub(crate) const MOST_LAYERS: usize = 500;

impl Default for Overlay {
    fn default() -> Overlay {
        Overlay::new()
    }
}

impl Overlay {
    /// No layer yet, an upper of 64 MiB in memory, at `/`. Without a layer, at another place, it is an empty directory that the
    /// program can write to, of which [`Outcome::changes`](crate::Outcome::changes) tells.
    ///
    /// ```
    /// use belljar::{Command, Overlay, Sandbox};
    ///
    /// let sandbox = Sandbox::new().host_system().overlay(Overlay::new().at("/out"));
    /// # if !belljar::Host::probe().has(belljar::Feature::Overlayfs) { return Ok(()) }
    /// let outcome = sandbox.run(Command::shell("mkdir /out/d && echo text >/out/d/file"))?;
    /// assert_eq!(outcome.changes()?.read("d/file", 100)?, b"text\n");
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// `spawn` refuses one without a layer that is at `/` or [`read_only`](Overlay::read_only).
    pub fn new() -> Overlay {
        Overlay { lowers: Vec::new(), upper: Upper::Memory { bytes: UPPER_BYTES }, at: "/".into(), lease: None }
    }

    /// Adds a read-only layer on top of those that were added before: the base comes first, as images list them. Any
    /// name will do. Whiteouts and opaque directories are those of overlayfs with `userxattr`: character devices 0:0, and
    /// the extended attribute `user.overlay.opaque`.
    ///
    /// ```
    /// use belljar::Overlay;
    ///
    /// let overlay = Overlay::new().lower("/srv/layers/base").lower("/srv/layers/app");
    /// assert_eq!(overlay.lowers().len(), 2);
    /// ```
    ///
    /// # Errors
    /// `spawn` refuses a layer that is missing or no directory, one that is listed twice or lies inside another, and more
    /// than 500 of them (the kernel's OVL_MAX_STACK). A layer may itself be on an overlay, that one's layers not;
    /// a privileged caller's only if nothing can be written over it ([`read_only`](Overlay::read_only)), as overlays have no
    /// idmapped mounts.
    pub fn lower(mut self, dir: impl Into<PathBuf>) -> Overlay {
        self.lowers.push(dir.into());
        self
    }

    /// What the program writes is kept in memory, at most so many bytes, and one file for each 4 KiB of them (at least 1024
    /// files). It is freed with the last [`Child`](crate::Child) and [`Outcome`](crate::Outcome) of the run. Default 64 MiB.
    ///
    /// Before Linux 6.6 a tmpfs has no user xattrs, by which a directory is marked that hides what the layers have there. The
    /// program gets EIO where it removes a directory *of a layer* that was not empty, or makes one in the place of what a layer has
    /// and it has removed. All else works, so that this is no error of `spawn`; a program that is going to do such things needs an
    /// [`upper_dir`](Overlay::upper_dir) there, and [`Feature::MemoryUppers`](crate::Feature::MemoryUppers) tells.
    ///
    /// ```
    /// use belljar::{Command, Overlay, Sandbox};
    /// # if !belljar::Host::probe().has(belljar::Feature::Overlayfs) { return Ok(()) }
    /// # let dir = std::env::temp_dir().join(format!("belljar-upper-tmpfs-doc-{}", std::process::id()));
    /// # std::fs::create_dir(&dir)?;
    ///
    /// let overlay = Overlay::new().lower(&dir).upper_tmpfs(1 << 20).at("/work");
    /// let sandbox = Sandbox::new().host_system().overlay(overlay);
    /// let output = sandbox.output(Command::shell("head -c 2000000 /dev/zero >/work/file"))?;
    /// assert!(output.stderr_lossy().contains("No space left on device"));
    /// # std::fs::remove_dir_all(dir)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// 0 bytes, or more than `i64::MAX`.
    pub fn upper_tmpfs(mut self, bytes: u64) -> Overlay {
        self.upper = Upper::Memory { bytes };
        self
    }

    /// What the program writes is kept in this directory, which must exist, and which can be an upper again, or a
    /// [`lower`](Overlay::lower), in a later run. For a privileged caller what the program makes belongs to the directory's
    /// owner; an ordinary user must own it.
    ///
    /// There is no limit to what is written to it, in bytes or files, but the filesystem's, or a project quota, as for
    /// [`bind_rw`](crate::Sandbox::bind_rw); of the directory that it is in, as nothing can be moved from the work directory
    /// into another project (EXDEV).
    ///
    /// No file in it keeps set-user-ID, set-group-ID or, for a privileged caller, capabilities when the run is over: a store to a
    /// mapping leaves a file of a layer the bits, with what the program has written; and capabilities that a program with
    /// [`SETFCAP`](crate::Capabilities::SETFCAP) gives to a file of a directory of root's would be the host's. The end of a run
    /// goes through the directory for that; after a host that was killed, or where that failed, the beginning of the next one
    /// does. It takes time for each entry, of whoever waits, looks or drops: a million directories keep the host a minute or two.
    /// *While* a program runs such a file is there with its bits: so where layers have some (an image's have none), or with that
    /// capability, no other user of the host may be able to enter this directory, or one above it.
    ///
    /// A work directory, which overlayfs needs, is made beside it and removed at the end; one that a killed host left behind
    /// is replaced. fsync(2) inside does nothing (`volatile`, 5.10): as long as the machine does not crash nothing is lost.
    ///
    /// ```
    /// use belljar::{Command, Overlay, Sandbox};
    /// # if !belljar::Host::probe().has(belljar::Feature::Overlayfs) { return Ok(()) }
    /// # let dir = std::env::temp_dir().join(format!("belljar-upper-dir-doc-{}", std::process::id()));
    /// # std::fs::create_dir(&dir)?;
    ///
    /// let (base, upper) = (dir.join("base"), dir.join("upper"));
    /// # std::fs::create_dir(&base)?;
    /// # std::fs::create_dir(&upper)?;
    /// let overlay = Overlay::new().lower(&base).upper_dir(&upper).at("/work");
    /// let sandbox = Sandbox::new().host_system().overlay(overlay);
    /// # if sandbox.run(Command::new("true")).is_err_and(|error| error.step() == belljar::Step::Overlay) { return Ok(()) }
    /// sandbox.run(Command::shell("echo made >/work/file"))?;
    /// assert_eq!(std::fs::read(upper.join("file"))?, b"made\n");
    /// # std::fs::remove_dir_all(dir)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A filesystem without user xattrs, or another overlay; a directory inside a layer, or around one; a mount point,
    /// as the work directory must be on the same mount; one that a live sandbox has as its upper.
    pub fn upper_dir(mut self, dir: impl Into<PathBuf>) -> Overlay {
        self.upper = Upper::Dir(dir.into());
        self
    }

    /// Nothing can be written: EROFS.
    ///
    /// ```
    /// use belljar::{Command, Overlay, Sandbox};
    /// # if !belljar::Host::probe().has(belljar::Feature::Overlayfs) { return Ok(()) }
    /// # let dir = std::env::temp_dir().join(format!("belljar-read-only-doc-{}", std::process::id()));
    /// # std::fs::create_dir(&dir)?;
    ///
    /// let sandbox = Sandbox::new().host_system().overlay(Overlay::new().lower(&dir).read_only().at("/work"));
    /// let output = sandbox.output(Command::shell("echo >/work/file"))?;
    /// assert!(output.stderr_lossy().contains("Read-only file system"));
    /// # std::fs::remove_dir_all(dir)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// None.
    pub fn read_only(mut self) -> Overlay {
        self.upper = Upper::None;
        self
    }

    /// The place inside. Default `/`.
    ///
    /// ```
    /// use belljar::{Command, Overlay, Sandbox};
    /// # if !belljar::Host::probe().has(belljar::Feature::Overlayfs) { return Ok(()) }
    /// # let dir = std::env::temp_dir().join(format!("belljar-at-doc-{}", std::process::id()));
    /// # std::fs::create_dir(&dir)?;
    ///
    /// let sandbox = Sandbox::new().host_system().overlay(Overlay::new().lower(&dir).at("/srv/work"));
    /// assert!(sandbox.run(Command::shell("echo >/srv/work/file"))?.success());
    /// # std::fs::remove_dir_all(dir)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for a place of [`bind_ro`](crate::Sandbox::bind_ro); one in a bind or a tmpfs.
    pub fn at(mut self, inside: impl Into<PathBuf>) -> Overlay {
        self.at = inside.into();
        self
    }

    /// Keeps this open as long as the overlay, a sandbox or an outcome needs the layers.
    #[cfg(feature = "oci")]
    pub(crate) fn leased(mut self, lease: &Arc<OwnedFd>) -> Overlay {
        self.lease = Some(lease.clone());
        self
    }

    /// The layers, bottom first.
    pub fn lowers(&self) -> impl ExactSizeIterator<Item = &Path> {
        self.lowers.iter().map(PathBuf::as_path)
    }

    /// Whether what the program writes goes to the host's disk.
    pub(crate) fn is_kept(&self) -> bool {
        matches!(self.upper, Upper::Dir(_))
    }

    pub(crate) fn is_writable(&self) -> bool {
        self.upper != Upper::None
    }

    /// What needs no look at the host.
    fn check(&self) -> Result<()> {
        let refuse = |message: String| Err(Error::invalid(Label::at(Step::Overlay, &self.at), message));
        if self.lowers.is_empty() && (self.upper == Upper::None || self.place()?.as_os_str().is_empty()) {
            return refuse("has no lower directory".into());
        }
        if self.lowers.len() > MOST_LAYERS {
            return refuse(format!("{} layers: the kernel takes {MOST_LAYERS}", self.lowers.len()));
        }
        let upper = match &self.upper {
            Upper::Memory { bytes } if *bytes == 0 || *bytes > i64::MAX as u64 => {
                return refuse(format!("an upper of {bytes} bytes"));
            }
            Upper::Dir(dir) => Some(dir),
            _ => None,
        };
        for dir in self.lowers.iter().chain(upper) {
            if dir.as_os_str().is_empty() || has_nul(dir) {
                return Err(Error::invalid(
                    Label::at(Step::Overlay, dir),
                    "the path on the host is empty or holds a NUL",
                ));
            }
        }
        self.place().map(drop)
    }

    /// Whether it is the program's root.
    pub(crate) fn is_root(&self) -> bool {
        self.place().is_ok_and(|place| place.as_os_str().is_empty())
    }

    /// Whether it leaves no place at the root that the program could write to.
    pub(crate) fn is_read_only_root(&self) -> bool {
        self.upper == Upper::None && self.is_root()
    }

    /// The place inside, relative to the sandbox's root, which it may be.
    pub(crate) fn place(&self) -> Result<PathBuf> {
        crate::mounts::place(&self.at, true, || Label::at(Step::Overlay, &self.at))
    }
}
