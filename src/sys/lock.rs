//! Locks on single bytes of a file: fcntl(2), open file description locks (3.15). One descriptor holds any number of them, and
//! they end with its last copy, by whatever way a process ends.

use std::os::fd::{AsRawFd, BorrowedFd};

use linux_raw_sys::general::{F_OFD_SETLK, F_WRLCK, flock};
#[cfg(feature = "oci")]
use linux_raw_sys::general::{F_OFD_SETLKW, F_RDLCK, F_UNLCK};
use rustix::io::Errno;

use super::{nr, syscall};

/// Shares a byte with others who do, and waits for who has it alone.
#[cfg(feature = "oci")]
pub(crate) fn share_byte(file: BorrowedFd<'_>, byte: u64) -> Result<(), Errno> {
    rustix::io::retry_on_intr(|| lock(file, F_OFD_SETLKW, F_RDLCK, byte))
}

/// Has a byte alone, if nobody else has it. The file must be open to be written.
pub(crate) fn claim_byte(file: BorrowedFd<'_>, byte: u64) -> Result<bool, Errno> {
    match lock(file, F_OFD_SETLK, F_WRLCK, byte) {
        Ok(()) => Ok(true),
        Err(Errno::AGAIN | Errno::ACCESS) => Ok(false),
        Err(errno) => Err(errno),
    }
}

#[cfg(feature = "oci")]
pub(crate) fn free_byte(file: BorrowedFd<'_>, byte: u64) -> Result<(), Errno> {
    lock(file, F_OFD_SETLK, F_UNLCK, byte)
}

fn lock(file: BorrowedFd<'_>, how: u32, kind: u32, byte: u64) -> Result<(), Errno> {
    const SEEK_SET: i16 = 0;
    let wanted = flock { l_type: kind as i16, l_whence: SEEK_SET, l_start: byte as i64, l_len: 1, l_pid: 0 };
    let arguments = [file.as_raw_fd() as usize, how as usize, &raw const wanted as usize, 0, 0, 0];
    // SAFETY: these commands read the structure alone.
    match unsafe { syscall(nr::FCNTL, arguments) } {
        0.. => Ok(()),
        error => Err(Errno::from_raw_os_error(-error as i32)),
    }
}
