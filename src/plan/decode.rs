//! A script as it is read by others than the init: each operation, with what its arguments point to.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use super::argument::Seen;
use super::init::Op;
use super::script::Script;
use crate::error::Label;
use crate::sys::Plain;

/// An operation of a script.
pub(crate) struct Reading<'a> {
    script: &'a Script,
    index: usize,
    op: &'a Op,
}

impl Script {
    pub(crate) fn read(&self) -> impl Iterator<Item = Reading<'_>> {
        self.parts().ops.iter().enumerate().map(|(index, op)| Reading { script: self, index, op })
    }
}

impl Reading<'_> {
    /// Of the system call.
    pub(crate) fn nr(&self) -> u32 {
        self.op.nr
    }

    pub(crate) fn label(&self) -> Label {
        self.script.label(self.index).expect("each has one")
    }

    /// The cell of its result; 0 is none.
    pub(crate) fn save(&self) -> u64 {
        self.op.save
    }

    fn seen(&self, at: usize) -> Seen<'_> {
        self.script.seen(self.op, at)
    }

    pub(crate) fn value(&self, at: usize) -> u64 {
        self.op.args[at]
    }

    /// The address of the cell that the argument comes from.
    pub(crate) fn cell(&self, at: usize) -> Option<u64> {
        self.seen(at).is_cell.then(|| self.value(at))
    }

    pub(crate) fn text(&self, at: usize) -> OsString {
        text(&self.seen(at))
    }

    pub(crate) fn path(&self, at: usize) -> PathBuf {
        self.text(at).into()
    }

    pub(crate) fn texts(&self, at: usize) -> Vec<OsString> {
        let seen = self.seen(at);
        seen.addresses().map(|address| text(&Seen { args: &[address], ..seen })).collect()
    }

    /// Of bytes, whose number is the next argument.
    pub(crate) fn data(&self, at: usize) -> OsString {
        let length = self.value(at + 1) as usize;
        let memory = self.seen(at).memory().and_then(|memory| memory.get(..length));
        OsString::from_vec(memory.unwrap_or_default().to_vec())
    }

    /// A structure.
    pub(crate) fn structure<T: Plain>(&self, at: usize) -> T {
        let memory = self.seen(at).memory().and_then(|memory| memory.get(..size_of::<T>()));
        T::from_bytes(memory.expect("an address in the script's data"))
    }
}

fn text(seen: &Seen<'_>) -> OsString {
    let memory = seen.memory().unwrap_or_default();
    OsString::from_vec(memory.split(|byte| *byte == 0).next().unwrap_or_default().to_vec())
}
