//! From words to a command that runs: the order of steps is cobra's, and the order in which
//! mistakes are reported depends on it.

use chart::Event;

use super::complete;
use super::find::{Path, find};
use super::parse::{FlagSet, ParseError, Unknown};
use super::{Command, HELP_FLAG, Invocation, groups, help};
use crate::error::Failure;
use crate::session::Session;
use crate::{fetching, plugins, problems};

/// Runs a command line; gives the exit status.
pub(crate) fn run(root: &'static Command, session: &mut Session, args: &[String]) -> u8 {
    // The global flags are read once before anything else, because the defaults of others and the
    // set of commands depend on them. Mistakes are reported by the second reading.
    let mut flags = FlagSet::default();
    for flag in root.persistent_flags() {
        flags.add(flag, &session.env, true);
    }
    let _ = flags.parse(args, Unknown::Skip);
    if let Err(why) = session.configure(&flags) {
        session
            .ui
            .log(&Event::warn("command failed").with("error", why));
        return 1;
    }
    if let Err(why) = fetching::keys(session).check() {
        let event = Event::warn("command failed").with("error", why);
        session.ui.log(&event);
        return 1;
    }
    let program = session.program;
    let root = plugins::extend(root, session, args);
    let (path, rest) = match find(root, program, args) {
        Ok(found) => found,
        Err(why) => {
            session.ui.talk(&format!(
                "Error: {why}\nRun '{program} --help' for usage.\n"
            ));
            return 1;
        }
    };
    match execute(session, path, flags, &rest) {
        Ok(()) => 0,
        Err(failure) => {
            session.ui.report(&failure);
            failure.status
        }
    }
}

/// Adds the flags that hold for a command.
pub(super) fn add_flags(flags: &mut FlagSet, path: &Path, session: &Session) {
    let command = path.command();
    for flag in command.own_flags().chain(command.persistent_flags()) {
        flags.add(flag, &session.env, false);
    }
    if !command.raw {
        flags.add(&HELP_FLAG, &session.env, false);
    }
}

/// Logs what the values of flags had to say.
pub(super) fn log_events(session: &mut Session, flags: &mut FlagSet) {
    for event in std::mem::take(&mut flags.events) {
        session.ui.log(&event);
    }
}

fn execute(
    session: &mut Session,
    path: Path,
    mut flags: FlagSet,
    rest: &[String],
) -> Result<(), Failure> {
    let command = path.command();
    if complete::is_request(command) {
        session.init()?;
        return complete::answer(session, path, flags, rest);
    }
    add_flags(&mut flags, &path, session);
    if command.raw {
        flags.args = rest.to_vec();
    } else {
        let parsed = flags.parse(rest, Unknown::Refuse);
        log_events(session, &mut flags);
        plugins::find_post_renderer(session, &flags)?;
        match parsed {
            Ok(()) => session.ui.talk(&flags.notices),
            Err(ParseError::Wrong(why)) => return Err(Failure::new(why)),
            Err(ParseError::Help) => return show_help(session, &path, &flags),
        }
    }
    let asks_for_help = !command.raw && flags.bool(HELP_FLAG.name);
    let Some(action) = command.run.filter(|_| !asks_for_help) else {
        return show_help(session, &path, &flags);
    };
    session.configure(&flags).map_err(Failure::new)?;
    session.init()?;
    command
        .args
        .check(&path, session.program, flags.args.len())
        .map_err(Failure::new)?;
    groups::check(command, &flags).map_err(Failure::new)?;
    let invocation = Invocation { path, flags };
    action(session, &invocation)
        .map_err(|failure| problems::explained(session, &invocation, failure))
}

fn show_help(session: &mut Session, path: &Path, flags: &FlagSet) -> Result<(), Failure> {
    session.ui.print(&help::help(path, session.program, flags))
}

/// What `help` does: it prints the help of the command that its arguments name.
pub(crate) fn run_help(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let root = invocation.path.top();
    let found = find(root, session.program, invocation.args()).ok();
    let path = found
        .as_ref()
        .map_or_else(|| Path::root(root), |(path, _)| path.clone());
    let mut flags = FlagSet::default();
    for flag in root.persistent_flags() {
        flags.add(flag, &session.env, !path.is_root());
    }
    if found.is_some() {
        add_flags(&mut flags, &path, session);
        return show_help(session, &path, &flags);
    }
    let topic: Vec<_> = invocation.args().iter().map(|a| format!("`{a}`")).collect();
    session
        .ui
        .talk(&format!("Unknown help topic [{}]\n", topic.join(" ")));
    session
        .ui
        .talk(&help::usage(&path, session.program, &flags));
    Ok(())
}
