//! Tries what can be tried: namespaces in a process that only waits to be killed, the rest by the very sandbox that a caller
//! gets, with a program that is not there, so that all of its setup happens and nothing runs.

use std::io;

use rustix::fs::MemfdFlags;

use super::{Feature, HostFeature};
use crate::cure;
use crate::error::{Result, Step};
use crate::host::Facts;
use crate::launch::tier::set_up;
use crate::mounts::{Kind, Mount, Rights};
use crate::namespaces::Namespaces;
use crate::outcome::Support;
use crate::overlay::make_opaque;
use crate::plan::Request;
use crate::stdio::sealed_executable;
use crate::sys::{Holder, SignalsBlocked};

const NAMESPACES: [(Feature, Namespaces); 7] = [
    (Feature::UserNamespace, Namespaces::USER),
    (Feature::PidNamespace, Namespaces::PID),
    (Feature::MountNamespace, Namespaces::MOUNT),
    (Feature::NetworkNamespace, Namespaces::NET),
    (Feature::IpcNamespace, Namespaces::IPC),
    (Feature::UtsNamespace, Namespaces::UTS),
    (Feature::CgroupNamespace, Namespaces::CGROUP),
];

/// Each kind together with a user namespace, as belljar uses it.
pub(super) fn namespaces() -> Vec<HostFeature> {
    let mut rows: Vec<HostFeature> = NAMESPACES.into_iter().map(|(feature, kind)| namespace(feature, kind)).collect();
    let (users, others) = rows.split_first_mut().expect("the table has rows");
    // One cure is enough for what fails for the same reason.
    for row in others.iter_mut().filter(|row| row.support == Support::No && row.reason == users.reason) {
        *row = HostFeature::no(row.feature, "needs a user namespace", None);
    }
    rows
}

fn namespace(feature: Feature, kind: Namespaces) -> HostFeature {
    let wanted = Namespaces::USER | kind;
    let signals = SignalsBlocked::new();
    let holder = Holder::new(wanted.bits().into());
    drop(signals);
    match holder {
        Ok(_) => HostFeature::yes(feature),
        Err(error) => {
            let cure = cure::clone_hint(&error, wanted);
            HostFeature::no(feature, error.to_string(), cure)
        }
    }
}

/// An executable memfd, as the init's.
pub(super) fn memfd() -> io::Result<()> {
    sealed_executable("belljar-probe", b"", &SignalsBlocked::new()).map(drop)
}

/// A memfd is on a tmpfs.
pub(super) fn marks_in_memory() -> io::Result<()> {
    let file = rustix::fs::memfd_create("belljar-probe", MemfdFlags::CLOEXEC)?;
    Ok(make_opaque(&file)?)
}

/// Id maps, root and /proc, as far as a strict sandbox gets; and that itself.
pub(super) fn sandbox(facts: &Facts) -> Vec<HostFeature> {
    let result = set_up(&Request::default());
    let mut features: Vec<HostFeature> =
        [(Feature::IdMaps, ID_MAPS), (Feature::PrivateRoot, ROOT), (Feature::OwnProc, own_proc(facts))]
            .map(|(feature, at)| part(feature, at, &result, facts))
            .into();
    if facts.is_privileged() {
        features.push(idmapped());
    }
    features.push(match &result {
        Ok(()) => HostFeature::yes(Feature::StrictSandbox),
        Err(error) => HostFeature::refused(Feature::StrictSandbox, error),
    });
    features
}

const ID_MAPS: u32 = 2;
const ROOT: u32 = 3;

/// A privileged host's init mounts it before its user namespace is made, another one's in its root.
fn own_proc(facts: &Facts) -> u32 {
    if facts.may_shed() { 1 } else { 4 }
}

/// How far the setup had come when this step failed: the order is that of `plan::compile`.
fn reached(step: Step, facts: &Facts) -> u32 {
    match step {
        Step::IdMap | Step::User => ID_MAPS,
        Step::Root | Step::Bind | Step::Dev | Step::Tmpfs | Step::Dir | Step::File | Step::Symlink => ROOT,
        Step::Proc => own_proc(facts),
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

fn part(feature: Feature, at: u32, result: &Result<()>, facts: &Facts) -> HostFeature {
    match result {
        Err(error) if reached(error.step(), facts) == at => HostFeature::refused(feature, error),
        Err(error) if reached(error.step(), facts) < at => {
            HostFeature::no(feature, format!("not reached: {error}"), None)
        }
        _ => HostFeature::yes(feature),
    }
}

/// Writable binds of a privileged host. It depends on the filesystem; the one looked at is that of this program.
fn idmapped() -> HostFeature {
    const ROW: Feature = Feature::IdmappedMounts;
    let Ok(own) = std::env::current_exe() else {
        return HostFeature::no(ROW, "the program's own file is not known", Some(cure::PROC_MISSING));
    };
    let kind = Kind::Bind { source: own, rights: Rights::Write };
    let mounts = vec![Mount { inside: "/probe".into(), kind }];
    match set_up(&Request { mounts, ..Request::default() }) {
        Ok(()) => HostFeature::yes(ROW),
        Err(error) => HostFeature::refused(ROW, &error),
    }
}

#[cfg(test)]
mod tests {
    use rustix::io::Errno;

    use super::*;
    use crate::error::{Cure, Error, Label};
    use crate::host::HostIds;

    fn ordinary() -> Facts {
        Facts { ids: HostIds::Own, ..Facts::now() }
    }

    fn failed(step: Step) -> Result<()> {
        Err(Error::os(Label::new(step), Errno::PERM).with_hint(Some(Cure::Host("a cure"))))
    }

    #[test]
    fn what_failed_is_told_from_what_was_not_reached() {
        let (result, ordinary) = (failed(Step::Root), ordinary());
        let part = |feature, at| part(feature, at, &result, &ordinary);
        assert_eq!(part(Feature::IdMaps, ID_MAPS).support, Support::Full);
        let root = part(Feature::PrivateRoot, ROOT);
        assert_eq!(root.reason.as_deref(), Some("root: Operation not permitted (os error 1)"));
        assert_eq!(root.cure, Some("a cure"));
        let proc = part(Feature::OwnProc, own_proc(&ordinary));
        assert_eq!(proc.reason.as_deref(), Some("not reached: root: Operation not permitted (os error 1)"));
        assert_eq!((proc.support, proc.cure), (Support::No, None));
    }

    #[test]
    fn a_clone_that_failed_leaves_nothing_known() {
        let facts = ordinary();
        for at in [ID_MAPS, ROOT, own_proc(&facts)] {
            assert_eq!(part(Feature::IdMaps, at, &failed(Step::Clone), &facts).support, Support::No);
            assert_eq!(part(Feature::IdMaps, at, &failed(Step::Rlimit), &facts).support, Support::Full);
        }
    }

    #[test]
    fn a_privileged_hosts_proc_comes_first() {
        let facts = Facts { uid: 0, ids: HostIds::Chosen(7), capabilities: u64::MAX, ..Facts::now() };
        let part = |feature, at, step| part(feature, at, &failed(step), &facts).support;
        assert_eq!(part(Feature::IdMaps, ID_MAPS, Step::Proc), Support::No);
        assert_eq!(part(Feature::OwnProc, own_proc(&facts), Step::IdMap), Support::Full);
    }
}
