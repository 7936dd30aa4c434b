//! Where a sandbox's control group is made, and what becomes of the leaves of dead hosts (promise 6).
//!
//! Each test has a group of its own, a [`Ground`], and hosts of its own in it: the test binary, run anew.

#[macro_use]
mod common;

use std::ffi::CString;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command as Program, Output, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use belljar::{Cgroup, Features, Namespaces, Sandbox, Step};
use common::{Host, amount, bare_guest_sandbox, eventually, guest, host, is_root, on_host, patience, skip};

guests! {
    noop, probe, attempt, threads, forking, family, again, read_only, hidden, namespaced, plain, wide_umask, under_systemd, idle_host, idle,
    bare_host, host_of_a_deep_group, host_in_a_container,
}

const ASIDE: &str = "belljar.host";

// ---- the ground ---------------------------------------------------------------------------------------------------

/// The group below which this machine lets us make groups, if it does: what `Cgroup::auto()` finds for this process.
fn base() -> Result<&'static Path, &'static str> {
    static BASE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let found = BASE.get_or_init(|| {
        let _host = host();
        bare_guest_sandbox().cgroup(Cgroup::auto()).run(guest("noop")).map_err(|error| format!("{error:#}"))?;
        let own = own_group();
        Ok(if own.ends_with(ASIDE) { own.parent().expect("not the root").to_owned() } else { own })
    });
    found.as_deref().map_err(String::as_str)
}

/// The directory of this process's group, where the usual two places of the mount are enough.
fn own_group() -> PathBuf {
    let text = fs::read_to_string("/proc/self/cgroup").expect("own group");
    let path = text.lines().find_map(|line| line.strip_prefix("0::/")).expect("a group of version 2");
    let unified = Path::new("/sys/fs/cgroup/unified");
    let root = if unified.join("cgroup.procs").exists() { unified } else { Path::new("/sys/fs/cgroup") };
    root.join(path)
}

/// A group for one test, which is alone meanwhile; nothing else of the test's may be left.
struct Ground(PathBuf, #[expect(dead_code, reason = "looks for leaks at the end")] Host);

impl Ground {
    fn new(name: &str) -> Option<Ground> {
        match base() {
            Ok(base) => {
                let host = host();
                let path = base.join(format!("ground-{name}-{}", std::process::id()));
                fs::create_dir(&path).expect("a new group");
                Some(Ground(path, host))
            }
            Err(error) => {
                skip(name, "cgroup", error);
                None
            }
        }
    }

    /// As `new`, with controllers for the groups made in it: skipped where there are none.
    fn with_memory(name: &str) -> Option<Ground> {
        let ground = Ground::new(name)?;
        if read(&ground.0, "cgroup.controllers").contains("memory") {
            fs::write(ground.0.join("cgroup.subtree_control"), "+memory +pids").expect("controllers");
            return Some(ground);
        }
        skip(name, "cgroup", "no memory controller");
        None
    }

    fn make(&self, name: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir(&path).expect("a new group");
        path
    }

    fn leaves(&self) -> Vec<String> {
        let names = fs::read_dir(&self.0).expect("the ground").map(|entry| entry.expect("an entry").file_name());
        names.map(|name| name.display().to_string()).filter(|name| name.starts_with("belljar-")).collect()
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        fn remove(dir: &Path) {
            for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    remove(&entry.path());
                }
            }
            let _ = fs::set_permissions(dir, fs::Permissions::from_mode(0o755));
            let _ = fs::remove_dir(dir);
        }
        let _ = fs::write(self.0.join("cgroup.kill"), "1");
        for _ in 0..200 * patience() {
            if !self.0.exists() {
                return;
            }
            remove(&self.0);
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn read(dir: &Path, file: &str) -> String {
    fs::read_to_string(dir.join(file)).unwrap_or_else(|error| panic!("{}/{file}: {error}", dir.display()))
}

fn processes(dir: &Path) -> Vec<u32> {
    read(dir, "cgroup.procs").lines().map(|line| line.parse().expect("an id")).collect()
}

/// Has a program begin in this group.
fn inside<'a>(program: &'a mut Program, dir: &Path) -> &'a mut Program {
    let mut procs = File::options().write(true).open(dir.join("cgroup.procs")).expect("cgroup.procs");
    let limit = 120 * patience();
    // SAFETY: the child only makes two system calls. An alarm outlasts an execve: nothing here runs for ever.
    unsafe {
        program.pre_exec(move || {
            libc::alarm(limit);
            procs.write_all(b"0")
        })
    }
}

/// What a host says that runs in this group.
fn said(mut program: Program, dir: &Path) -> String {
    let Output { status, stdout, stderr } = inside(&mut program, dir).output().expect("runs");
    let said = String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned();
    assert!(status.success(), "{status}: {said}");
    said
}

/// A host of that name in this group, and its arguments.
fn host_says(name: &str, args: &[&str], dir: &Path) -> String {
    let mut program = on_host(name);
    program.args(args);
    said(program, dir)
}

