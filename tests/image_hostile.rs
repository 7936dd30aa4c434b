//! Hostile images. Whatever is in an archive or an index, nothing outside the layer's
//! directory is made, changed, read or linked to; what is refused leaves nothing in the store; and nothing hangs.
#![cfg(feature = "oci")]

mod common;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use belljar::{Image, Step, Store};
use common::oci::{self, Layout, Tar};
use common::{TempDir, host};
use serde_json::{Value, json};

/// A canary beside the store, and what it looked like.
struct Cage {
    dir: TempDir,
    store: Store,
    _host: common::Host,
}

const CANARY: &str = "the canary sings";

impl Cage {
    fn new() -> Cage {
        let _host = host();
        let dir = TempDir::new("hostile");
        fs::create_dir(dir.path().join("canary")).expect("made");
        fs::write(dir.path().join("canary/file"), CANARY).expect("written");
        let mut private = fs::DirBuilder::new();
        std::os::unix::fs::DirBuilderExt::mode(&mut private, 0o700).create(dir.path().join("store")).expect("made");
        let store = Store::new(dir.path().join("store"));
        Cage { dir, store, _host }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn canary(&self) -> String {
        self.path("canary").to_str().expect("UTF-8").to_owned()
    }

    /// Opens `image` and sees that nothing outside the store has changed, and that it holds whole layers only.
    fn open(&self, image: &Path) -> Result<Image, String> {
        let outside = || (tree(&self.path("canary")), names(self.dir.path()));
        let before = outside();
        let result = Image::open_in(image, &self.store);
        assert_eq!(outside(), before);
        assert_eq!(fs::read_to_string(self.path("canary/file")).expect("the canary"), CANARY);
        assert_eq!(names(&self.path("store/partial")), Vec::<String>::new());
        result.map_err(|error| {
            assert_eq!((error.step(), error.path()), (Step::OciImage, Some(image)));
            error.to_string()
        })
    }

    /// Opens the image with this archive for its layer.
    fn unpack_bytes(&self, tar: &[u8]) -> Result<PathBuf, String> {
        fs::remove_dir_all(self.path("image")).or_else(|_| fs::create_dir(self.path("image"))).expect("cleared");
        oci::write_layout(&self.path("image"), &[oci::gzip(tar)], &json!({}));
        let image = self.open(&self.path("image"))?;
        Ok(image.layers().next().expect("a layer").to_owned())
    }

    fn unpack(&self, tar: Tar) -> Result<PathBuf, String> {
        self.unpack_bytes(&tar.finish())
    }

    fn refuses(&self, tar: Tar, message: &str) {
        self.refuses_bytes(&tar.finish(), message);
    }

    fn refuses_bytes(&self, tar: &[u8], message: &str) {
        let error = self.unpack_bytes(tar).expect_err(message);
        assert!(error.contains(message), "{error:?} without {message:?}");
        assert_eq!(names(&self.path("store/layers")), Vec::<String>::new(), "{message}");
    }
}

fn names(dir: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(dir) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().display().to_string()).collect();
    names.sort();
    names
}

/// Names, modes, links and times of all files in a directory.
fn tree(dir: &Path) -> Vec<(PathBuf, u32, u64, i64, i64)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        let stat = path.symlink_metadata().expect("there");
        found.push((path.clone(), stat.mode(), stat.nlink(), stat.ctime(), stat.ctime_nsec()));
        if stat.is_dir() {
            found.extend(tree(&path));
        }
    }
    found.sort();
    found
}

#[test]
fn names_do_not_lead_out() {
    let cage = Cage::new();
    for name in ["../canary/new", "a/../../canary/new", "..", "./../x", "a/..", "/../x"] {
        cage.refuses(Tar::new().file(name, "x"), "leads upwards");
        cage.refuses(Tar::new().dir(name, 0o777), "leads upwards");
        cage.refuses(Tar::new().hard_link("x", name), "leads upwards");
    }
    cage.refuses(Tar::new().pax(&[("path", b"../x")]).file("a", ""), "leads upwards");
    cage.refuses(Tar::new().entry(b'L', b"", b"", 0, b"../x\0").file("a", ""), "leads upwards");
    cage.refuses(Tar::new().pax(&[("GNU.sparse.name", b"../x")]).file("a", ""), "leads upwards");
    // From the root on is from the layer's root on.
    let canary = cage.canary();
    let root = cage
        .unpack(Tar::new().file("/absolute", "1").pax(&[("path", format!("{canary}/file").as_bytes())]).file("", "2"));
    let root = root.expect("unpacked");
    assert_eq!(fs::read_to_string(root.join("absolute")).expect("there"), "1");
    assert_eq!(fs::read_to_string(root.join(format!("{}/file", &canary[1..]))).expect("there"), "2");
}

