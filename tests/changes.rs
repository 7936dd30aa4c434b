//! What a run has changed in its overlay, and uppers that a hostile program has written.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use belljar::{ChangeKind, Changes, Child, Command, FileKind, Filter, Outcome, Overlay, Sandbox, Stdio, Step, Verdict};
use common::write;
use rustix::fs::{CWD, FileType, Mode, OFlags, XattrFlags};
use rustix::io::Errno;

guests! { change_everything, dig, many, swap, take_rights_away, wreck }

/// Runs a guest with `/work` as the overlay's place and its working directory.
fn run(sandbox: &Sandbox, guest: &str, arguments: &[&str]) -> Outcome {
    let mut command = common::guest(guest);
    command.args(arguments).current_dir("/work");
    let output = sandbox.output(command).unwrap_or_else(|error| panic!("{guest}: {error:#}"));
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(output.outcome.verdict, Verdict::Exited(0), "{guest}: {said}");
    output.outcome
}

fn sh(sandbox: &Sandbox, script: &str) -> (String, Outcome) {
    let mut command = Command::new("sh");
    command.args(["-c", script]).current_dir("/work");
    let output = sandbox.output(command).unwrap_or_else(|error| panic!("{error:#}"));
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(output.outcome.verdict, Verdict::Exited(0), "{script}: {said}");
    (said, output.outcome)
}

/// A layer, and an upper directory: that has user xattrs on every kernel.
struct Place {
    dir: common::TempDir,
    overlay: Overlay,
}

