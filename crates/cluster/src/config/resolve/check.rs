//! What client-go finds wrong with a cluster or a user before either is used.

use std::fs;

use gostd::os::path_error;
use goval::strconv::quote;

use crate::config::file::{Cluster, Exec, User};
use crate::config::proxy::parse_proxy;

pub(super) fn check_cluster(name: &str, cluster: &Cluster) -> Vec<String> {
    let mut problems = Vec::new();
    if cluster.server.is_empty() {
        problems.push(match name {
            "" => "default cluster has no server defined".to_owned(),
            name => format!("no server found for cluster {}", quote(name)),
        });
    }
    if !cluster.proxy_url.is_empty()
        && let Err(why) = parse_proxy(&cluster.proxy_url)
    {
        let (url, name) = (quote(&cluster.proxy_url), quote(name));
        problems.push(format!(
            "invalid 'proxy-url' {url} for cluster {name}: {why}"
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

pub(super) fn check_user(name: &str, user: &User) -> Vec<String> {
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

pub(super) fn check_exec(name: &str, user: &User, exec: &Exec) -> Vec<String> {
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
        other => problems.push(format!(
            "invalid interactiveMode for {name}: {}",
            quote(other)
        )),
    }
    problems
}

pub(super) fn unreadable(what: &str, path: &str, name: &str) -> Option<String> {
    if path.is_empty() {
        return None;
    }
    let error = fs::File::open(path).err()?;
    let why = path_error("open", path, &error);
    Some(format!(
        "unable to read {what} {path} for {name} due to {why}"
    ))
}
