//! Images that are as they should be, read from layouts and archives that are written here byte by byte, into a store
//! that is shared, raced for and interrupted.
#![cfg(feature = "oci")]

mod common;

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use belljar::{Image, Store};
use common::oci::{self, FOREIGN, Layer, Layout, MTIME, OURS, Tar};
use common::{TempDir, host, on_host};
use serde_json::{Value, json};

guests! {
    open_image, open_and_stop, open_by_default, open_and_fail, open_with_small_files, open_without_tmpfile, open_again_and_again,
    open_and_keep, sweep_and_stop,
}

/// Opens an image in the store that the arguments name, and says where its layers are.
fn open_image(arguments: &[String]) -> i32 {
    let image = Image::open_in(&arguments[0], &Store::new(&arguments[1])).expect("opens");
    image.layers().for_each(|layer| println!("{}", layer.display()));
    0
}

/// As [`open_image`], but the first of the system calls with this number is never left.
fn open_and_stop(arguments: &[String]) -> i32 {
    stop_at(arguments[2].parse().expect("a number"));
    open_image(arguments)
}

/// Sweeps a store, but the first of the system calls with this number is never left.
fn sweep_and_stop(arguments: &[String]) -> i32 {
    stop_at(arguments[1].parse().expect("a number"));
    Store::new(&arguments[0]).sweep().expect("sweeps");
    0
}

fn stop_at(call: libc::c_long) {
    extern "C" fn stay(_: i32) {
        const SAID: &[u8] = b"stopped\n";
        // SAFETY: write and pause may be called in a handler.
        unsafe {
            libc::write(1, SAID.as_ptr().cast(), SAID.len());
            loop {
                libc::pause();
            }
        }
    }
    // SAFETY: the handler does nothing but the two calls.
    unsafe { libc::signal(libc::SIGSYS, stay as *const () as libc::sighandler_t) };
    common::filter::install(&[(call, common::filter::TRAP)]);
}

/// Opens an image so many times, and each time sees that all of it is there as long as it is open.
fn open_again_and_again(arguments: &[String]) -> i32 {
    for _ in 0..arguments[2].parse().expect("a number") {
        let image = Image::open_in(&arguments[0], &Store::new(&arguments[1])).expect("opens");
        for layer in image.layers() {
            assert_eq!(listing(&layer.join("d")).len(), 50);
        }
    }
    0
}

/// Opens an image, says so, and stays.
fn open_and_keep(arguments: &[String]) -> i32 {
    let _image = Image::open_in(&arguments[0], &Store::new(&arguments[1])).expect("opens");
    println!("opened");
    std::thread::sleep(std::time::Duration::from_secs(100));
    1
}

/// Opens an image while the system call of this number fails with this errno; that must be told.
fn open_and_fail(arguments: &[String]) -> i32 {
    let number = |index: usize| arguments[index].parse().expect("a number");
    common::filter::install(&[(number(2), common::filter::errno(number(3) as i32))]);
    let error = Image::open_in(&arguments[0], &Store::new(&arguments[1])).expect_err("it fails");
    println!("{error}");
    assert_eq!(error.raw_os_error(), Some(number(3) as i32));
    0
}

/// Opens an image with a file that this process may not write: RLIMIT_FSIZE would end it with SIGXFSZ.
fn open_with_small_files(arguments: &[String]) -> i32 {
    let limit = rustix::process::Rlimit { current: Some(1 << 20), maximum: Some(1 << 20) };
    rustix::process::setrlimit(rustix::process::Resource::Fsize, limit).expect("set");
    let error = Image::open_in(&arguments[0], &Store::new(&arguments[1])).expect_err("it fails");
    assert_eq!(error.raw_os_error(), Some(libc::EFBIG), "{error}");
    0
}

/// As [`open_image`], where the filesystem has no O_TMPFILE, as NFS and some of FUSE have not.
fn open_without_tmpfile(arguments: &[String]) -> i32 {
    const O_TMPFILE: u32 = 0x40_0000;
    let refused = common::filter::errno(libc::EOPNOTSUPP);
    common::filter::install_for_size(libc::SYS_openat, O_TMPFILE, O_TMPFILE | 0xf_ffff, refused);
    open_image(arguments)
}

fn open_by_default(arguments: &[String]) -> i32 {
    let image = Image::open(&arguments[0]).expect("opens");
    image.layers().for_each(|layer| println!("{}", layer.display()));
    0
}

/// A directory with a store and the layout of an image.
struct Scene {
    dir: TempDir,
    store: Store,
}

impl Scene {
    fn new() -> Scene {
        let dir = TempDir::new("image");
        let store = Store::new(dir.path().join("store"));
        Scene { dir, store }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes the layout `name` and opens it.
    fn layout(&self, name: &str, layers: &[Layer], config: &Value) -> Image {
        oci::write_layout(&self.path(name), layers, config);
        self.open(name)
    }

    fn open(&self, name: &str) -> Image {
        Image::open_in(self.path(name), &self.store).expect("opens")
    }

    /// The one layer of an image that has this archive for it.
    fn unpack(&self, tar: Tar) -> PathBuf {
        let tar = tar.finish();
        let image = self.layout(&oci::sha256(&tar), &[oci::plain(&tar)], &json!({}));
        image.layers().next().expect("one layer").to_owned()
    }

    fn names(&self, dir: &str) -> Vec<PathBuf> {
        listing(&self.path("store").join(dir))
    }
}

fn listing(dir: &Path) -> Vec<PathBuf> {
    let mut names: Vec<PathBuf> =
        fs::read_dir(dir).expect("a directory").map(|entry| entry.expect("an entry").path()).collect();
    names.sort();
    names
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path).expect("a file")
}

fn xattr(path: &Path, name: &str) -> Option<Vec<u8>> {
    let mut value = [0u8; 256];
    let length = rustix::fs::lgetxattr(path, name, &mut value).ok()?;
    Some(value[..length].to_vec())
}

fn base() -> Vec<u8> {
    Tar::new()
        .dir("./", 0o755)
        .dir("bin/", 0o755)
        .program("bin/app", b"#!/bin/sh\n")
        .entry(b'0', b"bin/su", b"", 0o6755, b"")
        .dir("etc/", 0o750)
        .file("etc/passwd", "root:x:0:0::/root:/bin/sh\napp:x:123:456::/home/app:/bin/sh\n")
        .file("etc/group", "root:x:0:\nstaff:x:50:app\n")
        .entry(b'0', b"etc/shadow", b"", 0, b"secret")
        .dir("tmp", 0o1777)
        .symlink("lib", "usr/lib")
        .dir("usr/lib", 0o555)
        .file("lib/x.so", "x")
        .hard_link("lib/y.so", "usr/lib/x.so")
        .hard_link("lib/link", "lib")
        .entry(b'6', b"pipe", b"", 0o600, b"")
        .entry(b'3', b"null", b"", 0o666, b"")
        .file("implied/directory/file", "f")
        .finish()
}

