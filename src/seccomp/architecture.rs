//! The architectures: what the kernel and others call them, and the numbers of their system calls.

use linux_raw_sys::ptrace::{AUDIT_ARCH_AARCH64, AUDIT_ARCH_ARM, AUDIT_ARCH_I386, AUDIT_ARCH_X86_64};

use super::table::{CALLS, LAST};

/// What a filter is made for: [`NATIVE`], but in tests.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Architecture {
    pub name: &'static str,
    /// How `struct seccomp_data` names it: linux/audit.h.
    pub audit: u32,
    /// How OCI profiles name it, and how their rules do.
    pub oci: [&'static str; 2],
    /// Its place in the table.
    column: usize,
    /// What the sandbox's own rules are about, in each architecture of its kernel's: in the order of their numbers.
    pub guarded: &'static [(u32, &'static [(u32, &'static str)])],
    /// Of which it may make a user namespace: clone, unshare and clone3 of each.
    pub users: &'static [(u32, [u32; 3])],
}

/// The bit that a number of the x32 ABI has.
const X32: u32 = 0x4000_0000;

/// In the order of the table's columns.
pub(super) static BOTH: [Architecture; 2] = [
    Architecture {
        name: "x86_64",
        audit: AUDIT_ARCH_X86_64,
        oci: ["SCMP_ARCH_X86_64", "amd64"],
        column: 0,
        guarded: &[
            (
                AUDIT_ARCH_X86_64,
                &[
                    (101, "ptrace"),
                    (160, "setrlimit"),
                    (203, "sched_setaffinity"),
                    (302, "prlimit64"),
                    (X32 | 160, "setrlimit"),
                    (X32 | 203, "sched_setaffinity"),
                    (X32 | 302, "prlimit64"),
                    (X32 | 521, "ptrace"),
                ],
            ),
            (AUDIT_ARCH_I386, &[(26, "ptrace"), (75, "setrlimit"), (241, "sched_setaffinity"), (340, "prlimit64")]),
        ],
        users: &[
            (AUDIT_ARCH_X86_64, [56, 272, 435]),
            (AUDIT_ARCH_X86_64, [X32 | 56, X32 | 272, X32 | 435]),
            (AUDIT_ARCH_I386, [120, 310, 435]),
        ],
    },
    Architecture {
        name: "aarch64",
        audit: AUDIT_ARCH_AARCH64,
        oci: ["SCMP_ARCH_AARCH64", "arm64"],
        column: 1,
        guarded: &[
            (
                AUDIT_ARCH_AARCH64,
                &[(117, "ptrace"), (122, "sched_setaffinity"), (164, "setrlimit"), (261, "prlimit64")],
            ),
            (AUDIT_ARCH_ARM, &[(26, "ptrace"), (75, "setrlimit"), (241, "sched_setaffinity"), (369, "prlimit64")]),
        ],
        users: &[(AUDIT_ARCH_AARCH64, [220, 97, 435]), (AUDIT_ARCH_ARM, [120, 337, 435])],
    },
];

/// Of this machine.
pub(super) static NATIVE: &Architecture = &BOTH[cfg!(target_arch = "aarch64") as usize];

impl Architecture {
    /// The call's number; `None` if it has no such call.
    pub fn number(&self, name: &str) -> Option<u32> {
        let at = CALLS.binary_search_by_key(&name, |(known, _)| known).ok()?;
        u32::try_from(CALLS[at].1[self.column]).ok()
    }

    /// All calls and their numbers, sorted by name.
    pub fn calls(&self) -> impl Iterator<Item = (&'static str, u32)> {
        CALLS.iter().filter_map(|(name, numbers)| Some((*name, u32::try_from(numbers[self.column]).ok()?)))
    }

    /// The name of the call with this number.
    pub fn call(&self, number: u32) -> Option<&'static str> {
        self.calls().find(|(_, known)| *known == number).map(|(name, _)| name)
    }

    /// The name of each number up to [`LAST`] that has one.
    pub fn names(&self) -> Vec<Option<&'static str>> {
        let mut names = vec![None; LAST as usize + 1];
        self.calls().for_each(|(name, number)| names[number as usize] = Some(name));
        names
    }
}

/// Whether some architecture has the call.
pub(super) fn is_call(name: &str) -> bool {
    CALLS.binary_search_by_key(&name, |(known, _)| known).is_ok()
}

/// The name of a call that a filter has seen; of the other architectures that the kernel runs programs of there is no table.
pub(crate) fn name(audit: u32, number: u32) -> Option<&'static str> {
    NATIVE.call(number).filter(|_| audit == NATIVE.audit)
}

/// How a call without a name is told.
pub(crate) fn unnamed(audit: u32, number: u32) -> String {
    match audit {
        AUDIT_ARCH_X86_64 if number & X32 != 0 => format!("x32 system call {}", number & !X32),
        AUDIT_ARCH_X86_64 | AUDIT_ARCH_AARCH64 => format!("system call {number}"),
        AUDIT_ARCH_I386 => format!("i386 system call {number}"),
        AUDIT_ARCH_ARM => format!("arm system call {number}"),
        _ => format!("system call {number} of architecture {audit:#x}"),
    }
}
