//! What `explain` tells is what a spawn does.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use belljar::{
    Capabilities, Command, Enforced, Explanation, Features, Filter, Landlock, Means, Namespaces, Overlay, Resource,
};
use belljar::{Sandbox, Stdio, Step};
use common::TempDir;

/// The place and whether it is read-only of each line of a mountinfo, sorted. What the host itself has mounted below its
/// /usr comes along, and is not the sandbox's.
fn mounts_inside(mountinfo: &str) -> Vec<(PathBuf, bool)> {
    let line = |line: &str| {
        let fields: Vec<&str> = line.split(' ').collect();
        (PathBuf::from(fields[4]), fields[5].split(',').any(|option| option == "ro"))
    };
    let of_host = |place: &Path| place != Path::new("/usr") && place.starts_with("/usr");
    let mut mounts: Vec<_> = mountinfo.lines().map(line).filter(|(place, _)| !of_host(place)).collect();
    mounts.sort();
    mounts
}

fn explained_mounts(explanation: &Explanation) -> Vec<(PathBuf, bool)> {
    let mut mounts: Vec<_> = explanation.mounts.iter().map(|mount| (mount.place.clone(), mount.read_only)).collect();
    mounts.sort();
    mounts
}

fn same(explained: &Enforced, real: &Enforced) {
    let without = |enforced: &Enforced| {
        let mut enforced = enforced.clone();
        enforced.unmapped.clear();
        format!("{enforced:?}")
    };
    assert_eq!(without(explained), without(real));
}

/// Explains a sandbox and runs it, and compares.
fn agrees(sandbox: &Sandbox, script: &str) -> Explanation {
    let mut command = Command::new("sh");
    command.args(["-c", script]).env("A", "b=c").env("PATH", "/usr/bin:/bin");
    let explanation = sandbox.explain(&command).expect("explained");
    let output = sandbox.output(command).expect("runs");
    assert!(output.success(), "{output:?}");
    same(&explanation.enforced, &output.outcome.enforced);
    let text = output.stdout_lossy().into_owned();
    let mut parts = text.split("--\n");
    let mut part = || parts.next().expect("a part").to_owned();
    let real = mounts_inside(&part());
    assert_eq!(explained_mounts(&explanation), real, "{explanation}");
    let (uid, gid) = explanation.user.expect("its ids");
    assert_eq!(part(), format!("{uid}:{gid}\n"));
    let limits = part();
    let limit = |name: &str| {
        let line = limits.lines().find_map(|line| line.strip_prefix(name)).expect("a line");
        let numbers: Vec<u64> =
            line.split_whitespace().take(2).map(|number| number.parse().unwrap_or(u64::MAX)).collect();
        (numbers[0], numbers[1])
    };
    let names: BTreeMap<Resource, &str> = BTreeMap::from([
        (Resource::Nofile, "Max open files"),
        (Resource::Core, "Max core file size"),
        (Resource::Stack, "Max stack size"),
        (Resource::Fsize, "Max file size"),
        (Resource::Cpu, "Max cpu time"),
        (Resource::Sigpending, "Max pending signals"),
    ]);
    let told = explanation.rlimits.iter().filter_map(|(resource, soft, hard)| Some((names.get(resource)?, soft, hard)));
    let mut compared = 0;
    for (name, soft, hard) in told {
        assert_eq!(limit(name), (*soft, *hard), "{name}");
        compared += 1;
    }
    assert!(compared > 4, "{:?}", explanation.rlimits);
    // The shell adds some of its own.
    let environment = part();
    for (key, value) in &explanation.environment {
        let line = format!("{}={}", key.display(), value.display());
        assert!(environment.split('\0').any(|real| real == line), "{line} of {environment}");
    }
    explanation
}

const LOOK: &str = "cat /proc/self/mountinfo; echo --; echo $(id -u):$(id -g); echo --; cat /proc/self/limits; \
    echo --; cat /proc/self/environ";

