//! The examples are programs with a verdict of their own: each checks what it shows and exits with 0 if all of it is so.
//! Here they run, and nothing of them may be left: this process adopts what they would leave behind.

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Cargo builds the examples beside the tests, when it builds all of them; for `--test examples` alone it takes those that
/// are there.
fn example(name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("own path");
    let built = own.parent().and_then(Path::parent).expect("target/PROFILE/deps/NAME");
    built.join("examples").join(name)
}

/// Runs an example, and has every process that outlives it become a child of this one, where the leak check sees it.
fn run(name: &str, arguments: &[&Path]) -> Output {
    rustix::process::set_child_subreaper(Some(rustix::process::getpid())).expect("prctl");
    let output = Command::new(example(name))
        .args(arguments)
        .output()
        .expect("built by cargo test, or by cargo build --examples");
    println!("{}{}", text(&output.stdout), text(&output.stderr));
    // What a handle that was dropped has left to the crate's next call, and there was none, is reaped by whoever comes to have it.
    while let Ok(Some(_)) = rustix::process::wait(rustix::process::WaitOptions::NOHANG) {}
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn files() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&package).join("examples")
}

fn has_compiler() -> bool {
    Command::new("cc").arg("--version").output().is_ok()
}

/// Begins a test that needs a compiler. Looking for one is part of the test, as other tests count descriptors meanwhile.
fn host_with_compiler(test: &str) -> Option<common::Host> {
    let host = common::host();
    if !has_compiler() {
        common::skip(test, "cc", "no C compiler");
        return None;
    }
    Some(host)
}

#[test]
fn judge_finds_the_right_verdict_for_each_submission() {
    let Some(_host) = host_with_compiler("judge_finds_the_right_verdict_for_each_submission") else { return };
    let output = run("judge", &[]);
    assert!(output.status.success(), "{}", output.status);
    let table = text(&output.stdout);
    let submissions = std::fs::read_dir(files().join("judge/submissions")).expect("submissions").count();
    assert!(table.contains(&format!("{submissions} of {submissions} expected verdicts are right")));
    assert!(!table.contains("LEAK"));
}

/// Without a cgroup the memory limit is inferred, which the evidence has to say.
#[test]
fn judge_says_what_stood_in_for_a_cgroup() {
    let Some(_host) = host_with_compiler("judge_says_what_stood_in_for_a_cgroup") else { return };
    let hog = files().join("judge/submissions/memory_hog.c");
    let table = text(&run("judge", &[&files().join("judge/problem"), &hog]).stdout);
    let row = table.lines().find(|line| line.starts_with("memory_hog")).expect("its row");
    let inferred = row.contains("MiB of 64.0 MiB in use") && row.contains("memory by rlimit");
    assert!(inferred || !row.contains("rlimit"), "{row}");
}

#[test]
fn judge_exits_with_1_if_a_verdict_is_not_the_expected_one() {
    let Some(_host) = host_with_compiler("judge_exits_with_1_if_a_verdict_is_not_the_expected_one") else { return };
    let dir = common::TempDir::new("judge");
    std::fs::write(dir.path().join("silent.c"), "// expect: accepted\nint main(void) { return 0; }\n")
        .expect("written");
    let output = run("judge", &[&files().join("judge/problem"), dir.path()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("silent: expected accepted, judged wrong-answer"));
}

#[test]
fn judge_says_what_is_missing() {
    let _host = common::host();
    let problem = files().join("judge/problem");
    let (nowhere, empty) = (Path::new("/no/such/place"), common::TempDir::new("judge"));
    for (arguments, message) in [
        (vec![nowhere], "judge: /no/such/place/problem.conf: No such file or directory (os error 2)\n".to_owned()),
        (vec![&*problem, nowhere], "judge: /no/such/place: No such file or directory (os error 2)\n".to_owned()),
        (
            vec![&*problem, empty.path()],
            format!("judge: {}: no submission, that is no NAME.c\n", empty.path().display()),
        ),
    ] {
        let output = run("judge", &arguments);
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(2), message));
    }
    if !has_compiler() {
        let output = run("judge", &[]);
        let message = "judge: exec cc: No such file or directory (os error 2): the judge needs a C compiler";
        assert!(text(&output.stderr).starts_with(message) && output.status.code() == Some(2));
    }
}

#[test]
fn build_step_takes_what_is_declared_and_gives_its_output() {
    let Some(_host) = host_with_compiler("build_step_takes_what_is_declared_and_gives_its_output") else { return };
    let dir = common::TempDir::new("build-step");
    let kept = dir.path().join("out");
    let output = run("build_step", &[&kept]);
    assert!(output.status.success(), "{}", output.status);
    assert!(text(&output.stdout).contains("fatal error: shapes.h: No such file or directory"));
    // What a step made belongs to whoever ran the build, and runs outside too.
    let program = Command::new(kept.join("program/program")).output().expect("it runs");
    assert_eq!(text(&program.stdout), "area 9.0\n");
    let owner = std::os::unix::fs::MetadataExt::uid(&kept.join("program/program").metadata().expect("it is there"));
    assert_eq!(owner, rustix::process::geteuid().as_raw());
}

#[test]
fn build_step_leaves_no_temporary_directory() {
    let Some(_host) = host_with_compiler("build_step_leaves_no_temporary_directory") else { return };
    let dir = common::TempDir::new("build-step");
    let status = Command::new(example("build_step")).env("TMPDIR", dir.path()).output().expect("built").status;
    assert!(status.success());
    assert_eq!(std::fs::read_dir(dir.path()).expect("the directory").count(), 0);
}

#[test]
fn test_harness_reaches_its_server_and_ends_it() {
    let _host = common::host();
    let output = run("test_harness", &[]);
    assert!(output.status.success(), "{}", output.status);
    assert!(text(&output.stdout).ends_with("nothing of it is left\n"));
}

/// An archive as `docker save` writes it, run by its own command and by another one of it.
#[cfg(feature = "oci")]
#[test]
fn image_runs_what_the_image_runs() {
    use common::oci::{self, Tar};
    let (_host, dir) = (common::host(), common::TempDir::new("image"));
    if !oci::has_whiteouts("image_runs_what_the_image_runs") {
        return;
    }
    let tar = Tar::new().program("bin/seven", &common::elf::exits(7)).program("bin/eight", &common::elf::exits(8));
    let archive = dir.path().join("saved.tar");
    let config = serde_json::json!({"Cmd": ["seven"], "Env": ["PATH=/bin"]});
    std::fs::write(&archive, oci::docker_save(&[oci::gzip(&tar.finish())], &config)).expect("written");
    let run = |arguments: &[&Path]| {
        let mut example = Command::new(example("image"));
        let output = example.args(arguments).env("XDG_CACHE_HOME", dir.path()).output().expect("built");
        (output.status.code(), text(&output.stderr))
    };
    assert_eq!(run(&[&archive]).0, Some(7));
    assert_eq!(run(&[&archive, Path::new("eight")]).0, Some(8));
    let (status, said) = run(&[&archive, Path::new("nine")]);
    assert!(status == Some(2) && said.starts_with("image: exec nine: No such file or directory"), "{said}");
    assert_eq!(run(&[Path::new("/no/such/place")]).0, Some(2));
    assert_eq!(run(&[]).0, Some(2));
}

#[test]
fn no_namespaces_keeps_a_program_from_the_host() {
    let _host = common::host();
    let output = run("no_namespaces", &[]);
    assert!(output.status.success(), "{}", output.status);
    assert!(text(&output.stdout).contains("CPU time limit"));
}
