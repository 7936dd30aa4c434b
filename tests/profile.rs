//! Sandboxes as profiles, and what a run has come to as data.
#![cfg(all(feature = "serde", feature = "json"))]

mod common;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use belljar::{
    Action, Arg, Capabilities, Cgroup, Command, Features, Filter, IoLimit, Landlock, Namespaces, Network, Tier,
};
use belljar::{OnLimit, Overlay, Proc, Resource, Sandbox};
use serde_json::{Value, json};

/// With each setter.
fn full() -> Sandbox {
    Sandbox::new()
        .namespaces(Namespaces::all() - Namespaces::IPC)
        .at_least(Tier::NoProc)
        .user(7, 8)
        .host_ids(70_000..70_010)
        .hostname("name")
        .network(Network::Host)
        .host_network()
        .everything_ro()
        .tmp_limit(1 << 20, 100)
        .proc(Proc::Processes)
        .host_system()
        .bind_ro("/srv", "/srv")
        .bind_ro_as_owner("/key", "/key")
        .bind_rw(OsStr::from_bytes(b"/odd \xff"), "/rw")
        .tmpfs("/scratch", 3 << 19)
        .file("/text", "some text")
        .file("/bytes", vec![0, 255])
        .dir("/dir")
        .symlink("../target", "/link")
        .bind_ro_if_exists("/etc/hosts", "/etc/hosts")
        .overlay(Overlay::new().lower("/base").lower("/app").upper_dir("/upper").at("/work"))
        .memory_limit(512 << 20)
        .cpus(0.5)
        .pids_limit(64)
        .user_namespaces(true)
        .device("/dev/kvm")
        .cpuset([0, 2])
        .cpu_weight(50)
        .memory_high(256 << 20)
        .io_limit(IoLimit::new().read_bytes(1 << 20).write_ops(7).device("/dev/sda"))
        .cpu_time_limit(Duration::from_millis(1500))
        .wall_time_limit(Duration::from_secs(120))
        .output_limit(u64::MAX)
        .on_output_limit(OnLimit::Truncate)
        .file_size_limit((1 << 40) + 1)
        .core_dumps(true)
        .rlimit(Resource::Nofile, 64, u64::MAX)
        .rlimit(Resource::Nofile, 65, i64::MAX as u64 + 1)
        .cgroup(Cgroup::parent("/sys/fs/cgroup/judge"))
        .optional(Features::CGROUP | Features::LANDLOCK)
        .seccomp(filters().remove(0))
        .landlock(
            Landlock::new().read("/usr").write("/tmp").execute("/usr").bind_tcp(80).connect_tcp(443).scope_signals(),
        )
        .capabilities(Capabilities::NET_BIND_SERVICE | Capabilities::CHECKPOINT_RESTORE)
        .lsm_label("profile")
}

fn filters() -> Vec<Filter> {
    let condition = [Arg::new(0).low32().eq(2), Arg::new(1).ne(5), Arg::new(2).any(8)];
    vec![
        Filter::standard().errno(["socket", "socketpair"], 13).when("ioctl", condition, Action::Kill).no_unix_sockets(),
        Filter::standard(),
        Filter::compute().otherwise(Action::Trap).log(["uname"]),
        Filter::unrestricted(),
        Filter::unrestricted().otherwise(Action::Allow),
        Filter::allow_only(["execve", "read"]).otherwise(Action::Errno(4000)),
        Filter::deny(["socket"]),
        Filter::from_oci_json(
            r#"{ "defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
            { "names": ["execve", "read"], "action": "SCMP_ACT_ALLOW" }] }"#,
        )
        .expect("a profile"),
    ]
}

/// By the `Debug` of the sandbox. That of a filter shows what it was compiled to, for another test maybe, at any moment: filters are
/// compared as they are written.
fn same(one: &Sandbox, other: &Sandbox) {
    let shown = |sandbox: &Sandbox| format!("{:?}", sandbox.clone().seccomp(Filter::unrestricted()));
    assert_eq!(shown(one), shown(other));
    let written = |sandbox: &Sandbox| serde_json::to_value(sandbox).expect("is written");
    assert_eq!(written(one), written(other));
}

