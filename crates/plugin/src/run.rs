//! Running plugins.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;

use gostd::os::path_error;
use goval::strconv::quote;

use crate::command::prepare;
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
pub fn run(plugin: &Plugin, args: &[String], env: &Env) -> Result<(), RunError> {
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
    input: &[u8],
) -> Result<Vec<u8>, RunError> {
    let env = with_names(plugin, env);
    let mut command = command_of(plugin, args, &env)?;
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
    ended(plugin, output.status.code())?;
    Ok(output.stdout)
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
        Runtime::Extism => Err(RunError::NotRun(format!(
            "plugin {}: WebAssembly is not built yet",
            quote(&plugin.metadata.name)
        ))),
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
