//! Promise 6 over many runs: spawns leave descriptors, memory, mounts, processes and threads of the host as they were.
//!
//! 500 spawns by default, fewer in the virtual machines; `BELLJAR_SPAWNS=20000` for the figure that the README names.

mod common;

use belljar::{Command, Sandbox, Verdict};

const MIB: u64 = 1 << 20;

fn spawns() -> u32 {
    std::env::var("BELLJAR_SPAWNS")
        .map_or(common::amount(500, 33), |spawns| spawns.parse().expect("a number of spawns"))
}

/// Bytes of memory that are this process's own: files mapped on demand do not count.
fn resident() -> u64 {
    let rollup = std::fs::read_to_string("/proc/self/smaps_rollup").expect("own memory");
    let line = rollup.lines().find(|line| line.starts_with("Anonymous:")).expect("the kernel counts it");
    line.split_ascii_whitespace().nth(1).expect("a figure").parse::<u64>().expect("a number") * 1024
}

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").expect("own threads").count()
}

/// A run that ends well, and now and then one that is killed, and one that fails in its last step.
fn spawn(sandbox: &Sandbox, turn: u32) {
    match turn % 10 {
        3 => drop(sandbox.spawn(Command::new("/true")).expect("starts")),
        7 => drop(sandbox.spawn(Command::new("/missing")).expect_err("is not there")),
        _ => assert_eq!(sandbox.run(Command::new("/true")).expect("runs").verdict, Verdict::Exited(0)),
    }
}

#[test]
fn many_spawns_leave_nothing_and_grow_nothing() {
    let _host = common::host();
    let sandbox = Sandbox::new().host_system().file("/true", common::elf::exits(0));
    // The first ones fill what is kept for good: the allocator's lists.
    (0..50).for_each(|turn| spawn(&sandbox, turn));
    let (descriptors, threads_before, before) = (common::descriptors().len(), threads(), resident());
    for turn in 0..spawns() {
        spawn(&sandbox, turn);
        if turn % 100 == 0 {
            common::no_child_is_left();
            assert_eq!(common::descriptors().len(), descriptors, "descriptors after {turn} spawns");
        }
    }
    let after = resident();
    assert!(after < before + MIB, "memory grew from {before} to {after} bytes in {} spawns", spawns());
    assert_eq!(threads(), threads_before, "threads");
    common::no_child_is_left();
}
