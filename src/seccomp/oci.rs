//! Docker's, Podman's and the OCI runtime specification's seccomp profiles, read strictly.

use std::collections::BTreeSet;
use std::fmt::Display;

use serde_json::{Map, Value};

use super::architecture::{Architecture, NATIVE, is_call};
use super::rule::{Action, Arg, Condition, EPERM, errno};
use super::{Filter, Rule, explain, table};
use crate::error::{Error, Label, Result, Step};

/// Names that profiles have for calls of architectures that have no table here, or of kernels of long ago: there is nothing to
/// allow or deny. A misspelt name is not among them.
const ELSEWHERE: &str = "_llseek _newselect arc_gettls arc_settls arc_usr_cmpxchg arm_fadvise64_64 arm_sync_file_range \
    atomic_barrier atomic_cmpxchg_32 bdflush break breakpoint cacheflush chown32 clock_adjtime64 clock_getres_time64 \
    clock_gettime64 clock_nanosleep_time64 clock_settime64 fadvise64_64 fchown32 fcntl64 fstat64 fstatat64 fstatfs64 ftime \
    ftruncate64 futex_time64 getegid32 geteuid32 getgid32 getgroups32 getpagesize getresgid32 getresuid32 getuid32 gtty idle \
    io_pgetevents_time64 ipc kern_features lchown32 lock lstat64 memory_ordering mmap2 mpx mq_timedreceive_time64 \
    mq_timedsend_time64 multiplexer nice oldfstat oldlstat oldolduname oldstat oldumount olduname or1k_atomic \
    pciconfig_iobase pciconfig_read pciconfig_write perfctr ppoll_time64 prof profil pselect6_time64 readdir recv \
    recvmmsg_time64 riscv_flush_icache riscv_hwprobe rt_sigtimedwait_time64 rtas s390_guarded_storage s390_pci_mmio_read \
    s390_pci_mmio_write s390_runtime_instr s390_sthyi sched_get_affinity sched_rr_get_interval_time64 sched_set_affinity \
    semtimedop_time64 send sendfile64 set_tls setfsgid32 setfsuid32 setgid32 setgroups32 setregid32 setresgid32 \
    setresuid32 setreuid32 setuid32 sgetmask sigaction signal sigpending sigprocmask sigreturn sigsuspend socketcall \
    spu_create spu_run ssetmask stat64 statfs64 stime stty subpage_prot swapcontext switch_endian sync_file_range2 sys_debug_setcontext \
    syscall sysmips timer_gettime64 timer_settime64 timerfd timerfd_gettime64 timerfd_settime64 truncate64 ugetrlimit ulimit \
    umount usr26 usr32 utimensat_time64 utrap_install vm86 vm86old waitpid getsid get_tls";

/// Where in the profile something stands, and what is wrong with it.
fn refuse<T>(key: impl Display, message: impl Into<String>) -> Result<T> {
    Err(Error::invalid(Label::at(Step::Seccomp, key.to_string()), message))
}

type Object = Map<String, Value>;

/// What decides which rules of a profile count: the machine, and the sandbox's capabilities.
struct Reader {
    architecture: &'static Architecture,
    capabilities: BTreeSet<String>,
    kernel: Vec<u64>,
    default: Action,
    default_errno: i32,
}

