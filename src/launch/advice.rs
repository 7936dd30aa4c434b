//! What to do about a program or a bind that is not there: by the request, and by the first bytes of the file.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};
use rustix::io::Errno;

use crate::command::Command;
use crate::error::{Error, Step};
use crate::mounts::{Kind, Mount};
use crate::namespaces::Namespaces;
use crate::plan::{Request, exec};

/// The error with advice, if there is any that it has not got already.
pub(crate) fn advise(error: Error, request: &Request, command: &Command) -> Error {
    let advice = match (error.step(), error.raw_os_error().map(Errno::from_raw_os_error)) {
        (Step::Bind, Some(Errno::NOENT)) if error.hint().is_none() => {
            error.path().map(|source| format!("what is missing is {} on the host", source.display()))
        }
        (Step::Exec, Some(Errno::NOENT)) if error.hint().is_none() => Some(not_found(request, command)),
        (Step::Interpreter, Some(Errno::NOENT)) => Some(no_interpreter(request, command, error.path())),
        (Step::Exec, Some(Errno::NOEXEC)) => Some(no_program(request, error.path()).to_owned()),
        (Step::Exec, Some(Errno::ACCESS)) if request.landlock.is_some() => {
            error.hint().map(|hint| format!("{hint}; or no rule of its Landlock lets it be executed"))
        }
        _ => None,
    };
    match advice {
        Some(advice) => error.with_advice(advice),
        None => error,
    }
}

fn not_found(request: &Request, command: &Command) -> String {
    let name = command.program.to_string_lossy();
    let mut advice = match exec::path(command) {
        Some(path) => format!("it is looked up inside the sandbox, in PATH: {}", path.display()),
        None => "it is looked up inside the sandbox".to_owned(),
    };
    if name.contains(char::is_whitespace) {
        advice += "; no shell is used, so that a blank is part of the name: see Command::arg and Command::shell";
    }
    advice + missing_system(request)
}

/// What gives programs to a sandbox that has nothing of the host's system.
fn missing_system(request: &Request) -> &'static str {
    let has_root = request.host_system.is_some() || request.overlay.is_some();
    match has_root || !request.namespaces.contains(Namespaces::MOUNT) {
        true => "",
        false => "; the host's programs are there only with host_system()",
    }
}

fn no_interpreter(request: &Request, command: &Command, place: Option<&Path>) -> String {
    let head = place.and_then(|place| head(request, command.current_dir.as_deref(), place)).unwrap_or_default();
    let advice = match (interpreter(&head), loader(&head)) {
        (Some(name), _) if name.ends_with('\r') => {
            format!("its first line names the interpreter {name:?}: the line ends in CR LF, and must in LF alone")
        }
        (Some(name), _) => format!("its first line names the interpreter {name:?}, which is not in the sandbox"),
        (None, Some(name)) => format!("its loader, {name:?}, is not in the sandbox"),
        (None, None) => "the interpreter that its first line names, or its loader, is not in the sandbox".to_owned(),
    };
    advice + missing_system(request)
}

fn no_program(request: &Request, place: Option<&Path>) -> &'static str {
    match place.and_then(|place| head(request, None, place)).as_deref() {
        Some([]) => "the file is empty",
        Some([0x7f, b'E', b'L', b'F', ..]) => "it is a program for another machine, or damaged",
        _ => "it is neither a program for this machine nor a script whose first line begins with #!",
    }
}

/// The interpreter that a script names, as the kernel takes it (load_script()).
fn interpreter(head: &[u8]) -> Option<String> {
    let line = head.strip_prefix(b"#!")?.split(|byte| *byte == b'\n').next()?;
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let name = line.split(blank).find(|word| !word.is_empty())?;
    Some(String::from_utf8_lossy(name).into_owned())
}

