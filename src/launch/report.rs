//! Reads the init's last word: numbers become what they stand for.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

use crate::init::wire::{Denied, OVER, REASON_CPU, REASON_EXIT, REASON_HOST, REASON_SYSCALL, REASON_WALL, Report};
use crate::outcome::{Ended, Ending, Usage};

/// `None` if it does not tell of an end: then the init was killed before it could.
pub(super) fn ended(report: &Report) -> Option<Ended> {
    let ending = match (report.kind, report.index) {
        (OVER, REASON_EXIT) => Ending::Exited,
        (OVER, REASON_WALL) => Ending::WallLimit,
        (OVER, REASON_CPU) => Ending::CpuLimit,
        (OVER, REASON_HOST) => Ending::Host,
        (OVER, REASON_SYSCALL) => {
            let Denied { number, arch, arguments } = report.denied();
            Ending::Denied { number, arch, arguments }
        }
        _ => return None,
    };
    Some(Ended { ending, status: ExitStatus::from_raw(report.errno as i32), usage: usage(report) })
}

fn usage(report: &Report) -> Usage {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::init::wire::FAILED;

    #[test]
    fn a_report_tells_of_the_end_or_of_nothing() {
        let report = |kind: u32, index: u32| Report { kind, index, errno: 9, ended: 5, began: 2, ..Report::default() };
        let told = |index: u32| ended(&report(OVER, index)).map(|ended| ended.ending);
        assert_eq!(told(REASON_EXIT), Some(Ending::Exited));
        assert_eq!(told(REASON_WALL), Some(Ending::WallLimit));
        assert_eq!(told(REASON_CPU), Some(Ending::CpuLimit));
        assert_eq!(told(REASON_HOST), Some(Ending::Host));
        assert_eq!(told(REASON_SYSCALL), Some(Ending::Denied { number: 0, arch: 0, arguments: [0; 6] }));
        assert_eq!((told(0), told(REASON_SYSCALL + 1)), (None, None));
        assert!(ended(&report(FAILED, REASON_EXIT)).is_none());
        let ended = ended(&report(OVER, REASON_EXIT)).expect("an end");
        assert_eq!((ended.status.signal(), ended.usage.wall_time), (Some(9), Duration::from_nanos(3)));
    }
}
