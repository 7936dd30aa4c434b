//! What the integration tests share: programs to run inside, the leak check, and skips that CI can forbid.
//!
//! The programs inside are functions of the test binary itself: it is bound to /guest, and run with `GUEST NAME` as its
//! first arguments it calls the function of that name before `main`, so no second binary and no compiler is needed.
#![allow(dead_code)]

pub mod cgroup;
pub mod elf;
pub mod filter;
pub mod hostile;
pub mod kernel;
pub mod lesser;
#[cfg(feature = "oci")]
pub mod oci;
pub mod portrait;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use belljar::{Command, Sandbox};

pub const MARK: &str = "--belljar-guest";

/// A program to run inside: what it returns is its exit status.
pub type Guest = fn(&[String]) -> i32;

/// Declares the programs of a test file: `guests! { echo, burn }` for functions of type [`Guest`].
#[macro_export]
macro_rules! guests {
    ($($name:ident),* $(,)?) => {
        #[used]
        #[unsafe(link_section = ".init_array")]
        static GUESTS: extern "C" fn() = {
            extern "C" fn run() {
                common::run_guest(&[$((stringify!($name), $name as common::Guest)),*]);
            }
            run
        };
    };
}

/// Called before `main`, by [`guests!`].
pub fn run_guest(guests: &[(&str, Guest)]) {
    let args: Vec<String> = std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect();
    if args.get(1).is_none_or(|mark| mark != MARK) {
        return;
    }
    let name = args.get(2).expect("a guest's name");
    let (_, guest) = guests.iter().find(|(known, _)| known == name).expect("a known guest");
    std::process::exit(guest(&args[3..]));
}

/// The command that runs a guest in a sandbox that has [`guest_sandbox`]'s bind.
pub fn guest(name: &str) -> Command {
    let mut command = Command::new("/guest");
    command.arg(MARK).arg(name);
    command
}

/// The command that runs a guest on the host: a copy of this test that may do to its own process what it likes.
pub fn on_host(name: &str) -> std::process::Command {
    let mut command = std::process::Command::new(std::env::current_exe().expect("own path"));
    command.arg(MARK).arg(name);
    command
}

/// Runs a guest on the host to its end, which must be status 0. What it says is shown.
pub fn run_on_host(name: &str, args: &[&str]) {
    let _host = host();
    let output = on_host(name).args(args).output().expect("runs");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    print!("{said}");
    assert!(output.status.success(), "{name} {args:?}: {}\n{said}", output.status);
}

/// A sandbox with the host's system and this test binary.
pub fn guest_sandbox() -> Sandbox {
    Sandbox::new().host_system().bind_ro(std::env::current_exe().expect("own path"), "/guest")
}

/// A sandbox with this test binary and the few libraries that it is linked to, and nothing else.
pub fn bare_guest_sandbox() -> Sandbox {
    let exe = std::env::current_exe().expect("own path");
    let maps = std::fs::read_to_string("/proc/self/maps").expect("own maps");
    let mapped = maps.lines().filter_map(|line| line.split_ascii_whitespace().nth(5));
    let libraries: BTreeSet<&str> = mapped.filter(|path| path.contains(".so")).collect();
    libraries.iter().fold(Sandbox::new().bind_ro(exe, "/guest"), |sandbox, library| {
        let sandbox = sandbox.bind_ro(library, library);
        match library.rsplit_once("/ld-linux") {
            Some((_, name)) => sandbox.bind_ro(library, format!("/lib64/ld-linux{name}")),
            None => sandbox,
        }
    })
}

/// How much longer things may take: the virtual machines run on an emulated processor. Only a bound that is asserted grows
/// by it; a deadline under test is the same everywhere, or the tests would sleep the whole day.
pub fn patience() -> u32 {
    if std::env::var_os("BELLJAR_VM").is_some() { 15 } else { 1 }
}

/// How much of a thing is done that is done again and again: all of it natively, and a part on an emulated processor, unless
/// BELLJAR_FULL asks for all.
pub fn amount<T>(full: T, emulated: T) -> T {
    if patience() == 1 || std::env::var_os("BELLJAR_FULL").is_some() { full } else { emulated }
}

/// Natively each of them. An emulated processor does with every twelfth, of which each of CI's kernels and users takes others.
pub fn share<T>(each: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
    let newer = usize::from(!rustix::system::uname().release().to_bytes().starts_with(b"6.1."));
    let first = 6 * usize::from(is_root()) + 3 * newer;
    each.skip(amount(0, first)).step_by(amount(1, 12))
}

