//! The numbers of system calls on this architecture.

pub(crate) use linux_raw_sys::general::{
    __NR_capget as CAPGET, __NR_capset as CAPSET, __NR_chdir as CHDIR, __NR_chroot as CHROOT,
    __NR_clock_gettime as CLOCK_GETTIME, __NR_clone as CLONE, __NR_close as CLOSE, __NR_close_range as CLOSE_RANGE,
    __NR_dup3 as DUP3, __NR_execve as EXECVE, __NR_execveat as EXECVEAT, __NR_exit_group as EXIT_GROUP,
    __NR_faccessat as FACCESSAT, __NR_fchdir as FCHDIR, __NR_fchmod as FCHMOD, __NR_fchmodat as FCHMODAT,
    __NR_fchownat as FCHOWNAT, __NR_fcntl as FCNTL, __NR_fsconfig as FSCONFIG, __NR_fsmount as FSMOUNT,
    __NR_fsopen as FSOPEN, __NR_futex as FUTEX, __NR_getppid as GETPPID, __NR_ioctl as IOCTL,
    __NR_ioprio_get as IOPRIO_GET, __NR_ioprio_set as IOPRIO_SET, __NR_keyctl as KEYCTL,
    __NR_landlock_add_rule as LANDLOCK_ADD_RULE, __NR_landlock_create_ruleset as LANDLOCK_CREATE_RULESET,
    __NR_landlock_restrict_self as LANDLOCK_RESTRICT_SELF, __NR_linkat as LINKAT, __NR_mkdirat as MKDIRAT,
    __NR_mknodat as MKNODAT, __NR_mount as MOUNT, __NR_mount_setattr as MOUNT_SETATTR, __NR_move_mount as MOVE_MOUNT,
    __NR_nanosleep as NANOSLEEP, __NR_open_tree as OPEN_TREE, __NR_openat as OPENAT, __NR_openat2 as OPENAT2,
    __NR_personality as PERSONALITY, __NR_pivot_root as PIVOT_ROOT, __NR_ppoll as PPOLL, __NR_prctl as PRCTL,
    __NR_prlimit64 as PRLIMIT64, __NR_readlinkat as READLINKAT, __NR_recvfrom as RECVFROM, __NR_recvmsg as RECVMSG,
    __NR_rt_sigaction as RT_SIGACTION, __NR_rt_sigprocmask as RT_SIGPROCMASK, __NR_rt_sigtimedwait as RT_SIGTIMEDWAIT,
    __NR_sched_getattr as SCHED_GETATTR, __NR_sched_setaffinity as SCHED_SETAFFINITY,
    __NR_sched_setattr as SCHED_SETATTR, __NR_seccomp as SECCOMP, __NR_sendfile as SENDFILE, __NR_sendmsg as SENDMSG,
    __NR_setfsuid as SETFSUID, __NR_setgroups as SETGROUPS, __NR_sethostname as SETHOSTNAME, __NR_setpgid as SETPGID,
    __NR_setresgid as SETRESGID, __NR_setresuid as SETRESUID, __NR_setsid as SETSID, __NR_socket as SOCKET,
    __NR_socketpair as SOCKETPAIR, __NR_statx as STATX, __NR_symlinkat as SYMLINKAT, __NR_umask as UMASK,
    __NR_umount2 as UMOUNT2, __NR_unshare as UNSHARE, __NR_write as WRITE,
};
