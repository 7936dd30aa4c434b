//! Profiles against the filters that are made of them: the profile is read here a second time, rule by rule, and compared with
//! what the program answers.

use serde_json::{Value, json};

use super::Filter;
use super::architecture::{Architecture, BOTH, NATIVE};
use super::evaluate::Call;
use super::rule::{Action, Arg, Condition};
use super::tests::{Random, X86_64, compiled, interesting, names, run};

const DOCKER: &str = include_str!("../../tests/fixtures/docker-seccomp.json");
const PODMAN: &str = include_str!("../../tests/fixtures/podman-seccomp.json");

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().map(|item| item.as_str().expect("a string")).collect()
}

/// Whether a rule counts on the architecture, with these capabilities, on a kernel between 5 and 100.
fn counts(rule: &Value, architecture: &Architecture, capabilities: &[&str]) -> bool {
    let name = if architecture == X86_64 { "amd64" } else { "arm64" };
    let [included, excluded] = ["includes", "excludes"].map(|key| &rule[key]);
    let newer = |value: &Value| value["minKernel"].as_str().map(|least| !least.starts_with("100"));
    let arch = |value: &Value| strings(&value["arches"]).contains(&name);
    (strings(&included["arches"]).is_empty() || arch(included))
        && strings(&included["caps"]).iter().all(|cap| capabilities.contains(cap))
        && newer(included) != Some(false)
        && !arch(excluded)
        && !strings(&excluded["caps"]).iter().any(|cap| capabilities.contains(cap))
        && newer(excluded) != Some(true)
}

fn action(action: &Value, errno: &Value, default_errno: u32) -> u32 {
    match action.as_str().expect("an action") {
        "SCMP_ACT_ALLOW" => 0x7fff_0000,
        "SCMP_ACT_LOG" => 0x7ffc_0000,
        "SCMP_ACT_ERRNO" => 0x5_0000 + errno.as_u64().map_or(default_errno, |errno| errno as u32),
        "SCMP_ACT_TRAP" => 0x3_0000,
        _ => 0x8000_0000,
    }
}

fn fits(rule: &Value, arguments: &[u64; 6]) -> bool {
    rule["args"].as_array().into_iter().flatten().all(|compare| {
        let number = |key: &str| compare[key].as_u64().unwrap_or(0);
        let (argument, value) = (arguments[number("index") as usize], number("value"));
        match compare["op"].as_str().expect("an operator") {
            "SCMP_CMP_EQ" => argument == value,
            "SCMP_CMP_NE" => argument != value,
            "SCMP_CMP_LT" => argument < value,
            "SCMP_CMP_LE" => argument <= value,
            "SCMP_CMP_GT" => argument > value,
            "SCMP_CMP_GE" => argument >= value,
            _ => argument & value == number("valueTwo") & value,
        }
    })
}

/// What a profile says of a call, as libseccomp orders its rules.
fn expected(
    profile: &Value,
    architecture: &Architecture,
    capabilities: &[&str],
    name: Option<&str>,
    arguments: &[u64; 6],
) -> u32 {
    let default_errno = profile["defaultErrnoRet"].as_u64().unwrap_or(1) as u32;
    let default = action(&profile["defaultAction"], &profile["defaultErrnoRet"], default_errno);
    let Some(name) = name else {
        let strict = default == 0x8000_0000 || default == 0x3_0000;
        return if strict { default } else { 0x5_0000 + 38 };
    };
    let all: Vec<(&Value, u32)> = profile["syscalls"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|rule| strings(&rule["names"]).contains(&name) || rule["name"] == name)
        .filter(|rule| counts(rule, architecture, capabilities))
        .map(|rule| (rule, action(&rule["action"], &rule["errnoRet"], default_errno)))
        .filter(|(_, action)| *action != default)
        .collect();
    let bare = all.iter().find(|(rule, _)| rule["args"].as_array().is_none_or(Vec::is_empty));
    bare.or_else(|| all.iter().find(|(rule, _)| fits(rule, arguments))).map_or(default, |(_, action)| *action)
}

/// On both architectures every number up to 600, the x32 bit, and for each call with conditions arguments about their values, one by one and mixed.
fn check(json: &str, capabilities: &[&str]) {
    BOTH.iter().for_each(|architecture| check_on(architecture, json, capabilities));
}

