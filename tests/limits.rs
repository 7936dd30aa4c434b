//! Limits hold, on the whole tree and if nobody waits: promises 2, 4 and 5.

mod common;

use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

use belljar::{
    Capabilities, Command, Evidence, Features, Filter, Means, Namespaces, OnLimit, Outcome, Resource, Sandbox, Stdio,
    Stream, Verdict,
};
use common::kernel::{self, nr};
use common::{at_once, guest, guest_sandbox, patience};

hostile_guests! {
    burn_in, short_children, hidden_children, ignored_children, unreaped_children, flood_bytes, write_file, make_large_files, allocate, count_forks, show_rlimits, many_threads,
    burn_and_exit, daemon_burns,
}

const MS: Duration = Duration::from_millis(1);

/// With this test binary at its own path, for no mounts can be made.
fn bare(name: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("own path"));
    command.arg("--belljar-guest").arg(name);
    command
}

fn bare_sandbox() -> Sandbox {
    Sandbox::new().namespaces(Namespaces::empty())
}

/// Runs a hostile program under a deadline and shows that it ended there with all that it had started. Half a second on top
/// is for an idle machine: a busy one may need it thrice. Without a filter: one of them has itself traced.
fn ends_at_its_deadline(sandbox: &Sandbox, mut command: Command, name: &str, deadline: Duration) {
    let token = common::token();
    command.arg(&token);
    let sandbox = sandbox.clone().seccomp(Filter::unrestricted()).wall_time_limit(deadline);
    let once = |command: &mut Command| {
        let began = Instant::now();
        let outcome = sandbox.spawn(command).expect(name).wait().expect(name);
        let took = began.elapsed();
        assert_eq!(outcome.verdict, Verdict::WallTimeLimit, "{name}: {}", outcome.evidence);
        assert!(outcome.usage.wall_time >= deadline, "{name}: {:?}", outcome.usage);
        assert_eq!(common::living(&token), [""; 0], "{name} lives on");
        assert!(took < deadline + 10 * Duration::from_secs(1) * patience(), "{name} took {took:?}");
        took < deadline + 500 * MS * patience()
    };
    assert!((0..3).any(|_| once(&mut command)), "{name}: three times half a second late");
}

#[test]
fn every_hostile_program_ends_at_its_deadline() {
    let _host = common::host();
    let sandbox = guest_sandbox().pids_limit(300).optional(Features::CGROUP);
    at_once(common::hostile::ENDLESS, |name| ends_at_its_deadline(&sandbox, guest(name), name, 2000 * MS));
}

#[test]
fn every_hostile_program_ends_at_its_deadline_as_root_inside() {
    let _host = common::host();
    let sandbox = guest_sandbox().user(0, 0);
    let names = ["ignore_term", "stop_self", "tree", "traceme_stop", "fork_then_exit", "fork_bomb"];
    at_once(names, |name| ends_at_its_deadline(&sandbox, guest(name), name, 1000 * MS));
}

#[test]
fn every_hostile_program_ends_at_its_deadline_without_namespaces() {
    let _host = common::host();
    at_once(common::hostile::ENDLESS, |name| ends_at_its_deadline(&bare_sandbox(), bare(name), name, 2000 * MS));
}

#[test]
fn a_flood_that_is_captured_meets_its_limit_before_its_deadline() {
    let _host = common::host();
    for sandbox_and_command in [(guest_sandbox(), guest("flood")), (bare_sandbox(), bare("flood"))] {
        let (sandbox, command) = sandbox_and_command;
        let output = sandbox.wall_time_limit(60 * Duration::from_secs(1)).output_limit(1 << 20).output(command);
        let output = output.expect("runs");
        assert_eq!(output.outcome.verdict, Verdict::OutputLimit);
        assert_eq!(output.stdout.len() + output.stderr.len(), 1 << 20);
    }
}

#[test]
fn piped_streams_that_nobody_reads_do_not_hold_up_the_deadline() {
    let _host = common::host();
    at_once(["flood", "flood_slow", "stdin_hog", "close_stdio"], |name| {
        let mut command = guest(name);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        ends_at_its_deadline(&guest_sandbox(), command, name, 500 * MS);
    });
}

