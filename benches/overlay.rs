//! What an overlay costs beside bind mounts, in one run: a spawn, a compile inside, and what each of fifty sandboxes on the
//! same layers takes of memory, disk and inodes. `cargo bench --bench overlay`; as root also for an ordinary user.
//!
//! Goals: a spawn with an overlay root at most 1.15 × the same with bind mounts; a compile of a small C project at most
//! 1.10 × outside. `BELLJAR_ROUNDS` sets the number of turns, default 200.

#[path = "../tests/common/elf.rs"]
mod elf;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use belljar::{Child, Command, Overlay, Sandbox, Verdict};

const USER: u32 = 1000;
const AT_ONCE: usize = 50;
/// Layers, and binds in their place.
const LAYERS: usize = 5;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let default = if arguments.iter().any(|argument| argument == "--bench") { 200 } else { 3 };
    let rounds = std::env::var("BELLJAR_ROUNDS").map_or(default, |rounds| rounds.parse().expect("a number of rounds"));
    if arguments.iter().any(|argument| argument == "--as-user") {
        return all("an ordinary user", rounds);
    }
    if !rustix::process::geteuid().is_root() {
        return all("an ordinary user", rounds);
    }
    all("root", rounds);
    as_user(rounds);
}

/// This program again, where everybody can execute it.
fn as_user(rounds: usize) {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let dir = Directory::new("copy");
    let copy = dir.0.join("bench");
    fs::copy(std::env::current_exe().expect("own path"), &copy).expect("a copy");
    for path in [&dir.0, &copy] {
        fs::set_permissions(path, PermissionsExt::from_mode(0o755)).expect("chmod");
    }
    let mut command = std::process::Command::new(copy);
    command.arg("--as-user").env("BELLJAR_ROUNDS", rounds.to_string()).uid(USER).gid(USER).current_dir("/");
    assert!(command.status().expect("runs").success());
}

/// A directory of this run's own.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Directory {
        let path = std::env::temp_dir().join(format!("belljar-bench-{name}-{}", std::process::id()));
        fs::create_dir(&path).expect("a new directory");
        Directory(path)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn all(who: &str, rounds: usize) {
    let dir = Directory::new("overlay");
    println!("\nas {who}, {rounds} rounds");
    spawns(&dir.0, rounds);
    compiles(&dir.0, rounds.div_ceil(20));
    fifty(&dir.0);
}

fn layers(dir: &Path) -> Vec<PathBuf> {
    (0..LAYERS)
        .map(|number| {
            let layer = dir.join(format!("layer{number}"));
            fs::create_dir_all(layer.join(format!("data{number}"))).expect("a layer");
            fs::write(layer.join(format!("data{number}/file")), vec![0u8; 1 << 20]).expect("a file");
            layer
        })
        .collect()
}

fn overlay(layers: &[PathBuf]) -> Overlay {
    layers.iter().fold(Overlay::new(), |overlay, layer| overlay.lower(layer))
}

/// With the rights that layers give.
fn binds(sandbox: Sandbox, layers: &[PathBuf]) -> Sandbox {
    layers
        .iter()
        .enumerate()
        .fold(sandbox, |sandbox, (number, layer)| sandbox.bind_ro_as_owner(layer, format!("/layer{number}")))
}

// ---- the spawn ----------------------------------------------------------------------------------------------------