#[test]
fn links_in_a_name_end_at_the_layer() {
    let cage = Cage::new();
    if !oci::has_whiteouts("links_in_a_name_end_at_the_layer") {
        return;
    }
    let canary = cage.canary();
    let upwards = format!("{}{}", "../".repeat(40), &canary[1..]);
    let targets = [&*canary, &upwards, "/proc/self/cwd", "/proc/self/root", "/", "..", "/proc/self/fd/3", "l2"];
    for target in targets {
        let tar = Tar::new().symlink("l2", &canary).symlink("link", target).file("link/file", "mine");
        let tar = tar.dir("link/dir", 0o777).symlink("link/l", "x").entry(b'6', b"link/pipe", b"", 0o777, b"");
        let tar = tar.file("link/.wh.gone", "").hard_link("hard", "link/file").file("link/deep/er/file", "");
        let root = cage.unpack(tar).expect(target);
        assert_eq!(fs::read_to_string(root.join("hard")).expect("there"), "mine");
        fs::remove_dir_all(root).expect("removed");
    }
    // A link at the end of a name is replaced, whatever follows.
    for entry in [b'0', b'5', b'6', b'2'] {
        let tar = Tar::new().symlink("link", &format!("{canary}/file")).entry(entry, b"link", b"t", 0o777, b"");
        let root = cage.unpack(tar).expect("unpacked");
        assert!(root.join("link").read_link().map_or(true, |target| target == Path::new("t")));
    }
    cage.unpack(Tar::new().symlink("a", "b").symlink("b", "a").file("a/x", "")).expect_err("a loop");
    let chain = (0..50).fold(Tar::new(), |tar, n| tar.symlink(&format!("l{n}"), &format!("l{}", n + 1)));
    cage.unpack(chain.file("l0/x", "")).expect_err("a chain of fifty");
}

#[test]
fn hard_links_stay_in_the_layer() {
    let cage = Cage::new();
    if !oci::has_whiteouts("hard_links_stay_in_the_layer") {
        return;
    }
    let file = format!("{}/file", cage.canary());
    cage.refuses(Tar::new().hard_link("x", &file), "neither the layer nor those below it have");
    cage.refuses(Tar::new().hard_link("x", "etc/passwd"), "neither the layer nor those below it have");
    cage.refuses(
        Tar::new().symlink("l", &cage.canary()).hard_link("x", "l/file"),
        "neither the layer nor those below it have",
    );
    cage.refuses(Tar::new().dir("d", 0o755).hard_link("x", "d"), "which is no file");
    cage.refuses(Tar::new().hard_link("x", "/"), "to the root");
    cage.refuses(Tar::new().hard_link("x", "x"), "neither the layer nor those below it have");
    cage.refuses(Tar::new().file(".wh.gone", "").hard_link("x", "gone"), "which is no file");
    // To a link: it is the link that has two names, and what is written then replaces one of them.
    let tar = Tar::new().symlink("l", &file).hard_link("x", "l").file("x", "mine").hard_link("y", "l");
    let root = cage.unpack(tar).expect("unpacked");
    assert_eq!(fs::read_to_string(root.join("x")).expect("there"), "mine");
    assert_eq!(root.join("y").read_link().expect("a link"), Path::new(&file));
}

