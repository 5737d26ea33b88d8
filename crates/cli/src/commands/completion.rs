//! `completion bash|zsh|fish|powershell`

use super::not_built;
use crate::command::{Args, Command, Flag};
use crate::completions;

pub(super) static COMPLETION: Command = Command {
    usage: "completion",
    short: "print a completion script for a shell",
    long: "Prints a script that teaches a shell to complete the command line.",
    args: Args::None,
    subcommands: &[&BASH, &ZSH, &FISH, &POWERSHELL],
    ..Command::EMPTY
};

const FLAGS: &[&[Flag]] = &[&[Flag::bool(
    "no-descriptions",
    "complete without descriptions",
)]];

static BASH: Command = Command {
    usage: "bash",
    short: "print the completion script for bash",
    long: "\
Prints the completion script for bash.

In this session only:

    source <({bin} completion bash)

In every new session, on Linux:

    {bin} completion bash > /etc/bash_completion.d/{bin}
",
    ..SCRIPT
};

static ZSH: Command = Command {
    usage: "zsh",
    short: "print the completion script for zsh",
    long: "\
Prints the completion script for zsh.

In this session only:

    source <({bin} completion zsh)

In every new session:

    {bin} completion zsh > \"${fpath[1]}/_{bin}\"
",
    ..SCRIPT
};

static FISH: Command = Command {
    usage: "fish",
    short: "print the completion script for fish",
    long: "\
Prints the completion script for fish.

In this session only:

    {bin} completion fish | source

In every new session:

    {bin} completion fish > ~/.config/fish/completions/{bin}.fish
",
    ..SCRIPT
};

static POWERSHELL: Command = Command {
    usage: "powershell",
    short: "print the completion script for PowerShell",
    long: "\
Prints the completion script for PowerShell.

In this session only:

    {bin} completion powershell | Out-String | Invoke-Expression

In every new session, add the output of that command to your profile.
",
    ..SCRIPT
};

const SCRIPT: Command = Command {
    args: Args::None,
    flags: FLAGS,
    complete: Some(completions::no_more),
    run: Some(not_built),
    ..Command::EMPTY
};
