//! What the program may ask of the kernel: system call filters.

mod architecture;
mod evaluate;
mod explain;
#[cfg(feature = "serde")]
mod form;
mod guard;
#[cfg(feature = "json")]
mod oci;
#[cfg(all(test, feature = "json"))]
mod oci_tests;
mod presets;
mod program;
mod rule;
#[cfg(feature = "seccompiler")]
mod seccompiler;
mod table;
#[cfg(test)]
mod table_tests;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use crate::error::{Error, Label, Result, Step};

use architecture::{Architecture, NATIVE};
pub(crate) use architecture::{name, unnamed};
use evaluate::{Call, Known, evaluate, may};
pub use explain::CallExplanation;
pub(crate) use guard::Guard;
pub use program::Instruction;
use program::{ARCHITECTURE, ARGUMENTS, NUMBER, Ranges, Verdict};
pub use rule::{Action, Arg, Condition};
use rule::{EAFNOSUPPORT, ENOSYS, EPERM, KILL_PROCESS};

/// Which system calls the program may make: seccomp(2).
///
/// Default [`Filter::standard()`]. A filter is a value: builders change what it says about single calls, the last word
/// about a call counts, and nothing is checked before `spawn`. It holds for the program and all that it starts, and cannot
/// be taken off. `Display` prints the policy.
///
/// It rests on SECCOMP_SET_MODE_FILTER (Linux 3.17). It is compiled once, for itself and its clones, to one small
/// program; calls that it allows whatever their arguments the kernel notes when it is installed (5.11), so that they cost the
/// same under every filter. System calls are those of x86_64 or aarch64 as of Linux 7.0, by the kernel's names: `umount2`,
/// `newfstatat`, `pread64`; what is said of a call that only the other architecture has, such as `open`, is passed over. A
/// filter sees numbers and registers; what is behind a pointer, such as a path, it cannot see.
///
/// ```
/// use belljar::{Action, Filter};
///
/// let filter = Filter::standard().errno(["socket"], 13).kill(["ptrace"]);
/// assert_eq!(filter.explain("ptrace").action(), Action::Kill);
/// ```
#[derive(Clone, Debug)]
pub struct Filter {
    title: Cow<'static, str>,
    /// What becomes of a call that no rule names.
    otherwise: Action,
    /// In order of call; the last one that fits decides.
    rules: Arc<Vec<Rule>>,
    /// A program that was written elsewhere, and that is all of the policy.
    program: Option<Arc<[Instruction]>>,
    /// Of [`Filter::unrestricted()`], and of a program: nothing was added.
    as_made: bool,
    /// By [`Guard`].
    compiled: Arc<[OnceLock<Arc<Compiled>>]>,
}

#[derive(Clone, Debug)]
struct Rule {
    call: Cow<'static, str>,
    conditions: Vec<Condition>,
    action: Action,
    why: Cow<'static, str>,
}

/// One place for each guard.
fn uncompiled() -> Arc<[OnceLock<Arc<Compiled>>]> {
    std::iter::repeat_with(OnceLock::new).take(Guard::COUNT).collect()
}

/// What the kernel takes: compiled once for each [`Filter`] and shared by its clones and their runs.
#[derive(Debug)]
pub(crate) struct Compiled {
    /// In the order in which to install.
    pub programs: Vec<Vec<Instruction>>,
    /// Whether a program returns [`KILL_PROCESS`] for anything.
    pub kills: bool,
}

impl Compiled {
    /// The programs with another value in place of [`KILL_PROCESS`], such as SECCOMP_RET_USER_NOTIF.
    pub(crate) fn with_kill(&self, value: u32) -> Vec<Vec<Instruction>> {
        let mut programs = self.programs.clone();
        programs.iter_mut().flatten().filter(|instruction| instruction.kills()).for_each(|kill| kill.k = value);
        programs
    }

    /// Whether a call will be made.
    pub(crate) fn permits(&self, number: u32, arguments: [u64; 6]) -> bool {
        let call = Call { architecture: NATIVE.audit, number, arguments };
        let made = [Action::Allow, Action::Log].map(|action| Some(action.value()));
        self.programs.iter().all(|program| made.contains(&evaluate(program, |offset| call.word(offset))))
    }
}

