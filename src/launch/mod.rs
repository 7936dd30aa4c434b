//! Runs a plan: descriptors, clone, id maps, handshake; and afterwards the host's end of the supervision.

mod group;
mod idmap;
mod link;
mod report;
mod streams;
mod stub;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use rustix::fs::Mode;
use rustix::io::Errno;
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, Shutdown};

use crate::cgroup::leaf::Leaf;
use crate::cgroup::stat::Measured;
use crate::changes::Record;
use crate::command::Command;
use crate::error::{Error, Label, Result, Step};
use crate::host::Facts;
use crate::init;
use crate::namespaces::Namespaces;
use crate::outcome::Ended;
use crate::overlay::{Layers, Own};
use crate::plan::init::{Config, FAILED, Report, STARTED};
use crate::plan::script::Script;
use crate::plan::{self, Plan, Request, Slot};
use crate::stdio::sealed_executable;
use crate::sys::{self, Plain, SignalsBlocked};
use link::{Link, Started};
pub(crate) use streams::{Captures, Ends};
use stub::Stub;

/// A sandbox whose program has been executed.
#[derive(Debug)]
pub(crate) struct Running {
    pub pid: u32,
    pub pidfd: OwnedFd,
    /// The lifeline: when this end is shut, init ends the tree. Its reports come in by it.
    pub socket: OwnedFd,
    /// The group of the program's tree.
    leaf: Option<Leaf>,
    /// CPU time of the setup that is the group's but not the program's.
    setup: Duration,
    /// The overlay's directories, as long as the sandbox uses them, and what the sandbox itself has put there.
    pub overlay: Option<(Layers, BTreeMap<PathBuf, Own>)>,
    /// The tmpfs of the overlay's upper layer, if it is in memory.
    upper: OnceLock<OwnedFd>,
    began: Instant,
}

/// Starts `command`; the second half are the host's ends of its pipes.
pub(crate) fn spawn(
    request: &Request,
    command: &Command,
    captures: Captures,
) -> Result<(Running, [Option<OwnedFd>; 3], crate::outcome::Enforced)> {
    let began = Instant::now();
    streams::check_inherited(command)?;
    plan::check_limits(&request.limits)?;
    let facts = Facts::now();
    let leaf = group::open(request)?;
    let mut layers = request.overlay.as_ref().map(|overlay| overlay.open(facts.is_privileged())).transpose()?;
    let mut run = |link: Link, facts: &Facts| -> Result<Option<_>> {
        let held = leaf.as_ref().map(Leaf::held);
        let plan = plan::compile(request, layers.as_ref(), command, facts, link.taken(), held)?;
        log::trace!("plan compiled after {:?}:\n{:?}", began.elapsed(), plan.script);
        let ends = Ends::open(command, captures)?;
        let launched = launch(&plan, layers.as_ref(), command, &ends, link, leaf.as_ref(), began);
        let explained = |error| group::explain(explained(error, layers.as_ref()), leaf.as_ref(), &request.limits);
        let Some(mut running) = launched.map_err(explained)? else { return Ok(None) };
        running.overlay = layers.take().map(|layers| (layers, plan.own));
        log::trace!("sandbox {} runs after {:?}", running.pid, began.elapsed());
        Ok(Some((running, ends.host, plan.enforced)))
    };
    let mut start = |facts: &Facts| match run(Link::new()?, facts)? {
        Some(started) => Ok(started),
        None => Ok(run(Link::near()?, facts)?.expect("only a far link is refused")),
    };
    let (mut running, ends, enforced) = match start(&facts) {
        // Then the kernel itself kills for what the filter denies, and nobody is told of the call.
        Err(error) if plan::may_be_the_fetch(&error) => start(&Facts { fetches: false, ..facts })?,
        started => started?,
    };
    running.leaf = leaf;
    Ok((running, ends, enforced))
}

/// The kernel has one errno for all that can be wrong with a stack of layers.
fn explained(error: Error, layers: Option<&Layers>) -> Error {
    let hint = match (error.step(), error.raw_os_error(), layers) {
        (Step::Overlay, Some(errno), Some(layers)) if error.hint().is_none() => layers.hint(errno),
        _ => None,
    };
    error.with_hint(hint)
}

