//! Sandboxes within a sandbox, where they are asked for. What that opens and what not: init_out_of_reach.

mod common;

use belljar::{Command, Filter, Namespaces, Sandbox, Verdict};
use common::{guest, guest_sandbox, skip};

guests! { nests, is_refused, runs_this_crate }

/// With every namespace, as bubblewrap and Chromium make them: maps, a /proc, a root of its own.
fn nests(_: &[String]) -> i32 {
    const ALL: i32 = libc::CLONE_NEWUSER
        | libc::CLONE_NEWNS
        | libc::CLONE_NEWPID
        | libc::CLONE_NEWNET
        | libc::CLONE_NEWIPC
        | libc::CLONE_NEWUTS
        | libc::CLONE_NEWCGROUP;
    let (uid, gid) = (rustix::process::getuid().as_raw(), rustix::process::getgid().as_raw());
    let ok = |name: &str, result: i32| assert!(result == 0, "{name}: {}", std::io::Error::last_os_error());
    // SAFETY: numbers, and texts that live across the calls; this process has one thread.
    unsafe {
        ok("unshare", libc::unshare(ALL));
        std::fs::write("/proc/self/setgroups", "deny").expect("setgroups");
        std::fs::write("/proc/self/uid_map", format!("0 {uid} 1")).expect("a map");
        std::fs::write("/proc/self/gid_map", format!("0 {gid} 1")).expect("a map");
        let child = libc::fork();
        if child == 0 {
            let none = c"none".as_ptr();
            ok("sethostname", libc::sethostname(none, 4));
            ok("tmpfs", libc::mount(none, c"/tmp".as_ptr(), c"tmpfs".as_ptr(), 0, std::ptr::null()));
            let at = c"/tmp/proc".as_ptr();
            ok("mkdir", libc::mkdir(at, 0o755));
            ok("proc", libc::mount(none, at, c"proc".as_ptr(), 0, std::ptr::null()));
            assert_eq!(std::fs::read_link("/tmp/proc/self").expect("a link").to_str(), Some("1"));
            ok("pivot_root", libc::syscall(libc::SYS_pivot_root, c"/tmp".as_ptr(), c"/tmp".as_ptr()) as i32);
            ok("umount", libc::umount2(c"/".as_ptr(), libc::MNT_DETACH));
            std::fs::write("/made", "").expect("its own root");
            libc::_exit(0);
        }
        let mut status = 0;
        assert_eq!(libc::waitpid(child, &mut status, 0), child);
        if status == 0 { 0 } else { 1 }
    }
}

/// Both users with and without a root of the host's: the standard filter lets them, and `enforced` tells.
#[test]
fn namespaces_within_are_made_where_they_are_asked_for() {
    let _host = common::host();
    for sandbox in [guest_sandbox(), common::bare_guest_sandbox()] {
        let output = sandbox.clone().user_namespaces(true).output(guest("nests")).expect("runs");
        assert!(output.success(), "{output:?}");
        assert!(output.outcome.enforced.user_namespaces);
        let outcome = sandbox.user_namespaces(true).user_namespaces(false).run(guest("is_refused")).expect("runs");
        assert_eq!(outcome.verdict, Verdict::Exited(0));
        assert!(!outcome.enforced.user_namespaces);
    }
}

fn is_refused(_: &[String]) -> i32 {
    assert!(std::fs::write("/proc/self/comm", "new").is_err(), "/proc is read-only");
    // SAFETY: numbers.
    i32::from(unsafe { libc::unshare(libc::CLONE_NEWUSER) } == 0)
}

/// The crate in a sandbox of its own, and that in one again.
#[test]
fn this_crate_runs_within_itself() {
    let _host = common::host();
    let output = guest_sandbox().user_namespaces(true).output(guest("runs_this_crate").arg("2")).expect("runs");
    assert!(output.success(), "{output:?}");
}

fn runs_this_crate(args: &[String]) -> i32 {
    let depth: u32 = args[0].parse().expect("a number");
    if depth == 0 {
        return 0;
    }
    let sandbox = Sandbox::new().host_system().bind_ro("/guest", "/guest").user_namespaces(depth > 1);
    let output = sandbox.output(guest("runs_this_crate").arg((depth - 1).to_string())).expect("runs");
    assert!(output.success(), "{output:?}");
    0
}

#[test]
fn bubblewrap_runs_within() {
    let _host = common::host();
    if !std::path::Path::new("/usr/bin/bwrap").exists() {
        return skip("bubblewrap_runs_within", "bubblewrap", "no /usr/bin/bwrap");
    }
    let text =
        "bwrap --unshare-all --ro-bind / / --proc /proc --dev /dev --tmpfs /tmp sh -c 'echo $$; echo >/tmp/file'";
    let output = Sandbox::new().host_system().user_namespaces(true).output(Command::shell(text)).expect("runs");
    assert!(output.success(), "{output:?}");
}

/// Where nothing would keep the program from the processes of its user.
#[test]
fn it_needs_namespaces_of_users_and_of_processes() {
    let _host = common::host();
    for namespaces in [Namespaces::empty(), Namespaces::all() - Namespaces::PID] {
        let sandbox = Sandbox::new().namespaces(namespaces).user_namespaces(true).seccomp(Filter::unrestricted());
        let error = sandbox.run(Command::new("/none")).map(drop).expect_err("is refused");
        assert!(error.to_string().contains("user_namespaces needs Namespaces::USER and PID"), "{error}");
    }
}
