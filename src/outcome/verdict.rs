//! Why a run is over.

use std::fmt;

/// Why a run is over. The first cause wins.
///
/// Several causes can come together; then the one that ended the tree is told, by this rule:
///
/// 1. [`OutputLimit`](Verdict::OutputLimit) of captured output: all that was captured was written by a living program, so
///    before anything that killed it.
/// 2. [`MemoryLimit`](Verdict::MemoryLimit): the kernel counts a kill for want of memory when it kills, and kills nothing
///    that is being killed already. So a count above zero was there before the init or the host acted.
/// 3. What the init saw first: the program's own end, [`WallTimeLimit`](Verdict::WallTimeLimit),
///    [`CpuTimeLimit`](Verdict::CpuTimeLimit), the host's wish. An end of the program that is found together with a CPU time
///    over the limit is the limit's.
///
/// A program that was refused memory, tasks or CPU time, and ended as it liked, has [exited](Verdict::Exited); what it was
/// refused is in the [`Usage`](crate::Usage).
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The program exited by itself with this status, 0 to 255.
    Exited(i32),
    /// The program was ended by this signal, which belljar did not send: its own doing, or a fault.
    Signaled(i32),
    /// The tree needed more than [`Sandbox::memory_limit`](crate::Sandbox::memory_limit), and the kernel killed it.
    MemoryLimit,
    /// The tree used up [`Sandbox::cpu_time_limit`](crate::Sandbox::cpu_time_limit).
    CpuTimeLimit,
    /// [`Sandbox::wall_time_limit`](crate::Sandbox::wall_time_limit) passed.
    WallTimeLimit,
    /// Captured output exceeded [`Sandbox::output_limit`](crate::Sandbox::output_limit), or the program was ended by SIGXFSZ
    /// under a [`Sandbox::file_size_limit`](crate::Sandbox::file_size_limit).
    OutputLimit,
    /// The program made a call for which its filter kills; the call was not made. See [`Evidence::Syscall`](crate::Evidence::Syscall).
    SyscallDenied,
    /// The sandbox was killed: by [`Child::kill`](crate::Child::kill), or its init died; see
    /// [`Evidence::InitDied`](crate::Evidence::InitDied).
    Killed,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Exited(status) => write!(f, "exited with {status}"),
            Verdict::Signaled(signal) => write!(f, "ended by signal {signal}"),
            Verdict::MemoryLimit => f.write_str("memory limit"),
            Verdict::CpuTimeLimit => f.write_str("CPU time limit"),
            Verdict::WallTimeLimit => f.write_str("wall time limit"),
            Verdict::OutputLimit => f.write_str("output limit"),
            Verdict::SyscallDenied => f.write_str("system call denied"),
            Verdict::Killed => f.write_str("killed"),
        }
    }
}
