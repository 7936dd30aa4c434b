//! The program to run: the words of [`std::process::Command`].

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::stdio::Stdio;

/// A program, its arguments, its environment and its descriptors: [`std::process::Command`] with a sandbox's defaults.
///
/// The environment is three variables of the sandbox's own: `PATH`, `/usr/local/bin:/usr/bin:/bin`; `HOME`, a writable
/// directory; and `LANG`, `C.UTF-8`. Nothing of the host's is in it. `HOME` is `/home/user`, where the sandbox makes it unless
/// something else is given there: empty, on one tmpfs with `/tmp` and `/dev/shm`; in an [`Overlay`](crate::Overlay) at `/`
/// a directory like others, and if that one is read-only it is `/tmp`. Without
/// [`Namespaces::MOUNT`](crate::Namespaces::MOUNT) there is no home and no `HOME`.
///
/// The working directory is `/`, standard input, output and error are [`Stdio::null`]
/// ([`Sandbox::output`](crate::Sandbox::output) captures the last two). A name without a slash is looked up *inside* the
/// sandbox, in the command's `PATH`, or where that was removed in the sandbox's own. No shell is involved.
///
/// ```
/// use belljar::{Command, Sandbox};
///
/// let output = Sandbox::new().host_system().output(Command::new("echo").args(["a b", "$HOME"]))?;
/// assert_eq!(output.stdout, b"a b $HOME\n");
/// # Ok::<(), belljar::Error>(())
/// ```
#[derive(Clone)]
pub struct Command {
    pub(crate) program: OsString,
    pub(crate) arg0: Option<OsString>,
    pub(crate) args: Vec<OsString>,
    /// What the command says of variables; `None` keeps one of the sandbox's own from the program.
    pub(crate) env: BTreeMap<OsString, Option<OsString>>,
    /// Nothing is added to these.
    pub(crate) env_is_whole: bool,
    pub(crate) current_dir: Option<PathBuf>,
    /// Standard input, output and error, where set.
    pub(crate) stdio: [Option<Stdio>; 3],
    pub(crate) fds: BTreeMap<i32, Arc<OwnedFd>>,
}

/// The variables that the sandbox sets where the command does not.
pub(crate) const OWN_VARIABLES: [&str; 3] = ["HOME", "LANG", "PATH"];

impl Command {
    /// A command that runs `program` with no arguments.
    ///
    /// # Errors
    /// Of `spawn`: an empty name, one with a NUL; and at [`Step::Exec`](crate::Step::Exec) what is not there inside, or no program.
    pub fn new(program: impl AsRef<OsStr>) -> Command {
        Command {
            program: program.as_ref().to_owned(),
            arg0: None,
            args: Vec::new(),
            env: BTreeMap::new(),
            env_is_whole: false,
            current_dir: None,
            stdio: [None, None, None],
            fds: BTreeMap::new(),
        }
    }

    /// A command that has the sandbox's `/bin/sh` run this text: `sh -c`.
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let output = Sandbox::new().host_system().output(Command::shell("echo one | tr n N"))?;
    /// assert_eq!(output.stdout, b"oNe\n");
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// Of `spawn`: a NUL in the text; a sandbox without `/bin/sh`.
    pub fn shell(text: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(text);
        command
    }

