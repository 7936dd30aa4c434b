//! The filters that come with the crate, as data: each call of the table stands in one group, with the reason.

use std::sync::LazyLock;

use super::rule::{Action, Arg, Condition, EAFNOSUPPORT, ENOSYS, EPERM};
use super::{Filter, Rule};

const EINVAL: i32 = 22;
const ENOTTY: i32 = 25;
const EPROTONOSUPPORT: i32 = 93;
const EOPNOTSUPP: i32 = 95;

/// Calls that are treated alike, whatever their arguments.
type Group = (&'static str, Action, &'static str);

/// What becomes of a call with such arguments. Of a call's cases the first one that fits counts.
type Case = (&'static str, &'static [Condition], Action, &'static str);

const fn denied(why: &'static str, calls: &'static str) -> Group {
    (why, Action::Errno(EPERM), calls)
}

const fn absent(why: &'static str, calls: &'static str) -> Group {
    (why, Action::Errno(ENOSYS), calls)
}

const fn allowed(why: &'static str, calls: &'static str) -> Group {
    (why, Action::Allow, calls)
}

/// What does not count in a pid namespace: the init has capabilities that the program lacks, and is not dumpable. The kernel asks the
/// filter after the debugger (4.8).
pub(super) const TRACING: &str = "others' memory, where there is no pid namespace";

const STANDARD: [Group; 50] = [
    allowed(
        "descriptors",
        "read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek close close_range dup dup2 dup3 \
         fcntl flock ioctl pipe pipe2 sendfile splice tee copy_file_range readahead fadvise64 fallocate ftruncate fsync \
         fdatasync sync syncfs sync_file_range",
    ),
    allowed(
        "files",
        "open openat creat stat fstat lstat newfstatat statx statfs fstatfs access faccessat faccessat2 getdents \
         getdents64 getcwd chdir fchdir rename renameat renameat2 mkdir mkdirat rmdir link linkat unlink unlinkat symlink \
         symlinkat readlink readlinkat mknod mknodat truncate umask utime utimes utimensat futimesat",
    ),
    allowed("files' modes and owners", "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat"),
    allowed(
        "files' attributes",
        "setxattr lsetxattr fsetxattr getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr removexattr \
         lremovexattr fremovexattr setxattrat getxattrat listxattrat removexattrat",
    ),
    allowed(
        "waiting for events",
        "poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd \
         eventfd2 signalfd signalfd4 inotify_init inotify_init1 inotify_add_watch inotify_rm_watch io_setup io_destroy \
         io_submit io_cancel io_getevents io_pgetevents",
    ),
    allowed(
        "memory",
        "mmap munmap mprotect mremap brk msync mincore madvise mlock mlock2 munlock mlockall munlockall memfd_create \
         membarrier remap_file_pages pkey_alloc pkey_free pkey_mprotect mseal map_shadow_stack",
    ),
    allowed("processes", "clone fork vfork execve execveat exit exit_group wait4 waitid pidfd_open"),
    allowed(
        "who and where a process is",
        "getpid gettid getppid getpgid getpgrp setpgid getsid setsid getuid geteuid getgid getegid getresuid getresgid \
         getgroups uname sysinfo getrusage times getcpu",
    ),
    allowed(
        "its ids and capabilities, which it can only lower",
        "setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups capget capset",
    ),
    allowed(
        "its own limits and scheduling",
        "getrlimit setrlimit prlimit64 getpriority setpriority sched_yield sched_getaffinity sched_setaffinity \
         sched_getparam sched_setparam sched_getscheduler sched_setscheduler sched_getattr sched_setattr \
         sched_get_priority_max sched_get_priority_min sched_rr_get_interval ioprio_get ioprio_set",
    ),
    allowed("its own state", "prctl arch_prctl"),
    denied("undoes protections, or is of other systems", "personality"),
    ("AF_VSOCK, AF_PACKET, AF_ALG and all other families", Action::Errno(EAFNOSUPPORT), "socket socketpair"),
    allowed(
        "threads",
        "futex futex_waitv futex_wait futex_wake futex_requeue set_tid_address set_robust_list get_robust_list rseq",
    ),
    absent("nothing that a program needs", "rseq_slice_yield"),
    allowed(
        "signals",
        "kill tkill tgkill pidfd_send_signal rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait \
         rt_sigqueueinfo rt_tgsigqueueinfo rt_sigsuspend sigaltstack pause restart_syscall",
    ),
    allowed(
        "reading the time, and timers",
        "time gettimeofday clock_gettime clock_getres clock_nanosleep nanosleep alarm getitimer setitimer timer_create \
         timer_settime timer_gettime timer_getoverrun timer_delete timerfd_create timerfd_settime timerfd_gettime",
    ),
    allowed(
        "sockets",
        "bind listen accept accept4 connect shutdown getsockname getpeername getsockopt setsockopt \
         sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg",
    ),
    allowed(
        "System V objects and message queues",
        "shmget shmat shmdt shmctl semget semop semtimedop semctl msgget msgsnd msgrcv msgctl mq_open mq_unlink \
         mq_timedsend mq_timedreceive mq_notify mq_getsetattr",
    ),
    allowed("random numbers", "getrandom"),
    allowed(
        "a program may restrict itself further",
        "seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self",
    ),
    allowed("made by the kernel's own probes of a program, and by nobody else", "uprobe uretprobe"),
    absent("its flags are behind a pointer; the C library falls back to clone", "clone3"),
    absent(OPENAT2, "openat2"),
    denied(MOUNTS, "mount umount2 pivot_root chroot fsopen fsconfig fsmount fspick open_tree move_mount mount_setattr"),
    absent(MOUNTS, "open_tree_attr statmount listmount"),
    denied(NAMESPACES, "unshare setns sethostname setdomainname"),
    absent("others' namespaces", "listns"),
    denied(TRACING, "ptrace"),
    denied(
        "other processes' memory and descriptors",
        "process_vm_readv process_vm_writev kcmp pidfd_getfd process_madvise process_mrelease",
    ),
    denied("keyrings are not of a namespace", "add_key request_key keyctl"),
    denied("programs in the kernel", "bpf"),
    denied("performance counters tell of others", "perf_event_open lookup_dcookie"),
    denied("it stops the kernel in the middle of a copy, which makes its races easy to win", "userfaultfd"),
    absent("its requests pass by every filter", "io_uring_setup io_uring_enter io_uring_register"),
    denied("it opens files by number, past every mount", "open_by_handle_at"),
    ("what open_by_handle_at takes", Action::Errno(EOPNOTSUPP), "name_to_handle_at"),
    denied("it watches whole filesystems", "fanotify_init fanotify_mark"),
    denied("the kernel's code", "init_module finit_module delete_module kexec_load kexec_file_load"),
    denied("the machine", "reboot swapon swapoff iopl ioperm vhangup"),
    denied("the machine's clocks", "clock_settime settimeofday adjtimex clock_adjtime"),
    denied("the machine's logs and accounts", "syslog acct quotactl quotactl_fd"),
    denied("placement of memory", "mbind get_mempolicy set_mempolicy set_mempolicy_home_node move_pages migrate_pages"),
    denied("pages of a process become pages of a pipe: more trouble than use", "vmsplice"),
    absent("segments for 16-bit code", "modify_ldt set_thread_area get_thread_area"),
    absent("memory that the kernel cannot reclaim", "memfd_secret"),
    absent("it tells what others read", "cachestat"),
    absent("flags of files", "file_getattr file_setattr"),
    absent("security modules", "lsm_get_self_attr lsm_set_self_attr lsm_list_modules"),
    absent(
        "obsolete",
        "uselib ustat sysfs _sysctl create_module get_kernel_syms query_module nfsservctl getpmsg putpmsg afs_syscall \
         tuxcall security vserver epoll_ctl_old epoll_wait_old",
    ),
];

const SETUID: u64 = 0o6000;
/// O_CREAT, and O_TMPFILE without O_DIRECTORY.
const MAKES_A_FILE: u64 = 0o100 | 0o20_000_000;
/// What [`Sandbox::user_namespaces`](crate::Sandbox::user_namespaces) allows.
pub(super) const NAMESPACES: &str = "namespaces";
pub(super) const MOUNTS: &str = "mounts";
/// What counts there alone.
pub(super) const FOR_INIT: &str = "the init's priority, where the program may make user namespaces";
/// What does not count where no file of the host's is in reach, and what is allowed there.
pub(super) const SET_IDS: &str = "a setuid file of the host's, where one is in reach";
pub(super) const OPENAT2: &str =
    "its mode, which may make a setuid file of the host's, is behind a pointer; programs fall back to openat";

const fn flags(index: u8) -> Arg {
    Arg::new(index).low32()
}

/// AF_INET and AF_INET6, 2 and 10.
const INTERNET: Condition = flags(0).mask(!8).eq(2);
/// Anything but SOCK_STREAM and SOCK_DGRAM; flags are above.
const RAW: Condition = flags(1).mask(0xf).gt(2);
/// CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.
const NEW_NAMESPACE: Condition = flags(0).any(0x7e02_0000);
const CLONE_THREAD: u64 = 0x1_0000;

const EPERM_IF: Action = Action::Errno(EPERM);

/// What makes a setuid or setgid file, or a device node.
const NODES: [Case; 11] = [
    ("chmod", &[flags(1).any(SETUID)], EPERM_IF, SET_IDS),
    ("fchmod", &[flags(1).any(SETUID)], EPERM_IF, SET_IDS),
    ("fchmodat", &[flags(2).any(SETUID)], EPERM_IF, SET_IDS),
    ("fchmodat2", &[flags(2).any(SETUID)], EPERM_IF, SET_IDS),
    ("creat", &[flags(1).any(SETUID)], EPERM_IF, SET_IDS),
    ("open", &[flags(2).any(SETUID), flags(1).any(MAKES_A_FILE)], EPERM_IF, SET_IDS),
    ("openat", &[flags(3).any(SETUID), flags(2).any(MAKES_A_FILE)], EPERM_IF, SET_IDS),
    ("mknod", &[flags(1).any(SETUID)], EPERM_IF, SET_IDS),
    ("mknodat", &[flags(2).any(SETUID)], EPERM_IF, SET_IDS),
    // The bit that S_IFCHR and S_IFBLK have, and FIFO, socket and regular file have not.
    ("mknod", &[flags(1).any(0o20_000)], EPERM_IF, "device nodes"),
    ("mknodat", &[flags(2).any(0o20_000)], EPERM_IF, "device nodes"),
];

/// The init is process 1, and one of the user's: cap_safe_nice().
const INIT: [Case; 8] = [
    ("setpriority", &[flags(0).eq(2)], EPERM_IF, FOR_INIT),
    ("setpriority", &[flags(1).eq(1)], EPERM_IF, FOR_INIT),
    ("ioprio_set", &[flags(0).eq(3)], EPERM_IF, FOR_INIT),
    ("ioprio_set", &[flags(1).eq(1)], EPERM_IF, FOR_INIT),
    ("sched_setaffinity", &[flags(0).eq(1)], EPERM_IF, FOR_INIT),
    ("sched_setattr", &[flags(0).eq(1)], EPERM_IF, FOR_INIT),
    ("sched_setparam", &[flags(0).eq(1)], EPERM_IF, FOR_INIT),
    ("sched_setscheduler", &[flags(0).eq(1)], EPERM_IF, FOR_INIT),
];

const STANDARD_CASES: [Case; 15] = [
    ("clone", &[NEW_NAMESPACE], EPERM_IF, NAMESPACES),
    ("ioctl", &[flags(1).eq(0x5412)], EPERM_IF, "TIOCSTI types on the terminal for its owner"),
    ("ioctl", &[flags(1).eq(0x541c)], EPERM_IF, "TIOCLINUX pastes on the terminal for its owner"),
    ("ioctl", &[flags(1).eq(0x541d)], EPERM_IF, "TIOCCONS takes the machine's console"),
    ("ioctl", &[flags(1).eq(0x5423)], EPERM_IF, "TIOCSETD loads line disciplines"),
    // Linux, with or without UNAME26, for 64 or 32 bits; and the question which one it is.
    ("personality", &[flags(0).mask(!0x2_0008).eq(0)], Action::Allow, "harmless"),
    ("personality", &[flags(0).eq(0xffff_ffff)], Action::Allow, "a question"),
    ("prlimit64", &[flags(0).ne(0), Arg::new(2).ne(0)], EPERM_IF, "others' limits, the init's among them"),
    ("socket", &[flags(0).eq(1)], Action::Allow, "AF_UNIX"),
    ("socket", &[flags(0).eq(16), flags(2).eq(0)], Action::Allow, "AF_NETLINK: routes and addresses"),
    ("socket", &[flags(0).eq(16)], Action::Errno(EPROTONOSUPPORT), "AF_NETLINK: audit, packet filters and the like"),
    ("socket", &[INTERNET, RAW], EPERM_IF, "raw and packet sockets"),
    ("socket", &[INTERNET, flags(2).gt(17)], Action::Errno(EPROTONOSUPPORT), "neither TCP nor UDP"),
    ("socket", &[INTERNET], Action::Allow, "AF_INET, AF_INET6: TCP and UDP"),
    ("socketpair", &[flags(0).eq(1)], Action::Allow, "AF_UNIX"),
];

const COMPUTE: [Group; 10] = [
    allowed(
        "input and output",
        "read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek close close_range dup dup2 dup3 \
         fcntl pipe pipe2 fadvise64 ftruncate fallocate fsync fdatasync poll ppoll select pselect6 epoll_create1 epoll_ctl \
         epoll_wait epoll_pwait eventfd2",
    ),
    allowed(
        "files",
        "open openat creat stat fstat lstat newfstatat statx statfs fstatfs access faccessat faccessat2 getdents \
         getdents64 getcwd readlink readlinkat unlink unlinkat umask",
    ),
    allowed("memory", "mmap munmap mprotect mremap brk msync mincore madvise membarrier mseal map_shadow_stack"),
    allowed(
        "threads",
        "futex futex_waitv futex_wait futex_wake futex_requeue set_tid_address set_robust_list get_robust_list rseq \
         sched_yield sched_getaffinity sched_setaffinity getcpu arch_prctl",
    ),
    allowed(
        "time and signals within the process",
        "time gettimeofday clock_gettime clock_getres clock_nanosleep nanosleep alarm getitimer setitimer timer_create \
         timer_settime timer_gettime timer_getoverrun timer_delete rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending \
         rt_sigtimedwait rt_sigsuspend sigaltstack pause restart_syscall tkill tgkill uprobe uretprobe",
    ),
    allowed(
        "who and where a process is",
        "getpid gettid getppid getpgid getpgrp getsid getuid geteuid getgid getegid getresuid getresgid getgroups uname \
         sysinfo getrusage times getrlimit setrlimit prlimit64 sched_getparam sched_getscheduler getrandom",
    ),
    ("all other requests", Action::Errno(ENOTTY), "ioctl"),
    ("all other requests", Action::Errno(EINVAL), "prctl"),
    allowed("the start and the end", "execve exit exit_group"),
    absent("its flags are behind a pointer; the C library falls back to clone", "clone3"),
];

const COMPUTE_CASES: [Case; 13] = [
    ("clone", &[NEW_NAMESPACE], EPERM_IF, "no namespaces"),
    ("clone", &[flags(0).any(CLONE_THREAD)], Action::Allow, "threads, but no processes"),
    ("prlimit64", &[flags(0).ne(0), Arg::new(2).ne(0)], EPERM_IF, "others' limits, the init's among them"),
    ("ioctl", &[flags(1).eq(0x5401)], Action::Allow, "TCGETS: is this a terminal?"),
    ("ioctl", &[flags(1).eq(0x5413)], Action::Allow, "TIOCGWINSZ: how large is it?"),
    ("ioctl", &[flags(1).eq(0x541b)], Action::Allow, "FIONREAD: how much is there to read?"),
    ("ioctl", &[flags(1).eq(0x5421)], Action::Allow, "FIONBIO"),
    ("ioctl", &[flags(1).eq(0x5451)], Action::Allow, "FIOCLEX"),
    ("prctl", &[flags(0).eq(15)], Action::Allow, "PR_SET_NAME"),
    ("prctl", &[flags(0).eq(16)], Action::Allow, "PR_GET_NAME"),
    ("prctl", &[flags(0).eq(23)], Action::Allow, "PR_CAPBSET_READ"),
    ("prctl", &[flags(0).eq(39)], Action::Allow, "PR_GET_NO_NEW_PRIVS"),
    ("prctl", &[flags(0).eq(0x5356_4d41)], Action::Allow, "PR_SET_VMA"),
];

impl Filter {
    fn preset(title: &'static str, otherwise: Action, groups: &[Group], cases: &[&[Case]]) -> Filter {
        let mut rules = Vec::new();
        for (why, action, calls) in groups {
            for call in calls.split_ascii_whitespace() {
                rules.push(Rule { call: call.into(), conditions: Vec::new(), action: *action, why: (*why).into() });
            }
        }
        // Of rules the last one that fits counts.
        for (call, conditions, action, why) in cases.iter().flat_map(|cases| cases.iter().rev()) {
            rules.push(Rule {
                call: (*call).into(),
                conditions: conditions.to_vec(),
                action: *action,
                why: (*why).into(),
            });
        }
        Filter { rules: rules.into(), ..Filter::new(title, otherwise) }
    }

    /// The default of [`Sandbox::new()`](crate::Sandbox::new): what a compiler, an interpreter, a version control system, a
    /// test suite need, and no more.
    ///
    /// Denied are, with EPERM or, where programs know what to do without, ENOSYS:
    ///
    /// - all that Docker's default profile denies to a container without capabilities;
    /// - unless [`Sandbox::user_namespaces`](crate::Sandbox::user_namespaces) allows them: mounts, old calls and new, chroot and
    ///   pivot_root; namespaces, by unshare, setns and clone's flags; clone3 (ENOSYS: the
    ///   C library falls back to clone, whose flags can be seen);
    /// - process_vm_readv and _writev, kcmp, pidfd_getfd; ptrace without [`Namespaces::PID`](crate::Namespaces::PID), where
    ///   there would be others to trace. With it leak checkers (AddressSanitizer's) and gdb run, the init is out of reach of
    ///   them, and the kernel asks the filter after the debugger (4.8); strace does not run, see
    ///   [`Sandbox::seccomp`](crate::Sandbox::seccomp);
    /// - keyrings, bpf, perf_event_open, userfaultfd, io_uring, fanotify, open_by_handle_at, modules, kexec, reboot, swap,
    ///   clocks, quotas, syslog, acct, NUMA placement, and what is obsolete;
    /// - sockets but AF_UNIX, TCP and UDP of AF_INET and AF_INET6, and AF_NETLINK for routes: no raw, packet, vsock and
    ///   crypto sockets;
    /// - ioctl with TIOCSTI, TIOCLINUX, TIOCCONS and TIOCSETD, compared as the kernel does, by the lower half; personality but
    ///   the harmless values; prlimit64 that sets another process's limits;
    /// - device nodes; and **setuid and setgid files and directories where one of the host's is in reach**: see
    ///   [`Sandbox::seccomp`](crate::Sandbox::seccomp). There chmod, open and mknod with such a mode fail with EPERM, of every file,
    ///   for a filter cannot tell them (`git init --shared`, `cp -a`, `dpkg -x`); and openat2, whose mode it cannot see, is
    ///   answered with ENOSYS;
    /// - numbers that are newer than Linux 7.0, the x32 bit, and the calls of other architectures: ENOSYS.
    ///
    /// It is the same whatever capabilities the sandbox is given: what one of them is for must be allowed as well, such as
    /// `chroot` for CAP_SYS_CHROOT.
    ///
    /// ```
    /// use belljar::{Action, Filter};
    ///
    /// assert!(!Filter::standard().explain("kcmp").action().permits());
    /// // For a checkpoint inside:
    /// let filter = Filter::standard().allow(["kcmp"]);
    /// assert!(filter.explain("kcmp").action().permits());
    /// ```
    ///
    /// # Errors
    /// None.
    pub fn standard() -> Filter {
        static STANDARD_FILTER: LazyLock<Filter> = LazyLock::new(|| {
            Filter::preset("standard", Action::Errno(ENOSYS), &STANDARD, &[&NODES, &INIT, &STANDARD_CASES])
        });
        STANDARD_FILTER.clone()
    }

    /// For a program that computes, such as a submission to a contest, in C, C++ or Rust, linked statically or not.
    ///
    /// It may read and write files as far as it sees them, use memory, time, and threads (clone with CLONE_THREAD;
    /// [`pids_limit`](crate::Sandbox::pids_limit) forbids these too). It has no sockets, no new processes, no signals to
    /// others, and no calls that change names, owners or modes of files. execve(2) is allowed because the program itself is
    /// started by it. What is not allowed fails with EPERM, or as [`otherwise`](Filter::otherwise) says.
    ///
    /// ```
    /// use belljar::{Action, Filter};
    ///
    /// let strict = Filter::compute().otherwise(Action::Kill);
    /// assert_eq!(strict.explain("socket").action(), Action::Kill);
    /// ```
    ///
    /// # Errors
    /// None.
    pub fn compute() -> Filter {
        static COMPUTE_FILTER: LazyLock<Filter> = LazyLock::new(|| {
            Filter::preset("compute", Action::Errno(EPERM), &COMPUTE, &[&NODES[4..7], &COMPUTE_CASES])
        });
        COMPUTE_FILTER.clone()
    }
}

/// The calls that the standard filter names, each as often as it does.
#[cfg(test)]
pub(super) fn standard_calls() -> Vec<&'static str> {
    STANDARD.iter().flat_map(|(.., calls)| calls.split_ascii_whitespace()).collect()
}
