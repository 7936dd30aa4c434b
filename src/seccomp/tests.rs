//! The programs, run in a small interpreter over every number, the x32 bit, other architectures and interesting arguments,
//! against the policy as it was declared.

use std::sync::Arc;

use linux_raw_sys::ptrace::{AUDIT_ARCH_AARCH64, AUDIT_ARCH_ARM, AUDIT_ARCH_I386, AUDIT_ARCH_X86_64};

use super::architecture::{Architecture, BOTH, NATIVE};
use super::evaluate::{Call, evaluate};
use super::program::Instruction;
use super::rule::{Action, Arg, Condition, ENOSYS, EPERM, Is};
use super::{Filter, Guard, presets, table};

pub(super) static X86_64: &Architecture = &BOTH[0];
static AARCH64: &Architecture = &BOTH[1];
const X32: u32 = 0x4000_0000;

/// What the kernel would do with the call; panics at a program that it would refuse, or not follow.
pub(super) fn run(program: &[Instruction], call: &Call) -> u32 {
    evaluate(program, |offset| call.word(offset)).expect("a program that the kernel takes")
}

/// As seccomp_is_const_allow() of the kernel: whether the call is noted as always allowed.
fn is_const_allow(program: &[Instruction], architecture: &Architecture, number: u32) -> bool {
    let known = |offset| match offset {
        0 => Some(number),
        4 => Some(architecture.audit),
        _ => None,
    };
    evaluate(program, known) == Some(Action::Allow.value())
}

pub(super) fn compiled(filter: &Filter, architecture: &Architecture) -> Vec<Instruction> {
    filter.compile_for(architecture, Guard::default()).expect("compiles").programs.concat()
}

fn holds(condition: &Condition, arguments: &[u64; 6]) -> bool {
    let argument = arguments[usize::from(condition.index)] & condition.mask;
    match condition.is {
        Is::Equal => argument == condition.value,
        Is::NotEqual => argument != condition.value,
        Is::Less => argument < condition.value,
        Is::LessOrEqual => argument <= condition.value,
        Is::Greater => argument > condition.value,
        Is::GreaterOrEqual => argument >= condition.value,
    }
}

/// The declared policy, read rule by rule, the last one first, for a call of that name or for an unknown one.
fn declared(filter: &Filter, guard: Guard, name: Option<&str>, call: &Call) -> Action {
    let unknown = match filter.otherwise {
        Action::Kill | Action::Trap => filter.otherwise,
        _ => Action::Errno(ENOSYS),
    };
    let Some(name) = name else { return unknown };
    let counts = |rule: &&super::Rule| match &*rule.why {
        why if why.starts_with("a setuid file of the host's") => !guard.spares_set_ids,
        why if why.starts_with("the init's priority") => guard.nests,
        _ => true,
    };
    let action = |rule: &super::Rule| match &*rule.why {
        "namespaces" | "mounts" if guard.nests => Action::Allow,
        why if why.starts_with("others' memory, where there is no pid") && guard.traces => Action::Allow,
        why if why.starts_with("its mode, which may make a setuid file of") && guard.spares_set_ids => Action::Allow,
        _ => rule.action,
    };
    let fits = |rule: &&super::Rule| rule.call == name && rule.conditions.iter().all(|it| holds(it, &call.arguments));
    filter.rules.iter().rev().filter(counts).find(fits).map_or(filter.otherwise, action)
}

/// Values about which the filter's conditions could be wrong: each compared value, its neighbours, each bit of the masks,
/// and all of them with bits in the upper half.
pub(super) fn interesting(conditions: &[&Condition]) -> Vec<u64> {
    let mut values = vec![0, 1, u64::MAX, 0xffff_ffff, 0x1_0000_0000, 1 << 63];
    for condition in conditions {
        let Condition { value, mask, .. } = **condition;
        values.extend([value, value.wrapping_sub(1), value.wrapping_add(1), !value, value | !mask, mask, !mask]);
        values.extend((0..64).filter(|bit| mask != u64::MAX && mask >> bit & 1 == 1).map(|bit| value ^ (1 << bit)));
    }
    let upper: Vec<u64> =
        values.iter().flat_map(|value| [value | 1 << 32, value | 1 << 63, value & 0xffff_ffff]).collect();
    values.extend(upper);
    values.sort_unstable();
    values.dedup();
    values
}

const NONE: Guard =
    Guard { core: false, others: false, affinity: false, spares_set_ids: false, nests: false, traces: false };