#[test]
fn a_sandbox_comes_back_as_it_was() {
    for sandbox in [Sandbox::new(), full()] {
        let toml = toml::to_string(&sandbox).expect("is written");
        same(&toml::from_str(&toml).unwrap_or_else(|error| panic!("{error}\n{toml}")), &sandbox);
        let json = serde_json::to_string(&sandbox).expect("is written");
        same(&serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}\n{json}")), &sandbox);
    }
}

#[test]
fn a_filter_comes_back_as_it_was() {
    for filter in filters() {
        let toml = toml::to_string(&filter).expect("is written");
        let read: Filter = toml::from_str(&toml).unwrap_or_else(|error| panic!("{error}\n{toml}"));
        assert_eq!(read.to_string(), filter.to_string());
        assert_eq!(read.program().expect("a program"), filter.program().expect("a program"), "{toml}");
    }
}

#[test]
fn all_of_an_overlay_comes_back() {
    let base = Overlay::new().lower("/base");
    for overlay in [base.clone(), base.clone().upper_tmpfs(1 << 20), base.read_only().at("/work")] {
        let sandbox = Sandbox::new().overlay(overlay);
        same(&toml::from_str(&toml::to_string(&sandbox).expect("is written")).expect("is read"), &sandbox);
    }
}

#[test]
fn a_profile_reads_as_it_is_spoken() {
    let value = serde_json::to_value(full()).expect("is written");
    let expected = [
        ("version", json!(1)),
        ("namespaces", json!(["USER", "PID", "MOUNT", "NET", "UTS", "CGROUP"])),
        ("memory_limit", json!("512 MiB")),
        ("output_limit", json!("unlimited")),
        ("file_size_limit", json!("1099511627777 B")),
        ("cpu_time_limit", json!("1500ms")),
        ("wall_time_limit", json!("2min")),
        ("cgroup", json!({ "parent": "/sys/fs/cgroup/judge" })),
        ("optional", json!(["CGROUP", "LANDLOCK"])),
        (
            "rlimits",
            json!([
                { "resource": "RLIMIT_NOFILE", "soft": 64, "hard": "unlimited" },
                { "resource": "RLIMIT_NOFILE", "soft": 65, "hard": "9223372036854775808" },
            ]),
        ),
    ];
    for (field, expected) in expected {
        assert_eq!(value[field], expected, "{field}");
    }
    let mounts = value["mounts"].as_array().expect("mounts");
    let mount = |kind: &str| mounts.iter().find_map(|mount| mount.get(kind)).expect(kind);
    assert_eq!(*mount("bind_ro"), json!({ "host": "/srv", "inside": "/srv" }));
    assert_eq!(mount("bind_rw")["host"], json!(b"/odd \xff"));
    assert_eq!(*mount("tmpfs"), json!({ "inside": "/scratch", "bytes": "1536 KiB" }));
    let rules = &value["seccomp"]["rules"];
    assert_eq!(rules[0], json!({ "calls": ["socket", "socketpair"], "action": "EACCES" }));
    let when = ["arg0 & 0xffffffff == 0x2", "arg1 != 0x5", "arg2 & 0x8 != 0x0"];
    assert_eq!(rules[1], json!({ "calls": ["ioctl"], "action": "kill", "when": when }));
    assert_eq!(serde_json::to_value(Sandbox::new()).expect("is written"), json!({ "version": 1 }));
}

#[test]
fn what_only_this_process_has_is_named() {
    let sandbox = Sandbox::new().file_from("/given", std::fs::File::open("/dev/null").expect("opens"));
    let error = toml::to_string(&sandbox).expect_err("cannot be written").to_string();
    assert!(error.contains("file_from at /given: a descriptor"), "{error}");
}

