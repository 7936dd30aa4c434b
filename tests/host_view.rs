//! What one call gives of the host: its whole tree, its network with the files for it, a path where it is, what may be missing;
//! and the size of what is the sandbox's own.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use belljar::{Command, Namespaces, Network, Sandbox, Step, Verdict};
use rustix::mount::{MountFlags, MountPropagationFlags};
use rustix::thread::UnshareFlags;

guests! { look, sum, host_with_a_resolver, host_with_a_second_proc }

/// Runs operations such as `read /d/f` and prints each one's result, or the errno's number.
fn look(operations: &[String]) -> i32 {
    for operation in operations {
        let (name, path) = operation.split_once(' ').expect("two words");
        let names = |path: &str| -> std::io::Result<String> {
            let names: Result<BTreeSet<String>, _> =
                fs::read_dir(path)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect();
            names.map(|names| names.into_iter().collect::<Vec<_>>().join(","))
        };
        let count = |mut make: Box<dyn FnMut(usize) -> bool>| (0..1 << 20).take_while(|number| make(*number)).count();
        let result = match name {
            "read" => fs::read_to_string(path).map(|text| format!("{text:?}")),
            "list" => names(path),
            "link" => fs::read_link(path).map(|target| target.display().to_string()),
            "write" => fs::write(path, "text").map(|()| "ok".to_owned()),
            "files" => {
                let path = path.to_owned();
                Ok(count(Box::new(move |number| fs::write(format!("{path}/{number}"), "").is_ok())).to_string())
            }
            "pages" => {
                let mut file = fs::File::create(path).expect("a file");
                Ok(count(Box::new(move |_| std::io::Write::write_all(&mut file, &[1; 4096]).is_ok())).to_string())
            }
            "variable" => Ok(std::env::var(path).unwrap_or_default()),
            _ => panic!("no operation {name}"),
        };
        println!("{}", result.unwrap_or_else(|error| error.raw_os_error().unwrap_or(-1).to_string()));
    }
    0
}

const ENOENT: &str = "2";
const EROFS: &str = "30";

/// What the operations inside give.
fn results(sandbox: &Sandbox, operations: &[&str]) -> Vec<String> {
    lines(sandbox, common::guest("look").args(operations))
}

/// What a guest prints.
fn lines(sandbox: &Sandbox, command: &mut Command) -> Vec<String> {
    let exe = std::env::current_exe().expect("own path");
    let output = sandbox.clone().bind_ro(exe, "/guest").output(command);
    let output = output.unwrap_or_else(|error| panic!("{error:#}"));
    assert_eq!(output.outcome.verdict, Verdict::Exited(0), "{}", output.stderr_lossy());
    output.stdout_lossy().lines().map(str::to_owned).collect()
}

fn check(sandbox: &Sandbox, expected: &[(&str, &str)]) {
    let operations: Vec<&str> = expected.iter().map(|(operation, _)| *operation).collect();
    let found = results(sandbox, &operations);
    let found: Vec<(&str, &str)> = operations.into_iter().zip(found.iter().map(String::as_str)).collect();
    assert_eq!(found, expected);
}

#[test]
fn the_hosts_whole_tree_is_there_and_read_only() {
    let _host = common::host();
    let kept = common::TempDir::new("view");
    let sandbox = Sandbox::new().everything_ro();
    let own = ["dev", "guest", "proc", "tmp"].map(str::to_owned);
    let given = fs::read_dir("/").expect("the root").map(|entry| entry.expect("an entry"));
    let given =
        given.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir() || kind.is_file() || kind.is_symlink()));
    let given = given.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let given = given.filter(|name| !["dev", "proc", "run", "sys", "tmp"].contains(&&**name));
    let expected: BTreeSet<String> = given.chain(own).collect();
    let found = results(&sandbox, &["list /", "list /etc", "list /usr"]);
    assert_eq!(found[0].split(',').map(str::to_owned).collect::<BTreeSet<_>>(), expected);
    let names = |dir: &str| fs::read_dir(dir).expect("a directory").count();
    assert_eq!([&found[1], &found[2]].map(|list| list.split(',').count()), ["/etc", "/usr"].map(names));
    // A privileged host's program may not write there anyway.
    let refused = if common::is_root() { ["13", EROFS] } else { [EROFS; 2] };
    for path in ["/etc/new", "/usr/new", "/new"] {
        let found = results(&sandbox, &[&format!("write {path}")]);
        assert!(refused.contains(&&*found[0]), "{path}: {found:?}");
    }
    let host_tmp = format!("list {}", kept.path().display());
    check(
        &sandbox,
        &[
            ("list /run", ENOENT),
            ("list /sys", ENOENT),
            ("list /tmp", ""),
            ("write /tmp/file", "ok"),
            ("variable HOME", "/tmp"),
            ("list /dev/shm", ""),
            (&host_tmp, ENOENT),
        ],
    );
    // What else is given is put on it.
    let hidden = sandbox.clone().tmpfs("/usr/bin", 4096).bind_ro(kept.path(), "/etc").file("/tmp/given", "text");
    check(&hidden, &[("list /usr/bin", ""), ("list /etc", ""), ("read /tmp/given", "\"text\"")]);
    let both = Sandbox::new().host_system().everything_ro().host_system();
    assert_eq!(results(&both, &["list /"]), [found[0].clone()]);
    let error = Sandbox::new().namespaces(Namespaces::empty()).everything_ro().spawn(Command::new("/guest"));
    assert_eq!(error.expect_err("needs a root of its own").step(), Step::Namespaces);
}

