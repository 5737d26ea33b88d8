//! From a kubeconfig and flags to one server and one user, checked as client-go checks them.

use std::fs;
use std::path::Path;

use gostd::os::path_error;
use http::Uri;

use super::file::{self, Cluster, Context, Exec, Kubeconfig, User};
use super::proxy::{of_environment, parse_proxy};
use super::{Settings, config};
use crate::Error;

/// Where the tokens of pods are.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// One server and one user.
#[derive(Clone, Debug)]
pub(super) struct Access {
    /// Scheme, host, port, and a path if the server is below one; no slash at the end.
    pub(super) base: String,
    pub(super) proxy: Option<Uri>,
    pub(super) disable_compression: bool,
    /// What must sign the server's certificate, as PEM; `None` is what the system trusts.
    pub(super) ca: Option<Vec<u8>>,
    pub(super) insecure: bool,
    pub(super) tls_server_name: String,
    /// Certificate and key of the user, as PEM.
    pub(super) identity: Option<(Vec<u8>, Vec<u8>)>,
    pub(super) token: String,
    pub(super) token_file: String,
    pub(super) username: String,
    pub(super) password: String,
    pub(super) exec: Option<Exec>,
    pub(super) exec_config: Option<serde_json::Value>,
    pub(super) impersonate: User,
}

/// The server and the user that the settings mean.
pub(super) fn access(settings: &Settings) -> Result<Access, Error> {
    let kubeconfig = file::load(settings)?;
    let context = context(&kubeconfig, settings)?;
    let user = user(&kubeconfig, &context, settings);
    let cluster = cluster(&kubeconfig, &context, settings);
    let mut problems = check_user(&context.user, &user);
    problems.extend(check_cluster(&context.cluster, &cluster));
    match problems.len() {
        0 => {}
        1 => {
            let problem = problems.remove(0);
            return Err(config(format!("invalid configuration: {problem}")));
        }
        _ => {
            let all = problems.join(", ");
            return Err(config(format!("invalid configuration: [{all}]")));
        }
    }
    let default = cluster.server == settings.default_server && !names_anything(&kubeconfig);
    if default
        && settings.server.is_empty()
        && let Some(access) = in_cluster(settings)
    {
        return access;
    }
    build(cluster, user, settings)
}

/// The namespace of the context, or of the pod that this runs in.
pub(super) fn namespace(settings: &Settings) -> Result<String, Error> {
    let kubeconfig = file::load(settings)?;
    let context = context(&kubeconfig, settings)?;
    if context.namespace.is_empty() && pod_token(settings).is_some() {
        let path = format!("{SERVICE_ACCOUNT}/namespace");
        return Ok(fs::read_to_string(path)
            .unwrap_or_default()
            .trim()
            .to_owned());
    }
    Ok(context.namespace)
}

fn names_anything(kubeconfig: &Kubeconfig) -> bool {
    !kubeconfig.clusters.is_empty() || !kubeconfig.users.is_empty()
}

fn context(kubeconfig: &Kubeconfig, settings: &Settings) -> Result<Context, Error> {
    let name = match settings.context.as_str() {
        "" => &kubeconfig.current_context,
        given => given,
    };
    let found = kubeconfig.contexts.get(name).cloned();
    if found.is_none() && !settings.context.is_empty() {
        return Err(config(format!("context {name:?} does not exist")));
    }
    if found.is_none() && !name.is_empty() {
        return Err(config(format!(
            "invalid configuration: context was not found for specified context: {name}"
        )));
    }
    Ok(found.unwrap_or_default())
}

fn user(kubeconfig: &Kubeconfig, context: &Context, settings: &Settings) -> User {
    let mut user = kubeconfig
        .users
        .get(&context.user)
        .cloned()
        .unwrap_or_default();
    if !settings.token.is_empty() {
        user.token.clone_from(&settings.token);
    }
    if !settings.as_user.is_empty() {
        user.as_user.clone_from(&settings.as_user);
    }
    if !settings.as_groups.is_empty() {
        user.as_groups.clone_from(&settings.as_groups);
    }
    user
}

fn cluster(kubeconfig: &Kubeconfig, context: &Context, settings: &Settings) -> Cluster {
    let mut cluster = kubeconfig
        .clusters
        .get(&context.cluster)
        .cloned()
        .unwrap_or_default();
    if !settings.server.is_empty() {
        cluster.server.clone_from(&settings.server);
    } else if cluster.server.is_empty() {
        cluster.server.clone_from(&settings.default_server);
    }
    if settings.insecure || !settings.ca_file.is_empty() {
        cluster.insecure = settings.insecure;
        cluster.ca_file.clone_from(&settings.ca_file);
        cluster.ca_data.clear();
    }
    if !settings.tls_server_name.is_empty() || !settings.server.is_empty() {
        cluster
            .tls_server_name
            .clone_from(&settings.tls_server_name);
    }
    cluster
}

