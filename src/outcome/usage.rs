//! What a run used.

use std::time::Duration;

use crate::cgroup::stat::Measured;

/// What a run used. `None` is what could not be measured.
#[non_exhaustive]
#[derive(Clone, Debug, Default)]
pub struct Usage {
    /// From the program's start to its end, on CLOCK_MONOTONIC.
    pub wall_time: Duration,
    /// User and system time of all processes of the sandbox: `cpu.stat` of its cgroup, which a
    /// [`cpu_time_limit`](crate::Sandbox::cpu_time_limit) alone has made where one can be had. Without one getrusage(2) of
    /// the init, which reaps them all; then a process whose parent ignores SIGCHLD is reaped by the kernel and not counted.
    /// While it runs see [`Child::usage`](crate::Child::usage).
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
    /// In how many periods of 100 ms it did: `nr_throttled` of the same.
    pub throttled_periods: Option<u64>,
    /// How long some process of the tree waited for memory: `some` of the cgroup's `memory.pressure`.
    pub memory_pressure: Option<Duration>,
    /// How long some process waited for a processor: `some` of the cgroup's `cpu.pressure`.
    pub cpu_pressure: Option<Duration>,
    /// How long some process waited for a disk: `some` of the cgroup's `io.pressure`.
    pub io_pressure: Option<Duration>,
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
            throttled_periods: measured.throttled_periods,
            memory_pressure,
            cpu_pressure,
            io_pressure,
        }
    }
}
