//! The handle of a running sandbox.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::process::{ChildStderr, ChildStdin, ChildStdout};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::changes::Changes;
use crate::error::{Error, Label, Result, Step};
use crate::limits::Limits;
use crate::live::{Capture, Killer, Running, Stream};
use crate::outcome::{Ended, Enforced, HostCause, Outcome, Output, Usage};

/// A running sandbox: [`std::process::Child`].
///
/// Dropping it kills every process in the sandbox: when that returns none of the program's runs any more. The end of the host
/// process does the same, by any means. A small tree is gone then. For the memory of a large one to be freed the drop waits no longer
/// than 10 ms: the init, which ends after the last of them, is a zombie then, and its cgroup empty, until the crate's next call
/// starts a sandbox, waits for one or ends one. Only where there is something to be done behind it the drop waits for the end of all:
/// to clean up an [`upper_dir`](crate::Overlay::upper_dir); and without [`Namespaces::PID`](crate::Namespaces::PID), where
/// processes are killed one after another.
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
    /// The reading end of its standard output, if it is piped. What is read here is not captured: no
    /// [`Sandbox::output_limit`](crate::Sandbox::output_limit) counts it. [`output_with`](Child::output_with) reads under the limit.
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
    /// [`OutputLimit`](crate::Verdict::OutputLimit), unless
    /// [`Sandbox::on_output_limit`](crate::Sandbox::on_output_limit) says otherwise.
    ///
    /// Standard input is closed first. What a process outside the sandbox that holds the pipes writes after the
    /// sandbox's end is not waited for.
    ///
    /// # Errors
    /// As [`wait`](Child::wait).
    pub fn wait_with_output(self) -> Result<Output> {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let outcome = self.output_with(|stream, bytes| match stream {
            Stream::Stdout => stdout.extend_from_slice(bytes),
            Stream::Stderr => stderr.extend_from_slice(bytes),
        })?;
        Ok(Output { outcome, stdout, stderr })
    }

    /// As [`wait_with_output`](Child::wait_with_output), and gives what is captured to `each` as it comes, in pieces of at most
    /// 64 KiB, rather than keep it. The limit is the same.
    ///
    /// `each` runs in this thread. As long as it does nothing is read, and a program that has filled its pipe waits; its deadlines
    /// go on. If it panics the sandbox is killed.
    ///
    /// ```
    /// use belljar::{Command, Sandbox, Stdio, Stream};
    ///
    /// let mut command = Command::shell("echo one; echo two >&2");
    /// command.stdout(Stdio::piped()).stderr(Stdio::piped());
    /// let (mut said, mut failed) = (Vec::new(), 0);
    /// let outcome = Sandbox::new().host_system().spawn(command)?.output_with(|stream, bytes| match stream {
    ///     Stream::Stdout => said.extend_from_slice(bytes),
    ///     Stream::Stderr => failed += bytes.len(),
    /// })?;
    /// assert_eq!((outcome.success(), &*said, failed), (true, b"one\n".as_slice(), 4));
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`wait`](Child::wait).
    pub fn output_with(mut self, mut each: impl FnMut(Stream, &[u8])) -> Result<Outcome> {
        drop(self.stdin.take());
        let streams = [self.stdout.take().map(OwnedFd::from), self.stderr.take().map(OwnedFd::from)];
        let limits = self.limits.clone();
        let mut capture = Capture::new(streams, &limits, &mut each)?;
        while capture.is_open() && self.outcome.is_none() {
            if self.wait_and_read(&mut capture)? {
                break;
            }
        }
        if capture.is_over_limit() {
            self.killer().kill()?;
        }
        if self.outcome.is_none() {
            let ended = self.running.ended(None)?.flatten();
            capture.drain()?;
            let cause = if capture.is_over_limit() { HostCause::OutputLimit } else { HostCause::None };
            self.finish(ended, cause)?;
        } else {
            capture.drain()?; // judged before: what is still in the pipes does not change it
        }
        Ok(Outcome { truncated: capture.exceeded, ..self.outcome.take().expect("it was told") })
    }

    /// Waits until a stream or the end comes, and reads; `true` when the sandbox is over.
    fn wait_and_read(&self, capture: &mut Capture<'_>) -> Result<bool> {
        let mut waited: Vec<PollFd<'_>> = vec![PollFd::new(&self.running.pidfd, PollFlags::IN)];
        waited.extend(capture.streams().map(|stream| PollFd::new(stream, PollFlags::IN)));
        match poll(&mut waited, None::<&Timespec>) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return Err(Error::os(Label::new(Step::Wait), errno)),
        }
        let over = !waited[0].revents().is_empty();
        capture.read(4)?;
        Ok(over)
    }

    /// Sends the program a signal by its number: its process alone, not those that it has started. The init is told to, and this
    /// does not wait until it has. A program that has ended gets none, and that is `Ok`, as with [`kill`](Child::kill); so is a
    /// signal that it ignores.
    ///
    /// What comes of it is the program's: one that SIGTERM ends has been [`Signaled`](crate::Verdict::Signaled), and one that
    /// SIGSTOP stops goes on with SIGCONT, while its deadlines do.
    ///
    /// ```
    /// use std::io::Read;
    /// use belljar::{Command, Sandbox, Stdio, Verdict};
    ///
    /// let mut command = Command::shell("trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done");
    /// let mut child = Sandbox::new().host_system().spawn(command.stdout(Stdio::piped()))?;
    /// child.stdout.as_mut().expect("is piped").read_exact(&mut [0; 6])?;
    /// child.signal(15)?;
    /// assert_eq!(child.wait()?.verdict, Verdict::Exited(7));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A number that is no signal's, 1 to 64; two hundred signals and more that the init has not come to send.
    pub fn signal(&self, signal: i32) -> Result<()> {
        match u32::try_from(signal) {
            Ok(signal @ 1..=64) if self.outcome.is_none() => self.running.signal(signal),
            Ok(1..=64) => Ok(()),
            _ => Err(Error::invalid(Label::new(Step::Signal), format!("{signal} is no signal: 1 to 64 are"))),
        }
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

    /// What the program has changed in the overlay up to now; after the end what [`Outcome::changes`] tells.
    ///
    /// It is no snapshot: a file that comes or goes in this moment may be told of or not, and what was told of may be gone or
    /// another when it is [read](Changes::read) or [copied](Changes::copy_file). [`Changes::since`] compares two looks. Nothing
    /// is changed to look, so what the program lets nobody into is an error to an ordinary user until the end.
    ///
    /// ```
    /// # use belljar::{Command, Overlay, Sandbox, Stdio};
    /// # if !belljar::Host::probe().has(belljar::Feature::Overlayfs) { return Ok(()) }
    /// # let base = std::env::temp_dir().join(format!("belljar-looks-doc-{}", std::process::id()));
    /// # std::fs::create_dir(&base)?;
    /// # let mut command = Command::shell("echo hello >/work/file; echo ready; sleep 60");
    /// # command.stdout(Stdio::piped());
    /// let sandbox = Sandbox::new().host_system().overlay(Overlay::new().lower(&base).at("/work"));
    /// let mut child = sandbox.spawn(command)?;
    /// # std::io::Read::read_exact(child.stdout.as_mut().expect("is piped"), &mut [0; 6])?;
    /// // … and when the program has written something:
    /// assert_eq!(child.changes()?.read("file", 100)?, b"hello\n");
    /// # std::fs::remove_dir(base)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Outcome::changes`]; EACCES as above.
    pub fn changes(&self) -> Result<Changes> {
        match &self.outcome {
            Some(outcome) => outcome.changes(),
            None => Changes::collect(self.running.record(true).map(Arc::new).as_ref()),
        }
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
