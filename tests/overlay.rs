//! Overlay roots, hostile layers among them. What was changed is in tests/changes.rs.

mod common;

use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use belljar::{Command, Error, Namespaces, Outcome, Overlay, Sandbox, Verdict};
use common::{amount, write};
use rustix::fs::{CWD, FileType, Mode};
use rustix::io::Errno;
use rustix::mount::{MountFlags, MountPropagationFlags};
use rustix::thread::UnshareFlags;

guests! { attack_layer, fill, in_another_directory, on_odd_filesystems, waits_to_be_killed }

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

fn system() -> Sandbox {
    Sandbox::new().host_system()
}

/// Runs a shell script, which must end well; what it says.
fn sh(sandbox: &Sandbox, script: &str) -> (String, Outcome) {
    let output = sandbox.output(shell(script)).unwrap_or_else(|error| panic!("{script}: {error:#}"));
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(output.outcome.verdict, Verdict::Exited(0), "{script}: {said}");
    (said, output.outcome)
}

fn says(sandbox: &Sandbox, script: &str, expected: &str) {
    assert_eq!(sh(sandbox, script).0, expected, "{script}");
}

fn refused(overlay: Overlay) -> Error {
    system().overlay(overlay).spawn(shell("echo ran")).map(drop).expect_err("refused")
}

fn whiteout(path: &Path) {
    rustix::fs::mknodat(CWD, path, FileType::CharacterDevice, Mode::empty(), 0).expect("a whiteout");
}

fn xattr(path: &Path, name: &str, value: &[u8]) {
    rustix::fs::setxattr(path, name, value, rustix::fs::XattrFlags::empty()).expect("an extended attribute");
}

/// All of a tree, for "it is as before": path, mode, owner, time of change and contents.
fn picture(dir: &Path) -> Vec<String> {
    let mut all = Vec::new();
    let mut left = vec![dir.to_owned()];
    while let Some(path) = left.pop() {
        let stat = path.symlink_metadata().expect("stat");
        let contents = if stat.is_file() { fs::read_to_string(&path).unwrap_or_default() } else { String::new() };
        let times = (stat.mtime(), stat.mtime_nsec(), stat.ctime(), stat.ctime_nsec());
        all.push(format!("{path:?} {:o} {}:{} {times:?} {contents}", stat.mode(), stat.uid(), stat.gid()));
        if stat.is_dir() {
            left.extend(fs::read_dir(&path).expect("lists").flatten().map(|entry| entry.path()));
        }
    }
    all.sort();
    all
}

/// A directory with the layers `base` and, on top of it, `app`.
fn layers() -> (common::TempDir, Overlay) {
    let dir = common::TempDir::new("overlay");
    let (base, app) = (dir.path().join("base"), dir.path().join("app"));
    write(&base, &[("etc/name", "base"), ("etc/only", "only"), ("d/x", "x"), ("d/y", "y")]);
    write(&app, &[("etc/name", "app"), ("e/f", "f")]);
    let overlay = Overlay::new().lower(base).lower(app);
    (dir, overlay)
}

fn names(outcome: &Outcome) -> Vec<String> {
    outcome.changes().expect("changes").iter().map(|change| change.to_string()).collect()
}

/// Where the sandbox's own root is put together must not hide a layer. /dev/shm is where a host has memory.
#[test]
fn layers_in_the_hosts_dev() {
    let Some(_host) = common::host_with_overlays() else { return };
    let dir = Path::new("/dev/shm").join(format!("belljar-layers-{}", std::process::id()));
    if let Err(error) = fs::create_dir(&dir) {
        return common::skip("layers_in_the_hosts_dev", "/dev/shm", &error.to_string());
    }
    write(&dir.join("a"), &[("f", "a"), ("g", "g")]);
    write(&dir.join("b"), &[("f", "b")]);
    write(&dir.join("u"), &[]);
    let overlay = Overlay::new().lower(dir.join("a")).lower(dir.join("b")).at("/o");
    let on_disk = common::TempDir::new("upper");
    let run = |overlay: Overlay| system().overlay(overlay).output(shell("cat /o/f /o/g; echo n 2>/dev/null >/o/n"));
    let read_only = run(overlay.clone().read_only());
    // tmpfs has idmapped mounts from 6.3 on, user xattrs from 6.6 on: an error of that kind is another matter.
    let others =
        [overlay.clone(), overlay.clone().upper_dir(on_disk.path()), overlay.upper_dir(dir.join("u"))].map(run);
    let written = fs::read(dir.join("u/n"));
    fs::remove_dir_all(&dir).expect("removed");
    assert_eq!(read_only.expect("runs").stdout, b"bg");
    for output in &others {
        match output {
            Ok(output) => assert_eq!(output.stdout, b"bg"),
            Err(error) => assert_ne!(error.raw_os_error(), Some(libc::ENOENT), "{error}"),
        }
    }
    assert_eq!(written.is_ok(), others[2].is_ok());
}

