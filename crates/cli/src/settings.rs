//! What holds for every command: global flags over environment variables over defaults.

use std::time::Duration;

use goval::strconv::quote;

use crate::command::{Flag, FlagSet, Value};
use crate::completions;
use crate::env::Env;
use crate::go;
use crate::problems::Errors;

/// The settings of one invocation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    /// The namespace that was asked for; empty if none was.
    pub(crate) namespace: String,
    /// The kubeconfig file that was named; empty if none was.
    pub(crate) kubeconfig: String,
    /// The context of the kubeconfig; empty for its current one.
    pub(crate) kube_context: String,
    /// A bearer token.
    pub(crate) kube_token: String,
    /// A user to act as.
    pub(crate) kube_as_user: String,
    /// Groups to act as.
    pub(crate) kube_as_groups: Vec<String>,
    /// The address of the API server.
    pub(crate) kube_apiserver: String,
    /// The file with its certificate authority.
    pub(crate) kube_ca_file: String,
    /// The name that its certificate must have.
    pub(crate) kube_tls_server_name: String,
    /// Whether its certificate is not checked.
    pub(crate) kube_insecure: bool,
    /// Whether more is logged.
    pub(crate) debug: bool,
    /// The file with credentials of registries.
    pub(crate) registry_config: String,
    /// The file with names and addresses of repositories.
    pub(crate) repository_config: String,
    /// The directory with their indexes.
    pub(crate) repository_cache: String,
    /// The directory with downloaded charts.
    pub(crate) content_cache: String,
    /// The directories with plugins, as a path list.
    pub(crate) plugins: String,
    /// How many requests to the API server may come at once.
    pub(crate) burst_limit: i64,
    /// How many requests a second after that; 0 for the default of the client.
    pub(crate) qps: f32,
    /// `never`, `auto` or `always`.
    pub(crate) color: String,
    /// How many revisions a release keeps.
    pub(crate) max_history: i64,
    /// Whether the cluster is the sandbox of this machine.
    pub(crate) sandbox: bool,
    /// Whose words errors have.
    pub(crate) errors: Errors,
    /// How long a change of a release may be silent before it counts as dead.
    pub(crate) lease: Duration,
}

/// Below a second a slow answer looks like a dead process; a day is as good as for ever.
const SHORTEST_LEASE: Duration = Duration::from_secs(1);
const LONGEST_LEASE: Duration = Duration::from_secs(24 * 60 * 60);