fn check_cluster(name: &str, cluster: &Cluster) -> Vec<String> {
    let mut problems = Vec::new();
    if cluster.server.is_empty() {
        problems.push(match name {
            "" => "default cluster has no server defined".to_owned(),
            name => format!("no server found for cluster {name:?}"),
        });
    }
    if !cluster.proxy_url.is_empty()
        && let Err(why) = parse_proxy(&cluster.proxy_url)
    {
        let url = &cluster.proxy_url;
        problems.push(format!(
            "invalid 'proxy-url' {url:?} for cluster {name:?}: {why}"
        ));
    }
    if !cluster.ca_file.is_empty() && !cluster.ca_data.is_empty() {
        problems.push(format!(
            "certificate-authority-data and certificate-authority are both specified for {name}. \
             certificate-authority-data will override."
        ));
    }
    problems.extend(unreadable("certificate-authority", &cluster.ca_file, name));
    problems
}

fn check_user(name: &str, user: &User) -> Vec<String> {
    let mut problems = Vec::new();
    if !user.cert_file.is_empty() || !user.cert_data.is_empty() {
        if !user.cert_file.is_empty() && !user.cert_data.is_empty() {
            problems.push(format!(
                "client-cert-data and client-cert are both specified for {name}. client-cert-data \
                 will override."
            ));
        }
        if !user.key_file.is_empty() && !user.key_data.is_empty() {
            problems.push(format!(
                "client-key-data and client-key are both specified for {name}; client-key-data \
                 will override"
            ));
        }
        if user.key_file.is_empty() && user.key_data.is_empty() {
            problems.push(format!(
                "client-key-data or client-key must be specified for {name} to use the clientCert \
                 authentication method."
            ));
        }
        problems.extend(unreadable("client-cert", &user.cert_file, name));
        problems.extend(unreadable("client-key", &user.key_file, name));
    }
    if let Some(exec) = &user.exec {
        problems.extend(check_exec(name, user, exec));
    }
    let basic = !user.username.is_empty() || !user.password.is_empty();
    if basic && !user.token.is_empty() {
        problems.push(format!(
            "more than one authentication method found for {name}; found [token basicAuth], only \
             one is allowed"
        ));
    }
    let extras = !user.as_uid.is_empty() || !user.as_groups.is_empty() || !user.as_extra.is_empty();
    if extras && user.as_user.is_empty() {
        problems.push(format!(
            "requesting uid, groups or user-extra for {name} without impersonating a user"
        ));
    }
    problems
}

fn check_exec(name: &str, user: &User, exec: &Exec) -> Vec<String> {
    let mut problems = Vec::new();
    let plugin = "to use exec authentication plugin";
    if user.auth_provider.is_some() {
        problems.push(format!(
            "authProvider cannot be provided in combination with an exec plugin for {name}"
        ));
    }
    if exec.command.is_empty() {
        problems.push(format!("command must be specified for {name} {plugin}"));
    }
    if exec.api_version.is_empty() {
        problems.push(format!("apiVersion must be specified for {name} {plugin}"));
    }
    if exec.env.iter().any(|(name, _)| name.is_empty()) {
        problems.push(format!(
            "env variable name must be specified for {name} {plugin}"
        ));
    }
    match exec.interactive_mode.as_str() {
        // Beta versions of the API default to this; the stable one wants it said.
        "" if exec.api_version.ends_with("/v1beta1") => {}
        "" => problems.push(format!(
            "interactiveMode must be specified for {name} {plugin}"
        )),
        "Never" | "IfAvailable" | "Always" => {}
        other => problems.push(format!("invalid interactiveMode for {name}: {other:?}")),
    }
    problems
}

fn unreadable(what: &str, path: &str, name: &str) -> Option<String> {
    if path.is_empty() {
        return None;
    }
    let error = fs::File::open(path).err()?;
    let why = path_error("open", path, &error);
    Some(format!(
        "unable to read {what} {path} for {name} due to {why}"
    ))
}

