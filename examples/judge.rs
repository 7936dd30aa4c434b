//! An online judge: compiles C submissions in a sandbox, runs them on the tests of a problem in another, prints a table.
//!
//! ```sh
//! cargo run --example judge                                # the problem and the submissions that come with it
//! cargo run --example judge -- PROBLEM_DIR SUBMISSION...   # files, or directories of *.c
//! ```
//!
//! A problem is a directory with `problem.conf` and `tests/NAME.in`, `tests/NAME.out`. A submission whose first line is
//! `// expect: VERDICT` is checked: the judge exits with 1 if one gets another verdict than it expects, with 2 if it
//! cannot judge at all.
//!
//! It takes the strongest tier that the host gives, and says which. Where there are namespaces nothing that a submission wrote
//! touches the host's disk: the compiler works in a tmpfs of its own sandbox, and what it built comes out through a pipe and
//! goes into the next sandbox as a file. Where there are none, both work in a directory of the host's that nothing else is in
//! sight of, by the rules of Landlock.

use std::error::Error;
use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use belljar::{Command, Features, Filter, Host, Landlock, Means, Outcome, Resource, Sandbox, Stdio, Step, Tier};

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

const MIB: u64 = 1 << 20;

fn main() -> ExitCode {
    match judge() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("judge: {error}");
            ExitCode::from(2)
        }
    }
}

/// Judges what the command line names; whether every verdict was the expected one.
fn judge() -> Result<bool> {
    let mut args = std::env::args_os().skip(1).map(PathBuf::from);
    let problem = Problem::read(&args.next().unwrap_or_else(|| own_files().join("problem")))?;
    let mut named: Vec<PathBuf> = args.collect();
    if named.is_empty() {
        named.push(own_files().join("submissions"));
    }
    let submissions = find_submissions(&named)?;
    let tier = Host::probe().tier().ok_or("this host gives no sandbox: see the doctor example")?;
    let compiler = Compiler::find(tier)?;

    let width = widest("submission", submissions.iter().map(|submission| &submission.name));
    let test_width = widest("test", problem.tests.iter().map(|test| &test.name));
    println!("{}: {} tests, {}", problem.name, problem.tests.len(), problem.limits());
    println!("the tier of this host: {tier}\n");
    println!(
        "{:width$}  {:15}  {:test_width$}  {:>9}  {:>9}  {:>9}  evidence",
        "submission", "verdict", "test", "cpu", "wall", "peak"
    );
    let mut surprises = Vec::new();
    for submission in &submissions {
        let row = judge_one(&problem, &compiler, submission)?;
        println!("{:width$}  {row:test_width$}", submission.name);
        if let Some(expected) = submission.expected().filter(|expected| *expected != row.verdict.name()) {
            surprises.push(format!("{}: expected {expected}, judged {}", submission.name, row.verdict.name()));
        }
    }
    let checked = submissions.iter().filter(|submission| submission.expected().is_some()).count();
    println!("\n{} of {checked} expected verdicts are right", checked - surprises.len());
    surprises.iter().for_each(|surprise| println!("{surprise}"));
    Ok(surprises.is_empty())
}

fn widest<'a>(heading: &str, column: impl Iterator<Item = &'a String>) -> usize {
    column.map(|cell| cell.chars().count()).fold(heading.len(), usize::max)
}

/// Where the files are that come with this example.
fn own_files() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&package).join("examples/judge")
}

// ---- the problem ----------------------------------------------------------------------------------------------

struct Problem {
    name: String,
    cpu_time: Duration,
    wall_time: Duration,
    memory: u64,
    output: u64,
    pids: u32,
    tests: Vec<Test>,
}

struct Test {
    name: String,
    /// One sealed memfd, which every run reads from its start.
    input: Stdio,
    expected: Vec<u8>,
}

