//! The init's logic, run as ordinary Rust over a kernel of the test's own.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;

use super::fake::{self, Ended};
use super::main::arch::nr;
use super::main::{begin, begin_program};
use super::wire::*;
use crate::sys::Plain;

const MAIN: i64 = 2;
const ENOSR: i64 = 63;

/// What happens, in its order, each time that the init sleeps or looks.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Event {
    /// A process ends with this wait status.
    Ends(i64, u32),
    /// A traced process stops with it.
    Stops(i64, u32),
    /// The host's end of the socket is shut, or the host is gone.
    HostGone,
    /// A process waits for an answer to a call that the filter kills for.
    Notified,
    /// Nobody is left under the filter.
    ListenerHangsUp,
    /// This much time passes.
    Passes(u64),
}
use Event::*;

/// A machine with one clock, one queue of events and a /proc of text.
#[derive(Default)]
struct Machine {
    events: VecDeque<Event>,
    zombies: VecDeque<(i64, u32)>,
    time: u64,
    alive: Vec<i64>,
    processes: Vec<(u64, Vec<u8>)>,
    listed: bool,
    cpu: u64,
    reports: Vec<Report>,
    calls: Vec<u32>,
    /// The call of this number fails with this error.
    fault: Option<(usize, i64)>,
}

fn put<T>(at: u64, value: T) {
    // SAFETY: the init gives pointers to room for what the call writes.
    unsafe { (at as *mut T).write_unaligned(value) }
}

fn get<T: Copy>(at: u64) -> T {
    // SAFETY: as above.
    unsafe { (at as *const T).read_unaligned() }
}

impl Machine {
    fn call(&mut self, number: u32, a: [u64; 6]) -> i64 {
        self.calls.push(number);
        assert!(self.calls.len() < 20_000, "the init does not end: …{:?}", &self.calls[19_900..]);
        if number == nr::EXIT_GROUP {
            std::panic::panic_any(Ended);
        }
        if let Some((_, errno)) = self.fault.filter(|(at, _)| *at == self.calls.len()) {
            return -errno;
        }
        match number {
            nr::CLONE | nr::CLONE3 => {
                self.alive.push(MAIN);
                MAIN
            }
            nr::CLOCK_GETTIME => {
                let time = if a[0] == 1 { self.time } else { self.cpu };
                put(a[1], [time / 1_000_000_000, time % 1_000_000_000]);
                0
            }
            nr::SENDTO => {
                self.reports.push(get(a[1]));
                a[2] as i64
            }
            nr::WAIT4 => self.wait(a[1], a[2] & 1 != 0),
            nr::PPOLL => self.poll(a[0], a[1] as usize, a[2]),
            nr::KILL if a[0] as i64 == -1 => {
                self.zombies.extend(self.alive.drain(..).map(|pid| (pid, 9)));
                0
            }
            nr::KILL => {
                let pid = (a[0] as i64).abs();
                if self.alive.contains(&pid) {
                    self.alive.retain(|alive| *alive != pid);
                    self.zombies.push_back((pid, 9));
                }
                0
            }
            nr::GETDENTS64 => {
                let mut at = 0;
                for (pid, _) in self.processes.iter().filter(|_| !self.listed) {
                    let name = pid.to_string();
                    let length = (19 + name.len() + 1).next_multiple_of(8);
                    put(a[1] + at + 16, length as u16);
                    for (index, byte) in name.bytes().chain([0]).enumerate() {
                        put(a[1] + at + 19 + index as u64, byte);
                    }
                    at += length as u64;
                }
                self.listed = true;
                at as i64
            }
            nr::LSEEK => {
                self.listed = false;
                0
            }
            nr::OPENAT => {
                let name: [u8; 16] = get(a[1]);
                let name = std::str::from_utf8(&name).expect("UTF-8").trim_end_matches('\0');
                let pid: u64 = name.strip_suffix("/stat").expect("a stat").parse().expect("a pid");
                self.processes.iter().position(|process| process.0 == pid).map_or(-2, |index| 100 + index as i64)
            }
            nr::PREAD64 if a[0] >= 100 => {
                let text = &self.processes[a[0] as usize - 100].1;
                text.iter().enumerate().for_each(|(index, byte)| put(a[1] + index as u64, *byte));
                text.len() as i64
            }
            nr::PREAD64 => {
                let text = self.alive.iter().map(|pid| format!("{pid} ")).collect::<String>();
                text.bytes().enumerate().for_each(|(index, byte)| put(a[1] + index as u64, byte));
                text.len() as i64
            }
            nr::FUTEX if a[1] == 0 => {
                put(a[0], 1 - a[2] as u32);
                0
            }
            nr::PIDFD_GETFD | nr::PIDFD_OPEN | nr::SIGNALFD4 => 9,
            _ => 0,
        }
    }

