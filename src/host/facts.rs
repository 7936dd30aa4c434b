//! The snapshot of the host: who asks for a sandbox, and so which ids it can have there, and what the kernel can do.

use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::io::Errno;

use super::read;
use crate::limits::Resource;
use crate::sys;

/// The ids that the sandbox's user will have on the host.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum HostIds {
    /// Any: the caller may take and map them.
    Chosen(u32),
    /// Only the caller's own.
    Own,
    /// None: the caller is root without the capabilities to be somebody else.
    None,
}

/// What a plan is compiled from, beside what is asked for: of the machine, and of the calling thread as it is now.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub uid: u32,
    pub gid: u32,
    pub ids: HostIds,
    /// Of a privileged caller: ids of which each is one run's own, if it gets a lease.
    pub leasable: Range<u32>,
    /// The chosen id is leased.
    pub leased: bool,
    /// Leased as well, of a program that sees all processes: for the process that ends all of the chosen id: see `Init::clear_user`.
    pub ender: Option<u32>,
    pub capabilities: u64,
    /// Nice value and scheduling policy.
    pub nice: i32,
    pub policy: u32,
    /// Whether its requests to disks are of the real-time class.
    pub real_time_io: bool,
    /// Whether its oom_score_adj is the 0 that the program is to have. Not if that cannot be read.
    pub oom_neutral: bool,
    /// kernel.yama.ptrace_scope; 0 without Yama.
    pub ptrace_scope: u32,
    /// The version of Landlock, or why there is none: an outer filter may forbid it to this thread alone.
    pub landlock: Result<u32, Errno>,
    /// By number of the resource.
    pub hard_limits: [Result<u64, Errno>; 16],
    /// The highest capability that the kernel knows.
    pub last_capability: u32,
    /// All that a tree could run on: it may leave the host's affinity.
    pub possible_cpus: u64,
    pub labels: Option<LabelModule>,
    /// Whether limits of a user namespace can be set: /proc/sys is not mounted read-only, as in a container.
    pub sets_user_limits: bool,
    /// Whether a /proc can be mounted, as far as is known: not where the host's is masked.
    pub mounts_proc: bool,
    /// Its root is the initial ramfs, which pivot_root(2) does not leave.
    pub root_is_initial: bool,
    /// Whether its init may trace, and take descriptors of, its own child, as far as is known.
    pub fetches: bool,
}

/// Which security module gives labels at execve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum LabelModule {
    AppArmor,
    SeLinux,
}

const CAP_DAC_OVERRIDE: u64 = 1 << 1;
const CAP_KILL: u64 = 1 << 5;
const CAP_SETGID: u64 = 1 << 6;
const CAP_SETUID: u64 = 1 << 7;
const CAP_SYS_ADMIN: u64 = 1 << 21;

impl Facts {
    pub(crate) fn now() -> Facts {
        let (uid, gid) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
        let capabilities = sys::effective_capabilities();
        let (policy, nice) = sys::scheduling();
        let errno = |error: io::Error| Errno::from_io_error(&error).unwrap_or(Errno::NOSYS);
        let (ids, leasable) = host_ids(uid, capabilities);
        Facts {
            uid,
            gid,
            ids,
            leasable,
            leased: false,
            ender: None,
            capabilities,
            nice,
            policy,
            real_time_io: sys::has_real_time_io(),
            oom_neutral: oom_neutral(),
            ptrace_scope: read::number("/proc/sys/kernel/yama/ptrace_scope").unwrap_or(0) as u32,
            landlock: sys::landlock_version().map(|version| version as u32).map_err(errno),
            hard_limits: std::array::from_fn(|resource| sys::hard_limit(resource as u32).map_err(errno)),
            last_capability: sys::last_capability(),
            possible_cpus: possible_cpus(),
            labels: labels(),
            sets_user_limits: sets_user_limits(),
            mounts_proc: true,
            root_is_initial: root_is_initial(),
            fetches: true,
        }
    }

    /// May take other ids and map them.
    pub(crate) fn is_privileged(&self) -> bool {
        matches!(self.ids, HostIds::Chosen(_))
    }

    /// And may prepare mounts in its own mount namespace, as root of a container may not.
    pub(crate) fn may_mount(&self) -> bool {
        self.is_privileged() && self.capabilities & CAP_SYS_ADMIN != 0
    }

