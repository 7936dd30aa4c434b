//! A machine of the test's own under the init: a clock, a queue of events, and a /proc of text.

use std::alloc::{Layout, alloc_zeroed};
use std::cell::RefCell;
use std::collections::{BTreeSet, VecDeque};
use std::panic::AssertUnwindSafe;
use std::rc::Rc;

use super::fake::{self, Ended};
use super::main::arch::nr;
use super::main::begin;
use super::wire::*;

/// The process ids of the first and the second program.
pub(super) const MAIN: i64 = 2;
pub(super) const SECOND: i64 = 3;
pub(super) const ENOSR: i64 = 63;
pub(super) const SIGSEGV_STOP: u32 = 0x0b7f;
/// Descriptors: the reading end of the first program's telltale, the next one's is one higher; listeners likewise.
pub(super) const TELLTALE: i64 = 50;
pub(super) const LISTENER: i64 = 70;

/// What happens, in its order, each time that the init sleeps or looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Event {
    /// The program of this number is executed.
    Executes(i64),
    /// A process ends with this wait status.
    Ends(i64, u32),
    /// A traced process stops with it.
    Stops(i64, u32),
    /// The host's end of the socket is shut, or the host is gone.
    HostGone,
    /// The host has died, as its pidfd tells.
    HostDies,
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
pub(super) struct Machine {
    events: VecDeque<Event>,
    pub(super) zombies: VecDeque<(i64, u32)>,
    said: Option<(Request, usize)>,
    host_is_dead: bool,
    time: u64,
    started: i64,
    pub(super) alive: Vec<i64>,
    pub(super) processes: Vec<(u64, Vec<u8>)>,
    listed: bool,
    cpu: u64,
    pub(super) reports: Vec<Report>,
    /// How often it was told that all are killed.
    pub(super) dying: usize,
    pub(super) signals: Vec<(i64, u64)>,
    pub(super) calls: Vec<u32>,
    /// The call of this number fails with this error.
    pub(super) fault: Option<(usize, i64)>,
}

pub(super) fn put<T>(at: u64, value: T) {
    // SAFETY: the init gives pointers to room for what the call writes.
    unsafe { (at as *mut T).write_unaligned(value) }
}

