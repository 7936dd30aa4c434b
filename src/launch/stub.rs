//! What the cloned child does before it executes the init: the only code that runs in the host's memory without being
//! the host. It makes a few system calls and touches nothing but its own stack and its [`Stub`].

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::cure;
use crate::error::{Error, Label, Step};
use crate::init::wire::BATCH;
use crate::sys::{FUTEX_WAKE, READY, nr, syscall};

/// Given to the child, and read by the parent when the child is gone.
#[derive(Clone, Copy)]
pub(crate) struct Stub {
    /// The child's end of the socket pair, at 3 or above.
    pub socket: i32,
    /// The child makes the socket pair itself, and says here when the host can fetch its end: null where the host made it.
    pub ready: *const AtomicU32,
    /// The host's pidfd, as its number is there.
    pub host: i32,
    /// How many descriptors the host has sent into it.
    pub descriptors: usize,
    /// The init image, as its number will be once all have been received.
    pub image: i32,
    /// Capabilities that init keeps over its execve as ambient ones; a bit mask.
    pub ambient: u64,
    /// What failed, and how; 0 is nothing.
    pub failed: u32,
    pub errno: i32,
}

impl Stub {
    /// Why the child did not get to the init.
    pub(crate) fn error(&self) -> Error {
        let step = if self.failed == nr::RECVMSG { Step::Descriptor } else { Step::Init };
        let error = io::Error::from_raw_os_error(self.errno);
        let hint = (self.failed == nr::EXECVEAT).then(|| cure::init_hint(&error)).flatten();
        Error::os(Label::new(step), error).with_hint(hint)
    }
}

pub(crate) extern "C" fn child(stub: *mut u8) -> ! {
    // SAFETY: the parent passed a Stub, and leaves it alone until this process executes or exits.
    let stub = unsafe { &mut *stub.cast::<Stub>() };
    let (failed, errno) = run(stub);
    stub.failed = failed;
    stub.errno = errno;
    loop {
        // SAFETY: ends the process.
        unsafe { syscall(nr::EXIT_GROUP, [1, 0, 0, 0, 0, 0]) };
    }
}

/// Returns only on failure, with the system call and the errno.
fn run(stub: &Stub) -> (u32, i32) {
    let call = |number: u32, arguments: [usize; 6]| -> Result<usize, (u32, i32)> {
        // SAFETY: every pointer below is to this stack or to constants.
        let result = unsafe { syscall(number, arguments) };
        if result < 0 { Err((number, -result as i32)) } else { Ok(result as usize) }
    };
    match steps(stub, call) {
        Ok(()) => (nr::EXECVEAT, 0),
        Err(failure) => failure,
    }
}

fn steps(stub: &Stub, call: impl Fn(u32, [usize; 6]) -> Result<usize, (u32, i32)>) -> Result<(), (u32, i32)> {
    const CLOSE_RANGE_UNSHARE: usize = 2;
    const F_SETFD: usize = 2;
    const AT_EMPTY_PATH: usize = 0x1000;
    const EMFILE: i32 = 24;
    let socket = stub.socket as usize;

    if stub.ready.is_null() {
        // A table of our own that holds nothing but the socket.
        call(nr::CLOSE_RANGE, [socket + 1, u32::MAX as usize, CLOSE_RANGE_UNSHARE, 0, 0, 0])?;
        call(nr::CLOSE_RANGE, [0, socket - 1, 0, 0, 0, 0])?;
        call(nr::FCNTL, [socket, F_SETFD, 0, 0, 0, 0])?;
    } else {
        own_sockets(stub, &call)?;
    }

    let mut left = stub.descriptors;
    while left > 0 {
        let received = receive(socket, &call)?;
        if received == 0 || received > left {
            return Err((nr::RECVMSG, EMFILE));
        }
        left -= received;
    }
    if !stub.ready.is_null() {
        call(nr::CLOSE, [HOST_END as usize, 0, 0, 0, 0, 0])?;
    }

    // What the host ignores stays ignored over execve, and CLONE_CLEAR_SIGHAND spares it. For SIGKILL and SIGSTOP EINVAL.
    const EINVAL: i32 = 22;
    let default = [0u64; 4];
    let mut signal = 1;
    while signal <= 64 {
        match call(nr::RT_SIGACTION, [signal, default.as_ptr() as usize, 0, 8, 0, 0]) {
            Ok(_) | Err((_, EINVAL)) => {}
            refused => refused.map(drop)?,
        }
        signal += 1;
    }
    keep_capabilities(stub.ambient, &call)?;

    let argv = [c"belljar-init".as_ptr() as usize, 0];
    let envp = [0usize];
    let image = stub.image as usize;
    let path = c"".as_ptr() as usize;
    call(nr::EXECVEAT, [image, path, argv.as_ptr() as usize, envp.as_ptr() as usize, AT_EMPTY_PATH, 0])?;
    Ok(())
}

/// Where a socket pair of the child's own is in its table.
pub(crate) const OWN_END: i32 = 3;
pub(crate) const HOST_END: i32 = 4;