#[test]
fn a_layer_is_unpacked_as_it_is() {
    let (_host, scene) = (host(), Scene::new());
    let image = scene.layout("a", &[oci::gzip(&base())], &json!({}));
    let layers: Vec<&Path> = image.layers().collect();
    assert_eq!(layers, image.overlay().lowers().collect::<Vec<_>>());
    let root = layers[0];
    let stat = |name: &str| root.join(name).symlink_metadata().expect(name);
    let mode = |name: &str| stat(name).mode() & 0o7777;
    // Setuid and setgid go; the owner keeps what it needs to read and to remove.
    assert_eq!([mode("bin/app"), mode("bin/su"), mode("etc"), mode("etc/shadow")], [0o755, 0o755, 0o750, 0o400]);
    assert_eq!([mode("tmp"), mode("usr/lib"), mode("usr/lib/x.so"), mode("pipe")], [0o1777, 0o755, 0o644, 0o600]);
    assert_eq!([mode("."), mode("implied"), mode("implied/directory")], [0o755; 3]);
    assert_eq!(read(root.join("etc/shadow")), "secret");
    assert_eq!(root.join("lib").read_link().expect("a link"), Path::new("usr/lib"));
    // In the middle of a name a link is followed, at its end it is not.
    assert_eq!(read(root.join("usr/lib/x.so")), "x");
    assert_eq!(stat("usr/lib/x.so").ino(), stat("usr/lib/y.so").ino());
    assert_eq!(stat("usr/lib/link").ino(), stat("lib").ino());
    assert!(stat("pipe").file_type().is_fifo());
    assert!(!root.join("null").exists());
    let (uid, gid) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
    for name in [".", "bin", "bin/app", "lib", "pipe", "implied"] {
        assert_eq!((stat(name).uid(), stat(name).gid()), (uid, gid), "{name}");
    }
    // Directories too have the archive's time, though they were filled after.
    for name in [".", "bin", "bin/app", "etc", "lib", "usr/lib/y.so", "pipe"] {
        assert_eq!(stat(name).mtime(), MTIME, "{name}");
    }
    assert!(scene.names("partial").is_empty());
}

#[test]
fn whiteouts_become_overlayfs_s() {
    let (_host, scene) = (host(), Scene::new());
    if !oci::has_whiteouts("whiteouts_become_overlayfs_s") {
        return;
    }
    let root = scene.unpack(
        Tar::new()
            .file("a/.wh.gone", "")
            .dir("a/opaque", 0o755)
            .file("a/opaque/.wh..wh..opq", "")
            .file("a/opaque/kept", "k")
            // What the layer has itself is not hidden, whichever comes first.
            .file("before", "b")
            .file(".wh.before", "")
            .file(".wh.after", "")
            .file("after", "a")
            // A directory that hides one: the new one begins anew.
            .file(".wh.renewed", "")
            .file("renewed/file", "r")
            .dir("again", 0o755)
            .file(".wh.again", "")
            .file(".wh.anew", "")
            .dir("anew", 0o700)
            // aufs's own.
            .dir(".wh..wh.plnk", 0o755)
            .file(".wh..wh.plnk/1.2", "")
            .file(".wh..wh.aufs", ""),
    );
    let gone = root.join("a/gone").symlink_metadata().expect("a whiteout");
    assert!(gone.file_type().is_char_device() && gone.rdev() == 0);
    let opaque = |name: &str| xattr(&root.join(name), "user.overlay.opaque");
    assert_eq!(
        ["a/opaque", "renewed", "again", "anew"].map(opaque),
        [const { Some(b'y') }; 4].map(|y| y.map(|y| vec![y]))
    );
    assert_eq!(["a", "."].map(opaque), [None, None]);
    assert_eq!([read(root.join("before")), read(root.join("after")), read(root.join("renewed/file"))], ["b", "a", "r"]);
    assert_eq!(listing(&root.join("a/opaque")), [root.join("a/opaque/kept")]);
    let hidden = |path: &&PathBuf| path.to_string_lossy().contains("/.wh.");
    assert_eq!(listing(&root).iter().filter(hidden).count(), 0);
}

/// overlayfs does not look at the root of a layer: what it hides is left out of the stack.
#[test]
fn an_opaque_root_hides_all_lower_layers() {
    let (_host, scene) = (host(), Scene::new());
    if !oci::has_whiteouts("an_opaque_root_hides_all_lower_layers") {
        return;
    }
    let tars = [Tar::new().file("a", "1"), Tar::new().file(".wh..wh..opq", ""), Tar::new().file("b", "2")];
    let layers = tars.map(|tar| oci::zstd(&tar.finish()));
    let image = scene.layout("a", &layers, &json!({}));
    assert_eq!(image.layers().len(), 2);
    assert!(!image.layers().any(|layer| layer.join("a").exists()));
}

/// overlayfs refuses one directory at two places.
#[test]
fn a_layer_that_comes_twice_is_stacked_once() {
    let (_host, scene) = (host(), Scene::new());
    let [a, b] = [Tar::new().file("a", "1"), Tar::new().file("b", "2")].map(|tar| oci::plain(&tar.finish()));
    let image = scene.layout("a", &[a.clone(), b.clone(), a.clone()], &json!({}));
    let names: Vec<String> =
        image.layers().map(|layer| layer.file_name().expect("a name").display().to_string()).collect();
    assert_eq!(names, [&b.diff_id["sha256:".len()..], &a.diff_id["sha256:".len()..]]);
}

#[test]
fn later_entries_replace_earlier_ones() {
    let (_host, scene) = (host(), Scene::new());
    let root = scene.unpack(
        Tar::new()
            .file("file", "1")
            .file("file", "2")
            .file("to-dir", "1")
            .dir("to-dir", 0o755)
            .file("to-dir/a", "a")
            .dir("to-file/deep/er", 0o755)
            .file("to-file/deep/er/x", "x")
            .file("to-file", "now")
            .symlink("to-link", "nowhere")
            .dir("to-link", 0o755)
            .dir("again", 0o755)
            .file("again/kept", "k")
            .dir("again", 0o711)
            .file("self", "s")
            .hard_link("self", "self")
            .dir("to-hard", 0o755)
            .hard_link("to-hard", "self"),
    );
    assert_eq!(
        ["file", "to-dir/a", "to-file", "again/kept", "self", "to-hard"].map(|name| read(root.join(name))),
        ["2", "a", "now", "k", "s", "s"]
    );
    assert!(root.join("to-link").symlink_metadata().expect("there").is_dir());
    assert_eq!(root.join("again").metadata().expect("there").mode() & 0o777, 0o711);
    assert!(scene.names("partial").is_empty());
}