impl Place {
    fn new() -> Place {
        let dir = common::TempDir::new("changes");
        let layer = dir.path().join("layer");
        let files = ["modified", "deleted", "renamed", "linked", "chmod", "kind", "untouched", "opened", "xattr"];
        write(&layer, &files.map(|name| (name, "old")));
        write(
            &layer,
            &[("gone/a/b", "b"), ("anew/old", "old"), ("dir/in", "in"), ("mode/in", "in"), ("deep/er/f", "f")],
        );
        symlink("untouched", layer.join("link")).expect("a link");
        symlink("untouched", layer.join("relinked")).expect("a link");
        fs::create_dir(dir.path().join("upper")).expect("an upper");
        let overlay = Overlay::new().lower(&layer).at("/work");
        Place { dir, overlay }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Without a system call filter: the standard one lets nobody set set-user-ID, and hostile means hostile.
    fn memory(&self) -> Sandbox {
        common::guest_sandbox().seccomp(Filter::unrestricted()).overlay(self.overlay.clone())
    }

    fn kept(&self) -> Sandbox {
        common::guest_sandbox()
            .seccomp(Filter::unrestricted())
            .overlay(self.overlay.clone().upper_dir(self.path("upper")))
    }
}

fn lines(changes: &Changes) -> Vec<String> {
    changes.iter().map(|change| change.to_string()).collect()
}

/// Each kind of change once.
fn change_everything(_: &[String]) -> i32 {
    fs::write("modified", "new").expect("write");
    fs::remove_file("deleted").expect("unlink");
    fs::rename("renamed", "renamed-to").expect("rename");
    fs::hard_link("linked", "linked-too").expect("link");
    fs::set_permissions("chmod", PermissionsExt::from_mode(0o4711)).expect("chmod");
    fs::remove_file("kind").expect("unlink");
    fs::create_dir("kind").expect("mkdir");
    fs::write("kind/in", "in").expect("write");
    drop(fs::OpenOptions::new().append(true).open("opened").expect("open"));
    fs::remove_dir_all("gone").expect("rm -r");
    fs::remove_dir_all("anew").expect("rm -r");
    fs::create_dir("anew").expect("mkdir");
    fs::write("anew/new", "new").expect("write");
    fs::write("dir/new", "new").expect("write");
    fs::set_permissions("mode", PermissionsExt::from_mode(0o700)).expect("chmod");
    fs::remove_file("relinked").expect("unlink");
    symlink("/etc/passwd", "relinked").expect("symlink");
    symlink("../../..", "up").expect("symlink");
    rustix::fs::mknodat(CWD, "fifo", FileType::Fifo, Mode::from(0o644), 0).expect("a FIFO");
    rustix::fs::mknodat(CWD, "socket", FileType::Socket, Mode::from(0o644), 0).expect("a socket");
    fs::create_dir_all("added/empty").expect("mkdir");
    fs::write("added/one", "one").expect("write");
    fs::hard_link("added/one", "added/two").expect("link");
    let sparse = fs::File::create("added/sparse").expect("a file");
    sparse.set_len(32 << 20).expect("a hole");
    std::os::unix::fs::FileExt::write_all_at(&sparse, b"end", (32 << 20) - 3).expect("write");
    rustix::fs::setxattr("xattr", "user.note", b"value", XattrFlags::empty()).expect("setxattr");
    0
}

/// Every kind of change, in path order, with what was there before and is now.
#[test]
fn every_kind_of_change() {
    let Some(_host) = common::host_with_overlays() else { return };
    let place = Place::new();
    let outcome = run(&place.kept(), "change_everything", &[]);
    let changes = outcome.changes().expect("changes");
    let expected = [
        "A added/",
        "A added/empty/",
        "A added/one",
        "A added/sparse",
        "A added/two",
        "R anew/",
        "A anew/new",
        "M chmod",
        "D deleted",
        "A dir/new",
        "A fifo",
        "D gone/",
        "R kind/",
        "A kind/in",
        "M linked",
        "A linked-too",
        "M mode/",
        "M modified",
        "M opened",
        "M relinked",
        "D renamed",
        "A renamed-to",
        "A socket",
        "A up",
        "M xattr",
    ];
    assert_eq!(lines(&changes), expected);
    assert_eq!(changes.len(), expected.len());
    assert!(changes.iter().map(|change| &change.path).is_sorted());

    let get = |path: &str| changes.get(path).unwrap_or_else(|| panic!("{path} was changed")).clone();
    // It was 4711: an upper directory keeps no set-user-ID, what is in memory does.
    assert_eq!((get("/chmod").mode, get("chmod").size), (0o711, 3));
    if !common::old_memory_uppers() {
        let outcome = run(&place.memory(), "change_everything", &[]);
        assert_eq!(outcome.changes().expect("changes").get("chmod").expect("changed").mode, 0o4711);
    }
    assert_eq!((get("kind").before, get("kind").now), (Some(FileKind::File), Some(FileKind::Dir)));
    assert_eq!((get("gone").before, get("gone").now), (Some(FileKind::Dir), None));
    assert_eq!((get("fifo").now, get("socket").now), (Some(FileKind::Fifo), Some(FileKind::Socket)));
    assert_eq!(get("relinked").target.as_deref(), Some(Path::new("/etc/passwd")));
    assert_eq!(get("added/two").same_as.as_deref(), Some(Path::new("added/one")));
    assert_eq!(get("linked-too").same_as.as_deref(), Some(Path::new("linked")));
    assert_eq!(get("added/sparse").size, 32 << 20);
    assert_eq!(get("deleted").kind, ChangeKind::Deleted);
    assert!(changes.get("untouched").is_none() && changes.get("dir").is_none() && changes.get("").is_none());

    assert_eq!(changes.read("modified", 3).expect("reads"), b"new");
    assert_eq!(changes.read("modified", 2).expect_err("too long").raw_os_error(), Some(Errno::FBIG.raw_os_error()));
    let attributes = changes.xattrs("xattr").expect("xattrs");
    assert_eq!(attributes, BTreeMap::from([("user.note".into(), b"value".to_vec())]));
    assert!(changes.xattrs("anew").expect("xattrs").is_empty(), "overlayfs' own");
    // What is no regular file is not opened, and no link leads anywhere.
    let errno = |path: &str| changes.open(path).map(drop).expect_err(path).raw_os_error().unwrap_or(0);
    for (path, expected) in [
        ("fifo", Errno::INVAL),
        ("socket", Errno::INVAL),
        ("anew", Errno::INVAL),
        ("relinked", Errno::INVAL),
        ("deleted", Errno::INVAL),
        ("up/etc/passwd", Errno::LOOP),
        ("untouched", Errno::NOENT),
        ("../layer/untouched", Errno::XDEV),
        ("anew/../../layer/untouched", Errno::XDEV),
        ("", Errno::INVAL),
    ] {
        assert_eq!(errno(path), expected.raw_os_error(), "{path}");
    }
}

/// A memory upper lives as long as somebody could ask.
#[test]
fn a_memory_upper_is_read_after_the_end() {
    let Some(_host) = common::host_with_overlays() else { return };
    let place = Place::new();
    let (_, outcome) = sh(&place.memory(), "echo new >modified; rm deleted; mkdir d; echo f >d/f");
    let changes = outcome.changes().expect("changes");
    drop(outcome);
    assert_eq!(lines(&changes), ["A d/", "A d/f", "D deleted", "M modified"]);
    let mut file = changes.clone().open("modified").expect("opens");
    drop(changes);
    let mut text = String::new();
    file.read_to_string(&mut text).expect("reads");
    assert_eq!(text, "new\n");

    // Killed, too; and before the end there is no outcome to ask.
    let mut command = Command::new("sh");
    command.args(["-c", "echo >/work/made; echo ready; sleep 1000"]).stdout(belljar::Stdio::piped());
    let mut child = place.memory().spawn(command).expect("starts");
    child.stdout.as_mut().expect("piped").read_exact(&mut [0; 6]).expect("ready");
    child.kill().expect("killed");
    assert_eq!(lines(&child.wait().expect("ends").changes().expect("changes")), ["A made"]);
}

#[test]
fn no_overlay_no_changes() {
    let Some(_host) = common::host_with_overlays() else { return };
    let outcome = Sandbox::new().host_system().run(Command::new("true")).expect("runs");
    let error = outcome.changes().map(drop).expect_err("none");
    assert_eq!((error.step(), error.to_string()), (Step::Changes, "changes: the sandbox had no overlay".into()));
}

/// A picture of a tree: type, mode and contents, or a link's text.
fn tree(dir: &Path) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut left = vec![dir.to_owned()];
    while let Some(path) = left.pop() {
        for entry in fs::read_dir(&path).expect("lists").flatten() {
            let path = entry.path();
            let stat = path.symlink_metadata().expect("stat");
            let kind = stat.file_type();
            let name = path.strip_prefix(dir).expect("below").display().to_string();
            let text = match kind {
                _ if kind.is_symlink() => format!("-> {}", fs::read_link(&path).expect("a link").display()),
                _ if kind.is_dir() => format!("dir {:o}", stat.mode() & 0o7777),
                _ if kind.is_file() && stat.len() < 100 => {
                    format!("{:o} {}", stat.mode() & 0o7777, fs::read_to_string(&path).expect("reads"))
                }
                _ if kind.is_file() => format!("{:o} {} bytes", stat.mode() & 0o7777, stat.len()),
                _ if kind.is_char_device() => format!("device {}", stat.rdev()),
                _ => "special".into(),
            };
            all.insert(name, text);
            if kind.is_dir() {
                left.push(path);
            }
        }
    }
    all
}