impl Compiled {
    /// Whether no call that would make a user namespace is made, whatever else it asks for. What clone3(2) is for a filter
    /// cannot see.
    pub(crate) fn denies_user_namespaces(&self) -> bool {
        const CLONE_NEWUSER: u32 = 0x1000_0000;
        let made = [Action::Allow, Action::Log].map(Action::value);
        NATIVE.users.iter().all(|(audit, [clone, unshare, clone3])| {
            [(clone, CLONE_NEWUSER), (unshare, CLONE_NEWUSER), (clone3, 0)].into_iter().all(|(number, flags)| {
                let word = |offset: u32| match offset {
                    NUMBER => Known::all(*number),
                    ARCHITECTURE => Known::all(*audit),
                    ARGUMENTS => Known { value: flags, bits: flags },
                    _ => Known { value: 0, bits: 0 },
                };
                self.programs.iter().any(|program| !may(program, word, |value| made.contains(&value)))
            })
        })
    }
}

impl Default for Filter {
    /// [`Filter::standard()`].
    fn default() -> Filter {
        Filter::standard()
    }
}

impl Filter {
    /// All calls are made. No filter is installed but for the sandbox's own rules: see
    /// [`Sandbox::seccomp`](crate::Sandbox::seccomp).
    ///
    /// With a rule added it is as [`deny`](Filter::deny).
    ///
    /// ```
    /// use belljar::{Action, Filter};
    ///
    /// assert_eq!(Filter::unrestricted().explain("mount").action(), Action::Allow);
    /// ```
    ///
    /// # Errors
    /// None.
    pub fn unrestricted() -> Filter {
        Filter { as_made: true, ..Filter::new("unrestricted", Action::Allow) }
    }

