//! Completion of a command line for shells: what `__complete` answers.
//!
//! The answer goes to stdout, one candidate a line with a description after a tab, and last a
//! line with `:` and the number of a [`Directive`] for the shell's script.

use super::find::{Path, find};
use super::parse::{FlagSet, ParseError, State, Unknown};
use super::{Args, Command, HELP, HELP_FLAG, Invocation, groups, help, run};
use crate::error::Failure;
use crate::session::Session;

/// What completes the value of a flag: the invocation so far and the word to complete.
pub(crate) type CompleteFlag = fn(&mut Session, &Invocation, &str) -> Completions;

/// Candidates for a word, and what the shell does with them.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Completions {
    /// Candidates, with a description after a tab.
    pub(crate) items: Vec<String>,
    /// What the shell does with them.
    pub(crate) directive: Directive,
}

/// What the shell does with candidates: bits that can be joined. Without any, it offers files if
/// there is no candidate.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Directive(u8);

impl Directive {
    /// Something went wrong; offers nothing.
    pub(crate) const ERROR: Directive = Directive(1);
    /// Adds no space after a candidate.
    pub(crate) const NO_SPACE: Directive = Directive(2);
    /// Offers no files.
    pub(crate) const NO_FILES: Directive = Directive(4);

    /// Both.
    pub(crate) const fn and(self, other: Directive) -> Directive {
        Directive(self.0 | other.0)
    }

    /// The directive in a line `:4`.
    pub(crate) fn parse(line: &str) -> Option<Directive> {
        let digits = line.strip_prefix(':')?;
        digits.parse().ok().map(Directive)
    }

    fn describe(self) -> String {
        const NAMES: [(u8, &str); 6] = [
            (1, "ShellCompDirectiveError"),
            (2, "ShellCompDirectiveNoSpace"),
            (4, "ShellCompDirectiveNoFileComp"),
            (8, "ShellCompDirectiveFilterFileExt"),
            (16, "ShellCompDirectiveFilterDirs"),
            (32, "ShellCompDirectiveKeepOrder"),
        ];
        let set: Vec<_> = NAMES
            .iter()
            .filter(|(bit, _)| self.0 & bit != 0)
            .map(|(_, name)| *name)
            .collect();
        if set.is_empty() {
            "ShellCompDirectiveDefault".to_owned()
        } else {
            set.join(", ")
        }
    }
}

impl Completions {
    /// Candidates and nothing else, no files either.
    pub(crate) fn only(items: Vec<String>) -> Completions {
        Completions {
            items,
            directive: Directive::NO_FILES,
        }
    }

    /// Nothing, and no files either.
    pub(crate) fn none() -> Completions {
        Completions::only(Vec::new())
    }

    /// A hint instead of candidates, which shells show as a message.
    pub(crate) fn hint(text: &str) -> Completions {
        Completions::only(vec![format!("{HINT}{text}")])
    }
}

const REQUEST: &str = "__complete";
const REQUEST_WITHOUT_DESCRIPTIONS: &str = "__completeNoDesc";

/// The hidden command that shells call.
pub(crate) static COMMAND: Command = Command {
    usage: "__complete [command-line]",
    aliases: &[REQUEST_WITHOUT_DESCRIPTIONS],
    short: "Answer a shell that completes a command line",
    long: "",
    hidden: true,
    args: Args::Any,
    raw: true,
    run: Some(|_, _| Ok(())), // run() knows this command and calls answer()
    ..Command::EMPTY
};

/// What marks a candidate as a hint.
const HINT: &str = "_activeHelp_ ";

/// Whether a command is the one that shells call.
pub(super) fn is_request(command: &Command) -> bool {
    command.name() == REQUEST
}

/// Prints the candidates for the last of the words.
pub(super) fn answer(
    session: &mut Session,
    request: Path,
    flags: FlagSet,
    words: &[String],
) -> Result<(), Failure> {
    let Some((word, before)) = words.split_last() else {
        return Err(Failure::new("requires at least 1 arg(s), only received 0"));
    };
    let answer = candidates(session, request.top(), flags, before, word);
    if let Some(problem) = &answer.problem {
        session.completion_note(&format!("[Error] {problem}"), true);
    }
    let plain = request.called_as == REQUEST_WITHOUT_DESCRIPTIONS || !wants_descriptions(session);
    let hints = wants_hints(session);
    let mut out = String::new();
    for item in &answer.completions.items {
        if !hints && item.starts_with(HINT) {
            continue;
        }
        let item = if plain {
            item.split('\t').next().unwrap_or_default()
        } else {
            item
        };
        out.push_str(item.split('\n').next().unwrap_or_default().trim());
        out.push('\n');
    }
    let directive = answer.completions.directive;
    session.ui.print(&format!("{out}:{}\n", directive.0))?;
    session.ui.talk(&format!(
        "Completion ended with directive: {}\n",
        directive.describe()
    ));
    Ok(())
}

