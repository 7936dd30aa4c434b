//! What ends a sandbox.

use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use super::channel::cut;
use super::dying::{self, ends_within};
use crate::error::Result;
use crate::{cgroup, sys};

/// Ends a sandbox whose [`Child`](crate::Child) another thread has, which may be waiting: [`Child::killer`](crate::Child::killer).
///
/// It does not keep the sandbox, which ends with its handle, but two or three descriptors.
///
/// ```
/// use belljar::{Command, Sandbox, Verdict};
///
/// let mut child = Sandbox::new().host_system().spawn(Command::new("sleep").arg("60"))?;
/// let killer = child.killer();
/// std::thread::spawn(move || killer.kill());
/// assert_eq!(child.wait()?.verdict, Verdict::Killed);
/// # Ok::<(), belljar::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Killer {
    pub(super) socket: Arc<OwnedFd>,
    pub(super) pidfd: Arc<OwnedFd>,
    /// The directory of the run's cgroup.
    pub(super) group: Option<Arc<OwnedFd>>,
    /// Then the program cannot stop its init.
    pub(super) has_pid_namespace: bool,
}

impl Killer {
    /// As [`Child::kill`](crate::Child::kill). After the end it does nothing and is `Ok`.
    ///
    /// # Errors
    /// None on the kernels of today.
    pub fn kill(&self) -> Result<()> {
        dying::reap();
        cut(&self.socket);
        if !self.has_pid_namespace {
            self.end_surely();
        }
        Ok(())
    }

    /// For a tree that may have stopped its init, and may do so again. What the lifeline does not do within a while the group
    /// does. Without one it is given more time, as it alone knows the tree, but not for ever.
    fn end_surely(&self) {
        let whiles = if self.group.is_some() { 1 } else { 10 };
        for _ in 0..whiles {
            sys::go_on(self.pidfd.as_fd());
            if ends_within(self.pidfd.as_fd(), WHILE) {
                return;
            }
        }
        if let Some(group) = &self.group {
            cgroup::group::kill(group.as_fd());
        }
        sys::kill(self.pidfd.as_fd());
    }
}

pub(super) const WHILE: Duration = Duration::from_secs(1);
