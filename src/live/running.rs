//! A sandbox whose program has been executed.

use std::collections::BTreeMap;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::channel::{Channel, Received};
use super::cpu_time;
use super::killer::{Killer, wait_a_while};
use super::report::Message;
use crate::cgroup::leaf::Leaf;
use crate::cgroup::stat::Measured;
use crate::changes::Record;
use crate::error::{Error, Label, Result, Step};
use crate::namespaces::Namespaces;
use crate::outcome::{Ended, Usage};
use crate::overlay::{Layers, Own};
use crate::sys;

#[derive(Debug)]
pub(crate) struct Running {
    pub pid: u32,
    pub pidfd: Arc<OwnedFd>,
    pub channel: Channel,
    /// The group of the program's tree.
    pub leaf: Option<Leaf>,
    /// CPU time of the setup that is the group's but not the program's.
    setup: Duration,
    /// The overlay's directories, as long as the sandbox uses them, and what the sandbox itself has put there.
    pub overlay: Option<(Layers, BTreeMap<PathBuf, Own>)>,
    /// See [`Enforced`](crate::outcome::Enforced).
    pub unmapped: Vec<PathBuf>,
    /// The program's end, when it is told; the sandbox's comes behind it.
    ended: Option<Ended>,
    began: Instant,
    namespaces: Namespaces,
    /// Its init is reaped.
    reaped: bool,
}

/// However it comes about, by the panic of a logger too: the sandbox ends for good, and is gone.
impl Drop for Running {
    fn drop(&mut self) {
        if self.reaped {
            return;
        }
        self.channel.close();
        let pidfd = self.pidfd.as_fd();
        // Without a pid namespace only its init can end the tree. It does, as its lifeline is cut, unless the program, which is
        // then a process of the same user, has stopped it.
        if !self.namespaces.contains(Namespaces::PID) {
            self.kill_group();
            sys::go_on(pidfd);
            wait_a_while(pidfd);
        }
        sys::kill(pidfd);
        let _ = sys::reap(pidfd);
    }
}

fn has_passed(deadline: Option<Instant>) -> bool {
    deadline.is_some_and(|deadline| deadline <= Instant::now())
}

impl Running {
    pub(crate) fn new(pid: u32, pidfd: OwnedFd, socket: OwnedFd, began: Instant, namespaces: Namespaces) -> Running {
        let channel = Channel::new(socket);
        Running {
            pid,
            pidfd: Arc::new(pidfd),
            channel,
            leaf: None,
            setup: Duration::ZERO,
            overlay: None,
            unmapped: Vec::new(),
            ended: None,
            began,
            namespaces,
            reaped: false,
        }
    }

    /// Notes what is told of the program's start.
    pub(crate) fn note_start(&mut self, was_cloned_into: bool, setup: Duration, leaf: Option<&Leaf>) {
        self.setup = setup;
        if leaf.is_some() {
            let how = if was_cloned_into { "was cloned into" } else { "wrote itself into" };
            log::trace!("the program of sandbox {} {how} its cgroup", self.pid);
        }
    }

    /// What the group of the run tells up to now, without what the setup has used.
    pub(crate) fn measure(&self) -> Option<Measured> {
        self.leaf.as_ref().map(|leaf| leaf.measure().after(self.setup))
    }

    /// What has been used up to now.
    pub(crate) fn usage(&self) -> Usage {
        let of_living = || {
            let [user, system] = cpu_time::below(self.pid)?;
            let measured = Measured { cpu: Some([user + system, user, system]), ..Measured::default() };
            Some(measured.after(self.setup))
        };
        let usage = Usage { wall_time: self.began.elapsed(), ..Usage::default() };
        usage.measured(self.measure().or_else(of_living).as_ref())
    }

    /// Ends what is in the group, if there is one; whether there is. Nothing in it can stop that.
    pub(crate) fn kill_group(&self) -> bool {
        self.leaf.as_ref().is_some_and(|leaf| {
            leaf.kill();
            true
        })
    }

    /// Removes the group, and kills what a dead init has left in it.
    pub(crate) fn remove_group(&mut self) {
        self.leaf = None;
    }

