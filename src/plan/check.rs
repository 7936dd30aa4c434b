//! Rules that need no kernel: what is asked for must make sense by itself and together.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::{IdMap, Request};
use crate::capabilities::Capabilities;
use crate::cgroup::Controllers;
use crate::cgroup::io::IoLimit;
use crate::command::Command;
use crate::cure;
use crate::error::{Error, Label, Result, Step};
use crate::host::{Facts, HostIds};
use crate::limits::Limits;
use crate::mounts::{Kind, Mount, Rights, has_nul};
use crate::namespaces::{Namespaces, Network};
use crate::outcome::{Enforced, Means};

/// What the request comes to once defaults and rules are applied.
pub(crate) struct Settled {
    pub namespaces: Namespaces,
    /// The ids that the program has, as it sees them.
    pub user: (u32, u32),
    /// With a user namespace.
    pub id_map: Option<IdMap>,
    /// Without one: the leased id, and that of who ends all that has it.
    pub own_user: Option<(u32, u32)>,
    /// The user namespace is made by a process that has the sandbox's id on the host.
    pub sheds: bool,
    /// Whether the run has a cgroup.
    pub cgroup: bool,
    /// Who holds the limits.
    pub enforced: Enforced,
}

pub(crate) fn settle(request: &Request, facts: &Facts, cgroup: Option<Controllers>) -> Result<Settled> {
    let namespaces = namespaces(request, facts)?;
    let own_user = match (facts.ids, facts.ender) {
        (HostIds::Chosen(id), Some(ender)) => Some((id, ender)),
        _ => None,
    };
    let (user, id_map) = user(request, namespaces, facts, own_user)?;
    hostname(request, namespaces)?;
    limits(&request.limits)?;
    capabilities(request, namespaces, facts)?;
    if request.user_namespaces && !namespaces.contains(Namespaces::USER | Namespaces::PID) {
        let message =
            "user_namespaces needs Namespaces::USER and PID: nothing would keep the program from its user's processes";
        return Err(Error::invalid(Label::new(Step::Namespaces), message));
    }
    if !namespaces.contains(Namespaces::MOUNT) {
        if let Some(mount) = request.mounts.first() {
            return Err(Error::invalid(mount.label(), "needs Namespaces::MOUNT: the root is the host's"));
        }
        if request.overlay.is_some() {
            let label = Label::new(Step::Overlay);
            return Err(Error::invalid(label, "needs Namespaces::MOUNT: the root is the host's"));
        }
        let given = [
            ("device", !request.devices.is_empty()),
            ("host_system", request.host_system.is_some()),
            ("host_network", request.host_network.is_some()),
            ("tmp_limit", request.tmp.is_some()),
        ];
        if let Some((name, _)) = given.iter().find(|(_, is_given)| *is_given) {
            let label = Label::new(Step::Namespaces);
            return Err(Error::invalid(label, format!("{name} needs Namespaces::MOUNT: the root is the host's")));
        }
    }
    if request.proc.is_some() && !namespaces.contains(Namespaces::PID) {
        return Err(Error::invalid(Label::new(Step::Proc), "needs Namespaces::PID: there is none without"));
    }
    let as_owner = |mount: &&Mount| matches!(mount.kind, Kind::Bind { rights: Rights::ReadAsOwner, .. });
    if let Some(mount) = request.mounts.iter().find(as_owner).filter(|_| !namespaces.contains(Namespaces::USER)) {
        return Err(Error::invalid(mount.label(), "as its owner needs Namespaces::USER: nothing is mapped without it"));
    }
    let proc = match namespaces.contains(Namespaces::PID) {
        false => Means::NotRequested,
        true if facts.mounts_proc => Means::Kernel,
        true => Means::Nothing,
    };
    let mut enforced = Enforced { proc, ..Enforced::decide(&request.limits, namespaces, cgroup.unwrap_or_default()) };
    if own_user.is_some() && enforced.pids == Means::Nothing {
        enforced.pids = Means::Rlimit; // it counts by user, and nobody else has the id
    }
    if id_map.is_some() && !facts.may_mount() && facts.is_privileged() {
        needs_no_mapped_mount(request)?;
    }
    let sheds = id_map.is_some() && facts.may_shed();
    Ok(Settled { namespaces, user, id_map, own_user, sheds, cgroup: cgroup.is_some(), enforced })
}