#[test]
fn a_daemon_ends_with_its_main_program() {
    let _host = common::host();
    for (sandbox, mut command) in [(guest_sandbox(), guest("daemon_stdout")), (bare_sandbox(), bare("daemon_stdout"))] {
        let token = common::token();
        let began = Instant::now();
        let output = sandbox.output(command.arg(&token)).expect("runs");
        // The daemon would hold the stream for ever.
        assert!(began.elapsed() < 20 * Duration::from_secs(1) * patience());
        assert_eq!(output.outcome.verdict, Verdict::Exited(0));
        let text = String::from_utf8(output.stdout).expect("text").replace('x', "");
        assert_eq!(text, "main done\n");
        assert_eq!(common::living(&token), [""; 0]);
    }
}

#[test]
fn the_wall_limit_holds_though_nobody_waits() {
    let _host = common::host();
    at_once([(guest_sandbox(), guest("tree")), (bare_sandbox(), bare("tree"))], |(sandbox, mut command)| {
        let token = common::token();
        command.arg(&token);
        let mut child = common::long_enough(|limit| {
            let mut child = sandbox.clone().wall_time_limit(limit).spawn(&mut command).expect("spawns");
            let whole = || common::living(&token).len() == 1 + 3 + 9 + 27;
            common::eventually("the tree grows", || whole() || child.try_wait().expect("looks").is_some());
            child.try_wait().expect("looks").is_none().then_some(child)
        });
        common::eventually("the tree ends by itself", || common::living(&token).is_empty());
        assert_eq!(child.wait().expect("waits").verdict, Verdict::WallTimeLimit);
    });
}

#[test]
fn the_cpu_limit_holds_though_nobody_waits() {
    let _host = common::host();
    let token = common::token();
    let mut child = guest_sandbox().cpu_time_limit(100 * MS).spawn(guest("burn").arg(&token)).expect("spawns");
    common::eventually("the program ends by itself", || common::living(&token).is_empty());
    assert_eq!(child.wait().expect("waits").verdict, Verdict::CpuTimeLimit);
}

#[test]
fn the_deadline_is_met_within_20_ms_on_an_idle_machine() {
    if patience() > 1 {
        return common::skip("the_deadline_is_met_within_20_ms", "native", "an emulated processor");
    }
    let _host = common::host();
    let sandbox = guest_sandbox().wall_time_limit(100 * MS);
    // On a machine that is busy after all the end may be late.
    let times = (0..50).map(|_| sandbox.run(guest("sleep")).expect("runs").usage.wall_time);
    let met = times.inspect(|time| assert!(*time >= 100 * MS, "{time:?}")).find(|time| *time < 120 * MS);
    assert!(met.is_some(), "not once of fifty");
}

/// A host may let its own timers be late (PR_SET_TIMERSLACK), which is handed on by clone(2).
#[test]
fn the_deadline_is_not_as_late_as_the_hosts_timers_may_be() {
    let _host = common::host();
    let of_a_lazy_thread = || {
        const PR_SET_TIMERSLACK: usize = 29;
        let minutes = 300 * 1000 * MS;
        kernel::call(nr::PRCTL, &[PR_SET_TIMERSLACK, minutes.as_nanos() as usize]).expect("set");
        let began = Instant::now();
        let outcome = guest_sandbox().wall_time_limit(500 * MS).run(guest("sleep")).expect("runs");
        assert_eq!(outcome.verdict, Verdict::WallTimeLimit, "{}", outcome.evidence);
        began.elapsed()
    };
    let elapsed = std::thread::spawn(of_a_lazy_thread).join().expect("ends");
    assert!(elapsed < 30_000 * MS * patience(), "{elapsed:?}");
}

#[test]
fn limits_of_any_length_overflow_nothing() {
    let _host = common::host();
    for time in [Duration::MAX, Duration::from_secs(u64::MAX), Duration::from_nanos(u64::MAX - 1)] {
        let sandbox = guest_sandbox().wall_time_limit(time).cpu_time_limit(time).output_limit(u64::MAX);
        let outcome = sandbox.run(guest("flood_bytes").arg("10")).expect("runs");
        assert_eq!(outcome.verdict, Verdict::Exited(0));
    }
}

// ---- CPU time ----

