//! Promise 6: nothing is left behind, whatever fails; and promise 2: what fails is never passed over.
//!
//! Here a filter on the host makes one system call fail for host, init and program. Each operation of the init's script by
//! itself is made to fail in the crate's own tests.

mod common;

use belljar::{Command, Features, Namespaces, Sandbox, Stdio, Verdict};
use common::filter;
use common::hostile::sleep;
use common::kernel::{self, nr};
use common::portrait::{self, error_or_full, portrait};
use common::{guest, guest_sandbox, on_host};

guests! { portrait, quick, without_call, without_id_map, removes_beside_a_mount, busy_family, sleep }

fn quick(_: &[String]) -> i32 {
    0
}

/// What the host and the init do to build a sandbox.
const CALLS: [(&str, libc::c_long); 32] = [
    ("mount", libc::SYS_mount),
    ("pivot_root", libc::SYS_pivot_root),
    ("umount2", libc::SYS_umount2),
    ("clone", libc::SYS_clone),
    ("unshare", libc::SYS_unshare),
    ("openat2", libc::SYS_openat2),
    ("close_range", libc::SYS_close_range),
    ("mount_setattr", libc::SYS_mount_setattr),
    ("open_tree", libc::SYS_open_tree),
    ("move_mount", libc::SYS_move_mount),
    ("fsopen", libc::SYS_fsopen),
    ("fsconfig", libc::SYS_fsconfig),
    ("fsmount", libc::SYS_fsmount),
    ("pidfd_open", libc::SYS_pidfd_open),
    ("setgroups", libc::SYS_setgroups),
    ("setresuid", libc::SYS_setresuid),
    ("setresgid", libc::SYS_setresgid),
    ("prctl", libc::SYS_prctl),
    ("sethostname", libc::SYS_sethostname),
    ("keyctl", libc::SYS_keyctl),
    ("capset", libc::SYS_capset),
    ("setsid", libc::SYS_setsid),
    ("memfd_create", libc::SYS_memfd_create),
    ("socketpair", libc::SYS_socketpair),
    ("recvmsg", libc::SYS_recvmsg),
    ("mknodat", libc::SYS_mknodat),
    ("mkdirat", libc::SYS_mkdirat),
    ("execveat", libc::SYS_execveat),
    ("umask", libc::SYS_umask),
    ("personality", libc::SYS_personality),
    ("prlimit64", libc::SYS_prlimit64),
    ("rt_sigaction", libc::SYS_rt_sigaction),
];

/// Runs such a host with a directory for temporary files of its own, which must stay empty.
fn run(name: &str, args: &[&str]) {
    let dir = common::TempDir::new("nothing");
    let output = on_host(name).args(args).env("TMPDIR", dir.path()).output().expect("runs");
    let said = String::from_utf8_lossy(&output.stderr);
    print!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{name} {args:?}: {}\n{said}", output.status);
    assert_eq!(std::fs::read_dir(dir.path()).expect("the directory").count(), 0, "{name} {args:?} left a file");
}

#[test]
fn whichever_system_call_fails_nothing_is_left() {
    let _host = common::host();
    for (name, number) in CALLS {
        for errno in common::amount(&[libc::EPERM, libc::ENOSYS, libc::EINTR][..], &[libc::EPERM]) {
            run("without_call", &[name, &number.to_string(), &errno.to_string()]);
        }
    }
}

fn without_call(args: &[String]) -> i32 {
    let [name, number, errno] = args else { panic!("three arguments") };
    let (number, errno) = (number.parse().expect("a number"), errno.parse().expect("a number"));
    let mut full = portrait::of(&guest_sandbox());
    let command = portrait::command();
    let sandbox = guest_sandbox();
    if number == libc::SYS_keyctl {
        // Who may not ask for keyrings has no use of the host's either.
        full = full.replace("keyring _ses", "keyring denied");
    }
    let host = common::host();
    filter::install(&[(number, filter::errno(errno))]);
    let worked = error_or_full(&format!("{name} fails with {errno}"), sandbox.spawn(command), &full);
    // Not each of them is needed each time; but these are.
    let needed = [
        libc::SYS_mount,
        libc::SYS_clone,
        libc::SYS_pivot_root,
        libc::SYS_prctl,
        libc::SYS_openat2,
        libc::SYS_rt_sigaction,
    ];
    assert!(!worked || !needed.contains(&number), "{name}: cannot have worked");
    drop(host);
    0
}

