//! The arguments of the script's operations: what each is to the kernel, and how it is printed.

use std::fmt::{self, Formatter};
use std::marker::PhantomData;

use linux_raw_sys::general;

use super::init;
pub(crate) use super::init::Cell;
use crate::sys::Plain;

/// What goes into the flat operation.
#[derive(Clone, Copy)]
pub(crate) enum Arg {
    Value(u64),
    Cell(Cell),
}

/// A type of arguments.
pub(crate) trait Argument {
    fn arg(self) -> Arg;

    fn print(seen: &Seen<'_>, f: &mut Formatter<'_>) -> fmt::Result;
}

/// An argument as the flat operation has it, with those behind it and the script's data.
pub(crate) struct Seen<'a> {
    /// Where the data is.
    pub base: u64,
    pub data: &'a [u8],
    pub is_cell: bool,
    pub args: &'a [u64],
}

impl<'a> Seen<'a> {
    pub(super) fn value(&self) -> u64 {
        self.args[0]
    }

    /// The data from the address on that this is.
    pub(super) fn memory(&self) -> Option<&'a [u8]> {
        let offset = self.value().checked_sub(self.base)?;
        self.data.get(usize::try_from(offset).ok()?..)
    }

    /// Of a null-terminated array.
    pub(super) fn addresses(&self) -> impl Iterator<Item = u64> {
        let words = self.memory().unwrap_or_default().chunks_exact(8).map(u64::from_bytes);
        words.take_while(|address| *address != 0)
    }

    fn memory_of(&self, length: usize) -> Option<&'a [u8]> {
        self.memory()?.get(..length)
    }
}

/// A cell by its place in the script's data, or by its name if it is elsewhere.
pub(crate) fn print_cell(address: u64, base: u64, size: usize, f: &mut Formatter<'_>) -> fmt::Result {
    match address.checked_sub(base).filter(|offset| *offset < size as u64) {
        Some(offset) => write!(f, "%{offset}"),
        None => write!(f, "%{}", init::name(address)),
    }
}

fn print_text(bytes: &[u8], f: &mut Formatter<'_>) -> fmt::Result {
    write!(f, "{:?}", String::from_utf8_lossy(bytes))
}

/// A descriptor: its number, or the cell that has it by then.
#[derive(Clone, Copy)]
pub(crate) enum Fd {
    Number(i32),
    Cell(Cell),
}

impl Fd {
    /// The working directory.
    pub(crate) const CWD: Fd = Fd::Number(general::AT_FDCWD);
}

impl From<i32> for Fd {
    fn from(number: i32) -> Fd {
        Fd::Number(number)
    }
}

impl From<Cell> for Fd {
    fn from(cell: Cell) -> Fd {
        Fd::Cell(cell)
    }
}

impl Argument for Fd {
    fn arg(self) -> Arg {
        match self {
            Fd::Number(number) => Arg::Value(i64::from(number) as u64),
            Fd::Cell(cell) => Arg::Cell(cell),
        }
    }

    fn print(seen: &Seen<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        match seen.value() as i32 {
            _ if seen.is_cell => print_cell(seen.value(), seen.base, seen.data.len(), f),
            general::AT_FDCWD => f.write_str("AT_FDCWD"),
            number => write!(f, "{number}"),
        }
    }
}

/// The address of a C string.
#[derive(Clone, Copy)]
pub(crate) struct Text(pub(crate) u64);

impl Text {
    pub(crate) const NULL: Text = Text(0);
}

impl Argument for Text {
    fn arg(self) -> Arg {
        Arg::Value(self.0)
    }

    fn print(seen: &Seen<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        match seen.memory() {
            Some(memory) => print_text(memory.split(|byte| *byte == 0).next().unwrap_or_default(), f),
            None => f.write_str("NULL"),
        }
    }
}

/// The address of bytes. The next argument is their number.
#[derive(Clone, Copy)]
pub(crate) struct Data(pub(crate) u64);

impl Data {
    /// The word at this offset.
    pub(crate) fn word(self, offset: usize) -> Word {
        Word(self.0 + offset as u64)
    }
}

impl Argument for Data {
    fn arg(self) -> Arg {
        Arg::Value(self.0)
    }

