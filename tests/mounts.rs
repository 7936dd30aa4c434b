//! What is given of files, and only that, in the way it was given, hostile trees included (promise 1).

mod common;

use std::fmt::Display;
use std::fs;
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use belljar::{Command, Proc, Sandbox, Verdict};
use rustix::fs::{CWD, FileType, Mode, RenameFlags, StatVfsMountFlags};
use rustix::io::Errno;
use rustix::mount::{MountFlags, MountPropagationFlags, UnmountFlags};
use rustix::thread::UnshareFlags;

guests! {
    attempt, break_out, numbers_of, open_all_of_proc_for_writing, uncover, with_a_silent_filesystem, with_a_thousand_binds,
    with_noexec,
    with_planted_secrets, with_submounts,
}

/// Runs operations such as `write /d/f` and prints each one's result: `ok`, what was read, or the errno's number.
fn attempt(operations: &[String]) -> i32 {
    for operation in operations {
        let mut words = operation.split(' ');
        let (name, path, other) = (words.next().unwrap_or(""), words.next().unwrap_or(""), words.next().unwrap_or(""));
        let result = match name {
            "read" => fs::read_to_string(path),
            "write" => fs::write(path, "new").map(ok),
            "mkdir" => fs::create_dir(path).map(ok),
            "rename" => fs::rename(path, other).map(ok),
            "exchange" => {
                rustix::fs::renameat_with(CWD, path, CWD, other, RenameFlags::EXCHANGE).map(ok).map_err(Into::into)
            }
            "link" => fs::hard_link(path, other).map(ok),
            "unlink" => fs::remove_file(path).map(ok),
            "rmdir" => fs::remove_dir(path).map(ok),
            "chmod" => fs::set_permissions(path, PermissionsExt::from_mode(0o777)).map(ok),
            "list" => list(path),
            "flags" => flags(path),
            "owner" => fs::symlink_metadata(path)
                .map(|stat| format!("{}:{} {:o}", stat.uid(), stat.gid(), stat.mode() & 0o7777)),
            "fill" => Ok(fill(path).to_string()),
            "files" => Ok(files(path).to_string()),
            // The sandbox's own name.
            "resolve" => {
                let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
                std::net::ToSocketAddrs::to_socket_addrs(&(&*name, 80)).map(|_| format!("{name} ok"))
            }
            "connect" => std::os::unix::net::UnixStream::connect(path).map(ok),
            _ => panic!("no operation {name}"),
        };
        match result {
            Ok(text) => println!("{text}"),
            Err(error) => println!("{}", error.raw_os_error().unwrap_or(-1)),
        }
    }
    0
}

fn ok<T>(_: T) -> String {
    "ok".into()
}

fn list(path: &str) -> std::io::Result<String> {
    let mut names: Vec<String> =
        fs::read_dir(path)?.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    Ok(names.join(","))
}

fn flags(path: &str) -> std::io::Result<String> {
    let flags = rustix::fs::statvfs(path)?.f_flag;
    let names =
        [(StatVfsMountFlags::RDONLY, "ro"), (StatVfsMountFlags::NOSUID, "nosuid"), (StatVfsMountFlags::NODEV, "nodev")];
    Ok(names.iter().filter(|(flag, _)| flags.contains(*flag)).map(|(_, name)| *name).collect::<Vec<_>>().join(","))
}

/// Writes until the filesystem is full, but no more than 80 MiB, and tells how many bytes that were.
fn fill(path: &str) -> u64 {
    use std::io::Write;
    let mut file = fs::File::create(path).expect("a new file");
    let mut written = 0;
    while written < 160 << 20 {
        match file.write(&[1; 4096]) {
            Ok(count) => written += count as u64,
            Err(error) if error.raw_os_error() == Some(Errno::NOSPC.raw_os_error()) => break,
            Err(error) => panic!("{error}"),
        }
    }
    written
}

/// Makes empty files until there is no room, but no more than 20000, and tells how many.
fn files(dir: &str) -> usize {
    (0..20_000).take_while(|number| fs::File::create(format!("{dir}/{number}")).is_ok()).count()
}

const ENOENT: &str = "2";
const EACCES: &str = "13";
const EBUSY: &str = "16";
const EXDEV: &str = "18";
const EROFS: &str = "30";
const EOVERFLOW: &str = "75";

