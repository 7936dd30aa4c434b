//! What the kernel counts by user: one program takes all that it can get of each, and beside it another sandbox and the
//! host itself still get one of each.

mod common;

use std::io::{BufRead, BufReader};

use belljar::{Child, Filter, Sandbox, Stdio};
use common::kernel::{self, call};
use common::{bare_guest_sandbox, guest, host, is_root, on_host};

guests! { hog, one_of_each, all_instances, without_leases, nothing, begin_and_wait }

/// Takes one, with a number that none before had, and holds it as long as the process lives.
type Take = fn(usize) -> Result<i64, i32>;

struct Resource {
    name: &'static str,
    take: Take,
    /// The hog takes no more than this, where nothing else stops it.
    most: usize,
}

const RESOURCES: [Resource; 12] = [
    Resource { name: "inotify watch", take: watch, most: 20_000 },
    Resource { name: "inotify instance", take: |_| call(libc::SYS_inotify_init1, &[0]), most: 5000 },
    Resource { name: "timer", take: timer, most: 20_000 },
    Resource { name: "message queue", take: queue, most: 300 },
    Resource { name: "epoll watch", take: epoll_watch, most: 5000 },
    Resource { name: "pipe page", take: whole_pipe, most: 5000 },
    Resource { name: "key", take: key, most: 1000 },
    Resource { name: "locked page", take: locked_page, most: 3000 },
    Resource { name: "socket", take: socket_pair, most: 5000 },
    Resource { name: "pty", take: |_| open(c"/dev/ptmx", libc::O_RDWR | libc::O_NOCTTY), most: 5000 },
    Resource { name: "lock", take: lock, most: 2000 },
    Resource { name: "user namespace", take: |_| call(libc::SYS_unshare, &[libc::CLONE_NEWUSER as usize]), most: 1 },
];

fn at<T: ?Sized>(of: &T) -> usize {
    std::ptr::from_ref(of).cast::<u8>() as usize
}

fn open(path: &std::ffi::CStr, flags: i32) -> Result<i64, i32> {
    kernel::open(path.as_ptr() as usize, flags as usize, 0o600)
}

fn name(what: &str, number: usize) -> std::ffi::CString {
    std::ffi::CString::new(format!("{what}-{}-{number}", std::process::id())).expect("no NUL")
}

/// By as many instances as there are, each of the same files.
fn watch(number: usize) -> Result<i64, i32> {
    const FILES: usize = 512;
    const IN_ATTRIB: usize = 4;
    static INSTANCE: std::sync::atomic::AtomicI64 = std::sync::atomic::AtomicI64::new(-1);
    if number.is_multiple_of(FILES) {
        INSTANCE.store(call(libc::SYS_inotify_init1, &[0])?, std::sync::atomic::Ordering::Relaxed);
    }
    let file = name("/tmp/belljar-pools", number % FILES);
    if number < FILES {
        let file = open(&file, libc::O_CREAT | libc::O_RDONLY)?;
        call(libc::SYS_close, &[file as usize])?;
    }
    let instance = INSTANCE.load(std::sync::atomic::Ordering::Relaxed) as usize;
    call(libc::SYS_inotify_add_watch, &[instance, at(file.to_bytes_with_nul()), IN_ATTRIB])
}

fn timer(_: usize) -> Result<i64, i32> {
    let mut id = 0i32;
    call(libc::SYS_timer_create, &[libc::CLOCK_MONOTONIC as usize, 0, &raw mut id as usize])
}

fn queue(number: usize) -> Result<i64, i32> {
    let name = name("belljar", number);
    let flags = (libc::O_CREAT | libc::O_RDWR) as usize;
    let queue = call(libc::SYS_mq_open, &[at(name.to_bytes_with_nul()), flags, 0o600, 0]);
    let _ = call(libc::SYS_mq_unlink, &[at(name.to_bytes_with_nul())]);
    queue
}

