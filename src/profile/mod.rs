//! A sandbox as a profile: the schema that serde reads and writes, apart from what the crate keeps.
//!
//! Fields have the names of the setters. What they are made of is taken apart without `..`, so that a new setter does not
//! compile until it has its field here.

mod form;
mod parts;
mod results;

use std::collections::BTreeSet;
use std::ops::Range;

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::capabilities::Capabilities;
use crate::limits::{Features, Limits, OnLimit, Resource};
use crate::namespaces::Namespaces;
use crate::plan::Request;
use crate::sandbox::Sandbox;
use crate::seccomp::Filter;
use form::{Amount, Names, Raw, Size, Time};
use parts::{CgroupForm, Entry, IoForm, LandlockForm, NetworkForm, OnLimitForm, OverlayForm, ProcForm, TierForm};

/// The version of the schema that is written, and the only one that is read.
const VERSION: u32 = 1;

/// A structure whose fields need not be there, and are not written where they say nothing.
macro_rules! schema {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Default, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(in crate::profile) struct $name {
            $(#[serde(default, skip_serializing_if = "crate::profile::says_nothing")] pub(in crate::profile) $field: $type,)*
        }
    )*};
}
use schema;

fn says_nothing<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

schema! {
    Profile {
        version: u32,
        namespaces: Option<Names<Namespaces>>,
        at_least: Option<TierForm>,
        user: Option<Ids>,
        host_ids: Option<Range<u32>>,
        user_namespaces: bool,
        device: Vec<Raw>,
        cpuset: Option<BTreeSet<u32>>,
        cpu_weight: Option<u32>,
        memory_high: Option<Size>,
        hostname: Option<Raw>,
        network: Option<NetworkForm>,
        proc: Option<ProcForm>,
        host_system: bool,
        everything_ro: bool,
        host_network: bool,
        tmp_limit: Option<TmpLimit>,
        mounts: Vec<Entry>,
        overlay: Option<OverlayForm>,
        memory_limit: Option<Size>,
        cpus: Option<f64>,
        pids_limit: Option<u32>,
        io_limit: Option<IoForm>,
        cpu_time_limit: Option<Time>,
        wall_time_limit: Option<Time>,
        output_limit: Option<Size>,
        on_output_limit: Option<OnLimitForm>,
        file_size_limit: Option<Size>,
        core_dumps: bool,
        rlimits: Vec<Rlimit>,
        cgroup: Option<CgroupForm>,
        optional: Names<Features>,
        seccomp: Option<FilterForm>,
        landlock: Option<LandlockForm>,
        capabilities: Names<Capabilities>,
        lsm_label: Option<String>,
    }
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ids {
    uid: u32,
    gid: u32,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TmpLimit {
    bytes: Size,
    files: Amount,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rlimit {
    resource: String,
    soft: Amount,
    hard: Amount,
}

/// A filter is never what is left out.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct FilterForm(Filter);

impl PartialEq for FilterForm {
    fn eq(&self, _: &FilterForm) -> bool {
        false
    }
}

impl Profile {
    fn of(request: &Request) -> Result<Profile, String> {
        let Request {
            namespaces,
            at_least,
            user,
            host_ids,
            user_namespaces,
            devices,
            hostname,
            network,
            host_system,
            everything,
            host_network,
            tmp,
            mounts,
            overlay,
            proc,
            limits,
            seccomp,
            landlock,
            capabilities,
            lsm_label,
            cgroup,
            parent: _,
            counting_parent: _,
        } = request;
        let Limits {
            memory,
            pids,
            cpus,
            io,
            cpu_time,
            wall_time,
            output,
            file_size,
            core_dumps,
            rlimits,
            optional,
            cpuset,
            cpu_weight,
            memory_high,
            on_output,
        } = limits;
        let rlimit = |(resource, soft, hard): &(Resource, u64, u64)| Rlimit {
            resource: resource.name(),
            soft: Amount(*soft),
            hard: Amount(*hard),
        };
        Ok(Profile {
            version: VERSION,
            namespaces: (*namespaces != Namespaces::default()).then_some(Names(*namespaces)),
            at_least: at_least.as_ref().map(|least| TierForm::of(&least.tier)),
            user: user.map(|(uid, gid)| Ids { uid, gid }),
            host_ids: host_ids.clone(),
            user_namespaces: *user_namespaces,
            device: devices.iter().map(|path| Raw::of(path)).collect(),
            cpuset: cpuset.clone(),
            cpu_weight: *cpu_weight,
            memory_high: memory_high.map(Size),
            hostname: hostname.as_ref().map(|name| Raw::of(name.as_ref())),
            network: network.as_ref().map(NetworkForm::of),
            proc: proc.as_ref().map(ProcForm::of),
            host_system: host_system.is_some(),
            everything_ro: *everything,
            host_network: host_network.is_some(),
            tmp_limit: tmp.map(|(bytes, files)| TmpLimit { bytes: Size(bytes), files: Amount(files) }),
            mounts: mounts.iter().map(Entry::of).collect::<Result<_, _>>()?,
            overlay: overlay.as_ref().map(OverlayForm::of).transpose()?,
            memory_limit: memory.map(Size),
            cpus: *cpus,
            pids_limit: *pids,
            io_limit: io.as_ref().map(IoForm::of),
            cpu_time_limit: cpu_time.map(Time),
            wall_time_limit: wall_time.map(Time),
            output_limit: output.map(Size),
            on_output_limit: (*on_output != OnLimit::default()).then(|| OnLimitForm::of(on_output)),
            file_size_limit: file_size.map(Size),
            core_dumps: *core_dumps,
            rlimits: rlimits.iter().map(rlimit).collect(),
            cgroup: cgroup.as_ref().map(CgroupForm::of),
            optional: Names(*optional),
            seccomp: seccomp.clone().map(FilterForm),
            landlock: landlock.as_ref().map(LandlockForm::of),
            capabilities: Names(*capabilities),
            lsm_label: lsm_label.clone(),
        })
    }

    /// By the setters.
    fn sandbox(self) -> Result<Sandbox, String> {
        let Profile {
            version,
            namespaces,
            at_least,
            user,
            host_ids,
            user_namespaces,
            device,
            cpuset,
            cpu_weight,
            memory_high,
            hostname,
            network,
            proc,
            host_system,
            everything_ro,
            host_network,
            tmp_limit,
            mounts,
            overlay,
            memory_limit,
            cpus,
            pids_limit,
            io_limit,
            cpu_time_limit,
            wall_time_limit,
            output_limit,
            on_output_limit,
            file_size_limit,
            core_dumps,
            rlimits,
            cgroup,
            optional,
            seccomp,
            landlock,
            capabilities,
            lsm_label,
        } = self;
        if version != VERSION {
            let of = if version == 0 { "no version".to_owned() } else { format!("version {version}") };
            return Err(format!("a profile of {of}: this crate reads version = {VERSION}"));
        }
        let mut sandbox = Sandbox::new()
            .core_dumps(core_dumps)
            .user_namespaces(user_namespaces)
            .optional(optional.0)
            .capabilities(capabilities.0);
        if host_network {
            sandbox = sandbox.host_network();
        }
        /// Calls the setter if the field is there.
        macro_rules! set {
            ($($field:ident: |$sandbox:ident, $value:pat_param| $call:expr;)*) => {
                $(if let Some($value) = $field { let $sandbox = sandbox; sandbox = $call; })*
            };
        }
        set! {
            namespaces: |it, Names(namespaces)| it.namespaces(namespaces);
            at_least: |it, tier| it.at_least(tier.value());
            user: |it, Ids { uid, gid }| it.user(uid, gid);
            host_ids: |it, ids| it.host_ids(ids);
            hostname: |it, name| it.hostname(name.path());
            network: |it, network| it.network(network.value());
            proc: |it, shown| it.proc(shown.value());
            overlay: |it, overlay| it.overlay(overlay.overlay()?);
            memory_limit: |it, Size(bytes)| it.memory_limit(bytes);
            cpus: |it, cpus| it.cpus(cpus);
            cpuset: |it, numbers| it.cpuset(numbers);
            cpu_weight: |it, weight| it.cpu_weight(weight);
            memory_high: |it, Size(bytes)| it.memory_high(bytes);
            pids_limit: |it, tasks| it.pids_limit(tasks);
            io_limit: |it, io| it.io_limit(io.limit());
            cpu_time_limit: |it, Time(time)| it.cpu_time_limit(time);
            wall_time_limit: |it, Time(time)| it.wall_time_limit(time);
            output_limit: |it, Size(bytes)| it.output_limit(bytes);
            on_output_limit: |it, then| it.on_output_limit(then.value());
            file_size_limit: |it, Size(bytes)| it.file_size_limit(bytes);
            cgroup: |it, cgroup| it.cgroup(cgroup.cgroup());
            seccomp: |it, FilterForm(filter)| it.seccomp(filter);
            landlock: |it, rules| it.landlock(rules.landlock());
            tmp_limit: |it, TmpLimit { bytes, files }| it.tmp_limit(bytes.0, files.0);
            lsm_label: |it, label| it.lsm_label(label);
        }
        sandbox = device.into_iter().fold(sandbox, |sandbox, path| sandbox.device(path.path()));
        if host_system {
            sandbox = sandbox.host_system();
        }
        if everything_ro {
            sandbox = sandbox.everything_ro();
        }
        for Rlimit { resource, soft, hard } in rlimits {
            let known = Resource::ALL.iter().find(|known| known.name() == resource);
            let known =
                known.ok_or_else(|| format!("no resource is {resource:?}: they are named as RLIMIT_NOFILE is"))?;
            sandbox = sandbox.rlimit(*known, soft.0, hard.0);
        }
        Ok(mounts.into_iter().fold(sandbox, |sandbox, mount| mount.add_to(sandbox)))
    }
}

impl Serialize for Sandbox {
    /// With the feature `serde`: see [`Sandbox`](Sandbox#profiles).
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Profile::of(&self.request).map_err(S::Error::custom)?.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Sandbox {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Sandbox, D::Error> {
        Profile::deserialize(deserializer)?.sandbox().map_err(D::Error::custom)
    }
}
