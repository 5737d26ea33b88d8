//! Plugins as commands: they stand beside the built-in ones in the table.
//!
//! The table is made of constants. What plugins add to it is made once, and lives as long as the
//! program.

use std::path::PathBuf;
use std::sync::Arc;

use chart::{Event, Level};
use goval::strconv::quote;
use plugin::{CompletionTree, Env, Kind, Plugin, RunError};
use source::{Asked, Http};
use wasm::{Answer, Request, Web};

use crate::command::{Command, Completions, Directive, Flag, FlagSet, Invocation};
use crate::connect;
use crate::error::{Failure, Words};
use crate::session::Session;

/// The root with a command for each plugin. They come last; a plugin that has the name of a command
/// ends the search.
pub(crate) fn extend(
    root: &'static Command,
    session: &mut Session,
    args: &[String],
) -> &'static Command {
    if session.env.text("HELM_NO_PLUGINS") == "1" {
        return root;
    }
    let plugins = match installed(session, Some(Kind::Cli)) {
        Ok(plugins) => plugins,
        Err(why) => {
            log_error(
                session,
                Event::new(Level::Error, "failed to load plugins").with("error", why),
            );
            return root;
        }
    };
    if plugins.is_empty() {
        return root;
    }
    let is_completing = args.iter().any(|word| {
        matches!(
            word.as_str(),
            "__complete" | "__completeNoDesc" | "completion"
        )
    });
    let mut commands = root.subcommands.to_vec();
    for plugin in plugins {
        let command = command(&plugin, is_completing);
        if commands.iter().any(|other| other.name() == command.name()) {
            let text = "failed to load plugins: name conflicts";
            let event = Event::new(Level::Error, text).with("name", command.name());
            log_error(session, event);
            break;
        }
        commands.push(command);
        session.plugins.push(plugin);
    }
    leak(Command {
        subcommands: leak_list(commands),
        ..*root
    })
}

fn log_error(session: &mut Session, event: Event) {
    session.ui.log(&event);
}

/// The installed plugins; what is worth a warning is logged.
///
/// # Errors
/// Two plugins of one name.
pub(crate) fn installed(session: &mut Session, kind: Option<Kind>) -> Result<Vec<Plugin>, String> {
    let directories = directories(session);
    let mut events = Vec::new();
    let found = plugin::find(&directories, kind, &mut events);
    for event in &events {
        session.ui.log(event);
    }
    found
}

/// Finds the plugin that `--post-renderer` names. Helm does so while it reads the flag, so whatever is
/// wrong with it comes before mistakes that stand behind it.
///
/// # Errors
/// There is none of that name, as a mistake in the flag.
pub(crate) fn find_post_renderer(session: &mut Session, flags: &FlagSet) -> Result<(), Failure> {
    const FLAG: &str = "post-renderer";
    let name = match flags.changed(FLAG) {
        true => flags.text(FLAG),
        false => "",
    };
    if name.is_empty() {
        return Ok(());
    }
    let mut events = Vec::new();
    let directories = directories(session);
    let found = plugin::find_named(&directories, name, Kind::PostRenderer, &mut events);
    for event in &events {
        session.ui.log(event);
    }
    let wrong = |why| {
        let name = quote(name);
        Failure::new(format!(
            r#"invalid argument {name} for "--{FLAG}" flag: {why}"#
        ))
    };
    session.post_renderer = Some(found.map_err(wrong)?);
    Ok(())
}

pub(crate) fn directories(session: &Session) -> Vec<PathBuf> {
    std::env::split_paths(&session.settings.plugins)
        .filter(|path| !path.as_os_str().is_empty())
        .collect()
}

/// The environment that plugins are run with: this one, and what `env` prints.
pub(crate) fn environment(session: &Session) -> Env {
    let mut env = session.env.all().clone();
    env.extend(own_environment(session));
    env
}

/// What `env` prints, alone.
pub(crate) fn own_environment(session: &Session) -> Env {
    let variables = session
        .settings
        .variables(&session.env, session.namespace());
    let variables = variables.into_iter();
    variables
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// What speaks with servers for plugins that are WebAssembly.
pub(crate) fn web(session: &Session) -> Arc<dyn Web> {
    Arc::new(PluginWeb(Http {
        proxies: connect::proxies(&session.env),
        ..Http::default()
    }))
}

#[derive(Debug)]
struct PluginWeb(Http);

impl Web for PluginWeb {
    fn send(&self, request: &Request) -> Result<Answer, String> {
        let told = self.0.ask(&Asked {
            method: &request.method,
            url: &request.url,
            headers: &request.headers,
            body: &request.body,
            patience: request.patience,
            limit: request.limit,
        })?;
        Ok(Answer {
            status: told.status,
            headers: told.headers,
            body: told.body,
        })
    }
}

fn command(plugin: &Plugin, is_completing: bool) -> &'static Command {
    let metadata = &plugin.metadata;
    let tree = match is_completing {
        true => plugin::completion_tree(&plugin.directory),
        false => CompletionTree::default(),
    };
    let or = |text: &str, default: String| match text {
        "" => default,
        text => text.to_owned(),
    };
    let name = quote(&metadata.name);
    leak(Command {
        usage: leak_text(&or(&metadata.usage, metadata.name.clone())),
        short: leak_text(&or(&metadata.short_help, format!("the {name} plugin"))),
        long: leak_text(&metadata.long_help),
        run: Some(run),
        ..below(&tree)
    })
}

