//! Filters that seccompiler has made, by its builder or out of its JSON.

use std::sync::Arc;

use linux_raw_sys::ptrace::{SECCOMP_RET_ACTION_FULL, SECCOMP_RET_DATA, SECCOMP_RET_ERRNO, SECCOMP_RET_KILL_THREAD};
use seccompiler::{BpfProgram, TargetArch};

use super::evaluate::{Call, evaluate};
use super::program::{
    AND, ARCHITECTURE, JUMP, JUMP_EQUAL, JUMP_GREATER, JUMP_GREATER_EQUAL, LOAD, LONGEST, NUMBER, RETURN,
};
use super::rule::KILL_PROCESS;
use super::{Action, Compiled, Filter, Guard, Instruction, NATIVE};
use crate::error::{Error, Label, Result, Step};

/// Where the numbers of the x32 ABI begin. No architecture has others there.
const X32: u32 = 0x4000_0000;

impl From<BpfProgram> for Filter {
    /// A program of seccompiler's. Feature `seccompiler`.
    ///
    /// It is installed as any other filter, and what it kills for is
    /// [`Verdict::SyscallDenied`](crate::Verdict::SyscallDenied). `spawn` refuses one that is not made of the instructions
    /// that seccompiler writes, that jumps out of itself, returns what nobody here answers (SECCOMP_RET_TRACE and
    /// SECCOMP_RET_USER_NOTIF), or does not allow execve(2); and rules beside it.
    ///
    /// Stricter than the program on purpose: x32 and other architectures are killed, as seccompiler does with the latter, and
    /// what kills a thread kills the whole process.
    ///
    /// ```
    /// use belljar::{Action, Filter};
    /// use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};
    ///
    /// let rules = [(libc::SYS_mount, vec![])].into();
    /// let arch = TargetArch::try_from(std::env::consts::ARCH).unwrap();
    /// let filter = SeccompFilter::new(rules, SeccompAction::Allow, SeccompAction::Errno(13), arch).unwrap();
    /// let filter = Filter::from(BpfProgram::try_from(filter).unwrap());
    /// assert_eq!(filter.explain("mount").action(), Action::Errno(13));
    /// ```
    fn from(program: BpfProgram) -> Filter {
        let instruction = |it: &seccompiler::sock_filter| Instruction { code: it.code, jt: it.jt, jf: it.jf, k: it.k };
        let program: Arc<[Instruction]> = program.iter().map(instruction).collect();
        Filter { program: Some(program), as_made: true, ..Filter::new("seccompiler", Action::Kill) }
    }
}

impl Filter {
    /// The filter of this name in seccompiler's JSON, for the architecture of the host. Feature `seccompiler`.
    ///
    /// # Errors
    /// What seccompiler does not understand; a name that is not there.
    ///
    /// ```
    /// use belljar::{Action, Filter};
    ///
    /// let json = r#"{ "worker": {
    ///     "mismatch_action": "allow", "match_action": { "errno": 13 }, "filter": [{ "syscall": "mount" }]
    /// } }"#;
    /// let filter = Filter::from_seccompiler_json(json, "worker")?;
    /// assert_eq!(filter.explain("mount").action(), Action::Errno(13));
    /// # Ok::<(), belljar::Error>(())
    /// ```
    pub fn from_seccompiler_json(json: &str, name: &str) -> Result<Filter> {
        let refuse = |message: String| Error::invalid(Label::at(Step::Seccomp, name), message);
        let architecture = TargetArch::try_from(NATIVE.name).map_err(|error| refuse(error.to_string()))?;
        let mut filters =
            seccompiler::compile_from_json(json.as_bytes(), architecture).map_err(|error| refuse(error.to_string()))?;
        filters.remove(name).map(Filter::from).ok_or_else(|| refuse("there is no filter of that name".into()))
    }
}

