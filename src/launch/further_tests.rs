//! A sandbox without a program of its own, in which programs come and go: the channel, with a real kernel.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::io::Errno;

use super::tests::common;
use super::*;
use crate::init::wire::PROGRAMS;
use crate::outcome::{Ended, Ending};
use crate::plan::Given;
use crate::stdio::Stdio;

struct Session {
    request: Request,
    plan: Plan,
    running: Running,
    /// What was told of programs and not asked for yet.
    told: BTreeMap<u32, Vec<Message>>,
}

/// How a program began.
type Began = std::result::Result<(), Error>;

impl Session {
    fn start(request: Request) -> Session {
        let link = Link::new().expect("a socket pair");
        let facts = Facts::now();
        let plan = plan::compile(&request, None, None, &facts, link.taken(), None).expect("a plan");
        let launched = launch(&plan, None, None, link, None, None, Instant::now()).expect("a sandbox that waits");
        let running = launched.unwrap_or_else(|| panic!("a near link"));
        Session { request, plan, running, told: BTreeMap::new() }
    }

    fn with_system() -> Session {
        Session::start(Request { host_system: Some(Arc::default()), ..Request::default() })
    }

    /// Starts a program, and gives what is captured of it. Limits in nanoseconds.
    fn spawn(&mut self, number: u32, command: &Command, limits: (u64, u64)) -> [File; 2] {
        let facts = Facts::now();
        let program = self.plan.further(&self.request, command, &facts, number as usize).expect("a program");
        let mut ends = Ends::open(command, Captures::Output, &facts).expect("pipes");
        let memory = program.memory(number as usize, limits.0, limits.1);
        let signals = SignalsBlocked::new();
        let file = sealed_executable("belljar-program", &memory, &signals).expect("a memfd");
        drop(signals);
        let given = Given { extra: command.fds.len(), cgroup: false };
        let descriptors: Vec<_> = given.order().map(|slot| ends.of(command, slot).expect("given")).collect();
        self.running.channel.run(number, (file.as_fd(), memory.len()), &descriptors).expect("sent");
        [ends.host[1].take(), ends.host[2].take()].map(|end| end.expect("captured").into())
    }

    fn word_of(&mut self, number: u32) -> Message {
        loop {
            let waiting = self.told.entry(number).or_default();
            if !waiting.is_empty() {
                return waiting.remove(0);
            }
            let within = self.running.usage().wall_time + Duration::from_secs(60);
            let message = self.running.next_word(Some(within)).expect("a word").expect("from a living init");
            let of = match &message {
                Message::Started { program, .. } | Message::Ended { program, .. } => *program,
                Message::Failed { program: Some(program), .. } => *program,
                Message::Dying => continue,
                other => panic!("{other:?}"),
            };
            self.told.entry(of).or_default().push(message);
        }
    }

    fn began(&mut self, number: u32) -> Began {
        match self.word_of(number) {
            Message::Started { .. } => Ok(()),
            Message::Failed { failure, .. } => {
                let script = Script::new(0);
                Err(told(failure, &script))
            }
            other => panic!("{other:?}"),
        }
    }

    fn ended(&mut self, number: u32) -> Ended {
        match self.word_of(number) {
            Message::Ended { ended, .. } => ended,
            other => panic!("{other:?}"),
        }
    }

    /// Runs a program to its end: its status and what it wrote.
    fn run(&mut self, number: u32, command: &Command) -> (Ended, String) {
        let [mut stdout, _] = self.spawn(number, command, UNLIMITED);
        self.began(number).expect("it begins");
        let ended = self.ended(number);
        let mut text = String::new();
        stdout.read_to_string(&mut text).expect("its output");
        (ended, text)
    }

    fn shell(&mut self, number: u32, text: &str) -> (Ended, String) {
        self.run(number, &shell(text))
    }

    /// What the init says last.
    fn end(mut self) -> Ending {
        self.running.channel.end().expect("said");
        self.over()
    }

    fn over(&mut self) -> Ending {
        let ending = loop {
            let within = self.running.usage().wall_time + Duration::from_secs(60);
            if let Message::Over { ending, .. } =
                self.running.next_word(Some(within)).expect("a word").expect("the last one")
            {
                break ending;
            }
        };
        self.running.reap().expect("reaped");
        ending
    }
}

const UNLIMITED: (u64, u64) = (u64::MAX, 0);

fn shell(text: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", text]);
    command
}

