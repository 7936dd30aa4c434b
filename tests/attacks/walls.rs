//! Attacks on the walls: namespaces, mounts, the root, and what is given read-only.

use libc::{EACCES, EBUSY, EINVAL, ENOENT, ENOSPC, ENOSYS, EPERM, EROFS, ESTALE, EXDEV};

use super::attack::{Answer, Attack, Target, Wall, at, call, close, open, opens, path, to};
use crate::common::kernel;

const OWN: &str = "of the sandbox's own namespaces";
const SIGCHLD: usize = 17;

/// A mount that the host gave can only be hidden, or taken away from the program itself.
const LOSES: &str = "it only hides from itself";

/// Without nsdelegate, say, and with a root that nobody else may enter.
const SHARED: &str = "the machine has one of it, whose options every mount sets anew";

macro_rules! unshares {
    ($name:literal, $flag:expr) => {
        Attack::new($name, |_| call(libc::SYS_unshare, [$flag as usize])).open_capable(OWN)
    };
}

/// A filesystem of this kind, on the directory that is writable.
macro_rules! mounts {
    ($kind:literal) => {
        Attack::new(concat!("mount of ", $kind), |target| {
            own_mounts(target)?;
            mount(c"none", &target.writable(""), concat!($kind, "\0"), 0, "\0")
        })
        .undoes()
    };
}