fn check_on(native: &'static Architecture, json: &str, capabilities: &[&str]) {
    let profile: Value = serde_json::from_str(json).expect("JSON");
    let filter = Filter::read_profile(native, json, capabilities).expect("understood");
    let program = compiled(&filter, native);
    for number in (0..=600).chain([0x4000_0000, 0x4000_0000 + 59, u32::MAX]) {
        let name = native.call(number);
        let agree = |arguments: [u64; 6]| {
            let call = Call { architecture: native.audit, number, arguments };
            let (is, should) = (run(&program, &call), expected(&profile, native, capabilities, name, &arguments));
            assert_eq!(is, should, "{call:x?} {name:?}\n{filter}\n{json}");
        };
        let conditions: Vec<&Condition> =
            filter.rules_of(name.unwrap_or("")).flat_map(|rule| &rule.conditions).collect();
        agree([0; 6]);
        agree([u64::MAX; 6]);
        if conditions.is_empty() {
            continue;
        }
        let values = interesting(&conditions);
        let mut random = Random(u64::from(number) + 1);
        for place in 0..6 {
            for value in &values {
                let mut arguments = [0; 6];
                arguments[place] = *value;
                agree(arguments);
                agree(std::array::from_fn(|_| values[random.below(values.len())]));
            }
        }
    }
    let other = if native == X86_64 { 0xc000_00b7 } else { 0xc000_003e };
    for architecture in [0x4000_0003, other] {
        let verdict = run(&program, &Call { architecture, number: 0, arguments: [0; 6] });
        assert_eq!(verdict, expected(&profile, native, capabilities, None, &[0; 6]));
    }
}

/// As they are published, without capabilities and with some.
#[test]
fn dockers_and_podmans_default_profiles() {
    for profile in [DOCKER, PODMAN] {
        check(profile, &[]);
        check(profile, &["CAP_SYS_ADMIN"]);
        check(profile, &["CAP_SYS_CHROOT", "CAP_DAC_READ_SEARCH", "CAP_AUDIT_WRITE", "CAP_SYS_PTRACE"]);
    }
    let docker = Filter::from_oci_json(DOCKER).expect("understood");
    assert_eq!(docker.explain("clone3").action(), Action::Errno(38));
    assert_eq!(docker.explain("mount").action(), Action::Errno(1));
    assert!(docker.explain("ptrace").action().permits(), "minKernel 4.8");
    let podman = Filter::from_oci_json(PODMAN).expect("understood");
    assert_eq!(podman.explain("bpf").action(), Action::Errno(1));
    assert_eq!(podman.explain("io_uring_setup").action(), Action::Errno(38));
    let audit = podman.explain("socket").to_string();
    assert!(audit.contains("arg0 == 0x10 and arg2 == 0x9: EINVAL"), "{audit}");
}

/// At least what Docker's default profile denies. The exceptions are newer than that profile; Docker's later ones allow
/// them too, but for the last two: one the kernel lets pass by every filter, and as the other only the lower half counts.
#[test]
fn the_standard_filter_denies_what_docker_denies() {
    let newer = [
        "fchmodat2",
        "futex_wait",
        "futex_wake",
        "futex_requeue",
        "map_shadow_stack",
        "mseal",
        "setxattrat",
        "getxattrat",
        "listxattrat",
        "removexattrat",
        "pkey_alloc",
        "pkey_free",
        "pkey_mprotect",
        "uretprobe",
        "uprobe",
        "personality",
    ];
    let permits = |program: &[super::Instruction], call: &Call| {
        run(program, call) >= 0x7ffc_0000 && run(program, call) < 0x8000_0000
    };
    for native in &BOTH {
        let docker = Filter::read_profile(native, DOCKER, [""; 0]).expect("understood");
        let standard = Filter::standard();
        let [docker_program, standard_program] = [&docker, &standard].map(|filter| compiled(filter, native));
        let mut more = 0;
        for (name, number) in native.calls().filter(|(name, _)| !newer.contains(name)) {
            let rules = docker.rules_of(name).chain(standard.rules_of(name));
            let conditions: Vec<&Condition> = rules.flat_map(|rule| &rule.conditions).collect();
            for value in interesting(&conditions) {
                for place in 0..6 {
                    let mut arguments = [0; 6];
                    arguments[place] = value;
                    let call = Call { architecture: native.audit, number, arguments };
                    let (theirs, ours) = (permits(&docker_program, &call), permits(&standard_program, &call));
                    assert!(theirs || !ours, "{name} {call:x?}");
                    more += u32::from(theirs && !ours);
                }
            }
        }
        assert!(more > 100, "and more: {more}");
        let number = native.number("personality").expect("known");
        for persona in [1u64, 0x40000, 0x400000, 0x20001] {
            let call = Call { architecture: native.audit, number, arguments: [persona, 0, 0, 0, 0, 0] };
            assert!(!permits(&docker_program, &call) && !permits(&standard_program, &call));
        }
    }
}

