//! What a spawn would do, as a value and as a table.

mod mounts;
mod table;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use linux_raw_sys::general::rlimit64;

use crate::capabilities::Capabilities;
use crate::command::Command;
use crate::error::{Error, Label, Result, Step};
use crate::landlock::Landlock;
use crate::launch;
use crate::limits::{Limits, OnLimit, Resource};
use crate::outcome::{Enforced, Means};
use crate::plan::Request;
use crate::plan::script::Script;
use crate::seccomp::Filter;
use crate::sys::nr;
pub use mounts::ExplainedMount;

/// What [`Sandbox::explain`](crate::Sandbox::explain) answers: what a spawn would do. `Display` is a table.
///
/// It is read out of the scripts that a spawn would run, not decided a second time.
///
/// ```
/// use belljar::{Command, Means, Sandbox};
///
/// let sandbox = Sandbox::new().host_system().output_limit(1 << 20);
/// let explanation = sandbox.explain(Command::new("cc").arg("main.c"))?;
/// assert_eq!(explanation.enforced.output, Means::Host);
/// assert!(explanation.mounts.iter().all(|mount| mount.read_only || !mount.place.starts_with("/usr")));
/// println!("{explanation}");
/// # Ok::<(), belljar::Error>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct Explanation {
    /// What [`Outcome::enforced`](crate::Outcome::enforced) will tell on this host as it is now; but
    /// [`unmapped`](Enforced::unmapped), which shows when the layers are mounted, is empty.
    pub enforced: Enforced,
    /// The user and group of the program, as it sees itself. `None` is an id that is leased, or chosen, at each start.
    pub user: Option<(u32, u32)>,
    /// The same on the host.
    pub host_user: Option<(u32, u32)>,
    /// The name that the host has inside; `None` is the host's own.
    pub hostname: Option<OsString>,
    /// All mounts, the root first, then in the order in which they are put on each other. What the host has mounted below the
    /// source of a bind comes along, and is not listed. Without [`Namespaces::MOUNT`](crate::Namespaces::MOUNT) there are
    /// none: the root is the host's.
    pub mounts: Vec<ExplainedMount>,
    /// Files and links that the sandbox itself makes, in their order.
    pub files: Vec<PathBuf>,
    /// The limits that were asked for, by the names of the setters.
    pub limits: Vec<ExplainedLimit>,
    /// The resource limits that the program has, soft and hard; the others are the host's.
    pub rlimits: Vec<(Resource, u64, u64)>,
    /// The capabilities that it has.
    pub capabilities: Capabilities,
    /// The filter of its system calls.
    pub filter: Filter,
    /// How many instructions the programs have that are installed for it, with the sandbox's own rules.
    pub filter_instructions: usize,
    /// What it may reach by Landlock; how much of that this kernel can hold is in
    /// [`Enforced::landlock`].
    pub landlock: Option<Landlock>,
    /// Where the program is looked for, the first place first.
    pub programs: Vec<PathBuf>,
    /// Its arguments, `argv[0]` first.
    pub arguments: Vec<OsString>,
    /// Its environment.
    pub environment: Vec<(OsString, OsString)>,
    /// Its working directory.
    pub current_dir: PathBuf,
    /// The descriptors that it is given, and where each leads. Those of [`output`](crate::Sandbox::output), which captures, are
    /// `piped` in place of `null`.
    pub descriptors: Vec<(i32, String)>,
}

/// A limit that was asked for. `Display` is such as `memory_limit 536870912 bytes: cgroup`.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedLimit {
    /// The setter's name.
    pub name: &'static str,
    /// How much, with its unit.
    pub value: String,
    /// By what means it is held on this host.
    pub means: Means,
}

pub(crate) fn explain(request: &Request, command: &Command) -> Result<Explanation> {
    let plan = launch::look(request, command)?;
    let program = plan.program.as_ref().ok_or_else(|| Error::invalid(Label::new(Step::Program), "there is none"))?;
    let mut explanation = Explanation {
        user: None,
        host_user: None,
        hostname: plan.script.read().find(|op| op.nr() == nr::SETHOSTNAME).map(|op| op.data(0)),
        mounts: mounts::read(&plan),
        files: files(&plan.script),
        limits: limits(&request.limits, &plan.enforced),
        rlimits: Vec::new(),
        capabilities: request.capabilities,
        filter: request.seccomp.clone().unwrap_or_default(),
        filter_instructions: 0,
        landlock: request.landlock.clone(),
        programs: Vec::new(),
        arguments: Vec::new(),
        environment: Vec::new(),
        current_dir: PathBuf::new(),
        descriptors: descriptors(command),
        enforced: plan.enforced.clone(),
    };
    // A file may only be there to be mounted on.
    explanation.files.retain(|place| explanation.mounts.iter().all(|mount| mount.place != *place));
    explanation.read(&program.script);
    if plan.id_map.is_none() && plan.enforced.own_user {
        explanation.user = None;
    }
    explanation.host_user = match plan.id_map {
        Some(map) => Some(map.host).filter(|_| map.deny_setgroups),
        None => explanation.user,
    };
    Ok(explanation)
}

