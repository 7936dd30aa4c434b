//! Promise 1: nothing is visible unless given.

mod common;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use belljar::{Command, Sandbox, Verdict};

guests! { files, processes, descriptors, home, variables, status, namespaces, network, flags_of_all_mounts, kill_others, fork_and_look }

/// What the program prints, a line each.
fn lines(sandbox: &Sandbox, command: &Command) -> Vec<String> {
    let output = sandbox.output(command.clone()).expect("runs");
    assert_eq!(output.outcome.verdict, Verdict::Exited(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text").lines().map(str::to_owned).collect()
}

/// The strict sandbox, and the one with the host's toolchain.
fn both() -> [Sandbox; 2] {
    [common::bare_guest_sandbox(), common::guest_sandbox()]
}

fn files(_: &[String]) -> i32 {
    let mut left = vec![PathBuf::from("/")];
    while let Some(dir) = left.pop() {
        for entry in fs::read_dir(&dir).into_iter().flatten().flatten() {
            let path = entry.path();
            println!("{}", path.display());
            if entry.file_type().is_ok_and(|kind| kind.is_dir())
                && (path == Path::new("/proc") || !path.starts_with("/proc"))
            {
                left.push(path);
            }
        }
    }
    0
}

#[test]
fn the_strict_root_holds_nothing_of_the_host() {
    let _host = common::host();
    let all = lines(&common::bare_guest_sandbox(), &common::guest("files"));
    let own: BTreeSet<&str> = [
        "/dev",
        "/dev/fd",
        "/dev/full",
        "/dev/null",
        "/dev/ptmx",
        "/dev/pts",
        "/dev/pts/ptmx",
        "/dev/random",
        "/dev/shm",
        "/dev/stderr",
        "/dev/stdin",
        "/dev/stdout",
        "/dev/tty",
        "/dev/urandom",
        "/dev/zero",
        "/etc",
        "/etc/group",
        "/etc/hosts",
        "/etc/passwd",
        "/guest",
        "/home",
        "/home/user",
        "/proc",
        "/tmp",
    ]
    .into();
    // What was given besides: the libraries that the guest is linked to, and the directories above them.
    let is_library = |path: &str| path.starts_with("/lib") || path.starts_with("/usr");
    let is_process = |path: &str| path.starts_with("/proc/");
    let found: BTreeSet<&str> =
        all.iter().map(String::as_str).filter(|path| !is_library(path) && !is_process(path)).collect();
    assert_eq!(found, own);
    assert!(all.iter().filter(|path| is_library(path)).count() < 20, "{all:#?}");
    // Of /proc only processes: nothing that tells of the machine.
    let proc: BTreeSet<&str> = all.iter().map(String::as_str).filter(|path| is_process(path)).collect();
    let only = |path: &&&str| ["/proc/self", "/proc/thread-self"].contains(*path) || path[6..].parse::<u32>().is_ok();
    assert_eq!(proc.iter().filter(only).count(), proc.len(), "{proc:?}");
    assert_eq!(proc.len(), 3, "{proc:?}");
}

/// Without a program given there is none, and neither is any library.
#[test]
fn the_strict_sandbox_has_no_program() {
    let _host = common::host();
    let enoent = "No such file or directory (os error 2)";
    for program in ["/bin/sh", "sh", "/usr/bin/env", "/lib64/ld-linux-x86-64.so.2", "/proc/1/exe"] {
        let error = Sandbox::new().spawn(Command::new(program)).expect_err("nothing is there");
        assert_eq!(error.to_string(), format!("exec {program}: {enoent}"));
    }
}

/// Up to its execve the program's process runs the init's image, which is not the program's to execute: not by name, and not
/// as the interpreter of a script.
#[test]
fn the_inits_image_is_no_program() {
    let _host = common::host();
    let sandbox = Sandbox::new().file("/script", "#!/proc/self/exe\n").symlink("/proc/self/exe", "/link");
    for sandbox in [sandbox.clone(), sandbox.user(0, 0)] {
        for program in ["/proc/self/exe", "/proc/thread-self/exe", "/link", "/script"] {
            let error = sandbox.spawn(Command::new(program)).expect_err("not to be executed");
            assert_eq!(error.to_string(), format!("exec {program}: Permission denied (os error 13)"));
        }
    }
}

fn processes(_: &[String]) -> i32 {
    let names = fs::read_dir("/proc").expect("/proc").flatten();
    for name in names.filter_map(|entry| entry.file_name().into_string().ok()?.parse::<u32>().ok()) {
        println!("{}", if name == std::process::id() { "own".into() } else { name.to_string() });
    }
    // The init, by its name; and what is known of it by other calls.
    for path in ["/proc/1", "/proc/1/status", "/proc/1/root", "/proc/1/environ", "/proc/1/cmdline"] {
        if fs::symlink_metadata(path).is_ok() {
            println!("{path}");
        }
    }
    0
}

#[test]
fn a_process_sees_its_own_sandboxs_processes_and_not_the_init() {
    let _host = common::host();
    for sandbox in both() {
        assert_eq!(lines(&sandbox, &common::guest("processes")), ["own"]);
        assert_eq!(lines(&sandbox.user(0, 0), &common::guest("processes")), ["own"]);
    }
}

/// Its own children are in sight.
fn fork_and_look(_: &[String]) -> i32 {
    let mut child = std::process::Command::new("/guest").args(["--belljar-guest", "status"]).spawn().expect("a child");
    println!("{}", Path::new(&format!("/proc/{}", child.id())).exists());
    i32::from(!child.wait().expect("ends").success())
}

#[test]
fn children_are_in_sight() {
    let _host = common::host();
    for sandbox in both() {
        assert!(lines(&sandbox, &common::guest("fork_and_look")).contains(&"true".into()));
    }
}

fn descriptors(_: &[String]) -> i32 {
    common::descriptors().iter().for_each(|fd| println!("{fd}"));
    0
}

#[test]
fn no_descriptor_of_the_host_is_inherited() {
    let _host = common::host();
    let secret = fs::File::open("/etc/passwd").expect("a file");
    // Without close-on-exec, so that an exec by itself would keep it.
    let kept = rustix::io::dup(&secret).expect("a copy");
    rustix::io::fcntl_setfd(&kept, rustix::io::FdFlags::empty()).expect("inheritable");
    for sandbox in both() {
        let found = lines(&sandbox, &common::guest("descriptors"));
        let names: Vec<&str> = found.iter().map(|line| line.split([':', ' ']).next().unwrap_or("")).collect();
        assert_eq!(names, ["0", "1", "2"], "{found:?}");
        assert!(
            found[0].ends_with("/dev/null") && found[1].contains("pipe:") && found[2].contains("pipe:"),
            "{found:?}"
        );
    }
}

fn variables(_: &[String]) -> i32 {
    std::env::vars_os().for_each(|(key, value)| println!("{}={}", key.display(), value.display()));
    0
}

#[test]
fn no_variable_of_the_host_is_inherited() {
    let _host = common::host();
    assert!(std::env::vars_os().count() > 0);
    for sandbox in both() {
        let own = ["HOME=/home/user", "LANG=C.UTF-8", "PATH=/usr/local/bin:/usr/bin:/bin"];
        let found = |command: &Command| {
            let mut found = lines(&sandbox, command);
            found.sort();
            found
        };
        assert_eq!(found(&common::guest("variables")), own);
        assert_eq!(found(common::guest("variables").env_remove("PATH").env_remove("X")), own[..2]);
        assert_eq!(found(common::guest("variables").env("LANG", "C").env_remove("HOME")), ["LANG=C", own[2]]);
        assert_eq!(found(common::guest("variables").env("A", "b").env_clear()), [""; 0]);
        assert_eq!(found(common::guest("variables").env_clear().env_remove("PATH").env("HOME", "/h")), ["HOME=/h"]);
        let host: Vec<_> = std::env::vars_os().collect();
        let names = host.iter().map(|(key, _)| key.clone()).collect::<BTreeSet<_>>();
        let own = ["HOME", "LANG", "PATH"].into_iter().filter(|own| !names.contains(OsStr::new(own))).count();
        assert_eq!(found(common::guest("variables").envs(host.clone())).len(), host.len() + own);
    }
}

/// Args: the home that is to be. Tells whose it is by /etc/passwd, and writes there.
fn home(args: &[String]) -> i32 {
    let home = std::env::var("HOME").expect("a home");
    let user = format!(":{}:", rustix::process::geteuid().as_raw());
    let passwd = fs::read_to_string("/etc/passwd").expect("users");
    let own = passwd.lines().find(|line| line.contains(&user)).expect("this user");
    println!("{home} {} {}", own.split(':').nth(5).expect("a home"), fs::write(format!("{home}/file"), "text").is_ok());
    i32::from(home != args[0])
}

#[test]
fn the_home_is_empty_and_the_programs_own() {
    let _host = common::host();
    let dir = common::TempDir::new("home");
    common::write(dir.path(), &[("given", "text")]);
    for sandbox in both() {
        for (uid, gid) in [(1000, 1000), (0, 0), (65534, 65534), (7, 8)] {
            let sandbox = sandbox.clone().user(uid, gid);
            assert_eq!(lines(&sandbox, common::guest("home").arg("/home/user")), ["/home/user /home/user true"]);
        }
        // What is given there, or above it, goes before it.
        let refused = ["/home/user /home/user false"];
        for sandbox in [
            sandbox.clone().dir("/home/user"),
            sandbox.clone().bind_ro(dir.path(), "/home"),
            sandbox.clone().bind_ro(dir.path(), "/home/user"),
            sandbox.clone().file("/home", "text"),
            sandbox.clone().symlink("/none", "/home/user"),
        ] {
            assert_eq!(lines(&sandbox, common::guest("home").arg("/home/user")), refused);
        }
        let below = sandbox.file("/home/user/a/b", "text").bind_ro(dir.path(), "/home/user/c").tmpfs("/home/x", 4096);
        assert_eq!(lines(&below, common::guest("home").arg("/home/user")), ["/home/user /home/user true"]);
        let found = lines(&below, &common::guest("files"));
        let found: Vec<&str> = found.iter().map(String::as_str).filter(|path| path.starts_with("/home/")).collect();
        let expected =
            ["/home/user", "/home/user/a", "/home/user/a/b", "/home/user/c", "/home/user/c/given", "/home/x"];
        assert_eq!(BTreeSet::from_iter(found), BTreeSet::from(expected));
    }
}

fn status(_: &[String]) -> i32 {
    for line in fs::read_to_string("/proc/self/status").expect("status").lines() {
        let known = ["Cap", "NoNewPrivs", "Groups", "TracerPid", "NSpid", "NSsid", "NSpgid"];
        if known.iter().any(|name| line.starts_with(name)) {
            println!("{}", line.split_ascii_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    0
}

#[test]
fn no_capability_and_no_group() {
    let _host = common::host();
    for sandbox in both() {
        for (uid, gid) in [(1000, 1000), (0, 0)] {
            let found = lines(&sandbox.clone().user(uid, gid), &common::guest("status"));
            for set in ["Inh", "Prm", "Eff", "Bnd", "Amb"] {
                assert!(found.contains(&format!("Cap{set}: 0000000000000000")), "{found:?}");
            }
            assert!(found.contains(&"NoNewPrivs: 1".into()), "{found:?}");
            let groups = found.iter().find(|line| line.starts_with("Groups:")).expect("groups");
            // An ordinary user cannot leave its groups; they show as nobody's.
            assert!(groups == "Groups:" || !common::is_root(), "{groups}");
        }
    }
}

const NAMES: [&str; 7] = ["cgroup", "ipc", "mnt", "net", "pid", "user", "uts"];

fn namespaces(_: &[String]) -> i32 {
    for name in NAMES {
        println!("{}", fs::read_link(format!("/proc/self/ns/{name}")).expect("a namespace").display());
    }
    0
}

#[test]
fn every_namespace_is_its_own() {
    let _host = common::host();
    for sandbox in both() {
        let inside = lines(&sandbox, &common::guest("namespaces"));
        for (name, inside) in NAMES.iter().zip(inside) {
            let host = fs::read_link(format!("/proc/self/ns/{name}")).expect("a namespace");
            assert_ne!(inside, host.display().to_string());
        }
    }
}

/// Args: an abstract name to connect to, and a port of the host's loopback.
fn network(args: &[String]) -> i32 {
    let interfaces = fs::read_to_string("/proc/self/net/dev").expect("interfaces");
    for line in interfaces.lines().skip(2) {
        println!("{}", line.split(':').next().unwrap_or("").trim());
    }
    let name = SocketAddr::from_abstract_name(&args[0]).expect("a name");
    println!("{}", UnixStream::connect_addr(&name).is_ok());
    println!("{}", std::net::TcpStream::connect(format!("127.0.0.1:{}", args[1])).is_ok());
    // Its own loopback works.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("listens");
    println!("{}", std::net::TcpStream::connect(listener.local_addr().expect("address")).is_ok());
    0
}

#[test]
fn the_network_is_an_own_loopback() {
    let _host = common::host();
    let name = format!("belljar-canary-{}", std::process::id());
    let _abstract = UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name).expect("a name")).expect("listens");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("listens");
    let port = listener.local_addr().expect("address").port().to_string();
    for sandbox in both() {
        let found = lines(&sandbox, common::guest("network").args([&name, &port]));
        // Tunnels that a kernel has in every network namespace are down and lead nowhere.
        let tunnels = ["tunl0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0", "sit0", "ip6tnl0", "ip6gre0"];
        let found: Vec<&str> = found.iter().map(String::as_str).filter(|line| !tunnels.contains(line)).collect();
        assert_eq!(found, ["lo", "false", "false", "true"]);
    }
}

/// All mounts, with their flags: nothing is setuid, nothing but the own nodes is a device.
fn flags_of_all_mounts(_: &[String]) -> i32 {
    for line in fs::read_to_string("/proc/self/mountinfo").expect("mounts").lines() {
        let fields: Vec<&str> = line.split(' ').collect();
        println!("{} {}", fields[4], fields[5]);
    }
    0
}

#[test]
fn every_mount_is_nosuid_and_nodev() {
    let _host = common::host();
    let dir = common::TempDir::new("bound");
    for sandbox in both() {
        let sandbox = sandbox.bind_ro(dir.path(), "/ro").tmpfs("/t", 4096);
        let mounts = lines(&sandbox, &common::guest("flags_of_all_mounts"));
        assert!(mounts.iter().any(|line| line.starts_with("/ro ")));
        for mount in mounts {
            let (place, flags) = mount.split_once(' ').expect("two words");
            let flags: Vec<&str> = flags.split(',').collect();
            let is_tmp = ["/tmp", "/dev/shm", "/home/user", "/t", "/dev/pts"].contains(&place);
            let holds_devices = place == "/" || place.starts_with("/dev/") && place != "/dev/shm";
            assert!(flags.contains(&"nosuid"), "{mount}");
            assert!(flags.contains(&"nodev") || holds_devices, "{mount}");
            assert!(flags.contains(&"ro") || is_tmp || place.starts_with("/dev/"), "{mount}");
        }
    }
}

fn kill(pid: i32, signal: i32) -> i32 {
    common::kernel::kill(pid, signal).err().unwrap_or(0)
}

fn kill_others(_: &[String]) -> i32 {
    // All but this process and the init: there are none.
    println!("{}", kill(-1, 0));
    // The init is of the same user. The kernel keeps from it what it has no handler for, SIGKILL and SIGSTOP included.
    for signal in 1..=64 {
        kill(1, signal);
    }
    println!("{}", kill(-1, 0));
    0
}

#[test]
fn no_process_of_the_host_can_be_signalled_and_the_init_does_not_mind() {
    let _host = common::host();
    for sandbox in both() {
        assert_eq!(lines(&sandbox, &common::guest("kill_others")), ["3", "3"]);
        assert_eq!(lines(&sandbox.user(0, 0), &common::guest("kill_others")), ["3", "3"]);
    }
}
