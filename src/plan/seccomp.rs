//! Installs the system call filter, last before the execve, and foresees what it says to what comes after it.

use std::sync::Arc;

use super::argument::Cell;
use super::check::Settled;
use super::constant::{Seccomp, SeccompFlag};
use super::script::Script;
use super::{Request, op, reach};
use crate::command::Command;
use crate::error::{Error, Label, Result, Step};
use crate::host::Facts;
use crate::namespaces::Namespaces;
use crate::outcome::Means;
use crate::seccomp::{Compiled, Filter, Guard, Instruction};
use crate::sys::{Plain, nr};

// SAFETY: integers only, without padding: `struct sock_filter`.
unsafe impl Plain for Instruction {}
const _: () = assert!(size_of::<Instruction>() == 2 + 1 + 1 + 4, "Instruction has padding");

/// What is to be installed.
pub(super) struct Installed {
    compiled: Arc<Compiled>,
    /// Calls that the filter kills for are told to init, which ends the tree.
    pub listens: bool,
}

/// The filter that was asked for; `None` if there is nothing to install.
pub(super) fn choose(
    request: &Request,
    settled: &Settled,
    facts: &Facts,
    command: Option<&Command>,
) -> Result<Option<Installed>> {
    // Behind a pid namespace the init is one process that the program can end, and ends itself with it.
    let namespaces = settled.namespaces;
    let alone = namespaces.contains(Namespaces::PID);
    let guard = Guard {
        affinity: settled.enforced.cpuset == Means::Kernel,
        core: !request.limits.core_dumps,
        others: !alone,
        traces: alone,
        spares_set_ids: namespaces.contains(Namespaces::MOUNT) && !reach::reaches_files(request, command),
        nests: request.user_namespaces,
    };
    let compiled = request.seccomp.clone().unwrap_or_else(Filter::standard).compile(guard)?;
    Ok(compiled.map(|compiled| Installed { listens: compiled.kills && may_fetch(namespaces, facts), compiled }))
}

/// Whether a spawn may have failed because init may not take the listener, by no rule that [`may_fetch`] knows: the filter of an
/// outer container. Docker's allows pidfd_getfd(2) to none without CAP_SYS_PTRACE.
pub(crate) fn may_be_the_fetch(error: &Error) -> bool {
    const REFUSALS: [i32; 3] = [1, 13, 38]; // EPERM, EACCES, ENOSYS
    error.step() == Step::Seccomp && error.raw_os_error().is_some_and(|errno| REFUSALS.contains(&errno))
}

/// Whether init may take the listener out of the program's process, its child: ptrace(2), as Yama restricts it.
fn may_fetch(namespaces: Namespaces, facts: &Facts) -> bool {
    const CAP_SYS_PTRACE: u64 = 1 << 19;
    match facts.ptrace_scope {
        _ if !facts.fetches => false,
        2 => namespaces.contains(Namespaces::USER) || facts.capabilities & CAP_SYS_PTRACE != 0,
        3 => false,
        _ => true,
    }
}

impl Installed {
    /// Whose listener is not fetched, unless it may be.
    pub(super) fn fetched(&self, may: bool) -> Installed {
        Installed { compiled: self.compiled.clone(), listens: self.listens && may }
    }

    pub(super) fn install(&self, script: &mut Script, listener: Cell) {
        const RET_USER_NOTIF: u32 = 0x7fc0_0000;
        let telling = self.listens.then(|| self.compiled.with_kill(RET_USER_NOTIF));
        for program in telling.as_ref().unwrap_or(&self.compiled.programs) {
            let flags = match self.listens {
                true => SeccompFlag::SECCOMP_FILTER_FLAG_NEW_LISTENER,
                false => SeccompFlag::NONE,
            };
            let instructions = script.bytes(Plain::bytes(program));
            let description = script.put([program.len() as u64, instructions.0]);
            let install = op::seccomp(Seccomp::SECCOMP_SET_MODE_FILTER, flags, description);
            let call = script.call(Step::Seccomp, install);
            if self.listens {
                call.save(listener);
            }
        }
        if self.listens {
            script.call(Step::Seccomp, op::trap());
        }
    }

    pub(super) fn denies_user_namespaces(&self) -> bool {
        self.compiled.denies_user_namespaces()
    }

    /// Whether the call will be made.
    pub(super) fn permits(&self, number: u32, arguments: [u64; 6]) -> bool {
        self.compiled.permits(number, arguments)
    }

    /// The program itself is started under its filter. What the filter lets fail the kernel tells; of what it kills for or
    /// traps nobody would hear before the program is there.
    pub(super) fn check_execve(&self, command: &Command, arguments: [u64; 6]) -> Result<()> {
        if self.permits(nr::EXECVE, arguments) {
            return Ok(());
        }
        let label = Label::at(Step::Exec, &command.program);
        Err(Error::invalid(label, "the filter denies this execve, by which the program itself is started"))
    }
}