#[test]
fn an_id_map_that_cannot_be_written_leaves_nothing() {
    let _host = common::host();
    for errno in [libc::EPERM, libc::ENOSYS, libc::EINTR] {
        run("without_id_map", &[&errno.to_string()]);
    }
}

/// The maps are the only writes of that size on the way.
fn without_id_map(args: &[String]) -> i32 {
    let errno = args[0].parse().expect("a number");
    let sandbox = Sandbox::new().host_system();
    let host = common::host();
    filter::install_for_size(libc::SYS_write, 8, 40, filter::errno(errno));
    let error = sandbox.spawn(&mut Command::new("true")).expect_err("without a map there is no user");
    drop(host);
    assert_eq!(error.step(), belljar::Step::IdMap);
    assert_eq!(error.raw_os_error(), Some(errno));
    0
}

#[test]
fn after_runs_that_end_well_and_in_every_other_way() {
    let _host = common::host();
    let dir = common::TempDir::new("well");
    let sandbox = guest_sandbox().bind_ro(dir.path(), "/data").tmpfs("/scratch", 1 << 20).dir("/empty");
    for namespaces in [Namespaces::all(), Namespaces::all() - Namespaces::NET - Namespaces::CGROUP] {
        let sandbox = sandbox.clone().namespaces(namespaces);
        assert_eq!(sandbox.run(guest("quick")).expect("runs").verdict, Verdict::Exited(0));
        let piped = |name: &str| {
            let mut command = guest(name);
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
            command
        };
        drop(sandbox.spawn(piped("quick")).expect("spawns"));
        sandbox.spawn(piped("quick")).expect("spawns").wait_with_output().expect("waits");
        sandbox.spawn(piped("quick")).expect("spawns").kill().expect("kills");
        sandbox.spawn(&mut Command::new("/none")).expect_err("not there");
        sandbox.clone().bind_ro("/none", "/x").spawn(piped("quick")).expect_err("not there");
        sandbox.clone().dir("/data/x").spawn(piped("quick")).expect_err("would be made in the host's files");
        sandbox.spawn(guest("quick").arg("x".repeat(200_000))).expect_err("too long");
    }
    assert_eq!(std::fs::read_dir(dir.path()).expect("the directory").count(), 0);
}

/// By modes that keep out who owns it. Links lead nowhere.
#[test]
fn what_a_program_made_undeletable_is_removed() {
    let _host = common::host();
    let (dir, kept) = (common::TempDir::new("undeletable"), common::TempDir::new("kept"));
    std::fs::write(kept.path().join("file"), "").expect("a file");
    let work = dir.path().join("work");
    std::fs::create_dir(&work).expect("a directory");
    let text = format!(
        "cd /work && mkdir -p a/b && echo >a/b/file && ln -s {} a/link && chmod 0 a/b/file a/b a /work",
        kept.path().display()
    );
    let outcome = Sandbox::new().host_system().bind_rw(&work, "/work").run(Command::shell(text)).expect("runs");
    assert!(outcome.success(), "{outcome}");
    // Root of a host may pass every mode.
    assert!(common::is_root() || std::fs::remove_dir_all(&work).is_err());
    belljar::remove_dir_all(&work).expect("goes");
    assert!(!work.exists() && kept.path().join("file").exists());
    belljar::remove_dir_all(&work).expect("is gone");
    std::os::unix::fs::symlink(kept.path(), &work).expect("a link");
    belljar::remove_dir_all(&work).expect_err("is a link");
    belljar::remove_dir_all("/").expect_err("has no name");
    assert!(kept.path().join("file").exists());
}

/// What is mounted below stays, and is an error.
#[test]
fn a_mount_below_what_is_removed_keeps_its_files() {
    common::run_on_host("removes_beside_a_mount", &[]);
}

