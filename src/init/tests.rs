//! The init's logic, run as ordinary Rust over a kernel of the test's own.

use std::panic::AssertUnwindSafe;

use super::fake::{self, Ended};
use super::machine::Event::*;
use super::machine::*;
use super::main::arch::nr;
use super::main::begin_program;
use super::wire::*;
use crate::sys::Plain;

/// One program, which is executed; what is told of its end.
fn outcome(events: &[Event], change: impl FnOnce(&mut Config, &mut Program)) -> Report {
    let events: Vec<Event> = [Executes(0)].iter().chain(events).copied().collect();
    let machine = run_on(machine(&events), true, change);
    let [started, ended, over] = machine.reports.try_into().expect("three reports");
    assert_eq!((started.kind, ended.kind, over.kind), (STARTED, ENDED, OVER));
    assert_eq!((started.program, ended.program, over.program), (0, 0, SANDBOX));
    assert_eq!(ended.reason, over.reason);
    ended
}

#[test]
fn the_programs_end_is_told_with_its_status() {
    let ended = outcome(&[Passes(5), Ends(MAIN, 7 << 8)], |_, _| {});
    assert_eq!((ended.reason, ended.status, ended.ended - ended.began), (REASON_EXIT, 7 << 8, 5));
}

#[test]
fn another_childs_end_is_not_the_programs() {
    let ended = outcome(&[Ends(40, 1 << 8), Ends(MAIN, 0)], |_, _| {});
    assert_eq!((ended.reason, ended.status), (REASON_EXIT, 0));
}

#[test]
fn a_stop_is_not_an_end() {
    let ended = outcome(&[Stops(MAIN, 0x137f), Ends(MAIN, 9)], |_, _| {});
    assert_eq!((ended.reason, ended.status), (REASON_EXIT, 9));
}

#[test]
fn a_lost_lifeline_ends_the_tree() {
    let ended = outcome(&[HostGone], |_, _| {});
    assert_eq!((ended.reason, ended.status), (REASON_HOST, 9));
}

/// The machine sees to it that nobody is alive then. Without a pid namespace nothing kills all at once.
#[test]
fn that_all_are_killed_is_told_before_they_are_gone() {
    let dying = |pid_namespace: u32| {
        run_on(machine(&[Executes(0), HostGone]), true, |config, _| config.pid_namespace = pid_namespace).dying
    };
    assert_eq!((dying(1), dying(0)), (1, 0));
}

/// A host that lives may have something to read in its cgroup.
#[test]
fn the_cgroup_is_removed_for_a_host_that_is_dead_and_no_other() {
    let removes = |events: &[Event], groups_fd: i64| {
        let machine = run_on(machine(events), true, |config, _| config.groups_fd = groups_fd);
        assert!(machine.alive.is_empty());
        machine.calls.contains(&nr::UNLINKAT)
    };
    for begin in [&[][..], &[Executes(0)]] {
        let with = |end: &[Event]| [begin, end].concat();
        assert!(removes(&with(&[HostDies]), 8));
        assert!(!removes(&with(&[HostDies]), -1));
        assert!(!removes(&with(&[HostGone]), 8));
        assert!(!removes(&with(&[Ends(MAIN, 0)]), 8));
    }
}

/// Also before the program is executed: nobody hears of it, but all of it ends.
#[test]
fn a_lifeline_that_is_lost_before_the_execve_ends_the_tree() {
    let machine = run_on(machine(&[HostGone]), true, |_, _| {});
    assert_eq!(machine.reports.last().map(|report| report.kind), Some(OVER));
    assert!(machine.alive.is_empty());
}

#[test]
fn the_wall_limit_ends_the_tree() {
    let ended = outcome(&[Passes(99), Passes(1)], |config, _| config.wall_limit = 100);
    assert_eq!((ended.reason, ended.status, ended.ended), (REASON_WALL, 9, 100));
}