#[test]
fn explain_and_spawn_agree() {
    let _host = common::host();
    let strict = Sandbox::new().host_system();
    let explanation = agrees(&strict, LOOK);
    assert_eq!((explanation.mounts[0].place.as_path(), explanation.mounts[0].step), (Path::new("/"), Step::Root));
    assert!(explanation.mounts[0].read_only);

    let dir = TempDir::new("explain");
    fs::create_dir_all(dir.path().join("in/a/b")).expect("directories");
    fs::write(dir.path().join("file"), "text").expect("a file");
    let sandbox = strict
        .user(12, 34)
        .hostname("explained")
        .bind_ro(dir.path().join("file"), "/given")
        .bind_rw(dir.path().join("in"), "/data")
        .tmpfs("/data/a/b", 1 << 20)
        .tmpfs("/scratch", 1 << 20)
        .bind_ro(dir.path().join("in"), "/scratch/in")
        .file("/scratch/text", "text")
        .symlink("text", "/scratch/link")
        .file_size_limit(1 << 20)
        .cpu_time_limit(Duration::from_secs(50))
        .wall_time_limit(Duration::from_secs(60))
        .memory_limit(1 << 30)
        .pids_limit(64)
        .optional(Features::CGROUP)
        .rlimit(Resource::Nofile, 32, 64)
        .capabilities(Capabilities::NET_BIND_SERVICE);
    let explanation = agrees(&sandbox, LOOK);
    let data = explanation.mounts.iter().find(|mount| mount.place == Path::new("/data")).expect("the bind");
    assert_eq!((data.source.as_deref(), data.read_only), (Some(&*dir.path().join("in")), false));
    assert!(explanation.files.ends_with(&["/scratch/text".into(), "/scratch/link".into()]), "{explanation}");
    assert_eq!(explanation.hostname.as_deref(), Some("explained".as_ref()));
    assert_eq!(explanation.capabilities, Capabilities::NET_BIND_SERVICE);
}

#[test]
fn explain_and_spawn_agree_on_overlays() {
    let Some(_host) = common::host_with_overlays() else { return };
    let dir = TempDir::new("explain");
    for name in ["base", "app", "upper"] {
        fs::create_dir(dir.path().join(name)).expect("a directory");
    }
    let overlay = Overlay::new().lower(dir.path().join("base")).lower(dir.path().join("app"));
    let base = Sandbox::new().host_system();
    let root = agrees(&base.clone().overlay(overlay.clone()), LOOK);
    assert_eq!((root.mounts[0].step, root.mounts[0].read_only), (Step::Overlay, false));
    agrees(&base.clone().overlay(overlay.clone().at("/work")), LOOK);
    agrees(&base.clone().overlay(overlay.clone().read_only()).dir("/work"), LOOK);
    agrees(&base.overlay(overlay.upper_dir(dir.path().join("upper")).at("/tmp")), LOOK);
}

#[test]
fn explain_leaves_the_host_as_it_is() {
    let _host = common::host();
    let dir = TempDir::new("explain");
    for name in ["base", "upper"] {
        fs::create_dir(dir.path().join(name)).expect("a directory");
    }
    let overlay = Overlay::new().lower(dir.path().join("base")).upper_dir(dir.path().join("upper"));
    let sandbox = Sandbox::new().overlay(overlay.at("/work")).pids_limit(5).optional(Features::CGROUP);
    let listed = || {
        let entries = fs::read_dir(dir.path()).expect("a directory").map(|entry| entry.expect("an entry"));
        let mut entries: Vec<_> =
            entries.map(|entry| (entry.file_name(), entry.metadata().expect("it").ctime_nsec())).collect();
        entries.sort();
        entries
    };
    let (before, group) = (listed(), fs::read_to_string("/proc/self/cgroup").expect("a group"));
    // Twice: the upper directory is not taken.
    for _ in 0..2 {
        let explanation = sandbox.explain(&Command::new("/no/such")).expect("what is missing only the kernel can tell");
        assert_eq!(explanation.programs, [PathBuf::from("/no/such")]);
    }
    assert_eq!(listed(), before);
    assert_eq!(fs::read_to_string("/proc/self/cgroup").expect("a group"), group);
}

