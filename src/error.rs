//! What a setup failure tells: the step, the object, the errno and, where known, the cure.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A sandbox could not be set up, or its end could not be waited for.
///
/// What the program itself did is never an `Error`: that is a [`Verdict`](crate::Verdict). `Display` is one full line,
/// such as `bind /srv/data on /data: No such file or directory (os error 2)`; `{:#}` adds the [`hint`](Error::hint). An
/// `Error` converts into an
/// [`io::Error`] of the right kind, which keeps it with its errno and hint.
///
/// ```
/// use belljar::{Command, Sandbox};
///
/// let error = Sandbox::new().bind_ro("/no/such/place", "/data").spawn(Command::new("/bin/true")).unwrap_err();
/// assert_eq!(error.to_string(), "bind /no/such/place on /data: No such file or directory (os error 2)");
/// assert_eq!(error.raw_os_error(), Some(2));
/// let error = std::io::Error::from(error);
/// assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
/// assert!(error.get_ref().is_some_and(|error| error.is::<belljar::Error>()));
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    label: Label,
    cause: Cause,
    /// Whether it is the host that lacks something, and not the request that cannot be met.
    unsupported: bool,
    hint: Option<Cow<'static, str>>,
}

#[derive(thiserror::Error, Debug)]
enum Cause {
    #[error(transparent)]
    Os(io::Error),
    #[error("{0}")]
    Invalid(String),
}

/// What can be done about an error, and so what kind of cause it has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cure {
    /// The host lacks what was asked for: another kernel, configuration or privilege.
    Host(&'static str),
    /// Another request, or the same one at another time.
    Request(&'static str),
}

impl Cure {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Cure::Host(text) | Cure::Request(text) => text,
        }
    }
}

macro_rules! steps {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// Where a spawn, a run or a wait failed. `Display` is the word that an [`Error`] begins with.
        #[non_exhaustive]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Step {
            $($(#[$doc])* $name,)*
        }

        impl fmt::Display for Step {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Step::$name => $word,)* })
            }
        }
    };
}

steps! {
    /// The program's name or path.
    Program = "program",
    /// An argument of the program.
    Argument = "argument",
    /// A variable of the program's environment.
    Environment = "environment",
    /// The program's working directory.
    CurrentDir = "current_dir",
    /// The program's standard input, output or error, or another descriptor given to it.
    Stdio = "stdio",
    /// The choice of namespaces.
    Namespaces = "namespaces",
    /// The ids of the program's user.
    User = "user",
    /// The sandbox's host name: sethostname(2).
    Hostname = "hostname",
    /// The sandbox's network.
    Network = "network",
    /// A limit.
    Limit = "limit",
    /// A bind mount: open_tree(2), mount_setattr(2), move_mount(2).
    Bind = "bind",
    /// An overlay: fsopen(2), fsconfig(2), mount(2).
    Overlay = "overlay",
    /// What a run has changed in its overlay.
    Changes = "changes",
    /// An image: its archive, its layers, their store.
    OciImage = "image",
    /// A tmpfs: mount(2).
    Tmpfs = "tmpfs",
    /// A file made in the sandbox.
    File = "file",
    /// A directory made in the sandbox.
    Dir = "dir",
    /// A symbolic link made in the sandbox.
    Symlink = "symlink",
    /// The sandbox's root: fsopen(2), pivot_root(2).
    Root = "root",
    /// The sandbox's own /proc.
    Proc = "proc",
    /// The sandbox's own /dev.
    Dev = "dev",
    /// A pipe, socket or other descriptor of the host's side.
    Descriptor = "descriptor",
    /// The memfd with the init image.
    Image = "init image",
    /// The clone of the first process into its namespaces.
    Clone = "clone",
    /// The id maps of the user namespace: user_namespaces(7).
    IdMap = "id map",
    /// The init, between the clone and the program.
    Init = "init",
    /// The process of the program: clone(2).
    Start = "start",
    /// The clean state of the program: session, mask, scheduling, personality.
    State = "state",
    /// The session keyring: keyctl(2).
    Keyring = "keyring",
    /// A control group: cgroups(7).
    Cgroup = "cgroup",
    /// The system call filter: seccomp(2).
    Seccomp = "seccomp",
    /// The Landlock rules: landlock(7).
    Landlock = "landlock",
    /// The label that the security module gives the program at its execve.
    LsmLabel = "lsm label",
    /// A resource limit: prlimit(2).
    Rlimit = "rlimit",
    /// Capabilities and no_new_privs: capabilities(7).
    Capabilities = "capabilities",
    /// The execve(2) of the program.
    Exec = "exec",
    /// The execve(2) of the program, which is there; what it names as its interpreter or loader is not.
    Interpreter = "interpreter or loader of",
    /// A signal to the program: [`Child::signal`](crate::Child::signal).
    Signal = "signal",
    /// Waiting for the sandbox's end, or reading what it wrote.
    Wait = "wait",
}