    /// May end, and write the id maps of, a process of another user that has made a user namespace.
    pub(crate) fn may_shed(&self) -> bool {
        let any = |capability: u64| self.capabilities & capability != 0;
        self.may_mount() && any(CAP_KILL) && (self.uid == 0 || any(CAP_DAC_OVERRIDE))
    }

    pub(crate) fn hard_limit(&self, resource: Resource) -> Result<u64, Errno> {
        self.hard_limits[resource as usize]
    }
}

fn sets_user_limits() -> bool {
    use rustix::fs::{StatVfsMountFlags, statvfs};
    // Where it cannot be told its absence counts later.
    !statvfs("/proc/sys/user").is_ok_and(|stat| stat.f_flag.contains(StatVfsMountFlags::RDONLY))
}

fn possible_cpus() -> u64 {
    const MANY: u64 = 1024;
    static KNOWN: OnceLock<u64> = OnceLock::new();
    let read = || {
        let list = read::file("/sys/devices/system/cpu/possible")?;
        list.trim().rsplit([',', '-']).next()?.parse::<u64>().ok().map(|last| last + 1)
    };
    known(&KNOWN, read).unwrap_or(MANY)
}

fn labels() -> Option<LabelModule> {
    static KNOWN: OnceLock<LabelModule> = OnceLock::new();
    known(&KNOWN, || {
        if read::file("/sys/module/apparmor/parameters/enabled").is_some_and(|enabled| enabled.starts_with('Y')) {
            return Some(LabelModule::AppArmor);
        }
        Path::new("/sys/fs/selinux/enforce").exists().then_some(LabelModule::SeLinux)
    })
}

fn root_is_initial() -> bool {
    const RAMFS: u64 = 0x8584_58f6;
    const TMPFS: u64 = 0x0102_1994;
    let in_memory = rustix::fs::statfs("/").is_ok_and(|stat| matches!(stat.f_type as u64, RAMFS | TMPFS));
    in_memory && std::fs::read("/proc/thread-self/mountinfo").is_ok_and(|mounts| shows_initial(&mounts))
}

/// It is the one mount that is on no other: its own parent, to proc_pid_mountinfo(5).
fn shows_initial(mountinfo: &[u8]) -> bool {
    mountinfo.split(|byte| *byte == b'\n').any(|line| {
        let fields: Vec<&[u8]> = line.split(|byte| *byte == b' ').take(5).collect();
        matches!(fields[..], [id, parent, _, _, b"/"] if id == parent)
    })
}

/// What does not change as long as the machine runs, once it could be read: a host may be short of descriptors for a moment.
fn known<T: Copy>(place: &OnceLock<T>, read: impl Fn() -> Option<T>) -> Option<T> {
    place.get().copied().or_else(|| read().map(|value| *place.get_or_init(|| value)))
}

/// Here and not in the init, which would look into a directory of /proc that is new: four times the cost.
fn oom_neutral() -> bool {
    use rustix::fs::{Mode, OFlags, open};
    let mut text = [0; 8];
    let file = open("/proc/self/oom_score_adj", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty());
    file.and_then(|file| rustix::io::read(&file, &mut text)).is_ok_and(|length| text[..length] == *b"0\n")
}

fn host_ids(uid: u32, capabilities: u64) -> (HostIds, Range<u32>) {
    let has = |needed: u64| capabilities & needed == needed;
    // Who is not root reaches its own files by being itself: another id is worth it only with mounts that map them.
    let privileged = has(CAP_SETGID | CAP_SETUID) && (uid == 0 || has(CAP_SYS_ADMIN));
    if uid != 0 && !privileged {
        return (HostIds::Own, 0..0);
    }
    let map = read::file("/proc/self/uid_map").unwrap_or_default();
    let Choice { id, leasable, initial } = choose(&map);
    match (id, privileged, initial) {
        // Where there is no other id than the caller's there is none to choose, and the mounts may be another's.
        (Some(id), true, _) if id != uid => (HostIds::Chosen(id), leasable),
        // Root of a container whose user namespace maps nothing else: its own id is an ordinary one further out.
        (_, _, false) if !is_root_outside(uid, &map) => (HostIds::Own, 0..0),
        _ => (HostIds::None, 0..0),
    }
}

/// Whether root of the parent user namespace is behind this id. That may be the host's.
fn is_root_outside(uid: u32, map: &str) -> bool {
    map.lines().any(|line| {
        let mut numbers = line.split_ascii_whitespace().map(str::parse::<u32>);
        (numbers.next(), numbers.next()) == (Some(Ok(uid)), Some(Ok(0)))
    })
}

