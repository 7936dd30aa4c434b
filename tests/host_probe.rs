//! `Host::probe` tells the truth: it agrees with what spawn does, here and on hosts that lack
//! something, its cures are those of spawn's errors, and it leaves nothing behind.
//!
//! The hosts that lack something are this test binary, run again as an ordinary process that spoils its own limits,
//! namespaces or root first.

mod common;

use belljar::{Command, Feature, Host, HostFeature, Sandbox, Step, Support};
use common::lesser::{become_ordinary, new_namespaces, own_mounts};
use rustix::mount::{MountFlags, mount, mount_bind_recursive};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

guests! { plain, no_more_networks, few_descriptors, no_processes, chrooted, no_more_namespaces, masked_proc, without_proc, still_root }

fn row(host: &Host, feature: Feature) -> &HostFeature {
    host.feature(feature).unwrap_or_else(|| panic!("no row {feature}:\n{host}"))
}

/// The row of a feature is no, with a cure that holds `words`.
fn refuses(host: &Host, feature: Feature, words: &str) {
    let row = row(host, feature);
    assert_eq!(row.support, Support::No, "{feature} is there:\n{host}");
    assert!(row.cure.is_some_and(|cure| cure.contains(words)), "{feature}: {row:?}");
}

/// The probe and a real spawn give the same answer, and the same cure.
fn agrees(host: &Host) {
    let answer = row(host, Feature::StrictSandbox);
    let error = Sandbox::new().spawn(Command::new("/missing")).expect_err("is not there");
    if answer.support == Support::Full {
        assert_eq!(error.step(), Step::Exec, "{error}\n{host}");
    } else {
        assert_eq!(answer.reason.as_deref(), Some(error.to_string().as_str()), "\n{host}");
        assert_eq!(answer.cure, error.hint(), "\n{host}");
    }
}

// ---- hosts that lack something --------------------------------------------------------------------------------------

fn plain(_: &[String]) -> i32 {
    agrees(&Host::probe());
    0
}

/// Descriptors run out, here or there.
fn few_descriptors(_: &[String]) -> i32 {
    for limit in 3..16 {
        setrlimit(Resource::Nofile, Rlimit { current: Some(limit), ..getrlimit(Resource::Nofile) })
            .expect("a lower limit");
        agrees(&Host::probe());
    }
    0
}

/// The user may have no further process.
fn no_processes(_: &[String]) -> i32 {
    become_ordinary();
    setrlimit(Resource::Nproc, Rlimit { current: Some(1), maximum: Some(1) }).expect("a lower limit");
    let host = Host::probe();
    refuses(&host, Feature::UserNamespace, "RLIMIT_NPROC");
    refuses(&host, Feature::StrictSandbox, "RLIMIT_NPROC");
    agrees(&host);
    0
}

/// A process in a chroot may not make user namespaces.
fn chrooted(_: &[String]) -> i32 {
    own_mounts();
    // Any directory will do. A temporary one would be removed with all that is in it, should this mount ever get out.
    mount_bind_recursive("/", "/proc").expect("the whole tree again");
    rustix::process::chroot("/proc").expect("chroot");
    rustix::process::chdir("/").expect("chdir");
    let host = Host::probe();
    refuses(&host, Feature::UserNamespace, "chroot");
    refuses(&host, Feature::StrictSandbox, "chroot");
    assert!(!host.has(Feature::OwnProc), "nothing behind the clone can be known:\n{host}");
    assert!(
        row(&host, Feature::OwnProc).reason.as_deref().expect("a reason").starts_with("not reached: clone"),
        "\n{host}"
    );
    agrees(&host);
    0
}

/// With user.max_user_namespaces at 0.
fn no_more_namespaces(_: &[String]) -> i32 {
    own_mounts();
    std::fs::write("/proc/sys/user/max_user_namespaces", "0").expect("root of its user namespace may");
    let host = Host::probe();
    refuses(&host, Feature::UserNamespace, "sysctl");
    refuses(&host, Feature::MaxUserNamespaces, "sysctl");
    refuses(&host, Feature::StrictSandbox, "sysctl");
    agrees(&host);
    0
}

/// With user.max_net_namespaces at 0. The network namespace is made by another process than the rest.
fn no_more_networks(_: &[String]) -> i32 {
    own_mounts();
    std::fs::write("/proc/sys/user/max_net_namespaces", "0").expect("root of its user namespace may");
    let host = Host::probe();
    refuses(&host, Feature::NetworkNamespace, "sysctl");
    refuses(&host, Feature::StrictSandbox, "sysctl");
    assert!(host.has(Feature::UserNamespace) && host.has(Feature::PidNamespace), "\n{host}");
    agrees(&host);
    0
}

/// In a container that hides parts of /proc, another /proc may not be mounted.
fn masked_proc(_: &[String]) -> i32 {
    own_mounts();
    mount("none", "/proc/sys", "tmpfs", MountFlags::RDONLY, None).expect("a mask");
    let host = Host::probe();
    refuses(&host, Feature::OwnProc, "masked");
    refuses(&host, Feature::StrictSandbox, "masked");
    assert!(
        host.has(Feature::UserNamespace) && host.has(Feature::IdMaps) && host.has(Feature::PrivateRoot),
        "\n{host}"
    );
    agrees(&host);
    0
}