/// The operations inside give these results.
fn check(sandbox: &Sandbox, expected: &[(&str, &str)]) {
    let output = sandbox.output(common::guest("attempt").args(expected.iter().map(|(operation, _)| operation)));
    let output = output.expect("runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let results: Vec<(&str, &str)> = expected.iter().map(|(operation, _)| *operation).zip(text.lines()).collect();
    assert_eq!(results, expected, "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.outcome.verdict, Verdict::Exited(0));
}

fn refused(sandbox: &Sandbox, message: impl Display) {
    let error = sandbox.spawn(common::guest("attempt")).expect_err("refused");
    assert_eq!(error.to_string(), message.to_string());
    check(&common::guest_sandbox(), &[]);
}

/// A directory whose every file is `old`, made of paths; those that end in `/` are directories.
fn tree(paths: &[&str]) -> common::TempDir {
    let dir = common::TempDir::new("tree");
    for path in paths {
        let path = dir.path().join(path);
        let parent = if path.to_string_lossy().ends_with('/') { &path } else { path.parent().expect("not the root") };
        fs::create_dir_all(parent).expect("directories");
        if !path.is_dir() {
            fs::write(&path, "old").expect("a file");
        }
    }
    dir
}

/// All of a tree, for "it is as before": path, type, mode and contents.
fn picture(dir: &Path) -> Vec<String> {
    let mut all = Vec::new();
    let mut left = vec![dir.to_owned()];
    while let Some(path) = left.pop() {
        let stat = path.symlink_metadata().expect("stat");
        let kind = stat.file_type();
        let contents = if kind.is_file() { fs::read_to_string(&path).unwrap_or_default() } else { String::new() };
        all.push(format!("{} {:o} {}:{} {contents}", path.display(), stat.mode(), stat.uid(), stat.gid()));
        if kind.is_dir() {
            left.extend(fs::read_dir(&path).expect("lists").flatten().map(|entry| entry.path()));
        }
    }
    all.sort();
    all
}

/// Whether a privileged host can give `dir` writable: it needs idmapped mounts of the filesystem.
fn can_bind_rw(test: &str, dir: &Path) -> bool {
    match common::guest_sandbox().bind_rw(dir, "/d").run(common::guest("attempt")) {
        Err(error) if error.hint().is_some_and(|hint| hint.contains("idmapped")) => {
            common::skip(test, "idmap", "no idmapped mounts of the temporary directory's filesystem");
            false
        }
        result => result.is_ok(),
    }
}

/// Strict without, as real programs want it with the host's system or an image; and as it is set.
#[test]
fn how_much_of_proc_is_shown() {
    let Some(_host) = common::host_with_overlays() else { return };
    let layer = tree(&["etc/name"]);
    let strict = common::bare_guest_sandbox();
    let image = strict.clone().overlay(belljar::Overlay::new().lower(layer.path()));
    let beside = strict.clone().overlay(belljar::Overlay::new().lower(layer.path()).at("/work"));
    let system = common::guest_sandbox();
    let rows = [
        (&strict, Proc::Processes),
        (&beside, Proc::Processes),
        (&image, Proc::Machine),
        (&system, Proc::Machine),
        (&strict.clone().proc(Proc::Machine), Proc::Machine),
        (&image.clone().proc(Proc::Processes), Proc::Processes),
        (&system.clone().proc(Proc::Processes), Proc::Processes),
    ];
    for (sandbox, shown) in rows {
        let readable = if shown == Proc::Machine { "65534:65534 444" } else { ENOENT };
        let written = if shown == Proc::Machine { EROFS } else { ENOENT };
        let files = ["cpuinfo", "meminfo", "uptime", "stat", "loadavg"].map(|file| format!("owner /proc/{file}"));
        let mut expected: Vec<(&str, &str)> = files.iter().map(|file| (file.as_str(), readable)).collect();
        expected.push(("write /proc/sys/kernel/domainname", written));
        expected.push(("owner /proc/1/status", ENOENT));
        check(sandbox, &expected);
    }
    let bare = Sandbox::new().namespaces(belljar::Namespaces::all() - belljar::Namespaces::PID).proc(Proc::Machine);
    refused(&bare, "proc: needs Namespaces::PID: there is none without");
}

#[test]
fn a_read_only_bind_is_read_only() {
    let _host = common::host();
    let dir = tree(&["f", "d/g"]);
    // Others may write: it is the mount that does not let them.
    for (path, mode) in [("", 0o777), ("d", 0o777), ("f", 0o666), ("d/g", 0o666)] {
        fs::set_permissions(dir.path().join(path), PermissionsExt::from_mode(mode)).expect("its mode");
    }
    let before = picture(dir.path());
    let (file, new) = (dir.path().join("f"), common::guest_sandbox);
    let mut sandboxes = vec![new().bind_ro(dir.path(), "/d").bind_ro(&file, "/f")];
    if can_bind_rw("a_read_only_bind_is_read_only", dir.path()) {
        sandboxes.push(new().bind_ro_as_owner(dir.path(), "/d").bind_ro_as_owner(&file, "/f"));
    }
    for sandbox in sandboxes {
        check(
            &sandbox,
            &[
                ("read /d/d/g", "old"),
                ("read /f", "old"),
                ("write /d/f", EROFS),
                ("write /f", EROFS),
                ("write /d/new", EROFS),
                ("mkdir /d/new", EROFS),
                ("unlink /d/f", EROFS),
                ("chmod /d/f", EROFS),
                ("rename /d/f /d/g", EROFS),
                ("link /d/f /tmp/f", EXDEV),
                ("flags /d", "ro,nosuid,nodev"),
                ("flags /f", "ro,nosuid,nodev"),
            ],
        );
    }
    assert_eq!(picture(dir.path()), before);
}

/// Nothing of the root itself can be changed either.
#[test]
fn the_root_is_read_only() {
    let _host = common::host();
    let sandbox = common::guest_sandbox().file("/given", "text").dir("/empty").symlink("given", "/link");
    check(
        &sandbox,
        &[
            ("mkdir /new", EROFS),
            ("write /given", EROFS),
            ("read /link", "text"),
            ("list /empty", ""),
            ("write /empty/x", EROFS),
            ("write /etc/passwd", EROFS),
            ("unlink /etc/hosts", EROFS),
            ("mkdir /dev/x", EROFS),
            ("unlink /dev/null", EROFS),
            ("chmod /", EROFS),
            ("flags /", "ro,nosuid,nodev"),
            ("owner /given", "1000:1000 755"),
        ],
    );
}

#[test]
fn a_writable_bind_writes_to_the_host() {
    let _host = common::host();
    let dir = tree(&["f", "d/g"]);
    if !can_bind_rw("a_writable_bind_writes_to_the_host", dir.path()) {
        return;
    }
    let sandbox = common::guest_sandbox().bind_rw(dir.path(), "/d");
    let made = [("write /d/f", "ok"), ("mkdir /d/n", "ok"), ("write /d/n/x", "ok"), ("flags /d", "nosuid,nodev")];
    check(&sandbox, &made);
    assert_eq!(fs::read_to_string(dir.path().join("f")).expect("reads"), "new");
    assert_eq!(fs::read_to_string(dir.path().join("n/x")).expect("reads"), "new");
}

/// Design section 3: what the program makes belongs to the directory's owner, whoever the program is inside.
#[test]
fn what_is_made_in_a_bind_belongs_to_the_directorys_owner() {
    let _host = common::host();
    let dir = tree(&["other", "own"]);
    if !can_bind_rw("what_is_made_in_a_bind_belongs_to_the_directorys_owner", dir.path()) {
        return;
    }
    let mut owner = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
    if common::is_root() {
        owner = (1234, 2345);
        for path in ["", "own"] {
            std::os::unix::fs::chown(dir.path().join(path), Some(1234), Some(2345)).expect("chown");
        }
        fs::set_permissions(dir.path().join("other"), PermissionsExt::from_mode(0o640)).expect("chmod");
    }
    for (number, (uid, gid)) in [(1000, 1000), (0, 0), (77, 88)].into_iter().enumerate() {
        let sandbox = common::guest_sandbox().user(uid, gid).bind_rw(dir.path(), "/d");
        let (file, sub) = (format!("write /d/file{number}"), format!("mkdir /d/sub{number}"));
        let (seen, inside) = (format!("owner /d/file{number}"), format!("{uid}:{gid} 644"));
        check(
            &sandbox,
            &[(&file, "ok"), (&sub, "ok"), (&seen, &inside), ("write /d/own", "ok"), ("chmod /d/own", "ok")],
        );
        for name in ["file", "sub"] {
            let stat = fs::metadata(dir.path().join(format!("{name}{number}"))).expect("made");
            assert_eq!((stat.uid(), stat.gid()), owner);
        }
        if common::is_root() {
            // Another's file in it stays another's.
            check(&sandbox, &[("read /d/other", EACCES), ("write /d/other", EACCES), ("chmod /d/other", EOVERFLOW)]);
        }
    }
}

/// A directory that only its owner may enter is readable when it is given as its owner's.
#[test]
fn a_private_directory_is_readable_when_given_as_its_owners() {
    let _host = common::host();
    let dir = tree(&["private/f"]);
    let private = dir.path().join("private");
    if common::is_root() {
        for path in ["private", "private/f"] {
            std::os::unix::fs::chown(dir.path().join(path), Some(1234), Some(2345)).expect("chown");
        }
    }
    fs::set_permissions(private.join("f"), PermissionsExt::from_mode(0o600)).expect("chmod");
    fs::set_permissions(&private, PermissionsExt::from_mode(0o700)).expect("chmod");
    if !can_bind_rw("a_private_directory_is_readable_when_given_as_its_owners", &private) {
        return;
    }
    let mine = [("read /d/f", "old"), ("owner /d/f", "1000:1000 600")];
    check(&common::guest_sandbox().bind_ro_as_owner(&private, "/d"), &mine);
    match common::is_root() {
        true => check(&common::guest_sandbox().bind_ro(&private, "/d"), &[("read /d/f", EACCES), ("list /d", EACCES)]),
        false => check(&common::guest_sandbox().bind_ro(&private, "/d"), &mine),
    }
}

/// What only its owner and group may read, in files of root's own, with sockets among them.
fn private_files(dir: &Path) -> [std::os::unix::net::UnixListener; 2] {
    let place = |name: &str| dir.join(name);
    fs::create_dir(place("closed")).expect("a directory");
    for (name, mode) in [("private", 0o600), ("group", 0o640), ("closed/f", 0o644), ("open", 0o644)] {
        fs::write(place(name), "old").expect("a file");
        fs::set_permissions(place(name), PermissionsExt::from_mode(mode)).expect("its mode");
    }
    fs::set_permissions(place("closed"), PermissionsExt::from_mode(0o700)).expect("its mode");
    [("socket", 0o600), ("anyone", 0o666)].map(|(name, mode)| {
        let listener = std::os::unix::net::UnixListener::bind(place(name)).expect("a socket");
        fs::set_permissions(place(name), PermissionsExt::from_mode(mode)).expect("its mode");
        listener
    })
}

/// A privileged host does not lend its rights: neither root inside nor capabilities there count for what is nobody's. An
/// ordinary user's program is that user.
#[test]
fn of_a_read_only_bind_the_program_reads_what_others_may() {
    let _host = common::host();
    let dir = tree(&[]);
    let _sockets = private_files(dir.path());
    let (nobody, refused) = ("65534:65534 600", EACCES);
    let everything = belljar::Capabilities::all();
    for (user, capabilities) in [(1000, belljar::Capabilities::empty()), (0, everything)] {
        let mine = format!("{user}:{user} 600");
        let [secret, owner] = if common::is_root() { [refused, nobody] } else { ["old", &mine] };
        let connect = if common::is_root() { refused } else { "ok" };
        let sandbox = common::guest_sandbox().user(user, user).capabilities(capabilities);
        check(
            &sandbox.clone().bind_ro(dir.path(), "/d").bind_ro(dir.path().join("private"), "/f"),
            &[
                ("read /d/open", "old"),
                ("read /d/private", secret),
                ("read /f", secret),
                ("read /d/group", secret),
                ("read /d/closed/f", secret),
                ("owner /d/private", owner),
                ("connect /d/socket", connect),
                ("connect /d/anyone", "ok"),
            ],
        );
        if can_bind_rw("of_a_read_only_bind_the_program_reads_what_others_may", dir.path()) {
            check(
                &sandbox.bind_ro_as_owner(dir.path(), "/d"),
                &[("read /d/private", "old"), ("read /d/closed/f", "old"), ("connect /d/socket", "ok")],
            );
        }
    }
}

/// A toolchain is whole, but for what the caller has of its own.
#[test]
fn of_the_hosts_etc_what_the_caller_gives_goes_before() {
    let _host = common::host();
    let dir = tree(&["certs/f"]);
    let sandbox = common::guest_sandbox().file("/etc/services", "mine").bind_ro(dir.path(), "/etc/ssl");
    check(&sandbox, &[("read /etc/services", "mine"), ("read /etc/ssl/certs/f", "old")]);
}

/// The kernel counts each as a namespace for a while, and those of a program that may make some are bounded.
#[test]
fn many_binds_for_a_program_with_capabilities() {
    let _host = common::host();
    let dir = tree(&["f"]);
    let sandbox = common::guest_sandbox().user(0, 0).capabilities(belljar::Capabilities::all());
    let bind = |sandbox: Sandbox, number| sandbox.bind_ro(dir.path().join("f"), format!("/many/{number}"));
    check(&(0..200).fold(sandbox, bind), &[("read /many/0", "old"), ("read /many/199", "old")]);
}

/// Where it cannot be, it is an error.
#[test]
fn the_owners_rights_are_given_or_refused() {
    let _host = common::host();
    let dir = tree(&[]);
    let shown = dir.path().display();
    if common::is_root() {
        let shared = common::guest_sandbox().namespaces(belljar::Namespaces::all() - belljar::Namespaces::USER);
        let message = format!("bind {shown} on /d: as its owner needs Namespaces::USER: nothing is mapped without it");
        let error = shared.bind_ro_as_owner(dir.path(), "/d").spawn(common::guest("attempt")).expect_err("refused");
        assert_eq!(error.to_string(), message);
    } else {
        let message = "belongs to user 0: an ordinary user can give only its own files as their owner";
        refused(&common::guest_sandbox().bind_ro_as_owner("/etc", "/d"), format!("bind /etc on /d: {message}"));
    }
    refused(
        &common::guest_sandbox().bind_ro_as_owner("/no/such", "/d"),
        "bind /no/such on /d: No such file or directory (os error 2)",
    );
}

/// The error of a program that others may not reach names the cure.
#[test]
fn a_program_out_of_a_private_directory_has_a_hint() {
    let _host = common::host();
    let dir = tree(&["private/program"]);
    let private = dir.path().join("private");
    fs::copy("/bin/true", private.join("program")).expect("copied");
    fs::set_permissions(&private, PermissionsExt::from_mode(0o700)).expect("its mode");
    let new = || Sandbox::new().host_system();
    let mut inside = Command::new("/bin/true");
    for command in [&mut Command::new("/d/program"), inside.current_dir("/d")] {
        match new().bind_ro(&private, "/d").spawn(&mut *command) {
            Err(error) => {
                assert!(common::is_root() && error.raw_os_error() == Some(13), "{error:#}");
                assert!(error.hint().is_some_and(|hint| hint.contains("bind_ro_as_owner")), "{error:#}");
            }
            Ok(_) => assert!(!common::is_root()),
        }
        if can_bind_rw("a_program_out_of_a_private_directory_has_a_hint", &private) {
            let outcome = new().bind_ro_as_owner(&private, "/d").run(&mut *command).expect("runs");
            assert_eq!(outcome.verdict, Verdict::Exited(0));
        }
    }
}

/// Of the host's system a privileged host shows what others may read, also of what is mounted there.
#[test]
fn the_hosts_system_shows_nothing_that_others_cannot_read() {
    if !common::is_root() {
        let missing = "an ordinary user's program is that user";
        return common::skip("the_hosts_system_shows_nothing_that_others_cannot_read", "root", missing);
    }
    common::run_on_host("with_planted_secrets", &[]);
}

fn with_planted_secrets(_: &[String]) -> i32 {
    assert!(private_mounts(), "root mounts");
    let places = [Path::new("/usr/local"), Path::new("/etc/alternatives")];
    for place in places.into_iter().filter(|place| place.is_dir()) {
        // In memory: nothing of it reaches the disk.
        mount_tmpfs(place, MountFlags::empty());
        let _sockets = private_files(place);
        let at = |operation: &str, name: &str| format!("{operation} {}/{name}", place.display());
        for user in [1000, 0] {
            check(
                &common::guest_sandbox().user(user, user),
                &[
                    (&at("read", "open"), "old"),
                    (&at("read", "private"), EACCES),
                    (&at("read", "group"), EACCES),
                    (&at("read", "closed/f"), EACCES),
                    (&at("connect", "socket"), EACCES),
                    (&at("write", "open"), EROFS),
                ],
            );
        }
    }
    0
}

/// Submounts of the source: bind and remount leaves them writable, mount_setattr with AT_RECURSIVE does not.
#[test]
fn submounts_of_a_source_come_along_read_only_nosuid_nodev() {
    let _host = common::host();
    match common::on_host("with_submounts").status().expect("runs on the host").code() {
        Some(77) => common::skip("submounts_of_a_source_come_along", "userns", "no mount namespace"),
        code => assert_eq!(code, Some(0)),
    }
}

/// Lets this process mount what the host never sees; not everybody may.
fn private_mounts() -> bool {
    let (uid, gid) = (rustix::process::getuid().as_raw(), rustix::process::getgid().as_raw());
    let users = if common::is_root() { UnshareFlags::empty() } else { UnshareFlags::NEWUSER };
    // SAFETY: this process has one thread and shares nothing.
    if unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWNS | users) }.is_err() {
        return false;
    }
    if !users.is_empty() {
        fs::write("/proc/self/setgroups", "deny").expect("setgroups");
        fs::write("/proc/self/uid_map", format!("0 {uid} 1")).expect("uid_map");
        fs::write("/proc/self/gid_map", format!("0 {gid} 1")).expect("gid_map");
    }
    let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    rustix::mount::mount_change("/", private).expect("private mounts");
    true
}

