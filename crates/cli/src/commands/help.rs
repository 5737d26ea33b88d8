//! `help [command]`

use crate::command::{Command, complete_help_topics, run_help};

pub(super) static HELP: Command = Command {
    usage: "help [command]",
    short: "Explain any command",
    long: "Shows the help of a command, as its --help does: {bin} help [path to command].",
    complete: Some(complete_help_topics),
    run: Some(run_help),
    ..Command::EMPTY
};
