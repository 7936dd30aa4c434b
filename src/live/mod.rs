//! The host's end of a running sandbox: the channel to its init, what is captured of its streams, and its end.

mod capture;
mod channel;
mod cpu_time;
mod killer;
mod report;
mod running;

pub(crate) use capture::Captured;
pub(crate) use channel::Received;
pub use killer::Killer;
pub(crate) use report::{Failure, Message};
pub(crate) use running::Running;
