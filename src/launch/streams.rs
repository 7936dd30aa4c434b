//! The program's standard streams: what it gets and what the host keeps.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::rc::Rc;

use rustix::fs::{CWD, FileType, Mode, OFlags};
use rustix::pipe::{PipeFlags, pipe_with};

use crate::command::Command;
use crate::error::{Error, Label, Result, Step};
use crate::host::Facts;
use crate::plan::Slot;
use crate::stdio::Kind;

/// What standard output and error are unless the command says otherwise.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Captures {
    Nothing,
    Output,
}

/// One end that the program gets.
#[derive(Clone)]
pub(crate) enum End<'a> {
    Owned(Rc<OwnedFd>),
    Borrowed(BorrowedFd<'a>),
}

impl End<'_> {
    fn owned(fd: OwnedFd) -> Self {
        End::Owned(Rc::new(fd))
    }

    pub(crate) fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            End::Owned(fd) => fd.as_fd(),
            End::Borrowed(fd) => *fd,
        }
    }
}

/// The ends of all three streams. Dropping it closes the program's; what the host keeps is taken out first.
pub(crate) struct Ends<'a> {
    pub program: [End<'a>; 3],
    pub host: [Option<OwnedFd>; 3],
}

impl<'a> Ends<'a> {
    pub(crate) fn open(command: &'a Command, captures: Captures, facts: &Facts) -> Result<Ends<'a>> {
        let mut host = [None, None, None];
        let kind = |index: usize| -> &'a Kind {
            let default = if captures == Captures::Output && index > 0 { &Kind::Piped } else { &Kind::Null };
            command.stdio[index].as_ref().map_or(default, |stdio| &stdio.0)
        };
        let mut open = |index: usize| -> Result<End<'a>> {
            let failed = |error| Error::os(Label::at(Step::Stdio, NAMES[index]), error);
            end(kind(index), index, &mut host[index], facts).map_err(failed)
        };
        let (stdin, stdout) = (open(0)?, open(1)?);
        let stderr = match (kind(1), kind(2)) {
            (Kind::Null, Kind::Null) | (_, Kind::Stdout) => stdout.clone(),
            _ => open(2)?,
        };
        Ok(Ends { program: [stdin, stdout, stderr], host })
    }
}

impl Ends<'_> {
    /// What the program is given.
    pub(super) fn of<'a>(&'a self, command: &'a Command, slot: Slot) -> Option<BorrowedFd<'a>> {
        match slot {
            Slot::Stdin => Some(self.program[0].as_fd()),
            Slot::Stdout => Some(self.program[1].as_fd()),
            Slot::Stderr => Some(self.program[2].as_fd()),
            Slot::Extra(index) => command.fds.values().nth(index).map(|fd| fd.as_fd()),
            _ => None,
        }
    }
}

/// What the host has closed cannot be inherited. To be asked before the first descriptor of a spawn is opened: that takes the
/// lowest free number, and would be taken for the stream.
pub(crate) fn check_inherited(command: &Command) -> Result<()> {
    for (index, name) in NAMES.iter().enumerate() {
        if matches!(&command.stdio[index], Some(stdio) if matches!(stdio.0, Kind::Inherit)) {
            inherited(index).map_err(|error| Error::os(Label::at(Step::Stdio, *name), error))?;
        }
    }
    Ok(())
}

const NAMES: [&str; 3] = ["stdin", "stdout", "stderr"];

fn end<'a>(kind: &'a Kind, index: usize, host: &mut Option<OwnedFd>, facts: &Facts) -> io::Result<End<'a>> {
    Ok(match kind {
        Kind::Null => End::owned(null(index)?),
        Kind::Inherit => End::Borrowed(inherited(index)?),
        Kind::Fd(fd) => End::Borrowed(fd.as_fd()),
        // That of standard error was met before.
        Kind::Stdout => return Err(io::ErrorKind::InvalidInput.into()),
        Kind::Bytes(_) if index > 0 => return Err(io::ErrorKind::InvalidInput.into()),
        // A privileged root's program is never root.
        Kind::Bytes(bytes) => End::owned(bytes.open(facts.uid == 0 && facts.is_privileged())?),
        Kind::Piped => {
            let (reader, writer) = pipe_with(PipeFlags::CLOEXEC)?;
            let (ours, theirs) = if index == 0 { (writer, reader) } else { (reader, writer) };
            // A privileged host's program is another user, and opens it again: /dev/stdout. By any other way it is in
            // nobody's reach.
            rustix::fs::fchmod(&theirs, Mode::from_raw_mode(0o666))?;
            *host = Some(ours);
            End::owned(theirs)
        }
    })
}

/// /dev/null, and not what somebody put in its place.
fn null(index: usize) -> io::Result<OwnedFd> {
    const NULL: (u32, u32) = (1, 3);
    let access = if index == 0 { OFlags::RDONLY } else { OFlags::WRONLY };
    let flags = access | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let fd = rustix::fs::openat(CWD, "/dev/null", flags, Mode::empty())?;
    let stat = rustix::fs::fstat(&fd)?;
    let device = (rustix::fs::major(stat.st_rdev), rustix::fs::minor(stat.st_rdev));
    if FileType::from_raw_mode(stat.st_mode) != FileType::CharacterDevice || device != NULL {
        return Err(io::Error::from_raw_os_error(19));
    }
    Ok(fd)
}

fn inherited(index: usize) -> io::Result<BorrowedFd<'static>> {
    // SAFETY: the standard streams are open for the whole life of a process, and where the host has closed one the
    // kernel says so here, before anything is done with it.
    let fd = unsafe { BorrowedFd::borrow_raw(index as i32) };
    rustix::io::fcntl_getfd(fd)?;
    Ok(fd)
}
