//! Where a program's standard streams lead.

use std::fmt;
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::{Arc, OnceLock};

use memfd::{FileSeal, Memfd, MemfdOptions};
use rustix::fs::{MemfdFlags, Mode, OFlags};
use rustix::io::Errno;

use crate::sys::SignalsBlocked;

/// A standard stream of the program: [`std::process::Stdio`], and [`bytes`](Stdio::bytes).
#[derive(Clone)]
pub struct Stdio(pub(crate) Kind);

#[derive(Clone)]
pub(crate) enum Kind {
    Inherit,
    Null,
    Piped,
    Stdout,
    Bytes(Arc<Bytes>),
    Fd(Arc<OwnedFd>),
}

impl Stdio {
    /// The host's own stream of that number. The program can do to it whatever the host can.
    ///
    /// ```
    /// # use belljar::{Command, Sandbox, Stdio};
    /// Sandbox::new().host_system().run(Command::new("echo").arg("to the terminal").stdout(Stdio::inherit()))?;
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// Of `spawn`: a stream that the host has closed: EBADF.
    pub fn inherit() -> Stdio {
        Stdio(Kind::Inherit)
    }

    /// A new pipe; its other end is a field of [`Child`](crate::Child).
    ///
    /// ```
    /// use std::io::Write;
    /// use belljar::{Command, Sandbox, Stdio};
    ///
    /// let mut command = Command::new("cat");
    /// let mut child = Sandbox::new().host_system().spawn(command.stdin(Stdio::piped()).stdout(Stdio::piped()))?;
    /// child.stdin.take().expect("is piped").write_all(b"hello")?;
    /// assert_eq!(child.wait_with_output()?.stdout, b"hello");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Of `spawn`: no descriptor is left to the host.
    pub fn piped() -> Stdio {
        Stdio(Kind::Piped)
    }

    /// `/dev/null`: reads end at once, writes vanish. The default.
    ///
    /// ```
    /// # use belljar::{Command, Sandbox, Stdio};
    /// let output = Sandbox::new().host_system().output(Command::new("echo").stdout(Stdio::null()))?;
    /// assert_eq!(output.stdout, b"");
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// Of `spawn`: no descriptor is left to the host; a `/dev/null` that is none.
    pub fn null() -> Stdio {
        Stdio(Kind::Null)
    }

    /// Standard error to wherever standard output goes, as `2>&1` of a shell: into the same pipe or file, in the order in which
    /// it is written. What is captured so is all in [`Output::stdout`](crate::Output::stdout). For standard error alone.
    ///
    /// ```
    /// use belljar::{Command, Sandbox, Stdio};
    ///
    /// let mut command = Command::shell("echo one; echo two >&2; echo three");
    /// let output = Sandbox::new().host_system().output(command.stderr(Stdio::stdout()))?;
    /// assert_eq!(output.stdout, b"one\ntwo\nthree\n");
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// Of `spawn`: as standard input or standard output.
    pub fn stdout() -> Stdio {
        Stdio(Kind::Stdout)
    }

    /// Standard input with these contents, read from its start: a sealed memfd (memfd_create(2)), which runs share if root starts
    /// them, and of which else each has its own.
    ///
    /// ```
    /// use belljar::{Command, Sandbox, Stdio};
    ///
    /// let output = Sandbox::new().host_system().output(Command::new("cat").stdin(Stdio::bytes("some text")))?;
    /// assert_eq!(output.stdout, b"some text");
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// Of `spawn`: as standard output or error; more than the host's RLIMIT_FSIZE.
    pub fn bytes(contents: impl Into<Vec<u8>>) -> Stdio {
        Stdio(Kind::Bytes(Arc::new(Bytes { contents: contents.into(), shared: OnceLock::new() })))
    }
}

impl fmt::Debug for Stdio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Inherit => f.write_str("inherit"),
            Kind::Null => f.write_str("null"),
            Kind::Piped => f.write_str("piped"),
            Kind::Stdout => f.write_str("stdout"),
            Kind::Bytes(bytes) => write!(f, "{} bytes", bytes.contents.len()),
            Kind::Fd(fd) => write!(f, "{fd:?}"),
        }
    }
}

impl<T: Into<OwnedFd>> From<T> for Stdio {
    /// An open file, pipe or socket; it stays open as long as the command. How much is written into a file
    /// [`file_size_limit`](crate::Sandbox::file_size_limit) bounds, and by default nothing does.
    ///
    /// The program can open a file again, by `/proc/self/fd`, as its user on the host may: of an ordinary user's own file
    /// that was opened to be read it can change the contents. [`Stdio::bytes`], a pipe, or
    /// [`bind_ro`](crate::Sandbox::bind_ro) give no more than they say, and under a [`Landlock`](crate::Landlock) domain it
    /// cannot be opened again.
    fn from(fd: T) -> Stdio {
        Stdio(Kind::Fd(Arc::new(fd.into())))
    }
}

