//! The label of AppArmor or SELinux that the program gets at its execve.

use rustix::fs::OFlags;

use super::Request;
use super::argument::{Cell, Fd};
use super::op;
use super::script::Script;
use crate::cure;
use crate::error::{Error, Label, Result, Step};
use crate::host::{Facts, LabelModule};
use crate::limits::Features;
use crate::outcome::Means;

/// The file of /proc, and the text for it.
pub(super) struct Labelled {
    file: &'static std::ffi::CStr,
    text: Vec<u8>,
    label: String,
}

/// What is to be written; `None` if nothing was asked for, or if that is optional and no module takes it.
pub(super) fn choose(request: &Request, facts: &Facts) -> Result<(Option<Labelled>, Means)> {
    let Some(label) = &request.lsm_label else { return Ok((None, Means::NotRequested)) };
    if label.is_empty() || label.chars().any(char::is_control) {
        let message = format!("{label:?} is not the name of a label");
        return Err(Error::invalid(Label::new(Step::LsmLabel), message));
    }
    let label = label.clone();
    let labelled = match facts.labels {
        // Since 5.8; attr/exec may be another module's.
        Some(LabelModule::AppArmor) => {
            Labelled { file: c"thread-self/attr/apparmor/exec", text: format!("exec {label}").into(), label }
        }
        Some(LabelModule::SeLinux) => Labelled { file: c"thread-self/attr/exec", text: label.clone().into(), label },
        None if request.limits.optional.contains(Features::LSM) => return Ok((None, Means::Nothing)),
        None => {
            let error = Error::invalid(Label::at(Step::LsmLabel, label), "neither AppArmor nor SELinux is enabled");
            return Err(error.with_hint(Some(cure::LSM)));
        }
    };
    Ok((Some(labelled), Means::Kernel))
}

/// Init opens the host's /proc, as the program's process may come to it when the root is another one.
pub(super) fn open_proc(script: &mut Script) -> Cell {
    let path = script.string(c"/proc");
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    script.call(Step::LsmLabel, op::openat(Fd::CWD, path, flags)).path("/proc").into_cell()
}

impl Labelled {
    /// A process may write its own label only. It counts from the next execve on, which is the program's.
    pub(super) fn write(&self, script: &mut Script, proc: Cell) {
        let file = script.string(self.file);
        let open = op::openat(proc, file, OFlags::WRONLY | OFlags::CLOEXEC);
        let file = script.call(Step::LsmLabel, open).path(&self.label).into_cell();
        let text = script.bytes(&self.text);
        script.call(Step::LsmLabel, op::write(file, text, self.text.len())).path(&self.label);
    }
}