/// Unprivileged host ids out of the caller's own map.
#[derive(Debug, PartialEq)]
struct Choice {
    /// For a run without a lease.
    id: Option<u32>,
    leasable: Range<u32>,
    /// The map is that of the initial user namespace.
    initial: bool,
}

/// In the initial namespace ids from 0x7000_0000 on are used, above those that systemd gives to containers: 0x10_0000 for
/// leases, and behind them others that are rarely the same, so that what the kernel counts by user (pipe buffers, keys, pending
/// signals) is hardly ever shared. Elsewhere the last one, and for leases the sixteen before it, above those that systemd gives
/// to services: what is leased is never another run's without one.
fn choose(map: &str) -> Choice {
    const FIRST: u32 = 0x7000_0000;
    const LEASABLE: Range<u32> = FIRST..FIRST + 0x10_0000;
    const OF_A_CONTAINER: u32 = 16;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let own = (std::process::id() & 0x1f_ffff) << 9 | NEXT.fetch_add(1, Ordering::Relaxed) & 0x1ff;
    let mut highest = Choice { id: None, leasable: 0..0, initial: map.is_empty() };
    for line in map.lines() {
        let mut numbers = line.split_ascii_whitespace().map(str::parse::<u32>);
        let (Some(Ok(first)), Some(Ok(outside)), Some(Ok(count))) = (numbers.next(), numbers.next(), numbers.next())
        else {
            continue;
        };
        if (first, outside, count) == (0, 0, u32::MAX) {
            return Choice { id: Some(LEASABLE.end + own), leasable: LEASABLE, initial: true };
        }
        let rest = count.saturating_sub(1);
        let (last, host) = (first.saturating_add(rest), outside.saturating_add(rest));
        if last > 0 && host > 0 && highest.id < Some(last) {
            // Without the first, which may be root's, here or outside.
            let leasable = last - rest.saturating_sub(1).min(OF_A_CONTAINER)..last;
            highest = Choice { id: Some(last), leasable, initial: false };
        }
    }
    highest
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use super::{Choice, choose, is_root_outside, known, shows_initial};

    fn of_a_container(id: Option<u32>, leasable: std::ops::Range<u32>) -> Choice {
        Choice { id, leasable, initial: false }
    }

    #[test]
    fn what_could_not_be_read_is_not_kept() {
        let place = OnceLock::new();
        assert_eq!(known(&place, || None::<u32>), None);
        assert_eq!(known(&place, || Some(1)), Some(1));
        assert_eq!(known(&place, || panic!("is read again")), Some(1));
    }

    #[test]
    fn the_initial_root_is_on_no_other_mount() {
        assert!(shows_initial(b"1 1 0:2 / / rw - rootfs rootfs rw\n20 1 0:19 / /proc rw - proc proc rw\n"));
        assert!(!shows_initial(b"25 1 0:22 / / rw - tmpfs tmpfs rw\n26 25 0:2 / /x rw - rootfs rootfs rw\n"));
        assert!(!shows_initial(b"7 7 0:2 / /x rw - rootfs rootfs rw\n") && !shows_initial(b"7 7\n"));
    }

    #[test]
    fn root_gets_a_high_id_of_its_own_each_time() {
        let map = "         0          0 4294967295\n";
        let (first, second) = (choose(map), choose(map));
        assert!(first.id >= Some(first.leasable.end) && first.initial && first.leasable == second.leasable);
        assert_ne!(first.id, second.id);
    }

    #[test]
    fn root_of_a_container_gets_its_last_id() {
        assert_eq!(choose("0 100000 65536\n"), of_a_container(Some(65535), 65519..65535));
        assert_eq!(choose("0 1000 1\n1 100000 65536"), of_a_container(Some(65536), 65520..65536));
        assert_eq!(choose("0 1000 3\n"), of_a_container(Some(2), 1..2));
    }

    #[test]
    fn the_parents_root_is_told_from_an_ordinary_user() {
        assert!(is_root_outside(0, "0 0 1\n"));
        assert!(!is_root_outside(0, "0 1000 1\n1 0 1\n"));
        assert!(!is_root_outside(1000, "1000 1000 1\n"));
    }

    #[test]
    fn a_map_of_one_id_has_none_to_give() {
        assert_eq!(choose("0 1000 1\n"), of_a_container(None, 0..0));
        assert_eq!(choose(""), Choice { id: None, leasable: 0..0, initial: true });
        assert_eq!(choose("0 1000 1\n1 0 1\n"), of_a_container(None, 0..0));
    }
}
