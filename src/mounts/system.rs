//! The host's toolchain: which of the host's paths [`Sandbox::host_system`](crate::Sandbox::host_system) gives.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::{Kind, Mount, Rights};

const TREES: [&str; 13] = [
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    // Guix, and NixOS, where all of the above are links into it.
    "/gnu/store",
    "/nix/store",
    "/run/current-system",
    // What packages have compiled at their installation: /usr has links to it.
    "/var/lib/ca-certificates",
    "/var/lib/ghc",
    "/var/lib/texmf",
];

/// Of /etc, what programs of /usr do not work without, as trying them shows. A name may end in any characters. Each that
/// there is costs a mount: about 8 µs. What may hold a password or a key is not among them, such as npmrc, pip.conf,
/// gitconfig and ssl/private.
const OF_ETC: [&str; 33] = [
    "alternatives",
    "localtime",
    "mime.types",
    "os-release",
    "protocols",
    "services",
    // The dynamic loaders and the linkers.
    "ld-musl-*",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    // Certificates: of Debian, Alpine and SUSE, of Arch, of Fedora.
    "ssl/cert.pem",
    "ssl/certs",
    "ssl/openssl.cnf",
    "ca-certificates/extracted",
    "crypto-policies",
    "pki/ca-trust/extracted",
    "pki/java",
    "pki/tls/cert.pem",
    "pki/tls/certs",
    "pki/tls/openssl.cnf",
    // Compilers and interpreters.
    "R",
    "fonts",
    "fpc*",
    "java*",
    "ldc2*",
    "maven/logging",
    "maven/m2.conf",
    "mono",
    "nim",
    "ocamlfind.conf",
    "php*",
    "texmf",
    // NixOS, where the others are links into it.
    "static",
];

pub(crate) fn host_system() -> Vec<Mount> {
    found_in(Path::new("/"))
}

/// Only what exists is given, and links, such as those of the merged /usr, stay links.
fn found_in(root: &Path) -> Vec<Mount> {
    let etc = root.join("etc");
    let listed = |name: &str| {
        OF_ETC.iter().any(|entry| entry.strip_suffix('*').map_or(*entry == name, |stem| name.starts_with(stem)))
    };
    let mut of_etc: Vec<String> = std::fs::read_dir(&etc)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok().filter(|name| listed(name)))
        .collect();
    of_etc.sort();
    let deeper = OF_ETC.iter().filter(|entry| entry.contains('/')).filter(|entry| can_be_reached(&etc.join(entry)));
    let of_etc = of_etc.iter().map(String::as_str).chain(deeper.copied()).map(|name| Path::new("/etc").join(name));
    TREES.iter().map(PathBuf::from).chain(of_etc).filter_map(|inside| find(root, inside)).collect()
}

/// The program's user must pass through the directory above: one that a host has closed is not given.
fn can_be_reached(path: &Path) -> bool {
    path.parent().and_then(|dir| dir.metadata().ok()).is_some_and(|found| found.mode() & 1 != 0)
}

fn find(root: &Path, inside: PathBuf) -> Option<Mount> {
    let source = root.join(inside.strip_prefix("/").ok()?);
    let kind = match source.symlink_metadata().ok()?.file_type() {
        found if found.is_symlink() => Kind::Symlink { target: source.read_link().ok()? },
        // A package may go, and its part of /etc with it, while this is still in use.
        _ if inside.starts_with("/etc") => Kind::Bind { source, rights: Rights::ReadIfThere },
        _ => Kind::Bind { source, rights: Rights::Read },
    };
    Some(Mount { inside, kind })
}

#[cfg(test)]
#[path = "system_tests.rs"]
mod tests;
