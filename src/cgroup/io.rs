//! What a sandbox may read from and write to disks.

use std::fmt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use crate::error::{Error, Label, Result, Step};

/// Bytes and operations per second on block devices: `io.max` of cgroup v2. Default: no limit of any kind on any device.
///
/// The limit holds for each device by itself: for those that are [named](IoLimit::device), else for every block device that
/// the machine has when the sandbox is spawned. What is written into the page cache counts when the kernel writes it
/// back, which it does in the program's name on ext2, ext4, btrfs, f2fs and xfs (cgroup writeback). Network and memory
/// filesystems have no device, and no limit.
///
/// ```
/// use belljar::{IoLimit, Sandbox};
///
/// let limit = IoLimit::new().read_bytes(50 << 20).write_bytes(10 << 20).write_ops(1000);
/// let sandbox = Sandbox::new().io_limit(limit);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct IoLimit {
    /// In the order of [`KEYS`].
    pub(crate) per_second: [Option<u64>; 4],
    pub(crate) devices: Vec<PathBuf>,
}

const KEYS: [&str; 4] = ["rbps", "wbps", "riops", "wiops"];

impl IoLimit {
    /// No limit.
    pub fn new() -> IoLimit {
        IoLimit::default()
    }

    /// Bytes read per second (`rbps`).
    ///
    /// ```
    /// # use belljar::IoLimit;
    /// let limit = IoLimit::new().read_bytes(10 << 20);
    /// ```
    ///
    /// # Errors
    /// `spawn` refuses 0.
    pub fn read_bytes(self, per_second: u64) -> IoLimit {
        self.with(0, per_second)
    }

    /// Bytes written per second (`wbps`).
    ///
    /// ```
    /// # use belljar::IoLimit;
    /// let limit = IoLimit::new().write_bytes(10 << 20);
    /// ```
    ///
    /// # Errors
    /// `spawn` refuses 0.
    pub fn write_bytes(self, per_second: u64) -> IoLimit {
        self.with(1, per_second)
    }

    /// Read operations per second (`riops`).
    ///
    /// ```
    /// # use belljar::IoLimit;
    /// let limit = IoLimit::new().read_ops(1000);
    /// ```
    ///
    /// # Errors
    /// `spawn` refuses 0.
    pub fn read_ops(self, per_second: u64) -> IoLimit {
        self.with(2, per_second)
    }

    /// Write operations per second (`wiops`).
    ///
    /// ```
    /// # use belljar::IoLimit;
    /// let limit = IoLimit::new().write_ops(1000);
    /// ```
    ///
    /// # Errors
    /// `spawn` refuses 0.
    pub fn write_ops(self, per_second: u64) -> IoLimit {
        self.with(3, per_second)
    }

    /// Limits this device, in place of all: a block device, or the one that holds the file or directory `path`. May be
    /// said more than once. A partition stands for its whole disk, which is what the kernel limits.
    ///
    /// ```
    /// # use belljar::IoLimit;
    /// let limit = IoLimit::new().device("/srv/judge").write_bytes(10 << 20);
    /// ```
    ///
    /// # Errors
    /// `spawn` refuses a path that no block device is behind, as on tmpfs, overlay and network filesystems.
    pub fn device(mut self, path: impl Into<PathBuf>) -> IoLimit {
        self.devices.push(path.into());
        self
    }

    fn with(mut self, key: usize, per_second: u64) -> IoLimit {
        self.per_second[key] = Some(per_second);
        self
    }

    /// Whether it makes sense by itself.
    pub(crate) fn check(&self) -> Result<()> {
        let refuse = |message: String| Err(Error::invalid(Label::new(Step::Limit), message));
        if self.per_second == [None; 4] {
            return refuse("io_limit says no number to hold".into());
        }
        match KEYS.iter().zip(self.per_second).find(|(_, limit)| *limit == Some(0)) {
            Some((key, _)) => refuse(format!("io_limit of 0 ({key}) would stop the program at its first access")),
            None => Ok(()),
        }
    }

    /// What is to be written into `io.max`, one write for each. An error of Step::Limit is the caller's, whatever is optional.
    pub(crate) fn lines(&self) -> Result<Vec<String>> {
        let numbers = self.numbers();
        let mut devices = match &self.devices[..] {
            [] => every_device()?,
            named => named.iter().map(|path| device_behind(path)).collect::<Result<Vec<String>>>()?,
        };
        devices.sort();
        devices.dedup();
        Ok(devices.into_iter().map(|device| format!("{device}{numbers}")).collect())
    }

    fn numbers(&self) -> String {
        let given = KEYS.iter().zip(self.per_second);
        given.filter_map(|(key, limit)| Some(format!(" {key}={}", limit?))).collect()
    }
}

impl fmt::Display for IoLimit {
    /// Such as `rbps=1048576 on /dev/sda`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let devices: Vec<String> = self.devices.iter().map(|device| device.display().to_string()).collect();
        let on = if devices.is_empty() { "every device".to_owned() } else { devices.join(", ") };
        write!(f, "{} on {on}", self.numbers().trim_start())
    }
}

/// Whole disks that hold something.
fn every_device() -> Result<Vec<String>> {
    const BLOCK: &str = "/sys/block";
    let failed = |error| Error::os(Label::at(Step::Cgroup, BLOCK), error);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(BLOCK).map_err(failed)? {
        let dir = entry.map_err(failed)?.path();
        let text = |file: &str| std::fs::read_to_string(dir.join(file)).unwrap_or_default();
        let (size, device) = (text("size"), text("dev"));
        if size.trim() != "0" && !device.is_empty() {
            found.push(device.trim().to_owned());
        }
    }
    Ok(found)
}

fn device_behind(path: &Path) -> Result<String> {
    let label = || Label::at(Step::Limit, path);
    let metadata = std::fs::metadata(path).map_err(|error| Error::os(label(), error))?;
    let number = if metadata.file_type().is_block_device() { metadata.rdev() } else { metadata.dev() };
    let device = format!("{}:{}", rustix::fs::major(number), rustix::fs::minor(number));
    let dir = PathBuf::from(format!("/sys/dev/block/{device}"));
    if !dir.exists() {
        return Err(Error::invalid(label(), "io_limit: no block device is behind it"));
    }
    if !dir.join("partition").exists() {
        return Ok(device);
    }
    // The directory of a partition is in that of its disk; through the link, so by the kernel's own `..`.
    let disk = std::fs::read_to_string(dir.join("../dev")).map_err(|error| Error::os(label(), error))?;
    Ok(disk.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_said_is_written() {
        let limit = IoLimit::new().read_bytes(1000).write_ops(5);
        assert_eq!(limit.numbers(), " rbps=1000 wiops=5");
        assert!(limit.check().is_ok());
    }

    #[test]
    fn zero_and_nothing_are_refused() {
        for limit in [IoLimit::new(), IoLimit::new().read_ops(0), IoLimit::new().device("/")] {
            let error = limit.check().expect_err("refused");
            assert_eq!(error.step(), Step::Limit, "{error}");
        }
    }

    #[test]
    fn a_path_without_a_device_is_told() {
        let error = IoLimit::new().read_ops(1).device("/proc").lines().expect_err("procfs has none");
        assert!(error.to_string().contains("/proc"), "{error}");
        let error = IoLimit::new().read_ops(1).device("/no/such").lines().expect_err("not there");
        assert_eq!(error.raw_os_error(), Some(2));
    }
}
