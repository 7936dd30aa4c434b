//! Landlock. Each wall is first shown to be open without its rule.

mod common;

use std::fs::{self, File};
use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};

use belljar::{Command, Features, Filter, Landlock, Namespaces, Network, Resource, Sandbox, Step, Verdict};
use common::kernel::{self, nr};
use common::{TempDir, guest, guest_sandbox, host};

guests! { open, write_to, make_in, truncate_it, rename_it, connect, bind, abstract_socket, signal, trace, read_init, list, own_child }

const EACCES: i32 = 13;
const EPERM: i32 = 1;

/// Whether this kernel's version is at least this; says so if not.
fn has(test: &str, version: u32) -> bool {
    let abi = kernel::landlock();
    if abi == 0 {
        common::skip(test, "landlock", "no Landlock");
    } else if abi < version {
        println!("SKIP {test}: Landlock has version {abi}, {version} is needed");
    }
    abi >= version
}

fn errno<T>(result: std::io::Result<T>) -> i32 {
    result.err().map_or(0, |error| error.raw_os_error().unwrap_or(-1))
}

fn open(args: &[String]) -> i32 {
    errno(File::open(&args[0]))
}

fn list(args: &[String]) -> i32 {
    errno(fs::read_dir(&args[0]))
}

fn write_to(args: &[String]) -> i32 {
    errno(File::options().write(true).open(&args[0]))
}

fn make_in(args: &[String]) -> i32 {
    errno(fs::create_dir(format!("{}/new", args[0])))
}

fn truncate_it(args: &[String]) -> i32 {
    let path = std::ffi::CString::new(args[0].clone()).expect("a path");
    kernel::call(libc::SYS_truncate, &[path.as_ptr() as usize, 0]).err().unwrap_or(0)
}

fn rename_it(args: &[String]) -> i32 {
    errno(fs::rename(&args[0], &args[1]))
}

/// What a guest needs to run at all: itself, its libraries.
fn rules() -> Landlock {
    ["/guest", "/lib64", "/usr"].iter().fold(Landlock::new(), |rules, path| rules.read(*path).execute(*path))
}

fn status(sandbox: &Sandbox, name: &str, args: &[&str]) -> i32 {
    match sandbox.run(guest(name).args(args)).expect("runs").verdict {
        Verdict::Exited(status) => status,
        verdict => panic!("{name} {args:?}: {verdict}"),
    }
}

/// A sandbox with a directory that it may write to: /data, with /data/file and /data/dir/file.
fn with_data(dir: &TempDir) -> Sandbox {
    fs::create_dir_all(dir.path().join("dir")).expect("makes");
    for name in ["file", "dir/file"] {
        fs::write(dir.path().join(name), "text").expect("writes");
    }
    guest_sandbox().host_system().tmpfs("/data", 1 << 20).file("/data/file", "text").file("/data/dir/file", "text")
}

#[test]
fn reading_is_what_rules_allow() {
    let _host = host();
    if !has("reading_is_what_rules_allow", 3) {
        return;
    }
    let dir = TempDir::new("landlock");
    let sandbox = with_data(&dir);
    for (path, kind) in [("/data/file", "open"), ("/data", "list"), ("/proc/self/status", "open")] {
        assert_eq!(status(&sandbox, kind, &[path]), 0, "{path} without rules");
        assert_eq!(status(&sandbox.clone().landlock(rules()), kind, &[path]), EACCES, "{path}");
        assert_eq!(status(&sandbox.clone().landlock(rules().read(path)), kind, &[path]), 0, "{path} with a rule");
    }
    // What is below a directory is meant; what is beside it not; a rule for a file is for that file.
    let below = sandbox.clone().landlock(rules().read("/data/dir"));
    assert_eq!(status(&below, "open", &["/data/dir/file"]), 0);
    assert_eq!(status(&below, "open", &["/data/file"]), EACCES);
    let file = sandbox.landlock(rules().read("/data/file"));
    assert_eq!(status(&file, "open", &["/data/dir/file"]), EACCES);
    // To read is not to write.
    assert_eq!(status(&file, "write_to", &["/data/file"]), EACCES);
}