/// Burns for ever: where, the first argument says.
fn burn_in(args: &[String]) -> i32 {
    const PR_SET_DUMPABLE: usize = 4;
    let endless = Duration::from_secs(3600);
    let burn = || -> i32 {
        kernel::burn(endless);
        0
    };
    match args[0].as_str() {
        "itself" => burn(),
        "undumpable" => {
            kernel::call(nr::PRCTL, &[PR_SET_DUMPABLE, 0]).expect("prctl");
            burn()
        }
        "kernel" => loop {
            let _ = kernel::call(nr::GETPPID, &[]);
        },
        "thread" => {
            std::thread::spawn(move || kernel::burn(endless));
            kernel::forever()
        }
        "child" => {
            let _ = kernel::child(burn);
            kernel::forever()
        }
        "undumpable-child" => {
            let _ = kernel::child(|| {
                kernel::call(nr::PRCTL, &[PR_SET_DUMPABLE, 0]).expect("prctl");
                burn()
            });
            kernel::forever()
        }
        "grandchild" => {
            let _ = kernel::child(|| {
                let _ = kernel::child(burn);
                kernel::forever()
            });
            kernel::forever()
        }
        "orphan" => {
            let _ = common::hostile::daemon(burn);
            kernel::forever()
        }
        other => panic!("burn in {other}?"),
    }
}

/// As a shell does: one short child after the other, each waited for.
fn short_children(args: &[String]) -> i32 {
    let each: u64 = args[0].parse().expect("milliseconds");
    loop {
        let child = kernel::child(|| {
            kernel::burn(each as u32 * MS);
            0
        });
        let _ = child.and_then(kernel::wait);
    }
}

/// What stands over the file that tells of one's children.
fn hidden_children(args: &[String]) -> i32 {
    let place = std::ffi::CString::new(format!("/proc/{}", kernel::pid())).expect("no NUL");
    let kind = c"tmpfs".as_ptr() as usize;
    match kernel::call(nr::MOUNT, &[kind, place.as_ptr() as usize, kind, 0, 0]) {
        Ok(_) => short_children(args),
        Err(errno) => errno,
    }
}

/// Of those that the kernel reaps by itself nobody's resource usage tells.
fn ignored_children(_: &[String]) -> i32 {
    const SIGCHLD: i32 = 17;
    kernel::disposition(SIGCHLD, kernel::IGNORE);
    for _ in 0..1000 {
        let child = kernel::child(|| {
            kernel::burn(20 * MS);
            0
        });
        let _ = child.and_then(kernel::wait);
    }
    0
}

/// Ended children that stay unreaped count too.
fn unreaped_children(_: &[String]) -> i32 {
    for _ in 0..100 {
        let _ = kernel::child(|| {
            kernel::burn(20 * MS);
            0
        });
        std::thread::sleep(20 * MS);
    }
    kernel::forever()
}

fn many_threads(_: &[String]) -> i32 {
    for _ in 0..8 {
        std::thread::spawn(|| kernel::burn(Duration::from_secs(3600)));
    }
    kernel::forever()
}

/// Acting late, as an init does that gets no processor, is no fault of a busy machine's unless it is so each time.
fn meets_its_cpu_limit(sandbox: &Sandbox, command: &mut Command, what: &str) {
    let used: Vec<Duration> = (0..3)
        .map(|_| ends_by_its_cpu_limit(sandbox, command, what))
        .take_while(|used| *used >= CPU_LIMIT + 200 * MS * patience())
        .collect();
    assert!(used.len() < 3, "{what}: {used:?}");
}

const CPU_LIMIT: Duration = Duration::from_millis(300);

/// What it has used of its CPU time by then.
fn ends_by_its_cpu_limit(sandbox: &Sandbox, command: &mut Command, what: &str) -> Duration {
    let limit = CPU_LIMIT;
    let sandbox = sandbox.clone().cpu_time_limit(limit).wall_time_limit(60 * Duration::from_secs(1) * patience());
    let token = common::token();
    let outcome = sandbox.run(command.arg(&token)).expect(what);
    assert_eq!(outcome.verdict, Verdict::CpuTimeLimit, "{what}: {} {:?}", outcome.evidence, outcome.usage);
    let used = outcome.usage.cpu_time;
    // What a tick of accounting may miss.
    assert!(used >= limit - 20 * MS, "{what}: {used:?}");
    assert!(matches!(outcome.evidence, Evidence::CpuTime { .. }));
    assert_eq!(outcome.enforced.cpu_time, Means::Init);
    assert_eq!(common::living(&token), [""; 0]);
    used
}

const BURNERS: [&str; 8] =
    ["itself", "undumpable", "kernel", "thread", "child", "undumpable-child", "grandchild", "orphan"];

