//! What a spawn costs, from the call to the reaped program, as ratios to the floor: the bare clone(2) of a process into the
//! same seven namespaces that executes the same static program and is waited for.
//!
//! Each row is measured in a process of its own, which is in the state that the row is about, and the rows take turns:
//! noise of the machine meets the floor and the cases alike. `cargo bench --bench spawn` prints a table for root (if it is
//! run as root) and one for an ordinary user. `BELLJAR_ROUNDS` sets the number of turns, default 300.
//!
//! Criterion and divan are no help here: they measure one case after the other and know no ratio.

#[path = "../tests/common/elf.rs"]
mod elf;

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, ChildStdout, Stdio};
use std::time::{Duration, Instant};

use belljar::{Command, Namespaces, Network, Sandbox};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

const GIB: usize = 1 << 30;
const DESCRIPTORS: u64 = 20_000;
const THREADS: u32 = 8;
/// Descriptors that a spawn needs, where no more than RLIMIT_NOFILE can be had.
const SPARE: usize = 50;
/// The ordinary user, where the bench is run as root.
const USER: u32 = 1000;

/// What is measured: a name, the row that it is compared with besides the floor, and the state of its host.
struct Row {
    name: &'static str,
    beside: Option<usize>,
    host: Host,
    case: Case,
}

#[derive(Clone, Copy, PartialEq)]
enum Host {
    Small,
    Resident,
    Descriptors,
    Threads,
}

#[derive(Clone, Copy)]
enum Case {
    Clone(Namespaces),
    Std,
    Sandbox(fn(&Path) -> Sandbox),
}

const STRICT: usize = 3;

const ROWS: [Row; 11] = [
    row("floor: clone into 7 namespaces, exec, wait", None, Host::Small, Case::Clone(Namespaces::all())),
    row("clone, exec, wait without namespaces", None, Host::Small, Case::Clone(Namespaces::empty())),
    row("std::process::Command", None, Host::Small, Case::Std),
    row("strict sandbox", None, Host::Small, Case::Sandbox(|_| with_program().host_system())),
    row("strict, no host_system", Some(STRICT), Host::Small, Case::Sandbox(|_| with_program())),
    row("strict, no network namespace", Some(STRICT), Host::Small, Case::Sandbox(without_network)),
    row("strict, program in a bind_ro", Some(STRICT), Host::Small, Case::Sandbox(bound)),
    row(
        "strict, host has 1 GiB resident",
        Some(STRICT),
        Host::Resident,
        Case::Sandbox(|_| with_program().host_system()),
    ),
    row(
        "strict, host has 20,000 descriptors",
        Some(STRICT),
        Host::Descriptors,
        Case::Sandbox(|_| with_program().host_system()),
    ),
    row("floor from 8 threads at once, a spawn", None, Host::Threads, Case::Clone(Namespaces::all())),
    row(
        "strict from 8 threads at once, a spawn",
        Some(9),
        Host::Threads,
        Case::Sandbox(|_| with_program().host_system()),
    ),
];

const fn row(name: &'static str, beside: Option<usize>, host: Host, case: Case) -> Row {
    Row { name, beside, host, case }
}

/// The default sandbox: seven namespaces, /proc, /dev, /tmp; the program is a file in its root.
fn with_program() -> Sandbox {
    Sandbox::new().file("/true", elf::exits(0))
}

fn without_network(_: &Path) -> Sandbox {
    with_program().host_system().network(Network::Host)
}

fn bound(program: &Path) -> Sandbox {
    Sandbox::new().host_system().bind_ro(program, "/true")
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, mark, row, program] = &arguments[..]
        && mark == "--worker"
    {
        return work(&ROWS[row.parse::<usize>().expect("a row")], Path::new(program));
    }
    // Without `--bench` cargo only wants to see that it runs.
    let default = if arguments.iter().any(|argument| argument == "--bench") { 300 } else { 3 };
    let rounds = std::env::var("BELLJAR_ROUNDS").map_or(default, |rounds| rounds.parse().expect("a number of rounds"));
    let dir = Directory::new();
    let enough = Some(DESCRIPTORS + 2 * SPARE as u64);
    if getrlimit(Resource::Nofile).maximum.is_some_and(|maximum| Some(maximum) < enough) {
        // Refused without CAP_SYS_RESOURCE: then the worker makes do with what there is.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: enough, maximum: enough });
    }
    if rustix::process::geteuid().is_root() {
        table("root", measure(&dir, None, rounds));
        table("ordinary user", measure(&dir, Some(USER), rounds));
    } else {
        table("ordinary user", measure(&dir, None, rounds));
    }
}