pub(super) fn get<T: Copy>(at: u64) -> T {
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
            nr::SENDTO if a[2] == 4 => {
                assert_eq!((get(a[1]), &self.alive), (DYING, &vec![]), "nobody runs when that is told");
                self.dying += 1;
                4
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
                let ops = a[0] + size_of::<Program>() as u64;
                let descriptors = ops + size_of::<Op>() as u64;
                put(ops, op(nr_pseudo::END));
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
            Some(HostDies) => self.host_is_dead = true,
            Some(Passes(time)) => self.time += time,
            _ => {}
        }
        event
    }

    fn poll(&mut self, fds: u64, count: usize, timeout: u64) -> i64 {
        // Nothing else will happen: the host gives up in the end.
        let event = self.happen().unwrap_or(if self.host_is_dead { HostDies } else { HostGone });
        let of = |fd: i64| (0..count).find(|at| get::<i32>(fds + 8 * *at as u64) == fd as i32);
        let index = match event {
            HostGone | Says(..) => Some(0),
            HostDies => Some(1),
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

pub(super) fn op(nr: u32) -> Op {
    Op { nr, ..Op::default() }
}

/// The sandbox's script, with a first program or without.
pub(super) fn script(alone: bool) -> Vec<Op> {
    use nr_pseudo::*;
    let start: &[u32] = if alone { &[START, OPEN] } else { &[] };
    [nr::CLOSE].iter().chain(start).chain(&[SUPERVISE]).map(|nr| op(*nr)).collect()
}

/// Room for the memory of three programs, taken once for each thread.
pub(super) fn memory(first: Program) -> u64 {
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
pub(super) fn run_on(machine: Machine, alone: bool, change: impl FnOnce(&mut Config, &mut Program)) -> Machine {
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

pub(super) fn machine(events: &[Event]) -> Machine {
    Machine { events: events.iter().copied().collect(), cpu: 1, ..Machine::default() }
}

pub(super) fn says(kind: u32, program: u32, value: u64, descriptors: usize) -> Event {
    Says(Request { kind, program, value }, descriptors)
}

/// The kinds of the reports, and of which program.
pub(super) fn told(machine: &Machine) -> Vec<(u32, u32)> {
    machine.reports.iter().map(|report| (report.kind, report.program)).collect()
}

/// A conversation out of any bytes: whatever a host can say and programs can do, in any order, while at most one call fails. The
/// init ends, tells each thing once and in its order, and leaves nobody.
pub fn converse(bytes: &[u8]) {
    let &[fault, above, errno, shape, ref events @ ..] = bytes else { return };
    let (alone, fetches) = (shape & 1 != 0, u32::from(shape >> 1 & 1));
    let events: Vec<Event> = events.chunks_exact(2).take(60).map(|pair| event(pair[0], pair[1].into())).collect();
    let mut machine = machine(&events);
    machine.processes =
        vec![(2, events.iter().flat_map(|event| format!("{event:?}").into_bytes()).take(200).collect())];
    machine.fault = (errno != 0).then(|| (usize::from(u16::from_le_bytes([fault, above])), (errno & 127).into()));
    let faulty = machine.fault.is_some();
    let machine = run_on(machine, alone, |config, program| {
        config.wall_limit = if shape & 4 != 0 { 5000 } else { u64::MAX };
        config.pid_namespace = u32::from(shape & 8 == 0);
        if shape & 16 != 0 {
            *config.proc_fd.get_mut() = 5;
            config.cpu_limit = 1 << 30;
        }
        program.fetches = fetches;
        *program.listener.get_mut() = if fetches == 1 { 7 } else { -1 };
    });

    let told = told(&machine);
    let last = |&(kind, program): &(u32, u32)| program == SANDBOX && (kind == OVER || kind == FAILED);
    assert!(told.iter().filter(|report| last(report)).count() <= 1, "{told:?} of {events:?}");
    if faulty {
        return;
    }
    let mut running = BTreeSet::new();
    // Only the end of the sandbox is an end also of what has not started.
    let mut ending = false;
    for (kind, program) in &told {
        match *kind {
            STARTED => assert!(!ending && running.insert(program), "{told:?} of {events:?}"),
            ENDED => ending |= !running.remove(program),
            READY | FAILED => assert!(!ending, "{told:?} of {events:?}"),
            OVER => ending = true,
            other => panic!("a report of kind {other}"),
        }
    }
    // Of one that could not be there is no end to tell of.
    let could_not_be = alone && matches!(told.last(), Some((FAILED, 0)));
    assert!(machine.alive.is_empty() && (running.is_empty() || could_not_be), "{told:?} of {events:?}");
}

fn event(kind: u8, value: u64) -> Event {
    let (program, high) = (value as u32 & 3, value >> 2);
    match kind % 16 {
        0..5 => says(RUN, program % 3, 4096, 1 + high as usize % 3),
        5 => says(MORE, program, 0, high as usize % 3),
        6 => says(SIGNAL, program, high, 0),
        7 => says(END, 0, 0, value as usize & 1),
        8 => says(value as u32, u32::from(kind), value, high as usize % 3),
        9 => Event::Executes(value as i64 % 6),
        10 => Event::Ends(2 + value as i64 % 8, (value as u32) << 8),
        11 => Event::Ends(2 + value as i64 % 8, value as u32 & 127),
        12 => Event::Stops(2 + value as i64 % 8, SIGSEGV_STOP),
        13 => Event::Passes(value * 20),
        14 => Event::Notified(program.into()),
        _ => [Event::ListenerHangsUp, Event::HostGone][value as usize & 1],
    }
}
