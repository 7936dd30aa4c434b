//! Compilers and interpreters as they come with the host, under `host_system` and with nothing added: each compiles where it
//! has to, and its program reads, prints, starts a thread and a child, uses memory, and runs into each limit.
//!
//! The programs are in `fixtures/languages`: without an argument each says [`SAID`], with one it is what the argument says.

mod common;

use std::path::Path;
use std::time::Duration;

use belljar::{Command, Features, Means, Output, Sandbox, Stdio, Verdict};
use common::{TempDir, host};

const LINE: &str = "wörld\n";
const SAID: &str = "é ✓ wörld\nthread 42\nchild\n100000000\n";

/// Of one language: how its program is compiled, in `/work`, and how it runs. The first word of each is what the machine must
/// have.
fn language(name: &str, compile: &str, run: &str) {
    let _host = host();
    let words = |text: &str| text.split_ascii_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let (compile, run) = (words(compile), words(run));
    let program = |words: &[String]| words.first().filter(|first| !first.starts_with("./")).cloned();
    for needed in [program(&compile), program(&run)].into_iter().flatten() {
        if !Path::new("/usr/bin").join(&needed).exists() {
            return common::skip(name, "languages", &format!("no {needed}"));
        }
    }
    let dir = TempDir::new("language");
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let sources = Path::new(&package).join("tests/fixtures/languages");
    for source in std::fs::read_dir(sources).expect("the programs") {
        let source = source.expect("a program");
        std::fs::copy(source.path(), dir.path().join(source.file_name())).expect("a copy");
    }
    let base = Sandbox::new().host_system().wall_time_limit(Duration::from_secs(300));
    if let [program, arguments @ ..] = &compile[..] {
        let output = base.clone().bind_rw(dir.path(), "/work").output(in_work(program).args(arguments)).expect("runs");
        assert_eq!(output.outcome.verdict, Verdict::Exited(0), "{name} compiles: {}", said(&output));
    }

    let sandbox = base.bind_ro(dir.path(), "/work");
    let output = |sandbox: Sandbox, mode: Option<&str>| {
        let [program, arguments @ ..] = &run[..] else { panic!("a program") };
        sandbox.output(in_work(program).args(arguments).args(mode).stdin(Stdio::bytes(LINE))).expect("runs")
    };
    let works = output(sandbox.clone(), None);
    let text = String::from_utf8_lossy(&works.stdout);
    assert_eq!((&*text, works.outcome.verdict), (SAID, Verdict::Exited(0)), "{name} works: {}", said(&works));

    let hog = sandbox.clone().memory_limit(256 << 20).optional(Features::CGROUP);
    let hog = output(hog.wall_time_limit(Duration::from_secs(60)), Some("hog"));
    match hog.outcome.enforced.memory {
        // Of each process by itself: it is refused memory, and does of that what it will.
        Means::Rlimit => assert!(!hog.outcome.success(), "{name} hogs: {}", said(&hog)),
        _ => assert_eq!(hog.outcome.verdict, Verdict::MemoryLimit, "{name} hogs: {}", said(&hog)),
    }
    let spins = output(sandbox.clone().cpu_time_limit(Duration::from_secs(1)), Some("spin"));
    assert_eq!(spins.outcome.verdict, Verdict::CpuTimeLimit, "{name} spins: {}", said(&spins));
    let floods = output(sandbox.output_limit(100_000), Some("flood"));
    assert_eq!(floods.outcome.verdict, Verdict::OutputLimit, "{name} floods: {}", said(&floods));
}

fn in_work(program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/work");
    command
}

fn said(output: &Output) -> String {
    let cut = |bytes: &[u8]| String::from_utf8_lossy(&bytes[..bytes.len().min(2000)]).into_owned();
    format!("{}\n{}\n{}", output.outcome, cut(&output.stdout), cut(&output.stderr))
}