impl Filter {
    /// The filter of a seccomp profile as Docker and Podman publish them, or as it stands in the `linux.seccomp` of an OCI
    /// runtime configuration. Feature `json`.
    ///
    /// What counts is the architecture of the host, x86_64 or aarch64, and **no capability** (as in the sandbox, unless it is
    /// given some): a rule that is for capabilities (`includes`) is left out, one that is for their lack (`excludes`) is in.
    /// `minKernel` is compared with the running kernel. Of the rules for a call one without arguments decides, else the first
    /// whose arguments fit, else the default; rules that say what the default says do not count, as with libseccomp.
    ///
    /// Stricter than the profile on purpose:
    /// - x32, i386 and 32-bit ARM are refused even if the profile lists them, and numbers that nobody knows are answered with
    ///   ENOSYS;
    /// - SCMP_ACT_KILL and SCMP_ACT_KILL_THREAD kill the whole process.
    ///
    /// Names of other architectures' calls (`mmap2`, `socketcall`) are passed over, and in rules that allow so are names that
    /// nobody knows: what is newer than this version stays denied.
    ///
    /// # Errors
    /// Whatever is not understood, with the key: an action such as SCMP_ACT_TRACE or SCMP_ACT_NOTIFY, a flag, an operator, a
    /// misspelt name in a rule that denies, an argument that is compared twice in one rule (runtimes differ).
    ///
    /// ```
    /// use belljar::{Action, Filter};
    ///
    /// let profile = r#"{
    ///     "defaultAction": "SCMP_ACT_ALLOW",
    ///     "syscalls": [{ "names": ["fchmod"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13 }]
    /// }"#;
    /// let filter = Filter::from_oci_json(profile)?;
    /// assert_eq!(filter.explain("fchmod").action(), Action::Errno(13));
    ///
    /// let error = Filter::from_oci_json(&profile.replace("fchmod", "fchmood")).unwrap_err();
    /// assert!(error.to_string().contains("syscalls[0].names[0]") && error.to_string().contains("did you mean fchmod?"));
    /// # Ok::<(), belljar::Error>(())
    /// ```
    pub fn from_oci_json(json: &str) -> Result<Filter> {
        Filter::from_oci_json_with_capabilities(json, [""; 0])
    }

    /// As [`from_oci_json`](Filter::from_oci_json), for a sandbox that has these capabilities, such as `CAP_SYS_CHROOT`.
    ///
    /// # Errors
    /// As [`from_oci_json`](Filter::from_oci_json), and a name that does not begin with `CAP_`.
    pub fn from_oci_json_with_capabilities<I>(json: &str, capabilities: I) -> Result<Filter>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        Filter::read_profile(NATIVE, json, capabilities)
    }

    pub(super) fn read_profile<I>(architecture: &'static Architecture, json: &str, capabilities: I) -> Result<Filter>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let profile: Value = serde_json::from_str(json)
            .map_err(|error| Error::invalid(Label::at(Step::Seccomp, "profile"), error.to_string()))?;
        let mut held = BTreeSet::new();
        for name in capabilities {
            held.insert(capability("capabilities", name.as_ref())?);
        }
        let release = rustix::system::uname().release().to_string_lossy().into_owned();
        Reader {
            architecture,
            capabilities: held,
            kernel: version(&release),
            default: Action::Allow,
            default_errno: EPERM,
        }
        .profile(&profile)
    }
}

impl Reader {
    fn profile(mut self, profile: &Value) -> Result<Filter> {
        let known = [
            "defaultAction",
            "defaultErrnoRet",
            "defaultErrno",
            "archMap",
            "architectures",
            "flags",
            "listenerPath",
            "listenerMetadata",
            "syscalls",
        ];
        let profile = object("profile", profile, &known)?;
        for key in ["listenerPath", "listenerMetadata"] {
            if profile.get(key).is_some_and(|value| !value.is_null() && value != "") {
                return refuse(key, "there is no listener");
            }
        }
        for (place, flag) in list("flags", profile.get("flags"))?.iter().enumerate() {
            // One thread installs the filter, before the program starts.
            if text("flags", flag)? != "SECCOMP_FILTER_FLAG_TSYNC" {
                return refuse(format_args!("flags[{place}]"), format!("{flag} is not supported"));
            }
        }
        self.architectures(profile)?;
        if let Some(errno) = errno_of("", "defaultErrnoRet", "defaultErrno", profile)? {
            self.default_errno = errno;
        }
        let Some(action) = profile.get("defaultAction") else { return refuse("defaultAction", "is missing") };
        self.default = self.action("defaultAction", action, None)?;
        let mut calls: Vec<Vec<Rule>> = vec![Vec::new(); table::LAST as usize + 1];
        for (place, rule) in list("syscalls", profile.get("syscalls"))?.iter().enumerate() {
            for rule in self.rules(&format!("syscalls[{place}]"), rule)? {
                if let Some(number) = self.architecture.number(&rule.call) {
                    calls[number as usize].push(rule);
                }
            }
        }
        let rules = calls.into_iter().flat_map(in_our_order).collect::<Vec<Rule>>();
        Ok(Filter { rules: rules.into(), ..Filter::new("OCI profile", self.default) })
    }