/// What completion.yaml says of a command.
fn below(tree: &CompletionTree) -> Command {
    let subcommands = tree.commands.iter().filter(|tree| !tree.name.is_empty());
    let subcommands: Vec<&'static Command> = subcommands
        .map(|tree| {
            leak(Command {
                usage: leak_text(&tree.name),
                run: Some(|_, _| Ok(())),
                ..below(tree)
            })
        })
        .collect();
    Command {
        raw: true,
        flags: leak_list(vec![leak_list(flags(&tree.flags))]),
        // A plugin is asked only for commands that have none below them.
        complete: if subcommands.is_empty() {
            Some(ask)
        } else {
            None
        },
        valid_args: leak_list(tree.valid_args.iter().map(|arg| leak_text(arg)).collect()),
        subcommands: leak_list(subcommands),
        ..Command::EMPTY
    }
}

/// Flags without a meaning. Short ones are joined with long ones; those that are left over are long
/// ones of their letter as well.
fn flags(names: &[String]) -> Vec<Flag> {
    let (mut letters, longs): (Vec<&String>, Vec<&String>) =
        names.iter().partition(|name| name.chars().count() == 1);
    letters.reverse();
    let mut flags: Vec<Flag> = longs
        .into_iter()
        .map(|name| with_letter(Flag::bool(leak_text(name), ""), letters.pop()))
        .collect();
    while let Some(letter) = letters.pop() {
        flags.push(with_letter(Flag::bool(leak_text(letter), ""), Some(letter)));
    }
    flags
}

fn with_letter(flag: Flag, letter: Option<&String>) -> Flag {
    match letter.and_then(|letter| letter.chars().next()) {
        Some(letter) => flag.short(letter),
        None => flag,
    }
}

/// The plugin that a command belongs to.
fn plugin_of(session: &Session, invocation: &Invocation) -> Option<Plugin> {
    let words = invocation.path.words(session.program);
    let mut names = words.split(' ').skip(1);
    let name = names.next()?;
    // Its usage line may call the command otherwise than the plugin is called.
    let mut plugins = session.plugins.iter();
    let called = |plugin: &&Plugin| {
        let usage = plugin.metadata.usage.split(' ').next().unwrap_or_default();
        name == if usage.is_empty() {
            &plugin.metadata.name
        } else {
            usage
        }
    };
    plugins.find(called).cloned()
}

fn run(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let Some(plugin) = plugin_of(session, invocation) else {
        return Ok(());
    };
    let args = match plugin.metadata.ignore_flags {
        true => Vec::new(),
        false => without_own(&invocation.flags),
    };
    session.ui.print("")?;
    let web = web(session);
    plugin::run(&plugin, &args, &environment(session), &web).map_err(|error| match error {
        RunError::Status(_, status) => Failure {
            words: Words::Error(error.to_string()),
            status: u8::try_from(status).unwrap_or(1),
            cause: None,
        },
        other => Failure::new(other),
    })
}

/// The words that are not flags of this program, which plugins are not given.
fn without_own(flags: &FlagSet) -> Vec<String> {
    const WITH_VALUE: [&str; 14] = [
        "--kube-context",
        "--namespace",
        "-n",
        "--kubeconfig",
        "--kube-apiserver",
        "--kube-token",
        "--kube-as-user",
        "--kube-as-group",
        "--kube-ca-file",
        "--registry-config",
        "--repository-cache",
        "--repository-config",
        "--kube-insecure-skip-tls-verify",
        "--kube-tls-server-name",
    ];
    let mut left = Vec::new();
    let mut words = flags.args.iter();
    while let Some(word) = words.next() {
        let name = word.split_once('=').map_or(word.as_str(), |(name, _)| name);
        if WITH_VALUE.contains(&word.as_str()) {
            words.next();
        } else if word != "--debug" && !WITH_VALUE.contains(&name) {
            left.push(word.clone());
        }
    }
    left
}

/// Asks the plugin itself what may come next, if it has a program for that.
fn ask(session: &mut Session, invocation: &Invocation, word: &str) -> Completions {
    let Some(plugin) = plugin_of(session, invocation) else {
        return Completions::default();
    };
    let program = plugin.directory.join("plugin.complete");
    let path = invocation.path.words(session.program);
    let mut args: Vec<String> = path.split(' ').skip(2).map(str::to_owned).collect();
    if !plugin.metadata.ignore_flags {
        args.extend(without_own(&invocation.flags));
        args.push(word.to_owned());
    }
    let debug = session.settings.debug;
    let shown = program.to_string_lossy().into_owned();
    let note = format!("calling {shown} with args [{}]", args.join(" "));
    session.completion_note(&note, debug);
    let answer = match plugin::answer(&plugin, &program, &args, &environment(session)) {
        Ok(answer) => answer,
        Err(why) => {
            session.completion_note(&format!("Unable to call {shown}: {why}"), debug);
            return Completions::default();
        }
    };
    let lines = answer.split('\n').filter(|line| !line.is_empty());
    let mut items: Vec<String> = lines.map(str::to_owned).collect();
    let directive = items.last().and_then(|line| Directive::parse(line));
    if directive.is_some() {
        items.pop();
    }
    Completions {
        items,
        directive: directive.unwrap_or_default(),
    }
}

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn leak_list<T>(values: Vec<T>) -> &'static [T] {
    values.leak()
}

fn leak_text(text: &str) -> &'static str {
    text.to_owned().leak()
}
