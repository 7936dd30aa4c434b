//! Starts a plan: descriptors, clone, id maps, handshake.

mod advice;
#[cfg(test)]
mod further_tests;
mod group;
mod idmap;
mod link;
mod streams;
mod stub;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod tier;

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::fs::Mode;
use rustix::io::Errno;

use crate::cgroup::leaf::Leaf;
use crate::command::Command;
use crate::cure;
use crate::error::{Error, Label, Result, Step};
use crate::host::tier::Tier;
use crate::host::{Facts, HostIds, lease};
use crate::init;
use crate::init::wire::Config;
use crate::live::{Failure, Message, Received, Running, litter, reap_the_dead};
use crate::mounts::Copied;
use crate::namespaces::Namespaces;
use crate::outcome::Enforced;
use crate::overlay::Layers;
use crate::plan::script::Script;
use crate::plan::{self, Plan, Request, Slot, Taken};
use crate::stdio::{sealed, sealed_executable};
use crate::sys::{self, SignalsBlocked};
pub(crate) use advice::advise;
use link::{Link, Started};
pub(crate) use streams::{Captures, Ends};
use stub::Stub;

/// Starts `command`; the second half are the host's ends of its pipes.
pub(crate) fn spawn(
    request: &Request,
    command: &Command,
    captures: Captures,
) -> Result<(Running, [Option<OwnedFd>; 3], Enforced)> {
    let began = Instant::now();
    reap_the_dead();
    streams::check_inherited(command)?;
    plan::check_limits(&request.limits)?;
    let (request, tier) = tier::fit(request)?;
    let request = &*request;
    // Known already, and not to be tried each time.
    let mut facts = Facts { mounts_proc: tier != Some(Tier::NoProc), ..Facts::now() };
    let lease = lease_id(request, &mut facts, false)?;
    let lent = lease.as_ref().map(OwnedFd::as_fd);
    let mut leaf = group::open(request)?;
    group::check_affinity(&request.limits, leaf.as_ref().map(Leaf::held))?;
    let mut layers = request.overlay.as_ref().map(|overlay| overlay.open(facts.may_mount())).transpose()?;
    let mut run = |link: Link, facts: &Facts, leaf: Option<&Leaf>| -> Result<Option<_>> {
        let held = leaf.map(Leaf::held);
        let plan = plan::compile(request, layers.as_ref(), Some(command), facts, link.taken(), held)?;
        log::trace!("plan compiled after {:?}:\n{:?}", began.elapsed(), plan);
        let ends = Ends::open(command, captures, facts)?;
        let launched = launch(&plan, layers.as_ref(), Some((command, &ends)), link, leaf, lent, began);
        let explained = |error| group::explain(explained(error, layers.as_ref()), leaf, &request.limits);
        let Some(mut running) = launched.map_err(explained)? else { return Ok(None) };
        running.overlay = layers.take().map(|layers| (layers, plan.own));
        log::trace!("sandbox {} runs after {:?}", running.pid, began.elapsed());
        let unmapped = std::mem::take(&mut running.unmapped);
        Ok(Some((running, ends.host, Enforced { unmapped, ..plan.enforced })))
    };
    let mut start = |facts: &Facts, leaf: Option<&Leaf>| match run(Link::new()?, facts, leaf)? {
        Some(started) => Ok(started),
        None => Ok(run(Link::near()?, facts, leaf)?.expect("only a far link is refused")),
    };
    let (mut running, ends, enforced) = loop {
        match start(&facts, leaf.as_ref()) {
            // Then the kernel itself kills for what the filter denies, and nobody is told of the call.
            Err(error) if facts.fetches && plan::may_be_the_fetch(&error) => facts.fetches = false,
            Err(error) if facts.mounts_proc && plan::may_do_without_proc(&error, request) => facts.mounts_proc = false,
            started => break started?,
        }
        leaf = group::open(request)?; // the other one has counted this attempt
    };
    running.leaf = leaf;
    if let (HostIds::Chosen(id), Some(_), Some(lease)) = (facts.ids, facts.ender, lease) {
        running.litterer = Some((id, lease));
    }
    Ok((running, ends, enforced))
}

