//! Hosts that give less than all of a sandbox: what each tier promises holds, what it lacks is told, and nothing becomes less by
//! itself. `.ci/containers` runs these in containers, where such hosts are real.

mod common;

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::path::Path;

use belljar::{
    Action, Arg, Child, Command, Enforced, Features, Filter, Host, Landlock, Means, Namespaces, Overlay, Sandbox,
    Stdio, Step, Tier, Verdict,
};
use common::kernel;
use common::lesser::{become_ordinary, own_mounts};
use rustix::mount::{MountFlags, MountPropagationFlags, mount, mount_bind, mount_change, mount_remount};

guests! { neighbour, attack, own_attack, escape, litter, keeps_capabilities, masked, read_only_sysctls, no_users, without_mounts, no_memfds, nest, look }

// ---- two runs at the same time, without namespaces --------------------------------------------------------------------

/// What a program has that others are not to reach.
struct Belongings {
    pid: i32,
    shm: i32,
    sem: i32,
    msg: i32,
    name: String,
}

impl Belongings {
    fn new() -> Belongings {
        let name = format!("belljar-{}", kernel::pid());
        for dir in ["/tmp", "/dev/shm"] {
            let path = format!("{dir}/{name}");
            std::fs::write(&path, "secret").expect("everybody may write there");
            set_mode(&path, 0o600);
        }
        let socket = format!("/tmp/{name}.socket");
        std::mem::forget(UnixListener::bind(&socket).expect("binds"));
        set_mode(&socket, 0o600);
        let address = SocketAddr::from_abstract_name(&name).expect("a name");
        std::mem::forget(UnixListener::bind_addr(&address).expect("binds"));
        // SAFETY: no pointers.
        let (shm, sem, msg) = unsafe {
            (
                libc::shmget(libc::IPC_PRIVATE, 4096, 0o600),
                libc::semget(libc::IPC_PRIVATE, 1, 0o600),
                libc::msgget(libc::IPC_PRIVATE, 0o600),
            )
        };
        assert!(shm >= 0 && sem >= 0 && msg >= 0);
        Belongings { pid: kernel::pid(), shm, sem, msg, name }
    }

    fn from_args(args: &[String]) -> Belongings {
        let number = |at: usize| args[at].parse().expect("a number");
        Belongings { pid: number(0), shm: number(1), sem: number(2), msg: number(3), name: args[4].clone() }
    }

    fn to_args(&self) -> Vec<String> {
        let Belongings { pid, shm, sem, msg, name } = self;
        vec![pid.to_string(), shm.to_string(), sem.to_string(), msg.to_string(), name.clone()]
    }
}

fn set_mode(path: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("chmod");
}

/// Has what can be attacked, tells of it, and waits to be ended.
fn neighbour(_: &[String]) -> i32 {
    println!("{}", Belongings::new().to_args().join(" "));
    kernel::forever()
}

