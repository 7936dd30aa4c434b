use std::fs::{Permissions, create_dir_all, set_permissions, write};
use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

/// A root with these files (of a name that ends in a slash: directories) and links.
struct Planted(PathBuf);

impl Planted {
    fn new(name: &str, files: &[&str], links: &[(&str, &str)]) -> Planted {
        let planted = Planted(std::env::temp_dir().join(format!("belljar-system-{name}-{}", std::process::id())));
        for file in files {
            let path = planted.0.join(file);
            create_dir_all(if file.ends_with('/') { &path } else { path.parent().expect("a parent") }).expect("made");
            if !file.ends_with('/') {
                write(path, file).expect("written");
            }
        }
        for (target, link) in links {
            let link = planted.0.join(link);
            create_dir_all(link.parent().expect("a parent")).expect("made");
            symlink(target, link).expect("a link");
        }
        planted
    }

    /// Each place with `/` for a directory, `.` for a file, and a link's target.
    fn found(&self) -> Vec<String> {
        let tell = |mount: Mount| match mount.kind {
            Kind::Symlink { target } => format!("{} -> {}", mount.inside.display(), target.display()),
            Kind::Bind { source, rights } => {
                assert_eq!(source, self.0.join(&mount.inside.to_str().expect("text")[1..]));
                assert_eq!(rights == Rights::ReadIfThere, mount.inside.starts_with("/etc"));
                format!("{} {}", mount.inside.display(), if source.is_dir() { '/' } else { '.' })
            }
            other => panic!("{other:?}"),
        };
        found_in(&self.0).into_iter().map(tell).collect()
    }
}

impl Drop for Planted {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).expect("removed");
    }
}

#[test]
fn what_toolchains_need_of_etc_is_found_and_nothing_else() {
    let planted = Planted::new(
        "etc",
        &[
            "usr/bin/cc",
            "var/lib/ghc/package.conf.d/base",
            "var/lib/dpkg/status",
            "etc/shadow",
            "etc/passwd",
            "etc/npmrc",
            "etc/ssh/ssh_host_key",
            "etc/alternatives/cc",
            "etc/services",
            "etc/java-21-openjdk/security/java.security",
            "etc/java/java.conf",
            "etc/jav",
            "etc/php/8.4/php.ini",
            "etc/php.ini",
            "etc/Rx/y",
            "etc/ssl/certs/ca.pem",
            "etc/ssl/private/key.pem",
            "etc/pki/tls/private/key.pem",
            "etc/maven/settings.xml",
            "etc/maven/m2.conf",
        ],
        &[("usr/bin", "bin"), ("/usr/share/zoneinfo/UTC", "etc/localtime"), ("../secret", "etc/secret")],
    );
    assert_eq!(
        planted.found(),
        [
            "/usr /",
            "/bin -> usr/bin",
            "/var/lib/ghc /",
            "/etc/alternatives /",
            "/etc/java /",
            "/etc/java-21-openjdk /",
            "/etc/localtime -> /usr/share/zoneinfo/UTC",
            "/etc/php /",
            "/etc/php.ini .",
            "/etc/services .",
            "/etc/ssl/certs /",
            "/etc/maven/m2.conf .",
        ]
    );
}

#[test]
fn the_stores_of_nixos_and_guix_are_found() {
    let nixos = Planted::new(
        "nixos",
        &["usr/bin/env", "nix/store/abc-etc/etc/services", "nix/var/nix/db/db.sqlite", "etc/shadow"],
        &[
            ("/nix/store/abc-nixos-system", "run/current-system"),
            ("/nix/store/abc-etc/etc", "etc/static"),
            ("/etc/static/services", "etc/services"),
            ("/etc/static/ssl/certs/ca-bundle.crt", "etc/ssl/certs/ca-bundle.crt"),
        ],
    );
    assert_eq!(
        nixos.found(),
        [
            "/usr /",
            "/nix/store /",
            "/run/current-system -> /nix/store/abc-nixos-system",
            "/etc/services -> /etc/static/services",
            "/etc/static -> /nix/store/abc-etc/etc",
            "/etc/ssl/certs /",
        ]
    );
    let guix = Planted::new("guix", &["gnu/store/x/bin/sh"], &[("/gnu/store/x", "run/current-system")]);
    assert_eq!(guix.found(), ["/gnu/store /", "/run/current-system -> /gnu/store/x"]);
}

/// Root finds what is in a closed directory, but a program that has shed root could not mount it.
#[test]
fn what_is_in_a_closed_directory_is_not_given() {
    let planted = Planted::new("closed", &["etc/ssl/certs/ca.pem", "etc/maven/m2.conf"], &[]);
    set_permissions(planted.0.join("etc/ssl"), Permissions::from_mode(0o750)).expect("closed");
    assert_eq!(planted.found(), ["/etc/maven/m2.conf ."]);
}

#[test]
fn the_documentation_lists_all_that_is_given() {
    let setters = include_str!("../sandbox.rs");
    let of_setter = &setters[..setters.find("pub fn host_system").expect("the setter")];
    let documented = &of_setter[of_setter.rfind("\n\n").expect("its documentation")..];
    for entry in TREES.iter().chain(&OF_ETC) {
        assert!(documented.contains(&format!("`{entry}`")), "{entry}");
    }
}
