//! A sandbox for hosts where user namespaces are forbidden: no namespace at all, but Landlock, the system call filter, and
//! limits.
//!
//! It runs as any user, needs no privilege, and works in containers. What it protects, and what it does not, is in the
//! crate's documentation under "Without namespaces"; this shows each of it.
//!
//! ```sh
//! cargo run --example no_namespaces
//! ```

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use belljar::{
    Action, Arg, Command, Features, Filter, Landlock, Namespaces, Resource, Restriction, Result, Sandbox, Verdict,
};

const EPERM: i32 = 1;

/// What Landlock leaves open: modes, owners, times and attributes of its user's files, sockets other than TCP, and the
/// priorities of its user's processes.
fn filter() -> Filter {
    let files = "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes utimensat futimesat \
                 setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr removexattrat";
    let filter = Filter::standard().errno(files.split_ascii_whitespace(), EPERM).errno(["socket"], EPERM);
    // The process that a call is for: 0 is the caller itself.
    let others = |filter: Filter, call: &str, argument: u8| {
        filter.when(call, [Arg::new(argument).low32().ne(0)], Action::Errno(EPERM))
    };
    let scheduling = ["sched_setscheduler", "sched_setparam", "sched_setattr", "sched_setaffinity"];
    let filter = scheduling.iter().fold(filter, |filter, call| others(filter, call, 0));
    ["setpriority", "ioprio_set"].iter().fold(filter, |filter, call| others(filter, call, 1))
}

/// The toolchain may be read and executed, the working directory be read and written; nothing else of the host's files can
/// be opened, no TCP port reached, no other process signalled.
fn sandbox(work: &std::path::Path) -> Sandbox {
    let system = ["/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/alternatives"];
    let there = system.into_iter().filter(|path| std::path::Path::new(path).exists());
    let rules = there.fold(Landlock::new(), |rules, path| rules.read(path).execute(path));
    let rules = rules.read("/dev/null").write("/dev/null").read(work).write(work).no_tcp();
    Sandbox::new()
        .namespaces(Namespaces::empty())
        .landlock(rules.scope_signals().scope_abstract_sockets())
        .seccomp(filter())
        // What an older kernel's Landlock cannot do is left out; `enforced` tells what.
        .optional(Features::LANDLOCK)
        .cpu_time_limit(Duration::from_secs(1))
        .wall_time_limit(Duration::from_secs(60))
        .rlimit(Resource::As, 1 << 30, 1 << 30)
        .rlimit(Resource::Nofile, 64, 64)
}

fn main() -> Result<()> {
    let work = std::env::temp_dir().join(format!("belljar-no-namespaces-{}", std::process::id()));
    std::fs::create_dir(&work).expect("a directory to work in");
    std::fs::write(work.join("private"), "secret").expect("writes");
    let secret = std::env::current_dir().expect("a directory").join("Cargo.toml");
    let script = |text: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", text]).current_dir(&work);
        command
    };
    // A privileged caller's program is a user that nobody else is; anybody else's is the caller. What it may write to others may.
    std::fs::set_permissions(&work, Permissions::from_mode(0o777)).expect("chmod");
    let outside = work.with_extension("outside");
    let sandbox = sandbox(&work);

    let missing = sandbox.run(script("true"))?.enforced.landlock.unwrap_or_default().missing;
    if !missing.is_empty() {
        println!(
            "this kernel's Landlock cannot restrict: {}",
            missing.iter().map(Restriction::to_string).collect::<Vec<_>>().join(", ")
        );
    }

    let mut failed = false;
    // What the program tries, whether it is to work, and what of Landlock keeps it from that.
    let attempts = [
        ("work in its directory", "echo text >file && cat file && rm file".to_owned(), true, None),
        ("read a file of the host", format!("cat {}", secret.display()), false, Some(Restriction::Files)),
        ("write a file of the host", format!("echo >{}", outside.display()), false, Some(Restriction::Files)),
        ("end the process that watches it", "kill -9 $PPID".to_owned(), false, Some(Restriction::Signals)),
        ("open up a file of its own to others", "echo >mine && chmod 777 mine".to_owned(), false, None),
        ("trace, mount, load: see Filter::standard()", "mount -t tmpfs none /tmp".to_owned(), false, None),
    ];
    for (what, text, expected, held_by) in attempts {
        if held_by.is_some_and(|restriction| missing.contains(&restriction)) {
            println!("{what:44} is not tried");
            continue;
        }
        let output = sandbox.output(script(&text))?;
        let worked = output.outcome.verdict == Verdict::Exited(0);
        println!("{what:44} {}", if worked { "works" } else { "is refused" });
        if worked != expected {
            println!("  {} {}", output.outcome.verdict, String::from_utf8_lossy(&output.stderr));
            failed = true;
        }
    }
    let outcome = sandbox.run(script("while :; do :; done"))?;
    println!("{:44} {}: {}", "run for ever", outcome.verdict, outcome.evidence);
    failed |= outcome.verdict != Verdict::CpuTimeLimit;

    let _ = std::fs::remove_file(&outside);
    std::fs::remove_dir_all(&work).expect("the directory goes");
    if failed { std::process::exit(1) } else { Ok(()) }
}
