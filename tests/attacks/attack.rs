//! What an attack is, and what it may come to in each sandbox.

use std::collections::BTreeMap;
use std::ffi::CString;
use std::os::fd::{FromRawFd, OwnedFd};

use crate::common::kernel;

/// What it got, or the errno that it was refused with.
pub type Answer = Result<i64, i32>;

/// One way to try to get out, at others, or at more of the machine.
#[derive(Clone, Copy)]
pub struct Attack {
    pub name: &'static str,
    /// Runs in a process of its own, on the host and inside.
    pub run: fn(&Target) -> Answer,
    pub host: Shown,
    /// Under the standard filter, for either user.
    pub filtered: Wall,
    /// Without a filter: the other walls by themselves.
    pub alone: Wall,
    /// Without a filter, with every capability within the sandbox's namespaces.
    pub capable: Wall,
    /// Under the standard filter without any namespace.
    pub bare: Wall,
    /// Whether the filter has a say in it.
    pub is_filtered: bool,
    /// With CAP_SYS_ADMIN, SYS_PTRACE, SYS_NICE or SYS_RESOURCE and no filter it takes what is around the program itself, as
    /// Capabilities says: then it is no attack, and would be in the way of others.
    pub undoes: bool,
}

/// How it shows on the host that an attack is one.
#[derive(Clone, Copy)]
pub enum Shown {
    Succeeds,
    /// With arguments that cannot succeed: these are what the kernel finds wrong once it has found the caller privileged.
    Passes(&'static [i32]),
    /// Why it is not tried on a host.
    Harmful(&'static str),
}

/// What keeps it in.
#[derive(Clone, Copy)]
pub enum Wall {
    /// One of these errnos.
    Refuses(&'static [i32]),
    /// One of these errnos if the host is privileged, for then the program is another user; and what holds if it is the same.
    RefusesOthers(&'static [i32], &'static str),
    /// Nothing does, or it depends on the machine; and why that is no way out, or that it is one.
    Open(&'static str),
}

const EPERM: Wall = Wall::Refuses(&[libc::EPERM]);

impl Attack {
    /// One that succeeds on the host, and that filter and kernel answer with EPERM.
    pub const fn new(name: &'static str, run: fn(&Target) -> Answer) -> Attack {
        Attack {
            name,
            run,
            host: Shown::Succeeds,
            filtered: EPERM,
            alone: EPERM,
            capable: EPERM,
            bare: EPERM,
            is_filtered: true,
            undoes: false,
        }
    }

    /// A look at or change of what has no filter.
    pub const fn unfiltered(name: &'static str, run: fn(&Target) -> Answer, errnos: &'static [i32]) -> Attack {
        Attack { is_filtered: false, ..Attack::new(name, run).filtered(errnos).alone(errnos) }
    }

    pub const fn passes(mut self, errnos: &'static [i32]) -> Attack {
        self.host = Shown::Passes(errnos);
        self
    }

    pub const fn harmful(mut self, why: &'static str) -> Attack {
        self.host = Shown::Harmful(why);
        self
    }

    /// Under the filter, with or without namespaces.
    pub const fn filtered(mut self, errnos: &'static [i32]) -> Attack {
        self.filtered = Wall::Refuses(errnos);
        self.bare = self.filtered;
        self
    }

    /// In every sandbox.
    pub const fn open(name: &'static str, run: fn(&Target) -> Answer, why: &'static str) -> Attack {
        let wall = Wall::Open(why);
        Attack { filtered: wall, alone: wall, capable: wall, bare: wall, is_filtered: false, ..Attack::new(name, run) }
    }

    /// Without one, with and without capabilities.
    pub const fn alone(mut self, errnos: &'static [i32]) -> Attack {
        self.alone = Wall::Refuses(errnos);
        self.capable = self.alone;
        self
    }

    pub const fn open_alone(mut self, why: &'static str) -> Attack {
        self.alone = Wall::Open(why);
        self.capable = self.alone;
        self
    }

    pub const fn capable(mut self, errnos: &'static [i32]) -> Attack {
        self.capable = Wall::Refuses(errnos);
        self
    }

    pub const fn open_capable(mut self, why: &'static str) -> Attack {
        self.capable = Wall::Open(why);
        self
    }

    pub const fn undoes(mut self) -> Attack {
        self.undoes = true;
        self
    }

    pub const fn bare(mut self, errnos: &'static [i32]) -> Attack {
        self.bare = Wall::Refuses(errnos);
        self
    }

    pub const fn others_bare(mut self, errnos: &'static [i32], why: &'static str) -> Attack {
        self.bare = Wall::RefusesOthers(errnos, why);
        self
    }

    pub const fn open_bare(mut self, why: &'static str) -> Attack {
        self.bare = Wall::Open(why);
        self
    }
}

/// What the attacks are told of the host, as texts: paths, ids, handles.
#[derive(Clone, Default)]
pub struct Target(pub BTreeMap<String, String>);

impl Target {
    pub fn from_args(args: &[String]) -> Target {
        let words = args.iter().filter_map(|arg| arg.split_once('='));
        Target(words.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    pub fn to_args(&self) -> Vec<String> {
        self.0.iter().map(|(name, value)| format!("{name}={value}")).collect()
    }

    pub fn set(&mut self, name: &str, value: impl ToString) {
        self.0.insert(name.to_owned(), value.to_string());
    }

    pub fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    pub fn number(&self, name: &str) -> usize {
        self.text(name).parse().unwrap_or(0)
    }

    /// Bytes, as [`hex`] writes them.
    pub fn bytes(&self, name: &str) -> Vec<u8> {
        let text = self.text(name).as_bytes();
        let digit = |byte: u8| (byte as char).to_digit(16).expect("a digit") as u8;
        text.chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
    }

    pub fn is_host(&self) -> bool {
        self.text("where") == "host"
    }

    /// A path in the directory that is given read-only.
    pub fn given(&self, name: &str) -> CString {
        path(&format!("{}/{name}", self.text("given")))
    }

    /// A path in the directory that is given writable.
    pub fn writable(&self, name: &str) -> CString {
        path(&format!("{}/{name}", self.text("writable")))
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn path(path: &str) -> CString {
    CString::new(path).expect("no NUL")
}

/// A system call by its number in the libc crate.
pub fn call<const N: usize>(number: libc::c_long, arguments: [usize; N]) -> Answer {
    kernel::call(number, &arguments)
}

/// The place of a value, for a system call.
pub fn at<T: ?Sized>(value: &T) -> usize {
    (value as *const T).cast::<u8>() as usize
}

/// As [`at`], where the kernel writes.
pub fn to<T: ?Sized>(value: &mut T) -> usize {
    (value as *mut T).cast::<u8>() as usize
}

pub fn open(path: &CString, flags: i32) -> Answer {
    kernel::open(at(path.as_c_str()), flags as usize, 0o600)
}

pub fn close(fd: i64) {
    // SAFETY: a descriptor that the caller has just got, and does not use again.
    drop(unsafe { OwnedFd::from_raw_fd(fd as i32) });
}

/// Opens a file and closes it again.
pub fn opens(name: &str, flags: i32) -> Answer {
    open(&path(name), flags).inspect(|fd| close(*fd))
}
