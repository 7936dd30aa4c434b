//! How a run ended, what it used, and what the verdict rests on.

mod enforced;
mod evidence;
mod judge;
mod usage;
mod verdict;

use std::process::ExitStatus;
use std::sync::Arc;

pub use self::enforced::{Enforced, Landlocked, Means, Support};
pub use self::evidence::Evidence;
pub(crate) use self::judge::{Ended, Ending, HostCause};
pub use self::usage::Usage;
pub use self::verdict::Verdict;
use crate::changes::{Changes, Record};
use crate::error::{Error, Label, Result, Step};

/// How a run ended and what it used.
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Why the run is over.
    pub verdict: Verdict,
    /// The program's own wait status; `None` if its init was killed before it could tell.
    pub status: Option<ExitStatus>,
    /// What the whole tree of processes used.
    pub usage: Usage,
    /// Which limits were in force, and by what means.
    pub enforced: Enforced,
    /// What the verdict rests on.
    pub evidence: Evidence,
    pub(crate) overlay: Option<Arc<Record>>,
}

impl Outcome {
    /// Whether the program ended by itself with status 0.
    pub fn success(&self) -> bool {
        self.verdict == Verdict::Exited(0)
    }

    /// What the program added, modified and deleted in the overlay: what its upper directory holds now, compared with the
    /// layers, or with the sandbox's own files.
    ///
    /// # Errors
    /// A sandbox without an [`Overlay`](crate::Overlay); a layer that is not there any more; more than [`Changes::MOST`]
    /// changes, or paths of more than 4095 bytes.
    pub fn changes(&self) -> Result<Changes> {
        match &self.overlay {
            Some(record) => Changes::collect(record),
            None => Err(Error::invalid(Label::new(Step::Changes), "the sandbox had no overlay")),
        }
    }
}

/// What [`Sandbox::output`](crate::Sandbox::output) and [`Child::wait_with_output`](crate::Child::wait_with_output) give.
#[derive(Clone, Debug)]
pub struct Output {
    /// How the run ended.
    pub outcome: Outcome,
    /// What was captured of standard output, cut at [`Sandbox::output_limit`](crate::Sandbox::output_limit).
    pub stdout: Vec<u8>,
    /// What was captured of standard error; the two together stay within the limit.
    pub stderr: Vec<u8>,
}