/// The loader that a program names: the segment PT_INTERP of elf(5).
fn loader(head: &[u8]) -> Option<String> {
    const PT_INTERP: usize = 3;
    let number = |at: usize, size: usize| -> Option<usize> {
        let bytes = head.get(at..at.checked_add(size)?)?;
        usize::try_from(bytes.iter().rev().fold(0, |number: u64, byte| number << 8 | u64::from(*byte))).ok()
    };
    if !head.starts_with(b"\x7fELF") {
        return None;
    }
    // The class, and where its structures have: e_phoff, e_phentsize, e_phnum; p_offset, p_filesz; the size of an offset.
    let (segments, each, count, offset, length, wide) = match head.get(4)? {
        1 => (28, 42, 44, 4, 16, 4),
        _ => (32, 54, 56, 8, 32, 8),
    };
    let (segments, each, count) = (number(segments, wide)?, number(each, 2)?, number(count, 2)?);
    let at =
        (0..count).map(|index| segments.saturating_add(index * each)).find(|at| number(*at, 4) == Some(PT_INTERP))?;
    let (start, length) = (number(at.checked_add(offset)?, wide)?, number(at.checked_add(length)?, wide)?);
    let name = head.get(start..start.checked_add(length)?)?;
    Some(String::from_utf8_lossy(name.strip_suffix(b"\0").unwrap_or(name)).into_owned())
}

/// The first bytes of what is at a place inside, where the request tells what that is.
fn head(request: &Request, dir: Option<&Path>, place: &Path) -> Option<Vec<u8>> {
    const ENOUGH: u64 = 4096;
    let place = dir.unwrap_or(Path::new("/")).join(place);
    if !request.namespaces.contains(Namespaces::MOUNT) {
        return read(place, Path::new("."), ENOUGH);
    }
    let system = request.host_system.iter().filter_map(|found| found.get()).flatten();
    let mut mounts: Vec<&Mount> = system.chain(&request.mounts).collect();
    mounts.reverse();
    for mount in mounts {
        let Ok(rest) = place.strip_prefix(&mount.inside) else { continue };
        return match &mount.kind {
            Kind::File { contents } => Some(contents[..contents.len().min(ENOUGH as usize)].to_vec()),
            Kind::FileFrom { file } => {
                let mut head = vec![0; ENOUGH as usize];
                let length = rustix::io::pread(file, &mut head, 0).ok()?;
                Some(head[..length].to_vec())
            }
            Kind::Bind { source, .. } => read(source.clone(), rest, ENOUGH),
            _ => None,
        };
    }
    let overlay = request.overlay.as_ref()?;
    let rest = place.strip_prefix(Path::new("/").join(overlay.place().ok()?)).ok()?;
    let mut layers: Vec<&Path> = overlay.lowers().collect();
    layers.reverse();
    layers.into_iter().find_map(|layer| read(layer.to_owned(), rest, ENOUGH))
}

/// Not through links, which lead elsewhere inside.
fn read(source: PathBuf, rest: &Path, bytes: u64) -> Option<Vec<u8>> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = match rest.as_os_str().is_empty() || rest == Path::new(".") {
        true => rustix::fs::openat(CWD, source, flags, Mode::empty()),
        false => {
            let dir = rustix::fs::openat(CWD, source, OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).ok()?;
            openat2(dir, rest, flags, Mode::empty(), ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS)
        }
    };
    let mut head = Vec::new();
    File::from(file.ok()?).take(bytes).read_to_end(&mut head).ok()?;
    Some(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_damaged_program_says_of_its_loader_is_not_believed() {
        let own = std::fs::read(std::env::current_exe().expect("own path")).expect("own file");
        let own = &own[..4096];
        let name = loader(own);
        assert!(name.as_ref().is_none_or(|name| name.contains("ld")), "{name:?}");
        for at in 4..own.len() {
            let mut damaged = own.to_vec();
            for byte in [0, 1, 0x7f, 0xff] {
                damaged[at] = byte;
                assert!(loader(&damaged).is_none_or(|name| name.len() < own.len()));
            }
            damaged[at..].fill(0xff);
            assert!(loader(&damaged).is_none_or(|name| name.len() < own.len()));
            assert!(loader(&own[..at]).is_none_or(|name| name.len() < at));
        }
    }

    #[test]
    fn the_interpreter_is_the_first_word_of_the_first_line() {
        let found = |head: &str| interpreter(head.as_bytes());
        assert_eq!(found("#!/bin/sh -e\nrest").as_deref(), Some("/bin/sh"));
        assert_eq!(found("#!\t /bin/sh\r\n").as_deref(), Some("/bin/sh\r"));
        assert_eq!(found("#!").or(found("#! \n/bin/sh")).or(found(" #!/bin/sh")).or(found("")), None);
    }
}
