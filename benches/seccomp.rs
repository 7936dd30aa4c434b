//! What a filter costs: its installation, compared in the same run with the same policy compiled whole by seccompiler, and the
//! calls made under it, compared with calls made without. `cargo bench --bench seccomp`; `BELLJAR_ROUNDS` sets the number
//! of turns, default 300.
//!
//! A filter holds for the thread that installs it, so each measurement has a thread of its own, and they take turns: noise
//! of the machine meets all alike. Criterion and divan know no ratio.

use std::collections::BTreeMap;
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant};

use belljar::{Action, Arg, Filter, Instruction};
use seccompiler::SeccompCmpArgLen::{Dword, Qword};
use seccompiler::SeccompCmpOp::{self, Eq, Le, MaskedEq};
use seccompiler::{SeccompAction, SeccompCondition, SeccompFilter, SeccompRule};

type Program = Vec<Instruction>;

fn main() {
    let rounds = std::env::var("BELLJAR_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(300);
    compiling(rounds);
    installing(rounds);
    calling(rounds);
}

/// The median of some times.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e6
}

fn compiling(rounds: usize) {
    let mut first = Vec::new();
    let mut again = Vec::new();
    for _ in 0..rounds {
        // A changed filter is compiled anew.
        let filter = Filter::standard().errno(["mount"], 1);
        let begin = Instant::now();
        filter.program().expect("compiles");
        first.push(begin.elapsed());
        let begin = Instant::now();
        filter.program().expect("compiles");
        again.push(begin.elapsed());
    }
    println!("compiling a changed standard filter: {:.1} µs, once; then {:.1} µs", median(first), median(again));
}

fn installing(rounds: usize) {
    let programs = [
        ("standard, by seccompiler", by_seccompiler()),
        ("standard", Filter::standard().program().expect("compiles")),
        ("standard, as spawn does", as_spawn_does(Filter::standard())),
        ("compute", Filter::compute().program().expect("compiles")),
        ("one denied call", Filter::deny(["mount"]).program().expect("compiles")),
        ("unrestricted, as spawn does", as_spawn_does(Filter::unrestricted())),
    ];
    let mut times = vec![Vec::new(); programs.len()];
    for _ in 0..rounds {
        for ((_, program), times) in programs.iter().zip(&mut times) {
            times.push(in_a_thread(|| install(program)));
        }
    }
    println!("\n{:28} {:>12} {:>10} {:>8}", "installing", "instructions", "µs", "ratio");
    let whole = median(times[0].clone());
    for ((name, program), times) in programs.iter().zip(times) {
        let time = median(times);
        println!("{name:28} {:>12} {time:>10.1} {:>8.3}", program.len(), time / whole);
    }
}

/// With the sandbox's own rule, which is about RLIMIT_CORE.
fn as_spawn_does(filter: Filter) -> Program {
    let core = |index: u8| Arg::new(index).low32().eq(4);
    let filter = filter.when("setrlimit", [core(0)], Action::Errno(0));
    let filter = filter.when("prlimit64", [core(1), Arg::new(2).ne(0)], Action::Errno(1));
    let filter = filter.when("prlimit64", [core(1), Arg::new(3).eq(0)], Action::Errno(0));
    filter.program().expect("compiles")
}