/// What an operation is for: how a failure of it is told.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Label {
    pub step: Step,
    pub path: Option<PathBuf>,
    pub inside: Option<PathBuf>,
}

impl Label {
    pub(crate) fn new(step: Step) -> Label {
        Label { step, path: None, inside: None }
    }

    pub(crate) fn at(step: Step, path: impl Into<PathBuf>) -> Label {
        Label { path: Some(path.into()), ..Label::new(step) }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.step)?;
        if let Some(path) = &self.path {
            write!(f, " {}", Printable(path))?;
        }
        if let Some(inside) = &self.inside {
            write!(f, " on {}", Printable(inside))?;
        }
        Ok(())
    }
}

/// A path may hold line feeds and what a terminal takes for commands; a message may not.
struct Printable<'a>(&'a Path);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.to_string_lossy().chars().try_for_each(|character| match character.is_control() {
            true => write!(f, "{}", character.escape_debug()),
            false => write!(f, "{character}"),
        })
    }
}

impl Error {
    /// The kernel refused.
    pub(crate) fn os(label: Label, error: impl Into<io::Error>) -> Error {
        let error = error.into();
        let unsupported = error.raw_os_error().is_some_and(|errno| is_for_want_of_support(label.step, errno));
        Error(Box::new(Inner { label, cause: Cause::Os(error), unsupported, hint: None }))
    }

    /// The caller asked for something that cannot be.
    pub(crate) fn invalid(label: Label, message: impl Into<String>) -> Error {
        Error(Box::new(Inner { label, cause: Cause::Invalid(message.into()), unsupported: false, hint: None }))
    }

    /// With a cure, if there is one; what only the host can cure is for want of support.
    pub(crate) fn with_hint(mut self, cure: Option<Cure>) -> Error {
        self.0.unsupported |= matches!(cure, Some(Cure::Host(_)));
        if let Some(cure) = cure {
            self.0.hint = Some(Cow::Borrowed(cure.text()));
        }
        self
    }

    /// With another hint, which does not change what kind of cause it has.
    pub(crate) fn with_advice(mut self, advice: String) -> Error {
        self.0.hint = Some(Cow::Owned(advice));
        self
    }

    /// The step that failed.
    pub fn step(&self) -> Step {
        self.0.label.step
    }

    /// The path that the step was about: of a bind mount the host's, of a file or directory the one inside.
    pub fn path(&self) -> Option<&Path> {
        self.0.label.path.as_deref()
    }

    /// The kernel's errno; `None` if the request was refused before the kernel was asked.
    pub fn raw_os_error(&self) -> Option<i32> {
        match &self.0.cause {
            Cause::Os(error) => error.raw_os_error(),
            Cause::Invalid(_) => None,
        }
    }

    /// Whether this host lacks what was asked for: another kernel, configuration or privilege would do it.
    pub fn is_unsupported(&self) -> bool {
        self.0.unsupported
    }

