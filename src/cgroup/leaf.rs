//! The group of one run: made, filled in, read, emptied, removed, all by descriptors.

use std::collections::BTreeSet;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rustix::fs::{AtFlags, FlockOperation, Mode, OFlags, flock, mkdirat, openat, unlinkat};
use rustix::io::Errno;

use super::group::{kill, remove};
use super::parent::Parent;
use super::{Controllers, cpu_quota, leaf_name, stat};
use crate::cure;
use crate::error::{Error, Label, Result, Step};

/// The limits that a leaf is to hold, each with its controller.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings<'a> {
    /// `memory.max`, with no swap beside it.
    pub memory: Option<u64>,
    /// `cpu.max`.
    pub cpus: Option<f64>,
    /// `pids.max`.
    pub pids: Option<u32>,
    /// `cpuset.cpus`.
    pub cpuset: Option<&'a BTreeSet<u32>>,
    /// `cpu.weight`.
    pub cpu_weight: Option<u32>,
    /// `memory.high`.
    pub memory_high: Option<u64>,
    /// Lines of `io.max`.
    pub io: Option<&'a [String]>,
}

impl Settings<'_> {
    pub(crate) fn controllers(&self) -> Controllers {
        let needed = [
            (self.memory.is_some() || self.memory_high.is_some(), Controllers::MEMORY),
            (self.cpus.is_some() || self.cpu_weight.is_some(), Controllers::CPU),
            (self.cpuset.is_some(), Controllers::CPUSET),
            (self.pids.is_some(), Controllers::PIDS),
            (self.io.is_some(), Controllers::IO),
        ];
        needed.into_iter().filter(|(asked, _)| *asked).map(|(_, controller)| controller).collect()
    }
}

/// The group of one run. Dropping it kills what is in it and removes it.
#[derive(Debug)]
pub(crate) struct Leaf {
    /// The directory. Its open file description holds LOCK_SH as long as the host lives, or a program that it starts.
    dir: Arc<OwnedFd>,
    /// `cgroup.procs`, to be entered by where clone3(2) cannot.
    procs: OwnedFd,
    parent: OwnedFd,
    name: String,
    path: PathBuf,
    /// Those of the limits that it holds.
    held: Controllers,
    removed: bool,
}

impl Leaf {
    /// Makes a new one; what is there by its name is never taken over.
    pub(crate) fn create(parent: &Parent, settings: &Settings<'_>) -> Result<Leaf> {
        let failed = |errno: Errno| {
            let cure = match errno {
                Errno::ACCESS | Errno::PERM | Errno::ROFS => Some(cure::CGROUP_DELEGATED),
                Errno::AGAIN => Some(cure::CGROUP_MAX),
                _ => None,
            };
            Error::os(Label::at(Step::Cgroup, &parent.group.path), errno).with_hint(cure)
        };
        let own_parent = rustix::io::fcntl_dupfd_cloexec(&parent.group.dir, 3).map_err(failed)?;
        loop {
            let name = unused_name();
            // Nobody else is to take its lock.
            match mkdirat(&parent.group.dir, &name, Mode::RWXU) {
                Ok(()) => {}
                Err(Errno::EXIST) => continue,
                Err(errno) => return Err(failed(errno)),
            }
            match claim(parent.group.dir.as_fd(), &name) {
                Ok((dir, procs)) => {
                    let path = parent.group.path.join(&name);
                    let held = settings.controllers();
                    let leaf = Leaf { dir: Arc::new(dir), procs, parent: own_parent, name, path, held, removed: false };
                    leaf.set(settings)?;
                    return Ok(leaf);
                }
                // Before it was locked it looked like a dead host's, and was swept.
                Err(Errno::NOENT | Errno::NODEV | Errno::WOULDBLOCK) => {}
                Err(errno) => {
                    let _ = unlinkat(&parent.group.dir, &name, AtFlags::REMOVEDIR);
                    return Err(failed(errno));
                }
            }
        }
    }