/// A process that does nothing, in a group.
struct Sleeper(std::process::Child);

impl Sleeper {
    fn new(dir: &Path) -> Sleeper {
        Sleeper(inside(Program::new("sleep").arg("300"), dir).spawn().expect("sleep"))
    }

    fn lives(&mut self) -> bool {
        self.0.try_wait().expect("a child").is_none()
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

// ---- hosts --------------------------------------------------------------------------------------------------------

fn noop(_: &[String]) -> i32 {
    0
}

/// `auto` or a path, then the limits: what a spawn there comes to.
fn sandbox(args: &[String]) -> Sandbox {
    let cgroup = match args[0].as_str() {
        "auto" => Cgroup::auto(),
        path => Cgroup::parent(path),
    };
    args[1..].iter().fold(bare_guest_sandbox().cgroup(cgroup), |sandbox, limit| match limit.as_str() {
        "memory" => sandbox.memory_limit(256 << 20),
        "pids" => sandbox.pids_limit(64),
        other => panic!("{other}?"),
    })
}

fn attempt(args: &[String]) -> i32 {
    match sandbox(args).run(guest("noop")) {
        Ok(outcome) => println!("{}", outcome.verdict),
        Err(error) => {
            println!("{error:#}");
            assert_eq!(error.step(), Step::Cgroup, "{error}");
            assert!(error.hint().is_some(), "no cure: {error}");
        }
    }
    0
}

/// An attempt with the same sandbox for each line on standard input.
fn again(args: &[String]) -> i32 {
    let sandbox = sandbox(args);
    for _ in std::io::stdin().lines() {
        match sandbox.run(guest("noop")) {
            Ok(outcome) => println!("{}", outcome.verdict),
            Err(error) => println!("{error:#}"),
        }
    }
    0
}

/// What the probe tells of the group that a spawn would find.
fn probe(_: &[String]) -> i32 {
    let host = belljar::Host::probe();
    let row = host.feature(belljar::Feature::CgroupParent).expect("a row");
    println!(
        "{} {}; {}",
        row.support == belljar::Support::Full,
        row.reason.as_deref().unwrap_or_default(),
        row.cure.unwrap_or_default()
    );
    0
}

/// Many threads, and after that two processes, at once.
fn threads(args: &[String]) -> i32 {
    let attempt = || sandbox(args).run(guest("noop")).expect("runs");
    std::thread::scope(|scope| (0..16).for_each(|_| drop(scope.spawn(attempt))));
    let twins = [(); 2].map(|()| on_host("attempt").args(args).stdout(Stdio::piped()).spawn().expect("runs"));
    for twin in twins {
        let output = twin.wait_with_output().expect("ends");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "exited with 0\n");
    }
    0
}

/// Looks for a parent while other threads start and end programs.
fn forking(args: &[String]) -> i32 {
    use std::sync::atomic::{AtomicBool, Ordering};
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    assert!(Program::new("true").status().expect("true").success());
                }
            });
        }
        std::thread::sleep(Duration::from_millis(20) * patience());
        let result = sandbox(args).run(guest("noop"));
        done.store(true, Ordering::Relaxed);
        println!("{}", result.expect("runs").verdict);
    });
    0
}

/// A host whose umask takes everything.
fn wide_umask(args: &[String]) -> i32 {
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o777));
    attempt(args)
}

/// A host in namespaces of its own: it may mount what it likes there.
fn own_mounts(more: i32) {
    let (uid, gid) = (rustix::process::getuid().as_raw(), rustix::process::getgid().as_raw());
    let user = if is_root() { 0 } else { libc::CLONE_NEWUSER };
    // SAFETY: this process has one thread yet.
    assert_eq!(unsafe { libc::unshare(user | libc::CLONE_NEWNS | more) }, 0, "{}", std::io::Error::last_os_error());
    if user != 0 {
        fs::write("/proc/self/setgroups", "deny").expect("setgroups");
        fs::write("/proc/self/uid_map", format!("{uid} {uid} 1")).expect("uid_map");
        fs::write("/proc/self/gid_map", format!("{gid} {gid} 1")).expect("gid_map");
    }
    mount(None, Path::new("/"), None, libc::MS_REC | libc::MS_PRIVATE);
}

fn mount(source: Option<&Path>, at: &Path, kind: Option<&str>, flags: libc::c_ulong) {
    let text = |path: &Path| CString::new(path.as_os_str().as_bytes()).expect("no NUL");
    let (source, at) = (source.map(text), text(at));
    let kind = kind.map(|kind| CString::new(kind).expect("no NUL"));
    let pointer = |text: &Option<CString>| text.as_ref().map_or(std::ptr::null(), |text| text.as_ptr());
    // SAFETY: the texts live until the call is over.
    let result = unsafe { libc::mount(pointer(&source), at.as_ptr(), pointer(&kind), flags, std::ptr::null()) };
    assert_eq!(result, 0, "mount on {at:?}: {}", std::io::Error::last_os_error());
}

