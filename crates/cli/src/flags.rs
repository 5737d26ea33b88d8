//! The flags that several commands share, and the flag types that only Helm has.

use chart::Event;
use goval::strconv::quote;

use crate::command::{Custom, Flag, Kind, Value};
use crate::completions;

/// How the output looks: `table`, `json` or `yaml`.
const FORMAT: Kind = Kind::Custom(&Custom {
    name: "format",
    zero: || Value::Text("table".to_owned()),
    set: |value, text| match text {
        "table" | "json" | "yaml" => store(value, text),
        _ => Err("invalid format type".to_owned()),
    },
});

/// What to wait for: `watcher`, `hookOnly` or `legacy`.
const WAIT_STRATEGY: Kind = Kind::Custom(&Custom {
    name: "WaitStrategy",
    zero: || Value::Text("hookOnly".to_owned()),
    set: |value, text| {
        let (strategy, was_bool) = match text {
            "watcher" | "hookOnly" | "legacy" => (text, false),
            "true" => ("watcher", true),
            "false" => ("hookOnly", true),
            _ => {
                let text = quote(text);
                return Err(format!(
                    "invalid wait input {text}. Valid inputs are watcher, hookOnly, and legacy"
                ));
            }
        };
        store(value, strategy)?;
        Ok(was_bool.then(|| {
            Event::warn(format!(
                "--wait={text} is deprecated (boolean value) and can be replaced with --wait={strategy}"
            ))
        }))
    },
});

/// The name of a post-renderer, once.
const POST_RENDERER_NAME: Kind = Kind::Custom(&Custom {
    name: "postRendererString",
    zero: || Value::Text(String::new()),
    set: |value, text| match value {
        _ if text.is_empty() => Ok(None),
        Value::Text(before) if !before.is_empty() => {
            Err("cannot specify --post-renderer flag more than once".to_owned())
        }
        _ => store(value, text),
    },
});

/// The arguments of a post-renderer, which may be empty.
const POST_RENDERER_ARGS: Kind = Kind::Custom(&Custom {
    name: "postRendererArgsSlice",
    zero: || Value::List(Vec::new()),
    set: |value, text| {
        if let Value::List(list) = value {
            list.push(text.to_owned());
        }
        Ok(None)
    },
});

fn store(value: &mut Value, text: &str) -> Result<Option<Event>, String> {
    *value = Value::Text(text.to_owned());
    Ok(None)
}

/// The format of the output.
pub(crate) const OUTPUT: &[Flag] = &[Flag::new(
    FORMAT,
    "output",
    "format of the output: table, json or yaml",
)
.short('o')
.complete(completions::formats)];

/// Where values come from.
pub(crate) const VALUES: &[Flag] = &[
    Flag::strings(
        "values",
        "YAML file or URL with values; - reads stdin; may be repeated",
    )
    .short('f'),
    Flag::array("set", "set values: key1=val1,key2=val2; may be repeated"),
    Flag::array(
        "set-string",
        "set values that stay text: key1=val1,key2=val2; may be repeated",
    ),
    Flag::array(
        "set-file",
        "set values to the contents of files: key1=path1,key2=path2; may be repeated",
    ),
    Flag::array(
        "set-json",
        "set values in JSON: key1=json1,key2=json2 or a whole object; may be repeated",
    ),
    Flag::array(
        "set-literal",
        "set one value to the rest of the argument, taken as it is",
    ),
];

/// Where a chart comes from.
pub(crate) const CHART: &[Flag] = &[
    VERSION,
    VERIFY,
    KEYRING,
    Flag::text("repo", "URL of the repository that has the chart"),
    USERNAME,
    PASSWORD,
    CERT_FILE,
    KEY_FILE,
    Flag::bool(
        "insecure-skip-tls-verify",
        "do not check TLS certificates while downloading the chart",
    ),
    Flag::bool("plain-http", "download the chart over plain HTTP"),
    CA_FILE,
    Flag::bool(
        "pass-credentials",
        "pass the credentials on to every domain",
    ),
];

/// What a dependency command needs to download charts.
pub(crate) const DEPENDENCY: &[Flag] = &[
    Flag::bool("verify", "verify the signatures of the packages"),
    Flag::text("keyring", "keyring with public keys")
        .default_from(|env| Value::Text(env.default_keyring())),
    Flag::bool(
        "skip-refresh",
        "do not refresh the cached indexes of repositories",
    ),
    USERNAME,
    PASSWORD,
    CERT_FILE,
    KEY_FILE,
    Flag::bool(
        "insecure-skip-tls-verify",
        "do not check TLS certificates while downloading charts",
    ),
    Flag::bool("plain-http", "download charts over plain HTTP"),
    CA_FILE,
];

