//! Fault injection (promise 6): each operation of a script is made to fail in turn. Each time the launch is an
//! error that names that operation, the program does not run, and nothing is left.

#[path = "../../tests/common/mod.rs"]
pub(crate) mod common;

use std::io::Read;
use std::sync::Arc;

use super::*;
use crate::mounts::{Kind, Mount, Rights};
use crate::overlay::Overlay;
use crate::stdio::Stdio;
use crate::sys::nr;

/// ENOSR, which no operation passes over.
const ERRNO: i32 = 63;

fn strict() -> Request {
    Request { mounts: vec![mount("/mark", Kind::File { contents: program().into() })], ..Request::default() }
}

fn mount(inside: &str, kind: Kind) -> Mount {
    Mount { inside: inside.into(), kind }
}

/// A static ELF file that writes "ran" to its standard output, so that a sandbox without a system can run it.
fn program() -> Vec<u8> {
    #[cfg(target_arch = "x86_64")]
    const CODE: &[u8] = &[
        0x6a, 0x01, 0x58, // push 1; pop rax: write
        0x89, 0xc7, // mov edi, eax
        0x48, 0x8d, 0x35, 0x0e, 0, 0, 0, // lea rsi, [rip + 14]: the text
        0x6a, 0x03, 0x5a, // push 3; pop rdx
        0x0f, 0x05, // syscall
        0xb8, 0xe7, 0, 0, 0, // mov eax, 231: exit_group
        0x31, 0xff, // xor edi, edi
        0x0f, 0x05, // syscall
        b'r', b'a', b'n',
    ];
    #[cfg(target_arch = "aarch64")]
    const CODE: &[u8] = &[
        0x20, 0x00, 0x80, 0xd2, // mov x0, 1
        0xe1, 0x00, 0x00, 0x10, // adr x1, 28 from here: the text
        0x62, 0x00, 0x80, 0xd2, // mov x2, 3
        0x08, 0x08, 0x80, 0xd2, // mov x8, 64: write
        0x01, 0x00, 0x00, 0xd4, // svc 0
        0x00, 0x00, 0x80, 0xd2, // mov x0, 0
        0xc8, 0x0b, 0x80, 0xd2, // mov x8, 94: exit_group
        0x01, 0x00, 0x00, 0xd4, // svc 0
        b'r', b'a', b'n',
    ];
    common::elf::program(CODE)
}

fn shell() -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "echo ran"]);
    command
}

struct Ran {
    result: Result<Running>,
    stdout: String,
}

/// An operation of the sandbox's script, or of its program's.
#[derive(Clone, Copy, Debug)]
enum At {
    Sandbox(usize),
    Program(usize),
}

impl Plan {
    fn label(&self, at: At) -> Label {
        let (script, index) = match at {
            At::Sandbox(index) => (&self.script, index),
            At::Program(index) => (self.program_script(), index),
        };
        script.label(index).expect("its label")
    }

    fn program_script(&self) -> &Script {
        &self.program.as_ref().expect("a program").script
    }

    fn execve(&self) -> usize {
        let mut ops = self.program_script().parts().ops.iter();
        ops.position(|op| op.nr == nr::EXECVE).expect("an execve")
    }
}

/// Launches, with operation `broken` made to fail, and waits for the end.
fn run(request: &Request, command: &Command, broken: Option<At>) -> (Ran, Plan) {
    let link = Link::new().expect("a socket pair");
    let leaf = group::open(request).expect("a cgroup, if one is asked for");
    let facts = Facts::now();
    let layers = request.overlay.as_ref().map(|overlay| overlay.open(facts.may_mount()).expect("layers"));
    let held = leaf.as_ref().map(Leaf::held);
    let mut plan = plan::compile(request, layers.as_ref(), Some(command), &facts, link.taken(), held).expect("a plan");
    let errno = Errno::from_raw_os_error(ERRNO);
    match broken {
        Some(At::Sandbox(index)) => plan.script.sabotage(index, errno),
        Some(At::Program(index)) => plan.program.as_mut().expect("a program").script.sabotage(index, errno),
        None => {}
    }
    let mut ends = Ends::open(command, Captures::Output, &facts).expect("pipes");
    let result = launch(&plan, layers.as_ref(), Some((command, &ends)), link, leaf.as_ref(), None, Instant::now())
        .map(|running| running.expect("a near link"));
    let mut output = std::fs::File::from(ends.host[1].take().expect("standard output is captured"));
    drop(ends);
    let mut stdout = String::new();
    // Ends when no process holds the other end any more: a survivor would make this test hang, and so fail.
    output.read_to_string(&mut stdout).expect("reads");
    let mut result = result;
    if let Ok(running) = &mut result {
        running.ended(None).expect("a report");
        running.reap().expect("reaps");
    }
    (Ran { result, stdout }, plan)
}

