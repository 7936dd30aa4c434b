//! Which processors a tree has, and how much of them and of memory before others: cpuset, cpu_weight, memory_high.

mod common;

use std::collections::BTreeSet;

use belljar::{Cgroup, Features, Filter, Means, Sandbox, Verdict};
use common::kernel::{self, nr};
use common::{guest, guest_sandbox};

guests! { widens, ends, sleeps }

type Mask = [u64; 16];

fn affinity() -> BTreeSet<u32> {
    let mut mask = Mask::default();
    kernel::call(libc::SYS_sched_getaffinity, &[0, size_of::<Mask>(), mask.as_mut_ptr() as usize])
        .expect("an affinity");
    (0..1024).filter(|cpu| mask[*cpu as usize / 64] >> (cpu % 64) & 1 == 1).collect()
}

/// On which processors this process, a child and a thread of it run, whatever they ask for. The status is the call's errno.
fn widens(args: &[String]) -> i32 {
    let allowed: BTreeSet<u32> = args.iter().map(|cpu| cpu.parse().expect("a number")).collect();
    let mut errno = 0;
    let mut widen = || {
        let all = [u64::MAX; 16];
        for whom in [0, kernel::pid() as usize, 1 << 32] {
            errno = kernel::call(nr::SCHED_SETAFFINITY, &[whom, size_of::<Mask>(), all.as_ptr() as usize])
                .err()
                .unwrap_or(0);
        }
        assert_eq!(affinity(), allowed, "errno {errno}");
    };
    widen();
    assert_eq!(
        kernel::child(|| {
            widen();
            0
        })
        .and_then(kernel::wait),
        Ok(0)
    );
    std::thread::scope(|scope| scope.spawn(widen).join()).expect("the thread's");
    // By its other numbers.
    if cfg!(target_arch = "x86_64") {
        const X32: i64 = 1 << 30;
        let all = [u64::MAX; 16];
        let _ = kernel::call(X32 | 203, &[0, size_of::<Mask>(), all.as_ptr() as usize]);
        assert_eq!(affinity(), allowed);
    }
    errno
}

fn widening(sandbox: &Sandbox, cpus: &BTreeSet<u32>) -> (Verdict, Means) {
    let mut command = guest("widens");
    command.args(cpus.iter().map(u32::to_string));
    let output = sandbox.clone().cpuset(cpus.iter().copied()).output(command).expect("runs");
    assert!(matches!(output.outcome.verdict, Verdict::Exited(_)), "{output:?}");
    (output.outcome.verdict, output.outcome.enforced.cpuset)
}

fn some() -> BTreeSet<u32> {
    affinity().into_iter().take(1).collect()
}

/// Without a group an affinity, under any filter.
#[test]
fn an_affinity_cannot_be_changed() {
    let _host = common::host();
    let without = guest_sandbox().cgroup(common::cgroup::none()).optional(Features::CGROUP);
    for filter in [Filter::standard(), Filter::unrestricted(), Filter::deny(["reboot"])] {
        let denied = (Verdict::Exited(libc::EPERM), Means::Kernel);
        assert_eq!(widening(&without.clone().seccomp(filter), &some()), denied);
    }
    let whole = widening(&without, &affinity());
    assert_eq!(whole.1, Means::Kernel);
}

/// What is not there is no part of a set.
#[test]
fn processors_that_are_not_there_are_an_error() {
    let _host = common::host();
    let refused = |cpus: &[u32]| {
        let sandbox = guest_sandbox().cgroup(common::cgroup::none()).optional(Features::CGROUP);
        let error = sandbox.cpuset(cpus.iter().copied()).run(guest("ends")).map(drop).expect_err("is refused");
        error.to_string()
    };
    let own = *some().first().expect("one");
    assert_eq!(refused(&[own, 1023]), "limit cpuset: processor 1023 is none of this process's");
    assert!(refused(&[]).contains("cpuset of {}"), "{}", refused(&[]));
    assert!(refused(&[own, 1024]).contains("numbered from 0 to 1023"));
}

fn ends(_: &[String]) -> i32 {
    0
}

fn sleeps(_: &[String]) -> i32 {
    kernel::forever()
}

#[test]
fn a_group_holds_them_where_there_is_one() {
    let _host = common::host();
    let Some(sandbox) = common::cgroup::sandbox("a_group_holds_them_where_there_is_one") else { return };
    // The call is made, and gives no more than the group has.
    assert_eq!(widening(&sandbox, &some()), (Verdict::Exited(0), Means::Cgroup));

    let parent = common::cgroup::parent("a_group_holds_them_where_there_is_one").expect("found above");
    let sandbox = sandbox.cpuset(some()).cpu_weight(50).memory_high(64 << 20).cgroup(Cgroup::parent(&parent));
    let child = sandbox.spawn(common::guest("sleeps")).expect("spawns");
    let leaf = common::cgroup::leaves(&parent).pop().expect("a group");
    let says = |file: &str| std::fs::read_to_string(leaf.join(file)).expect("its file").trim().to_owned();
    assert_eq!(
        ["cpuset.cpus", "cpu.weight", "memory.high"].map(says),
        [some().first().expect("one").to_string().as_str(), "50", "67108864"]
    );
    let usage = child.usage().expect("usage");
    assert_eq!(usage.throttled_periods, Some(0));
    drop(child);
    let enforced = sandbox.run(guest("ends")).expect("runs").enforced;
    assert_eq!([enforced.cpuset, enforced.cpu_weight, enforced.memory_high], [Means::Cgroup; 3]);
}

/// Nothing stands in for a weight.
#[test]
fn what_needs_a_group_is_refused_without_one() {
    let _host = common::host();
    let without = || guest_sandbox().cgroup(common::cgroup::none());
    for sandbox in [without().cpu_weight(1), without().memory_high(1 << 30)] {
        assert!(sandbox.run(guest("ends")).is_err());
        let enforced = sandbox.optional(Features::CGROUP).run(guest("ends")).expect("runs").enforced;
        assert!([enforced.cpu_weight, enforced.memory_high].contains(&Means::Nothing), "{enforced:?}");
    }
    for sandbox in [without().cpu_weight(0), without().cpu_weight(10_001), without().memory_high(0)] {
        let error = sandbox.optional(Features::CGROUP).run(guest("ends")).map(drop).expect_err("is refused");
        assert_eq!(error.step(), belljar::Step::Limit);
    }
}
