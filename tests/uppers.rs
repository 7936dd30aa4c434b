//! Upper directories that something else has a hand in: mounts, forked siblings, limits of the host, hostile programs.

mod common;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use belljar::{Command, Error, Outcome, Overlay, Sandbox, Verdict};
use rustix::fs::{Mode, OFlags, XattrFlags};
use rustix::io::Errno;
use rustix::mount::{MountFlags, MountPropagationFlags};
use rustix::thread::UnshareFlags;

guests! { becomes_capable, copies_with_small_files, dies_in_the_middle, forks_in_the_middle, many_attributes, on_a_mount_point, on_colliding_names, stores }

/// A layer, an empty upper directory, and the overlay of the layer at `/work`.
fn place() -> (common::TempDir, Overlay) {
    let dir = common::TempDir::new("uppers");
    fs::create_dir_all(dir.path().join("layer/dir")).expect("a layer");
    fs::create_dir(dir.path().join("upper")).expect("an upper");
    let overlay = Overlay::new().lower(dir.path().join("layer")).at("/work");
    (dir, overlay)
}

fn sh(overlay: &Overlay, script: &str) -> Outcome {
    let sandbox = Sandbox::new().host_system().overlay(overlay.clone());
    let outcome = sandbox.run(Command::new("sh").args(["-c", script]).current_dir("/work")).expect("runs");
    assert_eq!(outcome.verdict, Verdict::Exited(0), "{script}");
    outcome
}

/// What a program made is copied or not, but SIGXFSZ does not end the host.
#[test]
fn a_file_size_limit_of_the_host_is_an_error() {
    if common::host_with_overlays().is_some() {
        common::run_on_host("copies_with_small_files", &[]);
    }
}

fn copies_with_small_files(_: &[String]) -> i32 {
    let (dir, overlay) = place();
    let outcome = sh(&overlay, "truncate -s 8M hole; echo small >small");
    let full = sh(&overlay, "head -c 3000000 /dev/zero >full");
    let limit = rustix::process::Rlimit { current: Some(1 << 20), maximum: Some(1 << 20) };
    rustix::process::setrlimit(rustix::process::Resource::Fsize, limit).expect("set");
    for outcome in [outcome, full] {
        let changes = outcome.changes().expect("changes");
        let out = dir.path().join("out");
        let error = changes.copy_to(&out).expect_err("too large");
        assert_eq!(error.raw_os_error(), Some(Errno::FBIG.raw_os_error()), "{error}");
        assert!(!out.exists(), "what was made is left");
        changes.commit(&out).expect_err("too large");
    }
    0
}

/// Beside a mount point there is none.
#[test]
fn a_mount_point_is_no_upper_directory() {
    let Some(_host) = common::host_with_overlays() else { return };
    match common::on_host("on_a_mount_point").status().expect("runs on the host").code() {
        Some(77) => common::skip("a_mount_point_is_no_upper_directory", "root", "it takes a privileged host to mount"),
        code => assert_eq!(code, Some(0)),
    }
}

fn on_a_mount_point(_: &[String]) -> i32 {
    if !common::is_root() {
        return 77;
    }
    let (dir, overlay) = place();
    // SAFETY: this process has one thread and shares nothing.
    unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWNS) }.expect("a mount namespace");
    rustix::mount::mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC).expect("private");
    let upper = dir.path().join("upper");
    let refused = |overlay: &Overlay| {
        let sandbox = Sandbox::new().host_system().overlay(overlay.clone().upper_dir(&upper));
        let error = sandbox.run(Command::new("sh").args(["-c", "echo >/work/made"])).map(drop).expect_err("refused");
        assert!(error.to_string().ends_with("is a mount point: no place beside it is on the same mount"), "{error}");
    };
    rustix::mount::mount("tmpfs", &upper, "tmpfs", MountFlags::empty(), None).expect("mounted");
    refused(&overlay);
    rustix::mount::unmount(&upper, rustix::mount::UnmountFlags::DETACH).expect("unmounted");
    // Of the same filesystem.
    fs::create_dir(dir.path().join("other")).expect("a directory");
    rustix::mount::mount_bind(dir.path().join("other"), &upper).expect("mounted");
    refused(&overlay);
    rustix::mount::unmount(&upper, rustix::mount::UnmountFlags::DETACH).expect("unmounted");
    assert_eq!(fs::read_dir(&upper).expect("lists").count(), 0, "written below the mount");
    assert_eq!(fs::read_dir(dir.path()).expect("lists").count(), 3, "a work directory is left");
    0
}

