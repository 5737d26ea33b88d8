//! Lets libFuzzer call [`fuzz::chart`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::chart(data));