/// Breaks the operations one by one. Those behind the execve that succeeds are what a failed one goes on with.
fn break_each(what: &str, request: &Request, command: &Command) {
    let (whole, plan) = run(request, command, None);
    assert!(whole.result.is_ok(), "{what}: {:?}", whole.result.err());
    assert_eq!(whole.stdout.trim(), "ran", "{what}");
    let reached = (0..=plan.execve()).map(At::Program).chain((0..plan.script.parts().ops.len()).map(At::Sandbox));
    for at in common::share(reached) {
        let (broken, plan) = run(request, command, Some(at));
        let error = broken.result.err().unwrap_or_else(|| panic!("{what}: {at:?} was passed over\n{plan:?}"));
        let label = plan.label(at);
        let cause = io::Error::from_raw_os_error(ERRNO);
        assert_eq!(error.to_string(), format!("{label}: {cause}"), "{what}: operation {at:?}");
        // What init does when it has let the program go on may find it started, and ends it.
        let is_last = matches!(at, At::Sandbox(index) if index + 1 == plan.script.parts().ops.len());
        assert!(is_last || broken.stdout.is_empty(), "{what}: ran without operation {at:?}, {label}");
    }
}

#[test]
fn strict_sandbox() {
    let _host = common::host();
    break_each("strict", &strict(), &Command::new("/mark"));
}

#[test]
fn host_system() {
    let _host = common::host();
    break_each("host_system", &Request { host_system: Some(Arc::default()), ..Request::default() }, &shell());
}

#[test]
fn every_kind_of_mount_and_limit() {
    let _host = common::host();
    let dir = common::TempDir::new("fault");
    std::fs::create_dir_all(dir.path().join("a/b")).expect("directories");
    let bind = |inside: &str, rights: Rights| mount(inside, Kind::Bind { source: dir.path().into(), rights });
    std::fs::write(dir.path().join("from"), "text").expect("a file");
    let from = std::fs::File::open(dir.path().join("from")).expect("opens");
    let mut request = strict();
    request.mounts.extend([
        bind("/ro", Rights::Read),
        mount("/ro/a", Kind::Tmpfs { bytes: 1 << 20 }),
        mount("/t", Kind::Tmpfs { bytes: 1 << 20 }),
        mount("/t/dir", Kind::Dir),
        mount("/t/link", Kind::Symlink { target: "dir".into() }),
        mount("/t/file", Kind::File { contents: (*b"text").into() }),
        mount("/large", Kind::File { contents: vec![1; 300 << 10].into() }),
        mount("/t/from", Kind::FileFrom { file: std::sync::Arc::new(from.into()) }),
    ]);
    // A writable bind of a root host needs idmapped mounts on the filesystem of the temporary directory.
    request.mounts.extend([bind("/rw", Rights::Write), bind("/rw/a/b", Rights::Read)]);
    request.limits.cpu_time = Some(Duration::from_secs(10));
    request.limits.wall_time = Some(Duration::from_secs(100));
    request.user = Some((0, 0));
    let mut command = Command::new("/mark");
    let extra = std::fs::File::open("/dev/null").expect("/dev/null");
    command.stdin(Stdio::piped()).fd(9, extra.into());
    let (whole, _) = run(&request, &command, None);
    match whole.result {
        Err(error) if error.is_unsupported() => {
            common::skip("every_kind_of_mount_and_limit", "idmap", &error.to_string())
        }
        _ => break_each("mounts", &request, &command),
    }
}