#[test]
fn the_cpu_limit_counts_the_whole_tree() {
    let _host = common::host();
    for place in BURNERS {
        meets_its_cpu_limit(&guest_sandbox(), guest("burn_in").arg(place), place);
    }
    meets_its_cpu_limit(&guest_sandbox(), &mut guest("many_threads"), "threads");
}

#[test]
fn the_cpu_limit_counts_the_whole_tree_as_root_inside() {
    let _host = common::host();
    for place in ["undumpable", "undumpable-child", "orphan"] {
        meets_its_cpu_limit(&guest_sandbox().user(0, 0), guest("burn_in").arg(place), place);
    }
}

#[test]
fn the_cpu_limit_counts_short_children() {
    let _host = common::host();
    for each in ["0", "1", "15", "60"] {
        let what = format!("children of {each} ms");
        meets_its_cpu_limit(&guest_sandbox(), guest("short_children").arg(each), &what);
    }
    meets_its_cpu_limit(&guest_sandbox(), &mut guest("unreaped_children"), "unreaped children");
    let mounts = guest_sandbox().capabilities(Capabilities::SYS_ADMIN).seccomp(Filter::unrestricted());
    meets_its_cpu_limit(&mounts, guest("hidden_children").arg("15"), "children behind a mount");
}

#[test]
fn the_cpu_limit_counts_what_the_kernel_reaps() {
    let _host = common::host();
    if common::cgroup::counts("the_cpu_limit_counts_what_the_kernel_reaps") {
        meets_its_cpu_limit(&guest_sandbox(), &mut guest("ignored_children"), "children that nobody waits for");
        meets_its_cpu_limit(&bare_sandbox(), &mut bare("ignored_children"), "the same without namespaces");
    }
}

#[test]
fn the_cpu_limit_holds_for_the_program_itself_without_namespaces() {
    let _host = common::host();
    for place in ["itself", "thread", "kernel"] {
        meets_its_cpu_limit(&bare_sandbox(), bare("burn_in").arg(place), place);
    }
}

#[test]
fn the_cpu_time_of_a_living_tree_is_known_without_a_cgroup() {
    let _host = common::host();
    let programs = [["burn_in", "thread"], ["burn_in", "grandchild"], ["burn_in", "orphan"], ["short_children", "15"]];
    for [name, place] in programs {
        let mut child = guest_sandbox().spawn(guest(name).arg(place)).expect("spawns");
        common::eventually(place, || child.usage().expect("is known").cpu_time >= 50 * MS);
        child.kill().expect("kills");
        assert!(child.wait().expect("waits").usage.cpu_time >= 50 * MS - TICKS, "{place}");
    }
    let mut idle = guest_sandbox().spawn(guest("sleep")).expect("spawns");
    assert!(idle.usage().expect("is known").cpu_time < Duration::from_secs(1) * patience());
    idle.kill().expect("kills");
}

/// Two of them, by which times of user and system may be rounded.
const TICKS: Duration = Duration::from_millis(20);

#[test]
fn which_time_ran_out_is_told_apart() {
    let _host = common::host();
    let sandbox = guest_sandbox().cpu_time_limit(100 * MS).wall_time_limit(60 * Duration::from_secs(1) * patience());
    assert_eq!(sandbox.run(guest("burn")).expect("runs").verdict, Verdict::CpuTimeLimit);
    let sandbox = guest_sandbox().cpu_time_limit(10 * Duration::from_secs(1)).wall_time_limit(200 * MS);
    assert_eq!(sandbox.run(guest("burn")).expect("runs").verdict, Verdict::WallTimeLimit);
    assert_eq!(sandbox.run(guest("sleep")).expect("runs").verdict, Verdict::WallTimeLimit);
}

fn burn_and_exit(_: &[String]) -> i32 {
    kernel::burn(200 * MS);
    0
}

/// A daemon and a child burn; the program ends while both live.
fn daemon_burns(_: &[String]) -> i32 {
    let _ = common::hostile::daemon(|| {
        kernel::burn(Duration::from_secs(3600));
        0
    });
    let child = kernel::child(|| {
        kernel::burn(100 * MS);
        0
    });
    let _ = child.and_then(kernel::wait);
    // On a busy machine the daemon may not have had its turn yet.
    std::thread::sleep(500 * MS);
    0
}