/// A root that may change its own mounts.
fn on_a_host_of_roots(test: &str, guest: &str) {
    match common::is_root() {
        true => common::run_on_host(guest, &[]),
        false => common::skip(test, "root", "what the host has at its places only root can change"),
    }
}

/// As root: mounts that the host never sees.
fn own_mounts() {
    // SAFETY: this process has one thread and shares nothing.
    unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWNS) }.expect("a mount namespace");
    rustix::mount::mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC).expect("private");
}

fn tmpfs(place: &Path) {
    rustix::mount::mount("tmpfs", place, "tmpfs", MountFlags::empty(), Some(c"mode=755")).expect("a tmpfs");
}

#[test]
fn a_second_proc_of_the_host_is_covered() {
    on_a_host_of_roots("a_second_proc_of_the_host_is_covered", "host_with_a_second_proc");
}

fn host_with_a_second_proc(_: &[String]) -> i32 {
    own_mounts();
    let place = ["/usr/local", "/mnt", "/srv", "/opt"].map(Path::new).into_iter().find(|place| place.is_dir());
    let place = place.expect("a directory");
    tmpfs(place);
    let at = |name: &str| place.join(name).display().to_string();
    for (name, mode) in [("a b", 0o755), ("closed", 0o700)] {
        let proc = place.join(name).join("proc");
        fs::create_dir_all(&proc).expect("directories");
        fs::set_permissions(place.join(name), std::os::unix::fs::PermissionsExt::from_mode(mode)).expect("its mode");
        rustix::mount::mount("proc", &proc, "proc", MountFlags::empty(), None).expect("a proc");
        assert!(proc.join("self").exists());
    }
    let (open, closed) = (format!("list {}", at("a b/proc")), format!("list {}", at("closed/proc")));
    check(&Sandbox::new().everything_ro(), &[(&open, ""), (&closed, "13")]);
    0
}

#[test]
fn the_hosts_network_comes_with_the_files_for_it() {
    let _host = common::host();
    let sandbox = common::guest_sandbox().host_network();
    let expected: Vec<String> = ["/etc/resolv.conf", "/etc/hosts"]
        .map(|path| fs::read_to_string(path).map_or(ENOENT.to_owned(), |text| format!("{text:?}")))
        .into();
    let found = results(&Sandbox::new().host_system().host_network(), &["read /etc/resolv.conf", "read /etc/hosts"]);
    assert_eq!(found[0], expected[0]);
    // The sandbox makes one where the host has none.
    assert!(found[1] == expected[1] || expected[1] == ENOENT, "{found:?}");
    let own = fs::read_link("/proc/self/ns/net").expect("a namespace").display().to_string();
    check(&Sandbox::new().host_system().host_network(), &[("link /proc/self/ns/net", &own)]);
    // The last word on the network counts.
    let loopback = Sandbox::new().host_system().host_network().network(Network::Loopback);
    assert_ne!(results(&loopback, &["link /proc/self/ns/net"]), [own]);
    let error = sandbox.namespaces(Namespaces::empty()).spawn(common::guest("look")).expect_err("no root of its own");
    assert_eq!(error.step(), Step::Bind, "{error}");
}

#[test]
fn the_resolvers_file_is_there_though_it_is_a_link_into_run() {
    on_a_host_of_roots("the_resolvers_file_is_there_though_it_is_a_link_into_run", "host_with_a_resolver");
}