#[test]
fn a_storm_of_zombies_does_not_put_off_the_deadline() {
    let mut machine = machine(&[Executes(0), Passes(100)]);
    machine.zombies = (1000..3000).map(|pid| (pid, 0)).collect();
    let machine = run_on(machine, true, |config, _| config.wall_limit = 100);
    let waited = machine.calls.iter().take_while(|call| **call != nr::KILL).filter(|call| **call == nr::WAIT4).count();
    assert!(waited < 500, "{waited} looks before the deadline");
    assert_eq!(machine.reports[1].reason, REASON_WALL);
}

fn stat(name: &str, cutime: u64, cstime: u64) -> Vec<u8> {
    format!("7 ({name}) S 1 2 3 4 5 6 7 8 9 10 11 12 {cutime} {cstime} 20 0 1").into_bytes()
}

/// The clock of every process says 1 ns; what they have reaped is in their stat, in ticks of 10 ms.
#[test]
fn the_cpu_time_of_the_tree_is_that_of_the_living_and_of_what_they_reaped() {
    let cases = [(stat("a", 1, 2), true), (stat("a) R 9 9 9 (b", 2, 1), true), (stat("a", 1, 1), false)];
    for (text, reached) in cases {
        let mut machine = machine(&[Executes(0), Passes(1), Ends(MAIN, 0)]);
        machine.processes = vec![(1, stat("init", 900, 900)), (2, text), (33, b"cut off".to_vec()), (44, Vec::new())];
        let machine = run_on(machine, true, |config, _| {
            *config.proc_fd.get_mut() = 5;
            config.cpu_limit = 30_000_003;
        });
        let expected = if reached { REASON_CPU } else { REASON_EXIT };
        assert_eq!(machine.reports[1].reason, expected);
    }
}

#[test]
fn what_the_setup_used_is_not_the_programs() {
    for (setup, reason) in [(0, REASON_CPU), (2, REASON_EXIT)] {
        let ended = outcome(&[Ends(MAIN, 0)], |config, program| {
            config.cpu_limit = 1;
            *program.setup[1].get_mut() = setup;
        });
        assert_eq!((ended.reason, ended.setup), (reason, [0, setup]));
    }
}

/// With a filter that kills: the program's process stops behind it, is let go on, and later asks.
fn with_filter(events: &[Event]) -> Machine {
    let events: Vec<Event> = [Stops(MAIN, SIGSEGV_STOP), Executes(0)].iter().chain(events).copied().collect();
    run_on(machine(&events), true, |_, program| {
        program.fetches = 1;
        *program.listener.get_mut() = 7;
    })
}

#[test]
fn a_notification_is_a_denied_call() {
    let machine = with_filter(&[Notified(0)]);
    assert_eq!(machine.reports[1].reason, REASON_SYSCALL);
    assert!(machine.calls.contains(&nr::PIDFD_GETFD));
}

/// The execve and the call may both have been between the looks at the telltale and at the listener.
#[test]
fn a_call_that_is_denied_at_once_is_a_started_programs() {
    let machine = run_on(machine(&[Stops(MAIN, SIGSEGV_STOP), Notified(0)]), true, |_, program| {
        program.fetches = 1;
        *program.listener.get_mut() = 7;
    });
    assert_eq!(told(&machine), [(STARTED, 0), (ENDED, 0), (OVER, SANDBOX)]);
    assert_eq!(machine.reports[1].reason, REASON_SYSCALL);
}

#[test]
fn a_listener_without_a_process_is_let_go() {
    let machine = with_filter(&[ListenerHangsUp, Ends(MAIN, 0)]);
    assert_eq!((machine.reports[1].reason, machine.reports[1].status), (REASON_EXIT, 0));
}