pub const ATTACKS: &[Attack] = &[
    // ---- namespaces
    Attack::new("unshare: users", |_| call(libc::SYS_unshare, [libc::CLONE_NEWUSER as usize])).alone(&[ENOSPC]),
    unshares!("unshare: mounts", libc::CLONE_NEWNS),
    unshares!("unshare: processes", libc::CLONE_NEWPID),
    unshares!("unshare: network", libc::CLONE_NEWNET),
    unshares!("unshare: System V objects", libc::CLONE_NEWIPC),
    unshares!("unshare: host name", libc::CLONE_NEWUTS),
    unshares!("unshare: cgroups", libc::CLONE_NEWCGROUP),
    unshares!("unshare: time", 0x80),
    Attack::new("clone: users", |_| clone(libc::CLONE_NEWUSER as usize)).alone(&[ENOSPC]),
    Attack::new("clone: users, with an upper half", |_| clone(0xdead_beef << 32 | libc::CLONE_NEWUSER as usize))
        .alone(&[ENOSPC]),
    Attack::new("clone: mounts, with an upper half", |_| clone(0xdead_beef << 32 | libc::CLONE_NEWNS as usize))
        .open_capable(OWN),
    Attack::new("clone3: users", |_| clone3(libc::CLONE_NEWUSER as u64)).filtered(&[ENOSYS]).alone(&[ENOSPC]),
    Attack::new("clone3: mounts", |_| clone3(libc::CLONE_NEWNS as u64)).filtered(&[ENOSYS]).open_capable(OWN),
    Attack::new("clone3: time", |_| clone3(0x80)).filtered(&[ENOSYS]).open_capable(OWN),
    Attack::new("setns", |_| {
        let own = open(&path("/proc/self/ns/uts"), libc::O_RDONLY)?;
        call(libc::SYS_setns, [own as usize, 0])
    })
    .open_capable(OWN),
    Attack::unfiltered(
        "NS_GET_PARENT",
        |target| {
            let namespace =
                if target.is_host() { namespace_of_child()? } else { open(&path("/proc/self/ns/user"), 0)? };
            call(libc::SYS_ioctl, [namespace as usize, libc::NS_GET_PARENT as usize, 0])
        },
        &[EPERM],
    ),
    Attack::unfiltered(
        "NS_GET_USERNS",
        |target| {
            let namespace =
                if target.is_host() { namespace_of_child()? } else { open(&path("/proc/self/ns/user"), 0)? };
            call(libc::SYS_ioctl, [namespace as usize, libc::NS_GET_USERNS as usize, 0])
        },
        &[EPERM],
    ),
    // ---- what is given read-only
    Attack::new("remount of what is given", |target| {
        own_mounts(target)?;
        remount(&target.given(""), 0)
    })
    .undoes(),
    Attack::new("mount_setattr of what is given", |target| {
        own_mounts(target)?;
        clear_read_only(&target.given(""))
    })
    .undoes(),
    Attack::new("remount of /", |target| {
        own_mounts(target)?;
        remount(&path(if target.is_host() { target.text("given") } else { "/" }), 0)
    })
    .undoes(),
    Attack::new("umount of what is given", |target| {
        own_mounts(target)?;
        let place = target.given("");
        call(libc::SYS_umount2, [at(place.as_c_str()), libc::MNT_DETACH as usize])
    })
    .undoes(),
    Attack::new("move of what is given", |target| {
        own_mounts(target)?;
        mount(&target.given(""), &target.writable(""), "\0", libc::MS_MOVE, "\0")
    })
    .undoes(),
    Attack::new("a writable bind of what is given", |target| {
        own_mounts(target)?;
        let (given, place) = (target.given(""), target.writable(""));
        mount(&given, &place, "\0", libc::MS_BIND, "\0")?;
        remount(&place, 0)?;
        open(&target.writable("new"), libc::O_WRONLY | libc::O_CREAT)
    })
    .undoes(),
    Attack::new("open_tree", |target| {
        own_mounts(target)?;
        const OPEN_TREE_CLONE: usize = 1;
        let place = target.given("");
        call(libc::SYS_open_tree, [libc::AT_FDCWD as usize, at(place.as_c_str()), OPEN_TREE_CLONE])
    })
    .open_capable(OWN),
    Attack::new("fspick", |target| {
        own_mounts(target)?;
        let place = target.given("");
        call(libc::SYS_fspick, [libc::AT_FDCWD as usize, at(place.as_c_str()), 0])
    })
    .undoes(),
    // ---- more filesystems
    mounts!("tmpfs").open_capable(LOSES),
    mounts!("proc"),
    mounts!("sysfs"),
    mounts!("cgroup2").harmful(SHARED),
    mounts!("devpts").open_capable(OWN),
    mounts!("mqueue").open_capable(OWN),
    mounts!("devtmpfs").harmful(SHARED),
    mounts!("debugfs").harmful(SHARED),
    mounts!("securityfs"),
    mounts!("tracefs").harmful(SHARED),
    mounts!("bpf").open_capable(OWN),
    mounts!("binfmt_misc").open_capable(OWN),
    Attack::new("mount of overlay", |target| {
        own_mounts(target)?;
        let options = format!("lowerdir={0}/directory:{0}/below\0", target.text("given"));
        mount(c"none", &target.writable(""), "overlay\0", 0, &options)
    })
    .open_capable(OWN)
    .undoes(),
    Attack::new("fsopen", |target| {
        own_mounts(target)?;
        call(libc::SYS_fsopen, [at(c"tmpfs"), 0])
    })
    .open_capable(OWN),
    Attack::new("move_mount", |target| {
        own_mounts(target)?;
        let (from, place) = (open(&target.given(""), libc::O_PATH)?, target.writable(""));
        const F_EMPTY_PATH: usize = 4;
        let arguments = [from as usize, at(c""), libc::AT_FDCWD as usize, at(place.as_c_str()), F_EMPTY_PATH];
        call(libc::SYS_move_mount, arguments)
    })
    .undoes(),
    // ---- the root
    Attack::new("pivot_root", |target| {
        own_mounts(target)?;
        let place = target.given("");
        call(libc::SYS_chdir, [at(place.as_c_str())])?;
        call(libc::SYS_pivot_root, [at(c"."), at(c".")])
    })
    .open_capable(LOSES)
    .undoes(),
    Attack::new("chroot, and up", |target| {
        jail(target)?;
        let hole = if target.is_host() { path("/hole") } else { target.writable("hole") };
        kernel::mkdir(at(hole.as_c_str()), 0o700)?;
        // The working directory stays above the new root, and so nothing ends the way up.
        call(libc::SYS_chroot, [at(hole.as_c_str())])?;
        secret_above(target)
    })
    .capable(&[ENOENT])
    .bare(&[EPERM, EACCES]),
    Attack::unfiltered(
        "fchdir to a directory of before",
        |target| {
            let root = open(&path("/"), libc::O_RDONLY | libc::O_DIRECTORY)?;
            jail(target)?;
            call(libc::SYS_fchdir, [root as usize])?;
            secret_above(target)
        },
        &[ENOENT],
    )
    .open_bare("the host's files are in sight"),
    Attack::unfiltered(
        "by /proc/self/root and cwd",
        |target| {
            let ways =
                ["/proc/self/root", "/proc/self/root/..", "/proc/self/cwd/../../../..", "/proc/thread-self/root/../.."];
            first(ways.map(|way| move |target: &Target| opens(&format!("{way}{}", target.text("secret")), 0)), target)
        },
        &[ENOENT],
    )
    .open_bare("the host's files are in sight"),
    Attack::unfiltered(
        "by every process's root",
        |target| {
            let ways =
                (1..40).map(|id| move |target: &Target| opens(&format!("/proc/{id}/root{}", target.text("secret")), 0));
            first(ways, target)
        },
        &[ENOENT, EACCES],
    )
    .open_bare("the host's files are in sight"),
    Attack::unfiltered(
        "by every descriptor",
        |target| {
            let ways = (0..40).map(|id| {
                move |target: &Target| opens(&format!("/proc/self/fd/{id}/../../../../..{}", target.text("secret")), 0)
            });
            let directory = if target.is_host() { open(&path("/"), 0)? } else { open(&target.given(""), 0)? };
            let answer = first(ways, target);
            close(directory);
            answer
        },
        &[ENOENT, libc::ENOTDIR],
    )
    .open_bare("the host's files are in sight"),
    // ---- files by number
    Attack::new("name_to_handle_at", |target| {
        let (place, mut handle, mut mount) = (target.given("file"), [128u32; 34], 0i32);
        let arguments = [libc::AT_FDCWD as usize, at(place.as_c_str()), to(&mut handle), to(&mut mount), 0];
        call(libc::SYS_name_to_handle_at, arguments)
    })
    .filtered(&[libc::EOPNOTSUPP])
    .open_alone("the number of a file that it has"),
    // The handle is the true one, of a file beside what is given.
    Attack::new("open_by_handle_at", |target| {
        let directory = open(&target.given(""), libc::O_RDONLY | libc::O_DIRECTORY)?;
        open_handle(directory, &target.bytes("file_handle"))
    })
    .capable(&[EPERM, ESTALE]),
    Attack::new("open_by_handle_at of a process", |target| {
        const FD_PIDFS_ROOT: i64 = -10002;
        open_handle(FD_PIDFS_ROOT, &target.bytes("process_handle"))
    })
    .alone(&[EPERM, ESTALE]),
    Attack::new("open_by_handle_at of a namespace", |target| {
        const FD_NSFS_ROOT: i64 = -10003;
        open_handle(FD_NSFS_ROOT, &target.bytes("namespace_handle"))
    })
    .alone(&[EPERM, ESTALE]),
    Attack::new("listmount of the host", |target| {
        // struct mnt_id_req: size; LSMT_ROOT; the id of a mount namespace.
        let request = [32u64, u64::MAX, 0, target.number("mounts") as u64];
        let mut ids = [0u64; 64];
        call(LISTMOUNT, [at(&request), to(&mut ids), ids.len(), 0])
    })
    .filtered(&[ENOSYS])
    .alone(&[EPERM, ENOENT]),
    // ---- changes to what is given read-only, by its owner
    given("given read-only: write", |target| open(&target.given("file"), libc::O_WRONLY)),
    given("given read-only: new file", |target| open(&target.given("new"), libc::O_WRONLY | libc::O_CREAT)),
    given("given read-only: unnamed file", |target| open(&target.given(""), libc::O_WRONLY | libc::O_TMPFILE)),
    given("given read-only: truncate", |target| call(libc::SYS_truncate, [at(target.given("file").as_c_str()), 1])),
    given("given read-only: chmod", |target| kernel::chmod(at(target.given("file").as_c_str()), 0o600)),
    given("given read-only: times", |target| {
        call(libc::SYS_utimensat, [libc::AT_FDCWD as usize, at(target.given("file").as_c_str()), at(&[1u64; 4]), 0])
    }),
    given("given read-only: attribute", |target| {
        let place = target.given("file");
        call(libc::SYS_setxattr, [at(place.as_c_str()), at(c"user.belljar"), at(b"x"), 1, 0])
    }),
    given("given read-only: symlink", |target| kernel::symlink(at(c"/"), at(target.given("link").as_c_str()))),
    given("given read-only: fifo", |target| {
        kernel::mknod(at(target.given("given read-only: fifo").as_c_str()), (libc::S_IFIFO | 0o600) as usize, 0)
    }),
    given("given read-only: bind of a socket", |target| {
        let socket = call(libc::SYS_socket, [libc::AF_UNIX as usize, libc::SOCK_STREAM as usize, 0])?;
        let directory = target.given("");
        call(libc::SYS_chdir, [at(directory.as_c_str())])?;
        call(libc::SYS_bind, [socket as usize, at(b"\x01\0socket\0"), 9])
    }),
    given("given read-only: link into what is writable", |target| {
        kernel::link(at(target.given("file").as_c_str()), at(target.writable("link").as_c_str()))
    }),
    given("given read-only: reopened descriptor", |target| {
        let file = open(&target.given("file"), libc::O_RDONLY)?;
        opens(&format!("/proc/self/fd/{file}"), libc::O_RDWR)
    }),
    given("given read-only: reopened directory", |target| {
        let directory = open(&target.given(""), libc::O_PATH)?;
        let (flags, mode) = (libc::O_WRONLY | libc::O_CREAT, 0o600);
        call(libc::SYS_openat, [directory as usize, at(c"new2"), flags as usize, mode])
    }),
    Attack::unfiltered(
        "given read-only: rename over",
        |target| kernel::rename(at(target.writable("own").as_c_str()), at(target.given("file").as_c_str())),
        &[EROFS, EXDEV, EBUSY],
    )
    .open_bare(BARE_GIVEN),
    Attack::unfiltered(
        "given read-only: removal",
        |target| kernel::unlink(at(target.given("file").as_c_str())),
        &[EROFS],
    )
    .open_bare(BARE_GIVEN),
    others("given read-only: what its owner alone may read", |target| open(&target.given("private"), libc::O_RDONLY)),
    others("given read-only: a socket of its owner's alone", |target| {
        let socket = call(libc::SYS_socket, [libc::AF_UNIX as usize, libc::SOCK_STREAM as usize, 0])?;
        let directory = target.given("");
        call(libc::SYS_chdir, [at(directory.as_c_str())])?;
        call(libc::SYS_connect, [socket as usize, at(b"\x01\0server\0"), 9])
    }),
    Attack::open(
        "given read-only: lock",
        |target| {
            let file = open(&target.given("file"), libc::O_RDONLY)?;
            call(libc::SYS_flock, [file as usize, (libc::LOCK_EX | libc::LOCK_NB) as usize])
        },
        "an advisory lock is for those who ask for one, and goes with the sandbox",
    ),
];

