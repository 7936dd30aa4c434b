//! Tries what can be tried: namespaces in a process that only waits to be killed, the rest by the very sandbox that a caller
//! gets, with a program that is not there, so that all of its setup happens and nothing runs.

use std::io;

use rustix::fs::MemfdFlags;
use rustix::io::Errno;

use super::HostFeature;
use crate::command::Command;
use crate::cure;
use crate::error::{Error, Result, Step};
use crate::namespaces::Namespaces;
use crate::plan::Caller;
use crate::sandbox::Sandbox;
use crate::sys::{Holder, SignalsBlocked};

const NAMESPACES: [(&str, Namespaces); 7] = [
    ("user namespace", Namespaces::USER),
    ("pid namespace", Namespaces::PID),
    ("mount namespace", Namespaces::MOUNT),
    ("network namespace", Namespaces::NET),
    ("ipc namespace", Namespaces::IPC),
    ("uts namespace", Namespaces::UTS),
    ("cgroup namespace", Namespaces::CGROUP),
];

/// Each kind together with a user namespace, as belljar uses it.
pub(super) fn namespaces() -> Vec<HostFeature> {
    let mut rows: Vec<HostFeature> = NAMESPACES.into_iter().map(|(name, kind)| namespace(name, kind)).collect();
    let (users, others) = rows.split_first_mut().expect("the table has rows");
    // One cure is enough for what fails for the same reason.
    for row in others.iter_mut().filter(|row| !row.available && row.reason == users.reason) {
        *row = HostFeature::no(row.name, "needs a user namespace", None);
    }
    rows
}

fn namespace(name: &'static str, kind: Namespaces) -> HostFeature {
    let wanted = Namespaces::USER | kind;
    let signals = SignalsBlocked::new();
    let holder = Holder::new(wanted.bits().into());
    drop(signals);
    match holder {
        Ok(_) => HostFeature::yes(name),
        Err(error) => HostFeature::no(name, error.to_string(), cure::clone_hint(&error, wanted)),
    }
}

/// An executable memfd, as older kernels and newer ones want it asked for.
pub(super) fn memfd() -> io::Result<()> {
    use rustix::fs::memfd_create;
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    match memfd_create("belljar-probe", flags | MemfdFlags::EXEC) {
        Err(Errno::INVAL) => Ok(memfd_create("belljar-probe", flags).map(drop)?),
        result => Ok(result.map(drop)?),
    }
}

/// Id maps, root and /proc, as far as a strict sandbox gets; and that itself.
pub(super) fn sandbox(caller: &Caller) -> Vec<HostFeature> {
    let result = set_up(&Sandbox::new());
    let mut features: Vec<HostFeature> = [("id maps", ID_MAPS), ("private root", ROOT), ("own /proc", PROC)]
        .map(|(name, at)| part(name, at, &result))
        .into();
    if caller.is_privileged() {
        features.push(idmapped());
    }
    features.push(match &result {
        Ok(()) => HostFeature::yes("strict sandbox"),
        Err(error) => refused("strict sandbox", error),
    });
    features
}

const ID_MAPS: u32 = 1;
const ROOT: u32 = 2;
const PROC: u32 = 3;

/// How far the setup had come when this step failed: the order is that of `plan::compile`.
fn reached(step: Step) -> u32 {
    match step {
        Step::IdMap | Step::User => ID_MAPS,
        Step::Root | Step::Bind | Step::Dev | Step::Tmpfs | Step::Dir | Step::File | Step::Symlink => ROOT,
        Step::Proc => PROC,
        Step::Start
        | Step::Keyring
        | Step::Rlimit
        | Step::Capabilities
        | Step::Seccomp
        | Step::Landlock
        | Step::LsmLabel
        | Step::CurrentDir
        | Step::Exec => u32::MAX,
        _ => 0,
    }
}

fn part(name: &'static str, at: u32, result: &Result<()>) -> HostFeature {
    match result {
        Err(error) if reached(error.step()) == at => refused(name, error),
        Err(error) if reached(error.step()) < at => HostFeature::no(name, format!("not reached: {error}"), None),
        _ => HostFeature::yes(name),
    }
}

fn refused(name: &'static str, error: &Error) -> HostFeature {
    HostFeature::no(name, error.to_string(), error.static_hint())
}

/// Writable binds of a privileged host. It depends on the filesystem; the one looked at is that of this program.
fn idmapped() -> HostFeature {
    const NAME: &str = "idmapped mounts";
    let Ok(own) = std::env::current_exe() else {
        return HostFeature::no(NAME, "the program's own file is not known", Some(cure::PROC_MISSING));
    };
    match set_up(&Sandbox::new().bind_rw(own, "/probe")) {
        Ok(()) => HostFeature::yes(NAME),
        Err(error) => refused(NAME, &error),
    }
}

/// Everything up to the execve of a program that is not there.
fn set_up(sandbox: &Sandbox) -> Result<()> {
    const ENOENT: i32 = 2;
    match sandbox.spawn(Command::new("/belljar-probe")) {
        Err(error) if error.step() == Step::Exec && error.raw_os_error() == Some(ENOENT) => Ok(()),
        Err(error) => Err(error),
        Ok(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Label;

    fn failed(step: Step) -> Result<()> {
        Err(Error::os(Label::new(step), Errno::PERM).with_hint(Some("a cure")))
    }

    #[test]
    fn what_failed_is_told_from_what_was_not_reached() {
        let result = failed(Step::Root);
        assert!(part("ids", ID_MAPS, &result).available);
        let root = part("root", ROOT, &result);
        assert_eq!(root.reason.as_deref(), Some("root: Operation not permitted (os error 1)"));
        assert_eq!(root.cure, Some("a cure"));
        let proc = part("proc", PROC, &result);
        assert_eq!(proc.reason.as_deref(), Some("not reached: root: Operation not permitted (os error 1)"));
        assert_eq!((proc.available, proc.cure), (false, None));
    }

    #[test]
    fn a_clone_that_failed_leaves_nothing_known() {
        assert!([ID_MAPS, ROOT, PROC].iter().all(|at| !part("x", *at, &failed(Step::Clone)).available));
        assert!([ID_MAPS, ROOT, PROC].iter().all(|at| part("x", *at, &failed(Step::Rlimit)).available));
    }
}