/// Does the work for each at the same time, in threads.
pub fn at_once<T: Send>(each: impl IntoIterator<Item = T>, work: impl Fn(T) + Sync) {
    let work = &work;
    std::thread::scope(|scope| each.into_iter().for_each(|one| drop(scope.spawn(move || work(one)))));
}

pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Begins a test that needs overlays on the temporary directory's filesystem, with an upper directory there; not every one
/// can serve.
pub fn host_with_overlays() -> Option<Host> {
    use std::sync::OnceLock;
    static MISSING: OnceLock<Option<String>> = OnceLock::new();
    let host = host();
    let missing = MISSING.get_or_init(|| {
        let dir = TempDir::new("overlay-probe");
        let [lower, upper] = ["lower", "upper"].map(|name| dir.path().join(name));
        [&lower, &upper].into_iter().for_each(|path| std::fs::create_dir(path).expect("a directory"));
        let sandbox = Sandbox::new().overlay(belljar::Overlay::new().lower(lower).upper_dir(upper));
        let error = sandbox.spawn(Command::new("/none")).map(drop).expect_err("there is no such program");
        (error.step() != belljar::Step::Exec).then(|| format!("{error:#}"))
    });
    let Some(missing) = missing else { return Some(host) };
    skip(std::thread::current().name().unwrap_or("a test"), "overlay", missing);
    None
}

/// Whether a tmpfs has no user xattrs yet (before Linux 6.6), so that an overlay in memory cannot replace a directory.
pub fn old_memory_uppers() -> bool {
    let release = rustix::system::uname().release().to_string_lossy().into_owned();
    let mut numbers = release.split('.').map(|number| number.parse::<u32>().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) < (6, 6)
}

/// Says that a test cannot run here; an error if BELLJAR_REQUIRE names what is missing.
pub fn skip(test: &str, feature: &str, missing: &str) {
    let required = std::env::var("BELLJAR_REQUIRE").unwrap_or_default();
    assert!(!required.split(',').any(|name| name == feature), "{test} needs {feature}, which is required: {missing}");
    println!("SKIP {test}: {missing}");
}

/// A directory of this test's own on the host, removed with everything in it at the end. Its mode is 0755.
pub struct TempDir(PathBuf);

