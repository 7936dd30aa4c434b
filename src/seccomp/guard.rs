//! The sandbox's own rules beside every policy: which resource limits and processors a program may not set, which modes it may,
//! and how it may not trace.
//!
//! The kernel pipes the memory of a program that crashes into the handler that core_pattern may name, which it starts as the
//! host's root, unless RLIMIT_CORE is exactly 1 (fs/coredump.c). The launch sets it to 1; but whoever has a hard limit of 1 may
//! set 0. So a change is not made, of whichever process, and seems to succeed: programs that guard a secret set 0, and end if
//! they cannot.
//!
//! Two processes that trace each other with PTRACE_O_TRACEEXIT stop at their exits, each until the other has ended, and no SIGKILL
//! reaches them there any more (prepare_signal()): neither they nor the end of their pid namespace would ever come to an end.

use std::borrow::Cow;

use super::Instruction;
use super::architecture::Architecture;
use super::presets::{FOR_INIT, MOUNTS, NAMESPACES, OPENAT2, SET_IDS, TRACING};
use super::program::{Ranges, Verdict, assemble};
use super::rule::{Action, Arg, Condition, EPERM};

/// What is kept as it is beside what the policy says. Default nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Guard {
    /// RLIMIT_CORE.
    pub core: bool,
    /// The limits of processes that the call names: the init is one of the program's user.
    pub others: bool,
    /// On which processors the program runs.
    pub affinity: bool,
    /// No file of the host's is in reach: what a preset says of set-id modes for the sake of these does not count.
    pub spares_set_ids: bool,
    /// The program may make user namespaces: what a preset says against that allows it, and what it says for the init's sake, whom
    /// the capabilities of such a namespace are enough to reprioritise, counts.
    pub nests: bool,
    /// The program has a pid namespace, and in it nobody but its own processes to trace: what a preset says against that allows it.
    pub traces: bool,
}

/// What becomes of a call with such arguments. Of a call's rules the first one that fits counts.
type Rule = (&'static str, &'static [Condition], Action);

const RLIMIT_CORE: u64 = 4;
const SETS: Condition = Arg::new(2).ne(0);

const OTHERS: &[Rule] = &[("prlimit64", &[Arg::new(0).low32().ne(0), SETS], Action::Errno(EPERM))];

const AFFINITY: &[Rule] = &[("sched_setaffinity", &[], Action::Errno(EPERM))];
/// PTRACE_SETOPTIONS, by its old number too, and PTRACE_SEIZE, whose data are the options.
const EXITS: &[Rule] = &[
    ("ptrace", &[REQUEST.eq(0x4200), OPTION_EXIT], Action::Errno(EPERM)),
    ("ptrace", &[REQUEST.eq(21), OPTION_EXIT], Action::Errno(EPERM)),
    ("ptrace", &[REQUEST.eq(0x4206), OPTION_EXIT], Action::Errno(EPERM)),
];
const REQUEST: Arg = Arg::new(0).low32();
const OPTION_EXIT: Condition = Arg::new(3).any(0x40);

/// The resource is a word of 32 bits. Where the old limit is asked for as well, a filter cannot put it there.
const CORE: &[Rule] = &[
    ("setrlimit", &[Arg::new(0).low32().eq(RLIMIT_CORE)], Action::Errno(0)),
    ("prlimit64", &[Arg::new(1).low32().eq(RLIMIT_CORE), Arg::new(3).eq(0)], Action::Errno(0)),
    ("prlimit64", &[Arg::new(1).low32().eq(RLIMIT_CORE), SETS], Action::Errno(EPERM)),
];

impl Guard {
    pub(super) const COUNT: usize = 64;

    pub(super) fn index(self) -> usize {
        let all = [self.core, self.others, self.spares_set_ids, self.nests, self.affinity, self.traces];
        all.into_iter().fold(0, |index, one| index << 1 | usize::from(one))
    }

    /// Whether there is a rule of its own.
    pub(super) fn adds(self) -> bool {
        self.core || self.others || self.affinity || self.traces
    }

    /// What comes of a rule, if it counts. A profile may give any reason for its own, which are what they say.
    pub(super) fn action(self, rule: &super::Rule) -> Option<Action> {
        let Cow::Borrowed(why) = rule.why else { return Some(rule.action) };
        match why {
            SET_IDS if self.spares_set_ids => None,
            OPENAT2 if self.spares_set_ids => Some(Action::Allow),
            FOR_INIT if !self.nests => None,
            NAMESPACES | MOUNTS if self.nests => Some(Action::Allow),
            TRACING if self.traces => Some(Action::Allow),
            _ => Some(rule.action),
        }
    }

    fn rules(self, call: &str) -> impl Iterator<Item = &'static Rule> {
        let others = OTHERS.iter().filter(move |_| self.others);
        let core = CORE.iter().filter(move |_| self.core);
        let affinity = AFFINITY.iter().filter(move |_| self.affinity);
        let exits = EXITS.iter().filter(move |_| self.adds());
        others.chain(core).chain(affinity).chain(exits).filter(move |(guarded, ..)| *guarded == call)
    }

    /// The verdict about a call, with the rules in each case in which it would be made.
    pub(super) fn over(self, call: &str, verdict: Verdict) -> Verdict {
        let mut cases = Vec::new();
        let last = (Vec::new(), verdict.otherwise);
        for (conditions, action) in verdict.cases.into_iter().chain([last]) {
            if action.permits() {
                cases.extend(self.rules(call).map(|(_, more, instead)| ([&conditions, *more].concat(), *instead)));
            }
            cases.push((conditions, action));
        }
        cases.pop();
        Verdict { cases, otherwise: verdict.otherwise }
    }

    /// The rules alone, by whichever calls the kernel may have; all else has this action.
    pub(super) fn program(self, architecture: &Architecture, action: Action) -> Vec<Instruction> {
        let ranges = |calls: &[(u32, &str)]| -> Ranges {
            let calls = calls
                .iter()
                .filter(|(_, name)| self.rules(name).next().is_some())
                .flat_map(|(number, name)| [(*number, self.over(name, action.into())), (number + 1, action.into())]);
            std::iter::once((0, action.into())).chain(calls).collect()
        };
        let guarded: Vec<(u32, Ranges)> =
            architecture.guarded.iter().map(|(audit, calls)| (*audit, ranges(calls))).collect();
        assemble(&guarded, action)
    }
}