/// ext4 lists a directory by hashes of the names, and of two names with the same one both have the same place in it. The old hash
/// shows it; of the others a program that knows the filesystem's seed can find such names.
#[test]
fn names_with_the_same_hash_are_gone_through() {
    let test = "names_with_the_same_hash_are_gone_through";
    let Some(_host) = common::host_with_overlays() else { return };
    match common::on_host("on_colliding_names").status().expect("runs on the host").code() {
        Some(77) => common::skip(test, "root", "it takes a privileged host with mkfs.ext4 and a loop device"),
        code => assert_eq!(code, Some(0)),
    }
}

fn on_colliding_names(_: &[String]) -> i32 {
    let done = |command: &str, args: &[&str]| {
        std::process::Command::new(command).args(args).output().is_ok_and(|output| output.status.success())
    };
    let (dir, overlay) = place();
    let (image, disk) = (dir.path().join("image"), dir.path().join("disk"));
    fs::File::create(&image).and_then(|file| file.set_len(16 << 20)).expect("a file");
    fs::create_dir(&disk).expect("a directory");
    let [image, disk] = [&image, &disk].map(|path| path.to_str().expect("text"));
    if !common::is_root() || !done("mkfs.ext4", &["-q", image]) || !done("tune2fs", &["-E", "hash_alg=legacy", image]) {
        return 77;
    }
    // SAFETY: this process has one thread and shares nothing.
    unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWNS) }.expect("a mount namespace");
    rustix::mount::mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC).expect("private");
    if !done("mount", &["-o", "loop", image, disk]) {
        return 77;
    }
    let upper = std::path::Path::new(disk).join("upper");
    fs::create_dir(&upper).expect("an upper");
    // SAFETY: a walk that does not end is ended.
    unsafe { libc::alarm(30) };
    let made = "mkdir d6081 d6781 other; for dir in *; do echo >$dir/su; done";
    sh(&overlay.clone().upper_dir(&upper), made);
    let files = ["d6081/su", "d6781/su", "other/su"].map(|name| upper.join(name));
    for file in &files {
        fs::set_permissions(file, PermissionsExt::from_mode(0o4755)).expect("its mode");
    }
    sh(&overlay.upper_dir(&upper), "true");
    for file in &files {
        assert_eq!(fs::metadata(file).expect("there").mode() & 0o7777, 0o755, "{}", file.display());
    }
    rustix::mount::unmount(disk, rustix::mount::UnmountFlags::DETACH).expect("unmounted");
    0
}

/// Promise 8: a host forks when it likes. A sibling that has copies of its descriptors, as between fork and exec of
/// std::process, does not keep an upper directory locked.
#[test]
fn a_forked_sibling_does_not_hold_the_lock() {
    if common::host_with_overlays().is_some() {
        common::run_on_host("forks_in_the_middle", &[]);
    }
}

fn forks_in_the_middle(_: &[String]) -> i32 {
    let (dir, overlay) = place();
    let overlay = overlay.upper_dir(dir.path().join("upper"));
    let sandbox = Sandbox::new().host_system().overlay(overlay.clone());
    let mut child = sandbox.spawn(Command::new("sh").args(["-c", "echo >/work/one; sleep 1000"])).expect("starts");
    // SAFETY: the sibling does nothing but sleep.
    let sibling = unsafe { libc::fork() };
    if sibling == 0 {
        std::thread::sleep(std::time::Duration::from_secs(300));
        // SAFETY: nothing of the parent's is to be run.
        unsafe { libc::_exit(0) };
    }
    child.kill().expect("killed");
    child.wait().expect("ends");
    let again = sandbox.run(Command::new("sh").args(["-c", "echo >/work/two"]));
    // SAFETY: it is this process's own child.
    unsafe {
        libc::kill(sibling, libc::SIGKILL);
        libc::waitpid(sibling, std::ptr::null_mut(), 0);
    }
    assert_eq!(again.expect("not locked").verdict, Verdict::Exited(0));
    0
}

/// More names of attributes than listxattr(2) tells of.
fn many_attributes(_: &[String]) -> i32 {
    let dir = rustix::fs::open("dir", OFlags::RDONLY, Mode::empty()).expect("opens");
    for number in 0..400 {
        let name = format!("user.{}{number:03}", "n".repeat(240));
        if let Err(error) = rustix::fs::fsetxattr(&dir, name, b"", XattrFlags::empty()) {
            println!("{number}: {error}");
            return 77;
        }
    }
    0
}