/// Layers in their order, the sandbox's own places on top, and nothing of it in the layers or the upper.
#[test]
fn a_root_of_layers() {
    let Some(_host) = common::host_with_overlays() else { return };
    let (dir, overlay) = layers();
    let before = picture(dir.path());
    let given = common::TempDir::new("given");
    write(given.path(), &[("in", "bound")]);
    let sandbox = system()
        .overlay(overlay)
        .bind_ro(given.path(), "/bound/deep")
        .bind_ro(given.path().join("in"), "/etc/bound")
        .tmpfs("/scratch", 1 << 20)
        .dir("/empty")
        .file("/d/given", "given")
        .symlink("given", "/d/link");
    let (said, outcome) = sh(
        &sandbox,
        "cat /etc/name /etc/only /d/x /e/f /d/link /bound/deep/in /etc/bound; ls -d /empty /scratch /tmp /dev/null /proc/self; \
         echo >/scratch/s; echo >/tmp/t; echo >/dev/shm/s; touch /bound/deep/no 2>/dev/null; true",
    );
    assert_eq!(said, "apponlyxfgivenboundbound/dev/null\n/empty\n/proc/self\n/scratch\n/tmp\n");
    assert_eq!(names(&outcome), [] as [&str; 0]);
    // One that the layers have not is the sandbox's own.
    says(&sandbox, "grep -c user /etc/passwd", "1\n");

    let (_, outcome) = sh(&sandbox, "echo new >/etc/name; rm /d/x /d/given; echo >/n; touch /empty/e");
    assert_eq!(names(&outcome), ["D d/given", "D d/x", "A empty/e", "M etc/name", "A n"]);
    assert_eq!(picture(dir.path()), before, "a layer was written to");
    says(&sandbox, "cat /etc/name /d/x /d/given", "appxgiven");
}

#[test]
fn an_overlay_elsewhere() {
    let Some(_host) = common::host_with_overlays() else { return };
    let (dir, overlay) = layers();
    let before = picture(dir.path());
    let given = common::TempDir::new("given");
    write(given.path(), &[("in", "bound")]);
    for at in ["/work/place", "/tmp", "/etc"] {
        let sandbox = system()
            .overlay(overlay.clone().at(at))
            .bind_ro(given.path(), format!("{at}/bound/deep"))
            .tmpfs(format!("{at}/d/scratch"), 1 << 20)
            .file(format!("{at}/d/given"), "given");
        let script = "cat etc/name d/x d/given bound/deep/in; echo >d/scratch/s; echo new >etc/name; rm d/x; touch /stray 2>/dev/null";
        let output = sandbox.output(shell(script).current_dir(at)).unwrap_or_else(|error| panic!("{at}: {error:#}"));
        assert_eq!(String::from_utf8_lossy(&output.stdout), "appxgivenbound", "{at}");
        assert_eq!(names(&output.outcome), ["D d/x", "M etc/name"], "{at}");
    }
    assert_eq!(picture(dir.path()), before);
}

/// Promise 1: neither the host's mounts nor the staged layers can be reached, by `..` or otherwise.
#[test]
fn nothing_of_the_host_stays_in_sight() {
    let Some(_host) = common::host_with_overlays() else { return };
    let (_dir, overlay) = layers();
    for (at, own) in [("/", 1), ("/work", 2)] {
        let sandbox = Sandbox::new().host_system().overlay(overlay.clone().at(at));
        says(&sandbox, "[ / -ef /.. ] && [ / -ef /../../.. ] && echo same", "same\n");
        let (mounts, _) = sh(&sandbox, "cat /proc/self/mountinfo");
        let places: Vec<&str> = mounts.lines().map(|line| line.split(' ').nth(4).expect("a place")).collect();
        let known = |place: &&&str| {
            let own = ["/", "/proc", "/tmp", "/home/user", "/work", "/usr"];
            let below = ["/dev", "/lib", "/bin", "/etc/", "/var/lib/"];
            own.contains(*place) || below.iter().any(|dir| place.starts_with(dir))
        };
        assert_eq!(places.iter().filter(|place| !known(place)).count(), 0, "{mounts}");
        assert_eq!(places.iter().filter(|place| matches!(**place, "/" | "/work")).count(), own, "{mounts}");
    }
}

/// Any name, of layers and uppers alike.
#[test]
fn names_are_data() {
    let Some(_host) = common::host_with_overlays() else { return };
    let (dir, uppers) = (common::TempDir::new("names"), common::TempDir::new("uppers"));
    let long = "l".repeat(250);
    let mut overlay = Overlay::new();
    let names: [&[u8]; 11] = [
        b"a:b",
        b"a,upperdir=b",
        b"back\\slash",
        b"\"quoted\"",
        b"with space",
        b"line\nfeed",
        b"\xff\xfe",
        b"trailing\\",
        b"::",
        b"lowerdir=",
        long.as_bytes(),
    ];
    for (number, name) in names.iter().enumerate() {
        let layer = dir.path().join(&long).join(OsStr::from_bytes(name));
        write(&layer, &[(&format!("f{number}"), ""), ("top", &number.to_string())]);
        overlay = overlay.lower(layer);
    }
    assert_eq!(overlay.lowers().len(), names.len());
    for name in names {
        let upper = uppers.path().join(OsStr::from_bytes(name));
        fs::create_dir(&upper).expect("an upper");
        let sandbox = system().overlay(overlay.clone().upper_dir(&upper).at("/o"));
        let (said, _) = sh(&sandbox, "cat /o/top; ls /o | wc -l; echo >/o/new");
        assert_eq!(said.split_whitespace().collect::<Vec<_>>(), ["1012"], "{upper:?}");
        assert!(upper.join("new").exists(), "{upper:?}");
    }
    let left = fs::read_dir(uppers.path()).expect("lists").count();
    assert_eq!(left, names.len(), "a work directory is left");
}

