//! What a program finds of its sandbox, as text: two sandboxes with the same portrait are equally strong.

use std::ffi::CString;
use std::fs;
use std::os::unix::ffi::OsStrExt;

use belljar::{Child, Command, Result, Sandbox, Stdio, Verdict};

const NAMESPACES: [&str; 7] = ["user", "pid", "mnt", "net", "ipc", "uts", "cgroup"];

/// The guest. Its arguments are the host's namespaces.
pub fn portrait(args: &[String]) -> i32 {
    println!("{}", lines(args).join("\n"));
    0
}

fn lines(host: &[String]) -> Vec<String> {
    let text = |path: &str| fs::read_to_string(path).unwrap_or_else(|error| format!("{error}"));
    let mut lines = Vec::new();
    let status = text("/proc/self/status");
    let kept = ["Uid", "Gid", "Groups", "Cap", "NoNewPrivs", "SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt", "Umask"];
    lines.extend(status.lines().filter(|line| kept.iter().any(|name| line.starts_with(name))).map(str::to_owned));
    lines.extend(text("/proc/self/mountinfo").lines().map(mount));
    for (name, host) in NAMESPACES.iter().zip(host) {
        let own = fs::read_link(format!("/proc/self/ns/{name}")).expect("a namespace");
        lines.push(format!("{name}: {}", if own.as_os_str().as_bytes() == host.as_bytes() { "host's" } else { "own" }));
    }
    lines.push(format!("hostname {}", text("/proc/sys/kernel/hostname").trim()));
    lines.push(format!("devices {:?}", names("/sys/class/net")));
    let net = text("/proc/net/dev");
    lines.push(format!(
        "net {:?}",
        net.lines().filter_map(|line| line.split_once(':')).map(|(name, _)| name.trim()).collect::<Vec<_>>()
    ));
    let processes = names("/proc").into_iter().filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()));
    lines.push(format!("processes {}", processes.count()));
    lines.push(format!("root {:?}", names("/")));
    lines.push(format!("cwd {:?}", std::env::current_dir().ok()));
    lines.push(format!("environment {:?}", std::env::vars_os().collect::<Vec<_>>()));
    // The listing's own descriptor comes last.
    let mut descriptors = names("/proc/self/fd");
    descriptors.pop();
    lines.push(format!("descriptors {descriptors:?}"));
    lines.push(format!("personality {}", text("/proc/self/personality").trim()));
    lines.push(format!("oom_score_adj {}", text("/proc/self/oom_score_adj").trim()));
    // SAFETY: numbers only.
    let (policy, sid, pgid, nice) = unsafe {
        (libc::sched_getscheduler(0), libc::getsid(0), libc::getpgid(0), libc::getpriority(libc::PRIO_PROCESS, 0))
    };
    let pid = std::process::id() as i32;
    lines.push(format!("policy {policy} nice {nice} leads its session {} and group {}", sid == pid, pgid == pid));
    const WHO_PROCESS: i32 = 1;
    // SAFETY: numbers only.
    let (slack, io) =
        unsafe { (libc::prctl(libc::PR_GET_TIMERSLACK), libc::syscall(libc::SYS_ioprio_get, WHO_PROCESS, 0)) };
    lines.push(format!("timer slack {slack} real-time I/O {}", io >> 13 == 1));
    lines.push(format!("terminal {}", fs::File::open("/dev/tty").is_ok()));
    lines.push(format!("keyring {}", session_keyring()));
    lines
}

/// A line of mountinfo(5) without the numbers that differ from run to run.
fn mount(line: &str) -> String {
    let (mount, filesystem) = line.split_once(" - ").expect("a separator");
    let fields: Vec<&str> = mount.split(' ').skip(3).collect();
    // The ids of the sandbox's user on the host.
    let options = filesystem.split(',').filter(|option| !option.starts_with("uid=") && !option.starts_with("gid="));
    // Whether a mount is idmapped depends on who makes it; whether it is read-only may not.
    format!("mount {} {}", fields.join(" ").replace(",idmapped", ""), options.collect::<Vec<_>>().join(","))
}

fn names(dir: &str) -> Vec<String> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort_by_key(|name| (name.len(), name.clone()));
    names
}

/// The name of the session keyring.
fn session_keyring() -> String {
    const KEYCTL_DESCRIBE: i32 = 6;
    const KEY_SPEC_SESSION_KEYRING: i32 = -3;
    let mut description = [0u8; 256];
    // SAFETY: the kernel writes no more than the size that is given.
    let length = unsafe {
        libc::syscall(libc::SYS_keyctl, KEYCTL_DESCRIBE, KEY_SPEC_SESSION_KEYRING, description.as_mut_ptr(), 256usize)
    };
    if length <= 0 {
        return "denied".into();
    }
    let text = String::from_utf8_lossy(&description[..length as usize - 1]).into_owned();
    text.rsplit(';').next().unwrap_or_default().into()
}

/// The command that draws a portrait; its standard output is piped.
pub fn command() -> Command {
    let mut command = super::guest("portrait");
    for name in NAMESPACES {
        command.arg(fs::read_link(format!("/proc/self/ns/{name}")).expect("a namespace"));
    }
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The portrait that a running `command()` draws; an error message if it did not end well.
pub fn read(child: Child) -> std::result::Result<String, String> {
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    if output.outcome.verdict != Verdict::Exited(0) {
        return Err(format!("{:?} {}", output.outcome.verdict, String::from_utf8_lossy(&output.stderr)));
    }
    Ok(String::from_utf8(output.stdout).expect("UTF-8"))
}

/// The portrait of a sandbox that nothing disturbs.
pub fn of(sandbox: &Sandbox) -> String {
    let portrait = read(sandbox.spawn(command()).expect("spawns")).expect("is drawn");
    for name in NAMESPACES {
        assert!(portrait.contains(&format!("{name}: own")), "{portrait}");
    }
    assert!(portrait.contains("CapEff:\t0000000000000000") && portrait.contains("NoNewPrivs:\t1"), "{portrait}");
    portrait
}

/// Err, or a sandbox with just that portrait: promise 2.
pub fn error_or_full(what: &str, spawned: Result<Child>, full: &str) -> bool {
    match spawned {
        Err(error) => {
            println!("{what}: {error}");
            false
        }
        Ok(child) => {
            same(what, &read(child).unwrap_or_else(|fate| panic!("{what}: {fate}")), full);
            true
        }
    }
}

/// Two portraits are the same, but for the order of mounts; only where they differ is shown.
pub fn same(what: &str, portrait: &str, full: &str) {
    let lacking: Vec<&str> = full.lines().filter(|line| !portrait.lines().any(|other| other == *line)).collect();
    let other: Vec<&str> = portrait.lines().filter(|line| !full.lines().any(|other| other == *line)).collect();
    assert!(lacking.is_empty() && other.is_empty(), "{what}: another sandbox: {other:#?} in place of {lacking:#?}");
}

/// `path` as C takes it.
pub fn c_path(path: &std::path::Path) -> CString {
    CString::new(path.as_os_str().as_bytes()).expect("no NUL")
}