/// Layers, an upper one in memory or in a directory, the sandbox's own layers, at the root and elsewhere.
#[test]
fn overlays() {
    let _host = common::host();
    let dir = common::TempDir::new("fault");
    for name in ["one", "two/below", "upper"] {
        std::fs::create_dir_all(dir.path().join(name)).expect("directories");
    }
    let layers = || Overlay::new().lower(dir.path().join("one")).lower(dir.path().join("two"));
    for overlay in [layers(), layers().upper_dir(dir.path().join("upper")), layers().read_only().at("/below/here")] {
        let mut request = strict();
        request.mounts.extend([
            mount("/below/here/t", Kind::Tmpfs { bytes: 1 << 20 }),
            mount("/below/here/dir", Kind::Dir),
            mount("/below/here/link", Kind::Symlink { target: "dir".into() }),
            mount("/below/here/bound", Kind::Bind { source: dir.path().join("one"), rights: Rights::Read }),
        ]);
        request.overlay = Some(overlay);
        break_each("overlay", &request, &Command::new("/mark"));
        assert_eq!(std::fs::read_dir(dir.path()).expect("lists").count(), 3, "a work directory is left");
    }
}

#[test]
fn without_some_namespaces() {
    let _host = common::host();
    let mut sets = vec![Namespaces::empty(), Namespaces::all() - Namespaces::NET, Namespaces::USER];
    if common::is_root() {
        sets.extend([Namespaces::all() - Namespaces::USER, Namespaces::MOUNT | Namespaces::PID]);
    }
    for namespaces in sets {
        let host_system = namespaces.contains(Namespaces::MOUNT).then(Arc::default);
        let request = Request { namespaces, host_system, ..Request::default() };
        break_each(&format!("{namespaces:?}"), &request, &shell());
    }
}

/// The init has to fetch the filter's listener; Landlock's rules are operations too.
#[test]
fn a_filter_that_kills() {
    let _host = common::host();
    for namespaces in [Namespaces::all(), Namespaces::empty()] {
        let host_system = namespaces.contains(Namespaces::MOUNT).then(Arc::default);
        let seccomp = Some(crate::seccomp::Filter::standard().kill(["chroot"]));
        let rules = crate::landlock::Landlock::new().read("/").write("/dev/null").execute("/").scope_signals();
        let mut request =
            Request { namespaces, host_system, seccomp, landlock: Some(rules.no_tcp()), ..Request::default() };
        request.limits.optional = crate::limits::Features::LANDLOCK;
        if namespaces.contains(Namespaces::USER) {
            request.capabilities = crate::capabilities::Capabilities::NET_BIND_SERVICE;
        }
        break_each(&format!("{namespaces:?}"), &request, &shell());
    }
}

#[test]
fn a_cgroup() {
    let _host = common::host();
    let Some(parent) = common::cgroup::parent("a_cgroup") else { return };
    let mut request = strict();
    request.cgroup = Some(crate::cgroup::Cgroup::parent(&parent));
    request.limits.memory = Some(64 << 20);
    request.limits.cpu_time = Some(Duration::from_secs(10));
    break_each("cgroup", &request, &Command::new("/mark"));
    assert_eq!(common::cgroup::leaves(&parent), [""; 0].map(std::path::Path::new));
}

/// A program that is not there: every step of the search and of the probe for an interpreter that fails is told.
#[test]
fn the_search_that_fails() {
    let _host = common::host();
    let request = Request { host_system: Some(Arc::default()), ..Request::default() };
    let command = Command::new("no-such-program");
    let (whole, plan) = run(&request, &command, None);
    assert_eq!(whole.result.err().map(|error| error.raw_os_error()), Some(Some(2)));
    for index in plan.execve()..plan.program_script().parts().ops.len() {
        let (broken, plan) = run(&request, &command, Some(At::Program(index)));
        let error = broken.result.expect_err("broken, and not there");
        let step = match plan.label(At::Program(index)).step {
            Step::Interpreter => Step::Exec,
            step => step,
        };
        assert_eq!(error.step(), step);
        assert!(matches!(error.raw_os_error(), Some(ERRNO | 2)), "{error}");
    }
}
