//! From settings to a world that verbs can work in: cluster, records, reporter.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use action::{Context, Error};
use apply::{Cancel, ClusterStore, Holding, Reporter};
use chart::Time;
use cluster::{AcceptingCluster, Cluster, KubeCluster};
use funcs::World;
use gonet::ProxyEnv;
use goval::strconv::quote;
use jiff::Timestamp;
use release::Store;
use sandbox::Sandbox;

use crate::env::Env;
use crate::error::Failure;
use crate::session::Session;
use crate::world::Machine;

/// This machine, as templates may ask about it.
pub(crate) fn world(session: &Session, dns: bool) -> Arc<dyn World> {
    Arc::new(Machine::new(&session.env, dns))
}

/// Runs a verb. A signal to end cancels it; `named` is then told to the user as what was cancelled.
///
/// # Errors
/// What the verb fails with, and a cluster that cannot be connected to.
pub(crate) fn run<T>(
    session: &Session,
    world: Arc<dyn World>,
    named: Option<String>,
    verb: impl AsyncFnOnce(&Context) -> Result<T, Error>,
) -> Result<T, Failure> {
    let context = context(session, world)?;
    session
        .wait(async {
            let cancel = context.cancel.clone();
            let watch = tokio::spawn(cancel_on_signal(cancel, named));
            let result = verb(&context).await;
            watch.abort();
            result
        })
        .and_then(|done| session.keep().map(|()| done))
}

/// What a verb works in: the cluster of the settings, its records, and this machine.
///
/// # Errors
/// A cluster that cannot be connected to.
pub(crate) fn context(session: &Session, world: Arc<dyn World>) -> Result<Context, Failure> {
    Ok(Context {
        api: session.api()?,
        cluster: session.cluster()?,
        store: session.store(session.namespace())?,
        namespace: session.namespace().to_owned(),
        holding: Holding {
            holder: holder(&session.env),
            time: session.settings.lease,
        },
        lease: None,
        world,
        reporter: reporter(session),
        cancel: Cancel::new(),
    })
}

/// This process as others are told of it: `user@host/process-random`. Containers are alike in all but the
/// last.
fn holder(env: &Env) -> String {
    let first = |names: [&str; 2]| {
        names
            .into_iter()
            .find_map(|name| env.get(name).map(str::to_owned))
    };
    let user = first(["USER", "USERNAME"]);
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .ok()
        .or_else(|| first(["HOSTNAME", "COMPUTERNAME"]));
    let mut random = [0; 4];
    Machine::new(env, false).fill_random(&mut random);
    format!(
        "{}@{}/{}-{:08x}",
        user.as_deref().unwrap_or("unknown"),
        host.as_deref().unwrap_or("unknown").trim(),
        std::process::id(),
        u32::from_ne_bytes(random)
    )
}

fn reporter(session: &Session) -> Arc<dyn Reporter> {
    Arc::new(session.lines())
}

/// Cancels when the process is asked to end. Helm says so on stdout.
async fn cancel_on_signal(cancel: Cancel, named: Option<String>) {
    if end_signal().await.is_err() {
        return;
    }
    if let Some(name) = named {
        let line = format!("Release {name} has been cancelled.\n");
        let _ = std::io::stdout().write_all(line.as_bytes());
    }
    cancel.cancel();
}

/// Waits for SIGINT or SIGTERM.
///
/// # Errors
/// Where the operating system gives no signals.
#[cfg(unix)]
pub(crate) async fn end_signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

/// Waits for Ctrl-C.
///
/// # Errors
/// Where the operating system gives no signals.
#[cfg(not(unix))]
pub(crate) async fn end_signal() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}

/// The Kubernetes API of the settings: the sandbox, or what the kubeconfig names.
///
/// # Errors
/// A sandbox file that cannot be opened, a kubeconfig that cannot be used.
pub(crate) async fn api(session: &Session) -> Result<Arc<dyn Cluster>, Failure> {
    if session.settings.sandbox {
        return Ok(Arc::new(KubeCluster::in_process(session.sandbox()?)));
    }
    Ok(Arc::new(cluster::connect(cluster_settings(session))))
}