fn mount_tmpfs(path: &Path, flags: MountFlags) {
    rustix::mount::mount("tmpfs", path, "tmpfs", flags, None).expect("a tmpfs");
}

fn with_submounts(_: &[String]) -> i32 {
    let is_root = common::is_root();
    let dir = tree(&["sub/", "plain"]);
    if !private_mounts() {
        return 77;
    }
    let (sub, deep) = (dir.path().join("sub"), dir.path().join("sub/deep"));
    mount_tmpfs(&sub, MountFlags::empty());
    fs::create_dir(&deep).expect("a directory");
    mount_tmpfs(&deep, MountFlags::empty());
    for place in [&sub, &deep] {
        fs::write(place.join("f"), "old").expect("a file");
        if is_root {
            let device = rustix::fs::makedev(1, 3);
            let node = place.join("null");
            rustix::fs::mknodat(CWD, &node, FileType::CharacterDevice, Mode::from(0o666), device).expect("a device");
        }
    }

    let sandbox = common::guest_sandbox();
    let locked = "ro,nosuid,nodev";
    let mut expected = vec![
        ("list /d", "plain,sub"),
        ("read /d/sub/f", "old"),
        ("read /d/sub/deep/f", "old"),
        ("write /d/plain", EROFS),
        ("write /d/sub/f", EROFS),
        ("write /d/sub/deep/f", EROFS),
        ("mkdir /d/sub/deep/new", EROFS),
        ("flags /d", locked),
        ("flags /d/sub", locked),
        ("flags /d/sub/deep", locked),
    ];
    if is_root {
        expected.extend([("read /d/sub/null", EACCES), ("write /d/sub/deep/null", EACCES)]);
    }
    check(&sandbox.clone().bind_ro(dir.path(), "/d"), &expected);

    // What is private there stays so on every kernel; the owner's rights are given, or an error.
    fs::set_permissions(sub.join("f"), PermissionsExt::from_mode(0o600)).expect("its mode");
    let [others, mine] = [if is_root { EACCES } else { "old" }, "old"];
    check(&sandbox.clone().bind_ro(dir.path(), "/d"), &[("read /d/sub/f", others)]);
    if can_bind_rw("submounts_of_a_source_come_along_as_their_owners", dir.path()) {
        check(&sandbox.clone().bind_ro_as_owner(dir.path(), "/d"), &[("read /d/sub/f", mine)]);
    } else {
        let result = sandbox.clone().bind_ro_as_owner(dir.path(), "/d").spawn(common::guest("attempt"));
        assert!(result.expect_err("refused").hint().is_some_and(|hint| hint.contains("idmapped")));
    }

    // What is mounted in the sandbox is the sandbox's: the host's mounts are as before.
    let open = "nosuid,nodev";
    let writable = sandbox.bind_rw(dir.path(), "/d");
    if can_bind_rw("submounts_of_a_source_come_along_writable", dir.path()) {
        check(&writable, &[("write /d/sub/deep/f", "ok"), ("flags /d/sub", open), ("flags /d/sub/deep", open)]);
        assert_eq!(fs::read_to_string(deep.join("f")).expect("reads"), "new");
    }
    assert_eq!(flags(&deep.to_string_lossy()).expect("flags"), "");
    rustix::mount::unmount(&sub, UnmountFlags::DETACH).expect("unmounts");
    0
}

