//! A proxy between the binary under test and a control plane, on which one request goes wrong.

use std::fs;
use std::io::{BufRead, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::paths;

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The client is killed when it is about to send it.
    Kill,
    /// The connection is cut.
    Cut,
    /// The server goes away for a while.
    Restart,
    /// The server answers with this status.
    Status(u16),
}

impl Fault {
    /// The faults that a client survives.
    pub(crate) const SURVIVED: [Fault; 6] = [
        Fault::Cut,
        Fault::Restart,
        Fault::Status(409),
        Fault::Status(429),
        Fault::Status(500),
        Fault::Status(504),
    ];
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Fault::Kill => f.write_str("stop"),
            Fault::Cut => f.write_str("cut"),
            Fault::Restart => f.write_str("restart"),
            Fault::Status(code) => write!(f, "{code}"),
        }
    }
}

/// A proxy that runs; it ends with its value.
pub(crate) struct Wire {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
    /// Where it listens.
    address: String,
}

impl Wire {
    /// Builds the proxy in a folder.
    pub(crate) fn build(folder: &Path) -> Result<PathBuf> {
        let program = folder.join("wire");
        let status = Command::new("go")
            .args(["build", "-o"])
            .arg(&program)
            .arg(".")
            .current_dir(paths::root().join("oracle/wire"))
            .status()
            .context("cannot run go, which builds the proxy")?;
        if !status.success() {
            bail!("the proxy does not build");
        }
        Ok(program)
    }

    /// Starts the proxy before the server that a kubeconfig names; the request of that number, counted from
    /// 1, goes wrong.
    pub(crate) fn start(
        program: &Path,
        admin: &Path,
        wrong: Option<(usize, Fault)>,
    ) -> Result<Wire> {
        let mut command = toward(program, admin)?;
        if let Some((at, fault)) = wrong {
            command.args(["-at", &at.to_string(), "-fault", &fault.to_string()]);
        }
        Wire::listening(command)
    }

    /// Starts a proxy that writes into a file what passes: writes whole, and how long answers are.
    pub(crate) fn record(program: &Path, admin: &Path, file: &Path) -> Result<Wire> {
        let mut command = toward(program, admin)?;
        command.arg("-record").arg(file);
        Wire::listening(command)
    }

    /// A client that sends the writes of such a file, as bare as can be, with one text in the place of another.
    pub(crate) fn replay(
        program: &Path,
        admin: &Path,
        file: &Path,
        [from, to]: [&str; 2],
    ) -> Result<Command> {
        let mut command = toward(program, admin)?;
        command.arg("-replay").arg(file);
        command.args(["-from", from, "-to", to]);
        Ok(command)
    }

    fn listening(mut command: Command) -> Result<Wire> {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the proxy")?;
        let output = process.stdout.take().context("the output is piped")?;
        let mut lines = BufReader::new(output).lines();
        let address = lines.next().context("the proxy tells its address")??;
        Ok(Wire {
            process,
            lines,
            address,
        })
    }

    /// Kills a client when its request is stopped. A retry or a watch more or less, and the request does not come:
    /// then the client ends by itself.
    pub(crate) fn kill(mut self, mut client: Child) -> Result<()> {
        let (send, lines) = mpsc::channel();
        thread::scope(|scope| {
            let lines_of_proxy = &mut self.lines;
            scope.spawn(move || {
                for line in lines_of_proxy.map_while(Result::ok) {
                    // Nobody listens any more once the client is gone.
                    let _ = send.send(line);
                }
            });
            while client.try_wait()?.is_none() {
                match lines.recv_timeout(Duration::from_millis(10)) {
                    Ok(line) if line == "stopped" => break,
                    Ok(_) | Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => break,
                }
            }
            client.kill()?;
            client.wait()?;
            drop(self.process.stdin.take());
            Ok(())
        })
    }

    /// Ends the proxy and gives the requests that are not read yet.
    pub(crate) fn end(mut self) -> Result<Vec<String>> {
        drop(self.process.stdin.take());
        let rest: std::io::Result<Vec<String>> = self.lines.by_ref().collect();
        Ok(rest?)
    }

    /// Writes a kubeconfig that leads through the proxy.
    pub(crate) fn kubeconfig(&self, admin: &Path, to: &Path) -> Result<()> {
        let text = fs::read_to_string(admin)?;
        let lines = text.lines().map(|line| match line.trim_start() {
            found if found.starts_with("server:") => format!("    server: {}\n", self.address),
            found if found.starts_with("certificate-authority") => String::new(),
            _ => format!("{line}\n"),
        });
        Ok(fs::write(to, lines.collect::<String>())?)
    }
}

/// The program with what it needs to reach the server that a kubeconfig names.
fn toward(program: &Path, admin: &Path) -> Result<Command> {
    let text = fs::read_to_string(admin)?;
    let value = |key: &str| {
        let mut lines = text.lines().map(str::trim_start);
        let value = lines.find_map(|line| line.strip_prefix(key));
        value
            .map(str::trim)
            .with_context(|| format!("the kubeconfig has no {key}"))
    };
    let mut command = Command::new(program);
    command.args(["-server", value("server:")?, "-token", value("token:")?]);
    Ok(command)
}

impl Drop for Wire {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        // One that has gone already is what we want.
        let _ = self.process.wait();
    }
}
