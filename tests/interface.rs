//! The names that code outside this repository compiles against, in the forms in which it is written. Most of it is checked
//! by the compiler; nothing here starts a program.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::ffi::{OsStr, OsString};
use std::fmt::{Debug, Display};
use std::fs::File;
use std::hash::Hash;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::path::{Path, PathBuf};
use std::process::{ChildStderr, ChildStdin, ChildStdout, ExitStatus};
use std::time::Duration;

use belljar::*;

/// Promise 8. Unwind safe, so that a test harness can take what it has got through `catch_unwind`.
#[test]
fn public_types_have_the_traits_that_they_can_have() {
    fn shared<T: Send + Sync + Debug + 'static>() {}
    fn cloned<T: Clone + Send + Sync + UnwindSafe + RefUnwindSafe + Debug + 'static>() {}
    fn plain<T: Copy + Eq + Hash + Send + Sync + Debug + 'static>() {}
    fn shown<T: Display>() {}
    shared::<Child>();
    shared::<belljar::Result<Child>>();
    cloned::<belljar::Killer>();
    cloned::<Sandbox>();
    cloned::<Command>();
    cloned::<Stdio>();
    cloned::<Outcome>();
    cloned::<Output>();
    cloned::<Usage>();
    cloned::<Evidence>();
    cloned::<Enforced>();
    cloned::<Overlay>();
    cloned::<Changes>();
    cloned::<Filter>();
    cloned::<Landlock>();
    cloned::<Cgroup>();
    cloned::<IoLimit>();
    cloned::<Host>();
    cloned::<Explanation>();
    plain::<Namespaces>();
    plain::<Network>();
    plain::<Proc>();
    plain::<Capabilities>();
    plain::<Features>();
    plain::<Resource>();
    plain::<Verdict>();
    plain::<Step>();
    plain::<OnLimit>();
    plain::<Stream>();
    plain::<Feature>();
    plain::<Support>();
    plain::<Restriction>();
    shown::<Verdict>();
    shown::<Outcome>();
    shown::<Evidence>();
    shown::<Host>();
    shown::<Feature>();
    shown::<Restriction>();
    shown::<Filter>();
    shown::<Explanation>();
    shown::<Error>();
}

#[test]
fn setters_take_what_paths_and_names_are_kept_in() {
    let (text, path) = (String::from("/a"), PathBuf::from("/b"));
    let sandbox = Sandbox::new()
        .namespaces(Namespaces::all())
        .user(0, 0)
        .user_namespaces(true)
        .hostname("name")
        .hostname(OsString::from("name"))
        .network(Network::Loopback)
        .host_system()
        .bind_ro("/etc", Path::new("/data/a"))
        .bind_ro(path.clone(), &text)
        .view("/opt")
        .view(PathBuf::from("/srv"))
        .bind_ro_if_exists("/opt/a", "/opt/b")
        .everything_ro()
        .host_network()
        .tmp_limit(1 << 20, 100)
        .bind_ro_as_owner("/key", text.clone())
        .bind_rw(OsStr::new("/srv"), Cow::Borrowed(Path::new("/c")))
        .tmpfs("/scratch", 1 << 20)
        .file("/text", "text")
        .file("/string", text.clone())
        .file("/array", b"bytes")
        .file(&path, vec![1])
        .file_from("/null", File::open("/dev/null").expect("opens"))
        .dir(path)
        .symlink("../target", "/link")
        .device("/dev/kvm")
        .overlay(Overlay::new().lower("/base").lower(Path::new("/app")).upper_tmpfs(1 << 20).at("/work"))
        .overlay(Overlay::new().lower(text).upper_dir("/upper").at(String::from("/work")))
        .memory_limit(512 << 20)
        .cpus(0.5)
        .cpuset([0, 1])
        .cpu_weight(50)
        .memory_high(256 << 20)
        .pids_limit(64)
        .io_limit(IoLimit::new().read_bytes(1 << 20))
        .cpu_time_limit(Duration::from_secs(1))
        .wall_time_limit(Duration::from_secs(1))
        .output_limit(1 << 20)
        .on_output_limit(OnLimit::Truncate)
        .file_size_limit(1 << 20)
        .core_dumps(false)
        .rlimit(Resource::Nofile, 64, 64)
        .cgroup(Cgroup::auto())
        .cgroup(Cgroup::parent("/sys/fs/cgroup/judge"))
        .seccomp(Filter::standard())
        .landlock(Landlock::new().read("/usr"))
        .capabilities(Capabilities::NET_BIND_SERVICE)
        .optional(Features::CGROUP | Features::LANDLOCK);
    let text = format!("{sandbox:?}");
    assert!(text.contains("/data/a") && text.contains("judge"), "{text}");
}

#[test]
fn filters_take_names_in_any_collection() {
    let owned = vec![String::from("execve")];
    let filters = [
        Filter::allow_only(["execve"]),
        Filter::allow_only(&["execve"]),
        Filter::allow_only(&owned),
        Filter::allow_only(owned.clone()),
        Filter::allow_only(BTreeSet::from(["execve"])),
        Filter::allow_only(owned.iter().map(String::as_str)),
    ];
    for filter in filters {
        assert_eq!(filter.explain("execve").action(), Action::Allow);
        assert_eq!(filter.explain("socket").action(), Action::Errno(1));
        assert_eq!(filter.to_string(), Filter::allow_only(["execve"]).to_string());
    }
    assert_eq!(Filter::deny(["socket"]).explain("socket").action(), Action::Errno(1));
    assert_eq!(Filter::default().to_string(), Filter::standard().to_string());
    assert_eq!(Filter::compute().explain("socket").action(), Action::Errno(1));
    assert_eq!(Filter::unrestricted().explain("socket").action(), Action::Allow);
}