/// Each attempt on what another program has, and whether it got through.
fn attempts(on: &Belongings) -> Vec<(&'static str, Result<(), i32>)> {
    let (pid, name) = (on.pid as usize, &on.name);
    let done = |result: i64| match result {
        0.. => Ok(()),
        // It may read, if not there.
        _ if std::io::Error::last_os_error().raw_os_error() == Some(libc::EFAULT) => Ok(()),
        _ => Err(std::io::Error::last_os_error().raw_os_error().unwrap_or(0)),
    };
    let io = |result: std::io::Result<()>| result.map_err(|error| error.raw_os_error().unwrap_or(0));
    let open = |path: String| io(std::fs::File::open(path).map(drop));
    let mut byte = 0u8;
    static THERE: u8 = 1;
    let (local, remote) = ([&raw mut byte as usize, 1], [&raw const THERE as usize, 1]);
    let mut message = [0u64; 2];
    // SAFETY: pointers to live locals, or to none.
    let calls = unsafe {
        [
            ("signal", done(libc::kill(on.pid, 0).into())),
            ("trace", done(libc::ptrace(libc::PTRACE_SEIZE, on.pid, 0, 0))),
            (
                "read its memory",
                done(libc::syscall(
                    libc::SYS_process_vm_readv,
                    pid,
                    local.as_ptr(),
                    1usize,
                    remote.as_ptr(),
                    1usize,
                    0usize,
                )),
            ),
            ("slow it down", done(libc::setpriority(libc::PRIO_PROCESS, pid as u32, 19).into())),
            ("attach its shared memory", done(libc::shmat(on.shm, std::ptr::null(), libc::SHM_RDONLY) as i64)),
            ("read its semaphore", done(libc::semctl(on.sem, 0, libc::GETVAL).into())),
            ("send to its queue", {
                message[0] = 1;
                done(libc::msgsnd(on.msg, message.as_ptr().cast(), 8, libc::IPC_NOWAIT).into())
            }),
            ("remove its queue", done(libc::msgctl(on.msg, libc::IPC_RMID, std::ptr::null_mut()).into())),
        ]
    };
    let abstract_name = SocketAddr::from_abstract_name(name).expect("a name");
    let files = [
        ("its environment", open(format!("/proc/{pid}/environ"))),
        ("its memory's file", open(format!("/proc/{pid}/mem"))),
        ("its descriptors", io(std::fs::read_dir(format!("/proc/{pid}/fd")).map(drop))),
        ("its file in /tmp", open(format!("/tmp/{name}"))),
        ("its file in /dev/shm", open(format!("/dev/shm/{name}"))),
        ("its socket", io(UnixStream::connect(format!("/tmp/{name}.socket")).map(drop))),
        ("its abstract socket", io(UnixStream::connect_addr(&abstract_name).map(drop))),
        ("the removal of its file", io(std::fs::remove_file(format!("/tmp/{name}")))),
    ];
    calls.into_iter().chain(files).collect()
}

/// None gets through.
fn attack(args: &[String]) -> i32 {
    let through: Vec<_> =
        attempts(&Belongings::from_args(args)).into_iter().filter(|(_, result)| result.is_ok()).collect();
    println!("{through:?}");
    i32::from(!through.is_empty())
}

/// An outer filter may forbid it, whosever memory it is: Docker's does.
fn memory_can_be_read() -> bool {
    attempts(&Belongings { pid: kernel::pid(), shm: -1, sem: -1, msg: -1, name: "none".into() })
        .contains(&("read its memory", Ok(())))
}

/// By the same program's own process all of them do: so each is one that works.
fn own_attack(_: &[String]) -> i32 {
    let [reader, writer] = {
        let mut ends = [0i32; 2];
        // SAFETY: two numbers are written.
        assert_eq!(unsafe { libc::pipe(ends.as_mut_ptr()) }, 0);
        ends
    };
    let child = kernel::child(|| {
        kernel::write(writer, Belongings::new().to_args().join(" ").as_bytes());
        kernel::forever()
    });
    let mut text = [0u8; 256];
    // SAFETY: into a live local.
    let length = unsafe { libc::read(reader, text.as_mut_ptr().cast(), text.len()) } as usize;
    let args: Vec<String> = String::from_utf8_lossy(&text[..length]).split(' ').map(str::to_owned).collect();
    let refused: Vec<_> =
        attempts(&Belongings::from_args(&args)).into_iter().filter(|(_, result)| result.is_err()).collect();
    let forbidden = [("read its memory", Err(libc::EPERM))];
    println!("{child:?} {refused:?}");
    i32::from(!refused.is_empty() && (memory_can_be_read() || refused != forbidden))
}

fn guest(name: &str, args: &[String]) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("own path"));
    command.arg(common::MARK).arg(name).args(args);
    command
}

fn bare() -> Sandbox {
    Sandbox::new().namespaces(Namespaces::empty())
}

/// A caller that may choose the program's id, and whose runs so have ids of their own.
fn chooses_ids(test: &str) -> bool {
    match bare().run(guest("look", &[])) {
        Ok(outcome) if outcome.enforced.own_user => true,
        other => {
            let missing =
                other.map_or_else(|error| error.to_string(), |_| "its program has the caller's id".to_owned());
            common::skip(test, "root", &missing);
            false
        }
    }
}

fn look(_: &[String]) -> i32 {
    0
}

fn said(child: &mut Child) -> String {
    use std::io::{BufRead, BufReader};
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().expect("piped")).read_line(&mut line).expect("reads");
    line.trim().to_owned()
}

