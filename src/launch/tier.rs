//! The strongest sandbox that the host gives: found by trying, with a program that is not there, so that all of the setup
//! happens and nothing runs.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use rustix::io::Errno;

use super::{Captures, spawn};
use crate::command::Command;
use crate::error::{Cure, Error, Label, Result, Step};
use crate::host::tier::{self, Given, Short, Tier};
use crate::host::{Facts, HostIds};
use crate::landlock::Landlock;
use crate::limits::Features;
use crate::namespaces::Namespaces;
use crate::plan::Request;

/// The strongest first.
const TIERS: [Tier; 3] = [Tier::Strict, Tier::NoProc, Tier::NoNamespaces];

/// What this host gives the calling thread.
pub(crate) fn given() -> Given {
    let mut short = None;
    for tier in TIERS {
        match set_up(&least(tier)) {
            Ok(()) => return Given { tier: Some(tier), short },
            Err(error) => {
                short = Some(Short { step: error.step(), why: error.to_string(), cure: error.static_hint() });
            }
        }
    }
    Given { tier: None, short }
}

/// All that a tier promises, and nothing else.
fn least(tier: Tier) -> Request {
    let mut request = Request::default();
    if tier == Tier::NoNamespaces {
        let files = Landlock::new().read("/");
        // Whose id is its own is out of all others' reach by that.
        let own_id = matches!(Facts::now().ids, HostIds::Chosen(_));
        request.landlock = Some(if own_id { files } else { files.scope_signals() });
    }
    adapt(&mut request, tier);
    request
}

/// Everything up to the execve of a program that is not there.
pub(crate) fn set_up(request: &Request) -> Result<()> {
    match spawn(request, &Command::new("/belljar-probe"), Captures::Nothing) {
        Err(error) if error.step() == Step::Exec && error.raw_os_error() == Some(Errno::NOENT.raw_os_error()) => Ok(()),
        Err(error) => Err(error),
        Ok(_) => Ok(()),
    }
}

fn adapt(request: &mut Request, tier: Tier) {
    match tier {
        Tier::Strict => {}
        Tier::NoProc => request.limits.optional |= Features::PROC,
        Tier::NoNamespaces => request.namespaces = Namespaces::empty(),
    }
}

/// The request as the strongest tier of this host has it, and which one that is, if [`Request::at_least`] asks for that.
pub(super) fn fit(request: &Request) -> Result<(Cow<'_, Request>, Option<Tier>)> {
    let Some(at_least) = &request.at_least else { return Ok((Cow::Borrowed(request), None)) };
    let given = found(&at_least.found);
    let Some(tier) = given.tier.filter(|tier| *tier >= at_least.tier) else { return Err(below(at_least.tier, given)) };
    let mut fitted = Request { at_least: None, ..request.clone() };
    adapt(&mut fitted, tier);
    if tier == Tier::NoNamespaces && fitted.landlock.is_none() {
        let message = format!(
            "this host gives the tier \"{tier}\", where rules of Sandbox::landlock are all that is between a program and the \
             host's files"
        );
        return Err(Error::invalid(Label::new(Step::Landlock), message));
    }
    Ok((Cow::Owned(fitted), Some(tier)))
}

/// Once for a sandbox and its clones, unless it was nothing.
fn found(found: &Arc<OnceLock<Given>>) -> Given {
    match found.get() {
        Some(known) => known.clone(),
        None => {
            let given = given();
            if given.tier.is_some() {
                let _ = found.set(given.clone());
            }
            given
        }
    }
}

fn below(floor: Tier, Given { tier, short }: Given) -> Error {
    let gives = tier.map_or("none".to_owned(), |tier| format!("\"{tier}\""));
    let why = short.as_ref().map_or("", |short| &short.why);
    let message = format!("at_least the tier \"{floor}\", and this host gives {gives}: {why}");
    let hint = short.as_ref().and_then(tier::cure).map(Cure::Host);
    Error::invalid(Label::new(Step::Namespaces), message).with_hint(hint)
}