/// A container's usual view: the hierarchy, read-only.
fn read_only(args: &[String]) -> i32 {
    own_mounts(0);
    let root = base_of_mount();
    mount(Some(root), root, None, libc::MS_BIND);
    let locked = libc::MS_NOSUID | libc::MS_NODEV | libc::MS_NOEXEC | libc::MS_RELATIME;
    mount(None, root, None, libc::MS_REMOUNT | libc::MS_BIND | libc::MS_RDONLY | locked);
    attempt(args)
}

fn base_of_mount() -> &'static Path {
    let unified = Path::new("/sys/fs/cgroup/unified");
    if unified.exists() { unified } else { Path::new("/sys/fs/cgroup") }
}

/// Without version 2. Root alone may unmount it: for others the mounts of the namespace that they come from are locked.
fn hidden(args: &[String]) -> i32 {
    own_mounts(0);
    let root = CString::new(base_of_mount().as_os_str().as_bytes()).expect("no NUL");
    // SAFETY: a path, and flags.
    let result = unsafe { libc::umount2(root.as_ptr(), libc::MNT_DETACH) };
    assert_eq!(result, 0, "{}", std::io::Error::last_os_error());
    attempt(args)
}

/// In a cgroup namespace of its own: first with the mount of before, then with its own.
fn namespaced(args: &[String]) -> i32 {
    own_mounts(libc::CLONE_NEWCGROUP);
    assert_eq!(attempt(args), 0);
    // The kernel refuses a filesystem on itself.
    mount(Some(Path::new("none")), base_of_mount(), Some("tmpfs"), 0);
    mount(
        Some(Path::new("none")),
        base_of_mount(),
        Some("cgroup2"),
        libc::MS_NOSUID | libc::MS_NODEV | libc::MS_NOEXEC,
    );
    probe(args)
}

/// A host without privileges, whoever runs the tests.
fn plain(args: &[String]) -> i32 {
    if is_root() {
        // SAFETY: this process has one thread yet.
        assert_eq!(unsafe { libc::setresuid(1000, 1000, 1000) }, 0);
    }
    attempt(args)
}

/// Runs a program that does not end; says its init's id when it has begun.
fn idle_host(args: &[String]) -> i32 {
    let mut child = sandbox(args).spawn(guest("idle")).expect("runs");
    println!("{}", child.id());
    child.wait().expect("ends");
    0
}

fn idle(_: &[String]) -> i32 {
    std::thread::sleep(Duration::from_secs(300));
    0
}

/// As `idle_host`, in no namespaces, where only the group holds the tree together.
fn bare_host(args: &[String]) -> i32 {
    let sandbox = Sandbox::new().namespaces(Namespaces::empty()).cgroup(Cgroup::parent(&args[0]));
    let mut child = sandbox.spawn(belljar::Command::new("/bin/sh").args(["-c", "sleep 300; :"])).expect("runs");
    println!("{}", child.id());
    child.wait().expect("ends");
    0
}

// ---- the own group ------------------------------------------------------------------------------------------------

const RAN: &str = "exited with 0\n";

#[test]
fn a_host_alone_in_its_group_steps_aside() {
    let Some(ground) = Ground::with_memory("aside") else { return };
    let own = ground.make("own");
    let mut neighbour = Sleeper::new(&ground.make("neighbour"));
    assert_eq!(host_says("attempt", &["auto"], &own), RAN);
    assert!(own.join(ASIDE).is_dir());
    assert_eq!(read(&own, "cgroup.subtree_control"), read(&own, "cgroup.controllers"), "all that there are");
    assert!(neighbour.lives());
    assert_eq!(processes(&ground.0.join("neighbour")), [neighbour.0.id()]);
    // The next one that begins there takes the group above.
    assert_eq!(host_says("attempt", &["auto"], &own.join(ASIDE)), RAN);
    assert!(!own.join(ASIDE).join(ASIDE).exists());
}

#[test]
fn the_group_aside_may_be_there_already() {
    let Some(ground) = Ground::with_memory("there") else { return };
    let own = ground.make("own");
    fs::create_dir(own.join(ASIDE)).expect("a new group");
    let mut sleeper = Sleeper::new(&own.join(ASIDE));
    assert_eq!(host_says("attempt", &["auto"], &own), RAN);
    assert!(sleeper.lives());
}