const BARE_GIVEN: &str = "there are no mounts, and nothing is given: who owns a file decides";

const fn given(name: &'static str, run: fn(&Target) -> Answer) -> Attack {
    Attack::unfiltered(name, run, &[EROFS, EXDEV]).open_bare(BARE_GIVEN)
}

/// What the host's user may do, which root does not lend.
const fn others(name: &'static str, run: fn(&Target) -> Answer) -> Attack {
    const WALL: Wall = Wall::RefusesOthers(&[EACCES], "an ordinary user's program is that user");
    Attack { filtered: WALL, alone: WALL, capable: WALL, bare: WALL, ..Attack::unfiltered(name, run, &[]) }
}

/// What the libc crate does not name.
const LISTMOUNT: libc::c_long = 458;

/// On the host: a mount namespace to attack, in which `given` is a read-only mount. Inside there is one.
fn own_mounts(target: &Target) -> Answer {
    if !target.is_host() {
        return Ok(0);
    }
    call(libc::SYS_unshare, [libc::CLONE_NEWNS as usize])
        .or_else(|_| call(libc::SYS_unshare, [(libc::CLONE_NEWUSER | libc::CLONE_NEWNS) as usize]))?;
    mount(c"none", c"/", "\0", libc::MS_REC | libc::MS_PRIVATE, "\0")?;
    let place = target.given("");
    mount(&place, &place, "\0", libc::MS_BIND, "\0")?;
    remount(&place, libc::MS_RDONLY)
}

