//! What a filter says about a call, in words.

use std::fmt;

use super::architecture::{Architecture, NATIVE, is_call};
use super::rule::{Action, Condition};
use super::{Filter, Rule};

/// What [`Filter::explain`] answers. `Display` is a line for each case.
///
/// ```
/// use belljar::{Action, Filter};
///
/// let clone = Filter::standard().explain("clone");
/// assert_eq!(clone.action(), Action::Allow);
/// let (conditions, action) = clone.cases().next().expect("a case");
/// assert_eq!((conditions[0].to_string(), action), ("arg0 & 0x7e020000 != 0x0".to_string(), Action::Errno(1)));
/// assert_eq!(clone.to_string(), "clone if arg0 & 0x7e020000 != 0x0: EPERM (namespaces)\nclone: allow (processes)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallExplanation {
    call: String,
    number: Option<u32>,
    cases: Vec<Case>,
    action: Action,
    why: String,
}

/// What becomes of a call for some arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Case {
    conditions: Vec<Condition>,
    action: Action,
    why: String,
}

impl CallExplanation {
    /// What becomes of the call where none of the [`cases`](CallExplanation::cases) fits.
    pub fn action(&self) -> Action {
        self.action
    }

    /// Why.
    pub fn why(&self) -> &str {
        &self.why
    }

    /// The call's number on this architecture; `None` if it has no such call.
    pub fn number(&self) -> Option<u32> {
        self.number
    }

    /// What the arguments must be for another action; the first one that fits counts.
    pub fn cases(&self) -> impl Iterator<Item = (&[Condition], Action)> {
        self.cases.iter().map(|case| (&*case.conditions, case.action))
    }
}

impl fmt::Display for CallExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for case in &self.cases {
            write!(f, "{} if ", self.call)?;
            conditions(f, &case.conditions)?;
            writeln!(f, ": {} ({})", case.action, case.why)?;
        }
        write!(f, "{}: {} ({})", self.call, self.action, self.why)
    }
}

fn conditions(f: &mut fmt::Formatter<'_>, conditions: &[Condition]) -> fmt::Result {
    for (place, condition) in conditions.iter().enumerate() {
        let and = if place == 0 { "" } else { " and " };
        write!(f, "{and}{condition}")?;
    }
    Ok(())
}

impl Filter {
    /// What becomes of a system call under this filter, and why.
    ///
    /// ```
    /// use belljar::{Action, Filter};
    ///
    /// let mount = Filter::standard().explain("mount");
    /// assert_eq!(mount.action(), Action::Errno(1));
    /// println!("{mount}");
    /// ```
    pub fn explain(&self, call: &str) -> CallExplanation {
        let Some(number) = NATIVE.number(call) else {
            let (call, why) = (call.to_owned(), unknown_call(NATIVE, call));
            return CallExplanation { call, number: None, cases: Vec::new(), action: self.unknown(), why };
        };
        #[cfg(feature = "seccompiler")]
        if let Some(program) = &self.program {
            let (action, why) = super::seccompiler::explain(program, number);
            let (call, why) = (call.to_owned(), why.to_owned());
            return CallExplanation { call, number: Some(number), cases: Vec::new(), action, why };
        }
        let (cases, last) = self.decide(self.rules_of(call));
        let (action, why) = match last {
            Some(rule) => (rule.action, rule.why.to_string()),
            None if self.is_unrestricted() => (Action::Allow, "no filter".to_owned()),
            None => (self.otherwise, format!("not named by the filter `{}`", self.title)),
        };
        let case =
            |rule: &Rule| Case { conditions: rule.conditions.clone(), action: rule.action, why: rule.why.to_string() };
        let cases = cases.into_iter().map(case).collect();
        CallExplanation { call: call.to_owned(), number: Some(number), cases, action, why }
    }
}

/// What to say of a name that is no call of the architecture.
pub(super) fn unknown_call(architecture: &Architecture, call: &str) -> String {
    let nowhere = format!("no such system call on {}", architecture.name);
    if is_call(call) {
        return nowhere;
    }
    let near = |name: &&str| distance(call, name) <= 1 + call.chars().count() / 3;
    // The C library's names are often parts of the kernel's: umount2, pread64, rt_sigaction, newfstatat.
    let names = architecture.calls().map(|(name, _)| name).filter(near);
    match names.min_by_key(|name| (!name.contains(call), distance(call, name), *name)) {
        Some(name) => format!("{nowhere}; did you mean {name}?"),
        None => nowhere,
    }
}

/// How many characters must be put in, left out or changed to make the one of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, left) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, right) in other.iter().enumerate() {
            let change = diagonal + usize::from(left != *right);
            diagonal = row[column + 1];
            row[column + 1] = change.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

impl fmt::Display for Filter {
    /// The policy: who is treated how, grouped by reason.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_unrestricted() {
            return f.write_str("unrestricted: no filter");
        }
        if let Some(program) = &self.program {
            return write!(f, "{}: a program of {} instructions", self.title, program.len());
        }
        writeln!(f, "{}: what is not named: {}", self.title, self.otherwise)?;
        write!(f, "unknown numbers, x32, other architectures: {}", self.unknown())?;
        if !self.rules.is_empty() {
            f.write_str("\nof what follows the last that fits counts")?;
        }
        let mut rest = &self.rules[..];
        while let Some(first) = rest.first() {
            let alike = |rule: &&Rule| {
                (rule.action, &rule.conditions, &rule.why) == (first.action, &first.conditions, &first.why)
            };
            let count = rest.iter().take_while(alike).count();
            write!(f, "\n{} ({})", first.action, first.why)?;
            if !first.conditions.is_empty() {
                f.write_str(" if ")?;
                conditions(f, &first.conditions)?;
            }
            f.write_str(":")?;
            rest[..count].iter().try_for_each(|rule| write!(f, " {}", rule.call))?;
            rest = &rest[count..];
        }
        Ok(())
    }
}