/// How many System V objects of each kind there are with these numbers.
fn objects(on: &Belongings) -> usize {
    let has = |file: &str, id: i32| {
        let text = std::fs::read_to_string(format!("/proc/sysvipc/{file}")).expect("reads");
        text.lines().skip(1).any(|line| line.split_ascii_whitespace().nth(1) == Some(&id.to_string()))
    };
    [has("shm", on.shm), has("sem", on.sem), has("msg", on.msg)].into_iter().filter(|there| *there).count()
}

#[test]
fn runs_without_namespaces_cannot_reach_each_other_and_leave_nothing() {
    let _host = common::host();
    if !chooses_ids("runs_without_namespaces_cannot_reach_each_other_and_leave_nothing") {
        return;
    }
    let open = bare().seccomp(Filter::unrestricted());
    let output = open.output(guest("own_attack", &[])).expect("runs");
    assert_eq!(output.outcome.verdict, Verdict::Exited(0), "{}", String::from_utf8_lossy(&output.stdout));

    let mut victim = open.spawn(guest("neighbour", &[]).stdout(Stdio::piped())).expect("starts");
    let belongings = Belongings::from_args(&said(&mut victim).split(' ').map(str::to_owned).collect::<Vec<_>>());
    assert_eq!(objects(&belongings), 3);
    // The names of abstract sockets know no owner: Landlock is what keeps programs from them (6.12).
    let scoped = kernel::landlock() >= 6;
    let rules = Landlock::new().read("/").write("/").execute("/");
    let attacker = if scoped { open.clone().landlock(rules.scope_abstract_sockets()) } else { open };
    let output = attacker.output(guest("attack", &belongings.to_args())).expect("runs");
    let through = String::from_utf8_lossy(&output.stdout).into_owned();
    let only_abstract = r#"[("its abstract socket", Ok(()))]"#;
    assert_eq!(through.trim(), if scoped { "[]" } else { only_abstract });

    drop(victim);
    assert_eq!(objects(&belongings), 0);
    for left in ["/tmp/NAME", "/tmp/NAME.socket", "/dev/shm/NAME"] {
        let path = left.replace("NAME", &belongings.name);
        assert!(!Path::new(&path).exists(), "{path}");
    }
}

/// Forks without end, each child in a session of its own, and lets go of every parent.
fn escape(_: &[String]) -> i32 {
    println!("{}", rustix::process::getuid().as_raw());
    for _ in 0..64 {
        let _ = kernel::child(|| {
            kernel::ignore_all_signals();
            loop {
                let _ = kernel::call(kernel::nr::SETSID, &[]);
                if kernel::fork() != Ok(0) {
                    return 0;
                }
            }
        });
    }
    0
}

#[test]
fn what_runs_away_from_its_init_ends_with_it() {
    let _host = common::host();
    if !chooses_ids("what_runs_away_from_its_init_ends_with_it") {
        return;
    }
    let output = bare().output(guest("escape", &[])).expect("runs");
    let uid = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    for process in std::fs::read_dir("/proc").expect("reads").map(|entry| entry.expect("reads").path()) {
        let status = std::fs::read_to_string(process.join("status")).unwrap_or_default();
        let owner = status.lines().find_map(|line| line.strip_prefix("Uid:")?.split_ascii_whitespace().next());
        assert_ne!(owner, Some(&*uid), "{}", process.display());
    }
}

/// Root whose capabilities a change of ids does not take away, with a process that has nothing to do with the sandbox. What is in
/// danger is in a PID namespace with it.
fn keeps_capabilities(_: &[String]) -> i32 {
    const SECBIT_NO_SETUID_FIXUP: usize = 1 << 2;
    if kernel::call(libc::SYS_unshare, &[(libc::CLONE_NEWPID | libc::CLONE_NEWNS) as usize]) == Err(libc::EPERM) {
        common::skip("what_is_not_the_runs_lives_on", "sys_admin", "root of a container has no CAP_SYS_ADMIN");
        return 0;
    }
    let first = kernel::child(|| {
        assert_eq!(kernel::pid(), 1);
        mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC).expect("private mounts");
        mount("proc", "/proc", "proc", MountFlags::empty(), None).expect("its own /proc");
        kernel::call(libc::SYS_prctl, &[libc::PR_SET_SECUREBITS as usize, SECBIT_NO_SETUID_FIXUP]).expect("securebits");
        let bystander = kernel::child(|| kernel::forever()).expect("forks");
        let outcome = bare().run(guest("look", &[])).expect("runs");
        let mut status = 0i32;
        let ended =
            kernel::call(libc::SYS_wait4, &[bystander as usize, &raw mut status as usize, libc::WNOHANG as usize, 0]);
        println!("{:?} {ended:?} {status:#x}", outcome.verdict);
        i32::from(!outcome.enforced.own_user || outcome.verdict != Verdict::Exited(0) || ended != Ok(0))
    });
    kernel::wait(first.expect("forks")).expect("its end")
}

