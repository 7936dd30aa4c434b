//! How a run ended, what it used, and what the verdict rests on.

use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use crate::cgroup::stat::Measured;
use crate::changes::{Changes, Record};
use crate::error::{Error, Label, Result, Step};
use crate::landlock::Restriction;
use crate::limits::{Limits, Resource};
use crate::namespaces::Namespaces;
use crate::plan::init::{Denied, REASON_CPU, REASON_EXIT, REASON_SYSCALL, REASON_WALL, Report};
use crate::seccomp;

/// How a run ended and what it used.
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Why the run is over.
    pub verdict: Verdict,
    /// The program's own wait status; `None` if its init was killed before it could tell.
    pub status: Option<ExitStatus>,
    /// What the whole tree of processes used.
    pub usage: Usage,
    /// Which limits were in force, and by what means.
    pub enforced: Enforced,
    /// What the verdict rests on.
    pub evidence: Evidence,
    pub(crate) overlay: Option<Arc<Record>>,
}

impl Outcome {
    /// Whether the program ended by itself with status 0.
    pub fn success(&self) -> bool {
        self.verdict == Verdict::Exited(0)
    }

    /// What the program added, modified and deleted in the overlay: what its upper directory holds now, compared with the
    /// layers, or with the sandbox's own files.
    ///
    /// # Errors
    /// A sandbox without an [`Overlay`](crate::Overlay); a layer that is not there any more; more than [`Changes::MOST`]
    /// changes, or paths of more than 4095 bytes.
    pub fn changes(&self) -> Result<Changes> {
        match &self.overlay {
            Some(record) => Changes::collect(record),
            None => Err(Error::invalid(Label::new(Step::Changes), "the sandbox had no overlay")),
        }
    }
}

/// What [`Sandbox::output`](crate::Sandbox::output) and [`Child::wait_with_output`](crate::Child::wait_with_output) give.
#[derive(Clone, Debug)]
pub struct Output {
    /// How the run ended.
    pub outcome: Outcome,
    /// What was captured of standard output, cut at [`Sandbox::output_limit`](crate::Sandbox::output_limit).
    pub stdout: Vec<u8>,
    /// What was captured of standard error; the two together stay within the limit.
    pub stderr: Vec<u8>,
}

/// Why a run is over. The first cause wins.
///
/// Several causes can come together; then the one that ended the tree is told, by this rule:
///
/// 1. [`OutputLimit`](Verdict::OutputLimit) of captured output: all that was captured was written by a living program, so
///    before anything that killed it.
/// 2. [`MemoryLimit`](Verdict::MemoryLimit): the kernel counts a kill for want of memory when it kills, and kills nothing
///    that is being killed already. So a count above zero was there before the init or the host acted.
/// 3. What the init saw first: the program's own end, [`WallTimeLimit`](Verdict::WallTimeLimit),
///    [`CpuTimeLimit`](Verdict::CpuTimeLimit), the host's wish. An end of the program that is found together with a CPU time
///    over the limit is the limit's.
///
/// A program that was refused memory, tasks or CPU time, and ended as it liked, has [exited](Verdict::Exited); what it was
/// refused is in the [`Usage`].
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The program exited by itself with this status, 0 to 255.
    Exited(i32),
    /// The program was ended by this signal, which belljar did not send: its own doing, or a fault.
    Signaled(i32),
    /// The tree needed more than [`Sandbox::memory_limit`](crate::Sandbox::memory_limit), and the kernel killed it.
    MemoryLimit,
    /// The tree used up [`Sandbox::cpu_time_limit`](crate::Sandbox::cpu_time_limit).
    CpuTimeLimit,
    /// [`Sandbox::wall_time_limit`](crate::Sandbox::wall_time_limit) passed.
    WallTimeLimit,
    /// [`Sandbox::output_limit`](crate::Sandbox::output_limit) was exceeded: by captured output, or by the size of a file
    /// (then the program was ended by SIGXFSZ).
    OutputLimit,
    /// The program made a call for which its filter kills; the call was not made. See [`Evidence::Syscall`].
    SyscallDenied,
    /// The sandbox was killed: by [`Child::kill`](crate::Child::kill), or its init died; see [`Evidence::InitDied`].
    Killed,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Exited(status) => write!(f, "exited with {status}"),
            Verdict::Signaled(signal) => write!(f, "ended by signal {signal}"),
            Verdict::MemoryLimit => f.write_str("memory limit"),
            Verdict::CpuTimeLimit => f.write_str("CPU time limit"),
            Verdict::WallTimeLimit => f.write_str("wall time limit"),
            Verdict::OutputLimit => f.write_str("output limit"),
            Verdict::SyscallDenied => f.write_str("system call denied"),
            Verdict::Killed => f.write_str("killed"),
        }
    }
}

