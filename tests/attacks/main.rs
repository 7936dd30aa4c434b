//! A corpus of attacks, as data. Each is first run on the host, with all that this test may do there, where
//! it must get through, or be found privileged; then inside, where what stands in its way is named: with the standard
//! filter for both users, without a filter so that the other walls stand by themselves, and without namespaces.
//!
//! `cargo test --test attacks -- --nocapture` prints what came of each. What is not here: signals to the init and its
//! starvation, nested user namespaces, setuid programs, device nodes and the host's terminal are in init_out_of_reach.rs;
//! writable files of /proc in mounts.rs; descriptors in nothing_visible.rs; filters by themselves, with int 0x80, x32 and
//! every forbidden argument, in seccomp_filter.rs.

#[path = "../common/mod.rs"]
mod common;

mod attack;
mod doors;
mod filters;
mod ground;
mod ids;
mod machine;
mod others;
mod walls;

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::sync::LazyLock;

use belljar::{Capabilities, Command, Filter, Namespaces, Sandbox, Verdict};

use attack::{Attack, Shown, Target, Wall};
use common::{guest, kernel, patience};
use doors::{knock, reopen, sockets};
use filters::{
    allow_own, answer_errno, ask_nobody, call_parent, continue_own, from_memory, look_for_listener, other_doors,
    rewrite, storm, vsyscall,
};
use ground::Ground;
use ids::has_capabilities;
use walls::undo_read_only;

guests! {
    assault, has_capabilities, continue_own, ask_nobody, answer_errno, allow_own, rewrite, vsyscall, from_memory, call_parent,
    other_doors, storm, look_for_listener, sockets, knock, reopen, undo_read_only,
}

fn attacks() -> impl Iterator<Item = &'static Attack> {
    [machine::ATTACKS, ids::ATTACKS, walls::ATTACKS, others::ATTACKS].into_iter().flatten()
}

/// What came of an attack: 0, or an errno, or 1000 and a signal.
type Results = BTreeMap<&'static str, i32>;

const KILLED: i32 = 1000;

/// Runs every attack that is not harmful here, each in a process of its own, and prints what came of it.
fn assault(args: &[String]) -> i32 {
    let mut target = Target::from_args(args);
    target.set("init", if target.text("where") == "bare" { std::os::unix::process::parent_id() } else { 1 });
    let harmful = |attack: &Attack| target.is_host() && matches!(attack.host, Shown::Harmful(_));
    // Within the reach of the capabilities that this process has.
    let undoes = |attack: &Attack| attack.undoes && ids::has_capability(ids::CAP_SYS_ADMIN) && ids::is_unfiltered();
    for attack in attacks().filter(|attack| !harmful(attack) && (target.is_host() || !undoes(attack))) {
        let child = kernel::child(|| match (attack.run)(&target) {
            Ok(_) => 0,
            Err(errno) => errno,
        });
        let status = child.and_then(kernel::wait).expect("a child");
        println!("{}\t{}", attack.name, if status & 0x7f == 0 { status >> 8 } else { KILLED + (status & 0x7f) });
    }
    0
}

fn results(said: &[u8]) -> Results {
    let said = std::str::from_utf8(said).expect("text");
    let named = |name: &str| attacks().find(|attack| attack.name == name).expect("a known attack").name;
    let lines = said.lines().filter_map(|line| line.split_once('\t'));
    lines.map(|(name, result)| (named(name), result.parse().expect("a number"))).collect()
}

/// Once for all tests.
fn on_host() -> &'static Results {
    static ON_HOST: LazyLock<Results> = LazyLock::new(|| {
        let ground = Ground::new();
        let output = common::on_host("assault").args(ground.target("host").to_args()).output().expect("runs");
        assert!(output.status.success(), "{}: {}", output.status, String::from_utf8_lossy(&output.stderr));
        results(&output.stdout)
    });
    &ON_HOST
}

fn inside(sandbox: &Sandbox) -> Results {
    let ground = Ground::new();
    let sandbox = ground.give(sandbox.clone());
    let all = run(&sandbox, guest("assault").args(ground.target("inside").to_args()));
    ground.is_unharmed();
    all
}

