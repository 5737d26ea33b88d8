//! The servers that a lane plays on: real registries, plain, with TLS of several kinds and with passwords, and
//! ours in front of a plain one.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::{gate, wild};
use crate::oracle::Tool;

/// `me` with the password `secret`, as htpasswd writes it.
const HTPASSWD: &str = "me:$2a$10$AqWyfN4KirLrj/3s8n5PiuhwAL2tEaA.NVT5RDsHGf5U4pm3CUYbi\n";

/// The servers, by the names that stories have for them.
const NAMES: [&str; 7] = ["plain", "tls", "own", "mutual", "basic", "gate", "wild"];

/// The ports of all lanes, so that what depends on an address is the same in each.
pub(super) struct Ports(Vec<u16>);

impl Ports {
    pub(super) fn free() -> Result<Ports> {
        let held = NAMES.map(|_| TcpListener::bind("127.0.0.1:0"));
        let ports = held.into_iter().map(|one| Ok(one?.local_addr()?.port()));
        Ok(Ports(ports.collect::<Result<_>>()?))
    }

    pub(super) fn of(&self, name: &str) -> u16 {
        let index = NAMES.iter().position(|known| *known == name);
        index
            .and_then(|index| self.0.get(index))
            .copied()
            .unwrap_or(1)
    }

    /// A text with `{plain}` and its like as addresses, `{plain:name}` as one by the name of the host.
    pub(super) fn filled(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for name in NAMES {
            let port = self.of(name);
            text = text.replace(&format!("{{{name}}}"), &format!("127.0.0.1:{port}"));
            text = text.replace(&format!("{{{name}:name}}"), &format!("localhost:{port}"));
        }
        text
    }
}

/// Servers that run; they end with this.
pub(super) struct Stage {
    running: Vec<Child>,
}

impl Stage {
    /// Starts them, with certificates from a folder and settings in another.
    pub(super) fn start(material: &Path, folder: &Path, ports: &Ports) -> Result<Stage> {
        let program = Tool::Registry.installed()?;
        fs::write(folder.join("htpasswd"), HTPASSWD)?;
        let mut stage = Stage {
            running: Vec::new(),
        };
        let tls = |name: &str, more: &str| {
            let path = |end: &str| material.join(format!("{name}.{end}")).display().to_string();
            let (certificate, key) = (path("pem"), path("key"));
            format!("  tls: {{certificate: {certificate}, key: {key}{more}}}\n")
        };
        let authority = material.join("ca.pem").display().to_string();
        let password = folder.join("htpasswd").display().to_string();
        for (name, more) in [
            ("plain", String::new()),
            ("tls", tls("server", "")),
            ("own", tls("own", "")),
            (
                "mutual",
                tls("server", &format!(", clientcas: [{authority}]")),
            ),
            (
                "basic",
                format!("auth: {{htpasswd: {{realm: basic, path: {password}}}}}\n"),
            ),
        ] {
            let port = ports.of(name);
            let settings = format!(
                "version: 0.1\nlog: {{level: error, accesslog: {{disabled: true}}}}\nstorage: {{inmemory: {{}}, delete: {{enabled: true}}}}\nhttp:\n  addr: 127.0.0.1:{port}\n{more}"
            );
            let file = folder.join(format!("{name}.yaml"));
            fs::write(&file, settings)?;
            stage.running.push(
                Command::new(&program)
                    .arg("serve")
                    .arg(&file)
                    .env("OTEL_TRACES_EXPORTER", "none")
                    .stdin(Stdio::null())
                    .stdout(Stdio::null())
                    .stderr(fs::File::create(folder.join(format!("{name}.log")))?)
                    .spawn()?,
            );
        }
        for name in ["plain", "tls", "own", "mutual", "basic"] {
            wait_for(ports.of(name)).with_context(|| format!("the registry {name}"))?;
        }
        Ok(stage)
    }

    /// Opens the servers of ours, which all lanes share.
    pub(super) fn open(ports: &Ports, heard: &wild::Heard) -> Result<()> {
        let (gate, wild, plain) = (ports.of("gate"), ports.of("wild"), ports.of("plain"));
        gate::open(TcpListener::bind(("127.0.0.1", gate))?, gate, plain);
        let listener = TcpListener::bind(("127.0.0.1", wild))?;
        wild::open(listener, wild, plain, wild::Heard::clone(heard));
        Ok(())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        for child in &mut self.running {
            // What has ended already is as good.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Waits until a server listens.
pub(in crate::conformance) fn wait_for(port: u16) -> Result<()> {
    for _ in 0..200 {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Ok(());
        }
        sleep(Duration::from_millis(50));
    }
    bail!("does not listen")
}

/// The folder of programs that keep credentials, one called `test`, which keeps them in the home folder.
pub(super) fn helpers(folder: &Path) -> Result<PathBuf> {
    use std::os::unix::fs::PermissionsExt as _;
    let bin = folder.join("bin");
    fs::create_dir(&bin)?;
    let script = "#!/bin/sh\n\
        case $1 in\n\
        store) cat > \"$HOME/kept\";;\n\
        get) read -r server; grep -q \"\\\"$server\\\"\" \"$HOME/kept\" 2>/dev/null && cat \"$HOME/kept\" || { echo credentials not found in native keychain; exit 1; };;\n\
        erase) cat > /dev/null; rm \"$HOME/kept\" 2>/dev/null || { echo nothing to erase; exit 1; };;\n\
        esac\n";
    let program = bin.join("docker-credential-test");
    fs::write(&program, script)?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
    Ok(bin)
}
