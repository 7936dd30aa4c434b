//! Limits that a cgroup holds, and what it tells.

mod common;

use std::io::{BufRead, Read};
use std::path::Path;
use std::time::{Duration, Instant};

use belljar::{
    Cgroup, Command, Evidence, Features, Filter, IoLimit, Means, Namespaces, Outcome, Sandbox, Stdio, Step, Verdict,
};
use common::kernel::{self, nr};
use common::{amount, guest, guest_sandbox, patience};

hostile_guests! {
    hog, child_hog, grandchild_hog, crowd, fill_tmp, memfd_child, write_file, hold, exits, kills_itself, own_cgroup, fork_until_refused,
    ignored_children, burners, says_ready_and_waits, host_that_is_killed, host_without_clone3, leaves_its_init, busy, host_runs_one, show_files,
    change_own_group
}

const MIB: u64 = 1 << 20;
const MS: Duration = Duration::from_millis(1);

/// Maps and touches so much, or ends with 9.
fn take(mib: u64) {
    const PROT_READ_WRITE: usize = 3;
    const MAP_PRIVATE_ANONYMOUS_POPULATE: usize = 0x8022;
    let bytes = (mib * MIB) as usize;
    let arguments = [0, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_POPULATE, usize::MAX, 0];
    if kernel::call(nr::MMAP, &arguments).is_err() {
        kernel::exit(9);
    }
}

fn number(args: &[String], index: usize) -> u64 {
    args[index].parse().expect("a number")
}

fn hog(args: &[String]) -> i32 {
    take(number(args, 0));
    0
}

/// The program itself ends with 0, whatever becomes of its child.
fn child_hog(args: &[String]) -> i32 {
    let child = kernel::child(|| hog(args)).expect("forks");
    let _ = kernel::wait(child);
    0
}

fn grandchild_hog(args: &[String]) -> i32 {
    let child = kernel::child(|| child_hog(args)).expect("forks");
    let _ = kernel::wait(child);
    0
}

/// So many children with so much each.
fn crowd(args: &[String]) -> i32 {
    for _ in 0..number(args, 0) {
        let _ = kernel::child(|| {
            take(number(args, 1));
            kernel::forever()
        });
    }
    kernel::forever()
}

fn fill(path: &str, mib: u64) -> std::io::Result<()> {
    use std::io::Write;
    let mut file = std::fs::File::create(path)?;
    let block = vec![b'x'; MIB as usize];
    for _ in 0..mib {
        file.write_all(&block)?;
    }
    Ok(())
}

fn fill_tmp(args: &[String]) -> i32 {
    i32::from(fill("/tmp/full", number(args, 0)).is_err())
}

/// Page cache of a file that is only in memory, held by a child.
fn memfd_child(args: &[String]) -> i32 {
    let child = kernel::child(|| {
        let memfd = rustix::fs::memfd_create("held", rustix::fs::MemfdFlags::empty()).expect("a memfd");
        let block = vec![b'x'; MIB as usize];
        for _ in 0..number(args, 0) {
            let _ = rustix::io::write(&memfd, &block);
        }
        0
    });
    let _ = child.and_then(kernel::wait);
    0
}

/// Page cache of a file on a disk, which the kernel can give back.
fn write_file(args: &[String]) -> i32 {
    if fill(&args[0], number(args, 1)).is_err() {
        return 1;
    }
    let file = std::fs::File::open(&args[0]).expect("opens");
    i32::from(file.sync_all().is_err())
}

/// Takes so much and keeps it.
fn hold(args: &[String]) -> i32 {
    take(number(args, 0));
    kernel::write(1, b"ready\n");
    kernel::forever()
}

fn exits(args: &[String]) -> i32 {
    number(args, 0) as i32
}

fn kills_itself(args: &[String]) -> i32 {
    take(number(args, 0));
    let _ = kernel::kill(kernel::pid(), 9);
    0
}

fn own_cgroup(_: &[String]) -> i32 {
    print!("{}", std::fs::read_to_string("/proc/self/cgroup").expect("/proc"));
    0
}

fn show_files(args: &[String]) -> i32 {
    for file in args {
        match std::fs::read_to_string(file) {
            Ok(text) => print!("{text}"),
            Err(error) => println!("{:?}", error.kind()),
        }
    }
    0
}

const OWN_GROUP: &str = "/sys/fs/cgroup";

