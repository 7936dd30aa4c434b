//! Runs untrusted programs under glass.
#![cfg_attr(not(test), warn(missing_docs))]

#[cfg(not(target_os = "linux"))]
compile_error!("belljar is made of Linux namespaces");

mod child;
mod command;
mod error;
mod host;
mod launch;
mod limits;
mod mounts;
mod namespaces;
mod outcome;
mod plan;
mod sandbox;
mod stdio;
mod sys;

pub use child::Child;
pub use command::Command;
pub use error::{Error, Result, Step};
pub use limits::{Features, Resource};
pub use namespaces::{Namespaces, Network};
pub use outcome::{Enforced, Evidence, Means, Outcome, Output, Usage, Verdict};
pub use sandbox::Sandbox;
pub use stdio::Stdio;