/// A call that the bench makes many times.
type Call = (&'static str, fn(i32));

const CALLS: [Call; 7] = [
    ("getppid (cached)", |_| {
        let _ = rustix::process::getppid();
    }),
    ("read 1 byte of a file (cached)", |file| read::<1>(file)),
    ("read 64 KiB of a file (cached)", |file| read::<65536>(file)),
    ("write 1 byte to /dev/null (cached)", |_| {
        // SAFETY: one byte.
        unsafe { libc::write(NULL, c"x".as_ptr().cast(), 1) };
    }),
    ("stat a file (cached)", |_| {
        rustix::fs::stat(c"/etc/passwd").expect("a file");
    }),
    ("open and close (compared)", |_| {
        let flags = rustix::fs::OFlags::RDONLY | rustix::fs::OFlags::CLOEXEC;
        drop(rustix::fs::open(c"/etc/passwd", flags, rustix::fs::Mode::empty()));
    }),
    ("ioctl (compared)", |file| {
        let mut number = 0i32;
        // SAFETY: FIONREAD writes an int.
        unsafe { libc::ioctl(file, libc::FIONREAD, &mut number) };
    }),
];

fn read<const N: usize>(file: i32) {
    let mut bytes = std::mem::MaybeUninit::<[u8; N]>::uninit();
    // SAFETY: so many bytes of room.
    unsafe { libc::pread(file, bytes.as_mut_ptr().cast(), N, 0) };
}

/// The number that /dev/null has in this process.
const NULL: i32 = 100;

fn calling(rounds: usize) {
    let file = std::fs::File::open(std::env::current_exe().expect("own path")).expect("a file");
    let null = std::fs::File::create("/dev/null").expect("/dev/null");
    // SAFETY: nothing else has this number.
    assert_eq!(unsafe { libc::dup2(null.as_raw_fd(), NULL) }, NULL);
    // What the kernel takes for having any filter, and looking a call up in its cache.
    let shortest = vec![Instruction { code: 0x06, jt: 0, jf: 0, k: 0x7fff_0000 }];
    let standard = as_spawn_does(Filter::standard());
    println!("\n{:36} {:>10} {:>10} {:>10} {:>7}", "calling (ns)", "unfiltered", "shortest", "standard", "ratio");
    for (name, call) in CALLS {
        let mut times = [const { Vec::new() }; 3];
        for _ in 0..rounds {
            for (times, program) in times.iter_mut().zip([None, Some(&shortest), Some(&standard)]) {
                times.push(in_a_thread(|| {
                    program.map(install);
                    many(call, file.as_raw_fd())
                }));
            }
        }
        let [free, shortest, standard] = times.map(|times| median(times) * 1000.0 / f64::from(CALLS_A_TURN));
        let ratio = standard / free;
        print!("{name:36} {free:>10.1} {shortest:>10.1} {standard:>10.1} {ratio:>7.3}");
        println!("  of the shortest filter {:.3}", standard / shortest);
    }
}

const CALLS_A_TURN: u32 = 2_000;

fn many(call: fn(i32), file: i32) -> Duration {
    for _ in 0..100 {
        call(file);
    }
    let begin = Instant::now();
    for _ in 0..CALLS_A_TURN {
        call(file);
    }
    begin.elapsed()
}

fn in_a_thread(measure: impl FnOnce() -> Duration + Send) -> Duration {
    std::thread::scope(|scope| scope.spawn(measure).join().expect("measured"))
}

/// Installs the program in this thread and says how long that took.
fn install(program: &Program) -> Duration {
    let filter = libc::sock_fprog { len: program.len() as u16, filter: program.as_ptr().cast_mut().cast() };
    // SAFETY: the kernel copies the program, whose instructions have the layout of its struct sock_filter.
    unsafe {
        assert_eq!(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
        let begin = Instant::now();
        let result = libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, &filter);
        let time = begin.elapsed();
        assert_eq!(result, 0, "{}", std::io::Error::last_os_error());
        time
    }
}

/// The standard filter as an allow-list of seccompiler's: one errno for all, for it knows no more than one.
fn by_seccompiler() -> Program {
    let architecture = std::env::consts::ARCH.try_into().expect("an architecture that it knows");
    let standard = Filter::standard();
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = conditional();
    for number in 0..472 {
        let explained = name(number).map(|name| standard.explain(&name));
        let always = explained.is_some_and(|it| it.action() == Action::Allow && it.cases().next().is_none());
        if always {
            rules.insert(number, Vec::new());
        }
    }
    let filter = SeccompFilter::new(rules, SeccompAction::Errno(1), SeccompAction::Allow, architecture);
    let program: seccompiler::BpfProgram = filter.expect("rules").try_into().expect("compiles");
    program.iter().map(|it| Instruction { code: it.code, jt: it.jt, jf: it.jf, k: it.k }).collect()
}

/// The table of names is the filter's: its printed policy has them all.
fn name(number: i64) -> Option<String> {
    static NAMES: std::sync::LazyLock<BTreeMap<i64, String>> = std::sync::LazyLock::new(|| {
        let standard = Filter::standard();
        let printed = standard.to_string();
        let words = printed.split([' ', '\n']);
        words.filter_map(|word| Some((i64::from(standard.explain(word).number()?), word.to_owned()))).collect()
    });
    NAMES.get(&number).cloned()
}

/// When the calls that the standard filter compares are allowed: any of the rules, all conditions of one.
fn conditional() -> BTreeMap<i64, Vec<SeccompRule>> {
    const SETUID: u64 = 0o6000;
    const MAKES: u64 = 0o20_000_100;
    let any = |rules: &[&[(u8, SeccompCmpOp, u64)]]| -> Vec<SeccompRule> {
        let condition = |(index, op, value): &(u8, SeccompCmpOp, u64)| {
            let length = if *value > u64::from(u32::MAX) { Qword } else { Dword };
            SeccompCondition::new(*index, length, op.clone(), *value).expect("a condition")
        };
        rules.iter().map(|rule| SeccompRule::new(rule.iter().map(condition).collect()).expect("a rule")).collect()
    };
    let without_setuid = |index| any(&[&[(index, MaskedEq(SETUID), 0)]]);
    let node = |index| any(&[&[(index, MaskedEq(SETUID | 0o20_000), 0)]]);
    let open = |index| any(&[&[(index, MaskedEq(MAKES), 0)], &[(index + 1, MaskedEq(SETUID), 0)]]);
    let not = |index, values: &[u64]| {
        any(&[&values.iter().map(|value| (index, SeccompCmpOp::Ne, *value)).collect::<Vec<_>>()])
    };
    let internet = |kind| [(0, MaskedEq(!8 & 0xffff_ffff), 2), (1, MaskedEq(0xf), kind), (2, Le, 17)];
    BTreeMap::from([
        #[cfg(target_arch = "x86_64")]
        (libc::SYS_chmod, without_setuid(1)),
        (libc::SYS_fchmod, without_setuid(1)),
        (libc::SYS_fchmodat, without_setuid(2)),
        (452, without_setuid(2)),
        #[cfg(target_arch = "x86_64")]
        (libc::SYS_creat, without_setuid(1)),
        #[cfg(target_arch = "x86_64")]
        (libc::SYS_open, open(1)),
        (libc::SYS_openat, open(2)),
        #[cfg(target_arch = "x86_64")]
        (libc::SYS_mknod, node(1)),
        (libc::SYS_mknodat, node(2)),
        (libc::SYS_clone, any(&[&[(0, MaskedEq(0x7e02_0000), 0)]])),
        (libc::SYS_ioctl, not(1, &[0x5412, 0x541c, 0x541d, 0x5423])),
        (libc::SYS_personality, any(&[&[(0, MaskedEq(!0x2_0008 & 0xffff_ffff), 0)], &[(0, Eq, 0xffff_ffff)]])),
        (libc::SYS_prlimit64, any(&[&[(0, Eq, 0)], &[(2, MaskedEq(u64::MAX), 0)]])),
        (libc::SYS_socketpair, any(&[&[(0, Eq, 1)]])),
        (libc::SYS_socket, any(&[&[(0, Eq, 1)], &[(0, Eq, 16), (2, Eq, 0)], &internet(0), &internet(1), &internet(2)])),
    ])
}