fn spawns(dir: &Path, rounds: usize) {
    let layers = layers(dir);
    let upper = dir.join("upper");
    fs::create_dir(&upper).expect("an upper");
    let program = dir.join("program");
    fs::create_dir(&program).expect("a layer");
    fs::write(program.join("true"), elf::exits(0)).expect("the program");
    fs::set_permissions(program.join("true"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("chmod");
    let with = |overlay: Overlay| Sandbox::new().host_system().overlay(overlay.lower(&program));
    let rows: [(&str, Sandbox); 5] = [
        ("bind mounts", binds(Sandbox::new().host_system(), &layers).bind_ro(program.join("true"), "/true")),
        ("overlay at /, upper in memory", with(overlay(&layers))),
        ("overlay at /, upper directory", with(overlay(&layers).upper_dir(&upper))),
        ("overlay at /, read-only", with(overlay(&layers).read_only())),
        (
            "overlay at /work, upper in memory",
            Sandbox::new().host_system().overlay(overlay(&layers).at("/work")).bind_ro(program.join("true"), "/true"),
        ),
    ];
    let mut times = vec![Vec::new(); rows.len()];
    for _ in 0..rounds {
        for ((_, sandbox), times) in rows.iter().zip(&mut times) {
            let began = Instant::now();
            let outcome = sandbox.run(Command::new("/true")).unwrap_or_else(|error| panic!("{error:#}"));
            times.push(began.elapsed());
            assert_eq!(outcome.verdict, Verdict::Exited(0));
        }
    }
    println!(
        "{:<44} {:>10} {:>8} {:>10} {:>8}",
        "spawn with 5 layers, to the end", "median", "x binds", "least", "x binds"
    );
    table(&rows.map(|(name, _)| name), times);
}

fn table(names: &[&str], mut times: Vec<Vec<Duration>>) {
    times.iter_mut().for_each(|times| times.sort());
    let median = |row: usize| times[row][times[row].len() / 2].as_secs_f64();
    let least = |row: usize| times[row][0].as_secs_f64();
    for (row, name) in names.iter().enumerate() {
        print!("{name:<44} {:>7.3} ms {:>8.2}", median(row) * 1e3, median(row) / median(0));
        println!(" {:>7.3} ms {:>8.2}", least(row) * 1e3, least(row) / least(0));
    }
}

// ---- the compile --------------------------------------------------------------------------------------------------

/// A project of a few files, with headers of the system; the first row is outside of any sandbox.
fn compiles(dir: &Path, rounds: usize) {
    if std::process::Command::new("cc").arg("--version").output().is_err() {
        println!("no C compiler: no compile");
        return;
    }
    let project = dir.join("project");
    fs::create_dir(&project).expect("a directory");
    for number in 0..6 {
        let text = format!(
            "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <math.h>\n\
             int f{number}(int n) {{ char text[99]; snprintf(text, 99, \"%d\", n); return atoi(text) + (int) strlen(text); }}\n"
        );
        fs::write(project.join(format!("f{number}.c")), text).expect("a source");
    }
    let calls: String = (0..6).map(|number| format!("int f{number}(int); ")).collect();
    let sum: String = (0..6).map(|number| format!(" + f{number}(argc)")).collect();
    fs::write(project.join("main.c"), format!("{calls}\nint main(int argc, char **argv) {{ return 0{sum}; }}\n"))
        .expect("main");
    // On the medium that a memory upper is, where there is one: it is the overlay that is to be measured, not the disk.
    let shm =
        Path::new("/dev/shm").is_dir().then(|| PathBuf::from(format!("/dev/shm/belljar-bench-{}", std::process::id())));
    let shm = shm.filter(|shm| fs::create_dir(shm).is_ok()).map(Directory);
    let outside_dir = shm.as_ref().map_or(project.clone(), |shm| shm.0.join("project"));
    if shm.is_some() {
        copy(&project, &outside_dir);
    }
    let script = "for f in *.c; do cc -O2 -c $f -o ${f%.c}.o || exit 1; done; cc *.o -o program && rm *.o program";

    let inside = |overlay: Overlay| Sandbox::new().host_system().overlay(overlay);
    let upper = dir.join("upper-compile");
    fs::create_dir(&upper).expect("an upper");
    let mut root = dir.join("root");
    fs::create_dir(&root).expect("a layer");
    copy(&project, &root.join("project"));
    root = root.canonicalize().expect("a path");
    let sandboxes = [
        inside(Overlay::new().lower(&root)),
        inside(Overlay::new().lower(&root).upper_dir(&upper)),
        inside(Overlay::new().lower(&project).at("/project")),
    ];
    let mut times = vec![Vec::new(); 4];
    for _ in 0..rounds {
        let began = Instant::now();
        let mut outside = std::process::Command::new("sh");
        outside
            .args(["-c", script])
            .current_dir(&project)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .stdin(Stdio::null());
        assert!(outside.status().expect("runs").success());
        times[0].push(began.elapsed());
        for (sandbox, times) in sandboxes.iter().zip(&mut times[1..]) {
            let mut command = Command::new("sh");
            command.args(["-c", script]).current_dir("/project").env("PATH", "/usr/bin:/bin");
            let began = Instant::now();
            let output = sandbox.output(command).unwrap_or_else(|error| panic!("{error:#}"));
            times.push(began.elapsed());
            assert!(output.outcome.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
    }
    println!("{:<44} {:>10} {:>8} {:>10} {:>8}", "compile of 7 files", "median", "x out", "least", "x out");
    let names =
        ["outside", "in an overlay at /, memory", "in an overlay at /, directory", "in an overlay at /project, memory"];
    table(&names, times);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory");
    for entry in fs::read_dir(from).expect("lists").flatten() {
        fs::copy(entry.path(), to.join(entry.file_name())).expect("copied");
    }
}

// ---- fifty at once ------------------------------------------------------------------------------------------------

/// What a living sandbox takes, in bytes of the machine's memory, of the layers' filesystem, and in inodes of it.
fn fifty(dir: &Path) {
    let layers: Vec<PathBuf> = (0..LAYERS).map(|number| dir.join(format!("layer{number}"))).collect();
    println!("{:<44} {:>12} {:>12} {:>12}", "each of 50 at once, on layers of 5 MiB", "memory", "disk", "inodes");
    for (name, sandbox) in [
        ("bind mounts", binds(Sandbox::new().host_system(), &layers)),
        ("overlay at /, upper in memory", Sandbox::new().host_system().overlay(overlay(&layers))),
        ("overlay, and 64 KiB written by each", Sandbox::new().host_system().overlay(overlay(&layers))),
    ] {
        let writes = name.contains("written");
        let script = if writes { "head -c 65536 /dev/zero >/new; exec sleep 1000" } else { "exec sleep 1000" };
        let start = || -> Child {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            sandbox.spawn(command).unwrap_or_else(|error| panic!("{error:#}"))
        };
        drop(start());
        std::thread::sleep(Duration::from_millis(300));
        let before = Used::now(dir);
        let children: Vec<Child> = (0..AT_ONCE).map(|_| start()).collect();
        std::thread::sleep(Duration::from_millis(700));
        let after = Used::now(dir);
        let each = |after: u64, before: u64| (after as i64 - before as i64) / AT_ONCE as i64;
        println!(
            "{name:<44} {:>8} KiB {:>8} KiB {:>12}",
            each(after.memory, before.memory) / 1024,
            each(after.disk, before.disk) / 1024,
            each(after.inodes, before.inodes)
        );
        drop(children);
    }
}

struct Used {
    memory: u64,
    disk: u64,
    inodes: u64,
}

impl Used {
    fn now(dir: &Path) -> Used {
        let text = fs::read_to_string("/proc/meminfo").expect("/proc/meminfo");
        let kib = |name: &str| -> u64 {
            let line = text.lines().find(|line| line.starts_with(name)).expect("a line");
            line.split_ascii_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number")
        };
        let stat = rustix::fs::statvfs(dir).expect("statvfs");
        Used {
            memory: (kib("MemTotal:") - kib("MemAvailable:")) * 1024,
            disk: (stat.f_blocks - stat.f_bfree) * stat.f_frsize,
            inodes: stat.f_files - stat.f_ffree,
        }
    }
}