fn launch(
    plan: &Plan,
    layers: Option<&Layers>,
    command: &Command,
    ends: &Ends<'_>,
    link: Link,
    leaf: Option<&Leaf>,
    began: Instant,
) -> Result<Option<Running>> {
    let failed = |step: Step| move |error: io::Error| Error::os(Label::new(step), error);
    let table = plan.table;
    let host = rustix::process::pidfd_open(rustix::process::getpid(), rustix::process::PidfdFlags::empty())
        .map_err(|errno| Error::os(Label::new(Step::Descriptor), errno))?;
    let binds = idmap::prepare(plan)?;

    let mut config = Config::new(table.taken.socket, table.number(Slot::Host));
    config.wall_limit = plan.wall_limit;
    config.cpu_limit = plan.cpu_limit;
    config.pid_namespace = plan.namespaces.contains(Namespaces::PID).into();
    config.cpus = plan.cpus;
    let cpu_stat = leaf.map(Leaf::cpu_stat).transpose()?;
    if table.cgroup {
        config.cgroup = table.number(Slot::CgroupDir).into();
        config.cpu_stat_fd = table.number(Slot::CpuStat).into();
    }
    let signals = SignalsBlocked::new();
    let script = &plan.script;
    let image = init::build(config, script.data(), script.ops(), script.after());
    let image = sealed_executable("belljar-init", &image, &signals).map_err(|error| {
        let hint = crate::cure::image_hint(&error);
        failed(Step::Image)(error).with_hint(hint)
    })?;
    if plan.sheltered {
        let unreadable = Mode::XUSR | Mode::XGRP | Mode::XOTH;
        rustix::fs::fchmod(&image, unreadable).map_err(|errno| Error::os(Label::new(Step::Image), errno))?;
    }

    let extra: Vec<&OwnedFd> = command.fds.values().map(|fd| &**fd).collect();
    let descriptor = |slot: Slot| match slot {
        Slot::Stdin => Some(ends.program[0].as_fd()),
        Slot::Stdout => Some(ends.program[1].as_fd()),
        Slot::Stderr => Some(ends.program[2].as_fd()),
        Slot::Extra(index) => Some(extra[index].as_fd()),
        Slot::Host => Some(host.as_fd()),
        Slot::Image => Some(image.as_fd()),
        Slot::CgroupDir => leaf.map(Leaf::dir),
        Slot::CgroupProcs => leaf.map(Leaf::procs),
        Slot::CpuStat => cpu_stat.as_ref().map(|fd| fd.as_fd()),
        Slot::Bind(index) => Some(binds[index].as_fd()),
        Slot::UpperLock => layers.and_then(Layers::lock),
    };
    let descriptors: Vec<BorrowedFd<'_>> =
        table.order().map(|slot| descriptor(slot).expect("what the plan counts is there")).collect();

    let stub = Stub {
        socket: table.taken.socket,
        ready: std::ptr::null(),
        host: host.as_raw_fd(),
        descriptors: descriptors.len(),
        image: table.number(Slot::Image),
        ambient: plan.ambient,
        failed: 0,
        errno: 0,
    };
    // The program's process makes these for itself.
    let later = if table.cgroup { Namespaces::NET | Namespaces::CGROUP } else { Namespaces::NET };
    let flags = (plan.namespaces - later).bits().into();
    let clone_failed = |error| clone_failed(error, plan.namespaces);
    let Some(Started { pid, pidfd, socket, on_its_way }) =
        link.start(flags, stub, &descriptors, signals, clone_failed)?
    else {
        return Ok(None);
    };
    let mut running =
        Running { pid, pidfd, socket, leaf: None, setup: Duration::ZERO, overlay: None, upper: OnceLock::new(), began };
    if plan.sheltered {
        // With its maps an init would have the right to read the image of an ordinary user.
        on_its_way.wait();
    }
    let started = match idmap::write(plan, pid, &running.socket) {
        Ok(()) => running.started(&plan.script, plan.wall_limit).map(|report| running.note(&report, leaf)),
        // The maps of an init that has failed cannot be written: then its own word is the reason.
        Err(error) => match running.try_report() {
            Ok(Some(Some(report))) if report.kind == FAILED => Err(told(&report, &plan.script)),
            _ => Err(error),
        },
    };
    if let Err(error) = started {
        // Without a pid namespace nobody but the init ends the program's process, so it is asked first.
        running.end();
        if !plan.namespaces.contains(Namespaces::PID) {
            wait_a_while(running.pidfd.as_fd());
        }
        sys::kill(running.pidfd.as_fd());
        let _ = running.reap();
        return Err(on_its_way.failure().unwrap_or(error));
    }
    Ok(Some(running))
}

