//! What this machine gives a sandbox, as this user, and the cures for what it does not: `cargo run --example doctor`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let host = belljar::Host::probe();
    print!("{host}");
    match host.has("strict sandbox") {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
