//! From a source's index to the configuration and the layers of one image.

use oci_spec::image::{Arch, Descriptor, ImageConfiguration, ImageIndex, ImageManifest, MediaType, Os, Platform};
use serde_json::Value;

use super::Fault;
use super::decode::{digest, is_hex};
use super::source::Source;

/// An index may name an index; nobody has been seen to go further than that.
const MAX_NESTING: usize = 4;
/// overlayfs stacks 500.
const MAX_LAYERS: usize = 500;
const REFERENCES: [&str; 2] = ["org.opencontainers.image.ref.name", "io.containerd.image.name"];

pub(super) struct Manifest {
    pub config: ImageConfiguration,
    /// Bottom first.
    pub layers: Vec<Layer>,
}

pub(super) struct Layer {
    /// The file in the source.
    pub file: String,
    /// Digest, in hexadecimal, and size of that file, where the manifest tells them.
    pub blob: Option<(String, u64)>,
    /// Digest of the uncompressed archive, in hexadecimal.
    pub diff_id: String,
}

fn refused<T>(message: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Refused(message.into()))
}

fn parse<T>(what: &str, result: Result<T, impl std::fmt::Display>) -> Result<T, Fault> {
    result.map_err(|error| Fault::Refused(format!("{what}: {error}")))
}

/// The 64 hexadecimal digits of a sha256 digest: they become names of files.
fn sha256(digest: &str) -> Result<&str, Fault> {
    let digits = digest.strip_prefix("sha256:").filter(|digits| is_hex(digits));
    digits.ok_or_else(|| Fault::Refused(format!("{digest:.200?} is not a sha256 digest")))
}

impl Manifest {
    pub(super) fn read(source: &Source, reference: Option<&str>) -> Result<Manifest, Fault> {
        let manifest = if source.file("index.json")?.is_some() {
            from_layout(source, reference)?
        } else if source.file("manifest.json")?.is_some() {
            from_docker(source, reference)?
        } else {
            return refused(
                "no image: it has neither index.json, as an OCI image layout, nor manifest.json, as docker save",
            );
        };
        match (manifest.config.os(), manifest.config.architecture()) {
            (Os::Linux, ours) if *ours == Arch::default() => Ok(manifest),
            (os, other) => refused(format!("the image is for {os}/{other}, not linux/{}", Arch::default())),
        }
    }

    fn new(config: ImageConfiguration, files: Vec<(String, Option<(String, u64)>)>) -> Result<Manifest, Fault> {
        let diff_ids = config.rootfs().diff_ids();
        if diff_ids.len() != files.len() || files.len() > MAX_LAYERS {
            let (files, ids) = (files.len(), diff_ids.len());
            return refused(format!(
                "{files} layers with {ids} diff_ids; they must be as many, and at most {MAX_LAYERS}"
            ));
        }
        let layer =
            |((file, blob), diff_id): (_, &String)| Ok(Layer { file, blob, diff_id: sha256(diff_id)?.to_owned() });
        let layers = files.into_iter().zip(diff_ids).map(layer).collect::<Result<_, Fault>>()?;
        Ok(Manifest { config, layers })
    }
}

fn from_layout(source: &Source, reference: Option<&str>) -> Result<Manifest, Fault> {
    let layout: Value = parse("oci-layout", serde_json::from_slice(&source.json("oci-layout")?))?;
    let version = layout.get("imageLayoutVersion").and_then(Value::as_str).unwrap_or_default();
    if !version.starts_with("1.") {
        return refused(format!("an image layout of the unknown version {version:.20?}"));
    }
    let index = parse("index.json", ImageIndex::from_reader(&*source.json("index.json")?))?;
    let descriptor = choose(source, &index, reference)?;
    let manifest = parse("manifest", ImageManifest::from_reader(&*blob(source, &descriptor)?))?;
    let config = parse("configuration", ImageConfiguration::from_reader(&*blob(source, manifest.config())?))?;
    let files = manifest.layers().iter().map(|layer| {
        check_layer(layer)?;
        let digest = layer.digest().to_string();
        let hex = sha256(&digest)?;
        Ok((format!("blobs/sha256/{hex}"), Some((hex.to_owned(), layer.size()))))
    });
    Manifest::new(config, files.collect::<Result<_, Fault>>()?)
}

