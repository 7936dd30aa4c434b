//! The host's end of a running sandbox: the channel to its init, what is captured of its streams, and its end.

mod capture;
mod channel;
mod cpu_time;
mod dying;
mod killer;
pub(crate) mod litter;
mod report;
mod running;

pub(crate) use capture::Capture;
pub use capture::Stream;
pub(crate) use channel::Received;
pub(crate) use dying::reap as reap_the_dead;
pub use killer::Killer;
pub(crate) use report::{Failure, Message};
pub(crate) use running::Running;
