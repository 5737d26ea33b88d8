//! Lets libFuzzer call [`fuzz::regexp`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::regexp(data));
