//! Test environments: charts from a string, temporary homes, command runs.
//!
//! A dev-dependency only. What goes wrong here panics, since it is a test that is wrong.

mod env;
mod files;
mod flow;
mod server;

pub use env::{Screen, TestEnv};
pub use files::{chart, files, write_files};
pub use flow::{render, template};
pub use server::Server;