/// Of 512 descriptors, by one instance after another.
fn epoll_watch(number: usize) -> Result<i64, i32> {
    const EPOLL_CTL_ADD: usize = 1;
    static HELD: std::sync::Mutex<(i64, Vec<i64>)> = std::sync::Mutex::new((-1, Vec::new()));
    let mut held = HELD.lock().expect("one thread");
    let (instance, descriptors) = &mut *held;
    if number < 512 {
        descriptors.push(call(libc::SYS_eventfd2, &[0, 0])?);
    }
    if number.is_multiple_of(512) {
        *instance = call(libc::SYS_epoll_create1, &[0])?;
    }
    let event = [0u32; 4];
    call(libc::SYS_epoll_ctl, &[*instance as usize, EPOLL_CTL_ADD, descriptors[number % 512] as usize, at(&event)])
}

/// A pipe of the usual sixteen pages: who has too many gets smaller ones.
fn whole_pipe(_: usize) -> Result<i64, i32> {
    let mut ends = [0i32; 2];
    call(libc::SYS_pipe2, &[&raw mut ends as usize, 0])?;
    match call(libc::SYS_fcntl, &[ends[0] as usize, libc::F_GETPIPE_SZ as usize])? {
        65536.. => Ok(0),
        _ => Err(libc::ENOBUFS),
    }
}

fn key(number: usize) -> Result<i64, i32> {
    const PROCESS_KEYRING: usize = -2isize as usize;
    let name = name("belljar", number);
    call(libc::SYS_add_key, &[at(c"user"), at(name.to_bytes_with_nul()), at(b"x"), 1, PROCESS_KEYRING])
}

fn locked_page(_: usize) -> Result<i64, i32> {
    let memory = call(libc::SYS_shmget, &[libc::IPC_PRIVATE as usize, 4096, libc::IPC_CREAT as usize | 0o600])?;
    let locked = call(libc::SYS_shmctl, &[memory as usize, libc::SHM_LOCK as usize, 0]);
    if locked.is_err() || std::env::var_os("BELLJAR_BRIEFLY").is_some() {
        call(libc::SYS_shmctl, &[memory as usize, libc::IPC_RMID as usize, 0])?;
    }
    locked
}

fn socket_pair(_: usize) -> Result<i64, i32> {
    let mut ends = [0i32; 2];
    call(libc::SYS_socketpair, &[libc::AF_UNIX as usize, libc::SOCK_STREAM as usize, 0, &raw mut ends as usize])
}

/// Of one byte in two, so that they are not made one.
fn lock(number: usize) -> Result<i64, i32> {
    static FILE: std::sync::OnceLock<i64> = std::sync::OnceLock::new();
    let make = || open(&name("/tmp/belljar-lock", 0), libc::O_CREAT | libc::O_RDWR).expect("a file");
    let file = *FILE.get_or_init(make) as usize;
    let lock = libc::flock {
        l_type: libc::F_WRLCK as i16,
        l_whence: libc::SEEK_SET as i16,
        l_start: 2 * number as i64,
        l_len: 1,
        l_pid: 0,
    };
    call(libc::SYS_fcntl, &[file, libc::F_OFD_SETLK as usize, at(&lock)])
}

/// Takes all of each, by a process for each, and says how much that is; then it holds it.
fn hog(_: &[String]) -> i32 {
    let most = rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum;
    let limit = rustix::process::Rlimit { current: most, maximum: most };
    rustix::process::setrlimit(rustix::process::Resource::Nofile, limit).expect("its own limit");
    for resource in &RESOURCES {
        let mut ends = [0i32; 2];
        call(libc::SYS_pipe2, &[&raw mut ends as usize, 0]).expect("a pipe");
        let child = kernel::child(|| {
            let (mut count, mut errno) = (0, 0);
            while count < resource.most && errno == 0 {
                match (resource.take)(count) {
                    Ok(_) => count += 1,
                    Err(error) => errno = error,
                }
            }
            println!("{}\t{count}\t{errno}", resource.name);
            kernel::write(ends[1], b"x");
            kernel::forever()
        });
        child.expect("a process");
        let mut word = 0u8;
        call(libc::SYS_read, &[ends[0] as usize, &raw mut word as usize, 1]).expect("its word");
        for end in ends {
            call(libc::SYS_close, &[end as usize]).expect("closes");
        }
    }
    println!("done");
    kernel::forever()
}

