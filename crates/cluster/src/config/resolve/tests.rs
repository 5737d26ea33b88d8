use std::path::PathBuf;

use super::*;

/// The error of a kubeconfig with one cluster `c`, one user `u` and a context of both.
fn error_of(dir: &Path, cluster: &str, user: &str) -> String {
    let path = dir.join("config");
    let text = format!(
        "clusters: [{{name: c, cluster: {{{cluster}}}}}]\nusers: [{{name: u, user: {{{user}}}}}]\n\
         contexts: [{{name: x, context: {{cluster: c, user: u}}}}]\ncurrent-context: x\n"
    );
    fs::write(&path, text).unwrap();
    match access(&settings(path)) {
        Ok(access) => format!("ok: {}", access.base),
        Err(error) => error.to_string(),
    }
}

fn settings(path: PathBuf) -> Settings {
    Settings {
        search: vec![path],
        default_server: "http://localhost:8080".into(),
        ..Settings::default()
    }
}

const SERVER: &str = "server: 'https://127.0.0.1:1'";

/// The texts are those of Helm 4.3.1 on the same files.
#[test]
fn what_cannot_be_used_is_told_as_helm_tells_it() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path().display();
    let check = |cluster: &str, user: &str, expected: &str| {
        assert_eq!(
            error_of(dir.path(), cluster, user),
            expected,
            "{cluster} {user}"
        );
    };
    check(
        SERVER,
        "client-certificate: nope.crt, client-key: nope.key",
        &format!(
            "invalid configuration: [unable to read client-cert {at}/nope.crt for u due to open \
             {at}/nope.crt: no such file or directory, unable to read client-key {at}/nope.key for \
             u due to open {at}/nope.key: no such file or directory]"
        ),
    );
    check(
        SERVER,
        "client-certificate-data: eA==",
        "invalid configuration: client-key-data or client-key must be specified for u to use the \
         clientCert authentication method.",
    );
    check(
        SERVER,
        "tokenFile: nope",
        &format!("open {at}/nope: no such file or directory"),
    );
    check(
        SERVER,
        "exec: {apiVersion: client.authentication.k8s.io/v1, command: echo}",
        "invalid configuration: interactiveMode must be specified for u to use exec \
         authentication plugin",
    );
    check(
        SERVER,
        "exec: {command: echo, interactiveMode: Never}",
        "invalid configuration: apiVersion must be specified for u to use exec authentication \
         plugin",
    );
    check(
        SERVER,
        "exec: {apiVersion: bla, command: echo, interactiveMode: Never}",
        "exec plugin: invalid apiVersion \"bla\"",
    );
    check(
        SERVER,
        "as-groups: [a]",
        "invalid configuration: requesting uid, groups or user-extra for u without impersonating \
         a user",
    );
    check(
        SERVER,
        "username: a, password: b, token: c",
        "invalid configuration: more than one authentication method found for u; found [token \
         basicAuth], only one is allowed",
    );
    check(
        "server: 'https://127.0.0.1:1', certificate-authority: nope",
        "",
        &format!(
            "invalid configuration: unable to read certificate-authority {at}/nope for c due to \
             open {at}/nope: no such file or directory"
        ),
    );
    check(
        "server: 'https://127.0.0.1:1', certificate-authority-data: eA==, \
         insecure-skip-tls-verify: true",
        "",
        "specifying a root certificates file with the insecure flag is not allowed",
    );
    check(
        "server: 'http://127.0.0.1:1', proxy-url: 'ftp://127.0.0.1:2'",
        "",
        "invalid configuration: invalid 'proxy-url' \"ftp://127.0.0.1:2\" for cluster \"c\": \
         unsupported scheme \"ftp\", must be http, https, or socks5",
    );
    check(
        SERVER,
        "auth-provider: {name: foo}",
        "no Auth Provider found for name \"foo\"",
    );
}

#[test]
fn servers_are_urls_or_hosts() {
    let dir = tempfile::tempdir().unwrap();
    let check = |server: &str, expected: &str| {
        assert_eq!(error_of(dir.path(), server, ""), expected);
    };
    check("server: ''", "ok: http://localhost:8080");
    check(
        "server: 'https://127.0.0.1:1/a/b/?x=y'",
        "ok: https://127.0.0.1:1/a/b",
    );
    check("server: '127.0.0.1:1'", "ok: http://127.0.0.1:1");
    check(
        "server: 'foo:bar:baz'",
        "parse \"http://foo:bar:baz\": invalid port \":bar:baz\" after host",
    );
}

#[test]
fn who_one_is_matters_only_with_tls() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config");
    fs::write(&path, "").unwrap();
    let mut settings = settings(path);
    settings.token = "t".into();
    assert_eq!(access(&settings).unwrap().token, "");
    settings.server = "https://127.0.0.1:1".into();
    assert_eq!(access(&settings).unwrap().token, "t");
}

#[test]
fn a_context_that_is_asked_for_must_exist() {
    let mut settings = settings(PathBuf::new());
    settings.context = "q".into();
    let error = access(&settings).unwrap_err();
    assert_eq!(error.to_string(), "context \"q\" does not exist");
    settings.kubeconfig = Some("/no/such/file".into());
    let error = access(&settings).unwrap_err();
    assert_eq!(
        error.to_string(),
        "stat /no/such/file: no such file or directory"
    );
}
