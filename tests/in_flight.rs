//! A program fills the count of descriptors that its user has in flight: unix(7), ETOOMANYREFS. For an ordinary user's host that
//! is the host's own count. Neither a spawn nor the end of a sandbox waits for it to be emptied.

mod common;

use std::io::{Read, Write};

use belljar::{Command, Overlay, Resource, Stdio, Verdict};

guests! { fill }

/// Sends descriptors that nobody receives, until the kernel takes no more, and says so.
fn fill(_: &[String]) -> i32 {
    const MOST: usize = 253;
    let null = std::fs::File::open("/dev/null").expect("opens");
    let mut pairs = Vec::new();
    loop {
        let mut pair = [0i32; 2];
        // SAFETY: room for two numbers.
        if unsafe { libc::socketpair(libc::AF_UNIX, libc::SOCK_DGRAM, 0, pair.as_mut_ptr()) } != 0 {
            break;
        }
        pairs.push(pair);
        let mut control = [0u64; 2 + MOST.div_ceil(2)];
        let (mut byte, length) = (0u8, 16 + 4 * MOST);
        control[0] = length as u64;
        control[1] = libc::SOL_SOCKET as u64 | (libc::SCM_RIGHTS as u64) << 32;
        let descriptor = std::os::fd::AsRawFd::as_raw_fd(&null) as u32 as u64;
        control[2..].fill(descriptor | descriptor << 32);
        let mut part = libc::iovec { iov_base: (&raw mut byte).cast(), iov_len: 1 };
        // SAFETY: zeros are a message without anything.
        let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
        (message.msg_iov, message.msg_iovlen) = (&raw mut part, 1);
        (message.msg_control, message.msg_controllen) = (control.as_mut_ptr().cast(), length as _);
        // SAFETY: all of it lives.
        if unsafe { libc::sendmsg(pair[0], &message, libc::MSG_DONTWAIT) } < 0 {
            break;
        }
    }
    println!("{}", std::io::Error::last_os_error().raw_os_error().unwrap_or(0));
    std::io::stdout().flush().expect("flushed");
    common::kernel::forever()
}

#[test]
fn a_count_of_descriptors_in_flight_that_is_full_keeps_no_sandbox_from_starting_and_ending() {
    let _host = common::host();
    let sandbox = common::guest_sandbox().rlimit(Resource::Nofile, 3000, 3000);
    let mut filler = sandbox.spawn(common::guest("fill").stdout(Stdio::piped())).expect("the one that fills");
    let mut said = [0u8; 8];
    let length = filler.stdout.as_mut().expect("piped").read(&mut said).expect("it says that it is done");
    assert_eq!(said[..length].trim_ascii(), libc::ETOOMANYREFS.to_string().as_bytes(), "the count was not filled");

    let output = sandbox.output(Command::new("echo").arg("runs")).expect("a sandbox beside it");
    assert_eq!((output.outcome.verdict, &*output.stdout), (Verdict::Exited(0), &b"runs\n"[..]));
    // The upper layer of an overlay is a descriptor that the init sends.
    let empty = common::TempDir::new("in-flight");
    let overlay = sandbox.clone().overlay(Overlay::new().lower(empty.path()).at("/layer"));
    match overlay.output(Command::new("echo").arg("runs")) {
        Ok(output) => assert_eq!((output.outcome.verdict, &*output.stdout), (Verdict::Exited(0), &b"runs\n"[..])),
        Err(error) if error.is_unsupported() => common::skip("in_flight", "overlay", &error.to_string()),
        Err(error) => panic!("{error}"),
    }
    filler.kill().expect("kills");
    assert_eq!(filler.wait().expect("waits").verdict, Verdict::Killed);
}