const CORE: Guard = Guard { core: true, ..NONE };
const OTHERS: Guard = Guard { others: true, ..NONE };
const BOTH_KEPT: Guard = Guard { others: true, ..CORE };
const SPARED: Guard = Guard { spares_set_ids: true, ..NONE };
const NESTS: Guard = Guard { nests: true, ..NONE };
const AFFINITY: Guard = Guard { affinity: true, ..NONE };
const TRACES: Guard = Guard { traces: true, ..NONE };
const GUARDS: [Guard; 10] = [
    AFFINITY,
    NONE,
    CORE,
    OTHERS,
    BOTH_KEPT,
    SPARED,
    NESTS,
    TRACES,
    Guard { nests: true, spares_set_ids: true, ..BOTH_KEPT },
    Guard { traces: true, affinity: true, ..CORE },
];

/// What the guards' rules look at.
const GUARDED: [Condition; 5] =
    [Arg::new(0).eq(4), Arg::new(0).eq(5), Arg::new(0).eq(0x4200), Arg::new(0).eq(0x4206), Arg::new(3).any(0x40)];

/// What becomes of a guarded call that the policy would let be made.
fn guarded(guard: Guard, name: &str, arguments: &[u64; 6]) -> Option<Action> {
    const RLIMIT_CORE: u32 = 4;
    let [first, second, new, old, ..] = *arguments;
    match name {
        "sched_setaffinity" if guard.affinity => Some(Action::Errno(EPERM)),
        "setrlimit" if guard.core && first as u32 == RLIMIT_CORE => Some(Action::Errno(0)),
        "prlimit64" if guard.others && first as u32 != 0 && new != 0 => Some(Action::Errno(EPERM)),
        "prlimit64" if guard.core && second as u32 == RLIMIT_CORE && (new != 0 || old == 0) => {
            Some(Action::Errno(if old == 0 { 0 } else { EPERM }))
        }
        "ptrace" if guard != NONE && matches!(first as u32, 21 | 0x4200 | 0x4206) && old & 0x40 != 0 => {
            Some(Action::Errno(EPERM))
        }
        _ => None,
    }
}

/// On both architectures every number, x32 bit and architecture; and for calls with conditions interesting arguments: one at a
/// time, and random mixtures.
fn check(filter: &Filter) {
    for architecture in &BOTH {
        GUARDS.into_iter().for_each(|guard| check_on(architecture, filter, guard));
    }
}

fn check_on(native: &Architecture, filter: &Filter, guard: Guard) {
    let program = filter.compile_for(native, guard).expect("compiles").programs.concat();
    let agree = |name: Option<&str>, call: Call| {
        let declared = declared(filter, guard, name, &call);
        let change = guarded(guard, name.unwrap_or(""), &call.arguments).filter(|_| declared.permits());
        assert_eq!(run(&program, &call), change.unwrap_or(declared).value(), "{call:x?} {guard:?}\n{filter}");
    };
    for number in (0..=600).chain([X32, X32 + 1, X32 + 59, X32 + 520, u32::MAX, u32::MAX - 1, 1 << 31]) {
        let name = native.call(number);
        for architecture in [AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, AUDIT_ARCH_AARCH64, AUDIT_ARCH_ARM, 0] {
            let name = name.filter(|_| architecture == native.audit);
            agree(name, Call { architecture, number, arguments: [0; 6] });
        }
        let is_guarded = matches!(name, Some("setrlimit" | "prlimit64" | "ptrace" | "sched_setaffinity"));
        let more = GUARDED.iter().filter(|_| is_guarded && guard.adds());
        let conditions: Vec<&Condition> =
            filter.rules_of(name.unwrap_or("")).flat_map(|rule| &rule.conditions).chain(more).collect();
        let architecture = native.audit;
        // A guard changes nothing else.
        if conditions.is_empty() || guard.adds() && !is_guarded {
            agree(name, Call { architecture, number, arguments: [u64::MAX; 6] });
            continue;
        }
        let values = interesting(&conditions);
        let mut random = Random(u64::from(number) + 1);
        for place in 0..6 {
            for value in &values {
                let mut arguments = [0; 6];
                arguments[place] = *value;
                agree(name, Call { architecture, number, arguments });
                let arguments = std::array::from_fn(|_| values[random.below(values.len())]);
                agree(name, Call { architecture, number, arguments });
            }
        }
    }
}

/// All calls, of whatever architecture.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    table::CALLS.iter().map(|(name, _)| *name)
}