/// The manifest for this machine, of the image of this name; without a name, of the only image.
fn choose(source: &Source, index: &ImageIndex, reference: Option<&str>) -> Result<Descriptor, Fault> {
    let by = |is: fn(&str, &str) -> bool| -> Vec<&Descriptor> {
        let named =
            |descriptor: &&Descriptor| reference.is_none_or(|wanted| names(descriptor).any(|name| is(name, wanted)));
        index.manifests().iter().filter(named).collect()
    };
    let mut named = by(|name, wanted| name == wanted);
    if named.is_empty() {
        // Docker says "python:3" for a name that begins with its registry.
        named = by(|name, wanted| name.strip_suffix(wanted).is_some_and(|rest| rest.ends_with('/')));
    }
    if let (true, Some(reference)) = (named.is_empty(), reference) {
        let all: Vec<&str> = index.manifests().iter().flat_map(names).collect();
        return refused(format!("no image {reference:?}; there are {all:?}"));
    }
    let mut found: Vec<&Descriptor> = named.into_iter().filter(|descriptor| is_for_us(descriptor.platform())).collect();
    found.dedup_by_key(|descriptor| descriptor.digest().clone());
    match found[..] {
        [] => none_for_us(),
        [only] => descend(source, only.clone()),
        _ => {
            let all: Vec<&str> = found.iter().copied().flat_map(names).collect();
            refused(format!("{} images; open one by its name, of {all:?}", found.len()))
        }
    }
}

fn names(descriptor: &Descriptor) -> impl Iterator<Item = &str> {
    let annotations = descriptor.annotations().as_ref();
    REFERENCES.iter().filter_map(move |key| annotations?.get(*key)).map(String::as_str)
}

fn is_for_us(platform: &Option<Platform>) -> bool {
    platform.as_ref().is_none_or(|platform| (platform.os(), platform.architecture()) == (&Os::Linux, &Arch::default()))
}

fn none_for_us<T>() -> Result<T, Fault> {
    refused(format!("no image for linux/{} in the index", Arch::default()))
}

/// Follows an index to the manifest that it has for this machine.
fn descend(source: &Source, mut descriptor: Descriptor) -> Result<Descriptor, Fault> {
    for _ in 0..MAX_NESTING {
        match descriptor.media_type() {
            MediaType::ImageManifest => return Ok(descriptor),
            MediaType::Other(other) if other == "application/vnd.docker.distribution.manifest.v2+json" => {
                return Ok(descriptor);
            }
            MediaType::ImageIndex => {}
            MediaType::Other(other) if other == "application/vnd.docker.distribution.manifest.list.v2+json" => {}
            other => return refused(format!("the index leads to the unknown media type {:.200?}", other.to_string())),
        }
        let index = parse("index", ImageIndex::from_reader(&*blob(source, &descriptor)?))?;
        let ours = |inner: &&Descriptor| inner.platform().is_some() && is_for_us(inner.platform());
        let found = index.manifests().iter().find(ours).or_else(|| match &index.manifests()[..] {
            [only] => Some(only).filter(|only| is_for_us(only.platform())),
            _ => None,
        });
        descriptor = match found {
            Some(found) => found.clone(),
            None => return none_for_us(),
        };
    }
    refused(format!("indexes within indexes, {MAX_NESTING} deep"))
}