/// Random profiles with everything that profiles may hold.
#[test]
fn random_profiles() {
    for seed in 1..=60 {
        let mut random = Random(seed * 6_700_417);
        let profile = random_profile(&mut random);
        check(&profile.to_string(), if seed % 2 == 0 { &[] } else { &["CAP_SYS_ADMIN", "CAP_KILL"] });
    }
}

const ACTIONS: [&str; 7] = [
    "SCMP_ACT_ALLOW",
    "SCMP_ACT_LOG",
    "SCMP_ACT_ERRNO",
    "SCMP_ACT_TRAP",
    "SCMP_ACT_KILL",
    "SCMP_ACT_KILL_THREAD",
    "SCMP_ACT_KILL_PROCESS",
];

fn random_profile(random: &mut Random) -> Value {
    let names: Vec<&str> = names().filter(|name| *name != "execve").collect();
    let few = [random.of(&names), random.of(&names), random.of(&names), "mmap2", "socketcall"];
    let mut rules = vec![json!({ "names": ["execve"], "action": "SCMP_ACT_ALLOW" })];
    for _ in 0..random.below(12) {
        let mut rule = json!({ "action": random.of(&ACTIONS) });
        let call = random.of(&few);
        match random.below(3) {
            0 => rule["name"] = json!(call),
            1 => rule["names"] = json!([call, random.of(&names)]),
            _ => rule["names"] = json!([random.of(&names), call, random.of(&few)]),
        }
        if random.below(2) == 0 {
            rule["errnoRet"] = json!(random.of(&[0, 1, 38, 4095]));
        }
        rule["args"] = match random.below(4) {
            0 => Value::Null,
            1 => json!([]),
            _ => random_arguments(random),
        };
        for key in ["includes", "excludes"] {
            match random.below(8) {
                0 => rule[key] = json!({ "caps": [random.of(&["CAP_SYS_ADMIN", "CAP_CHOWN"])] }),
                1 => rule[key] = json!({ "arches": ["s390x", random.of(&["amd64", "arm64"])] }),
                2 => rule[key] = json!({ "minKernel": random.of(&["4.8", "100.0"]) }),
                3 => rule[key] = json!({ "caps": ["CAP_KILL", "CAP_SYS_ADMIN"], "arches": null }),
                4 => rule[key] = json!({}),
                _ => (),
            }
        }
        rules.push(rule);
    }
    let mut profile = json!({ "defaultAction": random.of(&ACTIONS), "syscalls": rules });
    if random.below(2) == 0 {
        profile["defaultErrnoRet"] = json!(random.of(&[1, 13, 38]));
    }
    profile
}

fn random_arguments(random: &mut Random) -> Value {
    let operators = [
        "SCMP_CMP_EQ",
        "SCMP_CMP_NE",
        "SCMP_CMP_LT",
        "SCMP_CMP_LE",
        "SCMP_CMP_GT",
        "SCMP_CMP_GE",
        "SCMP_CMP_MASKED_EQ",
    ];
    let first = random.below(6);
    let compare = |random: &mut Random, index: usize| {
        let value = [0, 1, 40, 2_114_060_288, 0xffff_ffff, 1 << 32, u64::MAX, random.next()];
        let mut argument = json!({ "index": index, "value": random.of(&value), "op": random.of(&operators) });
        if random.below(2) == 0 {
            argument["valueTwo"] = json!(random.of(&value));
        }
        argument
    };
    let list: Vec<Value> = (0..=random.below(3)).map(|more| compare(random, (first + more) % 6)).collect();
    json!(list)
}

