//! `env [NAME]`

use crate::command::{Args, Command, Completions, Invocation};
use crate::completions;
use crate::error::Failure;
use crate::session::Session;

pub(super) static ENV: Command = Command {
    usage: "env",
    short: "print the environment that is in use",
    long: "\
Prints the settings that environment variables and global flags make, as variables. With the name
of one of them, prints its value alone.
",
    args: Args::AtMost(1),
    complete: Some(complete),
    run: Some(run),
    ..Command::EMPTY
};

fn run(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let variables = variables(session);
    let text = match invocation.args().first() {
        None => variables
            .iter()
            .map(|(k, v)| format!("{k}=\"{v}\"\n"))
            .collect(),
        Some(name) => {
            let found = variables.iter().find(|(k, _)| k == name);
            format!("{}\n", found.map_or("", |(_, value)| value))
        }
    };
    session.ui.print(&text)
}

fn complete(session: &mut Session, invocation: &Invocation, word: &str) -> Completions {
    if !invocation.args().is_empty() {
        return completions::no_more(session, invocation, word);
    }
    Completions::only(
        variables(session)
            .into_iter()
            .map(|(name, _)| name.to_owned())
            .collect(),
    )
}

fn variables(session: &Session) -> Vec<(&'static str, String)> {
    session
        .settings
        .variables(&session.env, session.namespace())
}