/// The access that checked parts make together. Who one is matters only to servers with TLS.
fn build(cluster: Cluster, user: User, settings: &Settings) -> Result<Access, Error> {
    let (base, secure) = base_url(&cluster.server)?;
    let proxy = match cluster.proxy_url.as_str() {
        "" => of_environment(&settings.proxies, &base),
        url => parse_proxy(url).ok(),
    };
    let mut access = Access {
        base,
        proxy,
        disable_compression: cluster.disable_compression,
        ca: None,
        insecure: false,
        tls_server_name: String::new(),
        identity: None,
        token: String::new(),
        token_file: String::new(),
        username: String::new(),
        password: String::new(),
        exec: None,
        exec_config: cluster.exec_config,
        impersonate: user.clone(),
    };
    if !secure {
        return Ok(access);
    }
    access.insecure = cluster.insecure;
    access.tls_server_name = cluster.tls_server_name;
    access.ca = data_or_file(cluster.ca_data, &cluster.ca_file)?;
    if access.insecure && access.ca.is_some() {
        return Err(config(
            "specifying a root certificates file with the insecure flag is not allowed",
        ));
    }
    if let Some(provider) = &user.auth_provider {
        return Err(config(removed_provider(provider)));
    }
    let cert = data_or_file(user.cert_data, &user.cert_file)?;
    let key = data_or_file(user.key_data, &user.key_file)?;
    access.identity = cert.zip(key);
    if user.token.is_empty() && !user.token_file.is_empty() {
        let token = fs::read_to_string(&user.token_file)
            .map_err(|e| config(path_error("open", &user.token_file, &e)))?;
        token.trim().clone_into(&mut access.token);
        access.token_file = user.token_file;
    } else {
        access.token = user.token;
    }
    access.username = user.username;
    access.password = user.password;
    if let Some(exec) = &user.exec
        && !matches!(
            exec.api_version.as_str(),
            "client.authentication.k8s.io/v1" | "client.authentication.k8s.io/v1beta1"
        )
    {
        let version = &exec.api_version;
        return Err(config(format!(
            "exec plugin: invalid apiVersion {version:?}"
        )));
    }
    access.exec = user.exec;
    Ok(access)
}

fn data_or_file(data: Vec<u8>, path: &str) -> Result<Option<Vec<u8>>, Error> {
    if !data.is_empty() {
        return Ok(Some(data));
    }
    if path.is_empty() {
        return Ok(None);
    }
    let read = fs::read(path).map_err(|e| config(path_error("open", path, &e)))?;
    Ok(Some(read))
}

/// client-go has dropped the providers that it once had built in.
fn removed_provider(name: &str) -> String {
    match name {
        "gcp" => "The gcp auth plugin has been removed.\nPlease use the \
                  \"gke-gcloud-auth-plugin\" kubectl/client-go credential plugin instead.\nSee \
                  https://cloud.google.com/blog/products/containers-kubernetes/\
                  kubectl-auth-changes-in-gke for further details"
            .to_owned(),
        "azure" => "The azure auth plugin has been removed.\nPlease use the \
                    https://github.com/Azure/kubelogin kubectl/client-go credential plugin \
                    instead.\nSee \
                    https://kubernetes.io/docs/reference/access-authn-authz/authentication/\
                    #client-go-credential-plugins for further details"
            .to_owned(),
        name => format!("no Auth Provider found for name {name:?}"),
    }
}

/// A server as a URL without query and final slash, and whether it speaks TLS. Without a scheme it is
/// a host that does not.
fn base_url(server: &str) -> Result<(String, bool), Error> {
    let with_scheme = match server.split_once("://") {
        Some((scheme, _)) if !scheme.is_empty() => server.to_owned(),
        _ => format!("http://{server}"),
    };
    let bare = with_scheme.split(['?', '#']).next().unwrap_or_default();
    let bare = bare.trim_end_matches('/').to_owned();
    match bare.parse::<Uri>() {
        Ok(uri) if uri.host().is_some_and(|host| !host.is_empty()) => {
            let secure = uri.scheme_str() == Some("https");
            Ok((bare, secure))
        }
        _ => Err(config(bad_url(&bare))),
    }
}

fn bad_url(url: &str) -> String {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = host.split('/').next().unwrap_or_default();
    match host.find(':') {
        Some(colon) if !host.starts_with('[') => {
            format!(
                "parse {url:?}: invalid port {:?} after host",
                &host[colon..]
            )
        }
        _ => format!("host must be a URL or a host:port pair: {url:?}"),
    }
}

/// The access of a pod, if this is one.
fn in_cluster(settings: &Settings) -> Option<Result<Access, Error>> {
    let (host, port) = settings.in_cluster.as_ref()?;
    let token_file = pod_token(settings)?;
    let host = match host.contains(':') {
        true => format!("[{host}]"),
        false => host.clone(),
    };
    let cluster = Cluster {
        server: format!("https://{host}:{port}"),
        ca_file: match settings.ca_file.as_str() {
            "" => format!("{SERVICE_ACCOUNT}/ca.crt"),
            given => given.to_owned(),
        },
        ..Cluster::default()
    };
    let user = User {
        token: settings.token.clone(),
        token_file,
        ..User::default()
    };
    Some(build(cluster, user, settings))
}

fn pod_token(settings: &Settings) -> Option<String> {
    let (host, port) = settings.in_cluster.as_ref()?;
    let token_file = format!("{SERVICE_ACCOUNT}/token");
    let possible = !host.is_empty() && !port.is_empty() && Path::new(&token_file).is_file();
    possible.then_some(token_file)
}

#[cfg(test)]
mod tests;
