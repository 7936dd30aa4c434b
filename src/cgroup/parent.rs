//! The group below which leaves are made: found, prepared, and rid of dead leaves.
//!
//! [`Cgroup::parent`] is taken as it is named. [`Cgroup::auto`] takes the caller's own group if the caller may make groups in
//! it: a group that was delegated. A group that hands controllers on may hold no process (the kernel's "no internal
//! processes" rule), so the caller must leave it first: it moves itself, and its descendants that are still there, into a
//! group [`HOST`] below, and the leaves become its neighbours. All limits of the own group go on to bind all of them. A
//! process that finds itself in a group of that name takes the one above. A group that has no controllers to hand on, as on a
//! host of cgroup v1, is not left.
//!
//! What is not done, and why:
//!
//! - **Nobody else is moved.** A shell, cargo or another service in the same group is an error that tells how many there are.
//! - **Nothing of systemd's is used**, be the caller root: only what it has marked as delegated. A user's own manager marks
//!   nothing (seen with 252 and 257): there an ordinary user's process cannot tell.
//! - **No group above the own one is used**, be it writable: what is set on the own group would no longer bind the programs,
//!   and systemd asks everybody to stay within the group that was delegated. Its mark, the attribute `user.delegate`, does
//!   not tell whose the group is: `user@1000.service`, which the user's manager runs, bears it like a service of one's own.
//! - **No manager is asked.** `systemd-run --user --scope -p Delegate=yes` gives a process a group of its own in one line,
//!   where asking over D-Bus would take a client of it, and would move the host into a scope that it did not ask for.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::fs::{Access, AtFlags, CWD, accessat, unlinkat};
use rustix::io::Errno;

use super::group::Group;
use super::hierarchy::Hierarchy;
use super::{Cgroup, Controllers, sweep};
use crate::cure;
use crate::error::{Cure, Error, Label, Result, Step};

/// The name of the group that the host steps aside into.
pub(crate) const HOST: &str = "belljar.host";

/// How often processes that turn up while the group is emptied are moved, too: children of other threads.
const TRIES: usize = 20;

/// A group that may have leaves.
#[derive(Debug)]
pub(crate) struct Parent {
    pub group: Group,
    /// Those that its leaves have: its `cgroup.subtree_control`.
    pub controllers: Controllers,
}

impl Parent {
    /// Finds or opens the parent, and sees to it that its leaves have the controllers that are needed, and those others that can
    /// be had, to measure with.
    pub(crate) fn find(cgroup: &Cgroup, needed: Controllers) -> Result<Parent> {
        // One thread at a time moves the process and counts who is left.
        static MOVING: Mutex<()> = Mutex::new(());
        let _moving = cgroup.parent.is_none().then(|| MOVING.lock().unwrap_or_else(PoisonError::into_inner));
        let place = Place::look(cgroup, needed)?;
        match place.occupied {
            true => step_aside(&place, needed)?,
            false => enable(&place, needed)?,
        }
        let controllers = place.group.controllers("cgroup.subtree_control")?;
        log::trace!("cgroup parent {}: {controllers:?}", place.group.path.display());
        Ok(Parent { group: place.group, controllers })
    }

    /// One whose leaves only count: `cpu.stat` is there without a controller. Nothing is changed for it, and nobody moves.
    pub(crate) fn find_to_count(cgroup: &Cgroup) -> Result<Parent> {
        let group = Place::found(cgroup, Controllers::empty())?.group;
        group.writable(".")?;
        reachable(&group)?;
        let controllers = group.controllers("cgroup.subtree_control")?;
        Ok(Parent { group, controllers })
    }

    /// What would be found. Its leaves would have the controllers that can be had.
    pub(crate) fn look(cgroup: &Cgroup, needed: Controllers) -> Result<Parent> {
        let Place { group, available, occupied: _ } = Place::look(cgroup, needed)?;
        Ok(Parent { group, controllers: available })
    }

    /// Whether the group is still there.
    fn lives(&self) -> bool {
        accessat(&self.group.dir, "cgroup.procs", Access::EXISTS, AtFlags::empty()).is_ok()
    }
}

