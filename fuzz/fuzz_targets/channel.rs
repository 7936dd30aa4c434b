//! The init's end of the channel, over a kernel of the test's own: see `init::machine::converse`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| belljar::converse(bytes));