fn without_namespaces(sandbox: &Sandbox) -> Results {
    let ground = Ground::new();
    let mut command = Command::new(std::env::current_exe().expect("own path"));
    let sandbox = sandbox.clone().namespaces(Namespaces::empty());
    let command = command.arg(common::MARK).arg("assault").args(ground.target("bare").to_args());
    run(&sandbox, command)
}

fn run(sandbox: &Sandbox, command: &mut Command) -> Results {
    let limited = sandbox.clone().wall_time_limit(std::time::Duration::from_secs(20) * patience());
    let output = limited.output(command).expect("runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.outcome.verdict, Verdict::Exited(0), "{}\n{said}", output.outcome.evidence);
    let all = results(&output.stdout);
    assert!([attacks().count(), attacks().filter(|attack| !attack.undoes).count()].contains(&all.len()));
    all
}

/// What a kernel says that has no such thing, or an administrator that has shut it for all.
const LACKS: &[i32] = &[
    libc::ENOSYS,
    libc::EIO,
    libc::EOPNOTSUPP,
    libc::ENODEV,
    libc::ENOTTY,
    libc::ENOENT,
    libc::ENOSPC,
    libc::EPERM,
    libc::EACCES,
];

fn is_shown(attack: &Attack, result: i32) -> bool {
    match attack.host {
        Shown::Succeeds => result == 0,
        Shown::Passes(errnos) => errnos.contains(&result),
        Shown::Harmful(_) => false,
    }
}

fn describe(result: i32) -> String {
    match result {
        0 => "succeeds".into(),
        KILLED.. => format!("signal {}", result - KILLED),
        errno => std::io::Error::from_raw_os_error(errno).to_string(),
    }
}

/// Whether this test may do what a host's root may.
fn is_all_powerful() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").expect("status");
    let has = |line: &str| status.lines().any(|known| known == line);
    // All but CAP_SYS_RESOURCE will do.
    let capable = ["CapEff:\t000001fffeffffff", "CapEff:\t000001ffffffffff"];
    common::is_root() && has("Seccomp:\t0") && capable.into_iter().any(has)
}

/// An attack that fails everywhere shows nothing.
#[test]
fn attacks_get_through_on_the_host() {
    let _host = common::host();
    let all = on_host();
    let (mut shown, mut wrong) = (0, Vec::new());
    for attack in attacks() {
        let name = attack.name;
        match (attack.host, all.get(name)) {
            (Shown::Harmful(why), _) => println!("{name}: not tried: {why}"),
            (_, Some(&result)) if is_shown(attack, result) => shown += 1,
            (_, Some(result)) if LACKS.contains(result) => println!("{name}: cannot be shown: {}", describe(*result)),
            (_, result) => wrong.push(format!("{name}: {}", result.map_or("none".into(), |result| describe(*result)))),
        }
    }
    println!("{shown} of {} attacks get through", attacks().count());
    assert!(wrong.is_empty(), "no attacks: {wrong:#?}");
    assert!(shown >= if is_all_powerful() { 100 } else { 30 }, "{shown}");
}

/// More processes than there are inside.
const MANY: u32 = 1000;

/// Compares what came of the attacks with what stands in their way: those that nothing did.
fn through(tier: &str, all: &Results, wall: impl Fn(&Attack) -> Wall) -> Vec<String> {
    let lacking = on_host();
    let mut through = Vec::new();
    for attack in attacks() {
        let name = attack.name;
        let Some(&result) = all.get(name) else {
            println!("{tier}: {name}: not tried, as its own walls are the program's, or its init");
            continue;
        };
        if name.contains("a host's process") && std::process::id() < MANY {
            println!("{tier}: {name}: its number may be that of a process inside, too");
            continue;
        }
        let errnos = match wall(attack) {
            Wall::Refuses(errnos) => errnos,
            Wall::RefusesOthers(errnos, _) if common::is_root() => errnos,
            Wall::RefusesOthers(_, why) | Wall::Open(why) => {
                println!("{tier}: {name}: {}: {why}", describe(result));
                continue;
            }
        };
        // What this kernel has not got nobody gets.
        let lacks = lacking.get(name).is_some_and(|lacking| *lacking == result && LACKS.contains(lacking));
        if !errnos.contains(&result) && !lacks {
            through.push(format!("{name}: {}", describe(result)));
        }
    }
    through
}

fn contained(tier: &str, all: &Results, wall: impl Fn(&Attack) -> Wall) {
    let through = through(tier, all, wall);
    assert!(through.is_empty(), "{tier}: {through:#?}");
}

