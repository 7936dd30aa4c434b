//! The table that an explanation prints as.

use std::fmt;

use super::{ExplainedLimit, Explanation, shown};
use crate::landlock::Rule;
use crate::limits::{Resource, UNLIMITED};

impl fmt::Display for ExplainedLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.name, self.value, self.means)
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |texts: &mut dyn Iterator<Item = String>| texts.collect::<Vec<_>>().join(" ");
        let user = |ids: Option<(u32, u32)>| match ids {
            Some((uid, gid)) => format!("{uid}:{gid}"),
            None => "one of its own".to_owned(),
        };
        let names = |names: &mut dyn Iterator<Item = &'static str>| list(&mut names.map(str::to_ascii_lowercase));
        let or_none = |text: String| if text.is_empty() { "none".to_owned() } else { text };

        row(f, "program", [list(&mut self.programs.iter().map(shown))])?;
        row(f, "arguments", [list(&mut self.arguments.iter().map(|argument| format!("\"{}\"", shown(argument))))])?;
        row(f, "directory", [shown(&self.current_dir)])?;
        row(f, "environment", self.environment.iter().map(|(key, value)| format!("{}={}", shown(key), shown(value))))?;
        row(f, "descriptors", self.descriptors.iter().map(|(number, what)| format!("{number}: {what}")))?;
        let namespaces = names(&mut self.enforced.namespaces.iter_names().map(|(name, _)| name));
        row(f, "namespaces", [or_none(namespaces)])?;
        row(f, "user", [format!("{}, on the host {}", user(self.user), user(self.host_user))])?;
        row(f, "capabilities", [or_none(names(&mut self.capabilities.iter_names().map(|(name, _)| name)))])?;
        row(f, "host name", self.hostname.as_ref().map(shown))?;
        row(f, "mounts", self.mounts.iter().map(ToString::to_string))?;
        row(f, "files", self.files.iter().map(shown))?;
        row(f, "limits", self.limits.iter().map(ToString::to_string))?;
        row(f, "rlimits", self.rlimits.iter().map(resource))?;
        let filter =
            format!("{}: {}, {} instructions", self.filter.title(), self.enforced.seccomp, self.filter_instructions);
        row(f, "filter", [filter])?;
        row(f, "landlock", self.landlock.iter().flat_map(|rules| rules.rules()).map(rule))?;
        let missing = self.enforced.landlock.iter().flat_map(|landlock| &landlock.missing);
        row(f, "not restricted", missing.map(ToString::to_string))
    }
}

fn resource((resource, soft, hard): &(Resource, u64, u64)) -> String {
    let amount = |amount: &u64| if *amount == UNLIMITED { "unlimited".to_owned() } else { amount.to_string() };
    format!("{} {} of {}", resource.name(), amount(soft), amount(hard))
}

fn rule(rule: Rule<'_>) -> String {
    match rule {
        Rule::Read(path) => format!("read {}", shown(path)),
        Rule::Write(path) => format!("write {}", shown(path)),
        Rule::Execute(path) => format!("execute {}", shown(path)),
        Rule::BindTcp(port) => format!("bind_tcp {port}"),
        Rule::ConnectTcp(port) => format!("connect_tcp {port}"),
        Rule::NoTcp => "no_tcp".to_owned(),
        Rule::ScopeAbstractSockets => "scope_abstract_sockets".to_owned(),
        Rule::ScopeSignals => "scope_signals".to_owned(),
    }
}

/// The first line has the name, the others room for it.
fn row(f: &mut fmt::Formatter<'_>, name: &str, lines: impl IntoIterator<Item = String>) -> fmt::Result {
    let names = std::iter::once(name).chain(std::iter::repeat(""));
    names.zip(lines).try_for_each(|(name, line)| writeln!(f, "{name:14}  {line}"))
}
