//! What is read of the host: all that the plan is compiled from, in one snapshot.

mod facts;
pub(crate) mod lease;
pub(crate) mod read;
pub(crate) mod tier;
pub(crate) mod view;

pub(crate) use facts::{Facts, HostIds, LabelModule};
