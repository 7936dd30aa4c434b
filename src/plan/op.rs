//! The operations of a script, as functions that are named after the system calls and take typed arguments.
//!
//! An operation is made flat at once. It keeps a [`Form`], the same for all of its kind, by which it can be printed.

use linux_raw_sys::general::{__user_cap_data_struct, __user_cap_header_struct, mount_attr, open_how, rlimit64};
use rustix::fs::{Access, AtFlags, Mode, OFlags, StatxFlags};
use rustix::io::Errno;
use rustix::mount::{FsMountFlags, FsOpenFlags, MountAttrFlags, MoveMountFlags, OpenTreeFlags, UnmountFlags};
use rustix::net::{RecvFlags, SendFlags};
use rustix::thread::UnshareFlags;

use super::argument::{
    Arg, Argument, At, Bits, Contents, Count, Data, Environment, Fd, Id, Null, Seen, Strings, Text, Word,
};
use super::constant::{
    Ambient, Clock, Family, FsConfig, IoPriority, Ioctl, Keyctl, Ms, Prctl, Rule, Seccomp, SeccompFlag, SetMask, Socket,
};
use super::init::{Op, nr_pseudo};
use crate::limits::Resource;
use crate::sys::{Plain, nr};

/// An operation, and how it is printed.
#[derive(Clone, Copy)]
pub(crate) struct Operation {
    pub op: Op,
    pub form: &'static Form,
}

type Print = fn(&Seen<'_>, &mut std::fmt::Formatter<'_>) -> std::fmt::Result;

/// How operations of a kind are printed.
pub(crate) struct Form {
    pub name: &'static str,
    pub arguments: &'static [Print],
}

macro_rules! name {
    ($name:ident) => {
        stringify!($name)
    };
    ($name:ident $kernel:ident) => {
        stringify!($kernel)
    };
}

macro_rules! operations {
    ($($name:ident $(as $kernel:ident)? = $nr:expr, ($($arg:ident: $type:ty),*);)*) => {$(
        pub(crate) fn $name($($arg: impl Into<$type>),*) -> Operation {
            static FORM: Form =
                Form { name: name!($name $($kernel)?), arguments: &[$(<$type as Argument>::print),*] };
            flat($nr, &FORM, [$(<$type as Argument>::arg($arg.into())),*])
        }
    )*};
}

fn flat<const N: usize>(nr: u32, form: &'static Form, args: [Arg; N]) -> Operation {
    let mut op = Op { nr, ..Op::default() };
    for (at, arg) in args.into_iter().enumerate() {
        match arg {
            Arg::Value(value) => op.args[at] = value,
            Arg::Cell(cell) => {
                op.args[at] = cell.0;
                op.cells |= 1 << at;
            }
        }
    }
    Operation { op, form }
}

