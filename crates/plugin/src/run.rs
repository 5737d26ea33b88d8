//! Running plugins.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};
use std::sync::Arc;
use std::thread;

use chart::{Event, Level};
use gostd::os::{is_executable, path_error};
use goval::strconv::quote;

use wasm::Web;

use crate::command::prepare;
use crate::program::{Streams, invoke, message, text, texts};
use crate::{PlatformCommand, Plugin, Runtime, Subprocess};

/// The environment that a plugin is run with.
pub type Env = BTreeMap<String, String>;

/// Why a plugin did not end well.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It ended with a status other than 0; its name and the status.
    #[error("plugin {} exited with error", quote(.0))]
    Status(String, i32),
    /// It could not be run.
    #[error("{0}")]
    NotRun(String),
}

/// Runs the command of a plugin on the streams of this process.
///
/// # Errors
/// It cannot be run, or does not end well.
pub fn run(
    plugin: &Plugin,
    args: &[String],
    env: &Env,
    web: &Arc<dyn Web>,
) -> Result<(), RunError> {
    if let Runtime::Extism(extism) = &plugin.metadata.runtime {
        let message = message(&[("extraArgs", texts(args))]);
        return invoke(plugin, extism, &message, env, Streams::All, web).map(drop);
    }
    let env = with_names(plugin, env);
    let mut command = command_of(plugin, args, &env)?;
    let status = command
        .status()
        .map_err(|error| not_run(&command, &error))?;
    ended(plugin, status.code())
}

/// What a plugin makes of some text: the way post-renderers work. What it says on stderr is not
/// shown.
///
/// # Errors
/// It cannot be run, or does not end well.
pub fn filter(
    plugin: &Plugin,
    args: &[String],
    env: &Env,
    web: &Arc<dyn Web>,
    input: &[u8],
    events: &mut Vec<Event>,
) -> Result<Vec<u8>, RunError> {
    if let Runtime::Extism(extism) = &plugin.metadata.runtime {
        let manifests = text(&String::from_utf8_lossy(input));
        let message = message(&[("manifests", manifests), ("extraArgs", texts(args))]);
        return invoke(plugin, extism, &message, &Env::new(), Streams::None, web);
    }
    let env = with_names(plugin, env);
    let mut command = command_of(plugin, args, &env)?;
    let name = &plugin.metadata.name;
    events.push(
        Event::new(Level::Debug, "executing plugin command")
            .with("pluginName", name)
            .with("command", shown(&command, &env)),
    );
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| not_run(&command, &error))?;
    let stdin = child.stdin.take();
    let output = thread::scope(|scope| {
        scope.spawn(move || {
            // A plugin may end before it has read everything.
            stdin.map(|mut stdin| stdin.write_all(input))
        });
        child.wait_with_output()
    });
    let output = output.map_err(|error| not_run(&command, &error))?;
    ended(plugin, output.status.code()).inspect_err(|_| {
        let code = output.status.code().unwrap_or(-1);
        events.push(
            Event::new(Level::Debug, "plugin execution failed")
                .with("pluginName", name)
                .with("error", how_it_ended(&output.status))
                .with("exitCode", code.to_string())
                .with("stderr", ""),
        );
    })?;
    Ok(output.stdout)
}

/// What a plugin is asked to download, and how it may prove who asks.
#[derive(Clone, Copy, Debug)]
pub struct Download<'a> {
    /// The address.
    pub url: &'a str,
    /// The files with the client's certificate, its key and the authorities; empty for none.
    pub files: [&'a str; 3],
    /// Name of the user; empty if nobody is named.
    pub username: &'a str,
    /// The user's password.
    pub password: &'a str,
    /// Whether every host gets the credentials.
    pub pass_credentials: bool,
    /// Whether the server's certificate is not checked.
    pub insecure: bool,
    /// Whether registries are spoken to without TLS.
    pub plain_http: bool,
    /// The address that all this is for.
    pub origin: &'a str,
    /// What kinds of content are wanted; empty for any.
    pub accept: &'a str,
}