/// How long a parent is used before the leaves of hosts that have died meanwhile are removed from it.
const CLEAN: Duration = Duration::from_secs(1);

/// The parent that a sandbox and its clones have found, and when it was last swept. What failed is tried again: somebody may
/// have followed the cure.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found(Arc<Mutex<Option<Swept>>>);

/// A parent and when it was last swept.
type Swept = (Arc<Parent>, Instant);

impl Found {
    /// The parent, looked for if there is none yet, it lacks a controller or it is gone.
    pub(crate) fn get(&self, needed: Controllers, find: impl FnOnce() -> Result<Parent>) -> Result<Arc<Parent>> {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let fits = |parent: &Parent| parent.controllers.contains(needed) && parent.lives();
        let (parent, swept) = match found.take().filter(|(parent, _)| fits(parent)) {
            Some((parent, swept)) => (parent, Some(swept)),
            None => (Arc::new(find()?), None),
        };
        let clean = swept.filter(|swept| now.duration_since(*swept) < CLEAN);
        *found = Some((parent.clone(), clean.unwrap_or(now)));
        // Not while others wait.
        drop(found);
        if clean.is_none() {
            sweep::sweep(&parent.group);
        }
        Ok(parent)
    }
}

/// Where the parent would be, before anything is changed for it.
#[derive(Debug)]
pub(crate) struct Place {
    pub group: Group,
    /// Those that its leaves could have.
    pub available: Controllers,
    /// Whether the caller is in it, and must leave.
    pub occupied: bool,
}

impl Place {
    /// Looks for it, and refuses what could not become a parent with these controllers.
    pub(crate) fn look(cgroup: &Cgroup, needed: Controllers) -> Result<Place> {
        let place = Place::found(cgroup, needed)?;
        if !place.occupied {
            place.group.writable(".")?;
            reachable(&place.group)?;
            return Ok(place);
        }
        for file in [".", "cgroup.procs", "cgroup.subtree_control"] {
            place.group.writable(file)?;
        }
        place.alone()?;
        Ok(place)
    }

    fn found(cgroup: &Cgroup, needed: Controllers) -> Result<Place> {
        if let Some(path) = &cgroup.parent {
            return Place::judge(Group::open(path)?, needed);
        }
        let own = own_group()?;
        if own.path.file_name().is_some_and(|name| name == HOST) {
            let above = Group::open(own.path.parent().unwrap_or(Path::new("/")))?;
            return Place::judge(above, needed);
        }
        // First: systemd hands on few controllers where it has not delegated.
        delegated(&own)?;
        let place = Place::judge(own, needed)?;
        // Without controllers to hand on there is no rule that a process could be in the way of.
        let occupied = !place.is_root() && !place.available.is_empty();
        Ok(Place { occupied, ..place })
    }

    fn judge(group: Group, needed: Controllers) -> Result<Place> {
        // The root of the hierarchy has no type, and is always fit.
        let kind = group.read("cgroup.type").unwrap_or_default();
        if let kind @ ("domain threaded" | "threaded" | "domain invalid") = kind.trim_end() {
            let message = format!("is {kind:?}, which has no memory controller");
            return Err(group.invalid(message, cure::CGROUP_THREADED));
        }
        let available = group.controllers("cgroup.controllers")?;
        if !available.contains(needed) {
            return Err(group.invalid(format!("lacks {}", (needed - available).names()), missing_cure()));
        }
        Ok(Place { group, available, occupied: false })
    }

    /// The real root of the hierarchy, where processes do no harm.
    fn is_root(&self) -> bool {
        accessat(&self.group.dir, "cgroup.type", Access::EXISTS, AtFlags::empty()) == Err(Errno::NOENT)
    }

    /// The processes in it, which must be the caller's own.
    fn alone(&self) -> Result<Vec<u32>> {
        let processes = self.group.processes()?;
        let mut others = processes.clone();
        // One that ends while its descent is read looks like a stranger: it is asked again, and not listed again.
        for _ in 0..3 {
            others.retain(|pid| !is_own(*pid));
            if others.is_empty() {
                return Ok(processes);
            }
            let still = self.group.processes()?;
            others.retain(|pid| still.contains(pid));
        }
        Err(self.group.occupied(&others))
    }
}

