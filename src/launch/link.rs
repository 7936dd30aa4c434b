//! The socket pair between host and init: how it comes to be, and how the descriptors go through it.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::{AddressFamily, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketFlags, SocketType};

use super::stub::{self, BATCH, HOST_END, OWN_END, Stub};
use crate::error::{Error, Label, Result, Step};
use crate::plan::Taken;
use crate::sys::{self, Beside, GONE, READY, STARTING, SignalsBlocked};

/// From this number on the child's end is far into the host's table.
const FAR: i32 = 256;

pub(super) enum Link {
    /// Made by the host. The child keeps its end, and the kernel copies the table up to there.
    Near { ours: OwnedFd, theirs: OwnedFd },
    /// Made by the child in an empty table, and the host fetches its end. That costs the same whatever the host has open,
    /// but the kernel may forbid it: pidfd_getfd(2) asks for the right to trace, which an undumpable host has not.
    Far,
}

/// A child that has executed the init, or failed.
pub(super) struct Started {
    pub pid: u32,
    pub pidfd: OwnedFd,
    pub socket: OwnedFd,
    pub stub: Stub,
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
        match self {
            Link::Near { ours, theirs } => {
                let mut stub = stub;
                send(&ours, descriptors)?;
                // SAFETY: `child` keeps to its stub and its stack, and all signals are blocked.
                let cloned = unsafe { sys::clone_vfork(flags, stub::child, &mut stub) };
                drop(signals);
                drop(theirs);
                let (pid, pidfd) = cloned.map_err(clone_failed)?;
                Ok(Some(Started { pid, pidfd, socket: ours, stub }))
            }
            Link::Far => {
                let mut child = Beside::new(stub);
                child.argument.ready = &raw const child.state;
                // SAFETY: as above; and it is kept until it is gone.
                let cloned = unsafe { child.clone(flags, stub::child) };
                drop(signals);
                let (pid, pidfd) = cloned.map_err(clone_failed)?;
                child.wait_while(STARTING);
                let fetched = fetch_and_send(&pidfd, descriptors);
                if fetched.is_err() {
                    sys::kill(pidfd.as_fd());
                }
                child.wait_while(READY);
                let stub = child.argument;
                match fetched {
                    Ok(socket) => Ok(Some(Started { pid, pidfd, socket, stub })),
                    Err(error) => {
                        let _ = sys::reap(pidfd.as_fd());
                        // A child that failed by itself has no end to be fetched, but a reason.
                        let failed = child.state.into_inner() == GONE && stub.failed != 0;
                        if failed { Err(stub.error()) } else { not_allowed(error) }
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
    use std::mem::MaybeUninit;
    let mut space = vec![MaybeUninit::<u8>::uninit(); rustix::cmsg_space!(ScmRights(BATCH))];
    for batch in descriptors.chunks(BATCH) {
        let mut control = SendAncillaryBuffer::new(&mut space);
        control.push(SendAncillaryMessage::ScmRights(batch));
        rustix::net::sendmsg(socket, &[io::IoSlice::new(b"d")], &mut control, SendFlags::NOSIGNAL)
            .map_err(|errno| Error::os(Label::new(Step::Descriptor), errno))?;
    }
    Ok(())
}
