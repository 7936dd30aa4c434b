//! Runs a program from a container image, in a sandbox whose root is the image's layers with a writable one on top.
//!
//! ```sh
//! skopeo copy docker://python:3.12-slim oci-archive:python.tar       # or: docker save python:3.12-slim >python.tar
//! cargo run --features oci --example image -- python.tar             # what the image runs by itself
//! cargo run --features oci --example image -- python.tar python3 -c 'import os; print(os.getuid(), os.listdir("/"))'
//! ```
//!
//! The layers are unpacked once, into the user's cache directory, and shared by all images and all runs. Nothing of the
//! program's writes is left behind. It exits as the program did, or with 1 if that was ended, and with 2 if the image or the
//! sandbox could not be had.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use belljar::{Image, Outcome, Sandbox, Stdio, Verdict};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((path, program)) = arguments.split_first() else {
        eprintln!("image: usage: image LAYOUT-OR-ARCHIVE [PROGRAM [ARGUMENT...]]");
        return ExitCode::from(2);
    };
    match run(Path::new(path), program) {
        Ok(outcome) => {
            eprintln!("image: {}: {}", outcome.verdict, outcome.evidence);
            match outcome.verdict {
                Verdict::Exited(status) => ExitCode::from(status as u8),
                _ => ExitCode::FAILURE,
            }
        }
        Err(error) => {
            eprintln!("image: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(path: &Path, program: &[String]) -> belljar::Result<Outcome> {
    let image = Image::open(path)?;
    let mut command = match program.split_first() {
        None => image.command(),
        Some((program, arguments)) => {
            let mut command = image.command_for(program);
            command.args(arguments);
            command
        }
    };
    let (uid, gid) = image.user()?;
    Sandbox::new()
        .overlay(image.overlay().upper_tmpfs(256 << 20))
        .user(uid, gid)
        .wall_time_limit(Duration::from_secs(60))
        .run(command.stdin(Stdio::inherit()).stdout(Stdio::inherit()).stderr(Stdio::inherit()))
}
