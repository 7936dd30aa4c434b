//! Puts the program's process into a Landlock domain.

use ::landlock::{ABI, Access as _, AccessFs, BitFlags, Scope};
use rustix::fs::{Access, OFlags};
use rustix::io::Errno;

use super::Request;
use super::argument::Fd;
use super::constant::Rule;
use super::op;
use super::script::Script;
use crate::cure;
use crate::error::{Error, Label, Result, Step};
use crate::host::Facts;
use crate::landlock::{Landlock, Ruleset, masks};
use crate::limits::Features;
use crate::mounts::has_nul;
use crate::namespaces::Namespaces;
use crate::outcome::Landlocked;

/// What is to be restricted.
pub(super) struct Domain<'a> {
    rules: Option<&'a Landlock>,
    handled: Ruleset,
    abi: ABI,
    pub enforced: Option<Landlocked>,
}

/// What was asked for, as far as this kernel can hold it; or an error.
pub(super) fn choose<'a>(request: &'a Request, namespaces: Namespaces, facts: &Facts) -> Result<Domain<'a>> {
    let asked = request.landlock.as_ref();
    let shielded = !namespaces.contains(Namespaces::PID);
    if asked.is_none() && !shielded {
        return Ok(Domain { rules: None, handled: Ruleset::default(), abi: ABI::Unsupported, enforced: None });
    }
    let version = facts.landlock.unwrap_or(0);
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
    /// A user that nobody else is reads what others may: what is given it to no avail is an error.
    pub(super) fn enter(&self, script: &mut Script, own_user: bool) {
        let Ruleset { files, tcp, scopes } = self.handled;
        if self.handled == Ruleset::default() {
            return;
        }
        // All three words: the kernel takes those that it does not know if they are 0 (copy_struct_from_user()).
        const SIZE: usize = 24;
        let attributes = script.put([files.bits(), tcp.bits(), scopes.bits()]);
        let ruleset = script.call(Step::Landlock, op::landlock_create_ruleset(attributes, SIZE)).into_cell();
        for (path, access) in self.rules.iter().flat_map(|rules| &rules.paths).filter(|_| !files.is_empty()) {
            let (of_directory, of_file) = masks(*access, self.abi);
            let name = script.path(path);
            if own_user && of_file.contains(AccessFs::ReadFile) {
                script.call(Step::Landlock, op::faccessat(Fd::CWD, name, Access::READ_OK)).path(path);
            }
            // A descriptor at a time: there may be more rules than the program may have descriptors.
            let mut add = |rights: BitFlags<AccessFs>, ignored: &[Errno]| {
                // struct landlock_path_beneath_attr: the rights, and the descriptor in four bytes.
                let rule = script.put([rights.bits(), 0]);
                let descriptor = rule.cell(8);
                let open = op::openat(Fd::CWD, name, OFlags::PATH | OFlags::CLOEXEC);
                script.call(Step::Landlock, open).save(descriptor).path(path);
                let add = op::landlock_add_rule(ruleset, Rule::LANDLOCK_RULE_PATH_BENEATH, rule);
                script.call(Step::Landlock, add).ignore(ignored).path(path);
                script.call(Step::Landlock, op::close(descriptor)).path(path);
            };
            // Rights of directories are refused for a file: then those of a file are what is meant.
            if of_directory != of_file {
                add(of_directory, &[Errno::INVAL]);
            }
            add(of_file, &[]);
        }
        for (port, access) in self.rules.iter().flat_map(|rules| &rules.ports).filter(|_| !tcp.is_empty()) {
            let rule = script.put([*access as u64, u64::from(*port)]);
            script.call(Step::Landlock, op::landlock_add_rule(ruleset, Rule::LANDLOCK_RULE_NET_PORT, rule));
        }
        script.call(Step::Landlock, op::landlock_restrict_self(ruleset));
    }
}