/// Anything that is not understood is an error that names the key.
#[test]
fn what_is_not_understood_is_named() {
    let base = json!({
        "defaultAction": "SCMP_ACT_ERRNO",
        "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"],
        "syscalls": [{ "names": ["execve"], "action": "SCMP_ACT_ALLOW", "args": [{ "index": 0, "value": 1, "op": "SCMP_CMP_NE" }] }],
    });
    Filter::from_oci_json(&base.to_string()).expect("understood");
    let deny = json!({ "names": ["mount", "unmount2"], "action": "SCMP_ACT_KILL" });
    let twice =
        json!([{ "index": 1, "value": 1, "op": "SCMP_CMP_GT" }, { "index": 1, "value": 9, "op": "SCMP_CMP_LT" }]);
    let cases = [
        ("", json!([]), "profile: is no object"),
        ("/defaultAction", json!("SCMP_ACT_TRACE"), "defaultAction: SCMP_ACT_TRACE is not supported"),
        ("/defaultAction", json!(7), "defaultAction: 7 is no string"),
        ("/defaultErrnoRet", json!(5000), "defaultErrnoRet: 5000 is no errno"),
        ("/defaultErrno", json!("EWHAT"), "defaultErrno: \"EWHAT\" is no errno"),
        ("/defaultActon", json!(1), "defaultActon: is not understood"),
        ("/flags", json!(["SECCOMP_FILTER_FLAG_LOG"]), "flags[0]: \"SECCOMP_FILTER_FLAG_LOG\" is not supported"),
        ("/listenerPath", json!("/run/agent"), "listenerPath: there is no listener"),
        ("/architectures", json!(["SCMP_ARCH_ARM"]), "architectures: x86_64 is not among them"),
        ("/architectures", json!(["X86_64"]), "architectures: X86_64 is no architecture"),
        ("/archMap", json!([{ "architecture": "SCMP_ARCH_X86_64", "sub": [] }]), "archMap[0].sub: is not understood"),
        ("/syscalls", json!({}), "syscalls: is no list"),
        ("/syscalls/0/action", json!("SCMP_ACT_NOTIFY"), "syscalls[0].action: SCMP_ACT_NOTIFY is not supported"),
        ("/syscalls/0/acton", json!(1), "syscalls[0].acton: is not understood"),
        ("/syscalls/0/errnoRet", json!(-1), "syscalls[0].errnoRet: -1 is no errno"),
        ("/syscalls/0/names", json!([]), "syscalls[0].names: names no system call"),
        ("/syscalls/0/names", json!([1]), "syscalls[0].names[0]: 1 is no string"),
        ("/syscalls/0", deny, "syscalls[0].names[1]: unmount2: no such system call on x86_64; did you mean umount2?"),
        ("/syscalls/0/args", twice, "syscalls[0].args[1].index: argument 1 is compared twice in one rule"),
        ("/syscalls/0/args/0/index", json!(6), "syscalls[0].args[0].index: must be 0 to 5"),
        ("/syscalls/0/args/0/value", json!(-1), "syscalls[0].args[0].value: -1 is no number of 64 bits"),
        ("/syscalls/0/args/0/value", json!(1.5), "syscalls[0].args[0].value: 1.5 is no number of 64 bits"),
        ("/syscalls/0/args/0/op", json!("EQ"), "syscalls[0].args[0].op: EQ is no operator"),
        ("/syscalls/0/args/0/mask", json!(1), "syscalls[0].args[0].mask: is not understood"),
        ("/syscalls/0/includes", json!({ "cap": [] }), "syscalls[0].includes.cap: is not understood"),
        (
            "/syscalls/0/includes",
            json!({ "caps": ["SYS_ADMIN"] }),
            "syscalls[0].includes.caps: SYS_ADMIN is no capability such as CAP_CHOWN",
        ),
        (
            "/syscalls/0/excludes",
            json!({ "minKernel": "new" }),
            "syscalls[0].excludes.minKernel: new is no kernel version such as 4.8",
        ),
    ];
    for (place, value, message) in cases {
        let mut profile = base.clone();
        match profile.pointer_mut(place) {
            Some(there) => *there = value,
            None => {
                let (parent, key) = place.rsplit_once('/').expect("a key");
                profile.pointer_mut(parent).expect("a parent")[key] = value;
            }
        }
        let error = Filter::from_oci_json(&profile.to_string()).expect_err(message);
        assert_eq!(error.to_string(), format!("seccomp {}", message.replace("x86_64", NATIVE.name)), "{profile}");
    }
    for broken in ["", "{", "null", "[]", "{\"defaultAction\": \"SCMP_ACT_ALLOW\"} x"] {
        Filter::from_oci_json(broken).expect_err(broken);
    }
    Filter::from_oci_json("{}").expect_err("no default action");
}

