//! What there is on the host to attack: a secret beside what is given, a process, a key, memory, a queue, sockets.

use std::fs;
use std::net::TcpListener;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{SocketAddr, UnixListener};

use belljar::Sandbox;

use crate::attack::{Answer, Target, at, call, close, hex, open, path, to};
use crate::common::{self, TempDir, kernel};

const SECRET: &str = "nobody inside is to read or change this";

pub struct Ground {
    dir: TempDir,
    target: Target,
    memory: Answer,
    _sockets: ([UnixListener; 2], TcpListener),
    writable: bool,
}

impl Ground {
    pub fn new() -> Ground {
        let dir = TempDir::new("attacked");
        let place = |name: &str| dir.path().join(name);
        for name in ["given", "given/directory", "given/below", "writable"] {
            fs::create_dir(place(name)).expect("made");
        }
        for name in ["secret", "given/file", "writable/own"] {
            fs::write(place(name), SECRET).expect("written");
        }
        // Nothing but the mount keeps others from writing, and nothing but the mode from reading.
        for (name, mode) in
            [("given", 0o777), ("given/directory", 0o777), ("given/below", 0o777), ("given/file", 0o666)]
        {
            fs::set_permissions(place(name), PermissionsExt::from_mode(mode)).expect("its mode");
        }
        fs::write(place("given/private"), SECRET).expect("written");
        let private = UnixListener::bind(place("given/server")).expect("listens");
        for name in ["given/private", "given/server"] {
            fs::set_permissions(place(name), PermissionsExt::from_mode(0o600)).expect("its mode");
        }
        let name = format!("belljar-attacked-{}", dir.path().file_name().expect("a name").display());
        let address = SocketAddr::from_abstract_name(&name).expect("a name");
        let sockets = (
            [UnixListener::bind_addr(&address).expect("listens"), private],
            TcpListener::bind("127.0.0.1:0").expect("listens"),
        );
        let mut target = Target::default();
        target.set("secret", place("secret").display());
        target.set("pid", std::process::id());
        target.set("address", at(SECRET));
        target.set("socket", &name);
        target.set("port", sockets.1.local_addr().expect("an address").port());
        target.set("queue", &name);
        target.set("key", key().unwrap_or(0));
        let file = handle(libc::AT_FDCWD as i64, &place("secret").display().to_string());
        target.set("file_handle", hex(&file));
        target
            .set("process_handle", hex(&call(libc::SYS_pidfd_open, [kernel::pid() as usize, 0]).map_or(vec![], held)));
        let namespace = open(&path("/proc/self/ns/net"), libc::O_RDONLY);
        target.set("namespace_handle", hex(&namespace.map_or(vec![], held)));
        target.set("mounts", mount_namespace());
        let queue = path(&name);
        let made = [at(queue.as_c_str()), (libc::O_CREAT | libc::O_RDWR) as usize, 0o600, 0];
        let _ = call(libc::SYS_mq_open, made).inspect(|fd| close(*fd));
        let memory_key = std::process::id() as usize ^ 0x5eed_0000;
        target.set("memory_key", memory_key);
        let memory = call(libc::SYS_shmget, [memory_key, 4096, 0o1600]);
        target.set("memory", memory.unwrap_or(0));
        let writable = can_be_given(&dir);
        Ground { dir, target, memory, _sockets: sockets, writable }
    }

    /// What an attacker there is told.
    pub fn target(&self, place: &str) -> Target {
        let mut target = self.target.clone();
        target.set("where", place);
        let inside = place == "inside";
        for (name, mounted) in [("given", "/ro"), ("writable", "/rw")] {
            let host = self.dir.path().join(name).display().to_string();
            target.set(name, if inside { mounted } else { &host });
        }
        target
    }

    pub fn give(&self, sandbox: Sandbox) -> Sandbox {
        let place = |name: &str| self.dir.path().join(name);
        let sandbox = sandbox.bind_ro(place("given"), "/ro");
        if self.writable {
            return sandbox.bind_rw(place("writable"), "/rw");
        }
        sandbox.tmpfs("/rw", 1 << 20).file("/rw/own", SECRET)
    }

    /// What was not given is as it was, and so is what was given to read.
    pub fn is_unharmed(&self) {
        for name in ["secret", "given/file"] {
            assert_eq!(fs::read_to_string(self.dir.path().join(name)).expect("there"), SECRET, "{name}");
        }
        let names = |name: &str| fs::read_dir(self.dir.path().join(name)).expect("listed").count();
        assert_eq!((names("."), names("given"), names("given/directory")), (3, 5, 0));
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        if let Ok(memory) = self.memory {
            let _ = call(libc::SYS_shmctl, [memory as usize, libc::IPC_RMID as usize, 0]);
        }
        let queue = path(self.target.text("queue"));
        let _ = call(libc::SYS_mq_unlink, [at(queue.as_c_str())]);
    }
}

/// A privileged host gives a writable directory by an idmapped mount, which not every filesystem has.
fn can_be_given(dir: &TempDir) -> bool {
    let sandbox = common::guest_sandbox().bind_rw(dir.path(), "/rw");
    match sandbox.run(common::guest("has_capabilities")) {
        Err(error) if error.hint().is_some_and(|hint| hint.contains("idmapped")) => false,
        result => result.is_ok(),
    }
}

/// A key of the test's process that its user may read.
fn key() -> Answer {
    const PROCESS_KEYRING: usize = -2isize as usize;
    const KEYCTL_SETPERM: usize = 5;
    let secret = SECRET.as_bytes();
    let arguments = [at(c"user"), at(c"belljar:secret"), at(secret), secret.len(), PROCESS_KEYRING];
    let key = call(libc::SYS_add_key, arguments)?;
    call(libc::SYS_keyctl, [KEYCTL_SETPERM, key as usize, 0x3f3f_0000])?;
    Ok(key)
}

/// struct file_handle, or nothing where the filesystem has none.
fn handle(directory: i64, name: &str) -> Vec<u8> {
    const EMPTY_PATH: usize = 0x1000;
    let (name, mut buffer, mut mount) = (path(name), [0u8; 136], 0i32);
    buffer[0] = 128;
    let flags = if name.is_empty() { EMPTY_PATH } else { 0 };
    let arguments = [directory as usize, at(name.as_c_str()), to(&mut buffer), to(&mut mount), flags];
    match call(libc::SYS_name_to_handle_at, arguments) {
        Ok(_) => buffer[..8 + usize::from(buffer[0])].to_vec(),
        Err(_) => Vec::new(),
    }
}

/// Of an open descriptor, which is closed.
fn held(descriptor: i64) -> Vec<u8> {
    let found = handle(descriptor, "");
    close(descriptor);
    found
}

/// The kernel's 64-bit number of this mount namespace, 0 where there is none (before 6.11).
fn mount_namespace() -> u64 {
    let mut id = 0u64;
    if let Ok(namespace) = open(&path("/proc/self/ns/mnt"), libc::O_RDONLY) {
        let _ = call(libc::SYS_ioctl, [namespace as usize, libc::NS_GET_MNTNS_ID as usize, to(&mut id)]);
        close(namespace);
    }
    id
}
