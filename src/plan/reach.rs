//! Whether the program can come to a file of the host's that it could change the mode of. On the host a set-id file counts, while
//! those in the sandbox's own filesystems do so nowhere: their mounts are nosuid, and belong to no other mount namespace
//! (mnt_may_suid()).

use std::os::fd::{AsFd, BorrowedFd};

use rustix::fs::{FileType, fstat};

use super::Request;
use crate::command::Command;
use crate::mounts::Kind;
use crate::stdio::{self, Stdio};

/// Of one command that has the sandbox for itself; without one any may come, with any descriptor, and others find that in /proc.
pub(super) fn reaches_files(request: &Request, command: Option<&Command>) -> bool {
    let writable = |kind: &Kind| matches!(kind, Kind::Bind { rights, .. } if rights.is_writable());
    request.mounts.iter().any(|mount| writable(&mount.kind))
        || request.overlay.as_ref().is_some_and(|overlay| overlay.is_kept())
        || command.is_none_or(gives_files)
}

/// fchmod(2) asks for no right to write, and what was opened to be read can be opened again.
fn gives_files(command: &Command) -> bool {
    let streams = [rustix::stdio::stdin(), rustix::stdio::stdout(), rustix::stdio::stderr()];
    let given = |(stdio, stream): (&Option<Stdio>, BorrowedFd<'_>)| match stdio.as_ref().map(|stdio| &stdio.0) {
        Some(stdio::Kind::Inherit) => gives(stream),
        Some(stdio::Kind::Fd(fd)) => gives(fd.as_fd()),
        // What standard output is is judged there.
        Some(stdio::Kind::Null | stdio::Kind::Piped | stdio::Kind::Bytes(_) | stdio::Kind::Stdout) | None => false,
    };
    command.stdio.iter().zip(streams).any(given) || command.fds.values().any(|fd| gives(fd.as_fd()))
}

/// A socket may bring any file yet.
fn gives(fd: BorrowedFd<'_>) -> bool {
    let kind = fstat(fd).map(|stat| FileType::from_raw_mode(stat.st_mode));
    !matches!(kind, Ok(FileType::Fifo | FileType::CharacterDevice))
}
