//! From a kubeconfig and flags to one server and one user, checked as client-go checks them.

mod check;

use std::fs;
use std::path::Path;

use gostd::os::path_error;
use goval::strconv::quote;
use http::Uri;

use self::check::{check_cluster, check_user};
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
        return Err(config(format!("context {} does not exist", quote(name))));
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
        let version = quote(&exec.api_version);
        return Err(config(format!("exec plugin: invalid apiVersion {version}")));
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
        name => format!("no Auth Provider found for name {}", quote(name)),
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
    let shown = quote(url);
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = host.split('/').next().unwrap_or_default();
    match host.find(':') {
        Some(colon) if !host.starts_with('[') => {
            let port = quote(&host[colon..]);
            format!("parse {shown}: invalid port {port} after host")
        }
        _ => format!("host must be a URL or a host:port pair: {shown}"),
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