/// xorshift64*: the same numbers in each run.
pub(super) struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() >> 33) as usize % end
    }

    pub fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// Nothing but what was declared, for numbers of all kinds and arguments of all kinds.
#[test]
fn the_presets_do_what_they_declare() {
    check(&Filter::standard());
    check(&Filter::compute());
    check(&Filter::compute().otherwise(Action::Kill));
    check(&Filter::standard().allow(["mount"]).kill(["ptrace"]).log(["getpid"]).trap(["uname"]));
    check(&Filter::standard().no_unix_sockets());
    check(&Filter::unrestricted().no_unix_sockets());
    check(&Filter::deny(["mount"]));
    check(&Filter::deny([""; 0]));
    check(&Filter::allow_only(["execve", "exit_group"]));
}

/// The sandbox's own rules and no others, by the numbers of every way in.
#[test]
fn without_a_policy_all_is_made_but_what_the_guard_keeps() {
    for guard in [CORE, BOTH_KEPT, Guard { affinity: true, ..BOTH_KEPT }, Guard { traces: true, ..CORE }] {
        guard_alone(guard);
    }
}

fn guard_alone(guard: Guard) {
    let (with_x32, without) = ([X32 | 160, X32 | 302, X32 | 521], [u32::MAX - 1; 3]);
    for (native, x32, [setrlimit, prlimit, narrow]) in
        [(X86_64, with_x32, [75, 340, AUDIT_ARCH_I386]), (AARCH64, without, [75, 369, AUDIT_ARCH_ARM])]
    {
        let program = Filter::unrestricted().compile_for(native, guard).expect("compiles").programs.concat();
        assert!(program.len() < 170, "{}", program.len());
        let name = |architecture, number| match () {
            () if architecture == narrow && number == setrlimit => "setrlimit",
            () if architecture == narrow && number == prlimit => "prlimit64",
            () if architecture == narrow && number == 241 => "sched_setaffinity",
            () if architecture == narrow && number == 26 => "ptrace",
            () if architecture != native.audit => "",
            () if number == x32[0] => "setrlimit",
            () if number == x32[1] => "prlimit64",
            () if number == x32[2] => "ptrace",
            () if number == X32 | 203 && native == X86_64 => "sched_setaffinity",
            () => native.call(number).unwrap_or(""),
        };
        let values = interesting(&GUARDED.iter().collect::<Vec<_>>());
        let mut random = Random(11);
        for number in (0..=600).flat_map(|number| [number, X32 | number]).chain([u32::MAX]) {
            for architecture in [AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, AUDIT_ARCH_AARCH64, AUDIT_ARCH_ARM, 0] {
                let name = name(architecture, number);
                let is_guarded = matches!(name, "setrlimit" | "prlimit64" | "ptrace" | "sched_setaffinity");
                let times = if is_guarded { 8000 } else { 20 };
                let mut changes = 0;
                for _ in 0..times {
                    let arguments = std::array::from_fn(|_| values[random.below(values.len())]);
                    let call = Call { architecture, number, arguments };
                    let change = guarded(guard, name, &arguments);
                    changes += u32::from(change.is_some());
                    assert_eq!(run(&program, &call), change.unwrap_or(Action::Allow).value(), "{name} {call:x?}");
                }
                let some = match name {
                    "sched_setaffinity" => guard.affinity,
                    _ => is_guarded,
                };
                assert!(changes > 20 || !some, "{name}: {changes}");
            }
        }
    }
}

/// Random policies: any actions, any conditions, rules that repeat and overlap.
#[test]
fn random_policies_do_what_they_declare() {
    let names: Vec<&str> = names().filter(|name| *name != "execve").collect();
    let actions =
        [Action::Allow, Action::Log, Action::Errno(EPERM), Action::Errno(0), Action::Errno(4095), Action::Trap];
    for seed in 1..=24 {
        let mut random = Random(seed * 7919);
        let otherwise = random.of(&[Action::Allow, Action::Errno(13), Action::Kill, Action::Trap, Action::Log]);
        let mut filter = Filter::allow_only(["execve"]).otherwise(otherwise);
        let few = [random.of(&names), random.of(&names), random.of(&names)];
        for _ in 0..random.below(60) {
            let call = if random.below(2) == 0 { random.of(&few) } else { random.of(&names) };
            let conditions: Vec<Condition> = (0..random.below(4)).map(|_| random_condition(&mut random)).collect();
            let action = if random.below(6) == 0 { Action::Kill } else { random.of(&actions) };
            filter = filter.when(call, conditions, action);
        }
        check(&filter);
    }
}