#[test]
fn what_is_not_the_runs_lives_on_whatever_the_hosts_securebits() {
    const TEST: &str = "what_is_not_the_runs_lives_on_whatever_the_hosts_securebits";
    if chooses_ids(TEST) && common::is_root() && has_namespaces(TEST) {
        common::run_on_host("keeps_capabilities", &[]);
    }
}

/// Leaves a tree that a careless removal would not get rid of, or get lost in.
fn litter(_: &[String]) -> i32 {
    let dir = format!("/tmp/belljar-{}", kernel::pid());
    std::fs::create_dir_all(format!("{dir}/a/b")).expect("makes");
    std::os::unix::fs::symlink("/etc", format!("{dir}/a/link")).expect("links");
    set_mode(&format!("{dir}/a"), 0);
    println!("{dir}");
    0
}

#[test]
fn the_files_of_a_user_that_is_no_more_go() {
    let _host = common::host();
    if !chooses_ids("the_files_of_a_user_that_is_no_more_go") {
        return;
    }
    let output = bare().output(guest("litter", &[])).expect("runs");
    let dir = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    assert!(dir.starts_with("/tmp/belljar-") && !Path::new(&dir).exists() && Path::new("/etc").exists(), "{dir}");
}

#[test]
fn what_the_program_is_given_to_no_avail_is_an_error() {
    let _host = common::host();
    if !chooses_ids("what_the_program_is_given_to_no_avail_is_an_error") {
        return;
    }
    let dir = common::TempDir::new("private");
    set_mode(dir.path().to_str().expect("text"), 0o700);
    let rules = Landlock::new().read("/").execute("/").read(dir.path());
    let error = bare().landlock(rules).optional(Features::LANDLOCK).spawn(guest("look", &[]));
    let error = error.expect_err("it may not read it");
    assert_eq!((error.path(), error.step()), (Some(dir.path()), Step::Landlock), "{error}");
    assert!(error.hint().expect("a cure").contains("0755"), "{error:#}");
}

#[test]
fn an_id_that_is_asked_for_is_what_the_program_has() {
    let _host = common::host();
    if !chooses_ids("an_id_that_is_asked_for_is_what_the_program_has") {
        return;
    }
    let outcome = bare().user(4711, 4711).run(guest("look", &[])).expect("runs");
    assert!(!outcome.enforced.own_user);
}

// ---- lesser hosts -----------------------------------------------------------------------------------------------------

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.arg("-c").arg(script);
    command
}

fn lists(sandbox: &Sandbox) -> (String, Enforced) {
    let output = sandbox.output(shell("echo /proc/* /dev/fd /dev/std*; ls -d /dev/fd")).expect("runs");
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.outcome.enforced)
}

/// What a container does to /proc, so that no other one may be mounted.
fn masked(_: &[String]) -> i32 {
    own_mounts();
    mount("none", "/proc/fs", "tmpfs", MountFlags::RDONLY, None).expect("a mask");
    let host = Host::probe();
    assert_eq!(host.tier(), Some(Tier::NoProc), "\n{host}");
    let sandbox = Sandbox::new().host_system();
    let error = sandbox.spawn(shell("true")).expect_err("no /proc, no sandbox");
    assert_eq!(error.step(), Step::Proc, "{error}");
    assert!(error.hint().expect("a cure").contains("Features::PROC"), "{error:#}");
    for sandbox in [sandbox.clone().optional(Features::PROC), sandbox.clone().at_least(Tier::NoNamespaces)] {
        let (listed, enforced) = lists(&sandbox);
        assert_eq!(listed, "/proc/* /dev/fd /dev/std*\n");
        assert_eq!((enforced.proc, enforced.namespaces), (Means::Nothing, Namespaces::all()));
        assert!(enforced.support() < belljar::Support::Full);
    }
    let error = sandbox.at_least(Tier::Strict).spawn(shell("true")).expect_err("this host gives less");
    assert!(error.step() == Step::Namespaces && error.to_string().contains("\"no /proc\": proc: "), "{error}");
    0
}