/// How many of its ways to change its group, or to come upon another one, were open.
fn change_own_group(_: &[String]) -> i32 {
    const MS_REMOUNT_BIND_NOEXEC: usize = 0x1028;
    let own = Path::new(OWN_GROUP);
    let path = std::ffi::CString::new(OWN_GROUP).expect("no NUL");
    // Whoever may not is refused before and after.
    let remounted = kernel::call(nr::MOUNT, &[0, path.as_ptr() as usize, 0, MS_REMOUNT_BIND_NOEXEC, 0]).is_ok();
    let written = |(file, text): (&str, &str)| std::fs::write(own.join(file), text).is_ok();
    let changes = [
        ("memory.max", "max"),
        ("cpu.max", "max"),
        ("cgroup.procs", "0"),
        ("cgroup.freeze", "0"),
        ("cgroup.kill", "0"),
    ];
    let written =
        changes.into_iter().filter(|change| written(*change)).inspect(|change| println!("{change:?} is written"));
    // A privileged host's may be entered and not listed.
    let groups = std::fs::read_dir(own)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let made = std::fs::create_dir(own.join("below")).is_ok();
    let above = own.join("../cgroup.procs").exists() || own.join("../../cgroup.procs").exists();
    (written.count() + groups.count()) as i32 + i32::from(made) + i32::from(above) + i32::from(remounted)
}

/// How many children it can have at once, of at most 100.
fn fork_until_refused(_: &[String]) -> i32 {
    (0..100).take_while(|_| kernel::child(|| kernel::forever()).is_ok()).count() as i32
}

/// Children that the kernel reaps by itself: nobody's resource usage has them.
fn ignored_children(_: &[String]) -> i32 {
    const SIGCHLD: i32 = 17;
    kernel::disposition(SIGCHLD, kernel::IGNORE);
    for _ in 0..100 {
        let child = kernel::child(|| {
            kernel::burn(50 * MS);
            0
        });
        let _ = child.and_then(kernel::wait);
    }
    0
}

/// One child that runs, one that was reaped, one that is an orphan.
fn burners(_: &[String]) -> i32 {
    let burn = |time: Duration| {
        kernel::burn(time);
        0
    };
    let _ = common::hostile::daemon(|| burn(Duration::from_secs(60)));
    let reaped = kernel::child(|| burn(100 * MS));
    let _ = reaped.and_then(kernel::wait);
    let _ = kernel::child(|| burn(Duration::from_secs(60)));
    kernel::forever()
}

fn says_ready_and_waits(_: &[String]) -> i32 {
    kernel::write(1, b"ready\n");
    kernel::forever()
}

fn busy(args: &[String]) -> i32 {
    kernel::burn(number(args, 0) as u32 * MS);
    0
}

// ---- entering and leaving ----