/// What a hard link takes from the layers below is theirs, as the program would see it, and counts.
#[test]
fn hard_links_into_lower_layers_lead_nowhere_else() {
    let cage = Cage::new();
    if !oci::has_whiteouts("hard_links_into_lower_layers_lead_nowhere_else") {
        return;
    }
    let base = Tar::new()
        .file("file", "base")
        .file("d/file", "base")
        .file("big", &"x".repeat(600 << 10))
        .symlink("out", &cage.canary())
        .symlink("link", "file")
        .symlink("way", "d");
    let base = oci::gzip(&base.finish());
    let open = |tar: Tar| {
        fs::remove_dir_all(cage.path("image")).or_else(|_| fs::create_dir(cage.path("image"))).expect("cleared");
        oci::write_layout(&cage.path("image"), &[base.clone(), oci::gzip(&tar.finish())], &json!({}));
        let image = cage.open(&cage.path("image"))?;
        Ok::<PathBuf, String>(image.layers().last().expect("a layer").to_owned())
    };
    let refuses = |tar: Tar, message: &str| {
        let error = open(tar).expect_err(message);
        assert!(error.contains(message), "{error:?} without {message:?}");
        assert_eq!(names(&cage.path("store/layers")).len(), 1, "{message}");
    };
    const NONE: &str = "neither the layer nor those below it have";
    refuses(Tar::new().hard_link("x", "out/file"), NONE);
    refuses(Tar::new().hard_link("x", "way/file"), NONE);
    refuses(Tar::new().hard_link("x", "file/file"), NONE);
    refuses(Tar::new().hard_link("x", "../canary/file"), "leads upwards");
    refuses(Tar::new().hard_link("x", "link"), "which is no file");
    refuses(Tar::new().hard_link("x", "d"), "which is no file");
    refuses(Tar::new().file(".wh.file", "").hard_link("x", "file"), "which is no file");
    refuses(Tar::new().file(".wh.d", "").hard_link("x", "d/file"), NONE);
    refuses(Tar::new().file("d/.wh..wh..opq", "").hard_link("x", "d/file"), NONE);
    refuses(Tar::new().file(".wh..wh..opq", "").hard_link("x", "file"), NONE);
    refuses(Tar::new().symlink("d", "out").hard_link("x", "d/file"), NONE);
    // The place of the link is the layer's own, whatever is below.
    refuses(Tar::new().symlink("away", &cage.canary()).hard_link("away/../../x", "file"), "leads upwards");
    let root = open(Tar::new().symlink("away", &cage.canary()).hard_link("away/file", "file")).expect("unpacked");
    assert_eq!(fs::read_to_string(root.join(&cage.canary()[1..]).join("file")).expect("there"), "base");
    fs::remove_dir_all(root).expect("removed");
    let tight = cage.store.clone().max_bytes(2 << 20);
    let bomb = (0..4).fold(Tar::new(), |tar, number| tar.hard_link(&number.to_string(), "big"));
    oci::write_layout(&cage.path("bomb"), &[base.clone(), oci::gzip(&bomb.finish())], &json!({}));
    let error = Image::open_in(cage.path("bomb"), &tight).expect_err("too much").to_string();
    assert!(error.contains("more than 2097152 bytes are unpacked"), "{error}");
}

#[test]
fn whiteouts_cannot_be_abused() {
    let cage = Cage::new();
    if !oci::has_whiteouts("whiteouts_cannot_be_abused") {
        return;
    }
    for name in [".wh.", ".wh..", ".wh...", "d/.wh...", "d/.wh."] {
        cage.refuses(Tar::new().dir("d", 0o755).file(name, ""), "hides no name");
    }
    cage.refuses(Tar::new().file(".wh.a/b", ""), "within a whiteout");
    cage.refuses(Tar::new().file(".wh.a/.wh.b", ""), "within a whiteout");
    // Made by overlayfs's means in place of the archive's.
    for xattr in ["user.overlay.opaque", "user.overlay.redirect", "trusted.overlay.opaque", "trusted.overlay.metacopy"]
    {
        let key = format!("SCHILY.xattr.{xattr}");
        for flag in [b'5', b'0', b'2', b'3'] {
            let tar = Tar::new().pax(&[(&key, b"/etc")]).entry(flag, b"d", b"t", 0o755, b"");
            cage.refuses(tar, "is overlayfs's own");
        }
    }
    let root = cage.unpack(Tar::new().entry(b'3', b"null", b"", 0o666, b"").file("x", "")).expect("unpacked");
    assert_eq!(names(&root), ["x"]);
    let root =
        cage.unpack(Tar::new().file("a/.wh..wh..wh.x", "").symlink(".wh..wh.l", "/").file("x", "")).expect("unpacked");
    assert_eq!(names(&root), ["a", "x"].map(str::to_owned)[1..].to_vec());
}

