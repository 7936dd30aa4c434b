//! The user of an image, by the image's own /etc/passwd and /etc/group.

use std::io::Read;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;

use rustix::fs::{AtFlags, FileType, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;

use super::Fault;
use super::unpack::kind;
use crate::overlay::{is_opaque, is_whiteout};

/// Debian's has 1 KiB; one with 10,000 users has less than this.
const MAX_BYTES: u64 = 1 << 20;

/// Who an image's program is.
pub(super) struct User {
    pub ids: (u32, u32),
    /// As its /etc/passwd has it.
    pub home: Option<String>,
}

/// `USER` in an image's configuration: `name`, `uid`, and either with `:group` or `:gid`.
pub(super) fn resolve(user: &str, layers: &[PathBuf]) -> Result<User, Fault> {
    let (name, group) = match user.split_once(':') {
        Some((name, group)) => (name, Some(group)),
        None => (user, None),
    };
    let passwd = |by: &dyn Fn(&[&str]) -> bool| find(layers, "passwd", by);
    let missing = || Fault::Refused(format!("the image's user {name:?} is not in its /etc/passwd"));
    let id = if name.is_empty() { Ok(0) } else { name.parse::<u32>() };
    let found = match id {
        // As docker: with no such user, or no list of them, the group is 0.
        Ok(uid) => passwd(&|fields| fields.get(2).and_then(|field| field.parse().ok()) == Some(uid)).ok().flatten(),
        Err(_) => Some(passwd(&|fields| fields.first() == Some(&name))?.ok_or_else(missing)?),
    };
    let number = |index: usize| found.as_ref()?.get(index)?.parse().ok();
    let (uid, primary) = match id {
        Ok(uid) if name.is_empty() => (uid, Some(0)),
        Ok(uid) => (uid, number(3)),
        Err(_) => (number(2).ok_or_else(missing)?, Some(number(3).ok_or_else(missing)?)),
    };
    let gid = match group.map(|group| (group, group.parse::<u32>())) {
        None => primary.unwrap_or(0),
        Some((_, Ok(gid))) => gid,
        Some((group, Err(_))) => {
            let fields = find(layers, "group", &|fields| fields.first() == Some(&group))?;
            fields
                .and_then(|fields| fields.get(2)?.parse().ok())
                .ok_or_else(|| Fault::Refused(format!("the image's group {group:?} is not in its /etc/group")))?
        }
    };
    let home = found.and_then(|fields| fields.get(5).filter(|home| home.starts_with('/')).cloned());
    Ok(User { ids: (uid, gid), home })
}

/// The fields of the first line that is wanted.
fn find(layers: &[PathBuf], file: &str, wanted: &dyn Fn(&[&str]) -> bool) -> Result<Option<Vec<String>>, Fault> {
    let text = read(layers, file).map_err(|fault| fault.at(format!("/etc/{file}")))?;
    let text = String::from_utf8_lossy(&text);
    let mut lines = text.lines().map(|line| line.split(':').collect::<Vec<_>>());
    Ok(lines.find(|fields| wanted(fields)).map(|fields| fields.into_iter().map(str::to_owned).collect()))
}

/// A file of /etc as the layers together have it, empty if they have none: the highest that has it, no deeper than a
/// whiteout or an opaque directory. Links are refused, as in one layer it cannot be known where they lead in all.
fn read(layers: &[PathBuf], file: &str) -> Result<Vec<u8>, Fault> {
    for layer in layers.iter().rev() {
        let root = rustix::fs::open(layer, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        let Some(etc) = entry(&root, "etc")? else {
            continue;
        };
        let Some(etc) = etc else {
            break;
        };
        match entry(&etc, file)? {
            Some(Some(fd)) => {
                if kind(&rustix::fs::fstat(&fd)?) != FileType::RegularFile {
                    return Err(Fault::Refused(format!("the image's /etc/{file} is not a file")));
                }
                let mut text = Vec::new();
                std::fs::File::from(fd).take(MAX_BYTES).read_to_end(&mut text)?;
                return Ok(text);
            }
            Some(None) => break,
            None if is_opaque(etc.as_fd())? => break,
            None => {}
        }
    }
    Ok(Vec::new())
}

/// `None` if the layer says nothing of this name, `Some(None)` if it says that there is nothing.
fn entry(parent: &OwnedFd, name: &str) -> Result<Option<Option<OwnedFd>>, Fault> {
    match rustix::fs::statat(parent, name, AtFlags::SYMLINK_NOFOLLOW) {
        Err(Errno::NOENT) => return Ok(None),
        Ok(stat) if is_whiteout(&stat) => return Ok(Some(None)),
        result => drop(result?),
    }
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_XDEV;
    Ok(Some(Some(rustix::fs::openat2(parent, name, flags, Mode::empty(), resolve)?)))
}
