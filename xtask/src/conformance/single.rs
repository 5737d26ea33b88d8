//! A real registry on this machine, for suites that need one and no more.

use std::fs;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

use super::registry::wait_for;
use crate::oracle::Tool;

/// A registry that ends with this.
pub(super) struct Registry {
    child: Child,
    pub(super) port: u16,
    folder: tempfile::TempDir,
}

impl Drop for Registry {
    fn drop(&mut self) {
        // What has ended already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Registry {
    /// Starts one, over plain HTTP, with nothing in it.
    pub(super) fn start() -> Result<Registry> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("settings.yaml");
        fs::write(
            &file,
            format!(
                "version: 0.1\nlog: {{level: error, accesslog: {{disabled: true}}}}\nstorage: {{inmemory: {{}}}}\nhttp: {{addr: 127.0.0.1:{port}}}\n"
            ),
        )?;
        let child = Command::new(Tool::Registry.installed()?)
            .arg("serve")
            .arg(&file)
            .env("OTEL_TRACES_EXPORTER", "none")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(folder.path().join("log"))?)
            .spawn()?;
        let registry = Registry {
            child,
            port,
            folder,
        };
        wait_for(port).with_context(|| registry.folder.path().display().to_string())?;
        Ok(registry)
    }
}
