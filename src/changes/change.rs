//! What became of one file.

use std::fmt;
use std::path::PathBuf;

use rustix::fs::FileType;

/// What a file is.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Dir,
    /// A symbolic link.
    Symlink,
    /// A named pipe.
    Fifo,
    /// A unix socket.
    Socket,
    /// A character or block device. A program cannot make one; an upper directory may have had it before.
    Device,
}

impl FileKind {
    pub(super) fn of(kind: FileType) -> FileKind {
        match kind {
            FileType::RegularFile => FileKind::File,
            FileType::Directory => FileKind::Dir,
            FileType::Symlink => FileKind::Symlink,
            FileType::Fifo => FileKind::Fifo,
            FileType::Socket => FileKind::Socket,
            _ => FileKind::Device,
        }
    }
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// Nothing was there before.
    Added,
    /// It is of the same kind as before. A file that was opened for writing, or whose mode, times or extended attributes
    /// were set, counts as modified; a directory only if its mode or its extended attributes differ.
    Modified,
    /// It is of another kind than before; or it is a directory that was deleted and made anew, so that nothing in it is
    /// what was there before: what it holds is [`Added`](ChangeKind::Added).
    Replaced,
    /// It is not there any more. A directory that is gone is told of once, without what was in it.
    Deleted,
}

/// One file that is not what it was. `Display` is one line, such as `M etc/passwd`.
///
/// A file that was renamed is stored by the kernel as one that is deleted and one that is added.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Relative to the overlay's place inside. Any byte but NUL and `/` may be in a name.
    pub path: PathBuf,
    /// What became of it.
    pub kind: ChangeKind,
    /// What was there before.
    pub before: Option<FileKind>,
    /// What is there now.
    pub now: Option<FileKind>,
    /// Its permission bits, with set-user-id and the like.
    pub mode: u32,
    /// Its size in bytes; 0 for anything but a regular file.
    pub size: u64,
    /// The text of a symbolic link.
    pub target: Option<PathBuf>,
    /// An earlier change that is the same file: a hard link.
    pub same_as: Option<PathBuf>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = match self.kind {
            ChangeKind::Added => 'A',
            ChangeKind::Modified => 'M',
            ChangeKind::Replaced => 'R',
            ChangeKind::Deleted => 'D',
        };
        write!(f, "{letter} {}", self.path.to_string_lossy().escape_debug())?;
        if self.now == Some(FileKind::Dir) || self.before == Some(FileKind::Dir) && self.now.is_none() {
            f.write_str("/")?;
        }
        Ok(())
    }
}