impl Problem {
    fn read(dir: &Path) -> Result<Problem> {
        let conf = read(&dir.join("problem.conf"))?;
        let conf = String::from_utf8(conf)?;
        let text = |key: &str| -> Result<&str> {
            let mut pairs = conf.lines().filter_map(|line| line.split_once('='));
            let (_, value) = pairs
                .find(|(name, _)| name.trim() == key)
                .ok_or_else(|| format!("{}: no '{key} = …'", dir.join("problem.conf").display()))?;
            Ok(value.trim())
        };
        let number = |key: &str| -> Result<u64> {
            let value = text(key)?;
            value.parse().map_err(|_| format!("problem.conf: {key} = {value} is not a whole number").into())
        };
        Ok(Problem {
            name: text("name")?.to_owned(),
            cpu_time: Duration::from_millis(number("time_limit_ms")?),
            wall_time: Duration::from_millis(number("wall_limit_ms")?),
            memory: number("memory_limit_mib")? * MIB,
            output: number("output_limit_kib")? * 1024,
            pids: u32::try_from(number("pids_limit")?)?,
            tests: read_tests(&dir.join("tests"))?,
        })
    }

    fn limits(&self) -> String {
        let Problem { cpu_time, wall_time, memory, output, pids, .. } = self;
        let (memory, output) = (memory / MIB, output / 1024);
        format!("{cpu_time:?} CPU, {wall_time:?} wall, {memory} MiB, {output} KiB of output, {pids} processes")
    }
}

fn read_tests(dir: &Path) -> Result<Vec<Test>> {
    let tests: Vec<Test> = files_in(dir, "in")?
        .iter()
        .map(|input| {
            Ok(Test {
                name: stem(input),
                input: Stdio::bytes(read(input)?),
                expected: read(&input.with_extension("out"))?,
            })
        })
        .collect::<Result<_>>()?;
    if tests.is_empty() {
        return Err(format!("{}: no test, that is no NAME.in", dir.display()).into());
    }
    Ok(tests)
}

// ---- the submissions ------------------------------------------------------------------------------------------

struct Submission {
    name: String,
    source: Vec<u8>,
}

impl Submission {
    /// The verdict that the first line asks for: `// expect: VERDICT: why`.
    fn expected(&self) -> Option<&str> {
        let line = self.source.split(|byte| *byte == b'\n').next()?;
        let line = std::str::from_utf8(line).ok()?.strip_prefix("// expect:")?;
        line.split(':').next().map(str::trim)
    }
}