/// Holds the program, and this one where every user can execute it.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Directory {
        use std::os::unix::fs::PermissionsExt;
        let path = std::env::temp_dir().join(format!("belljar-bench-{}", std::process::id()));
        std::fs::create_dir(&path).expect("a new directory");
        let dir = Directory(path);
        std::fs::write(dir.program(), elf::exits(0)).expect("the program");
        std::fs::copy(std::env::current_exe().expect("own path"), dir.worker()).expect("a copy of the bench");
        for path in [dir.0.clone(), dir.program(), dir.worker()] {
            std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).expect("chmod");
        }
        dir
    }

    fn program(&self) -> PathBuf {
        self.0.join("true")
    }

    fn worker(&self) -> PathBuf {
        self.0.join("worker")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

// ---- the worker ---------------------------------------------------------------------------------------------------

/// Gets into the row's state; then one measurement for each byte from stdin.
fn work(row: &Row, program: &Path) {
    let mut resident = Vec::new();
    let mut open = Vec::new();
    match row.host {
        Host::Resident => resident = vec![1u8; GIB],
        Host::Descriptors => {
            let limit = Rlimit { current: getrlimit(Resource::Nofile).maximum, ..getrlimit(Resource::Nofile) };
            setrlimit(Resource::Nofile, limit).expect("the soft limit up to the hard one");
            let null = File::open("/dev/null").expect("/dev/null");
            open.extend((0..DESCRIPTORS).map_while(|_| null.try_clone().ok()));
            if (open.len() as u64) < DESCRIPTORS {
                eprintln!("only {} descriptors: RLIMIT_NOFILE", open.len() - SPARE);
                open.truncate(open.len() - SPARE);
            }
        }
        Host::Small | Host::Threads => {}
    }
    let case = case(row.case, program);
    let (mut input, mut output) = (std::io::stdin(), std::io::stdout());
    let mut turn = [0u8];
    while input.read(&mut turn).expect("a turn") == 1 {
        // One that is not counted: the turn before was another process's, and the caches are its.
        case();
        let took = if row.host == Host::Threads { at_once(&*case) } else { twice(&*case) };
        output.write_all(&took.as_nanos().to_le_bytes()).expect("a result");
        output.flush().expect("a result");
    }
    assert!(std::hint::black_box(&resident).len() + std::hint::black_box(&open).len() < usize::MAX);
}

fn twice(case: &dyn Fn()) -> Duration {
    let began = Instant::now();
    case();
    case();
    began.elapsed() / 2
}

fn at_once(case: &(dyn Fn() + Sync)) -> Duration {
    const EACH: u32 = 4;
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| (0..EACH).for_each(|_| case()));
        }
    });
    began.elapsed() / (THREADS * EACH)
}

fn case(case: Case, program: &Path) -> Box<dyn Fn() + Sync> {
    match case {
        Case::Clone(namespaces) => {
            let path = std::ffi::CString::new(program.to_str().expect("UTF-8")).expect("no NUL");
            let flags = namespaces.bits() as i32;
            Box::new(move || bare::clone_exec_wait(&path, flags))
        }
        Case::Std => {
            let program = program.to_owned();
            Box::new(move || {
                let mut command = std::process::Command::new(&program);
                command.env_clear().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
                assert!(command.status().expect("runs").success());
            })
        }
        Case::Sandbox(sandbox) => {
            let sandbox = sandbox(program);
            Box::new(move || {
                let outcome = sandbox.run(Command::new("/true")).expect("runs");
                assert_eq!(outcome.verdict, belljar::Verdict::Exited(0));
            })
        }
    }
}

/// The floor, by the C library's clone(3).
mod bare {
    use std::ffi::{CStr, c_char, c_int, c_void};