impl Download<'_> {
    /// What a plugin of WebAssembly is told (Helm's `InputMessageGetterV1`).
    fn message(&self) -> String {
        let scheme = self.url.split(':').next().unwrap_or_default();
        let [cert_file, key_file, ca_file] = self.files;
        let options = message(&[
            ("URL", text(self.origin)),
            ("CertFile", text(cert_file)),
            ("KeyFile", text(key_file)),
            ("CAFile", text(ca_file)),
            ("UNTar", false.to_string()),
            ("InsecureSkipVerifyTLS", self.insecure.to_string()),
            ("PlainHTTP", self.plain_http.to_string()),
            ("AcceptHeader", text(self.accept)),
            ("Username", text(self.username)),
            ("Password", text(self.password)),
            ("PassCredentialsAll", self.pass_credentials.to_string()),
            ("UserAgent", text("")),
            ("Version", text("")),
            ("Timeout", 0.to_string()),
        ]);
        message(&[
            ("href", text(self.url)),
            ("protocol", text(scheme)),
            ("options", options),
        ])
    }
}

/// What a plugin downloads; what it says on stderr is shown.
///
/// # Errors
/// It is not for the scheme, cannot be run, or does not end well.
pub fn download(
    plugin: &Plugin,
    wanted: &Download<'_>,
    env: &Env,
    web: &Arc<dyn Web>,
) -> Result<Vec<u8>, RunError> {
    let process = match &plugin.metadata.runtime {
        Runtime::Subprocess(process) => process,
        Runtime::Extism(extism) => {
            return invoke(plugin, extism, &wanted.message(), env, Streams::None, web);
        }
    };
    let scheme = wanted.url.split(':').next().unwrap_or_default();
    let mut protocols = process.protocols.iter();
    let found = protocols.find(|(schemes, _)| schemes.iter().any(|own| own == scheme));
    let Some((_, commands)) = found else {
        let scheme = quote(scheme);
        return Err(RunError::NotRun(format!(
            "no downloader found for protocol {scheme}"
        )));
    };
    let mut env = with_names(plugin, env);
    for (name, value) in [
        ("HELM_PLUGIN_USERNAME", wanted.username.to_owned()),
        ("HELM_PLUGIN_PASSWORD", wanted.password.to_owned()),
        (
            "HELM_PLUGIN_PASS_CREDENTIALS_ALL",
            wanted.pass_credentials.to_string(),
        ),
    ] {
        env.insert(name.to_owned(), value);
    }
    let (program, args) = prepare(commands, false, &[], &env).map_err(|why| {
        let scheme = quote(scheme);
        RunError::NotRun(format!(
            "failed to prepare commands for protocol {scheme}: {why}"
        ))
    })?;
    let mut command = Command::new(plugin.directory.join(program));
    command
        .args(args)
        .args(wanted.files)
        .arg(wanted.url)
        .env_clear()
        .envs(&env)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit());
    let output = command
        .output()
        .map_err(|error| not_run(&command, &error))?;
    ended(plugin, output.status.code())?;
    Ok(output.stdout)
}

/// A command as Go shows it: the program where it was found, and the arguments.
fn shown(command: &Command, env: &Env) -> String {
    let program = command.get_program();
    let found = look_path(Path::new(program), env);
    let program = found.unwrap_or_else(|| PathBuf::from(program));
    let mut words = vec![program.to_string_lossy().into_owned()];
    words.extend(
        command
            .get_args()
            .map(|arg| arg.to_string_lossy().into_owned()),
    );
    words.join(" ")
}

/// Where the directories of `PATH` have a program that is named without one.
fn look_path(program: &Path, env: &Env) -> Option<PathBuf> {
    if program.components().count() != 1 {
        return None;
    }
    let path = env.get("PATH")?;
    std::env::split_paths(path)
        .map(|directory| directory.join(program))
        .find(|candidate| is_executable(candidate))
}

/// How a process ended, in the words of Go's `os.ProcessState`.
fn how_it_ended(status: &ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(status) {
        return format!("signal: {}", signal_name(signal));
    }
    format!("exit status {}", status.code().unwrap_or(-1))
}

