//! The real programs that Sternpost is held against: Helm 4 and 3, and a Kubernetes control plane.

mod control_plane;
mod install;
mod postgres;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

pub(crate) use control_plane::ControlPlane;
pub(crate) use install::Tool;
pub(crate) use postgres::Postgres;

/// `cargo xtask oracle …`
pub(crate) fn command(words: &[&str]) -> Result<()> {
    match words {
        ["install", names @ ..] => install(names),
        ["path", name] => {
            println!("{}", Tool::named(name)?.installed()?.display());
            Ok(())
        }
        ["up", dir, options @ ..] => {
            run(control_plane::command("up", Path::new(dir))?.args(options))
        }
        ["down", dir] => {
            run(Command::new(Tool::ControlPlane.installed()?).args(["down", "--state", dir]))
        }
        ["kubectl", dir, args @ ..] => {
            let config = Path::new(dir).join("admin.kubeconfig");
            run(Command::new(Tool::ControlPlane.installed()?)
                .arg("kubectl")
                .args(args)
                .env("KUBECONFIG", config))
        }
        ["run", program, args @ ..] => {
            let plane = ControlPlane::start()?;
            run(Command::new(program)
                .args(args)
                .env("KUBECONFIG", plane.kubeconfig("admin")?))
        }
        _ => bail!("usage: cargo xtask oracle install|path|up|down|kubectl|run …"),
    }
}

/// What has to be there already, and for what.
const TAKEN_FOR_GRANTED: [(&str, &str, &str); 2] = [
    (
        "go",
        "version",
        "Go 1.26 or newer, which builds the real programs",
    ),
    (
        "python3",
        "--version",
        "Python 3, which runs the suites render and golden",
    ),
];

fn install(names: &[&str]) -> Result<()> {
    for (program, question, what) in TAKEN_FOR_GRANTED {
        let answer = Command::new(program).arg(question).output();
        if !answer.is_ok_and(|answer| answer.status.success()) {
            bail!("this command cannot install {what}; please do");
        }
    }
    let named = names
        .iter()
        .map(|name| Tool::named(name))
        .collect::<Result<Vec<_>>>()?;
    let tools = if named.is_empty() {
        Tool::ALL.to_vec()
    } else {
        named
    };
    for tool in tools {
        println!("{}: {}", tool.name(), tool.install()?.display());
    }
    Ok(())
}

fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot run {:?}", command.get_program()))?;
    if !status.success() {
        bail!("{:?} failed: {status}", command.get_program());
    }
    Ok(())
}
