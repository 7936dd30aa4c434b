//! A program made of bytes: no compiler, no library, no loader.

/// A static ELF file of one page that exits with `status` and does nothing else.
pub fn exits(status: u8) -> Vec<u8> {
    program(&exit_group(status))
}

/// A static ELF file of one page, with this code.
pub fn program(code: &[u8]) -> Vec<u8> {
    const BASE: u64 = 0x40_0000;
    const HEADERS: u64 = 64 + 56;
    let size = HEADERS + code.len() as u64;
    let mut file = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    let mut words = |words: &[(u64, usize)]| {
        words.iter().for_each(|(value, size)| file.extend_from_slice(&value.to_le_bytes()[..*size]));
    };
    // ET_EXEC, machine, version, entry, program headers, sections, flags, sizes.
    words(&[(2, 2), (MACHINE, 2), (1, 4), (BASE + HEADERS, 8), (64, 8), (0, 8), (0, 4)]);
    words(&[(64, 2), (56, 2), (1, 2), (64, 2), (0, 2), (0, 2)]);
    // PT_LOAD, readable and executable, offset, address twice, size twice, alignment.
    words(&[(1, 4), (5, 4), (0, 8), (BASE, 8), (BASE, 8), (size, 8), (size, 8), (4096, 8)]);
    file.extend_from_slice(code);
    file
}

#[cfg(target_arch = "x86_64")]
const MACHINE: u64 = 62;
#[cfg(target_arch = "aarch64")]
const MACHINE: u64 = 183;

/// mov edi, status; mov eax, 231; syscall
#[cfg(target_arch = "x86_64")]
fn exit_group(status: u8) -> [u8; 12] {
    [0xbf, status, 0, 0, 0, 0xb8, 231, 0, 0, 0, 0x0f, 0x05]
}

/// mov w0, status; mov w8, 94; svc 0
#[cfg(target_arch = "aarch64")]
fn exit_group(status: u8) -> [u8; 12] {
    let code = [0x5280_0000 | u32::from(status) << 5, 0x5280_0008 | 94 << 5, 0xd400_0001];
    std::array::from_fn(|at| code[at / 4].to_le_bytes()[at % 4])
}
