//! Reads what the init tells: numbers become what they stand for.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

use rustix::io::Errno;

use crate::init::wire::{
    Denied, ENDED, FAILED, FETCH, ITSELF, OVER, READY, REASON_CPU, REASON_EXIT, REASON_HOST, REASON_PROTOCOL,
    REASON_SYSCALL, REASON_WALL, Report, SANDBOX, STARTED,
};
use crate::outcome::{Ended, Ending, Usage};

/// What the init says. Programs are told by their numbers.
#[derive(Clone, Debug)]
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "a sandbox with one program asks for no numbers; one that stays does")
)]
pub(crate) enum Message {
    /// The id maps are to be written.
    Unmapped,
    /// No process of the tree runs any more, though they may take their time to end.
    Dying,
    /// The sandbox waits for programs.
    Ready,
    Started {
        program: u32,
        was_cloned_into: bool,
        setup: Duration,
    },
    /// What failed is the sandbox's, where there is no program.
    Failed {
        program: Option<u32>,
        failure: Failure,
    },
    Ended {
        program: u32,
        ended: Ended,
    },
    /// The sandbox's end, and what all that was in it used.
    Over {
        ending: Ending,
        usage: Usage,
    },
}

/// Why something could not be started.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Failure {
    /// The operation of this index in its script.
    Operation(usize, Errno),
    /// To take the listener of its filter.
    Fetch(Errno),
    /// The start of it.
    Start(Errno),
}

/// `None` if it makes no sense.
pub(super) fn decode(report: &Report) -> Option<Message> {
    let program = (report.program != SANDBOX).then_some(report.program);
    Some(match (report.kind, program) {
        (READY, None) => Message::Ready,
        (STARTED, Some(program)) => {
            Message::Started { program, was_cloned_into: report.cloned_into == 1, setup: setup_time(report) }
        }
        (FAILED, program) => {
            let errno = Errno::from_raw_os_error(report.errno as i32);
            let failure = match report.index {
                ITSELF => Failure::Start(errno),
                FETCH => Failure::Fetch(errno),
                index => Failure::Operation(index as usize, errno),
            };
            Message::Failed { program, failure }
        }
        (ENDED, Some(program)) => {
            let status = ExitStatus::from_raw(report.status as i32);
            Message::Ended { program, ended: Ended { ending: ending(report)?, status, usage: usage(report) } }
        }
        (OVER, None) => Message::Over { ending: ending(report)?, usage: usage(report) },
        _ => return None,
    })
}

fn ending(report: &Report) -> Option<Ending> {
    Some(match report.reason {
        REASON_EXIT => Ending::Exited,
        REASON_WALL => Ending::WallLimit,
        REASON_CPU => Ending::CpuLimit,
        REASON_HOST | REASON_PROTOCOL => Ending::Host,
        REASON_SYSCALL => {
            let Denied { number, arch, arguments } = report.denied();
            Ending::Denied { number, arch, arguments }
        }
        _ => return None,
    })
}

/// CPU time of a program's process before its execve.
fn setup_time(report: &Report) -> Duration {
    Duration::from_secs(report.setup[0]) + Duration::from_nanos(report.setup[1])
}

fn usage(report: &Report) -> Usage {
    let time = |[seconds, micros]: [i64; 2]| {
        Duration::from_secs(seconds.max(0) as u64) + Duration::from_micros(micros.max(0) as u64)
    };
    let (user, system) = (time(report.usage.user), time(report.usage.system));
    // The setup is nearly all the kernel's work: the making of the network namespace.
    let setup = setup_time(report);
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

    #[test]
    fn a_report_tells_of_the_end_or_of_nothing() {
        let report = |reason: u32| Report { kind: ENDED, reason, status: 9, ended: 5, began: 2, ..Report::default() };
        let told = |reason: u32| match decode(&report(reason)) {
            Some(Message::Ended { program: 0, ended }) => Some(ended),
            _ => None,
        };
        let ending = |reason: u32| told(reason).map(|ended| ended.ending);
        assert_eq!(ending(REASON_EXIT), Some(Ending::Exited));
        assert_eq!(ending(REASON_WALL), Some(Ending::WallLimit));
        assert_eq!(ending(REASON_CPU), Some(Ending::CpuLimit));
        assert_eq!(ending(REASON_HOST), Some(Ending::Host));
        assert_eq!(ending(REASON_SYSCALL), Some(Ending::Denied { number: 0, arch: 0, arguments: [0; 6] }));
        assert_eq!((ending(0), ending(99)), (None, None));
        let ended = told(REASON_EXIT).expect("an end");
        assert_eq!((ended.status.signal(), ended.usage.wall_time), (Some(9), Duration::from_nanos(3)));
    }

    #[test]
    fn what_makes_no_sense_is_nothing() {
        let report = |kind: u32, program: u32| Report { kind, program, reason: REASON_EXIT, ..Report::default() };
        for (kind, program) in [(0, 0), (99, 0), (READY, 0), (OVER, 0), (STARTED, SANDBOX), (ENDED, SANDBOX)] {
            assert!(decode(&report(kind, program)).is_none(), "{kind} {program}");
        }
        assert!(matches!(decode(&report(OVER, SANDBOX)), Some(Message::Over { ending: Ending::Exited, .. })));
    }
}
