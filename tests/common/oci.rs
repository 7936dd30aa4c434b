//! Images written byte by byte: tar archives with whatever is wanted in them, layouts, archives of docker save.

use std::fs;
use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A tar archive that is being written.
#[derive(Clone, Default)]
pub struct Tar(pub Vec<u8>);

impl Tar {
    pub fn new() -> Tar {
        Tar::default()
    }

    /// An entry of any type, with what is in it.
    pub fn entry(mut self, flag: u8, name: &[u8], link: &[u8], mode: u32, data: &[u8]) -> Tar {
        self.0.extend(header(flag, name, link, mode, data.len() as u64));
        self.data(data)
    }

    /// Bytes, filled up to a block.
    pub fn data(mut self, data: &[u8]) -> Tar {
        self.0.extend(data);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    pub fn file(self, name: &str, contents: &str) -> Tar {
        self.entry(b'0', name.as_bytes(), b"", 0o644, contents.as_bytes())
    }

    pub fn program(self, name: &str, contents: &[u8]) -> Tar {
        self.entry(b'0', name.as_bytes(), b"", 0o755, contents)
    }

    pub fn dir(self, name: &str, mode: u32) -> Tar {
        self.entry(b'5', name.as_bytes(), b"", mode, b"")
    }

    pub fn symlink(self, name: &str, target: &str) -> Tar {
        self.entry(b'2', name.as_bytes(), target.as_bytes(), 0o777, b"")
    }

    pub fn hard_link(self, name: &str, target: &str) -> Tar {
        self.entry(b'1', name.as_bytes(), target.as_bytes(), 0o644, b"")
    }

    /// Records for the entry that follows.
    pub fn pax(self, records: &[(&str, &[u8])]) -> Tar {
        let records: Vec<u8> = records.iter().flat_map(|(key, value)| pax_record(key, value)).collect();
        self.entry(b'x', b"pax", b"", 0o644, &records)
    }

    pub fn finish(mut self) -> Vec<u8> {
        self.0.extend([0; 1024]);
        self.0
    }
}

/// A GNU header; names that are too long for it are cut.
pub fn header(flag: u8, name: &[u8], link: &[u8], mode: u32, size: u64) -> [u8; 512] {
    let mut header = [0; 512];
    header[..name.len().min(100)].copy_from_slice(&name[..name.len().min(100)]);
    header[157..][..link.len().min(100)].copy_from_slice(&link[..link.len().min(100)]);
    for (at, value) in [(100, mode), (108, 4321), (116, 5432)] {
        header[at..at + 8].copy_from_slice(format!("{value:07o}\0").as_bytes());
    }
    header[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
    header[136..148].copy_from_slice(format!("{MTIME:011o}\0").as_bytes());
    header[156] = flag;
    header[257..265].copy_from_slice(b"ustar  \0");
    checksum(&mut header);
    header
}

/// What every entry has that a [`Tar`] writes.
pub const MTIME: i64 = 1_000_000_007;

pub fn checksum(header: &mut [u8; 512]) {
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

fn pax_record(key: &str, value: &[u8]) -> Vec<u8> {
    let rest = [b" ", key.as_bytes(), b"=", value, b"\n"].concat();
    let mut length = rest.len();
    while length != rest.len() + length.to_string().len() {
        length = rest.len() + length.to_string().len();
    }
    [length.to_string().into_bytes(), rest].concat()
}

pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A layer as it is in an image.
#[derive(Clone)]
pub struct Layer {
    pub blob: Vec<u8>,
    pub media_type: String,
    pub diff_id: String,
}

pub const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";

pub fn plain(tar: &[u8]) -> Layer {
    Layer { blob: tar.to_vec(), media_type: LAYER.into(), diff_id: format!("sha256:{}", sha256(tar)) }
}

pub fn gzip(tar: &[u8]) -> Layer {
    Layer { blob: gzipped(tar), media_type: format!("{LAYER}+gzip"), ..plain(tar) }
}

pub fn zstd(tar: &[u8]) -> Layer {
    let blob = zstd::encode_all(tar, 1).expect("compressed");
    Layer { blob, media_type: format!("{LAYER}+zstd"), ..plain(tar) }
}

pub fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("compressed");
    encoder.finish().expect("compressed")
}

/// The architecture of this machine, as images call it, and another one.
pub const OURS: &str = if cfg!(target_arch = "x86_64") { "amd64" } else { "arm64" };
pub const FOREIGN: &str = if cfg!(target_arch = "x86_64") { "arm64" } else { "amd64" };

pub fn config(layers: &[Layer], config: &Value) -> Value {
    let diff_ids: Vec<&str> = layers.iter().map(|layer| &*layer.diff_id).collect();
    let rootfs = json!({"type": "layers", "diff_ids": diff_ids});
    json!({"architecture": OURS, "os": "linux", "config": config, "rootfs": rootfs})
}

/// An image layout that is being written.
pub struct Layout<'a>(&'a Path);

impl Layout<'_> {
    pub fn new(dir: &Path) -> Layout<'_> {
        fs::create_dir_all(dir.join("blobs/sha256")).expect("made");
        fs::write(dir.join("oci-layout"), r#"{"imageLayoutVersion": "1.0.0"}"#).expect("written");
        Layout(dir)
    }