/// Says which it does not get.
fn one_of_each(_: &[String]) -> i32 {
    for resource in &RESOURCES {
        let child = kernel::child(|| (resource.take)(0).err().unwrap_or(0));
        match child.and_then(kernel::wait).expect("a process") {
            0 => {}
            status => println!("{}\t{}", resource.name, status >> 8),
        }
    }
    remove_files();
    0
}

fn remove_files() {
    for file in std::fs::read_dir("/tmp").into_iter().flatten().flatten() {
        let name = file.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("belljar-pools-") || name.starts_with("belljar-lock-") {
            let _ = std::fs::remove_file(file.path());
        }
    }
}

/// Begins a hog, and waits until it has all: by name, how many and what stopped it.
fn begin_hog(sandbox: &Sandbox) -> (Child, Vec<(String, usize, i32)>) {
    let mut child = sandbox.spawn(guest("hog").stdout(Stdio::piped())).expect("starts");
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines().map(|line| line.expect("text"));
    let taken = lines.take_while(|line| line != "done").map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        (fields[0].to_owned(), fields[1].parse().expect("a count"), fields[2].parse().expect("an errno"))
    });
    let taken = taken.collect();
    (child, taken)
}

fn missing(said: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(said).lines().map(str::to_owned).collect()
}

/// What the filter keeps a program from is none of this.
fn names(lines: &[String]) -> Vec<&str> {
    lines.iter().map(|line| line.split('\t').next().expect("a name")).collect()
}

fn on_the_host() -> Vec<String> {
    let output = on_host("one_of_each").env("BELLJAR_BRIEFLY", "1").output().expect("runs");
    assert!(output.status.success(), "{output:?}");
    missing(&output.stdout)
}

#[test]
fn one_program_leaves_something_of_each_to_the_host_and_to_its_neighbour() {
    let _host = host();
    let keys_before = keys();
    for (filter, shared) in [(Filter::standard(), &[][..]), (Filter::unrestricted(), &["key"])] {
        let sandbox = bare_guest_sandbox().seccomp(filter);
        let (host_before, before) = (on_the_host(), sandbox.output(guest("one_of_each")).expect("runs"));
        let (hog, taken) = begin_hog(&sandbox);
        println!("taken: {taken:?}");
        let (host, beside) = (on_the_host(), sandbox.output(guest("one_of_each")).expect("runs"));
        drop(hog);
        // Of these the kernel has one count for each user, whatever the namespace.
        let of_the_user: Vec<&str> = match is_root() {
            true => Vec::new(),
            false => ["epoll watch", "pipe page"].into_iter().chain(shared.iter().copied()).collect(),
        };
        let lost = |before: &[String], after: &[String]| -> Vec<String> {
            let before = names(before);
            names(after)
                .into_iter()
                .filter(|name| !before.contains(name) && !of_the_user.contains(name))
                .map(str::to_owned)
                .collect()
        };
        assert_eq!(lost(&host_before, &host), [""; 0], "the host: {host:?}, taken: {taken:?}");
        let (before, beside) = (missing(&before.stdout), missing(&beside.stdout));
        assert_eq!(lost(&before, &beside), [""; 0], "the neighbour: {beside:?}, taken: {taken:?}");
        // What the neighbour does not get alone is what no program gets.
        let never = ["message queue", "key", "user namespace"];
        assert!(names(&before).iter().all(|name| never.contains(name)), "{before:?}");
        let most = |name: &str| taken.iter().find(|(taken, ..)| taken == name).expect("its line").1;
        let watches = most("inotify watch");
        assert!(watches == 4096 && most("inotify instance") + watches / 512 + 1 == 16, "{taken:?}");
        assert!(most("timer") == 64 && most("message queue") == 0 && most("locked page") == 16, "{taken:?}");
    }
    common::eventually("the end of the keys", || keys() <= keys_before + 10);
}