#[test]
fn writing_is_what_rules_allow() {
    let _host = host();
    if !has("writing_is_what_rules_allow", 3) {
        return;
    }
    let dir = TempDir::new("landlock");
    let sandbox = with_data(&dir);
    let (closed, opened) = (sandbox.clone().landlock(rules()), sandbox.clone().landlock(rules().write("/data")));
    let attacks: [(&str, &[&str]); 4] = [
        ("write_to", &["/data/file"]),
        ("make_in", &["/data"]),
        ("truncate_it", &["/data/file"]),
        ("rename_it", &["/data/file", "/data/dir/moved"]),
    ];
    for (name, args) in attacks {
        assert_eq!(status(&sandbox, name, args), 0, "{name} without rules");
        let refused = status(&closed, name, args);
        assert!(refused == EACCES || (name == "rename_it" && refused == libc::EXDEV), "{name}: {refused}");
        assert_eq!(status(&opened, name, args), 0, "{name} with a rule");
    }
    assert_eq!(status(&opened, "open", &["/data/file"]), EACCES, "to write is not to read");
}

/// The kernel opens a program to read when it executes it: the right to execute is enough to do so.
#[test]
fn executing_is_what_rules_allow() {
    let _host = host();
    if !has("executing_is_what_rules_allow", 3) {
        return;
    }
    let libraries = ["/lib64", "/usr"].iter().fold(Landlock::new(), |rules, path| rules.read(*path).execute(*path));
    let closed = guest_sandbox().landlock(libraries.clone().read("/guest"));
    let error = closed.spawn(guest("open")).expect_err("to read is not to execute");
    assert_eq!((error.step(), error.raw_os_error()), (Step::Exec, Some(EACCES)), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("Landlock")), "{error:#}");
    let opened = guest_sandbox().landlock(libraries.execute("/guest"));
    assert_eq!(status(&opened, "open", &["/guest"]), 0, "what may be executed may be read");
    assert_eq!(status(&opened, "list", &["/"]), EACCES);
}

/// hakoniwa #164: rules that nobody "restricts" are in force all the same.
#[test]
fn one_rule_is_enough_to_restrict() {
    let _host = host();
    if !has("one_rule_is_enough_to_restrict", 3) {
        return;
    }
    let sandbox = guest_sandbox().landlock(Landlock::new().read("/tmp"));
    let error = sandbox.spawn(guest("open")).expect_err("the program itself may not be executed");
    assert_eq!((error.step(), error.raw_os_error()), (Step::Exec, Some(EACCES)), "{error}");
}

#[test]
fn a_missing_path_is_an_error_and_so_is_a_bad_one() {
    let _host = host();
    let refused = |rules: Landlock| {
        let error = guest_sandbox().landlock(rules).optional(Features::LANDLOCK).spawn(guest("open")).expect_err("bad");
        assert_eq!(error.step(), Step::Landlock, "{error}");
        error
    };
    assert_eq!(refused(Landlock::new().read("etc")).raw_os_error(), None);
    assert_eq!(refused(Landlock::new().write("/a\0b")).raw_os_error(), None);
    assert!(refused(Landlock::new()).to_string().contains("nothing"));
    if has("a_missing_path", 3) {
        let error = refused(rules().write("/no/such/place"));
        assert_eq!(error.to_string(), "landlock /no/such/place: No such file or directory (os error 2)");
    }
}

#[test]
fn more_rules_than_descriptors_that_the_program_may_have() {
    if !has("more_rules_than_descriptors_that_the_program_may_have", 1) {
        return;
    }
    let _host = host();
    let rules = (0..40).fold(rules(), |rules, _| rules.read("/usr").write("/dev/null"));
    let sandbox = guest_sandbox().landlock(rules).optional(Features::LANDLOCK);
    assert_eq!(status(&sandbox.rlimit(Resource::Nofile, 16, 16), "list", &["/usr"]), 0);
}

