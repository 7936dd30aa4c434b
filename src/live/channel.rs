//! The socket to the init. It is the lifeline, too: when this end is shut, or the host is gone, init ends the tree.

use std::io::IoSliceMut;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, OnceLock};

use rustix::io::Errno;
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendFlags, Shutdown, recvmsg, shutdown};

use super::report::{self, Message};
use crate::init::wire::{BATCH, DYING, END, MORE, RUN, Report, Request, SIGNAL, UNMAPPED, UPPER};
use crate::sys::{self, Plain};

#[derive(Debug)]
pub(crate) struct Channel {
    pub(super) socket: Arc<OwnedFd>,
    /// The tmpfs of the overlay's upper layer, if it is in memory and was sent already.
    upper: OnceLock<OwnedFd>,
}

/// What there is to be received.
#[expect(clippy::large_enum_variant, reason = "one at a time, on the stack")]
pub(crate) enum Received {
    Message(Message),
    /// Nothing yet.
    Nothing,
    /// The init is gone, or says what makes no sense.
    End,
}

impl Channel {
    pub(crate) fn new(socket: OwnedFd) -> Channel {
        Channel { socket: Arc::new(socket), upper: OnceLock::new() }
    }

    /// The init's next word. Does not wait.
    pub(crate) fn receive(&self) -> Result<Received, Errno> {
        let mut resets = 0;
        loop {
            let mut report = [0u8; Report::SIZE];
            return Ok(match self.receive_bytes(&mut report) {
                Ok(Report::SIZE) => {
                    report::decode(&Report::from_bytes(&report)).map_or(Received::End, Received::Message)
                }
                Ok(4) if report[..4] == UPPER.to_ne_bytes() => continue,
                Ok(4) if report[..4] == DYING.to_ne_bytes() => Received::Message(Message::Dying),
                Ok(4) if report[..4] == UNMAPPED.to_ne_bytes() => Received::Message(Message::Unmapped),
                Ok(_) => Received::End,
                // An init that ended without reading what the host had sent leaves an error in front of its words: unix(7).
                Err(Errno::CONNRESET) if resets == 0 => {
                    resets += 1;
                    continue;
                }
                Err(Errno::CONNRESET) => Received::End,
                Err(Errno::AGAIN | Errno::INTR) => Received::Nothing,
                Err(errno) => return Err(errno),
            });
        }
    }

    fn receive_bytes(&self, bytes: &mut [u8]) -> Result<usize, Errno> {
        let mut space = [MaybeUninit::<u8>::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let flags = RecvFlags::DONTWAIT | RecvFlags::CMSG_CLOEXEC;
        let message = recvmsg(&self.socket, &mut [IoSliceMut::new(bytes)], &mut control, flags)?;
        for message in control.drain() {
            if let RecvAncillaryMessage::ScmRights(mut sent) = message
                && let Some(fd) = sent.next()
            {
                let _ = self.upper.set(fd);
            }
        }
        Ok(message.bytes)
    }

    pub(crate) fn upper(&self) -> Option<&OwnedFd> {
        self.upper.get()
    }

    pub(crate) fn take_upper(&mut self) -> Option<OwnedFd> {
        self.upper.take()
    }

    /// Does not wait for an init that does not listen: EAGAIN, when there are some two hundred that it has not heard.
    pub(crate) fn signal(&self, program: u32, signal: u32) -> Result<(), Errno> {
        let request = Request { kind: SIGNAL, program, value: signal.into() };
        let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
        rustix::net::send(&self.socket, Plain::bytes(&[request]), flags).map(drop)
    }
}

/// Cuts the lifeline: init ends the tree, and still reports. A sibling of the host that was forked with a copy of the descriptor
/// changes nothing, as a shutdown is the socket's.
pub(super) fn cut(socket: &OwnedFd) {
    let _ = shutdown(socket, Shutdown::Write);
}

/// What a sandbox with one program is never told.
#[cfg_attr(not(test), expect(dead_code, reason = "for sandboxes that stay"))]
impl Channel {
    /// Has init run a program, whose memory `file` holds with this size. Its descriptors come behind.
    pub(crate) fn run(
        &self,
        program: u32,
        (file, size): (BorrowedFd<'_>, usize),
        descriptors: &[BorrowedFd<'_>],
    ) -> Result<(), Errno> {
        let all: Vec<BorrowedFd<'_>> = std::iter::once(file).chain(descriptors.iter().copied()).collect();
        let kinds = std::iter::once(RUN).chain(std::iter::repeat(MORE));
        for (batch, kind) in all.chunks(BATCH).zip(kinds) {
            self.send(Request { kind, program, value: size as u64 }, batch)?;
        }
        Ok(())
    }

    /// Asks init to end the sandbox, and to tell what it was.
    pub(crate) fn end(&self) -> Result<(), Errno> {
        self.send(Request { kind: END, ..Request::default() }, &[])
    }

    fn send(&self, request: Request, descriptors: &[BorrowedFd<'_>]) -> Result<(), Errno> {
        sys::send(&self.socket, Plain::bytes(&[request]), descriptors)
    }
}

impl AsFd for Channel {
    /// Readable when there may be something to be received.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