#[test]
fn a_program_that_fails_is_told_by_its_own_operation() {
    let ops = [op(nr_pseudo::PASS), op(nr::IOCTL), op(nr_pseudo::END)];
    let mut program = Program::new();
    program.ops = ops.as_ptr() as u64;
    *program.gate.get_mut() = 1;
    let kernel = |number, _| match number {
        nr::EXIT_GROUP => std::panic::resume_unwind(Box::new(Ended)),
        _ => -ENOSR,
    };
    fake::run(kernel, AssertUnwindSafe(|| begin_program(&program)));
    let (index, errno) = (*program.failed_index.get_mut(), *program.failed_errno.get_mut());
    assert_eq!((index, errno), (1, ENOSR as u32));

    for listener in [-1, 7] {
        let machine = run_on(machine(&[Executes(0)]), true, |_, program| {
            *program.listener.get_mut() = listener;
            *program.failed_index.get_mut() = index;
            *program.failed_errno.get_mut() = errno;
        });
        let [failed] = machine.reports.try_into().expect("one report");
        assert_eq!((failed.kind, failed.program, failed.index, failed.errno), (FAILED, 0, 1, ENOSR as u32));
    }
}

/// Without a pid namespace: an init that has ended before its program's process asked for the signal sends none.
#[test]
fn the_process_of_an_init_that_is_gone_ends() {
    let ops = [op(nr_pseudo::DIE_WITH_INIT), op(nr::IOCTL), op(nr_pseudo::END)];
    let run = |parent: i64| {
        let mut program = Program::new();
        program.ops = ops.as_ptr() as u64;
        *program.parent.get_mut() = MAIN;
        let kernel = move |number, _| match number {
            nr::EXIT_GROUP => std::panic::resume_unwind(Box::new(Ended)),
            nr::GETPPID => parent,
            nr::IOCTL => -ENOSR,
            _ => 0,
        };
        fake::run(kernel, AssertUnwindSafe(|| begin_program(&program)));
        (*program.failed_index.get_mut(), i64::from(*program.failed_errno.get_mut()))
    };
    assert_eq!(run(MAIN), (1, ENOSR));
    assert_eq!(run(1), (0, 3));
}

// ---- a sandbox that stays -----------------------------------------------------------------------------------------------

#[test]
fn programs_come_and_go() {
    let events = [
        says(RUN, 0, 4096, 2),
        Executes(0),
        says(RUN, 1, 4096, 2),
        Executes(1),
        Ends(MAIN, 5 << 8),
        says(SIGNAL, 1, 15, 0),
        says(SIGNAL, 0, 15, 0), // it is over
        Ends(SECOND, 15),
        says(RUN, 1, 4096, 2),
        Executes(2),
        says(END, 0, 0, 0),
    ];
    let machine = run_on(machine(&events), false, |_, _| {});
    let expected = [
        (READY, SANDBOX),
        (STARTED, 0),
        (STARTED, 1),
        (ENDED, 0),
        (ENDED, 1),
        (STARTED, 1),
        (ENDED, 1),
        (OVER, SANDBOX),
    ];
    assert_eq!(told(&machine), expected);
    assert_eq!((machine.reports[3].status, machine.reports[4].status), (5 << 8, 15));
    assert_eq!(machine.signals, [(SECOND, 15)]);
    assert_eq!((machine.reports[6].reason, machine.reports[7].reason), (REASON_HOST, REASON_HOST));
}

/// The memory that a program is given here has a limit of 1000 ns.
#[test]
fn a_limit_of_one_program_ends_that_alone() {
    let events =
        [says(RUN, 0, 4096, 2), Executes(0), Passes(1000), says(RUN, 1, 4096, 2), Executes(1), Ends(SECOND, 0)];
    let machine = run_on(machine(&events), false, |_, _| {});
    let expected = [(READY, SANDBOX), (STARTED, 0), (ENDED, 0), (STARTED, 1), (ENDED, 1), (OVER, SANDBOX)];
    assert_eq!(told(&machine), expected);
    assert_eq!((machine.reports[2].reason, machine.reports[4].reason), (REASON_WALL, REASON_EXIT));
}

