//! The handle of a running sandbox.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::process::{ChildStderr, ChildStdin, ChildStdout};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::error::{Error, Label, Result, Step};
use crate::limits::Limits;
use crate::live::{Captured, Killer, Running};
use crate::outcome::{Ended, Enforced, HostCause, Outcome, Output, Usage};

/// A running sandbox: [`std::process::Child`].
///
/// Dropping it kills every process in the sandbox and reaps them. So does the end of the host process, by any means.
///
/// It lends its descriptor ([`AsFd`]): readable when the sandbox is over, for epoll and the event loops built on it.
///
/// ```
/// use belljar::{Command, Sandbox, Verdict};
///
/// let mut child = Sandbox::new().host_system().spawn(Command::new("sleep").arg("60"))?;
/// assert!(child.try_wait()?.is_none());
/// child.kill()?;
/// assert_eq!(child.wait()?.verdict, Verdict::Killed);
/// # Ok::<(), belljar::Error>(())
/// ```
#[derive(Debug)]
pub struct Child {
    /// The writing end of the program's standard input, if it is [`Stdio::piped`](crate::Stdio::piped).
    pub stdin: Option<ChildStdin>,
    /// The reading end of its standard output, if it is piped.
    pub stdout: Option<ChildStdout>,
    /// The reading end of its standard error, if it is piped.
    pub stderr: Option<ChildStderr>,
    running: Running,
    limits: Limits,
    enforced: Enforced,
    outcome: Option<Outcome>,
}

impl Child {
    pub(crate) fn new(
        running: Running,
        [stdin, stdout, stderr]: [Option<OwnedFd>; 3],
        limits: Limits,
        enforced: Enforced,
    ) -> Child {
        Child {
            stdin: stdin.map(Into::into),
            stdout: stdout.map(Into::into),
            stderr: stderr.map(Into::into),
            running,
            limits,
            enforced,
            outcome: None,
        }
    }

    /// The process id of the sandbox's init in the host's pid namespace.
    ///
    /// The number can be another process's once the sandbox is over and waited for. To signal, use
    /// [`kill`](Child::kill); to poll, the descriptor.
    pub fn id(&self) -> u32 {
        self.running.pid
    }

    /// Closes standard input, waits for the end and tells how the run ended. Repeats its answer when called again.
    ///
    /// When it returns no process of the sandbox is left.
    ///
    /// # Errors
    /// Only if the kernel fails at waiting itself.
    pub fn wait(&mut self) -> Result<Outcome> {
        drop(self.stdin.take());
        Ok(self.wait_until(None)?.expect("it waits for the end"))
    }

