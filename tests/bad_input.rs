//! Promise 3, and section 1 of the catalogue: what cannot be is an `Err` that says what and why, word for word; nothing is
//! left behind, and the next spawn works.

mod common;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::time::Duration;

use belljar::{Command, Features, Namespaces, Network, Resource, Sandbox, Stdio, Step, Verdict};
use rustix::fs::{CWD, FileType, Mode};
use rustix::process::Rlimit;

guests! {
    nothing, arguments, refuse_without_fork, without_descriptors, without_processes, without_user_namespaces,
    in_a_deleted_directory,
}

fn nothing(_: &[String]) -> i32 {
    0
}

/// What is asked for, and the error word for word.
struct Case {
    sandbox: Sandbox,
    command: Command,
    message: String,
}

fn case(sandbox: Sandbox, message: impl Into<String>) -> Case {
    Case { sandbox, command: Command::new("/bin/true"), message: message.into() }
}

fn case_of(command: &Command, message: impl Into<String>) -> Case {
    Case { sandbox: Sandbox::new(), command: command.clone(), message: message.into() }
}

/// The error is the expected one.
fn refuse(Case { sandbox, mut command, message }: Case) {
    match sandbox.spawn(&mut command) {
        Ok(mut child) => panic!("expected: {message}\nbut it ran: {:?}", child.wait()),
        Err(error) => assert_eq!(error.to_string(), message),
    }
}

/// And the next spawn works.
fn fails(case: Case) {
    refuse(case);
    works();
}

fn works() {
    let outcome = common::guest_sandbox().run(common::guest("nothing")).expect("a clean spawn works");
    assert_eq!(outcome.verdict, Verdict::Exited(0));
}

/// What needs no kernel to be known as wrong.
fn refused_by_rule() -> Vec<Case> {
    let mut cases = commands();
    cases.extend(identities());
    cases.extend(limits());
    cases.extend(places());
    cases
}