#[test]
fn names_may_be_long_and_hold_any_byte() {
    let (_host, scene) = (host(), Scene::new());
    let long = format!("{}/{}", "d".repeat(200), "f".repeat(200));
    let odd: &[u8] = b"new\nline \xff\xfe:,\\";
    let root = scene.unpack(
        Tar::new()
            .entry(b'L', b"././@LongLink", b"", 0, &[long.as_bytes(), b"\0"].concat())
            .file("cut", "gnu")
            .entry(b'K', b"././@LongLink", b"", 0, long.as_bytes())
            .symlink("link", "cut")
            .pax(&[("path", b"pax\nname")])
            .file("other", "pax")
            .pax(&[("linkpath", b"odd\nlink"), ("mtime", b"-1.25"), ("comment", b"")])
            .symlink("odd-link", "other")
            .pax(&[("SCHILY.xattr.security.capability", b"\x01"), ("size", b"3")])
            .entry(b'0', odd, b"", 0o644, b"odd")
            .entry(b'g', b"pax_global_header", b"", 0, b"13 comment=x\n"),
    );
    assert_eq!(read(root.join(&long)), "gnu");
    assert_eq!(root.join("link").read_link().expect("a link"), Path::new(&long));
    assert_eq!(read(root.join("pax\nname")), "pax");
    assert_eq!(root.join("odd-link").read_link().expect("a link"), Path::new("odd\nlink"));
    let stat = root.join("odd-link").symlink_metadata().expect("a link");
    assert_eq!((stat.mtime(), stat.mtime_nsec()), (-2, 750_000_000));
    assert_eq!(read(root.join(OsStr::from_bytes(odd))), "odd");
    assert_eq!(xattr(&root.join(OsStr::from_bytes(odd)), "security.capability"), None);
}

#[test]
fn user_attributes_are_kept() {
    let (_host, scene) = (host(), Scene::new());
    if !oci::has_whiteouts("user_attributes_are_kept") {
        return;
    }
    let value = b"any\nbyte \xff";
    let tar = Tar::new().pax(&[("SCHILY.xattr.user.note", value)]).file("a", "");
    let root = scene.unpack(tar.pax(&[("SCHILY.xattr.user.note", value)]).dir("d", 0o755));
    assert_eq!(
        ["a", "d"].map(|name| xattr(&root.join(name), "user.note")),
        [Some(value.to_vec()), Some(value.to_vec())]
    );
}

/// A file of 1 MiB that has `begin` at its beginning and `end` at 1,000,000, in each of the four ways.
#[test]
fn sparse_files_have_their_holes() {
    const SIZE: u64 = 1 << 20;
    let (_host, scene) = (host(), Scene::new());
    let mut old = oci::header(b'S', b"old", b"", 0o644, 8);
    for (at, value) in [(386, 0), (398, 5), (410, 1_000_000), (422, 3), (483, SIZE)] {
        old[at..at + 12].copy_from_slice(format!("{value:011o}\0").as_bytes());
    }
    oci::checksum(&mut old);
    let size = SIZE.to_string();
    let real = |key| (key, size.as_bytes());
    let map = "2\n0\n5\n1000000\n3\n";
    let mut in_data = map.as_bytes().to_vec();
    in_data.resize(512, 0);
    in_data.extend(b"beginend");
    let mut tar = Tar::new();
    tar.0.extend(old);
    let tar = tar
        .data(b"beginend")
        .pax(&[
            real("GNU.sparse.size"),
            ("GNU.sparse.numblocks", b"2"),
            ("GNU.sparse.offset", b"0"),
            ("GNU.sparse.numbytes", b"5"),
            ("GNU.sparse.offset", b"1000000"),
            ("GNU.sparse.numbytes", b"3"),
        ])
        .file("v0.0", "beginend")
        .pax(&[real("GNU.sparse.size"), ("GNU.sparse.name", b"v0.1"), ("GNU.sparse.map", b"0,5,1000000,3")])
        .file("GNUSparseFile.1/v0.1", "beginend")
        .pax(&[
            ("GNU.sparse.major", b"1"),
            ("GNU.sparse.minor", b"0"),
            ("GNU.sparse.name", b"v1.0"),
            real("GNU.sparse.realsize"),
        ])
        .entry(b'0', b"GNUSparseFile.1/v1.0", b"", 0o644, &in_data)
        .file("next", "n");
    let root = scene.unpack(tar);
    let mut expected = vec![0; SIZE as usize];
    expected[..5].copy_from_slice(b"begin");
    expected[1_000_000..1_000_003].copy_from_slice(b"end");
    for name in ["old", "v0.0", "v0.1", "v1.0"] {
        assert!(fs::read(root.join(name)).expect(name) == expected, "{name}");
    }
    assert_eq!(read(root.join("next")), "n");
}

#[test]
fn the_configuration_becomes_a_command() {
    let (_host, scene) = (host(), Scene::new());
    let config = json!({
        "Entrypoint": ["/bin/app", "--flag"], "Cmd": ["a b", ""], "WorkingDir": "/work", "User": "app",
        "Env": ["PATH=/bin", "EQUALS=a=b", "EMPTY=", "BARE"], "Labels": {"a": "b"}, "ExposedPorts": {"80/tcp": {}},
    });
    let image = scene.layout("a", &[oci::plain(&base())], &config);
    let command = image.command();
    assert_eq!(command.get_program(), "/bin/app");
    assert_eq!(command.get_args().collect::<Vec<_>>(), ["--flag", "a b", ""]);
    assert_eq!(command.get_current_dir(), Some(Path::new("/work")));
    let env: Vec<(&OsStr, Option<&OsStr>)> = command.get_envs().collect();
    let expected = [("BARE", ""), ("EMPTY", ""), ("EQUALS", "a=b"), ("HOME", "/home/app"), ("PATH", "/bin")];
    assert_eq!(env, expected.map(|(key, value)| (OsStr::new(key), Some(OsStr::new(value)))));
    assert_eq!(image.user().expect("a user"), (123, 456));
    let other = image.command_for("sh");
    assert_eq!((other.get_program(), other.get_args().len()), (OsStr::new("sh"), 0));
    assert_eq!(other.get_envs().len(), 5);
    let home = |name: &str, config: &serde_json::Value| {
        let command = scene.layout(name, &[oci::plain(&base())], config).command();
        command.get_envs().find(|(key, _)| *key == "HOME").map(|(_, value)| value.expect("a value").to_owned())
    };
    assert_eq!(home("c", &json!({"Env": ["HOME=/own"], "User": "app"})).as_deref(), Some(OsStr::new("/own")));
    assert_eq!(home("d", &json!({})).as_deref(), Some(OsStr::new("/root")));
    assert_eq!(home("e", &json!({"User": "77"})), None);
    // With nothing to run it is `spawn` that says so.
    let nothing = scene.layout("b", &[oci::plain(&base())], &json!({})).command();
    let error = belljar::Sandbox::new().spawn(nothing).expect_err("no program");
    assert_eq!(error.step(), belljar::Step::Program);
}

