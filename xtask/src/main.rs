//! The project's own commands, run as `cargo xtask NAME`; `./dev` is their friendlier face.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "these commands talk to a developer's terminal"
)]

mod bench;
mod certificates;
mod conformance;
mod differential;
mod faults;
mod fuzz;
mod interop;
mod oracle;
mod paths;
mod rights;
mod screen;
mod serving;
mod soak;
mod tidy;
mod wire;
mod workers;

use anyhow::{Result, bail};

const USAGE: &str = "\
usage: cargo xtask COMMAND
  tidy                         hold the rules that no compiler knows
  screen                       make a picture of a terminal transcript, from standard input
  oracle install [NAME…]       install real Helm, KWOK and the control plane, or only those named
  oracle path NAME             print where a program is: helm4, helm3, kwok, controlplane
  oracle up DIR                bring up a control plane with its state in DIR and print facts as JSON
  oracle down DIR              end it
  oracle kubectl DIR [ARG…]    run kubectl as its administrator
  oracle run CMD [ARG…]        run a command beside a control plane that lives as long as it does
  bench NAME                   measure against real Helm; without a name it lists them
  fuzz [TARGET…] [SECONDS]     let libFuzzer at what reads the text of others; 600 seconds for each target
  differential [NAME…]         ask Go's libraries and ours the same; with --long very often
  conformance SUITE…           compare with real Helm; without a suite it lists them";

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["oracle", rest @ ..] => oracle::command(rest),
        ["bench", rest @ ..] => bench::command(rest),
        ["screen"] => screen::command(),
        ["tidy"] => tidy::command(),
        ["fuzz", rest @ ..] => fuzz::command(rest),
        ["differential", rest @ ..] => differential::command(rest),
        ["conformance", rest @ ..] => conformance::command(rest),
        _ => bail!("{USAGE}"),
    }
}
