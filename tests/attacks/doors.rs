//! Attacks through what a program is given besides files: sockets, and descriptors of the host's files.

use std::collections::BTreeSet;
use std::fs;
use std::os::fd::OwnedFd;

use belljar::{Features, Filter, Landlock, Landlocked, Sandbox, Stdio, Verdict};

use crate::attack::{Answer, call, close, opens};
use crate::common::{self, TempDir, guest, guest_sandbox};

/// The types of socket of these families that the kernel makes for this process.
pub fn sockets(families: &[String]) -> i32 {
    const RAW_PROTOCOL: usize = 255;
    for family in families.iter().map(|family| family.parse().expect("a number")) {
        for kind in 1..=10 {
            // A raw socket wants a protocol.
            for protocol in [0, RAW_PROTOCOL] {
                if call(libc::SYS_socket, [family, kind, protocol]).inspect(|fd| close(*fd)).is_ok() {
                    println!("{family} {kind}");
                }
            }
        }
    }
    0
}

fn sockets_in(sandbox: &Sandbox, families: impl IntoIterator<Item = i32>) -> BTreeSet<(i32, i32)> {
    let families = families.into_iter().map(|family| family.to_string());
    let output = sandbox.output(guest("sockets").args(families)).expect("runs");
    assert_eq!(output.outcome.verdict, Verdict::Exited(0), "{}", output.outcome.evidence);
    let said = String::from_utf8(output.stdout).expect("text");
    let pairs = said.lines().filter_map(|line| line.split_once(' '));
    pairs.map(|(family, kind)| (family.parse().expect("a number"), kind.parse().expect("a number"))).collect()
}

/// Of every family and type only what programs use; and without a filter nothing that sees packets.
#[test]
fn sockets_are_made_of_few_families_and_types() {
    let _host = common::host();
    // Asked of every kernel by its root: those of one family that shows whether raw sockets are to be had here.
    let raw = call(libc::SYS_socket, [libc::AF_INET as usize, libc::SOCK_RAW as usize, 255]).inspect(|fd| close(*fd));
    println!("a raw socket on the host: {raw:?}");
    const UNIX: i32 = libc::AF_UNIX;
    const ROUTES: i32 = libc::AF_NETLINK;
    let streams = [libc::SOCK_STREAM, libc::SOCK_DGRAM];
    let allowed: BTreeSet<(i32, i32)> = [libc::AF_INET, libc::AF_INET6]
        .iter()
        .flat_map(|family| streams.map(|kind| (*family, kind)))
        // AF_UNIX takes SOCK_RAW for SOCK_DGRAM (unix_create()), and AF_NETLINK has both for the same.
        .chain([libc::SOCK_STREAM, libc::SOCK_DGRAM, libc::SOCK_RAW, libc::SOCK_SEQPACKET].map(|kind| (UNIX, kind)))
        .chain([libc::SOCK_DGRAM, libc::SOCK_RAW].map(|kind| (ROUTES, kind)))
        .collect();
    for user in [1000, 0] {
        let sandbox = guest_sandbox().user(user, user);
        let made = sockets_in(&sandbox, 0..47);
        assert!(made.is_subset(&allowed), "{:?}", made.difference(&allowed));
        assert!(made.contains(&(UNIX, libc::SOCK_STREAM)) && made.contains(&(libc::AF_INET, libc::SOCK_STREAM)));

        // Others without a filter would have this machine load modules.
        let seeing = [libc::AF_PACKET, libc::AF_INET, libc::AF_INET6];
        let made = sockets_in(&sandbox.seccomp(Filter::unrestricted()), seeing);
        assert!(made.is_subset(&allowed), "no capability for it: {made:?}");
    }
}

/// What is done with a descriptor of a file: again by its name in /proc, from it upwards if it is a directory.
pub fn reopen(args: &[String]) -> i32 {
    let print = |name: &str, answer: Answer| println!("{name} {}", answer.err().unwrap_or(0));
    print("read", opens("/proc/self/fd/0", libc::O_RDONLY));
    print("write", opens("/proc/self/fd/0", libc::O_WRONLY));
    print("up", opens(&format!("/proc/self/fd/5/../../../../../../../..{}", args[0]), libc::O_RDONLY));
    0
}

/// A descriptor is a door to more than itself, as Command::fd and Stdio say: the same file again, with the rights of
/// the program's user on the host, and around a directory. That is the whole of it: a privileged host's files cannot be
/// written to, as the program is not their owner there.
#[test]
fn a_descriptor_opens_what_its_file_allows() {
    let _host = common::host();
    let dir = TempDir::new("descriptors");
    let (input, secret) = (dir.path().join("input"), dir.path().join("secret"));
    fs::write(&input, "input").expect("written");
    fs::write(&secret, "secret").expect("written");
    fs::create_dir(dir.path().join("given")).expect("made");
    let mut command = guest("reopen");
    let given = fs::File::open(dir.path().join("given")).expect("opened");
    command.arg(secret.display().to_string()).fd(5, OwnedFd::from(given));
    for user in [1000, 0] {
        command.stdin(fs::File::open(&input).expect("opened"));
        let output = guest_sandbox().user(user, user).output(&mut command).expect("runs");
        let said = String::from_utf8(output.stdout).expect("text");
        let write = if common::is_root() { libc::EACCES } else { 0 };
        assert_eq!(said, format!("read 0\nwrite {write}\nup 0\n"));
        // Bytes are sealed.
        command.stdin(Stdio::bytes("input"));
        let output = guest_sandbox().user(user, user).output(&mut command).expect("runs");
        let said = String::from_utf8(output.stdout).expect("text");
        assert_eq!(said, format!("read 0\nwrite {}\nup 0\n", libc::EACCES));
    }
    // A Landlock domain goes by what is in the sandbox's tree, and these files are not.
    let everything = Landlock::new().read("/").write("/").execute("/");
    command.stdin(fs::File::open(&input).expect("opened"));
    let sandbox = guest_sandbox().landlock(everything).optional(Features::LANDLOCK);
    let output = sandbox.output(&mut command).expect("runs");
    // Which knows of opening files in its first version.
    match output.outcome.enforced.landlock {
        Some(Landlocked { abi: 1.., .. }) => {
            let said = String::from_utf8(output.stdout).expect("text");
            assert_eq!(said, format!("read {0}\nwrite {0}\nup {0}\n", libc::EACCES));
        }
        _ => common::skip("a_descriptor_opens_what_its_file_allows", "landlock", "the kernel has none"),
    }
    assert_eq!(fs::read_to_string(&input).expect("there"), "input");
}
