//! Attacks by which a process would be more than it is: users, capabilities, priority.

use std::fs;

use libc::{EACCES, EINVAL, ENOTTY, EPERM};

use super::attack::{Answer, Attack, at, call, opens, to};
use crate::common::{self, kernel};

const ALLOWED: &str = "what it may lower it may, within the sandbox's namespaces";

pub const ATTACKS: &[Attack] = &[
    Attack::unfiltered("setresuid", |_| call(libc::SYS_setresuid, [other(), other(), other()]), &[EINVAL, EPERM]),
    Attack::unfiltered("setresgid", |_| call(libc::SYS_setresgid, [other(), other(), other()]), &[EINVAL, EPERM]),
    Attack::unfiltered("setgroups", |_| call(libc::SYS_setgroups, [1, at(&(other() as u32))]), &[EINVAL, EPERM]),
    Attack::unfiltered(
        "setfsuid",
        |_| {
            call(libc::SYS_setfsuid, [other()])?;
            let now = call(libc::SYS_setfsuid, [usize::MAX])?;
            if now as usize == other() { Ok(0) } else { Err(EPERM) }
        },
        &[EPERM],
    ),
    Attack::unfiltered(
        "capset",
        |_| {
            let words = 1u32 << CAP_SYS_ADMIN;
            call(libc::SYS_capset, [at(&[VERSION_3, 0]), at(&[words, words, 0, 0, 0, 0])])
        },
        &[EPERM],
    )
    .open_capable("it has it"),
    Attack::unfiltered(
        "ambient capabilities",
        |_| {
            let mut sets = [0u32; 6];
            call(libc::SYS_capget, [at(&[VERSION_3, 0]), to(&mut sets)])?;
            let inheritable = [sets[0], sets[1], sets[1], sets[3], sets[4], sets[4]];
            call(libc::SYS_capset, [at(&[VERSION_3, 0]), at(&inheritable)])?;
            call(libc::SYS_prctl, [libc::PR_CAP_AMBIENT as usize, 2, CAP_SYS_ADMIN, 0, 0])
        },
        &[EPERM],
    )
    .open_capable("it has it"),
    Attack::unfiltered("securebits", |_| call(libc::SYS_prctl, [libc::PR_SET_SECUREBITS as usize, 0]), &[EPERM])
        .open_capable(ALLOWED),
    Attack::unfiltered("PR_SET_KEEPCAPS", |_| call(libc::SYS_prctl, [libc::PR_SET_KEEPCAPS as usize, 1]), &[EPERM])
        .open_capable(ALLOWED)
        .open_bare("of an ordinary host, which has none to keep"),
    // The superuser's execve gives every capability of the bounding set.
    Attack::unfiltered(
        "capabilities by execve",
        |_| {
            let status = common::on_host("has_capabilities").status();
            if status.is_ok_and(|status| status.success()) { Ok(0) } else { Err(EPERM) }
        },
        &[EPERM],
    )
    .open_capable("it has them"),
    Attack::unfiltered(
        "capabilities of a file",
        |target| {
            // struct vfs_cap_data: version 2 with the effective bit; permitted, inheritable.
            let data = [0x0200_0001u32, 1 << CAP_SYS_ADMIN, 0, 0, 0];
            let place = target.writable("own");
            call(libc::SYS_setxattr, [at(place.as_c_str()), at(c"security.capability"), at(&data), 20, 0])
        },
        &[EPERM],
    )
    .open_capable("of the sandbox's namespace: no other one heeds them"),
    // By the owner that the program is in a writable bind.
    Attack::new("a setuid file", |target| kernel::chmod(at(target.writable("own").as_c_str()), 0o4755))
        .open_alone("a writable bind is its owner's: see Sandbox::bind_rw"),
    Attack::new("a setuid file, with an upper half", |target| {
        kernel::chmod(at(target.writable("own").as_c_str()), 0xdead_beef << 32 | 0o4755)
    })
    .open_alone("a writable bind is its owner's: see Sandbox::bind_rw"),
    Attack::unfiltered(
        "chown",
        |target| kernel::chown(at(target.writable("own").as_c_str()), other(), other()),
        &[EPERM, EINVAL],
    ),
    Attack::unfiltered(
        "an immutable file",
        |target| {
            const FS_IOC_SETFLAGS: usize = 0x4008_6602;
            const FS_IMMUTABLE: u64 = 0x10;
            let file = super::attack::open(&target.writable("own"), libc::O_RDONLY)?;
            let set = |flags: u64| call(libc::SYS_ioctl, [file as usize, FS_IOC_SETFLAGS, at(&flags)]);
            let answer = set(FS_IMMUTABLE);
            let _ = set(0);
            answer
        },
        &[EPERM, ENOTTY],
    ),
    // ---- what others are told
    Attack::unfiltered(
        "SCM_CREDENTIALS of another user",
        |_| credentials(kernel::pid(), other() as u32),
        &[EPERM, EINVAL],
    ),
    Attack::unfiltered(
        "SCM_CREDENTIALS of another process",
        |target| credentials(if target.is_host() { 1 } else { target.number("pid") as i32 }, own_user()),
        &[EPERM, libc::ESRCH],
    ),
    // ---- priority
    Attack::unfiltered("nice", |_| call(libc::SYS_setpriority, [0, 0, -20isize as usize]), &[EACCES, EPERM]),
    Attack::unfiltered(
        "SCHED_FIFO",
        |_| call(libc::SYS_sched_setscheduler, [0, libc::SCHED_FIFO as usize, at(&1i32)]),
        &[EPERM],
    ),
    Attack::unfiltered(
        "SCHED_DEADLINE",
        |_| {
            // struct sched_attr: size and policy; flags; nice and priority; runtime, deadline, period.
            let attributes = [48u64 | 6 << 32, 0, 0, 1 << 20, 1 << 24, 1 << 24];
            call(libc::SYS_sched_setattr, [0, at(&attributes), 0])
        },
        &[EPERM],
    ),
    Attack::unfiltered("a real-time class for disks", |_| call(libc::SYS_ioprio_set, [1, 0, 1 << 13]), &[EPERM]),
    Attack::unfiltered(
        "a higher limit",
        |_| call(libc::SYS_prlimit64, [0, libc::RLIMIT_NICE as usize, at(&[40u64, 40]), 0]),
        &[EPERM],
    ),
    Attack::unfiltered("PR_SET_IO_FLUSHER", |_| call(libc::SYS_prctl, [57, 1, 0, 0, 0]), &[EPERM]),
    // An address that no program has.
    Attack::unfiltered("PR_SET_MM", |_| call(libc::SYS_prctl, [libc::PR_SET_MM as usize, 6, 0, 0, 0]), &[EPERM])
        .passes(&[EINVAL]),
    Attack::unfiltered(
        "a lower oom_score_adj",
        |_| {
            let adjusts = |value: &str| fs::write("/proc/self/oom_score_adj", value).map(|()| 0);
            adjusts("-1000").map_err(|error| error.raw_os_error().unwrap_or(0))
        },
        &[EACCES, EPERM, libc::EROFS, libc::ENOENT],
    ),
    Attack::unfiltered("an own id map", |_| opens("/proc/self/uid_map", libc::O_WRONLY), &[EACCES, EPERM, libc::EROFS])
        .open_bare("opened, and written once when the namespace was made"),
];