fn namespaces(request: &Request, facts: &Facts) -> Result<Namespaces> {
    let refuse = |message: &str| Err(Error::invalid(Label::new(Step::Namespaces), message));
    let asked = request.namespaces;
    let namespaces = match request.network {
        Some(Network::Host) => asked - Namespaces::NET,
        Some(Network::Loopback) if !asked.contains(Namespaces::NET) => {
            return refuse("Network::Loopback needs Namespaces::NET");
        }
        _ => asked,
    };
    if namespaces.contains(Namespaces::PID) && !namespaces.contains(Namespaces::MOUNT) {
        return refuse("PID without MOUNT would leave the host's /proc, which shows the host's processes");
    }
    if !namespaces.is_empty() && !namespaces.contains(Namespaces::USER) && !facts.may_mount() {
        return refuse("an ordinary user needs Namespaces::USER for any other one");
    }
    Ok(namespaces)
}

/// Mounts that map the owner of their source onto the program's user, without which that would be nobody's.
fn needs_no_mapped_mount(request: &Request) -> Result<()> {
    let refuse = |label: Label| {
        let message = "needs an idmapped mount, which takes CAP_SYS_ADMIN";
        Err(Error::invalid(label, message).with_hint(Some(cure::MAPPED_MOUNT)))
    };
    let is_mapped = |mount: &&Mount| matches!(&mount.kind, Kind::Bind { rights, .. } if *rights != Rights::Read);
    if let Some(mount) = request.mounts.iter().find(is_mapped) {
        return refuse(mount.label());
    }
    match request.overlay.as_ref().filter(|overlay| overlay.is_writable()).and_then(|overlay| overlay.lowers().next()) {
        Some(layer) => refuse(Label::at(Step::Overlay, layer)),
        None => Ok(()),
    }
}

type Ids = ((u32, u32), Option<IdMap>);

fn user(request: &Request, namespaces: Namespaces, facts: &Facts, own_user: Option<(u32, u32)>) -> Result<Ids> {
    let refuse = |message: &str| Err(Error::invalid(Label::new(Step::User), message));
    let cannot_shed = |message: &str| refuse(message).map_err(|error: Error| error.with_hint(Some(cure::SHED_ROOT)));
    let (uid, gid) = request.user.unwrap_or((1000, 1000));
    if uid == u32::MAX || gid == u32::MAX {
        return refuse("id 4294967295 is -1 to the kernel, which means no id");
    }
    let own = (facts.uid, facts.gid);
    if !namespaces.contains(Namespaces::USER) {
        return match (facts.is_privileged(), request.user) {
            (true, _) if uid == 0 || gid == 0 => refuse("without Namespaces::USER id 0 would be the host's root"),
            (true, _) => Ok((own_user.map_or((uid, gid), |(id, _)| (id, id)), None)),
            (false, Some(ids)) if ids != own => refuse("without Namespaces::USER an ordinary user keeps its own ids"),
            (false, _) if facts.uid == 0 => cannot_shed("root without CAP_SETUID and CAP_SETGID cannot shed root"),
            (false, _) => Ok((own, None)),
        };
    }
    let (host, deny_setgroups) = match facts.ids {
        HostIds::Chosen(id) => ((id, id), false),
        HostIds::Own => (own, true),
        HostIds::None => {
            return cannot_shed("root without CAP_SETUID and CAP_SETGID, or without /proc, cannot shed root");
        }
    };
    Ok(((uid, gid), Some(IdMap { inside: (uid, gid), host, deny_setgroups })))
}

fn hostname(request: &Request, namespaces: Namespaces) -> Result<()> {
    const HOST_NAME_MAX: usize = 64;
    let Some(name) = &request.hostname else { return Ok(()) };
    let refuse = |message: String| Err(Error::invalid(Label::new(Step::Hostname), message));
    let bytes = name.as_bytes();
    if !namespaces.contains(Namespaces::UTS) {
        return refuse("needs Namespaces::UTS".into());
    }
    if bytes.is_empty() {
        return refuse("is empty".into());
    }
    if bytes.len() > HOST_NAME_MAX {
        return refuse(format!("has {} bytes, more than {HOST_NAME_MAX}", bytes.len()));
    }
    if let Some(byte) = bytes.iter().find(|byte| **byte == b'/' || byte.is_ascii_control() || **byte == b' ') {
        return refuse(format!("must not hold {:?}", char::from(*byte)));
    }
    Ok(())
}