#[test]
fn each_choice_of_namespaces_can_be_explained() {
    let _host = common::host();
    let mut explained = 0;
    let chosen = [Namespaces::USER, Namespaces::PID, Namespaces::MOUNT, Namespaces::NET, Namespaces::UTS];
    for bits in 0..1 << chosen.len() {
        let namespaces = (0..chosen.len()).filter(|at| bits >> at & 1 == 1).map(|at| chosen[at]).collect();
        let sandbox = Sandbox::new().namespaces(namespaces).wall_time_limit(Duration::from_secs(9));
        let Ok(explanation) = sandbox.explain(&Command::new("true")) else { continue };
        assert_eq!(explanation.enforced.namespaces, namespaces);
        assert_eq!(explanation.mounts.is_empty(), !namespaces.contains(Namespaces::MOUNT), "{explanation}");
        assert_eq!(explanation.hostname.is_some(), namespaces.contains(Namespaces::UTS));
        let has_proc = explanation.mounts.iter().any(|mount| mount.step == Step::Proc);
        assert_eq!(has_proc, namespaces.contains(Namespaces::PID), "{explanation}");
        explained += 1;
    }
    assert!(explained > 12, "{explained}");
    let bare = Sandbox::new().namespaces(Namespaces::empty());
    let output = bare.output(Command::new("id").arg("-u").env("PATH", "/usr/bin:/bin")).expect("runs");
    let explanation = bare.explain(&Command::new("id")).expect("explained");
    let user = output.stdout_lossy().trim().to_owned();
    assert!(explanation.user.is_none_or(|(uid, _)| uid.to_string() == user), "{user}, not {explanation}");
    same(&explanation.enforced, &output.outcome.enforced);
}

#[test]
fn what_cannot_be_is_an_error_as_of_spawn() {
    let _host = common::host();
    let sandboxes = [
        Sandbox::new().bind_ro("/no/such/place", "/data"),
        Sandbox::new().cpus(0.0),
        Sandbox::new().tmpfs("/proc/x", 1),
        Sandbox::new().seccomp(Filter::deny(["execve"])),
        Sandbox::new().landlock(Landlock::new()),
        Sandbox::new().overlay(Overlay::new().lower("/no/such/layer")),
    ];
    for sandbox in sandboxes {
        let explained = sandbox.explain(&Command::new("/true")).expect_err("refused");
        let spawned = sandbox.spawn(Command::new("/true")).expect_err("refused");
        assert_eq!(explained.to_string(), spawned.to_string());
    }
}

#[test]
fn the_table_shows_each_part() {
    let _host = common::host();
    let sandbox = Sandbox::new()
        .tmpfs("/new\nline", 4096)
        .wall_time_limit(Duration::from_millis(1500))
        .landlock(Landlock::new().read("/usr").no_tcp())
        .optional(Features::LANDLOCK);
    let mut command = Command::new("cc");
    command.arg("main.c").env("KEY", "value").env("PATH", "/opt:/bin").current_dir("/tmp").stdin(Stdio::bytes("four"));
    let explanation = sandbox.explain(&command).expect("explained");
    let text = explanation.to_string();
    let lines: Vec<&str> = text.lines().collect();
    let has = |line: &str| assert!(lines.contains(&line), "{line:?} in\n{text}");
    has("program         /opt/cc /bin/cc");
    has("arguments       \"cc\" \"main.c\"");
    has("directory       /tmp");
    has("                tmpfs on /new\\nline, writable");
    has("descriptors     0: 4 bytes");
    has("                1: null");
    has("limits          wall_time_limit 1.5s: init");
    has("capabilities    none");
    has("landlock        read /usr");
    has("                no_tcp");
    assert!(text.contains("KEY=value\n") && text.contains("filter          standard: kernel, "), "{text}");
    assert_eq!(explanation.enforced.wall_time, Means::Init);
}