    /// Tells how the run ended if it does so within this time; `None` if it has not. Standard input stays open, and the sandbox
    /// goes on: what ends it is [`kill`](Child::kill), or [`Sandbox::wall_time_limit`](crate::Sandbox::wall_time_limit), which
    /// counts from the program's start and holds whoever waits.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use belljar::{Command, Sandbox};
    /// let mut child = Sandbox::new().host_system().spawn(Command::new("sleep").arg("60"))?;
    /// assert!(child.wait_timeout(Duration::from_millis(10))?.is_none());
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`wait`](Child::wait).
    pub fn wait_timeout(&mut self, within: Duration) -> Result<Option<Outcome>> {
        self.wait_until(Instant::now().checked_add(within))
    }

    /// Tells how the run ended if it has, and does not wait. Standard input stays open.
    ///
    /// # Errors
    /// As [`wait`](Child::wait).
    pub fn try_wait(&mut self) -> Result<Option<Outcome>> {
        self.wait_timeout(Duration::ZERO)
    }

    fn wait_until(&mut self, deadline: Option<Instant>) -> Result<Option<Outcome>> {
        if let Some(outcome) = &self.outcome {
            return Ok(Some(outcome.clone()));
        }
        match self.running.ended(deadline)? {
            None => Ok(None),
            Some(ended) => self.finish(ended, HostCause::None).map(Some),
        }
    }

    /// Waits for the end, and captures what is piped of standard output and error meanwhile, up to
    /// [`Sandbox::output_limit`](crate::Sandbox::output_limit): then the sandbox is killed and the verdict is
    /// [`OutputLimit`](crate::Verdict::OutputLimit).
    ///
    /// Standard input is closed first. What a process outside the sandbox that holds the pipes writes after the
    /// sandbox's end is not waited for.
    ///
    /// # Errors
    /// As [`wait`](Child::wait).
    pub fn wait_with_output(mut self) -> Result<Output> {
        drop(self.stdin.take());
        let streams = [self.stdout.take().map(OwnedFd::from), self.stderr.take().map(OwnedFd::from)];
        let mut captured = Captured::new(streams, self.limits.output())?;
        while captured.is_open() && !captured.exceeded && self.outcome.is_none() {
            if self.wait_and_read(&mut captured)? {
                break;
            }
        }
        let cause = if captured.exceeded {
            self.killer().kill()?;
            HostCause::OutputLimit
        } else {
            HostCause::None
        };
        let outcome = match self.outcome.take() {
            // Judged before: what is still in the pipes does not change it.
            Some(outcome) => {
                captured.drain()?;
                outcome
            }
            None => {
                let ended = self.running.ended(None)?.flatten();
                captured.drain()?;
                let cause = if captured.exceeded { HostCause::OutputLimit } else { cause };
                self.finish(ended, cause)?
            }
        };
        let [stdout, stderr] = captured.bytes;
        Ok(Output { outcome, stdout, stderr })
    }

    /// Waits until a stream or the end comes, and reads; `true` when the sandbox is over.
    fn wait_and_read(&self, captured: &mut Captured) -> Result<bool> {
        let mut waited: Vec<PollFd<'_>> = vec![PollFd::new(&self.running.pidfd, PollFlags::IN)];
        waited.extend(captured.streams().map(|stream| PollFd::new(stream, PollFlags::IN)));
        match poll(&mut waited, None::<&Timespec>) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return Err(Error::os(Label::new(Step::Wait), errno)),
        }
        let over = !waited[0].revents().is_empty();
        captured.read(if over { u32::MAX } else { 4 })?;
        Ok(over)
    }

    /// Asks the init to end the whole tree, and does not wait for it. After the end it does nothing and is `Ok`.
    ///
    /// Without a pid namespace the program may have stopped its init: then this does wait for the end, and has the init go on
    /// meanwhile. What it has not done after a second the run's cgroup does, if there is one; else it is killed after ten.
    ///
    /// # Errors
    /// None on the kernels of today; the signature is that of [`std::process::Child::kill`].
    pub fn kill(&mut self) -> Result<()> {
        if self.outcome.is_none() { self.killer().kill() } else { Ok(()) }
    }

    /// What another thread can end this sandbox by, while this one waits.
    pub fn killer(&self) -> Killer {
        self.running.killer()
    }

    /// What the run has used up to now; after the end what the [`Outcome`] says.
    ///
    /// While it runs this is what its cgroup tells; without one the wall-clock time, and the CPU time that `/proc` shows, in
    /// steps of ten milliseconds: of the living, and of what they and the init have reaped. Where `/proc` does not show this
    /// caller the sandbox's processes (`hidepid`, or no CONFIG_PROC_CHILDREN) it is not known and 0.
    ///
    /// # Errors
    /// None today: what cannot be read is `None` in the [`Usage`].
    pub fn usage(&self) -> Result<Usage> {
        Ok(match &self.outcome {
            Some(outcome) => outcome.usage.clone(),
            None => self.running.usage(),
        })
    }

    fn finish(&mut self, ended: Option<Ended>, host: HostCause) -> Result<Outcome> {
        self.running.reap()?;
        if ended.is_none() {
            // Without its init, and without a pid namespace, the tree may live on.
            self.running.kill_group();
        }
        let measured = self.running.measure();
        self.running.remove_group();
        let mut outcome = Outcome::judge(ended, measured.as_ref(), &self.limits, host, self.enforced.clone());
        outcome.overlay = self.running.changes().map(Arc::new);
        log::debug!("sandbox {}: {} ({})", self.running.pid, outcome.verdict, outcome.evidence);
        Ok(self.outcome.insert(outcome).clone())
    }
}

impl AsFd for Child {
    /// A pidfd of the init: readable when the sandbox is over.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.running.pidfd.as_fd()
    }
}