#[test]
fn under_a_masked_proc_there_is_none() {
    if has_namespaces("under_a_masked_proc_there_is_none") {
        common::run_on_host("masked", &[]);
    }
}

/// Tries to get a user namespace of its own.
fn nest(_: &[String]) -> i32 {
    match kernel::child(|| match kernel::call(libc::SYS_unshare, &[libc::CLONE_NEWUSER as usize]) {
        Ok(_) => 0,
        Err(errno) => errno,
    }) {
        Ok(pid) => kernel::wait(pid).expect("its end") >> 8,
        Err(errno) => errno,
    }
}

fn read_only_sysctls(_: &[String]) -> i32 {
    // What a container's /proc may have, and a user namespace may not take off.
    const LOCKED: MountFlags = MountFlags::NOSUID.union(MountFlags::NODEV).union(MountFlags::NOEXEC);
    own_mounts();
    mount_bind("/proc/sys", "/proc/sys").expect("a mount of its own");
    mount_remount("/proc/sys", MountFlags::BIND | MountFlags::RDONLY | LOCKED, c"").expect("read-only");
    let sandbox = common::guest_sandbox().optional(Features::PROC);
    let outcome = sandbox.run(common::guest("nest")).expect("the standard filter stands in");
    assert_eq!((outcome.verdict, outcome.enforced.nested_users), (Verdict::Exited(libc::EPERM), Means::Filter));
    for filter in [Filter::unrestricted(), Filter::deny(["mount"])] {
        let error =
            sandbox.clone().seccomp(filter).spawn(common::guest("nest")).expect_err("nothing keeps it from them");
        assert_eq!((error.step(), error.raw_os_error()), (Step::User, Some(libc::EROFS)), "{error}");
        assert!(error.hint().expect("a cure").contains("clone3"), "{error:#}");
    }
    0
}

#[test]
fn where_sysctls_are_read_only_a_filter_stands_in() {
    if has_namespaces("where_sysctls_are_read_only_a_filter_stands_in") {
        common::run_on_host("read_only_sysctls", &[]);
    }
}

/// An outer filter forbids user namespaces, as Docker's does.
fn no_users(args: &[String]) -> i32 {
    let ordinary = args[0] == "ordinary" || !common::is_root();
    if ordinary {
        become_ordinary();
    }
    let any = [Arg::new(0).any(libc::CLONE_NEWUSER as u64)];
    let filter =
        Filter::unrestricted().errno(["clone3"], libc::ENOSYS).when("unshare", any, Action::Errno(libc::EPERM));
    common::filter::apply(&filter.when("clone", any, Action::Errno(libc::EPERM)));
    let host = Host::probe();
    // The signals of those that have the same id only Landlock keeps apart (6.12); truncation it knows from 6.2 on.
    let enough = kernel::landlock() >= if ordinary { 6 } else { 3 };
    assert_eq!(host.tier(), enough.then_some(Tier::NoNamespaces), "\n{host}");
    let error = Sandbox::new().at_least(Tier::NoProc).spawn(shell("true")).expect_err("less");
    assert!(error.step() == Step::Namespaces && error.hint().is_some(), "{error:#}");
    if host.tier().is_none() {
        return 0;
    }
    let sandbox = Sandbox::new().at_least(Tier::NoNamespaces);
    assert_eq!(sandbox.spawn(shell("true")).expect_err("no rules").step(), Step::Landlock);
    let sandbox = sandbox.landlock(Landlock::new().read("/").execute("/"));
    let outcome = sandbox.run(shell("! echo >/tmp/belljar-written")).expect("runs");
    assert_eq!((outcome.verdict, outcome.enforced.namespaces), (Verdict::Exited(0), Namespaces::empty()));
    let error = sandbox.host_system().spawn(shell("true")).expect_err("the root is the host's");
    assert!(error.to_string().contains("Namespaces::MOUNT"), "{error}");
    0
}

#[test]
fn without_user_namespaces_there_is_landlock() {
    if has_namespaces("without_user_namespaces_there_is_landlock") {
        common::run_on_host("no_users", &["ordinary"]);
        common::run_on_host("no_users", &["any"]);
    }
}