    pub(crate) fn dir(&self) -> BorrowedFd<'_> {
        self.dir.as_fd()
    }

    pub(crate) fn shared_dir(&self) -> Arc<OwnedFd> {
        self.dir.clone()
    }

    /// The directory that it is in.
    pub(crate) fn parent(&self) -> BorrowedFd<'_> {
        self.parent.as_fd()
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn procs(&self) -> BorrowedFd<'_> {
        self.procs.as_fd()
    }

    pub(crate) fn held(&self) -> Controllers {
        self.held
    }

    /// `cpu.stat`, which is there without the controller too.
    pub(crate) fn cpu_stat(&self) -> Result<OwnedFd> {
        self.open("cpu.stat", OFlags::RDONLY).map_err(|errno| self.failed("cpu.stat", errno))
    }

    fn set(&self, settings: &Settings<'_>) -> Result<()> {
        if let Some(bytes) = settings.memory {
            self.forbid_swap()?;
            // All of it or nothing: what is left of a program of which a part was killed has no meaning.
            self.write("memory.oom.group", "1")?;
            self.write("memory.max", &amount(bytes))?;
        }
        if let Some(cpus) = settings.cpus {
            let (quota, period) = cpu_quota(cpus);
            self.write("cpu.max", &format!("{quota} {period}"))?;
        }
        if let Some(bytes) = settings.memory_high {
            self.write("memory.high", &amount(bytes))?;
        }
        if let Some(weight) = settings.cpu_weight {
            self.write("cpu.weight", &weight.to_string())?;
        }
        if let Some(cpus) = settings.cpuset {
            self.confine(cpus)?;
        }
        if let Some(tasks) = settings.pids {
            self.write("pids.max", &task_count(tasks))?;
        }
        for line in settings.io.unwrap_or_default() {
            self.write("io.max", line)?;
        }
        Ok(())
    }

    /// The kernel takes processors that the group above lacks, and goes without.
    fn confine(&self, cpus: &BTreeSet<u32>) -> Result<()> {
        let list: Vec<String> = cpus.iter().map(u32::to_string).collect();
        self.write("cpuset.cpus", &list.join(","))?;
        match self.read("cpuset.cpus.effective").is_some_and(|there| stat::numbers(&there) == *cpus) {
            true => Ok(()),
            false => Err(self.failed("cpuset.cpus", Errno::RANGE)),
        }
    }

    /// Without the file the kernel does not count swap (swapaccount=0, no CONFIG_SWAP): harmless where there is none.
    fn forbid_swap(&self) -> Result<()> {
        match self.write("memory.swap.max", "0") {
            Err(error) if error.raw_os_error() == Some(Errno::NOENT.raw_os_error()) && has_swap() => {
                Err(error.with_hint(Some(cure::CGROUP_SWAP)))
            }
            Err(error) if error.raw_os_error() == Some(Errno::NOENT.raw_os_error()) => Ok(()),
            result => result,
        }
    }

    fn write(&self, file: &str, value: &str) -> Result<()> {
        let failed = |errno: Errno| self.failed(file, errno);
        let fd = self.open(file, OFlags::WRONLY).map_err(failed)?;
        rustix::io::write(&fd, value.as_bytes()).map_err(failed).map(drop)
    }

    fn open(&self, file: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
        openat(&self.dir, file, flags | OFlags::CLOEXEC | OFlags::NOFOLLOW, Mode::empty())
    }

    fn read(&self, file: &str) -> Option<String> {
        stat::read(self.open(file, OFlags::RDONLY).ok()?.as_fd())
    }

    fn failed(&self, file: &str, errno: Errno) -> Error {
        Error::os(Label::at(Step::Cgroup, self.path.join(file)), errno)
    }

    /// What the run has used up to now.
    pub(crate) fn measure(&self) -> stat::Measured {
        stat::Measured::of(|file| self.read(file))
    }

    /// Whether its own memory limit was met, and how often that was past help. The count of kills is no guide here: a process
    /// that shares its memory is counted where the owner of the memory is, which for the setup is the init.
    pub(crate) fn memory_limit_met(&self) -> Option<u64> {
        let events = self.read("memory.events").filter(|_| self.held.contains(Controllers::MEMORY))?;
        let met = stat::value(&events, "max").is_some_and(|hits| hits > 0);
        stat::value(&events, "oom").filter(|_| met)
    }

    pub(crate) fn kill(&self) {
        kill(self.dir.as_fd());
    }

    /// Kills what is left in it, waits for the end of that, and removes it.
    pub(crate) fn remove(&mut self) {
        if !self.removed {
            self.removed = true;
            // A process that is killed within a system call may take its time, but a caller is not to wait for ever: then
            // it is left to the next run.
            const WHILE: Duration = Duration::from_secs(10);
            let removed = remove(self.parent.as_fd(), &self.name, self.dir.as_fd(), Instant::now() + WHILE);
            if let Err(errno) = removed {
                log::warn!("cgroup {}: not removed: {errno}", self.path.display());
            }
            // What is closed is locked yet if a process that was forked meanwhile has a copy: flock(2).
            let _ = flock(&self.dir, FlockOperation::Unlock);
        }
    }
}