#[test]
fn programs_follow_one_another_and_share_the_sandbox() {
    let _host = common::host();
    let mut session = Session::with_system();
    assert_eq!(session.shell(0, "echo one >/tmp/state; exit 3").0.status.code(), Some(3));
    let (ended, text) = session.shell(0, "cat /tmp/state; hostname; echo $$");
    assert_eq!((ended.status.code(), ended.ending), (Some(0), Ending::Exited));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[..2], ["one", "localhost"]);
    for round in 0..50 {
        let (ended, text) = session.shell(round % 3, &format!("echo {round}; exit {round}"));
        assert_eq!((ended.status.code(), text), (Some(round as i32), format!("{round}\n")));
    }
    assert_eq!(session.end(), Ending::Host);
}

#[test]
fn programs_run_beside_one_another() {
    let _host = common::host();
    let mut session = Session::with_system();
    let mut command = Command::new("/bin/cat");
    command.stdin(Stdio::piped());
    let mut pipes = Vec::new();
    for number in 0..PROGRAMS as u32 {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        let mut command = Command::new("/bin/cat");
        command.stdin(std::os::fd::OwnedFd::from(reader));
        let [stdout, _] = session.spawn(number, &command, UNLIMITED);
        pipes.push((writer, stdout));
        drop(command);
    }
    (0..PROGRAMS as u32).for_each(|number| session.began(number).expect("it begins"));
    for (number, (mut writer, mut stdout)) in pipes.into_iter().enumerate() {
        writeln!(writer, "{number}").expect("written");
        drop(writer);
        let mut text = String::new();
        stdout.read_to_string(&mut text).expect("read");
        assert_eq!(text, format!("{number}\n"));
        assert_eq!(session.ended(number as u32).status.code(), Some(0));
    }
    assert_eq!(session.end(), Ending::Host);
}

#[test]
fn a_program_is_under_the_walls_of_the_sandbox() {
    let _host = common::host();
    let mut session = Session::with_system();
    session.shell(0, "true");
    let status = "grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status; id -u; ls /proc/self/fd";
    let (_, text) = session.shell(1, status);
    let fields: Vec<&str> = text.split_whitespace().collect();
    let walls =
        ["CapEff:", "0000000000000000", "CapBnd:", "0000000000000000", "NoNewPrivs:", "1", "Seccomp:", "2", "1000"];
    assert_eq!(fields[..9], walls, "{text}");
    // Its standard streams, and the directory that ls reads: no channel, and nothing of the init's.
    assert_eq!(fields[9..], ["0", "1", "2", "3"], "{text}");
    session.end();
}

#[test]
fn a_denied_call_of_one_program_is_told_and_ends_that_alone() {
    let _host = common::host();
    let seccomp = Some(crate::seccomp::Filter::standard().kill(["chroot"]));
    let mut session = Session::start(Request { host_system: Some(Arc::default()), seccomp, ..Request::default() });
    let [_, _] = session.spawn(5, &shell("sleep 100"), UNLIMITED);
    session.began(5).expect("it begins");
    let (ended, _) = session.shell(6, "/usr/sbin/chroot / true; sleep 100");
    assert!(matches!(ended.ending, Ending::Denied { number, .. } if number == libc::SYS_chroot as u32), "{ended:?}");
    assert_eq!(session.shell(6, "exit 4").0.status.code(), Some(4));
    session.running.channel.signal(5, 15).expect("said");
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&session.ended(5).status), Some(15));
    assert_eq!(session.end(), Ending::Host);
}

#[test]
fn limits_of_one_program_end_that_alone() {
    let _host = common::host();
    let mut session = Session::with_system();
    session.spawn(0, &shell("sleep 100"), UNLIMITED);
    session.began(0).expect("it begins");
    let began = Instant::now();
    session.spawn(1, &shell("exec sleep 100"), (100_000_000, 0));
    session.spawn(2, &shell("while :; do :; done"), (u64::MAX, 100_000_000));
    session.began(1).expect("it begins");
    session.began(2).expect("it begins");
    assert_eq!(session.ended(1).ending, Ending::WallLimit);
    let ended = session.ended(2);
    assert_eq!(ended.ending, Ending::CpuLimit);
    assert!(ended.usage.cpu_time >= Duration::from_millis(90), "{:?}", ended.usage);
    assert!(began.elapsed() < Duration::from_secs(10) * common::patience());
    assert_eq!(session.end(), Ending::Host);
}

#[test]
fn a_program_that_cannot_be_executed_fails_alone() {
    let _host = common::host();
    let mut session = Session::with_system();
    for program in ["/no/such", "/etc/passwd"] {
        session.spawn(0, &Command::new(program), UNLIMITED);
        assert!(matches!(session.word_of(0), Message::Failed { failure: Failure::Operation(..), .. }), "{program}");
    }
    assert_eq!(session.shell(0, "exit 9").0.status.code(), Some(9));
    session.end();
}