fn clone_failed(error: io::Error, namespaces: Namespaces) -> Error {
    let hint = crate::cure::clone_hint(&error, namespaces);
    Error::os(Label::new(Step::Clone), error).with_hint(hint)
}

/// Ends a sandbox for good and waits until it is gone.
pub(crate) fn destroy(pidfd: BorrowedFd<'_>, namespaces: Namespaces) {
    // Without a pid namespace only its init can end the tree. It does, as its lifeline is cut, unless the program, which is
    // then a process of the same user, has stopped it.
    if !namespaces.contains(Namespaces::PID) {
        sys::go_on(pidfd);
        wait_a_while(pidfd);
    }
    sys::kill(pidfd);
    let _ = sys::reap(pidfd);
}

/// Whether the process is over then.
fn wait_a_while(pidfd: BorrowedFd<'_>) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    const WHILE: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };
    poll(&mut [PollFd::from_borrowed_fd(pidfd, PollFlags::IN)], Some(&WHILE)).is_ok_and(|ready| ready > 0)
}

impl Running {
    /// Waits until the program is executed, or tells why it is not.
    fn started(&self, script: &Script, wall_limit: u64) -> Result<Report> {
        // The limit is the program's, and counts from its start. A setup is not hanging yet because it takes longer.
        const LEAST: Duration = Duration::from_secs(10);
        let deadline = (wall_limit != u64::MAX).then(|| Duration::from_nanos(wall_limit).max(LEAST));
        match self.receive(deadline)? {
            Some(report) if report.kind == STARTED => Ok(report),
            Some(report) if report.kind == FAILED => Err(told(&report, script)),
            _ => Err(Error::invalid(Label::new(Step::Init), "was killed before it told that the program had started")),
        }
    }

    fn note(&mut self, report: &Report, leaf: Option<&Leaf>) {
        self.setup = report.setup_time();
        if leaf.is_some() {
            let how = if report.cloned_into == 1 { "was cloned into" } else { "wrote itself into" };
            log::trace!("the program of sandbox {} {how} its cgroup", self.pid);
        }
    }

