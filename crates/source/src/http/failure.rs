//! What went wrong with a request, in the words of Go's `net/http`.

use std::io;
use std::net::{IpAddr, ToSocketAddrs as _};

use gonet::{name_server, tls_text};
use gostd::os::reason;
use gostd::url::Url;
use goval::strconv::quote;

use super::connect::PlainAnswer;

/// When an exchange broke, and why.
pub(super) enum Failed {
    /// Before there was an answer.
    Request(ureq::Error),
    /// While its body was read.
    Body(ureq::Error),
}

impl Failed {
    /// The error, the method named as Go does (`Get`).
    pub(super) fn describe(self, method: &str, url: &str, proxy: Option<&str>) -> String {
        let shown = Url::parse(url).map_or_else(|_| url.to_owned(), |url| url.without_password());
        match self {
            Failed::Request(ureq::Error::Timeout(_)) => format!(
                "{method} \"{shown}\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
            ),
            Failed::Body(ureq::Error::Timeout(_)) => {
                "context deadline exceeded (Client.Timeout or context cancellation while reading body)"
                    .to_owned()
            }
            Failed::Body(error) => body_text(&error),
            Failed::Request(error) => {
                format!("{method} \"{shown}\": {}", text(&error, url, proxy))
            }
        }
    }
}

fn body_text(error: &ureq::Error) -> String {
    match error {
        ureq::Error::BodyExceedsLimit(limit) => format!("body is larger than {limit} bytes"),
        ureq::Error::Io(error) => io_text(error),
        other => other.to_string(),
    }
}

fn text(error: &ureq::Error, url: &str, proxy: Option<&str>) -> String {
    match error {
        ureq::Error::Io(error) if is_about_names(error) => no_such_host(url, proxy),
        ureq::Error::Io(error) if is_plain(error) => PlainAnswer.to_string(),
        ureq::Error::Io(error) => match tls_error(error) {
            Some(tls) => tls_text(tls),
            None => match is_about_connecting(error) {
                true => dialled(&dial_text(error, proxy.unwrap_or(url)), proxy),
                false => io_text(error),
            },
        },
        ureq::Error::HostNotFound => no_such_host(url, proxy),
        ureq::Error::TooManyRedirects => "stopped after 10 redirects".to_owned(),
        ureq::Error::BadUri(_) => {
            let scheme = Url::parse(url).map(|url| url.scheme).unwrap_or_default();
            let scheme = String::from_utf8_lossy(&scheme).into_owned();
            format!("unsupported protocol scheme {}", quote(&scheme))
        }
        other => other.to_string(),
    }
}

fn no_such_host(url: &str, proxy: Option<&str>) -> String {
    let host = hostname(proxy.unwrap_or(url));
    let text = format!("dial tcp: lookup {host}{}: no such host", name_server());
    dialled(&text, proxy)
}

/// Whether the name of a host could not be looked up. The standard library has no kind for that.
fn is_about_names(error: &io::Error) -> bool {
    error.to_string().contains("failed to lookup address")
}

fn dialled(text: &str, proxy: Option<&str>) -> String {
    match proxy {
        Some(_) => format!("proxyconnect tcp: {text}"),
        None => text.to_owned(),
    }
}

/// The broken TLS inside of an I/O error.
fn tls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref::<rustls::Error>()
}

fn is_plain(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(|inner| inner.is::<PlainAnswer>())
}

fn is_about_connecting(error: &io::Error) -> bool {
    use io::ErrorKind as K;
    matches!(
        error.kind(),
        K::ConnectionRefused
            | K::HostUnreachable
            | K::NetworkUnreachable
            | K::AddrNotAvailable
            | K::PermissionDenied
    )
}

fn io_text(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "EOF".to_owned(),
        io::ErrorKind::ConnectionReset => "read: connection reset by peer".to_owned(),
        io::ErrorKind::TimedOut => "i/o timeout".to_owned(),
        _ => reason(error),
    }
}

/// `dial tcp 127.0.0.1:80: connect: connection refused`
fn dial_text(error: &io::Error, url: &str) -> String {
    let parsed = Url::parse(url).unwrap_or_default();
    let port = parsed.port().unwrap_or(match &*parsed.scheme {
        b"https" => 443,
        b"socks5" => 1080,
        _ => 80,
    });
    let address = address_of(&hostname(url), port);
    format!("dial tcp {address}: connect: {}", reason(error))
}

fn hostname(url: &str) -> String {
    let parsed = Url::parse(url).unwrap_or_default();
    String::from_utf8_lossy(parsed.hostname()).into_owned()
}

/// The address behind a host, IPv4 first as Go dials it.
fn address_of(host: &str, port: u16) -> String {
    if let Ok(IpAddr::V6(address)) = host.parse() {
        return format!("[{address}]:{port}");
    }
    let found: Vec<_> = match (host, port).to_socket_addrs() {
        Ok(found) => found.collect(),
        Err(_) => Vec::new(),
    };
    let first = found.iter().find(|address| address.is_ipv4());
    first
        .or(found.first())
        .map_or_else(|| format!("{host}:{port}"), ToString::to_string)
}