/// The result as plain files of the caller's.
#[test]
fn copies_the_result_out() {
    let Some(_host) = common::host_with_overlays() else { return };
    let place = Place::new();
    let changes = run(&place.kept(), "change_everything", &[]).changes().expect("changes");
    let out = place.path("out");
    let copied = changes.copy_to(&out).expect("copied");
    let expected = [
        ("added", "dir 755"),
        ("added/empty", "dir 755"),
        ("added/one", "644 one"),
        ("added/sparse", "644 33554432 bytes"),
        ("added/two", "644 one"),
        ("anew", "dir 755"),
        ("anew/new", "644 new"),
        ("chmod", "711 old"),
        ("dir", "dir 755"),
        ("dir/new", "644 new"),
        ("kind", "dir 755"),
        ("kind/in", "644 in"),
        ("linked", "644 old"),
        ("linked-too", "644 old"),
        ("mode", "dir 700"),
        ("modified", "644 new"),
        ("opened", "644 old"),
        ("relinked", "-> /etc/passwd"),
        ("renamed-to", "644 old"),
        ("up", "-> ../../.."),
        ("xattr", "644 old"),
    ];
    assert_eq!(tree(&out), expected.map(|(name, text)| (name.to_owned(), text.to_owned())).into());
    let stat = |name: &str| out.join(name).symlink_metadata().expect("stat");
    assert_eq!(stat("added/one").ino(), stat("added/two").ino());
    assert!(stat("added/sparse").blocks() < 2048, "the hole was filled");
    assert_eq!(stat("modified").uid(), rustix::process::geteuid().as_raw());
    assert_eq!(copied.skipped, [Path::new("fifo"), Path::new("socket")]);
    assert!(copied.files == 13 && copied.bytes < 1 << 20, "{copied:?}");

    // A second time it is in the way, and nothing is touched.
    let before = tree(&out);
    assert_eq!(changes.copy_to(&out).expect_err("not empty").raw_os_error(), Some(Errno::NOTEMPTY.raw_os_error()));
    assert_eq!(tree(&out), before);
    let error = changes.copy_to(place.path("no/such/place")).expect_err("no parent");
    assert_eq!(error.raw_os_error(), Some(Errno::NOENT.raw_os_error()));
    fs::create_dir(place.path("empty")).expect("a directory");
    changes.copy_to(place.path("empty")).expect("an empty one will do");
}