/// The program may rename what is around it, and the mount stays where it is.
#[test]
fn read_only_inside_writable_stays_in_force() {
    let _host = common::host();
    let dir = tree(&["a/b/c/f", "a/b/c/d/g", "a/x"]);
    if !can_bind_rw("read_only_inside_writable_stays_in_force", dir.path()) {
        return;
    }
    let guarded = dir.path().join("a/b/c");
    let before = picture(&guarded);
    let sandbox = common::guest_sandbox().bind_rw(dir.path(), "/w").bind_ro(&guarded, "/w/a/b/c");
    check(
        &sandbox,
        &[
            ("write /w/a/b/c/f", EROFS),
            ("rename /w/a/b/c /w/a/b/z", EBUSY),
            ("rename /w/a/b /w/a/z", EBUSY),
            ("rename /w/a/b /w/z", EXDEV),
            ("rename /w/a /w/z", EBUSY),
            ("mkdir /w/other", "ok"),
            ("exchange /w/a /w/other", EBUSY),
            ("exchange /w/a/b /w/other", EXDEV),
            ("rmdir /w/a/b/c", EBUSY),
            ("write /w/a/b/c/d/g", EROFS),
            ("read /w/a/b/c/f", "old"),
            // And beside it the bind is writable still.
            ("write /w/a/x", "ok"),
            ("write /w/a/b/new", "ok"),
            ("flags /w/a/b", "nosuid,nodev"),
        ],
    );
    let output = sandbox.output(common::guest("break_out").args(["/w/a/b/c", "/w/a/b", "/w/a"])).expect("runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.outcome.verdict, Verdict::Exited(0));
    assert_eq!(picture(&guarded), before);
}

/// Tries to unmount, move and remount: as itself, and as root of a user and mount namespace of its own. Prints what works.
fn break_out(places: &[String]) -> i32 {
    let root_of_own = || {
        // SAFETY: this process has one thread and shares nothing.
        unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWUSER | UnshareFlags::NEWNS) }
    };
    for round in ["as itself", "in its own namespaces"] {
        for place in places {
            let remount = MountFlags::BIND;
            for (name, result) in [
                ("remount", rustix::mount::mount_remount(place, remount, "")),
                ("unmount", rustix::mount::unmount(place, UnmountFlags::DETACH)),
                ("move", rustix::mount::mount_move(place, "/tmp")),
            ] {
                if result.is_ok() {
                    println!("{round}: {name} {place}");
                }
            }
            if fs::write(Path::new(place).join("f"), "new").is_ok() && place.ends_with('c') {
                println!("{round}: write {place}");
            }
        }
        if round == "as itself" && root_of_own().is_err() {
            eprintln!("no namespaces inside");
        }
    }
    0
}

/// The ways from a root that covers another one: up, out of a root of its own making, and by taking it off. Prints what shows
/// the host's init, which is a file of that name on any root.
fn uncover(_: &[String]) -> i32 {
    let is_host = |path: &str| fs::symlink_metadata(path).is_ok_and(|stat| !stat.is_dir());
    let show = |way: &str| {
        for path in ["/init", "init", "../init", "../../../../init", "/proc/self/root/init", "/proc/1/root/init"] {
            if is_host(path) {
                println!("{way}: {path}");
            }
        }
    };
    let own = |_: ()| std::fs::File::open("/proc/self/ns/mnt").map_err(|_| Errno::NOENT);
    let ways: [(&str, &dyn Fn() -> rustix::io::Result<()>); 7] = [
        ("as it is", &|| Ok(())),
        ("from its root", &|| rustix::process::chdir("/")),
        ("root of its own", &|| rustix::process::chroot("/tmp")),
        ("pivot", &|| rustix::process::pivot_root("/", "/tmp")),
        ("move", &|| rustix::mount::mount_move("/", "/tmp")),
        ("unmount", &|| rustix::mount::unmount("/", UnmountFlags::DETACH)),
        ("own namespace", &|| rustix::thread::move_into_link_name_space(own(())?.as_fd(), None)),
    ];
    for (name, way) in ways {
        let _ = way();
        show(name);
    }
    0
}