fn removes_beside_a_mount(_: &[String]) -> i32 {
    let (dir, kept) = (common::TempDir::new("mounted"), common::TempDir::new("kept"));
    let file = kept.path().join("file");
    std::fs::write(&file, "").expect("a file");
    let places = ["tree/deep/below", "other"].map(|place| dir.path().join(place));
    places.iter().for_each(|place| std::fs::create_dir_all(place).expect("a directory"));
    let path = |path: &std::path::Path| std::ffi::CString::new(path.as_os_str().as_encoded_bytes()).expect("no NUL");
    let (uid, gid) = (rustix::process::getuid().as_raw(), rustix::process::getgid().as_raw());
    // SAFETY: numbers, and texts that live across the calls; this process has one thread.
    unsafe {
        assert_eq!(libc::unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNS), 0, "{}", std::io::Error::last_os_error());
        std::fs::write("/proc/self/setgroups", "deny").expect("setgroups");
        std::fs::write("/proc/self/uid_map", format!("{uid} {uid} 1")).expect("a map");
        std::fs::write("/proc/self/gid_map", format!("{gid} {gid} 1")).expect("a map");
        for place in &places {
            let (from, to) = (path(kept.path()), path(place));
            assert_eq!(libc::mount(from.as_ptr(), to.as_ptr(), std::ptr::null(), libc::MS_BIND, std::ptr::null()), 0);
        }
    }
    for name in ["tree", "other"] {
        let error = belljar::remove_dir_all(dir.path().join(name)).expect_err("is mounted");
        assert_eq!(error.raw_os_error(), Some(libc::EXDEV), "{name}");
        assert!(file.exists(), "{name}");
    }
    for place in &places {
        // SAFETY: as above.
        assert_eq!(unsafe { libc::umount2(path(place).as_ptr(), libc::MNT_DETACH) }, 0);
    }
    belljar::remove_dir_all(dir.path().join("tree")).expect("goes");
    assert!(file.exists());
    0
}

/// A family that does not want to end, all of it busy.
fn busy_family(_: &[String]) -> i32 {
    kernel::ignore_all_signals();
    for _ in 0..5 {
        let _ = kernel::fork();
    }
    loop {
        std::hint::spin_loop();
    }
}

#[test]
fn nothing_runs_when_a_handle_is_dropped() {
    let _host = common::host();
    for namespaces in [Namespaces::all(), Namespaces::all() - Namespaces::NET - Namespaces::CGROUP] {
        let token = common::token();
        let sandbox = guest_sandbox().namespaces(namespaces);
        let child = sandbox.spawn(guest("busy_family").arg(&token)).expect("spawns");
        common::eventually("there are some", || common::living(&token).len() > 16);
        drop(child);
        assert_eq!(common::running(&token), [""; 0]);
    }
}

/// Here the tree cannot be gone: a process of the host's traces the program, and has it stay a zombie until it has looked at it.
#[test]
fn a_handle_that_is_dropped_waits_for_no_tree_that_takes_its_time_to_be_gone() {
    let _host = common::host();
    const PTRACE_SEIZE: usize = 0x4206;
    let spawn = |sandbox: &Sandbox| {
        let token = common::token();
        let child = sandbox.spawn(guest("sleep").arg(&token)).expect("spawns");
        let pids = common::living(&token);
        let [pid] = &pids[..] else { panic!("{pids:?}") };
        let pid: usize = pid.parse().expect("a number");
        kernel::call(nr::PTRACE, &[PTRACE_SEIZE, pid, 0, 0]).expect("may be traced by whoever has started it");
        (child, pid)
    };
    let look_at = |pid: usize| kernel::call(nr::WAIT4, &[pid, 0, 0, 0]).expect("it is ended");
    let is_there = |init: u32| {
        let own = common::children(std::process::id());
        own.iter().any(|child| child.starts_with(&format!("{init} ")))
    };

    let sandbox = guest_sandbox().pids_limit(16).optional(Features::CGROUP);
    for is_killed_before in [false, true] {
        let (mut child, pid) = spawn(&sandbox);
        let init = child.id();
        if is_killed_before {
            child.kill().expect("kills");
            common::eventually("it is killed", || common::is_killed(&pid.to_string()));
            assert!(child.try_wait().expect("looks").is_none(), "it is not gone");
        }
        drop(child);
        common::next_call();
        assert!(common::is_killed(&pid.to_string()) && is_there(init));
        // Nor does it keep others.
        assert_eq!(sandbox.run(guest("quick")).expect("runs").verdict, Verdict::Exited(0));
        assert!(is_there(init));
        look_at(pid);
        common::no_child_is_left();
    }
}
