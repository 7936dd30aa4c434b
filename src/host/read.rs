//! Reads what the kernel tells in text.

pub(crate) fn file(path: &str) -> Option<String> {
    std::fs::read_to_string(path).ok()
}

/// A file that holds one number, such as those of /proc/sys.
pub(crate) fn number(path: &str) -> Option<u64> {
    file(path)?.trim().parse().ok()
}

/// Major and minor number of a kernel release, such as `6.1.0-18-amd64`.
pub(crate) fn release(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split(|c: char| !c.is_ascii_digit());
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// A number of /proc/PID/status.
pub(crate) fn status(text: &str, field: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    line.trim().parse().ok()
}

/// Whether /proc/filesystems names it.
pub(crate) fn has_filesystem(text: &str, name: &str) -> bool {
    text.lines().any(|line| line.split('\t').next_back() == Some(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases() {
        assert_eq!(release("6.18.44-fc-v657"), Some((6, 18)));
        assert_eq!(release("5.14.0-427.el9.x86_64"), Some((5, 14)));
        assert_eq!(release("6.1"), Some((6, 1)));
        assert_eq!(release("6"), None);
        assert_eq!(release("linux"), None);
        assert!(release("5.4.0") < Some((5, 14)) && release("6.1.0") > Some((5, 14)));
    }

    #[test]
    fn status_fields_are_told_apart() {
        let text = "Name:\tSeccomp:\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t3\n";
        assert_eq!(status(text, "Seccomp"), Some(2));
        assert_eq!(status(text, "Seccomp_filters"), Some(3));
        assert_eq!(status(text, "NoNewPrivs"), Some(1));
        assert_eq!(status("", "Seccomp"), None);
        assert_eq!(status("Seccomp:\tmany\n", "Seccomp"), None);
    }

    #[test]
    fn filesystems_by_whole_name() {
        let list = "nodev\ttmpfs\nnodev\toverlay\n\text4\n";
        assert!(has_filesystem(list, "overlay") && has_filesystem(list, "ext4"));
        assert!(!has_filesystem(list, "over") && !has_filesystem(list, "nodev"));
    }
}
