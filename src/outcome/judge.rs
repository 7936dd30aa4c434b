//! Judges a run by what its init, its cgroup and the host tell.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use super::{Enforced, Evidence, Outcome, Usage, Verdict};
use crate::cgroup::stat::Measured;
use crate::limits::{Limits, Resource};
use crate::seccomp;

/// What the host itself did to a run: it goes before what the init saw.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum HostCause {
    #[default]
    None,
    OutputLimit,
}

/// What the init tells of the end.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub ending: Ending,
    /// The program's wait status.
    pub status: ExitStatus,
    /// What the init itself has measured, without the setup.
    pub usage: Usage,
}

/// What the init saw first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Ending {
    Exited,
    WallLimit,
    CpuLimit,
    /// A call that the filter kills for.
    Denied {
        number: u32,
        arch: u32,
        arguments: [u64; 6],
    },
    /// The host's wish, or its end.
    Host,
}

impl Outcome {
    /// Judges a run by the init's last word, or without one when the init was killed.
    pub(crate) fn judge(
        ended: Option<Ended>,
        measured: Option<&Measured>,
        limits: &Limits,
        host: HostCause,
        enforced: Enforced,
    ) -> Outcome {
        let status = ended.as_ref().map(|ended| ended.status);
        let usage = ended.as_ref().map(|ended| ended.usage.clone()).unwrap_or_default().measured(measured);
        let memory = measured.and_then(|measured| out_of_memory(measured, limits));
        let (verdict, evidence) = match (host, memory, ended) {
            (HostCause::OutputLimit, ..) => (Verdict::OutputLimit, Evidence::Output { limit: limits.output() }),
            (HostCause::None, Some(memory), ..) => memory,
            (HostCause::None, None, Some(ended)) => by_the_init(ended.ending, ended.status, &usage, limits),
            (HostCause::None, None, None) => (Verdict::Killed, Evidence::InitDied),
        };
        Outcome { verdict, status, usage, enforced, evidence, truncated: host == HostCause::OutputLimit, overlay: None }
    }
}