    /// As [`hint`](Error::hint), for as long as the table of cures lives.
    pub(crate) fn static_hint(&self) -> Option<&'static str> {
        match self.0.hint {
            Some(Cow::Borrowed(hint)) => Some(hint),
            _ => None,
        }
    }

    /// What can be done about it, by the caller or the host's owner, where that is known.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }
}

/// Whether the errno alone tells that the host lacks something: the call; or, where the step depends on nothing that the
/// request names, a privilege, an option of the kernel or room for one more.
fn is_for_want_of_support(step: Step, errno: i32) -> bool {
    const EPERM: i32 = 1;
    const EACCES: i32 = 13;
    const EINVAL: i32 = 22;
    const ENOSPC: i32 = 28;
    const ENOSYS: i32 = 38;
    const EOPNOTSUPP: i32 = 95;
    match step {
        Step::Clone | Step::IdMap | Step::Proc | Step::Root | Step::Dev | Step::Network | Step::Image => {
            matches!(errno, EPERM | EACCES | EINVAL | ENOSPC | ENOSYS | EOPNOTSUPP)
        }
        _ => matches!(errno, ENOSYS | EOPNOTSUPP),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.label, self.0.cause)?;
        match self.hint() {
            Some(hint) if f.alternate() => write!(f, " [{hint}]"),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:#}")
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.cause {
            Cause::Os(error) => Some(error),
            Cause::Invalid(_) => None,
        }
    }
}

impl From<Error> for io::Error {
    /// Keeps the error ([`io::Error::get_ref`]). Its kind is `Unsupported` where [`is_unsupported`](Error::is_unsupported), that
    /// of the errno where there is one, and else `InvalidInput`. An [`io::Error`] with an error in it has no errno of its own.
    fn from(error: Error) -> io::Error {
        let kind = match &error.0.cause {
            _ if error.is_unsupported() => io::ErrorKind::Unsupported,
            Cause::Os(error) => error.kind(),
            Cause::Invalid(_) => io::ErrorKind::InvalidInput,
        };
        io::Error::new(kind, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_io_error_has_the_kind_of_the_cause() {
        let kind = |step: Step, errno: i32| {
            io::Error::from(Error::os(Label::new(step), io::Error::from_raw_os_error(errno))).kind()
        };
        assert_eq!(kind(Step::Bind, 2), io::ErrorKind::NotFound);
        assert_eq!(kind(Step::Bind, 13), io::ErrorKind::PermissionDenied);
        assert_eq!([kind(Step::Clone, 1), kind(Step::Bind, 38)], [io::ErrorKind::Unsupported; 2]);
        let refused = Error::invalid(Label::new(Step::Cgroup), "none").with_hint(Some(Cure::Host("delegate one")));
        assert_eq!(io::Error::from(refused).kind(), io::ErrorKind::Unsupported);
    }

    #[test]
    fn the_cause_tells_whether_the_host_lacks_something_and_not_the_presence_of_a_hint() {
        let os = |step: Step, errno: i32| Error::os(Label::new(step), io::Error::from_raw_os_error(errno));
        assert!(os(Step::Start, 38).is_unsupported() && os(Step::Clone, 1).is_unsupported());
        assert!(!os(Step::Bind, 1).is_unsupported() && !os(Step::Bind, 2).is_unsupported());
        assert!(os(Step::Bind, 1).with_hint(Some(Cure::Host("allow it"))).is_unsupported());
        let advised = os(Step::Bind, 1).with_hint(Some(Cure::Request("another directory")));
        assert_eq!((advised.is_unsupported(), advised.hint()), (false, Some("another directory")));
        let invalid = || Error::invalid(Label::new(Step::Limit), "cannot be");
        assert!(!invalid().is_unsupported() && !invalid().with_hint(None).is_unsupported());
        let unsupported = invalid().with_hint(Some(Cure::Host("a newer kernel"))).with_hint(None);
        assert_eq!((unsupported.is_unsupported(), unsupported.hint()), (true, Some("a newer kernel")));
    }
}