/// What a run used. `None` is what could not be measured.
#[non_exhaustive]
#[derive(Clone, Debug, Default)]
pub struct Usage {
    /// From the program's start to its end, on CLOCK_MONOTONIC.
    pub wall_time: Duration,
    /// User and system time of all processes of the sandbox: `cpu.stat` of its cgroup. Without one getrusage(2) of the init,
    /// which reaps them all; then a process whose parent ignores SIGCHLD is reaped by the kernel and not counted.
    pub cpu_time: Duration,
    /// The part spent in user mode.
    pub user_time: Duration,
    /// The part spent in the kernel.
    pub system_time: Duration,
    /// The most memory of the whole tree at one time, in bytes, page cache and tmpfs included: `memory.peak` of the cgroup
    /// (5.19). Without it the largest resident set of any one process (`ru_maxrss`).
    pub memory_peak: Option<u64>,
    /// The most tasks at one time: `pids.peak` of the cgroup (6.1).
    pub pids_peak: Option<u64>,
    /// Forks that [`Sandbox::pids_limit`](crate::Sandbox::pids_limit) refused: `max` of the cgroup's `pids.events`.
    pub forks_refused: Option<u64>,
    /// How often the kernel killed a process for want of memory: `oom_kill` of the cgroup's `memory.events`. It kills the whole
    /// group (`memory.oom.group`), and counts the process that it chose first twice.
    pub oom_kills: Option<u64>,
    /// Bytes read from block devices: `rbytes` of the cgroup's `io.stat`, else `ru_inblock`.
    pub read_bytes: Option<u64>,
    /// Bytes written to block devices: `wbytes` of the cgroup's `io.stat`, else `ru_oublock`.
    pub write_bytes: Option<u64>,
    /// How long [`Sandbox::cpus`](crate::Sandbox::cpus) kept the tree from running, summed over processors:
    /// `throttled_usec` of the cgroup's `cpu.stat`.
    pub throttled_time: Option<Duration>,
    /// How long some process of the tree waited for memory: `some` of the cgroup's `memory.pressure`.
    pub memory_pressure: Option<Duration>,
    /// How long some process waited for a processor: `some` of the cgroup's `cpu.pressure`.
    pub cpu_pressure: Option<Duration>,
    /// How long some process waited for a disk: `some` of the cgroup's `io.pressure`.
    pub io_pressure: Option<Duration>,
}

/// How much of a thing there is, on a host or of what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Support {
    /// Nothing.
    No,
    /// A part.
    Partial,
    /// All of it.
    Full,
}

impl fmt::Display for Support {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Support::No => "no",
            Support::Partial => "part",
            Support::Full => "yes",
        })
    }
}

/// By what means a limit was held.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Means {
    /// The limit was not asked for.
    #[default]
    NotRequested,
    /// A cgroup, over the whole tree.
    Cgroup,
    /// A resource limit of setrlimit(2): per process, or for processes per user.
    Rlimit,
    /// The sandbox's init, which watches the tree and its deadlines.
    Init,
    /// The host, which reads the captured output.
    Host,
    /// The kernel, which was told once and keeps to it.
    Kernel,
    /// Nothing: the limit was optional and this host cannot hold it.
    Nothing,
}