    fn print(seen: &Seen<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        const MOST: usize = 32;
        let length = seen.args.get(1).copied().unwrap_or(0) as usize;
        match seen.memory_of(length.min(MOST)) {
            Some(bytes) => {
                print_text(bytes, f)?;
                f.write_str(if length > MOST { "..." } else { "" })
            }
            None => f.write_str("?"),
        }
    }
}

/// The address of a word that the kernel or the init reads or writes by then.
#[derive(Clone, Copy)]
pub(crate) struct Word(pub(crate) u64);

impl From<Cell> for Word {
    fn from(cell: Cell) -> Word {
        Word(cell.0)
    }
}

impl Argument for Word {
    fn arg(self) -> Arg {
        Arg::Value(self.0)
    }

    fn print(seen: &Seen<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("&")?;
        print_cell(seen.value(), seen.base, seen.data.len(), f)
    }
}

/// The address of a `T` in the script's data.
pub(crate) struct At<T>(pub(crate) u64, pub(super) PhantomData<T>);

impl<T> Clone for At<T> {
    fn clone(&self) -> At<T> {
        *self
    }
}

impl<T> Copy for At<T> {}

impl<T> At<T> {
    /// The eight bytes at this offset.
    pub(crate) fn cell(self, offset: usize) -> Cell {
        Cell(self.0 + offset as u64)
    }
}

impl<T: Plain + fmt::Debug> Argument for At<T> {
    fn arg(self) -> Arg {
        Arg::Value(self.0)
    }

    fn print(seen: &Seen<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        match seen.memory_of(size_of::<T>()) {
            Some(bytes) => write!(f, "{:?}", T::from_bytes(bytes)),
            None => f.write_str("NULL"),
        }
    }
}

/// The address of a null-terminated array of C strings.
#[derive(Clone, Copy)]
pub(crate) struct Strings(pub(crate) u64);

impl Argument for Strings {
    fn arg(self) -> Arg {
        Arg::Value(self.0)
    }

    fn print(seen: &Seen<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (index, address) in seen.addresses().enumerate() {
            f.write_str(if index == 0 { "" } else { ", " })?;
            Text::print(&Seen { args: &[address], ..*seen }, f)?;
        }
        f.write_str("]")
    }
}

/// As [`Strings`], of an environment, whose values are nobody's business.
#[derive(Clone, Copy)]
pub(crate) struct Environment(pub(crate) u64);

impl From<Strings> for Environment {
    fn from(strings: Strings) -> Environment {
        Environment(strings.0)
    }
}

impl Argument for Environment {
    fn arg(self) -> Arg {
        Arg::Value(self.0)
    }

    fn print(seen: &Seen<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "[{} variables]", seen.addresses().count())
    }
}

/// As [`Data`], of what a caller gives to the program.
#[derive(Clone, Copy)]
pub(crate) struct Contents(pub(crate) u64);

impl From<Data> for Contents {
    fn from(data: Data) -> Contents {
        Contents(data.0)
    }
}

impl Argument for Contents {
    fn arg(self) -> Arg {
        Arg::Value(self.0)
    }

    fn print(_: &Seen<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("...")
    }
}

/// No address.
#[derive(Clone, Copy)]
pub(crate) struct Null;

impl Argument for Null {
    fn arg(self) -> Arg {
        Arg::Value(0)
    }

    fn print(_: &Seen<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("NULL")
    }
}

macro_rules! numbers {
    ($($(#[$doc:meta])* $type:ident($number:ty) as $format:literal,)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub(crate) struct $type(pub(crate) $number);

        impl From<$number> for $type {
            fn from(number: $number) -> $type {
                $type(number)
            }
        }

        impl Argument for $type {
            fn arg(self) -> Arg {
                Arg::Value(self.0 as u64)
            }

            fn print(seen: &Seen<'_>, f: &mut Formatter<'_>) -> fmt::Result {
                write!(f, $format, seen.value())
            }
        }
    )*};
}

numbers! {
    /// A number or size of something.
    Count(usize) as "{}",
    /// Of a user, a group or a process; 0 is often the caller itself.
    Id(u32) as "{}",
    Bits(u64) as "{:#x}",
}
