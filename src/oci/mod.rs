//! OCI and Docker images as overlay layers.

mod borrow;
mod decode;
mod manifest;
mod source;
mod store;
mod tar;
mod unpack;
mod user;

use std::ffi::OsString;
use std::io::{self, BufReader};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use self::decode::{Decoder, Hashed, Limited, digest};
use self::manifest::{Layer, Manifest};
use self::source::Source;
use self::unpack::Budget;
use self::user::User;
use crate::command::Command;
use crate::error::{Cure, Error, Label, Result, Step};
use crate::overlay::{Overlay, is_opaque};

pub use self::store::Store;

/// A local image, unpacked: its layers as an [`Overlay`], its configuration as a [`Command`].
///
/// It is read from an OCI image layout (a directory with `oci-layout`, `index.json` and `blobs/sha256`, as skopeo, umoci and
/// buildah write them), from a tar archive of one, or from what `docker save` and `podman save` write; archives may be
/// compressed by gzip or zstd. Of an index for several platforms the image for Linux on this architecture is taken. Nothing is fetched.
///
/// ```no_run
/// use belljar::{Image, Sandbox};
///
/// let image = Image::open("images/python.tar")?;
/// let (uid, gid) = image.user()?;
/// let sandbox = Sandbox::new().overlay(image.overlay()).user(uid, gid);
/// let output = sandbox.output(image.command())?;
/// let output = sandbox.output(image.command_for("python3").args(["-c", "print(1 + 1)"]))?;
/// assert_eq!(output.stdout, b"2\n");
/// # Ok::<(), belljar::Error>(())
/// ```
///
/// # What unpacking does and does not
///
/// Index, manifest, configuration and each layer are verified by their SHA-256 and size, a layer also uncompressed. A layer
/// is unpacked by itself, once, into the [`Store`]:
///
/// - **Ids**: all files belong to whoever unpacks, and so inside to the program's user, whichever that is; the archive's owners
///   are not kept. It is the same for root and an ordinary user.
/// - **Modes** are kept, but for setuid and setgid, which do nothing inside and would on the host. The owner can read every
///   file and enter, fill and empty every directory. Times are kept, but for the access time; a directory's is the archive's
///   if its contents follow it.
/// - **Whiteouts** become those of overlayfs (a character device 0:0, the attribute `user.overlay.opaque`, as in mounts with
///   `userxattr`). Other **device nodes** are left out, since a sandbox could not use them.
/// - **Extended attributes** of the `user.` kind are kept, others (capabilities, ACLs, labels) are not.
/// - **Names**: a leading `/` is dropped, `..` is refused. Links in the middle of a name are followed within the layer, as if
///   it were the root. Nothing outside of the layer's directory can be reached.
/// - **Hard links** to files of the same layer are such. One to a file that only the layers below have becomes a copy of that, as
///   overlayfs makes one of a file that is written to; no link is followed on the way to it, and it counts as if it were
///   in the archive.
///
/// An archive is refused as a whole, and nothing of the layer kept, that is not what its digest says, goes beyond the store's
/// limits, gives overlayfs orders (`trusted.overlay.*`, `user.overlay.*`), puts something into a whiteout, or cannot be
/// understood.
#[derive(Clone, Debug)]
pub struct Image {
    /// As it was opened: what errors are about.
    path: PathBuf,
    /// Bottom first, no one twice.
    layers: Vec<PathBuf>,
    /// As long as it is open the store keeps them.
    lease: Arc<OwnedFd>,
    config: oci_spec::image::Config,
}

impl Image {
    /// Opens an image and unpacks into the user's own store, [`Store::user_cache`], what is not there yet.
    ///
    /// # Errors
    /// As [`open_in`](Image::open_in); and where the environment names no such place.
    pub fn open(path: impl AsRef<Path>) -> Result<Image> {
        Image::open_in(path, &Store::user_cache()?)
    }

