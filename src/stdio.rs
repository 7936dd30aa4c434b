//! Where a program's standard streams lead.

use std::fmt;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, OnceLock};

use rustix::fs::{MemfdFlags, Mode, OFlags, SealFlags};

use crate::sys::SignalsBlocked;

/// A standard stream of the program: [`std::process::Stdio`], and [`bytes`](Stdio::bytes).
#[derive(Clone)]
pub struct Stdio(pub(crate) Kind);

#[derive(Clone)]
pub(crate) enum Kind {
    Inherit,
    Null,
    Piped,
    Bytes(Arc<Bytes>),
    Fd(Arc<OwnedFd>),
}

impl Stdio {
    /// The host's own stream of that number. The program can do to it whatever the host can.
    pub fn inherit() -> Stdio {
        Stdio(Kind::Inherit)
    }

    /// A new pipe; its other end is a field of [`Child`](crate::Child).
    pub fn piped() -> Stdio {
        Stdio(Kind::Piped)
    }

    /// `/dev/null`: reads end at once, writes vanish. The default.
    pub fn null() -> Stdio {
        Stdio(Kind::Null)
    }

    /// Standard input with these contents: a sealed memfd (memfd_create(2)) that all runs of the command share, each
    /// reading from its start.
    ///
    /// ```
    /// use belljar::{Command, Sandbox, Stdio};
    ///
    /// let output = Sandbox::new().host_system().output(Command::new("cat").stdin(Stdio::bytes("some text")))?;
    /// assert_eq!(output.stdout, b"some text");
    /// # Ok::<(), belljar::Error>(())
    /// ```
    pub fn bytes(contents: impl Into<Vec<u8>>) -> Stdio {
        Stdio(Kind::Bytes(Arc::new(Bytes { contents: contents.into(), file: OnceLock::new() })))
    }
}

impl fmt::Debug for Stdio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Inherit => f.write_str("inherit"),
            Kind::Null => f.write_str("null"),
            Kind::Piped => f.write_str("piped"),
            Kind::Bytes(bytes) => write!(f, "{} bytes", bytes.contents.len()),
            Kind::Fd(fd) => write!(f, "{fd:?}"),
        }
    }
}

impl<T: Into<OwnedFd>> From<T> for Stdio {
    /// An open file, pipe or socket; it stays open as long as the command.
    ///
    /// The program can open a file again, by `/proc/self/fd`, as its user on the host may: of an ordinary user's own file
    /// that was opened to be read it can change the contents. [`Stdio::bytes`], a pipe, or
    /// [`bind_ro`](crate::Sandbox::bind_ro) give no more than they say, and under a [`Landlock`](crate::Landlock) domain it
    /// cannot be opened again.
    fn from(fd: T) -> Stdio {
        Stdio(Kind::Fd(Arc::new(fd.into())))
    }
}

/// The contents of a [`Stdio::bytes`], and the memfd that the first spawn makes of them.
pub(crate) struct Bytes {
    contents: Vec<u8>,
    file: OnceLock<File>,
}

impl Bytes {
    /// A new open file description for one run.
    pub(crate) fn open(&self) -> io::Result<OwnedFd> {
        if self.file.get().is_none() {
            // Two threads may both make one; the loser's is dropped.
            let _ = self.file.set(self.make()?);
        }
        match reopened(self.file.get().expect("set above")) {
            // An ordinary user's program owns the file as much as the host does, and may be changing its mode all the time.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => reopened(&self.make()?),
            result => result,
        }
    }

    fn make(&self) -> io::Result<File> {
        let signals = SignalsBlocked::new();
        Ok(sealed("belljar-stdin", &self.contents, MemfdFlags::empty(), &signals)?.into())
    }
}

fn reopened(file: &File) -> io::Result<OwnedFd> {
    let fd = std::os::fd::AsRawFd::as_raw_fd(file);
    // A program before may have changed its mode. A privileged host's is another user, and opens it again: /dev/stdin.
    rustix::fs::fchmod(file, Mode::RUSR | Mode::RGRP | Mode::ROTH)?;
    Ok(rustix::fs::open(format!("/proc/self/fd/{fd}"), OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?)
}

/// A memfd that can no longer be changed.
///
/// Over RLIMIT_FSIZE the write fails, and the SIGXFSZ that comes with it would end the host: so signals are blocked.
pub(crate) fn sealed(name: &str, contents: &[u8], flags: MemfdFlags, signals: &SignalsBlocked) -> io::Result<OwnedFd> {
    const SIGXFSZ: u32 = 25;
    let fd = rustix::fs::memfd_create(name, flags | MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
    let mut left = contents;
    while !left.is_empty() {
        match rustix::io::write(&fd, left) {
            Ok(written) => left = &left[written..],
            Err(rustix::io::Errno::INTR) => {}
            Err(errno) => {
                signals.forget(SIGXFSZ);
                return Err(errno.into());
            }
        }
    }
    let seals = SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL;
    rustix::fs::fcntl_add_seals(fd.as_fd(), seals)?;
    Ok(fd)
}
