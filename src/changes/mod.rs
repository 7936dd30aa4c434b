//! What a run has changed in its overlay: read from the upper directory, which a hostile program has written.
//!
//! All of it is reached by descriptors, beneath the directory and not through links; nothing but a regular file or a
//! directory is ever opened; and how much is read has a bound.

mod access;
mod change;
mod copy;
mod record;
mod walk;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use rustix::io::Errno;

use crate::error::{Error, Label, Result, Step};
pub use change::{Change, ChangeKind, FileKind};
pub use copy::Copied;
pub(crate) use record::Record;
use walk::Stamp;

/// What a run has changed in its overlay, in the order of the paths: see [`Outcome::changes`](crate::Outcome::changes).
///
/// It keeps an upper directory in memory alive. Of an [`upper_dir`](crate::Overlay::upper_dir) it tells what is there now:
/// with what earlier runs left.
///
/// What a program has written is not to be trusted. Files are opened by [`open`](Changes::open) and the like only: links are
/// not followed, neither at the end of a path nor on the way, and nothing but a regular file is opened. No name is used as
/// such but below the directory that [`copy_to`](Changes::copy_to) or [`commit`](Changes::commit) is given.
///
/// ```
/// use belljar::{ChangeKind, Command, Overlay, Sandbox};
/// # let dir = std::env::temp_dir().join(format!("belljar-changes-doc-{}", std::process::id()));
/// # let base = dir.join("base");
/// # std::fs::create_dir_all(&base)?;
/// # std::fs::write(base.join("old"), "")?;
/// # if !belljar::Host::probe().has(belljar::Feature::Overlayfs) { return Ok(()) }
///
/// let sandbox = Sandbox::new().host_system().overlay(Overlay::new().lower(&base).at("/work"));
/// let outcome = sandbox.run(Command::new("sh").args(["-c", "rm /work/old; mkdir /work/new; echo hi >/work/new/file"]))?;
/// let changes = outcome.changes()?;
/// let lines: Vec<String> = changes.iter().map(|change| change.to_string()).collect();
/// assert_eq!(lines, ["A new/", "A new/file", "D old"]);
/// assert_eq!(changes.read("new/file", 1000)?, b"hi\n");
/// changes.copy_to(dir.join("result"))?;
/// assert_eq!(std::fs::read(dir.join("result/new/file"))?, b"hi\n");
/// # std::fs::remove_dir_all(dir)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Changes {
    record: Arc<Record>,
    changes: Arc<[Change]>,
    /// Of each of them.
    stamps: Arc<[Stamp]>,
    /// When the look began, by the clock that files are stamped with.
    began: (i64, i64),
}

impl Changes {
    /// How many files an upper directory may hold, with all that is in it: more is an error of
    /// [`Outcome::changes`](crate::Outcome::changes).
    pub const MOST: usize = 1_000_000;

    /// How many bytes the paths of all of them may have.
    const MOST_BYTES: usize = 256 << 20;

    pub(crate) fn collect(record: Option<&Arc<Record>>) -> Result<Changes> {
        let record = record.ok_or_else(|| Error::invalid(Label::new(Step::Changes), "the sandbox had no overlay"))?;
        let began = rustix::time::clock_gettime(rustix::time::ClockId::RealtimeCoarse);
        let (changes, stamps): (Vec<_>, Vec<_>) = walk::all(record)?.into_iter().unzip();
        let began = (began.tv_sec, began.tv_nsec);
        Ok(Changes { record: record.clone(), changes: changes.into(), stamps: stamps.into(), began })
    }

    /// The changes, in the order of their paths: a directory comes before what is in it.
    pub fn iter(&self) -> std::slice::Iter<'_, Change> {
        self.changes.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Whether nothing was changed.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The change of one file, if there is one. A leading `/` is of no account.
    pub fn get(&self, path: impl AsRef<Path>) -> Option<&Change> {
        self.changes.get(self.place(path.as_ref())?)
    }

    fn place(&self, path: &Path) -> Option<usize> {
        let path = relative(path);
        self.changes.binary_search_by(|change| change.path.as_path().cmp(path)).ok()
    }

