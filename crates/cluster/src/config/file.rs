//! Kubeconfig files, read and merged.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use gostd::os::{path_error, read_error};
use goval::strconv::quote;
use serde_json::Value;

use super::decode::Struct;
use super::{Settings, config};
use crate::Error;

/// What kubeconfig files say together.
#[derive(Clone, Debug, Default)]
pub(super) struct Kubeconfig {
    pub(super) current_context: String,
    pub(super) contexts: BTreeMap<String, Context>,
    pub(super) clusters: BTreeMap<String, Cluster>,
    pub(super) users: BTreeMap<String, User>,
}

/// Which cluster, as whom, in which namespace.
#[derive(Clone, Debug, Default)]
pub(super) struct Context {
    pub(super) cluster: String,
    pub(super) user: String,
    pub(super) namespace: String,
}

/// How to reach a cluster.
#[derive(Clone, Debug, Default)]
pub(super) struct Cluster {
    pub(super) server: String,
    pub(super) tls_server_name: String,
    pub(super) insecure: bool,
    pub(super) ca_file: String,
    pub(super) ca_data: Vec<u8>,
    pub(super) proxy_url: String,
    pub(super) disable_compression: bool,
    /// What the cluster has to say to credential plugins.
    pub(super) exec_config: Option<Value>,
}

/// How to prove who one is.
#[derive(Clone, Debug, Default)]
pub(super) struct User {
    pub(super) cert_file: String,
    pub(super) cert_data: Vec<u8>,
    pub(super) key_file: String,
    pub(super) key_data: Vec<u8>,
    pub(super) token: String,
    pub(super) token_file: String,
    pub(super) as_user: String,
    pub(super) as_uid: String,
    pub(super) as_groups: Vec<String>,
    pub(super) as_extra: BTreeMap<String, Vec<String>>,
    pub(super) username: String,
    pub(super) password: String,
    pub(super) auth_provider: Option<String>,
    pub(super) exec: Option<Exec>,
}

/// A credential plugin.
#[derive(Clone, Debug, Default)]
pub(super) struct Exec {
    pub(super) api_version: String,
    pub(super) command: String,
    pub(super) args: Vec<String>,
    pub(super) env: Vec<(String, String)>,
    pub(super) install_hint: String,
    pub(super) provide_cluster_info: bool,
    pub(super) interactive_mode: String,
}

/// Reads and merges the files that the settings name. The first file to name a context, cluster or
/// user wins whole; so does the first that names a current context.
pub(super) fn load(settings: &Settings) -> Result<Kubeconfig, Error> {
    let files: Vec<&PathBuf> = match &settings.kubeconfig {
        Some(path) => {
            if let Err(error) = std::fs::metadata(path)
                && error.kind() == io::ErrorKind::NotFound
            {
                return Err(config(path_error("stat", path, &error)));
            }
            vec![path]
        }
        None => settings.search.iter().collect(),
    };
    let mut merged = Kubeconfig::default();
    let mut errors = Vec::new();
    for path in files
        .into_iter()
        .filter(|path| !path.as_os_str().is_empty())
    {
        match read(path) {
            Ok(Some(one)) => merged.add(one),
            Ok(None) => {}
            Err(why) => errors.push(format!(
                "error loading config file \"{}\": {why}",
                path.display()
            )),
        }
    }
    match errors.len() {
        0 => Ok(merged),
        1 => Err(config(errors.remove(0))),
        _ => Err(config(format!("[{}]", errors.join(", ")))),
    }
}

impl Kubeconfig {
    fn add(&mut self, other: Kubeconfig) {
        if self.current_context.is_empty() {
            self.current_context = other.current_context;
        }
        for (name, context) in other.contexts {
            self.contexts.entry(name).or_insert(context);
        }
        for (name, cluster) in other.clusters {
            self.clusters.entry(name).or_insert(cluster);
        }
        for (name, user) in other.users {
            self.users.entry(name).or_insert(user);
        }
    }
}