/// A layer for the next run, the same for root and an ordinary user.
#[test]
fn commits_a_layer() {
    let Some(_host) = common::host_with_overlays() else { return };
    let place = Place::new();
    // Of a memory upper where that can hold all of it.
    let sandbox = if common::old_memory_uppers() { place.kept() } else { place.memory() };
    let changes = run(&sandbox, "change_everything", &[]).changes().expect("changes");
    changes.commit(place.path("committed")).expect("committed");
    let committed = tree(&place.path("committed"));
    assert_eq!((&committed["deleted"][..], &committed["gone"][..]), ("device 0", "device 0"));
    assert_eq!(&committed["chmod"], "711 old", "set-user-ID is not for the host");

    let overlay = place.overlay.clone().lower(place.path("committed"));
    let script = "ls -A . anew dir kind; cat modified renamed-to; stat -c '%a %h' mode added/one; readlink relinked; [ -p fifo ]";
    let (said, _) = sh(&common::guest_sandbox().overlay(overlay), script);
    let expected = ".:\nadded\nanew\nchmod\ndeep\ndir\nfifo\nkind\nlink\nlinked\nlinked-too\nmode\nmodified\nopened\nrelinked\nrenamed-to\n\
        socket\nuntouched\nup\nxattr\n\nanew:\nnew\n\ndir:\nin\nnew\n\nkind:\nin\nnewold700 1\n644 2\n/etc/passwd\n";
    assert_eq!(said.replace("700 2", "700 1").replace("700 3", "700 1"), expected);
}

/// Opening a file for nothing, reading, and touching a directory's contents are told apart.
#[test]
fn reading_changes_nothing() {
    let Some(_host) = common::host_with_overlays() else { return };
    let place = Place::new();
    let (_, outcome) =
        sh(&place.memory(), "cat modified deep/er/f >/dev/null; ls -R . >/dev/null; find . -newer modified >/dev/null");
    assert!(outcome.changes().expect("changes").is_empty());
    let (_, outcome) = sh(&place.memory(), "mkdir deep/er/d; rmdir deep/er/d; : >x; rm x");
    assert!(outcome.changes().expect("changes").is_empty(), "a directory that is as it was");
}

/// What a hostile program leaves. None of it may lead the host elsewhere, block it, or make something of root's.
fn wreck(arguments: &[String]) -> i32 {
    let canary = &arguments[0];
    symlink(canary, "a-link-to-the-canary").expect("symlink");
    symlink("/", "root").expect("symlink");
    symlink("loop", "loop").expect("symlink");
    fs::remove_dir_all("dir").expect("rm -r");
    symlink(Path::new(canary).parent().expect("a parent"), "dir").expect("symlink");
    for name in ["-rf", "\n", "..a", "...", "\u{202e}", "con:", "\\", "*"] {
        fs::write(name, name).expect("write");
    }
    use std::os::unix::ffi::OsStrExt;
    fs::write(std::ffi::OsStr::from_bytes(b"\xff\xfe"), "not UTF-8").expect("write");
    fs::write("n".repeat(255), "long").expect("write");
    for number in 0..20 {
        let name = format!("fifo{number}");
        rustix::fs::mknodat(CWD, name, FileType::Fifo, Mode::from(0o666), 0).expect("a FIFO");
    }
    fs::write("setuid", "#!/bin/sh\n").expect("write");
    fs::set_permissions("setuid", PermissionsExt::from_mode(0o6777)).expect("chmod");
    let sparse = fs::File::create("sparse").expect("a file");
    sparse.set_len(60 << 20).expect("a hole");
    // Marks of overlayfs' own, as far as it lets a program set them.
    for name in ["user.overlay.opaque", "user.overlay.redirect", "user.overlay.whiteout", "trusted.overlay.opaque"] {
        let _ = rustix::fs::setxattr("deep", name, b"y", XattrFlags::empty());
        let _ = rustix::fs::setxattr("setuid", name, b"/etc", XattrFlags::empty());
    }
    // Devices it cannot make; a whiteout it can, if any.
    for device in [rustix::fs::makedev(1, 3), rustix::fs::makedev(8, 0)] {
        let made = rustix::fs::mknodat(CWD, "device", FileType::BlockDevice, Mode::from(0o666), device);
        assert!(made.is_err(), "a device");
    }
    let _ = rustix::fs::mknodat(CWD, "whiteout", FileType::CharacterDevice, Mode::from(0o666), 0);
    0
}