/// On the host: a root that is the given directory. Inside there is one.
fn jail(target: &Target) -> Answer {
    if !target.is_host() {
        return Ok(0);
    }
    let place = target.given("");
    let chroot = || call(libc::SYS_chroot, [at(place.as_c_str())]);
    chroot().or_else(|_| call(libc::SYS_unshare, [libc::CLONE_NEWUSER as usize]).and_then(|_| chroot()))?;
    call(libc::SYS_chdir, [at(c"/")])
}

/// The secret, from the working directory.
fn secret_above(target: &Target) -> Answer {
    opens(&format!("../../../../../../../..{}", target.text("secret")), libc::O_RDONLY)
}

fn mount(source: &std::ffi::CStr, place: &std::ffi::CStr, kind: &str, flags: u64, options: &str) -> Answer {
    call(libc::SYS_mount, [at(source), at(place), at(kind), flags as usize, at(options)])
}

fn remount(place: &std::ffi::CStr, flags: u64) -> Answer {
    let kept = libc::MS_REMOUNT | libc::MS_BIND | libc::MS_NOSUID | libc::MS_NODEV;
    mount(c"none", place, "\0", kept | flags, "\0")
}

fn clear_read_only(place: &std::ffi::CStr) -> Answer {
    const MOUNT_ATTR_RDONLY: u64 = 1;
    let attributes = [0, MOUNT_ATTR_RDONLY, 0, 0];
    call(libc::SYS_mount_setattr, [libc::AT_FDCWD as usize, at(place), 0, at(&attributes), 32])
}

