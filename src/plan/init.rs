//! Where what the scripts speak of is in the init's memory.

use std::mem::{offset_of, size_of};

use crate::init::wire::{Config, DATA, PROGRAM, Program, ROOM, program_at};
pub(crate) use crate::init::wire::{Op, nr_pseudo};

/// Eight bytes in the script's data, or in the init's own, for a number that is known only when the init gets there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Cell(pub(crate) u64);

/// The data of the sandbox's script.
pub(crate) const SANDBOX_DATA: u64 = DATA + size_of::<Config>() as u64;
pub(crate) const PROC_FD: Cell = Cell(DATA + offset_of!(Config, proc_fd) as u64);
pub(crate) const CHILDREN_FD: Cell = Cell(DATA + offset_of!(Config, children_fd) as u64);
/// `struct pollfd` of the host's socket and of its pidfd.
pub(crate) const LIFELINE: u64 = DATA + offset_of!(Config, lifeline) as u64;
/// The second of them.
pub(crate) const HOST: u64 = LIFELINE + 8;

/// The data of a program's script.
pub(crate) const fn program_data(number: usize) -> u64 {
    program_at(number) + size_of::<Program>() as u64
}

pub(crate) const fn setup_time(number: usize) -> u64 {
    program_at(number) + offset_of!(Program, setup) as u64
}

pub(crate) const fn listener(number: usize) -> Cell {
    Cell(program_at(number) + offset_of!(Program, listener) as u64)
}

/// What is at an address of the init's or of a program's, and not in the data of a script.
pub(crate) fn name(address: u64) -> &'static str {
    const OF_PROGRAM: [(usize, &str); 3] = [
        (offset_of!(Program, setup), "setup_time"),
        (offset_of!(Program, listener), "listener"),
        (offset_of!(Program, telltale), "telltale"),
    ];
    match address {
        _ if address == PROC_FD.0 => "proc_fd",
        _ if address == CHILDREN_FD.0 => "children_fd",
        LIFELINE => "lifeline",
        HOST => "host",
        PROGRAM..DATA => {
            let offset = ((address - PROGRAM) % ROOM) as usize;
            OF_PROGRAM.iter().find(|(at, _)| *at == offset).map_or("program", |(_, name)| name)
        }
        _ => "sandbox",
    }
}