/// What is installed for a program that was written elsewhere.
pub(super) fn compile(program: &[Instruction], guard: Guard) -> Result<Compiled> {
    let refuse = |message: String| Error::invalid(Label::new(Step::Seccomp), message);
    if program.last().is_none_or(|last| last.code != RETURN) {
        return Err(refuse("the program does not end with a return".into()));
    }
    for (at, instruction) in program.iter().enumerate() {
        check(instruction, program.len() - at - 1).map_err(|what| refuse(format!("instruction {at}: {what}")))?;
    }
    let written = program.len();
    let mut program: Vec<Instruction> = native_only().into_iter().chain(program.iter().map(strict)).collect();
    if guard.adds() {
        [Action::Allow, Action::Log].into_iter().for_each(|action| go_on(&mut program, action, guard));
    }
    if program.len() > LONGEST {
        let most = LONGEST - (program.len() - written);
        return Err(refuse(format!("{written} instructions, of at most {most}")));
    }
    let compiled = Compiled { kills: program.iter().any(Instruction::kills), programs: vec![program] };
    match NATIVE.number("execve").is_some_and(|execve| compiled.permits(execve, [0; 6])) {
        true => Ok(compiled),
        false => Err(Error::invalid(
            Label::at(Step::Seccomp, "execve"),
            "the filter must allow it: the program itself is started by it",
        )),
    }
}

/// What a program answers to a call, and whether its arguments could change that: then it is told for such that are 0.
pub(super) fn explain(program: &[Instruction], number: u32) -> (Action, &'static str) {
    let call = Call { architecture: NATIVE.audit, number, arguments: [0; 6] };
    let without_arguments = |offset: u32| call.word(offset).filter(|_| matches!(offset, NUMBER | ARCHITECTURE));
    let action = |value: Option<u32>| value.and_then(action).unwrap_or(Action::Kill);
    match evaluate(program, without_arguments) {
        Some(value) => (action(Some(value)), "by the program"),
        None => (action(evaluate(program, |offset| call.word(offset))), "by the program, for arguments of 0"),
    }
}

/// Goes before the program: a list of what is denied would not know the numbers of x32, or of another architecture.
fn native_only() -> [Instruction; 5] {
    let instruction = |code: u16, jt: u8, jf: u8, k: u32| Instruction { code, jt, jf, k };
    [
        instruction(LOAD, 0, 0, ARCHITECTURE),
        instruction(JUMP_EQUAL, 0, 2, NATIVE.audit),
        instruction(LOAD, 0, 0, NUMBER),
        instruction(JUMP_GREATER_EQUAL, 0, 1, X32),
        instruction(RETURN, 0, 0, KILL_PROCESS),
    ]
}

/// What is let pass with this action goes on to the sandbox's own rules, behind the program.
fn go_on(program: &mut Vec<Instruction>, action: Action, guard: Guard) {
    let end = program.len();
    let mut passes = false;
    for (at, instruction) in program.iter_mut().enumerate() {
        if instruction.code == RETURN && instruction.k == action.value() {
            *instruction = Instruction { code: JUMP, jt: 0, jf: 0, k: (end - at - 1) as u32 };
            passes = true;
        }
    }
    if passes {
        program.extend(guard.program(NATIVE, action));
    }
}

/// As the kernel's checker (bpf_check_classic(), seccomp_check_filter()), and nothing but what is understood here;
/// `behind` is how many instructions follow.
fn check(instruction: &Instruction, behind: usize) -> Result<(), String> {
    let Instruction { code, jt, jf, k } = *instruction;
    let furthest = match code {
        LOAD if k.is_multiple_of(4) && k < 64 => 0,
        LOAD => return Err(format!("a load of the word at {k}")),
        AND => 0,
        JUMP => k as usize,
        JUMP_EQUAL | JUMP_GREATER | JUMP_GREATER_EQUAL => jt.max(jf).into(),
        RETURN if action(k).is_some() => return Ok(()),
        RETURN => return Err(format!("a return of {k:#x}, which nobody here answers")),
        _ => return Err(format!("the code {code:#x}, which seccompiler does not write")),
    };
    match furthest < behind {
        true => Ok(()),
        false => Err("leads out of the program".into()),
    }
}