/// Every setter of `Sandbox` has its field: this test fails with the first one that has none.
#[test]
fn each_setter_has_a_field() {
    const OTHERS: &[&str] =
        &["bind_ro", "bind_ro_if_exists", "bind_ro_as_owner", "bind_rw", "tmpfs", "file", "dir", "symlink", "rlimit"];
    let source = include_str!("../src/sandbox.rs");
    let setter = |line: &str| {
        let (name, rest) = line.trim().strip_prefix("pub fn ")?.split_once('(')?;
        (rest.starts_with("mut self") || rest.starts_with("self")).then(|| name.to_owned())
    };
    // Not of their own: one is made of another, and what one is given is this process's alone.
    const NONE: [&str; 2] = ["view", "file_from"];
    let setters: Vec<String> = source.lines().filter_map(setter).filter(|name| !NONE.contains(&&**name)).collect();
    assert!(setters.len() > 25, "{setters:?}");
    let value = serde_json::to_value(full()).expect("is written");
    for setter in setters.iter().filter(|setter| !OTHERS.contains(&setter.as_str())) {
        assert!(value.get(setter).is_some(), "{setter}");
    }
    let kinds: Vec<&str> = value["mounts"]
        .as_array()
        .expect("mounts")
        .iter()
        .flat_map(|mount| mount.as_object().expect("one").keys())
        .map(String::as_str)
        .collect();
    for setter in OTHERS.iter().filter(|setter| **setter != "rlimit") {
        assert!(kinds.contains(setter), "{setter}");
    }
}

#[test]
fn what_is_wrong_in_a_profile_is_named() {
    let refused = |text: &str, words: &[&str]| {
        let error = toml::from_str::<Sandbox>(text).expect_err(text).to_string();
        for word in words {
            assert!(error.contains(word), "{text:?}: {error}");
        }
    };
    refused("", &["version = 1"]);
    refused("version = 2", &["version 2", "version = 1"]);
    refused("version = 1\nmemory_limt = 1", &["memory_limt"]);
    refused("version = 1\nmemory_limit = \"5 MeB\"", &["5 MeB", "MiB"]);
    refused("version = 1\nmemory_limit = -1", &["-1 is below 0"]);
    refused("version = 1\nmemory_limit = \"99999999 TiB\"", &["too large"]);
    refused("version = 1\nmemory_limit = \"0.3 B\"", &["no whole number of B"]);
    refused("version = 1\nmemory_limit = \"é\"", &["no size"]);
    refused("version = 1\nwall_time_limit = 5", &["integer `5`"]);
    refused("version = 1\nwall_time_limit = \"5 days\"", &["5 days", "min, h"]);
    refused("version = 1\noptional = [\"CGRUP\"]", &["CGRUP", "CGROUP, LANDLOCK"]);
    refused("version = 1\nnetwork = \"hst\"", &["hst", "loopback"]);
    refused("version = 1\n[[mounts]]\nbind_ro = { host = \"/a\", inside = \"/b\", mode = 1 }", &["mode"]);
    refused("version = 1\n[[mounts]]\nbind = { host = \"/a\", inside = \"/b\" }", &["bind", "bind_ro_as_owner"]);
    refused("version = 1\nrlimits = [{ resource = \"NOFILE\", soft = 1, hard = 1 }]", &["\"NOFILE\"", "RLIMIT_NOFILE"]);
    refused("version = 1\n[overlay]\nupper_dir = \"/u\"\nread_only = true", &["only one of"]);
    refused("version = 1\n[seccomp]\nbase = \"std\"", &["\"std\"", "standard, compute"]);
    refused("version = 1\n[seccomp]\nbase = \"program\"", &["instructions"]);
    refused(
        "version = 1\n[seccomp]\nbase = \"deny\"\nrules = [{ calls = [\"read\"], action = \"deny\" }]",
        &["\"deny\""],
    );
    let rule =
        "version = 1\n[seccomp]\nbase = \"deny\"\nrules = [{ calls = [\"read\"], action = \"kill\", when = [\"x\"] }]";
    refused(rule, &["\"x\" is no condition"]);
}

