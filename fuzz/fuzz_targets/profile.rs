//! Seccomp profiles of users': any text is a filter or an error, and a filter can be shown and explained.
#![no_main]

use belljar::Filter;

libfuzzer_sys::fuzz_target!(|text: &str| {
    for filter in [Filter::from_oci_json(text), Filter::from_seccompiler_json(text, "main")].into_iter().flatten() {
        let _ = filter.to_string();
        let _ = filter.explain("openat");
    }
});