#[test]
fn a_hostile_upper_leads_nowhere() {
    let Some(_host) = common::host_with_overlays() else { return };
    let place = Place::new();
    let canary = place.path("canary");
    write(&canary, &[("kept", "kept")]);
    let kept = canary.join("kept");
    let before = (tree(&canary), kept.metadata().expect("stat").ctime_nsec());
    for sandbox in [place.memory(), place.kept()] {
        if common::old_memory_uppers() {
            continue;
        }
        let outcome = run(&sandbox, "wreck", &[&kept.to_string_lossy()]);
        let changes = outcome.changes().expect("changes");
        let text = lines(&changes).join(" ");
        assert!(text.contains("R dir") && text.contains("A a-link-to-the-canary"), "{text}");
        assert!(text.chars().all(|character| !character.is_control()), "{text}");
        for path in ["a-link-to-the-canary", "root/etc/passwd", "dir/kept", "dir/canary/kept", "loop", "fifo0"] {
            changes.open(path).map(drop).expect_err(path);
            changes.xattrs(path).map(|found| assert!(found.is_empty())).unwrap_or(());
        }
        assert_eq!(changes.read("setuid", 100).expect("reads"), b"#!/bin/sh\n");
        for layer in [false, true] {
            let out = common::TempDir::new("out");
            let at = out.path().join("of the run");
            match layer {
                true => changes.commit(&at).expect("committed"),
                false => drop(changes.copy_to(&at).expect("copied")),
            }
            assert_eq!(
                fs::read_link(at.join("dir")).expect("still a link"),
                *place.dir.path().join("canary").as_path()
            );
            assert_eq!(at.join("setuid").metadata().expect("stat").mode() & 0o6022, if layer { 0o022 } else { 0 });
            assert!(at.join("sparse").metadata().expect("stat").blocks() < 2048);
            assert!(rustix::fs::getxattr(at.join("setuid"), "user.overlay.redirect", &mut [0u8; 9]).is_err());
        }
        assert_eq!((tree(&canary), kept.metadata().expect("stat").ctime_nsec()), before);
    }
}

/// A program that takes its own rights away, and so an ordinary user's.
fn take_rights_away(_: &[String]) -> i32 {
    fs::create_dir_all("shut/in/deep").expect("mkdir");
    fs::write("shut/in/deep/file", "secret").expect("write");
    fs::write("dir/new", "new").expect("write");
    for path in ["shut/in/deep/file", "shut/in/deep", "shut/in", "shut", "dir/new", "dir"] {
        fs::set_permissions(path, PermissionsExt::from_mode(0o000)).expect("chmod");
    }
    0
}

#[test]
fn what_has_no_rights_is_read_all_the_same() {
    let Some(_host) = common::host_with_overlays() else { return };
    let place = Place::new();
    for sandbox in [place.memory(), place.kept()] {
        let changes = run(&sandbox, "take_rights_away", &[]).changes().expect("changes");
        let expected = ["M dir/", "A dir/new", "A shut/", "A shut/in/", "A shut/in/deep/", "A shut/in/deep/file"];
        assert_eq!(lines(&changes), expected);
        assert!(changes.iter().all(|change| change.mode == 0));
        assert_eq!(changes.read("shut/in/deep/file", 100).expect("reads"), b"secret");
        changes.copy_to(place.path("out")).expect("copied");
        assert_eq!(fs::read(place.path("out/shut/in/deep/file")).expect("readable"), b"secret");
        fs::remove_dir_all(place.path("out")).expect("removed");
    }
    let upper = place.path("upper");
    for path in ["shut", "dir"] {
        assert_eq!(upper.join(path).symlink_metadata().expect("stat").mode() & 0o777, 0, "{path} is as it was");
    }
    // So that the directory can be removed by its owner.
    for path in ["dir", "shut", "shut/in", "shut/in/deep"] {
        fs::set_permissions(upper.join(path), PermissionsExt::from_mode(0o700)).expect("chmod");
    }
}

/// Deeper than a path can be long; an error that names the limit, and no overflow of a stack.
fn dig(arguments: &[String]) -> i32 {
    let levels: usize = arguments[0].parse().expect("a number");
    for _ in 0..levels {
        fs::create_dir("d").expect("mkdir");
        std::env::set_current_dir("d").expect("chdir");
    }
    0
}