#[test]
fn what_makes_no_sense_ends_the_sandbox() {
    let wrong: [&[Event]; 9] = [
        &[says(0, 0, 0, 0)],
        &[says(99, 0, 0, 0)],
        &[says(RUN, PROGRAMS as u32, 4096, 2)],
        &[says(RUN, 0, 4096, 0)],
        &[says(MORE, 0, 0, 1)],
        &[says(RUN, 0, 4096, 1), says(RUN, 1, 4096, 2)],
        &[says(RUN, 0, 4096, 2), Executes(0), says(RUN, 0, 4096, 2)],
        &[says(SIGNAL, PROGRAMS as u32, 9, 0)],
        &[says(END, 0, 0, 1)],
    ];
    for events in wrong {
        let machine = run_on(machine(events), false, |_, _| {});
        let last = machine.reports.last().expect("a report");
        assert_eq!((last.kind, last.reason), (OVER, REASON_PROTOCOL), "{events:?}");
        assert!(machine.alive.is_empty());
    }
}

#[test]
fn descriptors_may_come_in_several_messages() {
    let events = [says(RUN, 0, 4096, 1), says(MORE, 0, 0, 1), Executes(0), Ends(MAIN, 0)];
    let machine = run_on(machine(&events), false, |_, _| {});
    assert_eq!(told(&machine), [(READY, SANDBOX), (STARTED, 0), (ENDED, 0), (OVER, SANDBOX)]);
}

/// Whatever call fails, with whatever it can say: the init ends, tells at most once how, and leaves nobody.
#[test]
#[cfg_attr(miri, ignore = "too many runs")]
fn every_call_may_fail() {
    let run = says(RUN, 0, 4096, 2);
    let scenarios: [(bool, u32, &[Event]); 5] = [
        (true, 0, &[Executes(0), Ends(40, 0), Passes(10), Ends(MAIN, 0)]),
        (true, 0, &[Executes(0), HostGone]),
        (true, 1, &[Stops(MAIN, SIGSEGV_STOP), Executes(0), Ends(40, 0), Notified(0)]),
        (true, 1, &[Stops(MAIN, 0x137f), Stops(MAIN, SIGSEGV_STOP), Executes(0), Ends(MAIN, 0)]),
        (false, 0, &[run, Executes(0), says(RUN, 1, 4096, 2), Ends(MAIN, 0), Executes(1), Ends(SECOND, 0)]),
    ];
    for (alone, fetches, events) in scenarios {
        for namespace in [0, 1] {
            let run = |fault| {
                let mut machine = machine(events);
                machine.processes = vec![(2, stat("a", 1, 1))];
                machine.fault = fault;
                run_on(machine, alone, |config, program| {
                    program.fetches = fetches;
                    *program.listener.get_mut() = if fetches == 1 { 7 } else { -1 };
                    config.pid_namespace = namespace;
                    config.wall_limit = 1_000_000_000;
                    config.cpu_limit = 1_000_000_000;
                    *config.proc_fd.get_mut() = 5;
                })
            };
            let calls = run(None).calls.len();
            for at in 1..=calls {
                for errno in [4, 11, 12, 1, 13, 38, 24, 28, 5, 10, 3] {
                    let machine = run(Some((at, errno)));
                    let what = || format!("{alone} {fetches} {at} {errno}: {:?}", told(&machine));
                    let count = |kind: u32, program: u32| {
                        machine.reports.iter().filter(|report| (report.kind, report.program) == (kind, program)).count()
                    };
                    assert!(count(OVER, SANDBOX) + count(FAILED, SANDBOX) <= 1, "{}", what());
                    for program in [0, 1] {
                        assert!(count(STARTED, program) <= 1 && count(ENDED, program) <= 1, "{}", what());
                        assert!(count(ENDED, program) + count(FAILED, program) <= 1, "{}", what());
                    }
                }
            }
        }
    }
}

