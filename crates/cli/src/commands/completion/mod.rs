//! `completion bash|zsh|fish|powershell`

use crate::command::{Args, Command, Flag, Invocation};
use crate::completions;
use crate::error::Failure;
use crate::session::Session;

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
    run: Some(|session, invocation| print(session, invocation, include_str!("script.bash"))),
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
    run: Some(|session, invocation| print(session, invocation, include_str!("script.zsh"))),
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
    run: Some(|session, invocation| print(session, invocation, include_str!("script.fish"))),
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
    run: Some(|session, invocation| print(session, invocation, include_str!("script.ps1"))),
    ..SCRIPT
};

const SCRIPT: Command = Command {
    args: Args::None,
    flags: FLAGS,
    complete: Some(completions::no_more),
    ..Command::EMPTY
};

/// Prints a script that asks the program, by the name that it was called.
fn print(session: &mut Session, invocation: &Invocation, script: &str) -> Result<(), Failure> {
    let request = match invocation.flags.bool("no-descriptions") {
        true => "__completeNoDesc",
        false => "__complete",
    };
    let script = script
        .replace("{bin}", session.program)
        .replace("{request}", request);
    session.ui.print(&script)
}
