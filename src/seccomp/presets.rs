//! The filters that come with the crate.

use super::rule::Action;
use super::{ENOSYS, Filter};

impl Filter {
    /// The default of [`Sandbox::new()`](crate::Sandbox::new).
    pub fn standard() -> Filter {
        Filter::deny(["mount", "umount2", "ptrace", "bpf"]).errno(["clone3"], ENOSYS)
    }

    /// A narrow list for a program that computes.
    pub fn compute() -> Filter {
        Filter::deny(["socket", "mount", "umount2", "ptrace", "bpf"]).errno(["clone3"], ENOSYS).otherwise(Action::Allow)
    }
}