    /// What the group of the run tells up to now, without what the setup has used.
    pub(crate) fn measure(&self) -> Option<Measured> {
        self.leaf.as_ref().map(|leaf| leaf.measure().after(self.setup))
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

    /// The init's last word; `None` if it was killed before.
    pub(crate) fn ended(&self) -> Result<Option<Ended>> {
        Ok(self.receive(None)?.as_ref().and_then(report::ended))
    }

    /// As [`ended`](Running::ended); the outer `None` is "not yet".
    pub(crate) fn try_ended(&self) -> Result<Option<Option<Ended>>> {
        Ok(self.try_report()?.map(|report| report.as_ref().and_then(report::ended)))
    }

    /// The init's next word; the outer `None` is "not yet", the inner one its death.
    fn try_report(&self) -> Result<Option<Option<Report>>> {
        let mut bytes = [0u8; Report::SIZE];
        let mut receive = || self.receive_message(&mut bytes);
        let mut received = receive();
        // An init that ended without reading what the host had sent leaves an error in front of its report: unix(7). And
        // before it reports anything it may send the upper layer of an overlay.
        while matches!(received, Err(Errno::CONNRESET) | Ok(1)) {
            received = match (received, receive()) {
                (Err(Errno::CONNRESET), Err(Errno::CONNRESET)) => return Ok(Some(None)),
                (_, next) => next,
            };
        }
        match received {
            Ok(Report::SIZE) => Ok(Some(Some(Report::from_bytes(&bytes)))),
            Err(Errno::AGAIN | Errno::INTR) => Ok(None),
            Ok(_) => Ok(Some(None)),
            Err(errno) => Err(Error::os(Label::new(Step::Wait), errno)),
        }
    }

    /// One message of the init's; a descriptor that comes with it is the upper layer's.
    fn receive_message(&self, bytes: &mut [u8]) -> Result<usize, Errno> {
        use std::mem::MaybeUninit;
        let mut space = [MaybeUninit::<u8>::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let flags = RecvFlags::DONTWAIT | RecvFlags::CMSG_CLOEXEC;
        let message = rustix::net::recvmsg(&self.socket, &mut [io::IoSliceMut::new(bytes)], &mut control, flags)?;
        for message in control.drain() {
            if let RecvAncillaryMessage::ScmRights(mut sent) = message
                && let Some(fd) = sent.next()
            {
                let _ = self.upper.set(fd);
            }
        }
        Ok(message.bytes)
    }

    /// What there is to be told of the changes in an overlay; the upper directory is unlocked, its work directory removed.
    pub(crate) fn changes(&mut self) -> Option<Record> {
        let (layers, own) = self.overlay.take()?;
        Some(Record::new(layers, own, self.upper.take()))
    }

    fn receive(&self, within: Option<Duration>) -> Result<Option<Report>> {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let deadline = within.and_then(|within| self.began.checked_add(within));
        loop {
            if let Some(report) = self.try_report()? {
                return Ok(report);
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Err(Error::os(Label::new(Step::Init), Errno::TIMEDOUT));
            }
            let timeout = left.and_then(|left| Timespec::try_from(left).ok());
            // The init's end too: a sibling of the host may hold its end of the socket open.
            let mut waited = [PollFd::new(&self.socket, PollFlags::IN), PollFd::new(&self.pidfd, PollFlags::IN)];
            match poll(&mut waited, timeout.as_ref()) {
                Ok(_) if !waited[1].revents().is_empty() => return Ok(self.try_report()?.flatten()),
                Ok(_) | Err(Errno::INTR) => {}
                Err(errno) => return Err(Error::os(Label::new(Step::Wait), errno)),
            }
        }
    }

    /// Cuts the lifeline: init ends the tree and still reports. A sibling of the host that was forked with a copy of the
    /// descriptor changes nothing, as a shutdown is the socket's.
    pub(crate) fn end(&self) {
        let _ = rustix::net::shutdown(&self.socket, Shutdown::Write);
    }

    /// As [`end`](Running::end), for a tree that may have stopped its init, and may do so again. What that does not do within
    /// a while the group does. Without one it is given more time, as it alone knows the tree, but not for ever.
    pub(crate) fn end_surely(&self) {
        self.end();
        let whiles = if self.leaf.is_some() { 1 } else { 10 };
        for _ in 0..whiles {
            sys::go_on(self.pidfd.as_fd());
            if wait_a_while(self.pidfd.as_fd()) {
                return;
            }
        }
        self.kill_group();
        sys::kill(self.pidfd.as_fd());
    }

    pub(crate) fn reap(&self) -> Result<()> {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
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

    pub(crate) fn wall_time(&self) -> Duration {
        self.began.elapsed()
    }
}

/// Turns the index of the operation that failed back into what it was for.
fn told(report: &Report, script: &Script) -> Error {
    let mut errno = Errno::from_raw_os_error(report.errno as i32);
    // A directory onto what is none and the reverse: mount(2) says ENOTDIR to that, move_mount(2) EINVAL.
    let moved = script.ops().get(report.index as usize).is_some_and(|op| op.nr == sys::nr::MOVE_MOUNT);
    let mut label = script.label(report.index as usize).unwrap_or_else(|| Label::new(Step::Init));
    if label.step == Step::Interpreter && errno != Errno::NOENT {
        label.step = Step::Exec;
    }
    if moved && label.step == Step::Bind && errno == Errno::INVAL {
        errno = Errno::NOTDIR;
    }
    let hint = crate::cure::hint(label.step, errno);
    Error::os(label, errno).with_hint(hint)
}
