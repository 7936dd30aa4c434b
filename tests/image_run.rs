//! Programs run from images, end to end, as root and as an ordinary user.
#![cfg(feature = "oci")]

mod common;

use std::fs;
use std::path::Path;

use belljar::{Image, Sandbox, Store, Verdict};
use common::oci::{self, Layer, Tar};
use common::{TempDir, elf, host};
use serde_json::json;

/// Writes an image of these layers and opens it in a store beside it.
fn image(dir: &TempDir, layers: &[Layer], config: &serde_json::Value) -> Image {
    oci::write_layout(&dir.path().join("image"), layers, config);
    Image::open_in(dir.path().join("image"), &Store::new(dir.path().join("store"))).expect("opens")
}

fn has_overlay(test: &str) -> bool {
    let dir = TempDir::new("probe");
    let image = image(&dir, &[oci::plain(&Tar::new().program("exit", &elf::exits(0)).finish())], &json!({}));
    let result = Sandbox::new().overlay(image.overlay()).run(image.command_for("/exit"));
    match result {
        Err(error) if error.is_unsupported() => {
            common::skip(test, "overlay", &error.to_string());
            false
        }
        result => {
            assert_eq!(result.expect("runs").verdict, Verdict::Exited(0));
            true
        }
    }
}

/// Two layers, the upper of which hides and replaces; the image's command, as its user, in its directory.
#[test]
fn a_program_runs_from_its_image() {
    let (_host, dir) = (host(), TempDir::new("image-run"));
    if !has_overlay("a_program_runs_from_its_image") || !oci::has_whiteouts("a_program_runs_from_its_image") {
        return;
    }
    let base = Tar::new().dir("bin", 0o755).program("bin/old", &elf::exits(1)).program("bin/app", &elf::exits(2));
    let base = base.file("etc/passwd", "app:x:12:34::/:/bin/sh\n").dir("work", 0o755).finish();
    let app = Tar::new().program("bin/app", &elf::exits(42)).file("bin/.wh.old", "").finish();
    let config = json!({"Cmd": ["app"], "Env": ["PATH=/bin"], "WorkingDir": "/work", "User": "app"});
    let image = image(&dir, &[oci::gzip(&base), oci::zstd(&app)], &config);
    let (uid, gid) = image.user().expect("a user");
    assert_eq!((uid, gid), (12, 34));
    let sandbox = Sandbox::new().overlay(image.overlay()).user(uid, gid);
    assert_eq!(sandbox.run(image.command()).expect("runs").verdict, Verdict::Exited(42));
    let error = sandbox.run(image.command_for("old")).expect_err("hidden");
    assert_eq!((error.step(), error.raw_os_error()), (belljar::Step::Exec, Some(libc::ENOENT)));
}

/// Nothing of the image is left but what came of it.
#[test]
fn the_layers_of_a_sandbox_are_not_swept() {
    const TEST: &str = "the_layers_of_a_sandbox_are_not_swept";
    let (_host, dir) = (host(), TempDir::new("image-run"));
    if !has_overlay(TEST) {
        return;
    }
    let store = Store::new(dir.path().join("store"));
    let sweep = || store.sweep().expect("sweeps").len();
    let image = image(&dir, &[oci::plain(&Tar::new().program("exit", &elf::exits(3)).finish())], &json!({}));
    let (sandbox, command) = (Sandbox::new().overlay(image.overlay()), image.command_for("/exit"));
    drop(image);
    assert_eq!(sweep(), 0);
    let mut child = sandbox.spawn(command).expect("spawns");
    drop(sandbox);
    assert_eq!(sweep(), 0);
    let outcome = child.wait().expect("waits");
    drop(child);
    assert_eq!((sweep(), &outcome.verdict), (0, &Verdict::Exited(3)));
    let changes = outcome.changes().expect("changes");
    drop(outcome);
    assert_eq!((sweep(), changes.len()), (0, 0));
    drop(changes);
    assert_eq!(sweep(), 1);
}

/// With a busybox for all tools: what is seen inside of names, owners, modes and hidden files; what is written is
/// nobody else's, and the layers stay as they are.
#[test]
fn an_image_is_seen_as_its_layers_say() {
    const TEST: &str = "an_image_is_seen_as_its_layers_say";
    let (_host, dir) = (host(), TempDir::new("image-run"));
    let Some(busybox) = ["/bin/busybox", "/usr/bin/busybox"].iter().find_map(|path| fs::read(path).ok()) else {
        return common::skip(TEST, "busybox", "no busybox");
    };
    if !has_overlay(TEST) || !oci::has_whiteouts(TEST) {
        return;
    }
    let base = Tar::new()
        .dir("./", 0o755)
        .dir("bin", 0o755)
        .program("bin/busybox", &busybox)
        .symlink("bin/sh", "busybox")
        .file("conf/motd", "base")
        .file("conf/gone", "base")
        .entry(b'0', b"conf/shadow", b"", 0o000, b"secret")
        .dir("data/opaque", 0o700)
        .file("data/opaque/hidden", "base")
        .file("data/kept", "base")
        .finish();
    let app = Tar::new()
        .file("conf/.wh.gone", "")
        .file("conf/motd", "app")
        .file("data/opaque/.wh..wh..opq", "")
        .file("data/opaque/new", "app")
        .finish();
    let script = "cat /conf/motd /conf/shadow; echo; ls /conf /data/opaque /data; stat -c %u:%g /conf/motd /bin/busybox /data; \
        echo mine >/conf/motd; mv /data/kept /data/moved; rm -r /data/opaque; mkdir /data/opaque; ls -A /data /data/opaque; \
        cat /conf/motd; id -u";
    let config =
        json!({"Entrypoint": ["/bin/busybox", "sh", "-c"], "Cmd": [script], "Env": ["PATH=/bin"], "User": "7:8"});
    let image = image(&dir, &[oci::gzip(&base), oci::gzip(&app)], &config);
    let (uid, gid) = image.user().expect("a user");
    let script = format!("for tool in cat ls stat mv rm mkdir id; do alias $tool=\"busybox $tool\"; done; {script}");
    let mut command = image.command_for("sh");
    command.args(["-c", &script]);
    let sandbox = Sandbox::new().overlay(image.overlay()).user(uid, gid);
    let before = contents(&dir.path().join("store/layers"));
    // The second run begins as the first did.
    for _ in 0..2 {
        let output = sandbox.output(&mut command).expect("runs");
        let said = String::from_utf8_lossy(&output.stdout);
        let expected = "appsecret\n/conf:\nmotd\nshadow\n\n/data:\nkept\nopaque\n\n/data/opaque:\nnew\n";
        let expected =
            expected.replace("passwd\n", "") + "7:8\n7:8\n7:8\n/data:\nmoved\nopaque\n\n/data/opaque:\nmine\n7\n";
        assert_eq!(said, expected, "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.outcome.verdict, Verdict::Exited(0));
    }
    assert_eq!(contents(&dir.path().join("store/layers")), before);
}

fn contents(dir: &Path) -> Vec<(std::path::PathBuf, u64, Option<Vec<u8>>)> {
    use std::os::unix::fs::MetadataExt;
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        let stat = path.symlink_metadata().expect("there");
        found.push((path.clone(), stat.ino(), stat.is_file().then(|| fs::read(&path).expect("a file"))));
        if stat.is_dir() {
            found.extend(contents(&path));
        }
    }
    found.sort();
    found
}
