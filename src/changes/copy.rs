//! What was changed, written out: as plain files, or as a layer.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{
    AtFlags, CWD, FileType, Mode, OFlags, Stat, Timespec, Timestamps, XattrFlags, fchmod, fstat, futimens, linkat,
    mkdirat, mknodat, symlinkat, unlinkat,
};
use rustix::io::Errno;

use super::access::Upper;
use super::{Change, ChangeKind, Changes, FileKind, failed, relative};
use crate::cure;
use crate::error::{Error, Label, Result, Step};
use crate::limits::Resource;
use crate::overlay::{beneath, make_opaque, make_whiteout, proc_path, remove_tree};

/// What [`Changes::copy_to`] has done.
#[non_exhaustive]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// Regular files, hard links included.
    pub files: u64,
    /// Bytes of regular files that take room; holes are not copied.
    pub bytes: u64,
    /// FIFOs, sockets and devices: they are left out.
    pub skipped: Vec<PathBuf>,
}

impl Changes {
    /// Copies what was added, modified and replaced into `dir`, which must be empty, or is made.
    ///
    /// What is made belongs to the caller. It can always read and write it; nobody else can write; set-user-id and
    /// set-group-id are not copied. Symbolic links are copied as they are, and may lead anywhere: whoever reads the result by
    /// path must know that. Hard links, holes, times of files and extended attributes of the namespace `user` (where the
    /// filesystem has them) are kept.
    ///
    /// # Errors
    /// A directory that is not empty; what the filesystem refuses; EFBIG for a file that is larger than the caller's
    /// RLIMIT_FSIZE. Then a directory that was made is removed.
    pub fn copy_to(&self, dir: impl AsRef<Path>) -> Result<Copied> {
        self.write(dir.as_ref(), Form::Plain)
    }

    /// Writes the upper directory out as a layer, with its whiteouts and opaque directories, into `dir`, which must be
    /// empty, or is made: it can then be the topmost [`lower`](crate::Overlay::lower) of another run. It belongs to the
    /// caller, who can read every file and enter, fill and empty every directory; set-user-ID and set-group-ID are not
    /// copied. An [`upper_dir`](crate::Overlay::upper_dir) can be a lower as it is.
    ///
    /// # Errors
    /// As [`copy_to`](Changes::copy_to); and a filesystem without user xattrs.
    pub fn commit(&self, dir: impl AsRef<Path>) -> Result<()> {
        self.write(dir.as_ref(), Form::Layer).map(drop)
    }

