//! The one binary: arguments to settings to action, and back to the terminal.
//!
//! - [`command`] reads, completes and explains command lines from a table.
//! - [`commands`] is that table: one file for each command, with what it does and prints.
//! - [`session`] is what commands have at hand: [`env`], [`settings`], the [`ui`], the store.
//! - [`error`] is what a user reads when something fails, and the exit status.
//!
//! This crate alone prints and reads the environment. How anything works, it does not know.

mod command;
mod commands;
mod completions;
mod connect;
mod env;
mod error;
mod fetching;
mod flags;
mod go;
mod gostruct;
mod klog;
mod kubectl_table;
mod output;
mod output_dir;
mod plugins;
mod problems;
mod reporter;
mod requests;
mod session;
mod settings;
mod store;
mod table;
mod terminal;
mod times;
mod ui;
mod world;
mod zone;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut words = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
    let called = words.next().unwrap_or_default();
    let args: Vec<String> = words.collect();
    let env = env::Env::of_process(called);
    let mut session = session::Session::new(env, ui::Ui::of_process());
    ExitCode::from(command::run(&commands::ROOT, &mut session, &args))
}