#[test]
fn users_are_looked_up_in_the_image() {
    let (_host, scene) = (host(), Scene::new());
    if !oci::has_whiteouts("users_are_looked_up_in_the_image") {
        return;
    }
    let base = oci::plain(&base());
    let user = |name: &str, user: &str, layers: &[Layer]| {
        let image = scene.layout(name, layers, &json!({"User": user}));
        image.user().map_err(|error| error.to_string().split_once(": ").expect("a label").1.to_owned())
    };
    for (text, ids) in [
        ("", (0, 0)),
        ("0", (0, 0)),
        ("123", (123, 456)),
        ("77", (77, 0)),
        ("77:88", (77, 88)),
        ("app", (123, 456)),
        ("app:staff", (123, 50)),
        ("app:7", (123, 7)),
        ("4000000000", (4_000_000_000, 0)),
    ] {
        assert_eq!(user("a", text, std::slice::from_ref(&base)), Ok(ids), "{text:?}");
    }
    let one = std::slice::from_ref(&base);
    assert_eq!(user("a", "nobody", one), Err("the image's user \"nobody\" is not in its /etc/passwd".into()));
    assert_eq!(user("a", "app:wheel", one), Err("the image's group \"wheel\" is not in its /etc/group".into()));

    // The highest layer that says something about the file decides.
    let layer = |tar: Tar| oci::plain(&tar.finish());
    let newer = layer(Tar::new().file("etc/passwd", "app:x:7:8::/:/bin/sh\n"));
    let unrelated = layer(Tar::new().file("etc/motd", "hello"));
    let gone = layer(Tar::new().file("etc/.wh.passwd", ""));
    let etc_gone = layer(Tar::new().file(".wh.etc", ""));
    assert_eq!(user("b", "app", &[base.clone(), newer, unrelated]), Ok((7, 8)));
    let missing = Err("the image's user \"app\" is not in its /etc/passwd".to_owned());
    assert_eq!(user("c", "app", &[base.clone(), gone]), missing);
    assert_eq!(user("d", "app", &[base.clone(), etc_gone]), missing);
    // A link could lead to the host's; the canary is the host's own list.
    let link = layer(Tar::new().symlink("etc/passwd", "/etc/passwd"));
    assert!(
        user("e", "root", &[base.clone(), link]).expect_err("a link").contains("Too many levels of symbolic links")
    );
    let link = layer(Tar::new().symlink("etc", "/etc"));
    assert!(
        user("f", "root", &[base.clone(), link]).expect_err("a link").contains("Too many levels of symbolic links")
    );
    let fifo = layer(Tar::new().entry(b'6', b"etc/passwd", b"", 0o644, b""));
    assert!(user("g", "app", &[base, fifo]).expect_err("a FIFO").contains("/etc/passwd is not a file"));
}