/// Compiles what a spawn would start, and leaves the host as it is: there is no group, no lease, no work directory and no lock.
pub(crate) fn look(request: &Request, command: &Command) -> Result<Plan> {
    const TAKEN: Taken = Taken { socket: 3, count: 1 };
    streams::check_inherited(command)?;
    plan::check_limits(&request.limits)?;
    let (request, tier) = tier::fit(request)?;
    let mut facts = Facts { mounts_proc: tier != Some(Tier::NoProc), ..Facts::now() };
    lease_id(&request, &mut facts, true)?;
    let held = group::look(&request)?;
    group::check_affinity(&request.limits, held)?;
    let layers = request.overlay.as_ref().map(|overlay| overlay.look(facts.may_mount())).transpose()?;
    plan::compile(&request, layers.as_ref(), Some(command), &facts, TAKEN, held)
}

/// An id of the run's own, if one can be had. One that is asked for must be, and one of a program that sees all processes: there
/// nothing else is between runs.
fn lease_id(request: &Request, facts: &mut Facts, looks: bool) -> Result<Option<OwnedFd>> {
    let refuse = |message: String| Err(Error::invalid(Label::new(Step::User), message));
    let has_users = request.namespaces.contains(Namespaces::USER);
    let apart = request.namespaces.intersects(Namespaces::USER | Namespaces::PID);
    match &request.host_ids {
        Some(ids) if ids.is_empty() || ids.contains(&0) => return refuse(format!("host_ids of {ids:?}")),
        Some(_) if !has_users || !facts.is_privileged() => {
            return refuse("host_ids needs a privileged caller and Namespaces::USER".into());
        }
        Some(ids) => facts.leasable = ids.clone(),
        None if has_users => {}
        None if apart || request.user.is_some() || !facts.is_privileged() => return Ok(None),
        None => return lease_user(facts, looks),
    }
    match (lease::take(facts, looks), &request.host_ids) {
        (Some(([id], file)), _) => {
            (facts.ids, facts.leased) = (HostIds::Chosen(id), true);
            Ok(file)
        }
        (None, None) => Ok(None),
        (None, Some(ids)) => {
            refuse(format!("no id of {ids:?} can be leased: all are taken, or {} is not ours", lease::FILE))
        }
    }
}

/// With that of who ends all that has it; and nothing is left of who had it before.
fn lease_user(facts: &mut Facts, looks: bool) -> Result<Option<OwnedFd>> {
    let Some(([id, ender], file)) = lease::take(facts, looks) else {
        let message =
            format!("no id of the program's own can be leased: all are taken, or {} is not ours", lease::FILE);
        return Err(Error::invalid(Label::new(Step::User), message).with_hint(Some(cure::NO_OWN_ID)));
    };
    if !looks {
        litter::remove(id).map_err(|(path, errno)| Error::os(Label::at(Step::User, path), errno))?;
    }
    (facts.ids, facts.leased, facts.ender) = (HostIds::Chosen(id), true, Some(ender));
    Ok(file)
}

/// The kernel has one errno for all that can be wrong with a stack of layers.
fn explained(error: Error, layers: Option<&Layers>) -> Error {
    let hint = match (error.step(), error.raw_os_error(), layers) {
        (Step::Overlay, Some(errno), Some(layers)) if error.hint().is_none() => layers.hint(errno),
        _ => None,
    };
    error.with_hint(hint)
}

