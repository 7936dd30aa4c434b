//! What this machine gives a sandbox, as this user, and the cures for what it does not: `cargo run --example doctor`.

use std::process::ExitCode;

use belljar::{Feature, Host};

fn main() -> ExitCode {
    let host = Host::probe();
    print!("{host}");
    match host.has(Feature::StrictSandbox) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