fn host_with_a_resolver(_: &[String]) -> i32 {
    own_mounts();
    [Path::new("/etc"), Path::new("/run")].into_iter().for_each(tmpfs);
    common::write(Path::new("/run/resolve"), &[("stub.conf", "nameserver ::1\n"), ("socket", "secret")]);
    common::write(Path::new("/etc"), &[("hosts", "::1 localhost host\n"), ("shadow", "secret"), ("ssl/certs/a", "a")]);
    symlink("../run/resolve/stub.conf", "/etc/resolv.conf").expect("a link");
    let resolver = ("read /etc/resolv.conf", r#""nameserver ::1\n""#);
    let common = [
        resolver,
        ("read /etc/hosts", r#""::1 localhost host\n""#),
        ("read /etc/ssl/certs/a", "\"a\""),
        ("list /run", "resolve"),
        ("list /run/resolve", "stub.conf"),
    ];
    let network = Sandbox::new().host_system().host_network();
    check(&network, &common);
    check(&network, &[("read /etc/shadow", ENOENT), ("variable HOME", "/home/user")]);
    // An /etc that is given as a whole has the link.
    check(&network.clone().view("/etc"), &common);
    check(&Sandbox::new().everything_ro().host_network(), &common);
    check(&Sandbox::new().host_network().everything_ro(), &common);
    // What the caller gives goes before it.
    let own = network.clone().file("/etc/hosts", "own").file("/etc/resolv.conf", "own");
    check(
        &own,
        &[("read /etc/hosts", "\"own\""), ("read /etc/resolv.conf", "\"own\""), ("read /etc/ssl/certs/a", "\"a\"")],
    );
    0
}

#[test]
fn a_path_is_given_where_it_is_and_what_may_be_missing_if_it_is_there() {
    let _host = common::host();
    let dir = common::TempDir::new("given");
    common::write(dir.path(), &[("file", "text"), ("d/file", "other")]);
    let at = |name: &str| dir.path().join(name);
    let (file, text) = (format!("read {}", at("file").display()), "\"text\"");
    let sandbox = Sandbox::new().host_system();
    check(&sandbox.clone().view(at("file")), &[(&file, text)]);
    let sandbox = sandbox
        .bind_ro_if_exists(at("file"), "/a")
        .bind_ro_if_exists(at("d"), "/b")
        .bind_ro_if_exists(at("missing"), "/c")
        .bind_ro_if_exists(at("file/below"), "/d");
    let expected = [("read /a", text), ("read /b/file", "\"other\""), ("read /c", ENOENT), ("list /d", ENOENT)];
    check(&sandbox, &expected);
    assert!([EROFS, "13"].contains(&&*results(&sandbox, &["write /a"])[0]));
    // It is looked for anew by each run; and what is wrong is wrong though nothing is there.
    fs::write(at("missing"), "text").expect("a file");
    check(&sandbox, &[("read /c", text)]);
    let error = sandbox.clone().bind_ro_if_exists("/no/such", "relative").spawn(Command::new("/guest"));
    assert_eq!(error.expect_err("refused").step(), Step::Bind);
    let error = sandbox.view("no/such").spawn(Command::new("/guest")).expect_err("relative");
    assert_eq!(error.to_string(), "bind no/such on no/such: the path inside must be absolute");
}

/// Tells how many bytes files have, and their sum.
fn sum(paths: &[String]) -> i32 {
    for path in paths {
        let contents = fs::read(path).expect("a file");
        println!("{} {}", contents.len(), contents.iter().map(|byte| u64::from(*byte)).sum::<u64>());
    }
    0
}

fn sums(sandbox: &Sandbox, paths: &[&str]) -> Vec<String> {
    lines(sandbox, common::guest("sum").args(paths))
}

/// What is large, or comes from a descriptor, the kernel copies.
#[test]
fn a_file_comes_whole_from_memory_and_from_a_descriptor() {
    let _host = common::host();
    let dir = common::TempDir::new("contents");
    let contents: Vec<u8> = (0..400_001_u32).map(|number| number as u8).collect();
    let whole = format!("{} {}", contents.len(), contents.iter().map(|byte| u64::from(*byte)).sum::<u64>());
    let path = dir.path().join("file");
    fs::write(&path, &contents).expect("a file");
    let open = || {
        let mut file = fs::File::open(&path).expect("opens");
        std::io::Seek::seek(&mut file, std::io::SeekFrom::Start(1000)).expect("seeks");
        file
    };
    fs::create_dir(dir.path().join("layer")).expect("a directory");
    let overlay = || belljar::Overlay::new().lower(dir.path().join("layer"));
    let places = ["/a", "/tmp/a", "/t/b/c", "/w/a", "/w/b"];
    let given = |sandbox: Sandbox| {
        let small = contents[..256 << 10].to_vec();
        let sandbox =
            sandbox.file("/a", contents.clone()).file_from("/tmp/a", open()).tmpfs("/t", 1 << 24).file("/small", small);
        sandbox.file_from("/t/b/c", open()).file("/w/a", contents.clone()).file_from("/w/b", open())
    };
    let new = || given(Sandbox::new().host_system());
    let mut sandboxes = vec![new()];
    if belljar::Host::probe().has(belljar::Feature::Overlayfs) {
        sandboxes.extend([new().overlay(overlay()), new().overlay(overlay().at("/w"))]);
    }
    for sandbox in &sandboxes {
        assert_eq!(sums(sandbox, &places), [&*whole; 5]);
        common::at_once(0..3, |_| assert_eq!(sums(sandbox, &places), [&*whole; 5]));
        assert!(sums(sandbox, &["/small"])[0].starts_with("262144 "));
    }
    // It is a copy, of what is there when a program is started: the sandbox's own, and no way back to the file.
    let sandbox = Sandbox::new().host_system().file_from("/tmp/f", fs::File::open(&path).expect("opens"));
    check(&sandbox, &[("write /tmp/f", "ok"), ("read /tmp/f", "\"text\"")]);
    assert_eq!(sums(&sandbox, &["/tmp/f"]), [&*whole]);
    fs::write(&path, "").expect("is emptied");
    assert_eq!(sums(&sandbox, &["/tmp/f"]), ["0 0"]);
    assert_eq!(results(&sandbox, &["list /proc/self/fd"])[0], "0,1,2,3");

    // A program out of a descriptor.
    let own = fs::File::open(std::env::current_exe().expect("own path")).expect("opens");
    let program = Sandbox::new().host_system().file_from("/program", own);
    let output = program.output(Command::new("/program").args([common::MARK, "sum", "/etc/hostname"]));
    assert!(output.expect("starts").stderr_lossy().contains("a file"));

    // What is no file that can be read.
    let (reader, _writer) = std::io::pipe().expect("a pipe");
    let refused = |sandbox: Sandbox| sandbox.spawn(common::guest("sum")).expect_err("refused").to_string();
    let new = || Sandbox::new().host_system();
    assert_eq!(refused(new().file_from("/f", reader)), "file /f: the descriptor is not one of a regular file");
    fs::write(&path, "text").expect("a file");
    let to_write = fs::OpenOptions::new().append(true).open(&path).expect("opens");
    assert_eq!(refused(new().file_from("/f", to_write)), "file /f: Bad file descriptor (os error 9)");
}

#[test]
fn the_sandboxs_own_room_is_as_large_as_is_said() {
    let _host = common::host();
    let sandbox = Sandbox::new().host_system().tmp_limit(1 << 20, 100);
    let found = |operations: &[&str]| -> Vec<usize> {
        results(&sandbox, operations).iter().map(|count| count.parse().expect("a number")).collect()
    };
    // What may be left of the room for what the sandbox puts there itself: 16 pages, 64 files, and 8 for each bind.
    let found_in_two = found(&["pages /tmp/f", "pages /dev/shm/f"]);
    assert!((256..=272).contains(&found_in_two[0]) && found_in_two[1] == 0, "{found_in_two:?}");
    let found_in_three = found(&["files /home/user", "files /tmp", "files /dev/shm"]);
    assert!((100..=1000).contains(&found_in_three[0]) && found_in_three[1..] == [0, 0], "{found_in_three:?}");
    // The least there is still makes a sandbox, and so does more than the machine has.
    for sandbox in [Sandbox::new().tmp_limit(1, 1), Sandbox::new().tmp_limit(i64::MAX as u64, u64::MAX)] {
        check(&sandbox.host_system(), &[("write /tmp/f", "ok")]);
    }
    for (bytes, files) in [(0, 1), (1, 0), (u64::MAX, 1)] {
        let error = Sandbox::new().tmp_limit(bytes, files).spawn(Command::new("/guest")).expect_err("refused");
        assert_eq!(error.to_string(), format!("tmpfs: a tmp_limit of {bytes} bytes and {files} files"));
    }
}