#[test]
fn usage_counts_daemons_and_children() {
    let _host = common::host();
    let usage = guest_sandbox().run(guest("burn_and_exit")).expect("runs").usage;
    assert!(usage.cpu_time >= 180 * MS, "{usage:?}");
    assert_eq!(usage.cpu_time, usage.user_time + usage.system_time);
    assert!(usage.wall_time >= usage.cpu_time - 20 * MS);
    for (sandbox, command) in [(guest_sandbox(), guest("daemon_burns")), (bare_sandbox(), bare("daemon_burns"))] {
        let outcome = sandbox.run(command).expect("runs");
        assert_eq!(outcome.verdict, Verdict::Exited(0));
        // The child's 100 ms, and what the daemon got meanwhile.
        assert!(outcome.usage.cpu_time >= 120 * MS, "{:?}", outcome.usage);
    }
}

// ---- Output and files ----

/// So many bytes, to one stream or both by turns.
fn flood_bytes(args: &[String]) -> i32 {
    let mut left: usize = args[0].parse().expect("a number");
    let streams: &[i32] = match args.get(1).map(String::as_str) {
        Some("err") => &[2],
        Some("both") => &[1, 2],
        _ => &[1],
    };
    let text = vec![b'y'; 1 << 16];
    for stream in streams.iter().cycle() {
        let count = left.min(text.len());
        if count == 0 {
            return 0;
        }
        if !kernel::write(*stream, &text[..count]) {
            return 3;
        }
        left -= count;
    }
    0
}

/// VmHWM after it has been reset, in bytes.
fn peak_of(what: impl FnOnce()) -> u64 {
    let figure = |name: &str| -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").expect("own status");
        let line = status.lines().find(|line| line.starts_with(name)).expect("the figure");
        line.split_ascii_whitespace().nth(1).expect("a number").parse::<u64>().expect("a number") * 1024
    };
    std::fs::write("/proc/self/clear_refs", "5").expect("the peak is reset");
    let before = figure("VmRSS");
    what();
    figure("VmHWM").saturating_sub(before)
}

#[test]
fn captured_output_is_capped_and_so_is_the_hosts_memory() {
    let _host = common::host();
    const CAP: u64 = 1 << 20;
    let bytes = (256u64 << 20).to_string();
    for stream in ["out", "err", "both"] {
        let sandbox = guest_sandbox().output_limit(CAP).wall_time_limit(60 * Duration::from_secs(1) * patience());
        let peak = peak_of(|| {
            let output = sandbox.output(guest("flood_bytes").args([bytes.as_str(), stream])).expect("runs");
            assert_eq!(output.outcome.verdict, Verdict::OutputLimit, "{stream}");
            assert_eq!(output.outcome.evidence, Evidence::Output { limit: CAP });
            assert_eq!(output.outcome.enforced.output, Means::Host);
            assert_eq!((output.stdout.len() + output.stderr.len()) as u64, CAP, "{stream}");
            assert_eq!(output.stdout.is_empty(), stream == "err");
            assert_eq!(output.stderr.is_empty(), stream == "out");
        });
        assert!(peak < CAP + (4 << 20), "{stream}: the host grew by {peak} bytes");
    }
}

#[test]
fn the_output_limit_is_exact() {
    let _host = common::host();
    for (written, limit) in [(0, 0), (1, 1), (100_000, 100_000), (65_536, 65_537)] {
        let output = guest_sandbox().output_limit(limit).output(guest("flood_bytes").arg(written.to_string()));
        let output = output.expect("runs");
        assert_eq!(output.outcome.verdict, Verdict::Exited(0), "{written} of {limit}");
        assert_eq!(output.stdout.len(), written);
    }
    for (written, limit) in [(1, 0), (2, 1), (100_001, 100_000)] {
        let output = guest_sandbox().output_limit(limit).output(guest("flood_bytes").arg(written.to_string()));
        let output = output.expect("runs");
        assert_eq!(output.outcome.verdict, Verdict::OutputLimit, "{written} of {limit}");
        assert_eq!(output.stdout.len() as u64, limit);
    }
}

