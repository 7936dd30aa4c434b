//! What becomes of a call, and for which arguments.

use std::fmt;

pub(super) use linux_raw_sys::ptrace::SECCOMP_RET_KILL_PROCESS as KILL_PROCESS;
use linux_raw_sys::ptrace::{
    SECCOMP_RET_ALLOW, SECCOMP_RET_DATA, SECCOMP_RET_ERRNO, SECCOMP_RET_LOG, SECCOMP_RET_TRAP,
};

/// What becomes of a system call: seccomp(2). `Display` is a word, such as `allow`, `EPERM` or `kill`.
///
/// ```
/// use belljar::Action;
///
/// assert_eq!(Action::Errno(38).to_string(), "ENOSYS");
/// assert!(Action::Log.permits() && !Action::Trap.permits());
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// It is made.
    Allow,
    /// It is made, and the kernel's log tells of it (SECCOMP_RET_LOG, 4.14).
    Log,
    /// It is not made and fails with this errno, 0 to 4095; with 0 it seems to succeed.
    Errno(i32),
    /// It is not made and the thread gets SIGSYS, which it may handle (SECCOMP_RET_TRAP).
    Trap,
    /// It is not made and the whole sandbox is ended: [`Verdict::SyscallDenied`](crate::Verdict::SyscallDenied). Where nobody
    /// can be asked (see [`Sandbox::seccomp`](crate::Sandbox::seccomp)) the process is killed.
    Kill,
}

impl Action {
    /// What the program returns for it.
    pub(super) fn value(self) -> u32 {
        match self {
            Action::Allow => SECCOMP_RET_ALLOW,
            Action::Log => SECCOMP_RET_LOG,
            Action::Errno(errno) => SECCOMP_RET_ERRNO | (errno as u32 & SECCOMP_RET_DATA),
            Action::Trap => SECCOMP_RET_TRAP,
            Action::Kill => KILL_PROCESS,
        }
    }

    /// Whether the call is made.
    pub fn permits(self) -> bool {
        matches!(self, Action::Allow | Action::Log)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::Allow => f.write_str("allow"),
            Action::Log => f.write_str("allow and log"),
            Action::Errno(errno) => match errno_name(*errno) {
                Some(name) => f.write_str(name),
                None => write!(f, "errno {errno}"),
            },
            Action::Trap => f.write_str("SIGSYS"),
            Action::Kill => f.write_str("kill"),
        }
    }
}

pub(super) const EPERM: i32 = 1;
pub(super) const ENOSYS: i32 = 38;
pub(super) const EAFNOSUPPORT: i32 = 97;

/// By number, from 1 up.
const ERRNOS: &str = "EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST \
    EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM \
    ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP - ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG \
    EUNATCH ENOCSI EL2HLT EBADE EBADR EXFULL ENOANO EBADRQC EBADSLT - EBFONT ENOSTR ENODATA ETIME ENOSR ENONET \
    ENOPKG EREMOTE ENOLINK EADV ESRMNT ECOMM EPROTO EMULTIHOP EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ EBADFD EREMCHG \
    ELIBACC ELIBBAD ELIBSCN ELIBMAX ELIBEXEC EILSEQ ERESTART ESTRPIPE EUSERS ENOTSOCK EDESTADDRREQ EMSGSIZE \
    EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE \
    EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN \
    ETOOMANYREFS ETIMEDOUT ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ESTALE EUCLEAN ENOTNAM ENAVAIL \
    EISNAM EREMOTEIO EDQUOT ENOMEDIUM EMEDIUMTYPE ECANCELED ENOKEY EKEYEXPIRED EKEYREVOKED EKEYREJECTED EOWNERDEAD \
    ENOTRECOVERABLE ERFKILL -";

fn errno_name(errno: i32) -> Option<&'static str> {
    let place = usize::try_from(errno).ok()?.checked_sub(1)?;
    ERRNOS.split_ascii_whitespace().nth(place).filter(|name| *name != "-")
}

/// The errno of that name.
#[cfg(any(feature = "json", feature = "serde"))]
pub(super) fn errno(name: &str) -> Option<i32> {
    let place = ERRNOS.split_ascii_whitespace().position(|known| known == name && known != "-")?;
    Some(place as i32 + 1)
}

/// An argument of a system call, to be compared.
///
/// The comparison is of 64 bits. Of most arguments the kernel looks at the lower half only, and a program that sets a bit
/// in the upper one gets past a comparison of all: [`low32`](Arg::low32) is right for every argument that the manual page
/// calls `int` or `unsigned int`. What is behind a pointer cannot be compared.
///
/// ```
/// use belljar::{Action, Arg, Filter};
///
/// // ioctl(2) with TIOCSTI.
/// let filter = Filter::standard().when("ioctl", [Arg::new(1).low32().eq(0x5412)], Action::Kill);
/// # let _ = filter;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Arg {
    index: u8,
    mask: u64,
}

/// What an [`Arg`] must be: what its comparisons give. `Display` is such as `arg1 & 0xffffffff == 0x5412`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Condition {
    pub(super) index: u8,
    pub(super) mask: u64,
    pub(super) is: Is,
    pub(super) value: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Is {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Arg {
    /// The argument at this place, 0 to 5.
    pub const fn new(index: u8) -> Arg {
        Arg { index, mask: u64::MAX }
    }

    /// Its lower 32 bits.
    pub const fn low32(self) -> Arg {
        self.mask(0xffff_ffff)
    }

    /// Only these bits of it.
    pub const fn mask(self, bits: u64) -> Arg {
        Arg { mask: self.mask & bits, ..self }
    }

    /// Equal to `value`.
    pub const fn eq(self, value: u64) -> Condition {
        self.compare(Is::Equal, value)
    }

    /// Anything but `value`.
    pub const fn ne(self, value: u64) -> Condition {
        self.compare(Is::NotEqual, value)
    }

    /// Less than `value`, both unsigned.
    pub const fn lt(self, value: u64) -> Condition {
        self.compare(Is::Less, value)
    }

    /// At most `value`, both unsigned.
    pub const fn le(self, value: u64) -> Condition {
        self.compare(Is::LessOrEqual, value)
    }

    /// Greater than `value`, both unsigned.
    pub const fn gt(self, value: u64) -> Condition {
        self.compare(Is::Greater, value)
    }

    /// At least `value`, both unsigned.
    pub const fn ge(self, value: u64) -> Condition {
        self.compare(Is::GreaterOrEqual, value)
    }

    /// With at least one of these bits.
    pub const fn any(self, bits: u64) -> Condition {
        self.mask(bits).ne(0)
    }

    const fn compare(self, is: Is, value: u64) -> Condition {
        Condition { index: self.index, mask: self.mask, is, value }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "arg{}", self.index)?;
        if self.mask != u64::MAX {
            write!(f, " & {:#x}", self.mask)?;
        }
        let word = match self.is {
            Is::Equal => "==",
            Is::NotEqual => "!=",
            Is::Less => "<",
            Is::LessOrEqual => "<=",
            Is::Greater => ">",
            Is::GreaterOrEqual => ">=",
        };
        write!(f, " {word} {:#x}", self.value)
    }
}