#[test]
fn too_many_attributes_to_list() {
    let Some(_host) = common::host_with_overlays() else { return };
    let (dir, overlay) = place();
    let sandbox = common::guest_sandbox().overlay(overlay);
    let output = sandbox.output(common::guest("many_attributes").current_dir("/work")).expect("runs");
    if output.outcome.verdict == Verdict::Exited(77) {
        assert!(common::old_memory_uppers(), "{}", String::from_utf8_lossy(&output.stdout));
        return;
    }
    let changes = output.outcome.changes().expect("changes");
    assert_eq!(changes.iter().map(|change| change.to_string()).collect::<Vec<_>>(), ["M dir/"]);
    let errno = |error: Error| error.raw_os_error();
    let too_big = Some(Errno::TOOBIG.raw_os_error());
    assert_eq!(changes.xattrs("dir").map_err(errno), Err(too_big));
    changes.copy_to(dir.path().join("out")).expect("copied without them");
    assert_eq!(changes.commit(dir.path().join("layer of it")).map_err(errno), Err(too_big));
}

/// Writes through a shared mapping, which leaves a file its set-user-ID, where write(2) does not.
fn stores(places: &[String]) -> i32 {
    for place in places {
        let file = fs::OpenOptions::new().read(true).write(true).open(place).expect("opens");
        let (nowhere, protection) = (std::ptr::null_mut(), libc::PROT_WRITE);
        // SAFETY: nobody else has the file, which holds a byte; the mapping goes with the process.
        unsafe {
            let page = libc::mmap(nowhere, 1, protection, libc::MAP_SHARED, std::os::fd::AsRawFd::as_raw_fd(&file), 0);
            assert_ne!(page, libc::MAP_FAILED);
            page.cast::<u8>().write(b'!');
        }
    }
    0
}

/// A layer's set-id files, and those of the upper itself, in directories of any depth and mode.
fn set_ids(dir: &std::path::Path) -> Vec<String> {
    let names = ["su", "dir/sg", "dir/both", "closed/su"];
    for (name, mode) in names.iter().zip([0o4755, 0o2755, 0o6777, 0o4711]) {
        let file = dir.join("layer").join(name);
        fs::create_dir_all(file.parent().expect("a parent")).expect("a directory");
        fs::write(&file, "x").expect("a file");
        fs::set_permissions(file, PermissionsExt::from_mode(mode)).expect("its mode");
    }
    names.iter().map(|name| format!("/work/{name}")).collect()
}

fn set_ids_in(upper: &std::path::Path) -> Vec<u32> {
    let mode = |name: &str| fs::symlink_metadata(upper.join(name)).map(|stat| stat.mode() & 0o7777);
    ["su", "dir/sg", "dir/both", "closed/su"].iter().filter_map(|name| mode(name).ok()).collect()
}