/// Too large in bytes, in entries, in holes, in headers.
#[test]
fn bombs_are_refused() {
    let mut cage = Cage::new();
    cage.store = cage.store.clone().max_bytes(1 << 20).max_entries(1000);
    let bomb = Tar::new().program("bomb", &vec![0; 3 << 20]).finish();
    assert!(oci::gzipped(&bomb).len() < 20_000);
    cage.refuses_bytes(&bomb, "more than 1048576 bytes are unpacked");
    // Bytes that no entry has count too.
    let mut trailing = Tar::new().file("a", "").finish();
    trailing.resize(3 << 20, 0);
    cage.refuses_bytes(&trailing, "more than 1048576 bytes are unpacked");
    let many = (0..1001).fold(Tar::new(), |tar, n| tar.dir(&format!("d{n}"), 0o755));
    cage.refuses(many, "more than 1000 entries");
    let deep = Tar::new().pax(&[("path", &b"d/".repeat(1900))]).dir("", 0o755);
    cage.refuses(deep, "more than 1000 entries");
    // A hole takes no room here, but does in every copy.
    let hole = (1u64 << 40).to_string();
    let sparse: [(&str, &[u8]); 2] = [("GNU.sparse.size", hole.as_bytes()), ("GNU.sparse.map", b"0,1")];
    cage.refuses(Tar::new().pax(&sparse).file("a", "x"), "more than 1048576 bytes are unpacked");
    // In an archive the limit holds for the archive, and an image's layers count together.
    let layers: Vec<oci::Layer> =
        (5..9u8).map(|n| oci::gzip(&Tar::new().program("a", &vec![n; 400 << 10]).finish())).collect();
    fs::write(cage.path("image.tar.gz"), oci::gzipped(&oci::docker_save(&layers[..1], &json!({})))).expect("written");
    cage.open(&cage.path("image.tar.gz")).expect("small enough");
    oci::write_layout(&cage.path("several"), &layers, &json!({}));
    let error = cage.open(&cage.path("several")).expect_err("too much");
    assert!(error.contains("more than 1048576 bytes"), "{error}");
    fs::write(cage.path("bomb.tar.gz"), oci::gzipped(&oci::docker_save(&[oci::plain(&bomb)], &json!({}))))
        .expect("written");
    let error = cage.open(&cage.path("bomb.tar.gz")).expect_err("too much");
    assert!(error.contains("more than 1048576 bytes"), "{error}");
}

/// The names of an archive's files are kept in memory.
#[test]
fn names_in_an_archive_have_bounds() {
    let cage = Cage::new();
    let mut tar = oci::docker_save(&[oci::plain(&Tar::new().file("a", "").finish())], &json!({}));
    tar.truncate(tar.len() - 1024);
    for number in 0..2500 {
        let name = format!("{number:04000}");
        let entry = Tar::new().pax(&[("path", name.as_bytes())]).entry(b'0', b"n", b"", 0o644, b"");
        tar.extend(entry.0);
    }
    tar.extend([0; 1024]);
    assert!(oci::gzipped(&tar).len() < 200_000);
    fs::write(cage.path("image.tar"), tar).expect("written");
    let error = cage.open(&cage.path("image.tar")).expect_err("too much");
    assert!(error.contains("more than 8388608 bytes of names"), "{error}");
}

/// The root of a layer may be told of any number of times, and the last one counts.
#[test]
fn the_root_may_come_again() {
    let cage = Cage::new();
    let root = |mtime: &[u8]| Tar::new().pax(&[("mtime", mtime)]).dir("./", 0o755).0;
    let mut tar = [root(b"1000"), root(b"2000")].concat();
    tar.extend(Tar::new().file("a", "").finish());
    let layer = cage.unpack_bytes(&tar).expect("unpacked");
    assert_eq!(layer.metadata().expect("stat").mtime(), 2000);
}

