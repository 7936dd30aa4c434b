//! The init image: an ELF file in a sealed memfd, made of the code of the architecture's `.s` file, its [`Config`]
//! and the script with everything that it points to.

use std::mem::size_of;

use super::wire::{CODE, Config, DATA, Op};
use crate::sys::Plain;

const PAGE: usize = 4096;
/// What the code takes, with the file's header.
pub(super) const CODE_PAGES: usize = 2;
const HEADER: usize = 64;
const SEGMENT: usize = 56;
const CODE_AT: usize = HEADER + 2 * SEGMENT;

/// The code, behind a word that holds its length. `call` aligns the stack as a function expects it.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
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

/// The whole file: header and code in the first pages, the data in the following ones. `after` is the operation that init goes
/// on with once the program's process is cloned.
pub(crate) fn build(mut config: Config, data: &[u8], ops: &[Op], after: usize) -> Vec<u8> {
    const DATA_AT: usize = CODE_PAGES * PAGE;
    let code = code_bytes();
    assert!(CODE_AT + code.len() <= DATA_AT, "the init's code has outgrown its pages");

    let ops_at = (size_of::<Config>() + data.len()).next_multiple_of(8);
    let data_size = ops_at + size_of_val(ops);
    config.ops = DATA + ops_at as u64;
    config.after = config.ops + (after * size_of::<Op>()) as u64;

    let mut file = Vec::with_capacity(DATA_AT + data_size);
    file.extend_from_slice(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0");
    let mut words = |words: &[(u64, usize)]| {
        for (value, size) in words {
            file.extend_from_slice(&value.to_le_bytes()[..*size]);
        }
    };
    // ET_EXEC, machine, version, entry, program headers, no sections, flags and sizes.
    words(&[(2, 2), (MACHINE, 2), (1, 4), (CODE + CODE_AT as u64, 8), (HEADER as u64, 8), (0, 8), (0, 4)]);
    words(&[(HEADER as u64, 2), (SEGMENT as u64, 2), (2, 2), (64, 2), (0, 2), (0, 2)]);
    let text_size = (CODE_AT + code.len()) as u64;
    let data_size = data_size as u64;
    // PT_LOAD, flags, offset, address twice, size in file and memory, alignment.
    for (flags, offset, address, size) in [(5, 0, CODE, text_size), (6, DATA_AT as u64, DATA, data_size)] {
        words(&[(1, 4), (flags, 4), (offset, 8), (address, 8), (address, 8), (size, 8), (size, 8), (PAGE as u64, 8)]);
    }
    file.extend_from_slice(code);
    file.resize(DATA_AT, 0);
    file.extend_from_slice(Plain::bytes(&[config]));
    file.extend_from_slice(data);
    file.resize(DATA_AT + ops_at, 0);
    file.extend_from_slice(Plain::bytes(ops));
    file
}