    /// How the program ended, once the sandbox has, too; the outer `None` is "not yet", the inner one an init that was killed
    /// before it could tell.
    pub(crate) fn try_ended(&mut self) -> Result<Option<Option<Ended>>> {
        loop {
            match self.receive()? {
                Received::Nothing => return Ok(None),
                Received::End => return Ok(Some(None)),
                Received::Message(Message::Ended { ended, .. }) => self.ended = Some(ended),
                Received::Message(Message::Over { usage, .. }) => {
                    // What the whole tree has used; the time is the program's.
                    return Ok(Some(self.ended.take().map(|mut ended| {
                        ended.usage = Usage { wall_time: ended.usage.wall_time, ..usage };
                        ended
                    })));
                }
                Received::Message(_) => {}
            }
        }
    }

    /// As [`try_ended`](Running::try_ended), and waits, if there is a deadline until then.
    pub(crate) fn ended(&mut self, deadline: Option<Instant>) -> Result<Option<Option<Ended>>> {
        loop {
            if let Some(ended) = self.try_ended()? {
                return Ok(Some(ended));
            }
            if has_passed(deadline) {
                return Ok(None);
            }
            if self.wait_for_word(deadline)? {
                return Ok(Some(self.try_ended()?.flatten()));
            }
        }
    }

    /// The init's next word, within this time of the sandbox's begin; `None` if it was killed before.
    pub(crate) fn next_word(&self, within: Option<Duration>) -> Result<Option<Message>> {
        let deadline = within.and_then(|within| self.began.checked_add(within));
        let mut over = false;
        loop {
            match self.receive()? {
                Received::Message(message) => return Ok(Some(message)),
                Received::Nothing if !over => {}
                Received::Nothing | Received::End => return Ok(None),
            }
            if has_passed(deadline) {
                return Err(Error::os(Label::new(Step::Init), Errno::TIMEDOUT));
            }
            over = self.wait_for_word(deadline)?;
        }
    }

    pub(crate) fn receive(&self) -> Result<Received> {
        self.channel.receive().map_err(|errno| Error::os(Label::new(Step::Wait), errno))
    }

    /// Until there may be a word of the init's, or it is over: whether that. A sibling of the host may hold its end of the
    /// socket open.
    fn wait_for_word(&self, deadline: Option<Instant>) -> Result<bool> {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let timeout = left.and_then(|left| Timespec::try_from(left).ok());
        let mut waited = [PollFd::new(&self.channel, PollFlags::IN), PollFd::new(&self.pidfd, PollFlags::IN)];
        match poll(&mut waited, timeout.as_ref()) {
            Ok(_) => Ok(!waited[1].revents().is_empty()),
            Err(Errno::INTR) => Ok(false),
            Err(errno) => Err(Error::os(Label::new(Step::Wait), errno)),
        }
    }

    /// What there is to be told of the changes in an overlay; the upper directory is unlocked, its work directory removed.
    pub(crate) fn changes(&mut self) -> Option<Record> {
        let (layers, own) = self.overlay.take()?;
        Some(Record::new(layers, own, self.channel.take_upper()))
    }

    pub(crate) fn killer(&self) -> Killer {
        Killer {
            socket: self.channel.socket.clone(),
            pidfd: self.pidfd.clone(),
            group: self.leaf.as_ref().map(Leaf::shared_dir),
            has_pid_namespace: self.namespaces.contains(Namespaces::PID),
        }
    }

    pub(crate) fn reap(&mut self) -> Result<()> {
        self.reaped = true;
        match sys::reap(self.pidfd.as_fd()) {
            // The host ignores SIGCHLD, or has reaped what it does not know. The pidfd tells the end all the same.
            Err(error) if error.raw_os_error() == Some(Errno::CHILD.raw_os_error()) => loop {
                match poll(&mut [PollFd::new(&self.pidfd, PollFlags::IN)], None::<&Timespec>) {
                    Err(Errno::INTR) => {}
                    _ => return Ok(()),
                }
            },
            Err(error) => Err(Error::os(Label::new(Step::Wait), error)),
            Ok(()) => Ok(()),
        }
    }
}