/// `given` is what the plan's program gets, if it has one.
fn launch(
    plan: &Plan,
    layers: Option<&Layers>,
    given: Option<(&Command, &Ends<'_>)>,
    link: Link,
    leaf: Option<&Leaf>,
    lease: Option<BorrowedFd<'_>>,
    began: Instant,
) -> Result<Option<Running>> {
    let failed = |step: Step| move |error: io::Error| Error::os(Label::new(step), error);
    let table = plan.table;
    let host = rustix::process::pidfd_open(rustix::process::getpid(), rustix::process::PidfdFlags::empty())
        .map_err(|errno| Error::os(Label::new(Step::Descriptor), errno))?;
    let prepared = idmap::prepare(plan)?;

    let mut config = Config::new(table.taken.socket, table.number(Slot::Host));
    config.wall_limit = plan.wall_limit;
    config.cpu_limit = plan.cpu_limit;
    config.pid_namespace = plan.namespaces.contains(Namespaces::PID).into();
    config.cpus = plan.cpus;
    let cpu_stat = leaf.map(Leaf::cpu_stat).transpose()?;
    if table.cpu_stat {
        config.cpu_stat_fd = table.number(Slot::CpuStat).into();
    }
    if let Some(leaf) = leaf.filter(|_| table.groups) {
        config.groups_fd = table.number(Slot::Groups).into();
        config.group[..leaf.name().len()].copy_from_slice(leaf.name().as_bytes());
    }
    config.alone = plan.program.is_some().into();
    (config.user, config.ender) = plan.own_user.unwrap_or_default();
    // The limits are the sandbox's.
    let program = plan.program.as_ref().map(|program| program.memory(0, u64::MAX, 0)).unwrap_or_default();
    let signals = SignalsBlocked::new();
    let image = init::build(config, plan.script.parts(), &program);
    let image = sealed_executable("belljar-init", &image, &signals).map_err(|error| {
        let hint = cure::image_hint(&error);
        failed(Step::Image)(error).with_hint(hint)
    })?;
    if plan.sheltered {
        let unreadable = Mode::XUSR | Mode::XGRP | Mode::XOTH;
        rustix::fs::fchmod(&image, unreadable).map_err(|errno| Error::os(Label::new(Step::Image), errno))?;
    }

    let sealed = |(copied, label): &(Copied, Label)| match copied {
        Copied::Descriptor(file) => Ok(file.clone()),
        Copied::Contents(contents) => {
            sealed("belljar-file", contents, &signals).map(Arc::new).map_err(|error| Error::os(label.clone(), error))
        }
    };
    let files: Vec<Arc<OwnedFd>> = plan.files.iter().map(sealed).collect::<Result<_>>()?;
    let held: Vec<BorrowedFd<'_>> = layers.and_then(Layers::lock).into_iter().chain(lease).collect();
    let given = |slot: Slot| given.and_then(|(command, ends)| ends.of(command, slot));
    let descriptor = |slot: Slot| match slot {
        Slot::Stdin | Slot::Stdout | Slot::Stderr | Slot::Extra(_) => given(slot),
        Slot::Host => Some(host.as_fd()),
        Slot::Image => Some(image.as_fd()),
        Slot::CgroupDir => leaf.map(Leaf::dir),
        Slot::CgroupProcs => leaf.map(Leaf::procs),
        Slot::Groups => leaf.map(Leaf::parent),
        Slot::CpuStat => cpu_stat.as_ref().map(|fd| fd.as_fd()),
        Slot::File(index) => Some(files[index].as_fd()),
        Slot::Bind(index) => Some(prepared.binds[index].as_fd()),
        Slot::Held(index) => held.get(index).copied(),
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
    let clone_failed = |error| clone_failed(error, plan.namespaces);
    let Some(Started { pid, pidfd, socket, on_its_way }) =
        link.start(plan.cloned.bits().into(), stub, &descriptors, signals, clone_failed)?
    else {
        return Ok(None);
    };
    let mut running = Running::new(pid, pidfd, socket, began, plan.namespaces);
    running.unmapped = prepared.unmapped;
    if plan.sheltered {
        // With its maps an init would have the right to read the image of an ordinary user.
        on_its_way.wait();
    }
    let process = idmap::open(plan, pid);
    let mapped = plan.asked(&running).and_then(|()| {
        // The maps of an init that has failed cannot be written: then its own word is the reason.
        process.and_then(|process| idmap::write(plan, process, running.channel.as_fd())).map_err(|error| match running
            .receive()
        {
            Ok(Received::Message(Message::Failed { program, failure })) => plan.told(program, failure),
            _ => error,
        })
    });
    let started = mapped.and_then(|()| plan.started(&mut running, leaf));
    if let Err(error) = started {
        drop(running);
        return Err(on_its_way.failure().unwrap_or(error));
    }
    Ok(Some(running))
}

fn clone_failed(error: io::Error, namespaces: Namespaces) -> Error {
    let hint = cure::clone_hint(&error, namespaces);
    Error::os(Label::new(Step::Clone), error).with_hint(hint)
}

/// Turns what failed back into what it was for.
fn told(failure: Failure, script: &Script) -> Error {
    let (mut label, mut errno, index) = match failure {
        Failure::Operation(index, errno) => {
            (script.label(index).unwrap_or_else(|| Label::new(Step::Init)), errno, Some(index))
        }
        Failure::Fetch(errno) => (Label::new(Step::Seccomp), errno, None),
        Failure::Start(errno) => (Label::new(Step::Start), errno, None),
    };
    // A directory onto what is none and the reverse: mount(2) says ENOTDIR to that, move_mount(2) EINVAL.
    let failed = index.and_then(|index| script.parts().ops.get(index)).map(|op| op.nr);
    if label.step == Step::Interpreter && errno != Errno::NOENT {
        label.step = Step::Exec;
    }
    if failed == Some(sys::nr::MOVE_MOUNT) && label.step == Step::Bind && errno == Errno::INVAL {
        errno = Errno::NOTDIR;
    }
    let hint = match (failed, errno) {
        (Some(sys::nr::READLINKAT), Errno::NOENT) => Some(cure::DANGLING),
        // A place in a bind or a layer; what is put there was opened before.
        (Some(sys::nr::OPENAT2), Errno::NOENT) => Some(cure::NO_PLACE),
        _ => cure::hint(label.step, errno),
    };
    Error::os(label, errno).with_hint(hint)
}

impl Plan {
    /// Why the sandbox, or its first program, could not be started.
    fn told(&self, program: Option<u32>, failure: Failure) -> Error {
        let script =
            self.program.as_ref().filter(|_| program.is_some()).map_or(&self.script, |program| &program.script);
        told(failure, script)
    }

    /// Waits until there are id maps to be written, if the init says so.
    fn asked(&self, running: &Running) -> Result<()> {
        if !self.asks_for_id_map {
            return Ok(());
        }
        match self.word(running)? {
            Message::Unmapped => Ok(()),
            _ => Err(was_killed()),
        }
    }

    /// Waits until the program is executed, or tells why it is not.
    fn started(&self, running: &mut Running, leaf: Option<&Leaf>) -> Result<()> {
        match self.word(running)? {
            Message::Ready => Ok(()),
            Message::Started { was_cloned_into, setup, .. } => {
                running.note_start(was_cloned_into, setup, leaf);
                Ok(())
            }
            _ => Err(was_killed()),
        }
    }

    /// The next one of an init that has not failed.
    fn word(&self, running: &Running) -> Result<Message> {
        // The limit is the program's, and counts from its start. A setup is not hanging yet because it takes longer.
        const LEAST: Duration = Duration::from_secs(10);
        let deadline = (self.wall_limit != u64::MAX).then(|| Duration::from_nanos(self.wall_limit).max(LEAST));
        match running.next_word(deadline)? {
            Some(Message::Failed { program, failure }) => Err(self.told(program, failure)),
            word => word.ok_or_else(was_killed),
        }
    }
}

fn was_killed() -> Error {
    Error::invalid(Label::new(Step::Init), "was killed before it told that the program had started")
}