pub(crate) fn limits(limits: &Limits) -> Result<()> {
    let refuse = |message: String| Err(Error::invalid(Label::new(Step::Limit), message));
    if limits.memory == Some(0) {
        return refuse("memory_limit of 0 bytes".into());
    }
    if limits.pids == Some(0) {
        return refuse("pids_limit of 0 would not let the program itself run".into());
    }
    if limits.cpu_time.is_some_and(|time| time.is_zero()) {
        return refuse("cpu_time_limit of 0".into());
    }
    if limits.wall_time.is_some_and(|time| time.is_zero()) {
        return refuse("wall_time_limit of 0".into());
    }
    if let Some(cpus) = limits.cpus.filter(|cpus| !cpus.is_finite() || *cpus <= 0.0) {
        return refuse(format!("cpus of {cpus}: must be a number above 0"));
    }
    // struct cpumask of glibc and rustix; more has no distribution's kernel.
    if let Some(cpus) = limits.cpuset.as_ref().filter(|cpus| cpus.last().is_none_or(|cpu| *cpu >= 1024)) {
        return refuse(format!("cpuset of {cpus:?}: processors are numbered from 0 to 1023, and it needs one"));
    }
    if let Some(weight) = limits.cpu_weight.filter(|weight| !(1..=10_000).contains(weight)) {
        return refuse(format!("cpu_weight of {weight}: is between 1 and 10000"));
    }
    if limits.memory_high == Some(0) {
        return refuse("memory_high of 0 bytes".into());
    }
    limits.io.as_ref().map_or(Ok(()), IoLimit::check)?;
    for (resource, soft, hard) in &limits.rlimits {
        if soft > hard {
            let name = resource.name();
            return Err(Error::invalid(
                Label::new(Step::Rlimit),
                format!("{name}: soft limit {soft} over hard limit {hard}"),
            ));
        }
    }
    Ok(())
}

fn capabilities(request: &Request, namespaces: Namespaces, facts: &Facts) -> Result<()> {
    let refuse = |message: String| Err(Error::invalid(Label::new(Step::Capabilities), message));
    let asked = request.capabilities;
    if asked.is_empty() {
        return Ok(());
    }
    if !namespaces.contains(Namespaces::USER) {
        return refuse("need Namespaces::USER: without it they would be the host's".into());
    }
    if facts.root_is_initial && asked.contains(Capabilities::SYS_ADMIN) {
        return refuse("SYS_ADMIN could uncover the host's root, which is the initial ramfs".into());
    }
    match asked.iter_names().find(|(_, flag)| flag.bits() >> (facts.last_capability + 1) != 0) {
        Some((name, _)) => refuse(format!("this kernel has no CAP_{name}")),
        None if !Capabilities::all().contains(asked) => refuse("there is no capability above 40".into()),
        None => Ok(()),
    }
}

pub(crate) fn command(command: &Command) -> Result<()> {
    let no_nul = |step: Step, what: &OsStr| match what.as_bytes().contains(&0) {
        true => Err(Error::invalid(Label::new(step), format!("{what:?} holds a NUL"))),
        false => Ok(()),
    };
    if command.program.is_empty() {
        return Err(Error::invalid(Label::new(Step::Program), "is empty"));
    }
    no_nul(Step::Program, &command.program)?;
    command.arg0.iter().chain(&command.args).try_for_each(|arg| no_nul(Step::Argument, arg))?;
    for (key, value) in &command.env {
        if key.is_empty() || key.as_bytes().contains(&b'=') {
            return Err(Error::invalid(Label::new(Step::Environment), format!("{key:?} is not a name for a variable")));
        }
        no_nul(Step::Environment, key)?;
        value.iter().try_for_each(|value| no_nul(Step::Environment, value))?;
    }
    if let Some(dir) = &command.current_dir {
        if has_nul(dir) {
            return Err(Error::invalid(Label::new(Step::CurrentDir), format!("{dir:?} holds a NUL")));
        }
        if !dir.is_absolute() {
            return Err(Error::invalid(Label::at(Step::CurrentDir, dir), "must be absolute"));
        }
    }
    const FD_MAX: i32 = 1 << 20;
    if let Some(number) = command.fds.keys().find(|number| !(3..FD_MAX).contains(*number)) {
        return Err(Error::invalid(
            Label::new(Step::Stdio),
            format!("descriptor {number} is not between 3 and {FD_MAX}"),
        ));
    }
    Ok(())
}
