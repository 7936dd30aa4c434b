//! The cgroup of a run, from what is asked for and what the host gives.

use crate::cgroup::Controllers;
use crate::cgroup::leaf::{Leaf, Settings};
use crate::cgroup::parent::Parent;
use crate::cure;
use crate::error::{Error, Label, Result, Step};
use crate::limits::{Features, Limits};
use crate::plan::Request;

/// Makes the run's group, if a limit needs one or the caller has named a place for one. `None` where it is not needed, or
/// optional and not to be had.
pub(super) fn open(request: &Request) -> Result<Option<Leaf>> {
    let wanted = settings(&request.limits, Controllers::all());
    let needed = wanted.controllers();
    if needed.is_empty() && request.cgroup.is_none() {
        return Ok(None);
    }
    let place = request.cgroup.clone().unwrap_or_default();
    let made = request.parent.get(&place, needed).and_then(|parent| Leaf::create(&parent, &wanted));
    match made {
        Ok(leaf) => Ok(Some(leaf)),
        Err(error) if request.limits.optional.contains(Features::CGROUP) => {
            log::debug!("cgroup, which is optional: {error:#}");
            Ok(what_there_is(request))
        }
        Err(error) => Err(asked_for(error, &request.limits)),
    }
}

/// With those of the limits whose controllers are there.
fn what_there_is(request: &Request) -> Option<Leaf> {
    let place = request.cgroup.clone().unwrap_or_default();
    let parent = Parent::find(&place, Controllers::empty()).ok()?;
    let settings = settings(&request.limits, parent.controllers);
    if settings.controllers().is_empty() && request.cgroup.is_none() {
        return None;
    }
    Leaf::create(&parent, &settings).inspect_err(|error| log::debug!("cgroup, which is optional: {error:#}")).ok()
}

fn settings(limits: &Limits, there: Controllers) -> Settings<'_> {
    let has = |controller: Controllers| there.contains(controller);
    Settings {
        memory: limits.memory.filter(|_| has(Controllers::MEMORY)),
        cpus: limits.cpus.filter(|_| has(Controllers::CPU)),
        pids: limits.pids.filter(|_| has(Controllers::PIDS)),
        io: limits.io.as_ref().filter(|_| has(Controllers::IO)),
    }
}

/// An error without a cure of its own gets the one that is always there.
fn asked_for(error: Error, limits: &Limits) -> Error {
    let cured = error.hint().is_some() || settings(limits, Controllers::all()).controllers().is_empty();
    error.with_hint((!cured).then_some(cure::CGROUP_OPTIONAL))
}

/// A setup that failed for want of memory in the run's own group, told as what it is.
pub(super) fn explain(error: Error, leaf: Option<&Leaf>, limits: &Limits) -> Error {
    match limits.memory {
        Some(bytes) if leaf.is_some_and(Leaf::met_its_memory_limit) => {
            let message = format!("memory_limit of {bytes} bytes is too small to start the program ({error})");
            Error::invalid(Label::new(Step::Limit), message)
        }
        _ => error,
    }
}
