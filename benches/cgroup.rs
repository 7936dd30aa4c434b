//! What a cgroup costs, and whether it keeps neighbours apart (issue 3, items 5 and 7): all as ratios within one run.
//!
//! `cargo bench --bench cgroup -- PARENT` measures below the directory PARENT of a cgroup2 filesystem, which has to hand on all
//! controllers; without one it is the caller's own group. Where there is none it says so and ends. `BELLJAR_ROUNDS` sets
//! the number of turns, default 100.

#[path = "../tests/common/elf.rs"]
mod elf;

use std::hint::black_box;
use std::time::{Duration, Instant};

use belljar::{Cgroup, Child, Command, Outcome, Sandbox, Verdict};

const WORKER: &str = "--worker";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, mark, worker] = &arguments[..]
        && mark == WORKER
    {
        return work(worker);
    }
    let parent = arguments.iter().skip(1).find(|argument| argument.starts_with('/'));
    let place = parent.map_or(Cgroup::auto(), Cgroup::parent);
    // Without `--bench` cargo only wants to see that it runs.
    let real = parent.is_some() || arguments.iter().any(|argument| argument == "--bench");
    let default = if real { 100 } else { 2 };
    let rounds = std::env::var("BELLJAR_ROUNDS").map_or(default, |rounds| rounds.parse().expect("a number of rounds"));
    if let Err(error) = limited(strict(), &place).run(Command::new("/true")) {
        return println!("no cgroup to measure with: {error:#}");
    }
    spawns(&place, rounds);
    neighbours(&place, rounds.div_ceil(10));
}

fn strict() -> Sandbox {
    Sandbox::new().host_system().file("/true", elf::exits(0))
}

fn limited(sandbox: Sandbox, place: &Cgroup) -> Sandbox {
    sandbox.cgroup(place.clone()).memory_limit(256 << 20).pids_limit(64).cpus(64.0)
}

// ---- spawns -------------------------------------------------------------------------------------------------------

/// From the call to the outcome.
fn spawns(place: &Cgroup, rounds: usize) {
    let rows = [
        ("strict sandbox, no cgroup", strict()),
        ("with a cgroup that measures", strict().cgroup(place.clone())),
        ("with memory_limit, pids_limit and cpus", limited(strict(), place)),
    ];
    let mut times = rows.each_ref().map(|_| Vec::with_capacity(rounds));
    for _ in 0..rounds {
        for ((_, sandbox), times) in rows.iter().zip(&mut times) {
            let begin = Instant::now();
            let outcome = sandbox.run(Command::new("/true")).expect("runs");
            times.push(begin.elapsed());
            assert_eq!(outcome.verdict, Verdict::Exited(0));
        }
    }
    let base = median(times[0].clone());
    println!("{:<42} {:>10} {:>10} {:>7}", format!("spawn, {rounds} rounds"), "least", "median", "ratio");
    for ((name, _), times) in rows.iter().zip(times) {
        let least = times.iter().min().copied().unwrap_or_default();
        let median = median(times);
        let ratio = median.as_secs_f64() / base.as_secs_f64();
        println!("{name:<42} {least:>10.2?} {median:>10.2?} {ratio:>7.2}");
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

// ---- neighbours ---------------------------------------------------------------------------------------------------

/// The CPU time of a fixed task, alone and beside a sandbox that is at its limits.
fn neighbours(place: &Cgroup, rounds: usize) {
    let own = std::env::current_exe().expect("own path");
    let with_worker = || Sandbox::new().host_system().bind_ro(&own, "/worker");
    let worker = |name: &str| {
        let mut command = Command::new("/worker");
        command.args([WORKER, name]);
        command
    };
    let task = with_worker().cgroup(place.clone());
    let run = || -> Outcome {
        let output = task.output(worker("task")).expect("runs");
        assert_eq!(output.stdout, RESULT.as_bytes(), "{}", output.outcome.evidence);
        output.outcome
    };
    let bad = with_worker().cgroup(place.clone()).memory_limit(MEMORY).pids_limit(16).cpus(0.5);
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        alone.push(run().usage.cpu_time);
        let mut neighbour = bad.spawn(worker("neighbour")).expect("spawns");
        until_at_its_limits(&neighbour);
        beside.push(run().usage.cpu_time);
        neighbour.kill().expect("kills");
        neighbour.wait().expect("waits");
    }
    // What the machine outside takes from a virtual one is counted as the task's, so the best of each is nearest to the truth.
    let [alone, beside] = [alone, beside].map(|times| times.into_iter().min().unwrap_or_default());
    println!(
        "{:<42} {:>10} {:>10} {:>7}",
        format!("least CPU time of a task, {rounds} rounds"),
        "alone",
        "beside",
        "ratio"
    );
    let ratio = beside.as_secs_f64() / alone.as_secs_f64();
    println!("{:<42} {alone:>10.2?} {beside:>10.2?} {ratio:>7.3}", "a neighbour at three of its limits");
}

fn until_at_its_limits(neighbour: &Child) {
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        let usage = neighbour.usage().expect("live figures");
        let memory = usage.memory_peak.is_none_or(|peak| peak > MEMORY - (1 << 20));
        if memory && usage.forks_refused > Some(0) && usage.throttled_time > Some(Duration::ZERO) {
            return;
        }
        assert!(Instant::now() < deadline, "{usage:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Of the neighbour.
const MEMORY: u64 = 64 << 20;

const RESULT: &str = "10457215718144";

fn work(worker: &str) {
    match worker {
        "task" => print!("{}", task()),
        "neighbour" => neighbour(),
        other => panic!("no worker {other}"),
    }
}

/// Arithmetic that fits into the first cache.
fn task() -> u64 {
    const STEPS: u64 = 40_000_000;
    let mut sum = 0u64;
    for step in 0..STEPS {
        sum = sum.wrapping_add(black_box(step) & 0x7_ffff);
    }
    sum
}

/// At its memory limit by files that it reads, at its task limit, and at its CPU limit, all the time.
fn neighbour() {
    let held = vec![1u8; 40 << 20];
    for _ in 0..20 {
        std::thread::Builder::new().spawn(read_and_burn).map(drop).unwrap_or_default();
    }
    loop {
        let _ = std::thread::Builder::new().spawn(|| {});
        black_box(&held);
    }
}

fn read_and_burn() {
    loop {
        for entry in std::fs::read_dir("/usr/bin").into_iter().flatten().flatten() {
            black_box(std::fs::read(entry.path()).unwrap_or_default());
        }
    }
}