/// What a program looks up in the files of /etc is what it finds on the host.
#[test]
fn what_is_looked_up_in_etc_is_found() {
    const SCRIPT: &str = "
import mimetypes, os, platform, socket, ssl, time
def of(look):
    try: return look()
    except Exception as error: return repr(error)
print(of(lambda: socket.getservbyname('https')), of(lambda: socket.getprotobyname('ospf')))
print(of(lambda: socket.getaddrinfo('127.0.0.1', 'https', type=socket.SOCK_STREAM)))
print(mimetypes.guess_type('a.xyz'), mimetypes.guess_type('a.djvu'), time.localtime(0).tm_hour)
print(of(lambda: platform.freedesktop_os_release()['ID']), ssl.get_default_verify_paths().cafile)
print(len(ssl.create_default_context().get_ca_certs()))
";
    let _host = host();
    if !Path::new("/usr/bin/python3").exists() {
        return common::skip("what_is_looked_up_in_etc_is_found", "languages", "no python3");
    }
    let on_host =
        std::process::Command::new("/usr/bin/python3").args(["-c", SCRIPT]).env_clear().output().expect("runs");
    let output = Sandbox::new().host_system().output(in_work("python3").args(["-c", SCRIPT]).current_dir("/"));
    let output = output.expect("runs");
    assert!(output.outcome.success(), "{}", said(&output));
    assert_eq!(String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&on_host.stdout));
}

/// Which fails by SIGBUS where /dev/shm has no room for it.
#[test]
fn python_shares_100_mb() {
    const SCRIPT: &str = "
from multiprocessing.shared_memory import SharedMemory
shared = SharedMemory(create=True, size=100_000_000)
shared.buf[:] = b'1' * 100_000_000
again = SharedMemory(shared.name)
print(bytes(again.buf).count(b'1'))
again.close()
shared.unlink()
";
    let _host = host();
    if !Path::new("/usr/bin/python3").exists() {
        return common::skip("python_shares_100_mb", "languages", "no python3");
    }
    let sandbox = Sandbox::new().host_system();
    let output = sandbox.output(in_work("python3").args(["-c", SCRIPT]).current_dir("/")).expect("runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "100000000\n", "{}", said(&output));
    assert!(output.outcome.success(), "{}", said(&output));
}

macro_rules! languages {
    ($($(#[$attribute:meta])* $name:ident: $compile:literal, $run:literal;)*) => {
        $(#[test] $(#[$attribute])* fn $name() { language(stringify!($name), $compile, $run) })*
    };
}

// A limit of memory that is the host's own affair is set aside: the virtual machines of Java take a quarter of what they see.
languages! {
    shell: "", "sh main.sh";
    c: "gcc -O1 -pthread main.c", "./a.out";
    python: "", "python3 main.py";
    perl: "", "perl main.pl";
    #[ignore = "long"] c_by_clang: "clang -O1 -pthread main.c", "./a.out";
    #[ignore = "long"] cpp: "g++ -O1 -pthread main.cpp", "./a.out";
    #[ignore = "long"] rust: "rustc -O main.rs", "./main";
    #[ignore = "long"] go: "go build -o main main.go", "./main";
    #[ignore = "long"] java: "javac -d . Main.java", "java -Xmx4g Main";
    #[ignore = "long"] kotlin: "kotlinc -d . main.kt", "kotlin -J-Xmx4g MainKt";
    #[ignore = "long"] scala: "scalac -d . Main.scala", "scala -J-Xmx4g Main";
    #[ignore = "long"] csharp_by_mono: "mcs -out:main.exe main.cs", "mono main.exe";
    #[ignore = "long"] node: "", "node main.js";
    #[ignore = "long"] ruby: "", "ruby main.rb";
    #[ignore = "long"] php: "", "php main.php";
    #[ignore = "long"] lua: "", "lua5.4 main.lua";
    #[ignore = "long"] haskell: "ghc -O1 -threaded -outputdir . -o main main.hs", "./main";
    #[ignore = "long"] ocaml: "ocamlfind ocamlopt -thread -package threads.posix -linkpkg -o main main.ml", "./main";
    #[ignore = "long"] r: "", "Rscript main.R";
}