impl Means {
    /// How much of what was asked for these hold: a resource limit a part, as it holds each process by itself or counts by
    /// user. `None` if nothing was asked for.
    pub fn support(self) -> Option<Support> {
        match self {
            Means::NotRequested => None,
            Means::Cgroup | Means::Init | Means::Host | Means::Kernel => Some(Support::Full),
            Means::Rlimit => Some(Support::Partial),
            Means::Nothing => Some(Support::No),
        }
    }
}

impl fmt::Display for Means {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Means::NotRequested => "not requested",
            Means::Cgroup => "cgroup",
            Means::Rlimit => "rlimit",
            Means::Init => "init",
            Means::Host => "host",
            Means::Kernel => "kernel",
            Means::Nothing => "not enforced",
        })
    }
}

/// What really was applied.
#[non_exhaustive]
#[derive(Clone, Debug, Default)]
pub struct Enforced {
    /// The namespaces that the program was in.
    pub namespaces: Namespaces,
    /// [`Sandbox::memory_limit`](crate::Sandbox::memory_limit).
    pub memory: Means,
    /// [`Sandbox::pids_limit`](crate::Sandbox::pids_limit).
    pub pids: Means,
    /// [`Sandbox::cpus`](crate::Sandbox::cpus).
    pub cpus: Means,
    /// [`Sandbox::io_limit`](crate::Sandbox::io_limit).
    pub io: Means,
    /// [`Sandbox::cpu_time_limit`](crate::Sandbox::cpu_time_limit).
    pub cpu_time: Means,
    /// [`Sandbox::wall_time_limit`](crate::Sandbox::wall_time_limit).
    pub wall_time: Means,
    /// [`Sandbox::output_limit`](crate::Sandbox::output_limit), for captured output.
    pub output: Means,
    /// [`Sandbox::seccomp`](crate::Sandbox::seccomp).
    pub seccomp: Means,
    /// [`Sandbox::landlock`](crate::Sandbox::landlock); `None` if it was not asked for.
    pub landlock: Option<Landlocked>,
    /// [`Sandbox::lsm_label`](crate::Sandbox::lsm_label).
    pub lsm_label: Means,
}

impl Enforced {
    /// The least support of all that was asked for; `Full` unless something was [optional](crate::Sandbox::optional).
    ///
    /// ```
    /// use belljar::{Command, Features, Sandbox, Support};
    ///
    /// let sandbox = Sandbox::new().host_system().memory_limit(64 << 20).optional(Features::CGROUP);
    /// let enforced = sandbox.run(Command::new("true"))?.enforced;
    /// if enforced.support() < Support::Full {
    ///     eprintln!("the memory limit is one of each process, by {}", enforced.memory);
    /// }
    /// # Ok::<(), belljar::Error>(())
    /// ```
    pub fn support(&self) -> Support {
        let means = [
            self.memory,
            self.pids,
            self.cpus,
            self.io,
            self.cpu_time,
            self.wall_time,
            self.output,
            self.seccomp,
            self.lsm_label,
        ];
        let landlock = self.landlock.as_ref().map(Landlocked::support);
        means.into_iter().filter_map(Means::support).chain(landlock).min().unwrap_or(Support::Full)
    }
}

/// What Landlock restricts.
#[non_exhaustive]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Landlocked {
    /// The kernel's version of Landlock; 0 is none.
    pub abi: u32,
    /// What was asked for, or belongs to it, and cannot be restricted by this version.
    pub missing: Vec<Restriction>,
}

impl Landlocked {
    /// How much of what was asked for, or belongs to it, is restricted.
    pub fn support(&self) -> Support {
        match (self.abi, self.missing.is_empty()) {
            (0, _) => Support::No,
            (_, false) => Support::Partial,
            (_, true) => Support::Full,
        }
    }
}