/// Candidates, and what went wrong on the way.
struct Answer {
    completions: Completions,
    problem: Option<String>,
}

impl From<Completions> for Answer {
    fn from(completions: Completions) -> Answer {
        Answer {
            completions,
            problem: None,
        }
    }
}

fn failed(problem: String) -> Answer {
    Answer {
        completions: Completions::default(),
        problem: Some(problem),
    }
}

fn candidates(
    session: &mut Session,
    root: &'static Command,
    mut flags: FlagSet,
    before: &[String],
    word: &str,
) -> Answer {
    let Ok((path, mut args)) = find(root, session.program, before) else {
        return failed(format!(
            "unable to find a command for arguments: [{}]",
            before.join(" ")
        ));
    };
    let command = path.command();
    run::add_flags(&mut flags, &path, session);

    // If it is the value of a flag that is being typed, the flag is not read: it has no value yet.
    let target = if command.raw {
        Target::word(word)
    } else {
        target(&flags, &args, word)
    };
    if target.drops_last {
        args.pop();
    }
    let mut flag_allowed = true;
    if !command.raw {
        match parse(session, &mut flags, &args) {
            Ok(allowed) => flag_allowed = allowed,
            Err(why) => {
                let shown = args.join(" ");
                return failed(format!(
                    "Error while parsing flags from args [{shown}]: {why}"
                ));
            }
        }
    }
    if let (Some(name), true) = (&target.unknown, flag_allowed) {
        let command = if path.is_root() {
            session.program
        } else {
            command.name()
        };
        return failed(format!(
            "Subcommand '{command}' does not support flag '{name}'"
        ));
    }
    if !command.raw {
        if flags.changed(HELP_FLAG.name) {
            return Completions::none().into();
        }
        args = flags.args.clone();
    }
    groups::hide_excluded(command, &mut flags);

    let flag = target.flag.filter(|_| flag_allowed);
    let word = target.word.as_str();
    let mut found = Completions::default();
    let is_flag = word.starts_with('-') && !word.contains('=') && flag_allowed;
    if target.flag.is_none() && is_flag {
        found = Completions::only(flag_names(&flags, &path, session.program, word));
        if !command.raw {
            return found.into();
        }
    } else if target.flag.is_none() && args.is_empty() && !has_local_flag(&flags, command) {
        found = subcommands(command, session.program, word);
    }
    if target.flag.is_none() && !command.valid_args.is_empty() {
        let fitting = command
            .valid_args
            .iter()
            .filter(|arg| arg.starts_with(word));
        found.items.extend(fitting.map(|arg| (*arg).to_owned()));
        found.directive = Directive::NO_FILES;
    }
    let source = match flag {
        Some(name) => flags.get(name).and_then(|s| s.flag.complete),
        None => command.complete,
    };
    if let Some(source) = source {
        flags.args = args;
        let more = source(session, &Invocation { path, flags }, word);
        found.items.extend(more.items);
        found.directive = more.directive;
    }
    found.into()
}

/// What the word to complete belongs to.
struct Target {
    /// The flag whose value it is.
    flag: Option<&'static str>,
    /// The flag whose value it would be if it existed.
    unknown: Option<String>,
    /// Whether the word before is that flag.
    drops_last: bool,
    /// The word itself, without `--flag=`.
    word: String,
}

impl Target {
    fn word(word: &str) -> Target {
        Target {
            flag: None,
            unknown: None,
            drops_last: false,
            word: word.to_owned(),
        }
    }
}

fn target(flags: &FlagSet, args: &[String], word: &str) -> Target {
    let (name, value, joined) = match word.split_once('=') {
        Some((flag, value)) if word.starts_with('-') => (flag_name(flag), value, true),
        None if word.starts_with('-') => return Target::word(word),
        _ => match args
            .last()
            .filter(|last| is_flag_word(last) && !last.contains('='))
        {
            Some(last) => (flag_name(last), word, false),
            None => return Target::word(word),
        },
    };
    if name.is_empty() {
        return Target::word(value);
    }
    match lookup(flags, name) {
        None => Target {
            unknown: Some(name.to_owned()),
            ..Target::word(word)
        },
        Some(state) if !joined && !state.flag.implied.is_empty() => Target::word(word),
        Some(state) => Target {
            flag: Some(state.flag.name),
            drops_last: !joined,
            ..Target::word(value)
        },
    }
}