fn random_condition(random: &mut Random) -> Condition {
    let argument = Arg::new(random.below(6) as u8);
    let bits = random.next();
    let argument = match random.below(4) {
        0 => argument,
        1 => argument.low32(),
        2 => argument.mask(random.next() & random.next()),
        _ => argument.mask(1 << random.below(64)),
    };
    let value = match random.below(4) {
        0 => 0,
        1 => bits & argument.eq(0).mask,
        2 => u64::MAX,
        _ => 1 << random.below(64),
    };
    let compare = [Arg::eq, Arg::ne, Arg::lt, Arg::le, Arg::gt, Arg::ge];
    random.of(&compare)(argument, value)
}

/// Distances over 255 need jumps of their own: many conditions on many calls.
#[test]
fn a_long_program_is_right_too() {
    let mut filter = Filter::standard();
    for (place, call) in names().filter(|name| *name != "execve").enumerate().step_by(3) {
        for value in 0..3u64 {
            filter = filter.when(
                call,
                [Arg::new(0).eq(value << 31), Arg::new(5).gt(place as u64)],
                Action::Errno(place as i32),
            );
        }
    }
    let length = filter.program().expect("fits").len();
    assert!((2000..4096).contains(&length), "{length}");
    check(&filter);
}

/// A jump's distance is a byte: rules of all lengths about 256 instructions, each of whose conditions fails once alone.
#[test]
fn jumps_of_every_length() {
    let bit = |place: usize| Arg::new((place / 64) as u8).mask(1 << (place % 64));
    for many in 60..140 {
        let filter = Filter::deny([""; 0]);
        let filter = filter.when("read", (0..many).map(|place| bit(place).eq(0)), Action::Errno(7));
        let filter = filter.when("write", (0..many).map(|place| bit(place).ne(0)), Action::Errno(8));
        let filter = filter.when("dup", (0..many).map(|place| bit(place).gt(0)), Action::Errno(9));
        let program = compiled(&filter, X86_64);
        for name in ["read", "write", "dup"] {
            let number = X86_64.number(name).expect("known");
            let all = if name == "read" { 0 } else { u64::MAX };
            for place in 0..=many {
                let mut arguments = [all; 6];
                arguments[place / 64] ^= 1 << (place % 64);
                let call = Call { architecture: X86_64.audit, number, arguments };
                assert_eq!(
                    run(&program, &call),
                    declared(&filter, NONE, Some(name), &call).value(),
                    "{many} {call:x?}"
                );
            }
        }
    }
}

/// The kernel's cache knows every call that is allowed whatever its arguments, and no other.
#[test]
fn the_kernels_cache_understands_it() {
    for filter in [Filter::standard(), Filter::compute(), Filter::deny(["mount"]), Filter::unrestricted().log(["read"])]
    {
        for architecture in &BOTH {
            let program = compiled(&filter, architecture);
            let mut cached = 0;
            for number in 0..=table::LAST {
                let always = architecture.call(number).is_some_and(|name| {
                    let mut rules = filter.rules_of(name).rev().filter(|rule| NONE.action(rule).is_some());
                    match rules.next() {
                        Some(last) => last.conditions.is_empty() && last.action == Action::Allow,
                        None => filter.otherwise == Action::Allow,
                    }
                });
                assert_eq!(is_const_allow(&program, architecture, number), always, "{number}\n{filter}");
                cached += u32::from(always);
            }
            assert!(cached > 95, "{cached}");
        }
    }
}

/// A new call in the table must be judged before the standard filter lets it be.
#[test]
fn the_standard_filter_judges_every_call_once() {
    let mut judged = presets::standard_calls();
    judged.sort_unstable();
    let all: Vec<&str> = names().collect();
    assert_eq!(judged, all);
    assert!(all.is_sorted() && all.len() == 382 + 3);
}

/// Small programs, for a filter costs by its instructions.
#[test]
fn programs_are_small() {
    for architecture in &BOTH {
        let length = |filter: Filter| compiled(&filter, architecture).len();
        let (standard, compute) = (length(Filter::standard()), length(Filter::compute()));
        let guarded = Filter::standard().compile_for(architecture, CORE).expect("compiles").programs[0].len();
        println!("{}: standard {standard}, guarded {guarded}, compute {compute} instructions", architecture.name);
        assert!(guarded < standard + 40, "guarded {guarded}, without {standard}");
        assert!(standard < 300 && compute < 200, "standard {standard}, compute {compute}");
        assert!(length(Filter::deny(["mount"])) < 30);
    }
}

