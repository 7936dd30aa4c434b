//! No capability in any set unless given, and what is given counts for root inside and for an ordinary user, within
//! the sandbox's own user namespace.

mod common;

use std::net::TcpListener;

use belljar::{Capabilities, Command, Filter, Namespaces, Sandbox, Step, Verdict};
use common::kernel::{self, nr};
use common::{guest, guest_sandbox, host};

guests! { sets, bind_low_port, regain, chown_of_other, mount_something }

const EPERM: i32 = 1;
const KINDS: [&str; 5] = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"];

/// The five sets, no_new_privs, and the securebits.
fn sets(_: &[String]) -> i32 {
    let status = std::fs::read_to_string("/proc/self/status").expect("own status");
    for line in status.lines().filter(|line| line.starts_with("Cap") || line.starts_with("NoNewPrivs")) {
        println!("{line}");
    }
    const PR_GET_SECUREBITS: usize = 27;
    println!("securebits {:#x}", kernel::call(nr::PRCTL, &[PR_GET_SECUREBITS]).expect("gets"));
    0
}

fn lines(sandbox: &Sandbox) -> Vec<String> {
    let output = sandbox.output(guest("sets")).expect("runs");
    assert_eq!(output.outcome.verdict, Verdict::Exited(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

fn users() -> [Sandbox; 2] {
    [guest_sandbox(), guest_sandbox().user(0, 0)]
}

#[test]
fn all_five_sets_are_empty_and_securebits_locked() {
    let _host = host();
    for sandbox in users() {
        let lines = lines(&sandbox);
        for kind in KINDS {
            assert!(lines.contains(&format!("{kind}:\t0000000000000000")), "{lines:?}");
        }
        assert!(lines.contains(&"NoNewPrivs:\t1".to_owned()), "{lines:?}");
        // NOROOT, NO_SETUID_FIXUP and NO_CAP_AMBIENT_RAISE set, and these and KEEP_CAPS locked.
        assert!(lines.contains(&"securebits 0xef".to_owned()), "{lines:?}");
    }
}

#[test]
fn what_is_given_is_in_all_five_sets_and_nothing_else() {
    let _host = host();
    for sandbox in users() {
        for given in [
            Capabilities::NET_BIND_SERVICE,
            Capabilities::NET_BIND_SERVICE | Capabilities::CHOWN | Capabilities::CHECKPOINT_RESTORE,
            Capabilities::SETPCAP,
        ] {
            let lines = lines(&sandbox.clone().capabilities(given));
            for kind in KINDS {
                assert!(lines.contains(&format!("{kind}:\t{:016x}", given.bits())), "{given:?}: {lines:?}");
            }
            assert!(lines.contains(&"securebits 0xef".to_owned()), "{lines:?}");
        }
    }
}

fn bind_low_port(_: &[String]) -> i32 {
    TcpListener::bind("127.0.0.1:80").err().and_then(|error| error.raw_os_error()).unwrap_or(0)
}

#[test]
fn net_bind_service_binds_a_low_port() {
    let _host = host();
    for sandbox in users() {
        let without = sandbox.run(guest("bind_low_port")).expect("runs");
        assert_eq!(without.verdict, Verdict::Exited(libc::EACCES), "{}", without.evidence);
        let with = sandbox.capabilities(Capabilities::NET_BIND_SERVICE).run(guest("bind_low_port")).expect("runs");
        assert_eq!(with.verdict, Verdict::Exited(0), "{}", with.evidence);
    }
}

/// In the host's network the host's rules count: the capability is of the sandbox's user namespace.
#[test]
fn a_capability_does_not_count_for_what_is_the_hosts() {
    let _host = host();
    let unprivileged = std::fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start").unwrap_or_default();
    if unprivileged.trim().parse::<u32>().is_ok_and(|first| first <= 80) {
        return println!("SKIP the host lets everybody bind port 80");
    }
    let sandbox = guest_sandbox().network(belljar::Network::Host).capabilities(Capabilities::NET_BIND_SERVICE);
    let outcome = sandbox.run(guest("bind_low_port")).expect("runs");
    assert_eq!(outcome.verdict, Verdict::Exited(libc::EACCES), "{}", outcome.evidence);
}

/// The ways in which root gets capabilities, or keeps them: each would change the sets.
fn regain(args: &[String]) -> i32 {
    const PR_SET_KEEPCAPS: usize = 8;
    const PR_SET_SECUREBITS: usize = 28;
    const PR_CAP_AMBIENT: usize = 47;
    const RAISE: usize = 2;
    const SYS_ADMIN: usize = 21;
    let header = [0x2008_0522u32, 0];
    let all = [u32::MAX; 6];
    let attacks = [
        ("capset", kernel::call(libc::SYS_capset, &[header.as_ptr() as usize, all.as_ptr() as usize])),
        ("securebits", kernel::call(nr::PRCTL, &[PR_SET_SECUREBITS, 0])),
        ("keepcaps", kernel::call(nr::PRCTL, &[PR_SET_KEEPCAPS, 1])),
        ("ambient", kernel::call(nr::PRCTL, &[PR_CAP_AMBIENT, RAISE, SYS_ADMIN])),
        ("ambient of a given one", kernel::call(nr::PRCTL, &[PR_CAP_AMBIENT, RAISE, 10])),
    ];
    for (name, answer) in attacks {
        if answer != Err(EPERM) {
            println!("{name}: {answer:?}");
            return 1;
        }
    }
    // An execve by user id 0.
    let error = std::os::unix::process::CommandExt::exec(std::process::Command::new("/guest").args(&args[..2]));
    println!("{error}");
    2
}

#[test]
fn root_inside_regains_nothing_at_exec() {
    let _host = host();
    for given in [Capabilities::empty(), Capabilities::NET_BIND_SERVICE, Capabilities::SETPCAP] {
        let sandbox = guest_sandbox().user(0, 0).capabilities(given);
        let output = sandbox.output(guest("regain").args(["--belljar-guest", "sets"])).expect("runs");
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.outcome.verdict, Verdict::Exited(0), "{given:?}: {said}");
        for kind in KINDS {
            assert!(said.contains(&format!("{kind}:\t{:016x}", given.bits())), "{given:?}: {said}");
        }
    }
}

fn chown_of_other(_: &[String]) -> i32 {
    std::fs::write("/tmp/file", "").expect("writes");
    std::os::unix::fs::chown("/tmp/file", Some(7), None).err().and_then(|error| error.raw_os_error()).unwrap_or(0)
}

/// Only the sandbox's own ids are there: EINVAL, with the capability as without.
#[test]
fn chown_gives_no_id_that_is_not_mapped() {
    let _host = host();
    let outcome = guest_sandbox().capabilities(Capabilities::CHOWN).run(guest("chown_of_other")).expect("runs");
    assert_eq!(outcome.verdict, Verdict::Exited(libc::EINVAL), "{}", outcome.evidence);
}

fn mount_something(_: &[String]) -> i32 {
    let (none, place, kind) = (c"none".as_ptr() as usize, c"/tmp".as_ptr() as usize, c"tmpfs".as_ptr() as usize);
    kernel::call(nr::MOUNT, &[none, place, kind, 0, 0]).err().unwrap_or(0)
}

#[test]
fn the_filter_is_not_widened_by_a_capability() {
    let _host = host();
    let sandbox = guest_sandbox().capabilities(Capabilities::SYS_ADMIN);
    let outcome = sandbox.run(guest("mount_something")).expect("runs");
    assert_eq!(outcome.verdict, Verdict::Exited(EPERM), "{}", outcome.evidence);
    // It is the filter that refuses.
    let outcome = sandbox.seccomp(Filter::unrestricted()).run(guest("mount_something")).expect("runs");
    assert_eq!(outcome.verdict, Verdict::Exited(0), "{}", outcome.evidence);
}

#[test]
fn the_hosts_capabilities_are_not_to_be_had() {
    let _host = host();
    for namespaces in [Namespaces::empty(), Namespaces::all() - Namespaces::USER] {
        let sandbox = Sandbox::new().namespaces(namespaces).capabilities(Capabilities::NET_BIND_SERVICE);
        let error = sandbox.spawn(Command::new("/bin/true")).expect_err("refused");
        assert!(matches!(error.step(), Step::Capabilities | Step::Namespaces), "{error}");
    }
    let error = Sandbox::new()
        .capabilities(Capabilities::from_bits_retain(1 << 63))
        .spawn(Command::new("/bin/true"))
        .expect_err("no such capability");
    assert_eq!(error.step(), Step::Capabilities, "{error}");
}