#[test]
fn a_deep_tree_is_gone_through_or_refused() {
    let Some(_host) = common::host_with_overlays() else { return };
    let place = Place::new();
    let outcome = run(&place.memory(), "dig", &["600"]);
    assert_eq!(outcome.changes().expect("changes").len(), 600);
    outcome.changes().expect("changes").copy_to(place.path("out")).expect("copied");
    let sandbox = common::guest_sandbox().overlay(place.overlay.clone().upper_tmpfs(64 << 20));
    let outcome = run(&sandbox, "dig", &["5000"]);
    let error = outcome.changes().map(drop).expect_err("too deep");
    assert_eq!(error.step(), Step::Changes);
    assert!(error.to_string().ends_with(": holds a path of more than 4095 bytes"));
}

/// Many files in one directory cost no more than their names.
fn many(arguments: &[String]) -> i32 {
    let count: usize = arguments[0].parse().expect("a number");
    fs::create_dir("many").expect("mkdir");
    let dir = rustix::fs::open("many", OFlags::PATH, Mode::empty()).expect("opens");
    for number in 0..count {
        let name = format!("file{number:06}");
        drop(rustix::fs::openat(&dir, name, OFlags::CREATE | OFlags::WRONLY, Mode::RWXU).expect("a file"));
    }
    0
}

#[test]
fn many_files() {
    let Some(_host) = common::host_with_overlays() else { return };
    let place = Place::new();
    let count = common::amount(20_000, 2_000);
    let sandbox = common::guest_sandbox().overlay(place.overlay.clone().upper_tmpfs(256 << 20));
    let changes = run(&sandbox, "many", &[&count.to_string()]).changes().expect("changes");
    assert_eq!(changes.len(), count + 1);
    assert!(changes.iter().map(|change| &change.path).is_sorted());
    assert_eq!(changes.get("many/file001234").map(|change| change.kind), Some(ChangeKind::Added));
}

/// What the sandbox itself puts into an overlay root is no change; what the program does to it is one.
#[test]
fn the_sandboxs_own_files_are_no_changes() {
    let Some(_host) = common::host_with_overlays() else { return };
    let place = Place::new();
    let overlay = Overlay::new().lower(place.path("layer"));
    let given = common::TempDir::new("given");
    let sandbox = Sandbox::new()
        .host_system()
        .overlay(overlay)
        .file("/dir/given", "given")
        .file("/new/given", "given")
        .bind_ro(given.path(), "/bound/here")
        .dir("/empty");
    let script = "cd /; echo >/new/other; echo >/bound/other; echo >/etc/other; echo >>/etc/hosts; rm /new/given; rm /dir/given; echo >/empty/e";
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    let outcome = sandbox.run(command).expect("runs");
    assert_eq!(outcome.verdict, Verdict::Exited(0));
    let expected =
        ["A bound/other", "D dir/given", "A empty/e", "M etc/hosts", "A etc/other", "D new/given", "A new/other"];
    assert_eq!(lines(&outcome.changes().expect("changes")), expected);
}

/// An outcome that is kept holds one descriptor, and lets go of it with its memory.
#[test]
fn an_outcome_that_is_dropped_frees_the_upper() {
    let Some(_host) = common::host_with_overlays() else { return };
    let place = Place::new();
    let before = common::descriptors().len();
    let outcomes: Vec<Outcome> = (0..5).map(|_| sh(&place.memory(), "echo >f").1).collect();
    assert_eq!(common::descriptors().len(), before + 5);
    let kept = outcomes[0].clone();
    drop(outcomes);
    assert_eq!(common::descriptors().len(), before + 1);
    assert_eq!(lines(&kept.changes().expect("changes")), ["A f"]);
    assert_eq!(common::descriptors().len(), before + 1);
}

// ---- while it runs ----

/// A shell that does line by line what it is told.
struct Shell {
    child: Child,
    input: std::process::ChildStdin,
    output: std::io::BufReader<std::process::ChildStdout>,
}

