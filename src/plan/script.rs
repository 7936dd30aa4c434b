//! The script that the init runs: a flat list of system calls, with every string and structure they point to.
//!
//! It is pure data, made by the host without privileges. Addresses are those that the data will have inside the init
//! (see [`super::init`]), so that the init needs neither relocation nor allocation.

use std::ffi::{CStr, CString, OsStr};
use std::fmt::{self, Formatter};
use std::marker::PhantomData;
use std::ops::Range;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::io::Errno;

use super::argument::{At, Cell, Data, Seen, Strings, Text, print_cell};
use super::constant::print_errno;
use super::init::Op;
use super::op::{Form, Operation};
use crate::error::{Label, Step};
use crate::init::Parts;
use crate::sys::Plain;

pub(crate) struct Script {
    ops: Vec<Op>,
    marks: Vec<Mark>,
    /// The paths that the marks name. One buffer, as there are hundreds and hardly ever is one asked for.
    names: Vec<u8>,
    /// Where the data will be.
    base: u64,
    data: Vec<u8>,
}

/// How an operation is printed, and its [`Label`], as long as nobody asks for them.
struct Mark {
    form: &'static Form,
    step: Step,
    path: Option<Range<usize>>,
    inside: Option<Range<usize>>,
}

impl Script {
    /// With its data from `base` on.
    pub(crate) fn new(base: u64) -> Script {
        Script {
            ops: Vec::with_capacity(256),
            marks: Vec::with_capacity(256),
            names: Vec::with_capacity(4096),
            base,
            data: Vec::with_capacity(4096),
        }
    }

    /// Appends an operation. The step, and what is said to the [`Call`], tell the user what it was for when it fails.
    pub(crate) fn call(&mut self, step: Step, Operation { op, form }: Operation) -> Call<'_> {
        self.ops.push(op);
        self.marks.push(Mark { form, step, path: None, inside: None });
        Call(self)
    }

    /// The address of what is put into the data next, aligned for any integer.
    fn next(&mut self) -> u64 {
        self.data.resize(self.data.len().next_multiple_of(8), 0);
        self.base + self.data.len() as u64
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Data {
        let address = self.next();
        self.data.extend_from_slice(bytes);
        Data(address)
    }

    /// A structure, or an array of words.
    pub(crate) fn put<T: Plain>(&mut self, value: T) -> At<T> {
        At(self.bytes(Plain::bytes(&[value])).0, PhantomData)
    }

    pub(crate) fn string(&mut self, string: &CStr) -> Text {
        Text(self.bytes(string.to_bytes_with_nul()).0)
    }

    /// A path that has been checked to hold no NUL.
    pub(crate) fn path(&mut self, path: impl AsRef<Path>) -> Text {
        let text = Text(self.bytes(path.as_ref().as_os_str().as_bytes()).0);
        self.data.push(0);
        text
    }

    pub(crate) fn strings(&mut self, strings: &[CString]) -> Strings {
        let mut addresses: Vec<u64> = strings.iter().map(|string| self.string(string).0).collect();
        addresses.push(0);
        Strings(self.bytes(Plain::bytes(&addresses)).0)
    }

    pub(crate) fn cell(&mut self, value: i64) -> Cell {
        self.put([value as u64]).cell(0)
    }

    pub(crate) fn parts(&self) -> Parts<'_> {
        Parts { data: &self.data, ops: &self.ops }
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
    pub(crate) fn sabotage(&mut self, index: usize, errno: Errno) {
        let Operation { op, form } = super::op::fail(errno);
        self.ops[index] = op;
        self.marks[index].form = form;
    }
}

/// The operation just appended.
pub(crate) struct Call<'a>(&'a mut Script);

impl Call<'_> {
    fn op(&mut self) -> &mut Op {
        self.0.ops.last_mut().expect("a call was just appended")
    }

    /// These errors are passed over.
    pub(crate) fn ignore(mut self, errnos: &[Errno]) -> Self {
        self.op().ignore = errnos.iter().fold(0, |mask, errno| mask | 1 << errno.raw_os_error());
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
        let mark = self.0.mark();
        *mark = Mark { step: label.step, path, inside, ..*mark };
        self
    }

    /// Saves the result, a descriptor, in a new cell.
    pub(crate) fn into_cell(mut self) -> Cell {
        let cell = self.0.cell(-1);
        self.op().save = cell.0;
        cell
    }
}

impl fmt::Debug for Script {
    /// One line an operation, as strace(1) prints calls: what a test compares and a person reads.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        (0..self.ops.len()).try_for_each(|index| {
            self.print(index, f)?;
            let label = self.label(index).ok_or(fmt::Error)?;
            writeln!(f, "  # {label}")
        })
    }
}

impl Script {
    /// An argument of an operation, and those behind it.
    pub(super) fn seen<'a>(&'a self, op: &'a Op, at: usize) -> Seen<'a> {
        Seen { base: self.base, data: &self.data, is_cell: op.cells >> at & 1 == 1, args: &op.args[at..] }
    }