/// A file of a layer with set-user-ID that a program has changed is none of the upper directory's.
#[test]
fn no_set_id_file_comes_to_be_in_an_upper_directory() {
    let Some(_host) = common::host_with_overlays() else { return };
    let (dir, overlay) = place();
    let (upper, places) = (dir.path().join("upper"), set_ids(dir.path()));
    let overlay = overlay.upper_dir(&upper);
    // One that it had, deeper than a path may be long, and than a process has descriptors.
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let mut deep = rustix::fs::open(&upper, flags, Mode::empty()).expect("opens");
    for _ in 0..1100 {
        rustix::fs::mkdirat(&deep, "dddd", Mode::RWXU).expect("a directory");
        deep = rustix::fs::openat(&deep, "dddd", flags, Mode::empty()).expect("opens");
    }
    drop(rustix::fs::openat(&deep, "su", OFlags::CREATE | OFlags::WRONLY, Mode::RWXU).expect("a file"));
    rustix::fs::chmodat(&deep, "su", Mode::from_raw_mode(0o4700), rustix::fs::AtFlags::empty()).expect("its mode");
    // One that leads elsewhere.
    fs::write(dir.path().join("other"), "").expect("a file");
    fs::set_permissions(dir.path().join("other"), PermissionsExt::from_mode(0o4755)).expect("its mode");
    std::os::unix::fs::symlink(dir.path().join("other"), upper.join("link")).expect("a link");

    let sandbox = common::guest_sandbox().overlay(overlay.clone());
    let outcome = sandbox.run(common::guest("stores").args(&places)).expect("runs");
    assert_eq!(outcome.verdict, Verdict::Exited(0));
    assert_eq!(set_ids_in(&upper), [0o755, 0o755, 0o777, 0o711]);
    assert_eq!(fs::read(upper.join("su")).expect("there"), b"!");
    assert_eq!(rustix::fs::statat(&deep, "su", rustix::fs::AtFlags::empty()).expect("there").st_mode & 0o7777, 0o700);
    assert_eq!(fs::metadata(dir.path().join("other")).expect("there").mode() & 0o7777, 0o4755);
    // The layer has what it had.
    assert_eq!(set_ids_in(&dir.path().join("layer")), [0o4755, 0o2755, 0o6777, 0o4711]);

    // Of directories that let nobody in; and of a program that is killed.
    for name in &places {
        fs::remove_file(upper.join(name.trim_start_matches("/work/"))).expect("goes");
    }
    let script = "/guest --belljar-guest stores \"$@\"; chmod 0 /work/closed /work/dir; echo done; sleep 1000";
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh"]).args(&places).stdout(belljar::Stdio::piped());
    let mut child = sandbox.spawn(&mut command).expect("starts");
    std::io::Read::read_exact(child.stdout.as_mut().expect("piped"), &mut [0; 5]).expect("done");
    drop(child);
    let closed = ["closed", "dir"].map(|name| upper.join(name));
    for dir in &closed {
        assert_eq!(fs::metadata(dir).expect("there").mode() & 0o7777, 0);
        fs::set_permissions(dir, PermissionsExt::from_mode(0o700)).expect("its mode");
    }
    assert_eq!(set_ids_in(&upper), [0o755, 0o755, 0o777, 0o711]);

    // By its path it takes seconds to remove.
    rustix::fs::unlinkat(&deep, "su", rustix::fs::AtFlags::empty()).expect("goes");
    for _ in 0..1100 {
        deep = rustix::fs::openat(&deep, "..", flags, Mode::empty()).expect("opens");
        rustix::fs::unlinkat(&deep, "dddd", rustix::fs::AtFlags::REMOVEDIR).expect("goes");
    }
}

/// By a program that asks for it: in an upper directory it is refused, and what is in memory is committed without.
#[test]
fn set_id_modes_are_set_in_memory_alone() {
    let Some(_host) = common::host_with_overlays() else { return };
    let (dir, overlay) = place();
    let run = |overlay: Overlay| {
        let mut command = Command::shell("echo >file && chmod 6755 file");
        Sandbox::new().host_system().overlay(overlay).run(command.current_dir("/work")).expect("runs")
    };
    assert_eq!(run(overlay.clone().upper_dir(dir.path().join("upper"))).verdict, Verdict::Exited(1));
    let outcome = run(overlay);
    assert!(outcome.success(), "{outcome}");
    let layer = dir.path().join("committed");
    outcome.changes().expect("changes").commit(&layer).expect("a layer");
    assert_eq!(fs::metadata(layer.join("file")).expect("there").mode() & 0o7777, 0o755);
}

/// The program owns the top of the overlay, too.
#[test]
fn an_upper_directory_that_lets_nobody_in_has_no_set_id_file() {
    let Some(_host) = common::host_with_overlays() else { return };
    let (dir, overlay) = place();
    let (upper, places) = (dir.path().join("upper"), set_ids(dir.path()));
    let sandbox = common::guest_sandbox().overlay(overlay.clone().upper_dir(&upper));
    let script = "/guest --belljar-guest stores \"$@\" && chmod 0 /work";
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh"]).args(&places);
    let outcome = sandbox.run(&mut command).expect("runs");
    assert_eq!(outcome.verdict, Verdict::Exited(0));
    // Nor does it hide what has changed, in memory or not.
    let in_memory = common::guest_sandbox().overlay(overlay).run(&mut command).expect("runs");
    for outcome in [outcome, in_memory] {
        let changes = outcome.changes().expect("changes");
        let paths: Vec<&str> = changes.iter().filter_map(|change| change.path.to_str()).collect();
        assert_eq!(paths, ["closed/su", "dir/both", "dir/sg", "su"]);
    }
    assert_eq!(fs::metadata(&upper).expect("there").mode() & 0o7777, 0);
    fs::set_permissions(&upper, PermissionsExt::from_mode(0o700)).expect("its mode");
    assert_eq!(set_ids_in(&upper), [0o755, 0o755, 0o777, 0o711]);
}