/// On the initial ramfs, which pivot_root(2) does not leave: an appliance, or an initramfs itself.
#[test]
fn nothing_of_the_initial_root_is_in_sight() {
    let _host = common::host();
    let mounts = fs::read_to_string("/proc/self/mountinfo").expect("mountinfo");
    if !mounts.lines().any(|line| line.contains(" / / ") && line.contains(" - rootfs ")) {
        return common::skip("nothing_of_the_initial_root_is_in_sight", "initramfs", "the root is another one");
    }
    assert!(fs::symlink_metadata("/init").is_ok(), "what would show the host's root");
    let layer = tree(&["etc/name"]);
    let strict = common::guest_sandbox();
    // The ramfs has no idmapped mounts, by which a privileged host's program could write.
    let overlay = belljar::Overlay::new().lower(layer.path()).read_only();
    let image = strict.clone().overlay(overlay.clone());
    let beside = strict.clone().overlay(overlay.at("/work"));
    let unfiltered = strict.clone().seccomp(belljar::Filter::unrestricted());
    let chroot = unfiltered.clone().user(0, 0).capabilities(belljar::Capabilities::SYS_CHROOT);
    for sandbox in [strict, image, beside, unfiltered, chroot] {
        let output = sandbox.output(common::guest("uncover")).expect("runs");
        assert_eq!((&*output.stdout_lossy(), output.outcome.verdict), ("", Verdict::Exited(0)), "{output:?}");
    }
    let admin = common::guest_sandbox().capabilities(belljar::Capabilities::SYS_ADMIN);
    refused(&admin, "capabilities: SYS_ADMIN could uncover the host's root, which is the initial ramfs");
}

#[test]
fn writable_inside_read_only_works() {
    let _host = common::host();
    let dir = tree(&["out/", "f"]);
    if !can_bind_rw("writable_inside_read_only_works", dir.path()) {
        return;
    }
    let sandbox = common::guest_sandbox()
        .bind_ro(dir.path(), "/d")
        .bind_rw(dir.path().join("out"), "/d/out")
        .bind_ro(dir.path().join("f"), "/d/out/../f".replace("/out/..", ""))
        .tmpfs("/empty", 4096);
    // A file on a file of a bind is fine as well.
    check(
        &sandbox,
        &[("write /d/f", EROFS), ("write /d/x", EROFS), ("write /d/out/x", "ok"), ("write /empty/x", "ok")],
    );
    assert_eq!(fs::read_to_string(dir.path().join("out/x")).expect("reads"), "new");
}

/// A later mount covers what is below its place, and what comes after stands on it.
#[test]
fn the_order_of_the_calls_is_the_order_of_the_mounts() {
    let _host = common::host();
    let (one, two) = (tree(&["one"]), tree(&["two", "a/"]));
    let new = common::guest_sandbox;
    let covered = new().bind_ro(one.path(), "/p/a").file("/p/f", "").tmpfs("/p", 1 << 20);
    check(&covered, &[("list /p", "")]);
    let refilled = covered.bind_ro(one.path(), "/p/x/a").file("/p/y/f", "text").dir("/p/e").symlink("y/f", "/p/l");
    check(&refilled, &[("list /p", "e,l,x,y"), ("list /p/x/a", "one"), ("read /p/l", "text"), ("write /p/y/f", "ok")]);
    let stacked = new().bind_ro(two.path(), "/p").bind_ro(one.path(), "/p/a");
    check(&stacked, &[("list /p", "a,two"), ("list /p/a", "one")]);
    let twice = new().bind_ro(one.path(), "/p").bind_ro(one.path(), "/q");
    check(&twice, &[("list /p", "one"), ("list /q", "one")]);
    let hidden = new().bind_ro(one.path(), "/p/a").bind_ro(two.path(), "/p").tmpfs("/p/a", 4096).file("/p/a/f", "text");
    check(&hidden, &[("list /p", "a,two"), ("list /p/a", "f")]);
}

/// Parents are made in the sandbox's own root, never on the host: not by way of a tmpfs that a bind has covered, either.
#[test]
fn nothing_is_made_in_the_hosts_files() {
    let _host = common::host();
    let dir = tree(&["a/"]);
    let before = picture(dir.path());
    let covered = common::guest_sandbox().tmpfs("/p/a", 4096).bind_rw(dir.path(), "/p");
    for (what, sandbox) in [
        ("file /p/a/f", covered.clone().file("/p/a/f", "text")),
        ("dir /p/a/d/e", covered.clone().dir("/p/a/d/e")),
        ("symlink /p/a/l", covered.clone().symlink("x", "/p/a/l")),
    ] {
        refused(&sandbox, format!("{what}: would be made in the host's files: /p is a bind"));
        assert_eq!(picture(dir.path()), before);
    }
    let missing = common::guest_sandbox().bind_ro(dir.path(), "/p").bind_ro(dir.path(), "/p/no/such");
    let source = dir.path().display();
    refused(&missing, format!("bind {source} on /p/no/such: No such file or directory (os error 2)"));
    refused(
        &common::guest_sandbox().bind_ro(dir.path(), "/p").tmpfs("/p/no", 4096),
        "tmpfs /p/no: No such file or directory (os error 2)",
    );
    assert_eq!(picture(dir.path()), before);
}