/// What a verdict rests on. `Display` is one line.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq)]
pub enum Evidence {
    /// The init reaped the program with this wait status.
    Reaped(ExitStatus),
    /// The tree had used this much CPU time, more than the limit.
    CpuTime {
        /// What was used when the tree was ended.
        used: Duration,
        /// [`Sandbox::cpu_time_limit`](crate::Sandbox::cpu_time_limit).
        limit: Duration,
    },
    /// The kernel killed processes of the tree for want of memory: `memory.events` of its own cgroup.
    Memory {
        /// [`Sandbox::memory_limit`](crate::Sandbox::memory_limit).
        limit: u64,
        /// `oom_kill`: how often it killed. The process that it chose first counts again as one of the group's.
        oom_kills: u64,
        /// `max`: how often the limit was met.
        limit_hits: u64,
    },
    /// The kernel killed processes of the tree for want of memory, though not by a limit of its own: the machine, or a
    /// cgroup further up, had run out of it.
    HostMemory {
        /// `oom_kill` of the `memory.events` of its cgroup.
        oom_kills: u64,
    },
    /// The deadline passed and the init ended the tree after this time.
    WallTime {
        /// When the tree was ended.
        after: Duration,
        /// [`Sandbox::wall_time_limit`](crate::Sandbox::wall_time_limit).
        limit: Duration,
    },
    /// The program wrote more than the limit into the captured streams.
    Output {
        /// [`Sandbox::output_limit`](crate::Sandbox::output_limit).
        limit: u64,
    },
    /// The program was ended by SIGXFSZ for a file larger than the limit.
    FileSize {
        /// [`Sandbox::output_limit`](crate::Sandbox::output_limit).
        limit: u64,
    },
    /// The program made this call, for which its filter kills. It was not made; the init, which the kernel told of it
    /// (SECCOMP_RET_USER_NOTIF), ended the tree.
    Syscall {
        /// The call's name; `None` if this version knows none, or for another architecture.
        name: Option<&'static str>,
        /// Its number; with bit 30 set one of the x32 ABI.
        number: u32,
        /// Its architecture, such as 0xc000003e for x86_64 and 0x40000003 for i386: linux/audit.h.
        arch: u32,
        /// Its arguments. What is behind a pointer cannot be told.
        arguments: [u64; 6],
    },
    /// The host asked the init to end the tree.
    HostKilled,
    /// The init ended without a report: it was killed from outside, or by a resource limit that the program had put on it
    /// (prlimit(2) asks for the same user only).
    InitDied,
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Evidence::Reaped(status) => write!(f, "{status}"),
            Evidence::CpuTime { used, limit } => write!(f, "used {used:.3?} of CPU time, limit {limit:?}"),
            Evidence::Memory { limit, oom_kills, limit_hits } => {
                write!(f, "{oom_kills} kills for want of memory, limit {limit} bytes, met {limit_hits} times")
            }
            Evidence::HostMemory { oom_kills } => {
                write!(f, "{oom_kills} kills for want of memory, by the host and not by a limit of the sandbox's")
            }
            Evidence::WallTime { after, limit } => write!(f, "ended after {after:.3?}, limit {limit:?}"),
            Evidence::Output { limit } => write!(f, "captured output exceeded {limit} bytes"),
            Evidence::FileSize { limit } => write!(f, "SIGXFSZ: a file exceeded {limit} bytes"),
            Evidence::Syscall { name, number, arch, arguments } => {
                match (name, *arch) {
                    (Some(name), _) => write!(f, "system call {name}")?,
                    (None, AUDIT_ARCH_X86_64) if number & X32 != 0 => write!(f, "x32 system call {}", number & !X32)?,
                    (None, AUDIT_ARCH_X86_64) => write!(f, "system call {number}")?,
                    (None, AUDIT_ARCH_I386) => write!(f, "i386 system call {number}")?,
                    (None, arch) => write!(f, "system call {number} of architecture {arch:#x}")?,
                }
                let arguments = arguments.map(|argument| format!("{argument:#x}"));
                write!(f, "({})", arguments.join(", "))
            }
            Evidence::HostKilled => f.write_str("the host ended it"),
            Evidence::InitDied => {
                f.write_str("the init was killed, from outside or by a limit that the program put on it")
            }
        }
    }
}