    fn wait(&mut self, status: u64, no_hang: bool) -> i64 {
        if self.zombies.is_empty() && !no_hang {
            self.happen();
        }
        match self.zombies.pop_front() {
            Some((pid, how)) => {
                put(status, how);
                pid
            }
            None if self.alive.is_empty() => -10,
            None => 0,
        }
    }

    fn happen(&mut self) -> Option<Event> {
        let event = self.events.pop_front();
        match event {
            Some(Ends(pid, status)) => {
                self.alive.retain(|alive| *alive != pid);
                self.zombies.push_back((pid, status));
            }
            Some(Stops(pid, status)) => self.zombies.push_back((pid, status)),
            Some(Passes(time)) => self.time += time,
            _ => {}
        }
        event
    }

    fn poll(&mut self, fds: u64, count: usize, timeout: u64) -> i64 {
        // Nothing else will happen: the host gives up in the end.
        let event = self.happen().unwrap_or(HostGone);
        let index = match event {
            HostGone if count == 3 => 1,
            HostGone => 0,
            Notified | ListenerHangsUp => 2,
            Ends(..) | Stops(..) if count == 3 => 0, // the signalfd comes first in a fetch
            Ends(..) | Stops(..) => count - 1,
            Passes(_) => {
                assert_ne!(timeout, 0, "sleeps for ever");
                return 0;
            }
        };
        let events: u16 = if event == ListenerHangsUp { 0x10 } else { 1 };
        put(fds + 8 * index as u64 + 6, events);
        1
    }
}

fn op(nr: u32) -> Op {
    Op { nr, ..Op::default() }
}

fn script(fetch: u64) -> Vec<Op> {
    use nr_pseudo::*;
    let open = Op { args: [fetch, 0, 0, 0, 0, 0], ..op(OPEN) };
    vec![op(nr::CLOSE), op(START), op(PASS), op(nr::IOCTL), op(END), open, op(SUPERVISE)]
}

/// Runs the init with this script over these events.
fn run_on(machine: Machine, ops: &[Op], change: impl FnOnce(&mut Config)) -> Machine {
    let mut config = Config::new(3, 4);
    config.ops = ops.as_ptr() as u64;
    config.after = ops.as_ptr().wrapping_add(5) as u64;
    change(&mut config);
    let machine = Rc::new(RefCell::new(machine));
    let kernel = Rc::clone(&machine);
    fake::run(move |number, a| kernel.borrow_mut().call(number, a), AssertUnwindSafe(|| begin(&config)));
    Rc::into_inner(machine).expect("the kernel is gone").into_inner()
}

fn machine(events: &[Event]) -> Machine {
    Machine { events: events.iter().copied().collect(), cpu: 1, ..Machine::default() }
}

/// As the program's process would: executed, with a listener if there is a filter.
fn executed(config: &mut Config, listener: i64) {
    *config.program.gate.get_mut() = 0;
    *config.program.listener.get_mut() = listener;
    *config.children_fd.get_mut() = 6;
}

fn outcome(events: &[Event], change: impl FnOnce(&mut Config)) -> Report {
    let machine = run_on(machine(events), &script(0), |config| {
        executed(config, -1);
        change(config);
    });
    let [started, over] = machine.reports.try_into().expect("two reports");
    assert_eq!((started.kind, over.kind), (STARTED, OVER));
    over
}

#[test]
fn the_programs_end_is_told_with_its_status() {
    let over = outcome(&[Passes(5), Ends(MAIN, 7 << 8)], |_| {});
    assert_eq!((over.index, over.errno, over.ended - over.began), (REASON_EXIT, 7 << 8, 5));
}

