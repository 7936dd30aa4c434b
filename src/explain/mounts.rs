//! The mounts of a sandbox, read out of its script: what is moved and mounted where, once the root has changed.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use linux_raw_sys::general::{MOUNT_ATTR_RDONLY, MS_RDONLY, mount_attr};

use super::shown;
use crate::error::Step;
use crate::plan::decode::Reading;
use crate::plan::{Plan, Slot};
use crate::sys::nr;

/// A mount that the program will see: a line of its `/proc/self/mountinfo`. `Display` is such as
/// `bind /srv/data on /data, read-only`.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedMount {
    /// Where it is, inside.
    pub place: PathBuf,
    /// What it is for, in the word that an [`Error`](crate::Error) of it would begin with.
    pub step: Step,
    /// What of the host is seen there.
    pub source: Option<PathBuf>,
    /// Whether the mount is read-only. A device is written to all the same.
    pub read_only: bool,
}

impl fmt::Display for ExplainedMount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.step)?;
        if let Some(source) = &self.source {
            write!(f, " {}", shown(source))?;
        }
        write!(f, " on {}", shown(&self.place))?;
        f.write_str(if self.read_only { ", read-only" } else { ", writable" })
    }
}

/// A mount that a cell has the descriptor of, as long as it is nowhere.
#[derive(Clone, Default)]
struct Detached {
    source: Option<PathBuf>,
    read_only: bool,
}

/// What is known of the init when it has come to an operation.
#[derive(Default)]
struct Reader {
    mounts: Vec<ExplainedMount>,
    detached: BTreeMap<u64, Detached>,
    /// Which of the mounts has come from a cell.
    from: BTreeMap<u64, usize>,
    /// Places that were opened.
    places: BTreeMap<u64, PathBuf>,
    cwd: PathBuf,
    has_changed_root: bool,
}

pub(super) fn read(plan: &Plan) -> Vec<ExplainedMount> {
    let mut reader = Reader::default();
    // What the program's process mounts it puts on the root that the init has made.
    for op in plan.script.read().chain(plan.program.iter().flat_map(|program| program.script.read())) {
        reader.follow(&op, plan);
    }
    match reader.has_changed_root {
        true => reader.mounts,
        false => Vec::new(),
    }
}

impl Reader {
    fn follow(&mut self, op: &Reading<'_>, plan: &Plan) {
        match op.nr() {
            nr::OPEN_TREE => {
                // Of the host's by its whole path; what the sandbox has made by the way from where it is.
                let path = op.path(1);
                let source = Some(path).filter(|path| path.is_absolute() && !self.has_changed_root);
                self.detached.insert(op.save(), Detached { source, read_only: false });
            }
            nr::FSMOUNT => {
                let read_only = op.value(2) & u64::from(MOUNT_ATTR_RDONLY) != 0;
                self.detached.insert(op.save(), Detached { source: None, read_only });
            }
            nr::MOUNT_SETATTR => {
                let read_only = op.structure::<mount_attr>(3).attr_set & u64::from(MOUNT_ATTR_RDONLY) != 0;
                match op.cell(0) {
                    Some(cell) => match self.from.get(&cell) {
                        Some(mount) => self.mounts[*mount].read_only |= read_only,
                        None => self.detached.entry(cell).or_default().read_only |= read_only,
                    },
                    None => self.mounts[0].read_only |= read_only,
                }
            }
            nr::OPENAT2 => {
                self.places.insert(op.save(), op.path(1));
            }
            nr::FCHDIR => self.cwd = op.cell(0).and_then(|cell| self.places.get(&cell)).cloned().unwrap_or_default(),
            nr::CHDIR => self.cwd = PathBuf::new(),
            nr::PIVOT_ROOT => self.change_root(),
            nr::MOUNT => self.mount(op),
            nr::MOVE_MOUNT => self.move_mount(op, plan),
            _ => {}
        }
    }

    /// The mount that was put on last is what becomes the root.
    fn change_root(&mut self) {
        let root = self.mounts.pop().expect("a root was mounted");
        self.mounts = vec![ExplainedMount { place: "/".into(), source: None, ..root }];
        self.from.clear();
        self.cwd.clear();
        self.has_changed_root = true;
    }

    fn mount(&mut self, op: &Reading<'_>) {
        let read_only = op.value(3) & u64::from(MS_RDONLY) != 0;
        if !op.text(2).is_empty() {
            self.put(op, &op.path(1), Detached { source: None, read_only });
        }
    }

    fn move_mount(&mut self, op: &Reading<'_>, plan: &Plan) {
        let detached = match op.cell(0) {
            Some(cell) => self.detached.get(&cell).cloned().unwrap_or_default(),
            None => {
                let is_this = |index: &usize| plan.table.number(Slot::Bind(*index)) as u64 == op.value(0);
                let bind = (0..plan.binds.len()).find(is_this).map(|index| &plan.binds[index]);
                let bind = bind.expect("a descriptor that is sent");
                Detached { source: Some(bind.source.clone()), read_only: !bind.writable }
            }
        };
        let place = match op.cell(2) {
            Some(cell) => self.places.get(&cell).cloned().unwrap_or_default(),
            None => op.path(3),
        };
        if let Some(cell) = op.cell(0) {
            self.from.insert(cell, self.mounts.len());
        }
        self.put(op, &place, detached);
    }

    fn put(&mut self, op: &Reading<'_>, place: &Path, Detached { source, read_only }: Detached) {
        let place = Path::new("/").join(&self.cwd).join(place.strip_prefix(".").unwrap_or(place));
        self.mounts.push(ExplainedMount {
            place: place.components().collect(),
            step: op.label().step,
            source,
            read_only,
        });
    }
}