#[test]
fn commands_have_the_words_of_std() {
    let mut command = Command::new("sh");
    command
        .arg0("name")
        .arg("-c")
        .args(vec![String::from("exit")])
        .env("A", "1")
        .envs(HashMap::from([(String::from("B"), OsString::from("2"))]))
        .envs([("C", "3")])
        .env_remove("C")
        .current_dir("/tmp")
        .stdin(Stdio::bytes("text"))
        .stderr(Stdio::stdout())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit());
    assert_eq!(command.get_program(), "sh");
    let shell = Command::shell("echo $1");
    assert_eq!(shell.get_program(), "/bin/sh");
    assert_eq!(shell.get_args().collect::<Vec<_>>(), ["-c", "echo $1"]);
    assert_eq!(command.get_args().collect::<Vec<_>>(), ["-c", "exit"]);
    assert_eq!(command.get_envs().len(), 2);
    // The items are those of std, whose `None` (a variable of the host that is kept from the program) there is no need for.
    let mut std_command = std::process::Command::new("sh");
    std_command.env_clear().env("A", "1").env("B", "2").env("C", "3").env_remove("C");
    let std_envs: Vec<(&OsStr, Option<&OsStr>)> = std_command.get_envs().collect();
    let envs: Vec<(&OsStr, Option<&OsStr>)> = command.get_envs().collect();
    assert_eq!(envs, std_envs);
    assert_eq!(envs, [(OsStr::new("A"), Some(OsStr::new("1"))), (OsStr::new("B"), Some(OsStr::new("2")))]);
    assert_eq!(command.get_current_dir(), Some(Path::new("/tmp")));
    assert_eq!(command.env_clear().get_envs().len(), 0);
    let (reader, writer) = io::pipe().expect("a pipe");
    command.stdin(reader).stdout(writer).stderr(File::open("/dev/null").expect("opens")).stdin(Stdio::null());
}

#[test]
fn an_error_is_kept_whole_by_an_io_error() {
    let error = Sandbox::new().bind_ro("/no/such/place", "/data").run(Command::new("/true")).expect_err("refused");
    assert_eq!((error.step(), error.path()), (Step::Bind, Some(Path::new("/no/such/place"))));
    assert_eq!((error.raw_os_error(), error.is_unsupported()), (Some(2), false));
    assert_eq!(error.hint(), Some("what is missing is /no/such/place on the host"));
    let text = error.to_string();
    let as_io = || -> io::Result<()> { Err(error)? };
    let error = as_io().expect_err("an error");
    assert_eq!((error.kind(), error.to_string()), (io::ErrorKind::NotFound, text));
    let kept = error.get_ref().and_then(|kept| kept.downcast_ref::<Error>()).expect("it is kept");
    assert_eq!((kept.step(), kept.raw_os_error()), (Step::Bind, Some(2)));
    let source = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<io::Error>());
    assert_eq!(source.and_then(io::Error::raw_os_error), Some(2));
    let invalid = Sandbox::new().hostname("").run(Command::new("/true")).expect_err("refused");
    assert_eq!(io::Error::from(invalid).kind(), io::ErrorKind::InvalidInput);
}

/// How a child and its outcome are used: to be compiled.
#[allow(dead_code)]
fn a_run(sandbox: &Sandbox, mut command: Command, file: OwnedFd, from: ChildStdout) -> belljar::Result<()> {
    let mut child: Child = sandbox.spawn(Command::new("/bin/true"))?;
    sandbox.spawn(Command::new("/bin/true").arg("argument"))?;
    sandbox.spawn(&mut command)?;
    let _: Explanation = sandbox.explain(&command)?;
    sandbox.run(command.fd(7, file).stdin(from))?;
    let _: Output = sandbox.output(command)?;
    let _: (Option<ChildStdin>, Option<ChildStdout>, Option<ChildStderr>) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let _: u32 = child.id();
    let _: Usage = child.usage()?;
    let looked: Changes = child.changes()?;
    let _: Option<&Change> = looked.since(&looked).next();
    let _: u64 = looked.copy_file("file", "/to")?;
    let _ = child.as_fd();
    let _: Option<Outcome> = child.try_wait()?;
    let _: Option<Outcome> = child.wait_timeout(std::time::Duration::ZERO)?;
    child.signal(15)?;
    child.kill()?;
    let Outcome { verdict, status, usage, enforced, evidence, .. } = child.wait()?;
    let _: (Verdict, Option<ExitStatus>, Usage, Enforced, Evidence) = (verdict, status, usage, enforced, evidence);
    let _: Outcome = sandbox.spawn(Command::new("/bin/true"))?.output_with(|_: Stream, _: &[u8]| ())?;
    let Output { outcome, stdout, stderr } = child.wait_with_output()?;
    let _: (Vec<u8>, Vec<u8>, Changes) = (stdout, stderr, outcome.changes()?);
    Ok(())
}
