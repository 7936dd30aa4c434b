//! The parts of a profile that are values of their own.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::form::{Amount, Raw, Size};
use super::schema;
use crate::cgroup::Cgroup;
use crate::cgroup::io::IoLimit;
use crate::host::tier::Tier;
use crate::landlock::{Landlock, Rule};
use crate::limits::OnLimit;
use crate::mounts::{Kind, Mount, Proc, Rights};
use crate::namespaces::Network;
use crate::overlay::{Overlay, Upper};
use crate::sandbox::Sandbox;

/// A mount, a file, a directory or a link, by the name of its setter.
#[derive(PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Entry {
    BindRo { host: Raw, inside: Raw },
    BindRoIfExists { host: Raw, inside: Raw },
    BindRoAsOwner { host: Raw, inside: Raw },
    BindRw { host: Raw, inside: Raw },
    Tmpfs { inside: Raw, bytes: Size },
    File { inside: Raw, contents: Raw },
    Dir { inside: Raw },
    Symlink { target: Raw, inside: Raw },
}

impl Entry {
    pub(super) fn of(mount: &Mount) -> Result<Entry, String> {
        let Mount { inside, kind } = mount;
        let inside = Raw::of(inside);
        Ok(match kind {
            Kind::Bind { source, rights } => {
                let host = Raw::of(source);
                match rights {
                    Rights::Read => Entry::BindRo { host, inside },
                    Rights::ReadIfThere => Entry::BindRoIfExists { host, inside },
                    Rights::ReadAsOwner => Entry::BindRoAsOwner { host, inside },
                    Rights::Write => Entry::BindRw { host, inside },
                }
            }
            Kind::Tmpfs { bytes } => Entry::Tmpfs { inside, bytes: Size(*bytes) },
            Kind::File { contents } => Entry::File { inside, contents: Raw(contents.to_vec()) },
            Kind::FileFrom { .. } => {
                let place = mount.inside.display();
                return Err(format!(
                    "file_from at {place}: a descriptor is this process's alone; a profile cannot hold it"
                ));
            }
            Kind::Dir => Entry::Dir { inside },
            Kind::Symlink { target } => Entry::Symlink { target: Raw::of(target), inside },
        })
    }

    pub(super) fn add_to(self, sandbox: Sandbox) -> Sandbox {
        match self {
            Entry::BindRo { host, inside } => sandbox.bind_ro(host.path(), inside.path()),
            Entry::BindRoIfExists { host, inside } => sandbox.bind_ro_if_exists(host.path(), inside.path()),
            Entry::BindRoAsOwner { host, inside } => sandbox.bind_ro_as_owner(host.path(), inside.path()),
            Entry::BindRw { host, inside } => sandbox.bind_rw(host.path(), inside.path()),
            Entry::Tmpfs { inside, bytes } => sandbox.tmpfs(inside.path(), bytes.0),
            Entry::File { inside, contents } => sandbox.file(inside.path(), contents.0),
            Entry::Dir { inside } => sandbox.dir(inside.path()),
            Entry::Symlink { target, inside } => sandbox.symlink(target.path(), inside.path()),
        }
    }
}

/// Enumerations without values, as words.
macro_rules! words {
    ($($form:ident of $type:ident { $($variant:ident),* })*) => {$(
        #[derive(PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub(super) enum $form { $($variant),* }

        impl $form {
            pub(super) fn of(value: &$type) -> $form {
                match value { $($type::$variant => $form::$variant),* }
            }

            pub(super) fn value(self) -> $type {
                match self { $($form::$variant => $type::$variant),* }
            }
        }
    )*};
}