/// Whatever the bound tree has in place of a destination, nothing is followed out of it and nothing blocks.
#[test]
fn a_hostile_tree_leads_nowhere() {
    let _host = common::host();
    let canary = tree(&["d/f", "f"]);
    let given = tree(&["given"]);
    let hostile = tree(&["real/"]);
    let place = |name: &str| hostile.path().join(name);
    let link = |target: &Path, name: &str| symlink(target, place(name)).expect("a link");
    link(canary.path(), "absolute");
    let upwards = PathBuf::from("..").join(canary.path().file_name().expect("a name"));
    link(&upwards, "upwards");
    link(Path::new("absolute"), "chain");
    link(Path::new("real"), "beneath");
    link(Path::new("/"), "root");
    link(Path::new("/proc/self/root"), "magic");
    link(Path::new("self"), "self");
    link(&canary.path().join("f"), "file");
    rustix::fs::mknodat(CWD, place("fifo"), FileType::Fifo, Mode::from(0o666), 0).expect("a FIFO");
    let before = (picture(canary.path()), picture(hostile.path()));
    let as_before = || assert_eq!((picture(canary.path()), picture(hostile.path())), before);
    let source = given.path().display();
    let eloop = "Too many levels of symbolic links (os error 40)";
    for writable in [false, true] {
        if writable && !can_bind_rw("a_hostile_tree_leads_nowhere", hostile.path()) {
            continue;
        }
        let new = || match writable {
            true => common::guest_sandbox().bind_rw(hostile.path(), "/h"),
            false => common::guest_sandbox().bind_ro(hostile.path(), "/h"),
        };
        let links = ["absolute", "magic", "self", "upwards", "chain", "beneath", "root"];
        for name in &links[..common::amount(7, 3)] {
            refused(
                &new().bind_ro(given.path(), format!("/h/{name}/d")),
                format!("bind {source} on /h/{name}/d: {eloop}"),
            );
            refused(&new().tmpfs(format!("/h/{name}/d"), 4096), format!("tmpfs /h/{name}/d: {eloop}"));
            // Nor is anything put on the link itself.
            refused(&new().bind_ro(given.path(), format!("/h/{name}")), format!("bind {source} on /h/{name}: {eloop}"));
            refused(&new().tmpfs(format!("/h/{name}"), 4096), format!("tmpfs /h/{name}: {eloop}"));
            refused(
                &new().file(format!("/h/{name}/d/new"), "text"),
                format!("file /h/{name}/d/new: would be made in the host's files: /h is a bind"),
            );
            as_before();
        }
        let file = given.path().join("given");
        refused(&new().bind_ro(&file, "/h/file"), format!("bind {} on /h/file: {eloop}", file.display()));
        new().bind_ro(given.path(), "/h/fifo").spawn(common::guest("attempt")).expect_err("a directory on a FIFO");
        new().bind_ro(given.path(), "/h/fifo/x").spawn(common::guest("attempt")).expect_err("below a FIFO");
        new().tmpfs("/h/fifo", 4096).spawn(common::guest("attempt")).expect_err("a tmpfs on a FIFO");
        check(&new().bind_ro(given.path().join("given"), "/h/fifo"), &[("read /h/fifo", "old")]);
        as_before();
        // As a working directory a link leads to what the sandbox has there.
        for (name, listing) in [("root", "/"), ("beneath", "/h/real")] {
            let mut command = common::guest("attempt");
            command.current_dir(format!("/h/{name}")).args(["list .", &format!("list {listing}")]);
            let output = new().output(&mut command).expect("runs");
            let text = String::from_utf8(output.stdout).expect("text");
            let lines: Vec<&str> = text.lines().collect();
            assert_eq!(lines[0], lines[1]);
        }
        for name in ["absolute", "upwards", "chain"] {
            let error =
                new().spawn(common::guest("attempt").current_dir(format!("/h/{name}"))).expect_err("not inside");
            assert_eq!(error.to_string(), format!("current_dir /h/{name}: No such file or directory (os error 2)"));
        }
        as_before();
    }
}

/// The same tree in place of the sandbox's own directories.
#[test]
fn a_hostile_tree_as_etc_or_tmp_leads_nowhere() {
    let _host = common::host();
    let canary = tree(&["f"]);
    let hostile = tree(&[]);
    for name in ["passwd", "group", "hosts", "ld.so.cache", "shm", "null"] {
        symlink(canary.path().join("f"), hostile.path().join(name)).expect("a link");
    }
    if !can_bind_rw("a_hostile_tree_as_etc_or_tmp_leads_nowhere", hostile.path()) {
        return;
    }
    let before = (picture(canary.path()), picture(hostile.path()));
    for place in ["/etc", "/tmp", "/dev/shm", "/home/a/b"] {
        // The toolchain's view of /etc would be taken; the guest needs its libraries only.
        let sandbox = match place {
            "/etc" => common::bare_guest_sandbox(),
            _ => common::guest_sandbox(),
        };
        let sandbox = sandbox.bind_rw(hostile.path(), place);
        let read = format!("read {place}/passwd");
        check(&sandbox, &[(&read, ENOENT)]);
        refused(
            &sandbox.file(format!("{place}/new"), "text"),
            match place {
                "/dev/shm" => "file /dev/shm/new: /dev is the sandbox's own".into(),
                _ => format!("file {place}/new: would be made in the host's files: {place} is a bind"),
            },
        );
        assert_eq!((picture(canary.path()), picture(hostile.path())), before);
    }
}

/// The sandbox's own name has an address, whoever gave the hosts file.
#[test]
fn the_default_host_name_is_in_any_hosts_file() {
    let _host = common::host();
    let etc = tree(&[]);
    fs::write(etc.path().join("hosts"), "127.0.0.1\tlocalhost\n").expect("a hosts file");
    let new = common::bare_guest_sandbox;
    check(&new(), &[("resolve", "localhost ok")]);
    check(&new().bind_ro(etc.path(), "/etc"), &[("resolve", "localhost ok")]);
    check(&new().hostname("judge"), &[("resolve", "judge ok")]);
}

/// Sources that are neither files nor directories.
#[test]
fn special_files_as_sources() {
    let _host = common::host();
    let dir = tree(&[]);
    let place = |name: &str| dir.path().join(name);
    rustix::fs::mknodat(CWD, place("fifo"), FileType::Fifo, Mode::from(0o666), 0).expect("a FIFO");
    let _listener = std::os::unix::net::UnixListener::bind(place("socket")).expect("a socket");
    fs::set_permissions(place("socket"), PermissionsExt::from_mode(0o777)).expect("its mode");
    assert!(place("fifo").metadata().expect("stat").file_type().is_fifo());
    symlink("/dev/zero", place("link")).expect("a link");
    let sandbox = common::guest_sandbox()
        .bind_ro(place("fifo"), "/fifo")
        .bind_ro(place("socket"), "/socket")
        .bind_ro(place("link"), "/device");
    // Documented: read-only does not stop a connection. A device is none.
    let expected = [("connect /socket", "ok"), ("read /device", EACCES), ("write /device", EACCES)];
    check(&sandbox, &expected);
    refused(
        &common::guest_sandbox().bind_ro(place("missing"), "/x"),
        format!("bind {} on /x: No such file or directory (os error 2)", place("missing").display()),
    );
}

/// A file onto a directory and the reverse, where only the kernel can tell.
#[test]
fn a_file_onto_a_directory_of_a_bind_is_refused() {
    let _host = common::host();
    let dir = tree(&["f", "d/"]);
    let (file, sub) = (dir.path().join("f"), dir.path().join("d"));
    let new = || common::guest_sandbox().bind_ro(dir.path(), "/d");
    let enotdir = "Not a directory (os error 20)";
    refused(&new().bind_ro(&file, "/d/d"), format!("bind {} on /d/d: {enotdir}", file.display()));
    refused(&new().bind_ro(&sub, "/d/f"), format!("bind {} on /d/f: {enotdir}", sub.display()));
    refused(&new().tmpfs("/d/f", 4096), "tmpfs /d/f: Not a directory (os error 20)");
    refused(&new().bind_ro(&sub, "/d/f/x"), format!("bind {} on /d/f/x: Not a directory (os error 20)", sub.display()));
}

#[test]
fn a_thousand_binds() {
    let _host = common::host();
    assert!(common::on_host("with_a_thousand_binds").status().expect("runs on the host").success());
}

fn with_a_thousand_binds(_: &[String]) -> i32 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    // Each is a descriptor.
    let hard = getrlimit(Resource::Nofile).maximum;
    if hard.is_some_and(|hard| hard < 1200) {
        common::skip("a_thousand_binds", "descriptors", "RLIMIT_NOFILE is below 1200");
        return 0;
    }
    setrlimit(Resource::Nofile, Rlimit { current: Some(1200), maximum: hard }).expect("raised");
    let dir = tree(&["f", "d/g"]);
    let sandbox = (0..1000).fold(common::guest_sandbox(), |sandbox, number| match number % 2 {
        0 => sandbox.bind_ro(dir.path().join("f"), format!("/b/{number}")),
        _ => sandbox.bind_ro(dir.path().join("d"), format!("/b/{number}")),
    });
    let expected = [("read /b/0", "old"), ("read /b/998", "old"), ("read /b/999/g", "old"), ("write /b/998", EROFS)];
    check(&sandbox, &expected);
    0
}