const AUDIT_ARCH_X86_64: u32 = 0xc000_003e;
const AUDIT_ARCH_I386: u32 = 0x4000_0003;
const X32: u32 = 1 << 30;

/// What the host itself did to a run: it goes before what the init saw.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum HostCause {
    #[default]
    None,
    OutputLimit,
}

impl Outcome {
    /// Judges a run by the init's report, or without one when the init was killed.
    pub(crate) fn judge(
        report: Option<&Report>,
        measured: Option<&Measured>,
        limits: &Limits,
        host: HostCause,
        enforced: Enforced,
    ) -> Outcome {
        const SIGXFSZ: i32 = 25;
        let memory = measured.and_then(|measured| out_of_memory(measured, limits));
        let Some(report) = report else {
            let (verdict, evidence) = match host {
                HostCause::OutputLimit => (Verdict::OutputLimit, Evidence::Output { limit: limits.output() }),
                HostCause::None => memory.unwrap_or((Verdict::Killed, Evidence::InitDied)),
            };
            let usage = Usage::default().measured(measured);
            return Outcome { verdict, status: None, usage, enforced, evidence, overlay: None };
        };
        let usage = Usage::of(report).measured(measured);
        let status = ExitStatus::from_raw(report.errno as i32);
        let cpu = limits.cpu_time.filter(|limit| report.index == REASON_CPU || usage.cpu_time >= *limit);
        let output = limits.output();
        let (verdict, evidence) = match (host, memory, report.index, cpu) {
            (HostCause::OutputLimit, ..) => (Verdict::OutputLimit, Evidence::Output { limit: output }),
            (_, Some(memory), ..) => memory,
            (_, None, REASON_CPU | REASON_EXIT, Some(limit)) => {
                (Verdict::CpuTimeLimit, Evidence::CpuTime { used: usage.cpu_time, limit })
            }
            (_, None, REASON_WALL, _) => {
                let limit = limits.wall_time.unwrap_or_default();
                (Verdict::WallTimeLimit, Evidence::WallTime { after: usage.wall_time, limit })
            }
            (_, None, REASON_SYSCALL, _) => {
                let Denied { number, arch, arguments } = report.denied();
                let name = seccomp::name(number).filter(|_| arch == AUDIT_ARCH_X86_64);
                (Verdict::SyscallDenied, Evidence::Syscall { name, number, arch, arguments })
            }
            (_, None, REASON_EXIT, None) => match (status.code(), status.signal()) {
                (Some(code), _) => (Verdict::Exited(code), Evidence::Reaped(status)),
                (None, Some(SIGXFSZ)) if !limits.sets(Resource::Fsize) => {
                    (Verdict::OutputLimit, Evidence::FileSize { limit: output })
                }
                (None, signal) => (Verdict::Signaled(signal.unwrap_or(0)), Evidence::Reaped(status)),
            },
            _ => (Verdict::Killed, Evidence::HostKilled),
        };
        Outcome { verdict, status: Some(status), usage, enforced, evidence, overlay: None }
    }
}

