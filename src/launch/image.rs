//! The init image: an ELF file in a sealed memfd, made of the code of the architecture's `.s` file, its [`Config`]
//! and the script with everything that it points to.

use std::mem::{offset_of, size_of};

use crate::plan::script::{Op, Script, nr_pseudo};
use crate::sys::Rusage;

/// Where the code and the data are mapped. Nothing else is in that address space but the stack and the vDSO.
const CODE: u64 = 0x0040_0000;
/// The data begins with the [`Config`]; the script's own data follows.
pub(crate) const DATA: u64 = 0x1000_0000;
/// Where the script's data begins.
pub(crate) const SCRIPT_DATA: u64 = DATA + size_of::<Config>() as u64;

const PAGE: usize = 4096;
const TEXT: usize = 1024;
const BUFFER: usize = 8192;

/// What the init tells the host: once `STARTED`, then `OVER`; or once `FAILED`.
#[repr(C)]
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Report {
    pub kind: u32,
    /// `FAILED`: the operation's index; `OVER`: one of the `REASON`s.
    pub index: u32,
    /// `FAILED`: the errno; `OVER`: the program's wait status.
    pub errno: u32,
    pad: u32,
    /// CLOCK_MONOTONIC in nanoseconds, when the program was started and when it was over.
    pub began: u64,
    pub ended: u64,
    pub usage: Rusage,
}

impl Report {
    pub(crate) const SIZE: usize = size_of::<Report>();

    pub(crate) fn from_bytes(bytes: &[u8; Report::SIZE]) -> Report {
        // SAFETY: the structure is plain integers, for which every pattern of bits is valid.
        unsafe { std::mem::transmute_copy(bytes) }
    }
}

pub(crate) const STARTED: u32 = 1;
pub(crate) const FAILED: u32 = 2;
pub(crate) const OVER: u32 = 3;

pub(crate) const REASON_EXIT: u32 = 1;
pub(crate) const REASON_WALL: u32 = 2;
pub(crate) const REASON_CPU: u32 = 3;
pub(crate) const REASON_HOST: u32 = 4;

/// All state of the init. The first part is set by the host, the rest is its own.
#[repr(C)]
pub(crate) struct Config {
    ops: u64,
    /// The operations that init runs itself once the program is started.
    after: u64,
    /// Nanoseconds; `u64::MAX` is no limit.
    pub wall_limit: u64,
    /// Nanoseconds; 0 is no limit.
    pub cpu_limit: u64,
    pub cpus: u64,
    pub socket: u32,
    pub pid_namespace: u32,
    /// A directory descriptor of the sandbox's own /proc, or -1. A cell of the script may set it.
    pub proc_fd: i64,
    /// /proc/thread-self/children, or -1; only used without a pid namespace.
    pub children_fd: i64,
    /// `struct pollfd` of the host's socket and of the host's pidfd.
    pub poll: [u64; 2],
    /// The signals that are blocked while init sleeps: all but SIGCHLD.
    mask: u64,
    busy_tries: u32,
    ignored: u32,
    in_child: u32,
    main: u32,
    main_over: u32,
    status: u32,
    args: [u64; 6],
    timespec: [u64; 2],
    action: [u64; 4],
    report: Report,
    text: [u8; TEXT],
    buffer: [u8; BUFFER],
}

impl Config {
    pub(crate) const PROC_FD: u64 = DATA + offset_of!(Config, proc_fd) as u64;
    pub(crate) const CHILDREN_FD: u64 = DATA + offset_of!(Config, children_fd) as u64;

    pub(crate) fn new(socket: i32, host: Option<i32>) -> Config {
        const POLLIN: u64 = 0x1;
        const POLLRDHUP: u64 = 0x2000;
        let poll = |fd: i32, events: u64| u64::from(fd as u32) | events << 32;
        Config {
            ops: 0,
            after: 0,
            wall_limit: u64::MAX,
            cpu_limit: 0,
            cpus: 1,
            socket: socket as u32,
            pid_namespace: 1,
            proc_fd: -1,
            children_fd: -1,
            poll: [poll(socket, POLLIN | POLLRDHUP), poll(host.unwrap_or(-1), POLLIN)],
            mask: !(1 << (17 - 1)),
            busy_tries: 200,
            ignored: 0,
            in_child: 0,
            main: 0,
            main_over: 0,
            status: 0,
            args: [0; 6],
            timespec: [0; 2],
            action: [0; 4],
            report: Report::default(),
            text: [0; TEXT],
            buffer: [0; BUFFER],
        }
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: the structure has no padding (checked below) and is plain integers.
        unsafe { std::slice::from_raw_parts((&raw const *self).cast(), size_of::<Config>()) }
    }
}

const _: () = assert!(
    size_of::<Config>() == 5 * 8 + 2 * 4 + 2 * 8 + 16 + 8 + 6 * 4 + 48 + 16 + 32 + Report::SIZE + TEXT + BUFFER,
    "Config has padding"
);

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
        POLL = const offset_of!(Config, poll),
        MASK = const offset_of!(Config, mask),
        BUSY_TRIES = const offset_of!(Config, busy_tries),
        IGNORED = const offset_of!(Config, ignored),
        IN_CHILD = const offset_of!(Config, in_child),
        MAIN = const offset_of!(Config, main),
        MAIN_OVER = const offset_of!(Config, main_over),
        STATUS = const offset_of!(Config, status),
        ARGS = const offset_of!(Config, args),
        TIMESPEC = const offset_of!(Config, timespec),
        ACTION = const offset_of!(Config, action),
        REPORT = const offset_of!(Config, report),
        REPORT_KIND = const offset_of!(Config, report.kind),
        REPORT_INDEX = const offset_of!(Config, report.index),
        REPORT_ERRNO = const offset_of!(Config, report.errno),
        REPORT_BEGAN = const offset_of!(Config, report.began),
        REPORT_ENDED = const offset_of!(Config, report.ended),
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
        NR_SUPERVISE = const nr_pseudo::SUPERVISE,
        NR_FAIL = const nr_pseudo::FAIL,
        NR_END = const nr_pseudo::END,
        STARTED = const STARTED,
        FAILED = const FAILED,
        OVER = const OVER,
        REASON_EXIT = const REASON_EXIT,
        REASON_WALL = const REASON_WALL,
        REASON_CPU = const REASON_CPU,
        REASON_HOST = const REASON_HOST,
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
    file.extend_from_slice(config.bytes());
    file.extend_from_slice(script.data());
    file.resize(PAGE + ops_at, 0);
    file.extend_from_slice(script.op_bytes());
    file
}