fn find_submissions(named: &[PathBuf]) -> Result<Vec<Submission>> {
    let mut paths = Vec::new();
    for path in named {
        match path.is_dir() {
            true => paths.extend(files_in(path, "c")?),
            false => paths.push(path.clone()),
        }
    }
    if paths.is_empty() {
        return Err(format!("{}: no submission, that is no NAME.c", named[0].display()).into());
    }
    paths.iter().map(|path| Ok(Submission { name: stem(path), source: read(path)? })).collect()
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn files_in(dir: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(dir).map_err(|error| format!("{}: {error}", dir.display()))?;
    let mut files: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    files.retain(|path| path.extension() == Some(OsStr::new(extension)));
    files.sort();
    Ok(files)
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

// ---- compiling ------------------------------------------------------------------------------------------------

/// The system's C compiler in a sandbox: it sees the system read-only and the source, and can write to one directory alone,
/// which goes when the sandbox goes.
struct Compiler {
    tier: Tier,
    sandbox: Sandbox,
    flags: &'static str,
    /// What a program that it built needs around it.
    runtime: Sandbox,
}

impl Compiler {
    /// Finds out whether there is a compiler, and whether it can link statically: then a submission runs with no file in
    /// sight but itself.
    fn find(tier: Tier) -> Result<Compiler> {
        const TRIAL: &[u8] = b"#include <stdio.h>\nint main(void) { return puts(\"\") < 0; }\n";
        let (bare, with_system) = grounds(tier);
        let sandbox = with_system
            .clone()
            .memory_limit(512 * MIB)
            .cpu_time_limit(Duration::from_secs(5))
            .wall_time_limit(Duration::from_secs(15))
            .pids_limit(16)
            .output_limit(16 * MIB)
            .optional(Features::CGROUP);
        if let Err(error) = Desk::new(tier, &sandbox, true, &[])?.sandbox.run(Command::new("cc").arg("--version")) {
            return Err(match error.step() {
                Step::Exec => format!("{error}: the judge needs a C compiler (Debian: apt-get install gcc libc6-dev)"),
                _ => error_with_hint(&error),
            }
            .into());
        }
        let fixed = Compiler { tier, sandbox: sandbox.clone(), flags: "-static", runtime: bare };
        let dynamic = Compiler { tier, sandbox, flags: "", runtime: with_system };
        if let Built::Program(_) = fixed.compile(TRIAL)? {
            return Ok(fixed);
        }
        match dynamic.compile(TRIAL)? {
            Built::Program(_) => Ok(dynamic),
            Built::Nothing(row) => Err(format!("cc compiles nothing: {}", row.evidence).into()),
        }
    }

    /// The program comes out through standard output: no file that a submission had a hand in is ever opened here.
    fn compile(&self, source: &[u8]) -> Result<Built> {
        let script = format!("cc -O2 {} -o program submission.c -lm >&2 && cat program", self.flags);
        let desk = Desk::new(self.tier, &self.sandbox, true, &[("submission.c", source)])?;
        let mut command = Command::new("sh");
        command.arg("-c").arg(script).current_dir(&desk.dir).env("TMPDIR", &desk.dir);
        let output = desk.sandbox.output(command).map_err(|error| error_with_hint(&error))?;
        if output.outcome.success() {
            return Ok(Built::Program(output.stdout));
        }
        let mut row = Row::new(Verdict::CompileError, "-");
        row.measure(&output.outcome);
        row.evidence = evidence(&output.outcome, &complaint(&output.stderr));
        Ok(Built::Nothing(row))
    }
}

/// The sandboxes of a tier: with nothing in it, and with the host's system.
fn grounds(tier: Tier) -> (Sandbox, Sandbox) {
    let bare = Sandbox::new().at_least(tier);
    if tier > Tier::NoNamespaces {
        return (bare.clone(), bare.host_system());
    }
    // Landlock knows no UDP. An ordinary user's processes are counted with all of that user's: so many are for storms alone.
    let bare = bare.seccomp(Filter::standard().errno(["socket"], 1)).rlimit(Resource::Nproc, 1024, 1024);
    (bare.clone(), bare)
}

/// Where programs without a root of their own find what they need.
const SYSTEM: &[&str] = &["/usr", "/bin", "/lib", "/lib64", "/etc/alternatives", "/etc/ld.so.cache", "/dev/null"];

/// A directory with files for a sandbox.
struct Desk {
    sandbox: Sandbox,
    /// As the program sees it.
    dir: PathBuf,
    on_host: Option<PathBuf>,
}

impl Desk {
    /// To write in, or only to read.
    fn new(tier: Tier, sandbox: &Sandbox, writable: bool, files: &[(&str, &[u8])]) -> Result<Desk> {
        if tier > Tier::NoNamespaces {
            let sandbox = sandbox.clone();
            let sandbox = if writable { sandbox.tmpfs("/desk", 64 * MIB) } else { sandbox.dir("/desk") };
            let sandbox = files
                .iter()
                .fold(sandbox, |sandbox, (name, contents)| sandbox.file(format!("/desk/{name}"), *contents));
            return Ok(Desk { sandbox, dir: "/desk".into(), on_host: None });
        }
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let dir = std::env::temp_dir().join(format!("belljar-judge-{}-{number}", std::process::id()));
        fs::create_dir(&dir)?;
        // A privileged caller's program is a user that nobody else is.
        fs::set_permissions(&dir, fs::Permissions::from_mode(if writable { 0o777 } else { 0o755 }))?;
        for (name, contents) in files {
            fs::write(dir.join(name), contents)?;
            fs::set_permissions(dir.join(name), fs::Permissions::from_mode(0o755))?;
        }
        let system = SYSTEM.iter().filter(|path| Path::new(path).exists());
        let rules = system.fold(Landlock::new(), |rules, path| rules.read(path).execute(path));
        let rules = rules.write("/dev/null").read(&dir).execute(&dir).no_tcp();
        let rules = if writable { rules.write(&dir) } else { rules };
        let sandbox = sandbox.clone().landlock(rules.scope_signals().scope_abstract_sockets());
        Ok(Desk { sandbox, dir: dir.clone(), on_host: Some(dir) })
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if let Some(dir) = &self.on_host {
            let _ = fs::remove_dir_all(dir);
        }
    }
}

enum Built {
    Program(Vec<u8>),
    Nothing(Row),
}

/// The line of the compiler's messages that says the most.
fn complaint(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let mut lines = text.lines();
    shown(lines.clone().find(|line| line.contains("error")).or(lines.next_back()).unwrap_or_default())
}

/// The sandbox itself could not be made; `spawn` often knows what would help.
fn error_with_hint(error: &belljar::Error) -> String {
    match error.hint() {
        Some(hint) => format!("{error}\n  hint: {hint}"),
        None => error.to_string(),
    }
}

// ---- running --------------------------------------------------------------------------------------------------

/// Compiles a submission and runs the tests until one fails.
fn judge_one(problem: &Problem, compiler: &Compiler, submission: &Submission) -> Result<Row> {
    let program = match compiler.compile(&submission.source)? {
        Built::Program(program) => program,
        Built::Nothing(row) => return Ok(row),
    };
    let sandbox = compiler
        .runtime
        .clone()
        .memory_limit(problem.memory)
        .cpu_time_limit(problem.cpu_time)
        .wall_time_limit(problem.wall_time)
        .output_limit(problem.output)
        .pids_limit(problem.pids)
        .optional(Features::CGROUP);
    let desk = Desk::new(compiler.tier, &sandbox, false, &[("program", &program)])?;
    let mut row = Row::new(Verdict::Accepted, "all");
    for test in &problem.tests {
        run_test(problem, &desk, test, &mut row)?;
        if row.verdict != Verdict::Accepted {
            row.test.clone_from(&test.name);
            break;
        }
    }
    Ok(row)
}

fn run_test(problem: &Problem, desk: &Desk, test: &Test, row: &mut Row) -> Result<()> {
    let output = match desk.sandbox.output(Command::new(desk.dir.join("program")).stdin(test.input.clone())) {
        Ok(output) => output,
        // The sandbox stood, but the kernel does not take what the submission made of its own executable.
        Err(error) if matches!(error.step(), Step::Exec | Step::Interpreter) => {
            row.verdict = Verdict::RuntimeError;
            row.evidence = error.to_string();
            return Ok(());
        }
        Err(error) => return Err(error_with_hint(&error).into()),
    };
    let outcome = &output.outcome;
    row.measure(outcome);
    let mut remark = first_line(&output.stderr);
    row.verdict = match outcome.verdict {
        belljar::Verdict::Exited(0) if same(&output.stdout, &test.expected) => Verdict::Accepted,
        belljar::Verdict::Exited(0) => {
            remark = format!("printed {:?}, not {:?}", first_line(&output.stdout), first_line(&test.expected));
            Verdict::WrongAnswer
        }
        belljar::Verdict::Exited(_) | belljar::Verdict::Signaled(_) if was_short_of_memory(problem, outcome) => {
            let peak = outcome.usage.memory_peak.unwrap_or(0);
            remark = format!("failed with {} of {} in use", mib(peak), mib(problem.memory));
            Verdict::MemoryLimit
        }
        belljar::Verdict::Exited(_) | belljar::Verdict::Signaled(_) => Verdict::RuntimeError,
        belljar::Verdict::MemoryLimit => Verdict::MemoryLimit,
        belljar::Verdict::CpuTimeLimit => Verdict::CpuTimeLimit,
        belljar::Verdict::WallTimeLimit => Verdict::WallTimeLimit,
        belljar::Verdict::OutputLimit => Verdict::OutputLimit,
        belljar::Verdict::SyscallDenied => Verdict::RuntimeError,
        // Nobody here kills a run: somebody killed its init from outside, and what the submission is worth is unknown.
        other => return Err(format!("test {}: {other} ({})", test.name, outcome.evidence).into()),
    };
    row.evidence = evidence(outcome, &remark);
    Ok(())
}

/// Where an rlimit stands in for a cgroup, running out of memory is not something the kernel reports: an allocation fails,
/// and what the program then does is its own affair. A run that failed with nearly all of the limit in use is taken for one.
fn was_short_of_memory(problem: &Problem, outcome: &Outcome) -> bool {
    let peak = outcome.usage.memory_peak.unwrap_or(0);
    outcome.enforced.memory == Means::Rlimit && peak >= problem.memory / 8 * 7
}

/// White space at the end of a line, and empty lines at the end, do not count.
fn same(printed: &[u8], expected: &[u8]) -> bool {
    lines(printed).eq(lines(expected))
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.trim_ascii_end().split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end)
}

fn first_line(text: &[u8]) -> String {
    shown(&String::from_utf8_lossy(text.split(|byte| *byte == b'\n').next().unwrap_or_default()))
}

/// What a submission had a hand in, fit for a terminal: short and without escape sequences.
fn shown(text: &str) -> String {
    const LONGEST: usize = 80;
    text.chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}

// ---- the table ------------------------------------------------------------------------------------------------

#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    Accepted,
    WrongAnswer,
    CompileError,
    RuntimeError,
    MemoryLimit,
    CpuTimeLimit,
    WallTimeLimit,
    OutputLimit,
}