/// What newer profiles have: names of calls that this version does not know, and comparisons of families.
#[test]
fn newer_profiles_are_read_too() {
    let profile = json!({
        "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1,
        "archMap": [{ "architecture": "SCMP_ARCH_X86_64", "subArchitectures": null }, { "architecture": "SCMP_ARCH_AARCH64" }],
        "syscalls": [
            { "names": ["execve", "mkdirat2", "riscv_hwprobe"], "action": "SCMP_ACT_ALLOW" },
            { "names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{ "index": 0, "value": 12, "op": "SCMP_CMP_LT" }] },
            { "names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{ "index": 0, "value": 16, "op": "SCMP_CMP_EQ" }] },
            { "names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38, "excludes": { "caps": ["CAP_SYS_ADMIN"] } },
        ],
    });
    check(&profile.to_string(), &[]);
    let filter = Filter::from_oci_json(&profile.to_string()).expect("understood");
    let condition = [Arg::new(0).lt(12)];
    assert!(filter.explain("socket").cases().any(|(conditions, action)| conditions == condition && action.permits()));
}

/// Profiles with any key and value in any place, and broken text: an error or a filter, never a panic.
#[test]
fn broken_profiles_do_no_harm() {
    let values =
        [json!(null), json!(-1), json!(6), json!(u64::MAX), json!("SCMP_ACT_ALLOW"), json!([]), json!({}), json!([[]])];
    let mut random = Random(4711);
    for _ in 0..400 {
        let mut profile = random_profile(&mut random);
        *some_place(&mut profile, &mut random, 6) = values[random.below(values.len())].clone();
        let mut text = profile.to_string();
        if random.below(4) == 0 {
            text.truncate(random.below(text.len()));
        }
        if let Ok(filter) = Filter::from_oci_json(&text) {
            let _ = (filter.program(), filter.to_string());
        }
    }
    Filter::from_oci_json(&"[".repeat(100_000)).expect_err("too deep");
}

fn some_place<'a>(value: &'a mut Value, random: &mut Random, depth: usize) -> &'a mut Value {
    let count = value.as_object().map_or(0, serde_json::Map::len) + value.as_array().map_or(0, Vec::len);
    if count == 0 || random.below(depth) == 0 {
        return value;
    }
    let which = random.below(count);
    let inner = match value {
        Value::Object(object) => object.values_mut().nth(which),
        Value::Array(list) => list.get_mut(which),
        _ => None,
    };
    some_place(inner.expect("there"), random, depth)
}

/// What the package ships for containers: Docker's profile, and what makes a sandbox.
#[test]
fn the_profile_for_containers_allows_what_makes_a_sandbox_and_nothing_else() {
    const MORE: &str = "clone clone3 fsconfig fsmount fsopen landlock_add_rule landlock_create_ruleset \
        landlock_restrict_self mount mount_setattr move_mount open_tree pidfd_getfd pivot_root sethostname umount2 unshare";
    let dockers = Filter::from_oci_json(DOCKER).expect("a profile");
    let ours = Filter::from_oci_json(include_str!("../../profiles/docker-seccomp.json")).expect("a profile");
    for (call, _) in NATIVE.calls() {
        match MORE.split_ascii_whitespace().any(|more| more == call) {
            true => assert_eq!(ours.explain(call).action(), Action::Allow, "{call}"),
            false => assert_eq!(ours.explain(call).to_string(), dockers.explain(call).to_string(), "{call}"),
        }
    }
}
