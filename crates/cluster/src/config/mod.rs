//! From kubeconfig files and flags to a connection, by the rules of client-go's `clientcmd`.
//!
//! `file` reads and merges files, `resolve` picks and checks what the context names, `exec` runs
//! credential plugins, `link` makes what requests go out with of all that, `https` its HTTP client.

mod decode;
mod exec;
mod file;
mod https;
mod link;
mod proxy;
mod resolve;

use std::path::PathBuf;

pub(crate) use self::link::{Link, TicketError};
pub use self::proxy::ProxyEnv;
use crate::{Error, KubeCluster};

/// Everything that decides which cluster is spoken to, and as whom. Where a field is empty, the
/// kubeconfig decides.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The one file to read (`--kubeconfig`); it must exist.
    pub kubeconfig: Option<PathBuf>,
    /// The files to merge otherwise, first wins: KUBECONFIG, or `~/.kube/config`. Those that do not
    /// exist are passed over.
    pub search: Vec<PathBuf>,
    /// The context (`--kube-context`).
    pub context: String,
    /// The namespace (`--namespace`).
    pub namespace: String,
    /// A bearer token (`--kube-token`).
    pub token: String,
    /// Whom to act as (`--kube-as-user`).
    pub as_user: String,
    /// As a member of which groups (`--kube-as-group`).
    pub as_groups: Vec<String>,
    /// The API server (`--kube-apiserver`).
    pub server: String,
    /// Who signed the server's certificate (`--kube-ca-file`).
    pub ca_file: String,
    /// The name in the server's certificate (`--kube-tls-server-name`).
    pub tls_server_name: String,
    /// Whether any certificate will do (`--kube-insecure-skip-tls-verify`).
    pub insecure: bool,
    /// The server where neither flag nor file names one; Helm's is `http://localhost:8080`, or
    /// KUBERNETES_MASTER.
    pub default_server: String,
    /// Where the API server is if this is a pod: KUBERNETES_SERVICE_HOST and
    /// KUBERNETES_SERVICE_PORT.
    pub in_cluster: Option<(String, String)>,
    /// Proxies of the environment, for clusters that name none.
    pub proxies: ProxyEnv,
    /// A folder in which answers of servers are kept from one run to the next; none to keep nothing.
    pub cache: Option<PathBuf>,
    /// Who is told what servers warn of.
    pub warn: Option<fn(&str)>,
}

/// A cluster by these settings. Nothing is read or opened before the first request; what is wrong with
/// the settings is the answer to every request.
pub fn connect(settings: Settings) -> KubeCluster {
    let (keeps, warn) = (settings.cache.clone(), settings.warn);
    let mut cluster = KubeCluster::linked(Link::new(settings));
    cluster.keeps = keeps;
    cluster.warn = warn;
    cluster
}

/// The namespace to work in: the flag's, that of the context, that of the pod this runs in, or
/// `default` (Helm's `EnvSettings.Namespace`).
pub fn namespace(settings: &Settings) -> String {
    if !settings.namespace.is_empty() {
        return settings.namespace.clone();
    }
    let found = resolve::namespace(settings).unwrap_or_default();
    if found.is_empty() {
        "default".to_owned()
    } else {
        found
    }
}

fn config(text: impl Into<String>) -> Error {
    Error::Config(text.into())
}