/// Nor is it one that does not count: the reasons of the presets mean something to these alone.
#[test]
fn a_rule_of_a_profile_is_what_it_says_whatever_its_reason() {
    let reasons = [
        "others' memory, where there is no pid namespace",
        "a setuid file of the host's, where one is in reach",
        "its mode, which may make a setuid file of the host's, is behind a pointer; programs fall back to openat",
        "namespaces",
        "mounts",
    ];
    for why in reasons {
        let profile = json!({
            "version": 1, "host_system": true, "user_namespaces": why.len() < 12,
            "seccomp": {"base": "standard", "rules": [{"calls": ["uname"], "action": "EXDEV", "why": why}]},
        });
        let sandbox: Sandbox = serde_json::from_value(profile).expect("reads");
        let output = sandbox.output(Command::new("uname")).expect("runs");
        assert_eq!(output.outcome.verdict, belljar::Verdict::Exited(1), "{why}: {}", output.stdout_lossy());
    }
}

#[test]
fn times_and_sizes_are_read_as_people_write_them() {
    let sandbox = |text: &str| toml::from_str::<Sandbox>(&format!("version = 1\n{text}")).expect(text);
    for (text, bytes) in [("4096", 4096), ("\"4096 B\"", 4096), ("\"1.5KiB\"", 1536), ("\"2 GB\"", 2_000_000_000)] {
        same(&sandbox(&format!("memory_limit = {text}")), &Sandbox::new().memory_limit(bytes));
    }
    for (text, milliseconds) in [("1.5s", 1500), ("250ms", 250), ("0.5 min", 30_000), ("1h", 3_600_000)] {
        let expected = Sandbox::new().wall_time_limit(Duration::from_millis(milliseconds));
        same(&sandbox(&format!("wall_time_limit = \"{text}\"")), &expected);
    }
}

#[test]
fn a_profile_runs() {
    let _host = common::host();
    let profile = "version = 1\nhost_system = true\n[[mounts]]\nfile = { inside = \"/text\", contents = \"hello\" }";
    let sandbox: Sandbox = toml::from_str(profile).expect("a profile");
    let output = sandbox.output(Command::new("cat").arg("/text")).expect("runs");
    assert_eq!(output.stdout_lossy(), "hello");
    let value = serde_json::to_value(&output.outcome).expect("is written");
    assert_eq!(value["verdict"], json!({ "exited": 0 }));
    assert_eq!((&value["status"], &value["evidence"]), (&json!(0), &json!({ "reaped": 0 })));
    assert_eq!(value["enforced"]["output"], json!("host"));
    assert_eq!(value["enforced"]["memory"], json!("not_requested"));
    assert_eq!(value["enforced"]["landlock"], Value::Null);
    let wall_time = value["usage"]["wall_time"].as_f64().expect("seconds");
    assert_eq!(wall_time, output.outcome.usage.wall_time.as_secs_f64());
    let slow = sandbox.wall_time_limit(Duration::from_millis(50)).run(Command::new("sleep").arg("60")).expect("runs");
    let value = serde_json::to_value(&slow).expect("is written");
    assert_eq!(value["verdict"], json!("wall_time_limit"));
    assert_eq!(value["evidence"]["wall_time"]["limit"], json!(0.05));
}

#[test]
fn changes_are_an_array() {
    let Some(_host) = common::host_with_overlays() else { return };
    let dir = common::TempDir::new("profile");
    let sandbox = Sandbox::new().host_system().overlay(Overlay::new().lower(dir.path()).at("/work"));
    let outcome =
        sandbox.run(Command::shell("cd /work; printf 12345 >\"$(printf 'n\\377')\"; ln -s x l")).expect("runs");
    let changes = serde_json::to_value(outcome.changes().expect("changes")).expect("is written");
    let (link, file) = (&changes[0], &changes[1]);
    assert_eq!((&link["path"], &link["now"], &link["target"]), (&json!("l"), &json!("symlink"), &json!("x")));
    assert_eq!((&file["path"], &file["kind"], &file["size"]), (&json!(b"n\xff"), &json!("added"), &json!(5)));
}

#[cfg(feature = "seccompiler")]
#[test]
fn a_program_comes_back() {
    let bpf = |code: u16, k: u32| seccompiler::sock_filter { code, jt: 0, jf: 0, k };
    let program = vec![bpf(0x20, 4), bpf(0x06, 0x7fff_0000)];
    let filter = Filter::from(program);
    let read: Filter = toml::from_str(&toml::to_string(&filter).expect("is written")).expect("is read");
    assert_eq!(read.program().expect("a program"), filter.program().expect("a program"));
}
