//! A build system's step: declared inputs, one output directory, and nothing else.
//!
//! ```sh
//! cargo run --example build_step              # builds examples/build_step/*.c
//! cargo run --example build_step -- OUTPUT    # and leaves the output directory OUTPUT behind, which must not exist yet
//! ```
//!
//! Besides, a whole source tree as a read-only layer: what the compiler writes into it lies in an upper layer in memory, is
//! told of as a list of changes, and becomes a layer of the next sandbox, where the program runs.
//!
//! A step that uses what it did not declare fails, and so a list of inputs is complete or it does not build. And as each
//! step sees the same paths, host name, ids and environment wherever it runs, its output is the same, byte for byte.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use belljar::{Command, Output, Overlay, Sandbox, Step as Stage};

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

fn main() -> ExitCode {
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("build_step: {error}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<()> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let project = Path::new(&package).join("examples/build_step");
    let kept = std::env::args_os().nth(1).map(PathBuf::from);
    let work = OutputDir::new(kept)?;

    // Three steps, each with a directory of its own; the last one takes what the others made.
    let objects = [("main.o", "main.c"), ("shapes.o", "shapes.c")].map(|(object, source)| {
        Step::new(work.0.join(object), ["cc", "-O2", "-c", source, "-o", &format!("/out/{object}")])
            .input(source, project.join(source))
            .input("shapes.h", project.join("shapes.h"))
    });
    for object in &objects {
        object.run()?;
    }
    let link = Step::new(work.0.join("program"), ["cc", "main.o", "shapes.o", "-o", "/out/program"])
        .input("main.o", work.0.join("main.o/main.o"))
        .input("shapes.o", work.0.join("shapes.o/shapes.o"));
    link.run()?;

    // Again, somewhere else: nothing of the place or of the time is in it.
    let again = Step { output: work.0.join("again"), ..objects[0].clone() };
    again.run()?;
    if fs::read(work.0.join("again/main.o"))? != fs::read(work.0.join("main.o/main.o"))? {
        return Err("the same step gave another main.o in another directory".into());
    }
    println!("the same bytes in another directory");

    // A header that was forgotten in the declaration is not there, though it lies beside the source on the host.
    let forgetful = Step { inputs: objects[0].inputs[..1].to_vec(), output: work.0.join("forgetful"), ..again };
    let Err(error) = forgetful.run() else { return Err("a step found a file that it did not declare".into()) };
    println!("undeclared header: {error}");

    // Inputs are read-only, whoever owns them, and the step can write to its output directory alone.
    let vandal = Step::new(work.0.join("vandal"), ["sh", "-c", "echo >shapes.h; echo >/usr/stray; echo >/out/allowed"])
        .input("shapes.h", project.join("shapes.h"));
    print!("{}", String::from_utf8_lossy(&vandal.run()?.stderr));
    if fs::metadata(project.join("shapes.h"))?.len() < 2 || !work.0.join("vandal/allowed").exists() {
        return Err("a step changed its input, or could not write to its output directory".into());
    }

    // What was built runs in a sandbox too: the system, read-only, and itself.
    let sandbox = Sandbox::new().host_system().bind_ro(work.0.join("program/program"), "/program");
    let output = sandbox.output(Command::new("/program"))?;
    says_its_area(&output)?;
    in_layers(&project, &work.0.join("layer"))
}

fn says_its_area(output: &Output) -> Result<()> {
    print!("the program says: {}", String::from_utf8_lossy(&output.stdout));
    match output.outcome.success() && output.stdout == b"area 9.0\n" {
        true => Ok(()),
        false => Err(format!("the program: {}, {}", output.outcome.verdict, output.outcome.evidence).into()),
    }
}

/// The project itself as a layer that nothing is written to; what one sandbox adds to it is the next one's layer.
fn in_layers(project: &Path, layer: &Path) -> Result<()> {
    const ENODEV: i32 = 19;
    let sources = Overlay::new().lower(project).at("/src");
    let mut command = Command::new("cc");
    command.args(["-O2", "main.c", "shapes.c", "-o", "program"]).current_dir("/src");
    let output = match Sandbox::new().host_system().overlay(sources.clone()).output(command) {
        Err(error) if error.raw_os_error() == Some(ENODEV) => {
            println!("no overlays on this machine: {error:#}");
            return Ok(());
        }
        result => result?,
    };
    if !output.outcome.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let changes = output.outcome.changes()?;
    changes.iter().for_each(|change| println!("in the layer above the sources: {change}"));
    if changes.len() != 1 || project.join("program").exists() {
        return Err("the compiler was to make one file, and not among the sources".into());
    }
    changes.commit(layer)?;
    let next = Sandbox::new().host_system().overlay(sources.lower(layer).read_only());
    says_its_area(&next.output(Command::new("/src/program"))?)
}

/// One step of a build. Its inputs lie in `/src`, where it starts; what it makes goes to `/out`.
#[derive(Clone)]
struct Step {
    command: Vec<String>,
    /// The name in `/src`, and the file on the host.
    inputs: Vec<(String, PathBuf)>,
    /// Made by the step; a build system may well take its name from a hash of all the rest.
    output: PathBuf,
}

impl Step {
    fn new<'a>(output: PathBuf, command: impl IntoIterator<Item = &'a str>) -> Step {
        Step { command: command.into_iter().map(str::to_owned).collect(), inputs: Vec::new(), output }
    }

    fn input(mut self, name: &str, file: impl Into<PathBuf>) -> Step {
        self.inputs.push((name.to_owned(), file.into()));
        self
    }

    fn run(&self) -> Result<Output> {
        fs::create_dir(&self.output).map_err(|error| format!("{}: {error}", self.output.display()))?;
        let mut sandbox = Sandbox::new()
            .host_system()
            .dir("/src")
            .bind_rw(&self.output, "/out")
            .cpu_time_limit(Duration::from_secs(60))
            .wall_time_limit(Duration::from_secs(120));
        for (name, file) in &self.inputs {
            sandbox = sandbox.bind_ro(file, Path::new("/src").join(name));
        }
        let mut command = Command::new(&self.command[0]);
        command.args(&self.command[1..]).current_dir("/src").env("SOURCE_DATE_EPOCH", "0");
        let output = sandbox.output(command).map_err(|error| match error.step() {
            Stage::Exec => format!("{error}: not in the sandbox's PATH (Debian: apt-get install gcc libc6-dev)"),
            _ => format!("{error}{}", error.hint().map(|hint| format!("\n  hint: {hint}")).unwrap_or_default()),
        })?;
        let messages = String::from_utf8_lossy(&output.stderr);
        if !output.outcome.success() {
            let first = messages.lines().find(|line| line.contains("error")).unwrap_or_default();
            return Err(format!("{}: {} {first}", self.command.join(" "), output.outcome.verdict).into());
        }
        println!("{:.3} s  {}", output.outcome.usage.wall_time.as_secs_f64(), self.command.join(" "));
        only_plain_files(&self.output)?;
        Ok(output)
    }
}

/// What a step leaves behind is the step's word against ours: a link or a FIFO with the name of an output would lead the
/// next reader on the host astray.
fn only_plain_files(dir: &Path) -> Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if !entry.file_type()?.is_file() {
            return Err(format!("{}: not a plain file", entry.path().display()).into());
        }
    }
    Ok(())
}

/// The directory of all outputs: one that the caller named and keeps, or a temporary one.
struct OutputDir(PathBuf, bool);

impl OutputDir {
    fn new(kept: Option<PathBuf>) -> Result<OutputDir> {
        let temporary = kept.is_none();
        let path = kept.unwrap_or_else(|| std::env::temp_dir().join(format!("build_step-{}", std::process::id())));
        fs::create_dir(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(OutputDir(path, temporary))
    }
}

impl Drop for OutputDir {
    fn drop(&mut self) {
        if self.1 {
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}
