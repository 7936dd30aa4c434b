//! A test harness: starts a server that nobody trusts in a sandbox, talks to it, and drops the handle.
//!
//! ```sh
//! cargo run --example test_harness
//! ```
//!
//! The server is this program itself, called with `--serve`: a small key-value store. It has a network of its own that
//! leads nowhere; the one way to it is the listening socket that the harness made and passed in as descriptor 3, as
//! systemd would. So any free port will do, no port is ever raced for, and the server can be reached but reaches nobody.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd, FromRawFd, OwnedFd};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use belljar::{Child, Command, Sandbox};

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

const LISTENER: i32 = 3;

fn main() -> ExitCode {
    let result = match std::env::args().nth(1).as_deref() {
        Some("--serve") => serve(),
        Some("--linger") => {
            std::thread::sleep(Duration::from_secs(3600));
            Ok(())
        }
        _ => harness(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("test_harness: {error}");
            ExitCode::FAILURE
        }
    }
}

// ---- the harness ----------------------------------------------------------------------------------------------

fn harness() -> Result<()> {
    let server = Server::start()?;
    println!("the server listens on {}, its init is process {}", server.address, server.child.id());

    let mut client = Client::connect(server.address)?;
    expect(&client.ask("set colour blue")?, "ok")?;
    let mut second = Client::connect(server.address)?;
    expect(&second.ask("get colour")?, "blue")?;
    expect(&second.ask("get shape")?, "nothing")?;

    // It sees its own store, and nothing of whoever runs it.
    expect(&client.ask("read /etc/shadow")?, "error: No such file or directory (os error 2)")?;
    expect(&client.ask("variables")?, "HOME LANG PATH")?;
    let bystander = TcpListener::bind("127.0.0.1:0")?;
    let question = format!("connect {}", bystander.local_addr()?);
    expect(&client.ask(&question)?, "error: Connection refused (os error 111)")?;

    // A child of its own, which holds the listening socket too: if it outlived the sandbox, the port would still answer.
    expect(&client.ask("fork")?, "ok")?;

    let address = server.address;
    let over = server.child.as_fd().try_clone_to_owned()?;
    let before = Instant::now();
    drop(server);
    println!("dropped the handle: {:.1} ms", before.elapsed().as_secs_f64() * 1e3);

    expect_gone(&over)?;
    expect(&client.ask("get colour").unwrap_or_default(), "")?;
    match TcpStream::connect(address) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => println!("connect {address} -> {error}"),
        Err(error) => return Err(error.into()),
        Ok(_) => return Err(format!("somebody still listens on {address}").into()),
    }
    println!("nothing of it is left");
    Ok(())
}

/// A server in a sandbox. There is nothing to stop it by: dropping it ends every process of the sandbox, and so does the
/// end of the harness, by panic, SIGKILL or otherwise.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start() -> Result<Server> {
        // Connections wait here from now on: nobody needs to poll until the server is ready.
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let sandbox = Sandbox::new()
            .host_system()
            .bind_ro(std::env::current_exe()?, "/server")
            .wall_time_limit(Duration::from_secs(300));
        let mut command = Command::new("/server");
        command.arg("--serve").fd(LISTENER, listener.into());
        // The command holds the listener as long as it lives; here it ends with this function.
        Ok(Server { child: sandbox.spawn(&mut command)?, address })
    }
}

/// A pidfd is readable once its process is over: this is what an event loop would wait for. Nothing runs when the handle is
/// dropped; the init is over when the kernel has taken the rest apart.
fn expect_gone(process: &OwnedFd) -> Result<()> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let a_while = Timespec { tv_sec: 10, tv_nsec: 0 };
    match poll(&mut [PollFd::new(process, PollFlags::IN)], Some(&a_while))? {
        1 => Ok(()),
        _ => Err("the handle is dropped and its sandbox runs on".into()),
    }
}

fn expect(answer: &str, wanted: &str) -> Result<()> {
    match answer == wanted {
        true => Ok(()),
        false => Err(format!("the server answers {answer:?}, not {wanted:?}").into()),
    }
}

struct Client(BufReader<TcpStream>);

impl Client {
    fn connect(address: SocketAddr) -> Result<Client> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        Ok(Client(BufReader::new(stream)))
    }

    /// One line there, one line back; empty if the server is gone.
    fn ask(&mut self, question: &str) -> io::Result<String> {
        self.0.get_mut().write_all(format!("{question}\n").as_bytes())?;
        let mut answer = String::new();
        self.0.read_line(&mut answer)?;
        if !answer.is_empty() {
            print!("{question} -> {answer}");
        }
        Ok(answer.trim_end().to_owned())
    }
}

// ---- the server, inside ---------------------------------------------------------------------------------------

fn serve() -> Result<()> {
    // SAFETY: the harness passed the listener under this number, and nothing else here has taken it.
    let listener = unsafe { TcpListener::from_raw_fd(LISTENER) };
    let store = std::sync::Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for stream in listener.incoming() {
            let (stream, store) = (stream?, &store);
            scope.spawn(move || answer(&stream, store));
        }
        Ok(())
    })
}

fn answer(stream: &TcpStream, store: &std::sync::Mutex<BTreeMap<String, String>>) -> io::Result<()> {
    let lock = || store.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    for line in BufReader::new(stream).lines() {
        let line = line?;
        let words: Vec<&str> = line.split(' ').collect();
        let answer = match words[..] {
            ["set", key, value] => {
                lock().insert(key.to_owned(), value.to_owned());
                Ok("ok".to_owned())
            }
            ["get", key] => Ok(lock().get(key).cloned().unwrap_or("nothing".to_owned())),
            ["read", path] => std::fs::read_to_string(path).map(|text| text.lines().next().unwrap_or("").to_owned()),
            ["variables"] => Ok(std::env::vars().map(|(key, _)| key).collect::<Vec<_>>().join(" ")),
            ["connect", address] => TcpStream::connect(address).map(|_| "connected".to_owned()),
            ["fork"] => keep_listener_open().map(|()| "ok".to_owned()),
            _ => Err(io::Error::other("unknown question")),
        };
        writeln!(&*stream, "{}", answer.unwrap_or_else(|error| format!("error: {error}")))?;
    }
    Ok(())
}

/// A child that inherits descriptor 3 and does nothing for an hour.
fn keep_listener_open() -> io::Result<()> {
    std::process::Command::new("/server").arg("--linger").spawn().map(drop)
}