#[test]
fn another_childs_end_is_not_the_programs() {
    let over = outcome(&[Ends(40, 1 << 8), Ends(MAIN, 0)], |_| {});
    assert_eq!((over.index, over.errno), (REASON_EXIT, 0));
}

#[test]
fn a_stop_is_not_an_end() {
    let over = outcome(&[Stops(MAIN, 0x137f), Ends(MAIN, 9)], |_| {});
    assert_eq!((over.index, over.errno), (REASON_EXIT, 9));
}

#[test]
fn a_lost_lifeline_ends_the_tree() {
    let over = outcome(&[HostGone], |_| {});
    assert_eq!((over.index, over.errno), (REASON_HOST, 9));
}

#[test]
fn the_wall_limit_ends_the_tree() {
    let over = outcome(&[Passes(99), Passes(1)], |config| config.wall_limit = 100);
    assert_eq!((over.index, over.errno, over.ended), (REASON_WALL, 9, 100));
}

#[test]
fn a_storm_of_zombies_does_not_put_off_the_deadline() {
    let mut machine = machine(&[Passes(100)]);
    machine.zombies = (1000..3000).map(|pid| (pid, 0)).collect();
    let machine = run_on(machine, &script(0), |config| {
        executed(config, -1);
        config.wall_limit = 100;
    });
    let waited = machine.calls.iter().take_while(|call| **call != nr::KILL).filter(|call| **call == nr::WAIT4).count();
    assert!(waited < 200, "{waited} looks before the deadline");
    assert_eq!(machine.reports[1].index, REASON_WALL);
}

fn stat(name: &str, cutime: u64, cstime: u64) -> Vec<u8> {
    format!("7 ({name}) S 1 2 3 4 5 6 7 8 9 10 11 12 {cutime} {cstime} 20 0 1").into_bytes()
}

/// The clock of every process says 1 ns; what they have reaped is in their stat, in ticks of 10 ms.
#[test]
fn the_cpu_time_of_the_tree_is_that_of_the_living_and_of_what_they_reaped() {
    let cases = [(stat("a", 1, 2), true), (stat("a) R 9 9 9 (b", 2, 1), true), (stat("a", 1, 1), false)];
    for (text, reached) in cases {
        let mut machine = machine(&[Passes(1), Ends(MAIN, 0)]);
        machine.processes = vec![(1, stat("init", 900, 900)), (2, text), (33, b"cut off".to_vec()), (44, Vec::new())];
        let machine = run_on(machine, &script(0), |config| {
            executed(config, -1);
            *config.proc_fd.get_mut() = 5;
            config.cpu_limit = 30_000_003;
        });
        let expected = if reached { REASON_CPU } else { REASON_EXIT };
        assert_eq!(machine.reports[1].index, expected);
    }
}

#[test]
fn what_the_setup_used_is_not_the_programs() {
    for (setup, reason) in [(0, REASON_CPU), (2, REASON_EXIT)] {
        let over = outcome(&[Ends(MAIN, 0)], |config| {
            config.cpu_limit = 1;
            *config.program.setup[1].get_mut() = setup;
        });
        assert_eq!(over.index, reason);
    }
}

/// With a filter that kills: the program's process stops behind it, is let go on, and later asks.
fn with_filter(events: &[Event]) -> Machine {
    const SIGSEGV_STOP: u32 = 0x0b7f;
    let events: Vec<Event> = [Stops(MAIN, SIGSEGV_STOP)].iter().chain(events).copied().collect();
    run_on(machine(&events), &script(1), |config| executed(config, 7))
}

#[test]
fn a_notification_is_a_denied_call() {
    let machine = with_filter(&[Notified]);
    assert_eq!(machine.reports[1].index, REASON_SYSCALL);
    assert!(machine.calls.contains(&nr::PIDFD_GETFD));
}

#[test]
fn a_listener_without_a_process_is_let_go() {
    let machine = with_filter(&[ListenerHangsUp, Ends(MAIN, 0)]);
    assert_eq!((machine.reports[1].index, machine.reports[1].errno), (REASON_EXIT, 0));
}