#[test]
fn what_the_kernel_cannot_restrict_is_an_error_unless_optional() {
    let _host = host();
    let abi = kernel::landlock();
    for (rules, version) in [
        (rules(), 3),
        (Landlock::new().no_tcp(), 4),
        (Landlock::new().connect_tcp(1), 4),
        (Landlock::new().scope_abstract_sockets(), 6),
        (Landlock::new().scope_signals(), 6),
    ] {
        let sandbox = guest_sandbox().landlock(rules);
        match sandbox.run(guest("open").arg("/guest")) {
            Ok(outcome) => {
                assert!(abi >= version, "{:?}", outcome.enforced);
                assert_eq!(outcome.enforced.landlock.map(|landlock| landlock.abi), Some(abi));
            }
            Err(error) => {
                assert!(abi < version, "{error}");
                assert_eq!(error.step(), Step::Landlock, "{error}");
                assert!(error.is_unsupported() && error.hint().is_some(), "{error:?}");
            }
        }
        let outcome = sandbox.optional(Features::LANDLOCK).run(guest("open").arg("/guest")).expect("optional");
        assert_eq!(outcome.verdict, Verdict::Exited(0));
        let landlock = outcome.enforced.landlock.expect("asked for");
        assert_eq!(landlock.abi, abi);
        assert_eq!(landlock.missing.is_empty(), abi >= version.max(if version == 3 { 5 } else { 0 }), "{landlock:?}");
    }
    let outcome = guest_sandbox().run(guest("open").arg("/guest")).expect("runs");
    assert_eq!(outcome.enforced.landlock, None, "not asked for");
}

fn connect(args: &[String]) -> i32 {
    errno(TcpStream::connect(("127.0.0.1", args[0].parse().expect("a port"))))
}

fn bind(args: &[String]) -> i32 {
    errno(TcpListener::bind(("127.0.0.1", args[0].parse().expect("a port"))))
}

#[test]
fn tcp_ports_are_those_of_rules() {
    let _host = host();
    if !has("tcp_ports_are_those_of_rules", 4) {
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
    let port = listener.local_addr().expect("bound").port();
    let name = port.to_string();
    let sandbox = guest_sandbox().network(Network::Host);
    assert_eq!(status(&sandbox, "connect", &[&name]), 0, "without rules");
    assert_eq!(status(&sandbox.clone().landlock(Landlock::new().no_tcp()), "connect", &[&name]), EACCES);
    let other = Landlock::new().connect_tcp(port ^ 1).bind_tcp(port);
    assert_eq!(status(&sandbox.clone().landlock(other), "connect", &[&name]), EACCES);
    assert_eq!(status(&sandbox.landlock(Landlock::new().connect_tcp(port)), "connect", &[&name]), 0);
    // In a network of its own, where every port is free.
    let own = guest_sandbox();
    assert_eq!(status(&own, "bind", &["5000"]), 0, "without rules");
    assert_eq!(status(&own.clone().landlock(Landlock::new().bind_tcp(5001)), "bind", &["5000"]), EACCES);
    assert_eq!(status(&own.landlock(Landlock::new().bind_tcp(5000)), "bind", &["5000"]), 0);
}

fn abstract_socket(args: &[String]) -> i32 {
    errno(UnixStream::connect_addr(&SocketAddr::from_abstract_name(&args[0]).expect("a name")))
}

#[test]
fn abstract_sockets_of_others_are_out_of_scope() {
    let _host = host();
    if !has("abstract_sockets_of_others_are_out_of_scope", 6) {
        return;
    }
    let name = common::token();
    let _listener = UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name).expect("a name")).expect("listens");
    let sandbox = guest_sandbox().network(Network::Host);
    assert_eq!(status(&sandbox, "abstract_socket", &[&name]), 0, "without a scope");
    let scoped = sandbox.landlock(Landlock::new().scope_abstract_sockets());
    assert_eq!(status(&scoped, "abstract_socket", &[&name]), EPERM);
}

fn bare(name: &str, args: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("own path"));
    command.args(["--belljar-guest", name]).args(args);
    command
}

/// Signal 0, then SIGURG, which nobody minds: whether it may be sent.
fn signal(args: &[String]) -> i32 {
    const SIGURG: i32 = 23;
    let target = match &*args[0] {
        "parent" => kernel::call(nr::GETPPID, &[]).expect("a parent") as i32,
        pid => pid.parse().expect("a pid"),
    };
    kernel::kill(target, 0).and(kernel::kill(target, SIGURG)).err().unwrap_or(0)
}

