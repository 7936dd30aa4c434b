//! Puts the program's process into a Landlock domain.

use ::landlock::{ABI, Access, AccessFs, BitFlags, Scope};

use super::Request;
use super::script::{CWD, Cell, Script};
use crate::cure;
use crate::error::{Error, Label, Result, Step};
use crate::landlock::{Landlock, Ruleset, masks};
use crate::limits::Features;
use crate::mounts::has_nul;
use crate::namespaces::Namespaces;
use crate::outcome::Landlocked;
use crate::sys::{self, nr};

/// What is to be restricted.
pub(super) struct Domain<'a> {
    rules: Option<&'a Landlock>,
    handled: Ruleset,
    abi: ABI,
    pub enforced: Option<Landlocked>,
}

/// What was asked for, as far as this kernel can hold it; or an error.
pub(super) fn choose(request: &Request, namespaces: Namespaces) -> Result<Domain<'_>> {
    let asked = request.landlock.as_ref();
    let shielded = !namespaces.contains(Namespaces::PID);
    if asked.is_none() && !shielded {
        return Ok(Domain { rules: None, handled: Ruleset::default(), abi: ABI::Unsupported, enforced: None });
    }
    let version = sys::landlock_version().unwrap_or(0) as u32;
    let abi = ABI::from(version as i32);
    let mut handled = Ruleset::default();
    let mut enforced = None;
    if let Some(rules) = asked {
        check(rules)?;
        let missing = rules.missing(abi);
        if let Some((what, _)) = missing.iter().find(|(_, named)| *named)
            && !request.limits.optional.contains(Features::LANDLOCK)
        {
            let has = if version == 0 {
                "this kernel has no Landlock".to_owned()
            } else {
                format!("this kernel has version {version}")
            };
            let cure = if version == 0 { cure::LANDLOCK } else { cure::LANDLOCK_OLD };
            let message = format!("cannot restrict {what}: {has}");
            return Err(Error::invalid(Label::new(Step::Landlock), message).with_hint(Some(cure)));
        }
        handled = rules.handled(abi);
        enforced = Some(Landlocked { abi: version, missing: missing.into_iter().map(|(what, _)| what).collect() });
    }
    if shielded {
        handled.scopes |= Scope::from_all(abi) & Scope::Signal;
    }
    Ok(Domain { rules: asked, handled, abi, enforced })
}

fn check(rules: &Landlock) -> Result<()> {
    if rules.is_empty() {
        return Err(Error::invalid(Label::new(Step::Landlock), "names nothing to restrict"));
    }
    for (path, _) in &rules.paths {
        let refuse = |message: &str| Err(Error::invalid(Label::at(Step::Landlock, path), message));
        if has_nul(path) {
            return refuse("holds a NUL");
        }
        if !path.is_absolute() {
            return refuse("must be absolute");
        }
    }
    Ok(())
}

impl Domain<'_> {
    pub(super) fn enter(&self, script: &mut Script) {
        const PATH_BENEATH: u64 = 1;
        const NET_PORT: u64 = 2;
        if self.handled == Ruleset::default() {
            return;
        }
        let Ruleset { files, tcp, scopes } = self.handled;
        // All three words: the kernel takes those that it does not know if they are 0 (copy_struct_from_user()).
        const SIZE: u64 = 24;
        let attributes = script.words(&[files.bits(), tcp.bits(), scopes.bits()]);
        let arguments = [attributes.into(), SIZE.into(), 0u64.into()];
        let ruleset = script.call(nr::LANDLOCK_CREATE_RULESET, Step::Landlock, arguments).into_cell();
        for (path, access) in self.rules.iter().flat_map(|rules| &rules.paths).filter(|_| !files.is_empty()) {
            const O_PATH_CLOEXEC: u64 = 0x28_0000;
            const EINVAL: i32 = 22;
            let (of_directory, of_file) = masks(*access, self.abi);
            let name = script.path(path);
            // A descriptor at a time: there may be more rules than the program may have descriptors.
            let mut add = |rights: BitFlags<AccessFs>, ignored: &[i32]| {
                // struct landlock_path_beneath_attr: the rights, and the descriptor in four bytes.
                let rule = script.words(&[rights.bits(), 0]);
                let descriptor = Cell(rule + 8);
                script
                    .call(nr::OPENAT, Step::Landlock, [CWD.into(), name.into(), O_PATH_CLOEXEC.into()])
                    .save(descriptor)
                    .path(path);
                let arguments = [ruleset.into(), PATH_BENEATH.into(), rule.into(), 0u64.into()];
                script.call(nr::LANDLOCK_ADD_RULE, Step::Landlock, arguments).ignore(ignored).path(path);
                script.call(nr::CLOSE, Step::Landlock, [descriptor.into()]).path(path);
            };
            // Rights of directories are refused for a file: then those of a file are what is meant.
            if of_directory != of_file {
                add(of_directory, &[EINVAL]);
            }
            add(of_file, &[]);
        }
        for (port, access) in self.rules.iter().flat_map(|rules| &rules.ports).filter(|_| !tcp.is_empty()) {
            let rule = script.words(&[*access as u64, u64::from(*port)]);
            let arguments = [ruleset.into(), NET_PORT.into(), rule.into(), 0u64.into()];
            script.call(nr::LANDLOCK_ADD_RULE, Step::Landlock, arguments);
        }
        script.call(nr::LANDLOCK_RESTRICT_SELF, Step::Landlock, [ruleset.into(), 0u64.into()]);
    }
}
