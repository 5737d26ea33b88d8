//! Commands as data: their words, arguments, flags and help.
//!
//! A command line is read, completed and explained from one table, exactly as Go's cobra and pflag
//! do it for Helm. A command says what it is in a constant; nothing runs to build the table, so a
//! start costs nothing.

mod args;
mod complete;
mod find;
mod flag;
mod groups;
mod help;
mod parse;
mod run;
mod value;

pub(crate) use args::Args;
pub(crate) use complete::help_topics as complete_help_topics;
pub(crate) use complete::{COMMAND as COMPLETE, Completions, Directive};
pub(crate) use find::Path;
pub(crate) use flag::Flag;
pub(crate) use parse::FlagSet;
pub(crate) use run::{run, run_help};
pub(crate) use value::{Custom, Kind, Value};

use crate::error::Failure;
use crate::session::Session;

/// A command: data only, built in constants with `..Command::EMPTY`; plugins add some at run time.
///
/// In all texts `{bin}` stands for the name by which the program was called.
#[derive(Clone, Copy)]
pub(crate) struct Command {
    /// The name and the arguments: `install [NAME] [CHART]`.
    pub(crate) usage: &'static str,
    /// Other names.
    pub(crate) aliases: &'static [&'static str],
    /// Words for which this command is suggested.
    pub(crate) suggest_for: &'static [&'static str],
    /// One line for the list of commands.
    pub(crate) short: &'static str,
    /// The text that opens its help; empty if that is the short one.
    pub(crate) long: &'static str,
    /// Whether help and completion leave it out.
    pub(crate) hidden: bool,
    /// Which arguments it takes.
    pub(crate) args: Args,
    /// Its flags, in groups that commands share.
    pub(crate) flags: &'static [&'static [Flag]],
    /// Flags of its own that hold for its subcommands too.
    pub(crate) persistent: &'static [&'static [Flag]],
    /// Sets of flags of which only one may be used.
    pub(crate) exclusive: &'static [&'static [&'static str]],
    /// The commands below it, in the order in which suggestions list them.
    pub(crate) subcommands: &'static [&'static Command],
    /// Whether it reads its command line itself, flags and all.
    pub(crate) raw: bool,
    /// Arguments that completion offers, beside what `complete` gives.
    pub(crate) valid_args: &'static [&'static str],
    /// What completes its arguments.
    pub(crate) complete: Option<CompleteArgs>,
    /// What it does; `None` if it only holds others.
    pub(crate) run: Option<Run>,
}

/// What a command does.
pub(crate) type Run = fn(&mut Session, &Invocation) -> Result<(), Failure>;

/// What completes the arguments of a command: its invocation so far and the word to complete.
pub(crate) type CompleteArgs = fn(&mut Session, &Invocation, &str) -> Completions;

/// A command line that has been read.
pub(crate) struct Invocation {
    /// The command and those above it.
    pub(crate) path: Path,
    /// Its flags and arguments.
    pub(crate) flags: FlagSet,
}

impl Invocation {
    /// The arguments that are no flags.
    pub(crate) fn args(&self) -> &[String] {
        &self.flags.args
    }
}

impl Command {
    /// A command without anything.
    pub(crate) const EMPTY: Command = Command {
        usage: "",
        aliases: &[],
        suggest_for: &[],
        short: "",
        long: "",
        hidden: false,
        args: Args::Any,
        flags: &[],
        persistent: &[],
        exclusive: &[],
        subcommands: &[],
        raw: false,
        valid_args: &[],
        complete: None,
        run: None,
    };

    /// The first word of the usage line.
    pub(crate) fn name(&self) -> &'static str {
        self.usage.split(' ').next().unwrap_or_default()
    }

    /// The flags that are not for its subcommands.
    pub(crate) fn own_flags(&self) -> impl Iterator<Item = &'static Flag> {
        self.flags.iter().copied().flatten()
    }

    /// The flags that hold for its subcommands too.
    pub(crate) fn persistent_flags(&self) -> impl Iterator<Item = &'static Flag> {
        self.persistent.iter().copied().flatten()
    }

    /// The subcommands by name.
    pub(crate) fn sorted_subcommands(&self) -> Vec<&'static Command> {
        let mut commands = self.subcommands.to_vec();
        commands.sort_by_key(|c| c.name());
        commands
    }

    /// Whether help and completion show it.
    pub(crate) fn is_available(&self) -> bool {
        !self.hidden && (self.run.is_some() || self.has_available_subcommands())
    }

    /// Whether there is something below it to show.
    pub(crate) fn has_available_subcommands(&self) -> bool {
        self.subcommands
            .iter()
            .any(|c| c.name() != HELP && c.is_available())
    }

    /// Whether a word is its name or one of its other names.
    fn answers_to(&self, word: &str) -> bool {
        self.name() == word || self.aliases.contains(&word)
    }
}

/// The command that explains the others. It is listed, but a command that holds nothing else
/// counts as having no subcommands.
const HELP: &str = "help";

/// The flag that every command has.
const HELP_FLAG: Flag = Flag::bool("help", "show help for {self}").short('h');
