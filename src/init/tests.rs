//! The init's logic, run as ordinary Rust over a kernel of the test's own.

use std::alloc::{Layout, alloc_zeroed};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;

use super::fake::{self, Ended};
use super::main::arch::nr;
use super::main::{begin, begin_program};
use super::wire::*;
use crate::sys::Plain;

/// The process ids of the first and the second program.
const MAIN: i64 = 2;
const SECOND: i64 = 3;
const ENOSR: i64 = 63;
const SIGSEGV_STOP: u32 = 0x0b7f;
/// Descriptors: the reading end of the first program's telltale, the next one's is one higher; listeners likewise.
const TELLTALE: i64 = 50;
const LISTENER: i64 = 70;

/// What happens, in its order, each time that the init sleeps or looks.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Event {
    /// The program of this number is executed.
    Executes(i64),
    /// A process ends with this wait status.
    Ends(i64, u32),
    /// A traced process stops with it.
    Stops(i64, u32),
    /// The host's end of the socket is shut, or the host is gone.
    HostGone,
    /// The host says this, with so many descriptors.
    Says(Request, usize),
    /// A process under the filter of the program waits for an answer to a call that the filter kills for.
    Notified(i64),
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
    said: Option<(Request, usize)>,
    time: u64,
    started: i64,
    alive: Vec<i64>,
    processes: Vec<(u64, Vec<u8>)>,
    listed: bool,
    cpu: u64,
    reports: Vec<Report>,
    signals: Vec<(i64, u64)>,
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
            std::panic::resume_unwind(Box::new(Ended));
        }
        if let Some((_, errno)) = self.fault.filter(|(at, _)| *at == self.calls.len()) {
            return -errno;
        }
        match number {
            nr::CLONE | nr::CLONE3 => {
                self.started += 1;
                self.alive.push(MAIN - 1 + self.started);
                MAIN - 1 + self.started
            }
            nr::PIPE2 => {
                put(a[0], [(TELLTALE + self.started) as i32, 90]);
                0
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
            nr::RECVMSG => self.receive(a[1]),
            nr::WAIT4 => self.wait(a[1], a[2] & 1 != 0),
            nr::PPOLL => self.poll(a[0], a[1] as usize, a[2]),
            nr::KILL if a[0] as i64 == -1 => {
                self.zombies.extend(self.alive.drain(..).map(|pid| (pid, 9)));
                0
            }
            nr::KILL => {
                let pid = (a[0] as i64).abs();
                self.signals.push((pid, a[1]));
                if a[1] == 9 && self.alive.contains(&pid) {
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
            // The memory of a program that the host has made: of one descriptor.
            nr::MMAP if a[2] == 3 => {
                let cells = Box::leak(Box::new(0u64));
                let ops = Box::leak(Box::new(op(nr_pseudo::END)));
                let descriptors = std::ptr::from_mut(cells) as u64;
                let ops = std::ptr::from_mut(ops) as u64;
                put(a[0], Program { ops, descriptors, descriptor_count: 1, wall_limit: 1000, ..Program::new() });
                a[0] as i64
            }
            nr::PIDFD_GETFD => LISTENER + self.started - 1,
            nr::PIDFD_OPEN | nr::SIGNALFD4 => 9,
            _ => 0,
        }
    }

    /// `struct msghdr` at `message`: the request and its descriptors.
    fn receive(&mut self, message: u64) -> i64 {
        let Some((request, count)) = self.said.take() else { return 0 };
        let [_, _, parts, _, control, _, _]: [u64; 7] = get(message);
        put(get(parts), request);
        let size = if count > 0 { 16 + 4 * count as u64 } else { 0 };
        put(message + 40, [size, 0]);
        if count > 0 {
            put(control, size);
            (0..count).for_each(|at| put(control + 16 + 4 * at as u64, 200 + at as i32));
        }
        size_of::<Request>() as i64
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
            Some(Says(request, count)) => self.said = Some((request, count)),
            Some(Passes(time)) => self.time += time,
            _ => {}
        }
        event
    }

    fn poll(&mut self, fds: u64, count: usize, timeout: u64) -> i64 {
        // Nothing else will happen: the host gives up in the end.
        let event = self.happen().unwrap_or(HostGone);
        let of = |fd: i64| (0..count).find(|at| get::<i32>(fds + 8 * *at as u64) == fd as i32);
        let index = match event {
            HostGone | Says(..) => Some(0),
            Ends(..) | Stops(..) => Some(2),
            Executes(number) => of(TELLTALE + number),
            Notified(number) => of(LISTENER + number),
            ListenerHangsUp => of(LISTENER),
            Passes(_) => {
                assert_ne!(timeout, 0, "sleeps for ever");
                None
            }
        };
        // The ready event of a descriptor that is not polled is nobody's.
        let Some(index) = index else { return 0 };
        (0..count).for_each(|at| put(fds + 8 * at as u64 + 6, 0u16));
        let events: u16 = if matches!(event, ListenerHangsUp | Executes(_)) { 0x10 } else { 1 };
        put(fds + 8 * index as u64 + 6, events);
        1
    }
}

