//! The policy as a program of classic BPF: a tree over ranges of call numbers, at whose leaves are verdicts or comparisons
//! of arguments.
//!
//! Only the forms are used that the kernel's seccomp_is_const_allow() follows (5.11): a load of the number or architecture,
//! JEQ, JGE, JGT with a constant, JA, AND, and a return. So for each call that is allowed whatever its arguments
//! the kernel notes that once, when the filter is installed, and never runs the program for it again.

use std::collections::HashMap;

use super::rule::{Action, Condition, Is};

/// One instruction of a filter program: `struct sock_filter` of linux/filter.h.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Instruction {
    /// What it does.
    pub code: u16,
    /// How many instructions are skipped if the comparison holds.
    pub jt: u8,
    /// How many if it does not.
    pub jf: u8,
    /// Its constant.
    pub k: u32,
}

/// The kernel takes no longer program (BPF_MAXINSNS).
pub(super) const LONGEST: usize = 4096;

pub(super) const LOAD: u16 = 0x20;
pub(super) const AND: u16 = 0x54;
pub(super) const JUMP: u16 = 0x05;
pub(super) const JUMP_EQUAL: u16 = 0x15;
pub(super) const JUMP_GREATER: u16 = 0x25;
pub(super) const JUMP_GREATER_EQUAL: u16 = 0x35;
pub(super) const RETURN: u16 = 0x06;

/// Offsets in `struct seccomp_data`.
pub(super) const NUMBER: u32 = 0;
pub(super) const ARCHITECTURE: u32 = 4;
pub(super) const ARGUMENTS: u32 = 16;

/// What becomes of a call: the first case whose conditions all hold, or else the last word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub cases: Vec<(Vec<Condition>, Action)>,
    pub otherwise: Action,
}

impl From<Action> for Verdict {
    fn from(otherwise: Action) -> Verdict {
        Verdict { cases: Vec::new(), otherwise }
    }
}

/// What becomes of the calls of an architecture, by the first number of each range, from 0 up.
pub(super) type Ranges = Vec<(u32, Verdict)>;

/// The program that gives each number of these architectures its verdict, and all others' calls the action `foreign`.
pub(super) fn assemble(architectures: &[(u32, Ranges)], foreign: Action) -> Vec<Instruction> {
    let mut program = Backwards::default();
    let mut start = program.verdict(&foreign.into());
    for (audit, ranges) in architectures.iter().rev() {
        let known = program.tree(ranges);
        let known = program.step(LOAD, NUMBER, known);
        start = program.branch(JUMP_EQUAL, *audit, known, start);
    }
    program.step(LOAD, ARCHITECTURE, start);
    program.reversed.reverse();
    program.reversed
}

/// A program is written from its end: jumps go forwards only, so their targets are there already.
#[derive(Default)]
struct Backwards {
    reversed: Vec<Instruction>,
    returns: HashMap<u32, Place>,
}

/// An instruction, by how many follow it.
type Place = usize;

impl Backwards {
    fn push(&mut self, code: u16, jt: usize, jf: usize, k: u32) -> Place {
        debug_assert!(jt.max(jf) < 256, "a jump of {jt} or {jf}");
        self.reversed.push(Instruction { code, jt: jt as u8, jf: jf as u8, k });
        self.reversed.len() - 1
    }

    /// How many instructions a jump that is written next skips to reach `place`.
    fn distance(&self, place: Place) -> usize {
        self.reversed.len() - 1 - place
    }

    /// A place that does the same as this one and that a jump reaches which is written after `more` others: its distance
    /// is a byte.
    fn near(&mut self, place: Place, more: usize) -> Place {
        match self.distance(place) + more {
            0..=255 => place,
            _ => self.push(JUMP, 0, 0, self.distance(place) as u32),
        }
    }

    fn branch(&mut self, code: u16, k: u32, yes: Place, no: Place) -> Place {
        if yes == no {
            return yes;
        }
        // The detour to `yes` may put one more instruction before `no`.
        let no = self.near(no, 1);
        let yes = self.near(yes, 0);
        self.push(code, self.distance(yes), self.distance(no), k)
    }