words! {
    NetworkForm of Network { Loopback, Host }
    TierForm of Tier { NoNamespaces, NoProc, Strict }
    OnLimitForm of OnLimit { Kill, Truncate }
    ProcForm of Proc { Processes, Machine }
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum CgroupForm {
    Auto,
    Parent(Raw),
}

impl CgroupForm {
    pub(super) fn of(cgroup: &Cgroup) -> CgroupForm {
        let Cgroup { parent } = cgroup;
        parent.as_ref().map_or(CgroupForm::Auto, |parent| CgroupForm::Parent(Raw::of(parent)))
    }

    pub(super) fn cgroup(self) -> Cgroup {
        match self {
            CgroupForm::Auto => Cgroup::auto(),
            CgroupForm::Parent(path) => Cgroup::parent(path.path()),
        }
    }
}

schema! {
    #[derive(PartialEq)]
    OverlayForm {
        lowers: Vec<Raw>,
        upper_tmpfs: Option<Size>,
        upper_dir: Option<Raw>,
        read_only: bool,
        at: Option<Raw>,
    }
    #[derive(PartialEq)]
    IoForm {
        read_bytes: Option<Size>,
        write_bytes: Option<Size>,
        read_ops: Option<Amount>,
        write_ops: Option<Amount>,
        devices: Vec<Raw>,
    }
    #[derive(PartialEq)]
    LandlockForm {
        read: Vec<Raw>,
        write: Vec<Raw>,
        execute: Vec<Raw>,
        bind_tcp: Vec<u16>,
        connect_tcp: Vec<u16>,
        no_tcp: bool,
        scope_abstract_sockets: bool,
        scope_signals: bool,
    }
}

impl OverlayForm {
    pub(super) fn of(overlay: &Overlay) -> Result<OverlayForm, String> {
        let Overlay { lowers, upper, at, lease } = overlay;
        if lease.is_some() {
            return Err(
                "overlay: the layers of an Image are held by this process alone; a profile cannot hold them".into()
            );
        }
        let form = OverlayForm {
            lowers: lowers.iter().map(|lower| Raw::of(lower)).collect(),
            at: Some(Raw::of(at)),
            ..OverlayForm::default()
        };
        Ok(match upper {
            Upper::Memory { bytes } => OverlayForm { upper_tmpfs: Some(Size(*bytes)), ..form },
            Upper::Dir(dir) => OverlayForm { upper_dir: Some(Raw::of(dir)), ..form },
            Upper::None => OverlayForm { read_only: true, ..form },
        })
    }

    pub(super) fn overlay(self) -> Result<Overlay, String> {
        let OverlayForm { lowers, upper_tmpfs, upper_dir, read_only, at } = self;
        let overlay = lowers.into_iter().fold(Overlay::new(), |overlay, lower| overlay.lower(lower.path()));
        let overlay = at.into_iter().fold(overlay, |overlay, at| overlay.at(at.path()));
        match (upper_tmpfs, upper_dir, read_only) {
            (None, None, false) => Ok(overlay),
            (Some(bytes), None, false) => Ok(overlay.upper_tmpfs(bytes.0)),
            (None, Some(dir), false) => Ok(overlay.upper_dir(dir.path())),
            (None, None, true) => Ok(overlay.read_only()),
            _ => Err("overlay: only one of upper_tmpfs, upper_dir and read_only can be".into()),
        }
    }
}

impl IoForm {
    pub(super) fn of(limit: &IoLimit) -> IoForm {
        let IoLimit { per_second: [read_bytes, write_bytes, read_ops, write_ops], devices } = limit;
        IoForm {
            read_bytes: read_bytes.map(Size),
            write_bytes: write_bytes.map(Size),
            read_ops: read_ops.map(Amount),
            write_ops: write_ops.map(Amount),
            devices: devices.iter().map(|device| Raw::of(device)).collect(),
        }
    }

    pub(super) fn limit(self) -> IoLimit {
        let IoForm { read_bytes, write_bytes, read_ops, write_ops, devices } = self;
        IoLimit {
            per_second: [
                read_bytes.map(|size| size.0),
                write_bytes.map(|size| size.0),
                read_ops.map(|amount| amount.0),
                write_ops.map(|amount| amount.0),
            ],
            devices: devices.into_iter().map(Raw::path).collect(),
        }
    }
}

impl LandlockForm {
    pub(super) fn of(rules: &Landlock) -> LandlockForm {
        let mut form = LandlockForm::default();
        for rule in rules.rules() {
            match rule {
                Rule::Read(path) => form.read.push(Raw::of(path)),
                Rule::Write(path) => form.write.push(Raw::of(path)),
                Rule::Execute(path) => form.execute.push(Raw::of(path)),
                Rule::BindTcp(port) => form.bind_tcp.push(port),
                Rule::ConnectTcp(port) => form.connect_tcp.push(port),
                Rule::NoTcp => form.no_tcp = true,
                Rule::ScopeAbstractSockets => form.scope_abstract_sockets = true,
                Rule::ScopeSignals => form.scope_signals = true,
            }
        }
        form
    }

    pub(super) fn landlock(self) -> Landlock {
        let LandlockForm { read, write, execute, bind_tcp, connect_tcp, no_tcp, scope_abstract_sockets, scope_signals } =
            self;
        let paths = |rules, paths: Vec<Raw>, setter: fn(Landlock, PathBuf) -> Landlock| {
            paths.into_iter().fold(rules, |rules, path| setter(rules, path.path()))
        };
        let said = |rules, said, setter: fn(Landlock) -> Landlock| if said { setter(rules) } else { rules };
        let rules = paths(Landlock::new(), read, Landlock::read);
        let rules = paths(rules, write, Landlock::write);
        let rules = paths(rules, execute, Landlock::execute);
        let rules = bind_tcp.into_iter().fold(rules, Landlock::bind_tcp);
        let rules = connect_tcp.into_iter().fold(rules, Landlock::connect_tcp);
        let rules = said(rules, no_tcp, Landlock::no_tcp);
        let rules = said(rules, scope_abstract_sockets, Landlock::scope_abstract_sockets);
        said(rules, scope_signals, Landlock::scope_signals)
    }
}
