//! What went wrong with a request, in the words of Go's `net/http`.

use std::io;

use gonet::{dial_text, is_about_names, no_such_host, tls_text};
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
    let unknown_host = || dialled(&no_such_host(&hostname(proxy.unwrap_or(url))), proxy);
    match error {
        ureq::Error::Io(error) if is_about_names(error) => unknown_host(),
        ureq::Error::Io(error) if is_plain(error) => PlainAnswer.to_string(),
        ureq::Error::Io(error) => match tls_error(error) {
            Some(tls) => tls_text(tls),
            None => match is_about_connecting(error) {
                true => dialled(&dial_failure(error, proxy.unwrap_or(url)), proxy),
                false => io_text(error),
            },
        },
        ureq::Error::HostNotFound => unknown_host(),
        ureq::Error::TooManyRedirects => "stopped after 10 redirects".to_owned(),
        ureq::Error::BadUri(_) => {
            let scheme = Url::parse(url).map(|url| url.scheme).unwrap_or_default();
            let scheme = String::from_utf8_lossy(&scheme).into_owned();
            format!("unsupported protocol scheme {}", quote(&scheme))
        }
        other => other.to_string(),
    }
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

fn dial_failure(error: &io::Error, url: &str) -> String {
    let parsed = Url::parse(url).unwrap_or_default();
    let port = parsed.port().unwrap_or(match &*parsed.scheme {
        b"https" => 443,
        b"socks5" => 1080,
        _ => 80,
    });
    dial_text(&hostname(url), port, error)
}

fn hostname(url: &str) -> String {
    let parsed = Url::parse(url).unwrap_or_default();
    String::from_utf8_lossy(parsed.hostname()).into_owned()
}
