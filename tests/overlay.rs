//! Overlay roots: issue 5, items 1, 2 and 4; H1.10, and H1.11 for hostile layers.

mod common;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use belljar::{Command, Outcome, Overlay, Sandbox, Verdict};

guests! {}

fn system() -> Sandbox {
    Sandbox::new().host_system()
}

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

/// Runs a shell script, which must end well; what it says.
fn sh(sandbox: &Sandbox, script: &str) -> (String, Outcome) {
    let output = sandbox.output(shell(script)).unwrap_or_else(|error| panic!("{error:#}"));
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(output.outcome.verdict, Verdict::Exited(0), "{script}: {said}");
    (said, output.outcome)
}

fn write(dir: &Path, files: &[(&str, &str)]) {
    for (name, contents) in files {
        let path = dir.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
        fs::write(path, contents).expect("a file");
    }
}

#[test]
fn smoke() {
    let _host = common::host();
    let dir = common::TempDir::new("overlay");
    let (base, app) = (dir.path().join("base"), dir.path().join("app"));
    write(&base, &[("etc/name", "base"), ("etc/only", "1"), ("d/x", "x")]);
    write(&app, &[("etc/name", "app")]);
    let overlay = Overlay::new().lower(&base).lower(&app);
    let sandbox = system().overlay(overlay.clone()).file("/given/file", "given");
    let (said, outcome) = sh(
        &sandbox,
        "cat /etc/name /etc/only /etc/passwd /given/file; ls -la / /etc; cat /proc/mounts; echo new >/etc/name; rm -r /d; mkdir /n; echo 1 >/n/f; ls -la / /dev /tmp; echo x >/given/file",
    );
    println!("{said}");
    for change in &outcome.changes().expect("changes") {
        println!("{change} {change:?}");
    }
    let (said, outcome) = sh(
        &system().overlay(overlay.at("/work/dir")),
        "cd /work/dir; ls -la; echo new >etc/name; rm -r d; mkdir d; cat /proc/mounts",
    );
    println!("{said}");
    for change in &outcome.changes().expect("changes") {
        println!("{change} {change:?}");
    }
    symlink("x", base.join("l")).expect("link");
}
