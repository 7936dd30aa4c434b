//! Installs the system call filter, last before the execve, and foresees what it says to what comes after it.

use std::sync::Arc;

use super::argument::Cell;
use super::constant::{Seccomp, SeccompFlag};
use super::init::Config;
use super::script::Script;
use super::{Caller, Request, op};
use crate::command::Command;
use crate::error::{Error, Label, Result, Step};
use crate::namespaces::Namespaces;
use crate::seccomp::{Compiled, Filter, Instruction};
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
pub(super) fn choose(request: &Request, namespaces: Namespaces, caller: &Caller) -> Result<Option<Installed>> {
    let compiled = request.seccomp.clone().unwrap_or_else(Filter::standard).compile()?;
    Ok(compiled.map(|compiled| Installed { listens: compiled.kills && may_fetch(namespaces, caller), compiled }))
}

/// Whether a spawn may have failed because init may not take the listener, by no rule that [`may_fetch`] knows: the filter of an
/// outer container. Docker's allows pidfd_getfd(2) to none without CAP_SYS_PTRACE.
pub(crate) fn may_be_the_fetch(error: &Error) -> bool {
    const REFUSALS: [i32; 3] = [1, 13, 38]; // EPERM, EACCES, ENOSYS
    error.step() == Step::Seccomp && error.raw_os_error().is_some_and(|errno| REFUSALS.contains(&errno))
}

/// Whether init may take the listener out of the program's process, its child: ptrace(2), as Yama restricts it.
fn may_fetch(namespaces: Namespaces, caller: &Caller) -> bool {
    const CAP_SYS_PTRACE: u64 = 1 << 19;
    if !caller.fetches {
        return false;
    }
    let scope = std::fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope").unwrap_or_default();
    match scope.trim() {
        "2" => namespaces.contains(Namespaces::USER) || caller.capabilities & CAP_SYS_PTRACE != 0,
        "3" => false,
        _ => true,
    }
}

impl Installed {
    pub(super) fn install(&self, script: &mut Script) {
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
                call.save(Cell(Config::LISTENER));
            }
        }
        if self.listens {
            script.call(Step::Seccomp, op::trap());
        }
    }

    /// Whether the call will be made.
    pub(super) fn permits(&self, number: u32, arguments: [u64; 6]) -> bool {
        self.compiled.programs.iter().all(|program| matches!(answer(program, number, arguments), LOG | ALLOW))
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

/// The answers by which a call is made.
const LOG: u32 = 0x7ffc_0000;
const ALLOW: u32 = 0x7fff_0000;

/// What a filter returns for a call of x86_64. It holds only the instructions that `seccomp::program` writes; others, and an
/// end without a return, count as a kill.
fn answer(program: &[Instruction], number: u32, arguments: [u64; 6]) -> u32 {
    const AUDIT_ARCH_X86_64: u32 = 0xc000_003e;
    let word = |offset: u32| match offset {
        0 => number,
        4 => AUDIT_ARCH_X86_64,
        16..64 => (arguments[(offset as usize - 16) / 8] >> (offset % 8 * 8)) as u32,
        _ => 0,
    };
    let (mut at, mut register) = (0, 0u32);
    while let Some(Instruction { code, jt, jf, k }) = program.get(at).copied() {
        let branch = |taken: bool| usize::from(if taken { jt } else { jf });
        at += 1 + match code {
            0x20 => {
                register = word(k);
                0
            }
            0x54 => {
                register &= k;
                0
            }
            0x05 => k as usize,
            0x15 => branch(register == k),
            0x25 => branch(register > k),
            0x35 => branch(register >= k),
            0x45 => branch(register & k != 0),
            0x06 => return k,
            _ => return 0,
        };
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seccomp::{Action, Arg};

    fn answer_of(filter: Filter, number: u32, arguments: [u64; 6]) -> u32 {
        let compiled = filter.compile().expect("compiles").expect("a filter");
        answer(&compiled.programs[0], number, arguments)
    }

    #[test]
    fn the_answer_is_that_of_the_policy() {
        let filter = Filter::deny(["mount"]).when("ioctl", [Arg::new(1).low32().eq(0x5412)], Action::Kill);
        assert_eq!(answer_of(filter.clone(), nr::MOUNT, [0; 6]), 0x0005_0001);
        assert_eq!(answer_of(filter.clone(), nr::WRITE, [0; 6]), 0x7fff_0000);
        assert_eq!(answer_of(filter.clone(), nr::IOCTL, [0, 0x1_0000_5412, 0, 0, 0, 0]), 0x8000_0000);
        assert_eq!(answer_of(filter, nr::IOCTL, [0, 0x5413, 0, 0, 0, 0]), 0x7fff_0000);
    }

    #[test]
    fn a_program_that_is_not_understood_kills() {
        assert_eq!(answer(&[], 0, [0; 6]), 0);
        assert_eq!(answer(&[Instruction { code: 0x80, jt: 0, jf: 0, k: 0 }], 0, [0; 6]), 0);
    }
}
