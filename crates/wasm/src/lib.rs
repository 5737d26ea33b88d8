//! Runs programs of WebAssembly that are made for Extism, as its Go SDK 1.7.1 does: the kernel that holds what goes
//! in and out, its host functions, and WASI preview 1.
//!
//! Knows no plugins. What a program may reach is handed in: streams, variables, one folder, a web of some hosts.

mod call;
mod env;
mod kernel;
mod wasi;
mod web;
mod words;

pub use call::{Call, CallError, Limits, Outcome, call};
pub use web::{Answer, Request, Web};