/// OVL_MAX_STACK of the caller's own layers, the sandbox's come on top of it.
#[test]
fn five_hundred_layers() {
    let Some(_host) = common::host_with_overlays() else { return };
    let dir = common::TempDir::new("many");
    let layer = |number: usize| {
        let layer = dir.path().join(number.to_string());
        write(&layer, &[(&format!("f/{number}"), ""), ("top", &number.to_string())]);
        layer
    };
    let mut overlay = (0..500).fold(Overlay::new(), |overlay, number| overlay.lower(layer(number)));
    // Deleted in one of the lowest layers, which are merged with the sandbox's own.
    whiteout(&dir.path().join("2/f/0"));
    let sandbox = system().overlay(overlay.clone()).file("/f/given", "given");
    let (said, outcome) = sh(&sandbox, "cat /top; echo; ls /f | wc -l; echo >/f/7; rm /f/0 2>/dev/null; echo $?");
    assert_eq!(said, "499\n500\n1\n");
    assert_eq!(names(&outcome), ["M f/7"]);
    says(&system().overlay(overlay.clone().at("/o").read_only()), "ls /o/f | wc -l", "499\n");

    overlay = overlay.lower(layer(500));
    assert_eq!(refused(overlay).to_string(), "overlay /: 501 layers: the kernel takes 500");
}

/// Without a layer it is an empty place to write to, in memory or in a directory.
#[test]
fn no_layer_is_an_empty_directory() {
    let Some(_host) = common::host_with_overlays() else { return };
    let dir = common::TempDir::new("no-layer");
    let (upper, next) = (dir.path().join("upper"), dir.path().join("next"));
    [&upper, &next].into_iter().for_each(|path| fs::create_dir(path).expect("a directory"));
    let new = || Overlay::new().at("/work/o");
    for overlay in [new(), new().upper_dir(&upper)] {
        let sandbox = system().overlay(overlay).file("/work/o/given/file", "text").bind_ro(dir.path(), "/work/o/bound");
        let (said, outcome) = sh(
            &sandbox,
            "cd /work/o && find . -path './bound/*' -prune -o -print | sort && echo a >a && mkdir d && \
            echo b >d/b && rm given/file && echo c >d/c && rm d/c",
        );
        assert_eq!(said, ".\n./bound\n./given\n./given/file\n");
        let changes = outcome.changes().expect("they are told");
        assert_eq!(changes.read("d/b", 100).expect("is there"), b"b\n");
        let names = names(&outcome);
        assert!(["a", "d", "d/b"].iter().all(|name| names.iter().any(|found| found.contains(name))), "{names:?}");
        assert!(!names.iter().any(|found| found.contains("bound") || found.contains("d/c")), "{names:?}");
    }
    // What it has got is a layer of the next one.
    says(&system().overlay(Overlay::new().lower(&upper).at("/o")), "cat /o/a /o/d/b", "a\nb\n");
}

/// What cannot be an overlay is told before anything runs.
#[test]
fn what_cannot_be_is_refused() {
    let Some(_host) = common::host_with_overlays() else { return };
    let (dir, overlay) = layers();
    let path = |name: &str| dir.path().join(name);
    let text = |name: &str| path(name).display().to_string();
    fs::create_dir_all(path("upper/inside")).expect("directories");
    for (overlay, message) in [
        (Overlay::new(), "overlay /: has no lower directory".to_owned()),
        (Overlay::new().at("/o").read_only(), "overlay /o: has no lower directory".to_owned()),
        (overlay.clone().upper_tmpfs(0), "overlay /: an upper of 0 bytes".into()),
        (overlay.clone().upper_tmpfs(u64::MAX), format!("overlay /: an upper of {} bytes", u64::MAX)),
        (overlay.clone().lower(""), "overlay : the path on the host is empty or holds a NUL".into()),
        (overlay.clone().lower("a\0b"), "overlay a\\0b: the path on the host is empty or holds a NUL".into()),
        (overlay.clone().at("work"), "overlay work: the path inside must be absolute".into()),
        (overlay.clone().at("/a/../b"), "overlay /a/../b: the path inside must not hold '..'".into()),
        (overlay.clone().at("/proc/x"), "overlay /proc/x: /proc is the sandbox's own".into()),
        (
            overlay.clone().lower(path("none")),
            format!("overlay {}: No such file or directory (os error 2)", text("none")),
        ),
        (overlay.clone().lower(path("e")), format!("overlay {}: No such file or directory (os error 2)", text("e"))),
        (
            overlay.clone().lower(path("base/d/x")),
            format!("overlay {}: Not a directory (os error 20)", text("base/d/x")),
        ),
        (overlay.clone().lower(path("base/.")), format!("overlay {}: is listed twice", text("base"))),
        (
            overlay.clone().lower(path("base/d")),
            format!("overlay {}: lies inside the layer {}", text("base/d"), text("base")),
        ),
        (
            overlay.clone().upper_dir(path("none")),
            format!("overlay {}: No such file or directory (os error 2)", text("none")),
        ),
        (
            overlay.clone().upper_dir(path("base/d/x")),
            format!("overlay {}: Not a directory (os error 20)", text("base/d/x")),
        ),
        (
            overlay.clone().upper_dir(path("base")),
            format!("overlay {}: the upper directory lies inside the layer {}", text("base"), text("base")),
        ),
        (
            overlay.clone().upper_dir(path("base/d")),
            format!("overlay {}: the upper directory lies inside the layer {}", text("base/d"), text("base")),
        ),
        (
            overlay.clone().lower(path("upper/inside")).upper_dir(path("upper")),
            format!("overlay {}: the layer {} lies inside the upper directory", text("upper"), text("upper/inside")),
        ),
        (overlay.clone().upper_dir("/"), "overlay /: the layer".into()),
    ] {
        let error = refused(overlay);
        assert!(error.to_string().starts_with(&message), "{error}\nand not\n{message}");
        assert_eq!(error.step(), belljar::Step::Overlay);
    }
    if !common::is_root() {
        let error = refused(overlay.clone().upper_dir("/usr"));
        assert_eq!(error.to_string(), "overlay /usr: belongs to user 0: an upper directory must be the caller's own");
        // Another user's directory that the program could not enter either.
        for dir in ["/root", "/lost+found", "/etc/ssl/private"] {
            let inside = fs::metadata(Path::new(dir).join("x"));
            if inside.is_err_and(|error| error.kind() == std::io::ErrorKind::PermissionDenied) {
                for overlay in [overlay.clone().lower(dir), overlay.clone().lower(dir).at("/work").read_only()] {
                    let error = refused(overlay);
                    assert_eq!(error.to_string(), format!("overlay {dir}: Permission denied (os error 13)"));
                }
            }
        }
    }
    // A link to a directory is one.
    symlink("app", path("link")).expect("a link");
    says(&system().overlay(Overlay::new().lower(path("link"))), "cat /etc/name", "app");
    let mut left: Vec<_> = fs::read_dir(dir.path()).expect("lists").flatten().map(|entry| entry.file_name()).collect();
    left.sort();
    assert_eq!(left, ["app", "base", "link", "upper"], "a work directory is left");

    let error = system()
        .namespaces(Namespaces::empty())
        .overlay(overlay.clone())
        .spawn(shell("true"))
        .expect_err("no mount namespace");
    assert_eq!(error.to_string(), "overlay: needs Namespaces::MOUNT: the root is the host's");
}