impl Verdict {
    fn name(self) -> &'static str {
        match self {
            Verdict::Accepted => "accepted",
            Verdict::WrongAnswer => "wrong-answer",
            Verdict::CompileError => "compile-error",
            Verdict::RuntimeError => "runtime-error",
            Verdict::MemoryLimit => "memory-limit",
            Verdict::CpuTimeLimit => "cpu-time-limit",
            Verdict::WallTimeLimit => "wall-time-limit",
            Verdict::OutputLimit => "output-limit",
        }
    }
}

/// What became of a submission: the test that decided, and the most that any test took.
struct Row {
    verdict: Verdict,
    test: String,
    cpu_time: Duration,
    wall_time: Duration,
    peak: u64,
    evidence: String,
}

impl Row {
    fn new(verdict: Verdict, test: &str) -> Row {
        let (cpu_time, wall_time) = (Duration::ZERO, Duration::ZERO);
        Row { verdict, test: test.to_owned(), cpu_time, wall_time, peak: 0, evidence: String::new() }
    }

    fn measure(&mut self, outcome: &Outcome) {
        self.cpu_time = self.cpu_time.max(outcome.usage.cpu_time);
        self.wall_time = self.wall_time.max(outcome.usage.wall_time);
        self.peak = self.peak.max(outcome.usage.memory_peak.unwrap_or(0));
    }
}