/// What flags and environment say about the cluster.
pub(crate) fn cluster_settings(session: &Session) -> cluster::Settings {
    let (env, settings) = (&session.env, &session.settings);
    let in_cluster =
        ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"].map(|name| env.text(name));
    cluster::Settings {
        kubeconfig: some_path(&settings.kubeconfig),
        search: kubeconfigs(env),
        context: settings.kube_context.clone(),
        namespace: settings.namespace.clone(),
        token: settings.kube_token.clone(),
        as_user: settings.kube_as_user.clone(),
        as_groups: settings.kube_as_groups.clone(),
        server: settings.kube_apiserver.clone(),
        ca_file: settings.kube_ca_file.clone(),
        tls_server_name: settings.kube_tls_server_name.clone(),
        insecure: settings.kube_insecure,
        default_server: match env.text("KUBERNETES_MASTER") {
            "" => "http://localhost:8080".to_owned(),
            given => given.to_owned(),
        },
        in_cluster: match in_cluster {
            ["", _] | [_, ""] => None,
            [host, port] => Some((host.to_owned(), port.to_owned())),
        },
        proxies: proxies(env),
        cache: Some(PathBuf::from(env.own_cache_path("discovery"))),
        warn: Some(show_warning),
    }
}

/// What a server warns of, as client-go logs it.
fn show_warning(text: &str) {
    let now = jiff::Zoned::now().strftime("%m%d %H:%M:%S.%6f");
    let pid = std::process::id();
    let text = quote(format!("Warning: {text}"));
    // Where nobody listens, nothing can be done.
    let _ = writeln!(std::io::stderr(), "I{now} {pid:>7} warnings.go:107] {text}");
}

/// The proxies that the environment names; names in capital letters win.
pub(crate) fn proxies(env: &Env) -> ProxyEnv {
    let either = |upper: &str, lower: &str| match env.text(upper) {
        "" => env.text(lower).to_owned(),
        given => given.to_owned(),
    };
    ProxyEnv {
        https: either("HTTPS_PROXY", "https_proxy"),
        http: either("HTTP_PROXY", "http_proxy"),
        except: either("NO_PROXY", "no_proxy"),
    }
}

/// The files that KUBECONFIG lists, or else the usual one.
fn kubeconfigs(env: &Env) -> Vec<PathBuf> {
    match env.text("KUBECONFIG") {
        "" => vec![PathBuf::from(env.home_path(".kube/config"))],
        list => std::env::split_paths(list)
            .filter(|path| !path.as_os_str().is_empty())
            .collect(),
    }
}

fn some_path(path: &str) -> Option<PathBuf> {
    (!path.is_empty()).then(|| PathBuf::from(path))
}

/// What takes the place of the cluster with records in memory.
pub(crate) fn accepting() -> Arc<dyn Cluster> {
    Arc::new(AcceptingCluster)
}

/// Opens the sandbox, its directory made if need be.
///
/// # Errors
/// A file that is damaged or in use, and a directory that cannot be made.
pub(crate) fn open_sandbox(path: &std::path::Path) -> Result<Sandbox, Failure> {
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory)
            .map_err(|error| Failure::new(format!("mkdir {}: {error}", directory.display())))?;
    }
    Ok(Sandbox::open(path, sandbox::Options::default())?)
}

/// Where the sandbox keeps its objects: `STERNPOST_SANDBOX`, or a file among the user's data.
pub(crate) fn sandbox_file(env: &Env) -> PathBuf {
    match env.text("STERNPOST_SANDBOX") {
        "" => PathBuf::from(env.own_data_path("sandbox.redb")),
        given => PathBuf::from(given),
    }
}

/// The records in a cluster, in the objects that HELM_DRIVER names.
pub(crate) fn records(session: &Session, api: Arc<dyn Cluster>, namespace: &str) -> Arc<dyn Store> {
    let clock = clock(&session.env);
    match session.env.text("HELM_DRIVER") {
        "configmap" | "configmaps" => Arc::new(ClusterStore::config_maps(api, namespace, clock)),
        _ => Arc::new(ClusterStore::secrets(api, namespace, clock)),
    }
}

/// The clock that stores stamp records by.
pub(crate) fn clock(env: &Env) -> apply::Clock {
    let machine = Machine::new(env, false);
    Arc::new(move || {
        let now: Timestamp = machine.now();
        Time::from_unix(now.as_second(), now.subsec_nanosecond().unsigned_abs())
    })
}
