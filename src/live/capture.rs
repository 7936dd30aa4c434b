//! What is captured of a program's streams. Nothing here waits.

use std::os::fd::OwnedFd;

use rustix::io::Errno;

use crate::error::{Error, Label, Result, Step};
use crate::limits::{Limits, OnLimit};

/// Which of the program's streams: [`Child::output_with`](crate::Child::output_with).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// The captured streams, both together within the limit. What is read goes to `each`.
pub(crate) struct Capture<'a> {
    streams: [(Stream, Option<OwnedFd>); 2],
    each: &'a mut dyn FnMut(Stream, &[u8]),
    left: u64,
    at_limit: OnLimit,
    pub exceeded: bool,
}

impl<'a> Capture<'a> {
    pub(crate) fn new(
        [stdout, stderr]: [Option<OwnedFd>; 2],
        limits: &Limits,
        each: &'a mut dyn FnMut(Stream, &[u8]),
    ) -> Result<Capture<'a>> {
        let streams = [(Stream::Stdout, stdout), (Stream::Stderr, stderr)];
        for stream in streams.iter().filter_map(|(_, stream)| stream.as_ref()) {
            rustix::io::ioctl_fionbio(stream, true).map_err(|errno| Error::os(Label::new(Step::Wait), errno))?;
        }
        Ok(Capture { streams, each, left: limits.output(), at_limit: limits.on_output, exceeded: false })
    }

    /// Whether there may be more to be read that counts.
    pub(crate) fn is_open(&self) -> bool {
        !self.is_over_limit() && self.streams().next().is_some()
    }

    /// Whether what was written ends the sandbox.
    pub(crate) fn is_over_limit(&self) -> bool {
        self.exceeded && self.at_limit == OnLimit::Kill
    }

    /// What is open yet: readable when there is something to be read.
    pub(crate) fn streams(&self) -> impl Iterator<Item = &OwnedFd> {
        self.streams.iter().filter_map(|(_, stream)| stream.as_ref())
    }

    /// Takes what is still in the pipes, up to the limit. Their writers inside are dead; one outside, who may write for ever,
    /// is not waited for.
    pub(crate) fn drain(&mut self) -> Result<()> {
        let at_limit = std::mem::replace(&mut self.at_limit, OnLimit::Kill);
        let read = self.read(u32::MAX);
        self.at_limit = at_limit;
        read
    }

    /// Reads from each open stream until it is empty, at its end, or `rounds` are over.
    pub(crate) fn read(&mut self, rounds: u32) -> Result<()> {
        for at in 0..self.streams.len() {
            for _ in 0..rounds {
                let (which, Some(fd)) = &self.streams[at] else { break };
                if self.is_over_limit() {
                    return Ok(());
                }
                let mut buffer = [0u8; 65536];
                match rustix::io::read(fd, &mut buffer) {
                    Ok(0) => self.streams[at].1 = None,
                    Ok(count) => {
                        let kept = self.left.min(count as u64) as usize;
                        self.left -= kept as u64;
                        self.exceeded |= kept < count;
                        if kept > 0 {
                            (self.each)(*which, &buffer[..kept]);
                        }
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
