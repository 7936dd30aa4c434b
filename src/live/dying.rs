//! Sandboxes whose handle is dropped and whose tree is killed, but not gone yet: to free the memory of a large one takes time.
//!
//! They are the crate's until its next call finds them gone: there is no thread that could wait, and no handler of SIGCHLD. Of a
//! host that makes no call any more at most a zombie each is left, and an empty group that an init of the host's user removes
//! by itself.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::cgroup::leaf::Leaf;
use crate::sys;

static DYING: Mutex<Vec<Dying>> = Mutex::new(Vec::new());

/// What is kept of a sandbox until it is gone.
#[derive(Debug)]
struct Dying {
    pidfd: Arc<OwnedFd>,
    _leaf: Option<Leaf>,
}

impl Drop for Dying {
    /// The group goes after the last that was in it.
    fn drop(&mut self) {
        let _ = sys::reap(self.pidfd.as_fd());
    }
}

pub(super) fn add(pidfd: Arc<OwnedFd>, leaf: Option<Leaf>) {
    DYING.lock().unwrap_or_else(PoisonError::into_inner).push(Dying { pidfd, _leaf: leaf });
}

/// Reaps those that are gone, and waits for none.
pub(crate) fn reap() {
    let is_gone = |dying: &mut Dying| ends_within(dying.pidfd.as_fd(), Duration::ZERO);
    let gone: Vec<Dying> = DYING.lock().unwrap_or_else(PoisonError::into_inner).extract_if(.., is_gone).collect();
    drop(gone); // when others may look again
}

/// Whether the process is over then, or before.
pub(super) fn ends_within(pidfd: BorrowedFd<'_>, time: Duration) -> bool {
    let timeout = Timespec::try_from(time).expect("a short time");
    poll(&mut [PollFd::from_borrowed_fd(pidfd, PollFlags::IN)], Some(&timeout)).is_ok_and(|ready| ready > 0)
}