    /// An instruction after which the program goes on at `next`.
    fn step(&mut self, code: u16, k: u32, next: Place) -> Place {
        if self.distance(next) != 0 {
            self.push(JUMP, 0, 0, self.distance(next) as u32);
        }
        self.push(code, 0, 0, k)
    }

    fn tree(&mut self, ranges: &[(u32, Verdict)]) -> Place {
        match ranges {
            [(_, verdict)] => self.verdict(verdict),
            _ => {
                let (below, above) = ranges.split_at(ranges.len() / 2);
                let no = self.tree(below);
                let yes = self.tree(above);
                self.branch(JUMP_GREATER_EQUAL, above[0].0, yes, no)
            }
        }
    }

    fn verdict(&mut self, verdict: &Verdict) -> Place {
        let mut place = self.action(verdict.otherwise);
        for (conditions, action) in verdict.cases.iter().rev() {
            let otherwise = place;
            let mut then = self.action(*action);
            for condition in conditions.iter().rev() {
                then = self.condition(condition, then, otherwise);
            }
            place = then;
        }
        place
    }

    fn action(&mut self, action: Action) -> Place {
        let value = action.value();
        if let Some(place) = self.returns.get(&value).copied().filter(|place| self.distance(*place) < 200) {
            return place;
        }
        let place = self.push(RETURN, 0, 0, value);
        self.returns.insert(value, place);
        place
    }

    fn condition(&mut self, condition: &Condition, yes: Place, no: Place) -> Place {
        let Condition { value, .. } = *condition;
        match condition.is {
            Is::Equal => self.halves(condition, JUMP_EQUAL, value, yes, no),
            Is::NotEqual => self.halves(condition, JUMP_EQUAL, value, no, yes),
            Is::Greater => self.halves(condition, JUMP_GREATER, value, yes, no),
            Is::LessOrEqual => self.halves(condition, JUMP_GREATER, value, no, yes),
            Is::GreaterOrEqual => self.halves(condition, JUMP_GREATER_EQUAL, value, yes, no),
            Is::Less => self.halves(condition, JUMP_GREATER_EQUAL, value, no, yes),
        }
    }

    /// BPF has words of 32 bits: the upper halves decide, and if they are equal the lower ones.
    fn halves(&mut self, condition: &Condition, code: u16, value: u64, yes: Place, no: Place) -> Place {
        let offset = ARGUMENTS + 8 * u32::from(condition.index);
        let (mask_high, mask_low) = ((condition.mask >> 32) as u32, condition.mask as u32);
        let (high, low) = ((value >> 32) as u32, value as u32);
        let lower = self.half(offset, mask_low, code, low, yes, no);
        match code {
            JUMP_EQUAL => self.half(offset + 4, mask_high, code, high, lower, no),
            _ => self.upper(offset + 4, mask_high, high, [yes, lower, no]),
        }
    }

    fn half(&mut self, offset: u32, mask: u32, code: u16, value: u32, yes: Place, no: Place) -> Place {
        if mask == 0 {
            let holds = code != JUMP_GREATER && value == 0;
            return if holds { yes } else { no };
        }
        let compare = self.branch(code, value, yes, no);
        self.load(offset, mask, compare)
    }

    fn upper(&mut self, offset: u32, mask: u32, value: u32, [greater, equal, less]: [Place; 3]) -> Place {
        if mask == 0 {
            return if value == 0 { equal } else { less };
        }
        let at_most = self.branch(JUMP_EQUAL, value, equal, less);
        let compare = self.branch(JUMP_GREATER, value, greater, at_most);
        self.load(offset, mask, compare)
    }

    fn load(&mut self, offset: u32, mask: u32, next: Place) -> Place {
        let next = if mask == u32::MAX { next } else { self.step(AND, mask, next) };
        self.step(LOAD, offset, next)
    }
}