    /// Copies one changed regular file to a place on the host where there is nothing yet, and tells how many bytes it has. As with
    /// [`copy_to`](Changes::copy_to) it belongs to the caller, and has neither set-user-id nor set-group-id. No link is
    /// followed to the file, also if the program runs and puts links in the way at this moment; it is copied as it is meanwhile.
    ///
    /// ```
    /// # use belljar::{Command, Overlay, Sandbox};
    /// # if !belljar::Host::probe().has(belljar::Feature::Overlayfs) { return Ok(()) }
    /// # let base = std::env::temp_dir().join(format!("belljar-copy-doc-{}", std::process::id()));
    /// # std::fs::create_dir(&base)?;
    /// # let to = base.with_extension("copy");
    /// let sandbox = Sandbox::new().host_system().overlay(Overlay::new().lower(&base).at("/work"));
    /// let outcome = sandbox.run(Command::shell("echo made >/work/result"))?;
    /// assert_eq!(outcome.changes()?.copy_file("result", &to)?, 5);
    /// # std::fs::remove_file(to)?;
    /// # std::fs::remove_dir(base)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`open`](Changes::open); EEXIST if there is something at `to`; EFBIG as with [`copy_to`](Changes::copy_to). Then what
    /// was made is removed.
    pub fn copy_file(&self, path: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<u64> {
        let (path, to) = (relative(path.as_ref()), to.as_ref());
        let from_failed = |error: io::Error| failed(path, error);
        let to_failed = |errno: Errno| failed(to, errno.into());
        let upper = self.record.upper()?.ok_or_else(|| from_failed(Errno::NOENT.into()))?;
        let (from, stat) = upper.open_file(path).map_err(from_failed)?;
        let name = to.file_name().ok_or_else(|| to_failed(Errno::INVAL))?;
        let dir = to.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let dir = rustix::fs::open(dir, flags, Mode::empty()).map_err(to_failed)?;
        let made = create(&dir, name).map_err(to_failed)?;
        let writer = Writer::new(upper, dir, Form::Plain);
        writer.fill(path, from, &stat, made).map_err(|error| {
            let _ = unlinkat(&writer.target, name, AtFlags::empty());
            from_failed(error)
        })?;
        Ok(stat.st_size as u64)
    }

    fn write(&self, dir: &Path, form: Form) -> Result<Copied> {
        let at_dir = |errno: Errno| failed(dir, errno.into());
        let made = match rustix::fs::mkdir(dir, Mode::from_raw_mode(0o755)) {
            Ok(()) => true,
            Err(Errno::EXIST) => false,
            Err(errno) => return Err(at_dir(errno)),
        };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let target = rustix::fs::open(dir, flags, Mode::empty()).map_err(at_dir)?;
        if std::fs::read_dir(proc_path(target.as_fd())).map_err(|error| failed(dir, error))?.next().is_some() {
            return Err(at_dir(Errno::NOTEMPTY));
        }
        let result = self.record.upper().and_then(|upper| match upper {
            None => Ok(Copied::default()),
            Some(upper) => Writer::new(upper, target, form).run(&self.changes),
        });
        if result.is_err() && made {
            let _ = remove_tree(CWD, dir.as_os_str());
        }
        result
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Form {
    Plain,
    Layer,
}

struct Writer<'a> {
    upper: Upper<'a>,
    target: OwnedFd,
    form: Form,
    /// RLIMIT_FSIZE: a file beyond it would raise SIGXFSZ in the host.
    max_file: u64,
    /// Directories that were made, and the modes that they get once they are full.
    modes: BTreeMap<PathBuf, Mode>,
    copied: Copied,
}

/// A new file, for the caller alone as yet.
fn create(dir: &OwnedFd, name: &OsStr) -> Result<OwnedFd, Errno> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::openat(dir, name, flags, Mode::RUSR | Mode::WUSR)
}

impl<'a> Writer<'a> {
    fn new(upper: Upper<'a>, target: OwnedFd, form: Form) -> Writer<'a> {
        let max_file = crate::sys::soft_limit(Resource::Fsize as u32).unwrap_or(u64::MAX);
        Writer { upper, target, form, max_file, modes: BTreeMap::new(), copied: Copied::default() }
    }

    fn run(mut self, changes: &[Change]) -> Result<Copied> {
        for change in changes {
            self.write(change).map_err(|error| {
                let unsupported = error.raw_os_error() == Some(Errno::NOTSUP.raw_os_error());
                let cure = (unsupported && self.form == Form::Layer).then_some(cure::UPPER_FILESYSTEM);
                Error::os(Label::at(Step::Changes, &change.path), error).with_hint(cure)
            })?;
        }
        if self.form == Form::Layer {
            self.modes.insert(PathBuf::new(), self.mode(Path::new("")).map_err(|error| failed(Path::new(""), error))?);
        }
        for (dir, mode) in self.modes.iter().rev() {
            self.open(dir).and_then(|fd| Ok(fchmod(fd, *mode)?)).map_err(|error| failed(dir, error))?;
        }
        Ok(self.copied)
    }

    fn write(&mut self, change: &Change) -> io::Result<()> {
        let path = &change.path;
        let Some(name) = path.file_name() else { return Err(Errno::INVAL.into()) };
        let layer = self.form == Form::Layer;
        match (change.now, &change.same_as) {
            (None, _) if !layer => return Ok(()),
            (Some(FileKind::Device), _) => {
                self.copied.skipped.push(path.clone());
                return Ok(());
            }
            (Some(FileKind::Fifo | FileKind::Socket), _) if !layer => {
                self.copied.skipped.push(path.clone());
                return Ok(());
            }
            _ => {}
        }
        let parent = self.parent(path)?;
        match (change.now, &change.same_as) {
            (None, _) => make_whiteout(&parent, name)?,
            (Some(FileKind::Dir), _) => {
                self.make_dir(path)?;
                if layer && change.kind == ChangeKind::Replaced {
                    make_opaque(self.open(path)?)?;
                }
            }
            (Some(kind), Some(first)) => {
                let from = self.open(first.parent().unwrap_or(Path::new("")))?;
                linkat(from, first.file_name().unwrap_or_default(), &parent, name, AtFlags::empty())?;
                self.copied.files += u64::from(kind == FileKind::File);
            }
            (Some(FileKind::File), None) => {
                self.copied.bytes += self.copy(path, &parent)?;
                self.copied.files += 1;
            }
            (Some(FileKind::Symlink), None) => {
                symlinkat(change.target.as_deref().unwrap_or(Path::new("")), &parent, name)?;
            }
            (Some(kind), None) => {
                let kind = if kind == FileKind::Fifo { FileType::Fifo } else { FileType::Socket };
                mknodat(&parent, name, kind, Mode::from_raw_mode(change.mode & 0o777), 0)?;
            }
        }
        Ok(())
    }

    /// Of what was made before: it holds no link that leads elsewhere, unless somebody else writes there, too.
    fn open(&self, dir: &Path) -> io::Result<OwnedFd> {
        Ok(beneath(self.target.as_fd(), dir, OFlags::RDONLY | OFlags::DIRECTORY)?)
    }

    fn parent(&mut self, path: &Path) -> io::Result<OwnedFd> {
        let parent = path.parent().unwrap_or(Path::new(""));
        let mut missing: Vec<&Path> = parent
            .ancestors()
            .take_while(|dir| !dir.as_os_str().is_empty() && !self.modes.contains_key(*dir))
            .collect();
        missing.reverse();
        for dir in missing {
            self.make_dir(dir)?;
        }
        self.open(parent)
    }

    fn make_dir(&mut self, path: &Path) -> io::Result<()> {
        let parent = self.open(path.parent().unwrap_or(Path::new("")))?;
        mkdirat(parent, path.file_name().unwrap_or_default(), Mode::RWXU)?;
        let mode = self.mode(path)?;
        self.modes.insert(path.to_owned(), mode);
        let made = self.open(path)?;
        self.copy_xattrs(path, &made)
    }

    fn mode(&self, path: &Path) -> io::Result<Mode> {
        let mode = Mode::from_raw_mode(fstat(self.upper.look(path)?)?.st_mode & 0o7777);
        Ok(match self.form {
            Form::Plain => mode & Mode::from_raw_mode(0o755) | Mode::RWXU,
            Form::Layer => mode & Mode::from_raw_mode(0o1777) | Mode::RWXU,
        })
    }

    fn copy(&self, path: &Path, parent: &OwnedFd) -> io::Result<u64> {
        let (from, stat) = self.upper.open_file(path)?;
        self.fill(path, from, &stat, create(parent, path.file_name().unwrap_or_default())?)
    }

    /// Copies what of a file takes room, and tells how much that was.
    fn fill(&self, path: &Path, mut from: File, stat: &Stat, to: OwnedFd) -> io::Result<u64> {
        if stat.st_size as u64 > self.max_file {
            return Err(Errno::FBIG.into());
        }
        let mut to = File::from(to);
        let size = stat.st_size as u64;
        let (mut at, mut copied) = (0, 0);
        while at < size {
            let data = match rustix::fs::seek(&from, rustix::fs::SeekFrom::Data(at)) {
                Err(Errno::NXIO) => break,
                result => result?,
            };
            let hole = rustix::fs::seek(&from, rustix::fs::SeekFrom::Hole(data))?.min(size);
            from.seek(SeekFrom::Start(data))?;
            to.seek(SeekFrom::Start(data))?;
            let count = io::copy(&mut (&from).take(hole.saturating_sub(data)), &mut to)?;
            copied += count;
            // Somebody has cut it meanwhile.
            if count == 0 {
                break;
            }
            at = data + count;
        }
        to.set_len(size)?;
        self.copy_xattrs(path, &to)?;
        let mode = Mode::from_raw_mode(stat.st_mode & 0o7777);
        fchmod(
            &to,
            match self.form {
                Form::Plain => mode & Mode::from_raw_mode(0o755) | Mode::RUSR | Mode::WUSR,
                Form::Layer => mode & Mode::from_raw_mode(0o1777) | Mode::RUSR,
            },
        )?;
        let time = Timespec { tv_sec: stat.st_mtime as _, tv_nsec: stat.st_mtime_nsec as _ };
        futimens(&to, &Timestamps { last_access: time, last_modification: time })?;
        Ok(copied)
    }

    fn copy_xattrs(&self, path: &Path, to: impl AsFd) -> io::Result<()> {
        let attributes = match self.upper.xattrs(path) {
            // More names than listxattr(2) tells of.
            Err(error) if self.form == Form::Plain && Errno::from_io_error(&error) == Some(Errno::TOOBIG) => {
                return Ok(());
            }
            attributes => attributes?,
        };
        for (name, value) in attributes {
            match rustix::fs::fsetxattr(&to, &name, &value, XattrFlags::empty()) {
                Err(Errno::NOTSUP | Errno::NOSPC | Errno::RANGE) if self.form == Form::Plain => {}
                result => result?,
            }
        }
        Ok(())
    }
}