/// This process's own group, by /proc.
pub(crate) fn own_group() -> Result<Group> {
    let failed =
        |path: &str, error| Error::os(Label::at(Step::Cgroup, path), error).with_hint(Some(cure::PROC_MISSING));
    let read = |path: &str| std::fs::read(path).map_err(|error| failed(path, error));
    let (mounts, own) = (read("/proc/thread-self/mountinfo")?, read("/proc/thread-self/cgroup")?);
    let hierarchy = Hierarchy::read(&mounts, &own);
    let mut groups = hierarchy.own.iter().filter_map(|path| Group::open(path).ok()).collect::<Vec<_>>();
    // A read-only mount may lie beside a writable one.
    let best = groups.iter().position(|group| group.writable(".").is_ok()).unwrap_or(0);
    if best < groups.len() {
        return Ok(groups.swap_remove(best));
    }
    let (message, cure) = match (hierarchy.mounted, hierarchy.v1) {
        (true, _) => ("this process's group is outside of what is mounted", cure::CGROUP_OUTSIDE),
        (false, true) => ("only cgroup v1 is mounted", cure::CGROUP_V1),
        (false, false) => ("cgroup v2 is not mounted", cure::CGROUP_ABSENT),
    };
    Err(Error::invalid(Label::new(Step::Cgroup), message).with_hint(Some(cure)))
}

/// Root may write where nothing was delegated to it. Where systemd runs (sd_booted(3)) the groups are systemd's, but for those
/// that it has marked: what others do there it may undo, and with it a limit.
fn delegated(group: &Group) -> Result<()> {
    if !rustix::process::geteuid().is_root() || !Path::new("/run/systemd/system").is_dir() {
        return Ok(());
    }
    let marked = |dir: &Path| {
        ["user.delegate", "trusted.delegate"].iter().any(|name| {
            let mut value = [0; 1];
            rustix::fs::getxattr(dir, *name, &mut value) == Ok(1) && value == *b"1"
        })
    };
    match group.path.ancestors().any(marked) {
        true => Ok(()),
        false => Err(group.invalid("is systemd's, which has not delegated it", cure::CGROUP_DELEGATED)),
    }
}

/// The cure for controllers that a group lacks.
pub(crate) fn missing_cure() -> Cure {
    let mounts = std::fs::read("/proc/thread-self/mountinfo").unwrap_or_default();
    if Hierarchy::read(&mounts, b"").v1 { cure::CGROUP_V1 } else { cure::CGROUP_CONTROLLERS }
}