    /// Adds an argument. Any byte but NUL may be in it.
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let output = Sandbox::new().host_system().output(Command::new("echo").arg("one").arg("a  b"))?;
    /// assert_eq!(output.stdout, b"one a  b\n");
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// Of `spawn`: a NUL; more than execve(2) takes, which is E2BIG.
    pub fn arg(&mut self, arg: impl AsRef<OsStr>) -> &mut Command {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let output = Sandbox::new().host_system().output(Command::new("echo").args(["one", "two"]))?;
    /// assert_eq!(output.stdout, b"one two\n");
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`arg`](Command::arg).
    pub fn args<I, S>(&mut self, args: I) -> &mut Command
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// Sets `argv[0]`, which is the program's name unless said otherwise.
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let output = Sandbox::new().host_system().output(Command::new("sh").arg0("name").args(["-c", "echo $0"]))?;
    /// assert_eq!(output.stdout, b"name\n");
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`arg`](Command::arg).
    pub fn arg0(&mut self, arg: impl AsRef<OsStr>) -> &mut Command {
        self.arg0 = Some(arg.as_ref().to_owned());
        self
    }

    /// Sets a variable of the environment. A later value for a key replaces the earlier one, or the sandbox's own.
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let output = Sandbox::new().host_system().output(Command::shell("echo $GREETING").env("GREETING", "hello"))?;
    /// assert_eq!(output.stdout, b"hello\n");
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// Of `spawn`: a key that is empty or holds `=`; a NUL in either; more than execve(2) takes, which is E2BIG.
    pub fn env(&mut self, key: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> &mut Command {
        self.env.insert(key.as_ref().to_owned(), Some(value.as_ref().to_owned()));
        self
    }

    /// Sets variables of the environment. The host's own are passed with `envs(std::env::vars_os())`.
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let output = Sandbox::new().host_system().output(Command::shell("echo $A$B").envs([("A", "1"), ("B", "2")]))?;
    /// assert_eq!(output.stdout, b"12\n");
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`env`](Command::env).
    pub fn envs<I, K, V>(&mut self, vars: I) -> &mut Command
    where
        I: IntoIterator<Item = (K, V)>,
        K: AsRef<OsStr>,
        V: AsRef<OsStr>,
    {
        for (key, value) in vars {
            self.env(key, value);
        }
        self
    }

    /// Takes a variable back out, one of the sandbox's own too.
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let output = Sandbox::new().host_system().output(Command::shell("echo $A").env("A", "1").env_remove("A"))?;
    /// assert_eq!(output.stdout, b"\n");
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// None.
    pub fn env_remove(&mut self, key: impl AsRef<OsStr>) -> &mut Command {
        let key = key.as_ref();
        match !self.env_is_whole && OWN_VARIABLES.iter().any(|own| key == *own) {
            true => self.env.insert(key.to_owned(), None),
            false => self.env.remove(key),
        };
        self
    }

    /// Takes all variables back out, the sandbox's own too: the program has only those that are set from here on.
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let sandbox = Sandbox::new().host_system();
    /// let output = sandbox.output(&mut Command::new("env"))?;
    /// assert_eq!(output.stdout, b"HOME=/home/user\nLANG=C.UTF-8\nPATH=/usr/local/bin:/usr/bin:/bin\n");
    /// let output = sandbox.output(Command::new("env").env_clear().env("A", "b"))?;
    /// assert_eq!(output.stdout, b"A=b\n");
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// None.
    pub fn env_clear(&mut self) -> &mut Command {
        self.env.clear();
        self.env_is_whole = true;
        self
    }

    /// The working directory, as an absolute path inside the sandbox. Default `/`.
    ///
    /// ```
    /// use belljar::{Command, Sandbox};
    ///
    /// let output = Sandbox::new().host_system().output(Command::new("pwd").current_dir("/usr"))?;
    /// assert_eq!(output.stdout, b"/usr\n");
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// Of `spawn`: a relative path, one with a NUL; a directory that is not there inside, or that the program may not enter.
    pub fn current_dir(&mut self, dir: impl AsRef<Path>) -> &mut Command {
        self.current_dir = Some(dir.as_ref().to_owned());
        self
    }

    /// Standard input. Default [`Stdio::null`].
    ///
    /// ```
    /// use belljar::{Command, Sandbox, Stdio};
    ///
    /// let output = Sandbox::new().host_system().output(Command::new("wc").arg("-c").stdin(Stdio::bytes("12345")))?;
    /// assert_eq!(output.stdout, b"5\n");
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// As the [`Stdio`] says.
    pub fn stdin(&mut self, stdin: impl Into<Stdio>) -> &mut Command {
        self.stdio[0] = Some(stdin.into());
        self
    }

    /// Standard output. Default [`Stdio::null`]; with [`Sandbox::output`](crate::Sandbox::output), captured.
    ///
    /// ```
    /// use belljar::{Command, Sandbox, Stdio};
    ///
    /// let mut child = Sandbox::new().host_system().spawn(Command::new("echo").arg("hello").stdout(Stdio::piped()))?;
    /// let text = std::io::read_to_string(child.stdout.take().expect("is piped"))?;
    /// assert_eq!(text, "hello\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As the [`Stdio`] says.
    pub fn stdout(&mut self, stdout: impl Into<Stdio>) -> &mut Command {
        self.stdio[1] = Some(stdout.into());
        self
    }

    /// Standard error. Default [`Stdio::null`]; with [`Sandbox::output`](crate::Sandbox::output), captured.
    ///
    /// ```
    /// use belljar::{Command, Sandbox, Stdio};
    ///
    /// let mut command = Command::shell("echo lost >&2");
    /// let output = Sandbox::new().host_system().output(command.stderr(Stdio::null()))?;
    /// assert_eq!(output.stderr, b"");
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// As the [`Stdio`] says.
    pub fn stderr(&mut self, stderr: impl Into<Stdio>) -> &mut Command {
        self.stdio[2] = Some(stderr.into());
        self
    }

    /// Gives the program another descriptor, under the number `number`, which is 3 or more.
    ///
    /// Whatever the descriptor can do, the program can do: of a directory it opens every file below and, by `..`,
    /// around it. A file it can open again, by `/proc/self/fd`, as its user on the host may: an ordinary user's own file
    /// also to write, though the descriptor was opened to read. Under a [`Landlock`](crate::Landlock) domain it opens
    /// neither.
    ///
    /// ```
    /// use std::io::Read;
    /// use belljar::{Command, Sandbox};
    ///
    /// let (mut reader, writer) = std::io::pipe()?;
    /// let mut command = Command::new("sh");
    /// command.args(["-c", "echo hello >&7"]).fd(7, writer.into());
    /// Sandbox::new().host_system().run(&mut command)?;
    /// drop(command);
    /// let mut text = String::new();
    /// reader.read_to_string(&mut text)?;
    /// assert_eq!(text, "hello\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Of `spawn`: a number below 3, or from 1048576 on.
    pub fn fd(&mut self, number: i32, fd: OwnedFd) -> &mut Command {
        self.fds.insert(number, Arc::new(fd));
        self
    }

    /// The program as given to [`Command::new`].
    pub fn get_program(&self) -> &OsStr {
        &self.program
    }

    /// The arguments, without `argv[0]`.
    pub fn get_args(&self) -> impl ExactSizeIterator<Item = &OsStr> {
        self.args.iter().map(OsString::as_os_str)
    }

    /// What was said of variables, in order of the keys, in the form that std's `get_envs` has: `None` stands for one of the
    /// sandbox's own that is kept from the program.
    pub fn get_envs(&self) -> impl ExactSizeIterator<Item = (&OsStr, Option<&OsStr>)> {
        self.env.iter().map(|(key, value)| (key.as_os_str(), value.as_deref()))
    }

    /// The working directory, if one was set.
    pub fn get_current_dir(&self) -> Option<&Path> {
        self.current_dir.as_deref()
    }
}

impl fmt::Debug for Command {
    /// The program and its arguments, quoted.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.program)?;
        self.args.iter().try_for_each(|arg| write!(f, " {arg:?}"))
    }
}