/// The source is exchanged for others as fast as can be while sandboxes start: each sees one of them, whole and
/// read-only, or the spawn is refused.
#[test]
fn a_source_that_is_swapped_during_the_spawn() {
    let _host = common::host();
    let dir = tree(&["source/one", "source/only", "other/two", "other/only", "file"]);
    let place = |name: &str| dir.path().join(name);
    symlink(place("file"), place("link")).expect("a link");
    let over = AtomicBool::new(false);
    let spawns = common::amount(200, 40);
    let (mut ran, mut refusals) = (0, 0);
    std::thread::scope(|threads| {
        threads.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                for with in ["other", "file", "link"] {
                    let exchange =
                        rustix::fs::renameat_with(CWD, place("source"), CWD, place(with), RenameFlags::EXCHANGE);
                    exchange.expect("exchanges");
                    std::thread::yield_now();
                }
            }
        });
        let sandbox = common::guest_sandbox().bind_ro(place("source"), "/d");
        for _ in 0..spawns {
            let mut command = common::guest("attempt");
            command.args(["list /d", "flags /d", "write /d/only", "write /d"]);
            match sandbox.output(&mut command) {
                Ok(output) => {
                    let text = String::from_utf8(output.stdout).expect("text");
                    let lines: Vec<&str> = text.lines().collect();
                    assert!(matches!(lines[0], "one,only" | "only,two" | "20"), "{text}");
                    assert_eq!(lines[1], "ro,nosuid,nodev");
                    assert!(matches!(lines[2], EROFS | "20") && matches!(lines[3], EROFS | "21"), "{text}");
                    ran += 1;
                }
                Err(error) => {
                    assert!(
                        error.to_string().starts_with(&format!("bind {} on /d: ", place("source").display())),
                        "{error}"
                    );
                    refusals += 1;
                }
            }
        }
        over.store(true, Ordering::Relaxed);
    });
    assert_eq!(ran + refusals, spawns);
    assert!(ran > 0, "{refusals} refused");
}

/// Sizes of what is in memory: enforced, and 128 MiB unless said otherwise.
#[test]
fn a_tmpfs_holds_no_more_than_it_may() {
    let _host = common::host();
    let sandbox = common::guest_sandbox().tmpfs("/t", 1 << 20).tmpfs("/one", 1);
    check(
        &sandbox,
        &[
            ("fill /t/f", "1048576"),
            ("fill /one/f", "4096"),
            ("flags /t", "nosuid,nodev"),
            ("flags /tmp", "nosuid,nodev"),
            ("flags /dev/shm", "nosuid,nodev"),
            ("owner /tmp", "1000:1000 1777"),
            // A file for each 4 KiB, and at least 1024: two are the directory and what is in it.
            ("files /one", "1022"),
        ],
    );
    // So has the root, which holds /tmp and /dev/shm.
    let sandbox = common::guest_sandbox();
    let output = sandbox.output(common::guest("attempt").args(["files /tmp", "files /dev/shm"])).expect("runs");
    let text = String::from_utf8(output.stdout).expect("text");
    let files: Vec<usize> = text.lines().map(|line| line.parse().expect("a number")).collect();
    assert!((16_000..16_700).contains(&files[0]) && files[1] == 0, "{files:?}");
    // The two share 128 MiB with the root itself, which holds three small files.
    for [first, second] in [["/tmp/f", "/dev/shm/f"], ["/dev/shm/f", "/tmp/f"]] {
        let sandbox = common::guest_sandbox();
        let (fill, more, unlink) = (format!("fill {first}"), format!("fill {second}"), format!("unlink {first}"));
        let all = ((128 << 20) - 3 * 4096).to_string();
        check(&sandbox, &[(&fill, &all), (&more, "0"), (&unlink, "ok"), (&more, &all)]);
    }
    let smaller = common::guest_sandbox().tmpfs("/tmp", 8192).tmpfs("/dev/shm", 4096);
    check(&smaller, &[("fill /tmp/f", "8192"), ("fill /dev/shm/f", "4096")]);
}

/// Nothing in /proc is writable, of the host's or of its own.
#[test]
fn no_file_of_proc_can_be_opened_for_writing() {
    let _host = common::host();
    let sandbox = common::guest_sandbox();
    for sandbox in [sandbox.clone(), sandbox.user(0, 0)] {
        let output = sandbox.output(common::guest("open_all_of_proc_for_writing")).expect("runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let (tried, opened) = text.split_once('\n').expect("a count");
        assert_eq!(opened, "");
        assert!(tried.parse::<u32>().expect("a count") > 500, "{tried}");
    }
}

fn open_all_of_proc_for_writing(_: &[String]) -> i32 {
    let mut left = vec![PathBuf::from("/proc")];
    let (mut tried, mut opened) = (0, Vec::new());
    while let Some(dir) = left.pop() {
        for entry in fs::read_dir(&dir).into_iter().flatten().flatten() {
            let (path, Ok(kind)) = (entry.path(), entry.file_type()) else { continue };
            if kind.is_dir() && path.components().count() < 8 {
                left.push(path);
            } else if kind.is_file() {
                tried += 1;
                if fs::OpenOptions::new().write(true).open(&path).is_ok() {
                    opened.push(path.display().to_string());
                }
            }
        }
    }
    println!("{tried}");
    print!("{}", opened.join("\n"));
    i32::from(!opened.is_empty())
}

/// A program on a noexec mount; and a source's own flags, noexec and read-only, stay.
#[test]
fn the_flags_of_a_source_stay() {
    let _host = common::host();
    match common::on_host("with_noexec").status().expect("runs on the host").code() {
        Some(77) => common::skip("the_flags_of_a_source_stay", "userns", "no mount namespace"),
        code => assert_eq!(code, Some(0)),
    }
}

fn with_noexec(_: &[String]) -> i32 {
    let dir = tree(&["noexec/", "ro/"]);
    if !private_mounts() {
        return 77;
    }
    let (noexec, read_only) = (dir.path().join("noexec"), dir.path().join("ro"));
    mount_tmpfs(&noexec, MountFlags::NOEXEC);
    mount_tmpfs(&read_only, MountFlags::RDONLY);
    fs::write(noexec.join("script"), "#!/bin/sh\n").expect("a file");
    fs::set_permissions(noexec.join("script"), PermissionsExt::from_mode(0o755)).expect("its mode");
    let error = common::guest_sandbox().bind_ro(dir.path(), "/d").spawn(Command::new("/d/noexec/script"));
    let message = "exec /d/noexec/script: Permission denied (os error 13)";
    assert_eq!(error.expect_err("not executable").to_string(), message);
    if can_bind_rw("the_flags_of_a_source_stay", &read_only) {
        check(&common::guest_sandbox().bind_rw(&read_only, "/d"), &[("write /d/f", EROFS)]);
    }
    for mounted in [noexec, read_only] {
        rustix::mount::unmount(&mounted, UnmountFlags::DETACH).expect("unmounts");
    }
    0
}

/// A relative source is the host's working directory's; source and place may be the same.
#[test]
fn relative_sources_and_the_same_place() {
    let _host = common::host();
    let here = list(".").expect("lists");
    check(&common::guest_sandbox().bind_ro(".", "/d"), &[("list /d", &here)]);
    let dir = tree(&["f"]);
    let (read, same) = (format!("read {}/f", dir.path().display()), dir.path().to_owned());
    check(&common::guest_sandbox().bind_ro(&same, &same), &[(&read, "old")]);
}

/// The working directory goes and comes back on the host meanwhile.
#[test]
fn a_working_directory_that_vanishes_during_the_spawn() {
    let _host = common::host();
    let dir = tree(&["d/cwd/f"]);
    let place = |name: &str| dir.path().join("d").join(name);
    let over = AtomicBool::new(false);
    std::thread::scope(|threads| {
        threads.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                fs::rename(place("cwd"), dir.path().join("away")).expect("goes");
                std::thread::yield_now();
                fs::rename(dir.path().join("away"), place("cwd")).expect("comes back");
                std::thread::yield_now();
            }
        });
        let sandbox = common::guest_sandbox().bind_ro(dir.path().join("d"), "/d");
        for _ in 0..common::amount(100, 20) {
            let mut command = common::guest("attempt");
            match sandbox.output(command.current_dir("/d/cwd").arg("read f")) {
                Ok(output) => assert_eq!(output.stdout, b"old\n"),
                Err(error) => {
                    assert_eq!(error.to_string(), "current_dir /d/cwd: No such file or directory (os error 2)");
                }
            }
        }
        over.store(true, Ordering::Relaxed);
    });
}