    /// The rules that one entry makes for this machine.
    fn rules(&self, key: &str, entry: &Value) -> Result<Vec<Rule>> {
        let known = ["name", "names", "action", "errnoRet", "errno", "args", "comment", "includes", "excludes"];
        let entry = object(key, entry, &known)?;
        let errno = errno_of(key, "errnoRet", "errno", entry)?;
        let Some(action) = entry.get("action") else { return refuse(format_args!("{key}.action"), "is missing") };
        let action = self.action(&format!("{key}.action"), action, errno)?;
        let conditions = conditions(&format!("{key}.args"), entry.get("args"))?;
        let names = names(key, entry)?;
        // Both are read in any case, so that mistakes in them are told everywhere.
        let included = self.included(&format!("{key}.includes"), entry.get("includes"))?;
        let excluded = self.excluded(&format!("{key}.excludes"), entry.get("excludes"))?;
        if !included || excluded || action == self.default {
            return Ok(Vec::new());
        }
        let mut rules = Vec::new();
        for (key, name) in names {
            let elsewhere = || ELSEWHERE.split_ascii_whitespace().any(|known| known == name);
            if !action.permits() && !is_call(name) && !elsewhere() {
                return refuse(key, format!("{name}: {}", explain::unknown_call(self.architecture, name)));
            }
            let why = format!("{key} of the profile").into();
            rules.push(Rule { call: name.to_owned().into(), conditions: conditions.clone(), action, why });
        }
        Ok(rules)
    }

    fn action(&self, key: &str, action: &Value, errno: Option<i32>) -> Result<Action> {
        let action = match text(key, action)? {
            "SCMP_ACT_ALLOW" => Action::Allow,
            "SCMP_ACT_LOG" => Action::Log,
            "SCMP_ACT_ERRNO" => return Ok(Action::Errno(errno.unwrap_or(self.default_errno))),
            "SCMP_ACT_TRAP" => Action::Trap,
            "SCMP_ACT_KILL" | "SCMP_ACT_KILL_THREAD" | "SCMP_ACT_KILL_PROCESS" => Action::Kill,
            other => return refuse(key, format!("{other} is not supported")),
        };
        Ok(action)
    }

    fn included(&self, key: &str, filter: Option<&Value>) -> Result<bool> {
        let Some(filter) = present(filter) else { return Ok(true) };
        let (arches, capabilities, kernel) = self.conditions_of(key, filter)?;
        let held = capabilities.iter().all(|name| self.capabilities.contains(name));
        Ok((arches.is_empty() || arches.contains(&self.architecture.oci[1])) && held && kernel.unwrap_or(true))
    }

    fn excluded(&self, key: &str, filter: Option<&Value>) -> Result<bool> {
        let Some(filter) = present(filter) else { return Ok(false) };
        let (arches, capabilities, kernel) = self.conditions_of(key, filter)?;
        let held = capabilities.iter().any(|name| self.capabilities.contains(name));
        Ok(arches.contains(&self.architecture.oci[1]) || held || kernel.unwrap_or(false))
    }