    /// Writes a blob and gives its descriptor.
    pub fn blob(&self, media_type: &str, bytes: &[u8]) -> Value {
        let digest = sha256(bytes);
        fs::write(self.0.join("blobs/sha256").join(&digest), bytes).expect("written");
        json!({"mediaType": media_type, "digest": format!("sha256:{digest}"), "size": bytes.len()})
    }

    pub fn json(&self, media_type: &str, value: &Value) -> Value {
        self.blob(media_type, value.to_string().as_bytes())
    }

    /// Writes an image but for the index, and gives the manifest's descriptor.
    pub fn image(&self, layers: &[Layer], image_config: &Value) -> Value {
        self.json(MANIFEST, &self.manifest(layers, &config(layers, image_config)))
    }

    /// Writes layers and configuration, and gives the manifest.
    pub fn manifest(&self, layers: &[Layer], config: &Value) -> Value {
        let config = self.json("application/vnd.oci.image.config.v1+json", config);
        let layers: Vec<Value> = layers.iter().map(|layer| self.blob(&layer.media_type, &layer.blob)).collect();
        json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers})
    }

    pub fn index(&self, manifests: &[Value]) {
        let index = json!({"schemaVersion": 2, "manifests": manifests});
        fs::write(self.0.join("index.json"), index.to_string()).expect("written");
    }
}

/// A layout of one image.
pub fn write_layout(dir: &Path, layers: &[Layer], config: &Value) {
    let layout = Layout::new(dir);
    layout.index(&[layout.image(layers, config)]);
}

/// What `docker save` wrote before version 25. A layer that comes again is a link to where it came first.
pub fn docker_save(layers: &[Layer], image_config: &Value) -> Vec<u8> {
    let config = config(layers, image_config).to_string();
    let config_name = format!("{}.json", sha256(config.as_bytes()));
    let mut tar = Tar::new().file(&config_name, &config);
    let mut names: Vec<String> = Vec::new();
    for (number, layer) in layers.iter().enumerate() {
        let name = format!("layer{number}/layer.tar");
        tar = tar.dir(&format!("layer{number}/"), 0o755).file(&format!("layer{number}/VERSION"), "1.0");
        tar = match layers[..number].iter().position(|lower| lower.diff_id == layer.diff_id) {
            Some(first) => tar.symlink(&name, &format!("../layer{first}/layer.tar")),
            None => tar.program(&name, &layer.blob),
        };
        names.push(name);
    }
    let manifest = json!([{"Config": config_name, "RepoTags": ["test:latest"], "Layers": names}]);
    tar.file("manifest.json", &manifest.to_string()).finish()
}

/// Whether whiteouts and opaque directories can be made where temporary directories are: not on an overlay, as in a
/// container, and on a tmpfs from Linux 6.6 on.
pub fn has_whiteouts(test: &str) -> bool {
    use rustix::fs::{CWD, FileType, Mode, XattrFlags, mknodat, setxattr};
    let dir = super::TempDir::new("whiteout");
    let made = mknodat(CWD, dir.path().join("whiteout"), FileType::CharacterDevice, Mode::empty(), 0)
        .and_then(|()| setxattr(dir.path(), "user.overlay.opaque", b"y", XattrFlags::empty()));
    if let Err(error) = made {
        super::skip(test, "overlay", &format!("no whiteouts in {}: {error}", dir.path().display()));
    }
    made.is_ok()
}
