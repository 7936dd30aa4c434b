//! The CPU time of a living tree that no group counts, as /proc tells the host.

use std::path::PathBuf;
use std::time::Duration;

/// User and system time of all that is below the init of this process id, which is not reaped yet: of the living, and of what
/// they and the init have reaped. `None` where /proc does not show them (hidepid, another pid namespace's).
pub(super) fn below(init: u32) -> Option<[Duration; 2]> {
    let mut ticks = Stat::of(init)?.reaped;
    let mut found = children(init)?;
    while let Some((parent, pid)) = found.pop() {
        // One that has ended meanwhile may have left its number to a stranger.
        let Some(stat) = Stat::of(pid).filter(|stat| stat.parent == parent) else { continue };
        for (sum, (used, reaped)) in ticks.iter_mut().zip(stat.used.into_iter().zip(stat.reaped)) {
            *sum += used + reaped;
        }
        found.extend(children(pid).unwrap_or_default());
    }
    const TICK: u64 = 10; // milliseconds: USER_HZ is 100
    Some(ticks.map(|ticks| Duration::from_millis(ticks * TICK)))
}

/// Each with its parent. A child is listed by the thread that made it: proc_tid_children(5).
fn children(parent: u32) -> Option<Vec<(u32, u32)>> {
    let threads = std::fs::read_dir(format!("/proc/{parent}/task")).ok()?;
    let lists: Vec<PathBuf> = threads.flatten().map(|thread| thread.path().join("children")).collect();
    let lists: Vec<String> = lists.iter().filter_map(|list| std::fs::read_to_string(list).ok()).collect();
    let pids = lists.iter().flat_map(|list| list.split_ascii_whitespace());
    (!lists.is_empty()).then(|| pids.filter_map(|pid| Some((parent, pid.parse().ok()?))).collect())
}

/// proc_pid_stat(5), times in ticks.
struct Stat {
    parent: u32,
    used: [u64; 2],
    reaped: [u64; 2],
}

impl Stat {
    fn of(pid: u32) -> Option<Stat> {
        Stat::parse(&std::fs::read(format!("/proc/{pid}/stat")).ok()?)
    }

    fn parse(stat: &[u8]) -> Option<Stat> {
        // The name in brackets may hold anything.
        let end = stat.iter().rposition(|byte| *byte == b')')?;
        let mut fields = std::str::from_utf8(&stat[end + 1..]).ok()?.split_ascii_whitespace();
        let parent = fields.nth(1)?.parse().ok()?;
        let mut time = |skipped: usize| fields.nth(skipped)?.parse().ok();
        Some(Stat { parent, used: [time(9)?, time(0)?], reaped: [time(0)?, time(0)?] })
    }
}

#[cfg(test)]
mod tests {
    use super::Stat;

    #[test]
    fn the_name_of_a_process_may_be_anything() {
        let stat = b"7 (a) S 9 (\xff) S 3 7 7 0 -1 4194560 100 200 0 0 11 12 13 14 20 0 1 0 5 4096 1";
        let stat = Stat::parse(stat).expect("a line");
        assert_eq!((stat.parent, stat.used, stat.reaped), (3, [11, 12], [13, 14]));
        assert!(Stat::parse(b"7 (a) S 3").is_none() && Stat::parse(b"").is_none());
    }
}
