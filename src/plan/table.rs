//! The numbers that descriptors have in the init. They are received into a table that holds only the socket, so they take
//! the lowest free numbers in the order in which they are sent.

/// What is in the init's table before the descriptors come: its end of the socket pair, and, if the pair was made there,
/// the host's behind it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    pub socket: i32,
    pub count: i32,
}

/// A descriptor that is sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Slot {
    Stdin,
    Stdout,
    Stderr,
    /// One that the program is given besides.
    Extra(usize),
    /// The host's pidfd.
    Host,
    /// The init image.
    Image,
    /// Of the program's cgroup: its directory.
    CgroupDir,
    CgroupProcs,
    CpuStat,
    /// What a privileged host has prepared to be mounted.
    Bind(usize),
    /// Only to be held: the upper directory is locked until the init is gone, too.
    UpperLock,
}

/// Which descriptors are sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table {
    pub taken: Taken,
    pub extra: usize,
    pub cgroup: bool,
    pub binds: usize,
    pub upper_lock: bool,
}

impl Table {
    /// In this order they are sent.
    pub(crate) fn order(self) -> impl Iterator<Item = Slot> {
        use Slot::{Bind, CgroupDir, CgroupProcs, CpuStat, Extra, Host, Image, Stderr, Stdin, Stdout, UpperLock};
        [Stdin, Stdout, Stderr]
            .into_iter()
            .chain((0..self.extra).map(Extra))
            .chain([Host, Image])
            .chain([CgroupDir, CgroupProcs, CpuStat].into_iter().filter(move |_| self.cgroup))
            .chain((0..self.binds).map(Bind))
            .chain(self.upper_lock.then_some(UpperLock))
    }

    /// Where a descriptor comes to be. That of a bind is known before their count is.
    pub(crate) fn number(self, slot: Slot) -> i32 {
        let (first, index) = match slot {
            Slot::Extra(index) => (Slot::Extra(0), index),
            Slot::Bind(index) => (Slot::Bind(0), index),
            slot => (slot, 0),
        };
        let before = self.order().take_while(|other| *other != first).count();
        let number = (before + index) as i32;
        if number < self.taken.socket { number } else { number + self.taken.count }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_lowest_free_ones_in_the_order() {
        for (extra, cgroup, socket, count) in [(0, false, 3, 2), (0, true, 7, 1), (4, false, 5, 1), (2, true, 300, 1)] {
            let table = Table { taken: Taken { socket, count }, extra, cgroup, binds: 3, upper_lock: true };
            let free = (0..).filter(|number| !(socket..socket + count).contains(number));
            for (slot, number) in table.order().zip(free) {
                assert_eq!(table.number(slot), number, "{slot:?} of {table:?}");
                let unfinished = Table { binds: 0, upper_lock: false, ..table };
                assert!(slot == Slot::UpperLock || unfinished.number(slot) == number, "{slot:?} of {unfinished:?}");
            }
        }
    }
}