    /// These calls and no others; the others fail with EPERM, or as [`otherwise`](Filter::otherwise) says.
    ///
    /// # Errors
    /// `spawn` refuses a filter that does not allow execve(2), by which the program itself is started, and a name that is a
    /// system call of no architecture.
    ///
    /// ```
    /// use belljar::{Action, Filter};
    ///
    /// let filter = Filter::allow_only(["execve", "read", "write", "exit_group"]).otherwise(Action::Kill);
    /// assert_eq!(filter.explain("socket").action(), Action::Kill);
    /// ```
    pub fn allow_only<I>(calls: I) -> Filter
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        Filter::new("allow only", Action::Errno(EPERM)).allow(calls)
    }

    /// All calls but these, which fail with EPERM.
    ///
    /// Calls of other architectures (int 0x80, the x32 bit), by which a list of names could be got round, and numbers that
    /// are newer than this version's table, fail with ENOSYS.
    ///
    /// # Errors
    /// `spawn` refuses a name that is no system call, and the denial of execve(2).
    ///
    /// ```
    /// use belljar::{Action, Filter};
    ///
    /// let filter = Filter::deny(["socket", "socketpair"]);
    /// assert_eq!(filter.explain("socket").action(), Action::Errno(1));
    /// assert_eq!(filter.explain("mount").action(), Action::Allow);
    /// ```
    pub fn deny<I>(calls: I) -> Filter
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        Filter::new("deny", Action::Allow).errno(calls, EPERM)
    }

    fn new(title: &'static str, otherwise: Action) -> Filter {
        Filter {
            title: title.into(),
            otherwise,
            rules: Arc::default(),
            program: None,
            as_made: false,
            compiled: uncompiled(),
        }
    }

    /// Allows these calls.
    ///
    /// ```
    /// use belljar::{Action, Filter};
    ///
    /// let filter = Filter::standard().allow(["ptrace"]);
    /// assert_eq!(filter.explain("ptrace").action(), Action::Allow);
    /// ```
    ///
    /// # Errors
    /// `spawn` refuses a name that is a system call of no architecture.
    pub fn allow<I>(self, calls: I) -> Filter
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        self.all(calls, Action::Allow)
    }

    /// Makes these calls fail with this errno, such as 1 for EPERM and 38 for ENOSYS; 0 to 4095.
    ///
    /// ```
    /// use belljar::{Action, Filter};
    ///
    /// let filter = Filter::standard().errno(["uname"], 38);
    /// assert_eq!(filter.explain("uname").action(), Action::Errno(38));
    /// ```
    ///
    /// # Errors
    /// `spawn` refuses a name that is a system call of no architecture, an errno above 4095, and the denial of
    /// execve(2).
    pub fn errno<I>(self, calls: I, errno: i32) -> Filter
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        self.all(calls, Action::Errno(errno))
    }

    /// Makes these calls end the sandbox: [`Verdict::SyscallDenied`](crate::Verdict::SyscallDenied), with the call as
    /// evidence.
    ///
    /// ```
    /// use belljar::{Action, Filter};
    ///
    /// let filter = Filter::standard().kill(["ptrace", "bpf"]);
    /// assert_eq!(filter.explain("bpf").action(), Action::Kill);
    /// ```
    ///
    /// # Errors
    /// As [`errno`](Filter::errno).
    pub fn kill<I>(self, calls: I) -> Filter
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        self.all(calls, Action::Kill)
    }

    /// Allows these calls, and the kernel's log tells of them (SECCOMP_RET_LOG, 4.14).
    ///
    /// ```
    /// use belljar::{Action, Filter};
    ///
    /// let filter = Filter::standard().log(["socket"]);
    /// assert_eq!(filter.explain("socket").action(), Action::Log);
    /// ```
    ///
    /// # Errors
    /// As [`allow`](Filter::allow).
    pub fn log<I>(self, calls: I) -> Filter
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        self.all(calls, Action::Log)
    }

    /// Makes these calls raise SIGSYS, which the program may handle.
    ///
    /// ```
    /// use belljar::{Action, Filter};
    ///
    /// let filter = Filter::standard().trap(["socket"]);
    /// assert_eq!(filter.explain("socket").action(), Action::Trap);
    /// ```
    ///
    /// # Errors
    /// As [`errno`](Filter::errno).
    pub fn trap<I>(self, calls: I) -> Filter
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        self.all(calls, Action::Trap)
    }

    /// For this call, if all the conditions hold: this action. If they do not, what was said before counts.
    ///
    /// ```
    /// use belljar::{Action, Arg, Filter};
    ///
    /// // No socket of the netlink family.
    /// let filter = Filter::unrestricted().when("socket", [Arg::new(0).low32().eq(16)], Action::Errno(97));
    /// # let _ = filter;
    /// ```
    ///
    /// # Errors
    /// As [`errno`](Filter::errno); an argument above 5; more than 4096 instructions in all.
    pub fn when<C>(self, call: impl AsRef<str>, conditions: C, action: Action) -> Filter
    where
        C: IntoIterator<Item = Condition>,
    {
        let conditions = conditions.into_iter().collect();
        self.rule(Rule { call: call.as_ref().to_owned().into(), conditions, action, why: "as asked".into() })
    }

    /// No unix sockets but connected pairs of streams (socketpair(2)): EAFNOSUPPORT. So the program connects to none of the
    /// host's, whether its name is abstract or a file in what is given, and whenever it was made; nor to one of its own.
    ///
    /// A socket that the program is given as a descriptor it has all the same. io_uring_setup(2) fails with ENOSYS: its
    /// requests pass by every filter.
    ///
    /// ```
    /// use belljar::{Command, Filter, Sandbox};
    ///
    /// let sandbox = Sandbox::new().host_system().bind_ro("/run", "/run").seccomp(Filter::standard().no_unix_sockets());
    /// assert!(sandbox.run(Command::new("true"))?.success());
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// None by itself; `spawn` refuses a filter of more than 4096 instructions.
    pub fn no_unix_sockets(self) -> Filter {
        let unix = Arg::new(0).low32().eq(1);
        // A pair of SOCK_DGRAM, or of SOCK_RAW, which is the same (unix_create()), sends to any other socket by its name.
        let kind = |kind: u64| Arg::new(1).mask(0xf).eq(kind);
        let calls: [(&'static str, &[Condition], i32); 4] = [
            ("socket", &[unix], EAFNOSUPPORT),
            ("socketpair", &[unix, kind(2)], EAFNOSUPPORT),
            ("socketpair", &[unix, kind(3)], EAFNOSUPPORT),
            ("io_uring_setup", &[], ENOSYS),
        ];
        calls.into_iter().fold(self, |filter, (call, conditions, errno)| {
            let why = "no unix sockets".into();
            filter.rule(Rule { call: call.into(), conditions: conditions.to_vec(), action: Action::Errno(errno), why })
        })
    }

    /// What becomes of calls that nothing was said about. Default: of [`allow_only`](Filter::allow_only) and
    /// [`compute`](Filter::compute) EPERM; of [`deny`](Filter::deny) they are allowed; [`standard`](Filter::standard) says
    /// something about each call that it knows.
    ///
    /// Of numbers that are newer than this version, and of calls of other architectures, too, if it is [`Action::Kill`] or
    /// [`Action::Trap`]; else these fail with ENOSYS.
    ///
    /// ```
    /// use belljar::{Action, Filter};
    ///
    /// let filter = Filter::allow_only(["execve"]).otherwise(Action::Kill);
    /// assert_eq!(filter.explain("socket").action(), Action::Kill);
    /// ```
    ///
    /// # Errors
    /// None by itself.
    pub fn otherwise(mut self, action: Action) -> Filter {
        self.otherwise = action;
        self.changed()
    }

    fn all<I>(self, calls: I, action: Action) -> Filter
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        calls.into_iter().fold(self, |filter, call| filter.when(call, [], action)).changed()
    }

    fn rule(mut self, rule: Rule) -> Filter {
        Arc::make_mut(&mut self.rules).push(rule);
        self.changed()
    }

    fn changed(mut self) -> Filter {
        self.as_made = false;
        self.compiled = uncompiled();
        self
    }

    /// What becomes of numbers that the table has no name for, and of the calls of other architectures: as if the kernel
    /// did not have them, which programs are ready for; but a filter that kills by default means it.
    fn unknown(&self) -> Action {
        match self.otherwise {
            Action::Allow | Action::Log | Action::Errno(_) => Action::Errno(ENOSYS),
            strict => strict,
        }
    }

    /// What becomes of the call: rules that count, the first first, and the last word.
    fn decide<'a>(&self, rules: impl DoubleEndedIterator<Item = &'a Rule>) -> (Vec<&'a Rule>, Option<&'a Rule>) {
        let mut cases = Vec::new();
        for rule in rules.rev() {
            if rule.conditions.is_empty() {
                return (cases, Some(rule));
            }
            cases.push(rule);
        }
        (cases, None)
    }

    fn rules_of<'a>(&'a self, call: &'a str) -> impl DoubleEndedIterator<Item = &'a Rule> {
        self.rules.iter().filter(move |rule| rule.call == call)
    }

    /// The program for the kernel, for use elsewhere, loaded by seccomp(2) as a `struct sock_fprog`. Empty if there is nothing
    /// to install. `spawn` installs the same with the sandbox's own rules: see [`Sandbox::seccomp`](crate::Sandbox::seccomp).
    ///
    /// ```
    /// use belljar::Filter;
    ///
    /// assert!(Filter::standard().program()?.len() < 300);
    /// assert!(Filter::deny(["unmount2"]).program().unwrap_err().to_string().contains("did you mean umount2?"));
    /// # Ok::<(), belljar::Error>(())
    /// ```
    ///
    /// # Errors
    /// As `spawn`: a name that is no system call, an argument above 5, an errno above 4095, more than 4096 instructions,
    /// a filter that does not allow execve(2).
    pub fn program(&self) -> Result<Vec<Instruction>> {
        Ok(self.compile(Guard::default())?.map(|compiled| compiled.programs.concat()).unwrap_or_default())
    }

    /// `None`: there is nothing to install.
    pub(crate) fn compile(&self, guard: Guard) -> Result<Option<Arc<Compiled>>> {
        if self.is_unrestricted() && !guard.adds() {
            return Ok(None);
        }
        let cache = &self.compiled[guard.index()];
        if let Some(compiled) = cache.get() {
            return Ok(Some(compiled.clone()));
        }
        let compiled = Arc::new(match &self.program {
            #[cfg(feature = "seccompiler")]
            Some(program) if self.as_made => seccompiler::compile(program, guard)?,
            Some(_) => return Err(Error::invalid(Label::new(Step::Seccomp), "a program takes no rules beside it")),
            None => self.compile_for(NATIVE, guard)?,
        });
        Ok(Some(cache.get_or_init(|| compiled).clone()))
    }

    pub(crate) fn title(&self) -> &str {
        &self.title
    }

    pub(crate) fn is_unrestricted(&self) -> bool {
        self.as_made && self.program.is_none()
    }

    fn compile_for(&self, architecture: &Architecture, guard: Guard) -> Result<Compiled> {
        if self.is_unrestricted() {
            return Ok(Compiled { programs: vec![guard.program(architecture, Action::Allow)], kills: false });
        }
        check_errno(self.otherwise)?;
        let mut calls: Vec<Vec<&Rule>> = vec![Vec::new(); table::LAST as usize + 1];
        for rule in self.rules.iter() {
            rule.check(architecture)?;
            if let Some(number) = architecture.number(&rule.call).filter(|_| guard.action(rule).is_some()) {
                calls[number as usize].push(rule);
            }
        }
        let unknown = self.unknown();
        let mut ranges = Ranges::new();
        let names = architecture.names();
        for (number, rules) in calls.into_iter().enumerate() {
            let verdict = match names[number] {
                Some(name) => guard.over(name, self.verdict(&rules, guard)),
                None => unknown.into(),
            };
            if ranges.last().is_none_or(|(_, last)| *last != verdict) {
                ranges.push((number as u32, verdict));
            }
        }
        if ranges.last().is_none_or(|(_, last)| *last != unknown.into()) {
            ranges.push((table::LAST + 1, unknown.into()));
        }
        self.check_execve()?;
        let program = program::assemble(&[(architecture.audit, ranges)], unknown);
        if program.len() > program::LONGEST {
            let message = format!("{} instructions, of at most {}", program.len(), program::LONGEST);
            return Err(Error::invalid(Label::new(Step::Seccomp), message));
        }
        let kills = program.iter().any(Instruction::kills);
        Ok(Compiled { programs: vec![program], kills })
    }

    fn verdict(&self, rules: &[&Rule], guard: Guard) -> Verdict {
        let action = |rule: &Rule| guard.action(rule).unwrap_or(rule.action);
        let (cases, last) = self.decide(rules.iter().copied());
        Verdict {
            cases: cases.into_iter().map(|rule| (rule.conditions.clone(), action(rule))).collect(),
            otherwise: last.map_or(self.otherwise, action),
        }
    }

    /// The program itself is started by execve(2), under its filter.
    fn check_execve(&self) -> Result<()> {
        let (_, last) = self.decide(self.rules_of("execve"));
        match last.map_or(self.otherwise, |rule| rule.action).permits() {
            true => Ok(()),
            false => Err(Error::invalid(
                Label::at(Step::Seccomp, "execve"),
                "the filter must allow it: the program itself is started by it",
            )),
        }
    }
}

impl Rule {
    /// Whether the kernel can be told this rule.
    fn check(&self, architecture: &Architecture) -> Result<()> {
        let refuse = |message: String| Err(Error::invalid(Label::at(Step::Seccomp, &*self.call), message));
        if !architecture::is_call(&self.call) {
            return refuse(explain::unknown_call(architecture, &self.call));
        }
        check_errno(self.action)?;
        match self.conditions.iter().find(|condition| condition.index > 5) {
            Some(condition) => refuse(format!("argument {}: there are 0 to 5", condition.index)),
            None => Ok(()),
        }
    }
}

fn check_errno(action: Action) -> Result<()> {
    match action {
        Action::Errno(errno) if !(0..=4095).contains(&errno) => {
            Err(Error::invalid(Label::new(Step::Seccomp), format!("errno {errno}: it is between 0 and 4095")))
        }
        _ => Ok(()),
    }
}

impl Instruction {
    fn kills(&self) -> bool {
        self.code == program::RETURN && self.k == KILL_PROCESS
    }
}
