//! The execve of the program, the last of its script: its arguments and environment, and where it is looked up.

use std::collections::BTreeMap;
use std::ffi::{CString, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::Access;
use rustix::io::Errno;

use super::argument::{Fd, Text};
use super::op::{self, Operation};
use super::script::Script;
use super::seccomp::Installed;
use super::{Request, c_string};
use crate::command::{Command, OWN_VARIABLES};
use crate::error::{Error, Label, Result, Step};
use crate::namespaces::Namespaces;
use crate::overlay::Overlay;

/// Where a bare name is looked up when the command sets no PATH.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// The home that the sandbox makes.
pub(super) const HOME: &str = "/home/user";

/// A directory that the program may write to: not among the host's, nor in a root that is read-only as a whole.
fn home(request: &Request) -> &'static str {
    let is_read_only = request.everything || request.overlay.as_ref().is_some_and(Overlay::is_read_only_root);
    if is_read_only { "/tmp" } else { HOME }
}

/// The variables that the program gets, each as `KEY=VALUE`.
fn environment(request: &Request, command: &Command, namespaces: Namespaces) -> Result<Vec<CString>> {
    let home = namespaces.contains(Namespaces::MOUNT).then(|| home(request));
    let own = OWN_VARIABLES.iter().zip([home, Some("C.UTF-8"), Some(PATH)]).filter(|_| !command.env_is_whole);
    let mut variables: BTreeMap<&OsStr, Option<&OsStr>> =
        own.map(|(key, value)| (OsStr::new(key), value.map(OsStr::new))).collect();
    variables.extend(command.get_envs());
    let text = |(key, value): (&OsStr, &OsStr)| {
        c_string(&[key.as_bytes(), b"=", value.as_bytes()].concat(), || Label::new(Step::Environment))
    };
    variables.into_iter().filter_map(|(key, value)| Some((key, value?))).map(text).collect()
}

/// Tries each place where the program may be. What is found but cannot be executed is told from what is not found.
pub(super) fn execute(
    script: &mut Script,
    request: &Request,
    command: &Command,
    namespaces: Namespaces,
    filter: Option<&Installed>,
) -> Result<()> {
    let name = command.arg0.as_ref().unwrap_or(&command.program);
    let arguments = std::iter::once(name).chain(&command.args);
    let argv = arguments.map(|arg| c_string(arg.as_bytes(), || Label::new(Step::Argument)));
    let argv = script.strings(&argv.collect::<Result<Vec<CString>>>()?);
    let envp = script.strings(&environment(request, command, namespaces)?);
    let places = places(command)?;
    let addresses: Vec<Text> = places.iter().map(|place| script.path(place)).collect();
    let missing = [Errno::NOENT, Errno::NOTDIR, Errno::ACCESS];
    let passed_over = if path(command).is_some() { &missing } else { &missing[..1] };
    for (place, address) in places.iter().zip(&addresses) {
        if let Some(filter) = filter {
            filter.check_execve(command, [address.0, argv.0, envp.0, 0, 0, 0])?;
        }
        script.call(Step::Exec, op::execve(*address, argv, envp)).ignore(passed_over).path(place);
    }
    // What is there after all has an interpreter that is not, or is a link to what is not.
    let byte = script.cell(0);
    let probes: [(Step, &dyn Fn(Text) -> Operation); 2] = [
        (Step::Interpreter, &|address| op::faccessat(Fd::CWD, address, Access::EXISTS)),
        (Step::Exec, &|address| op::readlinkat(Fd::CWD, address, byte, 1)),
    ];
    for (step, probe) in probes {
        for (place, address) in places.iter().zip(&addresses) {
            let probe = probe(*address);
            if filter.is_none_or(|filter| filter.permits(probe.op.nr, probe.op.args)) {
                script.call(step, probe).ignore(&missing).probe().path(place);
            }
        }
    }
    script.call(Step::Exec, op::end()).path(Path::new(&command.program));
    Ok(())
}

/// Where the program is looked up, if its name is a bare one.
pub(crate) fn path(command: &Command) -> Option<&OsStr> {
    let is_bare = !command.program.as_bytes().contains(&b'/');
    is_bare.then(|| command.env.get(OsStr::new("PATH")).and_then(Option::as_deref).unwrap_or(PATH.as_ref()))
}

fn places(command: &Command) -> Result<Vec<PathBuf>> {
    let program = Path::new(&command.program);
    let Some(path) = path(command) else { return Ok(vec![program.to_owned()]) };
    let places: Vec<PathBuf> =
        std::env::split_paths(path).filter(|dir| dir.is_absolute()).map(|dir| dir.join(program)).collect();
    if places.is_empty() {
        return Err(Error::invalid(
            Label::at(Step::Program, program),
            "PATH names no absolute directory to look it up in",
        ));
    }
    Ok(places)
}
