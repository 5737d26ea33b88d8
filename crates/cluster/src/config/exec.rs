//! Credential plugins: programs that say who one is (client-go's `exec` plugins).

use std::io::IsTerminal;
use std::process::Stdio;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gostd::os::path_error;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::sync::Mutex;

use super::file::Exec;
use super::link::Identity;
use super::resolve::Access;

/// What a plugin gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Credential {
    pub(super) token: String,
    pub(super) identity: Option<Identity>,
    /// When it ends.
    expires: Option<jiff::Timestamp>,
}

/// A plugin and what it last gave.
pub(super) struct Plugin {
    exec: Exec,
    /// What it is told about the cluster; null if it does not want to know.
    cluster: Value,
    last: Mutex<Option<Arc<Credential>>>,
}

impl Plugin {
    pub(super) fn new(exec: Exec, access: &Access) -> Plugin {
        let cluster = match exec.provide_cluster_info {
            true => cluster_info(access),
            false => Value::Null,
        };
        Plugin {
            exec,
            cluster,
            last: Mutex::new(None),
        }
    }

    /// What the plugin gave, run again if that has expired. The error is what Go prints after
    /// `getting credentials: `.
    pub(super) async fn credential(&self) -> Result<Arc<Credential>, String> {
        let mut last = self.last.lock().await;
        if let Some(known) = &*last
            && known
                .expires
                .is_none_or(|expires| jiff::Timestamp::now() < expires)
        {
            return Ok(known.clone());
        }
        let fresh = Arc::new(self.run().await?);
        *last = Some(fresh.clone());
        Ok(fresh)
    }

    /// Forgets a credential that the server has refused, so that the next request asks for another.
    pub(super) async fn refuse(&self, refused: &Arc<Credential>) {
        let mut last = self.last.lock().await;
        if last
            .as_ref()
            .is_some_and(|known| Arc::ptr_eq(known, refused))
        {
            *last = None;
        }
    }

    async fn run(&self) -> Result<Credential, String> {
        let interactive = self.interactive()?;
        let mut spec = json!({"interactive": interactive});
        if !self.cluster.is_null() {
            spec["cluster"] = self.cluster.clone();
        }
        let info = json!({
            "kind": "ExecCredential",
            "apiVersion": self.exec.api_version,
            "spec": spec,
        });
        let mut command = Command::new(&self.exec.command);
        command
            .args(&self.exec.args)
            .envs(self.exec.env.iter().map(|(name, value)| (name, value)))
            .env("KUBERNETES_EXEC_INFO", info.to_string())
            .stdin(if interactive {
                Stdio::inherit()
            } else {
                Stdio::null()
            })
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true);
        let running = command.spawn().map_err(|error| self.not_started(&error))?;
        let output = running
            .wait_with_output()
            .await
            .map_err(|error| format!("exec: {error}"))?;
        if !output.status.success() {
            return Err(format!(
                "exec: executable {} failed with exit code {}",
                self.exec.command,
                output.status.code().unwrap_or(-1)
            ));
        }
        self.read(&output.stdout)
    }

    fn interactive(&self) -> Result<bool, String> {
        let terminal = std::io::stdin().is_terminal();
        match self.exec.interactive_mode.as_str() {
            "Never" => Ok(false),
            "Always" if !terminal => Err(
                "exec plugin cannot support interactive mode: standard input is not a terminal"
                    .to_owned(),
            ),
            _ => Ok(terminal),
        }
    }

    fn not_started(&self, error: &std::io::Error) -> String {
        const HELP: &str = "\n\nIt looks like you are trying to use a client-go credential plugin \
            that is not installed.\n\nTo learn more about this feature, consult the documentation \
            available at:\n      https://kubernetes.io/docs/reference/access-authn-authz/\
            authentication/#client-go-credential-plugins";
        let command = &self.exec.command;
        if command.contains(std::path::MAIN_SEPARATOR) {
            let why = path_error("fork/exec", command, error);
            return format!("exec: {why}");
        }
        let hint = match visible(&self.exec.install_hint) {
            hint if hint.is_empty() => hint,
            hint => format!("\n\n{hint}"),
        };
        format!("exec: executable {command} not found{HELP}{hint}")
    }

    fn read(&self, stdout: &[u8]) -> Result<Credential, String> {
        let value = goval::yaml::decode(stdout).map_err(|e| format!("decoding stdout: {e}"))?;
        let json = manifest::to_json(&value);
        if !json.is_object() {
            return Err(format!(
                "decoding stdout: couldn't get version/kind; json parse error: json: cannot \
                 unmarshal {} into Go value of type struct {{ APIVersion string \
                 \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }}",
                if json.is_string() { "string" } else { "number" }
            ));
        }
        let said = json.get("apiVersion").and_then(Value::as_str).unwrap_or("");
        if said != self.exec.api_version {
            let said = match said {
                "" => "client.authentication.k8s.io/__internal",
                said => said,
            };
            return Err(format!(
                "exec plugin is configured to use API version {}, plugin returned version {said}",
                self.exec.api_version
            ));
        }
        let status = match json.get("status") {
            Some(status) if !status.is_null() => {
                Status::deserialize(status).map_err(|e| format!("decoding stdout: {e}"))?
            }
            _ => return Err("exec plugin didn't return a status field".to_owned()),
        };
        status.credential()
    }
}

/// What a plugin prints.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Status {
    token: String,
    client_certificate_data: String,
    client_key_data: String,
    expiration_timestamp: Option<String>,
}

impl Status {
    fn credential(self) -> Result<Credential, String> {
        let cert = !self.client_certificate_data.is_empty();
        let key = !self.client_key_data.is_empty();
        if self.token.is_empty() && !cert && !key {
            return Err("exec plugin didn't return a token or cert/key pair".to_owned());
        }
        if cert != key {
            return Err("exec plugin returned only certificate or key, not both".to_owned());
        }
        let expires = match self.expiration_timestamp {
            Some(stamp) => Some(stamp.parse().map_err(|e| format!("decoding stdout: {e}"))?),
            None => None,
        };
        Ok(Credential {
            token: self.token,
            identity: cert.then_some((self.client_certificate_data, self.client_key_data)),
            expires,
        })
    }
}

fn cluster_info(access: &Access) -> Value {
    let mut info = json!({"server": access.base});
    if !access.tls_server_name.is_empty() {
        info["tls-server-name"] = access.tls_server_name.as_str().into();
    }
    if access.insecure {
        info["insecure-skip-tls-verify"] = true.into();
    }
    if let Some(ca) = &access.ca {
        info["certificate-authority-data"] = STANDARD.encode(ca).into();
    }
    if let Some(proxy) = &access.proxy {
        info["proxy-url"] = proxy.to_string().into();
    }
    info["config"] = access.exec_config.clone().unwrap_or_default();
    info
}

/// A hint without what could play tricks with a terminal.
fn visible(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' | '\n' | '\x0b' | '\x0c' | '\r' => c.to_string(),
            c if c.is_control() => format!("U+{:04X}", u32::from(c)),
            c => c.to_string(),
        })
        .collect()
}