#[test]
fn output_that_is_given_as_it_comes_is_under_the_same_limit() {
    let _host = common::host();
    let spawn = |sandbox: Sandbox, bytes: u64| {
        let mut command = guest("flood_bytes");
        command.args([&bytes.to_string(), "both"]).stdout(Stdio::piped()).stderr(Stdio::piped());
        sandbox.spawn(command).expect("spawns")
    };
    for (limit, verdict) in
        [(300_000, Verdict::OutputLimit), (500_000, Verdict::Exited(0)), (u64::MAX, Verdict::Exited(0))]
    {
        let mut read = [0, 0];
        let outcome = spawn(guest_sandbox().output_limit(limit), 500_000).output_with(|stream, bytes| {
            assert!((1..=65536).contains(&bytes.len()));
            read[stream as usize] += bytes.len() as u64;
        });
        let outcome = outcome.expect("waits");
        assert_eq!((outcome.verdict, outcome.truncated), (verdict, verdict == Verdict::OutputLimit));
        assert_eq!(read[0] + read[1], limit.min(500_000), "{read:?}");
        assert!(read[Stream::Stdout as usize] > 0 && read[Stream::Stderr as usize] > 0);
    }
    // Whoever panics in the middle leaves nothing.
    let child = spawn(guest_sandbox(), u64::MAX >> 1);
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        child.output_with(|_, _| std::panic::resume_unwind(Box::new("as a test")))
    }));
    assert!(panicked.is_err());
}

#[test]
fn a_program_whose_output_is_truncated_goes_on() {
    let _host = common::host();
    for (limit, written) in [(0, 1), (1000, 1001), (1000, 10 << 20), (1000, 1000), (0, 0)] {
        let sandbox = guest_sandbox().output_limit(limit).on_output_limit(OnLimit::Truncate);
        let output = sandbox.output(guest("flood_bytes").args([&written.to_string(), "both"])).expect("runs");
        assert_eq!(output.outcome.verdict, Verdict::Exited(0), "{written} of {limit}");
        assert_eq!(output.outcome.evidence, Evidence::Reaped(output.outcome.status.expect("a status")));
        assert_eq!(output.stdout.len() + output.stderr.len(), limit.min(written) as usize);
        assert_eq!(output.outcome.truncated, written > limit, "{written} of {limit}");
    }
    let sandbox = guest_sandbox().output_limit(10).on_output_limit(OnLimit::Truncate);
    let output = sandbox.wall_time_limit(500 * MS).output(guest("flood")).expect("runs");
    assert_eq!((output.outcome.verdict, output.outcome.truncated), (Verdict::WallTimeLimit, true));
    assert_eq!(output.stdout.len() + output.stderr.len(), 10);
}

/// Writes so many bytes to a file in /tmp; with "heedless" it ignores SIGXFSZ and exits with the errno.
fn write_file(args: &[String]) -> i32 {
    const SIGXFSZ: i32 = 25;
    if args.get(1).is_some_and(|word| word == "heedless") {
        kernel::disposition(SIGXFSZ, kernel::IGNORE);
    }
    let contents = vec![0u8; args[0].parse().expect("a number")];
    match std::fs::write("/tmp/file", contents) {
        Ok(()) => 0,
        Err(error) => error.raw_os_error().unwrap_or(255),
    }
}

#[test]
fn a_file_over_the_file_size_limit_is_told_as_such() {
    let _host = common::host();
    const EFBIG: i32 = 27;
    let sandbox = guest_sandbox().file_size_limit(4096);
    let outcome = sandbox.run(guest("write_file").arg("4096")).expect("runs");
    assert_eq!(outcome.verdict, Verdict::Exited(0));
    let outcome = sandbox.run(guest("write_file").arg("4097")).expect("runs");
    assert_eq!(outcome.verdict, Verdict::OutputLimit);
    assert_eq!(outcome.evidence, Evidence::FileSize { limit: 4096 });
    assert_eq!((outcome.enforced.file_size, outcome.enforced.support()), (Means::Kernel, belljar::Support::Full));
    let outcome = sandbox.run(guest("write_file").args(["4097", "heedless"])).expect("runs");
    assert_eq!(outcome.verdict, Verdict::Exited(EFBIG));
}

#[test]
fn a_file_over_an_rlimit_of_its_own_is_not_told_as_the_output_limit() {
    let _host = common::host();
    const SIGXFSZ: i32 = 25;
    for sandbox in [guest_sandbox(), guest_sandbox().file_size_limit(1 << 20)] {
        let sandbox = sandbox.rlimit(Resource::Fsize, 4096, 4096);
        let outcome = sandbox.run(guest("write_file").arg("4097")).expect("runs");
        assert_eq!(outcome.verdict, Verdict::Signaled(SIGXFSZ), "{}", outcome.evidence);
    }
}

