//! What a program answers: the kernel's interpreter, as far as [`program`](super::program) uses it.

use super::program::{
    AND, ARCHITECTURE, ARGUMENTS, Instruction, JUMP, JUMP_EQUAL, JUMP_GREATER, JUMP_GREATER_EQUAL, LOAD, LONGEST,
    NUMBER, RETURN,
};

/// What the kernel shows to a filter: `struct seccomp_data`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub architecture: u32,
    pub number: u32,
    pub arguments: [u64; 6],
}

impl Call {
    /// The word at this offset; of the instruction pointer no filter asks.
    pub fn word(&self, offset: u32) -> Option<u32> {
        match offset {
            NUMBER => Some(self.number),
            ARCHITECTURE => Some(self.architecture),
            ARGUMENTS.. if offset.is_multiple_of(4) => {
                let argument = self.arguments.get((offset - ARGUMENTS) as usize / 8)?;
                Some((argument >> (offset % 8 * 8)) as u32)
            }
            _ => None,
        }
    }
}

/// What the program returns, where `word` tells the words that it loads. `None` if it loads another one, or is no program
/// that the kernel takes and [`seccomp_is_const_allow()`](super::program) follows.
pub(crate) fn evaluate(program: &[Instruction], word: impl Fn(u32) -> Option<u32>) -> Option<u32> {
    let (mut at, mut accumulator) = (0, 0);
    loop {
        let Instruction { code, jt, jf, k } = *program.get(at)?;
        let jump = |holds: bool| usize::from(if holds { jt } else { jf });
        at += 1 + match code {
            LOAD => {
                accumulator = word(k)?;
                0
            }
            AND => {
                accumulator &= k;
                0
            }
            JUMP => k as usize,
            JUMP_EQUAL => jump(accumulator == k),
            JUMP_GREATER => jump(accumulator > k),
            JUMP_GREATER_EQUAL => jump(accumulator >= k),
            RETURN => return Some(k),
            _ => return None,
        };
    }
}

/// A word of which these bits are known.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Known {
    pub value: u32,
    pub bits: u32,
}

impl Known {
    pub fn all(value: u32) -> Known {
        Known { value, bits: u32::MAX }
    }

    /// What a comparison of all words that it may be can give: whether it may hold, and whether it may not.
    fn compare(self, code: u16, k: u32) -> (bool, bool) {
        let (least, most) = (self.value & self.bits, self.value | !self.bits);
        match code {
            JUMP_EQUAL => ((self.value ^ k) & self.bits == 0, least != most || least != k),
            JUMP_GREATER => (most > k, least <= k),
            _ => (most >= k, least < k),
        }
    }
}

/// Whether the program may return what `permits` a call of which `word` tells what is known. Never a no that is not sure: each
/// comparison is taken by itself, and a program is followed so far only: one that is made for it can have any number of ways.
pub(crate) fn may(program: &[Instruction], word: impl Fn(u32) -> Known, permits: impl Fn(u32) -> bool) -> bool {
    const MOST: usize = 2 * LONGEST;
    let mut open = vec![(0, Known::all(0))];
    let mut seen = open.clone();
    while let Some((at, accumulator)) = open.pop() {
        if seen.len() > MOST {
            return true;
        }
        let Some(Instruction { code, jt, jf, k }) = program.get(at).copied() else { return true };
        let next = |skipped: usize| at + 1 + skipped;
        let ways = match code {
            LOAD => [Some((next(0), word(k))), None],
            // A bit that is masked out is known to be 0.
            AND => [Some((next(0), Known { value: accumulator.value & k, bits: accumulator.bits | !k })), None],
            JUMP => [Some((next(k as usize), accumulator)), None],
            JUMP_EQUAL | JUMP_GREATER | JUMP_GREATER_EQUAL => {
                let (yes, no) = accumulator.compare(code, k);
                [yes.then_some((next(jt.into()), accumulator)), no.then_some((next(jf.into()), accumulator))]
            }
            RETURN if !permits(k) => [None, None],
            _ => return true,
        };
        for way in ways.into_iter().flatten().filter(|way| !seen.contains(way)).collect::<Vec<_>>() {
            seen.push(way);
            open.push(way);
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::{Action, Arg, Filter, Instruction};
    use super::{AND, JUMP_EQUAL, Known, LOAD, RETURN, may};

    /// CLONE_NEWUSER, CLONE_NEWNS and CLONE_NEWPID.
    const USER: u64 = 0x1000_0000;
    const OTHERS: u64 = 0x2002_0000;

    fn denies(filter: Filter) -> bool {
        filter.compile(super::super::Guard::default()).expect("compiles").is_some_and(|it| it.denies_user_namespaces())
    }

    #[test]
    fn a_filter_stands_in_if_it_denies_user_namespaces_whatever_comes_with_them() {
        assert!(denies(Filter::standard()) && denies(Filter::compute()));
        assert!(!denies(Filter::unrestricted()) && !denies(Filter::deny(["mount"])));
        let all = |filter: Filter| filter.errno(["clone3", "setns"], 38);
        let any = |call: &str, filter: Filter| filter.when(call, [Arg::new(0).any(USER)], Action::Errno(1));
        let both = any("unshare", any("clone", all(Filter::deny(["mount"]))));
        assert!(denies(both.clone()));
        assert!(denies(any("clone", all(Filter::deny(["unshare"])))));
        assert!(!denies(both.clone().allow(["clone3"])), "its flags are out of sight");
        assert!(!denies(any("clone", all(Filter::deny(["mount"])))), "unshare does it too");
        // This alone and nothing with it: `unshare -Um` passes.
        let exact =
            any("clone", all(Filter::deny(["mount"]))).when("unshare", [Arg::new(0).eq(USER)], Action::Errno(1));
        assert!(!denies(exact));
        let more = any("clone", all(Filter::deny(["mount"])));
        assert!(denies(more.clone().when("unshare", [Arg::new(0).low32().ge(USER)], Action::Kill)));
        assert!(!denies(more.when("unshare", [Arg::new(0).any(OTHERS)], Action::Kill)));
    }
    /// Each pair of instructions doubles the words that there may be.
    #[test]
    fn a_program_of_any_number_of_ways_is_not_followed_to_its_end() {
        let mut program = vec![Instruction { code: LOAD, jt: 0, jf: 0, k: 0 }];
        for bit in 0..32 {
            program.push(Instruction { code: JUMP_EQUAL, jt: 0, jf: 1, k: 0 });
            program.push(Instruction { code: AND, jt: 0, jf: 0, k: !(1 << bit) });
        }
        program.push(Instruction { code: RETURN, jt: 0, jf: 0, k: 0 });
        assert!(may(&program, |_| Known { value: 0, bits: 0 }, |_| false));
        assert!(!may(&program[64..], |_| Known { value: 0, bits: 0 }, |_| false));
    }
}