/// A source whose server hangs: to give what is mounted there asks its server nothing, and the deadline ends a
/// program that does.
#[test]
fn a_source_whose_filesystem_never_answers() {
    let _host = common::host();
    if !common::is_root() {
        return common::skip("a_source_whose_filesystem_never_answers", "fuse", "only root mounts FUSE by itself");
    }
    match common::on_host("with_a_silent_filesystem").status().expect("runs on the host").code() {
        Some(77) => common::skip("a_source_whose_filesystem_never_answers", "fuse", "no FUSE"),
        code => assert_eq!(code, Some(0)),
    }
}

fn with_a_silent_filesystem(_: &[String]) -> i32 {
    use std::os::fd::AsRawFd;
    let dir = tree(&["fuse/"]);
    let place = dir.path().join("fuse");
    let Ok(server) = fs::OpenOptions::new().read(true).write(true).open("/dev/fuse") else { return 77 };
    let data = format!("fd={},rootmode=40000,user_id=0,group_id=0,allow_other", server.as_raw_fd());
    let data = std::ffi::CString::new(data).expect("no NUL");
    if !private_mounts() || rustix::mount::mount("fuse", &place, "fuse", MountFlags::empty(), Some(&*data)).is_err() {
        return 77;
    }
    // Time enough for the program that asks for nothing, on a busy machine too.
    let limit = Duration::from_secs(4);
    let sandbox = common::guest_sandbox().bind_ro(&place, "/d").wall_time_limit(limit);
    let (told, finished) = std::sync::mpsc::channel();
    let spawner = std::thread::spawn(move || {
        let idle = sandbox.run(common::guest("attempt")).map(|outcome| outcome.verdict);
        let asks = sandbox.run(common::guest("attempt").arg("list /d")).map(|outcome| outcome.verdict);
        told.send((idle, asks)).expect("told");
    });
    let finished = finished.recv_timeout(limit * 5 * common::patience());
    // Without its server the filesystem fails whatever waits for it.
    drop(server);
    spawner.join().expect("ends");
    rustix::mount::unmount(&place, UnmountFlags::DETACH).expect("unmounts");
    let (idle, asks) = finished.expect("neither the spawn nor the wait hangs");
    assert_eq!(idle.expect("runs"), Verdict::Exited(0));
    assert_eq!(asks.expect("runs"), Verdict::WallTimeLimit);
    0
}

/// A node of this machine's own, as root alone may make one; removed with this.
struct Node(PathBuf);

impl Node {
    fn new() -> Node {
        let node = Node(PathBuf::from(format!("/dev/belljar-{}", std::process::id())));
        let null = rustix::fs::makedev(1, 3);
        rustix::fs::mknodat(CWD, &node.0, FileType::CharacterDevice, Mode::from_raw_mode(0o666), null).expect("a node");
        fs::set_permissions(&node.0, PermissionsExt::from_mode(0o666)).expect("its mode");
        node
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// The one that is named, and no other: elsewhere nothing is a device.
#[test]
fn a_device_is_there_if_it_is_asked_for() {
    let _host = common::host();
    // Of the machine's own, in a directory and not.
    let of_machine = [
        "/dev/net/tun",
        "/dev/snd/timer",
        "/dev/cpu/0/msr",
        "/dev/fuse",
        "/dev/kmsg",
        "/dev/console",
        "/dev/loop-control",
    ];
    let is_device = |path: &&str| fs::symlink_metadata(path).is_ok_and(|stat| stat.file_type().is_char_device());
    let mut found = of_machine.into_iter().filter(is_device).peekable();
    assert!(found.peek().is_some(), "this machine has none of them");
    for path in found {
        let sandbox = common::guest_sandbox();
        let mut command = common::guest("numbers_of");
        command.arg(path);
        let output = sandbox.clone().device(path).device(path).output(&mut command).expect("runs");
        assert_eq!(output.stdout_lossy(), fs::metadata(path).expect("there").rdev().to_string(), "{path} {output:?}");
        assert!(!sandbox.run(command).expect("runs").success(), "{path}");
    }
    if !common::is_root() {
        return;
    }
    let node = Node::new();
    let path = node.0.display();
    let sandbox = Sandbox::new().host_system().device(&node.0);
    let output = sandbox.output(Command::shell(format!("echo >{path} && ! chmod 600 {path}"))).expect("runs");
    assert!(output.success(), "{output:?}");
    let dir = common::TempDir::new("nodes");
    let null = rustix::fs::makedev(1, 3);
    rustix::fs::mknodat(CWD, dir.path().join("null"), FileType::CharacterDevice, Mode::RWXU, null).expect("a node");
    let sandbox = sandbox.bind_rw(dir.path(), "/work");
    assert!(!sandbox.run(Command::shell("echo >/work/null")).expect("runs").success(), "it is nodev");
}

/// Of a character device.
fn numbers_of(args: &[String]) -> i32 {
    let Ok(stat) = fs::symlink_metadata(&args[0]) else { return 1 };
    assert!(stat.file_type().is_char_device());
    print!("{}", stat.rdev());
    0
}

#[test]
fn what_is_no_device_is_refused() {
    let _host = common::host();
    let refused = |path: &str| {
        let error = Sandbox::new().device(path).run(Command::new("/none")).map(drop).expect_err(path);
        assert_eq!(error.step(), belljar::Step::Dev, "{error}");
        error.to_string()
    };
    for (path, message) in [
        ("/etc/passwd", "a device is below /dev"),
        ("kvm", "a device is below /dev"),
        ("/dev", "names no device"),
        ("/dev/../etc/passwd", "names no device"),
        ("/dev/net/../../etc/passwd", "must hold neither '..' nor a NUL"),
        ("/dev/null", "is the sandbox's own"),
        ("/dev/pts/0", "is the sandbox's own"),
        ("/dev/no-such", "No such file or directory"),
    ] {
        let error = refused(path);
        assert!(error.contains(message), "{path}: {error}");
    }
    let error = Sandbox::new().device("/dev/a").device("/dev/a/b").run(Command::new("/none")).map(drop);
    assert!(error.expect_err("in its place").to_string().contains("is in another device's place"));
    if common::is_root() {
        let link = PathBuf::from(format!("/dev/belljar-link-{}", std::process::id()));
        symlink("/dev/null", &link).expect("a link");
        let error = refused(link.to_str().expect("UTF-8"));
        fs::remove_file(&link).expect("goes");
        assert!(error.contains("No such device"), "{error}");
    }
}