/// What would take memory before it takes disk.
#[test]
fn headers_have_bounds() {
    let cage = Cage::new();
    let long = vec![b'a'; 2 << 20];
    for flag in [b'L', b'K', b'x', b'g'] {
        cage.refuses(Tar::new().entry(flag, b"", b"", 0, &long).file("a", ""), "is continued with 2097152 bytes");
    }
    cage.refuses(Tar::new().entry(b'L', b"", b"", 0, &[b'a'; 5000]).file("a", ""), "has 5000 bytes");
    cage.refuses(Tar::new().pax(&[("linkpath", &[b'a'; 5000])]).symlink("a", "b"), "has 5000 bytes");
    cage.refuses(Tar::new().pax(&[("path", b"a\0b")]).file("a", ""), "holds a NUL");
    cage.refuses(
        Tar::new().file(&"n".repeat(100), "").entry(b'L', b"", b"", 0, &[b'a'; 256]).file("a", ""),
        "File name too long",
    );
    let sparse: [(&str, &[u8]); 4] = [
        ("GNU.sparse.major", b"1"),
        ("GNU.sparse.minor", b"0"),
        ("GNU.sparse.name", b"a"),
        ("GNU.sparse.realsize", b"9"),
    ];
    for (map, message) in [
        (&b"99999999\n"[..], "too many pieces"),
        (b"99999999999999999999999\n", "too large"),
        (b"1\nx", "not made of numbers"),
        (b"\n", "not made of numbers"),
        (b"2\n5\n2\n0\n2\n", "overlap"),
        (b"1\n5\n9\n", "overlap"),
        (b"1\n18446744073709551615\n2\n", "overlap"),
        (b"1\n0\n9\n", "not those that follow"),
    ] {
        let mut data = map.to_vec();
        data.resize(512, 0);
        cage.refuses(Tar::new().pax(&sparse).entry(b'0', b"a", b"", 0o644, &data), message);
    }
    cage.refuses(Tar::new().pax(&sparse).file("a", "1\n"), "is cut short");
    cage.refuses(Tar::new().pax(&[("GNU.sparse.map", b"0,1")]).file("a", "x"), "has no size");
    cage.refuses(Tar::new().pax(&[("GNU.sparse.map", b"0,x")]).file("a", "x"), "not made of numbers");
    cage.refuses(Tar::new().pax(&[("GNU.sparse.major", b"2")]).file("a", "x"), "unknown version");
    for record in
        [&b"99 a=b\n"[..], b"a=b\n", b"0 a=b\n", b"5 a=b\n", b"6 ab\n", b"18446744073709551615 a=b\n", b"7 a=bc"]
    {
        cage.unpack(Tar::new().entry(b'x', b"", b"", 0, record).file("a", "")).expect_err("damaged");
    }
    cage.refuses(Tar::new().pax(&[("size", b"-1")]).file("a", ""), "is no number");
    cage.refuses(Tar::new().entry(b'g', b"", b"", 0, b"10 path=x\n").file("a", ""), "a global pax header");
}

#[test]
fn damaged_archives_are_refused() {
    let cage = Cage::new();
    let good = Tar::new().file("a", "contents").finish();
    let mut wrong = good.clone();
    wrong[0] = b'b';
    cage.refuses_bytes(&wrong, "checksum");
    cage.refuses_bytes(b"not an archive at all", "it ends too early");
    cage.refuses_bytes(&[b'x'; 1024], "checksum");
    cage.refuses_bytes(&good[..600], "it ends too early");
    cage.refuses_bytes(&good[..512], "it ends too early");
    // One block of zeros and more behind it: readers disagree on what is in the archive.
    let hidden = [&Tar::new().file("a", "").0[..], &[0; 512], &Tar::new().file("hidden", "").finish()].concat();
    cage.refuses_bytes(&hidden, "goes on behind its end");
    cage.refuses(Tar::new().entry(b'V', b"label", b"", 0, b""), "unknown type 'V'");
    cage.refuses(Tar::new().symlink("/", "x"), "is not a directory");
    cage.refuses(Tar::new().symlink("a", ""), "a");
    cage.refuses(Tar::new().file("file", "").file("file/below", ""), "Not a directory");
    // A size of 2^63 in the binary form, and one that is negative.
    for (first, rest) in [(0x80, 0x80), (0xff, 0xff)] {
        let mut header = oci::header(b'0', b"a", b"", 0o644, 0);
        header[124] = first;
        header[128..136].fill(rest);
        oci::checksum(&mut header);
        cage.unpack_bytes(&[&header[..], &[0; 1024]].concat()).expect_err("absurd");
    }
    // What the compression hides.
    for damage in [10, 20, 30] {
        let mut layer = oci::gzip(&good);
        layer.blob[damage] ^= 0xff;
        oci::write_layout(&cage.path("damaged"), &[layer], &json!({}));
        cage.open(&cage.path("damaged")).expect_err("damaged");
    }
    let mut layer = oci::gzip(&good);
    layer.blob.extend(b"trailing");
    oci::write_layout(&cage.path("damaged"), &[layer], &json!({}));
    cage.open(&cage.path("damaged")).expect_err("followed by something");
}

/// A window of 2 GiB, which zstd would have to keep in memory.
#[test]
fn a_zstd_window_beyond_reason_is_refused() {
    let cage = Cage::new();
    let good = Tar::new().file("a", "contents").finish();
    let mut layer = oci::zstd(&good);
    // The frame's header without a content size, and with a window of 2^(10 + 21) bytes; then the rest as it was does not matter.
    layer.blob.truncate(4);
    layer.blob.extend([0x00, 21 << 3, 0x01, 0x00, 0x00]);
    oci::write_layout(&cage.path("image"), &[layer], &json!({}));
    let error = cage.open(&cage.path("image")).expect_err("too much");
    assert!(error.contains("too much memory"), "{error}");
}

