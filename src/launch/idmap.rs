//! Id maps: of the sandbox's user namespace, and of the mounts that a privileged host prepares for it.

use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use rustix::fs::{AtFlags, Mode, OFlags, ResolveFlags, StatxFlags, openat2, statx};
use rustix::io::Errno;
use rustix::net::SendFlags;

use crate::error::{Error, Label, Result, Step};
use crate::namespaces::Namespaces;
use crate::plan::root::{ATTR_NOSUID_NODEV, ATTR_RDONLY, PRIVATE};
use crate::plan::{Bind, IdMap, Plan};
use crate::sys::{self, MountAttr, SignalsBlocked};

/// Writes the maps of the init's user namespace and lets it go on.
pub(super) fn write(plan: &Plan, pid: u32, socket: BorrowedFd<'_>) -> Result<()> {
    let Some(map) = plan.id_map else { return Ok(()) };
    write_maps(pid, map).map_err(maps_failed)?;
    match rustix::net::send(socket, b"g", SendFlags::NOSIGNAL) {
        // An init that has failed says why in its report.
        Ok(_) | Err(Errno::PIPE | Errno::CONNRESET) => Ok(()),
        Err(errno) => Err(Error::os(Label::new(Step::IdMap), errno)),
    }
}

fn write_maps(pid: u32, map: IdMap) -> io::Result<()> {
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
    let write = |file: &str, text: &str| -> io::Result<()> {
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_XDEV;
        let open = || openat2(&process, file, OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty(), resolve);
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

/// Opens the binds of a privileged host as detached mounts on which the owner of the source is the sandbox's user, so
/// that what the program makes belongs to whom the directory belongs.
pub(super) fn prepare(plan: &Plan) -> Result<Vec<OwnedFd>> {
    let mut owners: Vec<((u32, u32), OwnedFd)> = Vec::new();
    plan.binds.iter().map(|bind| prepare_one(plan, bind, &mut owners)).collect()
}

fn prepare_one(plan: &Plan, bind: &Bind, owners: &mut Vec<((u32, u32), OwnedFd)>) -> Result<OwnedFd> {
    const MOUNT_ATTR_IDMAP: u64 = 0x10_0000;
    let failed = |error: io::Error| Error::os(bind.label.clone(), error);
    let path = CString::new(bind.source.as_os_str().as_bytes()).map_err(|error| failed(error.into()))?;
    let mount = sys::open_tree(&path, bind.layer.is_none()).map_err(failed)?;
    let read_only = if bind.writable { 0 } else { ATTR_RDONLY };
    let mut attributes = MountAttr { set: ATTR_NOSUID_NODEV | read_only, propagation: PRIVATE, ..MountAttr::default() };
    let Some(map) = plan.id_map else {
        sys::mount_setattr(mount.as_fd(), &attributes).map_err(failed)?;
        return Ok(mount);
    };

    let given = bind.layer.and_then(|layer| layer.owner);
    let must_map = bind.layer.map_or(bind.writable, |layer| layer.must_map);
    let stat = statx(&mount, "", AtFlags::EMPTY_PATH | AtFlags::STATX_DONT_SYNC, StatxFlags::UID | StatxFlags::GID)
        .map_err(|errno| failed(errno.into()))?;
    let owner = given.unwrap_or((stat.stx_uid, stat.stx_gid));
    if !owners.iter().any(|(known, _)| *known == owner) {
        owners.push((owner, user_namespace(IdMap { inside: owner, ..map })?));
    }
    let (_, users) = owners.iter().find(|(known, _)| *known == owner).expect("just added");
    attributes.set |= MOUNT_ATTR_IDMAP;
    attributes.userns_fd = users.as_raw_fd() as u64;
    match sys::mount_setattr(mount.as_fd(), &attributes) {
        Ok(()) => Ok(mount),
        // The filesystem has no idmapped mounts, or the tree is mapped already. Read-only, the program then has the rights
        // of others on it, which is less; but what it wrote would belong to an id that nobody knows.
        Err(_) if !must_map => {
            attributes.set &= !MOUNT_ATTR_IDMAP;
            attributes.userns_fd = 0;
            sys::mount_setattr(mount.as_fd(), &attributes).map_err(failed)?;
            Ok(mount)
        }
        Err(error) => {
            let cure = if bind.layer.is_some() { crate::cure::IDMAPPED_LAYER } else { crate::cure::IDMAPPED };
            Err(failed(error).with_hint(Some(cure)))
        }
    }
}

/// A user namespace with this map, held by nothing but the descriptor.
fn user_namespace(map: IdMap) -> Result<OwnedFd> {
    let signals = SignalsBlocked::new();
    let holder = sys::Holder::new(Namespaces::USER.bits().into())
        .map_err(|error| super::clone_failed(error, Namespaces::USER))?;
    drop(signals);
    write_maps(holder.pid, map).map_err(maps_failed)?;
    let path = format!("/proc/{}/ns/user", holder.pid);
    rustix::fs::open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).map_err(|errno| maps_failed(errno.into()))
}

fn maps_failed(error: io::Error) -> Error {
    let hint = crate::cure::id_map_hint(&error);
    Error::os(Label::new(Step::IdMap), error).with_hint(hint)
}