impl Explanation {
    /// What the program's process does before it is the program.
    fn read(&mut self, script: &Script) {
        for op in script.read() {
            match op.nr() {
                nr::SETRESUID => self.user.get_or_insert_default().0 = op.value(0) as u32,
                nr::SETRESGID => self.user.get_or_insert_default().1 = op.value(0) as u32,
                nr::PRLIMIT64 => {
                    let rlimit64 { rlim_cur, rlim_max } = op.structure(2);
                    let resource = Resource::ALL.iter().find(|resource| **resource as u64 == op.value(1));
                    let resource = *resource.expect("a resource of its own making");
                    // A program that is given descriptors has room for them on the way.
                    self.rlimits.retain(|(known, ..)| *known != resource);
                    self.rlimits.push((resource, rlim_cur, rlim_max));
                }
                nr::CHDIR => self.current_dir = op.path(0),
                nr::SECCOMP => self.filter_instructions += op.structure::<[u64; 2]>(2)[0] as usize,
                nr::EXECVE => {
                    self.programs.push(op.path(0));
                    self.arguments = op.texts(1);
                    self.environment = op.texts(2).into_iter().map(variable).collect();
                }
                _ => {}
            }
        }
    }
}

fn variable(text: OsString) -> (OsString, OsString) {
    let mut key = text.into_vec();
    let mut value = key.split_off(key.iter().position(|byte| *byte == b'=').unwrap_or(key.len()));
    value.drain(..value.len().min(1));
    (OsString::from_vec(key), OsString::from_vec(value))
}

fn files(script: &Script) -> Vec<PathBuf> {
    let makes = |nr: u32, step: Step| matches!((nr, step), (nr::OPENAT, Step::File) | (nr::SYMLINKAT, Step::Symlink));
    script.read().filter_map(|op| op.label().path.filter(|_| makes(op.nr(), op.label().step))).collect()
}

fn limits(limits: &Limits, enforced: &Enforced) -> Vec<ExplainedLimit> {
    let Limits {
        memory,
        pids,
        cpus,
        io,
        cpu_time,
        wall_time,
        output: _,
        file_size,
        core_dumps: _,
        rlimits: _,
        optional: _,
        cpuset,
        cpu_weight,
        memory_high,
        on_output,
    } = limits;
    let bytes = |bytes: u64| format!("{bytes} bytes");
    let processors = |numbers: &BTreeSet<u32>| numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    let output = match on_output {
        OnLimit::Kill => bytes(limits.output()),
        OnLimit::Truncate => format!("{}, then cut", bytes(limits.output())),
    };
    [
        ("memory_limit", memory.map(bytes), enforced.memory),
        ("pids_limit", pids.map(|pids| pids.to_string()), enforced.pids),
        ("cpus", cpus.map(|cpus| cpus.to_string()), enforced.cpus),
        ("cpuset", cpuset.as_ref().map(processors), enforced.cpuset),
        ("cpu_weight", cpu_weight.map(|weight| weight.to_string()), enforced.cpu_weight),
        ("memory_high", memory_high.map(bytes), enforced.memory_high),
        ("io_limit", io.as_ref().map(|io| io.to_string()), enforced.io),
        ("cpu_time_limit", cpu_time.map(|time| format!("{time:?}")), enforced.cpu_time),
        ("wall_time_limit", wall_time.map(|time| format!("{time:?}")), enforced.wall_time),
        ("output_limit", Some(output), enforced.output),
        ("file_size_limit", file_size.map(bytes), enforced.file_size),
    ]
    .into_iter()
    .filter_map(|(name, value, means)| Some(ExplainedLimit { name, value: value?, means }))
    .collect()
}

fn descriptors(command: &Command) -> Vec<(i32, String)> {
    let stream = |(number, stdio): (i32, &Option<crate::stdio::Stdio>)| {
        (number, stdio.as_ref().map_or("null".to_owned(), |stdio| format!("{stdio:?}")))
    };
    let streams = (0..).zip(&command.stdio).map(stream);
    streams.chain(command.fds.iter().map(|(number, fd)| (*number, format!("{fd:?}")))).collect()
}

/// Text with what is no UTF-8, or would break a line, escaped.
fn shown(text: impl AsRef<std::ffi::OsStr>) -> String {
    let escaped = |chunk: std::str::Utf8Chunk<'_>| {
        let invalid: String = chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")).collect();
        chunk.valid().escape_debug().to_string() + &invalid
    };
    text.as_ref().as_bytes().utf8_chunks().map(escaped).collect()
}