    /// The architectures, the capabilities, and whether the kernel is as new as that.
    fn conditions_of<'a>(&self, key: &str, filter: &'a Value) -> Result<(Vec<&'a str>, Vec<String>, Option<bool>)> {
        let filter = object(key, filter, &["arches", "caps", "minKernel"])?;
        let mut arches = Vec::new();
        for arch in list(&format!("{key}.arches"), filter.get("arches"))? {
            arches.push(text(&format!("{key}.arches"), arch)?);
        }
        let mut capabilities = Vec::new();
        for name in list(&format!("{key}.caps"), filter.get("caps"))? {
            let key = format!("{key}.caps");
            capabilities.push(capability(&key, text(&key, name)?)?);
        }
        let kernel = match present(filter.get("minKernel")) {
            None => None,
            Some(least) => {
                let key = format!("{key}.minKernel");
                let least = text(&key, least)?;
                let parts: Option<Vec<u64>> = least.split('.').map(|part| part.parse().ok()).collect();
                let Some(parts) = parts.filter(|parts| parts.len() == 2) else {
                    return refuse(key, format!("{least} is no kernel version such as 4.8"));
                };
                Some(self.kernel >= parts)
            }
        };
        Ok((arches, capabilities, kernel))
    }

    /// A profile must be for this architecture. What else it lists is refused all the same.
    fn architectures(&self, profile: &Object) -> Result<()> {
        let ours = [self.architecture.oci[0], "SCMP_ARCH_NATIVE"];
        let mut named = Vec::new();
        for (place, value) in list("architectures", profile.get("architectures"))?.iter().enumerate() {
            named.push(text(&format!("architectures[{place}]"), value)?);
        }
        for (place, entry) in list("archMap", profile.get("archMap"))?.iter().enumerate() {
            let key = format!("archMap[{place}]");
            let entry = object(&key, entry, &["architecture", "subArchitectures"])?;
            let Some(architecture) = entry.get("architecture") else { return refuse(key, "names no architecture") };
            named.push(text(&format!("{key}.architecture"), architecture)?);
            let key = format!("{key}.subArchitectures");
            for value in list(&key, entry.get("subArchitectures"))? {
                if !text(&key, value)?.starts_with("SCMP_ARCH_") {
                    return refuse(key, format!("{value} is no architecture"));
                }
            }
        }
        if let Some(strange) = named.iter().find(|name| !name.starts_with("SCMP_ARCH_")) {
            return refuse("architectures", format!("{strange} is no architecture"));
        }
        match named.is_empty() || named.iter().any(|name| ours.contains(name)) {
            true => Ok(()),
            false => refuse("architectures", format!("{} is not among them", self.architecture.name)),
        }
    }
}

/// Of a call's rules, which stand in the profile's order, those that count, the first one last: libseccomp keeps a rule without
/// arguments in place of all others.
fn in_our_order(mut rules: Vec<Rule>) -> Vec<Rule> {
    match rules.iter().position(|rule| rule.conditions.is_empty()) {
        Some(place) => vec![rules.swap_remove(place)],
        None => {
            rules.reverse();
            rules
        }
    }
}

fn names<'a>(key: &str, entry: &'a Object) -> Result<Vec<(String, &'a str)>> {
    let mut names = Vec::new();
    if let Some(name) = present(entry.get("name")).filter(|name| *name != "") {
        names.push((format!("{key}.name"), text(&format!("{key}.name"), name)?));
    }
    for (place, name) in list(&format!("{key}.names"), entry.get("names"))?.iter().enumerate() {
        let key = format!("{key}.names[{place}]");
        names.push((key.clone(), text(&key, name)?));
    }
    match names.is_empty() {
        true => refuse(format_args!("{key}.names"), "names no system call"),
        false => Ok(names),
    }
}

