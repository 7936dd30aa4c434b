//! Compiling looks at nothing: it goes on under a filter that ends the process at every system call but those of the allocator,
//! of threads and of a panic.

use std::time::Duration;

use super::*;
use crate::mounts::Kind;

const ENOUGH: [&str; 21] = [
    "brk",
    "mmap",
    "munmap",
    "mremap",
    "mprotect",
    "madvise",
    "futex",
    "exit",
    "exit_group",
    "execve",
    "write",
    "getrandom",
    "rt_sigprocmask",
    "rt_sigreturn",
    "sigaltstack",
    "sched_yield",
    "clock_gettime",
    "gettid",
    "rseq",
    "set_robust_list",
    "prctl",
];

fn without_a_look(what: &'static str, request: Request) {
    let facts = Facts::now();
    let command = Command::new("sh").current_dir("/").env("A", "b").to_owned();
    let compile = move || {
        let program = Filter::allow_only(ENOUGH).otherwise(crate::seccomp::Action::Trap).program().expect("a filter");
        let program = libc::sock_fprog { len: program.len() as u16, filter: program.as_ptr().cast_mut().cast() };
        // SAFETY: the program lives until the kernel has copied it. The filter is this thread's alone.
        unsafe {
            assert_eq!(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
            assert_eq!(libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, &program), 0);
        }
        let plan =
            compile(&request, None, Some(&command), &facts, Taken { socket: 3, count: 1 }, None).expect("a plan");
        plan.script.parts().ops.len() + plan.program.expect("a program").script.parts().ops.len()
    };
    let operations = std::thread::spawn(compile).join().expect("compiles");
    assert!(operations > 10, "{what}: {operations}");
}

#[test]
fn a_plan_is_compiled_without_a_look_at_the_host() {
    let mount = |inside: &str, kind: Kind| Mount { inside: inside.into(), kind };
    let mounts = vec![
        mount("/f/g", Kind::File { contents: b"text".as_slice().into() }),
        mount("/t", Kind::Tmpfs { bytes: 1 << 20 }),
        mount("/d", Kind::Dir),
        mount("/l", Kind::Symlink { target: "f".into() }),
    ];
    let limits = Limits {
        memory: Some(1 << 30),
        pids: Some(9),
        cpu_time: Some(Duration::from_secs(1)),
        wall_time: Some(Duration::from_secs(1)),
        ..Limits::default()
    };
    without_a_look("strict", Request { namespaces: Namespaces::all(), mounts, limits, ..Request::default() });
    let landlock = Some(Landlock::new().read("/usr").execute("/bin").no_tcp().scope_signals());
    let limits = Limits { optional: crate::limits::Features::all(), ..Limits::default() };
    let lsm_label = Some("a_label".to_owned());
    let namespaces = Namespaces::empty();
    without_a_look("no namespaces", Request { namespaces, landlock, limits, lsm_label, ..Request::default() });
}