#[test]
fn what_is_promised_is_verified() {
    let cage = Cage::new();
    let tar = Tar::new().file("a", "contents").finish();
    let other = Tar::new().file("a", "something else").finish();
    let dir = cage.path("image");
    let layout = Layout::new(&dir);
    let fails = |message: &str| {
        let error = cage.open(&dir).expect_err(message);
        assert!(error.contains(message), "{error:?} without {message:?}");
        assert_eq!(names(&cage.path("store/layers")), Vec::<String>::new());
    };
    let write_image = |layer: &oci::Layer| layout.index(&[layout.image(std::slice::from_ref(layer), &json!({}))]);

    // The blob is what its digest says, but not what the configuration says is in it.
    let mut layer = oci::gzip(&tar);
    layer.diff_id = oci::plain(&other).diff_id;
    write_image(&layer);
    fails("uncompressed, ");
    // The other way round: what is in it is right, the blob is not; by the same number of bytes, and by another.
    let layer = oci::gzip(&tar);
    write_image(&layer);
    let blob = dir.join("blobs/sha256").join(oci::sha256(&layer.blob));
    let mut changed = layer.blob.clone();
    changed[4] ^= 1; // gzip's time
    fs::write(&blob, changed).expect("written");
    fails("has the digest");
    fs::write(&blob, [&layer.blob[..], &[0]].concat()).expect("written");
    fails("bytes, not");
    fs::remove_file(&blob).expect("removed");
    fails("is missing");
    // A manifest of the right size with other contents.
    let descriptor = layout.image(&[layer], &json!({}));
    layout.index(std::slice::from_ref(&descriptor));
    let digest = descriptor["digest"].as_str().expect("a digest");
    let manifest = dir.join("blobs/sha256").join(&digest["sha256:".len()..]);
    let text = fs::read_to_string(&manifest).expect("a manifest");
    fs::write(&manifest, text.replace("schemaVersion", "schemaversion")).expect("written");
    fails("has the digest");
    fs::write(&manifest, text + " ").expect("written");
    fails("bytes, not");
}

#[test]
fn names_in_an_index_do_not_lead_out() {
    let cage = Cage::new();
    let dir = cage.path("image");
    let layout = Layout::new(&dir);
    let layer = oci::gzip(&Tar::new().file("a", "").finish());
    let good = layout.image(std::slice::from_ref(&layer), &json!({}));
    let fails = |message: &str| {
        let error = cage.open(&dir).expect_err(message);
        assert!(error.contains(message), "{error:?} without {message:?}");
        assert!(!error.contains(CANARY) && !error.contains('\n'), "{error:?}");
    };
    let upwards = format!("sha256:../../../{}", "canary/file");
    for digest in [
        &*upwards,
        "sha256:",
        "sha256",
        "",
        "/etc/passwd",
        "sha512:00",
        "md5:\n",
        &format!("sha256:{}", "A".repeat(64)),
    ] {
        let mut descriptor = good.clone();
        descriptor["digest"] = digest.into();
        layout.index(&[descriptor]);
        fails("");
        let mut manifest =
            layout.manifest(std::slice::from_ref(&layer), &oci::config(std::slice::from_ref(&layer), &json!({})));
        manifest["layers"][0]["digest"] = digest.into();
        layout.index(&[layout.json(oci::MANIFEST, &manifest)]);
        fails("");
        let odd = oci::Layer { diff_id: digest.into(), ..layer.clone() };
        layout.index(&[layout.image(&[odd], &json!({}))]);
        fails("is not a sha256 digest");
    }
    // Links in the layout: to the outside they are refused, and nothing but a file is read.
    layout.index(std::slice::from_ref(&good));
    let blob = dir.join("blobs/sha256").join(oci::sha256(&layer.blob));
    let replace = |with: &dyn Fn(&Path)| {
        fs::remove_file(&blob).expect("removed");
        with(&blob);
    };
    replace(&|blob| std::os::unix::fs::symlink(cage.path("canary/file"), blob).expect("made"));
    fails("Invalid cross-device link");
    replace(&|blob| {
        let mode = rustix::fs::Mode::RUSR;
        rustix::fs::mknodat(rustix::fs::CWD, blob, rustix::fs::FileType::Fifo, mode, 0).expect("made");
    });
    fails("is not a file");
    fs::remove_file(dir.join("index.json")).expect("removed");
    rustix::fs::mknodat(rustix::fs::CWD, dir.join("index.json"), rustix::fs::FileType::Fifo, 0o600.into(), 0)
        .expect("made");
    fails("index.json is not a file");
}