/// A kill is this limit's if the limit could not be kept by reclaim (`oom`); else it came from further up.
fn out_of_memory(measured: &Measured, limits: &Limits) -> Option<(Verdict, Evidence)> {
    let events = measured.memory_events.filter(|events| events.oom_kill > 0)?;
    let oom_kills = events.oom_kill;
    Some(match limits.memory.filter(|_| events.oom > 0) {
        Some(limit) => (Verdict::MemoryLimit, Evidence::Memory { limit, oom_kills, limit_hits: events.max }),
        None => (Verdict::Killed, Evidence::HostMemory { oom_kills }),
    })
}

impl Usage {
    /// With what the run's cgroup knows better, or alone.
    pub(crate) fn measured(self, measured: Option<&Measured>) -> Usage {
        let Some(measured) = measured else { return self };
        let [cpu_time, user_time, system_time] =
            measured.cpu.unwrap_or([self.cpu_time, self.user_time, self.system_time]);
        let [memory_pressure, cpu_pressure, io_pressure] = measured.pressure;
        Usage {
            wall_time: self.wall_time,
            cpu_time,
            user_time,
            system_time,
            memory_peak: measured.memory_peak.or(self.memory_peak),
            pids_peak: measured.pids_peak,
            forks_refused: measured.forks_refused,
            oom_kills: measured.memory_events.map(|events| events.oom_kill),
            read_bytes: measured.bytes.map(|[read, _]| read).or(self.read_bytes),
            write_bytes: measured.bytes.map(|[_, written]| written).or(self.write_bytes),
            throttled_time: measured.throttled,
            memory_pressure,
            cpu_pressure,
            io_pressure,
        }
    }

