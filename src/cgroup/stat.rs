//! What the files of a leaf tell.

use std::collections::BTreeSet;
use std::os::fd::BorrowedFd;
use std::time::Duration;

/// What a leaf has used. `None` is what this kernel or this parent does not count.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Measured {
    /// `usage_usec`, `user_usec`, `system_usec` of `cpu.stat`.
    pub cpu: Option<[Duration; 3]>,
    /// `throttled_usec` of `cpu.stat`.
    pub throttled: Option<Duration>,
    /// `nr_throttled` of `cpu.stat`.
    pub throttled_periods: Option<u64>,
    /// `memory.peak` (5.19).
    pub memory_peak: Option<u64>,
    pub memory_events: Option<MemoryEvents>,
    /// `pids.peak` (6.1).
    pub pids_peak: Option<u64>,
    /// `max` of `pids.events`.
    pub forks_refused: Option<u64>,
    /// The sums of `rbytes` and of `wbytes` over the devices of `io.stat`.
    pub bytes: Option<[u64; 2]>,
    /// `total` of the line `some` of `memory.pressure`, `cpu.pressure` and `io.pressure`.
    pub pressure: [Option<Duration>; 3],
}

/// Three counts of `memory.events`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct MemoryEvents {
    /// How often usage was about to go over the leaf's own limit.
    pub max: u64,
    /// How often reclaim could not prevent that.
    pub oom: u64,
    /// Processes killed for want of memory, here or further up.
    pub oom_kill: u64,
}

impl Measured {
    /// Without the CPU time that was used before the program began, nearly all of it the kernel's work.
    pub(crate) fn after(mut self, setup: Duration) -> Measured {
        if let Some([usage, user, system]) = &mut self.cpu {
            *user = user.saturating_sub(setup.saturating_sub(*system));
            *system = system.saturating_sub(setup);
            *usage = *user + *system;
        }
        self
    }

    /// `file` reads one file of the leaf.
    pub(crate) fn of(file: impl Fn(&str) -> Option<String>) -> Measured {
        let micros = |text: &str, key: &str| value(text, key).map(Duration::from_micros);
        let cpu = file("cpu.stat").unwrap_or_default();
        let times = ["usage_usec", "user_usec", "system_usec"].map(|key| micros(&cpu, key));
        let number = |name: &str| file(name)?.trim().parse().ok();
        let pressure = |name: &str| file(name).and_then(|text| some_total(&text));
        Measured {
            cpu: match times {
                [Some(usage), Some(user), Some(system)] => Some([usage, user, system]),
                _ => None,
            },
            throttled: micros(&cpu, "throttled_usec"),
            throttled_periods: value(&cpu, "nr_throttled"),
            memory_peak: number("memory.peak"),
            memory_events: file("memory.events").and_then(|text| MemoryEvents::of(&text)),
            pids_peak: number("pids.peak"),
            forks_refused: file("pids.events").and_then(|text| value(&text, "max")),
            bytes: file("io.stat").map(|text| ["rbytes=", "wbytes="].map(|key| sum(&text, key))),
            pressure: ["memory.pressure", "cpu.pressure", "io.pressure"].map(pressure),
        }
    }
}

impl MemoryEvents {
    fn of(text: &str) -> Option<MemoryEvents> {
        Some(MemoryEvents { max: value(text, "max")?, oom: value(text, "oom")?, oom_kill: value(text, "oom_kill")? })
    }
}

/// The number in the line `key number`.
pub(crate) fn value(text: &str, key: &str) -> Option<u64> {
    let mut lines = text.lines().filter_map(|line| line.split_once(' '));
    lines.find(|(name, _)| *name == key).and_then(|(_, number)| number.trim().parse().ok())
}

/// Those of a list such as `0-3,7`; what is none is left out.
pub(crate) fn numbers(list: &str) -> BTreeSet<u32> {
    let range = |range: &str| -> Option<std::ops::RangeInclusive<u32>> {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        Some(first.parse().ok()?..=last.parse().ok()?)
    };
    list.trim().split(',').filter_map(range).flatten().collect()
}

/// The sum of the numbers behind `key`, over all lines.
fn sum(text: &str, key: &str) -> u64 {
    text.split_ascii_whitespace().filter_map(|word| word.strip_prefix(key)?.parse::<u64>().ok()).sum()
}

fn some_total(text: &str) -> Option<Duration> {
    let some = text.lines().find(|line| line.starts_with("some "))?;
    let total = some.split_ascii_whitespace().find_map(|word| word.strip_prefix("total="))?;
    total.parse().ok().map(Duration::from_micros)
}

/// A file of the kernel's, from its beginning. The long ones have a line for each device.
pub(crate) fn read(fd: BorrowedFd<'_>) -> Option<String> {
    let mut text = Vec::new();
    let mut buffer = [0u8; 4096];
    loop {
        match rustix::io::pread(fd, &mut buffer, text.len() as u64) {
            Ok(0) => return String::from_utf8(text).ok(),
            Ok(count) => text.extend_from_slice(&buffer[..count]),
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> Option<String> {
        let text = match name {
            "cpu.stat" => {
                "usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\nnr_throttled 3\nthrottled_usec 250\n"
            }
            "memory.peak" => "8192\n",
            "memory.events" => "low 0\nhigh 0\nmax 17\noom 1\noom_kill 2\noom_group_kill 1\n",
            "pids.events" => "max 5\n",
            "io.stat" => {
                "8:0 rbytes=100 wbytes=7 rios=1 wios=1 dbytes=0 dios=0\n254:0 rbytes=1 wbytes=2 rios=1 wios=1\n"
            }
            "memory.pressure" => "some avg10=0.00 avg60=0.00 avg300=0.00 total=42\nfull avg10=0.00 total=7\n",
            _ => return None,
        };
        Some(text.into())
    }

    #[test]
    fn each_file_is_read_and_what_is_missing_is_none() {
        let measured = Measured::of(file);
        assert_eq!(measured.cpu, Some([1500, 1000, 500].map(Duration::from_millis)));
        assert_eq!(measured.throttled, Some(Duration::from_micros(250)));
        assert_eq!(measured.throttled_periods, Some(3));
        assert_eq!(measured.memory_peak, Some(8192));
        assert_eq!(measured.memory_events, Some(MemoryEvents { max: 17, oom: 1, oom_kill: 2 }));
        assert_eq!(measured.pids_peak, None);
        assert_eq!(measured.forks_refused, Some(5));
        assert_eq!(measured.bytes, Some([101, 9]));
        assert_eq!(measured.pressure, [Some(Duration::from_micros(42)), None, None]);
        assert_eq!(Measured::of(|_| None), Measured::default());
    }

    #[test]
    fn a_list_of_processors_has_ranges() {
        assert_eq!(numbers("0-2,5\n"), BTreeSet::from([0, 1, 2, 5]));
        assert_eq!(numbers("\n"), BTreeSet::new());
    }

    #[test]
    fn a_key_is_a_whole_word() {
        assert_eq!(value("oom_kill 2\noom 1\n", "oom"), Some(1));
        assert_eq!(value("", "oom"), None);
        assert_eq!(value("oom x", "oom"), None);
    }

    #[test]
    fn garbage_is_nothing() {
        let measured = Measured::of(|_| Some("\u{fffd} = =\n\n9999999999999999999999".into()));
        assert_eq!(measured.cpu, None);
        assert_eq!(measured.memory_peak, None);
        assert_eq!(measured.bytes, Some([0, 0]));
    }
}
