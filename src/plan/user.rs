//! The sandbox's user namespace: who makes it, its ids, and how much of what the kernel counts by user it may take.

use std::path::Path;

use linux_raw_sys::general::{__user_cap_data_struct, __user_cap_header_struct, _LINUX_CAPABILITY_VERSION_3};
use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::net::RecvFlags;
use rustix::thread::UnshareFlags;

use super::argument::{Cell, Fd, Null, Word};
use super::constant::{Ambient, Prctl};
use super::script::Script;
use super::{Request, init, op};
use crate::capabilities::Capabilities;
use crate::error::Step;
use crate::host::Facts;
use crate::init::wire::UNMAPPED;
use crate::namespaces::Namespaces;

/// SETUID SYS_ADMIN. The last for the user namespace, too: an administrator may allow them to nobody without it.
pub(super) const TO_SHED: u64 = 1 << 7 | 1 << 21;

/// Whoever makes a user namespace is charged for what is counted in it, up through the namespaces: so the init of a privileged
/// host becomes the sandbox's user on the host first, and makes it then. Now that it shares no memory with the host, which
/// the change would make undumpable. By its securebits it keeps its capabilities; its groups it drops when it has its ids.
pub(super) fn shed(script: &mut Script, facts: &Facts, uid: u32, namespaces: Namespaces) {
    script.call(Step::User, op::setresuid(uid, uid, uid));
    // To files it is who the host is until it has its ids: to its cgroup and its image.
    script.call(Step::User, op::setfsuid(facts.uid));
    let namespaces = UnshareFlags::from_bits_retain(namespaces.bits());
    script.call(Step::Clone, op::unshare(namespaces));
}

/// In its namespace the init has every capability. It keeps as many as one that was executed there, and hands on those that
/// the program is given.
pub(super) fn keep_capabilities(script: &mut Script, kept: u64, given: Capabilities) {
    set_capabilities(script, kept, given.bits());
    for capability in (0..u64::BITS).filter(|capability| given.bits() >> capability & 1 == 1) {
        script.call(
            Step::Capabilities,
            op::raise_ambient(Prctl::PR_CAP_AMBIENT, Ambient::PR_CAP_AMBIENT_RAISE, u64::from(capability)),
        );
    }
}

fn set_capabilities(script: &mut Script, kept: u64, inheritable: u64) {
    let header = script.put(__user_cap_header_struct { version: _LINUX_CAPABILITY_VERSION_3, pid: 0 });
    let half = |shift: u32| __user_cap_data_struct {
        effective: (kept >> shift) as u32,
        permitted: (kept >> shift) as u32,
        inheritable: (inheritable >> shift) as u32,
    };
    let sets = script.put([half(0), half(32)]);
    script.call(Step::Capabilities, op::capset(header, sets));
}

/// The host hears that there are maps to be written.
pub(super) fn ask_for_id_map(script: &mut Script, socket: i32) {
    let word = script.bytes(&UNMAPPED.to_ne_bytes());
    script.call(Step::IdMap, op::write(socket, word, size_of_val(&UNMAPPED)));
}

/// One byte from the host says that the maps are written.
pub(super) fn wait_for_id_map(script: &mut Script, socket: i32) {
    let received = script.cell(0);
    let byte = script.cell(0);
    // Until the host has written or is gone: a sibling of the dead host may hold the other end of the socket open.
    script.call(Step::IdMap, op::ppoll(Word(init::LIFELINE), 2, Null, Null));
    script.call(Step::IdMap, op::recvfrom(socket, byte, 1, RecvFlags::DONTWAIT)).save(received);
    script.call(Step::IdMap, op::expect(received, u64::MAX, 1, Errno::PIPE));
}

/// All three kinds of ids, groups first.
pub(super) fn become_user(script: &mut Script, (uid, gid): (u32, u32), drop_groups: bool) {
    if drop_groups {
        script.call(Step::User, op::setgroups(0, Null));
    }
    script.call(Step::User, op::setresgid(gid, gid, gid));
    script.call(Step::User, op::setresuid(uid, uid, uid));
}