#[test]
fn archives_of_docker_save_are_read() {
    let (_host, scene) = (host(), Scene::new());
    let tars = [base(), Tar::new().file("etc/motd", "hello").finish()];
    let mut layers = tars.map(|tar| oci::plain(&tar)).to_vec();
    layers.push(layers[0].clone());
    let config = json!({"Cmd": ["/bin/app"]});
    let saved = oci::docker_save(&layers, &config);
    let archive = |name: &str, bytes: &[u8]| {
        fs::write(scene.path(name), bytes).expect("written");
        let image = scene.open(name);
        assert_eq!(image.command().get_program(), "/bin/app");
        image.layers().map(Path::to_owned).collect::<Vec<_>>()
    };
    let found = archive("plain.tar", &saved);
    assert_eq!(found.len(), 2);
    assert_eq!(read(found[0].join("etc/motd")), "hello");
    assert!(found[1].join("bin/app").exists());
    assert_eq!(archive("a.tar.gz", &oci::gzipped(&saved)), found);
    assert_eq!(archive("a.tar.zst", &zstd::encode_all(&*saved, 1).expect("compressed")), found);
    let output = on_host("open_without_tmpfile").args([scene.path("a.tar.gz"), scene.path("store")]).output();
    assert!(output.expect("runs").status.success());
    assert!(scene.names("partial").is_empty());
    let named = |name: &str| Image::open_named(scene.path("plain.tar"), name, &scene.store);
    assert!(named("test:latest").is_ok());
    let error = named("test:other").expect_err("no such image").to_string();
    assert!(error.ends_with(r#"no image "test:other"; there are ["test:latest"]"#), "{error}");

    // Later versions save a layout in the archive, with a manifest.json beside it.
    oci::write_layout(&scene.path("layout"), &layers, &config);
    let mut tar = Tar::new().dir("blobs/", 0o755).dir("blobs/sha256/", 0o755);
    for path in listing(&scene.path("layout/blobs/sha256")) {
        let name = format!("blobs/sha256/{}", path.file_name().expect("a name").display());
        tar = tar.program(&name, &fs::read(path).expect("a blob"));
    }
    let tar = tar.file("index.json", &read(scene.path("layout/index.json"))).file("manifest.json", "[]");
    let tar = tar.file("./oci-layout", &read(scene.path("layout/oci-layout")));
    assert_eq!(archive("layout.tar", &tar.finish()), found);
    assert!(scene.names("partial").is_empty());
}

#[test]
fn an_index_gives_the_image_of_this_platform_and_name() {
    let (_host, scene) = (host(), Scene::new());
    let dir = scene.path("a");
    let layout = Layout::new(&dir);
    let image = |name: &str, platform: &str, tag: &str| {
        let layer = oci::gzip(&Tar::new().file(name, "").finish());
        let mut config = oci::config(std::slice::from_ref(&layer), &json!({"Cmd": [name]}));
        config["architecture"] = platform.into();
        let mut descriptor = layout.json(oci::MANIFEST, &layout.manifest(&[layer], &config));
        descriptor["platform"] = json!({"os": "linux", "architecture": platform});
        if !tag.is_empty() {
            descriptor["annotations"] = json!({"org.opencontainers.image.ref.name": tag});
        }
        descriptor
    };
    let program = |name: Option<&str>| {
        let image = match name {
            Some(name) => Image::open_named(&dir, name, &scene.store),
            None => Image::open_in(&dir, &scene.store),
        };
        image.map(|image| image.command().get_program().to_owned()).map_err(|error| error.to_string())
    };
    let nested = json!({"schemaVersion": 2, "manifests": [image("theirs", FOREIGN, ""), image("ours", OURS, "")]});
    let mut nested = layout.json(oci::INDEX, &nested);
    nested["annotations"] = json!({"org.opencontainers.image.ref.name": "multi"});
    layout.index(std::slice::from_ref(&nested));
    assert_eq!(program(None), Ok("ours".into()));

    layout.index(&[nested.clone(), image("one", OURS, "one"), image("foreign", FOREIGN, "foreign")]);
    assert_eq!(program(Some("multi")), Ok("ours".into()));

    // As docker save writes it from version 25 on: the tag under the usual key, all of the name under its own.
    let saved = |command: &str, name: &str| {
        let mut descriptor = image(command, OURS, "latest");
        descriptor["annotations"]["io.containerd.image.name"] = format!("registry.example/library/{name}").into();
        descriptor
    };
    layout.index(&[saved("one", "python:latest"), saved("two", "cpython:latest")]);
    assert_eq!(program(Some("python:latest")), Ok("one".into()));
    assert_eq!(program(Some("library/cpython:latest")), Ok("two".into()));
    assert_eq!(program(Some("registry.example/library/cpython:latest")), Ok("two".into()));
    assert!(program(Some("latest")).expect_err("two").contains("2 images"));
    assert!(program(Some("thon:latest")).is_err());
    layout.index(&[nested.clone(), image("one", OURS, "one"), image("foreign", FOREIGN, "foreign")]);
    assert_eq!(program(Some("one")), Ok("one".into()));
    assert!(program(None).expect_err("two").ends_with(r#"2 images; open one by its name, of ["multi", "one"]"#));
    assert!(
        program(Some("two")).expect_err("none").contains(r#"no image "two"; there are ["multi", "one", "foreign"]"#)
    );
    assert!(program(Some("foreign")).expect_err("foreign").contains(&format!("no image for linux/{OURS}")));
    // Where the index does not say it, the configuration does.
    let mut silent = image("foreign", FOREIGN, "");
    silent.as_object_mut().expect("an object").remove("platform");
    layout.index(&[silent]);
    assert!(
        program(None).expect_err("foreign").contains(&format!("the image is for linux/{FOREIGN}, not linux/{OURS}"))
    );
}

/// What is in the store is neither read nor written again.
#[test]
fn images_share_layers() {
    let (_host, scene) = (host(), Scene::new());
    let [own, other] = ["one", "two"].map(|name| oci::plain(&Tar::new().file(name, name).finish()));
    let shared = oci::gzip(&base());
    let first = scene.layout("a", &[shared.clone(), own], &json!({}));
    let inode = first.layers().next().expect("a layer").metadata().expect("there").ino();
    oci::write_layout(&scene.path("b"), &[shared.clone(), other], &json!({}));
    fs::remove_file(scene.path("b/blobs/sha256").join(oci::sha256(&shared.blob))).expect("removed");
    let second = scene.open("b");
    assert_eq!(first.layers().next(), second.layers().next());
    assert_eq!(second.layers().next().expect("a layer").metadata().expect("there").ino(), inode);
    assert_eq!(scene.names("layers").len(), 3);
}

/// Threads and processes at once, each layer is unpacked by one.
#[test]
fn concurrent_unpacking_leaves_each_layer_once() {
    let (_host, scene) = (host(), Scene::new());
    if !oci::has_whiteouts("concurrent_unpacking_leaves_each_layer_once") {
        return;
    }
    let layers: Vec<Layer> = (0..4).map(|number| oci::gzip(&many_files(number, 200))).collect();
    oci::write_layout(&scene.path("a"), &layers, &json!({}));
    let (image, store) = (scene.path("a"), scene.path("store"));
    let processes: Vec<_> = (0..4)
        .map(|_| on_host("open_image").arg(&image).arg(&store).stdout(Stdio::piped()).spawn().expect("runs"))
        .collect();
    let opened = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| scene.open("a"))).collect();
        threads.into_iter().map(|thread| thread.join().expect("opens")).collect::<Vec<_>>()
    });
    let expected: Vec<PathBuf> = opened[0].layers().map(Path::to_owned).collect();
    assert_eq!(expected.len(), 4);
    for image in &opened {
        assert!(image.layers().eq(&expected));
    }
    for process in processes {
        let output = process.wait_with_output().expect("ends");
        let lines = String::from_utf8(output.stdout).expect("text");
        assert!(output.status.success() && lines.lines().map(Path::new).eq(&expected), "{lines}");
    }
    assert_eq!(scene.names("layers").len(), 4);
    assert!(scene.names("partial").is_empty());
    assert!(expected.iter().all(|layer| listing(&layer.join("d")).len() == 200));
}

fn many_files(number: u32, count: u32) -> Vec<u8> {
    let tar = Tar::new().file("number", &number.to_string()).file(".wh.gone", "").dir("d", 0o755);
    (0..count).fold(tar, |tar, file| tar.file(&format!("d/{file}"), "contents")).finish()
}

/// A process is killed within it, at the first whiteout, before the sync, and before the
/// rename. There is never a half layer, and the next one that opens an image cleans up.
#[test]
fn interrupted_unpacking_leaves_a_consistent_store() {
    let (_host, scene) = (host(), Scene::new());
    if !oci::has_whiteouts("interrupted_unpacking_leaves_a_consistent_store") {
        return;
    }
    let layer = oci::gzip(&many_files(0, 100));
    oci::write_layout(&scene.path("a"), std::slice::from_ref(&layer), &json!({}));
    oci::write_layout(&scene.path("b"), &[oci::plain(&Tar::new().finish())], &json!({}));
    let partial = scene.path("store/partial").join(&layer.diff_id["sha256:".len()..]);
    for (round, call) in [libc::SYS_mknodat, libc::SYS_syncfs, libc::SYS_renameat2].into_iter().enumerate() {
        let mut stopped = on_host("open_and_stop")
            .args([scene.path("a"), scene.path("store")])
            .arg(call.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .expect("runs");
        let mut said = String::new();
        BufReader::new(stopped.stdout.take().expect("piped")).read_line(&mut said).expect("it says so");
        assert_eq!(said, "stopped\n");
        assert!(partial.join("root/number").exists());
        // As long as it lives, nobody takes that away from it.
        scene.open("b");
        assert!(partial.join("root/number").exists());
        assert_eq!(scene.names("layers").len(), 1);
        stopped.kill().expect("killed");
        stopped.wait().expect("reaped");
        // The second round goes straight for the same layer, the others sweep it up on the way to another one.
        let opened = scene.open(if round == 1 { "a" } else { "b" });
        assert!(scene.names("partial").is_empty());
        if round == 1 {
            let layer = opened.layers().next().expect("a layer");
            assert_eq!(listing(&layer.join("d")).len(), 100);
            fs::remove_dir_all(layer).expect("removed");
        }
    }
    assert_eq!(scene.names("layers").len(), 1);
    assert_eq!(scene.open("a").layers().len(), 1);
}

/// Whoever waits for a process that is killed does the work itself.
#[test]
fn who_waits_for_a_killed_process_unpacks() {
    let (_host, scene) = (host(), Scene::new());
    if !oci::has_whiteouts("who_waits_for_a_killed_process_unpacks") {
        return;
    }
    oci::write_layout(&scene.path("a"), &[oci::gzip(&many_files(0, 10))], &json!({}));
    let mut stopped = on_host("open_and_stop")
        .args([scene.path("a"), scene.path("store")])
        .arg(libc::SYS_syncfs.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .expect("runs");
    let mut said = [0; 8];
    stopped.stdout.take().expect("piped").read_exact(&mut said).expect("it says so");
    let opened = std::thread::scope(|scope| {
        let waits = scope.spawn(|| scene.open("a"));
        // It cannot end before: the lock is another's.
        std::thread::sleep(std::time::Duration::from_millis(50));
        let early = waits.is_finished() || !scene.names("layers").is_empty();
        stopped.kill().expect("killed");
        stopped.wait().expect("reaped");
        assert!(!early);
        waits.join().expect("opens")
    });
    assert_eq!(listing(&opened.layers().next().expect("a layer").join("d")).len(), 10);
    assert!(scene.names("partial").is_empty());
}

/// What lies in `partial` is removed whatever it is: deep trees, directories that nobody may enter, files.
#[test]
fn leftovers_of_any_kind_are_swept() {
    let (_host, scene) = (host(), Scene::new());
    oci::write_layout(&scene.path("a"), &[oci::plain(&Tar::new().finish())], &json!({}));
    scene.open("a");
    let left = scene.path("store/partial").join("0".repeat(64));
    fs::create_dir_all(left.join("root")).expect("made");
    fs::write(scene.path("store/partial/scratch"), "").expect("written");
    let mut dir = File::open(left.join("root")).expect("opened");
    for _ in 0..common::amount(3000, 1000) {
        rustix::fs::mkdirat(&dir, "deep", rustix::fs::Mode::RWXU).expect("made");
        rustix::fs::symlinkat("/", &dir, "root").expect("made");
        let flags = rustix::fs::OFlags::DIRECTORY;
        dir = rustix::fs::openat(&dir, "deep", flags, rustix::fs::Mode::empty()).expect("opened").into();
    }
    rustix::fs::mkdirat(&dir, "closed", rustix::fs::Mode::empty()).expect("made");
    drop(dir);
    scene.open("a");
    assert!(scene.names("partial").is_empty());
}

/// A process that stands still where it was told to, or waits. It is killed when it is dropped.
struct Standing(std::process::Child);

impl Drop for Standing {
    fn drop(&mut self) {
        self.0.kill().expect("killed");
        self.0.wait().expect("reaped");
    }
}

fn standing(name: &str, arguments: &[&OsStr], says: &str) -> Standing {
    let mut process = on_host(name).args(arguments).stdout(Stdio::piped()).spawn().expect("runs");
    let mut said = String::new();
    BufReader::new(process.stdout.take().expect("piped")).read_line(&mut said).expect("it says so");
    assert_eq!(said, says);
    Standing(process)
}

/// What nobody uses goes, whatever is in it; what an image, an overlay or another process has stays.
#[test]
fn a_sweep_removes_what_nobody_uses() {
    let (_host, scene) = (host(), Scene::new());
    let [shared, own, other] = ["shared", "own", "other"].map(|name| oci::plain(&Tar::new().file(name, name).finish()));
    let wild = Tar::new().dir("closed", 0o000).dir("closed/deep", 0o000).entry(b'0', b"closed/deep/f", b"", 0, b"f");
    let wild = oci::plain(&(0..40).fold(wild, |tar, number| tar.dir(&"d/".repeat(number), 0o500)).finish());
    let kept = scene.layout("a", &[shared.clone(), own], &json!({}));
    let gone = scene.layout("b", &[shared, other, wild], &json!({}));
    let of = |image: &Image| image.layers().map(Path::to_owned).collect::<Vec<_>>();
    let [kept_layers, gone_layers] = [&kept, &gone].map(of);
    fs::create_dir(scene.path("store/layers/mine")).expect("made");
    assert_eq!(scene.store.sweep().expect("sweeps"), [""; 0].map(PathBuf::from));
    drop(gone);
    let mut swept = scene.store.sweep().expect("sweeps");
    swept.sort();
    let mut expected = gone_layers[1..].to_vec();
    expected.sort();
    assert_eq!(swept, expected);
    assert!(kept_layers.iter().all(|layer| layer.is_dir()) && scene.path("store/layers/mine").is_dir());
    assert!(scene.names("partial").is_empty());
    // A copy is as good, and an overlay.
    let (copy, overlay) = (kept.clone(), kept.overlay());
    drop(kept);
    assert!(scene.store.sweep().expect("sweeps").is_empty());
    drop(copy);
    assert!(scene.store.sweep().expect("sweeps").is_empty());
    drop(overlay);
    // Another process; until it is killed.
    let (image, store) = (scene.path("a"), scene.path("store"));
    let process = standing("open_and_keep", &[image.as_os_str(), store.as_os_str()], "opened\n");
    assert!(scene.store.sweep().expect("sweeps").is_empty());
    drop(process);
    assert_eq!(scene.store.sweep().expect("sweeps").len(), 2);
    assert_eq!(scene.names("layers"), [scene.path("store/layers/mine")]);
    assert_eq!(of(&scene.open("a")), kept_layers);
}

/// Four processes open and let go while two threads sweep: what is open is whole.
#[test]
fn sweeping_and_opening_at_once() {
    let (_host, scene) = (host(), Scene::new());
    if !oci::has_whiteouts("sweeping_and_opening_at_once") {
        return;
    }
    let layers: Vec<Layer> = (0..2).map(|number| oci::plain(&many_files(number, 50))).collect();
    oci::write_layout(&scene.path("a"), &layers, &json!({}));
    oci::write_layout(&scene.path("b"), &layers[..1], &json!({}));
    let rounds = common::amount(40, 8).to_string();
    let mut processes: Vec<_> = ["a", "b", "a", "b"]
        .map(|name| {
            let mut command = on_host("open_again_and_again");
            command.args([scene.path(name), scene.path("store")]).arg(&rounds).spawn().expect("runs")
        })
        .into();
    let done = std::sync::atomic::AtomicBool::new(false);
    let swept = std::thread::scope(|scope| {
        let sweep = || {
            let mut swept = 0;
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                swept += scene.store.sweep().expect("sweeps").len();
            }
            swept
        };
        let sweepers = [(); 2].map(|()| scope.spawn(sweep));
        let well = processes.iter_mut().all(|process| process.wait().expect("ends").success());
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        let swept: usize = sweepers.into_iter().map(|sweeper| sweeper.join().expect("ends")).sum();
        assert!(well);
        swept
    });
    assert!(swept > 0);
    scene.store.sweep().expect("sweeps");
    assert!(scene.names("layers").is_empty() && scene.names("partial").is_empty());
}

/// A sweep is killed before it takes the layer out, before that is on the disk, and while it is removed: there is a whole
/// layer or none.
#[test]
fn an_interrupted_sweep_leaves_a_consistent_store() {
    let (_host, scene) = (host(), Scene::new());
    if !oci::has_whiteouts("an_interrupted_sweep_leaves_a_consistent_store") {
        return;
    }
    oci::write_layout(&scene.path("a"), &[oci::plain(&many_files(0, 50))], &json!({}));
    oci::write_layout(&scene.path("b"), &[oci::plain(&Tar::new().finish())], &json!({}));
    let whole = |image: &Image| listing(&image.layers().next().expect("a layer").join("d")).len();
    let store = scene.path("store");
    for (call, left) in [(libc::SYS_renameat2, 1), (libc::SYS_fsync, 0), (libc::SYS_unlinkat, 0)] {
        scene.store.sweep().expect("sweeps");
        drop(scene.open("a"));
        let stopped = standing("sweep_and_stop", &[store.as_os_str(), call.to_string().as_ref()], "stopped\n");
        assert_eq!(scene.names("layers").len(), left, "call {call}");
        assert_eq!(scene.names("partial").len(), 1);
        // As long as it lives it is left to it.
        scene.open("b");
        scene.store.sweep().expect("sweeps");
        assert_eq!(scene.names("partial").len(), 1);
        let opened = std::thread::scope(|scope| {
            let waits = scope.spawn(|| scene.open("a"));
            std::thread::sleep(std::time::Duration::from_millis(50));
            let early = waits.is_finished();
            drop(stopped);
            assert!(!early);
            waits.join().expect("opens")
        });
        assert_eq!(whole(&opened), 50);
        drop(opened);
        scene.open("b");
        assert!(scene.names("partial").is_empty());
    }
}

/// A hard link to a file that only a layer below has is a copy, with all that belongs to it; and the layer one of its chain.
#[test]
fn hard_links_into_lower_layers_are_copies() {
    let (_host, scene) = (host(), Scene::new());
    let base = |contents: &str| {
        let base = Tar::new().dir("d", 0o755).pax(&[("SCHILY.xattr.user.note", b"kept")]);
        oci::gzip(&base.entry(b'0', b"d/tool", b"", 0o4711, contents.as_bytes()).finish())
    };
    let middle = oci::plain(&Tar::new().file("d/more", "m").finish());
    let links = Tar::new().hard_link("tool", "d/tool").hard_link("again", "tool").hard_link("e/f/more", "/d/more");
    let links = oci::plain(&links.file("d/tool", "replaced").finish());
    let image = scene.layout("a", &[base("one"), middle.clone(), links.clone()], &json!({}));
    let top = image.layers().last().expect("a layer").to_owned();
    assert_eq!([read(top.join("tool")), read(top.join("e/f/more"))], ["one", "m"]);
    assert_eq!([read(top.join("again")), read(top.join("d/tool"))], ["one", "replaced"]);
    let [tool, again] = ["tool", "again"].map(|name| top.join(name).metadata().expect("there"));
    assert_eq!((tool.mode() & 0o7777, tool.mtime(), tool.ino()), (0o711, MTIME, again.ino()));
    if let Some(note) = xattr(&image.layers().next().expect("a layer").join("d/tool"), "user.note") {
        assert_eq!(xattr(&top.join("tool"), "user.note"), Some(note));
    }
    // It is not what the same archive is on top of other layers, and is found again on top of these.
    let other = scene.layout("b", &[base("two"), middle, links], &json!({}));
    assert_eq!(read(other.layers().last().expect("a layer").join("tool")), "two");
    assert_eq!(scene.open("a").layers().last(), Some(&*top));
    assert_eq!(scene.names("layers").len(), 5);
    drop((image, other));
    assert_eq!(scene.store.sweep().expect("sweeps").len(), 5);
}

/// The store of the user: in XDG_CACHE_HOME, else in HOME, and made for nobody else.
#[test]
fn the_default_store_is_the_user_s_cache() {
    let (_host, scene) = (host(), Scene::new());
    oci::write_layout(&scene.path("a"), &[oci::plain(&base())], &json!({}));
    let open = |variables: &[(&str, &Path)]| {
        let mut command = on_host("open_by_default");
        command.env_remove("HOME").env_remove("XDG_CACHE_HOME").envs(variables.iter().copied());
        let output = command.arg(scene.path("a")).output().expect("runs");
        (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    let (home, cache) = (scene.path("home"), scene.path("cache"));
    for (variables, store) in [
        (&[("HOME", &*home)][..], home.join(".cache/belljar")),
        (&[("HOME", &*home), ("XDG_CACHE_HOME", &*cache)], cache.join("belljar")),
        (&[("HOME", &*home), ("XDG_CACHE_HOME", Path::new("relative"))], home.join(".cache/belljar")),
    ] {
        let (success, said) = open(variables);
        assert!(success && Path::new(&said).starts_with(&store), "{said}");
        assert_eq!(store.metadata().expect("there").mode() & 0o777, 0o700);
    }
    let (success, said) = open(&[]);
    assert!(!success && said.contains("neither XDG_CACHE_HOME nor HOME is set"), "{said}");
}

/// What others can write into is not taken for verified.
#[test]
fn a_store_that_others_can_write_into_is_refused() {
    let (_host, scene) = (host(), Scene::new());
    oci::write_layout(&scene.path("a"), &[oci::plain(&base())], &json!({}));
    fs::create_dir(scene.store.dir()).expect("made");
    let refused = || Image::open_in(scene.path("a"), &scene.store).expect_err("refused").raw_os_error();
    for mode in [0o770, 0o707, 0o1777] {
        rustix::fs::chmod(scene.store.dir(), mode.into()).expect("changed");
        assert_eq!(refused(), Some(libc::EPERM), "{mode:o}");
    }
    rustix::fs::chmod(scene.store.dir(), 0o755.into()).expect("changed");
    if common::is_root() {
        std::os::unix::fs::chown(scene.store.dir(), Some(1000), Some(1000)).expect("changed");
        assert_eq!(refused(), Some(libc::EPERM));
        std::os::unix::fs::chown(scene.store.dir(), Some(0), Some(0)).expect("changed");
    }
    scene.open("a");
    for name in ["layers", "partial"] {
        let part = scene.store.dir().join(name);
        rustix::fs::chmod(&part, 0o777.into()).expect("changed");
        assert_eq!(refused(), Some(libc::EPERM), "{name}");
        rustix::fs::chmod(&part, 0o700.into()).expect("changed");
    }
    scene.open("a");
}

/// A host's umask does not show in the layers.
#[test]
fn the_umask_of_the_host_changes_nothing() {
    let (_host, scene) = (host(), Scene::new());
    oci::write_layout(&scene.path("a"), &[oci::plain(&base())], &json!({}));
    let script = "umask 0777; exec \"$@\"";
    let exe = std::env::current_exe().expect("own path");
    let guest = on_host("open_image");
    let output = std::process::Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(exe)
        .args(guest.get_args())
        .args([scene.path("a"), scene.path("store")])
        .output()
        .expect("runs");
    let said = String::from_utf8_lossy(&[&*output.stdout, &*output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{said}");
    let root = PathBuf::from(said.trim_end());
    for (name, mode) in
        [("bin/app", 0o755), ("implied", 0o755), ("pipe", 0o600), ("etc/passwd", 0o644), ("tmp", 0o1777)]
    {
        assert_eq!(root.join(name).symlink_metadata().expect(name).mode() & 0o7777, mode, "{name}");
    }
}

/// Each of the calls that unpacking makes fails: the failure is told, and the next one finds a store that is whole.
#[test]
fn failing_system_calls_leave_a_consistent_store() {
    let (_host, scene) = (host(), Scene::new());
    if !oci::has_whiteouts("failing_system_calls_leave_a_consistent_store") {
        return;
    }
    oci::write_layout(&scene.path("a"), &[oci::gzip(&many_files(0, 10))], &json!({}));
    for call in [
        libc::SYS_openat2,
        libc::SYS_mknodat,
        libc::SYS_mkdirat,
        libc::SYS_fchmod,
        libc::SYS_utimensat,
        libc::SYS_flock,
        libc::SYS_syncfs,
        libc::SYS_renameat2,
        libc::SYS_fsync,
    ] {
        for errno in [libc::EPERM, libc::ENOSPC] {
            let output = on_host("open_and_fail")
                .args([scene.path("a"), scene.path("store")])
                .args([call.to_string(), errno.to_string()])
                .output()
                .expect("runs");
            let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
            assert!(output.status.success(), "call {call}, errno {errno}: {said}");
            assert!(said.starts_with(&format!("image {} on ", scene.path("a").display())), "{said}");
            let image = scene.open("a");
            let layer = image.layers().next().expect("a layer");
            assert_eq!(listing(&layer.join("d")).len(), 10);
            assert!(scene.names("partial").is_empty());
            fs::remove_dir_all(scene.path("store")).expect("removed");
        }
    }
}

/// A host's RLIMIT_FSIZE: an error of the image, and no signal for the host.
#[test]
fn a_file_size_limit_of_the_host_is_an_error() {
    let (_host, scene) = (host(), Scene::new());
    let tar = Tar::new().program("large", &vec![7; 2 << 20]).finish();
    let (image, store) = (scene.path("a"), scene.path("store"));
    oci::write_layout(&image, &[oci::gzip(&tar)], &json!({}));
    let refuses = |image: &Path| {
        let output = on_host("open_with_small_files").args([image, &store]).output().expect("runs");
        assert!(output.status.success(), "{}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    };
    refuses(&image);
    // The archive itself, which is unpacked first.
    let archive = scene.path("a.tar.gz");
    fs::write(&archive, oci::gzipped(&oci::docker_save(&[oci::plain(&tar)], &json!({})))).expect("written");
    refuses(&archive);
}

/// An image made by umoci, with busybox for a root. Its own layers, whiteouts and names are read.
#[test]
fn an_image_made_by_umoci_is_read() {
    let (_host, scene) = (host(), Scene::new());
    if !oci::has_whiteouts("an_image_made_by_umoci_is_read") {
        return;
    }
    let umoci = |arguments: &[&str]| {
        let output = std::process::Command::new("umoci").args(arguments).current_dir(scene.dir.path()).output()?;
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        std::io::Result::Ok(())
    };
    if let Err(error) = umoci(&["--version"]) {
        return common::skip("an_image_made_by_umoci_is_read", "umoci", &format!("no umoci: {error}"));
    }
    for dir in ["root/bin", "root/etc", "root/lib/empty", "root/usr"] {
        fs::create_dir_all(scene.path(dir)).expect("made");
    }
    fs::write(scene.path("root/bin/program"), common::elf::exits(42)).expect("written");
    rustix::fs::chmod(scene.path("root/bin/program"), 0o755.into()).expect("changed");
    fs::hard_link(scene.path("root/bin/program"), scene.path("root/bin/same")).expect("made");
    std::os::unix::fs::symlink("program", scene.path("root/bin/link")).expect("made");
    fs::write(scene.path("root/etc/passwd"), "app:x:12:34::/:/bin/sh\n").expect("written");
    fs::write(scene.path("root/etc/gone"), "base\n").expect("written");
    fs::write(scene.path("root/lib/hidden"), "base\n").expect("written");
    let config = ["--config.cmd=/bin/program", "--config.cmd=a b", "--config.env=A=b=c", "--config.user=app"];
    for step in [
        &["init", "--layout", "image"][..],
        &["new", "--image", "image:base"],
        &["insert", "--rootless", "--image", "image:base", "root", "/"],
        &[&["config", "--image", "image:base", "--tag", "app", "--config.workingdir=/etc"][..], &config].concat(),
        // A bundle is changed, and the difference becomes a layer.
        &["unpack", "--rootless", "--image", "image:app", "bundle"],
    ] {
        umoci(step).expect("umoci");
    }
    let root = scene.path("bundle/rootfs");
    fs::remove_file(root.join("etc/gone")).expect("removed");
    fs::remove_dir_all(root.join("lib")).expect("removed");
    fs::create_dir(root.join("lib")).expect("made");
    fs::write(root.join("lib/new"), "app\n").expect("written");
    umoci(&["repack", "--image", "image:app", "bundle"]).expect("umoci");

    let open = |name: &str| Image::open_named(scene.path("image"), name, &scene.store).expect("opens");
    let (base, app) = (open("base"), open("app"));
    assert!(Image::open_in(scene.path("image"), &scene.store).expect_err("two").to_string().contains("2 images"));
    assert_eq!((base.layers().len(), app.layers().len()), (1, 2));
    assert_eq!(base.layers().next(), app.layers().next());
    let [lower, upper] = app.layers().collect::<Vec<_>>()[..] else { panic!("two layers") };
    assert_eq!(fs::read(lower.join("bin/link")).expect("a program"), common::elf::exits(42));
    let inode = |name: &str| lower.join(name).metadata().expect("there").ino();
    assert_eq!(inode("bin/program"), inode("bin/same"));
    assert_eq!([read(lower.join("etc/gone")), read(lower.join("lib/hidden"))], ["base\n"; 2]);
    for name in ["etc/gone", "lib/hidden", "lib/empty"] {
        let stat = upper.join(name).symlink_metadata().expect("a whiteout");
        assert!(stat.file_type().is_char_device() && stat.rdev() == 0, "{name}");
    }
    assert_eq!(read(upper.join("lib/new")), "app\n");
    assert_eq!(app.user().expect("a user"), (12, 34));
    let command = app.command();
    assert_eq!(
        (command.get_program(), command.get_current_dir()),
        (OsStr::new("/bin/program"), Some(Path::new("/etc")))
    );
    assert_eq!(command.get_args().collect::<Vec<_>>(), ["a b"]);
    assert!(command.get_envs().any(|variable| variable == (OsStr::new("A"), Some(OsStr::new("b=c")))));
}