fn commands() -> Vec<Case> {
    let new = || Command::new("/bin/true");
    let bad_name =
        |key: &str| case_of(new().env(key, "v"), format!("environment: {key:?} is not a name for a variable"));
    vec![
        case_of(&Command::new(""), "program: is empty"),
        case_of(&Command::new("a\0b"), r#"program: "a\0b" holds a NUL"#),
        case_of(new().arg("ok").arg("a\0b"), r#"argument: "a\0b" holds a NUL"#),
        case_of(new().arg0("a\0b"), r#"argument: "a\0b" holds a NUL"#),
        case_of(new().env("K\0", "v"), r#"environment: "K\0" holds a NUL"#),
        case_of(new().env("K", "v\0"), r#"environment: "v\0" holds a NUL"#),
        bad_name(""),
        bad_name("a=b"),
        bad_name("="),
        case_of(new().current_dir("/a\0b"), r#"current_dir: "/a\0b" holds a NUL"#),
        case_of(new().current_dir("tmp"), "current_dir tmp: must be absolute"),
        case_of(new().current_dir(""), "current_dir : must be absolute"),
        case_of(
            Command::new("true").env("PATH", "relative:"),
            "program true: PATH names no absolute directory to look it up in",
        ),
        case_of(
            Command::new("true").env("PATH", ""),
            "program true: PATH names no absolute directory to look it up in",
        ),
        case_of(new().fd(2, null()), "stdio: descriptor 2 is not between 3 and 1048576"),
        case_of(new().fd(-1, null()), "stdio: descriptor -1 is not between 3 and 1048576"),
        case_of(new().fd(1 << 20, null()), "stdio: descriptor 1048576 is not between 3 and 1048576"),
    ]
}

fn null() -> std::os::fd::OwnedFd {
    std::fs::File::open("/dev/null").expect("/dev/null").into()
}

fn identities() -> Vec<Case> {
    let hostname = |name: &str, message: &str| case(Sandbox::new().hostname(name), format!("hostname: {message}"));
    let minus_one = "user: id 4294967295 is -1 to the kernel, which means no id";
    let all = Namespaces::all();
    vec![
        hostname("", "is empty"),
        hostname(&"h".repeat(65), "has 65 bytes, more than 64"),
        hostname("a/b", "must not hold '/'"),
        hostname("a\nb", r"must not hold '\n'"),
        hostname("a b", "must not hold ' '"),
        hostname("a\0b", r"must not hold '\0'"),
        case(Sandbox::new().namespaces(all - Namespaces::UTS).hostname("x"), "hostname: needs Namespaces::UTS"),
        case(Sandbox::new().user(u32::MAX, 0), minus_one),
        case(Sandbox::new().user(0, u32::MAX), minus_one),
        case(
            Sandbox::new().namespaces(all - Namespaces::MOUNT),
            "namespaces: PID without MOUNT would leave the host's /proc, which shows the host's processes",
        ),
        case(
            Sandbox::new().namespaces(all - Namespaces::NET).network(Network::Loopback),
            "namespaces: Network::Loopback needs Namespaces::NET",
        ),
        case(
            Sandbox::new().namespaces(all - Namespaces::PID - Namespaces::MOUNT).dir("/x"),
            "dir /x: needs Namespaces::MOUNT: the root is the host's",
        ),
        case(
            Sandbox::new().namespaces(all - Namespaces::PID - Namespaces::MOUNT).host_system(),
            "namespaces: host_system needs Namespaces::MOUNT: the root is the host's",
        ),
        case(
            Sandbox::new().namespaces(all - Namespaces::USER).user(0, 0),
            match common::is_root() {
                true => "user: without Namespaces::USER id 0 would be the host's root",
                false => "namespaces: an ordinary user needs Namespaces::USER for any other one",
            },
        ),
        case(
            Sandbox::new().namespaces(Namespaces::empty()).user(0, 0),
            match common::is_root() {
                true => "user: without Namespaces::USER id 0 would be the host's root",
                false => "user: without Namespaces::USER an ordinary user keeps its own ids",
            },
        ),
    ]
}

fn limits() -> Vec<Case> {
    let new = Sandbox::new;
    vec![
        case(new().memory_limit(0), "limit: memory_limit of 0 bytes"),
        case(new().memory_limit(0).optional(Features::CGROUP), "limit: memory_limit of 0 bytes"),
        case(new().pids_limit(0), "limit: pids_limit of 0 would not let the program itself run"),
        case(new().wall_time_limit(Duration::ZERO), "limit: wall_time_limit of 0"),
        case(new().cpu_time_limit(Duration::ZERO), "limit: cpu_time_limit of 0"),
        case(new().rlimit(Resource::Nofile, 20, 10), "rlimit: RLIMIT_NOFILE: soft limit 20 over hard limit 10"),
        case(
            new().rlimit(Resource::Core, u64::MAX, 0),
            format!("rlimit: RLIMIT_CORE: soft limit {} over hard limit 0", u64::MAX),
        ),
        case(new().tmpfs("/t", 0), "tmpfs /t: a size of 0 bytes"),
        case(new().tmpfs("/t", 1 << 63), "tmpfs /t: a size of 9223372036854775808 bytes"),
    ]
}

/// Places inside, and two things on one place.
fn places() -> Vec<Case> {
    let new = Sandbox::new;
    let bind =
        |inside: &str, message: &str| case(new().bind_ro("/usr", inside), format!("bind /usr on {inside}: {message}"));
    let own = |inside: &str, whose: &str| bind(inside, &format!("/{whose} is the sandbox's own"));
    let absolute = "the path inside must be absolute";
    let upwards = "the path inside must not hold '..'";
    let root = "the root is the sandbox's own; name a place below it";
    vec![
        bind("", absolute),
        bind("x", absolute),
        bind("./x", absolute),
        bind("..", absolute),
        bind("/..", upwards),
        bind("/a/../../x", upwards),
        bind("/a/..", upwards),
        bind("/", root),
        bind("//", root),
        bind("/.", root),
        case(new().bind_ro("/usr", "/a\0b"), r"bind /usr on /a\0b: the path inside holds a NUL"),
        own("/proc", "proc"),
        own("/proc/self", "proc"),
        own("//proc/./sys/", "proc"),
        own("/dev", "dev"),
        own("/dev/null", "dev"),
        own("/dev/shm/x", "dev"),
        own("/dev/pts", "dev"),
        case(new().bind_ro("/us\0r", "/x"), "bind /us\\0r on /x: the path on the host holds a NUL"),
        case(new().tmpfs("/proc/x", 1), "tmpfs /proc/x: /proc is the sandbox's own"),
        case(new().file("/dev/null", ""), "file /dev/null: /dev is the sandbox's own"),
        case(new().dir("x"), format!("dir x: {absolute}")),
        case(new().file("/a/../b", ""), format!("file /a/../b: {upwards}")),
        case(new().symlink("", "/l"), "symlink /l: the target is empty or holds a NUL"),
        case(new().symlink("a\0", "/l"), "symlink /l: the target is empty or holds a NUL"),
        // Two on one place.
        case(new().bind_ro("/usr", "/x").bind_ro("/usr", "/x"), "bind /usr on /x: /x is taken already"),
        case(new().bind_ro("/usr", "/x").bind_rw("/usr", "//x/"), "bind /usr on //x/: /x is taken already"),
        case(new().bind_ro("/usr", "/x").tmpfs("/x", 4096), "tmpfs /x: /x is taken already"),
        case(new().tmpfs("/x", 4096).tmpfs("/x", 4096), "tmpfs /x: /x is taken already"),
        case(new().file("/x", "").file("/x", ""), "file /x: /x is taken already"),
        case(new().symlink("y", "/x").dir("/x"), "dir /x: /x is taken already"),
        case(new().host_system().bind_ro("/usr", "/usr"), "bind /usr on /usr: /usr is taken already"),
        // A file onto a directory and the reverse.
        case(new().dir("/x").file("/x", ""), "file /x: /x is taken already"),
        case(new().file("/x", "").dir("/x"), "dir /x: /x is taken already"),
        case(new().bind_ro("/etc/passwd", "/tmp"), "bind /etc/passwd on /tmp: /tmp is taken already"),
        case(new().file("/x", "").bind_ro("/usr", "/x"), "bind /usr on /x: /x is taken already"),
        case(new().dir("/x").bind_ro("/etc/passwd", "/x"), "bind /etc/passwd on /x: /x is taken already"),
        // Below what is no directory, or not the sandbox's.
        case(new().file("/x", "").file("/x/y", ""), "file /x/y: /x is not a directory"),
        case(new().bind_ro("/etc/passwd", "/x").dir("/x/y/z"), "dir /x/y/z: /x is not a directory"),
        case(new().symlink("/tmp", "/x").dir("/x/y"), "dir /x/y: /x is a symbolic link"),
        case(
            new().bind_ro("/usr", "/x").file("/x/y", ""),
            "file /x/y: would be made in the host's files: /x is a bind",
        ),
        case(new().bind_ro("/usr", "/x").dir("/x/y/z"), "dir /x/y/z: would be made in the host's files: /x is a bind"),
        case(
            new().bind_ro("/usr", "/x").symlink("a", "/x/y"),
            "symlink /x/y: would be made in the host's files: /x is a bind",
        ),
        case(new().bind_ro("/no/such", "/x"), "bind /no/such on /x: No such file or directory (os error 2)"),
        case(new().bind_ro("", "/x"), "bind  on /x: No such file or directory (os error 2)"),
        case(new().bind_ro("/etc/passwd/x", "/x"), "bind /etc/passwd/x on /x: Not a directory (os error 20)"),
    ]
}

#[test]
fn what_makes_no_sense_is_refused_word_for_word() {
    let _host = common::host();
    refused_by_rule().into_iter().for_each(fails);
}

/// H1: "must be Err before any fork": in a process that the kernel ends at its first clone.
#[test]
fn and_before_anything_is_cloned() {
    let _host = common::host();
    let run = |mode: &str| common::on_host("refuse_without_fork").arg(mode).status().expect("runs on the host");
    assert!(run("all").success());
    // The filter bites: a spawn that is in order is ended by SIGSYS.
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&run("control")), Some(31));
}

fn refuse_without_fork(args: &[String]) -> i32 {
    forbid_clone();
    match args[0].as_str() {
        "all" => refused_by_rule().into_iter().for_each(refuse),
        _ => works(),
    }
    0
}

/// seccomp(2): clone, fork, vfork and clone3 end the process.
fn forbid_clone() {
    const KILL_PROCESS: u32 = 0x8000_0000;
    let calls = [
        libc::SYS_clone,
        libc::SYS_clone3,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_fork,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_vfork,
    ];
    common::filter::install(&calls.map(|call| (call, KILL_PROCESS)));
}

/// A directory with programs of all kinds, bound to /d.
struct Programs(common::TempDir);

impl Programs {
    fn new() -> Programs {
        let dir = common::TempDir::new("programs");
        let file = |name: &str, mode: u32, contents: &[u8]| {
            let path = dir.path().join(name);
            std::fs::write(&path, contents).expect("a file");
            std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).expect("its mode");
        };
        file("plain", 0o644, b"#!/bin/sh\n");
        file("empty", 0o755, b"");
        file("text", 0o755, b"echo no shebang\n");
        file("orphan", 0o755, b"#!/no/such/interpreter\n");
        let own = std::fs::read(std::env::current_exe().expect("own path")).expect("own binary");
        const MACHINE_AT: usize = 18;
        const S390: u8 = 22;
        let mut foreign = own[..4096].to_vec();
        foreign[MACHINE_AT] = S390;
        file("foreign", 0o755, &foreign);
        // The sandbox that has nothing but this has no loader for it.
        std::fs::copy("/bin/sh", dir.path().join("dynamic")).expect("a dynamically linked program");
        std::fs::create_dir(dir.path().join("dir")).expect("a directory");
        symlink("/bin/sh", dir.path().join("away")).expect("a link");
        symlink("loop", dir.path().join("loop")).expect("a link");
        rustix::fs::mknodat(CWD, dir.path().join("fifo"), FileType::Fifo, Mode::from(0o777), 0).expect("a FIFO");
        Programs(dir)
    }

    fn sandbox(&self) -> Sandbox {
        Sandbox::new().bind_ro(self.0.path(), "/d")
    }
}

#[test]
fn a_program_that_cannot_be_executed_is_an_error_that_says_why() {
    let _host = common::host();
    let programs = Programs::new();
    let new = || programs.sandbox();
    let exec = |program: &str, message: &str| {
        fails(Case { sandbox: new(), command: Command::new(program), message: message.into() });
    };
    let enoent = "No such file or directory (os error 2)";
    let eacces = "Permission denied (os error 13)";
    let enoexec = "Exec format error (os error 8)";
    exec("/d/missing", &format!("exec /d/missing: {enoent}"));
    exec("missing", &format!("exec missing: {enoent}"));
    exec("d/missing", &format!("exec d/missing: {enoent}"));
    exec("/d/dir", &format!("exec /d/dir: {eacces}"));
    exec("/d/plain", &format!("exec /d/plain: {eacces}"));
    exec("/d/plain/x", "exec /d/plain/x: Not a directory (os error 20)");
    exec("/d/empty", &format!("exec /d/empty: {enoexec}"));
    exec("/d/text", &format!("exec /d/text: {enoexec}"));
    exec("/d/foreign", &format!("exec /d/foreign: {enoexec}"));
    exec("/d/fifo", &format!("exec /d/fifo: {eacces}"));
    exec("/d/loop", "exec /d/loop: Too many levels of symbolic links (os error 40)");
    exec("/d/orphan", &format!("interpreter or loader of /d/orphan: {enoent}"));
    // A link to what only the host has.
    exec("/d/away", &format!("exec /d/away: {enoent}"));
    exec("/proc/self/exe/x", "exec /proc/self/exe/x: Not a directory (os error 20)");

    // The sandbox's own PATH and root: an earlier directory's refusal is the better answer than a later one's lack.
    let search = |path: &str, name: &str, message: &str| {
        let command = Command::new(name).env("PATH", path).clone();
        fails(Case { sandbox: new(), command, message: message.into() });
    };
    search("/no:/d", "plain", &format!("exec /d/plain: {eacces}"));
    search("/d:/no", "plain", &format!("exec /d/plain: {eacces}"));
    search("/no:/d", "orphan", &format!("interpreter or loader of /d/orphan: {enoent}"));
    search("/d", "text", &format!("exec /d/text: {enoexec}"));
    search("/d", "dir", &format!("exec /d/dir: {eacces}"));
}

/// The hint names what it is about.
fn hinted(sandbox: &Sandbox, command: &mut Command, words: &[&str]) {
    let error = sandbox.spawn(&mut *command).expect_err("does not start");
    let hint = error.hint().unwrap_or_else(|| panic!("no hint: {error}"));
    assert!(words.iter().all(|word| hint.contains(word)), "{words:?}: {error:#}");
    assert!(!error.is_unsupported(), "{error:#}");
}

#[test]
fn a_program_that_does_not_start_has_a_hint() {
    let _host = common::host();
    let programs = Programs::new();
    let (given, system) = (programs.sandbox(), Sandbox::new().host_system());
    let script = |text: &str| system.clone().file("/s", text);
    let plain = "PATH: /usr/local/bin:/usr/bin:/bin";
    hinted(&Sandbox::new(), &mut Command::new("sh"), &[plain, "host_system()"]);
    hinted(&given, Command::new("sh").env("PATH", "/a:/b"), &["PATH: /a:/b", "host_system()"]);
    hinted(&given, &mut Command::new("/bin/sh"), &["inside", "host_system()"]);
    let blank = "a blank is part of the name";
    for (sandbox, name) in [(&system, "echo hello"), (&given, "/d/orphan x")] {
        hinted(sandbox, &mut Command::new(name), &[blank, "Command::shell"]);
    }
    let hint = system.spawn(Command::new("no-such-program")).expect_err("is none").hint().map(str::to_owned);
    assert_eq!(hint.as_deref(), Some(&*format!("it is looked up inside the sandbox, in {plain}")));

    // What the file names.
    hinted(&script("#!/bin/sh\r\necho\r\n"), &mut Command::new("/s"), &[r#""/bin/sh\r""#, "CR LF"]);
    hinted(&script("#! \t/no/such -x\n"), &mut Command::new("/s"), &[r#""/no/such""#]);
    hinted(&script("#!/no/such"), &mut Command::new("/s"), &[r#""/no/such""#]);
    hinted(&given, &mut Command::new("/d/orphan"), &[r#""/no/such/interpreter""#, "host_system()"]);
    hinted(&given, Command::new("orphan").env("PATH", "/d"), &[r#""/no/such/interpreter""#]);
    hinted(&given, Command::new("./orphan").current_dir("/d"), &[r#""/no/such/interpreter""#]);
    hinted(&script("echo"), &mut Command::new("/s"), &["begins with #!"]);
    hinted(&given, &mut Command::new("/d/text"), &["begins with #!"]);
    hinted(&given, &mut Command::new("/d/empty"), &["is empty"]);
    hinted(&given, &mut Command::new("/d/foreign"), &["another machine"]);
    hinted(&given, &mut Command::new("/d/plain"), &["0755"]);
    hinted(&given, &mut Command::new("/d/away"), &["symbolic link"]);
    hinted(&given, Command::new("away").env("PATH", "/no:/d"), &["symbolic link"]);
    let error = given.spawn(Command::new("away").env("PATH", "/no:/d")).expect_err("leads nowhere");
    assert_eq!((error.step(), error.path()), (Step::Exec, Some(Path::new("/d/away"))));
}

/// A 32-bit program and a 64-bit one, of which the first bytes are there.
#[test]
fn a_missing_loader_is_named() {
    let _host = common::host();
    let elf = |class: u8, machine: u16| {
        let mut file = b"\x7fELF\0\x01\x01".to_vec();
        file[4] = class;
        file.resize(512, 0);
        let mut put =
            |at: usize, value: u64, size: usize| file[at..at + size].copy_from_slice(&value.to_le_bytes()[..size]);
        const ET_DYN: u64 = 3;
        put(16, ET_DYN, 2);
        put(18, machine.into(), 2);
        put(20, 1, 4);
        let (head, segment, wide) = if class == 1 { (52, 32, 4) } else { (64, 56, 8) };
        put(if class == 1 { 28 } else { 32 }, head as u64, wide);
        let sizes = if class == 1 { 40 } else { 52 };
        put(sizes, head as u64, 2);
        put(sizes + 2, segment, 2);
        put(sizes + 4, 1, 2);
        put(head, 3, 4); // PT_INTERP
        let name = b"/no/ld.so\0";
        put(head + if class == 1 { 4 } else { 8 }, 300, wide);
        put(head + if class == 1 { 16 } else { 32 }, name.len() as u64, wide);
        file[300..300 + name.len()].copy_from_slice(name);
        file
    };
    let machine = if cfg!(target_arch = "x86_64") { 62 } else { 183 };
    let sandbox = Sandbox::new().file("/p", elf(2, machine));
    hinted(&sandbox, &mut Command::new("/p"), &[r#"its loader, "/no/ld.so", is not in the sandbox"#]);
    if cfg!(target_arch = "x86_64") {
        // Where the kernel runs none it says ENOEXEC.
        let error = Sandbox::new().file("/p", elf(1, 3)).spawn(Command::new("/p")).expect_err("has no loader");
        let hint = error.hint().expect("a hint").to_owned();
        assert!(hint.contains("/no/ld.so") || hint.contains("another machine"), "{error:#}");
    }
}

#[test]
fn a_bind_says_which_of_its_two_places_is_missing() {
    let _host = common::host();
    let programs = Programs::new();
    let given = programs.sandbox();
    let mut command = Command::new("/d/text");
    hinted(&given.clone().bind_ro("/no/such", "/x"), &mut command, &["/no/such", "on the host"]);
    for sandbox in [given.clone().bind_ro("/usr", "/d/missing"), given.clone().bind_ro("/usr", "/d/missing/x")] {
        let error = sandbox.spawn(&mut command).expect_err("has no place");
        assert!(error.to_string().starts_with("bind /usr on /d/missing"), "{error}");
        assert!(error.hint().is_some_and(|hint| hint.contains("the place inside")), "{error:#}");
    }
    hinted(&given.tmpfs("/d/missing", 4096), &mut command, &["the place inside"]);
}

/// The loader of a dynamic program; found only where this machine's shell is one.
#[test]
fn a_missing_loader_is_told_from_a_missing_program() {
    let _host = common::host();
    let programs = Programs::new();
    let error = programs.sandbox().spawn(Command::new("/d/dynamic"));
    match error {
        Err(error) => {
            let message = "interpreter or loader of /d/dynamic: No such file or directory (os error 2)";
            assert_eq!(error.to_string(), message);
            assert_eq!((error.step(), error.path()), (Step::Interpreter, Some(Path::new("/d/dynamic"))));
        }
        Ok(_) => println!("SKIP a_missing_loader_is_told_from_a_missing_program: /bin/sh is static"),
    }
    works();
}

/// Relative programs, with and without a slash, are looked up inside.
#[test]
fn a_relative_program_is_looked_up_inside() {
    let _host = common::host();
    let sandbox = Sandbox::new().bind_ro(std::env::current_exe().expect("own path"), "/d/bin/guest").host_system();
    let mut found = 0;
    for (program, dir, path) in
        [("bin/guest", "/d", ""), ("./guest", "/d/bin", ""), ("guest", "/", "/d/bin"), ("guest", "/", "rel::/d/bin")]
    {
        let mut command = Command::new(program);
        command.args(["--belljar-guest", "nothing"]).current_dir(dir);
        if !path.is_empty() {
            command.env("PATH", path);
        }
        assert_eq!(sandbox.run(&mut command).expect(program).verdict, Verdict::Exited(0));
        found += 1;
    }
    assert_eq!(found, 4);
    fails(Case {
        sandbox,
        command: Command::new("guest").current_dir("/d/bin").clone(),
        message: "exec guest: No such file or directory (os error 2)".into(),
    });
}

/// Too long is an exec error and no exit code.
#[test]
fn arguments_that_are_too_long_are_an_error_of_exec() {
    let _host = common::host();
    let too_long = |command: &Command| {
        let message = "exec /guest: Argument list too long (os error 7)";
        let error = common::guest_sandbox().spawn(command.clone()).expect_err("too long");
        assert_eq!(error.to_string(), message);
        assert!(error.hint().is_some_and(|hint| hint.contains("128 KiB")));
        works();
    };
    too_long(common::guest("nothing").arg("a".repeat(131_072)));
    too_long(common::guest("nothing").args(vec!["a".repeat(100_000); 30]));
    too_long(common::guest("nothing").args(vec![""; 400_000]));
    too_long(common::guest("nothing").env("K", "v".repeat(131_072)));
    too_long(common::guest("nothing").envs((0..30).map(|key| (format!("K{key}"), "v".repeat(100_000)))));
    // One byte less, and all of it arrives.
    let outcome = common::guest_sandbox().run(common::guest("nothing").arg("a".repeat(131_071))).expect("fits");
    assert_eq!(outcome.verdict, Verdict::Exited(0));
}

/// Writes arguments and environment, each followed by a NUL.
fn arguments(_: &[String]) -> i32 {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    for arg in std::env::args_os().skip(3) {
        out.write_all(&[arg.as_bytes(), b"\0"].concat()).expect("writes");
    }
    let mut vars: Vec<_> = std::env::vars_os().collect();
    vars.sort();
    for (key, value) in vars {
        out.write_all(&[key.as_bytes(), b"=", value.as_bytes(), b"\0"].concat()).expect("writes");
    }
    out.flush().expect("writes");
    0
}

/// Names are data; the last value of a key wins; no variable comes from the host.
#[test]
fn arguments_and_environment_arrive_byte_for_byte() {
    let _host = common::host();
    let bytes = |bytes: &'static [u8]| OsStr::from_bytes(bytes);
    let mut command = common::guest("arguments");
    command.env_clear();
    let output = |command: &mut Command| common::guest_sandbox().output(command).expect("runs").stdout;
    assert_eq!(output(&mut command), b"", "no argument, no variable");
    command.args([bytes(b""), bytes(b"\xff\xfe"), bytes(b"a\nb"), bytes(b"")]);
    command.env("A", "first").env("A", "last").env("B", "").env(bytes(b"\xff"), bytes(b"\x80=\xc0"));
    assert_eq!(output(&mut command), b"\0\xff\xfe\0a\nb\0\0A=last\0B=\0\xff=\x80=\xc0\0");
}

#[test]
fn a_working_directory_that_is_none_is_an_error() {
    let _host = common::host();
    let programs = Programs::new();
    let closed = programs.0.path().join("closed");
    std::fs::create_dir(&closed).expect("a directory");
    std::fs::set_permissions(&closed, PermissionsExt::from_mode(0o000)).expect("its mode");
    let host_only = programs.0.path().to_owned();
    symlink(&host_only, host_only.join("out")).expect("a link");
    let cwd = |dir: &str, message: &str| {
        let sandbox = common::guest_sandbox().bind_ro(&host_only, "/d");
        let command = common::guest("nothing").current_dir(dir).clone();
        fails(Case { sandbox, command, message: format!("current_dir {dir}: {message}") });
    };
    let enoent = "No such file or directory (os error 2)";
    cwd("/missing", enoent);
    cwd("/d/plain", "Not a directory (os error 20)");
    cwd("/d/closed", "Permission denied (os error 13)");
    cwd("/d/loop", "Too many levels of symbolic links (os error 40)");
    // A link to a place that only the host has.
    cwd("/d/out", enoent);
    // CVE-2024-21626: no descriptor of the host or the init is there to step through. The fourth is the end of a pipe by
    // which init hears of the execve.
    for number in 4..common::amount(40, 12) {
        cwd(&format!("/proc/self/fd/{number}"), enoent);
    }
    for number in 0..4 {
        cwd(&format!("/proc/self/fd/{number}"), "Not a directory (os error 20)");
    }
    cwd("/proc/1/root", enoent);
    cwd("/proc/1/cwd", enoent);
    cwd("/proc/1/fd", enoent);
    std::fs::set_permissions(&closed, PermissionsExt::from_mode(0o755)).expect("its mode");
}

/// The longest host name works, and any byte but the refused ones.
#[test]
fn a_hostname_of_64_bytes_works() {
    let _host = common::host();
    let name = "h".repeat(64);
    let mut command = Command::new("cat");
    let output =
        common::guest_sandbox().hostname(&name).output(command.arg("/proc/sys/kernel/hostname")).expect("runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), name + "\n");
}

/// The ends of the ranges neither panic nor mean something else.
#[test]
fn limits_at_the_ends_of_their_ranges() {
    let _host = common::host();
    let exits =
        |sandbox: Sandbox| assert_eq!(sandbox.run(common::guest("nothing")).expect("runs").verdict, Verdict::Exited(0));
    let new = common::guest_sandbox;
    exits(new().wall_time_limit(Duration::MAX).cpu_time_limit(Duration::MAX).output_limit(u64::MAX));
    exits(new().memory_limit(u64::MAX).pids_limit(u32::MAX).optional(Features::CGROUP));
    exits(new().memory_limit(i64::MAX as u64 + 1).optional(Features::CGROUP));
    exits(new().pids_limit(1).optional(Features::CGROUP));
    exits(new().output_limit(0).rlimit(Resource::Fsize, 0, 0));
    exits(new().file_size_limit(0));
    exits(new().file_size_limit(u64::MAX));
    exits(new().tmpfs("/t", 1));
    exits(new().tmpfs("/t", i64::MAX as u64));
    let output = new().output_limit(0).output(common::guest("arguments").arg("x")).expect("runs");
    assert_eq!((output.outcome.verdict, output.stdout), (Verdict::OutputLimit, Vec::new()));
    works();
}

/// The kernel has the last word on resource limits.
#[test]
fn a_limit_that_the_kernel_refuses_is_an_error() {
    let _host = common::host();
    let refused = "rlimit RLIMIT_NOFILE: Operation not permitted (os error 1)";
    // Above fs.nr_open, and above what the host has.
    fails(case(Sandbox::new().rlimit(Resource::Nofile, u64::MAX, u64::MAX), refused));
    let own = rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum.expect("a limit on descriptors");
    fails(case(Sandbox::new().rlimit(Resource::Nofile, own, own + 1), refused));
}

/// No room for the program itself. Where no program could start it is an error; else the kernel kills it in the middle
/// of its execve, or its loader gives up: the verdict tells, and never "exited 0".
#[test]
fn too_little_address_space_is_never_a_success() {
    let _host = common::host();
    let fallback = || common::guest_sandbox().cgroup(common::cgroup::none()).optional(Features::CGROUP);
    for bytes in [1, 4095, 100_000] {
        let refused = format!("rlimit: RLIMIT_AS of {bytes} bytes is too small to start the program");
        fails(case(common::guest_sandbox().rlimit(Resource::As, bytes, 1 << 30), &refused));
        let refused = format!("limit: memory_limit of {bytes} bytes is too small to start the program");
        fails(case(fallback().memory_limit(bytes), &refused));
        // The caller's word on the resource goes before the limit's.
        let given = fallback().memory_limit(bytes).rlimit(Resource::As, u64::MAX, u64::MAX);
        assert!(given.run(common::guest("nothing")).expect("starts").success());
    }
    // With less of a stack less is needed: the kernel has the last word.
    let small = common::guest_sandbox().rlimit(Resource::Stack, 16384, 16384).rlimit(Resource::As, 100_000, 100_000);
    for sandbox in
        [small, common::guest_sandbox().rlimit(Resource::As, 1 << 20, 1 << 20), fallback().memory_limit(1 << 20)]
    {
        if let Ok(outcome) = sandbox.run(common::guest("nothing")) {
            let verdict = outcome.verdict;
            assert!(matches!(verdict, Verdict::Signaled(9 | 11) | Verdict::Exited(127)), "{verdict:?}");
        }
        works();
    }
}

/// Without a cgroup: an error with its cure, and no silent weakness.
#[test]
fn limits_that_need_a_cgroup_are_refused_with_the_cure() {
    let _host = common::host();
    let new = || Sandbox::new().cgroup(common::cgroup::none());
    for sandbox in [new().memory_limit(1 << 30), new().pids_limit(9), new().cpus(1.0)] {
        let error = sandbox.spawn(Command::new("/bin/true")).expect_err("needs a cgroup");
        assert_eq!(error.to_string(), "cgroup /proc: is not on a cgroup2 filesystem");
        assert!(error.is_unsupported() && error.hint().is_some());
        works();
    }
}

/// Standard output cannot be a memfd for reading.
#[test]
fn bytes_are_for_standard_input() {
    let _host = common::host();
    let command = Command::new("/bin/true").stdout(Stdio::bytes("x")).clone();
    fails(case_of(&command, "stdio stdout: invalid input parameter"));
}

/// `Display` is one line whatever a path is made of, and tells nothing to a terminal.
#[test]
fn an_error_is_one_line_of_printable_text() {
    let _host = common::host();
    let odd = "/no/such\n\x1b[31m\r\u{7f}/'a' \\ é";
    let message = r"bind /no/such\n\u{1b}[31m\r\u{7f}/'a' \ é on /x\ty: No such file or directory (os error 2)";
    fails(case(Sandbox::new().bind_ro(odd, "/x\ty"), message));
    let not_utf8 = OsStr::from_bytes(b"/no/\xff");
    fails(case(
        Sandbox::new().bind_ro(not_utf8, "/x"),
        "bind /no/\u{fffd} on /x: No such file or directory (os error 2)",
    ));
}

/// The conversions keep the error with its errno, and a refusal is `InvalidInput`.
#[test]
fn errors_convert_into_io_errors() {
    let _host = common::host();
    let error = Sandbox::new().bind_ro("/no/such", "/x").spawn(Command::new("/x")).expect_err("no source");
    assert_eq!(error.path(), Some(Path::new("/no/such")));
    let error = std::io::Error::from(error);
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
    let kept = error.get_ref().and_then(|error| error.downcast_ref::<belljar::Error>());
    assert_eq!(kept.and_then(belljar::Error::raw_os_error), Some(2));
    let error = Sandbox::new().spawn(Command::new("")).expect_err("no program");
    let error = std::io::Error::from(error);
    assert_eq!((error.kind(), error.to_string()), (std::io::ErrorKind::InvalidInput, "program: is empty".into()));
}

/// EMFILE: whatever number of descriptors is left, it is an error or a run, and the descriptors are as before.
#[test]
fn no_descriptors_left_is_emfile() {
    let _host = common::host();
    assert!(common::on_host("without_descriptors").status().expect("runs on the host").success());
}

fn without_descriptors(_: &[String]) -> i32 {
    let own = std::env::current_exe().expect("own path");
    let _held: Vec<_> = (0..20).map(|_| null()).collect();
    let before = common::descriptors();
    let open = before.len() as u64;
    let hard = rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum;
    let limit = |soft: u64| {
        let limit = Rlimit { current: Some(soft), maximum: hard };
        rustix::process::setrlimit(rustix::process::Resource::Nofile, limit).expect("lower");
    };
    let sandbox = Sandbox::new().host_system().bind_ro(own, "/guest");
    let (mut refused, mut ran) = (0, 0);
    for more in 0..40 {
        limit(open + more);
        let result = sandbox.output(common::guest("nothing"));
        limit(1000);
        match result {
            Ok(output) => {
                assert_eq!(output.outcome.verdict, Verdict::Exited(0));
                ran += 1;
            }
            Err(error) => {
                assert_eq!(error.raw_os_error(), Some(24), "{error}");
                assert!(error.to_string().ends_with(": Too many open files (os error 24)"), "{error}");
                refused += 1;
            }
        }
        assert_eq!(common::descriptors(), before);
        assert!(common::children(std::process::id()).is_empty());
    }
    assert!(refused > 0 && ran > 0, "{refused} refused, {ran} ran");
    limit(open);
    let error = sandbox.spawn(common::guest("nothing")).expect_err("no descriptors");
    assert_eq!(error.to_string(), "descriptor: Too many open files (os error 24)");
    // A bind is a descriptor, of the host or of the init.
    let many = (0..300).fold(Sandbox::new(), |sandbox, number| sandbox.bind_ro("/etc/passwd", format!("/b/{number}")));
    limit(100);
    let error = many.spawn(common::guest("nothing")).expect_err("no descriptors");
    assert_eq!((error.step(), error.raw_os_error()), (Step::Bind, Some(24)), "{error}");
    limit(1000);
    works();
    0
}

/// EAGAIN. A privileged host is above RLIMIT_NPROC, so it becomes an ordinary user that has none left.
#[test]
fn no_processes_left_is_eagain() {
    let _host = common::host();
    let status = common::on_host("without_processes").status().expect("runs on the host");
    assert!(status.success());
}

/// A privileged host becomes an ordinary user, one of its own; what is left to show that a spawn works is that it gets to
/// the exec of a program that is not there.
fn become_ordinary() {
    let nobody = 54_321;
    if common::is_root() {
        rustix::thread::set_thread_groups(&[]).expect("no groups");
        rustix::thread::set_thread_gid(rustix::fs::Gid::from_raw(nobody)).expect("another group");
        rustix::thread::set_thread_uid(rustix::fs::Uid::from_raw(nobody)).expect("another user");
        // Else its own /proc belongs to root.
        let dumpable = rustix::process::DumpableBehavior::Dumpable;
        rustix::process::set_dumpable_behavior(dumpable).expect("dumpable");
    }
}

fn gets_to_exec() {
    let error = Sandbox::new().spawn(Command::new("/bin/true")).expect_err("nothing there");
    assert_eq!(error.to_string(), "exec /bin/true: No such file or directory (os error 2)");
}

fn without_processes(_: &[String]) -> i32 {
    become_ordinary();
    let hard = rustix::process::getrlimit(rustix::process::Resource::Nproc).maximum;
    let limit = |soft: Option<u64>| {
        let limit = Rlimit { current: soft, maximum: hard };
        rustix::process::setrlimit(rustix::process::Resource::Nproc, limit).expect("a limit");
    };
    limit(Some(1));
    let error = Sandbox::new().spawn(Command::new("/bin/true")).expect_err("no process left");
    assert_eq!(error.to_string(), "clone: Resource temporarily unavailable (os error 11)");
    assert!(error.hint().is_some_and(|hint| hint.contains("RLIMIT_NPROC")));
    limit(hard);
    gets_to_exec();
    0
}

/// With user.max_user_namespaces at 0, in a user namespace of our own where we may set it.
#[test]
fn user_namespaces_disabled_is_said_with_the_cure() {
    let _host = common::host();
    let status = common::on_host("without_user_namespaces").status().expect("runs on the host");
    match status.code() {
        Some(77) => common::skip("user_namespaces_disabled_is_said_with_the_cure", "userns", "no user namespace"),
        _ => assert!(status.success(), "{status}"),
    }
}

fn without_user_namespaces(_: &[String]) -> i32 {
    use rustix::thread::{UnshareFlags, unshare_unsafe};
    become_ordinary();
    let (uid, gid) = (rustix::process::getuid().as_raw(), rustix::process::getgid().as_raw());
    // SAFETY: this process has one thread and shares nothing.
    if unsafe { unshare_unsafe(UnshareFlags::NEWUSER) }.is_err() {
        return 77;
    }
    let write = |path: &str, text: &str| std::fs::write(path, text).expect(path);
    write("/proc/self/setgroups", "deny");
    write("/proc/self/uid_map", &format!("0 {uid} 1"));
    write("/proc/self/gid_map", &format!("0 {gid} 1"));
    gets_to_exec();
    write("/proc/sys/user/max_user_namespaces", "0");
    let error = Sandbox::new().spawn(Command::new("/bin/true")).expect_err("no user namespace");
    assert_eq!(error.to_string(), "clone: No space left on device (os error 28)");
    assert!(error.is_unsupported() && error.hint().is_some_and(|hint| hint.contains("user.max_*_namespaces")));
    assert!(common::children(std::process::id()).is_empty());
    write("/proc/sys/user/max_user_namespaces", "100");
    gets_to_exec();
    0
}

/// A host whose own working directory is gone.
#[test]
fn a_deleted_working_directory_of_the_host_does_not_matter() {
    let _host = common::host();
    assert!(common::on_host("in_a_deleted_directory").status().expect("runs on the host").success());
}

fn in_a_deleted_directory(_: &[String]) -> i32 {
    let dir = common::TempDir::new("deleted");
    std::env::set_current_dir(dir.path()).expect("into it");
    drop(dir);
    works();
    // What is relative leads nowhere, and says so.
    fails(case(Sandbox::new().bind_ro("x", "/x"), "bind x on /x: No such file or directory (os error 2)"));
    0
}