/// Where the limits of a user namespace are, and each of them: user_namespaces(7), inotify(7), fanotify(7).
const USER_LIMITS: &str = "/proc/sys/user";
/// How many user namespaces there may be in one.
pub(super) const MAX_USER_NAMESPACES: &str = "/proc/sys/user/max_user_namespaces";
type Most = [(&'static str, &'static [u8])];
const MOST: &Most = &[("max_inotify_instances", b"16"), ("max_inotify_watches", b"4096")];
/// The default filter lets nobody make one.
const MOST_OF_FANOTIFY: &Most = &[("max_fanotify_groups", b"16"), ("max_fanotify_marks", b"4096")];
/// Only for who may make namespaces. What is counted of the sandbox's own is within it.
const MOST_NAMESPACES: &Most = &[
    ("max_cgroup_namespaces", b"16"),
    ("max_ipc_namespaces", b"16"),
    ("max_net_namespaces", b"16"),
    ("max_pid_namespaces", b"16"),
    ("max_time_namespaces", b"16"),
    ("max_uts_namespaces", b"16"),
];

/// The kernel counts a detached mount as a namespace until it is put in its place: those of the host's system, and the
/// caller's.
fn most_of_mounts(request: &Request) -> String {
    const OF_HOST: usize = 128;
    (16 + OF_HOST + request.mounts.len()).to_string()
}

/// Bounds what the sandbox may take of what the kernel counts by user, up through the user namespaces: from the user who made
/// the sandbox's, too. In the host's /proc, as the sandbox's own may not have it.
///
/// No user namespace within the sandbox's, unless that is asked for. In one of its own the program would have every capability. The kernel
/// (cap_safe_nice()) takes those for enough to reprioritise the init, by which it could be starved, and lets it mount a /proc
/// that tells of the machine.
pub(super) fn limit_user(script: &mut Script, request: &Request) -> Cell {
    let path = script.path(USER_LIMITS);
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    // Where it is masked the mount of /proc fails too, and tells better why: so its absence counts later.
    let open = op::openat(Fd::CWD, path, flags);
    let dir = script.call(Step::User, open).path(USER_LIMITS).ignore(&[Errno::NOENT]).into_cell();
    let nested = limit(script, dir, "max_user_namespaces", if request.user_namespaces { b"16" } else { b"0" });
    let fanotify = request.seccomp.as_ref().map_or(&[][..], |_| MOST_OF_FANOTIFY);
    let makes = request.user_namespaces || request.capabilities.contains(Capabilities::SYS_ADMIN);
    let namespaces = if makes { MOST_NAMESPACES } else { &[] };
    for (name, most) in MOST.iter().chain(fanotify).chain(namespaces) {
        limit(script, dir, name, most);
    }
    if !namespaces.is_empty() {
        limit(script, dir, "max_mnt_namespaces", most_of_mounts(request).as_bytes());
    }
    script.call(Step::User, op::close(dir)).path(USER_LIMITS).ignore(&[Errno::BADF]);
    nested
}

/// What is not there is nothing that this kernel counts.
fn limit(script: &mut Script, dir: Cell, name: &str, most: &[u8]) -> Cell {
    let (path, at) = (script.path(name), Path::new(USER_LIMITS).join(name));
    let open = op::openat(dir, path, OFlags::WRONLY | OFlags::CLOEXEC);
    let file = script.call(Step::User, open).path(&at).ignore(&[Errno::NOENT, Errno::BADF]).into_cell();
    let text = script.bytes(most);
    script.call(Step::User, op::write(file, text, most.len())).path(&at).ignore(&[Errno::BADF]);
    script.call(Step::User, op::close(file)).path(&at).ignore(&[Errno::BADF]);
    file
}

pub(super) fn expect_no_nested_users(script: &mut Script, limit: Cell) {
    const SIGN: u64 = 1 << 63;
    script.call(Step::User, op::expect(limit, SIGN, 0, Errno::NOENT)).path(MAX_USER_NAMESPACES);
}
