//! How a run ended, what it used, and what the verdict rests on.

mod enforced;
mod evidence;
mod judge;
mod usage;
mod verdict;

use std::borrow::Cow;
use std::fmt;
use std::process::ExitStatus;
use std::sync::Arc;

pub use self::enforced::{Enforced, Landlocked, Means, Support};
pub use self::evidence::Evidence;
pub(crate) use self::judge::{Ended, Ending, HostCause};
pub use self::usage::Usage;
pub use self::verdict::Verdict;
use crate::changes::{Changes, Record};
use crate::error::Result;

/// How a run ended and what it used. `Display` is one line.
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
    /// Whether more was captured than [`Sandbox::output_limit`](crate::Sandbox::output_limit), so that the rest is lost. With
    /// [`OnLimit::Kill`](crate::OnLimit::Kill) the verdict says so, too.
    pub truncated: bool,
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
        Changes::collect(self.overlay.as_ref())
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.verdict)?;
        if !matches!(self.evidence, Evidence::Reaped(_)) {
            write!(f, ": {}", self.evidence)?;
        }
        write!(f, " (wall time {:.3?}, CPU time {:.3?})", self.usage.wall_time, self.usage.cpu_time)
    }
}

/// What [`Sandbox::output`](crate::Sandbox::output) and [`Child::wait_with_output`](crate::Child::wait_with_output) give.
///
/// `Debug` shows what was captured as text where it is UTF-8, as that of [`std::process::Output`] does.
#[derive(Clone)]
pub struct Output {
    /// How the run ended.
    pub outcome: Outcome,
    /// What was captured of standard output, cut at [`Sandbox::output_limit`](crate::Sandbox::output_limit): see
    /// [`Outcome::truncated`].
    pub stdout: Vec<u8>,
    /// What was captured of standard error; the two together stay within the limit.
    pub stderr: Vec<u8>,
}

impl Output {
    /// Whether the program ended by itself with status 0.
    pub fn success(&self) -> bool {
        self.outcome.success()
    }

    /// What was captured of standard output, as text: what is no UTF-8 is replaced by U+FFFD.
    pub fn stdout_lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.stdout)
    }

    /// The same of standard error.
    pub fn stderr_lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.stderr)
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [stdout, stderr] = [&self.stdout, &self.stderr].map(|bytes| match std::str::from_utf8(bytes) {
            Ok(text) => Box::new(text) as Box<dyn fmt::Debug>,
            Err(_) => Box::new(bytes),
        });
        f.debug_struct("Output")
            .field("outcome", &self.outcome)
            .field("stdout", &stdout)
            .field("stderr", &stderr)
            .finish()
    }
}
