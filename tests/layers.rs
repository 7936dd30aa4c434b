//! The layout that the design asks for: imports point downwards only.

use std::fs;
use std::path::{Path, PathBuf};

/// From the bottom up; a module may use those of its own layer and below.
const LAYERS: [&[&str]; 11] = [
    &["error", "sys"],
    &["init"],
    &["namespaces", "limits", "mounts", "stdio", "command", "cure", "capabilities", "cgroup", "landlock", "seccomp"],
    &["overlay", "changes"],
    &["oci"],
    &["outcome"],
    &["plan"],
    &["launch"],
    &["child"],
    &["sandbox", "host"],
    &["lib"],
];

fn layer(module: &str) -> usize {
    LAYERS.iter().position(|layer| layer.contains(&module)).unwrap_or_else(|| panic!("{module} has no layer"))
}

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a source directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn imports_point_downwards() {
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files);
    assert!(files.len() > 10, "run in the crate's directory");
    for file in files {
        let relative = file.strip_prefix("src").expect("below src");
        let first = relative.components().next().expect("a name").as_os_str().to_str().expect("UTF-8");
        let module = first.trim_end_matches(".rs");
        let text = fs::read_to_string(&file).expect("a source file");
        for line in text.lines().map(str::trim_start).filter(|line| line.starts_with("use crate::")) {
            let used = line["use crate::".len()..].split([':', ';', '{', ' ']).next().expect("a module");
            assert!(layer(used) <= layer(module), "{}: {line}", file.display());
        }
    }
}

#[test]
fn unsafe_code_stays_in_its_places() {
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files);
    for file in files {
        let text = fs::read_to_string(&file).expect("a source file");
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let uses = code
            .filter(|line| line.contains("unsafe ") && !line.contains("unsafe(") && !line.contains("unsafe impl Plain"))
            .count();
        let allowed = ["src/sys", "src/launch", "src/init"].iter().any(|place| file.starts_with(place));
        assert!(allowed || uses == 0, "{} has unsafe code", file.display());
    }
}
