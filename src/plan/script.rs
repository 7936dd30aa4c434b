//! The script that the init runs: a flat list of system calls, with every string and structure they point to.
//!
//! It is pure data, made by the host without privileges. Addresses are those that the data will have inside the init
//! (see [`super::init`]), so that the init needs neither relocation nor allocation.

use std::ffi::{CStr, CString, OsStr};
use std::ops::Range;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::init::{Op, SCRIPT_DATA};
use crate::error::{Label, Step};

/// Eight bytes in the script's data, for a number that is known only when the init or the launch gets there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Cell(pub(crate) u64);

/// An argument of a system call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Arg {
    Value(u64),
    Cell(Cell),
}

impl From<u64> for Arg {
    fn from(value: u64) -> Arg {
        Arg::Value(value)
    }
}

impl From<i32> for Arg {
    fn from(value: i32) -> Arg {
        Arg::Value(i64::from(value) as u64)
    }
}

impl From<u32> for Arg {
    fn from(value: u32) -> Arg {
        Arg::Value(u64::from(value))
    }
}

impl From<Cell> for Arg {
    fn from(cell: Cell) -> Arg {
        Arg::Cell(cell)
    }
}

pub(crate) struct Script {
    ops: Vec<Op>,
    marks: Vec<Mark>,
    /// The paths that the marks name. One buffer, as there are hundreds and hardly ever is one asked for.
    names: Vec<u8>,
    data: Vec<u8>,
    after: usize,
}

/// The [`Label`] of an operation, as long as nobody asks for it.
struct Mark {
    step: Step,
    path: Option<Range<usize>>,
    inside: Option<Range<usize>>,
}

impl Default for Script {
    fn default() -> Script {
        Script {
            ops: Vec::with_capacity(256),
            marks: Vec::with_capacity(256),
            names: Vec::with_capacity(4096),
            data: Vec::with_capacity(4096),
            after: 0,
        }
    }
}

impl Script {
    /// Appends the system call `nr`. What it is for is said to [`Call::label`] and tells the user when it fails.
    pub(crate) fn call<const N: usize>(&mut self, nr: u32, step: Step, args: [Arg; N]) -> Call<'_> {
        let mut op = Op { nr, ..Op::default() };
        for (at, arg) in args.into_iter().enumerate() {
            match arg {
                Arg::Value(value) => op.args[at] = value,
                Arg::Cell(cell) => {
                    op.args[at] = cell.0;
                    op.cells |= 1 << at;
                }
            }
        }
        self.ops.push(op);
        self.marks.push(Mark { step, path: None, inside: None });
        Call(self)
    }

    /// From here on init goes on by itself.
    pub(crate) fn begin_after(&mut self) {
        self.after = self.ops.len();
    }

    /// Puts bytes into the data, aligned for any integer, and gives their address.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> u64 {
        self.data.resize(self.data.len().next_multiple_of(8), 0);
        let address = SCRIPT_DATA + self.data.len() as u64;
        self.data.extend_from_slice(bytes);
        address
    }

    pub(crate) fn words(&mut self, words: &[u64]) -> u64 {
        let address = self.bytes(&[]);
        words.iter().for_each(|word| self.data.extend_from_slice(&word.to_le_bytes()));
        address
    }

    pub(crate) fn string(&mut self, string: &CStr) -> u64 {
        self.bytes(string.to_bytes_with_nul())
    }

    /// A path that has been checked to hold no NUL.
    pub(crate) fn path(&mut self, path: &Path) -> u64 {
        self.data.resize(self.data.len().next_multiple_of(8), 0);
        let address = SCRIPT_DATA + self.data.len() as u64;
        self.data.extend_from_slice(path.as_os_str().as_bytes());
        self.data.push(0);
        address
    }

    /// A null-terminated array of strings, as execve takes it.
    pub(crate) fn strings(&mut self, strings: &[CString]) -> u64 {
        let mut addresses: Vec<u64> = strings.iter().map(|string| self.string(string)).collect();
        addresses.push(0);
        self.words(&addresses)
    }

    pub(crate) fn cell(&mut self, value: i64) -> Cell {
        Cell(self.words(&[value as u64]))
    }

    pub(crate) fn data(&self) -> &[u8] {
        &self.data
    }

    pub(crate) fn ops(&self) -> &[Op] {
        &self.ops
    }

    pub(crate) fn after(&self) -> usize {
        self.after
    }

    pub(crate) fn label(&self, index: usize) -> Option<Label> {
        let mark = self.marks.get(index)?;
        let name = |range: &Option<Range<usize>>| {
            range.clone().map(|range| Path::new(OsStr::from_bytes(&self.names[range])).to_owned())
        };
        Some(Label { step: mark.step, path: name(&mark.path), inside: name(&mark.inside) })
    }

    fn name(&mut self, path: &Path) -> Option<Range<usize>> {
        let start = self.names.len();
        self.names.extend_from_slice(path.as_os_str().as_bytes());
        Some(start..self.names.len())
    }

    fn mark(&mut self) -> &mut Mark {
        self.marks.last_mut().expect("a call was just appended")
    }

    /// Makes operation `index` fail. What it would have done is not done.
    #[cfg(test)]
    pub(crate) fn sabotage(&mut self, index: usize, errno: u64) {
        self.ops[index] = Op { nr: super::init::nr_pseudo::FAIL, args: [errno, 0, 0, 0, 0, 0], ..Op::default() };
    }
}

/// The operation just appended.
pub(crate) struct Call<'a>(&'a mut Script);

impl Call<'_> {
    fn op(&mut self) -> &mut Op {
        self.0.ops.last_mut().expect("a call was just appended")
    }

    /// These errors are passed over.
    pub(crate) fn ignore(mut self, errnos: &[i32]) -> Self {
        self.op().ignore = errnos.iter().fold(0, |mask, errno| mask | 1 << errno);
        self
    }

    /// See [`Op::probe`].
    pub(crate) fn probe(mut self) -> Self {
        self.op().probe = 1;
        self
    }

    pub(crate) fn save(mut self, cell: Cell) -> Self {
        self.op().save = cell.0;
        self
    }

    pub(crate) fn path(self, path: impl AsRef<Path>) -> Self {
        self.0.mark().path = self.0.name(path.as_ref());
        self
    }

    pub(crate) fn on(self, inside: impl AsRef<Path>) -> Self {
        self.0.mark().inside = self.0.name(inside.as_ref());
        self
    }

    pub(crate) fn labelled(self, label: Label) -> Self {
        let path = label.path.and_then(|path| self.0.name(&path));
        let inside = label.inside.and_then(|inside| self.0.name(&inside));
        *self.0.mark() = Mark { step: label.step, path, inside };
        self
    }

    /// Saves the result, a descriptor, in a new cell.
    pub(crate) fn into_cell(mut self) -> Cell {
        let cell = self.0.cell(-1);
        self.op().save = cell.0;
        cell
    }
}

impl std::fmt::Debug for Script {
    /// One line an operation: what a test compares and a person reads.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, op) in self.ops.iter().enumerate() {
            let label = self.label(index).ok_or(std::fmt::Error)?;
            writeln!(f, "{:>5} {label}", op.nr)?;
        }
        Ok(())
    }
}

/// AT_FDCWD as an argument.
pub(crate) const CWD: u64 = -100i64 as u64;
