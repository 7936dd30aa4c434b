//! Attacks through what a program is given besides files: sockets, and descriptors of the host's files.

use std::collections::BTreeSet;
use std::fs;
use std::os::fd::OwnedFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{SocketAddr, UnixDatagram, UnixListener};

use belljar::{Features, Filter, Landlock, Landlocked, Means, Network, Sandbox, Stdio, Verdict};

use crate::attack::{Answer, at, call, close, opens, to};
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

/// Every way to a unix socket of this name: what gets there. Each type by itself and as one of a pair.
pub fn knock(args: &[String]) -> i32 {
    let mut address = vec![libc::AF_UNIX as u8, 0];
    // '@' for an abstract name.
    address.extend(args[0].bytes().map(|byte| if byte == b'@' { 0 } else { byte }));
    let (place, length) = (at(&address[..]), address.len());
    for kind in [libc::SOCK_STREAM, libc::SOCK_DGRAM, libc::SOCK_RAW, libc::SOCK_SEQPACKET].map(|kind| kind as usize) {
        let one = || call(libc::SYS_socket, [libc::AF_UNIX as usize, kind, 0]);
        let pair = || {
            let mut pair = [0i32; 2];
            call(libc::SYS_socketpair, [libc::AF_UNIX as usize, kind, 0, to(&mut pair)]).map(|_| i64::from(pair[0]))
        };
        let connect = |socket: i64| call(libc::SYS_connect, [socket as usize, place, length]);
        let send = |socket: i64| call(libc::SYS_sendto, [socket as usize, at(b"!"), 1, 0, place, length]);
        for (name, answer) in [
            ("a socket", one().and_then(connect)),
            ("a socket, unconnected", one().and_then(send)),
            ("a pair", pair().and_then(connect)),
            ("a pair, to another", pair().and_then(send)),
        ] {
            // unix_seqpacket_sendmsg() passes over the name, and sends to the other one of the pair.
            let to_its_own = name == "a pair, to another" && kind == libc::SOCK_SEQPACKET as usize;
            if answer.is_ok() && !to_its_own {
                println!("{name} of type {kind}");
            }
        }
        // What programs need is there: a process that talks to its children.
        if kind == libc::SOCK_STREAM as usize {
            pair().expect("a pair of streams");
        }
    }
    let mut parameters = [0u8; 120];
    if call(libc::SYS_io_uring_setup, [1, to(&mut parameters)]).is_ok() {
        println!("io_uring");
    }
    0
}

/// Read-only does not stop a connection. A filter does, on every kernel and for both users, whatever is listening where.
#[test]
fn the_hosts_unix_sockets_are_out_of_reach_without_the_family() {
    let _host = common::host();
    let dir = TempDir::new("listening");
    let (streams, datagrams) = (dir.path().join("streams"), dir.path().join("datagrams"));
    let _listening = UnixListener::bind(&streams).expect("listens");
    let _receiving = UnixDatagram::bind(&datagrams).expect("receives");
    for place in [&streams, &datagrams] {
        fs::set_permissions(place, PermissionsExt::from_mode(0o777)).expect("its mode");
    }
    let name = format!("belljar-listening-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).expect("a name");
    let _abstract = UnixListener::bind_addr(&address).expect("listens");
    let bound = |sandbox: Sandbox| sandbox.bind_ro(dir.path(), "/listening");
    let given = |filter: Filter| bound(guest_sandbox()).seccomp(filter);
    let shared = |filter: Filter| given(filter).network(Network::Host);
    let at = |place: &str| format!("/listening/{place}");
    let through = |sandbox: &Sandbox, place: &str| -> Vec<String> {
        let output = sandbox.output(guest("knock").arg(place)).expect("runs");
        assert_eq!(output.outcome.verdict, Verdict::Exited(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text").lines().map(str::to_owned).collect()
    };
    let knocks =
        |sandbox: &Sandbox, place: &str| through(sandbox, place).iter().filter(|way| *way != "io_uring").count();
    for filter in [Filter::standard(), Filter::unrestricted()] {
        // A listener is reached by one type, a receiver by datagrams of both names in four ways.
        assert_eq!(knocks(&given(filter.clone()), &at("streams")), 1);
        assert_eq!(knocks(&given(filter.clone()), &at("datagrams")), 8);
        assert_eq!(knocks(&shared(filter.clone()), &format!("@{name}")), 1);
        let walled = filter.no_unix_sockets();
        for (sandbox, place) in [
            (given(walled.clone()), at("streams")),
            (given(walled.clone()), at("datagrams")),
            (shared(walled.clone()), format!("@{name}")),
        ] {
            assert_eq!(through(&sandbox, &place), [""; 0]);
            assert_eq!(sandbox.run(guest("knock").arg(place)).expect("runs").enforced.seccomp, Means::Kernel);
        }
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
