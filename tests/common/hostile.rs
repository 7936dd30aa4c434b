//! Programs that try to outlive their deadline. None of them ends by itself but [`daemon_stdout`].

use super::kernel::{self, nr};

/// Every one of them that goes on until it is ended. A bomb or storm is bounded by itself.
pub const ENDLESS: [&str; 15] = [
    "sleep",
    "burn",
    "ignore_term",
    "stop_self",
    "flood",
    "flood_slow",
    "stdin_hog",
    "close_stdio",
    "tree",
    "traceme_stop",
    "trace_each_other",
    "fork_then_exit",
    "zombie_storm",
    "fork_bomb",
    "thread_leader_gone",
];

/// [`guests!`](crate::guests) with the hostile ones in front.
#[macro_export]
macro_rules! hostile_guests {
    ($($name:ident),* $(,)?) => {
        use common::hostile::{
            burn, close_stdio, daemon_stdout, flood, flood_slow, fork_bomb, fork_then_exit, ignore_term, sleep, stdin_hog,
            stop_self, thread_leader_gone, trace_each_other, traceme_stop, tree, zombie_storm,
        };
        $crate::guests! {
            sleep, burn, ignore_term, stop_self, flood, flood_slow, stdin_hog, close_stdio, daemon_stdout, tree,
            traceme_stop, trace_each_other, fork_then_exit, zombie_storm, fork_bomb, thread_leader_gone, $($name),*
        }
    };
}

pub fn sleep(_: &[String]) -> i32 {
    kernel::forever()
}

pub fn burn(_: &[String]) -> i32 {
    loop {
        std::hint::spin_loop();
    }
}

pub fn ignore_term(_: &[String]) -> i32 {
    kernel::ignore_all_signals();
    kernel::forever()
}

pub fn stop_self(_: &[String]) -> i32 {
    const SIGSTOP: i32 = 19;
    loop {
        let _ = kernel::kill(kernel::pid(), SIGSTOP);
    }
}

/// Both streams, as fast as they take it.
pub fn flood(_: &[String]) -> i32 {
    let text = [b'x'; 65536];
    loop {
        kernel::write(1, &text);
        kernel::write(2, &text);
    }
}

pub fn flood_slow(_: &[String]) -> i32 {
    loop {
        kernel::write(1, b"x");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

/// Reads all there is, then goes on reading.
pub fn stdin_hog(_: &[String]) -> i32 {
    let mut buffer = vec![0u8; 65536];
    loop {
        let read = kernel::call(nr::READ, &[0, buffer.as_mut_ptr() as usize, buffer.len()]);
        if !matches!(read, Ok(1..)) {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    }
}

pub fn close_stdio(_: &[String]) -> i32 {
    const CLOSE_RANGE: i64 = 436;
    let _ = kernel::call(CLOSE_RANGE, &[0, u32::MAX as usize]);
    kernel::forever()
}

/// Ends at once, and leaves a daemon that holds standard output and writes to it.
pub fn daemon_stdout(_: &[String]) -> i32 {
    let _ = daemon(|| flood_slow(&[]));
    kernel::write(1, b"main done\n");
    0
}

/// In a session of its own, with no living parent but a reaper of orphans.
pub fn daemon(program: impl FnOnce() -> i32) -> Result<(), i32> {
    let between = kernel::child(|| {
        let _ = kernel::call(nr::SETSID, &[]);
        i32::from(kernel::child(program).is_err())
    })?;
    kernel::wait(between).map(drop)
}

/// Two that would wait at their exits for each other, if the kernel were asked to stop them there: PTRACE_O_TRACEEXIT. Whether it
/// is refused is tried on a third one first, for those two nobody could end.
pub fn trace_each_other(_: &[String]) -> i32 {
    const SEIZE: usize = 0x4206;
    const SETOPTIONS: usize = 0x4200;
    const OLDSETOPTIONS: usize = 21;
    const OPTION_EXIT: usize = 0x40;
    let Ok(third) = kernel::child(|| kernel::forever()) else { return 2 };
    let third = third as usize;
    let ptrace =
        |request: usize, process: usize, options: usize| kernel::call(nr::PTRACE, &[request, process, 0, options]);
    for options in [OPTION_EXIT, 0xff, 0x40 | 1 << 63] {
        if ptrace(SEIZE, third, options) != Err(1) {
            return 3;
        }
    }
    ptrace(SEIZE, third, 0).expect("seizes");
    let _ = ptrace(0x4207, third, 0); // PTRACE_INTERRUPT
    let _ = kernel::wait(third as i32);
    if [SETOPTIONS, OLDSETOPTIONS].into_iter().any(|request| ptrace(request, third, OPTION_EXIT) != Err(1)) {
        return 4;
    }
    let first = kernel::pid() as usize;
    let traces = move |other: usize| {
        while kernel::call(nr::PTRACE, &[SEIZE, other, 0, 0]) == Err(3) {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    };
    let second = kernel::child(|| {
        traces(first);
        kernel::forever()
    });
    let Ok(second) = second else { return 5 };
    traces(second as usize);
    kernel::forever()
}

/// Three levels with three children each, some of them in sessions of their own; none heeds a signal.
pub fn tree(_: &[String]) -> i32 {
    fn grow(levels: u32) {
        for number in (0..3).filter(|_| levels > 0) {
            let _ = kernel::child(|| {
                if number == 0 {
                    let _ = kernel::call(nr::SETSID, &[]);
                }
                grow(levels - 1);
                kernel::forever()
            });
        }
    }
    kernel::ignore_all_signals();
    grow(3);
    kernel::forever()
}

/// Makes its parent, which is the init, its tracer and stops: a wait status that is no end.
pub fn traceme_stop(_: &[String]) -> i32 {
    const SIGUSR1: i32 = 10;
    let _ = kernel::call(nr::PTRACE, &[0]);
    loop {
        let _ = kernel::kill(kernel::pid(), SIGUSR1);
    }
}

/// A chain of processes, each the orphan of the one before it.
pub fn fork_then_exit(_: &[String]) -> i32 {
    const LINKS: u32 = 5000;
    let _ = kernel::child(|| {
        for _ in 0..LINKS {
            match kernel::fork() {
                Ok(0) => {}
                Ok(_) => return 0,
                Err(_) => break,
            }
        }
        kernel::forever()
    });
    kernel::forever()
}

/// Children that end and are not waited for, by a parent that does not ignore them.
pub fn zombie_storm(_: &[String]) -> i32 {
    for _ in 0..1000 {
        let _ = kernel::child(|| 0);
    }
    kernel::forever()
}

/// Twice as many processes with each round, 256 in the end where no limit stops it.
pub fn fork_bomb(_: &[String]) -> i32 {
    for _ in 0..8 {
        let _ = kernel::fork();
    }
    kernel::forever()
}

/// The first thread ends, another one stays: the process is a zombie to look at, and alive.
pub fn thread_leader_gone(_: &[String]) -> i32 {
    std::thread::spawn(|| kernel::forever());
    let _ = kernel::call(nr::EXIT, &[0]);
    0
}