#[test]
fn nobody_else_is_moved() {
    let Some(ground) = Ground::with_memory("others") else { return };
    let own = ground.make("own");
    let sleeper = Sleeper::new(&own);
    for args in [&["auto"][..], &["auto", "memory"]] {
        let said = host_says("attempt", args, &own);
        let expected = format!("cgroup {}: a process is in it, such as {} (sleep) [", own.display(), sleeper.0.id());
        assert!(said.starts_with(&expected), "{said}");
        assert!(said.contains("systemd-run"), "{said}");
    }
    let _second = Sleeper::new(&own);
    let said = host_says("attempt", &["auto"], &own);
    assert!(said.contains("2 processes are in it"), "{said}");
    assert!(!own.join(ASIDE).exists());
    assert_eq!(read(&own, "cgroup.subtree_control"), "");
    assert_eq!(processes(&own).len(), 2);
}

#[test]
fn what_the_host_has_begun_goes_with_it() {
    let Some(ground) = Ground::with_memory("family") else { return };
    let own = ground.make("own");
    assert_eq!(host_says("family", &["auto"], &own), RAN);
}

/// A host that has a child, and that one another, when it looks for a parent: all are moved.
fn family(args: &[String]) -> i32 {
    let mut shell = Program::new("sh")
        .args(["-c", "sleep 300 & echo $!; wait"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("sh");
    let mut line = String::new();
    BufReader::new(shell.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
    attempt(args);
    let sleeper: u32 = line.trim().parse().expect("an id");
    let mut expected = [std::process::id(), shell.id(), sleeper];
    expected.sort_unstable();
    let own = own_group();
    assert!(own.ends_with(ASIDE), "{}", own.display());
    let mut found = processes(&own);
    found.sort_unstable();
    assert_eq!(found, expected);
    // The shell waits for it.
    let sleeper = rustix::process::Pid::from_raw(sleeper as i32).expect("an id");
    rustix::process::kill_process(sleeper, rustix::process::Signal::KILL).expect("kill");
    shell.wait().expect("sh");
    0
}

#[test]
fn many_threads_and_processes_step_aside_at_once() {
    let Some(ground) = Ground::with_memory("crowd") else { return };
    let own = ground.make("own");
    host_says("threads", &["auto"], &own);
    assert!(own.join(ASIDE).exists() && !own.join(ASIDE).join(ASIDE).exists());
}

#[test]
fn children_of_other_threads_do_not_get_in_the_way() {
    let Some(ground) = Ground::with_memory("forking") else { return };
    for number in 0..5 {
        let own = ground.make(&format!("own{number}"));
        assert_eq!(host_says("forking", &["auto"], &own), RAN);
    }
}

#[test]
fn a_umask_that_takes_everything_does_not_matter() {
    let Some(ground) = Ground::with_memory("umask") else { return };
    let own = ground.make("own");
    assert_eq!(host_says("wide_umask", &["auto"], &own), RAN);
}

#[test]
fn without_controllers_nobody_moves() {
    let Some(ground) = Ground::new("none") else { return };
    // Of a group that is handed nothing.
    let own = ground.make("own");
    let mut other = Sleeper::new(&own);
    assert_eq!(host_says("attempt", &["auto"], &own), RAN);
    assert!(!own.join(ASIDE).exists() && other.lives());
    assert_eq!(processes(&own), [other.0.id()]);
}

/// As in a service of systemd's, whose directory tells that it runs.
fn under_systemd(args: &[String]) -> i32 {
    own_mounts(0);
    mount(Some(Path::new("none")), Path::new("/run"), Some("tmpfs"), 0);
    fs::create_dir_all("/run/systemd/system").expect("a new directory");
    attempt(args)
}

#[test]
fn root_does_not_take_what_systemd_has_not_delegated() {
    if !is_root() {
        return println!("SKIP root_does_not_take: needs root");
    }
    let Some(ground) = Ground::new("systemd") else { return };
    let own = ground.make("own");
    let said = host_says("under_systemd", &["auto"], &own);
    let expected = format!("cgroup {}: is systemd's, which has not delegated it [systemd-run", own.display());
    assert!(said.starts_with(&expected), "{said}");
    // Not that it lacks the controllers, which systemd hands on where it has delegated.
    let limited = host_says("under_systemd", &["auto", "memory"], &own);
    let cure = said.trim_end().trim_end_matches(']');
    assert!(limited.starts_with(cure) && limited.contains("; or with .optional(Features::CGROUP)"), "{limited}");
    assert_eq!(host_says("under_systemd", &[&ground.make("named").display().to_string()], &own), RAN);
    // The mark is the unit's, and holds for what is below it.
    rustix::fs::setxattr(&ground.0, "user.delegate", b"1", rustix::fs::XattrFlags::empty()).expect("an attribute");
    assert_eq!(host_says("under_systemd", &["auto"], &own), RAN);
}

// ---- what is in the way, and its cure -----------------------------------------------------------------------------

/// The error of a spawn below `path`, from this process.
fn refused(path: impl Into<PathBuf>) -> belljar::Error {
    let sandbox = bare_guest_sandbox().cgroup(Cgroup::parent(path)).memory_limit(256 << 20);
    let error = sandbox.spawn(guest("noop")).expect_err("no such parent");
    assert_eq!(error.step(), Step::Cgroup, "{error}");
    error
}

#[test]
fn paths_that_are_no_group_are_refused() {
    let _host = host();
    let error = refused("/no/such/group");
    assert_eq!(error.to_string(), "cgroup /no/such/group: No such file or directory (os error 2)");
    assert!(error.hint().expect("a cure").contains("mkdir") && !error.is_unsupported());
    assert_eq!(refused("relative/group").to_string(), "cgroup relative/group: is not absolute");
    assert_eq!(refused("").to_string(), "cgroup : is not absolute");
    assert!(refused("/a\0b").to_string().ends_with("holds a NUL byte"));
    // What no host can have is the caller's error, whatever is optional.
    for path in ["relative/group", "", "/a\0b"] {
        let sandbox = bare_guest_sandbox().cgroup(Cgroup::parent(path)).optional(Features::CGROUP);
        let error = sandbox.memory_limit(256 << 20).spawn(guest("noop")).expect_err("no such path");
        assert_eq!(error.step(), Step::Cgroup, "{error}");
    }
    assert_eq!(refused("/proc/self/status").raw_os_error(), Some(libc::ENOTDIR));
    assert_eq!(refused("/").to_string(), "cgroup /: is not on a cgroup2 filesystem");
    assert_eq!(refused("/proc/self").to_string(), "cgroup /proc/self: is not on a cgroup2 filesystem");
}

#[test]
fn a_group_of_version_1_is_refused() {
    let memory = Path::new("/sys/fs/cgroup/memory");
    if !memory.join("cgroup.clone_children").exists() {
        return println!("SKIP a_group_of_version_1: none mounted");
    }
    let _host = host();
    let error = refused(memory);
    assert_eq!(error.to_string(), "cgroup /sys/fs/cgroup/memory: is a group of cgroup v1");
    assert!(error.is_unsupported() && error.hint().expect("a cure").contains("cgroup_no_v1"));
}

#[test]
fn missing_controllers_are_named() {
    let Some(ground) = Ground::new("lacks") else { return };
    let inner = ground.make("inner");
    let have: String = read(&ground.0, "cgroup.controllers");
    if have.contains("pids") {
        fs::write(ground.0.join("cgroup.subtree_control"), "+pids").expect("pids");
    }
    let lacks = if have.contains("pids") { "memory" } else { "memory, pids" };
    let sandbox = bare_guest_sandbox().memory_limit(256 << 20).pids_limit(20);
    let error = sandbox.cgroup(Cgroup::parent(&inner)).spawn(guest("noop")).expect_err("lacks");
    assert_eq!(error.to_string(), format!("cgroup {}: lacks {lacks}", inner.display()));
    let v1 = fs::read_to_string("/proc/self/mountinfo").expect("mounts").contains(" - cgroup cgroup rw,memory");
    let cure = error.hint().expect("a cure");
    assert!(cure.contains(if v1 { "cgroup_no_v1" } else { "subtree_control" }) && error.is_unsupported(), "{cure}");
    // The same of the own group; it has not been moved for nothing.
    let said = host_says("attempt", &["auto", "memory", "pids"], &inner);
    assert!(said.starts_with(&format!("cgroup {}: lacks {lacks} [", inner.display())), "{said}");
    assert!(!inner.join(ASIDE).exists());
}

#[test]
fn a_parent_with_processes_is_refused() {
    let Some(ground) = Ground::with_memory("populated") else { return };
    let sleeper = Sleeper::new(&ground.make("busy"));
    let path = ground.0.join("busy");
    let error = refused(&path);
    let expected = format!("cgroup {}: a process is in it, such as {} (sleep)", path.display(), sleeper.0.id());
    assert_eq!(error.to_string(), expected);
    assert!(error.is_unsupported() && error.hint().expect("a cure").contains("Cgroup::parent"));
    assert_eq!(read(&path, "cgroup.subtree_control"), "");
    // The host itself is a process like others: a group that is named is not left.
    let own = ground.make("own");
    let said = host_says("attempt", &[&own.display().to_string(), "memory"], &own);
    assert!(said.starts_with(&format!("cgroup {}: a process is in it, this one [", own.display())), "{said}");
}

#[test]
fn a_threaded_parent_is_refused() {
    let Some(ground) = Ground::new("threaded") else { return };
    let inner = ground.make("inner");
    fs::write(inner.join("cgroup.type"), "threaded").expect("threaded");
    let error = refused(&inner);
    assert_eq!(
        error.to_string(),
        format!("cgroup {}: is \"threaded\", which has no memory controller", inner.display())
    );
    assert!(error.is_unsupported() && error.hint().expect("a cure").contains("thread mode"));
    assert!(refused(&ground.0).to_string().contains("is \"domain threaded\""));
    let invalid = ground.make("invalid");
    assert!(refused(&invalid).to_string().contains("is \"domain invalid\""));
    let said = host_says("attempt", &["auto"], &ground.0);
    assert!(said.contains("is \"domain threaded\""), "{said}");
}

#[test]
fn a_read_only_hierarchy_is_told() {
    let Some(ground) = Ground::new("read_only") else { return };
    for place in ["auto".into(), ground.make("named").display().to_string()] {
        let said = host_says("read_only", &[&place], &ground.make(&format!("own{}", place.len())));
        assert!(said.contains("Read-only file system (os error 30) [mount cgroup2 writable"), "{said}");
    }
}

#[test]
fn a_host_without_cgroup_2_is_told_so() {
    if !is_root() {
        return println!("SKIP version_2_is_not_mounted: needs root");
    }
    let Some(ground) = Ground::new("hidden") else { return };
    let said = host_says("hidden", &["auto"], &ground.make("own"));
    let v1 = fs::read_to_string("/proc/self/mountinfo").expect("mounts").contains(" - cgroup cgroup rw,memory");
    let expected = match v1 {
        true => "cgroup: only cgroup v1 is mounted [cgroup v1 holds the controllers",
        false => "cgroup: cgroup v2 is not mounted [mount -t cgroup2",
    };
    assert!(said.starts_with(expected), "{said}");
}

#[test]
fn a_host_without_delegation_is_told_so() {
    let Some(ground) = Ground::new("denied") else { return };
    // For root the host becomes another user, for that user the directory takes no more.
    let own = ground.make("own");
    fs::set_permissions(&own, fs::Permissions::from_mode(0o555)).expect("own directory");
    let said = host_says("plain", &["auto"], &own);
    let expected = format!("cgroup {}: Permission denied (os error 13) [systemd-run --user --scope", own.display());
    assert!(said.starts_with(&expected), "{said}");
    let said = host_says("plain", &[&own.display().to_string()], &ground.make("other"));
    assert!(said.starts_with(&expected), "{said}");
}

#[test]
fn a_parent_that_no_process_can_be_moved_to() {
    let Some(ground) = Ground::new("apart") else { return };
    let (own, named) = (ground.make("own"), ground.make("named"));
    std::os::unix::fs::chown(&named, Some(1000), Some(1000)).expect("chown");
    fs::set_permissions(ground.0.join("cgroup.procs"), fs::Permissions::from_mode(0o444)).expect("own file");
    let said = host_says("plain", &[&named.display().to_string()], &own);
    let procs = ground.0.join("cgroup.procs");
    let expected = format!("{} is not writable (Permission denied", procs.display());
    assert!(said.contains("no process can be moved to it") && said.contains(&expected), "{said}");
}

#[test]
fn cgroup_namespaces_of_the_host_are_seen_through() {
    let Some(ground) = Ground::new("namespace") else { return };
    let own = ground.make("own");
    let said = host_says("namespaced", &["auto"], &own);
    let (before, after) = said.split_once('\n').expect("two lines");
    assert!(before.starts_with("cgroup: this process's group is outside of what is mounted ["), "{said}");
    let root = base_of_mount().display();
    let moves = if read(&own, "cgroup.controllers").is_empty() {
        ""
    } else {
        ": this process would move to belljar.host below it"
    };
    assert_eq!(after, format!("true {root}{moves}; \n"));
    assert!(!own.join(ASIDE).exists(), "a probe changes nothing");
}

#[test]
fn a_cure_may_be_followed_while_the_host_runs() {
    let Some(ground) = Ground::new("cured") else { return };
    let named = ground.0.join("named");
    let mut program = on_host("again");
    program.arg(&named).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = inside(&mut program, &ground.make("own")).spawn().expect("runs");
    let mut stdin = child.stdin.take().expect("piped");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut attempt = || {
        stdin.write_all(b"\n").expect("a line");
        lines.next().expect("a line").expect("text")
    };
    assert!(attempt().contains("No such file or directory"));
    for _ in 0..2 {
        // The second time another group has the name of the one that was found.
        fs::create_dir(&named).expect("a new group");
        assert_eq!([attempt(), attempt()], [RAN.trim(), RAN.trim()]);
        fs::remove_dir(&named).expect("no leaf is left");
        assert!(attempt().contains("No such file or directory"));
    }
    drop(stdin);
    assert!(child.wait().expect("ends").success());
}

#[test]
fn the_probe_tells_what_a_spawn_would_find_and_changes_nothing() {
    let Some(ground) = Ground::with_memory("probe") else { return };
    let own = ground.make("own");
    let expected = format!("true {}: this process would move to {ASIDE} below it; \n", own.display());
    assert_eq!(host_says("probe", &[], &own), expected);
    let sleeper = Sleeper::new(&own);
    let said = host_says("probe", &[], &own);
    assert!(said.starts_with(&format!("false cgroup {}: a process is in it, such as ", own.display())), "{said}");
    assert!(said.contains("systemd-run"), "{said}");
    drop(sleeper);
    assert!(!own.join(ASIDE).exists() && read(&own, "cgroup.subtree_control").is_empty());
    assert_eq!(host_says("attempt", &["auto"], &own), RAN);
    assert_eq!(host_says("probe", &[], &own.join(ASIDE)), format!("true {}; \n", own.display()));
}

// ---- leaves of the dead -------------------------------------------------------------------------------------------

/// A run below this group, by this process.
fn run_below(path: &Path) {
    let outcome = bare_guest_sandbox().cgroup(Cgroup::parent(path)).run(guest("noop")).expect("runs");
    assert_eq!(outcome.verdict, belljar::Verdict::Exited(0));
}

/// As runs name theirs: the host's process, a time, a number.
fn leaf_name(number: usize) -> String {
    format!("belljar-{:x}-123456789a-{number:x}", std::process::id())
}

#[test]
fn leaves_of_the_dead_are_swept_and_those_of_the_living_are_not() {
    let Some(ground) = Ground::new("sweep") else { return };
    let empty = ground.make(&leaf_name(0));
    let populated = ground.make(&leaf_name(1));
    let mut doomed = Sleeper::new(&populated);
    let nested = ground.make(&leaf_name(2));
    fs::create_dir(nested.join("inner")).expect("a new group");
    let living = ground.make(&leaf_name(3));
    let lock = File::open(&living).expect("the leaf");
    lock.lock_shared().expect("its owner's lock");
    let mut spared = Sleeper::new(&living);
    // Groups that somebody has named after the crate, such as the parent of other runs.
    let names = ["other", "belljar.other", "belljar", "belljar-judge", "belljar-1", "belljar-a-b", "belljar-a-b-c"];
    let others = names.map(|name| ground.make(name));
    let mut at_home = Sleeper::new(&others[3]);

    run_below(&ground.0);
    assert!(!empty.exists() && !nested.exists());
    eventually("what is in a dead leaf is killed", || !doomed.lives());
    // A run waits for the kernel only so long.
    eventually("a dead leaf is removed", || {
        run_below(&ground.0);
        !populated.exists()
    });
    assert!(living.exists() && spared.lives() && at_home.lives());
    assert!(others.iter().all(|other| other.exists()));

    drop((lock, spared));
    eventually("the owner is gone", || {
        run_below(&ground.0);
        !living.exists()
    });
    assert!(at_home.lives() && others.iter().all(|other| other.exists()));
}

#[test]
fn a_sandbox_that_has_its_parent_sweeps_too() {
    let Some(ground) = Ground::new("later") else { return };
    let sandbox = bare_guest_sandbox().cgroup(Cgroup::parent(&ground.0));
    sandbox.run(guest("noop")).expect("runs");
    let dead = ground.make(&leaf_name(0));
    eventually("a dead leaf is removed", || {
        sandbox.run(guest("noop")).expect("runs");
        !dead.exists()
    });
}

#[test]
fn thousands_of_dead_leaves_are_swept_bit_by_bit() {
    let Some(ground) = Ground::new("thousands") else { return };
    let count = amount(3000, 200);
    for number in 0..count {
        ground.make(&leaf_name(number));
    }
    // Each run removes some, and looks no longer than a tenth of a second.
    let mut left = count;
    while left > 0 {
        run_below(&ground.0);
        let now = ground.leaves().len();
        assert!(now < left, "{now} of {left}");
        left = now;
    }
}

/// A host in a group of its own that runs something below the ground, and the id of that one's init.
fn busy_host(ground: &Ground, name: &str) -> (Sleeper, Pid) {
    let mut program = on_host(name);
    program.arg(&ground.0).stdin(Stdio::null()).stdout(Stdio::piped());
    let own = ground.0.join("host");
    let _ = fs::create_dir(&own);
    let mut child = inside(&mut program, &own).spawn().expect("runs");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
    let init = Pid::from_raw(line.trim().parse().expect("an id")).expect("an id");
    (Sleeper(child), init)
}

#[test]
fn the_leaf_of_a_living_host_stays() {
    let Some(ground) = Ground::new("living") else { return };
    let (mut living, init) = busy_host(&ground, "idle_host");
    let leaves = ground.leaves();
    assert_eq!(leaves.len(), 1);
    for _ in 0..3 {
        run_below(&ground.0);
    }
    assert_eq!(ground.leaves(), leaves);
    assert!(living.lives() && test_kill_process(init).is_ok());
    drop(living);
    eventually("the leaf of a dead host is removed", || {
        run_below(&ground.0);
        ground.leaves().is_empty()
    });
}

/// A privileged host's init has the run's user, who may remove nothing below the parent; in no namespaces it has the host's.
#[test]
fn the_init_of_a_dead_host_removes_the_leaf_if_it_may() {
    let Some(ground) = Ground::new("init") else { return };
    for (name, may) in [("idle_host", !is_root()), ("bare_host", true)] {
        let (host, init) = busy_host(&ground, name);
        assert_eq!(ground.leaves().len(), 1);
        drop(host);
        eventually("the init ends", || test_kill_process(init).is_err());
        let left = ground.leaves();
        assert_eq!(left.len(), usize::from(!may), "{name}");
        for leaf in left {
            assert!(processes(&ground.0.join(leaf)).is_empty());
        }
        run_below(&ground.0);
        assert_eq!(ground.leaves(), [""; 0]);
    }
}

/// A host whose first attempt fails, under a filter that refuses ptrace(2); says its groups.
fn host_in_a_container(args: &[String]) -> i32 {
    let sandbox = sandbox(args).seccomp(belljar::Filter::standard().kill(["chroot"]));
    common::filter::install(&[(libc::SYS_ptrace, common::filter::errno(libc::EPERM))]);
    let mut child = sandbox.spawn(guest("idle")).expect("runs");
    for leaf in common::cgroup::leaves(Path::new(&args[0])) {
        println!("{}", leaf.file_name().expect("a name").display());
    }
    child.kill().expect("kills");
    child.wait().expect("ends");
    0
}

#[test]
fn an_attempt_that_fails_is_not_counted_in_the_group_of_the_next() {
    let Some(ground) = Ground::new("retry") else { return };
    let path = ground.0.to_str().expect("UTF-8");
    let leaves = host_says("host_in_a_container", &[path], &ground.make("host"));
    assert_eq!(leaves.lines().map(|name| name.rsplit('-').next()).collect::<Vec<_>>(), [Some("1")], "{leaves}");
}

#[test]
fn what_a_dead_host_and_its_dead_init_have_left_running_is_killed() {
    let Some(ground) = Ground::new("orphan") else { return };
    let (host, init) = busy_host(&ground, "bare_host");
    let leaf = ground.0.join(&ground.leaves()[0]);
    eventually("the program has a child", || processes(&leaf).len() == 2);
    // A host that runs would end the tree when its init dies; a stopped one lives, and keeps its leaf.
    let pid = Pid::from_raw(host.0.id() as i32).expect("an id");
    kill_process(pid, Signal::STOP).expect("stop");
    let stat = Path::new("/proc").join(host.0.id().to_string());
    eventually("the host is stopped", || read(&stat, "stat").contains(") T "));
    kill_process(init, Signal::KILL).expect("kill");
    eventually("the program goes with its init, its child stays", || processes(&leaf).len() == 1);
    run_below(&ground.0);
    assert_eq!(processes(&leaf).len(), 1);
    drop(host);
    eventually("the tree is ended by the next run", || {
        run_below(&ground.0);
        !leaf.exists()
    });
}

#[test]
fn a_host_killed_at_any_moment_leaves_nothing() {
    let Some(ground) = Ground::new("killed") else { return };
    let own = ground.make("host");
    let rounds = amount(50, 10);
    for round in 0..rounds {
        let mut program = on_host("idle_host");
        program.arg(&ground.0).stdout(Stdio::null()).stderr(Stdio::null());
        let host = Sleeper(inside(&mut program, &own).spawn().expect("runs"));
        // From before its first call to long after its program's start.
        std::thread::sleep(Duration::from_millis(30) * patience() * round / rounds);
        drop(host);
    }
    eventually("the next run leaves nothing", || {
        run_below(&ground.0);
        ground.leaves().is_empty() && processes(&own).is_empty()
    });
}

fn deepen(leaf: &Path, depth: usize) {
    let mut path = leaf.to_owned();
    for _ in 0..depth {
        path.push("d");
        fs::create_dir(&path).expect("a group below");
    }
}

/// A program of the host's own user that has the host's mounts may make groups in its own. Here the host does that, and has
/// fewer descriptors than there are.
fn host_of_a_deep_group(args: &[String]) -> i32 {
    let limits = libc::rlimit { rlim_cur: 64, rlim_max: 64 };
    // SAFETY: the limits are read only.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limits) }, 0);
    let parent = Path::new(&args[0]);
    let mut child = bare_guest_sandbox().cgroup(Cgroup::parent(parent)).spawn(guest("idle")).expect("spawns");
    let leaf = common::cgroup::leaves(parent).pop().expect("a leaf");
    deepen(&leaf, 100);
    child.kill().expect("kills");
    child.wait().expect("waits");
    assert!(!leaf.exists(), "left behind");
    0
}

#[test]
fn groups_within_a_runs_own_are_removed_however_deep() {
    let Some(ground) = Ground::new("deep") else { return };
    let output = on_host("host_of_a_deep_group").arg(&ground.0).output().expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(ground.leaves(), [""; 0]);

    // Those of a dead host too, if not by one run then by the next.
    deepen(&ground.make(&leaf_name(0)), 40);
    eventually("the dead host's group is removed", || {
        bare_guest_sandbox().cgroup(Cgroup::parent(&ground.0)).run(guest("noop")).expect("runs");
        ground.leaves().is_empty()
    });
}
