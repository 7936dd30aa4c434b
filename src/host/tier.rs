//! How much of a sandbox a host gives, and what would make it give more, in the words of the place.

use std::fmt;
use std::path::Path;

use super::read;
use crate::error::Step;

/// How much of a sandbox a host gives: [`Host::tier`](crate::Host::tier), and what each [promises](crate#tiers).
///
/// ```
/// use belljar::Tier;
///
/// assert!(Tier::NoNamespaces < Tier::NoProc && Tier::NoProc < Tier::Strict);
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tier {
    /// User namespaces are forbidden: [`Namespaces::empty()`](crate::Namespaces::empty) with Landlock, a filter and, for a caller
    /// that may choose it, an id of the program's own.
    NoNamespaces,
    /// All namespaces, but no `/proc`: that of the host is masked, as in a container.
    NoProc,
    /// All that [`Sandbox::new()`](crate::Sandbox::new) is made of.
    Strict,
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Tier::NoNamespaces => "no namespaces",
            Tier::NoProc => "no /proc",
            Tier::Strict => "strict",
        })
    }
}

/// What was found by trying.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub tier: Option<Tier>,
    /// Why it is not the next one.
    pub short: Option<Short>,
}

/// Where the next tier's sandbox failed, and what can be done about it.
#[derive(Clone, Debug)]
pub(crate) struct Short {
    pub step: Step,
    pub why: String,
    pub cure: Option<&'static str>,
}

/// Where this process runs, as far as that shows.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Docker,
    Podman,
    Kubernetes,
    Actions,
    /// A distribution that forbids user namespaces to programs without an AppArmor profile: Ubuntu from 24.04 on.
    Ubuntu,
}

impl Place {
    fn here() -> Option<Place> {
        let restricts = read::number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == Some(1);
        let places = [
            (Place::Kubernetes, std::env::var_os("KUBERNETES_SERVICE_HOST").is_some()),
            (Place::Docker, Path::new("/.dockerenv").exists()),
            (Place::Podman, Path::new("/run/.containerenv").exists()),
            (Place::Actions, restricts && std::env::var_os("GITHUB_ACTIONS").is_some()),
            (Place::Ubuntu, restricts),
        ];
        places.into_iter().find(|(_, is_here)| *is_here).map(|(place, _)| place)
    }
}

/// The one change that would reach the next tier.
pub(crate) fn cure(short: &Short) -> Option<&'static str> {
    Place::here().and_then(|place| in_words_of(place, short.step)).or(short.cure)
}

fn in_words_of(place: Place, step: Step) -> Option<&'static str> {
    Some(match (place, step) {
        (Place::Docker, Step::Clone | Step::Root | Step::Bind | Step::Dev) => {
            "docker run --security-opt seccomp=docker-seccomp.json, the file in profiles/ of the crate's package; and, where \
             AppArmor is on, --security-opt apparmor=unconfined"
        }
        (Place::Docker, Step::Proc) => "docker run --security-opt systempaths=unconfined",
        (Place::Podman, Step::Clone) => {
            "podman run --security-opt seccomp=docker-seccomp.json, the file in profiles/ of the crate's package"
        }
        (Place::Podman, Step::Proc) => "podman run --security-opt unmask=ALL",
        (Place::Kubernetes, Step::Clone) => {
            "securityContext: {seccompProfile: {type: Localhost, localhostProfile: docker-seccomp.json}}, the file in \
             profiles/ of the crate's package put into /var/lib/kubelet/seccomp of the node"
        }
        (Place::Kubernetes, Step::Proc) => {
            "hostUsers: false in the pod's spec, and securityContext: {procMount: Unmasked}"
        }
        (Place::Kubernetes, Step::Root | Step::Bind | Step::Dev) => {
            "securityContext: {appArmorProfile: {type: Unconfined}}"
        }
        (Place::Actions, Step::Clone | Step::IdMap | Step::User | Step::Root | Step::Hostname) => {
            "a step before: - run: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
        }
        (Place::Ubuntu, Step::Clone | Step::IdMap | Step::User | Step::Root | Step::Hostname) => {
            "sysctl kernel.apparmor_restrict_unprivileged_userns=0; or for this program alone a file in /etc/apparmor.d, \
             loaded by apparmor_parser -r: abi <abi/4.0>, profile NAME /path/of/the/program flags=(unconfined) { userns, }"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_has_words_for_what_it_forbids() {
        for place in [Place::Docker, Place::Podman, Place::Kubernetes, Place::Actions, Place::Ubuntu] {
            assert!(in_words_of(place, Step::Clone).is_some(), "{place:?}");
            assert_eq!(in_words_of(place, Step::Image), None, "{place:?}");
        }
        for place in [Place::Docker, Place::Podman, Place::Kubernetes] {
            assert!(in_words_of(place, Step::Proc).is_some(), "{place:?}");
        }
    }
}