/// What one architecture alone has is passed over on the other; what none has is an error on both.
#[test]
fn names_of_another_architecture_are_passed_over() {
    let on = |filter: &Filter, architecture| {
        filter.compile_for(architecture, Guard::default()).map(|compiled| compiled.programs)
    };
    let [with, without] = [&["execve", "open", "openat"][..], &["execve", "openat"]].map(Filter::allow_only);
    assert_eq!(on(&with, AARCH64).expect("compiles"), on(&without, AARCH64).expect("compiles"));
    assert_ne!(on(&with, X86_64).expect("compiles"), on(&without, X86_64).expect("compiles"));
    for architecture in &BOTH {
        let error = on(&Filter::deny(["opnat"]), architecture).expect_err("no such call").to_string();
        let expected = format!("opnat: no such system call on {}; did you mean openat?", architecture.name);
        assert!(error.ends_with(&expected), "{error}");
    }
}

/// By which the launch foresees what the filter says to what it does.
#[test]
fn what_permits_says_is_what_the_policy_says() {
    let filter = Filter::deny(["mount"]).when("ioctl", [Arg::new(1).low32().eq(0x5412)], Action::Kill).log(["close"]);
    let compiled = filter.compile(Guard::default()).expect("compiles").expect("something to install");
    let permits = |name, arguments| compiled.permits(NATIVE.number(name).expect("known"), arguments);
    assert!(permits("write", [0; 6]) && permits("close", [0; 6]) && permits("ioctl", [0, 0x5413, 0, 0, 0, 0]));
    assert!(!permits("mount", [0; 6]) && !permits("ioctl", [0, 0x1_0000_5412, 0, 0, 0, 0]));
}

/// Not a loop, not a panic, and not a call that is made.
#[test]
fn a_program_that_is_not_understood_answers_nothing() {
    let load = |k| Instruction { code: 0x20, jt: 0, jf: 0, k };
    for program in [&[][..], &[load(0)], &[load(2)], &[load(64)], &[Instruction { code: 0x80, jt: 0, jf: 0, k: 0 }]] {
        let call = Call { architecture: NATIVE.audit, number: 0, arguments: [0; 6] };
        assert_eq!(evaluate(program, |offset| call.word(offset)), None);
        let compiled = super::Compiled { programs: vec![program.to_vec()], kills: false };
        assert!(!compiled.permits(0, [0; 6]));
    }
}

/// Compiled once for a filter and its clones; changed ones have their own.
#[test]
fn clones_share_the_program() {
    let compiled = |filter: &Filter| filter.compile(Guard::default()).expect("compiles").expect("something to install");
    let filter = Filter::deny(["mount"]);
    assert!(Arc::ptr_eq(&compiled(&filter), &compiled(&filter.clone())));
    assert!(Arc::ptr_eq(&compiled(&Filter::standard()), &compiled(&Filter::standard())));
    assert!(!Arc::ptr_eq(&compiled(&filter), &compiled(&filter.clone().allow(["mount"]))));
    assert!(Filter::unrestricted().compile(Guard::default()).expect("compiles").is_none());
    assert!(Filter::unrestricted().compile(CORE).expect("compiles").is_some());
}

/// Where a listener is to tell of kills, it hears of them and of nothing else.
#[test]
fn kills_can_be_notifications() {
    const USER_NOTIF: u32 = 0x7fc0_0000;
    let compiled = |filter: Filter| filter.compile(Guard::default()).expect("compiles").expect("something to install");
    assert!(!compiled(Filter::standard()).kills && !compiled(Filter::compute()).kills);
    assert!(compiled(Filter::compute().otherwise(Action::Kill)).kills);
    let filter = Filter::standard().kill(["mount"]).when("dup", [Arg::new(0).eq(7)], Action::Kill);
    let compiled = compiled(filter);
    assert!(compiled.kills);
    let [program] = &compiled.with_kill(USER_NOTIF)[..] else { panic!("one program") };
    for number in 0..=table::LAST {
        for arguments in [[0; 6], [7; 6]] {
            let call = Call { architecture: NATIVE.audit, number, arguments };
            let (before, after) = (run(&compiled.programs[0], &call), run(program, &call));
            assert_eq!(after, if before == Action::Kill.value() { USER_NOTIF } else { before });
        }
    }
}