#[test]
fn what_covers_the_overlay_is_refused() {
    let Some(_host) = common::host_with_overlays() else { return };
    let (dir, overlay) = layers();
    let sandbox = system().overlay(overlay.at("/a/b"));
    for (sandbox, message) in [
        (sandbox.clone().tmpfs("/a", 4096), "tmpfs /a: /a would cover the overlay at /a/b".to_owned()),
        (sandbox.clone().tmpfs("/a/b", 4096), "tmpfs /a/b: /a/b is taken already".into()),
        (
            sandbox.clone().bind_ro(dir.path(), "/a"),
            format!("bind {} on /a: /a would cover the overlay at /a/b", dir.path().display()),
        ),
        (sandbox.clone().file("/a", ""), "file /a: /a is taken already".into()),
        (sandbox.clone().symlink("x", "/a/b"), "symlink /a/b: /a/b is taken already".into()),
    ] {
        assert_eq!(sandbox.spawn(shell("true")).map(drop).expect_err("refused").to_string(), message);
    }
}

/// Relative names are those of the directory at the time of the spawn, for all of the run.
#[test]
fn relative_names() {
    if common::host_with_overlays().is_some() {
        common::run_on_host("in_another_directory", &[]);
    }
}

fn in_another_directory(_: &[String]) -> i32 {
    let (dir, _) = layers();
    let sandbox = system().overlay(Overlay::new().lower("base").lower("./app").upper_dir("upper"));
    for place in ["one", "two"] {
        let place = dir.path().join(place);
        write(&place.join("base"), &[("name", &place.to_string_lossy())]);
        fs::create_dir_all(place.join("app")).expect("a layer");
        fs::create_dir_all(place.join("upper")).expect("an upper");
        std::env::set_current_dir(&place).expect("chdir");
        let mut child = sandbox.spawn(shell("cat /name >/copy")).expect("starts");
        std::env::set_current_dir("/").expect("chdir");
        let outcome = child.wait().expect("ends");
        assert_eq!(names(&outcome), ["A copy"]);
        assert_eq!(fs::read_to_string(place.join("upper/copy")).expect("a copy"), place.to_string_lossy());
    }
    0
}

