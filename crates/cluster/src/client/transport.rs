//! Broken connections in the words of Go's `net/http`, which Helm's users know and search for.

use std::error::Error as StdError;
use std::io;
use std::net::IpAddr;

use http::Uri;

/// Where requests go, as far as error texts name it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Endpoint {
    /// Scheme, host and path prefix, without a slash at the end.
    pub(crate) base: String,
    /// The proxy, if there is one.
    pub(crate) proxy: Option<Uri>,
}

/// The text of a failed request: `Get "https://host/path": dial tcp …`.
pub(crate) async fn describe(endpoint: &Endpoint, verb: &str, path: &str, cause: Cause) -> String {
    let text = match (&endpoint.proxy, cause.connecting) {
        (Some(proxy), true) => {
            let dial = dial_text(&cause, proxy).await;
            format!("proxyconnect tcp: {dial}")
        }
        (None, true) => {
            let uri = endpoint.base.parse().unwrap_or_default();
            dial_text(&cause, &uri).await
        }
        (_, false) => cause.text,
    };
    format!("{}: {text}", request_text(endpoint, verb, path))
}

/// A request as Go's errors name it: `Get "https://host/path"`.
pub(crate) fn request_text(endpoint: &Endpoint, verb: &str, path: &str) -> String {
    format!("{} \"{}{path}\"", title(verb), endpoint.base)
}

/// What broke a request.
pub(crate) struct Cause {
    text: String,
    /// Whether no connection came about at all.
    connecting: bool,
    /// Whether the host's name has no address.
    unknown_host: bool,
}

/// The innermost error that says something, in Go's words.
pub(crate) fn cause_of(error: &(dyn StdError + 'static)) -> Cause {
    let mut connecting = false;
    let mut unknown_host = false;
    let mut text = None;
    for error in chain(error) {
        let shown = error.to_string();
        connecting |= shown.contains("tcp connect error") || shown.contains("dns error");
        unknown_host |= shown.contains("dns error") || shown.contains("failed to lookup address");
        if let Some(found) = known(error) {
            text = Some(found);
        }
    }
    let text = text.unwrap_or_else(|| {
        chain(error)
            .last()
            .map_or_else(String::new, ToString::to_string)
    });
    Cause {
        text,
        connecting,
        unknown_host,
    }
}

fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |e| (**e).source())
}

/// Go's text of an error that it knows too.
fn known(error: &(dyn StdError + 'static)) -> Option<String> {
    if let Some(tls) = error.downcast_ref::<rustls::Error>() {
        return Some(tls_text(tls));
    }
    if let Some(hyper) = error.downcast_ref::<hyper::Error>() {
        return hyper.is_incomplete_message().then(|| "EOF".to_owned());
    }
    let io = error.downcast_ref::<io::Error>()?;
    if let Some(inner) = io.get_ref()
        && let Some(tls) = inner.downcast_ref::<rustls::Error>()
    {
        return Some(tls_text(tls));
    }
    match io.kind() {
        io::ErrorKind::TimedOut => Some("i/o timeout".to_owned()),
        io::ErrorKind::UnexpectedEof => Some("EOF".to_owned()),
        io::ErrorKind::ConnectionReset => Some("read: connection reset by peer".to_owned()),
        _ => io.raw_os_error().map(|_| errno_text(io)),
    }
}

/// `Connection refused (os error 111)` as Go prints it.
fn errno_text(error: &io::Error) -> String {
    let shown = error.to_string();
    let bare = shown.split(" (os error").next().unwrap_or_default();
    bare.to_lowercase()
}

fn tls_text(error: &rustls::Error) -> String {
    use rustls::CertificateError as C;
    match error {
        rustls::Error::InvalidCertificate(why) => {
            let why = match why {
                C::UnknownIssuer => "certificate signed by unknown authority".to_owned(),
                C::Expired | C::ExpiredContext { .. } => {
                    "certificate has expired or is not yet valid".to_owned()
                }
                C::NotValidForName | C::NotValidForNameContext { .. } => {
                    "certificate is not valid for the server's name".to_owned()
                }
                other => other.to_string(),
            };
            format!("tls: failed to verify certificate: x509: {why}")
        }
        rustls::Error::InvalidMessage(_) => {
            "tls: first record does not look like a TLS handshake".to_owned()
        }
        rustls::Error::AlertReceived(alert) => {
            format!("remote error: tls: {}", words(&format!("{alert:?}")))
        }
        other => format!("tls: {other}"),
    }
}

/// `BadCertificate` as `bad certificate`.
fn words(camel: &str) -> String {
    let mut out = String::new();
    for c in camel.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push(' ');
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// `dial tcp 127.0.0.1:6443: connect: connection refused`, or the failed look-up of the host.
async fn dial_text(cause: &Cause, uri: &Uri) -> String {
    let host = uri.host().unwrap_or_default();
    if cause.unknown_host {
        return format!("dial tcp: lookup {host}{}: no such host", name_server());
    }
    let port = uri.port_u16().unwrap_or_else(|| default_port(uri));
    let address = address_of(host, port).await;
    let step = if cause.text == "i/o timeout" {
        ""
    } else {
        "connect: "
    };
    format!("dial tcp {address}: {step}{}", cause.text)
}

fn default_port(uri: &Uri) -> u16 {
    match uri.scheme_str() {
        Some("https") => 443,
        Some("socks5") => 1080,
        _ => 80,
    }
}

/// The address behind a host, IPv4 first as Go dials it.
async fn address_of(host: &str, port: u16) -> String {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if bare.parse::<IpAddr>().is_ok() {
        return format!("{host}:{port}");
    }
    let found: Vec<_> = match tokio::net::lookup_host((bare, port)).await {
        Ok(found) => found.collect(),
        Err(_) => Vec::new(),
    };
    found
        .iter()
        .find(|address| address.is_ipv4())
        .or(found.first())
        .map_or_else(|| format!("{host}:{port}"), ToString::to_string)
}

/// ` on 10.0.0.10:53`: Go's own resolver names the server that it asked first.
fn name_server() -> String {
    let config = std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
    config
        .lines()
        .filter_map(|line| line.trim().strip_prefix("nameserver"))
        .map(str::trim)
        .next()
        .map_or_else(String::new, |server| match server.parse::<IpAddr>() {
            Ok(IpAddr::V6(v6)) => format!(" on [{v6}]:53"),
            _ => format!(" on {server}:53"),
        })
}

/// `GET` as `Get`.
fn title(verb: &str) -> String {
    let (first, rest) = verb.split_at(verb.len().min(1));
    first.to_uppercase() + &rest.to_lowercase()
}
