//! From a connection string to a connection.

use std::str::FromStr;
use std::time::Duration;

use gonet::{dial_text, tls_text};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config, Error};

use super::text;
use super::tls::{Tls, Trust};

/// How long one host may take to answer, unless the connection string says something else.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) async fn connect(connection: &str) -> Result<Client, String> {
    let Parts { rest, security } = take_apart(connection);
    let mut config = Config::from_str(&rest).map_err(|error| reason(&error))?;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(PATIENCE);
    }
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        config.host("localhost");
    }
    let is_local = |host: &Host| !matches!(host, Host::Tcp(_));
    let trust = match security.trust()? {
        _ if config.get_hosts().iter().all(is_local) && config.get_hostaddrs().is_empty() => {
            Trust::Plain
        }
        other => other,
    };
    config.ssl_mode(match (trust, security.mode.as_str()) {
        (Trust::Plain, _) => SslMode::Disable,
        (_, "prefer" | "allow") => SslMode::Prefer,
        _ => SslMode::Require,
    });
    let tls = Tls::new(trust, &security.root, &security.identity)?;
    let connected = config.connect(tls).await;
    let (client, connection) = connected.map_err(|error| refusal(&config, &error))?;
    // It ends with the client; what breaks it is the answer to whatever is asked next.
    tokio::spawn(connection);
    Ok(client)
}

/// A connection string without what is said of security, and that.
struct Parts {
    rest: String,
    security: Security,
}

/// What a connection string says of security, in libpq's words.
#[derive(Debug, Default, PartialEq)]
struct Security {
    mode: String,
    /// The file with the certificates that are trusted.
    root: String,
    /// The files of certificate and key.
    identity: [String; 2],
}

impl Security {
    fn trust(&self) -> Result<Trust, String> {
        match (self.mode.as_str(), self.root.as_str()) {
            ("disable", _) => Ok(Trust::Plain),
            // As libpq has it: with certificates to trust there is something to check.
            ("" | "require", "") | ("prefer" | "allow", _) => Ok(Trust::Anyone),
            ("" | "require" | "verify-ca", _) => Ok(Trust::Signed),
            ("verify-full", _) => Ok(Trust::Named),
            (other, _) => Err(format!("unsupported sslmode {other:?}")),
        }
    }

    /// Takes a setting over if it is about security.
    fn takes(&mut self, key: &str, value: &str) -> bool {
        let place = match key {
            "sslmode" => &mut self.mode,
            "sslrootcert" => &mut self.root,
            "sslcert" => &mut self.identity[0],
            "sslkey" => &mut self.identity[1],
            _ => return false,
        };
        value.clone_into(place);
        true
    }
}

fn take_apart(connection: &str) -> Parts {
    let is_url = ["postgres://", "postgresql://"]
        .iter()
        .any(|scheme| connection.starts_with(scheme));
    let mut security = Security::default();
    let rest = match is_url {
        true => match connection.split_once('?') {
            Some((base, query)) => {
                let kept: Vec<&str> = query
                    .split('&')
                    .filter(|pair| {
                        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                        !security.takes(key, &unescaped(value))
                    })
                    .collect();
                format!("{base}?{}", kept.join("&"))
            }
            None => connection.to_owned(),
        },
        false => {
            let mut kept = String::new();
            let mut rest = connection;
            while let Some((key, value, length)) = setting(rest) {
                if !security.takes(&key, &value) {
                    kept += &rest[..length];
                }
                rest = &rest[length..];
            }
            kept + rest
        }
    };
    Parts { rest, security }
}

/// The first setting of a text, `key = 'value'` with or without spaces and quotes, and how long it is with what is
/// before it; `None` if the text does not begin with one.
fn setting(text: &str) -> Option<(String, String, usize)> {
    let (key, rest) = text.split_once('=')?;
    let key = key.trim();
    let value = rest.trim_start();
    let (is_quoted, mut chars) = match value.strip_prefix('\'') {
        Some(inner) => (true, inner.chars()),
        None => (false, value.chars()),
    };
    let mut found = String::new();
    loop {
        let before = chars.as_str();
        match chars.next() {
            Some('\'') if is_quoted => break,
            Some('\\') => found.push(chars.next()?),
            None if is_quoted => return None,
            None => break,
            Some(c) if !is_quoted && c.is_whitespace() => {
                chars = before.chars();
                break;
            }
            Some(c) => found.push(c),
        }
    }
    let length = text.len() - chars.as_str().len();
    (!key.is_empty() && !key.contains(char::is_whitespace)).then(|| (key.to_owned(), found, length))
}

/// `%41` as `A`.
fn unescaped(text: &str) -> String {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code = after.get(..2).and_then(|hex| {
            let hex = std::str::from_utf8(hex).ok()?;
            u8::from_str_radix(hex, 16).ok()
        });
        match (first, code) {
            (b'%', Some(byte)) => {
                out.push(byte);
                rest = &after[2..];
            }
            _ => {
                out.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Why there is no connection, as Go's driver says it.
fn refusal(config: &Config, error: &Error) -> String {
    let source = std::error::Error::source(error);
    let Some(broken) = source.and_then(|source| source.downcast_ref::<std::io::Error>()) else {
        return match text(error) {
            told if told.contains("server does not support TLS") => {
                "pq: SSL is not enabled on the server".to_owned()
            }
            told => told,
        };
    };
    if let Some(tls) = broken.get_ref().and_then(|inner| inner.downcast_ref()) {
        return tls_text(tls);
    }
    let Some(Host::Tcp(host)) = config.get_hosts().first() else {
        return text(error);
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    dial_text(host, port, broken)
}

/// Why a string is refused; its passwords are not part of that.
fn reason(error: &Error) -> String {
    let source = std::error::Error::source(error);
    source.map_or_else(|| error.to_string(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn security_is_taken_out_of_both_forms() {
        let url =
            "postgres://me:pw@db:5432/helm?sslmode=verify-full&connect_timeout=3&sslrootcert=%2Fca";
        let parts = take_apart(url);
        assert_eq!(
            parts.rest,
            "postgres://me:pw@db:5432/helm?connect_timeout=3"
        );
        assert_eq!(parts.security.root, "/ca");
        assert!(matches!(parts.security.trust(), Ok(Trust::Named)));
        let parts = take_apart("host=db sslmode=disable user=me");
        assert_eq!(parts.rest, "host=db user=me");
        assert!(matches!(parts.security.trust(), Ok(Trust::Plain)));
        let parts =
            take_apart("password='a  b=c\\'' sslmode = 'verify-ca' sslrootcert=/a\\ b host=db x");
        assert_eq!(parts.rest, "password='a  b=c\\'' host=db x");
        assert_eq!(parts.security.root, "/a b");
        assert_eq!(parts.security.mode, "verify-ca");
        let parts = take_apart("host=db sslmode=perhaps");
        assert!(parts.security.trust().is_err());
    }
}