/// The contents of a [`Stdio::bytes`], and the memfd that runs share.
pub(crate) struct Bytes {
    contents: Vec<u8>,
    shared: OnceLock<OwnedFd>,
}

impl Bytes {
    /// A new open file description for one run. Programs may share a file that they do not own: the owner can change its mode,
    /// which would keep the others from opening it again.
    pub(crate) fn open(&self, may_share: bool) -> io::Result<OwnedFd> {
        if !may_share {
            return reopened(&self.make()?);
        }
        if self.shared.get().is_none() {
            // Two threads may both make one; the loser's is dropped.
            let _ = self.shared.set(self.make()?);
        }
        reopened(self.shared.get().expect("set above"))
    }

    fn make(&self) -> io::Result<OwnedFd> {
        let file = sealed("belljar-stdin", &self.contents, &SignalsBlocked::new())?;
        // A privileged host's program is another user, and opens it again: /dev/stdin.
        rustix::fs::fchmod(&file, Mode::RUSR | Mode::RGRP | Mode::ROTH)?;
        Ok(file)
    }
}

fn reopened(file: &OwnedFd) -> io::Result<OwnedFd> {
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    Ok(rustix::fs::open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?)
}

/// A memfd that can no longer be changed.
pub(crate) fn sealed(name: &str, contents: &[u8], signals: &SignalsBlocked) -> io::Result<OwnedFd> {
    let memfd = MemfdOptions::new().allow_sealing(true).create(name).map_err(os)?;
    Ok(fill_and_seal(memfd, contents, signals)?.into())
}

/// As [`sealed`], and to be executed: [`MemfdOptions`] has no MFD_EXEC, without which vm.memfd_noexec=1 (6.3) takes the right
/// to execute away for good. Older kernels do not know the flag.
pub(crate) fn sealed_executable(name: &str, contents: &[u8], signals: &SignalsBlocked) -> io::Result<OwnedFd> {
    const FLAGS: MemfdFlags = MemfdFlags::CLOEXEC.union(MemfdFlags::ALLOW_SEALING);
    let fd = match rustix::fs::memfd_create(name, FLAGS | MemfdFlags::EXEC) {
        Err(Errno::INVAL) => rustix::fs::memfd_create(name, FLAGS)?,
        result => result?,
    };
    let memfd = Memfd::try_from_fd(fd).map_err(|_| Errno::INVAL)?;
    Ok(fill_and_seal(memfd, contents, signals)?.into())
}

/// Over RLIMIT_FSIZE the write fails, and the SIGXFSZ that comes with it would end the host: so signals are blocked.
fn fill_and_seal(memfd: Memfd, contents: &[u8], signals: &SignalsBlocked) -> io::Result<File> {
    const SIGXFSZ: u32 = 25;
    let mut left = contents;
    while !left.is_empty() {
        match rustix::io::write(memfd.as_file(), left) {
            Ok(written) => left = &left[written..],
            Err(Errno::INTR) => {}
            Err(errno) => {
                signals.forget(SIGXFSZ);
                return Err(errno.into());
            }
        }
    }
    memfd
        .add_seals(&[FileSeal::SealWrite, FileSeal::SealGrow, FileSeal::SealShrink, FileSeal::SealSeal])
        .map_err(os)?;
    Ok(memfd.into_file())
}

fn os(error: memfd::Error) -> io::Error {
    match error {
        memfd::Error::Create(error) | memfd::Error::AddSeals(error) | memfd::Error::GetSeals(error) => error,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn what_is_sealed_can_be_read_and_nothing_else() {
        let signals = SignalsBlocked::new();
        let fd = sealed("belljar-test", b"text", &signals).expect("a memfd");
        let memfd = Memfd::try_from_fd(fd).expect("is one");
        assert_eq!(memfd.seals().expect("its seals").len(), 4);
        let mut file = memfd.as_file();
        assert!(file.write(b"more").is_err() && memfd.as_file().set_len(0).is_err());
        assert!(memfd.add_seal(FileSeal::SealFutureWrite).is_err());
        let mut reopened = File::from(reopened(&memfd.into_file().into()).expect("opens"));
        assert_eq!(io::read_to_string(&mut reopened).expect("reads"), "text");
        let executable = File::from(sealed_executable("belljar-test", b"#!", &signals).expect("a memfd"));
        assert!(executable.metadata().expect("its mode").permissions().mode() & 0o111 != 0);
        assert!(executable.set_len(0).is_err());
    }
}
