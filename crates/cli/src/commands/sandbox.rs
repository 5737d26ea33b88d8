//! `sandbox serve|path|reset`: the small Kubernetes on this machine

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use sandbox::Listener;

use crate::command::{Args, Command, Flag, Invocation};
use crate::connect;
use crate::error::Failure;
use crate::session::Session;

/// Helm has no such command, so it is hidden from `help`; the texts of `--sandbox` and the guide
/// lead to it.
pub(super) static SANDBOX: Command = Command {
    usage: "sandbox",
    short: "work with the sandbox: a small Kubernetes on this machine",
    long: "\
The sandbox is a small Kubernetes API in one file. With --sandbox every command works in it, and needs
no cluster and no other program:

    $ {bin} --sandbox install demo ./mychart
    $ {bin} --sandbox list

No container runs in it: workloads become ready after a moment, and jobs complete. The file is the one
that $STERNPOST_SANDBOX names, or one among your data; `{bin} sandbox path` tells.
",
    hidden: true,
    args: Args::None,
    subcommands: &[&SERVE, &PATH, &RESET],
    ..Command::EMPTY
};

static SERVE: Command = Command {
    usage: "serve",
    short: "serve the sandbox over HTTPS, for kubectl and other programs",
    long: "\
Serves the sandbox over HTTPS on a loopback port until it is interrupted, and writes a kubeconfig for it:

    $ {bin} sandbox serve --write-kubeconfig sandbox.kubeconfig
    $ kubectl --kubeconfig sandbox.kubeconfig get pods
",
    args: Args::None,
    flags: &[&[
        Flag::int("port", "port to listen on; 0 takes any that is free"),
        Flag::text("write-kubeconfig", "file to write the kubeconfig to, readable by you alone")
            .default("sandbox.kubeconfig"),
    ]],
    run: Some(serve),
    ..Command::EMPTY
};

static PATH: Command = Command {
    usage: "path",
    short: "print the path of the sandbox file",
    args: Args::None,
    run: Some(path),
    ..Command::EMPTY
};

static RESET: Command = Command {
    usage: "reset",
    short: "empty the sandbox: everything in it is lost",
    args: Args::None,
    run: Some(reset),
    ..Command::EMPTY
};

fn serve(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let port = u16::try_from(invocation.flags.int("port"))
        .map_err(|_| Failure::new("--port must be between 0 and 65535"))?;
    let kubeconfig = PathBuf::from(invocation.flags.text("write-kubeconfig"));
    let opened = connect::open_sandbox(&connect::sandbox_file(&session.env))?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listener = session.wait(async { Listener::bind(opened, address).await })?;
    listener.write_kubeconfig(&kubeconfig)?;
    session.ui.print(&format!(
        "serving the sandbox on https://{}\nexport KUBECONFIG={}\n",
        listener.address(),
        std::path::absolute(&kubeconfig)?.display()
    ))?;
    session.wait(listener.run(async {
        // Without signals there is nothing to wait for; the listener ends at once.
        let _ = connect::end_signal().await;
    }))
}

fn path(session: &mut Session, _: &Invocation) -> Result<(), Failure> {
    let path = connect::sandbox_file(&session.env);
    session.ui.print(&format!("{}\n", path.display()))
}

/// The file is opened first, so that one that another process works in is left alone.
fn reset(session: &mut Session, _: &Invocation) -> Result<(), Failure> {
    let path = connect::sandbox_file(&session.env);
    if !path.exists() {
        return Ok(());
    }
    match sandbox::Sandbox::open(&path, sandbox::Options::default()) {
        Err(error @ sandbox::SandboxError::InUse { .. }) => return Err(error.into()),
        Ok(opened) => opened.close()?,
        // What cannot be opened is what somebody wants to get rid of.
        Err(_) => {}
    }
    std::fs::remove_file(&path)
        .map_err(|error| Failure::new(format!("remove {}: {error}", path.display())))
}
