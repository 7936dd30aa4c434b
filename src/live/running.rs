//! A sandbox whose program has been executed.

use std::collections::BTreeMap;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::channel::{Channel, Received, cut};
use super::cpu_time;
use super::dying::{self, ends_within};
use super::killer::{Killer, WHILE};
use super::litter;
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
    /// A user that is this run's alone and may leave files, until the lease of the id is let go.
    pub litterer: Option<(u32, OwnedFd)>,
    /// The program's end, when it is told; the sandbox's comes behind it.
    ended: Option<Ended>,
    began: Instant,
    namespaces: Namespaces,
    /// Its program was executed: from then on its init listens.
    has_started: bool,
    /// Its init has told that all of the tree is killed.
    is_dying: bool,
    /// Its init is reaped.
    reaped: bool,
}

/// However it comes about, by the panic of a logger too: the sandbox ends for good. When nothing of it runs any more it may take
/// its time to be gone, unless there is something to be done then.
impl Drop for Running {
    fn drop(&mut self) {
        if !self.reaped {
            let cleans_up = self.overlay.as_ref().is_some_and(|(layers, _)| layers.lock().is_some());
            cut(&self.channel.socket);
            if self.has_started && self.namespaces.contains(Namespaces::PID) && !cleans_up && self.is_killed() {
                dying::add(self.pidfd.clone(), self.leaf.take());
                ends_within(self.pidfd.as_fd(), SHORT);
            } else {
                self.end();
                self.clean();
            }
        }
        dying::reap();
    }
}

/// A small tree is gone by then.
const SHORT: Duration = Duration::from_millis(10);

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
            litterer: None,
            ended: None,
            began,
            namespaces,
            has_started: false,
            is_dying: false,
            reaped: false,
        }
    }

    /// Whether the init, whose lifeline is cut, tells that it has killed all of the tree.
    fn is_killed(&self) -> bool {
        if self.is_dying {
            return true;
        }
        let deadline = Instant::now().checked_add(WHILE);
        let mut over = false;
        loop {
            match self.receive() {
                Ok(Received::Message(Message::Dying)) => return true,
                Ok(Received::Message(_)) => {}
                Ok(Received::Nothing) if !over && !has_passed(deadline) => match self.wait_for_word(deadline) {
                    Ok(is_over) => over = is_over,
                    Err(_) => return false,
                },
                _ => return false,
            }
        }
    }

    /// Ends it, whatever it is doing, and waits for that.
    fn end(&self) {
        let pidfd = self.pidfd.as_fd();
        // Without a pid namespace only its init can end the tree. It does, as its lifeline is cut, unless the program, which is
        // then a process of the same user, has stopped it.
        if !self.namespaces.contains(Namespaces::PID) {
            self.kill_group();
            sys::go_on(pidfd);
            ends_within(pidfd, WHILE);
        }
        sys::kill(pidfd);
        let _ = sys::reap(pidfd);
    }

    /// Notes what is told of the program's start.
    pub(crate) fn note_start(&mut self, was_cloned_into: bool, setup: Duration, leaf: Option<&Leaf>) {
        self.has_started = true;
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
                Received::Message(Message::Dying) => self.is_dying = true,
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
        dying::reap();
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

    /// What there is to be told of the changes in an overlay; `live` of those that a program may still be making.
    pub(crate) fn record(&self, live: bool) -> Option<Record> {
        let (layers, own) = self.overlay.as_ref()?;
        Some(Record::new(layers, own.clone(), self.channel.upper(), live))
    }

    /// The last of them; the upper directory is unlocked, its work directory removed.
    pub(crate) fn changes(&mut self) -> Option<Record> {
        let record = self.record(false);
        self.overlay = None;
        self.channel.take_upper();
        record
    }

    /// To the only program. One that ends meanwhile, or a sandbox that does, is no error.
    pub(crate) fn signal(&self, signal: u32) -> Result<()> {
        if !self.namespaces.contains(Namespaces::PID) {
            sys::go_on(self.pidfd.as_fd()); // the program may have stopped its init
        }
        match self.channel.signal(0, signal) {
            Ok(()) | Err(Errno::PIPE | Errno::CONNRESET) => Ok(()),
            Err(errno) => Err(Error::os(Label::new(Step::Signal), errno)),
        }
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
        let reaped = self.reap_init();
        self.clean();
        reaped
    }

    /// Else the next run with this id does.
    fn clean(&mut self) {
        if let Some((user, _)) = self.litterer.take()
            && let Err((path, errno)) = litter::remove(user)
        {
            log::debug!("what user {user} has left in {}: {errno}", path.display());
        }
    }

    fn reap_init(&self) -> Result<()> {
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
