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
    /// Of the cgroup of the whole tree.
    CpuStat,
    /// The directory that holds that one.
    Groups,
    /// What is copied into a file of the sandbox's.
    File(usize),
    /// What a privileged host has prepared to be mounted.
    Bind(usize),
    /// Only to be held until the init is gone, too: the lock of the upper directory, the lease of the host id.
    Held(usize),
}

/// The descriptors of a program, in their order: first those that its process is given.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given {
    /// Besides the standard streams.
    pub extra: usize,
    pub cgroup: bool,
}

impl Given {
    pub(crate) fn order(self) -> impl Iterator<Item = Slot> {
        let streams = [Slot::Stdin, Slot::Stdout, Slot::Stderr];
        let cgroup = [Slot::CgroupDir, Slot::CgroupProcs].into_iter().filter(move |_| self.cgroup);
        streams.into_iter().chain((0..self.extra).map(Slot::Extra)).chain(cgroup)
    }
}

/// Which descriptors are sent before the init is executed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table {
    pub taken: Taken,
    /// The first program's, if there is one.
    pub program: Option<Given>,
    pub cpu_stat: bool,
    pub groups: bool,
    pub files: usize,
    pub binds: usize,
    pub held: usize,
}

impl Table {
    /// In this order they are sent.
    pub(crate) fn order(self) -> impl Iterator<Item = Slot> {
        self.program
            .into_iter()
            .flat_map(Given::order)
            .chain([Slot::Host, Slot::Image])
            .chain(self.cpu_stat.then_some(Slot::CpuStat))
            .chain(self.groups.then_some(Slot::Groups))
            .chain((0..self.files).map(Slot::File))
            .chain((0..self.binds).map(Slot::Bind))
            .chain((0..self.held).map(Slot::Held))
    }

    /// Where a descriptor comes to be. That of a bind is known before their count is.
    pub(crate) fn number(self, slot: Slot) -> i32 {
        let (first, index) = match slot {
            Slot::Extra(index) => (Slot::Extra(0), index),
            Slot::File(index) => (Slot::File(0), index),
            Slot::Bind(index) => (Slot::Bind(0), index),
            Slot::Held(index) => (Slot::Held(0), index),
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
            let program = Some(Given { extra, cgroup }).filter(|_| socket != 5);
            let taken = Taken { socket, count };
            let table = Table { taken, program, cpu_stat: cgroup, groups: cgroup, files: extra, binds: 3, held: 2 };
            let free = (0..).filter(|number| !(socket..socket + count).contains(number));
            for (slot, number) in table.order().zip(free) {
                assert_eq!(table.number(slot), number, "{slot:?} of {table:?}");
                let unfinished = Table { binds: 0, held: 0, ..table };
                assert!(
                    matches!(slot, Slot::Held(_)) || unfinished.number(slot) == number,
                    "{slot:?} of {unfinished:?}"
                );
            }
        }
    }
}
