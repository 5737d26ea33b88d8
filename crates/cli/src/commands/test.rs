//! `test [RELEASE]`

use super::not_built;
use crate::command::{Args, Command, Flag};
use crate::completions;
use crate::flags;

pub(super) static TEST: Command = Command {
    usage: "test [RELEASE]",
    short: "run the tests of a release",
    long: "Runs the test hooks of a release and reports how they ended.",
    args: Args::Exactly(1),
    flags: &[&[
        flags::TIMEOUT,
        Flag::bool(
            "logs",
            "print the logs of the test pods, after all tests and before any clean-up",
        ),
        Flag::strings(
            "filter",
            "tests to run: name=NAME, or !name=NAME for all others; may be repeated",
        ),
    ]],
    complete: Some(completions::release),
    run: Some(not_built),
    ..Command::EMPTY
};