    /// Opens an image and unpacks into a store what is not there yet.
    ///
    /// It may wait for another thread or process that is unpacking a layer of the image.
    ///
    /// # Errors
    /// A file that is not an image or not for this architecture, more than one image (see [`open_named`](Image::open_named)), a
    /// digest or size that is not as promised, a media type that is not known, a layer that is not in the image, an archive
    /// that is refused, and a store that somebody else could write into. `EPERM` or `EOPNOTSUPP` for a whiteout if the store is
    /// on a filesystem without them: on an overlay, or on a tmpfs before Linux 6.6.
    pub fn open_in(path: impl AsRef<Path>, store: &Store) -> Result<Image> {
        let path = path.as_ref();
        open(path, None, store).map_err(|fault| fault.of(path))
    }

    /// As [`open_in`](Image::open_in), of several images the one that has this name: in a layout the annotation
    /// `org.opencontainers.image.ref.name`, often only a tag such as `latest`; in a `docker save` archive `name:tag`. What
    /// comes before its last part or parts, such as a registry, may be left out.
    ///
    /// # Errors
    /// As [`open_in`](Image::open_in); and if none or several have the name.
    pub fn open_named(path: impl AsRef<Path>, name: &str, store: &Store) -> Result<Image> {
        let path = path.as_ref();
        open(path, Some(name), store).map_err(|fault| fault.of(path))
    }

    /// The layers, bottom first, with a writable one in memory on top, at `/`: as [`Overlay::new`] begins. For what a program
    /// cannot do in memory before Linux 6.6 see [`Overlay::upper_tmpfs`].
    pub fn overlay(&self) -> Overlay {
        self.layers.iter().fold(Overlay::new().leased(&self.lease), Overlay::lower)
    }

    /// The directories of the layers, bottom first. A layer that the image has twice is listed where it is highest, and
    /// one that another hides altogether is not: the program sees the same.
    pub fn layers(&self) -> impl ExactSizeIterator<Item = &Path> {
        self.layers.iter().map(PathBuf::as_path)
    }

    /// What the image runs: its entry point followed by its command, with its environment and working directory.
    ///
    /// An image without either gives a command with an empty name, which `spawn` refuses.
    /// `HOME` is what the image sets, else the home of its [`user`](Image::user) in its `/etc/passwd`, else the sandbox's own.
    pub fn command(&self) -> Command {
        let entry_point = self.config.entrypoint().iter().flatten();
        let mut words = entry_point.chain(self.config.cmd().iter().flatten());
        let mut command = self.command_for(words.next().map(String::as_str).unwrap_or_default());
        command.args(words);
        command
    }

    /// Another program, with the image's environment and working directory.
    pub fn command_for(&self, program: impl Into<OsString>) -> Command {
        let mut command = Command::new(program.into());
        let env = self.config.env().iter().flatten();
        if let Some(home) = self.resolve().ok().and_then(|user| user.home) {
            command.env("HOME", home);
        }
        command.envs(env.map(|variable| variable.split_once('=').unwrap_or((variable, ""))));
        if let Some(dir) = self.config.working_dir().as_ref().filter(|dir| !dir.is_empty()) {
            command.current_dir(dir);
        }
        command
    }

    /// The user and group id that the image's program is to have: for [`Sandbox::user`](crate::Sandbox::user). An image
    /// that names no user runs as 0 and 0, which inside is a look and no power.
    ///
    /// Names are looked up in the image's own `/etc/passwd` and `/etc/group`; the group of a user that is not there is 0.
    ///
    /// # Errors
    /// A name that is not there, or such a file that is a link.
    pub fn user(&self) -> Result<(u32, u32)> {
        self.resolve().map(|user| user.ids).map_err(|fault| fault.of(&self.path))
    }

    fn resolve(&self) -> Result<User, Fault> {
        user::resolve(self.config.user().as_deref().unwrap_or_default(), &self.layers)
    }
}

fn open(path: &Path, name: Option<&str>, store: &Store) -> Result<Image, Fault> {
    let opened = store.open()?;
    let source = Source::open(path, &opened, &Budget::new(store.max_bytes, store.max_entries))?;
    let manifest = Manifest::read(&source, name)?;
    let budget = Budget::new(store.max_bytes, store.max_entries);
    let mut layers: Vec<PathBuf> = Vec::new();
    let mut chain = String::new();
    for layer in &manifest.layers {
        chain = match &*chain {
            "" => layer.diff_id.clone(),
            below => digest(format!("sha256:{below} sha256:{}", layer.diff_id).as_bytes()),
        };
        let place = opened
            .layer(&layer.diff_id, &chain, |root, trash| fill(&source, layer, &layers, root, trash, &budget))
            .map_err(|fault| fault.within(&format!("layer sha256:{}", layer.diff_id)))?;
        if root_is_opaque(&place)? {
            layers.clear();
        }
        // overlayfs refuses the same directory twice, and the higher one says all that the lower one does.
        layers.retain(|lower| *lower != place);
        layers.push(place);
    }
    let lease = opened.leases;
    Ok(Image { path: path.to_owned(), layers, lease, config: manifest.config.config().clone().unwrap_or_default() })
}