/// Root with CAP_SETUID and CAP_SETGID and not CAP_SYS_ADMIN, as in a container.
fn without_mounts(_: &[String]) -> i32 {
    const CAP_SYS_ADMIN: u64 = 21;
    let mut sets = rustix::thread::capabilities(None).expect("own capabilities");
    let admin = rustix::thread::CapabilitySet::from_bits_retain(1 << CAP_SYS_ADMIN);
    (sets.effective, sets.permitted, sets.inheritable) =
        (sets.effective - admin, sets.permitted - admin, sets.inheritable - admin);
    rustix::thread::set_capabilities(None, sets).expect("fewer capabilities");

    let output = common::guest_sandbox().output(shell("id -u; cat /proc/self/uid_map")).expect("it sheds root");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let map: Vec<&str> = text.split_ascii_whitespace().collect();
    assert!(map[..2] == ["1000", "1000"] && map[2] != "0" && map[3] == "1", "{text}");
    // Root has made the namespace, and is charged for what is counted in it.
    assert!(!output.outcome.enforced.own_user);

    // What needs a mapped mount is refused by its name, and nothing else.
    let dir = common::TempDir::new("mapped");
    let named = |sandbox: Sandbox| {
        let error = sandbox.spawn(shell("true")).expect_err("an idmapped mount");
        assert_eq!(error.path(), Some(dir.path()), "{error}");
        assert!(error.hint().expect("a cure").contains("--cap-add SYS_ADMIN"), "{error:#}");
    };
    named(Sandbox::new().host_system().bind_rw(dir.path(), "/x"));
    named(Sandbox::new().host_system().bind_ro_as_owner(dir.path(), "/x"));
    named(Sandbox::new().host_system().overlay(Overlay::new().lower(dir.path()).at("/x")));
    let read_only = Overlay::new().lower(dir.path()).at("/y").read_only();
    for sandbox in [Sandbox::new().bind_ro(dir.path(), "/x"), Sandbox::new().overlay(read_only)] {
        sandbox.host_system().run(shell("true")).expect("needs none");
    }
    0
}

#[test]
fn root_that_cannot_mount_sheds_root_by_a_map() {
    let test = "root_that_cannot_mount_sheds_root_by_a_map";
    if !common::is_root() {
        return common::skip(test, "root", "not run as root");
    }
    if has_namespaces(test) {
        common::run_on_host("without_mounts", &[]);
    }
}

/// As a security module does that forbids the execution of memfds.
fn no_memfds(_: &[String]) -> i32 {
    common::filter::install(&[(libc::SYS_execveat, common::filter::errno(libc::EACCES))]);
    let error = bare().spawn(shell("true")).expect_err("no init");
    assert_eq!((error.step(), error.raw_os_error()), (Step::Init, Some(libc::EACCES)), "{error}");
    assert!(error.hint().expect("a cure").contains("/memfd:belljar-init ix"), "{error:#}");
    0
}

#[test]
fn where_a_memfd_may_not_be_executed_the_error_says_so() {
    common::run_on_host("no_memfds", &[]);
}

#[test]
fn a_tier_is_what_a_sandbox_gets() {
    let _host = common::host();
    let tier = Host::probe().tier();
    let run = |floor: Tier| {
        let rules = Landlock::new().read("/").execute("/");
        Sandbox::new().landlock(rules).at_least(floor).run(guest("look", &[]))
    };
    for floor in [Tier::NoNamespaces, Tier::NoProc, Tier::Strict] {
        match (tier, run(floor)) {
            (Some(tier), Err(error)) if floor <= tier => {
                // The program is not in sight of a root of its own.
                assert!(tier > Tier::NoNamespaces && error.step() != Step::Namespaces, "{floor}: {error:#}");
            }
            (Some(tier), Ok(_)) => assert!(tier == Tier::NoNamespaces && floor <= tier, "{floor}"),
            (_, Ok(_)) => panic!("{floor}: more than there is"),
            (_, Err(error)) => assert_eq!(error.step(), Step::Namespaces, "{floor}: {error:#}"),
        }
    }
}

fn has_namespaces(test: &str) -> bool {
    let strict = Host::probe().tier() == Some(Tier::Strict);
    if !strict {
        common::skip(test, "userns", "this host lacks more than the test takes away");
    }
    strict
}
