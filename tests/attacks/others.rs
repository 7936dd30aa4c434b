//! Attacks on other processes and on what they share: the init, the host's processes, keys, memory, queues, sockets.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixStream};

use libc::{EACCES, ECONNREFUSED, EINVAL, ENOENT, EPERM, ESRCH};

use super::attack::{Answer, Attack, Target, Wall, at, call, close, opens, path, to};
use crate::common::kernel;

const SAME_USER: &str = "an ordinary user's program is that user's, without namespaces too";
const OWN: &str = "of its own processes";

pub const ATTACKS: &[Attack] = &[
    // ---- the host's processes
    Attack::unfiltered("kill of a host's process", |target| call(libc::SYS_kill, [host_process(target)?, 0]), &[ESRCH])
        .others_bare(&[EPERM], SAME_USER),
    Attack::unfiltered(
        "pidfd_open of a host's process",
        |target| call(libc::SYS_pidfd_open, [host_process(target)?, 0]).inspect(|fd| close(*fd)),
        &[ESRCH],
    )
    .open_bare("anybody may"),
    Attack::unfiltered(
        "SIGIO to a host's process",
        |target| {
            let mut pair = [0i32; 2];
            call(libc::SYS_pipe2, [to(&mut pair), 0])?;
            const F_SETOWN: usize = 8;
            call(libc::SYS_fcntl, [pair[0] as usize, F_SETOWN, host_process(target)?])
        },
        &[ESRCH],
    )
    .open_bare("anybody may; the signal is sent by the rules of kill(2)"),
    Attack::unfiltered(
        "processors of a host's process",
        |target| {
            let mut processors = [0u64; 16];
            call(libc::SYS_sched_getaffinity, [host_process(target)?, 128, to(&mut processors)])?;
            call(libc::SYS_sched_setaffinity, [host_process(target)?, 128, at(&processors)])
        },
        &[ESRCH],
    )
    .others_bare(&[EPERM], SAME_USER),
    Attack::unfiltered(
        "/proc of a host's process",
        |target| opens(&format!("/proc/{}/status", host_process(target)?), 0),
        &[ENOENT],
    )
    .open_bare("the host's files are in sight"),
    Attack::new("process_vm_readv of a host's process", |target| {
        let (mut byte, process) = ([0u8; 1], host_process(target)?);
        let (local, remote) = ([to(&mut byte), 1], [target.number("address"), 1]);
        call(libc::SYS_process_vm_readv, [process, at(&local), 1, at(&remote), 1, 0])
    })
    .alone(&[ESRCH]),
    Attack::new("ptrace of a host's process", |target| {
        seize(if target.is_host() { own_child()? } else { host_process(target)? }, 0)
    })
    .filtered(&[ESRCH])
    .bare(&[EPERM])
    .alone(&[ESRCH]),
    // ---- the init; on the host a process of this test's. More of these: tests/init_out_of_reach.rs
    Attack::new("ptrace of the init", |target| seize(init(target)?, 0)).undoes(),
    Attack::new("process_vm_readv of the init", |target| {
        let mut byte = [0u8; 1];
        let (local, remote) = ([to(&mut byte), 1], [at(&SOMETHING), 1]);
        call(libc::SYS_process_vm_readv, [init(target)?, at(&local), 1, at(&remote), 1, 0])
    })
    .undoes(),
    Attack::new("pidfd_getfd of the init", |target| {
        let process = call(libc::SYS_pidfd_open, [init(target)?, 0])?;
        call(libc::SYS_pidfd_getfd, [process as usize, 0, 0]).inspect(|fd| close(*fd))
    })
    .undoes(),
    Attack::new("kcmp of the init", |target| {
        let answer = call(libc::SYS_kcmp, [kernel::pid() as usize, init(target)?, 1, 0, 0])?;
        Ok(answer)
    })
    .undoes(),
    Attack::new("limits of the init", |target| {
        call(libc::SYS_prlimit64, [init(target)?, libc::RLIMIT_RTTIME as usize, at(&[u64::MAX; 2]), 0])
    })
    .open_alone("the kernel may end the init by it, and so the sandbox: Evidence::InitDied")
    .undoes(),
    Attack::unfiltered(
        "priority of the init",
        |target| call(libc::SYS_setpriority, [libc::PRIO_PROCESS as usize, init(target)?, 19]),
        &[EPERM, EACCES],
    )
    .open_bare(SAME_USER)
    .undoes(),
    Attack::unfiltered(
        "processors of the init",
        |target| {
            let mut processors = [0u64; 16];
            call(libc::SYS_sched_getaffinity, [0, 128, to(&mut processors)])?;
            call(libc::SYS_sched_setaffinity, [init(target)?, 128, at(&processors)])
        },
        &[EPERM],
    )
    .open_bare(SAME_USER)
    .undoes(),
    Attack::unfiltered(
        "priority of the user's processes",
        |target| {
            // Without a pid namespace that is not the sandbox's processes only.
            if target.text("where") == "bare" {
                return Err(EPERM);
            }
            let now = || call(libc::SYS_getpriority, [libc::PRIO_PROCESS as usize, 1]);
            let before = now()?;
            let _ = call(libc::SYS_setpriority, [libc::PRIO_USER as usize, 0, 19]);
            if now()? == before { Err(EPERM) } else { Ok(0) }
        },
        &[EPERM],
    )
    .harmful("it would change all processes of this user")
    .undoes(),
    // ---- the host's core handler, which runs at any limit but 1
    Attack::unfiltered(
        "a core limit at which a handler runs",
        |_| {
            const OWN: usize = 0;
            let core = libc::RLIMIT_CORE as usize;
            let mut now = [0u64; 2];
            call(libc::SYS_setrlimit, [core, at(&[0u64, 0])])?;
            call(libc::SYS_prlimit64, [OWN, core, at(&[0u64, 0]), 0])?;
            call(libc::SYS_prlimit64, [OWN, core, 0, to(&mut now)])?;
            if now == [1, 1] { Err(EPERM) } else { Ok(0) }
        },
        &[EPERM],
    ),
    // ---- its own, for which a debugger would be
    Attack {
        filtered: Wall::Open(OWN),
        ..Attack::new("ptrace of a child", |_| seize(own_child()?, 0)).open_alone(OWN)
    },
    // By which two that trace each other could never be ended.
    Attack::new("PTRACE_O_TRACEEXIT of a child", |_| seize(own_child()?, 0x40)),
    Attack::new("process_vm_readv of a child", |_| {
        let mut byte = [0u8; 1];
        let (local, remote) = ([to(&mut byte), 1], [at(&SOMETHING), 1]);
        call(libc::SYS_process_vm_readv, [own_child()?, at(&local), 1, at(&remote), 1, 0])
    })
    .open_alone(OWN),
    Attack::new("kcmp of a child", |_| call(libc::SYS_kcmp, [kernel::pid() as usize, own_child()?, 1, 0, 0]))
        .open_alone(OWN),
    // ---- keys
    Attack::new("add_key", |_| {
        const PROCESS_KEYRING: usize = -2isize as usize;
        call(libc::SYS_add_key, [at(c"user"), at(c"belljar:own"), at(b"x"), 1, PROCESS_KEYRING])
    })
    .open_alone("of its own"),
    Attack::new("request_key", |_| call(libc::SYS_request_key, [at(c"user"), at(c"belljar:no such"), 0, 0]))
        .passes(&[libc::ENOKEY])
        .open_alone("of its own"),
    Attack {
        alone: Wall::RefusesOthers(&[EACCES], KEYS),
        capable: Wall::RefusesOthers(&[EACCES], KEYS),
        ..Attack::new("keyctl: a key of the host", |target| {
            const KEYCTL_READ: usize = 11;
            let mut secret = [0u8; 64];
            call(libc::SYS_keyctl, [KEYCTL_READ, target.number("key"), to(&mut secret), secret.len()])
        })
    },
    // ---- objects with a name or number
    Attack::unfiltered(
        "System V memory by its key",
        |target| call(libc::SYS_shmget, [target.number("memory_key"), 0, 0]),
        &[ENOENT],
    )
    .open_bare("anybody may learn the number"),
    Attack::unfiltered(
        "System V memory by its number",
        |target| call(libc::SYS_shmat, [target.number("memory"), 0, 0]),
        &[EINVAL],
    )
    .others_bare(&[EACCES], SAME_USER),
    Attack::unfiltered(
        "POSIX message queue",
        |target| {
            let name = path(target.text("queue"));
            call(libc::SYS_mq_open, [at(name.as_c_str()), libc::O_RDWR as usize, 0, 0]).inspect(|fd| close(*fd))
        },
        &[ENOENT],
    )
    .others_bare(&[EACCES], SAME_USER),
    Attack::unfiltered(
        "abstract socket",
        |target| {
            let address = SocketAddr::from_abstract_name(target.text("socket")).expect("a name");
            UnixStream::connect_addr(&address).map(|_| 0).map_err(|error| error.raw_os_error().unwrap_or(0))
        },
        &[ECONNREFUSED],
    )
    .open_bare("the host's network is the program's"),
    Attack::unfiltered(
        "port of the host's loopback",
        |target| {
            let stream = std::net::TcpStream::connect(("127.0.0.1", target.number("port") as u16));
            stream.map(|_| 0).map_err(|error| error.raw_os_error().unwrap_or(0))
        },
        &[ECONNREFUSED],
    )
    .open_bare("the host's network is the program's"),
];

const KEYS: &str =
    "serial numbers are of no namespace, and the kernel goes by the user: what stands between is the filter";

static SOMETHING: u8 = 1;

/// A process of the host's by the number that it has there.
fn host_process(target: &Target) -> Result<usize, i32> {
    Ok(target.number("pid"))
}

fn own_child() -> Result<usize, i32> {
    let parent = kernel::pid();
    let child = kernel::child(|| {
        // Bounded, should the parent be gone.
        for _ in 0..2000 {
            if call(libc::SYS_getppid, []) != Ok(i64::from(parent)) {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        0
    });
    child.map(|child| child as usize)
}

fn init(target: &Target) -> Result<usize, i32> {
    if target.is_host() { own_child() } else { Ok(target.number("init")) }
}

fn seize(process: usize, options: usize) -> Answer {
    const PTRACE_SEIZE: usize = 0x4206;
    call(libc::SYS_ptrace, [PTRACE_SEIZE, process, 0, options])
}