/// The flags of every command.
pub(crate) const GLOBAL_FLAGS: &[Flag] = &[
    Flag::text("namespace", "namespace to work in")
        .short('n')
        .default_from(|env| text(env.text("HELM_NAMESPACE")))
        .complete(completions::namespaces),
    Flag::text("kubeconfig", "path of the kubeconfig file"),
    Flag::text("kube-context", "context of the kubeconfig to use")
        .default_from(|env| text(env.text("HELM_KUBECONTEXT")))
        .complete(completions::kube_contexts),
    Flag::text("kube-token", "bearer token to authenticate with")
        .default_from(|env| text(env.text("HELM_KUBETOKEN"))),
    Flag::text("kube-as-user", "user to impersonate")
        .default_from(|env| text(env.text("HELM_KUBEASUSER"))),
    Flag::array("kube-as-group", "group to impersonate; repeat the flag for more than one")
        .default_from(|env| Value::List(groups(env))),
    Flag::text("kube-apiserver", "address and port of the Kubernetes API server")
        .default_from(|env| text(env.text("HELM_KUBEAPISERVER"))),
    Flag::text("kube-ca-file", "certificate authority file for the Kubernetes API server")
        .default_from(|env| text(env.text("HELM_KUBECAFILE"))),
    Flag::text(
        "kube-tls-server-name",
        "name that the certificate of the Kubernetes API server must have, if it is not its host name",
    )
    .default_from(|env| text(env.text("HELM_KUBETLS_SERVER_NAME"))),
    Flag::bool(
        "kube-insecure-skip-tls-verify",
        "do not check the certificate of the Kubernetes API server; the connection is then insecure",
    )
    .default_from(|env| {
        let value = env.get("HELM_KUBEINSECURE_SKIP_TLS_VERIFY").map(go::parse_bool);
        Value::Bool(matches!(value, Some(Ok(true))))
    }),
    Flag::bool("debug", "log more")
        .default_from(|env| Value::Bool(go::parse_bool(env.text("HELM_DEBUG")) == Ok(true))),
    Flag::text("registry-config", "path of the file with the credentials of registries")
        .default_from(|env| or("HELM_REGISTRY_CONFIG", env, || env.config_path("registry/config.json"))),
    Flag::text("repository-config", "path of the file with the names and URLs of repositories")
        .default_from(|env| or("HELM_REPOSITORY_CONFIG", env, || env.config_path("repositories.yaml"))),
    Flag::text("repository-cache", "path of the directory with cached indexes of repositories")
        .default_from(|env| or("HELM_REPOSITORY_CACHE", env, || env.cache_path("repository"))),
    Flag::text("content-cache", "path of the directory with cached content, such as charts")
        .default_from(|env| or("HELM_CONTENT_CACHE", env, || env.cache_path("content"))),
    Flag::int("burst-limit", "requests that the client may send at once")
        .default_from(|env| Value::Int(integer(env, "HELM_BURST_LIMIT", 100))),
    Flag::new(
        crate::command::Kind::Float,
        "qps",
        "requests a second to the Kubernetes API, bursts left out",
    )
    .default_from(|env| {
        Value::Float(env.get("HELM_QPS").and_then(|v| go::parse_float32(v).ok()).unwrap_or(0.0))
    }),
    Flag::bool("sandbox", "work in the sandbox: a small Kubernetes on this machine").hidden(),
    Flag::duration("lease-duration", "how long a change may be silent before another command takes its place")
        .default_from(|env| Value::Int(lease_duration(env)))
        .hidden(),
    Flag::text("errors", "how to tell of errors: in Helm's words, or all of them with the lines that they are about (helm, source)")
        .default_from(|env| text(env.get("STERNPOST_ERRORS").unwrap_or("helm")))
        .hidden(),
    Flag::text("color", "when to colour the output (never, auto, always)")
        .default_from(|env| text(color_mode(env)))
        .complete(completions::color_modes),
    Flag::text("colour", "when to colour the output (never, auto, always)")
        .default_from(|env| text(color_mode(env)))
        .also_sets("color")
        .complete(completions::color_modes),
];

impl Settings {
    /// The settings that the global flags, their defaults and the environment make.
    ///
    /// # Errors
    /// A colour mode that is none.
    pub(crate) fn new(env: &Env, flags: &FlagSet) -> Result<Settings, String> {
        let text = |name| flags.text(name).to_owned();
        let color = text("color");
        if !matches!(color.as_str(), "never" | "auto" | "always") {
            let color = quote(&color);
            return Err(format!(
                "invalid color mode {color}: must be one of: never, auto, always"
            ));
        }
        Ok(Settings {
            namespace: text("namespace"),
            kubeconfig: text("kubeconfig"),
            kube_context: text("kube-context"),
            kube_token: text("kube-token"),
            kube_as_user: text("kube-as-user"),
            kube_as_groups: flags.list("kube-as-group").to_vec(),
            kube_apiserver: text("kube-apiserver"),
            kube_ca_file: text("kube-ca-file"),
            kube_tls_server_name: text("kube-tls-server-name"),
            kube_insecure: flags.bool("kube-insecure-skip-tls-verify"),
            debug: flags.bool("debug"),
            registry_config: text("registry-config"),
            repository_config: text("repository-config"),
            repository_cache: text("repository-cache"),
            content_cache: text("content-cache"),
            plugins: match env.get("HELM_PLUGINS") {
                Some(path) => path.to_owned(),
                None => env.data_path("plugins"),
            },
            burst_limit: flags.int("burst-limit"),
            qps: flags.float("qps"),
            color,
            max_history: max_history(env),
            sandbox: flags.bool("sandbox"),
            errors: Errors::parse(flags.text("errors"))?,
            lease: Duration::from_nanos(flags.int("lease-duration").try_into().unwrap_or(0))
                .clamp(SHORTEST_LEASE, LONGEST_LEASE),
        })
    }