const VERSION_3: u32 = 0x2008_0522;

pub const CAP_SYS_ADMIN: usize = 21;

fn own_user() -> u32 {
    call(libc::SYS_getuid, []).expect("always succeeds") as u32
}

/// A user that it is not.
fn other() -> usize {
    if own_user() == 0 { 1000 } else { 0 }
}

/// Sends itself a message that says that it is from that process and user.
fn credentials(pid: i32, uid: u32) -> Answer {
    let mut pair = [0i32; 2];
    call(libc::SYS_socketpair, [libc::AF_UNIX as usize, libc::SOCK_DGRAM as usize, 0, to(&mut pair)])?;
    let gid = call(libc::SYS_getgid, [])? as u32;
    let byte = [at(b"x"), 1];
    // struct cmsghdr, its length 16 with the three ids.
    let control = [
        28u64,
        libc::SOL_SOCKET as u64 | (libc::SCM_CREDENTIALS as u64) << 32,
        pid as u32 as u64 | u64::from(uid) << 32,
        u64::from(gid),
    ];
    let message = [0usize, 0, at(&byte), 1, at(&control), 32, 0];
    call(libc::SYS_sendmsg, [pair[0] as usize, at(&message), 0])
}

/// Whether it is among the effective ones.
pub fn has_capability(number: usize) -> bool {
    let mut sets = [0u32; 6];
    let answer = call(libc::SYS_capget, [at(&[VERSION_3, 0]), to(&mut sets)]);
    answer.is_ok() && sets[0] >> number & 1 == 1
}

/// By a call that does nothing, and that the standard filter denies.
pub fn is_unfiltered() -> bool {
    call(libc::SYS_unshare, [0]).is_ok()
}

/// Exits with 0 if this process has a capability.
pub fn has_capabilities(_: &[String]) -> i32 {
    i32::from(!(0..32).any(has_capability))
}