/// A small blob, whole and verified.
fn blob(source: &Source, descriptor: &Descriptor) -> Result<Vec<u8>, Fault> {
    let told = descriptor.digest().to_string();
    let hex = sha256(&told)?;
    let bytes = source.json(&format!("blobs/sha256/{hex}"))?;
    if bytes.len() as u64 != descriptor.size() {
        return refused(format!("blob {hex} has {} bytes, not {}", bytes.len(), descriptor.size()));
    }
    match digest(&bytes) {
        found if found == hex => Ok(bytes),
        found => refused(format!("blob {hex} has the digest {found}")),
    }
}

fn check_layer(layer: &Descriptor) -> Result<(), Fault> {
    const DOCKER: [&str; 3] = ["", ".gzip", ".zstd"];
    let elsewhere = || refused(format!("layer {} is not part of the image but has to be fetched", layer.digest()));
    match layer.media_type() {
        _ if layer.urls().as_ref().is_some_and(|urls| !urls.is_empty()) => elsewhere(),
        MediaType::ImageLayer | MediaType::ImageLayerGzip | MediaType::ImageLayerZstd => Ok(()),
        MediaType::Other(other) => match other.strip_prefix("application/vnd.docker.image.rootfs.") {
            Some(rest) if rest.starts_with("foreign.") => elsewhere(),
            Some(rest) if rest.strip_prefix("diff.tar").is_some_and(|suffix| DOCKER.contains(&suffix)) => Ok(()),
            _ => refused(format!("a layer of the unknown media type {other:.200?}")),
        },
        MediaType::ImageLayerNonDistributable
        | MediaType::ImageLayerNonDistributableGzip
        | MediaType::ImageLayerNonDistributableZstd => elsewhere(),
        other => refused(format!("a layer of the media type {:?}", other.to_string())),
    }
}

/// What `docker save` wrote before version 25: an array of `{Config, RepoTags, Layers}`, with names of files.
fn from_docker(source: &Source, reference: Option<&str>) -> Result<Manifest, Fault> {
    let manifest: Value = parse("manifest.json", serde_json::from_slice(&source.json("manifest.json")?))?;
    let strings = |value: &Value, key: &str| -> Vec<String> {
        let array = value.get(key).and_then(Value::as_array).into_iter().flatten();
        array.map(|item| item.as_str().unwrap_or_default().to_owned()).collect()
    };
    let all = manifest.as_array().map(Vec::as_slice).unwrap_or_default();
    let tags = || all.iter().flat_map(|image| strings(image, "RepoTags")).collect::<Vec<_>>();
    let wanted = |image: &&Value| reference.is_none_or(|name| strings(image, "RepoTags").iter().any(|tag| tag == name));
    let image = match (&all.iter().filter(wanted).collect::<Vec<_>>()[..], reference) {
        ([only], _) => *only,
        ([], Some(name)) => return refused(format!("no image {name:?}; there are {:?}", tags())),
        ([], None) => return refused("manifest.json names no image"),
        (several, _) => {
            return refused(format!("{} images; open one by its name, of {:?}", several.len(), tags()));
        }
    };
    let Some(name) = image.get("Config").and_then(Value::as_str) else {
        return refused("manifest.json names no configuration");
    };
    let bytes = source.json(name)?;
    // Its name is its digest, if it has one.
    let stem = name.rsplit('/').next().unwrap_or(name).trim_end_matches(".json");
    if is_hex(stem) && digest(&bytes) != stem {
        return refused(format!("{name} has the digest {}", digest(&bytes)));
    }
    let config = parse("configuration", ImageConfiguration::from_reader(&*bytes))?;
    let files = strings(image, "Layers").into_iter().map(|file| match file.strip_prefix("blobs/sha256/") {
        Some(hex) if is_hex(hex) => match source.file(&file)? {
            // A link among the archive's files may lead to another layer's.
            Some(blob) => Ok((file.clone(), Some((hex.to_owned(), blob.left)))),
            None => refused(format!("{file} is missing")),
        },
        _ => Ok((file, None)),
    });
    let files = files.collect::<Result<_, Fault>>()?;
    Manifest::new(config, files)
}