/// One file; `None` if there is none.
fn read(path: &Path) -> Result<Option<Kubeconfig>, String> {
    const LARGEST: u64 = 64 << 20;
    let shown = path.to_string_lossy();
    let text = match std::fs::read(path) {
        Ok(text) if text.len() as u64 > LARGEST => {
            return Err(format!("{shown} is larger than {LARGEST} bytes"));
        }
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(read_error(path, &error)),
    };
    let base = std::path::absolute(path)
        .ok()
        .and_then(|path| path.parent().map(Path::to_path_buf))
        .unwrap_or_default();
    parse(&text, &base).map(Some)
}

/// A file's text; relative paths in it count from `base`.
fn parse(text: &[u8], base: &Path) -> Result<Kubeconfig, String> {
    let value = goval::yaml::decode(text).map_err(|error| {
        let shown = error.to_string();
        let yaml = shown.strip_prefix("error converting YAML to JSON: ");
        yaml.unwrap_or(&shown).to_owned()
    })?;
    let json = manifest::to_json(&value);
    check_version(&json)?;
    let root = Struct::root(&json, "Config");
    let mut read = Kubeconfig {
        current_context: root.text("current-context")?,
        ..Kubeconfig::default()
    };
    for named in root.list("clusters", "NamedCluster")? {
        let cluster = cluster(&named.below("cluster", "Cluster")?, base)?;
        read.clusters.entry(named.text("name")?).or_insert(cluster);
    }
    for named in root.list("contexts", "NamedContext")? {
        let context = named.below("context", "Context")?;
        let context = Context {
            cluster: context.text("cluster")?,
            user: context.text("user")?,
            namespace: context.text("namespace")?,
        };
        read.contexts.entry(named.text("name")?).or_insert(context);
    }
    for named in root.list("users", "NamedAuthInfo")? {
        let user = user(&named.below("user", "AuthInfo")?, base)?;
        read.users.entry(named.text("name")?).or_insert(user);
    }
    Ok(read)
}

/// An empty kind or version means `Config` and `v1`; others are not known.
fn check_version(json: &Value) -> Result<(), String> {
    let found = match json {
        Value::Object(_) | Value::Null => None,
        Value::Bool(_) => Some("bool"),
        Value::Number(_) => Some("number"),
        Value::String(_) => Some("string"),
        Value::Array(_) => Some("array"),
    };
    if let Some(found) = found {
        return Err(format!(
            "couldn't get version/kind; json parse error: json: cannot unmarshal {found} into Go \
             value of type struct {{ APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind \
             string \"json:\\\"kind,omitempty\\\"\" }}"
        ));
    }
    let or = |field: &str, default: &'static str| {
        let text = json.get(field).and_then(Value::as_str).unwrap_or("");
        if text.is_empty() { default } else { text }.to_owned()
    };
    let (version, kind) = (or("apiVersion", "v1"), or("kind", "Config"));
    if (version.as_str(), kind.as_str()) == ("v1", "Config") {
        return Ok(());
    }
    let (kind, version) = (quote(kind), quote(version));
    Err(format!(
        "no kind {kind} is registered for version {version} in scheme \
         \"pkg/runtime/scheme.go:111\""
    ))
}

fn cluster(from: &Struct<'_>, base: &Path) -> Result<Cluster, String> {
    const EXEC: &str = "client.authentication.k8s.io/exec";
    let mut exec_config = None;
    for extension in from.list("extensions", "NamedExtension")? {
        if extension.text("name")? == EXEC {
            exec_config = extension.raw("extension").cloned();
        }
    }
    Ok(Cluster {
        server: from.text("server")?,
        tls_server_name: from.text("tls-server-name")?,
        insecure: from.flag("insecure-skip-tls-verify")?,
        ca_file: resolve(from.text("certificate-authority")?, base),
        ca_data: from.bytes("certificate-authority-data")?,
        proxy_url: from.text("proxy-url")?,
        disable_compression: from.flag("disable-compression")?,
        exec_config,
    })
}