/// No /proc at all.
fn without_proc(_: &[String]) -> i32 {
    own_mounts();
    mount("none", "/proc", "tmpfs", MountFlags::RDONLY, None).expect("something else there");
    let host = Host::probe();
    refuses(&host, Feature::NoOuterFilter, "/proc must be mounted");
    assert!(!host.has(Feature::StrictSandbox) && host.has(Feature::UserNamespace), "\n{host}");
    agrees(&host);
    0
}

/// In a user namespace whose only id is the host's root.
fn still_root(_: &[String]) -> i32 {
    new_namespaces();
    let host = Host::probe();
    refuses(&host, Feature::UnprivilegedIds, "run as an ordinary user");
    refuses(&host, Feature::StrictSandbox, "run as an ordinary user");
    agrees(&host);
    0
}

// ---- the tests ------------------------------------------------------------------------------------------------------

/// Runs a guest on the host, and not in a sandbox.
fn on_host(test: &str, guest: &str) {
    if !["plain", "few_descriptors", "no_processes"].contains(&guest) && !Host::probe().has(Feature::StrictSandbox) {
        return common::skip(test, "userns", "this host lacks more than the test takes away");
    }
    let mut command = std::process::Command::new(std::env::current_exe().expect("own path"));
    let output = command.args(["--belljar-guest", guest]).output().expect("runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{guest}: {}\n{said}", output.status);
}

#[test]
fn the_probe_agrees_with_spawn() {
    let _host = common::host();
    let host = Host::probe();
    agrees(&host);
    on_host("the_probe_agrees_with_spawn", "plain");
    for line in host.to_string().lines().filter(|line| !line.trim_start().starts_with("cure: ")) {
        let name = host.features().find(|row| line.starts_with(&format!("{}  ", row.feature)));
        assert!(name.is_some(), "{line:?}");
    }
}

#[test]
fn where_a_sandbox_works_so_do_its_parts() {
    let _host = common::host();
    let host = Host::probe();
    if !host.has(Feature::StrictSandbox) {
        return common::skip("where_a_sandbox_works_so_do_its_parts", "userns", "no sandbox works here");
    }
    use Feature::{CgroupNamespace, IpcNamespace, MountNamespace, NetworkNamespace, PidNamespace, UserNamespace};
    use Feature::{CloseRange, ExecutableMemfd, IdMaps, OwnProc, Pidfd, PrivateRoot, UnprivilegedIds, UtsNamespace};
    let spaces = [CgroupNamespace, IpcNamespace, MountNamespace, NetworkNamespace, PidNamespace, UserNamespace];
    let more = [CloseRange, ExecutableMemfd, IdMaps, OwnProc, Pidfd, PrivateRoot, UnprivilegedIds, UtsNamespace];
    for part in spaces.into_iter().chain(more) {
        assert!(host.has(part), "{part}:\n{host}");
    }
}

#[test]
fn the_probe_with_few_descriptors() {
    let _host = common::host();
    on_host("the_probe_with_few_descriptors", "few_descriptors");
}

#[test]
fn the_probe_with_no_processes_left() {
    let _host = common::host();
    on_host("the_probe_with_no_processes_left", "no_processes");
}

#[test]
fn the_probe_in_a_chroot() {
    let _host = common::host();
    on_host("the_probe_in_a_chroot", "chrooted");
}

#[test]
fn the_probe_with_no_user_namespaces_left() {
    let _host = common::host();
    on_host("the_probe_with_no_user_namespaces_left", "no_more_namespaces");
}

#[test]
fn the_probe_with_no_network_namespaces_left() {
    let _host = common::host();
    on_host("the_probe_with_no_network_namespaces_left", "no_more_networks");
}

#[test]
fn the_probe_under_a_masked_proc() {
    let _host = common::host();
    on_host("the_probe_under_a_masked_proc", "masked_proc");
}

#[test]
fn the_probe_as_root_that_cannot_be_shed() {
    let _host = common::host();
    match common::is_root() {
        true => on_host("the_probe_as_root_that_cannot_be_shed", "still_root"),
        false => common::skip("the_probe_as_root_that_cannot_be_shed", "root", "not run as root"),
    }
}

#[test]
fn the_probe_without_proc() {
    let _host = common::host();
    on_host("the_probe_without_proc", "without_proc");
}

#[test]
fn the_probe_of_many_threads_leaves_nothing() {
    let _host = common::host();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..3).for_each(|_| drop(Host::probe())));
        }
    });
}

#[test]
fn every_row_has_a_name_of_its_own_and_a_refusal_its_reason() {
    let _alone = common::host();
    let host = Host::probe();
    let mut names: Vec<String> = host.features().map(|row| row.feature.to_string()).collect();
    names.sort();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
    for row in host.features() {
        assert!(row.support == Support::Full || row.reason.is_some(), "{row:?}");
        assert!(row.support != Support::Full || row.cure.is_none(), "{row:?}");
        assert_eq!(host.feature(row.feature), Some(row));
        assert_eq!(host.has(row.feature), row.support == Support::Full);
    }
}
