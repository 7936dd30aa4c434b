//! What is captured of a program's streams. Nothing here waits.

use std::os::fd::OwnedFd;

use rustix::io::Errno;

use crate::error::{Error, Label, Result, Step};

/// The captured streams, both together within the limit.
pub(crate) struct Captured {
    streams: [Option<OwnedFd>; 2],
    pub bytes: [Vec<u8>; 2],
    left: u64,
    pub exceeded: bool,
}

impl Captured {
    pub(crate) fn new(streams: [Option<OwnedFd>; 2], limit: u64) -> Result<Captured> {
        for stream in streams.iter().flatten() {
            rustix::io::ioctl_fionbio(stream, true).map_err(|errno| Error::os(Label::new(Step::Wait), errno))?;
        }
        Ok(Captured { streams, bytes: [Vec::new(), Vec::new()], left: limit, exceeded: false })
    }

    pub(crate) fn is_open(&self) -> bool {
        self.streams.iter().any(Option::is_some)
    }

    /// What is open yet: readable when there is something to be read.
    pub(crate) fn streams(&self) -> impl Iterator<Item = &OwnedFd> {
        self.streams.iter().flatten()
    }

    /// Takes what is still in the pipes. Their writers inside are dead.
    pub(crate) fn drain(&mut self) -> Result<()> {
        self.read(u32::MAX)
    }

    /// Reads from each open stream until it is empty, at its end, or `rounds` are over.
    pub(crate) fn read(&mut self, rounds: u32) -> Result<()> {
        for (stream, bytes) in self.streams.iter_mut().zip(&mut self.bytes) {
            for _ in 0..rounds {
                let Some(fd) = stream else { break };
                if self.exceeded {
                    return Ok(());
                }
                let mut buffer = [0u8; 65536];
                match rustix::io::read(fd, &mut buffer) {
                    Ok(0) => *stream = None,
                    Ok(count) => {
                        let kept = self.left.min(count as u64) as usize;
                        bytes.extend_from_slice(&buffer[..kept]);
                        self.left -= kept as u64;
                        self.exceeded = kept < count;
                    }
                    Err(Errno::AGAIN) => break,
                    Err(Errno::INTR) => {}
                    Err(errno) => return Err(Error::os(Label::new(Step::Wait), errno)),
                }
            }
        }
        Ok(())
    }
}