/// A child in namespaces of its own, if there may be one.
fn clone(flags: usize) -> Answer {
    match call(libc::SYS_clone, [flags | SIGCHLD])? {
        0 => kernel::exit(0),
        child => kernel::wait(child as i32).map(i64::from),
    }
}

fn clone3(flags: u64) -> Answer {
    // struct clone_args: flags; where to put pidfd and ids; the signal; stack and thread's storage.
    let arguments = [flags, 0, 0, 0, SIGCHLD as u64, 0, 0, 0];
    match call(libc::SYS_clone3, [at(&arguments), 64])? {
        0 => kernel::exit(0),
        child => kernel::wait(child as i32).map(i64::from),
    }
}

/// The user namespace of a child that has made one.
fn namespace_of_child() -> Answer {
    const SIGSTOP: i32 = 19;
    let child = kernel::child(|| {
        let made = call(libc::SYS_unshare, [libc::CLONE_NEWUSER as usize]);
        let _ = kernel::kill(kernel::pid(), SIGSTOP);
        i32::from(made.is_err())
    })?;
    call(libc::SYS_wait4, [child as usize, 0, libc::WUNTRACED as usize, 0])?;
    let namespace = open(&path(&format!("/proc/{child}/ns/user")), libc::O_RDONLY);
    kernel::kill(child, libc::SIGKILL)?;
    kernel::wait(child)?;
    namespace
}

fn open_handle(mount: i64, handle: &[u8]) -> Answer {
    if handle.is_empty() {
        return Err(ENOSYS);
    }
    call(libc::SYS_open_by_handle_at, [mount as usize, at(handle), libc::O_RDONLY as usize])
}

/// The first way that leads somewhere, or the last refusal.
fn first<F: FnOnce(&Target) -> Answer>(ways: impl IntoIterator<Item = F>, target: &Target) -> Answer {
    ways.into_iter().map(|way| way(target)).reduce(Answer::or).unwrap_or(Err(EINVAL))
}

/// Makes what is given read-only writable, and writes to it; the errno.
pub fn undo_read_only(_: &[String]) -> i32 {
    let write = || open(&path("/ro/file"), libc::O_WRONLY | libc::O_TRUNC);
    match clear_read_only(c"/ro").and_then(|_| write()) {
        Ok(_) => 0,
        Err(errno) => errno,
    }
}