    fn of(report: &Report) -> Usage {
        let time = |[seconds, micros]: [i64; 2]| {
            Duration::from_secs(seconds.max(0) as u64) + Duration::from_micros(micros.max(0) as u64)
        };
        let (user, system) = (time(report.usage.user), time(report.usage.system));
        // The setup is nearly all the kernel's work: the making of the network namespace.
        let setup = report.setup_time();
        let (user, system) = (user.saturating_sub(setup.saturating_sub(system)), system.saturating_sub(setup));
        let blocks = |index: usize| Some(report.usage.rest[index].max(0) as u64 * 512);
        Usage {
            wall_time: Duration::from_nanos(report.ended.saturating_sub(report.began)),
            cpu_time: user + system,
            user_time: user,
            system_time: system,
            memory_peak: Some(report.usage.max_rss_kib.max(0) as u64 * 1024),
            read_bytes: blocks(6),
            write_bytes: blocks(7),
            ..Usage::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cgroup::stat::MemoryEvents;
    use crate::init::wire::REASON_HOST;

    const SIGKILL: u32 = 9;
    const MS: Duration = Duration::from_millis(1);

    fn report(reason: u32, status: u32) -> Report {
        Report { index: reason, errno: status, ended: 1_000_000, ..Report::default() }
    }

    fn measured(oom: u64, oom_kill: u64, cpu: Duration) -> Measured {
        let memory_events = Some(MemoryEvents { max: 10 * oom, oom, oom_kill });
        Measured { memory_events, cpu: Some([cpu, cpu, Duration::ZERO]), ..Measured::default() }
    }

    fn judge(report: Option<Report>, measured: &Measured, host: HostCause) -> Outcome {
        let limits =
            Limits { memory: Some(1 << 20), cpu_time: Some(100 * MS), wall_time: Some(MS), ..Limits::default() };
        Outcome::judge(report.as_ref(), Some(measured), &limits, host, Enforced::default())
    }

    #[test]
    fn i3_3_a_kill_for_want_of_memory_was_there_before_what_the_init_saw() {
        let killed = measured(1, 2, 200 * MS);
        for reason in [REASON_EXIT, REASON_WALL, REASON_CPU, REASON_HOST] {
            let outcome = judge(Some(report(reason, SIGKILL)), &killed, HostCause::None);
            assert_eq!(outcome.verdict, Verdict::MemoryLimit, "{reason}");
            assert_eq!(outcome.evidence, Evidence::Memory { limit: 1 << 20, oom_kills: 2, limit_hits: 10 });
            assert!(outcome.status.is_some());
        }
        assert_eq!(judge(None, &killed, HostCause::None).verdict, Verdict::MemoryLimit);
        // Though the program itself ended well.
        assert_eq!(judge(Some(report(REASON_EXIT, 0)), &killed, HostCause::None).verdict, Verdict::MemoryLimit);
    }

    #[test]
    fn i3_3_captured_output_was_written_before_any_kill() {
        let outcome = judge(Some(report(REASON_HOST, SIGKILL)), &measured(1, 1, MS), HostCause::OutputLimit);
        assert_eq!(outcome.verdict, Verdict::OutputLimit);
        // Nor does it hang on the init's word.
        assert_eq!(judge(None, &measured(1, 1, MS), HostCause::OutputLimit).verdict, Verdict::OutputLimit);
    }

    #[test]
    fn i3_3_without_a_kill_the_init_is_believed() {
        let near = |cpu: Duration| measured(0, 0, cpu);
        let judged = |reason: u32, status: u32, cpu: Duration| {
            judge(Some(report(reason, status)), &near(cpu), HostCause::None).verdict
        };
        assert_eq!(judged(REASON_EXIT, SIGKILL, MS), Verdict::Signaled(9));
        assert_eq!(judged(REASON_EXIT, 137 << 8, MS), Verdict::Exited(137));
        assert_eq!(judged(REASON_HOST, SIGKILL, MS), Verdict::Killed);
        assert_eq!(judged(REASON_WALL, SIGKILL, MS), Verdict::WallTimeLimit);
        assert_eq!(judged(REASON_EXIT, 0, 100 * MS), Verdict::CpuTimeLimit);
        assert_eq!(judged(REASON_CPU, SIGKILL, 100 * MS), Verdict::CpuTimeLimit);
        assert_eq!(judge(None, &near(MS), HostCause::None).evidence, Evidence::InitDied);
    }

    #[test]
    fn a_kill_that_no_limit_of_its_own_asked_for_is_the_hosts() {
        let outcome = judge(Some(report(REASON_EXIT, SIGKILL)), &measured(0, 1, MS), HostCause::None);
        assert_eq!((outcome.verdict, outcome.evidence), (Verdict::Killed, Evidence::HostMemory { oom_kills: 1 }));
    }

    #[test]
    fn the_least_of_what_was_asked_for_counts() {
        assert_eq!(Enforced::default().support(), Support::Full);
        let limits = Enforced { memory: Means::Cgroup, pids: Means::Rlimit, ..Enforced::default() };
        assert_eq!(limits.support(), Support::Partial);
        assert_eq!(Enforced { cpus: Means::Nothing, ..limits }.support(), Support::No);
        let landlock = |abi: u32, missing: &[Restriction]| {
            let landlock = Some(Landlocked { abi, missing: missing.to_vec() });
            Enforced { memory: Means::Cgroup, landlock, ..Enforced::default() }.support()
        };
        assert_eq!(landlock(6, &[]), Support::Full);
        assert_eq!(landlock(4, &[Restriction::Signals]), Support::Partial);
        assert_eq!(landlock(0, &[Restriction::Files]), Support::No);
    }

    #[test]
    fn i3_4_what_the_group_knows_goes_before_what_the_init_knows() {
        let outcome = judge(Some(report(REASON_EXIT, 0)), &measured(0, 0, 7 * MS), HostCause::None);
        assert_eq!((outcome.usage.cpu_time, outcome.usage.oom_kills), (7 * MS, Some(0)));
        assert_eq!(outcome.usage.wall_time, MS);
        let alone = Outcome::judge(
            Some(&report(REASON_EXIT, 0)),
            None,
            &Limits::default(),
            HostCause::None,
            Enforced::default(),
        );
        assert_eq!((alone.verdict, alone.usage.oom_kills), (Verdict::Exited(0), None));
    }
}