impl Shell {
    fn in_sandbox(sandbox: &Sandbox) -> Shell {
        let mut command = Command::shell(r#"while read -r line; do eval "$line"; echo; done"#);
        let mut child =
            sandbox.spawn(command.current_dir("/work").stdin(Stdio::piped()).stdout(Stdio::piped())).expect("spawns");
        let (input, output) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
        Shell { child, input, output: std::io::BufReader::new(output) }
    }

    /// Returns when it is done.
    fn does(&mut self, line: &str) {
        use std::io::{BufRead, Write};
        writeln!(self.input, "{line}").expect("said");
        self.output.read_line(&mut String::new()).expect("done");
    }

    fn looks(&self) -> Changes {
        self.child.changes().expect("changes")
    }
}

/// Those that a later look has and an earlier one has not.
fn since(later: &Changes, earlier: &Changes) -> Vec<String> {
    later.since(earlier).map(|change| change.to_string()).collect()
}

/// Waits until the clock that files are stamped with has gone on.
fn after_the_tick(shell: &Shell) -> Changes {
    let mut look = shell.looks();
    common::eventually("the clock ticks", || {
        let before = std::mem::replace(&mut look, shell.looks());
        since(&look, &before).is_empty()
    });
    look
}

#[test]
fn changes_are_told_of_while_it_runs() {
    let Some(_host) = common::host_with_overlays() else { return };
    let place = Place::new();
    for sandbox in [place.memory(), place.kept()] {
        let mut shell = Shell::in_sandbox(&sandbox);
        assert!(shell.looks().is_empty());
        shell.does("echo one >one; rm deleted; echo more >>modified; mkdir new");
        let first = after_the_tick(&shell);
        assert_eq!(lines(&first), ["D deleted", "M modified", "A new/", "A one"]);
        assert_eq!(first.read("one", 100).expect("reads"), b"one\n");
        shell.does("echo two >one; touch new/file; chmod 600 modified");
        let second = after_the_tick(&shell);
        assert_eq!(since(&second, &first), ["M modified", "A new/", "A new/file", "A one"]);
        // Of the same size, and as it was before: by its time alone.
        shell.does("echo two >one; rm -r new");
        let third = shell.looks();
        assert_eq!(since(&third, &second), ["A one"]);
        assert_eq!(since(&second, &third), ["A new/", "A new/file", "A one"]);
        let gone: Vec<String> =
            second.iter().filter(|change| third.get(&change.path).is_none()).map(|change| change.to_string()).collect();
        assert_eq!(gone, ["A new/", "A new/file"]);
        assert_eq!(first.read("one", 100).expect("reads what is there now"), b"two\n");

        drop(shell.input);
        let outcome = shell.child.wait().expect("ends");
        assert_eq!(lines(&outcome.changes().expect("changes")), lines(&third));
        assert_eq!(lines(&shell.child.changes().expect("the same")), lines(&third));
        drop((shell.child, outcome));
        // A look keeps what it has looked at, as an outcome does.
        assert_eq!(first.read("one", 100).expect("reads"), b"two\n");
        fs::remove_dir_all(place.path("upper")).expect("removed");
        fs::create_dir(place.path("upper")).expect("an upper");
    }
    let error =
        common::guest_sandbox().spawn(common::guest("many").arg("0")).expect("spawns").changes().expect_err("none");
    assert_eq!(error.to_string(), "changes: the sandbox had no overlay");
}

/// A look changes no mode, which the program would see: what shuts out the caller is an error until the end.
#[test]
fn a_look_while_it_runs_changes_nothing() {
    let Some(_host) = common::host_with_overlays() else { return };
    let place = Place::new();
    for sandbox in [place.memory(), place.kept()] {
        let mut shell = Shell::in_sandbox(&sandbox);
        shell.does("mkdir shut; echo secret >shut/file; echo secret >closed; chmod 0 shut/file closed");
        let privileged = shell.looks().read("closed", 100).is_ok();
        assert_eq!(lines(&shell.looks()), ["A closed", "A shut/", "A shut/file"]);
        shell.does("chmod 0 shut");
        match shell.child.changes() {
            Ok(changes) => assert_eq!((privileged, lines(&changes).len()), (true, 3)),
            Err(error) => {
                assert_eq!((privileged, error.path(), error.raw_os_error()), (false, Some("shut".as_ref()), Some(13)));
            }
        }
        shell.does("[ $(stat -c %a shut) = 0 ] && [ $(stat -c %a closed) = 0 ] && exit 0; exit 1");
        let outcome = shell.child.wait().expect("ends");
        assert_eq!(outcome.verdict, Verdict::Exited(0));
        assert_eq!(outcome.changes().expect("changes").read("shut/file", 100).expect("reads"), b"secret\n");
        if place.path("upper/shut").exists() {
            fs::set_permissions(place.path("upper/shut"), PermissionsExt::from_mode(0o700)).expect("chmod");
        }
    }
}

#[test]
fn one_file_is_copied_out() {
    let Some(_host) = common::host_with_overlays() else { return };
    let place = Place::new();
    let changes = run(&place.kept(), "change_everything", &[]).changes().expect("changes");
    let to = place.path("to");
    fs::create_dir(&to).expect("a directory");
    for (name, bytes, text) in
        [("chmod", 3, "711 old"), ("/anew/new", 3, "644 new"), ("added/sparse", 32 << 20, "644 33554432 bytes")]
    {
        let at = to.join(Path::new(name).file_name().expect("a name"));
        assert_eq!(changes.copy_file(name, &at).expect("copied"), bytes);
        let found = tree(&to);
        assert_eq!(found.values().collect::<Vec<_>>(), [text], "set-user-id is gone");
        assert!(at.metadata().expect("stat").blocks() < 2048, "the hole was filled");
        assert_eq!(at.metadata().expect("stat").uid(), rustix::process::geteuid().as_raw());
        let error = changes.copy_file(name, &at).expect_err("it is in the way");
        assert_eq!((error.path(), error.raw_os_error()), (Some(&*at), Some(Errno::EXIST.raw_os_error())));
        assert_eq!(tree(&to), found);
        fs::remove_file(at).expect("removed");
    }
    symlink("/no/such/place", to.join("link")).expect("a link");
    let errno = |from: &str, at: &Path| changes.copy_file(from, at).expect_err("refused").raw_os_error();
    assert_eq!(errno("modified", &to.join("link")), Some(Errno::EXIST.raw_os_error()));
    assert_eq!(errno("modified", &to.join("no/place")), Some(Errno::NOENT.raw_os_error()));
    assert_eq!(errno("modified", Path::new("/")), Some(Errno::INVAL.raw_os_error()));
    for (name, reason) in [
        ("relinked", Errno::INVAL),
        ("fifo", Errno::INVAL),
        ("kind", Errno::INVAL),
        ("none", Errno::NOENT),
        ("up/x", Errno::LOOP),
    ] {
        assert_eq!(errno(name, &to.join("file")), Some(reason.raw_os_error()), "{name}");
    }
    assert_eq!(fs::read_dir(&to).expect("lists").count(), 1, "nothing is left of what failed");
}

/// Puts links where files and directories were, and takes all of it away, as fast as it can.
fn swap(arguments: &[String]) -> i32 {
    let canary = Path::new(&arguments[0]);
    let above = canary.parent().expect("a parent");
    println!();
    loop {
        let _ = fs::create_dir("place");
        let _ = fs::write("place/kept", "mine");
        let _ = fs::write("kept", "mine");
        let _ = symlink(canary, "link");
        let _ = fs::rename("link", "kept");
        let _ = fs::rename("place", "moved");
        let _ = symlink(above, "place");
        let _ = fs::remove_file("place");
        let _ = fs::remove_dir_all("moved");
        let _ = fs::remove_file("kept");
    }
}

#[test]
fn links_that_are_swapped_under_a_look_lead_nowhere() {
    let Some(_host) = common::host_with_overlays() else { return };
    let place = Place::new();
    write(&place.path("canary"), &[("kept", "the canary")]);
    let canary = place.path("canary/kept");
    for sandbox in [place.memory(), place.kept()] {
        let mut command = common::guest("swap");
        command.arg(&canary).current_dir("/work").stdout(Stdio::piped());
        let mut child = sandbox.spawn(command).expect("spawns");
        child.stdout.as_mut().expect("piped").read_exact(&mut [0]).expect("it begins");
        // Whether there was something to be copied.
        let look = || {
            let changes = child.changes().expect("whatever is there");
            let paths: Vec<&Path> = changes.iter().map(|change| &*change.path).collect();
            assert!(paths.is_sorted_by(|one, other| one < other), "{paths:?}");
            ["kept", "place/kept"].map(|name| {
                let to = place.path("copy");
                match changes.copy_file(name, &to) {
                    Ok(_) => {
                        assert!(matches!(&*fs::read_to_string(&to).expect("a copy"), "mine" | ""));
                        fs::remove_file(to).expect("removed");
                        true
                    }
                    Err(error) => {
                        let errno = Errno::from_raw_os_error(error.raw_os_error().expect("the kernel's"));
                        let expected = [Errno::NOENT, Errno::LOOP, Errno::NOTDIR, Errno::INVAL];
                        assert!(expected.contains(&errno), "{error}");
                        false
                    }
                }
            })
        };
        for _ in 0..common::amount(50, 5) {
            look();
        }
        common::eventually("there was something to be copied", || look().contains(&true));
    }
    assert_eq!(fs::read_to_string(canary).expect("as it was"), "the canary");
}
