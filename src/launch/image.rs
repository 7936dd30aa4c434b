//! The init image: an ELF file in a sealed memfd, made of the code of the architecture's `.s` file, its [`Config`]
//! and the script with everything that it points to.

use std::mem::{offset_of, size_of};

use crate::plan::init::{
    BUFFER, CODE, Config, DATA, FAILED, OVER, Op, REASON_CPU, REASON_EXIT, REASON_HOST, REASON_SYSCALL, REASON_WALL,
    Report, STARTED, TEXT, Worker, nr_pseudo,
};
use crate::plan::script::Script;
use crate::sys::Plain;

const PAGE: usize = 4096;

/// The code, behind a word that holds its length.
#[unsafe(naked)]
extern "C" fn code() {
    std::arch::naked_asm!(
        include_str!("x86_64.s"),
        CONFIG = const DATA,
        OPS = const offset_of!(Config, ops),
        AFTER = const offset_of!(Config, after),
        WALL_LIMIT = const offset_of!(Config, wall_limit),
        CPU_LIMIT = const offset_of!(Config, cpu_limit),
        CPUS = const offset_of!(Config, cpus),
        SOCKET = const offset_of!(Config, socket),
        PID_NAMESPACE = const offset_of!(Config, pid_namespace),
        PROC_FD = const offset_of!(Config, proc_fd),
        CHILDREN_FD = const offset_of!(Config, children_fd),
        LISTENER = const offset_of!(Config, listener),
        CPU_STAT_FD = const offset_of!(Config, cpu_stat_fd),
        CLONE_ARGS = const offset_of!(Config, clone_args),
        CLONE_ARGS_SIZE = const size_of::<[u64; 11]>(),
        HAS_CGROUP = const offset_of!(Config, has_cgroup),
        POLL = const offset_of!(Config, poll),
        MASK = const offset_of!(Config, mask),
        INIT = const offset_of!(Config, init),
        PROGRAM = const offset_of!(Config, program),
        ARGS = const offset_of!(Worker, args),
        TIMESPEC = const offset_of!(Worker, timespec),
        BUSY_TRIES = const offset_of!(Worker, busy_tries),
        IGNORED = const offset_of!(Worker, ignored),
        FAILED_ERRNO = const offset_of!(Worker, failed_errno),
        FAILED_INDEX = const offset_of!(Worker, failed_index),
        BEFORE_EXEC = const offset_of!(Config, before_exec),
        GATE = const offset_of!(Config, gate),
        STACK_TOP = const offset_of!(Config, action),
        MAIN = const offset_of!(Config, main),
        MAIN_OVER = const offset_of!(Config, main_over),
        STATUS = const offset_of!(Config, status),
        ACTION = const offset_of!(Config, action),
        REPORT = const offset_of!(Config, report),
        REPORT_KIND = const offset_of!(Config, report.kind),
        REPORT_INDEX = const offset_of!(Config, report.index),
        REPORT_ERRNO = const offset_of!(Config, report.errno),
        REPORT_CLONED_INTO = const offset_of!(Config, report.cloned_into),
        REPORT_BEGAN = const offset_of!(Config, report.began),
        REPORT_ENDED = const offset_of!(Config, report.ended),
        REPORT_SETUP = const offset_of!(Config, report.setup),
        REPORT_NOTIFICATION = const Config::NOTIFICATION,
        REPORT_USAGE = const offset_of!(Config, report.usage),
        REPORT_SIZE = const Report::SIZE,
        TEXT = const offset_of!(Config, text),
        TEXT_SIZE = const TEXT,
        BUFFER = const offset_of!(Config, buffer),
        BUFFER_SIZE = const BUFFER,
        OP_NR = const offset_of!(Op, nr),
        OP_CELLS = const offset_of!(Op, cells),
        OP_PROBE = const offset_of!(Op, probe),
        OP_SAVE = const offset_of!(Op, save),
        OP_IGNORE = const offset_of!(Op, ignore),
        OP_ARGS = const offset_of!(Op, args),
        OP_SIZE = const size_of::<Op>(),
        NR_EXPECT = const nr_pseudo::EXPECT,
        NR_START = const nr_pseudo::START,
        NR_PASS = const nr_pseudo::PASS,
        NR_OPEN = const nr_pseudo::OPEN,
        NR_ENTER = const nr_pseudo::ENTER,
        NR_SUPERVISE = const nr_pseudo::SUPERVISE,
        NR_FAIL = const nr_pseudo::FAIL,
        NR_END = const nr_pseudo::END,
        NR_TRAP = const nr_pseudo::TRAP,
        STARTED = const STARTED,
        FAILED = const FAILED,
        OVER = const OVER,
        REASON_EXIT = const REASON_EXIT,
        REASON_WALL = const REASON_WALL,
        REASON_CPU = const REASON_CPU,
        REASON_HOST = const REASON_HOST,
        REASON_SYSCALL = const REASON_SYSCALL,
    )
}

fn code_bytes() -> &'static [u8] {
    let start = code as *const () as *const u8;
    // SAFETY: the assembler put the length in front of that many bytes of code.
    unsafe { std::slice::from_raw_parts(start.add(8), start.cast::<u64>().read_unaligned() as usize) }
}

/// The whole file: header and code in the first page, the data in the following ones.
pub(crate) fn build(mut config: Config, script: &Script) -> Vec<u8> {
    const HEADER: usize = 64;
    const SEGMENT: usize = 56;
    const CODE_AT: usize = HEADER + 2 * SEGMENT;
    let code = code_bytes();
    assert!(CODE_AT + code.len() <= PAGE, "the init's code has outgrown its page");

    let ops_at = (size_of::<Config>() + script.data().len()).next_multiple_of(8);
    let data_size = ops_at + size_of_val(script.ops());
    config.ops = DATA + ops_at as u64;
    config.after = config.ops + (script.after() * size_of::<Op>()) as u64;

    let mut file = Vec::with_capacity(PAGE + data_size);
    file.extend_from_slice(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0");
    let mut words = |words: &[(u64, usize)]| {
        for (value, size) in words {
            file.extend_from_slice(&value.to_le_bytes()[..*size]);
        }
    };
    // ET_EXEC, EM_X86_64, version, entry, program headers, no sections, flags and sizes.
    words(&[(2, 2), (62, 2), (1, 4), (CODE + CODE_AT as u64, 8), (HEADER as u64, 8), (0, 8), (0, 4)]);
    words(&[(HEADER as u64, 2), (SEGMENT as u64, 2), (2, 2), (64, 2), (0, 2), (0, 2)]);
    let text_size = (CODE_AT + code.len()) as u64;
    let data_size = data_size as u64;
    // PT_LOAD, flags, offset, address twice, size in file and memory, alignment.
    for (flags, offset, address, size) in [(5, 0, CODE, text_size), (6, PAGE as u64, DATA, data_size)] {
        words(&[(1, 4), (flags, 4), (offset, 8), (address, 8), (address, 8), (size, 8), (size, 8), (PAGE as u64, 8)]);
    }
    file.extend_from_slice(code);
    file.resize(PAGE, 0);
    file.extend_from_slice(Plain::bytes(&[config]));
    file.extend_from_slice(script.data());
    file.resize(PAGE + ops_at, 0);
    file.extend_from_slice(Plain::bytes(script.ops()));
    file
}
