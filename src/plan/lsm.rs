//! The label of AppArmor or SELinux that the program gets at its execve.

use super::Request;
use super::script::{CWD, Cell, Script};
use crate::cure;
use crate::error::{Error, Label, Result, Step};
use crate::limits::Features;
use crate::outcome::Means;
use crate::sys::nr;

/// The file of /proc, and the text for it.
pub(super) struct Labelled {
    file: &'static std::ffi::CStr,
    text: Vec<u8>,
    label: String,
}

/// What is to be written; `None` if nothing was asked for, or if that is optional and no module takes it.
pub(super) fn choose(request: &Request) -> Result<(Option<Labelled>, Means)> {
    let Some(label) = &request.lsm_label else { return Ok((None, Means::NotRequested)) };
    if label.is_empty() || label.chars().any(char::is_control) {
        let message = format!("{label:?} is not the name of a label");
        return Err(Error::invalid(Label::new(Step::LsmLabel), message));
    }
    let label = label.clone();
    let apparmor =
        std::fs::read("/sys/module/apparmor/parameters/enabled").is_ok_and(|enabled| enabled.starts_with(b"Y"));
    let selinux = std::path::Path::new("/sys/fs/selinux/enforce").exists();
    let labelled = match (apparmor, selinux) {
        // Since 5.8; attr/exec may be another module's.
        (true, _) => Labelled { file: c"thread-self/attr/apparmor/exec", text: format!("exec {label}").into(), label },
        (_, true) => Labelled { file: c"thread-self/attr/exec", text: label.clone().into(), label },
        _ if request.limits.optional.contains(Features::LSM) => return Ok((None, Means::Nothing)),
        _ => {
            let error = Error::invalid(Label::at(Step::LsmLabel, label), "neither AppArmor nor SELinux is enabled");
            return Err(error.with_hint(Some(cure::LSM)));
        }
    };
    Ok((Some(labelled), Means::Kernel))
}

/// Init opens the host's /proc, as the program's process may come to it when the root is another one.
pub(super) fn open_proc(script: &mut Script) -> Cell {
    const O_PATH_DIRECTORY_CLOEXEC: u64 = 0x20_0000 | 0x1_0000 | 0x8_0000;
    let path = script.string(c"/proc");
    let arguments = [CWD.into(), path.into(), O_PATH_DIRECTORY_CLOEXEC.into()];
    script.call(nr::OPENAT, Step::LsmLabel, arguments).path("/proc").into_cell()
}

impl Labelled {
    /// A process may write its own label only. It counts from the next execve on, which is the program's.
    pub(super) fn write(&self, script: &mut Script, proc: Cell) {
        const O_WRONLY_CLOEXEC: u64 = 0x8_0001;
        let file = script.string(self.file);
        let arguments = [proc.into(), file.into(), O_WRONLY_CLOEXEC.into()];
        let file = script.call(nr::OPENAT, Step::LsmLabel, arguments).path(&self.label).into_cell();
        let text = script.bytes(&self.text);
        let length = self.text.len() as u64;
        script.call(nr::WRITE, Step::LsmLabel, [file.into(), text.into(), length.into()]).path(&self.label);
    }
}
