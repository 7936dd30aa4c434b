//! The socket pair between host and init: how it comes to be, and how the descriptors go through it.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType};

use super::stub::{self, HOST_END, OWN_END, Stub};
use crate::error::{Error, Label, Result, Step};
use crate::init::wire::BATCH;
use crate::plan::Taken;
use crate::sys::{self, Beside, STARTING, SignalsBlocked};

/// From this number on the child's end is far into the host's table.
const FAR: i32 = 256;

pub(super) enum Link {
    /// Made by the host. The child keeps its end, and the kernel copies the table up to there.
    Near { ours: OwnedFd, theirs: OwnedFd },
    /// Made by the child in an empty table, and the host fetches its end. That costs the same whatever the host has open,
    /// but the kernel may forbid it: pidfd_getfd(2) asks for the right to trace, which an undumpable host has not.
    Far,
}

/// A child that has been cloned.
pub(super) struct Started {
    pub pid: u32,
    pub pidfd: OwnedFd,
    pub socket: OwnedFd,
    pub on_its_way: OnItsWay,
}

/// What the child uses until it has executed the init or ended. Dropped, this waits for that.
pub(super) struct OnItsWay {
    child: Box<Beside<Stub>>,
    /// The child's end, which it takes over when it has a table of its own.
    _theirs: Option<OwnedFd>,
}

impl OnItsWay {
    /// Until it has executed the init or ended.
    pub(super) fn wait(&self) {
        self.child.wait();
    }

    /// Why it ended before the init, if it did.
    pub(super) fn failure(&self) -> Option<Error> {
        self.child.left().filter(|stub| stub.failed != 0).map(Stub::error)
    }
}

impl Link {
    /// By where the host's lowest free number is.
    pub(super) fn new() -> Result<Link> {
        match Link::near()? {
            Link::Near { theirs, .. } if theirs.as_raw_fd() >= FAR => Ok(Link::Far),
            near => Ok(near),
        }
    }

    pub(super) fn near() -> Result<Link> {
        let failed = |errno: Errno| Error::os(Label::new(Step::Descriptor), errno);
        let (ours, theirs) =
            rustix::net::socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
                .map_err(failed)?;
        // Clear of the standard streams in the init's table.
        let theirs = match theirs.as_raw_fd() {
            0..3 => rustix::io::fcntl_dupfd_cloexec(&theirs, 3).map_err(failed)?,
            _ => theirs,
        };
        Ok(Link::Near { ours, theirs })
    }

    pub(super) fn taken(&self) -> Taken {
        match self {
            Link::Near { theirs, .. } => Taken { socket: theirs.as_raw_fd(), count: 1 },
            Link::Far => Taken { socket: OWN_END, count: HOST_END - OWN_END + 1 },
        }
    }

    /// Clones the child and sends it the descriptors. `None` if the host may not fetch its end.
    pub(super) fn start(
        self,
        flags: u64,
        stub: Stub,
        descriptors: &[BorrowedFd<'_>],
        signals: SignalsBlocked,
        clone_failed: impl Fn(io::Error) -> Error,
    ) -> Result<Option<Started>> {
        let mut child = Beside::new(stub);
        match self {
            Link::Near { ours, theirs } => {
                send(&ours, descriptors)?;
                // SAFETY: `child` keeps to its stub and its stack, all signals are blocked, and it is kept until it is gone.
                let cloned = unsafe { child.clone(flags, stub::child) };
                drop(signals);
                let (pid, pidfd) = cloned.map_err(clone_failed)?;
                let on_its_way = OnItsWay { child, _theirs: Some(theirs) };
                Ok(Some(Started { pid, pidfd, socket: ours, on_its_way }))
            }
            Link::Far => {
                child.argument.ready = &raw const child.state;
                // SAFETY: as above.
                let cloned = unsafe { child.clone(flags, stub::child) };
                drop(signals);
                let (pid, pidfd) = cloned.map_err(clone_failed)?;
                child.wait_while(STARTING);
                let on_its_way = OnItsWay { child, _theirs: None };
                match fetch_and_send(&pidfd, descriptors) {
                    Ok(socket) => Ok(Some(Started { pid, pidfd, socket, on_its_way })),
                    Err(error) => {
                        sys::kill(pidfd.as_fd());
                        let _ = sys::reap(pidfd.as_fd());
                        // A child that failed by itself has no end to be fetched, but a reason.
                        on_its_way.failure().map_or_else(|| not_allowed(error), Err)
                    }
                }
            }
        }
    }
}

fn not_allowed(error: Error) -> Result<Option<Started>> {
    match error.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::PERM | Errno::ACCESS | Errno::NOSYS) => Ok(None),
        _ => Err(error),
    }
}

fn fetch_and_send(pidfd: &OwnedFd, descriptors: &[BorrowedFd<'_>]) -> Result<OwnedFd> {
    let socket = rustix::process::pidfd_getfd(pidfd, HOST_END, rustix::process::PidfdGetfdFlags::empty())
        .map_err(|errno| Error::os(Label::new(Step::Descriptor), errno))?;
    send(&socket, descriptors)?;
    Ok(socket)
}

fn send(socket: &OwnedFd, descriptors: &[BorrowedFd<'_>]) -> Result<()> {
    let failed = |errno| Error::os(Label::new(Step::Descriptor), errno);
    descriptors.chunks(BATCH).try_for_each(|batch| sys::send(socket, b"d", batch).map_err(failed))
}