    const CLONE_VM: c_int = 0x100;
    const CLONE_VFORK: c_int = 0x4000;
    const SIGCHLD: c_int = 17;

    unsafe extern "C" {
        fn clone(
            child: extern "C" fn(*mut c_void) -> c_int,
            stack: *mut c_void,
            flags: c_int,
            arg: *mut c_void,
        ) -> c_int;
        fn waitpid(pid: c_int, status: *mut c_int, options: c_int) -> c_int;
        fn execve(path: *const c_char, argv: *const *const c_char, envp: *const *const c_char) -> c_int;
    }

    extern "C" fn child(path: *mut c_void) -> c_int {
        let (argv, envp) = ([path.cast_const().cast(), std::ptr::null()], [std::ptr::null()]);
        // SAFETY: null-terminated arrays of C strings.
        unsafe { execve(path.cast(), argv.as_ptr(), envp.as_ptr()) };
        127
    }

    pub fn clone_exec_wait(path: &CStr, flags: c_int) {
        let mut stack = [0u128; 1024];
        let top = stack.as_mut_ptr_range().end.cast();
        let mut status = 0;
        // SAFETY: the parent sleeps as long as the child uses the stack, and the child only executes.
        let pid =
            unsafe { clone(child, top, flags | CLONE_VM | CLONE_VFORK | SIGCHLD, path.as_ptr().cast_mut().cast()) };
        assert!(pid > 0, "clone: {}", std::io::Error::last_os_error());
        // SAFETY: the status is written before it returns.
        assert_eq!(unsafe { waitpid(pid, &raw mut status, 0) }, pid);
        assert_eq!(status, 0, "the program was not executed");
    }
}

// ---- the table ----------------------------------------------------------------------------------------------------

struct Worker {
    child: std::process::Child,
    turns: ChildStdin,
    results: ChildStdout,
}

impl Worker {
    fn new(dir: &Directory, user: Option<u32>, row: usize) -> Worker {
        let mut command = std::process::Command::new(dir.worker());
        command.arg("--worker").arg(row.to_string()).arg(dir.program());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        if let Some(id) = user {
            command.uid(id).gid(id);
        }
        let mut child = command.spawn().expect("a worker");
        let (turns, results) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
        Worker { child, turns, results }
    }

    fn turn(&mut self) -> Duration {
        let mut nanoseconds = [0u8; 16];
        self.turns.write_all(b".").expect("the worker waits for a turn");
        self.results.read_exact(&mut nanoseconds).expect("the worker tells how long it took");
        Duration::from_nanos(u128::from_le_bytes(nanoseconds) as u64)
    }
}

/// The times of each row, sorted.
fn measure(dir: &Directory, user: Option<u32>, rounds: usize) -> Vec<Vec<Duration>> {
    let mut workers: Vec<Worker> = (0..ROWS.len()).map(|row| Worker::new(dir, user, row)).collect();
    let mut times = vec![Vec::with_capacity(rounds); ROWS.len()];
    for _ in 0..rounds {
        for (worker, times) in workers.iter_mut().zip(&mut times) {
            times.push(worker.turn());
        }
    }
    for Worker { mut child, turns, .. } in workers {
        drop(turns);
        assert!(child.wait().expect("the worker ends").success());
    }
    times.iter_mut().for_each(|times| times.sort());
    times
}

fn table(who: &str, times: Vec<Vec<Duration>>) {
    let median = |row: usize| times[row][times[row].len() / 2].as_secs_f64();
    let least = |row: usize| times[row][0].as_secs_f64();
    println!("\nas {who}, {} rounds", times[0].len());
    println!("{:<44} {:>10} {:>8} {:>10} {:>8}", "", "median", "x floor", "least", "x floor");
    for (at, row) in ROWS.iter().enumerate() {
        // The least is what it costs on an idle machine.
        print!("{:<44} {:>7.3} ms {:>8.2}", row.name, median(at) * 1e3, median(at) / median(0));
        print!(" {:>7.3} ms {:>8.2}", least(at) * 1e3, least(at) / least(0));
        match row.beside {
            Some(other) => println!("   {:.2} x \"{}\"", median(at) / median(other), ROWS[other].name),
            None => println!(),
        }
    }
}