fn own_child(_: &[String]) -> i32 {
    let child = kernel::child(|| kernel::forever()).expect("forks");
    let sent = kernel::kill(child, 9);
    let ended = kernel::wait(child);
    i32::from(sent.is_err() || ended != Ok(9))
}

fn trace(_: &[String]) -> i32 {
    const ATTACH: usize = 16;
    let parent = kernel::call(nr::GETPPID, &[]).expect("a parent") as usize;
    kernel::call(nr::PTRACE, &[ATTACH, parent, 0, 0]).err().unwrap_or(0)
}

fn read_init(_: &[String]) -> i32 {
    let parent = kernel::call(nr::GETPPID, &[]).expect("a parent");
    errno(File::options().write(true).open(format!("/proc/{parent}/mem")))
}

/// Without a pid namespace the init is a process of the same user. Landlock keeps the program from it.
#[test]
fn without_namespaces_the_init_and_others_cannot_be_signalled() {
    let _host = host();
    if !has("without_namespaces_the_init_and_others_cannot_be_signalled", 6) {
        return;
    }
    let sandbox = Sandbox::new().namespaces(Namespaces::empty()).seccomp(Filter::unrestricted());
    let ours = std::process::id().to_string();
    let answer = |name: &str, args: &[&str]| match sandbox.run(bare(name, args)).expect("runs").verdict {
        Verdict::Exited(status) => status,
        verdict => panic!("{name} {args:?}: {verdict}"),
    };
    assert_eq!(answer("signal", &["parent"]), EPERM, "the init");
    assert_eq!(answer("signal", &[&ours]), EPERM, "the host");
    assert_eq!(answer("trace", &[]), EPERM);
    assert_eq!(answer("read_init", &[]), EACCES);
    assert_eq!(answer("own_child", &[]), 0, "its own it may");
    // Outside a sandbox the same user may do all of it to its parent.
    for (name, args) in [("signal", &["parent"][..]), ("read_init", &[])] {
        let status = common::on_host(name).args(args).status().expect("runs");
        assert_eq!(status.code(), Some(0), "{name}");
    }
}

/// Where there are no namespaces rules are on the host's own paths.
#[test]
fn rules_hold_without_namespaces() {
    let _host = host();
    if !has("rules_hold_without_namespaces", 3) {
        return;
    }
    let dir = TempDir::new("landlock");
    let secret = dir.path().join("secret");
    fs::write(&secret, "secret").expect("writes");
    let secret = secret.to_str().expect("UTF-8");
    let own = std::env::current_exe().expect("own path");
    let rules = ["/lib", "/lib64", "/usr"]
        .iter()
        .filter(|path| std::path::Path::new(path).exists())
        .fold(Landlock::new().read(&own).execute(&own), |rules, path| rules.read(*path).execute(*path));
    let sandbox = Sandbox::new().namespaces(Namespaces::empty());
    let open = |sandbox: Sandbox| sandbox.run(bare("open", &[secret])).expect("runs").verdict;
    assert_eq!(open(sandbox.clone()), Verdict::Exited(0), "without rules");
    assert_eq!(open(sandbox.clone().landlock(rules.clone())), Verdict::Exited(EACCES));
    assert_eq!(open(sandbox.landlock(rules.read(dir.path()))), Verdict::Exited(0));
}

/// A child, and what it executes, is in the domain too.
#[test]
fn the_domain_is_inherited() {
    let _host = host();
    if !has("the_domain_is_inherited", 3) || !std::path::Path::new("/bin/sh").exists() {
        return;
    }
    let rules = Landlock::new().read("/usr").execute("/usr");
    let output = guest_sandbox()
        .host_system()
        .tmpfs("/data", 4096)
        .file("/data/file", "text")
        .landlock(rules)
        .output(Command::new("sh").args(["-c", "(sh -c 'cat /data/file'); echo $?"]))
        .expect("runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!((&*output.stdout, output.outcome.verdict), (&b"1\n"[..], Verdict::Exited(0)), "{said}");
    assert!(said.contains("Permission denied"), "{said}: {:?}", ErrorKind::PermissionDenied);
}