#[test]
fn a_program_that_fails_is_told_by_its_own_operation() {
    let ops = script(0);
    let mut config = Config::new(3, 4);
    config.ops = ops.as_ptr() as u64;
    *config.program.ops.get_mut() = ops.as_ptr().wrapping_add(2) as u64;
    *config.program.gate.get_mut() = 1;
    let kernel = |number, _| match number {
        nr::EXIT_GROUP => std::panic::panic_any(Ended),
        _ => -ENOSR,
    };
    fake::run(kernel, AssertUnwindSafe(|| begin_program(&config)));
    let program = &mut config.program;
    assert_eq!((*program.failed_index.get_mut(), *program.failed_errno.get_mut()), (3, ENOSR as u32));

    let (index, errno) = (*program.failed_index.get_mut(), *program.failed_errno.get_mut());
    let machine = run_on(machine(&[]), &ops, |config| {
        executed(config, -1);
        *config.program.failed_index.get_mut() = index;
        *config.program.failed_errno.get_mut() = errno;
    });
    let [failed] = machine.reports.try_into().expect("one report");
    assert_eq!((failed.kind, failed.index, failed.errno), (FAILED, 3, ENOSR as u32));
}

/// Whatever call fails, with whatever it can say: the init ends, tells at most once how, and leaves nobody.
#[test]
fn every_call_may_fail() {
    let scenarios: [(u64, &[Event]); 4] = [
        (0, &[Ends(40, 0), Passes(10), Ends(MAIN, 0)]),
        (0, &[HostGone]),
        (1, &[Stops(MAIN, 0x0b7f), Ends(40, 0), Notified]),
        (1, &[Stops(MAIN, 0x137f), Stops(MAIN, 0x0b7f), Ends(MAIN, 0)]),
    ];
    for (fetch, events) in scenarios {
        for namespace in [0, 1] {
            let run = |fault| {
                let mut machine = machine(events);
                machine.processes = vec![(2, stat("a", 1, 1))];
                machine.fault = fault;
                run_on(machine, &script(fetch), |config| {
                    executed(config, if fetch == 1 { 7 } else { -1 });
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
                    let kinds: Vec<u32> = machine.reports.iter().map(|report| report.kind).collect();
                    let told = matches!(kinds[..], [] | [FAILED] | [STARTED] | [OVER] | [STARTED, OVER]);
                    assert!(told || kinds == [STARTED, FAILED], "{fetch} {at} {errno}: {kinds:?}");
                }
            }
        }
    }
}

/// What the kernel gives to be read is not the init's to trust: no text makes it look outside its buffer, or never end.
#[test]
fn any_text_can_be_read() {
    let mut seed = 0x2545_f491_4f6c_dd1du64;
    let mut random = move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    for _ in 0..2000 {
        const BYTES: &[u8] = b" )(0123456789\0\n-az\xff";
        let length = random() as usize % 200;
        let text = (0..length).map(|_| BYTES[random() as usize % BYTES.len()]).collect();
        let mut machine = machine(&[Passes(1), Ends(MAIN, 0)]);
        machine.processes = vec![(random() % 5_000_000_000, text)];
        run_on(machine, &script(0), |config| {
            executed(config, -1);
            *config.proc_fd.get_mut() = 5;
            config.cpu_limit = 1 << 40;
        });
    }
}

#[test]
fn the_numbers_are_the_kernels() {
    let pairs: [(u32, i64); 25] = [
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
        (nr::PIDFD_GETFD, libc::SYS_pidfd_getfd),
    ];
    for (ours, theirs) in pairs {
        assert_eq!(i64::from(ours), theirs);
    }
}

/// The text that the crate contains: it fits its pages, and is of the size that was assembled.
#[test]
fn the_code_fits() {
    let length = super::elf::code_bytes().len();
    assert!((1000..super::elf::CODE_PAGES * 4096 - 176).contains(&length), "{length} bytes");
    let ops = script(0);
    let image = super::elf::build(Config::new(3, 4), b"data", &ops, 5);
    assert!(image.starts_with(b"\x7fELF") && image.ends_with(Plain::bytes(&ops)));
}
