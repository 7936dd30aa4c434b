//! The cgroup of a run, from what is asked for and what the host gives.

use std::sync::Arc;

use crate::cgroup::group::Group;
use crate::cgroup::io::IoLimit;
use crate::cgroup::leaf::{Leaf, Settings};
use crate::cgroup::parent::Parent;
use crate::cgroup::{Cgroup, Controllers};
use crate::cure;
use crate::error::{Error, Label, Result, Step};
use crate::limits::{Features, Limits};
use crate::namespaces::Namespaces;
use crate::outcome::{Enforced, Means};
use crate::plan::Request;

/// How a group is come by.
struct Way<T> {
    parent: fn(&Request, &Cgroup, Controllers) -> Result<Arc<Parent>>,
    counting_parent: fn(&Request, &Cgroup) -> Result<Arc<Parent>>,
    leaf: fn(&Parent, &Settings<'_>) -> Result<T>,
}

/// Makes the run's group, if a limit needs one or the caller has named a place for one. `None` where it is not needed, or
/// optional and not to be had. What only counts CPU time is always optional.
pub(super) fn open(request: &Request) -> Result<Option<Leaf>> {
    let parent = |request: &Request, place: &Cgroup, needed| request.parent.get(needed, || Parent::find(place, needed));
    let counting_parent = |request: &Request, place: &Cgroup| {
        request.counting_parent.get(Controllers::empty(), || Parent::find_to_count(place))
    };
    come_by(request, &Way { parent, counting_parent, leaf: Leaf::create })
}

/// What the group would hold. Nothing is made, and nobody moved.
pub(super) fn look(request: &Request) -> Result<Option<Controllers>> {
    let parent = |_: &Request, place: &Cgroup, needed| Parent::look(place, needed).map(Arc::new);
    let counting_parent = |_: &Request, place: &Cgroup| Parent::find_to_count(place).map(Arc::new);
    come_by(request, &Way { parent, counting_parent, leaf: |_, settings| Ok(settings.controllers()) })
}

fn come_by<T>(request: &Request, way: &Way<T>) -> Result<Option<T>> {
    let limits = &request.limits;
    let optional = limits.optional.contains(Features::CGROUP);
    if let Some(path) = request.cgroup.as_ref().and_then(|cgroup| cgroup.parent.as_ref()) {
        Group::check(path)?;
    }
    let lines = match limits.io.as_ref().map(IoLimit::lines).transpose() {
        Err(error) if optional && error.step() == Step::Cgroup => None,
        lines => lines?,
    };
    let wanted = settings(limits, lines.as_deref(), Controllers::all());
    if !limits.need_a_cgroup() && limits.cpuset.is_none() && request.cgroup.is_none() {
        return Ok(one_that_counts(request, way));
    }
    if optional {
        return Ok(what_there_is(request, way, lines.as_deref()).or_else(|| one_that_counts(request, way)));
    }
    let made = match make(request, way, &wanted) {
        // An affinity does it too.
        Err(error) if limits.cpuset.is_some() => {
            log::debug!("cpuset of a cgroup: {error:#}");
            if !limits.need_a_cgroup() && request.cgroup.is_none() {
                return Ok(one_that_counts(request, way));
            }
            make(request, way, &Settings { cpuset: None, ..wanted })
        }
        made => made,
    };
    match made {
        Ok(leaf) => Ok(Some(leaf)),
        // Beside its own cure there is one always.
        Err(error) if limits.need_a_cgroup() => Err(match error.hint() {
            Some(hint) => {
                let advice = format!("{hint}; or {}", cure::CGROUP_OPTIONAL.text());
                error.with_advice(advice)
            }
            None => error.with_hint(Some(cure::CGROUP_OPTIONAL)),
        }),
        Err(error) => Err(error),
    }
}

fn make<T>(request: &Request, way: &Way<T>, settings: &Settings<'_>) -> Result<T> {
    let place = request.cgroup.clone().unwrap_or_default();
    let parent = (way.parent)(request, &place, settings.controllers())?;
    (way.leaf)(&parent, settings)
}

/// A limit of CPU time that the init holds by what it sees misses what the kernel reaps for a parent that ignores SIGCHLD.
fn one_that_counts<T>(request: &Request, way: &Way<T>) -> Option<T> {
    request.limits.cpu_time?;
    let tell = |error: &Error| log::debug!("cgroup to count CPU time by: {error:#}");
    let place = request.cgroup.clone().unwrap_or_default();
    let parent = (way.counting_parent)(request, &place).inspect_err(tell).ok()?;
    (way.leaf)(&parent, &Settings::default()).inspect_err(tell).ok()
}

/// With those of the limits whose controllers are there.
fn what_there_is<T>(request: &Request, way: &Way<T>, lines: Option<&[String]>) -> Option<T> {
    let place = request.cgroup.clone().unwrap_or_default();
    let tell = |error: &Error| log::debug!("cgroup, which is optional: {error:#}");
    let parent = (way.parent)(request, &place, Controllers::empty()).inspect_err(tell).ok()?;
    let settings = settings(&request.limits, lines, parent.controllers);
    if settings.controllers().is_empty() && request.cgroup.is_none() {
        return None;
    }
    (way.leaf)(&parent, &settings).inspect_err(tell).ok()
}

fn settings<'a>(limits: &'a Limits, lines: Option<&'a [String]>, there: Controllers) -> Settings<'a> {
    // A group holds what it can whatever the namespaces.
    let enforced = Enforced::decide(limits, Namespaces::empty(), there);
    Settings {
        memory: limits.memory.filter(|_| enforced.memory == Means::Cgroup),
        cpus: limits.cpus.filter(|_| enforced.cpus == Means::Cgroup),
        cpuset: limits.cpuset.as_ref().filter(|_| enforced.cpuset == Means::Cgroup),
        cpu_weight: limits.cpu_weight.filter(|_| enforced.cpu_weight == Means::Cgroup),
        memory_high: limits.memory_high.filter(|_| enforced.memory_high == Means::Cgroup),
        pids: limits.pids.filter(|_| enforced.pids == Means::Cgroup),
        io: lines.filter(|_| enforced.io == Means::Cgroup),
    }
}

/// Without a cgroup that holds it: the kernel takes processors that are not there, and goes without.
pub(super) fn check_affinity(limits: &Limits, held: Option<Controllers>) -> Result<()> {
    let Some(cpus) = limits.cpuset.as_ref().filter(|_| !held.is_some_and(|held| held.contains(Controllers::CPUSET)))
    else {
        return Ok(());
    };
    let label = || Label::at(Step::Limit, "cpuset");
    let there = rustix::thread::sched_getaffinity(None).map_err(|errno| Error::os(label(), errno))?;
    match cpus.iter().find(|cpu| !there.is_set(**cpu as usize)) {
        Some(cpu) => Err(Error::invalid(label(), format!("processor {cpu} is none of this process's"))),
        None => Ok(()),
    }
}

/// A setup that failed for want of memory in the run's own group, told as what it is: the kernel killed the program's process
/// (and with it the init, whose memory it shared), or refused it memory of its own.
pub(super) fn explain(error: Error, leaf: Option<&Leaf>, limits: &Limits) -> Error {
    const ENOMEM: Option<i32> = Some(12);
    let past_help = leaf.and_then(Leaf::memory_limit_met);
    match limits.memory {
        Some(bytes) if past_help.is_some_and(|times| times > 0 || error.raw_os_error() == ENOMEM) => {
            let message = format!("memory_limit of {bytes} bytes is too small to start the program ({error})");
            Error::invalid(Label::new(Step::Limit), message)
        }
        _ => error,
    }
}