/// An empty table first, which copies nothing however many descriptors the host has; the socket pair after.
fn own_sockets(stub: &Stub, call: &impl Fn(u32, [usize; 6]) -> Result<usize, (u32, i32)>) -> Result<(), (u32, i32)> {
    const CLOSE_RANGE_UNSHARE: usize = 2;
    const AF_UNIX: usize = 1;
    const SOCK_SEQPACKET: usize = 5;
    const POLLIN: u64 = 1;
    const ETIMEDOUT: i32 = 110;
    const ESRCH: i32 = 3;
    const TEN_SECONDS: [u64; 2] = [10, 0];
    const NOW: [u64; 2] = [0, 0];
    const PR_SET_PDEATHSIG: usize = 1;
    const SIGKILL: usize = 9;
    // As this process will hold the host's end too, it would not hear of the host's death, and it has the host's memory. The
    // signal follows the thread that cloned, which waits for us.
    call(nr::PRCTL, [PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0, 0])?;
    let poll = [stub.host as u64 | POLLIN << 32];
    if call(nr::PPOLL, [poll.as_ptr() as usize, 1, NOW.as_ptr() as usize, 0, 0, 0])? != 0 {
        return Err((nr::PPOLL, ESRCH));
    }
    call(nr::CLOSE_RANGE, [0, u32::MAX as usize, CLOSE_RANGE_UNSHARE, 0, 0, 0])?;
    let mut pair = [0i32; 2];
    call(nr::SOCKETPAIR, [AF_UNIX, SOCK_SEQPACKET, 0, pair.as_mut_ptr() as usize, 0, 0])?;
    // They are 0 and 1, where the program's streams are to come.
    call(nr::DUP3, [1, OWN_END as usize, 0, 0, 0, 0])?;
    call(nr::DUP3, [0, HOST_END as usize, 0, 0, 0, 0])?;
    call(nr::CLOSE_RANGE, [0, 2, 0, 0, 0, 0])?;
    // SAFETY: the host keeps it until this process has executed or ended.
    let ready = unsafe { &*stub.ready };
    ready.store(READY, Ordering::Release);
    call(nr::FUTEX, [ready.as_ptr() as usize, FUTEX_WAKE, 1, 0, 0, 0])?;
    let poll = [OWN_END as u64 | POLLIN << 32];
    let arguments = [poll.as_ptr() as usize, 1, TEN_SECONDS.as_ptr() as usize, 0, 0, 0];
    if call(nr::PPOLL, arguments)? == 0 {
        return Err((nr::PPOLL, ETIMEDOUT));
    }
    // The init has a pidfd for that, and is not to die with a thread.
    call(nr::PRCTL, [PR_SET_PDEATHSIG, 0, 0, 0, 0, 0]).map(drop)
}

/// Receives one message and counts its descriptors: they take the lowest free numbers, in their order.
fn receive(socket: usize, call: &impl Fn(u32, [usize; 6]) -> Result<usize, (u32, i32)>) -> Result<usize, (u32, i32)> {
    const HEADER: usize = 16;
    const MSG_CTRUNC: u32 = 8;
    const EMFILE: i32 = 24;
    let mut byte = 0u8;
    let iov = [&raw mut byte as usize, 1];
    let mut control = [0u64; (HEADER + 4 * BATCH).div_ceil(8)];
    let mut message = [0usize; 7];
    message[2] = iov.as_ptr() as usize;
    message[3] = 1;
    message[4] = control.as_mut_ptr() as usize;
    message[5] = size_of_val(&control);
    call(nr::RECVMSG, [socket, message.as_mut_ptr() as usize, 0, 0, 0, 0])?;
    // The kernel has written both behind the compiler's back.
    // SAFETY: pointers to live locals.
    let (flags, length) =
        unsafe { (message.as_ptr().add(6).cast::<u32>().read_volatile(), control.as_ptr().read_volatile()) };
    if flags & MSG_CTRUNC != 0 || (length as usize) < HEADER {
        return Err((nr::RECVMSG, EMFILE));
    }
    Ok((length as usize - HEADER) / 4)
}

/// An execve by a process without uid 0 in its user namespace drops its capabilities, but for ambient ones. One with uid 0,
/// as this may be once the id maps are written, would gain all: SECBIT_NOROOT makes it the same whether they are. By
/// SECBIT_NO_SETUID_FIXUP the init keeps them when it changes its ids.
fn keep_capabilities(
    ambient: u64,
    call: &impl Fn(u32, [usize; 6]) -> Result<usize, (u32, i32)>,
) -> Result<(), (u32, i32)> {
    const PR_CAP_AMBIENT: usize = 47;
    const PR_CAP_AMBIENT_RAISE: usize = 2;
    const PR_SET_SECUREBITS: usize = 28;
    const SECBIT_NOROOT: usize = 1;
    const SECBIT_NO_SETUID_FIXUP: usize = 1 << 2;
    if ambient == 0 {
        return Ok(());
    }
    call(nr::PRCTL, [PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NO_SETUID_FIXUP, 0, 0, 0, 0])?;
    let header = [0x2008_0522u32, 0];
    let mut data = [0u32; 6];
    call(nr::CAPGET, [header.as_ptr() as usize, data.as_mut_ptr() as usize, 0, 0, 0, 0])?;
    let [effective_low, permitted_low, _, effective_high, permitted_high, _] = data;
    let (low, high) = (permitted_low & ambient as u32, permitted_high & (ambient >> 32) as u32);
    let inheritable = [effective_low, permitted_low, low, effective_high, permitted_high, high];
    call(nr::CAPSET, [header.as_ptr() as usize, inheritable.as_ptr() as usize, 0, 0, 0, 0])?;
    let mut capability = 0;
    while capability < 64 {
        if ambient >> capability & 1 != 0 {
            call(nr::PRCTL, [PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0, 0])?;
        }
        capability += 1;
    }
    Ok(())
}