/// VFS_CAP_REVISION_2, effective: CAP_NET_RAW.
fn net_raw() -> Vec<u8> {
    [0x0200_0001u32, 1 << 13, 0, 0, 0].iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn becomes_capable(places: &[String]) -> i32 {
    for place in places {
        drop(fs::OpenOptions::new().create(true).append(true).open(place).expect("a file"));
        rustix::fs::setxattr(place, "security.capability", &net_raw(), XattrFlags::empty()).expect("set");
    }
    0
}

/// What a program that may give capabilities to files has given to one of a directory of root's would be the host's own.
#[test]
fn no_file_with_capabilities_comes_to_be_in_an_upper_directory() {
    let test = "no_file_with_capabilities_comes_to_be_in_an_upper_directory";
    let Some(_host) = common::host_with_overlays() else { return };
    if !common::is_root() {
        return common::skip(test, "root", "those of an ordinary user's are that user's");
    }
    let (dir, overlay) = place();
    let (layer, upper) = (dir.path().join("layer"), dir.path().join("upper"));
    let capable = |path: &std::path::Path| rustix::fs::getxattr(path, "security.capability", &mut [0u8; 64]);
    // One of a layer's, which overlayfs copies up.
    fs::write(layer.join("ping"), "x").expect("a file");
    rustix::fs::setxattr(layer.join("ping"), "security.capability", &net_raw(), XattrFlags::empty()).expect("set");
    let sandbox = common::guest_sandbox().user(0, 0).capabilities(belljar::Capabilities::SETFCAP);
    let sandbox = sandbox.overlay(overlay.upper_dir(&upper));
    for (guest, places) in [("becomes_capable", &["/work/made", "/work/dir/made"][..]), ("stores", &["/work/ping"])] {
        let output = sandbox.output(common::guest(guest).args(places)).expect("runs");
        assert_eq!(output.outcome.verdict, Verdict::Exited(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
    for name in ["made", "dir/made", "ping"] {
        assert_eq!(capable(&upper.join(name)), Err(Errno::NODATA), "{name}");
    }
    assert!(capable(&layer.join("ping")).is_ok(), "the layer has what it had");
}

/// What a killed host has left is seen to by the next run, before its program starts.
#[test]
fn the_next_run_takes_set_ids_off_after_a_killed_host() {
    let Some(_host) = common::host_with_overlays() else { return };
    let (dir, overlay) = place();
    let upper = dir.path().join("upper");
    set_ids(dir.path());
    let mut host = common::on_host("dies_in_the_middle");
    let status = host.arg(dir.path()).status().expect("runs");
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(libc::SIGKILL));
    assert_eq!(set_ids_in(&upper), [0o4755, 0o2755, 0o6777, 0o4711]);
    common::eventually("the lock is free", || {
        let lock = fs::File::open(&upper).expect("opens");
        rustix::fs::flock(&lock, rustix::fs::FlockOperation::NonBlockingLockExclusive).is_ok()
    });
    let sandbox = common::guest_sandbox().overlay(overlay.upper_dir(&upper));
    let mut child = sandbox.spawn(Command::new("sleep").arg("1000")).expect("starts");
    assert_eq!(set_ids_in(&upper), [0o755, 0o755, 0o777, 0o711]);
    child.kill().expect("killed");
    child.wait().expect("ends");
}

fn dies_in_the_middle(args: &[String]) -> i32 {
    let dir = std::path::Path::new(&args[0]);
    let overlay = Overlay::new().lower(dir.join("layer")).at("/work").upper_dir(dir.join("upper"));
    let sandbox = common::guest_sandbox().overlay(overlay);
    let mut command = Command::new("sh");
    let places = ["su", "dir/sg", "dir/both", "closed/su"].map(|name| format!("/work/{name}"));
    let script = "/guest --belljar-guest stores \"$@\"; echo done; sleep 1000";
    command.args(["-c", script, "sh"]).args(places).stdout(belljar::Stdio::piped());
    let mut child = sandbox.spawn(&mut command).expect("starts");
    std::io::Read::read_exact(child.stdout.as_mut().expect("piped"), &mut [0; 5]).expect("done");
    rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL).expect("killed");
    1
}

/// As a layer of an ordinary user's, that can be gone through and removed.
#[test]
fn a_layer_of_a_hostile_program_serves() {
    let Some(_host) = common::host_with_overlays() else { return };
    let (dir, overlay) = place();
    let layer = dir.path().join("committed");
    let script = "mkdir shut; echo >shut/file; chmod 0 shut/file; chmod 0 shut";
    sh(&overlay, script).changes().expect("changes").commit(&layer).expect("committed");
    let outcome = sh(&overlay.lower(&layer), "echo >shut/new; rm -f shut/file");
    let changes = outcome.changes().expect("changes");
    let lines: Vec<String> = changes.iter().map(|change| change.to_string()).collect();
    assert_eq!(lines, ["D shut/file", "A shut/new"]);
    fs::remove_dir_all(layer).expect("its owner can remove it");
}

/// A place for very many files: on an emulated processor they take minutes to make.
fn large_place(test: &str) -> Option<(common::Host, common::TempDir, Overlay)> {
    let host = common::host_with_overlays()?;
    if common::amount(false, true) {
        common::skip(test, "time", "an emulated processor");
        return None;
    }
    let (dir, overlay) = place();
    Some((host, dir, overlay))
}

/// What the host keeps in memory of an upper directory has a bound, and going through it
/// ends there.
#[test]
fn too_much_to_tell_of() {
    let Some((_host, dir, overlay)) = large_place("too_much_to_tell_of") else { return };
    let upper = dir.path().join("upper");
    // Each path has 4040 bytes, so that 66,444 are as many as may be.
    let deep = upper.join(["d".repeat(255).as_str(); 15].join("/"));
    fs::create_dir_all(&deep).expect("directories");
    let deep = rustix::fs::open(&deep, OFlags::PATH | OFlags::DIRECTORY, Mode::empty()).expect("opens");
    for number in 0..70_000u32 {
        let (file, name) = (format!("file{}", number / 10_000), format!("{number:0200}"));
        if number % 10_000 == 0 {
            let flags = OFlags::CREATE | OFlags::WRONLY;
            drop(rustix::fs::openat(&deep, &file, flags, Mode::RUSR).expect("a file"));
        }
        rustix::fs::linkat(&deep, &file, &deep, &name, rustix::fs::AtFlags::empty()).expect("a link");
    }
    drop(deep);
    let outcome = sh(&overlay.upper_dir(&upper), "true");
    let error = outcome.changes().map(drop).expect_err("too much");
    assert!(error.to_string().ends_with(": with it paths have more than 268435456 bytes"), "{error}");
}

/// The same of what is told of a file besides its path: the text of a link, and an earlier name of the same file.
#[test]
fn too_much_to_tell_of_few_names() {
    let Some((_host, dir, overlay)) = large_place("too_much_to_tell_of_few_names") else { return };
    let upper = dir.path().join("upper");
    let long = ["d".repeat(255).as_str(); 15].join("/");
    fs::create_dir_all(upper.join(&long)).expect("directories");
    let root = rustix::fs::open(&upper, OFlags::PATH | OFlags::DIRECTORY, Mode::empty()).expect("opens");
    for number in 0..70_000u32 {
        let (file, name) = (format!("{long}/{}", number / 10_000), format!("link{number}"));
        if number % 10_000 == 0 {
            drop(rustix::fs::openat(&root, &file, OFlags::CREATE | OFlags::WRONLY, Mode::RUSR).expect("a file"));
        }
        // Both kinds together are too much, one of them is not.
        if number % 35 > 0 {
            rustix::fs::linkat(&root, &file, &root, &name, rustix::fs::AtFlags::empty()).expect("a link");
        } else {
            rustix::fs::symlinkat(&long, &root, &name).expect("a symbolic link");
        }
    }
    drop(root);
    let outcome = sh(&overlay.upper_dir(&upper), "true");
    let error = outcome.changes().map(drop).expect_err("too much");
    assert!(error.to_string().ends_with(": with it paths have more than 268435456 bytes"), "{error}");
}

/// An ordinary user's rights are given back while it reads; several threads of it may read at once.
#[test]
fn threads_read_what_has_no_rights() {
    let Some(_host) = common::host_with_overlays() else { return };
    let (dir, overlay) = place();
    let script = "mkdir -p shut/in; echo secret >shut/in/file; chmod 0 shut/in/file shut/in shut";
    let outcome = sh(&overlay, script);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (outcome, dir) = (&outcome, &dir);
            scope.spawn(move || {
                for round in 0..25 {
                    let changes = outcome.changes().expect("changes");
                    assert!(changes.len() == 3 && changes.iter().all(|change| change.mode == 0), "{changes:?}");
                    assert_eq!(changes.read("shut/in/file", 100).expect("reads"), b"secret\n");
                    changes.copy_to(dir.path().join(format!("out-{thread}-{round}"))).expect("copied");
                }
            });
        }
    });
}
