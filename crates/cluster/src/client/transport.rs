//! Broken connections in the words of Go's `net/http`, which Helm's users know and search for.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use gonet::{address_of, no_such_host, tls_text};
use gostd::os::reason;
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
    /// In Go's words; empty if a library on the way has kept it to itself.
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
    let mut hidden = false;
    let mut text = None;
    for error in chain(error) {
        let shown = error.to_string();
        connecting |= shown.contains("tcp connect error") || shown.contains("dns error");
        hidden |= shown.contains("failed to create underlying connection");
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
        text: if hidden { String::new() } else { text },
        connecting: connecting || hidden,
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
    if error.is::<tower::timeout::error::Elapsed>() {
        return Some("net/http: TLS handshake timeout".to_owned());
    }
    if let Some(hyper) = error.downcast_ref::<hyper::Error>() {
        return hyper.is_incomplete_message().then(|| "EOF".to_owned());
    }
    let io = error.downcast_ref::<io::Error>()?;
    // What an I/O error wraps is not among its sources, and they are nested.
    if let Some(inner) = io.get_ref()
        && let Some(found) = known(inner)
    {
        return Some(found);
    }
    match io.kind() {
        io::ErrorKind::TimedOut => Some("i/o timeout".to_owned()),
        io::ErrorKind::UnexpectedEof => Some("EOF".to_owned()),
        io::ErrorKind::ConnectionReset => Some("read: connection reset by peer".to_owned()),
        _ => io.raw_os_error().map(|_| reason(io)),
    }
}

/// `dial tcp 127.0.0.1:6443: connect: connection refused`, or the failed look-up of the host.
async fn dial_text(cause: &Cause, uri: &Uri) -> String {
    let host = uri.host().unwrap_or_default();
    if cause.unknown_host {
        return no_such_host(host);
    }
    let port = uri.port_u16().unwrap_or_else(|| default_port(uri));
    let host = host.to_owned();
    let looked_up = tokio::task::spawn_blocking(move || address_of(&host, port)).await;
    let address = looked_up.unwrap_or_default();
    let text = match cause.text.as_str() {
        "" => probe(&address).await,
        known => known.to_owned(),
    };
    let step = if text == "i/o timeout" {
        ""
    } else {
        "connect: "
    };
    format!("dial tcp {address}: {step}{text}")
}

/// Why no connection comes about, found out by trying once more.
async fn probe(address: &str) -> String {
    const PATIENCE: Duration = Duration::from_secs(2);
    match tokio::time::timeout(PATIENCE, tokio::net::TcpStream::connect(address)).await {
        Ok(Err(error)) => known(&error).unwrap_or_else(|| error.to_string()),
        Ok(Ok(_)) => "connection failed".to_owned(),
        Err(_) => "i/o timeout".to_owned(),
    }
}

fn default_port(uri: &Uri) -> u16 {
    match uri.scheme_str() {
        Some("https") => 443,
        Some("socks5") => 1080,
        _ => 80,
    }
}

/// `GET` as `Get`.
fn title(verb: &str) -> String {
    let (first, rest) = verb.split_at(verb.len().min(1));
    first.to_uppercase() + &rest.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn broken_connections_are_told_as_go_tells_them() {
        let endpoint = |base: &str| Endpoint {
            base: base.to_owned(),
            proxy: None,
        };
        let refused = Cause {
            text: "connection refused".to_owned(),
            connecting: true,
            unknown_host: false,
        };
        assert_eq!(
            describe(&endpoint("https://127.0.0.1:1"), "GET", "/version", refused).await,
            "Get \"https://127.0.0.1:1/version\": dial tcp 127.0.0.1:1: connect: connection refused"
        );
        let proxied = Endpoint {
            base: "https://10.0.0.1".to_owned(),
            proxy: Some("http://127.0.0.1:2".parse().unwrap()),
        };
        let refused = Cause {
            text: "connection refused".to_owned(),
            connecting: true,
            unknown_host: false,
        };
        assert_eq!(
            describe(&proxied, "PATCH", "/x", refused).await,
            "Patch \"https://10.0.0.1/x\": proxyconnect tcp: dial tcp 127.0.0.1:2: connect: \
             connection refused"
        );
    }

    #[test]
    fn errors_are_found_inside_of_others() {
        let tls = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let nested = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, tls));
        assert_eq!(
            cause_of(&nested).text,
            "tls: failed to verify certificate: x509: certificate signed by unknown authority"
        );
        let reset = io::Error::from_raw_os_error(111);
        assert_eq!(
            cause_of(&io::Error::other(reset)).text,
            "connection refused"
        );
    }
}
