//! The init image: an ELF file in a sealed memfd, made of the code of the architecture's `.s` file, its [`Config`] with the
//! sandbox's script, and the memory of the first program.

use std::mem::size_of;

use super::wire::{CODE, Config, DATA, Op, PROGRAM, Program};
use crate::sys::Plain;

const PAGE: usize = 4096;
/// What the code takes, with the file's header.
pub(super) const CODE_PAGES: usize = 3;
const HEADER: usize = 64;
const SEGMENT: usize = 56;
const CODE_AT: usize = HEADER + 3 * SEGMENT;

/// The code, behind a word that holds its length. `call` aligns the stack as a function expects it.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
#[allow(named_asm_labels, reason = "a naked function is emitted once, which Rust 1.88 does not know yet")]
extern "C" fn code() {
    std::arch::naked_asm!(
        ".quad 99f - 98f",
        "98: mov edi, {config}",
        "call .Lbelljar_entry",
        include_str!("x86_64.s"),
        "99:",
        config = const DATA,
    )
}

#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
#[allow(named_asm_labels, reason = "a naked function is emitted once, which Rust 1.88 does not know yet")]
extern "C" fn code() {
    std::arch::naked_asm!(
        ".quad 99f - 98f",
        "98: movz x0, #{config}, lsl #16",
        "bl .Lbelljar_entry",
        include_str!("aarch64.s"),
        "99:",
        config = const DATA >> 16,
    )
}

#[cfg(target_arch = "x86_64")]
const MACHINE: u64 = 62;
#[cfg(target_arch = "aarch64")]
const MACHINE: u64 = 183;

pub(super) fn code_bytes() -> &'static [u8] {
    let start = code as *const () as *const u8;
    // SAFETY: the assembler put the length in front of that many bytes of code.
    unsafe { std::slice::from_raw_parts(start.add(8), start.cast::<u64>().read_unaligned() as usize) }
}

/// A script: the data that its operations point to, and these.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'a> {
    pub data: &'a [u8],
    pub ops: &'a [Op],
}

impl Parts<'_> {
    /// Of both, but for what aligns them.
    pub(crate) fn size(self) -> usize {
        self.data.len().next_multiple_of(8) + size_of_val(self.ops)
    }

    /// Where the operations are, behind a head of this size and the data.
    fn ops_at(self, head: usize) -> usize {
        (head + self.data.len()).next_multiple_of(8)
    }

    fn write(self, head: &[u8], file: &mut Vec<u8>) {
        let start = file.len();
        file.extend_from_slice(head);
        file.extend_from_slice(self.data);
        file.resize(start + self.ops_at(head.len()), 0);
        file.extend_from_slice(Plain::bytes(self.ops));
    }
}

/// The memory of a program that begins at `address`.
pub(crate) fn memory(mut program: Program, address: u64, script: Parts<'_>) -> Vec<u8> {
    program.ops = address + script.ops_at(size_of::<Program>()) as u64;
    let mut memory = Vec::with_capacity(script.ops_at(size_of::<Program>()) + size_of_val(script.ops));
    script.write(Plain::bytes(&[program]), &mut memory);
    memory
}

/// The whole file: header and code in the first pages, the sandbox's data in the following ones, then the first program's
/// memory, if there is one.
pub(crate) fn build(mut config: Config, script: Parts<'_>, program: &[u8]) -> Vec<u8> {
    const DATA_AT: usize = CODE_PAGES * PAGE;
    let code = code_bytes();
    assert!(CODE_AT + code.len() <= DATA_AT, "the init's code has outgrown its pages");

    let ops_at = script.ops_at(size_of::<Config>());
    let data_size = ops_at + size_of_val(script.ops);
    let program_at = (DATA_AT + data_size).next_multiple_of(PAGE);
    config.ops = DATA + ops_at as u64;

    let mut file = Vec::with_capacity(program_at + program.len());
    file.extend_from_slice(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0");
    let mut words = |words: &[(u64, usize)]| {
        for (value, size) in words {
            file.extend_from_slice(&value.to_le_bytes()[..*size]);
        }
    };
    // In the order of their addresses, as the kernel expects it.
    let segments = [
        (READ_EXECUTE, 0, CODE, CODE_AT + code.len()),
        (READ_WRITE, program_at, PROGRAM, program.len()),
        (READ_WRITE, DATA_AT, DATA, data_size),
    ];
    let segments = segments.iter().filter(|(.., size)| *size > 0);
    let count = segments.clone().count() as u64;
    // ET_EXEC, machine, version, entry, program headers, no sections, flags and sizes.
    words(&[(2, 2), (MACHINE, 2), (1, 4), (CODE + CODE_AT as u64, 8), (HEADER as u64, 8), (0, 8), (0, 4)]);
    words(&[(HEADER as u64, 2), (SEGMENT as u64, 2), (count, 2), (64, 2), (0, 2), (0, 2)]);
    for (flags, offset, address, size) in segments {
        let (offset, size) = (*offset as u64, *size as u64);
        // PT_LOAD, flags, offset, address twice, size in file and memory, alignment.
        words(&[
            (1, 4),
            (*flags, 4),
            (offset, 8),
            (*address, 8),
            (*address, 8),
            (size, 8),
            (size, 8),
            (PAGE as u64, 8),
        ]);
    }
    file.resize(CODE_AT, 0);
    file.extend_from_slice(code);
    file.resize(DATA_AT, 0);
    script.write(Plain::bytes(&[config]), &mut file);
    if !program.is_empty() {
        file.resize(program_at, 0);
        file.extend_from_slice(program);
    }
    file
}

const READ_EXECUTE: u64 = 5;
const READ_WRITE: u64 = 6;