fn by_the_init(ending: Ending, status: ExitStatus, usage: &Usage, limits: &Limits) -> (Verdict, Evidence) {
    const SIGXFSZ: i32 = 25;
    let cpu = limits.cpu_time.filter(|limit| ending == Ending::CpuLimit || usage.cpu_time >= *limit);
    let file_size = limits.file_size.filter(|_| !limits.sets(Resource::Fsize));
    match (ending, cpu) {
        (Ending::CpuLimit | Ending::Exited, Some(limit)) => {
            (Verdict::CpuTimeLimit, Evidence::CpuTime { used: usage.cpu_time, limit })
        }
        (Ending::WallLimit, _) => {
            let limit = limits.wall_time.unwrap_or_default();
            (Verdict::WallTimeLimit, Evidence::WallTime { after: usage.wall_time, limit })
        }
        (Ending::Denied { number, arch, arguments }, _) => {
            let name = seccomp::name(arch, number);
            (Verdict::SyscallDenied, Evidence::Syscall { name, number, arch, arguments })
        }
        (Ending::Exited, None) => match (status.code(), status.signal(), file_size) {
            (Some(code), ..) => (Verdict::Exited(code), Evidence::Reaped(status)),
            (None, Some(SIGXFSZ), Some(limit)) => (Verdict::OutputLimit, Evidence::FileSize { limit }),
            (None, signal, _) => (Verdict::Signaled(signal.unwrap_or(0)), Evidence::Reaped(status)),
        },
        (Ending::Host | Ending::CpuLimit, _) => (Verdict::Killed, Evidence::HostKilled),
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::cgroup::stat::MemoryEvents;

    const SIGKILL: i32 = 9;
    const MS: Duration = Duration::from_millis(1);

    fn ended(ending: Ending, status: i32) -> Option<Ended> {
        let usage = Usage { wall_time: MS, ..Usage::default() };
        Some(Ended { ending, status: ExitStatus::from_raw(status), usage })
    }

    fn measured(oom: u64, oom_kill: u64, cpu: Duration) -> Measured {
        let memory_events = Some(MemoryEvents { max: 10 * oom, oom, oom_kill });
        Measured { memory_events, cpu: Some([cpu, cpu, Duration::ZERO]), ..Measured::default() }
    }

    fn judge(ended: Option<Ended>, measured: &Measured, host: HostCause) -> Outcome {
        let limits =
            Limits { memory: Some(1 << 20), cpu_time: Some(100 * MS), wall_time: Some(MS), ..Limits::default() };
        Outcome::judge(ended, Some(measured), &limits, host, Enforced::default())
    }

    #[test]
    fn a_kill_for_want_of_memory_was_there_before_what_the_init_saw() {
        let killed = measured(1, 2, 200 * MS);
        for ending in [Ending::Exited, Ending::WallLimit, Ending::CpuLimit, Ending::Host] {
            let outcome = judge(ended(ending, SIGKILL), &killed, HostCause::None);
            assert_eq!(outcome.verdict, Verdict::MemoryLimit, "{ending:?}");
            assert_eq!(outcome.evidence, Evidence::Memory { limit: 1 << 20, oom_kills: 2, limit_hits: 10 });
            assert!(outcome.status.is_some());
        }
        assert_eq!(judge(None, &killed, HostCause::None).verdict, Verdict::MemoryLimit);
        // Though the program itself ended well.
        assert_eq!(judge(ended(Ending::Exited, 0), &killed, HostCause::None).verdict, Verdict::MemoryLimit);
    }

    #[test]
    fn captured_output_was_written_before_any_kill() {
        let outcome = judge(ended(Ending::Host, SIGKILL), &measured(1, 1, MS), HostCause::OutputLimit);
        assert_eq!(outcome.verdict, Verdict::OutputLimit);
        // Nor does it hang on the init's word.
        assert_eq!(judge(None, &measured(1, 1, MS), HostCause::OutputLimit).verdict, Verdict::OutputLimit);
    }

    #[test]
    fn without_a_kill_the_init_is_believed() {
        let near = |cpu: Duration| measured(0, 0, cpu);
        let judged = |ending: Ending, status: i32, cpu: Duration| {
            judge(ended(ending, status), &near(cpu), HostCause::None).verdict
        };
        assert_eq!(judged(Ending::Exited, SIGKILL, MS), Verdict::Signaled(9));
        assert_eq!(judged(Ending::Exited, 137 << 8, MS), Verdict::Exited(137));
        assert_eq!(judged(Ending::Host, SIGKILL, MS), Verdict::Killed);
        assert_eq!(judged(Ending::WallLimit, SIGKILL, MS), Verdict::WallTimeLimit);
        assert_eq!(judged(Ending::Exited, 0, 100 * MS), Verdict::CpuTimeLimit);
        assert_eq!(judged(Ending::CpuLimit, SIGKILL, 100 * MS), Verdict::CpuTimeLimit);
        assert_eq!(judge(None, &near(MS), HostCause::None).evidence, Evidence::InitDied);
    }

    #[test]
    fn a_kill_that_no_limit_of_its_own_asked_for_is_the_hosts() {
        let outcome = judge(ended(Ending::Exited, SIGKILL), &measured(0, 1, MS), HostCause::None);
        assert_eq!((outcome.verdict, outcome.evidence), (Verdict::Killed, Evidence::HostMemory { oom_kills: 1 }));
    }

    #[test]
    fn what_the_group_knows_goes_before_what_the_init_knows() {
        let outcome = judge(ended(Ending::Exited, 0), &measured(0, 0, 7 * MS), HostCause::None);
        assert_eq!((outcome.usage.cpu_time, outcome.usage.oom_kills), (7 * MS, Some(0)));
        assert_eq!(outcome.usage.wall_time, MS);
        let alone =
            Outcome::judge(ended(Ending::Exited, 0), None, &Limits::default(), HostCause::None, Enforced::default());
        assert_eq!((alone.verdict, alone.usage.oom_kills), (Verdict::Exited(0), None));
    }
}