/// `upper_tmpfs(bytes)` is enforced, and nothing of it touches the sandbox's own scratch space.
#[test]
fn a_memory_upper_has_its_size() {
    let Some(_host) = common::host_with_overlays() else { return };
    let (_dir, overlay) = layers();
    for (bytes, at_least) in [(1 << 20, 1 << 19), (8 << 20, 7 << 20)] {
        let sandbox = common::guest_sandbox().overlay(overlay.clone().upper_tmpfs(bytes).at("/o"));
        let output = sandbox.output(common::guest("fill").arg("/o/big")).expect("runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let (written, files) = said.trim().split_once(' ').expect("two numbers");
        let (written, files): (u64, u64) = (written.parse().expect("a number"), files.parse().expect("a number"));
        assert!((at_least..=bytes).contains(&written), "{written} of {bytes}");
        assert!(files <= (bytes / 4096).max(1024), "{files} files");
        assert!(output.outcome.changes().expect("changes").len() as u64 >= files);
    }
}

/// Writes until there is no room, then makes files until there is none; tells how much and how many.
fn fill(arguments: &[String]) -> i32 {
    use std::io::Write;
    let path = Path::new(&arguments[0]);
    let mut file = fs::File::create(path).expect("a new file");
    let mut written = 0u64;
    while written < 64 << 20 {
        match file.write(&[1; 4096]) {
            Ok(count) => written += count as u64,
            Err(error) if error.raw_os_error() == Some(Errno::NOSPC.raw_os_error()) => break,
            Err(error) => panic!("{error}"),
        }
    }
    file.set_len(0).expect("room again");
    let files =
        (0..10_000).take_while(|number| fs::File::create(path.with_file_name(number.to_string())).is_ok()).count();
    println!("{written} {files}");
    0
}

#[test]
fn read_only_is_read_only() {
    let Some(_host) = common::host_with_overlays() else { return };
    let (dir, overlay) = layers();
    for (at, lower) in
        [("/", overlay.clone()), ("/o", overlay.clone()), ("/o", Overlay::new().lower(dir.path().join("app")))]
    {
        let sandbox = system().overlay(lower.read_only().at(at));
        let mut command =
            shell("cat etc/name; echo >new 2>/dev/null || echo no; rm -f etc/name 2>/dev/null || echo no");
        let output = sandbox.output(command.current_dir(at)).unwrap_or_else(|error| panic!("{error:#}"));
        assert_eq!(String::from_utf8_lossy(&output.stdout), "appno\nno\n");
        assert!(output.outcome.changes().expect("changes").is_empty());
    }
}

/// A directory keeps what was written, its work directory goes, and what it holds is a layer as it is.
#[test]
fn an_upper_directory_persists() {
    let Some(_host) = common::host_with_overlays() else { return };
    let (dir, overlay) = layers();
    let upper = dir.path().join("upper");
    fs::create_dir(&upper).expect("an upper");
    if common::is_root() {
        std::os::unix::fs::chown(&upper, Some(1234), Some(2345)).expect("chown");
    }
    let owner = upper.metadata().expect("stat").uid();
    let sandbox = system().overlay(overlay.clone().upper_dir(&upper));
    let (_, outcome) = sh(&sandbox, "echo 1 >/etc/name; rm -r /d; mkdir /d; echo z >/d/z; mkdir -p /n/n; rm /e/f");
    let expected = ["R d/", "A d/z", "D e/f", "M etc/name", "A n/", "A n/n/"];
    assert_eq!(names(&outcome), expected);
    // From outside it is the owner's, all of it.
    for name in ["etc", "etc/name", "d/z", "n/n"] {
        assert_eq!(upper.join(name).metadata().expect("stat").uid(), owner, "{name}");
    }
    assert_eq!(fs::read_dir(dir.path()).expect("lists").count(), 3, "the work directory is left");
    let (said, outcome) = sh(&sandbox, "cat /etc/name; ls -A /d /e; echo 2 >/n/two");
    assert_eq!(said, "1\n/d:\nz\n\n/e:\n");
    assert_eq!(names(&outcome), [&expected[..], &["A n/two"]].concat());

    // As a layer of the next.
    let next = system().overlay(overlay.lower(&upper));
    says(&next, "cat /etc/name /d/z /n/two; ls /d; echo more >/n/two", "1\nz\n2\nz\n");
    assert_eq!(fs::read_to_string(upper.join("n/two")).expect("as before"), "2\n");
}

/// An upper directory is one sandbox's at a time, and the next one's after.
#[test]
fn an_upper_directory_is_locked() {
    let Some(_host) = common::host_with_overlays() else { return };
    let (dir, overlay) = layers();
    let upper = dir.path().join("upper");
    fs::create_dir(&upper).expect("an upper");
    let sandbox = system().overlay(overlay.upper_dir(&upper));
    let mut child = sandbox.spawn(shell("sleep 1000")).expect("starts");
    let error = sandbox.spawn(shell("true")).map(drop).expect_err("locked");
    let message = format!("overlay {}: is the upper directory of a live sandbox", upper.display());
    assert_eq!(error.to_string(), message);
    child.kill().expect("killed");
    child.wait().expect("ends");
    let child = sandbox.spawn(shell("sleep 1000")).expect("free again");
    drop(child);
    let failed = sandbox.spawn(Command::new("/no/such/program")).map(drop).expect_err("not there");
    assert_eq!(failed.step(), belljar::Step::Exec);
    sh(&sandbox, "true");
    assert_eq!(fs::read_dir(dir.path()).expect("lists").count(), 3, "a work directory is left");
}

/// Promise 6: what a killed host leaves beside an upper directory, the next run takes away.
#[test]
fn a_killed_hosts_work_directory_is_reclaimed() {
    let Some(_host) = common::host_with_overlays() else { return };
    let (dir, overlay) = layers();
    let upper = dir.path().join("upper");
    fs::create_dir(&upper).expect("an upper");
    let mut host =
        common::on_host("waits_to_be_killed").arg(dir.path()).stdout(Stdio::piped()).spawn().expect("a host");
    let mut ready = [0u8; 6];
    host.stdout.as_mut().expect("piped").read_exact(&mut ready).expect("it is ready");
    host.kill().expect("killed");
    host.wait().expect("dead");
    assert_eq!(fs::read_dir(dir.path()).expect("lists").count(), 4, "the killed host's work directory");
    let sandbox = system().overlay(overlay.upper_dir(&upper));
    // The init holds the lock until it has heard.
    common::eventually("the lock is free", || sandbox.run(shell("true")).is_ok());
    assert_eq!(fs::read_dir(dir.path()).expect("lists").count(), 3);
    says(&sandbox, "cat /kept", "kept\n");
}

fn waits_to_be_killed(arguments: &[String]) -> i32 {
    let dir = PathBuf::from(&arguments[0]);
    let overlay = Overlay::new().lower(dir.join("base")).lower(dir.join("app")).upper_dir(dir.join("upper"));
    let mut command = shell("echo kept >/kept; echo ready; sleep 1000");
    command.stdout(belljar::Stdio::inherit());
    let mut child = system().overlay(overlay).spawn(command).expect("starts");
    child.wait().expect("never");
    1
}

/// Whiteouts and opaque directories in layers, and xattrs that would redirect, which are not heeded.
#[test]
fn marks_in_layers() {
    let Some(_host) = common::host_with_overlays() else { return };
    let (dir, overlay) = layers();
    let marks = dir.path().join("marks");
    write(&marks, &[("d/z", "z"), ("e/g", "g"), ("meta", "")]);
    fs::create_dir(marks.join("redirected")).expect("a directory");
    write(&dir.path().join("base"), &[("secret/s", "s"), ("meta", "of the base")]);
    whiteout(&marks.join("secret"));
    whiteout(&marks.join("e/f"));
    xattr(&marks.join("d"), "user.overlay.opaque", b"y");
    xattr(&marks.join("redirected"), "user.overlay.redirect", b"/secret");
    xattr(&marks.join("meta"), "user.overlay.metacopy", b"");
    if common::is_root() {
        xattr(&marks.join("redirected"), "trusted.overlay.redirect", b"/secret");
    }
    let sandbox = system().overlay(overlay.lower(&marks));
    let (said, _) = sh(&sandbox, "ls -A /d /e; ls /redirected /secret 2>&1 | grep -c s$; cat /meta 2>/dev/null; true");
    assert!(said.starts_with("/d:\nz\n\n/e:\ng\n0\n") || said.starts_with("/d:\nz\n\n/e:\ng\n"), "{said}");
    assert!(!said.contains("of the base"), "{said}");
}

/// A layer with links, FIFOs and files where the sandbox puts something. Nothing is followed, nothing blocks.
#[test]
fn hostile_layers() {
    let Some(_host) = common::host_with_overlays() else { return };
    let dir = common::TempDir::new("hostile");
    let canary = dir.path().join("canary");
    let given = dir.path().join("given");
    write(&canary, &[("kept", "kept")]);
    write(&given, &[("f", "f")]);
    let before = picture(&canary);
    let places = ["etc", "tmp", "dev", "proc", "usr", "a", "a/b"];
    let text = canary.to_string_lossy().into_owned();
    for (number, place) in places.iter().enumerate() {
        // An emulated processor does with one at each place, with all of them in all.
        let kinds = ["absolute", "fifo", "relative", "chain", "loop", "file"];
        for kind in kinds.into_iter().cycle().skip(number).take(amount(kinds.len(), 1)) {
            let layer = dir.path().join(format!("{number}-{kind}"));
            attack_layer(&[layer.to_string_lossy().into_owned(), (*place).into(), kind.into(), text.clone()]);
            let root = system().overlay(Overlay::new().lower(&layer));
            let own = matches!(*place, "tmp" | "dev" | "proc" | "usr");
            for sandbox in [
                root.clone(),
                root.clone().bind_ro(&given, "/a/b"),
                root.clone().bind_ro(given.join("f"), "/a/b/f"),
                root.clone().bind_rw(&given, "/a/b/c"),
                root.clone().tmpfs("/a/b", 4096),
                root.clone().file("/a/b/f", "given"),
                root.clone().file("/a/b", "given"),
                root.clone().dir("/a/b/d"),
                root.clone().symlink("f", "/a/b/l"),
                system()
                    .overlay(Overlay::new().lower(&layer).at("/work"))
                    .file("/work/a/b/f", "given")
                    .tmpfs("/work/a/b/t", 4096),
            ] {
                match sandbox.output(shell("for f in /a/b/f /etc/f /a/b; do [ -p $f ] || echo >$f; done")) {
                    Ok(_) => {}
                    Err(error) => {
                        // The way is barred by what is no directory, or by a link.
                        let barred = [Errno::LOOP, Errno::NOTDIR, Errno::ISDIR, Errno::INVAL].map(Errno::raw_os_error);
                        assert!(
                            error.raw_os_error().is_some_and(|errno| barred.contains(&errno)),
                            "{place} {kind}: {error}"
                        );
                    }
                }
                assert_eq!(picture(&canary), before, "{place} {kind}");
            }
            let result = root.run(shell("true"));
            assert!(!own || result.is_err(), "/{place} is a {kind}, and was put up with");
        }
    }
}

/// Makes a layer in which a place is something else than a directory.
fn attack_layer(arguments: &[String]) -> i32 {
    let [layer, place, kind, canary] = arguments else { return 1 };
    let at = Path::new(layer).join(place);
    fs::create_dir_all(at.parent().expect("a parent")).expect("directories");
    match &kind[..] {
        "absolute" => symlink(canary, &at).expect("a link"),
        "relative" => symlink(format!("../../../../../../../../..{canary}"), &at).expect("a link"),
        "chain" => {
            symlink(Path::new("/").join(place).with_extension("next"), &at).expect("a link");
            symlink(canary, at.with_extension("next")).expect("a link");
        }
        "loop" => symlink(at.file_name().expect("a name"), &at).expect("a link"),
        "fifo" => rustix::fs::mknodat(CWD, &at, FileType::Fifo, Mode::from(0o666), 0).expect("a FIFO"),
        _ => fs::write(&at, "text").expect("a file"),
    }
    0
}

/// What is given is what the program sees, or there is an error: an upper directory of an earlier run goes before layers.
#[test]
fn what_an_upper_directory_hides_is_refused() {
    let Some(_host) = common::host_with_overlays() else { return };
    let (dir, overlay) = layers();
    let upper = dir.path().join("upper");
    fs::create_dir(&upper).expect("an upper");
    let sandbox = system().overlay(overlay.upper_dir(&upper));
    sh(&sandbox, "echo old >/file; rm -r /d; mkdir /d; rm /e/f; mkdir /e/f");
    for place in ["/file", "/d/x", "/e/f/g/h"] {
        let error = sandbox.clone().file(place, "new").spawn(shell("true")).map(drop).expect_err("hidden");
        assert_eq!(error.to_string(), format!("file {place}: is hidden by what the upper directory has there"));
    }
    says(&sandbox.clone().file("/etc/new", "new"), "cat /etc/new", "new");
    // A place to mount on that the upper directory hides is not there.
    let error = sandbox.tmpfs("/d/below/it", 4096).spawn(shell("true")).map(drop).expect_err("hidden");
    assert_eq!(error.to_string(), "tmpfs /d/below/it: No such file or directory (os error 2)");
}

/// The sandbox's own layers do not change the mode of a directory that a layer has.
#[test]
fn modes_of_layers_are_kept() {
    let Some(_host) = common::host_with_overlays() else { return };
    let (dir, overlay) = layers();
    let closed = dir.path().join("base/d");
    fs::set_permissions(&closed, PermissionsExt::from_mode(0o2710)).expect("chmod");
    let mode = closed.metadata().expect("stat").mode() & 0o7777;
    let sandbox = system().overlay(overlay);
    for sandbox in [
        sandbox.clone(),
        sandbox.clone().file("/d/given", ""),
        sandbox.clone().tmpfs("/d/t/t", 4096),
        sandbox.clone().dir("/d"),
        sandbox.clone().dir("/d/sub"),
    ] {
        says(&sandbox, "stat -c %a /d", &format!("{mode:o}\n"));
        let (_, outcome) = sh(&sandbox, "echo >/d/new");
        assert_eq!(names(&outcome), ["A d/new"]);
    }
}

/// Many at once on the same layers; a write in one is seen by no other, and nothing is written to a layer.
#[test]
fn many_share_their_layers() {
    let Some(_host) = common::host_with_overlays() else { return };
    let (dir, overlay) = layers();
    let before = picture(dir.path());
    let sandbox = system().overlay(overlay.upper_tmpfs(1 << 20));
    let script =
        "read id; cat /etc/name; echo $id >/etc/name; rm /e/f; echo; read go; cat /etc/name; ls /e 2>/dev/null | wc -l";
    let mut children: Vec<belljar::Child> = (0..amount(50, 10))
        .map(|_| {
            let mut command = shell(script);
            command.stdin(belljar::Stdio::piped()).stdout(belljar::Stdio::piped());
            sandbox.spawn(command).unwrap_or_else(|error| panic!("{error:#}"))
        })
        .collect();
    use std::io::Write;
    for (number, child) in children.iter_mut().enumerate() {
        writeln!(child.stdin.as_mut().expect("piped"), "{number}").expect("written");
    }
    for child in &mut children {
        let mut first = [0u8; 4];
        child.stdout.as_mut().expect("piped").read_exact(&mut first).expect("says");
        assert_eq!(&first, b"app\n");
    }
    // Now all have written.
    for (number, mut child) in children.into_iter().enumerate() {
        writeln!(child.stdin.as_mut().expect("piped"), "go").expect("written");
        let output = child.wait_with_output().expect("ends");
        assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{number}\n0\n"));
        assert_eq!(names(&output.outcome), ["D e/f", "M etc/name"]);
        let changes = output.outcome.changes().expect("changes");
        assert_eq!(changes.read("/etc/name", 100).expect("reads"), format!("{number}\n").into_bytes());
    }
    assert_eq!(picture(dir.path()), before);
}

/// Contents of many megabytes, in the root, in a tmpfs and in an overlay.
#[test]
fn large_files() {
    let Some(_host) = common::host_with_overlays() else { return };
    let (_dir, overlay) = layers();
    let contents = (0..251).collect::<Vec<u8>>().repeat(amount(100_000, 10_000));
    for sandbox in [
        system().file("/in/large", contents.clone()),
        system().tmpfs("/in", 64 << 20).file("/in/large", contents.clone()),
        system().overlay(overlay).file("/in/large", contents.clone()),
    ] {
        let mut command = shell("cat /in/large");
        command.stdout(belljar::Stdio::piped());
        let output = sandbox.spawn(command).expect("starts").wait_with_output().expect("ends");
        assert!(output.stdout == contents, "{} bytes", output.stdout.len());
    }
}

/// What one sandbox makes, the next one runs.
#[test]
fn made_in_one_and_run_in_the_next() {
    let Some(_host) = common::host_with_overlays() else { return };
    let (_dir, mut overlay) = layers();
    let (built, upper) = (common::TempDir::new("built"), common::TempDir::new("upper"));
    let lowers = overlay.clone();
    if common::old_memory_uppers() {
        overlay = overlay.upper_dir(upper.path());
    }
    let (_, outcome) = sh(
        &system().overlay(overlay.clone()),
        "mkdir -p /out; printf '#!/bin/sh\\necho made $1\\n' >/out/program; chmod 755 /out/program; rm -r /d; mkdir /d",
    );
    let layer = built.path().join("layer");
    outcome.changes().expect("changes").commit(&layer).expect("committed");
    let next = system().overlay(lowers.lower(&layer));
    says(&next, "/out/program here; ls /d | wc -l", "made here\n0\n");
}

/// What a tmpfs without user xattrs cannot hold is refused by the kernel, and told before by the probe.
#[test]
fn directories_are_replaced_in_memory_as_the_probe_says() {
    let Some(_host) = common::host_with_overlays() else { return };
    let (_dir, overlay) = layers();
    let upper = common::TempDir::new("upper");
    let can = belljar::Host::probe().has(belljar::Feature::MemoryUppers);
    assert_eq!(can, !common::old_memory_uppers());
    for script in ["rm -r /d", "rm /etc/only; mkdir /etc/only"] {
        sh(&system().overlay(overlay.clone().upper_dir(upper.path())), script);
        let output = system().overlay(overlay.clone()).output(shell(script)).expect("runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.outcome.verdict, Verdict::Exited(i32::from(!can)), "{script}: {said}");
        assert_eq!(said.contains("Input/output error"), !can, "{script}: {said}");
    }
    sh(&system().overlay(overlay), "rm /d/x /d/y; rm /etc/only; : >/etc/only; mkdir /new; rmdir /new");
}

/// A privileged host without a user namespace: the program is its user all the same.
#[test]
fn without_a_user_namespace() {
    let Some(_host) = common::host_with_overlays() else { return };
    if !common::is_root() {
        return;
    }
    let (dir, overlay) = layers();
    let before = picture(dir.path());
    let sandbox = system().namespaces(Namespaces::all() - Namespaces::USER).overlay(overlay);
    let (said, outcome) = sh(
        &sandbox,
        "id -u; cat /etc/name; (echo >/etc/name) 2>/dev/null || echo not mine; echo >/new; stat -c %u /new",
    );
    assert_eq!(said, "1000\nappnot mine\n1000\n");
    assert_eq!(names(&outcome), ["A new"]);
    assert_eq!(picture(dir.path()), before);
}

/// Filesystems that cannot serve.
#[test]
fn filesystems_that_cannot_serve() {
    let Some(_host) = common::host_with_overlays() else { return };
    match common::on_host("on_odd_filesystems").status().expect("runs on the host").code() {
        Some(77) => common::skip("filesystems_that_cannot_serve", "root", "it takes a privileged host to mount them"),
        code => assert_eq!(code, Some(0)),
    }
}

fn on_odd_filesystems(_: &[String]) -> i32 {
    if !common::is_root() {
        return 77;
    }
    let (dir, overlay) = layers();
    // SAFETY: this process has one thread and shares nothing.
    unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWNS) }.expect("a mount namespace");
    rustix::mount::mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC).expect("private");
    let mount = |name: &str, kind: &str, data: &str| {
        let place = dir.path().join(name);
        fs::create_dir_all(&place).expect("a place");
        let data = std::ffi::CString::new(data).expect("no NUL");
        rustix::mount::mount(kind, &place, kind, MountFlags::empty(), Some(&*data)).expect("mounted");
        place
    };
    // No user xattrs.
    let ramfs = mount("ramfs", "ramfs", "");
    fs::create_dir(ramfs.join("upper")).expect("an upper");
    let error = refused(overlay.clone().upper_dir(ramfs.join("upper")));
    assert_eq!(error.raw_os_error(), Some(Errno::NOTSUP.raw_os_error()), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("user xattrs")) && error.is_unsupported(), "{error:#}");
    assert_eq!(fs::read_dir(&ramfs).expect("lists").count(), 1, "the work directory is left");

    // On an overlay: an upper never, a layer of the first depth can be read.
    let of = |lower: &Path| format!("lowerdir={}:{}", lower.display(), dir.path().join("app").display());
    let base = dir.path().join("base");
    fs::write(base.join("etc/private"), "").expect("a file");
    fs::set_permissions(base.join("etc/private"), PermissionsExt::from_mode(0o600)).expect("its mode");
    let one = mount("one", "overlay", &of(&dir.path().join("base")));
    let error = refused(overlay.upper_dir(one.join("etc")));
    assert!(
        error.to_string().ends_with("is on an overlay, which cannot hold another one's upper directory"),
        "{error}"
    );
    let lower = |dir: &Path| system().overlay(Overlay::new().lower(dir).at("/o").read_only());
    says(&lower(&one), "cat /o/etc/name", "base");
    // With the rights of others, which is told.
    for (layer, unmapped) in [(&one, vec![one.clone()]), (&base, vec![])] {
        let outcome = lower(layer).run(shell("cat /o/etc/private")).expect("runs");
        assert_eq!((outcome.success(), outcome.enforced.unmapped), (unmapped.is_empty(), unmapped));
    }
    // An overlay has no idmapped mounts, without which nothing of it would be the program's to change.
    let error = refused(Overlay::new().lower(&one).at("/o"));
    assert_eq!(error.path(), Some(&*one));
    assert!(
        error.hint().is_some_and(|hint| hint.contains("idmapped mounts") && !hint.contains("two deep")),
        "{error:#}"
    );
    let two = mount("two", "overlay", &of(&one));
    let error = refused(Overlay::new().lower(&two).at("/o").read_only());
    assert_eq!((error.step(), error.raw_os_error()), (belljar::Step::Overlay, Some(Errno::INVAL.raw_os_error())));
    assert!(error.hint().is_some_and(|hint| hint.contains("two deep")), "{error:#}");

    // What is mounted in a layer is not part of it.
    let tmpfs = mount("base/e", "tmpfs", "");
    fs::write(tmpfs.join("on top"), "").expect("a file");
    says(&system().overlay(Overlay::new().lower(dir.path().join("base"))), "ls -A /e", "");
    for place in [two, one, ramfs, tmpfs] {
        rustix::mount::unmount(place, rustix::mount::UnmountFlags::DETACH).expect("unmounted");
    }
    0
}