/// A memfd of 2 TiB, as .NET makes one at its start, and a file of 70 MB in /work; nothing is in them.
fn make_large_files(_: &[String]) -> i32 {
    let name = c"large";
    let Ok(memory) = kernel::call(libc::SYS_memfd_create, &[name.as_ptr() as usize, 0]) else { return 1 };
    if kernel::call(libc::SYS_ftruncate, &[memory as usize, 2 << 40]).is_err() {
        return 2;
    }
    let file = std::fs::File::create("/work/artefact");
    if file.is_ok_and(|file| file.set_len(70_000_000).is_ok()) { 0 } else { 3 }
}

#[test]
fn files_are_as_large_as_they_like_whatever_the_output_limit() {
    let _host = common::host();
    const SIGXFSZ: i32 = 25;
    let dir = common::TempDir::new("large");
    let sandbox = guest_sandbox().bind_rw(dir.path(), "/work");
    for sandbox in [sandbox.clone(), sandbox.clone().output_limit(10)] {
        let output = sandbox.output(guest("make_large_files")).expect("runs");
        assert_eq!(output.outcome.verdict, Verdict::Exited(0), "{}", output.outcome.evidence);
        assert_eq!(output.outcome.enforced.file_size, Means::NotRequested);
    }
    let made = std::fs::metadata(dir.path().join("artefact")).expect("a file");
    assert_eq!(made.len(), 70_000_000);
    let outcome = sandbox.file_size_limit(64 << 20).run(guest("make_large_files")).expect("runs");
    let signal = outcome.status.and_then(|status| status.signal());
    assert_eq!((outcome.verdict, signal), (Verdict::OutputLimit, Some(SIGXFSZ)));
    assert_eq!(outcome.evidence.to_string(), "SIGXFSZ, under a limit of 67108864 bytes for each file");
}

// ---- Resource limits ----

fn show_rlimits(_: &[String]) -> i32 {
    print!("{}", std::fs::read_to_string("/proc/self/limits").expect("own limits"));
    0
}

#[test]
fn rlimits_are_as_asked_for_and_by_default_modest() {
    let _host = common::host();
    let line = |sandbox: Sandbox, name: &str| -> Vec<String> {
        let output = sandbox.output(guest("show_rlimits")).expect("runs");
        let text = String::from_utf8(output.stdout).expect("text");
        let line = text.lines().find(|line| line.starts_with(name)).expect("a limit of that name");
        line[26..].split_ascii_whitespace().take(2).map(String::from).collect()
    };
    assert_eq!(line(guest_sandbox(), "Max open files"), ["1024", "4096"]);
    assert_eq!(line(guest_sandbox(), "Max core file size"), ["1", "1"]);
    assert_eq!(line(guest_sandbox().file_size_limit(4096), "Max file size"), ["4096", "4096"]);
    assert_eq!(line(guest_sandbox().file_size_limit(4096).rlimit(Resource::Fsize, 1, 2), "Max file size"), ["1", "2"]);
    assert_eq!(line(guest_sandbox(), "Max nice priority"), ["0", "0"]);
    assert_eq!(line(guest_sandbox(), "Max realtime priority"), ["0", "0"]);
    for (resource, name) in [
        (Resource::Cpu, "Max cpu time"),
        (Resource::Fsize, "Max file size"),
        (Resource::Stack, "Max stack size"),
        (Resource::Nproc, "Max processes"),
        (Resource::Nofile, "Max open files"),
        (Resource::Memlock, "Max locked memory"),
        (Resource::Sigpending, "Max pending signals"),
        (Resource::Msgqueue, "Max msgqueue size"),
        (Resource::Rttime, "Max realtime timeout"),
    ] {
        // The last call for a resource wins.
        let sandbox = guest_sandbox().rlimit(resource, 1, 2).rlimit(resource, 65536, 131072);
        let rejected = guest_sandbox().rlimit(resource, 7, u64::MAX).output(guest("show_rlimits"));
        let limits = sandbox.output(guest("show_rlimits"));
        match limits {
            // An ordinary user's own hard limit may be lower.
            Err(error) => assert_eq!(error.raw_os_error(), Some(1), "{error}"),
            Ok(_) => assert_eq!(line(sandbox, name), ["65536", "131072"], "{name}"),
        }
        if let Err(error) = rejected {
            assert!(error.to_string().starts_with("rlimit RLIMIT_"), "{error}");
        }
    }
}

