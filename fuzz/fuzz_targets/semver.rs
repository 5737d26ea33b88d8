//! Lets libFuzzer call [`fuzz::semver`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::semver(data));