/// What a returned value stands for.
fn action(value: u32) -> Option<Action> {
    let errno = (value & SECCOMP_RET_DATA) as i32;
    match [Action::Allow, Action::Log, Action::Trap, Action::Kill].into_iter().find(|action| action.value() == value) {
        None if value == SECCOMP_RET_KILL_THREAD => Some(Action::Kill),
        None if value & SECCOMP_RET_ACTION_FULL == SECCOMP_RET_ERRNO && errno <= 4095 => Some(Action::Errno(errno)),
        action => action,
    }
}

fn strict(instruction: &Instruction) -> Instruction {
    match *instruction {
        Instruction { code: RETURN, k: SECCOMP_RET_KILL_THREAD, .. } => Instruction { k: KILL_PROCESS, ..*instruction },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use seccompiler::{
        SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, sock_filter,
    };

    use super::*;

    fn made(matched: SeccompAction, otherwise: SeccompAction) -> BpfProgram {
        let condition =
            SeccompCondition::new(1, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, 0x5412).expect("a condition");
        let rules =
            [(libc::SYS_mount, vec![]), (libc::SYS_ioctl, vec![SeccompRule::new(vec![condition]).expect("a rule")])];
        let arch = TargetArch::try_from(NATIVE.name).expect("known");
        let filter = SeccompFilter::new(rules.into(), otherwise, matched, arch).expect("a filter");
        filter.try_into().expect("compiles")
    }

    fn answer(filter: &Filter, architecture: u32, number: u32, arguments: [u64; 6]) -> Option<Action> {
        let compiled = filter.compile(Guard::default()).expect("is taken").expect("a program");
        let call = Call { architecture, number, arguments };
        evaluate(&compiled.programs[0], |offset| call.word(offset)).and_then(action)
    }

    fn number(name: &str) -> u32 {
        NATIVE.number(name).expect("a call")
    }

    #[test]
    fn the_program_decides_and_what_it_does_not_know_is_killed() {
        let filter = Filter::from(made(SeccompAction::Errno(13), SeccompAction::Allow));
        let native = |name: &str, arguments| answer(&filter, NATIVE.audit, number(name), arguments);
        assert_eq!(native("mount", [0; 6]), Some(Action::Errno(13)));
        assert_eq!(native("write", [0; 6]), Some(Action::Allow));
        assert_eq!(native("ioctl", [0, 0x5412, 0, 0, 0, 0]), Some(Action::Errno(13)));
        assert_eq!(native("ioctl", [0, 0x5413, 0, 0, 0, 0]), Some(Action::Allow));
        assert_eq!(answer(&filter, NATIVE.audit, X32 | number("mount"), [0; 6]), Some(Action::Kill));
        assert_eq!(answer(&filter, 0x4000_0003, 21, [0; 6]), Some(Action::Kill));
        // seccompiler's own check of the architecture is what kills in the program.
        assert!(filter.compile(Guard::default()).expect("is taken").expect("a program").kills);
        assert_eq!(filter.explain("mount").to_string(), "mount: EACCES (by the program)");
        assert_eq!(filter.explain("ioctl").to_string(), "ioctl: allow (by the program, for arguments of 0)");
        assert!(filter.to_string().starts_with("seccompiler: a program of "), "{filter}");
    }

    /// In each case in which the program lets the call be made, and in no other.
    #[test]
    fn a_change_of_the_core_limit_is_not_made() {
        const RLIMIT_CORE: u64 = 4;
        let change = [0, RLIMIT_CORE, 8, 0, 0, 0];
        for (action, expected) in [
            (SeccompAction::Allow, Action::Errno(0)),
            (SeccompAction::Log, Action::Errno(0)),
            (SeccompAction::KillProcess, Action::Kill),
            (SeccompAction::Errno(13), Action::Errno(13)),
        ] {
            let arch = TargetArch::try_from(NATIVE.name).expect("known");
            let other = if action == SeccompAction::Allow { SeccompAction::Log } else { SeccompAction::Allow };
            let filter = SeccompFilter::new([(libc::SYS_prlimit64, vec![])].into(), other, action, arch);
            let filter = Filter::from(BpfProgram::try_from(filter.expect("a filter")).expect("compiles"));
            let compiled =
                filter.compile(Guard { core: true, ..Guard::default() }).expect("is taken").expect("a program");
            let answer = |name: &str, arguments| {
                let call = Call { architecture: NATIVE.audit, number: number(name), arguments };
                evaluate(&compiled.programs[0], |offset| call.word(offset)).and_then(super::action)
            };
            assert_eq!(answer("prlimit64", change), Some(expected));
            assert!(answer("setrlimit", [RLIMIT_CORE, 8, 0, 0, 0, 0]) == Some(Action::Errno(0)));
            for arguments in [[0, RLIMIT_CORE, 0, 8, 0, 0], [0, RLIMIT_CORE + 1, 8, 0, 0, 0]] {
                let free = self::answer(&filter, NATIVE.audit, number("prlimit64"), arguments);
                assert_eq!(answer("prlimit64", arguments), free);
            }
            assert_eq!(answer("write", [0; 6]), self::answer(&filter, NATIVE.audit, number("write"), [0; 6]));
        }
    }

    #[test]
    fn what_kills_a_thread_kills_the_process() {
        let filter = Filter::from(made(SeccompAction::KillThread, SeccompAction::Allow));
        let compiled = filter.compile(Guard::default()).expect("is taken").expect("a program");
        let values = compiled.programs[0].iter().filter(|it| it.code == RETURN).map(|it| it.k);
        assert!(values.clone().all(|value| value != SECCOMP_RET_KILL_THREAD));
        assert!(values.filter(|value| *value == KILL_PROCESS).count() > 2);
    }

    #[test]
    fn what_is_no_program_of_its_or_cannot_be_answered_is_refused() {
        let refused = |program: BpfProgram| Filter::from(program).program().expect_err("is refused").to_string();
        let one = |code: u16, jt: u8, jf: u8, k: u32| sock_filter { code, jt, jf, k };
        let allow = || one(RETURN, 0, 0, Action::Allow.value());
        assert!(refused(vec![]).contains("does not end with a return"));
        assert!(refused(vec![one(LOAD, 0, 0, 0)]).contains("does not end with a return"));
        assert!(refused(vec![one(LOAD, 0, 0, 62), allow()]).contains("the word at 62"));
        assert!(refused(vec![one(LOAD, 0, 0, 64), allow()]).contains("the word at 64"));
        assert!(refused(vec![one(JUMP, 0, 0, 1), allow()]).contains("instruction 0: leads out"));
        assert!(refused(vec![one(JUMP, 0, 0, u32::MAX), allow()]).contains("leads out"));
        assert!(refused(vec![one(JUMP_EQUAL, 0, 1, 0), allow()]).contains("leads out"));
        assert!(refused(vec![one(0x80, 0, 0, 0), allow()]).contains("the code 0x80"));
        assert!(refused(vec![allow(); LONGEST - 4]).contains("of at most 4091"));
        assert!(refused(made(SeccompAction::Trace(1), SeccompAction::Allow)).contains("nobody here answers"));
        assert!(refused(vec![one(RETURN, 0, 0, 0x7fc0_0000)]).contains("nobody here answers"));
        assert!(refused(made(SeccompAction::Allow, SeccompAction::Errno(1))).contains("execve"));
        assert!(Filter::from(vec![allow(); LONGEST - 5]).program().is_ok());
        let program = || Filter::from(vec![allow()]);
        for amended in [program().kill(["mount"]), program().otherwise(Action::Allow), program().allow([""; 0])] {
            assert!(amended.program().expect_err("is refused").to_string().contains("takes no rules beside it"));
        }
    }

    #[test]
    fn its_json_is_read() {
        let json = |action: &str| {
            format!(
                r#"{{"a": {{"mismatch_action": "{action}", "match_action": "trap", "filter": [{{"syscall": "mount"}}]}}}}"#
            )
        };
        let filter = Filter::from_seccompiler_json(&json("log"), "a").expect("is read");
        assert_eq!((filter.explain("mount").action(), filter.explain("read").action()), (Action::Trap, Action::Log));
        let error =
            |json: &str, name: &str| Filter::from_seccompiler_json(json, name).expect_err("is refused").to_string();
        assert_eq!(error(&json("log"), "b"), "seccomp b: there is no filter of that name");
        assert!(error(&json("perhaps"), "a").starts_with("seccomp a: "));
    }
}