#[test]
fn the_program_is_alone_in_a_group_that_it_sees_as_the_root() {
    let _host = common::host();
    let Some(sandbox) = common::cgroup::sandbox("the_program_is_alone") else { return };
    let output = sandbox.output(guest("own_cgroup")).expect("runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.lines().any(|line| line == "0::/"), "{text}");
    assert_eq!(output.outcome.verdict, Verdict::Exited(0));
}

#[test]
fn each_end_removes_the_group() {
    let _host = common::host();
    let Some(parent) = common::cgroup::parent("each_end_removes_the_group") else { return };
    let sandbox = common::guest_sandbox().cgroup(Cgroup::parent(&parent)).memory_limit(64 * MIB);
    let gone = |what: &str| assert_eq!(common::cgroup::leaves(&parent), [""; 0].map(Path::new), "{what}");
    gone("before");
    assert_eq!(sandbox.run(guest("exits").arg("3")).expect("runs").verdict, Verdict::Exited(3));
    gone("after its end");
    let mut child = sandbox.spawn(&mut guest("tree")).expect("spawns");
    assert_eq!(common::cgroup::leaves(&parent).len(), 1);
    child.kill().expect("kills");
    assert_eq!(child.wait().expect("waits").verdict, Verdict::Killed);
    gone("after kill");
    drop(sandbox.spawn(guest("tree")).expect("spawns"));
    common::no_child_is_left();
    gone("after drop");
    let error = sandbox.spawn(Command::new("/no/such/program")).expect_err("not there");
    assert_eq!((error.step(), error.raw_os_error()), (Step::Exec, Some(2)));
    gone("after a failed setup");
    assert_eq!(
        sandbox.clone().wall_time_limit(200 * MS).run(guest("tree")).expect("runs").verdict,
        Verdict::WallTimeLimit
    );
    gone("after a deadline");
}

fn host_without_clone3(args: &[String]) -> i32 {
    const ENOSYS: i32 = 38;
    common::filter::install(&[(libc::SYS_clone3, common::filter::errno(ENOSYS))]);
    host_runs_one(args)
}

fn host_runs_one(args: &[String]) -> i32 {
    let sandbox = common::guest_sandbox().cgroup(Cgroup::parent(&args[0])).memory_limit(32 * MIB);
    let output = sandbox.output(guest("own_cgroup")).expect("runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.lines().any(|line| line == "0::/"), "{text}");
    let outcome = sandbox.run(guest("hog").arg("64")).expect("runs");
    assert_eq!(outcome.verdict, Verdict::MemoryLimit, "{}", outcome.evidence);
    0
}

#[test]
fn where_clone3_is_refused_the_program_enters_by_itself() {
    let alone = common::host();
    let Some(parent) = common::cgroup::parent("where_clone3_is_refused") else { return };
    drop(alone);
    common::run_on_host("host_without_clone3", &[parent.to_str().expect("UTF-8")]);
}

#[test]
fn the_group_goes_with_all_sets_of_namespaces() {
    let _host = common::host();
    let Some(parent) = common::cgroup::parent("the_group_goes_with_all_sets_of_namespaces") else { return };
    let mut sets =
        vec![Namespaces::empty(), Namespaces::all() - Namespaces::NET, Namespaces::all() - Namespaces::CGROUP];
    if common::is_root() {
        sets.extend([Namespaces::all() - Namespaces::USER, Namespaces::MOUNT | Namespaces::PID]);
    }
    for namespaces in sets {
        let sandbox = Sandbox::new().cgroup(Cgroup::parent(&parent)).namespaces(namespaces).pids_limit(7);
        let sandbox = if namespaces.contains(Namespaces::MOUNT) { sandbox.host_system() } else { sandbox };
        let output = sandbox.output(Command::new("cat").arg("/proc/self/cgroup")).expect("runs");
        let text = String::from_utf8_lossy(&output.stdout);
        let own = text.lines().find_map(|line| line.strip_prefix("0::")).expect("its group");
        match namespaces.contains(Namespaces::CGROUP) {
            true => assert_eq!(own, "/", "{namespaces:?}"),
            false => assert!(own.contains("/belljar-"), "{namespaces:?}: {own}"),
        }
        assert_eq!((output.outcome.verdict, output.outcome.enforced.pids), (Verdict::Exited(0), Means::Cgroup));
    }
}

/// Spawns, says which init it has, and waits to be killed.
fn host_that_is_killed(args: &[String]) -> i32 {
    let sandbox = common::guest_sandbox().cgroup(Cgroup::parent(&args[0])).memory_limit(64 * MIB);
    let mut child = sandbox.spawn(guest("says_ready_and_waits").stdout(Stdio::piped())).expect("spawns");
    child.stdout.as_mut().expect("piped").read_exact(&mut [0u8; 6]).expect("says that it is ready");
    println!("{}", child.id());
    i32::from(child.wait().is_err())
}

#[test]
fn the_group_of_a_killed_host_is_swept_by_the_next_run() {
    let _host = common::host();
    let Some(parent) = common::cgroup::parent("the_group_of_a_killed_host") else { return };
    let living = common::guest_sandbox().cgroup(Cgroup::parent(&parent)).pids_limit(9);
    let mut living = living.spawn(guest("says_ready_and_waits")).expect("spawns");
    let mut host = common::on_host("host_that_is_killed");
    let mut host = host.arg(&parent).stdout(std::process::Stdio::piped()).spawn().expect("spawns");
    let mut init = String::new();
    std::io::BufReader::new(host.stdout.take().expect("piped")).read_line(&mut init).expect("says its init");
    // The init of an ordinary user's removes the group when its host dies: it dies first, while the host cannot.
    kernel::kill(host.id() as i32, libc::SIGSTOP).expect("stops");
    kernel::kill(init.trim().parse().expect("a process id"), libc::SIGKILL).expect("kills");
    host.kill().expect("kills");
    host.wait().expect("reaps");
    let leaves = common::cgroup::leaves(&parent).len();
    // An ordinary user's init removes it itself, as soon as it may.
    assert!(leaves == 2 || leaves == 1 && !common::is_root(), "its group and the living one's: {leaves}");
    // A sandbox of its own each time: a parent is looked over when it is found.
    common::eventually("swept", || {
        let sandbox = common::guest_sandbox().cgroup(Cgroup::parent(&parent));
        sandbox.run(guest("exits").arg("0")).expect("runs");
        common::cgroup::leaves(&parent).len() == 1
    });
    assert!(living.try_wait().expect("looks").is_none(), "the living one's is left alone");
}

/// As another process of the same user it can kill its init; a child of it lives on.
fn leaves_its_init(_: &[String]) -> i32 {
    let _ = common::hostile::daemon(|| kernel::forever());
    let _ = kernel::kill(kernel::call(nr::GETPPID, &[]).expect("always") as i32, 9);
    kernel::forever()
}

#[test]
fn the_group_ends_what_a_dead_init_cannot() {
    let _host = common::host();
    let Some(parent) = common::cgroup::parent("the_group_ends_what_a_dead_init_cannot") else { return };
    let token = common::token();
    let dir = common::TempDir::new("tier");
    let program = dir.path().join("guest");
    std::fs::copy(std::env::current_exe().expect("own path"), &program).expect("copies");
    let mut command = Command::new(&program);
    command.args(guest("leaves_its_init").get_args().map(|arg| arg.to_owned()).collect::<Vec<_>>()).arg(&token);
    let sandbox = Sandbox::new().namespaces(Namespaces::empty()).cgroup(Cgroup::parent(&parent));
    // Root's init has another user than the program, and is out of its reach; else Landlock keeps it, from 6.12 on.
    let kept = common::is_root() || kernel::landlock() >= 6;
    match sandbox.wall_time_limit(Duration::from_secs(1)).run(command) {
        Ok(outcome) => {
            let expected = if kept { Verdict::WallTimeLimit } else { Verdict::Killed };
            assert_eq!(outcome.verdict, expected, "{}", outcome.evidence);
        }
        // The program was quicker than its init's word that it had started.
        Err(error) => assert!(!kept && error.step() == Step::Init, "{error}"),
    }
    assert_eq!(common::living(&token), [""; 0]);
}

// ---- the truth about memory ----

fn is_memory(outcome: &Outcome, limit: u64, what: &str) {
    assert_eq!(outcome.verdict, Verdict::MemoryLimit, "{what}: {} {:?}", outcome.evidence, outcome.usage);
    let Evidence::Memory { limit: held, oom_kills, limit_hits } = outcome.evidence else {
        panic!("{what}: {}", outcome.evidence);
    };
    assert_eq!(held, limit, "{what}");
    assert!(oom_kills > 0 && limit_hits > 0, "{what}: {}", outcome.evidence);
    assert_eq!(outcome.usage.oom_kills, Some(oom_kills), "{what}");
    assert_eq!(outcome.enforced.memory, Means::Cgroup, "{what}");
    is_within(outcome, limit, what);
}

/// Some charges of the kernel's own cannot fail, and go over the limit by a little.
fn is_within(outcome: &Outcome, limit: u64, what: &str) {
    let peak = outcome.usage.memory_peak;
    assert!(peak.is_some_and(|peak| peak <= limit + 2 * MIB), "{what}: {:?}", outcome.usage);
}

#[test]
fn one_mebibyte_too_many_is_the_memory_limit() {
    let _host = common::host();
    let Some(sandbox) = common::cgroup::sandbox("one_mebibyte_too_many") else { return };
    let mebibytes = amount(512, 64);
    let limit = mebibytes * MIB;
    let sandbox = sandbox.memory_limit(limit);
    is_memory(&sandbox.run(guest("hog").arg((mebibytes + 1).to_string())).expect("runs"), limit, "one too many");
    let outcome = sandbox.run(guest("hog").arg((mebibytes - 16).to_string())).expect("runs");
    assert_eq!(outcome.verdict, Verdict::Exited(0), "sixteen less: {}", outcome.evidence);
    assert_eq!(outcome.usage.oom_kills, Some(0));
}

#[test]
fn memory_of_the_whole_tree_and_of_every_kind_counts() {
    let _host = common::host();
    let Some(sandbox) = common::cgroup::sandbox("memory_of_the_whole_tree") else { return };
    let limit = 32 * MIB;
    let sandbox = sandbox.memory_limit(limit).wall_time_limit(30 * Duration::from_secs(1) * patience());
    let sandbox = sandbox.tmpfs("/tmp", 256 * MIB);
    for (name, args) in [
        ("hog", &["64"][..]),
        ("child_hog", &["64"]),
        ("grandchild_hog", &["64"]),
        ("crowd", &["8", "8"]),
        ("fill_tmp", &["48"]),
        ("memfd_child", &["64"]),
    ] {
        let token = common::token();
        let outcome = sandbox.run(guest(name).args(args).arg(&token)).expect(name);
        is_memory(&outcome, limit, name);
        assert_eq!(common::living(&token), [""; 0], "{name}: all of it or nothing");
    }
}

/// Page cache counts, but can be given back: it is no reason to kill.
#[test]
fn page_cache_of_a_disk_is_reclaimed() {
    let _host = common::host();
    let Some(sandbox) = common::cgroup::sandbox("page_cache_of_a_disk") else { return };
    let dir = common::TempDir::new("cache");
    let limit = 24 * MIB;
    let sandbox = sandbox.bind_rw(dir.path(), "/data").memory_limit(limit);
    let outcome = match sandbox.run(guest("write_file").args(["/data/file", "48"])) {
        Err(error) if error.step() == Step::Bind => return common::skip("page cache", "idmap", &error.to_string()),
        outcome => outcome.expect("runs"),
    };
    assert_eq!(outcome.verdict, Verdict::Exited(0), "{}", outcome.evidence);
    is_within(&outcome, limit, "page cache");
}

#[test]
fn other_ends_near_the_limit_are_not_the_memory_limit() {
    let _host = common::host();
    let Some(sandbox) = common::cgroup::sandbox("other_ends_near_the_limit") else { return };
    let sandbox = sandbox.memory_limit(48 * MIB);
    let outcome = sandbox.run(guest("kills_itself").arg("40")).expect("runs");
    assert_eq!(outcome.verdict, Verdict::Signaled(9), "{}", outcome.evidence);
    let outcome = sandbox.run(guest("exits").arg("137")).expect("runs");
    assert_eq!(outcome.verdict, Verdict::Exited(137), "{}", outcome.evidence);

    let mut child = sandbox.spawn(guest("hold").arg("40").stdout(Stdio::piped())).expect("spawns");
    let mut ready = [0u8; 6];
    child.stdout.take().expect("piped").read_exact(&mut ready).expect("holds it");
    child.kill().expect("kills");
    let outcome = child.wait().expect("waits");
    assert_eq!((outcome.verdict, outcome.usage.oom_kills), (Verdict::Killed, Some(0)), "{}", outcome.evidence);

    let sandbox = sandbox.wall_time_limit(1000 * MS);
    let outcome = sandbox.run(guest("hold").arg("40")).expect("runs");
    assert_eq!(outcome.verdict, Verdict::WallTimeLimit, "{}", outcome.evidence);
}

/// Whatever the limit, the answer is the program's or names the limit.
#[test]
fn a_limit_too_small_to_start_is_told_as_such() {
    let _host = common::host();
    let Some(sandbox) = common::cgroup::sandbox("a_limit_too_small") else { return };
    let mut errors = 0;
    let mut ran = 0;
    for bytes in [1, 4095, 4096, 65536, 131_072, 262_144, 524_288, MIB, 2 * MIB, 16 * MIB] {
        match sandbox.clone().memory_limit(bytes).run(guest("exits").arg("5")) {
            Err(error) => {
                errors += 1;
                assert_eq!(error.step(), Step::Limit, "{bytes}: {error}");
                let expected = format!("memory_limit of {bytes} bytes is too small to start the program");
                assert!(error.to_string().contains(&expected), "{bytes}: {error}");
            }
            Ok(outcome) if outcome.verdict == Verdict::MemoryLimit => {}
            Ok(outcome) => {
                assert_eq!(outcome.verdict, Verdict::Exited(5), "{bytes}: {}", outcome.evidence);
                ran += 1;
            }
        }
    }
    assert!(errors >= 3 && ran >= 1, "{errors} errors, {ran} ran");
}

// ---- processors, tasks, CPU time ----

#[test]
fn half_a_processor_is_half_a_processor() {
    let _host = common::host();
    let Some(sandbox) = common::cgroup::sandbox("half_a_processor") else { return };
    let sandbox = sandbox.cpus(0.5).wall_time_limit(2 * Duration::from_secs(1));
    // On a busy machine the program may not even get the half: then it is tried again.
    let mut shares = Vec::new();
    for _ in 0..4 {
        let outcome = sandbox.run(guest("burn")).expect("runs");
        assert_eq!((outcome.verdict, outcome.enforced.cpus), (Verdict::WallTimeLimit, Means::Cgroup));
        shares.push(outcome.usage.cpu_time.as_secs_f64() / outcome.usage.wall_time.as_secs_f64());
        if shares.last().is_some_and(|share| (0.45..=0.55).contains(share)) {
            assert!(outcome.usage.throttled_time.is_some_and(|time| time > 100 * MS), "{:?}", outcome.usage);
            return;
        }
    }
    panic!("{shares:?}");
}

#[test]
fn a_fork_bomb_stops_at_its_limit() {
    let _host = common::host();
    let Some(sandbox) = common::cgroup::sandbox("a_fork_bomb") else { return };
    let limited = sandbox.clone().pids_limit(16);
    // The program itself is one of the sixteen; the init is not. As root inside it is the same.
    for limited in [limited.clone(), limited.clone().user(0, 0)] {
        let outcome = limited.run(guest("fork_until_refused")).expect("runs");
        assert_eq!((outcome.verdict, outcome.enforced.pids), (Verdict::Exited(15), Means::Cgroup));
        assert!(outcome.usage.forks_refused.is_some_and(|times| times > 0), "{:?}", outcome.usage);
        assert!(outcome.usage.pids_peak.is_none_or(|peak| peak == 16), "{:?}", outcome.usage);
    }
    let token = common::token();
    let mut bomb = limited.spawn(guest("fork_bomb").arg(&token)).expect("spawns");
    common::eventually("the bomb has gone off", || common::living(&token).len() == 16);
    // The host, and a second sandbox beside it, do not notice.
    assert_eq!(
        sandbox.clone().pids_limit(16).run(guest("fork_until_refused")).expect("runs").verdict,
        Verdict::Exited(15)
    );
    assert_eq!(sandbox.run(guest("exits").arg("0")).expect("runs").verdict, Verdict::Exited(0));
    bomb.kill().expect("kills");
    assert_eq!(bomb.wait().expect("waits").verdict, Verdict::Killed);
    assert_eq!(common::living(&token), [""; 0]);
    let alone = sandbox.pids_limit(1).run(guest("fork_until_refused")).expect("runs");
    assert_eq!(alone.verdict, Verdict::Exited(0), "not one child");
}

#[test]
fn the_cpu_limit_counts_every_process() {
    let _host = common::host();
    let Some(sandbox) = common::cgroup::sandbox("the_cpu_limit_counts_every_process") else { return };
    let limit = 400 * MS;
    let sandbox = sandbox.cpu_time_limit(limit).wall_time_limit(60 * Duration::from_secs(1) * patience());
    for name in ["burn", "ignored_children", "burners"] {
        let outcome = sandbox.run(guest(name)).expect(name);
        assert_eq!(outcome.verdict, Verdict::CpuTimeLimit, "{name}: {} {:?}", outcome.evidence, outcome.usage);
        let used = outcome.usage.cpu_time;
        assert!(used >= limit && used < limit + 300 * MS * patience(), "{name}: {used:?}");
        assert!(matches!(outcome.evidence, Evidence::CpuTime { .. }), "{name}: {}", outcome.evidence);
    }
    // What the machine outside takes from a virtual one may count as the program's.
    let sandbox = sandbox.cpu_time_limit(30 * Duration::from_secs(1));
    let outcome = sandbox.run(guest("busy").arg("50")).expect("runs");
    assert_eq!(outcome.verdict, Verdict::Exited(0), "{}", outcome.evidence);
    assert!(outcome.usage.cpu_time >= 50 * MS, "{:?}", outcome.usage);
}

// ---- what the program sees of it ----

/// JVM, Go, .NET and Node size their heaps and pools by these.
#[test]
fn the_program_sees_its_own_limits() {
    let _host = common::host();
    let Some(sandbox) = common::cgroup::sandbox("the_program_sees_its_own_limits") else { return };
    let sandbox = sandbox.memory_limit(96 * MIB).pids_limit(7).cpus(0.5);
    let files = ["memory.max", "memory.swap.max", "pids.max", "cpu.max"].map(|file| format!("{OWN_GROUP}/{file}"));
    let expected = format!("{}\n0\n7\n50000 100000\n", 96 * MIB);
    let output = sandbox.output(guest("show_files").args(&files)).expect("runs");
    assert_eq!(output.stdout_lossy(), expected);
}

#[test]
fn the_program_changes_nothing_of_its_group_and_sees_no_other() {
    let Some(_host) = common::host_with_overlays() else { return };
    if !common::cgroup::counts("the_program_changes_nothing_of_its_group") {
        return;
    }
    let layer = common::TempDir::new("layer");
    common::write(layer.path(), &[("etc/name", "layer")]);
    let overlay = belljar::Overlay::new().lower(layer.path());
    let sandbox = guest_sandbox().cpu_time_limit(60 * Duration::from_secs(1));
    let unrestricted = sandbox.clone().seccomp(Filter::unrestricted());
    let roots = [unrestricted.clone().user(0, 0), unrestricted, sandbox.clone().overlay(overlay), sandbox];
    for sandbox in roots {
        let output = sandbox.output(guest("change_own_group")).expect("runs");
        assert_eq!(output.outcome.verdict, Verdict::Exited(0), "{output:?}");
        let files = ["/proc/self/cgroup".into(), format!("{OWN_GROUP}/cgroup.procs"), format!("{OWN_GROUP}/cpu.stat")];
        let shown = sandbox.output(guest("show_files").args(files)).expect("runs").stdout_lossy().into_owned();
        assert!(shown.contains("0::/\n2\nusage_usec "), "{shown}");
    }
}

/// What the caller puts in the place of it goes before it.
#[test]
fn the_place_of_the_group_is_the_callers() {
    let _host = common::host();
    if !common::cgroup::counts("the_place_of_the_group_is_the_callers") {
        return;
    }
    let sandbox = guest_sandbox().cpu_time_limit(60 * Duration::from_secs(1));
    let given = |sandbox: Sandbox, file: &str| {
        sandbox.output(guest("show_files").arg(file)).expect(file).stdout_lossy().into_owned()
    };
    let stat = format!("{OWN_GROUP}/cpu.stat");
    assert_eq!(given(sandbox.clone().file(&stat, "mine\n"), &stat), "mine\n");
    assert_eq!(given(sandbox.clone().tmpfs("/sys", 4096), &stat), "NotFound\n");
    assert_eq!(given(sandbox.clone().symlink("/tmp", "/sys"), &stat), "NotFound\n");
    assert!(given(sandbox.dir("/sys/fs").file("/sys/kernel/x", "y"), &stat).starts_with("usage_usec "));
}

// ---- usage ----

#[test]
fn usage_is_live_and_of_one_run_alone() {
    let _host = common::host();
    let Some(sandbox) = common::cgroup::sandbox("usage_is_live") else { return };
    let sandbox = sandbox.memory_limit(128 * MIB).pids_limit(50).cpus(16.0);
    let mut child = sandbox.spawn(guest("hold").arg("40").stdout(Stdio::piped())).expect("spawns");
    let mut ready = [0u8; 6];
    child.stdout.take().expect("piped").read_exact(&mut ready).expect("holds it");
    let live = child.usage().expect("live figures");
    assert!(live.memory_peak.is_none_or(|peak| peak >= 40 * MIB), "{live:?}");
    assert!(live.pids_peak.is_none_or(|peak| peak == 1), "{live:?}");
    assert!(live.cpu_time > Duration::ZERO && live.wall_time >= Duration::ZERO, "{live:?}");
    assert_eq!((live.oom_kills, live.forks_refused, live.throttled_time), (Some(0), Some(0), Some(Duration::ZERO)));
    child.kill().expect("kills");
    let first = child.wait().expect("waits").usage;
    assert!(first.memory_peak.is_some_and(|peak| peak >= 40 * MIB), "{first:?}");
    assert_eq!(child.usage().expect("the last figures").memory_peak, first.memory_peak);
    let second = sandbox.run(guest("exits").arg("0")).expect("runs").usage;
    assert!(second.memory_peak.is_some_and(|peak| peak < 40 * MIB), "{second:?}");
    assert!(second.cpu_time <= first.cpu_time + second.wall_time * 8, "{first:?} {second:?}");
    assert!(second.read_bytes.is_some() && second.write_bytes.is_some(), "{second:?}");
    // CONFIG_PSI may be off, or psi=0 be given: then all of them are missing.
    let pressure = [second.memory_pressure, second.cpu_pressure, second.io_pressure];
    assert!(pressure.iter().all(Option::is_some) || pressure.iter().all(Option::is_none), "{second:?}");
}

#[test]
fn reading_and_writing_is_limited_and_counted() {
    let _host = common::host();
    let Some(sandbox) = common::cgroup::sandbox("reading_and_writing") else { return };
    let dir = common::TempDir::new("io");
    let sandbox = sandbox.bind_rw(dir.path(), "/data");
    let limit = IoLimit::new().write_bytes(2 * MIB).device(dir.path());
    let outcome = match sandbox.clone().io_limit(limit).run(guest("write_file").args(["/data/file", "6"])) {
        Err(error) if matches!(error.step(), Step::Limit | Step::Bind) => {
            return common::skip("reading_and_writing", "disk", &error.to_string());
        }
        outcome => outcome.expect("runs"),
    };
    assert_eq!((outcome.verdict, outcome.enforced.io), (Verdict::Exited(0), Means::Cgroup), "{}", outcome.evidence);
    assert!(outcome.usage.write_bytes.is_some_and(|bytes| bytes >= 6 * MIB), "{:?}", outcome.usage);
    // Six mebibytes at two a second: the kernel lets a first slice pass at once.
    assert!(outcome.usage.wall_time >= 1500 * MS, "{:?}", outcome.usage);
    let every = IoLimit::new().read_ops(100_000);
    assert_eq!(sandbox.io_limit(every).run(guest("exits").arg("0")).expect("runs").enforced.io, Means::Cgroup);
}

// ---- optional, and bad input ----

fn without_a_cgroup() -> Sandbox {
    common::guest_sandbox().cgroup(common::cgroup::none())
}

#[test]
fn without_a_cgroup_each_limit_is_an_error_unless_it_is_optional() {
    let _host = common::host();
    let limited: [(&str, Sandbox); 5] = [
        ("memory", without_a_cgroup().memory_limit(1 << 30)),
        ("pids", without_a_cgroup().pids_limit(20)),
        ("cpus", without_a_cgroup().cpus(0.5)),
        ("io", without_a_cgroup().io_limit(IoLimit::new().read_bytes(1))),
        ("none", without_a_cgroup()),
    ];
    for (name, sandbox) in limited {
        let error = sandbox.spawn(guest("exits").arg("0")).expect_err(name);
        assert_eq!(error.step(), Step::Cgroup, "{name}: {error}");
        assert!(error.is_unsupported() && error.hint().is_some(), "{name}: {error:#}");
        let outcome = sandbox.optional(Features::CGROUP).run(guest("exits").arg("4")).expect(name);
        assert_eq!(outcome.verdict, Verdict::Exited(4), "{name}");
        let enforced = &outcome.enforced;
        let means = [enforced.memory, enforced.pids, enforced.cpus, enforced.io];
        let mut expected = [Means::NotRequested; 4];
        match name {
            "memory" => expected[0] = Means::Rlimit,
            "pids" => expected[1] = Means::Rlimit,
            "cpus" => expected[2] = Means::Nothing,
            "io" => expected[3] = Means::Nothing,
            _ => {}
        }
        assert_eq!(means, expected, "{name}");
    }
}

/// A device that is none is the caller's mistake, and no lack of the host's.
#[test]
fn a_limit_on_no_device_is_refused() {
    let _host = common::host();
    let limit = IoLimit::new().read_bytes(1 << 20);
    for (path, message) in [
        ("/proc", "limit /proc: io_limit: no block device is behind it"),
        ("/no/such", "limit /no/such: No such file or directory (os error 2)"),
    ] {
        let sandbox = common::guest_sandbox().io_limit(limit.clone().device(path)).optional(Features::CGROUP);
        assert_eq!(sandbox.spawn(guest("exits").arg("0")).expect_err(path).to_string(), message);
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    let _host = common::host();
    let new = || common::guest_sandbox().optional(Features::CGROUP);
    let refused = [
        (new().memory_limit(0), "limit: memory_limit of 0 bytes"),
        (new().pids_limit(0), "limit: pids_limit of 0 would not let the program itself run"),
        (new().cpus(0.0), "limit: cpus of 0: must be a number above 0"),
        (new().cpus(-1.0), "limit: cpus of -1: must be a number above 0"),
        (new().cpus(f64::NAN), "limit: cpus of NaN: must be a number above 0"),
        (new().cpus(f64::INFINITY), "limit: cpus of inf: must be a number above 0"),
        (new().io_limit(IoLimit::new()), "limit: io_limit says no number to hold"),
        (
            new().io_limit(IoLimit::new().write_ops(0)),
            "limit: io_limit of 0 (wiops) would stop the program at its first access",
        ),
    ];
    for (sandbox, message) in refused {
        let error = sandbox.spawn(guest("exits").arg("0")).expect_err(message);
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn the_largest_and_the_smallest_limits_are_taken() {
    let _host = common::host();
    let Some(sandbox) = common::cgroup::sandbox("the_largest_and_the_smallest") else { return };
    let run = |sandbox: Sandbox| sandbox.run(guest("exits").arg("6")).expect("runs");
    for bytes in [u64::MAX, i64::MAX as u64 + 1, i64::MAX as u64, i64::MAX as u64 - 1] {
        let outcome = run(sandbox.clone().memory_limit(bytes));
        assert_eq!((outcome.verdict, outcome.enforced.memory), (Verdict::Exited(6), Means::Cgroup), "{bytes}");
    }
    for cpus in [f64::MAX, 1e9, 4096.0, 0.1] {
        let outcome = run(sandbox.clone().cpus(cpus));
        assert_eq!((outcome.verdict, outcome.enforced.cpus), (Verdict::Exited(6), Means::Cgroup), "{cpus}");
    }
    // A hundredth of a processor: what a setup needs takes some periods.
    let begin = Instant::now();
    assert_eq!(run(sandbox.clone().cpus(f64::MIN_POSITIVE)).verdict, Verdict::Exited(6));
    println!("a hundredth of a processor: {:?}", begin.elapsed());
    assert_eq!(run(sandbox.pids_limit(u32::MAX)).verdict, Verdict::Exited(6));
}

// ---- many ----

#[test]
fn many_sandboxes_leave_no_group() {
    let _host = common::host();
    let Some(parent) = common::cgroup::parent("many_sandboxes") else { return };
    let sandbox = common::guest_sandbox().cgroup(Cgroup::parent(&parent)).memory_limit(64 * MIB).pids_limit(20);
    for _ in 0..amount(1000, 50) {
        assert_eq!(sandbox.run(guest("exits").arg("0")).expect("runs").verdict, Verdict::Exited(0));
    }
    assert_eq!(common::cgroup::leaves(&parent), [""; 0].map(Path::new));
    let many = amount(64, 16);
    let at_once: Vec<_> = (0..many).map(|_| sandbox.spawn(guest("says_ready_and_waits")).expect("spawns")).collect();
    assert_eq!(common::cgroup::leaves(&parent).len(), many);
    drop(at_once);
    common::no_child_is_left();
    assert_eq!(common::cgroup::leaves(&parent), [""; 0].map(Path::new));
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16)
            .map(|_| {
                scope.spawn(|| {
                    for _ in 0..amount(4, 1) {
                        assert_eq!(sandbox.run(guest("exits").arg("0")).expect("runs").verdict, Verdict::Exited(0));
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().expect("a thread"));
    });
    assert_eq!(common::cgroup::leaves(&parent), [""; 0].map(Path::new));
}