impl Drop for Leaf {
    fn drop(&mut self) {
        self.remove();
    }
}

/// Opens the new group and locks it, so that no other host takes it for a dead one's.
fn claim(parent: BorrowedFd<'_>, name: &str) -> Result<(OwnedFd, OwnedFd), Errno> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let dir = match openat(parent, name, flags, Mode::empty()) {
        // The host's umask took even its owner's rights away.
        Err(Errno::ACCESS) => {
            rustix::fs::chmodat(parent, name, Mode::from_raw_mode(0o755), AtFlags::empty())?;
            openat(parent, name, flags, Mode::empty())?
        }
        opened => opened?,
    };
    flock(&dir, FlockOperation::NonBlockingLockShared)?;
    // The program reads files of it by name. Opened it can be by nobody else, who could lock it.
    rustix::fs::fchmod(&dir, Mode::RWXU | Mode::XGRP | Mode::XOTH)?;
    // Fails in a group that was removed before the lock.
    let procs = openat(&dir, "cgroup.procs", OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty())?;
    Ok((dir, procs))
}

fn unused_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    leaf_name(std::process::id(), now.tv_sec, now.tv_nsec, number)
}

/// The kernel takes no more than it can count in pages; such a limit is never met.
fn amount(bytes: u64) -> String {
    if bytes > i64::MAX as u64 { "max".into() } else { bytes.to_string() }
}

/// As above: PID_MAX_LIMIT is the most processes that the kernel can have.
fn task_count(tasks: u32) -> String {
    if tasks > 1 << 22 { "max".into() } else { tasks.to_string() }
}

fn has_swap() -> bool {
    std::fs::read_to_string("/proc/swaps").is_ok_and(|swaps| swaps.lines().count() > 1)
}

#[cfg(test)]
mod tests {
    use super::{Settings, amount, task_count, unused_name};
    use crate::cgroup::{Controllers, is_leaf_name};

    #[test]
    fn names_are_unique() {
        let names: std::collections::BTreeSet<String> = (0..1000).map(|_| unused_name()).collect();
        assert_eq!(names.len(), 1000);
        assert!(names.iter().all(|name| is_leaf_name(name.as_bytes()) && !name.contains('/')));
    }

    #[test]
    fn more_than_the_kernel_can_count_is_no_limit() {
        assert_eq!(amount(4096), "4096");
        assert_eq!(amount(i64::MAX as u64), i64::MAX.to_string());
        assert_eq!(amount(u64::MAX), "max");
        assert_eq!([task_count(1), task_count(4_194_304), task_count(4_194_305)], ["1", "4194304", "max"]);
    }

    #[test]
    fn each_limit_needs_its_controller() {
        assert_eq!(Settings::default().controllers(), Controllers::empty());
        let settings = Settings { memory: Some(1), pids: Some(1), ..Settings::default() };
        assert_eq!(settings.controllers(), Controllers::MEMORY | Controllers::PIDS);
    }
}