/// How many this user has. The kernel collects those that nobody has any more at its leisure; until then they count, and a
/// sandbox of an ordinary user's finds no room for its session keyring.
fn keys() -> u32 {
    // SAFETY: no memory is passed.
    let user = unsafe { libc::getuid() }.to_string();
    let users = std::fs::read_to_string("/proc/key-users").unwrap_or_default();
    let own = users.lines().filter_map(|line| line.trim().split_once(':')).find(|(uid, _)| *uid == user);
    let count = own.and_then(|(_, counts)| counts.split_ascii_whitespace().next()?.parse().ok());
    count.unwrap_or(0)
}

/// Takes all inotify instances, says how many, and holds them.
fn all_instances(_: &[String]) -> i32 {
    println!("{}", (0..5000).take_while(|_| call(libc::SYS_inotify_init1, &[0]).is_ok()).count());
    kernel::forever()
}

/// Sixteen each are more than the 128 that a user has, so that they would be short if they were one user's.
#[test]
fn the_sandboxes_of_a_privileged_host_share_no_pool() {
    let _host = host();
    if !is_root() {
        return println!("SKIP an ordinary user's sandboxes count as that user's");
    }
    let sandbox = bare_guest_sandbox();
    let begin = || {
        let mut child = sandbox.spawn(guest("all_instances").stdout(Stdio::piped())).expect("starts");
        let mut said = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut said).expect("its word");
        (child, said)
    };
    let most = std::fs::read_to_string("/proc/sys/user/max_inotify_instances").expect("its limit");
    let most: usize = most.trim().parse().expect("a number");
    if most > 1024 {
        return println!("SKIP a user may have {most} inotify instances here");
    }
    let mut all: Vec<(Child, String)> = (0..=most / 16).map(|_| begin()).collect();
    assert!(all.iter().all(|(_, said)| said == "16\n"), "{:?}", all.iter().map(|(_, said)| said).collect::<Vec<_>>());
    assert_eq!(on_the_host(), [""; 0]);
    let user = |child: &Child| {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).expect("its status");
        status.lines().find(|line| line.starts_with("Uid:")).expect("its ids").to_owned()
    };
    let users: std::collections::BTreeSet<String> = all.iter().map(|(child, _)| user(child)).collect();
    assert_eq!(users.len(), all.len(), "{users:?}");
    let child = &mut all[0].0;
    child.kill().expect("ends");
    assert!(child.wait().expect("an outcome").enforced.own_user, "no lease: is /run there, and root's?");
}

fn nothing(_: &[String]) -> i32 {
    0
}

/// A host whose /run cannot be written, in a mount namespace of its own.
fn without_leases(_: &[String]) -> i32 {
    let sandbox = bare_guest_sandbox();
    call(kernel::nr::UNSHARE, &[libc::CLONE_NEWNS as usize]).expect("a mount namespace");
    let private = (libc::MS_REC | libc::MS_PRIVATE) as usize;
    call(kernel::nr::MOUNT, &[0, at(c"/"), 0, private, 0]).expect("its mounts are its own");
    let read_only = libc::MS_RDONLY as usize;
    call(kernel::nr::MOUNT, &[at(c"none"), at(c"/run"), at(c"tmpfs"), read_only, 0]).expect("mounts");
    let outcome = sandbox.run(guest("nothing")).expect("runs");
    assert_eq!((outcome.verdict, outcome.enforced.own_user), (belljar::Verdict::Exited(0), false));
    0
}