    fn print(&self, index: usize, f: &mut Formatter<'_>) -> fmt::Result {
        let (op, form) = (&self.ops[index], self.marks[index].form);
        write!(f, "{}(", form.name)?;
        for (at, print) in form.arguments.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { ", " })?;
            print(&self.seen(op, at), f)?;
        }
        f.write_str(")")?;
        if op.save != 0 {
            f.write_str(" -> ")?;
            print_cell(op.save, self.base, self.data.len(), f)?;
        }
        for (at, errno) in (0..u64::BITS).filter(|errno| op.ignore >> errno & 1 == 1).enumerate() {
            f.write_str(if at == 0 { " or " } else { "|" })?;
            print_errno(errno, f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rustix::fs::{AtFlags, Mode, OFlags};
    use rustix::mount::{MountFlags, MountPropagationFlags, OpenTreeFlags};

    use super::super::argument::{Fd, Null, Word};
    use super::super::constant::Prctl;
    use super::super::init::{LIFELINE, SANDBOX_DATA, listener};
    use super::super::op;
    use super::*;
    use crate::limits::Resource;

    #[test]
    fn operations_print_as_strace_prints_calls() {
        let mut script = Script::new(SANDBOX_DATA);
        let path = script.path("/proc/self/oom_score_adj");
        let open = op::openat(Fd::CWD, path, OFlags::WRONLY | OFlags::CLOEXEC);
        let file = script.call(Step::State, open).path("/proc/self/oom_score_adj").into_cell();
        let zero = script.bytes(b"0");
        script.call(Step::State, op::write(file, zero, 1)).ignore(&[Errno::ACCESS, Errno::PERM]);
        script.call(Step::State, op::close(file));

        let (root, at) = (script.string(c"/"), script.string(c"a \"b\"\n"));
        let change = MountPropagationFlags::REC | MountPropagationFlags::PRIVATE;
        script.call(Step::Root, op::mount(Text::NULL, root, Text::NULL, change, Text::NULL));
        script.call(Step::Root, op::mount(at, root, at, MountFlags::NOSUID | MountFlags::RDONLY, at)).on("/x");
        script.call(Step::File, op::create(Fd::CWD, root, OFlags::CREATE | OFlags::RDWR, Mode::from(0o4600)));
        script.call(Step::Dir, op::mkdirat(7, at, Mode::from(0o1777)));
        let copy = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::AT_RECURSIVE;
        script.call(Step::Bind, op::open_tree(Fd::CWD, root, copy));
        script.call(Step::Dev, op::linkat(Fd::CWD, root, file, at, AtFlags::from_bits_retain(0x1000_1000)));
        script.call(Step::State, op::prctl(Prctl::PR_SET_DUMPABLE, 0));
        let limit = script.put(linux_raw_sys::general::rlimit64 { rlim_cur: 1, rlim_max: u64::MAX });
        script.call(Step::Rlimit, op::prlimit64(0, Resource::Nofile, limit, Null));
        let (long, argv) = (script.bytes(&[b'x'; 40]), script.strings(&[c"sh".into(), c"-c".into()]));
        script.call(Step::Hostname, op::sethostname(long, 40));
        script.call(Step::File, op::fill(file, long, 40));
        script.call(Step::Exec, op::execve(root, argv, argv)).ignore(&[Errno::NOENT]).probe();
        script.call(Step::Cgroup, op::enter(3, zero, 1));
        script.call(Step::Dev, op::expect(file, 0xff, 2, Errno::NODEV));
        script.call(Step::IdMap, op::ppoll(Word(LIFELINE), 2, Null, Null)).save(listener(3));
        script.call(Step::Init, op::open_gate());
        script.sabotage(2, Errno::NOSYS);

        let lines = [
            r#"openat(AT_FDCWD, "/proc/self/oom_score_adj", O_WRONLY|O_CLOEXEC) -> %32  # state /proc/self/oom_score_adj"#,
            r#"write(%32, "0", 1) or EPERM|EACCES  # state"#,
            r#"fail(ENOSYS)  # state"#,
            r#"mount(NULL, "/", NULL, MS_REC|MS_PRIVATE, NULL)  # root"#,
            r#"mount("a \"b\"\n", "/", "a \"b\"\n", MS_NOSUID|MS_RDONLY, "a \"b\"\n")  # root on /x"#,
            r#"openat(AT_FDCWD, "/", O_CREATE|O_RDWR, 04600)  # file"#,
            r#"mkdirat(7, "a \"b\"\n", 01777)  # dir"#,
            r#"open_tree(AT_FDCWD, "/", OPEN_TREE_CLONE|AT_RECURSIVE)  # bind"#,
            r#"linkat(AT_FDCWD, "/", %32, "a \"b\"\n", AT_EMPTY_PATH|0x10000000)  # dev"#,
            r#"prctl(PR_SET_DUMPABLE, 0x0)  # state"#,
            r#"prlimit64(0, RLIMIT_NOFILE, rlimit64 { rlim_cur: 1, rlim_max: 18446744073709551615 }, NULL)  # rlimit"#,
            r#"sethostname("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"..., 40)  # hostname"#,
            r#"write(%32, ..., 40)  # file"#,
            r#"execve("/", ["sh", "-c"], [2 variables]) or ENOENT  # exec"#,
            r#"enter(3, "0", 1)  # cgroup"#,
            r#"expect(&%32, 0xff, 0x2, ENODEV)  # dev"#,
            r#"ppoll(&%lifeline, 2, NULL, NULL) -> %listener  # id map"#,
            r#"open_gate()  # init"#,
        ];
        let printed = format!("{script:?}");
        assert_eq!(printed.lines().collect::<Vec<_>>(), lines);
    }
}