    /// Those that an earlier look at the same run ([`Child::changes`](crate::Child::changes)) did not have, or had otherwise; each
    /// as against the layers. What the earlier one had and this one has not is told by the other way round:
    /// `earlier.iter().filter(|change| self.get(&change.path).is_none())`.
    ///
    /// It goes by size, mode and the time of the last change, which the program cannot set. What was changed in the milliseconds
    /// before the earlier look may be told again; what a program stores in a file through a mapping that it has had since
    /// then need not be told.
    ///
    /// ```
    /// # use belljar::{Command, Overlay, Sandbox, Stdio};
    /// # if !belljar::Host::probe().has(belljar::Feature::Overlayfs) { return Ok(()) }
    /// # let base = std::env::temp_dir().join(format!("belljar-since-doc-{}", std::process::id()));
    /// # std::fs::create_dir(&base)?;
    /// use std::io::{Read, Write};
    ///
    /// let sandbox = Sandbox::new().host_system().overlay(Overlay::new().lower(&base).at("/work"));
    /// let mut command = Command::shell("echo >one; echo ready; read line; echo >two; echo ready; sleep 60");
    /// let mut child = sandbox.spawn(command.current_dir("/work").stdin(Stdio::piped()).stdout(Stdio::piped()))?;
    /// let mut ready = [0; 6];
    /// child.stdout.as_mut().expect("is piped").read_exact(&mut ready)?;
    /// let earlier = child.changes()?;
    /// child.stdin.as_mut().expect("is piped").write_all(b"go on\n")?;
    /// child.stdout.as_mut().expect("is piped").read_exact(&mut ready)?;
    /// let later = child.changes()?;
    /// assert!(later.since(&earlier).any(|change| change.to_string() == "A two"));
    /// # std::fs::remove_dir(base)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn since<'a>(&'a self, earlier: &Changes) -> impl Iterator<Item = &'a Change> {
        let is_same = |(at, change): &(usize, &Change)| {
            earlier.place(&change.path).is_some_and(|before| {
                let stamp = earlier.stamps[before];
                // What came after a look has no earlier time than that.
                (&earlier.changes[before], stamp) == (*change, self.stamps[*at]) && stamp.changed < earlier.began
            })
        };
        self.iter().enumerate().filter(move |change| !is_same(change)).map(|(_, change)| change)
    }

    /// Opens a changed file for reading. `path` is that of a [`Change`]; a leading `/` is of no account.
    ///
    /// # Errors
    /// What is not there, or is no regular file: EINVAL; ELOOP for a link on the way.
    pub fn open(&self, path: impl AsRef<Path>) -> Result<File> {
        let path = relative(path.as_ref());
        let upper = self.record.upper()?;
        let opened = upper.ok_or(Errno::NOENT.into()).and_then(|upper| upper.open_file(path));
        opened.map(|(file, _)| file).map_err(|error| failed(path, error))
    }

    /// Reads a changed file that has no more than `most` bytes.
    ///
    /// # Errors
    /// As [`open`](Changes::open); EFBIG if there are more.
    pub fn read(&self, path: impl AsRef<Path>, most: u64) -> Result<Vec<u8>> {
        let path = relative(path.as_ref());
        let mut bytes = Vec::new();
        let read = self.open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes);
        match read {
            Err(error) => Err(failed(path, error)),
            Ok(read) if read as u64 > most => Err(failed(path, Errno::FBIG.into())),
            Ok(_) => Ok(bytes),
        }
    }

    /// The extended attributes of the namespace `user` that a changed file or directory has, but for overlayfs' own.
    ///
    /// # Errors
    /// As [`open`](Changes::open).
    pub fn xattrs(&self, path: impl AsRef<Path>) -> Result<BTreeMap<OsString, Vec<u8>>> {
        let path = relative(path.as_ref());
        let upper = self.record.upper()?;
        upper.ok_or(Errno::NOENT.into()).and_then(|upper| upper.xattrs(path)).map_err(|error| failed(path, error))
    }
}

impl<'a> IntoIterator for &'a Changes {
    type Item = &'a Change;
    type IntoIter = std::slice::Iter<'a, Change>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

fn relative(path: &Path) -> &Path {
    path.strip_prefix("/").unwrap_or(path)
}

fn failed(path: &Path, error: io::Error) -> Error {
    Error::os(Label::at(Step::Changes, path), error)
}