fn user(from: &Struct<'_>, base: &Path) -> Result<User, String> {
    let extra = from.raw("as-user-extra").and_then(Value::as_object);
    let as_extra = extra
        .into_iter()
        .flatten()
        .map(|(key, values)| {
            let values = values.as_array().into_iter().flatten();
            let values = values.filter_map(Value::as_str).map(str::to_owned);
            (key.clone(), values.collect())
        })
        .collect();
    let provider = from.below("auth-provider", "AuthProviderConfig")?;
    let exec = match from.has("exec") {
        true => Some(exec(&from.below("exec", "ExecConfig")?, base)?),
        false => None,
    };
    Ok(User {
        cert_file: resolve(from.text("client-certificate")?, base),
        cert_data: from.bytes("client-certificate-data")?,
        key_file: resolve(from.text("client-key")?, base),
        key_data: from.bytes("client-key-data")?,
        token: from.text("token")?,
        token_file: resolve(from.text("tokenFile")?, base),
        as_user: from.text("as")?,
        as_uid: from.text("as-uid")?,
        as_groups: from.texts("as-groups")?,
        as_extra,
        username: from.text("username")?,
        password: from.text("password")?,
        auth_provider: match from.has("auth-provider") {
            true => Some(provider.text("name")?),
            false => None,
        },
        exec,
    })
}

fn exec(from: &Struct<'_>, base: &Path) -> Result<Exec, String> {
    let mut env = Vec::new();
    for variable in from.list("env", "ExecEnvVar")? {
        env.push((variable.text("name")?, variable.text("value")?));
    }
    let command = from.text("command")?;
    Ok(Exec {
        api_version: from.text("apiVersion")?,
        command: match command.contains(std::path::MAIN_SEPARATOR) {
            true => resolve(command, base),
            false => command,
        },
        args: from.texts("args")?,
        env,
        install_hint: from.text("installHint")?,
        provide_cluster_info: from.flag("provideClusterInfo")?,
        interactive_mode: from.text("interactiveMode")?,
    })
}

/// A path as seen from the file that names it, without detours.
fn resolve(path: String, base: &Path) -> String {
    if path.is_empty() || Path::new(&path).is_absolute() {
        return path;
    }
    let mut joined = base.to_path_buf();
    for part in Path::new(&path).components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                joined.pop();
            }
            part => joined.push(part),
        }
    }
    joined.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_error(text: &str, expected: &str) {
        let error = parse(text.as_bytes(), Path::new("/home")).unwrap_err();
        assert_eq!(error, expected);
    }

    /// The texts are those of Helm 4.3.1.
    #[test]
    fn broken_files_are_told_as_helm_tells_them() {
        check_error("a: [b", "yaml: line 1: did not find expected ',' or ']'");
        check_error(
            "contexts: [{name: y}]",
            "json: cannot unmarshal bool into Go struct field NamedContext.contexts.name of type string",
        );
        check_error(
            "clusters: 3",
            "json: cannot unmarshal number into Go struct field Config.clusters of type []v1.NamedCluster",
        );
        check_error(
            "users: [{name: u, user: {client-certificate-data: '!!'}}]",
            "illegal base64 data at input byte 0",
        );
        check_error(
            "kind: Foo\napiVersion: v1",
            "no kind \"Foo\" is registered for version \"v1\" in scheme \"pkg/runtime/scheme.go:111\"",
        );
        check_error(
            "foo",
            "couldn't get version/kind; json parse error: json: cannot unmarshal string into Go value of type struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }",
        );
    }

    #[test]
    fn paths_count_from_the_file() {
        let text = "users: [{name: u, user: {client-key: ./a/../k.pem, exec: {command: ./p}}}]";
        let read = parse(text.as_bytes(), Path::new("/home")).unwrap();
        assert_eq!(read.users["u"].key_file, "/home/k.pem");
        let exec = read.users["u"].exec.as_ref().unwrap();
        assert_eq!(exec.command, "/home/p");
    }

    #[test]
    fn the_first_file_wins() {
        let one = parse(
            b"current-context: a\nclusters: [{name: c, cluster: {server: s1}}]",
            Path::new("/"),
        );
        let two = parse(
            b"current-context: b\nclusters: [{name: c, cluster: {server: s2}}, {name: d}]",
            Path::new("/"),
        );
        let mut merged = one.unwrap();
        merged.add(two.unwrap());
        assert_eq!(merged.current_context, "a");
        assert_eq!(merged.clusters["c"].server, "s1");
        assert!(merged.clusters.contains_key("d"));
    }
}