/// What the kernel gives to be read is not the init's to trust: no text makes it look outside its buffer, or never end.
#[test]
fn any_text_can_be_read() {
    let mut random = random();
    for _ in 0..ROUNDS {
        const BYTES: &[u8] = b" )(0123456789\0\n-az\xff";
        let length = random() as usize % 200;
        let text = (0..length).map(|_| BYTES[random() as usize % BYTES.len()]).collect();
        let mut machine = machine(&[Executes(0), Passes(1), Ends(MAIN, 0)]);
        machine.processes = vec![(random() % 5_000_000_000, text)];
        run_on(machine, true, |config, _| {
            *config.proc_fd.get_mut() = 5;
            config.cpu_limit = 1 << 40;
        });
    }
}

fn random() -> impl FnMut() -> u64 {
    let mut seed = 0x2545_f491_4f6c_dd1du64;
    move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    }
}

/// fuzz/ looks for what these do not find.
#[test]
fn any_conversation_comes_to_an_end() {
    let mut random = random();
    for _ in 0..ROUNDS {
        let mut bytes: Vec<u8> = (0..4 + random() % 80).map(|_| random() as u8).collect();
        // Half of them on a kernel on which nothing fails.
        bytes[2] *= random() as u8 & 1;
        bytes[1] = 0;
        converse(&bytes);
    }
}

/// Miri takes its time.
const ROUNDS: usize = if cfg!(miri) { 30 } else { 3000 };

#[test]
fn the_numbers_are_the_kernels() {
    let pairs: [(u32, i64); 32] = [
        (nr::GETPID, libc::SYS_getpid),
        (nr::GETPPID, libc::SYS_getppid),
        (nr::READ, libc::SYS_read),
        (nr::WRITE, libc::SYS_write),
        (nr::CLOSE, libc::SYS_close),
        (nr::LSEEK, libc::SYS_lseek),
        (nr::MMAP, libc::SYS_mmap),
        (nr::IOCTL, libc::SYS_ioctl),
        (nr::PREAD64, libc::SYS_pread64),
        (nr::NANOSLEEP, libc::SYS_nanosleep),
        (nr::SENDTO, libc::SYS_sendto),
        (nr::CLONE, libc::SYS_clone),
        (nr::WAIT4, libc::SYS_wait4),
        (nr::KILL, libc::SYS_kill),
        (nr::GETRUSAGE, libc::SYS_getrusage),
        (nr::PTRACE, libc::SYS_ptrace),
        (nr::PRCTL, libc::SYS_prctl),
        (nr::FUTEX, libc::SYS_futex),
        (nr::GETDENTS64, libc::SYS_getdents64),
        (nr::CLOCK_GETTIME, libc::SYS_clock_gettime),
        (nr::EXIT_GROUP, libc::SYS_exit_group),
        (nr::OPENAT, libc::SYS_openat),
        (nr::PPOLL, libc::SYS_ppoll),
        (nr::SIGNALFD4, libc::SYS_signalfd4),
        (nr::PIDFD_OPEN, libc::SYS_pidfd_open),
        (nr::CLONE3, libc::SYS_clone3),
        (nr::MUNMAP, libc::SYS_munmap),
        (nr::RECVMSG, libc::SYS_recvmsg),
        (nr::PIPE2, libc::SYS_pipe2),
        (nr::DUP3, libc::SYS_dup3),
        (nr::CLOSE_RANGE, libc::SYS_close_range),
        (nr::PIDFD_GETFD, libc::SYS_pidfd_getfd),
    ];
    for (ours, theirs) in pairs {
        assert_eq!(i64::from(ours), theirs);
    }
}

/// The text that the crate contains: it fits its pages, and is of the size that was assembled.
#[test]
#[cfg_attr(miri, ignore = "nothing is assembled")]
fn the_code_fits() {
    let length = super::elf::code_bytes().len();
    assert!((1000..super::elf::CODE_PAGES * 4096 - 232).contains(&length), "{length} bytes");
    let ops = script(true);
    let image = super::build(Config::new(3, 4), super::Parts { data: b"data", ops: &ops }, b"");
    assert!(image.starts_with(b"\x7fELF") && image.ends_with(Plain::bytes(&ops)));
}