/// Go's name of a signal.
#[cfg(unix)]
fn signal_name(signal: i32) -> String {
    match signal {
        1 => "hangup".to_owned(),
        2 => "interrupt".to_owned(),
        3 => "quit".to_owned(),
        6 => "aborted".to_owned(),
        9 => "killed".to_owned(),
        11 => "segmentation fault".to_owned(),
        13 => "broken pipe".to_owned(),
        15 => "terminated".to_owned(),
        other => format!("signal {other}"),
    }
}

/// What a program in a plugin's directory says, on both streams, to some arguments: the way dynamic
/// completion works.
///
/// # Errors
/// It cannot be run, or does not end well.
pub fn answer(
    plugin: &Plugin,
    program: &Path,
    args: &[String],
    env: &Env,
) -> Result<String, RunError> {
    let mut command = Command::new(program);
    command
        .args(args)
        .env_clear()
        .envs(with_names(plugin, env))
        .stdin(Stdio::null());
    let Output {
        status,
        mut stdout,
        stderr,
    } = command
        .output()
        .map_err(|error| not_run(&command, &error))?;
    ended(plugin, status.code())?;
    stdout.extend(stderr);
    Ok(String::from_utf8_lossy(&stdout).into_owned())
}

/// Runs what a plugin wants to run when it is installed, updated or deleted; nothing if it wants
/// nothing.
///
/// # Errors
/// It cannot be run, or does not end well.
pub fn run_hook(plugin: &Plugin, event: &str, env: &Env) -> Result<(), RunError> {
    let Runtime::Subprocess(process) = &plugin.metadata.runtime else {
        return Ok(());
    };
    let Some(commands) = process.hooks.get(event).filter(|all| !all.is_empty()) else {
        return Ok(());
    };
    let env = with_names(plugin, env);
    let mut command = prepared(commands, process.expand_hooks, &[], &env)?;
    let status = command
        .status()
        .map_err(|error| not_run(&command, &error))?;
    if status.success() {
        return Ok(());
    }
    let name = quote(&plugin.metadata.name);
    Err(RunError::NotRun(format!(
        "plugin {event} hook for {name} exited with error"
    )))
}

fn with_names(plugin: &Plugin, env: &Env) -> Env {
    let mut env = env.clone();
    let directory = plugin.directory.to_string_lossy().into_owned();
    env.insert("HELM_PLUGIN_NAME".to_owned(), plugin.metadata.name.clone());
    env.insert("HELM_PLUGIN_DIR".to_owned(), directory);
    env
}

fn command_of(plugin: &Plugin, args: &[String], env: &Env) -> Result<Command, RunError> {
    match &plugin.metadata.runtime {
        Runtime::Subprocess(Subprocess { commands, .. }) => prepared(commands, true, args, env)
            .map_err(|error| match error {
                RunError::NotRun(why) => {
                    RunError::NotRun(format!("failed to prepare plugin command: {why}"))
                }
                other => other,
            }),
        Runtime::Extism(_) => {
            let name = quote(&plugin.metadata.name);
            Err(RunError::NotRun(format!("plugin {name} has no commands")))
        }
    }
}

fn prepared(
    commands: &[PlatformCommand],
    expands: bool,
    args: &[String],
    env: &Env,
) -> Result<Command, RunError> {
    let (program, args) = prepare(commands, expands, args, env).map_err(RunError::NotRun)?;
    let mut command = Command::new(program);
    command.args(args).env_clear().envs(env);
    Ok(command)
}

fn ended(plugin: &Plugin, code: Option<i32>) -> Result<(), RunError> {
    match code {
        Some(0) => Ok(()),
        // Go's status of a process that a signal has ended.
        code => Err(RunError::Status(
            plugin.metadata.name.clone(),
            code.unwrap_or(-1),
        )),
    }
}

/// Why a program could not be started, as Go's `os/exec` tells it.
fn not_run(command: &Command, error: &io::Error) -> RunError {
    let program = command.get_program().to_string_lossy();
    let is_missing = error.kind() == io::ErrorKind::NotFound;
    RunError::NotRun(match program.contains('/') {
        false if is_missing => {
            format!(
                "exec: {}: executable file not found in $PATH",
                quote(&*program)
            )
        }
        _ => path_error("fork/exec", &*program, error),
    })
}
