//! What a program answers: the kernel's interpreter, as far as [`program`](super::program) uses it.

use super::program::{
    AND, ARCHITECTURE, ARGUMENTS, Instruction, JUMP, JUMP_EQUAL, JUMP_GREATER, JUMP_GREATER_EQUAL, LOAD, NUMBER, RETURN,
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