    /// What `env` prints, by name. The values for the cluster are those of flags and variables,
    /// not of the kubeconfig.
    pub(crate) fn variables(&self, env: &Env, namespace: &str) -> Vec<(&'static str, String)> {
        let mut all = vec![
            ("HELM_BIN", env.called.clone()),
            ("HELM_BURST_LIMIT", self.burst_limit.to_string()),
            ("HELM_CACHE_HOME", env.cache_path("")),
            ("HELM_CONFIG_HOME", env.config_path("")),
            ("HELM_CONTENT_CACHE", self.content_cache.clone()),
            ("HELM_DATA_HOME", env.data_path("")),
            ("HELM_DEBUG", self.debug.to_string()),
            ("HELM_KUBEAPISERVER", self.kube_apiserver.clone()),
            ("HELM_KUBEASGROUPS", self.kube_as_groups.join(",")),
            ("HELM_KUBEASUSER", self.kube_as_user.clone()),
            ("HELM_KUBECAFILE", self.kube_ca_file.clone()),
            ("HELM_KUBECONTEXT", self.kube_context.clone()),
            (
                "HELM_KUBEINSECURE_SKIP_TLS_VERIFY",
                self.kube_insecure.to_string(),
            ),
            (
                "HELM_KUBETLS_SERVER_NAME",
                self.kube_tls_server_name.clone(),
            ),
            ("HELM_KUBETOKEN", self.kube_token.clone()),
            ("HELM_MAX_HISTORY", self.max_history.to_string()),
            ("HELM_NAMESPACE", namespace.to_owned()),
            ("HELM_PLUGINS", self.plugins.clone()),
            ("HELM_QPS", format!("{:.2}", self.qps)),
            ("HELM_REGISTRY_CONFIG", self.registry_config.clone()),
            ("HELM_REPOSITORY_CACHE", self.repository_cache.clone()),
            ("HELM_REPOSITORY_CONFIG", self.repository_config.clone()),
        ];
        if !self.kubeconfig.is_empty() {
            all.push(("KUBECONFIG", self.kubeconfig.clone()));
        }
        all
    }
}

/// How many revisions a release keeps unless a flag says otherwise.
pub(crate) fn max_history(env: &Env) -> i64 {
    integer(env, "HELM_MAX_HISTORY", 10)
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

/// A variable that is set, be it empty, or else a path.
fn or(name: &str, env: &Env, path: impl Fn() -> String) -> Value {
    Value::Text(env.get(name).map_or_else(path, str::to_owned))
}

/// A variable that holds a decimal integer, or else a default.
fn integer(env: &Env, name: &str, default: i64) -> i64 {
    env.get(name)
        .and_then(|v| go::parse_int(v, 10, 64).ok())
        .unwrap_or(default)
}

/// `STERNPOST_LEASE_DURATION` in nanoseconds, or else 20 s.
fn lease_duration(env: &Env) -> i64 {
    go::parse_duration(env.text("STERNPOST_LEASE_DURATION")).unwrap_or(20_000_000_000)
}

fn groups(env: &Env) -> Vec<String> {
    let trimmed = env.text("HELM_KUBEASGROUPS").trim_matches([',', ' ']);
    if trimmed.is_empty() {
        Vec::new()
    } else {
        trimmed.split(',').map(str::to_owned).collect()
    }
}

fn color_mode(env: &Env) -> &'static str {
    if !env.text("NO_COLOR").is_empty() {
        return "never";
    }
    match env.text("HELM_COLOR").to_lowercase().as_str() {
        "never" => "never",
        "always" => "always",
        _ => "auto",
    }
}