#[test]
fn absurd_manifests_are_refused() {
    let cage = Cage::new();
    let dir = cage.path("image");
    let layout = Layout::new(&dir);
    let layer = oci::gzip(&Tar::new().file("a", "").finish());
    let layers = std::slice::from_ref(&layer);
    let config = oci::config(layers, &json!({}));
    let fails = |message: &str| {
        let error = cage.open(&dir).expect_err(message);
        assert!(error.contains(message), "{error:?} without {message:?}");
    };
    let with = |change: &dyn Fn(&mut Value)| {
        let mut manifest = layout.manifest(layers, &config);
        change(&mut manifest);
        layout.index(&[layout.json(oci::MANIFEST, &manifest)]);
    };
    for (media_type, message) in [
        ("application/x-rar", "a layer of the unknown media type \"application/x-rar\""),
        ("application/vnd.oci.image.layer.v1.tar+encrypted", "unknown media type"),
        ("application/vnd.oci.image.manifest.v1+json", "media type"),
        ("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", "has to be fetched"),
        ("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "has to be fetched"),
    ] {
        with(&|manifest| manifest["layers"][0]["mediaType"] = media_type.into());
        fails(message);
    }
    with(&|manifest| manifest["layers"][0]["urls"] = json!(["https://elsewhere.example/layer"]));
    fails("has to be fetched");
    with(&|manifest| manifest["layers"] = json!([]));
    fails("0 layers with 1 diff_ids");
    with(&|manifest| {
        manifest.as_object_mut().expect("an object").remove("config");
    });
    fails("manifest: ");
    with(&|manifest| manifest["layers"][0]["mediaType"] = "application/vnd.docker.image.rootfs.diff.tar.gzip".into());
    cage.open(&dir).expect("docker's name for it");

    // Indexes: too deep, empty, of something else, too large, not JSON, of unknown version.
    let mut descriptor = layout.image(layers, &json!({}));
    for depth in 0..5 {
        layout.index(std::slice::from_ref(&descriptor));
        match depth {
            0..4 => drop(cage.open(&dir).expect("not too deep")),
            _ => fails("indexes within indexes"),
        }
        let index = json!({"schemaVersion": 2, "manifests": [descriptor]});
        descriptor = layout.json(oci::INDEX, &index);
    }
    layout.index(&[]);
    fails(&format!("no image for linux/{}", oci::OURS));
    layout.index(&[layout.json("application/x-other", &json!({}))]);
    fails("the unknown media type \"application/x-other\"");
    fs::write(dir.join("index.json"), vec![b' '; 5 << 20]).expect("written");
    fails("index.json has 5242880 bytes");
    fs::write(dir.join("index.json"), "[".repeat(100_000)).expect("written");
    fails("index.json: ");
    fs::write(dir.join("oci-layout"), r#"{"imageLayoutVersion": "2.0.0"}"#).expect("written");
    fails("unknown version \"2.0.0\"");
    fs::remove_file(dir.join("oci-layout")).expect("removed");
    fails("oci-layout is missing");
    fs::remove_file(dir.join("index.json")).expect("removed");
    fails("no image: it has neither");
}

#[test]
fn hostile_archives_of_docker_save_are_refused() {
    let cage = Cage::new();
    let archive = cage.path("image.tar");
    let fails = |tar: Tar, message: &str| {
        fs::write(&archive, tar.finish()).expect("written");
        let error = cage.open(&archive).expect_err(message);
        assert!(error.contains(message), "{error:?} without {message:?}");
    };
    let manifest = |config: &str, layer: &str| json!([{"Config": config, "Layers": [layer]}]).to_string();
    let layer = oci::plain(&Tar::new().file("a", "").finish());
    let config = oci::config(std::slice::from_ref(&layer), &json!({})).to_string();
    let saved = || Tar::new().file("config.json", &config);
    // Names are those of the archive, never the host's.
    let canary = format!("{}/file", cage.canary());
    fails(saved().file("manifest.json", &manifest("config.json", &canary)), "is missing");
    fails(saved().file("manifest.json", &manifest(&canary, "layer")), "is missing");
    fails(saved().symlink("layer", &canary).file("manifest.json", &manifest("config.json", "layer")), "is missing");
    fails(saved().symlink("layer", "layer").file("manifest.json", &manifest("config.json", "layer")), "too many links");
    fails(Tar::new().file("manifest.json", "[]"), "names no image");
    fails(Tar::new().file("manifest.json", "{}"), "names no image");
    fails(Tar::new().file("manifest.json", "[{}]"), "names no configuration");
    let wrong = format!("{}.json", "0".repeat(64));
    fails(Tar::new().file(&wrong, &config).file("manifest.json", &manifest(&wrong, "layer")), "has the digest");
    let other = oci::plain(&Tar::new().file("b", "").finish());
    fails(
        saved().program("layer", &other.blob).file("manifest.json", &manifest("config.json", "layer")),
        "has the digest",
    );
    fails(Tar::new(), "no image: it has neither");
    // A member that is said to be longer than the archive, of which nothing is read before.
    let mut tar = Tar::new();
    tar.0.extend(oci::header(b'0', b"layer", b"", 0o644, 1 << 32));
    fails(tar, "it ends too early");
    fs::write(&archive, "neither").expect("written");
    cage.open(&archive).expect_err("no archive");
    fs::remove_file(&archive).expect("removed");
    rustix::fs::mknodat(rustix::fs::CWD, &archive, rustix::fs::FileType::Fifo, 0o600.into(), 0).expect("made");
    assert!(cage.open(&archive).expect_err("a FIFO").ends_with("neither a directory nor a file"));
    fs::remove_file(&archive).expect("removed");
    assert!(cage.open(&archive).expect_err("nothing").ends_with("No such file or directory (os error 2)"));
}

/// Archives with a few bytes changed anywhere, checksums made right again: some are still good, none panics or gets out.
#[test]
fn changed_bytes_do_no_harm() {
    let rounds = common::amount(200, 40);
    let mut cage = Cage::new();
    cage.store = cage.store.clone().max_bytes(1 << 20).max_entries(1000);
    let mut sparse = oci::header(b'S', b"sparse", b"", 0o644, 8);
    for (at, value) in [(386, 0), (398, 5), (410, 1000), (422, 3), (483, 2000)] {
        sparse[at..at + 12].copy_from_slice(format!("{value:011o}\0").as_bytes());
    }
    oci::checksum(&mut sparse);
    let canary = cage.canary();
    let tar = Tar::new().dir("d", 0o755).symlink("d/l", &canary).file("d/l2", "x").hard_link("d/h", "d/l2");
    let tar = tar.pax(&[("path", b"d/./long"), ("mtime", b"1.5"), ("SCHILY.xattr.user.a", b"b")]).file("a", "x");
    let tar = tar.entry(b'L', b"", b"", 0, b"d/l/name\0").file("a", "x");
    let pax: [(&str, &[u8]); 3] =
        [("GNU.sparse.major", b"1"), ("GNU.sparse.name", b"s"), ("GNU.sparse.realsize", b"99")];
    let tar = tar.pax(&pax).entry(b'0', b"s", b"", 0o644, &[&b"1\n5\n2\n"[..], &[0; 506], b"ab"].concat());
    let mut good = tar.0;
    good.extend(sparse);
    let good = Tar(good).data(b"beginend").entry(b'6', b"d/pipe", b"", 0o644, b"").finish();
    cage.unpack_bytes(&good).expect("good as it is");
    // xorshift: the same each time.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let mut opened = 0;
    for round in 0..rounds {
        let mut tar = good.clone();
        for _ in 0..1 + round % 3 {
            let at = std::iter::repeat_with(|| random(good.len())).find(|at| good[*at] != 0).expect("there are some");
            tar[at] = match random(3) {
                0 => b"\0/.0179gLKSx"[random(12)],
                1 => tar[at] ^ 1 << random(8),
                _ => random(256) as u8,
            };
        }
        for block in tar.as_chunks_mut::<512>().0 {
            if block[257..262] == *b"ustar" {
                oci::checksum(block);
            }
        }
        let layer = oci::plain(&tar);
        oci::write_layout(&cage.path("changed"), &[layer], &json!({}));
        opened += u32::from(cage.open(&cage.path("changed")).is_ok());
        fs::remove_dir_all(cage.path("changed")).expect("removed");
    }
    println!("{opened} of {rounds} are still good");
    assert!(opened > 0 && u64::from(opened) < rounds);
}