fn op(nr: u32) -> Op {
    Op { nr, ..Op::default() }
}

/// The sandbox's script, with a first program or without.
fn script(alone: bool) -> Vec<Op> {
    use nr_pseudo::*;
    let start: &[u32] = if alone { &[START, OPEN] } else { &[] };
    [nr::CLOSE].iter().chain(start).chain(&[SUPERVISE]).map(|nr| op(*nr)).collect()
}

/// Room for the memory of three programs, taken once for each thread.
fn memory(first: Program) -> u64 {
    thread_local! {
        static MEMORY: u64 = {
            let layout = Layout::from_size_align(3 * ROOM as usize, 4096).expect("a layout");
            // SAFETY: the layout is of more than nothing.
            unsafe { alloc_zeroed(layout) as u64 }
        };
    }
    let memory = MEMORY.with(|memory| *memory);
    put(memory, first);
    memory
}

/// Runs the init over this machine.
fn run_on(machine: Machine, alone: bool, change: impl FnOnce(&mut Config, &mut Program)) -> Machine {
    let ops = script(alone);
    let (mut config, mut program) = (Config::new(3, 4), Program::new());
    config.ops = ops.as_ptr() as u64;
    config.alone = alone.into();
    *config.children_fd.get_mut() = 6;
    change(&mut config, &mut program);
    config.programs = memory(program);
    let machine = Rc::new(RefCell::new(machine));
    let kernel = Rc::clone(&machine);
    fake::run(move |number, a| kernel.borrow_mut().call(number, a), AssertUnwindSafe(|| begin(&config)));
    Rc::into_inner(machine).expect("the kernel is gone").into_inner()
}

fn machine(events: &[Event]) -> Machine {
    Machine { events: events.iter().copied().collect(), cpu: 1, ..Machine::default() }
}

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

// ---- a sandbox that stays -----------------------------------------------------------------------------------------------

fn says(kind: u32, program: u32, value: u64, descriptors: usize) -> Event {
    Says(Request { kind, program, value }, descriptors)
}

/// The kinds of the reports, and of which program.
fn told(machine: &Machine) -> Vec<(u32, u32)> {
    machine.reports.iter().map(|report| (report.kind, report.program)).collect()
}

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
    for _ in 0..2000 {
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

/// Any order of anything that a host can say and of anything that programs can do: the init ends, tells each thing once and in
/// its order, and leaves nobody.
#[test]
fn any_conversation_comes_to_an_end() {
    let mut random = random();
    for round in 0..3000 {
        let events: Vec<Event> = (0..random() % 40)
            .map(|_| {
                let (program, small) = (random() as u32 % 4, random());
                match random() % 12 {
                    0..5 => says(RUN, program % 3, 4096, 1 + small as usize % 3),
                    5 => says(MORE, program, 0, small as usize % 3),
                    6 => says(SIGNAL, program, small % 64, 0),
                    7 => Executes(small as i64 % 6),
                    8 => Ends(2 + small as i64 % 8, small as u32 & 0xff00),
                    9 => Stops(2 + small as i64 % 8, SIGSEGV_STOP),
                    10 => Passes(small % 2000),
                    _ => Notified(program.into()),
                }
            })
            .collect();
        let machine = run_on(machine(&events), false, |_, _| {});
        assert!(machine.alive.is_empty(), "{round}: {events:?}");
        let mut running = std::collections::BTreeSet::new();
        for (kind, program) in told(&machine) {
            match kind {
                STARTED => assert!(running.insert(program), "{round}: {events:?}"),
                ENDED => _ = running.remove(&program),
                READY | OVER | FAILED => {}
                _ => panic!("{kind}"),
            }
        }
        assert!(running.is_empty(), "{round}: {events:?}");
        assert_eq!(told(&machine).last(), Some(&(OVER, SANDBOX)));
    }
}

#[test]
fn the_numbers_are_the_kernels() {
    let pairs: [(u32, i64); 30] = [
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
fn the_code_fits() {
    let length = super::elf::code_bytes().len();
    assert!((1000..super::elf::CODE_PAGES * 4096 - 232).contains(&length), "{length} bytes");
    let ops = script(true);
    let image = super::build(Config::new(3, 4), super::Parts { data: b"data", ops: &ops }, b"");
    assert!(image.starts_with(b"\x7fELF") && image.ends_with(Plain::bytes(&ops)));
}
