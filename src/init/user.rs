//! The end of a user: all that has an id which nobody else has.

use core::mem::MaybeUninit;

use super::Init;
use super::arch::nr;
use super::kernel::{EIO, SIGCHLD, address, call, failed, kill, place};

impl Init<'_> {
    /// Ends whatever has the program's id, and removes its System V objects: without a pid namespace a program can hide from
    /// its init, but not from kill(2) of -1, which lets nobody fork meanwhile.
    ///
    /// By a process with that effective id, as which it ends no others. Its real and saved one are nobody else's, so that the
    /// program cannot signal it, nor anybody who does the same for another program.
    pub(crate) fn clear_user(&self) -> i64 {
        let (user, ender) = (self.config.user, self.config.ender);
        if user == 0 {
            return 0;
        }
        let pid = call(nr::CLONE, [SIGCHLD]);
        if pid == 0 {
            clear(user.into(), ender.into());
        }
        if failed(pid) {
            return pid;
        }
        let mut status = 0u32;
        call(nr::WAIT4, [pid as u64, place(&mut status), 0, 0]);
        // It ends as 0 in no way but by having done all.
        if status == 0 { 0 } else { -i64::from(EIO) }
    }
}

fn clear(user: u64, ender: u64) -> ! {
    let mut changed = call(nr::SETRESUID, [ender, user, ender]);
    if !failed(changed) {
        changed = drop_capabilities();
    }
    if !failed(changed) {
        kill(-1); // ESRCH is as good
        remove_objects();
    }
    loop {
        call(nr::EXIT_GROUP, [u64::from(failed(changed))]);
    }
}

/// With CAP_KILL it would end everybody, and with CAP_SYS_ADMIN remove what is anybody's. The change of the ids takes them from
/// root alone, and not where a host has SECBIT_NO_SETUID_FIXUP.
fn drop_capabilities() -> i64 {
    const VERSION_3: u64 = 0x2008_0522; // and process 0, which is itself
    let (header, none) = (VERSION_3, [0u64; 3]);
    call(nr::CAPSET, [address(&header), address(&none)])
}

/// Tries all that there are: the kernel lets it remove its own, or what it has made.
fn remove_objects() {
    const IPC_RMID: u64 = 0;
    const MSG_INFO: u64 = 12;
    const MSG_STAT_ANY: u64 = 13;
    const SHM_INFO: u64 = 14;
    const SHM_STAT_ANY: u64 = 15;
    const SEM_INFO: u64 = 19;
    const SEM_STAT_ANY: u64 = 20;
    remove_all(|index| shm(index, SHM_STAT_ANY), shm(0, SHM_INFO), |id| shm(id, IPC_RMID));
    remove_all(|index| msg(index, MSG_STAT_ANY), msg(0, MSG_INFO), |id| msg(id, IPC_RMID));
    remove_all(|index| sem(index, SEM_STAT_ANY), sem(0, SEM_INFO), |id| sem(id, IPC_RMID));
}

#[inline(always)]
fn remove_all(id_at: impl Fn(u64) -> i64, highest: i64, remove: impl Fn(u64) -> i64) {
    let mut index = 0;
    while index <= highest {
        let id = id_at(index as u64);
        if !failed(id) {
            remove(id as u64);
        }
        index += 1;
    }
}

/// The longest structure that is written has 120 bytes.
type Told = MaybeUninit<[u64; 16]>;

fn shm(id: u64, command: u64) -> i64 {
    let mut told = Told::uninit();
    call(nr::SHMCTL, [id, command, told.as_mut_ptr() as u64])
}

fn msg(id: u64, command: u64) -> i64 {
    let mut told = Told::uninit();
    call(nr::MSGCTL, [id, command, told.as_mut_ptr() as u64])
}

fn sem(id: u64, command: u64) -> i64 {
    let mut told = Told::uninit();
    call(nr::SEMCTL, [id, 0, command, told.as_mut_ptr() as u64])
}