/// The flag's name in `--name`, or the last letter of a cluster.
fn flag_name(word: &str) -> &str {
    match word.strip_prefix("--") {
        Some(name) => name,
        None => word
            .char_indices()
            .next_back()
            .map_or("", |(at, _)| &word[at..]),
    }
}

fn is_flag_word(word: &str) -> bool {
    match word.strip_prefix("--") {
        Some(name) => !name.is_empty(),
        None => word.len() >= 2 && word.starts_with('-'),
    }
}

fn lookup<'a>(flags: &'a FlagSet, name: &str) -> Option<&'a State> {
    let mut letters = name.chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None) => flags.get_short(letter),
        _ => flags.get(name),
    }
}

/// Reads the flags; says whether the word to complete may still be one, which it may not after
/// `--`.
fn parse(session: &mut Session, flags: &mut FlagSet, args: &[String]) -> Result<bool, String> {
    let mut with_end = args.to_vec();
    with_end.push("--".to_owned());
    let first = flags.parse(&with_end, Unknown::Refuse);
    run::log_events(session, flags);
    if first.is_ok() {
        session.ui.talk(&flags.notices);
    }
    let with_end = flags.args.len();
    let second = flags.parse(args, Unknown::Refuse);
    run::log_events(session, flags);
    match second {
        Ok(()) => session.ui.talk(&flags.notices),
        Err(ParseError::Help) => return Err("pflag: help requested".to_owned()),
        Err(ParseError::Wrong(why)) => return Err(why),
    }
    Ok(with_end <= flags.args.len())
}

/// Whether a flag was used that is neither global nor handed down: no subcommand follows then.
fn has_local_flag(flags: &FlagSet, command: &Command) -> bool {
    command.own_flags().any(|f| flags.changed(f.name)) || flags.changed(HELP_FLAG.name)
}

fn subcommands(command: &Command, program: &str, word: &str) -> Completions {
    let mut found = Completions::default();
    for child in command.sorted_subcommands() {
        if child.is_available() || child.name() == HELP {
            found.directive = Directive::NO_FILES;
            if child.name().starts_with(word) {
                let short = help::named(child.short, program);
                found.items.push(format!("{}\t{short}", child.name()));
            }
        }
    }
    found
}

/// The flags that begin with a word, the global ones first.
fn flag_names(flags: &FlagSet, path: &Path, program: &str, word: &str) -> Vec<String> {
    let mut names = Vec::new();
    let sorted = flags.sorted();
    let (global, local): (Vec<_>, Vec<_>) = sorted.into_iter().partition(|s| s.inherited);
    for state in global.into_iter().chain(local) {
        let flag = &state.flag;
        if flag.hidden || (state.changed && !flag.kind.repeats()) {
            continue;
        }
        let text = help::flag_help(state, path, program);
        let long = format!("--{}", flag.name);
        let letter = flag.short.map(|letter| format!("-{letter}"));
        for name in std::iter::once(long).chain(letter) {
            if name.starts_with(word) {
                names.push(format!("{name}\t{text}"));
            }
        }
    }
    names
}

/// Completes the arguments of `help`: the commands below what has been typed.
pub(crate) fn help_topics(
    session: &mut Session,
    invocation: &Invocation,
    word: &str,
) -> Completions {
    match find(invocation.path.top(), session.program, invocation.args()) {
        Ok((path, _)) => {
            Completions::only(subcommands(path.command(), session.program, word).items)
        }
        Err(_) => Completions::none(),
    }
}

fn wants_descriptions(session: &Session) -> bool {
    let value = setting(session, "COMPLETION_DESCRIPTIONS");
    crate::go::parse_bool(value).unwrap_or(true)
}

fn wants_hints(session: &Session) -> bool {
    session.env.text("COBRA_ACTIVE_HELP") != "0" && setting_of(session, "ACTIVE_HELP") != "0"
}

/// A variable of the program's name, or else cobra's for all programs.
fn setting<'a>(session: &'a Session, suffix: &str) -> &'a str {
    match setting_of(session, suffix) {
        "" => session.env.text(&format!("COBRA_{suffix}")),
        value => value,
    }
}

fn setting_of<'a>(session: &'a Session, suffix: &str) -> &'a str {
    session
        .env
        .text(&format!("{}_{suffix}", session.program.to_uppercase()))
}
