//! Id maps: of the sandbox's user namespace, and of the mounts that a privileged host prepares for it.

use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::time::Duration;

use rustix::fs::{AtFlags, Mode, OFlags, ResolveFlags, StatxFlags, openat2, statx};
use rustix::io::Errno;
use rustix::net::SendFlags;

use crate::error::{Error, Label, Result, Step};
use crate::namespaces::Namespaces;
use crate::plan::root::{ATTR_NOSUID_NODEV, ATTR_RDONLY, PRIVATE};
use crate::plan::{Bind, IdMap, Owner, Plan};
use crate::sys::{self, MountAttr, SignalsBlocked};

/// Opens what the maps of the init's user namespace are written by, if it has one.
pub(super) fn open(plan: &Plan, pid: u32) -> Result<Option<OwnedFd>> {
    plan.id_map.map(|_| open_process(pid)).transpose().map_err(maps_failed)
}

/// Writes the maps and lets the init go on.
pub(super) fn write(plan: &Plan, process: Option<OwnedFd>, socket: BorrowedFd<'_>) -> Result<()> {
    let (Some(map), Some(process)) = (plan.id_map, process) else { return Ok(()) };
    write_maps(&process, map).map_err(maps_failed)?;
    match rustix::net::send(socket, b"g", SendFlags::NOSIGNAL) {
        // An init that has failed says why in its report.
        Ok(_) | Err(Errno::PIPE | Errno::CONNRESET) => Ok(()),
        Err(errno) => Err(Error::os(Label::new(Step::IdMap), errno)),
    }
}

fn open_process(pid: u32) -> io::Result<OwnedFd> {
    const PROC_SUPER_MAGIC: i64 = 0x9fa0;
    // A /proc of another pid namespace shows somebody else under that number.
    let own = rustix::fs::readlink("/proc/self", Vec::new())?;
    if own.to_bytes() != std::process::id().to_string().as_bytes() {
        return Err(Errno::NOENT.into());
    }
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let process = rustix::fs::open(format!("/proc/{pid}"), flags, Mode::empty())?;
    // A tmpfs or a bind in its place would take the map and drop it: CVE-2025-52881.
    if rustix::fs::fstatfs(&process)?.f_type as i64 != PROC_SUPER_MAGIC {
        return Err(Errno::NOENT.into());
    }
    Ok(process)
}

fn write_maps(process: &OwnedFd, map: IdMap) -> io::Result<()> {
    let write = |file: &str, text: &str| -> io::Result<()> {
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_XDEV;
        let open = || openat2(process, file, OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty(), resolve);
        // The child shares the host's memory until its execve: if that is not dumpable the file is root's until then.
        let mut tries = 50;
        let fd = loop {
            match open() {
                Err(Errno::ACCESS) if tries > 0 => {
                    tries -= 1;
                    std::thread::sleep(Duration::from_millis(1));
                }
                result => break result?,
            }
        };
        rustix::io::write(&fd, text.as_bytes())?;
        Ok(())
    };
    if map.deny_setgroups {
        write("setgroups", "deny")?;
    }
    write("uid_map", &format!("{} {} 1", map.inside.0, map.host.0))?;
    write("gid_map", &format!("{} {} 1", map.inside.1, map.host.1))
}

/// The binds of a privileged host as detached mounts.
#[derive(Default)]
pub(super) struct Prepared {
    pub binds: Vec<OwnedFd>,
    /// Sources whose owner's files are nobody's inside, as their filesystem has no idmapped mounts.
    pub unmapped: Vec<PathBuf>,
    owners: Vec<((u32, u32), OwnedFd)>,
}

pub(super) fn prepare(plan: &Plan) -> Result<Prepared> {
    let mut prepared = Prepared::default();
    plan.binds.iter().try_for_each(|bind| prepared.add(plan, bind))?;
    Ok(prepared)
}

impl Prepared {
    /// The owner of the source is the sandbox's user on the mount, if that is asked for, so that what the program makes
    /// belongs to whom the directory belongs.
    fn add(&mut self, plan: &Plan, bind: &Bind) -> Result<()> {
        const MOUNT_ATTR_IDMAP: u64 = 0x10_0000;
        let failed = |error: io::Error| Error::os(bind.label.clone(), error);
        let path = CString::new(bind.source.as_os_str().as_bytes()).map_err(|error| failed(error.into()))?;
        let mount = sys::open_tree(&path, !bind.is_layer).map_err(failed)?;
        let read_only = if bind.writable { 0 } else { ATTR_RDONLY };
        let plain = MountAttr { set: ATTR_NOSUID_NODEV | read_only, propagation: PRIVATE, ..MountAttr::default() };
        let set = |attributes: &MountAttr| sys::mount_setattr(mount.as_fd(), attributes);
        match plan.id_map.filter(|_| bind.owner != Owner::Nobody) {
            None => set(&plain).map_err(failed)?,
            Some(map) => {
                let users = self.users(map, owner(&mount, bind.owner).map_err(failed)?)?.as_raw_fd() as u64;
                let mapped = set(&MountAttr { set: plain.set | MOUNT_ATTR_IDMAP, userns_fd: users, ..plain });
                match (mapped, bind.owner) {
                    (Ok(()), _) => {}
                    (Err(_), Owner::SourceOrNobody) => {
                        set(&plain).map_err(failed)?;
                        self.unmapped.push(bind.source.clone());
                    }
                    (Err(error), _) => {
                        let cure = if bind.is_layer { crate::cure::IDMAPPED_LAYER } else { crate::cure::IDMAPPED };
                        return Err(failed(error).with_hint(Some(cure)));
                    }
                }
            }
        }
        self.binds.push(mount);
        Ok(())
    }

    /// A user namespace in which this owner is the sandbox's user; one serves all of an owner's.
    fn users(&mut self, map: IdMap, owner: (u32, u32)) -> Result<&OwnedFd> {
        let at = match self.owners.iter().position(|(known, _)| *known == owner) {
            Some(at) => at,
            None => {
                self.owners.push((owner, user_namespace(IdMap { inside: owner, ..map })?));
                self.owners.len() - 1
            }
        };
        Ok(&self.owners[at].1)
    }
}

fn owner(mount: &OwnedFd, owner: Owner) -> io::Result<(u32, u32)> {
    if let Owner::Ids(uid, gid) = owner {
        return Ok((uid, gid));
    }
    let flags = AtFlags::EMPTY_PATH | AtFlags::STATX_DONT_SYNC;
    let stat = statx(mount, "", flags, StatxFlags::UID | StatxFlags::GID)?;
    Ok((stat.stx_uid, stat.stx_gid))
}

/// A user namespace with this map, held by nothing but the descriptor.
fn user_namespace(map: IdMap) -> Result<OwnedFd> {
    let signals = SignalsBlocked::new();
    let holder = sys::Holder::new(Namespaces::USER.bits().into())
        .map_err(|error| super::clone_failed(error, Namespaces::USER))?;
    drop(signals);
    open_process(holder.pid).and_then(|process| write_maps(&process, map)).map_err(maps_failed)?;
    let path = format!("/proc/{}/ns/user", holder.pid);
    rustix::fs::open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).map_err(|errno| maps_failed(errno.into()))
}

fn maps_failed(error: io::Error) -> Error {
    let hint = crate::cure::id_map_hint(&error);
    Error::os(Label::new(Step::IdMap), error).with_hint(hint)
}
