//! A seccomp filter for a host: it makes single system calls fail, for this process and all that it starts.

/// What becomes of a call.
pub type Action = u32;

/// SIGSYS.
pub const TRAP: Action = 0x0003_0000;

/// Fails with this errno.
pub fn errno(number: i32) -> Action {
    0x0005_0000 | number as u32
}

const LOAD_WORD: u16 = 0x20;
const JUMP_EQUAL: u16 = 0x15;
const JUMP_GREATER: u16 = 0x25;
const RETURN: u16 = 0x06;
const ALLOW: Action = 0x7fff_0000;

/// Installs a filter that treats these calls so, and lets all others pass.
pub fn install(calls: &[(libc::c_long, Action)]) {
    let mut program = vec![instruction(LOAD_WORD, 0, 0, 0)];
    for (number, action) in calls {
        program.push(instruction(JUMP_EQUAL, 0, 1, *number as u32));
        program.push(instruction(RETURN, 0, 0, *action));
    }
    load(program);
}

/// As [`install`] for `number`, if its third argument, a size, is from `least` to `most`.
pub fn install_for_size(number: libc::c_long, least: u32, most: u32, action: Action) {
    const THIRD: u32 = 16 + 2 * 8;
    load(vec![
        instruction(LOAD_WORD, 0, 0, 0),
        instruction(JUMP_EQUAL, 0, 4, number as u32),
        instruction(LOAD_WORD, 0, 0, THIRD),
        instruction(JUMP_GREATER, 2, 0, most),
        instruction(JUMP_GREATER, 0, 1, least - 1),
        instruction(RETURN, 0, 0, action),
    ]);
}

/// Installs a whole filter of belljar's.
pub fn apply(filter: &belljar::Filter) {
    let program = filter.program().expect("compiles");
    load(program.iter().map(|it| libc::sock_filter { code: it.code, jt: it.jt, jf: it.jf, k: it.k }).collect());
}

/// Installs a filter under which this call waits for an answer, which nobody gives who holds the listener.
pub fn install_unanswered(number: libc::c_long) -> std::os::fd::OwnedFd {
    const USER_NOTIF: Action = 0x7fc0_0000;
    let mut program = vec![
        instruction(LOAD_WORD, 0, 0, 0),
        instruction(JUMP_EQUAL, 0, 1, number as u32),
        instruction(RETURN, 0, 0, USER_NOTIF),
        instruction(RETURN, 0, 0, ALLOW),
    ];
    let filter = libc::sock_fprog { len: program.len() as u16, filter: program.as_mut_ptr() };
    let (mode, flags) = (libc::SECCOMP_SET_MODE_FILTER, libc::SECCOMP_FILTER_FLAG_NEW_LISTENER);
    // SAFETY: the kernel copies the program, and gives a descriptor of ours.
    unsafe {
        assert_eq!(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
        let listener = libc::syscall(libc::SYS_seccomp, mode, flags, &filter);
        assert!(listener >= 0, "{}", std::io::Error::last_os_error());
        std::os::fd::FromRawFd::from_raw_fd(listener as i32)
    }
}

fn instruction(code: u16, jt: u8, jf: u8, k: u32) -> libc::sock_filter {
    libc::sock_filter { code, jt, jf, k }
}

fn load(mut program: Vec<libc::sock_filter>) {
    program.push(instruction(RETURN, 0, 0, ALLOW));
    let filter = libc::sock_fprog { len: program.len() as u16, filter: program.as_mut_ptr() };
    // SAFETY: the kernel copies the program.
    unsafe {
        assert_eq!(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
        assert_eq!(libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &filter), 0);
    }
}