// Arguments that are left out at the end are 0.
operations! {
    capset = nr::CAPSET, (header: At<__user_cap_header_struct>, sets: At<[__user_cap_data_struct; 2]>);
    chdir = nr::CHDIR, (path: Text);
    chroot = nr::CHROOT, (path: Text);
    clock_gettime = nr::CLOCK_GETTIME, (clock: Clock, time: Word);
    close = nr::CLOSE, (fd: Fd);
    create as openat = nr::OPENAT, (dir: Fd, path: Text, flags: OFlags, mode: Mode);
    execve = nr::EXECVE, (path: Text, arguments: Strings, environment: Environment);
    faccessat = nr::FACCESSAT, (dir: Fd, path: Text, access: Access);
    fchdir = nr::FCHDIR, (dir: Fd);
    fchmod = nr::FCHMOD, (fd: Fd, mode: Mode);
    fchmodat = nr::FCHMODAT, (dir: Fd, path: Text, mode: Mode);
    fchownat = nr::FCHOWNAT, (dir: Fd, path: Text, user: Id, group: Id, flags: AtFlags);
    fill as write = nr::WRITE, (fd: Fd, contents: Contents, length: Count);
    fsconfig = nr::FSCONFIG, (context: Fd, command: FsConfig, key: Text, value: Text);
    fsmount = nr::FSMOUNT, (context: Fd, flags: FsMountFlags, attributes: MountAttrFlags);
    fsopen = nr::FSOPEN, (name: Text, flags: FsOpenFlags);
    ioctl = nr::IOCTL, (fd: Fd, request: Ioctl, argument: Word);
    ioprio_set = nr::IOPRIO_SET, (which: IoPriority, who: Id, priority: Bits);
    keyctl = nr::KEYCTL, (operation: Keyctl, name: Null);
    landlock_add_rule = nr::LANDLOCK_ADD_RULE, (ruleset: Fd, kind: Rule, rule: At<[u64; 2]>);
    landlock_create_ruleset = nr::LANDLOCK_CREATE_RULESET, (attributes: At<[u64; 3]>, size: Count);
    landlock_restrict_self = nr::LANDLOCK_RESTRICT_SELF, (ruleset: Fd);
    linkat = nr::LINKAT, (dir: Fd, path: Text, to_dir: Fd, to: Text, flags: AtFlags);
    look as ppoll = nr::PPOLL, (fds: Word, count: Count, timeout: At<[u64; 2]>, mask: Null);
    mkdirat = nr::MKDIRAT, (dir: Fd, path: Text, mode: Mode);
    mknodat = nr::MKNODAT, (dir: Fd, path: Text, mode: Mode);
    mount = nr::MOUNT, (source: Text, target: Text, kind: Text, flags: Ms, data: Text);
    mount_setattr = nr::MOUNT_SETATTR, (dir: Fd, path: Text, flags: AtFlags, attributes: At<mount_attr>, size: Count);
    move_mount = nr::MOVE_MOUNT, (dir: Fd, path: Text, to_dir: Fd, to: Text, flags: MoveMountFlags);
    open_tree = nr::OPEN_TREE, (dir: Fd, path: Text, flags: OpenTreeFlags);
    openat = nr::OPENAT, (dir: Fd, path: Text, flags: OFlags);
    openat2 = nr::OPENAT2, (dir: Fd, path: Text, how: At<open_how>, size: Count);
    personality = nr::PERSONALITY, (persona: Bits);
    pivot_root = nr::PIVOT_ROOT, (new: Text, old: Text);
    ppoll = nr::PPOLL, (fds: Word, count: Count, timeout: Null, mask: Null);
    prctl = nr::PRCTL, (operation: Prctl, value: Bits);
    prlimit64 = nr::PRLIMIT64, (process: Id, resource: Resource, limit: At<rlimit64>, old: Null);
    raise_ambient as prctl = nr::PRCTL, (operation: Prctl, what: Ambient, capability: Bits);
    readlinkat = nr::READLINKAT, (dir: Fd, path: Text, buffer: Word, size: Count);
    recvfrom = nr::RECVFROM, (socket: Fd, buffer: Word, size: Count, flags: RecvFlags);
    rt_sigprocmask = nr::RT_SIGPROCMASK, (how: SetMask, set: At<[u64; 1]>, old: Null, size: Count);
    sched_setaffinity = nr::SCHED_SETAFFINITY, (thread: Id, size: Count, mask: At<[u64; 16]>);
    sched_setattr = nr::SCHED_SETATTR, (thread: Id, attributes: At<[u64; 6]>);
    seccomp = nr::SECCOMP, (operation: Seccomp, flags: SeccompFlag, program: At<[u64; 2]>);
    sendfile = nr::SENDFILE, (to: Fd, from: Fd, offset: Word, count: Count);
    sendmsg = nr::SENDMSG, (socket: Fd, message: At<[u64; 7]>, flags: SendFlags);
    setfsuid = nr::SETFSUID, (id: Id);
    setgroups = nr::SETGROUPS, (count: Count, groups: Null);
    sethostname = nr::SETHOSTNAME, (name: Data, length: Count);
    setpgid = nr::SETPGID, (process: Id, group: Id);
    setresgid = nr::SETRESGID, (real: Id, effective: Id, saved: Id);
    setresuid = nr::SETRESUID, (real: Id, effective: Id, saved: Id);
    setsid = nr::SETSID, ();
    socket = nr::SOCKET, (family: Family, kind: Socket);
    statx = nr::STATX, (dir: Fd, path: Text, flags: AtFlags, mask: StatxFlags, buffer: Word);
    symlinkat = nr::SYMLINKAT, (target: Text, dir: Fd, path: Text);
    umask = nr::UMASK, (mask: Mode);
    umount2 = nr::UMOUNT2, (target: Text, flags: UnmountFlags);
    unshare = nr::UNSHARE, (flags: UnshareFlags);
    write = nr::WRITE, (fd: Fd, data: Data, length: Count);
}

// What the init does besides system calls: see `nr_pseudo`.
operations! {
    arrange = nr_pseudo::ARRANGE, ();
    clear_user = nr_pseudo::CLEAR_USER, ();
    die_with_init = nr_pseudo::DIE_WITH_INIT, ();
    end = nr_pseudo::END, ();
    enter = nr_pseudo::ENTER, (procs: Fd, text: Data, length: Count);
    expect = nr_pseudo::EXPECT, (word: Word, mask: Bits, value: Bits, otherwise: Errno);
    open_gate = nr_pseudo::OPEN, ();
    pass_gate = nr_pseudo::PASS, ();
    start = nr_pseudo::START, ();
    supervise = nr_pseudo::SUPERVISE, ();
    trap = nr_pseudo::TRAP, ();
}

#[cfg(test)]
operations! {
    fail = nr_pseudo::FAIL, (errno: Errno);
}

// SAFETY: integers only, without padding, as is checked below.
unsafe impl Plain for __user_cap_header_struct {}
// SAFETY: as above.
unsafe impl Plain for __user_cap_data_struct {}
// SAFETY: as above.
unsafe impl Plain for mount_attr {}
// SAFETY: as above.
unsafe impl Plain for open_how {}
// SAFETY: as above.
unsafe impl Plain for rlimit64 {}

const _: () = assert!(size_of::<__user_cap_header_struct>() == 2 * 4);
const _: () = assert!(size_of::<__user_cap_data_struct>() == 3 * 4);
const _: () = assert!(size_of::<mount_attr>() == 4 * 8);
const _: () = assert!(size_of::<open_how>() == 3 * 8);
const _: () = assert!(size_of::<rlimit64>() == 2 * 8);