impl TempDir {
    pub fn new(name: &str) -> TempDir {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("belljar-{name}-{}-{number}", std::process::id()));
        std::fs::create_dir(&path).expect("a new directory");
        TempDir(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Files with these contents below a directory, which is made with all that leads to them.
pub fn write(dir: &Path, files: &[(&str, &str)]) {
    std::fs::create_dir_all(dir).expect("a directory");
    for (name, contents) in files {
        let path = dir.join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
        std::fs::write(path, contents).expect("a file");
    }
}

/// One test at a time, and nothing left of it: mounts, descriptors, child processes and cgroups are as they were.
pub struct Host {
    before: Snapshot,
    _alone: MutexGuard<'static, ()>,
}

/// Begins a test.
pub fn host() -> Host {
    static ALONE: Mutex<()> = Mutex::new(());
    let alone = ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    Host { before: Snapshot::take(), _alone: alone }
}

impl Drop for Host {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        // Threads of the test harness come and go, and what dies may take the kernel a moment.
        let deadline = Instant::now() + Duration::from_secs(10) * patience();
        loop {
            let now = Snapshot::take();
            if self.before.covers(&now) {
                return;
            }
            next_call();
            assert!(Instant::now() < deadline, "left behind: before {:#?}\nafter {now:#?}", self.before);
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// The crate's next call, that starts nothing: what a handle that was dropped has left is reaped then.
pub fn next_call() {
    Sandbox::new().spawn(Command::new("")).expect_err("has no name");
}

/// Waits until the crate's next calls have reaped all that handles that were dropped have left.
pub fn no_child_is_left() {
    eventually("all are reaped", || {
        next_call();
        children(std::process::id()).is_empty()
    });
}

#[derive(Debug, PartialEq)]
struct Snapshot {
    mounts: String,
    descriptors: BTreeSet<String>,
    children: BTreeSet<String>,
    cgroups: BTreeSet<PathBuf>,
}

impl Snapshot {
    fn take() -> Snapshot {
        Snapshot {
            mounts: std::fs::read_to_string("/proc/self/mountinfo").expect("mountinfo"),
            descriptors: descriptors(),
            children: children(std::process::id()),
            cgroups: cgroups(),
        }
    }

    /// What was there may have gone: a child or a descriptor of a test that had just ended, a group of another process.
    fn covers(&self, now: &Snapshot) -> bool {
        now.mounts == self.mounts
            && now.descriptors.is_subset(&self.descriptors)
            && now.children.is_subset(&self.children)
            && now.cgroups.is_subset(&self.cgroups)
    }
}

/// The open descriptors with what they lead to.
pub fn descriptors() -> BTreeSet<String> {
    let dir = std::fs::read_dir("/proc/self/fd").expect("own descriptors");
    dir.filter_map(|entry| {
        let entry = entry.ok()?;
        let target = std::fs::read_link(entry.path()).ok()?;
        // The listing's own descriptor, and what the C library reads when a thread of the test harness begins.
        let target_text = target.to_string_lossy();
        let own = target_text.ends_with("/fd") || target_text == "/proc/sys/vm/overcommit_memory";
        (!own).then(|| format!("{} {}", entry.file_name().display(), target.display()))
    })
    .collect()
}

/// The living and dead children of a process, by id and state.
pub fn children(parent: u32) -> BTreeSet<String> {
    let dir = std::fs::read_dir("/proc").expect("/proc");
    dir.filter_map(|entry| {
        let name = entry.ok()?.file_name().into_string().ok()?;
        name.parse::<u32>().ok()?;
        let stat = std::fs::read_to_string(format!("/proc/{name}/stat")).ok()?;
        let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
        let (state, ppid) = (fields.next()?, fields.next()?);
        (ppid.parse() == Ok(parent)).then(|| format!("{name} {state}"))
    })
    .collect()
}

fn cgroups() -> BTreeSet<PathBuf> {
    fn walk(dir: &Path, found: &mut BTreeSet<PathBuf>) {
        use std::os::unix::fs::MetadataExt;
        let own = rustix::process::geteuid().as_raw();
        for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                // Those of this user's runs: other groups come and go as the machine's services do, and another user's tests.
                let of_a_run = entry.file_name().as_encoded_bytes().starts_with(b"belljar-");
                if of_a_run && entry.metadata().is_ok_and(|metadata| metadata.uid() == own) {
                    found.insert(entry.path());
                }
                walk(&entry.path(), found);
            }
        }
    }
    // Of the second version, whole or beside the first: belljar makes none in that.
    let mut found = BTreeSet::new();
    for root in ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"] {
        if Path::new(root).join("cgroup.controllers").exists() {
            walk(Path::new(root), &mut found);
        }
    }
    found
}

/// Waits until `done`, or panics after ten seconds: on an idle machine one hundredth would do, a busy one takes its time.
pub fn eventually(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10) * patience();
    while !done() {
        assert!(Instant::now() < deadline, "{what}: not within ten seconds");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// What comes of a deadline that something has to happen before: `None` says that it was too short on this machine, and a
/// longer one is tried.
pub fn long_enough<T>(attempt: impl FnMut(Duration) -> Option<T>) -> T {
    let found = [1, 4, 16, 64].map(Duration::from_secs).into_iter().find_map(attempt);
    found.expect("a minute is long enough")
}

/// A text that no other process has among its arguments: [`living`] finds by it who descends from a guest that got it.
pub fn token() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("token-{}-{}-", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The processes of this machine that have `token` among their arguments.
pub fn living(token: &str) -> Vec<String> {
    let dir = std::fs::read_dir("/proc").expect("/proc");
    dir.filter_map(|entry| {
        let name = entry.ok()?.file_name().into_string().ok()?;
        name.parse::<u32>().ok()?;
        let arguments = std::fs::read(format!("/proc/{name}/cmdline")).ok()?;
        String::from_utf8_lossy(&arguments).contains(token).then_some(name)
    })
    .collect()
}

/// Those of them that run: a process that is killed does nothing any more, though it may take its time to be gone.
pub fn running(token: &str) -> Vec<String> {
    living(token).into_iter().filter(|pid| !is_killed(pid)).collect()
}

/// Whether SIGKILL is pending for it, or it is dead, or gone.
pub fn is_killed(pid: &str) -> bool {
    const SIGKILL: u64 = 1 << 8;
    let Ok(status) = std::fs::read_to_string(format!("/proc/{pid}/status")) else { return true };
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim();
    let is_pending = |name: &str| u64::from_str_radix(field(name), 16).is_ok_and(|set| set & SIGKILL != 0);
    field("State:").starts_with(['Z', 'X']) || is_pending("ShdPnd:") || is_pending("SigPnd:")
}