#[test]
fn a_sandbox_without_a_lease_says_so() {
    match is_root() {
        true => common::run_on_host("without_leases", &[]),
        false => {
            let _host = host();
            let outcome = bare_guest_sandbox().run(guest("nothing")).expect("runs");
            assert!(!outcome.enforced.own_user, "an ordinary user's sandbox is that user's");
        }
    }
}

/// Two ids for as many sandboxes as are alive, and no third.
#[test]
fn host_ids_are_a_range_of_the_hosts_choice() {
    let _host = host();
    let few = bare_guest_sandbox().host_ids(1_900_000_000..1_900_000_002);
    let map = std::fs::read_to_string("/proc/self/uid_map").expect("its map");
    if !is_root() || !map.contains("4294967295") {
        let error = few.run(guest("nothing")).expect_err("has no such ids");
        return assert_eq!(error.step(), belljar::Step::User, "{error}");
    }
    let host_id = |child: &Child| {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).expect("its status");
        let ids = status.lines().find_map(|line| line.strip_prefix("Uid:")).expect("its ids");
        ids.split_ascii_whitespace().next().expect("an id").parse::<u32>().expect("a number")
    };
    let mut two = [(); 2].map(|()| few.spawn(guest("all_instances")).expect("an id is left"));
    let mut ids = [host_id(&two[0]), host_id(&two[1])];
    ids.sort();
    assert_eq!(ids, [1_900_000_000, 1_900_000_001]);
    let error = few.spawn(guest("nothing")).expect_err("no id is left");
    assert!(error.to_string().contains("no id of 1900000000..1900000002 can be leased"), "{error}");
    two[0].kill().expect("ends it");
    two[0].wait().expect("its end");
    assert!(few.run(guest("nothing")).expect("an id is free again").enforced.own_user);
    for refused in [0..5, 7..7] {
        let error = bare_guest_sandbox().host_ids(refused).run(guest("nothing")).expect_err("is refused");
        assert_eq!(error.step(), belljar::Step::User, "{error}");
    }
}

/// A host that says the id of its sandbox's first process, and is killed.
fn begin_and_wait(_: &[String]) -> i32 {
    let child = bare_guest_sandbox().spawn(guest("all_instances")).expect("starts");
    println!("{}", child.id());
    kernel::forever()
}

#[test]
fn a_lease_ends_with_its_run_though_the_host_is_killed() {
    let _host = host();
    let map = std::fs::read_to_string("/proc/self/uid_map").expect("its map");
    if !is_root() || !map.contains("4294967295") {
        return println!("SKIP an ordinary user leases no ids, and root of a user namespace others");
    }
    let mut child = on_host("begin_and_wait").stdout(std::process::Stdio::piped()).spawn().expect("starts");
    let mut said = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut said).expect("its word");
    let status = std::fs::read_to_string(format!("/proc/{}/status", said.trim())).expect("its status");
    let ids = status.lines().find_map(|line| line.strip_prefix("Uid:")).expect("its ids");
    let id: u32 = ids.split_ascii_whitespace().next().expect("an id").parse().expect("a number");
    let file = std::fs::File::open("/run/belljar.ids").expect("the leases");
    let is_leased = || {
        let mut lock = libc::flock {
            l_type: libc::F_WRLCK as i16,
            l_whence: libc::SEEK_SET as i16,
            l_start: i64::from(id),
            l_len: 1,
            l_pid: 0,
        };
        let file = std::os::fd::AsRawFd::as_raw_fd(&file) as usize;
        call(libc::SYS_fcntl, &[file, libc::F_OFD_GETLK as usize, &raw mut lock as usize]).expect("is told");
        lock.l_type != libc::F_UNLCK as i16
    };
    let before = is_leased();
    child.kill().expect("ends the host");
    child.wait().expect("its end");
    assert!(before, "no lease of {id}");
    common::eventually("the end of the lease", || !is_leased());
}