/// overlayfs does not look for the attribute on the root of a layer.
fn root_is_opaque(layer: &Path) -> Result<bool, Fault> {
    let failed = |errno: Errno| Fault::os(layer, errno.into());
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let dir = rustix::fs::open(layer, flags, Mode::empty()).map_err(failed)?;
    is_opaque(dir.as_fd()).map_err(failed)
}

/// Unpacks a layer and verifies it on the way; whether it holds anything of those below it. What is there when this fails is
/// thrown away.
fn fill(
    source: &Source,
    layer: &Layer,
    below: &[PathBuf],
    root: OwnedFd,
    trash: OwnedFd,
    budget: &Budget,
) -> Result<bool, Fault> {
    let Some(blob) = source.file(&layer.file)? else {
        return Err(Fault::Refused(format!("{} is missing", layer.file)));
    };
    if let Some((_, size)) = &layer.blob
        && blob.left != *size
    {
        return Err(Fault::Refused(format!("{} has {} bytes, not {size}", layer.file, blob.left)));
    }
    let decoder = Decoder::new(BufReader::new(Hashed::new(blob)))?;
    let mut stream = Hashed::new(Limited { inner: decoder, budget });
    let borrows = unpack::unpack(&mut tar::Archive::new(&mut stream), below, root, trash, budget)?;
    let (limited, found) = stream.finish()?;
    if found != layer.diff_id {
        return Err(Fault::Refused(format!("uncompressed, {} has the digest {found}", layer.file)));
    }
    let (_, found) = limited.inner.into_inner().into_inner().finish()?;
    match &layer.blob {
        Some((told, _)) if found != *told => Err(Fault::Refused(format!("{} has the digest {found}", layer.file))),
        _ => Ok(borrows),
    }
}

/// A failure before it is known which image it is about.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("{error}")]
    Os { what: Option<PathBuf>, error: io::Error, cure: Option<Cure> },
    #[error("{0}")]
    Refused(String),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Fault {
        match error.raw_os_error() {
            Some(_) => Fault::Os { what: None, error, cure: None },
            None if error.kind() == io::ErrorKind::UnexpectedEof => Fault::Refused("it ends too early".into()),
            // Of a decompressor.
            None => Fault::Refused(error.to_string()),
        }
    }
}

impl From<Errno> for Fault {
    fn from(errno: Errno) -> Fault {
        io::Error::from(errno).into()
    }
}

impl Fault {
    fn os(what: &Path, error: io::Error) -> Fault {
        Fault::from(error).at(what)
    }

    /// Says what it is about, unless that is known better.
    fn at(self, place: impl AsRef<Path>) -> Fault {
        let place = place.as_ref();
        match self {
            Fault::Os { what, error, cure } => Fault::Os { what: what.or_else(|| Some(place.to_owned())), error, cure },
            refused => refused.within(&format!("{:?}", place.to_string_lossy())),
        }
    }

    fn within(self, what: &str) -> Fault {
        match self {
            Fault::Refused(message) => Fault::Refused(format!("{what}: {message}")),
            os => os,
        }
    }

    fn cure(self, cure: Cure) -> Fault {
        match self {
            Fault::Os { what, error, .. } => {
                let refused = matches!(Errno::from_io_error(&error), Some(Errno::PERM | Errno::OPNOTSUPP));
                Fault::Os { what, error, cure: refused.then_some(cure) }
            }
            refused => refused,
        }
    }

    fn of(self, image: &Path) -> Error {
        let label = Label::at(Step::OciImage, image);
        match self {
            Fault::Os { what, error, cure } => Error::os(Label { inside: what, ..label }, error).with_hint(cure),
            Fault::Refused(message) => Error::invalid(label, message),
        }
    }
}