/// As a sandbox is by default, and with a root look.
#[test]
fn attacks_are_contained_by_default() {
    let _host = common::host();
    for user in [1000, 0] {
        let sandbox = common::guest_sandbox().user(user, user);
        contained(&format!("default, user {user}"), &inside(&sandbox), |attack| attack.filtered);
    }
}

/// The sandbox of those who may have no namespace: what it withstands, and what it does not.
#[test]
fn attacks_are_contained_without_namespaces() {
    let _host = common::host();
    contained("no namespaces", &without_namespaces(&Sandbox::new()), |attack| attack.bare);
}

/// Where a privileged host makes the namespaces without one for users: what is inside is no capability's then, but the
/// ids are the host's.
#[test]
fn attacks_are_contained_without_a_user_namespace() {
    if !common::is_root() {
        return common::skip("attacks_are_contained_without_a_user_namespace", "root", "an ordinary user");
    }
    let _host = common::host();
    let sandbox = common::guest_sandbox().namespaces(Namespaces::all() - Namespaces::USER);
    contained("no user namespace", &inside(&sandbox), |attack| match attack.filtered {
        // The program is no longer the owner of what it is given.
        Wall::Refuses([libc::EROFS, ..] | [libc::EPERM]) => {
            Wall::Refuses(&[libc::EROFS, libc::EXDEV, libc::EPERM, libc::EACCES])
        }
        wall => wall,
    });
}

/// The walls by themselves.
#[test]
fn attacks_are_contained_without_a_filter() {
    let _host = common::host();
    for user in [1000, 0] {
        let sandbox = common::guest_sandbox().user(user, user).seccomp(Filter::unrestricted());
        let all = inside(&sandbox);
        contained(&format!("no filter, user {user}"), &all, |attack| attack.alone);
        // The table tells a sandbox that has a filter from one that has not.
        let missing = through("", &all, |attack| attack.filtered);
        assert!(missing.len() > 15, "{missing:#?}");
    }
}

/// The filter by itself, as it were: no capability gets past what it denies.
#[test]
fn attacks_are_contained_with_every_capability() {
    let _host = common::host();
    for user in [1000, 0] {
        let sandbox = common::guest_sandbox().user(user, user).capabilities(Capabilities::all());
        let wall = |attack: &Attack| match attack {
            Attack { is_filtered: true, .. } => attack.filtered,
            Attack { undoes: true, .. } => Wall::Open("a hold on the init, as Capabilities says"),
            _ => attack.capable,
        };
        contained(&format!("every capability, user {user}"), &inside(&sandbox), wall);
    }
}

/// Neither filter nor bounds: what is the host's is out of reach.
#[test]
fn attacks_are_contained_with_every_capability_and_no_filter() {
    let _host = common::host();
    for user in [1000, 0] {
        let sandbox = common::guest_sandbox().user(user, user).seccomp(Filter::unrestricted());
        let all = inside(&sandbox.capabilities(Capabilities::all()));
        contained(&format!("every capability and no filter, user {user}"), &all, |attack| attack.capable);
    }
}

/// What Capabilities::SYS_ADMIN says of itself: under a filter that allows it, it is no longer read-only that a bind is given.
/// The default filter does not.
#[test]
fn what_sys_admin_undoes() {
    let _host = common::host();
    let given = common::TempDir::new("undone");
    let file = given.path().join("file");
    for user in [1000, 0] {
        let sandbox = common::guest_sandbox().user(user, user).bind_ro(given.path(), "/ro");
        let capable = sandbox.clone().capabilities(Capabilities::SYS_ADMIN);
        let open = capable.clone().seccomp(Filter::unrestricted());
        for (sandbox, result) in
            [(sandbox.seccomp(Filter::unrestricted()), libc::EPERM), (capable, libc::EPERM), (open, 0)]
        {
            std::fs::write(&file, "given").expect("written");
            std::fs::set_permissions(&file, PermissionsExt::from_mode(0o666)).expect("its mode");
            let outcome = sandbox.run(guest("undo_read_only")).expect("runs");
            assert_eq!(outcome.verdict, Verdict::Exited(result), "{}", outcome.evidence);
            let kept = std::fs::read_to_string(&file).expect("there") == "given";
            assert_eq!(kept, result != 0);
        }
    }
}
