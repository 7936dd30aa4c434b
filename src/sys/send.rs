//! Descriptors through a socket.

use std::io::IoSlice;
use std::mem::{MaybeUninit, size_of};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use linux_raw_sys::general::RLIMIT_NOFILE;
use linux_raw_sys::net::{SCM_RIGHTS, SOL_SOCKET, cmsghdr};
use rustix::io::Errno;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};

use super::{Beside, SignalsBlocked, hard_limit, nr, reap, syscall};

/// The most descriptors in one message (SCM_MAX_FD).
const MOST: usize = 253;

/// sendmsg(2) of bytes and at most 253 descriptors.
///
/// The kernel counts the descriptors that a user has in flight, and refuses more when there are as many as the sender may
/// have open (too_many_unix_fds()). A program of the same user can fill that count. So a process that is refused has another
/// one send them, which may have open what the hard limit allows: that is far above what a program gets.
pub(crate) fn send(socket: impl AsFd, bytes: &[u8], descriptors: &[BorrowedFd<'_>]) -> Result<(), Errno> {
    let socket = socket.as_fd();
    let mut space = [MaybeUninit::<u8>::uninit(); rustix::cmsg_space!(ScmRights(MOST))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !descriptors.is_empty() {
        control.push(SendAncillaryMessage::ScmRights(descriptors));
    }
    match sendmsg(socket, &[IoSlice::new(bytes)], &mut control, SendFlags::NOSIGNAL) {
        Err(Errno::TOOMANYREFS) => send_beside(socket, bytes, descriptors),
        result => result.map(drop),
    }
}

/// `struct cmsghdr` with descriptors.
#[repr(C)]
struct Control {
    header: cmsghdr,
    descriptors: [i32; MOST + 1],
}

/// What the process that sends needs.
struct Sending {
    socket: usize,
    /// `struct msghdr`.
    message: [usize; 7],
    limit: [u64; 2],
    result: isize,
}

fn send_beside(socket: BorrowedFd<'_>, bytes: &[u8], descriptors: &[BorrowedFd<'_>]) -> Result<(), Errno> {
    let limit = hard_limit(RLIMIT_NOFILE).map_err(|_| Errno::TOOMANYREFS)?;
    let length = size_of::<cmsghdr>() + size_of_val(descriptors);
    let header = cmsghdr { cmsg_len: length as _, cmsg_level: SOL_SOCKET as _, cmsg_type: SCM_RIGHTS as _ };
    let mut control = Control { header, descriptors: [0; MOST + 1] };
    for (place, descriptor) in control.descriptors.iter_mut().zip(descriptors) {
        *place = descriptor.as_raw_fd();
    }
    let part = [bytes.as_ptr() as usize, bytes.len()];
    // The control's length is that with its padding.
    let space = length.next_multiple_of(size_of::<usize>());
    let message = [0, 0, part.as_ptr() as usize, 1, &raw const control as usize, space, 0];
    let sending = Sending { socket: socket.as_raw_fd() as usize, message, limit: [limit; 2], result: 0 };

    let signals = SignalsBlocked::new();
    let mut child = Beside::new(sending);
    // SAFETY: `send_it` keeps to its argument and its stack; all signals are blocked; what the message points to lives until
    // the child is gone, as the wait below is for that.
    let cloned = unsafe { child.clone(0, send_it) };
    drop(signals);
    let (_, pidfd) = cloned.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::TOOMANYREFS))?;
    child.wait();
    let _ = reap(pidfd.as_fd());
    match child.left().map(|sending| sending.result) {
        Some(0..) => Ok(()),
        Some(error) => Err(Errno::from_raw_os_error(-error as i32)),
        None => Err(Errno::TOOMANYREFS),
    }
}

extern "C" fn send_it(sending: *mut u8) -> ! {
    const MSG_NOSIGNAL: usize = 0x4000;
    // SAFETY: the parent passed a Sending, and leaves it alone until this process has ended. The limit is this process's own.
    unsafe {
        let sending = &mut *sending.cast::<Sending>();
        let limit = sending.limit.as_ptr() as usize;
        syscall(nr::PRLIMIT64, [0, RLIMIT_NOFILE as usize, limit, 0, 0, 0]);
        let message = sending.message.as_ptr() as usize;
        sending.result = syscall(nr::SENDMSG, [sending.socket, message, MSG_NOSIGNAL, 0, 0, 0]);
        loop {
            syscall(nr::EXIT_GROUP, [0; 6]);
        }
    }
}