/// What we have beyond that for `dependency`.
pub(crate) const DEPENDENCY_MORE: &[Flag] = &[
    Flag::bool(
        "recursive",
        "first do the same for the charts in directories that it depends on",
    )
    .hidden(),
    Flag::bool(
        "offline",
        "ask no server: take what is in the caches, or fail",
    )
    .hidden(),
];

/// Whether the digests of dependencies are written down.
pub(crate) const DIGESTS: Flag = Flag::bool(
    "digests",
    "write the digests of the archives to Chart.digests; from then on they are checked",
)
.hidden();

/// Which version of the chart.
pub(crate) const VERSION: Flag = Flag::text(
    "version",
    "version of the chart: one version (1.1.1) or a range (^2.0.0); the latest one if not given",
)
.complete(completions::chart_versions);
/// Whether the package must be signed.
pub(crate) const VERIFY: Flag = Flag::bool("verify", "verify the package before it is used");
/// Which keys to trust.
pub(crate) const KEYRING: Flag =
    Flag::text("keyring", "keyring with the public keys to verify with")
        .default_from(|env| Value::Text(env.default_keyring()));
/// Who asks.
pub(crate) const USERNAME: Flag = Flag::text("username", "user name for the chart repository");
/// The secret of who asks.
pub(crate) const PASSWORD: Flag = Flag::text("password", "password for the chart repository");
/// The client's certificate.
pub(crate) const CERT_FILE: Flag =
    Flag::text("cert-file", "certificate file that identifies this client");
/// The client's key.
pub(crate) const KEY_FILE: Flag = Flag::text("key-file", "key file that identifies this client");
/// The server's authority.
pub(crate) const CA_FILE: Flag = Flag::text(
    "ca-file",
    "certificate authority file that servers are verified with",
);

/// How long to wait, and for what.
pub(crate) const WAIT: &[Flag] = &[
    Flag::new(
        WAIT_STRATEGY,
        "wait",
        "wait until resources are ready, up to --timeout: 'watcher' (also if no value is given), 'hookOnly' or 'legacy'",
    )
    .implied("watcher"),
    Flag::bool(
        "wait-for-jobs",
        "with --wait, wait until all Jobs have completed too, up to --timeout",
    ),
];
/// How long a single operation may take.
pub(crate) const TIMEOUT: Flag = Flag::duration(
    "timeout",
    "time to wait for any single Kubernetes operation, such as a hook's Job",
)
.default("5m0s");

/// Simulation instead of action.
pub(crate) const DRY_RUN: Flag = Flag::text(
    "dry-run",
    "simulate and change nothing: 'client' without a cluster, 'server' with one; 'none' does it for real",
)
.default("none")
.implied("unset");

/// Programs that rework what templates render.
pub(crate) const POST_RENDERER: &[Flag] = &[
    Flag::new(
        POST_RENDERER_NAME,
        "post-renderer",
        "name of the post-renderer plugin to run over the manifests",
    ),
    Flag::new(
        POST_RENDERER_ARGS,
        "post-renderer-args",
        "argument for the post-renderer; may be repeated",
    ),
];

/// How objects that exist are changed by force.
pub(crate) const FORCE: &[Flag] = &[
    Flag::bool(
        "force-replace",
        "replace resources instead of patching them",
    ),
    Flag::bool("force", "older name of --force-replace")
        .also_sets("force-replace")
        .deprecated("use --force-replace instead"),
    Flag::bool(
        "force-conflicts",
        "let server-side apply win conflicts over other field managers",
    ),
];
/// Which of them exclude each other.
pub(crate) const FORCE_GROUPS: &[&[&str]] = &[
    &["force-replace", "force-conflicts"],
    &["force", "force-conflicts"],
];

/// What `install` and `upgrade` share, `template` with them.
pub(crate) const RENDER: &[Flag] = &[
    Flag::bool(
        "disable-openapi-validation",
        "do not validate the manifests against the cluster's OpenAPI schema",
    ),
    Flag::bool(
        "devel",
        "consider development versions too, as '>0.0.0-0' does; ignored with --version",
    ),
    Flag::bool(
        "dependency-update",
        "update missing dependencies before the chart is used",
    ),
    Flag::text("description", "description of this revision"),
    Flag::bool("enable-dns", "let templates look up DNS names"),
    Flag::bool(
        "skip-schema-validation",
        "do not validate values against the chart's JSON schema",
    ),
    TIMEOUT,
];

/// Reads a flag with a hidden older name for a failure policy.
pub(crate) const ATOMIC: Flag = Flag::bool("atomic", "older name of --rollback-on-failure")
    .also_sets("rollback-on-failure")
    .deprecated("use --rollback-on-failure instead");

/// Which revision to read.
pub(crate) const REVISION: Flag =
    Flag::int("revision", "revision to show; the latest one if not given")
        .complete(completions::revisions);
