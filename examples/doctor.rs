//! What this machine gives a sandbox, as this user, and the cures for what it does not: `cargo run --example doctor`.

use std::process::ExitCode;

use belljar::Host;

fn main() -> ExitCode {
    let host = Host::probe();
    print!("{host}");
    match host.tier() {
        Some(_) => ExitCode::SUCCESS,
        None => ExitCode::FAILURE,
    }
}