fn conditions(key: &str, args: Option<&Value>) -> Result<Vec<Condition>> {
    let mut conditions: Vec<Condition> = Vec::new();
    for (place, argument) in list(key, args)?.iter().enumerate() {
        let key = format!("{key}[{place}]");
        let argument = object(&key, argument, &["index", "value", "valueTwo", "op"])?;
        let number = |name: &str| match argument.get(name) {
            None => Ok(None),
            Some(value) => match value.as_u64() {
                Some(number) => Ok(Some(number)),
                None => refuse(format_args!("{key}.{name}"), format!("{value} is no number of 64 bits")),
            },
        };
        let index = match number("index")? {
            Some(index @ 0..=5) => index as u8,
            _ => return refuse(format_args!("{key}.index"), "must be 0 to 5"),
        };
        let Some(value) = number("value")? else { return refuse(format_args!("{key}.value"), "is missing") };
        let second = number("valueTwo")?.unwrap_or(0);
        let Some(operator) = argument.get("op") else { return refuse(format_args!("{key}.op"), "is missing") };
        let all = Arg::new(index);
        let condition = match text(&format!("{key}.op"), operator)? {
            "SCMP_CMP_EQ" => all.eq(value),
            "SCMP_CMP_NE" => all.ne(value),
            "SCMP_CMP_LT" => all.lt(value),
            "SCMP_CMP_LE" => all.le(value),
            "SCMP_CMP_GT" => all.gt(value),
            "SCMP_CMP_GE" => all.ge(value),
            // The first value is the mask; libseccomp masks the second as well.
            "SCMP_CMP_MASKED_EQ" => all.mask(value).eq(second & value),
            other => return refuse(format_args!("{key}.op"), format!("{other} is no operator")),
        };
        if conditions.iter().any(|other| other.index == index) {
            return refuse(format_args!("{key}.index"), format!("argument {index} is compared twice in one rule"));
        }
        conditions.push(condition);
    }
    Ok(conditions)
}

/// The errno of a rule or profile, as a number or, in Podman's, as a name.
fn errno_of(key: &str, number: &str, name: &str, object: &Object) -> Result<Option<i32>> {
    let dot = if key.is_empty() { "" } else { "." };
    let numbered = match present(object.get(number)) {
        None => None,
        Some(value) => match value.as_u64() {
            Some(errno @ 0..=4095) => Some(errno as i32),
            _ => return refuse(format_args!("{key}{dot}{number}"), format!("{value} is no errno")),
        },
    };
    let key = format!("{key}{dot}{name}");
    let named = match present(object.get(name)).filter(|name| *name != "") {
        None => None,
        Some(value) => match errno(text(&key, value)?) {
            Some(errno) => Some(errno),
            None => return refuse(key, format!("{value} is no errno")),
        },
    };
    match (numbered, named) {
        (Some(one), Some(other)) if one != other => refuse(key, format!("{other} is not {one}, as {number} says")),
        _ => Ok(numbered.or(named)),
    }
}

fn capability(key: &str, name: &str) -> Result<String> {
    match name.strip_prefix("CAP_") {
        Some(rest) if !rest.is_empty() => Ok(name.to_owned()),
        _ => refuse(key, format!("{name} is no capability such as CAP_CHOWN")),
    }
}

/// The numbers that a kernel release begins with, as many as profiles compare: major and minor.
fn version(release: &str) -> Vec<u64> {
    let numbers = release.split(|c: char| !c.is_ascii_digit()).map(|part| part.parse().unwrap_or(0));
    numbers.take(2).collect()
}

fn present(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
}

fn object<'a>(key: &str, value: &'a Value, known: &[&str]) -> Result<&'a Object> {
    let Value::Object(object) = value else { return refuse(key, "is no object") };
    match object.keys().find(|name| !known.contains(&name.as_str())) {
        Some(unknown) if key == "profile" => refuse(unknown, "is not understood"),
        Some(unknown) => refuse(format_args!("{key}.{unknown}"), "is not understood"),
        None => Ok(object),
    }
}

/// A list that may be left out, or null as Go writes an empty one.
fn list<'a>(key: &str, value: Option<&'a Value>) -> Result<&'a [Value]> {
    match present(value) {
        None => Ok(&[]),
        Some(Value::Array(list)) => Ok(list),
        Some(_) => refuse(key, "is no list"),
    }
}

fn text<'a>(key: &str, value: &'a Value) -> Result<&'a str> {
    match value {
        Value::String(text) => Ok(text),
        _ => refuse(key, format!("{value} is no string")),
    }
}