/// The width given is that of the test's name, the only one that is not known here.
impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Row { verdict, test, cpu_time, wall_time, peak, evidence } = self;
        let milliseconds = |time: &Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
        let (cpu, wall, peak) = (milliseconds(cpu_time), milliseconds(wall_time), mib(*peak));
        let width = f.width().unwrap_or(0);
        write!(f, "{:15}  {test:width$}  {cpu:>9}  {wall:>9}  {peak:>9}  {evidence}", verdict.name())
    }
}

fn mib(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / MIB as f64)
}

/// What the verdict rests on, what the program had to say, and what held the limits in the place of a cgroup.
fn evidence(outcome: &Outcome, remark: &str) -> String {
    let text = match remark {
        "" => outcome.evidence.to_string(),
        remark => format!("{}; {remark}", outcome.evidence),
    };
    let stood_in = |means: Means| !matches!(means, Means::Cgroup | Means::NotRequested);
    let limits = [("memory", outcome.enforced.memory), ("pids", outcome.enforced.pids)];
    let stand_ins: Vec<String> = limits
        .iter()
        .filter(|(_, means)| stood_in(*means))
        .map(|(limit, means)| format!("{limit} by {means}"))
        .collect();
    match stand_ins.is_empty() {
        true => text,
        false => format!("{text} [{}]", stand_ins.join(", ")),
    }
}