/// More than the kernel takes with one message, and at numbers that are others' on the way.
#[test]
fn a_program_is_given_any_number_of_descriptors() {
    let _host = common::host();
    let mut session = Session::with_system();
    let mut command =
        shell("for fd in 3 4 254 255 600; do readlink /proc/self/fd/$fd || echo none; done; ls /proc/self/fd | wc -l");
    for number in 3..603 {
        if number != 255 {
            command.fd(number, File::open("/dev/null").expect("opens").into());
        }
    }
    let (ended, text) = session.run(0, &command);
    assert_eq!(ended.status.code(), Some(0));
    let null = "/dev/null";
    let lines: Vec<&str> = text.lines().map(|line| if line.ends_with("null") { null } else { line }).collect();
    assert_eq!(lines, [null, null, null, "none", null, "603"]);
    session.end();
}

#[test]
fn what_makes_no_sense_ends_the_sandbox_and_its_programs() {
    let _host = common::host();
    let mut session = Session::with_system();
    let [mut stdout, _] = session.spawn(0, &shell("sleep 100"), UNLIMITED);
    session.began(0).expect("it begins");
    rustix::net::send(&session.running.channel, b"nonsense", rustix::net::SendFlags::NOSIGNAL).expect("sent");
    assert_eq!(session.over(), Ending::Host);
    assert_eq!(stdout.read(&mut [0]).expect("its end"), 0);
}

#[test]
fn the_lifeline_ends_a_sandbox_that_waits() {
    let _host = common::host();
    for programs in [0, 1] {
        let mut session = Session::with_system();
        for number in 0..programs {
            session.spawn(number, &shell("sleep 100"), UNLIMITED);
            session.began(number).expect("it begins");
        }
        session.running.killer().kill().expect("cut");
        assert_eq!(session.over(), Ending::Host);
    }
}

/// The wall-clock limit of the sandbox holds for all of it.
#[test]
fn the_sandboxs_own_limit_ends_all() {
    let _host = common::host();
    let mut request = Request { host_system: Some(Arc::default()), ..Request::default() };
    request.limits.wall_time = Some(Duration::from_millis(300));
    let mut session = Session::start(request);
    session.spawn(0, &shell("sleep 100"), UNLIMITED);
    session.began(0).expect("it begins");
    assert_eq!(session.ended(0).ending, Ending::WallLimit);
    assert_eq!(session.over(), Ending::WallLimit);
}

/// Every operation of a further program's script fails once: that is told, and the sandbox goes on.
#[test]
fn every_operation_of_a_further_program_may_fail() {
    let _host = common::host();
    let mut session = Session::with_system();
    let command = Command::new("/bin/true");
    let facts = Facts::now();
    let count =
        session.plan.further(&session.request, &command, &facts, 0).expect("a program").script.parts().ops.len();
    for index in common::share(0..count) {
        let mut program = session.plan.further(&session.request, &command, &facts, 0).expect("a program");
        program.script.sabotage(index, Errno::NOSR);
        let ends = Ends::open(&command, Captures::Output, &facts).expect("pipes");
        let memory = program.memory(0, u64::MAX, 0);
        let file = sealed_executable("belljar-program", &memory, &SignalsBlocked::new()).expect("a memfd");
        let given = Given { extra: 0, cgroup: false };
        let descriptors: Vec<_> = given.order().map(|slot| ends.of(&command, slot).expect("given")).collect();
        session.running.channel.run(0, (file.as_fd(), memory.len()), &descriptors).expect("sent");
        match session.word_of(0) {
            Message::Failed { failure, .. } => assert_eq!(failure, Failure::Operation(index, Errno::NOSR)),
            // What comes after the execve that succeeds is not reached.
            Message::Started { .. } => assert_eq!(session.ended(0).status.code(), Some(0)),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(session.end(), Ending::Host);
}

/// What stops all others keeps no program out of its limits.
#[test]
fn a_program_that_is_stopped_before_its_execve_is_within_its_limits() {
    let _host = common::host();
    let mut session = Session::with_system();
    session.spawn(1, &shell("while :; do kill -STOP -1 2>/dev/null; done"), UNLIMITED);
    session.began(1).expect("it begins");
    for number in 2..12 {
        session.spawn(number, &shell("exec sleep 100"), (100_000_000, 0));
    }
    for number in 2..12 {
        loop {
            match session.word_of(number) {
                Message::Started { .. } => {}
                Message::Ended { ended, .. } => break assert_eq!(ended.ending, Ending::WallLimit),
                other => panic!("{other:?}"),
            }
        }
    }
    session.end();
}