/// A process is moved with write access to the `cgroup.procs` of the group that holds both its place and its aim: cgroups(7).
/// Where that is missing, leaves could be made, but no program put into them.
fn reachable(parent: &Group) -> Result<()> {
    let own = own_group().ok().and_then(|own| own.path.canonicalize().ok());
    let (Some(own), Ok(aim)) = (own, parent.path.canonicalize()) else { return Ok(()) };
    let common: PathBuf = own.components().zip(aim.components()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect();
    match accessat(CWD, common.join("cgroup.procs"), Access::WRITE_OK, AtFlags::EACCESS) {
        Err(errno @ (Errno::ACCESS | Errno::PERM | Errno::ROFS)) => {
            let message = format!(
                "no process can be moved to it from {}: {} is not writable ({errno})",
                own.display(),
                common.join("cgroup.procs").display()
            );
            Err(parent.invalid(message, cure::CGROUP_DELEGATED))
        }
        // Where the two have no mount in common the kernel will tell.
        _ => Ok(()),
    }
}

/// Has the group hand on the controllers that are needed, and the others if they can be had.
fn enable(place: &Place, needed: Controllers) -> Result<()> {
    let group = &place.group;
    let enabled = group.controllers("cgroup.subtree_control")?;
    let wanted = place.available & Controllers::USUAL | needed;
    if enabled.contains(wanted) {
        return Ok(());
    }
    // With processes in it cpu and pids could be switched on, which would make the group and all below it threaded.
    if !place.is_root() {
        let processes = group.processes()?;
        match () {
            () if processes.is_empty() => {}
            () if enabled.contains(needed) => return Ok(()),
            () => return Err(group.occupied(&processes)),
        }
    }
    let switch_on = |controllers: Controllers| match controllers.is_empty() {
        true => Ok(()),
        false => group.write("cgroup.subtree_control", &controllers.switches()),
    };
    match switch_on(wanted - enabled).or_else(|_| switch_on(needed - enabled)) {
        Ok(()) => Ok(()),
        Err(error) => Err(group.refused(error)),
    }
}

/// Leaves the group for one below it, so that it may hand on controllers.
fn step_aside(place: &Place, needed: Controllers) -> Result<()> {
    let group = &place.group;
    match group.make(HOST) {
        Ok(()) | Err(Errno::EXIST) => {}
        Err(errno) => return Err(group.refused(errno.into())),
    }
    let host = group.child(HOST)?;
    let mut moved = Vec::new();
    for tries in 1.. {
        match empty(place, &host, &mut moved).and_then(|()| enable(place, needed)) {
            Ok(()) => break,
            // A child of another thread, born in between.
            Err(_) if tries < TRIES && place.alone().is_ok() => {}
            Err(error) => {
                step_back(group, &moved);
                return Err(error);
            }
        }
    }
    Ok(())
}

/// As it was before, as far as the kernel allows.
fn step_back(group: &Group, moved: &[u32]) {
    for pid in moved {
        let _ = group.write("cgroup.procs", &pid.to_string());
    }
    let _ = unlinkat(&group.dir, HOST, AtFlags::REMOVEDIR);
}

/// Moves the caller and its descendants, all threads of each.
fn empty(place: &Place, host: &Group, moved: &mut Vec<u32>) -> Result<()> {
    for pid in place.alone()? {
        match host.write("cgroup.procs", &pid.to_string()) {
            Ok(()) => moved.push(pid),
            Err(error) if Errno::from_io_error(&error) == Some(Errno::SRCH) => {}
            Err(error) => return Err(host.refused(error)),
        }
    }
    Ok(())
}

/// Whether a process is the caller or descends from it.
fn is_own(pid: u32) -> bool {
    let own = std::process::id();
    let mut pid = pid;
    // No descent is longer than there are ids.
    for _ in 0..1 << 22 {
        match pid {
            _ if pid == own => return true,
            0 | 1 => return false,
            _ => {}
        }
        let Some(parent) = parent_of(pid) else { return false };
        pid = parent;
    }
    false
}

/// The fourth field of /proc/PID/stat: proc_pid_stat(5). The second is in brackets, and may hold any character.
fn parent_of(pid: u32) -> Option<u32> {
    let stat = std::fs::read(format!("/proc/{pid}/stat")).ok()?;
    let end = stat.iter().rposition(|byte| *byte == b')')?;
    let fields = std::str::from_utf8(stat.get(end + 1..)?).ok()?;
    fields.split_ascii_whitespace().nth(1)?.parse().ok()
}

impl Controllers {
    /// Those of a list of the kernel's, such as `cpuset cpu io memory pids`.
    pub(crate) fn named_in(list: &str) -> Controllers {
        let flag = |name: &str| match name {
            "memory" => Controllers::MEMORY,
            "cpu" => Controllers::CPU,
            "pids" => Controllers::PIDS,
            "io" => Controllers::IO,
            "cpuset" => Controllers::CPUSET,
            _ => Controllers::empty(),
        };
        list.split_ascii_whitespace().map(flag).collect()
    }

    /// Their names for a message.
    pub(crate) fn names(self) -> String {
        let names: Vec<String> = self.iter_names().map(|(name, _)| name.to_ascii_lowercase()).collect();
        names.join(", ")
    }

    /// What is written to `cgroup.subtree_control` to switch them on: all or none.
    fn switches(self) -> String {
        let switches: Vec<String> =
            self.iter_names().map(|(name, _)| format!("+{}", name.to_ascii_lowercase())).collect();
        switches.join(" ")
    }
}
