//! Attacks on the machine: its code, clocks, devices, accounts, and the doors into the kernel.

use libc::{EACCES, EBADF, EINVAL, ENOENT, ENOEXEC, ENOSYS, EOPNOTSUPP, EPERM};

use super::attack::{Answer, Attack, at, call, close, open, opens, path, to};

/// What the libc crate does not name.
const LSM_LIST_MODULES: libc::c_long = 461;

const ANYWAY: &str =
    "of the own process, without a right that it has not: what the filter keeps shut is the kernel's code";

/// Arguments that would do something are not given: of a call that can harm the machine the permission is what is tried.
pub const ATTACKS: &[Attack] = &[
    // Seventeen segments, of at most sixteen.
    Attack::new("kexec_load", |_| call(libc::SYS_kexec_load, [0, 17])).passes(&[EINVAL]),
    Attack::new("kexec_file_load", |_| call(libc::SYS_kexec_file_load, [usize::MAX, usize::MAX, 0, 0, 0xffff]))
        .passes(&[EINVAL]),
    Attack::new("init_module", |_| call(libc::SYS_init_module, [0, 0, at(c"")])).passes(&[ENOEXEC]),
    Attack::new("finit_module", |_| call(libc::SYS_finit_module, [usize::MAX, at(c""), 0xffff_0000]))
        .passes(&[EINVAL, EBADF]),
    Attack::new("delete_module", |_| {
        call(libc::SYS_delete_module, [at(c"belljar_no_such"), libc::O_NONBLOCK as usize])
    })
    .passes(&[ENOENT]),
    Attack::new("reboot", |_| call(libc::SYS_reboot, [0, 0, 0, 0]))
        .passes(&[EINVAL])
        .open_capable("of the own pid namespace: it ends the sandbox"),
    Attack::new("swapon", |_| call(libc::SYS_swapon, [at(c"/belljar/no/such"), 0])).passes(&[ENOENT]),
    Attack::new("swapoff", |_| call(libc::SYS_swapoff, [at(c"/belljar/no/such")])).passes(&[ENOENT]),
    Attack::new("clock_settime", |_| {
        let mut now = [0i64; 2];
        call(libc::SYS_clock_gettime, [libc::CLOCK_REALTIME as usize, to(&mut now)])?;
        call(libc::SYS_clock_settime, [libc::CLOCK_REALTIME as usize, at(&now)])
    })
    .harmful("a wrong time is found wrong before a wrong caller, and a right one would be set"),
    // A zone of more than fifteen hours.
    Attack::new("settimeofday", |_| call(libc::SYS_settimeofday, [0, at(&[10_000i32, 0])])).passes(&[EINVAL]),
    Attack::new("adjtimex", |_| call(libc::SYS_adjtimex, [to(&mut no_tick())])).passes(&[EINVAL]),
    Attack::new("clock_adjtime", |_| {
        call(libc::SYS_clock_adjtime, [libc::CLOCK_REALTIME as usize, to(&mut no_tick())])
    })
    .passes(&[EINVAL]),
    Attack::new("acct", |_| call(libc::SYS_acct, [at(c"/belljar/no/such")])).passes(&[ENOENT]),
    Attack::new("quotactl", |_| call(libc::SYS_quotactl, [0x800001 << 8, 0, 0, 0]))
        .open_alone("writes quotas that are due anyway"),
    Attack::new("syslog: the console's level", |_| call(libc::SYS_syslog, [8, 0, 0])).passes(&[EINVAL]),
    Attack::new("syslog: the kernel's log", |_| {
        let mut log = [0u8; 256];
        call(libc::SYS_syslog, [3, to(&mut log), log.len()])
    })
    .open_alone("kernel.dmesg_restrict decides"),
    Attack::new("sethostname", |_| call(libc::SYS_sethostname, [at(&[b'x'; 65]), 65]))
        .passes(&[EINVAL])
        .open_capable("its own"),
    Attack::new("setdomainname", |_| call(libc::SYS_setdomainname, [at(&[b'x'; 65]), 65]))
        .passes(&[EINVAL])
        .open_capable("its own"),
    #[cfg(target_arch = "x86_64")]
    Attack::new("iopl", |_| call(libc::SYS_iopl, [3])),
    #[cfg(target_arch = "x86_64")]
    Attack::new("ioperm", |_| call(libc::SYS_ioperm, [0x80, 1, 1])),
    Attack::new("vhangup", |_| {
        // Without a terminal nothing is hung up.
        call(libc::SYS_setsid, [])?;
        call(libc::SYS_vhangup, [])
    }),
    #[cfg(target_arch = "x86_64")]
    Attack::new("modify_ldt", |_| {
        // An empty segment.
        let segment = [0u32, 0, 0, 0x28];
        call(libc::SYS_modify_ldt, [1, at(&segment), 16])
    })
    .filtered(&[ENOSYS])
    .open_alone(ANYWAY),
    Attack::new("personality", |_| call(libc::SYS_personality, [libc::READ_IMPLIES_EXEC as usize])).open_alone(ANYWAY),
    Attack::new("personality, with an upper half", |_| {
        call(libc::SYS_personality, [0xdead_beef << 32 | libc::ADDR_NO_RANDOMIZE as usize])
    })
    .open_alone(ANYWAY),
    Attack::new("bpf: all programs' ids", |_| {
        const BPF_PROG_GET_NEXT_ID: usize = 11;
        call(libc::SYS_bpf, [BPF_PROG_GET_NEXT_ID, to(&mut [0u32; 32]), 128])
    })
    .passes(&[ENOENT]),
    Attack::new("bpf: a program in the kernel", |_| {
        // r0 = 0; exit, for kprobes, which the superuser attaches anywhere.
        const BPF_PROG_LOAD: usize = 5;
        const KPROBE: u64 = 2;
        let program = [0x0000_0000_0000_00b7u64, 0x95];
        let attributes = [KPROBE | 2 << 32, at(&program) as u64, at(c"GPL") as u64, 0, 0, 0, 0, 0, 0];
        call(libc::SYS_bpf, [BPF_PROG_LOAD, at(&attributes), 72]).inspect(|fd| close(*fd))
    }),
    Attack::new("perf_event_open: all that happens on a processor", |_| {
        // struct perf_event_attr: PERF_TYPE_SOFTWARE, its size.
        let attributes = [1u64 | 64 << 32, 0, 0, 0, 0, 0, 0, 0];
        call(libc::SYS_perf_event_open, [at(&attributes), usize::MAX, 0, usize::MAX, 0]).inspect(|fd| close(*fd))
    })
    .open_alone("kernel.perf_event_paranoid decides"),
    Attack::new("userfaultfd", |_| call(libc::SYS_userfaultfd, [libc::O_CLOEXEC as usize]).inspect(|fd| close(*fd)))
        .open_alone("vm.unprivileged_userfaultfd decides; what userfaultfd(2) gives anyway is of the own process"),
    Attack::new("io_uring_setup", |_| {
        let mut parameters = [0u32; 30];
        call(libc::SYS_io_uring_setup, [1, to(&mut parameters)]).inspect(|fd| close(*fd))
    })
    .filtered(&[ENOSYS])
    .open_alone("it may do what the program may do by calls; but of a filter with calls denied it says nothing"),
    Attack::new("fanotify_init: before others read", |_| {
        const FAN_CLASS_CONTENT: usize = 4;
        call(libc::SYS_fanotify_init, [FAN_CLASS_CONTENT, 0]).inspect(|fd| close(*fd))
    }),
    Attack::new("fanotify_init: by inode", |_| {
        const FAN_REPORT_FID: usize = 0x200;
        call(libc::SYS_fanotify_init, [FAN_REPORT_FID, 0]).inspect(|fd| close(*fd))
    })
    .open_alone("of what it can open by name, as inotify(7)"),
    Attack::new("memfd_secret", |_| call(libc::SYS_memfd_secret, [0]).inspect(|fd| close(*fd)))
        .filtered(&[ENOSYS])
        .open_alone("counts as locked memory"),
    Attack::new("mbind", |_| call(libc::SYS_mbind, [0, 0, 0, 0, 0, 0])).open_alone(ANYWAY),
    Attack::new("lsm_list_modules", |_| {
        let (mut ids, mut size) = ([0u64; 64], 512u32);
        call(LSM_LIST_MODULES, [to(&mut ids), to(&mut size), 0])
    })
    .filtered(&[ENOSYS])
    .open_alone("tells which security modules there are"),
    // ---- by files
    Attack::unfiltered("/proc/kcore", |_| opens("/proc/kcore", libc::O_RDONLY), &[EACCES, EPERM])
        .bare(&[EACCES, EPERM]),
    Attack::unfiltered("/proc/sysrq-trigger", |_| opens("/proc/sysrq-trigger", libc::O_WRONLY), FILE),
    Attack::unfiltered(
        "/proc/sys/kernel/core_pattern",
        |_| opens("/proc/sys/kernel/core_pattern", libc::O_WRONLY),
        FILE,
    ),
    Attack::unfiltered("/proc/sys/kernel/modprobe", |_| opens("/proc/sys/kernel/modprobe", libc::O_WRONLY), FILE),
    Attack::unfiltered("/dev/mem", |_| opens("/dev/mem", libc::O_RDWR), FILE),
    Attack::unfiltered("/dev/kmsg", |_| opens("/dev/kmsg", libc::O_WRONLY), FILE),
    Attack::unfiltered(
        "/sys",
        |_| opens("/sys/kernel/uevent_helper", libc::O_WRONLY).or(opens("/sys/kernel", 0)),
        FILE,
    )
    .open_bare("the host's files are in sight"),
    Attack::unfiltered("/sys/fs/cgroup", |_| opens("/sys/fs/cgroup/cgroup.procs", libc::O_WRONLY).or(v1_group()), FILE)
        .open_bare("the host's files are in sight; who may write decides"),
    // ---- terminals
    Attack::new("TIOCSTI with an upper half", |_| {
        let terminal = own_terminal()?;
        call(libc::SYS_ioctl, [terminal as usize, 0xdead_beef << 32 | libc::TIOCSTI as usize, at(b"x")])
    })
    .open_alone("of its own terminal; that of the host: tests/init_out_of_reach.rs"),
    Attack::new("TIOCLINUX with an upper half", |_| {
        let terminal = own_terminal()?;
        call(libc::SYS_ioctl, [terminal as usize, 0xdead_beef << 32 | libc::TIOCLINUX as usize, at(&[2u8, 0])])
    })
    // A pseudo terminal has no selection to paste; a console, where it has, is none to try.
    .harmful("it would paste on the machine's console")
    .open_alone("of its own terminal"),
    Attack::new("TIOCSETD", |_| {
        let terminal = own_terminal()?;
        call(libc::SYS_ioctl, [terminal as usize, libc::TIOCSETD as usize, at(&0i32)])
    })
    .open_alone("of its own terminal"),
    // ---- filesystems, by what was given. What is not frozen cannot be thawed.
    Attack::unfiltered(
        "FITHAW",
        |target| {
            const FITHAW: usize = 0xc004_5878;
            let directory = open(&path(target.text("given")), libc::O_RDONLY | libc::O_DIRECTORY)?;
            call(libc::SYS_ioctl, [directory as usize, FITHAW, 0])
        },
        &[EPERM],
    )
    .passes(&[EINVAL, EOPNOTSUPP]),
];

const FILE: &[i32] = &[ENOENT, EACCES, EPERM, libc::EROFS];

/// struct timex: a length of the tick that no clock has.
fn no_tick() -> [u64; 26] {
    const ADJ_TICK: u64 = 0x4000;
    let mut request = [0; 26];
    request[0] = ADJ_TICK;
    request
}

fn v1_group() -> Answer {
    opens("/sys/fs/cgroup/memory/cgroup.procs", libc::O_WRONLY)
}

/// The terminal's end of a new pair.
fn own_terminal() -> Answer {
    let main = open(&path("/dev/ptmx"), libc::O_RDWR | libc::O_NOCTTY)?;
    call(libc::SYS_ioctl, [main as usize, libc::TIOCSPTLCK as usize, at(&0i32)])?;
    call(libc::SYS_ioctl, [main as usize, libc::TIOCGPTPEER as usize, (libc::O_RDWR | libc::O_NOCTTY) as usize])
}