/// Allocates and touches so many bytes; 0 if it got them, else 1.
fn allocate(args: &[String]) -> i32 {
    const PROT_READ_WRITE: usize = 3;
    const MAP_PRIVATE_ANONYMOUS_POPULATE: usize = 0x8022;
    let bytes: usize = args[0].parse().expect("a number");
    let map = kernel::call(nr::MMAP, &[0, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_POPULATE, usize::MAX, 0]);
    i32::from(map.is_err())
}

fn run_with(sandbox: &Sandbox, command: &mut Command) -> Outcome {
    sandbox.run(command).expect("runs")
}

#[test]
fn a_memory_limit_without_a_cgroup_is_an_error_unless_it_is_optional() {
    let _host = common::host();
    let sandbox = guest_sandbox().cgroup(common::cgroup::none()).memory_limit(64 << 20);
    let error = sandbox.spawn(guest("sleep")).expect_err("no cgroup");
    assert_eq!(error.to_string(), "cgroup /proc: is not on a cgroup2 filesystem");
    assert!(error.is_unsupported() && error.hint().is_some_and(|hint| hint.contains(".optional(Features::CGROUP)")));
    let sandbox = sandbox.optional(Features::CGROUP);
    let outcome = run_with(&sandbox, guest("allocate").arg((16 << 20).to_string()));
    assert_eq!((outcome.verdict, outcome.enforced.memory), (Verdict::Exited(0), Means::Rlimit));
    let outcome = run_with(&sandbox, guest("allocate").arg((64 << 20).to_string()));
    assert_eq!(outcome.verdict, Verdict::Exited(1), "an allocation that fails is the program's own affair");
    let outcome = run_with(&guest_sandbox(), guest("allocate").arg((64 << 20).to_string()));
    assert_eq!((outcome.verdict, outcome.enforced.memory), (Verdict::Exited(0), Means::NotRequested));
}

/// How many children it can have at once, of at most 100.
fn count_forks(_: &[String]) -> i32 {
    (0..100).take_while(|_| kernel::child(|| kernel::forever()).is_ok()).count() as i32
}

#[test]
fn a_pids_limit_without_a_cgroup_is_an_error_unless_it_is_optional() {
    let _host = common::host();
    let sandbox = guest_sandbox().cgroup(common::cgroup::none()).pids_limit(20);
    let error = sandbox.spawn(guest("sleep")).expect_err("no cgroup");
    assert_eq!(error.to_string(), "cgroup /proc: is not on a cgroup2 filesystem");
    let sandbox = sandbox.optional(Features::CGROUP);
    // The program itself is one of the twenty. As root inside it is the same.
    for sandbox in [sandbox.clone(), sandbox.user(0, 0)] {
        let outcome = run_with(&sandbox, &mut guest("count_forks"));
        assert_eq!((outcome.verdict, outcome.enforced.pids), (Verdict::Exited(19), Means::Rlimit));
    }
    let outcome = run_with(&guest_sandbox(), &mut guest("count_forks"));
    assert_eq!((outcome.verdict, outcome.enforced.pids), (Verdict::Exited(100), Means::NotRequested));
}

#[test]
fn without_a_user_namespace_a_pids_limit_is_held_by_an_id_of_its_own_or_not_and_that_is_said() {
    let _host = common::host();
    let sandbox = bare_sandbox().cgroup(common::cgroup::none()).pids_limit(20).optional(Features::CGROUP);
    let outcome = run_with(&sandbox, &mut bare("count_forks"));
    let held = match common::is_root() {
        true => (Verdict::Exited(19), Means::Rlimit),
        false => (Verdict::Exited(100), Means::Nothing),
    };
    assert_eq!((outcome.verdict, outcome.enforced.pids), held);
    assert_eq!((outcome.enforced.own_user, outcome.enforced.namespaces), (common::is_root(), Namespaces::empty()));
}

#[test]
fn bounds_of_sandboxes_of_one_user_do_not_add_up() {
    let _host = common::host();
    let sandbox = guest_sandbox().cgroup(common::cgroup::none()).pids_limit(20).optional(Features::CGROUP);
    let token = common::token();
    let mut bomb = sandbox.spawn(guest("fork_bomb").arg(&token)).expect("spawns");
    common::eventually("the bomb has gone off", || common::living(&token).len() == 20);
    assert_eq!(run_with(&sandbox, &mut guest("count_forks")).verdict, Verdict::Exited(19));
    bomb.kill().expect("kills");
    assert_eq!(bomb.wait().expect("waits").verdict, Verdict::Killed);
}
